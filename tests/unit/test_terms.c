/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_terms.c - kept terms, their order, ranks and sums, and weighted rows, against strings and sums made from the rows of the corpus;
 * and the same whatever the batches and threads.
 */
#include "docs_kit.h"

#include "features/sums.h"
#include "features/terms.h"

#include <math.h>

enum { CLASSES = 3 };

/* A term as its spelling, with all that is known of it. */
typedef struct plain {
    char *s;
    uint32_t node, df;
    uint64_t freq, cfreq[CLASSES];
    int64_t val, cval[CLASSES];
    uint32_t cdoc[CLASSES];
    size_t rank;
} plain;

typedef struct table {
    plain *t;
    size_t n;
    uint64_t docs;
} table;

static char *spell_node(const nf_corpus *c, uint32_t node)
{
    uint32_t seq[NFI_MAX_NGRAM];
    int m = nfi_corpus_node_words(c, node, seq);
    size_t n = 0;
    char *s = malloc((size_t)m * (NFI_MAX_TOKEN + 1) + 1);

    for (int k = 0; k < m; k++) {
        if (k)
            s[n++] = ' ';
        memcpy(s + n, c->words.word[seq[k]].p, c->words.word[seq[k]].n);
        n += c->words.word[seq[k]].n;
    }
    s[n] = '\0';
    return s;
}

static int by_text(const void *a, const void *b) { return strcmp(((const plain *)a)->s, ((const plain *)b)->s); }

static int by_df(const void *a, const void *b)
{
    const plain *x = a, *y = b;
    return x->df != y->df ? (x->df < y->df) - (x->df > y->df) : strcmp(x->s, y->s);
}

static int by_freq(const void *a, const void *b)
{
    const plain *x = a, *y = b;
    return x->freq != y->freq ? (x->freq < y->freq) - (x->freq > y->freq) : strcmp(x->s, y->s);
}

static double f_of(const nfi_weighting *w, uint32_t tf)
{
    return w->tf == NFI_TF_LOG ? 1 + log((double)tf) : w->tf == NFI_TF_RAW ? tf : 1;
}

/* Calls fn for every row of a document that counts. */
typedef void (*row_fn)(void *ctx, size_t d, const uint32_t *id, const uint32_t *tf, size_t n);
static void each_row(const nf_corpus *c, const uint8_t *use, row_fn fn, void *ctx)
{
    for (size_t k = 0; k < c->nchunks; k++) {
        nfi_rows rows = {0};
        nft_ok(nfi_corpus_rows(c, k, NULL, &rows, &nft_err));
        for (size_t d = c->chunk[k].first, e = 0; d < c->chunk[k].first + c->chunk[k].n; e += c->nterms[d], d++)
            if (!use || use[d])
                fn(ctx, d, rows.id + e, rows.tf + e, c->nterms[d]);
        nfi_rows_clear(&rows);
    }
}

static void count_df(void *ctx, size_t d, const uint32_t *id, const uint32_t *tf, size_t n)
{
    table *t = ctx;
    (void)d;
    t->docs++;
    for (size_t e = 0; e < n; e++) {
        t->t[id[e]].df++;
        t->t[id[e]].freq += tf[e];
    }
}

typedef struct adding {
    table *t;
    const nf_corpus *c;
    const nfi_weighting *w;
} adding;

static plain *find(table *t, uint32_t node)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->t[i].node == node)
            return &t->t[i];
    return NULL;
}

static void add_row(void *ctx, size_t d, const uint32_t *id, const uint32_t *tf, size_t n)
{
    adding *a = ctx;
    double norm = 0;

    for (size_t e = 0; e < n; e++) {
        plain *t = find(a->t, id[e]);
        double x = a->w->additive ? f_of(a->w, tf[e]) : t ? f_of(a->w, tf[e]) * (log((1.0 + (double)a->t->docs) / (1.0 + t->df)) + 1) : 0;
        norm += x * x;
    }
    for (size_t e = 0; e < n; e++) {
        plain *t = find(a->t, id[e]);
        if (!t)
            continue;
        double x = f_of(a->w, tf[e]) * (a->w->additive ? 1 : log((1.0 + (double)a->t->docs) / (1.0 + t->df)) + 1);
        int64_t v = llround((a->w->l2 ? x / sqrt(norm) : x) * NFI_FIXED_ONE);
        int32_t k = a->c->label[d];
        t->val += v;
        if (k >= 0) {
            t->cval[k] += v;
            t->cfreq[k] += tf[e];
            t->cdoc[k]++;
        }
    }
}

