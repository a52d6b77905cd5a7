/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every classifier, choosing among them, texts that are remembered, codebooks from files and documents that go, while memory runs out. */
#include "oom/oom.h"

#include "models/nb.h"
#include "newsframe/errors.h"
#include "newsframe/models.h"
#include "newsframe/seen.h"

enum { DOCS = 12, CLASSES = 2 };

static void make_docs(dk_docs *k)
{
    static const char *const text[CLASSES] = {"troops fire on the front", "tax vote and tax cut"};
    static const char *const label[CLASSES] = {"war", "money"};
    char more[100];

    for (int i = 0; i < DOCS; i++) {
        snprintf(more, sizeof more, "%s again number%d", text[i % CLASSES], i % 3);
        dk_add(k, label[i % CLASSES], more);
    }
}

static nf_counted *count_whole(void)
{
    dk_docs k = {0};
    char path[NFT_PATH];
    const nf_count_opts o = {.corpus = {.text = {.ngram_lo = 1, .ngram_hi = 2}, .threads = 1}, .whole = true};

    make_docs(&k);
    dk_file(path, &k, NULL);
    dk_clear(&k);
    return dk_count(path, &o);
}

/* in[0]: counts, in[1]: nf_train_opts */
static nf_status train(oom_env *env, nf_err *err)
{
    nf_train_opts o = *(const nf_train_opts *)env->in[1];
    nf_model *m = OOM_UNTOUCHED(nf_model);

    o.threads = env->threads;
    nf_status s = nf_model_train(&m, env->in[0], &o, err);
    OOM_OUT(s, m);
    if (s == NF_OK)
        nf_model_free(m);
    return s;
}

START_TEST(every_classifier_is_trained_or_not)
{
    nf_counted *c = count_whole();

    for (size_t i = 0; nfi_classifiers[i]; i++)
        for (int threads = 1; threads <= 2; threads++) {
            nf_train_opts o = nf_train_defaults();
            o.classifier = nfi_classifiers[i]->name;
            o.smoothing = nfi_classifiers[i]->smoothing_unit > 0 ? 1.0 : 0.0; /* else folds of all over again, by the hundred */
            o.calibration = "none";
            oom_env env = {.in = {c, &o}, .threads = threads};
            oom_run(o.classifier, train, &env);
        }
    nf_counted_free(c);
}
END_TEST

/* in[0]: counts, in[1]: nf_tune_opts */
static nf_status choose(oom_env *env, nf_err *err)
{
    nf_tune_opts o = *(const nf_tune_opts *)env->in[1];
    nf_model *m = OOM_UNTOUCHED(nf_model), *back = OOM_UNTOUCHED(nf_model);
    nf_tried *tried = OOM_UNTOUCHED(nf_tried);
    size_t n = 77, best = 77;
    char path[NFT_PATH];

    o.train.threads = env->threads;
    nf_status s = nf_model_train_tuned(&m, &tried, &n, &best, env->in[0], &o, err);
    OOM_OUT(s, m);
    OOM_OUT(s, tried);
    ck_assert(s == NF_OK || (n == 77 && best == 77));
    if (s != NF_OK)
        return s;
    ck_assert_uint_eq(n, 2); /* bigrams and words, one cost */
    ck_assert_uint_lt(best, n);
    nf_tried_free(tried);
    oom_path(path, env, "m.nfm");
    s = nf_model_save(m, path, err);
    nf_model_free(m);
    if (s != NF_OK)
        return s;
    s = nf_model_load(&back, path, err);
    OOM_OUT(s, back);
    if (s == NF_OK)
        nf_model_free(back);
    else
        ck_assert_int_eq(remove(path), 0);
    return s;
}

START_TEST(a_classifier_is_chosen_or_not)
{
    static const char *const names[] = {"svm"};
    nf_counted *c = count_whole();
    int32_t fold[DOCS];
    nf_tune_opts o = {.train = nf_train_defaults(), .classifiers = names, .nclassifiers = 1, .fold = fold, .folds = 2};

    for (int i = 0; i < DOCS; i++)
        fold[i] = i / 2 % 2;
    o.train.cost = 1.0;
    o.train.calibration = "none";
    oom_env env = {.in = {c, &o}, .threads = 2};
    oom_run("nf_model_train_tuned", choose, &env);
    nf_counted_free(c);
}
END_TEST

/* in[0]: a batch, in[1]: counts */
static nf_status remember(oom_env *env, nf_err *err)
{
    const nf_batch *b = env->in[0];
    nf_train_opts o = nf_train_defaults();
    nf_seen *seen = OOM_UNTOUCHED(nf_seen);
    nf_model *m = NULL;

    nf_status s = nf_seen_new(&seen, err);
    OOM_OUT(s, seen);
    if (s != NF_OK)
        return s;
    s = nf_seen_watch(seen, b, err);
    if (s == NF_OK && (s = nf_seen_settle(seen, err)) == NF_OK) {
        ck_assert(nf_seen_has(seen, b->docs[0].text) && !nf_seen_has(seen, (nf_str){0}));
        o.threads = 1;
        o.smoothing = 1.0;
        o.calibration = "none";
        s = nf_model_train(&m, env->in[1], &o, err);
    }
    if (s == NF_OK) {
        s = nf_model_remember(m, seen, err);
        ck_assert_uint_eq(nf_model_remembered(m), s == NF_OK ? nf_seen_size(seen) : 0);
        ck_assert(nf_model_has_seen(m, b->docs[0].text) == (s == NF_OK));
    }
    nf_model_free(m);
    nf_seen_free(seen);
    return s;
}

