/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics: known sums, the same bytes for any partition and order, what must not be merged, ledgers, runs, and the sample's rule. */
#include "stats_kit.h"

#include "base/hash.h"
#include "base/section.h"
#include "features/sample.h"

static const char three[] = "{\"id\":\"a\",\"text\":\"red fox\",\"label\":\"A\"}\n"
                            "{\"id\":\"b\",\"text\":\"red red\",\"label\":\"B\"}\n"
                            "{\"id\":\"c\",\"text\":\"fox\"}\n";

static const nf_count_opts plain = {.corpus = {.threads = 1}};

static void one_file(char path[NFT_PATH], const char *text, const nf_count_opts *o)
{
    char dir[NFT_PATH], in[NFT_PATH];
    nft_dir(dir);
    nft_file_str(in, dir, "in", text);
    const char *operand = in;
    kit_stats(path, dir, "out.nfs", &operand, 1, o);
}

START_TEST(sums_are_the_ones_worked_out_by_hand)
{
    static const struct {
        const char *term;
        uint64_t df, freq, n;
        nfi_stat_class e[2];
    } want[] = {
        {"fox", 2, 2, 1, {{0, 1, 1, (int64_t)1 << 32}}},
        {"red", 2, 3, 2, {{0, 1, 1, (int64_t)1 << 32}, {1, 1, 2, (int64_t)2 << 32}}},
        {"red fox", 1, 1, 1, {{0, 1, 1, (int64_t)1 << 32}}},
        {"red red", 1, 1, 1, {{1, 1, 1, (int64_t)1 << 32}}},
    };
    nf_count_opts o = plain;
    char path[NFT_PATH];
    nfi_stats_src src;
    nfi_stats_in *in;
    const nfi_stat *x;

    o.weighting = "tf";
    one_file(path, three, &o);
    nft_ok(nfi_stats_src_open(&src, path, &nft_err));
    ck_assert_uint_eq(src.head.docs, 3);
    ck_assert_uint_eq(src.head.unlabelled, 1);
    ck_assert_uint_eq(src.head.tokens, 5);
    ck_assert_uint_eq(src.head.terms, 4);
    ck_assert_uint_eq(src.head.entries, 5);
    ck_assert_uint_eq(src.head.nlabels, 2);
    ck_assert_uint_eq(src.head.label_docs[0], 1);
    ck_assert_uint_eq(src.head.label_docs[1], 1);
    ck_assert_str_eq(src.head.set.value[NFI_SET_NGRAMS], "1-2");
    ck_assert_str_eq(src.head.set.value[NFI_SET_TOKENIZER], "news");
    ck_assert_str_eq(src.head.set.value[NFI_SET_WEIGHTING], "tf");
    nft_ok(nfi_stats_in_open(&in, &src, &nft_err));
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        nft_ok(nfi_stats_in_next(in, &x, &nft_err));
        ck_assert_ptr_nonnull(x);
        ck_assert_msg(x->n == strlen(want[i].term) && memcmp(x->term, want[i].term, x->n) == 0, "term %zu is not %s", i, want[i].term);
        ck_assert_uint_eq(x->df, want[i].df);
        ck_assert_uint_eq(x->freq, want[i].freq);
        ck_assert_int_eq(x->val, (int64_t)want[i].freq << 32);
        ck_assert_uint_eq(x->nentries, want[i].n);
        for (size_t k = 0; k < x->nentries; k++) {
            ck_assert_uint_eq(x->entry[k].cls, want[i].e[k].cls);
            ck_assert_uint_eq(x->entry[k].docs, want[i].e[k].docs);
            ck_assert_uint_eq(x->entry[k].freq, want[i].e[k].freq);
            ck_assert_int_eq(x->entry[k].val, want[i].e[k].val);
        }
    }
    nft_ok(nfi_stats_in_next(in, &x, &nft_err));
    ck_assert_ptr_null(x);
    nfi_stats_in_close(in);
    nfi_stats_src_clear(&src);
}
END_TEST

