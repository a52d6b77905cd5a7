/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stars.c - who joins whom. Documents with an equal key of a band are in a bucket of that band; buckets come from sorting those keys that
 * may be there twice, as a table of bits tells. Most documents are alone in every band and cost nothing from there on. Then, in order, each
 * other document is compared with the first documents in its buckets, latest first. Only first documents are listed in a bucket, and of
 * these at most NFI_BUCKET_LOOKS are looked at: a thousand copies of one text, or a million texts with one template, cost no more than a
 * fixed number of comparisons each.
 */
#include "features/dedup.h"

#include "base/kern.h"
#include "base/par.h"
#include "base/sort.h"
#include "base/try.h"

#include <string.h>

#define NONE UINT32_MAX
enum { AHEAD = 192 };

/* A list of first documents in a bucket, latest first. */
typedef struct entry {
    uint32_t doc, next;
} entry;

/* Scratch of a worker. */
typedef struct sifter {
    nfi_sieve sieve; /* again and once are one block */
    nfi_kv *kv;
    size_t capkv;
} sifter;

/* Who is in which bucket of a band. */
typedef struct member {
    uint32_t doc, bucket;
} member;

typedef struct band {
    member *member; /* owned */
    size_t n;
    uint32_t buckets;
} band;

typedef struct stars {
    const nf_dedup *d;
    nfi_date_order dates;
    const uint32_t *order;
    uint64_t *compared, *shared; /* a bit a document: it is compared; it is in a bucket */
    band *band;
    size_t *at;       /* n + 1: where the buckets of each document stand */
    uint32_t *bucket; /* numbers of buckets over all bands */
    uint32_t *twin;   /* n: number of the text among those that are there more than once, NONE for others */
    uint32_t *head;   /* of each bucket: its latest entry */
    entry *list;
    size_t nlist, caplist;
    uint32_t *last;   /* of each text: the latest document with it, and the latest first one */
    uint32_t *latest;
    uint32_t *seen;   /* n: the document for which this one was compared last */
    uint32_t *distinct; /* n: shingles of a document, each once, 0 while they are not counted */
    nfi_set set;      /* of the document that is compared with others */
    nfi_set counted;  /* of one whose shingles were counted */
    sifter *sifter;   /* one a worker */
} stars;

static bool is_compared(const nf_dedup *d, size_t i)
{
    const nfi_dedup_doc *x = nfi_dedup_at(d, i);
    return x->n && !(d->o.window && x->dated != NFI_DATED);
}

static bool is_shared(const stars *t, size_t i)
{
    return t->shared[i / 64] >> i % 64 & 1;
}

/* NFI_SIEVE_BITS bits or more a document, so that one key in NFI_SIEVE_BITS is taken for another at most. */
static nf_status sieve_new(nfi_sieve *v, size_t n, nf_err *err)
{
    int bits = 6;

    while (bits < 32 - NFI_SIEVE_LOG && (size_t)1 << bits < n)
        bits++;
    v->shift = 32 - NFI_SIEVE_LOG - bits;
    v->words = (uint32_t)1 << (bits - 6);
    v->again = nfi_alloc(v->words, (1 + NFI_SIEVE_BITS) * sizeof *v->again);
    v->once = v->again ? v->again + v->words : NULL;
    return v->again ? NF_OK : nfi_oom(err, "sorting bands");
}

static void sifter_clear(sifter *f)
{
    nfi_free(f->sieve.again);
    nfi_free(f->kv);
}

