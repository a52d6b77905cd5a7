/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tune.c - choosing a classifier and its settings by folds. The grid is small: what did best on one labelled corpus or another. Its order
 * is that in which it is tried, cheap and promising first, so that a search that ends early has seen what matters most. Candidates that
 * share n-grams, weighting and min_df stand together: their folds are made once. How they are tried: race.c.
 */
#include "models/fit.h"
#include "models/oof.h"
#include "models/race.h"

#include "base/buf.h"
#include "base/num.h"
#include "base/try.h"

#include <string.h>

/* PAIRS: n-grams as counted; RARE: terms of a single document too; LEAD: words of the beginning as terms of their own too. */
enum { PAIRS = 0, WORDS = 1, RARE = 2, LEAD = 4 };

typedef struct row {
    const char *classifier, *weighting;
    int terms;
    double value[6]; /* smoothing, or cost of linear machines; ended by 0 */
} row;

static const row grid[] = {
    {"cnb", "tfidf", PAIRS, {0.1, 0.3, 1.0, 3.0}},
    {"mnb", "tfidf", PAIRS, {0.003, 0.01, 0.03, 0.1}},
    {"wcnb", "tfidf", PAIRS, {0.03, 0.1, 0.3}},
    {"nbsvm", "ltc", PAIRS, {0.3, 1.0, 3.0}},
    {"nbmix", "ltc", PAIRS, {0.3, 1.0}},
    {"svm", "ltc", PAIRS, {0.3, 1.0}},
    {"cnb", "tfidf", WORDS, {0.1, 0.3, 1.0}},
    {"mnb", "tfidf", WORDS, {0.003, 0.01, 0.03, 0.1}},
    {"nbsvm", "ltc", WORDS, {0.1, 0.3, 1.0, 3.0}},
    {"nbmix", "ltc", WORDS, {0.3, 1.0}},
    {"svm", "ltc", WORDS, {0.3, 1.0, 3.0}},
    {"cnb", "tfidf", PAIRS | RARE | LEAD, {0.1, 0.3, 0.5, 1.0}},
    {"wcnb", "tfidf", PAIRS | LEAD, {0.1, 0.3}},
    {"nbsvm", "ltc", PAIRS | LEAD, {1.0, 3.0}},
    {"nbmix", "ltc", PAIRS | LEAD, {0.3, 1.0}},
    {"nbsvm", "ltc", WORDS | LEAD, {0.3, 1.0, 3.0}},
    {"nbmix", "ltc", WORDS | LEAD, {0.3, 1.0}},
    {"svm", "ltc", WORDS | LEAD, {1.0, 3.0}},
    {"logistic", "ltc", WORDS, {10.0, 30.0}},
    {"mnb", "tf", WORDS, {0.01, 0.03, 0.1, 0.3}},
    {"cnb", "tf", WORDS, {0.3, 1.0}},
    {"mnb", "tf", PAIRS, {0.003, 0.01, 0.03, 0.1}},
    {"cnb", "tf", PAIRS, {0.1, 0.3, 1.0}},
    {"wcnb", "tf", PAIRS, {0.03, 0.1, 0.3}},
    {"bnb", "binary", WORDS, {0.01, 0.1}},
    {"nbsvm", "ltc", WORDS | RARE, {0.3, 1.0, 3.0}},
    {"cnb", "tfidf", PAIRS | RARE, {0.1, 0.3, 0.5, 1.0}},
};
enum { ROWS = sizeof grid / sizeof *grid };

static bool is_wanted(const nf_tune_opts *o, const row *r, const nf_corpus *c)
{
    bool named = o->nclassifiers == 0;

    for (size_t i = 0; i < o->nclassifiers; i++)
        named |= strcmp(o->classifiers[i], r->classifier) == 0;
    if ((r->terms & WORDS) && (o->ngrams_fixed || c->text.lo > 1) && c->text.hi > 1)
        return false;
    if (!(r->terms & WORDS) && c->text.hi == 1)
        return false;
    if ((r->terms & LEAD) && (c->text.lead == 0 || o->lead_fixed))
        return false;
    if ((r->terms & RARE) && (o->min_df_fixed || o->train.select.min_df <= 1))
        return false;
    return named && (!o->train.weighting || strcmp(o->train.weighting, r->weighting) == 0);
}

/* All candidates, in their order. */
static nf_status list(nf_tried **out, size_t *count, const nf_corpus *c, const nf_tune_opts *o, nf_err *err)
{
    nf_tried *t = nfi_calloc(ROWS * 6, sizeof *t);
    size_t n = 0;

    if (!t)
        return nfi_oom(err, "candidates");
    for (size_t i = 0; i < ROWS; i++) {
        const nfi_classifier *k = nfi_classifier_find(grid[i].classifier);
        if (!is_wanted(o, &grid[i], c))
            continue;
        double given = k->cost > 0 ? o->train.cost : o->train.smoothing;
        for (size_t v = 0; v < 6 && grid[i].value[v] > 0; v++) {
            if (given > 0 && v > 0)
                break;
            double value = given > 0 ? given : grid[i].value[v],
                   smoothing = k->smoothing_unit > 0 ? o->train.smoothing > 0 ? o->train.smoothing : k->smoothing_unit : 0;
            t[n++].c = (nf_candidate){.classifier = k->name,
                                      .weighting = nfi_weighting_find(grid[i].weighting)->name,
                                      .ngram_hi = (grid[i].terms & WORDS) ? 1 : c->text.hi,
                                      .smoothing = k->cost > 0 ? smoothing : value,
                                      .cost = k->cost > 0 ? value : 0,
                                      .min_df = (grid[i].terms & RARE) ? 1 : o->train.select.min_df,
                                      .lead = (grid[i].terms & LEAD) || o->lead_fixed ? c->text.lead : 0};
        }
    }
    if (n == 0) {
        nfi_free(t);
        return NF_FAIL(err, NF_EINVAL,
                       "nothing is left to try: the grid has none of the classifiers with that weighting and those n-grams");
    }
    *out = t;
    *count = n;
    return NF_OK;
}

