/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * label_set.h - the labels of one document as one string: rising by bytes, once each, joined by ';'. A document that was looked at and has
 * no label is "none", which therefore stands beside no other; a document that nobody looked at has the empty string.
 */
#ifndef NFI_LABEL_SET_H
#define NFI_LABEL_SET_H

#include "datasets/record.h"

#define NFI_LABEL_JOIN ';'
#define NFI_NO_LABEL "none"

/*
 * Joins label[0..n), which are trimmed and sorted in place; blank ones are left out. *out from arena. *fault is what is wrong with them,
 * NULL when nothing is: then *out is set. NF_ENOMEM.
 */
nf_status nfi_label_set(nf_str *out, nf_str *label, size_t n, nfi_arena *arena, const char **fault) NF_MUST_CHECK;
/* A cell a;b cut at its ';': *label from arena, n of them. At most NFI_MAX_LABEL_SET + 1. */
nf_status nfi_label_cut(nf_str cell, nfi_arena *arena, nf_str **label, size_t *n) NF_MUST_CHECK;

/* The labels of a record: its cell or list, its 0/1 columns, or both when they agree. A malformed one is NF_OK with row->bad set; else
 * NF_ENOMEM. */
nf_status nfi_take_label_set(const nfi_shape *sh, nfi_row *row, nf_str *out) NF_MUST_CHECK;

#endif
