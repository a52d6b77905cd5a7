/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cleaned.c - chunks of a batch are cleaned by whoever is free, each into buffers of its own. */
#include "cli/cleaned.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/par.h"
#include "base/try.h"
#include "features/count.h"

enum { CHUNK_BYTES = 64 << 10 };

typedef struct chunk {
    nfi_buf text; /* clean texts, one after another */
    nfi_buf cuts; /* nf_cut, one document after another */
} chunk;

struct nfi_cleaning {
    const nf_cleaner *cleaner;
    const nf_lang *lang;
    int language, threads;
    nf_cuts *cuts; /* one a worker */
    chunk *chunk;  /* nchunk were used, cap_chunk are there */
    size_t cap_chunk, nchunk;
    size_t *bound;
    size_t cap_bound;
    nfi_cleaned *doc;
    size_t cap_doc;
    const nf_batch *batch;
};

nf_status nfi_cleaning_new(nfi_cleaning **out, const nf_cleaner *c, const nf_lang *lang, int language, int threads, nf_err *err)
{
    nfi_cleaning *w = nfi_calloc(1, sizeof *w);

    if (!w)
        return nfi_oom(err, "cleaning");
    *w = (nfi_cleaning){.cleaner = c, .lang = lang, .language = language, .threads = nfi_par_threads(threads)};
    w->cuts = nfi_calloc((size_t)w->threads, sizeof *w->cuts);
    if (!w->cuts) {
        nfi_free(w);
        return nfi_oom(err, "cleaning");
    }
    *out = w;
    return NF_OK;
}

void nfi_cleaning_free(nfi_cleaning *w)
{
    if (!w)
        return;
    for (int i = 0; i < w->threads; i++)
        nf_cuts_clear(&w->cuts[i]);
    for (size_t k = 0; k < w->nchunk; k++) {
        nfi_buf_clear(&w->chunk[k].text);
        nfi_buf_clear(&w->chunk[k].cuts);
    }
    nfi_free(w->cuts);
    nfi_free(w->chunk);
    nfi_free(w->bound);
    nfi_free(w->doc);
    nfi_free(w);
}

static nf_status tell(const nfi_cleaning *w, const nf_doc *d, nfi_cleaned *x, nf_err *err)
{
    nf_lang_guess g;

    if (!w->lang || w->language < 0)
        return NF_OK;
    NF_TRY(nf_lang_of(&g, w->lang, (const nf_str[]){d->title, d->text}, 2, err));
    x->other = g.lang >= 0 && g.lang != w->language;
    return NF_OK;
}

static nf_status clean_chunk(void *ctx, size_t k, int worker, nf_err *err)
{
    nfi_cleaning *w = ctx;
    chunk *o = &w->chunk[k];
    nf_cuts *cuts = &w->cuts[worker];
    size_t from = w->bound[k], to = w->bound[k + 1], bytes = 0, ncuts = 0;

    for (size_t i = from; i < to; i++)
        bytes += w->batch->docs[i].text.n;
    o->text.n = o->cuts.n = 0;
    if (!nfi_buf_reserve(&o->text, bytes + 1))
        return nfi_oom(err, "cleaned texts");
    for (size_t i = from; i < to; i++) {
        const nf_doc *d = &w->batch->docs[i];
        nfi_cleaned *x = &w->doc[i];
        char *dst = o->text.p + o->text.n;
        NF_TRY(nf_clean_text(w->cleaner, d->text, d->source, d->mark, d->nmarks, cuts, err));
        nfi_buf_put(&o->cuts, cuts->cut, cuts->n * sizeof *cuts->cut);
        *x = (nfi_cleaned){.n = cuts->n, .chars = cuts->chars, .removed_chars = cuts->removed_chars, .empty = cuts->empty};
        x->clean = (nf_str){dst, nf_clean_apply(d->text, cuts, dst)};
        o->text.n += x->clean.n;
        NF_TRY(tell(w, d, x, err));
    }
    if (!nfi_buf_ok(&o->cuts))
        return nfi_oom(err, "cuts");
    for (size_t i = from; i < to; ncuts += w->doc[i++].n) /* now that they stay where they are */
        w->doc[i].cut = w->doc[i].n ? (const nf_cut *)(const void *)o->cuts.p + ncuts : NULL;
    return NF_OK;
}

nf_status nfi_cleaning_batch(nfi_cleaning *w, const nf_batch *b, const nfi_cleaned **out, nf_err *err)
{
    NF_TRY(nfi_grow(&w->bound, &w->cap_bound, b->n + 1, sizeof *w->bound, err));
    NF_TRY(nfi_grow(&w->doc, &w->cap_doc, b->n, sizeof *w->doc, err));
    size_t chunks = nfi_batch_cut(b, CHUNK_BYTES, w->bound);
    NF_TRY(nfi_grow(&w->chunk, &w->cap_chunk, chunks, sizeof *w->chunk, err));
    for (; w->nchunk < chunks; w->nchunk++)
        w->chunk[w->nchunk] = (chunk){0};
    w->batch = b;
    NF_TRY(nfi_par_chunks(chunks, w->threads, clean_chunk, w, err));
    *out = w->doc;
    return NF_OK;
}
