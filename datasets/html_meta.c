/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_meta.c - tables of the names under which pages give title, date, address, language and source, the encoding they declare, and what
 * looks like a page at all. No name is that of a site. JSON-LD is scanned string by string instead of parsed: only one key matters, and
 * such blocks are often not quite JSON.
 */
#define _GNU_SOURCE
#include "datasets/html_meta.h"

#include "base/utf8.h"
#include "datasets/json_text.h"

#include <string.h>
#include <strings.h>

enum { VALUE = 2048, PROBE = 4096 };

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

void nfi_meta_set(nfi_meta *m, nfi_meta_field field, int rank, const char *p, size_t n)
{
    char value[VALUE];
    size_t used = 0;
    bool space = false;

    if (m->rank[field] && m->rank[field] <= rank)
        return;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t len = nfi_utf8_decode(p + i, n - i, &cp);
        bool empty = cp == 0xa0 || cp < 0x20 || cp == ' ' || (cp >= 0x7f && cp < 0xa0);
        if (!empty) {
            if (used + 5 > VALUE)
                break;
            if (space && used)
                value[used++] = ' ';
            used += nfi_utf8_encode(value + used, cp);
        }
        space = empty;
        i += len;
    }
    if (used == 0)
        return;
    char *copy = nfi_arena_copy(m->arena, value, used);
    if (!copy) {
        m->oom = true;
        return;
    }
    m->value[field] = (nf_str){copy, used};
    m->rank[field] = rank;
}

void nfi_meta_element(nfi_meta *m, const char *name, const char *content)
{
    static const struct {
        const char *name;
        nfi_meta_field field;
        int rank;
    } known[] = {
        {"og:title", NFI_META_TITLE, 1},
        {"article:published_time", NFI_META_DATE, 1},
        {"og:article:published_time", NFI_META_DATE, 1},
        {"datepublished", NFI_META_DATE, 3},
        {"og:published_time", NFI_META_DATE, 4},
        {"article:published", NFI_META_DATE, 4},
        {"dc.date.issued", NFI_META_DATE, 4},
        {"dcterms.issued", NFI_META_DATE, 4},
        {"dc.date", NFI_META_DATE, 5},
        {"dcterms.date", NFI_META_DATE, 5},
        {"dcterms.created", NFI_META_DATE, 5},
        {"pubdate", NFI_META_DATE, 5},
        {"publishdate", NFI_META_DATE, 5},
        {"publish-date", NFI_META_DATE, 5},
        {"publish_date", NFI_META_DATE, 5},
        {"publication_date", NFI_META_DATE, 5},
        {"date", NFI_META_DATE, 6},
        {"og:url", NFI_META_URL, 2},
        {"content-language", NFI_META_LANG, 2},
        {"og:site_name", NFI_META_SOURCE, 1},
    };

    for (size_t i = 0; name && content && i < sizeof known / sizeof *known; i++)
        if (strcasecmp(name, known[i].name) == 0)
            nfi_meta_set(m, known[i].field, known[i].rank, content, strlen(content));
}

void nfi_meta_json(nfi_meta *m, const char *p, size_t n)
{
    static const char key[] = "\"datePublished\"";
    bool escapes, found = false;

    for (size_t i = 0; i < n;) {
        const char *quote = memchr(p + i, '"', n - i);
        if (!quote)
            return;
        size_t at = (size_t)(quote - p), end = at + nfi_json_string_end(quote, n - at, &escapes);
        if (end <= at + 1 || end > n)
            return;
        if (found) {
            nfi_meta_set(m, NFI_META_DATE, 2, p + at + 1, end - at - 2);
            return;
        }
        i = end;
        if (end - at == sizeof key - 1 && memcmp(quote, key, sizeof key - 1) == 0) {
            while (i < n && blank(p[i]))
                i++;
            if (i < n && p[i] == ':') {
                for (i++; i < n && blank(p[i]); i++)
                    ;
                found = i < n && p[i] == '"';
            }
        }
    }
}

void nfi_meta_finish(nfi_meta *m)
{
    nf_str u = m->value[NFI_META_URL];
    const char *host = u.n > 3 ? memchr(u.p, ':', u.n < 8 ? u.n : 8) : NULL;

    if (m->rank[NFI_META_SOURCE] || !host)
        return;
    size_t at = (size_t)(host - u.p);
    if (u.n - at < 4 || memcmp(host, "://", 3) != 0)
        return;
    at += 3;
    size_t end = at;
    while (end < u.n && !memchr("/:?#", u.p[end], 4))
        end++;
    if (end - at > 4 && strncasecmp(u.p + at, "www.", 4) == 0)
        at += 4;
    nfi_meta_set(m, NFI_META_SOURCE, 2, u.p + at, end - at);
}

/* ---- encodings ---- */

