/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_calibrate.c - calibration of scores whose true probabilities are known: documents are drawn from a softmax of known temperature,
 * power and offsets, and these must be found again. Sets of classes must hold the right one as often as they say.
 */
#include "models_kit.h"

#include "base/sort.h"
#include "models/multi.h"
#include "models/oof.h"

#include <math.h>

enum { N = 4000, K = 6 };

typedef struct drawn {
    int32_t label[N];
    double score[N * K];
} drawn;

/* Scores that differ by nats, labels drawn with p ~ exp(offset - (best - score)^power / temperature). */
static void draw(drawn *d, nfi_rng *r, double temperature, double power, const double *offset)
{
    for (size_t i = 0; i < N; i++) {
        double p[K], sum = 0, top = -INFINITY, at;
        for (size_t k = 0; k < K; k++) {
            d->score[i * K + k] = -8 * nfi_rng_unit(r);
            top = fmax(top, d->score[i * K + k]);
        }
        for (size_t k = 0; k < K; k++)
            sum += p[k] = exp(offset[k] - pow(top - d->score[i * K + k], power) / temperature);
        at = nfi_rng_unit(r) * sum;
        d->label[i] = K - 1;
        for (size_t k = 0; k < K; k++)
            if ((at -= p[k]) < 0) {
                d->label[i] = (int32_t)k;
                break;
            }
    }
}

static nfi_calibration *fit(const drawn *d, size_t n, const char *name)
{
    nfi_calibration *c = NULL;
    nft_ok(nfi_calibration_fit(&c, nfi_calibrator_find(name), n, K, d->label, d->score, "drawn", &nft_err));
    return c;
}

static const double level[K] = {0};

START_TEST(a_known_temperature_is_found)
{
    static drawn d;
    static const double known[] = {0.2, 1, 3};

    for (size_t t = 0; t < 3; t++) {
        nfi_rng r = nft_rng(t);
        draw(&d, &r, known[t], 1, level);
        nfi_calibration *c = fit(&d, N, "temperature");
        ck_assert_double_eq_tol(c->temperature / known[t], 1, 0.08);
        ck_assert_double_eq(c->power, 1);
        nfi_calibration_free(c);
    }
}
END_TEST

START_TEST(a_known_power_is_found)
{
    static drawn d;
    static const double known[] = {0.5, 0.8, 1.3};

    for (size_t t = 0; t < 3; t++) {
        nfi_rng r = nft_rng(10 + t);
        draw(&d, &r, 0.7, known[t], level);
        nfi_calibration *c = fit(&d, N, "power");
        ck_assert_double_eq_tol(c->power, known[t], 0.08);
        ck_assert_double_eq_tol(c->temperature, 0.7, 0.1);
        nfi_calibration_free(c);
    }
}
END_TEST

START_TEST(known_offsets_are_found)
{
    static drawn d;
    static const double offset[K] = {1, -1, 0.5, 0, -0.5, 0};
    nfi_rng r = nft_rng(20);

    draw(&d, &r, 1.5, 1, offset);
    nfi_calibration *c = fit(&d, N, "bias");
    for (size_t k = 0; k < K; k++)
        ck_assert_double_eq_tol(c->bias[k], offset[k], 0.25);
    nfi_calibration_free(c);
}
END_TEST

/* Mean ln p of the own class. */
static double likelihood(const nfi_calibration *c, const drawn *d)
{
    double p[K], sum = 0;

    for (size_t i = 0; i < N; i++) {
        nfi_calibration_apply(c, d->score + i * K, p);
        sum += log(p[d->label[i]]);
    }
    return sum / N;
}

START_TEST(no_other_setting_is_likelier)
{
    static drawn d;
    nfi_rng r = nft_rng(30);

    draw(&d, &r, 0.4, 0.6, level);
    for (size_t k = 0; nfi_calibrators[k]->fit; k++) {
        nfi_calibration *c = fit(&d, N, nfi_calibrators[k]->name), other = *c;
        double best = likelihood(c, &d) + 1e-6; /* documents count a little less than one for their class */
        for (int i = -1; i <= 1; i += 2) {
            other.temperature = c->temperature * (1 + 0.02 * i);
            ck_assert_msg(likelihood(&other, &d) < best, "%s: temperature %g", nfi_calibrators[k]->name, other.temperature);
            other.temperature = c->temperature;
        }
        nfi_calibration_free(c);
    }
}
END_TEST

