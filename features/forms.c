/* SPDX-License-Identifier: GPL-3.0-or-later */
/* forms.c - forms of English words that share their sums: see forms.h. */
#include "features/forms.h"

#include "base/sort.h"
#include "base/try.h"
#include "datasets/str.h"

#include <string.h>

enum { SHORT = 3 };

static bool ends(const char *p, size_t n, const char *with)
{
    size_t k = strlen(with);
    return n >= k && memcmp(p + n - k, with, k) == 0;
}

static bool is_among(char c, const char *set) { return memchr(set, c, strlen(set)) != NULL; }

static bool has_vowel(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_among(p[i], "aeiouy"))
            return true;
    return false;
}

/* Without -ed or -ing, where a syllable is left; a doubled consonant that came with them is single again. */
static size_t without_ending(const char *p, size_t n)
{
    size_t left = ends(p, n, "ing") ? n - 3 : ends(p, n, "ed") ? n - 2 : n;

    if (left == n || left < SHORT || !has_vowel(p, left))
        return n;
    return left - (p[left - 1] == p[left - 2] && !is_among(p[left - 1], "lsz"));
}

size_t nfi_form_key(nf_str word, char *key)
{
    size_t n = word.n;

    memcpy(key, word.p, n);
    if (n <= SHORT)
        return n;
    for (size_t i = 0; i < n; i++)
        if (key[i] < 'a' || key[i] > 'z')
            return n;
    if (n > 4 && ends(key, n, "ies")) {
        n -= 2;
        key[n - 1] = 'y';
    } else if (ends(key, n, "sses")) {
        n -= 2;
    } else if (key[n - 1] == 's' && !is_among(key[n - 2], "sui")) {
        n--;
    }
    n = without_ending(key, n);
    n -= n > 4 && key[n - 1] == 'e';
    if (n > 4 && key[n - 1] == 'y')
        key[n - 1] = 'i';
    return n;
}

/* ---- groups ---- */

/* Terms of one group have the same sequence of keys. */
typedef struct pool {
    nfi_terms *t;
    uint32_t *key_of;    /* nwords: number of the word's key + 1 */
    uint32_t *order;     /* n: terms, those of a group together */
    uint32_t *group;     /* n: number of the term's group, NFI_NONE: dropped */
    uint32_t *df;        /* by group */
    nfi_term_sums sums;  /* by group */
    size_t groups, kept; /* terms kept */
    uint64_t entries;    /* of the terms kept */
} pool;

static int cmp_keys(const pool *x, uint32_t a, uint32_t b)
{
    size_t stride = (size_t)x->t->stride;
    const uint32_t *p = x->t->seq + a * stride, *q = x->t->seq + b * stride;

    for (size_t k = 0; k < stride; k++) {
        uint32_t u = p[k] ? x->key_of[p[k] - 1] : 0, v = q[k] ? x->key_of[q[k] - 1] : 0;
        if (u != v)
            return u < v ? -1 : 1;
    }
    return 0;
}

static int by_keys(const void *a, const void *b, void *ctx)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int d = cmp_keys(ctx, x, y);
    return d ? d : (x > y) - (x < y);
}

typedef struct keyed {
    nf_str key;
    uint32_t word;
} keyed;

static int by_key(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    return nfi_str_cmp(((const keyed *)a)->key, ((const keyed *)b)->key);
}

static nf_status number_keys(pool *x, nf_err *err)
{
    const nfi_terms *t = x->t;
    nf_status s = NF_OK;
    nfi_arena arena = {0};
    keyed *k = nfi_alloc(t->nwords, sizeof *k);
    uint32_t n = 0;

    if (!k) {
        s = nfi_oom(err, "forms of words");
        goto out;
    }
    for (size_t i = 0; i < t->nwords; i++) {
        char *p = nfi_arena_copy(&arena, t->word[i].p, t->word[i].n);
        if (!p) {
            s = nfi_oom(err, "forms of words");
            goto out;
        }
        k[i] = (keyed){{p, nfi_form_key(t->word[i], p)}, (uint32_t)i};
    }
    NF_GO(nfi_sort(k, t->nwords, sizeof *k, by_key, NULL, err));
    for (size_t i = 0; i < t->nwords; i++) {
        n += i == 0 || nfi_str_cmp(k[i - 1].key, k[i].key) != 0;
        x->key_of[k[i].word] = n;
    }
out:
    nfi_arena_clear(&arena);
    nfi_free(k);
    return s;
}

static uint32_t capped(uint64_t n, uint64_t most) { return (uint32_t)(n < most ? n : most); }

