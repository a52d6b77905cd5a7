/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metrics.c - confusion counts and the figures made of them. All sums are integers, each figure is one division of two of them.
 *
 * Wilson 1927: with p = x/n and the normal quantile z, (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n).
 */
#include "models/figures.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/sort.h"
#include "base/try.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

enum { LEAST_SPARSE = 1024 }; /* pairs of classes that are counted in a full table however few documents there are */

const char *nf_undefined_word(nf_undefined why)
{
    switch (why) {
#define X(name, value, word, text)                                                                                     \
    case name:                                                                                                         \
        return word;
        NF_UNDEFINED_REASONS(X)
#undef X
    }
    return "unknown";
}

const char *nf_undefined_text(nf_undefined why)
{
    switch (why) {
#define X(name, value, word, text)                                                                                     \
    case name:                                                                                                         \
        return text;
        NF_UNDEFINED_REASONS(X)
#undef X
    }
    return "unknown reason";
}

static nf_status check_pairs(const int32_t *human, const int32_t *machine, size_t n, size_t k, nf_err *err)
{
    if (k == 0)
        return NF_FAIL(err, NF_EINVAL, "no classes to compare");
    if (k > NFI_MAX_LABELS)
        return NF_FAIL(err, NF_ELIMIT, "%zu classes, at most %d", k, NFI_MAX_LABELS);
    for (size_t i = 0; i < n; i++) {
        if (human[i] < -1 || human[i] >= (int32_t)k)
            return NF_FAIL(err, NF_EINVAL, "document %zu: human class %d, expected -1 to %zu", i, (int)human[i], k - 1);
        if (machine[i] < -1 || machine[i] >= (int32_t)k)
            return NF_FAIL(err, NF_EINVAL, "document %zu: machine class %d, expected -1 to %zu", i, (int)machine[i], k - 1);
    }
    return NF_OK;
}

/* Counts of all pairs, where they are not many more than documents. */
static nf_status count_all_pairs(nf_confusion *out, const int32_t *human, const int32_t *machine, size_t n, size_t k, nf_err *err)
{
    size_t cells = k * (k + 1), pairs = 0;
    uint64_t *count = nfi_calloc(cells, sizeof *count);

    for (size_t i = 0; count && i < n; i++)
        if (human[i] >= 0)
            count[(size_t)human[i] * (k + 1) + (machine[i] < 0 ? k : (size_t)machine[i])]++;
    for (size_t e = 0; count && e < cells; e++)
        pairs += count[e] > 0;
    nf_confused *pair = nfi_alloc(pairs, sizeof *pair);
    if (!count || !pair) {
        nfi_free(count);
        nfi_free(pair);
        return nfi_oom(err, "the confusion matrix");
    }
    *out = (nf_confusion){.k = k, .pair = pair};
    for (size_t e = 0; e < cells; e++)
        if (count[e])
            pair[out->n++] = (nf_confused){count[e], (uint32_t)(e / (k + 1)), (uint32_t)(e % (k + 1))};
    nfi_free(count);
    return NF_OK;
}

static nf_status sort_pairs(nf_confusion *out, const int32_t *human, const int32_t *machine, size_t n, size_t k, nf_err *err)
{
    size_t judged = 0, pairs = 0;
    nf_confused *pair = NULL;
    nf_status s = NF_OK;
    nfi_kv *kv = nfi_alloc(n, sizeof *kv);

    if (!kv)
        return nfi_oom(err, "the confusion matrix");
    for (size_t i = 0; i < n; i++)
        if (human[i] >= 0)
            kv[judged++] = (nfi_kv){(uint64_t)human[i] << 32 | (machine[i] < 0 ? k : (size_t)machine[i]), 0, 0};
    NF_GO(nfi_sort_kv(kv, judged, err));
    for (size_t i = 0; i < judged; i++)
        pairs += i == 0 || kv[i].key != kv[i - 1].key;
    if (!(pair = nfi_alloc(pairs, sizeof *pair))) {
        s = nfi_oom(err, "the confusion matrix");
        goto out;
    }
    *out = (nf_confusion){.k = k, .pair = pair};
    for (size_t i = 0, j; i < judged; i = j) {
        for (j = i + 1; j < judged && kv[j].key == kv[i].key; j++)
            continue;
        pair[out->n++] = (nf_confused){j - i, (uint32_t)(kv[i].key >> 32), (uint32_t)kv[i].key};
    }
out:
    nfi_free(kv);
    return s;
}

nf_status nf_confusion_of(nf_confusion *out, const int32_t *human, const int32_t *machine, size_t n, size_t k, nf_err *err)
{
    NF_TRY(check_pairs(human, machine, n, k, err));
    return (k * (k + 1) <= n + LEAST_SPARSE ? count_all_pairs : sort_pairs)(out, human, machine, n, k, err);
}

uint64_t nf_confusion_count(const nf_confusion *c, size_t h, size_t m)
{
    size_t lo = 0, hi = c->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        const nf_confused *p = &c->pair[mid];
        if (p->human < h || (p->human == h && p->machine < m))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < c->n && c->pair[lo].human == h && c->pair[lo].machine == m ? c->pair[lo].n : 0;
}

