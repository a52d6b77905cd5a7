/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dense.h - what the line about the build needs to know of OpenBLAS; dense.c is the only file that sees <cblas.h>. */
#ifndef NFI_DENSE_H
#define NFI_DENSE_H

#include <stddef.h>

#include "newsframe/status.h"

/*
 * Opens OpenBLAS and writes one line to dst (cap bytes with the NUL): the base name of the file that cblas_sgemm is from, then what
 * OpenBLAS says of itself. NF_EIO when it cannot be opened.
 */
nf_status nfi_blas_describe(char *dst, size_t cap, size_t *length, nf_err *err) NF_MUST_CHECK;

#endif
