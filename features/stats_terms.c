/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stats_terms.c - kept terms from statistics: the arrays that nfi_terms_build() makes of the same documents, in one pass over the sources
 * (two with max_features, whose threshold must be known first). Only what is kept is held in memory.
 */
#include "features/stats.h"

#include "base/sort.h"
#include "base/try.h"

#include <string.h>

/* ---- which terms ---- */

/* The terms of greatest total frequency: all above least, and of those that have it the first `ties` in byte order. */
typedef struct cut {
    bool on;
    uint64_t least, ties;
} cut;

/* A heap of the greatest frequencies seen, the least on top. */
typedef struct top {
    uint64_t *v;
    size_t n, cap, max;
} top;

static void sink(top *h, size_t i, uint64_t x)
{
    for (size_t child; (child = 2 * i + 1) < h->n; i = child) {
        if (child + 1 < h->n && h->v[child + 1] < h->v[child])
            child++;
        if (x <= h->v[child])
            break;
        h->v[i] = h->v[child];
    }
    h->v[i] = x;
}

static nf_status offer(top *h, uint64_t x, nf_err *err)
{
    if (h->n < h->max) {
        NF_TRY(nfi_grow(&h->v, &h->cap, h->n + 1, sizeof *h->v, err));
        size_t i = h->n++;
        for (; i > 0 && x < h->v[(i - 1) / 2]; i = (i - 1) / 2)
            h->v[i] = h->v[(i - 1) / 2];
        h->v[i] = x;
    } else if (x > h->v[0]) {
        sink(h, 0, x);
    }
    return NF_OK;
}

static nf_status find_cut(cut *out, const nfi_stats_src *src, size_t n, uint64_t lo, uint64_t hi, uint64_t max, nf_err *err)
{
    nfi_stats_it *it = NULL;
    top h = {.max = max < SIZE_MAX ? (size_t)max : SIZE_MAX};
    uint64_t in_range = 0;
    nf_status s = NF_OK;

    NF_GO(nfi_stats_it_open(&it, src, n, err));
    for (const nfi_stat *x;;) {
        NF_GO(nfi_stats_next(it, &x, err));
        if (!x)
            break;
        if (x->df < lo || x->df > hi)
            continue;
        in_range++;
        NF_GO(offer(&h, x->freq, err));
    }
    *out = (cut){.on = in_range > max};
    if (out->on) {
        out->least = h.v[0];
        for (size_t i = 0; i < h.n; i++)
            out->ties += h.v[i] == out->least;
    }
out:
    nfi_free(h.v);
    nfi_stats_it_close(it);
    return s;
}

static bool passes(cut *c, uint64_t freq)
{
    if (!c->on || freq > c->least)
        return true;
    if (freq < c->least || c->ties == 0)
        return false;
    c->ties--;
    return true;
}

/* ---- the arrays ---- */

typedef struct maker {
    nfi_terms t;
    size_t capseq, capdf, capptr, capcls, capval, capdoc, caplabdoc, caplabval;
    size_t entries;
    nfi_vocab words; /* numbered in order of sight until the end */
} maker;

/* Numbers the words of a term, appending them to seq (room for 4), and returns how many there are. */
static nf_status number_words(maker *m, const nfi_stat *x, uint32_t seq[NFI_MAX_NGRAM], int *words, nf_err *err)
{
    const uint8_t *p = (const uint8_t *)x->term, *end = p + x->n;

    NF_TRY(nfi_vocab_reserve(&m->words, NFI_MAX_NGRAM, 0, err));
    for (*words = 0; p < end; p++) {
        const uint8_t *space = memchr(p, ' ', (size_t)(end - p)), *e = space ? space : end;
        bool fresh;
        nfi_word_slot *slot = nfi_vocab_word(&m->words, p, (uint32_t)(e - p), &fresh);
        if (!slot)
            return nfi_oom(err, "words");
        seq[(*words)++] = slot->id; /* no n-grams here: nodes are words */
        p = e;
    }
    return NF_OK;
}

static int64_t weight_sum(const nfi_weighting *w, const nfi_stat_class *e)
{
    return w->l2 ? e->val : (int64_t)((w->tf == NFI_TF_BINARY ? e->docs : e->freq) << 32);
}

