/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metrics_multi.c - figures of sets of labels. Sums are integers, each figure is one division of two of them.
 *
 * The best constant set: of all sets of j labels the one with the j greatest supports has most right labels, so j = 1, 2, ... are all that
 * need be tried.
 */
#include "models/figures.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/sort.h"
#include "base/try.h"

#include <string.h>

nf_status nf_label_sets_add(nf_label_sets *s, const uint16_t *cls, size_t n, nf_err *err)
{
    uint64_t at = s->n ? s->ptr[s->n] : 0;

    NF_TRY(nfi_grow(&s->ptr, &s->cap_ptr, s->n + 2, sizeof *s->ptr, err));
    NF_TRY(nfi_grow(&s->cls, &s->cap_cls, (size_t)at + n, sizeof *s->cls, err));
    if (n)
        memcpy(s->cls + at, cls, n * sizeof *cls);
    s->ptr[0] = 0;
    s->ptr[++s->n] = at + n;
    return NF_OK;
}

void nf_label_sets_clear(nf_label_sets *s)
{
    nfi_free(s->ptr);
    nfi_free(s->cls);
    *s = (nf_label_sets){0};
}

static nf_status check(const nf_label_sets *s, size_t k, const char *who, nf_err *err)
{
    for (size_t d = 0; d < s->n; d++)
        for (uint64_t e = s->ptr[d]; e < s->ptr[d + 1]; e++)
            if (s->cls[e] >= k || (e > s->ptr[d] && s->cls[e] <= s->cls[e - 1]))
                return NF_FAIL(err, NF_EINVAL, "document %zu: %s class %u, expected classes below %zu in rising order", d, who,
                               (unsigned)s->cls[e], k);
    return NF_OK;
}

static void count_document(nf_multi_metrics *m, const nf_label_sets *human, const nf_label_sets *machine, size_t d)
{
    const uint16_t *h = human->cls + human->ptr[d], *h_end = human->cls + human->ptr[d + 1];
    const uint16_t *g = machine->cls + machine->ptr[d], *g_end = machine->cls + machine->ptr[d + 1];

    m->n++;
    m->answered += g < g_end;
    m->exact += h_end - h == g_end - g && memcmp(h, g, (size_t)(h_end - h) * sizeof *h) == 0;
    while (h < h_end || g < g_end) {
        bool mine = h < h_end && (g == g_end || *h <= *g), given = g < g_end && (h == h_end || *g <= *h);
        nf_class_metrics *c = &m->cls[mine ? *h : *g];
        c->support += mine;
        c->predicted += given;
        c->true_positives += mine && given;
        h += mine;
        g += given;
    }
}

static void judge(nf_multi_metrics *m)
{
    double sum = 0.0;
    uint64_t wrong = 0;
    size_t labels = m->k - (m->none >= 0);

    for (size_t k = 0; k < m->k; k++) {
        nf_class_metrics *c = &m->cls[k];
        nfi_judge_class(c);
        if ((int32_t)k == m->none)
            continue;
        m->human_labels += c->support;
        m->machine_labels += c->predicted;
        m->right_labels += c->true_positives;
        if (c->support) {
            sum += c->f1.value;
            m->macro_classes++;
        }
    }
    wrong = m->human_labels + m->machine_labels - 2 * m->right_labels;
    m->micro_precision = nfi_share(m->right_labels, m->machine_labels, NF_NEVER_PREDICTED);
    m->micro_recall = nfi_share(m->right_labels, m->human_labels, NF_NO_SUPPORT);
    m->micro_f1 = nfi_share(2 * m->right_labels, m->human_labels + m->machine_labels, NF_NEVER_USED);
    m->macro_f1 = m->macro_classes ? sum / (double)m->macro_classes : 0.0;
    m->subset_accuracy = (double)m->exact / (double)m->n;
    m->hamming_loss = labels ? (double)wrong / (double)m->n / (double)labels : 0.0;
    m->human_cardinality = (double)m->human_labels / (double)m->n;
    m->machine_cardinality = (double)m->machine_labels / (double)m->n;
}

