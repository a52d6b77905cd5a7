/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trim.c - gives freed memory back to the system, apart from mem.c so that the test allocator replaces only the latter. */
#include "base/mem.h"

#if defined(__GLIBC__)
#include <malloc.h>

void nfi_trim(void)
{
    (void)malloc_trim(0);
}
#else
void nfi_trim(void) {}
#endif