/* Sums of the terms order[a] .. order[b - 1] become those of the next group. val, doc: by class, zeros. Returns its df. */
static uint64_t add_up(pool *x, size_t a, size_t b, int64_t *val, uint64_t *doc)
{
    const nfi_terms *t = x->t;
    uint64_t df = 0, *end = &x->sums.ptr[x->groups + 1];

    *end = x->sums.ptr[x->groups];
    for (size_t i = a; i < b; i++) {
        uint32_t term = x->order[i];
        df += t->df[term];
        for (uint64_t e = t->ptr[term]; e < t->ptr[term + 1]; e++) {
            val[t->cls[e]] += t->val[e];
            doc[t->cls[e]] += t->doc[e];
        }
    }
    for (size_t k = 0; k < t->nclasses; k++) {
        if (doc[k] == 0)
            continue;
        x->sums.cls[*end] = (uint16_t)k;
        x->sums.val[*end] = val[k];
        x->sums.doc[(*end)++] = capped(doc[k], t->class_docs[k]);
        val[k] = 0;
        doc[k] = 0;
    }
    return df;
}

static nf_status find_groups(pool *x, uint64_t least, nf_err *err)
{
    const nfi_terms *t = x->t;
    int64_t *val = nfi_calloc(t->nclasses, sizeof *val);
    uint64_t *doc = nfi_calloc(t->nclasses, sizeof *doc);
    nf_status s = NF_OK;

    if (!val || !doc) {
        s = nfi_oom(err, "forms of words");
        goto out;
    }
    for (size_t i = 0; i < t->n; i++)
        x->order[i] = (uint32_t)i;
    NF_GO(nfi_sort(x->order, t->n, sizeof *x->order, by_keys, x, err));
    x->sums.ptr[0] = 0;
    for (size_t a = 0, b; a < t->n; a = b) {
        for (b = a + 1; b < t->n && cmp_keys(x, x->order[a], x->order[b]) == 0; b++)
            continue;
        uint64_t df = add_up(x, a, b, val, doc);
        bool keep = df >= least;
        for (size_t i = a; i < b; i++)
            x->group[x->order[i]] = keep ? (uint32_t)x->groups : NFI_NONE;
        if (!keep)
            continue;
        x->kept += b - a;
        x->entries += (b - a) * (x->sums.ptr[x->groups + 1] - x->sums.ptr[x->groups]);
        x->df[x->groups++] = capped(df, t->ndocs);
    }
out:
    nfi_free(val);
    nfi_free(doc);
    return s;
}

/* The terms that are kept move up, with the sums of their groups; order becomes their new places. */
static nf_status put(pool *x, nf_err *err)
{
    nfi_terms *t = x->t;
    size_t stride = (size_t)t->stride, n = 0;
    nfi_term_sums all;

    NF_TRY(nfi_term_sums_new(&all, x->kept, (size_t)x->entries, "forms of words", err));
    all.ptr[0] = 0;
    for (size_t i = 0; i < t->n; i++) {
        uint32_t g = x->group[i];
        x->order[i] = g == NFI_NONE ? NFI_NONE : (uint32_t)n;
        if (g == NFI_NONE)
            continue;
        size_t from = (size_t)x->sums.ptr[g], count = (size_t)x->sums.ptr[g + 1] - from, to = (size_t)all.ptr[n];
        memcpy(all.cls + to, x->sums.cls + from, count * sizeof *all.cls);
        memcpy(all.val + to, x->sums.val + from, count * sizeof *all.val);
        memcpy(all.doc + to, x->sums.doc + from, count * sizeof *all.doc);
        memmove(t->seq + n * stride, t->seq + i * stride, stride * sizeof *t->seq);
        t->df[n++] = x->df[g];
        all.ptr[n] = to + count;
    }
    t->n = n;
    nfi_terms_replace(t, &all);
    return nfi_terms_drop_words(t, "forms of words", err);
}

nf_status nfi_terms_pool(nfi_terms *t, uint32_t *of, size_t nodes, uint64_t least, nf_err *err)
{
    pool x = {.t = t};
    nf_status s = NF_OK;

    NF_ASSERT(!t->multi && !t->rank && !t->freq && t->val);
    x.key_of = nfi_alloc(t->nwords, sizeof *x.key_of);
    x.order = nfi_alloc(t->n, sizeof *x.order);
    x.group = nfi_alloc(t->n, sizeof *x.group);
    x.df = nfi_alloc(t->n, sizeof *x.df);
    if (!x.key_of || !x.order || !x.group || !x.df) {
        s = nfi_oom(err, "forms of words");
        goto out;
    }
    NF_GO(nfi_term_sums_new(&x.sums, t->n, (size_t)t->ptr[t->n], "forms of words", err));
    NF_GO(number_keys(&x, err));
    NF_GO(find_groups(&x, least, err));
    if (x.kept == 0) {
        s = NF_FAIL(err, NF_EDATA, "no term with its forms is in at least %llu documents; lower --min-df", (unsigned long long)least);
        goto out;
    }
    NF_GO(put(&x, err));
    for (size_t i = 0; i < nodes; i++)
        of[i] = of[i] == NFI_NONE ? NFI_NONE : x.order[of[i]];
out:
    nfi_free(x.key_of);
    nfi_free(x.order);
    nfi_free(x.group);
    nfi_free(x.df);
    nfi_free(x.sums.ptr);
    nfi_free(x.sums.cls);
    nfi_free(x.sums.val);
    nfi_free(x.sums.doc);
    return s;
}
