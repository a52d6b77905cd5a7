/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model.c - training: sums to weights. */
#include "models/fit.h"
#include "models/multi.h"
#include "models/em.h"
#include "models/oof.h"
#include "models/part.h"
#include "models/seeds.h"
#include "models/trials.h"
#include "models/typicality.h"

#include "base/par.h"
#include "base/try.h"
#include "datasets/record.h"
#include "features/unicode.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

nf_train_opts nf_train_defaults(void)
{
    return (nf_train_opts){.select = {.min_df = 2}};
}

void nf_model_free(nf_model *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < sizeof m->own / sizeof m->own[0]; i++)
        nfi_free(m->own[i]);
    nfi_free(m->label);
    nfi_free(m->rec);
    for (size_t i = 0; nfi_parts[i]; i++)
        nfi_parts[i]->clear(m);
    nfi_arena_clear(&m->arena);
    nfi_text_clear(&m->text);
    nfi_secr_close(m->file);
    nfi_free(m);
}

bool nfi_wants_sample(const nf_train_opts *o)
{
    const nfi_calibrator *k = nfi_calibrator_find(o->calibration ? o->calibration : nfi_calibrators[0]->name);

    return o->smoothing == 0.0 || (k && k->fit);
}

/* ---- checks before any work ---- */

static nf_status keep_text(char *dst, size_t cap, const char *text, const char *what, nf_err *err)
{
    if (strlen(text) >= cap)
        return NF_FAIL(err, NF_EINVAL, "the %s list is longer than %zu bytes", what, cap - 1);
    memcpy(dst, text, strlen(text) + 1);
    return NF_OK;
}

static nf_status resolve(nf_model *m, const nf_train_opts *o, nf_err *err)
{
    const char *classifier = o->classifier ? o->classifier : o->unlabeled ? "mnb" : nfi_classifiers[0]->name;
    const nfi_classifier *k = m->classifier = nfi_classifier_find(classifier);

    if (!k)
        return NF_FAIL(err, NF_EINVAL, "no classifier \"%s\"", classifier);
    NF_TRY(nfi_classifier_weighting(&m->weighting, k, o->weighting, err));
    if (o->smoothing != 0.0 && k->smoothing_unit == 0)
        return NF_FAIL(err, NF_EINVAL, "%s has no smoothing", k->name);
    if (o->smoothing != 0.0 && !(o->smoothing >= NFI_MIN_SMOOTHING && o->smoothing <= NFI_MAX_SMOOTHING))
        return NF_FAIL(err, NF_EINVAL, "smoothing must be from %g to %g (or auto)", NFI_MIN_SMOOTHING, NFI_MAX_SMOOTHING);
    if (o->smoothing_kind && !nfi_smoothing_find(o->smoothing_kind, &m->kind))
        return NF_FAIL(err, NF_EINVAL, "no kind of smoothing \"%s\"", o->smoothing_kind);
    if (m->kind != NFI_LIDSTONE && !k->kinds)
        return NF_FAIL(err, NF_EINVAL, "%s has no smoothing of kind \"%s\"", k->name, o->smoothing_kind);
    if (o->cost != 0.0 && k->cost == 0)
        return NF_FAIL(err, NF_EINVAL, "%s has no cost", k->name);
    if (o->cost != 0.0 && !(o->cost >= NFI_MIN_COST && o->cost <= NFI_MAX_COST))
        return NF_FAIL(err, NF_EINVAL, "cost must be from %g to %g", NFI_MIN_COST, NFI_MAX_COST);
    m->cost = o->cost != 0.0 ? o->cost : k->cost;
    if (o->class_weight && k->fit == nfi_fit_centroid)
        return NF_FAIL(err, NF_EINVAL, "%s has no class weights: the length of a class's mean does not matter to it", k->name);
    if (o->codebook && (!k->exact || k->presence))
        return NF_FAIL(err, NF_EINVAL, "a codebook goes with cnb, mnb and mnb-length: %s %s", k->name,
                       k->rows       ? "is made from documents, not from sums that seeds could be added to"
                       : k->presence ? "counts documents, not the sums that seeds are added to"
                                     : "cannot leave a document out exactly, which is how the strength of seeds is found");
    bool tunes = o->smoothing == 0.0 || (o->codebook && o->seed_strength == 0.0) || !o->calibration || strcmp(o->calibration, "none") != 0;
    if (o->forms && (!k->exact || k->presence || o->unlabeled || tunes))
        return NF_FAIL(err, NF_EINVAL,
                       "forms of words go with cnb and mnb, smoothing and strength of seeds that are given, calibration none, and without "
                       "documents that have no label");
    if (o->seed_strength != 0.0 && !(o->seed_strength > 0.0 && o->seed_strength <= NFI_MAX_SEED_STRENGTH))
        return NF_FAIL(err, NF_EINVAL, "the strength of seeds must be above 0 and at most %g", NFI_MAX_SEED_STRENGTH);
    if (o->unlabeled_weight != 0.0 && !(o->unlabeled_weight > 0.0 && o->unlabeled_weight <= 1.0))
        return NF_FAIL(err, NF_EINVAL, "the weight of a document without a label must be above 0 and at most 1");
    NF_TRY(keep_text(m->class_weight, sizeof m->class_weight, o->class_weight ? o->class_weight : "", "class weight", err));
    return keep_text(m->prior, sizeof m->prior, o->prior ? o->prior : o->codebook || o->unlabeled ? "uniform" : k->prior, "prior", err);
}

