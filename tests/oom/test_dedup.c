/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies while memory runs out: collecting, grouping, and counting without them. */
#include "oom/oom.h"

#include "dedup_kit.h"

static void make_docs(dk_docs *k)
{
    nfi_buf b = {0};
    for (size_t i = 0; i < 12; i++) {
        ddk_run(&b, i % 5 * 1000, i % 5 * 1000 + 60 + i);
        ddk_add(k, &b, i % 2 ? "2024-06-19" : "20 June 2024");
        k->docs[i].label = (nf_str){i % 2 ? "war" : "money", i % 2 ? 3 : 5};
    }
    nfi_buf_clear(&b);
}

static nf_status collect(oom_env *env, nf_err *err)
{
    const dk_docs *k = env->in[0];
    nf_dedup *d = OOM_UNTOUCHED(nf_dedup);
    nf_dedup_opts o = {.threads = env->threads, .window = true, .window_seconds = 86400 * 3};
    nf_groups g = {.n = 77};

    nf_status s = nf_dedup_new(&d, &o, err);
    OOM_OUT(s, d);
    if (s != NF_OK)
        return s;
    for (size_t i = 0; s == NF_OK && i < 12; i += 6) {
        nf_batch b = dk_batch(k, i, 6);
        size_t before = nf_dedup_docs(d);
        s = nf_dedup_add(d, &b, err);
        ck_assert_uint_eq(nf_dedup_docs(d), s == NF_OK ? before + 6 : before);
    }
    if (s == NF_OK) {
        s = nf_dedup_groups(&g, d, err);
        ck_assert_uint_eq(g.n, s == NF_OK ? 12 : 77);
    }
    if (s == NF_OK) {
        ck_assert_uint_eq(g.groups, 5);
        nf_groups_clear(&g);
    }
    nf_dedup_free(d);
    return s;
}

/* env->in[0]: a path. */
static nf_status count(oom_env *env, nf_err *err)
{
    const char *path = env->in[0];
    nf_docs *in = NULL;
    nf_counted *c = NULL;
    nf_dedup *d = NULL;
    nf_groups g = {0};
    bool keep[12];

    nf_status s = nf_docs_open(&in, &path, 1, NULL, err);
    if (s == NF_OK)
        s = nf_dedup_new(&d, &(nf_dedup_opts){.threads = 1}, err);
    if (s == NF_OK) {
        nf_docs_watch(in, nf_dedup_watch, d);
        s = nf_count(&c, in, &(nf_count_opts){.whole = true, .corpus = {.threads = 1}}, err);
    }
    if (s == NF_OK)
        s = nf_dedup_groups(&g, d, err);
    if (s == NF_OK) {
        for (size_t i = 0; i < 12; i++)
            keep[i] = g.rank[i] <= 1;
        s = nf_counted_keep(c, keep, err);
    }
    if (s == NF_OK)
        ck_assert_uint_eq(nf_counted_docs(c), 5);
    nf_groups_clear(&g);
    nf_counted_free(c);
    nf_dedup_free(d);
    nf_docs_close(in);
    return s;
}

START_TEST(copies_are_found_or_not)
{
    dk_docs k = {0};

    make_docs(&k);
    for (int threads = 1; threads <= 2; threads++) {
        oom_env env = {.in = {&k}, .threads = threads};
        oom_run("nf_dedup_new, nf_dedup_add and nf_dedup_groups", collect, &env);
    }
    dk_clear(&k);
}
END_TEST

START_TEST(copies_are_left_out_of_counts_or_not)
{
    dk_docs k = {0};
    char path[NFT_PATH];

    make_docs(&k);
    dk_file(path, &k, NULL);
    oom_env env = {.in = {path}};
    oom_run("nf_docs_watch and nf_counted_keep", count, &env);
    dk_clear(&k);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("oom_dedup");
    TCase *t = tcase_create("dedup");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, copies_are_found_or_not);
    tcase_add_test(t, copies_are_left_out_of_counts_or_not);
    suite_add_tcase(s, t);
    return nft_run(s);
}
