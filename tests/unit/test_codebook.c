/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_codebook.c - codebooks: what is read, what is refused and how, and which words seeds match. */
#include "base/limits.h"
#include "features/codebook.h"
#include "nft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static nf_codebook *parse(const char *json)
{
    nf_codebook *cb = NULL;
    nft_ok(nf_codebook_parse(&cb, json, strlen(json), "cb.json", &nft_err));
    return cb;
}

static bool is(nf_str s, const char *text) { return s.n == strlen(text) && (s.n == 0 || memcmp(s.p, text, s.n) == 0); }

/* One frame "a" with these seeds, written as JSON. */
static nf_codebook *with(const char *seeds)
{
    char json[4096];
    snprintf(json, sizeof json, "{\"frames\":[{\"key\":\"a\",\"seeds\":[%s]},{\"key\":\"none\"}]}", seeds);
    return parse(json);
}

static uint64_t hits(const char *seeds, const char *text)
{
    nf_codebook *cb = with(seeds);
    nf_lexicon *lx = NULL;
    uint64_t count[2] = {9, 9};

    nft_ok(nf_lexicon_new(&lx, cb, NULL, &nft_err));
    nft_ok(nf_codebook_count(lx, (nf_str){0}, (nf_str){text, strlen(text)}, count, NULL, &nft_err));
    ck_assert_uint_eq(count[1], 0);
    nf_lexicon_free(lx);
    nf_codebook_free(cb);
    return count[0];
}

START_TEST(fields_are_read_and_strange_ones_are_named)
{
    nf_codebook *cb =
        parse("\xef\xbb\xbf{\"id\": \"x\", \"colour\": {\"deep\": [1, {\"frames\": 2}]}, \"title\": \"A \\\"b\\\"\", \"note\": 3,\n"
              "\"frames\": [{\"key\": \"war\", \"name\": \"War\", \"definition\": \"d\", \"include\": \"i\", \"exclude\": \"e\", "
              "\"colour\": 1, \"sedes\": [],\n"
              "\"examples\": [1], \"seeds\": [\" war \", \"arms deal\"]}, {\"key\": \"none\", \"seeds\": []}]}");

    ck_assert(is(nf_codebook_id(cb), "x"));
    ck_assert(is(nf_codebook_title(cb), "A \"b\""));
    ck_assert_uint_eq(nf_codebook_frames(cb), 2);
    const nf_frame *f = nf_codebook_frame(cb, 0);
    ck_assert(is(f->key, "war") && is(f->name, "War") && is(f->definition, "d") && is(f->include, "i") && is(f->exclude, "e"));
    ck_assert_uint_eq(f->nseeds, 2);
    ck_assert(is(f->seed[0], "war") && is(f->seed[1], "arms deal"));
    ck_assert_int_eq(nf_codebook_find(cb, (nf_str){"none", 4}), 1);
    ck_assert_int_eq(nf_codebook_find(cb, (nf_str){"nine", 4}), -1);
    ck_assert(is(nf_codebook_unknown(cb, 0), "colour") && is(nf_codebook_unknown(cb, 1), "sedes") && nf_codebook_unknown(cb, 2).n == 0);
    nf_codebook_free(cb);
}
END_TEST

START_TEST(what_is_written_is_read_again)
{
    nf_codebook *a = parse("{\"id\":\"x\\u00e9\",\"frames\":[{\"key\":\"war\",\"definition\":\"q\\\"\\n\",\"seeds\":[\"war*\",\"arms "
                           "deal\"]},{\"key\":\"none\"}]}"),
                *b;
    nfi_buf one = {0}, two = {0};

    nfi_codebook_write(a, &one);
    nft_ok(nf_codebook_parse(&b, one.p, one.n, "again", &nft_err));
    nfi_codebook_write(b, &two);
    ck_assert_uint_eq(one.n, two.n);
    ck_assert_mem_eq(one.p, two.p, one.n);
    nfi_buf_clear(&one);
    nfi_buf_clear(&two);
    nf_codebook_free(a);
    nf_codebook_free(b);
}
END_TEST

