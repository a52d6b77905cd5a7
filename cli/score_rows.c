/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * score_rows.c - rows of the score table. Documents are cut into chunks of a fixed number; a chunk's rows are made in memory by whoever is
 * free, and written in order.
 */
#include "cli/score_rows.h"
#include "cli/label_list.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/par.h"
#include "base/try.h"
#include "datasets/csv_join.h"

#include <string.h>

enum { CHUNK = 64 }; /* documents */

/* What a worker holds: where its rows go, counts of them, and scratch for the document at hand. */
typedef struct rows {
    const nfi_score_table *t;
    nf_csv *w;
    nfi_score_counts n;
    double *share, *prob;
    bool *chosen, *in; /* in: the set */
} rows;

struct nfi_score_rows {
    nfi_score_table t;
    rows *worker;
    int threads;
    nf_csv **piece; /* one a chunk */
    size_t npieces, cappieces;
    nfi_score_counts total;
    /* of the slice at hand */
    const nf_batch *b;
    const nf_score *scores;
    const double *odds;
};

static void label_cell(rows *j, int32_t k)
{
    if (k < 0) {
        nf_csv_blank(j->w);
        return;
    }
    nf_str l = nf_model_label(j->t->m, (size_t)k);
    nf_csv_text(j->w, l.p, l.n);
}

static void blanks(rows *j, size_t n)
{
    while (n-- > 0)
        nf_csv_blank(j->w);
}

/* What came with the document; text: of the document or the unit. */
static void carried_cells(rows *j, const nf_doc *d, nf_str text, int32_t lang)
{
    bool changed = d->flags & (NF_DOC_ID_MADE | NF_DOC_ID_SUFFIX); /* then the carried one would not tell documents apart */
    if (j->t->id == SIZE_MAX)
        nf_csv_text(j->w, d->id.p, d->id.n);
    for (size_t c = 0; c < j->t->carried; c++) {
        nf_str x = c == j->t->id && changed ? d->id : d->carried[c];
        nf_csv_text(j->w, x.p, x.n);
    }
    if (j->t->with_text)
        nf_csv_text(j->w, text.p, text.n);
    if (j->t->with_language)
        nf_csv_str(j->w, nf_lang_guess_code(&(nf_lang_guess){.lang = lang}));
}

/* All labels of a document or unit. */
static void labels_cell(rows *j, const nf_score *s, const double *odds)
{
    nfi_buf list = {0};

    if (s->label >= 0) {
        nf_model_labels(j->t->m, odds, j->chosen);
        nfi_list_chosen(&list, j->t->m, j->chosen);
    }
    nfi_list_cell(j->w, &list);
}

/* prob is that of the document at hand when sure. */
static void set_cell(rows *j, bool sure)
{
    size_t n = sure ? nf_model_set(j->t->m, j->t->bound, j->prob, j->in) : 0;
    nfi_buf list = {0};

    j->n.sets += sure;
    j->n.empty_sets += sure && n == 0;
    j->n.in_sets += n;
    if (n > 0)
        nfi_list_chosen(&list, j->t->m, j->in);
    nfi_list_cell(j->w, &list);
}

static void frames_cell(rows *j, const nf_score *s, const double *odds)
{
    nfi_buf list = {0};

    if (s->scored)
        nfi_list_frames(&list, j->t->m, odds, j->chosen);
    nfi_list_cell(j->w, &list);
}

/* frames: odds of the frames of a sentence. */
static void score_cells(rows *j, const nf_score *s, const double *odds, const double *frames)
{
    nf_csv_str(j->w, nf_score_status_text(s->status));
    label_cell(j, s->label);
    label_cell(j, s->second);
    if (s->scored)
        nf_csv_num(j->w, s->margin, 6);
    else
        nf_csv_blank(j->w);
    nf_csv_int(j->w, (int64_t)s->n_tokens);
    if (s->n_tokens)
        nf_csv_num(j->w, s->oov_share, 6);
    else
        nf_csv_blank(j->w);
    for (size_t k = 0; k < j->t->k; k++) {
        if (s->scored)
            nf_csv_num(j->w, odds[k], 6);
        else
            nf_csv_blank(j->w);
    }
    bool sure = s->scored && nf_model_probabilities(j->t->m, (nf_unit_kind)j->t->unit, odds, j->prob);
    for (size_t k = 0; k < j->t->k; k++) {
        if (sure)
            nf_csv_num(j->w, j->prob[k], 6);
        else
            nf_csv_blank(j->w); /* the model is not calibrated, or nothing was scored */
    }
    if (nf_model_is_multi(j->t->m))
        labels_cell(j, s, odds);
    if (j->t->unit == NF_UNIT_SENTENCE && nf_model_codes(j->t->m))
        frames_cell(j, s, frames);
    if (j->t->bound)
        set_cell(j, sure);
    j->n.by_status[s->status]++;
    if (s->label >= 0)
        j->n.by_class[s->label]++;
}

