/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * errors.c - what people and a model do not agree on. A label is suspected where the model's margin against it is at least the median of
 * the margins with which the model is right about documents of the class that it says, if there are five: that sure it is usually right.
 * With several labels, a label that people did not give is suspected to be missing by the same rule, its margin being the distance to its
 * threshold.
 */
#include "newsframe/errors.h"

#include "base/arena.h"
#include "base/mem.h"
#include "base/sort.h"
#include "base/try.h"
#include "models/model.h"

enum { LEAST_RIGHT = 5 };

typedef struct right {
    int32_t cls;
    double margin;
} right;

struct nf_errors {
    const nf_model *m;
    nf_error *row;
    right *right; /* margins of documents that are right */
    size_t n, cap, nright, capright;
    nfi_arena arena; /* ids */
    nf_explanation why;
    bool *chosen;    /* classes that the model gave a document */
};

const char *nf_error_kind_text(nf_error_kind k)
{
    static const char *const text[] = {
#define X(name, value, meaning) value,
        NF_ERROR_KINDS(X)
#undef X
    };
    return (unsigned)k < NF_ERROR_KIND_COUNT ? text[k] : "?";
}

nf_status nf_errors_new(nf_errors **out, const nf_model *m, nf_err *err)
{
    nf_errors *e = nfi_calloc(1, sizeof *e);
    bool *chosen = nfi_alloc(m->nclasses, sizeof *chosen);

    if (!e || !chosen) {
        nfi_free(e);
        nfi_free(chosen);
        return nfi_oom(err, "errors");
    }
    e->m = m;
    e->chosen = chosen;
    *out = e;
    return NF_OK;
}

void nf_errors_free(nf_errors *e)
{
    if (!e)
        return;
    nfi_free(e->row);
    nfi_free(e->right);
    nfi_free(e->chosen);
    nfi_arena_clear(&e->arena);
    nf_explanation_clear(&e->why);
    nfi_free(e);
}

/* The terms that speak most for either side; they come by falling absolute value. sign: -1 where the human's label is explained. */
static void take_words(nf_error *x, const nf_explanation *why, double sign)
{
    for (size_t i = 0; i < why->nterms; i++) {
        const nf_term_part *t = &why->term[i];
        double nats = t->nats * sign;
        if (nats > 0.0 && x->nmachine < NF_ERROR_WORDS) {
            x->machine_term[x->nmachine] = t->term;
            x->machine_nats[x->nmachine++] = nats;
        } else if (nats < 0.0 && x->nhuman < NF_ERROR_WORDS) {
            x->human_term[x->nhuman] = t->term;
            x->human_nats[x->nhuman++] = -nats;
        }
    }
}

static nf_status add_error(nf_errors *e, nf_scorer *s, const nf_doc *d, const nf_score *score, const double *odds, int32_t human,
                           nf_err *err)
{
    nf_error x = {
        .kind = score->label < 0 ? NF_ERROR_NO_LABEL : NF_ERROR_WRONG, .status = score->status, .human = human, .machine = score->label};
    bool known = (size_t)human < e->m->nclasses;

    char *id = nfi_arena_copy(&e->arena, d->id.p, d->id.n);
    if (!id)
        return nfi_oom(err, "errors");
    x.id = (nf_str){id, d->id.n};
    if (score->label >= 0 && known) {
        x.margin = odds[score->label] - odds[human];
        x.has_margin = true;
        NF_TRY(nf_explain(&e->why, s, d, score->label, human, err));
        take_words(&x, &e->why, 1.0);
    }
    NF_TRY(nfi_grow(&e->row, &e->cap, e->n + 1, sizeof *e->row, err));
    e->row[e->n++] = x;
    return NF_OK;
}

