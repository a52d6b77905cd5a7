/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * part_em.c - that a model was learned from documents without a label too.
 *
 *   UNLB  f64  how many, what one of them weighed, and how that was chosen: 0 given, 1 by cross-validation, 2 fixed
 */
#include "models/part.h"

#include "base/try.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const how[] = {"given", "cross-validation", "fixed"};
enum { HOW = sizeof how / sizeof *how };

static void put(const nf_model *m, nfi_secw *w)
{
    double v[3] = {(double)m->unlabeled, m->unlabeled_weight, 0};

    if (!m->unlabeled)
        return;
    for (int i = 0; i < HOW; i++)
        if (strcmp(m->unlabeled_how, how[i]) == 0)
            v[2] = i;
    nfi_secw_section(w, "UNLB", NFI_F64, false, v, 3);
}

static nf_status get(nf_model *m, nf_err *err)
{
    const void *p;
    uint64_t n;
    double v[3];

    NF_TRY(nfi_secr_get(m->file, "UNLB", NFI_F64, false, &p, &n, err));
    if (!p)
        return NF_OK;
    if (n == 3)
        memcpy(v, p, sizeof v);
    if (n != 3 || !(v[0] >= 1 && v[0] <= (double)m->documents) || v[0] != floor(v[0]) || !(v[1] >= 0 && v[1] <= 1e6) ||
        !(v[2] == 0 || v[2] == 1 || v[2] == 2))
        return NF_FAIL_AT(err, NF_EMODEL, nfi_secr_name(m->file), 0, "damaged or hostile model: section UNLB is out of range");
    m->unlabeled = (uint64_t)v[0];
    m->unlabeled_weight = v[1];
    snprintf(m->unlabeled_how, sizeof m->unlabeled_how, "%s", how[(int)v[2]]);
    return NF_OK;
}

static void clear(nf_model *m) { (void)m; }

const nfi_part nfi_part_em = {.tag = {"UNLB"}, .put = put, .get = get, .clear = clear};
