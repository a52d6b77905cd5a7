/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_model.c - model files. The first byte picks: an even one takes the rest as a file; an odd one takes it as changes (place, place,
 * value) to the file of a small model, whose checksums are then made right again, so that the checks behind them are reached: '1' of one
 * that is calibrated, '3' of one of several labels, '5' of one with a codebook that learned from documents without a label too, '7' of one
 * that was chosen among several, '9' of one that knows what is typical. A model that is accepted is used in every way.
 */
#include "base/hash.h"
#include "base/mem.h"
#include "base/try.h"
#include "datasets/stream.h"
#include "models/model.h"
#include "newsframe/explain.h"
#include "newsframe/seen.h"
#include "newsframe/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADER = 128, ENTRY = 48, KINDS = 5, MAX_IMAGE = 1 << 16 };
static struct image {
    unsigned char *p;
    size_t n;
} images[KINDS];

static const char *const body[] = {"troops fire front today", "tax vote budget today", "summit envoy talks", "troops vote today"};
static const char *const topic[] = {"war", "money", "talks", "war"};

/* As if on documents of rising margins, every fifth of them wrong. */
static nf_status calibrate(nf_model *m)
{
    enum { N = NFI_LEAST_CALIBRATION, K = 3 };
    int32_t label[N];
    double score[N * K] = {0};

    for (int i = 0; i < N; i++) {
        label[i] = i % K;
        score[i * K + (i + (i % 5 == 0)) % K] = 0.1 * i;
    }
    return nfi_calibration_fit(&m->calibration, nfi_calibrator_find("bias"), N, K, label, score, "fuzz", NULL);
}

static void read_back(struct image *to, nf_model *m)
{
    char path[] = "/tmp/fuzz_model.XXXXXX";
    int fd = mkstemp(path);
    nf_status s = fd >= 0 ? nf_model_save(m, path, NULL) : NF_EIO;

    NF_ASSERT(s == NF_OK);
    close(fd);
    FILE *f = fopen(path, "rb");
    to->p = nfi_alloc_aligned(MAX_IMAGE, 1);
    NF_ASSERT(f && to->p);
    to->n = fread(to->p, 1, MAX_IMAGE, f);
    NF_ASSERT(to->n > 1000 && to->n < MAX_IMAGE);
    fclose(f);
    unlink(path);
    nf_model_free(m);
}

/* Of four documents. */
static nf_model *plain_model(void)
{
    nf_doc doc[4];
    nfi_text t = {0};
    nfi_counting k = {0};
    nf_corpus *c;
    nfi_terms terms = {0};
    nf_select_opts all = {0};
    nf_corpus_opts co = {.threads = 1};
    nf_train_opts o = {.smoothing = 0.5, .threads = 1};
    nf_model *m;
    bool fine;

    memset(doc, 0, sizeof doc);
    for (int i = 0; i < 4; i++) {
        doc[i].id = (nf_str){body[i], 5};
        doc[i].text = (nf_str){body[i], strlen(body[i])};
        doc[i].label = (nf_str){topic[i], strlen(topic[i])};
    }
    nf_batch b = {doc, 4, NULL};
    fine = nfi_text_init(&t, &(nf_text_opts){.stopwords = "en"}, NULL) == NF_OK && nfi_counting_begin(&k, &t, &co, 0, NULL) == NF_OK &&
           nfi_counting_add(&k, &b, NULL) == NF_OK && nfi_counting_finish(&k, &c, NULL) == NF_OK;
    NF_ASSERT(fine);
    fine = nfi_terms_build(&terms, NULL, c, NULL, &all, nfi_weightings[0], NFI_SUM_MODEL, 1, NULL) == NF_OK;
    NF_ASSERT(fine);
    nfi_origin origin = {.text = &t, .label = c->classname};
    fine = nfi_model_finish(&m, &terms, NULL, &origin, &o, NULL) == NF_OK && calibrate(m) == NF_OK;
    NF_ASSERT(fine);
    nfi_terms_clear(&terms);
    nf_corpus_free(c);
    nfi_text_clear(&t);
    return m;
}

enum { MULTI = 1, SEEDED, CHOSEN, TYPICAL };

static nf_model *chosen(const nf_counted *c, size_t n, nf_train_opts o)
{
    static const char *const names[] = {"svm"};
    int32_t fold[64];
    size_t count, best;
    nf_tried *tried;
    nf_model *m = NULL;

    for (size_t i = 0; i < n; i++)
        fold[i] = (int32_t)(i % 3);
    o.class_weight = "balanced";
    nf_tune_opts t = {.train = o, .classifiers = names, .nclassifiers = 1, .fold = fold, .folds = 3};
    nf_status s = nf_model_train_tuned(&m, &tried, &count, &best, c, &t, NULL);
    NF_ASSERT(s == NF_OK);
    nf_tried_free(tried);
    return m;
}

