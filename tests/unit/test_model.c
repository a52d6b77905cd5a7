/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models: same bytes from the same documents, same scores wherever a document stands, what the figures mean, and what is refused. */
#include "models_kit.h"

#include <math.h>

enum { DOCS = 60, MOST = 400, NK = 4 };

static void same_model(const nf_model *a, const nf_model *b, const char *what)
{
    size_t na, nb;
    char *x = mk_bytes(a, &na), *y = mk_bytes(b, &nb);
    ck_assert_msg(na == nb && memcmp(x, y, na) == 0, "%s: the model has other bytes (%zu and %zu)", what, na, nb);
    free(x);
    free(y);
}

START_TEST(models_survive_their_file)
{
    nfi_rng r = nft_rng(1);
    dk_docs k = {0};

    mk_docs(&k, &r, DOCS, NK);
    for (int lo = 1; lo <= 4; lo++)
        for (int hi = lo; hi <= 4; hi++) {
            nf_count_opts count = {.corpus = {.text = {.ngram_lo = lo, .ngram_hi = hi, .stopwords = lo % 2 ? "en" : "none"}, .threads = 1}};
            nf_train_opts o = nf_train_defaults();
            size_t n;
            nf_model *back;
            void *block;
            o.select.min_df = hi > 2 ? 1 : 2;
            o.classifier = hi % 2 ? "mnb" : "cnb";
            o.prior = lo == 2 ? "war=0.25,money=0.125,talks=0.5,home=0.125" : NULL;
            nf_model *m = mk_train(&k, &count, &o);
            char *p = mk_bytes(m, &n), before[200], after[200];
            nft_ok(mk_load(&back, &block, p, n, &nft_err));
            same_model(m, back, "saved, loaded, saved");
            ck_assert_uint_eq(back->n, m->n);
            for (size_t t = 0; t < m->n; t++) {
                size_t x = nf_model_term(m, t, before, sizeof before), y = nf_model_term(back, t, after, sizeof after);
                ck_assert(x == y && memcmp(before, after, x) == 0 && nf_model_term_df(m, t) == nf_model_term_df(back, t));
                for (size_t c = 0; c < NK; c++) {
                    ck_assert_uint_eq(nf_model_term_docs(m, t, c), nf_model_term_docs(back, t, c));
                    ck_assert_double_eq(nf_model_term_weight(m, t, c), nf_model_term_weight(back, t, c));
                }
            }
            nf_model_info i;
            nf_model_describe(back, &i);
            ck_assert_uint_eq(i.bytes, n);
            ck_assert(i.ngram_lo == lo && i.ngram_hi == hi && i.classes == NK && i.documents == DOCS && i.labelled == DOCS - DOCS / 11);
            ck_assert_str_eq(i.classifier, o.classifier);
            ck_assert_str_eq(i.smoothing_how, "leave-one-out");
            ck_assert_str_eq(i.stopwords, lo % 2 ? "en" : "none");
            nf_model_free(back);
            nf_model_free(m);
            nfi_free(block);
            free(p);
        }
    dk_clear(&k);
}
END_TEST

START_TEST(threads_and_order_do_not_matter)
{
    nfi_rng r = nft_rng(2);
    dk_docs k = {0};
    size_t order[MOST];
    nf_train_opts o = nf_train_defaults();

    mk_docs(&k, &r, MOST, NK);
    for (size_t i = 0; i < MOST; i++)
        order[i] = i;
    for (size_t w = 0; nfi_weightings[w]; w++) {
        o.weighting = nfi_weightings[w]->name;
        o.select.max_features = w == 1 ? 70 : 0;
        nf_count_opts count = {.corpus = {.threads = 1}, .weighting = o.weighting};
        o.threads = 1;
        nf_model *first = mk_train(&k, &count, &o);
        ck_assert_msg(first->n > 20, "%s: %zu terms", o.weighting, first->n);
        for (int threads = 2; threads <= 7; threads += threads == 3 ? 4 : 1) {
            for (size_t i = MOST; i > 1; i--) {
                size_t j = (size_t)nfi_rng_below(&r, i), x = order[i - 1];
                order[i - 1] = order[j];
                order[j] = x;
            }
            o.threads = count.corpus.threads = threads;
            nf_model *m = mk_train_order(&k, &count, &o, order);
            same_model(first, m, o.weighting);
            nf_model_free(m);
        }
        nf_model_free(first);
    }
    dk_clear(&k);
}
END_TEST

