/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.h - the documents that benchmarks work on: made from a fixed seed, or read from a file. */
#ifndef BENCH_TEXT_H
#define BENCH_TEXT_H

#include "base/buf.h"
#include "newsframe/docs.h"

typedef struct bench_doc {
    size_t at, n;       /* text */
    size_t id, n_id;    /* in names */
    size_t label, n_label;
} bench_doc;

typedef struct bench_docs {
    nfi_buf text;  /* all texts one after another, 64 readable bytes behind them */
    nfi_buf names; /* ids and labels */
    bench_doc *doc;
    size_t n, cap;
} bench_docs;

/* About bytes of text in 20 classes, the same on every machine. */
nf_status bench_docs_make(bench_docs *out, size_t bytes, nf_err *err) NF_MUST_CHECK;
/* All documents of a file in any format that newsframe reads, title before text; classes are made up where there are fewer than two. */
nf_status bench_docs_read(bench_docs *out, const char *path, nf_err *err) NF_MUST_CHECK;
void bench_docs_clear(bench_docs *d);

/* The documents as a file with id, label and text. */
nf_status bench_docs_write_jsonl(const bench_docs *d, const char *path, nf_err *err) NF_MUST_CHECK;
nf_status bench_docs_write_csv(const bench_docs *d, const char *path, nf_err *err) NF_MUST_CHECK;

static inline nf_str bench_text_of(const bench_docs *d, size_t i) { return (nf_str){d->text.p + d->doc[i].at, d->doc[i].n}; }
static inline nf_str bench_id_of(const bench_docs *d, size_t i) { return (nf_str){d->names.p + d->doc[i].id, d->doc[i].n_id}; }
static inline nf_str bench_label_of(const bench_docs *d, size_t i) { return (nf_str){d->names.p + d->doc[i].label, d->doc[i].n_label}; }

#endif
