/* SPDX-License-Identifier: GPL-3.0-or-later */
/* k-means: cases one can work out by hand, and planted groups. */
#include "kmeans_kit.h"

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

int main(void)
{
    Suite *s = suite_create("kmeans");
    TCase *hand = tcase_create("by hand"), *data = tcase_create("data");

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
    tcase_add_test(data, max_iter_ends_the_search_with_labels_that_follow_the_centers);
    tcase_add_loop_test(data, planted_groups_are_found, 1, 4);
    tcase_add_test(data, three_outliers_do_not_take_the_clusters_of_four_groups);
    tcase_add_test(data, scaling_a_document_changes_no_bit_of_a_spherical_result);
    tcase_add_test(data, the_parts_of_a_result_fit_together);
    tcase_add_test(data, more_iterations_never_make_the_objective_worse);
    suite_add_tcase(s, hand);
    suite_add_tcase(s, data);
    return nft_run(s);
}
