/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mojibake.c - UTF-8 read as Windows-1252, undone. A lead byte C2..F4 read so becomes one of the letters U+00C2..U+00F4, which in UTF-8
 * begin with C3; so a text without that byte is sound. From there on the characters are mapped back to bytes and must make one well-formed
 * character.
 *
 * That alone would take sound text for broken: in German a word ends in sharp s before a closing quote, and DF 93 is well-formed. So
 * sequences have a grade. STRONG stands in no sound text. PAIR (letters of other scripts) becomes strong beside another. WEAK is undone
 * only in a text that has a strong one. Bytes 81 8D 8F 90 9D do not exist in Windows-1252 and come as U+FFFD, as C1 controls, or not at
 * all.
 */
#include "newsframe/mojibake.h"

#include "base/utf8.h"

#include <string.h>

enum { LONER_TEXT = 500 /* bytes of an ASCII text in which one such letter by itself is not meant */ };

typedef enum grade { NONE, WEAK, PAIR, STRONG } grade;

/* A sequence of characters that was one character. */
typedef struct run {
    grade grade;
    size_t len;  /* bytes it takes now */
    uint32_t cp; /* what it was; 0: nothing, it goes */
    bool lost;   /* not mapped back byte for byte */
} run;

enum { LOST = -2, NOT_A_BYTE = -1 };

/* The byte 80..FF that reads as cp; NOT_A_BYTE when there is none, LOST for U+FFFD. */
static int byte_of(uint32_t cp)
{
    static const uint16_t c1[32] = {0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
                                    0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
                                    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};

    if (cp < 0x80)
        return NOT_A_BYTE;
    if (cp <= 0xff)
        return (int)cp;
    if (cp == 0xfffd)
        return LOST;
    for (int i = 0; i < 32; i++)
        if (c1[i] == cp)
            return 0x80 + i;
    return NOT_A_BYTE;
}

/* True for what follows a letter in sound text too: no-break space, quotes, dashes, the ellipsis, the bullet, and letters. */
static bool follows_letters(uint32_t cp)
{
    return cp == 0xa0 || cp == 0xab || cp == 0xbb || cp == 0xb7 ||
           (cp >= 0x2013 && cp <= 0x203a && cp != 0x2020 && cp != 0x2021 && cp != 0x2030) || (cp >= 0x152 && cp <= 0x17e);
}

/* Signs that follow names in capitals: (R), TM and their like. */
static bool is_sign(uint32_t cp)
{
    return cp == 0xa9 || cp == 0xae || cp == 0x2122 || (cp >= 0xb0 && cp <= 0xb3) || cp == 0xaa || cp == 0xba || cp == 0xb9;
}

static grade grade2(int lead, uint32_t next)
{
    if (lead == 0xc2 || lead == 0xc3)
        return follows_letters(next) ? WEAK : STRONG;
    if (lead <= 0xc6)
        return follows_letters(next) || is_sign(next) ? WEAK : STRONG;
    if (lead == 0xcb) /* the circumflex and the small tilde, which Windows-1252 has: parts of what was broken twice */
        return next == 0x2020 ? STRONG : next == 0x153 ? WEAK : NONE;
    return (lead >= 0xce && lead <= 0xd3) || (lead >= 0xd7 && lead <= 0xdb) ? PAIR : NONE;
}

