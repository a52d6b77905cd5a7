/* SPDX-License-Identifier: GPL-3.0-or-later */
/* k-means: cases one can work out by hand, planted groups, a plain implementation to agree with, the same bits however it runs. */
#include "nft.h"

#include "newsframe/cluster.h"

#include "base/kern.h"
#include "base/mem.h"
#include "base/num.h"
#include "cluster/lloyd.h"
#include "cluster/seed.h"

#include <math.h>
#include <string.h>

/* ---- inputs ---- */

/* Rows of at most 4 values, dense in, sparse out. */
static nf_csr dense_rows(const float (*v)[4], size_t n)
{
    nf_csr m = {0};
    int64_t nnz = 0;

    nft_ok(nf_csr_alloc(&m, n, 4, (int64_t)n * 4, &nft_err));
    for (size_t r = 0; r < n; r++) {
        for (int t = 0; t < 4; t++)
            if (v[r][t] != 0) {
                m.idx[nnz] = t;
                m.val[nnz++] = v[r][t];
            }
        m.ptr[r + 1] = nnz;
    }
    return m;
}

/* n rows in groups, row r in group r % groups: 12 terms, most of the 40 that belong to the group, some of the 60 common ones. */
static nf_csr planted(nfi_rng *r, size_t n, size_t groups)
{
    const size_t d = groups * 40 + 60;
    nf_csr m = {0};
    float *row = nfi_calloc(d, sizeof *row);
    int64_t nnz = 0;

    nft_ok(nf_csr_alloc(&m, n, d, (int64_t)(n * 12), &nft_err));
    for (size_t i = 0; i < n; i++) {
        memset(row, 0, d * sizeof *row);
        for (int t = 0; t < 12; t++) {
            size_t at = nfi_rng_below(r, 4) ? (i % groups) * 40 + nfi_rng_below(r, 40) : groups * 40 + nfi_rng_below(r, 60);
            row[at] += (float)nft_rand_between(r, 0.5, 1.5);
        }
        for (size_t t = 0; t < d; t++)
            if (row[t] != 0) {
                m.idx[nnz] = (int32_t)t;
                m.val[nnz++] = row[t];
            }
        m.ptr[i + 1] = nnz;
    }
    nfi_free(row);
    return m;
}

static nf_clusters cluster(const nf_csr *X, const nf_kmeans_opts *o)
{
    nf_clusters c = {0};
    nft_ok(nf_kmeans(&c, X, o, &nft_err));
    return c;
}

static void same_bits(const nf_clusters *a, const nf_clusters *b)
{
    ck_assert_uint_eq(a->n, b->n);
    ck_assert_mem_eq(a->assign, b->assign, a->n * sizeof *a->assign);
    ck_assert_mem_eq(a->second, b->second, a->n * sizeof *a->second);
    ck_assert_mem_eq(a->similarity, b->similarity, a->n * sizeof *a->similarity);
    ck_assert_mem_eq(a->second_similarity, b->second_similarity, a->n * sizeof *a->second_similarity);
    ck_assert_mem_eq(a->size, b->size, a->k * sizeof *a->size);
    ck_assert_mem_eq(a->center.val, b->center.val, a->d * a->center.ld * sizeof *a->center.val);
    ck_assert_mem_eq(&a->objective, &b->objective, sizeof a->objective);
    ck_assert_int_eq(a->iterations, b->iterations);
    ck_assert_int_eq(a->restart, b->restart);
}

/* ---- by hand ---- */

static const float two_groups[][4] = {{1, 0, 0, 0}, {0, 0, 3, 4}, {3, 4, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 2}, {4, 3, 0, 0}};

