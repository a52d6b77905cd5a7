/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * models.h - naive Bayes classifiers: train, score, save, load, cross-validate.
 *
 * A model is derived and read-only: it may be shared between threads. A score depends on the document and the model alone, never on what
 * else was in the batch, the threads or the CPU.
 */
#ifndef NEWSFRAME_MODELS_H
#define NEWSFRAME_MODELS_H

#include "newsframe/codebook.h"
#include "newsframe/features.h"
#include "newsframe/lang.h"
#include "newsframe/metrics.h"
#include "newsframe/reliability.h"
#include "newsframe/seen.h"
#include "newsframe/sentence.h"
#include "newsframe/stats.h"

NF_BEGIN_DECLS

/** i-th classifier, kind of smoothing; NULL past the end; *summary may be NULL. */
NF_API const char *nf_classifier_name(size_t i, const char **summary);
NF_API const char *nf_smoothing_name(size_t i, const char **summary);

/** What a classifier needs; false when there is none of that name. */
typedef struct nf_classifier_needs {
    bool documents;        /**< made from the documents themselves: cannot be counted, merged, or trained from statistics */
    bool smoothing;        /**< has smoothing */
    bool cost;             /**< has a cost */
    bool kinds;            /**< any kind of smoothing; else "lidstone" */
    bool exact; /**< smoothing is tuned by exact leave-one-out (kind "lidstone", no class weights); else by folds, which need the documents
                 */
    const char *weighting; /**< by default */
} nf_classifier_needs;
NF_API bool nf_classifier_about(const char *name, nf_classifier_needs *out);

/** i-th way to calibrate; NULL past the end; *summary may be NULL. */
NF_API const char *nf_calibration_name(size_t i, const char **summary);

/** How to train. Start from nf_train_defaults(). Strings are borrowed. */
typedef struct nf_train_opts {
    nf_select_opts select;  /**< default min_df 2 */
    const char *classifier; /**< nf_classifier_name(); NULL: the first */
    const char *weighting;  /**< NULL: the classifier's own */
    const char *prior; /**< NULL: the classifier's own (cnb "uniform", mnb "data"); "data", "uniform", or "a=.2,b=.8" for all classes */
    double smoothing;  /**< > 0; 0 = auto: accuracy over a ladder of values, by exact leave-one-out, or by folds where that is not exact */
    const char *smoothing_kind; /**< nf_smoothing_name(); NULL: the first */
    double cost;            /**< C of linear machines, > 0; 0: the classifier's own */
    const char
        *class_weight; /**< NULL: 1 for all; "balanced" (documents / (classes * documents of the class)), or "a=2,b=1", 1 where not named */
    uint64_t seed;          /**< of the order in which linear machines see documents, and of folds; 0 = 1 */
    const uint32_t *groups; /**< a number for each document of a corpus, or NULL: folds of tuning keep groups whole, and in leave-one-out a
                               group leaves together, as texts of the very same terms do without it. Borrowed */
    const char *calibration; /**< "power" (default), "temperature", "bias" or "none"; where no document can be left out exactly, by five
                                folds of counts held in memory */
    int threads;
    const nf_codebook *codebook; /**< its frames are the classes, its seeds a prior on their terms; NULL: none. Borrowed */
    bool unlabeled; /**< documents without a label are learned from too, by EM: classifier mnb, weighting tfidf, counts held in memory
                       (nf_count_opts.whole) */
    double unlabeled_weight; /**< > 0: of a document without a label; 0 = auto: by cross-validation, 0.1 where there are too few labels */
    double seed_strength;    /**< > 0: seeds of a class count like so many documents; 0 = auto: by leave-one-out, 3 where there are too few
                                labels */
    bool forms;              /**< terms whose words are forms of the same English words (plural, -ed, -ing) have the sums of all of them,
                                and select.min_df is for these together. With cnb and mnb on documents of one label; smoothing, and the
                                strength of seeds, must be given, calibration "none": nothing can be left out exactly */
} nf_train_opts;
NF_API nf_train_opts nf_train_defaults(void);

