/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * features.h - text to rows: how text is cut into terms, which terms are kept, how they are weighted, and the counted corpus that training,
 * cross-validation and clustering share.
 */
#ifndef NEWSFRAME_FEATURES_H
#define NEWSFRAME_FEATURES_H

#include <stdbool.h>

#include "newsframe/clean.h"
#include "newsframe/docs.h"
#include "newsframe/matrix.h"

NF_BEGIN_DECLS

/** How text becomes terms. Part of every statistics and model file. {0} is the default. */
typedef struct nf_text_opts {
    const char *tokenizer;   /**< nf_tokenizer_name(); NULL: "news" */
    int ngram_lo, ngram_hi;  /**< words a term, 1 <= lo <= hi <= 4; 0,0: 1,2 */
    const char *stopwords;   /**< "none", "en" or a file; NULL: "none" */
    bool no_clean;           /**< count texts as they are; else without boilerplate (titles always whole) */
    const nf_clean_opts *clean; /**< how to clean; NULL: the defaults */
    uint32_t lead;           /**< so many tokens of the beginning (title, then text) count as words of their own too, marked by ^; only
                                  where ngram_lo is 1 */
    const char *language;    /**< nf_lang_code(): documents told to be in another language are left out; NULL or "any": none is */
} nf_text_opts;

/** Which terms are kept. {0} keeps all. Counts and shares may both be given; both hold. */
typedef struct nf_select_opts {
    uint64_t min_df;         /**< at least this many documents */
    double min_df_share;     /**< at least this share of the documents, 0..1 */
    uint64_t max_df;         /**< at most this many documents, 0 = no limit */
    double max_df_share;     /**< at most this share, 0 = no limit */
    uint64_t max_features;   /**< the most frequent (total frequency falling, bytes rising), 0 = no limit */
} nf_select_opts;

/** i-th tokeniser, weighting; NULL past the end; *summary may be NULL. */
NF_API const char *nf_tokenizer_name(size_t i, const char **summary);
NF_API const char *nf_weighting_name(size_t i, const char **summary);
NF_API bool nf_weighting_is_additive(
    const char *name); /**< sums over documents add up: it can be counted, and has exact leave-one-out. false for no such weighting */

/** What to keep while counting. {0}: threads = usable CPUs, memory = half of RAM, nothing but counts. */
typedef struct nf_corpus_opts {
    nf_text_opts text;
    int threads;
    uint64_t memory;         /**< bytes for rows and vocabulary; 0 = half of RAM */
    bool keep_ids;           /**< document ids and titles */
    bool keep_carried;       /**< all carried columns of every document */
    bool multi;              /**< documents may have several labels: the stream was opened with nf_docs_opts.multi */
    void (*progress)(void *ctx, const nf_docs_stats *so_far); /**< called between batches, may be NULL */
    void *progress_ctx;
} nf_corpus_opts;

/** Documents as term counts: rows, labels, vocabulary. Immutable after nf_corpus_count(); share between threads freely. */
typedef struct nf_corpus nf_corpus;

/**
 * Count all documents of a stream (left at its end; may be a pipe). Text is not kept.
 * @param out owned, nf_corpus_free(). @param opts borrowed.
 * @return also NF_ELIMIT when rows and vocabulary outgrow opts->memory. The result does not depend on threads or batches.
 */
NF_API NF_MUST_CHECK nf_status nf_corpus_count(nf_corpus **out, nf_docs *in, const nf_corpus_opts *opts, nf_err *err);
/**
 * Only documents with a flag stay, in their order, as if there had been no others. The one change a corpus can undergo: not while others
 * use it. Strings that were borrowed stay valid, also those of documents that go. @param keep a flag for each document, borrowed. O(rows).
 */
NF_API NF_MUST_CHECK nf_status nf_corpus_keep(nf_corpus *c, const bool *keep, nf_err *err);
NF_API void nf_corpus_free(nf_corpus *c);

NF_API size_t nf_corpus_docs(const nf_corpus *c);                    /**< documents, labelled or not */
NF_API size_t nf_corpus_classes(const nf_corpus *c);                 /**< distinct labels */
NF_API nf_str nf_corpus_class(const nf_corpus *c, size_t k);         /**< label k, sorted by bytes; borrowed */
NF_API int32_t nf_corpus_label(
    const nf_corpus *c, size_t doc); /**< number of its label set, -1 when not labelled; where documents have one label that is the class */
NF_API bool nf_corpus_is_multi(const nf_corpus *c);                  /**< counted with nf_corpus_opts.multi */
NF_API size_t nf_corpus_sets(const nf_corpus *c);                    /**< distinct sets of labels, in the order of their classes */
/** Classes of a set, rising, at most cap of them into classes; returns how many the set has (1 where documents have one label). */
NF_API size_t nf_corpus_set(const nf_corpus *c, size_t set, uint16_t *classes, size_t cap);
NF_API uint64_t nf_corpus_tokens(const nf_corpus *c, size_t doc);    /**< tokens of a document */
NF_API nf_str nf_corpus_id(const nf_corpus *c, size_t doc);          /**< with keep_ids; borrowed */
NF_API nf_str nf_corpus_title(const nf_corpus *c, size_t doc);       /**< with keep_ids */
NF_API nf_str nf_corpus_carried(const nf_corpus *c, size_t doc, size_t column); /**< with keep_carried */

/** Kept terms of a corpus with their column numbers: columns are ranks by (document frequency falling, bytes rising). */
typedef struct nf_vocabulary nf_vocabulary;
NF_API size_t nf_vocabulary_size(const nf_vocabulary *v);
/** Term of a column into buf (its words joined by one space, cut at cap, no NUL). @return its full length in bytes. */
NF_API size_t nf_vocabulary_term(const nf_vocabulary *v, size_t column, char *buf, size_t cap);
NF_API uint64_t nf_vocabulary_df(const nf_vocabulary *v, size_t column); /**< documents that have the term */
NF_API void nf_vocabulary_free(nf_vocabulary *v);

/**
 * Weighted rows for clustering: f(tf) * idf, then unit length over the kept terms (rows without kept terms stay empty).
 * @param X out, owned, n x d. @param counts out, owned, raw frequencies in the same pattern; may be NULL. @param vocab out, owned.
 * @param weighting nf_weighting_name(); NULL: the first. @return NF_EDATA when no term survives, naming the limits that removed them.
 */
NF_API NF_MUST_CHECK nf_status nf_corpus_rows(const nf_corpus *c, const nf_select_opts *select, const char *weighting, int threads,
                                              nf_csr *X, nf_csr *counts, nf_vocabulary **vocab, nf_err *err);

/**
 * Weighted rows as the formula of the weighting says, for other programs: tf and binary give integers; tfidf is what a model multiplies its
 * weights with, normed over all terms of the document before any is left out. Otherwise as nf_corpus_rows().
 */
NF_API NF_MUST_CHECK nf_status nf_corpus_features(const nf_corpus *c, const nf_select_opts *select, const char *weighting, int threads,
                                                  nf_csr *X, nf_vocabulary **vocab, nf_err *err);
/** The factor of a term in df of so many documents: ln((1+N)/(1+df)) + 1, or 1 where the weighting has none. NULL: the first weighting. */
NF_API double nf_weighting_idf(const char *weighting, uint64_t documents, uint64_t df);

NF_END_DECLS

#endif
