/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clean_lines.c - the line table: in how many documents of each source a line stands; the file is in clean_lines_file.c.
 *
 * The key of a line is XXH128 of the XXH64 of its source, of a hash of its numbers (zero for short lines that are no sentences) and of the
 * hashes of its words (clean_scan.c), so capitals and punctuation do not matter. Counts are integers: tables of parts add up to the table
 * of the whole, byte for byte.
 */
#include "features/clean_lines.h"

#include "base/par.h"
#include "base/sort.h"
#include "base/try.h"
#include "features/corpus.h"
#include "features/count.h"

#include <string.h>

enum { SHARE = 200 /* 1 in so many documents of a source */, LEAST = 3, LOOSE_WORDS = 6, CHUNK_BYTES = 64 << 10 };

bool nfi_line_key(const nfi_text_lines *t, const nfi_line *l, uint64_t src, nfi_hash128 *key)
{
    uint64_t v[NFI_LINE_SCAN + 2];
    size_t n = l->words;

    if (n == 0 || !(l->flags & NFI_LINE_WHOLE))
        return false;
    NF_ASSERT(n <= NFI_LINE_SCAN);
    v[0] = src;
    v[1] = n > LOOSE_WORDS || l->flags & NFI_LINE_END ? nfi_line_numbers(t, l) : 0;
    memcpy(v + 2, t->word + l->word, n * sizeof *v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    for (size_t i = 0; i < n + 2; i++)
        v[i] = __builtin_bswap64(v[i]);
#endif
    *key = nfi_xxh128(v, (n + 2) * sizeof *v);
    return true;
}

nf_str nfi_source_name(nf_str s)
{
    if (s.n > NFI_MAX_SOURCE)
        for (s.n = NFI_MAX_SOURCE; s.n > 0 && (s.p[s.n] & 0xc0) == 0x80;)
            s.n--;
    return s;
}

uint64_t nfi_source_key(nf_str s)
{
    s = nfi_source_name(s);
    return nfi_xxh64(s.p, s.n);
}

static inline bool same(nfi_hash128 a, nfi_hash128 b) { return a.lo == b.lo && a.hi == b.hi; }

int nfi_by_line_key(const void *a, const void *b, void *ctx)
{
    const nfi_hash128 *x = a, *y = b;

    (void)ctx;
    if (x->hi != y->hi)
        return x->hi < y->hi ? -1 : 1;
    return x->lo < y->lo ? -1 : x->lo > y->lo;
}

bool nfi_frozen_has(const nfi_frozen *f, nfi_hash128 key)
{
    size_t lo = 0, hi = f->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (f->key[mid].hi < key.hi || (f->key[mid].hi == key.hi && f->key[mid].lo < key.lo))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < f->n && same(f->key[lo], key);
}

/* ---- counting ---- */

nf_status nf_lines_new(nf_lines **out, nf_err *err)
{
    static const char *const none[] = {"lines"};
    nf_status s = NF_OK;
    nf_lines *t = nfi_calloc(1, sizeof *t);

    if (!t)
        return nfi_oom(err, "a line table");
    t->secret = nfi_secret_random();
    t->cap = 1024;
    t->e = nfi_calloc(t->cap, sizeof *t->e);
    if (!t->e) {
        s = nfi_oom(err, "a line table");
        goto out;
    }
    NF_GO(nf_cleaner_new(&t->words, &(nf_clean_opts){.only = none, .nonly = 1}, err));
    *out = t;
    t = NULL;
out:
    nf_lines_free(t);
    return s;
}

void nf_lines_free(nf_lines *t)
{
    if (!t)
        return;
    nfi_free(t->e);
    nfi_free(t->src);
    nfi_free(t->slot);
    nf_cleaner_free(t->words);
    nfi_arena_clear(&t->arena);
    nfi_free(t);
}

uint64_t nf_lines_docs(const nf_lines *t)
{
    uint64_t n = 0;
    for (size_t i = 0; i < t->nsrc; i++)
        n += t->src[i].docs;
    return n;
}

size_t nf_lines_count(const nf_lines *t) { return t->n; }
size_t nf_lines_sources(const nf_lines *t) { return t->nsrc; }

static nfi_line_entry *slot_of(const nf_lines *t, nfi_line_entry *e, size_t cap, nfi_hash128 key, uint32_t src)
{
    size_t k = (size_t)nfi_hash2(key.hi, key.lo, t->secret) & (cap - 1);

    while (e[k].source && !(e[k].source == src && same(e[k].key, key)))
        k = (k + 1) & (cap - 1);
    return &e[k];
}

nf_status nfi_lines_reserve(nf_lines *t, size_t more, nf_err *err)
{
    size_t cap = t->cap;

    while (cap / 4 * 3 < t->n + more)
        cap *= 2;
    if (cap == t->cap)
        return NF_OK;
    nfi_line_entry *e = nfi_calloc(cap, sizeof *e);
    if (!e)
        return nfi_oom(err, "a line table");
    for (size_t i = 0; i < t->cap; i++)
        if (t->e[i].source)
            *slot_of(t, e, cap, t->e[i].key, t->e[i].source) = t->e[i];
    nfi_free(t->e);
    t->e = e;
    t->cap = cap;
    return NF_OK;
}

void nfi_lines_add_key(nf_lines *t, nfi_hash128 key, uint32_t src, uint64_t docs)
{
    nfi_line_entry *e = slot_of(t, t->e, t->cap, key, src);

    if (!e->source) {
        *e = (nfi_line_entry){key, 0, src};
        t->n++;
    }
    e->docs += docs;
}

static uint32_t *slot_of_source(const nf_lines *t, uint32_t *slot, size_t n, nf_str name)
{
    size_t k = (size_t)nfi_siphash(name.p ? name.p : "", name.n, t->secret) & (n - 1);

    while (slot[k] && nfi_str_cmp(t->src[slot[k] - 1].name, name) != 0)
        k = (k + 1) & (n - 1);
    return &slot[k];
}

/* Room for one source more. */
static nf_status reserve_source(nf_lines *t, nf_err *err)
{
    size_t n = t->nslot ? t->nslot : 64;

    NF_TRY(nfi_grow(&t->src, &t->capsrc, t->nsrc + 1, sizeof *t->src, err));
    while (n / 2 < t->nsrc + 1)
        n *= 2;
    if (n == t->nslot)
        return NF_OK;
    uint32_t *slot = nfi_calloc(n, sizeof *slot);
    if (!slot)
        return nfi_oom(err, "a line table");
    for (size_t i = 0; i < t->nsrc; i++)
        *slot_of_source(t, slot, n, t->src[i].name) = (uint32_t)i + 1;
    nfi_free(t->slot);
    t->slot = slot;
    t->nslot = n;
    return NF_OK;
}

nf_status nfi_lines_source_of(nf_lines *t, nf_str name, uint32_t *out, nf_err *err)
{
    name = nfi_source_name(name);
    if (t->nslot && (*out = *slot_of_source(t, t->slot, t->nslot, name)) > 0)
        return NF_OK;
    if (t->nsrc >= UINT32_MAX - 1)
        return NF_FAIL(err, NF_ELIMIT, "more than %u sources", UINT32_MAX - 1);
    NF_TRY(reserve_source(t, err));
    char *p = nfi_arena_copy(&t->arena, name.p ? name.p : "", name.n);
    if (!p)
        return nfi_oom(err, "a line table");
    t->src[t->nsrc] = (nfi_line_source){{p, name.n}, nfi_source_key(name), 0};
    *out = (uint32_t)++t->nsrc;
    *slot_of_source(t, t->slot, t->nslot, name) = *out;
    return NF_OK;
}

/* Keys of the documents of a batch, found side by side, chunk by chunk; then counted in order. */
typedef struct keys {
    nfi_hash128 *key;
    size_t n, cap;
} keys;

typedef struct finding {
    const nf_cleaner *words;
    const nf_batch *batch;
    nfi_text_lines *t; /* one a worker */
    size_t *bound, *end; /* end: of the keys of each document in those of its chunk */
    keys *found;       /* one a chunk */
} finding;

static nf_status find_keys(void *ctx, size_t chunk, int worker, nf_err *err)
{
    finding *f = ctx;
    nfi_text_lines *t = &f->t[worker];
    keys *k = &f->found[chunk];

    for (size_t d = f->bound[chunk]; d < f->bound[chunk + 1]; d++) {
        const nf_doc *doc = &f->batch->docs[d];
        uint64_t src = nfi_source_key(doc->source);
        size_t from = k->n, m = from;
        NF_TRY(nfi_clean_scan(f->words, doc->text, NULL, 0, t, err));
        NF_TRY(nfi_grow(&k->key, &k->cap, k->n + t->n, sizeof *k->key, err));
        for (size_t i = 0; i < t->n; i++)
            if (nfi_line_key(t, &t->line[i], src, &k->key[k->n]))
                k->n++;
        NF_TRY(nfi_sort(k->key + from, k->n - from, sizeof *k->key, nfi_by_line_key, NULL, err)); /* a line counts once in a document */
        for (size_t i = from; i < k->n; i++)
            if (i == from || !same(k->key[i], k->key[i - 1]))
                k->key[m++] = k->key[i];
        f->end[d] = k->n = m;
    }
    return NF_OK;
}

static nf_status count_keys(nf_lines *t, const finding *f, size_t chunk, nf_err *err)
{
    const keys *k = &f->found[chunk];
    size_t at = 0;

    for (size_t d = f->bound[chunk]; d < f->bound[chunk + 1]; d++) {
        uint32_t src;
        NF_TRY(nfi_lines_source_of(t, f->batch->docs[d].source, &src, err));
        NF_TRY(nfi_lines_reserve(t, f->end[d] - at, err));
        t->src[src - 1].docs++;
        for (; at < f->end[d]; at++)
            nfi_lines_add_key(t, k->key[at], src, 1);
    }
    return NF_OK;
}

nf_status nf_lines_add(nf_lines *t, const nf_batch *b, int threads, nf_err *err)
{
    nf_status s = NF_OK;
    size_t chunks = 0;

    threads = nfi_par_threads(threads);
    finding f = {.words = t->words,
                 .batch = b,
                 .t = nfi_calloc((size_t)threads, sizeof *f.t),
                 .bound = nfi_alloc(b->n + 1, sizeof *f.bound),
                 .end = nfi_alloc(b->n, sizeof *f.end)};
    if (!f.t || !f.bound || !f.end) {
        s = nfi_oom(err, "a line table");
        goto out;
    }
    chunks = nfi_batch_cut(b, CHUNK_BYTES, f.bound);
    f.found = nfi_calloc(chunks, sizeof *f.found);
    if (!f.found) {
        s = nfi_oom(err, "a line table");
        goto out;
    }
    NF_GO(nfi_par_chunks(chunks, threads, find_keys, &f, err));
    for (size_t k = 0; k < chunks; k++)
        NF_GO(count_keys(t, &f, k, err));
out:
    for (int i = 0; f.t && i < threads; i++)
        nfi_text_lines_clear(&f.t[i]);
    for (size_t k = 0; f.found && k < chunks; k++)
        nfi_free(f.found[k].key);
    nfi_free(f.t);
    nfi_free(f.bound);
    nfi_free(f.end);
    nfi_free(f.found);
    return s;
}

nf_status nf_lines_merge(nf_lines *into, const nf_lines *from, nf_err *err)
{
    nf_status s = NF_OK;
    uint64_t sum;

    if (__builtin_add_overflow(nf_lines_docs(into), nf_lines_docs(from), &sum))
        return NF_FAIL(err, NF_ELIMIT, "the line tables have more than 2^64 documents together");
    uint32_t *map = nfi_alloc(from->nsrc, sizeof *map);
    if (!map)
        return nfi_oom(err, "a line table");
    NF_GO(nfi_lines_reserve(into, from->n, err));
    for (size_t i = 0; i < from->nsrc; i++)
        NF_GO(nfi_lines_source_of(into, from->src[i].name, &map[i], err));
    for (size_t i = 0; i < from->nsrc; i++)
        into->src[map[i] - 1].docs += from->src[i].docs;
    for (size_t i = 0; i < from->cap; i++)
        if (from->e[i].source)
            nfi_lines_add_key(into, from->e[i].key, map[from->e[i].source - 1], from->e[i].docs);
out:
    nfi_free(map);
    return s;
}

nf_status nfi_lines_freeze(const nf_lines *t, nfi_frozen *out, nf_err *err)
{
    nf_status s = NF_OK;
    size_t n = 0;
    nfi_hash128 *key = NULL;

    for (int pass = 0; pass < 2; pass++) {
        size_t k = 0;
        for (size_t i = 0; i < t->cap; i++) {
            const nfi_line_entry *e = &t->e[i];
            if (!e->source)
                continue;
            uint64_t docs = t->src[e->source - 1].docs, least = docs / SHARE + (docs % SHARE > 0);
            if (e->docs < LEAST || e->docs < least)
                continue;
            if (key)
                key[k] = e->key;
            k++;
        }
        n = k;
        if (!key && !(key = nfi_alloc(n, sizeof *key)))
            return nfi_oom(err, "a line table");
    }
    NF_GO(nfi_sort(key, n, sizeof *key, nfi_by_line_key, NULL, err));
    out->key = key;
    out->n = n;
    key = NULL;
out:
    nfi_free(key);
    return s;
}
