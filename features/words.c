/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words.c - the words of a corpus, found without a lock, put in under one.
 *
 * A batch is looked up by steps, all words of it at each step, so that their cache misses overlap: hashes, slots, bytes; then what was not
 * found so is probed for, and what is new put in.
 */
#include "features/words.h"

#include "base/try.h"
#include "features/vocab.h"

#include <string.h>

enum { WORDS0 = 1 << 12, SMALL = 1 << 16, PROBE_ALARM = 192 };

/* More words than this, and the table is full. */
static size_t room(size_t mask)
{
    return (mask + 1) / 3 * 2;
}

static void free_tables(nfi_word_table *t)
{
    for (nfi_word_table *older; t; t = older) {
        older = t->older;
        nfi_free(t->slot);
        nfi_free(t->key);
        nfi_free(t);
    }
}

static nfi_word_table *new_table(size_t cap)
{
    nfi_word_table *t = nfi_calloc(1, sizeof *t);

    if (!t)
        return NULL;
    t->mask = cap - 1;
    t->shift = 64 - __builtin_ctzll(cap);
    t->slot = nfi_alloc_aligned(cap + 1, sizeof *t->slot);
    t->key = nfi_alloc_aligned_raw(room(t->mask) + 1, sizeof *t->key);
    if (!t->slot || !t->key) {
        free_tables(t);
        return NULL;
    }
    t->key[0] = (nfi_word_bytes){0, UINT64_MAX << 8}; /* equals no word, short or long */
    return t;
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

void nfi_words_clear(nfi_words *w)
{
    free_tables(w->table);
    if (w->locks)
        pthread_mutex_destroy(&w->lock);
    nfi_free(w->word);
    nfi_free(w->stop);
    nfi_arena_clear(&w->arena);
    *w = (nfi_words){0};
}

/* Of more than 16 bytes? */
static inline bool is_long(nfi_word_bytes key)
{
    return key.hi && !(key.hi & 0xff);
}

static const char *long_word(nfi_word_bytes key)
{
    return (const char *)(uintptr_t)(key.hi >> 8);
}

nf_status nfi_words_seal(nfi_words *w, nf_err *err)
{
    nfi_word_table *t = w->table;

    if (!(w->word = nfi_alloc(w->n, sizeof *w->word)))
        return nfi_oom(err, "words");
    for (size_t i = 0; i < w->n; i++) {
        nfi_word_bytes *key = &t->key[i + 1];
        if (is_long(*key)) {
            w->word[i] = (nf_str){long_word(*key), strlen(long_word(*key))};
            continue;
        }
        size_t n = key->hi ? 16 - (size_t)__builtin_clzll(key->hi) / 8 : 8 - (size_t)__builtin_clzll(key->lo) / 8;
        nfi_store_le(&key->lo, key->lo);
        nfi_store_le(&key->hi, key->hi);
        w->word[i] = (nf_str){(const char *)key, n};
    }
    free_tables(t->older);
    t->older = NULL;
    nfi_free(t->slot);
    t->slot = NULL;
    return NF_OK;
}

size_t nfi_words_bytes(const nfi_words *w)
{
    size_t bytes = w->n * sizeof *w->word + w->capstop * sizeof *w->stop + w->arena.bytes;
    for (const nfi_word_table *t = w->table; t; t = t->older)
        bytes += (t->mask + 1) * sizeof *t->slot + room(t->mask) * sizeof *t->key;
    return bytes;
}

/* Sums of products with secret odd numbers, of which upper bits are used: any two words meet there about as seldom as chance has it
 * (multiply-shift, Dietzfelbinger 1996). */
static inline uint64_t hash_short(nfi_word_bytes key, nfi_secret secret)
{
    return key.lo * (secret.a | 1) + key.hi * (secret.b | 1);
}

static uint64_t hash_of(const nfi_words *w, nfi_word_bytes key, bool is_long)
{
    if (is_long)
        return key.lo;
    if (w->siphash) {
        uint64_t k[2] = {key.lo, key.hi};
        return nfi_siphash(k, sizeof k, w->secret);
    }
    return hash_short(key, w->secret);
}

static uint64_t slot_of(uint64_t hash, bool stop, size_t number)
{
    return (hash & ~(uint64_t)(NFI_WORD_STOP | NFI_WORD_INDEX)) | (stop ? NFI_WORD_STOP : 0) | (number + 1);
}

static inline uint32_t index_of(uint64_t slot)
{
    return (uint32_t)slot & (NFI_WORD_STOP | NFI_WORD_INDEX);
}

/* Do the bits of the hash that a slot keeps differ? */
static inline bool differs(uint64_t slot, uint64_t hash)
{
    return (slot ^ hash) >> (NFI_WORD_BITS + 2) != 0;
}

/* Puts words into an empty table whose keys are there, by number. */
static void place_all(const nfi_words *w, nfi_word_table *t)
{
    for (size_t i = 0; i < w->n; i++) {
        uint64_t hash = hash_of(w, t->key[i + 1], is_long(t->key[i + 1]));
        size_t at = (size_t)(hash >> t->shift);
        while (t->slot[at])
            at = (at + 1) & t->mask;
        t->slot[at] = slot_of(hash, w->stop[i], i);
    }
}

void nfi_words_settle(nfi_words *w)
{
    free_tables(w->table->older);
    w->table->older = NULL;
    if (!w->alarm || w->siphash)
        return;
    w->secret = nfi_secret_random();
    w->siphash = true;
    for (size_t i = 1; i <= w->n; i++)
        if (is_long(w->table->key[i]))
            w->table->key[i].lo = nfi_siphash(long_word(w->table->key[i]), strlen(long_word(w->table->key[i])), w->secret);
    memset(w->table->slot, 0, (w->table->mask + 1) * sizeof *w->table->slot);
    place_all(w, w->table);
}

/* From place at on, the slot of a word, or 0 and the free place where it belonged when it was looked at. */
static inline __attribute__((always_inline)) uint64_t probe(const nfi_word_table *t, const uint8_t *p, uint32_t n, nfi_word_bytes key,
                                                            uint64_t hash, size_t *at)
{
    for (;; *at = (*at + 1) & t->mask) {
        uint64_t slot = __atomic_load_n(&t->slot[*at], __ATOMIC_ACQUIRE);
        if (!slot)
            return 0;
        const nfi_word_bytes *k = &t->key[slot & NFI_WORD_INDEX];
        if (differs(slot, hash) || k->lo != key.lo)
            continue;
        if (n <= 16 ? k->hi == key.hi : is_long(*k) && strncmp(long_word(*k), (const char *)p, n) == 0 && !long_word(*k)[n])
            return slot;
    }
}

/* Four times the size while that is small, then twice; readers of the table that was may go on. */
static bool grow(nfi_words *w)
{
    nfi_word_table *old = w->table, *t = new_table((old->mask < SMALL ? 4 : 2) * (old->mask + 1));

    if (!t)
        return false;
    memcpy(t->key, old->key, (w->n + 1) * sizeof *t->key);
    place_all(w, t);
    t->older = old;
    __atomic_store_n(&w->table, t, __ATOMIC_RELEASE);
    return true;
}

/* Under the lock: another thread may have been faster. at: where the word belonged in t. */
static uint64_t put(nfi_words *w, const nfi_word_table *t, size_t at, const uint8_t *p, uint32_t n, nfi_word_bytes key, uint64_t hash,
                    const nfi_stop *stop)
{
    if (w->n + 1 >= (size_t)1 << NFI_WORD_BITS) {
        w->full = true;
        return 0;
    }
    if (w->n == room(w->table->mask) && !grow(w))
        return 0;
    if (t != w->table)
        at = (size_t)(hash >> w->table->shift);
    t = w->table;
    uint64_t slot = probe(t, p, n, key, hash, &at);
    if (slot)
        return slot;
    w->alarm |= ((at - (size_t)(hash >> t->shift)) & t->mask) > PROBE_ALARM; /* cannot happen by chance at load 2/3 */
    if (nfi_grow(&w->stop, &w->capstop, w->n + 1, sizeof *w->stop, NULL) != NF_OK)
        return 0;
    if (n > 16) {
        const char *copy = nfi_arena_copy(&w->arena, p, n);
        if (!copy)
            return 0;
        key.hi = (uint64_t)(uintptr_t)copy << 8;
    }
    t->key[w->n + 1] = key;
    w->stop[w->n] = stop->n && nfi_stop_has(stop, (const char *)p, n);
    slot = slot_of(hash, w->stop[w->n], w->n);
    w->n++;
    __atomic_store_n(&t->slot[at], slot, __ATOMIC_RELEASE);
    return slot;
}

/* What one step of a look-up leaves to the next. */
typedef struct batch {
    nfi_word_bytes key[NFI_WORDS_BATCH];
    uint64_t hash[NFI_WORDS_BATCH];
    size_t at[NFI_WORDS_BATCH];
    uint8_t missed[NFI_WORDS_BATCH], fresh[NFI_WORDS_BATCH];
} batch;

/* The n words of missed: all words of more than 16 bytes, new ones, those that stand further from their home, and all with SipHash. */
static bool find_missed(nfi_words *w, batch *b, size_t n, const uint8_t *bytes, const nfi_token *tok, const nfi_stop *stop, uint32_t *index)
{
    const nfi_word_table *t = __atomic_load_n(&w->table, __ATOMIC_ACQUIRE);
    size_t fresh = 0;
    bool ok = true;

    for (size_t k = 0; k < n; k++) {
        size_t i = b->missed[k];
        const uint8_t *p = bytes + tok[i].off;
        if (tok[i].n > 16)
            b->key[i].lo = nfi_siphash(p, tok[i].n, w->secret);
        b->hash[i] = hash_of(w, b->key[i], tok[i].n > 16);
        b->at[i] = (size_t)(b->hash[i] >> t->shift);
        index[i] = index_of(probe(t, p, tok[i].n, b->key[i], b->hash[i], &b->at[i]));
        b->fresh[fresh] = (uint8_t)i;
        fresh += !index[i]; /* a free slot may have been taken by another word since */
    }
    if (!fresh)
        return true;
    pthread_mutex_lock(&w->lock);
    for (size_t k = 0; k < fresh && ok; k++) {
        size_t i = b->fresh[k];
        index[i] = index_of(put(w, t, b->at[i], bytes + tok[i].off, tok[i].n, b->key[i], b->hash[i], stop));
        ok = index[i] != 0;
    }
    pthread_mutex_unlock(&w->lock);
    return ok;
}

/* Room for the counts of all words of t. */
static bool times_room(nfi_times *y, const nfi_word_table *t)
{
    size_t had = y->cap;

    if (t->mask < had)
        return true;
    if (nfi_grow(&y->times, &y->cap, t->mask + 1, sizeof *y->times, NULL) != NF_OK)
        return false;
    memset(y->times + had, 0, (y->cap - had) * sizeof *y->times);
    y->times[0] = 1;
    return true;
}

/* Counts a word into row[0..k); returns how many there are then. Without a branch: whether it is new to the document cannot be guessed. */
static inline size_t count_word(uint32_t *times, uint32_t *row, size_t k, uint32_t id)
{
    uint32_t had = times[id];

    times[id] = had + 1;
    row[k] = id;
    return k + !had;
}

/* Stop words all go to the first place, which no word has. */
static inline uint32_t place_of(uint32_t index)
{
    return index & (((index & NFI_WORD_STOP) != 0) - 1u);
}

/* The words of b at their homes or right after; returns how many were missed. stops: are there stop words. */
static inline __attribute__((always_inline)) size_t find_near(const nfi_word_table *t, batch *b, size_t n, bool stops, nfi_times *y,
                                                              uint32_t *index)
{
    const uint64_t *slot = t->slot;
    const nfi_word_bytes *key = t->key;
    uint32_t *times = y->times, *row = y->row;
    const int shift = t->shift;
    size_t missed = 0, k = y->n;

#pragma GCC unroll 2
    for (size_t i = 0; i < n; i++) {
        const uint64_t hash = b->hash[i], *home = &slot[hash >> shift];
        uint64_t first = __atomic_load_n(home, __ATOMIC_ACQUIRE), second = __atomic_load_n(home + 1, __ATOMIC_ACQUIRE);
        uint32_t found = index_of(differs(first, hash) ? second : first);
        index[i] = found;
        if (stops)
            found &= NFI_WORD_INDEX;
        __builtin_prefetch(&key[found]);
        __builtin_prefetch(&times[found]);
    }
    times[0] = 1;
#pragma GCC unroll 2
    for (size_t i = 0; i < n; i++) {
        uint32_t found = index[i];
        const nfi_word_bytes *x = &key[stops ? found & NFI_WORD_INDEX : found];
        if (__builtin_expect(((x->lo ^ b->key[i].lo) | (x->hi ^ b->key[i].hi)) != 0, 0)) {
            b->missed[missed++] = (uint8_t)i;
            continue;
        }
        k = count_word(times, row, k, stops ? place_of(found) : found);
    }
    y->n = k;
    return missed;
}

bool nfi_words_look_up(nfi_words *w, const uint8_t *bytes, const nfi_token *tok, size_t n, const nfi_stop *stop, nfi_times *y,
                       uint32_t index[NFI_WORDS_BATCH])
{
    const nfi_word_table *t = __atomic_load_n(&w->table, __ATOMIC_ACQUIRE);
    const uint64_t *slot = t->slot;
    const nfi_secret secret = w->secret;
    const int shift = t->shift;
    batch b;

    if (!times_room(y, t))
        return false;
#pragma GCC unroll 2
    for (size_t i = 0; i < n; i++) {
        nfi_word_bytes key;
        nfi_word_key(bytes + tok[i].off, tok[i].n, &key.lo, &key.hi);
        b.key[i] = key;
        b.hash[i] = hash_short(key, secret);
        __builtin_prefetch(&slot[b.hash[i] >> shift]);
    }
    size_t missed = stop->n ? find_near(t, &b, n, true, y, index) : find_near(t, &b, n, false, y, index);
    if (!missed)
        return true;
    if (!find_missed(w, &b, missed, bytes, tok, stop, index) || !times_room(y, __atomic_load_n(&w->table, __ATOMIC_ACQUIRE)))
        return false;
    for (size_t i = 0; i < missed; i++)
        y->n = count_word(y->times, y->row, y->n, place_of(index[b.missed[i]]));
    return true;
}
