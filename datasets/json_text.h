/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_text.h - JSON strings: out of text a parser has already accepted, and into text. */
#ifndef NFI_JSON_TEXT_H
#define NFI_JSON_TEXT_H

#include "base/arena.h"
#include "base/buf.h"
#include "newsframe/docs.h"

/* p[0] is an opening quote: the offset behind the closing one, n when there is none. *escapes tells whether a backslash was met. */
size_t nfi_json_string_end(const char *p, size_t n, bool *escapes);

/*
 * p[0] is an opening quote, what follows was not looked at by a parser: the offset behind the closing one when the grammar allows all that
 * stands between them, and what that is; else 0.
 */
enum {
    NFI_JSON_ESCAPES = 1,
    NFI_JSON_WIDE = 2,    /* bytes beyond ASCII */
    NFI_JSON_UNICODE = 4, /* \u */
    NFI_JSON_NUL = 8,     /* \u0000 */
    NFI_JSON_ANY = 15
};
size_t nfi_json_string_skip(const char *p, size_t n, unsigned *what);

/*
 * Content of the string token raw (with its quotes). Without escapes the result points into raw, else into arena. An unpaired surrogate
 * becomes U+FFFD and is added to *replaced. @return NF_OK, NF_ENOMEM.
 */
nf_status nfi_json_string(nf_str *out, nf_str raw, nfi_arena *arena, uint64_t *replaced) NF_MUST_CHECK;

/*
 * The elements of the list raw, which a parser has accepted: strings decoded, numbers and words as written. *plain is false when one is a
 * list or object itself; then there are none. Strings and the array of them come from arena. @return NF_OK, NF_ENOMEM.
 */
nf_status nfi_json_list(nf_str raw, nfi_arena *arena, nf_str **out, size_t *n, bool *plain) NF_MUST_CHECK;

/* Appends s as a JSON string token. s is copied byte for byte but for quotes, backslashes and controls. */
void nfi_json_put_string(nfi_buf *b, nf_str s);

#endif
