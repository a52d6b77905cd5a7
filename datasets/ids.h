/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ids.h - the ids met so far, as keyed 128-bit hashes with the place of the first holder: 32 bytes an id, whatever its length. */
#ifndef NFI_IDS_H
#define NFI_IDS_H

#include "base/hash.h"
#include "newsframe/docs.h"

typedef struct nfi_id {
    nfi_hash128 h;
    uint64_t record;  /* of the first holder */
    uint32_t file, n; /* n: holders so far */
} nfi_id;

typedef struct nfi_ids {
    nfi_id *slot; /* open addressing, at most 2/3 full; h == 0 is free */
    size_t cap, n;
    nfi_secret secret;
} nfi_ids;

void nfi_ids_init(nfi_ids *t);
nfi_hash128 nfi_ids_hash(const nfi_ids *t, const char *p, size_t n); /* never 0; thread-safe */
/* The entry of h: an old one with n >= 1, or a new one with n == 0, which the caller fills. Valid until the next call. */
nf_status nfi_ids_get(nfi_id **out, nfi_ids *t, nfi_hash128 h, nf_err *err) NF_MUST_CHECK;
/* Fetches what nfi_ids_get() will look at, for one that is soon asked for. */
static inline void nfi_ids_prefetch(const nfi_ids *t, nfi_hash128 h)
{
    if (t->cap)
        __builtin_prefetch(&t->slot[(size_t)h.lo & (t->cap - 1)], 1);
}
void nfi_ids_clear(nfi_ids *t);

#endif
