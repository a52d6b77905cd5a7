/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tune.h - choosing a classifier by folds: options, folds and reports that train and crossval share. */
#ifndef NFI_CLI_TUNE_H
#define NFI_CLI_TUNE_H

#include <pthread.h>

#include "cli/dups.h"

typedef struct nfi_tune_rows {
    const char *budget, *group;
    nfi_list candidates;
    bool time;
} nfi_tune_rows;

#define OPT_TUNE(S, f, how)                                                                                                                \
    OPT_STR(0, "budget", S, f.budget, "TIME", NULL,                                                                                        \
            "with --" how ", stop trying after 90s, 10m or 1h; without it all candidates are tried"),                                      \
        OPT_LIST(0, "candidates", S, f.candidates, "NAMES", NULL, "with --" how ", try these classifiers only"),                           \
        OPT_FLAG(0, "time", S, f.time, "with --" how ", train on earlier documents and judge on later ones, by the date column")

#define OPT_TUNE_GROUP(S, f, before)                                                                                                       \
    OPT_STR(0, "group", S, f.group, "COLUMN", NULL, before "documents with one value of this column, such as source, stay in one fold")

/* What folds need of each document, collected while the stream is read. {0} before. */
typedef struct nfi_tune_watch {
    const nfi_tune_rows *o;
    nf_docs *docs;
    size_t column;      /* of the group, SIZE_MAX: the source */
    double start;       /* seconds of the monotonic clock: of the budget */
    bool looked;
    uint64_t *group;    /* n: hash of the value; only with a group */
    int32_t *day;       /* 2n: days by nfi_date_order, INT32_MIN without a date; only with time */
    size_t n, cap_group, cap_day;
    uint64_t ambiguous; /* dates that are read by what others show */
    bool day_first, month_first; /* some date shows it */
} nfi_tune_watch;
void nfi_tune_watch_begin(nfi_tune_watch *w, nf_docs *docs, const nfi_tune_rows *o);
void nfi_tune_watch_clear(nfi_tune_watch *w);

/* NFI_EXIT_OK, or a message and NFI_EXIT_USAGE. on: --tune or --grid was given; else group: whether folds are made for --group anyway. */
int nfi_tune_options(nfi_cli *cli, const nfi_tune_rows *o, const nfi_train_rows *train, bool on, bool group, const char *how);

/* Copies, and documents with one value of the column, are one group; so are those that are so through others. *values gets the number of
 * values. group: n, caller-allocated; dup may be NULL. */
nf_status nfi_tune_groups(uint32_t *group, size_t *values, size_t n, const nfi_tune_watch *w, const nf_groups *dup,
                          nf_err *err) NF_MUST_CHECK;

/* Documents are counted with a lead too, where none was named, so that it can be tried. */
void nfi_tune_lead(const nfi_cli *cli, nf_text_opts *text);

enum { NFI_TUNE_RUNNING = 64 }; /* candidates that run at a time, at most */

/* The search: folds, the clock, what was said about it. {0} before; folds and groups are borrowed by opts. */
typedef struct nfi_tuning {
    nf_tune_opts opts;
    nfi_cli *cli;
    double budget, end;     /* seconds; end: of the monotonic clock; 0: none */
    size_t models;          /* that are made when the search is over, of what was chosen; time is kept for them */
    int threads;
    pthread_mutex_t lock;
    bool locks;
    double slowest;         /* seconds that a candidate took for one fold, at most; by lock, as the next */
    struct {
        const nf_tried *t;
        double since;
    } running[NFI_TUNE_RUNNING];
    int32_t *fold;
    uint32_t *groups;
    nf_tried *tried;
    size_t n, best;
} nfi_tuning;
/* dup: groups of copies in c, may be NULL. */
nf_status nfi_tuning_begin(nfi_tuning *t, nfi_cli *cli, const nfi_tune_rows *o, const nfi_train_rows *rows, const nf_train_opts *train,
                           const nfi_tune_watch *w, const nf_groups *dup, const nf_corpus *c, size_t folds, nf_err *err) NF_MUST_CHECK;
void nfi_tuning_clear(nfi_tuning *t);
void nfi_tuning_report(const nfi_tuning *t);
/* The table tried. NULL path: nothing. */
nf_status nfi_tuning_write(const nfi_tuning *t, const char *path, int excel, nf_err *err) NF_MUST_CHECK;

#endif