nf_status nf_errors_add(nf_errors *e, nf_scorer *s, const nf_batch *b, const nf_score *scores, const double *log_odds, const int32_t *human,
                        nf_err *err)
{
    for (size_t i = 0; i < b->n; i++) {
        if (human[i] < 0)
            continue;
        if (scores[i].label != human[i]) {
            NF_TRY(add_error(e, s, &b->docs[i], &scores[i], log_odds + i * e->m->nclasses, human[i], err));
            continue;
        }
        NF_TRY(nfi_grow(&e->right, &e->capright, e->nright + 1, sizeof *e->right, err));
        e->right[e->nright++] = (right){scores[i].label, scores[i].margin};
    }
    return NF_OK;
}

nf_status nf_errors_add_set(nf_errors *e, nf_scorer *s, const nf_doc *d, const nf_score *score, const double *log_odds, const bool *human,
                            nf_err *err)
{
    char *id = NULL;

    for (size_t k = 0; k < e->m->nclasses; k++)
        e->chosen[k] = false;
    if (score->label >= 0)
        nf_model_labels(e->m, log_odds, e->chosen);
    for (size_t k = 0; k < e->m->nclasses; k++) {
        double above = log_odds[k] - nf_model_threshold(e->m, k);
        if (e->chosen[k] && human[k]) {
            NF_TRY(nfi_grow(&e->right, &e->capright, e->nright + 1, sizeof *e->right, err));
            e->right[e->nright++] = (right){(int32_t)k, above};
        }
        if (e->chosen[k] == human[k])
            continue;
        if (!id && !(id = nfi_arena_copy(&e->arena, d->id.p, d->id.n)))
            return nfi_oom(err, "errors");
        nf_error x = {.kind = score->label < 0 ? NF_ERROR_NO_LABEL : NF_ERROR_WRONG,
                      .id = {id, d->id.n},
                      .status = score->status,
                      .human = human[k] ? (int32_t)k : -1,
                      .machine = human[k] ? -1 : (int32_t)k,
                      .has_margin = score->scored};
        if (score->scored) {
            x.margin = human[k] ? -above : above;
            NF_TRY(nf_explain(&e->why, s, d, (int32_t)k, -1, err));
            take_words(&x, &e->why, human[k] ? -1.0 : 1.0);
        }
        NF_TRY(nfi_grow(&e->row, &e->cap, e->n + 1, sizeof *e->row, err));
        e->row[e->n++] = x;
    }
    return NF_OK;
}

static int by_class(const void *a, const void *b, void *ctx)
{
    const right *x = a, *y = b;
    (void)ctx;
    return x->cls != y->cls ? (x->cls > y->cls) - (x->cls < y->cls) : (x->margin > y->margin) - (x->margin < y->margin);
}

static int worst_first(const void *a, const void *b, void *ctx)
{
    const nf_error *x = a, *y = b;
    (void)ctx;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return (x->margin < y->margin) - (x->margin > y->margin); /* the sort is stable: ties stay in input order */
}

/* Where the margins of class k begin. */
static size_t begin_of(const nf_errors *e, int32_t k)
{
    size_t lo = 0, hi = e->nright;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (e->right[mid].cls < k)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

nf_status nf_errors_finish(nf_errors *e, nf_err *err)
{
    NF_TRY(nfi_sort(e->right, e->nright, sizeof *e->right, by_class, NULL, err));
    for (size_t i = 0; i < e->n; i++) {
        nf_error *x = &e->row[i];
        if (!x->has_margin || x->machine < 0)
            continue;
        size_t from = begin_of(e, x->machine), n = begin_of(e, x->machine + 1) - from;
        if (n >= LEAST_RIGHT && x->margin >= e->right[from + n / 2].margin)
            x->kind = NF_ERROR_SUSPECTED_LABEL;
    }
    return nfi_sort(e->row, e->n, sizeof *e->row, worst_first, NULL, err);
}

size_t nf_errors_count(const nf_errors *e) { return e->n; }
const nf_error *nf_errors_get(const nf_errors *e, size_t i) { return &e->row[i]; }
