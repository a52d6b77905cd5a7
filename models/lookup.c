/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookup.c - search in the sorted vocabulary, and its hash table. */
#include "models/lookup.h"

#include "base/try.h"
#include "models/model.h"

#include <string.h>

static inline uint32_t lead(nf_str w)
{
    return (uint32_t)(unsigned char)w.p[0] << 8 | (w.n > 1 ? (unsigned char)w.p[1] : 0);
}

nf_status nfi_lookup_init(nfi_lookup *l, const nf_model *m, nf_err *err)
{
    size_t k = 0;

    *l = (nfi_lookup){.m = m, .bucket = nfi_alloc(65537, sizeof *l->bucket), .first = nfi_alloc(m->nwords + 1, sizeof *l->first)};
    if (!l->bucket || !l->first) {
        nfi_lookup_clear(l);
        return nfi_oom(err, "the vocabulary index");
    }
    for (size_t i = 0; i < m->nwords; i++)
        for (uint32_t b = lead(nfi_model_word(m, i)); k <= b; k++)
            l->bucket[k] = (uint32_t)i;
    for (; k <= 65536; k++)
        l->bucket[k] = (uint32_t)m->nwords;
    k = 0;
    for (size_t t = 0; t < m->n; t++)
        for (uint32_t w = m->seq[t * (size_t)m->stride]; k < w; k++) /* word numbers in seq are one up */
            l->first[k] = (uint32_t)t;
    for (; k <= m->nwords; k++)
        l->first[k] = (uint32_t)m->n;
    return NF_OK;
}

void nfi_lookup_clear(nfi_lookup *l)
{
    nfi_free(l->bucket);
    nfi_free(l->first);
    nfi_free(l->slot);
    *l = (nfi_lookup){0};
}

uint32_t nfi_lookup_word(const nfi_lookup *l, nf_str w)
{
    uint32_t a = l->bucket[lead(w)], b = l->bucket[lead(w) + 1];

    while (a < b) {
        uint32_t mid = a + (b - a) / 2;
        nf_str x = nfi_model_word(l->m, mid);
        int d = memcmp(x.p, w.p, x.n < w.n ? x.n : w.n);
        if (d == 0 && x.n == w.n)
            return mid;
        if (d < 0 || (d == 0 && x.n < w.n))
            a = mid + 1;
        else
            b = mid;
    }
    return NFI_NONE;
}

/* ---- n-grams, hashed ---- */

static inline size_t home_of(const nfi_lookup *l, const uint32_t *word, int n)
{
    uint64_t low = (uint64_t)word[0] << 32 | word[1],
             high = n > 2 ? (uint64_t)word[2] << 32 | (n > 3 ? word[3] + UINT64_C(1) : 0) : UINT64_MAX;
    return (size_t)nfi_hash2(low, high, l->secret) & l->mask;
}

/* Word numbers of a term; returns how many. */
static inline int words_of(const nf_model *m, size_t t, uint32_t word[NFI_MAX_NGRAM])
{
    const uint32_t *s = m->seq + t * (size_t)m->stride;
    int n = 0;

    for (; n < m->stride && s[n]; n++)
        word[n] = s[n] - 1;
    return n;
}

nf_status nfi_lookup_hash(nfi_lookup *l, nf_err *err)
{
    enum { AHEAD = 16 };
    const nf_model *m = l->m;
    size_t cap = 16, home[AHEAD];

    while (cap < 2 * m->n)
        cap *= 2;
    uint32_t *slot = nfi_calloc(cap, sizeof *slot);
    if (!slot)
        return nfi_oom(err, "the vocabulary index");
    l->mask = cap - 1;
    l->secret = nfi_secret_random();
    for (size_t t = 0; t < m->n + AHEAD; t++) { /* places first, terms some later, so that misses overlap */
        uint32_t word[NFI_MAX_NGRAM];
        size_t old = home[t % AHEAD];
        if (t >= AHEAD && old != SIZE_MAX) {
            while (slot[old])
                old = (old + 1) & l->mask;
            slot[old] = (uint32_t)(t - AHEAD) + 1;
        }
        home[t % AHEAD] = SIZE_MAX;
        int n = t < m->n ? words_of(m, t, word) : 0;
        if (n > 1) {
            home[t % AHEAD] = home_of(l, word, n);
            __builtin_prefetch(&slot[home[t % AHEAD]], 1);
        }
    }
    l->slot = slot;
    return NF_OK;
}

static uint32_t find_hashed(const nfi_lookup *l, const uint32_t *word, int n)
{
    size_t stride = (size_t)l->m->stride;

    for (size_t at = home_of(l, word, n); l->slot[at]; at = (at + 1) & l->mask) {
        const uint32_t *s = l->m->seq + (l->slot[at] - 1) * stride;
        bool same = n == (int)stride || s[n] == 0;
        for (int k = 0; k < n; k++)
            same &= s[k] == word[k] + 1;
        if (same)
            return l->slot[at] - 1;
    }
    return NFI_NONE;
}

void nfi_lookup_prefetch_place(const nfi_lookup *l, const uint32_t *word, int n)
{
    __builtin_prefetch(l->slot ? &l->slot[home_of(l, word, n)] : &l->first[word[0]]);
}

void nfi_lookup_prefetch_term(const nfi_lookup *l, const uint32_t *word, int n)
{
    size_t a = l->first[word[0]], b = l->first[word[0] + 1];
    size_t t = l->slot ? l->slot[home_of(l, word, n)] : a + (b - a) / 2 + 1;
    if (t)
        __builtin_prefetch(l->m->seq + (t - 1) * (size_t)l->m->stride);
}

uint32_t nfi_lookup_term(const nfi_lookup *l, const uint32_t *word, int n)
{
    size_t stride = (size_t)l->m->stride;
    uint32_t a, b;

    if (n > l->m->stride)
        return NFI_NONE;
    if (l->slot && n > 1)
        return find_hashed(l, word, n);
    a = l->first[word[0]];
    b = l->first[word[0] + 1];
    while (a < b) {
        uint32_t mid = a + (b - a) / 2;
        const uint32_t *s = l->m->seq + mid * stride;
        int d = 0;
        for (int k = 1; k < (int)stride && d == 0; k++) {
            uint32_t want = k < n ? word[k] + 1 : 0;
            d = s[k] < want ? -1 : s[k] > want;
        }
        if (d == 0)
            return mid;
        if (d < 0)
            a = mid + 1;
        else
            b = mid;
    }
    return NFI_NONE;
}
