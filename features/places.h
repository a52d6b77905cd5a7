/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * places.h - where the words of a document stand in its original title and text. For explanations: tokenising proper keeps no places.
 */
#ifndef NFI_PLACES_H
#define NFI_PLACES_H

#include "features/count.h"

/* One token of title and cleaned text, stop words included. */
typedef struct nfi_placed {
    size_t off;        /* bytes at nfi_places.bytes + off; with 16 readable after them */
    uint32_t n;
    bool in_title;
    size_t start, end; /* bytes of the original title or text: the word, or where it cannot be told apart what stands between blanks */
} nfi_placed;

/* Tokens in order, and the memory that holds them. {0} is empty and reusable. */
typedef struct nfi_places {
    nfi_placed *tok;
    size_t n, cap;
    nfi_buf bytes;
    nfi_tokbuf buf;
    nf_cuts cuts;
    nfi_buf clean;
} nfi_places;

/* The same tokens in the same order as nfi_count_text() counts. O(text). */
nf_status nfi_places_find(nfi_places *p, const nfi_text *text, const nf_doc *d, nf_err *err) NF_MUST_CHECK;
void nfi_places_clear(nfi_places *p);

#endif
