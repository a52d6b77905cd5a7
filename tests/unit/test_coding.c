/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of sentences: what is learned from coded ones, what sentences around do, the file, and mixtures. */
#include "model_forge.h"

#include "models/coding.h"
#include "models/multi.h"
#include "newsframe/codebook.h"
#include "newsframe/units.h"

#include <math.h>

enum { N = 400, NK = 3 };

static const char book[] =
    "{\"frames\":[{\"key\":\"arms\",\"seeds\":[\"missile*\",\"troops\"]},{\"key\":\"money\",\"seeds\":[\"tax\",\"budget\"]},"
    "{\"key\":\"none\",\"seeds\":[]}]}";
static nf_model *model; /* arms, money, none; with a codebook, without a coding */

static void setup(void)
{
    static const char *const text[NK] = {"troops fired a missile at dawn", "the tax fell as the budget grew",
                                         "a goat won the race in the park"};
    nf_count_opts count = {.corpus = {.text = {.ngram_lo = 1, .ngram_hi = 1}}};
    nf_train_opts o = nf_train_defaults();
    nf_codebook *cb = NULL;
    dk_docs train = {0};

    nft_ok(nf_codebook_parse(&cb, book, sizeof book - 1, "book", &nft_err));
    for (size_t d = 0; d < 60; d++)
        dk_add(&train, d % NK == 0 ? "arms" : d % NK == 1 ? "money" : "none", text[d % NK]);
    o.select.min_df = 1;
    o.codebook = cb;
    o.calibration = "none";
    model = mk_train(&train, &count, &o);
    nf_codebook_free(cb);
    dk_clear(&train);
}

static void teardown(void)
{
    nf_model_free(model);
}

/* Sentences in documents of four: scores say little, one seed of a frame says much. */
typedef struct coded {
    size_t doc[N];
    bool scored[N], own[N * NK];
    double odds[N * NK], hits[N * NK];
} coded;

static void fill(coded *c, nfi_rng *r)
{
    memset(c, 0, sizeof *c);
    for (size_t i = 0; i < N; i++) {
        double acc[NK];
        int32_t best, second;
        double margin;
        c->doc[i] = i / 4;
        c->scored[i] = i % 50 != 49;
        for (size_t k = 0; k < NK; k++) {
            c->own[i * NK + k] = k < 2 && nfi_rng_below(r, 3) == 0;
            bool seed = nfi_rng_below(r, 10) < (c->own[i * NK + k] ? 8u : 1u);
            c->hits[i * NK + k] = k < 2 && seed ? (double)(1 + nfi_rng_below(r, 2)) : 0.0;
            acc[k] = (double)nfi_rng_below(r, 1000) / 500.0 + (c->own[i * NK + k] ? 0.3 : 0.0);
        }
        nfi_log_odds(acc, NK, c->odds + i * NK, &best, &second, &margin);
    }
}

static nfi_coded coded_of(const coded *c) { return (nfi_coded){N, c->doc, c->scored, c->odds, c->hits}; }

START_TEST(seeds_count_as_much_as_they_were_worth)
{
    static coded c;
    static double odds[N * NK];
    nfi_rng r = nft_rng(3);
    bool chosen[NK];

    fill(&c, &r);
    nfi_coded x = coded_of(&c);
    ck_assert(!nf_model_codes(model));
    nft_ok(nfi_coding_fit(model, &x, c.own, &nft_err));
    ck_assert(nf_model_codes(model));
    const nfi_coding *k = model->coding;
    ck_assert_uint_eq(k->sentences, N - N / 50);
    ck_assert_double_gt(k->w[3], 1.0);
    ck_assert_double_gt(k->w[NFI_CODING_INPUTS + 3], 1.0);
    for (size_t p = 0; p < NFI_CODING_INPUTS; p++)
        ck_assert_double_eq(k->w[2 * NFI_CODING_INPUTS + p], 0.0); /* none is no frame */
    ck_assert_double_gt(k->micro_f1, 0.7);
    nft_ok(nfi_coding_odds(model, &x, odds, &nft_err));
    size_t hit = 0, given = 0, have = 0;
    for (size_t i = 0; i < N; i++) {
        size_t n = nf_model_frames(model, odds + i * NK, chosen);
        ck_assert(!chosen[2] && n == (size_t)chosen[0] + chosen[1]);
        ck_assert(c.scored[i] || n == 0);
        for (size_t f = 0; f < 2; f++) {
            hit += chosen[f] && c.own[i * NK + f];
            have += c.own[i * NK + f];
        }
        given += n;
    }
    ck_assert_double_eq_tol(k->micro_f1, 2.0 * (double)hit / (double)(given + have), 1e-12);
}
END_TEST

