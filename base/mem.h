/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mem.h - the only way to the heap. Sizes are multiplied with overflow checks; a request above SIZE_MAX fails like
 * one the system refuses. Tests link another implementation that fails the n-th call.
 */
#ifndef NFI_MEM_H
#define NFI_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "newsframe/status.h"

void *nfi_alloc(size_t n, size_t size);             /* uninitialised; NULL when it fails; n*size == 0 gives a unique pointer */
void *nfi_calloc(size_t n, size_t size);            /* zeroed */
void *nfi_realloc(void *p, size_t n, size_t size);  /* p stays valid when it fails */
void *nfi_alloc_aligned(size_t n, size_t size);     /* 64-byte aligned, zeroed; free with nfi_free */
void *nfi_alloc_aligned_raw(size_t n, size_t size); /* 64-byte aligned, uninitialised (for bytes read at once); free with nfi_free */
void nfi_free(void *p);                             /* NULL is fine */
void nfi_keep_freed(void);                          /* for programs: blocks of up to 2 MiB are used again, not handed back one by one */
void nfi_trim(void);                                /* hands freed memory back to the system, after much was freed */

nf_status nfi_grow_beyond(void *p, size_t *cap, size_t want, size_t size, nf_err *err) NF_MUST_CHECK; /* want > *cap */

/* Makes *p (cap elements of size) hold at least want elements, growing by half at least. On failure nothing changes. */
NF_MUST_CHECK static inline nf_status nfi_grow(void *p, size_t *cap, size_t want, size_t size, nf_err *err)
{
    return want <= *cap ? NF_OK : nfi_grow_beyond(p, cap, want, size, err);
}

static inline bool nfi_mul(size_t a, size_t b, size_t *out) { return !__builtin_mul_overflow(a, b, out); }
static inline bool nfi_add(size_t a, size_t b, size_t *out) { return !__builtin_add_overflow(a, b, out); }

#endif
