/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * part_typicality.c - the bounds of typicality.h in a model's file.
 *
 *   TYPN  u64  documents that they were found on
 *   TYPB  f64  for each length, rising: greatest share of unknown terms, greatest mean rarity
 */
#include "models/part.h"
#include "models/typicality.h"

#include "base/try.h"

static void put(const nf_model *m, nfi_secw *w)
{
    const nfi_typicality *x = m->typicality;
    double flat[2 * NFI_TYPICAL_LENGTHS];

    if (!x)
        return;
    for (size_t i = 0; i < x->n; i++) {
        flat[2 * i] = x->bound[i].unknown;
        flat[2 * i + 1] = x->bound[i].rarity;
    }
    nfi_secw_section(w, "TYPN", NFI_U64, false, &x->documents, 1);
    nfi_secw_section(w, "TYPB", NFI_F64, false, flat, 2 * x->n);
}

static nf_status bad(const nf_model *m, const char *what, nf_err *err)
{
    return NF_FAIL_AT(err, NF_EMODEL, nfi_secr_name(m->file), 0, "damaged or hostile model: %s", what);
}

static nf_status get(nf_model *m, nf_err *err)
{
    const void *count, *flat;
    uint64_t ncount, nflat;

    NF_TRY(nfi_secr_get(m->file, "TYPN", NFI_U64, false, &count, &ncount, err));
    NF_TRY(nfi_secr_get(m->file, "TYPB", NFI_F64, false, &flat, &nflat, err));
    if (!count && !flat)
        return NF_OK;
    if (!count || !flat || ncount != 1 || nflat == 0 || nflat % 2 || nflat > 2 * (uint64_t)NFI_TYPICAL_LENGTHS)
        return bad(m, "sections TYPN and TYPB do not match", err);
    nfi_typicality x = {.n = (size_t)nflat / 2, .documents = *(const uint64_t *)count};
    if (x.documents < NFI_LEAST_TYPICAL || x.documents > UINT32_MAX)
        return bad(m, "section TYPN is out of range", err);
    for (size_t i = 0; i < x.n; i++) {
        const double *v = (const double *)flat + 2 * i;
        if (!(v[0] >= 0.0 && v[0] <= 1.0 && v[1] >= 0.0 && v[1] <= NFI_MOST_RARITY))
            return bad(m, "a bound in section TYPB is out of range", err);
        x.bound[i] = (nfi_typical_bound){v[0], v[1]};
    }
    m->typicality = nfi_alloc(1, sizeof *m->typicality);
    if (!m->typicality)
        return nfi_oom(err, "a model");
    *m->typicality = x;
    return NF_OK;
}

static void clear(nf_model *m)
{
    nfi_free(m->typicality);
    m->typicality = NULL;
}

const nfi_part nfi_part_typicality = {{"TYPN", "TYPB"}, put, get, clear};
