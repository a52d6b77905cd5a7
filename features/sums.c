/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sums.c - entries to columns, then sums by class, a part of the nodes at a time.
 *
 * The entries of a part are placed term by term (a counting sort in the cache), and each term's documents are added up by class; where a
 * table of all terms by all classes stays in the cache and is not mostly empty, entries are added to that as they come. Parts at the same
 * time. What comes of them is then copied to the places of the terms. Sums are integers.
 */
#include "features/sums.h"

#include "base/par.h"
#include "base/sort.h"
#include "base/try.h"

#include <math.h>
#include <string.h>

typedef struct posting {
    uint32_t doc, tf;
} posting;

/* Sums of one term in one class, while its postings go by. */
typedef struct tally {
    int64_t val;
    uint64_t freq;
    uint32_t doc;
} tally;

/* The same in the table, where a weight is at most 1, and documents are too few for sums to overflow. */
typedef struct cell {
    int64_t val;
    uint32_t doc;
} cell;

/* What the table needs of a document: the weights of terms that it has once, twice, three times, and its class; a class behind the others
 * when it has none or is left out. */
enum { BRIEF = 3 };
typedef struct brief {
    int64_t weight[BRIEF];
    uint32_t class;
} brief;

/* One a worker: entries of the terms of its parts, as they come, and scratch. */
typedef struct adder {
    uint16_t *cls;
    int64_t *val;
    uint32_t *doc;
    uint64_t *freq; /* with NFI_SUM_ALL */
    size_t n, capcls, capval, capdoc, capfreq;
    posting *post;
    uint32_t *at; /* by node of the part: where its postings end */
    nfi_kv *order; /* kept terms of the part, and where in it their nodes are */
    size_t cappost, capat, caporder;
    tally *by;
    uint16_t *touched;
    cell *cell;
    size_t capcell;
} adder;

enum { RANGES = 16, CELLS = 1 << 16 }; /* ranges: of the terms, copied at the same time; cells: of a table at most */

/* Where the entries of a part are: those of its terms from range r on begin at from[r]. */
typedef struct place {
    int worker;
    size_t from[RANGES];
} place;

typedef struct sum_pass {
    nfi_terms *t;
    const nf_corpus *c;
    const uint8_t *use;
    const uint32_t *of, *df;
    const nfi_weighting *w;
    const double *inv, *table, *idf;
    const brief *brief; /* by document; NULL: no tables */
    adder *adder;
    place *place;       /* by part */
    uint16_t *part;     /* of each term */
    bool all;         /* NFI_SUM_ALL */
    size_t largest;   /* labels of a document at most */
    uint32_t *count;  /* classes of each term */
} sum_pass;

/* ---- norms ---- */

typedef struct norm_pass {
    double *inv;
    const nf_corpus *c;
    const nfi_terms *t;
    const uint32_t *of;
    const nfi_weighting *w;
    const double *table, *idf;
} norm_pass;

enum { KNOWN = 64 };

static nf_status norm_chunk(void *ctx, size_t k, int worker, nf_err *err)
{
    norm_pass *p = ctx;
    const nfi_chunk *ch = &p->c->chunk[k];
    nfi_u128 *sum = nfi_calloc(ch->n, sizeof *sum), known[KNOWN]; /* entries stand in any order, integers do not mind */

    (void)worker;
    if (!sum)
        return nfi_oom(err, "norms");
    for (uint32_t tf = 0; tf < KNOWN; tf++)
        known[tf] = nfi_square(p->table[tf]);
    for (size_t q = 0; q < nfi_corpus_parts(p->c); q++) {
        size_t n;
        const uint64_t *e = nfi_chunk_part(p->c, ch, q, &n);
        for (size_t i = 0; i < n; i++) {
            uint32_t tf = nfi_entry_tf(e[i]);
            if (p->w->additive) {
                sum[nfi_entry_doc(e[i])] += tf < KNOWN ? known[tf] : nfi_square(nfi_tf_at(p->table, p->w->tf, tf));
                continue;
            }
            uint32_t term = p->of[p->c->node[q] + nfi_entry_number(e[i])];
            if (term != NFI_NONE)
                sum[nfi_entry_doc(e[i])] += nfi_square(nfi_tf_at(p->table, p->w->tf, tf) * p->idf[term]);
        }
    }
    for (size_t d = 0; d < ch->n; d++)
        p->inv[ch->first + d] = nfi_norm_of(sum[d]);
    nfi_free(sum);
    return NF_OK;
}

