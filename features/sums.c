/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sums.c - rows to columns, then sums by class.
 *
 * Each worker owns a range of terms with about the same number of entries, scans all rows and places its own entries term by term
 * (a counting sort), then adds up each term's documents by class. Documents arrive in corpus order; sums are integers.
 */
#include "features/sums.h"

#include "base/par.h"
#include "base/try.h"

#include <math.h>
#include <string.h>

enum { AHEAD = 32 };

typedef struct posting {
    uint32_t doc, tf;
} posting;

/* Entries of a part, as they come. */
typedef struct nfi_sums {
    uint16_t *cls;
    int64_t *val;
    uint32_t *doc;
    uint64_t *freq; /* with NFI_SUM_ALL */
    size_t n;
} nfi_sums;

typedef struct sum_pass {
    nfi_terms *t;
    const nf_corpus *c;
    const uint8_t *use;
    const uint32_t *of;
    const nfi_weighting *w;
    const double *inv, *table, *idf;
    size_t *bound;    /* parts + 1 term numbers */
    nfi_sums *out;    /* one a part */
    bool all;         /* NFI_SUM_ALL */
    uint64_t *count;  /* n: classes of each term */
} sum_pass;

/* ---- norms ---- */

typedef struct norm_pass {
    double *inv;
    const nf_corpus *c;
    const nfi_terms *t;
    const uint32_t *of;
    const nfi_weighting *w;
    const double *table, *idf;
} norm_pass;

static nf_status norm_chunk(void *ctx, size_t k, int worker, nf_err *err)
{
    norm_pass *p = ctx;
    const nfi_chunk *ch = &p->c->chunk[k];
    size_t e = 0;

    (void)worker, (void)err;
    for (size_t d = ch->first; d < ch->first + ch->n; e += p->c->nterms[d], d++) {
        size_t n = p->c->nterms[d];
        if (p->w->additive) {
            p->inv[d] = nfi_inverse_norm(p->table, p->w->tf, ch->rows.tf + e, n);
            continue;
        }
        double sum = 0.0;
        for (size_t i = e; i < e + n; i++) {
            uint32_t term = p->of[ch->rows.id[i]];
            if (term == NFI_NONE)
                continue;
            double x = nfi_tf_at(p->table, p->w->tf, ch->rows.tf[i]) * p->idf[term];
            sum += x * x;
        }
        p->inv[d] = sum > 0 ? 1.0 / sqrt(sum) : 0.0;
    }
    return NF_OK;
}

static double *make_idf(const nfi_terms *t)
{
    double *idf = nfi_alloc(t->n, sizeof *idf);
    for (size_t i = 0; idf && i < t->n; i++)
        idf[i] = nfi_idf(t->ndocs, t->df[i]);
    return idf;
}

nf_status nfi_doc_norms(double *inv, const nf_corpus *c, const nfi_terms *t, const uint32_t *of, const nfi_weighting *w, int threads, nf_err *err)
{
    double table[NFI_TF_TABLE], *idf = NULL;

    if (!w->l2) {
        for (size_t d = 0; d < c->n; d++)
            inv[d] = c->nterms[d] ? 1.0 : 0.0;
        return NF_OK;
    }
    nfi_tf_table(w->tf, table);
    if (!w->additive && !(idf = make_idf(t)))
        return nfi_oom(err, "norms");
    norm_pass p = {inv, c, t, of, w, table, idf};
    nf_status s = nfi_par_chunks(c->nchunks, nfi_par_threads(threads), norm_chunk, &p, err);
    nfi_free(idf);
    return s;
}

/* ---- sums ---- */

/* Sums of one term in one class, while its postings go by. */
typedef struct tally {
    int64_t val;
    uint64_t freq;
    uint32_t doc;
} tally;

static inline int64_t weight_of(const sum_pass *p, const posting *x, size_t term)
{
    if (p->w->tf == NFI_TF_BINARY && !p->w->l2)
        return (int64_t)1 << 32;
    if (!p->w->l2)
        return (int64_t)x->tf << 32;
    return nfi_to_fixed(nfi_tf_at(p->table, p->w->tf, x->tf) * p->inv[x->doc] * (p->idf ? p->idf[term] : 1.0));
}

