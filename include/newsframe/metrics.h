/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * metrics.h - how well a machine reproduces human labels, and the folds of cross-validation.
 *
 * Classes are numbered 0..k-1 and every table here is in that order. A document that the machine did not label (machine class -1) counts
 * against recall and accuracy: it is a document that the human labelled and the machine did not get right. It counts against no precision.
 * A figure that has no meaning is flagged with the reason; its value is then -1, outside the range of every figure, never 0 and never NaN.
 */
#ifndef NEWSFRAME_METRICS_H
#define NEWSFRAME_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "newsframe/docs.h"

NF_BEGIN_DECLS

/** Why a figure is undefined: name, the word for tables, the sentence for people. The numbers are stable: append, never renumber. */
#define NF_UNDEFINED_REASONS(X)                                                                                        \
    X(NF_DEFINED, 0, "", "")                                                                                           \
    X(NF_NEVER_PREDICTED, 1, "never_predicted", "the machine never chose the class: precision has no denominator")     \
    X(NF_NO_SUPPORT, 2, "no_support", "no document has the class: recall has no denominator")                          \
    X(NF_NEVER_USED, 3, "never_used", "neither a document nor the machine has the class")                              \
    X(NF_N_TOO_SMALL, 4, "n_too_small", "too few documents of the class to hold any out: left out of the scores")

typedef enum nf_undefined {
#define X(name, value, word, text) name = value,
    NF_UNDEFINED_REASONS(X)
#undef X
} nf_undefined;

/** @return static word for a reason column, "" for NF_DEFINED, never NULL. */
NF_API const char *nf_undefined_word(nf_undefined why);
/** @return static English sentence, "" for NF_DEFINED, never NULL. */
NF_API const char *nf_undefined_text(nf_undefined why);

/** A share in [0,1], or the reason why there is none. */
typedef struct nf_figure {
    double value;     /**< -1 unless why is NF_DEFINED */
    nf_undefined why;
} nf_figure;

/** Documents of one human and one machine class. */
typedef struct nf_confused {
    uint64_t n;              /**< > 0 */
    uint32_t human, machine; /**< machine == k: the machine gave no label */
} nf_confused;

/** Counts of documents by human and machine class: of the pairs that some document has. {0} is empty. */
typedef struct nf_confusion {
    size_t k, n;       /**< classes; pairs */
    nf_confused *pair; /**< n, owned, by human, then machine class */
} nf_confusion;

/**
 * Count pairs. Documents without a human class (-1) are left out.
 * @param out owned on success, nf_confusion_clear(). @param human, machine n numbers each in [-1,k), borrowed; may be NULL when n == 0.
 * @return NF_EINVAL: k == 0 or a number out of range, naming the document (0-based); NF_ELIMIT: k above 65535. O(n).
 */
NF_API NF_MUST_CHECK nf_status nf_confusion_of(nf_confusion *out, const int32_t *human, const int32_t *machine, size_t n, size_t k,
                                               nf_err *err);
NF_API void nf_confusion_clear(nf_confusion *c);
/** @return documents of human class h that the machine gave class m, m == k: no label; 0 where there are none. O(log n). */
NF_API uint64_t nf_confusion_count(const nf_confusion *c, size_t h, size_t m);

/** One class. */
typedef struct nf_class_metrics {
    uint64_t support;        /**< documents with the human class */
    uint64_t predicted;      /**< documents with the machine class */
    uint64_t true_positives; /**< both */
    nf_figure precision;     /**< true_positives / predicted */
    nf_figure recall;        /**< true_positives / support */
    nf_figure f1;            /**< 2 true_positives / (support + predicted): 0 when only one of the two above is undefined */
    nf_undefined why;        /**< the one reason for a table that has one column for it; NF_DEFINED when all three are defined */
} nf_class_metrics;

