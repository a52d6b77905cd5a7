/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dict.c - search in the sorted vocabulary, and its hash tables: open addressing with linear probing under a secret of this run. A word of
 * up to 16 bytes stands in its place, and so does a pair of words, in eight bytes with its term (quotienting); longer
 * ones are compared where they are.
 */
#include "features/dict.h"

#include "base/limits.h"
#include "base/par.h"
#include "base/try.h"

#include <string.h>

enum { GROUP = 32, STEP_BITS = 8, MOST_STEPS = 1 << STEP_BITS, LINE = 8 /* places of 64 bytes */ };

void nfi_dict_clear(nfi_dict *d)
{
    nfi_free(d->word);
    nfi_free(d->gram);
    nfi_free(d->pair);
    d->word = NULL;
    d->gram = NULL;
    d->pair = NULL;
}

/* ---- search ---- */

uint32_t nfi_dict_search_word(const nfi_dict *d, const void *p, size_t n)
{
    size_t a = 0, b = d->nwords;

    while (a < b) {
        size_t mid = a + (b - a) / 2;
        nf_str x = nfi_dict_text(d, mid);
        int c = memcmp(x.p, p, x.n < n ? x.n : n);
        if (c == 0 && x.n == n)
            return (uint32_t)mid;
        if (c < 0 || (c == 0 && x.n < n))
            a = mid + 1;
        else
            b = mid;
    }
    return NFI_NONE;
}

uint32_t nfi_dict_search_term(const nfi_dict *d, const uint32_t *word, int n)
{
    size_t stride = (size_t)d->stride, a = 0, b = n <= d->stride ? d->n : 0;

    while (a < b) {
        size_t mid = a + (b - a) / 2;
        const uint32_t *s = d->seq + mid * stride;
        int c = 0;
        for (int k = 0; k < (int)stride && c == 0; k++) {
            uint32_t want = k < n ? word[k] + 1 : 0;
            c = s[k] < want ? -1 : s[k] > want;
        }
        if (c == 0)
            return (uint32_t)mid;
        if (c < 0)
            a = mid + 1;
        else
            b = mid;
    }
    return NFI_NONE;
}

/* ---- words ---- */

uint64_t nfi_dict_long_word(const nfi_dict *d, const uint8_t *p, uint32_t n)
{
    return nfi_siphash(p, n, d->secret);
}

nfi_known nfi_dict_find_other(const nfi_dict *d, const nfi_dict_key *k, const uint8_t *p, uint32_t n)
{
    if (!d->word) {
        uint32_t w = nfi_dict_search_word(d, p, n);
        return (nfi_known){w, w == NFI_NONE ? NFI_NONE : nfi_dict_search_term(d, &w, 1)};
    }
    for (size_t at = k->at;; at = (at + 1) & d->wmask) {
        const nfi_dict_word *s = &d->word[at];
        if (s->n == 0)
            return (nfi_known){NFI_NONE, NFI_NONE};
        if (s->n == n && s->lo == k->lo && s->hi == k->hi && (n <= 16 || memcmp(nfi_dict_text(d, s->is.word).p, p, n) == 0))
            return s->is;
    }
}

/*
 * Terms that begin with a word stand together, the word alone before its n-grams; so one walk over the terms names what words are alone.
 * Words of many documents are placed first, so that nearly all of them stand where looking for them begins.
 */
