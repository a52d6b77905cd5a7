/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random corpora: in memory, in runs, and through statistics files, in any partition, give the same terms, sample and bytes. */
#include "stats_kit.h"

#include "newsframe/models.h"

typedef struct plan {
    nf_count_opts o;
    nf_select_opts select;
    const nfi_weighting *w; /* to finish with */
    int threads;
} plan;

static plan random_plan(nfi_rng *r)
{
    static const char *const counted[] = {"tfidf", "tfidf-raw", "tf", "binary"};
    plan p = {.threads = 1 + (int)nfi_rng_below(r, 7)};

    p.o.corpus.text.ngram_lo = 1 + (int)nfi_rng_below(r, 3);
    p.o.corpus.text.ngram_hi = p.o.corpus.text.ngram_lo + (int)nfi_rng_below(r, 2);
    p.o.corpus.text.tokenizer = nfi_rng_below(r, 2) ? "news" : "sklearn";
    p.o.corpus.text.stopwords = nfi_rng_below(r, 2) ? "none" : "en";
    p.o.weighting = counted[nfi_rng_below(r, 4)];
    p.o.ledger = nfi_rng_below(r, 2);
    p.w = nfi_weighting_find(nfi_rng_below(r, 3) ? p.o.weighting : counted[2 + nfi_rng_below(r, 2)]);
    p.select.min_df = nfi_rng_below(r, 4);
    p.select.max_df_share = nfi_rng_below(r, 3) ? 0.0 : 0.4;
    p.select.max_features = nfi_rng_below(r, 2) ? 0 : 1 + nfi_rng_below(r, 60);
    return p;
}

/* Terms and sample; false when nothing is left, which must then be so everywhere. */
static bool finish(const nf_counted *c, const plan *p, nfi_terms *t, nfi_sample *s)
{
    nf_err err = {0};
    nf_status st = nfi_counted_terms(c, &p->select, p->w, true, p->threads, t, s, &err);
    ck_assert_msg(st == NF_OK || st == NF_EDATA || st == NF_EINVAL, "%s", err.msg);
    return st == NF_OK;
}

static void clear(nfi_terms *t, nfi_sample *s)
{
    nfi_terms_clear(t);
    nfi_sample_clear(s);
}

START_TEST(memory_partition_and_threads_do_not_show)
{
    static kit_corpus c;
    static char part[KIT_FILES][NFT_PATH];
    const char *in[KIT_FILES], *whole = c.whole;
    int compared = 0;

    for (int i = 0; i < nft_cases(60); i++) {
        nfi_rng r = nft_rng((uint64_t)i);
        plan p = random_plan(&r);
        nfi_terms t = {0}, u = {0};
        nfi_sample s = {0}, v = {0};
        char saved[NFT_PATH], other[NFT_PATH], name[32];
        size_t docs = 1 + (size_t)nfi_rng_below(&r, 120), files = 1 + (size_t)nfi_rng_below(&r, docs < 9 ? docs : 9);

        kit_make(&c, &r, docs, files, 1 + (size_t)nfi_rng_below(&r, 60), 20 + (size_t)nfi_rng_below(&r, 500), (size_t)nfi_rng_below(&r, 9));
        p.o.corpus.threads = 1;
        nf_counted *x = kit_count(c.path, c.n, &p.o);
        ck_assert_uint_eq(nf_counted_runs(x), 0);
        kit_path(saved, c.dir, "memory.nfs");
        nft_ok(nf_counted_save(x, 1, saved, &nft_err));
        bool some = finish(x, &p, &t, &s);
        compared += some;

        p.o.corpus.threads = p.threads; /* runs: as many as files, or a few */
        p.o.corpus.memory = nfi_rng_below(&r, 2) ? 1 : 4 * (uint64_t)p.threads * (240 << 10) + nfi_rng_below(&r, 1 << 18);
        nf_counted *y = kit_count(c.path, c.n, &p.o);
        kit_path(other, c.dir, "runs.nfs");
        nft_ok(nf_counted_save(y, p.threads, other, &nft_err));
        kit_same_file(saved, other);
        ck_assert(finish(y, &p, &u, &v) == some);
        if (some) {
            kit_same_terms(&t, &u);
            kit_same_sample(&s, &v);
        }
        clear(&u, &v);
        nf_counted_free(y);

        for (size_t k = 0; k < c.n; k++) { /* statistics of the parts */
            snprintf(name, sizeof name, "%zu.nfs", k);
            kit_stats(part[k], c.dir, name, &c.path[k], 1, &p.o);
            in[c.n - 1 - k] = part[k];
        }
        kit_stats(other, c.dir, "whole.nfs", &whole, 1, &p.o);
        kit_same_file(saved, other);
        nft_ok(nf_counted_open(&y, in, c.n, &nft_err));
        ck_assert_uint_eq(nf_counted_docs(x), nf_counted_docs(y));
        ck_assert_uint_eq(nf_counted_tokens(x), nf_counted_tokens(y));
        nft_ok(nf_counted_save(y, 1, other, &nft_err));
        kit_same_file(saved, other);
        ck_assert(finish(y, &p, &u, &v) == some);
        if (some)
            kit_same_terms(&t, &u);
        ck_assert_uint_eq(v.n, 0);
        clear(&u, &v);
        clear(&t, &s);
        nf_counted_free(y);
        nf_counted_free(x);
    }
    ck_assert_int_gt(compared, 0);
}
END_TEST