/* Kept terms by definition, in byte order. lo, hi: document frequencies. */
static table naive(const nf_corpus *c, const uint8_t *use, uint64_t lo, uint64_t hi, uint64_t max, const nfi_weighting *w)
{
    table t = {calloc(nfi_corpus_nodes(c), sizeof *t.t), nfi_corpus_nodes(c), 0};
    size_t n = 0;

    each_row(c, use, count_df, &t);
    for (uint32_t i = 0; i < t.n; i++)
        if (t.t[i].df >= lo && t.t[i].df <= hi) {
            t.t[n] = t.t[i];
            t.t[n].s = spell_node(c, i);
            t.t[n++].node = i;
        }
    t.n = n;
    if (max && max < t.n) {
        qsort(t.t, t.n, sizeof *t.t, by_freq);
        for (size_t i = max; i < t.n; i++)
            free(t.t[i].s);
        t.n = max;
    }
    qsort(t.t, t.n, sizeof *t.t, by_df);
    for (size_t i = 0; i < t.n; i++)
        t.t[i].rank = i;
    qsort(t.t, t.n, sizeof *t.t, by_text);
    adding a = {&t, c, w};
    each_row(c, use, add_row, &a);
    return t;
}

static void table_clear(table *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->t[i].s);
    free(t->t);
}

static void near(int64_t got, int64_t want, uint32_t docs, const char *what, const char *term)
{
    ck_assert_msg(llabs(got - want) <= 2 * (int64_t)docs, "%s of \"%s\" is %lld, expected %lld", what, term, (long long)got,
                  (long long)want);
}

static void same(const nfi_terms *got, const table *want, const uint32_t *of)
{
    char s[NFI_MAX_NGRAM * (NFI_MAX_TOKEN + 1)];

    ck_assert_uint_eq(got->n, want->n);
    ck_assert_uint_eq(got->ndocs, want->docs);
    for (size_t i = 0; i < got->n; i++) {
        const plain *t = &want->t[i];
        size_t n = nfi_terms_spell(got, i, s, sizeof s);
        ck_assert_msg(n == strlen(t->s) && memcmp(s, t->s, n) == 0, "term %zu is \"%.*s\", expected \"%s\"", i, (int)n, s, t->s);
        ck_assert_msg(got->df[i] == t->df && got->rank[i] == t->rank && of[t->node] == i, "\"%s\": df %u, rank %u", t->s, got->df[i],
                      got->rank[i]);
        ck_assert_uint_eq(got->all_freq[i], t->freq);
        near(got->all_val[i], t->val, t->df, "the sum", t->s);
        uint64_t e = got->ptr[i];
        for (uint16_t k = 0; k < CLASSES; k++) {
            if (t->cdoc[k] == 0)
                continue;
            ck_assert_msg(e < got->ptr[i + 1] && got->cls[e] == k, "class %u of \"%s\" is missing", k, t->s);
            ck_assert_uint_eq(got->doc[e], t->cdoc[k]);
            ck_assert_uint_eq(got->freq[e], t->cfreq[k]);
            near(got->val[e], t->cval[k], t->df, "a class sum", t->s);
            e++;
        }
        ck_assert_uint_eq(e, got->ptr[i + 1]);
    }
    /* words: those of the kept terms, each once, by bytes */
    uint8_t *used = calloc(got->nwords + 1, 1);
    for (size_t i = 0; i < got->n * (size_t)got->stride; i++)
        if (got->seq[i])
            used[got->seq[i] - 1] = 1;
    for (size_t i = 0; i < got->nwords; i++) {
        ck_assert_msg(used[i], "word \"%.*s\" belongs to no kept term", (int)got->word[i].n, got->word[i].p);
        ck_assert(i == 0 || nfi_str_cmp(got->word[i - 1], got->word[i]) < 0);
    }
    free(used);
}

