/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stats_forget.c - statistics less others: two walks in step, number by number. Sums are integers, so what is left has the bytes of
 * counting the rest, if the others are part of it. Where a ledger says which documents were counted, they are looked up; else every count
 * that would become negative gives it away, and what is left is read again with all the checks of a file that comes from anywhere before it
 * takes its place.
 */
#include "features/stats.h"

#include "base/try.h"
#include "features/corpus.h"

typedef unsigned long long llu;

/* Labels of src of which documents are left, in out; of[class of src] is its number there, NFI_NONE for those that go. from[class of less]
 * is the class of src. */
static nf_status subtract_heads(nfi_stats_head *out, uint32_t *of, uint32_t *from, const nfi_stats_head *a, const nfi_stats_head *b,
                                const char *name, nf_err *err)
{
    size_t n = 0;

    if (b->docs > a->docs || b->unlabelled > a->unlabelled || b->tokens > a->tokens)
        return NF_FAIL_AT(err, NF_EDATA, name, 0,
                          "has %llu documents (%llu without a label, %llu tokens), fewer than are to be forgotten: %llu (%llu, %llu); they "
                          "cannot all have been counted",
                          (llu)a->docs, (llu)a->unlabelled, (llu)a->tokens, (llu)b->docs, (llu)b->unlabelled, (llu)b->tokens);
    for (size_t i = 0, k = 0; k < b->nlabels; k++) { /* both rise */
        while (i < a->nlabels && nfi_str_cmp(a->label[i], b->label[k]) < 0)
            i++;
        bool there = i < a->nlabels && nfi_str_cmp(a->label[i], b->label[k]) == 0;
        if (!there || b->label_docs[k] > a->label_docs[i])
            return NF_FAIL_AT(
                err, NF_EDATA, name, 0,
                "has %llu documents of label \"%.*s\", %llu are to be forgotten: they cannot all have been counted, or not with this label",
                there ? (llu)a->label_docs[i] : 0, (int)(b->label[k].n < 60 ? b->label[k].n : 60), b->label[k].p, (llu)b->label_docs[k]);
        from[k] = (uint32_t)i;
        out->label_docs[i] = a->label_docs[i] - b->label_docs[k];
    }
    for (size_t i = 0; i < a->nlabels; i++) {
        of[i] = out->label_docs[i] ? (uint32_t)n : NFI_NONE;
        if (out->label_docs[i] == 0)
            continue;
        out->label[n] = out->label[i];
        out->label_docs[n++] = out->label_docs[i];
    }
    out->nlabels = n;
    out->docs = a->docs - b->docs;
    out->unlabelled = a->unlabelled - b->unlabelled;
    out->tokens = a->tokens - b->tokens;
    return NF_OK;
}

typedef struct triple {
    uint64_t docs, freq;
    int64_t val;
} triple;

/* a less b; false when that is negative, or nothing is left of the documents and something of the rest. */
static bool less_than(triple *out, triple a, triple b)
{
    if (b.docs > a.docs || b.freq > a.freq || b.val > a.val)
        return false;
    *out = (triple){a.docs - b.docs, a.freq - b.freq, a.val - b.val};
    return out->docs > 0 || (out->freq == 0 && out->val == 0);
}

static nf_status cannot(const char *name, const nfi_stat *x, nf_err *err)
{
    return NF_FAIL_AT(err, NF_EDATA, name, 0,
                      "term \"%.*s\" occurs less often than in the documents to be forgotten: they cannot all have been counted, or not "
                      "with these labels",
                      (int)(x->n < 60 ? x->n : 60), x->term);
}

/* x less y (NULL: nothing) in out; entry has room for the entries of x. */
static bool subtract_term(nfi_stat *out, nfi_stat_class *entry, const nfi_stat *x, const nfi_stat *y, const uint32_t *of,
                          const uint32_t *from)
{
    static const nfi_stat nothing = {0};
    triple t;
    size_t k = 0;

    if (!y)
        y = &nothing;
    *out = (nfi_stat){.term = x->term, .n = x->n, .entry = entry};
    if (!less_than(&t, (triple){x->df, x->freq, x->val}, (triple){y->df, y->freq, y->val}))
        return false;
    out->df = t.docs;
    out->freq = t.freq;
    out->val = t.val;
    if (!less_than(&t, (triple){x->bare.docs, x->bare.freq, x->bare.val}, (triple){y->bare.docs, y->bare.freq, y->bare.val}))
        return false;
    out->bare = (nfi_stat_class){0, t.docs, t.freq, t.val};
    for (size_t i = 0; i < x->nentries; i++) {
        const nfi_stat_class *e = &x->entry[i], *f = k < y->nentries && from[y->entry[k].cls] == e->cls ? &y->entry[k++] : &nothing.bare;
        if (!less_than(&t, (triple){e->docs, e->freq, e->val}, (triple){f->docs, f->freq, f->val}))
            return false;
        if (t.docs == 0)
            continue;
        if (of[e->cls] == NFI_NONE)
            return false;
        entry[out->nentries++] = (nfi_stat_class){of[e->cls], t.docs, t.freq, t.val};
    }
    return k == y->nentries;
}

