/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tok_news_plain.c - the short way of the `news` tokeniser beyond ASCII: words of letters that fold one to one (Cyrillic, Greek, hangul,
 * most of Latin) between plain separators are read, lowered and emitted in one pass, and so are ASCII words with an apostrophe and numbers
 * with commas. Whatever else could join, attach, vanish or expand is left to tok_news_uni.c.
 */
#include "features/tok_news.h"

#include "base/utf8.h"
#include "features/unicode.h"
#include "features/wordbreak.h"

#include <string.h>

/* A word being read: lowered, joiners as ASCII. */
typedef struct word {
    char p[NFI_MAX_TOKEN + 8];
    size_t n, start; /* bytes; where it began in the text */
    bool high;       /* holds a letter beyond ASCII */
    bool joined;     /* holds a joiner, and nothing beyond ASCII */
} word;

/* What a joiner between a word and the character behind it does. */
typedef enum effect { SEPARATES, JOINS, UNSURE } effect;

static bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }

/* cp: the joiner; i: where the character behind it is. */
static effect effect_of(uint32_t cp, const word *w, const char *text, size_t i, size_t e)
{
    uint32_t next;

    if (i >= e)
        return SEPARATES;
    nfi_utf8_decode(text + i, e - i, &next);
    if (!(nfi_wb(news_same_as(next)) & (NFI_WB_WORD | NFI_WB_MARK | NFI_WB_DROP))) /* a plain separator */
        return SEPARATES;
    if (w->high || next >= 0x80 || (cp != '\'' && cp != ','))
        return UNSURE;
    bool digits = cp == ',';
    return is_digit((unsigned char)w->p[w->n - 1]) == digits && is_digit((unsigned char)next) == digits ? JOINS : SEPARATES;
}

/* An ASCII word that stands from start to end of text, with its joiners. */
static void emit_joined(nfi_tokbuf *b, const char *text, size_t size, size_t start, size_t end)
{
    char raw[NFI_MAX_TOKEN];
    size_t n = 0;

    for (size_t i = start; i < end;) {
        uint32_t cp;
        i += nfi_utf8_decode(text + i, end - i, &cp);
        raw[n++] = (char)news_same_as(cp);
    }
    nfi_news_ascii(b, raw, n, text, size, start, end);
}

/* Emits the word that ends at end, if it is one, and begins another. */
static void end_word(nfi_tokbuf *b, word *w, const char *text, size_t size, size_t end)
{
    if (w->joined)
        emit_joined(b, text, size, w->start, end);
    else if (w->high || w->n > 3)
        nfi_tok_emit(b, w->p, w->n);
    else if (w->n >= 2)
        nfi_news_ascii(b, text + w->start, w->n, text, size, w->start, end);
    w->n = 0;
    w->high = w->joined = false;
}

/* A character that ends a word and does nothing else. */
static bool is_separator(unsigned rec)
{
    unsigned cls = rec & NFI_WB_CLASS;
    return !(rec & (NFI_WB_WORD | NFI_WB_MARK | NFI_WB_DROP)) &&
           (cls == NFI_WB_OTHER || cls == NFI_WB_WSEGSPACE || cls == NFI_WB_NEWLINE || cls == NFI_WB_REGIONAL_INDICATOR);
}

bool nfi_news_plain(nfi_tokbuf *b, const char *text, size_t n, size_t s, size_t e)
{
    word w;

    w.n = 0;
    w.high = w.joined = false;
    for (size_t i = s, len; i < e; i += len) {
        unsigned char c = (unsigned char)text[i];
        uint32_t cp = c;
        len = 1;
        if (w.n > NFI_MAX_TOKEN)
            return false;
        if (w.n == 0)
            w.start = i;
        if (c < 0x80) {
            if (news_is_ascii_word(c)) {
                w.p[w.n++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
                continue;
            }
        } else {
            if (c >= 0xc2 && c < 0xe0 && i + 1 < e && (text[i + 1] & 0xc0) == 0x80) {
                cp = (c & 0x1fu) << 6 | ((unsigned char)text[i + 1] & 0x3fu);
                len = 2;
            } else {
                len = nfi_utf8_decode(text + i, e - i, &cp);
            }
            unsigned rec = nfi_wb(cp), cls = rec & NFI_WB_CLASS;
            if ((rec & NFI_WB_FAST) && (cls == NFI_WB_ALETTER || cls == NFI_WB_NUMERIC) && cp != 0x2bc) {
                if (w.joined)
                    return false;
                w.high = true;
                if (rec & NFI_WB_CHANGES)
                    cp = nfi_uni_fold_fast(cp);
                if (cp >= 0x80 && cp < 0x800) {
                    w.p[w.n++] = (char)(0xc0 | cp >> 6);
                    w.p[w.n++] = (char)(0x80 | (cp & 0x3f));
                } else {
                    w.n += nfi_utf8_encode(w.p + w.n, cp);
                }
                continue;
            }
            cp = news_same_as(cp);
            if (cp != '\'' && !is_separator(rec))
                return false;
        }
        if (w.n > 0 && (cp == '\'' || cp == '.' || cp == ',' || cp == '_')) {
            effect x = effect_of(cp, &w, text, i + len, e);
            if (x == UNSURE)
                return false;
            if (x == JOINS) {
                w.p[w.n++] = (char)cp;
                w.joined = true;
                continue;
            }
        }
        end_word(b, &w, text, n, i);
    }
    if (w.n > NFI_MAX_TOKEN)
        return false;
    end_word(b, &w, text, n, e);
    return true;
}
