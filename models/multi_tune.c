/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * multi_tune.c - thresholds, and the smoothing when it is not given, from scores of held-out documents: five folds, each class cut where
 * its F1 is best, the smoothing whose micro F1 at these cuts is best. Cuts are made where they are judged; with one number a class that
 * flatters by little, and all values alike.
 */
#include "models/multi.h"
#include "models/oof.h"

#include "base/par.h"
#include "base/sort.h"
#include "base/try.h"

#include <string.h>

enum { FOLDS = 5 };
#define CELLS ((size_t)1 << 26) /* held-out scores at most: documents by classes */

/* Scores of held-out documents, class by class. */
typedef struct held_scores {
    size_t n, nclasses;
    const int32_t *place; /* of each document of the corpus, -1: not among them */
    float *score;         /* nclasses x n */
    uint8_t *known;       /* n: something of it was known */
} held_scores;

typedef struct tuning {
    const nf_corpus *c;
    const nf_train_opts *o;
    const uint8_t *use;
    nf_label_sets sets;  /* of all documents */
    int32_t *fold, *place;
    uint32_t *doc;       /* n: document of each place */
    held_scores held;
    double *threshold;   /* nclasses, of the smoothing at hand */
    double *sigmoid;     /* 2 nclasses, of the best; NULL: not wanted */
    int32_t none;
    double micro_f1;     /* and what they reach */
} tuning;

nf_status nfi_sets_of(nf_label_sets *out, const nf_corpus *c, const uint8_t *use, nf_err *err)
{
    nf_label_sets x = {0};
    nf_status s = NF_OK;

    for (size_t d = 0; d < c->n; d++) {
        uint16_t one;
        const uint16_t *cls = NULL;
        size_t n = c->label[d] >= 0 && (!use || use[d]) ? nfi_corpus_set(c, (size_t)c->label[d], &one, &cls) : 0;
        NF_GO(nf_label_sets_add(&x, cls, n, err));
    }
    *out = x;
    x = (nf_label_sets){0};
out:
    nf_label_sets_clear(&x);
    return s;
}

static void keep_scores(void *ctx, const nfi_held *h)
{
    held_scores *x = ctx;
    int32_t at = x->place[h->doc];

    if (at < 0)
        return;
    x->known[at] = h->known > 0;
    for (size_t k = 0; k < x->nclasses; k++)
        x->score[k * x->n + (size_t)at] = (float)h->score[k];
}

/* Which documents are held out: all with labels, or those least by the hash of their ids when scores would need too much memory. */
static nf_status choose(tuning *t, nf_err *err)
{
    size_t n = 0, most = CELLS / t->c->nclasses;
    nf_status s = NF_OK;
    nfi_kv *kv = nfi_alloc(t->c->n, sizeof *kv);

    t->place = nfi_alloc(t->c->n, sizeof *t->place);
    t->doc = nfi_alloc(t->c->n, sizeof *t->doc);
    if (!kv || !t->place || !t->doc) {
        s = nfi_oom(err, "thresholds");
        goto out;
    }
    for (size_t d = 0; d < t->c->n; d++) {
        t->place[d] = -1;
        if (t->sets.ptr[d] < t->sets.ptr[d + 1])
            kv[n++] = (nfi_kv){t->c->idhash[d], (uint32_t)d, 0};
    }
    if (n > most) {
        NF_GO(nfi_sort_kv(kv, n, err));
        for (size_t i = most; i < n; i++)
            t->fold[kv[i].val] = -1;
        n = most;
    }
    for (size_t i = 0; i < n; i++)
        t->place[kv[i].val] = 0;
    t->held = (held_scores){.n = n, .nclasses = t->c->nclasses, .place = t->place};
    for (size_t d = 0, at = 0; d < t->c->n; d++)
        if (t->place[d] == 0) {
            t->doc[at] = (uint32_t)d;
            t->place[d] = (int32_t)at++;
        }
    t->held.score = nfi_calloc(n * t->held.nclasses, sizeof *t->held.score);
    t->held.known = nfi_calloc(n, 1);
    if (!t->held.score || !t->held.known)
        s = nfi_oom(err, "thresholds");
out:
    nfi_free(kv);
    return s;
}

/* ---- cuts ---- */

static bool has(const nf_label_sets *s, size_t doc, size_t k)
{
    return nfi_class_place(s->cls, s->ptr[doc], s->ptr[doc + 1], k) != UINT64_MAX;
}

