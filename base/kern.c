/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kern.c - which row of kernels is used. The choice is made once, by nf_init(), and changes speed, never results. */
#include "base/kern.h"

#include <stdlib.h>
#include <string.h>

/* Each row needs all that the one before it needs, so what a CPU can run is a prefix of this table. */
static const nfi_kern *const rows[] = {
    &nfi_kern_scalar,
#ifdef NFI_KERN_X86
    &nfi_kern_avx2,
    &nfi_kern_avx512,
#endif
};

static const nfi_kern *in_use = &nfi_kern_scalar; /* written by nfi_kern_init() only */

static size_t usable(void)
{
    size_t n = 1;
#ifdef NFI_KERN_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
        __builtin_cpu_supports("popcnt")) {
        n = 2;
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
            __builtin_cpu_supports("avx512dq"))
            n = 3;
    }
#endif
    return n;
}

const nfi_kern *const *nfi_kern_rows(size_t *n)
{
    *n = usable();
    return rows;
}

const nfi_kern *nfi_kern_get(void)
{
    return in_use;
}

void nfi_kern_init(void)
{
    size_t n = usable();
    const char *name = getenv("NF_KERN");
    const nfi_kern *pick = rows[n - 1];

    if (name && *name) {
        pick = rows[0];
        for (size_t i = 0; i < n; i++)
            if (strcmp(name, rows[i]->name) == 0)
                pick = rows[i];
    }
    in_use = pick;
}
