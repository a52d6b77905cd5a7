/* SPDX-License-Identifier: GPL-3.0-or-later */
/* describe.c - what a model says about itself. */
#include "models/coding.h"
#include "models/multi.h"
#include "models/part.h"
#include "models/typicality.h"

#include <string.h>

void nf_model_describe(const nf_model *m, nf_model_info *out)
{
    const nfi_multi *multi = m->multi;
    bool sigmoid = multi && multi->sigmoid;
    uint64_t labelled = 0;

    for (size_t k = 0; k < m->nclasses; k++)
        labelled += m->class_docs[k];
    if (multi)
        labelled = multi->labelled;
    *out = (nf_model_info){.classifier = m->classifier->name,
                           .weighting = m->weighting->name,
                           .tokenizer = m->text.tokenizer->name,
                           .stopwords = m->text.stop.name,
                           .language = m->text.language,
                           .clean = m->text.clean ? nf_cleaner_id(m->text.clean) : "none",
                           .unicode = m->unicode,
                           .ngram_lo = m->text.lo,
                           .ngram_hi = m->text.hi,
                           .lead = m->text.lead,
                           .classes = m->nclasses,
                           .terms = m->n,
                           .words = m->nwords,
                           .documents = m->documents,
                           .labelled = labelled,
                           .smoothing = m->smoothing,
                           .smoothing_kind = nf_smoothing_name((size_t)m->kind, NULL),
                           .smoothing_how = m->smoothing_how,
                           .cost = m->cost,
                           .class_weight = m->class_weight,
                           .loo_accuracy = m->loo_accuracy,
                           .loo_documents = m->loo_documents,
                           .calibration = m->calibration ? m->calibration->k->name
                                          : sigmoid      ? "sigmoid"
                                                         : "none",
                           .calibration_how = m->calibration ? m->calibration->how
                                              : sigmoid      ? multi->how
                                                             : "",
                           .temperature = m->calibration ? m->calibration->temperature : 0.0,
                           .power = m->calibration ? m->calibration->power : 0.0,
                           .calibration_documents = m->calibration ? m->calibration->documents
                                                    : sigmoid      ? multi->documents
                                                                   : 0,
                           .prior = m->prior,
                           .tuned = m->tuned,
                           .codebook = m->codebook,
                           .unlabeled = m->unlabeled,
                           .unlabeled_weight = m->unlabeled_weight,
                           .unlabeled_how = m->unlabeled_how,
                           .seed_strength = m->seed_strength,
                           .seed_strength_how = m->seed_strength_how,
                           .thresholds_how = multi ? multi->how : NULL,
                           .threshold_documents = multi ? multi->documents : 0,
                           .threshold_micro_f1 = multi ? multi->micro_f1 : -1.0,
                           .coding_sentences = m->coding ? m->coding->sentences : 0,
                           .coding_micro_f1 = m->coding ? m->coding->micro_f1 : -1.0,
                           .typicality = m->typicality ? m->typicality->documents : 0,
                           .bytes = m->file_bytes};
}

nf_str nf_model_label(const nf_model *m, size_t k) { return m->label[k]; }
uint64_t nf_model_class_docs(const nf_model *m, size_t k) { return m->class_docs[k]; }
uint64_t nf_model_term_df(const nf_model *m, size_t t) { return m->df[t]; }

double nf_model_term_idf(const nf_model *m, size_t t) { return (double)m->idf[t]; }

int32_t nf_model_find_label(const nf_model *m, nf_str label)
{
    for (size_t k = 0; k < m->nclasses; k++)
        if (m->label[k].n == label.n && memcmp(m->label[k].p, label.p, label.n) == 0)
            return (int32_t)k;
    return -1;
}

size_t nf_model_term(const nf_model *m, size_t t, char *buf, size_t cap)
{
    const uint32_t *seq = m->seq + t * (size_t)m->stride;
    size_t n = 0;

    for (int k = 0; k < m->stride && seq[k]; k++)
        n = nfi_spell_word(buf, cap, n, nfi_model_word(m, seq[k] - 1));
    return n;
}

uint64_t nfi_model_entry(const nf_model *m, size_t t, size_t k)
{
    return nfi_class_place(m->cls, m->ptr[t], m->ptr[t + 1], k);
}

uint64_t nf_model_term_docs(const nf_model *m, size_t t, size_t k)
{
    uint64_t e = nfi_model_entry(m, t, k);
    size_t lo = 0, hi = m->nmany;

    if (e == UINT64_MAX || !m->doc)
        return 0;
    if (m->doc[e] < NFI_MANY)
        return m->doc[e];
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (m->many[mid] <= e)
            lo = mid;
        else
            hi = mid;
    }
    return m->many_docs[lo];
}

double nf_model_term_weight(const nf_model *m, size_t t, size_t k)
{
    double mine = 0.0, others = 0.0;
    uint64_t e = m->ptr[t];

    for (size_t c = 0; c < m->nclasses; c++) {
        bool has = e < m->ptr[t + 1] && m->cls[e] == c;
        double v = (double)(has ? m->w[e] : m->base[t]) + m->z[c];
        e += has;
        if (c == k)
            mine = v;
        else
            others += v;
    }
    return (double)m->idf[t] * (mine - others / (double)(m->nclasses - 1));
}
