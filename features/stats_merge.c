/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stats_merge.c - many statistics as one: a heap of sources by their current term, sums added term by term. Sources that follow each other
 * in great number are merged on the way (nfi_stats_set), so neither memory nor open files grow with them.
 */
#include "features/label_sets.h"
#include "features/stats.h"

#include "base/sort.h"
#include "base/try.h"

#include <string.h>

/* ---- heads ---- */

static nf_status copy_strings(nfi_stats_head *h, nf_str **dst, const nf_str *src, size_t n, nf_err *err)
{
    *dst = nfi_alloc(n, sizeof **dst);
    if (!*dst)
        return nfi_oom(err, "labels");
    for (size_t i = 0; i < n; i++) {
        char *p = nfi_arena_copy(&h->arena, src[i].p, src[i].n);
        if (!p)
            return nfi_oom(err, "labels");
        (*dst)[i] = (nf_str){p, src[i].n};
    }
    return NF_OK;
}

nf_status nfi_stats_head_of(nfi_stats_head *out, const nf_corpus *c, const nfi_weighting *w, bool ledger, nf_err *err)
{
    nfi_stats_head h = {.docs = c->n, .nstop = c->text.stop.n, .nlabels = c->nclasses, .ledger = ledger, .multi = c->multi};
    nf_status s = NF_OK;

    nfi_settings_of(&h.set, &c->text, w, c->multi);
    h.clean = nfi_cleaner_ref(c->text.clean);
    NF_GO(copy_strings(&h, &h.stop, c->text.stop.word, h.nstop, err));
    NF_GO(copy_strings(&h, &h.label, c->classname, h.nlabels, err));
    h.label_docs = nfi_calloc(h.nlabels, sizeof *h.label_docs);
    if (!h.label_docs) {
        s = nfi_oom(err, "labels");
        goto out;
    }
    for (size_t d = 0; d < c->n; d++) {
        h.tokens += c->ntokens[d];
        h.unlabelled += c->label[d] < 0;
    }
    nfi_class_docs(h.label_docs, c, NULL);
    *out = h;
    return NF_OK;
out:
    nfi_stats_head_clear(&h);
    return s;
}

/* Adds the numbers of b to h; labels are mapped. */
static nf_status add_totals(nfi_stats_head *h, const nfi_stats_src *b, const uint32_t *map, nf_err *err)
{
    if (__builtin_add_overflow(h->docs, b->head.docs, &h->docs) ||
        __builtin_add_overflow(h->unlabelled, b->head.unlabelled, &h->unlabelled) ||
        __builtin_add_overflow(h->tokens, b->head.tokens, &h->tokens))
        return NF_FAIL_AT(err, NF_ELIMIT, b->name, 0, "with these statistics the documents exceed 64 bits");
    for (size_t k = 0; k < b->head.nlabels; k++)
        h->label_docs[map[k]] += b->head.label_docs[k]; /* no more than docs */
    return NF_OK;
}

void nfi_stats_free_maps(uint32_t **map, size_t n)
{
    for (size_t i = 0; map && i < n; i++)
        nfi_free(map[i]);
    nfi_free(map);
}

/* The labels of all sources by bytes, once each, into h; of[j] gets the number of the j-th of all labels in the order of the sources. */
static nf_status unite_labels(nfi_stats_head *h, uint32_t *of, const nfi_stats_src *src, size_t n, size_t all, nf_err *err)
{
    nf_str *label = nfi_alloc(all, sizeof *label), *kept = nfi_alloc(all, sizeof *kept);
    uint32_t *order = nfi_alloc(all, sizeof *order);
    size_t m = 0;
    nf_status s = NF_OK;

    if (!label || !kept || !order) {
        s = nfi_oom(err, "labels");
        goto out;
    }
    for (size_t i = 0, j = 0; i < n; i++)
        for (size_t k = 0; k < src[i].head.nlabels; k++, j++) {
            label[j] = src[i].head.label[k];
            order[j] = (uint32_t)j;
        }
    NF_GO(nfi_sort(order, all, sizeof *order, nfi_by_bytes, label, err));
    for (size_t j = 0; j < all; j++) {
        if (m == 0 || nfi_str_cmp(kept[m - 1], label[order[j]]) != 0)
            kept[m++] = label[order[j]];
        of[order[j]] = (uint32_t)m - 1;
    }
    if (m > NFI_MAX_LABELS) {
        s = NF_FAIL(err, NF_ELIMIT, "%zu distinct labels, more than %d", m, NFI_MAX_LABELS);
        goto out;
    }
    NF_GO(copy_strings(h, &h->label, kept, m, err));
    h->nlabels = m;
    h->label_docs = nfi_calloc(m, sizeof *h->label_docs);
    if (!h->label_docs)
        s = nfi_oom(err, "labels");
out:
    nfi_free(label);
    nfi_free(kept);
    nfi_free(order);
    return s;
}

