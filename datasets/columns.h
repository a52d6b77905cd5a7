/* SPDX-License-Identifier: GPL-3.0-or-later */
/* columns.h - which input column is for what, and what to say when one is missing. Strings and arrays come from the arena passed. */
#ifndef NFI_COLUMNS_H
#define NFI_COLUMNS_H

#include "datasets/format.h"

/* The carried columns of a stream. */
typedef struct nfi_columns {
    nf_str *name; /* clean UTF-8 */
    nf_str *raw;  /* as they stand in the file that defined them */
    size_t n;
    int32_t extra; /* place of the column that takes the fields of no other, -1 none */
} nfi_columns;

/*
 * Plan for a file with the columns names[0..n). open (JSON): the columns with a usual name (id, label, ...) are expected later when no
 * record had them so far. shown: how many of the names a message lists.
 * @return NF_OK, NF_EINVAL (a column asked for is missing: the message lists the columns and the closest), NF_EFORMAT (a column that
 * is used stands twice in the header), NF_ENOMEM.
 */
nf_status nfi_plan_make(nfi_plan *plan, const nf_str *names, size_t n, size_t shown, const nf_docs_opts *o, bool open, const char *path,
                        nfi_arena *arena, nf_err *err) NF_MUST_CHECK;
/* NF_EINVAL: there is no column p[0..len) among these; the message lists them, and the closest. path may be NULL. */
nf_status nfi_no_column(const nf_str *names, size_t n, const char *p, size_t len, const char *path, nf_err *err);
/* True when the options ask for a column of that name, so that a plan may fail for the lack of it. */
bool nfi_is_wanted(const nf_docs_opts *o, nf_str name);

/* The first n columns of plan that are not text become the carried ones. */
nf_status nfi_columns_define(nfi_columns *c, const nfi_plan *plan, size_t n, nfi_arena *arena, nf_err *err) NF_MUST_CHECK;
/* Adds the column for the fields of no other: "extra", with underscores after it when the name is taken. */
nf_status nfi_columns_add_extra(nfi_columns *c, nfi_arena *arena, nf_err *err) NF_MUST_CHECK;
/* Points the columns of plan at the carried ones of the same name. @return how many of the first n have no place. */
size_t nfi_plan_bind(nfi_plan *plan, size_t n, const nfi_columns *c);

#endif
