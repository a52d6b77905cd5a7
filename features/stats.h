/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stats.h - inside of statistics: sources that are read in sequence, the merge that walks many of them as one, the writer, and the one front for
 * training. Layout of a file: stats_write.c.
 */
#ifndef NFI_STATS_H
#define NFI_STATS_H

#include "base/buf.h"
#include "base/section.h"
#include "features/terms.h"
#include "newsframe/stats.h"

enum { NFI_STATS_MAJOR = 1, NFI_STATS_MINOR = 0, NFI_MAX_TERM = NFI_MAX_NGRAM * (NFI_MAX_TOKEN + 1) };
#define NFI_SAMPLE_DOCS 16384
#define NFI_SAMPLE_ENTRIES ((uint64_t)8388608)

/* ---- what training asks for ---- */

/*
 * Rows of labelled documents for tuning: documents in rising order of XXH64(id), ties by position in the input, as long as their number is at most
 * NFI_SAMPLE_DOCS and their rows together have at most NFI_SAMPLE_ENTRIES entries (all terms, before selection). The same for any memory limit.
 */
typedef struct nfi_sample {
    size_t n;
    int32_t *label;  /* n: class of nfi_terms, >= 0 */
    double *inv;     /* n: 1 / norm over all terms of the document; 1 for schemes without norm, 0 for an empty document */
    uint64_t *ptr;   /* n + 1 (NULL when n == 0) */
    uint32_t *term;  /* ptr[n]: kept terms, rising within a row */
    uint32_t *tf;    /* ptr[n] */
} nfi_sample;
void nfi_sample_clear(nfi_sample *s);

/*
 * Terms (as nfi_terms_build with NFI_SUM_MODEL) and, when asked for, the sample. sample is empty (n == 0) when want_sample is false, and for statistics files, which
 * hold no documents. w: the weighting that was counted, or `tf` or `binary`; anything for counts held in memory; else NF_EDATA. The result does not depend
 * on threads, memory or where the counts are.
 */
nf_status nfi_counted_terms(const nf_counted *c, const nf_select_opts *select, const nfi_weighting *w, bool want_sample, int threads, nfi_terms *terms,
                            nfi_sample *sample, nf_err *err) NF_MUST_CHECK;
const nfi_text *nfi_counted_text(const nf_counted *c);

#endif