static double *make_idf(const nfi_terms *t)
{
    double *idf = nfi_alloc(t->n, sizeof *idf);
    for (size_t i = 0; idf && i < t->n; i++)
        idf[i] = nfi_idf(t->ndocs, t->df[i]);
    return idf;
}

nf_status nfi_doc_norms(double *inv, const nf_corpus *c, const nfi_terms *t, const uint32_t *of, const nfi_weighting *w, int threads,
                        nf_err *err)
{
    double table[NFI_TF_TABLE], *idf = NULL;

    if (!w->l2) {
        for (size_t d = 0; d < c->n; d++)
            inv[d] = c->nterms[d] ? 1.0 : 0.0;
        return NF_OK;
    }
    nfi_tf_table(w->tf, table);
    if (!w->additive && !(idf = make_idf(t)))
        return nfi_oom(err, "norms");
    norm_pass p = {inv, c, t, of, w, table, idf};
    nf_status s = nfi_par_chunks(c->nchunks, nfi_par_threads(threads), norm_chunk, &p, err);
    nfi_free(idf);
    return s;
}

/* ---- sums ---- */

static inline int64_t weight_of(const sum_pass *p, const posting *x, size_t term)
{
    if (p->w->tf == NFI_TF_BINARY && !p->w->l2)
        return (int64_t)1 << 32;
    if (!p->w->l2)
        return (int64_t)x->tf << 32;
    return nfi_to_fixed(nfi_tf_at(p->table, p->w->tf, x->tf) * p->inv[x->doc] * (p->idf ? p->idf[term] : 1.0));
}

/* Appends the entries of the n touched classes, in rising order, and clears them. */
static void put_entries(const sum_pass *p, adder *o, size_t n)
{
    uint16_t *touched = o->touched;

    for (size_t i = 1; i < n; i++) /* few classes: insertion sort */
        for (size_t j = i; j > 0 && touched[j - 1] > touched[j]; j--) {
            uint16_t x = touched[j];
            touched[j] = touched[j - 1];
            touched[j - 1] = x;
        }
    for (size_t i = 0; i < n; i++, o->n++) {
        tally *t = &o->by[touched[i]];
        o->cls[o->n] = touched[i];
        o->val[o->n] = t->val;
        o->doc[o->n] = t->doc;
        if (p->all)
            o->freq[o->n] = t->freq;
        *t = (tally){0};
    }
}

/* One posting of a document with several labels. Returns how many classes were touched so far. */
static size_t add_set(const nf_corpus *c, size_t set, tally *by, uint16_t *touched, size_t ntouched, tally x, tally *labelled)
{
    for (uint64_t i = c->set_ptr[set]; i < c->set_ptr[set + 1]; i++) {
        uint16_t k = c->set_cls[i];
        if (by[k].doc++ == 0)
            touched[ntouched++] = k;
        by[k].freq += x.freq;
        by[k].val += x.val; /* no larger than the sum over all documents */
    }
    labelled->doc += x.doc;
    labelled->freq += x.freq;
    labelled->val += x.val;
    return ntouched;
}

/* Adds up the postings of one term. */
static nf_status add_term(const sum_pass *p, adder *o, size_t term, const posting *x, const posting *end, nf_err *err)
{
    tally all = {0}, labelled = {0}, *by = o->by;
    const int32_t *label = p->c->label;
    uint16_t *touched = o->touched;
    size_t ntouched = 0;
    bool over = false, multi = p->c->multi;

    for (; x < end; x++) {
        int32_t k = label[x->doc];
        int64_t v = weight_of(p, x, term);
        over |= __builtin_add_overflow(all.val, v, &all.val);
        all.freq += x->tf;
        if (k >= 0 && multi) {
            ntouched = add_set(p->c, (size_t)k, by, touched, ntouched, (tally){v, x->tf, 1}, &labelled);
        } else if (k >= 0) {
            touched[ntouched] = (uint16_t)k;
            ntouched += by[k].doc++ == 0;
            by[k].freq += x->tf;
            by[k].val += v; /* no larger than all.val: every weight is >= 0 */
        }
    }
    if (over)
        return NF_FAIL(err, NF_ELIMIT, "a sum of weights exceeds 2^31: too many occurrences of one term for exact sums");
    put_entries(p, o, ntouched);
    p->count[term] = (uint32_t)ntouched;
    if (multi) {
        p->t->lab_doc[term] = labelled.doc;
        p->t->lab_val[term] = labelled.val;
        if (p->all)
            p->t->lab_freq[term] = labelled.freq;
    }
    if (p->all) {
        p->t->all_freq[term] = all.freq;
        p->t->all_val[term] = all.val;
    }
    return NF_OK;
}

