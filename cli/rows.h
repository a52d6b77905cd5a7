/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rows.h - the table that goes with rows of features: which document each is, and what its label was. */
#ifndef NFI_CLI_ROWS_H
#define NFI_CLI_ROWS_H

#include "cli/cli.h"
#include "newsframe/convert.h"

/* label: n, or NULL. */
nf_status nfi_rows_table_write(const char *path, nf_csv_dialect dialect, const nf_rows *r, const nf_str *label, nf_err *err) NF_MUST_CHECK;

typedef struct nfi_rows_table {
    nf_str *target, *id; /* n */
    size_t n, cap_target, cap_id;
    char *bytes;
    size_t n_bytes, cap_bytes;
} nfi_rows_table;
/* Reads such a table; its columns target and id become those of r, which must have as many rows. Borrowed by r until cleared. */
nf_status nfi_rows_table_read(nfi_rows_table *t, const char *path, nf_rows *r, nf_err *err) NF_MUST_CHECK;
void nfi_rows_table_clear(nfi_rows_table *t);

#endif
