/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sums.c - rows to columns, then sums by class.
 *
 * The chunks are cut into parts; each part's entries are placed term by term (a counting sort), parts at the same time. Then the terms are cut
 * into ranges, and each term's documents are added up by class, part after part, ranges at the same time. Sums are integers.
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

/* Entries of a range of terms, as they come. */
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
    nfi_df_parts *df;
    posting **post;   /* by part of the chunks: its entries, term by term */
    size_t **end;     /* by part: where the entries of each term end */
    size_t *bound;    /* ranges + 1 term numbers */
    nfi_sums *out;    /* one a range */
    bool all;         /* NFI_SUM_ALL */
    uint64_t largest; /* labels of a document, at most */
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
        nfi_u128 sum = 0; /* in units of 2^-32: the entries stand in any order */
        for (size_t i = e; i < e + n; i++) {
            uint32_t term = p->of[ch->rows.id[i]];
            if (term == NFI_NONE)
                continue;
            double x = nfi_tf_at(p->table, p->w->tf, ch->rows.tf[i]) * p->idf[term];
            sum += (nfi_u128)(x * x * NFI_FIXED_ONE);
        }
        p->inv[d] = sum > 0 ? 1.0 / sqrt((double)sum / NFI_FIXED_ONE) : 0.0;
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
static void put_entries(sum_pass *p, size_t range, tally *by, uint16_t *touched, size_t n)
{
    for (size_t i = 1; i < n; i++) /* few classes: insertion sort */
        for (size_t j = i; j > 0 && touched[j - 1] > touched[j]; j--) {
            uint16_t x = touched[j];
            touched[j] = touched[j - 1];
            touched[j - 1] = x;
        }
    nfi_sums *o = &p->out[range];
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

/* One posting of a document with several labels. Returns how many classes were touched so far. */
static size_t add_set(const nf_corpus *c, size_t set, tally *by, uint16_t *touched, size_t ntouched, tally x, tally *labelled)
{
    for (uint64_t i = c->set_ptr[set]; i < c->set_ptr[set + 1]; i++) {
        uint16_t k = c->set_cls[i];
        if (by[k].doc++ == 0)
            touched[ntouched++] = k;
        by[k].freq += x.freq;
        by[k].val += x.val; /* no larger than the sum over all documents */
    }
    labelled->doc += x.doc;
    labelled->freq += x.freq;
    labelled->val += x.val;
    return ntouched;
}

/* Adds up the postings of one range of terms by class. */
static nf_status add_range(void *ctx, size_t range, int worker, nf_err *err)
{
    sum_pass *p = ctx;
    size_t a = p->bound[range], b = p->bound[range + 1], most = 0; /* a term has no more entries than labels of its documents, or classes */
    nfi_sums *o = &p->out[range];
    nf_status s = NF_OK;
    tally *by = nfi_calloc(p->t->nclasses, sizeof *by);
    uint16_t *touched = nfi_alloc(p->t->nclasses, sizeof *touched);

    (void)worker;
    for (size_t term = a; term < b; term++) {
        uint64_t can = p->t->df[term] * p->largest;
        most += can < p->t->nclasses ? (size_t)can : p->t->nclasses;
    }
    o->cls = nfi_alloc(most, sizeof *o->cls);
    o->val = nfi_alloc(most, sizeof *o->val);
    o->doc = nfi_alloc(most, sizeof *o->doc);
    o->freq = p->all ? nfi_alloc(most, sizeof *o->freq) : NULL;
    if (!by || !touched || !o->cls || !o->val || !o->doc || (p->all && !o->freq)) {
        s = nfi_oom(err, "sums");
        goto out;
    }
    for (size_t term = a; term < b; term++) {
        tally all = {0}, labelled = {0};
        size_t ntouched = 0;
        bool over = false;
        for (size_t part = 0; part < p->df->n; part++) {
            const posting *x = p->post[part] + (term ? p->end[part][term - 1] : 0), *end = p->post[part] + p->end[part][term];
            for (; x < end; x++) {
                int32_t k = p->c->label[x->doc];
                int64_t v = weight_of(p, x, term);
                over |= __builtin_add_overflow(all.val, v, &all.val);
                all.freq += x->tf;
                if (k >= 0 && p->c->multi) {
                    ntouched = add_set(p->c, (size_t)k, by, touched, ntouched, (tally){v, x->tf, 1}, &labelled);
                } else if (k >= 0) {
                    if (by[k].doc++ == 0)
                        touched[ntouched++] = (uint16_t)k;
                    by[k].freq += x->tf;
                    by[k].val += v; /* no larger than all.val: every weight is >= 0 */
                }
            }
        }
        if (over) {
            s = NF_FAIL(err, NF_ELIMIT, "a sum of weights exceeds 2^31: too many occurrences of one term for exact sums");
            goto out;
        }
        put_entries(p, range, by, touched, ntouched);
        p->count[term] = ntouched;
        if (p->c->multi) {
            p->t->lab_doc[term] = labelled.doc;
            p->t->lab_val[term] = labelled.val;
            if (p->all)
                p->t->lab_freq[term] = labelled.freq;
        }
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

/* Places the entries of one part of the chunks, term by term. */
static nf_status place_part(void *ctx, size_t part, int worker, nf_err *err)
{
    sum_pass *p = ctx;
    const nf_corpus *c = p->c;
    size_t n = p->t->n, total = 0;
    size_t *at = p->end[part] = nfi_calloc(n, sizeof *at);

    (void)worker;
    if (!at)
        return nfi_oom(err, "sums");
    for (size_t i = 0; i < nfi_corpus_nodes(c); i++)
        if (p->of[i] != NFI_NONE)
            at[p->of[i]] = p->df->df[part][i];
    nfi_free(p->df->df[part]); /* memory is at its peak here */
    p->df->df[part] = NULL;
    for (size_t i = 0; i < n; i++) { /* counts to starts; placing moves each to its end */
        size_t df = at[i];
        at[i] = total;
        total += df;
    }
    posting *post = p->post[part] = nfi_alloc(total, sizeof *post);
    if (!post)
        return nfi_oom(err, "sums");
    for (size_t k = nfi_part_begin(c, p->df->n, part); k < nfi_part_begin(c, p->df->n, part + 1); k++) {
        const nfi_rows *r = &c->chunk[k].rows;
        size_t e = 0;
        for (size_t d = c->chunk[k].first; d < c->chunk[k].first + c->chunk[k].n; d++) {
            size_t end = e + c->nterms[d];
            if (p->use && !p->use[d]) {
                e = end;
                continue;
            }
            for (; e < end; e += AHEAD) { /* look-ups of a group first, so that their misses overlap */
                uint32_t term[AHEAD];
                size_t m = end - e < AHEAD ? end - e : AHEAD;
                for (size_t i = 0; i < m; i++)
                    term[i] = p->of[r->id[e + i]];
                for (size_t i = 0; i < m; i++)
                    if (term[i] != NFI_NONE)
                        __builtin_prefetch(&post[at[term[i]]], 1);
                for (size_t i = 0; i < m; i++)
                    if (term[i] != NFI_NONE)
                        post[at[term[i]]++] = (posting){(uint32_t)d, r->tf[e + i]};
            }
            e = end;
        }
    }
    return NF_OK;
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

static uint64_t largest_set(const nf_corpus *c)
{
    uint64_t most = 1;
    for (size_t i = 0; c->multi && i < c->nsets; i++)
        if (c->set_ptr[i + 1] - c->set_ptr[i] > most)
            most = c->set_ptr[i + 1] - c->set_ptr[i];
    return most;
}

nf_status nfi_terms_sum(nfi_terms *t, const nf_corpus *c, const uint8_t *use, const uint32_t *of, nfi_df_parts *df,
                        const nfi_weighting *w, nfi_sum sum, int threads, nf_err *err)
{
    double table[NFI_TF_TABLE], *inv = nfi_alloc(c->n, sizeof *inv), *idf = NULL;
    size_t parts = (size_t)threads, total = 0, sofar = 0;
    nf_status s = NF_OK;

    nfi_tf_table(w->tf, table);
    size_t *bound = nfi_alloc(parts + 1, sizeof *bound);
    nfi_sums *out = nfi_calloc(parts, sizeof *out);
    uint64_t *count = nfi_calloc(t->n, sizeof *count);
    posting **post = nfi_calloc(df->n, sizeof *post);
    size_t **end = nfi_calloc(df->n, sizeof *end);
    t->ptr = nfi_alloc(t->n + 1, sizeof *t->ptr);
    if (!inv || !bound || !out || !count || !post || !end || !t->ptr || (!w->additive && !(idf = make_idf(t)))) {
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
    if (c->multi) {
        t->lab_doc = nfi_calloc(t->n, sizeof *t->lab_doc);
        t->lab_val = nfi_calloc(t->n, sizeof *t->lab_val);
        t->lab_freq = sum == NFI_SUM_ALL ? nfi_calloc(t->n, sizeof *t->lab_freq) : NULL;
        if (!t->lab_doc || !t->lab_val || (sum == NFI_SUM_ALL && !t->lab_freq)) {
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
    sum_pass p = {t, c, use, of, w, inv, table, idf, df, post, end, bound, out, sum == NFI_SUM_ALL, largest_set(c), count};
    NF_GO(nfi_par_chunks(df->n, threads, place_part, &p, err));
    NF_GO(nfi_par_chunks(parts, threads, add_range, &p, err));
    for (size_t i = 0; i < df->n; i++) {
        nfi_free(post[i]);
        nfi_free(end[i]);
        post[i] = NULL;
        end[i] = NULL;
    }
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
    for (size_t i = 0; i < df->n; i++) {
        if (post)
            nfi_free(post[i]);
        if (end)
            nfi_free(end[i]);
    }
    nfi_free(post);
    nfi_free(end);
    nfi_free(bound);
    nfi_free(count);
    nfi_free(inv);
    nfi_free(idf);
    return s;
}
