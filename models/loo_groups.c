/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loo_groups.c - leave-one-out of documents that have copies: the whole group leaves, for a copy that stays would tell the class.
 *
 * As in loo.c, with g documents of the group instead of one, m_t of them with term t, and R_tc the sum of their weights in class c:
 *
 *     idf'_t = ln((1 + N - g) / (1 + df_t - m_t)) + 1    for terms of the group
 *     idf'_t = idf_t - ln((1 + N) / (1 + N - g))         for all others
 *     S'_tc  = S_tc - R_tc
 *
 * so a group costs O(its entries * classes of a term), however large the corpus. Groups are rare and mostly of two: nothing here
 * is in blocks.
 */
#include "models/loo.h"

#include "base/par.h"
#include "base/sort.h"
#include "base/try.h"

#include <math.h>
#include <string.h>

#define MOST_SCORES ((size_t)1 << 22) /* members x smoothing values x classes; documents of larger groups are left aside */

typedef struct bundle {
    const loo_pass *p;
    const nfi_kv *member; /* rows by group; val: the row */
    size_t n;
    double shift;         /* as in loo_pass */
    uint64_t *docs;       /* classes: members */
    int64_t *removed;     /* classes: R of the term at hand; 0 between terms */
    double *change;       /* classes: of the normalisers */
    double all_change, gone;
    double *score, *base; /* members x smoothing values x classes; members x smoothing values: the part that all classes share */
    double *mass;         /* members: sums of x */
    nfi_kv *entry;        /* term, member, tf */
    size_t entries;
} bundle;

static void clear_bundle(bundle *b)
{
    nfi_free(b->docs);
    nfi_free(b->change);
    nfi_free(b->score);
    nfi_free(b->entry);
}

static nf_status open_bundle(bundle *b, nf_err *err)
{
    const loo_pass *p = b->p;
    size_t nk = p->t->nclasses, cells = b->n * p->ns * (nk + 1) + b->n;
    double ndocs = (double)p->t->ndocs;

    for (size_t i = 0; i < b->n; i++)
        b->entries += (size_t)(p->sample->ptr[b->member[i].val + 1] - p->sample->ptr[b->member[i].val]);
    b->docs = nfi_calloc(2 * nk, sizeof *b->docs);
    b->change = nfi_calloc(nk, sizeof *b->change);
    b->score = nfi_calloc(cells, sizeof *b->score);
    b->entry = nfi_alloc(b->entries, sizeof *b->entry);
    if (!b->docs || !b->change || !b->score || !b->entry)
        return nfi_oom(err, "leave-one-out");
    b->removed = (int64_t *)(b->docs + nk);
    b->base = b->score + b->n * p->ns * nk;
    b->mass = b->base + b->n * p->ns;
    b->shift = nfi_log((1.0 + ndocs) / (1.0 + ndocs - (double)b->n));
    b->entries = 0;
    for (size_t i = 0; i < b->n; i++) {
        uint32_t r = b->member[i].val;
        b->docs[p->sample->label[r]]++;
        for (uint64_t e = p->sample->ptr[r]; e < p->sample->ptr[r + 1]; e++)
            b->entry[b->entries++] = (nfi_kv){p->sample->term[e], (uint32_t)i, p->sample->tf[e]};
    }
    return nfi_sort_kv(b->entry, b->entries, err);
}

/* The weight with which a member's term entered the sums, in their units. */
static int64_t own_weight(const loo_pass *p, uint32_t r, uint32_t tf)
{
    if (p->w->l2)
        return nfi_to_fixed(nfi_tf_at(p->table, p->w->tf, tf) * p->sample->inv[r]);
    return (int64_t)(p->w->tf == NFI_TF_BINARY ? 1 : tf) << 32;
}

/* Entries [first, end) of one term: the change of the normalisers, and the scores of the members that have it. */
static void add_term(bundle *b, size_t first, size_t end)
{
    const loo_pass *p = b->p;
    const nfi_terms *t = p->t;
    size_t number = (size_t)b->entry[first].key, nk = t->nclasses;
    uint64_t from = t->ptr[number], to = t->ptr[number + 1], m = end - first;
    int64_t all = 0, all_removed = 0;
    bool gone = t->df[number] - m + 1 <= p->least;
    double others = p->idf ? p->idf[number] - b->shift : 1.0, left = p->idf ? nfi_idf(t->ndocs - b->n, t->df[number] - m) : 1.0;

    for (size_t e = first; e < end; e++) {
        uint32_t r = b->member[b->entry[e].val].val;
        int64_t v = own_weight(p, r, b->entry[e].aux);
        b->removed[p->sample->label[r]] += v;
        all_removed += v;
    }
    for (uint64_t e = from; e < to; e++)
        all += t->val[e];
    double before = p->k->complement ? (double)all / NFI_FIXED_ONE : 0.0, sign = p->k->complement ? -1.0 : 1.0;
    double rest = p->k->complement ? left * ((double)(all - all_removed) / NFI_FIXED_ONE) : 0.0; /* of classes without the term */

    b->gone += gone;
    b->all_change += (gone ? 0.0 : rest) - others * before;
    for (uint64_t e = from; e < to; e++) {
        uint16_t k = t->cls[e];
        double g = (double)t->val[e] / NFI_FIXED_ONE, now = (double)(t->val[e] - b->removed[k]) / NFI_FIXED_ONE;
        b->change[k] += sign * ((gone ? 0.0 : left * now) - others * g);
    }
    for (size_t e = first; e < end && !gone; e++) {
        uint32_t i = b->entry[e].val, r = b->member[i].val;
        double x = nfi_tf_at(p->table, p->w->tf, b->entry[e].aux) * p->sample->inv[r] * left;
        b->mass[i] += x;
        for (size_t a = 0; a < p->ns; a++) {
            double *score = b->score + (i * p->ns + a) * nk, common = (double)nfi_log32((float)(rest + p->smoothing[a]));
            b->base[i * p->ns + a] += x * common;
            for (uint64_t c = from; c < to; c++) {
                double now = (double)(t->val[c] - b->removed[t->cls[c]]) / NFI_FIXED_ONE;
                score[t->cls[c]] += x * ((double)nfi_log32((float)(rest + p->smoothing[a] + sign * left * now)) - common);
            }
        }
    }
    for (size_t e = first; e < end; e++)
        b->removed[p->sample->label[b->member[b->entry[e].val].val]] = 0;
}

