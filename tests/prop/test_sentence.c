/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units of random texts cover them, in order; sentences lie in paragraphs; blocks do not depend on each other; time is linear. */
#include "nft.h"

#include "base/buf.h"
#include "sentence_kit.h"

#include <time.h>

static void random_text(nfi_rng *r, nfi_buf *b, size_t most)
{
    b->n = 0;
    for (size_t n = nfi_rng_below(r, most); n > 0; n--)
        nfi_buf_puts(b, sk_pieces[nfi_rng_below(r, SK_PIECES)]);
}

START_TEST(units_cover_the_text_in_order)
{
    nf_units s = {0}, p = {0}, d = {0};
    nfi_buf text = {0};

    for (int i = 0; i < nft_cases(20000); i++) {
        nfi_rng r = nft_rng((uint64_t)i);
        random_text(&r, &text, 40);
        nf_str t = {text.p, text.n};
        nft_ok(nf_units_split(&s, t, NULL, NF_UNIT_SENTENCE, &nft_err));
        nft_ok(nf_units_split(&p, t, NULL, NF_UNIT_PARAGRAPH, &nft_err));
        nft_ok(nf_units_split(&d, t, NULL, NF_UNIT_DOCUMENT, &nft_err));
        sk_check(t, NULL, &s);
        sk_check(t, NULL, &p);
        ck_assert_uint_eq(d.n, s.n > 0);
        if (d.n)
            ck_assert(d.unit[0].start == s.unit[0].start && d.unit[0].end == s.unit[s.n - 1].end);
        for (size_t k = 0, in = 0; k < s.n; k++) { /* each paragraph is a run of sentences */
            while (in < p.n && p.unit[in].paragraph < s.unit[k].paragraph)
                in++;
            ck_assert(in < p.n && s.unit[k].start >= p.unit[in].start && s.unit[k].end <= p.unit[in].end);
            ck_assert(k > 0 && s.unit[k - 1].paragraph == s.unit[k].paragraph ? true : s.unit[k].start == p.unit[in].start);
        }
    }
    nf_units_clear(&s);
    nf_units_clear(&p);
    nf_units_clear(&d);
    nfi_buf_clear(&text);
}
END_TEST

START_TEST(blocks_are_cut_as_if_alone)
{
    nf_units whole = {0}, one = {0}, two = {0};
    nfi_buf text = {0}, rest = {0};

    for (int i = 0; i < nft_cases(10000); i++) {
        nfi_rng r = nft_rng((uint64_t)i);
        random_text(&r, &text, 30);
        random_text(&r, &rest, 30);
        size_t first = text.n, gap = 2;
        nfi_buf_puts(&text, "\n\n");
        nfi_buf_put(&text, rest.p, rest.n);
        nft_ok(nf_units_split(&one, (nf_str){text.p, first}, NULL, NF_UNIT_SENTENCE, &nft_err));
        nft_ok(nf_units_split(&two, (nf_str){text.p + first + gap, rest.n}, NULL, NF_UNIT_SENTENCE, &nft_err));
        nft_ok(nf_units_split(&whole, (nf_str){text.p, text.n}, NULL, NF_UNIT_SENTENCE, &nft_err));
        ck_assert_uint_eq(whole.n, one.n + two.n);
        for (size_t k = 0; k < whole.n; k++) {
            size_t off = k < one.n ? 0 : first + gap;
            const nf_unit *u = k < one.n ? &one.unit[k] : &two.unit[k - one.n];
            ck_assert(whole.unit[k].start == u->start + off && whole.unit[k].end == u->end + off && whole.unit[k].stop == u->stop);
        }
    }
    nf_units_clear(&whole);
    nf_units_clear(&one);
    nf_units_clear(&two);
    nfi_buf_clear(&text);
    nfi_buf_clear(&rest);
}
END_TEST

START_TEST(cuts_part_units)
{
    nf_units u = {0};
    nfi_buf text = {0};

    for (int i = 0; i < nft_cases(5000); i++) {
        nfi_rng r = nft_rng((uint64_t)i);
        nf_cut cut[8];
        nf_cuts cuts = {.cut = cut};
        text.n = 0;
        for (size_t line = nfi_rng_below(&r, 20); line > 0; line--) {
            size_t from = text.n;
            for (size_t n = 1 + nfi_rng_below(&r, 4); n > 0; n--)
                nfi_buf_puts(&text, nfi_rng_below(&r, 4) ? "Words of a line. More" : "and so on");
            if (cuts.n < 8 && nfi_rng_below(&r, 3) == 0)
                cut[cuts.n++] = (nf_cut){from, text.n, 0, 0};
            nfi_buf_puts(&text, nfi_rng_below(&r, 3) ? "\n" : "\n\n");
        }
        nf_str t = {text.p, text.n};
        nft_ok(nf_units_split(&u, t, &cuts, NF_UNIT_SENTENCE, &nft_err));
        sk_check(t, &cuts, &u);
        for (size_t k = 0; k < u.n; k++)
            for (size_t c = 0; c < cuts.n; c++)
                ck_assert(u.unit[k].end <= cut[c].start || u.unit[k].start >= cut[c].end);
    }
    nf_units_clear(&u);
    nfi_buf_clear(&text);
}
END_TEST

/* Texts of one piece over and over: what looks ahead or back without bound takes minutes. */
START_TEST(no_text_takes_long)
{
    static const char *const pieces[] = {". ",       "(",    "\"",           ".\"", "- ",           ". - ",
                                         "a.",       "A.",   "A.B",          "\n",  "a\n",          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
                                         "\xcc\x81", ".[1]", ". (",          "1.",  "\xe3\x80\x82", ".\xcc\x81",
                                         " . . .",   "word", "\xe2\x80\x9c", ".' "};
    nf_units u = {0};
    nfi_buf text = {0};

    for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++) {
        text.n = 0;
        while (text.n < 1 << 18)
            nfi_buf_puts(&text, pieces[k]);
        clock_t from = clock();
        nft_ok(nf_units_split(&u, (nf_str){text.p, text.n}, NULL, NF_UNIT_SENTENCE, &nft_err));
        ck_assert_msg((double)(clock() - from) / CLOCKS_PER_SEC < 2.0, "256 KiB of \"%s\" takes %g s", pieces[k],
                      (double)(clock() - from) / CLOCKS_PER_SEC);
    }
    nf_units_clear(&u);
    nfi_buf_clear(&text);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("sentence");
    TCase *tc = tcase_create("sentence");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, units_cover_the_text_in_order);
    tcase_add_test(tc, blocks_are_cut_as_if_alone);
    tcase_add_test(tc, cuts_part_units);
    tcase_add_test(tc, no_text_takes_long);
    suite_add_tcase(s, tc);
    return nft_run(s);
}
