/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures worked out by hand, each reason why one is undefined, the order of classes, and what random pairs must obey. */
#include "nft.h"

#include "newsframe/metrics.h"

#include <math.h>
#include <string.h>

static void score(nf_confusion *c, nf_metrics *m, const int32_t *human, const int32_t *machine, size_t n, size_t k, const bool *excluded)
{
    nft_ok(nf_confusion_of(c, human, machine, n, k, &nft_err));
    nft_ok(nf_metrics_of(m, c, excluded, &nft_err));
}

static void clear(nf_confusion *c, nf_metrics *m)
{
    nf_confusion_clear(c);
    nf_metrics_clear(m);
}

static void check_figure(nf_figure f, double value)
{
    ck_assert_int_eq(f.why, NF_DEFINED);
    ck_assert_double_eq_tol(f.value, value, NFT_TIGHT);
}

static void check_undefined(nf_figure f, nf_undefined why)
{
    ck_assert_int_eq(f.why, why);
    ck_assert(f.value == -1.0);
}

static void check_counts(const nf_class_metrics *c, uint64_t support, uint64_t predicted, uint64_t right)
{
    ck_assert_uint_eq(c->support, support);
    ck_assert_uint_eq(c->predicted, predicted);
    ck_assert_uint_eq(c->true_positives, right);
}

START_TEST(rows_are_human_and_columns_machine)
{
    nf_confusion c;
    nf_metrics m;
    const int32_t human[] = {0, 0, 0, 1, 1, 2, -1, 2}, machine[] = {0, 1, 1, 1, -1, 0, 2, 2};
    const uint64_t want[] = {1, 2, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0};
    static const nf_confused pairs[] = {{1, 0, 0}, {2, 0, 1}, {1, 1, 1}, {1, 1, 3}, {1, 2, 0}, {1, 2, 2}};

    score(&c, &m, human, machine, 8, 3, NULL);
    ck_assert_uint_eq(c.k, 3);
    for (size_t i = 0; i < 12; i++)
        ck_assert_uint_eq(nf_confusion_count(&c, i / 4, i % 4), want[i]);
    ck_assert_uint_eq(c.n, 6);
    ck_assert(memcmp(c.pair, pairs, sizeof pairs) == 0);
    ck_assert_uint_eq(nf_confusion_count(&c, 3, 0) + nf_confusion_count(&(nf_confusion){0}, 0, 0), 0);
    check_counts(&m.cls[0], 3, 2, 1);
    check_counts(&m.cls[1], 2, 3, 1);
    check_counts(&m.cls[2], 2, 1, 1); /* the document without a human class does not count as predicted */
    clear(&c, &m);
}
END_TEST

START_TEST(figures_of_a_small_table_are_right)
{
    nf_confusion c;
    nf_metrics m;
    /* class 0: 3 right of 4, 4 chosen; class 1: 1 right of 2, 2 chosen; class 2: 1 right of 2, 1 chosen, 1 not labelled */
    const int32_t human[] = {0, 0, 0, 0, 1, 1, 2, 2}, machine[] = {0, 0, 0, 1, 1, 0, 2, -1};

    score(&c, &m, human, machine, 8, 3, NULL);
    check_figure(m.cls[0].precision, 3.0 / 4);
    check_figure(m.cls[0].recall, 3.0 / 4);
    check_figure(m.cls[0].f1, 3.0 / 4);
    check_figure(m.cls[1].precision, 1.0 / 2);
    check_figure(m.cls[1].recall, 1.0 / 2);
    check_figure(m.cls[1].f1, 1.0 / 2);
    check_figure(m.cls[2].precision, 1.0);
    check_figure(m.cls[2].recall, 1.0 / 2);
    check_figure(m.cls[2].f1, 2.0 / 3);
    ck_assert_uint_eq(m.n, 8);
    ck_assert_uint_eq(m.labelled, 7);
    ck_assert_uint_eq(m.correct, 5);
    ck_assert_double_eq_tol(m.accuracy, 5.0 / 8, NFT_TIGHT);
    ck_assert_double_eq_tol(m.macro_f1, (0.75 + 0.5 + 2.0 / 3) / 3, NFT_TIGHT);
    ck_assert_uint_eq(m.macro_classes, 3);
    ck_assert_double_eq_tol(m.micro_f1, 10.0 / 15, NFT_TIGHT);
    ck_assert_int_eq(m.majority, 0);
    ck_assert_double_eq_tol(m.majority_accuracy, 0.5, NFT_TIGHT);
    ck_assert_double_eq_tol(m.majority_macro_f1, 2.0 / 3 / 3, NFT_TIGHT); /* precision 1/2, recall 1; the two others 0 */
    for (int j = 0; j < 3; j++)
        ck_assert_int_eq(m.cls[j].why, NF_DEFINED);
    clear(&c, &m);
}
END_TEST

