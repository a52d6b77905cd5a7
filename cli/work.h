/* SPDX-License-Identifier: GPL-3.0-or-later */
/* work.h - what several verbs do alike: shared option rows for terms, opening inputs and models, progress. */
#ifndef NFI_WORK_H
#define NFI_WORK_H

#include "cli/cli.h"
#include "newsframe/models.h"

/* ---- how text becomes terms, and which are kept ---- */
typedef struct nfi_term_opts {
    const char *tokenizer, *stopwords, *language, *phrases, *lines;
    nfi_ngrams ngrams;
    bool clean, no_clean;
    nfi_list no_rule;
    nfi_share min_df, max_df;
    uint64_t max_features, lead;
} nfi_term_opts;

#define OPT_CLEAN(S, f)                                                                                                         \
    OPT_HEADER("Cleaning"),                                                                                                      \
    OPT_FLAG(0, "clean", S, f.clean, "leave out boilerplate lines, as newsframe clean does; this is the default"),               \
    OPT_FLAG(0, "no-clean", S, f.no_clean, "take texts as they are"),                                                           \
    OPT_LIST(0, "no-rule", S, f.no_rule, "NAMES", NULL, "switch these rules off: lines, shape, position, script, repeats, phrases"), \
    OPT_READ(0, "lines", S, f.lines, NULL, "a line table made by newsframe clean"),                                              \
    OPT_READ(0, "phrases", S, f.phrases, NULL, "more phrases for the rule phrases, one a line: newsframe-phrases(5)")
#define OPT_TEXT(S, f, ngrams_default, stop_default)                                                                             \
    OPT_HEADER("Terms"),                                                                                                         \
    OPT_ENUM(0, "tokenizer", S, f.tokenizer, "news", nf_tokenizer_name, "how text is cut into words"),                           \
    OPT_NGRAMS(0, "ngrams", S, f.ngrams, ngrams_default, 4, "words a term"),                                                     \
    {NFI_ROW(NFI_OPT_STR, const char *, 0, "stopwords", S, f.stopwords, "LIST", stop_default,                                    \
             "words left out before n-grams: none, en, or a file, one a line"),                                                  \
     .flags = NFI_OPT_READ}
/* After OPT_TEXT, where models are made. */
#define OPT_LEAD(S, f)                                                                                                                     \
    OPT_COUNT(0, "lead", S, f.lead, "N", "0", 0, 1 << 20,                                                                                 \
              "the first N words of a document, title first, are terms of their own too: ^word; 30 is a good beginning for news")
/* After OPT_CLEAN. */
#define OPT_LANGUAGE(S, f)                                                                                                                 \
    OPT_STR(0, "language", S, f.language, "CODE", "any",                                                                                   \
            "leave out documents told to be in another language than CODE (en, uk, ...); those of none stay")
#define OPT_SELECT(S, f, min_df_default, max_df_default)                                                                                   \
    OPT_SHARE(0, "min-df", S, f.min_df, min_df_default, 1, "keep terms in at least N documents, or P% of them"),                           \
        OPT_SHARE(0, "max-df", S, f.max_df, max_df_default, 1, "keep terms in at most N documents, or P% of them"),                        \
        OPT_COUNT(0, "max-features", S, f.max_features, "N", NULL, 1, UINT64_MAX, "keep only the N most frequent terms")

/* ---- which documents were counted ---- */
typedef struct nfi_ledger_rows {
    bool none;
    const char *salt;
} nfi_ledger_rows;
#define OPT_SALT(S, f)                                                                                                                     \
    OPT_READ(0, "ledger-salt", S, f.salt, NULL,                                                                                            \
             "a file of 16 to 4096 secret bytes that hide what is in the ledger, so that it can be shared")
#define OPT_LEDGER(S, f)                                                                                                                   \
    OPT_FLAG(0, "no-ledger", S, f.none,                                                                                                    \
             "do not remember which documents were counted (ids, and hashes of ids and texts); some may then be counted twice unnoticed"), \
        OPT_SALT(S, f)
/* The salt, owned (nfi_free), or NULL where none is asked for. NFI_EXIT_OK, or a message and another exit code. */
int nfi_work_salt(nfi_cli *cli, const nfi_ledger_rows *o, void **salt, size_t *n);

/* clean is filled for text->clean to point to and must live as long. */
void nfi_work_text(const nfi_term_opts *o, nf_text_opts *text, nf_clean_opts *clean);
/* How documents are counted: texts, threads, memory, a line of progress; what is kept stays as it was. clean as above; progress must live
 * as long too. */
void nfi_work_count(const nfi_term_opts *o, const nfi_common_opts *common, nfi_progress *progress, nf_corpus_opts *count,
                    nf_clean_opts *clean);
void nfi_work_select(const nfi_term_opts *o, nf_select_opts *select);

