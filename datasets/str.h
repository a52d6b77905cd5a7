/* SPDX-License-Identifier: GPL-3.0-or-later */
/* str.h - the order of strings: by bytes, a shorter one before those that begin with it. */
#ifndef NFI_STR_H
#define NFI_STR_H

#include <string.h>

#include "newsframe/docs.h"

static inline int nfi_str_cmp(nf_str x, nf_str y)
{
    size_t n = x.n < y.n ? x.n : y.n;
    int d = n ? memcmp(x.p, y.p, n) : 0;
    return d ? d : (x.n > y.n) - (x.n < y.n);
}

/* For nfi_sort() of strings. */
static inline int nfi_by_str(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    return nfi_str_cmp(*(const nf_str *)a, *(const nf_str *)b);
}

#endif
