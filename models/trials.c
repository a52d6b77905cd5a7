/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trials.c - folds that are made once and tried with many settings; tuning of smoothing by folds. */
#include "models/trials.h"

#include "base/par.h"
#include "base/sort.h"
#include "base/try.h"
#include "features/sample.h"
#include "models/fit.h"

#include <string.h>

enum { FOLDS = 5 };

typedef struct fold {
    nfi_terms t;
    uint32_t *of;
    uint8_t *train, *hold;
    nfi_sample sample; /* made when first needed, as rows */
    nfi_fit_rows rows;
    bool sampled, rowed;
} fold;

struct nfi_trials {
    const nf_corpus *c;
    const nfi_split *plan;
    const nfi_weighting *w;
    fold *fold; /* plan->folds; nothing but for those from first to end */
    size_t first, end;
    int threads;
};

void nfi_trials_close(nfi_trials *x)
{
    if (!x)
        return;
    for (size_t f = 0; x->fold && f < x->plan->folds; f++) {
        nfi_terms_clear(&x->fold[f].t);
        nfi_sample_clear(&x->fold[f].sample);
        nfi_fit_rows_clear(&x->fold[f].rows);
        nfi_free(x->fold[f].of);
        nfi_free(x->fold[f].train);
        nfi_free(x->fold[f].hold);
    }
    nfi_free(x->fold);
    nfi_free(x);
}

nf_status nfi_trials_open(nfi_trials **out, const nf_corpus *c, const uint8_t *use, const nfi_split *plan, size_t first, size_t end,
                          const nf_select_opts *select, const nfi_weighting *w, int threads, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_trials *x = nfi_calloc(1, sizeof *x);

    if (!x)
        return nfi_oom(err, "folds");
    *x = (nfi_trials){.c = c, .plan = plan, .w = w, .first = first, .end = end, .threads = threads};
    x->fold = nfi_calloc(plan->folds, sizeof *x->fold);
    if (!x->fold) {
        s = nfi_oom(err, "folds");
        goto out;
    }
    for (size_t i = first; i < end; i++) {
        fold *f = &x->fold[i];
        f->train = nfi_alloc(c->n, 1);
        f->hold = nfi_alloc(c->n, 1);
        if (!f->train || !f->hold) {
            s = nfi_oom(err, "folds");
            goto out;
        }
        nfi_split_flags(plan, c->n, use, i, f->train, f->hold);
        NF_GO(nfi_terms_build(&f->t, &f->of, c, f->train, select, w, NFI_SUM_MODEL, threads, err));
    }
    *out = x;
    x = NULL;
out:
    nfi_trials_close(x);
    return s;
}

/* What a candidate needs besides the terms. */
static nf_status make_ready(nfi_trials *x, fold *f, const nfi_classifier *k, const nf_train_opts *o, nf_err *err)
{
    nf_status s = NF_OK;
    double *idf = NULL;

    if (o->smoothing == 0.0 && k->exact && x->w->additive && !f->sampled) {
        NF_GO(nfi_sample_from_corpus(&f->sample, x->c, f->train, &f->t, f->of, x->w, o->groups, x->threads, err));
        f->sampled = true;
    }
    if (k->rows && !f->rowed) {
        if (!(idf = nfi_alloc(f->t.n, sizeof *idf))) {
            s = nfi_oom(err, "rows of documents");
            goto out;
        }
        for (size_t i = 0; i < f->t.n; i++)
            idf[i] = nfi_idf(f->t.ndocs, f->t.df[i]);
        NF_GO(nfi_fit_rows_make(&f->rows, x->c, f->train, &f->t, f->of, x->w, idf, x->threads, err));
        f->rowed = true;
    }
out:
    nfi_free(idf);
    return s;
}

static void *copy_of(const void *p, size_t n, size_t size)
{
    void *q = nfi_alloc(n, size);
    if (q && n)
        memcpy(q, p, n * size);
    return q;
}

/* The arrays that a model takes, copied; all else is borrowed. */
static nf_status lend(nfi_terms *to, const nfi_terms *t, nf_err *err)
{
    size_t entries = (size_t)t->ptr[t->n];

    *to = *t;
    to->seq = copy_of(t->seq, t->n * (size_t)t->stride, sizeof *t->seq);
    to->df = copy_of(t->df, t->n, sizeof *t->df);
    to->ptr = copy_of(t->ptr, t->n + 1, sizeof *t->ptr);
    to->cls = copy_of(t->cls, entries, sizeof *t->cls);
    to->val = copy_of(t->val, entries, sizeof *t->val);
    to->doc = copy_of(t->doc, entries, sizeof *t->doc);
    return to->seq && to->df && to->ptr && to->cls && to->val && to->doc ? NF_OK : nfi_oom(err, "folds");
}

static void take_back(nfi_terms *t)
{
    nfi_free(t->seq);
    nfi_free(t->df);
    nfi_free(t->ptr);
    nfi_free(t->cls);
    nfi_free(t->val);
    nfi_free(t->doc);
}

