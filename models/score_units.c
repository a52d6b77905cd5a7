/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * score_units.c - sentences and paragraphs to class scores, by the same steps as documents.
 *
 * What a unit carries: the margin of a document is made of x_t (v_t(best) - v_t(second)) over its terms, v being the weights of a class;
 * where documents may have several labels, what the label has above its threshold, of x_t v_t(label). A term that occurs f times gives each
 * occurrence the same part of its x_t; a unit has those of its own occurrences. Terms that reach over the end of a unit are in none.
 */
#include "newsframe/units.h"

#include "models/coding.h"
#include "models/scorer.h"

#include "base/kern.h"
#include "base/par.h"
#include "base/try.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name, *summary;
} roles[] = {
    {"title", "the title, or a headline at the top of the text"},
    {"lead", "the first sentence after the title"},
    {"body", "any other"},
    {"repeat", "the title once more"},
};

const char *nf_role_name(size_t i, const char **summary)
{
    if (i >= sizeof roles / sizeof *roles)
        return NULL;
    if (summary)
        *summary = roles[i].summary;
    return roles[i].name;
}

/* Units of a chunk of documents. */
typedef struct chunk_units {
    nf_scored_unit *unit;
    double *log_odds;
    double *hits, *frame_odds; /* where sentences are given frames */
    size_t n, cap, capodds, caphits, capframes;
} chunk_units;

typedef struct job {
    nf_scorer *s;
    const nf_doc *docs;
    const size_t *bound;
    nf_unit_kind kind;
    const nf_score *scores;
    chunk_units *chunk;
    size_t *count; /* units of each document */
} job;

/* The terms whose worth is known, n of them. */
typedef struct whole {
    uint32_t *term;
    size_t n, cap;
} whole;

/* What one occurrence of each of its terms is worth to the document at hand, into sc->worth. score: its label and the next. */
static nf_status weigh_document(const job *j, nfi_scoring *sc, const nf_doc *d, const nf_score *score, whole *w, nf_err *err)
{
    const nf_model *m = j->s->m;
    int32_t against = m->multi ? -1 : score->second;

    if (!sc->worth && !(sc->worth = nfi_calloc(m->n, sizeof *sc->worth)))
        return nfi_oom(err, "units");
    NF_TRY(nfi_count_text(&sc->counter, d, err));
    nfi_score_row row = nfi_scoring_row(sc);
    NF_TRY(nfi_grow(&w->term, &w->cap, row.n, sizeof *w->term, err));
    double scale = nfi_row_scale(m, j->s->table, &row), sum = 0.0;
    for (size_t e = 0; e < row.n; e++) {
        if (row.term[e] == NFI_NONE)
            continue;
        double x = nfi_tf_at(j->s->table, m->weighting->tf, row.tf[e]) * scale * (double)m->rec[row.term[e]].idf;
        double nats = x * nfi_weight_difference(m, row.term[e], score->label, against);
        sc->worth[row.term[e]] = nats / row.tf[e];
        w->term[w->n++] = row.term[e];
        sum += nats;
    }
    if (m->multi)
        return NF_OK;
    sum += m->log_prior[score->label] - m->log_prior[against];
    if (fabs(sum) > 0.0) /* the margin is that of log-odds, which compare with all other classes */
        for (size_t i = 0; i < w->n; i++)
            sc->worth[w->term[i]] *= score->margin / sum;
    return NF_OK;
}

static void forget_document(nfi_scoring *sc, whole *w)
{
    for (size_t i = 0; i < w->n; i++)
        sc->worth[w->term[i]] = 0.0;
    w->n = 0;
}

static bool codes(const job *j) { return j->s->m->coding && j->kind == NF_UNIT_SENTENCE; }

/* Frames of the sentences of a document, which are those from the had-th on. */
static nf_status code_units(const job *j, chunk_units *out, size_t had, nf_err *err)
{
    size_t k = j->s->m->nclasses, n = out->n - had;
    size_t *doc = nfi_calloc(n, sizeof *doc);
    bool *scored = nfi_alloc(n, sizeof *scored);
    nf_status s = nfi_grow(&out->frame_odds, &out->capframes, out->n * k, sizeof *out->frame_odds, err);

    if (s == NF_OK && (!doc || !scored))
        s = nfi_oom(err, "units");
    for (size_t i = 0; s == NF_OK && i < n; i++)
        scored[i] = out->unit[had + i].score.scored;
    if (s == NF_OK)
        s = nfi_coding_odds(j->s->m, &(nfi_coded){n, doc, scored, out->log_odds + had * k, out->hits + had * k}, out->frame_odds + had * k,
                            err);
    nfi_free(doc);
    nfi_free(scored);
    return s;
}

