/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * folds_multi.c - which document with several labels is held out when. A group is dealt by its rarest label: that is the one that a bad
 * deal harms most.
 */
#include "newsframe/metrics.h"

#include "base/mem.h"
#include "base/rng.h"
#include "base/sort.h"
#include "base/try.h"

#include <string.h>

typedef struct deal {
    const nf_label_sets *sets;
    size_t k;
    uint64_t *support; /* nclasses */
    uint32_t *count;   /* nclasses x k */
    uint64_t *total;   /* k */
    nfi_kv *member;    /* documents with labels by group */
    nfi_kv *bundle;    /* groups in the order to deal: val first member, aux members */
    size_t members, bundles;
} deal;

static uint16_t rarest_of(const deal *d, const nfi_kv *member, size_t n)
{
    uint16_t best = 0;
    bool any = false;

    for (size_t i = 0; i < n; i++)
        for (uint64_t e = d->sets->ptr[member[i].val]; e < d->sets->ptr[member[i].val + 1]; e++) {
            uint16_t c = d->sets->cls[e];
            if (!any || d->support[c] < d->support[best] || (d->support[c] == d->support[best] && c < best))
                best = c;
            any = true;
        }
    return best;
}

static nf_status bundle(deal *d, const nf_fold_opts *o, nf_err *err)
{
    for (size_t i = 0; i < d->sets->n; i++) {
        for (uint64_t e = d->sets->ptr[i]; e < d->sets->ptr[i + 1]; e++)
            d->support[d->sets->cls[e]]++;
        if (d->sets->ptr[i] < d->sets->ptr[i + 1])
            d->member[d->members++] = (nfi_kv){o->groups ? o->groups[i] : i, (uint32_t)i, 0};
    }
    NF_TRY(nfi_sort_kv(d->member, d->members, err));
    for (size_t i = 0, j; i < d->members; i = j) {
        for (j = i; j < d->members && d->member[j].key == d->member[i].key; j++)
            ;
        d->bundle[d->bundles++] = (nfi_kv){d->member[i].val, (uint32_t)i, (uint32_t)(j - i)};
    }
    NF_TRY(nfi_sort_kv(d->bundle, d->bundles, err)); /* by first document, so that the numbers of groups do not matter */
    nfi_rng r = nfi_rng_stream(o->seed, NFI_RNG_FOLDS, 0);
    for (size_t i = d->bundles; i > 1; i--) {
        size_t j = (size_t)nfi_rng_below(&r, i);
        nfi_kv x = d->bundle[i - 1];
        d->bundle[i - 1] = d->bundle[j];
        d->bundle[j] = x;
    }
    for (size_t i = 0; i < d->bundles; i++)
        d->bundle[i].key = d->support[rarest_of(d, d->member + d->bundle[i].val, d->bundle[i].aux)];
    return nfi_sort_kv(d->bundle, d->bundles, err);
}

static void deal_all(deal *d, int32_t *fold)
{
    for (size_t i = 0; i < d->bundles; i++) {
        const nfi_kv *member = d->member + d->bundle[i].val;
        const uint32_t *count = d->count + (size_t)rarest_of(d, member, d->bundle[i].aux) * d->k;
        size_t best = 0;
        for (size_t f = 1; f < d->k; f++)
            if (count[f] < count[best] || (count[f] == count[best] && d->total[f] < d->total[best]))
                best = f;
        for (size_t m = 0; m < d->bundle[i].aux; m++) {
            fold[member[m].val] = (int32_t)best;
            d->total[best]++;
            for (uint64_t e = d->sets->ptr[member[m].val]; e < d->sets->ptr[member[m].val + 1]; e++)
                d->count[(size_t)d->sets->cls[e] * d->k + best]++;
        }
    }
}

nf_status nf_folds_multi(int32_t *fold, const nf_label_sets *sets, size_t nclasses, const nf_fold_opts *o, nf_err *err)
{
    nf_status s = NF_OK;
    size_t n = sets->n ? sets->n : 1;
    deal d = {.sets = sets, .k = o->k};

    if (o->k < 2 || o->k > NF_FOLDS_MAX)
        return NF_FAIL(err, NF_EINVAL, "%zu folds, expected 2 to %d", o->k, NF_FOLDS_MAX);
    if (sets->n > UINT32_MAX)
        return NF_FAIL(err, NF_ELIMIT, "folds of %zu documents, at most %u", sets->n, UINT32_MAX);
    d.support = nfi_calloc(nclasses, sizeof *d.support);
    d.count = nfi_calloc(nclasses * d.k, sizeof *d.count); /* at most 65535 * 1000 */
    d.total = nfi_calloc(d.k, sizeof *d.total);
    d.member = nfi_alloc(n, sizeof *d.member);
    d.bundle = nfi_alloc(n, sizeof *d.bundle);
    if (!d.support || !d.count || !d.total || !d.member || !d.bundle) {
        s = nfi_oom(err, "folds");
        goto out;
    }
    NF_GO(bundle(&d, o, err));
    if (d.k > d.bundles) {
        s = NF_FAIL(err, NF_EDATA, "cannot make %zu folds of %zu %s with labels; ask for fewer", d.k, d.bundles,
                    o->groups ? "groups of documents" : "documents");
        goto out;
    }
    for (size_t i = 0; i < sets->n; i++)
        fold[i] = -1;
    deal_all(&d, fold);
out:
    nfi_free(d.support);
    nfi_free(d.count);
    nfi_free(d.total);
    nfi_free(d.member);
    nfi_free(d.bundle);
    return s;
}
