/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of features: what is read, what is refused, and how numbers are printed. */
#include "datasets/rows.h"
#include "nft.h"

#include "base/num.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static nf_status read_str(nf_rows *r, const char *name, const char *text, nf_err *err)
{
    return nfi_rows_read_memory(r, name, text, strlen(text), NULL, err);
}

static bool is(nf_str s, const char *want)
{
    return s.n == strlen(want) && memcmp(s.p, want, s.n) == 0;
}

START_TEST(a_line_is_a_row_with_target_entries_and_id)
{
    nf_rows r;

    nft_ok(read_str(&r, "a.svm", "# a comment\n+1 1:0.5 3:-2e1 # doc \t1\r\n\n-1\n1,2 7:0\t# x", &nft_err));
    ck_assert_uint_eq(r.rows, 3);
    ck_assert_uint_eq(r.cols, 7);
    ck_assert_int_eq(r.ptr[1], 2);
    ck_assert_int_eq(r.ptr[2], 2);
    ck_assert_int_eq(r.ptr[3], 3);
    ck_assert_int_eq(r.idx[1], 2);
    ck_assert(r.val[0] == 0.5 && r.val[1] == -20.0 && r.val[2] == 0.0);
    ck_assert(is(r.target[0], "+1") && is(r.target[1], "-1") && is(r.target[2], "1,2"));
    ck_assert(is(r.id[0], "doc  1") && is(r.id[1], "") && is(r.id[2], "x"));
    nf_rows_clear(&r);
}
END_TEST

START_TEST(coordinates_come_in_any_order)
{
    nf_rows r;

    nft_ok(
        read_str(&r, "a.mtx", "%%MatrixMarket Matrix coordinate REAL general\n% words\n\n3 4 3\n3 1 1.5\n1 4 2\n1  2 -1e-3\n", &nft_err));
    ck_assert_uint_eq(r.rows, 3);
    ck_assert_uint_eq(r.cols, 4);
    ck_assert_int_eq(r.idx[0], 1);
    ck_assert_int_eq(r.idx[1], 3);
    ck_assert_int_eq(r.idx[2], 0);
    ck_assert(r.val[0] == -1e-3 && r.val[1] == 2.0 && r.val[2] == 1.5);
    ck_assert_int_eq(r.ptr[1], 2);
    ck_assert_int_eq(r.ptr[2], 2);
    nf_rows_clear(&r);
    nft_ok(read_str(&r, "a.mtx", "%%MatrixMarket matrix coordinate pattern general\n1 2 1\n1 2\n", &nft_err));
    ck_assert(r.val[0] == 1.0);
    nf_rows_clear(&r);
    nft_ok(read_str(&r, "a.mtx", "%%MatrixMarket matrix coordinate integer general\n0 0 0\n", &nft_err));
    ck_assert_uint_eq(r.rows, 0);
    nf_rows_clear(&r);
}
END_TEST

#define MM "%%MatrixMarket matrix coordinate "
static const struct {
    const char *text, *message;
    uint64_t line;
    nf_status s;
} faults[] = {
    {"", "empty file", 0, NF_EDATA},
    {"1 1:1\n1 0:1\n", "\"0:1\" has the index 0; indices begin at 1", 2, NF_EFORMAT},
    {"1 3:1 3:1", "\"3:1\" has an index that does not rise; indices rise within a line", 1, NF_EFORMAT},
    {"1 3:1 2:1", "\"2:1\" has an index that does not rise; indices rise within a line", 1, NF_EFORMAT},
    {"1 2147483648:1", "\"2147483648:1\" has an index beyond 2147483647", 1, NF_EFORMAT},
    {"1 99999999999999999999:1", "\"99999999999999999999:1\" has an index beyond 2147483647", 1, NF_EFORMAT},
    {"1 1:nan", "\"1:nan\" has no finite number for a value", 1, NF_EFORMAT},
    {"1 1:inf", "\"1:inf\" has no finite number for a value", 1, NF_EFORMAT},
    {"1 1:1e999", "\"1:1e999\" has no finite number for a value", 1, NF_EFORMAT},
    {"1 1:", "\"1:\" has no finite number for a value", 1, NF_EFORMAT},
    {"1 :1", "\":1\" is no index:value", 1, NF_EFORMAT},
    {"1 5", "\"5\" is no index:value", 1, NF_EFORMAT},
    {"1 -1:1", "\"-1:1\" has no whole number for an index", 1, NF_EFORMAT},
    {"1 qid:3 1:1", "\"qid:3\" is a group for ranking; these are not read", 1, NF_EFORMAT},
    {"war 1:1", "\"war\" is no target; a line begins with a number", 1, NF_EFORMAT},
    {"1, 1:1", "\"1,\" is no target; a line begins with a number", 1, NF_EFORMAT},
    {"nan 1:1", "\"nan\" is no target; a line begins with a number", 1, NF_EFORMAT},
    {MM "real symmetric\n", "\"symmetric\" matrices are not read, only general ones", 1, NF_EFORMAT},
    {MM "complex general\n", "\"complex\" is no kind of value that is read: real, integer, pattern", 1, NF_EFORMAT},
    {"%%MatrixMarket matrix array real general\n", "only \"matrix coordinate\" is read", 1, NF_EFORMAT},
    {MM "real general\n", "the line with the number of rows, columns and entries is missing", 0, NF_EFORMAT},
    {MM "real general\n1 1\n", "entries \"\", expected a whole number from 0 to 9223372036854775807", 2, NF_EFORMAT},
    {MM "real general\n1 1 2\n1 1 1\n", "1 entries, but the file says it has 2; was it cut?", 0, NF_EFORMAT},
    {MM "real general\n1 1 1\n1 1 1\n1 1 1\n", "more entries than the 1 that the file says it has", 4, NF_EFORMAT},
    {MM "real general\n2 2 1\n3 1 1\n", "row \"3\", expected a whole number from 1 to 2", 3, NF_EFORMAT},
    {MM "real general\n2 2 1\n1 0 1\n", "column \"0\", expected a whole number from 1 to 2", 3, NF_EFORMAT},
    {MM "real general\n2 2 1\n1 1 NaN\n", "\"NaN\" is no finite number", 3, NF_EFORMAT},
    {MM "real general\n2 2 1\n1 1 1 1\n", "\"1\" stands behind the end of the entry", 3, NF_EFORMAT},
    {MM "integer general\n2 2 1\n1 1 1.5\n", "\"1.5\" is no integer of at most 2^53", 3, NF_EFORMAT},
    {MM "real general\n2 2 2\n1 1 1\n1 1 2\n", "row 1, column 1 stands twice", 0, NF_EFORMAT},
    {MM "real general\n268435457 2 0\n", "rows \"268435457\", expected a whole number from 0 to 268435456", 2, NF_EFORMAT},
    {MM "real general\n200000000 2 1\n1 1 1\n", "200000000 rows for 1 entries", 0, NF_ELIMIT},
};
enum { FAULTS = sizeof faults / sizeof *faults };

