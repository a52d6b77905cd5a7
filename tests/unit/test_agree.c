/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Agreement of partitions against values computed by hand and published ones. */
#include "nft.h"

#include "newsframe/cluster.h"

#include <math.h>

static nf_agreement agree(const int32_t *a, const int32_t *b, size_t n)
{
    nf_agreement g = {0};
    nft_ok(nf_agreement_of(a, b, n, &g, &nft_err));
    return g;
}

START_TEST(equal_partitions_agree_fully_whatever_the_numbers)
{
    const int32_t a[] = {0, 0, 1, 1, 2}, b[] = {900000, 900000, 0, 0, 7};
    nf_agreement g = agree(a, b, 5);

    ck_assert_uint_eq(g.n, 5);
    ck_assert_double_eq_tol(g.nmi, 1.0, NFT_TIGHT);
    ck_assert_double_eq_tol(g.ari, 1.0, NFT_TIGHT);
    ck_assert_double_eq_tol(g.homogeneity, 1.0, NFT_TIGHT);
    ck_assert_double_eq_tol(g.completeness, 1.0, NFT_TIGHT);
    ck_assert_double_eq_tol(g.purity, 1.0, NFT_TIGHT);
}
END_TEST

/*
 * Table a x b = (2 1 0 / 0 1 2): pairs together in a 3 + 3, in b 1 + 1 + 1, in both 1 + 0 + 0 + 1 = 2 of 15.
 * tp 2, fn 4, fp 1, tn 8: ARI = 2 (16 - 4) / (6*12 + 3*9) = 24/99.
 * H(a) = ln 2, H(b) = ln 3, MI = 4/6 ln 2 (cells of 2: ln(2*6/(3*2)) = ln 2; cells of 1: ln(6/(3*2)) = 0).
 */
START_TEST(two_against_three_parts_give_the_values_computed_by_hand)
{
    const int32_t a[] = {0, 0, 0, 1, 1, 1}, b[] = {0, 0, 1, 1, 2, 2};
    const double mi = 2.0 / 3.0 * log(2.0);
    nf_agreement g = agree(a, b, 6);

    ck_assert_double_eq_tol(g.ari, 24.0 / 99.0, NFT_TIGHT);
    ck_assert_double_eq_tol(g.homogeneity, 2.0 / 3.0, NFT_TIGHT);
    ck_assert_double_eq_tol(g.completeness, mi / log(3.0), NFT_TIGHT);
    ck_assert_double_eq_tol(g.nmi, 2.0 * mi / (log(2.0) + log(3.0)), NFT_TIGHT);
    ck_assert_double_eq_tol(g.purity, 5.0 / 6.0, NFT_TIGHT);
}
END_TEST

/* Manning, Raghavan, Schuetze 2008, figure 16.4: clusters of (5 1 0), (1 4 1), (2 0 3) over three classes; purity 12/17, printed as 0.71,
 * table 16.2: NMI 0.36. tp 20, fp 20, fn 24, tn 72 (their section 16.3). */
START_TEST(the_example_of_the_textbook_is_reproduced)
{
    const int32_t a[] = {0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 2, 0, 0, 2, 2, 2};
    const int32_t b[] = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2};
    nf_agreement g = agree(a, b, 17);

    ck_assert_double_eq_tol(g.purity, 12.0 / 17.0, NFT_TIGHT);
    ck_assert_double_eq_tol(g.nmi, 0.36, 0.005);
    ck_assert_double_eq_tol(g.ari, 2.0 * (20 * 72 - 24 * 20) / (44.0 * 96 + 40.0 * 92), NFT_TIGHT);
}
END_TEST

START_TEST(one_part_against_many_shares_nothing)
{
    const int32_t one[] = {3, 3, 3, 3}, two[] = {0, 0, 1, 1};
    nf_agreement g = agree(one, two, 4), h = agree(two, one, 4);

    ck_assert_double_eq_tol(g.nmi, 0.0, NFT_TIGHT);
    ck_assert_double_eq_tol(g.ari, 0.0, NFT_TIGHT);
    ck_assert_double_eq_tol(g.homogeneity, 1.0, NFT_TIGHT); /* its entropy is 0 */
    ck_assert_double_eq_tol(g.completeness, 0.0, NFT_TIGHT);
    ck_assert_double_eq_tol(h.homogeneity, 0.0, NFT_TIGHT);
    ck_assert_double_eq_tol(h.completeness, 1.0, NFT_TIGHT);
    ck_assert_double_eq_tol(h.purity, 0.5, NFT_TIGHT);
}
END_TEST

