/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cuts of random pages hold together and do not depend on what was cleaned before; cleaning again cuts nothing more; line tables add up. */
#include "nft.h"

#include "clean_kit.h"

#include <stdio.h>
#include <stdlib.h>

static void random_text(nfi_rng *r, nfi_buf *b, size_t most)
{
    size_t n = nfi_rng_below(r, most), low = nfi_rng_below(r, 2) ? 14 : 0;

    b->n = 0;
    for (size_t i = 0; i < n; i++) {
        nfi_buf_puts(b, ck_line_pool[nfi_rng_below(r, 3) == 0 ? low + nfi_rng_below(r, CK_LINES - low) : nfi_rng_below(r, CK_LINES)]);
        if (nfi_rng_below(r, 9) == 0)
            nfi_buf_puts(b, " and more");
        if (i + 1 < n || nfi_rng_below(r, 2))
            nfi_buf_putc(b, '\n');
    }
}

START_TEST(cuts_hold_together_and_are_final)
{
    nf_cleaner *c = NULL;
    nf_cuts used = {0};
    nfi_buf text = {0};

    nft_ok(nf_cleaner_new(&c, NULL, &nft_err));
    for (int i = 0; i < nft_cases(3000); i++) {
        nfi_rng r = nft_rng((uint64_t)i);
        nf_cuts fresh = {0}, again = {0};
        random_text(&r, &text, 60);
        nf_str s = {text.p, text.n};
        nft_ok(nf_clean_text(c, s, (nf_str){0}, NULL, 0, &used, &nft_err));
        nft_ok(nf_clean_text(c, s, (nf_str){0}, NULL, 0, &fresh, &nft_err));
        ck_check_cuts(s, &used);
        ck_assert_uint_eq(used.n, fresh.n);
        for (size_t k = 0; k < used.n; k++)
            ck_assert(used.cut[k].start == fresh.cut[k].start && used.cut[k].end == fresh.cut[k].end &&
                      used.cut[k].line == fresh.cut[k].line && used.cut[k].rule == fresh.cut[k].rule);
        text.n = nf_clean_apply(s, &used, text.p);
        nft_ok(nf_clean_text(c, (nf_str){text.p, text.n}, (nf_str){0}, NULL, 0, &again, &nft_err));
        ck_assert_msg(again.n == 0, "case %d: cleaning again cuts %zu more, the first by %s", i, again.n,
                      again.n ? nf_clean_rule_name((size_t)again.cut[0].rule, NULL) : "");
        nf_cuts_clear(&fresh);
        nf_cuts_clear(&again);
    }
    nf_cuts_clear(&used);
    nfi_buf_clear(&text);
    nf_cleaner_free(c);
}
END_TEST

START_TEST(tables_of_parts_add_up_to_the_table_of_the_whole)
{
    for (int i = 0; i < nft_cases(40); i++) {
        nfi_rng r = nft_rng((uint64_t)i);
        enum { DOCS = 30, PARTS = 4 };
        nfi_buf text[DOCS] = {{0}};
        nf_doc doc[DOCS];
        nf_lines *whole = NULL, *part[PARTS] = {NULL}, *back = NULL;
        char dir[NFT_PATH], a[NFT_PATH + 8], b[NFT_PATH + 8];
        size_t na, nb;

        nft_dir(dir);
        snprintf(a, sizeof a, "%s/a.nfl", dir);
        snprintf(b, sizeof b, "%s/b.nfl", dir);
        nft_ok(nf_lines_new(&whole, &nft_err));
        for (int k = 0; k < PARTS; k++)
            nft_ok(nf_lines_new(&part[k], &nft_err));
        for (int d = 0; d < DOCS; d++) {
            random_text(&r, &text[d], 12);
            static const char *const source[] = {"", "herald", "post"};
            const char *s = source[nfi_rng_below(&r, 3)];
            doc[d] = (nf_doc){.text = {text[d].p, text[d].n}, .source = {s, strlen(s)}};
            nft_ok(nf_lines_add(part[nfi_rng_below(&r, PARTS)], &(nf_batch){doc + d, 1, NULL}, 1, &nft_err));
        }
        nft_ok(nf_lines_add(whole, &(nf_batch){doc, DOCS, NULL}, 1, &nft_err));
        nft_ok(nf_lines_save(part[3], b, &nft_err));
        nft_ok(nf_lines_load(&back, b, &nft_err));
        for (int k = 0; k < 3; k++)
            nft_ok(nf_lines_merge(back, part[k], &nft_err));
        ck_assert_uint_eq(nf_lines_docs(back), DOCS);
        nft_ok(nf_lines_save(whole, a, &nft_err));
        nft_ok(nf_lines_save(back, b, &nft_err));
        char *x = nft_read(a, &na), *y = nft_read(b, &nb);
        ck_assert(na == nb && memcmp(x, y, na) == 0);
        free(x);
        free(y);
        nf_lines_free(whole);
        nf_lines_free(back);
        for (int k = 0; k < PARTS; k++)
            nf_lines_free(part[k]);
        for (int d = 0; d < DOCS; d++)
            nfi_buf_clear(&text[d]);
    }
}
END_TEST

