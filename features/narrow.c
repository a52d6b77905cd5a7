/* SPDX-License-Identifier: GPL-3.0-or-later */
/* narrow.c - a corpus of words and n-grams seen as one of words alone. Words are counted the same way in both; only norms and entries of
 * documents differ. */
#include "features/corpus.h"

#include "base/try.h"

void nfi_corpus_words_clear(nf_corpus *view)
{
    nfi_free(view->chunk);
    nfi_free(view->nterms);
    *view = (nf_corpus){0};
}

nf_status nfi_corpus_words(nf_corpus *view, const nf_corpus *c, nf_err *err)
{
    nf_corpus v = *c;

    NF_ASSERT(c->text.lo == 1);
    v.text.hi = 1;
    v.ngrams = 0;
    v.gram = NULL;
    v.chunk = nfi_alloc(c->nchunks, sizeof *v.chunk);
    v.nterms = nfi_calloc(c->n, sizeof *v.nterms);
    if (!v.chunk || !v.nterms) {
        nfi_free(v.chunk);
        nfi_free(v.nterms);
        return nfi_oom(err, "words of a corpus");
    }
    for (size_t k = 0; k < c->nchunks; k++) {
        v.chunk[k] = c->chunk[k];
        v.chunk[k].grams = NULL;
        for (size_t q = 0; q < NFI_PARTS; q++) {
            size_t n;
            const uint64_t *e = nfi_chunk_part(c, &c->chunk[k], q, &n);
            for (size_t i = 0; i < n; i++)
                v.nterms[c->chunk[k].first + nfi_entry_doc(e[i])]++;
        }
    }
    *view = v;
    return NF_OK;
}