START_TEST(class_never_predicted_has_no_precision_and_counts_as_zero)
{
    nf_confusion c;
    nf_metrics m;
    const int32_t human[] = {0, 0, 1}, machine[] = {0, 0, 0};

    score(&c, &m, human, machine, 3, 2, NULL);
    check_undefined(m.cls[1].precision, NF_NEVER_PREDICTED);
    check_figure(m.cls[1].recall, 0.0);
    check_figure(m.cls[1].f1, 0.0);
    ck_assert_int_eq(m.cls[1].why, NF_NEVER_PREDICTED);
    ck_assert_uint_eq(m.macro_classes, 2);
    ck_assert_double_eq_tol(m.macro_f1, 0.8 / 2, NFT_TIGHT);
    clear(&c, &m);
}
END_TEST

START_TEST(class_without_support_has_no_recall_and_stays_out_of_the_mean)
{
    nf_confusion c;
    nf_metrics m;
    const int32_t human[] = {0, 0, 0}, machine[] = {0, 0, 1};

    score(&c, &m, human, machine, 3, 2, NULL);
    check_figure(m.cls[1].precision, 0.0);
    check_undefined(m.cls[1].recall, NF_NO_SUPPORT);
    check_figure(m.cls[1].f1, 0.0);
    ck_assert_int_eq(m.cls[1].why, NF_NO_SUPPORT);
    ck_assert_uint_eq(m.macro_classes, 1);
    ck_assert_double_eq_tol(m.macro_f1, 0.8, NFT_TIGHT);
    clear(&c, &m);
}
END_TEST

START_TEST(class_that_nobody_used_has_no_figure)
{
    nf_confusion c;
    nf_metrics m;
    const int32_t human[] = {0, 2}, machine[] = {0, 2};

    score(&c, &m, human, machine, 2, 3, NULL);
    check_undefined(m.cls[1].precision, NF_NEVER_PREDICTED);
    check_undefined(m.cls[1].recall, NF_NO_SUPPORT);
    check_undefined(m.cls[1].f1, NF_NEVER_USED);
    ck_assert_int_eq(m.cls[1].why, NF_NEVER_USED);
    ck_assert_double_eq_tol(m.macro_f1, 1.0, NFT_TIGHT);
    clear(&c, &m);
}
END_TEST

START_TEST(excluded_class_is_blank_and_its_documents_do_not_count)
{
    nf_confusion c;
    nf_metrics m;
    const int32_t human[] = {0, 0, 1, 1, 2}, machine[] = {0, 2, 1, 1, 0};
    const bool excluded[] = {false, false, true};

    score(&c, &m, human, machine, 5, 3, excluded);
    check_undefined(m.cls[2].precision, NF_N_TOO_SMALL);
    check_undefined(m.cls[2].recall, NF_N_TOO_SMALL);
    check_undefined(m.cls[2].f1, NF_N_TOO_SMALL);
    ck_assert_int_eq(m.cls[2].why, NF_N_TOO_SMALL);
    check_counts(&m.cls[2], 1, 1, 0);
    check_counts(&m.cls[0], 2, 1, 1); /* the excluded document that was taken for class 0 is not there */
    check_figure(m.cls[0].precision, 1.0);
    check_figure(m.cls[0].recall, 0.5);
    ck_assert_uint_eq(m.n, 4);
    ck_assert_uint_eq(m.correct, 3);
    ck_assert_uint_eq(m.macro_classes, 2);
    ck_assert_double_eq_tol(m.macro_f1, (2.0 / 3 + 1.0) / 2, NFT_TIGHT);
    clear(&c, &m);
}
END_TEST

