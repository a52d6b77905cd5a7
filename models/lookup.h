/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lookup.h - finds words and terms in a model's sorted vocabulary. For few look-ups there are two small indexes into sorted arrays, made in
 * no time: words start from the bucket of their first two bytes, n-grams from the range of terms that begin with their first word. For
 * many, n-grams are hashed.
 */
#ifndef NFI_LOOKUP_H
#define NFI_LOOKUP_H

#include "base/hash.h"
#include "newsframe/models.h"

typedef struct nfi_lookup {
    const nf_model *m;
    uint32_t *bucket; /* 65537: first word whose two leading bytes are >= the index */
    uint32_t *first;  /* nwords + 1: first term that begins with the word */
    uint32_t *slot;   /* mask + 1 places of n-grams, term + 1, 0 = free; NULL until nfi_lookup_hash() */
    size_t mask;
    nfi_secret secret;
} nfi_lookup;

nf_status nfi_lookup_init(nfi_lookup *l, const nf_model *m, nf_err *err) NF_MUST_CHECK;
void nfi_lookup_clear(nfi_lookup *l);
uint32_t nfi_lookup_word(const nfi_lookup *l, nf_str w);                    /* word number or NFI_NONE */
/* Many look-ups of n-grams are to come: hashes them, O(terms). Finds what was found without, sooner. Once. */
nf_status nfi_lookup_hash(nfi_lookup *l, nf_err *err) NF_MUST_CHECK;
/* Hints for an n-gram of two words at least: first for where to look, then, some look-ups later, for what is there. */
void nfi_lookup_prefetch_place(const nfi_lookup *l, const uint32_t *word, int n);
void nfi_lookup_prefetch_term(const nfi_lookup *l, const uint32_t *word, int n);
uint32_t nfi_lookup_term(const nfi_lookup *l, const uint32_t *word, int n); /* term number or NFI_NONE */

#endif
