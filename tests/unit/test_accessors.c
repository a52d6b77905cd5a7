/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What public headers hand out of a corpus, a stream and a model, and names of choices in their tables. */
#include "models_kit.h"

#include "newsframe/dedup.h"
#include "newsframe/inspect.h"
#include "newsframe/seen.h"

static bool is(nf_str s, const char *text) { return s.n == strlen(text) && (s.n == 0 || memcmp(s.p, text, s.n) == 0); }

START_TEST(a_corpus_keeps_what_it_was_asked_to)
{
    char path[NFT_PATH];
    nf_docs *in;
    nf_corpus *c;
    const char *paths[] = {path};
    const nf_corpus_opts o = {.threads = 1, .keep_ids = true, .keep_carried = true};

    nft_file_str(path, NULL, "d.csv", "id,title,text,label,desk,page\na,One,tanks cross the river,war,north,7\nb,,taxes,money,,\n");
    nft_ok(nf_docs_open(&in, paths, 1, NULL, &nft_err));
    size_t n;
    const nf_str *name = nf_docs_columns(in, &n);
    ck_assert_uint_eq(n, 5); /* all but the text, in the order of the file */
    ck_assert(is(name[0], "id") && is(name[1], "title") && is(name[2], "label") && is(name[3], "desk") && is(name[4], "page"));
    ck_assert_uint_eq(nf_docs_extra(in), SIZE_MAX);
    ck_assert_str_eq(nf_docs_path(in, 0), path);
    nft_ok(nf_corpus_count(&c, in, &o, &nft_err));
    nf_docs_close(in);
    ck_assert(is(nf_corpus_id(c, 0), "a") && is(nf_corpus_id(c, 1), "b"));
    ck_assert(is(nf_corpus_title(c, 0), "One") && is(nf_corpus_title(c, 1), ""));
    ck_assert(is(nf_corpus_carried(c, 0, 3), "north") && is(nf_corpus_carried(c, 0, 4), "7") && is(nf_corpus_carried(c, 1, 3), ""));
    ck_assert_uint_eq(nf_corpus_tokens(c, 0), 5); /* the title counts */
    ck_assert_uint_eq(nf_corpus_tokens(c, 1), 1);
    const bool last[] = {false, true};
    nft_ok(nf_corpus_keep(c, last, &nft_err));
    ck_assert(nf_corpus_docs(c) == 1 && is(nf_corpus_id(c, 0), "b") && nf_corpus_tokens(c, 0) == 1);
    nf_corpus_free(c);
}
END_TEST

START_TEST(every_file_of_a_stream_has_its_path)
{
    char dir[NFT_PATH], a[NFT_PATH], b[NFT_PATH];
    const char *paths[] = {b, a};
    nf_docs *in;
    nf_batch batch = {0};

    nft_dir(dir);
    nft_file_str(a, dir, "a.jsonl", "{\"text\":\"one\",\"odd\":1}\n");
    nft_file_str(b, dir, "b.jsonl", "{\"text\":\"two\"}\n");
    nft_ok(nf_docs_open(&in, paths, 2, &(nf_docs_opts){.dup_ids_suffix = true}, &nft_err));
    for (size_t seen = 0; seen < 2; seen += batch.n) {
        nft_ok(nf_docs_next(in, &batch, &nft_err));
        ck_assert_uint_gt(batch.n, 0);
        for (size_t i = 0; i < batch.n; i++)
            ck_assert_str_eq(nf_docs_path(in, batch.docs[i].file), is(batch.docs[i].text, "two") ? b : a);
    }
    nf_batch_clear(&batch);
    nf_docs_close(in);
}
END_TEST

