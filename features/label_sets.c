/* SPDX-License-Identifier: GPL-3.0-or-later */
/* label_sets.c - sets of labels: strings to numbers, numbers to classes. */
#include "features/label_sets.h"

#include "base/sort.h"
#include "base/try.h"

nf_status nfi_label_node(nfi_vocab *labels, nf_str label, uint32_t *node, nf_err *err)
{
    uint8_t padded[NFI_MAX_LABEL + 16] = {0};
    bool fresh;

    memcpy(padded, label.p, label.n);
    NF_TRY(nfi_vocab_reserve(labels, 1, 0, err));
    nfi_word_slot *w = nfi_vocab_word(labels, padded, (uint32_t)label.n, &fresh);
    if (!w)
        return nfi_oom(err, "labels");
    if (labels->nwords > NFI_MAX_LABELS)
        return NF_FAIL(err, NF_ELIMIT, "more than %d distinct labels; is the label column the right one?", NFI_MAX_LABELS);
    *node = w->id;
    return NF_OK;
}

nf_status nfi_set_node(nfi_vocab *labels, nf_str set, int32_t *node, nf_err *err)
{
    uint32_t prefix = NFI_NONE, last;

    for (const char *p = set.p, *end = set.p + set.n; p < end;) {
        const char *cut = memchr(p, ';', (size_t)(end - p)), *e = cut ? cut : end;
        size_t n = (size_t)(e - p);
        bool fresh;
        if (n == 0 || n > NFI_MAX_LABEL)
            return NF_FAIL(err, NF_EINVAL, "a label of %zu bytes in a set", n);
        NF_TRY(nfi_label_node(labels, (nf_str){p, n}, &last, err));
        NF_TRY(nfi_vocab_reserve(labels, 0, 1, err));
        prefix = prefix == NFI_NONE ? last : nfi_vocab_pair(labels, prefix, last, &fresh)->id;
        if (prefix > INT32_MAX)
            return NF_FAIL(err, NF_ELIMIT, "too many different sets of labels");
        p = cut ? cut + 1 : end;
    }
    *node = (int32_t)prefix;
    return NF_OK;
}

typedef struct set_order {
    const uint64_t *ptr;
    const uint16_t *cls;
} set_order;

static int by_classes(const void *a, const void *b, void *ctx)
{
    const set_order *o = ctx;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    uint64_t i = o->ptr[x], j = o->ptr[y], ei = o->ptr[x + 1], ej = o->ptr[y + 1];

    for (; i < ei && j < ej; i++, j++)
        if (o->cls[i] != o->cls[j])
            return o->cls[i] < o->cls[j] ? -1 : 1;
    return (i < ei) - (j < ej);
}

static size_t depth_of(const nfi_vocab *v, uint32_t node)
{
    size_t n = 1;
    for (; v->node[node].prefix != NFI_NONE; node = v->node[node].prefix)
        n++;
    return n;
}

