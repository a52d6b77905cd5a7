/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * part_multi.c - models of documents with several labels: what their scores say, and the sections of a file they add.
 *
 *   MULT  bytes  lines key=value: documents, how, micro_f1
 *   MTHR  f64    threshold of each class
 *   MSIG  f64    slope and offset of each class; not there where the model is not calibrated
 */
#include "models/multi.h"

#include "base/try.h"
#include "models/meta.h"
#include "models/part.h"

#include <math.h>
#include <string.h>

nf_status nfi_multi_new(nf_model *m, nf_err *err)
{
    nfi_multi *x = nfi_calloc(1, sizeof *x);

    if (!x)
        return nfi_oom(err, "a model");
    *x = (nfi_multi){.none = nf_model_find_label(m, (nf_str){"none", 4}), .how = "fixed", .micro_f1 = -1.0};
    x->threshold = nfi_calloc(m->nclasses, sizeof *x->threshold);
    if (!x->threshold) {
        nfi_free(x);
        return nfi_oom(err, "a model");
    }
    m->multi = x;
    return NF_OK;
}

static void clear(nf_model *m)
{
    if (m->multi)
        nfi_free(m->multi->threshold);
    if (m->multi)
        nfi_free(m->multi->sigmoid);
    nfi_free(m->multi);
    m->multi = NULL;
}

/* ---- deciding ---- */

/* The class with the highest score; *lead is what it is ahead of the next. */
static int32_t highest(const double *score, size_t n, double *lead)
{
    size_t best = 0, next = SIZE_MAX;

    for (size_t k = 1; k < n; k++) {
        if (score[k] > score[best]) {
            next = best;
            best = k;
        } else if (next == SIZE_MAX || score[k] > score[next]) {
            next = k;
        }
    }
    *lead = next == SIZE_MAX ? INFINITY : score[best] - score[next];
    return (int32_t)best;
}

void nfi_multi_choose(const nf_model *m, const double *score, bool *chosen, nfi_choice *out)
{
    const nfi_multi *x = m->multi;
    nfi_choice c = {.label = -1, .second = -1};
    int32_t best = -1, next = -1; /* of all but none, by how far above their thresholds */
    double top = 0.0, after = 0.0, nearest = INFINITY;

    if (chosen)
        memset(chosen, 0, m->nclasses * sizeof *chosen);
    for (size_t k = 0; k < m->nclasses; k++) {
        double excess = score[k] - x->threshold[k];
        if ((int32_t)k == x->none)
            continue;
        nearest = fabs(excess) < nearest ? fabs(excess) : nearest;
        if (excess >= 0) {
            c.n++;
            if (chosen)
                chosen[k] = true;
        }
        if (best < 0 || excess > top) {
            next = best;
            after = top;
            best = (int32_t)k;
            top = excess;
        } else if (next < 0 || excess > after) {
            next = (int32_t)k;
            after = excess;
        }
    }
    if (c.n) {
        c.label = best;
        c.second = c.n > 1 ? next : -1;
        c.margin = nearest;
        *out = c;
        return;
    }
    c.n = 1;
    if (x->none >= 0) { /* nothing passed, and that is an answer */
        c.label = x->none;
        c.margin = best < 0 ? 0.0 : -top;
    } else {
        c.label = highest(score, m->nclasses, &c.margin);
        c.tie = c.margin <= 1e-9;
    }
    if (chosen)
        chosen[c.label] = true;
    *out = c;
}

void nfi_model_decide(const nf_model *m, const double *acc, double *log_odds, int32_t *label, int32_t *second, double *margin)
{
    nfi_choice c;

    if (!m->multi) {
        nfi_log_odds(acc, m->nclasses, log_odds, label, second, margin);
        if (*margin <= 1e-9)
            *label = -1;
        return;
    }
    memcpy(log_odds, acc, m->nclasses * sizeof *log_odds);
    nfi_multi_choose(m, acc, NULL, &c);
    *label = c.tie ? -1 : c.label;
    *second = c.second;
    *margin = c.margin;
}

bool nf_model_is_multi(const nf_model *m) { return m->multi != NULL; }
double nf_model_threshold(const nf_model *m, size_t k) { return m->multi ? m->multi->threshold[k] : 0.0; }

