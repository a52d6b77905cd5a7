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

/* A letter or digit that folds by itself. */
static bool is_plain(uint32_t cp, unsigned rec)
{
    unsigned cls = rec & NFI_WB_CLASS;
    return (rec & NFI_WB_FAST) && (cls == NFI_WB_ALETTER || cls == NFI_WB_NUMERIC) && cp != 0x2bc;
}

/* A character that ends a word and does nothing else. */
static bool is_separator(unsigned rec)
{
    unsigned cls = rec & NFI_WB_CLASS;
    return !(rec & (NFI_WB_WORD | NFI_WB_MARK | NFI_WB_DROP)) &&
           (cls == NFI_WB_OTHER || cls == NFI_WB_WSEGSPACE || cls == NFI_WB_NEWLINE || cls == NFI_WB_REGIONAL_INDICATOR);
}

/* Letters of two bytes that follow each other, to the word while it has room; returns their bytes. */
static inline size_t letters2(word *w, const char *text, size_t n)
{
    size_t i = 0;

    for (unsigned two; w->n + i <= NFI_MAX_TOKEN && (two = nfi_wb_letter2(text + i, n - i)) != 0; i += 2) {
        w->p[w->n + i] = (char)(two >> 8);
        w->p[w->n + i + 1] = (char)two;
    }
    w->n += i;
    return i;
}

/* Where a stretch begins, and what was emitted before it. */
typedef struct place {
    size_t at, ntok, nbytes;
    uint64_t dropped;
} place;

static place place_of(const nfi_tokbuf *b, size_t at)
{
    return (place){at, b->ntok, b->nbytes, b->dropped};
}

static size_t give_up(nfi_tokbuf *b, const place *p)
{
    b->ntok = p->ntok;
    b->nbytes = p->nbytes;
    b->dropped = p->dropped;
    return p->at;
}

size_t nfi_news_plain(nfi_tokbuf *b, const char *text, size_t n, size_t s, size_t e)
{
    place stretch = place_of(b, s);
    word w;

    w.n = 0;
    w.high = w.joined = false;
    for (size_t i = s, len; i < e; i += len) {
        unsigned char c = (unsigned char)text[i];
        uint32_t cp = c;
        len = 1;
        if (w.n > NFI_MAX_TOKEN)
            return give_up(b, &stretch);
        if (w.n == 0)
            w.start = i;
        if (c < 0x80) {
            if (news_is_ascii_word(c)) {
                w.p[w.n++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
                continue;
            }
        } else {
            len = letters2(&w, text + i, e - i);
            if (len) {
                if (w.joined)
                    return give_up(b, &stretch);
                w.high = true;
                continue;
            }
            len = nfi_utf8_decode(text + i, e - i, &cp);
            unsigned rec = nfi_wb(cp);
            if (is_plain(cp, rec)) {
                if (w.joined)
                    return give_up(b, &stretch);
                w.high = true;
                w.n += nfi_utf8_encode(w.p + w.n, rec & NFI_WB_CHANGES ? nfi_uni_fold_fast(cp) : cp);
                continue;
            }
            cp = news_same_as(cp);
            if (cp != '\'' && !is_separator(rec))
                return give_up(b, &stretch);
        }
        if (w.n > 0 && (cp == '\'' || cp == '.' || cp == ',' || cp == '_')) {
            effect x = effect_of(cp, &w, text, i + len, e);
            if (x == UNSURE)
                return give_up(b, &stretch);
            if (x == JOINS) {
                w.p[w.n++] = (char)cp;
                w.joined = true;
                continue;
            }
        }
        end_word(b, &w, text, n, i);
        if (nfi_is_blank(c))
            stretch = place_of(b, i + 1);
    }
    if (w.n > NFI_MAX_TOKEN)
        return give_up(b, &stretch);
    end_word(b, &w, text, n, e);
    return e;
}
