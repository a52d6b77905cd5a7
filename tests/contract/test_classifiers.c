/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every classifier with every weighting of the tables: names, training, the same bytes again, labels from markers, refusals. */
#include "models_kit.h"

#include "models/nb.h"

#include <math.h>

enum { DOCS = 120, CLASSES = 3 };

static size_t rows(const char *(*name)(size_t, const char **))
{
    size_t n = 0;
    while (name(n, NULL))
        n++;
    return n;
}

static void names_are_unique(const char *(*name)(size_t, const char **))
{
    for (size_t i = 0; name(i, NULL); i++) {
        const char *summary = NULL;
        ck_assert_str_ne(name(i, &summary), "");
        ck_assert_ptr_nonnull(summary);
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(name(i, NULL), name(j, NULL));
    }
}

START_TEST(names_are_unique_and_told)
{
    names_are_unique(nf_classifier_name);
    names_are_unique(nf_weighting_name);
    names_are_unique(nf_tokenizer_name);
    names_are_unique(nf_format_name);
}
END_TEST

/* Row _i of the product of classifiers and weightings. */
static void pick(size_t i, const char **classifier, const char **weighting)
{
    size_t n = rows(nf_weighting_name);
    *classifier = nf_classifier_name(i / n, NULL);
    *weighting = nf_weighting_name(i % n, NULL);
}

static bool go_together(size_t i)
{
    const char *classifier, *weighting;
    const nfi_weighting *w;

    pick(i, &classifier, &weighting);
    return nfi_classifier_weighting(&w, nfi_classifier_find(classifier), weighting, NULL) == NF_OK;
}

static bool has_smoothing(size_t i)
{
    const char *classifier, *weighting;
    nf_classifier_needs needs;

    pick(i, &classifier, &weighting);
    ck_assert(nf_classifier_about(classifier, &needs));
    return needs.smoothing;
}

static nf_model *train(const dk_docs *k, size_t i, double smoothing, int threads)
{
    nf_train_opts o = nf_train_defaults();
    nf_count_opts count = {.corpus = {.threads = threads}};

    pick(i, &o.classifier, &o.weighting);
    count.weighting = o.weighting;
    o.smoothing = smoothing;
    o.threads = threads;
    return mk_train(k, &count, &o);
}

START_TEST(the_same_documents_give_the_same_bytes_and_a_file_reads_back)
{
    if (!go_together((size_t)_i))
        return;
    nfi_rng r = nft_rng(1);
    dk_docs k = {0};
    mk_docs(&k, &r, DOCS, CLASSES);
    nf_model *a = train(&k, (size_t)_i, 0.0, 1), *b = train(&k, (size_t)_i, 0.0, 3), *c = NULL;
    size_t na, nb, nc;
    void *block = NULL;
    char *x = mk_bytes(a, &na), *y = mk_bytes(b, &nb);

    ck_assert_uint_eq(na, nb);
    ck_assert_mem_eq(x, y, na);
    nft_ok(mk_load(&c, &block, x, na, &nft_err));
    char *z = mk_bytes(c, &nc);
    ck_assert_uint_eq(na, nc);
    ck_assert_mem_eq(x, z, na);

    nf_model_info i;
    const char *classifier, *weighting;
    nf_model_describe(c, &i);
    pick((size_t)_i, &classifier, &weighting);
    ck_assert_str_eq(i.classifier, classifier);
    ck_assert_str_eq(i.weighting, weighting);
    ck_assert_uint_eq(i.classes, CLASSES);
    free(x);
    free(y);
    free(z);
    nf_model_free(a);
    nf_model_free(b);
    nf_model_free(c);
    nfi_free(block);
    dk_clear(&k);
}
END_TEST

