/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv_out.c - tables out. Plain: RFC 4180, quotes only where a reader needs them, LF, nothing changed. Excel: byte order mark, CRLF, and
 * text cells that a spreadsheet would run as a formula start with an apostrophe; numbers printed here never do.
 */
#include "datasets/csv_join.h"

#include "base/buf.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/try.h"
#include "base/utf8.h"

#include <math.h>
#include <string.h>

enum { FLUSH_AT = 256 << 10, EXCEL_UNITS = 32000, FEW = 48 };

struct nf_csv {
    nfi_out *out; /* NULL: a piece in memory */
    nfi_buf buf;
    size_t hold; /* bytes that wait in memory */
    nf_csv_dialect dialect;
    char delimiter;
    bool excel;
    bool first_row;
    size_t cells;   /* of the row so far */
    bool blank_row; /* no byte was written for the row's cells */
    uint64_t cut;
};

/* path NULL: an unlinked temporary for rows that are not the first, without a byte order mark */
static nf_status open_table(nf_csv **out, const char *path, nf_csv_dialect dialect, size_t hold, nf_err *err)
{
    nf_status s = NF_OK;

    if ((unsigned)dialect > NF_CSV_TABS)
        return NF_FAIL(err, NF_EINVAL, "no CSV dialect number %d", (int)dialect);
    nf_csv *w = nfi_calloc(1, sizeof *w);
    if (!w)
        return nfi_oom(err, "a table");
    w->dialect = dialect;
    w->delimiter = dialect == NF_CSV_EXCEL_EU ? ';' : dialect == NF_CSV_TABS ? '\t' : ',';
    w->excel = dialect == NF_CSV_EXCEL || dialect == NF_CSV_EXCEL_EU;
    w->first_row = path != NULL;
    w->blank_row = true;
    w->hold = hold > FLUSH_AT ? hold : FLUSH_AT;
    if (!nfi_buf_reserve(&w->buf, w->hold + 4096)) {
        s = nfi_oom(err, "a table");
        goto out;
    }
    NF_GO(path ? nfi_out_open(&w->out, path, err) : nfi_out_open_tmp(&w->out, err));
    if (path && w->excel)
        nfi_buf_put(&w->buf, "\xef\xbb\xbf", 3);
    *out = w;
    w = NULL;
out:
    if (w)
        nfi_buf_clear(&w->buf);
    nfi_free(w);
    return s;
}

nf_status nf_csv_open(nf_csv **out, const char *path, nf_csv_dialect dialect, nf_err *err)
{
    return open_table(out, path, dialect, FLUSH_AT, err);
}

nf_status nfi_csv_open_tmp(nf_csv **out, nf_csv_dialect dialect, size_t hold, nf_err *err)
{
    return open_table(out, NULL, dialect, hold, err);
}

static void pass_on(nf_csv *w)
{
    nfi_out_write(w->out, w->buf.p, w->buf.n);
    w->buf.n = 0;
}

static void separate(nf_csv *w)
{
    if (w->cells++ > 0) {
        nfi_buf_putc(&w->buf, w->delimiter);
        w->blank_row = false;
    }
}

/* Bytes of s that Excel would show: 32,000 UTF-16 units. */
static size_t excel_prefix(const char *s, size_t n)
{
    size_t i = 0, units = 0;

    if (n <= EXCEL_UNITS)
        return n;
    while (i < n) {
        uint32_t cp;
        size_t len = nfi_utf8_decode(s + i, n - i, &cp);
        units += cp >= 0x10000 ? 2 : 1;
        if (units > EXCEL_UNITS)
            return i;
        i += len;
    }
    return n;
}

static bool is_ignorable(uint32_t cp)
{
    return cp == ' ' || cp == 0 || cp == 0x85 || cp == 0xa0 || cp == 0xad || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200f) ||
           (cp >= 0x2028 && cp <= 0x202f) || (cp >= 0x205f && cp <= 0x2069) || cp == 0x3000 || cp == 0xfeff;
}

/* -1, -0.5, -0,5: read as a number at most, so it stays one. */
static bool is_negative_number(const char *s, size_t n)
{
    size_t marks = 0;

    for (size_t i = 1; i < n; i++) {
        bool mark = s[i] == '.' || s[i] == ',';
        if ((!mark && (s[i] < '0' || s[i] > '9')) || (mark && (++marks > 1 || i == 1 || i + 1 == n)))
            return false;
    }
    return n > 1 && s[0] == '-';
}