/* A paragraph has a language of its own where it can be told, else that of its document. */
static nf_status tell_paragraph(const job *j, nf_str part, int32_t *lang, nf_err *err)
{
    nf_lang_guess g;

    if (!j->s->lang || j->kind != NF_UNIT_PARAGRAPH)
        return NF_OK;
    NF_TRY(nf_lang_of(&g, j->s->lang, &part, 1, err));
    if (g.lang >= 0)
        *lang = g.lang;
    return NF_OK;
}

static nf_status add_unit(const job *j, nfi_scoring *sc, nf_str text, const nf_scored_unit *like, const whole *w, chunk_units *out,
                          nf_err *err)
{
    size_t k = j->s->m->nclasses;
    nf_scored_unit u = *like;
    nf_str part = {text.p + u.place.start, u.place.end - u.place.start};

    NF_TRY(nfi_grow(&out->unit, &out->cap, out->n + 1, sizeof *out->unit, err));
    NF_TRY(nfi_grow(&out->log_odds, &out->capodds, (out->n + 1) * k, sizeof *out->log_odds, err));
    NF_TRY(nfi_count_doc(&sc->counter, &part, 1, err));
    NF_TRY(tell_paragraph(j, part, &u.score.lang, err));
    NF_TRY(nfi_scoring_finish(j->s, sc, &u.score, out->log_odds + out->n * k, err));
    nfi_score_row row = nfi_scoring_row(sc);
    for (size_t e = 0; e < row.n && w->n; e++)
        if (row.term[e] != NFI_NONE)
            u.carries += sc->worth[row.term[e]] * row.tf[e];
    if (codes(j)) {
        NF_TRY(nfi_grow(&out->hits, &out->caphits, (out->n + 1) * k, sizeof *out->hits, err));
        NF_TRY(nf_codebook_count(sc->lexicon, (nf_str){0}, part, sc->count, NULL, err));
        nfi_coding_hits(j->s->m, sc->count, out->hits + out->n * k);
    }
    out->unit[out->n++] = u;
    return NF_OK;
}

/* Units of title or text. title: what the title column says, empty where there is none. */
static nf_status add_units(const job *j, nfi_scoring *sc, nf_str text, const nf_units *units, nf_scored_unit like, nf_str title,
                           const whole *w, chunk_units *out, nf_err *err)
{
    bool led = false, titled = title.n > 0;

    for (size_t i = 0; i < units->n; i++) {
        like.place = units->unit[i];
        like.role = like.in_title ? NF_ROLE_TITLE : NF_ROLE_BODY;
        size_t n = like.place.end - like.place.start;
        if (!like.in_title && titled && n == title.n && memcmp(text.p + like.place.start, title.p, n) == 0) {
            like.role = NF_ROLE_REPEAT;
        } else if (!like.in_title && !titled && i == 0 && !like.place.stop && units->n > 1) {
            like.role = NF_ROLE_TITLE;
        } else if (!like.in_title && !led && like.place.stop) {
            like.role = NF_ROLE_LEAD;
            led = true;
        }
        NF_TRY(add_unit(j, sc, text, &like, w, out, err));
    }
    return NF_OK;
}

static nf_status units_of(const job *j, nfi_scoring *sc, size_t doc, nf_units *units, whole *w, chunk_units *out, nf_err *err)
{
    const nf_doc *d = &j->docs[doc];
    const nf_score *score =
        j->scores && j->scores[doc].label >= 0 && (j->s->m->multi || j->scores[doc].second >= 0) ? &j->scores[doc] : NULL;
    nf_scored_unit like = {.doc = doc, .score = {.label = -1, .second = -1, .lang = -1}};
    nf_cuts *cuts = &sc->counter.cuts;
    nf_cleaner *clean = sc->counter.text->clean;
    size_t had = out->n;

    NF_TRY(nfi_scoring_language(j->s, d, &like.score.lang, err));
    if (score)
        NF_TRY(weigh_document(j, sc, d, score, w, err));
    sc->counter.lead = sc->counter.text->lead; /* goes on from unit to unit */
    like.in_title = true;
    NF_TRY(nf_units_split(units, d->title, NULL, j->kind, err));
    nf_str title = {0};
    if (units->n)
        title = (nf_str){d->title.p + units->unit[0].start, units->unit[units->n - 1].end - units->unit[0].start};
    NF_TRY(add_units(j, sc, d->title, units, like, title, w, out, err));
    like.in_title = false;
    if (clean)
        NF_TRY(nf_clean_text(clean, d->text, d->source, d->mark, d->nmarks, cuts, err));
    NF_TRY(nf_units_split(units, d->text, clean ? cuts : NULL, j->kind, err));
    NF_TRY(add_units(j, sc, d->text, units, like, title, w, out, err));
    j->count[doc] = out->n - had;
    forget_document(sc, w);
    return codes(j) && out->n > had ? code_units(j, out, had, err) : NF_OK;
}