START_TEST(marker_words_decide_and_their_weights_say_so)
{
    if (!go_together((size_t)_i))
        return;
    static const char *const marker[CLASSES] = {"troops", "tax", "summit"}, *const label[CLASSES] = {"war", "money", "talks"};
    nfi_rng r = nft_rng(2);
    dk_docs k = {0};
    mk_docs(&k, &r, DOCS, CLASSES);
    nf_model *m = train(&k, (size_t)_i, 0.0, 1);
    nf_model_info info;
    char term[64];
    size_t found = 0;

    nf_model_describe(m, &info);
    for (size_t t = 0; t < info.terms; t++) {
        size_t n = nf_model_term(m, t, term, sizeof term);
        for (size_t c = 0; c < CLASSES; c++) {
            if (n != strlen(marker[c]) || memcmp(term, marker[c], n) != 0)
                continue;
            int32_t mine = nf_model_find_label(m, (nf_str){label[c], strlen(label[c])});
            ck_assert_int_ge(mine, 0);
            found++;
            for (size_t o = 0; o < CLASSES; o++) {
                double w = nf_model_term_weight(m, t, o);
                ck_assert(isfinite(w));
                if ((int32_t)o == mine)
                    ck_assert_double_gt(w, 0.0);
                else
                    ck_assert_double_lt(w, nf_model_term_weight(m, t, (size_t)mine));
            }
        }
    }
    ck_assert_uint_eq(found, CLASSES);
    nf_model_free(m);
    dk_clear(&k);
}
END_TEST

START_TEST(what_does_not_go_together_is_refused)
{
    nfi_rng r = nft_rng(5);
    dk_docs k = {0};
    char path[NFT_PATH];
    nf_model *m = NULL;
    nf_train_opts o = nf_train_defaults();
    nf_count_opts count = {0};
    nf_classifier_needs needs;

    mk_docs(&k, &r, 40, CLASSES);
    pick((size_t)_i, &o.classifier, &o.weighting);
    count.weighting = o.weighting;
    dk_file(path, &k, NULL);
    nf_counted *c = dk_count(path, &count);
    nf_status want = go_together((size_t)_i) ? NF_OK : NF_EINVAL;
    ck_assert_int_eq(nf_model_train(&m, c, &o, NULL), want);
    ck_assert((m != NULL) == (want == NF_OK));
    nf_model_free(m);
    m = NULL;
    ck_assert(nf_classifier_about(o.classifier, &needs));
    o.weighting = go_together((size_t)_i) ? o.weighting : needs.weighting;
    for (int which = 0; which < 3; which++) {
        nf_train_opts with = o;
        bool has = which == 0 ? needs.smoothing : which == 1 ? needs.cost : needs.kinds;
        with.smoothing = which == 0 ? 0.5 : which == 2 && needs.smoothing ? 0.5 : 0;
        with.cost = which == 1 ? 2.0 : 0;
        with.smoothing_kind = which == 2 ? "dirichlet" : NULL;
        ck_assert_int_eq(nf_model_train(&m, c, &with, NULL), has ? NF_OK : NF_EINVAL);
        nf_model_free(m);
        m = NULL;
    }
    nf_counted_free(c);
    dk_clear(&k);
}
END_TEST

START_TEST(settings_of_training_are_told_after_a_reload)
{
    nfi_rng r = nft_rng(6);
    dk_docs k = {0};
    nf_model_info i;
    nf_count_opts count = {0};
    nf_train_opts o = nf_train_defaults();
    nf_classifier_needs needs;
    size_t n;
    void *block = NULL;
    nf_model *b = NULL;

    pick((size_t)_i, &o.classifier, &o.weighting);
    ck_assert(nf_classifier_about(o.classifier, &needs));
    if (!go_together((size_t)_i))
        return;
    mk_docs(&k, &r, DOCS, CLASSES);
    count.weighting = o.weighting;
    o.cost = needs.cost ? 2.5 : 0;
    o.smoothing_kind = needs.kinds ? "witten-bell" : NULL;
    o.class_weight = needs.smoothing || needs.cost ? "war=2,talks=0.5" : NULL;
    nf_model *a = mk_train(&k, &count, &o);
    char *x = mk_bytes(a, &n);
    nft_ok(mk_load(&b, &block, x, n, &nft_err));
    nf_model_describe(b, &i);
    ck_assert_double_eq(i.cost, o.cost);
    ck_assert_str_eq(i.smoothing_kind, needs.kinds ? "witten-bell" : "lidstone");
    ck_assert_str_eq(i.class_weight, o.class_weight ? o.class_weight : "");
    free(x);
    nf_model_free(a);
    nf_model_free(b);
    nfi_free(block);
    dk_clear(&k);
}
END_TEST

