/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_text.c - decoding and encoding of JSON strings. */
#include "datasets/json_text.h"

#include "base/utf8.h"

#include <string.h>

/* Offset of the first quote or backslash in p[i..n), n when there is none; eight bytes at a time. */
static size_t find_special(const char *p, size_t i, size_t n)
{
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;

    for (; i + 8 <= n; i += 8) {
        uint64_t w, q, b;
        memcpy(&w, p + i, sizeof w);
        q = w ^ (ones * '"');
        b = w ^ (ones * '\\');
        if ((((q - ones) & ~q) | ((b - ones) & ~b)) & high)
            break;
    }
    while (i < n && p[i] != '"' && p[i] != '\\')
        i++;
    return i;
}

size_t nfi_json_string_end(const char *p, size_t n, bool *escapes)
{
    *escapes = false;
    for (size_t i = 1;;) {
        i = find_special(p, i, n);
        if (i >= n)
            return n;
        if (p[i] == '"')
            return i + 1;
        *escapes = true;
        i += 2;
        if (i >= n)
            return n;
    }
}

/* Four hexadecimal digits at p, checked by the parser before. */
static uint32_t hex4(const char *p)
{
    uint32_t v = 0;

    for (int i = 0; i < 4; i++) {
        unsigned c = (unsigned char)p[i];
        v = v << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return v & 0xffff;
}

/* The escape at p (a backslash): bytes used, bytes written to dst in *wrote. */
static size_t unescape(const char *p, size_t n, char *dst, size_t *wrote, uint64_t *replaced)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    size_t used = 6;

    *wrote = 1;
    if (n < 2)
        return n;
    if (p[1] != 'u') {
        const char *f = memchr(from, p[1], 5);
        *dst = f ? to[f - from] : p[1];
        return 2;
    }
    if (n < 6)
        return n;
    uint32_t cp = hex4(p + 2);
    if (cp >= 0xd800 && cp < 0xe000) {
        uint32_t low = cp < 0xdc00 && n >= 12 && p[6] == '\\' && p[7] == 'u' ? hex4(p + 8) : 0;
        if (low >= 0xdc00 && low < 0xe000) {
            cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
            used = 12;
        } else {
            cp = 0xfffd;
            ++*replaced;
        }
    }
    *wrote = nfi_utf8_encode(dst, cp);
    return used;
}

nf_status nfi_json_string(nf_str *out, nf_str raw, nfi_arena *arena, uint64_t *replaced)
{
    const char *p = raw.p + 1;
    size_t n = raw.n >= 2 ? raw.n - 2 : 0, i = 0, o = 0;

    if (!memchr(p, '\\', n)) {
        *out = (nf_str){p, n};
        return NF_OK;
    }
    char *dst = nfi_arena_alloc(arena, n); /* an escape is never shorter than what it stands for */
    if (!dst)
        return NF_ENOMEM;
    while (i < n) {
        const char *b = memchr(p + i, '\\', n - i);
        size_t run = b ? (size_t)(b - p) - i : n - i, wrote;
        memcpy(dst + o, p + i, run);
        o += run;
        i += run;
        if (i < n) {
            i += unescape(p + i, n - i, dst + o, &wrote, replaced);
            o += wrote;
        }
    }
    *out = (nf_str){dst, o};
    return NF_OK;
}

void nfi_json_put_string(nfi_buf *b, nf_str s)
{
    static const char hex[] = "0123456789abcdef";

    nfi_buf_putc(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\') {
            nfi_buf_putc(b, '\\');
            nfi_buf_putc(b, (char)c);
        } else if (c < 0x20) {
            nfi_buf_puts(b, "\\u00");
            nfi_buf_putc(b, hex[c >> 4]);
            nfi_buf_putc(b, hex[c & 15]);
        } else {
            nfi_buf_putc(b, (char)c);
        }
    }
    nfi_buf_putc(b, '"');
}
