/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_pool.c - memory for yajl. */
#include "datasets/json_pool.h"

#include "base/try.h"

#include <string.h>

enum { FIXED = 64 << 10 };

nf_status nfi_json_pool_begin(nfi_json_pool *pool, size_t n)
{
    size_t need;

    if (!nfi_mul(n, 6, &need) || !nfi_add(need, FIXED, &need))
        return NF_ENOMEM;
    if (pool->cap < need) {
        nfi_free(pool->p); /* nothing in it lives beyond a text */
        pool->cap = 0;
        if (!(pool->p = nfi_alloc(need, 1)))
            return NF_ENOMEM;
        pool->cap = need;
    }
    pool->n = pool->last = 0;
    return NF_OK;
}

void nfi_json_pool_clear(nfi_json_pool *pool)
{
    nfi_free(pool->p);
    *pool = (nfi_json_pool){0};
}

void *nfi_json_pool_alloc(void *ctx, size_t n)
{
    nfi_json_pool *pool = ctx;
    size_t need = ((n + 15) & ~(size_t)15) + 16; /* 16 bytes in front hold the size */

    NF_ASSERT(need > n && pool->cap - pool->n >= need);
    pool->last = pool->n;
    memcpy(pool->p + pool->last, &n, sizeof n);
    pool->n += need;
    return pool->p + pool->last + 16;
}

void *nfi_json_pool_realloc(void *ctx, void *p, size_t n)
{
    nfi_json_pool *pool = ctx;
    size_t old;

    if (!p)
        return nfi_json_pool_alloc(ctx, n);
    if (p == pool->p + pool->last + 16) {
        pool->n = pool->last;
        return nfi_json_pool_alloc(ctx, n);
    }
    memcpy(&old, (char *)p - 16, sizeof old);
    return memcpy(nfi_json_pool_alloc(ctx, n), p, old < n ? old : n);
}

void nfi_json_pool_free(void *ctx, void *p)
{
    (void)ctx;
    (void)p;
}
