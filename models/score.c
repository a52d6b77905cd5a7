/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * score.c - documents to class scores.
 *
 * A worker counts a document in the terms of the model, with the tokens and n-grams of training (features/count.h). Rows of weights are
 * expanded from (base, exceptions) to one float a class, in registers where there are few classes, and added by an axpy kernel, so that
 * every path gives the same bits.
 */
#include "models/multi.h"
#include "models/scorer.h"
#include "models/typicality.h"

#include "base/kern.h"
#include "base/par.h"
#include "base/sort.h"
#include "base/try.h"

#include <math.h>
#include <string.h>

const char *nf_score_status_text(nf_score_status s)
{
    static const char *const text[] = {
#define X(name, value, meaning) value,
        NF_SCORE_STATUSES(X)
#undef X
    };
    return (unsigned)s < NF_SCORE_STATUS_COUNT ? text[s] : "?";
}

/* ---- what scoring needs of a term ---- */

enum { INDEX_BLOCK = 1 << 16 };

static nf_status index_block(void *ctx, size_t block, int worker, nf_err *err)
{
    const nf_model *m = ctx;
    size_t end = m->n - block * INDEX_BLOCK < INDEX_BLOCK ? m->n : (block + 1) * INDEX_BLOCK;

    (void)worker;
    (void)err;
    for (size_t t = block * INDEX_BLOCK; t < end; t++) {
        uint64_t from = m->ptr[t], to = m->ptr[t + 1];
        if (m->masked) {
            uint32_t mask = from < to ? (uint32_t)1 << m->cls[from] | (uint32_t)1 << m->cls[to - 1] : 0;
            for (uint64_t i = from + 1; i + 1 < to; i++)
                mask |= (uint32_t)1 << m->cls[i];
            m->rec[t].row = (nfi_masked_row){(uint32_t)from, mask, m->base[t], m->idf[t]};
        } else {
            m->rec[t] = (nfi_term_rec){.first = from, .n = to - from, .base = m->base[t], .idf = m->idf[t]};
        }
    }
    return NF_OK;
}

nf_status nfi_model_index(nf_model *m, nf_err *err)
{
    m->rec = nfi_alloc(m->n + 1, sizeof *m->rec);
    if (!m->rec)
        return nfi_oom(err, "a model");
    m->rec[m->n] = (nfi_term_rec){0};
    m->masked = m->nclasses <= NFI_MASKED && m->ptr[m->n] <= UINT32_MAX;
    return nfi_par_chunks((m->n + INDEX_BLOCK - 1) / INDEX_BLOCK, nfi_par_threads(0), index_block, m, err);
}

/* ---- a row ---- */

/* What the frequencies of a row are multiplied with, before idf. */
double nfi_row_scale(const nf_model *m, const double table[NFI_TF_TABLE], const nfi_score_row *row)
{
    const nfi_weighting *w = m->weighting;
    double sum = 0.0;

    if (!w->l2)
        return 1.0;
    if (w->additive)
        return nfi_inverse_norm(table, w->tf, row->tf, row->n);
    for (size_t e = 0; e < row->n; e++) {
        double x = row->term[e] == NFI_NONE ? 0.0 : nfi_tf_at(table, w->tf, row->tf[e]) * (double)m->idf[row->term[e]];
        sum += x * x;
    }
    return sum > 0 ? 1.0 / sqrt(sum) : 0.0;
}

double nfi_weight_difference(const nf_model *m, uint32_t t, int32_t a, int32_t b)
{
    double x = m->base[t], y = m->base[t];

    for (uint64_t i = m->ptr[t]; i < m->ptr[t + 1]; i++) {
        x = m->cls[i] == a ? (double)m->w[i] : x;
        y = m->cls[i] == b ? (double)m->w[i] : y;
    }
    return b < 0 ? x + m->z[a] : x - y + (m->z[a] - m->z[b]);
}

enum { BLOCK = 256, PIECE = NFI_SCORE_BLOCK, REC_AHEAD = 24, ROW_AHEAD = 8 };

/* Known terms of a row: what each is multiplied with, and where its weights are. */
typedef struct block {
    double x[BLOCK];
    nfi_term_rec rec[BLOCK];
    size_t n;
} block;

/*
 * The next known terms of a row from entry e on; returns the entry behind them. Without a branch on whether a term is known, which cannot
 * be guessed: what is not is taken for the term behind the last, whose idf is 0.
 */