nf_status nfi_trials_prepare(nfi_trials *x, const nf_train_opts *o, nf_err *err)
{
    const nfi_classifier *k = nfi_classifier_find(o->classifier ? o->classifier : nfi_classifiers[0]->name);

    if (!k)
        return NF_FAIL(err, NF_EINVAL, "no classifier \"%s\"", o->classifier);
    for (size_t f = x->first; f < x->end; f++)
        NF_TRY(make_ready(x, &x->fold[f], k, o, err));
    return NF_OK;
}

static nf_status run_fold(nfi_trials *x, fold *f, size_t number, const nf_train_opts *o, nfi_held_fn fn, void *ctx, double *smoothing,
                          nf_err *err)
{
    const nfi_classifier *k = nfi_classifier_find(o->classifier ? o->classifier : nfi_classifiers[0]->name);
    nf_train_opts with = *o;
    nfi_terms t = {0};
    nf_model *m = NULL;
    nf_status s = NF_OK;

    if (!k)
        return NF_FAIL(err, NF_EINVAL, "no classifier \"%s\"", o->classifier);
    with.weighting = x->w->name;
    with.calibration = "none";
    NF_GO(make_ready(x, f, k, o, err));
    NF_GO(lend(&t, &f->t, err));
    nfi_origin origin = {.text = &x->c->text,
                         .label = x->c->classname,
                         .corpus = x->c,
                         .use = f->train,
                         .of = f->of,
                         .rows = k->rows ? &f->rows : NULL,
                         .again = true};
    NF_GO(nfi_model_finish(&m, &t, &f->sample, &origin, &with, err));
    NF_GO(nfi_score_held(m, f->of, x->c, f->hold, (int32_t)number, x->threads, fn, ctx, err));
    if (smoothing)
        *smoothing = m->smoothing;
out:
    take_back(&t);
    nf_model_free(m);
    return s;
}

nf_status nfi_trials_run(nfi_trials *x, const nf_train_opts *o, nfi_held_fn fn, void *ctx, double *smoothing, nf_err *err)
{
    for (size_t f = x->first; f < x->end; f++)
        NF_TRY(run_fold(x, &x->fold[f], f, o, fn, ctx, smoothing ? &smoothing[f] : NULL, err));
    return NF_OK;
}

/* ---- smoothing ---- */

typedef struct ladder {
    nfi_trials *x;
    const nf_train_opts *o;
    const int32_t *label;
    uint8_t *right; /* by document */
} ladder;

static void note(void *ctx, const nfi_held *h)
{
    ladder *l = ctx;
    l->right[h->doc] = h->label == l->label[h->doc];
}

static nf_status try_values(void *ctx, size_t rung, const double *smoothing, size_t n, uint64_t *correct, uint64_t *tried, nf_err *err)
{
    ladder *l = ctx;
    size_t docs = l->x->c->n;

    (void)rung;
    for (size_t i = 0; i < n; i++) {
        nf_train_opts o = *l->o;
        o.smoothing = smoothing[i];
        memset(l->right, 0, docs);
        NF_TRY(nfi_trials_run(l->x, &o, note, l, NULL, err));
        correct[i] = *tried = 0;
        for (size_t d = 0; d < docs; d++) {
            correct[i] += l->right[d];
            *tried += l->x->plan->fold[d] >= 0;
        }
    }
    return NF_OK;
}

nf_status nfi_tune_by_folds(const nf_corpus *c, const uint8_t *use, const nf_train_opts *o, double *smoothing, double *accuracy,
                            uint64_t *tried, nf_err *err)
{
    const nfi_classifier *k = nfi_classifier_find(o->classifier ? o->classifier : nfi_classifiers[0]->name);
    const nfi_weighting *w;
    nf_fold_opts fo = {.k = FOLDS, .seed = o->seed ? o->seed : 1, .groups = o->groups, .names = c->classname};
    nfi_split plan = {.folds = FOLDS};
    nfi_trials *x = NULL;
    nf_status s = NF_OK;

    *tried = 0;
    NF_TRY(nfi_classifier_weighting(&w, k, o->weighting, err));
    int32_t *label = nfi_alloc(c->n, sizeof *label), *fold_of = nfi_alloc(c->n, sizeof *fold_of);
    uint8_t *right = nfi_alloc(c->n, 1);
    bool *small = nfi_calloc(c->nclasses, sizeof *small);
    if (!label || !fold_of || !right || !small) {
        s = nfi_oom(err, "folds");
        goto out;
    }
    for (size_t d = 0; d < c->n; d++)
        label[d] = !use || use[d] ? c->label[d] : -1;
    s = nf_folds_stratified(fold_of, small, label, c->n, c->nclasses, &fo, err);
    if (s == NF_EDATA) { /* too few documents: the fixed value will do */
        s = NF_OK;
        goto out;
    }
    if (s != NF_OK)
        goto out;
    plan.fold = fold_of;
    s = nfi_trials_open(&x, c, use, &plan, 0, FOLDS, &o->select, w, o->threads, err);
    if (s == NF_EDATA) {
        s = NF_OK;
        goto out;
    }
    if (s != NF_OK)
        goto out;
    ladder l = {x, o, c->label, right};
    s = nfi_climb(try_values, &l, smoothing, accuracy, tried, err);
out:
    nfi_trials_close(x);
    nfi_free(label);
    nfi_free(fold_of);
    nfi_free(right);
    nfi_free(small);
    return s;
}