START_TEST(probabilities_add_up_and_keep_the_order)
{
    static drawn d;
    nfi_rng r = nft_rng(40);

    draw(&d, &r, 0.4, 0.6, level);
    nfi_calibration *c = fit(&d, N, "power");
    for (size_t i = 0; i < N; i++) {
        double odds[K], margin, p[K], direct[K], sum = 0, *score = d.score + i * K;
        int32_t best, second;
        if (i % 3 == 0)
            for (size_t k = 0; k < K; k++)
                score[k] *= 300; /* far apart, as those of raw counts */
        nfi_log_odds(score, K, odds, &best, &second, &margin);
        nfi_calibration_apply(c, score, direct);
        nfi_log_p_of_odds(odds, K, p);
        nfi_calibration_apply(c, p, p);
        for (size_t k = 0; k < K; k++) {
            sum += p[k];
            ck_assert_double_eq_tol(p[k], direct[k], 1e-9);
            ck_assert_double_le(p[k], p[best]);
        }
        ck_assert_double_eq_tol(sum, 1, NFT_TIGHT);
    }
    nfi_calibration_free(c);
}
END_TEST

START_TEST(what_is_odd_is_finite)
{
    static drawn d;
    nfi_rng r = nft_rng(50);
    nfi_calibration *c;
    double p[K];

    for (int kind = 0; kind < 5; kind++) {
        draw(&d, &r, 1, 1, level);
        for (size_t i = 0; i < N; i++) {
            double *s = d.score + i * K;
            if (kind == 0) /* always right */
                s[d.label[i]] = 1;
            if (kind == 1) /* always wrong */
                s[d.label[i]] = -1e5;
            if (kind == 2) /* says nothing */
                for (size_t k = 0; k < K; k++)
                    s[k] = 0;
            if (kind == 3) { /* two classes have no documents, and one of them no scores */
                d.label[i] %= K - 2;
                s[K - 1] = NFI_NO_SCORE;
            }
            if (kind == 4) /* far apart */
                s[i % K] = -1e12 * (double)i;
        }
        for (size_t k = 0; nfi_calibrators[k]->fit; k++) {
            c = fit(&d, kind == 0 ? 25 : N, nfi_calibrators[k]->name);
            ck_assert(isfinite(c->temperature) && c->temperature >= NFI_LEAST_TEMPERATURE && c->temperature <= 1 / NFI_LEAST_TEMPERATURE);
            ck_assert(c->power >= NFI_LEAST_POWER && c->power <= NFI_MOST_POWER);
            nfi_calibration_apply(c, d.score, p);
            for (size_t j = 0; j < K; j++)
                ck_assert(p[j] >= 0 && p[j] <= 1 && isfinite(c->bias[j]));
            if (kind == 0) /* 25 right documents out of 25 are no proof of certainty */
                ck_assert_double_gt(1 - p[d.label[0]], 1e-4);
            if (kind == 3)
                ck_assert_double_lt(p[K - 1], 1e-6);
            nfi_calibration_free(c);
        }
    }
    c = fit(&d, NFI_LEAST_CALIBRATION - 1, "power");
    ck_assert_ptr_null(c);
    c = fit(&d, N, "none");
    ck_assert_ptr_null(c);
    d.score[7] = NAN;
    nft_fails(nfi_calibration_fit(&c, nfi_calibrators[0], N, K, d.label, d.score, "x", &nft_err), NF_EINTERNAL);
}
END_TEST

