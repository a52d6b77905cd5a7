/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * folds.c - which document is held out when.
 *
 * Groups of two documents or more are dealt first, in random order but the largest first, each to the fold where the classes of its members
 * are rarest: least sum over members of count(class, fold) / size(class). Then the single documents of each class, in random order, each to
 * the fold with the fewest of the class, among these to the smallest. Dealing by fewest keeps any two folds of a class within one document,
 * or within the largest group.
 */
#include "newsframe/metrics.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/sort.h"
#include "base/try.h"

#include <stdio.h>
#include <string.h>

enum { NONE = -1, SINGLE = -2, NAMED = 4 };

typedef struct deal {
    const int32_t *labels;
    size_t n, nclasses, k;
    bool *small;      /* nclasses */
    uint32_t *size;   /* nclasses, documents */
    uint32_t *count;  /* nclasses x k */
    uint32_t *total;  /* k */
    int32_t *fold;    /* n: dealt, NONE, or SINGLE while it waits */
    nfi_kv *member;   /* labelled documents by group: key group, val document */
    nfi_kv *bundle;   /* groups to deal: val first member, aux members */
    uint32_t *list;   /* n: single documents by class */
    size_t members, bundles, singles;
} deal;

static nf_status check_labels(const int32_t *labels, size_t n, size_t nclasses, nf_err *err)
{
    if (nclasses == 0 || nclasses > NFI_MAX_LABELS)
        return NF_FAIL(err, NF_EINVAL, "%zu classes, expected 1 to %d", nclasses, NFI_MAX_LABELS);
    if (n > UINT32_MAX)
        return NF_FAIL(err, NF_ELIMIT, "folds of %zu documents, at most %u", n, UINT32_MAX);
    for (size_t i = 0; i < n; i++)
        if (labels[i] < -1 || labels[i] >= (int32_t)nclasses)
            return NF_FAIL(err, NF_EINVAL, "document %zu: class %d, expected -1 to %zu", i, (int)labels[i], nclasses - 1);
    return NF_OK;
}

static nf_status check_k(size_t k, nf_err *err)
{
    if (k < 2 || k > NF_FOLDS_MAX)
        return NF_FAIL(err, NF_EINVAL, "%zu folds, expected 2 to %d", k, NF_FOLDS_MAX);
    return NF_OK;
}

static nf_status allocate(deal *d, bool grouped, nf_err *err)
{
    d->small = nfi_calloc(d->nclasses, sizeof *d->small);
    d->size = nfi_calloc(d->nclasses, sizeof *d->size);
    d->count = nfi_calloc(d->nclasses * d->k, sizeof *d->count); /* at most 65535 * 1000 */
    d->total = nfi_calloc(d->k, sizeof *d->total);
    d->fold = nfi_alloc(d->n, sizeof *d->fold);
    d->list = nfi_alloc(d->n, sizeof *d->list);
    d->member = grouped ? nfi_alloc(d->n, sizeof *d->member) : NULL;
    d->bundle = grouped ? nfi_alloc(d->n / 2, sizeof *d->bundle) : NULL;
    bool ok = d->small && d->size && d->count && d->total && d->fold && d->list && (!grouped || (d->member && d->bundle));
    return ok ? NF_OK : nfi_oom(err, "folds");
}

static void release(deal *d)
{
    nfi_free(d->small);
    nfi_free(d->size);
    nfi_free(d->count);
    nfi_free(d->total);
    nfi_free(d->fold);
    nfi_free(d->list);
    nfi_free(d->member);
    nfi_free(d->bundle);
}

/* A class is usable once a document follows that is not in the group of its first one. */
static void find_small(deal *d, const uint32_t *groups)
{
    uint32_t *first = d->count; /* lent: group of the first document; nothing is counted yet */

    for (size_t c = 0; c < d->nclasses; c++)
        d->small[c] = true;
    for (size_t i = 0; i < d->n; i++) {
        if (d->labels[i] < 0)
            continue;
        size_t c = (size_t)d->labels[i];
        uint32_t group = groups ? groups[i] : (uint32_t)i;
        if (d->size[c]++ == 0)
            first[c] = group;
        else if (first[c] != group)
            d->small[c] = false;
    }
    memset(first, 0, d->nclasses * sizeof *first);
}

/* Adds up to NAMED classes with their documents to text (cap bytes, *n used): "a" (3), "b" (1). */
static void name_classes(char *text, size_t cap, const deal *d, const nf_str *names, bool small)
{
    size_t n = 0, more = 0, shown = 0;

    text[0] = '\0';
    for (size_t c = 0; c < d->nclasses; c++) {
        if (d->small[c] != small || d->size[c] == 0)
            continue;
        if (shown == NAMED || n >= cap) {
            more++;
            continue;
        }
        const char *comma = shown++ ? ", " : "";
        int len = names ? snprintf(text + n, cap - n, "%s\"%.*s\" (%u)", comma, (int)names[c].n, names[c].p, d->size[c])
                        : snprintf(text + n, cap - n, "%sclass %zu (%u)", comma, c, d->size[c]);
        n += len < 0 ? 0 : (size_t)len;
    }
    if (more && n < cap)
        snprintf(text + n, cap - n, " and %zu more", more);
}

