/* SPDX-License-Identifier: GPL-3.0-or-later */
/* terms.c - selection, byte order and column ranks of the kept terms of a corpus. The sums by class are in sums.c. */
#include "features/terms.h"

#include "base/par.h"
#include "base/sort.h"
#include "base/try.h"
#include "features/label_sets.h"
#include "features/sums.h"

#include <string.h>

void nfi_terms_clear(nfi_terms *t)
{
    nfi_free(t->seq);
    nfi_free(t->word);
    nfi_free(t->df);
    nfi_free(t->rank);
    nfi_free(t->ptr);
    nfi_free(t->cls);
    nfi_free(t->val);
    nfi_free(t->doc);
    nfi_free(t->freq);
    nfi_free(t->all_freq);
    nfi_free(t->all_val);
    nfi_free(t->lab_doc);
    nfi_free(t->lab_val);
    nfi_free(t->lab_freq);
    nfi_free(t->class_docs);
    nfi_arena_clear(&t->arena);
    *t = (nfi_terms){0};
}

/* Fewest documents d of n with d / n >= share, most with d / n <= share: what users would divide, not a product that rounds the other way.
 */
static uint64_t share_least(double share, uint64_t n)
{
    if (share > 1.0)
        return n + 1;
    uint64_t d = (uint64_t)(share * (double)n);
    d -= d > 0;
    while ((double)d / (double)n < share)
        d++;
    return d;
}

static uint64_t share_most(double share, uint64_t n)
{
    if (share >= 1.0)
        return n;
    uint64_t d = (uint64_t)(share * (double)n) + 1;
    while ((double)d / (double)n > share)
        d--;
    return d;
}

nf_status nfi_select_bounds(const nf_select_opts *o, uint64_t n, uint64_t *lo, uint64_t *hi, nf_err *err)
{
    uint64_t a = o->min_df > 1 ? o->min_df : 1, b = n;

    if (n > 0 && o->min_df_share > 0 && share_least(o->min_df_share, n) > a)
        a = share_least(o->min_df_share, n);
    if (o->max_df && o->max_df < b)
        b = o->max_df;
    if (n > 0 && o->max_df_share > 0 && share_most(o->max_df_share, n) < b)
        b = share_most(o->max_df_share, n);
    if (a > b && n > 0 && a <= n)
        return NF_FAIL(err, NF_EINVAL, "--min-df keeps terms of at least %llu documents, --max-df of at most %llu: nothing can remain",
                       (unsigned long long)a, (unsigned long long)b);
    *lo = a;
    *hi = b;
    return NF_OK;
}

nf_status nfi_nothing_left(const nf_select_opts *o, uint64_t n, uint64_t before, nf_err *err)
{
    uint64_t lo = 1, hi = n;
    if (n == 0)
        return NF_FAIL(err, NF_EDATA, "there are no documents");
    if (before == 0)
        return NF_FAIL(err, NF_EDATA, "the %llu documents hold no words", (unsigned long long)n);
    if (nfi_select_bounds(o, n, &lo, &hi, err) != NF_OK)
        return NF_EINVAL;
    if (hi == n)
        return NF_FAIL(err, NF_EDATA, "none of the %llu terms is in at least %llu of the %llu documents; lower --min-df",
                       (unsigned long long)before, (unsigned long long)lo, (unsigned long long)n);
    return NF_FAIL(err, NF_EDATA,
                   "none of the %llu terms is in at least %llu and at most %llu of the %llu documents; lower --min-df or raise --max-df",
                   (unsigned long long)before, (unsigned long long)lo, (unsigned long long)hi, (unsigned long long)n);
}

/* ---- document frequencies ---- */

typedef struct df_pass {
    const nf_corpus *c;
    const uint8_t *use;
    uint32_t *df;   /* by node */
    uint64_t *freq; /* total frequency, or NULL */
    uint64_t lo, hi;
    size_t kept[NFI_PARTS], seen[NFI_PARTS]; /* nodes of each part within the limits, and with documents */
} df_pass;

