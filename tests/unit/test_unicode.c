/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folding, categories, and hostile Unicode on its way to tokens. */
#include "tokens.h"

#include "base/utf8.h"
#include "features/unicode.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void decode(const char *s, uint32_t *cp, size_t *n)
{
    size_t len = strlen(s);

    *n = 0;
    for (size_t i = 0; i < len; (*n)++)
        i += nfi_utf8_decode(s + i, len - i, &cp[*n]);
}

static void folds_to(const char *from, const char *to)
{
    uint32_t a[64], b[64], out[512];
    size_t na, nb;

    decode(from, a, &na);
    decode(to, b, &nb);
    size_t n = nfi_uni_fold(out, 512, a, na);
    ck_assert_msg(n == nb && memcmp(out, b, n * sizeof *b) == 0, "%s does not fold to %s", from, to);
}

/* unit copied times times, after prefix; free() it. */
static char *repeat(const char *prefix, const char *unit, size_t times, size_t *n)
{
    size_t a = strlen(prefix), b = strlen(unit);
    char *p = malloc(a + b * times + 1);

    memcpy(p, prefix, a);
    for (size_t i = 0; i < times; i++)
        memcpy(p + a + i * b, unit, b);
    *n = a + b * times;
    p[*n] = '\0';
    return p;
}

START_TEST(words_fold)
{
    folds_to("", "");
    folds_to("WAR", "war");
    folds_to("Stra\u00dfe", "strasse");
    folds_to("\u1e9e\u017f", "sss");
    folds_to("\ufb03", "ffi");
    folds_to("\uff37\uff21\uff32\uff11", "war1");
    folds_to("e\u0301", "\u00e9");
    folds_to("E\u0323\u0302", "\u1ec7");
    folds_to("E\u0302\u0323", "\u1ec7"); /* marks in the other order */
    folds_to("q\u0301\u0300", "q\u0301\u0300"); /* marks of one class keep their order */
    folds_to("\u0130", "i\u0307");
    folds_to("\u03a3\u03c2", "\u03c3\u03c3");
    folds_to("mil\u00ad\u200b\ufeffitary", "military");
    folds_to("\u1112\u1161\u11ab", "\ud55c");             /* conjoining jamo */
    folds_to("\ub124\u11a7\u1112", "\ub124\u11a7\u1112"); /* a vowel just below the final consonants */
    folds_to("\u212b\u2126", "\u00e5\u03c9");
    folds_to("\u0418\u0306", "\u0439");
}
END_TEST

START_TEST(numbers_that_are_no_code_points_are_replaced)
{
    uint32_t in[3] = {0xd800, 0x110000, UINT32_MAX}, out[54];

    ck_assert_uint_eq(nfi_uni_fold(out, 54, in, 3), 3);
    for (int i = 0; i < 3; i++)
        ck_assert_uint_eq(out[i], 0xfffd);
    ck_assert(!nfi_uni_is_word(UINT32_MAX));
    ck_assert(!nfi_uni_is_mark(0x110000));
    ck_assert_uint_eq(nfi_uni_lower(UINT32_MAX), UINT32_MAX);
}
END_TEST

START_TEST(output_is_bounded)
{
    uint32_t in[2] = {0xfdfa, 0xfdfa}, out[40];

    out[36] = 7;
    ck_assert_uint_eq(nfi_uni_fold(out, 36, in, 2), 36); /* 18 code points each */
    ck_assert_uint_eq(out[36], 7);
    memset(out, 0x55, sizeof out);
    ck_assert(nfi_uni_fold(out, 35, in, 2) == SIZE_MAX);
    for (int i = 35; i < 40; i++)
        ck_assert_uint_eq(out[i], 0x55555555);
    ck_assert(nfi_uni_fold(out, 0, in, 1) == SIZE_MAX);
    ck_assert_uint_eq(nfi_uni_fold(out, 0, in, 0), 0);
}
END_TEST