/* Weights are where the likelihood has no slope, the ridge apart. */
START_TEST(weights_have_the_greatest_likelihood)
{
    static coded c;
    static double odds[N * NK];
    nfi_rng r = nft_rng(8);

    fill(&c, &r);
    nfi_coded x = coded_of(&c);
    nft_ok(nfi_coding_fit(model, &x, c.own, &nft_err));
    nft_ok(nfi_coding_odds(model, &x, odds, &nft_err));
    for (size_t k = 0; k < 2; k++) {
        double offset = 0.0, seeds = 0.0;
        for (size_t i = 0; i < N; i++) {
            double e = c.scored[i] ? (double)c.own[i * NK + k] - nfi_sigmoid(odds[i * NK + k]) : 0.0;
            offset += e;
            seeds += e * log(1.0 + c.hits[i * NK + k]);
        }
        ck_assert_double_eq_tol(offset, 0.0, 1e-2);
        ck_assert_double_eq_tol(seeds, 1e-3 * model->coding->w[k * NFI_CODING_INPUTS + 3], 1e-2);
    }
}
END_TEST

/* A seed of a frame takes a sentence with nothing else to twice the odds of the cut; the sentences around weigh half. */
START_TEST(seeds_are_trusted_in_articles_of_others)
{
    static coded c;
    double was[2 * NFI_CODING_INPUTS];
    nfi_rng r = nft_rng(3);

    fill(&c, &r);
    for (size_t i = 0; i < N; i++)
        c.hits[i * NK + 1] = nfi_rng_below(&r, 2) ? 1.0 : 0.0; /* of no worth for the second frame */
    nfi_coded x = coded_of(&c);
    nft_ok(nfi_coding_fit(model, &x, c.own, &nft_err));
    const nfi_coding *k = model->coding;
    double cut = k->cut, f1 = k->micro_f1;
    memcpy(was, k->w, sizeof was);
    nft_ok(nfi_coding_for_others(model, &x, c.own, &nft_err));
    ck_assert_double_eq(k->cut, cut);
    ck_assert_double_ne(k->micro_f1, f1);
    ck_assert_double_lt(was[NFI_CODING_INPUTS + 3], 1.0);
    for (size_t f = 0; f < 2; f++) {
        const double *w = k->w + f * NFI_CODING_INPUTS, *before = was + f * NFI_CODING_INPUTS;
        ck_assert_double_ge(w[0] - w[2] * log(NK - 1.0) + w[3] * log(2.0), cut + log(2.0) / 2.0 - 1e-6); /* scores are even */
        ck_assert_double_ge(w[3], before[3]);
        for (size_t p = 0; p < 3; p++)
            ck_assert_double_eq(w[p], before[p]);
        for (size_t p = 4; p < NFI_CODING_INPUTS; p++)
            ck_assert_double_eq(w[p], before[p] / 2.0);
    }
    for (size_t p = 0; p < NFI_CODING_INPUTS; p++)
        ck_assert_double_eq(k->w[2 * NFI_CODING_INPUTS + p], 0.0);
}
END_TEST