/* Appends the entries of the touched classes, in rising order, and clears them. */
static void put_entries(sum_pass *p, size_t part, tally *by, uint16_t *touched, size_t n)
{
    for (size_t i = 1; i < n; i++) /* few classes: insertion sort */
        for (size_t j = i; j > 0 && touched[j - 1] > touched[j]; j--) {
            uint16_t x = touched[j];
            touched[j] = touched[j - 1];
            touched[j - 1] = x;
        }
    nfi_sums *o = &p->out[part];
    for (size_t i = 0; i < n; i++, o->n++) {
        tally *t = &by[touched[i]];
        o->cls[o->n] = touched[i];
        o->val[o->n] = t->val;
        o->doc[o->n] = t->doc;
        if (p->all)
            o->freq[o->n] = t->freq;
        *t = (tally){0};
    }
}

/* Adds up the postings of the terms [a, b) by class and appends the entries to the part's buffers. */
static nf_status add_up(sum_pass *p, size_t part, size_t a, size_t b, const posting *post, nf_err *err)
{
    tally *by = nfi_calloc(p->t->nclasses, sizeof *by);
    uint16_t *touched = nfi_alloc(p->t->nclasses, sizeof *touched);
    nf_status s = NF_OK;

    nfi_sums *o = &p->out[part];
    size_t most = 0; /* a term has no more entries than documents or classes */
    for (size_t term = a; term < b; term++)
        most += p->t->df[term] < p->t->nclasses ? p->t->df[term] : p->t->nclasses;
    o->cls = nfi_alloc(most, sizeof *o->cls);
    o->val = nfi_alloc(most, sizeof *o->val);
    o->doc = nfi_alloc(most, sizeof *o->doc);
    o->freq = p->all ? nfi_alloc(most, sizeof *o->freq) : NULL;
    if (!by || !touched || !o->cls || !o->val || !o->doc || (p->all && !o->freq)) {
        s = nfi_oom(err, "sums");
        goto out;
    }
    for (size_t term = a; term < b; term++) {
        tally all = {0};
        size_t ntouched = 0;
        for (uint32_t i = 0; i < p->t->df[term]; i++, post++) {
            int32_t k = p->c->label[post->doc];
            int64_t v = weight_of(p, post, term);
            bool over = __builtin_add_overflow(all.val, v, &all.val);
            all.freq += post->tf;
            if (k >= 0) {
                if (by[k].doc++ == 0)
                    touched[ntouched++] = (uint16_t)k;
                by[k].freq += post->tf;
                by[k].val += v; /* no larger than all.val: every weight is >= 0 */
            }
            if (over) {
                s = NF_FAIL(err, NF_ELIMIT, "a sum of weights exceeds 2^31: too many occurrences of one term for exact sums");
                goto out;
            }
        }
        put_entries(p, part, by, touched, ntouched);
        p->count[term] = ntouched;
        if (p->all) {
            p->t->all_freq[term] = all.freq;
            p->t->all_val[term] = all.val;
        }
    }
out:
    nfi_free(by);
    nfi_free(touched);
    return s;
}

static nf_status sum_part(void *ctx, size_t part, int worker, nf_err *err)
{
    sum_pass *p = ctx;
    const nf_corpus *c = p->c;
    size_t a = p->bound[part], b = p->bound[part + 1];
    nf_status s = NF_OK;

    (void)worker;
    size_t *at = nfi_alloc(b - a + 1, sizeof *at);
    posting *post = NULL;
    if (!at)
        return nfi_oom(err, "sums");
    at[0] = 0;
    for (size_t i = a; i < b; i++)
        at[i - a + 1] = at[i - a] + p->t->df[i];
    post = nfi_alloc(at[b - a], sizeof *post);
    if (!post) {
        s = nfi_oom(err, "sums");
        goto out;
    }
    for (size_t k = 0; k < c->nchunks; k++) {
        const nfi_rows *r = &c->chunk[k].rows;
        size_t e = 0;
        for (size_t d = c->chunk[k].first; d < c->chunk[k].first + c->chunk[k].n; d++) {
            size_t end = e + c->nterms[d];
            if (p->use && !p->use[d]) {
                e = end;
                continue;
            }
            for (; e < end; e += AHEAD) { /* look-ups of a group first, so that their misses overlap */
                size_t term[AHEAD], m = end - e < AHEAD ? end - e : AHEAD;
                for (size_t i = 0; i < m; i++)
                    term[i] = (size_t)p->of[r->id[e + i]] - a; /* NFI_NONE and terms of other parts fall outside */
                for (size_t i = 0; i < m; i++)
                    if (term[i] < b - a)
                        __builtin_prefetch(&post[at[term[i]]], 1);
                for (size_t i = 0; i < m; i++)
                    if (term[i] < b - a)
                        post[at[term[i]]++] = (posting){(uint32_t)d, r->tf[e + i]};
            }
            e = end;
        }
    }
    s = add_up(p, part, a, b, post, err);
out:
    nfi_free(at);
    nfi_free(post);
    return s;
}

