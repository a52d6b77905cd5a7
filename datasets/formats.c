/* SPDX-License-Identifier: GPL-3.0-or-later */
/* formats.c - the registered input formats, and which one a file is in: --format wins, then the extension, then the first bytes. */
#include "datasets/format.h"

#include "base/try.h"

#include <string.h>
#include <strings.h>

const nfi_format *const nfi_formats[] = {
    &nfi_format_csv, &nfi_format_tsv, &nfi_format_jsonl, &nfi_format_fasttext, &nfi_format_sgml, &nfi_format_text, &nfi_format_folder, NULL,
};

const char *nf_format_name(size_t i, const char **summary)
{
    for (size_t k = 0; nfi_formats[k]; k++)
        if (k == i) {
            if (summary)
                *summary = nfi_formats[k]->summary;
            return nfi_formats[k]->name;
        }
    return NULL;
}

const nfi_format *nfi_format_find(const char *name)
{
    for (size_t i = 0; nfi_formats[i]; i++)
        if (strcmp(nfi_formats[i]->name, name) == 0)
            return nfi_formats[i];
    return NULL;
}

const nfi_format *nfi_format_by_extension(const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');

    for (size_t i = 0; dot && nfi_formats[i]; i++)
        for (const char *const *e = nfi_formats[i]->extensions; e && *e; e++)
            if (strcasecmp(dot, *e) == 0)
                return nfi_formats[i];
    return NULL;
}

static bool starts(const char *p, size_t n, const char *with)
{
    return n >= strlen(with) && strncasecmp(p, with, strlen(with)) == 0;
}

/*
 * Without an extension: an opening brace is JSON, the mark of a label fastText, the tag of a record SGML; a first line with a delimiter, or one that is the text column alone, is a header;
 * anything else is an article. A sentence with a comma is taken for a header, and then refused for its missing column, never read as
 * garbage.
 */
const nfi_format *nfi_format_by_content(const char *p, size_t n, const char *text_column)
{
    size_t i = 0, end;

    while (i < n && (p[i] == ' ' || p[i] == '\t' || p[i] == '\r' || p[i] == '\n'))
        i++;
    if (i < n && (p[i] == '{' || p[i] == '['))
        return &nfi_format_jsonl;
    if (starts(p + i, n - i, "__label__"))
        return &nfi_format_fasttext;
    if (starts(p + i, n - i, "<!DOCTYPE lewis") || starts(p + i, n - i, "<REUTERS"))
        return &nfi_format_sgml;
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

nf_status nfi_check_start(size_t *skip, const char *p, size_t n, const char *path, nf_err *err)
{
    static const magic encodings[] = {
        {"\xff\xfe\0\0", 4, "UTF-32LE"},
        {"\0\0\xfe\xff", 4, "UTF-32BE"},
        {"\xff\xfe", 2, "UTF-16LE"},
        {"\xfe\xff", 2, "UTF-16BE"},
    };
    static const magic binaries[] = {
        {"\x1f\x8b", 2, "a gzip file; decompress it first: gzip -dc"},
        {"PK\x03\x04", 4, "a zip archive (or an Office document); unpack it first, or save the sheet as CSV"},
        {"\xfd"
         "7zXZ\0",
         6, "an xz file; decompress it first: xz -dc"},
        {"\x28\xb5\x2f\xfd", 4, "a zstd file; decompress it first: zstd -dc"},
        {"BZh", 3, "a bzip2 file; decompress it first: bzip2 -dc"},
        {"%PDF-", 5, "a PDF; extract its text first: pdftotext"},
        {"\x89PNG\r\n", 6, "a picture"},
        {"\xd0\xcf\x11\xe0", 4, "an old Office document; save it as CSV or text"},
        {"SQLite format 3", 16, "an SQLite database; export the table as CSV"},
    };

    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++)
        if (n >= encodings[i].n && memcmp(p, encodings[i].bytes, encodings[i].n) == 0)
            return NF_FAIL_AT(err, NF_EFORMAT, path, 0, "is %s text, expected UTF-8; convert it first: iconv -f %s -t UTF-8",
                              encodings[i].what, encodings[i].what[4] == '3' ? "UTF-32" : "UTF-16");
    for (size_t i = 0; i < sizeof binaries / sizeof *binaries; i++)
        if (n >= binaries[i].n && memcmp(p, binaries[i].bytes, binaries[i].n) == 0 && !(i == 4 && (n < 4 || p[3] < '1' || p[3] > '9')))
            return NF_FAIL_AT(err, NF_EFORMAT, path, 0, "is %s", binaries[i].what);
    *skip = n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
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
