/* SPDX-License-Identifier: GPL-3.0-or-later */
/* k-means: a plain implementation to agree with, and the same bits however it runs. */
#include "kmeans_kit.h"

/* ---- against a plain implementation ---- */

/*
 * Lloyd by the book from a given start: every score of every row, sums from nothing in every iteration. Only what the library promises
 * is alike: float32 products in term order, centers from sums in units of 2^-32, ties to the lower cluster.
 */
static int plain_lloyd(const nf_csr *x, size_t k, bool spherical, int32_t *assign)
{
    size_t d = x->cols;
    int64_t *sum = nfi_alloc(k * d, sizeof *sum);
    float *s = nfi_alloc(k * d, sizeof *s);
    int iterations = 0;

    for (bool moved = true; moved;) {
        float scale[64], bias[64];
        uint64_t size[64] = {0};
        memset(sum, 0, k * d * sizeof *sum);
        for (size_t i = 0; i < x->rows; i++) {
            size[assign[i]]++;
            for (int64_t e = x->ptr[i]; e < x->ptr[i + 1]; e++)
                sum[(size_t)assign[i] * d + (size_t)x->idx[e]] += nfi_to_fixed(x->val[e]);
        }
        for (size_t c = 0; c < k; c++) {
            nfi_i128 sq = 0;
            for (size_t t = 0; t < d; t++) {
                sq += (nfi_i128)sum[c * d + t] * sum[c * d + t];
                s[c * d + t] = (float)((double)sum[c * d + t] / 4294967296.0);
            }
            double v = (double)sq * 0x1p-64, n = (double)size[c];
            scale[c] = (float)(spherical ? 1 / sqrt(v) : 1 / n);
            bias[c] = spherical ? 0.0f : (float)(v / n / n * 0.5);
        }
        moved = false;
        iterations++;
        for (size_t i = 0; i < x->rows; i++) {
            float most = -INFINITY;
            int32_t best = 0;
            for (size_t c = 0; c < k; c++) {
                float dot = 0;
                for (int64_t e = x->ptr[i]; e < x->ptr[i + 1]; e++)
                    dot += x->val[e] * s[c * d + (size_t)x->idx[e]];
                float score = dot * scale[c] - bias[c];
                if (score > most) {
                    most = score;
                    best = (int32_t)c;
                }
            }
            moved |= best != assign[i];
            assign[i] = best;
        }
    }
    nfi_free(sum);
    nfi_free(s);
    return iterations;
}

START_TEST(iterations_equal_those_of_a_plain_implementation)
{
    nfi_rng r = nft_rng((uint64_t)_i);
    nf_csr X = planted(&r, 1100, 8);
    const nfi_metric *metric = nfi_metrics[_i % 2];
    const size_t k = 3 + (size_t)_i * 5;
    nfi_points p = {0};
    nfi_seeder seeder = {0};
    nfi_lloyd run = {0};

    nft_ok(nfi_points_make(&p, &X, metric->unit, 2, &nft_err));
    nft_ok(nfi_seeder_make(&seeder, &p, k, &nft_err));
    nft_ok(nfi_lloyd_make(&run, &p, k, metric, 1, &nft_err));
    int32_t *plain = nfi_alloc(p.x.rows, sizeof *plain);
    nfi_seed(&seeder, nfi_seedings[_i % 3 == 0], 1, (uint64_t)_i);
    memcpy(plain, seeder.near, p.x.rows * sizeof *plain);
    memcpy(run.assign, seeder.near, p.x.rows * sizeof *plain);
    run.refine = false;
    nft_ok(nfi_lloyd_run(&run, 1000, &nft_err));
    ck_assert(run.converged);
    ck_assert_int_eq(plain_lloyd(&p.x, k, metric->unit, plain), run.iterations);
    ck_assert_mem_eq(plain, run.assign, p.x.rows * sizeof *plain);

    /* the sums kept along the way are those made from nothing */
    nfi_lloyd fresh = {0};
    nft_ok(nfi_lloyd_make(&fresh, &p, k, metric, 3, &nft_err));
    memcpy(fresh.assign, run.assign, p.x.rows * sizeof *plain);
    nft_ok(nfi_lloyd_load(&fresh, &nft_err));
    ck_assert_mem_eq(fresh.sum, run.sum, k * p.x.cols * sizeof *run.sum);
    ck_assert_mem_eq(fresh.sq, run.sq, k * sizeof *run.sq);
    ck_assert_mem_eq(fresh.dense, run.dense, run.kpad * p.x.cols * sizeof *run.dense);

    /* moves of single rows go uphill from there, and keep the sums as well */
    double before = nfi_lloyd_merit(&run);
    run.refine = true;
    nft_ok(nfi_lloyd_run(&run, 10000, &nft_err));
    ck_assert(run.converged);
    ck_assert_double_ge(nfi_lloyd_merit(&run), before);
    memcpy(fresh.assign, run.assign, p.x.rows * sizeof *plain);
    nft_ok(nfi_lloyd_load(&fresh, &nft_err));
    ck_assert_mem_eq(fresh.sum, run.sum, k * p.x.cols * sizeof *run.sum);
    ck_assert_mem_eq(fresh.sq, run.sq, k * sizeof *run.sq);
    ck_assert_mem_eq(fresh.size, run.size, k * sizeof *run.size);
    ck_assert_mem_eq(fresh.dense, run.dense, run.kpad * p.x.cols * sizeof *run.dense);

    nfi_free(plain);
    nfi_lloyd_clear(&fresh);
    nfi_lloyd_clear(&run);
    nfi_seeder_clear(&seeder);
    nfi_points_clear(&p);
    nf_csr_clear(&X);
}
END_TEST