START_TEST(documents_without_machine_label_count_against_recall_and_accuracy)
{
    nf_confusion c;
    nf_metrics m;
    const int32_t human[] = {0, 0, 1, 1}, machine[] = {0, -1, 1, -1}, nothing[] = {-1, -1, -1, -1};

    score(&c, &m, human, machine, 4, 2, NULL);
    check_figure(m.cls[0].precision, 1.0);
    check_figure(m.cls[0].recall, 0.5);
    ck_assert_double_eq_tol(m.accuracy, 0.5, NFT_TIGHT);
    ck_assert_double_eq_tol(m.micro_f1, 4.0 / 6, NFT_TIGHT);
    clear(&c, &m);
    score(&c, &m, human, nothing, 4, 2, NULL);
    check_undefined(m.cls[0].precision, NF_NEVER_PREDICTED);
    check_figure(m.cls[0].recall, 0.0);
    ck_assert(m.accuracy == 0.0 && m.micro_f1 == 0.0 && m.macro_f1 == 0.0 && m.accuracy_low == 0.0);
    clear(&c, &m);
}
END_TEST

START_TEST(majority_tie_goes_to_the_lower_class)
{
    nf_confusion c;
    nf_metrics m;
    const int32_t human[] = {2, 1, 2, 1, 0};

    score(&c, &m, human, human, 5, 3, NULL);
    ck_assert_int_eq(m.majority, 1);
    clear(&c, &m);
    score(&c, &m, human, human, 5, 3, (const bool[]){false, true, false});
    ck_assert_int_eq(m.majority, 2);
    clear(&c, &m);
}
END_TEST

START_TEST(wilson_interval_has_its_published_values)
{
    double lo = 7, hi = 7;

    nft_ok(nf_wilson(81, 263, 0.95, &lo, &hi, &nft_err)); /* Newcombe 1998, table I, method 3 */
    ck_assert_double_eq_tol(lo, 0.2553, 5e-5);
    ck_assert_double_eq_tol(hi, 0.3662, 5e-5);
    nft_ok(nf_wilson(15, 148, 0.95, &lo, &hi, &nft_err));
    ck_assert_double_eq_tol(lo, 0.0624, 5e-5);
    ck_assert_double_eq_tol(hi, 0.1605, 5e-5);
    nft_ok(nf_wilson(0, 20, 0.95, &lo, &hi, &nft_err));
    ck_assert(lo == 0.0);
    ck_assert_double_eq_tol(hi, 0.1611, 5e-5);
    nft_ok(nf_wilson(1, 29, 0.95, &lo, &hi, &nft_err));
    ck_assert_double_eq_tol(lo, 0.0061, 5e-5);
    ck_assert_double_eq_tol(hi, 0.1718, 5e-5);
    nft_ok(nf_wilson(20, 20, 0.95, &lo, &hi, &nft_err)); /* 0 of 20 mirrored */
    ck_assert_double_eq_tol(lo, 0.8389, 5e-5);
    ck_assert(hi == 1.0);
}
END_TEST

