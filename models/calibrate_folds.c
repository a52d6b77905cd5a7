/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calibrate_folds.c - calibration where no document can be left out exactly: on scores of held-out documents, five folds. Smoothing stays
 * what it is. */
#include "models/oof.h"

#include "base/sort.h"
#include "base/try.h"
#include "features/sample.h"

#include <math.h>
#include <string.h>

enum { FOLDS = 5 };

typedef struct held_scores {
    size_t nclasses;
    const nf_corpus *c;
    const int32_t *place; /* row of each document, -1: not among those that are looked at */
    double *score;        /* rows x nclasses; NAN first: nothing was known, or the class of the document was not there */
} held_scores;

static void keep_scores(void *ctx, const nfi_held *h)
{
    const held_scores *x = ctx;

    if (x->place[h->doc] < 0)
        return;
    double *row = x->score + (size_t)x->place[h->doc] * x->nclasses;
    for (size_t k = 0; k < x->nclasses; k++)
        row[k] = h->model->class_docs[k] ? h->score[k] : NFI_NO_SCORE;
    if (h->known == 0 || h->model->class_docs[x->c->label[h->doc]] == 0)
        row[0] = NAN;
}

/*
 * Folds, dealt in the order of the hashes of ids, so that the order of documents does not matter; place: the documents with a fold, or
 * those of them least by that hash: as many as leave-one-out looks at. NF_EDATA: too few documents for folds.
 */
static nf_status deal(int32_t *fold, int32_t *place, size_t *rows, const nf_corpus *c, const uint8_t *use, const nf_train_opts *o,
                      nf_err *err)
{
    nf_fold_opts fo = {.k = FOLDS, .seed = o->seed ? o->seed : 1, .names = c->classname};
    nf_status s = NF_OK;
    nfi_kv *kv = nfi_alloc(c->n, sizeof *kv);
    int32_t *label = nfi_alloc(c->n, sizeof *label), *dealt = nfi_alloc(c->n, sizeof *dealt);
    uint32_t *group = o->groups ? nfi_alloc(c->n, sizeof *group) : NULL;
    bool *small = nfi_calloc(c->nclasses, sizeof *small);

    if (!kv || !label || !dealt || !small || (o->groups && !group)) {
        s = nfi_oom(err, "calibration");
        goto out;
    }
    for (size_t d = 0; d < c->n; d++)
        kv[d] = (nfi_kv){c->idhash[d], (uint32_t)d, 0};
    NF_GO(nfi_sort_kv(kv, c->n, err));
    for (size_t i = 0; i < c->n; i++) {
        uint32_t d = kv[i].val;
        label[i] = !use || use[d] ? c->label[d] : -1;
        if (group)
            group[i] = o->groups[d];
    }
    fo.groups = group;
    NF_GO(nf_folds_stratified(dealt, small, label, c->n, c->nclasses, &fo, err));
    *rows = 0;
    for (size_t i = 0; i < c->n; i++) {
        uint32_t d = kv[i].val;
        fold[d] = dealt[i];
        place[d] = dealt[i] >= 0 && *rows < NFI_SAMPLE_DOCS ? (int32_t)(*rows)++ : -1;
    }
out:
    nfi_free(kv);
    nfi_free(label);
    nfi_free(dealt);
    nfi_free(group);
    nfi_free(small);
    return s;
}

static nf_status fit_held(nfi_calibration **out, const nfi_calibrator *k, const held_scores *x, size_t rows, nf_err *err)
{
    size_t n = 0, nk = x->nclasses;
    int32_t *label = nfi_alloc(rows, sizeof *label);

    if (!label)
        return nfi_oom(err, "calibration");
    for (size_t d = 0; d < x->c->n; d++)
        if (x->place[d] >= 0)
            label[x->place[d]] = x->c->label[d];
    for (size_t i = 0; i < rows; i++) {
        if (isnan(x->score[i * nk]))
            continue;
        memmove(x->score + n * nk, x->score + i * nk, nk * sizeof *x->score);
        label[n++] = label[i];
    }
    nf_status s = nfi_calibration_fit(out, k, n, nk, label, x->score, "out-of-fold", err);
    nfi_free(label);
    return s;
}

nf_status nfi_calibrate_by_folds(nfi_calibration **out, const nfi_calibrator *k, const nf_corpus *c, const uint8_t *use,
                                 const nf_train_opts *o, nf_err *err)
{
    nf_train_opts with = *o;
    nf_err why = {0};
    nf_status s = NF_OK;
    size_t rows = 0, cells;
    int32_t *fold = nfi_alloc(c->n, sizeof *fold), *place = nfi_alloc(c->n, sizeof *place);
    held_scores x = {.nclasses = c->nclasses, .c = c, .place = place};
    nfi_split plan = {.fold = fold, .folds = FOLDS};

    if (!fold || !place) {
        s = nfi_oom(err, "calibration");
        goto out;
    }
    *out = NULL;
    with.calibration = "none";
    s = deal(fold, place, &rows, c, use, o, &why);
    if (s == NF_OK) {
        if (nfi_mul(rows, c->nclasses, &cells))
            x.score = nfi_calloc(cells, sizeof *x.score);
        if (!x.score) {
            s = nfi_oom(err, "calibration");
            goto out;
        }
        s = nfi_oof(c, use, &with, &plan, keep_scores, &x, NULL, &why);
    }
    if (s == NF_OK)
        s = fit_held(out, k, &x, rows, &why);
    else if (s == NF_EDATA) /* too few documents, or a fold that teaches nothing: a model without probabilities */
        s = NF_OK;
    if (s != NF_OK && err)
        *err = why;
out:
    nfi_free(fold);
    nfi_free(place);
    nfi_free(x.score);
    return s;
}