static void make_docs(dk_docs *k, nfi_rng *r, size_t docs)
{
    static const char *const label[CLASSES] = {"b", "a", "c"};
    static const char *const words[] = {"a", "aa", "a1", "ab", "U.S.", "caf\xc3\xa9", "z", "eightlet", "eightlett", "eightlets",
                                        "internationalisation", "internationalisations",
                                        "\xd0\xbc", "tax", "taxes", "tax1", "the"};
    for (size_t i = 0; i < docs; i++) {
        nfi_buf b = {0};
        for (uint64_t n = nfi_rng_below(r, 30); n > 0; n--) {
            double u = nfi_rng_unit(r);
            nfi_buf_puts(&b, words[(size_t)(u * u * sizeof words / sizeof *words)]);
            nfi_buf_puts(&b, " ");
        }
        size_t c = (size_t)nfi_rng_below(r, CLASSES + 1);
        dk_add_n(k, i < CLASSES ? label[i] : c < CLASSES ? label[c] : NULL, i % 4 ? NULL : "a tax title", b.p, b.n);
        nfi_buf_clear(&b);
    }
}

START_TEST(terms_and_sums_are_those_of_the_definition)
{
    nfi_rng r = nft_rng(1);
    enum { DOCS = 40 };
    int met = 0;

    for (int round = 0; round < nft_cases(8); round++) {
        int lo = 1 + (int)nfi_rng_below(&r, 3), hi = lo + (int)nfi_rng_below(&r, (uint64_t)(NFI_MAX_NGRAM + 1 - lo));
        nf_text_opts o = {.ngram_lo = lo, .ngram_hi = hi, .stopwords = round % 3 ? "none" : "en",
                          .tokenizer = round % 2 ? "sklearn" : NULL};
        dk_docs k = {0};
        make_docs(&k, &r, DOCS);
        nf_corpus *c = dk_corpus(&k, &o, 1, NULL);
        uint8_t mask[DOCS];
        for (size_t i = 0; i < DOCS; i++)
            mask[i] = nfi_rng_below(&r, 4) > 0;
        for (size_t w = 0; nfi_weightings[w]; w++) {
            const uint8_t *use = nfi_rng_below(&r, 2) ? mask : NULL;
            uint64_t docs = 0;
            for (size_t i = 0; i < DOCS; i++)
                docs += !use || use[i];
            nf_select_opts s = {.min_df = nfi_rng_below(&r, 4), .max_df = nfi_rng_below(&r, 2) ? docs - 3 : 0,
                                .max_features = nfi_rng_below(&r, 2) ? 5 : 0};
            nfi_terms t = {0};
            uint32_t *of = NULL;
            table want = naive(c, use, s.min_df ? s.min_df : 1, s.max_df ? s.max_df : docs, s.max_features, nfi_weightings[w]);
            int threads = 1 + (int)nfi_rng_below(&r, 4);
            if (want.n) {
                nft_ok(nfi_terms_build(&t, &of, c, use, &s, nfi_weightings[w], NFI_SUM_ALL, threads, &nft_err));
                nft_ok(nfi_terms_rank(&t, &nft_err));
                same(&t, &want, of);
                met++;
            } else {
                nft_fails(nfi_terms_build(&t, &of, c, use, &s, nfi_weightings[w], NFI_SUM_ALL, threads, &nft_err), NF_EDATA);
            }
            table_clear(&want);
            nfi_terms_clear(&t);
            nfi_free(of);
        }
        nf_corpus_free(c);
        dk_clear(&k);
    }
    ck_assert_int_gt(met, 0);
}
END_TEST

