/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clean_alone.c - texts of one line, which nothing but phrases can cut. Whether a phrase may stand in one is asked of its first word, and
 * of the first four letters of each: only a text with a word by which a phrase is found, and the next, is read word by word.
 */
#include "features/clean.h"

#include "base/kern.h"
#include "base/num.h"

#include <string.h>

enum { BLOCK = 64, BLOCKS = NFI_LINE_SCAN / BLOCK, AHEAD = 16 /* bytes that are read past the line */ };
_Static_assert(NFI_LINE_SCAN % BLOCK == 0, "a line is whole blocks");

typedef struct alone {
    const unsigned char *s; /* n bytes */
    size_t n;
    uint8_t low[NFI_LINE_SCAN + AHEAD]; /* capitals lowered */
    nfi_class64 cls[BLOCKS];
    uint64_t start[BLOCKS]; /* bits of words that start with a letter of ASCII, and of letters behind an apostrophe */
    size_t blocks;
    bool ascii;
} alone;

static void classify(alone *a, const unsigned char *s, size_t n)
{
    size_t whole = n / BLOCK;
    uint64_t high = 0;
    uint8_t rest[BLOCK] = {0};

    a->s = s;
    a->n = n;
    a->blocks = (n + BLOCK - 1) / BLOCK;
    nfi_kern_get()->classify(s, whole, a->low, a->cls);
    if (whole < a->blocks) {
        memcpy(rest, s + whole * BLOCK, n - whole * BLOCK);
        nfi_kern_get()->classify(rest, 1, a->low + whole * BLOCK, a->cls + whole);
    }
    memset(a->low + a->blocks * BLOCK, 0, AHEAD);
    for (size_t b = 0; b < a->blocks; b++)
        high |= a->cls[b].high;
    a->ascii = !high;
}

/* The word that starts at byte i, or the next one if none does. Words of letters of ASCII in one block are the rule. */
static uint64_t word_at(const alone *a, size_t i)
{
    const nfi_class64 *m = &a->cls[i / BLOCK];
    size_t k = i % BLOCK;
    uint64_t letters = m->letter >> k, glued = m->upper & (m->letter & ~m->upper) << 1, word;

    if (letters & 1 && ~letters) {
        size_t n = (size_t)__builtin_ctzll(~letters);
        unsigned next = k + n < BLOCK ? a->low[i + n] : '\'';
        if (next < 0x80 && next != '\'' && !(glued >> k >> 1 & ((UINT64_C(1) << (n - 1)) - 1)))
            return nfi_wordhash_of(a->low + i, n);
    }
    (void)nfi_clean_word((const char *)a->s, i, a->n, &word);
    return word;
}

/* The word at byte i is one by which a phrase is found, and so is what follows it. */
static bool is_marked(const nf_cleaner *c, const alone *a, size_t i)
{
    uint64_t word = word_at(a, i), next;

    if (nfi_word_mark(&c->marks, word) < NFI_WORD_IN_PHRASE)
        return false;
    (void)nfi_clean_word((const char *)a->s, nfi_clean_word((const char *)a->s, i, a->n, &word), a->n, &next);
    return nfi_word_in(&c->phrases.pairs, nfi_phrase_pair(word, next)) || nfi_word_in(&c->phrases.pairs, nfi_phrase_pair(word, 0));
}

/* So is a word with an apostrophe, of ASCII or of print, among its first letters; i is the last byte of it, or of something else. */
static bool is_parted(const nf_cleaner *c, const alone *a, size_t i)
{
    const uint8_t *s = a->low, *after = s + i + 1;

    if (s[i] != '\'') {
        if (i < 2 || (s[i] != 0x98 && s[i] != 0x99) || s[i - 1] != 0x80 || s[i - 2] != 0xe2)
            return false;
        i -= 2;
    }
    for (size_t k = 1; k < NFI_PHRASE_HEAD && k <= i; k++) {
        if (!(a->start[(i - k) / BLOCK] >> (i - k) % BLOCK & 1))
            continue;
        uint64_t letters = (nfi_load_le(s + i - k) & ((UINT64_C(1) << 8 * k) - 1)) | nfi_load_le(after) << 8 * k;
        bool look = c->phrases.head[nfi_phrase_head(letters)];
        for (size_t j = k + 1; j < NFI_PHRASE_HEAD; j++) /* one more apostrophe */
            look |= after[j - k] == '\'' || after[j - k] >= 0x80;
        if (look && is_marked(c, a, i - k))
            return true;
    }
    return false;
}

/* Whether a phrase that stands anywhere may stand in the line. */
static bool may_have(const nf_cleaner *c, alone *a)
{
    uint64_t letter = 0, small = 0; /* the last bit of the block before */

    if (c->phrases.anywhere)
        return true;
    for (size_t b = 0; b < a->blocks; b++) {
        const nfi_class64 *m = &a->cls[b];
        uint64_t S = m->letter & ~m->upper, next = b + 1 < a->blocks ? m[1].letter & ~m[1].upper : 0;
        uint64_t starts = m->letter & (~(m->letter << 1 | letter) | (m->upper & (S << 1 | small)));
        uint64_t quotes = (m->joiner | m->high) & (S >> 1 | next << 63);
        const uint8_t *low = a->low + b * BLOCK;
        a->start[b] = starts;
        for (; starts; starts &= starts - 1) {
            size_t i = (size_t)__builtin_ctzll(starts);
            if (c->phrases.head[nfi_phrase_head(nfi_load_le(low + i))] && is_marked(c, a, b * BLOCK + i))
                return true;
        }
        for (; quotes; quotes &= quotes - 1) {
            if (is_parted(c, a, b * BLOCK + (size_t)__builtin_ctzll(quotes)))
                return true;
        }
        letter = m->letter >> 63;
        small = S >> 63;
    }
    return false;
}

/* Whether a phrase that stands at the beginning, or alone, does so. */
static bool begins(const nf_cleaner *c, const alone *a, uint32_t chars)
{
    uint64_t word[NFI_PHRASE_WORDS + 1];
    size_t m = 0;

    word[0] = word_at(a, 0);
    if (!nfi_word_in(&c->phrases.first, word[0]))
        return false;
    for (size_t i = 0; m <= NFI_PHRASE_WORDS && nfi_phrases_go_on(&c->phrases, word, m);) {
        i = nfi_clean_word((const char *)a->s, i, a->n, word + m);
        if (!word[m])
            break;
        m++;
    }
    return nfi_phrases_match(&c->phrases, &c->marks, word, m, chars, NULL, 0) != 0;
}

bool nfi_clean_alone(const nf_cleaner *c, nf_str text, uint64_t *chars)
{
    const unsigned char *s = (const unsigned char *)text.p;
    size_t from = 0, to = text.n;
    alone a;

    if (text.n >= UINT32_MAX)
        return false;
    if (text.n)
        nfi_clean_trim(s, &from, &to);
    *chars = 0;
    if (from == to)
        return true;
    s += from;
    if (memchr(s, '\n', to - from))
        return false;
    if (to - from > NFI_LINE_SCAN) { /* phrases are not looked for */
        *chars = nfi_clean_chars(s, to - from, 0, 0);
        return true;
    }
    classify(&a, s, to - from);
    uint32_t n = a.ascii ? (uint32_t)a.n : nfi_clean_chars(s, a.n, 0, 0);
    if (c->rules & 1u << NFI_RULE_PHRASES && (begins(c, &a, n) || may_have(c, &a)))
        return false;
    *chars = n;
    return true;
}