START_TEST(sets_hold_the_right_class_as_often_as_they_say)
{
    static const double coverages[] = {0.8, 0.9, 0.95};
    static drawn d, fresh;
    double bound[K];
    bool shared[K], in[K];

    for (size_t t = 0; t < 3; t++) {
        nfi_rng r = nft_rng(60 + t);
        draw(&d, &r, 1, 0.7, level);
        draw(&fresh, &r, 1, 0.7, level);
        nf_model m = {.nclasses = K, .calibration = fit(&d, N, "power")};
        size_t n[K] = {0}, held[K] = {0}, size = 0;
        nft_ok(nf_model_set_bounds(&m, coverages[t], bound, shared, &nft_err));
        for (size_t i = 0; i < N; i++) {
            double p[K];
            nfi_calibration_apply(m.calibration, fresh.score + i * K, p);
            size += nf_model_set(&m, bound, p, in);
            n[fresh.label[i]]++;
            held[fresh.label[i]] += in[fresh.label[i]];
        }
        for (size_t k = 0; k < K; k++) { /* some 670 documents a class, twice: a deviation of 2.2 points at most */
            ck_assert(!shared[k]);
            ck_assert_double_eq_tol((double)held[k] / (double)n[k], coverages[t], 0.07);
        }
        ck_assert_uint_lt(size, N * K);
        nfi_calibration_free(m.calibration);
    }
}
END_TEST

/* What users have is one model: with ranks as probabilities the share that its sets will hold is known, and seldom too low. */
START_TEST(sets_of_one_model_are_seldom_too_small)
{
    enum { DRAWS = 1000 };
    static const uint64_t sizes[] = {22, 30, 45, 100, 480}, left_out[] = {1, 1, 2, 6, 40}; /* by the binomial distribution */
    double bound[1];
    bool shared[1];

    for (size_t t = 0; t < sizeof sizes / sizeof *sizes; t++) {
        nfi_rng r = nft_rng(80 + t);
        size_t low = 0;
        double mean = 0;
        for (size_t i = 0; i < DRAWS; i++) {
            nfi_calibration *c = NULL;
            nft_ok(nfi_calibration_new(&c, 1, sizes[t], &nft_err));
            nfi_kv kv[480];
            for (size_t d = 0; d < sizes[t]; d++)
                kv[d] = (nfi_kv){nfi_rng_below(&r, UINT64_C(1) << 40) + 1, 0, 0};
            nft_ok(nfi_sort_kv(kv, sizes[t], &nft_err));
            for (size_t d = 0; d < sizes[t]; d++)
                c->own_log_p[d] = nfi_kept_log_p((double)kv[d].key / 1099511627777.0);
            c->end[0] = sizes[t];
            nf_model m = {.nclasses = 1, .calibration = c};
            nft_ok(nf_model_set_bounds(&m, 0.9, bound, shared, &nft_err));
            ck_assert(!shared[0]);
            double held = 1 - exp(bound[0]);
            low += held < 0.9;
            mean += held / DRAWS;
            nfi_calibration_free(c);
        }
        ck_assert_msg(low <= DRAWS * 13 / 100, "%d documents: %zu of %d are too low", (int)sizes[t], low, (int)DRAWS);
        ck_assert_double_eq_tol(mean, 1 - (double)left_out[t] / (double)(sizes[t] + 1), 0.006);
    }
}
END_TEST

