/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookup.c - search in the sorted vocabulary. */
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

    *l = (nfi_lookup){m, nfi_alloc(65537, sizeof *l->bucket), nfi_alloc(m->nwords + 1, sizeof *l->first)};
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

void nfi_lookup_prefetch_range(const nfi_lookup *l, uint32_t word)
{
    __builtin_prefetch(&l->first[word]);
}

void nfi_lookup_prefetch_terms(const nfi_lookup *l, uint32_t word)
{
    size_t a = l->first[word], b = l->first[word + 1];
    __builtin_prefetch(l->m->seq + (a + (b - a) / 2) * (size_t)l->m->stride);
}

uint32_t nfi_lookup_term(const nfi_lookup *l, const uint32_t *word, int n)
{
    size_t stride = (size_t)l->m->stride;
    uint32_t a = l->first[word[0]], b = l->first[word[0] + 1];

    if (n > l->m->stride)
        return NFI_NONE;
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
