/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_model.c - model files. The first byte picks: an even one takes the rest as a file; an odd one takes it as changes (place, place,
 * value) to the file of
 * a small model, whose checksums are then made right again, so that the checks behind them are reached. A model that is accepted is used
 * in every way.
 */
#include "base/hash.h"
#include "base/mem.h"
#include "base/try.h"
#include "models/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADER = 128, ENTRY = 48 };
static unsigned char *image;
static size_t image_size;

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

/* The file of a model of four documents, read back. */
static void make_image(void)
{
    static const char *const text[] = {"troops fire front today", "tax vote budget today", "summit envoy talks", "troops vote today"};
    static const char *const label[] = {"war", "money", "talks", "war"};
    nf_doc doc[4];
    nfi_text t = {0};
    nfi_counting k = {0};
    nf_corpus *c;
    nfi_terms terms = {0};
    nf_select_opts all = {0};
    nf_corpus_opts co = {.threads = 1};
    nf_train_opts o = {.smoothing = 0.5, .threads = 1};
    nf_model *m;
    char path[] = "/tmp/fuzz_model.XXXXXX";
    bool fine;

    memset(doc, 0, sizeof doc);
    for (int i = 0; i < 4; i++) {
        doc[i].id = (nf_str){text[i], 5};
        doc[i].text = (nf_str){text[i], strlen(text[i])};
        doc[i].label = (nf_str){label[i], strlen(label[i])};
    }
    nf_batch b = {doc, 4, NULL};
    fine = nfi_text_init(&t, &(nf_text_opts){.stopwords = "en"}, NULL) == NF_OK && nfi_counting_begin(&k, &t, &co, 0, NULL) == NF_OK &&
           nfi_counting_add(&k, &b, NULL) == NF_OK && nfi_counting_finish(&k, &c, NULL) == NF_OK;
    NF_ASSERT(fine);
    fine = nfi_terms_build(&terms, NULL, c, NULL, &all, nfi_weightings[0], NFI_SUM_MODEL, 1, NULL) == NF_OK;
    NF_ASSERT(fine);
    nfi_origin origin = {.text = &t, .label = c->classname};
    int fd = mkstemp(path);
    fine = fd >= 0 && nfi_model_finish(&m, &terms, NULL, &origin, &o, NULL) == NF_OK && calibrate(m) == NF_OK &&
           nf_model_save(m, path, NULL) == NF_OK;
    NF_ASSERT(fine);
    close(fd);
    FILE *f = fopen(path, "rb");
    image = nfi_alloc_aligned(1 << 16, 1);
    NF_ASSERT(f && image);
    image_size = fread(image, 1, 1 << 16, f);
    NF_ASSERT(image_size > 1000 && image_size < 1 << 16);
    fclose(f);
    unlink(path);
    nf_model_free(m);
    nfi_terms_clear(&terms);
    nf_corpus_free(c);
    nfi_text_clear(&t);
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
    bool *flags = nfi_alloc(n, sizeof *flags);
    nf_status s = nf_model_set_bounds(m, 0.9, bound, flags, NULL);

    NF_ASSERT(bound && flags && s == NF_OK && nf_model_probabilities(m, NF_UNIT_DOCUMENT, odds, odds));
    for (size_t k = 0; k < n; k++)
        sum += odds[k];
    NF_ASSERT(fabs(sum - 1.0) < 1e-9 && nf_model_set(m, bound, odds, flags) <= n);
    nfi_free(bound);
    nfi_free(flags);
}

static void use(const nf_model *m)
{
    nf_model_info info;
    nf_scorer *x;
    char term[100];
    static const char text[] = "Troops vote on the front: a budget talks today, unheard of.";
    nf_doc doc = {.text = {text, sizeof text - 1}};
    nf_batch b = {&doc, 1, NULL};
    nf_score score;

    nf_model_describe(m, &info);
    NF_ASSERT(info.classes >= 2 && info.terms > 0 && info.unicode && info.prior && info.smoothing > 0);
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
    nf_status s = nf_scorer_new(&x, m, &(nf_scorer_opts){.threads = 1}, NULL);
    NF_ASSERT(odds && s == NF_OK);
    s = nf_scorer_batch(x, &b, &score, odds, NULL);
    NF_ASSERT(s == NF_OK && score.label < (int32_t)info.classes);
    for (size_t k = 0; k < info.classes; k++)
        NF_ASSERT(isfinite(odds[k]));
    if (info.temperature > 0)
        use_probabilities(m, info.classes, odds);
    nf_scorer_free(x);
    nfi_free(odds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nf_model *m = NULL;
    nf_err err = {0};

    if (!image)
        make_image();
    if (size == 0)
        return 0;
    bool raw = data[0] % 2 == 0;
    size_t n = raw ? size - 1 : image_size;
    unsigned char *p = nfi_alloc_aligned_raw(n, 1);
    NF_ASSERT(p != NULL);
    memcpy(p, raw ? data + 1 : image, n);
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