static nf_status subtract_terms(nfi_statw *w, nfi_stats_it *all, nfi_stats_it *less, const uint32_t *of, const uint32_t *from,
                                nfi_stat_class *entry, const char *name, nf_err *err)
{
    const nfi_stat *x, *y;
    nfi_stat left;

    NF_TRY(nfi_stats_next(less, &y, err));
    for (;;) {
        NF_TRY(nfi_stats_next(all, &x, err));
        if (!x)
            return y ? cannot(name, y, err) : NF_OK;
        int d = y ? nfi_str_cmp((nf_str){x->term, x->n}, (nf_str){y->term, y->n}) : -1;
        if (d > 0)
            return cannot(name, y, err);
        if (!subtract_term(&left, entry, x, d == 0 ? y : NULL, of, from))
            return cannot(name, x, err);
        if (left.df > 0)
            nfi_statw_term(w, &left);
        if (d == 0)
            NF_TRY(nfi_stats_next(less, &y, err));
    }
}

/* Into an unlinked file. */
static nf_status subtract_to(int *fd, const nfi_stats_src *src, const nfi_stats_src *less, nf_err *err)
{
    nfi_stats_it *a = NULL, *b = NULL;
    nfi_statw *w = NULL;
    nfi_stats_head head = {0};
    uint32_t *of = NULL, *from = NULL;
    nfi_stat_class *entry = NULL;
    nf_status s = NF_OK;

    NF_GO(nfi_stats_it_open(&a, src, 1, err));
    NF_GO(nfi_stats_it_open(&b, less, 1, err));
    NF_GO(nfi_stats_join(&head, NULL, src, 1, err)); /* a copy to change */
    const nfi_stats_head *x = nfi_stats_it_head(a), *y = nfi_stats_it_head(b);
    of = nfi_alloc(x->nlabels, sizeof *of);
    from = nfi_alloc(y->nlabels, sizeof *from);
    entry = nfi_alloc(x->nlabels, sizeof *entry);
    if (!of || !from || !entry) {
        s = nfi_oom(err, "statistics");
        goto out;
    }
    if (head.ledger) /* it says more than the sums do */
        NF_GO(nfi_ledger_subtract(src, less, NULL, err));
    NF_GO(nfi_statw_open(&w, NULL, fd, head.multi, err));
    NF_GO(subtract_heads(&head, of, from, x, y, src->name, err));
    NF_GO(subtract_terms(w, a, b, of, from, entry, src->name, err));
    if (head.ledger)
        NF_GO(nfi_ledger_subtract(src, less, w, err));
    nfi_statw *full = w;
    w = NULL;
    s = nfi_statw_commit(full, &head, err);
out:
    nfi_statw_abandon(w);
    nfi_free(of);
    nfi_free(from);
    nfi_free(entry);
    nfi_stats_head_clear(&head);
    nfi_stats_it_close(a);
    nfi_stats_it_close(b);
    return s;
}

nf_status nfi_stats_subtract(const nfi_stats_src *src, const nfi_stats_src *less, const char *path, nf_err *err)
{
    nfi_stats_src left = {0};
    nf_err why = {0};
    int fd = -1;

    NF_TRY(subtract_to(&fd, src, less, err));
    nf_status s = nfi_stats_src_open_fd(&left, fd, "what is left", &why);
    if (s == NF_OK) {
        s = nfi_stats_merge_to(&left, 1, path, NULL, NULL, &why);
        nfi_stats_src_clear(&left);
    }
    if (s == NF_EMODEL)
        return NF_FAIL_AT(err, NF_EDATA, src->name, 0,
                          "the documents to be forgotten cannot all have been counted, or not with these labels: %s", why.msg);
    if (s != NF_OK && err)
        *err = why;
    return s;
}
