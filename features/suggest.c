/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * suggest.c - terms that set the documents of a frame apart: log-odds with an informative Dirichlet prior over document counts (keyness.h),
 * its z against the normal distribution (one-sided), and of all terms of a frame those that the false discovery rate allows: with p rising,
 * the i-th of n has q_i = min over j >= i of  p_j n / j   (Benjamini, Hochberg 1995).
 */
#include "newsframe/suggest.h"

#include "base/arena.h"
#include "base/sort.h"
#include "base/try.h"
#include "features/codebook.h"
#include "features/corpus.h"
#include "features/keyness.h"
#include "features/terms.h"

#include <gsl/gsl_cdf.h>
#include <string.h>

enum { TERM = 1100 };
#define MAX_CELLS ((size_t)1 << 28)

typedef struct pool {
    nfi_terms t;
    uint32_t *of, *docs;    /* docs: t.n x nframes */
    uint32_t *first;        /* the same: first document + 1 */
    size_t nframes;
    double *frame_sum;      /* nframes: sums of docs over terms */
    double all;             /* sum of document frequencies */
    nf_lexicon *lx;
    uint16_t *hit;          /* frames of one term */
    int32_t *in_cb;         /* frame -> that of the codebook, -1 */
    nfi_kv *kv;
    double *q;
    nfi_arena *strings;
} pool;

static void clear(pool *x)
{
    nfi_terms_clear(&x->t);
    nfi_free(x->of);
    nfi_free(x->docs);
    nfi_free(x->first);
    nfi_free(x->frame_sum);
    nfi_free(x->hit);
    nfi_free(x->in_cb);
    nfi_free(x->kv);
    nfi_free(x->q);
    nf_lexicon_free(x->lx);
}

static nf_status count(pool *x, const nf_corpus *c, const int32_t *frame_of, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_rows rows = {0};

    for (size_t k = 0; k < c->nchunks; k++) {
        size_t e = 0;
        NF_GO(nfi_corpus_rows(c, k, x->of, &rows, err));
        for (size_t d = c->chunk[k].first; d < c->chunk[k].first + c->chunk[k].n; d++) {
            for (size_t end = e + c->nterms[d]; e < end; e++) {
                if (rows.id[e] == NFI_NONE || frame_of[d] < 0)
                    continue;
                size_t at = (size_t)rows.id[e] * x->nframes + (size_t)frame_of[d];
                x->docs[at]++;
                if (!x->first[at])
                    x->first[at] = (uint32_t)d + 1;
            }
        }
    }
    for (size_t t = 0; t < x->t.n; t++) {
        x->all += x->t.df[t];
        for (size_t f = 0; f < x->nframes; f++)
            x->frame_sum[f] += x->docs[t * x->nframes + f];
    }
out:
    nfi_rows_clear(&rows);
    return s;
}

static nf_status open_pool(pool *x, const nf_corpus *c, const nf_str *names, const nf_codebook *cb, const nf_suggest_opts *o, nf_err *err)
{
    size_t cells;

    NF_TRY(nfi_terms_build(&x->t, &x->of, c, NULL, &o->select, nfi_weightings[0], NFI_SUM_NONE, o->threads, err));
    if (!nfi_mul(x->t.n, x->nframes, &cells) || cells > MAX_CELLS)
        return NF_FAIL(err, NF_ELIMIT, "%zu terms and %zu frames are too many; raise --min-df, or use --max-features", x->t.n, x->nframes);
    x->docs = nfi_calloc(cells, sizeof *x->docs);
    x->first = nfi_calloc(cells, sizeof *x->first);
    x->frame_sum = nfi_calloc(x->nframes, sizeof *x->frame_sum);
    x->in_cb = nfi_alloc(x->nframes, sizeof *x->in_cb);
    x->hit = nfi_alloc(cb ? cb->n : 1, sizeof *x->hit);
    x->kv = nfi_alloc(x->t.n, sizeof *x->kv);
    x->q = nfi_alloc(x->t.n, sizeof *x->q);
    if (!x->docs || !x->first || !x->frame_sum || !x->in_cb || !x->hit || !x->kv || !x->q)
        return nfi_oom(err, "suggestions");
    for (size_t f = 0; f < x->nframes; f++)
        x->in_cb[f] = cb ? nf_codebook_find(cb, names[f]) : -1;
    return cb ? nf_lexicon_new(&x->lx, cb, c->text.tokenizer->name, err) : NF_OK;
}

