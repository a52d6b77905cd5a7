/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Training, model files, scoring and cross-validation while memory runs out. */
#include "oom/oom.h"

#include "newsframe/suggest.h"

#include "models/coding.h"
#include "models/oof.h"
#include "newsframe/errors.h"

enum { DOCS = 24, CLASSES = 3 }; /* enough to calibrate on */

static void make_docs(dk_docs *k)
{
    static const char *const text[CLASSES] = {"troops fire on the front", "tax vote and tax cut",
                                              "summit talks about internationalisationofeverything"};
    static const char *const label[CLASSES] = {"war", "money", "talks"};
    char more[200];
    for (int i = 0; i < DOCS; i++) {
        snprintf(more, sizeof more, "%s again number%d", text[i % CLASSES], i % 4);
        dk_add(k, i == DOCS - 1 ? NULL : label[i % CLASSES], more);
    }
}

typedef struct training {
    const nf_counted *c;
    nf_train_opts o;
} training;

static nf_status train_save_load(oom_env *env, nf_err *err)
{
    const training *t = env->in[0];
    nf_train_opts o = t->o;
    nf_model *m = OOM_UNTOUCHED(nf_model), *back = OOM_UNTOUCHED(nf_model);
    char path[NFT_PATH];

    o.threads = env->threads;
    nf_status s = nf_model_train(&m, t->c, &o, err);
    OOM_OUT(s, m);
    if (s != NF_OK)
        return s;
    oom_path(path, env, "m.nfm");
    s = nf_model_save(m, path, err);
    nf_model_free(m);
    if (s != NF_OK)
        return s;
    s = nf_model_load(&back, path, err);
    OOM_OUT(s, back);
    if (s != NF_OK) {
        ck_assert_int_eq(remove(path), 0); /* it was written: that is right */
        return s;
    }
    nf_model_free(back);
    return s;
}

static nf_status from_memory(oom_env *env, nf_err *err)
{
    nf_model *m = OOM_UNTOUCHED(nf_model);
    nf_status s = nf_model_from_memory(&m, env->in[0], *(const size_t *)env->in[1], "memory", err);
    OOM_OUT(s, m);
    if (s == NF_OK)
        nf_model_free(m);
    return s;
}

/* A batch that failed may be tried again with the same scorer. */
static nf_status score(oom_env *env, nf_err *err)
{
    const nf_model *m = env->in[0];
    const nf_batch *b = env->in[1];
    nf_scorer *x = OOM_UNTOUCHED(nf_scorer);
    nf_score out[DOCS];
    double odds[DOCS * CLASSES];
    nf_scorer_opts o = {.threads = env->threads};

    nf_status s = nf_scorer_new(&x, m, &o, err);
    OOM_OUT(s, x);
    if (s != NF_OK)
        return s;
    s = nf_scorer_batch(x, b, out, odds, err);
    if (s != NF_OK) {
        oom_disarm();
        nft_ok(nf_scorer_batch(x, b, out, odds, &nft_err));
    }
    ck_assert_mem_eq(odds, env->in[2], sizeof odds);
    nf_scorer_free(x);
    return s;
}

static nf_status units(oom_env *env, nf_err *err)
{
    nf_scorer *x = NULL;
    nf_scored_units u = {0};
    nf_score scores[DOCS];

    for (size_t i = 0; i < DOCS; i++)
        scores[i] = (nf_score){.label = 0, .second = 1, .margin = 1.0};
    nf_status s = nf_scorer_new(&x, env->in[0], &(nf_scorer_opts){.threads = env->threads}, err);
    if (s == NF_OK)
        s = nf_scorer_units(x, env->in[1], NF_UNIT_SENTENCE, scores, &u, err);
    ck_assert(s == NF_OK || u.n == 0);
    nf_scored_units_clear(&u);
    nf_scorer_free(x);
    return s;
}

