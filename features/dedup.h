/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dedup.h - inside of nf_dedup: what is kept of each document, and what grouping needs of it. */
#ifndef NFI_DEDUP_H
#define NFI_DEDUP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "features/minhash.h"
#include "features/shingles.h"
#include "newsframe/dedup.h"

enum { NFI_NO_DATE, NFI_BAD_DATE, NFI_DATED }; /* nfi_dedup_doc.dated */
enum { NFI_BUCKET_LOOKS = 256 };               /* first documents of a band that one document is compared with */

typedef struct nfi_dedup_doc {
    nfi_hash128 text;   /* nfi_shingler_text() */
    uint32_t *word;     /* n */
    uint32_t n;         /* 0: no words */
    uint8_t dated;
    bool ambiguous;
    int64_t seconds[2]; /* by nfi_date_order */
} nfi_dedup_doc;

typedef struct nfi_dedup_worker {
    nfi_shingler shingler;
    nfi_arena words;
    nf_cuts cuts; /* of the text being read */
    nfi_buf text; /* what they leave */
} nfi_dedup_worker;

/*
 * What is kept of NFI_DEDUP_BLOCK documents: the keys band by band, so that a band is read in runs. The step from band to band is no power
 * of two, which would put the keys of a document all into the same few lines of the cache.
 */
enum { NFI_DEDUP_BLOCK = 512, NFI_DEDUP_STEP = NFI_DEDUP_BLOCK + 16 };
typedef struct nfi_dedup_block {
    nfi_dedup_doc doc[NFI_DEDUP_BLOCK];
    uint32_t key[]; /* NFI_DEDUP_STEP a band */
} nfi_dedup_block;

struct nf_dedup {
    nf_dedup_opts o; /* defaults filled in */
    const nfi_tokenizer *tokenizer;
    nfi_bands bands;
    int threads;
    uint64_t memory;
    nfi_densify densify;
    nf_cleaner *cleaner;    /* NULL: texts are compared as they are */
    nfi_dedup_worker *worker; /* one a thread */
    nfi_dedup_block **block;  /* nblocks, from the arena */
    nfi_arena blocks;
    size_t n, nblocks, capblocks;
    uint64_t missing, bad, ambiguous, day_first, month_first; /* dates */
    char bad_date[3][64];
};

static inline nfi_dedup_doc *nfi_dedup_at(const nf_dedup *d, size_t doc)
{
    return &d->block[doc / NFI_DEDUP_BLOCK]->doc[doc % NFI_DEDUP_BLOCK];
}

static inline uint32_t *nfi_dedup_key(const nf_dedup *d, size_t doc, size_t band)
{
    return d->block[doc / NFI_DEDUP_BLOCK]->key + band * NFI_DEDUP_STEP + doc % NFI_DEDUP_BLOCK;
}

/* How ambiguous dates of a corpus are read. shown: a date with a number above 12 has the day, the month first. */
bool nfi_is_month_first(nf_date_order asked, bool day_shown, bool month_shown);

/* Documents in the order of stars: out[i] is the number of the i-th. order: how ambiguous dates are read. */
nf_status nfi_dedup_order(const nf_dedup *d, nfi_date_order order, uint32_t *out, nf_err *err) NF_MUST_CHECK;
/* first[i], similarity[i] and exact[i] of every document: see nf_groups; the first of a document that joined none is itself. */
nf_status nfi_dedup_stars(const nf_dedup *d, nfi_date_order dates, const uint32_t *order, uint32_t *first, float *similarity, bool *exact,
                          uint64_t *crowded, uint64_t *compared, nf_err *err) NF_MUST_CHECK;

#endif
