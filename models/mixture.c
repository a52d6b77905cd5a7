/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mixture.c - the angle of a document from its sentences. Salience of a frame: the sum over the units that have it of 1/rank (the label is
 * first in rank), doubled in title and lead, over the sum of all frames. The primary frame has the most, secondary ones have at least
 * NF_MIXTURE_SECONDARY.
 */
#include "newsframe/units.h"

#include "models/model.h"

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

/* Gives the labels of a unit 1/rank each, times worth; returns what it gave. */
static double add_unit(const nf_model *m, const double *odds, bool coded, int32_t label, double worth, double *share, bool *chosen)
{
    double sum = 0.0, rank = 1.0;

    if (!coded && !nf_model_is_multi(m)) {
        share[label] += is_frame(m, label) ? worth : 0.0;
        return is_frame(m, label) ? worth : 0.0;
    }
    for (size_t left = coded ? nf_model_frames(m, odds, chosen) : nf_model_labels(m, odds, chosen); left > 0; left--, rank++) {
        size_t best = SIZE_MAX;
        double most = 0.0;
        for (size_t k = 0; k < m->nclasses; k++) {
            double above = odds[k] - (coded ? 0.0 : nf_model_threshold(m, k));
            if (chosen[k] && (best == SIZE_MAX || above > most)) {
                best = k;
                most = above;
            }
        }
        if (best == SIZE_MAX)
            break;
        chosen[best] = false;
        if (!is_frame(m, (int32_t)best))
            continue;
        share[best] += worth / rank;
        sum += worth / rank;
    }
    return sum;
}

void nf_units_mix(const nf_scored_units *u, const nf_model *m, size_t doc, double *share, bool *chosen, nf_mixture *out)
{
    double sum = 0.0;

    *out = (nf_mixture){.primary = -1};
    for (size_t k = 0; k < m->nclasses; k++)
        share[k] = 0.0;
    for (size_t i = u->first[doc]; i < u->first[doc + 1]; i++) {
        if (u->unit[i].score.label < 0 || u->unit[i].role == NF_ROLE_REPEAT)
            continue;
        out->coded++;
        bool coded = u->frame_odds != NULL;
        sum += add_unit(m, (coded ? u->frame_odds : u->log_odds) + i * m->nclasses, coded, u->unit[i].score.label,
                        u->unit[i].role == NF_ROLE_BODY ? 1.0 : 2.0, share, chosen);
    }
    if (sum == 0.0)
        return;
    for (size_t k = 0; k < m->nclasses; k++) {
        share[k] /= sum;
        if (share[k] > (out->primary < 0 ? 0.0 : share[out->primary]))
            out->primary = (int32_t)k;
    }
}
