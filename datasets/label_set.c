/* SPDX-License-Identifier: GPL-3.0-or-later */
/* label_set.c - several labels of one document: from a cell "a;b", a JSON list, or columns of 0 and 1. */
#include "datasets/label_set.h"

#include "base/limits.h"
#include "base/sort.h"
#include "base/try.h"
#include "base/utf8.h"
#include "datasets/json_text.h"
#include "datasets/str.h"

#include <string.h>

static bool is_text(nf_str s, const char *text)
{
    size_t n = strlen(text);
    return s.n == n && memcmp(s.p, text, n) == 0;
}

nf_status nfi_label_set(nf_str *out, nf_str *label, size_t n, nfi_arena *arena, const char **fault)
{
    size_t m = 0, bytes = 0;
    bool none = false;

    *fault = NULL;
    if (n > NFI_MAX_LABEL_SET) {
        *fault = "is one of more than 1024";
        return NF_OK;
    }
    for (size_t i = 0; i < n; i++) {
        nf_str x = nfi_trim_str(label[i]);
        if (x.n == 0)
            continue;
        if ((*fault = nfi_label_fault(x)) != NULL)
            return NF_OK;
        none |= is_text(x, NFI_NO_LABEL);
        label[m++] = x;
    }
    NF_TRY(nfi_sort(label, m, sizeof *label, nfi_by_str, NULL, NULL));
    n = m;
    m = 0;
    for (size_t i = 0; i < n; i++)
        if (m == 0 || nfi_str_cmp(label[m - 1], label[i]) != 0) {
            label[m++] = label[i];
            bytes += label[i].n + 1;
        }
    if (none && m > 1) {
        *fault = "\"none\" stands beside others";
        return NF_OK;
    }
    if (m == 0) {
        *out = (nf_str){NFI_NO_LABEL, sizeof NFI_NO_LABEL - 1};
        return NF_OK;
    }
    char *p = nfi_arena_alloc(arena, bytes);
    if (!p)
        return NF_ENOMEM;
    out->p = p;
    for (size_t i = 0; i < m; i++) {
        memcpy(p, label[i].p, label[i].n);
        p += label[i].n;
        *p++ = NFI_LABEL_JOIN;
    }
    out->n = bytes - 1;
    return NF_OK;
}

nf_status nfi_label_cut(nf_str cell, nfi_arena *arena, nf_str **label, size_t *n)
{
    size_t most = 1, k = 0;

    for (size_t i = 0; i < cell.n && most <= NFI_MAX_LABEL_SET; i++)
        most += cell.p[i] == NFI_LABEL_JOIN;
    nf_str *v = nfi_arena_alloc(arena, most * sizeof *v);
    if (!v)
        return NF_ENOMEM;
    for (const char *p = cell.p, *end = cell.p + cell.n; k < most; k++) {
        const char *cut = p < end ? memchr(p, NFI_LABEL_JOIN, (size_t)(end - p)) : NULL;
        v[k] = (nf_str){p, (size_t)((cut ? cut : end) - p)};
        p = cut ? cut + 1 : end;
    }
    *label = v;
    *n = k;
    return NF_OK;
}

static void name_of(char *dst, size_t cap, const nfi_plan *plan, int32_t column)
{
    nfi_escape(dst, cap, plan->name[column].p, plan->name[column].n);
}

/* From the list of labels, or the label column where there is none: out->n == 0 when both are blank. */
static nf_status from_cell(const nfi_shape *sh, nfi_row *row, nf_str *out)
{
    const nfi_plan *plan = sh->plan;
    bool list = plan->labels >= 0 && row->f[plan->labels].kind != NFI_ABSENT && row->f[plan->labels].kind != NFI_NULL;
    int32_t column = list || plan->label < 0 ? plan->labels : plan->label;
    const char *fault = NULL;
    char name[120];
    nf_str *label = NULL, cell;
    size_t n = 0;

    *out = (nf_str){0};
    if (column < 0)
        return NF_OK;
    const nfi_field *f = &row->f[column];
    name_of(name, sizeof name, plan, column);
    if (f->kind == NFI_OBJECT)
        return nfi_row_bad(row, NF_EFORMAT, "field \"%s\" is an object, expected labels", name);
    if (f->kind == NFI_ABSENT || f->kind == NFI_NULL)
        return NF_OK;
    if (f->kind == NFI_ARRAY) {
        bool plain;
        NF_TRY(nfi_json_list(f->raw, row->arena, &label, &n, &plain));
        if (!plain)
            return nfi_row_bad(row, NF_EFORMAT, "field \"%s\" is a list that holds lists or objects, expected labels", name);
        for (size_t i = 0; i < n && i <= NFI_MAX_LABEL_SET; i++) {
            uint32_t flags = 0;
            NF_TRY(nfi_clean(sh->encoding, row, plan->name[column], &label[i], &flags));
            if (flags & NF_DOC_NUL)
                return nfi_row_bad(row, NF_EFORMAT, "field \"%s\" contains a NUL", name);
            if (nfi_trim_str(label[i]).n == 0)
                return nfi_row_bad(row, NF_EFORMAT, "field \"%s\": label %zu is blank", name, i + 1);
        }
    } else {
        cell = nfi_trim_str(f->v);
        if (cell.n == 0)
            return NF_OK;
        NF_TRY(nfi_label_cut(cell, row->arena, &label, &n));
        size_t blank = 0;
        while (blank < n && nfi_trim_str(label[blank]).n == 0)
            blank++;
        if (blank == n)
            return nfi_row_bad(row, NF_EFORMAT, "field \"%s\" has separators and no label; write none for no label", name);
    }
    NF_TRY(nfi_label_set(out, label, n, row->arena, &fault));
    return fault ? nfi_row_bad(row, NF_EFORMAT, "field \"%s\": the label %s", name, fault) : NF_OK;
}

