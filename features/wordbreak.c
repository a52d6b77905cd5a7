/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wordbreak.c - default word boundaries, Unicode Standard Annex #29 (revision 41), section 4.1.
 * One pass with the last two classes that count (Extend, Format and ZWJ count only where WB4 has nothing to attach them to).
 */
#include "features/wordbreak.h"

#include <stdbool.h>

#include "features/wordbreak_table.inc"

const char *nfi_wb_version(void)
{
    return WORDBREAK_VERSION;
}

static bool is_newline(unsigned c)
{
    return c >= NFI_WB_CR && c <= NFI_WB_NEWLINE;
}

/* WB4: what attaches to the character before it. */
static bool is_attached(unsigned c)
{
    return c == NFI_WB_EXTEND || c == NFI_WB_FORMAT || c == NFI_WB_ZWJ;
}

static bool is_ahletter(unsigned c)
{
    return c == NFI_WB_ALETTER || c == NFI_WB_HEBREW_LETTER;
}

/* MidNumLetQ */
static bool is_midnumletq(unsigned c)
{
    return c == NFI_WB_MIDNUMLET || c == NFI_WB_SINGLE_QUOTE;
}

/* Class of the first element at or after i that is not attached; Other at the end. */
static unsigned next_class(const uint16_t *rec, size_t n, size_t i)
{
    while (i < n && is_attached(rec[i] & NFI_WB_CLASS))
        i++;
    return i < n ? rec[i] & NFI_WB_CLASS : NFI_WB_OTHER;
}

/* WB5 to WB13b: no boundary between prev and cur, where before is the class before prev and rec[after..n) follows cur. */
static bool joined(unsigned before, unsigned prev, unsigned cur, const uint16_t *rec, size_t n, size_t after)
{
    switch (cur) {
    case NFI_WB_ALETTER:
    case NFI_WB_HEBREW_LETTER:
        if (is_ahletter(prev) || prev == NFI_WB_NUMERIC || prev == NFI_WB_EXTENDNUMLET) /* WB5, WB10, WB13b */
            return true;
        if (prev == NFI_WB_DOUBLE_QUOTE) /* WB7c */
            return cur == NFI_WB_HEBREW_LETTER && before == NFI_WB_HEBREW_LETTER;
        return (prev == NFI_WB_MIDLETTER || is_midnumletq(prev)) && is_ahletter(before); /* WB7 */
    case NFI_WB_NUMERIC:
        if (prev == NFI_WB_NUMERIC || is_ahletter(prev) || prev == NFI_WB_EXTENDNUMLET) /* WB8, WB9, WB13b */
            return true;
        return (prev == NFI_WB_MIDNUM || is_midnumletq(prev)) && before == NFI_WB_NUMERIC; /* WB11 */
    case NFI_WB_KATAKANA:
        return prev == NFI_WB_KATAKANA || prev == NFI_WB_EXTENDNUMLET; /* WB13, WB13b */
    case NFI_WB_EXTENDNUMLET:
        return is_ahletter(prev) || prev == NFI_WB_NUMERIC || prev == NFI_WB_KATAKANA || prev == NFI_WB_EXTENDNUMLET; /* WB13a */
    case NFI_WB_DOUBLE_QUOTE:
        return prev == NFI_WB_HEBREW_LETTER && next_class(rec, n, after) == NFI_WB_HEBREW_LETTER; /* WB7b */
    case NFI_WB_MIDLETTER:
        return is_ahletter(prev) && is_ahletter(next_class(rec, n, after)); /* WB6 */
    case NFI_WB_MIDNUM:
        return prev == NFI_WB_NUMERIC && next_class(rec, n, after) == NFI_WB_NUMERIC; /* WB12 */
    case NFI_WB_SINGLE_QUOTE:
        if (prev == NFI_WB_HEBREW_LETTER) /* WB7a */
            return true;
        __attribute__((fallthrough));
    case NFI_WB_MIDNUMLET:
        if (is_ahletter(prev)) /* WB6 */
            return is_ahletter(next_class(rec, n, after));
        return prev == NFI_WB_NUMERIC && next_class(rec, n, after) == NFI_WB_NUMERIC; /* WB12 */
    default:
        return false;
    }
}

void nfi_wb_break(const uint16_t *rec, size_t n, uint8_t *brk)
{
    unsigned before = NFI_WB_OTHER, prev = NFI_WB_OTHER, raw = NFI_WB_LF; /* raw: the element before, attached or not */
    size_t flags = 0;                                                     /* regional indicators in a row before the current element */

    for (size_t i = 0; i < n; i++) {
        unsigned cur = rec[i] & NFI_WB_CLASS;
        bool join = false, attach = false;

        if (i == 0 || is_newline(raw) || is_newline(cur)) { /* WB1, WB3, WB3a, WB3b */
            join = i > 0 && raw == NFI_WB_CR && cur == NFI_WB_LF;
        } else if (is_attached(cur)) { /* WB4 */
            join = attach = true;
        } else if ((raw == NFI_WB_ZWJ && (rec[i] & NFI_WB_PICT)) || (raw == NFI_WB_WSEGSPACE && cur == NFI_WB_WSEGSPACE)) { /* WB3c, WB3d */
            join = true;
        } else if (cur == NFI_WB_REGIONAL_INDICATOR) { /* WB15, WB16 */
            join = prev == NFI_WB_REGIONAL_INDICATOR && flags % 2 == 1;
        } else {
            join = joined(before, prev, cur, rec, n, i + 1);
        }
        brk[i] = !join;
        raw = cur;
        if (attach)
            continue;
        flags = cur == NFI_WB_REGIONAL_INDICATOR ? flags + 1 : 0;
        before = prev;
        prev = cur;
    }
}