static void place_words(nfi_dict *d, bool frequent)
{
    enum { MANY = 16 /* documents */, AHEAD = 16 };
    size_t stride = (size_t)d->stride, t = 0;
    struct {
        nfi_dict_word x;
        size_t at;
    } late[AHEAD] = {0}; /* places first, words some later, so that misses overlap */

    for (size_t i = 0; i < d->nwords + AHEAD; i++) {
        size_t l = i % AHEAD;
        if (late[l].x.n) {
            while (d->word[late[l].at].n)
                late[l].at = (late[l].at + 1) & d->wmask;
            d->word[late[l].at] = late[l].x;
            late[l].x.n = 0;
        }
        if (i >= d->nwords)
            continue;
        nf_str w = nfi_dict_text(d, i);
        uint8_t padded[16] = {0};
        nfi_dict_word x = {.n = (uint32_t)w.n, .is = {(uint32_t)i, NFI_NONE}};
        nfi_dict_key key;
        while (t < d->n && d->seq[t * stride] <= i)
            t++;
        if (t < d->n && d->seq[t * stride] == i + 1 && (stride == 1 || d->seq[t * stride + 1] == 0))
            x.is.term = (uint32_t)t;
        if ((d->df && x.is.term != NFI_NONE && d->df[x.is.term] >= MANY) != frequent)
            continue;
        if (w.n <= 16)
            memcpy(padded, w.p, w.n);
        nfi_dict_ask(d, &key, w.n <= 16 ? padded : (const uint8_t *)w.p, x.n);
        x.lo = key.lo;
        x.hi = key.hi;
        late[l].x = x;
        late[l].at = key.at;
    }
}

/* ---- pairs of words ---- */

/* All bits of both numbers, mixed: multiplying by odd numbers and folding can be undone, so no two pairs become the same. */
static inline uint64_t mix_pair(const nfi_dict *d, uint64_t pair)
{
    const uint64_t all = (UINT64_C(1) << (2 * d->half)) - 1;
    uint64_t x = (pair >> 32 << d->half | (uint32_t)pair) * (d->secret.a | 1) & all;

    return (x ^ x >> d->half) * (d->secret.b | 1) & all;
}

/* What stands in the place of a pair, but for its term: together with a place less than MOST_STEPS from home it tells which pair. */
static inline uint64_t stands(const nfi_dict *d, uint64_t mixed)
{
    return (mixed & ((UINT64_C(1) << (d->rest + STEP_BITS)) - 1)) << NFI_PAIR_TERM;
}

/* The term in one of two places that has these upper bits, or NFI_NONE. In numbers, since compilers make branches of choices. */
static inline uint32_t term_in(uint64_t place, uint64_t other, uint64_t upper)
{
    uint64_t x = (place ^ upper) - 1, y = (other ^ upper) - 1; /* a free place has no number: it is above all numbers, or below 0 */
    uint64_t least = x < y ? x : y;
    return (uint32_t)least | -(uint32_t)(least >= (UINT64_C(1) << NFI_PAIR_TERM) - 1);
}

/* The step-th place where a pair is looked for: the eight of its cache line, then those of the next. */
static inline size_t pair_place(const nfi_dict *d, size_t home, size_t step)
{
    return ((home + (step & ~(size_t)(LINE - 1))) ^ (step & (LINE - 1))) & d->pmask;
}

static void find_pairs(const nfi_dict *dict, const uint64_t *of, size_t n, uint32_t *term)
{
    enum { AHEAD = 16, MOST = 256 };
    const nfi_dict d = *dict;
    const uint64_t *pair = d.pair;
    uint64_t mixed[MOST + AHEAD];
    uint32_t late[MOST];

    for (size_t b = 0; b < n; b += MOST) {
        size_t len = n - b < MOST ? n - b : MOST, nlate = 0;
        for (size_t i = 0; i < len; i++)
            mixed[i] = mix_pair(&d, of[b + i]);
        for (size_t i = 0; i < AHEAD; i++) {
            mixed[len + i] = mixed[len - 1];
            __builtin_prefetch(pair + (mixed[i] >> d.rest));
        }
        for (size_t i = 0; i < len; i++) {
            /* Without a branch: what a place holds cannot be guessed. */
            uint64_t x = mixed[i], upper = stands(&d, x);
            size_t home = (size_t)(x >> d.rest);
            uint64_t first = pair[home], second = pair[home ^ 1];
            uint32_t t = term_in(first, second, upper);
            __builtin_prefetch(pair + (mixed[i + AHEAD] >> d.rest));
            term[b + i] = t;
            late[nlate] = (uint32_t)i;
            nlate += (t == NFI_NONE) & (first != 0) & (second != 0);
        }
        for (size_t k = 0; k < nlate; k++) {
            uint64_t x = mixed[late[k]], upper = stands(&d, x), is;
            uint32_t t = NFI_NONE;
            for (size_t step = 2; t == NFI_NONE && step < MOST_STEPS && (is = pair[pair_place(&d, (size_t)(x >> d.rest), step)]); step++)
                t = term_in(is, is, upper);
            term[b + late[k]] = t;
        }
    }
}

