/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rows.c - weighted rows of a corpus for clustering, and its public vocabulary. Columns are ranks, entries of a row in column order. */
#include "features/terms.h"

#include "base/par.h"
#include "base/registry.h"
#include "base/sort.h"
#include "base/try.h"

#include <math.h>
#include <string.h>

struct nf_vocabulary {
    nfi_terms terms;
    uint32_t *term; /* column -> term */
};

void nf_vocabulary_free(nf_vocabulary *v)
{
    if (!v)
        return;
    nfi_terms_clear(&v->terms);
    nfi_free(v->term);
    nfi_free(v);
}

size_t nf_vocabulary_size(const nf_vocabulary *v)
{
    return v->terms.n;
}

size_t nf_vocabulary_term(const nf_vocabulary *v, size_t column, char *buf, size_t cap)
{
    return nfi_terms_spell(&v->terms, v->term[column], buf, cap);
}

uint64_t nf_vocabulary_df(const nf_vocabulary *v, size_t column)
{
    return v->terms.df[v->term[column]];
}

const char *nf_weighting_name(size_t i, const char **summary)
{
    NFI_RETURN_NAME(nfi_weightings, i, summary);
}

bool nf_weighting_is_additive(const char *name)
{
    const nfi_weighting *w = nfi_weighting_find(name ? name : nfi_weightings[0]->name);
    return w && w->additive;
}

typedef struct row_pass {
    const nf_corpus *c;
    const nfi_terms *t;
    const uint32_t *of;
    const nfi_weighting *w;
    bool unit;                 /* idf, then unit length over the kept terms; else the formula of the weighting as it stands */
    const double *table, *idf; /* idf by column */
    nf_csr *X, *counts;
} row_pass;

/* What an additive weighting divides by: over all terms of the document, kept or not. 1 where nothing is divided. */
static double own_norm(const nfi_weighting *w, const double *table, const uint32_t *tf, size_t n)
{
    return w->l2 && w->additive ? nfi_inverse_norm(table, w->tf, tf, n) : 1.0;
}

/* Fills the rows of one chunk: sort the kept entries by column, weigh, scale to unit length (sum of squares in column order). */
static nf_status row_chunk(void *ctx, size_t k, int worker, nf_err *err)
{
    row_pass *p = ctx;
    const nfi_chunk *ch = &p->c->chunk[k];
    nfi_kv *kv = NULL;
    nfi_rows rows = {0};
    size_t cap = 0, e = 0;
    nf_status s = NF_OK;

    (void)worker;
    NF_GO(nfi_corpus_rows(p->c, k, p->of, &rows, err));
    for (size_t d = ch->first; d < ch->first + ch->n; d++) {
        size_t n = 0, end = e + p->c->nterms[d];
        int64_t at = p->X->ptr[d];
        double sum = 0.0;
        NF_GO(nfi_grow(&kv, &cap, p->c->nterms[d], sizeof *kv, err));
        double own = own_norm(p->w, p->table, rows.tf + e, p->c->nterms[d]);
        for (; e < end; e++) {
            uint32_t term = rows.id[e];
            if (term != NFI_NONE)
                kv[n++] = (nfi_kv){p->t->rank[term], rows.tf[e], 0};
        }
        NF_GO(nfi_sort_kv(kv, n, err));
        for (size_t i = 0; i < n; i++) {
            double x = nfi_tf_at(p->table, p->w->tf, kv[i].val);
            if (p->w->idf)
                x *= p->idf[kv[i].key];
            sum += x * x;
        }
        double inv = !p->unit && (p->w->additive || !p->w->l2) ? own : sum > 0 ? 1.0 / sqrt(sum) : 0.0;
        for (size_t i = 0; i < n; i++) {
            double x = nfi_tf_at(p->table, p->w->tf, kv[i].val);
            if (p->w->idf)
                x *= p->idf[kv[i].key];
            p->X->idx[at + (int64_t)i] = (int32_t)kv[i].key;
            p->X->val[at + (int64_t)i] = (float)(x * inv);
            if (p->counts) {
                p->counts->idx[at + (int64_t)i] = (int32_t)kv[i].key;
                p->counts->val[at + (int64_t)i] = (float)kv[i].val;
            }
        }
    }
out:
    nfi_free(kv);
    nfi_rows_clear(&rows);
    return s;
}

