/* SPDX-License-Identifier: GPL-3.0-or-later */
/* formats.c - the registered input formats, and which one a file is in: --format wins, then the extension, then the first bytes. */
#include "datasets/format.h"

#include "base/registry.h"
#include "base/try.h"
#include "base/utf8.h"
#include "datasets/html.h"
#include "datasets/unpack.h"

#include <string.h>
#include <strings.h>

const nfi_format *const nfi_formats[] = {
    &nfi_format_csv,
    &nfi_format_tsv,
    &nfi_format_jsonl,
    &nfi_format_doccano,
    &nfi_format_prodigy,
    &nfi_format_fasttext,
    &nfi_format_sgml,
    &nfi_format_html,
    &nfi_format_text,
    &nfi_format_folder,
    NULL,
};

const char *nf_format_name(size_t i, const char **summary)
{
    NFI_RETURN_NAME(nfi_formats, i, summary);
}

const char *nf_input_feature(size_t i)
{
    return i == 0 ? nfi_html_feature : i == 1 ? nfi_unpack_feature : NULL;
}

const nfi_format *nfi_format_find(const char *name)
{
    NFI_RETURN_ROW(nfi_formats, name);
}

static bool is_packed_name(const char *ext, size_t n)
{
    static const char *const exts[] = {".gz", ".zst", ".xz", ".bz2"};

    for (size_t i = 0; i < sizeof exts / sizeof *exts; i++)
        if (strlen(exts[i]) == n && strncasecmp(ext, exts[i], n) == 0)
            return true;
    return false;
}

/* The last dot of the name of a file and what follows, NULL without one. */
static const char *extension(const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    *name = slash ? slash + 1 : path;
    return strrchr(*name, '.');
}

bool nfi_packed_by_extension(const char *path)
{
    const char *name, *dot = extension(path, &name);
    return dot && is_packed_name(dot, strlen(dot));
}

const nfi_format *nfi_format_by_extension(const char *path)
{
    const char *name, *dot = extension(path, &name);
    size_t n = dot ? strlen(dot) : 0;

    if (dot && is_packed_name(dot, n)) { /* what counts is the extension before */
        const char *end = dot;
        while (dot > name && *--dot != '.')
            ;
        n = (size_t)(end - dot);
    }
    for (size_t i = 0; dot && nfi_formats[i]; i++)
        for (const char *const *e = nfi_formats[i]->extensions; e && *e; e++)
            if (strlen(*e) == n && strncasecmp(dot, *e, n) == 0)
                return nfi_formats[i];
    return NULL;
}

static bool starts(const char *p, size_t n, const char *with)
{
    return n >= strlen(with) && strncasecmp(p, with, strlen(with)) == 0;
}

/*
 * Without an extension: an opening brace is JSON, the mark of a label fastText, the tag of a record SGML; a first line with a delimiter, or
 * one that is the text column alone, is a header; anything else is an article. A sentence with a comma is taken for a header, and then
 * refused for its missing column, never read as garbage.
 */
const nfi_format *nfi_format_by_content(const char *p, size_t n, const char *text_column)
{
    size_t i = 0, end;

    if (nfi_html_begins(p, n))
        return &nfi_format_html;
    while (i < n && (p[i] == ' ' || p[i] == '\t' || p[i] == '\r' || p[i] == '\n'))
        i++;
    if (i < n && (p[i] == '{' || p[i] == '['))
        return &nfi_format_jsonl;
    if (starts(p + i, n - i, "__label__"))
        return &nfi_format_fasttext;
    if (starts(p + i, n - i, "<!DOCTYPE lewis") || starts(p + i, n - i, "<REUTERS"))
        return &nfi_format_sgml;
    char separator;
    if (nfi_separator_line(p + i, n - i, &separator))
        return &nfi_format_csv;
    for (end = i; end < n && p[end] != '\n' && p[end] != '\r'; end++)
        ;
    if (nfi_find_delimiter(p + i, end - i))
        return &nfi_format_csv;
    size_t len = strlen(text_column);
    return end - i == len && memcmp(p + i, text_column, len) == 0 ? &nfi_format_csv : &nfi_format_text;
}

typedef struct magic {
    const char *bytes;
    size_t n;
    const char *what;
} magic;

static const magic compressed[] = {
    {"\x1f\x8b", 2, "a gzip file"},
    {"\xfd"
     "7zXZ\0",
     6, "an xz file"},
    {"\x28\xb5\x2f\xfd", 4, "a zstd file"},
    {"BZh", 3, "a bzip2 file"},
};
static const magic archives[] = {
    {"PK\x03\x04", 4, "a zip archive (or an Office document)"},
    {"PK\x05\x06", 4, "an empty zip archive"},
    {"PK\x07\x08", 4, "a zip archive in parts"},
};

