/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * explain.h - why a document has its label: prior, terms and sentences, in parts of the margin.
 *
 * The score of a class is its prior and a sum over terms, so the difference of two scores is too. The margin compares log-odds, each against all other classes; it is
 * the difference of the scores times a factor of the document (2 with two classes, near 1 where others are far behind), and so are its parts. Where documents may have
 * several labels, what is taken apart is the score of a label less its threshold.
 */
#ifndef NEWSFRAME_EXPLAIN_H
#define NEWSFRAME_EXPLAIN_H

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
    double margin;             /**< log-odds of the one less those of the other, or the threshold: below 0 when the class asked for is not the best, or not given */
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
 * Explain one document. @param label a class, or -1: the one with the highest score.
 * Microunits are the nearest whole ones, but for the fewest that must be the next so that the sum is the margin as it is printed with six decimals: those nearest
 * to it, the first of equals. @return NF_EINVAL: no such class; after a failure the explanation is empty. O(document).
 */
NF_API NF_MUST_CHECK nf_status nf_explain(nf_explanation *out, nf_scorer *s, const nf_doc *d, int32_t label, nf_err *err);
NF_API void nf_explanation_clear(nf_explanation *e);

NF_END_DECLS

#endif
