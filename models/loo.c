/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loo.c - exact leave-one-out for naive Bayes with the vocabulary held fixed.
 *
 * The vocabulary stays. But where scores are handed out, a term of d that is in no more documents than the rarest that is kept is gone
 * without d, as it would be: else the scores are too good.
 *
 * Leaving document d (class y) out changes N by one, the document frequency of d's own terms by one, and the class sums of d's terms in y.
 * So
 *
 *     idf'_t = ln(N / df_t) + 1                 for terms of d
 *     idf'_t = idf_t - e,  e = ln((1 + N) / N)   for all other terms: a constant
 *
 * and the class normalisers follow from two totals a class plus a correction over d's terms: the whole costs O(nonzeros * classes of a
 * term).
 *
 * A block of documents is turned round: its entries are sorted by term, so that the sums of a term are read once a block and in order,
 * while the scores of all documents of the block stay in the cache. Logarithms are taken in vectors, in single precision (nfi_log32());
 * their arguments, products and sums are double.
 *
 * Copies of a document leave with it: loo_groups.c. Here it is alone.
 */
#include "models/loo.h"

#include "base/par.h"
#include "base/sort.h"
#include "base/try.h"

#include <math.h>
#include <string.h>

enum { BLOCK_DOCS = 512, BLOCK_SCORES = 1 << 16, LADDER = NFI_LOO_LADDER, START = 5, FIRST = 3, LOGS = 4096, KEEP_SCORES = 1 << 21 };

/* What a term needs. With g_k the sum of class k and all their sum. */
typedef struct loo_term {
    double left;   /* idf when a document with the term is left out */
    double others; /* idf when a document without it is */
    double all;
    const uint16_t *cls;
    size_t n; /* classes that have it */
    bool gone; /* without a document that has it the term is not in the vocabulary */
} loo_term;

/* Values whose logarithms wait to be taken: those of one entry of the block side by side, smoothing by smoothing, the common value first.
 */
typedef struct loo_wait {
    uint32_t doc, n; /* n classes */
    const uint16_t *cls;
    double x;
} loo_wait;

typedef struct loo_block {
    nfi_kv *entry;         /* of the block: term, document, tf */
    size_t n, capentry;
    double *score;         /* docs x ns x stride: sums of x * ln(value) by class */
    double *base;          /* docs x ns: the same for the value that all classes without the term share */
    double *shift;         /* docs x stride: corrections of the class normalisers */
    double *base_shift;    /* docs: corrections that all classes share */
    double *mass;          /* docs: sums of x */
    double *gone;          /* docs: terms that are gone with the document */
    double *g;             /* stride: sums of one term; the padding stays 0 */
    double *log;           /* values that wait */
    loo_wait *wait;
    size_t nlog, nwait, room;
} loo_block;

/* The weight with which the document entered the sums. */
static inline double own_weight(const loo_pass *p, double f, double inv, uint32_t tf)
{
    if (p->w->l2)
        return (double)nfi_to_fixed(f * inv) / NFI_FIXED_ONE;
    return p->w->tf == NFI_TF_BINARY ? 1.0 : (double)tf;
}

static void take_logs(const loo_pass *p, loo_block *b)
{
    const double *v = b->log;

    p->kern->log_f32(b->log, b->log, b->nlog);
    for (size_t i = 0; i < b->nwait; i++) {
        const loo_wait *w = &b->wait[i];
        for (size_t a = 0; a < p->ns; a++, v += w->n + 1) {
            size_t at = w->doc * p->ns + a;
            double *score = b->score + at * p->stride;
            b->base[at] += w->x * v[0];
            for (size_t c = 0; c < w->n; c++)
                score[w->cls[c]] += w->x * (v[c + 1] - v[0]);
        }
    }
    b->nlog = b->nwait = 0;
}

/* A term that is gone without the document: its part of the normalisers goes too. */
static void add_gone(const loo_pass *p, loo_block *b, const loo_term *t, uint32_t doc)
{
    double *shift = b->shift + doc * p->stride, sign = p->k->complement ? 1.0 : -1.0;
    bool sparse = t->n * 4 < p->t->nclasses;

    b->gone[doc] += 1.0;
    b->base_shift[doc] -= p->k->complement ? t->others * t->all : 0.0;
    for (size_t i = 0; i < t->n; i++)
        shift[t->cls[i]] += sign * t->others * b->g[sparse ? i : t->cls[i]];
}