START_TEST(a_fault_is_named_with_its_line)
{
    nf_rows r = {.rows = 77};
    nf_err err = {0};

    nf_status s = read_str(&r, "a.svm", faults[_i].text, &err);
    ck_assert_msg(s == faults[_i].s && strcmp(err.msg, faults[_i].message) == 0 && err.line == faults[_i].line, "%s: %d, line %d: %s",
                  faults[_i].text, (int)s, (int)err.line, err.msg);
    ck_assert_uint_eq(r.rows, 77);
}
END_TEST

START_TEST(a_format_that_is_none_is_refused)
{
    nf_rows r = {0};

    nft_fails(nfi_rows_read_memory(&r, "a", "1 1:1\n", 6, "csv", &nft_err), NF_EINVAL);
    nft_fails(nf_rows_write("-", "csv", &r, &nft_err), NF_EINVAL);
    nft_fails(nf_rows_read(&r, "/nowhere/a.svm", NULL, &nft_err), NF_EIO);
}
END_TEST

static void prints(float v, const char *want)
{
    char got[40];
    got[nfi_format_float(got, v)] = '\0';
    ck_assert_str_eq(got, want);
}

START_TEST(floats_are_printed_with_the_fewest_digits)
{
    prints(0.0f, "0");
    prints(-0.0f, "0");
    prints(1.0f, "1");
    prints(-1.0f, "-1");
    prints(0.1f, "0.1");
    prints(10.0f, "10");
    prints(0.99999994f, "0.99999994");
    prints(16777216.0f, "16777216");
    prints(123456.79f, "123456.79");
    prints(1e-5f, "1e-05"); /* a little less */
    prints(2e-5f, "0.00002");
    prints(9.9999e8f, "999990000");
    prints(3.4028235e38f, "3.4028235e+38");
    prints(1e-45f, "1e-45");
}
END_TEST

START_TEST(every_float_is_read_back)
{
    nfi_rng r = nft_rng(7);

    for (int i = 0; i < 200000; i++) {
        float v = i % 2 ? nft_rand_float(&r) : (float)nft_rand_between(&r, -2.0, 2.0);
        char s[40];
        double back;
        size_t n = nfi_format_float(s, v);
        ck_assert_uint_lt(n, 32);
        ck_assert_msg(nfi_parse_double(s, n, &back) && (float)back == v, "%.*s is not %.9g", (int)n, s, (double)v);
        s[n] = '\0';
        ck_assert_msg(strtof(s, NULL) == v, "strtof reads %s otherwise", s);
    }
}
END_TEST

START_TEST(decimal_numbers_are_rounded_as_the_c_library_does)
{
    nfi_rng r = nft_rng(8);

    for (int i = 0; i < 100000; i++) {
        char s[64];
        double got, v = ldexp((double)(nfi_rng_below(&r, (uint64_t)1 << 53) + 1), (int)nfi_rng_below(&r, 600) - 330);
        int n = snprintf(s, sizeof s, "%.*e", (int)nfi_rng_below(&r, 18), v);
        ck_assert(nfi_parse_double(s, (size_t)n, &got));
        ck_assert_msg(got == strtod(s, NULL), "%s", s);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("rows");
    TCase *t = tcase_create("rows");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_line_is_a_row_with_target_entries_and_id);
    tcase_add_test(t, coordinates_come_in_any_order);
    tcase_add_loop_test(t, a_fault_is_named_with_its_line, 0, FAULTS);
    tcase_add_test(t, a_format_that_is_none_is_refused);
    tcase_add_test(t, floats_are_printed_with_the_fewest_digits);
    tcase_add_test(t, every_float_is_read_back);
    tcase_add_test(t, decimal_numbers_are_rounded_as_the_c_library_does);
    suite_add_tcase(s, t);
    return nft_run(s);
}
