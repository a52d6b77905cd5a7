/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * reliability.h - are probabilities worth what they say?
 *
 * Documents are put into NF_RELIABILITY_BINS bins of equal width by the probability p of their most probable class. The expected
 * calibration error is the mean over documents of |share of the bin whose most probable class is the right one - mean p of the bin| (Naeini
 * et al. 2015; Guo et al. 2017).
 */
#ifndef NEWSFRAME_RELIABILITY_H
#define NEWSFRAME_RELIABILITY_H

#include "newsframe/metrics.h"

NF_BEGIN_DECLS

#define NF_RELIABILITY_BINS 15
#define NF_LEAST_PROBABILITY 1e-15 /* in logarithms */

/** How sure a model was of one document. */
typedef struct nf_confidence {
    bool there;       /**< the document was scored, by a calibrated model; else nothing below is set */
    bool right;       /**< the most probable class is the one that the human gave */
    bool in_set;      /**< the human class is in the set of classes, where one was asked for */
    bool shared;      /**< the human class had too few documents for a bound of its own: for whoever makes sets to set */
    uint32_t set_size;
    double top;       /**< probability of the most probable class */
    double own;       /**< probability of the human class; 0 when the model does not know it */
    double square;    /**< sum over classes of (p - 1 if it is the human class)^2 */
} nf_confidence;

/** One bin: low <= p < high, the last one closed. Means are 0 where n is 0. */
typedef struct nf_reliability_bin {
    double low, high;
    uint64_t n, right;
    double probability; /**< mean p */
    double accuracy;    /**< right / n */
    double accuracy_low, accuracy_high; /**< Wilson 95 % interval */
} nf_reliability_bin;

typedef struct nf_reliability {
    uint64_t n;        /**< documents with a human class and probabilities */
    double ece;        /**< expected calibration error; these three are -1 where n is 0 */
    double log_loss;   /**< mean of -ln own, nats; own is NF_LEAST_PROBABILITY at least */
    double brier;      /**< mean of square, 0 to 2 */
    nf_reliability_bin bin[NF_RELIABILITY_BINS];
} nf_reliability;

/** @param human n classes, -1: none; such documents are left out. @param excluded flags by class, or NULL: classes whose documents are left
 * out. */
NF_API NF_MUST_CHECK nf_status nf_reliability_of(nf_reliability *out, const nf_confidence *c, const int32_t *human, size_t n,
                                                 const bool *excluded, nf_err *err);

/**
 * The same of classes that a document has or has not, one probability at a time: bins are by p, accuracy is the share that has the class,
 * log_loss and brier are of that one decision. @param r {0} before the first. O(1).
 */
NF_API void nf_reliability_add(nf_reliability *r, double p, bool has);
/** After the last one: bins become means. */
NF_API NF_MUST_CHECK nf_status nf_reliability_settle(nf_reliability *r, nf_err *err);

NF_END_DECLS

#endif
