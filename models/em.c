/* SPDX-License-Identifier: GPL-3.0-or-later */
/* em.c - learning from documents without a label: see em.h. */
#include "models/em.h"

#include "base/par.h"
#include "base/sort.h"
#include "base/try.h"
#include "features/sums.h"
#include "newsframe/metrics.h"

#include <string.h>

enum { ROUNDS = 25, ROUNDS_TUNING = 10, FOLDS = 5 };
#define LEAST_SHARE 1e-3                      /* of a class in a document; smaller ones are left out, which keeps sums sparse */
#define MAX_CELLS ((size_t)1 << 27)           /* terms x classes: 2 GiB in all */

/* Known terms of the documents of one chunk, rising in each: entries [ptr[i], ptr[i + 1]) of its i-th document; f(tf)/norm. */
typedef struct em_rows {
    size_t *ptr;
    uint32_t *term;
    double *f;
} em_rows;

typedef struct em {
    const nf_corpus *c;
    const uint32_t *of;
    em_rows *rows;             /* by chunk */
    const nfi_weighting *w;
    const double *log_prior, *inv;
    const int32_t *class_of;   /* label of the corpus -> class */
    double table[NFI_TF_TABLE], smoothing, weight, heat;
    size_t n, nk;
    double *idf;               /* n */
    int64_t *base, *sum;       /* n x nk: of labels and seeds; with the shares of the others */
    double *score;             /* n x nk: idf * (ln(a + G) - ln of the class's sum) */
    const int32_t *fold;       /* of labelled documents; those of held take no part */
    int32_t held;
    uint64_t *right;           /* by chunk */
} em;

static void clear(em *x)
{
    for (size_t i = 0; x->rows && i < x->c->nchunks; i++) {
        nfi_free(x->rows[i].ptr);
        nfi_free(x->rows[i].term);
        nfi_free(x->rows[i].f);
    }
    nfi_free(x->rows);
    nfi_free(x->idf);
    nfi_free(x->base);
    nfi_free(x->sum);
    nfi_free(x->score);
    nfi_free(x->right);
}

static nf_status take_chunk(void *ctx, size_t k, int worker, nf_err *err)
{
    em *x = ctx;
    const nfi_chunk *ch = &x->c->chunk[k];
    em_rows *r = &x->rows[k];
    nfi_rows rows = {0};
    nfi_kv *kv = NULL;
    size_t cap = 0, e = 0, n = 0;
    nf_status s = NF_OK;

    (void)worker;
    NF_GO(nfi_corpus_rows(x->c, k, x->of, &rows, err));
    for (size_t i = 0; i < rows.n; i++)
        n += rows.id[i] != NFI_NONE;
    r->ptr = nfi_alloc(ch->n + 1, sizeof *r->ptr);
    r->term = nfi_alloc(n, sizeof *r->term);
    r->f = nfi_alloc(n, sizeof *r->f);
    if (!r->ptr || !r->term || !r->f) {
        s = nfi_oom(err, "learning from documents without a label");
        goto out;
    }
    n = r->ptr[0] = 0;
    for (size_t d = 0; d < ch->n; d++) {
        size_t len = x->c->nterms[ch->first + d], m = 0;
        NF_GO(nfi_grow(&kv, &cap, len, sizeof *kv, err));
        for (size_t i = e; i < e + len; i++)
            if (rows.id[i] != NFI_NONE)
                kv[m++] = (nfi_kv){rows.id[i], rows.tf[i], 0};
        NF_GO(nfi_sort_kv(kv, m, err));
        for (size_t i = 0; i < m; i++, n++) {
            r->term[n] = (uint32_t)kv[i].key;
            r->f[n] = nfi_tf_at(x->table, x->w->tf, kv[i].val) * x->inv[ch->first + d];
        }
        r->ptr[d + 1] = n;
        e += len;
    }
out:
    nfi_rows_clear(&rows);
    nfi_free(kv);
    return s;
}