static nf_status check_usable(const deal *d, const nf_str *names, nf_err *err)
{
    char usable[160], small[360];
    size_t n = 0;

    for (size_t c = 0; c < d->nclasses; c++)
        n += !d->small[c];
    if (n >= 2)
        return NF_OK;
    name_classes(usable, sizeof usable, d, names, false);
    name_classes(small, sizeof small, d, names, true);
    return NF_FAIL(err, NF_EDATA, "%s%s can be held out, expected at least 2 classes with 2 documents in different groups%s%s",
                   n ? "only " : "no class", usable, small[0] ? "; too few documents: " : "", small);
}

static void shuffle_list(uint32_t *v, size_t n, nfi_rng r)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)nfi_rng_below(&r, i);
        uint32_t x = v[i - 1];
        v[i - 1] = v[j];
        v[j] = x;
    }
}

static void shuffle_kv(nfi_kv *v, size_t n, nfi_rng r)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)nfi_rng_below(&r, i);
        nfi_kv x = v[i - 1];
        v[i - 1] = v[j];
        v[j] = x;
    }
}

/* Without groups every document of a usable class is single. */
static void mark_ungrouped(deal *d)
{
    for (size_t i = 0; i < d->n; i++) {
        bool usable = d->labels[i] >= 0 && !d->small[d->labels[i]];
        d->fold[i] = usable ? SINGLE : NONE;
        d->singles += usable;
    }
}

/* Splits the groups that hold a document of a usable class into single documents and bundles, which are left in the order to deal. */
static nf_status mark_groups(deal *d, const uint32_t *groups, uint64_t seed, nf_err *err)
{
    for (size_t i = 0; i < d->n; i++) {
        d->fold[i] = NONE;
        if (d->labels[i] >= 0)
            d->member[d->members++] = (nfi_kv){.key = groups[i], .val = (uint32_t)i};
    }
    NF_TRY(nfi_sort_kv(d->member, d->members, err));
    for (size_t i = 0, j; i < d->members; i = j) {
        bool usable = false;
        for (j = i; j < d->members && d->member[j].key == d->member[i].key; j++)
            usable |= !d->small[d->labels[d->member[j].val]];
        if (usable && j - i == 1) {
            d->fold[d->member[i].val] = SINGLE;
            d->singles++;
        } else if (usable) { /* by first document: the order must not depend on how groups are numbered */
            d->bundle[d->bundles++] = (nfi_kv){.key = d->member[i].val, .val = (uint32_t)i, .aux = (uint32_t)(j - i)};
        }
    }
    NF_TRY(nfi_sort_kv(d->bundle, d->bundles, err));
    shuffle_kv(d->bundle, d->bundles, nfi_rng_stream(seed, NFI_RNG_FOLDS, d->nclasses));
    for (size_t b = 0; b < d->bundles; b++)
        d->bundle[b].key = UINT32_MAX - d->bundle[b].aux;
    return nfi_sort_kv(d->bundle, d->bundles, err);
}

static void put(deal *d, uint32_t doc, size_t f)
{
    size_t c = (size_t)d->labels[doc];

    d->fold[doc] = (int32_t)f;
    if (!d->small[c]) {
        d->count[c * d->k + f]++;
        d->total[f]++;
    }
}

static void deal_bundle(deal *d, const nfi_kv *bundle)
{
    const nfi_kv *member = d->member + bundle->val;
    size_t best = 0;
    double least = 0.0;

    for (size_t f = 0; f < d->k; f++) {
        double cost = 0.0;
        for (size_t i = 0; i < bundle->aux; i++) {
            size_t c = (size_t)d->labels[member[i].val];
            cost += (double)d->count[c * d->k + f] / (double)d->size[c]; /* nothing of small classes is counted */
        }
        if (f == 0 || cost < least || (cost == least && d->total[f] < d->total[best])) {
            least = cost;
            best = f;
        }
    }
    for (size_t i = 0; i < bundle->aux; i++)
        put(d, member[i].val, best);
}

static void deal_single(deal *d, uint32_t doc)
{
    const uint32_t *count = d->count + (size_t)d->labels[doc] * d->k;
    size_t best = 0;

    for (size_t f = 1; f < d->k; f++)
        if (count[f] < count[best] || (count[f] == count[best] && d->total[f] < d->total[best]))
            best = f;
    put(d, doc, best);
}