static size_t take(const nf_model *m, const double *table, double inv, const nfi_score_row *row, size_t e, block *b, double *mass)
{
    const nfi_term_rec *rec = m->rec;
    const uint32_t *term = row->term, *tf = row->tf, none = (uint32_t)m->n;
    nfi_tf kind = m->weighting->tf;
    size_t n = 0, end = row->n;
    double sum = *mass;

    for (; e < end && n < BLOCK; e++) {
        uint32_t t = term[e] < none ? term[e] : none, later = term[e + REC_AHEAD < end ? e + REC_AHEAD : e];
        uint32_t known = -(uint32_t)(later < none); /* a mask, since compilers make branches of choices */
        nfi_term_rec r = rec[t];
        double x = nfi_tf_at(table, kind, tf[e]) * inv * (double)r.idf;
        __builtin_prefetch(rec + (none ^ ((none ^ later) & known)));
        sum += x;
        b->x[n] = x;
        b->rec[n] = r;
        n += t < none;
    }
    b->n = n;
    *mass = sum;
    return e;
}

/* Weights of every class, a row a term, of terms [j, end) of b. */
static void expand(const nf_model *m, const block *b, size_t j, size_t end, float *out)
{
    size_t k = m->nclasses, ld = (k + 7) & ~(size_t)7;

    for (; j < end; j++, out += ld) {
        const nfi_term_rec t = b->rec[j], later = b->rec[j + ROW_AHEAD < b->n ? j + ROW_AHEAD : j];
        const uint16_t *cls = m->cls + t.first;
        const float *w = m->w + t.first;
        __builtin_prefetch(m->cls + later.first);
        __builtin_prefetch(m->w + later.first);
        if (t.n == k) { /* every class has an entry: they are in order */
            size_t i = 0;
            for (; i + 8 <= k; i += 8)
                memcpy(out + i, w + i, 8 * sizeof *out); /* rows are short: calls would cost more than they copy */
            for (; i < k; i++)
                out[i] = w[i];
            continue;
        }
        for (size_t i = 0; i < ld; i += 8)
            for (size_t q = 0; q < 8; q++)
                out[i + q] = t.base;
        for (size_t i = 0; i < t.n; i++)
            out[cls[i]] = w[i];
    }
}

size_t nfi_model_score_row(const nf_model *m, const double table[NFI_TF_TABLE], const nfi_score_row *row, double *acc, float *expanded)
{
    const nfi_kern *kern = nfi_kern_get();
    double inv = nfi_row_scale(m, table, row), mass = 0.0;
    block b;
    size_t known = 0;

    for (size_t k = 0; k < m->nclasses; k++)
        acc[k] = 0.0;
    for (size_t e = 0; e < row->n; known += b.n) {
        e = take(m, table, inv, row, e, &b, &mass);
        if (m->masked)
            kern->axpys_masked(acc, b.x, &b.rec[0].row, m->w, b.n, m->nclasses);
        for (size_t j = 0; !m->masked && j < b.n; j += PIECE) {
            size_t end = b.n - j < PIECE ? b.n : j + PIECE;
            expand(m, &b, j, end, expanded);
            kern->axpys_f64(acc, b.x + j, expanded, end - j, m->nclasses);
        }
    }
    for (size_t k = 0; k < m->nclasses; k++)
        acc[k] += m->log_prior[k] + mass * m->z[k];
    return known;
}

void nfi_log_odds(const double *acc, size_t n, double *log_odds, int32_t *best, int32_t *second, double *margin)
{
    int32_t a = 0, b = -1;
    double sum = 0.0, rest = 0.0;

    for (size_t k = 1; k < n; k++) {
        if (acc[k] > acc[a]) {
            b = a;
            a = (int32_t)k;
        } else if (b < 0 || acc[k] > acc[b]) {
            b = (int32_t)k;
        }
    }
    /*
     * ln(p/(1-p)) = s_k - ln(sum over the others of exp s). Each sum is taken relative to its greatest term, so that it is at least 1: for
     * the best class that is the second, for the rest the best, whose sum less the class is the others'.
     */
    for (size_t k = 0; k < n; k++) {
        if ((int32_t)k != a)
            rest += nfi_exp(acc[k] - acc[b]);
        log_odds[k] = nfi_exp(acc[k] - acc[a]);
        sum += log_odds[k];
    }
    for (size_t k = 0; k < n; k++)
        log_odds[k] = (int32_t)k == a ? acc[k] - acc[b] - nfi_log(rest) : acc[k] - acc[a] - nfi_log(sum - log_odds[k]);
    *best = a;
    *second = b;
    *margin = log_odds[a] > log_odds[b] ? log_odds[a] - log_odds[b] : 0.0;
}