/*
 * One term in one document. With g'_k the sum of class k without the document, the values are left * g'_k, or left * (all - own - g'_k) for
 * complement classifiers; both are offset + scale * g'_k. The normaliser of class k changes by the new value less others * g_k (or
 * others * (all - g_k)). Terms of few classes keep only the exceptions, next to the value that all other classes share.
 */
static void add_entry(const loo_pass *p, loo_block *b, const loo_term *t, size_t first, uint32_t doc, uint32_t tf)
{
    size_t r = first + doc, nk = p->t->nclasses;
    int32_t y = p->sample->label[r];
    double f = nfi_tf_at(p->table, p->w->tf, tf), inv = p->sample->inv[r];
    double x = f * inv * t->left, own = own_weight(p, f, inv, tf), sign = p->k->complement ? -1.0 : 1.0;
    double scale = sign * t->left, offset = p->k->complement ? t->left * (t->all - own) : 0.0, change = sign * (t->left - t->others);
    double *shift = b->shift + doc * p->stride, from[LADDER];

    b->mass[doc] += x;
    b->base_shift[doc] += p->k->complement ? offset - t->others * t->all : 0.0;
    shift[y] -= scale * own;
    if (t->n * 4 < nk) {
        if (b->nlog + p->ns * (t->n + 1) > b->room)
            take_logs(p, b);
        for (size_t a = 0; a < p->ns; a++) {
            double *v = b->log + b->nlog + a * (t->n + 1);
            v[0] = offset + p->smoothing[a];
            for (size_t i = 0; i < t->n; i++)
                v[i + 1] = v[0] + scale * (t->cls[i] == y ? b->g[i] - own : b->g[i]);
        }
        for (size_t i = 0; i < t->n; i++)
            shift[t->cls[i]] += change * b->g[i];
        b->wait[b->nwait++] = (loo_wait){doc, (uint32_t)t->n, t->cls, x};
        b->nlog += p->ns * (t->n + 1);
        return;
    }
    for (size_t k = 0; k < nk; k++)
        shift[k] += change * b->g[k];
    double g = b->g[y];
    b->g[y] -= own;
    for (size_t a = 0; a < p->ns; a++)
        from[a] = offset + p->smoothing[a];
    p->kern->log_axpy_f32(b->score + doc * p->ns * p->stride, x, b->g, scale, from, p->ns, p->stride);
    b->g[y] = g;
}

/* The sums of a term into b->g: by place for terms of few classes, by class for others. */
static void open_term(const loo_pass *p, loo_block *b, size_t number, loo_term *out)
{
    const nfi_terms *t = p->t;
    uint64_t first = t->ptr[number];
    size_t n = (size_t)(t->ptr[number + 1] - first), nk = t->nclasses;
    int64_t all = 0;

    if (n * 4 >= nk && n < nk)
        memset(b->g, 0, nk * sizeof *b->g);
    for (size_t i = 0; i < n; i++) {
        b->g[n * 4 < nk ? i : t->cls[first + i]] = (double)t->val[first + i] / NFI_FIXED_ONE;
        all += t->val[first + i];
    }
    *out = (loo_term){1.0, 1.0, (double)all / NFI_FIXED_ONE, t->cls + first, n, t->df[number] <= p->least};
    if (p->idf) {
        out->left = nfi_idf(t->ndocs - 1, t->df[number] - 1);
        out->others = p->idf[number] - p->shift;
    }
}

/* Is document doc of the block (row r) given its own class at smoothing number i? Its scores go where they are wanted. */
static bool is_right(const loo_pass *p, const loo_block *b, size_t doc, size_t r, size_t i)
{
    const nfi_terms *t = p->t;
    double a = p->smoothing[i], sign = p->k->complement ? -1.0 : 1.0, base = b->base[doc * p->ns + i], top = 0.0;
    const double *score = b->score + (doc * p->ns + i) * p->stride, *shift = b->shift + doc * p->stride;
    double *row = p->score && r < p->keep ? p->score[i] + r * t->nclasses : NULL;
    int32_t y = p->sample->label[r], best = -1;

    for (size_t k = 0; k < t->nclasses; k++) {
        if (row)
            row[k] = NFI_NO_SCORE;
        double z =
            a * ((double)t->n - b->gone[doc]) + (p->sums[k] - (p->idf ? p->shift * p->plain[k] : 0.0)) + b->base_shift[doc] + shift[k];
        if (t->class_docs[k] == 0)
            continue;
        double prior = p->data_prior ? nfi_log((double)(t->class_docs[k] - ((int32_t)k == y))) : p->prior[k];
        double log_z = (double)nfi_log32((float)z); /* as the values, so that equal ones cancel */
        double s = prior / p->length + sign * (score[k] + base - b->mass[doc] * log_z);
        if (row)
            row[k] = s * p->length;
        if (best < 0 || s > top) {
            best = (int32_t)k;
            top = s;
        }
    }
    if (b->mass[doc] == 0.0) { /* nothing that it has is known without it: no label, no scores */
        if (row)
            row[0] = NAN;
        return false;
    }
    return best == y;
}

