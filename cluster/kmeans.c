/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kmeans.c - the front of k-means: checks, restarts, the best of them, clusters numbered by size.
 *
 * Many restarts run side by side, each on one thread; few restarts share all threads by blocks of rows. Both give the same bits, since a
 * restart depends on its number alone and everything it adds up is an integer.
 */
#include "newsframe/cluster.h"

#include "base/kern.h"
#include "base/mem.h"
#include "base/par.h"
#include "base/registry.h"
#include "base/sort.h"
#include "base/try.h"
#include "cluster/lloyd.h"
#include "cluster/seed.h"

#include <math.h>
#include <string.h>

enum { MAX_K = 65535, MAX_RESTARTS = 1000, MAX_ITERATIONS = 10000 };

/* What one thread needs to run restarts, and the best it has seen. */
typedef struct worker {
    nfi_lloyd run;
    nfi_seeder seeder;
    int32_t *best; /* rows, partition of the best restart */
    double merit;
    int restart, iterations; /* restart < 0: none yet */
    bool converged;
} worker;

typedef struct job {
    const nfi_points *p;
    const nfi_metric *metric;
    const nfi_seeding *seeding;
    const nf_kmeans_opts *opts;
    int side_by_side, threads; /* workers, and threads inside each */
    worker *w;
    struct draft *draft; /* restarts */
    int32_t *assign;     /* restarts x rows, partitions of the drafts */
} job;

/* A restart that went to where few rows move: what is left of it hardly changes its rank, so only the best ones go on to the end. */
typedef struct draft {
    double merit;
    int restart, iterations;
} draft;

/* A fifth, but at least two, and all of up to three. */
#define FINALISTS(restarts) ((restarts) < 4 ? (restarts) : (restarts) < 15 ? 2 : (restarts) / 5)

nf_kmeans_opts nf_kmeans_defaults(size_t k)
{
    return (nf_kmeans_opts){
        .k = k, .metric = nfi_metrics[0]->name, .init = nfi_seedings[0]->name, .restarts = 10, .max_iter = 1000,
        .refine = true, .seed = 1};
}

const char *nf_kmeans_init_name(size_t i, const char **summary)
{
    NFI_RETURN_NAME(nfi_seedings, i, summary);
}

const char *nf_kmeans_metric_name(size_t i, const char **summary)
{
    NFI_RETURN_NAME(nfi_metrics, i, summary);
}

static nf_status check_options(job *j, nf_err *err)
{
    const nf_kmeans_opts *o = j->opts;

    if (o->k < 1 || o->k > MAX_K)
        return NF_FAIL(err, NF_EINVAL, "%zu clusters, expected 1 to %d", o->k, MAX_K);
    if (o->restarts < 1 || o->restarts > MAX_RESTARTS)
        return NF_FAIL(err, NF_EINVAL, "%d restarts, expected 1 to %d", o->restarts, MAX_RESTARTS);
    if (o->max_iter < 1 || o->max_iter > MAX_ITERATIONS)
        return NF_FAIL(err, NF_EINVAL, "at most %d iterations, expected 1 to %d", o->max_iter, MAX_ITERATIONS);
    for (size_t i = 0; !j->metric && o->metric && nfi_metrics[i]; i++)
        if (strcmp(o->metric, nfi_metrics[i]->name) == 0)
            j->metric = nfi_metrics[i];
    if (!j->metric)
        return NF_FAIL(err, NF_EINVAL, "unknown metric \"%s\", expected spherical or euclidean", o->metric ? o->metric : "");
    for (size_t i = 0; !j->seeding && o->init && nfi_seedings[i]; i++)
        if (strcmp(o->init, nfi_seedings[i]->name) == 0)
            j->seeding = nfi_seedings[i];
    if (!j->seeding)
        return NF_FAIL(err, NF_EINVAL, "unknown start \"%s\", expected k-means++ or random", o->init ? o->init : "");
    return NF_OK;
}