START_TEST(classes_too_small_for_a_bound_share_one)
{
    static drawn d;
    nfi_rng r = nft_rng(70);
    double bound[K];
    bool shared[K];

    draw(&d, &r, 1, 1, level);
    for (size_t i = 0, n = 0; i < N; i++) { /* the last class has 5 documents */
        if (d.label[i] == K - 1 && n++ >= 5)
            d.label[i] = 0;
        d.score[i * K + (size_t)d.label[i]] += (double)(i % 7);
    }
    nf_model m = {.nclasses = K, .calibration = fit(&d, N, "power")};
    nft_ok(nf_model_set_bounds(&m, 0.9, bound, shared, &nft_err));
    for (size_t k = 0; k < K; k++)
        ck_assert_int_eq(shared[k], k == K - 1);
    ck_assert(isfinite(bound[K - 1])); /* of all documents: 5 are too few together too */
    nft_ok(nf_model_set_bounds(&m, 0.8, bound, shared, &nft_err));
    ck_assert(!shared[K - 1]);
    ck_assert_double_eq(bound[K - 1], (double)m.calibration->own_log_p[m.calibration->end[K - 2]]); /* 1 of 5 is left out */
    nft_fails(nf_model_set_bounds(&m, 0.3, bound, shared, &nft_err), NF_EINVAL);
    nft_fails(nf_model_set_bounds(&m, 1, bound, shared, &nft_err), NF_EINVAL);
    nft_fails(nf_model_set_bounds(&m, NAN, bound, shared, &nft_err), NF_EINVAL);
    nfi_calibration_free(m.calibration);
    m.calibration = NULL;
    nft_fails(nf_model_set_bounds(&m, 0.9, bound, shared, &nft_err), NF_EINVAL);
    ck_assert(!nf_model_probabilities(&m, NF_UNIT_DOCUMENT, bound, bound));
}
END_TEST

START_TEST(a_trained_model_is_calibrated_the_same_for_any_threads)
{
    dk_docs k = {0};
    nfi_rng r = nft_rng(80);
    nf_count_opts count = {.corpus = {.threads = 1}};
    char *one = NULL;
    size_t n = 0;

    mk_docs(&k, &r, 200, 4);
    for (int threads = 1; threads <= 7; threads += 2) {
        nf_train_opts o = nf_train_defaults();
        o.threads = threads;
        nf_model *m = mk_train(&k, &count, &o);
        nf_model_info i;
        size_t size;
        nf_model_describe(m, &i);
        ck_assert_str_eq(i.calibration, "power");
        ck_assert_str_eq(i.calibration_how, "leave-one-out");
        ck_assert_uint_eq(i.calibration_documents, i.loo_documents);
        char *bytes = mk_bytes(m, &size);
        if (one) {
            ck_assert_uint_eq(size, n);
            ck_assert_mem_eq(bytes, one, n);
            free(bytes);
        } else {
            one = bytes;
            n = size;
        }
        nf_model_free(m);
    }
    free(one);
    nf_train_opts o = nf_train_defaults();
    o.calibration = "none";
    nf_model *m = mk_train(&k, &count, &o);
    nf_model_info i;
    nf_model_describe(m, &i);
    ck_assert_str_eq(i.calibration, "none");
    ck_assert_double_eq(i.temperature, 0);
    nf_scorer *x = NULL;
    nft_fails(nf_scorer_new(&x, m, &(nf_scorer_opts){.min_prob = 0.5}, &nft_err), NF_EINVAL);
    nf_model_free(m);
    o.calibration = "isotonic";
    char path[NFT_PATH];
    dk_file(path, &k, NULL);
    nf_counted *c = dk_count(path, &count);
    nft_fails(nf_model_train(&m, c, &o, &nft_err), NF_EINVAL);
    nf_counted_free(c);
    dk_clear(&k);
}
END_TEST

/* Labels drawn from a known sigmoid: it is found again; one that says nothing, or less, is flat at the share of the class. */
START_TEST(a_known_sigmoid_is_found)
{
    enum { MANY = 20000 };
    static double score[MANY];
    static bool own[MANY];
    static const double slope[] = {0.2, 1.0, 4.0}, offset[] = {-1.5, 0.3, -3.0};
    nfi_rng r = nft_rng(83);
    double a, b;

    for (size_t t = 0; t < 3; t++) {
        for (size_t i = 0; i < MANY; i++) {
            score[i] = 8 * nfi_rng_unit(&r) - 4;
            own[i] = nfi_rng_unit(&r) < 1 / (1 + exp(-(slope[t] * score[i] + offset[t])));
        }
        nfi_platt(score, own, MANY, &a, &b);
        ck_assert_double_eq_tol(a / slope[t], 1, 0.1);
        ck_assert_double_eq_tol(b, offset[t], 0.3);
    }
    for (size_t i = 0; i < MANY; i++)
        own[i] = score[i] > 1; /* parted without an error */
    nfi_platt(score, own, MANY, &a, &b);
    ck_assert(isfinite(a) && isfinite(b) && a > 1);
    for (size_t i = 0; i < MANY; i++)
        score[i] = -score[i];
    nfi_platt(score, own, MANY, &a, &b);
    ck_assert_double_eq(a, 0);
    for (size_t n = 0; n < 3; n++) { /* no documents, or none of the class */
        memset(own, 0, sizeof own);
        nfi_platt(score, own, n, &a, &b);
        ck_assert(a == 0 && isfinite(b) && b <= 0);
    }
}
END_TEST

