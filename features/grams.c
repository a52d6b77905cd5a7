/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grams.c - n-grams to nodes by parts of a hash. The frequency of an n-gram in a document is found as in count.c: by the place where it was
 * last put. */
#include "features/grams.h"

#include "base/limits.h"
#include "base/par.h"
#include "base/try.h"

#include <string.h>

_Static_assert(NFI_MAX_DOCUMENT < (size_t)1 << NFI_ENTRY_TF_BITS, "the frequency of an n-gram fits an entry");
_Static_assert(2 * NFI_WORD_BITS + NFI_DOC_BITS == 64, "two words and a document fit an n-gram");
_Static_assert(NFI_GRAM_PARTS == 256, "parts are bytes");

enum { SLOTS0 = 1 << 6 };

/* The document left out. Upper bits choose the part, lower bits the slot. */
static inline uint64_t gram_hash(uint64_t first, uint64_t second, nfi_secret secret)
{
    return nfi_hash2(first, second ^ secret.b, secret);
}

/* Room for n entries in so many parts of the sizes in count, which become their starts. NULL: out of memory. */
static nfi_entries *new_parts(uint32_t *count, size_t parts, size_t n, size_t width, nfi_arena *arena)
{
    nfi_entries *x = n <= UINT32_MAX ? nfi_arena_alloc(arena, sizeof *x) : NULL;
    uint32_t sum = 0;

    if (!x || !(x->entry = nfi_arena_alloc(arena, n * width * sizeof *x->entry)))
        return NULL;
    for (size_t p = 0; p < parts; p++) {
        x->part[p].start = sum;
        x->part[p].n = count[p];
        sum += count[p];
        count[p] = x->part[p].start;
    }
    x->total = sum;
    memset(x->entry, 0, n * width * sizeof *x->entry); /* brings it into the cache in order; it is filled in none */
    return x;
}

nf_status nfi_words_split(nfi_entries **out, const nfi_rows *rows, const uint32_t *entries, size_t docs, nfi_arena *arena, nf_err *err)
{
    uint32_t at[NFI_WORD_PARTS] = {0};

    for (size_t e = 0; e < rows->n; e++)
        at[rows->id[e] % NFI_WORD_PARTS]++;
    nfi_entries *x = new_parts(at, NFI_WORD_PARTS, rows->n, 1, arena);
    if (!x)
        return nfi_oom(err, "rows");
    for (size_t d = 0, e = 0; d < docs; d++)
        for (size_t end = e + entries[d]; e < end; e++)
            x->entry[at[rows->id[e] % NFI_WORD_PARTS]++] =
                ((uint64_t)(rows->id[e] / NFI_WORD_PARTS) << NFI_DOC_BITS | d) << NFI_ENTRY_TF_BITS | rows->tf[e];
    *out = x;
    return NF_OK;
}

nf_status nfi_grams_split(nfi_entries **out, const uint64_t *gram, size_t n, size_t width, nfi_secret secret, nfi_arena *arena, nf_err *err)
{
    uint32_t at[NFI_GRAM_PARTS] = {0};
    uint8_t *part = nfi_alloc(n, 1);

    if (!part)
        return nfi_oom(err, "n-grams");
    for (size_t i = 0; i < n; i++) {
        uint64_t h = gram_hash(gram[i * width] >> NFI_DOC_BITS, width == 2 ? gram[2 * i + 1] : 0, secret);
        at[part[i] = (uint8_t)(h >> 56)]++;
    }
    nfi_entries *x = new_parts(at, NFI_GRAM_PARTS, n, width, arena);
    for (size_t i = 0; x && i < n; i++) {
        size_t place = at[part[i]]++;
        x->entry[place * width] = gram[i * width];
        if (width == 2)
            x->entry[place * 2 + 1] = gram[i * 2 + 1];
    }
    nfi_free(part);
    if (!x)
        return nfi_oom(err, "n-grams");
    *out = x;
    return NF_OK;
}

/* ---- numbering ---- */