START_TEST(two_groups_are_found_with_their_cosines)
{
    nf_csr X = dense_rows(two_groups, 6);
    nf_kmeans_opts o = nf_kmeans_defaults(2);
    nf_clusters c = cluster(&X, &o);
    const int32_t want[] = {0, 1, 0, -1, 1, 0};
    /* the sum of (1,0), (.6,.8), (.8,.6) is (2.4,1.4) */
    const double length = sqrt(2.4 * 2.4 + 1.4 * 1.4), other = sqrt(0.6 * 0.6 + 1.8 * 1.8);

    for (int r = 0; r < 6; r++) {
        ck_assert_int_eq(c.assign[r], want[r]);
        ck_assert_int_eq(c.second[r], want[r] < 0 ? -1 : 1 - want[r]);
    }
    ck_assert_uint_eq(c.size[0], 3);
    ck_assert_uint_eq(c.size[1], 2);
    ck_assert(c.converged);
    ck_assert_uint_eq(c.center.ld % 16, 0);
    ck_assert_double_eq_tol(c.similarity[0], 2.4 / length, NFT_LOOSE);
    ck_assert_double_eq_tol(c.similarity[2], (2.4 * 0.6 + 1.4 * 0.8) / length, NFT_LOOSE);
    ck_assert_double_eq_tol(c.second_similarity[0], 0.0, NFT_LOOSE);
    ck_assert_double_eq_tol(c.similarity[3], 0.0, NFT_TIGHT);
    ck_assert_double_eq_tol(c.center.val[0], 2.4 / length, NFT_LOOSE);
    ck_assert_double_eq_tol(c.center.val[3 * c.center.ld + 1], 1.8 / other, NFT_LOOSE);
    ck_assert_double_eq_tol(c.objective, length + other, NFT_LOOSE);
    nf_clusters_clear(&c);
    nf_csr_clear(&X);
}
END_TEST

START_TEST(euclidean_centers_are_means_and_the_objective_is_the_inertia)
{
    static const float v[][4] = {{1, 1}, {1, 3}, {9, 9}, {11, 9}, {10, 12}};
    nf_csr X = dense_rows(v, 5);
    nf_kmeans_opts o = nf_kmeans_defaults(2);
    o.metric = "euclidean";
    nf_clusters c = cluster(&X, &o);

    ck_assert_int_eq(c.assign[0], 1);
    ck_assert_int_eq(c.assign[1], 1);
    ck_assert_int_eq(c.assign[4], 0);
    ck_assert_double_eq_tol(c.center.val[0], 10.0, NFT_LOOSE);
    ck_assert_double_eq_tol(c.center.val[c.center.ld], 10.0, NFT_LOOSE);
    ck_assert_double_eq_tol(c.center.val[1], 1.0, NFT_LOOSE);
    ck_assert_double_eq_tol(c.center.val[c.center.ld + 1], 2.0, NFT_LOOSE);
    ck_assert_double_eq_tol(c.objective, 1 + 1 + 2 + 2 + 4, 1e-5); /* through float centers */
    ck_assert_double_eq_tol(c.similarity[4], -2.0, NFT_LOOSE);
    ck_assert_double_eq_tol(c.second_similarity[0], -sqrt(81 + 81), 1e-5);
    nf_clusters_clear(&c);
    nf_csr_clear(&X);
}
END_TEST

START_TEST(one_cluster_holds_every_row)
{
    nf_csr X = dense_rows(two_groups, 6);
    nf_kmeans_opts o = nf_kmeans_defaults(1);
    nf_clusters c = cluster(&X, &o);

    ck_assert_uint_eq(c.size[0], 5);
    for (int r = 0; r < 6; r++) {
        ck_assert_int_eq(c.assign[r], r == 3 ? -1 : 0);
        ck_assert_int_eq(c.second[r], -1);
    }
    nf_clusters_clear(&c);
    nf_csr_clear(&X);
}
END_TEST

/* ---- duplicates and too many clusters ---- */

START_TEST(as_many_clusters_as_distinct_rows_give_each_its_own)
{
    static const float three[3][4] = {{1, 0, 0, 0}, {1, 1, 0, 0}, {1, 1, 1, 0}};
    float v[30][4];
    for (int r = 0; r < 30; r++)
        memcpy(v[r], three[r % 3], sizeof v[r]);
    nf_csr X = dense_rows((const float(*)[4])v, 30);

    for (size_t i = 0; nf_kmeans_metric_name(i, NULL); i++)
        for (size_t j = 0; nf_kmeans_init_name(j, NULL); j++) {
            nf_kmeans_opts o = nf_kmeans_defaults(3);
            o.metric = nf_kmeans_metric_name(i, NULL);
            o.init = nf_kmeans_init_name(j, NULL);
            nf_clusters c = cluster(&X, &o);
            for (int r = 0; r < 30; r++)
                ck_assert_int_eq(c.assign[r], r % 3); /* equal sizes: by first member */
            nf_clusters_clear(&c);
        }
    nf_csr_clear(&X);
}
END_TEST

START_TEST(more_clusters_than_distinct_rows_are_refused_with_the_number)
{
    static const float v[][4] = {{1, 0, 0, 0}, {0, 1, 0, 0}, {1, 0, 0, 0}, {0, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}};
    nf_csr X = dense_rows(v, 6);
    nf_clusters c = {.k = 77};
    nf_kmeans_opts o = nf_kmeans_defaults(5);
    nf_err err = {0};

    ck_assert_int_eq(nf_kmeans(&c, &X, &o, &err), NF_EDATA);
    ck_assert_ptr_nonnull(strstr(err.msg, "only 3 of the 6 rows"));
    ck_assert_uint_eq(c.k, 77);
    o.k = 4;
    nft_fails(nf_kmeans(&c, &X, &o, &nft_err), NF_EDATA);
    nf_csr_clear(&X);
}
END_TEST