/* Threshold of a class, or (curve) its sigmoid. */
static nf_status look_at(tuning *t, size_t k, bool curve, nf_err *err)
{
    const held_scores *h = &t->held;
    double *score = nfi_alloc(h->n, sizeof *score);
    bool *own = nfi_alloc(h->n, sizeof *own);
    nfi_cut cut = {0};
    nf_status s = NF_OK;
    size_t n = 0;

    if (!score || !own) {
        s = nfi_oom(err, "thresholds");
        goto out;
    }
    for (size_t i = 0; i < h->n; i++)
        if (h->known[i]) {
            score[n] = (double)h->score[k * h->n + i];
            own[n++] = has(&t->sets, t->doc[i], k);
        }
    if (curve) {
        nfi_platt(score, own, n, &t->sigmoid[2 * k], &t->sigmoid[2 * k + 1]);
        goto out;
    }
    NF_GO(nfi_scut(score, own, n, NFI_LEAST_F1, &cut, err));
    t->threshold[k] = cut.threshold;
out:
    nfi_free(score);
    nfi_free(own);
    return s;
}

static nf_status cut_class(void *ctx, size_t k, int worker, nf_err *err) { return (void)worker, look_at(ctx, k, false, err); }
static nf_status bend_class(void *ctx, size_t k, int worker, nf_err *err) { return (void)worker, look_at(ctx, k, true, err); }

/* The thresholds at hand are the best so far: they are kept, and so is what makes probabilities of these scores. */
static nf_status keep_best(tuning *t, double *best, nf_err *err)
{
    memcpy(best, t->threshold, t->held.nclasses * sizeof *best);
    return t->sigmoid ? nfi_par_chunks(t->held.nclasses, nfi_par_threads(t->o->threads), bend_class, t, err) : NF_OK;
}

/* Micro F1 of the held-out documents at the thresholds, as metrics_multi.c has it. */
static nf_status judge(tuning *t, nf_err *err)
{
    const held_scores *h = &t->held;
    nfi_multi multi = {.threshold = t->threshold, .none = t->none};
    nf_model m = {.nclasses = h->nclasses, .multi = &multi};
    double *score = nfi_alloc(h->nclasses, sizeof *score);
    bool *chosen = nfi_alloc(h->nclasses, sizeof *chosen);
    uint64_t given = 0, mine = 0, right = 0;

    if (!score || !chosen) {
        nfi_free(score);
        nfi_free(chosen);
        return nfi_oom(err, "thresholds");
    }
    for (size_t i = 0; i < h->n; i++) {
        nfi_choice c;
        for (size_t k = 0; k < h->nclasses; k++)
            score[k] = (double)h->score[k * h->n + i];
        nfi_multi_choose(&m, score, chosen, &c);
        bool none = t->none >= 0 && chosen[t->none];
        given += h->known[i] && !none ? c.n : 0;
        for (uint64_t e = t->sets.ptr[t->doc[i]]; e < t->sets.ptr[t->doc[i] + 1]; e++)
            if ((int32_t)t->sets.cls[e] != t->none) {
                mine++;
                right += h->known[i] && chosen[t->sets.cls[e]];
            }
    }
    t->micro_f1 = given + mine ? 2.0 * (double)right / (double)(given + mine) : 0.0;
    nfi_free(score);
    nfi_free(chosen);
    return NF_OK;
}

/* Thresholds and what they reach, at one smoothing. */
static nf_status try_smoothing(tuning *t, double smoothing, nf_err *err)
{
    nf_train_opts o = *t->o;
    nfi_split plan = {.fold = t->fold, .folds = FOLDS};

    o.smoothing = smoothing;
    o.calibration = "none"; /* nothing of these models is kept */
    memset(t->held.known, 0, t->held.n);
    NF_TRY(nfi_oof(t->c, t->use, &o, &plan, keep_scores, &t->held, NULL, err));
    NF_TRY(nfi_par_chunks(t->held.nclasses, nfi_par_threads(t->o->threads), cut_class, t, err));
    return judge(t, err);
}