/* in[0]: a model with a codebook and no coding, which it has again afterwards. */
static nf_status coding(oom_env *env, nf_err *err)
{
    enum { N = NFI_LEAST_CODED };
    nf_model *m = *(nf_model *const *)env->in[0], *back;
    char path[NFT_PATH];
    size_t doc[N];
    bool scored[N], own[N * CLASSES];
    double odds[N * CLASSES], hits[N * CLASSES];

    for (size_t i = 0; i < N * CLASSES; i++) {
        doc[i / CLASSES] = i / (3 * CLASSES);
        scored[i / CLASSES] = true;
        own[i] = i % 4 == 0;
        odds[i] = i % 7 == 0 ? 1.0 : -1.0;
        hits[i] = i % 5 == 0;
    }
    nfi_coded x = {N, doc, scored, odds, hits};
    nf_status s = nfi_coding_fit(m, &x, own, err);
    if (s == NF_OK)
        s = nfi_coding_for_others(m, &x, own, err);
    oom_path(path, env, "coded.nfm");
    if (s == NF_OK && (s = nf_model_save(m, path, err)) == NF_OK && (s = nf_model_load(&back, path, err)) == NF_OK)
        nf_model_free(back);
    (void)remove(path); /* where it was written, that is right */
    if (m->coding)
        nfi_free(m->coding->w);
    nfi_free(m->coding);
    m->coding = NULL;
    return s;
}

static nf_status set_bounds(oom_env *env, nf_err *err)
{
    double bound[CLASSES] = {-5, -5, -5};
    bool shared[CLASSES];
    nf_status s = nf_model_set_bounds(env->in[0], 0.9, bound, shared, err);

    ck_assert(s == NF_OK || bound[0] == -5);
    return s;
}

static nf_status terms(oom_env *env, nf_err *err)
{
    nf_scorer *x = NULL;
    nf_examples *e = OOM_UNTOUCHED(nf_examples);
    nf_class_term term[3];
    size_t n = 77, number[3] = {0}, cls[3] = {0};

    nf_status s = nf_model_class_terms(env->in[0], 0, 3, term, &n, err);
    ck_assert(s == NF_OK ? n == 3 : n == 77);
    if (s != NF_OK)
        return s;
    for (size_t i = 0; i < n; i++)
        number[i] = term[i].term;
    s = nf_examples_new(&e, env->in[0], number, cls, n, err);
    OOM_OUT(s, e);
    if (s != NF_OK)
        return s;
    s = nf_scorer_new(&x, env->in[0], &(nf_scorer_opts){.threads = env->threads}, err);
    if (s == NF_OK)
        s = nf_examples_add(e, x, env->in[1], err);
    nf_scorer_free(x);
    nf_examples_free(e);
    return s;
}

static nf_status similarity(oom_env *env, nf_err *err)
{
    float val[CLASSES * 16] = {-5};
    nf_dense S = {.rows = CLASSES, .cols = CLASSES, .ld = 16, .val = val};
    nf_status s = nf_model_similarity(env->in[0], &S, err);

    ck_assert(s == NF_OK || val[0] == -5);
    return s;
}

static nf_status errors(oom_env *env, nf_err *err)
{
    const nf_batch *b = env->in[1];
    nf_scorer *x = NULL;
    nf_errors *e = OOM_UNTOUCHED(nf_errors);
    nf_score scores[DOCS];
    double odds[DOCS * CLASSES];
    int32_t human[DOCS];

    for (size_t i = 0; i < DOCS; i++)
        human[i] = (int32_t)(i % 2);
    nf_status s = nf_errors_new(&e, env->in[0], err);
    OOM_OUT(s, e);
    if (s != NF_OK)
        return s;
    s = nf_scorer_new(&x, env->in[0], &(nf_scorer_opts){.threads = env->threads}, err);
    if (s == NF_OK && (s = nf_scorer_batch(x, b, scores, odds, err)) == NF_OK &&
        (s = nf_errors_add(e, x, b, scores, odds, human, err)) == NF_OK)
        s = nf_errors_finish(e, err);
    nf_scorer_free(x);
    nf_errors_free(e);
    return s;
}

