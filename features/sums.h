/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sums.h - sums of document weights by term and class, exact integers: the same for any order, partition and thread count. */
#ifndef NFI_SUMS_H
#define NFI_SUMS_H

#include "features/terms.h"

/*
 * Fills ptr, cls, val, doc (and the rest for NFI_SUM_ALL) of t (n, df, ndocs set) from the corpus. of: node -> term; df: documents with a
 * node, by node. For non-additive schemes val includes idf.
 */
nf_status nfi_terms_sum(nfi_terms *t, const nf_corpus *c, const uint8_t *use, const uint32_t *of, const uint32_t *df,
                        const nfi_weighting *w, nfi_sum sum, int threads, nf_err *err) NF_MUST_CHECK;

/*
 * 1 / norm of every document (n doubles, caller-allocated): all terms of the row for additive schemes; for the others the kept terms with
 * idf. 1 where the scheme has no norm, 0 for an empty row.
 */
nf_status nfi_doc_norms(double *inv, const nf_corpus *c, const nfi_terms *t, const uint32_t *of, const nfi_weighting *w, int threads,
                        nf_err *err) NF_MUST_CHECK;

#endif
