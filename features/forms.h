/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * forms.h - forms of English words (attack, attacks, attacked, attacking) that share what is known of any of them. Terms stay the words
 * that were read: only their sums are those of all terms whose words are forms of the same. Where documents are few, a form that they have
 * once then weighs what the others say; and since a score is a sum over terms, scoring needs to know nothing of it.
 */
#ifndef NFI_FORMS_H
#define NFI_FORMS_H

#include "features/terms.h"

/*
 * What the forms of a word have in common, at most word.n bytes; returns how many. Endings of plurals, -ed, -ing, final e and y are taken
 * off, much as in step 1 of Porter (1980), without a list of exceptions, and nothing that makes one word of another (-ation, -er). Words
 * that are not of small letters a to z, or shorter than four, are their own.
 */
size_t nfi_form_key(nf_str word, char *key);

/*
 * Terms whose words have the same keys get the sums of all of them: df, and documents and weights by class (numbers of documents add up, to
 * all there are at most). Those that are left with a df below least are dropped. of: node -> term, nodes of them, follows. t has no ranks
 * yet, one label a document, and NFI_SUM_MODEL. O(t->n log t->n).
 */
nf_status nfi_terms_pool(nfi_terms *t, uint32_t *of, size_t nodes, uint64_t least, nf_err *err) NF_MUST_CHECK;

#endif
