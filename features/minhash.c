/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * minhash.c - shingles, their sets and signatures.
 *
 * Shingle i is mix(sum of hash[i + j] * P^(k - 1 - j)) modulo 2^64, P odd. A signature needs no order; sets are sorted where two are
 * compared, which few are. That is done by buckets of leading bits, about one shingle a bucket: linear for hashes that are spread evenly.
 * Crowded buckets, which repeated sentences make, are sorted by heap, so no text is slow.
 */
#include "features/minhash.h"

#include "base/kern.h"
#include "base/rng.h"
#include "base/try.h"
#include "features/vocab.h"

#include <string.h>

enum { BIN_BITS = 7, FEW = 24, MAX_BITS = 20 };
_Static_assert((int)NFI_BINS == (int)NFI_LEAST && (int)NFI_BINS == 1 << (int)BIN_BITS, "least_u8() works on all bins at once");
static const uint64_t P = 0x9fb21c651e98df25u, SHINGLE_SEED = 0x6e65777366726d31u, BAND_SEED = 0x62616e64735f3132u;

void nfi_shingler_clear(nfi_shingler *s)
{
    nfi_tokbuf_clear(&s->tok);
    nfi_free(s->hash);
    nfi_free(s->set);
    nfi_free(s->other);
    nfi_free(s->at);
    *s = (nfi_shingler){0};
}

/* The masks of multiplication have bytes that no UTF-8 has, so that neither factor is ever 0. */
static inline uint64_t hash_token(const uint8_t *p, uint32_t n)
{
    uint64_t lo, hi;

    if (n > 16)
        return nfi_xxh64(p, n);
    nfi_word_key(p, n, &lo, &hi);
    return nfi_mum(lo ^ 0xfefbf8fdfaf9fcffu, hi ^ 0xf9fefcf8fffdfafbu);
}

static nf_status hash_tokens(nfi_shingler *s, const nfi_tokenizer *t, nf_str part, nf_err *err)
{
    size_t pos = 0;

    while (nfi_tokenize(t, &s->tok, part.p, part.n, &pos)) {
        const nfi_tokbuf *b = &s->tok;
        if (b->failed) {
            s->tok.failed = false;
            return nfi_oom(err, "tokens");
        }
        NF_TRY(nfi_grow(&s->hash, &s->caphash, s->nhash + b->ntok, sizeof *s->hash, err));
        uint64_t *restrict to = s->hash + s->nhash;
        const nfi_token *tok = b->tok;
        const uint8_t *bytes = b->bytes;
        size_t n = b->ntok;
        for (size_t i = 0; i < n; i++)
            to[i] = hash_token(bytes + tok[i].off, tok[i].n);
        s->nhash += n;
    }
    return NF_OK;
}

/* Shingles of k of the n hashes (n >= 1) to out. */
static void roll(const uint64_t *hash, size_t n, size_t k, uint64_t *out)
{
    uint64_t h = 0, top = 1, seed;

    k = n < k ? n : k;
    seed = nfi_mix64(SHINGLE_SEED + k); /* a short text is no part of a longer one */
    for (size_t i = 0; i < k; i++) {
        h = h * P + hash[i];
        top *= P;
    }
    *out++ = nfi_mix64(h ^ seed);
    for (size_t i = k; i < n; i++) { /* one multiplication and one addition wait for the shingle before */
        h = h * P + (hash[i] - hash[i - k] * top);
        *out++ = nfi_mix64(h ^ seed);
    }
}

static void insertion(uint64_t *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint64_t x = v[i];
        size_t j = i;
        for (; j > 0 && v[j - 1] > x; j--)
            v[j] = v[j - 1];
        v[j] = x;
    }
}

static void sift(uint64_t *v, size_t i, size_t n)
{
    uint64_t x = v[i];

    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        child += child + 1 < n && v[child + 1] > v[child];
        if (v[child] <= x)
            break;
        v[i] = v[child];
    }
    v[i] = x;
}

