/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_typicality.c - bounds of what is like the training documents: against figures done by hand, in a model, and in its file. */
#include "model_forge.h"

#include "models/typicality.h"

#include <math.h>

enum { ROWS = 399, LENGTH = 8 };

/* Rows of 8 terms: u[0], u[1], u[2] of them unknown in the first three rows, 1 in the others. Two of 1,000 documents have the second term:
 * without one it is gone. */
static nfi_typicality *fit(size_t rows, const uint32_t u[3], int threads)
{
    uint32_t df[] = {500, 2}, length[ROWS], term[2 * ROWS], tf[2 * ROWS];
    uint64_t ptr[ROWS + 1] = {0};
    nfi_terms t = {.n = 2, .df = df, .ndocs = 1000};
    nfi_sample s = {.n = rows, .length = length, .ptr = ptr, .term = term, .tf = tf};
    size_t e = 0;

    for (size_t r = 0; r < rows; r++) {
        uint32_t unknown = r < 3 ? u[r] : 1;
        term[e] = 0;
        tf[e++] = LENGTH - unknown;
        if (r % 2) { /* else it is a term that was not kept: no entry */
            term[e] = 1;
            tf[e++] = unknown;
        }
        length[r] = LENGTH;
        ptr[r + 1] = e;
    }
    nfi_typicality *x = NULL;
    nft_ok(nfi_typicality_fit(&x, &t, &s, threads, &nft_err));
    return x;
}

START_TEST(bounds_are_what_one_in_200_is_above)
{
    nfi_typicality *x;

    for (int threads = 1; threads < 5; threads++) {
        x = fit(ROWS, (const uint32_t[]){3, 5, 1}, threads);
        ck_assert_uint_eq(x->n, 2); /* 4 and 8 */
        ck_assert_uint_eq(x->documents, ROWS);
        ck_assert_double_eq(x->bound[1].unknown, 3.0 / 8); /* the second greatest of 399 */
        ck_assert_double_eq_tol(x->bound[1].rarity, (5 * log(2) + 3 * log(1000)) / 8, 1e-6);
        ck_assert_double_ge(x->bound[0].unknown, 1.0 / 4); /* drawn, so it spreads wider */
        ck_assert(!nfi_is_untypical(x, 8, 3, 8));
        ck_assert(nfi_is_untypical(x, 8, 4, 8));
        ck_assert(!nfi_is_untypical(x, 800, 300, 800));
        ck_assert(nfi_is_untypical(x, 800, 301, 800));
        ck_assert(nfi_is_untypical(x, 8, 0, 8 * 3.1));
        ck_assert(!nfi_is_untypical(x, 8, 0, 8 * 3.0));
        ck_assert(!nfi_is_untypical(x, 3, 3, 30));
        ck_assert(!nfi_is_untypical(x, 0, 0, 0));
        nfi_free(x);
    }
}
END_TEST

START_TEST(few_documents_have_no_bounds)
{
    nfi_typicality *x = fit(NFI_LEAST_TYPICAL - 1, (const uint32_t[]){1, 1, 1}, 1);
    ck_assert_ptr_null(x);
    x = fit(NFI_LEAST_TYPICAL, (const uint32_t[]){1, 1, 6}, 1);
    ck_assert_double_eq(x->bound[1].unknown, 6.0 / 8); /* the greatest */
    nfi_free(x);
}
END_TEST

static nf_model *trained(const dk_docs *k, const char *weighting, int threads)
{
    nf_train_opts o = nf_train_defaults();

    o.threads = threads;
    o.weighting = weighting;
    return mk_train(k, &(nf_count_opts){.corpus = {.threads = threads}}, &o);
}

/* How many of the documents are unlike; others have a label. */
static size_t unlike(const nf_model *m, const dk_docs *k, bool on)
{
    nf_scorer *x = NULL;
    nf_score *s = nfi_alloc(k->n, sizeof *s);
    double *odds = nfi_alloc(k->n * m->nclasses, sizeof *odds);
    nf_batch b = dk_batch(k, 0, k->n);
    size_t n = 0;

    nft_ok(nf_scorer_new(&x, m, &(nf_scorer_opts){.typicality = on, .language = -1}, &nft_err));
    nft_ok(nf_scorer_batch(x, &b, s, odds, &nft_err));
    for (size_t i = 0; i < k->n; i++) {
        bool is = s[i].status == NF_SCORE_UNLIKE_TRAINING;
        n += is;
        ck_assert(!is || (s[i].label == -1 && s[i].second == -1 && !s[i].scored && s[i].n_tokens > 0));
    }
    nf_scorer_free(x);
    nfi_free(s);
    nfi_free(odds);
    return n;
}