START_TEST(stored_zeros_neither_make_a_row_nor_tell_rows_apart)
{
    int64_t ptr[] = {0, 2, 3, 4, 5};
    int32_t idx[] = {0, 1, 0, 2, 1};
    float val[] = {1, 0, 1, 0, -0.0f};
    nf_csr X = {.rows = 4, .cols = 3, .ptr = ptr, .idx = idx, .val = val};
    nf_kmeans_opts o = nf_kmeans_defaults(2);
    nf_clusters c = {0};

    nft_fails(nf_kmeans(&c, &X, &o, &nft_err), NF_EDATA);
    o.k = 1;
    c = cluster(&X, &o);
    ck_assert_int_eq(c.assign[1], 0);
    ck_assert_int_eq(c.assign[2], -1);
    ck_assert_int_eq(c.assign[3], -1);
    nf_clusters_clear(&c);
}
END_TEST

START_TEST(identical_rows_are_one_cluster_and_not_two)
{
    enum { N = 3000 };
    static float v[N][4];
    for (int r = 0; r < N; r++)
        v[r][0] = v[r][2] = 1;
    nf_csr X = dense_rows((const float(*)[4])v, N);
    nf_kmeans_opts o = nf_kmeans_defaults(1);
    nf_clusters c = cluster(&X, &o);

    ck_assert_uint_eq(c.size[0], N);
    ck_assert_double_eq_tol(c.objective, N, 1e-3);
    nf_clusters_clear(&c);
    o.k = 8;
    nft_fails(nf_kmeans(&c, &X, &o, &nft_err), NF_EDATA);
    nf_csr_clear(&X);
}
END_TEST

START_TEST(nothing_but_empty_rows_is_refused)
{
    static const float v[2][4] = {{0}};
    nf_csr X = dense_rows(v, 2), none = {0};
    nf_kmeans_opts o = nf_kmeans_defaults(1);
    nf_clusters c = {0};

    nft_fails(nf_kmeans(&c, &X, &o, &nft_err), NF_EDATA);
    nft_fails(nf_kmeans(&c, &none, &o, &nft_err), NF_EDATA);
    nf_csr_clear(&X);
}
END_TEST

/* ---- options and limits ---- */

START_TEST(options_out_of_range_are_refused)
{
    nf_csr X = dense_rows(two_groups, 6);
    nf_clusters c = {0};
    const nf_kmeans_opts good = nf_kmeans_defaults(2);
    nf_kmeans_opts o[10];

    for (int i = 0; i < 10; i++)
        o[i] = good;
    o[0].k = 0;
    o[1].k = 65536;
    o[2].restarts = 0;
    o[3].restarts = 1001;
    o[4].max_iter = 0;
    o[5].max_iter = 10001;
    o[6].metric = "cosine";
    o[7].metric = NULL;
    o[8].init = "";
    o[9].init = NULL;
    for (int i = 0; i < 10; i++)
        nft_fails(nf_kmeans(&c, &X, &o[i], &nft_err), NF_EINVAL);
    ck_assert_ptr_null(c.assign);
    X.idx[0] = 4;
    nft_fails(nf_kmeans(&c, &X, &good, &nft_err), NF_EINVAL);
    nf_csr_clear(&X);
}
END_TEST

START_TEST(sums_that_could_overflow_are_refused)
{
    static const float v[][4] = {{0x1p28f, 0, 0, 0}, {0, 0x1p28f, 0, 0}};
    nf_csr X = dense_rows(v, 2);
    nf_kmeans_opts o = nf_kmeans_defaults(2);
    nf_clusters c = {0};

    o.metric = "euclidean";
    nft_fails(nf_kmeans(&c, &X, &o, &nft_err), NF_ELIMIT);
    X.val[0] = X.val[1] = 0x1p27f;
    c = cluster(&X, &o);
    ck_assert_double_eq(c.center.val[0], 0x1p27);
    nf_clusters_clear(&c);
    X.val[0] = X.val[1] = 0x1p100f; /* length does not matter to angles */
    o.metric = "spherical";
    c = cluster(&X, &o);
    ck_assert_double_eq(c.center.val[0], 1.0);
    nf_clusters_clear(&c);
    nf_csr_clear(&X);
}
END_TEST