START_TEST(a_counted_thing_says_what_it_holds)
{
    char path[NFT_PATH];
    nf_counted *c;
    nf_str key, value;
    const char *operand = path;
    size_t n = 0;

    one_file(path, three, &plain);
    nft_ok(nf_counted_open(&c, &operand, 1, &nft_err));
    ck_assert_uint_eq(nf_counted_docs(c), 3);
    ck_assert_uint_eq(nf_counted_labelled(c), 2);
    ck_assert_uint_eq(nf_counted_tokens(c), 5);
    ck_assert_uint_eq(nf_counted_labels(c), 2);
    ck_assert_int_eq(nf_counted_label(c, 1).p[0], 'B');
    ck_assert_uint_eq(nf_counted_label_docs(c, 1), 1);
    ck_assert_str_eq(nf_counted_weighting(c), "tfidf");
    ck_assert(!nf_counted_has_ledger(c));
    ck_assert_uint_eq(nf_counted_runs(c), 1);
    ck_assert_int_eq(nfi_counted_text(c)->hi, 2);
    while (nf_counted_setting(c, n, &key, &value))
        n++;
    ck_assert_uint_eq(n, NFI_SETTINGS);
    nf_counted_free(c);
}
END_TEST

START_TEST(parts_in_any_order_give_the_bytes_of_the_whole)
{
    static const int threads[] = {1, 2, 3, 7};
    static kit_corpus c;
    nfi_rng r = nft_rng(1);
    char whole[NFT_PATH], merged[NFT_PATH], part[8][NFT_PATH];
    const char *in[8], *operand;

    for (int t = 0; t < 4; t++) {
        nf_count_opts o = {.corpus = {.threads = threads[t], .text = {.ngram_lo = 1, .ngram_hi = 3}}, .ledger = t % 2};
        kit_make(&c, &r, 60, 8, 40, 200, 5);
        operand = c.whole;
        kit_stats(whole, c.dir, "whole.nfs", &operand, 1, &o);
        for (size_t i = 0; i < 8; i++) {
            char name[32];
            size_t j = (i * 3 + (size_t)t) % 8;
            snprintf(name, sizeof name, "%zu.nfs", i);
            kit_stats(part[i], c.dir, name, &c.path[j], 1, &o);
            in[i] = part[i];
        }
        kit_path(merged, c.dir, "merged.nfs");
        nft_ok(nf_stats_merge(in, 8, merged, &nft_err));
        kit_same_file(whole, merged);
        nft_ok(nf_stats_merge(in + 4, 4, merged, &nft_err)); /* in two steps, onto an input */
        in[4] = merged;
        nft_ok(nf_stats_merge(in, 5, merged, &nft_err));
        kit_same_file(whole, merged);
    }
}
END_TEST

START_TEST(a_saved_corpus_has_the_same_bytes)
{
    static kit_corpus c;
    nfi_rng r = nft_rng(2);
    char a[NFT_PATH], b[NFT_PATH];
    nf_docs *in;
    nf_corpus *corpus;
    nf_corpus_opts o = {.threads = 2};

    kit_make(&c, &r, 50, 1, 40, 200, 3);
    const char *operand = c.whole;
    kit_stats(a, c.dir, "a.nfs", &operand, 1, &plain);
    nft_ok(nf_docs_open(&in, &operand, 1, &(nf_docs_opts){.format = "jsonl"}, &nft_err));
    nft_ok(nf_corpus_count(&corpus, in, &o, &nft_err));
    kit_path(b, c.dir, "b.nfs");
    nft_ok(nf_stats_save(corpus, NULL, 2, b, &nft_err));
    kit_same_file(a, b);
    nft_fails(nf_stats_save(corpus, "sklearn", 2, b, &nft_err), NF_EINVAL);
    nft_fails(nf_stats_save(corpus, "none such", 2, b, &nft_err), NF_EINVAL);
    nf_corpus_free(corpus);
    nf_docs_close(in);
}
END_TEST

