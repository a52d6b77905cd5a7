/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * charset.c - see charset.h. Names go to iconv only when they are made of the characters that names are made of: a slash would bring in
 * transliteration, which invents text.
 */
#include "datasets/charset.h"

#include "base/try.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

struct nfi_charset {
    iconv_t cd;
    size_t unit; /* bytes to pass over when they stand for nothing */
};

/* What is likely to be meant when a name is not known. */
static const char *const usual[] = {
    "ASCII",        "BIG5",         "BIG5-HKSCS",   "CP437",        "CP850",        "CP866",        "CP874",        "CP932",
    "CP936",        "CP949",        "CP950",        "EUC-JP",       "EUC-KR",       "EUC-TW",       "GB18030",      "GB2312",
    "GBK",          "ISO-2022-JP",  "ISO-8859-1",   "ISO-8859-2",   "ISO-8859-3",   "ISO-8859-4",   "ISO-8859-5",   "ISO-8859-6",
    "ISO-8859-7",   "ISO-8859-8",   "ISO-8859-9",   "ISO-8859-10",  "ISO-8859-13",  "ISO-8859-14",  "ISO-8859-15",  "ISO-8859-16",
    "KOI8-R",       "KOI8-U",       "LATIN1",       "LATIN2",       "MACINTOSH",    "SHIFT_JIS",    "TIS-620",      "UTF-16",
    "UTF-16BE",     "UTF-16LE",     "UTF-32",       "UTF-32BE",     "UTF-32LE",     "UTF-8",        "WINDOWS-1250", "WINDOWS-1251",
    "WINDOWS-1252", "WINDOWS-1253", "WINDOWS-1254", "WINDOWS-1255", "WINDOWS-1256", "WINDOWS-1257", "WINDOWS-1258",
};
enum { N_USUAL = sizeof usual / sizeof *usual, NAME = 40, SHOWN = 3 };

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

/* Edits between two names, letter case aside. */
static size_t distance(const char *a, const char *b)
{
    size_t row[NAME + 1], n = strlen(b);

    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t change = corner + (upper(a[i - 1]) != b[j - 1]);
            corner = row[j];
            size_t best = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            row[j] = change < best ? change : best;
        }
    }
    return row[n];
}

/* Bytes of a unit: 2 or 4 where the name is that of Unicode in units so wide. Others may end in such numbers too: CP932, ISO-8859-16. */
static size_t unit_of(const char *name)
{
    static const struct {
        const char *name;
        size_t unit;
    } wide[] = {{"UTF16", 2}, {"UCS2", 2}, {"UNICODE", 2}, {"UTF32", 4}, {"UCS4", 4}};

    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        const char *w = wide[i].name, *p = name;
        for (; *w && (*p == '-' || *p == '_' || upper(*p) == *w); p++)
            w += upper(*p) == *w;
        if (!*w)
            return wide[i].unit;
    }
    return 1;
}

static nf_status unknown(const char *name, nf_err *err)
{
    char asked[80], list[160] = "";
    size_t used = 0;
    bool taken[N_USUAL] = {false};

    nfi_escape(asked, sizeof asked, name, strlen(name) < 60 ? strlen(name) : 60);
    for (size_t k = 0; k < SHOWN && strlen(name) <= NAME; k++) {
        size_t best = N_USUAL, best_d = SIZE_MAX;
        for (size_t i = 0; i < N_USUAL; i++) {
            size_t d = taken[i] ? SIZE_MAX : distance(name, usual[i]);
            if (d < best_d) {
                best = i;
                best_d = d;
            }
        }
        size_t n = strlen(usual[best]);
        memcpy(list + used, used ? ", " : "; closest: ", used ? 2 : 11);
        used += used ? 2 : 11;
        memcpy(list + used, usual[best], n + 1);
        used += n;
        taken[best] = true;
    }
    return NF_FAIL(err, NF_EINVAL, "no encoding \"%s\"%s; iconv -l lists all", asked, list);
}

nf_status nfi_charset_open(nfi_charset **out, const char *name, nf_err *err)
{
    for (const char *c = name; *c; c++)
        if (!((*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || strchr("-_.:()+", *c)))
            return unknown(name, err);
    if (!*name)
        return unknown(name, err);
    nfi_charset *c = nfi_calloc(1, sizeof *c);
    if (!c)
        return nfi_oom(err, "a converter");
    c->cd = iconv_open("UTF-8", name);
    if (c->cd == (iconv_t)-1) {
        int e = errno;
        nfi_free(c);
        return e == EINVAL ? unknown(name, err) : nfi_fail_errno(err, e, NULL, "cannot convert");
    }
    c->unit = unit_of(name);
    *out = c;
    return NF_OK;
}

nf_status nfi_charset_feed(nfi_charset *c, nfi_buf *out, const char *p, size_t n, bool last, size_t *used, nf_err *err)
{
    char *in = (char *)(uintptr_t)p; /* iconv only reads it */
    size_t left = n;

    for (;;) {
        if (!nfi_buf_reserve(out, left + left / 2 + 64))
            return nfi_oom(err, "a text");
        char *to = out->p + out->n;
        size_t room = out->cap - out->n, before = room;
        size_t r = iconv(c->cd, left ? &in : NULL, &left, &to, &room);
        int e = errno;
        out->n += before - room;
        if (r != (size_t)-1)
            break;
        if (e == E2BIG)
            continue;
        if (e == EINVAL && !last)
            break;
        size_t skip = e == EINVAL || left < c->unit ? left : c->unit;
        nfi_buf_putc(out, '\xff');
        in += skip;
        left -= skip;
        if (left == 0)
            break;
    }
    if (last) { /* back to the first state */
        char *to = out->p + out->n;
        size_t room = out->cap - out->n;
        if (iconv(c->cd, NULL, NULL, &to, &room) != (size_t)-1)
            out->n = (size_t)(to - out->p);
    }
    *used = n - left;
    return nfi_buf_ok(out) ? NF_OK : nfi_oom(err, "a text");
}

void nfi_charset_close(nfi_charset *c)
{
    if (c)
        iconv_close(c->cd);
    nfi_free(c);
}

nf_status nfi_charset_whole(nfi_buf *out, const char *name, const char *p, size_t n, nf_err *err)
{
    nfi_charset *c = NULL;
    size_t used;

    NF_TRY(nfi_charset_open(&c, name, err));
    nf_status s = nfi_charset_feed(c, out, p, n, true, &used, err);
    nfi_charset_close(c);
    return s;
}

const char *nfi_charset_of_mark(const char *p, size_t n, size_t *mark)
{
    static const struct {
        const char *bytes, *name;
        size_t n;
    } marks[] = {{"\xff\xfe\0\0", "UTF-32LE", 4},
                 {"\0\0\xfe\xff", "UTF-32BE", 4},
                 {"\xef\xbb\xbf", "UTF-8", 3},
                 {"\xff\xfe", "UTF-16LE", 2},
                 {"\xfe\xff", "UTF-16BE", 2}};

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (n >= marks[i].n && memcmp(p, marks[i].bytes, marks[i].n) == 0) {
            *mark = marks[i].n;
            return marks[i].name;
        }
    *mark = 0;
    return NULL;
}