static const struct {
    const char *json, *says;
    uint64_t line;
} faults[] = {
    {"", "empty", 0},
    {"[]", "JSON object, found a list", 1},
    {"3", "JSON object, found a number", 1},
    {"{\"frames\":[\n{\"key\":\"a\" \"seeds\"", "not JSON", 2},
    {"{}", "list \"frames\"", 0},
    {"{\"frames\":[]}", "at least one", 0},
    {"{\"frames\":{}}", "field \"frames\" is an object", 1},
    {"{\"frames\":[1]}", "has a number in it", 1},
    {"{\"frames\":[],\"frames\":[{\"key\":\"a\",\"seeds\":[\"x\"]}],\"frames\":[]}", "there twice", 1},
    {"{\"frames\":[{\"seeds\":[\"war\"]}]}", "no key", 1},
    {"{\"frames\":[{\"key\":3,\"seeds\":[\"war\"]}]}", "field \"key\" is a number, expected a string", 1},
    {"{\"frames\":[{\"key\":\"a;b\",\"seeds\":[\"war\"]}]}", "semicolon", 1},
    {"{\"frames\":[{\"key\":\"a\",\n\"seeds\":[]}]}", "frame \"a\" has no seeds", 2},
    {"{\"frames\":[{\"key\":\"a\"}]}", "frame \"a\" has no seeds", 1},
    {"{\"frames\":[{\"key\":\"a\",\"seeds\":\"war\"}]}", "field \"seeds\" is a string, expected a list", 1},
    {"{\"frames\":[{\"key\":\"a\",\"seeds\":[\"war\", 3]}]}", "has a number in it, expected strings", 1},
    {"{\"frames\":[{\"key\":\"a\",\"seeds\":[\"war\"]},\n{\"key\":\"b\",\"seeds\":[\"war\"]},\n{\"key\":\"a\",\"seeds\":[\"x y\"]}]}",
     "key \"a\" is there twice, first on line 1", 3},
    {"{\"frames\":[{\"key\":\"a\",\"key\":\"b\",\"seeds\":[\"war\"]}]}", "field \"key\" is there twice", 1},
    {"{\"frames\":[{\"key\":\"a\",\"seeds\":[\"*\"]}]}", "match every word", 1},
    {"{\"frames\":[{\"key\":\"a\",\"seeds\":[\"war *\"]}]}", "match every word", 1},
    {"{\"frames\":[{\"key\":\"a\",\"seeds\":[\"w*\"]}]}", "first letter", 1},
    {"{\"frames\":[{\"key\":\"a\",\"seeds\":[\"*fare\"]}]}", "before the end", 1},
    {"{\"frames\":[{\"key\":\"a\",\"seeds\":[\"  \"]}]}", "is empty", 1},
    {"{\"frames\":[{\"key\":\"a\",\"seeds\":[\"a\\u0007b\"]}]}", "control character", 1},
};

START_TEST(each_fault_has_its_message_and_line)
{
    nf_codebook *cb = NULL;
    nf_err err = {0};

    nf_status s = nf_codebook_parse(&cb, faults[_i].json, strlen(faults[_i].json), "cb.json", &err);
    ck_assert_msg(s == NF_EFORMAT, "%s: %s", faults[_i].json, nf_strstatus(s));
    ck_assert_ptr_null(cb);
    ck_assert_msg(strstr(err.msg, faults[_i].says), "%s: %s", faults[_i].json, err.msg);
    ck_assert_msg(err.line == faults[_i].line, "%s: line %llu", faults[_i].json, (unsigned long long)err.line);
    ck_assert_str_eq(err.path, "cb.json");
}
END_TEST

START_TEST(seeds_match_words_endings_and_phrases)
{
    ck_assert_uint_eq(hits("\"militar*\"", "Military men, the militarised zone; demilitarised"), 2);
    ck_assert_uint_eq(hits("\"war\"", "War, wars and warfare: the war."), 2);
    ck_assert_uint_eq(hits("\"arms deal*\"", "arms deals, arms race, deal in arms; an arms deal. Arms\ndealer"), 3);
    ck_assert_uint_eq(hits("\"histor* ties\"", "historic ties, historical ties, ties"), 2);
    ck_assert_uint_eq(hits("\"aa bb cc dd\", \"bb cc\"", "aa bb cc dd aa bb cc xx"), 3);
    ck_assert_uint_eq(hits("\"war\", \"war*\", \"wa*\", \"the war\"", "the war"), 1); /* one a word, however many end there */
    ck_assert_uint_eq(hits("\"world war\", \"war crime*\"", "world war crimes"), 2);  /* they may overlap */
}
END_TEST

START_TEST(punctuation_in_a_seed_is_cut_as_in_texts)
{
    ck_assert_uint_eq(hits("\"front-line*\"", "on the front-lines, the front line"), 2);
    ck_assert_uint_eq(hits("\"US-led\"", "a US-led coalition; it led us, us led"), 1);
    ck_assert_uint_eq(hits("\"us-led\"", "a US-led coalition"), 1); /* small letters match any */
    ck_assert_uint_eq(hits("\"un\"", "the UN said"), 1);
    nf_codebook *cb = with("\"--\"");
    nf_lexicon *lx = NULL;
    nft_fails(nf_lexicon_new(&lx, cb, NULL, &nft_err), NF_EFORMAT);
    nf_codebook_free(cb);
    cb = with("\"one two three four five\"");
    nft_fails(nf_lexicon_new(&lx, cb, NULL, &nft_err), NF_EFORMAT);
    nft_fails(nf_lexicon_new(&lx, cb, "nothing", &nft_err), NF_EINVAL);
    nf_codebook_free(cb);
}
END_TEST

