/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dedup.c - documents to words, signatures and dates, batch by batch; and groups from the stars that stars.c finds.
 *
 * Costs a document: 4 bytes a word, 4 bytes a band (32 of them at the default threshold) for the keys of a signature that is
 * not kept, 48 bytes of facts. Grouping takes 12 bytes a band in which the document is not alone, 12 more where it begins a group, 44 bytes
 * more, and while bands are sorted 4 a thread and 32 for each that may not be alone.
 */
#include "features/dedup.h"

#include "base/par.h"
#include "base/sort.h"
#include "base/try.h"
#include "base/utf8.h"
#include "features/corpus.h"

#include <string.h>

enum { CHUNK_BYTES = 64 << 10, DEFAULT_SHINGLE = 5, AHEAD = 16 };
#define DEFAULT_THRESHOLD 0.7

const char *nf_date_order_name(size_t i, const char **summary)
{
    static const struct {
        const char *name, *summary;
    } list[] = {[NF_DATES_AUTO] = {"auto", "as the dates show that have a number above 12, else day first"},
                [NF_DATES_DAY_FIRST] = {"dmy", "3/4/2008 is in April"},
                [NF_DATES_MONTH_FIRST] = {"mdy", "3/4/2008 is in March"}};

    if (i >= sizeof list / sizeof *list)
        return NULL;
    if (summary)
        *summary = list[i].summary;
    return list[i].name;
}

bool nfi_is_month_first(nf_date_order asked, bool day_shown, bool month_shown)
{
    return asked == NF_DATES_MONTH_FIRST || (asked == NF_DATES_AUTO && month_shown && !day_shown);
}

static nf_status fill_in(nf_dedup *d, const nf_dedup_opts *o, nf_err *err)
{
    if (o)
        d->o = *o;
    d->o.threshold = d->o.threshold == 0.0 ? DEFAULT_THRESHOLD : d->o.threshold;
    d->o.shingle = d->o.shingle ? d->o.shingle : DEFAULT_SHINGLE;
    const char *name = d->o.tokenizer ? d->o.tokenizer : "news";
    d->tokenizer = nfi_tokenizer_find(name);
    d->o.tokenizer = NULL; /* borrowed, like the next */
    d->o.clean = NULL;
    if (!d->tokenizer)
        return NF_FAIL(err, NF_EINVAL, "no tokenizer \"%s\"", name);
    if (!(d->o.threshold >= NFI_MIN_THRESHOLD && d->o.threshold <= 1.0))
        return NF_FAIL(err, NF_EINVAL, "threshold %g: expected a similarity from %g to 1", d->o.threshold, NFI_MIN_THRESHOLD);
    if (d->o.shingle < 1 || d->o.shingle > NFI_MAX_SHINGLE)
        return NF_FAIL(err, NF_EINVAL, "shingles of %d words: expected 1 to %d", d->o.shingle, NFI_MAX_SHINGLE);
    if (d->o.window && (d->o.window_seconds < 0 || d->o.ignore_dates))
        return NF_FAIL(err, NF_EINVAL, "a window needs a length that is not below 0, and dates");
    d->bands = nfi_bands_for(d->o.threshold);
    d->threads = nfi_par_threads(d->o.threads);
    d->memory = nfi_memory_budget(&(nf_corpus_opts){.memory = d->o.memory});
    return d->o.no_clean ? NF_OK : nf_cleaner_new(&d->cleaner, o ? o->clean : NULL, err);
}

nf_status nf_dedup_new(nf_dedup **out, const nf_dedup_opts *opts, nf_err *err)
{
    nf_status s = NF_OK;
    nf_dedup *d = nfi_calloc(1, sizeof *d);

    if (!d)
        return nfi_oom(err, "duplicates");
    NF_GO(fill_in(d, opts, err));
    nfi_densify_init(&d->densify);
    if (!(d->worker = nfi_calloc((size_t)d->threads, sizeof *d->worker))) {
        s = nfi_oom(err, "duplicates");
        goto out;
    }
    *out = d;
    d = NULL;
out:
    nf_dedup_free(d);
    return s;
}

