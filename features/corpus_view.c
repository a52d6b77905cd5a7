/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * corpus_view.c - a corpus of words, n-grams and marked words of the lead seen as one that lacks some of them. What is left is counted the
 * same way in both; only norms and entries of documents differ.
 */
#include "features/corpus.h"

#include "base/try.h"

void nfi_corpus_view_clear(nf_corpus *view)
{
    nfi_free(view->chunk);
    nfi_free(view->nterms);
    for (size_t i = 0; i < view->nmem; i++)
        nfi_arena_clear(&view->mem[i]);
    nfi_free(view->mem);
    *view = (nf_corpus){0};
}

/* Which words are marked, by number. */
static bool *find_marked(const nf_corpus *c)
{
    bool *marked = nfi_alloc(c->words.n, sizeof *marked);

    for (size_t i = 0; marked && i < c->words.n; i++)
        marked[i] = c->words.word[i].p[0] == NFI_LEAD_MARK;
    return marked;
}

/* Entries of words without a mark. */
static nf_status leave_marked_out(nf_corpus *v, nfi_chunk *ch, const bool *marked, nf_err *err)
{
    nfi_entries *from = ch->words, *to;
    size_t all = 0, left = 0;

    for (size_t q = 0; q < NFI_WORD_PARTS; q++)
        all += from->part[q].n;
    to = nfi_arena_alloc(v->mem, sizeof *to);
    uint64_t *entry = to ? nfi_arena_alloc(v->mem, all * sizeof *entry + 1) : NULL;
    if (!entry)
        return nfi_oom(err, "words of a corpus");
    *to = *from;
    to->entry = entry;
    for (size_t q = 0; q < NFI_WORD_PARTS; q++) {
        const uint64_t *e = from->entry + from->part[q].start;
        size_t first = left;
        for (size_t i = 0; i < from->part[q].n; i++)
            if (!marked[v->word_of[v->node[q] + nfi_entry_number(e[i])]])
                entry[left++] = e[i];
        to->part[q].start = (uint32_t)first;
        to->part[q].n = (uint32_t)(left - first);
    }
    to->total = (uint32_t)left;
    ch->words = to;
    return NF_OK;
}

static void count_entries(nf_corpus *v)
{
    for (size_t k = 0; k < v->nchunks; k++)
        for (size_t q = 0; q < nfi_corpus_parts(v); q++) {
            size_t n;
            const uint64_t *e = nfi_chunk_part(v, &v->chunk[k], q, &n);
            for (size_t i = 0; i < n; i++)
                v->nterms[v->chunk[k].first + nfi_entry_doc(e[i])]++;
        }
}

nf_status nfi_corpus_view(nf_corpus *view, const nf_corpus *c, bool words, bool no_lead, nf_err *err)
{
    nf_corpus v = *c;
    bool *marked = NULL;
    nf_status s = NF_OK;

    NF_ASSERT(c->text.lo == 1);
    v.nmem = 1;
    v.mem = nfi_calloc(1, sizeof *v.mem);
    v.chunk = nfi_alloc(c->nchunks, sizeof *v.chunk);
    v.nterms = nfi_calloc(c->n, sizeof *v.nterms);
    if (!v.chunk || !v.nterms || !v.mem || (no_lead && !(marked = find_marked(c)))) {
        s = nfi_oom(err, "words of a corpus");
        goto out;
    }
    for (size_t k = 0; k < c->nchunks; k++)
        v.chunk[k] = c->chunk[k];
    if (words) {
        v.text.hi = 1;
        v.ngrams = 0;
        v.gram = NULL;
        for (size_t k = 0; k < c->nchunks; k++)
            v.chunk[k].grams = NULL;
    }
    if (no_lead) {
        v.text.lead = 0;
        for (size_t k = 0; k < c->nchunks; k++)
            if (v.chunk[k].words)
                NF_GO(leave_marked_out(&v, &v.chunk[k], marked, err));
    }
    count_entries(&v);
    *view = v;
    v = (nf_corpus){0};
out:
    nfi_free(marked);
    if (s != NF_OK) {
        v.nmem = v.mem ? 1 : 0;
        nfi_corpus_view_clear(&v);
    }
    return s;
}