START_TEST(limits_hold_as_they_read)
{
    static const struct {
        nf_select_opts o;
        uint64_t n, lo, hi;
    } cases[] = {
        {{0}, 100, 1, 100}, {{.min_df = 3}, 100, 3, 100}, {{.max_df = 7}, 100, 1, 7}, {{.max_df = 700}, 100, 1, 100},
        {{.min_df_share = 0.5}, 7, 4, 7},
        {{.max_df_share = 0.5}, 7, 1, 3}, {{.min_df_share = 0.07}, 100, 7, 100}, {{.max_df_share = 0.29}, 100, 1, 29},
        {{.max_df_share = 0.57}, 100, 1, 57},
        {{.min_df_share = 0.1}, 30, 3, 30}, {{.min_df = 2, .min_df_share = 0.1}, 30, 3, 30},
        {{.min_df = 9, .min_df_share = 0.1}, 30, 9, 30},
        {{.min_df_share = 1}, 12345, 12345, 12345}, {{.max_df_share = 1}, 12345, 1, 12345}, {{.min_df_share = 1e-9}, 10, 1, 10},
    };
    uint64_t lo, hi;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        nft_ok(nfi_select_bounds(&cases[i].o, cases[i].n, &lo, &hi, &nft_err));
        ck_assert_msg(lo == cases[i].lo && hi == cases[i].hi, "case %zu: %d to %d", i, (int)lo, (int)hi);
    }
    /* a share means df / n >= share, and <= share */
    for (uint64_t n = 1; n <= 400; n++)
        for (uint64_t hundredths = 1; hundredths <= 100; hundredths++) {
            nf_select_opts least = {.min_df_share = (double)hundredths / 100}, most = {.max_df_share = (double)hundredths / 100};
            uint64_t want = (n * hundredths + 99) / 100;
            nft_ok(nfi_select_bounds(&least, n, &lo, &hi, &nft_err));
            ck_assert_msg(lo == want, "%d%% of %d documents: at least %d, expected %d", (int)hundredths, (int)n, (int)lo, (int)want);
            want = n * hundredths / 100;
            nf_status s = nfi_select_bounds(&most, n, &lo, &hi, NULL);
            ck_assert_msg(want == 0 ? s == NF_EINVAL : s == NF_OK && hi == want, "%d%% of %d documents: at most %d, expected %d",
                          (int)hundredths, (int)n,
                          (int)hi, (int)want);
        }
    nft_fails(nfi_select_bounds(&(nf_select_opts){.min_df = 5, .max_df = 4}, 100, &lo, &hi, &nft_err), NF_EINVAL);
}
END_TEST

START_TEST(rows_have_unit_length_and_rising_columns)
{
    nfi_rng r = nft_rng(2);
    dk_docs k = {0};
    const nf_select_opts select = {.min_df = 2, .max_features = 12};

    make_docs(&k, &r, 50);
    nf_corpus *c = dk_corpus(&k, NULL, 2, NULL);
    for (size_t w = 0; nfi_weightings[w]; w++) {
        nf_csr X = {0}, counts = {0};
        nf_vocabulary *v = NULL;
        nft_ok(nf_corpus_rows(c, &select, nfi_weightings[w]->name, 2, &X, &counts, &v, &nft_err));
        nft_ok(nf_csr_check(&X, &nft_err)); /* columns rise */
        nft_ok(nf_csr_check(&counts, &nft_err));
        ck_assert_uint_eq(nf_vocabulary_size(v), 12);
        for (size_t j = 1; j < 12; j++)
            ck_assert_uint_ge(nf_vocabulary_df(v, j - 1), nf_vocabulary_df(v, j));
        uint64_t df[12] = {0};
        for (size_t d = 0; d < X.rows; d++) {
            double sum = 0, want = 0;
            ck_assert_int_eq(X.ptr[d + 1], counts.ptr[d + 1]);
            for (int64_t e = X.ptr[d]; e < X.ptr[d + 1]; e++) {
                double idf = nfi_weightings[w]->idf ? log(51.0 / (1.0 + (double)nf_vocabulary_df(v, (size_t)X.idx[e]))) + 1 : 1;
                double x = f_of(nfi_weightings[w], (uint32_t)counts.val[e]) * idf;
                sum += (double)X.val[e] * (double)X.val[e];
                want += x * x;
                df[X.idx[e]]++;
            }
            ck_assert(X.ptr[d] == X.ptr[d + 1] || fabs(sum - 1) < NFT_LOOSE);
            for (int64_t e = X.ptr[d]; e < X.ptr[d + 1]; e++) {
                double idf = nfi_weightings[w]->idf ? log(51.0 / (1.0 + (double)nf_vocabulary_df(v, (size_t)X.idx[e]))) + 1 : 1;
                ck_assert_double_eq_tol((double)X.val[e], f_of(nfi_weightings[w], (uint32_t)counts.val[e]) * idf / sqrt(want), NFT_LOOSE);
            }
        }
        for (size_t j = 0; j < 12; j++)
            ck_assert_uint_eq(df[j], nf_vocabulary_df(v, j));
        nf_csr_clear(&X);
        nf_csr_clear(&counts);
        nf_vocabulary_free(v);
    }
    nf_corpus_free(c);
    dk_clear(&k);
}
END_TEST