/* ---- streams ---- */

void nf_scorer_free(nf_scorer *s)
{
    if (!s)
        return;
    for (int i = 0; s->w && i < s->threads; i++) {
        nfi_scoring *w = &s->w[i];
        nfi_counter_clear(&w->counter);
        nfi_free(w->acc);
        nfi_free(w->expanded);
        nf_lexicon_free(w->lexicon);
        nfi_free(w->count);
        nfi_free(w->worth);
    }
    nfi_free(s->w);
    nfi_free(s->rarity);
    nfi_dict_clear(&s->dict);
    nfi_free(s);
}

/* idf - 1 is the rarity of a term; where the weighting has no idf it is made. */
static nf_status make_rarity(nf_scorer *x, nf_err *err)
{
    const nf_model *m = x->m;

    if (!x->typicality || m->weighting->idf)
        return NF_OK;
    if (!(x->rarity = nfi_alloc(m->n, sizeof *x->rarity)))
        return nfi_oom(err, "scoring");
    for (size_t t = 0; t < m->n; t++)
        x->rarity[t] = nfi_idf(m->documents, m->df[t]) - 1.0;
    return NF_OK;
}

nf_status nf_scorer_new(nf_scorer **out, const nf_model *m, const nf_scorer_opts *o, nf_err *err)
{
    nf_status s = NF_OK;

    if (o && o->min_prob > 0.0 && m->multi)
        return NF_FAIL(err, NF_EINVAL,
                       "a least probability goes with models of one label; where documents have several, thresholds decide");
    if (o && o->min_prob > 0.0 && !m->calibration)
        return NF_FAIL(
            err, NF_EINVAL,
            "a least probability was asked for, but the model is not calibrated: train it on documents, 20 or more, not from statistics");
    if (o && o->typicality && !m->typicality)
        return NF_FAIL(err, NF_EINVAL,
                       "typicality was asked for, but the model does not know what is typical: train cnb, mnb or bnb on documents, %d or "
                       "more, not from statistics",
                       NFI_LEAST_TYPICAL);
    nf_scorer *x = nfi_calloc(1, sizeof *x);
    if (!x)
        return nfi_oom(err, "scoring");
    x->m = m;
    x->min_tokens = o && o->min_tokens ? o->min_tokens : 3;
    x->threshold = o ? o->threshold : 0.0;
    x->min_prob = o ? o->min_prob : 0.0;
    x->threads = nfi_par_threads(o ? o->threads : 0);
    x->lang = o ? o->lang : NULL;
    x->language = o && o->lang ? o->language : -1;
    x->typicality = o && o->typicality;
    nfi_tf_table(m->weighting->tf, x->table);
    NF_GO(make_rarity(x, err));
    nfi_model_dict(m, &x->dict);
    x->w = nfi_calloc((size_t)x->threads, sizeof *x->w);
    if (!x->w) {
        s = nfi_oom(err, "scoring");
        goto out;
    }
    for (int i = 0; i < x->threads; i++) {
        NF_GO(nfi_counter_init(&x->w[i].counter, &m->text, &x->dict, err));
        x->w[i].acc = nfi_alloc(m->nclasses, sizeof *x->w[i].acc);
        x->w[i].expanded = nfi_alloc(nfi_score_scratch(m->nclasses), sizeof *x->w[i].expanded);
        if (!x->w[i].acc || !x->w[i].expanded) {
            s = nfi_oom(err, "scoring");
            goto out;
        }
    }
    *out = x;
    x = NULL;
out:
    nf_scorer_free(x);
    return s;
}

static double probability_of(const nf_scorer *s, nfi_scoring *w, const double *log_odds, int32_t k)
{
    return nf_model_probabilities(s->m, NF_UNIT_DOCUMENT, log_odds, w->acc) ? w->acc[k] : 1.0;
}

