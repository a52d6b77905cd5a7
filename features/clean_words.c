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
#include "base/utf8.h"
#include "base/wordhash.h"
#include "features/script.h"

#include <string.h>

enum { BLOCK = 64 };
_Static_assert((int)NFI_LINE_SCAN <= (int)NFI_RUN_BYTES, "kernels take a line whole");

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

/*
 * Scripts of letters by lead byte less 0xC0, where it tells; for others the character is decoded. As in the table of Unicode, but that kana
 * counts as Han, for they stand in one line.
 */
enum {
    LATIN = NFI_SCRIPT_LATIN,
    GREEK = NFI_SCRIPT_GREEK,
    CYRIL = NFI_SCRIPT_CYRILLIC,
    ARMEN = NFI_SCRIPT_ARMENIAN,
    HEBRW = NFI_SCRIPT_HEBREW,
    ARABI = NFI_SCRIPT_ARABIC,
    HANGL = NFI_SCRIPT_HANGUL,
    HAN = NFI_SCRIPT_HAN,
    ASK = NFI_SCRIPTS
};
static const uint8_t script_of_lead[64] = {
    ASK,   ASK,   ASK,   LATIN, LATIN, LATIN, LATIN, LATIN, LATIN, LATIN, ASK, ASK,   ASK,   ASK,   GREEK, GREEK,
    CYRIL, CYRIL, CYRIL, CYRIL, ASK,   ARMEN, ASK,   HEBRW, ARABI, ARABI, ARABI, ARABI, ASK, ASK,   ASK,   ASK,
    ASK,   ASK,   ASK,   ASK,   HAN,   HAN,   HAN,   HAN,   HAN,   HAN,   ASK, HANGL, HANGL, HANGL, ASK,   ASK,
    ASK,   ASK,   ASK,   ASK,   ASK,   ASK,   ASK,   ASK,   ASK,   ASK,   ASK, ASK,   ASK,   ASK,   ASK,   ASK,
};
_Static_assert(NFI_SCRIPTS <= 32, "a bit a script");

/* Script of the letter at s, n bytes long, that is not ASCII. */
static inline unsigned script_at(const unsigned char *s, size_t n)
{
    unsigned script = s[0] >= 0xc0 ? script_of_lead[s[0] - 0xc0] : (unsigned)ASK;
    uint32_t cp;

    if (script == ASK) {
        nfi_utf8_decode((const char *)s, n, &cp);
        script = nfi_script_of(cp);
    }
    return script == NFI_SCRIPT_KANA ? (unsigned)HAN : script;
}