#define SAME(a, b, n) ck_assert_msg((n) == 0 || memcmp((a), (b), (n) * sizeof *(a)) == 0, "%d threads: " #a " differs", threads)

START_TEST(batches_and_threads_do_not_matter)
{
    nfi_rng r = nft_rng(3);
    dk_docs k = {0};
    const nf_select_opts select = {.min_df = 2, .max_features = 200};

    make_docs(&k, &r, 300);
    for (int i = 0; i < 3; i++) { /* some that fill a chunk of their own */
        nfi_buf b = {0};
        while (b.n < 300000) {
            nfi_buf_puts(&b, "long");
            nfi_buf_put_u64(&b, nfi_rng_below(&r, 3000));
            nfi_buf_puts(&b, " ");
        }
        dk_add_n(&k, "a", NULL, b.p, b.n);
        nfi_buf_clear(&b);
    }
    nf_corpus *first = dk_corpus(&k, NULL, 1, NULL);
    nfi_terms a = {0};
    nf_csr xa = {0};
    nf_vocabulary *va;
    nft_ok(nfi_terms_build(&a, NULL, first, NULL, &select, nfi_weightings[0], NFI_SUM_ALL, 1, &nft_err));
    nft_ok(nf_corpus_rows(first, &select, NULL, 1, &xa, NULL, &va, &nft_err));
    for (int threads = 1; threads <= 7; threads++) {
        nf_corpus *c = dk_corpus(&k, NULL, threads, &r);
        nfi_terms b = {0};
        nf_csr xb = {0};
        nf_vocabulary *vb;
        nft_ok(nfi_terms_build(&b, NULL, c, NULL, &select, nfi_weightings[0], NFI_SUM_ALL, threads, &nft_err));
        nft_ok(nf_corpus_rows(c, &select, NULL, threads, &xb, NULL, &vb, &nft_err));
        ck_assert(a.n == b.n && a.nwords == b.nwords && a.ptr[a.n] == b.ptr[b.n] && xa.ptr[xa.rows] == xb.ptr[xb.rows]);
        for (size_t i = 0; i < a.nwords; i++)
            ck_assert_int_eq(nfi_str_cmp(a.word[i], b.word[i]), 0);
        SAME(a.seq, b.seq, a.n * (size_t)a.stride);
        SAME(a.df, b.df, a.n);
        SAME(a.cls, b.cls, a.ptr[a.n]);
        SAME(a.val, b.val, a.ptr[a.n]);
        SAME(a.doc, b.doc, a.ptr[a.n]);
        SAME(a.freq, b.freq, a.ptr[a.n]);
        SAME(a.all_freq, b.all_freq, a.n);
        SAME(a.all_val, b.all_val, a.n);
        SAME(xa.ptr, xb.ptr, xa.rows + 1);
        SAME(xa.idx, xb.idx, (size_t)xa.ptr[xa.rows]);
        SAME(xa.val, xb.val, (size_t)xa.ptr[xa.rows]);
        SAME(first->ntokens, c->ntokens, c->n);
        SAME(first->label, c->label, c->n);
        nf_csr_clear(&xb);
        nf_vocabulary_free(vb);
        nfi_terms_clear(&b);
        nf_corpus_free(c);
    }
    nf_csr_clear(&xa);
    nf_vocabulary_free(va);
    nfi_terms_clear(&a);
    nf_corpus_free(first);
    dk_clear(&k);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("terms");
    TCase *t = tcase_create("terms");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, terms_and_sums_are_those_of_the_definition);
    tcase_add_test(t, limits_hold_as_they_read);
    tcase_add_test(t, rows_have_unit_length_and_rising_columns);
    tcase_add_test(t, batches_and_threads_do_not_matter);
    suite_add_tcase(s, t);
    return nft_run(s);
}
