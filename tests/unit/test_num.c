/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logarithm and exponential against long double; numbers to text and back, in any locale. */
#define _XOPEN_SOURCE 700 /* M_PI, M_LN2 */
#include "nft.h"

#include "base/num.h"

#include <float.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* |got - want| in units of the last place of want. */
static double ulps(double got, long double want)
{
    int e;
    frexpl(want, &e);
    return (double)(fabsl((long double)got - want) / ldexpl(1, e - DBL_MANT_DIG));
}

static double any_normal(nfi_rng *r)
{
    double x;
    do
        x = nfi_from_bits(nfi_rng_next(r) & INT64_MAX);
    while (!isnormal(x));
    return x;
}

START_TEST(log_is_within_one_unit_in_the_last_place)
{
    nfi_rng r = nft_rng(1);
    double worst = 0, at = 1;

    for (int i = 0; i < 100000; i++) {
        double x = i % 3 == 0 ? any_normal(&r) : i % 3 == 1 ? nft_rand_between(&r, 0.5, 2) : 1 + nft_rand_between(&r, -1, 1) * 0x1p-20;
        double u = ulps(nfi_log(x), logl((long double)x));
        if (u > worst)
            worst = u, at = x;
    }
    static const double edges[] = {DBL_MIN, DBL_MAX, 1 + DBL_EPSILON, 1 - DBL_EPSILON / 2, M_SQRT1_2, M_SQRT2, 0.5, 2, M_E, 10,
                                   1e-300, 1e300};
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
        for (int step = -2; step <= 2; step++) {
            double x = nfi_from_bits(nfi_bits(edges[i]) + (uint64_t)(int64_t)step);
            if (!isnormal(x) || x == 1)
                continue;
            double u = ulps(nfi_log(x), logl((long double)x));
            if (u > worst)
                worst = u, at = x;
        }
    ck_assert_msg(worst < 1, "log(%a) is %g units off", at, worst);
    ck_assert(nfi_log(1) == 0);
}
END_TEST

START_TEST(single_log_is_within_two_units_in_the_last_place)
{
    nfi_rng r = nft_rng(2);
    double worst = 0, at = 1;

    for (int i = 0; i < 300000; i++) {
        uint32_t bits = 0x00800000u + (uint32_t)nfi_rng_below(&r, 0x7f000000u);
        float x;
        memcpy(&x, &bits, sizeof x);
        if (i % 3)
            x = i % 3 == 1 ? (float)nft_rand_between(&r, 0.5, 2) : 1 + (float)nft_rand_between(&r, -1, 1) * 0x1p-10f;
        if (x == 1)
            continue;
        double want = log((double)x), u = fabs((double)nfi_log32(x) - want) / ldexp(1, ilogb(want) + 1 - FLT_MANT_DIG);
        if (u > worst)
            worst = u, at = (double)x;
    }
    ck_assert_msg(worst < 2, "log(%a) is %g units off", at, worst);
    ck_assert(nfi_log32(1) == 0);
}
END_TEST

START_TEST(exp_is_within_one_unit_in_the_last_place)
{
    nfi_rng r = nft_rng(2);
    double worst = 0, at = 0;
    static const double edges[] = {-708, 709, -0x1p-60, 0x1p-60, 0.34657359027997264, -0.34657359027997264, 1, -1, 700, -700};

    for (int i = 0; i < 100000; i++) {
        double x = i % 3 == 0 ? nft_rand_between(&r, -708, 709)
                   : i % 3 == 1 ? nft_rand_between(&r, -1, 1)
                                : nft_rand_between(&r, -1e-8, 1e-8);
        if (i < (int)(sizeof edges / sizeof *edges))
            x = edges[i];
        double u = ulps(nfi_exp(x), expl((long double)x));
        if (u > worst)
            worst = u, at = x;
    }
    ck_assert_msg(worst < 1, "exp(%a) is %g units off", at, worst);
    ck_assert(nfi_exp(0) == 1);
    ck_assert(nfi_exp(-708.0000001) == 0);
    ck_assert(nfi_exp(-1e300) == 0);
    ck_assert(nfi_exp(-HUGE_VAL) == 0);
    ck_assert(nfi_exp(-708) > 0);
}
END_TEST