nf_status nfi_stats_join(nfi_stats_head *out, uint32_t ***maps, const nfi_stats_src *src, size_t n, nf_err *err)
{
    nfi_stats_head h = {.set = src[0].head.set, .ledger = src[0].head.ledger, .multi = src[0].head.multi};
    size_t all = 0, at = 0;
    nf_status s = NF_OK;

    for (size_t i = 0; i < n; i++)
        all += src[i].head.nlabels;
    uint32_t **map = nfi_calloc(n, sizeof *map), *of = nfi_alloc(all, sizeof *of);
    if (!map || !of) {
        s = nfi_oom(err, "labels");
        goto out;
    }
    NF_GO(copy_strings(&h, &h.stop, src[0].head.stop, src[0].head.nstop, err));
    h.nstop = src[0].head.nstop;
    h.clean = nfi_cleaner_ref(src[0].head.clean);
    NF_GO(unite_labels(&h, of, src, n, all, err));
    for (size_t i = 0; i < n; i++) {
        size_t k = src[i].head.nlabels;
        map[i] = nfi_alloc(k, sizeof **map);
        if (!map[i]) {
            s = nfi_oom(err, "labels");
            goto out;
        }
        if (k)
            memcpy(map[i], of + at, k * sizeof *of);
        at += k;
        NF_GO(add_totals(&h, &src[i], map[i], err));
    }
    *out = h;
    h = (nfi_stats_head){0};
    if (maps) {
        *maps = map;
        map = NULL;
    }
out:
    nfi_stats_free_maps(map, n);
    nfi_free(of);
    nfi_stats_head_clear(&h);
    return s;
}

/* ---- the walk ---- */

typedef struct front {
    nfi_stats_in *in;
    const nfi_stat *x; /* its current term */
    uint64_t key;      /* first eight bytes of it, big-endian, zero padded */
    uint64_t number;   /* of the current term */
} front;

struct nfi_stats_it {
    size_t n;
    nfi_stats_head head;
    uint32_t **map;
    front *front;
    uint32_t *heap; /* sources whose current term is ahead, the least on top */
    size_t nheap;
    nfi_stats_part *part; /* sources of the current step, outside of the heap */
    size_t nparts;
    nfi_stat x;
    nfi_stat_class *entry, *spare;
    size_t cap, capspare;
};

const nfi_stats_head *nfi_stats_it_head(const nfi_stats_it *it) { return &it->head; }

const nfi_stats_part *nfi_stats_it_parts(const nfi_stats_it *it, size_t *n)
{
    *n = it->nparts;
    return it->part;
}

static int by_term(const nfi_stats_it *it, uint32_t a, uint32_t b)
{
    const front *x = &it->front[a], *y = &it->front[b];
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return nfi_str_cmp((nf_str){x->x->term, x->x->n}, (nf_str){y->x->term, y->x->n});
}

static bool is_before(const nfi_stats_it *it, uint32_t a, uint32_t b)
{
    int d = by_term(it, a, b);
    return d ? d < 0 : a < b;
}

static void push(nfi_stats_it *it, uint32_t src)
{
    size_t i = it->nheap++;
    for (; i > 0 && is_before(it, src, it->heap[(i - 1) / 2]); i = (i - 1) / 2)
        it->heap[i] = it->heap[(i - 1) / 2];
    it->heap[i] = src;
}

static uint32_t pop(nfi_stats_it *it)
{
    uint32_t top = it->heap[0], last = it->heap[--it->nheap];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < it->nheap; i = child) {
        if (child + 1 < it->nheap && is_before(it, it->heap[child + 1], it->heap[child]))
            child++;
        if (is_before(it, last, it->heap[child]))
            break;
        it->heap[i] = it->heap[child];
    }
    it->heap[i] = last;
    return top;
}

/* Steps a source and puts it back into the heap unless it is at its end. */
static nf_status advance(nfi_stats_it *it, uint32_t src, nf_err *err)
{
    front *f = &it->front[src];

    NF_TRY(nfi_stats_in_next(f->in, &f->x, err));
    if (!f->x)
        return NF_OK;
    f->key = 0;
    for (size_t i = 0; i < 8; i++)
        f->key = f->key << 8 | (i < f->x->n ? (unsigned char)f->x->term[i] : 0);
    f->number++;
    push(it, src);
    return NF_OK;
}