static void small_sort(uint64_t *v, size_t n)
{
    if (n <= FEW) {
        insertion(v, n);
        return;
    }
    for (size_t i = n / 2; i-- > 0;)
        sift(v, i, n);
    for (size_t i = n; i-- > 1;) {
        uint64_t x = v[0];
        v[0] = v[i];
        v[i] = x;
        sift(v, 0, i);
    }
}

nf_status nfi_shingles_sort(nfi_shingler *s, uint64_t *set, size_t n, size_t *distinct, nf_err *err)
{
    int bits = 1;
    size_t m = 0;

    if (n > FEW) {
        while (bits < MAX_BITS && (size_t)2 << bits <= n)
            bits++;
        size_t buckets = (size_t)1 << bits, sum = 0;
        int shift = 64 - bits;
        NF_TRY(nfi_grow(&s->at, &s->capat, buckets + 1, sizeof *s->at, err));
        NF_TRY(nfi_grow(&s->other, &s->capother, n, sizeof *s->other, err));
        memset(s->at, 0, (buckets + 1) * sizeof *s->at);
        uint64_t *restrict to = s->other;
        uint32_t *restrict at = s->at;
        uint32_t most = 0;
        for (size_t i = 0; i < n; i++)
            at[set[i] >> shift]++;
        for (size_t b = 0; b <= buckets; b++) {
            uint32_t count = at[b];
            most = count > most ? count : most;
            at[b] = (uint32_t)sum;
            sum += count;
        }
        for (size_t i = 0; i < n; i++)
            to[at[set[i] >> shift]++] = set[i];
        if (most <= FEW) /* all are near their places */
            insertion(to, n);
        for (size_t b = 0, from = 0; most > FEW && b < buckets; from = at[b++])
            small_sort(to + from, at[b] - from);
        memcpy(set, to, n * sizeof *set);
    } else {
        insertion(set, n);
    }
    for (size_t i = 0; i < n; i++)
        if (i == 0 || set[i] != set[i - 1])
            set[m++] = set[i];
    *distinct = m;
    return NF_OK;
}

nf_status nfi_shingles_of(nfi_shingler *s, const nfi_tokenizer *t, const nf_str *parts, size_t nparts, int k, nfi_arena *arena,
                          nfi_shingles *out, nf_err *err)
{
    nfi_shingles x = {NULL, 0};

    s->nhash = 0;
    for (size_t p = 0; p < nparts; p++)
        NF_TRY(hash_tokens(s, t, parts[p], err));
    if (s->nhash > UINT32_MAX / 2)
        return NF_FAIL(err, NF_ELIMIT, "a document of more than %u words", UINT32_MAX / 2);
    if (s->nhash) {
        x.n = s->nhash < (size_t)k ? 1 : s->nhash - (size_t)k + 1;
        if (!arena)
            NF_TRY(nfi_grow(&s->set, &s->capset, x.n, sizeof *s->set, err));
        x.set = arena ? nfi_arena_alloc(arena, x.n * sizeof *x.set) : s->set;
        if (!x.set)
            return nfi_oom(err, "shingles");
        roll(s->hash, s->nhash, (size_t)k, x.set);
    }
    *out = x;
    return NF_OK;
}

double nfi_jaccard(const uint64_t *a, size_t na, const uint64_t *b, size_t nb, double least)
{
    size_t i = 0, j = 0, both = 0, small = na < nb ? na : nb, large = na < nb ? nb : na;

    if (large == 0 || (double)small + 0.5 < least * (double)large) /* half a shingle for the rounding */
        return 0.0;
    double need = least * (double)(na + nb) / (1.0 + least) - 1.0; /* what they must share, less one for the rounding */
    size_t spare_a = (double)na > need ? (size_t)((double)na - need) : 0, spare_b = (double)nb > need ? (size_t)((double)nb - need) : 0;
    while (i < na && j < nb) {
        uint64_t x = a[i], y = b[j];
        both += x == y;
        i += x <= y;
        j += y <= x;
        if (i - both > spare_a + 1 || j - both > spare_b + 1)
            return 0.0;
    }
    return (double)both / (double)(na + nb - both);
}

