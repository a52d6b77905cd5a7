/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_flat.h - the objects that most records are: keys without escapes, values that are strings, plain numbers, true, false, null, or
 * lists of these.
 */
#ifndef NFI_JSON_FLAT_H
#define NFI_JSON_FLAT_H

#include "datasets/format.h"

typedef struct nfi_json_pair {
    nf_str key;    /* without its quotes; no escapes in it */
    nf_str raw;    /* the value as it stands */
    nfi_kind kind;
    bool escapes;  /* of a string; a list may have some, whatever this says */
} nfi_json_pair;

enum { NFI_FLAT_PAIRS = 32, NFI_FLAT_NO = -1 };

/*
 * The pairs of p[0..n), at most NFI_FLAT_PAIRS of them, in order; keys may repeat. NFI_FLAT_NO for whatever else it is, malformed or not:
 * that is for a parser to tell. *ascii: all bytes are below 80. O(n).
 */
int nfi_json_flat(nfi_json_pair *out, bool *ascii, const char *p, size_t n);

#endif
