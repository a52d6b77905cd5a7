/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sentence.c - texts as units. What lies between cuts and blank lines is a block; its lines become paragraphs (sentence_lines.c), and those
 * sentences (sentence_stop.c). A block is cut without a look at what is around it.
 */
#include "features/sentence.h"

#include "base/mem.h"
#include "base/try.h"
#include "base/utf8.h"
#include "features/unicode.h"
#include "features/wordbreak.h"

static const struct {
    const char *name, *summary;
} kinds[] = {
    {"document", "the whole document"},
    {"paragraph", "a line, or lines that were cut to a width"},
    {"sentence", "a sentence, a headline, an item of a list"},
};

const char *nf_unit_name(size_t i, const char **summary)
{
    if (i >= sizeof kinds / sizeof *kinds)
        return NULL;
    if (summary)
        *summary = kinds[i].summary;
    return kinds[i].name;
}

/* ---- characters ---- */

/* Signs beyond ASCII, rising; letters and digits are told by the Unicode tables. */
static const struct {
    uint32_t first, last;
    nfi_mark mark;
} signs[] = {
    {0x85, 0x85, NFI_MARK_LINE},
    {0xa0, 0xa0, NFI_MARK_BLANK},
    {0xab, 0xab, NFI_MARK_QUOTE_OPEN},
    {0xbb, 0xbb, NFI_MARK_QUOTE_CLOSE},
    {0x37e, 0x37e, NFI_MARK_FULL}, /* Greek question mark */
    {0x589, 0x589, NFI_MARK_FULL}, /* Armenian */
    {0x5c3, 0x5c3, NFI_MARK_FULL}, /* Hebrew sof pasuq */
    {0x60c, 0x60c, NFI_MARK_GO_ON},
    {0x61b, 0x61b, NFI_MARK_GO_ON}, /* Arabic comma, semicolon */
    {0x61e, 0x61f, NFI_MARK_FULL},
    {0x6d4, 0x6d4, NFI_MARK_FULL},
    {0x700, 0x702, NFI_MARK_FULL}, /* Arabic, Urdu, Syriac */
    {0x964, 0x965, NFI_MARK_FULL}, /* danda */
    {0xf0d, 0xf0d, NFI_MARK_FULL},
    {0x104a, 0x104b, NFI_MARK_FULL},
    {0x1362, 0x1362, NFI_MARK_FULL},
    {0x1367, 0x1368, NFI_MARK_FULL}, /* Tibetan, Myanmar, Ethiopic */
    {0x1680, 0x1680, NFI_MARK_BLANK},
    {0x17d4, 0x17d5, NFI_MARK_FULL},
    {0x1803, 0x1803, NFI_MARK_FULL},
    {0x1809, 0x1809, NFI_MARK_FULL}, /* Khmer, Mongolian */
    {0x2000, 0x200a, NFI_MARK_BLANK},
    {0x2010, 0x2015, NFI_MARK_DASH},
    {0x2018, 0x2018, NFI_MARK_QUOTE_OPEN},
    {0x2019, 0x2019, NFI_MARK_QUOTE_CLOSE},
    {0x201a, 0x201a, NFI_MARK_QUOTE_OPEN},
    {0x201b, 0x201c, NFI_MARK_QUOTE_OPEN},
    {0x201d, 0x201d, NFI_MARK_QUOTE_CLOSE},
    {0x201e, 0x201f, NFI_MARK_QUOTE_OPEN},
    {0x2026, 0x2026, NFI_MARK_STOP},
    {0x2028, 0x2029, NFI_MARK_LINE},
    {0x202f, 0x202f, NFI_MARK_BLANK},
    {0x2039, 0x2039, NFI_MARK_QUOTE_OPEN},
    {0x203a, 0x203a, NFI_MARK_QUOTE_CLOSE},
    {0x203c, 0x203d, NFI_MARK_STOP},
    {0x2047, 0x2049, NFI_MARK_STOP},
    {0x205f, 0x205f, NFI_MARK_BLANK},
    {0x2212, 0x2212, NFI_MARK_DASH},
    {0x3000, 0x3000, NFI_MARK_BLANK},
    {0x3001, 0x3001, NFI_MARK_GO_ON},
    {0x3002, 0x3002, NFI_MARK_FULL},
    {0x3008, 0x3008, NFI_MARK_OPEN},
    {0x3009, 0x3009, NFI_MARK_CLOSE},
    {0x300a, 0x300a, NFI_MARK_OPEN},
    {0x300b, 0x300b, NFI_MARK_CLOSE},
    {0x300c, 0x300c, NFI_MARK_OPEN},
    {0x300d, 0x300d, NFI_MARK_CLOSE},
    {0x300e, 0x300e, NFI_MARK_OPEN},
    {0x300f, 0x300f, NFI_MARK_CLOSE},
    {0x3010, 0x3010, NFI_MARK_OPEN},
    {0x3011, 0x3011, NFI_MARK_CLOSE},
    {0x3014, 0x3014, NFI_MARK_OPEN},
    {0x3015, 0x3015, NFI_MARK_CLOSE},
    {0xfe52, 0xfe52, NFI_MARK_STOP},
    {0xfe56, 0xfe57, NFI_MARK_FULL},
    {0xff01, 0xff01, NFI_MARK_FULL},
    {0xff08, 0xff08, NFI_MARK_OPEN},
    {0xff09, 0xff09, NFI_MARK_CLOSE},
    {0xff0c, 0xff0c, NFI_MARK_GO_ON},
    {0xff0e, 0xff0e, NFI_MARK_STOP},
    {0xff1a, 0xff1b, NFI_MARK_GO_ON},
    {0xff1f, 0xff1f, NFI_MARK_FULL},
    {0xff61, 0xff61, NFI_MARK_FULL},
    {0xff62, 0xff62, NFI_MARK_OPEN},
    {0xff63, 0xff63, NFI_MARK_CLOSE},
    {0xff64, 0xff64, NFI_MARK_GO_ON},
};

