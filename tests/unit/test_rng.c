/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random streams: the generator, independence of streams, range, uniformity. */
#include "nft.h"

#include <gsl/gsl_cdf.h>

START_TEST(finaliser_is_that_of_splitmix64)
{
    /* Output of the published generator for seed 1234567: the state rises by the golden ratio and is mixed. */
    static const uint64_t want[] = {6457827717110365317u, 3203168211198807973u, 9817491932198370423u, 4593380528125082431u,
                                    16408922859458223821u};
    uint64_t state = 1234567;

    for (int i = 0; i < 5; i++)
        ck_assert_uint_eq(nfi_mix64(state += 0x9e3779b97f4a7c15u), want[i]);
    nfi_rng r = {1234567, 0};
    for (int i = 0; i < 5; i++)
        ck_assert_uint_eq(nfi_rng_next(&r), want[i]);
}
END_TEST

START_TEST(equal_names_are_equal_streams_and_others_differ)
{
    enum { SIDE = 12 };
    static uint64_t first[SIDE * SIDE * SIDE];
    size_t n = 0;

    for (uint64_t s = 0; s < SIDE; s++)
        for (uint64_t p = 0; p < SIDE; p++)
            for (uint64_t i = 0; i < SIDE; i++) {
                nfi_rng a = nfi_rng_stream(s, p, i), b = nfi_rng_stream(s, p, i);
                first[n] = nfi_rng_next(&a);
                ck_assert_uint_eq(first[n], nfi_rng_next(&b));
                for (size_t j = 0; j < n; j++)
                    if (first[j] == first[n])
                        ck_abort_msg("streams %zu and %zu start alike", j, n);
                n++;
            }
}
END_TEST

START_TEST(numbers_stay_in_range)
{
    nfi_rng r = nft_rng(1);
    static const uint64_t bounds[] = {1, 2, 3, 7, 1000, ((uint64_t)1 << 32) + 1, ((uint64_t)1 << 63) + 1, UINT64_MAX};

    for (size_t b = 0; b < sizeof bounds / sizeof *bounds; b++)
        for (int i = 0; i < 2000; i++)
            ck_assert_uint_lt(nfi_rng_below(&r, bounds[b]), bounds[b]);
    for (int i = 0; i < 100000; i++) {
        double u = nfi_rng_unit(&r);
        if (!(u >= 0 && u < 1))
            ck_abort_msg("%g", u);
    }
}
END_TEST

/* Chi-squared of draws below n against equal shares: its tail probability. */
static double tail_of_equal_shares(nfi_rng *r, unsigned n, int draws)
{
    int count[64] = {0};
    double chi2 = 0, want = (double)draws / n;

    for (int i = 0; i < draws; i++)
        count[nfi_rng_below(r, n)]++;
    for (unsigned i = 0; i < n; i++)
        chi2 += (count[i] - want) * (count[i] - want) / want;
    return gsl_cdf_chisq_Q(chi2, n - 1);
}

START_TEST(draws_are_uniform_within_and_across_streams)
{
    nfi_rng r = nft_rng(2);
    double mean = 0;

    for (unsigned n = 2; n <= 64; n += 31) /* 2, 33, 64; by chance three seeds in a million fail */
        ck_assert_double_gt(tail_of_equal_shares(&r, n, 100000), 1e-6);
    for (uint64_t i = 0; i < 100000; i++) { /* the first number of each of many streams */
        nfi_rng s = nft_rng(1000 + i);
        mean += nfi_rng_unit(&s) / 100000;
    }
    ck_assert_double_eq_tol(mean, 0.5, 5 * 0.288675 / 316.2); /* five standard errors */
}
END_TEST

int main(void)
{
    Suite *s = suite_create("rng");
    TCase *t = tcase_create("rng");
    tcase_set_timeout(t, 30);
    tcase_add_test(t, finaliser_is_that_of_splitmix64);
    tcase_add_test(t, equal_names_are_equal_streams_and_others_differ);
    tcase_add_test(t, numbers_stay_in_range);
    tcase_add_test(t, draws_are_uniform_within_and_across_streams);
    suite_add_tcase(s, t);
    return nft_run(s);
}
