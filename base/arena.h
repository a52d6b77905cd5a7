/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arena.h - bump allocation for bytes that live and die together. {0} is an empty arena. Not thread-safe. */
#ifndef NFI_ARENA_H
#define NFI_ARENA_H

#include "base/mem.h"

typedef struct nfi_arena_block {
    struct nfi_arena_block *next;
    size_t used, size;
    _Alignas(16) unsigned char data[];
} nfi_arena_block;

typedef struct nfi_arena {
    nfi_arena_block *head; /* the block in use; full ones hang behind it */
    size_t bytes;          /* held from the heap, for memory budgets */
} nfi_arena;

void *nfi_arena_more(nfi_arena *a, size_t n);                     /* nfi_arena_alloc() where the block in use has no room */
char *nfi_arena_copy(nfi_arena *a, const void *p, size_t n);      /* copy with a NUL after it */
void nfi_arena_reset(nfi_arena *a);                               /* empties, keeps the largest block */
void nfi_arena_clear(nfi_arena *a);                               /* frees all; leaves {0} */

/* 16-byte aligned, NULL when out of memory */
static inline void *nfi_arena_alloc(nfi_arena *a, size_t n)
{
    nfi_arena_block *b = a->head;

    if (!b || b->size - b->used < n) /* both of these are multiples of 16 */
        return nfi_arena_more(a, n);
    void *p = b->data + b->used;
    b->used += (n + 15) & ~(size_t)15;
    return p;
}

#endif
