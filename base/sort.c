/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sort.c - stable sorts. Keys: radix from the lowest byte up (LSD), skipping bytes that all keys share. Anything else: runs by insertion,
 * merged bottom up between the array and a copy of it.
 */
#include "base/sort.h"

#include "base/mem.h"
#include "base/try.h"

#include <stdbool.h>
#include <string.h>

enum { RUN = 8, FEW = 24 };

static void insertion_kv(nfi_kv *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        nfi_kv x = v[i];
        size_t j = i;
        for (; j > 0 && v[j - 1].key > x.key; j--)
            v[j] = v[j - 1];
        v[j] = x;
    }
}

/* Bits in which any two keys differ; *sorted tells whether there is anything to do. */
static uint64_t differing(const nfi_kv *v, size_t n, bool *sorted)
{
    uint64_t bits = 0;
    bool falls = false;

    for (size_t i = 1; i < n; i++) {
        bits |= v[i].key ^ v[0].key;
        falls |= v[i].key < v[i - 1].key;
    }
    *sorted = !falls;
    return bits;
}

static void radix_pass(nfi_kv *to, const nfi_kv *from, size_t n, int shift)
{
    size_t at[256] = {0}, sum = 0;

    for (size_t i = 0; i < n; i++)
        at[from[i].key >> shift & 0xff]++;
    for (size_t b = 0; b < 256; b++) {
        size_t count = at[b];
        at[b] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        to[at[from[i].key >> shift & 0xff]++] = from[i];
}

nf_status nfi_sort_kv(nfi_kv *v, size_t n, nf_err *err)
{
    bool sorted;

    if (n <= FEW) {
        insertion_kv(v, n);
        return NF_OK;
    }
    uint64_t bits = differing(v, n, &sorted);
    if (sorted)
        return NF_OK;
    nfi_kv *scratch = nfi_alloc(n, sizeof *scratch), *from = v, *to = scratch;
    if (!scratch)
        return NF_FAIL(err, NF_ENOMEM, "out of memory for sorting %zu keys", n);
    for (int shift = 0; shift < 64; shift += 8) {
        if ((bits >> shift & 0xff) == 0)
            continue;
        radix_pass(to, from, n, shift);
        nfi_kv *t = from;
        from = to;
        to = t;
    }
    if (from != v)
        memcpy(v, from, n * sizeof *v);
    nfi_free(scratch);
    return NF_OK;
}

typedef struct order {
    size_t size;
    int (*cmp)(const void *, const void *, void *);
    void *ctx;
} order;

/* One element; the usual sizes become single moves. */
static inline void copy_one(unsigned char *to, const unsigned char *from, size_t size)
{
    if (size == 4)
        memcpy(to, from, 4);
    else if (size == 8)
        memcpy(to, from, 8);
    else if (size == 16)
        memcpy(to, from, 16);
    else
        memcpy(to, from, size);
}

static void insertion(unsigned char *v, size_t n, unsigned char *one, const order *o)
{
    for (size_t i = 1; i < n; i++) {
        size_t j = i;
        while (j > 0 && o->cmp(v + (j - 1) * o->size, v + i * o->size, o->ctx) > 0)
            j--;
        if (j < i) {
            copy_one(one, v + i * o->size, o->size);
            memmove(v + (j + 1) * o->size, v + j * o->size, (i - j) * o->size);
            copy_one(v + j * o->size, one, o->size);
        }
    }
}

/* Merges from[0, mid) and from[mid, n) into to; on ties the left one goes first. */
static void merge(unsigned char *to, const unsigned char *from, size_t mid, size_t n, const order *o)
{
    const unsigned char *l = from, *l_end = from + mid * o->size, *r = l_end, *r_end = from + n * o->size;

    if (mid == n || o->cmp(l_end - o->size, r, o->ctx) <= 0) {
        memcpy(to, from, n * o->size);
        return;
    }
    for (; l < l_end && r < r_end; to += o->size) {
        if (o->cmp(l, r, o->ctx) <= 0) {
            copy_one(to, l, o->size);
            l += o->size;
        } else {
            copy_one(to, r, o->size);
            r += o->size;
        }
    }
    memcpy(to, l, (size_t)(l_end - l));
    memcpy(to + (l_end - l), r, (size_t)(r_end - r));
}

nf_status nfi_sort(void *v, size_t n, size_t size, int (*cmp)(const void *, const void *, void *), void *ctx, nf_err *err)
{
    const order o = {size, cmp, ctx};

    if (n < 2 || size == 0)
        return NF_OK;
    unsigned char *scratch = nfi_alloc(n, size), *from = v, *to = scratch;
    if (!scratch)
        return NF_FAIL(err, NF_ENOMEM, "out of memory for sorting %zu elements", n);
    for (size_t i = 0; i < n; i += RUN)
        insertion(from + i * size, n - i < RUN ? n - i : RUN, scratch, &o);
    for (size_t width = RUN; width < n; width *= 2) { /* n * size fits, so 2 * width does */
        for (size_t i = 0, len; i < n; i += len) {
            len = n - i < 2 * width ? n - i : 2 * width;
            merge(to + i * size, from + i * size, len < width ? len : width, len, &o);
        }
        unsigned char *t = from;
        from = to;
        to = t;
    }
    if (from != v)
        memcpy(v, from, n * size);
    nfi_free(scratch);
    return NF_OK;
}