size_t nf_model_labels(const nf_model *m, const double *log_odds, bool *chosen)
{
    nfi_choice c = {.n = 1};
    size_t best = 0;

    if (m->multi) {
        nfi_multi_choose(m, log_odds, chosen, &c);
        return c.n;
    }
    for (size_t k = 0; k < m->nclasses; k++) {
        chosen[k] = false;
        if (log_odds[k] > log_odds[best])
            best = k;
    }
    chosen[best] = true;
    return 1;
}

/* ---- the file ---- */

static void put(const nf_model *m, nfi_secw *w)
{
    nfi_buf b = {0};
    const nfi_multi *x = m->multi;

    if (!x)
        return;
    nfi_meta_put_number(&b, "documents=", (double)x->documents);
    nfi_meta_put_text(&b, "how=", x->how);
    nfi_meta_put_number(&b, "labelled=", (double)x->labelled);
    nfi_meta_put_number(&b, "micro_f1=", x->micro_f1);
    if (!nfi_buf_ok(&b))
        nfi_secw_oom(w, "thresholds");
    nfi_secw_section(w, "MULT", NFI_BYTES, true, b.p, b.n);
    nfi_secw_section(w, "MTHR", NFI_F64, true, x->threshold, m->nclasses);
    if (x->sigmoid)
        nfi_secw_section(w, "MSIG", NFI_F64, false, x->sigmoid, 2 * m->nclasses);
    nfi_buf_clear(&b);
}

static bool slopes_fit(const double *v, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        if (!isfinite(v[i]) || (i % 2 == 0 && v[i] < 0.0))
            return false;
    return true;
}

static nf_status get(nf_model *m, nf_err *err)
{
    const char *name = nfi_secr_name(m->file);
    const void *there, *thresholds, *sigmoid;
    uint64_t bytes, n, nsigmoid;
    nfi_meta meta;
    nfi_multi x;

    NF_TRY(nfi_secr_get(m->file, "MULT", NFI_BYTES, false, &there, &bytes, err));
    NF_TRY(nfi_secr_get(m->file, "MTHR", NFI_F64, there != NULL, &thresholds, &n, err));
    NF_TRY(nfi_secr_get(m->file, "MSIG", NFI_F64, false, &sigmoid, &nsigmoid, err));
    if (sigmoid && (!there || nsigmoid != 2 * m->nclasses || !slopes_fit(sigmoid, nsigmoid)))
        return NF_FAIL_AT(err, NF_EMODEL, name, 0,
                          "damaged or hostile model: section MSIG is not a slope and an offset a class, or not in range");
    if (!there)
        return thresholds ? NF_FAIL_AT(err, NF_EMODEL, name, 0, "damaged or hostile model: section MTHR without MULT") : NF_OK;
    if (n != m->nclasses || !nfi_check_f64(thresholds, n))
        return NF_FAIL_AT(err, NF_EMODEL, name, 0, "damaged or hostile model: thresholds are not finite, or not one a class");
    NF_TRY(nfi_meta_get(&meta, m->file, "MULT", err));
    NF_TRY(nfi_meta_count(&meta, "documents", 0, UINT64_C(1) << 53, &x.documents, err));
    NF_TRY(nfi_meta_text(&meta, "how", x.how, sizeof x.how, err));
    NF_TRY(nfi_meta_count(&meta, "labelled", 0, UINT64_C(1) << 53, &x.labelled, err));
    NF_TRY(nfi_meta_number(&meta, "micro_f1", -1, 1, &x.micro_f1, err));
    NF_TRY(nfi_multi_new(m, err));
    memcpy(m->multi->threshold, thresholds, m->nclasses * sizeof *m->multi->threshold);
    memcpy(m->multi->how, x.how, sizeof x.how);
    m->multi->labelled = x.labelled;
    m->multi->documents = x.documents;
    m->multi->micro_f1 = x.micro_f1;
    if (!sigmoid)
        return NF_OK;
    m->multi->sigmoid = nfi_alloc(2 * m->nclasses, sizeof *m->multi->sigmoid);
    if (!m->multi->sigmoid)
        return nfi_oom(err, "a model");
    memcpy(m->multi->sigmoid, sigmoid, 2 * m->nclasses * sizeof *m->multi->sigmoid);
    return NF_OK;
}

const nfi_part nfi_part_multi = {.tag = {"MULT", "MTHR", "MSIG", NULL}, .put = put, .get = get, .clear = clear};
