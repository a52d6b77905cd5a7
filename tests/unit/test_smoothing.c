/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_smoothing.c - the three kinds of smoothing against values worked by hand, on counts:
 *
 *     a   red red blue          G_a: red 2, blue 1            T_a = 2
 *     b   red green             G_b: red 1, green 1           T_b = 2       V = 4, G = 9
 *     c   green green green grey                              T_c = 2
 *     all classes               red 3, blue 1, green 4, grey 1
 */
#include "models_kit.h"

#include <math.h>

enum { TERMS = 4, CLASSES = 3 };

/* Terms in byte order: blue, green, grey, red. */
static const char *const label[CLASSES] = {"a", "b", "c"};
static const char *const text[CLASSES] = {"red red blue", "red green", "green green green grey"};
static const double count[CLASSES][TERMS] = {{1, 0, 0, 2}, {0, 1, 0, 1}, {0, 3, 1, 0}};
static const double all[TERMS] = {1, 4, 1, 3}, sum[CLASSES] = {3, 2, 4};

static nf_model *train(const char *classifier, const char *kind, double smoothing)
{
    dk_docs k = {0};
    nf_count_opts c = {.corpus = {.text = {.tokenizer = "sklearn", .ngram_lo = 1, .ngram_hi = 1}, .threads = 1}, .weighting = "tf"};
    nf_train_opts o = {.classifier = classifier, .weighting = "tf", .smoothing = smoothing, .smoothing_kind = kind,
                       .calibration = "none", .threads = 1};

    for (size_t i = 0; i < CLASSES; i++)
        dk_add(&k, label[i], text[i]);
    nf_model *m = mk_train(&k, &c, &o);
    ck_assert_uint_eq(m->n, TERMS);
    ck_assert_uint_eq(m->nclasses, CLASSES);
    dk_clear(&k);
    return m;
}

/* What a term adds to the score of a class. */
static double given(const nf_model *m, size_t t, size_t k)
{
    for (uint64_t e = m->ptr[t]; e < m->ptr[t + 1]; e++)
        if (m->cls[e] == k)
            return (double)m->w[e] + m->z[k];
    return (double)m->base[t] + m->z[k];
}

static void same(const nf_model *m, size_t t, size_t k, double probability, double sign)
{
    ck_assert_msg(fabs(given(m, t, k) - sign * log(probability)) < NFT_LOOSE, "%s term %zu class %s: %.9f, expected %.9f",
                  m->classifier->name, t, label[k], sign * exp(sign * given(m, t, k)), probability);
}

START_TEST(lidstone_adds_the_same_to_every_term)
{
    nf_model *m = train("mnb", "lidstone", 0.5), *c = train("cnb", NULL, 0.5);

    same(m, 3, 0, 2.5 / 5, 1);  /* red in a: (2 + .5) / (3 + 4 * .5) */
    same(m, 1, 0, 0.5 / 5, 1);
    same(c, 3, 0, 1.5 / 8, -1); /* red in b and c: (1 + .5) / (6 + 2) */
    for (size_t k = 0; k < CLASSES; k++)
        for (size_t t = 0; t < TERMS; t++) {
            same(m, t, k, (count[k][t] + 0.5) / (sum[k] + 2), 1);
            same(c, t, k, (all[t] - count[k][t] + 0.5) / (9 - sum[k] + 2), -1);
        }
    nf_model_free(m);
    nf_model_free(c);
}
END_TEST

/* a = .5 shares out a V = 2 as .99 q + .01 / V, q of the corpus: blue .1125, green .4425, grey .1125, red .3325. */
START_TEST(dirichlet_adds_as_the_corpus_has_it)
{
    static const double share[TERMS] = {0.1125, 0.4425, 0.1125, 0.3325};
    nf_model *m = train("mnb", "dirichlet", 0.5), *c = train("cnb", "dirichlet", 0.5);

    same(m, 3, 0, 2.665 / 5, 1);  /* red in a: (2 + 2 * .3325) / (3 + 2) */
    same(m, 1, 0, 0.885 / 5, 1);  /* green, not in a: 2 * .4425 / 5 */
    same(m, 0, 2, 0.225 / 6, 1);  /* blue, not in c: 2 * .1125 / (4 + 2) */
    same(c, 3, 2, 3.665 / 7, -1); /* red in a and b: (3 + .665) / (5 + 2) */
    for (size_t k = 0; k < CLASSES; k++) {
        double mass = 0.0;
        for (size_t t = 0; t < TERMS; t++) {
            same(m, t, k, (count[k][t] + 2 * share[t]) / (sum[k] + 2), 1);
            same(c, t, k, (all[t] - count[k][t] + 2 * share[t]) / (9 - sum[k] + 2), -1);
            mass += exp(given(m, t, k));
        }
        ck_assert_double_eq_tol(mass, 1.0, NFT_LOOSE);
    }
    nf_model_free(m);
    nf_model_free(c);
}
END_TEST

/* a = 1: a class of n tokens and T terms keeps n_t / (n + T) for what it has seen, and T / (n + T) is for the V - T others. */
START_TEST(witten_bell_keeps_what_was_seen)
{
    nf_model *m = train("mnb", "witten-bell", 1.0), *c = train("cnb", "witten-bell", 1.0), *half = train("mnb", "witten-bell", 0.5);

    same(m, 0, 0, 1.0 / 5, 1); /* blue in a: 1 / (3 + 2) */
    same(m, 3, 0, 2.0 / 5, 1);
    same(m, 1, 0, 1.0 / 5, 1); /* green and grey share 2 / 5 */
    same(m, 2, 0, 1.0 / 5, 1);
    same(m, 0, 1, 1.0 / 4, 1); /* b: red and green 1 / 4, blue and grey half of 2 / 4 */
    same(m, 3, 1, 1.0 / 4, 1);
    same(m, 1, 2, 3.0 / 6, 1); /* c: green 3 / 6, grey 1 / 6, the others half of 2 / 6 */
    same(m, 2, 2, 1.0 / 6, 1);
    same(m, 3, 2, 1.0 / 6, 1);
    same(half, 3, 0, 2.0 / 4, 1); /* a = .5: 2 / (3 + 1), the others half of 1 / 4 */
    same(half, 2, 0, 0.5 / 4, 1);
    /* others than a: red 1, green 4, grey 1 of 6; T = 3, and blue alone is not seen: 3 / 9 */
    same(c, 3, 0, 1.0 / 9, -1);
    same(c, 1, 0, 4.0 / 9, -1);
    same(c, 0, 0, 3.0 / 9, -1);
    /* others than b: all four, 7 tokens, T = 4 = V: red 2 / 11, blue 1 / 11 */
    same(c, 3, 1, 2.0 / 11, -1);
    same(c, 0, 1, 1.0 / 11, -1);
    /* others than c: red 3, blue 1, green 1 of 5; T = 3; grey is not seen: 3 / 8 */
    same(c, 3, 2, 3.0 / 8, -1);
    same(c, 2, 2, 3.0 / 8, -1);
    nf_model_free(m);
    nf_model_free(c);
    nf_model_free(half);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("smoothing");
    TCase *t = tcase_create("by hand");
    tcase_add_test(t, lidstone_adds_the_same_to_every_term);
    tcase_add_test(t, dirichlet_adds_as_the_corpus_has_it);
    tcase_add_test(t, witten_bell_keeps_what_was_seen);
    suite_add_tcase(s, t);
    return nft_run(s);
}
