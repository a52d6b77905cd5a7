/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_forms.c - what forms of a word have in common, the sums that they share, and models that are made from these. */
#include "models_kit.h"

#include "features/forms.h"

#include <string.h>

static void same(const char *word, const char *key)
{
    char got[64];
    size_t n = nfi_form_key((nf_str){word, strlen(word)}, got);

    ck_assert_msg(n == strlen(key) && memcmp(got, key, n) == 0, "%s: %.*s instead of %s", word, (int)n, got, key);
}

START_TEST(forms_of_a_word_have_one_key)
{
    static const char *const row[][2] = {
        {"attack", "attack"},    {"attacks", "attack"},   {"attacked", "attack"},   {"attacking", "attack"}, {"policy", "polici"},
        {"policies", "polici"},  {"planned", "plan"},     {"planning", "plan"},     {"plans", "plan"},       {"filled", "fill"},
        {"passes", "pass"},      {"passed", "pass"},      {"missile", "missil"},    {"missiles", "missil"},  {"trade", "trad"},
        {"traded", "trad"},      {"trading", "trad"},     {"crisis", "crisis"},     {"status", "status"},    {"red", "red"},
        {"king", "king"},        {"spring", "spring"},    {"sing", "sing"},         {"bed", "bed"},          {"gas", "gas"},
        {"1990s", "1990s"},      {"caf\xc3\xa9s", "caf\xc3\xa9s"}, {"U.S", "U.S"},  {"", ""},                {"ties", "tie"},
        {"need", "need"},        {"needed", "need"},      {"flying", "fly"},
    };

    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        same(row[i][0], row[i][1]);
}
END_TEST

static const char *const form[] = {"attack", "attacks", "attacked", "trade", "trading", "talks", "talk", "envoy", "policy", "policies"};

static void make_docs(dk_docs *k, nfi_rng *r, size_t n)
{
    static const char *const label[] = {"war", "money", "talks"};
    char text[400];

    for (size_t i = 0; i < n; i++) {
        size_t at = 0;
        for (uint64_t w = 1 + nfi_rng_below(r, 12); w > 0; w--)
            at += (size_t)snprintf(text + at, sizeof text - at, "%s ", form[nfi_rng_below(r, sizeof form / sizeof *form)]);
        dk_add_n(k, label[nfi_rng_below(r, 3)], NULL, text, at);
    }
}

/* Spelled keys of a term. */
static size_t keys_of(const nfi_terms *t, size_t term, char *out)
{
    size_t n = 0;
    for (int k = 0; k < t->stride && t->seq[term * (size_t)t->stride + (size_t)k]; k++) {
        n += nfi_form_key(t->word[t->seq[term * (size_t)t->stride + (size_t)k] - 1], out + n);
        out[n++] = ' ';
    }
    return n;
}

static bool alike(const nfi_terms *a, size_t i, const nfi_terms *b, size_t j)
{
    char x[2 * NFI_MAX_TOKEN + 8], y[2 * NFI_MAX_TOKEN + 8];
    size_t n = keys_of(a, i, x);
    return n == keys_of(b, j, y) && memcmp(x, y, n) == 0;
}

