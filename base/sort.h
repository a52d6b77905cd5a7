/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sort.h - stable sorts with total orders; no libc qsort anywhere. */
#ifndef NFI_SORT_H
#define NFI_SORT_H

#include <stddef.h>
#include <stdint.h>

#include "newsframe/status.h"

/* key with a payload */
typedef struct nfi_kv {
    uint64_t key;
    uint32_t val;
    uint32_t aux;
} nfi_kv;

/* Sorts v[0..n) by key, stable, LSD radix over the bytes that differ; needs n more elements of scratch (allocated inside). O(n * differing
 * bytes). */
nf_status nfi_sort_kv(nfi_kv *v, size_t n, nf_err *err) NF_MUST_CHECK;

/* Stable merge sort of n elements of size bytes; cmp(a, b, ctx) < 0, 0, > 0 must be a total order up to ties. Scratch allocated inside. */
nf_status nfi_sort(void *v, size_t n, size_t size, int (*cmp)(const void *, const void *, void *), void *ctx, nf_err *err) NF_MUST_CHECK;

/* Place of the first of n rising numbers that is not below key; n when all are. */
static inline size_t nfi_lower_bound(const uint64_t *v, size_t n, uint64_t key)
{
    size_t lo = 0, hi = n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (v[mid] < key)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

#endif