START_TEST(two_partitions_of_one_part_are_the_same)
{
    const int32_t a[] = {1, 1, 1}, b[] = {0, 0, 0};
    nf_agreement g = agree(a, b, 3), h = agree(a, b, 1);

    ck_assert_double_eq_tol(g.nmi, 1.0, NFT_TIGHT);
    ck_assert_double_eq_tol(g.ari, 1.0, NFT_TIGHT);
    ck_assert_double_eq_tol(h.nmi, 1.0, NFT_TIGHT);
    ck_assert_double_eq_tol(h.ari, 1.0, NFT_TIGHT);
}
END_TEST

START_TEST(all_singletons_are_the_same)
{
    const int32_t a[] = {0, 1, 2, 3}, b[] = {3, 2, 1, 0};
    nf_agreement g = agree(a, b, 4);

    ck_assert_double_eq_tol(g.ari, 1.0, NFT_TIGHT);
    ck_assert_double_eq_tol(g.nmi, 1.0, NFT_TIGHT);
}
END_TEST

START_TEST(negative_numbers_are_left_out)
{
    const int32_t a[] = {0, -1, 0, 1, 1, 5}, b[] = {0, 0, 0, 1, 1, -1};
    nf_agreement g = agree(a, b, 6);

    ck_assert_uint_eq(g.n, 4);
    ck_assert_double_eq_tol(g.ari, 1.0, NFT_TIGHT);
}
END_TEST

/* Every pair of 300 items looked at one by one. */
START_TEST(pair_counts_equal_those_of_all_pairs)
{
    enum { N = 300 };
    nfi_rng r = nft_rng((uint64_t)_i);
    int32_t a[N], b[N];
    double tp = 0, fp = 0, fn = 0, tn = 0;

    for (int i = 0; i < N; i++) {
        a[i] = (int32_t)nfi_rng_below(&r, 5);
        b[i] = nfi_rng_below(&r, 3) ? a[i] : (int32_t)nfi_rng_below(&r, 7);
    }
    for (int i = 0; i < N; i++)
        for (int j = 0; j < i; j++)
            *(a[i] == a[j] ? b[i] == b[j] ? &tp : &fn : b[i] == b[j] ? &fp : &tn) += 1;
    nf_agreement g = agree(a, b, N), h = agree(b, a, N);
    ck_assert_double_eq_tol(g.ari, 2 * (tp * tn - fn * fp) / ((tp + fn) * (fn + tn) + (tp + fp) * (fp + tn)), NFT_TIGHT);
    ck_assert_double_eq_tol(g.ari, h.ari, NFT_TIGHT);
    ck_assert_double_eq_tol(g.nmi, h.nmi, NFT_TIGHT);
    ck_assert_double_eq_tol(g.homogeneity, h.completeness, NFT_TIGHT);
    ck_assert_double_eq_tol(g.nmi, 2 * g.homogeneity * g.completeness / (g.homogeneity + g.completeness), NFT_TIGHT);
}
END_TEST

START_TEST(nothing_to_compare_is_refused_and_leaves_the_result_alone)
{
    const int32_t a[] = {-1, 0}, b[] = {0, -1};
    nf_agreement g = {.n = 77};

    nft_fails(nf_agreement_of(a, b, 2, &g, &nft_err), NF_EDATA);
    nft_fails(nf_agreement_of(a, b, 0, &g, &nft_err), NF_EDATA);
    ck_assert_uint_eq(g.n, 77);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("agree");
    TCase *t = tcase_create("agree");

    tcase_add_test(t, equal_partitions_agree_fully_whatever_the_numbers);
    tcase_add_test(t, two_against_three_parts_give_the_values_computed_by_hand);
    tcase_add_test(t, the_example_of_the_textbook_is_reproduced);
    tcase_add_test(t, one_part_against_many_shares_nothing);
    tcase_add_test(t, two_partitions_of_one_part_are_the_same);
    tcase_add_test(t, all_singletons_are_the_same);
    tcase_add_test(t, negative_numbers_are_left_out);
    tcase_add_loop_test(t, pair_counts_equal_those_of_all_pairs, 0, 5);
    tcase_add_test(t, nothing_to_compare_is_refused_and_leaves_the_result_alone);
    suite_add_tcase(s, t);
    return nft_run(s);
}