/* Row pointers: kept entries of every document. */
static int64_t row_pointers(int64_t *ptr, const nf_corpus *c, const uint32_t *of)
{
    memset(ptr, 0, (c->n + 1) * sizeof *ptr);
    for (size_t k = 0; k < c->nchunks; k++) {
        for (size_t q = 0; q < nfi_corpus_parts(c); q++) {
            size_t n;
            const uint64_t *x = nfi_chunk_part(c, &c->chunk[k], q, &n);
            for (size_t i = 0; i < n; i++)
                ptr[c->chunk[k].first + nfi_entry_doc(x[i]) + 1] += of[c->node[q] + nfi_entry_number(x[i])] != NFI_NONE;
        }
    }
    for (size_t d = 0; d < c->n; d++)
        ptr[d + 1] += ptr[d];
    return ptr[c->n];
}

static nf_status weigh(const nf_corpus *c, const nf_select_opts *select, const char *weighting, bool unit, int threads, nf_csr *X,
                       nf_csr *counts, nf_vocabulary **vocab, nf_err *err)
{
    const nfi_weighting *w = weighting ? nfi_weighting_find(weighting) : nfi_weightings[0];
    double table[NFI_TF_TABLE], *idf = NULL;
    uint32_t *of = NULL;
    int64_t *ptr = NULL;
    nf_csr x = {0}, n = {0};
    nf_status s = NF_OK;

    if (!w)
        return NF_FAIL(err, NF_EINVAL, "no weighting \"%s\"", weighting);
    nf_vocabulary *v = nfi_calloc(1, sizeof *v);
    if (!v)
        return nfi_oom(err, "a vocabulary");
    NF_GO(nfi_terms_build(&v->terms, &of, c, NULL, select, NULL, NFI_SUM_NONE, threads, err));
    NF_GO(nfi_terms_rank(&v->terms, err));
    NF_GO(nfi_terms_by_rank(&v->terms, &v->term, err));
    idf = nfi_alloc(v->terms.n, sizeof *idf);
    ptr = nfi_alloc(c->n + 1, sizeof *ptr);
    if (!idf || !ptr) {
        s = nfi_oom(err, "rows");
        goto out;
    }
    for (size_t i = 0; i < v->terms.n; i++)
        idf[i] = nfi_idf(c->n, v->terms.df[v->term[i]]);
    int64_t nnz = row_pointers(ptr, c, of);
    NF_GO(nf_csr_alloc(&x, c->n, v->terms.n, nnz, err));
    if (counts)
        NF_GO(nf_csr_alloc(&n, c->n, v->terms.n, nnz, err));
    for (size_t i = 0; i <= c->n; i++) {
        x.ptr[i] = ptr[i];
        if (counts)
            n.ptr[i] = ptr[i];
    }
    nfi_tf_table(w->tf, table);
    row_pass p = {c, &v->terms, of, w, unit, table, idf, &x, counts ? &n : NULL};
    NF_GO(nfi_par_chunks(c->nchunks, nfi_par_threads(threads), row_chunk, &p, err));
    *X = x;
    x = (nf_csr){0};
    if (counts) {
        *counts = n;
        n = (nf_csr){0};
    }
    *vocab = v;
    v = NULL;
out:
    nf_csr_clear(&x);
    nf_csr_clear(&n);
    nfi_free(idf);
    nfi_free(ptr);
    nfi_free(of);
    nf_vocabulary_free(v);
    return s;
}

nf_status nf_corpus_rows(const nf_corpus *c, const nf_select_opts *select, const char *weighting, int threads, nf_csr *X, nf_csr *counts,
                         nf_vocabulary **vocab, nf_err *err)
{
    return weigh(c, select, weighting, true, threads, X, counts, vocab, err);
}

nf_status nf_corpus_features(const nf_corpus *c, const nf_select_opts *select, const char *weighting, int threads, nf_csr *X,
                             nf_vocabulary **vocab, nf_err *err)
{
    return weigh(c, select, weighting, false, threads, X, NULL, vocab, err);
}

double nf_weighting_idf(const char *weighting, uint64_t documents, uint64_t df)
{
    const nfi_weighting *w = weighting ? nfi_weighting_find(weighting) : nfi_weightings[0];
    return w && w->idf ? nfi_idf(documents, df) : 1.0;
}
