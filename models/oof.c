/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oof.c - scores of documents by models that have not seen them. */
#include "models/oof.h"
#include "models/multi.h"

#include "base/par.h"
#include "base/sort.h"
#include "base/try.h"
#include "features/forms.h"
#include "features/sample.h"
#include "models/seeds.h"
#include "models/trials.h"

#include <string.h>

/* join: frames of a codebook that no document has become classes too. */
static nf_status train(nf_model **out, uint32_t **of, const nf_corpus *c, const uint8_t *use, const nf_train_opts *o, bool join,
                       nf_err *err)
{
    const nfi_classifier *k = nfi_classifier_find(o->classifier ? o->classifier : nfi_classifiers[0]->name);
    const nfi_weighting *w;
    nf_select_opts select = o->select;
    nfi_terms t = {0};
    nfi_sample sample = {0};
    uint32_t *map = NULL;
    nf_str *label = NULL;
    nf_status s = NF_OK;

    if (!k)
        return NF_FAIL(err, NF_EINVAL, "no classifier \"%s\"", o->classifier);
    NF_TRY(nfi_classifier_weighting(&w, k, o->weighting, err));
    if (o->forms)
        select.min_df = 1; /* what is rare may not be with its forms */
    NF_GO(nfi_terms_build(&t, &map, c, use, &select, w, NFI_SUM_MODEL, o->threads, err));
    if (o->forms)
        NF_GO(nfi_terms_pool(&t, map, nfi_corpus_nodes(c), o->select.min_df, err));
    if (w->additive && k->exact && nfi_wants_sample(o)) /* with several labels for bounds of typicality alone */
        NF_GO(nfi_sample_from_corpus(&sample, c, use, &t, map, w, o->groups, o->threads, err));
    if (join && o->codebook) {
        if (!(label = nfi_alloc(t.nclasses, sizeof *label))) {
            s = nfi_oom(err, "labels");
            goto out;
        }
        if (t.nclasses)
            memcpy(label, c->classname, t.nclasses * sizeof *label);
        NF_GO(nfi_seeds_join(&t, &sample, &label, o->codebook, err));
    }
    nfi_origin origin = {.text = &c->text, .label = label ? label : c->classname, .corpus = c, .use = use, .of = map};
    NF_GO(nfi_model_finish(out, &t, &sample, &origin, o, err));
    if (of) {
        *of = map;
        map = NULL;
    }
out:
    nfi_terms_clear(&t);
    nfi_sample_clear(&sample);
    nfi_free(map);
    nfi_free(label);
    return s;
}

nf_status nfi_model_of(nf_model **out, uint32_t **of, const nf_corpus *c, const uint8_t *use, const nf_train_opts *o, nf_err *err)
{
    return train(out, of, c, use, o, false, err);
}

nf_status nfi_model_of_all(nf_model **out, const nf_corpus *c, const nf_train_opts *o, nf_err *err)
{
    return train(out, NULL, c, NULL, o, true, err);
}

/* ---- scoring ---- */

typedef struct held_out {
    const nf_corpus *c;
    const nf_model *m;
    const uint32_t *of;
    const uint8_t *hold;
    int32_t fold;
    nfi_held_fn fn;
    void *ctx;
    double table[NFI_TF_TABLE];
} held_out;

/* Scores the held-out documents of one chunk. */
static nf_status score_chunk(void *ctx, size_t k, int worker, nf_err *err)
{
    const held_out *h = ctx;
    const nfi_chunk *ch = &h->c->chunk[k];
    size_t nk = h->m->nclasses, e = 0, cap = 0, capterm = 0, captf = 0;
    uint32_t *term = NULL, *tf = NULL;
    nfi_rows rows = {0};
    nfi_kv *kv = NULL;
    nf_status s = NF_OK;

    (void)worker;
    double *acc = nfi_alloc(nk, sizeof *acc), *odds = nfi_alloc(2 * nk, sizeof *odds);
    float *expanded = nfi_alloc(nfi_score_scratch(nk), sizeof *expanded);
    if (!acc || !odds || !expanded) {
        s = nfi_oom(err, "cross-validation");
        goto out;
    }
    NF_GO(nfi_corpus_rows(h->c, k, h->of, &rows, err));
    for (size_t d = ch->first; d < ch->first + ch->n; e += h->c->nterms[d], d++) {
        if (h->hold && !h->hold[d])
            continue;
        size_t n = h->c->nterms[d];
        nfi_held x = {
            .doc = d, .fold = h->fold, .model = h->m, .score = acc, .log_odds = odds, .scratch = odds + nk, .label = -1, .second = -1};
        NF_GO(nfi_grow(&kv, &cap, n, sizeof *kv, err));
        NF_GO(nfi_grow(&term, &capterm, n, sizeof *term, err));
        NF_GO(nfi_grow(&tf, &captf, n, sizeof *tf, err));
        for (size_t i = 0; i < n; i++)
            kv[i] = (nfi_kv){rows.id[e + i], rows.tf[e + i], 0};
        NF_GO(nfi_sort_kv(kv, n, err)); /* sums of doubles have one order */
        for (size_t i = 0; i < n; i++) {
            term[i] = (uint32_t)kv[i].key;
            tf[i] = kv[i].val;
        }
        nfi_score_row row = {term, tf, n};
        if ((x.known = nfi_model_score_row(h->m, h->table, &row, acc, expanded)) == 0) { /* no known words: no label, as in scoring */
            memset(acc, 0, nk * sizeof *acc);
            memset(odds, 0, nk * sizeof *odds);
        } else {
            nfi_model_decide(h->m, acc, odds, &x.label, &x.second, &x.margin);
        }
        h->fn(h->ctx, &x);
    }
out:
    nfi_rows_clear(&rows);
    nfi_free(kv);
    nfi_free(term);
    nfi_free(tf);
    nfi_free(acc);
    nfi_free(odds);
    nfi_free(expanded);
    return s;
}

