/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What describes clusters, on two clusters small enough to count by hand. */
#include "nft.h"

#include "newsframe/cluster.h"

#include <math.h>

/*
 * Terms 0..3. Rows: two of terms 0,1; an empty one; three of terms 2,3, the last with more of 3. Term 0 also appears once in row 3.
 * Cluster 0 = rows 3,4,5, cluster 1 = rows 0,1.
 */
enum { N = 6, D = 4 };
static int64_t ptr[] = {0, 2, 4, 4, 7, 9, 11};
static int32_t idx[] = {0, 1, 0, 1, 0, 2, 3, 2, 3, 2, 3};
static float count[] = {3, 1, 3, 1, 1, 4, 4, 4, 4, 1, 4};

static nf_csr rows(void)
{
    return (nf_csr){.rows = N, .cols = D, .ptr = ptr, .idx = idx, .val = count};
}

static nf_clusters clustered(void)
{
    nf_csr X = rows();
    nf_clusters c = {0};
    nf_kmeans_opts o = nf_kmeans_defaults(2);

    nft_ok(nf_kmeans(&c, &X, &o, &nft_err));
    const int32_t want[] = {1, 1, -1, 0, 0, 0};
    for (int r = 0; r < N; r++)
        ck_assert_int_eq(c.assign[r], want[r]);
    return c;
}

START_TEST(heaviest_terms_fall_and_unused_places_are_marked)
{
    nf_clusters c = clustered();
    nf_cluster_term t[2 * 5];

    nft_ok(nf_cluster_heaviest(&c, 5, t, &nft_err));
    ck_assert_int_eq(t[0].term, 3);
    ck_assert_int_eq(t[1].term, 2);
    ck_assert_int_eq(t[2].term, 0);
    ck_assert_int_eq(t[3].term, -1);
    ck_assert_int_eq(t[4].term, -1);
    ck_assert_int_eq(t[5].term, 0);
    ck_assert_int_eq(t[6].term, 1);
    ck_assert_int_eq(t[7].term, -1);
    ck_assert_double_eq_tol(t[5].weight, 3 / sqrt(10), NFT_LOOSE);
    ck_assert_double_eq_tol(t[6].weight, 1 / sqrt(10), NFT_LOOSE);
    nft_ok(nf_cluster_heaviest(&c, 1, t, &nft_err));
    ck_assert_int_eq(t[0].term, 3);
    ck_assert_int_eq(t[1].term, 0);
    nf_clusters_clear(&c);
}
END_TEST

START_TEST(equal_weights_go_to_the_lower_column)
{
    int64_t p[] = {0, 3};
    int32_t j[] = {0, 1, 2};
    float v[] = {1, 1, 1};
    nf_csr X = {.rows = 1, .cols = 3, .ptr = p, .idx = j, .val = v};
    nf_kmeans_opts o = nf_kmeans_defaults(1);
    nf_clusters c = {0};
    nf_cluster_term t[2];

    nft_ok(nf_kmeans(&c, &X, &o, &nft_err));
    nft_ok(nf_cluster_heaviest(&c, 2, t, &nft_err));
    ck_assert_int_eq(t[0].term, 0);
    ck_assert_int_eq(t[1].term, 1);
    nf_clusters_clear(&c);
}
END_TEST

/* Totals 7 2 9 12, 30 together; cluster 1 has 6 2 0 0, 8 together; prior 0.07 0.02 0.09 0.12, 0.3 together. */
START_TEST(distinctive_terms_have_the_z_scores_of_the_formula)
{
    nf_clusters c = clustered();
    nf_csr X = rows();
    nf_cluster_term t[2 * 4];
    double delta = log(6.07 / (8 + 0.3 - 6.07)) - log(1.07 / (22 + 0.3 - 1.07));

    nft_ok(nf_cluster_distinctive(&c, &X, 4, t, &nft_err));
    ck_assert_int_eq(t[4].term, 0);
    ck_assert_double_eq_tol(t[4].weight, delta / sqrt(1 / 6.07 + 1 / 1.07), NFT_TIGHT);
    delta = log(2.02 / (8 + 0.3 - 2.02)) - log(0.02 / (22 + 0.3 - 0.02));
    ck_assert_int_eq(t[5].term, 1);
    ck_assert_double_eq_tol(t[5].weight, delta / sqrt(1 / 2.02 + 1 / 0.02), NFT_TIGHT);
    ck_assert_int_eq(t[6].term, -1);
    ck_assert_int_eq(t[7].term, -1);
    for (int i = 0; i < 2; i++) /* 0 and 1 mark the other cluster */
        ck_assert(t[i].term == 2 || t[i].term == 3);
    ck_assert_double_ge(t[0].weight, t[1].weight);
    ck_assert_int_eq(t[2].term, -1);
    nf_clusters_clear(&c);
}
END_TEST