/* ---- sentences of a document ---- */

static void mixture_cells(rows *j, size_t doc)
{
    nf_mixture mix;

    nf_units_mix(j->t->parts, j->t->m, doc, j->share, j->chosen, &mix);
    if (mix.primary < 0) {
        blanks(j, j->t->k + 2);
        return;
    }
    nfi_buf list = {0};
    for (size_t k = 0; k < j->t->k; k++)
        nf_csv_num(j->w, j->share[k], 6);
    label_cell(j, mix.primary);
    j->share[mix.primary] = 0.0;
    nfi_list_secondary(&list, j->t->m, j->share);
    nfi_list_cell(j->w, &list);
}

static nf_str unit_text(const nf_doc *d, const nf_scored_unit *u)
{
    nf_str in = u->in_title ? d->title : d->text;
    return (nf_str){in.p + u->place.start, u->place.end - u->place.start};
}

static void place_cells(rows *j, const nf_scored_unit *u)
{
    nf_csv_str(j->w, u->in_title ? "title" : "text");
    nf_csv_int(j->w, (int64_t)u->place.start);
    nf_csv_int(j->w, (int64_t)u->place.end);
}

static void evidence_cells(rows *j, const nf_doc *d, size_t doc)
{
    size_t at = nf_units_evidence(j->t->parts, doc);

    if (at == SIZE_MAX) {
        blanks(j, 5);
        return;
    }
    nf_str text = unit_text(d, &j->t->parts->unit[at]);
    nf_csv_text(j->w, text.p, text.n);
    place_cells(j, &j->t->parts->unit[at]);
    nf_csv_num(j->w, j->t->parts->unit[at].carries, 6);
}

/* ---- rows ---- */

/* doc: number in parts, where there are any. */
static void document_row(rows *j, const nf_doc *d, const nf_score *s, const double *odds, size_t doc)
{
    carried_cells(j, d, d->text, s->lang);
    score_cells(j, s, odds, NULL);
    if (j->t->mixture)
        mixture_cells(j, doc);
    if (j->t->evidence)
        evidence_cells(j, d, doc);
    nf_csv_end(j->w);
}

static void unit_rows(rows *j, const nf_doc *d, size_t doc)
{
    size_t from = j->t->parts->first[doc], to = j->t->parts->first[doc + 1];

    for (size_t i = from; i < to; i++) {
        const nf_scored_unit *u = &j->t->parts->unit[i];
        carried_cells(j, d, unit_text(d, u), u->score.lang);
        nf_csv_int(j->w, (int64_t)(i - from) + 1);
        nf_csv_str(j->w, nf_role_name(u->role, NULL));
        place_cells(j, u);
        score_cells(j, &u->score, j->t->parts->log_odds + i * j->t->k,
                    j->t->parts->frame_odds ? j->t->parts->frame_odds + i * j->t->k : NULL);
        nf_csv_end(j->w);
    }
    j->n.units += to - from;
    if (from < to)
        return;
    j->n.without++;
    carried_cells(j, d, (nf_str){NULL, 0}, -1);
    blanks(j, 5);
    score_cells(j, &(nf_score){.status = NF_SCORE_EMPTY, .label = -1, .second = -1}, NULL, NULL);
    j->n.by_status[NF_SCORE_EMPTY]--; /* no unit */
    nf_csv_end(j->w);
}

/* ---- chunks ---- */