void nf_dedup_free(nf_dedup *d)
{
    if (!d)
        return;
    for (int w = 0; d->worker && w < d->threads; w++) {
        nfi_shingler_clear(&d->worker[w].shingler);
        nfi_arena_clear(&d->worker[w].words);
        nf_cuts_clear(&d->worker[w].cuts);
        nfi_buf_clear(&d->worker[w].text);
    }
    nfi_free(d->worker);
    nf_cleaner_free(d->cleaner);
    nfi_free(d->block);
    nfi_arena_clear(&d->blocks);
    nfi_free(d);
}

size_t nf_dedup_docs(const nf_dedup *d) { return d->n; }

/* ---- one batch ---- */

typedef struct pass {
    nf_dedup *d;
    const nf_batch *batch;
    const size_t *bound;
} pass;

/* The text of a document without boilerplate; borrowed from the worker. */
static nf_status clean(const nf_dedup *d, nfi_dedup_worker *w, const nf_doc *x, nf_str *text, nf_err *err)
{
    *text = x->text;
    if (!d->cleaner)
        return NF_OK;
    NF_TRY(nf_clean_text(d->cleaner, x->text, x->source, x->mark, x->nmarks, &w->cuts, err));
    if (w->cuts.n == 0)
        return NF_OK;
    w->text.n = 0;
    if (!nfi_buf_reserve(&w->text, x->text.n)) {
        w->text.failed = false;
        return nfi_oom(err, "a text");
    }
    *text = (nf_str){w->text.p, nf_clean_apply(x->text, &w->cuts, w->text.p)};
    return NF_OK;
}

static nf_status take_chunk(void *ctx, size_t k, int worker, nf_err *err)
{
    pass *p = ctx;
    nf_dedup *d = p->d;
    nfi_dedup_worker *w = &d->worker[worker];
    uint32_t sig[NFI_BINS];

    for (size_t i = p->bound[k]; i < p->bound[k + 1]; i++) {
        const nf_doc *x = &p->batch->docs[i];
        nfi_dedup_doc *to = nfi_dedup_at(d, d->n + i);
        nf_str parts[2] = {x->title, {NULL, 0}};
        nfi_shingler *r = &w->shingler;
        size_t shingles;
        NF_TRY(clean(d, w, x, &parts[1], err));
        NF_TRY(nfi_shingler_read(r, d->tokenizer, parts + !d->o.with_title, d->o.with_title ? 2 : 1, err));
        *to = (nfi_dedup_doc){.n = (uint32_t)r->n};
        if (r->n == 0)
            continue;
        if (!(to->word = nfi_arena_alloc(&w->words, r->n * sizeof *to->word)))
            return nfi_oom(err, "words");
        to->text = nfi_shingler_text(r);
        memcpy(to->word, r->word, r->n * sizeof *to->word);
        NF_TRY(nfi_shingler_set(r, (size_t)d->o.shingle, &shingles, err));
        nfi_minhash(&d->densify, r->set, shingles, sig);
        nfi_band_keys(sig, d->bands, nfi_dedup_key(d, d->n + i, 0), NFI_DEDUP_STEP);
    }
    return NF_OK;
}

static void take_date(nf_dedup *d, nfi_dedup_doc *to, nf_str text)
{
    nfi_date date[2];
    const char *p = text.p;
    size_t n = text.n;

    for (; n && (unsigned char)*p <= ' '; p++, n--)
        ;
    if (n == 0) {
        d->missing++;
        return;
    }
    if (!nfi_date_parse_both(date, p, n) || date->precision < NFI_DATE_DAY) {
        to->dated = NFI_BAD_DATE;
        if (d->bad < 3) {
            size_t len = n < sizeof d->bad_date[0] ? n : nfi_utf8_valid_prefix(p, sizeof d->bad_date[0] - 1);
            memcpy(d->bad_date[d->bad], p, len);
            d->bad_date[d->bad][len] = '\0';
        }
        d->bad++;
        return;
    }
    to->dated = NFI_DATED;
    to->ambiguous = date->ambiguous;
    to->seconds[NFI_DAY_FIRST] = date[NFI_DAY_FIRST].seconds;
    to->seconds[NFI_MONTH_FIRST] = date[NFI_MONTH_FIRST].seconds;
    d->ambiguous += date->ambiguous;
    d->day_first += date->day_first;
    d->month_first += date->month_first;
}

