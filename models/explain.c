/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain.c - parts of a margin. The row of a document is made by the steps of scoring, with weights in double; its terms are found again
 * in the text, word by word, for their places.
 */
#include "newsframe/explain.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/sort.h"
#include "base/try.h"
#include "features/places.h"
#include "models/scorer.h"

#include <math.h>
#include <string.h>

/* One occurrence of a term. */
typedef struct found {
    uint32_t term;
    size_t from, to; /* tokens */
} found;

struct nf_explanation_mem {
    nf_term_part *term;
    nf_place *place;
    int64_t *unit_micro;
    double *odds, *value;
    found *found;
    size_t *word; /* tokens that are no stop words */
    uint32_t *model_word;
    size_t cap, capplace, capunit, capodds, capvalue, capfound, capword, capmodel;
    nfi_places places;
};

void nf_explanation_clear(nf_explanation *e)
{
    nf_scored_units_clear(&e->units);
    if (e->mem) {
        nfi_free(e->mem->term);
        nfi_free(e->mem->place);
        nfi_free(e->mem->unit_micro);
        nfi_free(e->mem->odds);
        nfi_free(e->mem->value);
        nfi_free(e->mem->found);
        nfi_free(e->mem->word);
        nfi_free(e->mem->model_word);
        nfi_places_clear(&e->mem->places);
        nfi_free(e->mem);
    }
    *e = (nf_explanation){0};
}

/* ---- numbers that add up ---- */

/* Millionths as they are printed with six decimals; at most those of a thousand million nats, which no real model gives. */
static int64_t micro_of(double v)
{
    char digits[NFI_FIXED_MAX];
    size_t n = nfi_format_fixed(digits, v > 1e9 ? 1e9 : v < -1e9 ? -1e9 : v, 6);
    int64_t m = 0;

    for (size_t i = 0; i < n; i++)
        if (digits[i] >= '0' && digits[i] <= '9')
            m = m * 10 + (digits[i] - '0');
    return digits[0] == '-' ? -m : m;
}

/* A part, and what rounding took from it in the direction in which parts have to move. */
typedef struct rounding {
    double rest;
    size_t part;
} rounding;

static int by_rest(const void *a, const void *b, void *ctx)
{
    double x = ((const rounding *)a)->rest, y = ((const rounding *)b)->rest;
    (void)ctx;
    return (x < y) - (x > y);
}

/* Rounded parts whose sum is total: those with the largest remainders move by a millionth, as seats are given to parties. */
static nf_status round_parts(const double *v, int64_t *micro, size_t n, int64_t total, nf_err *err)
{
    nf_status s = NF_OK;
    rounding *r = NULL;
    int64_t left = total;

    for (size_t i = 0; i < n; i++)
        left -= micro[i] = micro_of(v[i]);
    if (left == 0 || n == 0)
        return NF_OK;
    int64_t step = left > 0 ? 1 : -1;
    if (!(r = nfi_alloc(n, sizeof *r)))
        return nfi_oom(err, "parts of a margin");
    for (size_t i = 0; i < n; i++)
        r[i] = (rounding){(v[i] * 1e6 - (double)micro[i]) * (double)step, i};
    NF_GO(nfi_sort(r, n, sizeof *r, by_rest, NULL, err));
    for (size_t i = 0; i < n && left != 0; i++, left -= step)
        micro[r[i].part] += step;
    micro[0] += left; /* 0, since half a millionth a part is the most that rounding takes: kept so that the promise holds */
out:
    nfi_free(r);
    return s;
}

/* ---- terms ---- */

static int by_size(const void *a, const void *b, void *ctx)
{
    const nf_term_part *x = a, *y = b;
    double p = fabs(x->nats), q = fabs(y->nats);
    (void)ctx;
    return p != q ? (p < q) - (p > q) : (x->term > y->term) - (x->term < y->term);
}

static int by_term(const void *a, const void *b, void *ctx)
{
    const found *x = a, *y = b;
    (void)ctx;
    return x->term != y->term ? (x->term > y->term) - (x->term < y->term) : (x->from > y->from) - (x->from < y->from);
}

/* Terms and their parts of the difference of the two scores. */
static nf_status weigh_terms(nf_explanation *e, nf_scorer *s, const nf_doc *d, double *sum, nf_err *err)
{
    const nf_model *m = s->m;
    struct nf_explanation_mem *mem = e->mem;

    NF_TRY(nfi_count_text(&s->w[0].counter, d, err));
    nfi_score_row row = nfi_scoring_row(&s->w[0]);
    double scale = nfi_row_scale(m, s->table, &row);
    NF_TRY(nfi_grow(&mem->term, &mem->cap, row.n, sizeof *mem->term, err));
    *sum = m->log_prior[e->label] - (e->against < 0 ? nf_model_threshold(m, (size_t)e->label) : m->log_prior[e->against]);
    e->prior = *sum;
    for (size_t i = 0; i < row.n; i++) {
        if (row.term[i] == NFI_NONE)
            continue;
        double x = nfi_tf_at(s->table, m->weighting->tf, row.tf[i]) * scale * (double)m->rec[row.term[i]].idf;
        nf_term_part *p = &mem->term[e->nterms++];
        *p = (nf_term_part){
            .term = row.term[i], .nats = x * nfi_weight_difference(m, row.term[i], e->label, e->against), .count = row.tf[i]};
        *sum += p->nats;
    }
    return NF_OK;
}