START_TEST(max_iter_ends_the_search_with_labels_that_follow_the_centers)
{
    nfi_rng r = nft_rng(1);
    nf_csr X = planted(&r, 600, 6);
    nf_kmeans_opts o = nf_kmeans_defaults(9);
    o.max_iter = 1;
    o.init = "random";
    nf_clusters c = cluster(&X, &o);
    uint64_t total = 0;

    ck_assert(!c.converged);
    ck_assert_int_eq(c.iterations, 1);
    for (size_t g = 0; g < c.k; g++) {
        ck_assert_uint_ge(c.size[g], 1);
        total += c.size[g];
    }
    ck_assert_uint_eq(total, 600);
    for (size_t i = 0; i < c.n; i++)
        ck_assert(c.similarity[i] >= c.second_similarity[i]);
    nf_clusters_clear(&c);
    nf_csr_clear(&X);
}
END_TEST

/* ---- quality ---- */

START_TEST(planted_groups_are_found)
{
    nfi_rng r = nft_rng((uint64_t)_i);
    nf_csr X = planted(&r, 1500, 6);
    int32_t truth[1500];
    nf_agreement g = {0};

    for (int i = 0; i < 1500; i++)
        truth[i] = i % 6;
    for (int metric = 0; metric < 2; metric++) {
        nf_kmeans_opts o = nf_kmeans_defaults(6);
        o.metric = metric ? "euclidean" : "spherical";
        o.seed = (uint64_t)_i;
        nf_clusters c = cluster(&X, &o);
        nft_ok(nf_agreement_of(truth, c.assign, 1500, &g, &nft_err));
        ck_assert_double_gt(g.ari, 0.97);
        ck_assert_double_gt(nf_simplified_silhouette(&c), 0.1);
        nf_clusters_clear(&c);
    }
    nf_csr_clear(&X);
}
END_TEST

START_TEST(three_outliers_do_not_take_the_clusters_of_four_groups)
{
    nfi_rng r = nft_rng(9);
    nf_csr X = planted(&r, 400, 4), Y = {0};
    nf_kmeans_opts o = nf_kmeans_defaults(4);

    nft_ok(nf_csr_alloc(&Y, 403, X.cols + 3, X.ptr[400] + 3, &nft_err));
    memcpy(Y.ptr, X.ptr, 401 * sizeof *Y.ptr);
    memcpy(Y.idx, X.idx, (size_t)X.ptr[400] * sizeof *Y.idx);
    memcpy(Y.val, X.val, (size_t)X.ptr[400] * sizeof *Y.val);
    for (int i = 0; i < 3; i++) { /* each of a term of its own */
        Y.idx[X.ptr[400] + i] = (int32_t)X.cols + i;
        Y.val[X.ptr[400] + i] = 1.0f;
        Y.ptr[401 + i] = X.ptr[400] + i + 1;
    }
    nf_clusters c = cluster(&Y, &o);
    for (size_t g = 0; g < 4; g++)
        ck_assert_uint_ge(c.size[g], 95);
    nf_clusters_clear(&c);
    nf_csr_clear(&X);
    nf_csr_clear(&Y);
}
END_TEST

START_TEST(scaling_a_document_changes_no_bit_of_a_spherical_result)
{
    nfi_rng r = nft_rng(3);
    nf_csr X = planted(&r, 500, 5);
    nf_kmeans_opts o = nf_kmeans_defaults(7);
    nf_clusters a = cluster(&X, &o);

    for (size_t i = 0; i < X.rows; i++) {
        float by = i % 3 == 0 ? 64.0f : i % 3 == 1 ? 0.125f : 1.0f; /* powers of two: the direction keeps its bits */
        for (int64_t e = X.ptr[i]; e < X.ptr[i + 1]; e++)
            X.val[e] *= by;
    }
    nf_clusters b = cluster(&X, &o);
    same_bits(&a, &b);
    nf_clusters_clear(&a);
    nf_clusters_clear(&b);
    nf_csr_clear(&X);
}
END_TEST

