/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tune.c - choosing a classifier and its settings by folds. The grid is small: what did best on one labelled corpus or another. Its order
 * is that in which it is tried, cheap and promising first, so that a search that ends early has seen what matters most. Candidates that
 * share n-grams and weighting stand together: their folds are made once.
 */
#include "models/fit.h"
#include "models/oof.h"
#include "models/trials.h"

#include "base/buf.h"
#include "base/num.h"
#include "base/try.h"

#include <string.h>

typedef struct row {
    const char *classifier, *weighting;
    bool words;     /* words alone */
    double value[6]; /* smoothing, or cost of linear machines; ended by 0 */
} row;

static const row grid[] = {
    {"cnb", "tfidf", false, {0.1, 0.3, 1.0, 3.0}},
    {"mnb", "tfidf", false, {0.003, 0.01, 0.03, 0.1}},
    {"wcnb", "tfidf", false, {0.03, 0.1, 0.3}},
    {"nbsvm", "ltc", false, {0.3, 1.0, 3.0}},
    {"svm", "ltc", false, {0.3, 1.0}},
    {"cnb", "tfidf", true, {0.1, 0.3, 1.0}},
    {"mnb", "tfidf", true, {0.003, 0.01, 0.03, 0.1}},
    {"nbsvm", "ltc", true, {0.1, 0.3, 1.0}},
    {"svm", "ltc", true, {0.3, 1.0, 3.0}},
    {"logistic", "ltc", true, {10.0, 30.0}},
    {"mnb", "tf", true, {0.01, 0.03, 0.1, 0.3}},
    {"cnb", "tf", true, {0.3, 1.0}},
    {"mnb", "tf", false, {0.003, 0.01, 0.03, 0.1}},
    {"cnb", "tf", false, {0.1, 0.3, 1.0}},
    {"wcnb", "tf", false, {0.03, 0.1, 0.3}},
    {"bnb", "binary", true, {0.01, 0.1}},
};
enum { ROWS = sizeof grid / sizeof *grid };

