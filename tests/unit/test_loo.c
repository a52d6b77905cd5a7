/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_loo.c - leave-one-out against its definition: for every document the statistics are added up anew without it and its
 * copies, a model is made of them by the formulas of nb.h, and the document is classified. The norms of documents stay, and the vocabulary,
 * or, where scores are handed out, the vocabulary but for terms that are as rare as the rarest that is kept.
 */
#include "docs_kit.h"

#include "features/sample.h"
#include "models/fit.h"

#include <math.h>

enum { MAX_CLASSES = 9, MAX_DOCS = 150, SMOOTHINGS = 4 };
static const double smoothings[SMOOTHINGS] = {0.001, 0.03, 0.3, 2.0};

typedef struct naive {
    const nfi_terms *t;
    const nfi_sample *s;
    const nfi_weighting *w;
    const nfi_classifier *k;
    double *own;         /* entries of the sample: what each adds to its sums */
    bool *gone;          /* terms that are not in the vocabulary without the document */
    uint32_t least;      /* document frequency of the rarest term that is kept */
    double *value, *all; /* sums without the document: value[t * nk + c], and over classes */
    double *prior, *score; /* score: of each document and class at the first smoothing, less that of its own class */
    double length; /* L of fit_nb.c, held fixed */
    bool data;
    uint64_t correct[SMOOTHINGS], near[SMOOTHINGS], tried, known, copies;
} naive;

static double f_of(const nfi_weighting *w, uint32_t tf)
{
    return w->tf == NFI_TF_LOG ? 1.0 + log((double)tf) : w->tf == NFI_TF_RAW ? (double)tf : 1.0;
}

static double *idf_of_all(const nfi_terms *t)
{
    double *idf = malloc(t->n * sizeof *idf);
    for (size_t i = 0; i < t->n; i++)
        idf[i] = nfi_idf(t->ndocs, t->df[i]);
    return idf;
}

/* Does row r leave when document d does? */
static bool leaves(const naive *x, size_t r, size_t d)
{
    return r == d || (x->s->group && x->s->group[d] != 0 && x->s->group[r] == x->s->group[d]);
}

static uint64_t left_in_class(const naive *x, size_t c, size_t d)
{
    uint64_t n = x->t->class_docs[c];
    for (size_t r = 0; r < x->s->n; r++)
        n -= leaves(x, r, d) && x->s->label[r] == (int32_t)c;
    return n;
}

/* Sums of all sampled documents but d and its copies, and idf without them; returns idf by term (owned by the caller). */
static double *sums_without(naive *x, size_t d)
{
    size_t nk = x->t->nclasses;
    double *idf = malloc(x->t->n * sizeof *idf), n = (double)x->t->ndocs;

    memset(x->value, 0, x->t->n * nk * sizeof *x->value);
    for (size_t t = 0; t < x->t->n; t++)
        idf[t] = x->t->df[t];
    memset(x->gone, 0, x->t->n);
    for (size_t r = 0; r < x->s->n; r++) {
        n -= leaves(x, r, d);
        for (uint64_t e = x->s->ptr[r]; leaves(x, r, d) && e < x->s->ptr[r + 1]; e++)
            idf[x->s->term[e]] -= 1;
    }
    for (size_t t = 0; t < x->t->n; t++)
        x->gone[t] = idf[t] < x->least && idf[t] < x->t->df[t];
    for (size_t t = 0; t < x->t->n; t++)
        idf[t] = x->w->idf ? log((1 + n) / (1 + idf[t])) + 1 : 1.0;
    for (size_t r = 0; r < x->s->n; r++)
        for (uint64_t e = x->s->ptr[r]; !leaves(x, r, d) && e < x->s->ptr[r + 1]; e++)
            x->value[x->s->term[e] * nk + (size_t)x->s->label[r]] += x->own[e] * idf[x->s->term[e]];
    for (size_t t = 0; t < x->t->n; t++) {
        x->all[t] = 0;
        for (size_t c = 0; c < nk; c++)
            x->all[t] += x->value[t * nk + c];
    }
    return idf;
}

