/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wordhash.h - the hash of a word of the cleaner: its bytes eight at a time, however they come. Files keep what is made of it: it never
 * changes.
 */
#ifndef NFI_WORDHASH_H
#define NFI_WORDHASH_H

#include "base/hash.h"
#include "base/num.h"

#define NFI_WORD_NUMBER UINT64_C(0x9d3f1b7a52c4e680) /* of every number */
#define NFI_WORD_FOLD UINT64_C(0xe7037ed1a0b428db)
#define NFI_WORD_FOLD_BY UINT64_C(0x8ebc6af09c88c6e3)
#define NFI_WORD_END UINT64_C(0xa0761d6478bd642f)
#define NFI_WORD_END_BY UINT64_C(0x589965cc75374cc3)

typedef struct nfi_wordhash {
    uint64_t h, k; /* of whole eights; the bytes after them */
    unsigned n;
} nfi_wordhash;

static inline void nfi_wordhash_fold(nfi_wordhash *x)
{
    x->h = nfi_mum(x->h ^ x->k ^ NFI_WORD_FOLD, NFI_WORD_FOLD_BY);
    x->k = 0;
}

static inline void nfi_wordhash_byte(nfi_wordhash *x, unsigned c)
{
    x->k |= (uint64_t)c << 8 * (x->n & 7);
    if ((++x->n & 7) == 0)
        nfi_wordhash_fold(x);
}

static inline uint64_t nfi_wordhash_end(const nfi_wordhash *x)
{
    uint64_t h = nfi_mum(x->h ^ x->k ^ NFI_WORD_END, NFI_WORD_END_BY ^ x->n);
    return h ? h : 1;
}

/* The same of n bytes; 16 can be read. No branch up to 15, for lengths cannot be foreseen. */
static inline uint64_t nfi_wordhash_of(const uint8_t *p, size_t n)
{
    uint64_t a = nfi_load_le(p), b = nfi_load_le(p + 8), more = -(uint64_t)(n > 7);
    nfi_wordhash x = {0, a, 0};

    nfi_wordhash_fold(&x);
    x.h &= more;
    x.k = (a & ~more) | (b & more);
    for (; n > 15; n -= 8, x.n += 8) {
        nfi_wordhash_fold(&x);
        p += 8;
        x.k = nfi_load_le(p + 8);
    }
    x.k &= (UINT64_C(1) << 8 * (n & 7)) - 1;
    x.n += (unsigned)n;
    return nfi_wordhash_end(&x);
}

#endif
