/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mojibake: made here by the definition (each byte of UTF-8 read as Windows-1252), undone by the library; sound text stays. */
#include "nft.h"

#include "base/buf.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "newsframe/mojibake.h"

#include <stdio.h>
#include <string.h>

/* s read as Windows-1252 level times; the five bytes that are not in it become C1 controls, as browsers do. */
static void break_text(nfi_buf *out, const char *s, size_t n, int levels)
{
    nfi_buf in = {0};

    nfi_buf_put(&in, s, n);
    for (int k = 0; k < levels; k++) {
        out->n = 0;
        for (size_t i = 0; i < in.n; i++) {
            char c1[2] = {(char)0xc2, in.p[i]};
            if (strchr("\x81\x8d\x8f\x90\x9d", in.p[i]) && in.p[i])
                nfi_buf_put(out, c1, 2);
            else
                nfi_cp1252_to_utf8(out, in.p + i, 1);
        }
        in.n = 0;
        nfi_buf_put(&in, out->p, out->n);
    }
    nfi_buf_clear(&in);
}

static void repairs_to(const char *broken, const char *want, uint64_t runs, uint64_t lost)
{
    char got[800];
    nf_mojibake m;
    size_t n = strlen(broken);

    ck_assert_msg(nf_mojibake_find(broken, n, NULL), "not found: %s", broken);
    n = nf_mojibake_repair(got, broken, n, &m);
    got[n] = '\0';
    ck_assert_str_eq(got, want);
    ck_assert_uint_eq(m.runs, runs);
    ck_assert_uint_eq(m.lost, lost);
}

static void is_sound(const char *text)
{
    char got[800];
    size_t n = strlen(text);

    ck_assert_msg(!nf_mojibake_find(text, n, NULL), "taken for broken: %s", text);
    ck_assert_uint_eq(nf_mojibake_repair(got, text, n, NULL), n);
    ck_assert_int_eq(memcmp(got, text, n), 0);
}

static const char *const texts[] = {
    "It\u2019s \u201cover\u201d, she said \u2014 for \u20ac5\u2026",
    "Caf\u00e9, na\u00efve, \u00fcber, ma\u00f1ana",
    "\u00a320 and \u00b0C, \u00a9 2002",
    "Milo\u0161evi\u0107 in Plze\u0148, \u0130stanbul, \u015eanl\u0131urfa",
    "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440",
    "\u0391\u03b8\u03ae\u03bd\u03b1",
    "\u4e2d\u56fd\u7684\u65b0\u95fb",
    "\u0928\u0908 \u0926\u093f\u0932\u094d\u0932\u0940",
    "\u0645\u0631\u062d\u0628\u0627",
    "\U0001f600 ok",
    "Vi\u1ec7t Nam: \u0111\u1ed9c l\u1eadp",
    "a\u00a0b\u2122",
    "\ufeffTitle",
};

START_TEST(what_is_broken_up_to_four_times_is_found_and_undone_exactly)
{
    for (int levels = 1; levels <= 4; levels++) {
        const char *s = texts[_i];
        nfi_buf broken = {0};
        char got[4000];
        nf_mojibake m;
        break_text(&broken, s, strlen(s), levels);
        ck_assert_uint_lt(broken.n, sizeof got);
        ck_assert_msg(nf_mojibake_find(broken.p, broken.n, NULL), "level %d not found: %s", levels, s);
        size_t n = nf_mojibake_repair(got, broken.p, broken.n, &m);
        got[n] = '\0';
        ck_assert_str_eq(got, s);
        ck_assert_uint_gt(m.runs, 0);
        ck_assert_uint_eq(m.lost, 0);
        is_sound(s);
        nfi_buf_clear(&broken);
    }
}
END_TEST

START_TEST(sound_text_that_maps_back_to_utf8_stays)
{
    is_sound("Das macht Spa\u00df\u201c, sagte er."); /* DF 93 is well-formed */
    is_sound("Spa\u00df\u2026 und Gru\u00df\u2019");
    is_sound("\u00daskoci \u00da\u017easn\u00e9!");
    is_sound("NESCAF\u00c9\u00ae and CAF\u00c9\u2122");
    is_sound("\u201eMANH\u00c3\u201d, IRM\u00c3\u00bb e AMANH\u00c3\u00a0");
    is_sound("fran\u00e7ais : caf\u00e9\u201d\u2026");
    is_sound("un caf\u00e9\u00a0\u00bb et l\u2019\u00e9t\u00e9\u2019\u2019");
    is_sound("litera \u00c2 din alfabet, VALE\u00c2");
    is_sound("the letter \u00c2 of the alphabet");
    is_sound("\u00c2me, \u00c3o, \u00e2ge");
    is_sound("\xc3");
    is_sound("");
    is_sound("plain");
}
END_TEST

