/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kern_utf8_impl.h - utf8_prefix() of kern.h: a character at a time, and with AVX2 32 bytes at a time by the three look-ups of Keiser and
 * Lemire ("Validating UTF-8 in less than one instruction per byte", 2021). Each look-up gives, for half a byte of a pair of neighbours, the
 * faults that it leaves open; a pair has a fault that all three leave open. What the second to fourth bytes of long characters are is known
 * from the bytes two and three before them.
 */
#ifndef NFI_KERN_UTF8_IMPL_H
#define NFI_KERN_UTF8_IMPL_H

#include "base/utf8.h"

/* Bytes of the well-formed character at p, 0 where there is none. */
static inline size_t utf8_whole(const uint8_t *p, size_t n)
{
    unsigned c = p[0];

    if (c < 0xe0) /* first bytes of two take any second */
        return c < 0x80 ? 1 : c >= 0xc2 && n >= 2 && nfi_utf8_more(p[1]) ? 2 : 0;
    size_t len = c < 0xf0 ? 3 : 4;
    if (c > 0xf4 || n < len || !nfi_utf8_second(c, p[1]) || !nfi_utf8_more(p[2]))
        return 0;
    return len == 3 || nfi_utf8_more(p[3]) ? len : 0;
}

/* From p[i] on, where a character begins and all is well before. */
static inline size_t utf8_from(const uint8_t *p, size_t i, size_t n)
{
    while (i < n) {
        if (p[i] < 0x80) {
            i += nfi_ascii_run((const char *)p + i, n - i);
            continue;
        }
        size_t len = utf8_whole(p + i, n - i);
        if (len == 0)
            break;
        i += len;
    }
    return i;
}

#ifdef __AVX2__
#include <immintrin.h>

enum {
    SHORT = 1 << 0,     /* a first byte, and no other behind it */
    LONG = 1 << 1,      /* ASCII, and another byte behind it */
    OVER3 = 1 << 2,     /* E0 80..9F */
    LARGE = 1 << 3,     /* F4 90..BF, F5..FF 80..BF */
    SURROGATE = 1 << 4, /* ED A0..BF */
    OVER2 = 1 << 5,     /* C0, C1 */
    OVER4 = 1 << 6,     /* F0 80..8F, F5..FF 80..8F */
    MORE2 = 1 << 7,     /* two other bytes: right behind the first bytes of three or four alone */
    ANY = SHORT | LONG | MORE2
};

/* The faults that the halves of two neighbours leave open: the high and the low half of the first, the high half of the second. */
#define LOW (ANY | LARGE | OVER4)
#define HIGH (LONG | OVER2 | MORE2)
static const uint8_t utf8_high1[16] = {LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, MORE2, MORE2, MORE2, MORE2,
                                       SHORT | OVER2, SHORT, SHORT | OVER3 | SURROGATE, SHORT | LARGE | OVER4};
static const uint8_t utf8_low1[16] = {ANY | OVER2 | OVER3 | OVER4, ANY | OVER2, ANY, ANY, ANY | LARGE, LOW, LOW, LOW,
                                      LOW, LOW, LOW, LOW, LOW, LOW | SURROGATE, LOW, LOW};
static const uint8_t utf8_high2[16] = {SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT,
                                       HIGH | OVER3 | OVER4, HIGH | OVER3 | LARGE, HIGH | SURROGATE | LARGE, HIGH | SURROGATE | LARGE,
                                       SHORT, SHORT, SHORT, SHORT};
#undef LOW
#undef HIGH

static inline __m256i utf8_look_up(const uint8_t table[16], __m256i half)
{
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i_u *)table)), half);
}

/* The 32 bytes that end n bytes before those of v end; before: the 32 bytes before v. */
#define BACK(v, before, n) _mm256_alignr_epi8(v, _mm256_permute2x128_si256(before, v, 0x21), 16 - (n))

/* Not zero where a byte of v is at fault. */
static inline __m256i utf8_faults(__m256i v, __m256i before)
{
    const __m256i half = _mm256_set1_epi8(15), top = _mm256_set1_epi8((char)0x80);
    __m256i one = BACK(v, before, 1), two = BACK(v, before, 2), three = BACK(v, before, 3);
    __m256i high1 = utf8_look_up(utf8_high1, _mm256_and_si256(_mm256_srli_epi16(one, 4), half));
    __m256i low1 = utf8_look_up(utf8_low1, _mm256_and_si256(one, half));
    __m256i high2 = utf8_look_up(utf8_high2, _mm256_and_si256(_mm256_srli_epi16(v, 4), half));
    __m256i pair = _mm256_and_si256(_mm256_and_si256(high1, low1), high2);
    /* Top bit: the byte two before begins three or four bytes, or the one three before begins four. */
    __m256i third = _mm256_subs_epu8(two, _mm256_set1_epi8(0xe0 - 0x80)), fourth = _mm256_subs_epu8(three, _mm256_set1_epi8(0xf0 - 0x80));

    return _mm256_xor_si256(_mm256_and_si256(_mm256_or_si256(third, fourth), top), pair);
}

/* The start of a character of which only the beginning stands before p[i], else i. */
static inline size_t utf8_begun(const uint8_t *p, size_t i)
{
    for (size_t k = 1; k <= 3 && k <= i && p[i - k] >= 0x80; k++)
        if (p[i - k] >= 0xc0)
            return (p[i - k] < 0xe0 ? 2 : p[i - k] < 0xf0 ? 3 : 4) > k ? i - k : i;
    return i;
}

/* Up to the first 64 bytes with a fault, and those by the other way, which knows where it is. */
static size_t utf8_prefix(const uint8_t *p, size_t n)
{
    __m256i before = _mm256_setzero_si256();
    size_t i = 0;

    for (; i + 64 <= n; i += 64) {
        __m256i a = _mm256_loadu_si256((const __m256i_u *)(p + i)), b = _mm256_loadu_si256((const __m256i_u *)(p + i + 32));
        if (_mm256_movemask_epi8(_mm256_or_si256(a, b)) == 0) {
            if (utf8_begun(p, i) < i)
                break;
        } else {
            __m256i faults = _mm256_or_si256(utf8_faults(a, before), utf8_faults(b, a));
            if (!_mm256_testz_si256(faults, faults))
                break;
        }
        before = b;
    }
    return utf8_from(p, utf8_begun(p, i), n);
}
#else
static size_t utf8_prefix(const uint8_t *p, size_t n)
{
    return utf8_from(p, 0, n);
}
#endif

#endif
