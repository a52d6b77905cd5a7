/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several labels a document: cuts, folds, figures and what scores say, worked out by hand; sets and sums of a corpus; thresholds of damaged
 * files. */
#include "models_kit.h"

#include "features/stats.h"
#include "models/multi.h"
#include "newsframe/metrics.h"

#include <math.h>

static void add(nf_label_sets *s, const char *digits)
{
    uint16_t cls[8];
    size_t n = 0;

    for (; digits[n]; n++)
        cls[n] = (uint16_t)(digits[n] - '0');
    nft_ok(nf_label_sets_add(s, cls, n, &nft_err));
}

static nf_label_sets sets_of(const char *const *list, size_t n)
{
    nf_label_sets s = {0};
    for (size_t i = 0; i < n; i++)
        add(&s, list[i]);
    return s;
}

static void check_figure(nf_figure f, double value)
{
    ck_assert_int_eq(f.why, NF_DEFINED);
    ck_assert_double_eq_tol(f.value, value, NFT_TIGHT);
}

START_TEST(figures_of_sets_are_right)
{
    /* classes 0, 1, 2 and 3 = none; the third document was judged by nobody, the last by no machine */
    static const char *const h[] = {"01", "0", "", "3", "12", "0"}, *const g[] = {"0", "0", "1", "3", "012", ""};
    nf_label_sets human = sets_of(h, 6), machine = sets_of(g, 6);
    nf_multi_metrics m;

    nft_ok(nf_multi_metrics_of(&m, &human, &machine, 4, 3, &nft_err));
    ck_assert_uint_eq(m.n, 5);
    ck_assert_uint_eq(m.answered, 4);
    ck_assert_uint_eq(m.exact, 2);
    ck_assert_uint_eq(m.human_labels, 6);
    ck_assert_uint_eq(m.machine_labels, 5);
    ck_assert_uint_eq(m.right_labels, 4);
    check_figure(m.micro_precision, 4.0 / 5);
    check_figure(m.micro_recall, 4.0 / 6);
    check_figure(m.micro_f1, 8.0 / 11);
    check_figure(m.cls[0].f1, 4.0 / 6);
    check_figure(m.cls[1].f1, 2.0 / 3);
    check_figure(m.cls[2].f1, 1.0);
    check_figure(m.cls[3].precision, 1.0);
    ck_assert_double_eq_tol(m.macro_f1, (4.0 / 6 + 2.0 / 3 + 1.0) / 3, NFT_TIGHT);
    ck_assert_uint_eq(m.macro_classes, 3);
    ck_assert_double_eq_tol(m.subset_accuracy, 0.4, NFT_TIGHT);
    ck_assert_double_eq_tol(m.hamming_loss, 3.0 / 15, NFT_TIGHT); /* 1 missing, 0 too much, 0 missing, of 5 x 3 */
    ck_assert_double_eq_tol(m.human_cardinality, 1.2, NFT_TIGHT);
    ck_assert_double_eq_tol(m.machine_cardinality, 1.0, NFT_TIGHT);
    /* always 0: 3 right of 5 given, 6 wanted; 0 and 1: 5 of 10; 0, 1 and 2: 6 of 15 */
    ck_assert_double_eq_tol(m.majority.micro_f1, 6.0 / 11, NFT_TIGHT);
    ck_assert_double_eq_tol(m.majority.macro_f1, 6.0 / 8 / 3, NFT_TIGHT);
    ck_assert_double_eq_tol(m.majority.subset_accuracy, 2.0 / 5, NFT_TIGHT);
    ck_assert_uint_eq(m.constant.n, 2);
    ck_assert_double_eq_tol(m.constant.micro_f1, 10.0 / 16, NFT_TIGHT);
    ck_assert_double_eq_tol(m.constant.subset_accuracy, 1.0 / 5, NFT_TIGHT);
    nf_multi_metrics_clear(&m);
    nf_label_sets_clear(&human);
    nf_label_sets_clear(&machine);
}
END_TEST