START_TEST(a_file_added_to_itself_counts_twice)
{
    char path[NFT_PATH], out[NFT_PATH + 4];
    nfi_stats_src a, b;
    nfi_stats_in *x, *y;
    const nfi_stat *p, *q;

    one_file(path, three, &plain);
    snprintf(out, sizeof out, "%s.2", path);
    nft_ok(nf_stats_merge((const char *const[]){path, path}, 2, out, &nft_err));
    nft_ok(nfi_stats_src_open(&a, path, &nft_err));
    nft_ok(nfi_stats_src_open(&b, out, &nft_err));
    ck_assert_uint_eq(b.head.docs, 2 * a.head.docs);
    ck_assert_uint_eq(b.head.tokens, 2 * a.head.tokens);
    ck_assert_uint_eq(b.head.terms, a.head.terms);
    nft_ok(nfi_stats_in_open(&x, &a, &nft_err));
    nft_ok(nfi_stats_in_open(&y, &b, &nft_err));
    for (size_t n = 0;; n++) {
        nft_ok(nfi_stats_in_next(x, &p, &nft_err));
        nft_ok(nfi_stats_in_next(y, &q, &nft_err));
        if (!p) {
            ck_assert_uint_eq(n, 4);
            break;
        }
        ck_assert_uint_eq(q->df, 2 * p->df);
        ck_assert_uint_eq(q->freq, 2 * p->freq);
        ck_assert_int_eq(q->val, 2 * p->val);
        for (size_t k = 0; k < p->nentries; k++)
            ck_assert_int_eq(q->entry[k].val, 2 * p->entry[k].val);
    }
    ck_assert_ptr_null(q);
    nfi_stats_in_close(x);
    nfi_stats_in_close(y);
    nfi_stats_src_clear(&a);
    nfi_stats_src_clear(&b);
}
END_TEST

START_TEST(no_documents_add_nothing)
{
    char a[NFT_PATH], none[NFT_PATH], out[NFT_PATH + 4];
    nf_count_opts o = plain;
    nf_counted *c;
    nfi_terms t = {0};
    const char *operand = none;

    for (int ledger = 0; ledger < 2; ledger++) {
        o.ledger = ledger;
        one_file(a, three, &o);
        one_file(none, "id,text\n", &o);
        snprintf(out, sizeof out, "%s.2", a);
        nft_ok(nf_stats_merge((const char *const[]){none, a, none}, 3, out, &nft_err));
        kit_same_file(a, out);
    }
    nft_ok(nf_counted_open(&c, &operand, 1, &nft_err));
    nft_fails(nfi_counted_terms(c, &(nf_select_opts){0}, nfi_weightings[0], true, 1, &t, NULL, &nft_err), NF_EDATA);
    nf_counted_free(c);
    nft_fails(nf_counted_open(&c, NULL, 0, &nft_err), NF_EINVAL);
    operand = "/nowhere/at/all.nfs";
    nft_fails(nf_counted_open(&c, &operand, 1, &nft_err), NF_EIO);
}
END_TEST

/* The merge of a and b is refused, naming the words. */
static void not_alike(const char *a, const char *b, const char *setting, const char *x, const char *y)
{
    nf_counted *c = NULL;
    nf_err err = {0};

    ck_assert_int_eq(nf_counted_open(&c, (const char *const[]){a, b}, 2, &err), NF_EDATA);
    ck_assert_ptr_null(c);
    ck_assert_msg(strstr(err.msg, setting) && strstr(err.msg, x) && strstr(err.msg, y), "%s", err.msg);
    ck_assert_str_eq(err.path, b);
}

