/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores of sentences are those of documents that are nothing else; what sentences carry adds up to the margin; mixtures. */
#include "models_kit.h"

#include "newsframe/units.h"

#include <math.h>

enum { DOCS = 60, NK = 4 };

static nf_model *model;
static dk_docs docs;

/* Documents of several sentences, some with a title. */
static void setup(void)
{
    static const char *const sentence[] = {"Troops fired a missile today.",
                                           "The tax fell as the budget grew.",
                                           "An envoy went to the summit.",
                                           "A flood closed the school.",
                                           "Officials said so again on Monday",
                                           "Yes.",
                                           "The summit of the envoy ended a flood of missile talk."};
    nf_count_opts count = {.corpus = {.text = {.ngram_lo = 1, .ngram_hi = 1}}};
    nf_train_opts o = nf_train_defaults();
    nfi_rng r = nft_rng(5);
    dk_docs train = {0};
    char text[2000];

    mk_docs(&train, &r, DOCS, NK);
    o.select.min_df = 1;
    model = mk_train(&train, &count, &o);
    dk_clear(&train);
    for (size_t d = 0; d < DOCS; d++) {
        size_t at = 0;
        for (uint64_t n = nfi_rng_below(&r, 8); n > 0; n--)
            at +=
                (size_t)snprintf(text + at, sizeof text - at, "%s%s", sentence[nfi_rng_below(&r, 7)], nfi_rng_below(&r, 3) ? " " : "\n\n");
        dk_add_n(&docs, NULL, d % 3 ? NULL : sentence[d % 7], text, at);
    }
}

static void teardown(void)
{
    nf_model_free(model);
    dk_clear(&docs);
}

static nf_scorer *scorer(int threads)
{
    nf_scorer *s = NULL;
    nft_ok(nf_scorer_new(&s, model, &(nf_scorer_opts){.threads = threads}, &nft_err));
    return s;
}

START_TEST(a_unit_scores_like_a_document_of_its_own)
{
    nf_batch b = dk_batch(&docs, 0, DOCS);
    nf_scorer *s = scorer(2);
    nf_scored_units u = {0};

    nft_ok(nf_scorer_units(s, &b, NF_UNIT_SENTENCE, NULL, &u, &nft_err));
    ck_assert_uint_gt(u.n, 100);
    for (size_t i = 0; i < u.n; i++) {
        const nf_scored_unit *x = &u.unit[i];
        nf_str in = x->in_title ? b.docs[x->doc].title : b.docs[x->doc].text;
        nf_doc one = {.title = {in.p + x->place.start, x->place.end - x->place.start}}; /* titles are not cleaned */
        nf_score score;
        double odds[NK];
        ck_assert(i >= u.first[x->doc] && i < u.first[x->doc + 1]);
        nft_ok(nf_scorer_batch(s, &(nf_batch){&one, 1, NULL}, &score, odds, &nft_err));
        ck_assert(score.status == x->score.status && score.label == x->score.label && score.second == x->score.second &&
                  score.n_tokens == x->score.n_tokens);
        ck_assert(score.margin == x->score.margin && score.oov_share == x->score.oov_share && x->carries == 0.0);
        ck_assert_mem_eq(odds, u.log_odds + i * NK, sizeof odds);
    }
    nf_scored_units_clear(&u);
    nf_scorer_free(s);
}
END_TEST

START_TEST(units_do_not_depend_on_threads_or_batches)
{
    nf_batch b = dk_batch(&docs, 0, DOCS);
    nf_scorer *one = scorer(1), *three = scorer(3);
    nf_scored_units u = {0}, v = {0};
    nf_score scores[DOCS];
    double odds[DOCS * NK];

    nft_ok(nf_scorer_batch(one, &b, scores, odds, &nft_err));
    nft_ok(nf_scorer_units(three, &b, NF_UNIT_SENTENCE, scores, &u, &nft_err));
    for (size_t d = 0, at = 0; d < DOCS; d++) {
        nft_ok(nf_scorer_units(one, &(nf_batch){b.docs + d, 1, NULL}, NF_UNIT_SENTENCE, scores + d, &v, &nft_err));
        ck_assert_uint_eq(u.first[d], at);
        for (size_t i = 0; i < v.n; i++, at++) {
            ck_assert(u.unit[at].doc == d && v.unit[i].doc == 0 && v.unit[i].carries == u.unit[at].carries &&
                      v.unit[i].score.margin == u.unit[at].score.margin);
            ck_assert_mem_eq(u.log_odds + at * NK, v.log_odds + i * NK, NK * sizeof *odds);
        }
        ck_assert_uint_eq(u.first[d + 1], at);
    }
    nf_scored_units_clear(&u);
    nf_scored_units_clear(&v);
    nf_scorer_free(one);
    nf_scorer_free(three);
}
END_TEST