typedef struct slot {
    uint64_t key;     /* of wide n-grams the first half; UINT64_MAX = free: no first word has the greatest number */
    uint32_t id, pos; /* pos: place of the last entry in its part of its chunk */
} slot;

/* One a worker; part after part in the same memory. */
typedef struct table {
    slot *slot;
    size_t mask, n;
    uint64_t *keys;       /* of all parts of this worker, each in order of first sight */
    size_t from, capkeys; /* where those of the part at hand begin */
} table;

/* Where the keys of a part are. */
typedef struct place {
    int worker;
    size_t from, n;
} place;

typedef struct numbering {
    nfi_entries *const *chunk;
    size_t n, width;
    nfi_secret secret;
    table *table; /* one a worker */
    place *place; /* one a part */
} numbering;

static void forget(slot *s, size_t n)
{
    memset(s, 0xff, n * sizeof *s); /* the key is UINT64_MAX */
}

static nf_status table_begin(table *t, nf_err *err)
{
    if (!t->slot) {
        if (!(t->slot = nfi_alloc(SLOTS0, sizeof *t->slot)))
            return nfi_oom(err, "n-grams");
        t->mask = SLOTS0 - 1;
    }
    t->n = 0;
    forget(t->slot, t->mask + 1);
    return NF_OK;
}

/* Room for more n-grams at load 1/2, so that slots stay put until that many were put in. */
static nf_status table_room(table *t, size_t more, size_t width, nfi_secret secret, nf_err *err)
{
    size_t size = t->mask + 1;

    NF_TRY(nfi_grow(&t->keys, &t->capkeys, t->from + (t->n + more) * width, sizeof *t->keys, err));
    const uint64_t *keys = t->keys + t->from;
    while ((t->n + more) * 2 > size)
        size *= 2;
    if (size == t->mask + 1)
        return NF_OK;
    slot *fresh = nfi_alloc(size, sizeof *fresh);
    if (!fresh)
        return NF_FAIL(err, NF_ENOMEM, "out of memory for %zu n-grams", t->n);
    forget(fresh, size);
    for (size_t i = 0; i <= t->mask; i++) {
        slot s = t->slot[i];
        if (s.key == UINT64_MAX)
            continue;
        size_t at = (size_t)gram_hash(s.key, width == 2 ? keys[s.id * 2 + 1] : 0, secret) & (size - 1);
        while (fresh[at].key != UINT64_MAX)
            at = (at + 1) & (size - 1);
        fresh[at] = s;
    }
    nfi_free(t->slot);
    t->slot = fresh;
    t->mask = size - 1;
    return NF_OK;
}

/* The n-grams of one part of one chunk become entries, in place: there are no more entries than n-grams. Returns how many. */
static inline size_t number_range(table *t, uint64_t *gram, size_t n, size_t width, nfi_secret secret)
{
    slot *slots = t->slot;
    uint64_t *keys = t->keys + t->from;
    size_t mask = t->mask, put = 0;

    for (size_t i = 0; i < n; i++) {
        uint64_t key = gram[i * width] >> NFI_DOC_BITS, more = width == 2 ? gram[i * 2 + 1] : 0,
                 doc = gram[i * width] & (NFI_CHUNK_DOCS - 1);
        size_t at = (size_t)gram_hash(key, more, secret) & mask;
        slot *s = &slots[at];
        while (s->key != key || (width == 2 && keys[s->id * 2 + 1] != more)) {
            if (s->key == UINT64_MAX) {
                *s = (slot){key, (uint32_t)t->n, 0};
                keys[t->n * width] = key;
                if (width == 2)
                    keys[t->n * 2 + 1] = more;
                t->n++;
                break;
            }
            at = (at + 1) & mask;
            s = &slots[at];
        }
        uint64_t head = (uint64_t)s->id << NFI_DOC_BITS | doc;
        /* Without a branch: whether it is new to the document cannot be guessed. In numbers: compilers make branches of choices. */
        size_t pos = s->pos & -(size_t)(s->pos < put);
        uint64_t was = gram[pos];
        bool known = (pos < put) & (was >> NFI_ENTRY_TF_BITS == head);
        size_t to = put ^ ((put ^ pos) & -(size_t)known);
        uint64_t none = head << NFI_ENTRY_TF_BITS;
        gram[to] = (none ^ ((none ^ was) & -(uint64_t)known)) + 1;
        s->pos = (uint32_t)to;
        put += !known;
    }
    return put;
}