/* Token i once more, where it stands in the lead and is a term as such. */
static nf_status lead_word(struct nf_explanation_mem *mem, const nf_scorer *s, nf_str w, size_t i, size_t *n, nf_err *err)
{
    char marked[NFI_MAX_TOKEN] = {NFI_LEAD_MARK};

    if (i >= s->m->text.lead || w.n >= NFI_MAX_TOKEN)
        return NF_OK;
    memcpy(marked + 1, w.p, w.n);
    uint32_t word = nfi_dict_search_word(&s->dict, marked, w.n + 1);
    uint32_t t = word == NFI_NONE ? NFI_NONE : nfi_dict_search_term(&s->dict, &word, 1);
    if (t == NFI_NONE)
        return NF_OK;
    NF_TRY(nfi_grow(&mem->found, &mem->capfound, *n + 1, sizeof *mem->found, err));
    mem->found[(*n)++] = (found){t, i, i};
    return NF_OK;
}

/* All occurrences of terms of the model, by term, then in order. */
static nf_status find_terms(struct nf_explanation_mem *mem, const nf_scorer *s, const nf_doc *d, size_t *n, nf_err *err)
{
    const nfi_text *text = &s->m->text;
    nfi_places *p = &mem->places;
    size_t words = 0;

    *n = 0;
    NF_TRY(nfi_places_find(p, text, d, err));
    NF_TRY(nfi_grow(&mem->word, &mem->capword, p->n, sizeof *mem->word, err));
    NF_TRY(nfi_grow(&mem->model_word, &mem->capmodel, p->n, sizeof *mem->model_word, err));
    for (size_t i = 0; i < p->n; i++) {
        nf_str w = {p->bytes.p + p->tok[i].off, p->tok[i].n};
        if (nfi_stop_has(&text->stop, w.p, w.n))
            continue;
        NF_TRY(lead_word(mem, s, w, i, n, err));
        mem->word[words] = i;
        mem->model_word[words++] = nfi_dict_search_word(&s->dict, w.p, w.n);
    }
    for (size_t i = 0; i < words; i++)
        for (int k = 1; k <= text->hi && i + (size_t)k <= words && mem->model_word[i + (size_t)k - 1] != NFI_NONE; k++) {
            uint32_t t = k >= text->lo ? nfi_dict_search_term(&s->dict, mem->model_word + i, k) : NFI_NONE;
            if (t == NFI_NONE)
                continue;
            NF_TRY(nfi_grow(&mem->found, &mem->capfound, *n + 1, sizeof *mem->found, err));
            mem->found[(*n)++] = (found){t, mem->word[i], mem->word[i + (size_t)k - 1]};
        }
    return nfi_sort(mem->found, *n, sizeof *mem->found, by_term, NULL, err);
}

/* From the first word to the last; of a term that reaches from the title into the text, what stands in the title. */
static nf_place place_of(const nfi_places *p, const nf_doc *d, const found *f)
{
    const nfi_placed *a = &p->tok[f->from], *b = &p->tok[f->to];
    return (nf_place){a->in_title, a->start, a->in_title == b->in_title ? b->end : d->title.n};
}

static nf_status place_terms(nf_explanation *e, const nf_scorer *s, const nf_doc *d, nf_err *err)
{
    struct nf_explanation_mem *mem = e->mem;
    size_t n = 0;

    NF_TRY(find_terms(mem, s, d, &n, err));
    NF_TRY(nfi_grow(&mem->place, &mem->capplace, n, sizeof *mem->place, err));
    for (size_t i = 0; i < n; i++)
        mem->place[i] = place_of(&mem->places, d, &mem->found[i]);
    for (size_t i = 0; i < e->nterms; i++) { /* the first occurrence of each */
        size_t lo = 0, hi = n;
        while (lo < hi) {
            size_t mid = (lo + hi) / 2;
            if (mem->found[mid].term < mem->term[i].term)
                lo = mid + 1;
            else
                hi = mid;
        }
        mem->term[i].first = lo;
        for (; lo < n && mem->found[lo].term == mem->term[i].term; lo++)
            mem->term[i].places++;
    }
    e->place = mem->place;
    return NF_OK;
}

/* ---- the whole ---- */

