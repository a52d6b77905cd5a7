/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shingles.c - words of texts, their shingles, and sets of these.
 *
 * Shingle i is mix(sum of word[i + j] * P^(k - 1 - j)) modulo 2^64, P odd.
 */
#include "features/shingles.h"

#include "base/mem.h"
#include "base/rng.h"
#include "base/try.h"
#include "features/vocab.h"

#include <string.h>

static const uint64_t P = 0x9fb21c651e98df25u, SHINGLE_SEED = 0x6e65777366726d31u;

/* ---- words ---- */

void nfi_shingler_clear(nfi_shingler *s)
{
    nfi_tokbuf_clear(&s->tok);
    nfi_free(s->hash);
    nfi_free(s->word);
    nfi_free(s->set);
    *s = (nfi_shingler){0};
}

/* The masks of multiplication have bytes that no UTF-8 has, so that neither factor is ever 0. */
static inline uint64_t hash_token(const uint8_t *p, uint32_t n)
{
    uint64_t lo, hi;

    if (n > 16)
        return nfi_xxh64(p, n);
    nfi_word_key(p, n, &lo, &hi);
    return nfi_mum(lo ^ 0xfefbf8fdfaf9fcffu, hi ^ 0xf9fefcf8fffdfafbu);
}

static nf_status read_part(nfi_shingler *s, const nfi_tokenizer *t, nf_str part, nf_err *err)
{
    size_t pos = 0;

    while (nfi_tokenize(t, &s->tok, part.p, part.n, &pos)) {
        const nfi_tokbuf *b = &s->tok;
        if (b->failed) {
            s->tok.failed = false;
            return nfi_oom(err, "tokens");
        }
        NF_TRY(nfi_grow(&s->hash, &s->caphash, s->n + b->ntok, sizeof *s->hash, err));
        NF_TRY(nfi_grow(&s->word, &s->capword, s->n + b->ntok, sizeof *s->word, err));
        uint64_t *restrict hash = s->hash + s->n;
        uint32_t *restrict word = s->word + s->n;
        const nfi_token *tok = b->tok;
        const uint8_t *bytes = b->bytes;
        size_t n = b->ntok;
        for (size_t i = 0; i < n; i++)
            word[i] = (uint32_t)(hash[i] = hash_token(bytes + tok[i].off, tok[i].n));
        s->n += n;
    }
    return NF_OK;
}

nf_status nfi_shingler_read(nfi_shingler *s, const nfi_tokenizer *t, const nf_str *parts, size_t nparts, nf_err *err)
{
    s->n = 0;
    for (size_t p = 0; p < nparts; p++)
        NF_TRY(read_part(s, t, parts[p], err));
    if (s->n > UINT32_MAX / 2)
        return NF_FAIL(err, NF_ELIMIT, "a document of more than %u words", UINT32_MAX / 2);
    return NF_OK;
}

nfi_hash128 nfi_shingler_text(const nfi_shingler *s)
{
    return nfi_xxh128(s->hash, s->n * sizeof *s->hash);
}

/* ---- shingles ---- */

typedef struct roll {
    const uint32_t *word;
    size_t k, count;
    uint64_t h, top, seed;
} roll;

/* Of n >= 1 words. *first: the first shingle; the others by roll_next(), i = 1, 2, ... below count. */
static inline roll roll_begin(const uint32_t *word, size_t n, size_t k, uint64_t *first)
{
    roll r = {.word = word, .count = n < k ? 1 : n - k + 1, .k = n < k ? n : k, .top = 1};

    r.seed = nfi_mix64(SHINGLE_SEED + r.k); /* a short text is no part of a longer one */
    for (size_t i = 0; i < r.k; i++) {
        r.h = r.h * P + word[i];
        r.top *= P;
    }
    *first = nfi_mix64(r.h ^ r.seed);
    return r;
}

/* One multiplication and one addition wait for the shingle before. */
static inline uint64_t roll_next(roll *r, size_t i)
{
    r->h = r->h * P + (r->word[i + r->k - 1] - r->word[i - 1] * r->top);
    return nfi_mix64(r->h ^ r->seed);
}

