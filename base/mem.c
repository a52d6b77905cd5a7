/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mem.c - the only callers of malloc. */
#define _GNU_SOURCE
#include "base/mem.h"

#include "base/try.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)
#define PAGE ((size_t)4096)

/*
 * Blocks from here up get whole huge pages: random access to large tables spends most of its time on address translation without. Small
 * ones do not: a virtual machine that hands free memory back to its host hands back huge pages, and waits for each that is used again.
 */
#define HUGE_FROM ((size_t)32 << 20)

static void *alloc_huge(size_t bytes)
{
    if (!nfi_add(bytes, HUGE_PAGE - 1, &bytes))
        return NULL;
    bytes &= ~(HUGE_PAGE - 1);
    void *p = aligned_alloc(HUGE_PAGE, bytes);
    if (p)
        (void)madvise(p, bytes, MADV_HUGEPAGE); /* a hint */
    return p;
}

/* Pages are moved, not copied, where all of a block is under one advice, its first and last page included. */
static void *realloc_huge(void *p, size_t bytes)
{
    char *q = realloc(p, bytes);
    size_t before = (uintptr_t)q & (PAGE - 1);

    if (q)
        (void)madvise(q - before, (bytes + before + PAGE - 1) & ~(PAGE - 1), MADV_HUGEPAGE);
    return q;
}

void *nfi_alloc(size_t n, size_t size)
{
    size_t bytes;
    if (!nfi_mul(n, size, &bytes))
        return NULL;
    return bytes >= HUGE_FROM ? alloc_huge(bytes) : malloc(bytes ? bytes : 1);
}

void *nfi_calloc(size_t n, size_t size)
{
    size_t bytes;
    if (!nfi_mul(n, size, &bytes))
        return NULL;
    if (bytes < HUGE_FROM)
        return calloc(bytes ? bytes : 1, 1);
    void *p = alloc_huge(bytes);
    if (p)
        memset(p, 0, bytes);
    return p;
}

void *nfi_realloc(void *p, size_t n, size_t size)
{
    size_t bytes;
    if (!nfi_mul(n, size, &bytes))
        return NULL;
    if (bytes < HUGE_FROM)
        return realloc(p, bytes ? bytes : 1);
    return realloc_huge(p, bytes);
}

void *nfi_alloc_aligned_raw(size_t n, size_t size)
{
    size_t bytes;
    if (!nfi_mul(n, size, &bytes) || !nfi_add(bytes, 63, &bytes))
        return NULL;
    bytes &= ~(size_t)63;
    return bytes >= HUGE_FROM ? alloc_huge(bytes) : aligned_alloc(64, bytes ? bytes : 64);
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
    free(p);
}
