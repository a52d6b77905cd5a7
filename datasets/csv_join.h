/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_join.h - rows that belong behind others of the same table but are known before them. */
#ifndef NFI_CSV_JOIN_H
#define NFI_CSV_JOIN_H

#include "base/buf.h"
#include "newsframe/docs.h"

/* A table in an unlinked temporary, which the rows go to when there are hold bytes of them; nf_csv_close() drops it. */
nf_status nfi_csv_open_tmp(nf_csv **out, nf_csv_dialect dialect, size_t hold, nf_err *err) NF_MUST_CHECK;
/* Appends all rows of tmp, of the same dialect, to w. Both stay open. */
nf_status nfi_csv_append(nf_csv *w, nf_csv *tmp, nf_err *err) NF_MUST_CHECK;
/* Bytes of w so far; within a row, those of its cells too. */
uint64_t nfi_csv_bytes(const nf_csv *w);
/* n bytes of the whole rows of tmp from byte at on, where they are in memory or in scratch; borrowed until either changes. */
nf_status nfi_csv_rows(nf_csv *tmp, const char **p, size_t n, uint64_t at, nfi_buf *scratch, nf_err *err) NF_MUST_CHECK;
/* Cells of the same dialect as they were written, with what separates them, go to the row of w; n > 0. */
void nfi_csv_cells(nf_csv *w, const char *p, size_t n);
/* n blank cells. */
void nfi_csv_blanks(nf_csv *w, size_t n);
/* Whole rows of the same dialect as they were written go to w, which is no piece and has no row begun. */
void nfi_csv_put_rows(nf_csv *w, const char *p, size_t n);
/* As if memory had not been enough for w itself: flushing, taking or closing it says so. */
void nfi_csv_fail(nf_csv *w);

/* Rows in memory, in the dialect of w, which has rows already; nf_csv_close() drops them. */
nf_status nfi_csv_open_piece(nf_csv **out, const nf_csv *w, nf_err *err) NF_MUST_CHECK;
/* Appends the rows of a piece to w; the piece is empty then. */
nf_status nfi_csv_take(nf_csv *w, nf_csv *piece, nf_err *err) NF_MUST_CHECK;

#endif