nf_status nfi_stats_it_open(nfi_stats_it **out, const nfi_stats_src *src, size_t n, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_stats_it *it = nfi_calloc(1, sizeof *it);

    if (!it)
        return nfi_oom(err, "merging");
    it->n = n;
    it->front = nfi_calloc(n, sizeof *it->front);
    it->heap = nfi_alloc(n, sizeof *it->heap);
    it->part = nfi_alloc(n, sizeof *it->part);
    if (!it->front || !it->heap || !it->part) {
        s = nfi_oom(err, "merging");
        goto out;
    }
    NF_GO(nfi_stats_join(&it->head, &it->map, src, n, err));
    for (size_t i = 0; i < n; i++) {
        NF_GO(nfi_stats_in_open(&it->front[i].in, &src[i], err));
        it->front[i].number = UINT64_MAX;
        NF_GO(advance(it, (uint32_t)i, err));
    }
    *out = it;
    it = NULL;
out:
    nfi_stats_it_close(it);
    return s;
}

void nfi_stats_it_close(nfi_stats_it *it)
{
    if (!it)
        return;
    for (size_t i = 0; it->front && i < it->n; i++)
        nfi_stats_in_close(it->front[i].in);
    nfi_free(it->front);
    nfi_free(it->heap);
    nfi_free(it->part);
    nfi_stats_free_maps(it->map, it->n);
    nfi_free(it->entry);
    nfi_free(it->spare);
    nfi_stats_head_clear(&it->head);
    nfi_free(it);
}

/* Adds the class entries of a source to those gathered so far. */
static nf_status add_entries(nfi_stats_it *it, const nfi_stat *x, const uint32_t *map, nf_err *err)
{
    size_t n = it->x.nentries, i = 0, m = 0;

    NF_TRY(nfi_grow(&it->spare, &it->capspare, n + x->nentries, sizeof *it->spare, err));
    for (size_t j = 0; j < x->nentries; j++) {
        nfi_stat_class e = x->entry[j];
        e.cls = map[e.cls]; /* rises as e.cls does */
        while (i < n && it->entry[i].cls < e.cls)
            it->spare[m++] = it->entry[i++];
        if (i < n && it->entry[i].cls == e.cls) { /* sums over all documents, which are no smaller, have not overflowed */
            e.docs += it->entry[i].docs;
            e.freq += it->entry[i].freq;
            e.val += it->entry[i].val;
            i++;
        }
        it->spare[m++] = e;
    }
    while (i < n)
        it->spare[m++] = it->entry[i++];
    nfi_stat_class *full = it->spare;
    size_t cap = it->capspare;
    it->spare = it->entry;
    it->capspare = it->cap;
    it->entry = full;
    it->cap = cap;
    it->x.entry = full;
    it->x.nentries = m;
    return NF_OK;
}

static nf_status add_source(nfi_stats_it *it, uint32_t src, nf_err *err)
{
    const nfi_stat *x = it->front[src].x;

    it->part[it->nparts++] = (nfi_stats_part){src, (uint32_t)it->front[src].number};
    if (__builtin_add_overflow(it->x.df, x->df, &it->x.df) || __builtin_add_overflow(it->x.freq, x->freq, &it->x.freq) ||
        __builtin_add_overflow(it->x.val, x->val, &it->x.val))
        return NF_FAIL(err, NF_ELIMIT, "a sum of weights exceeds 2^31: too many occurrences of one term for exact sums");
    it->x.bare.docs += x->bare.docs; /* no larger than the sums over all documents */
    it->x.bare.freq += x->bare.freq;
    it->x.bare.val += x->bare.val;
    return add_entries(it, x, it->map[src], err);
}

nf_status nfi_stats_next(nfi_stats_it *it, const nfi_stat **term, nf_err *err)
{
    for (size_t i = 0; i < it->nparts; i++)
        NF_TRY(advance(it, it->part[i].src, err));
    it->nparts = 0;
    if (it->nheap == 0) {
        *term = NULL;
        return NF_OK;
    }
    uint32_t first = pop(it);
    it->x = (nfi_stat){.term = it->front[first].x->term, .n = it->front[first].x->n};
    NF_TRY(add_source(it, first, err));
    while (it->nheap > 0 && by_term(it, it->heap[0], first) == 0)
        NF_TRY(add_source(it, pop(it), err));
    *term = &it->x;
    return NF_OK;
}

/* ---- into a file ---- */