void nfi_densify_init(nfi_densify *d)
{
    for (unsigned i = 0; i < NFI_BINS; i++) {
        nfi_rng r = nfi_rng_stream(0, NFI_RNG_DENSIFY, i);
        uint8_t order[NFI_BINS];
        for (unsigned j = 0; j < NFI_BINS; j++)
            order[j] = (uint8_t)j;
        for (unsigned j = NFI_BINS - 1; j > 0; j--) {
            unsigned k = (unsigned)nfi_rng_below(&r, j + 1);
            uint8_t x = order[j];
            order[j] = order[k];
            order[k] = x;
        }
        unsigned own = 0; /* goes to the front: a full bin has its own */
        while (order[own] != i)
            own++;
        memmove(order + 1, order, own);
        order[0] = (uint8_t)i;
        for (unsigned j = 0; j < NFI_BINS; j++) {
            d->order[j][i] = order[j];
            d->place[order[j]][i] = (uint8_t)j;
        }
    }
}

#define EMPTY UINT32_MAX

/* Lists the full bins; returns how many. */
static size_t full_bins(const uint32_t *least, uint8_t *list)
{
    size_t m = 0;

    for (size_t i = 0; i < NFI_BINS; i++) {
        list[m] = (uint8_t)i;
        m += least[i] != EMPTY;
    }
    return m;
}

void nfi_minhash(const nfi_densify *d, const uint64_t *set, size_t n, uint32_t sig[NFI_BINS])
{
    uint32_t least[NFI_BINS];
    uint8_t list[NFI_BINS], first[NFI_BINS];
    size_t m = n;

    memset(least, 0xff, sizeof least);
    for (size_t i = 0; i < n; i++) {
        size_t bin = set[i] >> (64 - BIN_BITS);
        uint32_t value = (uint32_t)(set[i] << BIN_BITS >> 33); /* 31 bits: never EMPTY */
        list[i % NFI_BINS] = (uint8_t)bin; /* where all fit, a bin that is there twice costs less than looking for it */
        least[bin] = value < least[bin] ? value : least[bin];
    }
    if (n > NFI_BINS && (m = full_bins(least, list)) == NFI_BINS) {
        memcpy(sig, least, sizeof least);
        return;
    }
    /* The first full bin in the order of each: the least place among those of the full ones, for all bins at once. */
    nfi_kern_get()->least_u8(first, d->place, list, m);
#pragma GCC unroll 4
    for (size_t i = 0; i < NFI_BINS; i++)
        sig[i] = least[d->order[first[i]][i]];
}

static double power(double x, int n)
{
    double y = 1.0;
    while (n-- > 0)
        y *= x;
    return y;
}

double nfi_bands_recall(nfi_bands b, double t)
{
    return 1.0 - power(1.0 - power(t, b.rows), b.bands);
}

nfi_bands nfi_bands_for(double threshold)
{
    nfi_bands b = {NFI_BINS / 8, 8};

    while (b.rows > 1 && nfi_bands_recall(b, threshold) < NFI_BAND_RECALL)
        b = (nfi_bands){NFI_BINS / (b.rows - 1), b.rows - 1};
    return b;
}

static inline uint64_t pair(const uint32_t *row) { return row[0] | (uint64_t)row[1] << 32; }

static inline uint32_t band_key(const uint32_t *row, int rows)
{
    uint64_t h = BAND_SEED;
    int r = 0;

    for (; r + 4 <= rows; r += 4)
        h = nfi_mum(h ^ pair(row + r), P ^ pair(row + r + 2));
    for (; r < rows; r++)
        h = nfi_mum(h ^ row[r], P);
    return (uint32_t)(h >> 32);
}

void nfi_band_keys(const uint32_t *sig, nfi_bands b, uint32_t *key, size_t step)
{
    if (b.rows == 4) /* at the default threshold, and much the same machine code without its loops */
        for (size_t i = 0; i < (size_t)b.bands; i++)
            key[i * step] = band_key(sig + i * 4, 4);
    else
        for (size_t i = 0; i < (size_t)b.bands; i++)
            key[i * step] = band_key(sig + i * (size_t)b.rows, b.rows);
}
