/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores of held-out documents: what a model is trained on, the same as cross-validation says, forward chaining. */
#include "models_kit.h"

#include "models/oof.h"

#include <math.h>

enum { DOCS = 90, CLASSES = 3, FOLDS = 3 };

typedef struct seen {
    uint64_t documents[DOCS]; /* of the model that scored it; 0: it was not */
    size_t known[DOCS];
    int32_t fold[DOCS], label[DOCS];
} seen;

static void note(void *ctx, const nfi_held *h)
{
    seen *s = ctx;
    double sum = 0.0;

    ck_assert_uint_eq(s->documents[h->doc], 0);
    s->documents[h->doc] = h->model->documents;
    s->known[h->doc] = h->known;
    s->fold[h->doc] = h->fold;
    s->label[h->doc] = h->label;
    for (size_t k = 0; k < h->model->nclasses; k++)
        sum += 1.0 / (1.0 + exp(-h->log_odds[k]));
    if (h->known)
        ck_assert_double_eq_tol(sum, 1.0, 1e-9);
    else
        ck_assert_int_eq(h->label, -1);
}

static nf_corpus *corpus(dk_docs *k)
{
    nfi_rng r = nft_rng(5);
    mk_docs(k, &r, DOCS, CLASSES);
    return dk_corpus(k, NULL, 1, NULL);
}

START_TEST(all_but_the_fold_train_and_the_fold_is_scored)
{
    dk_docs k = {0};
    nf_corpus *c = corpus(&k);
    int32_t fold[DOCS];
    seen s = {0};
    nf_train_opts o = nf_train_defaults();
    double smoothing[FOLDS] = {0};
    uint64_t in[FOLDS] = {0};

    for (size_t d = 0; d < DOCS; d++) {
        fold[d] = d % 10 == 9 ? -1 : (int32_t)(d % FOLDS);
        if (fold[d] >= 0)
            in[fold[d]]++;
    }
    nfi_split plan = {.fold = fold, .folds = FOLDS};
    o.threads = 3;
    nft_ok(nfi_oof(c, NULL, &o, &plan, note, &s, smoothing, &nft_err));
    for (size_t d = 0; d < DOCS; d++) {
        ck_assert_uint_eq(s.documents[d], fold[d] < 0 ? 0 : DOCS - in[fold[d]]);
        if (fold[d] >= 0)
            ck_assert_int_eq(s.fold[d], fold[d]);
    }
    for (size_t f = 0; f < FOLDS; f++)
        ck_assert_double_gt(smoothing[f], 0.0);
    nf_corpus_free(c);
    dk_clear(&k);
}
END_TEST

START_TEST(forward_chaining_trains_on_what_came_before)
{
    dk_docs k = {0};
    nf_corpus *c = corpus(&k);
    int32_t fold[DOCS];
    uint8_t use[DOCS];
    seen s = {0};
    nf_train_opts o = nf_train_defaults();

    for (size_t d = 0; d < DOCS; d++) {
        fold[d] = (int32_t)(d * FOLDS / DOCS);
        use[d] = d != 3; /* one takes no part at all */
    }
    nfi_split plan = {.fold = fold, .folds = FOLDS, .forward = true};
    nft_ok(nfi_oof(c, use, &o, &plan, note, &s, NULL, &nft_err));
    for (size_t d = 0; d < DOCS; d++)
        ck_assert_uint_eq(s.documents[d], fold[d] == 0 ? 0 : (uint64_t)fold[d] * DOCS / FOLDS - 1);
    nf_corpus_free(c);
    dk_clear(&k);
}
END_TEST

START_TEST(a_word_of_held_out_documents_alone_is_unknown)
{
    dk_docs k = {0};
    int32_t fold[6] = {0, 0, 1, 1, 2, 2};
    seen s = {0};
    nf_train_opts o = nf_train_defaults();

    o.select.min_df = 1;
    dk_add(&k, "a", "zebra");
    dk_add(&k, "b", "zebra yak");
    for (size_t i = 0; i < 2; i++) {
        dk_add(&k, "a", "tank");
        dk_add(&k, "b", "bank");
    }
    nf_corpus *c = dk_corpus(&k, NULL, 1, NULL);
    nfi_split plan = {.fold = fold, .folds = FOLDS};
    nft_ok(nfi_oof(c, NULL, &o, &plan, note, &s, NULL, &nft_err));
    ck_assert_uint_eq(s.known[0], 0);
    ck_assert_uint_eq(s.known[1], 0);
    for (size_t d = 2; d < 6; d++) {
        ck_assert_uint_eq(s.known[d], 1);
        ck_assert_int_eq(s.label[d], c->label[d]);
    }
    nf_corpus_free(c);
    dk_clear(&k);
}
END_TEST

START_TEST(the_table_says_what_cross_validation_says)
{
    dk_docs k = {0};
    nf_corpus *c = corpus(&k);
    nf_crossval_opts o = {.train = nf_train_defaults(), .folds = FOLDS, .seed = 4};
    nfi_oof_table t = {0};
    int32_t fold[DOCS], predicted[DOCS];
    double smoothing[FOLDS];

    nft_ok(nf_crossval(c, &o, fold, predicted, smoothing, &nft_err));
    nft_ok(nfi_oof_stratified(&t, c, &o, &nft_err));
    ck_assert_uint_eq(t.n, DOCS);
    ck_assert_uint_eq(t.nclasses, CLASSES);
    for (size_t d = 0; d < DOCS; d++) {
        const double *row = t.log_odds + d * CLASSES;
        ck_assert_int_eq(t.fold[d], fold[d]);
        ck_assert_int_eq(t.label[d], predicted[d]);
        for (size_t i = 0; t.label[d] >= 0 && i < CLASSES; i++)
            ck_assert_double_le(row[i], row[t.label[d]]);
        for (size_t i = 0; !t.scored[d] && i < CLASSES; i++)
            ck_assert_double_eq(row[i], 0.0);
    }
    nfi_oof_table_clear(&t);
    nf_corpus_free(c);
    dk_clear(&k);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("oof");
    TCase *t = tcase_create("held out");
    tcase_add_test(t, all_but_the_fold_train_and_the_fold_is_scored);
    tcase_add_test(t, forward_chaining_trains_on_what_came_before);
    tcase_add_test(t, a_word_of_held_out_documents_alone_is_unknown);
    tcase_add_test(t, the_table_says_what_cross_validation_says);
    suite_add_tcase(s, t);
    return nft_run(s);
}
