/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tok_news_plain.c - the short way of the `news` tokeniser beyond ASCII: words of letters that fold one to one (Cyrillic, Greek, hangul,
 * most of Latin) between plain separators are read, lowered and emitted in one pass. Whatever could join, attach, vanish or expand is left
 * to tok_news_uni.c.
 */
#include "features/tok_news.h"

#include "base/utf8.h"
#include "features/unicode.h"
#include "features/wordbreak.h"

#include <string.h>

/* May the character at text[i..e) continue a word after a joiner? Anything but a plain separator may. */
static bool may_follow(const char *text, size_t i, size_t e)
{
    uint32_t cp;

    if (i >= e)
        return false;
    nfi_utf8_decode(text + i, e - i, &cp);
    return (nfi_wb(news_same_as(cp)) & (NFI_WB_WORD | NFI_WB_MARK | NFI_WB_DROP)) != 0;
}

/* Emits a word of n bytes that ends at end, where it began at start; high: it holds a letter beyond ASCII. */
static void flush(nfi_tokbuf *b, const char *word, size_t n, bool high, const char *text, size_t size, size_t start, size_t end)
{
    if (!high && n < 2)
        return;
    if (!high && n <= 3)
        nfi_news_ascii(b, text + start, n, text, size, start, end);
    else
        nfi_tok_emit(b, word, n);
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
    char word[NFI_MAX_TOKEN + 8];
    size_t m = 0, start = s;
    bool high = false;

    for (size_t i = s, len; i < e; i += len) {
        unsigned char c = (unsigned char)text[i];
        uint32_t cp = c;
        len = 1;
        if (m > NFI_MAX_TOKEN)
            return false;
        if (m == 0)
            start = i;
        if (c < 0x80) {
            if (news_is_ascii_word(c)) {
                word[m++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
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
                high = true;
                if (rec & NFI_WB_CHANGES)
                    cp = nfi_uni_fold_fast(cp);
                if (cp >= 0x80 && cp < 0x800) {
                    word[m++] = (char)(0xc0 | cp >> 6);
                    word[m++] = (char)(0x80 | (cp & 0x3f));
                } else {
                    m += nfi_utf8_encode(word + m, cp);
                }
                continue;
            }
            cp = news_same_as(cp);
            if (cp != '\'' && !is_separator(rec))
                return false;
        }
        if ((cp == '\'' || cp == '.' || cp == ',' || cp == '_') && m > 0 && may_follow(text, i + len, e))
            return false;
        flush(b, word, m, high, text, n, start, i);
        m = 0;
        high = false;
    }
    if (m > NFI_MAX_TOKEN)
        return false;
    flush(b, word, m, high, text, n, start, e);
    return true;
}
