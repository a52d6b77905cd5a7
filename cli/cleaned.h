/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cleaned.h - the documents of a batch, cleaned side by side and told apart by language; handed back in order. */
#ifndef NFI_CLEANED_H
#define NFI_CLEANED_H

#include "newsframe/clean.h"
#include "newsframe/lang.h"

typedef struct nfi_cleaned {
    const nf_cut *cut;            /* n of them */
    size_t n;
    nf_str clean;                 /* the text without them */
    uint64_t chars, removed_chars;
    bool empty;                   /* as in nf_cuts */
    bool other;                   /* told to be in another language */
} nfi_cleaned;

/* Scratch of the workers, and what they make of one batch. */
typedef struct nfi_cleaning nfi_cleaning;

/* lang: told apart from language, both borrowed; NULL: not told. */
nf_status nfi_cleaning_new(nfi_cleaning **out, const nf_cleaner *c, const nf_lang *lang, int language, int threads,
                           nf_err *err) NF_MUST_CHECK;
void nfi_cleaning_free(nfi_cleaning *w);
/* One for each document of b, borrowed until the next call. The same for any number of threads. */
nf_status nfi_cleaning_batch(nfi_cleaning *w, const nf_batch *b, const nfi_cleaned **out, nf_err *err) NF_MUST_CHECK;

#endif