/* Bytes of the character at s that is not ASCII; *sign: punctuation or a sign, *bar: one that parts links, *quote: an apostrophe. */
static inline size_t high_char(const unsigned char *s, size_t left, bool *sign, bool *bar, bool *quote)
{
    unsigned c = s[0];
    size_t want = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4, n = 1;

    *sign = *bar = *quote = false;
    while (n < want && n < left && (s[n] & 0xc0) == 0x80)
        n++;
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

/* What reading has found. */
typedef struct found {
    uint64_t *word;
    size_t m, cap;
    unsigned capitals, bars, digits;
    unsigned letters[NFI_SCRIPTS]; /* of those met; of Latin: bytes of words, and those of other scripts are taken off in the end */
    unsigned scripts, others;      /* bits of those met; bytes of letters that are not Latin */
} found;

/* Where the number at s + i ends. */
static inline size_t number_end(const unsigned char *s, size_t i, size_t n)
{
    do {
        i++;
    } while (i < n && (kind[s[i]] == K_DIGIT || ((s[i] == ',' || s[i] == '.' || s[i] == ':') && i + 1 < n && kind[s[i + 1]] == K_DIGIT)));
    return i;
}

uint64_t nfi_clean_numbers(const char *str, size_t n)
{
    const unsigned char *s = (const unsigned char *)str;
    uint64_t h = 0;

    for (size_t i = 0; i < n;) {
        if (kind[s[i]] != K_DIGIT) {
            i++;
            continue;
        }
        for (size_t end = number_end(s, i, n); i < end; i++)
            h = (h ^ s[i]) * UINT64_C(0x100000001b3);
        h += UINT64_C(0x9e3779b97f4a7c15);
    }
    return h;
}

/* Reads the word, the number or the one other character at s + i, i < n, and returns where it ends. */
static size_t read_one(found *f, const unsigned char *s, size_t i, size_t n)
{
    unsigned k = kind[s[i]], before = K_UPPER;
    bool sign, bar, quote;
    nfi_wordhash x = {0, 0, 0};

    if (k == K_DIGIT) {
        f->digits++;
        f->word[f->m++] = NFI_WORD_NUMBER;
        return number_end(s, i, n);
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
            nfi_wordhash_byte(&x, c);
            i++;
        } else if (k == K_UPPER) {
            if (before == K_LOWER) /* glued words */
                break;
            nfi_wordhash_byte(&x, c | 0x20);
            i++;
        } else if (k == K_HIGH) {
            size_t b = high_char(s + i, n - i, &sign, &bar, &quote);
            if (sign && !(quote && x.n && i + b < n && kind[s[i + b]] == K_LOWER)) {
                if (x.n)
                    break;
                f->bars += bar;
                return i + b;
            }
            if (!sign) {
                unsigned script = script_at(s + i, b);
                f->letters[script] = (f->scripts >> script & 1 ? f->letters[script] : 0) + 1;
                f->scripts |= 1u << script;
                f->others += script == NFI_SCRIPT_LATIN ? 0 : (unsigned)b;
            }
            for (size_t j = 0; !sign && j < b; j++)
                nfi_wordhash_byte(&x, s[i + j]);
            i += b;
        } else if (k == K_QUOTE && i + 1 < n && kind[s[i + 1]] == K_LOWER) {
            i++;
        } else {
            break;
        }
        before = k;
    }
    f->letters[LATIN] += x.n;
    f->word[f->m++] = nfi_wordhash_end(&x);
    return i;
}

size_t nfi_clean_word(const char *str, size_t i, size_t n, uint64_t *word)
{
    found f;

    *word = 0;
    f.word = word;
    f.m = f.scripts = f.capitals = f.bars = f.digits = f.others = 0;
    f.letters[LATIN] = 0;
    while (i < n && f.m == 0)
        i = read_one(&f, (const unsigned char *)str, i, n);
    return i;
}

uint32_t nfi_clean_head(const char *str, size_t i, size_t n, size_t *letters)
{
    const unsigned char *s = (const unsigned char *)str;
    uint32_t head = 0;
    size_t m = 0, b;
    bool sign, bar, quote;

    for (; i < n; i += b) {
        unsigned k = kind[s[i]];
        b = k == K_HIGH ? high_char(s + i, n - i, &sign, &bar, &quote) : 1;
        bool taken = k == K_LOWER || k == K_UPPER || (k == K_HIGH && !sign);
        for (size_t j = 0; taken && j < b; j++, m++)
            head |= m < NFI_PHRASE_HEAD ? (uint32_t)(k == K_UPPER ? s[i] | 0x20u : s[i + j]) << 8 * m : 0;
    }
    *letters = m;
    return head;
}

/* Takes the words of runs [k, stop), or as many as there is room for. */
static inline void take_runs(found *f, const nfi_runs *r, size_t k, size_t stop)
{
    size_t n = stop - k < f->cap - f->m ? stop - k : f->cap - f->m;

    memcpy(f->word + f->m, r->hash + k, n * sizeof *f->word);
    f->m += n;
}

/* The letters of run k are read one by one, and counted there. */
static void drop_run(found *f, const nfi_runs *r, size_t k, const unsigned char *s)
{
    size_t i = r->start[k], end = k + 1 < r->n ? r->start[k + 1] : NFI_RUN_BYTES;

    f->capitals -= kind[s[i]] == K_UPPER;
    for (; i < end && r->low[i]; i++)
        f->letters[LATIN]--;
}