/* Up or down a ladder from its middle as long as it pays; thresholds of the best stay in best. */
static nf_status climb(tuning *t, double *smoothing, double *best, nf_err *err)
{
    static const double ladder[] = {0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0};
    enum { STEPS = sizeof ladder / sizeof *ladder };
    double top = -1.0;
    int at = 3, found = 3;

    for (int way = -1; way <= 1; way += 2) {
        for (int i = way < 0 ? at : at + 1; i >= 0 && i < STEPS; i += way) {
            NF_TRY(try_smoothing(t, ladder[i], err));
            if (t->micro_f1 <= top)
                break;
            top = t->micro_f1;
            found = i;
            NF_TRY(keep_best(t, best, err));
        }
        if (found < at)
            break;
    }
    *smoothing = ladder[found];
    t->micro_f1 = top;
    return NF_OK;
}

static nf_status begin(tuning *t, nf_err *err)
{
    size_t nk = t->c->nclasses;
    nf_fold_opts fo = {.k = FOLDS, .seed = 1};

    t->none = -1;
    for (size_t k = 0; k < nk; k++)
        if (t->c->classname[k].n == 4 && memcmp(t->c->classname[k].p, "none", 4) == 0)
            t->none = (int32_t)k;
    NF_TRY(nfi_sets_of(&t->sets, t->c, t->use, err));
    t->fold = nfi_alloc(t->c->n, sizeof *t->fold);
    t->threshold = nfi_calloc(nk, sizeof *t->threshold);
    if (!t->fold || !t->threshold)
        return nfi_oom(err, "thresholds");
    NF_TRY(nf_folds_multi(t->fold, &t->sets, nk, &fo, err));
    return choose(t, err);
}

static nf_status tune(tuning *t, double *smoothing, double *best, nf_err *err)
{
    nf_classifier_needs needs;

    NF_TRY(begin(t, err));
    if (*smoothing == 0.0 && nf_classifier_about(t->o->classifier ? t->o->classifier : nf_classifier_name(0, NULL), &needs) &&
        needs.smoothing && !needs.documents)
        return climb(t, smoothing, best, err);
    NF_TRY(try_smoothing(t, *smoothing, err));
    return keep_best(t, best, err);
}

nf_status nfi_multi_train(nf_model **out, uint32_t **of, const nf_corpus *c, const uint8_t *use, const nf_train_opts *o, nf_err *err)
{
    tuning t = {.c = c, .o = o, .use = use};
    nf_train_opts chosen = *o;
    nf_status s = NF_OK;
    nf_model *m = NULL;
    double *best = nfi_calloc(c->nclasses, sizeof *best);
    const nfi_calibrator *k = nfi_calibrator_find(o->calibration ? o->calibration : nfi_calibrators[0]->name);
    size_t labelled = 0;

    if (k && k->fit)
        t.sigmoid = nfi_calloc(2 * c->nclasses, sizeof *t.sigmoid);
    if (!best || (k && k->fit && !t.sigmoid)) {
        s = nfi_oom(err, "thresholds");
        goto out;
    }
    for (size_t d = 0; d < c->n; d++)
        labelled += c->label[d] >= 0 && (!use || use[d]);
    bool tuned = labelled >= FOLDS && c->nclasses >= 2;
    if (tuned) {
        nf_err why = {0};
        s = tune(&t, &chosen.smoothing, best, &why);
        tuned = s == NF_OK;
        if (s != NF_OK && s != NF_EDATA) { /* too few documents for folds are enough for a model */
            if (err)
                *err = why;
            goto out;
        }
    }
    NF_GO(nfi_model_of(&m, of, c, use, &chosen, err));
    if (tuned) {
        memcpy(m->multi->threshold, best, c->nclasses * sizeof *best);
        memcpy(m->multi->how, "out-of-fold", 12);
        m->multi->documents = t.held.n;
        if (t.held.n >= NFI_LEAST_CALIBRATION) {
            m->multi->sigmoid = t.sigmoid;
            t.sigmoid = NULL;
        }
        m->multi->micro_f1 = t.micro_f1;
        if (o->smoothing == 0.0 && chosen.smoothing != 0.0)
            memcpy(m->smoothing_how, "out-of-fold", 12);
    }
    *out = m;
    m = NULL;
out:
    nf_model_free(m);
    nfi_free(best);
    nf_label_sets_clear(&t.sets);
    nfi_free(t.fold);
    nfi_free(t.place);
    nfi_free(t.doc);
    nfi_free(t.threshold);
    nfi_free(t.sigmoid);
    nfi_free(t.held.score);
    nfi_free(t.held.known);
    return s;
}