/* Classes with documents, at least two; and labels that a model file may hold, whoever counted them. */
static nf_status check_classes(const nfi_terms *t, const nf_str *label, const nf_codebook *cb, nf_err *err)
{
    size_t have = 0, last = 0;

    for (size_t k = 0; k < t->nclasses; k++) {
        if (t->class_docs[k] || (cb && nf_codebook_find(cb, label[k]) >= 0)) {
            have++;
            last = k;
        }
        const char *fault = nfi_label_fault(label[k]);
        if (fault)
            return NF_FAIL(err, NF_EDATA, "label \"%.*s\" %s", (int)label[k].n, label[k].p, fault);
    }
    if (have == 0)
        return NF_FAIL(err, NF_EDATA, "none of the %llu documents has a label", (unsigned long long)t->ndocs);
    if (have == 1 && !(t->multi && t->nclasses > 1)) /* a fold may lack classes */
        return NF_FAIL(err, NF_EDATA, "all labelled documents are \"%.*s\"; a classifier needs at least two classes", (int)label[last].n,
                       label[last].p);
    return NF_OK;
}

/* ---- copies of what the terms hold ---- */

/* The i-th owned array of the model, n elements of size; NULL when out of memory. */
static void *own(nf_model *m, int i, size_t n, size_t size)
{
    return m->own[i] = nfi_calloc(n, size);
}

static nf_status copy_words(nf_model *m, const nfi_terms *t, nf_err *err)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < t->nwords; i++)
        bytes += t->word[i].n;
    uint64_t *end = own(m, 0, t->nwords, sizeof *end);
    char *blob = own(m, 1, (size_t)bytes, 1);
    if (!end || !blob)
        return nfi_oom(err, "a model");
    bytes = 0;
    for (size_t i = 0; i < t->nwords; i++) {
        memcpy(blob + bytes, t->word[i].p, t->word[i].n);
        end[i] = bytes += t->word[i].n;
    }
    m->nwords = t->nwords;
    m->word_end = end;
    m->word_bytes = blob;
    m->nbytes = bytes;
    m->n = t->n;
    m->stride = t->stride;
    m->documents = t->ndocs;
    return NF_OK;
}

