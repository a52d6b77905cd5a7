/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inspect_sets.c - counting in bounded memory: lengths by steps, keys up to a limit, a curve that is thinned. */
#include "features/inspect.h"

#include "base/mem.h"
#include "base/try.h"

#include <string.h>

/* ---- lengths ---- */

enum { STEPS = 64, EXACT_LOG2 = 16, BINS = NF_INSPECT_EXACT + STEPS * (64 - EXACT_LOG2) };
_Static_assert(NF_INSPECT_EXACT == 1 << EXACT_LOG2, "lengths are exact below a power of two");

nf_status nfi_lengths_init(nfi_lengths *l, nf_err *err)
{
    *l = (nfi_lengths){.bin = nfi_calloc(BINS, sizeof *l->bin)};
    return l->bin ? NF_OK : nfi_oom(err, "lengths");
}

void nfi_lengths_clear(nfi_lengths *l)
{
    nfi_free(l->bin);
    *l = (nfi_lengths){0};
}

static size_t bin_of(uint64_t v)
{
    if (v < NF_INSPECT_EXACT)
        return (size_t)v;
    unsigned log2 = 63 - (unsigned)__builtin_clzll(v);
    return NF_INSPECT_EXACT + (size_t)(log2 - EXACT_LOG2) * STEPS + (size_t)((v >> (log2 - 6)) & (STEPS - 1));
}

static uint64_t value_of(size_t bin)
{
    if (bin < NF_INSPECT_EXACT)
        return bin;
    size_t k = bin - NF_INSPECT_EXACT;
    return (uint64_t)(STEPS + k % STEPS) << (k / STEPS + EXACT_LOG2 - 6);
}

void nfi_lengths_add(nfi_lengths *l, uint64_t v)
{
    l->min = l->n == 0 || v < l->min ? v : l->min;
    l->max = v > l->max ? v : l->max;
    l->bin[bin_of(v)]++;
    l->sum += v;
    l->n++;
}

nf_spread nfi_lengths_spread(const nfi_lengths *l)
{
    nf_spread s = {.n = l->n, .min = l->min, .max = l->max};
    uint64_t *out[3] = {&s.q1, &s.median, &s.q3}, below = 0;
    size_t k = 0;

    for (size_t b = 0; b < BINS && k < 3 && l->n; b++) {
        below += l->bin[b];
        for (; k < 3 && below >= l->n / 4 * (k + 1) + (l->n % 4 * (k + 1) + 3) / 4; k++) /* rank ceil(n (k + 1) / 4) */
            *out[k] = value_of(b) < l->min ? l->min : value_of(b);
    }
    s.mean = l->n ? (double)l->sum / (double)l->n : 0.0;
    return s;
}

/* ---- keys ---- */

void nfi_keys_init(nfi_keys *k, size_t max)
{
    *k = (nfi_keys){.max = max, .secret = nfi_secret_random()};
}

void nfi_keys_clear(nfi_keys *k)
{
    nfi_free(k->slot);
    *k = (nfi_keys){0};
}

static nfi_tally_slot *probe(nfi_tally_slot *slot, size_t cap, nfi_hash128 key, nfi_secret secret)
{
    size_t i = (size_t)nfi_hash2(key.lo, key.hi, secret) & (cap - 1);

    while (slot[i].n && (slot[i].lo != key.lo || slot[i].hi != key.hi))
        i = (i + 1) & (cap - 1);
    return &slot[i];
}

static nf_status double_up(nfi_keys *k, nf_err *err)
{
    size_t cap = k->cap ? 2 * k->cap : 64;
    nfi_tally_slot *slot = nfi_calloc(cap, sizeof *slot);

    if (!slot)
        return nfi_oom(err, "distinct values");
    for (size_t i = 0; i < k->cap; i++)
        if (k->slot[i].n)
            *probe(slot, cap, (nfi_hash128){k->slot[i].lo, k->slot[i].hi}, k->secret) = k->slot[i];
    nfi_free(k->slot);
    k->slot = slot;
    k->cap = cap;
    return NF_OK;
}

nf_status nfi_keys_add(nfi_keys *k, nfi_hash128 key, uint64_t *count, nf_err *err)
{
    if (3 * (k->n + 1) > 2 * k->cap)
        NF_TRY(double_up(k, err));
    nfi_tally_slot *s = probe(k->slot, k->cap, key, k->secret);
    if (s->n == 0 && k->n == k->max) {
        k->full = true;
        *count = 0;
        return NF_OK;
    }
    if (s->n == 0) {
        s->lo = key.lo;
        s->hi = key.hi;
        k->n++;
    }
    *count = ++s->n;
    return NF_OK;
}

/* ---- the curve ---- */

void nfi_curve_add(nfi_curve *c, uint64_t x, uint64_t y)
{
    if (c->step == 0)
        c->step = 1;
    if (++c->since < c->step)
        return;
    c->since = 0;
    if (c->n == NFI_CURVE) {
        for (size_t i = 0; i < NFI_CURVE / 2; i++) {
            c->x[i] = c->x[2 * i + 1];
            c->y[i] = c->y[2 * i + 1];
        }
        c->n = NFI_CURVE / 2;
        c->step *= 2;
    }
    c->x[c->n] = x;
    c->y[c->n++] = y;
}

uint64_t nfi_curve_at(const nfi_curve *c, uint64_t x, uint64_t last_x, uint64_t last_y)
{
    uint64_t x0 = 0, y0 = 0, x1 = last_x, y1 = last_y;

    for (size_t i = 0; i < c->n; i++) {
        if (c->x[i] > x) {
            x1 = c->x[i];
            y1 = c->y[i];
            break;
        }
        x0 = c->x[i];
        y0 = c->y[i];
    }
    if (x1 <= x0 || x >= x1)
        return x >= x1 ? y1 : y0;
    return y0 + (uint64_t)((double)(y1 - y0) * ((double)(x - x0) / (double)(x1 - x0)) + 0.5);
}