/* A line longer than what is looked at in blocks is read byte by byte; blanks at its end change nothing else. */
START_TEST(words_of_a_line_are_those_found_byte_by_byte)
{
    static const char *const piece[] = {"a",
                                        "the",
                                        "Minister",
                                        "iPhone",
                                        "McDONALD",
                                        "extraordinarily",
                                        "counterrevolutionaries",
                                        "don't",
                                        "O'Neill",
                                        "rock'n'roll",
                                        "'",
                                        "'s",
                                        "7",
                                        "1,000",
                                        "3.5",
                                        "12:30",
                                        "mig29",
                                        "29a",
                                        ".",
                                        ", ",
                                        " | ",
                                        " > ",
                                        ">",
                                        "_",
                                        "-",
                                        "\xc3\xa9t\xc3\xa9",
                                        "\xc3\xa9",
                                        "caf\xc3\xa9s",
                                        "\xe2\x80\x99",
                                        "don\xe2\x80\x99t",
                                        "\xe2\x80\x9c",
                                        "\xc2\xbb",
                                        "\xc2\xa0",
                                        "\xd0\x9c\xd0\xb8\xd1\x80",
                                        "\xe4\xb8\xad\xe6\x96\x87",
                                        "\xf0\x9f\x98\x80"};
    uint64_t x[1024], y[1024];
    char a[2048], b[2048];

    for (int i = 0; i < nft_cases(20000); i++) {
        nfi_rng r = nft_rng((uint64_t)i);
        size_t n = 0, want = 1 + nfi_rng_below(&r, nfi_rng_below(&r, 2) ? NFI_LINE_SCAN : 70), gaps = nfi_rng_below(&r, 4);
        nfi_line l = {0}, k = {0};
        for (;;) {
            const char *p = piece[nfi_rng_below(&r, sizeof piece / sizeof *piece)];
            size_t len = strlen(p);
            if (n + len > want)
                break;
            memcpy(a + n, p, len);
            n += len;
            if (n < want && gaps && nfi_rng_below(&r, gaps + 1))
                a[n++] = ' ';
        }
        memset(b, ' ', sizeof b);
        memcpy(b, a, n);
        char *tight = malloc(n + 1); /* no byte more, for sanitizers */
        ck_assert_ptr_nonnull(tight);
        memcpy(tight + 1, a, n);
        size_t m = nfi_clean_words(tight + 1, n, n, x, 1024, &l), o = nfi_clean_words(b, NFI_LINE_SCAN + n, sizeof b, y, 1024, &k);
        ck_assert_msg(m == o && memcmp(x, y, m * sizeof *x) == 0, "case %d: other words in \"%.*s\"", i, (int)n, a);
        ck_assert_msg(l.capitals == k.capitals && l.separators == k.separators && l.digits == k.digits && l.letters == k.letters &&
                          l.script == k.script,
                      "case %d: other counts in \"%.*s\"", i, (int)n, a);
        memset(a + n, i % 2 ? 'x' : '\'', sizeof a - n); /* what follows the line is no part of it */
        o = nfi_clean_words(a, n, sizeof a, y, 1024, NULL);
        ck_assert(m == o && memcmp(x, y, m * sizeof *x) == 0);
        o = nfi_clean_words(a, n, sizeof a, y, 3, NULL);
        ck_assert(o == (m < 3 ? m : 3) && memcmp(x, y, o * sizeof *x) == 0);
        free(tight);
    }
}
END_TEST