/* The keys of a band that another document may have, to f->kv; *m: how many. */
static nf_status sift(sifter *f, const stars *t, size_t number, size_t *m, nf_err *err)
{
    const nf_dedup *d = t->d;
    const nfi_kern *kern = nfi_kern_get();
    const nfi_sieve *v = &f->sieve;
    size_t n = 0;

    memset(v->again, 0, (size_t)v->words * (1 + NFI_SIEVE_BITS) * sizeof *v->again);
    for (size_t from = 0; from < d->n; from += 64) {
        const uint32_t *next = nfi_dedup_key(d, from + AHEAD < d->n ? from + AHEAD : from, number); /* blocks are far from each other */
        for (size_t i = 0; i < 64; i += 16)
            __builtin_prefetch(next + i);
        kern->sieve_meet(v, nfi_dedup_key(d, from, number), t->compared[from / 64]);
    }
    for (size_t from = 0; from < d->n; from += 64) {
        const uint32_t *key = nfi_dedup_key(d, from, number);
        NF_TRY(nfi_grow(&f->kv, &f->capkv, n + 64, sizeof *f->kv, err));
        for (uint64_t met = kern->sieve_met(v, key, t->compared[from / 64]); met; met &= met - 1) {
            size_t i = (size_t)__builtin_ctzll(met);
            f->kv[n++] = (nfi_kv){key[i], (uint32_t)(from + i), 0};
        }
    }
    *m = n;
    return NF_OK;
}

/* Runs of equal keys are buckets, numbered from 0. */
static nf_status sort_band(void *ctx, size_t number, int worker, nf_err *err)
{
    stars *t = ctx;
    sifter *f = &t->sifter[worker];
    band *b = &t->band[number];
    size_t m, n = 0;

    if (!f->sieve.again)
        NF_TRY(sieve_new(&f->sieve, t->d->n, err));
    NF_TRY(sift(f, t, number, &m, err));
    nfi_kv *kv = f->kv;
    NF_TRY(nfi_sort_kv(kv, m, err));
    for (size_t i = 0, end; i < m; i = end) { /* those that are not alone go to the front */
        for (end = i + 1; end < m && kv[end].key == kv[i].key; end++)
            ;
        for (size_t k = i; end - i > 1 && k < end; k++)
            kv[n++] = (nfi_kv){0, kv[k].val, b->buckets};
        b->buckets += end - i > 1;
    }
    if (!(b->member = nfi_alloc(n, sizeof *b->member)))
        return nfi_oom(err, "buckets");
    for (size_t i = 0; i < n; i++)
        b->member[i] = (member){kv[i].val, kv[i].aux};
    b->n = n;
    return NF_OK;
}

/* Buckets of all bands, document by document; *buckets: how many. */
static nf_status join_bands(stars *t, size_t *buckets, nf_err *err)
{
    size_t n = t->d->n, sum = 0, base = 0;

    for (int b = 0; b < t->d->bands.bands; b++)
        for (size_t i = 0; i < t->band[b].n; i++)
            t->at[t->band[b].member[i].doc]++;
    for (size_t i = 0; i <= n; i++) {
        sum += t->at[i];
        t->at[i] = sum;
    }
    if (!(t->bucket = nfi_alloc(sum, sizeof *t->bucket)))
        return nfi_oom(err, "buckets");
    for (int b = t->d->bands.bands; b-- > 0;)
        base += t->band[b].buckets;
    if (base >= NONE)
        return NF_FAIL(err, NF_ELIMIT, "too many documents have parts in common");
    *buckets = base;
    for (int b = t->d->bands.bands; b-- > 0;) { /* from the last, so that a document's stand in the order of the bands */
        band *x = &t->band[b];
        base -= x->buckets;
        for (size_t i = 0; i < x->n; i++)
            t->bucket[--t->at[x->member[i].doc]] = (uint32_t)base + x->member[i].bucket;
        nfi_free(x->member);
        x->member = NULL;
    }
    for (size_t i = 0; i < n; i++)
        t->shared[i / 64] |= (uint64_t)(t->at[i] < t->at[i + 1]) << i % 64;
    return NF_OK;
}

/* Numbers of equal texts, which are in the same buckets; their count in *n. */
static nf_status find_twins(stars *t, size_t *n, nf_err *err)
{
    const nf_dedup *d = t->d;
    nf_status s = NF_OK;
    size_t m = 0;
    uint32_t number = 0;
    nfi_kv *kv;

    for (size_t i = 0; i < d->n; i++) {
        t->twin[i] = NONE;
        m += is_shared(t, i);
    }
    if (!(kv = nfi_alloc(m, sizeof *kv)))
        return nfi_oom(err, "sorting texts");
    m = 0;
    for (size_t i = 0; i < d->n; i++) {
        if (!is_shared(t, i))
            continue;
        kv[m++] = (nfi_kv){nfi_dedup_at(d, i)->text.lo, (uint32_t)i, 0};
    }
    NF_GO(nfi_sort_kv(kv, m, err));
    for (size_t i = 0, end; i < m; i = end) {
        bool any = false;
        for (end = i + 1; end < m && kv[end].key == kv[i].key; end++)
            if (nfi_dedup_at(d, kv[end].val)->text.hi == nfi_dedup_at(d, kv[i].val)->text.hi) { /* the other half differs by mere chance */
                t->twin[kv[end].val] = number;
                any = true;
            }
        if (any)
            t->twin[kv[i].val] = number++;
    }
    *n = number;
out:
    nfi_free(kv);
    return s;
}

