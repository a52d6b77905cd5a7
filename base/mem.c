/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mem.c - the only callers of malloc. */
#include "base/mem.h"

#include "base/try.h"

#include <stdlib.h>
#include <string.h>

void *nfi_alloc(size_t n, size_t size)
{
    size_t bytes;
    if (!nfi_mul(n, size, &bytes))
        return NULL;
    return malloc(bytes ? bytes : 1);
}

void *nfi_calloc(size_t n, size_t size)
{
    return calloc(n ? n : 1, size ? size : 1);
}

void *nfi_realloc(void *p, size_t n, size_t size)
{
    size_t bytes;
    if (!nfi_mul(n, size, &bytes))
        return NULL;
    return realloc(p, bytes ? bytes : 1);
}

void *nfi_alloc_aligned(size_t n, size_t size)
{
    size_t bytes;
    if (!nfi_mul(n, size, &bytes) || !nfi_add(bytes, 63, &bytes))
        return NULL;
    bytes &= ~(size_t)63;
    void *p = aligned_alloc(64, bytes ? bytes : 64);
    if (p)
        memset(p, 0, bytes);
    return p;
}

void nfi_free(void *p)
{
    free(p);
}