/* The kept terms of a part in order, room for their entries and one more; *total: documents with them, for each. */
static nf_status begin_part(const sum_pass *p, adder *o, size_t q, size_t *kept, size_t *total, nf_err *err)
{
    const nf_corpus *c = p->c;
    const uint32_t *of = p->of + c->node[q], *df = p->df + c->node[q];
    size_t n = c->node[q + 1] - c->node[q], k = 0, sum = 0;
    size_t most = 1; /* a term has no more entries than labels of its documents, or classes */

    NF_TRY(nfi_grow(&o->at, &o->capat, n, sizeof *o->at, err));
    NF_TRY(nfi_grow(&o->order, &o->caporder, n, sizeof *o->order, err));
    for (size_t i = 0; i < n; i++) {
        if (of[i] == NFI_NONE)
            continue;
        uint64_t can = (uint64_t)df[i] * p->largest;
        most += can < p->t->nclasses ? (size_t)can : p->t->nclasses;
        sum += df[i];
        o->order[k++] = (nfi_kv){of[i], (uint32_t)i, 0};
    }
    NF_TRY(nfi_sort_kv(o->order, k, err));
    NF_TRY(nfi_grow(&o->cls, &o->capcls, o->n + most, sizeof *o->cls, err));
    NF_TRY(nfi_grow(&o->val, &o->capval, o->n + most, sizeof *o->val, err));
    NF_TRY(nfi_grow(&o->doc, &o->capdoc, o->n + most, sizeof *o->doc, err));
    if (p->all)
        NF_TRY(nfi_grow(&o->freq, &o->capfreq, o->n + most, sizeof *o->freq, err));
    *kept = k;
    *total = sum;
    return NF_OK;
}

/* The postings of a part to their places: total of kept terms. */
static nf_status place_part(const sum_pass *p, adder *o, size_t q, size_t total, nf_err *err)
{
    const nf_corpus *c = p->c;
    const uint32_t *of = p->of + c->node[q], *df = p->df + c->node[q];
    size_t n = c->node[q + 1] - c->node[q];

    for (size_t i = 0, before = 0; i < n; i++) {
        if (of[i] == NFI_NONE)
            continue;
        o->at[i] = (uint32_t)before;
        before += df[i];
    }
    if (total >= UINT32_MAX)
        return NF_FAIL(err, NF_ELIMIT, "too many documents in memory; lower --memory so that they are sorted on disk");
    for (size_t i = 0; i < n; i++) /* terms that are not kept all go to one place behind the others */
        if (of[i] == NFI_NONE)
            o->at[i] = (uint32_t)total;
    NF_TRY(nfi_grow(&o->post, &o->cappost, total + 1, sizeof *o->post, err));
    posting *post = o->post;
    uint32_t *at = o->at;
    for (size_t k = 0; k < c->nchunks; k++) {
        size_t m;
        const uint64_t *e = nfi_chunk_part(c, &c->chunk[k], q, &m);
        nfi_corpus_ahead(c, k, q);
        uint32_t first = (uint32_t)c->chunk[k].first;
        for (size_t i = 0; i < m; i++) { /* without a branch: whether a term is kept cannot be guessed */
            uint32_t doc = first + nfi_entry_doc(e[i]), number = nfi_entry_number(e[i]), to = at[number];
            if (p->use && !p->use[doc])
                continue;
            post[to] = (posting){doc, nfi_entry_tf(e[i])};
            at[number] = to + (to < total);
        }
    }
    return NF_OK;
}

/* The entries of a part into the table, a row a kept term, and one behind them for the others. */
static nf_status fill_table(const sum_pass *p, adder *o, size_t q, size_t kept, nf_err *err)
{
    const nf_corpus *c = p->c;
    size_t n = c->node[q + 1] - c->node[q], width = p->t->nclasses + 1;

    NF_TRY(nfi_grow(&o->cell, &o->capcell, (kept + 1) * width, sizeof *o->cell, err));
    cell *table = memset(o->cell, 0, (kept + 1) * width * sizeof *table);
    uint32_t *at = o->at;
    for (size_t i = 0; i < n; i++)
        at[i] = (uint32_t)(kept * width);
    for (size_t k = 0; k < kept; k++)
        at[o->order[k].val] = (uint32_t)(k * width);
    for (size_t k = 0; k < c->nchunks; k++) {
        size_t m;
        const uint64_t *e = nfi_chunk_part(c, &c->chunk[k], q, &m);
        const brief *docs = p->brief + c->chunk[k].first;
        nfi_corpus_ahead(c, k, q);
        for (size_t i = 0; i < m; i++) {
            uint32_t tf = nfi_entry_tf(e[i]), doc = nfi_entry_doc(e[i]);
            const brief *d = &docs[doc];
            cell *to = &table[at[nfi_entry_number(e[i])] + d->class];
            to->val += tf <= BRIEF ? d->weight[tf - 1] : weight_of(p, &(posting){(uint32_t)c->chunk[k].first + doc, tf}, 0);
            to->doc++;
        }
    }
    return NF_OK;
}