/* Finished from a file, a model with the same fixed settings is the same. */
START_TEST(statistics_give_the_same_model)
{
    nfi_rng r = nft_rng(3);
    dk_docs k = {0};
    char docs[NFT_PATH], dir[NFT_PATH], stats[NFT_PATH];

    mk_docs(&k, &r, DOCS, NK);
    dk_file(docs, &k, NULL);
    nft_dir(dir);
    snprintf(stats, sizeof stats, "%.400s/s.nfs", dir);
    const char *path = stats;
    nf_counted *mem = dk_count(docs, &(nf_count_opts){.corpus = {.threads = 2}}), *file = NULL;
    nft_ok(nf_counted_save(mem, 2, stats, &nft_err));
    nft_ok(nf_counted_open(&file, &path, 1, &nft_err));
    const nf_select_opts select[] = {{0}, {.min_df = 3}, {.max_features = 30}, {.min_df = 2, .max_df_share = 0.5, .max_features = 7}};
    for (size_t i = 0; i < sizeof select / sizeof *select; i++) {
        nf_model *a, *b;
        nf_train_opts o = {.select = select[i], .smoothing = 0.5, .calibration = "none"};
        nft_ok(nf_model_train(&a, mem, &o, &nft_err));
        nft_ok(nf_model_train(&b, file, &o, &nft_err));
        same_model(a, b, "from statistics");
        nf_model_free(a);
        nf_model_free(b);
    }
    nf_counted_free(mem);
    nf_counted_free(file);
    dk_clear(&k);
}
END_TEST

typedef struct scored {
    nf_score s;
    double odds[NK];
} scored;

/* Scores documents [first, first + n) of k with a scorer. */
static void score(nf_scorer *x, size_t nk, const dk_docs *k, size_t first, size_t n, scored *out)
{
    nf_score *s = calloc(n + 1, sizeof *s);
    double *odds = calloc(n * nk + 1, sizeof *odds);
    nf_batch b = dk_batch(k, first, n);

    nft_ok(nf_scorer_batch(x, &b, s, odds, &nft_err));
    for (size_t i = 0; i < n; i++) {
        memset(&out[i], 0, sizeof out[i]);
        out[i].s = s[i];
        memcpy(out[i].odds, odds + i * nk, nk * sizeof *odds);
    }
    free(s);
    free(odds);
}

static void same_score(const scored *a, const scored *b, size_t i, const char *what)
{
    ck_assert_msg(a->s.status == b->s.status && a->s.label == b->s.label && a->s.second == b->s.second && a->s.margin == b->s.margin &&
                      a->s.scored == b->s.scored && a->s.n_tokens == b->s.n_tokens && a->s.oov_share == b->s.oov_share,
                  "%s: document %zu differs", what, i);
    ck_assert_msg(memcmp(a->odds, b->odds, sizeof a->odds) == 0, "%s: log-odds of document %zu differ", what, i);
}

static nf_scorer *scorer(const nf_model *m, nf_scorer_opts o)
{
    nf_scorer *x = NULL;
    nft_ok(nf_scorer_new(&x, m, &o, &nft_err));
    return x;
}

START_TEST(a_score_depends_on_the_document_alone)
{
    nfi_rng r = nft_rng(4);
    dk_docs k = {0}, others = {0};
    nf_train_opts o = nf_train_defaults();
    scored want[DOCS], got[DOCS];

    mk_docs(&k, &r, DOCS, NK);
    dk_add(&k, NULL, "words nobody ever wrote tax");
    k.n--;
    nf_model *m = mk_train(&k, &(nf_count_opts){.corpus = {.threads = 1}}, &o);
    for (size_t i = 0; i < DOCS; i++) { /* alone, with a new scorer */
        nf_scorer *x = scorer(m, (nf_scorer_opts){.threads = 1});
        score(x, NK, &k, i, 1, &want[i]);
        nf_scorer_free(x);
    }
    for (int threads = 1; threads <= 7; threads += 3) {
        nf_scorer *x = scorer(m, (nf_scorer_opts){.threads = threads});
        score(x, NK, &k, 0, DOCS, got);
        for (size_t i = 0; i < DOCS; i++)
            same_score(&want[i], &got[i], i, "in a batch");
        for (size_t i = DOCS, n; i > 0; i -= n) {
            n = 1 + (size_t)nfi_rng_below(&r, i);
            score(x, NK, &k, i - n, n, got);
            for (size_t d = 0; d < n; d++)
                same_score(&want[i - n + d], &got[d], i - n + d, "after others");
        }
        nf_scorer_free(x);
    }
    /* so many words before that the vocabulary starts anew: above 2^21 words and pairs */
    nf_scorer *x = scorer(m, (nf_scorer_opts){.threads = 1});
    for (size_t n = 0; n < 1100000;) {
        nfi_buf b = {0};
        scored junk[1];
        for (; b.n < (1u << 20); n++) {
            nfi_buf_puts(&b, "z");
            nfi_buf_put_u64(&b, n);
            nfi_buf_puts(&b, " ");
        }
        dk_add_n(&others, NULL, NULL, b.p, b.n);
        score(x, NK, &others, others.n - 1, 1, junk);
        ck_assert_int_eq(junk[0].s.status, NF_SCORE_NO_KNOWN_WORDS);
        nfi_buf_clear(&b);
    }
    score(x, NK, &k, 0, DOCS, got);
    for (size_t i = 0; i < DOCS; i++)
        same_score(&want[i], &got[i], i, "after a reset");
    nf_scorer_free(x);
    nf_model_free(m);
    dk_clear(&k);
    dk_clear(&others);
}
END_TEST

