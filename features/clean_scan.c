/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clean_scan.c - a text as lines, a line as hashes of its words and a handful of counts. One pass; nothing is allocated for a line.
 *
 * Words are cut coarsely here, and without Unicode tables: the cleaner compares lines with lines, not meanings. What matters is that a line has
 * the same words wherever it stands. Characters beyond ASCII are letters but for those of the blocks that hold punctuation and signs.
 */
#include "features/clean.h"

#include "base/try.h"

#include <string.h>

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

/* Scripts by lead byte, as far as a lead byte tells them. */
enum { S_NONE, S_LATIN, S_GREEK, S_CYRILLIC, S_HEBREW, S_ARABIC, S_INDIC, S_EAST, S_HANGUL, SCRIPTS };
static const uint8_t script_of[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0,
    0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0,
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

#define EACH 0x0101010101010101u /* times a byte: that byte eight times */
#define TOP (EACH * 0x80)

static inline uint64_t load_le(const unsigned char *s)
{
    uint64_t v;
    memcpy(&v, s, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

/* How many letters of ASCII stand at the front of eight bytes, a capital after a small letter ending them. small: the byte before is a small letter. */
static inline unsigned letters_of(uint64_t v, unsigned small)
{
    uint64_t low = (v | EACH * 0x20) & ~TOP;
    uint64_t letter = (low + EACH * (0x80 - 'a')) & ~(low + EACH * (0x7f - 'z')) & ~v & TOP; /* top bits of bytes that are letters */
    uint64_t lower = letter & v << 2;                                                      /* bit 5 of a letter: it is small */
    uint64_t stop = (letter ^ TOP) | (letter & ~lower & (lower << 8 | (uint64_t)small << 7));
    return stop ? (unsigned)__builtin_ctzll(stop) / 8 : 8;
}

/*
 * The common case, words of ASCII letters parted by single characters that are no part of a word: as many as there are from *at on, eight readable bytes
 * from each. Stops before the first word that is not of this kind. Returns how many; *capitals is added to.
 */
static inline size_t plain_words(const unsigned char *s, size_t n, size_t *at, uint64_t *word, size_t cap, unsigned *capitals)
{
    size_t i = *at, m = 0;

    while (m < cap && i + 17 <= n) {
        uint64_t v = load_le(s + i), h = 0;
        unsigned run = letters_of(v, 0), len = run;
        if (run == 0)
            break;
        if (run == 8) {
            unsigned small = (unsigned)(v >> 61 & 1);
            hasher x = {0, v | EACH * 0x20, 0};
            fold(&x);
            h = x.h;
            v = load_le(s + i + 8);
            run = letters_of(v, small);
            if (run == 8)
                break;
            len = 8 + run;
        }
        unsigned after = s[i + len], k = kind[after];
        if (k != K_OTHER && k != K_BAR) /* a letter of another kind, an apostrophe, a digit */
            break;
        hasher x = {h, (v | EACH * 0x20) & ((UINT64_C(1) << 8 * run) - 1), len};
        word[m++] = hashed(&x);
        *capitals += s[i] < 'a';
        if (after != ' ' && (after == '|' || after == '>')) { /* counted by the caller */
            i += len;
            break;
        }
        i += len + 1;
    }
    *at = i;
    return m;
}

size_t nfi_clean_words(const char *str, size_t n, uint64_t *word, size_t cap, nfi_line *l)
{
    const unsigned char *s = (const unsigned char *)str;
    unsigned capitals = 0, bars = 0, digits = 0, letters[SCRIPTS] = {0};
    uint64_t numbers = 0;
    size_t m = 0, i = 0;

    while (i < n && m < cap) {
        unsigned k = kind[s[i]];
        bool sign, bar, quote;
        if (k == K_LOWER || k == K_UPPER || k == K_HIGH) {
            if (k != K_HIGH) {
                size_t had = m, from = i;
                m += plain_words(s, n, &i, word + m, cap - m, &capitals);
                letters[S_LATIN] += (unsigned)(i - from - (m - had)); /* blanks aside */
                if (m > had)
                    continue;
            }
            hasher x = {0, 0, 0};
            unsigned before = K_UPPER;
            capitals += k == K_UPPER;
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
                        bars += bar;
                        i += b;
                        goto next;
                    }
                    letters[script_of[c]]++;
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
            letters[S_LATIN] += x.n; /* those of other scripts are taken off below */
            word[m++] = hashed(&x);
        } else if (k == K_DIGIT) {
            size_t from = i;
            do {
                i++;
            } while (i < n && (kind[s[i]] == K_DIGIT || ((s[i] == ',' || s[i] == '.' || s[i] == ':') && i + 1 < n && kind[s[i + 1]] == K_DIGIT)));
            digits++;
            for (; l && from < i; from++)
                numbers = (numbers ^ s[from]) * UINT64_C(0x100000001b3);
            numbers += UINT64_C(0x9e3779b97f4a7c15);
            word[m++] = NFI_WORD_NUMBER;
        } else {
            bars += k == K_BAR;
            i++;
        }
    next:;
    }
    if (!l)
        return m;
    unsigned other = 0, most = 0, best = S_NONE;
    for (unsigned c = S_GREEK; c < SCRIPTS; c++)
        other += letters[c] * (c < S_INDIC ? 2u : 3u);
    letters[S_LATIN] = letters[S_LATIN] > other ? letters[S_LATIN] - other : 0;
    other = 0;
    letters[S_NONE] = 0;
    for (unsigned c = S_LATIN; c < SCRIPTS; c++) {
        other += letters[c];
        if (letters[c] > most) {
            most = letters[c];
            best = c;
        }
    }
    l->script = other >= 4 && most * 5 >= other * 4 ? (uint8_t)best : S_NONE;
    l->letters = (uint16_t)other;
    l->capitals = (uint16_t)capitals;
    l->separators = (uint16_t)bars;
    l->digits = (uint16_t)digits;
    l->words = (uint16_t)m;
    l->numbers = numbers;
    return m;
}

/* ---- lines ---- */

/* Bytes that begin a character. */
static uint32_t count_chars(const unsigned char *s, size_t n)
{
    size_t more = 0, i = 0;

    while (i + 8 <= n) {
        uint64_t sum = 0; /* of each byte: at most 255 of it */
        for (int k = 0; k < 255 && i + 8 <= n; k++, i += 8) {
            uint64_t v = load_le(s + i);
            sum += v >> 7 & ~v >> 6 & EACH;
        }
        for (; sum; sum >>= 8)
            more += sum & 255;
    }
    for (; i < n; i++)
        more += (s[i] & 0xc0) == 0x80;
    return n > more ? (uint32_t)(n - more) : 1; /* 0 only for bytes that are not UTF-8 */
}

/* Bytes of blanks at the start of s (n > 0): white space of ASCII, no-break and zero-width ones, ideographic space. */
static size_t blank_at(const unsigned char *s, size_t n)
{
    if (s[0] <= ' ')
        return 1;
    if (n >= 2 && s[0] == 0xc2 && s[1] == 0xa0)
        return 2;
    if (n >= 3 && s[0] == 0xe2 && s[1] == 0x80 && ((s[2] >= 0x80 && s[2] <= 0x8f) || s[2] == 0xa8 || s[2] == 0xa9 || s[2] == 0xaf))
        return 3;
    if (n >= 3 && ((s[0] == 0xe3 && s[1] == 0x80 && s[2] == 0x80) || (s[0] == 0xef && s[1] == 0xbb && s[2] == 0xbf)))
        return 3;
    return 0;
}

static size_t blank_before(const unsigned char *s, size_t start, size_t end)
{
    for (size_t b = 1; b <= 3 && b <= end - start; b++)
        if (blank_at(s + end - b, b) == b)
            return b;
    return 0;
}

/* Ends like a sentence: a full stop or its like, perhaps with quotes and brackets after it. */
static bool ends_sentence(const unsigned char *s, size_t n)
{
    while (n > 0) {
        unsigned c = s[n - 1];
        if (c == '"' || c == '\'' || c == ')' || c == ']') {
            n--;
        } else if (n >= 3 && s[n - 3] == 0xe2 && s[n - 2] == 0x80 && (c == 0x99 || c == 0x9d)) {
            n -= 3;
        } else if (n >= 2 && s[n - 2] == 0xc2 && c == 0xbb) {
            n -= 2;
        } else {
            break;
        }
    }
    if (n == 0)
        return false;
    unsigned c = s[n - 1];
    if (c == '.')
        return n < 3 || s[n - 2] != '.' || s[n - 3] != '.'; /* three of them: a teaser */
    if (c == '!' || c == '?')
        return true;
    if (n >= 3 && s[n - 3] == 0xe3 && s[n - 2] == 0x80 && c == 0x82) /* ideographic full stop */
        return true;
    if (n >= 3 && s[n - 3] == 0xef && s[n - 2] == 0xbc && (c == 0x81 || c == 0x9f)) /* fullwidth */
        return true;
    if (n >= 3 && s[n - 3] == 0xe0 && s[n - 2] == 0xa5 && c == 0xa4) /* danda */
        return true;
    return n >= 2 && ((s[n - 2] == 0xd8 && c == 0x9f) || (s[n - 2] == 0xdb && c == 0x94) || (s[n - 2] == 0xd6 && c == 0x89)); /* Arabic, Urdu, Armenian */
}

static unsigned count_stops(const nfi_word_set *set, const uint64_t *word, size_t n)
{
    unsigned stops = 0;

    for (size_t i = 0; i < n; i++)
        stops += nfi_word_in(set, word[i]);
    return stops;
}

static void fill_line(const nf_cleaner *c, const unsigned char *s, size_t a, size_t b, nfi_text_lines *t, nfi_line *l)
{
    size_t n = b - a, scan = n;

    if (scan > NFI_LINE_SCAN) {
        scan = NFI_LINE_SCAN;
        while (scan > 0 && (s[a + scan] & 0xc0) == 0x80)
            scan--;
    }
    l->start = (uint32_t)a;
    l->end = (uint32_t)b;
    l->chars = count_chars(s + a, n);
    l->word = (uint32_t)t->nword;
    l->rule = -1;
    size_t m = nfi_clean_words((const char *)s + a, scan, t->word + t->nword, NFI_LINE_SCAN, l);
    l->stops = (uint16_t)count_stops(&c->stop, t->word + t->nword, m);
    l->flags |= scan == n ? NFI_LINE_WHOLE : 0;
    l->flags |= ends_sentence(s + a, n) ? NFI_LINE_END : 0;
    l->flags |= kind[s[a]] == K_LOWER ? NFI_LINE_LOWER : 0;
    if (scan == n)
        l->flags |= (uint8_t)(nfi_phrases_match(&c->phrases, t->word + t->nword, m, l->chars) & c->phrase_flags);
    t->nword += m;
}

nf_status nfi_clean_scan(const nf_cleaner *c, nf_str text, const nf_line_mark *mark, size_t nmarks, nfi_text_lines *t, nf_err *err)
{
    const unsigned char *s = (const unsigned char *)text.p;
    uint32_t number = 0;
    size_t k = 0;
    bool gap = false;

    t->n = t->nword = 0;
    if (text.n >= UINT32_MAX)
        return NF_FAIL(err, NF_ELIMIT, "a text of %zu bytes cannot be cleaned: the limit is 4 GiB", text.n);
    for (size_t at = 0, next; at < text.n; at = next) {
        const unsigned char *nl = memchr(s + at, '\n', text.n - at);
        size_t a = at, b = nl ? (size_t)(nl - s) : text.n, skip;
        next = nl ? b + 1 : b;
        number++;
        while (a < b && (skip = blank_at(s + a, b - a)) > 0)
            a += skip;
        while (b > a && (skip = blank_before(s, a, b)) > 0)
            b -= skip;
        if (a == b) {
            gap = true;
            continue;
        }
        NF_TRY(nfi_grow(&t->line, &t->cap, t->n + 1, sizeof *t->line, err));
        NF_TRY(nfi_grow(&t->word, &t->capword, t->nword + NFI_LINE_SCAN, sizeof *t->word, err));
        nfi_line *l = &t->line[t->n++];
        *l = (nfi_line){.number = number, .flags = gap ? NFI_LINE_GAP : 0};
        fill_line(c, s, a, b, t, l);
        while (k < nmarks && mark[k].end < b)
            k++;
        if (k < nmarks) {
            uint64_t linked = b - a ? (uint64_t)mark[k].linked * 256 / (b - a) : 0;
            l->linked = (uint16_t)(linked < 256 ? linked : 256);
            l->element = mark[k].element;
        }
        gap = false;
    }
    return NF_OK;
}

void nfi_text_lines_clear(nfi_text_lines *t)
{
    nfi_free(t->line);
    nfi_free(t->word);
    nfi_free(t->live);
    nfi_free(t->state);
    nfi_free(t->slot);
    *t = (nfi_text_lines){0};
}