/* ---- restarts ---- */

static void clear_workers(job *j)
{
    if (!j->w)
        return; /* nothing was made */
    for (int i = 0; i < j->side_by_side; i++) {
        nfi_lloyd_clear(&j->w[i].run);
        nfi_seeder_clear(&j->w[i].seeder);
        nfi_free(j->w[i].best);
    }
    nfi_free(j->w);
    nfi_free(j->draft);
    nfi_free(j->assign);
    j->w = NULL;
    j->draft = NULL;
    j->assign = NULL;
}

static nf_status make_workers(job *j, nf_err *err)
{
    int threads = nfi_par_threads(j->opts->threads), restarts = j->opts->restarts;

    j->side_by_side = threads <= restarts ? threads : 1;
    j->threads = threads <= restarts ? 1 : threads;
    j->w = nfi_calloc((size_t)j->side_by_side, sizeof *j->w);
    if (!j->w)
        return nfi_oom(err, "the restarts of k-means");
    for (int i = 0; i < j->side_by_side; i++) {
        worker *w = &j->w[i];
        w->restart = -1;
        w->best = nfi_alloc(j->p->x.rows, sizeof *w->best);
        if (!w->best)
            return nfi_oom(err, "the restarts of k-means");
        NF_TRY(nfi_lloyd_make(&w->run, j->p, j->opts->k, j->metric, j->threads, err));
        w->run.refine = j->opts->refine;
        NF_TRY(nfi_seeder_make(&w->seeder, j->p, j->opts->k, err));
    }
    return NF_OK;
}

static bool better(double merit, int restart, const worker *than)
{
    return than->restart < 0 || merit > than->merit || (merit == than->merit && restart < than->restart);
}

/* A restart up to where few rows move. */
static nf_status draft_restart(void *ctx, size_t restart, int thread, nf_err *err)
{
    job *j = ctx;
    worker *w = &j->w[thread];
    size_t n = j->p->x.rows;

    nfi_seed(&w->seeder, j->seeding, j->opts->seed, restart);
    memcpy(w->run.assign, w->seeder.near, n * sizeof *w->run.assign);
    NF_TRY(nfi_lloyd_draft(&w->run, j->opts->max_iter, err));
    memcpy(j->assign + restart * n, w->run.assign, n * sizeof *w->run.assign);
    j->draft[restart] = (draft){nfi_lloyd_merit(&w->run), (int)restart, w->run.iterations};
    return NF_OK;
}

/* One of the best drafts to its end. */
static nf_status finish_restart(void *ctx, size_t place, int thread, nf_err *err)
{
    job *j = ctx;
    const draft *d = &j->draft[place];
    worker *w = &j->w[thread];
    size_t n = j->p->x.rows, bytes = n * sizeof *w->best;

    memcpy(w->run.assign, j->assign + (size_t)d->restart * n, bytes);
    NF_TRY(nfi_lloyd_load(&w->run, err));
    w->run.iterations = d->iterations;
    w->run.converged = false;
    NF_TRY(nfi_lloyd_finish(&w->run, j->opts->max_iter, err));
    double merit = nfi_lloyd_merit(&w->run);
    if (better(merit, d->restart, w)) {
        memcpy(w->best, w->run.assign, bytes);
        w->merit = merit;
        w->restart = d->restart;
        w->iterations = w->run.iterations;
        w->converged = w->run.converged;
    }
    return NF_OK;
}

static int by_merit(const void *a, const void *b, void *ctx)
{
    const draft *x = a, *y = b;
    (void)ctx;
    return x->merit != y->merit ? (x->merit < y->merit ? 1 : -1) : (x->restart > y->restart) - (x->restart < y->restart);
}

static nf_status for_each(job *j, size_t n, nfi_chunk_fn fn, nf_err *err)
{
    if (j->side_by_side > 1)
        return nfi_par_chunks(n, j->side_by_side, fn, j, err);
    for (size_t r = 0; r < n; r++)
        NF_TRY(fn(j, r, 0, err));
    return NF_OK;
}

