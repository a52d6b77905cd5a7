/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * dedup.h - copies and near copies in a stream of documents.
 *
 * Two documents are alike by the Jaccard similarity of their sets of shingles (runs of, by default, 5 words as the tokeniser gives them).
 * Documents with equal words in equal order are exact copies, told by 128 bits made of 64 a word; near copies are proposed by MinHash
 * and every one is verified on the sets themselves, in which a word is 32 bits. A group is a star: a first document, the earliest, and
 * documents each of which is similar to the first. Who is similar to a member only is not in the group.
 *
 * In order (by date where there is one, then as read), a document joins the most similar of the first documents before it, ties to the
 * earliest; when none reaches the threshold it is a first document itself. The result depends on the documents and their order alone, not
 * on threads or batches.
 */
#ifndef NEWSFRAME_DEDUP_H
#define NEWSFRAME_DEDUP_H

#include <stdbool.h>

#include "newsframe/clean.h"

NF_BEGIN_DECLS

/** What 3/4/2008 is. Dates that leave no choice are read either way. */
typedef enum nf_date_order {
    NF_DATES_AUTO,       /**< as the dates of the corpus with a number above 12 have it; day first where they disagree or there are none */
    NF_DATES_DAY_FIRST,
    NF_DATES_MONTH_FIRST
} nf_date_order;
/** @return i-th name of nf_date_order, NULL past the end; *summary may be NULL. */
NF_API const char *nf_date_order_name(size_t i, const char **summary);

/** How to compare. {0} is the default for every field. */
typedef struct nf_dedup_opts {
    double threshold;     /**< least similarity, 0.1..1; 0: 0.7 */
    int shingle;          /**< words a shingle, 1..16; 0: 5. A document of fewer words is one shingle */
    bool with_title; /**< the title is part of the text; false: the text alone, since every outlet puts its own headline on a wire story */
    bool window;     /**< only documents at most window_seconds after the first of a group join it; those without a date are in no group */
    int64_t window_seconds;
    nf_date_order dates;
    bool ignore_dates;    /**< order as read, whatever the dates; not with window */
    bool no_clean; /**< compare texts as they are; else without boilerplate, which would make documents of one site alike (titles always
                      whole) */
    const nf_clean_opts *clean; /**< how to clean; NULL: the defaults */
    const char *tokenizer; /**< nf_tokenizer_name(); NULL: "news" */
    int threads;          /**< 0 = usable CPUs */
    uint64_t memory;      /**< bytes, 0 = half of RAM */
} nf_dedup_opts;

/** Documents on their way to groups. Holds about 4 bytes a word and 200 to 600 bytes a document; the text is not kept. */
typedef struct nf_dedup nf_dedup;

/** @param out owned, nf_dedup_free(). @param opts borrowed, NULL for defaults. @return NF_EINVAL: an option out of range; as
 * nf_cleaner_new(). */
NF_API NF_MUST_CHECK nf_status nf_dedup_new(nf_dedup **out, const nf_dedup_opts *opts, nf_err *err);
/** Add the documents of a batch, in the order of the stream. @return NF_ELIMIT: more memory than allowed. On failure nothing of the batch
 * is added. */
NF_API NF_MUST_CHECK nf_status nf_dedup_add(nf_dedup *d, const nf_batch *b, nf_err *err);
/** The same as a watcher of a stream: nf_docs_watch(in, nf_dedup_watch, d). */
NF_API NF_MUST_CHECK nf_status nf_dedup_watch(void *d, const nf_batch *b, nf_err *err);
NF_API size_t nf_dedup_docs(const nf_dedup *d); /**< documents added so far */
NF_API void nf_dedup_free(nf_dedup *d); /**< NULL is fine */

/** Groups of n documents, numbered as they were added. Owned arrays; {0} is empty. */
typedef struct nf_groups {
    size_t n;
    uint32_t *group;      /**< n: 1..groups in order of the first documents; 0: in no group */
    uint32_t *first;      /**< n: the first document of the group; the document itself when it is that, or in no group */
    uint32_t *rank;       /**< n: 1 the first, 2, 3, ... in order; 0: in no group */
    float *similarity;    /**< n: to the first, 1 for the first itself; 0: in no group */
    size_t groups;
    uint64_t largest;     /**< documents of the largest group */
    uint64_t alone, firsts, exact, near, empty,
        undated; /**< parts of n: in no group; first of a group; with the same words as an earlier one of the group;
the other members; without words; without a date that a window needs. The last two are in no group either */
    uint64_t dates_missing, dates_bad,
        dates_ambiguous;  /**< documents with an empty date; with one that cannot be read; where day and month could change places */
    bool month_first;     /**< how ambiguous dates were read */
    char bad_date[3][64]; /**< the first dates that could not be read, cut at 63 bytes; "" for none */
    uint64_t crowded;     /**< documents for which not all candidates could be looked at: so many have parts in common */
    uint64_t compared;    /**< pairs whose sets were compared */
} nf_groups;

/**
 * Groups of the documents added. d stays as it is; more may be added and grouped again.
 * @param out owned on success, nf_groups_clear(). @return NF_EINVAL: a window, but none of the documents has a date.
 * O(words + documents * bands) time: a document is compared with at most 256 first documents a band, the latest ones.
 */
NF_API NF_MUST_CHECK nf_status nf_dedup_groups(nf_groups *out, const nf_dedup *d, nf_err *err);
NF_API void nf_groups_clear(nf_groups *g);

NF_END_DECLS

#endif
