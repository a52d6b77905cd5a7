/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rows.c - the table of rows, written beside features and read with them. */
#include "cli/rows.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/try.h"
#include "cli/columns.h"
#include "cli/work.h"

#include <string.h>

static void cell(nf_csv *w, const nf_str *list, size_t i)
{
    if (list && list[i].n)
        nf_csv_text(w, list[i].p, list[i].n);
    else
        nf_csv_blank(w);
}

nf_status nfi_rows_table_write(const char *path, nf_csv_dialect dialect, const nf_rows *r, const nf_str *label, nf_err *err)
{
    nf_csv *w = NULL;

    NF_TRY(nf_csv_open(&w, path, dialect, err));
    nfi_dict_header(w, "rows", NULL, 0, NULL, 0);
    for (size_t i = 0; i < r->rows; i++) {
        nf_csv_int(w, (int64_t)i + 1);
        cell(w, r->id, i);
        cell(w, r->target, i);
        cell(w, label, i);
        nf_csv_end(w);
    }
    return nf_csv_close(w, 1, err);
}

/* The bytes stay; where they are is known when there are no more. p holds the offset until then. */
static nf_status keep(nfi_rows_table *t, nf_str *list, nf_str v, nf_err *err)
{
    NF_TRY(nfi_grow(&t->bytes, &t->cap_bytes, t->n_bytes + v.n, 1, err));
    if (v.n)
        memcpy(t->bytes + t->n_bytes, v.p, v.n);
    list[t->n] = (nf_str){(const char *)(uintptr_t)t->n_bytes, v.n};
    t->n_bytes += v.n;
    return NF_OK;
}

static nf_status take(nfi_rows_table *t, const nf_doc *d, size_t id, size_t target, const char *path, nf_err *err)
{
    static const nf_str none = {"0", 1};
    double x;
    nf_str v = target == SIZE_MAX ? none : d->carried[target];

    NF_TRY(nfi_grow(&t->target, &t->cap_target, t->n + 1, sizeof *t->target, err));
    NF_TRY(nfi_grow(&t->id, &t->cap_id, t->n + 1, sizeof *t->id, err));
    if (v.n == 0)
        v = none;
    for (size_t i = 0, from = 0; i <= v.n; i++)
        if (i == v.n || v.p[i] == ',') {
            if (!nfi_parse_double(v.p + from, i - from, &x))
                return NF_FAIL_AT(err, NF_EFORMAT, path, d->line, "the target is no number");
            from = i + 1;
        }
    NF_TRY(keep(t, t->target, v, err));
    NF_TRY(keep(t, t->id, id == SIZE_MAX ? (nf_str){0} : d->carried[id], err));
    t->n++;
    return NF_OK;
}

nf_status nfi_rows_table_read(nfi_rows_table *t, const char *path, nf_rows *r, nf_err *err)
{
    nf_docs *in = NULL;
    nf_batch b = {0};
    nf_status s = nf_docs_open(&in, &path, 1, &(nf_docs_opts){.all_columns = true, .id = "row", .threads = 1}, err);

    if (s != NF_OK)
        return s;
    size_t id = nfi_work_column(in, (const char *const[]){"id"}, 1), target = nfi_work_column(in, (const char *const[]){"target"}, 1);
    while ((s = nf_docs_next(in, &b, err)) == NF_OK && b.n > 0)
        for (size_t i = 0; i < b.n; i++)
            NF_GO(take(t, &b.docs[i], id, target, path, err));
    if (s == NF_OK && t->n != r->rows)
        s = NF_FAIL_AT(err, NF_EDATA, path, 0, "has %zu rows, the features have %zu", t->n, r->rows);
    if (s != NF_OK)
        goto out;
    for (size_t i = 0; i < t->n; i++) {
        t->target[i].p = t->bytes + (uintptr_t)t->target[i].p;
        t->id[i].p = t->bytes + (uintptr_t)t->id[i].p;
    }
    r->target = t->target;
    r->id = t->id;
out:
    nf_batch_clear(&b);
    nf_docs_close(in);
    return s;
}

void nfi_rows_table_clear(nfi_rows_table *t)
{
    nfi_free(t->target);
    nfi_free(t->id);
    nfi_free(t->bytes);
    *t = (nfi_rows_table){0};
}
