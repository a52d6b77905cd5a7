/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grow.c - array growth, apart from mem.c so that the test allocator replaces only the latter. */
#include "base/mem.h"
#include "base/try.h"

#include <string.h>

nf_status nfi_grow_beyond(void *p, size_t *cap, size_t want, size_t size, nf_err *err)
{
    void *old, *fresh;

    size_t n = *cap + *cap / 2;
    if (n < want)
        n = want;
    if (n < 16)
        n = 16;
    memcpy(&old, p, sizeof old); /* p is the address of a typed pointer */
    fresh = nfi_realloc(old, n, size);
    if (!fresh)
        return NF_FAIL(err, NF_ENOMEM, "out of memory for an array of %zu elements", n);
    memcpy(p, &fresh, sizeof fresh);
    *cap = n;
    return NF_OK;
}
