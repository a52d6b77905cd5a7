/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_nb.c - weights and class scores against scikit-learn (nb.txt), and the textbook example (iir.txt). Models store float32, so scores
 * agree to a few units of 1e-6 of the sum of their terms; weighted rows to 1e-6, idf to 1e-12.
 */
#include "golden.h"

#include "base/buf.h"
#include "features/weight.h"
#include "models/model.h"

#include <math.h>

enum { MAX_DOCS = 64, MAX_TERMS = 200, MAX_CLASSES = 8, TEXT = 2000 };

typedef struct golden_set {
    char train[MAX_DOCS][TEXT], query[MAX_DOCS][TEXT], term[MAX_TERMS][64], name[MAX_CLASSES][16];
    int cls[MAX_DOCS];
    size_t ntrain, nquery, nterm, nclass;
    double idf[MAX_TERMS];
} golden_set;

/* A JSONL file of the documents; class "" leaves the label out. */
static void write_docs(char path[NFT_PATH], const golden_set *s, bool query)
{
    nfi_buf b = {0};

    for (size_t i = 0; i < (query ? s->nquery : s->ntrain); i++) {
        nfi_buf_puts(&b, "{\"text\": \"");
        nfi_buf_puts(&b, query ? s->query[i] : s->train[i]);
        if (!query) {
            nfi_buf_puts(&b, "\", \"label\": \"");
            nfi_buf_puts(&b, s->name[s->cls[i]]);
        }
        nfi_buf_puts(&b, "\"}\n");
    }
    ck_assert(nfi_buf_ok(&b));
    nft_file(path, NULL, "docs.jsonl", b.p, b.n);
    nfi_buf_clear(&b);
}

static nf_docs *open_docs(const char *path, bool need_label)
{
    nf_docs *docs = NULL;
    nf_docs_opts o = {.need_label = need_label, .threads = 1};
    nft_ok(nf_docs_open(&docs, &path, 1, &o, &nft_err));
    return docs;
}

static const nf_text_opts words = {.tokenizer = "sklearn", .ngram_lo = 1, .ngram_hi = 1};

/* Weighted rows of the training documents as nf_corpus_rows() makes them, against the golden row of document i. */
static void check_rows(const golden_set *s, const char *weighting, golden *g, size_t i)
{
    char path[NFT_PATH], term[64];
    nf_corpus *c = NULL;
    nf_corpus_opts o = {.text = words, .threads = 1};
    nf_select_opts all = {0};
    nf_csr X = {0};
    nf_vocabulary *v = NULL;
    double want[MAX_TERMS] = {0};

    for (size_t n = (size_t)golden_number(g); n > 0; n--) {
        size_t col = (size_t)golden_number(g);
        want[col] = golden_number(g);
    }
    write_docs(path, s, false);
    nf_docs *docs = open_docs(path, true);
    nft_ok(nf_corpus_count(&c, docs, &o, &nft_err));
    nft_ok(nf_corpus_rows(c, &all, weighting, 1, &X, NULL, &v, &nft_err));
    ck_assert_uint_eq(nf_vocabulary_size(v), s->nterm);
    for (int64_t e = X.ptr[i]; e < X.ptr[i + 1]; e++) {
        size_t n = nf_vocabulary_term(v, (size_t)X.idx[e], term, sizeof term - 1), col = 0;
        term[n] = '\0';
        while (col < s->nterm && strcmp(s->term[col], term) != 0)
            col++;
        ck_assert_msg(col < s->nterm, "term %s is not in the golden", term);
        ck_assert_double_eq_tol(X.val[e], want[col], NFT_LOOSE);
        ck_assert_double_eq_tol(nfi_idf(s->ntrain, nf_vocabulary_df(v, (size_t)X.idx[e])), s->idf[col], NFT_TIGHT);
        want[col] = 0.0;
    }
    for (size_t k = 0; k < s->nterm; k++)
        ck_assert_double_eq(want[k], 0.0);
    nf_csr_clear(&X);
    nf_vocabulary_free(v);
    nf_corpus_free(c);
    nf_docs_close(docs);
}

/* Model of one weighting, classifier and smoothing, kept while lines ask for it. */
typedef struct fitted {
    char key[64];
    nf_model *m;
    nf_scorer *scorer;
} fitted;