static uint64_t bytes_held(const nf_dedup *d)
{
    uint64_t sum = d->blocks.bytes + d->n * 40;
    for (int w = 0; w < d->threads; w++)
        sum += d->worker[w].words.bytes;
    return sum;
}

/* Blocks for n documents. */
static nf_status add_blocks(nf_dedup *d, size_t n, nf_err *err)
{
    size_t blocks = (n + NFI_DEDUP_BLOCK - 1) / NFI_DEDUP_BLOCK, keys = (size_t)d->bands.bands * NFI_DEDUP_STEP;

    NF_TRY(nfi_grow(&d->block, &d->capblocks, blocks, sizeof *d->block, err));
    for (; d->nblocks < blocks; d->nblocks++)
        if (!(d->block[d->nblocks] = nfi_arena_alloc(&d->blocks, sizeof **d->block + keys * sizeof(uint32_t))))
            return nfi_oom(err, "the keys of bands");
    return NF_OK;
}

nf_status nf_dedup_add(nf_dedup *d, const nf_batch *b, nf_err *err)
{
    nf_status s = NF_OK;
    size_t *bound = NULL, n = d->n + b->n;

    if (n >= UINT32_MAX)
        return NF_FAIL(err, NF_ELIMIT, "more than %u documents to be compared", UINT32_MAX - 1);
    if (!(bound = nfi_alloc(b->n + 1, sizeof *bound)))
        return nfi_oom(err, "a batch");
    NF_GO(add_blocks(d, n, err));
    size_t chunks = nfi_batch_cut(b, CHUNK_BYTES, bound);
    pass p = {d, b, bound};
    NF_GO(nfi_par_chunks(chunks, d->threads, take_chunk, &p, err));
    if (bytes_held(d) > d->memory) {
        s = NF_FAIL(err, NF_ELIMIT, "comparing %zu documents needs more than the memory allowed (%llu MiB); raise --memory", n,
                    (unsigned long long)(d->memory >> 20));
        goto out;
    }
    for (size_t i = 0; !d->o.ignore_dates && i < b->n; i++) {
        if (i + AHEAD < b->n)
            __builtin_prefetch(b->docs[i + AHEAD].date.p);
        take_date(d, nfi_dedup_at(d, d->n + i), b->docs[i].date);
    }
    d->n = n;
out:
    nfi_free(bound);
    return s;
}

nf_status nf_dedup_watch(void *d, const nf_batch *b, nf_err *err)
{
    return nf_dedup_add(d, b, err);
}

/* ---- groups ---- */

nf_status nfi_dedup_order(const nf_dedup *d, nfi_date_order order, uint32_t *out, nf_err *err)
{
    nfi_kv *kv = nfi_alloc(d->n, sizeof *kv);
    size_t dated = 0, at;

    if (!kv)
        return nfi_oom(err, "an order of documents");
    for (size_t i = 0; i < d->n; i++) {
        const nfi_dedup_doc *x = nfi_dedup_at(d, i);
        if (x->dated == NFI_DATED)
            kv[dated++] = (nfi_kv){(uint64_t)x->seconds[order] ^ (uint64_t)1 << 63, (uint32_t)i, 0};
    }
    nf_status s = nfi_sort_kv(kv, dated, err);
    for (size_t i = 0; s == NF_OK && i < dated; i++)
        out[i] = kv[i].val;
    nfi_free(kv);
    at = dated;
    for (size_t i = 0; i < d->n; i++) /* without a date: behind all others, as read */
        if (nfi_dedup_at(d, i)->dated != NFI_DATED)
            out[at++] = (uint32_t)i;
    return s;
}

