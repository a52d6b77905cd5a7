/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * label_sets.h - label sets of a corpus whose documents may have several labels. While documents are counted a set is a path in the
 * vocabulary of labels, as an n-gram is one in that of words; at the end sets are numbered in the order of their classes.
 */
#ifndef NFI_LABEL_SETS_H
#define NFI_LABEL_SETS_H

#include "features/corpus.h"

/* The node of a label of at most NFI_MAX_LABEL bytes, new or not. NF_ELIMIT: too many labels. */
nf_status nfi_label_node(nfi_vocab *labels, nf_str label, uint32_t *node, nf_err *err) NF_MUST_CHECK;

/* The node of the set "a;b" (rising, as nf_doc.label has it), new or not. NF_ELIMIT: too many labels. */
nf_status nfi_set_node(nfi_vocab *labels, nf_str set, int32_t *node, nf_err *err) NF_MUST_CHECK;

/* c->label from nodes to set numbers, and the table of sets; rank: label word -> class. */
nf_status nfi_sets_finish(nf_corpus *c, const nfi_vocab *labels, const uint32_t *rank, nf_err *err) NF_MUST_CHECK;

/* Sets that no document has any longer are dropped, and then classes that no set has; c->label follows. */
nf_status nfi_sets_keep(nf_corpus *c, nf_err *err) NF_MUST_CHECK;

/* out[k] += documents of class k, nclasses of them; use: flags of the documents that count, NULL = all. */
void nfi_class_docs(uint64_t *out, const nf_corpus *c, const uint8_t *use);

#endif