static nfi_mark mark_of(uint32_t cp)
{
    size_t lo = 0, hi = sizeof signs / sizeof *signs;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (cp > signs[mid].last)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo < sizeof signs / sizeof *signs && cp >= signs[lo].first)
        return signs[lo].mark;
    unsigned r = nfi_wb(cp), class = r & NFI_WB_CLASS;
    if (r & NFI_WB_MARK || class == NFI_WB_EXTEND || class == NFI_WB_FORMAT || class == NFI_WB_ZWJ)
        return NFI_MARK_NONE;
    if (!(r & NFI_WB_WORD))
        return NFI_MARK_OTHER;
    if (class == NFI_WB_NUMERIC)
        return NFI_MARK_DIGIT;
    if (!(r & NFI_WB_CASED))
        return NFI_MARK_LETTER;
    return nfi_uni_lower(cp) != cp ? NFI_MARK_UPPER : NFI_MARK_LOWER;
}

#define L NFI_MARK_LOWER
#define U NFI_MARK_UPPER
#define D NFI_MARK_DIGIT
#define S NFI_MARK_STOP
#define B NFI_MARK_BLANK
#define N NFI_MARK_LINE
#define C NFI_MARK_GO_ON
static const uint8_t ascii[128] = {
    B, B, B, B, B, B, B, B, B, B, N, N, N, N, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, /* controls */
    B, S, NFI_MARK_QUOTE, 0, 0, 0, 0, NFI_MARK_QUOTE, NFI_MARK_OPEN, NFI_MARK_CLOSE, 0, 0, C, NFI_MARK_DASH, S, 0, /* blank to / */
    D, D, D, D, D, D, D, D, D, D, C, C, 0, 0, 0, S, /* 0 to ? */
    0, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, NFI_MARK_OPEN, 0, NFI_MARK_CLOSE, 0, 0,
    0, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, NFI_MARK_OPEN, 0, NFI_MARK_CLOSE, 0, B,
};
#undef L
#undef U
#undef D
#undef S
#undef B
#undef N
#undef C