static nf_status copy_labels(nf_model *m, const nfi_terms *t, const nfi_origin *o, nf_err *err)
{
    uint64_t *docs = own(m, 4, t->nclasses, sizeof *docs);

    m->label = nfi_calloc(t->nclasses, sizeof *m->label);
    if (!docs || !m->label)
        return nfi_oom(err, "labels");
    m->nclasses = t->nclasses;
    for (size_t k = 0; k < t->nclasses; k++) {
        char *p = nfi_arena_copy(&m->arena, o->label[k].p, o->label[k].n);
        if (!p)
            return nfi_oom(err, "labels");
        m->label[k] = (nf_str){p, o->label[k].n};
        docs[k] = t->class_docs[k];
    }
    m->class_docs = docs;
    nfi_text x = {.tokenizer = o->text->tokenizer, .lo = o->text->lo, .hi = o->text->hi, .lead = o->text->lead};
    NF_TRY(nfi_stop_from_words(&x.stop, o->text->stop.name, o->text->stop.word, o->text->stop.n, err));
    x.clean = nfi_cleaner_ref(o->text->clean);
    memcpy(x.language, o->text->language, sizeof x.language);
    m->text = x;
    snprintf(m->unicode, sizeof m->unicode, "%s", nfi_unicode_version());
    return NF_OK;
}

/* ---- weights ---- */

/* Numbers of documents, most of which fit a byte. */
static nf_status narrow(nf_model *m, const uint32_t *doc, uint64_t n, nf_err *err)
{
    size_t k = 0;

    for (uint64_t e = 0; e < n; e++)
        m->nmany += doc[e] >= NFI_MANY;
    uint8_t *small = own(m, 10, (size_t)n, 1);
    uint64_t *many = own(m, 12, m->nmany, sizeof *many);
    uint32_t *many_docs = own(m, 14, m->nmany, sizeof *many_docs);
    if (!small || !many || !many_docs)
        return nfi_oom(err, "weights");
    for (uint64_t e = 0; e < n; e++) {
        small[e] = (uint8_t)(doc[e] < NFI_MANY ? doc[e] : NFI_MANY);
        if (doc[e] >= NFI_MANY) {
            many[k] = e;
            many_docs[k++] = doc[e];
        }
    }
    m->doc = small;
    m->many = many;
    m->many_docs = many_docs;
    return NF_OK;
}

/* The arrays of t that a model has too move into it. */
static nf_status move_terms(nf_model *m, nfi_terms *t, nf_err *err)
{
    m->seq = m->own[2] = t->seq;
    m->df = m->own[3] = t->df;
    m->ptr = m->own[8] = t->ptr;
    m->cls = m->own[9] = t->cls;
    t->seq = NULL;
    t->df = NULL;
    t->ptr = NULL;
    t->cls = NULL;
    nfi_free(t->val); /* as large as all the rest */
    t->val = NULL;
    NF_TRY(narrow(m, t->doc, m->ptr[m->n], err));
    nfi_free(t->doc);
    t->doc = NULL;
    return NF_OK;
}

/* What finishing a model holds. */
typedef struct finish {
    nf_model *m;
    nfi_terms *t;
    const nfi_sample *sample;
    const nfi_origin *origin;
    const nf_train_opts *o;
    double *idf, *data_prior, *weight; /* weight NULL: none */
    nfi_fit_rows rows;
    nfi_left_out left_out;
} finish;

static bool is_exact(const finish *x)
{
    return x->m->classifier->exact && x->m->kind == NFI_LIDSTONE && !x->weight;
}

static nf_status tune(finish *x, nf_err *err)
{
    nf_model *m = x->m;
    bool data = strcmp(m->prior, "data") == 0;

    if (m->multi) /* multi_tune.c */
        return NF_OK;
    if (is_exact(x)) {
        if (!x->sample || x->sample->n == 0 || !m->weighting->additive)
            return NF_OK;
        NF_TRY(nfi_nb_tune(m->classifier, x->t, x->sample, m->weighting, x->idf, m->log_prior, data, x->o->threads, &m->smoothing,
                           &m->loo_accuracy, &m->loo_documents, err));
        if (m->loo_documents > 0)
            snprintf(m->smoothing_how, sizeof m->smoothing_how, "leave-one-out");
        return NF_OK;
    }
    if (!x->origin->corpus || m->classifier->rows || x->o->codebook) /* linear machines take long, and hardly depend on it */
        return NF_OK;
    NF_TRY(nfi_tune_by_folds(x->origin->corpus, x->origin->use, x->o, &m->smoothing, &m->loo_accuracy, &m->loo_documents, err));
    if (m->loo_documents > 0)
        snprintf(m->smoothing_how, sizeof m->smoothing_how, "folds");
    return NF_OK;
}