START_TEST(the_parts_of_a_result_fit_together)
{
    nfi_rng r = nft_rng(4);
    nf_csr X = planted(&r, 700, 5);
    for (int metric = 0; metric < 2; metric++) {
        nf_kmeans_opts o = nf_kmeans_defaults(8);
        o.metric = metric ? "euclidean" : "spherical";
        nf_clusters c = cluster(&X, &o);
        uint64_t size[8] = {0};
        double sum = 0;
        for (size_t i = 0; i < c.n; i++) {
            size[c.assign[i]]++;
            ck_assert_int_ne(c.assign[i], c.second[i]);
            ck_assert(c.similarity[i] >= c.second_similarity[i]);
            sum += metric ? (double)c.similarity[i] * c.similarity[i] : (double)c.similarity[i];
        }
        ck_assert_double_eq_tol(sum, c.objective, 1e-3); /* 700 floats */
        ck_assert_mem_eq(size, c.size, sizeof size);
        for (size_t g = 0; g < 8; g++) {
            double sq = 0;
            for (size_t t = 0; t < c.d; t++)
                sq += (double)c.center.val[t * c.center.ld + g] * c.center.val[t * c.center.ld + g];
            if (!metric)
                ck_assert_double_eq_tol(sq, 1.0, NFT_LOOSE);
            ck_assert(g == 0 || c.size[g] <= c.size[g - 1]);
        }
        nf_clusters_clear(&c);
    }
    nf_csr_clear(&X);
}
END_TEST

START_TEST(more_iterations_never_make_the_objective_worse)
{
    nfi_rng r = nft_rng(5);
    nf_csr X = planted(&r, 800, 10);
    for (int metric = 0; metric < 2; metric++) {
        double last = -INFINITY;
        nf_kmeans_opts o = nf_kmeans_defaults(10);
        o.metric = metric ? "euclidean" : "spherical";
        o.restarts = 1;
        o.refine = false;
        for (o.max_iter = 1; o.max_iter < 15; o.max_iter++) {
            nf_clusters c = cluster(&X, &o);
            double now = metric ? -c.objective : c.objective;
            ck_assert_double_ge(now, last - 1e-4); /* float centers */
            last = now;
            nf_clusters_clear(&c);
        }
        o.max_iter = 1000;
        o.refine = true;
        nf_clusters c = cluster(&X, &o);
        ck_assert(c.converged);
        ck_assert_double_ge(metric ? -c.objective : c.objective, last - 1e-4);
        nf_clusters_clear(&c);
    }
    nf_csr_clear(&X);
}
END_TEST

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

    o.restarts = 6;
    nf_clusters all = cluster(&X, &o);
    for (o.restarts = 1; o.restarts <= 6; o.restarts++) {
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
    Suite *s = suite_create("kmeans");
    TCase *hand = tcase_create("by hand"), *data = tcase_create("data"), *plain = tcase_create("plain"), *bits = tcase_create("bits");

    tcase_add_test(hand, two_groups_are_found_with_their_cosines);
    tcase_add_test(hand, euclidean_centers_are_means_and_the_objective_is_the_inertia);
    tcase_add_test(hand, one_cluster_holds_every_row);
    tcase_add_test(hand, as_many_clusters_as_distinct_rows_give_each_its_own);
    tcase_add_test(hand, more_clusters_than_distinct_rows_are_refused_with_the_number);
    tcase_add_test(hand, stored_zeros_neither_make_a_row_nor_tell_rows_apart);
    tcase_add_test(hand, identical_rows_are_one_cluster_and_not_two);
    tcase_add_test(hand, nothing_but_empty_rows_is_refused);
    tcase_add_test(hand, options_out_of_range_are_refused);
    tcase_add_test(hand, sums_that_could_overflow_are_refused);
    tcase_add_test(hand, an_empty_cluster_gets_the_row_that_fits_worst);
    suite_add_tcase(s, hand);
    tcase_add_test(data, max_iter_ends_the_search_with_labels_that_follow_the_centers);
    tcase_add_loop_test(data, planted_groups_are_found, 1, 4);
    tcase_add_test(data, three_outliers_do_not_take_the_clusters_of_four_groups);
    tcase_add_test(data, scaling_a_document_changes_no_bit_of_a_spherical_result);
    tcase_add_test(data, the_parts_of_a_result_fit_together);
    tcase_add_test(data, more_iterations_never_make_the_objective_worse);
    suite_add_tcase(s, data);
    tcase_add_loop_test(plain, iterations_equal_those_of_a_plain_implementation, 0, 8);
    tcase_add_loop_test(plain, no_single_move_is_left_after_refinement, 0, 4);
    suite_add_tcase(s, plain);
    tcase_add_loop_test(bits, threads_and_the_split_of_work_change_no_bit, 0, 4);
    tcase_add_test(bits, the_best_restart_is_the_one_that_is_reported);
    tcase_add_test(bits, each_seed_is_a_search_of_its_own);
    suite_add_tcase(s, bits);
    return nft_run(s);
}