/* Against sums added up term by term. */
START_TEST(sums_are_those_of_all_forms)
{
    nfi_rng r = nft_rng(1);
    const nf_select_opts all = {.min_df = 1};

    for (int i = 0; i < nft_cases(40); i++) {
        dk_docs k = {0};
        nfi_terms t, p;
        uint32_t *of, *pooled;
        uint64_t least = 1 + nfi_rng_below(&r, 4);
        size_t dropped = 0;

        make_docs(&k, &r, 5 + nfi_rng_below(&r, 20));
        nf_corpus *c = dk_corpus(&k, &(nf_text_opts){.ngram_lo = 1, .ngram_hi = 2}, 1, &r);
        size_t nodes = nfi_corpus_nodes(c);
        nft_ok(nfi_terms_build(&t, &of, c, NULL, &all, nfi_weightings[0], NFI_SUM_MODEL, 1, &nft_err));
        nft_ok(nfi_terms_build(&p, &pooled, c, NULL, &all, nfi_weightings[0], NFI_SUM_MODEL, 1, &nft_err));
        nft_ok(nfi_terms_pool(&p, pooled, nodes, least, &nft_err));
        for (size_t node = 0; node < nodes; node++) {
            uint64_t df = 0, doc[3] = {0};
            int64_t val[3] = {0};
            if (of[node] == NFI_NONE)
                continue;
            for (size_t j = 0; j < t.n; j++) {
                if (!alike(&t, of[node], &t, j))
                    continue;
                df += t.df[j];
                for (uint64_t e = t.ptr[j]; e < t.ptr[j + 1]; e++) {
                    val[t.cls[e]] += t.val[e];
                    doc[t.cls[e]] += t.doc[e];
                }
            }
            dropped += df < least;
            ck_assert_int_eq(pooled[node] == NFI_NONE, df < least);
            if (df < least)
                continue;
            size_t at = pooled[node];
            char a[200], b[200];
            size_t n = nfi_terms_spell(&t, of[node], a, sizeof a);
            ck_assert_uint_eq(nfi_terms_spell(&p, at, b, sizeof b), n);
            ck_assert_mem_eq(a, b, n);
            ck_assert_uint_eq(p.df[at], df < t.ndocs ? df : t.ndocs);
            uint64_t e = p.ptr[at];
            for (size_t cls = 0; cls < t.nclasses; cls++) {
                if (doc[cls] == 0)
                    continue;
                ck_assert_uint_lt(e, p.ptr[at + 1]);
                ck_assert_uint_eq(p.cls[e], cls);
                ck_assert_int_eq(p.val[e], val[cls]);
                ck_assert_uint_eq(p.doc[e], doc[cls] < t.class_docs[cls] ? doc[cls] : t.class_docs[cls]);
                e++;
            }
            ck_assert_uint_eq(e, p.ptr[at + 1]);
        }
        ck_assert_uint_eq(p.n + dropped, t.n);
        nft_fails(nfi_terms_pool(&p, pooled, nodes, 1000, &nft_err), NF_EDATA);
        nfi_free(of);
        nfi_free(pooled);
        nfi_terms_clear(&t);
        nfi_terms_clear(&p);
        nf_corpus_free(c);
        dk_clear(&k);
    }
}
END_TEST

static nf_train_opts with_forms(void)
{
    nf_train_opts o = nf_train_defaults();
    o.forms = true;
    o.smoothing = 1.0;
    o.calibration = "none";
    o.threads = 1;
    return o;
}

/* Documents of one word have the scores of any of its forms. */
START_TEST(forms_have_the_same_scores)
{
    dk_docs k = {0}, one = {0};
    nfi_rng r = nft_rng(2);
    nf_train_opts o = with_forms();
    nf_scorer *s;
    nf_score score[3];
    double odds[9];

    make_docs(&k, &r, 60);
    nf_model *m = mk_train(&k, &(nf_count_opts){.corpus = {.threads = 1}}, &o);
    dk_add(&one, NULL, "attack");
    dk_add(&one, NULL, "attacked");
    dk_add(&one, NULL, "envoy");
    nf_batch b = dk_batch(&one, 0, 3);
    nft_ok(nf_scorer_new(&s, m, &(nf_scorer_opts){.threads = 1, .min_tokens = 1}, &nft_err));
    nft_ok(nf_scorer_batch(s, &b, score, odds, &nft_err));
    for (size_t c = 0; c < 3; c++)
        ck_assert_double_eq(odds[c], odds[3 + c]);
    ck_assert_mem_ne(odds, odds + 6, 3 * sizeof *odds);
    nf_scorer_free(s);
    nf_model_free(m);
    dk_clear(&k);
    dk_clear(&one);
}
END_TEST

START_TEST(what_does_not_go_with_forms)
{
    dk_docs k = {0};
    nfi_rng r = nft_rng(3);
    char path[NFT_PATH];
    nf_model *m = NULL;

    make_docs(&k, &r, 30);
    dk_file(path, &k, NULL);
    nf_counted *c = dk_count(path, &(nf_count_opts){.corpus = {.threads = 1}});
    nf_train_opts bad[6];
    for (size_t i = 0; i < 6; i++)
        bad[i] = with_forms();
    bad[0].smoothing = 0;
    bad[1].calibration = NULL;
    bad[2].calibration = "power";
    bad[3].classifier = "svm";
    bad[3].smoothing = 0;
    bad[4].classifier = "bnb";
    bad[4].weighting = "binary";
    bad[5].unlabeled = true;
    bad[5].classifier = "mnb";
    for (size_t i = 0; i < 6; i++)
        nft_fails(nf_model_train(&m, c, &bad[i], &nft_err), NF_EINVAL);
    nf_train_opts few = with_forms();
    few.select.min_df = 1000;
    nft_fails(nf_model_train(&m, c, &few, &nft_err), NF_EDATA);
    ck_assert_ptr_null(m);
    nf_counted_free(c);
    dk_clear(&k);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("forms");
    TCase *tc = tcase_create("forms");

    tcase_add_test(tc, forms_of_a_word_have_one_key);
    tcase_add_test(tc, sums_are_those_of_all_forms);
    tcase_add_test(tc, forms_have_the_same_scores);
    tcase_add_test(tc, what_does_not_go_with_forms);
    suite_add_tcase(s, tc);
    return nft_run(s);
}
