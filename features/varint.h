/* SPDX-License-Identifier: GPL-3.0-or-later */
/* varint.h - unsigned LEB128 numbers in their shortest form, in memory and from a section that is read in sequence. */
#ifndef NFI_VARINT_H
#define NFI_VARINT_H

#include "base/buf.h"
#include "base/section.h"

static inline void nfi_varint_put(nfi_buf *b, uint64_t v)
{
    unsigned char x[10];
    size_t n = 0;

    for (; v >= 0x80; v >>= 7)
        x[n++] = (unsigned char)(v | 0x80);
    x[n++] = (unsigned char)v;
    nfi_buf_put(b, x, n);
}

/* From bytes that nfi_varint_put() wrote. */
static inline uint64_t nfi_varint_get(const unsigned char **p)
{
    uint64_t v = 0;
    for (unsigned shift = 0;; shift += 7) {
        unsigned char x = *(*p)++;
        v |= (uint64_t)(x & 0x7f) << shift;
        if (x < 0x80)
            return v;
    }
}

/* A window that moves over a section of an untrusted file. */
typedef struct nfi_window {
    nfi_cursor *c;
    unsigned char *buf;
    size_t at, have;
    const char *tag, *name; /* for messages; borrowed */
} nfi_window;

nf_status nfi_window_open(nfi_window *w, nfi_secs *file, const char *tag, const char *name, nf_err *err) NF_MUST_CHECK;
void nfi_window_close(nfi_window *w);
nf_status nfi_window_varint_slow(nfi_window *w, uint64_t *v, nf_err *err) NF_MUST_CHECK;
nf_status nfi_window_bytes(nfi_window *w, void *dst, size_t n, nf_err *err) NF_MUST_CHECK; /* a section that ends before is NF_EMODEL */
uint64_t nfi_window_left(const nfi_window *w);

static inline nf_status nfi_window_varint(nfi_window *w, uint64_t *v, nf_err *err)
{
    if (w->at < w->have && w->buf[w->at] < 0x80) {
        *v = w->buf[w->at++];
        return NF_OK;
    }
    return nfi_window_varint_slow(w, v, err);
}

#endif