static int32_t best_of(const double *odds, size_t n)
{
    size_t best = 0;
    for (size_t c = 1; c < n; c++)
        best = odds[c] > odds[best] ? c : best;
    return (int32_t)best;
}

static void choose_classes(nf_explanation *e, const nf_model *m, const double *odds, int32_t label, int32_t against)
{
    e->label = label >= 0 ? label : e->score.label;
    if (e->label < 0)
        e->label = best_of(odds, m->nclasses);
    e->against = against;
    if (m->multi) {
        e->against = -1;
        e->margin = odds[e->label] - nf_model_threshold(m, (size_t)e->label);
        return;
    }
    for (size_t c = 0; against < 0 && c < m->nclasses; c++)
        if ((int32_t)c != e->label && (e->against < 0 || odds[c] > odds[e->against]))
            e->against = (int32_t)c;
    e->margin = odds[e->label] - odds[e->against];
}

static nf_status round_all(nf_explanation *e, nf_err *err)
{
    struct nf_explanation_mem *mem = e->mem;
    size_t most = (e->nterms > e->units.n ? e->nterms : e->units.n) + 2;

    NF_TRY(nfi_grow(&mem->value, &mem->capvalue, most, sizeof *mem->value, err));
    NF_TRY(nfi_grow(&mem->unit_micro, &mem->capunit, most, sizeof *mem->unit_micro, err));
    double *v = mem->value;
    int64_t *micro = mem->unit_micro;
    e->margin_micro = micro_of(e->margin);
    v[0] = e->prior;
    for (size_t i = 0; i < e->nterms; i++)
        v[i + 1] = mem->term[i].nats;
    NF_TRY(round_parts(v, micro, e->nterms + 1, e->margin_micro, err));
    e->prior_micro = micro[0];
    for (size_t i = 0; i < e->nterms; i++)
        mem->term[i].micro = micro[i + 1];
    /* sentences: the prior stays as it was rounded */
    e->between = e->margin - e->prior;
    for (size_t i = 0; i < e->units.n; i++) {
        v[i] = e->units.unit[i].carries;
        e->between -= v[i];
    }
    v[e->units.n] = e->between;
    NF_TRY(round_parts(v, micro, e->units.n + 1, e->margin_micro - e->prior_micro, err));
    e->between_micro = micro[e->units.n];
    e->unit_micro = micro;
    return NF_OK;
}

static nf_status explain(nf_explanation *e, nf_scorer *s, const nf_doc *d, int32_t label, int32_t against, nf_err *err)
{
    struct nf_explanation_mem *mem = e->mem;
    nf_doc copy = *d;
    nf_batch one = {.docs = &copy, .n = 1};
    double sum;

    NF_TRY(nfi_grow(&mem->odds, &mem->capodds, s->m->nclasses, sizeof *mem->odds, err));
    NF_TRY(nf_scorer_batch(s, &one, &e->score, mem->odds, err));
    if (!e->score.scored)
        return NF_OK;
    choose_classes(e, s->m, mem->odds, label, against);
    if (e->label == e->against) /* asked for against itself, as the best */
        return NF_FAIL(err, NF_EINVAL, "a class cannot be explained against itself");
    NF_TRY(weigh_terms(e, s, d, &sum, err));
    double factor = fabs(sum) > 0.0 && !s->m->multi ? e->margin / sum : 1.0;
    e->prior *= factor;
    for (size_t i = 0; i < e->nterms; i++)
        mem->term[i].nats *= factor;
    NF_TRY(place_terms(e, s, d, err));
    NF_TRY(nfi_sort(mem->term, e->nterms, sizeof *mem->term, by_size, NULL, err));
    e->term = mem->term;
    nf_score as = {.label = e->label, .second = e->against, .margin = e->margin};
    NF_TRY(nf_scorer_units(s, &one, NF_UNIT_SENTENCE, &as, &e->units, err));
    return round_all(e, err);
}

nf_status nf_explain(nf_explanation *out, nf_scorer *s, const nf_doc *d, int32_t label, int32_t against, nf_err *err)
{
    nf_explanation e = {.mem = out->mem, .units = out->units, .label = -1, .against = -1};

    int32_t top = label > against ? label : against;
    if (top >= 0 && (size_t)top >= s->m->nclasses)
        return NF_FAIL(err, NF_EINVAL, "no class %d, there are %zu", top, s->m->nclasses);
    if (!e.mem && !(e.mem = nfi_calloc(1, sizeof *e.mem)))
        return nfi_oom(err, "an explanation");
    e.units.n = 0;
    nf_status st = explain(&e, s, d, label, against, err);
    if (st != NF_OK) {
        e.units.n = 0; /* empty, but for the memory */
        *out = (nf_explanation){.mem = e.mem, .units = e.units, .label = -1, .against = -1};
        return st;
    }
    *out = e;
    return NF_OK;
}