START_TEST(a_model_of_one_label_says_so)
{
    dk_docs k = {0};
    nfi_rng r = nft_rng(1);
    nf_train_opts o = nf_train_defaults();
    const double odds[] = {-1.0, 3.0, 2.0};
    bool chosen[] = {true, true, true};
    nf_seen *seen;

    mk_docs(&k, &r, 60, 3);
    nf_model *m = mk_train(&k, NULL, &o);
    ck_assert(!nf_model_is_multi(m) && nf_model_threshold(m, 1) == 0.0);
    ck_assert_uint_eq(nf_model_labels(m, odds, chosen), 1);
    ck_assert(!chosen[0] && chosen[1] && !chosen[2]);

    nf_batch first = dk_batch(&k, 0, 30);
    ck_assert(nf_model_remembered(m) == 0 && !nf_model_has_seen(m, k.docs[3].text));
    nft_ok(nf_seen_new(&seen, &nft_err));
    nft_ok(nf_seen_watch(seen, &first, &nft_err));
    nft_ok(nf_seen_watch(seen, &first, &nft_err)); /* a text twice is one */
    nft_ok(nf_seen_settle(seen, &nft_err));
    ck_assert_uint_le(nf_seen_size(seen), 30);
    nft_ok(nf_model_remember(m, seen, &nft_err));
    ck_assert_uint_eq(nf_model_remembered(m), nf_seen_size(seen));
    for (size_t i = 0; i < 30; i++)
        ck_assert(nf_model_has_seen(m, k.docs[i].text) && nf_seen_has(seen, k.docs[i].text));
    ck_assert(!nf_model_has_seen(m, (nf_str){"never met", 9}) && !nf_model_has_seen(m, (nf_str){0}));
    nf_seen_free(seen);
    nf_model_free(m);
    dk_clear(&k);
}
END_TEST

static void check_names(const char *(*name)(size_t, const char **), const char *first, size_t n)
{
    const char *summary = NULL;

    ck_assert_str_eq(name(0, NULL), first);
    for (size_t i = 0; i < n; i++) {
        ck_assert_ptr_nonnull(name(i, &summary));
        ck_assert(summary && *summary);
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(name(i, NULL), name(j, NULL));
    }
    ck_assert_ptr_null(name(n, &summary));
}

START_TEST(choices_have_names)
{
    const char *text = NULL;

    check_names(nf_calibration_name, "power", 4);
    check_names(nf_smoothing_name, "lidstone", 3);
    check_names(nf_date_order_name, "auto", 3);
    for (nf_variant_kind v = NF_VARIANT_CASE; v <= NF_VARIANT_EDIT; v++)
        ck_assert(nf_variant_text(v, &text) && text && *text);
    ck_assert_str_eq(nf_variant_text(NF_VARIANT_SPACING, NULL), "spacing");
    ck_assert_ptr_null(nf_variant_text((nf_variant_kind)(NF_VARIANT_EDIT + 1), NULL));
    ck_assert(nf_weighting_is_additive("tfidf") && nf_weighting_is_additive("tf") && nf_weighting_is_additive("binary"));
    ck_assert(!nf_weighting_is_additive("sklearn") && !nf_weighting_is_additive("ltc") && !nf_weighting_is_additive("bm25"));
    ck_assert_ptr_nonnull(strstr(nf_input_feature(0), "HTML"));
    ck_assert_ptr_nonnull(nf_input_feature(1));
    ck_assert_ptr_null(nf_input_feature(2));
}
END_TEST

START_TEST(a_codebook_is_read_from_a_file)
{
    char path[NFT_PATH];
    nf_codebook *cb = NULL;

    nft_file_str(path, NULL, "cb.json", "{\"id\":\"x\",\"frames\":[{\"key\":\"war\",\"seeds\":[\"troop*\"]}]}");
    nft_ok(nf_codebook_read(&cb, path, &nft_err));
    ck_assert(is(nf_codebook_id(cb), "x") && nf_codebook_frames(cb) == 1);
    nf_codebook_free(cb);
    nft_file_str(path, NULL, "bad.json", "{\"id\":\"x\",\n\"frames\":3}");
    nft_fails(nf_codebook_read(&cb, path, &nft_err), NF_EFORMAT);
    nft_fails(nf_codebook_read(&cb, "/nowhere/cb.json", &nft_err), NF_EIO);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("accessors");
    TCase *t = tcase_create("accessors");
    tcase_add_test(t, a_corpus_keeps_what_it_was_asked_to);
    tcase_add_test(t, every_file_of_a_stream_has_its_path);
    tcase_add_test(t, a_model_of_one_label_says_so);
    tcase_add_test(t, choices_have_names);
    tcase_add_test(t, a_codebook_is_read_from_a_file);
    suite_add_tcase(s, t);
    return nft_run(s);
}