/* Score of class c by sums without document d. */
static double multinomial(const naive *x, size_t d, size_t c, double a, const double *idf)
{
    size_t nk = x->t->nclasses;
    double z = 0, score = 0;

    for (size_t t = 0; t < x->t->n; t++) {
        double g = x->value[t * nk + c];
        if (x->gone[t])
            continue;
        z += a + x->length * (x->k->complement ? x->all[t] - g : g);
    }
    for (uint64_t e = x->s->ptr[d]; e < x->s->ptr[d + 1]; e++) {
        uint32_t t = x->s->term[e];
        if (x->gone[t])
            continue;
        double g = x->value[t * nk + c], v = x->length * f_of(x->w, x->s->tf[e]) * x->s->inv[d] * idf[t];
        score += v * (log(a + x->length * (x->k->complement ? x->all[t] - g : g)) - log(z));
    }
    return x->k->complement ? -score : score;
}

/* The same for presence and absence: value holds documents. */
static double bernoulli(const naive *x, size_t d, size_t c, double a)
{
    size_t nk = x->t->nclasses;
    double n = (double)x->t->class_docs[c] - ((int32_t)c == x->s->label[d]), score = 0;
    uint64_t e = x->s->ptr[d];

    for (size_t t = 0; t < x->t->n; t++) {
        double p = (x->value[t * nk + c] + a) / (n + 2 * a);
        bool there = e < x->s->ptr[d + 1] && x->s->term[e] == t;
        e += there;
        score += log(there ? p : 1 - p);
    }
    return score;
}

static void classify_without(naive *x, size_t d)
{
    size_t nk = x->t->nclasses;
    int32_t y = x->s->label[d];
    double *idf;
    uint32_t group = x->s->group ? x->s->group[d] : 0;

    if (left_in_class(x, (size_t)y, d) < 1 || x->s->ptr[d] == x->s->ptr[d + 1] || group == NFI_NONE || (group && x->k->presence))
        return;
    x->copies += group > 0;
    idf = sums_without(x, d);
    x->tried++;
    for (size_t i = 0; i < SMOOTHINGS; i++) {
        double a = smoothings[i], best = -INFINITY, second = -INFINITY;
        size_t won = nk;
        for (size_t c = 0; c < nk; c++) {
            uint64_t left = left_in_class(x, c, d);
            if (left == 0) {
                if (i == 0)
                    x->score[d * nk + c] = NFI_NO_SCORE;
                continue;
            }
            double score = x->k->presence ? bernoulli(x, d, c, a) : multinomial(x, d, c, a, idf);
            score += x->data ? log((double)left) : x->prior[c];
            if (i == 0)
                x->score[d * nk + c] = score;
            if (score > best) {
                second = best;
                best = score;
                won = c;
            } else if (score > second) {
                second = score;
            }
        }
        bool any = false;
        for (uint64_t e = x->s->ptr[d]; e < x->s->ptr[d + 1]; e++)
            any |= !x->gone[x->s->term[e]];
        x->known += i == 0 && any;
        x->correct[i] += (int32_t)won == y && any;
        x->near[i] += best - second < 1e-9;
    }
    free(idf);
}

/* Short documents over a few hundred words: some of all classes, some of one or two, most words rare. */
static void make_docs(dk_docs *k, nfi_rng *r, size_t classes, size_t docs)
{
    char text[2000], before[2000] = "", label[16];

    for (size_t i = 0; i < docs; i++) {
        size_t c = (size_t)nfi_rng_below(r, nfi_rng_below(r, 3) ? classes : 2), at = 0;
        bool lone = i == 0; /* the only document of its class */
        for (size_t w = nfi_rng_below(r, 25); w > 0; w--) {
            uint64_t kind = nfi_rng_below(r, 3);
            uint64_t word = kind == 0 ? nfi_rng_below(r, 12) : (kind == 1 ? c / 2 : c) * 10 + nfi_rng_below(r, 9);
            at += (size_t)snprintf(text + at, sizeof text - at, "%s%u ", kind == 0 ? "all" : kind == 1 ? "near" : "own", (unsigned)word);
        }
        text[at] = '\0';
        if (i > 10 && i % 6 == 0) /* a copy, of the last but one of these too: groups of two and more, some of two classes */
            at = (size_t)snprintf(text, sizeof text, "%s", before);
        else if (i % 6 == 1 || i % 12 == 5)
            snprintf(before, sizeof before, "%s", text);
        snprintf(label, sizeof label, "c%zu", lone ? classes : c);
        dk_add(k, i % 10 == 9 ? NULL : label, text);
    }
}

