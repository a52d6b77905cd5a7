/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clustering and what describes clusters while memory runs out. */
#include "oom/oom.h"

#include "newsframe/cluster.h"

enum { ROWS = 40, COLS = 12, K = 3, M = 4 };

static nf_status cluster(oom_env *env, nf_err *err)
{
    const nf_csr *X = env->in[0];
    nf_kmeans_opts o = *(const nf_kmeans_opts *)env->in[1];
    nf_clusters c = {0};

    o.threads = env->threads;
    nf_status s = nf_kmeans(&c, X, &o, err);
    ck_assert(s == NF_OK || (c.assign == NULL && c.center.val == NULL && c.n == 0));
    nf_clusters_clear(&c);
    return s;
}

static nf_status describe(oom_env *env, nf_err *err)
{
    const nf_csr *X = env->in[0];
    const nf_clusters *c = env->in[1];
    nf_cluster_term terms[K * M];
    int64_t rows[K * M];
    nf_dense S = {0};
    nf_agreement a;

    nf_status s = nf_cluster_heaviest(c, M, terms, err);
    if (s == NF_OK)
        s = nf_cluster_distinctive(c, X, M, terms, err);
    if (s == NF_OK)
        s = nf_cluster_exemplars(c, M, rows, err);
    if (s == NF_OK)
        s = nf_dense_alloc(&S, K, K, err);
    if (s == NF_OK)
        s = nf_cluster_similarity(c, &S, err);
    if (s == NF_OK)
        s = nf_agreement_of(c->assign, c->second, c->n, &a, err);
    nf_dense_clear(&S);
    return s;
}

static void make_rows(nf_csr *X)
{
    nfi_rng r = nft_rng(1);
    nft_rand_csr(X, &r, ROWS, COLS, 0.3);
}

START_TEST(clusters_are_found_or_not)
{
    nf_csr X = {0};
    nf_kmeans_opts o[3] = {nf_kmeans_defaults(K), nf_kmeans_defaults(K), nf_kmeans_defaults(K)};

    make_rows(&X);
    o[0].restarts = o[1].restarts = o[2].restarts = 2;
    o[1].metric = "euclidean";
    o[1].init = "random";
    o[2].refine = false;
    for (int i = 0; i < 3; i++)
        for (int threads = 1; threads <= 3; threads += 2) {
            oom_env env = {.in = {&X, &o[i]}, .threads = threads};
            oom_run("nf_kmeans", cluster, &env);
        }
    nf_csr_clear(&X);
}
END_TEST

START_TEST(clusters_are_described_or_not)
{
    nf_csr X = {0};
    nf_clusters c = {0};
    nf_kmeans_opts o = nf_kmeans_defaults(K);

    make_rows(&X);
    nft_ok(nf_kmeans(&c, &X, &o, &nft_err));
    oom_env env = {.in = {&X, &c}};
    oom_run("descriptions", describe, &env);
    nf_clusters_clear(&c);
    nf_csr_clear(&X);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("oom_cluster");
    TCase *t = tcase_create("clusters");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, clusters_are_found_or_not);
    tcase_add_test(t, clusters_are_described_or_not);
    suite_add_tcase(s, t);
    return nft_run(s);
}
