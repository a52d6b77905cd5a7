/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clean_scan.c - a text as lines, a line as hashes of its words and a handful of counts. One pass; nothing is allocated for a line. */
#include "features/clean.h"

#include "base/num.h"
#include "base/try.h"

#include <string.h>

enum { SLACK = 8 /* words that nfi_clean_marks() reads past a line's, zeros */ };
#define EACH 0x0101010101010101u /* times a byte: that byte eight times */

/* ---- lines ---- */

uint32_t nfi_clean_chars(const unsigned char *s, size_t n, size_t i, size_t more)
{
    while (i + 8 <= n) {
        uint64_t sum = 0; /* of each byte: at most 255 of it */
        for (int k = 0; k < 255 && i + 8 <= n; k++, i += 8) {
            uint64_t v = nfi_load_le(s + i);
            sum += v >> 7 & ~v >> 6 & EACH;
        }
        for (; sum; sum >>= 8)
            more += sum & 255;
    }
    for (; i < n; i++)
        more += (s[i] & 0xc0) == 0x80;
    return n > more ? (uint32_t)(n - more) : 1; /* 0 only for bytes that are not UTF-8 */
}

/* A byte of ASCII that is no blank: what most lines begin and end with. */
static inline bool is_ink(unsigned c) { return c > ' ' && c < 0x80; }

/* Bytes of blanks at the start of s (n > 0): white space of ASCII, no-break and zero-width ones, ideographic space. */
static size_t blank_at(const unsigned char *s, size_t n)
{
    if (s[0] <= ' ')
        return 1;
    if (n >= 2 && s[0] == 0xc2 && s[1] == 0xa0)
        return 2;
    if (n >= 3 && s[0] == 0xe2 && s[1] == 0x80 && ((s[2] >= 0x80 && s[2] <= 0x8f) || s[2] == 0xa8 || s[2] == 0xa9 || s[2] == 0xaf))
        return 3;
    if (n >= 3 && ((s[0] == 0xe3 && s[1] == 0x80 && s[2] == 0x80) || (s[0] == 0xef && s[1] == 0xbb && s[2] == 0xbf)))
        return 3;
    return 0;
}

static size_t blank_before(const unsigned char *s, size_t start, size_t end)
{
    if (is_ink(s[end - 1]))
        return 0;
    for (size_t b = 1; b <= 3 && b <= end - start; b++)
        if (blank_at(s + end - b, b) == b)
            return b;
    return 0;
}

void nfi_clean_trim(const unsigned char *s, size_t *a, size_t *b)
{
    size_t skip;

    while (*a < *b && !is_ink(s[*a]) && (skip = blank_at(s + *a, *b - *a)) > 0)
        *a += skip;
    while (*b > *a && (skip = blank_before(s, *a, *b)) > 0)
        *b -= skip;
}

/* Ends like a sentence: a full stop or its like, perhaps with quotes and brackets after it. */
static bool ends_sentence(const unsigned char *s, size_t n)
{
    while (n > 0) {
        unsigned c = s[n - 1];
        if (c == '"' || c == '\'' || c == ')' || c == ']') {
            n--;
        } else if (n >= 3 && s[n - 3] == 0xe2 && s[n - 2] == 0x80 && (c == 0x99 || c == 0x9d)) {
            n -= 3;
        } else if (n >= 2 && s[n - 2] == 0xc2 && c == 0xbb) {
            n -= 2;
        } else {
            break;
        }
    }
    if (n == 0)
        return false;
    unsigned c = s[n - 1];
    if (c == '.')
        return n < 3 || s[n - 2] != '.' || s[n - 3] != '.'; /* three of them: a teaser */
    if (c == '!' || c == '?')
        return true;
    if (n >= 3 && s[n - 3] == 0xe3 && s[n - 2] == 0x80 && c == 0x82) /* ideographic full stop */
        return true;
    if (n >= 3 && s[n - 3] == 0xef && s[n - 2] == 0xbc && (c == 0x81 || c == 0x9f)) /* fullwidth */
        return true;
    if (n >= 3 && s[n - 3] == 0xe0 && s[n - 2] == 0xa5 && c == 0xa4) /* danda */
        return true;
    return n >= 2 && ((s[n - 2] == 0xd8 && c == 0x9f) || (s[n - 2] == 0xdb && c == 0x94) ||
                      (s[n - 2] == 0xd6 && c == 0x89)); /* Arabic, Urdu, Armenian */
}

