/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dups.h - options and reports about duplicates that several verbs share. */
#ifndef NFI_DUPS_H
#define NFI_DUPS_H

#include "cli/work.h"
#include "newsframe/dedup.h"

typedef struct nfi_dup_opts {
    double threshold;
    const char *window; /* NULL: none */
    uint64_t shingle;
    int dates;          /* nf_date_order */
    bool with_title;
} nfi_dup_opts;

/* prefix: "" in newsframe dedup, "dup-" elsewhere */
#define OPT_DUPLICATES(S, f, prefix)                                                                                                       \
    OPT_REAL(0, prefix "threshold", S, f.threshold, "SHARE", "0.7", 0.1, 1,                                                                \
             "least Jaccard similarity of a copy to the first of its group"),                                                              \
        OPT_STR(0, prefix "window", S, f.window, "TIME", NULL, "a copy is at most this much later: 12h, 3d, 2w; without it any time")
#define OPT_DUPLICATES_MORE(S, f)                                                                                                          \
    OPT_COUNT(0, "shingle", S, f.shingle, "N", "5", 1, 16, "words in a row that make a shingle"),                                          \
        OPT_CHOICE(0, "date-order", S, f.dates, "auto", nf_date_order_name, "what 3/4/2008 is"),                                           \
        OPT_FLAG(0, "with-title", S, f.with_title, "titles count as text; without it copies under another headline are found")

/* Texts are cleaned as terms says; clean is filled for out->clean to point to and must live as long. NFI_EXIT_OK, or a message and
 * NFI_EXIT_USAGE. */
int nfi_dup_options(nfi_cli *cli, const nfi_dup_opts *o, const nfi_term_opts *terms, const nfi_common_opts *common, nf_clean_opts *clean,
                    nf_dedup_opts *out);

/*
 * A collector behind a stream. With a window the first batch must have a date column or dates: else the message says how to name one, and
 * the exit code is NFI_EXIT_USAGE (nfi_dup_fail).
 */
typedef struct nfi_dup_watch {
    nf_dedup *d;
    nf_docs *docs;
    const char *column; /* of the dates */
    bool window, checked;
    bool no_dates;      /* set when that was the failure */
} nfi_dup_watch;
/* w: caller-allocated, lives as long as the stream; w->d owned, nf_dedup_free(). */
nf_status nfi_dup_watch_begin(nfi_dup_watch *w, nf_docs *docs, const nf_dedup_opts *o, const nfi_input_opts *in, nf_err *err) NF_MUST_CHECK;
/* Like nfi_cli_fail(), for a run with a watch. */
int nfi_dup_fail(nfi_cli *cli, const nfi_dup_watch *w, nf_status s, const nf_err *err);

/* What a crossval holds out whole, and the folds that it is compared with. */
typedef struct nfi_folding {
    bool grouped;
    const uint32_t *plain; /* groups of the folds of comparison, NULL: each document is its own */
    const char *column;    /* of --group, or NULL: copies alone */
    size_t groups;         /* of copies, or values of the column */
    uint64_t docs;         /* of the copies */
} nfi_folding;
/* "grouped by source: " and "(each ... in one fold)" of the line that compares them. */
void nfi_folding_texts(const nfi_folding *f, char head[160], char each[160]);
/* A warning when a score falls much where the values of a column are held out whole. */
void nfi_folding_warn(nfi_cli *cli, const nfi_folding *f, double grouped, double plain);

struct nfi_codebook_watch;
/* crossval_multi.c: folds, tables and tally of documents with several labels, counted as c. said: what a codebook alone says of them, or
 * NULL. Returns an exit code. */
int nfi_crossval_multi(nfi_cli *cli, const nf_corpus *c, const nf_crossval_opts *cv, size_t repeats, const nfi_folding *f,
                       const nf_docs_stats *stats, const struct nfi_codebook_watch *said, const nfi_output_opts *out,
                       const nfi_eval_opts *eval, double min_accuracy);

/* Warnings about dates and candidates, with what helps. */
void nfi_dup_warn(nfi_cli *cli, const nf_groups *g);

#endif