static double loss_of(const double *score, const bool *own, size_t n, double slope, double offset)
{
    double all = 0, with = 0;

    for (size_t i = 0; i < n; i++)
        with += own[i];
    for (size_t i = 0; i < n; i++) {
        double v = slope * score[i] + offset, t = own[i] ? (with + 1) / (with + 2) : 1 / ((double)n - with + 2);
        all += log1p(exp(-fabs(v))) + (v > 0 ? v : 0) - t * v;
    }
    return all;
}

/* By another way of adding the loss up: rare classes, scores far from the others, few and many documents. */
START_TEST(no_sigmoid_near_it_is_likelier)
{
    enum { MANY = 3000 };
    static double score[MANY];
    static bool own[MANY];
    static const struct {
        size_t n;
        double share, far, width;
    } cases[] = {{MANY, 0.3, 0, 1}, {MANY, 0.004, 0, 2}, {MANY, 0.02, 3e4, 1}, {40, 0.5, 0, 3},
                 {7, 0.5, 0, 1},    {MANY, 0.5, 0, 1e-3}, {MANY, 0.9, -1e4, 30}};
    nfi_rng r = nft_rng(84);

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        size_t n = cases[c].n;
        double a, b, least;
        for (size_t i = 0; i < n; i++) {
            own[i] = i == 0 || (i > 1 && nfi_rng_unit(&r) < cases[c].share);
            score[i] = cases[c].width * (nfi_rng_unit(&r) + nfi_rng_unit(&r) - nfi_rng_unit(&r) + own[i]);
        }
        score[1] += cases[c].far;
        nfi_platt(score, own, n, &a, &b);
        least = loss_of(score, own, n, a, b);
        ck_assert(a >= 0);
        for (int da = -1; a > 0 && da <= 1; da++)
            for (int db = -1; db <= 1; db++) {
                double step = 1e-3 * (1 + fabs(b));
                double there = loss_of(score, own, n, a * (1 + da * 1e-3), b + db * step);
                ck_assert_msg(there >= least - 1e-9 * (1 + least), "case %zu: %.17g at %g and %g, %.17g beside it", c, least, a, b, there);
            }
    }
}
END_TEST

/* Where no document can be left out exactly: from folds, each document once, the same for any threads; nothing of it when counts hold no
 * documents. */
START_TEST(others_are_calibrated_by_folds)
{
    static const nf_train_opts with[] = {{.classifier = "svm"},
                                         {.classifier = "nbsvm", .smoothing = 0.5},
                                         {.classifier = "logistic"},
                                         {.classifier = "nbmix"},
                                         {.classifier = "centroid"},
                                         {.classifier = "wcnb", .smoothing = 1},
                                         {.class_weight = "balanced", .smoothing = 1},
                                         {.classifier = "mnb", .smoothing_kind = "dirichlet"},
                                         {.weighting = "ltc"}};
    nf_count_opts count = {.corpus = {.threads = 1}, .whole = true};
    dk_docs k = {0};
    nfi_rng r = nft_rng(81);
    uint64_t labelled = 0;

    mk_docs(&k, &r, 150, 4);
    dk_add(&k, "alone", "troops said again and again"); /* without it the class is gone */
    for (size_t i = 0; i < sizeof with / sizeof *with; i++) {
        char *one = NULL;
        size_t n = 0;
        for (int threads = 1; threads <= 4; threads += 3) {
            nf_train_opts o = with[i];
            nf_model_info info;
            size_t size;
            o.select.min_df = 2;
            o.threads = threads;
            count.weighting = o.weighting ? o.weighting : "tfidf";
            nf_model *m = mk_train(&k, &count, &o);
            nf_model_describe(m, &info);
            labelled = info.labelled;
            ck_assert_str_eq(info.calibration, "power");
            ck_assert_str_eq(info.calibration_how, "out-of-fold");
            ck_assert_uint_eq(info.calibration_documents, labelled - 1);
            ck_assert(info.temperature > 0 && isfinite(info.temperature));
            char *bytes = mk_bytes(m, &size);
            ck_assert(!one || (size == n && memcmp(one, bytes, n) == 0));
            free(one);
            one = bytes;
            n = size;
            nf_model_free(m);
        }
        free(one);
    }
    dk_clear(&k);
    mk_docs(&k, &r, 20, 2); /* 19 of them have a label */
    nf_model *m = mk_train(&k, &count, &(nf_train_opts){.classifier = "svm", .select = {.min_df = 1}});
    ck_assert_ptr_null(m->calibration);
    nf_model_free(m);
    dk_clear(&k);
}
END_TEST

