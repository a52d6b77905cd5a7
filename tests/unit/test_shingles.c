/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shingles against strings of words, similarities against plain counting. */
#include "dedup_kit.h"

static nf_str str(const char *s) { return (nf_str){s, strlen(s)}; }

static size_t n_shingles(const char *text, int k)
{
    size_t n;
    free(ddk_set(str(text), k, &n));
    return n;
}

/* Distinct runs of k words of a text of words joined by one blank, by comparing strings. */
static size_t count_runs(const nfi_buf *b, size_t words, size_t k)
{
    size_t *at = calloc(words + 1, sizeof *at), n = 0;

    for (size_t i = 0, w = 1; i < b->n; i++)
        if (b->p[i] == ' ')
            at[w++] = i + 1;
    at[words] = b->n + 1;
    for (size_t i = 0; i + k <= words; i++) {
        bool there = false;
        size_t len = at[i + k] - at[i] - 1;
        for (size_t j = 0; j < i && !there; j++)
            there = at[j + k] - at[j] - 1 == len && memcmp(b->p + at[i], b->p + at[j], len) == 0;
        n += !there;
    }
    free(at);
    return n;
}

START_TEST(shingles_are_the_distinct_runs_of_words)
{
    nfi_rng r = nft_rng(1);
    nfi_buf b = {0};

    for (int round = 0; round < 60; round++) {
        size_t words = 1 + (size_t)nfi_rng_below(&r, 300), k = 1 + (size_t)nfi_rng_below(&r, 8), n;
        b.n = 0;
        ddk_words(&b, &r, words, 2 + nfi_rng_below(&r, 5));
        uint64_t *set = ddk_set((nf_str){b.p, b.n}, (int)k, &n);
        ck_assert_uint_eq(n, words < k ? 1 : count_runs(&b, words, k));
        for (size_t i = 1; i < n; i++)
            ck_assert(set[i - 1] < set[i]);
        free(set);
    }
    nfi_buf_clear(&b);
}
END_TEST

START_TEST(short_texts_are_one_shingle_and_texts_without_words_none)
{
    ck_assert_uint_eq(n_shingles("one two three", 5), 1);
    ck_assert_uint_eq(n_shingles("one", 5), 1);
    ck_assert_uint_eq(n_shingles("one two three four five", 5), 1);
    ck_assert_uint_eq(n_shingles("one two three four five six", 5), 2);
    ck_assert_uint_eq(n_shingles("", 5), 0);
    ck_assert_uint_eq(n_shingles(" ... -- !", 5), 0);
}
END_TEST

/* Reads one text of parts; its 128 bits. */
static nfi_hash128 read_text(nfi_shingler *s, const nf_str *parts, size_t n)
{
    nft_ok(nfi_shingler_read(s, nfi_tokenizer_find("news"), parts, n, &nft_err));
    return nfi_shingler_text(s);
}

START_TEST(texts_that_differ_in_signs_alone_are_exact_copies)
{
    static const char *const same[] = {"Troops crossed the river at dawn.", "troops  crossed\nthe RIVER, at dawn!",
                                       "\"Troops\" crossed the river\tat dawn", "Troops crossed the river dawn at."};
    nfi_shingler s = {0};
    nf_str first = str(same[0]), parts[2] = {str("Troops crossed"), str("the river at dawn.")};
    nfi_hash128 want = read_text(&s, &first, 1), text;
    size_t count;

    for (int i = 0; i < 4; i++) {
        nf_str t = str(same[i]);
        text = read_text(&s, &t, 1);
        ck_assert_msg((text.lo == want.lo && text.hi == want.hi) == (i < 3), "text %d", i);
    }
    text = read_text(&s, parts, 2);
    nft_ok(nfi_shingler_set(&s, 5, &count, &nft_err));
    ck_assert_msg(text.lo == want.lo && text.hi == want.hi && count == 2, "parts are one text");
    nfi_shingler_clear(&s);
}
END_TEST

