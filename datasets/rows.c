/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rows.c - tables of features: reading one in the format it is in, writing one, comparing two. */
#include "datasets/rows.h"

#include "base/limits.h"
#include "base/num.h"
#include "base/try.h"

#include <string.h>

enum { PASS_AT = 1 << 20 };

nfi_rows_mem *nfi_rows_mem_new(void)
{
    nfi_rows_mem *m = nfi_calloc(1, sizeof *m);

    if (m && nfi_grow(&m->ptr, &m->cap_ptr, 1, sizeof *m->ptr, NULL) != NF_OK) {
        nfi_free(m);
        m = NULL;
    }
    if (m)
        m->ptr[0] = 0;
    return m;
}

void nfi_rows_mem_free(nfi_rows_mem *m)
{
    if (!m)
        return;
    nfi_free(m->ptr);
    nfi_free(m->idx);
    nfi_free(m->val);
    nfi_free(m->target);
    nfi_free(m->id);
    nfi_arena_clear(&m->arena);
    nfi_free(m);
}

nf_status nfi_rows_entry(nfi_rows_mem *m, int32_t column, double value, nf_err *err)
{
    NF_TRY(nfi_grow(&m->idx, &m->cap_idx, m->nnz + 1, sizeof *m->idx, err));
    NF_TRY(nfi_grow(&m->val, &m->cap_val, m->nnz + 1, sizeof *m->val, err));
    m->idx[m->nnz] = column;
    m->val[m->nnz++] = value + 0.0; /* -0 becomes 0 */
    return NF_OK;
}

nf_status nfi_rows_end(nfi_rows_mem *m, nf_err *err)
{
    NF_TRY(nfi_grow(&m->ptr, &m->cap_ptr, m->n + 2, sizeof *m->ptr, err));
    m->ptr[++m->n] = (int64_t)m->nnz;
    return NF_OK;
}

void nfi_rows_hand_over(nf_rows *r, nfi_rows_mem *m, size_t cols)
{
    static const double none;
    *r = (nf_rows){.rows = m->n,
                   .cols = cols,
                   .ptr = m->ptr,
                   .idx = m->idx,
                   .val = m->val ? m->val : &none,
                   .target = m->target,
                   .id = m->id,
                   .mem = m};
}

void nf_rows_clear(nf_rows *r)
{
    if (!r)
        return;
    nfi_rows_mem_free(r->mem);
    *r = (nf_rows){0};
}

void nfi_rows_put_value(nfi_buf *b, const nf_rows *r, size_t e)
{
    char digits[40];
    size_t n = r->val ? nfi_format_shortest(digits, r->val[e]) : nfi_format_float(digits, r->f32[e]);
    nfi_buf_put(b, digits, n);
}

nf_str nfi_next_word(nf_str *rest)
{
    size_t i = 0, from;

    while (i < rest->n && (rest->p[i] == ' ' || rest->p[i] == '\t'))
        i++;
    from = i;
    while (i < rest->n && rest->p[i] != ' ' && rest->p[i] != '\t')
        i++;
    nf_str word = {rest->p + from, i - from};
    *rest = (nf_str){rest->p + i, rest->n - i};
    return word;
}

/* The format asked for, or the one that says the first line is its own, or svmlight. */
static const nfi_out_format *format_of(nf_str first, const char *name)
{
    const nfi_out_format *f = name ? nfi_out_format_find(name) : NULL;

    for (size_t i = 0; !f && nfi_out_formats[i]; i++)
        if (nfi_out_formats[i]->is && nfi_out_formats[i]->is(first))
            f = nfi_out_formats[i];
    return f ? f : &nfi_out_svmlight;
}

static nf_status read_lines(nf_rows *out, nfi_lines *in, const char *format, nf_err *err)
{
    nf_str first = {0};
    bool found = false;
    const nfi_out_format *named = format ? nfi_out_format_find(format) : NULL;

    if (format && (!named || !named->read))
        return NF_FAIL(err, NF_EINVAL, "no format \"%s\" of features", format);
    NF_TRY(nfi_lines_next(in, &first, &found, err));
    if (!found)
        return NF_FAIL_AT(err, NF_EDATA, in->path, 0, "empty file");
    const nfi_out_format *f = format_of(first, format);
    nfi_lines_back(in, first);
    return f->read(out, in, err);
}

nf_status nf_rows_read(nf_rows *out, const char *path, const char *format, nf_err *err)
{
    nfi_lines in = {0};
    const char *by_name = nf_out_format_of(path);

    if (!format && by_name && nf_out_format_has_features(by_name))
        format = by_name;
    NF_TRY(nfi_lines_open(&in, path, err));
    nf_status s = read_lines(out, &in, format, err);
    nfi_lines_close(&in);
    return s;
}

nf_status nfi_rows_read_memory(nf_rows *out, const char *name, const void *p, size_t n, const char *format, nf_err *err)
{
    nfi_lines in = {0};

    NF_TRY(nfi_lines_open_memory(&in, name, p, n, err));
    nf_status s = read_lines(out, &in, format, err);
    nfi_lines_close(&in);
    return s;
}

void nfi_out_pass(nfi_out *out, nfi_buf *b)
{
    if (b->n < PASS_AT)
        return;
    nfi_out_write(out, b->p, b->n);
    b->n = 0;
}

nf_status nf_rows_write(const char *path, const char *format, const nf_rows *rows, nf_err *err)
{
    const nfi_out_format *f = nfi_out_format_find(format);
    nfi_out *out = NULL;
    nfi_buf b = {0};

    if (!f || !f->rows)
        return NF_FAIL(err, NF_EINVAL, "no output format \"%s\" for features", format);
    NF_TRY(nfi_out_open(&out, path, err));
    f->rows(out, &b, rows);
    bool ok = nfi_buf_ok(&b);
    if (ok)
        nfi_out_write(out, b.p, b.n);
    nfi_buf_clear(&b);
    if (!ok) {
        nfi_out_abandon(out);
        return nfi_oom(err, "a table of features");
    }
    return nfi_out_commit(out, err);
}

static bool same(nf_str a, nf_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool nf_rows_equal(const nf_rows *a, const nf_rows *b)
{
    if (a->rows != b->rows || a->cols != b->cols)
        return false;
    for (size_t i = 0; i < a->rows; i++) {
        if (a->ptr[i + 1] != b->ptr[i + 1] || (a->target && b->target && !same(a->target[i], b->target[i])) ||
            (a->id && b->id && !same(a->id[i], b->id[i])))
            return false;
        for (size_t e = (size_t)a->ptr[i]; e < (size_t)a->ptr[i + 1]; e++) {
            double x = nfi_rows_value(a, e), y = nfi_rows_value(b, e);
            bool equal = a->f32 || b->f32 ? (float)x == (float)y : x == y;
            if (a->idx[e] != b->idx[e] || !equal)
                return false;
        }
    }
    return true;
}
