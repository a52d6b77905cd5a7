/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rows.h - what the readers and writers of feature formats share. */
#ifndef NFI_ROWS_H
#define NFI_ROWS_H

#include "datasets/lines.h"
#include "datasets/out.h"

/* Rows that are being read; becomes the memory of a nf_rows. */
typedef struct nf_rows_mem {
    int64_t *ptr;
    int32_t *idx;
    double *val;
    nf_str *target, *id;
    size_t n, nnz, cap_ptr, cap_idx, cap_val, cap_target, cap_id;
    nfi_arena arena;
} nfi_rows_mem;

/* Owned memory with ptr[0] in place; NULL when out of memory. */
nfi_rows_mem *nfi_rows_mem_new(void);
void nfi_rows_mem_free(nfi_rows_mem *m);
nf_status nfi_rows_entry(nfi_rows_mem *m, int32_t column, double value, nf_err *err) NF_MUST_CHECK; /* one more entry of the row at hand */
nf_status nfi_rows_end(nfi_rows_mem *m, nf_err *err) NF_MUST_CHECK;                                 /* the row is over */
/* Moves m into *r. */
void nfi_rows_hand_over(nf_rows *r, nfi_rows_mem *m, size_t cols);

static inline double nfi_rows_value(const nf_rows *r, size_t e) { return r->val ? r->val[e] : (double)r->f32[e]; }
void nfi_rows_put_value(nfi_buf *b, const nf_rows *r, size_t e);

/* The next word of *rest between blanks and tabs, n == 0 at its end; *rest moves behind it. */
nf_str nfi_next_word(nf_str *rest);

/* The readers over bytes in memory, for tests. */
nf_status nfi_rows_read_memory(nf_rows *r, const char *name, const void *p, size_t n, const char *format, nf_err *err) NF_MUST_CHECK;

#endif
