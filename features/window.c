/* SPDX-License-Identifier: GPL-3.0-or-later */
/* window.c - bytes and numbers of a section that is read in sequence. */
#include "features/varint.h"

#include "base/try.h"

enum { WINDOW = 32 << 10 };

nf_status nfi_window_open(nfi_window *w, nfi_secs *file, const char *tag, const char *name, nf_err *err)
{
    nfi_window x = {.tag = tag, .name = name};

    NF_TRY(nfi_secs_cursor(&x.c, file, tag, NFI_BYTES, 0, err)); /* its own buffer stays small: the window is larger */
    x.buf = nfi_alloc(WINDOW, 1);
    if (!x.buf) {
        nfi_cursor_close(x.c);
        return nfi_oom(err, "a file reader");
    }
    *w = x;
    return NF_OK;
}

void nfi_window_close(nfi_window *w)
{
    nfi_cursor_close(w->c);
    nfi_free(w->buf);
    *w = (nfi_window){0};
}

uint64_t nfi_window_left(const nfi_window *w)
{
    return nfi_cursor_left(w->c) + (w->have - w->at);
}

static nf_status refill(nfi_window *w, nf_err *err)
{
    uint64_t left = nfi_cursor_left(w->c);

    if (left == 0)
        return NF_FAIL_AT(err, NF_EMODEL, w->name, 0, "section %s ends too early", w->tag);
    w->at = w->have = 0;
    size_t n = left < WINDOW ? (size_t)left : WINDOW;
    NF_TRY(nfi_cursor_read(w->c, w->buf, n, err));
    w->have = n;
    return NF_OK;
}

nf_status nfi_window_varint_slow(nfi_window *w, uint64_t *out, nf_err *err)
{
    uint64_t v = 0;

    for (unsigned shift = 0;; shift += 7) {
        if (w->at == w->have)
            NF_TRY(refill(w, err));
        unsigned char x = w->buf[w->at++];
        if (shift == 63 && x > 1)
            return NF_FAIL_AT(err, NF_EMODEL, w->name, 0, "section %s: a number exceeds 64 bits", w->tag);
        v |= (uint64_t)(x & 0x7f) << shift;
        if (x < 0x80) {
            if (x == 0 && shift > 0)
                return NF_FAIL_AT(err, NF_EMODEL, w->name, 0, "section %s: a number is not in its shortest form", w->tag);
            *out = v;
            return NF_OK;
        }
    }
}

nf_status nfi_window_bytes(nfi_window *w, void *dst, size_t n, nf_err *err)
{
    unsigned char *p = dst;

    while (n > 0) {
        if (w->at == w->have)
            NF_TRY(refill(w, err));
        size_t here = w->have - w->at < n ? w->have - w->at : n;
        memcpy(p, w->buf + w->at, here);
        w->at += here;
        p += here;
        n -= here;
    }
    return NF_OK;
}