START_TEST(one_class_is_refused)
{
    if (!go_together((size_t)_i))
        return;
    nfi_rng r = nft_rng(3);
    dk_docs k = {0};
    char path[NFT_PATH];
    nf_model *m = NULL;
    nf_train_opts o = nf_train_defaults();
    nf_count_opts count = {0};

    mk_docs(&k, &r, 20, 1);
    pick((size_t)_i, &o.classifier, &o.weighting);
    count.weighting = o.weighting;
    dk_file(path, &k, NULL);
    nf_counted *c = dk_count(path, &count);
    nft_fails(nf_model_train(&m, c, &o, &nft_err), NF_EDATA);
    ck_assert_ptr_null(m);
    nf_counted_free(c);
    dk_clear(&k);
}
END_TEST

START_TEST(smoothing_given_is_smoothing_used)
{
    if (!go_together((size_t)_i) || !has_smoothing((size_t)_i))
        return;
    nfi_rng r = nft_rng(4);
    dk_docs k = {0};
    nf_model_info i;
    mk_docs(&k, &r, DOCS, CLASSES);
    nf_model *m = train(&k, (size_t)_i, 0.25, 1);

    nf_model_describe(m, &i);
    ck_assert_double_eq(i.smoothing, 0.25);
    ck_assert_str_eq(i.smoothing_how, "given");
    nf_model_free(m);
    dk_clear(&k);
}
END_TEST

/* Corpora at the edge of what can be learned from. */
enum { EMPTY_AMONG, EMPTY_CLASS, ONE_TERM, ONE_TERM_EACH, SINGLE, DEGENERATE };

static void degenerate(dk_docs *k, int which)
{
    static const char *const label[] = {"war", "money", "talks"}, *const text[] = {"troops", "tax", "summit"};

    for (size_t i = 0; i < 30; i++) {
        size_t c = i % 3;
        if (which == SINGLE && i >= 3)
            break;
        if (which == EMPTY_AMONG)
            dk_add(k, label[c], i % 4 == 0 ? "" : i % 4 == 1 ? "..." : i % 4 == 2 ? text[c] : "troops tax summit today");
        else if (which == EMPTY_CLASS)
            dk_add(k, label[c], c == 1 ? "" : i % 2 ? text[c] : "troops summit today");
        else
            dk_add(k, label[c], which == ONE_TERM ? "today" : text[c]);
    }
}

static void check_finite(const nf_model *m, const char *what)
{
    const char *name = m->classifier->name;

    for (size_t c = 0; c < m->nclasses; c++)
        ck_assert_msg(isfinite(m->z[c]) && isfinite(m->log_prior[c]), "%s: class %zu of a model of %s", name, c, what);
    for (size_t t = 0; t < m->n; t++) {
        ck_assert_msg(isfinite(m->base[t]), "%s: term %zu of a model of %s", name, t, what);
        for (uint64_t e = m->ptr[t]; e < m->ptr[t + 1]; e++)
            ck_assert_msg(isfinite(m->w[e]), "%s: term %zu, class %u of a model of %s", name, t, m->cls[e], what);
    }
}