static nf_status add_term(maker *m, const nfi_stat *x, const nfi_weighting *w, const uint32_t *seq, int words, nf_err *err)
{
    nfi_terms *t = &m->t;
    size_t stride = (size_t)t->stride, e = m->entries;

    if (t->n >= NFI_MAX_TERMS)
        return NF_FAIL(err, NF_ELIMIT, "more than %zu terms are kept; raise --min-df or set --max-features", NFI_MAX_TERMS);
    uint64_t sum = w->l2 ? 0 : w->tf == NFI_TF_BINARY ? x->df : x->freq;
    if (x->df > UINT32_MAX || sum >> 31)
        return NF_FAIL(err, NF_ELIMIT, "\"%.*s\" occurs too often for exact sums", (int)x->n, x->term);
    NF_TRY(nfi_grow(&t->seq, &m->capseq, (t->n + 1) * stride, sizeof *t->seq, err));
    NF_TRY(nfi_grow(&t->df, &m->capdf, t->n + 1, sizeof *t->df, err));
    NF_TRY(nfi_grow(&t->ptr, &m->capptr, t->n + 2, sizeof *t->ptr, err));
    NF_TRY(nfi_grow(&t->cls, &m->capcls, e + x->nentries, sizeof *t->cls, err));
    NF_TRY(nfi_grow(&t->val, &m->capval, e + x->nentries, sizeof *t->val, err));
    NF_TRY(nfi_grow(&t->doc, &m->capdoc, e + x->nentries, sizeof *t->doc, err));
    for (size_t k = 0; k < stride; k++)
        t->seq[t->n * stride + k] = (int)k < words ? seq[k] + 1 : 0;
    t->df[t->n] = (uint32_t)x->df;
    for (size_t i = 0; i < x->nentries; i++, e++) {
        t->cls[e] = (uint16_t)x->entry[i].cls;
        t->val[e] = weight_sum(w, &x->entry[i]);
        t->doc[e] = (uint32_t)x->entry[i].docs;
    }
    m->entries = e;
    if (t->multi) {
        nfi_stat_class labelled = {0, x->df - x->bare.docs, x->freq - x->bare.freq, x->val - x->bare.val};
        NF_TRY(nfi_grow(&t->lab_doc, &m->caplabdoc, t->n + 1, sizeof *t->lab_doc, err));
        NF_TRY(nfi_grow(&t->lab_val, &m->caplabval, t->n + 1, sizeof *t->lab_val, err));
        t->lab_doc[t->n] = (uint32_t)labelled.docs;
        t->lab_val[t->n] = weight_sum(w, &labelled);
    }
    t->ptr[0] = 0;
    t->ptr[++t->n] = e;
    return NF_OK;
}

/* Words into byte order; seq then says their places. */
static nf_status sort_words(maker *m, nf_err *err)
{
    nfi_terms *t = &m->t;
    size_t n = m->words.nwords;
    uint32_t *order = nfi_alloc(n, sizeof *order), *place = nfi_alloc(n + 1, sizeof *place);
    nf_status s = NF_OK;

    t->word = nfi_alloc(n, sizeof *t->word);
    if (!order || !place || !t->word) {
        s = nfi_oom(err, "sorting words");
        goto out;
    }
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    NF_GO(nfi_sort(order, n, sizeof *order, nfi_by_bytes, m->words.word, err));
    place[0] = 0;
    for (size_t i = 0; i < n; i++) {
        nf_str w = m->words.word[order[i]];
        char *p = nfi_arena_copy(&t->arena, w.p, w.n);
        if (!p) {
            s = nfi_oom(err, "words");
            goto out;
        }
        t->word[i] = (nf_str){p, w.n};
        place[order[i] + 1] = (uint32_t)i + 1;
    }
    t->nwords = n;
    for (size_t i = 0; i < t->n * (size_t)t->stride; i++)
        t->seq[i] = place[t->seq[i]];
out:
    nfi_free(order);
    nfi_free(place);
    return s;
}

