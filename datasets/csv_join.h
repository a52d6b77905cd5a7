/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_join.h - rows that belong behind others of the same table but are known before them. */
#ifndef NFI_CSV_JOIN_H
#define NFI_CSV_JOIN_H

#include "newsframe/docs.h"

/* A table in an unlinked temporary; nf_csv_close() drops it. */
nf_status nfi_csv_open_tmp(nf_csv **out, nf_csv_dialect dialect, nf_err *err) NF_MUST_CHECK;
/* Appends all rows of tmp, of the same dialect, to w. Both stay open. */
nf_status nfi_csv_append(nf_csv *w, nf_csv *tmp, nf_err *err) NF_MUST_CHECK;

/* Rows in memory, in the dialect of w, which has rows already; nf_csv_close() drops them. */
nf_status nfi_csv_open_piece(nf_csv **out, const nf_csv *w, nf_err *err) NF_MUST_CHECK;
/* Appends the rows of a piece to w; the piece is empty then. */
nf_status nfi_csv_take(nf_csv *w, nf_csv *piece, nf_err *err) NF_MUST_CHECK;

#endif
