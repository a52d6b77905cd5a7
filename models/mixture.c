/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mixture.c - the angle of a document from its sentences. Salience of a frame: the sum over the units that have it of 1/rank (the label is first in rank), doubled
 * in title and lead, over the sum of all frames. The primary frame has the most, secondary ones have at least NF_MIXTURE_SECONDARY.
 */
#include "newsframe/units.h"

#include <string.h>

size_t nf_units_evidence(const nf_scored_units *u, size_t doc)
{
    size_t best = SIZE_MAX;

    for (size_t i = u->first[doc]; i < u->first[doc + 1]; i++)
        if (u->unit[i].carries > (best == SIZE_MAX ? 0.0 : u->unit[best].carries))
            best = i;
    return best;
}

static bool is_frame(const nf_model *m, int32_t k)
{
    nf_str l = nf_model_label(m, (size_t)k);
    return !(l.n == strlen(NF_MIXTURE_NONE) && memcmp(l.p, NF_MIXTURE_NONE, l.n) == 0);
}

void nf_units_mix(const nf_scored_units *u, const nf_model *m, size_t doc, double *share, nf_mixture *out)
{
    nf_model_info info;
    double sum = 0.0;

    nf_model_describe(m, &info);
    *out = (nf_mixture){.primary = -1};
    for (size_t k = 0; k < info.classes; k++)
        share[k] = 0.0;
    for (size_t i = u->first[doc]; i < u->first[doc + 1]; i++) {
        int32_t label = u->unit[i].score.label;
        double worth = u->unit[i].role == NF_ROLE_BODY ? 1.0 : 2.0;
        if (label < 0)
            continue;
        out->coded++;
        if (!is_frame(m, label))
            continue;
        share[label] += worth;
        sum += worth;
    }
    if (sum == 0.0)
        return;
    for (size_t k = 0; k < info.classes; k++) {
        share[k] /= sum;
        if (share[k] > (out->primary < 0 ? 0.0 : share[out->primary]))
            out->primary = (int32_t)k;
    }
}