static nf_status choose_smoothing(finish *x, nf_err *err)
{
    nf_model *m = x->m;
    double fixed = m->weighting->l2 ? m->classifier->smoothing_unit : m->classifier->smoothing_count;

    m->loo_accuracy = -1.0;
    m->smoothing = fixed > 0 ? fixed : 1.0;
    if (fixed == 0) {
        snprintf(m->smoothing_how, sizeof m->smoothing_how, "none");
    } else if (x->o->smoothing != 0.0) {
        m->smoothing = x->o->smoothing;
        snprintf(m->smoothing_how, sizeof m->smoothing_how, "given");
    } else if (m->unlabeled) { /* no document can be left out of what others became by it */
        m->smoothing = NFI_EM_SMOOTHING;
        snprintf(m->smoothing_how, sizeof m->smoothing_how, "fixed");
    } else {
        snprintf(m->smoothing_how, sizeof m->smoothing_how, "fixed");
        NF_TRY(tune(x, err));
        if (m->loo_documents == 0) { /* nothing could be held out */
            m->loo_accuracy = -1.0;
            m->smoothing = fixed;
        }
    }
    return NF_OK;
}

static nf_status check_multi(const finish *x, nf_err *err)
{
    const nfi_classifier *k = x->m->classifier;

    if (!x->t->multi)
        return NF_OK;
    const struct {
        bool bad;
        const char *why;
    } no[] = {
        {k->normalised,
         "has cnb's weights on another scale for each class, which changes nothing where each class has a threshold of its own; use cnb"},
        {k->length, "is mnb with another smoothing where each class has a threshold of its own; use mnb"},
        {k->presence, "would need a weight for every term in every class; use mnb with --weighting binary, a linear machine, or cnb"},
        {!k->rows && x->weight,
         "takes no class weights there, for the threshold of a class does what they do; leave them out, or use a linear machine"},
        {!k->rows && x->m->kind != NFI_LIDSTONE,
         "has smoothing of kind lidstone alone there: the others look at one class and not at what is not of it"},
    };
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (no[i].bad)
            return NF_FAIL(err, NF_EINVAL, "where documents may have several labels %s %s", k->name, no[i].why);
    return NF_OK;
}

/* The numbers that sums need: priors, weights of classes, idf. */
static nf_status prepare(finish *x, nf_err *err)
{
    nf_model *m = x->m;
    size_t nk = x->t->nclasses;
    double *prior = own(m, 13, nk, sizeof *prior);

    x->idf = nfi_alloc(x->t->n, sizeof *x->idf);
    x->data_prior = nfi_alloc(nk, sizeof *x->data_prior);
    x->weight = m->class_weight[0] ? nfi_alloc(nk, sizeof *x->weight) : NULL;
    if (!prior || !x->idf || !x->data_prior || (m->class_weight[0] && !x->weight))
        return nfi_oom(err, "a model");
    NF_TRY(check_multi(x, err));
    if (x->weight)
        NF_TRY(nfi_class_weights(m->class_weight, m->label, x->t->class_docs, nk, x->weight, err));
    if (x->t->multi) {
        NF_TRY(nfi_multi_new(m, err));
        m->multi->labelled = x->t->labelled;
        NF_TRY(nfi_multi_prior(m->prior, x->t, prior, err));
        NF_TRY(nfi_multi_prior("data", x->t, x->data_prior, err));
    } else {
        NF_TRY(nfi_nb_prior(m->prior, m->label, x->t->class_docs, m->classifier->rows ? NULL : x->weight, nk, prior, err));
        NF_TRY(nfi_nb_prior("data", m->label, x->t->class_docs, NULL, nk, x->data_prior, err));
    }
    for (size_t k = 0; x->o->codebook && k < nk; k++)
        if (x->t->class_docs[k] == 0 && strcmp(m->prior, "data") == 0)
            return NF_FAIL(err, NF_EINVAL, "prior data: class \"%.*s\" has no documents; use uniform, or name shares", (int)m->label[k].n,
                           m->label[k].p);
    for (size_t k = 0; !x->o->codebook && !x->t->multi && k < nk; k++)
        if (x->t->class_docs[k] == 0)
            prior[k] = NFI_NO_DOCUMENTS;
    m->log_prior = prior;
    for (size_t i = 0; i < x->t->n; i++)
        x->idf[i] = nfi_idf(x->t->ndocs, x->t->df[i]);
    return NF_OK;
}

