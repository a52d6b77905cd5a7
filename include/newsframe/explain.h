/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * explain.h - why a document has its label: prior, terms and sentences, in parts of the margin.
 *
 * The score of a class is its prior and a sum over terms, so the difference of two scores is too. The margin compares log-odds, each
 * against all other classes; it is the difference of the scores times a factor of the document (2 with two classes, near 1 where others are
 * far behind), and so are its parts. Where documents may have several labels, what is taken apart is the score of a label less its
 * threshold.
 */
#ifndef NEWSFRAME_EXPLAIN_H
#define NEWSFRAME_EXPLAIN_H

#include "newsframe/matrix.h"
#include "newsframe/units.h"

NF_BEGIN_DECLS

/** Bytes [start, end) of the title or text of a document, as they were read. */
typedef struct nf_place {
    bool in_title;
    size_t start, end;
} nf_place;

/** A term and its part of the margin. */
typedef struct nf_term_part {
    size_t term;          /**< nf_model_term() */
    double nats;          /**< above 0: for the label; below: for the other class */
    int64_t micro;        /**< the same in millionths, so that prior and terms add up to the margin */
    uint32_t count;       /**< how often it stands in the document */
    size_t first, places; /**< its places are place[first .. first + places - 1] of the explanation */
} nf_term_part;

/** Parts of one margin, and the memory that holds them. {0} is empty and reusable. */
typedef struct nf_explanation {
    nf_score score;            /**< as nf_scorer_batch() gives it; nothing else is there unless it is scored */
    int32_t label, against;    /**< the class that is explained, and the best of the others; -1: its threshold */
    double margin; /**< log-odds of the one less those of the other, or the threshold: below 0 when the class asked for is not the best, or
                      not given */
    double prior;              /**< part of the class priors, less the threshold */
    int64_t margin_micro, prior_micro;
    const nf_term_part *term;  /**< nterms, by falling absolute value, ties in term order */
    size_t nterms;
    const nf_place *place;
    nf_scored_units units;     /**< sentences; carries: their parts */
    const int64_t *unit_micro; /**< units.n of them, so that prior, sentences and between add up to the margin */
    double between;            /**< part of terms that reach from one sentence to the next, or from title to text */
    int64_t between_micro;
    struct nf_explanation_mem *mem;
} nf_explanation;

/**
 * Explain one document. @param label a class, or -1: the one with the highest score. @param against another class, or -1: the best of the
 * others (not looked at where documents may have several labels). Microunits are the nearest whole ones, but for the fewest that must be
 * the next so that the sum is the margin as it is printed with six decimals: those nearest to it, the first of equals. @return NF_EINVAL:
 * no such class, or twice the same; after a failure the explanation is empty. O(document).
 */
NF_API NF_MUST_CHECK nf_status nf_explain(nf_explanation *out, nf_scorer *s, const nf_doc *d, int32_t label, int32_t against, nf_err *err);
NF_API void nf_explanation_clear(nf_explanation *e);

/** A term of a class. */
typedef struct nf_class_term {
    size_t term;         /**< nf_model_term() */
    double weight;       /**< nf_model_term_weight(): what the model makes of it */
    double log_odds, z;  /**< of the class against all other documents, by documents that have the term: Monroe, Colaresi, Quinn 2008; 0
                            where the model has no counts */
    uint64_t class_docs; /**< documents of the class with the term */
    uint64_t docs;       /**< all documents with the term */
} nf_class_term;
/**
 * The terms of a class by falling z (of a model without counts: weight), ties in term order: at most that many, only those above 0.
 * @param out most, caller-allocated. @param n how many there are. O(terms log most).
 */
NF_API NF_MUST_CHECK nf_status nf_model_class_terms(const nf_model *m, size_t k, size_t most, nf_class_term *out, size_t *n, nf_err *err);
/** Whether a model has the counts of documents by term and class that z needs. */
NF_API bool nf_model_has_counts(const nf_model *m);

/**
 * How alike the classes are: cosine of their weights, those of each term less their mean over the classes. 1 for a class and itself, -1 for
 * the classes of a model of two; 0 for a class whose weights are all the mean. Through BLAS: shown, never used to decide.
 * @param S classes x classes, caller-allocated by nf_dense_alloc(). @return NF_EINVAL (S has another shape), NF_ENOMEM, NF_EIO (no
 * OpenBLAS).
 * O(classes^2 terms) time, 8 classes (classes + 1024) bytes.
 */
NF_API NF_MUST_CHECK nf_status nf_model_similarity(const nf_model *m, nf_dense *S, nf_err *err);

/** Two models, term by term. */
typedef struct nf_model_diff nf_model_diff;
typedef struct nf_term_change {
    size_t term_a, term_b;      /**< nf_model_term() of each; NF_NO_TERM: that model does not have the term */
    double weight_a, weight_b;  /**< nf_model_term_weight(); 0 without the term */
} nf_term_change;
#define NF_NO_TERM SIZE_MAX
/** @param out owned. @param a and b borrowed while it lives. O(terms + weights that are stored). */
NF_API NF_MUST_CHECK nf_status nf_model_diff_new(nf_model_diff **out, const nf_model *a, const nf_model *b, nf_err *err);
/** How many terms both have, only a, only b. */
NF_API void nf_model_diff_terms(const nf_model_diff *d, size_t *both, size_t *only_a, size_t *only_b);
/**
 * The terms whose weight for class ka of a is another for class kb of b, by falling difference, ties by the bytes of the term: at most that
 * many.
 * @param change borrowed until the next call. @param n how many there are. @param moved how many there would be without the limit.
 */
NF_API NF_MUST_CHECK nf_status nf_model_diff_class(nf_model_diff *d, size_t ka, size_t kb, size_t most, const nf_term_change **change,
                                                   size_t *n, size_t *moved, nf_err *err);
NF_API void nf_model_diff_free(nf_model_diff *d); /**< NULL is fine */

/** A sentence for each of a list of pairs of class and term: of those that have the term the one with the highest score of the class, short
 * ones first. */
typedef struct nf_examples nf_examples;
typedef struct nf_example {
    nf_str text, id; /**< the sentence and its document; n == 0: there is none. Borrowed */
    bool in_title;
    size_t start, end;
} nf_example;
/** @param out owned. @param terms and classes n each, borrowed during the call: pair i is terms[i], classes[i]. */
NF_API NF_MUST_CHECK nf_status nf_examples_new(nf_examples **out, const nf_model *m, const size_t *terms, const size_t *classes, size_t n,
                                               nf_err *err);
/** Look through documents. The result depends on their order alone, not on batches or threads. */
NF_API NF_MUST_CHECK nf_status nf_examples_add(nf_examples *e, nf_scorer *s, const nf_batch *b, nf_err *err);
NF_API nf_example nf_examples_get(const nf_examples *e, size_t i);
NF_API void nf_examples_free(nf_examples *e); /**< NULL is fine */

NF_END_DECLS

#endif
