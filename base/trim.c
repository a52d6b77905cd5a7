/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trim.c - when freed memory goes back to the system, apart from mem.c so that the test allocator replaces only the latter. */
#include "base/mem.h"

#if defined(__GLIBC__)
#include <malloc.h>

void nfi_trim(void)
{
    (void)malloc_trim(0);
}

void nfi_keep_freed(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, 2 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 8 << 20);
    (void)mallopt(M_TOP_PAD, 32 << 20); /* the heap grows in few steps; what is not used takes no memory */
}
#else
void nfi_keep_freed(void) {}
void nfi_trim(void) {}
#endif