static grade grade3(uint32_t cp, uint32_t last)
{
    if (cp == 0xfeff || cp == 0xfffd || (cp >= 0x2000 && cp < 0x2070) || cp == 0x20ac || cp == 0x2122)
        return STRONG;
    if (cp >= 0x1e80 && cp < 0x1f00)
        return follows_letters(last) ? WEAK : STRONG;
    return cp >= 0x2070 && cp < 0x2e00 ? WEAK : cp >= 0xe000 && cp < 0xf900 ? NONE : PAIR;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* A letter U+00C2 that is left of a no-break space: before a blank or the end, and not within a word in capitals. */
static run lone(const char *p, size_t i, size_t n)
{
    unsigned before = i > 0 ? (unsigned char)p[i - 1] : '\n';
    bool capital = (before >= 'A' && before <= 'Z') || (i > 1 && (unsigned char)p[i - 2] == 0xc3 && before <= 0x9e);
    run r = {NONE, 2, 0, true};

    if ((i + 2 < n && !is_space(p[i + 2])) || capital)
        return r;
    r.grade = is_space((char)before) || before == '(' || before == '"' ? PAIR : STRONG; /* as a letter by itself it may be meant */
    return r;
}

/* What begins at p[i], which is C3 82..B4. */
static run look(const char *p, size_t i, size_t n)
{
    unsigned char bytes[4];
    uint32_t cp = 0;
    size_t at = i + nfi_utf8_decode(p + i, n - i, &cp);
    int lead = (int)cp;
    size_t want = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4, got = 1, lost = 0;

    bytes[0] = (unsigned char)lead;
    while (got < want && at < n) {
        size_t len = nfi_utf8_decode(p + at, n - at, &cp);
        int b = byte_of(cp);
        if (b == NOT_A_BYTE || (b >= 0xc0))
            break;
        lost += b == LOST;
        bytes[got++] = (unsigned char)b;
        at += len;
    }
    run r = {NONE, at - i, 0xfffd, true};
    if (got == want && lost == 0) {
        uint32_t was;
        if (nfi_utf8_decode((const char *)bytes, want, &was) != want || (was == 0xfffd && want != 3))
            return r;
        r.cp = was;
        r.lost = false;
        r.grade = want == 2 ? grade2(lead, cp) : want == 3 ? grade3(was, cp) : bytes[1] == 0x9f ? STRONG : NONE;
    } else if (lead == 0xe2 && got >= 2 && bytes[1] == 0x80 && (got == 2 || lost == 1)) {
        r.grade = STRONG;
        r.cp = 0x201d;
    } else if (lead == 0xc2 && got == 1) {
        return lone(p, i, n);
    } else if (got == want && lost == 1) {
        r.grade = lead == 0xc2 ? STRONG : lead == 0xc3 || lead >= 0xd0 ? WEAK : NONE;
    }
    return r;
}

/* True of a text with no other character beyond ASCII than one of two bytes. */
static bool is_plain_beside_one(const char *p, size_t n)
{
    size_t high = 0;

    for (size_t i = 0; i < n; i++)
        high += (unsigned char)p[i] >> 7;
    return high == 2;
}

/* One pass: counts, and with dst writes the text with every run undone. *strong says whether there is one that stands in no sound text. */
static size_t pass(char *dst, const char *p, size_t n, nf_mojibake *m, bool *strong)
{
    size_t i = 0, out = 0, pairs = 0, loners = 0, pair_end = SIZE_MAX;

    *strong = false;
    while (i < n) {
        const char *c3 = memchr(p + i, 0xc3, n - i);
        size_t stop = c3 ? (size_t)(c3 - p) : n;
        if (dst && dst + out != p + i)
            memmove(dst + out, p + i, stop - i);
        out += stop - i;
        i = stop;
        if (i == n)
            break;
        unsigned char second = i + 1 < n ? (unsigned char)p[i + 1] : 0;
        run r = {NONE, 2, 0, false};
        if (second >= 0x82 && second <= 0xb4)
            r = look(p, i, n);
        if (r.grade == NONE) {
            r.len = 2 <= n - i ? 2 : 1;
            if (dst)
                memmove(dst + out, p + i, r.len);
            out += r.len;
            i += r.len;
            continue;
        }
        if (r.grade == PAIR && r.lost) {
            loners++;
        } else if (r.grade == PAIR) {
            pairs += pair_end == i;
            pair_end = i + r.len;
        }
        *strong |= r.grade == STRONG || pairs > 0 || loners > 1;
        m->runs += !r.lost;
        m->lost += r.lost;
        i += r.len;
        if (r.cp) {
            char u[4];
            size_t len = nfi_utf8_encode(u, r.cp);
            if (dst)
                memcpy(dst + out, u, len);
            out += len;
        }
    }
    if (!dst && n >= LONER_TEXT && loners == 1 && !*strong)
        *strong = is_plain_beside_one(p, n);
    return out;
}

bool nf_mojibake_find(const char *p, size_t n, nf_mojibake *found)
{
    nf_mojibake m = {0};
    bool strong = false;

    if (n)
        pass(NULL, p, n, &m, &strong);
    if (found)
        *found = strong ? m : (nf_mojibake){0};
    return strong;
}

size_t nf_mojibake_repair(char *dst, const char *p, size_t n, nf_mojibake *done)
{
    nf_mojibake sum = {0}, m;

    if (n && dst != p)
        memmove(dst, p, n);
    for (int level = 0; level < NF_MOJIBAKE_LEVELS && nf_mojibake_find(dst, n, &m); level++) {
        bool strong;
        nf_mojibake again = {0};
        n = pass(dst, dst, n, &again, &strong);
        sum.runs += m.runs;
        sum.lost += m.lost;
    }
    if (done)
        *done = sum;
    return n;
}
