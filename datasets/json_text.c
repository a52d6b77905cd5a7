/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_text.c - decoding and encoding of JSON strings. */
#include "datasets/json_text.h"

#include "base/kern.h"
#include "base/kern_special_impl.h"
#include "base/num.h"
#include "base/try.h"
#include "base/utf8.h"

#include <string.h>

/* Offset of the first quote or backslash in p[i..n), n when there is none. */
static inline size_t find_mark(const char *p, size_t i, size_t n)
{
    for (; i + 8 <= n; i += 8) {
        uint64_t w = nfi_load_le((const unsigned char *)p + i), found = nfi_bytes_equal(w, '"') | nfi_bytes_equal(w, '\\');
        if (found)
            return i + (size_t)__builtin_ctzll(found) / 8;
    }
    while (i < n && p[i] != '"' && p[i] != '\\')
        i++;
    return i;
}

size_t nfi_json_string_end(const char *p, size_t n, bool *escapes)
{
    *escapes = false;
    for (size_t i = 1;;) {
        i = find_mark(p, i, n);
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

static bool is_hex(unsigned char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

size_t nfi_json_string_skip(const char *p, size_t n, unsigned *what)
{
    const nfi_kern *kern = nfi_kern_get();
    const unsigned char *s = (const unsigned char *)p;
    bool high = false;

    *what = 0;
    for (size_t i = 1;;) {
        uint64_t w = i + 8 <= n ? nfi_load_le(s + i) : 0, found = special_marks(w);
        if (found && i + 8 <= n) { /* keys, most of them */
            high |= (w & ((found & -found) - 1) & 0x8080808080808080u) != 0;
            i += (size_t)__builtin_ctzll(found) / 8;
        } else {
            i += kern->find_special(s + i, n - i, &high);
        }
        if (i >= n || s[i] < 0x20)
            return 0;
        if (s[i] == '"') {
            *what |= high ? NFI_JSON_WIDE : 0;
            return i + 1;
        }
        *what |= NFI_JSON_ESCAPES;
        if (i + 6 <= n && s[i + 1] == 'u' && is_hex(s[i + 2]) && is_hex(s[i + 3]) && is_hex(s[i + 4]) && is_hex(s[i + 5])) {
            *what |= memcmp(s + i + 2, "0000", 4) == 0 ? NFI_JSON_UNICODE | NFI_JSON_NUL : NFI_JSON_UNICODE;
            i += 6;
        } else if (i + 1 < n && (s[i + 1] == 'n' || memchr("\"\\/bfrt", s[i + 1], 7))) {
            i += 2;
        } else {
            return 0;
        }
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

static size_t skip_blanks(nf_str raw, size_t i)
{
    while (i < raw.n && memchr(" \t\r\n", raw.p[i], 4))
        i++;
    return i;
}

/* Behind the scalar at raw.p[i]; raw.n + 1 for a container. */
static size_t scalar_end(nf_str raw, size_t i)
{
    bool escapes;

    if (raw.p[i] == '"')
        return i + nfi_json_string_end(raw.p + i, raw.n - i, &escapes);
    if (raw.p[i] == '[' || raw.p[i] == '{')
        return raw.n + 1;
    while (i < raw.n && !memchr(" \t\r\n,]", raw.p[i], 6))
        i++;
    return i;
}

nf_status nfi_json_list(nf_str raw, nfi_arena *arena, nf_str **out, size_t *n, bool *plain)
{
    nf_str *list = NULL;
    size_t count = 0;
    uint64_t replaced = 0;

    for (int pass = 0; pass < 2; pass++) { /* to count, then to keep */
        count = 0;
        for (size_t i = skip_blanks(raw, 1); i < raw.n && raw.p[i] != ']'; count++) {
            size_t end = scalar_end(raw, i);
            if (end > raw.n) {
                *plain = false;
                *n = 0;
                return NF_OK;
            }
            nf_str token = {raw.p + i, end - i};
            if (pass && *token.p == '"')
                NF_TRY(nfi_json_string(&list[count], token, arena, &replaced));
            else if (pass)
                list[count] = token;
            i = skip_blanks(raw, end);
            if (i < raw.n && raw.p[i] == ',')
                i = skip_blanks(raw, i + 1);
        }
        if (!pass && !(list = nfi_arena_alloc(arena, (count ? count : 1) * sizeof *list)))
            return NF_ENOMEM;
    }
    *out = list;
    *n = count;
    *plain = true;
    return NF_OK;
}

void nfi_json_put_string(nfi_buf *b, nf_str s)
{
    static const char hex[] = "0123456789abcdef";
    size_t i = 0;

    nfi_buf_putc(b, '"');
    for (;;) {
        size_t from = i;
        while (i < s.n && (unsigned char)s.p[i] >= 0x20 && s.p[i] != '"' && s.p[i] != '\\')
            i++;
        nfi_buf_put(b, s.p + from, i - from);
        if (i == s.n)
            break;
        unsigned c = (unsigned char)s.p[i++];
        const char *brief = memchr("\"\"\\\\\nn\tt\rr", (int)c, 10);
        nfi_buf_putc(b, '\\');
        if (brief) {
            nfi_buf_putc(b, brief[1]);
        } else {
            nfi_buf_puts(b, "u00");
            nfi_buf_putc(b, hex[c >> 4]);
            nfi_buf_putc(b, hex[c & 15]);
        }
    }
    nfi_buf_putc(b, '"');
}