/* Seeds of the codebook into the sums. */
static nf_status plant(finish *x, nf_err *err)
{
    const nf_train_opts *o = x->o;
    nf_model *m = x->m;
    nfi_seeds seeds = {0};
    uint64_t tried = 0;
    double strength = o->seed_strength;
    nf_status s = NF_OK;

    if (!o->codebook)
        return NF_OK;
    NF_GO(nfi_seeds_find(&seeds, x->t, m->label, o->codebook, m->text.tokenizer->name, m->weighting, err));
    if (o->seed_strength == 0.0 && x->t->multi)
        nfi_seeds_set(&seeds, x->t, strength = NFI_SEED_STRENGTH);
    else if (o->seed_strength == 0.0)
        NF_GO(nfi_seeds_tune(&seeds, m->classifier, x->t, x->sample, m->weighting, x->idf, m->log_prior, strcmp(m->prior, "data") == 0,
                             o->threads, &strength, &tried, err));
    else
        nfi_seeds_set(&seeds, x->t, strength);
    s = nfi_model_codebook(m, o->codebook, strength, o->seed_strength != 0.0 ? "given" : tried ? "leave-one-out" : "fixed", err);
out:
    nfi_seeds_clear(&seeds);
    return s;
}

static nf_status smooth_and_calibrate(finish *x, nf_err *err)
{
    const nf_train_opts *o = x->o;
    nf_model *m = x->m;
    const nfi_calibrator *k = nfi_calibrator_find(o->calibration ? o->calibration : nfi_calibrators[0]->name);
    bool can = is_exact(x) && x->sample && x->sample->n && m->weighting->additive && !m->multi && !m->unlabeled;
    uint64_t correct, tried;

    if (!k)
        return NF_FAIL(err, NF_EINVAL, "no calibration \"%s\"", o->calibration);
    NF_TRY(choose_smoothing(x, err));
    if (k->fit && can) {
        NF_TRY(nfi_nb_leave_one_out(m->classifier, x->t, x->sample, m->weighting, x->idf, m->log_prior, strcmp(m->prior, "data") == 0,
                                    &m->smoothing, 1, o->threads, &correct, &tried, &x->left_out, err));
    } else if (k->fit && x->origin->corpus && !m->multi && !m->unlabeled && !o->codebook) {
        nf_train_opts with = *o;
        with.smoothing = m->classifier->smoothing_unit > 0 ? m->smoothing : 0.0;
        return nfi_calibrate_by_folds(&m->calibration, k, x->origin->corpus, x->origin->use, &with, err);
    }
    return x->left_out.n ? nfi_calibration_fit(&m->calibration, k, x->left_out.n, x->left_out.nclasses, x->left_out.label,
                                               x->left_out.score, "leave-one-out", err)
                         : NF_OK;
}

static nf_status need_rows(finish *x, const nfi_fit_rows **rows, nf_err *err)
{
    const nfi_origin *o = x->origin;

    *rows = o->rows;
    if (*rows || !x->m->classifier->rows)
        return NF_OK;
    if (!o->corpus)
        return NF_FAIL(err, NF_EINVAL,
                       "%s is made from documents, not from sums: it cannot be counted, merged, or trained from statistics; train on the "
                       "documents themselves, or "
                       "use %s",
                       x->m->classifier->name, nfi_classifiers[0]->name);
    NF_TRY(nfi_fit_rows_make(&x->rows, o->corpus, o->use, x->t, o->of, x->m->weighting, x->idf, x->o->threads, err));
    *rows = &x->rows;
    return NF_OK;
}