/* No row of the result can change cluster and raise the merit: all moves are tried, in double, from the exact sums. */
START_TEST(no_single_move_is_left_after_refinement)
{
    nfi_rng r = nft_rng((uint64_t)_i);
    nf_csr X = planted(&r, 300, 5);
    const nfi_metric *metric = nfi_metrics[_i % 2];
    enum { K = 9 };
    nfi_points p = {0};
    nfi_seeder seeder = {0};
    nfi_lloyd run = {0};

    nft_ok(nfi_points_make(&p, &X, metric->unit, 1, &nft_err));
    nft_ok(nfi_seeder_make(&seeder, &p, K, &nft_err));
    nft_ok(nfi_lloyd_make(&run, &p, K, metric, 1, &nft_err));
    nfi_seed(&seeder, nfi_seedings[0], 1, (uint64_t)_i);
    memcpy(run.assign, seeder.near, p.x.rows * sizeof *run.assign);
    nft_ok(nfi_lloyd_run(&run, 10000, &nft_err));
    ck_assert(run.converged);
    for (size_t i = 0; i < p.x.rows; i++) {
        size_t own = (size_t)run.assign[i];
        double part[K], sq[K];
        if (run.size[own] < 2)
            continue;
        for (size_t c = 0; c < K; c++) {
            double dot = 0;
            for (int64_t e = p.x.ptr[i]; e < p.x.ptr[i + 1]; e++)
                dot += p.x.val[e] * ((double)run.sum[c * p.x.cols + (size_t)p.x.idx[e]] * 0x1p-32);
            part[c] = dot;
            sq[c] = (double)run.sq[c] * 0x1p-64;
        }
        double loss = metric->merit(sq[own], run.size[own]) - metric->merit(sq[own] - 2 * part[own] + p.sq[i], run.size[own] - 1);
        for (size_t c = 0; c < K; c++)
            if (c != own)
                ck_assert_double_le(metric->merit(sq[c] + 2 * part[c] + p.sq[i], run.size[c] + 1) - metric->merit(sq[c], run.size[c]),
                                    loss + 3 * (double)run.slack[i]);
    }
    nfi_lloyd_clear(&run);
    nfi_seeder_clear(&seeder);
    nfi_points_clear(&p);
    nf_csr_clear(&X);
}
END_TEST

/* A start that leaves a cluster empty: a row of the cluster that holds together worst fills it. */
START_TEST(an_empty_cluster_gets_the_row_that_fits_worst)
{
    static const float v[][4] = {{4, 0, 0, 0}, {4, 1, 0, 0}, {4, 0, 1, 0}, {0, 0, 0, 4}, {0, 1, 3, 3}};
    nf_csr X = dense_rows(v, 5);

    for (int m = 0; m < 2; m++) {
        nfi_points p = {0};
        nfi_lloyd run = {0};
        const int32_t start[] = {0, 0, 0, 1, 1}, want[] = {0, 0, 0, 1, 2};
        nft_ok(nfi_points_make(&p, &X, nfi_metrics[m]->unit, 1, &nft_err));
        nft_ok(nfi_lloyd_make(&run, &p, 3, nfi_metrics[m], 1, &nft_err));
        memcpy(run.assign, start, sizeof start);
        nft_ok(nfi_lloyd_run(&run, 100, &nft_err));
        ck_assert(run.converged);
        /* rows 3 and 4 are equally far from their mean in double; either may leave it, and they end apart */
        ck_assert_int_eq(run.assign[0], want[0]);
        ck_assert_int_eq(run.assign[1], want[1]);
        ck_assert_int_eq(run.assign[2], want[2]);
        ck_assert_int_ne(run.assign[3], run.assign[4]);
        nfi_lloyd_clear(&run);
        nfi_points_clear(&p);
    }
    nf_csr_clear(&X);
}
END_TEST

