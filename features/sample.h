/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sample.h - the documents that tuning looks at (nfi_sample, stats.h), chosen while counting goes on.
 *
 * A keeper holds the documents that are least by (XXH64 of the id, position) among those seen, as far as both bounds allow. A document
 * that had to leave sets a mark: it did not fit with what is below it, so nothing above it can, whatever comes. That makes the choice
 * independent of the order. Rows of a run hold term numbers of that run, rising, as varints (difference, frequency), until a merge
 * renumbers them.
 */
#ifndef NFI_SAMPLE_H
#define NFI_SAMPLE_H

#include "features/stats.h"

typedef struct nfi_kept {
    uint64_t hash, pos;
    uint32_t run;   /* source its term numbers and label belong to */
    int32_t label;
    uint32_t n;     /* entries */
    unsigned char *row; /* NULL until it is filled */
} nfi_kept;

/* Term numbers of one source that rows use, and what a merge makes of them. */
typedef struct nfi_need {
    uint64_t *bits;   /* used term numbers */
    uint32_t *before; /* used ones before each word of bits */
    uint32_t *to;     /* new numbers of the used ones, in order */
    size_t n, at;     /* used; met by the merge */
} nfi_need;

typedef struct nfi_needs {
    nfi_need *need; /* one a source */
    size_t n;
} nfi_needs;

typedef struct nfi_keeper {
    nfi_kept *kept; /* a heap, the greatest on top */
    size_t n, cap;
    uint64_t entries;
    bool full;      /* nothing from the mark up comes in */
    uint64_t mark_hash, mark_pos;
    size_t max_docs;      /* 0 = NFI_SAMPLE_DOCS */
    uint64_t max_entries; /* 0 = NFI_SAMPLE_ENTRIES */
    nfi_needs needs;      /* during a merge */
    uint32_t **map;
} nfi_keeper;

void nfi_keeper_clear(nfi_keeper *k);
/* Takes what belongs in of the labelled documents of a corpus whose first document has position pos; of: node -> term number of run. */
nf_status nfi_keeper_take(nfi_keeper *k, const nf_corpus *c, const uint32_t *of, uint64_t pos, uint32_t run, nf_err *err) NF_MUST_CHECK;
/* The hooks of an nfi_stats_set whose ctx is a keeper: its rows follow the merges. */
nf_status nfi_keeper_before(void *keeper, const nfi_stats_src *src, size_t first, size_t n, nfi_stats_note *note,
                            nf_err *err) NF_MUST_CHECK;
nf_status nfi_keeper_after(void *keeper, size_t first, nf_err *err) NF_MUST_CHECK;

/* Which terms of sources [first, n) the rows use. nfi_needs_note() is then the note of a merge of these sources. */
nf_status nfi_needs_make(nfi_needs *x, const nfi_keeper *k, const nfi_stats_src *src, size_t first, size_t n, nf_err *err) NF_MUST_CHECK;
void nfi_needs_note(void *needs, const nfi_stats_part *part, size_t n, uint32_t number);
void nfi_needs_clear(nfi_needs *x);

/* The sample after nfi_terms_from_stats() with the needs of all sources; map as of nfi_stats_join(). */
nf_status nfi_sample_from_runs(nfi_sample *out, const nfi_keeper *k, const nfi_needs *needs, uint32_t *const *map, const nfi_weighting *w,
                               nf_err *err) NF_MUST_CHECK;
/*
 * The same from a corpus in memory; use: flags of the documents that count, NULL = all; of: node -> kept term or NFI_NONE; t: the kept
 * terms; groups: a number for each document, or NULL.
 */
nf_status nfi_sample_from_corpus(nfi_sample *out, const nf_corpus *c, const uint8_t *use, const nfi_terms *t, const uint32_t *of,
                                 const nfi_weighting *w, const uint32_t *groups, int threads, nf_err *err) NF_MUST_CHECK;
/* sample_groups.c: rows that are alike term by term become groups; both ways to a sample end so, but for groups given to the second. */
nf_status nfi_sample_group_alike(nfi_sample *x, nf_err *err) NF_MUST_CHECK;
/* Documents with one number become groups. slot: place in the sample + 1 of each of n documents, 0: it has no row. */
nf_status nfi_sample_group_by(nfi_sample *x, const uint32_t *slot, size_t n, const uint8_t *use, const uint32_t *groups,
                              nf_err *err) NF_MUST_CHECK;

#endif
