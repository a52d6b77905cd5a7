/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vocab.c - words and n-grams to nodes. */
#include "features/vocab.h"

#include "base/try.h"

#include <string.h>

enum { WORDS0 = 1 << 12, PAIRS0 = 1 << 12, LEAST = 64, KEEP = 1 << 16, PROBE_ALARM = 192 };

static inline void long_key(const nfi_vocab *v, const uint8_t *p, uint32_t n, uint64_t *lo)
{
    *lo = nfi_siphash(p, n, v->secret);
}

static inline size_t home_of(const nfi_vocab *v, uint64_t lo, uint64_t hi, uint32_t n)
{
    uint64_t h;
    if (n > 16) {
        h = lo;
    } else if (v->siphash) {
        uint64_t k[2] = {lo, hi};
        h = nfi_siphash(k, sizeof k, v->secret);
    } else {
        h = nfi_hash2(lo, hi, v->secret);
    }
    return (size_t)h & (v->wcap - 1);
}

static nf_status alloc_tables(nfi_vocab *v, nf_err *err)
{
    v->wcap = v->wroom = WORDS0;
    v->pcap = v->proom = PAIRS0;
    v->words = nfi_calloc(v->wcap, sizeof *v->words);
    v->pairs = nfi_alloc(v->pcap, sizeof *v->pairs);
    if (!v->words || !v->pairs) {
        nfi_vocab_clear(v);
        return nfi_oom(err, "the vocabulary");
    }
    memset(v->pairs, 0xff, v->pcap * sizeof *v->pairs);
    return NF_OK;
}

nf_status nfi_vocab_init(nfi_vocab *v, nf_err *err)
{
    *v = (nfi_vocab){.secret = nfi_secret_random()};
    return alloc_tables(v, err);
}

void nfi_vocab_clear(nfi_vocab *v)
{
    nfi_free(v->words);
    nfi_free(v->pairs);
    nfi_free(v->node);
    nfi_free(v->word);
    nfi_arena_clear(&v->arena);
    *v = (nfi_vocab){0};
}

/* An empty table of cap slots, which there is memory for. */
static void clear_words(nfi_vocab *v, size_t cap)
{
    memset(v->words, 0, cap * sizeof *v->words);
    v->wcap = cap;
}

static void clear_pairs(nfi_vocab *v, size_t cap)
{
    memset(v->pairs, 0xff, cap * sizeof *v->pairs);
    v->pcap = cap;
}

nf_status nfi_vocab_reset(nfi_vocab *v, nf_err *err)
{
    if (v->wroom > KEEP || v->proom > KEEP) {
        nfi_vocab fresh = {0};
        NF_TRY(alloc_tables(&fresh, err)); /* first: on failure v stays what it was */
        nfi_free(v->words);
        nfi_free(v->pairs);
        v->words = fresh.words;
        v->pairs = fresh.pairs;
        v->wroom = fresh.wroom;
        v->proom = fresh.proom;
    }
    clear_words(v, LEAST);
    clear_pairs(v, LEAST);
    v->nwords = v->npairs = v->nnode = 0;
    nfi_arena_reset(&v->arena);
    return NF_OK;
}

/* Moves all words into fresh, which takes the place of the table. */
static void place_words(nfi_vocab *v, nfi_word_slot *fresh, size_t cap)
{
    nfi_word_slot *old = v->words;
    size_t oldcap = v->wcap;

    v->words = fresh;
    v->wcap = v->wroom = cap;
    for (size_t i = 0; i < oldcap; i++) {
        if (!old[i].n)
            continue;
        size_t at = home_of(v, old[i].lo, old[i].n > 16 ? 0 : old[i].hi, old[i].n);
        while (fresh[at].n)
            at = (at + 1) & (cap - 1);
        fresh[at] = old[i];
    }
    nfi_free(old);
}

static void place_pairs(nfi_vocab *v, nfi_pair_slot *fresh, size_t cap)
{
    nfi_pair_slot *old = v->pairs;
    size_t oldcap = v->pcap;

    memset(fresh, 0xff, cap * sizeof *fresh);
    v->pairs = fresh;
    v->pcap = v->proom = cap;
    for (size_t i = 0; i < oldcap; i++) {
        if (old[i].key == UINT64_MAX)
            continue;
        size_t at = nfi_pair_home(v, old[i].key);
        while (fresh[at].key != UINT64_MAX)
            at = (at + 1) & (cap - 1);
        fresh[at] = old[i];
    }
    nfi_free(old);
}

static nf_status rebuild_words(nfi_vocab *v, size_t cap, nf_err *err)
{
    if (v->nwords == 0 && cap <= v->wroom) {
        clear_words(v, cap);
        return NF_OK;
    }
    nfi_word_slot *fresh = nfi_calloc(cap, sizeof *fresh);
    if (!fresh)
        return NF_FAIL(err, NF_ENOMEM, "out of memory for a vocabulary of %zu words", v->nwords);
    place_words(v, fresh, cap);
    return NF_OK;
}

static nf_status rebuild_pairs(nfi_vocab *v, size_t cap, nf_err *err)
{
    if (v->npairs == 0 && cap <= v->proom) {
        clear_pairs(v, cap);
        return NF_OK;
    }
    nfi_pair_slot *fresh = nfi_alloc(cap, sizeof *fresh);
    if (!fresh)
        return NF_FAIL(err, NF_ENOMEM, "out of memory for %zu n-grams", v->npairs);
    place_pairs(v, fresh, cap);
    return NF_OK;
}

