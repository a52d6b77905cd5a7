/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nb.c - the table of classifiers, class totals and priors. */
#include "models/nb.h"

#include "base/registry.h"
#include "base/try.h"

#include <math.h>
#include <string.h>

static const nfi_classifier cnb = {"cnb", "complement naive Bayes: each class against the sums of all others", true, "uniform", 0.3, 1.0};
static const nfi_classifier mnb = {"mnb", "multinomial naive Bayes", false, "data", 0.03, 0.1};

const nfi_classifier *const nfi_classifiers[] = {&cnb, &mnb, NULL};

const nfi_classifier *nfi_classifier_find(const char *name)
{
    NFI_RETURN_ROW(nfi_classifiers, name);
}

void nfi_nb_totals(const nfi_terms *t, const double *idf, double *sums, double *plain)
{
    for (size_t k = 0; k < t->nclasses; k++)
        sums[k] = plain[k] = 0.0;
    for (size_t i = 0; i < t->n; i++) {
        for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++) {
            double v = (double)t->val[e] / NFI_FIXED_ONE;
            sums[t->cls[e]] += idf ? idf[i] * v : v;
            plain[t->cls[e]] += v;
        }
    }
}

/* One "label=value" of a prior list. */
static nf_status prior_item(const char *s, size_t n, const nf_str *label, size_t nclasses, double *prior, nf_err *err)
{
    const char *eq = NULL;
    for (size_t i = 0; i < n; i++)
        if (s[i] == '=')
            eq = s + i;
    double v;
    if (!eq || !nfi_parse_double(eq + 1, n - (size_t)(eq + 1 - s), &v) || v <= 0.0)
        return NF_FAIL(err, NF_EINVAL, "prior \"%.*s\": expected LABEL=SHARE with a share above 0", (int)n, s);
    for (size_t k = 0; k < nclasses; k++) {
        if (label[k].n == (size_t)(eq - s) && memcmp(label[k].p, s, label[k].n) == 0) {
            if (prior[k] != 0.0)
                return NF_FAIL(err, NF_EINVAL, "prior: class \"%.*s\" is named twice", (int)(eq - s), s);
            prior[k] = v;
            return NF_OK;
        }
    }
    char list[300];
    size_t at = 0, k = 0;
    for (; k < nclasses && at + label[k].n + 8 < sizeof list; k++) {
        if (k > 0) {
            memcpy(list + at, ", ", 2);
            at += 2;
        }
        memcpy(list + at, label[k].p, label[k].n);
        at += label[k].n;
    }
    memcpy(list + at, k < nclasses ? ", ..." : "", k < nclasses ? 6 : 1);
    return NF_FAIL(err, NF_EINVAL, "prior: no class \"%.*s\"; classes are: %s", (int)(eq - s), s, list);
}

nf_status nfi_nb_prior(const char *spec, const nf_str *label, const uint64_t *docs, size_t nclasses, double *prior, nf_err *err)
{
    uint64_t total = 0;
    double sum = 0.0;

    for (size_t k = 0; k < nclasses; k++)
        total += docs[k];
    if (strcmp(spec, "uniform") == 0) {
        for (size_t k = 0; k < nclasses; k++)
            prior[k] = -nfi_log((double)nclasses);
        return NF_OK;
    }
    if (strcmp(spec, "data") == 0) {
        for (size_t k = 0; k < nclasses; k++)
            if (docs[k] == 0)
                return NF_FAIL(err, NF_EINVAL, "prior data: class \"%.*s\" has no documents; use uniform, or name shares", (int)label[k].n, label[k].p);
        for (size_t k = 0; k < nclasses; k++)
            prior[k] = nfi_log((double)docs[k]) - nfi_log((double)total);
        return NF_OK;
    }
    for (size_t k = 0; k < nclasses; k++)
        prior[k] = 0.0;
    for (const char *p = spec; *p;) {
        size_t n = strcspn(p, ",");
        NF_TRY(prior_item(p, n, label, nclasses, prior, err));
        p += n + (p[n] == ',');
    }
    for (size_t k = 0; k < nclasses; k++) {
        if (prior[k] == 0.0)
            return NF_FAIL(err, NF_EINVAL, "prior: class \"%.*s\" has no share; name all %zu classes", (int)label[k].n, label[k].p, nclasses);
        sum += prior[k];
    }
    if (fabs(sum - 1.0) > 1e-6)
        return NF_FAIL(err, NF_EINVAL, "prior: the shares add up to %.6f, expected 1", sum);
    for (size_t k = 0; k < nclasses; k++)
        prior[k] = nfi_log(prior[k]);
    return NF_OK;
}
