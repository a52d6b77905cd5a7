/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arena.c - blocks double from 64 KiB to 4 MiB, heads included, so that they are whole pages; a larger request gets a block of its own. */
#include "base/arena.h"

#include <string.h>

enum { FIRST = 64 << 10, LARGEST = 4 << 20 };

void *nfi_arena_more(nfi_arena *a, size_t n)
{
    nfi_arena_block *b = a->head;
    size_t need, least, bytes = b ? (b->size + sizeof *b) * 2 : FIRST;

    if (!nfi_add(n, 15, &need))
        return NULL;
    need &= ~(size_t)15;
    if (bytes > LARGEST)
        bytes = LARGEST;
    if (!nfi_add(need, sizeof *b, &least))
        return NULL;
    if (bytes < least)
        bytes = least;
    if (!(b = nfi_alloc(bytes, 1)))
        return NULL;
    b->next = a->head;
    b->used = need;
    b->size = bytes - sizeof *b;
    a->head = b;
    a->bytes += bytes;
    return b->data;
}

char *nfi_arena_copy(nfi_arena *a, const void *p, size_t n)
{
    char *c = n < SIZE_MAX ? nfi_arena_alloc(a, n + 1) : NULL;
    if (c) {
        if (n)
            memcpy(c, p, n);
        c[n] = '\0';
    }
    return c;
}

void nfi_arena_reset(nfi_arena *a)
{
    nfi_arena_block *keep = a->head;

    for (nfi_arena_block *b = a->head; b; b = b->next)
        if (b->size > keep->size)
            keep = b;
    for (nfi_arena_block *b = a->head, *next; b; b = next) {
        next = b->next;
        if (b != keep)
            nfi_free(b);
    }
    a->head = keep;
    a->bytes = 0;
    if (keep) {
        keep->next = NULL;
        keep->used = 0;
        a->bytes = keep->size + sizeof *keep;
    }
}

void nfi_arena_clear(nfi_arena *a)
{
    for (nfi_arena_block *b = a->head, *next; b; b = next) {
        next = b->next;
        nfi_free(b);
    }
    *a = (nfi_arena){0};
}
