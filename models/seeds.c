/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seeds.c - seeds of a codebook as a prior: see seeds.h. */
#include "models/seeds.h"

#include "base/try.h"
#include "features/codebook.h"

#include <math.h>
#include <string.h>

/* ---- classes ---- */

static int cmp_str(nf_str x, nf_str y)
{
    int d = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);
    return d ? d : (x.n > y.n) - (x.n < y.n);
}

/* Place of a label among n that rise, or where it belongs. */
static size_t place_of(const nf_str *label, size_t n, nf_str key)
{
    size_t lo = 0, hi = n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (cmp_str(label[mid], key) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

nf_status nfi_seeds_check(const nf_str *label, const uint64_t *docs, size_t n, const nf_codebook *cb, nf_err *err)
{
    for (size_t k = 0; k < n; k++)
        if ((!docs || docs[k]) && nf_codebook_find(cb, label[k]) < 0)
            return NF_FAIL(err, NF_EDATA, "label \"%.*s\" is no frame of the codebook; add it there, or correct the documents",
                           (int)label[k].n, label[k].p);
    return NF_OK;
}

nf_status nfi_seeds_join(nfi_terms *t, nfi_sample *sample, nf_str **label, const nf_codebook *cb, nf_err *err)
{
    size_t n = t->nclasses, m = n;
    nf_status s = NF_OK;
    nf_str *all = NULL;
    uint32_t *to = NULL;
    uint64_t *docs = NULL;

    NF_TRY(nfi_seeds_check(*label, t->class_docs, n, cb, err));
    all = nfi_alloc(n + cb->n, sizeof *all);
    to = nfi_alloc(n, sizeof *to);
    docs = nfi_calloc(n + cb->n, sizeof *docs);
    if (!all || !to || !docs) {
        s = nfi_oom(err, "classes");
        goto out;
    }
    if (n)
        memcpy(all, *label, n * sizeof *all);
    for (size_t f = 0; f < cb->n; f++) {
        nf_str key = cb->frame[f].key;
        size_t at = place_of(all, m, key);
        if (cb->frame[f].nseeds == 0 || (at < m && cmp_str(all[at], key) == 0))
            continue;
        memmove(all + at + 1, all + at, (m++ - at) * sizeof *all);
        all[at] = key;
    }
    for (size_t k = 0; k < n; k++) {
        to[k] = (uint32_t)place_of(all, m, (*label)[k]);
        docs[to[k]] = t->class_docs[k];
    }
    for (uint64_t e = 0; e < t->ptr[t->n]; e++)
        t->cls[e] = (uint16_t)to[t->cls[e]]; /* order is kept */
    for (size_t i = 0; sample && i < sample->n; i++)
        sample->label[i] = (int32_t)to[sample->label[i]];
    nfi_free(t->class_docs);
    nfi_free(*label);
    t->class_docs = docs;
    *label = all;
    t->nclasses = m;
    docs = NULL;
    all = NULL;
out:
    nfi_free(all);
    nfi_free(to);
    nfi_free(docs);
    return s;
}

/* ---- terms ---- */

typedef struct finder {
    nf_lexicon *lx;
    int32_t *class_of; /* by frame, -1: it has no class here */
    uint16_t *frames;  /* of one term */
    nf_str word[NFI_MAX_NGRAM];
    uint32_t *pair_term, *pair_cls; /* found, by term and class */
    size_t n, cap_term, cap_cls;
} finder;

static nf_status find_pairs(finder *x, const nfi_terms *t, nf_err *err)
{
    for (size_t i = 0; i < t->n; i++) {
        const uint32_t *seq = t->seq + i * (size_t)t->stride;
        size_t n = 0, first = x->n;
        for (; n < (size_t)t->stride && seq[n]; n++)
            x->word[n] = t->word[seq[n] - 1];
        size_t found = nfi_lexicon_term(x->lx, x->word, n, x->frames);
        NF_TRY(nfi_grow(&x->pair_term, &x->cap_term, x->n + found, sizeof *x->pair_term, err));
        NF_TRY(nfi_grow(&x->pair_cls, &x->cap_cls, x->n + found, sizeof *x->pair_cls, err));
        for (size_t f = 0; f < found; f++) {
            int32_t k = x->class_of[x->frames[f]];
            if (k < 0)
                continue;
            size_t at = x->n++;
            for (; at > first && x->pair_cls[at - 1] > (uint32_t)k; at--)
                x->pair_cls[at] = x->pair_cls[at - 1];
            x->pair_cls[at] = (uint32_t)k;
            x->pair_term[x->n - 1] = (uint32_t)i;
        }
    }
    return NF_OK;
}

/* New ptr, cls, val and doc with an entry for every pair; s->entry gets their places. */
static nf_status make_entries(nfi_seeds *s, nfi_terms *t, const finder *x, nf_err *err)
{
    size_t most = (size_t)t->ptr[t->n] + x->n, n = 0, p = 0;
    nfi_term_sums more;

    NF_TRY(nfi_term_sums_new(&more, t->n, most, "seeds", err));
    for (size_t i = 0; i < t->n; i++) {
        more.ptr[i] = n;
        for (uint64_t e = t->ptr[i], end = t->ptr[i + 1]; e < end || (p < x->n && x->pair_term[p] == i);) {
            uint32_t have = e < end ? t->cls[e] : UINT32_MAX, want = p < x->n && x->pair_term[p] == i ? x->pair_cls[p] : UINT32_MAX;
            more.cls[n] = (uint16_t)(have <= want ? have : want);
            more.val[n] = have <= want ? t->val[e] : 0;
            more.doc[n] = have <= want ? t->doc[e] : 0;
            if (want <= have) {
                s->entry[p] = n;
                s->own[p++] = more.val[n];
            }
            e += have <= want;
            n++;
        }
    }
    more.ptr[t->n] = n;
    nfi_terms_replace(t, &more);
    return NF_OK;
}

nf_status nfi_seeds_find(nfi_seeds *out, nfi_terms *t, const nf_str *label, const nf_codebook *cb, const char *tokenizer,
                         const nfi_weighting *w, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_seeds x = {.nclasses = t->nclasses};
    finder f = {0};

    if (!w->additive)
        return NF_FAIL(err, NF_EINVAL, "weighting \"%s\" knows no sums that seeds could be added to; use \"%s\"", w->name,
                       nfi_weightings[0]->name);
    NF_GO(nf_lexicon_new(&f.lx, cb, tokenizer, err));
    f.class_of = nfi_alloc(cb->n, sizeof *f.class_of);
    f.frames = nfi_alloc(cb->n, sizeof *f.frames);
    x.terms = nfi_calloc(t->nclasses, sizeof *x.terms);
    if (!f.class_of || !f.frames || !x.terms) {
        s = nfi_oom(err, "seeds");
        goto out;
    }
    for (size_t i = 0; i < cb->n; i++) {
        size_t at = place_of(label, t->nclasses, cb->frame[i].key);
        f.class_of[i] = at < t->nclasses && cmp_str(label[at], cb->frame[i].key) == 0 ? (int32_t)at : -1;
    }
    NF_GO(find_pairs(&f, t, err));
    x.n = f.n;
    x.entry = nfi_alloc(x.n, sizeof *x.entry);
    x.own = nfi_alloc(x.n, sizeof *x.own);
    x.term = nfi_alloc(x.n, sizeof *x.term);
    x.labelled = nfi_calloc(x.n, sizeof *x.labelled);
    x.unit = nfi_alloc(x.n, sizeof *x.unit);
    if (!x.entry || !x.own || !x.term || !x.labelled || !x.unit) {
        s = nfi_oom(err, "seeds");
        goto out;
    }
    for (size_t p = 0; p < x.n; p++) {
        x.terms[f.pair_cls[p]]++;
        x.term[p] = f.pair_term[p];
        x.labelled[p] = t->multi ? t->lab_val[x.term[p]] : 0;
    }
    for (size_t p = 0; p < x.n; p++)
        x.unit[p] = w->l2 ? 1.0 / sqrt((double)x.terms[f.pair_cls[p]]) : 1.0;
    NF_GO(make_entries(&x, t, &f, err));
    *out = x;
    x = (nfi_seeds){0};
out:
    nf_lexicon_free(f.lx);
    nfi_free(f.class_of);
    nfi_free(f.frames);
    nfi_free(f.pair_term);
    nfi_free(f.pair_cls);
    nfi_seeds_clear(&x);
    return s;
}

void nfi_seeds_clear(nfi_seeds *s)
{
    nfi_free(s->entry);
    nfi_free(s->own);
    nfi_free(s->term);
    nfi_free(s->labelled);
    nfi_free(s->unit);
    nfi_free(s->terms);
    *s = (nfi_seeds){0};
}

void nfi_seeds_set(const nfi_seeds *s, nfi_terms *t, double strength)
{
    for (size_t p = 0; p < s->n; p++) {
        int64_t more = nfi_to_fixed(strength * s->unit[p]);
        t->val[s->entry[p]] = s->own[p] + more;
        if (t->multi) /* the documents of all classes together have it too */
            t->lab_val[s->term[p]] = (p && s->term[p - 1] == s->term[p] ? t->lab_val[s->term[p]] : s->labelled[p]) + more;
    }
}

/* ---- strength ---- */

nf_status nfi_seeds_tune(const nfi_seeds *s, const nfi_classifier *k, nfi_terms *t, const nfi_sample *sample, const nfi_weighting *w,
                         const double *idf, const double *prior, bool data_prior, int threads, double *strength, uint64_t *tried,
                         nf_err *err)
{
    enum { LADDER = 7, FEW = 30 };
    static const double ladder[LADDER] = {0.0, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0};
    double accuracy[LADDER], smoothing, best = -1.0, found = NFI_SEED_STRENGTH;
    uint64_t n = 0;

    if (sample && sample->n >= FEW) {
        for (size_t i = 0; i < LADDER; i++) {
            nfi_seeds_set(s, t, ladder[i]);
            NF_TRY(nfi_nb_tune(k, t, sample, w, idf, prior, data_prior, threads, &smoothing, &accuracy[i], &n, err));
            best = accuracy[i] > best ? accuracy[i] : best;
        }
        if (n < FEW)
            n = 0;
        double se = n ? sqrt(best * (1.0 - best) / (double)n) : 0.0;
        for (size_t i = 0; n && i < LADDER; i++)
            if (accuracy[i] >= best - se)
                found = ladder[i];
    }
    nfi_seeds_set(s, t, found);
    *strength = found;
    *tried = n;
    return NF_OK;
}
