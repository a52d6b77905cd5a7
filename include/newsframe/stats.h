/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * stats.h - additive statistics: what training needs of documents, as integers that add up.
 *
 * Counting A and B apart and merging gives the bytes of counting A and B at once: for any partition, order, number of threads and memory
 * limit. nf_counted hides where the counts are: in memory, in sorted runs on disk, or in statistics files (.nfs, newsframe-stats(5)).
 */
#ifndef NEWSFRAME_STATS_H
#define NEWSFRAME_STATS_H

#include "newsframe/features.h"

NF_BEGIN_DECLS

/** Counted documents, ready to be trained on or saved. Immutable; share between threads freely. */
typedef struct nf_counted nf_counted;

/** How to count. {0} is the default for every field. */
typedef struct nf_count_opts {
    nf_corpus_opts corpus; /**< keep_ids and keep_carried are ignored. Beyond about a quarter of corpus.memory counts go to disk */
    /** nf_weighting_name() whose sums are kept; NULL: the first. One that is not additive stays in memory and cannot be saved. */
    const char *weighting;
    /** Keep (id, text hash) pairs: the same pair twice is NF_EDATA, here and when statistics are merged. Records without an id of their own
     * are kept too, but refused never. */
    bool ledger;
    const void
        *salt; /**< with ledger: hides hashes and ids from whoever does not have these salt_n bytes, borrowed; NULL: nothing is hidden */
    size_t salt_n;
    bool whole;     /**< hold all documents in memory, up to corpus.memory, for nf_counted_keep(); NF_ELIMIT beyond it */
    nf_docs *unlabeled; /**< a second stream, counted after the first; its labels are not looked at. Implies whole; the first may be NULL
                           then. Borrowed */
    bool no_sample; /**< keep no rows of documents: smoothing cannot be tuned then */
} nf_count_opts;

/**
 * Count all documents of a stream (left at its end; may be a pipe).
 * @param out owned, nf_counted_free(). @param opts borrowed, NULL for defaults.
 * @return NF_EINVAL: bad option; NF_EDATA: a pair of the ledger twice; NF_ELIMIT: too many labels, or a weighting that is not additive
 * outgrew the memory; NF_EIO: no room for runs in $TMPDIR.
 */
NF_API NF_MUST_CHECK nf_status nf_count(nf_counted **out, nf_docs *in, const nf_count_opts *opts, nf_err *err);
/**
 * Statistics files as one counted thing; n >= 1, the same file may be named twice unless it has a ledger.
 * @param paths borrowed. @param out owned.
 * @return NF_EMODEL: a damaged file, or one counted by a tokenizer or Unicode version that this program does not have; NF_EDATA: the files
 * were not counted alike (the message names the setting and both values), or share a document by their ledgers.
 */
NF_API NF_MUST_CHECK nf_status nf_counted_open(nf_counted **out, const char *const *paths, size_t n, nf_err *err);
/** Write a statistics file, atomically. @return NF_EINVAL for a weighting that is not additive, with what to do instead. */
NF_API NF_MUST_CHECK nf_status nf_counted_save(const nf_counted *c, int threads, const char *path, nf_err *err);
/**
 * Only documents with a flag count from now on, as if the others had not been read: a group of copies weighs as its first document
 * (keep[i]: nf_groups.rank[i] is at most 1). Counts of weight 1 and 0 stay exact integers, which shares such as 1/3 would not be. What is
 * kept cannot be saved as statistics: which document is a copy depends on all others, so such counts do not add up.
 * @param keep a flag for each document counted, in their order, borrowed. @return NF_EINVAL: not counted with whole, or with a ledger.
 */
NF_API NF_MUST_CHECK nf_status nf_counted_keep(nf_counted *c, const bool *keep, nf_err *err);
/** How to forget. {0} is the default for every field; what else changes a count is taken from the statistics. */
typedef struct nf_forget_opts {
    int threads;
    uint64_t memory;
    const void *salt; /**< of the ledger, where it has one; borrowed */
    size_t salt_n;
    void (*progress)(void *ctx, const nf_docs_stats *so_far); /**< called between batches, may be NULL */
    void *progress_ctx;
} nf_forget_opts;
typedef struct nf_counted_totals {
    uint64_t docs, labelled, tokens;
} nf_counted_totals;
/**
 * Write the statistics that counting all documents of from but those of in gives, byte for byte. Documents must come with the labels that
 * they were counted with.
 * @param in a stream of documents, opened with nf_docs_opts.multi when labels are "multi". @param path replaced atomically; untouched on
 * failure. @param forgotten what was taken away, may be NULL.
 * @return NF_EDATA: a document that is not in the ledger, or, where there is none, counts that would become negative, naming the term or
 * the label; NF_EINVAL: salt.
 */
NF_API NF_MUST_CHECK nf_status nf_counted_forget(const nf_counted *from, nf_docs *in, const nf_forget_opts *opts, const char *path,
                                                 nf_counted_totals *forgotten, nf_err *err);
NF_API void nf_counted_free(nf_counted *c); /**< NULL is fine */

NF_API uint64_t nf_counted_docs(const nf_counted *c);                    /**< documents, labelled or not */
NF_API uint64_t nf_counted_labelled(const nf_counted *c);                /**< documents with a label */
NF_API uint64_t nf_counted_tokens(const nf_counted *c);                  /**< tokens, stop words included */
NF_API size_t nf_counted_labels(const nf_counted *c);                    /**< distinct labels */
NF_API nf_str nf_counted_label(const nf_counted *c, size_t k);           /**< label k, sorted by bytes; borrowed */
NF_API uint64_t nf_counted_label_docs(const nf_counted *c, size_t k);    /**< documents of label k */
NF_API const char *nf_counted_weighting(const nf_counted *c);            /**< weighting whose sums were counted */
NF_API bool nf_counted_has_ledger(const nf_counted *c);
NF_API size_t nf_counted_runs(const nf_counted *c);                      /**< sorted runs or files; 0 = all in memory */

/** One setting that changes a count, "tokenizer", "ngrams", ... and its value, borrowed; false past the end. */
NF_API bool nf_counted_setting(const nf_counted *c, size_t i, nf_str *key, nf_str *value);

/**
 * Statistics of a corpus held in memory, as a file. @param weighting nf_weighting_name(); NULL: the first. @return as nf_counted_save().
 */
NF_API NF_MUST_CHECK nf_status nf_stats_save(const nf_corpus *c, const char *weighting, int threads, const char *path, nf_err *err);
/** Add statistics files up into one: nf_counted_open(), nf_counted_save(). Memory does not grow with the files. out may be one of in. */
NF_API NF_MUST_CHECK nf_status nf_stats_merge(const char *const *in, size_t n, const char *out, nf_err *err);

NF_END_DECLS

#endif