void nf_confusion_clear(nf_confusion *c)
{
    if (!c)
        return;
    nfi_free(c->pair);
    *c = (nf_confusion){0};
}

nf_figure nfi_share(uint64_t part, uint64_t whole, nf_undefined why_not)
{
    return whole ? (nf_figure){(double)part / (double)whole, NF_DEFINED} : (nf_figure){-1.0, why_not};
}

static bool is_scored(const bool *excluded, size_t class)
{
    return !excluded || !excluded[class];
}

static void count_class_totals(nf_metrics *m, const nf_confusion *c, const bool *excluded)
{
    for (size_t i = 0; i < c->n; i++) {
        const nf_confused *p = &c->pair[i];
        m->cls[p->human].support += p->n;
        if (!is_scored(excluded, p->human))
            continue;
        m->n += p->n;
        if (p->machine == c->k)
            continue;
        m->labelled += p->n;
        m->cls[p->machine].predicted += p->n;
        if (p->machine == p->human) {
            m->cls[p->human].true_positives = p->n;
            m->correct += p->n;
        }
    }
}

void nfi_judge_class(nf_class_metrics *c)
{
    c->precision = nfi_share(c->true_positives, c->predicted, NF_NEVER_PREDICTED);
    c->recall = nfi_share(c->true_positives, c->support, NF_NO_SUPPORT);
    c->f1 = nfi_share(2 * c->true_positives, c->support + c->predicted, NF_NEVER_USED);
    c->why = c->f1.why != NF_DEFINED ? c->f1.why : c->precision.why != NF_DEFINED ? c->precision.why : c->recall.why;
}

static void leave_class(nf_class_metrics *c)
{
    c->why = NF_N_TOO_SMALL;
    c->precision = c->recall = c->f1 = (nf_figure){-1.0, NF_N_TOO_SMALL};
}

static void judge_all(nf_metrics *m, const bool *excluded)
{
    double sum = 0.0;
    uint64_t most = 0;

    for (size_t j = 0; j < m->k; j++) {
        const nf_class_metrics *c = &m->cls[j];
        if (!is_scored(excluded, j) || c->support == 0)
            continue;
        sum += c->f1.value; /* defined, since there is support */
        m->macro_classes++;
        if (c->support > most) {
            most = c->support;
            m->majority = (int32_t)j;
        }
    }
    m->accuracy = (double)m->correct / (double)m->n;
    m->macro_f1 = sum / (double)m->macro_classes;
    m->micro_f1 = 2.0 * (double)m->correct / (double)(m->n + m->labelled);
    m->majority_accuracy = (double)most / (double)m->n;
    m->majority_macro_f1 = 2.0 * (double)most / (double)(most + m->n) / (double)m->macro_classes;
}

nf_status nf_metrics_of(nf_metrics *out, const nf_confusion *c, const bool *excluded, nf_err *err)
{
    nf_status s = NF_OK;
    nf_metrics m = {.k = c->k, .cls = nfi_calloc(c->k, sizeof *m.cls)};

    if (!m.cls) {
        s = nfi_oom(err, "figures by class");
        goto out;
    }
    count_class_totals(&m, c, excluded);
    if (m.n == 0) {
        s = NF_FAIL(err, NF_EDATA, "no document has a human class that can be scored");
        goto out;
    }
    for (size_t j = 0; j < m.k; j++)
        (is_scored(excluded, j) ? nfi_judge_class : leave_class)(&m.cls[j]);
    judge_all(&m, excluded);
    NF_GO(nf_wilson(m.correct, m.n, 0.95, &m.accuracy_low, &m.accuracy_high, err));
    *out = m;
    m.cls = NULL;
out:
    nfi_free(m.cls);
    return s;
}

void nf_metrics_clear(nf_metrics *m)
{
    if (!m)
        return;
    nfi_free(m->cls);
    *m = (nf_metrics){0};
}

nf_status nf_wilson(uint64_t correct, uint64_t n, double level, double *low, double *high, nf_err *err)
{
    if (n == 0)
        return NF_FAIL(err, NF_EINVAL, "interval of a share of nothing");
    if (correct > n)
        return NF_FAIL(err, NF_EINVAL, "%llu of %llu is not a share", (unsigned long long)correct, (unsigned long long)n);
    if (!(level > 0.0 && level < 1.0))
        return NF_FAIL(err, NF_EINVAL, "level of an interval: expected a number between 0 and 1");
    double z = gsl_cdf_ugaussian_Qinv((1.0 - level) / 2.0), nn = (double)n, p = (double)correct / nn;
    double centre = p + z * z / (2.0 * nn), half = z * sqrt(p * (1.0 - p) / nn + z * z / (4.0 * nn * nn)), scale = 1.0 + z * z / nn;
    double lo = (centre - half) / scale, hi = (centre + half) / scale;
    *low = lo < 0.0 ? 0.0 : lo < p ? lo : p; /* where a bound is the share itself, rounding may cross it */
    *high = hi > 1.0 ? 1.0 : hi > p ? hi : p;
    return NF_OK;
}
