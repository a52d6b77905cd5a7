/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clean_words.c - words of a line as hashes. Words are cut coarsely here, and without Unicode tables: the cleaner compares lines with
 * lines, not meanings. What matters is that a line has the same words wherever it stands. Characters beyond ASCII are letters but for those
 * of the blocks that hold punctuation and signs.
 *
 * Runs of letters come from the masks of the kernels, 64 bytes at a time. A run is a word, unless a byte beyond ASCII or an apostrophe
 * follows: such words, and numbers, are read byte by byte.
 */
#include "features/clean.h"

#include "base/kern.h"
#include "base/num.h"

#include <string.h>

enum { BLOCK = 64, BLOCKS = NFI_LINE_SCAN / BLOCK, AHEAD = 16 /* bytes that the hash may look at past a word */, SPILL = 8 };
_Static_assert(NFI_LINE_SCAN % BLOCK == 0, "a line is whole blocks");

/* In the order of these names. */
enum { K_OTHER, K_LOWER, K_UPPER, K_DIGIT, K_HIGH, K_QUOTE, K_BAR };

static const uint8_t kind[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0,
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0, 6, 0,
    0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
    2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0,
    0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 6, 0, 0, 0,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
};

/* Scripts by lead byte less 0x80, as far as a lead byte tells them. */
enum { S_NONE, S_LATIN, S_GREEK, S_CYRILLIC, S_HEBREW, S_ARABIC, S_INDIC, S_EAST, S_HANGUL, SCRIPTS };
static const uint8_t script_of[128] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 2, 2,
    3, 3, 3, 3, 0, 0, 4, 4, 5, 5, 5, 5, 0, 0, 0, 0,
    6, 0, 0, 7, 7, 7, 7, 7, 7, 7, 8, 8, 8, 8, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

/* Bytes of the character at s that is not ASCII; *sign: punctuation or a sign, *bar: one that parts links, *quote: an apostrophe. */
static inline size_t high_char(const unsigned char *s, size_t left, bool *sign, bool *bar, bool *quote)
{
    unsigned c = s[0];
    size_t n = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

    *sign = *bar = *quote = false;
    if (n > left)
        n = left;
    if (c == 0xc2) {
        unsigned d = n > 1 ? s[1] : 0;
        *sign = d != 0xaa && d != 0xb5 && d != 0xba;
        *bar = d == 0xbb || d == 0xb7 || d == 0xa9;
    } else if (c == 0xe2) {
        *sign = true;
        if (n == 3 && s[1] == 0x80) {
            *quote = s[2] == 0x98 || s[2] == 0x99;
            *bar = s[2] == 0xa2 || s[2] == 0xba;
        }
    } else if (c == 0xe3) {
        *sign = n > 1 && s[1] == 0x80;
    } else if (c < 0xc2) { /* a stray byte */
        *sign = true;
        n = 1;
    }
    return n;
}

/* A word's bytes, capitals lowered, eight at a time. */
typedef struct hasher {
    uint64_t h, k;
    unsigned n;
} hasher;

static inline void fold(hasher *x)
{
    x->h = nfi_mum(x->h ^ x->k ^ UINT64_C(0xe7037ed1a0b428db), UINT64_C(0x8ebc6af09c88c6e3));
    x->k = 0;
}

static inline void take(hasher *x, unsigned c)
{
    x->k |= (uint64_t)c << 8 * (x->n & 7);
    if ((++x->n & 7) == 0)
        fold(x);
}

static inline uint64_t hashed(const hasher *x)
{
    uint64_t h = nfi_mum(x->h ^ x->k ^ UINT64_C(0xa0761d6478bd642f), UINT64_C(0x589965cc75374cc3) ^ x->n);
    return h ? h : 1;
}

/* What reading has found. */
typedef struct found {
    uint64_t *word, numbers;
    size_t m, cap;
    unsigned capitals, bars, digits,
        letters[SCRIPTS]; /* letters[S_LATIN]: bytes of words; those of other scripts are taken off in the end */
} found;

