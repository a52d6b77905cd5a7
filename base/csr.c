/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csr.c - sparse rows: memory, invariants, transpose. */
#include "newsframe/matrix.h"

#include "base/mem.h"
#include "base/try.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

nf_status nf_csr_alloc(nf_csr *m, size_t rows, size_t cols, int64_t nnz, nf_err *err)
{
    nf_csr n = {.rows = rows, .cols = cols};
    size_t ptrs;

    if (nnz < 0)
        return NF_FAIL(err, NF_EINVAL, "a matrix of %" PRId64 " entries", nnz);
    if (cols > INT32_MAX)
        return NF_FAIL(err, NF_ELIMIT, "a matrix of %zu columns, at most %" PRId32, cols, INT32_MAX);
    if (nfi_add(rows, 1, &ptrs)) {
        n.ptr = nfi_calloc(ptrs, sizeof *n.ptr);
        n.idx = nfi_calloc((size_t)nnz, sizeof *n.idx);
        n.val = nfi_calloc((size_t)nnz, sizeof *n.val);
    }
    if (!n.ptr || !n.idx || !n.val) {
        nf_csr_clear(&n);
        return NF_FAIL(err, NF_ENOMEM, "out of memory for a matrix of %zu rows and %" PRId64 " entries", rows, nnz);
    }
    *m = n;
    return NF_OK;
}

void nf_csr_clear(nf_csr *m)
{
    if (!m)
        return;
    nfi_free(m->ptr);
    nfi_free(m->idx);
    nfi_free(m->val);
    *m = (nf_csr){0};
}

static nf_status check_row(const nf_csr *m, size_t r, nf_err *err)
{
    int64_t before = -1;

    for (int64_t e = m->ptr[r]; e < m->ptr[r + 1]; e++) {
        if (m->idx[e] < 0 || (size_t)m->idx[e] >= m->cols)
            return NF_FAIL(err, NF_EINVAL, "row %zu, entry %" PRId64 ": column %" PRId32 " of %zu", r, e, m->idx[e], m->cols);
        if (m->idx[e] <= before)
            return NF_FAIL(err, NF_EINVAL, "row %zu, entry %" PRId64 ": column %" PRId32 " after column %" PRId64, r, e, m->idx[e], before);
        if (!isfinite(m->val[e]))
            return NF_FAIL(err, NF_EINVAL, "row %zu, entry %" PRId64 ": the value is not finite", r, e);
        before = m->idx[e];
    }
    return NF_OK;
}

nf_status nf_csr_check(const nf_csr *m, nf_err *err)
{
    if (!m->ptr) {
        if (m->rows != 0)
            return NF_FAIL(err, NF_EINVAL, "row 0, entry 0: %zu rows without pointers", m->rows);
        return NF_OK;
    }
    if (m->ptr[0] != 0)
        return NF_FAIL(err, NF_EINVAL, "row 0, entry %" PRId64 ": the first row must start at entry 0", m->ptr[0]);
    for (size_t r = 0; r < m->rows; r++) /* all of them first: until then no entry may be read */
        if (m->ptr[r + 1] < m->ptr[r])
            return NF_FAIL(err, NF_EINVAL, "row %zu, entry %" PRId64 ": the row ends before it starts, at %" PRId64, r, m->ptr[r],
                           m->ptr[r + 1]);
    if (m->ptr[m->rows] > 0 && (!m->idx || !m->val))
        return NF_FAIL(err, NF_EINVAL, "row 0, entry 0: %" PRId64 " entries without arrays", m->ptr[m->rows]);
    for (size_t r = 0; r < m->rows; r++)
        NF_TRY(check_row(m, r, err));
    return NF_OK;
}

nf_status nf_csr_transpose(nf_csr *t, const nf_csr *m, nf_err *err)
{
    nf_csr n = {0};

    NF_TRY(nf_csr_check(m, err)); /* columns become positions to write to */
    NF_TRY(nf_csr_alloc(&n, m->cols, m->rows, m->rows ? m->ptr[m->rows] : 0, err));

    for (size_t r = 0; r < m->rows; r++)
        for (int64_t e = m->ptr[r]; e < m->ptr[r + 1]; e++)
            n.ptr[m->idx[e] + 1]++;
    for (size_t c = 0; c < n.rows; c++)
        n.ptr[c + 1] += n.ptr[c];
    for (size_t r = 0; r < m->rows; r++)
        for (int64_t e = m->ptr[r]; e < m->ptr[r + 1]; e++) {
            int64_t to = n.ptr[m->idx[e]]++; /* ptr[c] runs to the end of row c */
            n.idx[to] = (int32_t)r;
            n.val[to] = m->val[e];
        }
    memmove(n.ptr + 1, n.ptr, n.rows * sizeof *n.ptr); /* the end of a row is the start of the next */
    n.ptr[0] = 0;
    *t = n;
    return NF_OK;
}
