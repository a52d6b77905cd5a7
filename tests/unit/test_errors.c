/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people and a model do not agree on: which documents are listed, in which order, and why. */
#include "models_kit.h"

#include "newsframe/errors.h"

enum { DOCS = 120, NK = 4 };

START_TEST(wrong_documents_are_listed_the_worst_first)
{
    nfi_rng r = nft_rng(4);
    dk_docs k = {0};
    nf_train_opts o = nf_train_defaults();
    nf_scorer *s = NULL;
    nf_errors *whole = NULL, *parts = NULL;
    nf_score score[DOCS];
    double odds[DOCS * NK];
    int32_t human[DOCS];
    size_t wrong = 0;

    mk_docs(&k, &r, DOCS, NK);
    nf_model *m = mk_train(&k, NULL, &o);
    nf_batch b = dk_batch(&k, 0, DOCS);
    nft_ok(nf_scorer_new(&s, m, &(nf_scorer_opts){.threads = 2}, &nft_err));
    nft_ok(nf_scorer_batch(s, &b, score, odds, &nft_err));
    for (size_t i = 0; i < DOCS;
         i++) { /* labels of every tenth are changed, some are missing, one is a class that the model does not have */
        int32_t is = nf_model_find_label(m, b.docs[i].label);
        human[i] = b.docs[i].label.n == 0 ? -1 : i == 50 ? NK : i % 10 == 3 ? (is + 1) % NK : is;
        wrong += human[i] >= 0 && human[i] != score[i].label;
    }
    ck_assert_uint_gt(wrong, 8);
    nft_ok(nf_errors_new(&whole, m, &nft_err));
    nft_ok(nf_errors_new(&parts, m, &nft_err));
    nft_ok(nf_errors_add(whole, s, &b, score, odds, human, &nft_err));
    for (size_t i = 0; i < DOCS; i += 7) {
        nf_batch part = dk_batch(&k, i, i + 7 < DOCS ? 7 : DOCS - i);
        nft_ok(nf_errors_add(parts, s, &part, score + i, odds + i * NK, human + i, &nft_err));
    }
    nft_ok(nf_errors_finish(whole, &nft_err));
    nft_ok(nf_errors_finish(parts, &nft_err));
    ck_assert_uint_eq(nf_errors_count(whole), wrong);
    ck_assert_uint_eq(nf_errors_count(parts), wrong);
    size_t suspected = 0, unknown = 0;
    for (size_t i = 0; i < wrong; i++) {
        const nf_error *x = nf_errors_get(whole, i), *y = nf_errors_get(parts, i), *before = i ? nf_errors_get(whole, i - 1) : x;
        ck_assert(x->kind == y->kind && x->margin == y->margin && x->id.n == y->id.n && memcmp(x->id.p, y->id.p, x->id.n) == 0);
        ck_assert(before->kind < x->kind || (before->kind == x->kind && before->margin >= x->margin));
        ck_assert(x->human != x->machine && x->has_margin == (x->machine >= 0 && x->human < NK));
        suspected += x->kind == NF_ERROR_SUSPECTED_LABEL;
        unknown += x->human == NK;
        for (size_t w = 0; w + 1 < x->nmachine; w++)
            ck_assert(x->machine_nats[w] >= x->machine_nats[w + 1]);
        for (size_t w = 0; w < x->nhuman; w++)
            ck_assert(x->human_nats[w] > 0.0);
    }
    ck_assert_uint_eq(unknown, 1);
    ck_assert_uint_gt(suspected, 0);
    ck_assert_str_eq(nf_error_kind_text(NF_ERROR_WRONG), "wrong");
    nf_errors_free(whole);
    nf_errors_free(parts);
    nf_scorer_free(s);
    nf_model_free(m);
    dk_clear(&k);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("errors");
    TCase *tc = tcase_create("errors");

    tcase_add_test(tc, wrong_documents_are_listed_the_worst_first);
    suite_add_tcase(s, tc);
    return nft_run(s);
}
