/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inspect_text.c - the report for people, at most 80 columns wide but for names from the corpus. */
#include "cli/inspect.h"

#include "base/num.h"

#include <string.h>

enum { NAME = 22, LABEL = 50, FIGURE = 12, SHOWN = 20, WIDTH = 80 };

static void pad(nfi_buf *b, size_t from, size_t width)
{
    for (size_t n = b->n - from; n < width; n++)
        nfi_buf_putc(b, ' ');
}

static void heading(nfi_buf *b, const char *s)
{
    nfi_buf_putc(b, '\n');
    nfi_buf_puts(b, s);
    nfi_buf_putc(b, '\n');
}

/* "  name                 " */
static void label(nfi_buf *b, const char *s)
{
    size_t from = b->n;
    nfi_buf_puts(b, "  ");
    nfi_buf_puts(b, s);
    pad(b, from, NAME);
}

static void figure(nfi_buf *b, uint64_t v)
{
    char digits[20];
    size_t n = nfi_format_u64(digits, v);
    for (size_t i = n; i < FIGURE; i++)
        nfi_buf_putc(b, ' ');
    nfi_buf_put(b, digits, n);
}

static void percent(nfi_buf *b, uint64_t n, uint64_t of)
{
    char digits[NFI_FIXED_MAX];
    size_t len = nfi_format_fixed(digits, of ? 100.0 * (double)n / (double)of : 0.0, 1);
    for (size_t i = len; i < 7; i++)
        nfi_buf_putc(b, ' ');
    nfi_buf_put(b, digits, len);
    nfi_buf_puts(b, " %");
}

static void line(nfi_buf *b, const char *s, uint64_t n, uint64_t of)
{
    label(b, s);
    figure(b, n);
    percent(b, n, of);
    nfi_buf_putc(b, '\n');
}

/* The same, left out when it is 0. */
static void some(nfi_buf *b, const char *s, uint64_t n, uint64_t of)
{
    if (n)
        line(b, s, n, of);
}

static size_t characters(const char *p, size_t n)
{
    size_t c = 0;
    for (size_t i = 0; i < n; i++)
        c += ((unsigned char)p[i] & 0xc0) != 0x80;
    return c;
}

/* A name from the corpus, padded by characters. */
static void name(nfi_buf *b, nf_str s, size_t cap, size_t width)
{
    size_t from = b->n;
    nfi_put_safe(b, s, cap, false);
    for (size_t columns = b->failed ? width : characters(b->p + from, b->n - from); columns < width; columns++)
        nfi_buf_putc(b, ' ');
}

static void spread(nfi_buf *b, const char *s, const nf_spread *v)
{
    const uint64_t list[] = {v->min, v->q1, v->median, v->q3, v->max};

    label(b, s);
    for (size_t i = 0; i < 5; i++) {
        char digits[20];
        size_t n = nfi_format_u64(digits, list[i]);
        for (size_t k = n; k < (i ? 11u : (unsigned)FIGURE); k++)
            nfi_buf_putc(b, ' ');
        nfi_buf_put(b, digits, n);
    }
    nfi_buf_putc(b, '\n');
}

static void more(nfi_buf *b, uint64_t n, const char *what)
{
    if (!n)
        return;
    nfi_buf_puts(b, "  and ");
    nfi_buf_put_u64(b, n);
    nfi_buf_puts(b, what);
    nfi_buf_putc(b, '\n');
}

static void documents(nfi_buf *b, const nfi_report *x)
{
    const nf_inspection *r = x->r;

    nfi_buf_puts(b, "Documents\n");
    label(b, "read");
    figure(b, r->docs);
    nfi_buf_putc(b, '\n');
    some(b, "malformed records", x->counts->rejected, x->counts->read);
    some(b, "ids taken before", x->counts->ids_suffixed, r->docs);
    some(b, "ids made", x->counts->ids_made, r->docs);
    some(b, "without text", r->no_text, r->docs);
    some(b, "without words", r->no_token, r->docs);
    some(b, "of 1 or 2 words", r->few_tokens, r->docs);
    line(b, "copies of a text", r->copies, r->docs);
    if (r->texts_full)
        nfi_buf_puts(b, "  (copies of the first 2,097,152 texts only)\n");
    if (r->near_looked)
        line(b, "near copies", r->near, r->near_looked);
    if (r->near_full) {
        nfi_buf_puts(b, "  (near copies among the first ");
        nfi_buf_put_u64(b, r->near_looked);
        nfi_buf_puts(b, " documents only)\n");
    }
    nfi_buf_puts(b, "\nLengths                      min       25 %     median       75 %        max\n");
    spread(b, "words", &r->tokens);
    spread(b, "characters", &r->characters);
}