static void drop(fitted *f)
{
    nf_scorer_free(f->scorer);
    nf_model_free(f->m);
    *f = (fitted){0};
}

static void fit(fitted *f, const golden_set *s, const char *weighting, const char *classifier, double smoothing)
{
    char path[NFT_PATH], key[64];
    nf_counted *c = NULL;

    snprintf(key, sizeof key, "%s %s %g", weighting, classifier, smoothing);
    if (strcmp(key, f->key) == 0)
        return;
    drop(f);
    memcpy(f->key, key, sizeof key);
    write_docs(path, s, false);
    nf_docs *docs = open_docs(path, true);
    nf_count_opts count = {.corpus = {.text = words, .threads = 1}, .weighting = weighting};
    nft_ok(nf_count(&c, docs, &count, &nft_err));
    nf_train_opts o = {.classifier = classifier, .weighting = weighting, .smoothing = smoothing, .threads = 1};
    nft_ok(nf_model_train(&f->m, c, &o, &nft_err));
    nf_scorer_opts so = {.min_tokens = 1, .threads = 1};
    nft_ok(nf_scorer_new(&f->scorer, f->m, &so, &nft_err));
    nf_counted_free(c);
    nf_docs_close(docs);
}

/* Golden joint log-likelihoods against the log-odds of the model: both are the same up to a constant a document. */
static void check_scores(fitted *f, const golden_set *s, size_t i, const double *joint)
{
    char path[NFT_PATH];
    bool query = i >= s->ntrain;
    size_t at = query ? i - s->ntrain : i;
    nf_batch b = {0};
    nf_score score[MAX_DOCS];
    double odds[MAX_DOCS * MAX_CLASSES];

    write_docs(path, s, query);
    nf_docs *docs = open_docs(path, false);
    nft_ok(nf_docs_next(docs, &b, &nft_err));
    nft_ok(nf_scorer_batch(f->scorer, &b, score, odds, &nft_err));
    for (size_t k = 0; k < s->nclass && score[at].scored; k++) {
        double others[MAX_CLASSES];
        size_t n = 0;
        for (size_t j = 0; j < s->nclass; j++)
            if (j != k)
                others[n++] = joint[j];
        double want = joint[k] - nfi_logsumexp(others, n), tol = 1e-5 * (1.0 + fabs(joint[k]));
        ck_assert_msg(fabs(odds[at * s->nclass + k] - want) < tol, "%s document %zu class %zu: %.9f, expected %.9f", f->key, i, k,
                      odds[at * s->nclass + k], want);
    }
    if (!score[at].scored)
        ck_assert_int_eq(score[at].status, NF_SCORE_NO_KNOWN_WORDS);
    nf_batch_clear(&b);
    nf_docs_close(docs);
}

/* Our scheme for a golden weighting; NULL when we have none (idf without a norm). */
static const char *scheme(const char *sublinear, const char *norm)
{
    if (strcmp(norm, "pre") == 0)
        return sublinear[0] == '1' ? "tfidf" : "tfidf-raw";
    if (strcmp(norm, "raw") == 0)
        return "tf";
    return strcmp(norm, "l2") == 0 && sublinear[0] == '0' ? "sklearn" : NULL;
}

static void read_line(golden *g, golden_set *s, const char *what)
{
    if (strcmp(what, "classes") == 0) {
        s->nclass = (size_t)golden_number(g);
        for (size_t k = 0; k < s->nclass; k++)
            golden_copy(g, s->name[k], sizeof s->name[k]);
    } else if (strcmp(what, "train") == 0) {
        s->cls[s->ntrain] = (int)golden_number(g);
        golden_copy_rest(g, s->train[s->ntrain++], TEXT);
    } else if (strcmp(what, "query") == 0) {
        golden_copy_rest(g, s->query[s->nquery++], TEXT);
    } else if (strcmp(what, "terms") == 0) {
        s->nterm = (size_t)golden_number(g);
        for (size_t t = 0; t < s->nterm; t++)
            golden_copy(g, s->term[t], sizeof s->term[t]);
    } else if (strcmp(what, "idf") == 0) {
        golden_number(g);
        for (size_t t = 0; t < s->nterm; t++)
            s->idf[t] = golden_number(g);
    }
}

