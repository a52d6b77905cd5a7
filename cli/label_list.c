/* SPDX-License-Identifier: GPL-3.0-or-later */
/* label_list.c - several classes in one cell: see label_list.h. */
#include "cli/label_list.h"

#include "datasets/csv_join.h"

#include <string.h>

static size_t classes_of(const nf_model *m)
{
    nf_model_info info;

    nf_model_describe(m, &info);
    return info.classes;
}

void nfi_list_add(nfi_buf *list, const nf_model *m, size_t k)
{
    nf_str l = nf_model_label(m, k);

    nfi_buf_puts(list, list->n ? ";" : "");
    nfi_buf_put(list, l.p, l.n);
}

void nfi_list_chosen(nfi_buf *list, const nf_model *m, const bool *chosen)
{
    for (size_t k = 0, n = classes_of(m); k < n; k++)
        if (chosen[k])
            nfi_list_add(list, m, k);
}

void nfi_list_frames(nfi_buf *list, const nf_model *m, const double *odds, bool *chosen)
{
    size_t classes = classes_of(m);

    for (size_t n = nf_model_frames(m, odds, chosen); n > 0; n--) {
        size_t best = SIZE_MAX;
        for (size_t k = 0; k < classes; k++)
            if (chosen[k] && (best == SIZE_MAX || odds[k] > odds[best]))
                best = k;
        nfi_list_add(list, m, best);
        chosen[best] = false;
    }
    if (list->n == 0 && nf_model_find_label(m, (nf_str){NF_MIXTURE_NONE, strlen(NF_MIXTURE_NONE)}) >= 0)
        nfi_buf_puts(list, NF_MIXTURE_NONE);
}

void nfi_list_secondary(nfi_buf *list, const nf_model *m, double *share)
{
    size_t classes = classes_of(m);

    for (;;) {
        size_t best = 0;
        for (size_t k = 1; k < classes; k++)
            best = share[k] > share[best] ? k : best;
        if (share[best] < NF_MIXTURE_SECONDARY)
            break;
        nfi_list_add(list, m, best);
        share[best] = 0.0;
    }
}

void nfi_list_cell(nf_csv *w, nfi_buf *list)
{
    if (list->failed)
        nfi_csv_fail(w);
    else if (list->n)
        nf_csv_text(w, list->p, list->n);
    else
        nf_csv_blank(w);
    nfi_buf_clear(list);
}