static nf_status open_em(em *x, const nfi_terms *t, int threads, nf_err *err)
{
    size_t cells;

    x->n = t->n;
    x->nk = t->nclasses;
    if (!nfi_mul(x->n, x->nk, &cells) || cells > MAX_CELLS)
        return NF_FAIL(
            err, NF_ELIMIT,
            "%zu terms of %zu classes are too many to learn from documents without a label; raise --min-df, or use --max-features", x->n,
            x->nk);
    x->idf = nfi_alloc(x->n, sizeof *x->idf);
    x->base = nfi_calloc(cells, sizeof *x->base);
    x->sum = nfi_alloc(cells, sizeof *x->sum);
    x->score = nfi_alloc(cells, sizeof *x->score);
    x->right = nfi_calloc(x->c->nchunks, sizeof *x->right);
    x->rows = nfi_calloc(x->c->nchunks, sizeof *x->rows);
    if (!x->rows || !x->idf || !x->base || !x->sum || !x->score || !x->right)
        return nfi_oom(err, "learning from documents without a label");
    nfi_tf_table(x->w->tf, x->table);
    for (size_t i = 0; i < t->n; i++) {
        x->idf[i] = x->w->idf ? nfi_idf(t->ndocs, t->df[i]) : 1.0;
        for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++)
            x->base[i * x->nk + t->cls[e]] = t->val[e];
    }
    return nfi_par_chunks(x->c->nchunks, threads, take_chunk, x, err);
}

/* ---- one round ---- */

static nf_status weigh_term_block(void *ctx, size_t block, int worker, nf_err *err)
{
    em *x = ctx;
    size_t end = (block + 1) * 4096 < x->n ? (block + 1) * 4096 : x->n;

    (void)worker, (void)err;
    for (size_t t = block * 4096; t < end; t++)
        for (size_t k = 0; k < x->nk; k++)
            x->score[t * x->nk + k] = x->idf[t] * nfi_log(x->smoothing + x->idf[t] * (double)x->sum[t * x->nk + k] / NFI_FIXED_ONE);
    return NF_OK;
}

static nf_status weigh(em *x, int threads, nf_err *err)
{
    double *z = nfi_calloc(x->nk, sizeof *z);

    if (!z)
        return nfi_oom(err, "learning from documents without a label");
    nf_status s = nfi_par_chunks((x->n + 4095) / 4096, threads, weigh_term_block, x, err);
    for (size_t t = 0; t < x->n; t++)
        for (size_t k = 0; k < x->nk; k++)
            z[k] += x->idf[t] * (double)x->sum[t * x->nk + k] / NFI_FIXED_ONE;
    for (size_t k = 0; k < x->nk; k++)
        z[k] = nfi_log(x->smoothing * (double)x->n + z[k]);
    for (size_t t = 0; t < x->n; t++)
        for (size_t k = 0; k < x->nk; k++)
            x->score[t * x->nk + k] -= x->idf[t] * z[k];
    nfi_free(z);
    return s;
}

/* Scores of entries [e, end) into acc. */
static void score_row(const em *x, const em_rows *r, size_t e, size_t end, double *acc)
{
    memcpy(acc, x->log_prior, x->nk * sizeof *acc);
    for (; e < end; e++) {
        const double *v = x->score + (size_t)r->term[e] * x->nk;
        for (size_t k = 0; k < x->nk; k++)
            acc[k] += r->f[e] * v[k];
    }
}

static void add_shares(em *x, const em_rows *r, size_t e, size_t end, double *p)
{
    double top = p[0], sum = 0.0;

    for (size_t k = 1; k < x->nk; k++)
        top = p[k] > top ? p[k] : top;
    for (size_t k = 0; k < x->nk; k++)
        sum += p[k] = nfi_exp(x->heat * (p[k] - top));
    for (; e < end; e++) {
        double f = r->f[e] * x->weight / sum;
        for (size_t k = 0; k < x->nk; k++) /* integers: any order gives the same sums */
            if (p[k] >= LEAST_SHARE * sum)
                (void)__atomic_fetch_add(&x->sum[(size_t)r->term[e] * x->nk + k], nfi_to_fixed(f * p[k]), __ATOMIC_RELAXED);
    }
}

