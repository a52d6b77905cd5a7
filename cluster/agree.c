/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * agree.c - how well two partitions of the same items agree, from the integer contingency table.
 *
 * ARI (Hubert, Arabie 1985) = 2 (tp tn - fn fp) / ((tp+fn)(fn+tn) + (tp+fp)(fp+tn)) over pairs of items; homogeneity = MI/H(a),
 * completeness = MI/H(b) (Rosenberg, Hirschberg 2007), NMI = MI / ((H(a)+H(b))/2), natural logarithms; purity = share of items in the
 * largest class of their cluster.
 */
#include "newsframe/cluster.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/sort.h"
#include "base/try.h"

/* One nonzero cell: count items with class a and cluster b. */
typedef struct cell {
    int32_t a, b;
    uint64_t count, a_total, b_total;
} cell;

typedef struct table {
    cell *cell; /* by (a, b) */
    size_t cells;
    uint64_t n;
    double h_a, h_b;             /* entropies, nats */
    double a_pairs, b_pairs, same; /* pairs of items together in a, in b, in both */
    uint64_t majority;
} table;

static double pairs(uint64_t n)
{
    return (double)n * ((double)n - 1.0) / 2.0;
}

static double entropy_part(uint64_t part, uint64_t n)
{
    double p = (double)part / (double)n;
    return part == n ? 0.0 : -p * nfi_log(p);
}

/* Distinct (a, b) with their counts, sorted; v is one entry an item. */
static void collect_cells(table *t, const nfi_kv *v)
{
    for (size_t i = 0; i < t->n; i++) {
        int32_t a = (int32_t)(v[i].key >> 32), b = (int32_t)(v[i].key & UINT32_MAX);
        cell *last = t->cells ? &t->cell[t->cells - 1] : NULL;
        if (!last || last->a != a || last->b != b) {
            last = &t->cell[t->cells++];
            *last = (cell){.a = a, .b = b};
        }
        last->count++;
    }
}

static void total_a(table *t)
{
    for (size_t i = 0, j; i < t->cells; i = j) {
        uint64_t sum = 0;
        for (j = i; j < t->cells && t->cell[j].a == t->cell[i].a; j++)
            sum += t->cell[j].count;
        for (size_t c = i; c < j; c++)
            t->cell[c].a_total = sum;
        t->h_a += entropy_part(sum, t->n);
        t->a_pairs += pairs(sum);
    }
}

/* order lists the cells by b. */
static void total_b(table *t, const nfi_kv *order)
{
    for (size_t i = 0, j; i < t->cells; i = j) {
        uint64_t sum = 0, most = 0;
        for (j = i; j < t->cells && order[j].key == order[i].key; j++) {
            uint64_t count = t->cell[order[j].val].count;
            sum += count;
            most = count > most ? count : most;
        }
        for (size_t c = i; c < j; c++)
            t->cell[order[c].val].b_total = sum;
        t->h_b += entropy_part(sum, t->n);
        t->b_pairs += pairs(sum);
        t->majority += most;
    }
}

static nf_status make_table(table *t, const int32_t *a, const int32_t *b, size_t n, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_kv *v = nfi_alloc(n, sizeof *v);

    if (!v)
        return nfi_oom(err, "comparing partitions");
    for (size_t i = 0; i < n; i++)
        if (a[i] >= 0 && b[i] >= 0)
            v[t->n++] = (nfi_kv){.key = (uint64_t)a[i] << 32 | (uint64_t)b[i]};
    if (t->n == 0) {
        s = NF_FAIL(err, NF_EDATA, "no item has both a class and a cluster, nothing can be compared");
        goto out;
    }
    NF_GO(nfi_sort_kv(v, (size_t)t->n, err));
    t->cell = nfi_alloc((size_t)t->n, sizeof *t->cell);
    if (!t->cell) {
        s = nfi_oom(err, "comparing partitions");
        goto out;
    }
    collect_cells(t, v);
    total_a(t);
    if (t->cells > UINT32_MAX) {
        s = NF_FAIL(err, NF_ELIMIT, "%zu combinations of class and cluster, at most %u", t->cells, UINT32_MAX);
        goto out;
    }
    for (size_t c = 0; c < t->cells; c++)
        v[c] = (nfi_kv){.key = (uint64_t)t->cell[c].b, .val = (uint32_t)c};
    NF_GO(nfi_sort_kv(v, t->cells, err));
    total_b(t, v);
out:
    nfi_free(v);
    return s;
}

static double mutual_information(table *t)
{
    double n = (double)t->n, sum = 0.0;

    for (size_t c = 0; c < t->cells; c++) {
        const cell *at = &t->cell[c];
        sum += (double)at->count / n * nfi_log((double)at->count * n / ((double)at->a_total * (double)at->b_total));
        t->same += pairs(at->count);
    }
    return sum > 0.0 ? sum : 0.0;
}

static double share_of(double mi, double entropy)
{
    return entropy <= 0.0 ? 1.0 : mi < entropy ? mi / entropy : 1.0;
}

nf_status nf_agreement_of(const int32_t *a, const int32_t *b, size_t n, nf_agreement *out, nf_err *err)
{
    nf_status s;
    table t = {0};

    NF_GO(make_table(&t, a, b, n, err));
    double mi = mutual_information(&t);
    double tp = t.same, fn = t.a_pairs - tp, fp = t.b_pairs - tp, tn = pairs(t.n) - tp - fn - fp;
    double below = (tp + fn) * (fn + tn) + (tp + fp) * (fp + tn);
    *out = (nf_agreement){.n = t.n,
                          .nmi = share_of(mi, (t.h_a + t.h_b) / 2.0),
                          .ari = fn == 0.0 && fp == 0.0 ? 1.0 : 2.0 * (tp * tn - fn * fp) / below,
                          .homogeneity = share_of(mi, t.h_a),
                          .completeness = share_of(mi, t.h_b),
                          .purity = (double)t.majority / (double)t.n};
out:
    nfi_free(t.cell);
    return s;
}