nfi_mark nfi_mark_at(const char *p, size_t n, size_t i, size_t *len, uint32_t *cp)
{
    unsigned char c = (unsigned char)p[i];

    if (c < 128) {
        *len = 1;
        *cp = c;
        return (nfi_mark)ascii[c];
    }
    *len = nfi_utf8_decode(p + i, n - i, cp);
    return mark_of(*cp);
}

/* ---- units ---- */

struct nf_units_mem {
    nf_unit *unit;
    size_t n, cap;
    nfi_text_line *line; /* of a block */
    size_t capline;
    uint32_t paragraphs;
};

void nf_units_clear(nf_units *units)
{
    if (units->mem) {
        nfi_free(units->mem->unit);
        nfi_free(units->mem->line);
        nfi_free(units->mem);
    }
    *units = (nf_units){0};
}

static nf_status add(struct nf_units_mem *m, size_t start, size_t end, bool stop, nf_err *err)
{
    NF_TRY(nfi_grow(&m->unit, &m->cap, m->n + 1, sizeof *m->unit, err));
    m->unit[m->n++] = (nf_unit){start, end, m->paragraphs, stop};
    return NF_OK;
}

/* Units of n lines that no blank line parts. */
static nf_status block(struct nf_units_mem *m, const char *p, size_t n, nf_unit_kind kind, nf_err *err)
{
    nfi_text_lines_join(m->line, n);
    for (size_t i = 0, j; i < n; i = j, m->paragraphs++) {
        for (j = i + 1; j < n && !m->line[j].begins; j++)
            ;
        if (kind == NF_UNIT_PARAGRAPH) {
            NF_TRY(add(m, m->line[i].start, m->line[j - 1].end, m->line[j - 1].stop, err));
            continue;
        }
        nfi_sentences s = {.p = p, .n = m->line[j - 1].end, .at = m->line[i].start};
        size_t start, end;
        bool stop;
        while (nfi_sentences_next(&s, &start, &end, &stop))
            NF_TRY(add(m, start, end, stop, err));
    }
    return NF_OK;
}

/* Units of text[at..end), which holds whole lines or what is left of them. */
static nf_status stretch(struct nf_units_mem *m, const char *p, size_t at, size_t end, nf_unit_kind kind, nf_err *err)
{
    size_t lines = 0;

    while (at < end) {
        NF_TRY(nfi_grow(&m->line, &m->capline, lines + 1, sizeof *m->line, err));
        if (nfi_text_line_read(&m->line[lines], p, end, &at)) {
            lines++;
            continue;
        }
        NF_TRY(block(m, p, lines, kind, err));
        lines = 0;
    }
    return block(m, p, lines, kind, err);
}

nf_status nf_units_split(nf_units *units, nf_str text, const nf_cuts *cuts, nf_unit_kind kind, nf_err *err)
{
    size_t ncuts = cuts ? cuts->n : 0, at = 0;

    units->n = 0;
    units->unit = NULL;
    if (!units->mem && !(units->mem = nfi_calloc(1, sizeof *units->mem)))
        return nfi_oom(err, "units");
    struct nf_units_mem *m = units->mem;
    m->n = 0;
    m->paragraphs = 0;
    for (size_t i = 0; i <= ncuts; i++) {
        NF_TRY(stretch(m, text.p, at, i < ncuts ? cuts->cut[i].start : text.n, kind == NF_UNIT_DOCUMENT ? NF_UNIT_PARAGRAPH : kind, err));
        if (i < ncuts)
            at = cuts->cut[i].end;
    }
    if (kind == NF_UNIT_DOCUMENT && m->n > 0) {
        m->unit[0].end = m->unit[m->n - 1].end;
        m->unit[0].stop = m->unit[m->n - 1].stop;
        m->n = 1;
    }
    units->unit = m->unit;
    units->n = m->n;
    return NF_OK;
}