static nf_status weigh(finish *x, nf_err *err)
{
    nf_model *m = x->m;
    nfi_terms *t = x->t;
    bool fold = m->weighting->idf && m->weighting->additive;
    float *idf32 = own(m, 5, t->n, sizeof *idf32), *base = own(m, 6, t->n, sizeof *base);
    double *z = own(m, 11, t->nclasses, sizeof *z);
    nfi_fit f = {.classifier = m->classifier,
                 .weighting = m->weighting,
                 .t = t,
                 .idf = fold ? x->idf : NULL,
                 .weight = x->weight,
                 .data_prior = x->data_prior,
                 .given_prior = strcmp(m->prior, "data") != 0,
                 .smoothing = m->smoothing,
                 .cost = m->cost,
                 .kind = m->kind,
                 .seed = x->o->seed ? x->o->seed : 1,
                 .threads = x->o->threads,
                 .base = base,
                 .z = z,
                 .log_prior = (double *)(uintptr_t)m->log_prior};

    if (!idf32 || !base || !z)
        return nfi_oom(err, "weights");
    for (size_t i = 0; i < t->n; i++)
        idf32[i] = m->weighting->idf ? (float)x->idf[i] : 1.0f;
    NF_TRY(need_rows(x, &f.rows, err));
    nf_status s = m->classifier->fit(&f, err);
    m->w = m->own[7] = f.w;
    NF_TRY(s);
    nfi_fit_rows_clear(&x->rows);
    m->idf = idf32;
    m->base = base;
    m->z = z;
    return move_terms(m, t, err);
}

/* Documents without a label into the sums. */
static nf_status learn_unlabelled(nf_model *m, nfi_terms *t, const nfi_origin *origin, const nf_train_opts *o, const double *prior,
                                  nf_err *err)
{
    nfi_em_report r;

    if (strcmp(m->classifier->name, "mnb") != 0)
        return NF_FAIL(err, NF_EINVAL, "classifier \"%s\" has no likelihood that documents without a label could raise; use mnb",
                       m->classifier->name);
    NF_TRY(nfi_em_fit(&r, t, origin->of, origin->corpus, m->weighting, prior, origin->class_of, o, err));
    m->unlabeled = r.documents;
    m->unlabeled_weight = r.weight;
    snprintf(m->unlabeled_how, sizeof m->unlabeled_how, "%s",
             o->unlabeled_weight != 0.0 ? "given"
             : r.tuned                  ? "cross-validation"
                                        : "fixed");
    return NF_OK;
}

nf_status nfi_model_finish(nf_model **out, nfi_terms *t, nfi_sample *sample, const nfi_origin *origin, const nf_train_opts *o,
                           nf_err *err)
{
    nf_status s = NF_OK;
    finish x = {.t = t, .sample = sample, .origin = origin, .o = o};
    nf_model *m = x.m = nfi_calloc(1, sizeof *m);

    if (!m)
        return nfi_oom(err, "a model");
    NF_GO(resolve(m, o, err));
    NF_GO(check_classes(t, origin->label, o->codebook, err));
    NF_GO(copy_labels(m, t, origin, err));
    NF_GO(copy_words(m, t, err));
    NF_GO(prepare(&x, err));
    NF_GO(plant(&x, err));
    if (o->unlabeled && origin->class_of)
        NF_GO(learn_unlabelled(m, t, origin, o, m->log_prior, err));
    NF_GO(smooth_and_calibrate(&x, err));
    if (sample && sample->n)
        NF_GO(nfi_typicality_fit(&m->typicality, t, sample, o->threads, err));
    nfi_left_out_clear(&x.left_out);
    if (sample && !origin->again)
        nfi_sample_clear(sample);
    if (!origin->corpus) /* counted within a limit */
        nfi_trim();
    NF_GO(weigh(&x, err));
    NF_GO(nfi_model_index(m, err));
    *out = m;
    m = NULL;
out:
    nfi_free(x.idf);
    nfi_free(x.data_prior);
    nfi_free(x.weight);
    nfi_left_out_clear(&x.left_out);
    nfi_fit_rows_clear(&x.rows);
    nf_model_free(m);
    return s;
}

