/* SPDX-License-Identifier: GPL-3.0-or-later */
/* similar.c - tables of similarities: every pair, rounded before it is put in order. */
#include "cli/similar.h"

#include "base/mem.h"
#include "base/sort.h"
#include "base/try.h"
#include "cli/columns.h"

#include <math.h>

enum { MOST = 4096, DIGITS = 4, UNIT = 10000 };

typedef struct pair {
    int32_t rounded, other;
} pair;

nf_status nfi_similar_alloc(nf_dense *S, size_t n, const char *what, nf_err *err)
{
    if (n > MOST)
        return NF_FAIL(err, NF_ELIMIT, "similarities of %zu %s, at most those of %d can be written", n, what, MOST);
    return nf_dense_alloc(S, n, n, err);
}

static int more_similar(const void *a, const void *b, void *ctx)
{
    const pair *x = a, *y = b;

    (void)ctx;
    return x->rounded != y->rounded ? (x->rounded > y->rounded ? -1 : 1) : x->other < y->other ? -1 : x->other > y->other;
}

nf_status nfi_similar_write(const nfi_similar_table *t, const nf_dense *S, const char *path, int dialect, nfi_cli *cli, nf_err *err)
{
    nf_csv *w = NULL;
    nf_status s = NF_OK;
    pair *p = nfi_alloc(S->rows, sizeof *p);

    if (!p)
        return nfi_oom(err, "similarities");
    NF_GO(nf_csv_open(&w, path, (nf_csv_dialect)dialect, err));
    nfi_dict_header(w, t->table, NULL, 0, NULL, 0);
    for (size_t i = 0; i < S->rows && s == NF_OK; i++) {
        size_t n = 0;
        for (size_t j = 0; j < S->cols; j++)
            if (j != i)
                p[n++] = (pair){(int32_t)floor((double)S->val[i * S->ld + j] * UNIT + 0.5), (int32_t)j};
        s = nfi_sort(p, n, sizeof *p, more_similar, NULL, err);
        for (size_t r = 0; r < n && s == NF_OK; r++) {
            t->name(w, t->ctx, i);
            nf_csv_int(w, (int64_t)r + 1);
            t->name(w, t->ctx, (size_t)p[r].other);
            nf_csv_num(w, (double)p[r].rounded / UNIT, DIGITS);
            nf_csv_end(w);
        }
    }
    nf_status closed = nf_csv_close(w, s == NF_OK, err);
    s = s == NF_OK ? closed : s;
    if (s == NF_OK)
        nfi_cli_note(cli,
                     "similarities of %zu %s by OpenBLAS: the same for any number of threads, between kinds of CPU the last digit may "
                     "differ",
                     S->rows, t->what);
out:
    nfi_free(p);
    return s;
}