START_TEST(statuses_say_why_there_is_no_label)
{
    dk_docs k = {0}, q = {0};
    nf_train_opts o = {.smoothing = 1.0, .select = {.min_df = 1}};
    scored s[8];

    dk_add(&k, "a", "troops fire today");
    dk_add(&k, "b", "budget vote today");
    nf_model *m = mk_train(&k, &(nf_count_opts){.corpus = {.threads = 1, .text = {.ngram_lo = 1, .ngram_hi = 1}}}, &o);
    dk_add(&q, NULL, "");
    dk_add(&q, NULL, " ... !? ");
    dk_add(&q, NULL, "troops fire");
    dk_add(&q, NULL, "nobody knows this");
    dk_add(&q, NULL, "troops fire now");
    dk_add(&q, NULL, "today today today");
    dk_add(&q, NULL, "troops vote budget fire");
    nf_scorer *x = scorer(m, (nf_scorer_opts){.threads = 1});
    score(x, 2, &q, 0, q.n, s);
    static const nf_score_status want[] = {NF_SCORE_EMPTY, NF_SCORE_EMPTY, NF_SCORE_TOO_SHORT, NF_SCORE_NO_KNOWN_WORDS, NF_SCORE_OK,
                                           NF_SCORE_TIE, NF_SCORE_TIE};
    for (size_t i = 0; i < q.n; i++) {
        ck_assert_msg(s[i].s.status == want[i], "document %zu: %s", i, nf_score_status_text(s[i].s.status));
        ck_assert(s[i].s.status == NF_SCORE_OK ? s[i].s.label == 0 && s[i].s.second == 1 : s[i].s.label == -1 && s[i].s.second == -1);
        ck_assert(s[i].s.scored == (i >= 4));
        ck_assert(s[i].s.scored || (s[i].odds[0] == 0 && s[i].odds[1] == 0 && s[i].s.margin == 0));
    }
    ck_assert_uint_eq(s[4].s.n_tokens, 3);
    ck_assert_double_eq_tol(s[4].s.oov_share, 1.0 / 3, NFT_TIGHT);
    ck_assert_double_eq(s[3].s.oov_share, 1.0);
    nf_scorer_free(x);

    double margin = s[4].s.margin;
    ck_assert_double_gt(margin, 0);
    x = scorer(m, (nf_scorer_opts){.threads = 1, .threshold = margin * 1.001, .min_tokens = 2});
    score(x, 2, &q, 0, q.n, s);
    ck_assert_int_eq(s[4].s.status, NF_SCORE_BELOW_THRESHOLD);
    ck_assert(s[4].s.scored && s[4].s.label == -1 && s[4].s.margin == margin);
    ck_assert_int_ne(s[2].s.status, NF_SCORE_TOO_SHORT);
    nf_scorer_free(x);
    nf_model_free(m);
    dk_clear(&k);
    dk_clear(&q);
    ck_assert_str_eq(nf_score_status_text(NF_SCORE_OK), "ok");
    ck_assert_str_eq(nf_score_status_text(NF_SCORE_STATUS_COUNT), "?");
}
END_TEST

