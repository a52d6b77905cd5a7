/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Terms of classes: order, figures, and sentences that show them. */
#include "models_kit.h"

#include "features/keyness.h"
#include "newsframe/explain.h"

enum { DOCS = 60, NK = 4 };

static nf_model *model;

static void setup(void)
{
    nfi_rng r = nft_rng(2);
    dk_docs k = {0};

    mk_docs(&k, &r, DOCS, NK);
    nf_train_opts o = nf_train_defaults();
    model = mk_train(&k, NULL, &o);
    dk_clear(&k);
}

static void teardown(void) { nf_model_free(model); }

START_TEST(terms_come_by_z_and_fewer_are_the_first_of_more)
{
    size_t all = 0, n = 0;
    nf_class_term *term = calloc(model->n, sizeof *term), some[7];
    double mine = 0, whole = 0;

    ck_assert(nf_model_has_counts(model));
    for (size_t t = 0; t < model->n; t++) {
        mine += (double)nf_model_term_docs(model, t, 1);
        whole += (double)nf_model_term_df(model, t);
    }
    nft_ok(nf_model_class_terms(model, 1, model->n, term, &all, &nft_err));
    ck_assert_uint_gt(all, 7);
    for (size_t i = 0; i < all; i++) {
        const nf_class_term *t = &term[i];
        nfi_keyness k = nfi_keyness_of((double)t->class_docs, mine, (double)t->docs, whole, NFI_KEYNESS_DOCS);
        ck_assert(t->z > 0 && t->z == k.z && t->log_odds == k.log_odds && t->weight == nf_model_term_weight(model, t->term, 1));
        ck_assert(i == 0 || term[i - 1].z > t->z || (term[i - 1].z == t->z && term[i - 1].term < t->term));
    }
    size_t positive = 0;
    for (size_t t = 0; t < model->n; t++)
        positive +=
            nfi_keyness_of((double)nf_model_term_docs(model, t, 1), mine, (double)nf_model_term_df(model, t), whole, NFI_KEYNESS_DOCS).z >
            0;
    ck_assert_uint_eq(all, positive);
    nft_ok(nf_model_class_terms(model, 1, 7, some, &n, &nft_err));
    ck_assert_uint_eq(n, 7);
    ck_assert_mem_eq(some, term, sizeof some);
    nft_ok(nf_model_class_terms(model, 1, 0, some, &n, &nft_err));
    ck_assert_uint_eq(n, 0);
    nft_fails(nf_model_class_terms(model, NK, 1, some, &n, &nft_err), NF_EINVAL);
    free(term);
}
END_TEST

START_TEST(similarity_of_classes_is_the_cosine_of_their_weights)
{
    nf_dense S = {0}, wrong = {0};

    /* A weight against the mean of the others is n/(n-1) times that against the mean of all: the cosine is the same. */
    nft_ok(nf_dense_alloc(&S, NK, NK, &nft_err));
    nft_ok(nf_model_similarity(model, &S, &nft_err));
    for (size_t i = 0; i < NK; i++)
        for (size_t j = 0; j < NK; j++) {
            double ij = 0, ii = 0, jj = 0;
            for (size_t t = 0; t < model->n; t++) {
                double x = nf_model_term_weight(model, t, i), y = nf_model_term_weight(model, t, j);
                ij += x * y;
                ii += x * x;
                jj += y * y;
            }
            ck_assert_double_eq_tol(S.val[i * S.ld + j], ij / sqrt(ii * jj), NFT_LOOSE);
            ck_assert(S.val[i * S.ld + j] == S.val[j * S.ld + i]);
        }
    nft_ok(nf_dense_alloc(&wrong, NK, NK + 1, &nft_err));
    nft_fails(nf_model_similarity(model, &wrong, &nft_err), NF_EINVAL);
    nf_dense_clear(&wrong);
    nf_dense_clear(&S);
}
END_TEST