START_TEST(log_sum_exp_neither_overflows_nor_underflows)
{
    const double even[] = {-1000, -1000, -1000, -1000}, far[] = {700, -700, 699}, one[] = {-1e5};

    ck_assert_double_eq_tol(nfi_logsumexp(even, 4), -1000 + 2 * M_LN2, NFT_TIGHT);
    ck_assert_double_eq_tol(nfi_logsumexp(far, 3), 700 + log1p(exp(-1)), NFT_TIGHT);
    ck_assert(nfi_logsumexp(one, 1) == -1e5);
}
END_TEST

START_TEST(fixed_point_rounds_half_up)
{
    ck_assert_int_eq(nfi_to_fixed(0), 0);
    ck_assert_int_eq(nfi_to_fixed(1), INT64_C(1) << 32);
    ck_assert_int_eq(nfi_to_fixed(0x1p-33), 1);
    ck_assert_int_eq(nfi_to_fixed(0x1.fffffffffffffp-34), 0);
    ck_assert_int_eq(nfi_to_fixed(0x1p30), INT64_C(1) << 62);
    ck_assert(NFI_FIXED_ONE == 0x1p32);
}
END_TEST

static const char *fixed(double v, int decimals)
{
    static char s[NFI_FIXED_MAX + 1];
    memset(s, '#', sizeof s);
    size_t n = nfi_format_fixed(s, v, decimals);
    ck_assert_uint_le(n, NFI_FIXED_MAX);
    s[n] = '\0';
    return s;
}

START_TEST(fixed_decimals_are_printed_without_exponent)
{
    ck_assert_str_eq(fixed(0, 0), "0");
    ck_assert_str_eq(fixed(-0.0, 3), "0.000");
    ck_assert_str_eq(fixed(-0.0004, 3), "0.000"); /* no minus before zero */
    ck_assert_str_eq(fixed(-0.0005, 3), "-0.001");
    ck_assert_str_eq(fixed(1.0 / 3, 9), "0.333333333");
    ck_assert_str_eq(fixed(2.5, 0), "3");
    ck_assert_str_eq(fixed(-2.5, 0), "-3");
    ck_assert_str_eq(fixed(0.999999999, 6), "1.000000");
    ck_assert_str_eq(fixed(123456.789, 2), "123456.79");
    ck_assert_str_eq(fixed(0.49999999999999994, 0), "0"); /* adding one half would round to one */
    ck_assert_str_eq(fixed(4503599627370497.0, 0), "4503599627370497"); /* 2^52+1: so would it here, to an even number */
    ck_assert_str_eq(fixed(9007199254740994.0, 0), "9007199254740994");
    ck_assert_str_eq(fixed(1e18, 0), "1000000000000000000");
    ck_assert_str_eq(fixed(8999999999999999999.0 / 2, 0), "4500000000000000000");
    ck_assert_str_eq(fixed(8.9e12, 6), "8900000000000.000000"); /* 19 digits */
    ck_assert_str_eq(fixed(9.99, 1), "10.0");
    ck_assert_str_eq(fixed(1e22, 2), "10000000000000000000000.00");
    ck_assert_str_eq(fixed(-1e22, 0), "-10000000000000000000000");
    ck_assert_uint_eq(strlen(fixed(-DBL_MAX, 9)), 1 + 309 + 1 + 9);
    ck_assert_str_eq(fixed(DBL_TRUE_MIN, 9), "0.000000000");
}
END_TEST