/* A row is left aside when without it the class, or anything to score, is gone. */
static bool is_tried(const loo_pass *p, size_t r)
{
    return nfi_loo_alone(p->sample, r) && p->t->class_docs[p->sample->label[r]] >= 2 && p->sample->ptr[r] < p->sample->ptr[r + 1];
}

static nf_status take_entries(const loo_pass *p, loo_block *b, size_t first, size_t end, nf_err *err)
{
    const nfi_sample *s = p->sample;

    b->n = 0;
    NF_TRY(nfi_grow(&b->entry, &b->capentry, (size_t)(s->ptr[end] - s->ptr[first]), sizeof *b->entry, err));
    for (size_t r = first; r < end; r++)
        for (uint64_t e = s->ptr[r]; is_tried(p, r) && e < s->ptr[r + 1]; e++)
            b->entry[b->n++] = (nfi_kv){s->term[e], (uint32_t)(r - first), s->tf[e]};
    return nfi_sort_kv(b->entry, b->n, err);
}

static void clear_block(loo_block *b)
{
    nfi_free(b->entry);
    nfi_free(b->score);
    nfi_free(b->base);
    nfi_free(b->g);
    nfi_free(b->log);
    nfi_free(b->wait);
}

static nf_status open_block(const loo_pass *p, loo_block *b, size_t docs, nf_err *err)
{
    size_t most = p->ns * (p->t->nclasses / 4 + 1); /* of one entry */

    *b = (loo_block){.room = most > LOGS ? most : LOGS};
    b->score = nfi_alloc_aligned(docs * (p->ns + 1) * p->stride, sizeof *b->score);
    b->base = nfi_calloc(docs * (p->ns + 3), sizeof *b->base);
    b->g = nfi_alloc_aligned(p->stride, sizeof *b->g);
    b->log = nfi_alloc(b->room, sizeof *b->log);
    b->wait = nfi_alloc(b->room, sizeof *b->wait);
    if (!b->score || !b->base || !b->g || !b->log || !b->wait)
        return nfi_oom(err, "leave-one-out");
    b->shift = b->score + docs * p->ns * p->stride;
    b->base_shift = b->base + docs * p->ns;
    b->mass = b->base_shift + docs;
    b->gone = b->mass + docs;
    return NF_OK;
}

static nf_status run_block(void *ctx, size_t block, int worker, nf_err *err)
{
    loo_pass *p = ctx;
    size_t first = block * p->block, end = first + p->block < p->sample->n ? first + p->block : p->sample->n;
    loo_block b;
    nf_status s = NF_OK;

    (void)worker;
    NF_GO(open_block(p, &b, end - first, err));
    NF_GO(take_entries(p, &b, first, end, err));
    for (size_t e = 0; e < b.n;) {
        uint64_t number = b.entry[e].key;
        loo_term t;
        open_term(p, &b, (size_t)number, &t);
        for (; e < b.n && b.entry[e].key == number; e++) {
            if (t.gone)
                add_gone(p, &b, &t, b.entry[e].val);
            else
                add_entry(p, &b, &t, first, b.entry[e].val, b.entry[e].aux);
        }
    }
    take_logs(p, &b);
    for (size_t r = first; r < end; r++) {
        if (!is_tried(p, r))
            continue;
        p->tried[block]++;
        for (size_t i = 0; i < p->ns; i++)
            p->correct[block * p->ns + i] += is_right(p, &b, r - first, r, i);
    }
out:
    clear_block(&b);
    return s;
}

/* What all smoothing values share. */
typedef struct loo_setup {
    loo_pass p;
    double table[NFI_TF_TABLE], *total;
} loo_setup;

