/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counting, rows, statistics files while memory runs out. */
#include "oom/oom.h"

#include "newsframe/clean.h"
#include "newsframe/inspect.h"
#include "newsframe/sentence.h"

#include <unistd.h>

static const char *const texts[] = {"peace talks stall again", "tax cut vote and tax reform",
                                    "troops fire caf\xc3\xa9 internationalisation-of-everything",
                                    "", "peace talks and tax vote", "a strike, U.S. troops and internationalisationofeverything"};

static void make_docs(dk_docs *k)
{
    static const char *const labels[] = {"war", "money", "war", NULL, "money", "war"};
    for (size_t i = 0; i < 6; i++)
        dk_add_n(k, labels[i], i % 2 ? "A title" : NULL, texts[i], strlen(texts[i]));
}

/* env->in[0]: three paths. */
static nf_status open_docs(nf_docs **in, const oom_env *env, nf_err *err)
{
    nf_docs_opts o = {.dup_ids_suffix = true, .threads = env->threads};
    return nf_docs_open(in, (const char *const *)env->in[0], 3, &o, err);
}

static void paths_of(const char *path[3])
{
    static char p[3][NFT_PATH];
    dk_docs k = {0};

    make_docs(&k);
    for (int i = 0; i < 3; i++) {
        dk_file(p[i], &k, NULL);
        path[i] = p[i];
    }
    dk_clear(&k);
}

/* ---- languages ---- */

static nf_status languages(oom_env *env, nf_err *err)
{
    nf_lang *l = OOM_UNTOUCHED(nf_lang), *again = OOM_UNTOUCHED(nf_lang);
    nf_str part = {env->in[0], 52};
    nf_lang_guess g;

    nf_status s = nf_lang_open(&l, NULL, err);
    OOM_OUT(s, l);
    if (s != NF_OK)
        return s;
    s = nf_lang_of(&g, l, &part, 1, err);
    if (s == NF_OK) {
        s = nf_lang_open(&again, NULL, err);
        OOM_OUT(s, again);
        if (s == NF_OK)
            nf_lang_close(again);
    }
    nf_lang_close(l);
    return s;
}

START_TEST(fingerprints_are_read_or_not)
{
    oom_env env = {.in = {"The harbour was closed for two days after the storm."}};
    oom_run("nf_lang_open", languages, &env);
}
END_TEST

static nf_status inspection(oom_env *env, nf_err *err)
{
    nf_docs *in;
    nf_inspection r = {.docs = 77};
    nf_inspect_opts o = {.lang = env->in[1], .threads = env->threads};

    nf_status s = open_docs(&in, env, err);
    if (s != NF_OK)
        return s;
    s = nf_inspect(&r, in, &o, err);
    nf_docs_close(in);
    ck_assert(s == NF_OK || r.docs == 77);
    if (s == NF_OK)
        nf_inspection_clear(&r);
    return s;
}

START_TEST(a_corpus_is_looked_at_or_not)
{
    const char *path[3];
    nf_lang *l = NULL;

    paths_of(path);
    nft_ok(nf_lang_open(&l, NULL, &nft_err));
    for (int threads = 1; threads <= 2; threads++) {
        oom_env env = {.in = {path, l}, .threads = threads};
        oom_run("nf_inspect", inspection, &env);
    }
    nf_lang_close(l);
}
END_TEST

/* ---- cleaning ---- */

static nf_status cleaning(oom_env *env, nf_err *err)
{
    nf_lines *t = OOM_UNTOUCHED(nf_lines), *back = OOM_UNTOUCHED(nf_lines);
    nf_cleaner *c = OOM_UNTOUCHED(nf_cleaner);
    nf_doc d = {.text = {env->in[0], strlen(env->in[0])}, .source = {"post", 4}};
    nf_doc all[] = {d, d, d};
    nf_cuts cuts = {0};
    char path[NFT_PATH];

    nf_status s = nf_lines_new(&t, err);
    OOM_OUT(s, t);
    if (s != NF_OK)
        return s;
    s = nf_lines_add(t, &(nf_batch){all, 3, NULL}, 1, err);
    if (s == NF_OK)
        s = nf_lines_merge(t, t, err);
    if (s == NF_OK && (s = nf_cleaner_new(&c, &(nf_clean_opts){.phrases = env->in[1], .lines = t}, err)) == NF_OK) {
        s = nf_clean_text(c, d.text, d.source, NULL, 0, &cuts, err);
        ck_assert(s == NF_OK ? cuts.n == 4 : cuts.n == 0);
        nf_cleaner_free(c);
    } else {
        OOM_OUT(s, c);
    }
    nf_cuts_clear(&cuts);
    oom_path(path, env, "t.nfl");
    if (s == NF_OK && (s = nf_lines_save(t, path, err)) == NF_OK) {
        s = nf_lines_load(&back, path, err);
        OOM_OUT(s, back);
        if (s == NF_OK)
            nf_lines_free(back);
        else
            remove(path);
    }
    nf_lines_free(t);
    return s;
}

