/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ids.c - the set of ids. SipHash of 128 bits under a secret of this run: nobody can prepare ids that collide. */
#include "datasets/ids.h"

#include "base/mem.h"
#include "base/try.h"

enum { QUICK = 1 << 18 }; /* places up to which the set grows by four: memory that is new costs more than the set */

void nfi_ids_init(nfi_ids *t)
{
    *t = (nfi_ids){.secret = nfi_secret_random()};
}

nfi_hash128 nfi_ids_hash(const nfi_ids *t, const char *p, size_t n)
{
    nfi_hash128 h = nfi_siphash128(p, n, t->secret);
    h.lo |= h.lo == 0 && h.hi == 0;
    return h;
}

static nfi_id *probe(nfi_id *slot, size_t cap, nfi_hash128 h)
{
    for (size_t i = (size_t)h.lo & (cap - 1);; i = (i + 1) & (cap - 1)) {
        nfi_id *e = &slot[i];
        if ((e->h.lo == 0 && e->h.hi == 0) || (e->h.lo == h.lo && e->h.hi == h.hi))
            return e;
    }
}

static nf_status enlarge(nfi_ids *t, nf_err *err)
{
    size_t cap = t->cap == 0 ? 1024 : t->cap < QUICK ? t->cap * 4 : t->cap * 2;
    nfi_id *slot = nfi_calloc(cap, sizeof *slot);

    if (!slot)
        return NF_FAIL(err, NF_ENOMEM, "out of memory for the ids of %zu documents", t->n);
    for (size_t i = 0; i < t->cap; i++)
        if (t->slot[i].h.lo || t->slot[i].h.hi)
            *probe(slot, cap, t->slot[i].h) = t->slot[i];
    nfi_free(t->slot);
    t->slot = slot;
    t->cap = cap;
    return NF_OK;
}

nf_status nfi_ids_get(nfi_id **out, nfi_ids *t, nfi_hash128 h, nf_err *err)
{
    if (t->n >= t->cap / 3 * 2)
        NF_TRY(enlarge(t, err));
    nfi_id *e = probe(t->slot, t->cap, h);
    if (e->h.lo == 0 && e->h.hi == 0) {
        e->h = h;
        t->n++;
    }
    *out = e;
    return NF_OK;
}

void nfi_ids_clear(nfi_ids *t)
{
    nfi_free(t->slot);
    *t = (nfi_ids){0};
}
