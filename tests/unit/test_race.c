/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search for a classifier: what it reaches, who is set aside, the time. */
#include "models_kit.h"

#include "models/oof.h"

enum { DOCS = 240, CLASSES = 4, FOLDS = 4 };

typedef struct kit {
    dk_docs docs;
    nf_corpus *c;
    int32_t fold[DOCS];
} kit;

/* Half of the labels are right, so that candidates differ by chance alone; n of them are told by their words. */
static void open(kit *k, size_t told)
{
    nfi_rng r = nft_rng(17);
    char text[200];

    *k = (kit){0};
    for (size_t d = 0; d < DOCS; d++) {
        unsigned cls = (unsigned)(d % CLASSES), said = d < told ? cls : (unsigned)nfi_rng_below(&r, CLASSES);
        snprintf(text, sizeof text, "word%u once word%u of%u%u all%u%u", said, said, said, (unsigned)nfi_rng_below(&r, 9),
                 (unsigned)nfi_rng_below(&r, 9), (unsigned)nfi_rng_below(&r, 9));
        dk_add(&k->docs, (const char *[]){"a", "b", "c", "d"}[cls], text);
        k->fold[d] = d % 20 == 19 ? -1 : (int32_t)(nfi_rng_below(&r, FOLDS));
    }
    k->c = dk_corpus(&k->docs, NULL, 1, NULL);
}

static void done(kit *k)
{
    nf_corpus_free(k->c);
    dk_clear(&k->docs);
}

static nf_tune_opts options(const kit *k)
{
    nf_tune_opts o = {.train = nf_train_defaults(), .fold = k->fold, .folds = FOLDS};
    o.train.threads = 1;
    return o;
}

typedef struct right {
    const nf_corpus *c;
    uint8_t is[DOCS];
} right;

static void note(void *ctx, const nfi_held *h)
{
    right *r = ctx;
    r->is[h->doc] = h->label == r->c->label[h->doc];
}

/* What a candidate is said to have reached is what its models, made one by one, reach. */
START_TEST(figures_are_those_of_models_made_one_by_one)
{
    kit k;
    nf_tried *t;
    size_t n, best, complete = 0;

    open(&k, DOCS / 2);
    nf_tune_opts o = options(&k);
    nft_ok(nf_tune(&t, &n, &best, k.c, &o, &nft_err));
    for (size_t i = 0; i < n; i++) {
        if (!t[i].complete || t[i].c.ngram_hi != k.c->text.hi)
            continue;
        right r = {.c = k.c};
        nfi_split plan = {.fold = k.fold, .folds = FOLDS};
        nf_train_opts with = o.train;
        uint64_t sum = 0;
        with.classifier = t[i].c.classifier;
        with.weighting = t[i].c.weighting;
        with.smoothing = t[i].c.smoothing;
        with.cost = t[i].c.cost;
        with.select.min_df = t[i].c.min_df;
        with.calibration = "none";
        nft_ok(nfi_oof(k.c, NULL, &with, &plan, note, &r, NULL, &nft_err));
        for (size_t d = 0; d < DOCS; d++)
            sum += r.is[d];
        ck_assert_uint_eq(t[i].right, sum);
        ck_assert_uint_eq(t[i].documents, DOCS - DOCS / 20);
        ck_assert_uint_le(t[i].right, t[best].right);
        complete++;
    }
    ck_assert_uint_gt(complete, 3);
    ck_assert(t[best].complete && !t[best].set_aside);
    nf_tried_free(t);
    done(&k);
}
END_TEST

START_TEST(who_is_clearly_behind_is_set_aside_whatever_the_threads)
{
    kit k;
    nf_tried *t, *u;
    size_t n, m, best, again, aside = 0;

    open(&k, DOCS);
    nf_tune_opts o = options(&k);
    const char *const rivals[] = {"cnb", "svm", "mnb"};
    o.classifiers = rivals;
    o.nclassifiers = 3;
    o.train.prior = "a=.001,b=.001,c=.001,d=.997"; /* too much for those that take it as a prior at all */
    nft_ok(nf_tune(&t, &n, &best, k.c, &o, &nft_err));
    for (size_t i = 0; i < n; i++) {
        aside += t[i].set_aside;
        ck_assert(t[i].done);
        ck_assert(t[i].complete != t[i].set_aside);
        ck_assert_int_eq(t[i].set_aside, t[i].documents < DOCS - DOCS / 20);
        ck_assert(t[i].accuracy_low <= t[i].accuracy && t[i].accuracy <= t[i].accuracy_high);
    }
    ck_assert_uint_gt(aside, 0);
    ck_assert_uint_lt(aside, n);
    o.train.threads = 3;
    nft_ok(nf_tune(&u, &m, &again, k.c, &o, &nft_err));
    ck_assert_uint_eq(n, m);
    ck_assert_uint_eq(best, again);
    for (size_t i = 0; i < n; i++)
        ck_assert(t[i].right == u[i].right && t[i].documents == u[i].documents && t[i].set_aside == u[i].set_aside);
    nf_tried_free(t);
    nf_tried_free(u);
    done(&k);
}
END_TEST

typedef struct clock_kit {
    size_t asked, most;
} clock_kit;

static bool go_on(void *ctx, const nf_tried *t, bool after)
{
    clock_kit *c = ctx;
    (void)t, (void)after;
    return c->asked++ < c->most;
}

/* Whenever the time is up, those that are compared were judged on the same documents, and the best of them is chosen. */
START_TEST(time_may_be_up_at_any_moment)
{
    kit k;
    nf_tried *t;
    size_t n, best, early = 0;
    nf_tried *full;
    size_t nfull, bfull;

    open(&k, DOCS / 2);
    nf_tune_opts o = options(&k);
    const char *const rivals[] = {"cnb", "svm"};
    o.classifiers = rivals;
    o.nclassifiers = 2;
    nft_ok(nf_tune(&full, &nfull, &bfull, k.c, &o, &nft_err));
    for (size_t most = 0; most < 400; most += most < 12 ? 1 : 17) {
        clock_kit c = {.most = most};
        uint64_t documents = 0;
        o.go_on = go_on;
        o.ctx = &c;
        nf_err err = {0};
        nf_status s = nf_tune(&t, &n, &best, k.c, &o, &err);
        if (s == NF_EDATA) {
            ck_assert_uint_lt(most, 3);
            continue;
        }
        ck_assert_int_eq(s, NF_OK);
        early += !t[best].complete;
        ck_assert_uint_eq(n, nfull);
        ck_assert(t[best].done && !t[best].set_aside);
        for (size_t i = 0; i < n; i++) {
            if (!t[i].done || t[i].set_aside)
                continue;
            documents = documents ? documents : t[i].documents;
            ck_assert_uint_eq(t[i].documents, documents);
            ck_assert_uint_le(t[i].right, t[best].right);
        }
        if (t[best].complete)
            ck_assert_uint_eq(best, bfull);
        nf_tried_free(t);
    }
    ck_assert_uint_gt(early, 5);
    nf_tried_free(full);
    done(&k);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("race");
    TCase *t = tcase_create("search");
    tcase_add_test(t, figures_are_those_of_models_made_one_by_one);
    tcase_add_test(t, who_is_clearly_behind_is_set_aside_whatever_the_threads);
    tcase_add_test(t, time_may_be_up_at_any_moment);
    tcase_set_timeout(t, 60);
    suite_add_tcase(s, t);
    return nft_run(s);
}