/* What folds give is close to what calibration of scores from other folds gives. */
START_TEST(folds_are_those_of_cross_validation)
{
    dk_docs k = {0};
    nfi_rng r = nft_rng(82);
    nf_crossval_opts cv = {
        .folds = 5, .seed = 7, .train = {.classifier = "logistic", .calibration = "none", .select = {.min_df = 2}, .seed = 7}};
    nfi_oof_table t = {0};
    nfi_calibration *got = NULL, *want = NULL;

    mk_docs(&k, &r, 120, 3);
    nf_corpus *c = dk_corpus(&k, NULL, 1, NULL);
    nft_ok(nfi_calibrate_by_folds(&got, nfi_calibrators[0], c, NULL, &cv.train, &nft_err));
    nft_ok(nfi_oof_stratified(&t, c, &cv, &nft_err));
    int32_t *label = nfi_alloc(t.n, sizeof *label);
    size_t n = 0;
    for (size_t d = 0; d < t.n; d++) {
        if (!t.scored[d] || t.fold[d] < 0)
            continue;
        label[n] = nf_corpus_label(c, d);
        nfi_log_p_of_odds(t.log_odds + d * t.nclasses, t.nclasses, t.log_odds + n++ * t.nclasses);
    }
    nft_ok(nfi_calibration_fit(&want, nfi_calibrators[0], n, t.nclasses, label, t.log_odds, "here", &nft_err));
    ck_assert_uint_eq(got->documents, want->documents);
    ck_assert_double_eq_tol(got->temperature / want->temperature, 1.0, 0.3);
    ck_assert_double_eq_tol(got->power, want->power, 0.2);
    nfi_calibration_free(got);
    nfi_calibration_free(want);
    nfi_oof_table_clear(&t);
    nfi_free(label);
    nf_corpus_free(c);
    dk_clear(&k);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("calibrate");
    TCase *t = tcase_create("calibration");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_known_temperature_is_found);
    tcase_add_test(t, a_known_power_is_found);
    tcase_add_test(t, known_offsets_are_found);
    tcase_add_test(t, no_other_setting_is_likelier);
    tcase_add_test(t, probabilities_add_up_and_keep_the_order);
    tcase_add_test(t, what_is_odd_is_finite);
    tcase_add_test(t, sets_hold_the_right_class_as_often_as_they_say);
    tcase_add_test(t, sets_of_one_model_are_seldom_too_small);
    tcase_add_test(t, classes_too_small_for_a_bound_share_one);
    tcase_add_test(t, a_trained_model_is_calibrated_the_same_for_any_threads);
    tcase_add_test(t, a_known_sigmoid_is_found);
    tcase_add_test(t, no_sigmoid_near_it_is_likelier);
    tcase_add_test(t, others_are_calibrated_by_folds);
    tcase_add_test(t, folds_are_those_of_cross_validation);
    suite_add_tcase(s, t);
    return nft_run(s);
}
