/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buf.c - growing byte string. */
#include "base/buf.h"

#include "base/num.h"

bool nfi_buf_enlarge(nfi_buf *b, size_t more)
{
    size_t want;

    if (b->failed)
        return false;
    if (!nfi_add(b->n, more, &want) || nfi_grow(&b->p, &b->cap, want < 256 ? 256 : want, 1, NULL) != NF_OK) {
        b->failed = true;
        return false;
    }
    return true;
}

void nfi_buf_clear(nfi_buf *b)
{
    nfi_free(b->p);
    *b = (nfi_buf){0};
}

void nfi_buf_put_u64(nfi_buf *b, uint64_t v)
{
    char tmp[24];
    nfi_buf_put(b, tmp, nfi_format_u64(tmp, v));
}

void nfi_buf_put_i64(nfi_buf *b, int64_t v)
{
    if (v < 0)
        nfi_buf_putc(b, '-');
    nfi_buf_put_u64(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void nfi_buf_put_fixed(nfi_buf *b, double v, int decimals)
{
    if (nfi_buf_reserve(b, NFI_FIXED_MAX))
        b->n += nfi_format_fixed(b->p + b->n, v, decimals);
}