/* Sums of eight bytes: the lower half of it counts function words. */
size_t nfi_clean_marks(const nfi_word_marks *m, const uint64_t *word, size_t n, uint16_t *at, size_t *hits)
{
    size_t stops = 0, k = 0;

    for (size_t i = 0; i < n; i += 8) {
        unsigned sum = 0;
#pragma GCC unroll 8
        for (size_t j = i; j < i + 8; j++)
            sum += nfi_word_mark(m, word[j]);
        stops += sum % NFI_WORD_IN_PHRASE;
        for (size_t j = i; sum >= NFI_WORD_IN_PHRASE && j < i + 8 && j < n; j++)
            if (nfi_word_mark(m, word[j]) >= NFI_WORD_IN_PHRASE)
                at[k++] = (uint16_t)j;
    }
    *hits = k;
    return stops - (-n % 8) * (nfi_word_mark(m, 0) & NFI_WORD_IS_STOP); /* what was read too much */
}

static void fill_line(const nf_cleaner *c, const unsigned char *s, size_t a, size_t b, size_t end, nfi_text_lines *t, nfi_line *l)
{
    size_t n = b - a, scan = n;

    if (scan > NFI_LINE_SCAN) {
        scan = NFI_LINE_SCAN;
        while (scan > 0 && (s[a + scan] & 0xc0) == 0x80)
            scan--;
    }
    l->start = (uint32_t)a;
    l->end = (uint32_t)b;
    l->word = (uint32_t)t->nword;
    l->rule = -1;
    size_t m = nfi_clean_words((const char *)s + a, scan, end - a, t->word + t->nword, NFI_LINE_SCAN, l);
    uint64_t *word = t->word + t->nword;
    uint16_t at[NFI_LINE_SCAN];
    size_t hits;
    memset(word + m, 0, SLACK * sizeof *word);
    l->stops = (uint16_t)nfi_clean_marks(&c->marks, word, m, at, &hits);
    l->flags |= scan == n ? NFI_LINE_WHOLE : 0;
    l->chars = nfi_clean_chars(s + a, n, scan, l->more);
    l->flags |= ends_sentence(s + a, n) ? NFI_LINE_END : 0;
    l->flags |= s[a] >= 'a' && s[a] <= 'z' ? NFI_LINE_LOWER : 0;
    if (scan == n)
        l->flags |= (uint8_t)(nfi_phrases_match(&c->phrases, &c->marks, word, m, l->chars, at, hits) & c->phrase_flags);
    t->nword += m;
}

nf_status nfi_clean_scan(const nf_cleaner *c, nf_str text, const nf_line_mark *mark, size_t nmarks, nfi_text_lines *t, nf_err *err)
{
    const unsigned char *s = (const unsigned char *)text.p;
    uint32_t number = 0;
    size_t k = 0;
    bool gap = false;

    t->text = text.p;
    t->n = t->nword = 0;
    t->scripts = 0;
    t->scored = false;
    if (text.n >= UINT32_MAX)
        return NF_FAIL(err, NF_ELIMIT, "a text of %zu bytes cannot be cleaned: the limit is 4 GiB", text.n);
    for (size_t at = 0, next; at < text.n; at = next) {
        const unsigned char *nl = memchr(s + at, '\n', text.n - at);
        size_t a = at, b = nl ? (size_t)(nl - s) : text.n;
        next = nl ? b + 1 : b;
        number++;
        nfi_clean_trim(s, &a, &b);
        if (a == b) {
            gap = true;
            continue;
        }
        NF_TRY(nfi_grow(&t->line, &t->cap, t->n + 1, sizeof *t->line, err));
        NF_TRY(nfi_grow(&t->word, &t->capword, t->nword + NFI_LINE_SCAN + SLACK, sizeof *t->word, err));
        nfi_line *l = &t->line[t->n++];
        *l = (nfi_line){.number = number, .flags = gap ? NFI_LINE_GAP : 0};
        fill_line(c, s, a, b, text.n, t, l);
        while (k < nmarks && mark[k].end < b)
            k++;
        if (k < nmarks) {
            uint64_t linked = b - a ? (uint64_t)mark[k].linked * 256 / (b - a) : 0;
            l->linked = (uint16_t)(linked < 256 ? linked : 256);
            l->element = mark[k].element;
        }
        t->scripts |= (1u << l->script) & ~1u;
        gap = false;
    }
    return NF_OK;
}

void nfi_text_lines_clear(nfi_text_lines *t)
{
    nfi_free(t->line);
    nfi_free(t->word);
    nfi_free(t->live);
    nfi_free(t->state);
    nfi_free(t->slot);
    *t = (nfi_text_lines){0};
}
