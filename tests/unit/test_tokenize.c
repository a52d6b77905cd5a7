/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_tokenize.c - segments and masks: texts of any length, with words, runs and characters across the borders of blocks and segments,
 * give the tokens that every stretch without a blank gives by itself; on every row of the kernel table.
 */
#include "unit/tokens.h"

#include <stdlib.h>

enum { SEGMENT = 32 << 10, BLOCK = 64 };

/* Tokens of text by chunk(), and by nfi_tokenize() on every kernel row. */
static void check(const char *text, size_t n, const char *what)
{
    size_t rows;
    const nfi_kern *const *row = nfi_kern_rows(&rows);

    for (size_t t = 0; nfi_tokenizers[t]; t++) {
        nfi_buf want = {0};
        tokens_of_chunks(&want, nfi_tokenizers[t], text, n);
        for (size_t k = 0; k < rows; k++) {
            nfi_buf got = {0};
            setenv("NF_KERN", row[k]->name, 1);
            nfi_kern_init();
            tokens_of(&got, nfi_tokenizers[t], text, n);
            size_t at = 0;
            while (at < got.n && at < want.n && got.p[at] == want.p[at])
                at++;
            size_t from = at > 40 ? at - 40 : 0;
            ck_assert_msg(at == got.n && at == want.n, "%s, %s, %s, %zu bytes: \"%.*s\" instead of \"%.*s\"", what,
                          nfi_tokenizers[t]->name, row[k]->name, n,
                          (int)(got.n - from < 80 ? got.n - from : 80), got.n ? got.p + from : "",
                          (int)(want.n - from < 80 ? want.n - from : 80),
                          want.n ? want.p + from : "");
            nfi_buf_clear(&got);
        }
        nfi_buf_clear(&want);
    }
    unsetenv("NF_KERN");
    nfi_kern_init();
}

static const char *const piece[] = {
    "a", "US", "UN", "the", "U.S.", "don't", "state's", "3.14", "1,000", "host.example.org", "x_y", "_", "'", ".", ",", "...",
    "caf\xc3\xa9", "\xe2\x80\x99", "l\xe2\x80\x99""eau",
    "\xd0\xbc\xd0\xb8\xd1\x80", "\xe4\xb8\xad\xe6\x96\x87", "e\xcc\x81t\xcc\x82", "\xc2\xa0", "\xf0\x9f\x98\x80", "word", "Capital",
    "SHOUTING", "a-b", "(x)", "internationalisation", "\"q\"", "9", "0x1",
};

static void put_piece(nfi_buf *b, nfi_rng *r, bool blanks)
{
    static const char blank[] = " \n\t\r ";

    nfi_buf_puts(b, piece[nfi_rng_below(r, sizeof piece / sizeof *piece)]);
    if (blanks && nfi_rng_below(r, 4))
        nfi_buf_putc(b, blank[nfi_rng_below(r, sizeof blank - 1)]);
}

START_TEST(short_texts_around_blocks)
{
    nfi_rng r = nft_rng(1);

    for (int c = nft_cases(1500); c > 0; c--) {
        nfi_buf b = {0};
        size_t n = (size_t)nfi_rng_below(&r, 5 * BLOCK);
        while (b.n < n)
            put_piece(&b, &r, c % 2);
        check(b.p, b.n, "short");
        nfi_buf_clear(&b);
    }
}
END_TEST

/* Every piece at every place of a block, at the start and at the end of a text too. */
START_TEST(pieces_at_every_place_of_a_block)
{
    for (size_t i = 0; i < sizeof piece / sizeof *piece; i++)
        for (size_t before = 0; before <= BLOCK + 1; before++)
            for (int kind = 0; kind < 3; kind++) {
                char text[4 * BLOCK];
                size_t n = before, len = strlen(piece[i]);
                memset(text, kind == 0 ? ' ' : kind == 1 ? 'w' : '\'', sizeof text);
                memcpy(text + n, piece[i], len);
                check(text, n + len, "at the end");
                memcpy(text + n + len, kind == 0 ? "end" : " .'", 3);
                check(text, n + len + 3, "before more");
            }
}
END_TEST

/* A long text whose segment ends about a piece; and stretches without a blank that are longer than a segment. */
START_TEST(pieces_around_the_end_of_a_segment)
{
    nfi_rng r = nft_rng(2);
    char *text = malloc(4 * SEGMENT);

    for (int c = nft_cases(60); c > 0; c--) {
        size_t n = SEGMENT - 40 - (size_t)nfi_rng_below(&r, 60), fill = c % 3;
        for (size_t i = 0; i < n; i++)
            text[i] = fill == 0 ? " word "[i % 6] : fill == 1 ? ".w"[i % 2] : " \xc3\xa9."[i % 4];
        nfi_buf b = {0};
        while (b.n < 200)
            put_piece(&b, &r, c % 2);
        memcpy(text + n, b.p, b.n);
        n += b.n;
        check(text, n, "about the end of a segment");
        nfi_buf_clear(&b);
    }
    for (int kind = 0; kind < 3; kind++) { /* no blank at all, then one, then a word */
        size_t n = 2 * SEGMENT + 100;
        for (size_t i = 0; i < n; i++)
            text[i] = kind == 0 ? 'w' : kind == 1 ? "ab.c-"[i % 5] : "x\xc3\xa9-"[i % 4];
        check(text, n, "no blank");
        memcpy(text + n, " tail\xc3\xa9 end", 11);
        check(text, n + 11, "no blank for long");
        text[SEGMENT] = ' ';
        check(text, n + 11, "one blank");
    }
    free(text);
}
END_TEST

START_TEST(long_random_texts)
{
    nfi_rng r = nft_rng(3);

    for (int c = nft_cases(8); c > 0; c--) {
        nfi_buf b = {0};
        size_t n = SEGMENT / 2 + (size_t)nfi_rng_below(&r, 3 * SEGMENT);
        while (b.n < n)
            put_piece(&b, &r, nfi_rng_below(&r, 50) > 0);
        check(b.p, b.n, "long");
        nfi_buf_clear(&b);
    }
}
END_TEST

START_TEST(segments_end_within_reach_and_cover_the_text)
{
    nfi_rng r = nft_rng(4);
    nfi_tokbuf b = {0};
    nfi_buf text = {0};
    size_t pos = 0, last = 0, calls = 0;

    while (text.n < 5 * SEGMENT)
        put_piece(&text, &r, true);
    for (; nfi_tokenize(&nfi_tok_news, &b, text.p, text.n, &pos); calls++, last = pos) {
        ck_assert_uint_gt(pos, last);
        ck_assert_uint_le(pos - last, SEGMENT);
        ck_assert(pos == text.n || tokens_blank(text.p[pos - 1]));
    }
    ck_assert_uint_eq(last, text.n);
    ck_assert_uint_ge(calls, 5);
    ck_assert(!nfi_tokenize(&nfi_tok_news, &b, "", 0, &(size_t){0}));
    ck_assert(!nfi_tokenize(&nfi_tok_news, &b, NULL, 0, &(size_t){0}));
    nfi_tokbuf_clear(&b);
    nfi_buf_clear(&text);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("tokenize");
    TCase *t = tcase_create("segments");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, short_texts_around_blocks);
    tcase_add_test(t, pieces_at_every_place_of_a_block);
    tcase_add_test(t, pieces_around_the_end_of_a_segment);
    tcase_add_test(t, long_random_texts);
    tcase_add_test(t, segments_end_within_reach_and_cover_the_text);
    suite_add_tcase(s, t);
    return nft_run(s);
}
