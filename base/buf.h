/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buf.h - a growing byte string. Allocation failure sticks: check nfi_buf_ok() (or the writer) once at the end. */
#ifndef NFI_BUF_H
#define NFI_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"

typedef struct nfi_buf {
    char *p; /* not NUL-terminated */
    size_t n, cap;
    bool failed;
} nfi_buf;

bool nfi_buf_enlarge(nfi_buf *b, size_t more);
void nfi_buf_clear(nfi_buf *b);                /* frees; leaves {0} */
void nfi_buf_put_u64(nfi_buf *b, uint64_t v);  /* decimal */
void nfi_buf_put_i64(nfi_buf *b, int64_t v);
void nfi_buf_put_fixed(nfi_buf *b, double v, int decimals); /* nfi_format_fixed */

static inline bool nfi_buf_ok(const nfi_buf *b) { return !b->failed; }

/* Room for more bytes after n; false (and failed) when out of memory. */
static inline bool nfi_buf_reserve(nfi_buf *b, size_t more)
{
    return (b->cap - b->n >= more && !b->failed) || nfi_buf_enlarge(b, more);
}

static inline void nfi_buf_put(nfi_buf *b, const void *p, size_t n)
{
    if (n && nfi_buf_reserve(b, n)) {
        memcpy(b->p + b->n, p, n);
        b->n += n;
    }
}

static inline void nfi_buf_puts(nfi_buf *b, const char *s) { nfi_buf_put(b, s, strlen(s)); }

static inline void nfi_buf_putc(nfi_buf *b, char c)
{
    if (b->n < b->cap || nfi_buf_reserve(b, 1))
        b->p[b->n++] = c;
}

#endif