START_TEST(texts_of_one_line_are_cut_by_their_phrases)
{
    static const char *const list[] = {NULL, "has the foxes of\nhas o'clock news\nstarts big deal\nis plain\ntail end of line #\n",
                                       "has \xc3\xa9t\xc3\xa9 ici\nhas use it\nis don't\nhas cookies\n", "has a b\nhas # #\n"};
    static const char *const piece[] = {
        "the ", "foxes ", "of ", "The", "TheFoxes of ", "Foxes", "o'clock ", "o\xe2\x80\x99" "clock ", "O'Clock ", "news ",
        "big ", "deal ", "plain", "end ", "line ", "7 ", "1,2", "\xc3\xa9t\xc3\xa9 ", "ici ", "use ", "it's ", "don't ",
        "cookies ", "coo'kies ", "c'o'okies ", "co\xe2\x80\x98okies", "user", "a ", "b ", ". ", "\xe2\x80\x9c",
        "\xd0\xbc\xd0\xb8\xd1\x80 ", "-", "'", " ", "privacy ", "policy ", "all ", "rights ", "reserved ", "Subscribe ", "to ",
        "our ", "newsletter ", "newsLetter ", "in ", "your ", "inbox ", "terms ", "comments", "#", "information ",
        "a rather longer piece of text that no phrase of any of the lists is found in, whatever stands near it; "};
    size_t cut = 0, left = 0;

    for (size_t k = 0; k < sizeof list / sizeof *list; k++) {
        nf_cleaner *c = NULL;
        nf_cuts cuts = {0};
        nfi_text_lines t = {0};
        nfi_buf text = {0};
        char file[NFT_PATH];
        nft_file_str(file, NULL, "list", list[k] ? list[k] : "");
        nf_clean_opts o = {.phrases = list[k] ? file : NULL};
        nft_ok(nf_cleaner_new(&c, &o, &nft_err));
        for (int i = 0; i < nft_cases(20000); i++) {
            nfi_rng r = nft_rng((uint64_t)i);
            size_t n = 1 + nfi_rng_below(&r, nfi_rng_below(&r, 2) ? 8 : 40);
            text.n = 0;
            for (size_t j = 0; j < n; j++)
                nfi_buf_puts(&text, piece[nfi_rng_below(&r, sizeof piece / sizeof *piece)]);
            if (nfi_rng_below(&r, 4) == 0)
                nfi_buf_puts(&text, "\n \xc2\xa0");
            char *tight = malloc(text.n + 1); /* no byte more, for sanitizers */
            ck_assert_ptr_nonnull(tight);
            memcpy(tight + 1, text.p, text.n);
            nf_str s = {tight + 1, text.n};
            nft_ok(nf_clean_text(c, s, (nf_str){0}, NULL, 0, &cuts, &nft_err));
            nft_ok(nfi_clean_scan(c, s, NULL, 0, &t, &nft_err));
            size_t want = t.n && t.line[0].flags & NFI_LINE_PHRASE, chars = t.n ? t.line[0].chars : 0;
            ck_assert_msg(t.n < 2 && cuts.n == want && cuts.chars == chars && cuts.removed_chars == want * chars && cuts.empty == want,
                          "list %zu, case %d: \"%.*s\"", k, i, (int)s.n, s.p);
            cut += want;
            left += !want;
            free(tight);
        }
        nf_cuts_clear(&cuts);
        nfi_text_lines_clear(&t);
        nfi_buf_clear(&text);
        nf_cleaner_free(c);
    }
    ck_assert(nft_cases(20000) < 20000 || (cut > 1000 && left > 1000));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("clean");
    TCase *t = tcase_create("clean");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, cuts_hold_together_and_are_final);
    tcase_add_test(t, texts_of_one_line_are_cut_by_their_phrases);
    tcase_add_test(t, words_of_a_line_are_those_found_byte_by_byte);
    tcase_add_test(t, tables_of_parts_add_up_to_the_table_of_the_whole);
    suite_add_tcase(s, t);
    return nft_run(s);
}