static nf_status rows_chunk(void *ctx, size_t chunk, int worker, nf_err *err)
{
    nfi_score_rows *r = ctx;
    rows *j = &r->worker[worker];
    size_t end = r->b->n - chunk * CHUNK < CHUNK ? r->b->n : (chunk + 1) * CHUNK;

    (void)err;
    j->w = r->piece[chunk];
    for (size_t i = chunk * CHUNK; i < end; i++) {
        if (r->t.unit == NF_UNIT_DOCUMENT)
            document_row(j, &r->b->docs[i], &r->scores[i], r->odds + i * r->t.k, i);
        else
            unit_rows(j, &r->b->docs[i], i);
    }
    return NF_OK;
}

nf_status nfi_score_rows_put(nfi_score_rows *r, nf_csv *w, const nf_batch *b, const nf_score *scores, const double *odds, nf_err *err)
{
    size_t chunks = (b->n + CHUNK - 1) / CHUNK;

    NF_TRY(nfi_grow(&r->piece, &r->cappieces, chunks, sizeof *r->piece, err));
    for (; r->npieces < chunks; r->npieces++)
        NF_TRY(nfi_csv_open_piece(&r->piece[r->npieces], w, err));
    r->b = b;
    r->scores = scores;
    r->odds = odds;
    NF_TRY(nfi_par_chunks(chunks, r->threads, rows_chunk, r, err));
    for (size_t i = 0; i < chunks; i++)
        NF_TRY(nfi_csv_take(w, r->piece[i], err));
    return NF_OK;
}

const nfi_score_counts *nfi_score_rows_counts(nfi_score_rows *r)
{
    nfi_score_counts *all = &r->total;

    for (int i = 0; i < r->threads; i++) {
        nfi_score_counts *n = &r->worker[i].n;
        for (size_t k = 0; k < NF_SCORE_STATUS_COUNT; k++)
            all->by_status[k] += n->by_status[k];
        for (size_t k = 0; k < r->t.k; k++)
            all->by_class[k] += n->by_class[k];
        all->units += n->units;
        all->without += n->without;
        all->sets += n->sets;
        all->empty_sets += n->empty_sets;
        all->in_sets += n->in_sets;
        memset(n->by_class, 0, r->t.k * sizeof *n->by_class);
        *n = (nfi_score_counts){.by_class = n->by_class};
    }
    return all;
}

nf_status nfi_score_rows_new(nfi_score_rows **out, const nfi_score_table *t, int threads, nf_err *err)
{
    nfi_score_rows *r = nfi_calloc(1, sizeof *r);
    bool ok = r;

    if (r) {
        r->t = *t;
        r->threads = nfi_par_threads(threads);
        r->total.by_class = nfi_calloc(t->k, sizeof *r->total.by_class);
        r->worker = nfi_calloc((size_t)r->threads, sizeof *r->worker);
        ok = r->total.by_class && r->worker;
    }
    for (int i = 0; ok && i < r->threads; i++) {
        rows *j = &r->worker[i];
        j->t = &r->t;
        j->n.by_class = nfi_calloc(t->k, sizeof *j->n.by_class);
        j->share = nfi_alloc(t->k, sizeof *j->share);
        j->prob = nfi_alloc(t->k, sizeof *j->prob);
        j->chosen = nfi_alloc(t->k, sizeof *j->chosen);
        j->in = nfi_alloc(t->k, sizeof *j->in);
        ok = j->n.by_class && j->share && j->prob && j->chosen && j->in;
    }
    if (!ok) {
        nfi_score_rows_free(r);
        return nfi_oom(err, "rows");
    }
    *out = r;
    return NF_OK;
}

void nfi_score_rows_free(nfi_score_rows *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->npieces; i++)
        (void)!nf_csv_close(r->piece[i], 0, NULL);
    for (int i = 0; r->worker && i < r->threads; i++) {
        rows *j = &r->worker[i];
        nfi_free(j->n.by_class);
        nfi_free(j->share);
        nfi_free(j->prob);
        nfi_free(j->chosen);
        nfi_free(j->in);
    }
    nfi_free(r->worker);
    nfi_free(r->piece);
    nfi_free(r->total.by_class);
    nfi_free(r);
}
