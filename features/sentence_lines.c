/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sentence_lines.c - lines to paragraphs. On pages a line is a paragraph; in wire copy and mail lines were cut to a width and belong
 * together. A line goes on in the next when it has no stop and the next begins with a small letter. Where a block does that often, it is
 * wrapped, and a line that is nearly as long as the longest of those goes on in whatever follows. Scripts without small letters: a block is
 * wrapped when each line but the last is as full as can be.
 */
#include "features/sentence.h"

#include "features/wordbreak.h"

enum {
    SHORT = 30,   /* characters: shorter lines are items of lists, not cut sentences */
    WIDEST = 140, /* longer lines were not cut to a width */
    NARROWEST = 15
};

static bool is_quote(nfi_mark m)
{
    return m == NFI_MARK_QUOTE || m == NFI_MARK_QUOTE_OPEN || m == NFI_MARK_QUOTE_CLOSE;
}

static bool is_bullet(uint32_t cp)
{
    return cp == 0x2022 || cp == 0x2023 || cp == 0x25aa || cp == 0x25cf || cp == 0x25e6 || cp == 0xb7 || cp == '*';
}

/* How the line p[s..e) begins. */
static void look_at_start(nfi_text_line *l, const char *p, size_t s, size_t e)
{
    size_t len, i = s;
    uint32_t cp, first = 0;
    nfi_mark m = NFI_MARK_BLANK;

    for (; i < e; i += len) { /* past quotes, brackets, "> > " */
        m = nfi_mark_at(p, e, i, &len, &cp);
        if (!(m == NFI_MARK_OPEN || is_quote(m) || m == NFI_MARK_NONE || cp == '>' || cp == '|' || m == NFI_MARK_BLANK))
            break;
    }
    if (i == e)
        return;
    l->first = (uint8_t)m;
    first = cp;
    size_t word = i, digits = 0;
    for (; i < e; i += len, l->first_word++) { /* a word of a script without spaces is one character */
        m = nfi_mark_at(p, e, i, &len, &cp);
        if (m == NFI_MARK_BLANK || (l->first_word > 0 && nfi_wb(cp) & NFI_WB_RUN))
            break;
        digits += m == NFI_MARK_DIGIT;
    }
    bool blank_follows = i < e && m == NFI_MARK_BLANK;
    if (!blank_follows || l->first_word > 3)
        return;
    char last = p[i - 1];
    l->item = (i - word <= 3 && l->first_word == 1 && is_bullet(first)) || (last == ')' && l->first_word == digits + 1 && digits > 0);
    l->weak_item =
        l->item || (l->first == NFI_MARK_DASH && l->first_word == 1) || (last == '.' && digits > 0 && l->first_word == digits + 1);
    if (l->first == NFI_MARK_DASH) { /* what counts is what follows it */
        for (; i < e && m == NFI_MARK_BLANK; i += len)
            m = nfi_mark_at(p, e, i, &len, &cp);
        l->first = (uint8_t)m;
    }
}

bool nfi_text_line_read(nfi_text_line *l, const char *p, size_t n, size_t *at)
{
    size_t len;
    uint32_t cp;
    nfi_mark last = NFI_MARK_BLANK;

    *l = (nfi_text_line){.start = n};
    for (size_t i = *at;; i += len) {
        nfi_mark m = i < n ? nfi_mark_at(p, n, i, &len, &cp) : NFI_MARK_LINE;
        if (m == NFI_MARK_LINE) {
            *at = i < n ? i + len : n;
            if (i < n && cp == '\r' && i + 1 < n && p[i + 1] == '\n')
                ++*at;
            break;
        }
        if (l->start == n && m == NFI_MARK_BLANK) {
            l->indent += cp == '\t' ? 8 : 1;
            continue;
        }
        if (l->start == n)
            l->start = i;
        l->chars += m != NFI_MARK_NONE;
        if (m == NFI_MARK_BLANK)
            continue;
        l->end = i + len;
        if (m == NFI_MARK_STOP || m == NFI_MARK_FULL)
            l->stop = true;
        else if (!(m == NFI_MARK_CLOSE || m == NFI_MARK_NONE || is_quote(m)))
            l->stop = false;
        if (m != NFI_MARK_NONE)
            last = cp == ':' ? NFI_MARK_OTHER : m;
    }
    if (l->start == n)
        return false;
    l->comma = last == NFI_MARK_GO_ON || last == NFI_MARK_DASH || last == NFI_MARK_OPEN;
    look_at_start(l, p, l->start, l->end);
    return true;
}

/* b goes on where a left off, by the look of both. */
static bool goes_on(const nfi_text_line *a, const nfi_text_line *b)
{
    return !a->stop && b->first == NFI_MARK_LOWER && (a->chars >= SHORT || a->comma) && a->chars <= WIDEST && !b->item;
}

static bool full(const nfi_text_line *a, const nfi_text_line *b, uint32_t width)
{
    return a->chars + 1 + b->first_word >= width;
}

/* Width of a block without small letters that is wrapped, else 0. */
static uint32_t caseless_width(const nfi_text_line *l, size_t n)
{
    uint32_t width = 0;
    size_t letters = 0, open = 0;

    for (size_t i = 0; i < n; i++) {
        width = l[i].chars > width ? l[i].chars : width;
        letters += l[i].first == NFI_MARK_LETTER;
        open += i + 1 < n && !l[i].stop;
    }
    if (n < 3 || width < NARROWEST || width > WIDEST || letters * 2 < n || open == 0)
        return 0;
    for (size_t i = 0; i + 1 < n; i++)
        if (!full(&l[i], &l[i + 1], width) && !l[i].stop)
            return 0;
    return width;
}

void nfi_text_lines_join(nfi_text_line *l, size_t n)
{
    uint32_t width = 0;
    size_t on = 0;

    for (size_t i = 1; i < n; i++) {
        if (!goes_on(&l[i - 1], &l[i]))
            continue;
        on++;
        width = l[i - 1].chars > width ? l[i - 1].chars : width;
    }
    bool wrapped = on > 0 && on * 4 >= n - 1;
    if (on == 0) {
        width = caseless_width(l, n);
        wrapped = width > 0;
    }
    for (size_t i = 0; i < n; i++) {
        const nfi_text_line *a = i ? &l[i - 1] : NULL, *b = &l[i];
        bool item = a && (b->item || (b->weak_item && (a->stop || (b->first != NFI_MARK_LOWER && b->first != NFI_MARK_DIGIT))));
        bool indented = a && wrapped && b->indent > a->indent + 1 && b->first != NFI_MARK_LOWER && a->stop;
        bool wide = a && a->chars * 4 >= width * 3 && a->chars <= WIDEST;
        bool small = a && wrapped && !a->stop && b->first == NFI_MARK_LOWER;
        l[i].begins = !a || item || indented || !(small || goes_on(a, b) || (wrapped && wide));
    }
}
