/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crossval.c - stratified cross-validation: what the models of oof.h say. */
#include "models/oof.h"

#include "base/try.h"

#include <string.h>

typedef struct judging {
    const nf_corpus *c;
    const nf_crossval_opts *o;
    int32_t *predicted;
    nf_confidence *confidence; /* or NULL */
    double *bound;             /* of the fold's model */
    bool *shared, sets;
} judging;

static nf_status begin_fold(void *ctx, const nf_model *m, nf_err *err)
{
    judging *j = ctx;

    j->sets = m->calibration != NULL;
    return j->sets ? nf_model_set_bounds(m, j->o->coverage > 0.0 ? j->o->coverage : 0.9, j->bound, j->shared, err) : NF_OK;
}

static void predict(void *ctx, const nfi_held *h)
{
    const judging *j = ctx;

    int32_t human = j->c->label[h->doc];

    j->predicted[h->doc] = h->label;
    if (!j->confidence)
        return;
    j->confidence[h->doc] = nf_model_confidence(h->model, h->known ? h->log_odds : NULL, human, j->sets ? j->bound : NULL, h->scratch);
    j->confidence[h->doc].shared = j->sets && human >= 0 && j->shared[human];
}

nf_status nf_crossval(const nf_corpus *c, const nf_crossval_opts *o, int32_t *fold_of, int32_t *predicted, double *smoothing, nf_err *err)
{
    size_t folds = o->folds ? o->folds : 5;
    nf_fold_opts fo = {.k = folds, .seed = o->seed, .groups = o->groups, .names = c->classname};
    nf_status s = NF_OK;

    if (c->multi)
        return NF_FAIL(err, NF_EINVAL, "the documents were counted with several labels each: nf_crossval_multi()");
    if (c->n == 0)
        return NF_FAIL(err, NF_EDATA, "there are no documents");
    if (c->nclasses == 0)
        return NF_FAIL(err, NF_EDATA, "none of the %zu documents has a label", (size_t)c->n);
    bool *small = nfi_calloc(c->nclasses, sizeof *small);
    int32_t *fold = nfi_alloc(c->n, sizeof *fold), *pred = nfi_alloc(c->n, sizeof *pred);
    double *chosen = nfi_alloc(folds, sizeof *chosen);
    judging j = {.c = c,
                 .o = o,
                 .predicted = pred,
                 .bound = nfi_alloc(c->nclasses, sizeof *j.bound),
                 .shared = nfi_alloc(c->nclasses, sizeof *j.shared)};
    if (o->confidence)
        j.confidence = nfi_calloc(c->n, sizeof *j.confidence);
    if (!small || !fold || !pred || !chosen || !j.bound || !j.shared || (o->confidence && !j.confidence)) {
        s = nfi_oom(err, "cross-validation");
        goto out;
    }
    NF_GO(nf_folds_stratified(fold, small, c->label, c->n, c->nclasses, &fo, err));
    memset(pred, 0xff, c->n * sizeof *pred);
    nfi_split plan = {.fold = fold, .folds = folds, .begin = o->confidence ? begin_fold : NULL};
    NF_GO(nfi_oof(c, NULL, &o->train, &plan, predict, &j, chosen, err));
    memcpy(fold_of, fold, c->n * sizeof *fold);
    memcpy(predicted, pred, c->n * sizeof *pred);
    memcpy(smoothing, chosen, folds * sizeof *chosen);
    if (o->confidence)
        memcpy(o->confidence, j.confidence, c->n * sizeof *j.confidence);
out:
    nfi_free(j.confidence);
    nfi_free(j.bound);
    nfi_free(j.shared);
    nfi_free(small);
    nfi_free(fold);
    nfi_free(pred);
    nfi_free(chosen);
    return s;
}