/* Where the labels of the corpus stand among the classes, and the terms of its nodes. */
static nf_status place_corpus(nfi_origin *origin, const nf_counted *c, const nfi_terms *t, int32_t **class_of, nf_err *err)
{
    size_t n = nf_counted_labels(c);

    if (!origin->corpus)
        return NF_FAIL(err, NF_EINVAL,
                       "documents without a label can be learned from only when all are held in memory, not from statistics");
    *class_of = nfi_alloc(n, sizeof **class_of);
    if (!*class_of)
        return nfi_oom(err, "classes");
    for (size_t k = 0, j = 0; k < n; j++) { /* both rise */
        NF_ASSERT(j < t->nclasses);
        if (nfi_str_cmp(origin->label[j], nf_counted_label(c, k)) == 0)
            (*class_of)[k++] = (int32_t)j;
    }
    origin->class_of = *class_of;
    return NF_OK;
}

nf_status nf_model_train(nf_model **out, const nf_counted *c, const nf_train_opts *o, nf_err *err)
{
    const nf_corpus *corpus = nfi_counted_corpus(c);
    const nfi_classifier *k = nfi_classifier_find(o->classifier ? o->classifier : o->unlabeled ? "mnb" : nfi_classifiers[0]->name);
    const nfi_weighting *w;
    nfi_terms t = {0};
    nfi_sample sample = {0};
    nf_str *label = NULL;
    uint32_t *of = NULL;
    int32_t *class_of = NULL;
    nf_status s = NF_OK;

    if (!k)
        return NF_FAIL(err, NF_EINVAL, "no classifier \"%s\"", o->classifier);
    NF_TRY(nfi_classifier_weighting(&w, k, o->weighting, err));
    if (o->forms && (!corpus || corpus->multi))
        return NF_FAIL(err, NF_EINVAL, "forms of words go with documents of one label, counted in memory");
    if (corpus && corpus->multi && o->codebook)
        NF_TRY(nfi_seeds_check(corpus->classname, NULL, corpus->nclasses, o->codebook, err));
    if (corpus && corpus->multi)
        return o->unlabeled ? NF_FAIL(err, NF_EINVAL, "documents without a label can be learned from only where documents have one label")
                            : nfi_multi_train(out, NULL, corpus, NULL, o, err);
    if (corpus && !o->unlabeled)
        return nfi_model_of_all(out, corpus, o, err);
    if (o->unlabeled)
        NF_GO(nfi_counted_nodes(c, &o->select, w, o->threads, &t, &sample, &of, err));
    else
        NF_GO(nfi_counted_terms(c, &o->select, w, w->additive && k->exact && nfi_wants_sample(o), o->threads, &t, &sample, err));
    label = nfi_calloc(t.nclasses, sizeof *label);
    if (!label) {
        s = nfi_oom(err, "labels");
        goto out;
    }
    for (size_t i = 0; i < t.nclasses; i++)
        label[i] = nf_counted_label(c, i);
    if (o->codebook)
        NF_GO(nfi_seeds_join(&t, &sample, &label, o->codebook, err));
    nfi_origin origin = {.text = nfi_counted_text(c), .label = label, .of = of};
    if (o->unlabeled) {
        origin.corpus = nfi_counted_corpus(c);
        NF_GO(place_corpus(&origin, c, &t, &class_of, err));
    }
    s = nfi_model_finish(out, &t, &sample, &origin, o, err);
out:
    nfi_free(label);
    nfi_free(of);
    nfi_free(class_of);
    nfi_terms_clear(&t);
    nfi_sample_clear(&sample);
    return s;
}
