/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * part_fit.c - settings of training that not every model has: section FITS, lines class_weight, cost, smoothing_kind. Without it there are
 * no class weights, no cost, and smoothing is Lidstone's. Labels do not depend on it.
 */
#include "models/meta.h"
#include "models/part.h"

#include "base/num.h"
#include "base/try.h"

#include <stdio.h>
#include <string.h>

static void put(const nf_model *m, nfi_secw *w)
{
    char text[400], number[32]; /* no memory is asked for: nothing could be said when there is none */

    if (!m->class_weight[0] && m->cost == 0.0 && m->kind == NFI_LIDSTONE)
        return;
    number[nfi_format_shortest(number, m->cost)] = '\0';
    int n = snprintf(text, sizeof text, "class_weight=%s\ncost=%s\nsmoothing_kind=%s\n", m->class_weight[0] ? m->class_weight : "none",
                     number, nf_smoothing_name((size_t)m->kind, NULL));
    nfi_secw_section(w, "FITS", NFI_BYTES, false, text, (size_t)n);
}

static nf_status get(nf_model *m, nf_err *err)
{
    const void *p;
    uint64_t n;
    char kind[32], weight[sizeof m->class_weight];
    double cost;

    NF_TRY(nfi_secr_get(m->file, "FITS", NFI_BYTES, false, &p, &n, err));
    if (!p)
        return NF_OK;
    nfi_meta meta = {p, nfi_secr_name(m->file), (size_t)n};
    NF_TRY(nfi_meta_text(&meta, "class_weight", weight, sizeof weight, err));
    NF_TRY(nfi_meta_number(&meta, "cost", 0, NFI_MAX_COST, &cost, err));
    NF_TRY(nfi_meta_text(&meta, "smoothing_kind", kind, sizeof kind, err));
    nfi_smoothing found;
    if (!nfi_smoothing_find(kind, &found))
        return NF_FAIL_AT(err, NF_EMODEL, nfi_secr_name(m->file), 0,
                          "damaged or hostile model: it names a kind of smoothing that this program does not have");
    if (strcmp(weight, "none") != 0)
        memcpy(m->class_weight, weight, sizeof weight);
    m->cost = cost;
    m->kind = found;
    return NF_OK;
}

static void clear(nf_model *m)
{
    (void)m;
}

const nfi_part nfi_part_fit = {.tag = {"FITS"}, .put = put, .get = get, .clear = clear};