static void boilerplate(nfi_buf *b, const nf_inspection *r)
{
    if (r->removed_chars == 0)
        return;
    heading(b, "Boilerplate");
    line(b, "characters", r->removed_chars, r->chars);
    line(b, "documents with it", r->with_cuts, r->docs);
    some(b, "nothing else", r->all_cut, r->docs);
}

static void labels(nfi_buf *b, const nf_inspection *r)
{
    size_t width = NAME - 4;

    for (size_t i = 0; i < r->nlabels && i < SHOWN; i++) {
        size_t n = characters(r->label[i].name.p, r->label[i].name.n);
        width = n > width ? n : width;
    }
    width = width < LABEL ? width : LABEL;
    heading(b, "Labels");
    line(b, "labelled", r->labelled, r->docs);
    some(b, "with several labels", r->several, r->docs);
    for (size_t i = 0; i < r->nlabels && i < SHOWN; i++) {
        nfi_buf_puts(b, "    ");
        name(b, r->label[i].name, LABEL, width);
        figure(b, r->label[i].docs);
        percent(b, r->label[i].docs, r->labelled);
        nfi_buf_putc(b, '\n');
    }
    more(b, r->nlabels > SHOWN ? r->nlabels - SHOWN : 0, " more labels");
    more(b, r->other_labels, " documents with labels beyond the first 10,000");
}

static void languages(nfi_buf *b, const nf_inspection *r)
{
    heading(b, "Languages and scripts");
    for (size_t i = 0; i < r->nlanguages && i < SHOWN; i++)
        line(b, r->language[i].name, r->language[i].docs, r->docs);
    more(b, r->nlanguages > SHOWN ? r->nlanguages - SHOWN : 0, " more languages");
    if (r->languages_told)
        some(b, "not told", r->und, r->docs);
    some(b, "in two scripts", r->two_scripts, r->docs);
    if (r->mixed) {
        label(b, "in two languages");
        figure(b, r->mixed);
        percent(b, r->mixed, r->lines_told);
        nfi_buf_puts(b, " of the first ");
        nfi_buf_put_u64(b, r->lines_told);
        nfi_buf_putc(b, '\n');
    }
    uint64_t letters = 0;
    for (size_t i = 0; i < r->nscripts; i++)
        letters += r->script[i].letters;
    for (size_t i = 0; i < r->nscripts; i++) {
        size_t from = b->n;
        nfi_buf_puts(b, "  letters, ");
        nfi_buf_puts(b, r->script[i].code);
        pad(b, from, NAME);
        figure(b, r->script[i].letters);
        percent(b, r->script[i].letters, letters);
        nfi_buf_putc(b, '\n');
    }
}

static void encodings(nfi_buf *b, const nf_inspection *r)
{
    if (r->repaired + r->fallback + r->nul + r->replacement + r->mojibake == 0)
        return;
    heading(b, "Encodings");
    some(b, "UTF-8 repaired", r->repaired, r->docs);
    some(b, "read as Windows-1252", r->fallback, r->docs);
    some(b, "with NUL bytes", r->nul, r->docs);
    some(b, "with U+FFFD", r->replacement, r->docs);
    some(b, "mojibake", r->mojibake, r->docs);
}