/* The worker that holds the best restart. */
static nf_status run_restarts(job *j, worker **best, nf_err *err)
{
    size_t restarts = (size_t)j->opts->restarts;

    NF_TRY(make_workers(j, err));
    j->draft = nfi_alloc(restarts, sizeof *j->draft);
    j->assign = nfi_alloc(restarts * j->p->x.rows, sizeof *j->assign);
    if (!j->draft || !j->assign)
        return nfi_oom(err, "the restarts of k-means");
    NF_TRY(for_each(j, restarts, draft_restart, err));
    NF_TRY(nfi_sort(j->draft, restarts, sizeof *j->draft, by_merit, NULL, err));
    NF_TRY(for_each(j, FINALISTS(restarts), finish_restart, err));
    *best = &j->w[0];
    for (int i = 1; i < j->side_by_side; i++)
        if (j->w[i].restart >= 0 && better(j->w[i].merit, j->w[i].restart, *best))
            *best = &j->w[i];
    return NF_OK;
}

/* ---- the result ---- */

typedef struct finish {
    const nfi_points *p;
    const nfi_metric *metric;
    nf_clusters *c;
    float *bias;      /* ld of the centers */
    double *sq;       /* k, squared lengths of the centers */
    float *spare;     /* threads x ld */
    int32_t *label, *second; /* kept rows */
    nfi_kv *order;           /* k */
    int32_t *to;             /* k, new numbers */
    bool forced;             /* a row was given to a center that had none */
} finish;

/* Centers of the partition in run->assign as they are handed out. */
static void write_centers(finish *f, const nfi_lloyd *run)
{
    nf_dense *m = &f->c->center;
    size_t d = m->rows, k = f->c->k;

    for (size_t c = 0; c < m->ld; c++)
        f->bias[c] = INFINITY;
    for (size_t c = 0; c < k; c++) {
        const int64_t *sum = run->sum + c * d;
        nfi_place place = f->metric->place((double)run->sq[c] * 0x1p-64, run->size[c]);
        double scale = place.scale * 0x1p-32, sq = 0.0;
        for (size_t t = 0; t < d; t++) {
            float v = (float)((double)sum[t] * scale);
            m->val[t * m->ld + c] = v;
            sq += (double)v * v;
        }
        f->sq[c] = sq;
        f->bias[c] = (float)place.bias;
    }
}

static nf_status label_block(void *ctx, size_t block, int thread, nf_err *err)
{
    finish *f = ctx;
    const nf_csr *x = &f->p->x;
    const nf_dense *m = &f->c->center;
    size_t end = (block + 1) * NFI_BLOCK < x->rows ? (block + 1) * NFI_BLOCK : x->rows, k = f->c->k;
    float *score = f->spare + (size_t)thread * m->ld;

    (void)err;
    for (size_t i = block * NFI_BLOCK; i < end; i++) {
        size_t first = 0, second = k;
        int64_t at = x->ptr[i];
        nfi_kern_get()->spmv_f32(score, x->idx + at, x->val + at, (size_t)(x->ptr[i + 1] - at), m->val, m->ld, m->ld);
        for (size_t c = 0; c < k; c++)
            score[c] -= f->bias[c];
        for (size_t c = 1; c < k; c++) {
            if (score[c] > score[first]) {
                second = first;
                first = c;
            } else if (second == k || score[c] > score[second]) {
                second = c;
            }
        }
        f->label[i] = (int32_t)first;
        f->second[i] = second == k ? -1 : (int32_t)second;
    }
    return NF_OK;
}

static double similarity_to(const finish *f, size_t i, int32_t c)
{
    const nf_csr *x = &f->p->x;
    const nf_dense *m = &f->c->center;
    double dot = 0.0;

    for (int64_t e = x->ptr[i]; e < x->ptr[i + 1]; e++)
        dot += (double)x->val[e] * m->val[(size_t)x->idx[e] * m->ld + (size_t)c];
    return f->metric->similarity(dot, f->p->sq[i], f->sq[c]);
}