START_TEST(log_odds_follow_from_the_softmax)
{
    nfi_rng r = nft_rng(5);

    for (int c = nft_cases(3000); c > 0; c--) {
        size_t n = 2 + (size_t)nfi_rng_below(&r, 8);
        double acc[10], odds[10], wide = c % 3 == 0 ? 5000 : c % 3 == 1 ? 20 : 600, margin;
        int32_t best, second;
        for (size_t k = 0; k < n; k++)
            acc[k] = nft_rand_between(&r, -wide, wide);
        nfi_log_odds(acc, n, odds, &best, &second, &margin);
        ck_assert(best >= 0 && second >= 0 && best != second);
        for (size_t k = 0; k < n; k++) {
            /* ln of the sum over the others, seen from the greatest of them */
            long double top = -INFINITY, sum = 0;
            for (size_t j = 0; j < n; j++)
                if (j != k && acc[j] > top)
                    top = acc[j];
            for (size_t j = 0; j < n; j++)
                sum += j != k ? expl(acc[j] - top) : 0;
            double want = (double)(acc[k] - (top + logl(sum)));
            ck_assert_msg(fabs(odds[k] - want) <= 1e-12 * (1 + fabs(want)), "class %zu of %zu: %.17g, expected %.17g", k, n, odds[k], want);
            ck_assert(acc[k] <= acc[best] && ((int32_t)k == best || acc[k] <= acc[second]));
        }
        ck_assert_double_eq(margin, odds[best] - odds[second]);
        ck_assert_double_ge(margin, 0);
        if (n == 2)
            ck_assert_double_eq_tol(odds[0], -odds[1], 1e-12 * (1 + fabs(odds[0])));
    }
    double odds[3], margin;
    int32_t best, second;
    nfi_log_odds((const double[]){1, 3, 3}, 3, odds, &best, &second, &margin);
    ck_assert(best == 1 && second == 2 && margin == 0); /* ties go to the lower class */
}
END_TEST

START_TEST(marker_words_speak_for_their_class)
{
    nfi_rng r = nft_rng(6);
    dk_docs k = {0};
    static const char *const marker[] = {"troops", "tax", "summit", "school"}, *const label[] = {"war", "money", "talks", "home"};
    char term[64];

    mk_docs(&k, &r, MOST, NK);
    for (size_t c = 0; nfi_classifiers[c]; c++) {
        nf_train_opts o = nf_train_defaults();
        int met = 0;
        o.classifier = nfi_classifiers[c]->name;
        nf_model *m = mk_train(&k, &(nf_count_opts){.corpus = {.threads = 2}}, &o);
        for (size_t t = 0; t < m->n; t++) {
            size_t n = nf_model_term(m, t, term, sizeof term - 1);
            term[n < sizeof term ? n : sizeof term - 1] = '\0';
            for (size_t i = 0; i < NK; i++) {
                if (strcmp(term, marker[i]) != 0)
                    continue;
                int32_t own = nf_model_find_label(m, (nf_str){label[i], strlen(label[i])});
                for (int32_t j = 0; j < NK; j++)
                    ck_assert_msg((nf_model_term_weight(m, t, (size_t)j) > 0) == (j == own), "%s: weight of %s for class %d is %g",
                                  o.classifier, term, j,
                                  nf_model_term_weight(m, t, (size_t)j));
                met++;
            }
        }
        ck_assert_int_eq(met, NK);
        ck_assert_int_eq(nf_model_find_label(m, (nf_str){"no such", 7}), -1);
        nf_model_free(m);
    }
    dk_clear(&k);
}
END_TEST

static void refused(const nf_counted *c, nf_train_opts o, nf_status want, const char *words)
{
    nf_model *m = NULL;
    nf_err err = {0};
    ck_assert_int_eq(nf_model_train(&m, c, &o, &err), want);
    ck_assert_msg(strstr(err.msg, words) != NULL, "\"%s\" does not say \"%s\"", err.msg, words);
    ck_assert_ptr_null(m);
}