/* Names that browsers read as another encoding, which has the same characters and more. */
static const char *as_browsers_do(const char *name)
{
    static const struct {
        const char *name, *meant;
    } table[] = {
        {"iso-8859-1", "WINDOWS-1252"},
        {"iso8859-1", "WINDOWS-1252"},
        {"latin1", "WINDOWS-1252"},
        {"latin-1", "WINDOWS-1252"},
        {"ascii", "WINDOWS-1252"},
        {"us-ascii", "WINDOWS-1252"},
        {"cp1252", "WINDOWS-1252"},
        {"iso-8859-9", "WINDOWS-1254"},
        {"iso-8859-11", "CP874"},
        {"tis-620", "CP874"},
        {"windows-874", "CP874"},
        {"gb2312", "GB18030"},
        {"gb_2312-80", "GB18030"},
        {"gbk", "GB18030"},
        {"x-gbk", "GB18030"},
        {"big5", "BIG5-HKSCS"},
        {"shift_jis", "CP932"},
        {"shift-jis", "CP932"},
        {"x-sjis", "CP932"},
        {"sjis", "CP932"},
        {"windows-31j", "CP932"},
        {"euc-kr", "CP949"},
        {"ks_c_5601-1987", "CP949"},
        {"x-euc-jp", "EUC-JP"},
        {"x-cp1250", "WINDOWS-1250"},
        {"x-cp1251", "WINDOWS-1251"},
        {"unicode", "UTF-8"},
        {"x-mac-roman", "MACINTOSH"},
        {"utf-16", "UTF-8"},
        {"utf-16le", "UTF-8"},
        {"utf-16be", "UTF-8"},
        {"utf-7", "UTF-8"},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcasecmp(name, table[i].name) == 0)
            return table[i].meant;
    return name;
}

/* The value behind "charset" and an equals sign at p, in quotes or not. */
static size_t take_name(const char *p, size_t n, char buf[NFI_CHARSET_NAME])
{
    size_t i = 0, used = 0;

    while (i < n && blank(p[i]))
        i++;
    if (i >= n || p[i] != '=')
        return 0;
    for (i++; i < n && (blank(p[i]) || p[i] == '"' || p[i] == '\''); i++)
        ;
    while (i < n && used + 1 < NFI_CHARSET_NAME && !blank(p[i]) && !memchr("\"';/>?", p[i], 6))
        buf[used++] = p[i++];
    buf[used] = '\0';
    return used;
}

const char *nfi_html_charset(const char *p, size_t n, char buf[NFI_CHARSET_NAME])
{
    n = n < PROBE ? n : PROBE;
    for (size_t i = 0; i + 5 < n; i++) {
        bool xml = i == 0 && strncasecmp(p, "<?xml", 5) == 0;
        if (p[i] != '<')
            continue;
        if (i + 4 < n && memcmp(p + i, "<!--", 4) == 0) {
            const char *end = memmem(p + i + 4, n - i - 4, "-->", 3);
            if (!end)
                return NULL;
            i = (size_t)(end - p) + 2;
            continue;
        }
        if (!xml && strncasecmp(p + i, "<meta", 5) != 0)
            continue;
        const char *word = xml ? "encoding" : "charset";
        size_t len = strlen(word), end = i;
        while (end < n && p[end] != '>')
            end++;
        for (size_t k = i; k + len < end; k++)
            if (strncasecmp(p + k, word, len) == 0 && take_name(p + k + len, end - k - len, buf) > 0)
                return as_browsers_do(buf);
        i = end;
    }
    return NULL;
}

/* ---- is it HTML? ---- */

static bool begins(const char *p, size_t n, size_t i, const char *word)
{
    return n - i >= strlen(word) && strncasecmp(p + i, word, strlen(word)) == 0;
}

bool nfi_html_begins(const char *p, size_t n)
{
    size_t i = 0;

    for (int steps = 0; steps < 16; steps++) {
        while (i < n && blank(p[i]))
            i++;
        const char *skip = begins(p, n, i, "<!--") ? "-->" : begins(p, n, i, "<?xml") ? "?>" : NULL;
        if (!skip)
            break;
        const char *end = memmem(p + i, n - i, skip, strlen(skip));
        if (!end)
            return false;
        i = (size_t)(end - p) + strlen(skip);
    }
    if (begins(p, n, i, "<!doctype html"))
        return i + 14 < n && (blank(p[i + 14]) || p[i + 14] == '>');
    return begins(p, n, i, "<html") && i + 5 < n && (blank(p[i + 5]) || p[i + 5] == '>');
}

bool nfi_html_field(const char *p, size_t n)
{
    static const char *const ends[] = {"</p>",  "</div>",     "</li>",      "</h1>",         "</h2>",  "</h3>",
                                       "</td>", "</article>", "</section>", "</blockquote>", "</body>"};
    size_t i = 0;

    while (i < n && blank(p[i]))
        i++;
    if (i + 1 >= n || p[i] != '<' || !(p[i + 1] == '!' || ((p[i + 1] | 32) >= 'a' && (p[i + 1] | 32) <= 'z')))
        return false;
    if (nfi_html_begins(p, n))
        return true;
    for (const char *at = p + i; (at = memmem(at, (size_t)(p + n - at), "</", 2)) != NULL; at += 2)
        for (size_t k = 0; k < sizeof ends / sizeof *ends; k++)
            if (begins(at, (size_t)(p + n - at), 0, ends[k]))
                return true;
    return false;
}
