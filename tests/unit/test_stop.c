/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stop lists: the built-in ones, files, what may not be in them. */
#include "nft.h"

#include "features/stop.h"

#include <string.h>

static bool has(const nfi_stop *s, const char *word)
{
    return nfi_stop_has(s, word, strlen(word));
}

static void is_sorted(const nfi_stop *s)
{
    for (size_t i = 1; i < s->n; i++)
        ck_assert_int_lt(strcmp(s->word[i - 1].p, s->word[i].p), 0);
}

START_TEST(none_is_empty)
{
    nfi_stop s;

    nft_ok(nfi_stop_load(&s, "none", &nfi_tok_news, &nft_err));
    ck_assert_uint_eq(s.n, 0);
    ck_assert_str_eq(s.name, "none");
    ck_assert(!has(&s, "the"));
    ck_assert(!has(&s, ""));
    nfi_stop_clear(&s);
    nfi_stop_clear(&s);
}
END_TEST

START_TEST(english_holds_function_words_only)
{
    static const char *const in[] = {"the", "an", "of", "and", "is", "were", "would", "they", "it", "who", "i'm", "there"};
    static const char *const out[] = {"us",    "US",    "un",       "UN",      "IT",    "WHO",     "against", "not",   "no",
                                      "fire",  "front", "interest", "system",  "state", "general", "member",  "group", "top",
                                      "call",  "bill",  "move",     "million", "off",   "up",      "down",    "over",  "under",
                                      "never", "don't", "can't",    "home",    "a",     "i"};
    nfi_stop s;

    nft_ok(nfi_stop_load(&s, "en", &nfi_tok_news, &nft_err));
    ck_assert_str_eq(s.name, "en");
    ck_assert_uint_ge(s.n, 110);
    ck_assert_uint_le(s.n, 165);
    is_sorted(&s);
    for (size_t i = 0; i < sizeof in / sizeof *in; i++)
        ck_assert_msg(has(&s, in[i]), "%s is missing", in[i]);
    for (size_t i = 0; i < sizeof out / sizeof *out; i++)
        ck_assert_msg(!has(&s, out[i]), "%s is there", out[i]);
    nfi_stop_clear(&s);
}
END_TEST

START_TEST(words_match_the_tokens_of_the_tokeniser_named)
{
    nfi_stop s;

    nft_ok(nfi_stop_load(&s, "en", &nfi_tok_sklearn, &nft_err));
    ck_assert(has(&s, "ve") && has(&s, "the") && !has(&s, "i've") && !has(&s, "us") && !has(&s, "don"));
    nfi_stop_clear(&s);
}
END_TEST

START_TEST(a_file_is_read_as_tokens)
{
    char path[NFT_PATH];
    nfi_stop s;

    nft_file_str(path, NULL, "stop.txt",
                 "\xef\xbb\xbf# our words\nBerlin # the town\r\n\n  Caf\u00e9\nCafe\u0301\nU.S.\ntold us so\nPyongyang\u2019s\nzz");
    nft_ok(nfi_stop_load(&s, path, &nfi_tok_news, &nft_err));
    ck_assert_str_eq(s.name, "file");
    ck_assert_uint_eq(s.n, 8);
    is_sorted(&s);
    ck_assert(has(&s, "berlin") && has(&s, "caf\u00e9") && has(&s, "US") && has(&s, "us") && has(&s, "told") && has(&s, "so"));
    ck_assert(has(&s, "pyongyang") && has(&s, "zz") && !has(&s, "town") && !has(&s, "words") && !has(&s, "z") && !has(&s, "zzz"));
    nfi_stop_clear(&s);
}
END_TEST

START_TEST(an_empty_file_is_an_empty_list)
{
    char path[NFT_PATH];
    nfi_stop s;

    nft_file_str(path, NULL, "stop.txt", "");
    nft_ok(nfi_stop_load(&s, path, &nfi_tok_news, &nft_err));
    ck_assert_uint_eq(s.n, 0);
    nfi_stop_clear(&s);
}
END_TEST

START_TEST(failures_name_the_place_and_touch_nothing)
{
    char path[NFT_PATH];
    nfi_stop s, before;
    nf_err err = {0};

    memset(&s, 0x5a, sizeof s);
    before = s;
    nft_fails(nfi_stop_load(&s, "no/such/list.txt", &nfi_tok_news, &nft_err), NF_EIO);
    nft_file_str(path, NULL, "stop.txt",
                 "one\ntw\xff"
                 "o\n");
    nft_fails(nfi_stop_load(&s, path, &nfi_tok_news, &nft_err), NF_EFORMAT);
    ck_assert_int_eq(nfi_stop_load(&s, path, &nfi_tok_news, &err), NF_EFORMAT);
    ck_assert_uint_eq(err.line, 2);
    ck_assert_ptr_nonnull(strstr(err.msg, "byte 3"));
    ck_assert_mem_eq(&s, &before, sizeof s);
}
END_TEST

START_TEST(stored_words_make_the_same_list)
{
    nfi_stop a, b;
    const nf_str twice[] = {{"war", 3}, {"art", 3}, {"war", 3}, {"warm", 4}};

    nft_ok(nfi_stop_load(&a, "en", &nfi_tok_news, &nft_err));
    nft_ok(nfi_stop_from_words(&b, a.name, a.word, a.n, &nft_err));
    ck_assert_uint_eq(a.n, b.n);
    ck_assert_str_eq(b.name, "en");
    for (size_t i = 0; i < a.n; i++)
        ck_assert_str_eq(a.word[i].p, b.word[i].p);
    nfi_stop_clear(&b);
    nft_ok(nfi_stop_from_words(&b, "file", twice, 4, &nft_err));
    ck_assert_uint_eq(b.n, 3);
    is_sorted(&b);
    ck_assert(has(&b, "art") && has(&b, "war") && has(&b, "warm") && !has(&b, "wa"));
    nfi_stop_clear(&b);
    nft_ok(nfi_stop_from_words(&b, "none", NULL, 0, &nft_err));
    ck_assert_uint_eq(b.n, 0);
    nfi_stop_clear(&b);
    nfi_stop_clear(&a);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("stop");
    TCase *t = tcase_create("stop");

    tcase_add_test(t, none_is_empty);
    tcase_add_test(t, english_holds_function_words_only);
    tcase_add_test(t, words_match_the_tokens_of_the_tokeniser_named);
    tcase_add_test(t, a_file_is_read_as_tokens);
    tcase_add_test(t, an_empty_file_is_an_empty_list);
    tcase_add_test(t, failures_name_the_place_and_touch_nothing);
    tcase_add_test(t, stored_words_make_the_same_list);
    suite_add_tcase(s, t);
    return nft_run(s);
}