static nf_status units_chunk(void *ctx, size_t k, int index, nf_err *err)
{
    const job *j = ctx;
    nfi_scoring *sc = &j->s->w[index];
    nf_units units = {0};
    whole w = {0};
    nf_status s = NF_OK;

    if (s == NF_OK && codes(j) && !sc->count) {
        const nf_model *m = j->s->m;
        if (!sc->lexicon)
            s = nf_lexicon_new(&sc->lexicon, m->codebook, m->text.tokenizer->name, err);
        if (s == NF_OK && !(sc->count = nfi_alloc(nf_codebook_frames(m->codebook), sizeof *sc->count)))
            s = nfi_oom(err, "seeds");
    }
    for (size_t i = j->bound[k]; s == NF_OK && i < j->bound[k + 1]; i++)
        s = units_of(j, sc, i, &units, &w, &j->chunk[k], err);
    nf_units_clear(&units);
    nfi_free(w.term);
    return s;
}

/* ---- units of a batch ---- */

struct nf_scored_units_mem {
    nf_scored_unit *unit;
    double *log_odds, *frame_odds;
    size_t *first;
    size_t cap, capodds, capframes, capfirst;
};

void nf_scored_units_clear(nf_scored_units *u)
{
    if (u->mem) {
        nfi_free(u->mem->unit);
        nfi_free(u->mem->log_odds);
        nfi_free(u->mem->frame_odds);
        nfi_free(u->mem->first);
        nfi_free(u->mem);
    }
    *u = (nf_scored_units){0};
}

static nf_status put_together(nf_scored_units *out, const job *j, size_t n, size_t chunks, nf_err *err)
{
    size_t k = j->s->m->nclasses, units = 0, at = 0;
    struct nf_scored_units_mem *m = out->mem;

    for (size_t c = 0; c < chunks; c++)
        units += j->chunk[c].n;
    NF_TRY(nfi_grow(&m->unit, &m->cap, units, sizeof *m->unit, err));
    NF_TRY(nfi_grow(&m->log_odds, &m->capodds, units * k, sizeof *m->log_odds, err));
    if (codes(j))
        NF_TRY(nfi_grow(&m->frame_odds, &m->capframes, units * k, sizeof *m->frame_odds, err));
    NF_TRY(nfi_grow(&m->first, &m->capfirst, n + 1, sizeof *m->first, err));
    for (size_t c = 0; c < chunks; c++) {
        const chunk_units *from = &j->chunk[c];
        if (from->n) {
            memcpy(m->unit + at, from->unit, from->n * sizeof *m->unit);
            memcpy(m->log_odds + at * k, from->log_odds, from->n * k * sizeof *m->log_odds);
            if (codes(j))
                memcpy(m->frame_odds + at * k, from->frame_odds, from->n * k * sizeof *m->frame_odds);
        }
        at += from->n;
    }
    m->first[0] = 0;
    for (size_t d = 0; d < n; d++)
        m->first[d + 1] = m->first[d] + j->count[d];
    out->unit = m->unit;
    out->log_odds = m->log_odds;
    out->frame_odds = codes(j) ? m->frame_odds : NULL;
    out->first = m->first;
    out->n = units;
    return NF_OK;
}

nf_status nf_scorer_units(nf_scorer *s, const nf_batch *b, nf_unit_kind kind, const nf_score *scores, nf_scored_units *out, nf_err *err)
{
    NF_TRY(nfi_scorer_expect(s, b, err));
    nf_status st = NF_OK;
    size_t n = b->n, chunks = 0, *bound = nfi_alloc(n + 1, sizeof *bound), *count = nfi_calloc(n, sizeof *count);
    chunk_units *chunk = NULL;

    if (bound)
        chunks = nfi_batch_cut(b, NFI_SCORING_CHUNK, bound);
    chunk = nfi_calloc(chunks ? chunks : 1, sizeof *chunk);
    if (!out->mem)
        out->mem = nfi_calloc(1, sizeof *out->mem);
    if (!bound || !count || !chunk || !out->mem) {
        st = nfi_oom(err, "units");
        goto out;
    }
    job j = {s, b->docs, bound, kind, scores, chunk, count};
    st = nfi_par_chunks(chunks, s->threads, units_chunk, &j, err);
    if (st == NF_OK)
        st = put_together(out, &j, n, chunks, err);
out:
    for (size_t c = 0; chunk && c < chunks; c++) {
        nfi_free(chunk[c].unit);
        nfi_free(chunk[c].log_odds);
        nfi_free(chunk[c].hits);
        nfi_free(chunk[c].frame_odds);
    }
    nfi_free(chunk);
    nfi_free(bound);
    nfi_free(count);
    return st;
}