/* d->size becomes the end of each class in d->list. */
static void deal_singles(deal *d, uint64_t seed)
{
    uint32_t at = 0;

    memset(d->size, 0, d->nclasses * sizeof *d->size);
    for (size_t i = 0; i < d->n; i++)
        if (d->fold[i] == SINGLE)
            d->size[d->labels[i]]++;
    for (size_t c = 0; c < d->nclasses; c++) {
        uint32_t size = d->size[c];
        d->size[c] = at;
        at += size;
    }
    for (size_t i = 0; i < d->n; i++)
        if (d->fold[i] == SINGLE)
            d->list[d->size[d->labels[i]]++] = (uint32_t)i;
    for (size_t c = 0; c < d->nclasses; c++) {
        size_t from = c ? d->size[c - 1] : 0;
        shuffle_list(d->list + from, d->size[c] - from, nfi_rng_stream(seed, NFI_RNG_FOLDS, c));
        for (size_t i = from; i < d->size[c]; i++)
            deal_single(d, d->list[i]);
    }
}

nf_status nf_folds_stratified(int32_t *fold, bool *too_small, const int32_t *labels, size_t n, size_t nclasses, const nf_fold_opts *opts,
                              nf_err *err)
{
    nf_status s;
    deal d = {.labels = labels, .n = n, .nclasses = nclasses, .k = opts->k};

    NF_TRY(check_k(opts->k, err));
    NF_TRY(check_labels(labels, n, nclasses, err));
    NF_GO(allocate(&d, opts->groups != NULL, err));
    find_small(&d, opts->groups);
    NF_GO(check_usable(&d, opts->names, err));
    if (opts->groups)
        NF_GO(mark_groups(&d, opts->groups, opts->seed, err));
    else
        mark_ungrouped(&d);
    if (d.k > d.singles + d.bundles) {
        s = NF_FAIL(err, NF_EDATA, "cannot make %zu folds of %zu %s; ask for fewer", d.k, d.singles + d.bundles,
                    opts->groups ? "groups of documents" : "documents");
        goto out;
    }
    for (size_t b = 0; b < d.bundles; b++)
        deal_bundle(&d, &d.bundle[b]);
    deal_singles(&d, opts->seed);
    memcpy(fold, d.fold, n * sizeof *fold);
    memcpy(too_small, d.small, nclasses * sizeof *too_small);
out:
    release(&d);
    return s;
}

/* Places p < end with p % k == f. */
static size_t places_below(size_t end, size_t f, size_t k)
{
    return end > f ? (end - f - 1) / k + 1 : 0;
}

/* What is left of the quotas of one class: fold f takes `left` more documents. The class has the places from..to of the sorted labels. */
typedef struct quota {
    size_t from, to, f, left, size;
} quota;

/* Classes get their places in order of first appearance. first holds the class number at each rank. */
static size_t count_classes(quota *q, size_t *first, const int32_t *labels, size_t n, size_t *most)
{
    size_t ranks = 0, at = 0;

    for (size_t i = 0; i < n; i++)
        if (labels[i] >= 0 && q[labels[i]].size++ == 0)
            first[ranks++] = (size_t)labels[i];
    for (size_t r = 0; r < ranks; r++) {
        quota *c = &q[first[r]];
        c->from = at;
        c->to = at += c->size;
        *most = c->size > *most ? c->size : *most;
    }
    return at;
}

nf_status nf_folds_sklearn(int32_t *fold, const int32_t *labels, size_t n, size_t nclasses, size_t k, nf_err *err)
{
    nf_status s = NF_OK;
    quota *q = NULL;
    size_t *first = NULL, most = 0;

    NF_TRY(check_k(k, err));
    NF_TRY(check_labels(labels, n, nclasses, err));
    q = nfi_calloc(nclasses, sizeof *q);
    first = nfi_alloc(nclasses, sizeof *first);
    if (!q || !first) {
        s = nfi_oom(err, "folds");
        goto out;
    }
    size_t labelled = count_classes(q, first, labels, n, &most);
    if (k > most) { /* then also when k > labelled */
        s = NF_FAIL(err, NF_EDATA, "%zu folds of %zu documents, the largest class has %zu", k, labelled, most);
        goto out;
    }
    for (size_t c = 0; c < nclasses; c++)
        q[c].left = places_below(q[c].to, 0, k) - places_below(q[c].from, 0, k);
    for (size_t i = 0; i < n; i++) {
        quota *c = labels[i] < 0 ? NULL : &q[labels[i]];
        while (c && c->left == 0) {
            c->f++;
            c->left = places_below(c->to, c->f, k) - places_below(c->from, c->f, k);
        }
        fold[i] = c ? (int32_t)c->f : NONE;
        if (c)
            c->left--;
    }
out:
    nfi_free(q);
    nfi_free(first);
    return s;
}