void nfi_candidate_apply(nf_train_opts *o, const nf_candidate *c)
{
    o->classifier = c->classifier;
    o->weighting = c->weighting;
    o->smoothing = c->smoothing;
    o->cost = c->cost;
    o->select.min_df = c->min_df;
}

int nfi_candidate_view(const nf_candidate *c, const nf_corpus *corpus)
{
    return (c->ngram_hi < corpus->text.hi ? 1 : 0) | (c->lead < corpus->text.lead ? 2 : 0);
}

nf_status nf_tune(nf_tried **tried, size_t *count, size_t *best, const nf_corpus *c, const nf_tune_opts *o, nf_err *err)
{
    nf_tried *t = NULL;
    size_t n = 0, top = SIZE_MAX;
    nf_status s = NF_OK;

    if (c->multi)
        return NF_FAIL(err, NF_EINVAL, "a classifier is chosen where documents have one label");
    if (o->train.codebook || o->train.unlabeled)
        return NF_FAIL(err, NF_EINVAL,
                       "a classifier is chosen by labelled documents alone, without a codebook or documents without a label");
    NF_TRY(list(&t, &n, c, o, err));
    NF_GO(nfi_race(t, n, &top, c, o, err));
    if (top == SIZE_MAX) {
        s = NF_FAIL(err, NF_EDATA, "the time was up before the first candidate was finished; allow more");
        goto out;
    }
    *tried = t;
    t = NULL;
    *count = n;
    *best = top;
out:
    nfi_free(t);
    return s;
}

void nf_tried_free(nf_tried *t)
{
    nfi_free(t);
}

static void put_line(nfi_buf *b, const nf_tried *t)
{
    char number[40];

    nfi_buf_puts(b, t->c.classifier);
    nfi_buf_putc(b, ' ');
    nfi_buf_puts(b, t->c.weighting);
    nfi_buf_puts(b, " 1-");
    nfi_buf_put_u64(b, (uint64_t)t->c.ngram_hi);
    const double v[] = {t->c.smoothing, t->c.cost,           (double)t->right, (double)t->documents,
                        t->macro_f1,    (double)t->c.min_df, (double)t->c.lead};
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        nfi_buf_putc(b, ' ');
        nfi_buf_put(b, number, nfi_format_shortest(number, v[i]));
    }
    nfi_buf_putc(b, '\n');
}

nf_status nf_model_train_tuned(nf_model **out, nf_tried **tried, size_t *n, size_t *best, const nf_counted *c, const nf_tune_opts *o,
                               nf_err *err)
{
    const nf_corpus *corpus = nfi_counted_corpus(c);
    nf_corpus view = {0};
    nf_model *m = NULL;
    nf_tried *t = NULL;
    size_t count = 0, top = 0;
    nfi_buf b = {0};
    nf_status s = NF_OK;

    if (!corpus)
        return NF_FAIL(err, NF_EINVAL, "a classifier is chosen by documents held out, which statistics do not hold");
    NF_GO(nf_tune(&t, &count, &top, corpus, o, err));
    nf_train_opts with = o->train;
    nfi_candidate_apply(&with, &t[top].c);
    with.groups = NULL;
    int which = nfi_candidate_view(&t[top].c, corpus);
    if (which)
        NF_GO(nfi_corpus_view(&view, corpus, which & 1, which & 2, err));
    NF_GO(nfi_model_of_all(&m, which ? &view : corpus, &with, err));
    put_line(&b, &t[top]);
    for (size_t i = 0; i < count; i++)
        if (i != top && t[i].done)
            put_line(&b, &t[i]);
    const char *text = nfi_buf_ok(&b) ? nfi_arena_copy(&m->arena, b.p, b.n) : NULL;
    if (!text) {
        s = nfi_oom(err, "a model");
        goto out;
    }
    m->tuned = (nf_str){text, b.n};
    if (o->train.smoothing == 0.0 && strcmp(m->smoothing_how, "given") == 0)
        memcpy(m->smoothing_how, "folds", 6);
    *out = m;
    m = NULL;
    *tried = t;
    t = NULL;
    *n = count;
    *best = top;
out:
    nf_model_free(m);
    nfi_free(t);
    nfi_buf_clear(&b);
    if (view.chunk)
        nfi_corpus_view_clear(&view);
    return s;
}