static void dates(nfi_buf *b, const nf_inspection *r)
{
    if (r->dated + r->unreadable == 0)
        return;
    heading(b, "Dates");
    if (r->dated) {
        label(b, "from, to");
        nfi_buf_puts(b, "  ");
        nfi_buf_put(b, r->first_date.p, r->first_date.n);
        nfi_buf_puts(b, " to ");
        nfi_buf_put(b, r->last_date.p, r->last_date.n);
        nfi_buf_putc(b, '\n');
    }
    line(b, "read", r->dated, r->docs);
    some(b, "blank", r->undated, r->docs);
    some(b, "not readable", r->unreadable, r->docs);
    some(b, "day or month first?", r->ambiguous, r->docs);
}

static void vocabulary(nfi_buf *b, const nf_inspection *r)
{
    char digits[NFI_FIXED_MAX];

    nfi_buf_puts(b, "\nVocabulary                 words   distinct\n");
    for (size_t i = 0; i < NF_INSPECT_GROWTH; i++) {
        static const char *const names[NF_INSPECT_GROWTH] = {"first 10 %", "first 25 %", "first 50 %", "all"};
        label(b, names[i]);
        char n[20], t[20];
        size_t nn = nfi_format_u64(n, r->growth[i].tokens), nt = nfi_format_u64(t, r->growth[i].types);
        for (size_t k = nn; k < 10; k++)
            nfi_buf_putc(b, ' ');
        nfi_buf_put(b, n, nn);
        for (size_t k = nt; k < 11; k++)
            nfi_buf_putc(b, ' ');
        nfi_buf_put(b, t, nt);
        nfi_buf_putc(b, '\n');
    }
    if (r->types_full)
        nfi_buf_puts(b, "  (of the documents up to 4,194,304 distinct words)\n");
    line(b, "once only", r->once, r->types);
    label(b, "growth");
    size_t len = nfi_format_fixed(digits, r->slope, 2);
    for (size_t k = len; k < FIGURE; k++)
        nfi_buf_putc(b, ' ');
    nfi_buf_put(b, digits, len);
    nfi_buf_puts(b, "  (1: each word is new, 0: none is)\n");
}

static void columns(nfi_buf *b, const nf_inspection *r)
{
    if (r->ncolumns == 0)
        return;
    nfi_buf_puts(b, "\nColumns beside the text       filled   distinct  example\n");
    for (size_t c = 0; c < r->ncolumns; c++) {
        const nf_inspect_column *k = &r->column[c];
        char digits[20];
        nfi_buf_puts(b, "  ");
        name(b, k->name, 60, NAME - 2);
        percent(b, k->filled, r->docs);
        nfi_buf_puts(b, "  ");
        size_t n = nfi_format_u64(digits, k->distinct);
        for (size_t i = n + k->more; i < 11; i++)
            nfi_buf_putc(b, ' ');
        if (k->more)
            nfi_buf_putc(b, '>');
        nfi_buf_put(b, digits, n);
        nfi_buf_puts(b, "  ");
        name(b, k->example, 30, 0);
        while (b->n && b->p[b->n - 1] == ' ')
            b->n--;
        nfi_buf_putc(b, '\n');
    }
}

/* Breaks each warning at blanks. */
static void warnings(nfi_buf *b, const nfi_report *x)
{
    const char *p = x->warning.p, *end = p + x->warning.n;

    heading(b, x->nwarnings ? "Look at" : "Nothing stands out.");
    while (p < end) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        size_t column = 4;
        nfi_buf_puts(b, "  - ");
        while (p < nl) {
            const char *blank = memchr(p, ' ', (size_t)(nl - p));
            size_t n = (size_t)((blank ? blank : nl) - p), wide = characters(p, n);
            if (column > 4 && column + 1 + wide > WIDTH) {
                nfi_buf_puts(b, "\n    ");
                column = 4;
            } else if (column > 4) {
                nfi_buf_putc(b, ' ');
                column++;
            }
            nfi_buf_put(b, p, n);
            column += wide;
            p += n + (blank != NULL);
        }
        nfi_buf_putc(b, '\n');
        p = nl + 1;
    }
}

void nfi_inspect_text(nfi_buf *b, const nfi_report *x)
{
    documents(b, x);
    boilerplate(b, x->r);
    labels(b, x->r);
    languages(b, x->r);
    encodings(b, x->r);
    dates(b, x->r);
    vocabulary(b, x->r);
    columns(b, x->r);
    warnings(b, x);
}
