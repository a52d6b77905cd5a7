/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dense.h - what nf_init() needs to know of OpenBLAS; dense.c is the only file that sees <cblas.h>. */
#ifndef NFI_DENSE_H
#define NFI_DENSE_H

#include <stddef.h>

/* One BLAS thread from here on: results change with their number, and parallel loops are our own. */
void nfi_blas_init(void);

/*
 * Writes one line to dst (cap bytes with the NUL): the base name of the file that cblas_sgemm is bound to, then what OpenBLAS says of
 * itself. Returns the length.
 */
size_t nfi_blas_describe(char *dst, size_t cap);

#endif
