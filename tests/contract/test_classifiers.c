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

START_TEST(one_class_is_refused)
{
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

int main(void)
{
    Suite *s = suite_create("classifiers");
    TCase *t = tcase_create("tables");
    int n = (int)(rows(nf_classifier_name) * rows(nf_weighting_name));

    tcase_add_test(t, names_are_unique_and_told);
    tcase_add_loop_test(t, the_same_documents_give_the_same_bytes_and_a_file_reads_back, 0, n);
    tcase_add_loop_test(t, marker_words_decide_and_their_weights_say_so, 0, n);
    tcase_add_loop_test(t, one_class_is_refused, 0, n);
    tcase_add_loop_test(t, smoothing_given_is_smoothing_used, 0, n);
    suite_add_tcase(s, t);
    return nft_run(s);
}
