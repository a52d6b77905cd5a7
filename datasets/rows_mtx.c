/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rows_mtx.c - Matrix Market coordinates: a line that says so, comments, a line ROWS COLUMNS ENTRIES, then a line an entry, ROW COLUMN
 * VALUE, counted from 1. Read in any order, written in the order of rows and columns. Real, integer and pattern (all ones) matrices are
 * read, general ones only.
 */
#include "datasets/rows.h"

#include "base/limits.h"
#include "base/num.h"
#include "base/sort.h"
#include "base/try.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#define EXACT 9007199254740992.0 /* 2^53: integers up to it are doubles */
enum { FREE_ROWS = 1000000, ROWS_AN_ENTRY = 1000 };

typedef struct entry {
    uint32_t row;
    int32_t column;
    double value;
} entry;

typedef struct matrix {
    const nfi_lines *in;
    bool pattern, integer;
    uint64_t rows, cols, nnz;
    entry *e;
    size_t n, cap;
} matrix;

static nf_status bad(const nfi_lines *in, nf_err *err, nf_str word, const char *why)
{
    char shown[80];

    nfi_escape(shown, sizeof shown, word.p, word.n < 40 ? word.n : 40);
    return NF_FAIL_AT(err, NF_EFORMAT, in->path, in->line, "\"%s\" %s", shown, why);
}

static bool is_word(nf_str w, const char *s)
{
    return w.n == strlen(s) && strncasecmp(w.p, s, w.n) == 0;
}

static bool mtx_is(nf_str first)
{
    return is_word(nfi_next_word(&first), "%%MatrixMarket");
}

static nf_status header(matrix *m, nf_str line, nf_err *err)
{
    nf_str rest = line, magic = nfi_next_word(&rest), object = nfi_next_word(&rest), form = nfi_next_word(&rest),
           field = nfi_next_word(&rest), symmetry = nfi_next_word(&rest);

    if (!is_word(magic, "%%MatrixMarket"))
        return bad(m->in, err, magic, "is no Matrix Market header; expected %%MatrixMarket matrix coordinate real general");
    if (!is_word(object, "matrix") || !is_word(form, "coordinate"))
        return NF_FAIL_AT(err, NF_EFORMAT, m->in->path, m->in->line, "only \"matrix coordinate\" is read");
    m->pattern = is_word(field, "pattern");
    m->integer = is_word(field, "integer");
    if (!m->pattern && !m->integer && !is_word(field, "real"))
        return bad(m->in, err, field, "is no kind of value that is read: real, integer, pattern");
    if (!is_word(symmetry, "general"))
        return bad(m->in, err, symmetry, "matrices are not read, only general ones");
    return NF_OK;
}

/* A whole number from least to most as the next word. */
static nf_status whole(const matrix *m, nf_str *rest, uint64_t least, uint64_t most, const char *what, uint64_t *out, nf_err *err)
{
    nf_str w = nfi_next_word(rest);
    char shown[80];

    if (nfi_parse_u64(w.p, w.n, out) && *out >= least && *out <= most)
        return NF_OK;
    nfi_escape(shown, sizeof shown, w.p, w.n < 40 ? w.n : 40);
    return NF_FAIL_AT(err, NF_EFORMAT, m->in->path, m->in->line, "%s \"%s\", expected a whole number from %llu to %llu", what, shown,
                      (unsigned long long)least, (unsigned long long)most);
}

static nf_status done(const matrix *m, nf_str *rest, nf_err *err)
{
    nf_str w = nfi_next_word(rest);
    return w.n ? bad(m->in, err, w, "stands behind the end of the entry") : NF_OK;
}

static nf_status size_line(matrix *m, nf_str rest, nf_err *err)
{
    NF_TRY(whole(m, &rest, 0, NFI_MAX_ROWS, "rows", &m->rows, err));
    NF_TRY(whole(m, &rest, 0, INT32_MAX, "columns", &m->cols, err));
    NF_TRY(whole(m, &rest, 0, INT64_MAX, "entries", &m->nnz, err));
    return done(m, &rest, err);
}

static nf_status entry_line(matrix *m, nf_str rest, nf_err *err)
{
    uint64_t row, column;
    double value = 1.0;

    if (m->n == m->nnz)
        return NF_FAIL_AT(err, NF_EFORMAT, m->in->path, m->in->line, "more entries than the %llu that the file says it has",
                          (unsigned long long)m->nnz);
    NF_TRY(whole(m, &rest, 1, m->rows, "row", &row, err));
    NF_TRY(whole(m, &rest, 1, m->cols, "column", &column, err));
    if (!m->pattern) {
        nf_str w = nfi_next_word(&rest);
        if (!nfi_parse_double(w.p, w.n, &value))
            return bad(m->in, err, w, "is no finite number");
        if (m->integer && (fabs(value) > EXACT || value != floor(value)))
            return bad(m->in, err, w, "is no integer of at most 2^53");
    }
    NF_TRY(done(m, &rest, err));
    NF_TRY(nfi_grow(&m->e, &m->cap, m->n + 1, sizeof *m->e, err));
    m->e[m->n++] = (entry){(uint32_t)(row - 1), (int32_t)(column - 1), value};
    return NF_OK;
}