START_TEST(prefixes_of_prefixes_are_found_and_bounded)
{
    ck_assert_uint_eq(hits("\"ab*\", \"abc*\", \"abcd*\", \"abx\"", "ab abc abcdef abx abz b"), 5);
    ck_assert_uint_eq(hits("\"19*\", \"19a*\"", "19A"), 1);
    nf_codebook *cb = with("\"aa*\",\"aaa*\",\"aaaa*\",\"aaaaa*\",\"aaaaaa*\",\"aaaaaaa*\",\"aaaaaaaa*\",\"aaaaaaaaa*\",\"aaaaaaaaaa*\"");
    nf_lexicon *lx = NULL;
    nft_fails(nf_lexicon_new(&lx, cb, NULL, &nft_err), NF_EFORMAT);
    nf_codebook_free(cb);
}
END_TEST

/* Seeds of random words against a plain search over all seeds at all places. */
START_TEST(counts_are_those_of_a_plain_search)
{
    static const char *const word[] = {"ab", "abc", "abcd", "bb", "ba", "bab", "cc"}, *const stem[] = {"ab*", "abc*", "ba*"};
    enum { WORDS = 7, STEMS = 3 };
    nfi_rng r = nft_rng((uint64_t)_i);
    char json[2048], text[512];
    size_t at = (size_t)snprintf(json, sizeof json, "{\"frames\":["), end = 0;
    size_t seeds = 1 + nfi_rng_below(&r, 8), n = 40;
    const char *seed[8][4], *token[64];
    int len[8];

    for (size_t k = 0; k < seeds; k++) {
        len[k] = 1 + (int)nfi_rng_below(&r, 4);
        at += (size_t)snprintf(json + at, sizeof json - at, "%s{\"key\":\"f%zu\",\"seeds\":[\"", k ? "," : "", k);
        for (int i = 0; i < len[k]; i++) {
            size_t x = nfi_rng_below(&r, WORDS + STEMS);
            seed[k][i] = x < WORDS ? word[x] : stem[x - WORDS];
            at += (size_t)snprintf(json + at, sizeof json - at, "%s%s", i ? " " : "", seed[k][i]);
        }
        at += (size_t)snprintf(json + at, sizeof json - at, "\"]}");
    }
    snprintf(json + at, sizeof json - at, "]}");
    for (size_t i = 0; i < n; i++) {
        token[i] = word[nfi_rng_below(&r, WORDS)];
        end += (size_t)snprintf(text + end, sizeof text - end, "%s ", token[i]);
    }
    nf_codebook *cb = parse(json);
    nf_lexicon *lx = NULL;
    uint64_t got[8];
    nft_ok(nf_lexicon_new(&lx, cb, NULL, &nft_err));
    nft_ok(nf_codebook_count(lx, (nf_str){0}, (nf_str){text, strlen(text)}, got, NULL, &nft_err));
    for (size_t k = 0; k < seeds; k++) {
        uint64_t want = 0;
        for (size_t i = 0; i + (size_t)len[k] <= n; i++) {
            bool same = true;
            for (int j = 0; j < len[k]; j++) {
                size_t m = strlen(seed[k][j]);
                bool star = seed[k][j][m - 1] == '*';
                same &= star ? strncmp(token[i + (size_t)j], seed[k][j], m - 1) == 0 : strcmp(token[i + (size_t)j], seed[k][j]) == 0;
            }
            want += same;
        }
        ck_assert_msg(got[k] == want, "%s in %s: %llu, not %llu", json, text, (unsigned long long)got[k], (unsigned long long)want);
    }
    nf_lexicon_free(lx);
    nf_codebook_free(cb);
}
END_TEST

START_TEST(the_best_frame_is_the_one_with_most_and_no_tie)
{
    ck_assert_int_eq(nf_codebook_best((const uint64_t[]){0, 0, 0}, 3), -1);
    ck_assert_int_eq(nf_codebook_best((const uint64_t[]){0, 2, 1}, 3), 1);
    ck_assert_int_eq(nf_codebook_best((const uint64_t[]){2, 2, 1}, 3), -1);
    ck_assert_int_eq(nf_codebook_best((const uint64_t[]){2, 2, 3}, 3), 2);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("codebook");
    TCase *t = tcase_create("codebook");

    tcase_add_test(t, fields_are_read_and_strange_ones_are_named);
    tcase_add_test(t, what_is_written_is_read_again);
    tcase_add_loop_test(t, each_fault_has_its_message_and_line, 0, sizeof faults / sizeof *faults);
    tcase_add_test(t, seeds_match_words_endings_and_phrases);
    tcase_add_test(t, punctuation_in_a_seed_is_cut_as_in_texts);
    tcase_add_test(t, prefixes_of_prefixes_are_found_and_bounded);
    tcase_add_loop_test(t, counts_are_those_of_a_plain_search, 0, nft_cases(50));
    tcase_add_test(t, the_best_frame_is_the_one_with_most_and_no_tie);
    suite_add_tcase(s, t);
    return nft_run(s);
}
