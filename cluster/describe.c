/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * describe.c - what a cluster is about: terms, rows, neighbours.
 *
 * Distinctive terms: features/keyness.h, the cluster against all others. A term absent from a cluster has log-odds <= 0 there, hence only
 * present ones are looked at.
 */
#include "newsframe/cluster.h"

#include "base/mem.h"
#include "base/try.h"
#include "features/keyness.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static bool before(int32_t term, double weight, const nf_cluster_term *than)
{
    return weight > than->weight || (weight == than->weight && term < than->term);
}

/* Keeps the m greatest, falling, ties to the lower column; *n are there. */
static void keep_term(nf_cluster_term *best, size_t *n, size_t m, int32_t term, double weight)
{
    size_t at = *n;

    if (at == m) {
        if (m == 0 || !before(term, weight, &best[m - 1]))
            return;
        at--;
    } else {
        (*n)++;
    }
    for (; at > 0 && before(term, weight, &best[at - 1]); at--)
        best[at] = best[at - 1];
    best[at] = (nf_cluster_term){term, weight};
}

static void no_terms(nf_cluster_term *best, size_t m)
{
    for (size_t i = 0; i < m; i++)
        best[i] = (nf_cluster_term){.term = -1};
}

nf_status nf_cluster_heaviest(const nf_clusters *c, size_t m, nf_cluster_term *out, nf_err *err)
{
    if (c->k > 0 && !c->center.val)
        return NF_FAIL(err, NF_EINVAL, "the clusters have no centers");
    for (size_t g = 0; g < c->k; g++) {
        size_t n = 0;
        no_terms(out + g * m, m);
        for (size_t t = 0; t < c->d; t++) {
            float weight = c->center.val[t * c->center.ld + g];
            if (weight > 0.0f)
                keep_term(out + g * m, &n, m, (int32_t)t, weight);
        }
    }
    return NF_OK;
}

/* ---- distinctive terms ---- */

typedef struct counts {
    const nf_csr *X;
    double *term, *part; /* d: counts over all clustered rows, and in the cluster at hand */
    double total;
    size_t *start;       /* k + 1 */
    size_t *member;      /* rows by cluster */
    uint8_t *seen;       /* d */
    int32_t *touched;    /* d */
} counts;

static nf_status count_terms(counts *n, const nf_clusters *c, nf_err *err)
{
    for (size_t r = 0; r < c->n; r++) {
        if (c->assign[r] < 0)
            continue;
        n->start[c->assign[r] + 1]++;
        for (int64_t e = n->X->ptr[r]; e < n->X->ptr[r + 1]; e++) {
            float v = n->X->val[e];
            if (!(v >= 0.0f))
                return NF_FAIL(err, NF_EINVAL, "row %zu, column %" PRId32 ": a negative count", r, n->X->idx[e]);
            n->term[n->X->idx[e]] += v;
            n->total += v;
        }
    }
    for (size_t g = 0; g < c->k; g++)
        n->start[g + 1] += n->start[g];
    for (size_t r = 0; r < c->n; r++)
        if (c->assign[r] >= 0)
            n->member[n->start[c->assign[r]]++] = r;
    memmove(n->start + 1, n->start, c->k * sizeof *n->start);
    n->start[0] = 0;
    return NF_OK;
}

static void distinctive_of(counts *n, size_t g, size_t m, nf_cluster_term *best)
{
    size_t touched = 0, kept = 0;
    double size = 0.0;

    for (size_t v = n->start[g]; v < n->start[g + 1]; v++) {
        size_t r = n->member[v];
        for (int64_t e = n->X->ptr[r]; e < n->X->ptr[r + 1]; e++) {
            int32_t t = n->X->idx[e];
            if (!n->seen[t]) {
                n->seen[t] = 1;
                n->touched[touched++] = t;
            }
            n->part[t] += n->X->val[e];
            size += n->X->val[e];
        }
    }
    for (size_t i = 0; i < touched; i++) {
        int32_t t = n->touched[i];
        double z = n->part[t] > 0.0 ? nfi_keyness_of(n->part[t], size, n->term[t], n->total, NFI_KEYNESS_PRIOR).z : 0.0;
        if (z > 0.0)
            keep_term(best, &kept, m, t, z);
        n->part[t] = 0.0;
        n->seen[t] = 0;
    }
}

