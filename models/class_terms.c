/* SPDX-License-Identifier: GPL-3.0-or-later */
/* class_terms.c - what sets the documents of a class apart, by the counts of documents that a model keeps; features/keyness.h has the
 * formula. */
#include "newsframe/explain.h"

#include "base/mem.h"
#include "base/sort.h"
#include "base/try.h"
#include "features/keyness.h"
#include "models/model.h"

bool nf_model_has_counts(const nf_model *m) { return m->doc != NULL; }

static double key_of(const nf_model *m, const nf_class_term *t) { return m->doc ? t->z : t->weight; }

/* a stands below b: less, or the same and later. */
static bool below(const nf_model *m, const nf_class_term *a, const nf_class_term *b)
{
    double x = key_of(m, a), y = key_of(m, b);
    return x < y || (x == y && a->term > b->term); /* finite */
}

/* A heap with the lowest on top. */
static void sift_down(const nf_model *m, nf_class_term *h, size_t n, size_t i)
{
    for (size_t c; (c = 2 * i + 1) < n; i = c) {
        if (c + 1 < n && below(m, &h[c + 1], &h[c]))
            c++;
        if (!below(m, &h[c], &h[i]))
            return;
        nf_class_term x = h[i];
        h[i] = h[c];
        h[c] = x;
    }
}

static void push(const nf_model *m, nf_class_term *h, size_t *n, size_t most, nf_class_term t)
{
    if (*n < most) {
        size_t i = (*n)++;
        for (h[i] = t; i > 0 && below(m, &h[i], &h[(i - 1) / 2]); i = (i - 1) / 2) {
            nf_class_term x = h[i];
            h[i] = h[(i - 1) / 2];
            h[(i - 1) / 2] = x;
        }
    } else if (most > 0 && below(m, &h[0], &t)) {
        h[0] = t;
        sift_down(m, h, *n, 0);
    }
}

/* Documents with a term, summed over terms: of class k, and of all. */
static void totals(const nf_model *m, size_t k, double *mine, double *all)
{
    *mine = *all = 0.0;
    for (size_t t = 0; t < m->n; t++) {
        *all += m->df[t];
        *mine += (double)nf_model_term_docs(m, t, k);
    }
}

static int falling(const void *a, const void *b, void *ctx) { return below(ctx, a, b) ? 1 : below(ctx, b, a) ? -1 : 0; }

nf_status nf_model_class_terms(const nf_model *m, size_t k, size_t most, nf_class_term *out, size_t *n, nf_err *err)
{
    double mine = 0.0, all = 0.0;
    size_t got = 0;

    if (k >= m->nclasses)
        return NF_FAIL(err, NF_EINVAL, "no class %zu, there are %zu", k, m->nclasses);
    if (m->doc)
        totals(m, k, &mine, &all);
    for (size_t t = 0; t < m->n; t++) {
        nf_class_term x = {.term = t, .class_docs = nf_model_term_docs(m, t, k), .docs = m->df[t]};
        if (m->doc) {
            nfi_keyness key = nfi_keyness_of((double)x.class_docs, mine, m->df[t], all, NFI_KEYNESS_DOCS);
            x.log_odds = key.log_odds;
            x.z = key.z;
        } else {
            x.weight = nf_model_term_weight(m, t, k);
        }
        if (key_of(m, &x) > 0.0)
            push(m, out, &got, most, x);
    }
    NF_TRY(nfi_sort(out, got, sizeof *out, falling, (void *)(uintptr_t)m, err));
    for (size_t i = 0; i < got; i++)
        out[i].weight = nf_model_term_weight(m, out[i].term, k);
    *n = got;
    return NF_OK;
}