START_TEST(weights_and_scores_equal_those_of_scikit_learn)
{
    golden g;
    static golden_set s;
    fitted f = {0};
    char sublinear[4] = "", norm[8] = "";
    size_t rows = 0, scores = 0, bernoulli = 0, normalised = 0;

    golden_open(&g, "nb.txt");
    for (const char *what; (what = golden_next(&g));) {
        if (strcmp(what, "set") == 0) {
            drop(&f);
            memset(&s, 0, sizeof s);
        } else if (strcmp(what, "weighting") == 0) {
            golden_copy(&g, sublinear, sizeof sublinear);
            golden_copy(&g, norm, sizeof norm);
        } else if (strcmp(what, "row") == 0 && strcmp(norm, "l2") == 0) {
            size_t i = (size_t)golden_number(&g);
            check_rows(&s, sublinear[0] == '1' ? "tfidf" : "tfidf-raw", &g, i);
            rows++;
        } else if (strcmp(what, "score") == 0 && scheme(sublinear, norm)) {
            char classifier[8];
            double joint[MAX_CLASSES];
            golden_copy(&g, classifier, sizeof classifier);
            double smoothing = golden_number(&g);
            size_t i = (size_t)golden_number(&g);
            golden_number(&g);
            for (size_t k = 0; k < s.nclass; k++)
                joint[k] = golden_number(&g);
            fit(&f, &s, strcmp(classifier, "bnb") == 0 ? "binary" : scheme(sublinear, norm), classifier, smoothing);
            check_scores(&f, &s, i, joint);
            scores++;
            bernoulli += strcmp(classifier, "bnb") == 0;
            normalised += strcmp(classifier, "wcnb") == 0;
        } else {
            read_line(&g, &s, what);
        }
    }
    drop(&f);
    golden_close(&g);
    ck_assert_int_gt(rows, 60);
    ck_assert_int_gt(scores, 800);
    ck_assert_uint_eq(bernoulli, 90);
    ck_assert_int_gt(normalised, 300);
}
END_TEST

static double fraction(golden *g)
{
    const char *f = golden_field(g), *slash = strchr(f, '/');
    double a, b;
    ck_assert(nfi_parse_double(f, (size_t)(slash - f), &a) && nfi_parse_double(slash + 1, strlen(slash + 1), &b));
    return a / b;
}

START_TEST(the_textbook_example_comes_out)
{
    golden g;
    static golden_set s = {.name = {"N", "Y"}, .nclass = 2};
    fitted f = {0};
    double joint[2];
    size_t checked = 0;

    golden_open(&g, "iir.txt");
    for (const char *what; (what = golden_next(&g));) {
        if (strcmp(what, "train") == 0) {
            s.cls[s.ntrain] = golden_field(&g)[0] == 'Y';
            golden_copy_rest(&g, s.train[s.ntrain++], TEXT);
        } else if (strcmp(what, "query") == 0) {
            golden_copy_rest(&g, s.query[s.nquery++], TEXT);
        } else if (strcmp(what, "multinomial") == 0) {
            fit(&f, &s, "tf", "mnb", 1.0);
            size_t k = golden_field(&g)[0] == 'Y';
            const char *word = golden_field(&g);
            for (size_t t = 0; t < f.m->n; t++) {
                char term[64];
                size_t n = nf_model_term(f.m, t, term, sizeof term);
                if (n != strlen(word) || (term[0] | 0x20) != (word[0] | 0x20) || memcmp(term + 1, word + 1, n - 1) != 0)
                    continue;
                double w = f.m->base[t];
                for (uint64_t e = f.m->ptr[t]; e < f.m->ptr[t + 1]; e++)
                    if (f.m->cls[e] == k)
                        w = f.m->w[e];
                ck_assert_double_eq_tol(exp(w + f.m->z[k]), fraction(&g), NFT_LOOSE);
                checked++;
            }
        } else if (strcmp(what, "joint_multinomial") == 0) {
            size_t k = golden_field(&g)[0] == 'Y';
            joint[k] = log(fraction(&g));
        }
    }
    ck_assert_uint_eq(checked, 12);
    check_scores(&f, &s, s.ntrain, joint);
    drop(&f);
    golden_close(&g);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("nb");
    TCase *t = tcase_create("golden");
    tcase_add_test(t, weights_and_scores_equal_those_of_scikit_learn);
    tcase_add_test(t, the_textbook_example_comes_out);
    tcase_set_timeout(t, 60);
    suite_add_tcase(s, t);
    return nft_run(s);
}
