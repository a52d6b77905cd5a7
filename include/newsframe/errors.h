/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * errors.h - documents of which people and a model say something else: which are worst, which may be labelled wrongly, and the words behind
 * it. Where documents may have several labels, each label that only one of the two gave is an error of its own.
 */
#ifndef NEWSFRAME_ERRORS_H
#define NEWSFRAME_ERRORS_H

#include "newsframe/explain.h"

NF_BEGIN_DECLS

/** What to think of a document. The texts are the CSV values. */
#define NF_ERROR_KINDS(X)                                                                                                        \
    X(NF_ERROR_SUSPECTED_LABEL, "suspected_label", "the model is as sure against the human label as it is of half its right ones") \
    X(NF_ERROR_WRONG, "wrong", "the model gave another label")                                                                   \
    X(NF_ERROR_NO_LABEL, "no_label", "the model gave no label")
typedef enum nf_error_kind {
#define X(name, text, meaning) name,
    NF_ERROR_KINDS(X)
#undef X
    NF_ERROR_KIND_COUNT
} nf_error_kind;
NF_API const char *nf_error_kind_text(nf_error_kind k);

#define NF_ERROR_WORDS 5

/** One document. Strings are borrowed from the list. */
typedef struct nf_error {
    nf_error_kind kind;
    nf_str id;
    nf_score_status status;
    int32_t human, machine; /**< classes; machine is -1 where no label was given; with several labels one of them is -1: the label is the
                               other's alone */
    double margin; /**< log-odds of machine less those of human, nats, or the distance of the one label to its threshold; 0 where there is
                      none */
    bool has_margin;
    size_t nmachine, nhuman;                                               /**< terms for either side, NF_ERROR_WORDS at most, falling */
    size_t machine_term[NF_ERROR_WORDS], human_term[NF_ERROR_WORDS];       /**< nf_model_term() */
    double machine_nats[NF_ERROR_WORDS], human_nats[NF_ERROR_WORDS];       /**< their parts of the margin, without sign */
} nf_error;

typedef struct nf_errors nf_errors;
/** An empty list. @param m borrowed. @param out owned. */
NF_API NF_MUST_CHECK nf_status nf_errors_new(nf_errors **out, const nf_model *m, nf_err *err);
/**
 * Look at a batch scored by a model that gives one label. @param scores, log_odds as of nf_scorer_batch(). @param human b->n, the class
 * that people gave (a number of the model's classes, or above for one that it does not know), -1 for none: such documents are passed over.
 */
NF_API NF_MUST_CHECK nf_status nf_errors_add(nf_errors *e, nf_scorer *s, const nf_batch *b, const nf_score *scores, const double *log_odds,
                                             const int32_t *human, nf_err *err);
/** Look at one document scored by a model that gives several. @param log_odds, human one a class: whether people gave it. */
NF_API NF_MUST_CHECK nf_status nf_errors_add_set(nf_errors *e, nf_scorer *s, const nf_doc *d, const nf_score *score, const double *log_odds,
                                                 const bool *human, nf_err *err);
/** After the last: tells suspected labels and puts the worst first: by kind as listed above, by falling margin, in input order. */
NF_API NF_MUST_CHECK nf_status nf_errors_finish(nf_errors *e, nf_err *err);
NF_API size_t nf_errors_count(const nf_errors *e);
NF_API const nf_error *nf_errors_get(const nf_errors *e, size_t i);
NF_API void nf_errors_free(nf_errors *e); /**< NULL is fine */

NF_END_DECLS

#endif