static nf_status df_part(void *ctx, size_t q, int worker, nf_err *err)
{
    df_pass *p = ctx;
    uint32_t *df = p->df + p->c->node[q];

    (void)worker, (void)err;
    for (size_t k = 0; k < p->c->nchunks; k++) {
        const nfi_chunk *ch = &p->c->chunk[k];
        size_t n;
        const uint64_t *e = nfi_chunk_part(p->c, ch, q, &n);
        nfi_corpus_ahead(p->c, k, q);
        for (size_t i = 0; i < n; i++) {
            uint32_t on = !p->use || p->use[ch->first + nfi_entry_doc(e[i])];
            df[nfi_entry_number(e[i])] += on;
            if (p->freq && on)
                p->freq[p->c->node[q] + nfi_entry_number(e[i])] += nfi_entry_tf(e[i]);
        }
    }
    size_t kept = 0, seen = 0;
    for (size_t i = 0; i < p->c->node[q + 1] - p->c->node[q]; i++) {
        seen += df[i] > 0;
        kept += df[i] >= p->lo && df[i] <= p->hi;
    }
    p->kept[q] = kept;
    p->seen[q] = seen;
    return NF_OK;
}

/* The kept nodes. */
typedef struct choosing {
    const df_pass *df;
    size_t stride, first[NFI_PARTS]; /* first: kept nodes before each part */
    uint32_t *seq;  /* word numbers + 1, 0 = no more words */
    nfi_kv *kv;     /* val: place in seq; aux: node */
    uint8_t *used;  /* by word number */
} choosing;

static nf_status choose_part(void *ctx, size_t q, int worker, nf_err *err)
{
    const choosing *x = ctx;
    const nf_corpus *c = x->df->c;
    size_t n = x->first[q];

    (void)worker, (void)err;
    for (size_t i = c->node[q]; i < c->node[q + 1]; i++) {
        if (x->df->df[i] < x->df->lo || x->df->df[i] > x->df->hi)
            continue;
        uint32_t *w = x->seq + n * x->stride;
        int m = nfi_corpus_node_words(c, i, w);
        for (int k = 0; k < m; k++)
            __atomic_store_n(&x->used[w[k]++], 1, __ATOMIC_RELAXED); /* from here on word numbers are one up */
        x->kv[n] = (nfi_kv){0, (uint32_t)n, (uint32_t)i};
        n++;
    }
    return NF_OK;
}

/* ---- order ---- */

/* Big-endian first eight bytes, zero padded: byte order except for ties beyond them. */
static uint64_t head(nf_str w)
{
    uint64_t k = 0;
    for (size_t i = 0; i < 8; i++)
        k = k << 8 | (i < w.n ? (unsigned char)w.p[i] : 0);
    return k;
}

static int by_word(const void *a, const void *b, void *ctx)
{
    const nf_str *word = ctx;
    return nfi_str_cmp(word[((const nfi_kv *)a)->val], word[((const nfi_kv *)b)->val]);
}

/* Words flagged in used, by bytes: rank[word number] = place + 1; the strings are copied into t. */
static nf_status sort_words(nfi_terms *t, const nf_corpus *c, const uint8_t *used, uint32_t *rank, nf_err *err)
{
    size_t n = 0, all = c->words.n;
    nf_status s = NF_OK;

    for (size_t i = 0; i < all; i++)
        n += used[i];
    nfi_kv *kv = nfi_alloc(n, sizeof *kv);
    t->word = nfi_alloc(n, sizeof *t->word);
    if (!kv || !t->word) {
        s = nfi_oom(err, "sorting words");
        goto out;
    }
    for (size_t i = 0, k = 0; i < all; i++)
        if (used[i])
            kv[k++] = (nfi_kv){head(c->words.word[i]), (uint32_t)i, 0};
    NF_GO(nfi_sort_kv(kv, n, err));
    for (size_t i = 0; i < n;) { /* words that share eight bytes */
        size_t j = i + 1;
        while (j < n && kv[j].key == kv[i].key)
            j++;
        if (j - i > 1)
            NF_GO(nfi_sort(kv + i, j - i, sizeof *kv, by_word, c->words.word, err));
        i = j;
    }
    for (size_t i = 0; i < n; i++) {
        nf_str w = c->words.word[kv[i].val];
        char *p = nfi_arena_copy(&t->arena, w.p, w.n);
        if (!p) {
            s = nfi_oom(err, "words");
            goto out;
        }
        t->word[i] = (nf_str){p, w.n};
        rank[kv[i].val] = (uint32_t)i + 1;
    }
    t->nwords = n;
out:
    nfi_free(kv);
    return s;
}

