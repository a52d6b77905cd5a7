/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fit_rows.c - labelled documents as rows for classifiers that are made from rows. */
#include "models/fit.h"

#include "base/par.h"
#include "base/sort.h"
#include "base/try.h"
#include "features/sums.h"

void nfi_fit_rows_clear(nfi_fit_rows *r)
{
    nf_csr_clear(&r->X);
    nfi_free(r->label);
    nfi_free(r->doc);
    nfi_free(r->term);
    *r = (nfi_fit_rows){0};
}

typedef struct row_pass {
    const nf_corpus *c;
    const nfi_terms *t;
    const uint32_t *of, *slot; /* slot: row of a document + 1, or 0 */
    const nfi_weighting *w;
    const double *idf, *inv, *table;
    nfi_fit_rows *out;
} row_pass;

static nf_status row_chunk(void *ctx, size_t k, int worker, nf_err *err)
{
    const row_pass *p = ctx;
    const nfi_chunk *ch = &p->c->chunk[k];
    nfi_kv *kv = NULL;
    nfi_rows rows = {0};
    size_t cap = 0, e = 0;
    nf_status s = NF_OK;

    (void)worker;
    NF_GO(nfi_corpus_rows(p->c, k, p->of, &rows, err));
    for (size_t d = ch->first; d < ch->first + ch->n; e += p->c->nterms[d], d++) {
        size_t n = 0;
        if (!p->slot[d])
            continue;
        NF_GO(nfi_grow(&kv, &cap, p->c->nterms[d], sizeof *kv, err));
        for (size_t i = e; i < e + p->c->nterms[d]; i++) {
            uint32_t term = rows.id[i];
            if (term != NFI_NONE)
                kv[n++] = (nfi_kv){p->t->rank[term], rows.tf[i], term};
        }
        NF_GO(nfi_sort_kv(kv, n, err));
        int64_t at = p->out->X.ptr[p->slot[d] - 1];
        for (size_t i = 0; i < n; i++) {
            double idf = p->w->idf ? (double)(float)p->idf[kv[i].aux] : 1.0; /* as a model stores it */
            p->out->X.idx[at + (int64_t)i] = (int32_t)kv[i].key;
            p->out->X.val[at + (int64_t)i] = (float)(nfi_tf_at(p->table, p->w->tf, kv[i].val) * p->inv[d] * idf);
        }
    }
out:
    nfi_rows_clear(&rows);
    nfi_free(kv);
    return s;
}

/* Entries of each row that takes part, as pointers. */
static nf_status pointers(int64_t *ptr, const nf_corpus *c, const uint32_t *of, const uint32_t *slot, nf_err *err)
{
    nfi_rows rows = {0};
    int64_t total = 0;
    nf_status s = NF_OK;

    for (size_t k = 0; k < c->nchunks; k++) {
        const nfi_chunk *ch = &c->chunk[k];
        size_t e = 0;
        NF_GO(nfi_corpus_rows(c, k, of, &rows, err));
        for (size_t d = ch->first; d < ch->first + ch->n; e += c->nterms[d], d++) {
            for (size_t i = e; slot[d] && i < e + c->nterms[d]; i++)
                total += rows.id[i] != NFI_NONE;
            if (slot[d])
                ptr[slot[d]] = total;
        }
    }
out:
    nfi_rows_clear(&rows);
    return s;
}

nf_status nfi_fit_rows_make(nfi_fit_rows *out, const nf_corpus *c, const uint8_t *use, nfi_terms *t, const uint32_t *of,
                            const nfi_weighting *w, const double *idf, int threads, nf_err *err)
{
    double table[NFI_TF_TABLE], *inv = nfi_alloc(c->n, sizeof *inv);
    uint32_t *slot = nfi_calloc(c->n, sizeof *slot);
    int64_t *ptr = NULL;
    size_t n = 0;
    nfi_fit_rows r = {0};
    nf_status s = NF_OK;

    if (!inv || !slot) {
        s = nfi_oom(err, "rows of documents");
        goto out;
    }
    for (size_t d = 0; d < c->n; d++)
        if (c->label[d] >= 0 && (!use || use[d]))
            slot[d] = (uint32_t)++n;
    ptr = nfi_calloc(n + 1, sizeof *ptr);
    r.label = nfi_alloc(n, sizeof *r.label);
    r.doc = nfi_alloc(n, sizeof *r.doc);
    if (!ptr || !r.label || !r.doc) {
        s = nfi_oom(err, "rows of documents");
        goto out;
    }
    for (size_t d = 0; d < c->n; d++)
        if (slot[d]) {
            r.label[slot[d] - 1] = c->label[d];
            r.doc[slot[d] - 1] = (uint32_t)d;
        }
    if (!t->rank)
        NF_GO(nfi_terms_rank(t, err));
    NF_GO(nfi_terms_by_rank(t, &r.term, err));
    NF_GO(pointers(ptr, c, of, slot, err));
    NF_GO(nf_csr_alloc(&r.X, n, t->n, ptr[n], err));
    for (size_t i = 0; i <= n; i++)
        r.X.ptr[i] = ptr[i];
    NF_GO(nfi_doc_norms(inv, c, t, of, w, threads, err));
    nfi_tf_table(w->tf, table);
    row_pass p = {c, t, of, slot, w, idf, inv, table, &r};
    NF_GO(nfi_par_chunks(c->nchunks, nfi_par_threads(threads), row_chunk, &p, err));
    r.corpus = c;
    *out = r;
    r = (nfi_fit_rows){0};
out:
    nfi_fit_rows_clear(&r);
    nfi_free(inv);
    nfi_free(slot);
    nfi_free(ptr);
    return s;
}
