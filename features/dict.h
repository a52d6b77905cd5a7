/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dict.h - finds words and terms in a vocabulary that does not change, a model's. It is sorted, so a few are searched for where they stand,
 * without an index; for many there are hash tables. Both find the same.
 */
#ifndef NFI_DICT_H
#define NFI_DICT_H

#include "features/vocab.h"

/* What a text has of a vocabulary: a word by number, and as a term; NFI_NONE where there is none. */
typedef struct nfi_known {
    uint32_t word, term;
} nfi_known;

typedef struct nfi_dict_word {
    uint64_t lo, hi; /* the bytes, zero padded, when n <= 16; else the hash, and 0 */
    uint32_t n;      /* length, 0 = free */
    nfi_known is;
    uint32_t pad;
} nfi_dict_word;

typedef struct nfi_dict_gram { /* of three words or more */
    uint64_t hash;
    uint32_t term, used;
} nfi_dict_gram;

/* Both numbers of a pair of words are this wide in its key, at least: then a key is no shorter than the number of a place. */
enum { NFI_PAIR_HALF = 16, NFI_PAIR_TERM = 29 /* bits of a term's number + 1 */ };

/* The arrays are borrowed; words and terms rise by bytes. {0} is a vocabulary without words. */
typedef struct nfi_dict {
    const uint64_t *word_end; /* nwords: end of each word in word_bytes */
    const char *word_bytes;
    size_t nwords;
    const uint32_t *seq; /* n x stride: word number + 1, 0 = no more */
    const uint32_t *df; /* n: what stands where looking for it begins, since it is looked for most; NULL: nothing is known */
    size_t n;
    int stride;
    uint64_t bytes; /* of text that was to be looked up so far */
    nfi_secret secret;
    nfi_dict_word *word; /* wmask + 1 places; NULL: no tables yet */
    size_t wmask;
    nfi_dict_gram *gram; /* gmask + 1 places */
    size_t gmask;
    /*
     * Pairs of words: a key of 2 * half bits is mixed one to one; the upper bits of what comes out are the place where looking for it
     * starts, the rest, of which there are rest bits, stand there with the last bits of the place above the term's number + 1. 0 is a free
     * place. It goes on in the same cache line, then in the next. NULL while word is not: they are searched for.
     */
    uint64_t *pair;
    size_t pmask;
    int half, rest;
} nfi_dict;

void nfi_dict_clear(nfi_dict *d); /* the tables */
/* So many bytes of text are to be looked up: hashes the vocabulary, O(terms), once that is worth it. Not while others look up. */
nf_status nfi_dict_expect(nfi_dict *d, uint64_t bytes, int threads, nf_err *err) NF_MUST_CHECK;
nf_status nfi_dict_hash(nfi_dict *d, int threads, nf_err *err) NF_MUST_CHECK; /* at once */

/* One, searched for: a number or NFI_NONE. */
uint32_t nfi_dict_search_word(const nfi_dict *d, const void *p, size_t n);
uint32_t nfi_dict_search_term(const nfi_dict *d, const uint32_t *word, int n); /* of 1 to NFI_MAX_NGRAM words */

/*
 * A word in two steps, so that others can be asked for in between and cache misses overlap: its key, then what it is. p can be read for 16
 * bytes.
 */
typedef struct nfi_dict_key {
    uint64_t lo, hi;
    size_t at;
} nfi_dict_key;

uint64_t nfi_dict_long_word(const nfi_dict *d, const uint8_t *p, uint32_t n);
/* Whatever nfi_dict_find() is not for. */
nfi_known nfi_dict_find_other(const nfi_dict *d, const nfi_dict_key *k, const uint8_t *p, uint32_t n);

static inline void nfi_dict_ask(const nfi_dict *d, nfi_dict_key *k, const uint8_t *p, uint32_t n)
{
    if (__builtin_expect(n <= 16, 1)) {
        nfi_word_key(p, n, &k->lo, &k->hi);
        k->at = (size_t)nfi_hash2(k->lo, k->hi, d->secret) & d->wmask;
    } else {
        k->lo = nfi_dict_long_word(d, p, n);
        k->hi = 0;
        k->at = (size_t)k->lo & d->wmask;
    }
    __builtin_prefetch(d->word + k->at);
}

static inline nfi_known nfi_dict_find(const nfi_dict *d, const nfi_dict_key *k, const uint8_t *p, uint32_t n)
{
    if (__builtin_expect(d->word != NULL, 1)) {
        const nfi_dict_word *s = d->word + k->at;
        if (s->lo == k->lo && s->hi == k->hi && s->n == n && n <= 16)
            return s->is;
    }
    return nfi_dict_find_other(d, k, p, n);
}

/* n n-grams of known words, of 3 words at least and no more than the vocabulary's have; term[i] gets the term or NFI_NONE. */
typedef struct nfi_gram {
    uint32_t word[4];
    int n;
} nfi_gram;
void nfi_dict_grams(const nfi_dict *d, const nfi_gram *g, size_t n, uint32_t *term);
/* The same for pairs of words: of the first word << 32 | the second. NFI_NO_PAIR gets NFI_NONE. */
#define NFI_NO_PAIR UINT64_MAX
void nfi_dict_pairs(const nfi_dict *d, const uint64_t *of, size_t n, uint32_t *term);

static inline nf_str nfi_dict_text(const nfi_dict *d, size_t i)
{
    uint64_t a = i ? d->word_end[i - 1] : 0;
    return (nf_str){d->word_bytes + a, (size_t)(d->word_end[i] - a)};
}

#endif