/* By the documents that come to the sample: what every entry adds to a sum. And the sums of terms are those. */
static double *own_weights(const nfi_terms *t, const nfi_sample *s, const nfi_weighting *w)
{
    double *own = malloc((s->ptr[s->n] + 1) * sizeof *own);
    int64_t *sum = calloc(t->n * t->nclasses + 1, sizeof *sum);

    for (size_t r = 0; r < s->n; r++)
        for (uint64_t e = s->ptr[r]; e < s->ptr[r + 1]; e++) {
            int64_t v = w->l2 ? nfi_to_fixed(f_of(w, s->tf[e]) * s->inv[r]) : (int64_t)f_of(w, s->tf[e]) << 32;
            own[e] = (double)v / NFI_FIXED_ONE;
            sum[s->term[e] * t->nclasses + (size_t)s->label[r]] += v;
        }
    for (size_t i = 0; i < t->n; i++)
        for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++)
            ck_assert_msg(llabs(sum[i * t->nclasses + t->cls[e]] - t->val[e]) <= 4, "sum of term %zu in class %u", i, t->cls[e]);
    free(sum);
    return own;
}

/* Scores that are handed out; a constant of a document is no matter. */
static void check_scores(const naive *x, const nfi_left_out *out)
{
    for (size_t i = 0; i < out->n; i++) {
        const double *want = x->score + out->row[i] * out->nclasses, *have = out->score + i * out->nclasses;
        int32_t y = x->s->label[out->row[i]];
        ck_assert_int_eq(out->label[i], y);
        for (size_t c = 0; c < out->nclasses; c++)
            if (want[c] <= NFI_NO_SCORE / 2 || have[c] <= NFI_NO_SCORE / 2)
                ck_assert_double_eq(have[c], want[c]);
            else
                ck_assert_double_eq_tol(have[c] - have[y], want[c] - want[y], 1e-4 * (1 + fabs(want[c]) + fabs(want[y])));
    }
}

static uint64_t all_near, all_tried, all_copies;

static uint32_t least_df(const nfi_terms *t)
{
    uint32_t least = t->df[0];
    for (size_t i = 1; i < t->n; i++)
        least = t->df[i] < least ? t->df[i] : least;
    return least;
}

