/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trim.c - when freed memory goes back to the system, apart from mem.c so that the test allocator replaces only the latter. */
#define _DEFAULT_SOURCE
#include "base/mem.h"

#if defined(__GLIBC__)
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

void nfi_trim(void)
{
    (void)malloc_trim(0);
}

enum { KEPT = 32 << 20, PAGE = 4096 };

/* The heap grows by KEPT bytes at once, and the first of them are of huge pages: the system takes far less time to give them. */
void nfi_keep_freed(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, 2 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 8 << 20);
    (void)mallopt(M_TOP_PAD, KEPT);
    uintptr_t from = ((uintptr_t)sbrk(0) + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
    nfi_free(nfi_alloc(1 << 20, 1));
    uintptr_t to = (uintptr_t)sbrk(0) & ~(uintptr_t)(PAGE - 1);
    if (from < to)
        (void)madvise((void *)from, to - from, MADV_HUGEPAGE);
}
#else
void nfi_keep_freed(void) {}
void nfi_trim(void) {}
#endif