/* ---- the same bits ---- */

START_TEST(threads_and_the_split_of_work_change_no_bit)
{
    nfi_rng r = nft_rng((uint64_t)_i);
    nf_csr X = planted(&r, 3000, 8);
    nf_kmeans_opts o = nf_kmeans_defaults(11);
    static const int threads[] = {2, 3, 7};

    o.metric = nf_kmeans_metric_name((size_t)_i % 2, NULL);
    o.init = nf_kmeans_init_name((size_t)_i / 2 % 2, NULL);
    for (o.restarts = 1; o.restarts <= 5; o.restarts += 4) {
        o.threads = 1;
        nf_clusters a = cluster(&X, &o);
        for (int t = 0; t < 3; t++) {
            o.threads = threads[t];
            nf_clusters b = cluster(&X, &o);
            same_bits(&a, &b);
            nf_clusters_clear(&b);
        }
        nf_clusters_clear(&a);
    }
    nf_csr_clear(&X);
}
END_TEST

START_TEST(the_best_restart_is_the_one_that_is_reported)
{
    nfi_rng r = nft_rng(6);
    nf_csr X = planted(&r, 500, 8);
    nf_kmeans_opts o = nf_kmeans_defaults(8);
    o.init = "random";
    double best = 0;

    o.restarts = 3; /* up to three all go on to the end */
    nf_clusters all = cluster(&X, &o);
    for (o.restarts = 1; o.restarts <= 3; o.restarts++) {
        nf_clusters c = cluster(&X, &o);
        ck_assert_double_ge(c.objective, best - 1e-4);
        best = c.objective > best ? c.objective : best;
        if (o.restarts == all.restart + 1)
            same_bits(&c, &all);
        nf_clusters_clear(&c);
    }
    ck_assert_double_eq(best, all.objective);
    nf_clusters_clear(&all);
    nf_csr_clear(&X);
}
END_TEST

START_TEST(of_many_restarts_the_best_fifth_goes_on)
{
    nfi_rng r = nft_rng(7);
    nf_csr X = planted(&r, 600, 6);
    nf_kmeans_opts o = nf_kmeans_defaults(6);
    o.init = "random";
    o.restarts = 1;
    nf_clusters one = cluster(&X, &o);
    o.restarts = 12;
    nf_clusters many = cluster(&X, &o);

    ck_assert(many.converged);
    ck_assert_int_lt(many.restart, 12);
    ck_assert_double_ge(many.objective, one.objective * 0.98); /* a draft that was left may have ended slightly higher */
    nf_clusters_clear(&one);
    nf_clusters_clear(&many);
    nf_csr_clear(&X);
}
END_TEST

START_TEST(each_seed_is_a_search_of_its_own)
{
    nfi_rng r = nft_rng(7);
    nf_csr X = planted(&r, 500, 12);
    nf_kmeans_opts o = nf_kmeans_defaults(5);
    o.restarts = 1;
    nf_clusters a = cluster(&X, &o), again = cluster(&X, &o);
    int differ = 0;

    same_bits(&a, &again);
    for (o.seed = 2; o.seed < 8; o.seed++) {
        nf_clusters b = cluster(&X, &o);
        differ += memcmp(a.assign, b.assign, a.n * sizeof *a.assign) != 0;
        nf_clusters_clear(&b);
    }
    ck_assert_int_gt(differ, 0);
    nf_clusters_clear(&a);
    nf_clusters_clear(&again);
    nf_csr_clear(&X);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("kmeans_search");
    TCase *hand = tcase_create("by hand"), *plain = tcase_create("plain"), *bits = tcase_create("bits");

    tcase_add_test(hand, an_empty_cluster_gets_the_row_that_fits_worst);
    tcase_add_loop_test(plain, iterations_equal_those_of_a_plain_implementation, 0, 8);
    tcase_add_loop_test(plain, no_single_move_is_left_after_refinement, 0, 4);
    tcase_add_loop_test(bits, threads_and_the_split_of_work_change_no_bit, 0, 4);
    tcase_add_test(bits, the_best_restart_is_the_one_that_is_reported);
    tcase_add_test(bits, of_many_restarts_the_best_fifth_goes_on);
    tcase_add_test(bits, each_seed_is_a_search_of_its_own);
    suite_add_tcase(s, hand);
    suite_add_tcase(s, plain);
    suite_add_tcase(s, bits);
    return nft_run(s);
}
