/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stop.h - stop lists: a sorted set of tokens that is left out before n-grams are formed. */
#ifndef NFI_STOP_H
#define NFI_STOP_H

#include <stdbool.h>

#include "base/arena.h"
#include "features/token.h"
#include "newsframe/docs.h"

typedef struct nfi_stop {
    nf_str *word; /* n words, rising by bytes, in arena */
    size_t n;
    char name[64]; /* "none", "en", or "file" */
    nfi_arena arena;
} nfi_stop;

/* name is "none", "en" or a file (one word a line, # comments); words pass through the tokeniser. Owned, nfi_stop_clear(). */
nf_status nfi_stop_load(nfi_stop *s, const char *name, const nfi_tokenizer *t, nf_err *err) NF_MUST_CHECK;
/* From words that are tokens already (as stored in a model); copies them, sorts them. */
nf_status nfi_stop_from_words(nfi_stop *s, const char *name, const nf_str *words, size_t n, nf_err *err) NF_MUST_CHECK;
bool nfi_stop_has(const nfi_stop *s, const char *p, size_t n);
void nfi_stop_clear(nfi_stop *s);

#endif
