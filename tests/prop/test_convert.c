/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table written in one format and read back from another is the table it was, as far as the formats hold it. */
#include "convert_kit.h"
#include "nft.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>

enum { COLUMNS = 6, ROWS = 30 };

/* Bytes that matter to some format, often; anything else, sometimes, NUL among it. */
static void random_cell(nfi_rng *r, nfi_buf *b, bool nul)
{
    static const char *const bits[] = {"\"", ",", "\n", "\r", "\r\n", ";", "\t", "|", " ", "a", "\xc3\xa9", "\ufeff", "=", "\\", "\\u0041",
                                       "__label__x", " __label__", "word", "{", "[1]", "\x01", "\x7f", "\u2028", "null", "</REUTERS>"};
    size_t n = nfi_rng_below(r, 4) == 0 ? 0 : nfi_rng_below(r, 12);

    b->n = 0;
    for (size_t i = 0; i < n; i++) {
        char u[4];
        uint32_t cp = 1 + (uint32_t)nfi_rng_below(r, 0xd7ff);
        if (nfi_rng_below(r, 5) == 0)
            nfi_buf_put(b, u, nfi_utf8_encode(u, cp));
        else if (nul && nfi_rng_below(r, 40) == 0)
            nfi_buf_putc(b, '\0');
        else
            nfi_buf_puts(b, bits[nfi_rng_below(r, sizeof bits / sizeof *bits)]);
    }
}

/* A table with the columns text, c1, c2, ... and label, somewhere. */
static void random_table(nfi_rng *r, const char *path)
{
    nfi_buf cell = {0};
    nf_csv *w = NULL;
    size_t columns = 1 + nfi_rng_below(r, COLUMNS), rows = 1 + nfi_rng_below(r, ROWS), text = nfi_rng_below(r, columns);

    nft_ok(nf_csv_open(&w, path, NF_CSV_PLAIN, &nft_err));
    for (size_t j = 0; j < columns; j++) {
        char name[8] = "c";
        name[1] = (char)('0' + j);
        nf_csv_str(w, j == text ? "text" : j == (text + 1) % columns ? "label" : name);
    }
    nf_csv_end(w);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++) {
            random_cell(r, &cell, j != (text + 1) % columns); /* in a label it is a fault */
            nf_csv_text(w, cell.p, cell.n);
        }
        nf_csv_end(w);
    }
    nft_ok(nf_csv_close(w, 1, &nft_err));
    nfi_buf_clear(&cell);
}

static void same_bytes(const char *a, const char *b, int c)
{
    size_t n, m;
    char *p = nft_read(a, &n), *q = nft_read(b, &m);
    ck_assert_msg(n == m && memcmp(p, q, n) == 0, "case %d: %s has %zu bytes, %s has %zu:\n%s\n---\n%s", c, a, n, b, m, p, q);
    free(p);
    free(q);
}

static void step(const char *dir, const char *from, const char *to, const char *format)
{
    char a[NFT_PATH], b[NFT_PATH];
    ck_assert_int_lt(snprintf(a, sizeof a, "%.400s/%s", dir, from), (int)sizeof a);
    ck_assert_int_lt(snprintf(b, sizeof b, "%.400s/%s", dir, to), (int)sizeof b);
    nft_ok(kit_convert(a, b, format, 1 + (from[0] & 1), &nft_err));
}

START_TEST(tables_survive_every_format_that_keeps_columns)
{
    for (int c = 0; c < nft_cases(120); c++) {
        nfi_rng r = nft_rng((uint64_t)c);
        char dir[NFT_PATH], raw[NFT_PATH], a[NFT_PATH], b[NFT_PATH];

        nft_dir(dir);
        snprintf(raw, sizeof raw, "%.400s/raw.csv", dir);
        snprintf(a, sizeof a, "%.400s/a.csv", dir);
        snprintf(b, sizeof b, "%.400s/b.csv", dir);
        random_table(&r, raw);
        step(dir, "raw.csv", "a.csv", "csv"); /* NUL bytes are blanks from here on */
        step(dir, "a.csv", "b.jsonl", "jsonl");
        step(dir, "b.jsonl", "c.tsv", "tsv");
        step(dir, "c.tsv", "d.jsonl", "jsonl");
        step(dir, "d.jsonl", "b.csv", "csv");
        same_bytes(a, b, c);
    }
}
END_TEST