void nfi_dict_pairs(const nfi_dict *d, const uint64_t *of, size_t n, uint32_t *term)
{
    if (d->pair) {
        find_pairs(d, of, n, term);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t word[2] = {(uint32_t)(of[i] >> 32), (uint32_t)of[i]};
        term[i] = of[i] == NFI_NO_PAIR ? NFI_NONE : nfi_dict_search_term(d, word, 2);
    }
}

/* ---- longer n-grams ---- */

static inline uint64_t gram_hash(const nfi_dict *d, const uint32_t *word, int n)
{
    uint64_t pair = (uint64_t)word[0] << 32 | word[1];
    return nfi_hash2(pair, (uint64_t)word[2] << 32 | (n > 3 ? word[3] + UINT64_C(1) : 0), d->secret);
}

static inline bool is_gram(const nfi_dict *d, const nfi_dict_gram *s, uint64_t hash, const nfi_gram *g)
{
    if (s->hash != hash)
        return false;
    const uint32_t *q = d->seq + (size_t)s->term * (size_t)d->stride;
    bool same = g->n == d->stride || q[g->n] == 0;
    for (int k = 0; k < g->n && same; k++)
        same = q[k] == g->word[k] + 1;
    return same;
}

void nfi_dict_grams(const nfi_dict *d, const nfi_gram *g, size_t n, uint32_t *term)
{
    for (size_t i = 0; !d->gram && i < n; i++)
        term[i] = nfi_dict_search_term(d, g[i].word, g[i].n);
    for (size_t b = 0; d->gram && b < n; b += GROUP) {
        uint64_t hash[GROUP];
        size_t len = n - b < GROUP ? n - b : GROUP;
        for (size_t i = 0; i < len; i++) {
            hash[i] = gram_hash(d, g[b + i].word, g[b + i].n);
            __builtin_prefetch(&d->gram[hash[i] & d->gmask]);
        }
        for (size_t i = 0; i < len; i++) {
            size_t at = (size_t)hash[i] & d->gmask;
            while (d->gram[at].used && !is_gram(d, &d->gram[at], hash[i], &g[b + i]))
                at = (at + 1) & d->gmask;
            term[b + i] = d->gram[at].used ? d->gram[at].term : NFI_NONE;
        }
    }
}

/* ---- tables ---- */

#define PIECE ((size_t)2 << 20) /* bytes; pages may be as large */

/* Places first, terms some later, so that misses overlap. False: a pair would stand too far from home. */
static bool place_grams(nfi_dict *d)
{
    enum { AHEAD = 16 };
    size_t stride = (size_t)d->stride;
    uint64_t late[AHEAD] = {0};
    bool near = true;

    for (size_t t = 0; t < d->n + AHEAD; t++) {
        uint64_t key = late[t % AHEAD];
        if (t >= AHEAD && d->seq[(t - AHEAD) * stride + 1]) {
            const uint32_t *q = d->seq + (t - AHEAD) * stride;
            if (stride > 2 && q[2]) {
                size_t at = (size_t)key & d->gmask;
                while (d->gram[at].used)
                    at = (at + 1) & d->gmask;
                d->gram[at] = (nfi_dict_gram){key, (uint32_t)(t - AHEAD), 1};
            } else {
                size_t home = (size_t)(key >> d->rest), at = home, steps = 0;
                while (d->pair[at])
                    at = pair_place(d, home, ++steps);
                near &= steps < MOST_STEPS;
                d->pair[at] = stands(d, key) | (t - AHEAD + 1);
            }
        }
        if (t >= d->n || !d->seq[t * stride + 1])
            continue;
        const uint32_t *q = d->seq + t * stride;
        if (stride > 2 && q[2]) {
            uint32_t word[NFI_MAX_NGRAM] = {q[0] - 1, q[1] - 1, q[2] - 1, stride > 3 ? q[3] - 1 : 0};
            key = gram_hash(d, word, stride > 3 && q[3] ? 4 : 3);
            __builtin_prefetch(&d->gram[key & d->gmask], 1);
        } else {
            key = mix_pair(d, (uint64_t)(q[0] - 1) << 32 | (q[1] - 1));
            __builtin_prefetch(&d->pair[key >> d->rest], 1);
        }
        late[t % AHEAD] = key;
    }
    return near;
}