START_TEST(texts_are_cleaned_or_not)
{
    char phrases[NFT_PATH];

    nft_file_str(phrases, NULL, "p.txt", "is talks stall\n");
    oom_env env = {.in = {"Menu\nPeace talks stall again in the harbour town\nTalks stall\nShare this article\n", phrases}};
    oom_run("nf_clean_text", cleaning, &env);
}
END_TEST

/* ---- sentences ---- */

static nf_status units(oom_env *env, nf_err *err)
{
    nf_units u = {0};
    nf_status s = nf_units_split(&u, (nf_str){env->in[0], strlen(env->in[0])}, NULL, NF_UNIT_SENTENCE, err);

    ck_assert_uint_eq(u.n, s == NF_OK ? 4 : 0);
    nf_units_clear(&u);
    return s;
}

START_TEST(a_text_is_cut_into_units_or_not)
{
    oom_env env = {.in = {"Menu\nPeace talks stall. No date was set.\n\nShare"}};
    oom_run("nf_units_split", units, &env);
}
END_TEST

/* ---- corpus and rows ---- */

static nf_status corpus(oom_env *env, nf_err *err)
{
    nf_docs *in;
    nf_corpus *c = OOM_UNTOUCHED(nf_corpus);
    nf_corpus_opts o = {.text = *(const nf_text_opts *)env->in[1], .threads = env->threads, .keep_ids = true, .keep_carried = true};

    nf_status s = open_docs(&in, env, err);
    if (s != NF_OK)
        return s;
    s = nf_corpus_count(&c, in, &o, err);
    OOM_OUT(s, c);
    nf_docs_close(in);
    if (s == NF_OK) {
        if (!o.text.language) /* else some texts, too strange to be English, are left out */
            ck_assert_uint_eq(nf_corpus_docs(c), 18);
        ck_assert_uint_eq(nf_corpus_classes(c), 2);
        nf_corpus_free(c);
    }
    return s;
}

static nf_status rows(oom_env *env, nf_err *err)
{
    const nf_corpus *c = env->in[0];
    const nf_select_opts *select = env->in[1];
    nf_csr X = {0}, counts = {0};
    nf_vocabulary *v = OOM_UNTOUCHED(nf_vocabulary);

    nf_status s = nf_corpus_rows(c, select, NULL, env->threads, &X, &counts, &v, err);
    OOM_OUT(s, v);
    if (s != NF_OK) {
        ck_assert(X.ptr == NULL && counts.ptr == NULL);
        return s;
    }
    nft_ok(nf_csr_check(&X, &nft_err));
    nf_csr_clear(&X);
    nf_csr_clear(&counts);
    nf_vocabulary_free(v);
    return s;
}

static nf_status features(oom_env *env, nf_err *err)
{
    nf_csr X = {0};
    nf_vocabulary *v = OOM_UNTOUCHED(nf_vocabulary);

    nf_status s = nf_corpus_features(env->in[0], env->in[1], NULL, env->threads, &X, &v, err);
    OOM_OUT(s, v);
    if (s == NF_OK)
        nf_vocabulary_free(v);
    else
        ck_assert_ptr_null(X.ptr);
    nf_csr_clear(&X);
    return s;
}

START_TEST(a_corpus_is_counted_or_not)
{
    char stop[NFT_PATH];
    const char *path[3];

    paths_of(path);
    nft_file_str(stop, NULL, "stop.txt", "and\na\n");
    const nf_text_opts text[] = {
        {0}, {.ngram_lo = 1, .ngram_hi = 4, .stopwords = stop}, {.tokenizer = "sklearn", .stopwords = "en"}, {.language = "en"}};
    for (size_t i = 0; i < 4; i++)
        for (int threads = 1; threads <= 3; threads += 2) {
            oom_env env = {.in = {path, &text[i]}, .threads = threads};
            oom_run("nf_corpus_count", corpus, &env);
        }
}
END_TEST

START_TEST(rows_are_made_or_not)
{
    dk_docs k = {0};
    const nf_select_opts select[] = {{0}, {.max_features = 5}};

    make_docs(&k);
    nf_corpus *c = dk_corpus(&k, NULL, 2, NULL);
    for (size_t i = 0; i < 2; i++)
        for (int threads = 1; threads <= 3; threads += 2) {
            oom_env env = {.in = {c, &select[i]}, .threads = threads};
            oom_run("nf_corpus_rows", rows, &env);
            oom_run("nf_corpus_features", features, &env);
        }
    nf_corpus_free(c);
    dk_clear(&k);
}
END_TEST

/* ---- statistics ---- */