typedef struct nf_model nf_model;

/** What training found; for reports. Strings are borrowed from the model. */
typedef struct nf_model_info {
    const char *classifier, *weighting, *tokenizer, *stopwords, *language, *unicode, *clean;
    int ngram_lo, ngram_hi;
    uint32_t lead;           /**< nf_text_opts.lead */
    size_t classes, terms, words;
    uint64_t documents;      /**< counted, labelled or not */
    uint64_t labelled;
    double smoothing;
    const char *smoothing_kind;
    const char *smoothing_how; /**< "given", "leave-one-out", "folds", "fixed" (no documents to tune on), "none" (the classifier has no
                                  smoothing) */
    double cost;             /**< of linear machines; 0: it has none */
    const char *class_weight; /**< "": none */
    double loo_accuracy;     /**< accuracy by leave-one-out or folds at the chosen smoothing; negative when not computed */
    uint64_t loo_documents;  /**< documents it was computed on */
    const char *calibration; /**< how probabilities are made ("sigmoid" for several labels); "none": the model is not calibrated */
    const char *calibration_how; /**< "leave-one-out" or "out-of-fold"; "" without calibration */
    double temperature, power; /**< 0 without calibration */
    uint64_t calibration_documents;
    const char *prior;
    nf_str tuned;            /**< lines of what was tried, the chosen first; n == 0: the settings were given */
    const nf_codebook *codebook; /**< the model was trained with; NULL: none */
    uint64_t unlabeled;      /**< documents without a label that it was learned from; 0: none */
    double unlabeled_weight;
    const char *unlabeled_how; /**< of the weight: "given", "cross-validation", "fixed" */
    double seed_strength;    /**< of its seeds */
    const char *seed_strength_how; /**< "given", "leave-one-out", "fixed" */
    const char *thresholds_how; /**< of models of several labels: "out-of-fold", or "fixed" at 0 where there were no documents to find them
                                   on; else NULL */
    uint64_t threshold_documents; /**< that thresholds were found on */
    double threshold_micro_f1; /**< of these at the thresholds; negative when there are none */
    uint64_t coding_sentences; /**< coded sentences that it learned from how to give frames to sentences; 0: it does not */
    double coding_micro_f1;  /**< of these, held out, at the cut */
    uint64_t typicality;     /**< training documents that its bounds of typicality were found on; 0: it has none */
    uint64_t bytes;          /**< of the file the model was read from, 0 if it was trained */
} nf_model_info;

/**
 * Train on counted documents.
 * @param out owned, nf_model_free(). @return NF_EDATA: fewer than two classes, no term left; NF_EINVAL: bad option.
 */
NF_API NF_MUST_CHECK nf_status nf_model_train(nf_model **out, const nf_counted *c, const nf_train_opts *opts, nf_err *err);
/** The same bytes for the same model on any machine. Atomic; verified by reading back. */
NF_API NF_MUST_CHECK nf_status nf_model_save(const nf_model *m, const char *path, nf_err *err);
/* ---- choosing a classifier and its settings ---- */

/** Settings that can be tried. Strings are static. */
typedef struct nf_candidate {
    const char *classifier, *weighting;
    int ngram_hi;            /**< words a term at most: 1, or what was counted */
    double smoothing, cost;  /**< 0: the classifier has none */
    uint64_t min_df;         /**< as nf_select_opts.min_df: as given, or 1 */
    uint32_t lead;           /**< nf_text_opts.lead: as counted, or 0 */
} nf_candidate;

/** What a candidate reached on documents held out. */
typedef struct nf_tried {
    nf_candidate c;
    bool done;               /**< false: the time was up before it was judged, and it counts for nothing */
    bool complete;           /**< judged on all folds; else figures are of the first ones */
    bool set_aside;          /**< not judged further, for it was behind the best by more than chance explains */
    uint64_t right, documents;
    double accuracy, accuracy_low, accuracy_high, macro_f1; /**< interval: Wilson, 95 % */
} nf_tried;

