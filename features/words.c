/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.c - the words of a corpus, found without a lock, put in under one. */
#include "features/words.h"

#include "base/try.h"
#include "features/vocab.h"

#include <string.h>

enum { WORDS0 = 1 << 12, PROBE_ALARM = 192 };

static nfi_word_table *new_table(size_t cap)
{
    nfi_word_table *t = nfi_calloc(1, sizeof *t);

    if (!t)
        return NULL;
    t->mask = cap - 1;
    t->slot = nfi_alloc_aligned(cap, sizeof *t->slot);
    if (!t->slot) {
        nfi_free(t);
        return NULL;
    }
    return t;
}

static void free_tables(nfi_word_table *t)
{
    for (nfi_word_table *older; t; t = older) {
        older = t->older;
        nfi_free(t->slot);
        nfi_free(t);
    }
}

nf_status nfi_words_init(nfi_words *w, nf_err *err)
{
    *w = (nfi_words){.secret = nfi_secret_random(), .table = new_table(WORDS0)};
    if (!w->table)
        return nfi_oom(err, "words");
    if (pthread_mutex_init(&w->lock, NULL) != 0) {
        nfi_words_clear(w);
        return nfi_oom(err, "a lock");
    }
    w->locks = true;
    return NF_OK;
}

void nfi_words_seal(nfi_words *w)
{
    free_tables(w->table);
    w->table = NULL;
}

void nfi_words_clear(nfi_words *w)
{
    nfi_words_seal(w);
    if (w->locks)
        pthread_mutex_destroy(&w->lock);
    nfi_free(w->word);
    nfi_arena_clear(&w->arena);
    *w = (nfi_words){0};
}

size_t nfi_words_bytes(const nfi_words *w)
{
    size_t bytes = w->cap * sizeof *w->word + w->arena.bytes;
    for (const nfi_word_table *t = w->table; t; t = t->older)
        bytes += (t->mask + 1) * sizeof *t->slot;
    return bytes;
}

static uint64_t hash_of(const nfi_words *w, uint64_t lo, uint64_t hi, uint32_t n)
{
    if (n > 16)
        return lo;
    if (w->siphash) {
        uint64_t k[2] = {lo, hi};
        return nfi_siphash(k, sizeof k, w->secret);
    }
    return nfi_hash2(lo, hi, w->secret);
}

static void place(nfi_word_table *to, const nfi_word *x)
{
    size_t at = x->hash & to->mask;
    while (to->slot[at].n)
        at = (at + 1) & to->mask;
    to->slot[at] = *x;
}

nf_status nfi_words_settle(nfi_words *w, nf_err *err)
{
    free_tables(w->table->older);
    w->table->older = NULL;
    if (!w->alarm || w->siphash)
        return NF_OK;
    nfi_word_table *t = new_table(w->table->mask + 1);
    if (!t)
        return NF_FAIL(err, NF_ENOMEM, "out of memory for a vocabulary of %zu words", w->n);
    w->secret = nfi_secret_random();
    w->siphash = true;
    for (size_t i = 0; i <= w->table->mask; i++) {
        nfi_word x = w->table->slot[i];
        if (!x.n)
            continue;
        if (x.n > 16)
            x.lo = nfi_siphash((const void *)(uintptr_t)x.hi, x.n, w->secret);
        x.hash = (uint32_t)hash_of(w, x.lo, x.hi, x.n);
        place(t, &x);
    }
    free_tables(w->table);
    w->table = t;
    return NF_OK;
}

/* The slot of a word, or, with *found false, the free one where it belonged when it was looked at; *steps counts the probes. */
static nfi_word *probe(const nfi_word_table *t, const uint8_t *p, uint32_t n, uint64_t lo, uint64_t hi, uint64_t hash, bool *found,
                       size_t *steps)
{
    *steps = 0;
    for (size_t at = (size_t)hash & t->mask;; at = (at + 1) & t->mask, ++*steps) {
        nfi_word *s = &t->slot[at];
        uint32_t len = __atomic_load_n(&s->n, __ATOMIC_ACQUIRE);
        *found = len == n && s->lo == lo && (n > 16 ? memcmp((const void *)(uintptr_t)s->hi, p, n) == 0 : s->hi == hi);
        if (*found || len == 0)
            return s;
    }
}

/* Twice the size; readers of the table that was may go on. */
static bool grow(nfi_words *w)
{
    nfi_word_table *old = w->table, *t = new_table(2 * (old->mask + 1));

    if (!t)
        return false;
    for (size_t i = 0; i <= old->mask; i++)
        if (old->slot[i].n)
            place(t, &old->slot[i]);
    t->older = old;
    __atomic_store_n(&w->table, t, __ATOMIC_RELEASE);
    return true;
}

/* Under the lock: another thread may have been faster. */
static const nfi_word *put(nfi_words *w, const uint8_t *p, uint32_t n, uint64_t lo, uint64_t hi, uint64_t hash, const nfi_stop *stop)
{
    size_t steps;
    bool found;

    if (w->n + 1 >= (size_t)1 << NFI_WORD_BITS) {
        w->full = true;
        return NULL;
    }
    if ((w->n + 1) * 3 > (w->table->mask + 1) * 2 && !grow(w))
        return NULL;
    nfi_word *s = probe(w->table, p, n, lo, hi, hash, &found, &steps);
    if (found)
        return s;
    w->alarm |= steps > PROBE_ALARM; /* cannot happen by chance at load 2/3 */
    if (nfi_grow(&w->word, &w->cap, w->n + 1, sizeof *w->word, NULL) != NF_OK)
        return NULL;
    char *copy = nfi_arena_copy(&w->arena, p, n);
    if (!copy)
        return NULL;
    s->lo = lo;
    s->hi = n > 16 ? (uint64_t)(uintptr_t)copy : hi;
    s->id = (uint32_t)w->n;
    s->stop = nfi_stop_has(stop, copy, n);
    s->hash = (uint32_t)hash;
    w->word[w->n++] = (nf_str){copy, n};
    __atomic_store_n(&s->n, n, __ATOMIC_RELEASE);
    return s;
}

const nfi_word *nfi_words_find(nfi_words *w, const uint8_t *p, uint32_t n, const nfi_stop *stop)
{
    uint64_t lo, hi = 0;
    size_t steps;
    bool found;

    if (n > 16)
        lo = nfi_siphash(p, n, w->secret);
    else
        nfi_word_key(p, n, &lo, &hi);
    uint64_t hash = hash_of(w, lo, hi, n);
    const nfi_word *s = probe(nfi_words_table(w), p, n, lo, hi, hash, &found, &steps);
    if (found) /* a free slot may have been taken by another word since */
        return s;
    pthread_mutex_lock(&w->lock);
    s = put(w, p, n, lo, hi, hash, stop);
    pthread_mutex_unlock(&w->lock);
    return s;
}
