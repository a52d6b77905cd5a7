/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * race.c - candidates tried fold by fold. After each fold all that are left have been judged on the same documents, and each is compared
 * with the leader on those that one of the two has right and the other wrong (McNemar's test): who is behind by more than BEHIND standard
 * deviations is set aside. A fold therefore costs less than the one before, and in the end those are compared that could be the best. What
 * is set aside depends on the documents alone. When the time is up, the last fold that all finished counts.
 */
#include "models/race.h"

#include "base/par.h"
#include "base/try.h"
#include "models/oof.h"
#include "models/trials.h"

#include <math.h>
#include <string.h>

#define BEHIND 2.58 /* one in 200 by chance */
enum { AT_ONCE = 8 }; /* candidates whose models are in memory side by side */

typedef struct entrant {
    uint16_t *says; /* by document: class + 1, 0: none */
    size_t folds;   /* finished, the last of them included */
    bool out;
} entrant;

typedef struct race {
    nf_tried *t;
    entrant *e;
    size_t n;
    const nf_corpus *c;
    const nf_tune_opts *o;
    nfi_split split;
    nf_corpus view[4]; /* c without its n-grams (1), without its lead (2), once asked for */
    int32_t *human, *machine;
    bool *excluded;
} race;

static bool may_go_on(const race *r, const nf_tried *t, bool after)
{
    return !r->o->go_on || r->o->go_on(r->o->ctx, t, after);
}

static bool share_rows(const nf_candidate *a, const nf_candidate *b)
{
    return a->weighting == b->weighting && a->ngram_hi == b->ngram_hi && a->min_df == b->min_df && a->lead == b->lead;
}

/* ---- one fold ---- */

static void predict(void *ctx, const nfi_held *h)
{
    uint16_t *says = ctx;
    says[h->doc] = (uint16_t)(h->label + 1);
}

typedef struct heat {
    race *r;
    nfi_trials *trials;
    size_t fold, first;
    const size_t *who; /* candidates that run */
    int threads;       /* of each */
} heat;

static nf_status run_one(void *ctx, size_t number, int worker, nf_err *err)
{
    heat *h = ctx;
    race *r = h->r;
    size_t i = h->who[number];
    nf_train_opts with = r->o->train;

    (void)worker;
    if (!may_go_on(r, &r->t[i], false))
        return NF_OK;
    nfi_candidate_apply(&with, &r->t[i].c);
    with.threads = h->threads;
    NF_TRY(nfi_trials_run(h->trials, &with, predict, r->e[i].says, NULL, err));
    if (may_go_on(r, &r->t[i], true)) /* time is up: what it reached does not count */
        r->e[i].folds = h->fold + 1;
    return NF_OK;
}

static nf_status corpus_of(race *r, const nf_candidate *k, const nf_corpus **c, nf_err *err)
{
    int which = nfi_candidate_view(k, r->c);

    *c = which ? &r->view[which] : r->c;
    return which && !r->view[which].chunk ? nfi_corpus_view(&r->view[which], r->c, which & 1, which & 2, err) : NF_OK;
}

/* Those of candidates [first, end) that are left, in one fold. who: n, caller-allocated. */
static nf_status run_heat(race *r, size_t fold, size_t first, size_t end, size_t *who, nf_err *err)
{
    const nf_candidate *k = &r->t[first].c;
    const nf_corpus *c;
    nf_select_opts select = r->o->train.select;
    heat h = {.r = r, .fold = fold, .who = who, .threads = r->o->train.threads};
    nf_status s = NF_OK;
    size_t live = 0;

    for (size_t i = first; i < end; i++)
        if (!r->e[i].out)
            who[live++] = i;
    if (live == 0 || !may_go_on(r, &r->t[who[0]], false))
        return NF_OK;
    NF_TRY(corpus_of(r, k, &c, err));
    select.min_df = k->min_df;
    NF_GO(nfi_trials_open(&h.trials, c, NULL, &r->split, fold, fold + 1, &select, nfi_weighting_find(k->weighting), h.threads, err));
    for (size_t i = 0; i < live; i++) {
        nf_train_opts with = r->o->train;
        nfi_candidate_apply(&with, &r->t[who[i]].c);
        NF_GO(nfi_trials_prepare(h.trials, &with, err));
    }
    int threads = nfi_par_threads(h.threads);
    if (live == 1 || threads == 1) {
        for (size_t i = 0; i < live; i++)
            NF_GO(run_one(&h, i, 0, err));
        goto out;
    }
    h.threads = 1;
    s = nfi_par_chunks(live, threads < AT_ONCE ? threads : AT_ONCE, run_one, &h, err);
out:
    nfi_trials_close(h.trials);
    return s;
}

/* ---- judging ---- */

/* What a candidate reached on the folds up to this one. */
static nf_status judge(race *r, size_t i, nf_err *err)
{
    nf_tried *t = &r->t[i];
    nf_confusion x = {0};
    nf_metrics m = {0};

    for (size_t d = 0; d < r->c->n; d++)
        r->machine[d] = (int32_t)r->e[i].says[d] - 1;
    nf_status s = nf_confusion_of(&x, r->human, r->machine, r->c->n, r->c->nclasses, err);
    if (s == NF_OK)
        s = nf_metrics_of(&m, &x, r->excluded, err);
    if (s == NF_OK) {
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
    return s;
}

/* Classes and documents that have been held out up to a fold: class of a document, or -1. */
static void find_held(race *r, size_t fold)
{
    for (size_t k = 0; k < r->c->nclasses; k++)
        r->excluded[k] = true;
    for (size_t d = 0; d < r->c->n; d++) {
        int32_t f = r->split.fold[d];
        bool held = f >= (int32_t)r->split.forward && f <= (int32_t)fold && r->c->label[d] >= 0;
        r->human[d] = held ? r->c->label[d] : -1;
        if (held)
            r->excluded[r->c->label[d]] = false;
    }
}

static bool is_behind(const race *r, size_t i, size_t leader)
{
    uint64_t better = 0, worse = 0;

    for (size_t d = 0; d < r->c->n; d++) {
        if (r->human[d] < 0)
            continue;
        bool mine = r->e[i].says[d] == r->human[d] + 1, other = r->e[leader].says[d] == r->human[d] + 1;
        better += mine && !other;
        worse += other && !mine;
    }
    return worse > better && (double)(worse - better) > BEHIND * sqrt((double)(worse + better));
}

/* Of two with as many right the one without a lead, which has fewer terms. */
static bool is_better(const nf_tried *a, const nf_tried *b)
{
    return a->right > b->right || (a->right == b->right && a->c.lead == 0 && b->c.lead > 0);
}

/* After a fold. *going: it was finished by all, or, the first, by some; *best: who leads. */
static nf_status rank(race *r, size_t fold, bool first, bool last, size_t *best, bool *going, nf_err *err)
{
    size_t top = SIZE_MAX;
    bool all = true;

    for (size_t i = 0; i < r->n; i++)
        all &= r->e[i].out || r->e[i].folds == fold + 1;
    *going = all;
    if (!all && !first)
        return NF_OK;
    find_held(r, fold);
    for (size_t i = 0; i < r->n; i++) {
        if (r->e[i].out || r->e[i].folds != fold + 1)
            continue;
        NF_TRY(judge(r, i, err));
        if (top == SIZE_MAX || is_better(&r->t[i], &r->t[top]))
            top = i;
    }
    *best = top;
    for (size_t i = 0; all && i < r->n; i++) {
        if (r->e[i].out)
            continue;
        r->t[i].complete = last;
        if (!last && i != top && is_behind(r, i, top)) {
            r->e[i].out = r->t[i].set_aside = true;
            nfi_free(r->e[i].says);
            r->e[i].says = NULL;
        }
    }
    return NF_OK;
}

static nf_status open(race *r, nf_err *err)
{
    r->e = nfi_calloc(r->n, sizeof *r->e);
    r->human = nfi_alloc(r->c->n, sizeof *r->human);
    r->machine = nfi_alloc(r->c->n, sizeof *r->machine);
    r->excluded = nfi_alloc(r->c->nclasses, sizeof *r->excluded);
    if (!r->e || !r->human || !r->machine || !r->excluded)
        return nfi_oom(err, "candidates");
    for (size_t i = 0; i < r->n; i++)
        if (!(r->e[i].says = nfi_calloc(r->c->n, sizeof *r->e[i].says)))
            return nfi_oom(err, "candidates");
    return NF_OK;
}

nf_status nfi_race(nf_tried *t, size_t n, size_t *best, const nf_corpus *c, const nf_tune_opts *o, nf_err *err)
{
    race r = {.t = t, .n = n, .c = c, .o = o, .split = {.fold = o->fold, .folds = o->folds, .forward = o->forward}};
    nf_status s = NF_OK;
    bool going = true;
    size_t *who = nfi_alloc(n, sizeof *who);

    *best = SIZE_MAX;
    if (!who) {
        s = nfi_oom(err, "candidates");
        goto out;
    }
    NF_GO(open(&r, err));
    for (size_t f = o->forward; going && f < o->folds; f++) {
        for (size_t i = 0, end; i < n; i = end) {
            for (end = i + 1; end < n && share_rows(&t[i].c, &t[end].c);)
                end++;
            NF_GO(run_heat(&r, f, i, end, who, err));
        }
        NF_GO(rank(&r, f, f == o->forward, f + 1 == o->folds, best, &going, err));
    }
out:
    for (size_t i = 0; r.e && i < n; i++)
        nfi_free(r.e[i].says);
    for (int i = 1; i < 4; i++)
        if (r.view[i].chunk)
            nfi_corpus_view_clear(&r.view[i]);
    nfi_free(r.e);
    nfi_free(r.human);
    nfi_free(r.machine);
    nfi_free(r.excluded);
    nfi_free(who);
    return s;
}