nf_status nfi_terms_rank(nfi_terms *t, nf_err *err)
{
    nfi_kv *kv = nfi_alloc(t->n, sizeof *kv);
    nf_status s = NF_OK;

    t->rank = nfi_alloc(t->n, sizeof *t->rank);
    if (!kv || !t->rank) {
        s = nfi_oom(err, "ranks");
        goto out;
    }
    for (size_t i = 0; i < t->n; i++)
        kv[i] = (nfi_kv){UINT32_MAX - t->df[i], (uint32_t)i, 0};
    NF_GO(nfi_sort_kv(kv, t->n, err));
    for (size_t i = 0; i < t->n; i++)
        t->rank[kv[i].val] = (uint32_t)i;
out:
    nfi_free(kv);
    return s;
}

enum { BUCKETS = 128, BLOCK = 8192 };

typedef struct term_sort {
    nfi_kv *kv;
    const uint32_t *seq, *rank;
    size_t stride, start[BUCKETS + 1];
} term_sort;

static nf_status sort_bucket(void *ctx, size_t b, int worker, nf_err *err)
{
    const term_sort *x = ctx;
    nfi_kv *kv = x->kv + x->start[b];
    size_t n = x->start[b + 1] - x->start[b];

    (void)worker;
    for (size_t k = (x->stride + 1) / 2; k-- > 0;) { /* last pair of words first, each sort stable */
        for (size_t i = 0; i < n; i++) {
            const uint32_t *w = x->seq + kv[i].val * x->stride + 2 * k;
            uint32_t second = 2 * k + 1 < x->stride ? w[1] : 0;
            kv[i].key = (uint64_t)(w[0] ? x->rank[w[0] - 1] : 0) << 32 | (second ? x->rank[second - 1] : 0);
        }
        NF_TRY(nfi_sort_kv(kv, n, err));
    }
    return NF_OK;
}

/*
 * Kept terms in kv[].val into byte order: by their first words into buckets, which are sorted at the same time. seq: n x stride word
 * numbers + 1, 0 = no more; rank: word number -> place + 1, up to words.
 */
static nf_status sort_terms(nfi_kv **kv, size_t n, const uint32_t *seq, const uint32_t *rank, size_t words, size_t stride, int threads,
                            nf_err *err)
{
    term_sort x = {.kv = nfi_alloc(n, sizeof *x.kv), .seq = seq, .rank = rank, .stride = stride};
    size_t at[BUCKETS] = {0}, sum = 0;

    if (!x.kv)
        return nfi_oom(err, "terms");
    for (size_t i = 0; i < n; i++) {
        (*kv)[i].key = (uint64_t)rank[seq[(*kv)[i].val * stride] - 1] * BUCKETS / (words + 1);
        at[(*kv)[i].key]++;
    }
    for (size_t b = 0; b < BUCKETS; b++) {
        x.start[b] = sum;
        sum += at[b];
        at[b] = x.start[b];
    }
    x.start[BUCKETS] = sum;
    for (size_t i = 0; i < n; i++)
        x.kv[at[(*kv)[i].key]++] = (*kv)[i];
    nf_status s = nfi_par_chunks(BUCKETS, threads, sort_bucket, &x, err);
    nfi_free(*kv);
    *kv = x.kv;
    return s;
}

/* The kept terms in their order. */
typedef struct filling {
    nfi_terms *t;
    const nfi_kv *kv;
    const uint32_t *seq, *rank, *df;
    uint32_t *of;
} filling;

static nf_status fill_block(void *ctx, size_t block, int worker, nf_err *err)
{
    const filling *x = ctx;
    nfi_terms *t = x->t;
    size_t stride = (size_t)t->stride, end = (block + 1) * BLOCK < t->n ? (block + 1) * BLOCK : t->n;

    (void)worker, (void)err;
    for (size_t i = block * BLOCK; i < end; i++) {
        const uint32_t *w = x->seq + x->kv[i].val * stride;
        for (size_t k = 0; k < stride; k++)
            t->seq[i * stride + k] = w[k] ? x->rank[w[k] - 1] : 0;
        t->df[i] = x->df[x->kv[i].aux];
        x->of[x->kv[i].aux] = (uint32_t)i;
    }
    return NF_OK;
}

