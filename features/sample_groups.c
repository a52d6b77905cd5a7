/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sample_groups.c - copies among the documents of the sample: what leaves a model together. */
#include "features/sample.h"

#include "base/hash.h"
#include "base/sort.h"
#include "base/try.h"

#include <string.h>

static bool is_alike(const nfi_sample *x, uint32_t a, uint32_t b)
{
    size_t n = (size_t)(x->ptr[a + 1] - x->ptr[a]);

    return n == x->ptr[b + 1] - x->ptr[b] && x->length[a] == x->length[b] &&
           memcmp(x->term + x->ptr[a], x->term + x->ptr[b], n * sizeof *x->term) == 0 &&
           memcmp(x->tf + x->ptr[a], x->tf + x->ptr[b], n * sizeof *x->tf) == 0;
}

nf_status nfi_sample_group_alike(nfi_sample *x, nf_err *err)
{
    nf_status s = NF_OK;
    bool any = false;
    nfi_kv *kv = nfi_alloc(x->n, sizeof *kv);
    uint32_t *group = nfi_calloc(x->n, sizeof *group);

    if (!kv || !group) {
        s = nfi_oom(err, "groups of copies");
        goto out;
    }
    for (size_t r = 0; r < x->n; r++) {
        size_t n = (size_t)(x->ptr[r + 1] - x->ptr[r]);
        kv[r].val = (uint32_t)r;
        kv[r].aux = 0;
        kv[r].key = nfi_xxh64(x->term + x->ptr[r], n * sizeof *x->term) * 31 + nfi_xxh64(x->tf + x->ptr[r], n * sizeof *x->tf);
    }
    NF_GO(nfi_sort_kv(kv, x->n, err));
    for (size_t i = 0, j; i < x->n; i = j) /* rows of one hash that are not like the first of them stay alone: no pair is compared twice */
        for (j = i + 1; j < x->n && kv[j].key == kv[i].key; j++)
            if (is_alike(x, kv[i].val, kv[j].val)) {
                group[kv[i].val] = group[kv[j].val] = kv[i].val + 1;
                any = true;
            }
    if (any) {
        x->group = group;
        group = NULL;
    }
out:
    nfi_free(kv);
    nfi_free(group);
    return s;
}

nf_status nfi_sample_group_by(nfi_sample *x, const uint32_t *slot, size_t n, const uint8_t *use, const uint32_t *groups, nf_err *err)
{
    nf_status s = NF_OK;
    size_t m = 0;
    nfi_kv *kv = nfi_alloc(n, sizeof *kv);
    uint32_t *group = nfi_calloc(x->n, sizeof *group);

    if (!kv || !group) {
        s = nfi_oom(err, "groups of copies");
        goto out;
    }
    for (size_t d = 0; d < n; d++)
        if (!use || use[d])
            kv[m++] = (nfi_kv){groups[d], (uint32_t)d, 0};
    NF_GO(nfi_sort_kv(kv, m, err));
    for (size_t i = 0, j; i < m; i = j) {
        uint32_t first = NFI_NONE;
        bool whole = true;
        for (j = i; j < m && kv[j].key == kv[i].key; j++) {
            uint32_t at = slot[kv[j].val];
            whole &= at > 0;
            first = at > 0 && at < first ? at : first;
        }
        for (size_t k = i; j > i + 1 && k < j; k++)
            if (slot[kv[k].val])
                group[slot[kv[k].val] - 1] = whole ? first : NFI_NONE;
    }
    x->group = group;
    group = NULL;
out:
    nfi_free(kv);
    nfi_free(group);
    return s;
}