static nf_constant_answer answer(const nf_multi_metrics *m, size_t n, uint64_t right, double sum)
{
    return (nf_constant_answer){.n = n,
                                .micro_f1 = 2.0 * (double)right / ((double)n * (double)m->n + (double)m->human_labels),
                                .macro_f1 = sum / (double)m->macro_classes};
}

/* Documents whose set is that of the first n of order. place: of each class in order. */
static double exactly(const nf_multi_metrics *m, const nf_label_sets *human, const uint32_t *place, size_t n)
{
    uint64_t same = 0;

    for (size_t d = 0; d < human->n; d++) {
        uint64_t e = human->ptr[d], end = human->ptr[d + 1];
        if (end - e != n)
            continue;
        while (e < end && place[human->cls[e]] < n)
            e++;
        same += e == end;
    }
    return (double)same / (double)m->n;
}

static nf_status baselines(nf_multi_metrics *m, const nf_label_sets *human, nf_err *err)
{
    nf_status s = NF_OK;
    size_t n = 0;
    uint64_t right = 0;
    double sum = 0.0;
    nfi_kv *kv = nfi_alloc(m->k, sizeof *kv);
    uint32_t *place = nfi_alloc(m->k, sizeof *place);

    if (!kv || !place) {
        s = nfi_oom(err, "baselines");
        goto out;
    }
    for (size_t k = 0; k < m->k; k++) {
        place[k] = UINT32_MAX;
        if ((int32_t)k != m->none && m->cls[k].support)
            kv[n++] = (nfi_kv){UINT64_MAX - m->cls[k].support, (uint32_t)k, 0};
    }
    NF_GO(nfi_sort_kv(kv, n, err));
    for (size_t i = 0; i < n; i++) {
        uint64_t support = m->cls[kv[i].val].support;
        place[kv[i].val] = (uint32_t)i;
        right += support;
        sum += 2.0 * (double)support / (double)(support + m->n);
        nf_constant_answer a = answer(m, i + 1, right, sum);
        if (i == 0)
            m->majority = a;
        if (i == 0 || a.micro_f1 > m->constant.micro_f1)
            m->constant = a;
    }
    if (n) {
        m->majority.subset_accuracy = exactly(m, human, place, 1);
        m->constant.subset_accuracy = exactly(m, human, place, m->constant.n);
    }
out:
    nfi_free(kv);
    nfi_free(place);
    return s;
}

nf_status nf_multi_metrics_of(nf_multi_metrics *out, const nf_label_sets *human, const nf_label_sets *machine, size_t k, int32_t none,
                              nf_err *err)
{
    nf_status s = NF_OK;
    nf_multi_metrics m = {.k = k, .none = none};

    if (human->n != machine->n)
        return NF_FAIL(err, NF_EINVAL, "sets of %zu documents and of %zu", human->n, machine->n);
    if (k == 0 || k > NFI_MAX_LABELS || none < -1 || none >= (int32_t)k)
        return NF_FAIL(err, NF_EINVAL, "%zu classes, \"none\" being %d", k, (int)none);
    NF_TRY(check(human, k, "human", err));
    NF_TRY(check(machine, k, "machine", err));
    m.cls = nfi_calloc(k, sizeof *m.cls);
    if (!m.cls)
        return nfi_oom(err, "figures by class");
    for (size_t d = 0; d < human->n; d++)
        if (human->ptr[d] < human->ptr[d + 1])
            count_document(&m, human, machine, d);
    if (m.n == 0) {
        s = NF_FAIL(err, NF_EDATA, "no document was labelled by a human");
        goto out;
    }
    judge(&m);
    NF_GO(baselines(&m, human, err));
    NF_GO(nf_wilson(m.exact, m.n, 0.95, &m.subset_low, &m.subset_high, err));
    *out = m;
    m.cls = NULL;
out:
    nfi_free(m.cls);
    return s;
}

void nf_multi_metrics_clear(nf_multi_metrics *m)
{
    if (!m)
        return;
    nfi_free(m->cls);
    *m = (nf_multi_metrics){0};
}