static bool too_old(const stars *t, uint32_t doc, uint32_t first)
{
    const nf_dedup *d = t->d;
    return d->o.window && nfi_dedup_at(d, doc)->seconds[t->dates] - nfi_dedup_at(d, first)->seconds[t->dates] > d->o.window_seconds;
}

typedef struct match {
    uint32_t doc; /* NONE: none */
    double similarity;
} match;

/* The set of document x, and how many its shingles are. */
static nf_status fill(stars *t, uint32_t x, nfi_set *set, nf_err *err)
{
    const nfi_dedup_doc *d = nfi_dedup_at(t->d, x);

    NF_TRY(nfi_set_fill(set, d->word, d->n, (size_t)t->d->o.shingle, err));
    t->distinct[x] = (uint32_t)set->n;
    return NF_OK;
}

/* The most similar first document in the buckets of x; ties to the one that comes first in order (which place tells). */
static nf_status best_of(stars *t, uint32_t x, const uint32_t *place, match *out, uint64_t *compared, bool *cut, nf_err *err)
{
    const nf_dedup *d = t->d;
    match best = {NONE, 0.0};
    bool filled = false;

    for (size_t i = t->at[x]; i < t->at[x + 1]; i++) {
        size_t looks = 0;
        for (uint32_t l = t->head[t->bucket[i]]; l != NONE; l = t->list[l].next) {
            uint32_t y = t->list[l].doc;
            if (too_old(t, x, y))
                break;
            if (looks++ == NFI_BUCKET_LOOKS) {
                *cut = true;
                break;
            }
            if (t->seen[y] == x)
                continue;
            t->seen[y] = x;
            ++*compared;
            if (!filled)
                NF_TRY(fill(t, x, &t->set, err));
            filled = true;
            if (t->distinct[y] == 0)
                NF_TRY(fill(t, y, &t->counted, err));
            const nfi_dedup_doc *b = nfi_dedup_at(d, y);
            double j = nfi_set_jaccard(&t->set, b->word, b->n, (size_t)d->o.shingle, t->distinct[y], d->o.threshold);
            if (j < d->o.threshold)
                continue;
            if (j > best.similarity || (j == best.similarity && place[y] < place[best.doc]))
                best = (match){y, j};
        }
    }
    *out = best;
    return NF_OK;
}

/* x is a first document from now on. */
static nf_status list_first(stars *t, uint32_t x, nf_err *err)
{
    NF_TRY(nfi_grow(&t->list, &t->caplist, t->nlist + (t->at[x + 1] - t->at[x]), sizeof *t->list, err));
    for (size_t i = t->at[x]; i < t->at[x + 1]; i++) {
        uint32_t *head = &t->head[t->bucket[i]];
        if (t->nlist >= NONE)
            return NF_FAIL(err, NF_ELIMIT, "too many documents have parts in common");
        t->list[t->nlist] = (entry){x, *head};
        *head = (uint32_t)t->nlist++;
    }
    return NF_OK;
}

