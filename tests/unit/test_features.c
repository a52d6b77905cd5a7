/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows for other programs: a corpus in its own terms and in those of a model trained on it are the same numbers, and follow the formula. */
#include "models_kit.h"

#include <math.h>

enum { TERM = 600 };

/* Value of the term in row i, 0 when it is not there. */
static float at(const nf_csr *X, size_t i, size_t column)
{
    for (int64_t e = X->ptr[i]; e < X->ptr[i + 1]; e++)
        if ((size_t)X->idx[e] == column)
            return X->val[e];
    return 0.0f;
}

START_TEST(a_model_gives_the_rows_of_the_corpus_it_was_trained_on)
{
    dk_docs k = {0};
    nfi_rng r = nft_rng(1);

    mk_docs(&k, &r, 60, 3);
    for (size_t w = 0; nfi_weightings[w]; w++) {
        const char *name = nfi_weightings[w]->name;
        nf_train_opts o = nf_train_defaults();
        nf_count_opts count = {.corpus = {.threads = 1}, .weighting = name};
        nf_csr X = {0}, Y = {0};
        nf_vocabulary *v = NULL;
        nf_scorer *s = NULL;
        nf_model_info info;
        char a[TERM], b[TERM];

        o.weighting = name;
        nf_model *m = mk_train(&k, &count, &o);
        nf_corpus *c = dk_corpus(&k, NULL, 2, NULL);
        nft_ok(nf_corpus_features(c, &o.select, name, 2, &X, &v, &nft_err));
        nf_batch batch = dk_batch(&k, 0, k.n);
        nft_ok(nf_scorer_new(&s, m, &(nf_scorer_opts){.threads = 2}, &nft_err));
        nft_ok(nf_scorer_rows(s, &batch, &Y, &nft_err));
        nft_ok(nf_csr_check(&X, &nft_err));
        nft_ok(nf_csr_check(&Y, &nft_err));
        nf_model_describe(m, &info);
        ck_assert_uint_eq(Y.cols, info.terms);
        ck_assert_uint_eq(X.cols, Y.cols);
        ck_assert_int_eq(X.ptr[X.rows], Y.ptr[Y.rows]);
        for (size_t t = 0; t < X.cols; t++) {
            size_t same = 0, n = nf_vocabulary_term(v, t, a, sizeof a);
            while (same < Y.cols && (nf_model_term(m, same, b, sizeof b) != n || memcmp(a, b, n) != 0))
                same++;
            ck_assert_uint_lt(same, Y.cols);
            ck_assert(fabs(nf_model_term_idf(m, same) - nf_weighting_idf(name, k.n, nf_vocabulary_df(v, t))) < NFT_LOOSE);
            for (size_t i = 0; i < k.n; i++) {
                float x = at(&X, i, t), y = at(&Y, i, same);
                ck_assert_msg(fabsf(x - y) <= 1e-6f * fabsf(x), "%s, document %zu, %.*s: %.9g and %.9g", name, i, (int)n, a, (double)x,
                              (double)y);
            }
        }
        nf_csr_clear(&X);
        nf_csr_clear(&Y);
        nf_vocabulary_free(v);
        nf_scorer_free(s);
        nf_corpus_free(c);
        nf_model_free(m);
    }
    dk_clear(&k);
}
END_TEST

START_TEST(values_follow_the_formula)
{
    dk_docs k = {0};
    nf_csr X = {0};
    nf_vocabulary *v = NULL;
    const nf_text_opts words = {.ngram_lo = 1, .ngram_hi = 1};
    char term[TERM];

    dk_add(&k, NULL, "tanks cross, tanks return");
    dk_add(&k, NULL, "tanks");
    nf_corpus *c = dk_corpus(&k, &words, 1, NULL);
    nft_ok(nf_corpus_features(c, &(nf_select_opts){.min_df = 2}, "tfidf", 1, &X, &v, &nft_err));
    ck_assert_uint_eq(X.cols, 1);
    ck_assert_uint_eq(nf_vocabulary_term(v, 0, term, sizeof term), 5);
    /* f = 1 + ln 2 for tanks, 1 for the two others, which are not kept but count in the norm; idf = ln(3/3) + 1 */
    double f = 1.0 + log(2.0);
    ck_assert(fabs((double)X.val[0] - f / sqrt(f * f + 2.0)) < NFT_LOOSE);
    ck_assert(X.val[1] == 1.0f);
    nf_csr_clear(&X);
    nf_vocabulary_free(v);
    nft_ok(nf_corpus_features(c, &(nf_select_opts){0}, "tf", 1, &X, &v, &nft_err));
    ck_assert(at(&X, 0, 0) == 2.0f && at(&X, 1, 0) == 1.0f);
    ck_assert(nf_weighting_idf("tf", 10, 2) == 1.0);
    nf_csr_clear(&X);
    nf_vocabulary_free(v);
    nft_fails(nf_corpus_features(c, &(nf_select_opts){0}, "bm25", 1, &X, &v, &nft_err), NF_EINVAL);
    nf_corpus_free(c);
    dk_clear(&k);
}
END_TEST

START_TEST(norms_of_rows_are_sums_of_squares)
{
    static const nfi_tf kind[] = {NFI_TF_LOG, NFI_TF_RAW, NFI_TF_BINARY};
    nfi_rng r = nft_rng(7);
    double table[NFI_TF_TABLE];
    uint32_t tf[300];

    for (size_t n = 0; n < 300; n++) {
        nfi_tf k = kind[n % 3];
        nfi_u128 sum = 0;
        nfi_tf_table(k, table);
        for (size_t e = 0; e < n; e++) {
            tf[e] = (uint32_t)nfi_rng_below(&r, e % 7 ? 20 : 3000);
            sum += nfi_square(nfi_tf_value(k, tf[e]));
        }
        ck_assert(nfi_inverse_norm(table, k, tf, n) == nfi_norm_of(sum));
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("features");
    TCase *t = tcase_create("features");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_model_gives_the_rows_of_the_corpus_it_was_trained_on);
    tcase_add_test(t, values_follow_the_formula);
    tcase_add_test(t, norms_of_rows_are_sums_of_squares);
    suite_add_tcase(s, t);
    return nft_run(s);
}