/* Hands the room of a grown array back; a refusal changes nothing. */
static void *fit(void *p, size_t n, size_t size)
{
    void *q = nfi_realloc(p, n, size);
    return q ? q : p;
}

static void fit_all(maker *m)
{
    nfi_terms *t = &m->t;
    t->seq = fit(t->seq, t->n * (size_t)t->stride, sizeof *t->seq);
    t->df = fit(t->df, t->n, sizeof *t->df);
    t->ptr = fit(t->ptr, t->n + 1, sizeof *t->ptr);
    t->cls = fit(t->cls, m->entries, sizeof *t->cls);
    t->val = fit(t->val, m->entries, sizeof *t->val);
    t->doc = fit(t->doc, m->entries, sizeof *t->doc);
    t->lab_doc = t->multi ? fit(t->lab_doc, t->n, sizeof *t->lab_doc) : NULL;
    t->lab_val = t->multi ? fit(t->lab_val, t->n, sizeof *t->lab_val) : NULL;
}

static nf_status take_head(nfi_terms *t, const nfi_stats_head *h, nf_err *err)
{
    t->ndocs = h->docs;
    t->ntokens = h->tokens;
    t->nclasses = h->nlabels;
    t->multi = h->multi;
    t->labelled = h->docs - h->unlabelled;
    t->stride = h->set.value[NFI_SET_NGRAMS][2] - '0';
    t->class_docs = nfi_calloc(h->nlabels, sizeof *t->class_docs);
    if (!t->class_docs)
        return nfi_oom(err, "terms");
    if (h->nlabels)
        memcpy(t->class_docs, h->label_docs, h->nlabels * sizeof *t->class_docs);
    return NF_OK;
}

nf_status nfi_terms_from_stats(nfi_terms *out, const nfi_stats_src *src, size_t n, const nf_select_opts *select, const nfi_weighting *w,
                               const nfi_stats_note *note, nf_err *err)
{
    nfi_stats_it *it = NULL;
    maker m = {0};
    cut c = {0};
    uint64_t lo, hi, seen = 0;
    nf_status s = NF_OK;

    NF_GO(nfi_vocab_init(&m.words, err));
    NF_GO(nfi_stats_it_open(&it, src, n, err));
    const char *counted = nfi_stats_it_head(it)->set.value[NFI_SET_WEIGHTING];
    if (!w->additive || (w->l2 && strcmp(w->name, counted) != 0)) {
        s = NF_FAIL(err, NF_EDATA, "the statistics were counted for weighting \"%s\" and cannot be finished for \"%s\"; count again%s%s",
                    counted, w->name, w->additive ? " with --weighting " : ", or train on the documents themselves",
                    w->additive ? w->name : "");
        goto out;
    }
    NF_GO(take_head(&m.t, nfi_stats_it_head(it), err));
    NF_GO(nfi_select_bounds(select, m.t.ndocs, &lo, &hi, err));
    if (select->max_features)
        NF_GO(find_cut(&c, src, n, lo, hi, select->max_features, err));
    for (const nfi_stat *x;; seen++) {
        uint32_t seq[NFI_MAX_NGRAM], number = NFI_NONE;
        int words;
        NF_GO(nfi_stats_next(it, &x, err));
        if (!x)
            break;
        if (x->df >= lo && x->df <= hi && passes(&c, x->freq)) {
            number = (uint32_t)m.t.n;
            NF_GO(number_words(&m, x, seq, &words, err));
            NF_GO(add_term(&m, x, w, seq, words, err));
        }
        if (note) {
            size_t parts;
            const nfi_stats_part *part = nfi_stats_it_parts(it, &parts);
            note->fn(note->ctx, part, parts, number);
        }
    }
    if (m.t.n == 0) {
        s = nfi_nothing_left(select, m.t.ndocs, seen, err);
        goto out;
    }
    NF_GO(sort_words(&m, err));
    nfi_vocab_clear(&m.words);
    fit_all(&m);
    *out = m.t;
    m.t = (nfi_terms){0};
out:
    nfi_stats_it_close(it);
    nfi_vocab_clear(&m.words);
    nfi_terms_clear(&m.t);
    return s;
}