/* Another secret, and SipHash for all words: somebody aims at the table. Keys of long words and the places of pairs depend on the secret
 * too. */
static nf_status rekey(nfi_vocab *v, nf_err *err)
{
    nfi_word_slot *words = nfi_calloc(v->wcap, sizeof *words);
    nfi_pair_slot *pairs = nfi_alloc(v->pcap, sizeof *pairs);

    if (!words || !pairs) {
        nfi_free(words);
        nfi_free(pairs);
        return NF_FAIL(err, NF_ENOMEM, "out of memory for a vocabulary of %zu words", v->nwords);
    }
    v->secret = nfi_secret_random();
    v->siphash = true;
    for (size_t i = 0; i < v->wcap; i++)
        if (v->words[i].n > 16)
            long_key(v, (const uint8_t *)(uintptr_t)v->words[i].hi, v->words[i].n, &v->words[i].lo);
    place_words(v, words, v->wcap);
    place_pairs(v, pairs, v->pcap);
    return NF_OK;
}

nf_status nfi_vocab_reserve(nfi_vocab *v, size_t words, size_t pairs, nf_err *err)
{
    size_t wcap = v->wcap, pcap = v->pcap;

    if (v->nnode + words + pairs >= NFI_KNOWN)
        return NF_FAIL(err, NF_ELIMIT, "more than 2^32 distinct terms in memory; lower --memory so that they are sorted on disk");
    while ((v->nwords + words) * 3 > wcap * 2)
        wcap *= 2;
    while ((v->npairs + pairs) * 3 > pcap * 2)
        pcap *= 2;
    if (v->alarm && !v->siphash)
        NF_TRY(rekey(v, err));
    if (wcap != v->wcap)
        NF_TRY(rebuild_words(v, wcap, err));
    if (pcap != v->pcap)
        NF_TRY(rebuild_pairs(v, pcap, err));
    NF_TRY(nfi_grow(&v->node, &v->capnode, v->nnode + words + pairs, sizeof *v->node, err));
    return nfi_grow(&v->word, &v->capword, v->nwords + words, sizeof *v->word, err);
}

/* Finds the slot of a key or the free slot where it belongs; *probes counts the steps. */
static inline nfi_word_slot *probe_word(const nfi_vocab *v, const uint8_t *p, uint32_t n, uint64_t lo, uint64_t hi, size_t *probes)
{
    size_t at = home_of(v, lo, hi, n), steps = 0;
    for (;; at = (at + 1) & (v->wcap - 1), steps++) {
        nfi_word_slot *s = &v->words[at];
        if (s->n == 0) {
            *probes = steps;
            return s;
        }
        if (s->n == n && s->lo == lo && (n > 16 ? memcmp((const void *)(uintptr_t)s->hi, p, n) == 0 : s->hi == hi)) {
            *probes = steps;
            return s;
        }
    }
}

nfi_word_slot *nfi_vocab_word(nfi_vocab *v, const uint8_t *p, uint32_t n, bool *fresh)
{
    uint64_t lo, hi = 0;
    size_t probes;

    if (n > 16)
        long_key(v, p, n, &lo);
    else
        nfi_word_key(p, n, &lo, &hi);
    nfi_word_slot *s = probe_word(v, p, n, lo, hi, &probes);
    *fresh = false;
    if (s->n)
        return s;
    v->alarm |= probes > PROBE_ALARM; /* cannot happen by chance at load 1/2 */
    char *copy = nfi_arena_copy(&v->arena, p, n);
    if (!copy)
        return NULL;
    *fresh = true;
    uint32_t id = (uint32_t)v->nnode++, number = (uint32_t)v->nwords++;
    v->node[id] = (nfi_node){NFI_NONE, number};
    v->word[number] = (nf_str){copy, n};
    *s = (nfi_word_slot){lo, n > 16 ? (uint64_t)(uintptr_t)copy : hi, id, n, 0, 0};
    return s;
}

nfi_pair_slot *nfi_vocab_pair(nfi_vocab *v, uint32_t prefix, uint32_t word, bool *fresh)
{
    uint64_t key = (uint64_t)prefix << 32 | word;
    size_t at = nfi_pair_home(v, key);

    while (v->pairs[at].key != key && v->pairs[at].key != UINT64_MAX)
        at = (at + 1) & (v->pcap - 1);
    nfi_pair_slot *s = &v->pairs[at];
    *fresh = s->key != key;
    if (*fresh) {
        s->key = key;
        s->id = (uint32_t)v->nnode++;
        v->node[s->id] = (nfi_node){prefix, word};
        v->npairs++;
    }
    return s;
}

int nfi_node_words(const nfi_vocab *v, uint32_t node, uint32_t seq[4])
{
    uint32_t back[4];
    int n = 0;

    while (v->node[node].prefix != NFI_NONE) {
        back[n++] = v->node[v->node[node].word].word;
        node = v->node[node].prefix;
    }
    back[n++] = v->node[node].word;
    for (int i = 0; i < n; i++)
        seq[i] = back[n - 1 - i];
    return n;
}
