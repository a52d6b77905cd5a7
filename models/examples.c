/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * examples.c - sentences that show terms at work. Sentences of a batch are scored, and made into rows of the model's terms; each wanted
 * pair keeps the best it has seen, and a copy of its text.
 */
#include "newsframe/explain.h"

#include "base/arena.h"
#include "base/mem.h"
#include "base/sort.h"
#include "base/try.h"
#include "models/model.h"

#include <string.h>

enum { SHORT = 280 }; /* bytes: longer sentences only where there is no shorter one */

typedef struct wanted {
    size_t term, cls, pair; /* pair: its number in the list given */
} wanted;

typedef struct best {
    char *text, *id; /* owned */
    size_t n, nid;
    bool in_title, fits;
    double score;
    size_t start, end;
} best;

struct nf_examples {
    const nf_model *m;
    wanted *want; /* n, by term, class */
    best *best;   /* n, in the order given */
    size_t n;
    nf_scored_units units;
};

static int by_term(const void *a, const void *b, void *ctx)
{
    const wanted *x = a, *y = b;
    (void)ctx;
    if (x->term != y->term)
        return x->term < y->term ? -1 : 1;
    if (x->cls != y->cls)
        return x->cls < y->cls ? -1 : 1;
    return (x->pair > y->pair) - (x->pair < y->pair);
}

nf_status nf_examples_new(nf_examples **out, const nf_model *m, const size_t *terms, const size_t *classes, size_t n, nf_err *err)
{
    nf_status s = NF_OK;
    nf_examples *e = nfi_calloc(1, sizeof *e);

    if (!e)
        return nfi_oom(err, "examples");
    e->m = m;
    e->n = n;
    e->want = nfi_alloc(n, sizeof *e->want);
    e->best = nfi_calloc(n, sizeof *e->best);
    if (!e->want || !e->best) {
        s = nfi_oom(err, "examples");
        goto out;
    }
    for (size_t i = 0; i < n; i++) {
        if (terms[i] >= m->n || classes[i] >= m->nclasses) {
            s = NF_FAIL(err, NF_EINVAL, "the model has no term %zu or no class %zu", terms[i], classes[i]);
            goto out;
        }
        e->want[i] = (wanted){terms[i], classes[i], i};
    }
    NF_GO(nfi_sort(e->want, n, sizeof *e->want, by_term, NULL, err));
    *out = e;
    e = NULL;
out:
    nf_examples_free(e);
    return s;
}

void nf_examples_free(nf_examples *e)
{
    if (!e)
        return;
    for (size_t i = 0; e->best && i < e->n; i++) {
        nfi_free(e->best[i].text);
        nfi_free(e->best[i].id);
    }
    nfi_free(e->want);
    nfi_free(e->best);
    nf_scored_units_clear(&e->units);
    nfi_free(e);
}

nf_example nf_examples_get(const nf_examples *e, size_t i)
{
    const best *b = &e->best[i];
    return (nf_example){.text = {b->text, b->n}, .id = {b->id, b->nid}, .in_title = b->in_title, .start = b->start, .end = b->end};
}

static nf_status keep(best *b, nf_str text, nf_str id, const nf_scored_unit *u, bool fits, double score, nf_err *err)
{
    char *t = nfi_alloc(text.n, 1), *d = nfi_alloc(id.n, 1);

    if (!t || !d) {
        nfi_free(t);
        nfi_free(d);
        return nfi_oom(err, "an example");
    }
    memcpy(t, text.p, text.n);
    if (id.n)
        memcpy(d, id.p, id.n);
    nfi_free(b->text);
    nfi_free(b->id);
    *b = (best){t, d, text.n, id.n, u->in_title, fits, score, u->place.start, u->place.end};
    return NF_OK;
}

/* Offers a sentence to all pairs of a term. */
static nf_status offer(nf_examples *e, size_t term, const double *odds, nf_str text, nf_str id, const nf_scored_unit *u, nf_err *err)
{
    size_t lo = 0, hi = e->n;
    bool fits = text.n <= SHORT;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (e->want[mid].term < term)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < e->n && e->want[lo].term == term; lo++) {
        best *b = &e->best[e->want[lo].pair];
        double score = odds[e->want[lo].cls];
        if (!b->text || (fits && !b->fits) || (fits == b->fits && score > b->score))
            NF_TRY(keep(b, text, id, u, fits, score, err));
    }
    return NF_OK;
}

nf_status nf_examples_add(nf_examples *e, nf_scorer *s, const nf_batch *b, nf_err *err)
{
    nf_status st = NF_OK;
    nf_csr X = {0};
    nf_doc *one = NULL;

    NF_TRY(nf_scorer_units(s, b, NF_UNIT_SENTENCE, NULL, &e->units, err));
    one = nfi_calloc(e->units.n, sizeof *one);
    if (!one)
        return nfi_oom(err, "sentences");
    for (size_t i = 0; i < e->units.n; i++) { /* as titles: these are not cleaned */
        const nf_scored_unit *u = &e->units.unit[i];
        nf_str in = u->in_title ? b->docs[u->doc].title : b->docs[u->doc].text;
        one[i].title = (nf_str){in.p + u->place.start, u->place.end - u->place.start};
    }
    if ((st = nf_scorer_rows(s, &(nf_batch){one, e->units.n, NULL}, &X, err)) != NF_OK)
        goto out;
    for (size_t i = 0; i < e->units.n; i++) {
        const nf_scored_unit *u = &e->units.unit[i];
        for (int64_t k = X.ptr[i]; u->score.scored && k < X.ptr[i + 1]; k++)
            if ((st = offer(e, (size_t)X.idx[k], e->units.log_odds + i * e->m->nclasses, one[i].title, b->docs[u->doc].id, u, err)) !=
                NF_OK)
                goto out;
    }
out:
    nf_csr_clear(&X);
    nfi_free(one);
    return st;
}