START_TEST(options_of_training_are_checked)
{
    nfi_rng r = nft_rng(7);
    dk_docs k = {0};
    char path[NFT_PATH], list[400];
    static const struct {
        const char *prior, *words;
    } prior[] = {
        {"", "class \"money\" has no share"}, {"even", "expected LABEL=SHARE"}, {"war=1", "class \"money\" has no share"},
        {"war=.5,money=.4", "add up to 0.9"},
        {"war=.5,money=.5,peace=.1", "no class \"peace\""}, {"war=-1,money=2", "above 0"}, {"war=0,money=1", "above 0"},
        {"war=x,money=1", "above 0"},
        {"war=.5,,money=.5", "expected"}, {"war=nan,money=1", "above 0"}, {"war=inf,money=1", "above 0"},
        {"war=.3,war=.5,money=.5", "named twice"},
    };

    mk_docs(&k, &r, DOCS, 2);
    dk_file(path, &k, NULL);
    nf_counted *c = dk_count(path, &(nf_count_opts){.corpus = {.threads = 1}});
    for (size_t i = 0; i < sizeof prior / sizeof *prior; i++)
        refused(c, (nf_train_opts){.prior = prior[i].prior}, NF_EINVAL, prior[i].words);
    memset(list, 'x', sizeof list - 1);
    list[sizeof list - 1] = '\0';
    refused(c, (nf_train_opts){.prior = list}, NF_EINVAL, "longer than");
    static const double smoothing[] = {-1, -1e-300, 1e-13, 1e-300, 1e7, NAN, INFINITY};
    for (size_t i = 0; i < sizeof smoothing / sizeof *smoothing; i++)
        refused(c, (nf_train_opts){.smoothing = smoothing[i]}, NF_EINVAL, "smoothing");
    refused(c, (nf_train_opts){.classifier = "knn"}, NF_EINVAL, "knn");
    refused(c, (nf_train_opts){.weighting = "bm25"}, NF_EINVAL, "bm25");
    refused(c, (nf_train_opts){.select = {.min_df = 5, .max_df = 2}}, NF_EINVAL, "--min-df");
    refused(c, (nf_train_opts){.select = {.min_df = 1000}}, NF_EDATA, "--min-df");
    nf_counted_free(c);
    dk_clear(&k);
}
END_TEST

/* What training takes, loading takes. */
START_TEST(extreme_settings_can_be_loaded_again)
{
    nfi_rng r = nft_rng(8);
    dk_docs k = {0};
    static const char *const prior[] = {"war=0.5,money=0.5000009", "war=0.4999991,money=0.5", "war=0.000001,money=0.999999"};
    static const double smoothing[] = {1e-12, 1e6};
    size_t n;
    nf_model *back;
    void *block;

    mk_docs(&k, &r, DOCS, 2);
    for (size_t i = 0; i < 5; i++) {
        nf_train_opts o = {.prior = i < 3 ? prior[i] : NULL, .smoothing = i < 3 ? 0.1 : smoothing[i - 3]};
        nf_model *m = mk_train(&k, &(nf_count_opts){.corpus = {.threads = 1}}, &o);
        char *p = mk_bytes(m, &n);
        nft_ok(mk_load(&back, &block, p, n, &nft_err));
        same_model(m, back, "extreme");
        nf_model_free(back);
        nf_model_free(m);
        nfi_free(block);
        free(p);
    }
    dk_clear(&k);
}
END_TEST

static void refused_docs(const char *const (*doc)[2], size_t n, nf_status want, const char *words)
{
    dk_docs k = {0};
    char path[NFT_PATH];

    for (size_t i = 0; i < n; i++)
        dk_add(&k, doc[i][0], doc[i][1]);
    dk_file(path, &k, NULL);
    nf_counted *c = dk_count(path, &(nf_count_opts){.corpus = {.threads = 1}});
    refused(c, (nf_train_opts){0}, want, words);
    nf_counted_free(c);
    dk_clear(&k);
}

START_TEST(documents_that_no_model_can_be_made_of_are_refused)
{
    refused_docs((const char *const[][2]){{"a", "one two"}, {"a", "three"}}, 2, NF_EDATA, "\"a\"");
    refused_docs((const char *const[][2]){{NULL, "one two"}, {NULL, "three"}}, 2, NF_EDATA, "label");
    refused_docs((const char *const[][2]){{"a", ""}, {"b", "..."}}, 2, NF_EDATA, "no words");
    refused_docs((const char *const[][2]){{"a\nb", "one two"}, {"c", "one three"}}, 2, NF_EDATA, "control character");
    refused_docs((const char *const[][2]){{"\xe2\x80\xaex", "one two"}, {"c", "one three"}}, 2, NF_EDATA, "control character");
}
END_TEST

START_TEST(sklearn_weighting_trains_with_its_fixed_smoothing)
{
    nfi_rng r = nft_rng(9);
    dk_docs k = {0};
    nf_model_info i;

    mk_docs(&k, &r, DOCS, NK);
    nf_train_opts o = {.weighting = "sklearn"};
    nf_model *m = mk_train(&k, &(nf_count_opts){.corpus = {.threads = 1}, .weighting = "sklearn"}, &o);
    nf_model_describe(m, &i);
    ck_assert_str_eq(i.smoothing_how, "fixed");
    ck_assert_double_eq(i.smoothing, nfi_classifiers[0]->smoothing_unit);
    ck_assert_double_lt(i.loo_accuracy, 0);
    nf_model_free(m);
    o = (nf_train_opts){.smoothing = 0.7};
    m = mk_train(&k, &(nf_count_opts){.corpus = {.threads = 1}}, &o);
    nf_model_describe(m, &i);
    ck_assert_str_eq(i.smoothing_how, "given");
    ck_assert_double_eq(i.smoothing, 0.7);
    nf_model_free(m);
    dk_clear(&k);
}
END_TEST