/* Appends the entries of a term from its row of the table. */
static void put_row(const sum_pass *p, adder *o, size_t term, const cell *row)
{
    size_t n = o->n;

    for (size_t k = 0; k < p->t->nclasses; k++) { /* without a branch: which classes have the term cannot be guessed */
        o->cls[n] = (uint16_t)k;
        o->val[n] = row[k].val;
        o->doc[n] = row[k].doc;
        n += row[k].doc > 0;
    }
    p->count[term] = (uint32_t)(n - o->n);
    o->n = n;
}

static nf_status add_part(void *ctx, size_t q, int worker, nf_err *err)
{
    sum_pass *p = ctx;
    adder *o = &p->adder[worker];
    const uint32_t *df = p->df + p->c->node[q];
    size_t width = p->t->nclasses + 1, range = 0, kept, total;

    NF_TRY(begin_part(p, o, q, &kept, &total, err));
    bool table = p->brief && kept * width <= CELLS && kept * width <= 2 * total;
    NF_TRY(table ? fill_table(p, o, q, kept, err) : place_part(p, o, q, total, err));
    p->place[q].worker = worker;
    for (size_t k = 0; k < kept; k++) {
        size_t term = (size_t)o->order[k].key, i = o->order[k].val, end = o->at[i];
        for (; range < RANGES && p->t->n * range / RANGES <= term; range++)
            p->place[q].from[range] = o->n;
        p->part[term] = (uint16_t)q;
        if (table)
            put_row(p, o, term, o->cell + k * width);
        else
            NF_TRY(add_term(p, o, term, o->post + (end - df[i]), o->post + end, err));
    }
    for (; range < RANGES; range++)
        p->place[q].from[range] = o->n;
    return NF_OK;
}

/* The entries of a range of terms to their places: each part is read in order. */
static nf_status spread_range(void *ctx, size_t range, int worker, nf_err *err)
{
    const sum_pass *p = ctx;
    nfi_terms *t = p->t;
    size_t from[NFI_PARTS];

    (void)worker, (void)err;
    for (size_t q = 0; q < nfi_corpus_parts(p->c); q++)
        from[q] = p->place[q].from[range];
    for (size_t term = t->n * range / RANGES; term < t->n * (range + 1) / RANGES; term++) {
        size_t q = p->part[term], n = p->count[term], at = from[q], to = (size_t)t->ptr[term];
        const adder *o = &p->adder[p->place[q].worker];
        for (size_t e = 0; e < n; e++) {
            t->cls[to + e] = o->cls[at + e];
            t->val[to + e] = o->val[at + e];
            t->doc[to + e] = o->doc[at + e];
            if (p->all)
                t->freq[to + e] = o->freq[at + e];
        }
        from[q] = at + n;
    }
    return NF_OK;
}

static void clear_adder(adder *o)
{
    nfi_free(o->cls);
    nfi_free(o->val);
    nfi_free(o->doc);
    nfi_free(o->freq);
    nfi_free(o->post);
    nfi_free(o->at);
    nfi_free(o->order);
    nfi_free(o->by);
    nfi_free(o->touched);
    nfi_free(o->cell);
}

static void make_brief(brief *b, const sum_pass *p)
{
    for (size_t d = 0; d < p->c->n; d++) {
        bool in = p->c->label[d] >= 0 && (!p->use || p->use[d]);
        b[d].class = in ? (uint32_t)p->c->label[d] : (uint32_t)p->t->nclasses;
        for (uint32_t tf = 1; tf <= BRIEF; tf++)
            b[d].weight[tf - 1] = weight_of(p, &(posting){(uint32_t)d, tf}, 0);
    }
}