/* Keeps the max_features terms of greatest total frequency, ties by byte order; kv is in byte order and stays so. */
static nf_status keep_most_frequent(nfi_kv *kv, size_t *n, const uint64_t *freq, uint64_t max, nf_err *err)
{
    nfi_kv *byfreq = nfi_alloc(*n, sizeof *byfreq);
    uint8_t *keep = nfi_calloc(*n, 1);
    nf_status s = NF_OK;

    if (!byfreq || !keep) {
        s = nfi_oom(err, "--max-features");
        goto out;
    }
    for (size_t i = 0; i < *n; i++)
        byfreq[i] = (nfi_kv){UINT64_MAX - freq[kv[i].aux], (uint32_t)i, 0};
    NF_GO(nfi_sort_kv(byfreq, *n, err));
    for (size_t i = 0; i < max; i++)
        keep[byfreq[i].val] = 1;
    size_t m = 0;
    for (size_t i = 0; i < *n; i++)
        if (keep[i])
            kv[m++] = kv[i];
    *n = m;
out:
    nfi_free(byfreq);
    nfi_free(keep);
    return s;
}

nf_status nfi_terms_drop_words(nfi_terms *t, const char *what, nf_err *err)
{
    size_t n = t->n * (size_t)t->stride, kept = 0;
    uint32_t *to = nfi_calloc(t->nwords, sizeof *to);

    if (!to)
        return nfi_oom(err, what);
    for (size_t i = 0; i < n; i++)
        if (t->seq[i])
            to[t->seq[i] - 1] = 1;
    for (size_t i = 0; i < t->nwords; i++) {
        if (to[i]) {
            t->word[kept++] = t->word[i];
            to[i] = (uint32_t)kept;
        }
    }
    t->nwords = kept;
    for (size_t i = 0; i < n; i++)
        t->seq[i] = t->seq[i] ? to[t->seq[i] - 1] : 0;
    nfi_free(to);
    return NF_OK;
}

nf_status nfi_terms_build(nfi_terms *out, uint32_t **term_of, const nf_corpus *c, const uint8_t *use, const nf_select_opts *select,
                          const nfi_weighting *weighting, nfi_sum sum, int threads, nf_err *err)
{
    nfi_terms t = {.stride = c->text.hi, .nclasses = c->nclasses, .multi = c->multi};
    size_t nodes = nfi_corpus_nodes(c), n = 0, seen = 0;
    uint32_t *rank = NULL, *of = NULL, *seq = NULL;
    uint32_t *df = NULL;
    uint8_t *used = NULL;
    uint64_t *freq = NULL, lo, hi;
    nfi_kv *kv = NULL;
    nf_status s = NF_OK;

    threads = nfi_par_threads(threads);
    t.class_docs = nfi_calloc(c->nclasses, sizeof *t.class_docs);
    freq = select->max_features ? nfi_calloc(nodes, sizeof *freq) : NULL;
    df = nfi_calloc(nodes, sizeof *df);
    used = nfi_calloc(c->words.n, 1);
    rank = nfi_calloc(c->words.n, sizeof *rank);
    if (!t.class_docs || (select->max_features && !freq) || !df || !used || !rank) {
        s = nfi_oom(err, "terms");
        goto out;
    }
    for (size_t d = 0; d < c->n; d++) {
        if (use && !use[d])
            continue;
        t.ndocs++;
        t.labelled += c->label[d] >= 0;
        t.ntokens += c->ntokens[d];
    }
    nfi_class_docs(t.class_docs, c, use);
    NF_GO(nfi_select_bounds(select, t.ndocs, &lo, &hi, err));
    df_pass pass = {c, use, df, freq, lo, hi, {0}, {0}};
    choosing choice = {.df = &pass, .stride = (size_t)t.stride, .used = used};
    NF_GO(nfi_par_chunks(nfi_corpus_parts(c), threads, df_part, &pass, err));
    for (size_t q = 0; q < nfi_corpus_parts(c); q++) {
        choice.first[q] = n;
        n += pass.kept[q];
        seen += pass.seen[q];
    }
    if (n == 0) {
        s = nfi_nothing_left(select, t.ndocs, seen, err);
        goto out;
    }
    kv = nfi_alloc(n, sizeof *kv);
    seq = nfi_calloc(n * (size_t)t.stride, sizeof *seq);
    if (!kv || !seq) {
        s = nfi_oom(err, "terms");
        goto out;
    }
    choice.seq = seq;
    choice.kv = kv;
    NF_GO(nfi_par_chunks(nfi_corpus_parts(c), threads, choose_part, &choice, err));
    NF_GO(sort_words(&t, c, used, rank, err));
    NF_GO(sort_terms(&kv, n, seq, rank, t.nwords, (size_t)t.stride, threads, err));
    if (select->max_features && select->max_features < n)
        NF_GO(keep_most_frequent(kv, &n, freq, select->max_features, err));

    t.n = n;
    t.seq = nfi_alloc(n * (size_t)t.stride, sizeof *t.seq);
    t.df = nfi_alloc(n, sizeof *t.df);
    of = nfi_alloc(nodes, sizeof *of);
    if (!t.seq || !t.df || !of) {
        s = nfi_oom(err, "terms");
        goto out;
    }
    memset(of, 0xff, nodes * sizeof *of);
    filling fill = {&t, kv, seq, rank, df, of};
    NF_GO(nfi_par_chunks((n + BLOCK - 1) / BLOCK, threads, fill_block, &fill, err));
    if (freq)
        NF_GO(nfi_terms_drop_words(&t, "--max-features", err));
    nfi_free(seq);
    nfi_free(kv);
    seq = NULL;
    kv = NULL;
    if (sum != NFI_SUM_NONE)
        NF_GO(nfi_terms_sum(&t, c, use, of, df, weighting, sum, threads, err));
    *out = t;
    t = (nfi_terms){0};
    if (term_of) {
        *term_of = of;
        of = NULL;
    }
out:
    nfi_free(df);
    nfi_free(rank);
    nfi_free(of);
    nfi_free(seq);
    nfi_free(used);
    nfi_free(freq);
    nfi_free(kv);
    nfi_terms_clear(&t);
    return s;
}

