/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * mojibake.h - text whose UTF-8 was read as Windows-1252 or Latin-1 and saved again, once or several times: "it\u00e2\u20ac\u2122s" for
 * "it\u2019s". Found by turning the characters back into the bytes they were; nothing is guessed from words or languages.
 */
#ifndef NEWSFRAME_MOJIBAKE_H
#define NEWSFRAME_MOJIBAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "newsframe/decl.h"

NF_BEGIN_DECLS

/** Each time that a text is broken about doubles the bytes of a letter; letters made to be broken by each round anew would take quadratic
 * time. */
enum { NF_MOJIBAKE_LEVELS = 32 };

/** What was found, or repaired, in a text. */
typedef struct nf_mojibake {
    uint64_t runs; /**< sequences that map back to one character exactly, on all levels of nesting that were undone */
    uint64_t lost; /**< sequences that cannot be mapped back for certain, because a byte or a no-break space went missing on the way */
} nf_mojibake;

/**
 * @param p valid UTF-8. @param found NULL is fine; counts those that are visible now, one level of nesting.
 * @return true when the text is broken. A sequence that could also stand in sound text (a quote after an accented capital) counts only
 * beside one that could not. One pass; bytes without 0xC3 cost a memchr().
 */
NF_API bool nf_mojibake_find(const char *p, size_t n, nf_mojibake *found);

/**
 * Undoes it, level by level, until nf_mojibake_find() is false or NF_MOJIBAKE_LEVELS are undone. A byte that was lost is U+FFFD, but for
 * the one after E2 80, which is taken for the closing quote; a lone "\u00c2" is what is left of a no-break space and goes.
 * @param dst room for n bytes, may be p itself. @param done NULL is fine. @return bytes written, at most n; n itself when nothing is
 * broken.
 */
NF_API size_t nf_mojibake_repair(char *dst, const char *p, size_t n, nf_mojibake *done);

NF_END_DECLS

#endif