/* in[0]: a model of several labels, in[1]: a batch */
static nf_status errors_of_sets(oom_env *env, nf_err *err)
{
    const nf_batch *b = env->in[1];
    nf_scorer *x = NULL;
    nf_errors *e = NULL;
    nf_score scores[DOCS];
    double odds[DOCS * CLASSES];
    const bool human[CLASSES] = {true};
    nf_model_info info;

    nf_model_describe(env->in[0], &info);
    ck_assert_uint_le(info.classes, CLASSES);
    nf_status s = nf_errors_new(&e, env->in[0], err);
    if (s == NF_OK)
        s = nf_scorer_new(&x, env->in[0], &(nf_scorer_opts){.threads = 1}, err);
    if (s == NF_OK)
        s = nf_scorer_batch(x, b, scores, odds, err);
    for (size_t i = 0; s == NF_OK && i < b->n; i++)
        s = nf_errors_add_set(e, x, &b->docs[i], &scores[i], odds + i * info.classes, human, err);
    if (s == NF_OK)
        s = nf_errors_finish(e, err);
    nf_scorer_free(x);
    nf_errors_free(e);
    return s;
}

static nf_status compare(oom_env *env, nf_err *err)
{
    nf_model_diff *d = OOM_UNTOUCHED(nf_model_diff);
    const nf_term_change *c;
    size_t n, moved;

    nf_status s = nf_model_diff_new(&d, env->in[0], env->in[1], err);
    OOM_OUT(s, d);
    if (s != NF_OK)
        return s;
    s = nf_model_diff_class(d, 0, 1, 5, &c, &n, &moved, err);
    nf_model_diff_free(d);
    return s;
}

static nf_status explain(oom_env *env, nf_err *err)
{
    const nf_batch *b = env->in[1];
    nf_scorer *x = NULL;
    nf_explanation e = {0};

    nf_status s = nf_scorer_new(&x, env->in[0], &(nf_scorer_opts){.threads = env->threads}, err);
    for (size_t i = 0; s == NF_OK && i < 3; i++)
        s = nf_explain(&e, x, &b->docs[i], -1, -1, err);
    ck_assert(s == NF_OK || (e.nterms == 0 && e.units.n == 0));
    nf_explanation_clear(&e);
    nf_scorer_free(x);
    return s;
}

static nf_status rows(oom_env *env, nf_err *err)
{
    nf_scorer *x = NULL;
    nf_csr X = {0};

    nf_status s = nf_scorer_new(&x, env->in[0], &(nf_scorer_opts){.threads = env->threads}, err);
    if (s == NF_OK)
        s = nf_scorer_rows(x, env->in[1], &X, err);
    ck_assert(s == NF_OK || X.ptr == NULL);
    nf_csr_clear(&X);
    nf_scorer_free(x);
    return s;
}

static nf_status crossval(oom_env *env, nf_err *err)
{
    nf_crossval_opts o = {.train = nf_train_defaults(), .folds = 2, .seed = 1};
    int32_t fold[DOCS], predicted[DOCS];
    double smoothing[2] = {-5, -5};

    memset(fold, 0x77, sizeof fold);
    memset(predicted, 0x77, sizeof predicted);
    o.train.threads = env->threads;
    nf_status s = nf_crossval(env->in[0], &o, fold, predicted, smoothing, err);
    ck_assert(s == NF_OK || (fold[0] == 0x77777777 && predicted[0] == 0x77777777 && smoothing[0] == -5));
    return s;
}