/* Held-out documents with a label are judged (judge), or those without one take their shares. */
static nf_status walk_chunk(em *x, size_t i, bool judge, nf_err *err)
{
    const nfi_chunk *ch = &x->c->chunk[i];
    const em_rows *r = &x->rows[i];
    double *acc = nfi_alloc(x->nk, sizeof *acc);

    if (!acc)
        return nfi_oom(err, "learning from documents without a label");
    x->right[i] = 0;
    for (size_t d = 0; d < ch->n; d++) {
        int32_t label = x->c->label[ch->first + d];
        bool held = x->fold && label >= 0 && x->fold[ch->first + d] == x->held;
        if ((judge ? !held : label >= 0) || r->ptr[d] == r->ptr[d + 1])
            continue;
        score_row(x, r, r->ptr[d], r->ptr[d + 1], acc);
        if (!judge) {
            add_shares(x, r, r->ptr[d], r->ptr[d + 1], acc);
            continue;
        }
        size_t best = 0;
        for (size_t k = 1; k < x->nk; k++)
            best = acc[k] > acc[best] ? k : best;
        x->right[i] += (int32_t)best == x->class_of[label];
    }
    nfi_free(acc);
    return NF_OK;
}

static nf_status share_chunk(void *ctx, size_t i, int worker, nf_err *err) { return (void)worker, walk_chunk(ctx, i, false, err); }
static nf_status judge_chunk(void *ctx, size_t i, int worker, nf_err *err) { return (void)worker, walk_chunk(ctx, i, true, err); }

/* n rounds; b rises evenly and is 1 in the last fifth of them. */
static nf_status rounds(em *x, double weight, int n, int threads, nf_err *err)
{
    size_t cells = x->n * x->nk;

    memcpy(x->sum, x->base, cells * sizeof *x->sum);
    x->weight = weight;
    for (int r = 0; r < n && weight > 0.0; r++) {
        double heat = 1.25 * (r + 1) / n;
        x->heat = heat < 1.0 ? heat : 1.0;
        NF_TRY(weigh(x, threads, err));
        memcpy(x->sum, x->base, cells * sizeof *x->sum);
        NF_TRY(nfi_par_chunks(x->c->nchunks, threads, share_chunk, x, err));
    }
    return NF_OK;
}

/* ---- the weight ---- */

/* What the labelled documents of a fold weigh is taken from the base (sign -1) or given back (1). */
static void move_fold(em *x, int32_t fold, int sign)
{
    for (size_t i = 0; i < x->c->nchunks; i++) {
        const nfi_chunk *ch = &x->c->chunk[i];
        const em_rows *r = &x->rows[i];
        for (size_t d = 0; d < ch->n; d++) {
            int32_t label = x->c->label[ch->first + d];
            if (label < 0 || x->fold[ch->first + d] != fold)
                continue;
            for (size_t e = r->ptr[d]; e < r->ptr[d + 1]; e++)
                x->base[(size_t)r->term[e] * x->nk + (size_t)x->class_of[label]] += sign * nfi_to_fixed(r->f[e]);
        }
    }
}

/* Is the smallest class with documents large enough, and are there two? */
static bool can_tune(const nfi_terms *t)
{
    size_t have = 0;

    for (size_t k = 0; k < t->nclasses; k++) {
        if (t->class_docs[k] && t->class_docs[k] < NFI_EM_FEW)
            return false;
        have += t->class_docs[k] > 0;
    }
    return have >= 2;
}

static nf_status choose_weight(em *x, int threads, nfi_em_report *r, nf_err *err)
{
    static const double ladder[] = {NFI_EM_WEIGHT, 0.03, 0.3, 0.0, 1.0}; /* the first of equals is taken */
    enum { N = sizeof ladder / sizeof *ladder };
    uint64_t right[N] = {0}, tried = 0;
    size_t best = 0, n = x->c->n;
    nf_fold_opts fo = {.k = FOLDS, .seed = 1, .names = x->c->classname};
    nf_status s = NF_OK;
    bool *small = nfi_calloc(x->c->nclasses, sizeof *small);
    int32_t *fold = nfi_alloc(n, sizeof *fold);

    if (!small || !fold) {
        s = nfi_oom(err, "learning from documents without a label");
        goto out;
    }
    NF_GO(nf_folds_stratified(fold, small, x->c->label, n, x->c->nclasses, &fo, err));
    x->fold = fold;
    for (int32_t f = 0; f < FOLDS; f++) {
        x->held = f;
        move_fold(x, f, -1);
        for (size_t i = 0; i < N; i++) {
            NF_GO(rounds(x, ladder[i], ROUNDS_TUNING, threads, err));
            NF_GO(weigh(x, threads, err));
            NF_GO(nfi_par_chunks(x->c->nchunks, threads, judge_chunk, x, err));
            for (size_t c = 0; c < x->c->nchunks; c++)
                right[i] += x->right[c];
        }
        move_fold(x, f, 1);
    }
    for (size_t d = 0; d < n; d++)
        tried += x->c->label[d] >= 0 && fold[d] >= 0;
    for (size_t i = 1; i < N; i++)
        best = right[i] > right[best] ? i : best;
    *r = (nfi_em_report){ladder[best], true, right[best], tried, r->documents};
out:
    x->fold = NULL;
    nfi_free(fold);
    nfi_free(small);
    return s;
}