START_TEST(statistics_counted_otherwise_are_not_added)
{
    char dir[NFT_PATH], list1[NFT_PATH], list2[NFT_PATH], a[NFT_PATH], b[NFT_PATH], s1[NFT_PATH], s2[NFT_PATH];
    nf_count_opts o = plain;

    nft_dir(dir);
    nft_file_str(list1, dir, "one", "fox\nhen\n");
    nft_file_str(list2, dir, "two", "fox\nowl\n");
    one_file(a, three, &plain);
    o.corpus.text.ngram_lo = o.corpus.text.ngram_hi = 1;
    one_file(b, three, &o);
    not_alike(a, b, "ngrams", "1-2", "1-1");
    o = plain;
    o.corpus.text.tokenizer = "sklearn";
    one_file(b, three, &o);
    not_alike(a, b, "tokenizer", "news", "sklearn");
    o = plain;
    o.corpus.text.lead = 7;
    one_file(b, three, &o);
    not_alike(a, b, "lead", "0", "7");
    o = plain;
    o.weighting = "tfidf-raw";
    one_file(b, three, &o);
    not_alike(a, b, "weighting", "\"tfidf\"", "tfidf-raw");
    o = plain;
    o.corpus.text.stopwords = "en";
    one_file(b, three, &o);
    not_alike(a, b, "stopwords", "none", "en");
    o = plain;
    o.ledger = true;
    one_file(b, three, &o);
    not_alike(a, b, "ledger", "yes", "no");
    o = plain;
    o.corpus.text.stopwords = list1;
    one_file(s1, three, &o);
    o.corpus.text.stopwords = list2;
    one_file(s2, three, &o);
    not_alike(s1, s2, "stopwords", "2 words", "hen");
    nft_ok(nf_stats_merge((const char *const[]){s1, s1}, 2, s1, &nft_err));
}
END_TEST

START_TEST(a_document_of_two_ledgers_is_refused_by_name)
{
    char a[NFT_PATH], b[NFT_PATH], out[NFT_PATH + 4];
    nf_count_opts o = plain;
    nf_err err = {0};

    o.ledger = true;
    one_file(a, three, &o);
    snprintf(out, sizeof out, "%s.2", a);
    nft_fails(nf_stats_merge((const char *const[]){a, a}, 2, out, &nft_err), NF_EDATA);
    one_file(b, "{\"id\":\"x\",\"text\":\"y\"}\n{\"id\":\"b\",\"text\":\"red red\"}\n", &o);
    ck_assert_int_eq(nf_stats_merge((const char *const[]){a, b}, 2, out, &err), NF_EDATA);
    ck_assert_msg(strstr(err.msg, "\"b\""), "%s", err.msg);
    one_file(b, "{\"id\":\"z\",\"text\":\"red red\"}\n{\"id\":\"a\",\"text\":\"red\"}\n",
             &o); /* text under another id, id with another text */
    nft_ok(nf_stats_merge((const char *const[]){a, b}, 2, out, &nft_err));
    one_file(b, "{\"id\":\"b\",\"title\":\"red red\",\"text\":\"\"}\n", &o); /* a title is not a text */
    nft_ok(nf_stats_merge((const char *const[]){a, b}, 2, out, &nft_err));
}
END_TEST

START_TEST(a_ledger_does_not_take_a_document_twice)
{
    nf_doc doc[3] = {{.id = {"i", 1}, .text = {"t", 1}}, {.id = {"j", 1}, .text = {"t", 1}}, {.id = {"i", 1}, .text = {"t", 1}}};
    nf_batch b = {.docs = doc, .n = 2};
    nfi_ledger l = {0};
    nf_err err = {0};

    nft_ok(nfi_ledger_add(&l, &b, &nft_err));
    nft_ok(nfi_ledger_sort(&l, &nft_err));
    nfi_ledger_clear(&l);
    b.n = 3;
    nft_ok(nfi_ledger_add(&l, &b, &nft_err));
    ck_assert_int_eq(nfi_ledger_sort(&l, &err), NF_EDATA);
    ck_assert_msg(strstr(err.msg, "\"i\""), "%s", err.msg);
    nfi_ledger_clear(&l);
}
END_TEST