/* More documents than the sample takes, and rows that are long: both bounds, in memory and in runs. */
START_TEST(the_sample_is_bounded_alike_everywhere)
{
    static kit_corpus c;
    nfi_rng r = nft_rng(1000);
    nf_select_opts all = {.min_df = 2};

    kit_make(&c, &r, NFI_SAMPLE_DOCS + NFI_SAMPLE_DOCS / 2, 7, 6, 300, 3);
    nf_count_opts o = {.corpus = {.threads = 2}}, small = {.corpus = {.threads = 3, .memory = 1}};
    nf_counted *x = kit_count(c.path, c.n, &o), *y = kit_count(c.path, c.n, &small);
    nfi_terms t = {0}, u = {0};
    nfi_sample s = {0}, v = {0};
    ck_assert_uint_gt(nf_counted_labelled(x), NFI_SAMPLE_DOCS);
    ck_assert_uint_eq(nf_counted_runs(y), 7);
    nft_ok(nfi_counted_terms(x, &all, nfi_weightings[0], true, 2, &t, &s, &nft_err));
    nft_ok(nfi_counted_terms(y, &all, nfi_weightings[0], true, 2, &u, &v, &nft_err));
    ck_assert_uint_eq(s.n, NFI_SAMPLE_DOCS);
    kit_same_terms(&t, &u);
    kit_same_sample(&s, &v);
    clear(&t, &s);
    clear(&u, &v);
    nf_counted_free(x);
    nf_counted_free(y);
}
END_TEST

static void model_of(const nf_counted *c, const char *path)
{
    nf_model *m = NULL;
    nf_train_opts o = {.select = {.min_df = 1}, .smoothing = 0.25, .weighting = nf_counted_weighting(c), .calibration = "none"};

    nft_ok(nf_model_train(&m, c, &o, &nft_err));
    nft_ok(nf_model_save(m, path, &nft_err));
    nf_model_free(m);
}

/*
 * Twenty partitions, on one thread and on three: merged in any order the counts of the parts are those of the whole, the whole without a
 * part those of the others, and the models of both have the same bytes.
 */