START_TEST(fixed_decimals_are_the_nearest)
{
    nfi_rng r = nft_rng(3);

    for (int i = 0; i < 20000; i++) {
        int decimals = (int)nfi_rng_below(&r, 10);
        double v = nft_rand_between(&r, -1, 1) * pow(10, nft_rand_between(&r, -9, 7));
        const char *s = fixed(v, decimals);
        long double back = strtold(s, NULL), half = 0.5L * powl(10, -decimals);
        /* the product with the power of ten is rounded once, to 2^-53 of itself */
        ck_assert_msg(fabsl(back - (long double)v) <= half * (1 + 1e-9L) + fabsl((long double)v) * 0x1p-52L,
                      "%a to %d decimals is %s", v, decimals, s);
        ck_assert_msg(strspn(s, "-0123456789.") == strlen(s), "%s", s);
    }
}
END_TEST

START_TEST(integers_are_printed_and_read)
{
    static const uint64_t values[] = {0, 1, 9, 10, 99, 100, UINT32_MAX, (uint64_t)1 << 32, UINT64_MAX - 1, UINT64_MAX};
    char s[24], want[24];
    uint64_t v;

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        size_t n = nfi_format_u64(s, values[i]);
        ck_assert_int_eq((int)n, snprintf(want, sizeof want, "%" PRIu64, values[i]));
        ck_assert_int_eq(memcmp(s, want, n), 0);
        ck_assert(nfi_parse_u64(s, n, &v) && v == values[i]);
    }
    v = 77;
    static const char *const wrong[] = {"", "-1", "+1", " 1", "1 ", "1.0", "0x1", "18446744073709551616", "99999999999999999999999",
                                        "1e3", "\xd9\xa1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(!nfi_parse_u64(wrong[i], strlen(wrong[i]), &v), "\"%s\" is taken for a number", wrong[i]);
    ck_assert_uint_eq(v, 77); /* untouched */
    ck_assert(nfi_parse_u64("000000000000000000000000000012", 30, &v) && v == 12);
    ck_assert(!nfi_parse_u64("1\0", 2, &v));
}
END_TEST

START_TEST(decimal_numbers_are_read)
{
    static const struct {
        const char *s;
        double v;
    } right[] = {
        {"0", 0}, {"1", 1}, {"+1.5", 1.5}, {"-1.5", -1.5}, {".5", .5}, {"5.", 5}, {"1e3", 1e3}, {"1E-3", 1e-3}, {"1e+3", 1e3},
        {"0.1", 0.1},
        {"123456789012345678901234567890", 123456789012345678901234567890.0}, {"0.000000000000000000000000000000123", 1.23e-31},
        {"1.7976931348623157e308", DBL_MAX}, {"2.2250738585072014e-308", DBL_MIN}, {"4.9406564584124654e-324", DBL_TRUE_MIN},
        {"1e-400", 0}, {"0e5", 0}, {"3.141592653589793238462643383279", M_PI}, {"1000000000000000000000e-21", 1},
    };
    static const char *const wrong[] = {"", ".", "-", "+", "e5", "1e", "1e+", "1,5", "1 ", " 1", "0x10", "inf", "-inf", "nan", "1e400",
                                        "1e309", "--1", "1.2.3", "1e5.0", "1e99999999999999999999", "NaN", "1_000", "\xd9\xa1"};
    double v;

    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        ck_assert_msg(nfi_parse_double(right[i].s, strlen(right[i].s), &v), "\"%s\" is refused", right[i].s);
        ck_assert_msg(nfi_bits(v) == nfi_bits(right[i].v), "\"%s\" is read as %.17g", right[i].s, v);
    }
    ck_assert(nfi_parse_double("-0", 2, &v) && v == 0 && signbit(v));
    v = 77;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(!nfi_parse_double(wrong[i], strlen(wrong[i]), &v), "\"%s\" is taken for a number", wrong[i]);
    ck_assert(!nfi_parse_double("1\0", 2, &v));
    ck_assert(v == 77);
}
END_TEST

static void check_round_trip(double v)
{
    char s[33];
    double back;
    size_t n = nfi_format_shortest(s, v);

    ck_assert_uint_le(n, 32);
    s[n] = '\0';
    ck_assert_msg(nfi_parse_double(s, n, &back) && nfi_bits(back) == nfi_bits(v), "%a is printed as %s and read as %a", v, s, back);
    ck_assert_msg(strspn(s, "-+0123456789.e") == n, "%s", s);
}