START_TEST(figures_without_labels_say_why)
{
    static const char *const none[] = {"0", "0"}, *const odd[] = {"10", "0"}, *const nobody[] = {"", ""};
    nf_label_sets a = sets_of(none, 2), b = sets_of(odd, 2), c = sets_of(nobody, 2), empty = {0};
    nf_multi_metrics m;

    nft_ok(nf_multi_metrics_of(&m, &a, &a, 2, 0, &nft_err));
    ck_assert_int_eq(m.micro_f1.why, NF_NEVER_USED);
    ck_assert_int_eq(m.micro_precision.why, NF_NEVER_PREDICTED);
    ck_assert_uint_eq(m.constant.n, 0);
    ck_assert_double_eq(m.subset_accuracy, 1.0);
    nf_multi_metrics_clear(&m);
    nft_fails(nf_multi_metrics_of(&m, &b, &a, 2, -1, &nft_err), NF_EINVAL); /* not rising */
    nft_fails(nf_multi_metrics_of(&m, &a, &b, 1, -1, &nft_err), NF_EINVAL); /* no such class */
    nft_fails(nf_multi_metrics_of(&m, &a, &empty, 2, -1, &nft_err), NF_EINVAL);
    nft_fails(nf_multi_metrics_of(&m, &c, &a, 2, -1, &nft_err), NF_EDATA);
    nft_fails(nf_multi_metrics_of(&m, &a, &a, 2, 2, &nft_err), NF_EINVAL);
    nf_label_sets_clear(&a);
    nf_label_sets_clear(&b);
    nf_label_sets_clear(&c);
}
END_TEST

START_TEST(a_cut_has_the_best_f1)
{
    const double score[] = {0.1, 0.9, 0.4, 0.8, 0.3, 0.8};
    const bool own[] = {false, true, true, false, false, true};
    nfi_cut cut;

    /* falling: .9 own | .8 own, .8 not | .4 own | .3 | .1: F1 2/4, 4/6, 6/7, 6/8, 6/9 */
    nft_ok(nfi_scut(score, own, 6, 0.1, &cut, &nft_err));
    ck_assert_double_eq_tol(cut.f1, 6.0 / 7, NFT_TIGHT);
    ck_assert_double_eq_tol(cut.threshold, 0.35, NFT_TIGHT);
    /* too small an F1: nothing that was held out passes */
    nft_ok(nfi_scut(score, own, 6, 0.9, &cut, &nft_err));
    ck_assert(cut.threshold > 0.9 && cut.threshold < 0.9001);
    const bool nothing[6] = {false};
    nft_ok(nfi_scut(score, nothing, 6, 0.1, &cut, &nft_err));
    ck_assert(cut.threshold > 0.9 && cut.f1 == 0.0);
    nft_ok(nfi_scut(NULL, NULL, 0, 0.1, &cut, &nft_err));
    ck_assert(cut.threshold == 0.0);
}
END_TEST

START_TEST(scores_say_all_labels)
{
    double threshold[] = {1.0, -1.0, 0.5, 0.0};
    nfi_multi multi = {.threshold = threshold, .none = -1};
    nf_model m = {.nclasses = 4, .multi = &multi};
    bool chosen[4];
    nfi_choice c;

    nfi_multi_choose(&m, (const double[]){2.0, -0.75, 0.4, -3.0}, chosen, &c);
    ck_assert(c.n == 2 && c.label == 0 && c.second == 1 && !c.tie);
    ck_assert(chosen[0] && chosen[1] && !chosen[2] && !chosen[3]);
    ck_assert_double_eq_tol(c.margin, 0.1, NFT_TIGHT); /* the third class is nearest to a change */
    /* nothing passes: the highest score does; its lead is the margin */
    nfi_multi_choose(&m, (const double[]){0.25, -1.25, -2.0, -3.0}, chosen, &c);
    ck_assert(c.n == 1 && c.label == 0 && c.second == -1 && chosen[0]);
    ck_assert_double_eq_tol(c.margin, 1.5, NFT_TIGHT);
    nfi_multi_choose(&m, (const double[]){-2.0, -2.0, -2.5, -3.0}, chosen, &c);
    ck_assert(c.tie && c.n == 1);
    /* nothing passes, and none is an answer; it stands beside nothing, whatever its own score */
    multi.none = 3;
    nfi_multi_choose(&m, (const double[]){0.0, -1.25, -2.0, -3.0}, chosen, &c);
    ck_assert(c.n == 1 && c.label == 3 && chosen[3] && !chosen[1]);
    ck_assert_double_eq_tol(c.margin, 0.25, NFT_TIGHT);
    nfi_multi_choose(&m, (const double[]){2.0, -3.0, -2.0, 9.0}, chosen, &c);
    ck_assert(c.n == 1 && c.label == 0 && !chosen[3]);
}
END_TEST

