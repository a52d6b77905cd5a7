/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * seen.h - which texts were met before: 64-bit hashes of texts (titles aside), for warnings when documents that were learned from are met
 * again where they should not be. A hash tells nothing of a text to whoever does not have it.
 */
#ifndef NEWSFRAME_SEEN_H
#define NEWSFRAME_SEEN_H

#include <stdbool.h>

#include "newsframe/docs.h"

NF_BEGIN_DECLS

typedef struct nf_seen nf_seen; /**< a set of texts; not thread-safe while it grows */
NF_API NF_MUST_CHECK nf_status nf_seen_new(nf_seen **out, nf_err *err);
NF_API void nf_seen_free(nf_seen *s);
/** The texts of a batch, empty ones aside. Is a function for nf_docs_watch(), with the set as its context. */
NF_API NF_MUST_CHECK nf_status nf_seen_watch(void *seen, const nf_batch *b, nf_err *err);
/** Done adding: sorts, and keeps one of each. */
NF_API NF_MUST_CHECK nf_status nf_seen_settle(nf_seen *s, nf_err *err);
NF_API size_t nf_seen_size(const nf_seen *s);
NF_API bool nf_seen_has(const nf_seen *s, nf_str text); /**< after nf_seen_settle(); false for an empty text */

NF_END_DECLS

#endif