nf_status nf_cluster_distinctive(const nf_clusters *c, const nf_csr *X, size_t m, nf_cluster_term *out, nf_err *err)
{
    nf_status s = NF_OK;
    counts n = {.X = X};

    if (X->rows != c->n || X->cols != c->d)
        return NF_FAIL(err, NF_EINVAL, "counts of %zu x %zu for clusters of %zu x %zu", X->rows, X->cols, c->n, c->d);
    NF_TRY(nf_csr_check(X, err));
    n.term = nfi_calloc(c->d, sizeof *n.term);
    n.part = nfi_calloc(c->d, sizeof *n.part);
    n.start = nfi_calloc(c->k + 1, sizeof *n.start);
    n.member = nfi_alloc(c->n, sizeof *n.member);
    n.seen = nfi_calloc(c->d, sizeof *n.seen);
    n.touched = nfi_alloc(c->d, sizeof *n.touched);
    if (!n.term || !n.part || !n.start || !n.member || !n.seen || !n.touched) {
        s = nfi_oom(err, "the distinctive terms");
        goto out;
    }
    NF_GO(count_terms(&n, c, err));
    for (size_t g = 0; g < c->k; g++) {
        no_terms(out + g * m, m);
        if (c->k > 1) /* one cluster has nothing to differ from */
            distinctive_of(&n, g, m, out + g * m);
    }
out:
    nfi_free(n.term);
    nfi_free(n.part);
    nfi_free(n.start);
    nfi_free(n.member);
    nfi_free(n.seen);
    nfi_free(n.touched);
    return s;
}

/* ---- rows and clusters ---- */

nf_status nf_cluster_exemplars(const nf_clusters *c, size_t m, int64_t *out, nf_err *err)
{
    size_t *kept = nfi_calloc(c->k, sizeof *kept);

    if (!kept)
        return nfi_oom(err, "the exemplars");
    for (size_t i = 0; i < c->k * m; i++)
        out[i] = -1;
    for (size_t r = 0; m > 0 && r < c->n; r++) {
        if (c->assign[r] < 0)
            continue;
        size_t g = (size_t)c->assign[r], at = kept[g];
        int64_t *best = out + g * m;
        if (at < m)
            kept[g]++;
        else if (c->similarity[r] > c->similarity[best[m - 1]])
            at = m - 1;
        else
            continue;
        for (; at > 0 && c->similarity[r] > c->similarity[best[at - 1]]; at--) /* rows come in order: ties stay with the lower */
            best[at] = best[at - 1];
        best[at] = (int64_t)r;
    }
    nfi_free(kept);
    return NF_OK;
}

nf_status nf_cluster_similarity(const nf_clusters *c, nf_dense *S, nf_err *err)
{
    nf_status s = NF_OK;
    nf_dense rows = {0}; /* k x d, unit length */

    if (S->rows != c->k || S->cols != c->k)
        return NF_FAIL(err, NF_EINVAL, "a result of %zu x %zu for %zu clusters", S->rows, S->cols, c->k);
    NF_TRY(nf_dense_alloc(&rows, c->k, c->d, err));
    for (size_t g = 0; g < c->k; g++) {
        double sq = 0.0;
        for (size_t t = 0; t < c->d; t++) {
            double v = c->center.val[t * c->center.ld + g];
            sq += v * v;
        }
        double scale = sq > 0.0 ? 1.0 / sqrt(sq) : 0.0;
        for (size_t t = 0; t < c->d; t++)
            rows.val[g * rows.ld + t] = (float)(c->center.val[t * c->center.ld + g] * scale);
    }
    NF_GO(nf_dense_mul_abt(S, &rows, &rows, err));
out:
    nf_dense_clear(&rows);
    return s;
}

double nf_simplified_silhouette(const nf_clusters *c)
{
    double sum = 0.0;
    size_t n = 0;

    for (size_t r = 0; r < c->n; r++) {
        if (c->assign[r] < 0)
            continue;
        n++;
        if (c->second[r] < 0)
            continue;
        double own = 1.0 - c->similarity[r], other = 1.0 - c->second_similarity[r], most = own > other ? own : other;
        if (most > 0.0)
            sum += (other - own) / most;
    }
    return n ? sum / (double)n : 0.0;
}