START_TEST(wilson_interval_refuses_what_is_no_share)
{
    double lo = 7, hi = 7;

    nft_fails(nf_wilson(0, 0, 0.95, &lo, &hi, &nft_err), NF_EINVAL);
    nft_fails(nf_wilson(2, 1, 0.95, &lo, &hi, &nft_err), NF_EINVAL);
    nft_fails(nf_wilson(1, 2, 0.0, &lo, &hi, &nft_err), NF_EINVAL);
    nft_fails(nf_wilson(1, 2, 1.0, &lo, &hi, &nft_err), NF_EINVAL);
    nft_fails(nf_wilson(1, 2, (double)NAN, &lo, &hi, &nft_err), NF_EINVAL);
    ck_assert(lo == 7 && hi == 7);
}
END_TEST

START_TEST(wilson_interval_holds_the_share_at_any_level)
{
    nfi_rng r = nft_rng(1);

    for (int i = 0; i < nft_cases(2000); i++) {
        uint64_t n = 1 + nfi_rng_below(&r, i % 2 ? 50 : (uint64_t)1 << 40), x = nfi_rng_below(&r, n + 1);
        double lo, hi, lo2, hi2, p = (double)x / (double)n, level = i % 7 ? 0.0625 + 0.875 * nfi_rng_unit(&r) : 1.0 - 0x1p-53;
        nft_ok(nf_wilson(x, n, level, &lo, &hi, &nft_err));
        ck_assert(0.0 <= lo && lo <= p && p <= hi && hi <= 1.0);
        nft_ok(nf_wilson(n - x, n, level, &lo2, &hi2, &nft_err));
        ck_assert_double_eq_tol(lo, 1.0 - hi2, NFT_TIGHT);
        ck_assert_double_eq_tol(hi, 1.0 - lo2, NFT_TIGHT);
    }
}
END_TEST

START_TEST(numbers_out_of_range_are_named)
{
    nf_confusion c = {.k = 77};
    nf_err err = {0};

    nft_fails(nf_confusion_of(&c, (const int32_t[]){0, 2}, (const int32_t[]){0, 0}, 2, 2, &nft_err), NF_EINVAL);
    nft_fails(nf_confusion_of(&c, (const int32_t[]){0, -2}, (const int32_t[]){0, 0}, 2, 2, &nft_err), NF_EINVAL);
    nft_fails(nf_confusion_of(&c, (const int32_t[]){0, 0}, (const int32_t[]){0, INT32_MIN}, 2, 2, &nft_err), NF_EINVAL);
    nft_fails(nf_confusion_of(&c, NULL, NULL, 0, 0, &nft_err), NF_EINVAL);
    nft_fails(nf_confusion_of(&c, NULL, NULL, 0, 65536, &nft_err), NF_ELIMIT);
    ck_assert_int_eq(nf_confusion_of(&c, (const int32_t[]){0, 0}, (const int32_t[]){0, 3}, 2, 2, &err), NF_EINVAL);
    ck_assert_str_eq(err.msg, "document 1: machine class 3, expected -1 to 1");
    ck_assert_uint_eq(c.k, 77);
}
END_TEST

START_TEST(nothing_to_score_is_an_error)
{
    nf_confusion c;
    nf_metrics m = {.k = 77};

    nft_ok(nf_confusion_of(&c, NULL, NULL, 0, 2, &nft_err));
    nft_fails(nf_metrics_of(&m, &c, NULL, &nft_err), NF_EDATA);
    nf_confusion_clear(&c);
    nft_ok(nf_confusion_of(&c, (const int32_t[]){-1, 1}, (const int32_t[]){0, 1}, 2, 2, &nft_err));
    nft_fails(nf_metrics_of(&m, &c, (const bool[]){false, true}, &nft_err), NF_EDATA);
    ck_assert_uint_eq(m.k, 77);
    nf_confusion_clear(&c);
    nf_confusion_clear(&c);
    nf_confusion_clear(NULL);
    nf_metrics_clear(NULL);
}
END_TEST