static void clear_setup(loo_setup *x)
{
    nfi_free(x->total);
    *x = (loo_setup){0};
}

static nf_status make_setup(loo_setup *x, const nfi_classifier *k, const nfi_terms *t, const nfi_sample *sample, const nfi_weighting *w,
                            const double *idf, const double *prior, bool data_prior, nf_err *err)
{
    size_t nk = t->nclasses, stride = (nk + 7) / 8 * 8, block = BLOCK_SCORES / (stride * FIRST);
    double ndocs = (double)t->ndocs, length = 1.0;

    *x = (loo_setup){0};
    if (!(x->total = nfi_alloc(2 * nk, sizeof *x->total)))
        return nfi_oom(err, "leave-one-out");
    nfi_tf_table(w->tf, x->table);
    idf = w->idf ? idf : NULL;
    nfi_nb_totals(t, idf, x->total, x->total + nk);
    if (k->length)
        length = nfi_fit_length(t, x->total);
    if (k->complement) {
        double sums = 0.0, plain = 0.0;
        for (size_t c = 0; c < nk; c++) {
            sums += x->total[c];
            plain += x->total[nk + c];
        }
        for (size_t c = 0; c < nk; c++) {
            x->total[c] = sums - x->total[c];
            x->total[nk + c] = plain - x->total[nk + c];
        }
    }
    x->p = (loo_pass){.k = k,
                      .t = t,
                      .sample = sample,
                      .w = w,
                      .idf = idf,
                      .prior = prior,
                      .table = x->table,
                      .kern = nfi_kern_get(),
                      .shift = nfi_log((1.0 + ndocs) / ndocs),
                      .stride = stride,
                      .block = block < 16           ? 16
                               : block < BLOCK_DOCS ? block
                                                    : BLOCK_DOCS,
                      .data_prior = data_prior,
                      .length = length,
                      .sums = x->total,
                      .plain = x->total + nk};
    return NF_OK;
}

static nf_status run_setup(loo_setup *x, const double *smoothing, size_t n, double *const *score, int threads, uint64_t *correct,
                           uint64_t *tried, nf_err *err)
{
    size_t blocks = (x->p.sample->n + x->p.block - 1) / x->p.block;
    double divided[LADDER];

    if (x->p.k->presence)
        return nfi_bernoulli_leave_one_out(x->p.t, x->p.sample, x->p.prior, x->p.data_prior, smoothing, n, score, x->p.keep, threads,
                                           correct, tried, err);
    uint64_t *count = nfi_calloc(blocks * (n + 1), sizeof *count);
    if (!count)
        return nfi_oom(err, "leave-one-out");
    for (size_t i = 0; i < n; i++)
        divided[i] = smoothing[i] / x->p.length;
    x->p.smoothing = divided;
    x->p.ns = n;
    x->p.correct = count;
    x->p.tried = count + blocks * n;
    x->p.score = score;
    nf_status s = nfi_par_chunks(blocks, nfi_par_threads(threads), run_block, &x->p, err);
    *tried = 0;
    memset(correct, 0, n * sizeof *correct);
    for (size_t b = 0; s == NF_OK && b < blocks; b++) {
        *tried += x->p.tried[b];
        for (size_t i = 0; i < n; i++)
            correct[i] += x->p.correct[b * n + i];
    }
    nfi_free(count);
    return s == NF_OK && x->p.sample->group ? nfi_loo_groups(&x->p, threads, correct, tried, err) : s;
}

/* ---- scores that are kept ---- */

void nfi_left_out_clear(nfi_left_out *x)
{
    nfi_free(x->label);
    nfi_free(x->row);
    nfi_free(x->score);
    *x = (nfi_left_out){0};
}

/* Room for the scores of the first x->p.keep rows at each of n smoothing values, where they are wanted. */
static nf_status room(loo_setup *x, double **score, size_t n, const nfi_left_out *out, nf_err *err)
{
    size_t most = KEEP_SCORES / x->p.t->nclasses;

    x->p.keep = most < x->p.sample->n ? most : x->p.sample->n;
    for (size_t i = 0; out && i < n; i++)
        if (!(score[i] = nfi_alloc(x->p.keep * x->p.t->nclasses, sizeof *score[i])))
            return nfi_oom(err, "leave-one-out");
    return NF_OK;
}

