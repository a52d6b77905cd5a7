/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nb.c - the table of classifiers, priors and class weights. */
#include "models/fit.h"

#include "base/registry.h"
#include "base/try.h"

#include "newsframe/models.h"

#include <math.h>
#include <string.h>

static const nfi_classifier cnb = {.name = "cnb",
                                   .summary = "complement naive Bayes: each class against the sums of all others",
                                   .fit = nfi_fit_nb,
                                   .complement = true,
                                   .prior = "uniform",
                                   .smoothing_unit = 0.3,
                                   .smoothing_count = 1.0,
                                   .kinds = true,
                                   .exact = true};
static const nfi_classifier mnb = {.name = "mnb",
                                   .summary = "multinomial naive Bayes",
                                   .fit = nfi_fit_nb,
                                   .prior = "data",
                                   .smoothing_unit = 0.03,
                                   .smoothing_count = 0.1,
                                   .kinds = true,
                                   .exact = true};
static const nfi_classifier wcnb = {.name = "wcnb",
                                    .summary = "complement naive Bayes with normalised weights",
                                    .fit = nfi_fit_nb,
                                    .complement = true,
                                    .prior = "uniform",
                                    .smoothing_unit = 0.1,
                                    .smoothing_count = 1.0,
                                    .kinds = true,
                                    .normalised = true};
static const nfi_classifier mnb_length = {.name = "mnb-length",
                                          .summary = "multinomial naive Bayes, each document counted as one of mean length",
                                          .fit = nfi_fit_nb,
                                          .prior = "data",
                                          .smoothing_unit = 1.0,
                                          .smoothing_count = 1.0,
                                          .kinds = true,
                                          .exact = true,
                                          .length = true};
static const nfi_classifier bnb = {.name = "bnb",
                                   .summary = "Bernoulli naive Bayes: presence and absence of every term",
                                   .fit = nfi_fit_bernoulli,
                                   .prior = "data",
                                   .weighting = "binary",
                                   .smoothing_unit = 0.1,
                                   .smoothing_count = 0.1,
                                   .exact = true,
                                   .presence = true,
                                   .bias = true};
static const nfi_classifier centroid = {
    .name = "centroid", .summary = "cosine to the mean document of each class", .fit = nfi_fit_centroid, .prior = "uniform"};
static const nfi_classifier nbsvm = {.name = "nbsvm",
                                     .summary = "linear machine, squared hinge, on weights times naive Bayes log-ratios",
                                     .fit = nfi_fit_nbsvm,
                                     .prior = "data",
                                     .weighting = "ltc",
                                     .smoothing_unit = 1.0,
                                     .smoothing_count = 1.0,
                                     .cost = 1.0,
                                     .rows = true,
                                     .bias = true};
static const nfi_classifier nbmix = {.name = "nbmix",
                                     .summary = "nbsvm and complement naive Bayes on the same weights, added up",
                                     .fit = nfi_fit_nbmix,
                                     .prior = "data",
                                     .weighting = "ltc",
                                     .smoothing_unit = 0.1,
                                     .smoothing_count = 1.0,
                                     .cost = 0.3,
                                     .rows = true,
                                     .bias = true};
static const nfi_classifier svm = {.name = "svm",
                                   .summary = "linear machine, squared hinge",
                                   .fit = nfi_fit_svm,
                                   .prior = "data",
                                   .weighting = "ltc",
                                   .cost = 1.0,
                                   .rows = true,
                                   .bias = true};
static const nfi_classifier logistic = {.name = "logistic",
                                        .summary = "logistic regression, each class against the rest",
                                        .fit = nfi_fit_logistic,
                                        .prior = "data",
                                        .weighting = "ltc",
                                        .cost = 10.0,
                                        .rows = true,
                                        .bias = true};

const nfi_classifier *const nfi_classifiers[] = {&cnb, &mnb, &wcnb, &mnb_length, &bnb, &centroid, &nbsvm, &nbmix, &svm, &logistic, NULL};

const nfi_classifier *nfi_classifier_find(const char *name)
{
    NFI_RETURN_ROW(nfi_classifiers, name);
}

const char *nf_classifier_name(size_t i, const char **summary)
{
    NFI_RETURN_NAME(nfi_classifiers, i, summary);
}

bool nf_classifier_about(const char *name, nf_classifier_needs *out)
{
    const nfi_classifier *k = nfi_classifier_find(name);

    if (!k)
        return false;
    *out = (nf_classifier_needs){.documents = k->rows,
                                 .smoothing = k->smoothing_unit > 0,
                                 .cost = k->cost > 0,
                                 .kinds = k->kinds,
                                 .exact = k->exact,
                                 .weighting = k->weighting ? k->weighting : nfi_weightings[0]->name};
    return true;
}

static const struct smoothing_name {
    const char *name, *summary;
} lidstone = {"lidstone", "the same for every term"}, dirichlet = {"dirichlet", "by the share of the term in the corpus"},
  witten_bell = {"witten-bell", "to terms the class has not seen, the more the more different terms it has"};
static const struct smoothing_name *const smoothings[] = {&lidstone, &dirichlet, &witten_bell, NULL}; /* in the order of nfi_smoothing */

const char *nf_smoothing_name(size_t i, const char **summary)
{
    NFI_RETURN_NAME(smoothings, i, summary);
}

