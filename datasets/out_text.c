/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * out_text.c - documents as CSV, TSV, JSONL and fastText lines. The first three keep all columns; JSONL keeps what a value was where it
 * came from JSON. fastText has a line a document with its labels and its text: line ends become blanks, blanks in a label underscores, and
 * a word of the text that would be read as a label loses its first underscore.
 */
#include "base/try.h"
#include "datasets/format.h"
#include "datasets/json_text.h"
#include "datasets/out.h"

#include <string.h>

static const char mark[] = NFI_FASTTEXT_MARK;
enum { MARK = sizeof mark - 1 };

/* The content of a column; an id that got a suffix has it here too. */
static nf_str value(const nf_writer *w, const nf_doc *d, size_t column)
{
    return column == w->o.id && d->flags & NF_DOC_ID_SUFFIX ? d->id : d->carried[column];
}

static bool is_list(const nf_writer *w, const nf_doc *d, size_t column)
{
    return column == w->o.label && d->kind && d->kind[column] == NF_KIND_ARRAY;
}

/* ---- CSV and TSV ---- */

static nf_status begin_cells(nf_writer *w, const char *path, nf_csv_dialect dialect, nf_err *err)
{
    if (w->o.n == (size_t)(w->o.skip < w->o.n))
        return NF_FAIL(err, NF_EDATA, "the documents have no columns, so a table has nothing to hold");
    NF_TRY(nf_csv_open(&w->csv, path, dialect, err));
    for (size_t i = 0; i < w->o.n; i++)
        if (i != w->o.skip)
            nf_csv_text(w->csv, w->o.column[i].p, w->o.column[i].n);
    nf_csv_end(w->csv);
    return NF_OK;
}

static nf_status begin_csv(nf_writer *w, const char *path, nf_err *err)
{
    return begin_cells(w, path, w->o.dialect, err);
}

static nf_status begin_tsv(nf_writer *w, const char *path, nf_err *err)
{
    return begin_cells(w, path, NF_CSV_TABS, err);
}

/* A list of labels as a;b; as JSON when a name has a semicolon. */
static nf_status label_cell(nf_writer *w, nf_str raw)
{
    nf_str *name = NULL;
    size_t n = 0;
    bool plain;

    NF_TRY(nfi_json_list(raw, &w->arena, &name, &n, &plain));
    for (size_t i = 0; plain && i < n; i++)
        plain = name[i].n > 0 && !memchr(name[i].p, ';', name[i].n);
    if (!plain) {
        nf_csv_text(w->csv, raw.p, raw.n);
        return NF_OK;
    }
    w->buf.n = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            nfi_buf_putc(&w->buf, ';');
        nfi_buf_put(&w->buf, name[i].p, name[i].n);
    }
    nf_csv_text(w->csv, w->buf.p, w->buf.n);
    return NF_OK;
}

static nf_status put_cells(nf_writer *w, const nf_doc *d)
{
    for (size_t i = 0; i < w->o.n; i++) {
        nf_str v = value(w, d, i);
        if (i == w->o.skip)
            continue;
        if (is_list(w, d, i))
            NF_TRY(label_cell(w, v));
        else
            nf_csv_text(w->csv, v.p, v.n);
    }
    nf_csv_end(w->csv);
    w->stats.written++;
    return NF_OK;
}

/* ---- JSONL ---- */

static nf_status begin_jsonl(nf_writer *w, const char *path, nf_err *err)
{
    (void)path;
    for (size_t i = 0; i < w->o.n; i++)
        for (size_t k = 0; k < i; k++)
            if (w->o.column[i].n == w->o.column[k].n &&
                (w->o.column[i].n == 0 || memcmp(w->o.column[i].p, w->o.column[k].p, w->o.column[i].n) == 0)) {
                char shown[120];
                nfi_escape(shown, sizeof shown, w->o.column[i].p, w->o.column[i].n);
                return NF_FAIL(err, NF_EDATA, "column \"%s\" stands twice; an object has a key once", shown);
            }
    return NF_OK;
}

static nf_status put_object(nf_writer *w, const nf_doc *d)
{
    nfi_buf *b = &w->buf;
    bool first = true;

    nfi_buf_putc(b, '{');
    for (size_t i = 0; i < w->o.n; i++) {
        nf_str v = value(w, d, i);
        uint8_t kind = d->kind ? d->kind[i] : NF_KIND_STRING;
        if (i == w->o.skip || kind == NF_KIND_ABSENT || (kind == NF_KIND_EXTRA && v.n == 0))
            continue;
        if (!first)
            nfi_buf_putc(b, ',');
        first = false;
        if (kind == NF_KIND_EXTRA) { /* {"a":1,"b":2}: its fields become fields again */
            nfi_buf_put(b, v.p + 1, v.n - 2);
            continue;
        }
        nfi_json_put_string(b, w->o.column[i]);
        nfi_buf_putc(b, ':');
        if (kind == NF_KIND_STRING || v.p != d->carried[i].p)
            nfi_json_put_string(b, v);
        else if (kind == NF_KIND_NULL)
            nfi_buf_puts(b, "null");
        else
            nfi_buf_put(b, v.p, v.n);
    }
    nfi_buf_puts(b, "}\n");
    w->stats.written++;
    return NF_OK;
}

