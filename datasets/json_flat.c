/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_flat.c - a reader that gives up early: it takes nothing that a full parser would refuse, and leaves all rare things to that. */
#include "datasets/json_flat.h"

#include <string.h>

/* Whether a byte is below 20; *high: whether one is above 7F. Eight at a time. */
static bool has_control(const char *p, size_t n, bool *high)
{
    const uint64_t ones = 0x0101010101010101u, top = ones * 0x80;
    uint64_t below = 0, all = 0, w;
    size_t i = 0;

    for (; i + 8 <= n; i += 8) {
        memcpy(&w, p + i, sizeof w);
        below |= (w - ones * 0x20) & ~w;
        all |= w;
    }
    for (; i < n; i++) {
        below |= (unsigned char)p[i] < 0x20 ? top : 0;
        all |= (unsigned char)p[i];
    }
    *high = (all & top) != 0;
    return (below & top) != 0;
}

static size_t blanks(const char *p, size_t i, size_t n)
{
    while (i < n && p[i] == ' ')
        i++;
    return i;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_hex(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }

/* Whether each backslash of a string's content begins an escape that JSON has; no byte behind it is looked at. */
static bool escapes_are_known(const char *p, size_t n)
{
    const char *end = p + n;

    while ((p = memchr(p, '\\', (size_t)(end - p))) != NULL) {
        if (end - p < 2 || !memchr("\"\\/bfnrtu", p[1], 9))
            return false;
        if (p[1] == 'u' && (end - p < 6 || !is_hex(p[2]) || !is_hex(p[3]) || !is_hex(p[4]) || !is_hex(p[5])))
            return false;
        p += 2;
    }
    return true;
}

/* The string at p[i], a quote: to behind its end, or 0. */
static size_t string(const char *p, size_t i, size_t n, bool *escapes)
{
    size_t from = i + 1, seen = from;

    for (;;) {
        const char *q = memchr(p + seen, '"', n - seen);
        if (!q)
            return 0;
        size_t end = (size_t)(q - p), slashes = end;
        while (slashes > seen && p[slashes - 1] == '\\')
            slashes--;
        seen = end + 1;
        if ((end - slashes) % 2 == 0) {
            *escapes = memchr(p + from, '\\', end - from) != NULL;
            return !*escapes || escapes_are_known(p + from, end - from) ? seen : 0;
        }
    }
}

/* -12.5 at p[i]: to behind its end, or 0; what is longer or has an exponent is rare. */
static size_t number(const char *p, size_t i, size_t n)
{
    size_t from = i += p[i] == '-';

    while (i < n && is_digit(p[i]))
        i++;
    if (i == from || i - from > 18 || (p[from] == '0' && i - from > 1))
        return 0;
    if (i < n && p[i] == '.') {
        for (from = ++i; i < n && is_digit(p[i]);)
            i++;
        if (i == from || i - from > 18)
            return 0;
    }
    return i;
}

/* The string, number or word at p[i]: to behind its end, or 0. */
static size_t scalar(nfi_json_pair *x, const char *p, size_t i, size_t n)
{
    static const struct {
        char text[6];
        uint8_t len;
        nfi_kind kind;
    } words[] = {{"null", 4, NFI_NULL}, {"true", 4, NFI_BOOL}, {"false", 5, NFI_BOOL}};

    x->escapes = false;
    if (p[i] == '"') {
        x->kind = NFI_STRING;
        return string(p, i, n, &x->escapes);
    }
    for (size_t w = 0; w < sizeof words / sizeof *words; w++)
        if (n - i >= words[w].len && memcmp(p + i, words[w].text, words[w].len) == 0) {
            x->kind = words[w].kind;
            return i + words[w].len;
        }
    x->kind = NFI_NUMBER;
    return number(p, i, n);
}

/* A scalar, or a list of scalars. */
static size_t value(nfi_json_pair *x, const char *p, size_t i, size_t n)
{
    nfi_json_pair one;

    if (p[i] != '[')
        return scalar(x, p, i, n);
    x->kind = NFI_ARRAY;
    x->escapes = false; /* of interest in strings only */
    i = blanks(p, i + 1, n);
    if (i < n && p[i] == ']')
        return i + 1;
    for (;; i = blanks(p, i + 1, n)) {
        if (i == n || (i = scalar(&one, p, i, n)) == 0 || (i = blanks(p, i, n)) == n)
            return 0;
        if (p[i] == ']')
            return i + 1;
        if (p[i] != ',')
            return 0;
    }
}

int nfi_json_flat(nfi_json_pair *out, bool *ascii, const char *p, size_t n)
{
    bool high, escapes;
    int pairs = 0;

    if (n > 0 && p[n - 1] == '\r')
        n--;
    if (has_control(p, n, &high))
        return NFI_FLAT_NO;
    *ascii = !high;
    size_t i = blanks(p, 0, n);
    if (i == n || p[i++] != '{')
        return NFI_FLAT_NO;
    for (;;) {
        nfi_json_pair *x = &out[pairs];
        size_t key = i = blanks(p, i, n), end;
        if (pairs == NFI_FLAT_PAIRS || i == n || p[i] != '"' || (i = string(p, i, n, &escapes)) == 0 || escapes)
            return NFI_FLAT_NO;
        x->key = (nf_str){p + key + 1, i - key - 2};
        i = blanks(p, i, n);
        if (i == n || p[i] != ':')
            return NFI_FLAT_NO;
        i = blanks(p, i + 1, n);
        if (i == n || (end = value(x, p, i, n)) == 0)
            return NFI_FLAT_NO;
        x->raw = (nf_str){p + i, end - i};
        pairs++;
        i = blanks(p, end, n);
        if (i == n)
            return NFI_FLAT_NO;
        if (p[i] == '}')
            return blanks(p, i + 1, n) == n ? pairs : NFI_FLAT_NO;
        if (p[i++] != ',')
            return NFI_FLAT_NO;
    }
}
