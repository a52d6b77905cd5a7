/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is written as CSV is read back as it was, whatever is in the cells. */
#include "nft.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "newsframe/docs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 6, ROWS = 40 };

/* Bytes that matter to CSV, often; anything else, sometimes. Valid UTF-8 without NUL: the reader changes the rest. */
static void random_cell(nfi_rng *r, nfi_buf *b)
{
    static const char *const bits[] = {"\"", ",", "\n",     "\r", "\r\n", ";",    "\t",   "|", " ",
                                       "a",  "\xc3\xa9", "\ufeff", "=",  "'",    "\"\"", "word", "{"};
    size_t n = nfi_rng_below(r, 4) == 0 ? 0 : nfi_rng_below(r, 12);

    b->n = 0;
    for (size_t i = 0; i < n; i++) {
        char u[4];
        uint32_t cp = 1 + (uint32_t)nfi_rng_below(r, 0xd7ff);
        if (nfi_rng_below(r, 5) == 0)
            nfi_buf_put(b, u, nfi_utf8_encode(u, cp));
        else
            nfi_buf_puts(b, bits[nfi_rng_below(r, sizeof bits / sizeof *bits)]);
    }
}

START_TEST(tables_survive_writing_and_reading)
{
    for (int c = 0; c < nft_cases(200); c++) {
        nfi_rng r = nft_rng((uint64_t)c);
        char path[NFT_PATH + 8], dir[NFT_PATH], name[8] = "c";
        nfi_buf cell = {0}, all = {0};
        size_t at[ROWS * COLUMNS + 1] = {0}, columns = 1 + nfi_rng_below(&r, COLUMNS), rows = nfi_rng_below(&r, ROWS + 1), n = 0;
        nf_csv *w = NULL;

        nft_dir(dir);
        snprintf(path, sizeof path, "%s/t.csv", dir);
        nft_ok(nf_csv_open(&w, path, NF_CSV_PLAIN, &nft_err));
        for (size_t j = 0; j < columns; j++) {
            name[1] = (char)('0' + j);
            nf_csv_str(w, j == 0 ? "text" : name);
        }
        nf_csv_end(w);
        for (size_t i = 0; i < rows; i++) {
            for (size_t j = 0; j < columns; j++) {
                random_cell(&r, &cell);
                nf_csv_text(w, cell.p, cell.n);
                nfi_buf_put(&all, cell.p, cell.n);
                at[++n] = all.n;
            }
            nf_csv_end(w);
        }
        nft_ok(nf_csv_close(w, 1, &nft_err));

        const char *paths[] = {path};
        nf_docs *in = NULL;
        nf_batch b = {0};
        size_t carried, k = 0, done = 0;
        nft_ok(nf_docs_open(&in, paths, 1, &(nf_docs_opts){.delimiter = ','}, &nft_err));
        (void)nf_docs_columns(in, &carried);
        ck_assert_uint_eq(carried, columns - 1);
        for (;;) {
            nft_ok(nf_docs_next(in, &b, &nft_err));
            if (b.n == 0)
                break;
            for (size_t i = 0; i < b.n; i++)
                for (size_t j = 0; j < columns; j++, k++) {
                    nf_str got = j == 0 ? b.docs[i].text : b.docs[i].carried[j - 1];
                    ck_assert_msg(got.n == at[k + 1] - at[k] && (got.n == 0 || memcmp(got.p, all.p + at[k], got.n) == 0),
                                  "case %d, row %zu, column %zu: \"%.*s\" was \"%.*s\"", c, done + i, j, (int)got.n, got.p,
                                  (int)(at[k + 1] - at[k]), all.p + at[k]);
                }
            done += b.n;
        }
        ck_assert_uint_eq(done, rows);
        nf_batch_clear(&b);
        nf_docs_close(in);
        nfi_buf_clear(&cell);
        nfi_buf_clear(&all);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("csv");
    TCase *t = tcase_create("csv");
    tcase_set_timeout(t, 300);
    tcase_add_test(t, tables_survive_writing_and_reading);
    suite_add_tcase(s, t);
    return nft_run(s);
}