START_TEST(folds_spread_rare_labels)
{
    nf_label_sets s = {0};
    int32_t fold[100], again[100];
    uint32_t group[100];
    size_t rare[5] = {0}, all[5] = {0};
    nf_fold_opts o = {.k = 5, .seed = 3};

    for (int i = 0; i < 100; i++) {
        add(&s, i % 10 == 0 ? "12" : i % 10 == 9 ? "" : i % 2 ? "0" : "02");
        group[i] = (uint32_t)(i / 2);
    }
    nft_ok(nf_folds_multi(fold, &s, 3, &o, &nft_err));
    for (int i = 0; i < 100; i++) {
        ck_assert((fold[i] < 0) == (i % 10 == 9));
        if (fold[i] >= 0) {
            rare[fold[i]] += i % 10 == 0;
            all[fold[i]]++;
        }
    }
    for (int f = 0; f < 5; f++)
        ck_assert(rare[f] == 2 && all[f] == 18);
    nft_ok(nf_folds_multi(again, &s, 3, &o, &nft_err));
    ck_assert(memcmp(fold, again, sizeof fold) == 0);
    o.groups = group;
    nft_ok(nf_folds_multi(fold, &s, 3, &o, &nft_err));
    for (int i = 0; i < 100; i += 2)
        ck_assert(fold[i] == fold[i + 1] || fold[i + 1] < 0);
    o.k = 51;
    nft_fails(nf_folds_multi(fold, &s, 3, &o, &nft_err), NF_EDATA);
    o.k = 1;
    nft_fails(nf_folds_multi(fold, &s, 3, &o, &nft_err), NF_EINVAL);
    nf_label_sets_clear(&s);
}
END_TEST

static const char corpus[] = "id,text,label\n1,alpha beta,x;y\n2,beta gamma gamma,y\n3,gamma delta,none\n4,alpha delta,\n";

static nf_corpus *count(const char *text)
{
    char path[NFT_PATH];
    const char *paths[] = {path};
    nf_docs *docs;
    nf_corpus *c;

    nft_file_str(path, NULL, "c.csv", text);
    nft_ok(nf_docs_open(&docs, paths, 1, &(nf_docs_opts){.multi = true}, &nft_err));
    nft_ok(nf_corpus_count(&c, docs, &(nf_corpus_opts){.multi = true, .text = {.ngram_lo = 1, .ngram_hi = 1}}, &nft_err));
    nf_docs_close(docs);
    return c;
}

START_TEST(a_corpus_numbers_its_sets)
{
    nf_corpus *c = count(corpus);
    uint16_t cls[4];

    ck_assert(nf_corpus_is_multi(c));
    ck_assert_uint_eq(nf_corpus_classes(c), 3); /* none, x, y */
    ck_assert_uint_eq(nf_corpus_sets(c), 3);    /* {none}, {x, y}, {y} */
    ck_assert(nf_corpus_label(c, 0) == 1 && nf_corpus_label(c, 1) == 2 && nf_corpus_label(c, 2) == 0 && nf_corpus_label(c, 3) == -1);
    ck_assert(nf_corpus_set(c, 1, cls, 4) == 2 && cls[0] == 1 && cls[1] == 2);
    nft_ok(nf_corpus_keep(c, (const bool[]){false, true, false, true}, &nft_err));
    ck_assert(nf_corpus_classes(c) == 1 && nf_corpus_sets(c) == 1 && nf_corpus_label(c, 0) == 0 && nf_corpus_label(c, 1) == -1);
    ck_assert(nf_corpus_set(c, 0, cls, 4) == 1 && cls[0] == 0);
    nf_corpus_free(c);
}
END_TEST