/* in[0]: a corpus of several labels */
static nf_status crossval_multi(oom_env *env, nf_err *err)
{
    nf_crossval_opts o = {.train = nf_train_defaults(), .folds = 2, .seed = 1};
    int32_t fold[DOCS];
    double smoothing[2] = {-5, -5};
    nf_label_sets human = {0}, predicted = {0};
    nf_multi_metrics m = {0};

    memset(fold, 0x77, sizeof fold);
    o.train.threads = env->threads;
    o.train.smoothing = 1.0;
    nf_status s = nf_crossval_multi(env->in[0], &o, fold, &human, &predicted, smoothing, err);
    ck_assert(s == NF_OK || (fold[0] == 0x77777777 && !human.ptr && !predicted.ptr && smoothing[0] == -5));
    if (s == NF_OK)
        s = nf_multi_metrics_of(&m, &human, &predicted, nf_corpus_classes(env->in[0]), -1, err);
    ck_assert(s == NF_OK || m.cls == NULL);
    nf_multi_metrics_clear(&m);
    nf_label_sets_clear(&human);
    nf_label_sets_clear(&predicted);
    return s;
}

static nf_status oof(oom_env *env, nf_err *err)
{
    nf_crossval_opts o = {.train = nf_train_defaults(), .folds = 2, .seed = 1};
    nfi_oof_table t = {0};

    o.train.threads = env->threads;
    nf_status s = nfi_oof_stratified(&t, env->in[0], &o, err);
    ck_assert(s == NF_OK || t.log_odds == NULL);
    nfi_oof_table_clear(&t);
    return s;
}

static nf_counted *count(bool spill)
{
    dk_docs k = {0};
    char path[2][NFT_PATH];
    const char *const paths[] = {path[0], path[1]};
    nf_docs *in;
    nf_counted *c;
    nf_docs_opts o = {.dup_ids_suffix = true};
    nf_count_opts co = {.corpus = {.memory = spill ? 1 : 0, .threads = 1}};

    make_docs(&k);
    dk_file(path[0], &k, NULL);
    dk_file(path[1], &k, NULL);
    nft_ok(nf_docs_open(&in, paths, 2, &o, &nft_err));
    nft_ok(nf_count(&c, in, &co, &nft_err));
    nf_docs_close(in);
    dk_clear(&k);
    return c;
}

/* in[0]: corpus, in[1]: codebook */
static nf_status suggest(oom_env *env, nf_err *err)
{
    const nf_corpus *c = env->in[0];
    const nf_codebook *cb = env->in[1];
    nf_suggestions list = {.n = 77};
    nf_suggest_opts o = {.fdr = 1.0, .known = true, .threads = 1};
    nf_str name[CLASSES];

    for (size_t k = 0; k < CLASSES; k++)
        name[k] = nf_corpus_class(c, k);
    int32_t frame[DOCS];
    for (size_t d = 0; d < DOCS; d++)
        frame[d] = nf_corpus_label(c, d);
    nf_status s = nf_suggest(&list, c, frame, name, CLASSES, cb, &o, err);
    ck_assert(s == NF_OK || (list.n == 77 && !list.v && !list.own));
    if (s == NF_OK)
        nf_suggestions_clear(&list);
    return s;
}

static const char seeds[] =
    "{\"id\":\"x\",\"odd\":1,\"frames\":[{\"key\":\"war\",\"seeds\":[\"troop*\",\"missile\"]},{\"key\":\"money\",\"seeds\":[\"tax\"]},"
    "{\"key\":\"talks\",\"seeds\":[\"summit "
    "talks\"]},{\"key\":\"home\",\"seeds\":[\"school*\"]},{\"key\":\"sport\",\"seeds\":[\"match\"]}]}";

START_TEST(seeds_are_suggested_or_not)
{
    nf_codebook *cb;
    dk_docs k = {0};
    make_docs(&k);
    nf_corpus *c = dk_corpus(&k, NULL, 1, NULL);
    nft_ok(nf_codebook_parse(&cb, seeds, sizeof seeds - 1, "cb.json", &nft_err));
    oom_env with = {.in = {c, cb}};
    oom_run("nf_suggest", suggest, &with);
    nf_codebook_free(cb);
    nf_corpus_free(c);
    dk_clear(&k);
}
END_TEST