/* given: groups that have nothing to do with the texts, of up to four documents, instead of those that are alike. */
static void check(const nf_corpus *c, const nfi_classifier *k, const nfi_weighting *w, const char *spec, uint64_t min_df, bool given)
{
    uint32_t groups[MAX_DOCS];
    nf_select_opts select = {.min_df = min_df};
    nfi_terms t = {0};
    nfi_sample s = {0};
    uint32_t *of = NULL;
    uint64_t correct[SMOOTHINGS], tried;
    double prior[MAX_CLASSES + 1];
    static const int threads[] = {1, 2, 3, 7};

    for (size_t d = 0; d < c->n; d++)
        groups[d] = (uint32_t)(d % 5 ? d : d % 20 ? d - 5 : d);

    nft_ok(nfi_terms_build(&t, &of, c, NULL, &select, w, NFI_SUM_MODEL, 1, &nft_err));
    nft_ok(nfi_sample_from_corpus(&s, c, NULL, &t, of, w, given ? groups : NULL, 1, &nft_err));
    nft_ok(nfi_nb_prior(spec, c->classname, t.class_docs, NULL, t.nclasses, prior, &nft_err));
    double *idf = idf_of_all(&t), total[2 * (MAX_CLASSES + 1)];
    nfi_nb_totals(&t, w->idf ? idf : NULL, total, total + t.nclasses);
    naive x = {.t = &t,
               .s = &s,
               .w = w,
               .k = k,
               .prior = prior,
               .length = k->length ? nfi_fit_length(&t, total) : 1.0,
               .data = strcmp(spec, "data") == 0};
    x.own = own_weights(&t, &s, w);
    x.score = calloc(s.n * t.nclasses + 1, sizeof *x.score);
    x.gone = calloc(t.n + 1, 1);
    x.value = malloc(t.n * t.nclasses * sizeof *x.value);
    x.all = malloc(t.n * sizeof *x.all);
    for (size_t h = 0; h < 2 * sizeof threads / sizeof *threads; h++) {
        bool scores = h >= sizeof threads / sizeof *threads; /* then rare terms go with the document */
        nfi_left_out out = {0};
        if (h % (sizeof threads / sizeof *threads) == 0) {
            x.least = scores && !k->presence ? least_df(&t) : 0;
            x.tried = x.known = x.copies = 0;
            memset(x.correct, 0, sizeof x.correct);
            memset(x.near, 0, sizeof x.near);
            for (size_t d = 0; d < s.n; d++)
                classify_without(&x, d);
        }
        nft_ok(nfi_nb_leave_one_out(k, &t, &s, w, idf, prior, x.data, smoothings, SMOOTHINGS, threads[h % 4], correct, &tried,
                                    scores ? &out : NULL, &nft_err));
        check_scores(&x, &out);
        ck_assert_uint_eq(out.n, scores ? x.known : 0);
        nfi_left_out_clear(&out);
        ck_assert_uint_eq(tried, x.tried);
        for (size_t i = 0; i < SMOOTHINGS; i++) {
            uint64_t diff = correct[i] > x.correct[i] ? correct[i] - x.correct[i] : x.correct[i] - correct[i];
            ck_assert_msg(diff <= x.near[i], "%s %s prior %s, %zu classes, smoothing %g, %d threads: %d, expected %d of %d (%d near ties)",
                          k->name, w->name, spec, t.nclasses, smoothings[i], threads[h % 4], (int)correct[i], (int)x.correct[i], (int)tried,
                          (int)x.near[i]);
        }
    }
    for (size_t i = 0; i < SMOOTHINGS; i++) {
        all_near += x.near[i];
        all_tried += x.tried;
        all_copies += x.copies;
    }
    free(x.own);
    free(x.gone);
    free(x.score);
    free(x.value);
    free(x.all);
    free(idf);
    nfi_terms_clear(&t);
    nfi_sample_clear(&s);
    nfi_free(of);
}

START_TEST(leaving_each_document_out_equals_recounting_without_it)
{
    const nf_text_opts words = {.ngram_lo = 1, .ngram_hi = 1};

    all_near = all_tried = all_copies = 0;
    for (int round = 0; round < nft_cases(1); round++)
        for (size_t classes = 3; classes <= MAX_CLASSES; classes++) {
            nfi_rng r = nft_rng((uint64_t)round * 100 + classes);
            dk_docs docs = {0};
            char list[256];
            size_t at = 0;
            make_docs(&docs, &r, classes - 1, 90 + classes); /* and the class of one document */
            nf_corpus *c = dk_corpus(&docs, &words, 1, NULL);
            for (size_t k = 0; k < c->nclasses; k++)
                at += (size_t)snprintf(list + at, sizeof list - at, "%s%.*s=%g", k ? "," : "", (int)c->classname[k].n, c->classname[k].p,
                                       k == 0 ? 1 - 0.05 * (double)(c->nclasses - 1) : 0.05);
            const char *const specs[] = {"uniform", "data", list};
            for (size_t k = 0; nfi_classifiers[k]; k++)
                for (size_t w = 0; nfi_weightings[w]; w++)
                    for (size_t p = 0; p < 3; p++)
                        if (nfi_weightings[w]->additive && nfi_classifiers[k]->exact &&
                            (!nfi_classifiers[k]->presence || nfi_weightings[w]->tf == NFI_TF_BINARY))
                            check(c, nfi_classifiers[k], nfi_weightings[w], specs[p], 1 + (w + p + (size_t)round) % 3,
                                  (k + w + p) % 4 == 0);
            nf_corpus_free(c);
            dk_clear(&docs);
        }
    ck_assert_uint_gt(all_copies * 20, all_tried / SMOOTHINGS);
    ck_assert_msg(all_near * 200 < all_tried, "%llu of %llu nearly tied", (unsigned long long)all_near, (unsigned long long)all_tried);
}
END_TEST