/* A sentence alone, and the same one in the company of others. */
START_TEST(sentences_around_are_heard)
{
    double odds[3 * NK] = {2, -2, -3, 2, -2, -3, -1, -1, 0.5}, hits[3 * NK] = {1, 0, 0, 1}, out[3 * NK], alone[NK];
    size_t doc[3] = {7, 7, 7};
    bool scored[3] = {true, true, true};

    nft_ok(nfi_coding_new(model, &nft_err));
    double *w = model->coding->w;
    w[0] = -1.0;
    w[5] = 2.0;
    nft_ok(nfi_coding_odds(model, &(nfi_coded){1, doc, scored, odds + 2 * NK, hits + 2 * NK}, alone, &nft_err));
    ck_assert_double_eq(alone[0], -1.0);
    nft_ok(nfi_coding_odds(model, &(nfi_coded){3, doc, scored, odds, hits}, out, &nft_err));
    ck_assert_double_eq_tol(out[2 * NK], 1.0, 1e-12); /* both others have a seed */
    ck_assert_double_eq_tol(out[0], 0.0, 1e-12);      /* one of two */
    ck_assert(isinf(out[2]) && out[2] < 0);           /* none */
    scored[1] = false;
    nft_ok(nfi_coding_odds(model, &(nfi_coded){3, doc, scored, odds, hits}, out, &nft_err));
    ck_assert_double_eq_tol(out[0], -1.0, 1e-12);
    ck_assert(isinf(out[NK]));
    doc[2] = 8;
    nft_ok(nfi_coding_odds(model, &(nfi_coded){3, doc, scored, odds, hits}, out, &nft_err));
    ck_assert_double_eq(out[2 * NK], -1.0); /* of another document */
}
END_TEST

/* What a prior adds to scores is not heard. */
START_TEST(the_prior_is_taken_off)
{
    const double score[NK] = {0.5, -1.0, 2.0}, prior[NK] = {log(0.7), log(0.2), log(0.1)}, *uniform = model->log_prior;
    double acc[NK], odds[NK], hits[NK] = {0}, plain[NK], out[NK], margin;
    int32_t best, second;
    size_t doc = 0;
    bool scored = true;

    nft_ok(nfi_coding_new(model, &nft_err));
    model->coding->w[1] = model->coding->w[NFI_CODING_INPUTS + 1] = 1.0;
    nfi_log_odds(score, NK, odds, &best, &second, &margin);
    nft_ok(nfi_coding_odds(model, &(nfi_coded){1, &doc, &scored, odds, hits}, plain, &nft_err));
    for (size_t k = 0; k < NK; k++)
        acc[k] = score[k] + prior[k];
    nfi_log_odds(acc, NK, odds, &best, &second, &margin);
    model->log_prior = prior;
    nft_ok(nfi_coding_odds(model, &(nfi_coded){1, &doc, &scored, odds, hits}, out, &nft_err));
    model->log_prior = uniform;
    ck_assert_double_eq_tol(plain[0], 0.0, 1e-9);
    ck_assert_double_eq_tol(plain[1], -1.5, 1e-9);
    for (size_t k = 0; k < 2; k++)
        ck_assert_double_eq_tol(out[k], plain[k], 1e-9);
}
END_TEST

START_TEST(too_few_sentences_are_refused)
{
    static coded c;
    nfi_rng r = nft_rng(4);

    fill(&c, &r);
    nfi_coded x = coded_of(&c);
    x.n = NFI_LEAST_CODED - 1;
    nft_fails(nfi_coding_fit(model, &x, c.own, &nft_err), NF_EDATA);
    ck_assert(!nf_model_codes(model));
}
END_TEST