static bool is_untypical(const nf_scorer *s, const nfi_score_row *row)
{
    const nf_model *m = s->m;
    double rarity = 0.0, of_unknown = nfi_idf(m->documents, 0) - 1.0;
    uint64_t length = 0, unknown = 0, known = 0;

    for (size_t e = 0; e < row->n; e++) {
        uint32_t t = row->term[e], tf = row->tf[e];
        length += tf;
        unknown += t == NFI_NONE ? tf : 0;
        known += t != NFI_NONE;
        rarity += (double)tf * (t == NFI_NONE ? of_unknown : s->rarity ? s->rarity[t] : (double)m->rec[t].idf - 1.0);
    }
    return known > 0 && nfi_is_untypical(m->typicality, length, unknown, rarity); /* without a known one there is a status of its own */
}

nf_status nfi_scoring_finish(nf_scorer *s, nfi_scoring *w, nf_score *out, double *log_odds, nf_err *err)
{
    const nf_model *m = s->m;
    const nfi_counter *c = &w->counter;
    nfi_score_row row = nfi_scoring_row(w);
    uint64_t known = c->known, counted = c->n_tokens - c->stopped;

    for (size_t k = 0; k < m->nclasses; k++)
        log_odds[k] = 0.0;
    for (size_t e = 0; m->text.lo > 1 && e < row.n; e++) { /* where words are counted, out-of-vocabulary is about words alone */
        if (e == 0)
            known = counted = 0;
        known += row.term[e] != NFI_NONE ? row.tf[e] : 0;
        counted += row.tf[e];
    }
    out->n_tokens = c->n_tokens;
    out->oov_share = counted ? 1.0 - (double)known / (double)counted : 0.0;
    if (out->n_tokens == 0) {
        out->status = NF_SCORE_EMPTY;
        return NF_OK;
    }
    if (s->language >= 0 && out->lang >= 0 && out->lang != s->language) {
        out->status = NF_SCORE_OTHER_LANGUAGE;
        return NF_OK;
    }
    if (out->n_tokens < s->min_tokens) {
        out->status = NF_SCORE_TOO_SHORT;
        return NF_OK;
    }
    if (s->typicality && is_untypical(s, &row)) {
        out->status = NF_SCORE_UNLIKE_TRAINING;
        return NF_OK;
    }
    if (nfi_model_score_row(m, s->table, &row, w->acc, w->expanded) == 0) {
        out->status = NF_SCORE_NO_KNOWN_WORDS;
        return NF_OK;
    }
    int32_t best, second;
    nfi_model_decide(m, w->acc, log_odds, &best, &second, &out->margin);
    for (size_t k = 0; k < m->nclasses; k++)
        if (!isfinite(log_odds[k]))
            return NF_FAIL(err, NF_EINTERNAL, "a score is not finite");
    out->scored = true;
    if (best < 0) {
        out->status = NF_SCORE_TIE;
    } else if (out->margin < s->threshold || (s->min_prob > 0.0 && probability_of(s, w, log_odds, best) < s->min_prob)) {
        out->status = NF_SCORE_BELOW_THRESHOLD;
    } else {
        out->label = best;
        out->second = second;
    }
    return NF_OK;
}

nf_status nfi_scoring_language(const nf_scorer *s, const nf_doc *d, int32_t *lang, nf_err *err)
{
    nf_lang_guess g;

    if (!s->lang)
        return NF_OK;
    NF_TRY(nf_lang_of(&g, s->lang, (const nf_str[]){d->title, d->text}, 2, err));
    *lang = g.lang;
    return NF_OK;
}

static nf_status score_doc(nf_scorer *s, nfi_scoring *w, const nf_doc *d, nf_score *out, double *log_odds, nf_err *err)
{
    *out = (nf_score){.label = -1, .second = -1, .lang = -1};
    NF_TRY(nfi_count_text(&w->counter, d, err));
    if (w->counter.n_tokens > 0)
        NF_TRY(nfi_scoring_language(s, d, &out->lang, err));
    return nfi_scoring_finish(s, w, out, log_odds, err);
}

static nf_status score_chunk(void *ctx, size_t k, int index, nf_err *err)
{
    nf_scorer *s = ctx;
    nfi_scoring *w = &s->w[index];

    for (size_t i = s->bound[k]; i < s->bound[k + 1]; i++)
        NF_TRY(score_doc(s, w, &s->batch->docs[i], &s->scores[i], s->log_odds + i * s->m->nclasses, err));
    return NF_OK;
}

