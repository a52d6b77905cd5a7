/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_pool.h - memory for yajl, which does not survive an allocation that fails: a pool that is sized before each text and never runs dry.
 * Its two growing buffers (a token cut by the end of the text, a string with escapes) at least double, so each stays below twice the text.
 */
#ifndef NFI_JSON_POOL_H
#define NFI_JSON_POOL_H

#include "base/mem.h"

typedef struct nfi_json_pool {
    char *p;
    size_t cap, n, last; /* last: the newest block, which may grow in place */
} nfi_json_pool;

/* Empties the pool and makes room for a text of n bytes. @return NF_OK, NF_ENOMEM. */
nf_status nfi_json_pool_begin(nfi_json_pool *pool, size_t n) NF_MUST_CHECK;
void nfi_json_pool_clear(nfi_json_pool *pool);

/* The three functions of yajl_alloc_funcs; ctx is the pool. */
void *nfi_json_pool_alloc(void *ctx, size_t n);
void *nfi_json_pool_realloc(void *ctx, void *p, size_t n);
void nfi_json_pool_free(void *ctx, void *p);

#endif