START_TEST(similarity_goes_on_from_block_to_block)
{
    enum { MANY = 5000 }; /* terms: more than two blocks */
    nf_train_opts o = nf_train_defaults();
    dk_docs k = {0};
    nf_model *m;
    nf_dense S = {0};

    for (int d = 0; d < 50; d++) { /* each word in two documents, of the same class or not */
        char text[2000];
        size_t at = 0;
        for (int i = 0; i < 200; i++)
            at += (size_t)snprintf(text + at, sizeof text - at, "w%d ", d % 25 * 200 + i);
        dk_add(&k, (const char *const[]){"a", "b", "c"}[(d < 25 ? d : d * 7) % 3], text);
    }
    o.select.min_df = 1;
    m = mk_train(&k, NULL, &o);
    ck_assert_uint_ge(m->n, MANY);
    nft_ok(nf_dense_alloc(&S, 3, 3, &nft_err));
    nft_ok(nf_model_similarity(m, &S, &nft_err));
    for (size_t i = 0; i < 3; i++) {
        double ij = 0, ii = 0, jj = 0;
        size_t j = (i + 1) % 3;
        for (size_t t = 0; t < m->n; t++) {
            double x = nf_model_term_weight(m, t, i), y = nf_model_term_weight(m, t, j);
            ij += x * y;
            ii += x * x;
            jj += y * y;
        }
        ck_assert(S.val[i * S.ld + i] == 1.0f);
        ck_assert_double_eq_tol(S.val[i * S.ld + j], ij / sqrt(ii * jj), 1e-5); /* sums of 5,000 floats, in an order of each CPU */
    }
    nf_dense_clear(&S);
    nf_model_free(m);
    dk_clear(&k);
}
END_TEST

START_TEST(examples_have_their_terms)
{
    static const char *const sentence[] = {"The missile of the troops hit today.", "An envoy went to the summit.",
                                           "Troops were at the summit."};
    char text[2000];
    nf_class_term term[5];
    size_t terms[5], classes[5] = {0}, n = 0;
    nf_examples *e = NULL, *apart = NULL;
    nf_scorer *s = NULL;
    size_t at = 0;

    int32_t war = nf_model_find_label(model, (nf_str){"war", 3});
    nft_ok(nf_model_class_terms(model, (size_t)war, 5, term, &n, &nft_err));
    ck_assert_uint_eq(n, 5);
    for (size_t i = 0; i < 5; i++) {
        terms[i] = term[i].term;
        classes[i] = (size_t)war;
    }
    for (int i = 0; i < 30; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s ", sentence[i % 3]);
    nf_doc docs[2] = {{.id = {"a", 1}, .text = {text, at}}, {.id = {"b", 1}, .text = {sentence[0], strlen(sentence[0])}}};
    nft_ok(nf_scorer_new(&s, model, &(nf_scorer_opts){.threads = 2}, &nft_err));
    nft_ok(nf_examples_new(&e, model, terms, classes, 5, &nft_err));
    nft_ok(nf_examples_new(&apart, model, terms, classes, 5, &nft_err));
    nft_ok(nf_examples_add(e, s, &(nf_batch){docs, 2, NULL}, &nft_err));
    for (int i = 0; i < 2; i++)
        nft_ok(nf_examples_add(apart, s, &(nf_batch){docs + i, 1, NULL}, &nft_err));
    size_t found = 0;
    for (size_t i = 0; i < 5; i++) {
        nf_example x = nf_examples_get(e, i), y = nf_examples_get(apart, i);
        char spelled[64];
        size_t len = nf_model_term(model, terms[i], spelled, sizeof spelled);
        ck_assert(x.text.n == y.text.n && x.start == y.start && x.id.n == y.id.n);
        if (x.text.n == 0)
            continue;
        found++;
        ck_assert_mem_eq(x.text.p, text + x.start, x.text.n);
        ck_assert(x.id.n == 1 && x.id.p[0] == 'a' && x.end - x.start == x.text.n);
        bool there = false;
        for (size_t k = 0; k + len <= x.text.n; k++)
            there = there || memcmp(x.text.p + k + 1, spelled + 1, len - 1) == 0;
        ck_assert_msg(there, "%.*s is not in %.*s", (int)len, spelled, (int)x.text.n, x.text.p);
    }
    ck_assert_uint_ge(found, 2);
    nf_examples_free(e);
    nf_examples_free(apart);
    e = NULL;
    terms[0] = model->n;
    nft_fails(nf_examples_new(&e, model, terms, classes, 5, &nft_err), NF_EINVAL);
    ck_assert_ptr_null(e);
    nf_scorer_free(s);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("class_terms");
    TCase *tc = tcase_create("class_terms");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, terms_come_by_z_and_fewer_are_the_first_of_more);
    tcase_add_test(tc, similarity_of_classes_is_the_cosine_of_their_weights);
    tcase_add_test(tc, similarity_goes_on_from_block_to_block);
    tcase_add_test(tc, examples_have_their_terms);
    suite_add_tcase(s, tc);
    return nft_run(s);
}
