/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every metric with every seeding must do. A new row of either table is covered without a line here. */
#include "nft.h"

#include "newsframe/cluster.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

enum { ROWS = 400, COLS = 90 };

typedef struct pair {
    const char *metric, *init;
} pair;

/* Pair number i of the tables, metric first; false past the end. */
static bool pair_at(int i, pair *p)
{
    size_t inits = 0;

    while (nf_kmeans_init_name(inits, NULL))
        inits++;
    p->metric = nf_kmeans_metric_name((size_t)i / inits, NULL);
    p->init = nf_kmeans_init_name((size_t)i % inits, NULL);
    return p->metric != NULL;
}

static int pairs(void)
{
    pair p;
    int n = 0;

    while (pair_at(n, &p))
        n++;
    return n;
}

static nf_kmeans_opts options(int i, size_t k)
{
    pair p;
    nf_kmeans_opts o = nf_kmeans_defaults(k);

    ck_assert(pair_at(i, &p));
    o.metric = p.metric;
    o.init = p.init;
    o.restarts = 3;
    return o;
}

static nf_csr some_rows(uint64_t index)
{
    nfi_rng r = nft_rng(index);
    nf_csr m = {0};

    nft_rand_csr(&m, &r, ROWS, COLS, 0.08);
    return m;
}

static nf_clusters cluster(const nf_csr *X, const nf_kmeans_opts *o)
{
    nf_clusters c = {0};
    nft_ok(nf_kmeans(&c, X, o, &nft_err));
    return c;
}

START_TEST(names_are_unique_and_explained)
{
    const char *(*const name[])(size_t, const char **) = {nf_kmeans_metric_name, nf_kmeans_init_name};

    for (int t = 0; t < 2; t++) {
        const char *a, *summary = NULL;
        size_t n = 0;
        for (; (a = name[t](n, &summary)); n++) {
            ck_assert(a[0] != '\0' && summary && summary[0] != '\0');
            for (size_t j = 0; j < n; j++)
                ck_assert_str_ne(a, name[t](j, NULL));
        }
        ck_assert_uint_ge(n, 2);
        ck_assert_ptr_null(name[t](n + 1000, NULL));
    }
}
END_TEST

START_TEST(the_defaults_name_rows_of_the_tables)
{
    nf_kmeans_opts o = nf_kmeans_defaults(6);
    int found = 0;

    for (int i = 0; i < pairs(); i++) {
        pair p;
        pair_at(i, &p);
        found += strcmp(p.metric, o.metric) == 0 && strcmp(p.init, o.init) == 0;
    }
    ck_assert_int_eq(found, 1);
    ck_assert_uint_eq(o.k, 6);
}
END_TEST

START_TEST(every_non_empty_row_gets_a_cluster_and_every_cluster_a_row)
{
    nf_csr X = some_rows(1);
    for (size_t k = 1; k <= 40; k += 13) {
        nf_kmeans_opts o = options(_i, k);
        nf_clusters c = cluster(&X, &o);
        uint64_t size[40] = {0};
        ck_assert_uint_eq(c.n, ROWS);
        ck_assert_uint_eq(c.d, COLS);
        ck_assert_uint_eq(c.k, k);
        for (size_t i = 0; i < ROWS; i++) {
            bool empty = X.ptr[i] == X.ptr[i + 1];
            ck_assert_int_eq(c.assign[i] < 0, empty);
            ck_assert_int_lt(c.assign[i], (int)k);
            ck_assert_int_eq(c.second[i] < 0, empty || k == 1);
            ck_assert(isfinite(c.similarity[i]) && isfinite(c.second_similarity[i]));
            if (!empty)
                size[c.assign[i]]++;
        }
        for (size_t g = 0; g < k; g++) {
            ck_assert_uint_eq(size[g], c.size[g]);
            ck_assert_uint_ge(size[g], 1);
            ck_assert(g == 0 || size[g - 1] >= size[g]);
        }
        ck_assert(isfinite(c.objective));
        nf_clusters_clear(&c);
    }
    nf_csr_clear(&X);
}
END_TEST

START_TEST(a_seed_gives_the_same_result_again)
{
    nf_csr X = some_rows(2);
    nf_kmeans_opts o = options(_i, 7);
    nf_clusters a = cluster(&X, &o), b;

    o.threads = 5;
    b = cluster(&X, &o);
    ck_assert_mem_eq(a.assign, b.assign, ROWS * sizeof *a.assign);
    ck_assert_mem_eq(a.similarity, b.similarity, ROWS * sizeof *a.similarity);
    ck_assert_mem_eq(a.center.val, b.center.val, COLS * a.center.ld * sizeof *a.center.val);
    nf_clusters_clear(&a);
    nf_clusters_clear(&b);
    nf_csr_clear(&X);
}
END_TEST