static bool is_wanted(const nf_tune_opts *o, const row *r, const nf_corpus *c)
{
    bool named = o->nclassifiers == 0;

    for (size_t i = 0; i < o->nclassifiers; i++)
        named |= strcmp(o->classifiers[i], r->classifier) == 0;
    if (r->words && (o->ngrams_fixed || c->text.lo > 1) && c->text.hi > 1)
        return false;
    if (!r->words && c->text.hi == 1)
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
            t[n++].c = (nf_candidate){k->name, grid[i].weighting, grid[i].words ? 1 : c->text.hi, k->cost > 0 ? smoothing : value,
                                      k->cost > 0 ? value : 0};
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

static void apply(nf_train_opts *o, const nf_candidate *c)
{
    o->classifier = c->classifier;
    o->weighting = c->weighting;
    o->smoothing = c->smoothing;
    o->cost = c->cost;
}

typedef struct search {
    const nf_corpus *c;
    const nf_tune_opts *o;
    nf_corpus words;     /* c without its n-grams; n-grams NULL until made */
    bool narrowed;
    nfi_split split;
    nfi_trials *trials;  /* of the weighting and n-grams at hand */
    const char *weighting;
    int ngram_hi;
    int32_t *human, *machine;
    bool *excluded;
} search;

static void predict(void *ctx, const nfi_held *h)
{
    int32_t *machine = ctx;
    machine[h->doc] = h->label;
}

static nf_status make_folds(search *s, const nf_candidate *k, nf_err *err)
{
    const nfi_weighting *w = nfi_weighting_find(k->weighting);
    const nf_corpus *c = s->c;

    if (s->trials && s->weighting == w->name && s->ngram_hi == k->ngram_hi)
        return NF_OK;
    nfi_trials_close(s->trials);
    s->trials = NULL;
    if (k->ngram_hi < c->text.hi) {
        if (!s->narrowed)
            NF_TRY(nfi_corpus_words(&s->words, s->c, err));
        s->narrowed = true;
        c = &s->words;
    }
    s->weighting = w->name;
    s->ngram_hi = k->ngram_hi;
    return nfi_trials_open(&s->trials, c, NULL, &s->split, &s->o->train.select, w, s->o->train.threads, err);
}

static nf_status judge(search *s, nf_tried *t, nf_err *err)
{
    nf_confusion x = {0};
    nf_metrics m = {0};
    nf_status st = nf_confusion_of(&x, s->human, s->machine, s->c->n, s->c->nclasses, err);

    if (st == NF_OK)
        st = nf_metrics_of(&m, &x, s->excluded, err);
    if (st == NF_OK) {
        t->done = true;
        t->right = m.correct;
        t->documents = m.n;
        t->accuracy = m.accuracy;
        t->accuracy_low = m.accuracy_low;
        t->accuracy_high = m.accuracy_high;
        t->macro_f1 = m.macro_f1;
    }
    nf_confusion_clear(&x);
    nf_metrics_clear(&m);
    return st;
}

/* Classes and documents that are held out: class of a document, or -1. */
static void find_held(search *s)
{
    for (size_t k = 0; k < s->c->nclasses; k++)
        s->excluded[k] = true;
    for (size_t d = 0; d < s->c->n; d++) {
        bool held = s->split.fold[d] >= (int32_t)s->split.forward && s->c->label[d] >= 0;
        s->human[d] = held ? s->c->label[d] : -1;
        if (held)
            s->excluded[s->c->label[d]] = false;
    }
}

nf_status nf_tune(nf_tried **tried, size_t *count, size_t *best, const nf_corpus *c, const nf_tune_opts *o, nf_err *err)
{
    search x = {.c = c, .o = o, .split = {.fold = o->fold, .folds = o->folds, .forward = o->forward}};
    nf_tried *t = NULL;
    size_t n = 0, top = SIZE_MAX;
    nf_status s = NF_OK;

    if (c->multi)
        return NF_FAIL(err, NF_EINVAL, "a classifier is chosen where documents have one label");
    if (o->train.codebook || o->train.unlabeled)
        return NF_FAIL(err, NF_EINVAL,
                       "a classifier is chosen by labelled documents alone, without a codebook or documents without a label");
    NF_TRY(list(&t, &n, c, o, err));
    x.human = nfi_alloc(c->n, sizeof *x.human);
    x.machine = nfi_alloc(c->n, sizeof *x.machine);
    x.excluded = nfi_alloc(c->nclasses, sizeof *x.excluded);
    if (!x.human || !x.machine || !x.excluded) {
        s = nfi_oom(err, "candidates");
        goto out;
    }
    find_held(&x);
    for (size_t i = 0; i < n; i++) {
        nf_train_opts with = o->train;
        if (o->go_on && !o->go_on(o->ctx, &t[i]))
            break;
        apply(&with, &t[i].c);
        with.calibration = "none";
        NF_GO(make_folds(&x, &t[i].c, err));
        memset(x.machine, 0xff, c->n * sizeof *x.machine);
        NF_GO(nfi_trials_run(x.trials, &with, predict, x.machine, NULL, err));
        if (o->go_on && !o->go_on(o->ctx, NULL)) /* time is up: what it reached does not count */
            break;
        NF_GO(judge(&x, &t[i], err));
        if (top == SIZE_MAX || t[i].right > t[top].right)
            top = i;
    }
    if (top == SIZE_MAX) {
        s = NF_FAIL(err, NF_EDATA, "the time was up before the first candidate was finished; allow more");
        goto out;
    }
    *tried = t;
    t = NULL;
    *count = n;
    *best = top;
out:
    nfi_trials_close(x.trials);
    if (x.narrowed)
        nfi_corpus_words_clear(&x.words);
    nfi_free(x.human);
    nfi_free(x.machine);
    nfi_free(x.excluded);
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
    const double v[] = {t->c.smoothing, t->c.cost, (double)t->right, (double)t->documents, t->macro_f1};
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
    nf_corpus words = {0};
    nf_model *m = NULL;
    nf_tried *t = NULL;
    size_t count = 0, top = 0;
    nfi_buf b = {0};
    nf_status s = NF_OK;

    if (!corpus)
        return NF_FAIL(err, NF_EINVAL, "a classifier is chosen by documents held out, which statistics do not hold");
    NF_GO(nf_tune(&t, &count, &top, corpus, o, err));
    nf_train_opts with = o->train;
    apply(&with, &t[top].c);
    with.groups = NULL;
    if (t[top].c.ngram_hi < corpus->text.hi)
        NF_GO(nfi_corpus_words(&words, corpus, err));
    NF_GO(nfi_model_of_all(&m, words.chunk ? &words : corpus, &with, err));
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
    if (words.chunk)
        nfi_corpus_words_clear(&words);
    return s;
}