START_TEST(what_fasttext_holds_is_read_back_as_it_was_written)
{
    for (int c = 0; c < nft_cases(120); c++) {
        nfi_rng r = nft_rng(100000 + (uint64_t)c);
        char dir[NFT_PATH], path[NFT_PATH], a[NFT_PATH], b[NFT_PATH];
        size_t n;

        nft_dir(dir);
        snprintf(path, sizeof path, "%.400s/raw.csv", dir);
        snprintf(a, sizeof a, "%.400s/a.ft", dir);
        snprintf(b, sizeof b, "%.400s/c.ft", dir);
        random_table(&r, path);
        step(dir, "raw.csv", "a.ft", "fasttext");
        char *text = nft_read(a, &n);
        free(text);
        if (n == 0) /* no document had a word */
            continue;
        step(dir, "a.ft", "b.jsonl", "jsonl");
        step(dir, "b.jsonl", "c.ft", "fasttext");
        same_bytes(a, b, c);
    }
}
END_TEST

START_TEST(features_survive_both_formats)
{
    for (int c = 0; c < nft_cases(200); c++) {
        nfi_rng r = nft_rng(200000 + (uint64_t)c);
        char dir[NFT_PATH], svm[NFT_PATH], mtx[NFT_PATH];
        nf_csr m = {0};
        nf_rows out, one = {0}, two = {0};
        double *val = NULL;

        nft_rand_csr(&m, &r, nfi_rng_below(&r, 20), 1 + nfi_rng_below(&r, 30), 0.3);
        size_t nnz = (size_t)m.ptr[m.rows];
        out = (nf_rows){.rows = m.rows, .cols = m.cols, .ptr = m.ptr, .idx = m.idx};
        if (c % 2) {
            val = malloc((nnz + 1) * sizeof *val);
            ck_assert_ptr_nonnull(val);
            for (size_t e = 0; e < nnz; e++)
                val[e] = c % 4 == 1 ? (double)nfi_rng_below(&r, 1000) - 500.0 : (double)nft_rand_float(&r) * nft_rand_between(&r, 0, 1);
            out.val = val;
        } else {
            for (size_t e = 0; e < nnz; e++)
                m.val[e] = nft_rand_float(&r);
            out.f32 = m.val;
        }
        nft_dir(dir);
        snprintf(svm, sizeof svm, "%.400s/a.svm", dir);
        snprintf(mtx, sizeof mtx, "%.400s/a.mtx", dir);
        nft_ok(nf_rows_write(mtx, "mtx", &out, &nft_err));
        nft_ok(nf_rows_read(&one, mtx, NULL, &nft_err));
        ck_assert_msg(nf_rows_equal(&out, &one), "case %d, matrix", c);
        nft_ok(nf_rows_write(svm, "svmlight", &one, &nft_err));
        if (out.rows > 0) { /* a file without a line is refused */
            nft_ok(nf_rows_read(&two, svm, NULL, &nft_err));
            ck_assert_uint_le(two.cols, out.cols);
            two.cols = out.cols; /* columns without an entry at the end are not seen in the lines */
            ck_assert_msg(nf_rows_equal(&one, &two), "case %d, lines", c);
        }
        nf_rows_clear(&one);
        nf_rows_clear(&two);
        nf_csr_clear(&m);
        free(val);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("convert");
    TCase *t = tcase_create("convert");
    tcase_set_timeout(t, 300);
    tcase_add_test(t, tables_survive_every_format_that_keeps_columns);
    tcase_add_test(t, what_fasttext_holds_is_read_back_as_it_was_written);
    tcase_add_test(t, features_survive_both_formats);
    suite_add_tcase(s, t);
    return nft_run(s);
}