/* A label is the center nearest to the row, recomputed here in double. */
START_TEST(rows_are_with_the_nearest_center)
{
    nf_csr X = some_rows(3);
    nf_kmeans_opts o = options(_i, 9);
    nf_clusters c = cluster(&X, &o);
    bool spherical = strcmp(o.metric, "spherical") == 0;

    for (size_t i = 0; i < ROWS; i++) {
        double own = -INFINITY, best = -INFINITY, xx = 0;
        for (int64_t e = X.ptr[i]; e < X.ptr[i + 1]; e++)
            xx += (double)X.val[e] * X.val[e];
        for (size_t g = 0; g < 9; g++) {
            double dot = 0, cc = 0;
            for (int64_t e = X.ptr[i]; e < X.ptr[i + 1]; e++)
                dot += X.val[e] * c.center.val[(size_t)X.idx[e] * c.center.ld + g];
            for (size_t t = 0; t < COLS; t++)
                cc += (double)c.center.val[t * c.center.ld + g] * c.center.val[t * c.center.ld + g];
            double near = spherical ? dot / sqrt(xx) : -sqrt(fmax(0, xx - 2 * dot + cc));
            best = near > best ? near : best;
            if ((int32_t)g == c.assign[i])
                own = near;
        }
        if (c.assign[i] >= 0) {
            ck_assert_double_ge(own, best - 1e-5); /* float32 chose */
            ck_assert_double_eq_tol(own, c.similarity[i], 1e-5);
        }
    }
    nf_clusters_clear(&c);
    nf_csr_clear(&X);
}
END_TEST

/* Groups far apart: the order of rows changes neither who is together nor the sizes. */
START_TEST(rows_in_another_order_are_grouped_alike)
{
    enum { N = 120 };
    nf_csr X = {0}, Y = {0};
    nf_kmeans_opts o = options(_i, 4);
    nf_agreement g = {0};
    int32_t back[N];

    o.restarts = 10;
    nft_ok(nf_csr_alloc(&X, N, 8, N * 2, &nft_err));
    nft_ok(nf_csr_alloc(&Y, N, 8, N * 2, &nft_err));
    for (int i = 0; i < N; i++) { /* row i, and the same as row (i * 7) % N of Y */
        int group = i % 4, at = i * 7 % N;
        nf_csr *m[] = {&X, &Y};
        for (int j = 0; j < 2; j++) {
            int row = j ? at : i;
            m[j]->idx[2 * row] = group * 2;
            m[j]->idx[2 * row + 1] = group * 2 + 1;
            m[j]->val[2 * row] = 3.0f + (float)i / N;
            m[j]->val[2 * row + 1] = 1.0f;
            m[j]->ptr[row + 1] = 2 * (row + 1);
        }
    }
    nf_clusters a = cluster(&X, &o), b = cluster(&Y, &o);
    for (int i = 0; i < N; i++)
        back[i] = b.assign[i * 7 % N];
    nft_ok(nf_agreement_of(a.assign, back, N, &g, &nft_err));
    ck_assert_double_eq_tol(g.ari, 1.0, NFT_TIGHT);
    ck_assert_mem_eq(a.size, b.size, 4 * sizeof *a.size);
    nf_clusters_clear(&a);
    nf_clusters_clear(&b);
    nf_csr_clear(&X);
    nf_csr_clear(&Y);
}
END_TEST

START_TEST(too_many_clusters_are_refused_and_the_result_left_alone)
{
    nf_csr X = some_rows(4);
    nf_kmeans_opts o = options(_i, ROWS + 1);
    nf_clusters c = {.k = 5};

    nft_fails(nf_kmeans(&c, &X, &o, &nft_err), NF_EDATA);
    ck_assert_uint_eq(c.k, 5);
    ck_assert_ptr_null(c.assign);
    nf_csr_clear(&X);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("clusterers");
    TCase *t = tcase_create("tables"), *each = tcase_create("each");

    tcase_add_test(t, names_are_unique_and_explained);
    tcase_add_test(t, the_defaults_name_rows_of_the_tables);
    suite_add_tcase(s, t);
    tcase_add_loop_test(each, every_non_empty_row_gets_a_cluster_and_every_cluster_a_row, 0, pairs());
    tcase_add_loop_test(each, a_seed_gives_the_same_result_again, 0, pairs());
    tcase_add_loop_test(each, rows_are_with_the_nearest_center, 0, pairs());
    tcase_add_loop_test(each, rows_in_another_order_are_grouped_alike, 0, pairs());
    tcase_add_loop_test(each, too_many_clusters_are_refused_and_the_result_left_alone, 0, pairs());
    suite_add_tcase(s, each);
    return nft_run(s);
}