/* The same bytes again, and scores of sentences that do not depend on the number of threads; the mixture ranks frames. */
START_TEST(the_file_keeps_it)
{
    static coded c;
    nfi_rng r = nft_rng(3);
    nf_model *again = NULL;

    fill(&c, &r);
    nfi_coded x = coded_of(&c);
    nft_ok(nfi_coding_fit(model, &x, c.own, &nft_err));
    static const double by_hand[NFI_CODING_INPUTS] = {-1, 0, 0, 3, 0, 0};
    for (size_t k = 0; k < 2; k++)
        memcpy(model->coding->w + k * NFI_CODING_INPUTS, by_hand, sizeof by_hand);
    model->coding->cut = 0.0;
    forge_keep(model);
    model = NULL;
    nft_ok(forge_load(&again, forge_fresh(), &nft_err));
    size_t n;
    char *bytes = mk_bytes(again, &n);
    ck_assert_uint_eq(n, forge_size);
    ck_assert_mem_eq(bytes, forge_image, n);
    free(bytes);
    nf_model_info info;
    nf_model_describe(again, &info);
    ck_assert_uint_eq(info.coding_sentences, N - N / 50);
    ck_assert_double_gt(info.coding_micro_f1, 0.7);
    dk_docs docs = {0};
    for (int i = 0; i < 40; i++)
        dk_add(&docs, NULL, "Troops fired a missile. The budget paid for the missile and the tax grew. The goat won.");
    nf_batch b = dk_batch(&docs, 0, 40);
    nf_scored_units u[2] = {{0}, {0}};
    for (int t = 0; t < 2; t++) {
        nf_scorer *s = NULL;
        nft_ok(nf_scorer_new(&s, again, &(nf_scorer_opts){.threads = t ? 3 : 1, .min_tokens = 1}, &nft_err));
        nft_ok(nf_scorer_units(s, &b, NF_UNIT_SENTENCE, NULL, &u[t], &nft_err));
        ck_assert_uint_eq(u[t].n, 120);
        ck_assert_ptr_nonnull(u[t].frame_odds);
        if (t) {
            ck_assert_mem_eq(u[0].frame_odds, u[1].frame_odds, 120 * NK * sizeof(double));
            nft_ok(nf_scorer_units(s, &b, NF_UNIT_PARAGRAPH, NULL, &u[1], &nft_err));
            ck_assert_ptr_null(u[1].frame_odds);
        }
        nf_scorer_free(s);
    }
    double share[NK];
    bool chosen[NK];
    nf_mixture mix;
    ck_assert_uint_eq(nf_model_frames(again, u[0].frame_odds + NK, chosen), 2); /* the second sentence has both */
    nf_units_mix(&u[0], again, 0, share, chosen, &mix);
    ck_assert_double_eq_tol(share[0], 2.5 / 3.5, 1e-12); /* alone in the lead, and second after two seeds of money */
    ck_assert_double_eq_tol(share[1], 1.0 / 3.5, 1e-12);
    ck_assert_int_eq(mix.primary, 0);
    nf_scored_units_clear(&u[0]);
    nf_scored_units_clear(&u[1]);
    dk_clear(&docs);
    nf_model_free(again);
}
END_TEST

START_TEST(what_cannot_be_is_refused)
{
    static const char words[] = "section FRAW";
    static coded c;
    nfi_rng r = nft_rng(3);
    nf_model *m;

    fill(&c, &r);
    nfi_coded x = coded_of(&c);
    nft_ok(nfi_coding_fit(model, &x, c.own, &nft_err));
    forge_keep(model);
    model = NULL;
    forge_element("FRAW", 4, NAN, words);
    forge_element("FRAW", 0, INFINITY, words);
    forge_element("FRAW", NK * NFI_CODING_INPUTS - 1, 2e6, words);
    forge *f = forge_fresh();
    forge_find(f, "FRAM")->omit = true;
    forge_refused(f, "weights without settings", words);
    f = forge_fresh();
    forge_find(f, "CDBK")->omit = forge_find(f, "CDBM")->omit = true;
    forge_refused(f, "frames without a codebook", "section FRAM");
    f = forge_fresh();
    forge_find(f, "FRAM")->omit = forge_find(f, "FRAW")->omit = true;
    nft_ok(forge_load(&m, f, &nft_err));
    ck_assert(!nf_model_codes(m));
    nf_model_free(m);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("coding");
    TCase *tc = tcase_create("coding");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, seeds_count_as_much_as_they_were_worth);
    tcase_add_test(tc, weights_have_the_greatest_likelihood);
    tcase_add_test(tc, seeds_are_trusted_in_articles_of_others);
    tcase_add_test(tc, sentences_around_are_heard);
    tcase_add_test(tc, the_prior_is_taken_off);
    tcase_add_test(tc, too_few_sentences_are_refused);
    tcase_add_test(tc, the_file_keeps_it);
    tcase_add_test(tc, what_cannot_be_is_refused);
    suite_add_tcase(s, tc);
    return nft_run(s);
}
