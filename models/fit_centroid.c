/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fit_centroid.c - nearest centroid: the cosine to the mean document of each class, w_tc = G_tc / ||G_c||. A document's own length does not
 * matter to the label. */
#include "models/fit.h"

#include "base/try.h"

#include <math.h>

nf_status nfi_fit_centroid(nfi_fit *f, nf_err *err)
{
    const nfi_terms *t = f->t;
    double *norm = nfi_calloc(t->nclasses, sizeof *norm);

    f->w = nfi_alloc((size_t)t->ptr[t->n], sizeof *f->w);
    if (!f->w || !norm) {
        nfi_free(norm);
        return nfi_oom(err, "weights");
    }
    for (size_t i = 0; i < t->n; i++)
        for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++) {
            double g = (f->idf ? f->idf[i] : 1.0) * ((double)t->val[e] / NFI_FIXED_ONE);
            norm[t->cls[e]] += g * g;
        }
    for (size_t k = 0; k < t->nclasses; k++) {
        norm[k] = norm[k] > 0 ? 1.0 / sqrt(norm[k]) : 0.0;
        f->z[k] = 0.0;
    }
    for (size_t i = 0; i < t->n; i++) {
        f->base[i] = 0.0f;
        for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++)
            f->w[e] = (float)((f->idf ? f->idf[i] : 1.0) * ((double)t->val[e] / NFI_FIXED_ONE) * norm[t->cls[e]]);
    }
    nfi_free(norm);
    return NF_OK;
}