/* Passes over signs that are no apostrophe inside a word; at is the first byte of them. */
static size_t skip_signs(found *f, const unsigned char *s, size_t at, size_t n, bool word)
{
    bool sign, bar, quote;

    for (; at < n && kind[s[at]] == K_HIGH; word = false) {
        size_t b = high_char(s + at, n - at, &sign, &bar, &quote);
        if (!sign || (quote && word && at + b < n && kind[s[at + b]] == K_LOWER))
            break;
        f->bars += bar;
        at += b;
    }
    return at;
}

static void read_line(found *f, const unsigned char *s, size_t n, size_t room, nfi_line *l)
{
    nfi_runs r;
    uint8_t copy[NFI_RUN_BYTES];
    const uint8_t *whole = s;
    size_t k = 0, i = 0;

    if (room < (n + BLOCK - 1) / BLOCK * BLOCK) {
        memcpy(copy, s, n);
        memset(copy + n, 0, (n + BLOCK - 1) / BLOCK * BLOCK - n);
        whole = copy;
    }
    nfi_kern_get()->find_runs(&r, whole, n);
    f->capitals = r.capitals;
    f->letters[LATIN] = r.letters;
    f->digits = r.digits;
    f->bars = r.bars;
    for (const nfi_run_odd *o = r.odd; o < r.odd + r.nodd; o++) {
        size_t at = o->at;
        bool high = kind[s[at]] == K_HIGH, goes_on = !high || (at > 0 && r.low[at - 1]); /* it goes on with the run before */
        if (at < i || (high && ((at = skip_signs(f, s, at, n, goes_on)) == n || kind[s[at]] != K_HIGH)))
            continue;
        goes_on &= at == o->at;
        size_t run = o->run - goes_on;
        if (run < k) /* it has been read */
            continue;
        take_runs(f, &r, k, run);
        k = run;
        if (f->m == f->cap)
            return;
        i = goes_on ? r.start[k] : at;
        do { /* until the runs go on */
            i = read_one(f, s, i, n);
            for (; k < r.n && r.start[k] < i; k++)
                drop_run(f, &r, k, s);
        } while (f->m < f->cap && i < n && kind[s[i]] != K_OTHER && kind[s[i]] != K_BAR && kind[s[i]] != K_QUOTE &&
                 !(k < r.n && r.start[k] == i));
    }
    take_runs(f, &r, k, r.n);
    if (l) {
        l->flags |= r.ascii ? NFI_LINE_ASCII : 0;
        l->more = (uint16_t)r.more;
    }
}

static void find_script(nfi_line *l, const found *f)
{
    unsigned latin = f->letters[LATIN] > f->others ? f->letters[LATIN] - f->others : 0, all = latin, most = latin, best = LATIN;

    for (unsigned left = f->scripts & ~(1u << LATIN | 1u << NFI_SCRIPT_NONE); left; left &= left - 1) {
        unsigned k = (unsigned)__builtin_ctz(left);
        all += f->letters[k];
        if (f->letters[k] > most) {
            most = f->letters[k];
            best = k;
        }
    }
    l->script = all >= 4 && most * 5 >= all * 4 ? (uint8_t)best : NFI_SCRIPT_NONE;
    l->letters = (uint16_t)all;
}

size_t nfi_clean_words(const char *str, size_t n, size_t room, uint64_t *word, size_t cap, nfi_line *l)
{
    const unsigned char *s = (const unsigned char *)str;
    found f;

    f.word = word;
    f.m = f.capitals = f.bars = f.digits = f.others = 0;
    f.cap = cap;
    f.scripts = 1u << LATIN;
    f.letters[LATIN] = 0;
    if (n > NFI_LINE_SCAN)
        for (size_t i = 0; i < n && f.m < cap;)
            i = read_one(&f, s, i, n);
    else if (n)
        read_line(&f, s, n, room, l);
    if (!l)
        return f.m;
    if (l->flags & NFI_LINE_ASCII) {
        l->script = f.letters[LATIN] >= 4 ? LATIN : NFI_SCRIPT_NONE;
        l->letters = (uint16_t)f.letters[LATIN];
    } else {
        find_script(l, &f);
    }
    l->capitals = (uint16_t)f.capitals;
    l->separators = (uint16_t)f.bars;
    l->digits = (uint16_t)f.digits;
    l->words = (uint16_t)f.m;
    return f.m;
}
