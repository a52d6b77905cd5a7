/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables out: quoting, dialects, numbers, and what happens when nobody can take them. */
#include "nft.h"

#include "base/buf.h"
#include "newsframe/docs.h"

#include <limits.h>
#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[NFT_PATH + 8];

static nf_csv *table(nf_csv_dialect dialect)
{
    char dir[NFT_PATH];
    nf_csv *w = NULL;

    nft_dir(dir);
    snprintf(path, sizeof path, "%s/out.csv", dir);
    nft_ok(nf_csv_open(&w, path, dialect, &nft_err));
    return w;
}

static void gives(nf_csv *w, const char *want)
{
    nft_ok(nf_csv_close(w, 1, &nft_err));
    char *got = nft_read(path, NULL);
    ck_assert_str_eq(got, want);
    free(got);
}

START_TEST(quotes_stand_only_where_a_reader_needs_them)
{
    nf_csv *w = table(NF_CSV_PLAIN);

    nf_csv_str(w, "plain text");
    nf_csv_str(w, "a,b");
    nf_csv_str(w, "a\"b");
    nf_csv_str(w, "a\nb");
    nf_csv_str(w, "a\rb");
    nf_csv_str(w, "\"");
    nf_csv_str(w, " a;\tb ");
    nf_csv_str(w, "");
    nf_csv_end(w);
    gives(w, "plain text,\"a,b\",\"a\"\"b\",\"a\nb\",\"a\rb\",\"\"\"\", a;\tb ,\n");
}
END_TEST

START_TEST(plain_tables_change_nothing)
{
    nf_csv *w = table(NF_CSV_PLAIN);

    nf_csv_str(w, "=1+1");
    nf_csv_str(w, "-x");
    nf_csv_text(w, "\xff", 1);
    nf_csv_end(w);
    ck_assert_uint_eq(nf_csv_cut(w), 0);
    gives(w, "=1+1,-x,\xff\n");
}
END_TEST

START_TEST(numbers_never_have_an_exponent_and_follow_no_locale)
{
    nf_csv *w = table(NF_CSV_PLAIN);

    (void)setlocale(LC_ALL, "de_DE.UTF-8");
    nf_csv_num(w, -0.5, 3);
    nf_csv_num(w, 1e15, 0);
    nf_csv_num(w, 1e-9, 6);
    nf_csv_num(w, -0.0, 1);
    nf_csv_num(w, 2.5, 99);
    nf_csv_num(w, 2.5, -1);
    nf_csv_num(w, NAN, 2);
    nf_csv_num(w, INFINITY, 2);
    nf_csv_int(w, INT64_MIN);
    nf_csv_int(w, 0);
    nf_csv_blank(w);
    nf_csv_end(w);
    gives(w, "-0.500,1000000000000000,0.000000,0.0,2.500000000,3,,,-9223372036854775808,0,\n");
}
END_TEST

START_TEST(a_row_of_one_empty_cell_is_no_blank_line)
{
    nf_csv *w = table(NF_CSV_PLAIN);

    nf_csv_str(w, "");
    nf_csv_end(w);
    nf_csv_blank(w);
    nf_csv_end(w);
    nf_csv_num(w, NAN, 2);
    nf_csv_end(w);
    nf_csv_blank(w);
    nf_csv_blank(w);
    nf_csv_end(w);
    nf_csv_str(w, "x");
    nf_csv_end(w);
    gives(w, "\"\"\n\"\"\n\"\"\n,\nx\n");
}
END_TEST

START_TEST(a_mark_of_byte_order_that_is_content_is_quoted)
{
    nf_csv *w = table(NF_CSV_PLAIN);

    nf_csv_str(w, "\xef\xbb\xbftext");
    nf_csv_str(w, "\xef\xbb\xbf");
    nf_csv_end(w);
    nf_csv_str(w, "\xef\xbb\xbf");
    nf_csv_end(w);
    gives(w, "\"\xef\xbb\xbftext\",\xef\xbb\xbf\n\xef\xbb\xbf\n");
}
END_TEST

START_TEST(excel_gets_a_mark_and_crlf_and_no_formulas)
{
    nf_csv *w = table(NF_CSV_EXCEL);
    static const char *const cells[] = {"=1+1",
                                        "+44 20",
                                        "-1",
                                        "-- dash",
                                        "@user",
                                        "\t=1",
                                        "\r=1",
                                        "\n",
                                        " =1",
                                        "\xef\xbc\x9d"
                                        "1",
                                        "\xef\xbc\x8b",
                                        "\xef\xbc\x8d",
                                        "\xef\xbc\xa0x",
                                        "|cmd",
                                        "%0A",
                                        "\u00a0\u200b=",
                                        "\ufeff=1",
                                        "a=1",
                                        "'=1",
                                        "1-2",
                                        "plain",
                                        "",
                                        "\u3000x",
                                        "-0.5",
                                        "-12,5",
                                        "-1+2",
                                        "-.5",
                                        "-1.",
                                        "-1.2.3",
                                        "-",
                                        "--1",
                                        "-1e5",
                                        " -1"};

    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        nf_csv_str(w, cells[i]);
    nf_csv_num(w, -1.25, 2);
    nf_csv_int(w, -7);
    nf_csv_end(w);
    gives(w, "\xef\xbb\xbf'=1+1,'+44 20,-1,'-- dash,'@user,'\t=1,\"'\r=1\",\"'\n\",' "
             "=1,'\xef\xbc\x9d" "1,'\xef\xbc\x8b,'\xef\xbc\x8d,'\xef\xbc\xa0x,'|cmd,'%0A,'\u00a0\u200b=,'\ufeff=1,a=1,"
             "'=1,1-2,plain,,\u3000x,-0.5,\"-12,5\",'-1+2,'-.5,'-1.,'-1.2.3,'-,'--1,'-1e5,' -1,-1.25,-7\r\n");
}
END_TEST

