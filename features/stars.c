/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stars.c - who joins whom. Documents with an equal key of a band are in a bucket of that band; buckets come from sorting those keys that
 * may be there twice, as a table of bits tells, and a document that is alone in all of its buckets needs no further look. Then, in order,
 * each document is compared with the first documents in its buckets, latest first. Only first documents are listed in a bucket, and of
 * these at most NFI_BUCKET_LOOKS are looked at: a thousand copies of one text, or a million texts with one template, cost no more than a
 * fixed number of comparisons each.
 */
#include "features/dedup.h"

#include "base/par.h"
#include "base/sort.h"
#include "base/try.h"

#include <string.h>

#define NONE UINT32_MAX
enum { SIEVE_BITS = 16 };

/* A list of first documents in a bucket, latest first. */
typedef struct entry {
    uint32_t doc, next;
} entry;

/* What tells keys of a band that are there once from the others. */
typedef struct sieve {
    uint32_t *key; /* n: of the band */
    uint64_t *bits; /* words: the leading bits of a key were met; as many: and met again */
    size_t words;
    int shift;
    nfi_kv *kv;
    size_t capkv;
} sieve;

typedef struct stars {
    const nf_dedup *d;
    nfi_date_order dates;
    const uint32_t *order;
    uint32_t *bucket; /* n x bands: number of the bucket, over all bands; NONE where a document is alone */
    uint32_t *counts; /* bands: buckets of each */
    uint32_t *twin;   /* n: number of the text among those that are there more than once, NONE for others */
    uint32_t *head;   /* of each bucket: its latest entry */
    entry *list;
    size_t nlist, caplist;
    uint32_t *last;   /* of each text: the latest document with it, and the latest first one */
    uint32_t *latest;
    uint32_t *seen;   /* n: the document for which this one was compared last */
    sieve *sieve;     /* one a worker */
} stars;

static bool is_compared(const nf_dedup *d, size_t i)
{
    return d->doc[i].n && !(d->o.window && d->doc[i].dated != NFI_DATED);
}

/* SIEVE_BITS bits or more a document, so that one key in SIEVE_BITS is taken for another at most. */
static nf_status sieve_new(sieve *v, size_t n, nf_err *err)
{
    int bits = 10;

    while (bits < 32 && (size_t)1 << bits < n * SIEVE_BITS)
        bits++;
    v->shift = 32 - bits;
    v->words = (size_t)1 << (bits - 6);
    v->bits = nfi_alloc(2 * v->words, sizeof *v->bits);
    v->key = nfi_alloc(n, sizeof *v->key);
    return v->bits && v->key ? NF_OK : nfi_oom(err, "sorting bands");
}

static void sieve_clear(sieve *v)
{
    nfi_free(v->bits);
    nfi_free(v->key);
    nfi_free(v->kv);
}

/* The keys of a band that another document may have, to v->kv; *m: how many. */
static nf_status sift(sieve *v, const nf_dedup *d, size_t band, size_t *m, nf_err *err)
{
    uint64_t *restrict once = v->bits, *restrict twice = v->bits + v->words;
    uint32_t *restrict key = v->key;
    size_t n = 0, i;

    memset(v->bits, 0, 2 * v->words * sizeof *v->bits);
    for (i = 0; i < d->n; i++) {
        key[i] = d->key[nfi_dedup_key(d, i, band)];
        if (!is_compared(d, i))
            continue;
        uint32_t h = key[i] >> v->shift;
        uint64_t bit = (uint64_t)1 << h % 64, again = once[h / 64] & bit;
        once[h / 64] |= bit;
        twice[h / 64] |= again;
        n += again != 0;
    }
    NF_TRY(nfi_grow(&v->kv, &v->capkv, 2 * n, sizeof *v->kv, err)); /* each that came again, and the first of its kind */
    for (i = n = 0; i < d->n; i++) {
        if (!is_compared(d, i)) /* has no key */
            continue;
        uint32_t h = key[i] >> v->shift;
        if (twice[h / 64] >> h % 64 & 1)
            v->kv[n++] = (nfi_kv){key[i], (uint32_t)i, 0};
    }
    *m = n;
    return NF_OK;
}

/* Runs of equal keys get numbers from 0; what is alone keeps NONE. */
static nf_status sort_band(void *ctx, size_t band, int worker, nf_err *err)
{
    stars *t = ctx;
    const nf_dedup *d = t->d;
    sieve *v = &t->sieve[worker];
    size_t bands = (size_t)d->bands.bands, m;
    uint32_t number = 0;

    if (!v->key)
        NF_TRY(sieve_new(v, d->n, err));
    NF_TRY(sift(v, d, band, &m, err));
    nfi_kv *kv = v->kv;
    NF_TRY(nfi_sort_kv(kv, m, err));
    for (size_t i = 0, end; i < m; i = end) {
        for (end = i + 1; end < m && kv[end].key == kv[i].key; end++)
            ;
        for (size_t k = i; end - i > 1 && k < end; k++)
            t->bucket[kv[k].val * bands + band] = number;
        number += end - i > 1;
    }
    t->counts[band] = number;
    return NF_OK;
}