static bool is_seed(pool *x, size_t term, size_t frame)
{
    const uint32_t *seq = x->t.seq + term * (size_t)x->t.stride;
    nf_str word[NFI_MAX_NGRAM];
    size_t n = 0;

    if (!x->lx || x->in_cb[frame] < 0)
        return false;
    for (; n < (size_t)x->t.stride && seq[n]; n++)
        word[n] = x->t.word[seq[n] - 1];
    size_t found = nfi_lexicon_term(x->lx, word, n, x->hit);
    for (size_t i = 0; i < found; i++)
        if (x->hit[i] == x->in_cb[frame])
            return true;
    return false;
}

static nfi_keyness keyness_of(const pool *x, size_t term, size_t frame)
{
    return nfi_keyness_of(x->docs[term * x->nframes + frame], x->frame_sum[frame], x->t.df[term], x->all, NFI_KEYNESS_PRIOR);
}

/* Terms of the frame by z falling (those with z > 0), and their q. */
static nf_status rank(pool *x, size_t frame, size_t *n, nf_err *err)
{
    size_t m = 0;

    for (size_t t = 0; t < x->t.n; t++) {
        double z = x->docs[t * x->nframes + frame] ? keyness_of(x, t, frame).z : 0.0;
        if (z <= 0.0)
            continue;
        uint64_t bits; /* of positive numbers rise with them */
        memcpy(&bits, &z, sizeof bits);
        x->kv[m++] = (nfi_kv){UINT64_MAX - bits, (uint32_t)t, 0};
    }
    NF_TRY(nfi_sort_kv(x->kv, m, err));
    double least = 1.0;
    for (size_t i = m; i-- > 0;) {
        double q = gsl_cdf_ugaussian_Q(keyness_of(x, x->kv[i].val, frame).z) * (double)x->t.n / (double)(i + 1);
        least = q < least ? q : least;
        x->q[i] = least;
    }
    *n = m;
    return NF_OK;
}

static nf_status take_frame(pool *x, size_t frame, const nf_suggest_opts *o, nf_suggestions *out, size_t *cap, nf_err *err)
{
    size_t n, given = 0, top = o->top ? o->top : 20;
    double fdr = o->fdr > 0.0 ? o->fdr : 0.05;
    char buf[TERM];

    NF_TRY(rank(x, frame, &n, err));
    for (size_t i = 0; i < n && given < top && x->q[i] <= fdr; i++) {
        size_t t = x->kv[i].val, at = t * x->nframes + frame;
        bool seed = is_seed(x, t, frame);
        if (seed && !o->known)
            continue;
        size_t len = nfi_terms_spell(&x->t, t, buf, sizeof buf);
        char *term = nfi_arena_copy(x->strings, buf, len < sizeof buf ? len : sizeof buf);
        if (!term)
            return nfi_oom(err, "suggestions");
        NF_TRY(nfi_grow(&out->v, cap, out->n + 1, sizeof *out->v, err));
        nfi_keyness k = keyness_of(x, t, frame);
        out->v[out->n++] =
            (nf_suggestion){(uint32_t)frame, seed, k.log_odds, k.z, x->q[i], x->docs[at], x->t.df[t], x->first[at] - 1, term};
        given += !seed;
    }
    return NF_OK;
}

nf_status nf_suggest(nf_suggestions *out, const nf_corpus *c, const int32_t *frame_of, const nf_str *names, size_t nframes,
                     const nf_codebook *cb, const nf_suggest_opts *o, nf_err *err)
{
    pool x = {.nframes = nframes, .strings = nfi_calloc(1, sizeof *x.strings)};
    nf_suggestions list = {.own = x.strings};
    size_t cap = 0, have = 0;
    nf_status s = NF_OK;

    if (!x.strings)
        return nfi_oom(err, "suggestions");
    for (size_t d = 0; d < c->n; d++)
        have += frame_of[d] >= 0;
    if (have == 0) {
        s = NF_FAIL(err, NF_EDATA, "none of the %zu documents has a frame", c->n);
        goto out;
    }
    NF_GO(open_pool(&x, c, names, cb, o, err));
    NF_GO(count(&x, c, frame_of, err));
    for (size_t f = 0; f < nframes; f++)
        NF_GO(take_frame(&x, f, o, &list, &cap, err));
    *out = list;
    list = (nf_suggestions){0};
out:
    nf_suggestions_clear(&list);
    clear(&x);
    return s;
}

void nf_suggestions_clear(nf_suggestions *s)
{
    if (s->own)
        nfi_arena_clear(s->own);
    nfi_free(s->own);
    nfi_free(s->v);
    *s = (nf_suggestions){0};
}
