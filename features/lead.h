/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lead.h - the beginning of a document as terms of its own. News says first what it is about: with a lead of n, each of the first n tokens
 * (title, then text) counts once as the word it is and once more as NFI_LEAD_MARK and the word. No tokeniser makes a word with that byte.
 * Marked words are words like any other, but no part of n-grams, no tokens, and never stop words: those are not marked.
 */
#ifndef NFI_LEAD_H
#define NFI_LEAD_H

#include "features/stop.h"
#include "features/token.h"

#define NFI_LEAD_MARK '^'
enum { NFI_MAX_LEAD = 1 << 20 };

/* The first n tokens of a segment that are not stop words, marked; to is emptied first. A word of NFI_MAX_TOKEN bytes has no room for a
 * mark and gets none. */
void nfi_lead_mark(nfi_tokbuf *to, const nfi_tokbuf *from, size_t n, const nfi_stop *stop);

#endif
