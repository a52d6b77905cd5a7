/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fmt_csv.c - delimited text (RFC 4180): records are cut here, fields by libcsv in strict mode with space trimming off.
 * A quote opens a field only at its start, so a stray quote spoils one record and not the rest of the file; libcsv then says what is wrong.
 * Cutting apart from parsing keeps the raw bytes of a record for the rejects file and lets records be parsed in parallel.
 */
#include "datasets/format.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/num.h"
#include "base/try.h"

#include <csv.h>
#include <string.h>
#include <strings.h>

enum { BETWEEN, FIELD, PLAIN, QUOTED };
#define SEPARATORS ",;\t|^~: " /* that a first line sep= may name */

uint64_t nfi_count_lines(const char *p, size_t n)
{
    uint64_t lines = 0;
    const char *end = p + n, *q = p;

    if (n == 0)
        return 0;
    if (!memchr(p, '\r', n)) {
        while (q < end && (q = memchr(q, '\n', (size_t)(end - q))) != NULL) {
            lines++;
            q++;
        }
        return lines;
    }
    for (size_t i = 0; i < n; i++)
        lines += p[i] == '\n' || (p[i] == '\r' && (i + 1 == n || p[i + 1] != '\n'));
    return lines;
}

/* Bytes of the line end at p[i] (which is CR or LF); 0 when the next byte must be seen first. */
static size_t line_end(const char *p, size_t i, size_t n, bool eof)
{
    if (p[i] == '\n')
        return 1;
    if (i + 1 < n)
        return p[i + 1] == '\n' ? 2 : 1;
    return eof ? 1 : 0;
}

/* Skips blank lines. False when more bytes are needed or none are left. */
static bool begin(nfi_scan *sc, const char *p, size_t n, bool eof)
{
    size_t i = sc->at;

    while (i < n && (p[i] == '\n' || p[i] == '\r')) {
        size_t len = line_end(p, i, n, eof);
        if (len == 0)
            break;
        i += len;
        sc->line++;
    }
    sc->start = sc->at = i;
    return i < n && p[i] != '\n' && p[i] != '\r';
}

static bool csv_next(nfi_scan *sc, const char *p, size_t n, bool eof, nf_str *rec)
{
    size_t i, stop = 0;
    char delim = sc->delimiter;

    if (sc->state == BETWEEN) {
        if (!begin(sc, p, n, eof))
            return false;
        sc->state = FIELD;
    }
    for (i = sc->at; i < n;) {
        if (sc->state == FIELD) {
            sc->state = PLAIN;
            if (p[i] == '"') {
                sc->state = QUOTED;
                sc->quote = i++;
                continue;
            }
        }
        if (sc->state == QUOTED) {
            const char *q = memchr(p + i, '"', n - i);
            i = q ? (size_t)(q - p) : n;
            if (!q || (i + 1 == n && !eof))
                break;
            if (i + 1 < n && p[i + 1] == '"') {
                i += 2;
            } else {
                sc->state = PLAIN;
                i++;
            }
            continue;
        }
        while (i < n && p[i] != delim && p[i] != '\n' && p[i] != '\r')
            i++;
        if (i == n)
            break;
        if (p[i] == delim) {
            sc->state = FIELD;
            i++;
            continue;
        }
        stop = line_end(p, i, n, eof);
        break;
    }
    sc->at = i;
    if (stop == 0 && !(eof && i >= n))
        return false;
    *rec = (nf_str){p + sc->start, i - sc->start};
    sc->rec_line = sc->line;
    sc->begun = false;
    sc->line += nfi_count_lines(p + sc->start, i + stop - sc->start);
    sc->start = sc->at = i + stop;
    sc->state = BETWEEN;
    return true;
}

typedef struct parser {
    struct csv_parser csv;
    nfi_row *row;
    size_t expected; /* fields; 0 = any number (the header) */
    size_t n;
    nf_status status;
    char delimiter;
} parser;

static int never(unsigned char c)
{
    (void)c;
    return 0;
}

static void *csv_grow(void *p, size_t n)
{
    return nfi_realloc(p, n, 1);
}