/* The rows that were tried, together; score moves into out. */
static nf_status hand_out(const loo_setup *x, double **score, nfi_left_out *out, nf_err *err)
{
    size_t n = 0, nk = x->p.t->nclasses;
    int32_t *label = nfi_alloc(x->p.keep, sizeof *label);
    uint32_t *row = nfi_alloc(x->p.keep, sizeof *row);

    if (!label || !row) {
        nfi_free(label);
        nfi_free(row);
        return nfi_oom(err, "leave-one-out");
    }
    for (size_t r = 0; r < x->p.keep; r++) {
        bool alone = nfi_loo_alone(x->p.sample, r);
        if ((alone ? !is_tried(&x->p, r) : x->p.k->presence) || isnan((*score)[r * nk]))
            continue;
        memmove(*score + n * nk, *score + r * nk, nk * sizeof **score);
        label[n] = x->p.sample->label[r];
        row[n++] = (uint32_t)r;
    }
    *out = (nfi_left_out){.n = n, .nclasses = nk, .label = label, .row = row, .score = *score};
    *score = NULL;
    return NF_OK;
}

nf_status nfi_nb_leave_one_out(const nfi_classifier *k, const nfi_terms *t, const nfi_sample *sample, const nfi_weighting *w,
                               const double *idf, const double *prior, bool data_prior, const double *smoothing, size_t nsmoothing,
                               int threads, uint64_t *correct, uint64_t *tried, nfi_left_out *out, nf_err *err)
{
    loo_setup x;
    double *score[LADDER] = {NULL};
    nf_status s = NF_OK;

    NF_ASSERT(k->exact && nsmoothing <= LADDER);
    NF_TRY(make_setup(&x, k, t, sample, w, idf, prior, data_prior, err));
    for (size_t i = 0; out && i < t->n; i++)
        x.p.least = i == 0 || t->df[i] < x.p.least ? t->df[i] : x.p.least;
    NF_GO(room(&x, score, nsmoothing, out, err));
    NF_GO(run_setup(&x, smoothing, nsmoothing, out ? score : NULL, threads, correct, tried, err));
    if (out)
        NF_GO(hand_out(&x, &score[0], out, err));
out:
    for (size_t i = 0; i < LADDER; i++)
        nfi_free(score[i]);
    clear_setup(&x);
    return s;
}

nf_status nfi_climb(nfi_try_fn try, void *ctx, double *smoothing, double *accuracy, uint64_t *tried, nf_err *err)
{
    static const double ladder[LADDER] = {0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0};
    uint64_t correct[LADDER] = {0}, n = 0;
    size_t lo = START, hi = START + FIRST, best;

    NF_TRY(try(ctx, lo, ladder + lo, hi - lo, correct + lo, &n, err));
    for (;;) {
        best = hi - 1;
        for (size_t i = hi - 1; i-- > lo;)
            if (correct[i] > correct[best])
                best = i;
        size_t next = best == lo && lo > 0 ? lo - 1 : best == hi - 1 && hi < LADDER ? hi : LADDER;
        if (next == LADDER)
            break;
        NF_TRY(try(ctx, next, ladder + next, 1, correct + next, &n, err));
        lo = next < lo ? next : lo;
        hi = next >= hi ? next + 1 : hi;
    }
    *smoothing = ladder[best];
    *tried = n;
    *accuracy = n ? (double)correct[best] / (double)n : -1.0;
    return NF_OK;
}

typedef struct climb {
    loo_setup x;
    int threads;
} climb;

static nf_status try_rungs(void *ctx, size_t rung, const double *smoothing, size_t n, uint64_t *correct, uint64_t *tried, nf_err *err)
{
    climb *c = ctx;

    (void)rung;
    return run_setup(&c->x, smoothing, n, NULL, c->threads, correct, tried, err);
}

nf_status nfi_nb_tune(const nfi_classifier *k, const nfi_terms *t, const nfi_sample *sample, const nfi_weighting *w, const double *idf,
                      const double *prior, bool data_prior, int threads, double *smoothing, double *accuracy, uint64_t *tried, nf_err *err)
{
    climb c = {.threads = threads};
    nfi_sample first = *sample;

    first.n = first.n < NFI_TUNING_DOCS ? first.n : NFI_TUNING_DOCS;
    NF_TRY(make_setup(&c.x, k, t, &first, w, idf, prior, data_prior, err));
    nf_status s = nfi_climb(try_rungs, &c, smoothing, accuracy, tried, err);
    clear_setup(&c.x);
    return s;
}