static const magic *find_magic(const magic *list, size_t n_list, const char *p, size_t n)
{
    for (size_t i = 0; i < n_list; i++)
        if (n >= list[i].n && memcmp(p, list[i].bytes, list[i].n) == 0)
            return &list[i];
    return NULL;
}

nfi_packing nfi_packing_of(const char *p, size_t n, const char **what)
{
    static const magic tar = {NULL, 0, "a tar archive"};
    nfi_packing packing = NFI_COMPRESSED;
    const magic *m = find_magic(compressed, sizeof compressed / sizeof *compressed, p, n);

    if (m && m->bytes[0] == 'B' &&
        (n < 10 || p[3] < '1' || p[3] > '9' || (memcmp(p + 4, "1AY&SY", 6) != 0 && memcmp(p + 4, "\x17rE8P\x90", 6) != 0)))
        m = NULL; /* a text may begin with these letters */
    if (!m) {
        packing = NFI_ARCHIVE;
        m = find_magic(archives, sizeof archives / sizeof *archives, p, n);
        if (!m && n >= 262 && memcmp(p + 257, "ustar", 5) == 0)
            m = &tar;
    }
    if (what)
        *what = m ? m->what : NULL;
    return m ? packing : NFI_PLAIN;
}

nf_status nfi_check_packed(const char *p, size_t n, nfi_place place, const char *path, nf_err *err)
{
    static const char *const why[] = {[NFI_IN_STREAM] = "; archives are read twice, so name the file itself, not a pipe",
                                      [NFI_IN_FOLDER] = " within a folder; name the archive itself",
                                      [NFI_IN_PACKED] = " within what is packed itself; only one level is unpacked"};
    const char *what;

    if (nfi_packing_of(p, n, &what) == NFI_PLAIN)
        return NF_OK;
    return NF_FAIL_AT(err, NF_EFORMAT, path, 0, "is %s%s", what, why[place]);
}

nf_status nfi_check_start(size_t *skip, const char *p, size_t n, const char *path, nf_err *err)
{
    static const magic binaries[] = {
        {"%PDF-", 5, "a PDF; extract its text first: pdftotext"},
        {"\x89PNG\r\n", 6, "a picture"},
        {"\xd0\xcf\x11\xe0", 4, "an old Office document; save it as CSV or text"},
        {"SQLite format 3", 16, "an SQLite database; export the table as CSV"},
        {"\xff\xd8\xff", 3, "a picture"},
        {"\x7f" "ELF", 4, "a program"},
        {"\x89NFM", 4, "a model, no documents; -m names a model"},
        {"\x89NFS", 4, "statistics, no documents; train --from and merge take these"},
        {"\x89NFL", 4, "a line table, no documents; --lines names one"},
    };

    const magic *m = find_magic(binaries, sizeof binaries / sizeof *binaries, p, n);
    if (m)
        return NF_FAIL_AT(err, NF_EFORMAT, path, 0, "is %s", m->what);
    *skip = nfi_utf8_mark(p, n);
    return NF_OK;
}

static bool is_blank(const char *p, size_t n)
{
    size_t i = 0;
    while (i < n && (p[i] == ' ' || p[i] == '\t' || p[i] == '\r'))
        i++;
    return i == n;
}

bool nfi_line_next(nfi_scan *sc, const char *p, size_t n, bool eof, nf_str *rec)
{
    while (sc->at < n || (eof && sc->start < n)) {
        const char *nl = sc->at < n ? memchr(p + sc->at, '\n', n - sc->at) : NULL;
        size_t end = nl ? (size_t)(nl - p) : n, from = sc->start;
        sc->state = 1;
        if (!nl && !eof) {
            sc->at = n;
            return false;
        }
        sc->start = sc->at = nl ? end + 1 : n;
        sc->state = 0;
        sc->rec_line = sc->line++;
        if (sc->begun || !is_blank(p + from, end - from)) {
            sc->begun = false;
            *rec = (nf_str){p + from, end - from - (end > from && p[end - 1] == '\r')};
            return true;
        }
    }
    return false;
}

nf_str nfi_trim_str(nf_str s)
{
    while (s.n && memchr(" \t\r\n\f\v", s.p[0], 6)) {
        s.p++;
        s.n--;
    }
    while (s.n && memchr(" \t\r\n\f\v", s.p[s.n - 1], 6))
        s.n--;
    return s;
}