START_TEST(more_files_than_are_open_at_once_merge_the_same)
{
    static kit_corpus c;
    static char part[KIT_FILES][NFT_PATH];
    const char *in[KIT_FILES], *operand;
    char whole[NFT_PATH], out[NFT_PATH];
    nfi_rng r = nft_rng(3);
    nf_count_opts o = {.corpus = {.threads = 1}, .ledger = true};

    kit_make(&c, &r, 300, NFI_MERGE_WAYS * 2 + 3, 10, 100, 4);
    operand = c.whole;
    kit_stats(whole, c.dir, "whole.nfs", &operand, 1, &o);
    for (size_t i = 0; i < c.n; i++) {
        char name[32];
        snprintf(name, sizeof name, "%zu.nfs", i);
        kit_stats(part[i], c.dir, name, &c.path[i], 1, &o);
        in[i] = part[i];
    }
    kit_path(out, c.dir, "out.nfs");
    nft_ok(nf_stats_merge(in, c.n, out, &nft_err));
    kit_same_file(whole, out);
}
END_TEST

START_TEST(runs_beyond_one_merge_give_the_same)
{
    static kit_corpus c;
    nfi_rng r = nft_rng(4);
    char a[NFT_PATH], b[NFT_PATH];
    nfi_terms t[2] = {{0}, {0}};
    nfi_sample s[2] = {{0}, {0}};

    kit_make(&c, &r, 400, NFI_MERGE_WAYS * 2 + 3, 20, 300, 4);
    nf_count_opts o = {.corpus = {.threads = 2}}, small = {.corpus = {.threads = 2, .memory = 1}};
    nf_counted *x = kit_count(c.path, c.n, &o), *y = kit_count(c.path, c.n, &small);
    ck_assert_uint_eq(nf_counted_runs(x), 0);
    ck_assert_uint_gt(nf_counted_runs(y), 1);
    ck_assert_uint_lt(nf_counted_runs(y), NFI_MERGE_WAYS);
    nft_ok(nfi_counted_terms(x, &(nf_select_opts){.min_df = 2}, nfi_weightings[0], true, 2, &t[0], &s[0], &nft_err));
    nft_ok(nfi_counted_terms(y, &(nf_select_opts){.min_df = 2}, nfi_weightings[0], true, 2, &t[1], &s[1], &nft_err));
    kit_same_terms(&t[0], &t[1]);
    ck_assert_uint_gt(s[0].n, 200);
    kit_same_sample(&s[0], &s[1]);
    kit_path(a, c.dir, "a");
    kit_path(b, c.dir, "b");
    nft_ok(nf_counted_save(x, 2, a, &nft_err));
    nft_ok(nf_counted_save(y, 2, b, &nft_err));
    kit_same_file(a, b);
    for (int i = 0; i < 2; i++) {
        nfi_terms_clear(&t[i]);
        nfi_sample_clear(&s[i]);
    }
    nf_counted_free(x);
    nf_counted_free(y);
}
END_TEST