START_TEST(parts_come_and_go_without_a_trace)
{
    static kit_corpus c;
    static char part[KIT_FILES][NFT_PATH];
    static const unsigned char salt[] = "sixteen or more bytes";
    const char *in[KIT_FILES], *rest[KIT_FILES], *whole = c.whole;

    for (int i = 0; i < nft_cases(20); i++) {
        nfi_rng r = nft_rng(2000 + (uint64_t)i);
        plan p = random_plan(&r);
        size_t docs = 40 + (size_t)nfi_rng_below(&r, 80), files = 2 + (size_t)nfi_rng_below(&r, 19);
        char all[NFT_PATH], merged[NFT_PATH], left[NFT_PATH], expected[NFT_PATH], a[NFT_PATH], b[NFT_PATH], name[32];

        kit_make(&c, &r, docs, files, 30, 200, 1 + (size_t)nfi_rng_below(&r, 5));
        if (p.o.ledger && nfi_rng_below(&r, 3) == 0) {
            p.o.salt = salt;
            p.o.salt_n = sizeof salt;
        }
        for (int threads = 1; threads <= 3; threads += 2) {
            p.o.corpus.threads = threads;
            kit_stats(all, c.dir, "all.nfs", &whole, 1, &p.o);
            for (size_t k = 0; k < c.n; k++) {
                snprintf(name, sizeof name, "%zu.nfs", k);
                kit_stats(part[k], c.dir, name, &c.path[k], 1, &p.o);
                in[k] = part[k];
            }
            for (size_t k = c.n; k > 1; k--) {
                size_t j = (size_t)nfi_rng_below(&r, k);
                const char *t = in[j];
                in[j] = in[k - 1];
                in[k - 1] = t;
            }
            kit_path(merged, c.dir, "merged.nfs");
            nft_ok(nf_stats_merge(in, c.n, merged, &nft_err));
            kit_same_file(all, merged);

            nf_counted *x = kit_count(&whole, 1, &p.o), *y = NULL;
            nft_ok(nf_counted_open(&y, in, c.n, &nft_err));
            kit_path(a, c.dir, "a.nfm");
            kit_path(b, c.dir, "b.nfm");
            if (nf_counted_labels(x) > 1) {
                model_of(x, a);
                model_of(y, b);
                kit_same_file(a, b);
            }

            size_t go = (size_t)nfi_rng_below(&r, c.n), n = 0; /* this part goes */
            for (size_t k = 0; k < c.n; k++)
                if (k != go)
                    rest[n++] = c.path[k];
            kit_stats(expected, c.dir, "expected.nfs", rest, n, &p.o);
            const nf_counted *from[] = {x, y}; /* of documents in memory, of files */
            for (int k = 0; k < 2; k++) {
                nf_docs *docs_in = NULL;
                nf_forget_opts f = {.threads = threads, .salt = p.o.salt, .salt_n = p.o.salt_n, .memory = nfi_rng_below(&r, 2) ? 1 : 0};
                nf_counted_totals gone;
                kit_path(left, c.dir, "left.nfs");
                nft_ok(nf_docs_open(&docs_in, &c.path[go], 1, NULL, &nft_err));
                nft_ok(nf_counted_forget(from[k], docs_in, &f, left, &gone, &nft_err));
                nf_docs_close(docs_in);
                kit_same_file(expected, left);
                nft_ok(nf_docs_open(&docs_in, &c.path[go], 1, NULL, &nft_err)); /* once more: they are not there */
                nf_counted *z = NULL;
                nft_ok(nf_counted_open(&z, (const char *const[]){left}, 1, &nft_err));
                if (p.o.ledger && gone.docs)
                    nft_fails(nf_counted_forget(z, docs_in, &f, left, NULL, &nft_err), NF_EDATA);
                kit_same_file(expected, left);
                nf_docs_close(docs_in);
                nf_counted_free(z);
            }
            nf_counted_free(x);
            nf_counted_free(y);
        }
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("stats");
    TCase *t = tcase_create("stats");
    tcase_set_timeout(t, 300);
    tcase_add_test(t, memory_partition_and_threads_do_not_show);
    tcase_add_test(t, parts_come_and_go_without_a_trace);
    tcase_add_test(t, the_sample_is_bounded_alike_everywhere);
    suite_add_tcase(s, t);
    return nft_run(s);
}
