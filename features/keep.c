/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keep.c - a corpus without some of its documents. All is moved down in place; only the list of classes in use needs memory. */
#include "features/label_sets.h"

#include "base/try.h"

/* Entries of the kept documents of a chunk; to: their new places in the chunk. */
static void keep_entries(const nf_corpus *c, nfi_chunk *ch, const bool *keep, const uint32_t *to)
{
    for (size_t q = 0; q < nfi_corpus_parts(c); q++) {
        bool word = q < NFI_WORD_PARTS;
        nfi_entries *x = word ? ch->words : ch->grams;
        size_t n, kept = 0;
        uint64_t *e = x->entry + (nfi_chunk_part(c, ch, q, &n) - x->entry);
        for (size_t i = 0; i < n; i++) {
            uint64_t d = nfi_entry_doc(e[i]);
            if (keep[ch->first + d])
                e[kept++] = e[i] - ((d - to[d]) << NFI_ENTRY_TF_BITS);
        }
        x->part[word ? q : q - NFI_WORD_PARTS].n = (uint32_t)kept;
    }
}

static void keep_facts(nf_corpus *c, size_t from, size_t to)
{
    c->nterms[to] = c->nterms[from];
    c->ntokens[to] = c->ntokens[from];
    c->label[to] = c->label[from];
    c->idhash[to] = c->idhash[from];
    if (c->id)
        c->id[to] = c->id[from];
    if (c->title)
        c->title[to] = c->title[from];
    if (c->carried)
        memmove(c->carried + to * c->ncarried, c->carried + from * c->ncarried, c->ncarried * sizeof *c->carried);
}

nf_status nf_corpus_keep(nf_corpus *c, const bool *keep, nf_err *err)
{
    int32_t *class = nfi_alloc(c->nclasses, sizeof *class);
    size_t n = 0, classes = 0;

    if (!class)
        return nfi_oom(err, "classes");
    for (size_t k = 0; k < c->nclasses; k++)
        class[k] = -1;
    for (size_t k = 0; k < c->nchunks; k++) {
        nfi_chunk *ch = &c->chunk[k];
        size_t first = n, end = ch->first + ch->n;
        uint32_t to[NFI_CHUNK_DOCS], kept = 0;
        for (size_t d = ch->first; d < end; d++) {
            to[d - ch->first] = kept;
            kept += keep[d];
        }
        keep_entries(c, ch, keep, to);
        for (size_t d = ch->first; d < end; d++)
            if (keep[d])
                keep_facts(c, d, n++);
        ch->first = first;
        ch->n = n - first;
    }
    c->n = n;
    if (c->multi) {
        nfi_free(class);
        return nfi_sets_keep(c, err);
    }
    for (size_t d = 0; d < n; d++)
        if (c->label[d] >= 0)
            class[c->label[d]] = 0;
    for (size_t k = 0; k < c->nclasses; k++)
        if (class[k] == 0) {
            class[k] = (int32_t)classes;
            c->classname[classes++] = c->classname[k];
        }
    c->nclasses = classes;
    for (size_t d = 0; d < n; d++)
        if (c->label[d] >= 0)
            c->label[d] = class[c->label[d]];
    nfi_free(class);
    return NF_OK;
}