nf_status nfi_scorer_expect(nf_scorer *s, const nf_batch *b, nf_err *err)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < b->n; i++)
        bytes += b->docs[i].title.n + b->docs[i].text.n;
    return nfi_dict_expect(&s->dict, bytes, s->threads, err);
}

nf_status nf_scorer_batch(nf_scorer *s, const nf_batch *b, nf_score *scores, double *log_odds, nf_err *err)
{
    NF_TRY(nfi_scorer_expect(s, b, err));
    size_t *bound = nfi_alloc(b->n + 1, sizeof *bound);
    if (!bound)
        return nfi_oom(err, "scoring");
    size_t chunks = nfi_batch_cut(b, NFI_SCORING_CHUNK, bound);
    s->batch = b;
    s->bound = bound;
    s->scores = scores;
    s->log_odds = log_odds;
    nf_status st = nfi_par_chunks(chunks, s->threads, score_chunk, s, err);
    nfi_free(bound);
    return st;
}

/* ---- rows ---- */

static nf_status row_of(nf_scorer *s, nfi_scoring *w, const nf_doc *d, nfi_chunk_rows *out, size_t *length, nf_err *err)
{
    const nf_model *m = s->m;
    size_t from = out->n;

    NF_TRY(nfi_count_text(&w->counter, d, err));
    nfi_score_row row = nfi_scoring_row(w);
    NF_TRY(nfi_grow(&out->entry, &out->cap, out->n + row.n, sizeof *out->entry, err));
    double scale = nfi_row_scale(m, s->table, &row);
    for (size_t e = 0; e < row.n; e++) {
        if (row.term[e] == NFI_NONE)
            continue;
        float x = (float)(nfi_tf_at(s->table, m->weighting->tf, row.tf[e]) * scale * (double)m->idf[row.term[e]]);
        nfi_kv kv = {.key = row.term[e]};
        memcpy(&kv.val, &x, sizeof x);
        out->entry[out->n++] = kv;
    }
    *length = out->n - from;
    return nfi_sort_kv(out->entry + from, *length, err);
}

static nf_status rows_chunk(void *ctx, size_t k, int index, nf_err *err)
{
    nf_scorer *s = ctx;
    nfi_scoring *w = &s->w[index];

    for (size_t i = s->bound[k]; i < s->bound[k + 1]; i++)
        NF_TRY(row_of(s, w, &s->batch->docs[i], &s->rows[k], &s->length[i], err));
    return NF_OK;
}

nf_status nf_scorer_rows(nf_scorer *s, const nf_batch *b, nf_csr *X, nf_err *err)
{
    nf_status st = NF_OK;
    nf_csr x = {0};
    NF_TRY(nfi_scorer_expect(s, b, err));
    size_t nnz = 0, at = 0, chunks = 0, *bound = nfi_alloc(b->n + 1, sizeof *bound), *length = nfi_alloc(b->n, sizeof *length);
    nfi_chunk_rows *rows = NULL;

    if (bound)
        chunks = nfi_batch_cut(b, NFI_SCORING_CHUNK, bound);
    rows = nfi_calloc(chunks ? chunks : 1, sizeof *rows);
    if (!bound || !length || !rows) {
        st = nfi_oom(err, "rows");
        goto out;
    }
    s->batch = b;
    s->bound = bound;
    s->rows = rows;
    s->length = length;
    st = nfi_par_chunks(chunks, s->threads, rows_chunk, s, err);
    for (size_t k = 0; k < chunks; k++)
        nnz += rows[k].n;
    if (st == NF_OK)
        st = nf_csr_alloc(&x, b->n, s->m->n, (int64_t)nnz, err);
    if (st != NF_OK)
        goto out;
    for (size_t k = 0; k < chunks; k++)
        for (size_t e = 0; e < rows[k].n; e++, at++) {
            x.idx[at] = (int32_t)rows[k].entry[e].key;
            memcpy(&x.val[at], &rows[k].entry[e].val, sizeof *x.val);
        }
    for (size_t i = 0; i < b->n; i++)
        x.ptr[i + 1] = x.ptr[i] + (int64_t)length[i];
    *X = x;
out:
    for (size_t k = 0; rows && k < chunks; k++)
        nfi_free(rows[k].entry);
    nfi_free(rows);
    nfi_free(bound);
    nfi_free(length);
    return st;
}
