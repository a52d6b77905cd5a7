/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unicode.c - the only includer of utf8proc.h. Of its interface only what works on single code points and on caller's memory is used: its
 * string functions refuse a whole document for one bad byte, allocate by themselves, order marks in quadratic time, and one option reads
 * out of bounds. Decomposition is asked for code point by code point, marks are ordered here (a run is short by then), and composition is
 * linear.
 */
#include "features/unicode.h"

#include "base/limits.h"

#include <string.h>
#include <utf8proc.h>

#define FOLD ((utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE))

const char *nfi_unicode_version(void)
{
    return utf8proc_unicode_version();
}

static const utf8proc_property_t *property(uint32_t cp)
{
    return utf8proc_get_property(cp <= 0x10ffff ? (utf8proc_int32_t)cp : -1);
}

bool nfi_uni_is_word(uint32_t cp)
{
    int c = property(cp)->category;
    return (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO) || (c >= UTF8PROC_CATEGORY_ND && c <= UTF8PROC_CATEGORY_NO) ||
           cp == '_';
}

bool nfi_uni_is_mark(uint32_t cp)
{
    const utf8proc_property_t *p = property(cp);
    return (p->category >= UTF8PROC_CATEGORY_MN && p->category <= UTF8PROC_CATEGORY_ME) || p->combining_class > 0;
}

uint32_t nfi_uni_lower(uint32_t cp)
{
    return cp <= 0x10ffff ? (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp) : cp;
}

uint32_t nfi_uni_fold_fast(uint32_t cp)
{
    return cp == 0x3c2 ? 0x3c3 : nfi_uni_lower(cp); /* final sigma */
}

/* Canonical order: marks between starters by class, stable. */
static void order_marks(utf8proc_int32_t *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        utf8proc_int32_t cp = v[i];
        int ccc = property((uint32_t)cp)->combining_class;
        size_t at = i;
        if (ccc == 0)
            continue;
        for (; at > 0 && property((uint32_t)v[at - 1])->combining_class > ccc; at--)
            v[at] = v[at - 1];
        v[at] = cp;
    }
}

/*
 * Composes v[0..n) in place, or returns SIZE_MAX. U+11A7 composes with nothing, but utf8proc 2.8 lets it vanish after a hangul syllable:
 * kept apart.
 */
static size_t compose(utf8proc_int32_t *v, size_t n)
{
    size_t len = 0;

    for (size_t s = 0, e; s < n; s = e + 1) {
        for (e = s; e < n && v[e] != 0x11a7; e++)
            ;
        utf8proc_ssize_t part = utf8proc_normalize_utf32(v + s, (utf8proc_ssize_t)(e - s), FOLD);
        if (part < 0)
            return SIZE_MAX;
        memmove(v + len, v + s, (size_t)part * sizeof *v);
        len += (size_t)part;
        if (e < n)
            v[len++] = 0x11a7;
    }
    return len;
}

size_t nfi_uni_fold(uint32_t *out, size_t cap, const uint32_t *cp, size_t n)
{
    utf8proc_int32_t *v = (utf8proc_int32_t *)(void *)out; /* code points fit both */
    size_t len = 0, marks = 0;

    for (size_t i = 0; i < n; i++) {
        utf8proc_int32_t c = cp[i] <= 0x10ffff && (cp[i] < 0xd800 || cp[i] > 0xdfff) ? (utf8proc_int32_t)cp[i] : 0xfffd;
        int last = 0;
        marks = nfi_uni_is_mark((uint32_t)c) ? marks + 1 : 0;
        if (marks > NFI_MAX_MARKS)
            continue;
        utf8proc_ssize_t more = utf8proc_decompose_char(c, v + len, (utf8proc_ssize_t)(cap - len), FOLD, &last);
        if (more < 0 || (size_t)more > cap - len)
            return SIZE_MAX;
        len += (size_t)more;
    }
    order_marks(v, len);
    return compose(v, len);
}