/* Of documents that are counted and trained on as programs do it. */
static nf_model *full_model(int kind)
{
    static const char book[] = "{\"id\":\"b\",\"title\":\"t\",\"frames\":[{\"key\":\"war\",\"seeds\":[\"troop*\",\"front\"]},"
                               "{\"key\":\"money\",\"name\":\"m\",\"seeds\":[\"tax vote\"]},{\"key\":\"talks\",\"seeds\":[\"envoy\"]}]}";
    static char json[1 << 16];
    size_t at = 0, n = kind == TYPICAL ? 240 : 48;
    nf_codebook *cb = NULL;
    nf_seen *seen = NULL;
    nf_docs *in = NULL;
    nf_counted *c = NULL;
    nf_model *m = NULL;
    nf_train_opts o = nf_train_defaults();
    nf_count_opts co = {.corpus = {.threads = 1, .multi = kind == MULTI}, .whole = kind == SEEDED || kind == CHOSEN};
    nf_docs_opts io = {.multi = kind == MULTI, .threads = 1};

    for (size_t i = 0; i < n; i++) {
        const char *second = kind == MULTI && i % 5 == 0 ? "\",\"home" : "";
        at += (size_t)snprintf(json + at, sizeof json - at, "{\"text\":\"%s again number%zu rare%zu\"", body[i % 4], i % 7, i);
        if (kind != SEEDED || i % 4)
            at += (size_t)snprintf(json + at, sizeof json - at, kind == MULTI ? ",\"labels\":[\"%s%s\"]" : ",\"label\":\"%s%s\"",
                                   topic[i % 4], second);
        at += (size_t)snprintf(json + at, sizeof json - at, "}\n");
    }
    nfi_memory mem = {json, at};
    nf_status s = nfi_docs_open_memory(&in, "docs.jsonl", &mem, &io, NULL);
    NF_ASSERT(s == NF_OK && nf_seen_new(&seen, NULL) == NF_OK);
    nf_docs_watch(in, nf_seen_watch, seen);
    s = nf_count(&c, in, &co, NULL);
    NF_ASSERT(s == NF_OK && nf_seen_settle(seen, NULL) == NF_OK);
    o.threads = 1;
    if (kind == SEEDED) {
        s = nf_codebook_parse(&cb, book, sizeof book - 1, "book", NULL);
        NF_ASSERT(s == NF_OK);
        o.codebook = cb;
        o.classifier = "mnb";
        o.unlabeled = true;
        o.unlabeled_weight = 0.3;
    }
    s = kind == CHOSEN ? NF_OK : nf_model_train(&m, c, &o, NULL);
    NF_ASSERT(s == NF_OK);
    if (kind == CHOSEN)
        m = chosen(c, n, o);
    s = nf_model_remember(m, seen, NULL);
    NF_ASSERT(s == NF_OK);
    nf_seen_free(seen);
    nf_codebook_free(cb);
    nf_counted_free(c);
    nf_docs_close(in);
    return m;
}

static const struct image *image_of(uint8_t first)
{
    int kind = (first / 2 + 1) % KINDS;

    if (!images[kind].p) {
        nf_model *m = kind ? full_model(kind) : plain_model();
        nf_model_info info;
        nf_model_describe(m, &info); /* each has what it is for */
        NF_ASSERT((kind != MULTI || nf_model_is_multi(m)) && (kind != SEEDED || (info.codebook && info.unlabeled)) &&
                  (kind != CHOSEN || info.tuned.n) && (kind != TYPICAL || info.typicality));
        read_back(&images[kind], m);
    }
    return &images[kind];
}