START_TEST(a_single_cluster_has_nothing_distinctive)
{
    nf_csr X = rows();
    nf_clusters c = {0};
    nf_kmeans_opts o = nf_kmeans_defaults(1);
    nf_cluster_term t[3];

    nft_ok(nf_kmeans(&c, &X, &o, &nft_err));
    nft_ok(nf_cluster_distinctive(&c, &X, 3, t, &nft_err));
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(t[i].term, -1);
    nf_clusters_clear(&c);
}
END_TEST

START_TEST(distinctive_refuses_wrong_shapes_and_negative_counts)
{
    nf_clusters c = clustered();
    nf_csr X = rows();
    nf_cluster_term t[2] = {{.term = 99}};
    float bad[] = {3, 1, 3, 1, 1, 4, -4, 4, 4, 1, 4};

    X.cols = D + 1;
    nft_fails(nf_cluster_distinctive(&c, &X, 1, t, &nft_err), NF_EINVAL);
    X = rows();
    X.rows = N - 1;
    nft_fails(nf_cluster_distinctive(&c, &X, 1, t, &nft_err), NF_EINVAL);
    X = rows();
    X.val = bad;
    nft_fails(nf_cluster_distinctive(&c, &X, 1, t, &nft_err), NF_EINVAL);
    ck_assert_int_eq(t[0].term, 99);
    nf_clusters_clear(&c);
}
END_TEST

START_TEST(exemplars_are_the_most_similar_rows)
{
    nf_clusters c = clustered();
    int64_t row[2 * 4];

    nft_ok(nf_cluster_exemplars(&c, 4, row, &nft_err));
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(c.assign[row[i]], 0);
        ck_assert(c.similarity[row[i]] >= c.similarity[row[i + 1]]);
    }
    ck_assert_int_eq(row[3], -1);
    ck_assert_int_eq(row[4], 0); /* equal rows: the lower first */
    ck_assert_int_eq(row[5], 1);
    ck_assert_int_eq(row[6], -1);
    int64_t top[2];
    nft_ok(nf_cluster_exemplars(&c, 1, top, &nft_err));
    ck_assert_int_eq(top[0], row[0]);
    ck_assert_int_eq(top[1], row[4]);
    nf_clusters_clear(&c);
}
END_TEST

START_TEST(similarity_of_centers_is_their_cosine)
{
    nf_clusters c = clustered();
    nf_dense S = {0}, wrong = {0};
    double dot = 0;

    nft_ok(nf_dense_alloc(&S, 2, 2, &nft_err));
    nft_ok(nf_cluster_similarity(&c, &S, &nft_err));
    for (size_t t = 0; t < D; t++)
        dot += (double)c.center.val[t * c.center.ld] * c.center.val[t * c.center.ld + 1];
    ck_assert_double_eq_tol(S.val[0], 1.0, NFT_LOOSE);
    ck_assert_double_eq_tol(S.val[S.ld + 1], 1.0, NFT_LOOSE);
    ck_assert_double_eq_tol(S.val[1], dot, NFT_LOOSE);
    ck_assert_double_eq_tol(S.val[S.ld], dot, NFT_LOOSE);
    nft_ok(nf_dense_alloc(&wrong, 3, 2, &nft_err));
    nft_fails(nf_cluster_similarity(&c, &wrong, &nft_err), NF_EINVAL);
    nf_dense_clear(&wrong);
    nf_dense_clear(&S);
    nf_clusters_clear(&c);
}
END_TEST

START_TEST(the_silhouette_is_the_mean_over_rows_with_a_cluster)
{
    int32_t assign[] = {0, -1, 1}, second[] = {1, -1, 0};
    float own[] = {0.5f, 0, 1.0f}, other[] = {0.0f, 0, 1.0f};
    nf_clusters c = {.n = 3, .k = 2, .assign = assign, .second = second, .similarity = own, .second_similarity = other};

    ck_assert_double_eq_tol(nf_simplified_silhouette(&c), 0.25, NFT_TIGHT); /* (1 - 0.5)/1 and 0/0 = 0 */
    second[0] = second[2] = -1;
    ck_assert_double_eq_tol(nf_simplified_silhouette(&c), 0.0, NFT_TIGHT);
    c = (nf_clusters){0};
    ck_assert_double_eq_tol(nf_simplified_silhouette(&c), 0.0, NFT_TIGHT);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("describe");
    TCase *t = tcase_create("describe");

    tcase_add_test(t, heaviest_terms_fall_and_unused_places_are_marked);
    tcase_add_test(t, equal_weights_go_to_the_lower_column);
    tcase_add_test(t, distinctive_terms_have_the_z_scores_of_the_formula);
    tcase_add_test(t, a_single_cluster_has_nothing_distinctive);
    tcase_add_test(t, distinctive_refuses_wrong_shapes_and_negative_counts);
    tcase_add_test(t, exemplars_are_the_most_similar_rows);
    tcase_add_test(t, similarity_of_centers_is_their_cosine);
    tcase_add_test(t, the_silhouette_is_the_mean_over_rows_with_a_cluster);
    suite_add_tcase(s, t);
    return nft_run(s);
}
