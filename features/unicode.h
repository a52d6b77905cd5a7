/* SPDX-License-Identifier: GPL-3.0-or-later */
/* unicode.h - the only door to utf8proc: categories, lower case, and the folding under which spellings of one word are equal. */
#ifndef NFI_UNICODE_H
#define NFI_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Version of the character data, for example "15.0.0": part of every statistics and model file. */
const char *nfi_unicode_version(void);

/* Category L* or N*, or the low line: a word character of Python's regular expressions. */
bool nfi_uni_is_word(uint32_t cp);

/* Category M*, or a combining class above 0. */
bool nfi_uni_is_mark(uint32_t cp);

/* Simple lower case (one code point; U+0130 gives i). */
uint32_t nfi_uni_lower(uint32_t cp);

/* What nfi_uni_fold() makes of a code point that features/wordbreak.h flags as NFI_WB_FAST. */
uint32_t nfi_uni_fold_fast(uint32_t cp);

/*
 * NFKC and case folding with default ignorables dropped (NFKC_Casefold) of n code points into out (caller-allocated, cap elements, may
 * not overlap). Of more than NFI_MAX_MARKS marks in a row only the first NFI_MAX_MARKS count. Numbers that are no code points become
 * U+FFFD. Returns the length, or SIZE_MAX when cap is too small (before composition; 4 * n is enough for all but a few compatibility
 * characters, 18 * n for all). No heap; O(n).
 */
size_t nfi_uni_fold(uint32_t *out, size_t cap, const uint32_t *cp, size_t n);

#endif