static uint64_t get64(const unsigned char *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

static void put64(unsigned char *p, uint64_t v) { memcpy(p, &v, 8); }

static void repair(unsigned char *p, size_t n)
{
    uint64_t at = get64(p + 48);

    if (at < n && n - at >= 16) {
        for (uint64_t e = at; e + ENTRY <= n - 16; e += ENTRY) {
            uint64_t from = get64(p + e + 8), bytes = get64(p + e + 16);
            if (from <= n && bytes <= n - from)
                put64(p + e + 40, nfi_xxh64(p + from, bytes));
        }
        put64(p + 104, nfi_xxh64(p + at, n - 16 - at));
    }
    put64(p + 120, nfi_xxh64(p, 120));
}

static void use_probabilities(const nf_model *m, size_t n, double *odds)
{
    double sum = 0.0, *bound = nfi_alloc(n, sizeof *bound);
    bool *flags = nfi_alloc(n, sizeof *flags), multi = nf_model_is_multi(m);
    nf_status s = nf_model_set_bounds(m, 0.9, bound, flags, NULL);

    NF_ASSERT(bound && flags && s == (multi ? NF_EINVAL : NF_OK) && nf_model_probabilities(m, NF_UNIT_DOCUMENT, odds, odds));
    for (size_t k = 0; k < n; k++) {
        NF_ASSERT(odds[k] >= 0.0 && odds[k] <= 1.0);
        sum += odds[k];
    }
    NF_ASSERT(multi || (fabs(sum - 1.0) < 1e-9 && nf_model_set(m, bound, odds, flags) <= n));
    nfi_free(bound);
    nfi_free(flags);
}

static void use_labels(const nf_model *m, size_t n, const double *odds)
{
    bool *chosen = nfi_alloc(n, sizeof *chosen);
    size_t flags = 0;

    NF_ASSERT(chosen != NULL);
    size_t given = nf_model_labels(m, odds, chosen);
    for (size_t k = 0; k < n; k++) {
        flags += chosen[k];
        NF_ASSERT(isfinite(nf_model_threshold(m, k)));
    }
    NF_ASSERT(given == flags && given > 0 && (nf_model_is_multi(m) || given == 1));
    nfi_free(chosen);
}

static void use_texts(nf_scorer *x, const nf_batch *b, const nf_score *score)
{
    nf_scored_units u = {0};
    nf_explanation e = {0};
    nf_status s = nf_scorer_units(x, b, NF_UNIT_SENTENCE, score, &u, NULL);

    NF_ASSERT(s == NF_OK);
    nf_scored_units_clear(&u);
    s = nf_explain(&e, x, &b->docs[0], -1, -1, NULL);
    NF_ASSERT(s == NF_OK);
    nf_explanation_clear(&e);
}

static void use(const nf_model *m)
{
    nf_model_info info;
    nf_scorer *x;
    char term[100];
    static const char words[] = "Troops vote on the front. A budget talks today, unheard of.";
    nf_doc doc = {.text = {words, sizeof words - 1}};
    nf_batch b = {&doc, 1, NULL};
    nf_score score;

    nf_model_describe(m, &info);
    NF_ASSERT(info.classes >= 2 && info.terms > 0 && info.unicode && info.prior && (info.smoothing > 0 || info.cost > 0));
    NF_ASSERT(nf_model_remembered(m) > 0 || !nf_model_has_seen(m, doc.text));
    for (size_t k = 0; k < info.classes; k++) {
        (void)nf_model_class_docs(m, k);
        NF_ASSERT(nf_model_find_label(m, nf_model_label(m, k)) == (int32_t)k);
    }
    for (size_t t = 0; t < info.terms; t++) {
        NF_ASSERT(nf_model_term(m, t, term, sizeof term) > 0 && nf_model_term_df(m, t) > 0);
        for (size_t k = 0; k < info.classes; k++) {
            (void)nf_model_term_docs(m, t, k);
            NF_ASSERT(isfinite(nf_model_term_weight(m, t, k)));
        }
    }
    double *odds = nfi_alloc(info.classes, sizeof *odds);
    nf_status s = nf_scorer_new(&x, m, &(nf_scorer_opts){.threads = 1, .typicality = info.typicality > 0}, NULL);
    NF_ASSERT(odds && s == NF_OK);
    s = nf_scorer_batch(x, &b, &score, odds, NULL);
    NF_ASSERT(s == NF_OK && score.label < (int32_t)info.classes);
    for (size_t k = 0; k < info.classes; k++)
        NF_ASSERT(isfinite(odds[k]));
    use_texts(x, &b, &score);
    use_labels(m, info.classes, odds);
    if (strcmp(info.calibration, "none") != 0)
        use_probabilities(m, info.classes, odds);
    nf_scorer_free(x);
    nfi_free(odds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nf_model *m = NULL;
    nf_err err = {0};

    if (size == 0)
        return 0;
    bool raw = data[0] % 2 == 0;
    const struct image *image = image_of(data[0]);
    size_t n = raw ? size - 1 : image->n;
    unsigned char *p = nfi_alloc_aligned_raw(n, 1);
    NF_ASSERT(p != NULL);
    memcpy(p, raw ? data + 1 : image->p, n);
    for (size_t i = 1; !raw && i + 3 <= size; i += 3)
        p[((size_t)data[i] << 8 | data[i + 1]) % n] ^= data[i + 2];
    if (!raw)
        repair(p, n);
    nf_status s = nf_model_from_memory(&m, p, n, "fuzz", &err);
    NF_ASSERT(s == NF_OK || s == NF_EMODEL);
    NF_ASSERT(s == NF_OK || (err.code == s && err.msg[0] && !m));
    if (s == NF_OK)
        use(m);
    nf_model_free(m);
    nfi_free(p);
    return 0;
}