/* Would a spreadsheet take it for a formula? Decided by the first character that is neither a space nor invisible. */
static bool is_formula(const char *s, size_t n)
{
    if (is_negative_number(s, n))
        return false;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += nfi_utf8_decode(s + i, n - i, &cp);
        if (is_ignorable(cp))
            continue;
        return (cp < 0x80 && memchr("=+-@\t\r\n|%", (int)cp, 9)) || cp == 0xff1d || cp == 0xff0b || cp == 0xff0d || cp == 0xff20;
    }
    return false;
}

/* True when one of eight bytes makes a cell need quotes. */
static inline bool is_special(uint64_t w, char delimiter)
{
    return (nfi_bytes_equal(w, delimiter) | nfi_bytes_equal(w, '"') | nfi_bytes_equal(w, '\n') | nfi_bytes_equal(w, '\r')) != 0;
}

static bool needs_quotes(const char *p, size_t n, char delimiter)
{
    if (n > FEW) /* most texts have a comma near their start, and libc has vectors */
        return memchr(p, delimiter, n) || memchr(p, '"', n) || memchr(p, '\n', n) || memchr(p, '\r', n);
    const unsigned char *s = (const unsigned char *)p;
    if (n >= 8) {
        for (size_t i = 0; i + 8 < n; i += 8)
            if (is_special(nfi_load_le(s + i), delimiter))
                return true;
        return is_special(nfi_load_le(s + n - 8), delimiter); /* the last eight, whatever was seen of them */
    }
    for (size_t i = 0; i < n; i++)
        if (p[i] == delimiter || p[i] == '"' || p[i] == '\n' || p[i] == '\r')
            return true;
    return false;
}

void nf_csv_text(nf_csv *w, const char *p, size_t n)
{
    bool guard = false;

    separate(w);
    if (w->excel && n > 0) {
        size_t shown = excel_prefix(p, n);
        w->cut += shown < n;
        n = shown;
        guard = is_formula(p, n);
    }
    /* A mark of byte order at the very start of the file would be dropped by readers. */
    bool mark = w->first_row && w->cells == 1 && n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0;
    bool quotes = mark || needs_quotes(p, n, w->delimiter);
    if (n > 0)
        w->blank_row = false;
    if (quotes)
        nfi_buf_putc(&w->buf, '"');
    if (guard)
        nfi_buf_putc(&w->buf, '\'');
    if (!quotes) {
        nfi_buf_put(&w->buf, p, n);
        return;
    }
    for (const char *q; n > 0 && (q = memchr(p, '"', n)) != NULL;) {
        size_t run = (size_t)(q - p) + 1;
        nfi_buf_put(&w->buf, p, run);
        nfi_buf_putc(&w->buf, '"');
        p += run;
        n -= run;
    }
    nfi_buf_put(&w->buf, p, n);
    nfi_buf_putc(&w->buf, '"');
}

void nf_csv_str(nf_csv *w, const char *s)
{
    nf_csv_text(w, s, strlen(s));
}

void nf_csv_num(nf_csv *w, double v, int decimals)
{
    separate(w);
    if (!isfinite(v))
        return;
    size_t at = w->buf.n;
    nfi_buf_put_fixed(&w->buf, v, decimals < 0 ? 0 : decimals > 9 ? 9 : decimals);
    for (size_t i = at; w->dialect == NF_CSV_EXCEL_EU && i < w->buf.n; i++)
        if (w->buf.p[i] == '.')
            w->buf.p[i] = ',';
    w->blank_row = false;
}

void nf_csv_int(nf_csv *w, int64_t v)
{
    separate(w);
    nfi_buf_put_i64(&w->buf, v);
    w->blank_row = false;
}

void nf_csv_blank(nf_csv *w)
{
    separate(w);
}

void nf_csv_end(nf_csv *w)
{
    if (w->blank_row && w->cells > 0) /* one empty cell: an empty line would be no record */
        nfi_buf_put(&w->buf, "\"\"", 2);
    if (w->excel)
        nfi_buf_putc(&w->buf, '\r');
    nfi_buf_putc(&w->buf, '\n');
    w->cells = 0;
    w->blank_row = true;
    w->first_row = false;
    if (w->buf.n >= w->hold && w->out)
        pass_on(w);
}