void nf_groups_clear(nf_groups *g)
{
    nfi_free(g->group);
    nfi_free(g->first);
    nfi_free(g->rank);
    nfi_free(g->similarity);
    *g = (nf_groups){0};
}

/* Numbers and ranks from who joined whom. */
static void number(nf_groups *g, const nf_dedup *d, const uint32_t *order, const bool *exact, uint32_t *size)
{
    for (size_t i = 0; i < g->n; i++) {
        size[i] = 0;
        g->group[i] = g->rank[i] = 0;
    }
    for (size_t i = 0; i < g->n; i++)
        size[g->first[i]]++;
    for (size_t i = 0; i < g->n; i++) {
        uint32_t x = order[i], f = g->first[x];
        if (size[f] == 1) {
            bool no_date = d->o.window && nfi_dedup_at(d, x)->dated != NFI_DATED;
            g->similarity[x] = 0.0f;
            *(nfi_dedup_at(d, x)->n == 0 ? &g->empty : no_date ? &g->undated : &g->alone) += 1;
            continue;
        }
        if (x == f) {
            g->group[x] = (uint32_t)++g->groups;
            g->rank[x] = 1;
            g->similarity[x] = 1.0f;
            g->largest = g->largest > size[x] ? g->largest : size[x];
            g->firsts++;
            continue;
        }
        g->group[x] = g->group[f];
        *(exact[x] ? &g->exact : &g->near) += 1;
    }
    for (size_t i = 0; i < g->n; i++) /* sizes become the next rank */
        size[i] = 2;
    for (size_t i = 0; i < g->n; i++)
        if (g->group[order[i]] && g->first[order[i]] != order[i])
            g->rank[order[i]] = size[g->first[order[i]]]++;
}

nf_status nf_dedup_groups(nf_groups *out, const nf_dedup *d, nf_err *err)
{
    nf_groups g = {.n = d->n, .dates_missing = d->missing, .dates_bad = d->bad, .dates_ambiguous = d->ambiguous};
    uint32_t *order = NULL, *size = NULL;
    bool *exact = NULL;
    nf_status s = NF_OK;

    g.month_first = nfi_is_month_first(d->o.dates, d->day_first > 0, d->month_first > 0);
    memcpy(g.bad_date, d->bad_date, sizeof g.bad_date);
    if (d->o.window && d->n > 0 && d->missing == d->n)
        return NF_FAIL(err, NF_EINVAL,
                       "a window of time needs dates, but no document has one; name the date column, or leave the window out");
    g.group = nfi_alloc(d->n, sizeof *g.group);
    g.first = nfi_alloc(d->n, sizeof *g.first);
    g.rank = nfi_alloc(d->n, sizeof *g.rank);
    g.similarity = nfi_alloc(d->n, sizeof *g.similarity);
    order = nfi_alloc(d->n, sizeof *order);
    size = nfi_alloc(d->n, sizeof *size);
    exact = nfi_calloc(d->n, sizeof *exact);
    if (!g.group || !g.first || !g.rank || !g.similarity || !order || !size || !exact) {
        s = nfi_oom(err, "groups");
        goto out;
    }
    nfi_date_order dates = g.month_first ? NFI_MONTH_FIRST : NFI_DAY_FIRST;
    NF_GO(nfi_dedup_order(d, dates, order, err));
    NF_GO(nfi_dedup_stars(d, dates, order, g.first, g.similarity, exact, &g.crowded, &g.compared, err));
    number(&g, d, order, exact, size);
    *out = g;
    g = (nf_groups){0};
out:
    nf_groups_clear(&g);
    nfi_free(order);
    nfi_free(size);
    nfi_free(exact);
    return s;
}
