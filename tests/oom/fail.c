/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fail.c - see fail.h. Everything of base/mem.h that base/mem.c defines is here, so that the linker leaves that file out. Blocks are
 * filled with a pattern
 * when they are handed out and when they are freed: nobody may rely on what was there.
 */
#define _GNU_SOURCE
#include "oom/fail.h"

#include "base/mem.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { PATTERN = 4096 };

static atomic_int_fast64_t live;
static atomic_uint_fast64_t requests, fail_at, failed; /* fail_at 0: never */
static atomic_bool for_good;

void oom_arm(uint64_t n, bool persistent)
{
    requests = failed = 0;
    for_good = persistent;
    fail_at = n;
}

bool oom_disarm(void)
{
    fail_at = 0;
    return failed > 0;
}

int64_t oom_live(void)
{
    return live;
}

static bool refused(void)
{
    uint64_t n = ++requests, at = fail_at;
    bool no = at && (for_good ? n >= at : n == at);
    failed += no;
    return no;
}

static void *handed_out(void *p, size_t dirty)
{
    if (p) {
        live++;
        memset(p, 0xa5, dirty < PATTERN ? dirty : PATTERN);
    }
    return p;
}

void *nfi_alloc(size_t n, size_t size)
{
    size_t bytes;
    if (!nfi_mul(n, size, &bytes) || refused())
        return NULL;
    return handed_out(malloc(bytes ? bytes : 1), bytes);
}

void *nfi_calloc(size_t n, size_t size)
{
    return refused() ? NULL : handed_out(calloc(n ? n : 1, size ? size : 1), 0);
}

void *nfi_realloc(void *p, size_t n, size_t size)
{
    size_t bytes;
    if (!nfi_mul(n, size, &bytes) || refused())
        return NULL;
    void *q = realloc(p, bytes ? bytes : 1);
    live += q && !p;
    return q;
}

void *nfi_alloc_aligned_raw(size_t n, size_t size)
{
    size_t bytes;
    if (!nfi_mul(n, size, &bytes) || !nfi_add(bytes, 63, &bytes) || refused())
        return NULL;
    bytes &= ~(size_t)63;
    return handed_out(aligned_alloc(64, bytes ? bytes : 64), bytes);
}

void *nfi_alloc_aligned(size_t n, size_t size)
{
    void *p = nfi_alloc_aligned_raw(n, size);
    if (p)
        memset(p, 0, (n * size + 63) & ~(size_t)63);
    return p;
}

void nfi_free(void *p)
{
    if (p) {
        size_t n = malloc_usable_size(p);
        memset(p, 0x5a, n < PATTERN ? n : PATTERN);
        live--;
    }
    free(p);
}
