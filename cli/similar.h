/* SPDX-License-Identifier: GPL-3.0-or-later */
/* similar.h - what tables of similarities have in common, of classes and of clusters. */
#ifndef NFI_CLI_SIMILAR_H
#define NFI_CLI_SIMILAR_H

#include "cli/cli.h"
#include "newsframe/matrix.h"

/* How the pairs of one row begin and end: the columns before rank, and those between rank and similarity. */
typedef struct nfi_similar_table {
    const char *table, *what;                     /* of the dictionary; "classes" */
    void (*name)(nf_csv *w, void *ctx, size_t i); /* the columns that name one */
    void *ctx;
} nfi_similar_table;

/* S for n of them: NF_ELIMIT, NF_ENOMEM. */
nf_status nfi_similar_alloc(nf_dense *S, size_t n, const char *what, nf_err *err) NF_MUST_CHECK;
/*
 * Every ordered pair of two, the most similar of each first, ties to the lower number. BLAS may differ in the last bits between kinds of
 * CPU: figures are rounded to four digits before they are put in order, and a line on standard error says so.
 */
nf_status nfi_similar_write(const nfi_similar_table *t, const nf_dense *S, const char *path, int dialect, nfi_cli *cli,
                            nf_err *err) NF_MUST_CHECK;

#endif
