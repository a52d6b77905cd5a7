/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dedup_kit.h - texts of made-up words, copies with edits, and groups of documents in memory. */
#ifndef DEDUP_KIT_H
#define DEDUP_KIT_H

#include "docs_kit.h"

#include "features/dedup.h"

/* Appends n words "w<number>" drawn below many from r. */
static inline void ddk_words(nfi_buf *b, nfi_rng *r, size_t n, uint64_t many)
{
    for (size_t i = 0; i < n; i++) {
        nfi_buf_puts(b, b->n ? " w" : "w");
        nfi_buf_put_u64(b, nfi_rng_below(r, many));
    }
}

/* Words from, from + 1, ... to - 1 as a text. */
static inline void ddk_run(nfi_buf *b, size_t from, size_t to)
{
    b->n = 0;
    for (size_t i = from; i < to; i++) {
        nfi_buf_puts(b, i > from ? " w" : "w");
        nfi_buf_put_u64(b, i);
    }
}

static inline void ddk_add(dk_docs *k, const nfi_buf *text, const char *date)
{
    dk_add_n(k, NULL, NULL, text->p, text->n);
    k->docs[k->n - 1].date = dk_copy(k, date, date ? strlen(date) : 0);
}

/* Groups of all documents, added in batches whose sizes come from r (one batch when NULL). */
static inline nf_groups ddk_groups(const dk_docs *k, const nf_dedup_opts *o, nfi_rng *r)
{
    nf_dedup *d = NULL;
    nf_groups g = {0};

    nft_ok(nf_dedup_new(&d, o, &nft_err));
    for (size_t i = 0, n; i < k->n; i += n) {
        n = r ? 1 + (size_t)nfi_rng_below(r, k->n - i) : k->n;
        nf_batch b = dk_batch(k, i, n);
        nft_ok(nf_dedup_add(d, &b, &nft_err));
    }
    nft_ok(nf_dedup_groups(&g, d, &nft_err));
    nf_dedup_free(d);
    ck_assert_uint_eq(g.n, k->n);
    ck_assert_uint_eq(g.alone + g.firsts + g.exact + g.near + g.empty + g.undated, g.n);
    return g;
}

static inline int ddk_by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Makes a set of n numbers: rising, each once; how many stay. */
static inline size_t ddk_distinct(uint64_t *v, size_t n)
{
    size_t m = 0;

    qsort(v, n, sizeof *v, ddk_by_value);
    for (size_t i = 0; i < n; i++)
        if (m == 0 || v[m - 1] != v[i])
            v[m++] = v[i];
    return m;
}

/* Shingles of one text, rising and each once, owned by the caller (free). */
static inline uint64_t *ddk_set(nf_str text, int k, size_t *n)
{
    nfi_shingler s = {0};
    size_t count;

    nft_ok(nfi_shingler_read(&s, nfi_tokenizer_find("news"), &text, 1, &nft_err));
    nft_ok(nfi_shingler_set(&s, (size_t)k, &count, &nft_err));
    uint64_t *copy = calloc(count + 1, sizeof *copy);
    if (count)
        memcpy(copy, s.set, count * sizeof *copy);
    *n = ddk_distinct(copy, count);
    nfi_shingler_clear(&s);
    return copy;
}

/* Similarity of two rising sets by counting. */
static inline double ddk_jaccard(const uint64_t *a, size_t na, const uint64_t *b, size_t nb)
{
    size_t i = 0, j = 0, both = 0;

    while (i < na && j < nb) {
        uint64_t x = a[i], y = b[j];
        both += x == y;
        i += x <= y;
        j += y <= x;
    }
    return (double)both / (double)(na + nb - both);
}

#endif