START_TEST(bytes_that_went_missing_are_counted_and_filled_or_marked)
{
    repairs_to("he said\u00e2\u20ac\ufffd.", "he said\u201d.", 0, 1);
    repairs_to("he said\u00e2\u20ac. No", "he said\u201d. No", 0, 1);
    repairs_to("it\u00e2\u20ac\u2122s\u00c2 so", "it\u2019s so", 1, 1);
    repairs_to("related stories\u00c2 more", "related stories more", 0, 1);
    repairs_to("read \u00c2 \u00c2 hindi", "read   hindi", 0, 2);
    repairs_to("S\u00c3\u0192O PAULO", "S\u00c3O PAULO", 1, 0);
    repairs_to("great\u00c2\ufffd salience", "great\ufffd salience", 0, 1);
    repairs_to("\u00c3\ufffdsland, caf\u00c3\u00a9", "\ufffdsland, caf\u00e9", 1, 1);
}
END_TEST

START_TEST(a_letter_by_itself_is_damage_in_a_long_text_of_ascii)
{
    static const char *const lone = "related stories \u00c2 pm ", *const more = "\u0103 in the capital ";
    char text[600], want[600];

    for (int other = 0; other < 2; other++) {
        memset(text, 'x', sizeof text);
        memcpy(text, lone, strlen(lone));
        memcpy(text + 100, more, other ? strlen(more) : 0);
        text[sizeof text - 1] = '\0';
        if (other) {
            is_sound(text);
            continue;
        }
        snprintf(want, sizeof want, "related stories  pm %s", text + strlen(lone));
        repairs_to(text, want, 0, 1);
        text[400] = '\0';
        is_sound(text);
    }
}
END_TEST

START_TEST(weak_sequences_are_undone_beside_strong_ones_only)
{
    repairs_to("CAF\u00c3\u2030 it\u00e2\u20ac\u2122s", "CAF\u00c9 it\u2019s", 2, 0);
    repairs_to("\u00c3\u201cscar, caf\u00c3\u00a9", "\u00d3scar, caf\u00e9", 2, 0);
    is_sound("\u00c3\u201cscar");
}
END_TEST

START_TEST(a_long_text_takes_linear_time)
{
    nfi_buf b = {0};
    for (int i = 0; i < 200000; i++)
        nfi_buf_puts(&b, "\u00c3\u00e2\u20ac");
    size_t n = nf_mojibake_repair(b.p, b.p, b.n, NULL);
    ck_assert(!nf_mojibake_find(b.p, n, NULL));
    nfi_buf_clear(&b);
}
END_TEST

/* C3 83 is that letter again: each round would undo one character alone. */
START_TEST(a_letter_that_is_broken_by_each_round_anew_takes_linear_time)
{
    enum { N = 1000000 };
    nf_mojibake done;
    nfi_buf b = {0};
    nfi_buf_puts(&b, "\u00c3");
    for (int i = 0; i < N; i++)
        nfi_buf_puts(&b, "\xc2\x83");
    ck_assert(nf_mojibake_repair(b.p, b.p, b.n, &done) == b.n - 2 * NF_MOJIBAKE_LEVELS);
    ck_assert(done.runs == NF_MOJIBAKE_LEVELS && done.lost == 0);
    nfi_buf_clear(&b);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("mojibake");
    TCase *t = tcase_create("mojibake");
    tcase_add_loop_test(t, what_is_broken_up_to_four_times_is_found_and_undone_exactly, 0, sizeof texts / sizeof *texts);
    tcase_add_test(t, sound_text_that_maps_back_to_utf8_stays);
    tcase_add_test(t, bytes_that_went_missing_are_counted_and_filled_or_marked);
    tcase_add_test(t, a_letter_by_itself_is_damage_in_a_long_text_of_ascii);
    tcase_add_test(t, weak_sequences_are_undone_beside_strong_ones_only);
    tcase_add_test(t, a_long_text_takes_linear_time);
    tcase_add_test(t, a_letter_that_is_broken_by_each_round_anew_takes_linear_time);
    suite_add_tcase(s, t);
    return nft_run(s);
}