/* Numbers of equal texts; their count in *n. */
static nf_status find_twins(stars *t, size_t *n, nf_err *err)
{
    const nf_dedup *d = t->d;
    nf_status s = NF_OK;
    size_t m = 0;
    uint32_t number = 0;
    nfi_kv *kv = nfi_alloc(d->n, sizeof *kv);

    if (!kv)
        return nfi_oom(err, "sorting texts");
    for (size_t i = 0; i < d->n; i++) {
        t->twin[i] = NONE;
        if (is_compared(d, i))
            kv[m++] = (nfi_kv){d->doc[i].text.lo, (uint32_t)i, 0};
    }
    NF_GO(nfi_sort_kv(kv, m, err));
    for (size_t i = 0, end; i < m; i = end) {
        bool any = false;
        for (end = i + 1; end < m && kv[end].key == kv[i].key; end++)
            if (d->doc[kv[end].val].text.hi == d->doc[kv[i].val].text.hi) { /* the other half differs by mere chance */
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
    return d->o.window && d->doc[doc].seconds[t->dates] - d->doc[first].seconds[t->dates] > d->o.window_seconds;
}

typedef struct match {
    uint32_t doc; /* NONE: none */
    double similarity;
} match;

/* The most similar first document in the buckets of x; ties to the one that comes first in order (which place tells). */
static match best_of(stars *t, uint32_t x, const uint32_t *place, uint64_t *compared, bool *cut)
{
    const nf_dedup *d = t->d;
    const nfi_dedup_doc *a = &d->doc[x];
    match best = {NONE, 0.0};
    size_t bands = (size_t)d->bands.bands, base = 0;

    for (size_t band = 0; band < bands; base += t->counts[band++]) {
        uint32_t bucket = t->bucket[x * bands + band];
        size_t looks = 0;
        if (bucket == NONE)
            continue;
        for (uint32_t l = t->head[base + bucket]; l != NONE; l = t->list[l].next) {
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
            double j = nfi_jaccard(a->set, a->n, d->doc[y].set, d->doc[y].n, d->o.threshold);
            if (j < d->o.threshold)
                continue;
            if (j > best.similarity || (j == best.similarity && place[y] < place[best.doc]))
                best = (match){y, j};
        }
    }
    return best;
}

/* x is a first document from now on. */
static nf_status list_first(stars *t, uint32_t x, nf_err *err)
{
    size_t bands = (size_t)t->d->bands.bands, base = 0;

    NF_TRY(nfi_grow(&t->list, &t->caplist, t->nlist + bands, sizeof *t->list, err));
    for (size_t band = 0; band < bands; base += t->counts[band++]) {
        uint32_t bucket = t->bucket[x * bands + band];
        if (bucket == NONE)
            continue;
        if (t->nlist >= NONE)
            return NF_FAIL(err, NF_ELIMIT, "too many documents have parts in common");
        t->list[t->nlist] = (entry){x, t->head[base + bucket]};
        t->head[base + bucket] = (uint32_t)t->nlist++;
    }
    return NF_OK;
}

static nf_status walk(stars *t, const uint32_t *place, uint32_t *first, float *similarity, bool *exact, uint64_t *crowded,
                      uint64_t *compared, nf_err *err)
{
    const nf_dedup *d = t->d;

    for (size_t i = 0; i < d->n; i++) {
        uint32_t x = t->order[i], twin = t->twin[x], before = twin == NONE ? NONE : t->last[twin];
        match m = {NONE, 0.0};
        bool cut = false;
        first[x] = x;
        similarity[x] = 1.0f;
        exact[x] = false;
        if (!is_compared(d, x))
            continue;
        if (before != NONE && !d->o.window)
            m = (match){first[before], (double)similarity[before]};
        else if (twin != NONE && t->latest[twin] != NONE && !too_old(t, x, t->latest[twin]))
            m = (match){t->latest[twin], 1.0};
        else
            m = best_of(t, x, place, compared, &cut);
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

    t.bucket = nfi_alloc(d->n * bands, sizeof *t.bucket);
    t.counts = nfi_calloc(bands, sizeof *t.counts);
    t.twin = nfi_alloc(d->n, sizeof *t.twin);
    t.seen = nfi_alloc(d->n, sizeof *t.seen);
    t.sieve = nfi_calloc((size_t)d->threads, sizeof *t.sieve);
    if (!place || !t.bucket || !t.counts || !t.twin || !t.seen || !t.sieve) {
        s = nfi_oom(err, "buckets");
        goto out;
    }
    memset(t.bucket, 0xff, d->n * bands * sizeof *t.bucket);
    NF_GO(find_twins(&t, &texts, err));
    NF_GO(nfi_par_chunks(bands, d->threads, sort_band, &t, err));
    for (size_t b = 0; b < bands; b++)
        buckets += t.counts[b];
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
    for (int w = 0; t.sieve && w < d->threads; w++)
        sieve_clear(&t.sieve[w]);
    nfi_free(t.sieve);
    nfi_free(place);
    nfi_free(t.bucket);
    nfi_free(t.counts);
    nfi_free(t.twin);
    nfi_free(t.head);
    nfi_free(t.list);
    nfi_free(t.last);
    nfi_free(t.latest);
    nfi_free(t.seen);
    return s;
}