/** All figures of one confusion. {0} is empty. */
typedef struct nf_metrics {
    size_t k;
    nf_class_metrics *cls; /**< k, owned, in class order */
    uint64_t n;            /**< documents scored: human class there and not excluded */
    uint64_t labelled;     /**< of these, labelled by the machine */
    uint64_t correct;      /**< of these, labelled like the human did */
    double accuracy;       /**< correct / n */
    double accuracy_low, accuracy_high; /**< Wilson 95 % interval */
    double macro_f1;       /**< mean f1 of the macro_classes classes that have support and are not excluded */
    size_t macro_classes;
    double micro_f1;       /**< 2 correct / (n + labelled): the accuracy when everything is labelled */
    int32_t majority;      /**< class with most support, ties to the lower number */
    double majority_accuracy, majority_macro_f1; /**< of always answering that class */
} nf_metrics;

/**
 * @param out owned on success, nf_metrics_clear(). @param c borrowed.
 * @param excluded k flags or NULL, borrowed: classes that cross-validation cannot score. Documents of such a human class are left out of
 *   everything but that class's own support; choosing such a class for another document stays an error.
 * @return NF_EDATA: no document left to score. O(k + pairs).
 */
NF_API NF_MUST_CHECK nf_status nf_metrics_of(nf_metrics *out, const nf_confusion *c, const bool *excluded, nf_err *err);
NF_API void nf_metrics_clear(nf_metrics *m);

/**
 * Wilson score interval of a share: 0 <= low <= correct/n <= high <= 1. @param level coverage in (0,1), for example 0.95.
 * @param low, high caller-allocated.
 * @return NF_EINVAL: n == 0, correct > n, level out of range.
 */
NF_API NF_MUST_CHECK nf_status nf_wilson(uint64_t correct, uint64_t n, double level, double *low, double *high, nf_err *err);

/* ---- documents with several labels ---- */

/**
 * A set of classes for each document: cls[ptr[i]] .. cls[ptr[i+1] - 1], rising. {0} is empty; nf_label_sets_clear(). An empty set is a
 * document that was not judged; one that was and has no label has the class "none" alone.
 */
typedef struct nf_label_sets {
    size_t n;
    uint64_t *ptr;
    uint16_t *cls;
    size_t cap_ptr, cap_cls;
} nf_label_sets;
/** Appends a set. @param cls n classes, rising, borrowed. */
NF_API NF_MUST_CHECK nf_status nf_label_sets_add(nf_label_sets *s, const uint16_t *cls, size_t n, nf_err *err);
NF_API void nf_label_sets_clear(nf_label_sets *s);

/** What always giving one set of labels would reach. */
typedef struct nf_constant_answer {
    size_t n;                   /**< labels of the set: the n classes with most support, ties to the lower number */
    double micro_f1, macro_f1;
    double subset_accuracy;
} nf_constant_answer;

/**
 * Figures of sets of labels. The class "none" has figures of its own and enters no average: micro, macro, Hamming loss and cardinality are
 * about labels. A document that the machine did not judge counts as one without labels, and never as right.
 */
typedef struct nf_multi_metrics {
    size_t k;
    int32_t none;          /**< class "none", -1: there is none */
    nf_class_metrics *cls; /**< k, owned, in class order */
    uint64_t n;            /**< documents that a human judged */
    uint64_t answered;     /**< of these, judged by the machine */
    uint64_t exact;        /**< of these, with the very set of the human */
    uint64_t human_labels, machine_labels, right_labels;
    nf_figure micro_precision, micro_recall, micro_f1;
    double macro_f1;       /**< mean f1 of the macro_classes classes that have support */
    size_t macro_classes;
    double subset_accuracy;                /**< exact / n */
    double subset_low, subset_high;        /**< Wilson 95 % interval */
    double hamming_loss;   /**< share of the n times (classes but none) pairs that differ */
    double human_cardinality, machine_cardinality; /**< labels a document */
    nf_constant_answer constant; /**< the set that is best by micro F1; n is 0 when no document has a label */
    nf_constant_answer majority; /**< the one class with most support */
} nf_multi_metrics;