static void count_sizes(finish *f, const int32_t *label)
{
    memset(f->c->size, 0, f->c->k * sizeof *f->c->size);
    for (size_t i = 0; i < f->p->x.rows; i++)
        f->c->size[label[i]]++;
}

/* Only a run cut short by max_iter can leave a center without rows: it gets the nearest row of a cluster that keeps another. */
static void fill_empty(finish *f)
{
    nf_clusters *c = f->c;
    size_t n = f->p->x.rows;

    count_sizes(f, f->label);
    for (size_t e = 0; e < c->k; e++) {
        size_t nearest = n;
        double most = -INFINITY;
        for (size_t i = 0; c->size[e] == 0 && i < n; i++) {
            if (c->size[f->label[i]] < 2)
                continue;
            double s = similarity_to(f, i, (int32_t)e);
            if (s > most) {
                most = s;
                nearest = i;
            }
        }
        if (nearest == n)
            continue;
        c->size[f->label[nearest]]--;
        c->size[e]++;
        f->second[nearest] = f->label[nearest];
        f->label[nearest] = (int32_t)e;
        f->forced = true;
    }
}

/* to[c] = new number of cluster c, by falling size (counted in c->size), ties by first member. *changed: some number is new. */
static nf_status rank_clusters(finish *f, const int32_t *label, bool *changed, nf_err *err)
{
    size_t k = f->c->k, met = 0;

    for (size_t c = 0; c < k; c++)
        f->to[c] = -1;
    for (size_t i = 0; met < k && i < f->p->x.rows; i++) {
        int32_t c = label[i];
        if (f->to[c] >= 0)
            continue;
        f->to[c] = 0;
        f->order[met++] = (nfi_kv){.key = UINT64_MAX - f->c->size[c], .val = (uint32_t)c};
    }
    NF_ASSERT(met == k);
    NF_TRY(nfi_sort_kv(f->order, k, err)); /* stable: in order of first member within a size */
    *changed = false;
    for (size_t r = 0; r < k; r++) {
        f->to[f->order[r].val] = (int32_t)r;
        *changed |= f->order[r].val != r;
    }
    return NF_OK;
}

static void renumber(const finish *f, int32_t *label)
{
    for (size_t i = 0; i < f->p->x.rows; i++)
        if (label[i] >= 0)
            label[i] = f->to[label[i]];
}

/*
 * Labels are those the handed-out centers give, so that a row assigned to them later gets the cluster it has here. They differ from the
 * partition behind the centers only after max_iter or in ties within rounding; when they reorder the sizes, everything is numbered again.
 */
static nf_status label_rows(finish *f, nfi_lloyd *run, nf_err *err)
{
    bool changed = false;

    count_sizes(f, run->assign);
    NF_TRY(rank_clusters(f, run->assign, &changed, err));
    renumber(f, run->assign);
    for (int pass = 0;; pass++) {
        NF_TRY(nfi_lloyd_load(run, err));
        write_centers(f, run);
        if (pass < 3) {
            f->forced = false;
            NF_TRY(nfi_par_chunks(nfi_blocks(f->p->x.rows), run->threads, label_block, f, err));
            fill_empty(f);
        } else {
            count_sizes(f, f->label); /* ties that follow the numbers: keep the last labels */
        }
        NF_TRY(rank_clusters(f, f->label, &changed, err));
        if (!changed)
            return NF_OK;
        renumber(f, run->assign);
        renumber(f, f->label);
        renumber(f, f->second);
    }
}