static nf_status walk(stars *t, const uint32_t *place, uint32_t *first, float *similarity, bool *exact, uint64_t *crowded,
                      uint64_t *compared, nf_err *err)
{
    const nf_dedup *d = t->d;

    for (size_t x = 0; x < d->n; x++) {
        first[x] = (uint32_t)x;
        similarity[x] = 1.0f;
        exact[x] = false;
    }
    for (size_t i = 0; i < d->n; i++) {
        uint32_t x = t->order[i];
        if (!is_shared(t, x))
            continue;
        uint32_t twin = t->twin[x], before = twin == NONE ? NONE : t->last[twin];
        match m = {NONE, 0.0};
        bool cut = false;
        if (before != NONE && !d->o.window)
            m = (match){first[before], (double)similarity[before]};
        else if (twin != NONE && t->latest[twin] != NONE && !too_old(t, x, t->latest[twin]))
            m = (match){t->latest[twin], 1.0};
        else
            NF_TRY(best_of(t, x, place, &m, compared, &cut, err));
        *crowded += cut;
        if (m.doc != NONE) {
            first[x] = m.doc;
            similarity[x] = (float)m.similarity;
            exact[x] = before != NONE && first[before] == m.doc;
        } else {
            NF_TRY(list_first(t, x, err));
            if (twin != NONE)
                t->latest[twin] = x;
        }
        if (twin != NONE)
            t->last[twin] = x;
    }
    return NF_OK;
}

nf_status nfi_dedup_stars(const nf_dedup *d, nfi_date_order dates, const uint32_t *order, uint32_t *first, float *similarity, bool *exact,
                          uint64_t *crowded, uint64_t *compared, nf_err *err)
{
    stars t = {.d = d, .dates = dates, .order = order};
    size_t bands = (size_t)d->bands.bands, texts = 0, buckets = 0;
    uint32_t *place = nfi_alloc(d->n, sizeof *place);
    nf_status s = NF_OK;

    t.compared = nfi_calloc(d->n / 64 + 1, sizeof *t.compared);
    t.shared = nfi_calloc(d->n / 64 + 1, sizeof *t.shared);
    t.band = nfi_calloc(bands, sizeof *t.band);
    t.at = nfi_calloc(d->n + 1, sizeof *t.at);
    t.twin = nfi_alloc(d->n, sizeof *t.twin);
    t.seen = nfi_alloc(d->n, sizeof *t.seen);
    t.distinct = nfi_calloc(d->n, sizeof *t.distinct);
    t.sifter = nfi_calloc((size_t)d->threads, sizeof *t.sifter);
    if (!place || !t.compared || !t.shared || !t.band || !t.at || !t.twin || !t.seen || !t.distinct || !t.sifter) {
        s = nfi_oom(err, "buckets");
        goto out;
    }
    for (size_t i = 0; i < d->n; i++)
        t.compared[i / 64] |= (uint64_t)is_compared(d, i) << i % 64;
    NF_GO(nfi_par_chunks(bands, d->threads, sort_band, &t, err));
    NF_GO(join_bands(&t, &buckets, err));
    NF_GO(find_twins(&t, &texts, err));
    t.head = nfi_alloc(buckets, sizeof *t.head);
    t.last = nfi_alloc(texts, sizeof *t.last);
    t.latest = nfi_alloc(texts, sizeof *t.latest);
    if (!t.head || !t.last || !t.latest) {
        s = nfi_oom(err, "buckets");
        goto out;
    }
    memset(t.head, 0xff, buckets * sizeof *t.head);
    memset(t.last, 0xff, texts * sizeof *t.last);
    memset(t.latest, 0xff, texts * sizeof *t.latest);
    for (size_t i = 0; i < d->n; i++) {
        t.seen[i] = NONE;
        place[order[i]] = (uint32_t)i;
    }
    NF_GO(walk(&t, place, first, similarity, exact, crowded, compared, err));
out:
    for (int w = 0; t.sifter && w < d->threads; w++)
        sifter_clear(&t.sifter[w]);
    nfi_free(t.sifter);
    nfi_free(place);
    for (size_t b = 0; t.band && b < bands; b++)
        nfi_free(t.band[b].member);
    nfi_free(t.band);
    nfi_free(t.compared);
    nfi_free(t.shared);
    nfi_free(t.at);
    nfi_free(t.bucket);
    nfi_free(t.twin);
    nfi_free(t.head);
    nfi_free(t.list);
    nfi_free(t.last);
    nfi_free(t.latest);
    nfi_free(t.seen);
    nfi_free(t.distinct);
    nfi_set_clear(&t.set);
    nfi_set_clear(&t.counted);
    return s;
}
