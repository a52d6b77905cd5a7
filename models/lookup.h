/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lookup.h - finds words and terms in a model's sorted vocabulary: two small indexes into sorted arrays, nothing hashed. Words start from the
 * bucket of their first two bytes, n-grams from the range of terms that begin with their first word.
 */
#ifndef NFI_LOOKUP_H
#define NFI_LOOKUP_H

#include "newsframe/models.h"

typedef struct nfi_lookup {
    const nf_model *m;
    uint32_t *bucket; /* 65537: first word whose two leading bytes are >= the index */
    uint32_t *first;  /* nwords + 1: first term that begins with the word */
} nfi_lookup;

nf_status nfi_lookup_init(nfi_lookup *l, const nf_model *m, nf_err *err) NF_MUST_CHECK;
void nfi_lookup_clear(nfi_lookup *l);
uint32_t nfi_lookup_word(const nfi_lookup *l, nf_str w);                    /* word number or NFI_NONE */
/* Hints for terms that begin with the word: first for the range, then, some look-ups later, for the terms in it. */
void nfi_lookup_prefetch_range(const nfi_lookup *l, uint32_t word);
void nfi_lookup_prefetch_terms(const nfi_lookup *l, uint32_t word);
uint32_t nfi_lookup_term(const nfi_lookup *l, const uint32_t *word, int n); /* term number or NFI_NONE */

#endif