static void free_entries(uint64_t *ptr, uint16_t *cls, int64_t *val, uint32_t *doc)
{
    nfi_free(ptr);
    nfi_free(cls);
    nfi_free(val);
    nfi_free(doc);
}

nf_status nfi_term_sums_new(nfi_term_sums *out, size_t terms, size_t n, const char *what, nf_err *err)
{
    nfi_term_sums e = {.ptr = nfi_alloc(terms + 1, sizeof *e.ptr),
                     .cls = nfi_alloc(n, sizeof *e.cls),
                     .val = nfi_calloc(n, sizeof *e.val),
                     .doc = nfi_calloc(n, sizeof *e.doc)};

    if (!e.ptr || !e.cls || !e.val || !e.doc) {
        free_entries(e.ptr, e.cls, e.val, e.doc);
        return nfi_oom(err, what);
    }
    *out = e;
    return NF_OK;
}

void nfi_terms_replace(nfi_terms *t, const nfi_term_sums *e)
{
    free_entries(t->ptr, t->cls, t->val, t->doc);
    t->ptr = e->ptr;
    t->cls = e->cls;
    t->val = e->val;
    t->doc = e->doc;
}

size_t nfi_spell_word(char *buf, size_t cap, size_t n, nf_str word)
{
    if (n > 0) {
        if (n < cap)
            buf[n] = ' ';
        n++;
    }
    if (n < cap)
        memcpy(buf + n, word.p, word.n < cap - n ? word.n : cap - n);
    return n + word.n;
}

size_t nfi_terms_spell(const nfi_terms *t, size_t term, char *buf, size_t cap)
{
    const uint32_t *seq = t->seq + term * (size_t)t->stride;
    size_t n = 0;

    for (int k = 0; k < t->stride && seq[k]; k++)
        n = nfi_spell_word(buf, cap, n, t->word[seq[k] - 1]);
    return n;
}

nf_status nfi_terms_by_rank(const nfi_terms *t, uint32_t **columns, nf_err *err)
{
    uint32_t *c = nfi_alloc(t->n, sizeof *c);
    if (!c)
        return nfi_oom(err, "columns");
    for (size_t i = 0; i < t->n; i++)
        c[t->rank[i]] = (uint32_t)i;
    *columns = c;
    return NF_OK;
}