/* ---- how a classifier is trained ---- */
typedef struct nfi_train_rows {
    const char *classifier, *weighting, *prior, *smoothing, *kind, *class_weight, *calibration;
    double cost;
} nfi_train_rows;

#define OPT_TRAIN(S, f)                                                                                                                    \
    OPT_HEADER("Classifier"), OPT_ENUM(0, "classifier", S, f.classifier, "cnb", nf_classifier_name, "the classifier"),                     \
        OPT_ENUM(0, "weighting", S, f.weighting, NULL, nf_weighting_name,                                                                  \
                 "how frequencies become weights; without it tfidf, for bnb binary, for nbsvm, nbmix, svm and logistic ltc"),              \
        OPT_STR(0, "prior", S, f.prior, "SHARES", NULL,                                                                                    \
                "data, uniform, or a=.2,b=.8; without it uniform for cnb, wcnb and centroid, else data"),                                  \
        OPT_STR(0, "class-weight", S, f.class_weight, "WEIGHTS", NULL,                                                                     \
                "a document of a class counts for so many: balanced, or a=2,b=1; without it 1"),                                           \
        OPT_STR(0, "smoothing", S, f.smoothing, "X", "auto",                                                                               \
                "a number above 0, or auto: the best by leave-one-out or, where that is not exact, by folds"),                             \
        OPT_ENUM(0, "smoothing-kind", S, f.kind, "lidstone", nf_smoothing_name, "what smoothing adds to a term"),                          \
        OPT_REAL_ABOVE(0, "cost", S, f.cost, "C", NULL, 0, 1e6,                                                                            \
                       "of an error in training, for linear machines; without it 1, for logistic 10"),                                     \
        OPT_ENUM(0, "calibration", S, f.calibration, "power", nf_calibration_name, "how scores become probabilities")

/* The weighting to count for, and whether the documents themselves must stay in memory, for a classifier made from them, or smoothing or
 * calibration by folds. */
const char *nfi_work_weighting(const nfi_train_rows *o);
bool nfi_work_whole(const nfi_train_rows *o);
/* Whether leaving documents out can be computed. */
bool nfi_work_exact(const nfi_train_rows *o);
/* NFI_EXIT_OK, or a message and NFI_EXIT_USAGE. */
int nfi_work_train(nfi_cli *cli, const nfi_train_rows *o, const nfi_term_opts *terms, const nfi_common_opts *common, nf_train_opts *train);

/*
 * The files that a verb writes, against its operands, one more input (a model, a stop list; NULL for none) and each other: none may
 * be named twice. NULL entries are outputs not asked for; no operands are standard input, unless args is NULL. NFI_EXIT_OK, or a message
 * and NFI_EXIT_USAGE.
 */
int nfi_work_outputs(nfi_cli *cli, const char *const *out, size_t n, int nargs, char **args, const char *also);

/* The same against the files that shared term options name; also that those options agree with each other. */
int nfi_work_check_terms(nfi_cli *cli, const nfi_term_opts *o, const char *const *out, size_t n);

/* --label-columns goes with --multi. NFI_EXIT_OK, or a message and NFI_EXIT_USAGE. */
int nfi_work_check_labels(nfi_cli *cli, const nfi_input_opts *in);

/* Warnings about labels that are probably not what was meant, for verbs that train. */
nf_status nfi_work_warn_labels(nfi_cli *cli, const nf_counted *c, nf_err *err) NF_MUST_CHECK;
/* With --multi: a note when no document has more than one label. */
void nfi_work_note_single(nfi_cli *cli, const nf_counted *c);

/* Are the operands files that are worth a thread to read them, and not to be waited for as a pipe is? */
bool nfi_work_bulk(int nargs, char **args);
/* Opens the operands (none: standard input) with the shared input options. */
nf_status nfi_work_open(nf_docs **out, const nfi_input_opts *in, const nfi_common_opts *common, bool need_label, int nargs, char **args,
                        nf_err *err) NF_MUST_CHECK;
/* Place of the id among the carried columns; SIZE_MAX: the input has none, so that a table of documents must begin with the id of its own
 * making. */
size_t nfi_work_id_column(const nf_docs *docs, const nfi_input_opts *in);
/* Place of the first of these names among the carried columns, SIZE_MAX when there is none; NULL entries are passed over. */
size_t nfi_work_column(const nf_docs *docs, const char *const *names, size_t n);
/* The number of --language in *number (-1 for any), and fingerprints in *lang when it or with_column asks for them. */
nf_status nfi_work_language(nf_lang **lang, int *number, const char *code, bool with_column, nf_err *err) NF_MUST_CHECK;
/* Documents in another language are not handed out from now on. */
nf_status nfi_work_leave_out(nf_docs *docs, const char *code, const nfi_common_opts *common, nf_err *err) NF_MUST_CHECK;
/* A progress callback for nf_corpus_opts; ctx is an nfi_progress. */
void nfi_work_progress(void *ctx, const nf_docs_stats *so_far);
/* -m FILE, or the built-in model. */
nf_status nfi_work_model(nf_model **out, const char *path, nf_err *err) NF_MUST_CHECK;