/* Words drawn below many, those of b from a but for edits. Repeats are meant. */
static void two_texts(nfi_rng *r, uint32_t *a, size_t na, uint32_t *b, size_t nb, uint64_t many)
{
    for (size_t i = 0; i < na; i++)
        a[i] = (uint32_t)nfi_rng_below(r, many);
    for (size_t i = 0; i < nb; i++)
        b[i] = i < na && nfi_rng_below(r, 12) ? a[i] : (uint32_t)nfi_rng_below(r, many);
}

/* The shingles of words, rising and each once; owned by the caller (free). */
static uint64_t *set_of(const uint32_t *word, size_t n, size_t k, size_t *distinct)
{
    nfi_shingler s = {.word = (uint32_t *)(uintptr_t)word, .n = n};
    size_t count;

    nft_ok(nfi_shingler_set(&s, k, &count, &nft_err));
    *distinct = ddk_distinct(s.set, count);
    return s.set;
}

START_TEST(similarity_is_exact_at_and_above_its_floor)
{
    enum { LONGEST = 80 };
    nfi_rng r = nft_rng(2);
    nfi_set set = {0};
    size_t high = 0;

    for (int round = 0; round < 3000; round++) {
        uint32_t a[LONGEST], b[LONGEST];
        size_t na = 1 + nfi_rng_below(&r, LONGEST), nb = 1 + nfi_rng_below(&r, LONGEST), k = 1 + nfi_rng_below(&r, 6), da, db;
        two_texts(&r, a, na, b, nb, round % 2 ? 4 : 1 << 20);
        uint64_t *sa = set_of(a, na, k, &da), *sb = set_of(b, nb, k, &db);
        double want = ddk_jaccard(sa, da, sb, db), least = (double)nfi_rng_below(&r, 11) / 10;
        nft_ok(nfi_set_fill(&set, a, na, k, &nft_err));
        ck_assert_uint_eq(set.n, da);
        for (int again = 0; again < 2; again++) { /* one text after another is compared with a set */
            double got = nfi_set_jaccard(&set, b, nb, k, db, least);
            if (want >= least)
                ck_assert_msg(got == want, "%zu and %zu words above %g: %g, want %g", na, nb, least, got, want);
            else
                ck_assert_msg(got < least, "%zu and %zu words below %g: %g", na, nb, least, got);
            ck_assert(nfi_set_jaccard(&set, b, nb, k, db, want) == want);
            ck_assert(nfi_set_jaccard(&set, a, na, k, da, 1) == 1.0);
        }
        high += want > 0.3 && want < 1;
        free(sa);
        free(sb);
    }
    ck_assert_msg(high > 300, "%zu similar texts", high);
    nfi_set_clear(&set);
}
END_TEST

START_TEST(repeated_sentences_are_a_small_set)
{
    enum { WORDS = 200000 };
    uint32_t *word = calloc(WORDS, sizeof *word);
    nfi_set set = {0};

    for (uint32_t i = 0; i < WORDS; i++) /* ten shingles, twenty thousand times each */
        word[i] = i % 10 * 0x10001;
    nft_ok(nfi_set_fill(&set, word, WORDS, 5, &nft_err));
    ck_assert_uint_eq(set.n, 10);
    ck_assert(nfi_set_jaccard(&set, word, 14, 5, 10, 0.9) == 1.0); /* once is as good */
    ck_assert(nfi_set_jaccard(&set, word, 13, 5, 9, 0.9) == 0.9);
    nfi_set_clear(&set);
    free(word);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("shingles");
    TCase *t = tcase_create("shingles");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, shingles_are_the_distinct_runs_of_words);
    tcase_add_test(t, short_texts_are_one_shingle_and_texts_without_words_none);
    tcase_add_test(t, texts_that_differ_in_signs_alone_are_exact_copies);
    tcase_add_test(t, similarity_is_exact_at_and_above_its_floor);
    tcase_add_test(t, repeated_sentences_are_a_small_set);
    suite_add_tcase(s, t);
    return nft_run(s);
}