nf_status nfi_stats_merge_to(const nfi_stats_src *src, size_t n, const char *path, int *fd, const nfi_stats_note *note, nf_err *err)
{
    nfi_stats_it *it = NULL;
    nfi_statw *w = NULL;
    nf_status s = NF_OK;
    uint64_t number = 0;

    NF_GO(nfi_stats_it_open(&it, src, n, err));
    NF_GO(nfi_statw_open(&w, path, fd, it->head.multi, err));
    for (const nfi_stat *x;; number++) {
        NF_GO(nfi_stats_next(it, &x, err));
        if (!x)
            break;
        nfi_statw_term(w, x);
        if (note)
            note->fn(note->ctx, it->part, it->nparts, (uint32_t)number); /* too many: the writer refuses at the end */
    }
    if (it->head.ledger)
        NF_GO(nfi_ledger_merge(src, n, w, err));
    nfi_statw *full = w;
    w = NULL;
    s = nfi_statw_commit(full, &it->head, err);
out:
    nfi_statw_abandon(w);
    nfi_stats_it_close(it);
    return s;
}

/* ---- sets ---- */

static nf_status check_alike(const nfi_stats_src *a, const nfi_stats_src *b, nf_err *err)
{
    for (int i = 0; i < NFI_SETTINGS; i++)
        if (strcmp(a->head.set.value[i], b->head.set.value[i]) != 0)
            return NF_FAIL_AT(err, NF_EDATA, b->name, 0, "not counted like %s: %s is \"%s\" here and \"%s\" there", a->name,
                              nfi_setting_names[i], b->head.set.value[i], a->head.set.value[i]);
    if (a->head.ledger != b->head.ledger)
        return NF_FAIL_AT(err, NF_EDATA, b->name, 0, "not counted like %s: ledger is \"%s\" here and \"%s\" there", a->name,
                          b->head.ledger ? "yes" : "no", a->head.ledger ? "yes" : "no");
    size_t na = a->head.nstop, nb = b->head.nstop, i = 0;
    while (i < na && i < nb && nfi_str_cmp(a->head.stop[i], b->head.stop[i]) == 0)
        i++;
    if (i == na && i == nb)
        return NF_OK;
    bool ours = i == na || (i < nb && nfi_str_cmp(b->head.stop[i], a->head.stop[i]) < 0);
    nf_str word = ours ? b->head.stop[i] : a->head.stop[i];
    return NF_FAIL_AT(err, NF_EDATA, b->name, 0, "not counted like %s: stopwords have %zu words here and %zu there; \"%.*s\" is only %s",
                      a->name, nb, na, (int)word.n, word.p, ours ? "here" : "there");
}

/* Sources [first, n) become one. */
static nf_status compact(nfi_stats_set *set, size_t first, nf_err *err)
{
    nfi_stats_note note = {0};
    nfi_stats_src merged = {0};
    int fd = -1;

    if (set->before)
        NF_TRY(set->before(set->ctx, set->src, first, set->n, &note, err));
    NF_TRY(nfi_stats_merge_to(set->src + first, set->n - first, NULL, &fd, set->before ? &note : NULL, err));
    NF_TRY(nfi_stats_src_open_fd(&merged, fd, set->src[first].name, err));
    merged.level = set->src[first].level + 1;
    for (size_t i = first; i < set->n; i++)
        nfi_stats_src_clear(&set->src[i]);
    set->src[first] = merged;
    set->n = first + 1;
    return set->after ? set->after(set->ctx, first, err) : NF_OK;
}

nf_status nfi_stats_set_add(nfi_stats_set *set, nfi_stats_src *src, nf_err *err)
{
    size_t ways = set->ways ? set->ways : NFI_MERGE_WAYS;
    nf_status s = set->n > 0 ? check_alike(&set->src[0], src, err) : NF_OK;

    if (s == NF_OK)
        s = nfi_grow(&set->src, &set->cap, set->n + 1, sizeof *set->src, err);
    if (s != NF_OK) {
        nfi_stats_src_clear(src);
        return s;
    }
    set->src[set->n++] = *src;
    *src = (nfi_stats_src){0};
    while (set->n >= ways && set->src[set->n - ways].level == set->src[set->n - 1].level)
        NF_TRY(compact(set, set->n - ways, err));
    return NF_OK;
}

void nfi_stats_set_clear(nfi_stats_set *set)
{
    for (size_t i = 0; i < set->n; i++)
        nfi_stats_src_clear(&set->src[i]);
    nfi_free(set->src);
    *set = (nfi_stats_set){0};
}