START_TEST(every_reason_has_its_own_word)
{
    for (int a = NF_NEVER_PREDICTED; a <= NF_N_TOO_SMALL; a++) {
        ck_assert(nf_undefined_word((nf_undefined)a)[0] != '\0' && nf_undefined_text((nf_undefined)a)[0] != '\0');
        for (int b = NF_DEFINED; b < a; b++)
            ck_assert_str_ne(nf_undefined_word((nf_undefined)a), nf_undefined_word((nf_undefined)b));
    }
    ck_assert_str_eq(nf_undefined_word(NF_DEFINED), "");
    ck_assert_str_eq(nf_undefined_word(NF_NEVER_PREDICTED), "never_predicted");
    ck_assert_str_eq(nf_undefined_word(NF_N_TOO_SMALL), "n_too_small");
    ck_assert_str_eq(nf_undefined_word((nf_undefined)99), "unknown");
}
END_TEST

enum { DOCS = 60, CLASSES = 6 };

static void random_pairs(nfi_rng *r, int32_t *human, int32_t *machine, size_t n, size_t k)
{
    for (size_t i = 0; i < n; i++) {
        human[i] = (int32_t)nfi_rng_below(r, k + 1) - 1;
        machine[i] = nfi_rng_below(r, 2) ? human[i] : (int32_t)nfi_rng_below(r, k + 1) - 1;
    }
    human[0] = 0;
}

START_TEST(counts_add_up_and_figures_stay_in_range)
{
    nfi_rng r = nft_rng(2);
    int32_t human[DOCS], machine[DOCS];

    for (int i = 0; i < nft_cases(500); i++) {
        size_t n = 1 + (size_t)nfi_rng_below(&r, DOCS), k = 1 + (size_t)nfi_rng_below(&r, CLASSES);
        nf_confusion c;
        nf_metrics m;
        random_pairs(&r, human, machine, n, k);
        score(&c, &m, human, machine, n, k, NULL);
        uint64_t support = 0, predicted = 0, right = 0, cells = 0;
        for (size_t j = 0; j < k; j++) {
            const nf_class_metrics *at = &m.cls[j];
            support += at->support;
            predicted += at->predicted;
            right += at->true_positives;
            ck_assert_int_eq(at->precision.why == NF_DEFINED, at->predicted > 0);
            ck_assert_int_eq(at->recall.why == NF_DEFINED, at->support > 0);
            ck_assert_int_eq(at->f1.why == NF_DEFINED, at->support + at->predicted > 0);
            if (at->true_positives) /* harmonic mean of the two */
                ck_assert_double_eq_tol(at->f1.value, 2 / (1 / at->precision.value + 1 / at->recall.value), NFT_TIGHT);
        }
        for (size_t e = 0; e < c.n; e++)
            cells += c.pair[e].n;
        ck_assert_uint_eq(support, m.n);
        ck_assert_uint_eq(cells, m.n);
        ck_assert_uint_eq(predicted, m.labelled);
        ck_assert_uint_eq(right, m.correct);
        ck_assert(m.accuracy >= 0 && m.accuracy <= m.micro_f1 && m.micro_f1 <= 1 && m.macro_f1 >= 0 && m.macro_f1 <= 1);
        ck_assert(m.labelled < m.n || m.accuracy == m.micro_f1);
        clear(&c, &m);
    }
}
END_TEST