static size_t pieces(size_t bytes)
{
    return (bytes + PIECE - 1) / PIECE;
}

/* The tables are new memory, which takes as long to clear as to fill. */
static nf_status clear_piece(void *ctx, size_t piece, int worker, nf_err *err)
{
    const nfi_dict *d = ctx;
    void *const table[] = {d->word, d->gram, d->pair};
    const size_t bytes[] = {(d->wmask + 1) * sizeof *d->word, (d->gmask + 1) * sizeof *d->gram, (d->pmask + 1) * sizeof *d->pair};
    size_t t = 0;

    (void)worker;
    (void)err;
    for (; piece >= pieces(bytes[t]); t++)
        piece -= pieces(bytes[t]);
    size_t from = piece * PIECE, left = bytes[t] - from;
    memset((char *)table[t] + from, 0, left < PIECE ? left : PIECE);
    return NF_OK;
}

static nf_status place_half(void *ctx, size_t half, int worker, nf_err *err)
{
    nfi_dict *d = ctx;

    (void)worker;
    (void)err;
    if (half == 0) {
        place_words(d, true);
        place_words(d, false);
        return NF_OK;
    }
    if (d->stride > 1 && !place_grams(d)) { /* cannot happen by chance: pairs are searched for */
        nfi_free(d->pair);
        d->pair = NULL;
    }
    return NF_OK;
}

nf_status nfi_dict_hash(nfi_dict *d, int threads, nf_err *err)
{
    size_t words = 16, grams = 16, stride = (size_t)d->stride, n[2] = {0};
    int bits = 4;
    nfi_dict x = *d;

    for (size_t t = 0; stride > 1 && t < d->n; t++)
        n[stride > 2 && d->seq[t * stride + 2]] += d->seq[t * stride + 1] != 0;
    while (words < 2 * d->nwords)
        words *= 2;
    while (2 * grams < 3 * n[1])
        grams *= 2;
    for (x.half = NFI_PAIR_HALF; d->nwords >> x.half;)
        x.half++;
    while ((size_t)1 << bits < 2 * n[0] || 2 * x.half - bits > 64 - NFI_PAIR_TERM - STEP_BITS)
        bits++;
    x.rest = 2 * x.half - bits;
    x.wmask = words - 1;
    x.gmask = grams - 1;
    x.pmask = ((size_t)1 << bits) - 1;
    x.secret = nfi_secret_random();
    x.word = nfi_alloc(words, sizeof *x.word);
    x.gram = nfi_alloc(grams, sizeof *x.gram);
    x.pair = nfi_alloc(x.pmask + 1, sizeof *x.pair);
    if (!x.word || !x.gram || !x.pair) {
        nfi_dict_clear(&x);
        return nfi_oom(err, "the vocabulary index");
    }
    size_t n_pieces = pieces(words * sizeof *x.word) + pieces(grams * sizeof *x.gram) + pieces((x.pmask + 1) * sizeof *x.pair);
    NF_TRY(nfi_par_chunks(n_pieces, threads, clear_piece, &x, err));
    NF_TRY(nfi_par_chunks(2, threads, place_half, &x, err));
    *d = x;
    return NF_OK;
}

nf_status nfi_dict_expect(nfi_dict *d, uint64_t bytes, int threads, nf_err *err)
{
    d->bytes += bytes;
    return d->word || d->bytes < d->n ? NF_OK : nfi_dict_hash(d, threads, err);
}