nf_status nfi_sets_finish(nf_corpus *c, const nfi_vocab *labels, const uint32_t *rank, nf_err *err)
{
    size_t nodes = labels->nnode, n = 0, total = 0;
    nf_status s = NF_OK;
    uint32_t *number = nfi_calloc(nodes, sizeof *number), *order = NULL, *used = NULL; /* number: place + 1 */
    uint64_t *ptr = NULL, *sorted_ptr = NULL;
    uint16_t *cls = NULL, *sorted = NULL;

    if (!number)
        return nfi_oom(err, "labels");
    for (size_t d = 0; d < c->n; d++)
        if (c->label[d] >= 0 && number[c->label[d]] == 0) {
            number[c->label[d]] = (uint32_t)++n;
            total += depth_of(labels, (uint32_t)c->label[d]);
        }
    used = nfi_alloc(n, sizeof *used);
    order = nfi_alloc(n, sizeof *order);
    ptr = nfi_alloc(n + 1, sizeof *ptr);
    sorted_ptr = nfi_alloc(n + 1, sizeof *sorted_ptr);
    cls = nfi_alloc(total, sizeof *cls);
    sorted = nfi_alloc(total, sizeof *sorted);
    if (!used || !order || !ptr || !sorted_ptr || !cls || !sorted) {
        s = nfi_oom(err, "labels");
        goto out;
    }
    for (size_t i = 0; i < nodes; i++)
        if (number[i])
            used[number[i] - 1] = (uint32_t)i;
    ptr[0] = sorted_ptr[0] = 0;
    for (size_t i = 0; i < n; i++) { /* classes of a path come last first, and rise */
        size_t k = depth_of(labels, used[i]);
        ptr[i + 1] = ptr[i] + k;
        for (uint32_t x = used[i]; x != NFI_NONE; x = labels->node[x].prefix) {
            const nfi_node *node = &labels->node[x];
            uint32_t word = node->prefix == NFI_NONE ? node->word : labels->node[node->word].word;
            cls[ptr[i] + --k] = (uint16_t)rank[word];
        }
        order[i] = (uint32_t)i;
    }
    set_order o = {ptr, cls};
    NF_GO(nfi_sort(order, n, sizeof *order, by_classes, &o, err));
    for (size_t i = 0; i < n; i++) {
        size_t k = (size_t)(ptr[order[i] + 1] - ptr[order[i]]);
        memcpy(sorted + sorted_ptr[i], cls + ptr[order[i]], k * sizeof *cls);
        sorted_ptr[i + 1] = sorted_ptr[i] + k;
        number[used[order[i]]] = (uint32_t)i;
    }
    for (size_t d = 0; d < c->n; d++)
        if (c->label[d] >= 0)
            c->label[d] = (int32_t)number[c->label[d]];
    c->nsets = n;
    c->set_ptr = sorted_ptr;
    c->set_cls = sorted;
    sorted_ptr = NULL;
    sorted = NULL;
out:
    nfi_free(number);
    nfi_free(used);
    nfi_free(order);
    nfi_free(ptr);
    nfi_free(sorted_ptr);
    nfi_free(cls);
    nfi_free(sorted);
    return s;
}

nf_status nfi_sets_keep(nf_corpus *c, nf_err *err)
{
    int32_t *set = nfi_alloc(c->nsets, sizeof *set), *class = nfi_alloc(c->nclasses, sizeof *class);
    size_t sets = 0, classes = 0;
    uint64_t at = 0;

    if (!set || !class) {
        nfi_free(set);
        nfi_free(class);
        return nfi_oom(err, "classes");
    }
    for (size_t i = 0; i < c->nsets; i++)
        set[i] = -1;
    for (size_t k = 0; k < c->nclasses; k++)
        class[k] = -1;
    for (size_t d = 0; d < c->n; d++)
        if (c->label[d] >= 0)
            set[c->label[d]] = 0;
    for (size_t i = 0; i < c->nsets; i++)
        for (uint64_t e = c->set_ptr[i]; set[i] == 0 && e < c->set_ptr[i + 1]; e++)
            class[c->set_cls[e]] = 0;
    for (size_t k = 0; k < c->nclasses; k++)
        if (class[k] == 0) {
            class[k] = (int32_t)classes;
            c->classname[classes++] = c->classname[k];
        }
    for (size_t i = 0; i < c->nsets; i++) {
        uint64_t e = c->set_ptr[i], end = c->set_ptr[i + 1];
        if (set[i] < 0)
            continue;
        set[i] = (int32_t)sets;
        c->set_ptr[sets++] = at;
        for (; e < end; e++)
            c->set_cls[at++] = (uint16_t)class[c->set_cls[e]];
    }
    c->set_ptr[sets] = at;
    c->nsets = sets;
    c->nclasses = classes;
    for (size_t d = 0; d < c->n; d++)
        if (c->label[d] >= 0)
            c->label[d] = set[c->label[d]];
    nfi_free(set);
    nfi_free(class);
    return NF_OK;
}

void nfi_class_docs(uint64_t *out, const nf_corpus *c, const uint8_t *use)
{
    for (size_t d = 0; d < c->n; d++) {
        uint16_t one;
        const uint16_t *cls;
        size_t n = (!use || use[d]) && c->label[d] >= 0 ? nfi_corpus_set(c, (size_t)c->label[d], &one, &cls) : 0;
        for (size_t i = 0; i < n; i++)
            out[cls[i]]++;
    }
}

bool nf_corpus_is_multi(const nf_corpus *c) { return c->multi; }
size_t nf_corpus_sets(const nf_corpus *c) { return c->multi ? c->nsets : c->nclasses; }

size_t nf_corpus_set(const nf_corpus *c, size_t set, uint16_t *classes, size_t cap)
{
    uint16_t one;
    const uint16_t *cls;
    size_t n = nfi_corpus_set(c, set, &one, &cls);

    for (size_t i = 0; i < n && i < cap; i++)
        classes[i] = cls[i];
    return n;
}