uint64_t nf_csv_cut(const nf_csv *w)
{
    return w->cut;
}

nf_status nf_csv_flush(nf_csv *w, nf_err *err)
{
    if (!nfi_buf_ok(&w->buf))
        return nfi_oom(err, "a table");
    pass_on(w);
    return nfi_out_flush(w->out, err);
}

nf_status nf_csv_close(nf_csv *w, int keep, nf_err *err)
{
    nf_status s = NF_OK;

    if (keep && nfi_buf_ok(&w->buf)) {
        pass_on(w);
        s = nfi_out_commit(w->out, err);
    } else {
        nfi_out_abandon(w->out);
        if (keep)
            s = nfi_oom(err, "a table");
    }
    nfi_buf_clear(&w->buf);
    nfi_free(w);
    return s;
}

nf_status nfi_csv_append(nf_csv *w, nf_csv *tmp, nf_err *err)
{
    NF_TRY(nf_csv_flush(tmp, err));
    for (uint64_t at = 0, size = nfi_out_bytes(tmp->out); at < size;) {
        size_t n = size - at < FLUSH_AT ? (size_t)(size - at) : FLUSH_AT;
        if (!nfi_buf_reserve(&w->buf, n))
            return nfi_oom(err, "a table");
        NF_TRY(nfi_pread_all(nfi_out_fd(tmp->out), w->buf.p + w->buf.n, n, at, NULL, err));
        w->buf.n += n;
        pass_on(w);
        at += n;
    }
    return NF_OK;
}

uint64_t nfi_csv_bytes(const nf_csv *w)
{
    return nfi_out_bytes(w->out) + w->buf.n;
}

nf_status nfi_csv_rows(nf_csv *tmp, const char **p, size_t n, uint64_t at, nfi_buf *scratch, nf_err *err)
{
    uint64_t file = nfi_out_bytes(tmp->out);

    if (!nfi_buf_ok(&tmp->buf))
        return nfi_oom(err, "a table");
    if (at >= file) {
        *p = tmp->buf.p + (at - file);
        return NF_OK;
    }
    size_t first = file - at < n ? (size_t)(file - at) : n;
    scratch->n = 0;
    if (!nfi_buf_reserve(scratch, n))
        return nfi_oom(err, "rows");
    NF_TRY(nfi_out_flush(tmp->out, err));
    NF_TRY(nfi_pread_all(nfi_out_fd(tmp->out), scratch->p, first, at, "the temporary file", err));
    memcpy(scratch->p + first, tmp->buf.p, n - first);
    *p = scratch->p;
    return NF_OK;
}

void nfi_csv_cells(nf_csv *w, const char *p, size_t n)
{
    separate(w);
    nfi_buf_put(&w->buf, p, n);
    w->blank_row = false;
}

void nfi_csv_blanks(nf_csv *w, size_t n)
{
    size_t marks = n - (w->cells == 0 && n > 0); /* none before the first cell of a row */

    w->cells += n;
    w->blank_row = w->blank_row && marks == 0;
    if (!nfi_buf_reserve(&w->buf, marks))
        return;
    memset(w->buf.p + w->buf.n, w->delimiter, marks);
    w->buf.n += marks;
}

void nfi_csv_put_rows(nf_csv *w, const char *p, size_t n)
{
    pass_on(w);
    nfi_out_write(w->out, p, n);
    w->first_row = w->first_row && n == 0;
}

void nfi_csv_fail(nf_csv *w)
{
    w->buf.failed = true;
}

nf_status nfi_csv_open_piece(nf_csv **out, const nf_csv *w, nf_err *err)
{
    nf_csv *piece = nfi_calloc(1, sizeof *piece);

    if (!piece)
        return nfi_oom(err, "a table");
    *piece = (nf_csv){.dialect = w->dialect, .delimiter = w->delimiter, .excel = w->excel, .blank_row = true};
    *out = piece;
    return NF_OK;
}

nf_status nfi_csv_take(nf_csv *w, nf_csv *piece, nf_err *err)
{
    if (!nfi_buf_ok(&piece->buf))
        return nfi_oom(err, "a table");
    nfi_buf_put(&w->buf, piece->buf.p, piece->buf.n);
    if (w->buf.n >= FLUSH_AT)
        pass_on(w);
    w->cut += piece->cut;
    piece->cut = 0;
    piece->buf.n = 0;
    return NF_OK;
}
