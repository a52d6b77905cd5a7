/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * docs_dump.h - a whole document stream as text, so that a test is an input and what should come of it:
 *     columns: id, label
 *     2:1 id=1 label=war title= text=tanks [1] [war]          line:record, then the carried values; flags=N when there are any
 *     malformed input june.csv:3: record 2 has 2 fields, the header has 3
 */
#ifndef DOCS_DUMP_H
#define DOCS_DUMP_H

#include "base/buf.h"
#include "datasets/stream.h"
#include "nft.h"

#include <stdio.h>
#include <stdlib.h>

static inline void dump_str(nfi_buf *b, const char *lead, nf_str s)
{
    nfi_buf_puts(b, lead);
    nfi_buf_put(b, s.p, s.n);
}

static inline void dump_err(nfi_buf *b, nf_status s, const nf_err *err)
{
    nfi_buf_puts(b, nf_strstatus(s));
    nfi_buf_putc(b, ' ');
    nfi_buf_puts(b, err->path);
    if (err->line) {
        nfi_buf_putc(b, ':');
        nfi_buf_put_u64(b, err->line);
    }
    nfi_buf_puts(b, ": ");
    nfi_buf_puts(b, err->msg);
    nfi_buf_putc(b, '\n');
}

static inline void dump_doc(nfi_buf *b, const nf_doc *d, size_t columns)
{
    nfi_buf_put_u64(b, d->line);
    nfi_buf_putc(b, ':');
    nfi_buf_put_u64(b, d->record);
    dump_str(b, " id=", d->id);
    dump_str(b, " label=", d->label);
    dump_str(b, " title=", d->title);
    dump_str(b, " text=", d->text);
    for (size_t i = 0; i < columns; i++) {
        dump_str(b, " [", d->carried[i]);
        nfi_buf_putc(b, ']');
    }
    if (d->flags) {
        nfi_buf_puts(b, " flags=");
        nfi_buf_put_u64(b, d->flags);
    }
    nfi_buf_putc(b, '\n');
}

/* Drains and closes in; s and err are what opening it gave. The caller frees the text. */
static inline char *dump_stream(nf_docs *in, nf_status s, nf_err *err, nf_docs_stats *stats)
{
    nfi_buf b = {0};
    nf_batch batch = {0};
    size_t columns = 0;

    if (s == NF_OK) {
        const nf_str *names = nf_docs_columns(in, &columns);
        nfi_buf_puts(&b, "columns:");
        for (size_t i = 0; i < columns; i++)
            dump_str(&b, i ? ", " : " ", names[i]);
        nfi_buf_putc(&b, '\n');
        while ((s = nf_docs_next(in, &batch, err)) == NF_OK && batch.n > 0)
            for (size_t i = 0; i < batch.n; i++)
                dump_doc(&b, &batch.docs[i], columns);
        if (s != NF_OK)
            ck_assert_uint_eq(batch.n, 0); /* nothing half-done is handed out */
        if (stats)
            *stats = *nf_docs_counts(in);
        if (s == NF_OK)
            s = nf_docs_finish(in, err);
    }
    if (s != NF_OK) {
        ck_assert_int_eq(err->code, s);
        dump_err(&b, s, err);
    }
    nf_batch_clear(&batch);
    nf_docs_close(in);
    nfi_buf_putc(&b, '\0');
    return b.p;
}

/* The bytes data under the name name. */
static inline char *dump_bytes(const char *name, const void *data, size_t n, const nf_docs_opts *o, nf_docs_stats *stats)
{
    nfi_memory mem = {data, n};
    nf_docs *in = NULL;
    nf_err err = {0};
    nf_status s = nfi_docs_open_memory(&in, name, &mem, o, &err);

    if (s != NF_OK)
        ck_assert_ptr_null(in);
    return dump_stream(in, s, &err, stats);
}

static inline char *dump_paths(const char *const *paths, size_t n, const nf_docs_opts *o, nf_docs_stats *stats)
{
    nf_docs *in = NULL;
    nf_err err = {0};
    nf_status s = nf_docs_open(&in, paths, n, o, &err);

    return dump_stream(in, s, &err, stats);
}

static inline void expect(const char *name, const void *data, size_t n, const nf_docs_opts *o, const char *want)
{
    char *got = dump_bytes(name, data, n, o, NULL);
    ck_assert_msg(strcmp(got, want) == 0, "got\n%swanted\n%s", got, want);
    nfi_free(got);
}

static inline void expect_str(const char *name, const char *text, const nf_docs_opts *o, const char *want)
{
    expect(name, text, strlen(text), o, want);
}

#endif
