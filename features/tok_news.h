/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tok_news.h - what the parts of the `news` tokeniser share. */
#ifndef NFI_TOK_NEWS_H
#define NFI_TOK_NEWS_H

#include "features/token.h"

/* Stand-ins for characters beyond ASCII in the text given to nfi_news_joins(); a character that is no letter or digit stands as a blank. */
#define NEWS_LETTER ((char)0x80)
#define NEWS_DIGIT ((char)0x81)

static inline bool news_is_ascii_word(uint32_t c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c < 0x80);
}

/* Characters that count as another one everywhere. */
static inline uint32_t news_same_as(uint32_t cp)
{
    if (cp < 0x2bc)
        return cp;
    if (cp >= 0xff01 && cp <= 0xff5e)
        return cp - 0xfee0;
    if (cp >= 0x2080 && cp <= 0x2089)
        return cp - 0x2080 + '0';
    switch (cp) {
    case 0x2bc: case 0x2018: case 0x2019:
        return '\'';
    case 0x2024: case 0xfe52:
        return '.';
    case 0xfe10: case 0xfe50:
        return ',';
    case 0xfe13: case 0xfe55:
        return ':';
    case 0x37e: case 0xfe14: case 0xfe54:
        return ';';
    case 0xfe33: case 0xfe34: case 0xfe4d: case 0xfe4e: case 0xfe4f:
        return '_';
    default:
        return cp;
    }
}

/* nfi_tokenizer.joins of `news`: ASCII text, or one byte a character as above. */
size_t nfi_news_joins(const char *text, size_t n, size_t i);

/*
 * Emits what the ASCII token raw[0..len) becomes, 2 <= len <= NFI_MAX_TOKEN: capitals lowered, possessive and dots dropped, acronyms
 * kept. [s, e) is where it stands in text, to look at its line.
 */
void nfi_news_ascii(nfi_tokbuf *b, const char *raw, size_t len, const char *text, size_t n, size_t s, size_t e);

/*
 * Tokenises the stretches of a chunk up to the first in which there is more than plain words; returns where that begins, e when there is
 * none.
 */
size_t nfi_news_plain(nfi_tokbuf *b, const char *text, size_t n, size_t s, size_t e);

/* nfi_tokenizer.chunk of `news`. */
void nfi_news_chunk(nfi_tokbuf *b, const char *text, size_t n, size_t s, size_t e);

#endif