typedef struct nf_tune_opts {
    nf_train_opts train; /**< selection, prior, class weights, threads, seed, groups; weighting, smoothing, cost where given are the only
                            ones tried */
    const char *const *classifiers; /**< only these, in the order of the grid; NULL: all of the grid */
    size_t nclassifiers;
    bool ngrams_fixed;       /**< only n-grams as counted; else words alone too */
    bool lead_fixed;         /**< only with the lead as counted; else without it too */
    bool min_df_fixed;       /**< only terms of select; else those of one document too, where that may help */
    const int32_t *fold;     /**< of each document, -1: not held out; borrowed */
    size_t folds;
    bool forward;            /**< a fold is scored by what was trained on those below it */
    /** Asked before and after every candidate in every fold, from several threads; false ends the search. May be NULL. */
    bool (*go_on)(void *ctx, const nf_tried *t, bool after);
    void *ctx;
} nf_tune_opts;

/**
 * Tries the candidates of a fixed grid, in a fixed order, fold by fold; after each, those clearly behind the best on the same documents are
 * set aside. tried out, owned, nf_tried_free(): n rows, those not reached too. *best: greatest accuracy of those that are left,
 * ties to those without a lead, then to the first; when the search ends early, by the last fold that all of them finished. @return
 * NF_EINVAL: nothing of the grid is left; NF_EDATA: no candidate was finished, or as nf_crossval().
 */
NF_API NF_MUST_CHECK nf_status nf_tune(nf_tried **tried, size_t *n, size_t *best, const nf_corpus *c, const nf_tune_opts *opts,
                                       nf_err *err);
NF_API void nf_tried_free(nf_tried *t); /**< NULL is fine */
/** The same, then a model with the settings that did best, which keeps the table (nf_model_info.tuned). c must hold its documents:
 * nf_count_opts.whole. */
NF_API NF_MUST_CHECK nf_status nf_model_train_tuned(nf_model **out, nf_tried **tried, size_t *n, size_t *best, const nf_counted *c,
                                                    const nf_tune_opts *opts, nf_err *err);

/** Untrusted input is fine: any file gives NF_OK, NF_EMODEL, NF_EIO or NF_ENOMEM. */
NF_API NF_MUST_CHECK nf_status nf_model_load(nf_model **out, const char *path, nf_err *err);
/** From memory that outlives the model, 64-byte aligned. name is for messages. */
NF_API NF_MUST_CHECK nf_status nf_model_from_memory(nf_model **out, const void *p, size_t n, const char *name, nf_err *err);
NF_API void nf_model_free(nf_model *m);

/** The model keeps hashes of these texts (settled), at most 4,096: the least ones. Before nf_model_save(). */
NF_API NF_MUST_CHECK nf_status nf_model_remember(nf_model *m, const nf_seen *s, nf_err *err);
NF_API size_t nf_model_remembered(const nf_model *m);              /**< how many it has; 0: it was not asked to */
NF_API bool nf_model_has_seen(const nf_model *m, nf_str text);     /**< the hash of the text is among them */

NF_API void nf_model_describe(const nf_model *m, nf_model_info *out);
NF_API nf_str nf_model_label(const nf_model *m, size_t k);          /**< k-th class, sorted by bytes */
NF_API uint64_t nf_model_class_docs(const nf_model *m, size_t k);   /**< documents it was trained on */
NF_API int32_t nf_model_find_label(const nf_model *m, nf_str label);/**< class number or -1 */
/** Term t of the model in byte order (words joined by a space) into buf, cut at cap. @return full length. */
NF_API size_t nf_model_term(const nf_model *m, size_t t, char *buf, size_t cap);
NF_API uint64_t nf_model_term_df(const nf_model *m, size_t t);
/** Factor of term t for its document frequency; 1 where the weighting of the model has none. */
NF_API double nf_model_term_idf(const nf_model *m, size_t t);
/** Documents of class k that have term t; 0 when the file of the model leaves these counts out. */
NF_API uint64_t nf_model_term_docs(const nf_model *m, size_t t, size_t k);
/** Weight of term t for class k as it enters a score, in nats per unit of document weight, class against the mean of the others. */
NF_API double nf_model_term_weight(const nf_model *m, size_t t, size_t k);