nf_status nfi_shingler_set(nfi_shingler *s, size_t k, size_t *count, nf_err *err)
{
    uint64_t first;

    *count = 0;
    if (s->n == 0)
        return NF_OK;
    roll r = roll_begin(s->word, s->n, k, &first);
    NF_TRY(nfi_grow(&s->set, &s->capset, r.count, sizeof *s->set, err));
    uint64_t *restrict to = s->set;
    to[0] = first;
    for (size_t i = 1; i < r.count; i++)
        to[i] = roll_next(&r, i);
    *count = r.count;
    return NF_OK;
}

/* ---- sets ---- */

void nfi_set_clear(nfi_set *a)
{
    nfi_free(a->bit);
    nfi_free(a->key);
    nfi_free(a->met);
    *a = (nfi_set){0};
}

/* Where the key is or would be; 0 stands for an empty slot, so that it goes as 1. */
static inline size_t slot_of(const nfi_set *a, uint64_t *key)
{
    *key += *key == 0;
    size_t i = (size_t)((nfi_u128)nfi_mum(*key ^ a->secret.a, a->secret.b) * a->slots >> 64);
    while (a->key[i] && a->key[i] != *key)
        i = i + 1 < a->slots ? i + 1 : 0;
    return i;
}

static inline void put(nfi_set *a, uint64_t key)
{
    uint64_t bit = key >> (64 - a->bits);
    size_t i = slot_of(a, &key);

    a->n += a->key[i] == 0;
    a->key[i] = key;
    a->bit[bit / 64] |= (uint64_t)1 << bit % 64;
}

nf_status nfi_set_fill(nfi_set *a, const uint32_t *word, size_t n, size_t k, nf_err *err)
{
    uint64_t first;
    roll r = roll_begin(word, n, k, &first);
    size_t slots = 2 * r.count; /* one is empty at least, where each search ends */

    if (!a->key)
        a->secret = nfi_secret_random();
    for (a->bits = 6; (size_t)1 << a->bits < 16 * r.count;)
        a->bits++;
    size_t words = (size_t)1 << (a->bits - 6);
    NF_TRY(nfi_grow(&a->bit, &a->capbit, words, sizeof *a->bit, err));
    NF_TRY(nfi_grow(&a->key, &a->capkey, slots, sizeof *a->key, err));
    NF_TRY(nfi_grow(&a->met, &a->capmet, slots, sizeof *a->met, err));
    memset(a->bit, 0, words * sizeof *a->bit);
    memset(a->key, 0, slots * sizeof *a->key);
    memset(a->met, 0, slots * sizeof *a->met);
    a->slots = slots;
    a->n = 0;
    a->round = 0;
    put(a, first);
    for (size_t i = 1; i < r.count; i++)
        put(a, roll_next(&r, i));
    return NF_OK;
}

/* Whether the set has the key and it was not met in this round before. */
static inline bool meet(nfi_set *a, uint64_t key)
{
    uint64_t bit = key >> (64 - a->bits);

    if (!(a->bit[bit / 64] >> bit % 64 & 1))
        return false;
    size_t i = slot_of(a, &key);
    if (a->key[i] == 0 || a->met[i] == a->round)
        return false;
    a->met[i] = a->round;
    return true;
}

double nfi_set_jaccard(nfi_set *a, const uint32_t *word, size_t n, size_t k, size_t distinct, double least)
{
    size_t na = a->n, nb = distinct, small = na < nb ? na : nb, large = na < nb ? nb : na;
    uint64_t first;

    if ((double)small + 0.5 < least * (double)large) /* half a shingle for the rounding */
        return 0.0;
    roll r = roll_begin(word, n, k, &first);
    double need = least * (double)(na + nb) / (1.0 + least) - 1.0; /* what they must share, less one for the rounding */
    size_t spare = (double)r.count > need ? (size_t)((double)r.count - need) : 0;
    a->round++; /* at most once for each other text: no round comes again */
    size_t both = meet(a, first), lost = !both;
    for (size_t i = 1; i < r.count; i++) {
        bool met = meet(a, roll_next(&r, i));
        both += met;
        lost += !met;
        if (lost > spare + 1)
            return 0.0;
    }
    return (double)both / (double)(na + nb - both);
}
