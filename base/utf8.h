/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * utf8.h - decoding and repair of UTF-8. Ill-formed input is cut into maximal subparts (Unicode 15, section 3.9, table 3-8), each becoming
 * one U+FFFD: C0 AF E0 80 AF gives five, E2 82 28 gives U+FFFD and '('.
 */
#ifndef NFI_UTF8_H
#define NFI_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"

/* ASCII white space; most bytes are told by the first comparison. */
static inline bool nfi_is_blank(char c)
{
    const uint64_t blanks = UINT64_C(1) << ' ' | UINT64_C(0x1f) << '\t';
    return (unsigned char)c <= ' ' && (blanks >> c & 1);
}

/* A byte that goes on with a character. */
static inline bool nfi_utf8_more(unsigned char c) { return (c & 0xc0) == 0x80; }

/* Whether a character may begin with the bytes first (C2 to F4) and second; it decides between well-formed, overlong, surrogate and too
 * large (Unicode 15, table 3-7). */
static inline bool nfi_utf8_second(unsigned first, unsigned second)
{
    unsigned lo = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80, hi = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    return second >= lo && second <= hi;
}

/* Bytes below 0x80 at the start of s. */
static inline size_t nfi_ascii_run(const char *s, size_t n)
{
    const uint64_t high = 0x8080808080808080u;
    size_t i = 0;

    for (; i + 64 <= n; i += 64) {
        uint64_t w[8];
        memcpy(w, s + i, sizeof w);
        if ((w[0] | w[1] | w[2] | w[3] | w[4] | w[5] | w[6] | w[7]) & high)
            break;
    }
    for (; i + 8 <= n; i += 8) {
        uint64_t w;
        memcpy(&w, s + i, sizeof w);
        if (w & high)
            break;
    }
    while (i < n && (unsigned char)s[i] < 0x80)
        i++;
    return i;
}

/* Bytes of s before the first ill-formed sequence; n when all is well. */
size_t nfi_utf8_valid_prefix(const char *s, size_t n);

/* Decodes one character at s (n >= 1): its bytes in the return value (1..4), the code point in *cp, U+FFFD for a maximal ill-formed
 * subpart. Never reads past n. */
size_t nfi_utf8_decode(const char *s, size_t n, uint32_t *cp);

/* Writes cp (a scalar value) to dst, 1..4 bytes, and returns how many. */
size_t nfi_utf8_encode(char *dst, uint32_t cp);

/* Appends s with ill-formed subparts replaced by U+FFFD; returns how many were. */
uint64_t nfi_utf8_repair(nfi_buf *out, const char *s, size_t n);

/* Appends s read as Windows-1252; the five undefined bytes become U+FFFD and are counted in the return value. */
uint64_t nfi_cp1252_to_utf8(nfi_buf *out, const char *s, size_t n);

/* Bytes of a byte order mark at p: 3, or 0 where there is none. */
static inline size_t nfi_utf8_mark(const char *p, size_t n)
{
    return n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

#endif
