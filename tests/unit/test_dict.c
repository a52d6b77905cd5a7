/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_dict.c - every word and term is found, with and without the hash tables, and nothing else is. */
#include "models_kit.h"

#include "models/model.h"

/* Whole groups of the same n-gram, searched for and hashed. */
static void same_gram(const nfi_dict *plain, const nfi_dict *hashed, const nfi_gram *g, uint32_t t)
{
    enum { N = 67 };
    nfi_gram all[N];
    uint64_t pair[N];
    uint32_t a[N], b[N];

    if (g->n < 2)
        return;
    for (int i = 0; i < N; i++) {
        all[i] = *g;
        pair[i] = i % 5 == 4 ? NFI_NO_PAIR : (uint64_t)g->word[0] << 32 | g->word[1];
    }
    if (g->n > 2) {
        nfi_dict_grams(plain, all, N, a);
        nfi_dict_grams(hashed, all, N, b);
    } else {
        nfi_dict_pairs(plain, pair, N, a);
        nfi_dict_pairs(hashed, pair, N, b);
        for (int i = 4; i < N; i += 5) {
            ck_assert(a[i] == NFI_NONE && b[i] == NFI_NONE);
            a[i] = b[i] = t;
        }
    }
    for (int i = 0; i < N; i++) {
        ck_assert_uint_eq(a[i], t);
        ck_assert_uint_eq(b[i], t);
    }
}

static nfi_known find(const nfi_dict *d, nf_str w)
{
    nfi_dict_key key;

    nfi_dict_ask(d, &key, (const uint8_t *)w.p, (uint32_t)w.n);
    return nfi_dict_find(d, &key, (const uint8_t *)w.p, (uint32_t)w.n);
}

/* Words of the model, cut, and longer by a letter. */
static void same_words(const nfi_dict *plain, const nfi_dict *hashed, const nf_model *m, nfi_rng *r)
{
    enum { N = 100 };
    char bytes[N][64] = {{0}};
    nf_str w[N];
    nfi_known a[N], b[N];
    size_t hits = 0;

    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < N; i++) {
            nf_str x = nfi_model_word(m, nfi_rng_below(r, m->nwords));
            ck_assert_uint_lt(x.n, sizeof bytes[i] - 1);
            memcpy(bytes[i], x.p, x.n);
            bytes[i][x.n] = 'x';
            w[i] = (nf_str){bytes[i], x.n + (i % 3 == 1) - (i % 3 == 2 && x.n > 1)};
        }
        for (int i = 0; i < N; i++) {
            a[i] = find(plain, w[i]);
            b[i] = find(hashed, w[i]);
            ck_assert_uint_eq(a[i].word, b[i].word);
            ck_assert_uint_eq(a[i].term, b[i].term);
            ck_assert_uint_eq(a[i].word, nfi_dict_search_word(hashed, w[i].p, w[i].n));
            ck_assert(i % 3 != 0 || a[i].word != NFI_NONE);
            if (a[i].word != NFI_NONE)
                ck_assert_uint_eq(a[i].term, nfi_dict_search_term(hashed, &a[i].word, 1));
            hits += a[i].word != NFI_NONE;
        }
    }
    ck_assert_uint_lt(hits, 20 * N);
}