START_TEST(statistics_finish_only_for_what_they_hold)
{
    static kit_corpus c;
    nfi_rng r = nft_rng(5);
    char path[NFT_PATH];
    const char *operand, *stats = path;
    nf_counted *x, *y;
    nf_err err = {0};
    nfi_terms t[2] = {{0}, {0}};

    kit_make(&c, &r, 50, 1, 30, 100, 3);
    operand = c.whole;
    kit_stats(path, c.dir, "s.nfs", &operand, 1, &plain);
    x = kit_count(&operand, 1, &plain);
    nft_ok(nf_counted_open(&y, &stats, 1, &nft_err));
    for (size_t w = 0; nfi_weightings[w]; w++) {
        const nfi_weighting *k = nfi_weightings[w];
        nfi_sample s = {0};
        nf_select_opts o = {.min_df = 2};
        nft_ok(nfi_counted_terms(x, &o, k, false, 2, &t[0], NULL, &nft_err));
        if (strcmp(k->name, "tfidf-raw") != 0 && k->additive) {
            nft_ok(nfi_counted_terms(y, &o, k, true, 2, &t[1], &s, &nft_err));
            ck_assert_uint_eq(s.n, 0);
            kit_same_terms(&t[0], &t[1]);
            nfi_sample_clear(&s);
        } else {
            ck_assert_int_eq(nfi_counted_terms(y, &o, k, true, 2, &t[1], &s, &err), NF_EDATA);
            ck_assert_msg(strstr(err.msg, "\"tfidf\"") && strstr(err.msg, k->name), "%s", err.msg);
        }
        nfi_terms_clear(&t[0]);
        nfi_terms_clear(&t[1]);
    }
    nft_fails(nfi_counted_terms(y, &(nf_select_opts){.min_df = 51}, nfi_weightings[0], false, 1, &t[0], NULL, &nft_err), NF_EDATA);
    nft_fails(nfi_counted_terms(y, &(nf_select_opts){.min_df = 9, .max_df = 3}, nfi_weightings[0], false, 1, &t[0], NULL, &nft_err),
              NF_EINVAL);
    nf_counted_free(x);
    nf_counted_free(y);
}
END_TEST

START_TEST(a_weighting_that_does_not_add_up_stays_in_memory)
{
    static kit_corpus c;
    nfi_rng r = nft_rng(6);
    char path[NFT_PATH];
    nf_docs *in = NULL;
    nf_err why = {0};
    nf_counted *x;
    nf_count_opts o = {.corpus = {.threads = 1}, .weighting = "sklearn"};

    kit_make(&c, &r, 20, 4, 30, 100, 3);
    x = kit_count(c.path, c.n, &o);
    kit_path(path, c.dir, "s.nfs");
    nft_fails(nf_counted_save(x, 1, path, &nft_err), NF_EINVAL);
    nft_ok(nf_docs_open(&in, (const char *const[]){c.path[0]}, 1, NULL, &nft_err));
    ck_assert_int_eq(nf_counted_forget(x, in, &(nf_forget_opts){.threads = 1}, path, NULL, &why), NF_EINVAL);
    ck_assert(strstr(why.msg, "\"sklearn\" cannot be counted: use"));
    nf_docs_close(in);
    nf_counted_free(x);
    o.corpus.memory = 1;
    nft_fails(kit_try_count(&x, c.path, c.n, &o, &nft_err), NF_ELIMIT);
    o = (nf_count_opts){.weighting = "none such"};
    nft_fails(kit_try_count(&x, c.path, c.n, &o, &nft_err), NF_EINVAL);
    o = (nf_count_opts){.corpus = {.text = {.ngram_lo = 3, .ngram_hi = 2}}};
    nft_fails(kit_try_count(&x, c.path, c.n, &o, &nft_err), NF_EINVAL);
    o = (nf_count_opts){.corpus = {.threads = 1, .memory = 1}};
    setenv("TMPDIR", "/nowhere/at/all", 1);
    nft_fails(kit_try_count(&x, c.path, c.n, &o, &nft_err), NF_EIO);
    unsetenv("TMPDIR");
}
END_TEST

START_TEST(no_sample_means_none_in_memory_or_on_disk)
{
    static kit_corpus c;
    nfi_rng r = nft_rng(7);
    nf_select_opts all = {0};

    kit_make(&c, &r, 20, 4, 30, 100, 3);
    for (uint64_t memory = 0; memory < 2; memory++) {
        nf_count_opts o = {.corpus = {.threads = 1, .memory = memory}, .no_sample = true};
        nf_counted *x = kit_count(c.path, c.n, &o);
        nfi_terms t = {0};
        nfi_sample s = {.n = 9};
        nft_ok(nfi_counted_terms(x, &all, nfi_weightings[0], true, 1, &t, &s, &nft_err));
        ck_assert_uint_eq(s.n, 0);
        nfi_terms_clear(&t);
        nf_counted_free(x);
    }
}
END_TEST