/* ---- the whole ---- */

/* Sums as entries: every class that had one, and every one with a share. */
static nf_status take_sums(nfi_terms *t, const em *x, nf_err *err)
{
    size_t n = 0, cells = x->n * x->nk;
    nfi_term_sums all;

    for (size_t i = 0; i < cells; i++)
        n += x->sum[i] != 0;
    n += (size_t)t->ptr[t->n]; /* entries of value 0 stay: they may have documents */
    NF_TRY(nfi_term_sums_new(&all, x->n, n, "learning from documents without a label", err));
    n = 0;
    for (size_t i = 0; i < x->n; i++) {
        uint64_t e = t->ptr[i];
        all.ptr[i] = n;
        for (size_t k = 0; k < x->nk; k++) {
            bool had = e < t->ptr[i + 1] && t->cls[e] == k;
            if (had || x->sum[i * x->nk + k]) {
                all.cls[n] = (uint16_t)k;
                all.val[n] = x->sum[i * x->nk + k];
                all.doc[n++] = had ? t->doc[e] : 0;
            }
            e += had;
        }
    }
    all.ptr[x->n] = n;
    nfi_terms_replace(t, &all);
    return NF_OK;
}

static nf_status check(const nfi_terms *t, const nf_corpus *c, const nfi_weighting *w, uint64_t *documents, nf_err *err)
{
    size_t told = 0;

    if (!w->l2 || !w->additive)
        return NF_FAIL(
            err, NF_EINVAL,
            "weighting \"%s\" does not bring documents to one length, which learning from documents without a label needs; use \"%s\"",
            w->name, nfi_weightings[0]->name);
    *documents = 0;
    for (size_t d = 0; d < c->n; d++)
        *documents += c->label[d] < 0 && c->nterms[d] > 0;
    if (*documents == 0)
        return NF_FAIL(err, NF_EDATA, "there are no documents without a label to learn from");
    uint8_t *seen = nfi_calloc(t->nclasses, 1);
    if (!seen)
        return nfi_oom(err, "classes");
    for (uint64_t e = 0; e < t->ptr[t->n]; e++)
        seen[t->cls[e]] |= t->val[e] > 0;
    for (size_t k = 0; k < t->nclasses; k++)
        told += seen[k];
    nfi_free(seen);
    if (told < 2)
        return NF_FAIL(err, NF_EDATA,
                       "fewer than two classes have labelled documents, or seeds that the documents have: nothing tells them apart");
    return NF_OK;
}

nf_status nfi_em_fit(nfi_em_report *out, nfi_terms *t, const uint32_t *of, const nf_corpus *c, const nfi_weighting *w,
                     const double *log_prior, const int32_t *class_of, const nf_train_opts *o, nf_err *err)
{
    nfi_em_report r = {.weight = o->unlabeled_weight != 0.0 ? o->unlabeled_weight : NFI_EM_WEIGHT};
    int threads = nfi_par_threads(o->threads);
    double *inv = NULL;
    em x = {.c = c,
            .of = of,
            .w = w,
            .log_prior = log_prior,
            .class_of = class_of,
            .smoothing = o->smoothing != 0.0 ? o->smoothing : NFI_EM_SMOOTHING};
    nf_status s = NF_OK;

    NF_TRY(check(t, c, w, &r.documents, err));
    inv = nfi_alloc(c->n, sizeof *inv);
    if (!inv) {
        s = nfi_oom(err, "learning from documents without a label");
        goto out;
    }
    NF_GO(nfi_doc_norms(inv, c, t, of, w, threads, err));
    x.inv = inv;
    NF_GO(open_em(&x, t, threads, err));
    if (o->unlabeled_weight == 0.0 && can_tune(t))
        NF_GO(choose_weight(&x, threads, &r, err));
    NF_GO(rounds(&x, r.weight, ROUNDS, threads, err));
    NF_GO(take_sums(t, &x, err));
    *out = r;
out:
    clear(&x);
    nfi_free(inv);
    return s;
}