bool nfi_smoothing_find(const char *name, nfi_smoothing *out)
{
    for (size_t i = 0; smoothings[i]; i++)
        if (strcmp(smoothings[i]->name, name) == 0) {
            *out = (nfi_smoothing)i;
            return true;
        }
    return false;
}

nf_status nfi_classifier_weighting(const nfi_weighting **out, const nfi_classifier *k, const char *name, nf_err *err)
{
    const char *want = name ? name : k->weighting ? k->weighting : nfi_weightings[0]->name;
    const nfi_weighting *w = nfi_weighting_find(want);

    if (!w)
        return NF_FAIL(err, NF_EINVAL, "no weighting \"%s\"", want);
    if (k->presence && w->tf != NFI_TF_BINARY)
        return NF_FAIL(err, NF_EINVAL, "%s is about presence and absence of terms: its weighting must be \"%s\", not \"%s\"", k->name,
                       k->weighting, want);
    *out = w;
    return NF_OK;
}

/* One "label=value" of a list of priors or class weights; values that are not set yet are 0. */
static nf_status item(const char *what, const char *s, size_t n, const nf_str *label, size_t nclasses, double *value, nf_err *err)
{
    const char *eq = NULL;
    for (size_t i = 0; i < n; i++)
        if (s[i] == '=')
            eq = s + i;
    double v;
    if (!eq || !nfi_parse_double(eq + 1, n - (size_t)(eq + 1 - s), &v) || v <= 0.0)
        return NF_FAIL(err, NF_EINVAL, "%s \"%.*s\": expected LABEL=%s with a %s above 0", what, (int)n, s,
                       strcmp(what, "prior") == 0 ? "SHARE" : "WEIGHT", strcmp(what, "prior") == 0 ? "share" : "weight");
    for (size_t k = 0; k < nclasses; k++) {
        if (label[k].n == (size_t)(eq - s) && memcmp(label[k].p, s, label[k].n) == 0) {
            if (value[k] != 0.0)
                return NF_FAIL(err, NF_EINVAL, "%s: class \"%.*s\" is named twice", what, (int)(eq - s), s);
            value[k] = v;
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
    return NF_FAIL(err, NF_EINVAL, "%s: no class \"%.*s\"; classes are: %s", what, (int)(eq - s), s, list);
}

static nf_status items(const char *what, const char *spec, const nf_str *label, size_t nclasses, double *value, nf_err *err)
{
    for (size_t k = 0; k < nclasses; k++)
        value[k] = 0.0;
    for (const char *p = spec; *p;) {
        size_t n = strcspn(p, ",");
        NF_TRY(item(what, p, n, label, nclasses, value, err));
        p += n + (p[n] == ',');
    }
    return NF_OK;
}

nf_status nfi_nb_prior(const char *spec, const nf_str *label, const uint64_t *docs, const double *weight, size_t nclasses, double *prior,
                       nf_err *err)
{
    double sum = 0.0;

    if (strcmp(spec, "uniform") == 0) {
        for (size_t k = 0; k < nclasses; k++)
            prior[k] = -nfi_log((double)nclasses);
        return NF_OK;
    }
    if (strcmp(spec, "data") == 0) {
        for (size_t k = 0; k < nclasses; k++)
            sum += (weight ? weight[k] : 1.0) * (double)docs[k];
        for (size_t k = 0; k < nclasses; k++)
            prior[k] = docs[k] ? nfi_log((weight ? weight[k] : 1.0) * (double)docs[k]) - nfi_log(sum) : NFI_NO_DOCUMENTS;
        return NF_OK;
    }
    NF_TRY(items("prior", spec, label, nclasses, prior, err));
    for (size_t k = 0; k < nclasses; k++) {
        if (prior[k] == 0.0)
            return NF_FAIL(err, NF_EINVAL, "prior: class \"%.*s\" has no share; name all %zu classes", (int)label[k].n, label[k].p,
                           nclasses);
        sum += prior[k];
    }
    if (fabs(sum - 1.0) > 1e-6)
        return NF_FAIL(err, NF_EINVAL, "prior: the shares add up to %.6f, expected 1", sum);
    for (size_t k = 0; k < nclasses; k++)
        prior[k] = nfi_log(prior[k]);
    return NF_OK;
}

nf_status nfi_class_weights(const char *spec, const nf_str *label, const uint64_t *docs, size_t nclasses, double *weight, nf_err *err)
{
    uint64_t total = 0, used = 0;

    if (strcmp(spec, "balanced") != 0) {
        NF_TRY(items("class weight", spec, label, nclasses, weight, err));
        for (size_t k = 0; k < nclasses; k++) {
            if (weight[k] > 1e6 || (weight[k] > 0.0 && weight[k] < 1e-6))
                return NF_FAIL(err, NF_EINVAL, "class weight: \"%.*s\" has %g, expected a number from 0.000001 to 1000000", (int)label[k].n,
                               label[k].p, weight[k]);
            weight[k] = weight[k] == 0.0 ? 1.0 : weight[k];
        }
        return NF_OK;
    }
    for (size_t k = 0; k < nclasses; k++) {
        total += docs[k];
        used += docs[k] > 0;
    }
    for (size_t k = 0; k < nclasses; k++)
        weight[k] = docs[k] ? (double)total / ((double)used * (double)docs[k]) : 1.0;
    return NF_OK;
}