static void hand_over_rows(finish *f)
{
    nf_clusters *c = f->c;

    for (size_t r = 0; r < c->n; r++)
        c->assign[r] = c->second[r] = -1;
    for (size_t i = 0; i < f->p->x.rows; i++) {
        size_t r = (size_t)f->p->origin[i];
        double s1 = similarity_to(f, i, f->label[i]), s2 = 0.0;
        if (f->second[i] >= 0)
            s2 = similarity_to(f, i, f->second[i]);
        if (f->second[i] >= 0 && s2 > s1 && !f->forced)
            s2 = s1; /* float32 chose, double differs in the last place */
        c->assign[r] = f->label[i];
        c->second[r] = f->second[i];
        c->similarity[r] = (float)s1;
        c->second_similarity[r] = (float)s2;
        c->objective += f->metric->share(s1);
    }
}

static nf_status make_result(nf_clusters *out, const job *j, worker *best, size_t rows, nf_err *err)
{
    nf_status s = NF_OK;
    size_t k = j->opts->k, kept = j->p->x.rows;
    nf_clusters c = {.n = rows, .k = k, .d = j->p->x.cols, .iterations = best->iterations, .restart = best->restart,
                     .converged = best->converged};
    finish f = {.p = j->p, .metric = j->metric, .c = &c};

    NF_GO(nf_dense_alloc(&c.center, c.d, k, err));
    c.assign = nfi_alloc(rows, sizeof *c.assign);
    c.second = nfi_alloc(rows, sizeof *c.second);
    c.similarity = nfi_calloc(rows, sizeof *c.similarity);
    c.second_similarity = nfi_calloc(rows, sizeof *c.second_similarity);
    c.size = nfi_calloc(k, sizeof *c.size);
    f.bias = nfi_alloc(c.center.ld, sizeof *f.bias);
    f.sq = nfi_alloc(k, sizeof *f.sq);
    f.spare = nfi_alloc((size_t)best->run.threads * c.center.ld, sizeof *f.spare);
    f.label = nfi_alloc(kept, sizeof *f.label);
    f.second = nfi_alloc(kept, sizeof *f.second);
    f.order = nfi_alloc(k, sizeof *f.order);
    f.to = nfi_alloc(k, sizeof *f.to);
    if (!c.assign || !c.second || !c.similarity || !c.second_similarity || !c.size || !f.bias || !f.sq || !f.spare || !f.label ||
        !f.second || !f.order || !f.to) {
        s = nfi_oom(err, "the clusters");
        goto out;
    }
    memcpy(best->run.assign, best->best, kept * sizeof *best->best);
    NF_GO(label_rows(&f, &best->run, err));
    hand_over_rows(&f);
    *out = c;
    c = (nf_clusters){0};
out:
    nf_clusters_clear(&c);
    nfi_free(f.bias);
    nfi_free(f.sq);
    nfi_free(f.spare);
    nfi_free(f.label);
    nfi_free(f.second);
    nfi_free(f.order);
    nfi_free(f.to);
    return s;
}

nf_status nf_kmeans(nf_clusters *out, const nf_csr *X, const nf_kmeans_opts *opts, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_points p = {0};
    job j = {.p = &p, .opts = opts};
    worker *best = NULL;

    NF_TRY(check_options(&j, err));
    NF_TRY(nf_csr_check(X, err));
    NF_GO(nfi_points_make(&p, X, j.metric->unit, nfi_par_threads(opts->threads), err));
    if (opts->k > p.distinct) {
        s = NF_FAIL(err, NF_EDATA, "%zu clusters asked for, but only %zu of the %zu rows are distinct and not empty", opts->k, p.distinct,
                    X->rows);
        goto out;
    }
    NF_GO(run_restarts(&j, &best, err));
    NF_GO(make_result(out, &j, best, X->rows, err));
out:
    clear_workers(&j);
    nfi_points_clear(&p);
    return s;
}

void nf_clusters_clear(nf_clusters *c)
{
    if (!c)
        return;
    nfi_free(c->assign);
    nfi_free(c->second);
    nfi_free(c->similarity);
    nfi_free(c->second_similarity);
    nfi_free(c->size);
    nf_dense_clear(&c->center);
    *c = (nf_clusters){0};
}