START_TEST(strange_texts_are_told_and_others_are_not)
{
    static const char *const weighting[] = {NULL, "tf"}; /* with idf, and without */
    dk_docs k = {0}, fresh = {0}, strange = {0};
    nfi_rng r = nft_rng(2);

    mk_docs(&k, &r, 600, 3);
    mk_docs(&fresh, &r, 600, 3);
    for (size_t i = 0; i < 20; i++)
        dk_add(&strange, NULL, "said budget vole heron otter lynx marten stoat weasel badger fox hare adder newt");
    for (size_t w = 0; w < 2; w++) {
        nf_model *m = trained(&k, weighting[w], 1), *again = trained(&k, weighting[w], 4);
        nf_model_info info;
        size_t n, same;
        nf_model_describe(m, &info);
        ck_assert_uint_ge(info.typicality, NFI_LEAST_TYPICAL);
        ck_assert_uint_le(unlike(m, &fresh, true), 12);
        ck_assert_uint_eq(unlike(m, &strange, true), strange.n);
        ck_assert_uint_eq(unlike(m, &strange, false), 0);
        char *a = mk_bytes(m, &n), *b = mk_bytes(again, &same);
        ck_assert_uint_eq(n, same);
        ck_assert_mem_eq(a, b, n);
        free(a);
        free(b);
        nf_model_free(m);
        nf_model_free(again);
    }
    dk_clear(&k);
    dk_clear(&fresh);
    dk_clear(&strange);
}
END_TEST

START_TEST(a_model_that_does_not_know_says_so)
{
    dk_docs k = {0};
    nfi_rng r = nft_rng(3);
    nf_scorer *x = NULL;

    mk_docs(&k, &r, 100, 3);
    nf_model *m = trained(&k, NULL, 1);
    nft_fails(nf_scorer_new(&x, m, &(nf_scorer_opts){.typicality = true}, &nft_err), NF_EINVAL);
    ck_assert_ptr_null(x);
    nf_model_free(m);
    dk_clear(&k);
}
END_TEST

/* ---- in a file ---- */

static void setup(void)
{
    dk_docs k = {0};
    nfi_rng r = nft_rng(1);

    mk_docs(&k, &r, 300, 3);
    forge_keep(trained(&k, NULL, 1));
    dk_clear(&k);
}

START_TEST(bounds_come_back)
{
    nf_model *m, *none;
    size_t n;
    forge *f = forge_fresh();

    nft_ok(forge_load(&m, f, &nft_err));
    ck_assert_ptr_nonnull(m->typicality);
    char *bytes = mk_bytes(m, &n);
    ck_assert_uint_eq(n, forge_size);
    ck_assert_mem_eq(bytes, forge_image, n);
    free(bytes);
    f = forge_fresh();
    forge_find(f, "TYPN")->omit = forge_find(f, "TYPB")->omit = true;
    nft_ok(forge_load(&none, f, &nft_err));
    ck_assert_ptr_null(none->typicality);
    nf_model_free(m);
    nf_model_free(none);
}
END_TEST

START_TEST(what_cannot_be_is_refused)
{
    static const double wild[] = {NAN, INFINITY, -INFINITY, -0.1, 65};
    static const char *const tag[] = {"TYPN", "TYPB"};
    forge *f;
    forge_section *s;

    for (size_t i = 0; i < 4; i++)
        for (size_t w = 0; w < sizeof wild / sizeof *wild; w++)
            forge_element("TYPB", i, wild[w], "TYPB");
    forge_element("TYPB", 0, 1.01, "TYPB");
    forge_element("TYPN", 0, NFI_LEAST_TYPICAL - 1, "TYPN");
    forge_element("TYPN", 0, 2e19, "TYPN");
    for (size_t i = 0; i < 2; i++) {
        f = forge_fresh();
        forge_find(f, tag[i])->omit = true;
        forge_refused(f, tag[i], "TYPN and TYPB");
        f = forge_fresh();
        s = forge_find(f, tag[i]);
        s->type = NFI_U16;
        s->count = s->bytes / 2;
        forge_refused(f, tag[i], tag[i]);
    }
    f = forge_fresh();
    s = forge_find(f, "TYPB");
    s->count--;
    s->bytes -= 8;
    forge_refused(f, "a bound less", "do not match");
    f = forge_fresh();
    s = forge_find(f, "TYPB");
    double many[2 * NFI_TYPICAL_LENGTHS + 2] = {0};
    forge_put(s, many, 2 * NFI_TYPICAL_LENGTHS + 2);
    forge_refused(f, "bounds of a length more", "do not match");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("typicality");
    TCase *t = tcase_create("bounds"), *files = tcase_create("files");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, bounds_are_what_one_in_200_is_above);
    tcase_add_test(t, few_documents_have_no_bounds);
    tcase_add_test(t, strange_texts_are_told_and_others_are_not);
    tcase_add_test(t, a_model_that_does_not_know_says_so);
    suite_add_tcase(s, t);
    tcase_add_checked_fixture(files, setup, forge_drop);
    tcase_add_test(files, bounds_come_back);
    tcase_add_test(files, what_cannot_be_is_refused);
    suite_add_tcase(s, files);
    return nft_run(s);
}
