/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crossval.c - stratified cross-validation. Nothing of a held-out document reaches the fold that scores it: terms, document frequencies, idf, smoothing and
 * weights are found anew from the other folds.
 */
#include "models/model.h"

#include "base/par.h"
#include "base/try.h"
#include "features/sample.h"

#include <string.h>

typedef struct held_out {
    const nf_corpus *c;
    const nf_model *m;
    const uint32_t *of; /* node -> term of this fold */
    const int32_t *fold_of;
    int32_t fold;
    int32_t *predicted;
    double table[NFI_TF_TABLE];
} held_out;

/* Scores the held-out documents of one chunk with the fold's model. */
static nf_status predict_chunk(void *ctx, size_t k, int worker, nf_err *err)
{
    held_out *h = ctx;
    const nfi_chunk *ch = &h->c->chunk[k];
    size_t nk = h->m->nclasses, e = 0, cap = 0;
    uint32_t *term = NULL;
    nf_status s = NF_OK;

    (void)worker;
    double *acc = nfi_alloc(nk, sizeof *acc), *odds = nfi_alloc(nk, sizeof *odds);
    float *expanded = nfi_alloc(nk, sizeof *expanded);
    if (!acc || !odds || !expanded) {
        s = nfi_oom(err, "cross-validation");
        goto out;
    }
    for (size_t d = ch->first; d < ch->first + ch->n; e += h->c->nterms[d], d++) {
        if (h->fold_of[d] != h->fold)
            continue;
        size_t n = h->c->nterms[d];
        int32_t best, second;
        double margin;
        NF_GO(nfi_grow(&term, &cap, n, sizeof *term, err));
        for (size_t i = 0; i < n; i++)
            term[i] = h->of[ch->rows.id[e + i]];
        nfi_score_row row = {term, ch->rows.tf + e, n};
        h->predicted[d] = -1;
        if (nfi_model_score_row(h->m, h->table, &row, acc, expanded) == 0)
            continue; /* no known words: no label, as in scoring */
        nfi_log_odds(acc, nk, odds, &best, &second, &margin);
        if (margin > 1e-9)
            h->predicted[d] = best;
    }
out:
    nfi_free(term);
    nfi_free(acc);
    nfi_free(odds);
    nfi_free(expanded);
    return s;
}

static nf_status one_fold(const nf_corpus *c, const nf_train_opts *o, const nfi_weighting *w, const int32_t *fold_of, int32_t fold, uint8_t *use, int32_t *predicted,
                          double *smoothing, nf_err *err)
{
    nfi_terms t = {0};
    nfi_sample sample = {0};
    uint32_t *of = NULL;
    nf_model *m = NULL;
    nf_status s = NF_OK;

    for (size_t d = 0; d < c->n; d++)
        use[d] = fold_of[d] != fold;
    NF_GO(nfi_terms_build(&t, &of, c, use, &o->select, w, NFI_SUM_MODEL, o->threads, err));
    if (o->smoothing == 0.0 && w->additive)
        NF_GO(nfi_sample_from_corpus(&sample, c, use, &t, of, w, o->threads, err));
    nfi_origin origin = {&c->text, c->classname};
    NF_GO(nfi_model_finish(&m, &t, &sample, &origin, o, err));
    *smoothing = m->smoothing;
    held_out h = {.c = c, .m = m, .of = of, .fold_of = fold_of, .fold = fold, .predicted = predicted};
    nfi_tf_table(w->tf, h.table);
    NF_GO(nfi_par_chunks(c->nchunks, nfi_par_threads(o->threads), predict_chunk, &h, err));
out:
    nfi_terms_clear(&t);
    nfi_sample_clear(&sample);
    nfi_free(of);
    nf_model_free(m);
    return s;
}

nf_status nf_crossval(const nf_corpus *c, const nf_crossval_opts *o, int32_t *fold_of, int32_t *predicted, double *smoothing, nf_err *err)
{
    const char *weighting = o->train.weighting ? o->train.weighting : nfi_weightings[0]->name;
    const nfi_weighting *w = nfi_weighting_find(weighting);
    size_t folds = o->folds ? o->folds : 5;
    nf_fold_opts fo = {.k = folds, .seed = o->seed, .groups = o->groups, .names = c->classname};
    nf_status s = NF_OK;

    if (!w)
        return NF_FAIL(err, NF_EINVAL, "no weighting \"%s\"", weighting);
    if (c->n == 0)
        return NF_FAIL(err, NF_EDATA, "there are no documents");
    if (c->nclasses == 0)
        return NF_FAIL(err, NF_EDATA, "none of the %zu documents has a label", (size_t)c->n);
    uint8_t *use = nfi_alloc(c->n, 1);
    bool *small = nfi_calloc(c->nclasses, sizeof *small);
    int32_t *fold = nfi_alloc(c->n, sizeof *fold), *pred = nfi_alloc(c->n, sizeof *pred);
    double *chosen = nfi_alloc(folds, sizeof *chosen);
    if (!use || !small || !fold || !pred || !chosen) {
        s = nfi_oom(err, "cross-validation");
        goto out;
    }
    NF_GO(nf_folds_stratified(fold, small, c->label, c->n, c->nclasses, &fo, err));
    for (size_t d = 0; d < c->n; d++)
        pred[d] = -1;
    for (size_t k = 0; k < folds; k++)
        NF_GO(one_fold(c, &o->train, w, fold, (int32_t)k, use, pred, &chosen[k], err));
    memcpy(fold_of, fold, c->n * sizeof *fold);
    memcpy(predicted, pred, c->n * sizeof *pred);
    memcpy(smoothing, chosen, folds * sizeof *chosen);
out:
    nfi_free(use);
    nfi_free(small);
    nfi_free(fold);
    nfi_free(pred);
    nfi_free(chosen);
    return s;
}