nf_status nfi_score_held(const nf_model *m, const uint32_t *of, const nf_corpus *c, const uint8_t *hold, int32_t fold, int threads,
                         nfi_held_fn fn, void *ctx, nf_err *err)
{
    held_out h = {.c = c, .m = m, .of = of, .hold = hold, .fold = fold, .fn = fn, .ctx = ctx};

    nfi_tf_table(m->weighting->tf, h.table);
    return nfi_par_chunks(c->nchunks, nfi_par_threads(threads), score_chunk, &h, err);
}

/* ---- folds ---- */

void nfi_split_flags(const nfi_split *plan, size_t n, const uint8_t *use, size_t f, uint8_t *train, uint8_t *hold)
{
    for (size_t d = 0; d < n; d++) {
        bool in = !use || use[d];
        int32_t fold = plan->fold[d];
        hold[d] = in && fold == (int32_t)f;
        train[d] = in && (plan->forward ? fold >= 0 && fold < (int32_t)f : !hold[d]);
    }
}

nf_status nfi_oof(const nf_corpus *c, const uint8_t *use, const nf_train_opts *o, const nfi_split *plan, nfi_held_fn fn, void *ctx,
                  double *smoothing, nf_err *err)
{
    nf_model *m = NULL;
    uint32_t *of = NULL;
    nf_status s = NF_OK;
    uint8_t *in = nfi_alloc(c->n, 1), *hold = nfi_alloc(c->n, 1);

    if (!in || !hold) {
        s = nfi_oom(err, "cross-validation");
        goto out;
    }
    for (size_t f = plan->forward; f < plan->folds; f++) {
        nfi_split_flags(plan, c->n, use, f, in, hold);
        NF_GO(nfi_model_of(&m, &of, c, in, o, err));
        if (plan->begin)
            NF_GO(plan->begin(ctx, m, err));
        NF_GO(nfi_score_held(m, of, c, hold, (int32_t)f, o->threads, fn, ctx, err));
        if (smoothing)
            smoothing[f] = m->smoothing;
        nf_model_free(m);
        m = NULL;
        nfi_free(of);
        of = NULL;
    }
out:
    nf_model_free(m);
    nfi_free(of);
    nfi_free(in);
    nfi_free(hold);
    return s;
}

void nfi_oof_table_clear(nfi_oof_table *t)
{
    nfi_free(t->fold);
    nfi_free(t->label);
    nfi_free(t->scored);
    nfi_free(t->log_odds);
    *t = (nfi_oof_table){0};
}

static void into_table(void *ctx, const nfi_held *h)
{
    nfi_oof_table *t = ctx;

    t->label[h->doc] = h->label;
    t->scored[h->doc] = h->known > 0;
    memcpy(t->log_odds + h->doc * t->nclasses, h->log_odds, t->nclasses * sizeof *t->log_odds);
}

nf_status nfi_oof_stratified(nfi_oof_table *out, const nf_corpus *c, const nf_crossval_opts *o, nf_err *err)
{
    nfi_oof_table t = {.n = c->n, .nclasses = c->nclasses};
    nfi_split plan = {.folds = o->folds ? o->folds : 5};
    nf_fold_opts fo = {.k = plan.folds, .seed = o->seed, .groups = o->groups, .names = c->classname};
    nf_status s = NF_OK;

    if (c->n == 0)
        return NF_FAIL(err, NF_EDATA, "there are no documents");
    if (c->nclasses == 0)
        return NF_FAIL(err, NF_EDATA, "none of the %zu documents has a label", (size_t)c->n);
    bool *small = nfi_calloc(c->nclasses, sizeof *small);
    t.fold = nfi_alloc(c->n, sizeof *t.fold);
    t.label = nfi_alloc(c->n, sizeof *t.label);
    t.scored = nfi_calloc(c->n, sizeof *t.scored);
    size_t cells = 0;
    if (nfi_mul(c->n, c->nclasses, &cells))
        t.log_odds = nfi_calloc(cells, sizeof *t.log_odds);
    if (!small || !t.fold || !t.label || !t.scored || !t.log_odds) {
        s = nfi_oom(err, "scores of held-out documents");
        goto out;
    }
    memset(t.label, 0xff, c->n * sizeof *t.label);
    NF_GO(nf_folds_stratified(t.fold, small, c->label, c->n, c->nclasses, &fo, err));
    plan.fold = t.fold;
    NF_GO(nfi_oof(c, NULL, &o->train, &plan, into_table, &t, NULL, err));
    *out = t;
    t = (nfi_oof_table){0};
out:
    nfi_oof_table_clear(&t);
    nfi_free(small);
    return s;
}
