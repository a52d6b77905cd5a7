/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Log-odds ratios with an informative Dirichlet prior, against figures worked out by hand. */
#include "nft.h"

#include "features/keyness.h"

#include <math.h>

START_TEST(a_term_of_one_part_stands_out)
{
    /* y 30 of 100, all 40 of 300, prior 1/10: a_t 4, a 30; in 34 of 96, out 14 of 216 */
    nfi_keyness k = nfi_keyness_of(30, 100, 40, 300, 0.1);
    double want = log(34.0 / 96.0) - log(14.0 / 216.0);
    ck_assert_double_eq_tol(k.log_odds, want, NFT_TIGHT);
    ck_assert_double_eq_tol(k.z, want / sqrt(1.0 / 34 + 1.0 / 14), NFT_TIGHT);
}
END_TEST

START_TEST(a_term_as_frequent_everywhere_does_not)
{
    ck_assert_double_eq_tol(nfi_keyness_of(10, 100, 30, 300, NFI_KEYNESS_PRIOR).z, 0.0, NFT_TIGHT);
    ck_assert_double_lt(nfi_keyness_of(0, 100, 30, 300, NFI_KEYNESS_PRIOR).z, 0.0);
    double in = nfi_keyness_of(20, 100, 30, 200, NFI_KEYNESS_PRIOR).z, rest = nfi_keyness_of(10, 100, 30, 200, NFI_KEYNESS_PRIOR).z;
    ck_assert_double_eq_tol(in, -rest, NFT_TIGHT); /* two halves mirror each other */
}
END_TEST

START_TEST(what_cannot_be_compared_gives_zero)
{
    ck_assert(nfi_keyness_of(0, 100, 0, 300, NFI_KEYNESS_PRIOR).z == 0.0);
    ck_assert(nfi_keyness_of(100, 100, 300, 300, NFI_KEYNESS_PRIOR).z == 0.0);
    ck_assert(nfi_keyness_of(0, 0, 0, 0, NFI_KEYNESS_PRIOR).log_odds == 0.0);
    ck_assert(isfinite(nfi_keyness_of(5, 5, 5, 300, NFI_KEYNESS_PRIOR).z));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("keyness");
    TCase *tc = tcase_create("keyness");

    tcase_add_test(tc, a_term_of_one_part_stands_out);
    tcase_add_test(tc, a_term_as_frequent_everywhere_does_not);
    tcase_add_test(tc, what_cannot_be_compared_gives_zero);
    suite_add_tcase(s, tc);
    return nft_run(s);
}
