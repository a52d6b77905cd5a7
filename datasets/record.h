/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.h - from the fields of a record to a document: encodings, roles, checks. The same for every format. */
#ifndef NFI_RECORD_H
#define NFI_RECORD_H

#include "base/buf.h"
#include "datasets/columns.h"

typedef struct nfi_shape {
    const nfi_plan *plan;
    const nfi_columns *columns;
    nf_encoding encoding;
    size_t max_document;
    nf_markup markup;
    bool check_label, multi, repair, kinds;
    nf_str id_base; /* made ids are this, a colon and the record number */
} nfi_shape;

/* Fills *doc but for record, line and file. A malformed record is NF_OK with row->bad set. */
nf_status nfi_record_finish(const nfi_shape *sh, nfi_row *row, nf_doc *doc) NF_MUST_CHECK;

/* Makes *v valid UTF-8 without NUL, as the encoding says. */
nf_status nfi_clean(nf_encoding encoding, nfi_row *row, nf_str column, nf_str *v, uint32_t *flags) NF_MUST_CHECK;

/* Sets NF_DOC_MOJIBAKE when *v (valid UTF-8) is broken so; with repair *v becomes what it was. NF_ENOMEM. */
nf_status nfi_mend(bool repair, nfi_row *row, nf_str *v, uint32_t *flags) NF_MUST_CHECK;

/*
 * fmt_html.c: parts[0..n), which will be joined by line ends, become visible text where they hold HTML; doc gets marks, title, date, source
 * and language. A page that is refused is NF_OK with row->bad set; else NF_ENOMEM.
 */
nf_status nfi_fields_html(nf_doc *doc, nf_str *parts, size_t n, nf_markup markup, nfi_row *row) NF_MUST_CHECK;

/* NULL when the label may stand in a model file, else what is wrong with it. */
const char *nfi_label_fault(nf_str label);
/* The same of what is to be the one label of a document: a semicolon lists several, and the fault says what to do. */
const char *nfi_one_label_fault(nf_str label);

void nfi_row_clear(nfi_row *row); /* frees what the row owns */

#endif