/* Reads the word, the number or the one other character at s + i, i < n, and returns where it ends. */
static size_t read_one(found *f, const unsigned char *s, size_t i, size_t n)
{
    unsigned k = kind[s[i]], before = K_UPPER;
    bool sign, bar, quote;
    hasher x = {0, 0, 0};

    if (k == K_DIGIT) {
        size_t from = i;
        do {
            i++;
        } while (i < n &&
                 (kind[s[i]] == K_DIGIT || ((s[i] == ',' || s[i] == '.' || s[i] == ':') && i + 1 < n && kind[s[i + 1]] == K_DIGIT)));
        f->digits++;
        for (; from < i; from++)
            f->numbers = (f->numbers ^ s[from]) * UINT64_C(0x100000001b3);
        f->numbers += UINT64_C(0x9e3779b97f4a7c15);
        f->word[f->m++] = NFI_WORD_NUMBER;
        return i;
    }
    if (k != K_LOWER && k != K_UPPER && k != K_HIGH) {
        f->bars += k == K_BAR;
        return i + 1;
    }
    f->capitals += k == K_UPPER;
    while (i < n) {
        unsigned c = s[i];
        k = kind[c];
        if (k == K_LOWER) {
            take(&x, c);
            i++;
        } else if (k == K_UPPER) {
            if (before == K_LOWER) /* glued words */
                break;
            take(&x, c | 0x20);
            i++;
        } else if (k == K_HIGH) {
            size_t b = high_char(s + i, n - i, &sign, &bar, &quote);
            if (sign && !(quote && x.n && i + b < n && kind[s[i + b]] == K_LOWER)) {
                if (x.n)
                    break;
                f->bars += bar;
                return i + b;
            }
            f->letters[script_of[c - 0x80]]++;
            for (size_t j = 0; !sign && j < b; j++)
                take(&x, s[i + j]);
            i += b;
        } else if (k == K_QUOTE && i + 1 < n && kind[s[i + 1]] == K_LOWER) {
            i++;
        } else {
            break;
        }
        before = k;
    }
    f->letters[S_LATIN] += x.n;
    f->word[f->m++] = hashed(&x);
    return i;
}

/*
 * A line of at most NFI_LINE_SCAN bytes, its runs of letters, and the places where more than that must be looked at: capitals after small
 * letters, runs of digits, runs of bytes beyond ASCII, and apostrophes inside words.
 */
typedef struct runs {
    _Alignas(BLOCK) uint8_t low[NFI_LINE_SCAN + AHEAD]; /* capitals lowered, zeros behind the line */
    uint16_t edge[NFI_LINE_SCAN + 2 * SPILL]; /* where a run starts, where it ends, where the next starts, ...: 2 n */
    uint16_t odd[NFI_LINE_SCAN + 2 * SPILL];  /* nodd of them, rising */
    size_t n, nodd;
    unsigned bars;
    bool ascii;
} runs;

/* Appends the numbers of the bits that are set, and rubbish behind them: groups of a fixed size, for how many there are cannot be foreseen.
 */
static inline uint16_t *list_bits(uint16_t *out, uint64_t bits, size_t base)
{
    uint16_t *end = out + __builtin_popcountll(bits);

    for (; bits; out += SPILL)
#pragma GCC unroll 8
        for (size_t i = 0; i < SPILL; i++, bits &= bits - 1)
            out[i] = (uint16_t)(base + (size_t)__builtin_ctzll(bits | UINT64_C(1) << 63));
    return end;
}

static void find_runs(runs *r, const unsigned char *s, size_t n, size_t room)
{
    nfi_class64 cls[BLOCKS];
    size_t blocks = (n + BLOCK - 1) / BLOCK;
    uint64_t letter = 0, digit = 0, high = 0, small = 0, any = 0; /* the last bit of the block before */
    uint16_t *edge = r->edge, *odd = r->odd;
    uint8_t copy[NFI_LINE_SCAN];

    if (room < blocks * BLOCK) {
        memcpy(copy, s, n);
        memset(copy + n, 0, blocks * BLOCK - n);
        s = copy;
    }
    nfi_kern_get()->classify(s, blocks, r->low, cls);
    memset(r->low + n, 0, blocks * BLOCK + AHEAD - n);
    r->bars = 0;
    for (size_t k = 0; k < blocks; k++) {
        size_t base = k * BLOCK;
        uint64_t valid = n - base < BLOCK ? (UINT64_C(1) << (n - base)) - 1 : UINT64_MAX;
        uint64_t L = cls[k].letter & valid, U = cls[k].upper & valid, D = cls[k].digit & valid, H = cls[k].high & valid;
        uint64_t after = L << 1 | letter, glued = U & ((L & ~U) << 1 | small);
        uint64_t quote =
            cls[k].joiner & after & ((L & ~U) >> 1 | UINT64_C(1) << 63) & valid; /* with other joiners, and what ends a block */
        if (cls[k].bar & valid)
            r->bars += (unsigned)__builtin_popcountll(cls[k].bar & valid);
        edge = list_bits(edge, L ^ after, base);
        uint64_t look = (D & ~(D << 1 | digit)) | (H & ~(H << 1 | high)) | quote | glued;
        if (look)
            odd = list_bits(odd, look, base);
        letter = L >> 63;
        digit = D >> 63;
        high = H >> 63;
        small = (L & ~U) >> 63;
        any |= H;
    }
    *edge = (uint16_t)n; /* of a run up to the end of the last block */
    r->n = (size_t)(edge + 1 - r->edge) / 2;
    r->nodd = (size_t)(odd - r->odd);
    r->ascii = any == 0;
}