START_TEST(models_are_trained_saved_and_loaded_or_not)
{
    nf_codebook *cb;

    for (int spill = 0; spill < 2; spill++) {
        training t = {count(spill), nf_train_defaults()};
        for (int threads = 1; threads <= 3; threads += 2) {
            oom_env env = {.in = {&t}, .threads = threads};
            oom_run("nf_model_train, save, load", train_save_load, &env);
        }
        nft_ok(nf_codebook_parse(&cb, seeds, sizeof seeds - 1, "cb.json", &nft_err));
        t.o.codebook = cb;
        oom_env seeded = {.in = {&t}, .threads = 1};
        oom_run("nf_model_train, save, load with a codebook", train_save_load, &seeded);
        if (!spill) {
            t.o.unlabeled = true;
            oom_run("nf_model_train, save, load with documents without a label", train_save_load, &seeded);
            t.o.unlabeled = false;
            t.o.forms = true;
            t.o.smoothing = t.o.seed_strength = 1.0;
            t.o.calibration = "none";
            oom_run("nf_model_train, save, load with forms of words", train_save_load, &seeded);
            t.o = nf_train_defaults();
        }
        nf_codebook_free(cb);
        t.o.codebook = NULL;
        t.o.classifier = "mnb";
        t.o.weighting = spill ? "tf" : "sklearn";
        oom_env env = {.in = {&t}, .threads = 1};
        oom_run("nf_model_train, save, load of another weighting", train_save_load, &env);
        nf_counted_free((nf_counted *)(uintptr_t)t.c);
    }
}
END_TEST

/* Documents of one or two labels as CSV, DOCS of them. */
static void several(char path[NFT_PATH])
{
    char text[DOCS * 80] = "id,text,label\n";
    size_t n = strlen(text);

    for (int i = 0; i < DOCS; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%d,%s again number%d,%s\n", i,
                              i % 3 ? i % 2 ? "troops fire" : "tax vote" : "troops tax", i % 4,
                              i % 3 ? i % 2 ? "war" : "money" : "war;money");
    nft_file_str(path, NULL, "several.csv", text);
}

START_TEST(several_labels_are_learned_or_not)
{
    char path[NFT_PATH];
    const char *paths[] = {path};
    const nf_docs_opts in = {.multi = true};
    nf_count_opts co = {.corpus = {.multi = true, .threads = 1}};
    nf_docs *docs;
    nf_corpus *c;
    training t = {.o = nf_train_defaults()};

    several(path);
    nft_ok(nf_docs_open(&docs, paths, 1, &in, &nft_err));
    nft_ok(nf_count((nf_counted **)(uintptr_t)&t.c, docs, &co, &nft_err));
    nf_docs_close(docs);
    t.o.smoothing = 1.0;
    oom_env env = {.in = {&t}, .threads = 1};
    oom_run("nf_model_train, save, load with several labels", train_save_load, &env);
    nf_model *m;
    dk_docs k = {0};
    make_docs(&k);
    nf_batch b = dk_batch(&k, 0, 5);
    nft_ok(nf_model_train(&m, t.c, &t.o, &nft_err));
    oom_env judged = {.in = {m, &b}};
    oom_run("nf_errors_add_set", errors_of_sets, &judged);
    dk_clear(&k);
    nf_model_free(m);
    nf_counted_free((nf_counted *)(uintptr_t)t.c);
    nft_ok(nf_docs_open(&docs, paths, 1, &in, &nft_err));
    nft_ok(nf_corpus_count(&c, docs, &co.corpus, &nft_err));
    nf_docs_close(docs);
    oom_env with = {.in = {c}, .threads = 1};
    oom_run("nf_crossval_multi, nf_multi_metrics_of", crossval_multi, &with);
    nf_corpus_free(c);
}
END_TEST