START_TEST(sums_overlap_and_leave_out_what_has_no_label)
{
    nf_corpus *c = count(corpus);
    nfi_terms t;

    nft_ok(nfi_terms_build(&t, NULL, c, NULL, &(nf_select_opts){0}, nfi_weighting_find("tf"), NFI_SUM_ALL, 1, &nft_err));
    ck_assert(t.multi && t.n == 4 && t.ndocs == 4 && t.labelled == 3); /* alpha beta delta gamma */
    ck_assert(t.class_docs[0] == 1 && t.class_docs[1] == 1 && t.class_docs[2] == 2);
    ck_assert(t.lab_doc[0] == 1 && t.df[0] == 2);                      /* alpha: one of two documents has no label */
    ck_assert(t.lab_freq[3] == 3 && t.all_freq[3] == 3);               /* gamma */
    ck_assert(t.ptr[2] - t.ptr[1] == 2 && t.cls[t.ptr[1]] == 1 && t.doc[t.ptr[1] + 1] == 2); /* beta: once in x, twice in y */
    nfi_terms_clear(&t);
    nf_corpus_free(c);
}
END_TEST

START_TEST(weights_compare_a_class_with_the_rest)
{
    nf_corpus *c = count(corpus);
    nfi_terms t;
    float base[4], w[16];
    double z[3];

    nft_ok(nfi_terms_build(&t, NULL, c, NULL, &(nf_select_opts){0}, nfi_weighting_find("tf"), NFI_SUM_MODEL, 1, &nft_err));
    /* labelled: alpha 1, beta 2, delta 1, gamma 3 = 7; y: alpha 1, beta 2, gamma 2 = 5; a = 1, V = 4 */
    nft_ok(nfi_multi_weigh(&t, NULL, false, 1.0, 1, base, w, z, &nft_err));
    uint64_t e = t.ptr[4] - 1; /* gamma, y */
    ck_assert_int_eq(t.cls[e], 2);
    ck_assert_double_eq_tol((double)w[e], log(3.0) - log(2.0), 1e-6);
    ck_assert_double_eq_tol((double)base[3], log(1.0) - log(4.0), 1e-6);
    ck_assert_double_eq_tol(z[2], log(4.0 + 2) - log(4.0 + 5), 1e-12);
    nft_ok(nfi_multi_weigh(&t, NULL, true, 1.0, 1, base, w, z, &nft_err));
    ck_assert_double_eq_tol((double)w[e], log(4.0) - log(2.0), 1e-6);
    ck_assert_double_eq_tol((double)base[3], 0.0, 1e-12);
    ck_assert_double_eq_tol(z[2], log(4.0 + 2) - log(4.0 + 7), 1e-12);
    nfi_terms_clear(&t);
    nf_corpus_free(c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("multi");
    TCase *t = tcase_create("multi");

    tcase_add_test(t, figures_of_sets_are_right);
    tcase_add_test(t, figures_without_labels_say_why);
    tcase_add_test(t, a_cut_has_the_best_f1);
    tcase_add_test(t, scores_say_all_labels);
    tcase_add_test(t, folds_spread_rare_labels);
    tcase_add_test(t, a_corpus_numbers_its_sets);
    tcase_add_test(t, sums_overlap_and_leave_out_what_has_no_label);
    tcase_add_test(t, weights_compare_a_class_with_the_rest);
    suite_add_tcase(s, t);
    return nft_run(s);
}
