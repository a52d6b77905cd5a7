/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * out.h - the table of output formats. A text format writes one document after another, a feature format a whole table of rows; files,
 * counts and errors are shared. A new format is one file with a row, one line in out.c and one in meson.build.
 */
#ifndef NFI_OUT_H
#define NFI_OUT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/io.h"
#include "newsframe/convert.h"

struct nfi_lines;

typedef struct nfi_out_format {
    const char *name, *summary;
    const char *const *extensions; /* with the dot, NULL-terminated */
    bool keeps_columns;            /* all columns of a document are written */

    /* Text formats. begin() may refuse the columns; it has made w->csv when the format is a table of cells. */
    nf_status (*begin)(nf_writer *w, const char *path, nf_err *err);
    nf_status (*doc)(nf_writer *w, const nf_doc *d); /* NF_ENOMEM, or NF_OK: what is written goes to w->buf or w->csv */

    /* Feature formats: all rows into b, which is handed on to out whenever it is large, by nfi_out_pass(). */
    void (*rows)(nfi_out *out, nfi_buf *b, const nf_rows *r);
    bool (*is)(nf_str first_line);                                               /* the first line says that a file is of the format */
    nf_status (*read)(nf_rows *r, struct nfi_lines *in, nf_err *err) NF_MUST_CHECK; /* the whole file */
} nfi_out_format;

void nfi_out_pass(nfi_out *out, nfi_buf *b); /* when b is large */

struct nf_writer {
    const nfi_out_format *format;
    nf_writer_opts o;
    nfi_out *out; /* NULL when csv is there */
    nf_csv *csv;
    nfi_buf buf;      /* on its way to out */
    nfi_arena arena;  /* of the document at hand */
    nf_writer_stats stats;
    bool failed;
};

extern const nfi_out_format nfi_out_csv, nfi_out_tsv, nfi_out_jsonl, nfi_out_fasttext, nfi_out_svmlight, nfi_out_mtx;
extern const nfi_out_format *const nfi_out_formats[]; /* NULL-terminated */
const nfi_out_format *nfi_out_format_find(const char *name); /* NULL when there is none */

#endif