START_TEST(sentences_get_frames_or_not)
{
    static const char book[] = "{\"frames\":[{\"key\":\"war\",\"seeds\":[\"troop*\"]},{\"key\":\"money\",\"seeds\":[\"tax\"]},"
                                "{\"key\":\"talks\",\"seeds\":[\"summit talks\"]}]}";
    nf_counted *c = count(false);
    nf_train_opts o = nf_train_defaults();
    nf_codebook *cb;
    nf_model *m;
    dk_docs k = {0};

    nft_ok(nf_codebook_parse(&cb, book, sizeof book - 1, "cb.json", &nft_err));
    o.codebook = cb;
    nft_ok(nf_model_train(&m, c, &o, &nft_err));
    oom_env env = {.in = {&m}};
    oom_run("a coding that is learned, saved and loaded", coding, &env);
    nft_ok(nfi_coding_new(m, &nft_err));
    make_docs(&k);
    nf_batch b = dk_batch(&k, 0, k.n);
    for (int threads = 1; threads <= 3; threads += 2) {
        oom_env with = {.in = {m, &b}, .threads = threads};
        oom_run("nf_scorer_units with frames", units, &with);
    }
    nf_model_free(m);
    nf_codebook_free(cb);
    nf_counted_free(c);
    dk_clear(&k);
}
END_TEST

START_TEST(models_are_used_or_not)
{
    nf_counted *c = count(false);
    nf_train_opts o = nf_train_defaults();
    nf_model *m;
    nf_scorer *x;
    nf_score scores[DOCS];
    double odds[DOCS * CLASSES];
    char path[NFT_PATH], dir[NFT_PATH];
    size_t n;
    dk_docs k = {0};

    nft_ok(nf_model_train(&m, c, &o, &nft_err));
    nft_dir(dir);
    snprintf(path, sizeof path, "%.400s/m.nfm", dir);
    nft_ok(nf_model_save(m, path, &nft_err));
    char *p = nft_read(path, &n);
    void *aligned = nfi_alloc_aligned(n, 1);
    memcpy(aligned, p, n);
    oom_env env = {.in = {aligned, &n}};
    oom_run("nf_model_from_memory", from_memory, &env);

    oom_env two = {.in = {m, m}};
    oom_run("nf_model_diff_new and nf_model_diff_class", compare, &two);

    make_docs(&k);
    nf_batch b = dk_batch(&k, 0, k.n);
    nf_scorer_opts so = {.threads = 1};
    nft_ok(nf_scorer_new(&x, m, &so, &nft_err));
    nft_ok(nf_scorer_batch(x, &b, scores, odds, &nft_err));
    nf_scorer_free(x);
    for (int threads = 1; threads <= 3; threads += 2) {
        oom_env with = {.in = {m, &b, odds}, .threads = threads};
        oom_run("nf_scorer_batch", score, &with);
        oom_run("nf_scorer_rows", rows, &with);
        oom_run("nf_scorer_units", units, &with);
        oom_run("nf_model_set_bounds", set_bounds, &with);
        oom_run("nf_explain", explain, &with);
        oom_run("nf_errors_add", errors, &with);
        oom_run("nf_examples_add", terms, &with);
        oom_run("nf_model_similarity", similarity, &with);
    }
    nfi_free(aligned);
    free(p);
    nf_model_free(m);
    nf_counted_free(c);
    dk_clear(&k);
}
END_TEST

START_TEST(cross_validation_ends_or_fails)
{
    dk_docs k = {0};

    make_docs(&k);
    nf_corpus *c = dk_corpus(&k, NULL, 1, NULL);
    for (int threads = 1; threads <= 3; threads += 2) {
        oom_env env = {.in = {c}, .threads = threads};
        oom_run("nf_crossval", crossval, &env);
        oom_run("nfi_oof_stratified", oof, &env);
    }
    nf_corpus_free(c);
    dk_clear(&k);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("oom_models");
    TCase *t = tcase_create("models");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, models_are_trained_saved_and_loaded_or_not);
    tcase_add_test(t, seeds_are_suggested_or_not);
    tcase_add_test(t, several_labels_are_learned_or_not);
    tcase_add_test(t, sentences_get_frames_or_not);
    tcase_add_test(t, models_are_used_or_not);
    tcase_add_test(t, cross_validation_ends_or_fails);
    suite_add_tcase(s, t);
    return nft_run(s);
}