static nf_status count_and_save(oom_env *env, nf_err *err)
{
    const nf_count_opts *o = env->in[1];
    nf_count_opts x = *o;
    nf_docs *in;
    nf_counted *c = OOM_UNTOUCHED(nf_counted);
    char path[NFT_PATH];

    x.corpus.threads = env->threads;
    nf_status s = open_docs(&in, env, err);
    if (s != NF_OK)
        return s;
    s = nf_count(&c, in, &x, err);
    OOM_OUT(s, c);
    nf_docs_close(in);
    if (s != NF_OK)
        return s;
    oom_path(path, env, "all.nfs");
    s = nf_counted_save(c, env->threads, path, err);
    nf_counted_free(c);
    return s;
}

static nf_status open_and_merge(oom_env *env, nf_err *err)
{
    const char *const *path = (const char *const *)env->in[0];
    nf_counted *c = OOM_UNTOUCHED(nf_counted);
    char out[NFT_PATH];

    nf_status s = nf_counted_open(&c, path, 2, err);
    OOM_OUT(s, c);
    if (s != NF_OK)
        return s;
    nf_counted_free(c);
    oom_path(out, env, "sum.nfs");
    return nf_stats_merge(path, 2, out, err);
}

static nf_status open_and_forget(oom_env *env, nf_err *err)
{
    nf_counted *c = NULL;
    nf_docs *in = NULL;
    char out[NFT_PATH];
    const nf_forget_opts o = {.threads = 1, .salt = env->in[2], .salt_n = 20};

    nf_status s = nf_counted_open(&c, (const char *const[]){env->in[0]}, 1, err);
    if (s == NF_OK)
        s = nf_docs_open(&in, (const char *const[]){env->in[1]}, 1, NULL, err);
    oom_path(out, env, "left.nfs");
    if (s == NF_OK)
        s = nf_counted_forget(c, in, &o, out, NULL, err);
    nf_docs_close(in);
    nf_counted_free(c);
    return s;
}

static nf_status save_corpus(oom_env *env, nf_err *err)
{
    char out[NFT_PATH];
    oom_path(out, env, "corpus.nfs");
    return nf_stats_save(env->in[0], NULL, env->threads, out, err);
}

START_TEST(statistics_are_counted_and_saved_or_not)
{
    const char *path[3];
    char tmp[NFT_PATH], *left;
    size_t bytes;

    paths_of(path);
    nft_dir(tmp);
    setenv("TMPDIR", tmp, 1);
    const nf_count_opts o[] = {{.weighting = NULL}, {.ledger = true, .corpus = {.memory = 1}}, {.weighting = "binary", .no_sample = true}};
    for (size_t i = 0; i < 3; i++)
        for (int threads = 1; threads <= (i == 0 ? 2 : 1); threads++) {
            oom_env env = {.in = {path, &o[i]}, .threads = threads};
            oom_run("nf_count and nf_counted_save", count_and_save, &env);
        }
    unsetenv("TMPDIR");
    ck_assert_int_eq(oom_sweep(tmp, &left, &bytes), 0);
    free(left);
}
END_TEST

START_TEST(statistics_files_are_merged_or_not)
{
    dk_docs k = {0};
    char docs[NFT_PATH], a[NFT_PATH], dir[NFT_PATH];

    make_docs(&k);
    dk_file(docs, &k, NULL);
    nft_dir(dir);
    snprintf(a, sizeof a, "%.400s/a.nfs", dir);
    nf_counted *c = dk_count(docs, &(nf_count_opts){.corpus = {.threads = 1}});
    nft_ok(nf_counted_save(c, 1, a, &nft_err));
    nf_counted_free(c);
    const char *const path[] = {a, a};
    oom_env env = {.in = {path}};
    oom_run("nf_counted_open and nf_stats_merge", open_and_merge, &env);

    static const char salt[] = "twenty bytes of salt";
    c = dk_count(docs, &(nf_count_opts){.corpus = {.threads = 1}, .ledger = true, .salt = salt, .salt_n = 20});
    nft_ok(nf_counted_save(c, 1, a, &nft_err));
    nf_counted_free(c);
    oom_env gone = {.in = {a, docs, salt}};
    oom_run("nf_counted_forget", open_and_forget, &gone);

    nf_corpus *all = dk_corpus(&k, NULL, 1, NULL);
    for (int threads = 1; threads <= 2; threads++) {
        oom_env save = {.in = {all}, .threads = threads};
        oom_run("nf_stats_save", save_corpus, &save);
    }
    nf_corpus_free(all);
    dk_clear(&k);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("oom_features");
    TCase *t = tcase_create("counting");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, fingerprints_are_read_or_not);
    tcase_add_test(t, a_corpus_is_looked_at_or_not);
    tcase_add_test(t, texts_are_cleaned_or_not);
    tcase_add_test(t, a_text_is_cut_into_units_or_not);
    tcase_add_test(t, a_corpus_is_counted_or_not);
    tcase_add_test(t, rows_are_made_or_not);
    tcase_add_test(t, statistics_are_counted_and_saved_or_not);
    tcase_add_test(t, statistics_files_are_merged_or_not);
    suite_add_tcase(s, t);
    return nft_run(s);
}
