/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dict.c - search in the sorted vocabulary, and its hash tables: open addressing with linear probing under a secret of this run. A word of
 * up to 16 bytes and an n-gram of two words stand in their places, so that one cache line tells; longer ones are compared where they are.
 */
#include "features/dict.h"

#include "base/limits.h"
#include "base/par.h"
#include "base/try.h"

#include <string.h>

enum { GROUP = 32 };
#define LONG_GRAM ((uint64_t)1 << 63)

void nfi_dict_clear(nfi_dict *d)
{
    nfi_free(d->word);
    nfi_free(d->gram);
    d->word = NULL;
    d->gram = NULL;
}

/* ---- search ---- */

uint32_t nfi_dict_search_word(const nfi_dict *d, const void *p, size_t n)
{
    size_t a = 0, b = d->nwords;

    while (a < b) {
        size_t mid = a + (b - a) / 2;
        nf_str x = nfi_dict_text(d, mid);
        int c = memcmp(x.p, p, x.n < n ? x.n : n);
        if (c == 0 && x.n == n)
            return (uint32_t)mid;
        if (c < 0 || (c == 0 && x.n < n))
            a = mid + 1;
        else
            b = mid;
    }
    return NFI_NONE;
}

uint32_t nfi_dict_search_term(const nfi_dict *d, const uint32_t *word, int n)
{
    size_t stride = (size_t)d->stride, a = 0, b = n <= d->stride ? d->n : 0;

    while (a < b) {
        size_t mid = a + (b - a) / 2;
        const uint32_t *s = d->seq + mid * stride;
        int c = 0;
        for (int k = 0; k < (int)stride && c == 0; k++) {
            uint32_t want = k < n ? word[k] + 1 : 0;
            c = s[k] < want ? -1 : s[k] > want;
        }
        if (c == 0)
            return (uint32_t)mid;
        if (c < 0)
            a = mid + 1;
        else
            b = mid;
    }
    return NFI_NONE;
}

/* ---- words ---- */

uint64_t nfi_dict_long_word(const nfi_dict *d, const uint8_t *p, uint32_t n)
{
    return nfi_siphash(p, n, d->secret);
}

nfi_known nfi_dict_find_other(const nfi_dict *d, const nfi_dict_key *k, const uint8_t *p, uint32_t n)
{
    if (!d->word) {
        uint32_t w = nfi_dict_search_word(d, p, n);
        return (nfi_known){w, w == NFI_NONE ? NFI_NONE : nfi_dict_search_term(d, &w, 1)};
    }
    for (size_t at = k->at;; at = (at + 1) & d->wmask) {
        const nfi_dict_word *s = &d->word[at];
        if (s->n == 0)
            return (nfi_known){NFI_NONE, NFI_NONE};
        if (s->n == n && s->lo == k->lo && s->hi == k->hi && (n <= 16 || memcmp(nfi_dict_text(d, s->is.word).p, p, n) == 0))
            return s->is;
    }
}

/* Terms that begin with a word stand together, the word alone before its n-grams; so one walk over the terms names what words are alone. */
static void place_words(nfi_dict *d)
{
    size_t stride = (size_t)d->stride, t = 0;

    for (size_t i = 0; i < d->nwords; i++) {
        nf_str w = nfi_dict_text(d, i);
        uint8_t padded[16] = {0};
        nfi_dict_word x = {.n = (uint32_t)w.n, .is = {(uint32_t)i, NFI_NONE}};
        nfi_dict_key key;
        while (t < d->n && d->seq[t * stride] <= i)
            t++;
        if (t < d->n && d->seq[t * stride] == i + 1 && (stride == 1 || d->seq[t * stride + 1] == 0))
            x.is.term = (uint32_t)t;
        if (w.n <= 16)
            memcpy(padded, w.p, w.n);
        nfi_dict_ask(d, &key, w.n <= 16 ? padded : (const uint8_t *)w.p, x.n);
        x.lo = key.lo;
        x.hi = key.hi;
        while (d->word[key.at].n)
            key.at = (key.at + 1) & d->wmask;
        d->word[key.at] = x;
    }
}

/* ---- n-grams ---- */

/* The key of an n-gram, and where looking for it starts. */
static inline uint64_t gram_key(const nfi_dict *d, const uint32_t *word, int n, size_t *at)
{
    uint64_t pair = (uint64_t)word[0] << 32 | word[1];
    uint64_t hash = nfi_hash2(pair, n == 2 ? UINT64_MAX : (uint64_t)word[2] << 32 | (n > 3 ? word[3] + UINT64_C(1) : 0), d->secret);

    *at = (size_t)hash & d->gmask;
    return n == 2 ? pair : hash | LONG_GRAM;
}