/* The rule in words: in rising order of (hash, position), as many as fit. */
static size_t by_the_rule(const nf_corpus *c, size_t max_docs, uint64_t max_entries, uint8_t *in)
{
    size_t n = 0;
    uint64_t entries = 0;

    memset(in, 0, c->n);
    for (;;) {
        size_t least = c->n;
        for (size_t d = 0; d < c->n; d++)
            if (!in[d] && c->label[d] >= 0 && (least == c->n || c->idhash[d] < c->idhash[least]))
                least = d;
        if (least == c->n || n == max_docs || entries + c->nterms[least] > max_entries)
            return n;
        in[least] = 1;
        entries += c->nterms[least];
        n++;
    }
}

START_TEST(the_sample_is_the_first_that_fit_whatever_the_order)
{
    static kit_corpus f;
    nf_docs *in;
    nf_corpus *c;
    nf_corpus_opts o = {.threads = 1};
    nfi_terms t = {0};
    uint32_t *of;
    uint8_t want[200];

    for (int i = 0; i < nft_cases(40); i++) {
        nfi_rng r = nft_rng(100 + (uint64_t)i);
        nfi_keeper k = {.max_docs = 1 + (size_t)nfi_rng_below(&r, 200), .max_entries = 1 + nfi_rng_below(&r, 2000)};
        kit_make(&f, &r, 200, 1, 30, 100, 3);
        const char *operand = f.whole;
        nft_ok(nf_docs_open(&in, &operand, 1, &(nf_docs_opts){.format = "jsonl"}, &nft_err));
        nft_ok(nf_corpus_count(&c, in, &o, &nft_err));
        nft_ok(nfi_terms_build(&t, &of, c, NULL, &(nf_select_opts){0}, nfi_weightings[0], NFI_SUM_NONE, 1, &nft_err));
        for (size_t d = 0; d < c->n && i % 2; d++)
            c->idhash[d] &= 7; /* ties: position decides */
        size_t n = by_the_rule(c, k.max_docs, k.max_entries, want);
        nft_ok(nfi_keeper_take(&k, c, of, 0, 0, &nft_err));
        ck_assert_uint_eq(k.n, n);
        for (size_t j = 0; j < k.n; j++)
            ck_assert_msg(want[k.kept[j].pos], "document %llu is not among the first", (unsigned long long)k.kept[j].pos);
        nfi_keeper_clear(&k);
        nfi_terms_clear(&t);
        nfi_free(of);
        nf_corpus_free(c);
        nf_docs_close(in);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("stats");
    TCase *t = tcase_create("stats");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, sums_are_the_ones_worked_out_by_hand);
    tcase_add_test(t, a_counted_thing_says_what_it_holds);
    tcase_add_test(t, parts_in_any_order_give_the_bytes_of_the_whole);
    tcase_add_test(t, a_saved_corpus_has_the_same_bytes);
    tcase_add_test(t, a_file_added_to_itself_counts_twice);
    tcase_add_test(t, no_documents_add_nothing);
    tcase_add_test(t, statistics_counted_otherwise_are_not_added);
    tcase_add_test(t, a_document_of_two_ledgers_is_refused_by_name);
    tcase_add_test(t, a_ledger_does_not_take_a_document_twice);
    tcase_add_test(t, more_files_than_are_open_at_once_merge_the_same);
    tcase_add_test(t, runs_beyond_one_merge_give_the_same);
    tcase_add_test(t, statistics_finish_only_for_what_they_hold);
    tcase_add_test(t, a_weighting_that_does_not_add_up_stays_in_memory);
    tcase_add_test(t, no_sample_means_none_in_memory_or_on_disk);
    tcase_add_test(t, the_sample_is_the_first_that_fit_whatever_the_order);
    suite_add_tcase(s, t);
    return nft_run(s);
}