/* Room goes by documents, not by pairs of classes; the figures are those of the same documents among few classes. */
START_TEST(as_many_classes_as_there_may_be_are_counted)
{
    enum { MANY = 65535, SOME = 20 };
    nfi_rng r = nft_rng(4);
    int32_t human[DOCS], machine[DOCS];
    nf_confusion few, many;
    nf_metrics a, b;

    random_pairs(&r, human, machine, DOCS, SOME);
    score(&few, &a, human, machine, DOCS, SOME, NULL);
    for (size_t d = 0; d < DOCS; d++) {
        human[d] = human[d] < 0 ? -1 : MANY - SOME + human[d];
        machine[d] = machine[d] < 0 ? -1 : MANY - SOME + machine[d];
    }
    score(&many, &b, human, machine, DOCS, MANY, NULL);
    ck_assert_uint_eq(few.n, many.n);
    for (size_t i = 0; i < few.n; i++) {
        bool none = few.pair[i].machine == SOME;
        ck_assert_uint_eq(many.pair[i].human, few.pair[i].human + MANY - SOME);
        ck_assert_uint_eq(many.pair[i].machine, none ? MANY : few.pair[i].machine + MANY - SOME);
        ck_assert_uint_eq(many.pair[i].n, few.pair[i].n);
        ck_assert_uint_eq(nf_confusion_count(&many, many.pair[i].human, many.pair[i].machine), few.pair[i].n);
    }
    ck_assert(a.accuracy == b.accuracy && a.macro_f1 == b.macro_f1 && a.micro_f1 == b.micro_f1 && a.n == b.n && a.labelled == b.labelled);
    clear(&few, &a);
    clear(&many, &b);
}
END_TEST

START_TEST(renaming_classes_moves_their_rows_only)
{
    nfi_rng r = nft_rng(3);
    int32_t human[DOCS], machine[DOCS];

    for (int i = 0; i < nft_cases(200); i++) {
        nf_confusion c, c2;
        nf_metrics m, m2;
        random_pairs(&r, human, machine, DOCS, CLASSES);
        score(&c, &m, human, machine, DOCS, CLASSES, NULL);
        for (size_t d = 0; d < DOCS; d++) { /* class j becomes CLASSES - 1 - j */
            human[d] = human[d] < 0 ? -1 : CLASSES - 1 - human[d];
            machine[d] = machine[d] < 0 ? -1 : CLASSES - 1 - machine[d];
        }
        score(&c2, &m2, human, machine, DOCS, CLASSES, NULL);
        for (size_t j = 0; j < CLASSES; j++) {
            const nf_class_metrics *a = &m.cls[j], *b = &m2.cls[CLASSES - 1 - j];
            check_counts(b, a->support, a->predicted, a->true_positives);
            ck_assert(a->precision.value == b->precision.value && a->recall.value == b->recall.value && a->f1.value == b->f1.value);
            ck_assert_int_eq(a->why, b->why);
        }
        ck_assert_double_eq_tol(m.macro_f1, m2.macro_f1, NFT_TIGHT);
        ck_assert(m.accuracy == m2.accuracy && m.micro_f1 == m2.micro_f1 && m.accuracy_low == m2.accuracy_low);
        clear(&c, &m);
        clear(&c2, &m2);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("metrics");
    TCase *t = tcase_create("figures");
    tcase_add_test(t, rows_are_human_and_columns_machine);
    tcase_add_test(t, figures_of_a_small_table_are_right);
    tcase_add_test(t, class_never_predicted_has_no_precision_and_counts_as_zero);
    tcase_add_test(t, class_without_support_has_no_recall_and_stays_out_of_the_mean);
    tcase_add_test(t, class_that_nobody_used_has_no_figure);
    tcase_add_test(t, excluded_class_is_blank_and_its_documents_do_not_count);
    tcase_add_test(t, documents_without_machine_label_count_against_recall_and_accuracy);
    tcase_add_test(t, majority_tie_goes_to_the_lower_class);
    tcase_add_test(t, wilson_interval_has_its_published_values);
    tcase_add_test(t, wilson_interval_refuses_what_is_no_share);
    tcase_add_test(t, wilson_interval_holds_the_share_at_any_level);
    tcase_add_test(t, numbers_out_of_range_are_named);
    tcase_add_test(t, nothing_to_score_is_an_error);
    tcase_add_test(t, every_reason_has_its_own_word);
    tcase_add_test(t, counts_add_up_and_figures_stay_in_range);
    tcase_add_test(t, as_many_classes_as_there_may_be_are_counted);
    tcase_add_test(t, renaming_classes_moves_their_rows_only);
    suite_add_tcase(s, t);
    return nft_run(s);
}