/* A term that has an entry for every class, and the same model with entries of base weights left out, score alike. */
START_TEST(rows_with_and_without_gaps_score_alike)
{
    nfi_rng r = nft_rng(10);
    enum { TERMS = 30, K = 5 };
    static float w[TERMS * K], base[TERMS], idf[TERMS];
    static uint16_t cls[2][TERMS * K];
    static float val[2][TERMS * K];
    static uint64_t ptr[2][TERMS + 1];
    static double z[K], prior[K];
    double table[NFI_TF_TABLE], acc[2][K];
    float expanded[NFI_SCORE_BLOCK * 8];
    nf_model m[2];

    for (size_t t = 0; t < TERMS; t++) {
        base[t] = (float)nft_rand_between(&r, -8, 2);
        idf[t] = (float)nft_rand_between(&r, 1, 9);
        for (size_t k = 0; k < K; k++) {
            bool own = nfi_rng_below(&r, 3) == 0;
            w[t * K + k] = own ? (float)nft_rand_between(&r, -8, 2) : base[t];
            cls[0][ptr[0][t] + k] = (uint16_t)k;
            val[0][ptr[0][t] + k] = w[t * K + k];
            if (own) {
                cls[1][ptr[1][t + 1] + ptr[1][t]] = (uint16_t)k;
                val[1][ptr[1][t + 1]++ + ptr[1][t]] = w[t * K + k];
            }
        }
        ptr[0][t + 1] = ptr[0][t] + K;
        ptr[1][t + 1] += ptr[1][t];
    }
    for (int i = 0; i < 2; i++) {
        m[i] = (nf_model){.weighting = nfi_weightings[0], .classifier = nfi_classifiers[0], .nclasses = K, .n = TERMS, .idf = idf,
                          .base = base, .ptr = ptr[i],
                          .cls = cls[i], .w = val[i], .z = z, .log_prior = prior};
        nft_ok(nfi_model_index(&m[i], &nft_err));
    }
    nfi_tf_table(NFI_TF_LOG, table);
    for (int c = 0; c < 500; c++) {
        uint32_t term[40], tf[40];
        nfi_score_row row = {term, tf, nfi_rng_below(&r, 40)};
        size_t known = 0;
        for (size_t e = 0; e < row.n; e++) {
            term[e] = nfi_rng_below(&r, 5) ? (uint32_t)nfi_rng_below(&r, TERMS) : NFI_NONE;
            tf[e] = 1 + (uint32_t)nfi_rng_below(&r, 1500);
            known += term[e] != NFI_NONE;
        }
        for (int i = 0; i < 2; i++)
            ck_assert_uint_eq(nfi_model_score_row(&m[i], table, &row, acc[i], expanded), known);
        ck_assert_mem_eq(acc[0], acc[1], sizeof acc[0]);
    }
    nfi_free(m[0].rec);
    nfi_free(m[1].rec);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("model");
    TCase *t = tcase_create("models");
    tcase_set_timeout(t, 60);
    if (nft_long_double()) /* numbers in META are read with it; valgrind has none */
        tcase_add_test(t, models_survive_their_file);
    tcase_add_test(t, threads_and_order_do_not_matter);
    tcase_add_test(t, statistics_give_the_same_model);
    tcase_add_test(t, a_score_depends_on_the_document_alone);
    tcase_add_test(t, statuses_say_why_there_is_no_label);
    tcase_add_test(t, log_odds_follow_from_the_softmax);
    tcase_add_test(t, marker_words_speak_for_their_class);
    tcase_add_test(t, options_of_training_are_checked);
    tcase_add_test(t, extreme_settings_can_be_loaded_again);
    tcase_add_test(t, documents_that_no_model_can_be_made_of_are_refused);
    tcase_add_test(t, sklearn_weighting_trains_with_its_fixed_smoothing);
    tcase_add_test(t, rows_with_and_without_gaps_score_alike);
    suite_add_tcase(s, t);
    return nft_run(s);
}