/* Single words only: nothing reaches over the end of a sentence. */
START_TEST(what_units_carry_adds_up_to_the_margin)
{
    nf_batch b = dk_batch(&docs, 0, DOCS);
    nf_scorer *s = scorer(1);
    nf_scored_units u = {0};
    nf_score scores[DOCS];
    double odds[DOCS * NK];
    size_t tried = 0;

    nft_ok(nf_scorer_batch(s, &b, scores, odds, &nft_err));
    nft_ok(nf_scorer_units(s, &b, NF_UNIT_SENTENCE, scores, &u, &nft_err));
    for (size_t d = 0; d < DOCS; d++) {
        double sum = 0.0;
        size_t e = nf_units_evidence(&u, d);
        for (size_t i = u.first[d]; i < u.first[d + 1]; i++) {
            sum += u.unit[i].carries;
            ck_assert(e == SIZE_MAX ? u.unit[i].carries <= 0.0 : u.unit[i].carries <= u.unit[e].carries);
        }
        if (scores[d].status == NF_SCORE_OK) {
            tried++;
            ck_assert_double_eq_tol(sum, scores[d].margin, 1e-9); /* uniform priors: they give nothing */
        } else {
            ck_assert(sum == 0.0 && e == SIZE_MAX);
        }
    }
    ck_assert_uint_gt(tried, 20);
    nf_scored_units_clear(&u);
    nf_scorer_free(s);
}
END_TEST

START_TEST(a_mixture_counts_labels_twice_in_title_and_lead)
{
    static const char text[] =
        "The missile of the troops hit today.\n\nThe tax and the budget fell. An envoy left the summit. Another envoy left the summit.";
    nf_doc d = {.title = {"Troops fire a missile", 21}, .text = {text, sizeof text - 1}};
    nf_scorer *s = scorer(1);
    nf_scored_units u = {0};
    double share[NK];
    bool chosen[NK];
    nf_mixture mix;

    nft_ok(nf_scorer_units(s, &(nf_batch){&d, 1, NULL}, NF_UNIT_SENTENCE, NULL, &u, &nft_err));
    ck_assert_uint_eq(u.n, 5);
    ck_assert(u.unit[0].in_title && u.unit[0].role == NF_ROLE_TITLE && u.unit[1].role == NF_ROLE_LEAD && u.unit[2].role == NF_ROLE_BODY);
    nf_units_mix(&u, model, 0, share, chosen, &mix);
    ck_assert_uint_eq(mix.coded, 5);
    int32_t war = nf_model_find_label(model, (nf_str){"war", 3}), talks = nf_model_find_label(model, (nf_str){"talks", 5});
    ck_assert_int_eq(mix.primary, war); /* 2 + 2 of 7 */
    ck_assert_double_eq_tol(share[war], 4.0 / 7, NFT_TIGHT);
    ck_assert_double_eq_tol(share[talks], 2.0 / 7, NFT_TIGHT);
    static const char repeated[] = "Troops fire a missile\n\nThe tax and the budget fell.";
    d.text = (nf_str){repeated, sizeof repeated - 1};
    nft_ok(nf_scorer_units(s, &(nf_batch){&d, 1, NULL}, NF_UNIT_SENTENCE, NULL, &u, &nft_err));
    nf_units_mix(&u, model, 0, share, chosen, &mix);
    ck_assert(u.n == 3 && u.unit[1].role == NF_ROLE_REPEAT && u.unit[2].role == NF_ROLE_LEAD && mix.coded == 2);
    ck_assert_double_eq_tol(share[war], 0.5, NFT_TIGHT);
    d = (nf_doc){.text = {"Nobody knows.", 13}};
    nft_ok(nf_scorer_units(s, &(nf_batch){&d, 1, NULL}, NF_UNIT_SENTENCE, NULL, &u, &nft_err));
    nf_units_mix(&u, model, 0, share, chosen, &mix);
    ck_assert(mix.primary == -1 && mix.coded == 0 && share[war] == 0.0);
    nf_scored_units_clear(&u);
    nf_scorer_free(s);
}
END_TEST

START_TEST(boilerplate_has_no_units)
{
    static const char text[] = "Skip to content\nMenu\nWe use cookies to personalise content and ads, and to analyse our traffic.\nAccept "
                               "all cookies\nCookie policy\nSign in\n"
                               "Subscribe to our newsletter";
    nf_doc d = {.text = {text, sizeof text - 1}};
    nf_scorer *s = scorer(1);
    nf_scored_units u = {0};

    nft_ok(nf_scorer_units(s, &(nf_batch){&d, 1, NULL}, NF_UNIT_SENTENCE, NULL, &u, &nft_err));
    ck_assert(u.n == 0 && u.first[1] == 0);
    nf_scored_units_clear(&u);
    nf_scorer_free(s);
    ck_assert_str_eq(nf_role_name(NF_ROLE_LEAD, NULL), "lead");
    ck_assert_ptr_null(nf_role_name(NF_ROLE_REPEAT + 1, NULL));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("units");
    TCase *tc = tcase_create("units");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_unit_scores_like_a_document_of_its_own);
    tcase_add_test(tc, units_do_not_depend_on_threads_or_batches);
    tcase_add_test(tc, what_units_carry_adds_up_to_the_margin);
    tcase_add_test(tc, a_mixture_counts_labels_twice_in_title_and_lead);
    tcase_add_test(tc, boilerplate_has_no_units);
    suite_add_tcase(s, tc);
    return nft_run(s);
}