static bool start(parser *ps)
{
    if (csv_init(&ps->csv, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return false;
    csv_set_delim(&ps->csv, (unsigned char)ps->delimiter);
    csv_set_space_func(&ps->csv, never); /* a field is what stands between the delimiters, blanks included */
    csv_set_realloc_func(&ps->csv, csv_grow);
    csv_set_free_func(&ps->csv, nfi_free);
    return true;
}

static void *csv_open(char delimiter)
{
    parser *ps = nfi_calloc(1, sizeof *ps);
    if (ps) {
        ps->delimiter = delimiter;
        if (!start(ps)) {
            nfi_free(ps);
            ps = NULL;
        }
    }
    return ps;
}

static void csv_close(void *p)
{
    parser *ps = p;
    if (ps) {
        csv_free(&ps->csv);
        nfi_free(ps);
    }
}

static void on_field(void *text, size_t n, void *ctx)
{
    parser *ps = ctx;
    nfi_row *row = ps->row;
    size_t i = ps->n++;

    if (ps->status != NF_OK || i >= NFI_MAX_FIELDS || (ps->expected && i >= ps->expected))
        return;
    if (i >= row->cap_f && (ps->status = nfi_grow(&row->f, &row->cap_f, i + 1, sizeof *row->f, NULL)) != NF_OK)
        return;
    char *copy = n ? nfi_arena_copy(row->arena, text, n) : NULL;
    if (n && !copy) {
        ps->status = NF_ENOMEM;
        return;
    }
    row->f[i] = (nfi_field){.v = {copy, n}, .kind = NFI_STRING};
    row->n = i + 1;
}

/* Lines from the start of the record to the quote that is still open at its end. */
static uint64_t open_quote_line(nf_str rec, char delim)
{
    nfi_scan sc = {.delimiter = delim};
    nf_str whole;
    bool waits = !csv_next(&sc, rec.p, rec.n, false, &whole); /* without eof the state stays to be looked at */

    return waits && sc.state == QUOTED ? nfi_count_lines(rec.p, sc.quote) : 0;
}

/* "record 12", or "the header". */
static const char *who(char dst[32], const nfi_row *row)
{
    memcpy(dst, row->record ? "record " : "the header", row->record ? 8 : 11);
    if (row->record)
        dst[7 + nfi_format_u64(dst + 7, row->record)] = '\0';
    return dst;
}

static nf_status malformed(parser *ps, nf_str rec, size_t at)
{
    char record[32];

    who(record, ps->row);
    if (csv_error(&ps->csv) != CSV_EPARSE) /* CSV_ENOMEM or CSV_ETOOBIG */
        return NF_ENOMEM;
    if (at >= rec.n) {
        uint64_t line = open_quote_line(rec, ps->delimiter), all = nfi_count_lines(rec.p, rec.n) + (rec.p[rec.n - 1] != '\n');
        char after[64] = "";
        if (all > line + 1) { /* they would have been records */
            memcpy(after, " and takes in the next ", 23);
            size_t n = 23 + nfi_format_u64(after + 23, all - line - 1);
            memcpy(after + n, " lines", all > line + 2 ? 7 : 6);
        }
        NF_TRY(nfi_row_bad(ps->row, NF_EFORMAT, "%s: the quote that opens on this line is never closed%s", record, after));
        ps->row->bad.line = line;
        return NF_OK;
    }
    NF_TRY(nfi_row_bad(ps->row, NF_EFORMAT, "%s: %s", record,
                       rec.p[at] == '"' ? "a quote inside a field that does not start with one" : "text after a closing quote"));
    ps->row->bad.line = nfi_count_lines(rec.p, at);
    return NF_OK;
}

static nf_status csv_parse_record(void *p, const nfi_plan *plan, nf_str rec, nfi_row *row)
{
    parser *ps = p;
    nf_status s = NF_OK;
    char record[32];

    ps->row = row;
    ps->expected = plan ? plan->n : 0;
    ps->n = 0;
    ps->status = NF_OK;
    row->n = 0;
    if (csv_get_buffer_size(&ps->csv) <= rec.n) /* otherwise libcsv grows by its small step again and again */
        csv_set_blk_size(&ps->csv, rec.n + 4096);
    size_t used = csv_parse(&ps->csv, rec.p, rec.n, on_field, NULL, ps);
    if (used < rec.n || csv_fini(&ps->csv, on_field, NULL, ps) != 0) {
        s = malformed(ps, rec, used);
        csv_free(&ps->csv);
        return start(ps) ? s : NF_ENOMEM;
    }
    if (ps->status != NF_OK)
        return ps->status;
    if (ps->n > NFI_MAX_FIELDS)
        return nfi_row_bad(row, NF_ELIMIT, "%s has %zu fields, the limit is %d", who(record, row), ps->n, NFI_MAX_FIELDS);
    if (ps->expected && ps->n != ps->expected)
        return nfi_row_bad(row, NF_EFORMAT, "%s has %zu field%s, the header has %zu", who(record, row), ps->n, ps->n == 1 ? "" : "s",
                           ps->expected);
    return NF_OK;
}

size_t nfi_separator_line(const char *p, size_t n, char *separator)
{
    size_t quote = n > 0 && p[0] == '"', i = quote + 4;

    if (n < i + 1 || strncasecmp(p + quote, "sep=", 4) != 0 || !strchr(SEPARATORS, p[i]) || !p[i])
        return 0;
    *separator = p[i++];
    if (quote && (i == n || p[i++] != '"'))
        return 0;
    return i == n ? i : p[i] == '\n' || p[i] == '\r' ? i + line_end(p, i, n, true) : 0;
}

char nfi_find_delimiter(const char *p, size_t n)
{
    static const char candidates[] = ",;\t|";
    size_t count[4] = {0}, best = 0;
    bool quoted = false;

    for (size_t i = 0; i < n; i++) {
        const char *c = memchr(candidates, p[i], 4);
        if (p[i] == '"')
            quoted = !quoted;
        else if (!quoted && (p[i] == '\n' || p[i] == '\r'))
            break;
        else if (!quoted && c)
            count[c - candidates]++;
    }
    for (size_t i = 1; i < 4; i++)
        if (count[i] > count[best])
            best = i;
    return count[best] ? candidates[best] : 0;
}

static const char *const csv_ext[] = {".csv", NULL};
static const char *const tsv_ext[] = {".tsv", ".tab", NULL};

const nfi_format nfi_format_csv = {
    .name = "csv",
    .summary = "delimited text with a header (RFC 4180); the delimiter is found in the header",
    .extensions = csv_ext,
    .table = true,
    .header = true,
    .multiline = true,
    .too_long = " (is a quote left open on this line?)",
    .next = csv_next,
    .open = csv_open,
    .close = csv_close,
    .parse = csv_parse_record,
};

const nfi_format nfi_format_tsv = {
    .name = "tsv",
    .summary = "the same with tabs",
    .extensions = tsv_ext,
    .delimiter = '\t',
    .table = true,
    .header = true,
    .multiline = true,
    .too_long = " (is a quote left open on this line?)",
    .next = csv_next,
    .open = csv_open,
    .close = csv_close,
    .parse = csv_parse_record,
};