/** Whether documents get any number of labels, each by a threshold of its own. */
NF_API bool nf_model_is_multi(const nf_model *m);
/** The log-odds from which on class k is given; 0 where documents get one label. */
NF_API double nf_model_threshold(const nf_model *m, size_t k);
/**
 * The classes that a row of nf_scorer_batch() stands for. @param log_odds one a class. @param chosen a flag a class, caller-allocated.
 * @return how many are chosen, at least 1 ("none" alone is an answer too); 1 where documents get one label.
 */
NF_API size_t nf_model_labels(const nf_model *m, const double *log_odds, bool *chosen);

/**
 * Calibrated probabilities from a row of log-odds as nf_scorer_batch() gives it. They add up to 1, but for
 * models of several labels, where each class has a probability of its own. Of a label that was given, the probability is the
 * greatest unless the calibration has offsets by class. @param prob classes, caller-allocated; may be log_odds itself.
 * @return false, prob untouched: the model is not calibrated.
 */
NF_API bool nf_model_probabilities(const nf_model *m, nf_unit_kind unit, const double *log_odds, double *prob);
/**
 * Bounds of sets of classes that hold the right one, in each class, at a rate of at least coverage, for documents from where those it was
 * trained on come.
 * @param coverage 0.5 to 0.9999. @param bound classes, caller-allocated, for nf_model_set(). @param shared classes, caller-allocated: the
 * class has too few documents for a bound of its own; it has that of all such classes together (or of all classes, where these are too few
 * too), and the rate is theirs.
 * @return NF_EINVAL: the model is not calibrated, or gives several labels; coverage out of range. O(documents it was calibrated on).
 */
NF_API NF_MUST_CHECK nf_status nf_model_set_bounds(const nf_model *m, double coverage, double *bound, bool *shared, nf_err *err);
/** The set of a document with these probabilities: flags by class, caller-allocated. @return how many classes; 0: the document is like
 * none. */
NF_API size_t nf_model_set(const nf_model *m, const double *bound, const double *prob, bool *in);
/**
 * How sure the model is of a document, for nf_reliability_of(). @param log_odds its row; NULL: it was not scored. @param human its class,
 * any number the model does not have for another label, -1 for none. @param bound of nf_model_set_bounds(), or NULL: no set. @param prob
 * classes of scratch.
 */
NF_API nf_confidence nf_model_confidence(const nf_model *m, const double *log_odds, int32_t human, const double *bound, double *prob);

/** Why a document has or has no label. The texts are the CSV values. */
#define NF_SCORE_STATUSES(X)                                                                                 \
    X(NF_SCORE_OK, "ok", "labelled")                                                                         \
    X(NF_SCORE_EMPTY, "empty", "no token in the text")                                                       \
    X(NF_SCORE_TOO_SHORT, "too_short", "fewer tokens than the minimum (3)")                                  \
    X(NF_SCORE_NO_KNOWN_WORDS, "no_known_words", "no term of the text is known to the model")                \
    X(NF_SCORE_BELOW_THRESHOLD, "below_threshold", "the margin is below the threshold asked for")            \
    X(NF_SCORE_TIE, "tie", "the two best classes have the same score")                                       \
    X(NF_SCORE_OTHER_LANGUAGE, "other_language", "told to be in another language than the one asked for")      \
    X(NF_SCORE_UNLIKE_TRAINING, "unlike_training", "unlike nearly all that the model was trained on")
typedef enum nf_score_status {
#define X(name, text, meaning) name,
    NF_SCORE_STATUSES(X)
#undef X
    NF_SCORE_STATUS_COUNT
} nf_score_status;
NF_API const char *nf_score_status_text(nf_score_status s);