START_TEST(texts_are_remembered_or_not)
{
    dk_docs k = {0};
    nf_counted *c = count_whole();

    make_docs(&k);
    nf_batch b = dk_batch(&k, 0, k.n);
    oom_env env = {.in = {&b, c}};
    oom_run("nf_seen_watch, nf_model_remember", remember, &env);
    nf_counted_free(c);
    dk_clear(&k);
}
END_TEST

static nf_status read_codebook(oom_env *env, nf_err *err)
{
    nf_codebook *cb = OOM_UNTOUCHED(nf_codebook);
    nf_status s = nf_codebook_read(&cb, env->in[0], err);

    OOM_OUT(s, cb);
    if (s == NF_OK)
        nf_codebook_free(cb);
    return s;
}

START_TEST(codebooks_are_read_from_files_or_not)
{
    char path[NFT_PATH];

    nft_file_str(path, NULL, "cb.json", "{\"id\":\"x\",\"frames\":[{\"key\":\"war\",\"seeds\":[\"troop*\"]}]}");
    oom_env env = {.in = {path}};
    oom_run("nf_codebook_read", read_codebook, &env);
}
END_TEST

/* A fresh corpus each time: what is kept is changed in place. */
static nf_status keep(oom_env *env, nf_err *err)
{
    bool flag[DOCS];
    nf_corpus *c = NULL;
    nf_docs *in = NULL;
    const char *const path[] = {env->in[0]};
    const nf_corpus_opts o = {.threads = env->threads, .keep_ids = true};

    for (int i = 0; i < DOCS; i++)
        flag[i] = i % 3 != 0;
    nf_status s = nf_docs_open(&in, path, 1, NULL, err);
    if (s == NF_OK)
        s = nf_corpus_count(&c, in, &o, err);
    nf_docs_close(in);
    if (s == NF_OK)
        s = nf_corpus_keep(c, flag, err);
    ck_assert(s != NF_OK || nf_corpus_docs(c) == DOCS - DOCS / 3);
    nf_corpus_free(c);
    return s;
}

START_TEST(documents_go_or_stay)
{
    dk_docs k = {0};
    char path[NFT_PATH];

    make_docs(&k);
    dk_file(path, &k, NULL);
    oom_env env = {.in = {path}, .threads = 1};
    oom_run("nf_corpus_keep", keep, &env);
    dk_clear(&k);
}
END_TEST

static nf_status transpose(oom_env *env, nf_err *err)
{
    nf_csr t = {0};
    nf_status s = nf_csr_transpose(&t, env->in[0], err);

    ck_assert(s == NF_OK || !t.ptr);
    nf_csr_clear(&t);
    return s;
}

static nf_status sets(oom_env *env, nf_err *err)
{
    static const uint16_t cls[] = {1, 2, 5};
    nf_label_sets all = {0};
    nf_fold_opts o = {.k = 2, .seed = 1};
    int32_t fold[40];
    nf_status s = NF_OK;

    (void)env;
    memset(fold, 0x77, sizeof fold);
    for (size_t i = 0; i < 40 && s == NF_OK; i++) {
        size_t before = all.n;
        s = nf_label_sets_add(&all, cls + i % 2, 1 + i % 2, err);
        ck_assert_uint_eq(all.n, before + (s == NF_OK));
    }
    if (s == NF_OK) {
        s = nf_folds_multi(fold, &all, 6, &o, err);
        ck_assert(s == NF_OK || fold[0] == 0x77777777);
    }
    nf_label_sets_clear(&all);
    return s;
}

START_TEST(matrices_and_sets_are_made_or_not)
{
    nfi_rng r = nft_rng(1);
    nf_csr m = {0};

    nft_rand_csr(&m, &r, 7, 9, 0.4);
    oom_env env = {.in = {&m}};
    oom_run("nf_csr_transpose", transpose, &env);
    oom_run("nf_label_sets_add, nf_folds_multi", sets, &env);
    nf_csr_clear(&m);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("oom_choose");
    TCase *t = tcase_create("choose");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, every_classifier_is_trained_or_not);
    tcase_add_test(t, a_classifier_is_chosen_or_not);
    tcase_add_test(t, texts_are_remembered_or_not);
    tcase_add_test(t, codebooks_are_read_from_files_or_not);
    tcase_add_test(t, documents_go_or_stay);
    tcase_add_test(t, matrices_and_sets_are_made_or_not);
    suite_add_tcase(s, t);
    return nft_run(s);
}