/* ---- fastText ---- */

static nf_status begin_fasttext(nf_writer *w, const char *path, nf_err *err)
{
    (void)w;
    (void)path;
    (void)err;
    return NF_OK;
}

static bool is_blank(char c)
{
    return memchr(" \t\r\n\f\v", c, 6) != NULL;
}

static void put_label(nf_writer *w, nf_str name)
{
    bool changed = false;

    name = nfi_trim_str(name);
    if (name.n == 0)
        return;
    nfi_buf_put(&w->buf, mark, MARK);
    for (size_t i = 0; i < name.n; i++) {
        changed |= is_blank(name.p[i]);
        nfi_buf_putc(&w->buf, is_blank(name.p[i]) ? '_' : name.p[i]);
    }
    nfi_buf_putc(&w->buf, ' ');
    w->stats.labels += changed;
}

static nf_status put_labels(nf_writer *w, const nf_doc *d)
{
    nf_str v = w->o.label < w->o.n ? d->carried[w->o.label] : d->label, *name;
    size_t n = 0, from = 0;
    bool plain = false;

    if (w->o.label < w->o.n && is_list(w, d, w->o.label)) {
        NF_TRY(nfi_json_list(v, &w->arena, &name, &n, &plain));
        for (size_t i = 0; i < n; i++)
            put_label(w, name[i]);
        return NF_OK;
    }
    for (size_t i = 0; i <= v.n; i++)
        if (i == v.n || v.p[i] == ';') {
            put_label(w, (nf_str){v.p + from, i - from});
            from = i + 1;
        }
    return NF_OK;
}

/* Words with one blank between; *lines tells of line ends among the blanks that became one. */
static void put_words(nf_writer *w, nf_str text, bool *any, bool *lines)
{
    for (size_t i = 0; i < text.n;) {
        while (i < text.n && is_blank(text.p[i])) {
            *lines |= *any && (text.p[i] == '\n' || text.p[i] == '\r');
            i++;
        }
        size_t from = i;
        while (i < text.n && !is_blank(text.p[i]))
            i++;
        if (i == from)
            break;
        if (*any)
            nfi_buf_putc(&w->buf, ' ');
        *any = true;
        bool label = i - from >= MARK && memcmp(text.p + from, mark, MARK) == 0;
        w->stats.words += label;
        nfi_buf_put(&w->buf, text.p + from + label, i - from - label);
    }
}

static nf_status put_line(nf_writer *w, const nf_doc *d)
{
    size_t start = w->buf.n;
    bool any = false, lines = false;

    NF_TRY(put_labels(w, d));
    put_words(w, d->title, &any, &lines);
    put_words(w, d->text, &any, &lines);
    if (!any) { /* a line without words is no document */
        w->buf.n = start;
        w->stats.empty++;
        return NF_OK;
    }
    nfi_buf_putc(&w->buf, '\n');
    if (w->stats.written == 0 && nfi_buf_ok(&w->buf) && w->buf.n - start > 3 && memcmp(w->buf.p + start, "\xef\xbb\xbf", 3) == 0) {
        nfi_buf_put(&w->buf, "\xef\xbb\xbf", 3); /* the first of a file is a mark of byte order to readers: write one before it */
        if (nfi_buf_ok(&w->buf)) {
            memmove(w->buf.p + start + 3, w->buf.p + start, w->buf.n - start - 3);
            memcpy(w->buf.p + start, "\xef\xbb\xbf", 3);
        }
    }
    w->stats.joined += lines;
    w->stats.written++;
    return NF_OK;
}

static const char *const csv_ext[] = {".csv", NULL}, *const tsv_ext[] = {".tsv", ".tab", NULL},
                  *const jsonl_ext[] = {".jsonl", ".ndjson", ".json", NULL}, *const fasttext_ext[] = {".ft", ".fasttext", NULL};

const nfi_out_format nfi_out_csv = {.name = "csv",
                                    .summary = "comma-separated, with a header; all columns",
                                    .extensions = csv_ext,
                                    .keeps_columns = true,
                                    .begin = begin_csv,
                                    .doc = put_cells};
const nfi_out_format nfi_out_tsv = {
    .name = "tsv", .summary = "the same with tabs", .extensions = tsv_ext, .keeps_columns = true, .begin = begin_tsv, .doc = put_cells};
const nfi_out_format nfi_out_jsonl = {.name = "jsonl",
                                      .summary = "one JSON object a line; all columns",
                                      .extensions = jsonl_ext,
                                      .keeps_columns = true,
                                      .begin = begin_jsonl,
                                      .doc = put_object};
const nfi_out_format nfi_out_fasttext = {.name = "fasttext",
                                         .summary = "a line a document: __label__NAME and the text, nothing else",
                                         .extensions = fasttext_ext,
                                         .begin = begin_fasttext,
                                         .doc = put_line};