START_TEST(empty_documents_and_single_terms_are_fine)
{
    static const char *const what[DEGENERATE] = {"empty documents among others", "a class of empty documents", "one term", "a term a class",
                                                  "a document a class"};
    static const char *const query[] = {"", "...", "troops", "today", "unheard of", "troops troops tax tax today"};
    enum { QUERIES = sizeof query / sizeof *query };

    for (int d = 0; go_together((size_t)_i) && d < DEGENERATE; d++) {
        dk_docs k = {0}, q = {0};
        nf_train_opts o = nf_train_defaults();
        nf_count_opts count = {.corpus = {.threads = 1}};
        nf_scorer_opts so = {.min_tokens = 1, .threads = 1};
        nf_scorer *scorer = NULL;
        nf_score score[QUERIES];
        double odds[QUERIES * CLASSES], prob[CLASSES];
        size_t n;
        void *block = NULL;
        nf_model *back = NULL;

        pick((size_t)_i, &o.classifier, &o.weighting);
        count.weighting = o.weighting;
        o.threads = 1;
        o.select.min_df = 1;
        degenerate(&k, d);
        nf_model *m = mk_train(&k, &count, &o);
        ck_assert_uint_eq(m->nclasses, CLASSES);
        check_finite(m, what[d]);
        char *bytes = mk_bytes(m, &n);
        nft_ok(mk_load(&back, &block, bytes, n, &nft_err));
        for (size_t i = 0; i < QUERIES; i++)
            dk_add(&q, NULL, query[i]);
        nf_batch b = dk_batch(&q, 0, QUERIES);
        nft_ok(nf_scorer_new(&scorer, back, &so, &nft_err));
        nft_ok(nf_scorer_batch(scorer, &b, score, odds, &nft_err));
        ck_assert_int_eq(score[0].status, NF_SCORE_EMPTY);
        ck_assert_int_eq(score[1].status, NF_SCORE_EMPTY);
        ck_assert_int_eq(score[4].status, NF_SCORE_NO_KNOWN_WORDS);
        for (size_t i = 0; i < QUERIES; i++) {
            double sum = 0.0;
            for (size_t c = 0; c < CLASSES; c++)
                ck_assert_msg(isfinite(odds[i * CLASSES + c]), "%s, %s: \"%s\" class %zu", o.classifier, what[d], query[i], c);
            if (!nf_model_probabilities(back, NF_UNIT_DOCUMENT, odds + i * CLASSES, prob))
                continue;
            for (size_t c = 0; c < CLASSES; c++)
                sum += prob[c];
            ck_assert_double_eq_tol(sum, 1.0, 1e-9);
        }
        if (d == ONE_TERM_EACH) {
            ck_assert_int_eq(score[2].status, NF_SCORE_OK);
            ck_assert_int_eq(score[2].label, nf_model_find_label(back, (nf_str){"war", 3}));
        }
        nf_scorer_free(scorer);
        nf_model_free(back);
        nf_model_free(m);
        nfi_free(block);
        free(bytes);
        dk_clear(&k);
        dk_clear(&q);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("classifiers");
    TCase *t = tcase_create("tables");
    int n = (int)(rows(nf_classifier_name) * rows(nf_weighting_name));

    tcase_add_test(t, names_are_unique_and_told);
    tcase_add_loop_test(t, the_same_documents_give_the_same_bytes_and_a_file_reads_back, 0, n);
    tcase_add_loop_test(t, marker_words_decide_and_their_weights_say_so, 0, n);
    tcase_add_loop_test(t, what_does_not_go_together_is_refused, 0, n);
    tcase_add_loop_test(t, settings_of_training_are_told_after_a_reload, 0, n);
    tcase_add_loop_test(t, one_class_is_refused, 0, n);
    tcase_add_loop_test(t, smoothing_given_is_smoothing_used, 0, n);
    tcase_add_loop_test(t, empty_documents_and_single_terms_are_fine, 0, n);
    suite_add_tcase(s, t);
    return nft_run(s);
}