/* The built-in model, made at build time from datasets/geo-1. */
extern const unsigned char nfi_builtin_model[];
extern const size_t nfi_builtin_model_size;

/* ---- tables of an evaluation, shared by evaluate and crossval ---- */
typedef struct nfi_eval_opts {
    const char *summary, *confusion, *predictions, *reliability, *sets;
    double coverage;
} nfi_eval_opts;
#define OPT_EVAL(S, f)                                                                                                           \
    OPT_FILE(0, "summary", S, f.summary, NULL, "write accuracy, F1 and baselines to FILE"),                                      \
    OPT_FILE(0, "confusion", S, f.confusion, NULL,                                                                               \
             "write the confusion to FILE, one row a pair of human and machine class; with --multi one row a class"),             \
    OPT_FILE(0, "predictions", S, f.predictions, NULL, "write human and machine class of every document to FILE"),         \
    OPT_FILE(0, "reliability", S, f.reliability, NULL, "write how often labels are right by how probable they were to FILE"),     \
    OPT_FILE(0, "sets", S, f.sets, NULL, "write how often sets of classes hold the right one to FILE, one row a class"),          \
    OPT_REAL(0, "coverage", S, f.coverage, "SHARE", "0.9", 0.5, 0.9999, "the share of documents of each class that its sets should hold")

typedef struct nfi_evaluation {
    const nf_str *label;      /* k names, in class order */
    size_t k;
    const bool *excluded;     /* k, or NULL */
    const int32_t *human, *machine; /* n */
    const int32_t *fold;      /* n, or NULL */
    const nf_str *id;         /* n */
    size_t n;
    const nf_confidence *confidence; /* n, or NULL */
    size_t repeats;                  /* every document stands here so often, repetition by repetition; 0 is once */
} nfi_evaluation;
/* Writes the class table to output and the other tables where asked for; prints the summary line. Returns an exit code. */
int nfi_work_evaluation(nfi_cli *cli, const nfi_evaluation *e, const nfi_output_opts *out, const nfi_eval_opts *o);

/* --min-accuracy: NFI_EXIT_OK, or a message and NFI_EXIT_GATE. what: "documents are right". */
int nfi_work_gate(nfi_cli *cli, uint64_t right, uint64_t of, double least, const char *what);

/* The tables and lines about probabilities. */
nf_status nfi_work_sureness(nfi_cli *cli, const nfi_evaluation *e, const nf_reliability *r, const nfi_output_opts *out,
                            const nfi_eval_opts *o, nf_err *err);

/* The cells of one bin, and the end of the row. */
void nfi_work_reliability_row(nf_csv *w, const nf_reliability_bin *x);

/* nf_wilson() at 95 % of n judgements, repeats of each document: as wide as that many documents less make it. 0 repeats is 1. */
nf_status nfi_work_interval(uint64_t right, uint64_t n, size_t repeats, double *low, double *high, nf_err *err) NF_MUST_CHECK;
/* The same for each bin. */
nf_status nfi_work_bins(nf_reliability *r, size_t repeats, nf_err *err) NF_MUST_CHECK;

/* A figure of each repetition. {0} before (Welford 1962). */
typedef struct nfi_spread {
    size_t n;
    double mean, squares, least, greatest;
} nfi_spread;
void nfi_work_spread(nfi_spread *s, double x);
double nfi_work_deviation(const nfi_spread *s); /* of a sample; 0 for fewer than two */

/* The same where documents may have several labels. */
typedef struct nfi_multi_evaluation {
    const nf_str *label; /* k names, in class order */
    size_t k;
    const nf_label_sets *human, *machine;
    const nf_label_sets *lexicon; /* what a codebook alone says, or NULL */
    const int32_t *fold; /* one a document, or NULL */
    const nf_str *id;
    const nf_reliability *reliability; /* of the first judged classes, then of all these together but "none"; or NULL */
    size_t judged;
    size_t repeats; /* as above */
} nfi_multi_evaluation;
/* The class "none", -1: there is none. */
int32_t nfi_work_none(const nf_str *label, size_t k);
bool nfi_work_same_set(const nf_label_sets *a, const nf_label_sets *b, size_t doc);
int nfi_work_multi_evaluation(nfi_cli *cli, const nfi_multi_evaluation *e, const nfi_output_opts *out, const nfi_eval_opts *o);
/* Refuses --sets, which only documents with one label have. NFI_EXIT_OK, or a message and NFI_EXIT_USAGE. */
int nfi_work_check_multi_tables(nfi_cli *cli, const nfi_eval_opts *o);

#endif