/* As is_right() in loo.c. */
static bool is_right(const bundle *b, size_t i, size_t a)
{
    const loo_pass *p = b->p;
    const nfi_terms *t = p->t;
    size_t nk = t->nclasses, r = b->member[i].val;
    const double *score = b->score + (i * p->ns + a) * nk;
    double *row = p->score && r < p->keep ? p->score[a] + r * nk : NULL;
    double sign = p->k->complement ? -1.0 : 1.0, top = 0.0;
    int32_t best = -1;

    for (size_t k = 0; k < nk; k++) {
        if (row)
            row[k] = NFI_NO_SCORE;
        if (t->class_docs[k] == b->docs[k])
            continue;
        double z = p->smoothing[a] * ((double)t->n - b->gone) + (p->sums[k] - (p->idf ? b->shift * p->plain[k] : 0.0)) + b->all_change +
                   b->change[k];
        double prior = p->data_prior ? nfi_log((double)(t->class_docs[k] - b->docs[k])) : p->prior[k];
        double s = prior / p->length + sign * (score[k] + b->base[i * p->ns + a] - b->mass[i] * (double)nfi_log32((float)z));
        if (row)
            row[k] = s * p->length;
        if (best < 0 || s > top) {
            best = (int32_t)k;
            top = s;
        }
    }
    if (b->mass[i] == 0.0) {
        if (row)
            row[0] = NAN;
        return false;
    }
    return best == p->sample->label[r];
}

typedef struct groups {
    const loo_pass *p;
    nfi_kv *member;
    size_t *first; /* of each group, and the end of the last */
    uint64_t *count; /* by group: right at each smoothing, and tried */
} groups;

static nf_status leave_group(void *ctx, size_t g, int worker, nf_err *err)
{
    const groups *x = ctx;
    const loo_pass *p = x->p;
    uint64_t *count = x->count + g * (p->ns + 1);
    bundle b = {.p = p, .member = x->member + x->first[g], .n = x->first[g + 1] - x->first[g]};
    nf_status s = NF_OK;

    (void)worker;
    for (size_t i = 0; i < b.n; i++)
        for (size_t a = 0; p->score && b.member[i].val < p->keep && a < p->ns; a++)
            p->score[a][b.member[i].val * p->t->nclasses] = NAN;
    if (b.n > MOST_SCORES / (p->ns * (p->t->nclasses + 1)))
        return NF_OK;
    NF_GO(open_bundle(&b, err));
    for (size_t e = 0, end; e < b.entries; e = end) {
        for (end = e; end < b.entries && b.entry[end].key == b.entry[e].key; end++)
            ;
        add_term(&b, e, end);
    }
    for (size_t i = 0; i < b.n; i++) {
        size_t r = b.member[i].val;
        if (p->t->class_docs[p->sample->label[r]] == b.docs[p->sample->label[r]] || p->sample->ptr[r] == p->sample->ptr[r + 1])
            continue; /* without the group the class, or anything to score, is gone */
        count[p->ns]++;
        for (size_t a = 0; a < p->ns; a++)
            count[a] += is_right(&b, i, a);
    }
out:
    clear_bundle(&b);
    return s;
}

nf_status nfi_loo_groups(const loo_pass *p, int threads, uint64_t *correct, uint64_t *tried, nf_err *err)
{
    const nfi_sample *sample = p->sample;
    size_t n = 0, g = 0, nk = p->t->nclasses;
    nf_status s = NF_OK;
    groups x = {.p = p, .member = nfi_alloc(sample->n, sizeof *x.member), .first = nfi_alloc(sample->n + 1, sizeof *x.first)};

    if (!x.member || !x.first) {
        s = nfi_oom(err, "leave-one-out");
        goto out;
    }
    for (size_t r = 0; r < sample->n; r++) {
        if (sample->group[r] == NFI_NONE)
            for (size_t a = 0; p->score && r < p->keep && a < p->ns; a++)
                p->score[a][r * nk] = NAN;
        else if (sample->group[r] > 0)
            x.member[n++] = (nfi_kv){sample->group[r], (uint32_t)r, 0};
    }
    NF_GO(nfi_sort_kv(x.member, n, err));
    for (size_t i = 0; i < n; i++)
        if (i == 0 || x.member[i].key != x.member[i - 1].key)
            x.first[g++] = i;
    x.first[g] = n;
    if (!(x.count = nfi_calloc(g * (p->ns + 1), sizeof *x.count))) {
        s = nfi_oom(err, "leave-one-out");
        goto out;
    }
    NF_GO(nfi_par_chunks(g, nfi_par_threads(threads), leave_group, &x, err));
    for (size_t i = 0; i < g; i++) {
        *tried += x.count[i * (p->ns + 1) + p->ns];
        for (size_t a = 0; a < p->ns; a++)
            correct[a] += x.count[i * (p->ns + 1) + a];
    }
out:
    nfi_free(x.member);
    nfi_free(x.first);
    nfi_free(x.count);
    return s;
}