/**
 * @param out owned on success, nf_multi_metrics_clear(). @param human, machine sets of the same documents, borrowed. @param k classes.
 * @param none as above.
 * @return NF_EINVAL: lengths differ, or a class out of range; NF_EDATA: no document was judged by a human. O(labels + k log k).
 */
NF_API NF_MUST_CHECK nf_status nf_multi_metrics_of(nf_multi_metrics *out, const nf_label_sets *human, const nf_label_sets *machine,
                                                   size_t k, int32_t none, nf_err *err);
NF_API void nf_multi_metrics_clear(nf_multi_metrics *m);

/* ---- folds ---- */

#define NF_FOLDS_MAX 1000

/** How to make folds. {.k = 10, .seed = 1} is complete. */
typedef struct nf_fold_opts {
    size_t k;               /**< 2..NF_FOLDS_MAX */
    uint64_t seed;
    const uint32_t *groups; /**< n numbers of any value or NULL, borrowed: documents of one group (duplicates, a source) stay in one fold */
    const nf_str *names;    /**< nclasses or NULL, borrowed: classes are named in messages, else numbered */
} nf_fold_opts;

/**
 * Random stratified folds, the same for the same labels, groups and seed.
 *
 * A class is too small when it has fewer than 2 documents, or all its documents are in one group: it is trained on in every fold and cannot
 * be scored. Without groups the folds of every other class differ by one document at most, and so do the whole folds. With groups, which
 * are dealt whole and the largest first, the balance is as close as they allow; no fold is empty.
 * @param fold n, caller-allocated: in [0,k), or -1: no label, or of a class that is too small. A document of a class that is too small goes
 *   along with its group when that has a fold: it is held out with it and is not to be scored either.
 * @param too_small nclasses flags, caller-allocated; also true for a class without documents.
 * @param labels n numbers in [-1,nclasses), -1 for no label, borrowed.
 * @return NF_EINVAL: k, nclasses or a label out of range; NF_ELIMIT: n above UINT32_MAX; NF_EDATA: fewer than 2 usable classes, the message
 *   names them and those that are too small; NF_EDATA: k above the number of documents, or groups, of usable classes.
 * O(n*k) time, 8 bytes a document (with groups up to 56).
 */
NF_API NF_MUST_CHECK nf_status nf_folds_stratified(int32_t *fold, bool *too_small, const int32_t *labels, size_t n, size_t nclasses,
                                                   const nf_fold_opts *opts, nf_err *err);

/**
 * Folds of documents with several labels: groups of documents (or documents alone) are dealt by their rarest label, rarest first, each to
 * the fold that has the fewest of that label, then to the smallest (the idea of Sechidis et al. 2011, in one pass). Every document with a
 * label gets a fold.
 * @param fold n, caller-allocated: in [0,k), -1 without labels. @param sets n sets, borrowed. @param nclasses above every class.
 * @return NF_EINVAL: k out of range; NF_EDATA: k above the number of documents, or groups, with labels. O(n*k).
 */
NF_API NF_MUST_CHECK nf_status nf_folds_multi(int32_t *fold, const nf_label_sets *sets, size_t nclasses, const nf_fold_opts *opts,
                                              nf_err *err);

/**
 * The folds of scikit-learn's StratifiedKFold(k) without shuffling, for comparisons: depends on file order, small classes get folds too.
 * @param fold n, caller-allocated: in [0,k), -1 where the label is -1. @param labels as above.
 * @return NF_EINVAL: a number out of range; NF_EDATA: k above the documents, or above those of every class. O(n + k*nclasses).
 */
NF_API NF_MUST_CHECK nf_status nf_folds_sklearn(int32_t *fold, const int32_t *labels, size_t n, size_t nclasses, size_t k, nf_err *err);

NF_END_DECLS

#endif