START_TEST(european_excel_has_semicolons_and_decimal_commas)
{
    nf_csv *w = table(NF_CSV_EXCEL_EU);

    nf_csv_str(w, "a,b");
    nf_csv_str(w, "a;b");
    nf_csv_num(w, -1234.5, 2);
    nf_csv_int(w, 1000);
    nf_csv_str(w, "1.5");
    nf_csv_end(w);
    gives(w, "\xef\xbb\xbf"
             "a,b;\"a;b\";-1234,50;1000;1.5\r\n");
}
END_TEST

START_TEST(excel_cells_are_cut_at_a_character_and_counted)
{
    nf_csv *w = table(NF_CSV_EXCEL);
    nfi_buf ascii = {0}, wide = {0};

    for (int i = 0; i < 40000; i++) {
        nfi_buf_putc(&ascii, 'a');
        nfi_buf_puts(&wide,
                     i % 2 ? "\xc3\xa9" : "\xf0\x9f\x98\x80"); /* one unit of UTF-16 and two: 32,000 are 10,666 pairs and one more emoji */
    }
    nf_csv_text(w, ascii.p, 32000);
    ck_assert_uint_eq(nf_csv_cut(w), 0);
    nf_csv_text(w, ascii.p, 32001);
    ck_assert_uint_eq(nf_csv_cut(w), 1);
    nf_csv_text(w, wide.p, wide.n);
    ck_assert_uint_eq(nf_csv_cut(w), 2);
    nf_csv_end(w);
    nft_ok(nf_csv_close(w, 1, &nft_err));
    size_t n;
    char *got = nft_read(path, &n);
    ck_assert_uint_eq(n, 3 + 32000 + 1 + 32000 + 1 + 10666 * 6 + 4 + 2);
    free(got);
    nfi_buf_clear(&ascii);
    nfi_buf_clear(&wide);
}
END_TEST

START_TEST(a_table_that_is_dropped_leaves_no_file)
{
    struct stat st;
    nf_csv *w = table(NF_CSV_PLAIN);

    nf_csv_str(w, "x");
    nf_csv_end(w);
    nft_ok(nf_csv_close(w, 0, &nft_err));
    ck_assert_int_ne(stat(path, &st), 0);
}
END_TEST

START_TEST(a_large_table_is_written_whole)
{
    nf_csv *w = table(NF_CSV_PLAIN);
    nfi_buf want = {0};

    for (uint64_t i = 0; i < 100000; i++) {
        nf_csv_int(w, (int64_t)i);
        nf_csv_str(w, "some text");
        nf_csv_end(w);
        nfi_buf_put_u64(&want, i);
        nfi_buf_puts(&want, ",some text\n");
    }
    nfi_buf_putc(&want, '\0');
    gives(w, want.p);
    nfi_buf_clear(&want);
}
END_TEST

START_TEST(what_cannot_be_written_is_said)
{
    nf_csv *w = NULL;
    nf_err err = {0};

    nft_fails(nf_csv_open(&w, "/nowhere/out.csv", NF_CSV_PLAIN, &nft_err), NF_EIO);
    nft_fails(nf_csv_open(&w, "-", (nf_csv_dialect)9, &nft_err), NF_EINVAL);
    ck_assert_ptr_null(w);
    nft_ok(nf_csv_open(&w, "/dev/full", NF_CSV_PLAIN, &nft_err));
    nf_csv_str(w, "x");
    nf_csv_end(w);
    ck_assert_int_eq(nf_csv_close(w, 1, &err), NF_EIO);
}
END_TEST

START_TEST(a_reader_that_left_is_noticed)
{
    int fds[2], saved = dup(1);
    nf_csv *w = NULL;

    signal(SIGPIPE, SIG_IGN);
    ck_assert_int_eq(pipe(fds), 0);
    ck_assert_int_eq(dup2(fds[1], 1), 1);
    close(fds[1]);
    close(fds[0]);
    nf_status opened = nf_csv_open(&w, "-", NF_CSV_PLAIN, NULL), flushed = NF_OK, closed = NF_OK;
    if (opened == NF_OK) {
        nf_csv_str(w, "x");
        nf_csv_end(w);
        flushed = nf_csv_flush(w, NULL);
        closed = nf_csv_close(w, 1, NULL);
    }
    dup2(saved, 1);
    close(saved);
    ck_assert_int_eq(opened, NF_OK);
    ck_assert_int_eq(flushed, NF_EPIPE);
    ck_assert_int_eq(closed, NF_EPIPE);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("csv_out");
    TCase *t = tcase_create("csv_out");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, quotes_stand_only_where_a_reader_needs_them);
    tcase_add_test(t, plain_tables_change_nothing);
    tcase_add_test(t, numbers_never_have_an_exponent_and_follow_no_locale);
    tcase_add_test(t, a_row_of_one_empty_cell_is_no_blank_line);
    tcase_add_test(t, a_mark_of_byte_order_that_is_content_is_quoted);
    tcase_add_test(t, excel_gets_a_mark_and_crlf_and_no_formulas);
    tcase_add_test(t, european_excel_has_semicolons_and_decimal_commas);
    tcase_add_test(t, excel_cells_are_cut_at_a_character_and_counted);
    tcase_add_test(t, a_table_that_is_dropped_leaves_no_file);
    tcase_add_test(t, a_large_table_is_written_whole);
    tcase_add_test(t, what_cannot_be_written_is_said);
    tcase_add_test(t, a_reader_that_left_is_noticed);
    suite_add_tcase(s, t);
    return nft_run(s);
}
