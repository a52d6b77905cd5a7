/* SPDX-License-Identifier: GPL-3.0-or-later */
/** suggest.h - new seeds for a codebook: terms that set documents of a frame apart from all others, for a person to accept. */
#ifndef NEWSFRAME_SUGGEST_H
#define NEWSFRAME_SUGGEST_H

#include "newsframe/codebook.h"
#include "newsframe/features.h"

NF_BEGIN_DECLS

typedef struct nf_suggest_opts {
    nf_select_opts select;
    double fdr;      /**< expected share of false ones among the terms of a frame, above 0, at most 1; 0 = 0.05 */
    size_t top;      /**< terms a frame; 0 = 20 */
    bool known;      /**< seeds that the codebook has already are given too */
    int threads;
} nf_suggest_opts;

typedef struct nf_suggestion {
    uint32_t frame;
    bool seed;        /**< matches a seed of the frame */
    double log_odds, z; /**< with an informative Dirichlet prior; of documents of the frame against all others */
    double q;         /**< least false discovery rate at which it is given (Benjamini, Hochberg 1995) */
    uint64_t docs, all_docs; /**< of the frame; in all */
    size_t example;   /**< the first document of the frame that has it */
    const char *term; /**< words joined by one space; owned by the list */
} nf_suggestion;

typedef struct nf_suggestions {
    nf_suggestion *v; /**< by frame, then z falling, then bytes */
    size_t n;
    void *own;        /**< its strings */
} nf_suggestions;
NF_API void nf_suggestions_clear(nf_suggestions *s);

/**
 * @param out owned, nf_suggestions_clear(). @param frame_of frame of each document of c, -1: of none (it is among the others). @param names
 * nframes keys of frames.
 * @param cb whose seeds are known; may be NULL. O(entries + terms * frames).
 * @return NF_EDATA when no document has a frame or no term is left; NF_ELIMIT: terms x frames.
 */
NF_API NF_MUST_CHECK nf_status nf_suggest(nf_suggestions *out, const nf_corpus *c, const int32_t *frame_of, const nf_str *names,
                                          size_t nframes, const nf_codebook *cb, const nf_suggest_opts *opts, nf_err *err);

NF_END_DECLS

#endif