START_TEST(thirty_marks_in_a_row_count)
{
    uint32_t in[101], out[200];

    in[0] = 'x';
    for (int i = 1; i <= 100; i++)
        in[i] = i % 2 ? 0x301 : 0x323;
    ck_assert_uint_eq(nfi_uni_fold(out, 200, in, 101), 1 + 30);
    for (int i = 0; i < 15; i++) {
        ck_assert_uint_eq(out[1 + i], 0x323); /* class 220 before 230 */
        ck_assert_uint_eq(out[16 + i], 0x301);
    }
}
END_TEST

START_TEST(word_characters_are_letters_numbers_and_the_low_line)
{
    ck_assert(nfi_uni_is_word('_') && nfi_uni_is_word('a') && nfi_uni_is_word('0') && nfi_uni_is_word(0xb2) && nfi_uni_is_word(0x4e2d));
    ck_assert(!nfi_uni_is_word('-') && !nfi_uni_is_word(0x301) && !nfi_uni_is_word(0x203f) && !nfi_uni_is_word(0x1f600) &&
              !nfi_uni_is_word(0xe000));
    ck_assert(nfi_uni_is_mark(0x301) && nfi_uni_is_mark(0x903) && !nfi_uni_is_mark('a'));
    ck_assert_uint_eq(nfi_uni_lower(0x130), 'i');
    ck_assert_str_eq(nfi_unicode_version(), "15.0.0");
}
END_TEST