static void place_grams(nfi_dict *d)
{
    enum { AHEAD = 16 };
    size_t stride = (size_t)d->stride, home[AHEAD] = {0};
    nfi_dict_gram late[AHEAD] = {{0}};

    for (size_t t = 0; t < d->n + AHEAD; t++) { /* places first, terms some later, so that misses overlap */
        uint32_t word[NFI_MAX_NGRAM];
        nfi_dict_gram *x = &late[t % AHEAD];
        size_t at = home[t % AHEAD];
        int n = 0;
        if (x->used) {
            while (d->gram[at].used)
                at = (at + 1) & d->gmask;
            d->gram[at] = *x;
        }
        for (; t < d->n && n < d->stride && d->seq[t * stride + (size_t)n]; n++)
            word[n] = d->seq[t * stride + (size_t)n] - 1;
        x->used = n > 1;
        if (n < 2)
            continue;
        x->key = gram_key(d, word, n, &home[t % AHEAD]);
        x->term = (uint32_t)t;
        __builtin_prefetch(&d->gram[home[t % AHEAD]], 1);
    }
}

/* Is the place the n-gram's? Two words stand there themselves, where their numbers leave the top bit alone. */
static inline bool is_gram(const nfi_dict *d, const nfi_dict_gram *s, uint64_t key, const nfi_gram *g)
{
    if (s->key != key)
        return false;
    if (__builtin_expect(!(key & LONG_GRAM), 1))
        return true;
    const uint32_t *q = d->seq + (size_t)s->term * (size_t)d->stride;
    bool same = g->n == d->stride || q[g->n] == 0;
    for (int k = 0; k < g->n && same; k++)
        same = q[k] == g->word[k] + 1;
    return same;
}

void nfi_dict_grams(const nfi_dict *d, const nfi_gram *g, size_t n, uint32_t *term)
{
    for (size_t i = 0; !d->gram && i < n; i++)
        term[i] = nfi_dict_search_term(d, g[i].word, g[i].n);
    for (size_t b = 0; d->gram && b < n; b += GROUP) {
        uint64_t key[GROUP];
        size_t at[GROUP], len = n - b < GROUP ? n - b : GROUP;
        for (size_t i = 0; i < len; i++) {
            key[i] = gram_key(d, g[b + i].word, g[b + i].n, &at[i]);
            __builtin_prefetch(&d->gram[at[i]]);
        }
        for (size_t i = 0; i < len; i++) {
            const nfi_dict_gram *s = &d->gram[at[i]];
            while (s->used && !is_gram(d, s, key[i], &g[b + i]))
                s = &d->gram[at[i] = (at[i] + 1) & d->gmask];
            term[b + i] = s->used ? s->term : NFI_NONE;
        }
    }
}

/* ---- tables ---- */

static nf_status place_half(void *ctx, size_t half, int worker, nf_err *err)
{
    (void)worker;
    (void)err;
    (half ? place_grams : place_words)(ctx);
    return NF_OK;
}

nf_status nfi_dict_hash(nfi_dict *d, int threads, nf_err *err)
{
    size_t words = 16, grams = 16, n = 0;
    nfi_dict x = *d;

    for (size_t t = 0; d->stride > 1 && t < d->n; t++)
        n += d->seq[t * (size_t)d->stride + 1] != 0;
    while (words < 2 * d->nwords)
        words *= 2;
    while (2 * grams < 3 * n)
        grams *= 2;
    x.wmask = words - 1;
    x.gmask = grams - 1;
    x.secret = nfi_secret_random();
    x.word = nfi_calloc(words, sizeof *x.word);
    x.gram = nfi_calloc(grams, sizeof *x.gram);
    if (!x.word || !x.gram) {
        nfi_dict_clear(&x);
        return nfi_oom(err, "the vocabulary index");
    }
    NF_TRY(nfi_par_chunks(2, threads, place_half, &x, err));
    *d = x;
    return NF_OK;
}

nf_status nfi_dict_expect(nfi_dict *d, uint64_t bytes, int threads, nf_err *err)
{
    d->bytes += bytes;
    return d->word || d->bytes < d->n ? NF_OK : nfi_dict_hash(d, threads, err);
}