START_TEST(shortest_numbers_read_back_to_the_same_bits)
{
    nfi_rng r = nft_rng(4);
    static const double edges[] = {0, -0.0, 1, -1, 0.1, 1.0 / 3, DBL_MAX, -DBL_MAX, DBL_MIN, DBL_TRUE_MIN, 1e22, 1e23, 9007199254740993.0,
                                   0x1.fffffffffffffp-1, 123456789012345678.0, 5e-324, 2.2250738585072009e-308};
    char s[33];

    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
        check_round_trip(edges[i]);
    for (int i = 0; i < 20000; i++)
        check_round_trip(i % 2 ? any_normal(&r) * (i % 4 == 1 ? 1 : -1) : nft_rand_between(&r, -1000, 1000));
    s[nfi_format_shortest(s, 0.1)] = '\0';
    ck_assert_str_eq(s, "0.1");
    s[nfi_format_shortest(s, 1e100)] = '\0';
    ck_assert_str_eq(s, "1e+100");
}
END_TEST

/* A decimal comma, as in German, and a mark of two bytes, as in Pashto. The locales are made on the spot, as few systems have them ready.
 */
START_TEST(locales_change_nothing)
{
    static const char *const marks[] = {",", "<U066B>"};
    char dir[NFT_PATH], source[NFT_PATH], text[256], command[3 * NFT_PATH], s[33];
    double v;

    nft_dir(dir);
    snprintf(text, sizeof text,
             "LC_CTYPE\ncopy \"POSIX\"\nEND LC_CTYPE\nLC_NUMERIC\n"
             "decimal_point \"%s\"\nthousands_sep \".\"\ngrouping 3;3\nEND LC_NUMERIC\n", marks[_i]);
    nft_file_str(source, dir, "source", text);
    snprintf(command, sizeof command, "localedef -c -i %s -f UTF-8 %s/own.UTF-8 >/dev/null 2>&1", source, dir);
    int made = system(command);
    setenv("LOCPATH", dir, 1);
    if (!setlocale(LC_NUMERIC, "own.UTF-8")) {
        printf("# no locale could be made here (localedef: %d)\n", made);
        fflush(stdout);
        return;
    }
    ck_assert_str_ne(localeconv()->decimal_point, ".");
    ck_assert(nfi_parse_double("1.5", 3, &v) && v == 1.5);
    ck_assert(!nfi_parse_double("1,5", 3, &v));
    ck_assert_str_eq(fixed(1234567.25, 2), "1234567.25");
    ck_assert_str_eq(fixed(1e22, 1), "10000000000000000000000.0");
    s[nfi_format_shortest(s, 1234567.25)] = '\0';
    ck_assert_str_eq(s, "1234567.25");
    s[nfi_format_shortest(s, -1.5e-300)] = '\0';
    ck_assert_str_eq(s, "-1.5e-300");
    check_round_trip(0x1.123456789abcdp-1000);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("num");
    TCase *t = tcase_create("num");
    tcase_set_timeout(t, 60);
    if (nft_long_double()) { /* the yardstick, and what parsing computes with */
        tcase_add_test(t, log_is_within_one_unit_in_the_last_place);
        tcase_add_test(t, single_log_is_within_two_units_in_the_last_place);
        tcase_add_test(t, exp_is_within_one_unit_in_the_last_place);
        tcase_add_test(t, fixed_decimals_are_the_nearest);
        tcase_add_test(t, decimal_numbers_are_read);
        tcase_add_test(t, shortest_numbers_read_back_to_the_same_bits);
        tcase_add_loop_test(t, locales_change_nothing, 0, 2);
    }
    tcase_add_test(t, log_sum_exp_neither_overflows_nor_underflows);
    tcase_add_test(t, fixed_point_rounds_half_up);
    tcase_add_test(t, fixed_decimals_are_printed_without_exponent);
    tcase_add_test(t, integers_are_printed_and_read);
    suite_add_tcase(s, t);
    return nft_run(s);
}