/* The rows of the hostile-input table that reach tokens; text without NULs. */
START_TEST(hostile_text_gives_the_stated_tokens)
{
    static const char *const rows[][2] = {
        {" \t\r\n\u00a0\u3000\u2029", ""},
        {"\ufeffPutin", "putin|"},
        {"\xc0\xaf\xe0\x80\xaf\xf0\x80\x80\xaf", ""},
        {"war\xc0\xafpeace", "war|peace|"},
        {"war\xed\xa0\x80\xed\xb0\x80peace", "war|peace|"},
        {"\xf4\x90\x80\x80\xf8\x88\x80\x80\x80\xff", ""},
        {"abc\xe2\x82", "abc|"},
        {"abc\xe2\x82(def", "abc|def|"},
        {"\xef\xbf\xbe\xef\xb7\x90\xf4\x8f\xbf\xbf", ""},
        {"war\xef\xbf\xbepeace\xef\xb7\x90now\xf4\x8f\xbf\xbfhere", "war|peace|now|here|"},
        {"war\xee\x80\x80peace", "war|peace|"}, /* private use */
        {"mil\u200bit\u00adary \u202eyrat", "military|yrat|"},
        {"m\u0456litary military", "m\u0456litary|military|"}, /* Cyrillic letter */
        {"\x1b]52;c;cm0=\x07\x1b[2J\xc2\x9b"
         "2J\x9b\x07",
         "52|cm0|2j|2j|"},
        {"aa\rbb\r\ncc\n\rdd\xc2\x85"
         "ee\u2028ff",
         "aa|bb|cc|dd|ee|ff|"},
        {"\u0130STANBUL STRASSE \u1e9e \u017fo \u0149o \ufb03 Io", "i\u0307stanbul|strasse|ss|so|no|ffi|io|"},
        {"\U0001f468\u200d\U0001f469\u200d\U0001f467", ""},
        {"go\U000e0041\U000e0042od", "good|"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        tokens_are(&nfi_tok_news, rows[i][0], rows[i][1]);
}
END_TEST

START_TEST(a_nul_byte_separates)
{
    tokens_are_n(&nfi_tok_news, "war\0peace", 9, "war|peace|");
    tokens_are_n(&nfi_tok_news, "w\u00e4r\0peace", 10, "w\u00e4r|peace|");
    tokens_are_n(&nfi_tok_sklearn, "w\u00e4r\0peace", 10, "w\u00e4r|peace|");
}
END_TEST

START_TEST(tokens_do_not_depend_on_the_locale)
{
    const char *text = "\u0130STANBUL STRASSE \u1e9e \u017fo \u0149o \ufb03 Io ISTANBUL",
               *want = "i\u0307stanbul|strasse|ss|so|no|ffi|io|istanbul|";

    tokens_are(&nfi_tok_news, text, want);
    for (const char *const *name = (const char *const[]){"tr_TR.UTF-8", "de_DE.UTF-8", "C.UTF-8", NULL}; *name; name++) {
        setlocale(LC_ALL, *name);
        tokens_are(&nfi_tok_news, text, want);
    }
    setlocale(LC_ALL, "C");
}
END_TEST

/* CPU seconds of tokenising prefix and times units; the tokens and how many were dropped. */
static double measure(const nfi_tokenizer *t, const char *prefix, const char *unit, size_t times, size_t *tokens, uint64_t *dropped)
{
    size_t n;
    char *text = repeat(prefix, unit, times, &n);
    nfi_buf out = {0};
    double start = now();

    *dropped = tokens_of(&out, t, text, n);
    double took = now() - start;
    *tokens = 0;
    for (size_t i = 0; i < out.n; i++)
        *tokens += out.p[i] == '|';
    nfi_buf_clear(&out);
    free(text);
    return took;
}

/* Tokens and dropped tokens of a long text, and that eight times the text takes nowhere near 64 times as long. */
static void is_linear(const nfi_tokenizer *t, const char *prefix, const char *unit, size_t times, size_t tokens, uint64_t dropped)
{
    size_t count;
    uint64_t lost;
    double part = measure(t, prefix, unit, times / 8, &count, &lost), whole = measure(t, prefix, unit, times, &count, &lost);

    ck_assert_msg(count == tokens && lost == dropped, "%s%s...: %zu tokens, %llu dropped", prefix, unit, count, (unsigned long long)lost);
    ck_assert_msg(whole < 24 * part + 0.05, "%s%s...: %.3f s for an eighth, %.3f s for all", prefix, unit, part, whole);
}

START_TEST(long_runs_take_linear_time_and_bounded_memory)
{
    is_linear(&nfi_tok_news, "a", "\u0301\u0323", 500000, 1, 0);
    is_linear(&nfi_tok_news, "a", "\u0345", 500000, 1, 0);
    is_linear(&nfi_tok_news, "", "\ufdfa", 1000000, 0, 1);
    is_linear(&nfi_tok_news, "", "\u00e9", 2000000, 0, 1);
    is_linear(&nfi_tok_news, "", "\u00e9\u200b", 2000000, 0, 1);
    is_linear(&nfi_tok_news, "mil", "\u200b", 2000000, 1, 0);
    is_linear(&nfi_tok_news, "", "\u0431\u0456\u0432\u0433 ", 500000, 500000, 0);
    is_linear(&nfi_tok_news, "", "\u4e2d", 1000000, 999999, 0);
    is_linear(&nfi_tok_news, "", "\u4e2d\u2019\u00e9.b.cd", 200000, 600000, 0);
    is_linear(&nfi_tok_news, "\u00e9 ", "aa.", 500000, 500001, 0);
    is_linear(&nfi_tok_news, "\u00e9", ".b.c", 500000, 0, 1);
    is_linear(&nfi_tok_sklearn, "", "\u03a3", 1000000, 0, 1);
    is_linear(&nfi_tok_sklearn, "", "\u03a3\u03a3'\u2019'\u2019", 300000, 300000, 0);
    is_linear(&nfi_tok_sklearn, "a", "\u0301\u0323", 500000, 0, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("unicode");
    TCase *t = tcase_create("unicode");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, words_fold);
    tcase_add_test(t, numbers_that_are_no_code_points_are_replaced);
    tcase_add_test(t, output_is_bounded);
    tcase_add_test(t, thirty_marks_in_a_row_count);
    tcase_add_test(t, word_characters_are_letters_numbers_and_the_low_line);
    tcase_add_test(t, hostile_text_gives_the_stated_tokens);
    tcase_add_test(t, a_nul_byte_separates);
    tcase_add_test(t, tokens_do_not_depend_on_the_locale);
    tcase_add_test(t, long_runs_take_linear_time_and_bounded_memory);
    suite_add_tcase(s, t);
    return nft_run(s);
}