static int by_place(const void *a, const void *b, void *ctx)
{
    const entry *x = a, *y = b;

    (void)ctx;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

static nf_status into_rows(matrix *m, nfi_rows_mem *r, nf_err *err)
{
    size_t at = 0;
    bool sorted = true;

    if (m->n < m->nnz)
        return NF_FAIL_AT(err, NF_EFORMAT, m->in->path, 0, "%zu entries, but the file says it has %llu; was it cut?", m->n,
                          (unsigned long long)m->nnz);
    if (m->rows > FREE_ROWS && m->rows / ROWS_AN_ENTRY > m->n) /* a size that nothing stands behind asks for no memory */
        return NF_FAIL_AT(err, NF_ELIMIT, m->in->path, 0, "%llu rows for %zu entries", (unsigned long long)m->rows, m->n);
    for (size_t i = 1; i < m->n && sorted; i++)
        sorted = by_place(&m->e[i - 1], &m->e[i], NULL) <= 0;
    if (!sorted)
        NF_TRY(nfi_sort(m->e, m->n, sizeof *m->e, by_place, NULL, err));
    for (size_t i = 1; i < m->n; i++)
        if (by_place(&m->e[i - 1], &m->e[i], NULL) == 0)
            return NF_FAIL_AT(err, NF_EFORMAT, m->in->path, 0, "row %u, column %d stands twice", m->e[i].row + 1, m->e[i].column + 1);
    for (uint64_t i = 0; i < m->rows; i++) {
        for (; at < m->n && m->e[at].row == i; at++)
            NF_TRY(nfi_rows_entry(r, m->e[at].column, m->e[at].value, err));
        NF_TRY(nfi_rows_end(r, err));
    }
    return NF_OK;
}

static nf_status mtx_read(nf_rows *out, nfi_lines *in, nf_err *err)
{
    nfi_rows_mem *r = nfi_rows_mem_new();
    matrix m = {.in = in};
    nf_status s = NF_OK;
    nf_str line, rest;
    bool found, sized = false;

    if (!r)
        return nfi_oom(err, "rows");
    NF_GO(nfi_lines_next(in, &line, &found, err));
    NF_GO(header(&m, line, err));
    for (;;) {
        NF_GO(nfi_lines_next(in, &line, &found, err));
        if (!found)
            break;
        rest = line;
        if (nfi_next_word(&rest).n == 0 || line.p[0] == '%')
            continue;
        NF_GO(sized ? entry_line(&m, line, err) : size_line(&m, line, err));
        sized = true;
    }
    if (!sized) {
        s = NF_FAIL_AT(err, NF_EFORMAT, in->path, 0, "the line with the number of rows, columns and entries is missing");
        goto out;
    }
    NF_GO(into_rows(&m, r, err));
    nfi_rows_hand_over(out, r, (size_t)m.cols);
    r = NULL;
out:
    nfi_free(m.e);
    nfi_rows_mem_free(r);
    return s;
}

static bool all_integers(const nf_rows *r)
{
    size_t n = r->rows ? (size_t)r->ptr[r->rows] : 0;

    for (size_t e = 0; e < n; e++) {
        double x = nfi_rows_value(r, e);
        if (fabs(x) > EXACT || x != floor(x))
            return false;
    }
    return true;
}

static void put_integer(nfi_buf *b, double x)
{
    nfi_buf_put_i64(b, (int64_t)x);
}

static void mtx_rows(nfi_out *out, nfi_buf *b, const nf_rows *r)
{
    bool integer = all_integers(r);

    nfi_buf_puts(b, "%%MatrixMarket matrix coordinate ");
    nfi_buf_puts(b, integer ? "integer general\n" : "real general\n");
    nfi_buf_put_u64(b, r->rows);
    nfi_buf_putc(b, ' ');
    nfi_buf_put_u64(b, r->cols);
    nfi_buf_putc(b, ' ');
    nfi_buf_put_u64(b, r->rows ? (uint64_t)r->ptr[r->rows] : 0);
    nfi_buf_putc(b, '\n');
    for (size_t i = 0; i < r->rows; i++)
        for (size_t e = (size_t)r->ptr[i]; e < (size_t)r->ptr[i + 1]; e++) {
            nfi_buf_put_u64(b, i + 1);
            nfi_buf_putc(b, ' ');
            nfi_buf_put_u64(b, (uint64_t)r->idx[e] + 1);
            nfi_buf_putc(b, ' ');
            if (integer)
                put_integer(b, nfi_rows_value(r, e));
            else
                nfi_rows_put_value(b, r, e);
            nfi_buf_putc(b, '\n');
            nfi_out_pass(out, b);
        }
}

static const char *const mtx_ext[] = {".mtx", NULL};

const nfi_out_format nfi_out_mtx = {.name = "mtx",
                                    .summary = "features: Matrix Market coordinates, rows and columns from 1",
                                    .extensions = mtx_ext,
                                    .rows = mtx_rows,
                                    .is = mtx_is,
                                    .read = mtx_read};
