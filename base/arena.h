/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arena.h - bump allocation for bytes that live and die together. {0} is an empty arena. Not thread-safe. */
#ifndef NFI_ARENA_H
#define NFI_ARENA_H

#include "base/mem.h"

typedef struct nfi_arena_block nfi_arena_block;
typedef struct nfi_arena {
    nfi_arena_block *head; /* the block in use; full ones hang behind it */
    size_t bytes;          /* held from the heap, for memory budgets */
} nfi_arena;

void *nfi_arena_alloc(nfi_arena *a, size_t n);                    /* 16-byte aligned, NULL when out of memory */
char *nfi_arena_copy(nfi_arena *a, const void *p, size_t n);      /* copy with a NUL after it */
void nfi_arena_reset(nfi_arena *a);                               /* empties, keeps the largest block */
void nfi_arena_clear(nfi_arena *a);                               /* frees all; leaves {0} */

#endif