START_TEST(both_paths_run)
{
    /* with 9 classes a term of 2 classes is sparse, of 3 dense */
    nfi_rng r = nft_rng(7);
    dk_docs docs = {0};
    const nf_text_opts words = {.ngram_lo = 1, .ngram_hi = 1};
    nf_select_opts all = {0};
    nfi_terms t = {0};
    size_t sparse = 0, dense = 0;

    make_docs(&docs, &r, 8, 99);
    nf_corpus *c = dk_corpus(&docs, &words, 1, NULL);
    nft_ok(nfi_terms_build(&t, NULL, c, NULL, &all, nfi_weightings[0], NFI_SUM_MODEL, 1, &nft_err));
    for (size_t i = 0; i < t.n; i++) {
        size_t n = t.ptr[i + 1] - t.ptr[i];
        sparse += n * 4 < t.nclasses;
        dense += n * 4 >= t.nclasses;
    }
    ck_assert_uint_gt(sparse, 10);
    ck_assert_uint_gt(dense, 10);
    nfi_terms_clear(&t);
    nf_corpus_free(c);
    dk_clear(&docs);
}
END_TEST

START_TEST(tuning_takes_the_best_and_the_larger_of_equals)
{
    nfi_rng r = nft_rng(8);
    dk_docs docs = {0};
    const nf_text_opts words = {.ngram_lo = 1, .ngram_hi = 1};
    nf_select_opts all = {0};
    nfi_terms t = {0};
    nfi_sample s = {0};
    uint32_t *of = NULL;
    double prior[MAX_CLASSES + 1], a = 0, accuracy = 0;
    uint64_t tried = 0, n, correct[4];

    make_docs(&docs, &r, 5, MAX_DOCS);
    nf_corpus *c = dk_corpus(&docs, &words, 1, NULL);
    nft_ok(nfi_terms_build(&t, &of, c, NULL, &all, nfi_weightings[0], NFI_SUM_MODEL, 1, &nft_err));
    nft_ok(nfi_sample_from_corpus(&s, c, NULL, &t, of, nfi_weightings[0], NULL, 1, &nft_err));
    nft_ok(nfi_nb_prior("uniform", c->classname, t.class_docs, NULL, t.nclasses, prior, &nft_err));
    double *idf = idf_of_all(&t);
    for (size_t k = 0; nfi_classifiers[k]; k++) {
        if (!nfi_classifiers[k]->exact)
            continue;
        nft_ok(nfi_nb_tune(nfi_classifiers[k], &t, &s, nfi_weightings[0], idf, prior, false, 2, &a, &accuracy, &tried, &nft_err));
        const double around[] = {a, 0.3, 1.0, 3.0}; /* where the climb begins */
        nft_ok(nfi_nb_leave_one_out(nfi_classifiers[k], &t, &s, nfi_weightings[0], idf, prior, false, around, 4, 1, correct, &n, NULL,
                                    &nft_err));
        ck_assert_uint_eq(n, tried);
        ck_assert_double_eq(accuracy, (double)correct[0] / (double)n);
        for (size_t i = 1; i < 4; i++)
            ck_assert(correct[i] < correct[0] || (correct[i] == correct[0] && around[i] <= a));
    }
    free(idf);
    nfi_free(of);
    nfi_terms_clear(&t);
    nfi_sample_clear(&s);
    nf_corpus_free(c);
    dk_clear(&docs);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("loo");
    TCase *t = tcase_create("leave-one-out");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, leaving_each_document_out_equals_recounting_without_it);
    tcase_add_test(t, both_paths_run);
    tcase_add_test(t, tuning_takes_the_best_and_the_larger_of_equals);
    suite_add_tcase(s, t);
    return nft_run(s);
}