static const uint64_t low_bytes[8] = {0, 0xff, 0xffff, 0xffffff, 0xffffffff, 0xffffffffff, 0xffffffffffff, 0xffffffffffffff};

/* The hash of n letters, what take() and hashed() make of them. No branch up to 15, for lengths cannot be foreseen. */
static inline uint64_t hash_letters(const uint8_t *low, size_t n)
{
    uint64_t a = nfi_load_le(low), b = nfi_load_le(low + 8), more = -(uint64_t)(n > 7);
    hasher x = {0, a, 0};

    fold(&x);
    x.h &= more;
    x.k = ((a & ~more) | (b & more));
    for (; n > 15; n -= 8, x.n += 8) {
        fold(&x);
        low += 8;
        x.k = nfi_load_le(low + 8);
    }
    x.k &= low_bytes[n & 7];
    x.n += (unsigned)n;
    return hashed(&x);
}

/* Runs k, ... that end before stop are words. Returns the first that does not. */
static inline size_t read_runs(found *f, const runs *r, const unsigned char *s, size_t k, size_t stop)
{
    uint64_t *word = f->word + f->m;
    size_t most = f->cap - f->m < r->n - k ? f->cap - f->m : r->n - k, i = 0;
    unsigned capitals = 0, letters = 0;

    for (const uint16_t *e = r->edge + 2 * k; i < most && e[1] < stop; i++, e += 2) {
        size_t from = e[0], len = e[1] - from;
        word[i] = hash_letters(r->low + from, len);
        capitals += s[from] < 'a';
        letters += (unsigned)len;
    }
    f->m += i;
    f->capitals += capitals;
    f->letters[S_LATIN] += letters;
    return k + i;
}

static void read_line(found *f, const unsigned char *s, size_t n, size_t room, nfi_line *l)
{
    runs r;
    size_t k = 0, i = 0;

    find_runs(&r, s, n, room);
    for (size_t o = 0; o < r.nodd; o++) {
        size_t at = r.odd[o];
        if (at < i)
            continue;
        k = read_runs(f, &r, s, k, at + (kind[s[at]] == K_DIGIT)); /* a word may end where a number begins */
        if (f->m == f->cap)
            break;
        i = k < r.n && r.edge[2 * k] < at ? r.edge[2 * k] : at;
        do { /* until the runs go on */
            i = read_one(f, s, i, n);
            while (k < r.n && r.edge[2 * k] < i)
                k++;
        } while (f->m < f->cap && i < n && kind[s[i]] != K_OTHER && kind[s[i]] != K_BAR && kind[s[i]] != K_QUOTE &&
                 !(k < r.n && r.edge[2 * k] == i));
    }
    read_runs(f, &r, s, k, n + 1);
    f->bars += r.bars;
    if (l && r.ascii)
        l->flags |= NFI_LINE_ASCII;
}

static void find_script(nfi_line *l, unsigned letters[SCRIPTS])
{
    unsigned all = 0, most = 0, best = S_NONE;

    for (unsigned c = S_GREEK; c < SCRIPTS; c++)
        all += letters[c] * (c < S_INDIC ? 2u : 3u);
    letters[S_LATIN] = letters[S_LATIN] > all ? letters[S_LATIN] - all : 0;
    all = 0;
    letters[S_NONE] = 0;
    for (unsigned c = S_LATIN; c < SCRIPTS; c++) {
        all += letters[c];
        if (letters[c] > most) {
            most = letters[c];
            best = c;
        }
    }
    l->script = all >= 4 && most * 5 >= all * 4 ? (uint8_t)best : S_NONE;
    l->letters = (uint16_t)all;
}

size_t nfi_clean_words(const char *str, size_t n, size_t room, uint64_t *word, size_t cap, nfi_line *l)
{
    const unsigned char *s = (const unsigned char *)str;
    found f = {.word = word, .cap = cap};

    if (n > NFI_LINE_SCAN)
        for (size_t i = 0; i < n && f.m < cap;)
            i = read_one(&f, s, i, n);
    else if (n)
        read_line(&f, s, n, room, l);
    if (!l)
        return f.m;
    if (l->flags & NFI_LINE_ASCII) {
        l->script = f.letters[S_LATIN] >= 4 ? S_LATIN : S_NONE;
        l->letters = (uint16_t)f.letters[S_LATIN];
    } else {
        find_script(l, f.letters);
    }
    l->capitals = (uint16_t)f.capitals;
    l->separators = (uint16_t)f.bars;
    l->digits = (uint16_t)f.digits;
    l->words = (uint16_t)f.m;
    l->numbers = f.numbers;
    return f.m;
}
