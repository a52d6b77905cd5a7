/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * multi_crossval.c - cross-validation where documents may have several labels. Thresholds are found within the documents that a fold's
 * model is trained on, by folds of their own.
 */
#include "models/multi.h"
#include "models/oof.h"

#include "base/try.h"

#include <string.h>

typedef struct answers {
    uint8_t *bit; /* n x stride bytes: classes chosen */
    size_t stride;
    float *probability; /* n x nclasses, or NULL */
} answers;

static void keep(void *ctx, const nfi_held *h)
{
    const answers *a = ctx;
    uint8_t *bit = a->bit + h->doc * a->stride;
    const nf_model *m = h->model;
    nfi_choice c;

    if (a->probability && h->known && nf_model_probabilities(m, NF_UNIT_DOCUMENT, h->log_odds, h->scratch))
        for (size_t k = 0; k < m->nclasses; k++)
            a->probability[h->doc * m->nclasses + k] = (float)h->scratch[k];
    if (h->known == 0 || h->label < 0)
        return;
    nfi_multi_choose(m, h->log_odds, NULL, &c);
    for (size_t k = 0; k < m->nclasses; k++) { /* the rule of nfi_multi_choose(), without scratch */
        bool passed = (int32_t)k != m->multi->none && h->log_odds[k] >= m->multi->threshold[k];
        if (passed || (int32_t)k == c.label)
            bit[k / 8] |= (uint8_t)(1u << k % 8);
    }
}

static nf_status into_sets(nf_label_sets *out, const answers *a, size_t n, size_t nclasses, nf_err *err)
{
    nf_label_sets x = {0};
    nf_status s = NF_OK;
    uint16_t *cls = nfi_alloc(nclasses, sizeof *cls);

    if (!cls)
        return nfi_oom(err, "cross-validation");
    for (size_t d = 0; d < n; d++) {
        size_t m = 0;
        for (size_t k = 0; k < nclasses; k++)
            if (a->bit[d * a->stride + k / 8] >> k % 8 & 1)
                cls[m++] = (uint16_t)k;
        NF_GO(nf_label_sets_add(&x, cls, m, err));
    }
    *out = x;
    x = (nf_label_sets){0};
out:
    nf_label_sets_clear(&x);
    nfi_free(cls);
    return s;
}

nf_status nf_crossval_multi(const nf_corpus *c, const nf_crossval_opts *o, int32_t *fold_of, nf_label_sets *human, nf_label_sets *predicted,
                            double *smoothing, nf_err *err)
{
    size_t folds = o->folds ? o->folds : 5, cells = 0;
    nf_fold_opts fo = {.k = folds, .seed = o->seed, .groups = o->groups};
    nf_label_sets sets = {0}, given = {0};
    answers a = {.stride = (c->nclasses + 7) / 8, .probability = o->probability};
    nf_model *m = NULL;
    uint32_t *of = NULL;
    nf_status s = NF_OK;

    if (!c->multi)
        return NF_FAIL(err, NF_EINVAL, "the documents were counted with one label each");
    if (c->n == 0)
        return NF_FAIL(err, NF_EDATA, "there are no documents");
    if (c->nclasses == 0)
        return NF_FAIL(err, NF_EDATA, "none of the %zu documents has a label", (size_t)c->n);
    uint8_t *use = nfi_alloc(c->n, 1), *hold = nfi_alloc(c->n, 1);
    int32_t *fold = nfi_alloc(c->n, sizeof *fold);
    double *chosen = nfi_alloc(folds, sizeof *chosen);
    if (nfi_mul(c->n, a.stride, &cells))
        a.bit = nfi_calloc(cells, 1);
    if (!use || !hold || !fold || !chosen || !a.bit) {
        s = nfi_oom(err, "cross-validation");
        goto out;
    }
    for (size_t i = 0; o->probability && i < c->n * c->nclasses; i++)
        o->probability[i] = -1.0f;
    NF_GO(nfi_sets_of(&sets, c, NULL, err));
    NF_GO(nf_folds_multi(fold, &sets, c->nclasses, &fo, err));
    for (size_t f = 0; f < folds; f++) {
        for (size_t d = 0; d < c->n; d++) {
            hold[d] = fold[d] == (int32_t)f;
            use[d] = !hold[d];
        }
        NF_GO(nfi_multi_train(&m, &of, c, use, &o->train, err));
        NF_GO(nfi_score_held(m, of, c, hold, (int32_t)f, o->train.threads, keep, &a, err));
        chosen[f] = m->smoothing;
        nf_model_free(m);
        m = NULL;
        nfi_free(of);
        of = NULL;
    }
    NF_GO(into_sets(&given, &a, c->n, c->nclasses, err));
    memcpy(fold_of, fold, c->n * sizeof *fold);
    memcpy(smoothing, chosen, folds * sizeof *chosen);
    *human = sets;
    *predicted = given;
    sets = given = (nf_label_sets){0};
out:
    nf_label_sets_clear(&sets);
    nf_label_sets_clear(&given);
    nf_model_free(m);
    nfi_free(of);
    nfi_free(use);
    nfi_free(hold);
    nfi_free(fold);
    nfi_free(chosen);
    nfi_free(a.bit);
    return s;
}