static uint64_t largest_set(const nf_corpus *c)
{
    uint64_t most = 1;
    for (size_t i = 0; c->multi && i < c->nsets; i++)
        if (c->set_ptr[i + 1] - c->set_ptr[i] > most)
            most = c->set_ptr[i + 1] - c->set_ptr[i];
    return most;
}

/* The arrays of the result whose sizes are known from the start. */
static nf_status alloc_sums(nfi_terms *t, bool all, bool multi, nf_err *err)
{
    t->ptr = nfi_alloc(t->n + 1, sizeof *t->ptr);
    if (all) {
        t->all_freq = nfi_calloc(t->n, sizeof *t->all_freq);
        t->all_val = nfi_calloc(t->n, sizeof *t->all_val);
    }
    if (multi) {
        t->lab_doc = nfi_calloc(t->n, sizeof *t->lab_doc);
        t->lab_val = nfi_calloc(t->n, sizeof *t->lab_val);
        t->lab_freq = all ? nfi_calloc(t->n, sizeof *t->lab_freq) : NULL;
    }
    if (!t->ptr || (all && (!t->all_freq || !t->all_val)) || (multi && (!t->lab_doc || !t->lab_val || (all && !t->lab_freq))))
        return nfi_oom(err, "sums");
    return NF_OK;
}

/* Counts to places, and room for the entries. */
static nf_status alloc_entries(nfi_terms *t, const uint32_t *count, bool all, nf_err *err)
{
    t->ptr[0] = 0;
    for (size_t i = 0; i < t->n; i++)
        t->ptr[i + 1] = t->ptr[i] + count[i];
    size_t n = (size_t)t->ptr[t->n];
    t->cls = nfi_alloc(n, sizeof *t->cls);
    t->val = nfi_alloc(n, sizeof *t->val);
    t->doc = nfi_alloc(n, sizeof *t->doc);
    t->freq = all ? nfi_alloc(n, sizeof *t->freq) : NULL;
    return t->cls && t->val && t->doc && (!all || t->freq) ? NF_OK : nfi_oom(err, "sums");
}

nf_status nfi_terms_sum(nfi_terms *t, const nf_corpus *c, const uint8_t *use, const uint32_t *of, const uint32_t *df,
                        const nfi_weighting *w, nfi_sum sum, int threads, nf_err *err)
{
    double table[NFI_TF_TABLE], *inv = nfi_alloc(c->n, sizeof *inv), *idf = NULL;
    bool all = sum == NFI_SUM_ALL;
    brief *docs = NULL;
    nf_status s = NF_OK;

    nfi_tf_table(w->tf, table);
    adder *adders = nfi_calloc((size_t)threads, sizeof *adders);
    uint32_t *count = nfi_calloc(t->n, sizeof *count);
    uint16_t *part = nfi_alloc(t->n, sizeof *part);
    place *at = nfi_alloc(nfi_corpus_parts(c), sizeof *at);
    if (!inv || !adders || !count || !part || !at || (!w->additive && !(idf = make_idf(t)))) {
        s = nfi_oom(err, "sums");
        goto out;
    }
    for (int i = 0; i < threads; i++) {
        adders[i].by = nfi_calloc(t->nclasses, sizeof *adders[i].by);
        adders[i].touched = nfi_alloc(t->nclasses + 1, sizeof *adders[i].touched);
        if (!adders[i].by || !adders[i].touched) {
            s = nfi_oom(err, "sums");
            goto out;
        }
    }
    NF_GO(alloc_sums(t, all, c->multi, err));
    NF_GO(nfi_doc_norms(inv, c, t, of, w, threads, err));
    sum_pass p = {t, c, use, of, df, w, inv, table, idf, NULL, adders, at, part, all, largest_set(c), count};
    if (w->l2 && w->additive && !all && !c->multi && t->nclasses < CELLS) {
        if (!(docs = nfi_alloc(c->n, sizeof *docs))) {
            s = nfi_oom(err, "sums");
            goto out;
        }
        make_brief(docs, &p);
        p.brief = docs;
    }
    NF_GO(nfi_par_chunks(nfi_corpus_parts(c), threads, add_part, &p, err));
    NF_GO(alloc_entries(t, count, all, err));
    s = nfi_par_chunks(RANGES, threads, spread_range, &p, err);
out:
    for (int i = 0; adders && i < threads; i++)
        clear_adder(&adders[i]);
    nfi_free(adders);
    nfi_free(count);
    nfi_free(part);
    nfi_free(at);
    nfi_free(inv);
    nfi_free(idf);
    nfi_free(docs);
    return s;
}
