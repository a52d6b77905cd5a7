/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_reliability.c - bins and losses by hand on six documents. */
#include "nft.h"

#include "models/model.h"

#include <math.h>

/* p of the most probable class, of the human one; right when they are the same. */
static nf_confidence sure(double top, double own, bool right)
{
    return (nf_confidence){
        .there = true, .right = right, .top = top, .own = own, .square = (1 - own) * (1 - own) + (right ? 0.1 : top * top)};
}

START_TEST(by_hand)
{
    /* bins of 1/15: .95 and .99 in the last (from .9333), 1 too, .70 and .73 in [.6667, .7333), .40 in [.4, .4667) */
    nf_confidence c[8] = {sure(0.95, 0.95, true), sure(0.99, 0.01, false), sure(1, 1, true), sure(0.70, 0.70, true), sure(0.73, 0.2, false),
                          sure(0.40, 0, false), {0}, sure(0.5, 0.5, true)};
    int32_t human[8] = {0, 1, 0, 2, 0, 1, 0, -1}; /* the last two are left out: no probabilities, no human class */
    nf_reliability r;
    double loss = 0, brier = 0;

    nft_ok(nf_reliability_of(&r, c, human, 8, NULL, &nft_err));
    ck_assert_uint_eq(r.n, 6);
    ck_assert_uint_eq(r.bin[14].n, 3);
    ck_assert_uint_eq(r.bin[14].right, 2);
    ck_assert_uint_eq(r.bin[10].n, 2);
    ck_assert_uint_eq(r.bin[6].n, 1);
    ck_assert_double_eq_tol(r.bin[14].probability, 2.94 / 3, NFT_TIGHT);
    ck_assert_double_eq_tol(r.bin[14].accuracy, 2.0 / 3, NFT_TIGHT);
    ck_assert_double_eq_tol(r.bin[10].low, 10.0 / 15, NFT_TIGHT);
    /* (|2 - 2.94| + |1 - 1.43| + |0 - .4|) / 6 */
    ck_assert_double_eq_tol(r.ece, (0.94 + 0.43 + 0.40) / 6, NFT_TIGHT);
    for (size_t i = 0; i < 6; i++) {
        loss -= log(fmax(c[i].own, 1e-15));
        brier += c[i].square;
    }
    ck_assert_double_eq_tol(r.log_loss, loss / 6, NFT_LOOSE);
    ck_assert_double_eq_tol(r.brier, brier / 6, NFT_TIGHT);
    const bool excluded[3] = {false, true, false};
    nft_ok(nf_reliability_of(&r, c, human, 8, excluded, &nft_err));
    ck_assert_uint_eq(r.n, 4);
    nft_ok(nf_reliability_of(&r, NULL, NULL, 0, NULL, &nft_err));
    ck_assert_uint_eq(r.n, 0);
    ck_assert_double_eq(r.ece, -1);
    ck_assert_double_eq(r.bin[14].high, 1);
}
END_TEST

START_TEST(decisions_by_hand)
{
    nf_reliability r = {0};

    nf_reliability_add(&r, 0.02, false);
    nf_reliability_add(&r, 0.04, false);
    nf_reliability_add(&r, 0.05, true);
    nf_reliability_add(&r, 1.0, true);
    nft_ok(nf_reliability_settle(&r, &nft_err));
    ck_assert_uint_eq(r.n, 4);
    ck_assert_uint_eq(r.bin[0].n, 3);
    ck_assert_uint_eq(r.bin[NF_RELIABILITY_BINS - 1].n, 1);
    ck_assert_double_eq_tol(r.bin[0].probability, 0.11 / 3, NFT_TIGHT);
    ck_assert_double_eq_tol(r.bin[0].accuracy, 1.0 / 3, NFT_TIGHT);
    ck_assert_double_eq_tol(r.ece, (1 - 0.11) / 4, NFT_TIGHT);
    ck_assert_double_eq_tol(r.brier, (0.02 * 0.02 + 0.04 * 0.04 + 0.95 * 0.95) / 4, NFT_TIGHT);
    ck_assert_double_eq_tol(r.log_loss, -(log(0.98) + log(0.96) + log(0.05)) / 4, NFT_TIGHT);
    r = (nf_reliability){0};
    nft_ok(nf_reliability_settle(&r, &nft_err));
    ck_assert_double_eq(r.ece, -1);
}
END_TEST

START_TEST(what_a_model_is_judged_by)
{
    double bias[3] = {0}, odds[3], p[3], sum = 0;
    const double bound[3] = {log(0.3), log(0.1), -INFINITY};
    nfi_calibration cal = {.k = nfi_calibrators[0], .temperature = 1, .power = 1, .nclasses = 3, .bias = bias};
    nf_model m = {.nclasses = 3, .calibration = &cal};
    const double want[3] = {0.7, 0.2, 0.1};

    for (size_t k = 0; k < 3; k++)
        odds[k] = log(want[k] / (1 - want[k]));
    nf_confidence c = nf_model_confidence(&m, odds, 1, bound, p);
    ck_assert(c.there && !c.right && c.in_set);
    ck_assert_uint_eq(c.set_size, 3);
    ck_assert_double_eq_tol(c.top, 0.7, NFT_TIGHT);
    ck_assert_double_eq_tol(c.own, 0.2, NFT_TIGHT);
    ck_assert_double_eq_tol(c.square, 0.49 + 0.64 + 0.01, NFT_TIGHT);
    for (size_t k = 0; k < 3; k++)
        sum += p[k];
    ck_assert_double_eq_tol(sum, 1, NFT_TIGHT);
    c = nf_model_confidence(&m, odds, 7, bound, p); /* a label that the model does not know */
    ck_assert(c.there && !c.right && !c.in_set && c.own == 0);
    ck_assert_double_eq_tol(c.square, 0.49 + 0.04 + 0.01 + 1, NFT_TIGHT);
    ck_assert(!nf_model_confidence(&m, NULL, 1, bound, p).there);
    m.calibration = NULL;
    ck_assert(!nf_model_confidence(&m, odds, 1, NULL, p).there);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("reliability");
    TCase *t = tcase_create("reliability");
    tcase_add_test(t, by_hand);
    tcase_add_test(t, decisions_by_hand);
    tcase_add_test(t, what_a_model_is_judged_by);
    suite_add_tcase(s, t);
    return nft_run(s);
}
