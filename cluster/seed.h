/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seed.h - first centers. A seeding picks k different rows; every row starts in the cluster of the nearest one. */
#ifndef NFI_CLUSTER_SEED_H
#define NFI_CLUSTER_SEED_H

#include "base/rng.h"
#include "cluster/points.h"

/* Working memory of one seeding at a time; reusable. */
typedef struct nfi_seeder {
    const nfi_points *p;
    size_t k;
    int candidates;
    double *gap;     /* rows, squared distance to the nearest seed so far */
    double *block;   /* nfi_blocks(rows), sums of gap */
    float *dots;     /* candidates x rows */
    int32_t *order;  /* rows, for drawing without replacement */
    int32_t *near;   /* rows, number of the nearest seed */
    int32_t *seeds;  /* k */
    bool *taken;     /* rows: a seed, or equal to one (at the lowest row) */
} nfi_seeder;

typedef struct nfi_seeding {
    const char *name, *summary;
    void (*pick)(nfi_seeder *s, nfi_rng *rng); /* fills seeds and near */
} nfi_seeding;

extern const nfi_seeding *const nfi_seedings[]; /* NULL-terminated, the default first */

nf_status nfi_seeder_make(nfi_seeder *out, const nfi_points *p, size_t k, nf_err *err) NF_MUST_CHECK; /* k <= p->distinct */
void nfi_seeder_clear(nfi_seeder *s);
/* Seeds by the stream (seed, restart); the start of row i is s->near[i], and every cluster holds its seed. */
void nfi_seed(nfi_seeder *s, const nfi_seeding *how, uint64_t seed, uint64_t restart);

#endif