static nf_status number_part(void *ctx, size_t p, int worker, nf_err *err)
{
    numbering *x = ctx;
    table *t = &x->table[worker];

    NF_TRY(table_begin(t, err));
    for (size_t k = 0; k < x->n; k++) {
        nfi_entries *c = x->chunk[k];
        size_t from = c->part[p].start, n = c->part[p].n;
        if (k + 4 < x->n)
            __builtin_prefetch(&x->chunk[k + 4]->part[p]);
        if (k + 2 < x->n)
            for (size_t i = 0; i < x->chunk[k + 2]->part[p].n; i += 8 / x->width)
                __builtin_prefetch(&x->chunk[k + 2]->entry[(x->chunk[k + 2]->part[p].start + i) * x->width]);
        NF_TRY(table_room(t, n, x->width, x->secret, err));
        c->part[p].n = (uint32_t)(x->width == 2 ? number_range(t, c->entry + from * 2, n, 2, x->secret)
                                                : number_range(t, c->entry + from, n, 1, x->secret));
        if (t->n > (size_t)1 << NFI_ENTRY_BITS)
            return NF_FAIL(err, NF_ELIMIT,
                           "more distinct n-grams in memory than can be numbered; lower --memory so that they are sorted on disk");
    }
    x->place[p] = (place){worker, t->from, t->n};
    t->from += t->n * x->width;
    return NF_OK;
}

nf_status nfi_grams_number(uint64_t **keys, size_t *first, nfi_entries *const *chunk, size_t n, size_t width, nfi_secret secret,
                           int threads, nf_err *err)
{
    place at[NFI_GRAM_PARTS] = {0};
    uint64_t *all = NULL;
    size_t sum = 0;
    nf_status s = NF_OK;
    numbering x = {chunk, n, width, secret, nfi_calloc((size_t)threads, sizeof *x.table), at};

    if (!x.table)
        return nfi_oom(err, "n-grams");
    NF_GO(nfi_par_chunks(NFI_GRAM_PARTS, threads, number_part, &x, err));
    for (size_t p = 0; p < NFI_GRAM_PARTS; p++) {
        first[p] = sum;
        sum += at[p].n;
    }
    first[NFI_GRAM_PARTS] = sum;
    if (!(all = nfi_alloc(sum * width, sizeof *all))) {
        s = nfi_oom(err, "n-grams");
        goto out;
    }
    for (size_t p = 0; p < NFI_GRAM_PARTS; p++)
        if (at[p].n)
            memcpy(all + first[p] * width, x.table[at[p].worker].keys + at[p].from, at[p].n * width * sizeof *all);
    *keys = all;
out:
    for (int w = 0; w < threads; w++) {
        nfi_free(x.table[w].slot);
        nfi_free(x.table[w].keys);
    }
    nfi_free(x.table);
    return s;
}

int nfi_gram_words(const uint64_t *key, size_t width, uint32_t seq[NFI_MAX_NGRAM])
{
    const uint32_t mask = ((uint32_t)1 << NFI_WORD_BITS) - 1;
    int n = 2;

    seq[0] = (uint32_t)(key[0] >> NFI_WORD_BITS);
    seq[1] = (uint32_t)key[0] & mask;
    if (width == 2 && key[1]) {
        seq[n++] = (uint32_t)(key[1] >> NFI_WORD_BITS) - 1;
        if ((uint32_t)key[1] & mask)
            seq[n++] = ((uint32_t)key[1] & mask) - 1;
    }
    return n;
}