/* 0 or 1; -1 blank, -2 anything else. */
static int flag_of(const nfi_field *f)
{
    nf_str v = nfi_trim_str(f->v);

    if (f->kind == NFI_ABSENT || f->kind == NFI_NULL || (f->kind == NFI_STRING && v.n == 0))
        return -1;
    if (f->kind == NFI_OBJECT || f->kind == NFI_ARRAY)
        return -2;
    return is_text(v, "1") || is_text(v, "true") ? 1 : is_text(v, "0") || is_text(v, "false") ? 0 : -2;
}

/* From the columns of 0 and 1: out->n == 0 when all are blank. */
static nf_status from_flags(const nfi_shape *sh, nfi_row *row, nf_str *out)
{
    const nfi_plan *plan = sh->plan;
    size_t n = 0, blank = 0;
    const char *fault;
    char name[120], shown[120];

    *out = (nf_str){0};
    if (plan->n_flags == 0)
        return NF_OK;
    nf_str *label = nfi_arena_alloc(row->arena, plan->n_flags * sizeof *label);
    if (!label)
        return NF_ENOMEM;
    for (size_t i = 0; i < plan->n_flags; i++) {
        const nfi_field *f = &row->f[plan->flag[i]];
        int flag = flag_of(f);
        name_of(name, sizeof name, plan, plan->flag[i]);
        if (flag == -2) {
            nfi_escape(shown, sizeof shown, f->v.p, f->v.n < 60 ? f->v.n : 60);
            return nfi_row_bad(row, NF_EFORMAT, "column \"%s\" is \"%s\", expected 0 or 1", name, shown);
        }
        blank += flag == -1;
        if (flag == 1)
            label[n++] = plan->name[plan->flag[i]];
    }
    if (blank == plan->n_flags)
        return NF_OK;
    for (size_t i = 0; blank && i < plan->n_flags; i++)
        if (flag_of(&row->f[plan->flag[i]]) == -1) {
            name_of(name, sizeof name, plan, plan->flag[i]);
            return nfi_row_bad(row, NF_EFORMAT, "column \"%s\" is blank, but other label columns are not; expected 0 or 1", name);
        }
    for (size_t i = 0; n == 0 && i < plan->n_flags; i++)
        if (is_text(nfi_trim_str(plan->name[plan->flag[i]]), NFI_NO_LABEL))
            return nfi_row_bad(row, NF_EFORMAT,
                               "all label columns are 0, the column \"none\" too; leave them blank where a document was not coded");
    NF_TRY(nfi_label_set(out, label, n, row->arena, &fault));
    return fault ? nfi_row_bad(row, NF_EFORMAT, "the label columns: the label %s", fault) : NF_OK;
}

nf_status nfi_take_label_set(const nfi_shape *sh, nfi_row *row, nf_str *out)
{
    nf_str cell, flags;
    char a[160], b[160];

    NF_TRY(from_cell(sh, row, &cell));
    NF_TRY(from_flags(sh, row, &flags));
    if (cell.n && flags.n && nfi_str_cmp(cell, flags) != 0 && row->bad.code == NF_OK) {
        nfi_escape(a, sizeof a, cell.p, cell.n < 100 ? cell.n : 100);
        nfi_escape(b, sizeof b, flags.p, flags.n < 100 ? flags.n : 100);
        return nfi_row_bad(row, NF_EDATA, "the label is \"%s\", but the label columns say \"%s\"", a, b);
    }
    *out = cell.n ? cell : flags;
    return NF_OK;
}