/** One scored document. */
typedef struct nf_score {
    nf_score_status status;
    int32_t label, second;  /**< best and second class; -1 unless status is ok */
    double margin;          /**< log-odds of the best minus those of the second, nats, >= 0; 0 when nothing was scored */
    bool scored;            /**< log-odds are there (also for below_threshold and tie) */
    int32_t lang;           /**< number of the language, -1: of none, or not looked for */
    uint64_t n_tokens;
    double oov_share;       /**< share of the tokens (stop words aside) whose word the model does not know, 0..1 */
} nf_score;

typedef struct nf_scorer_opts {
    uint64_t min_tokens; /**< fewer: too_short; 0 = 3 */
    double threshold;    /**< margin below it: below_threshold; 0 = none */
    double min_prob;     /**< probability of the best class below it: below_threshold; 0 = none; else NF_EINVAL for a model that is not
                            calibrated */
    int threads;
    const nf_lang *lang;  /**< tell languages (nf_score.lang); NULL: do not. Borrowed while the scorer lives */
    int language;         /**< nf_lang_find(): other documents get other_language, those of no language are scored; -1: all are */
    bool typicality;      /**< what is unlike nearly all training documents gets unlike_training; NF_EINVAL when the model does not know
                             (nf_model_info.typicality) */
} nf_scorer_opts;

/** Scratch for scoring a stream with one model; not thread-safe itself, uses threads inside. */
typedef struct nf_scorer nf_scorer;
NF_API NF_MUST_CHECK nf_status nf_scorer_new(nf_scorer **out, const nf_model *m, const nf_scorer_opts *opts, nf_err *err);
/**
 * Score a batch. @param scores b->n, caller-allocated. @param log_odds b->n x classes, caller-allocated, row-major: ln(p/(1-p)) of each
 * class against the rest in nats, p the softmax of the class scores; zeros when nothing was scored.
 */
NF_API NF_MUST_CHECK nf_status nf_scorer_batch(nf_scorer *s, const nf_batch *b, nf_score *scores, double *log_odds, nf_err *err);
/**
 * The rows that a batch is scored with: one a document, columns the terms of the model in their order, values what its weights are
 * multiplied with. @param X out, owned.
 */
NF_API NF_MUST_CHECK nf_status nf_scorer_rows(nf_scorer *s, const nf_batch *b, nf_csr *X, nf_err *err);
NF_API void nf_scorer_free(nf_scorer *s);

/** Stratified k-fold cross-validation: terms, idf, smoothing and weights are found anew in each fold without its documents. */
typedef struct nf_crossval_opts {
    nf_train_opts train;
    size_t folds;    /**< default 5 */
    uint64_t seed;   /**< default 1 */
    const uint32_t
        *groups; /**< a number for each document or NULL, borrowed: documents with one number (copies: nf_groups.first) stay in one fold */
    nf_confidence *confidence; /**< a place for each document, or NULL: how sure the model was that had not seen it */
    double coverage;         /**< of the sets of classes in confidence; 0 = 0.9 */
    float *probability;      /**< for nf_crossval_multi(): documents x classes, or NULL; what the model that had not seen the document gives
                                each class, -1 where there is none */
} nf_crossval_opts;
/**
 * @param fold_of n, caller-allocated: fold of each document, -1 when it was in none (no label, or a class with one document, or with one
 * group).
 * @param predicted n, caller-allocated: class given when the document was held out, -1 when none.
 * @param smoothing folds values, caller-allocated: what each fold chose.
 */
NF_API NF_MUST_CHECK nf_status nf_crossval(const nf_corpus *c, const nf_crossval_opts *opts, int32_t *fold_of, int32_t *predicted,
                                           double *smoothing, nf_err *err);
/**
 * The same where documents may have several labels: every document with labels is held out once (nf_folds_multi()); thresholds and
 * smoothing are found within the other documents. @param human, predicted out, owned: what people said, and the models; an empty set where
 * they said nothing.
 * @return NF_EINVAL: counted with one label a document.
 */
NF_API NF_MUST_CHECK nf_status nf_crossval_multi(const nf_corpus *c, const nf_crossval_opts *opts, int32_t *fold_of, nf_label_sets *human,
                                                 nf_label_sets *predicted, double *smoothing, nf_err *err);

NF_END_DECLS

#endif