START_TEST(terms_are_found_either_way)
{
    for (int hi = 1; hi <= NFI_MAX_NGRAM; hi++) {
        dk_docs k = {0};
        nfi_rng r = nft_rng((uint64_t)hi);
        nfi_dict plain, hashed;
        size_t hits = 0, misses = 0;

        mk_docs(&k, &r, 60, 3);
        nf_model *m = mk_train(&k, &(nf_count_opts){.corpus = {.threads = 1, .text = {.ngram_lo = 1, .ngram_hi = hi}}},
                               &(nf_train_opts){.smoothing = 1});
        nfi_model_dict(m, &plain);
        nfi_model_dict(m, &hashed);
        nft_ok(nfi_dict_hash(&hashed, 2, &nft_err));
        for (size_t t = 0; t < m->n; t++) {
            nfi_gram g = {.n = 0};
            for (; g.n < m->stride && m->seq[t * (size_t)m->stride + (size_t)g.n]; g.n++)
                g.word[g.n] = m->seq[t * (size_t)m->stride + (size_t)g.n] - 1;
            ck_assert_uint_eq(nfi_dict_search_term(&plain, g.word, g.n), t);
            same_gram(&plain, &hashed, &g, (uint32_t)t);
        }
        for (int c = 0; c < nft_cases(6000); c++) {
            nfi_gram g = {.n = 1 + (int)nfi_rng_below(&r, (uint64_t)m->stride)};
            for (int i = 0; i < g.n; i++)
                g.word[i] = (uint32_t)nfi_rng_below(&r, m->nwords);
            uint32_t t = nfi_dict_search_term(&plain, g.word, g.n);
            same_gram(&plain, &hashed, &g, t);
            *(t == NFI_NONE ? &misses : &hits) += 1;
        }
        same_words(&plain, &hashed, m, &r);
        nfi_free(hashed.pair); /* as where pairs would stand too far from home: they are searched for */
        hashed.pair = NULL;
        for (size_t t = 0; hi > 1 && t < m->n; t++) {
            const uint32_t *q = m->seq + t * (size_t)hi;
            nfi_gram g = {.word = {q[0] - 1, q[1] - 1}, .n = 2};
            if (q[1] && (hi == 2 || !q[2]))
                same_gram(&plain, &hashed, &g, (uint32_t)t);
        }
        ck_assert(nft_cases(6000) < 6000 || (hits > 0 && (misses > 0 || hi == 1)));
        nfi_dict_clear(&plain);
        nfi_dict_clear(&hashed);
        nf_model_free(m);
        dk_clear(&k);
    }
}
END_TEST

/* Long words, and tables that exist before they are worth it do not: few bytes are searched for, many are hashed. */
START_TEST(tables_come_with_the_text)
{
    static const char bytes[] = "avery.long.word.of.many.bytesvery.long.word.of.many.bytez";
    static const uint64_t end[] = {1, 29, 57};
    static const uint32_t seq[] = {1, 0, 2, 0, 2, 3, 3, 0};
    nfi_dict d = {.word_end = end, .word_bytes = bytes, .nwords = 3, .seq = seq, .n = 4, .stride = 2}, none = {.stride = 1};

    for (int hashed = 0; hashed < 2; hashed++) {
        for (uint32_t i = 0; i < 3; i++) {
            char padded[64] = {0};
            nf_str w = nfi_dict_text(&d, i);
            memcpy(padded, w.p, w.n);
            ck_assert_uint_eq(find(&d, (nf_str){padded, w.n}).word, i);
            ck_assert_uint_eq(find(&d, (nf_str){padded, w.n}).term, i == 2 ? 3 : i);
            padded[w.n] = 'x';
            ck_assert_uint_eq(find(&d, (nf_str){padded, w.n + 1}).word, NFI_NONE);
            ck_assert_uint_eq(find(&none, (nf_str){padded, w.n}).word, NFI_NONE);
        }
        ck_assert_ptr_null(hashed ? NULL : d.word);
        nft_ok(nfi_dict_expect(&d, 3, 1, &nft_err));
        ck_assert_ptr_null(hashed ? NULL : d.word);
        nft_ok(nfi_dict_expect(&d, 1, 1, &nft_err));
        ck_assert_ptr_nonnull(d.word);
    }
    nft_ok(nfi_dict_hash(&none, 1, &nft_err));
    ck_assert_uint_eq(find(&none, (nf_str){bytes, 5}).word, NFI_NONE);
    nfi_dict_clear(&none);
    nfi_dict_clear(&d);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("dict");
    TCase *t = tcase_create("dict");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, terms_are_found_either_way);
    tcase_add_test(t, tables_come_with_the_text);
    suite_add_tcase(s, t);
    return nft_run(s);
}
