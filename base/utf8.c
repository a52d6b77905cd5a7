/* SPDX-License-Identifier: GPL-3.0-or-later */
/* utf8.c - decoding, encoding and repair of UTF-8. */
#include "base/utf8.h"

#include "base/kern.h"

/* One character or maximal ill-formed subpart at p; *ok tells which. */
static size_t take(const unsigned char *p, size_t n, uint32_t *cp, bool *ok)
{
    unsigned b = p[0];

    *ok = true;
    if (b < 0x80) {
        *cp = b;
        return 1;
    }
    *ok = false;
    *cp = 0xfffd;
    if (b < 0xc2 || b > 0xf4)
        return 1;
    size_t len = b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
    uint32_t c = b & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if (i >= n || !(i == 1 ? nfi_utf8_second(b, p[1]) : nfi_utf8_more(p[i])))
            return i;
        c = c << 6 | (p[i] & 0x3fu);
    }
    *cp = c;
    *ok = true;
    return len;
}

size_t nfi_utf8_valid_prefix(const char *s, size_t n)
{
    return nfi_kern_get()->utf8_prefix((const uint8_t *)s, n);
}

size_t nfi_utf8_decode(const char *s, size_t n, uint32_t *cp)
{
    bool ok;
    return take((const unsigned char *)s, n, cp, &ok);
}

size_t nfi_utf8_encode(char *dst, uint32_t cp)
{
    if (cp < 0x80) {
        dst[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        dst[0] = (char)(0xc0 | cp >> 6);
        dst[1] = (char)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp < 0x10000) {
        dst[0] = (char)(0xe0 | cp >> 12);
        dst[1] = (char)(0x80 | (cp >> 6 & 0x3f));
        dst[2] = (char)(0x80 | (cp & 0x3f));
        return 3;
    }
    dst[0] = (char)(0xf0 | cp >> 18);
    dst[1] = (char)(0x80 | (cp >> 12 & 0x3f));
    dst[2] = (char)(0x80 | (cp >> 6 & 0x3f));
    dst[3] = (char)(0x80 | (cp & 0x3f));
    return 4;
}

uint64_t nfi_utf8_repair(nfi_buf *out, const char *s, size_t n)
{
    uint64_t replaced = 0;

    for (size_t i = 0; i < n;) {
        size_t good = nfi_utf8_valid_prefix(s + i, n - i);
        nfi_buf_put(out, s + i, good);
        i += good;
        if (i < n) {
            uint32_t cp;
            i += nfi_utf8_decode(s + i, n - i, &cp);
            nfi_buf_put(out, "\xef\xbf\xbd", 3);
            replaced++;
        }
    }
    return replaced;
}

uint64_t nfi_cp1252_to_utf8(nfi_buf *out, const char *s, size_t n)
{
    /* 80..9F; 0 = undefined. The rest of the upper half is Latin-1. */
    static const uint16_t c1[32] = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
                                    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
                                    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};
    uint64_t undefined = 0;

    for (size_t i = 0; i < n;) {
        size_t run = nfi_ascii_run(s + i, n - i);
        nfi_buf_put(out, s + i, run);
        i += run;
        if (i < n) {
            unsigned b = (unsigned char)s[i++];
            uint32_t cp = b < 0xa0 ? c1[b - 0x80] : b;
            char u[4];
            if (cp == 0) {
                cp = 0xfffd;
                undefined++;
            }
            nfi_buf_put(out, u, nfi_utf8_encode(u, cp));
        }
    }
    return undefined;
}