/* The parts' arrays one after another; each is freed as soon as it was copied. */
static nf_status join(nfi_terms *t, nfi_sums *part, size_t parts, bool all, nf_err *err)
{
    size_t n = (size_t)t->ptr[t->n], at = 0;

    if (parts == 1) { /* nothing to join: only hand the unused room back */
        t->cls = part->cls;
        t->val = part->val;
        t->doc = part->doc;
        t->freq = part->freq;
        *part = (nfi_sums){0};
        return NF_OK;
    }
#define JOIN(field)                                                                \
    if (!(t->field = nfi_alloc(n, sizeof *t->field)))                              \
        return nfi_oom(err, "sums");                                               \
    at = 0;                                                                        \
    for (size_t i = 0; i < parts; i++) {                                           \
        if (part[i].n)                                                             \
            memcpy(t->field + at, part[i].field, part[i].n * sizeof *t->field);    \
        at += part[i].n;                                                           \
        nfi_free(part[i].field);                                                   \
        part[i].field = NULL;                                                      \
    }
    JOIN(cls)
    JOIN(val)
    JOIN(doc)
    if (all) {
        JOIN(freq)
    }
#undef JOIN
    return NF_OK;
}

nf_status nfi_terms_sum(nfi_terms *t, const nf_corpus *c, const uint8_t *use, const uint32_t *of, const nfi_weighting *w, nfi_sum sum,
                        int threads, nf_err *err)
{
    double table[NFI_TF_TABLE], *inv = nfi_alloc(c->n, sizeof *inv), *idf = NULL;
    size_t parts = (size_t)threads, total = 0, sofar = 0;
    nf_status s = NF_OK;

    nfi_tf_table(w->tf, table);
    size_t *bound = nfi_alloc(parts + 1, sizeof *bound);
    nfi_sums *out = nfi_calloc(parts, sizeof *out);
    uint64_t *count = nfi_calloc(t->n, sizeof *count);
    t->ptr = nfi_alloc(t->n + 1, sizeof *t->ptr);
    if (!inv || !bound || !out || !count || !t->ptr || (!w->additive && !(idf = make_idf(t)))) {
        s = nfi_oom(err, "sums");
        goto out;
    }
    if (sum == NFI_SUM_ALL) {
        t->all_freq = nfi_calloc(t->n, sizeof *t->all_freq);
        t->all_val = nfi_calloc(t->n, sizeof *t->all_val);
        if (!t->all_freq || !t->all_val) {
            s = nfi_oom(err, "sums");
            goto out;
        }
    }
    NF_GO(nfi_doc_norms(inv, c, t, of, w, threads, err));
    for (size_t i = 0; i < t->n; i++)
        total += t->df[i];
    for (size_t part = 0, i = 0; part < parts; part++) {
        bound[part] = i;
        while (i < t->n && sofar * parts < total * (part + 1))
            sofar += t->df[i++];
    }
    bound[parts] = t->n;
    sum_pass p = {t, c, use, of, w, inv, table, idf, bound, out, sum == NFI_SUM_ALL, count};
    NF_GO(nfi_par_chunks(parts, threads, sum_part, &p, err));
    t->ptr[0] = 0;
    for (size_t i = 0; i < t->n; i++)
        t->ptr[i + 1] = t->ptr[i] + count[i];
    s = join(t, out, parts, p.all, err);
out:
    for (size_t i = 0; out && i < parts; i++) {
        nfi_free(out[i].cls);
        nfi_free(out[i].val);
        nfi_free(out[i].doc);
        nfi_free(out[i].freq);
    }
    nfi_free(out);
    nfi_free(bound);
    nfi_free(count);
    nfi_free(inv);
    nfi_free(idf);
    return s;
}
