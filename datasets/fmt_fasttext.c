/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fmt_fasttext.c - the training files of fastText: a line is a document, its labels (__label__NAME) first, its text behind them. Several
 * labels become a list, as in JSON. A label further behind would be one to fastText and part of the text to a reader, so it is refused.
 */
#include "datasets/format.h"

#include "base/buf.h"
#include "base/try.h"
#include "datasets/json_text.h"

#include <string.h>

enum { LABEL, TEXT, COLUMNS };

static const char mark[] = NFI_FASTTEXT_MARK;
enum { MARK = sizeof mark - 1 };

static bool is_blank(char c)
{
    return memchr(" \t\r\n\f\v", c, 6) != NULL;
}

static bool is_label(const char *p, size_t n)
{
    return n >= MARK && memcmp(p, mark, MARK) == 0;
}

/* The next word of *rest, which moves behind it. */
static nf_str word(nf_str *rest)
{
    size_t n = 0;

    while (n < rest->n && !is_blank(rest->p[n]))
        n++;
    nf_str w = {rest->p, n};
    *rest = nfi_trim_str((nf_str){rest->p + n, rest->n - n});
    return w;
}

/* A word of the text that is a label to fastText, n == 0 when there is none. */
static nf_str late_label(nf_str text)
{
    size_t i = 0;

    while (i < text.n) {
        const char *p = memchr(text.p + i, mark[0], text.n - i);
        if (!p)
            break;
        i = (size_t)(p - text.p);
        if ((i == 0 || is_blank(text.p[i - 1])) && is_label(p, text.n - i)) {
            nf_str rest = {p, text.n - i};
            return word(&rest);
        }
        i++;
    }
    return (nf_str){0};
}

static nf_status set_labels(nfi_field *f, const nfi_buf *list, size_t n, nf_str first, nfi_row *row)
{
    if (n < 2) {
        *f = (nfi_field){.v = first, .kind = n ? NFI_STRING : NFI_NULL};
        return NF_OK;
    }
    const char *copy = nfi_buf_ok(list) ? nfi_arena_copy(row->arena, list->p, list->n) : NULL;
    if (!copy)
        return NF_ENOMEM;
    *f = (nfi_field){.v = {copy, list->n}, .raw = {copy, list->n}, .kind = NFI_ARRAY};
    return NF_OK;
}

static nf_status fasttext_parse(void *parser, const nfi_plan *plan, nf_str rec, nfi_row *row)
{
    nfi_buf *list = parser;
    nf_str rest = nfi_trim_str(rec), first = {0};
    size_t n = 0;
    char shown[120];

    (void)plan;
    NF_TRY(nfi_grow(&row->f, &row->cap_f, COLUMNS, sizeof *row->f, NULL));
    row->n = COLUMNS;
    row->n_extra = 0;
    list->n = 0;
    list->failed = false;
    for (; is_label(rest.p, rest.n); n++) {
        nf_str label = word(&rest);
        label = (nf_str){label.p + MARK, label.n - MARK};
        if (label.n == 0)
            return nfi_row_bad(row, NF_EFORMAT, "%s without the name of a label behind it", mark);
        if (n == 0)
            first = label;
        nfi_buf_putc(list, n == 0 ? '[' : ',');
        nfi_json_put_string(list, label);
    }
    nfi_buf_putc(list, ']');
    if (rest.n == 0)
        return nfi_row_bad(row, NF_EFORMAT, "a label and no text behind it");
    nf_str late = late_label(rest);
    if (late.n) {
        nfi_escape(shown, sizeof shown, late.p, late.n);
        return nfi_row_bad(row, NF_EFORMAT, "\"%s\" stands within the text; labels stand before it", shown);
    }
    row->f[TEXT] = (nfi_field){.v = rest, .kind = NFI_STRING};
    return set_labels(&row->f[LABEL], list, n, first, row);
}

static void *fasttext_open(char delimiter)
{
    (void)delimiter;
    return nfi_calloc(1, sizeof(nfi_buf)); /* the list of labels of a line */
}

static void fasttext_close(void *parser)
{
    if (parser)
        nfi_buf_clear(parser);
    nfi_free(parser);
}

static const char *const fasttext_ext[] = {".ft", ".fasttext", NULL};
static const char *const fasttext_columns[] = {[LABEL] = "label", [TEXT] = "text", [COLUMNS] = NULL};

const nfi_format nfi_format_fasttext = {
    .name = "fasttext",
    .summary = "a line a document: __label__NAME, once or more, and the text",
    .extensions = fasttext_ext,
    .table = true,
    .columns = fasttext_columns,
    .next = nfi_line_next,
    .open = fasttext_open,
    .close = fasttext_close,
    .parse = fasttext_parse,
};
