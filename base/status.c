/* SPDX-License-Identifier: GPL-3.0-or-later */
/* status.c - error texts and messages. Text from outside is escaped before it enters a message. */
#include "base/try.h"

#include "base/utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *nf_strstatus(nf_status s)
{
    switch (s) {
#define X(name, value, text)                                                                       \
    case name:                                                                                     \
        return text;
        NF_STATUSES(X)
#undef X
    }
    return "unknown status";
}

/* Control characters that could move a terminal's cursor or reorder text: C0, DEL, C1, U+061C, U+200E/F, U+202A-E, U+2066-9. */
static int is_unsafe(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x61c || cp == 0x200e || cp == 0x200f ||
           (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

void nfi_escape(char *dst, size_t cap, const char *s, size_t n)
{
    size_t o = 0;
    const unsigned char *p = (const unsigned char *)s;

    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        size_t len = nfi_utf8_decode(s + i, n - i, &cp);
        char esc[16];
        const char *from = s + i;
        size_t m = len;
        if (cp == 0xfffd && !(len == 3 && p[i] == 0xef)) { /* ill-formed, byte by byte; U+FFFD itself is EF BF BD */
            m = (size_t)snprintf(esc, sizeof esc, "\\x%02x", p[i]);
            from = esc;
            len = 1;
        } else if (is_unsafe(cp)) {
            m = (size_t)snprintf(esc, sizeof esc, "\\u{%x}", (unsigned)cp);
            from = esc;
        }
        if (o + m + 1 > cap)
            break;
        memcpy(dst + o, from, m);
        o += m;
        i += len;
    }
    if (cap > 0)
        dst[o] = '\0';
}

static void set_path(nf_err *err, const char *path)
{
    err->path[0] = '\0';
    if (!path)
        return;
    size_t n = strlen(path), cut = n > 200 ? n - 200 : 0;
    nfi_escape(err->path, sizeof err->path, path + cut, n - cut);
}

static nf_status fail_v(nf_err *err, nf_status code, const char *path, uint64_t line, const char *fmt, va_list ap)
{
    if (err) {
        char raw[sizeof err->msg];
        int n = vsnprintf(raw, sizeof raw, fmt, ap);
        size_t len = n < 0 ? 0 : (size_t)n < sizeof raw ? (size_t)n : sizeof raw - 1;
        err->code = code;
        err->line = line;
        err->byte = 0;
        err->has_byte = 0;
        set_path(err, path);
        nfi_escape(err->msg, sizeof err->msg, raw, len);
    }
    return code;
}

nf_status nfi_fail(nf_err *err, nf_status code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fail_v(err, code, NULL, 0, fmt, ap);
    va_end(ap);
    return code;
}

nf_status nfi_fail_at(nf_err *err, nf_status code, const char *path, uint64_t line, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fail_v(err, code, path, line, fmt, ap);
    va_end(ap);
    return code;
}

nf_status nfi_fail_errno(nf_err *err, int errnum, const char *path, const char *what)
{
    nf_status code = errnum == EPIPE ? NF_EPIPE : errnum == ENOMEM ? NF_ENOMEM : NF_EIO;
    char buf[128];
    const char *text = strerror_r(errnum, buf, sizeof buf) == 0 ? buf : "unknown error";
    return nfi_fail_at(err, code, path, 0, "%s: %s", what, text);
}

nf_status nfi_oom(nf_err *err, const char *what)
{
    return nfi_fail(err, NF_ENOMEM, "out of memory for %s", what);
}

void nfi_assert_fail(const char *cond, const char *file, int line)
{
    fprintf(stderr, "newsframe: internal error: %s:%d: %s\n", file, line, cond);
    abort();
}
