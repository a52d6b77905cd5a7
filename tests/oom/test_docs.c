/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents in, tables out, and matrices while memory runs out. */
#include "oom/oom.h"

#include "convert_kit.h"
#include "datasets/html.h"
#include "datasets/unpack.h"
#include "newsframe/matrix.h"
#include "newsframe/metrics.h"

#include <sys/stat.h>

/* ---- documents ---- */

typedef struct source {
    const char *path;
    nf_docs_opts o;
    bool rejects;
} source;

static nf_status read_all(oom_env *env, nf_err *err)
{
    const source *src = env->in[0];
    nf_docs_opts o = src->o;
    nf_docs *in = OOM_UNTOUCHED(nf_docs);
    nf_batch b = {0};
    char rejects[NFT_PATH];
    uint64_t docs = 0;

    if (src->rejects) {
        oom_path(rejects, env, "rejects.csv");
        o.rejects = rejects;
    }
    o.threads = env->threads;
    nf_status s = nf_docs_open(&in, &src->path, 1, &o, err);
    OOM_OUT(s, in);
    if (s != NF_OK)
        return s;
    while ((s = nf_docs_next(in, &b, err)) == NF_OK && b.n > 0)
        docs += b.n;
    if (s != NF_OK)
        ck_assert_uint_eq(b.n, 0);
    else
        s = nf_docs_finish(in, err);
    if (s == NF_OK)
        ck_assert_uint_eq(nf_docs_counts(in)->read, docs + nf_docs_counts(in)->rejected);
    nf_batch_clear(&b);
    nf_docs_close(in);
    return s;
}

static void reads(const char *name, const char *path, nf_docs_opts o, bool rejects)
{
    source src = {path, o, rejects};
    for (int threads = 1; threads <= 3; threads += 2) {
        oom_env env = {.in = {&src}, .threads = threads};
        oom_run(name, read_all, &env);
    }
}

START_TEST(jsonl_is_read_or_refused)
{
    char path[NFT_PATH];
    static const char text[] = "{\"id\":\"a\",\"label\":\"x\",\"title\":\"t\",\"text\":\"peace \\u00e9 talks\",\"n\":12.5,"
                               "\"more\":[1,{\"a\":null}]}\n"
                               "{\"id\":\"a\",\"title\":\"\",\"text\":\"caf\xe9 \xff\",\"late\":\"key\"}\n"
                               "{\"id\":\"b\",\"title\":\"\",\"text\":\"no label\"}\n";

    nft_file_str(path, NULL, "in.jsonl", text);
    reads("jsonl", path, (nf_docs_opts){.dup_ids_suffix = true}, false);
    reads("jsonl, latin", path, (nf_docs_opts){.dup_ids_suffix = true, .encoding = NF_ENC_UTF8_OR_1252, .text = "title,text"}, false);
    nft_file_str(path, NULL, "bad.jsonl", "{\"text\":\"fine\"}\nnot an object\n{\"text\": 5}\n{\"text\":\"fine too\"}\n");
    reads("jsonl with rejects", path, (nf_docs_opts){0}, true);
}
END_TEST

START_TEST(csv_is_read_or_refused)
{
    char path[NFT_PATH];

    nft_file_str(path, NULL, "in.csv", "id,label,text,more\na,x,\"one, \"\"two\"\"\nthree\",1\nb,y,caf\xc3\xa9,2\na,x,caf\xe9,3\n");
    reads("csv", path, (nf_docs_opts){.dup_ids_suffix = true, .need_label = true}, false);
    nft_file_str(path, NULL, "bad.csv", "id;text\na;one\nb;two;too many\nc\nd;three\n");
    reads("csv with rejects", path, (nf_docs_opts){0}, true);
    nft_file_str(path, NULL, "in.tsv", "id\ttext\na\tone\n");
    reads("tsv", path, (nf_docs_opts){0}, false);
}
END_TEST

START_TEST(fasttext_and_sgml_are_read_or_refused)
{
    char path[NFT_PATH];

    nft_file_str(path, NULL, "in.ft", "__label__a one text\n__label__a __label__b two\nno label caf\xe9\n");
    reads("fasttext", path, (nf_docs_opts){0}, false);
    nft_file_str(path, NULL, "bad.ft", "__label__a one\n__label__b\n");
    reads("fasttext with rejects", path, (nf_docs_opts){0}, true);
    nft_file_str(path, NULL, "d.jsonl",
                 "{\"text\":\"caf\xc3\xa9 war\",\"label\":[[5,8,\"w\"],[0,4,\"p\\u0041\"]]}\n{\"text\":\"b\",\"label\":[]}\n");
    reads("doccano", path, (nf_docs_opts){0}, false);
    nft_file_str(path, NULL, "p.jsonl",
                 "{\"text\":\"a\",\"_task_hash\":1,\"accept\":[\"x\"],\"answer\":\"accept\"}\n{\"text\":\"b\",\"label\":\"x\",\"answer\":"
                 "\"reject\"}\n");
    reads("prodigy", path, (nf_docs_opts){.all_columns = true}, false);
    nft_file_str(path, NULL, "in.sgm",
                 "<REUTERS NEWID=\"1\"><TOPICS><D>a</D></TOPICS><PLACES><D>x</D><D>y</D></PLACES><TEXT>&#2;<TITLE>T &amp; U</TITLE>"
                 "<BODY>b &lt; c</BODY></TEXT></REUTERS>\n<REUTERS></REUTERS>");
    reads("sgml", path, (nf_docs_opts){.all_columns = true}, false);
    nft_file_str(path, NULL, "bad.sgm", "words <REUTERS></REUTERS>");
    reads("sgml with rejects", path, (nf_docs_opts){0}, true);
}
END_TEST

/* ---- conversion ---- */

static nf_status converts(oom_env *env, nf_err *err)
{
    char path[NFT_PATH];
    oom_path(path, env, "out");
    return kit_convert(env->in[0], path, env->in[1], 1, err);
}

START_TEST(documents_are_converted_or_nothing_is_left)
{
    static const char *const formats[] = {"csv", "tsv", "jsonl", "fasttext"};
    char path[NFT_PATH];

    nft_file_str(path, NULL, "in.jsonl", "{\"id\":1,\"text\":\"one \\u00e9\\ntwo\",\"label\":[\"a\",\"b\\\"c\"]}\n"
                                         "{\"id\":2,\"text\":\"three\",\"label\":\"d\",\"late\":[null]}\n");
    for (size_t i = 0; i < 4; i++) {
        oom_env env = {.in = {path, formats[i]}};
        oom_run(formats[i], converts, &env);
    }
}
END_TEST

static nf_status rows_again(oom_env *env, nf_err *err)
{
    char path[NFT_PATH];
    nf_rows r = {0};

    nf_status s = nf_rows_read(&r, env->in[0], NULL, err);
    ck_assert(s == NF_OK || r.rows == 0);
    if (s == NF_OK) {
        oom_path(path, env, "out");
        s = nf_rows_write(path, env->in[1], &r, err);
    }
    nf_rows_clear(&r);
    return s;
}

START_TEST(features_are_converted_or_nothing_is_left)
{
    char svm[NFT_PATH], mtx[NFT_PATH];

    nft_file_str(svm, NULL, "in.svm", "1 1:0.5 3:2 # one\n-1 2:1e-300 # two\n1,2\n");
    nft_file_str(mtx, NULL, "in.mtx", "%%MatrixMarket matrix coordinate real general\n2 3 3\n2 1 1\n1 3 .5\n1 1 2\n");
    oom_env lines = {.in = {svm, "mtx"}}, matrix = {.in = {mtx, "svmlight"}};
    oom_run("svmlight to mtx", rows_again, &lines);
    oom_run("mtx to svmlight", rows_again, &matrix);
}
END_TEST

START_TEST(folders_and_text_are_read_or_refused)
{
    char dir[NFT_PATH], sub[2 * NFT_PATH], path[NFT_PATH];

    nft_dir(dir);
    nft_file_str(path, dir, "one.txt", "Talks went on.\n\nA strike.");
    reads("text", path, (nf_docs_opts){0}, false);
    reads("folder", dir, (nf_docs_opts){0}, false);
    nft_dir(dir);
    for (int i = 0; i < 2; i++) {
        snprintf(sub, sizeof sub, "%s/class%d", dir, i);
        ck_assert_int_eq(mkdir(sub, 0777), 0);
        nft_file_str(path, sub, "a.txt", "first");
        nft_file_str(path, sub, "b.txt", "second");
    }
    reads("folder of classes", dir, (nf_docs_opts){.need_label = true}, false);
}
END_TEST

/* A table, and two members. */
static const char gzip[] =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x4c\xd1\x29\x49\xad\x28\xe1\x32\xd4\x09\x29\xca\xcf\x2f\x28\x56\x48"
    "\x2e\xca\x2f\x2e\x4e\x4d\x51\x28\xc9\x48\x55\x28\xca\x2c\x4b\x2d\xe2\x02\x00\x58\x69\x26\xf9\x23\x00\x00\x00";
static const char zip[] =
    "\x50\x4b\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x21\x00\xd5\x6a\x32\x63\x06\x00\x00\x00\x06\x00\x00\x00\x07\x00"
    "\x00\x00\x77\x2f\x31\x2e\x74\x78\x74\x54\x72\x6f\x6f\x70\x73\x50\x4b\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x21"
    "\x00\x6f\x68\x67\xe3\x06\x00\x00\x00\x06\x00\x00\x00\x07\x00\x00\x00\x65\x2f\x32\x2e\x74\x78\x74\x50\x72\x69\x63"
    "\x65\x73\x50\x4b\x01\x02\x14\x03\x14\x00\x00\x00\x00\x00\x00\x00\x21\x00\xd5\x6a\x32\x63\x06\x00\x00\x00\x06\x00"
    "\x00\x00\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x01\x00\x00\x00\x00\x77\x2f\x31\x2e\x74\x78\x74\x50"
    "\x4b\x01\x02\x14\x03\x14\x00\x00\x00\x00\x00\x00\x00\x21\x00\x6f\x68\x67\xe3\x06\x00\x00\x00\x06\x00\x00\x00\x07"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x01\x2b\x00\x00\x00\x65\x2f\x32\x2e\x74\x78\x74\x50\x4b\x05\x06"
    "\x00\x00\x00\x00\x02\x00\x02\x00\x6a\x00\x00\x00\x56\x00\x00\x00\x00\x00";

START_TEST(packed_input_is_read_or_refused)
{
    char path[NFT_PATH], dir[NFT_PATH], inner[NFT_PATH];

    if (!nfi_has_unpack)
        return;
    nft_file(path, NULL, "in.csv.gz", gzip, sizeof gzip - 1);
    reads("gzip", path, (nf_docs_opts){0}, false);
    nft_file(path, NULL, "in.zip", zip, sizeof zip - 1);
    reads("zip", path, (nf_docs_opts){.need_label = true}, false);
    nft_file_str(path, NULL, "in.html",
                 "<html lang=en><title>T</title><meta property=og:site_name content=S><script type=application/ld+json>"
                 "{\"datePublished\":\"2024\"}</script><h1>Head</h1><p>Troops <a href=x>crossed</a>&#150;");
    if (nfi_has_html)
        reads("html", path, (nf_docs_opts){0}, false);
    nft_file_str(path, NULL, "in.jsonl", "{\"t\":\"title\",\"text\":\"<p>Troops</p>crossed\"}\n");
    if (nfi_has_html)
        reads("html in a column", path, (nf_docs_opts){.text = "t,text"}, false);
    nft_dir(dir);
    nft_file(inner, dir, "a.txt.gz", gzip, sizeof gzip - 1);
    reads("gzip in a folder", dir, (nf_docs_opts){0}, true);
}
END_TEST

/* ---- tables ---- */

static nf_status write_table(oom_env *env, nf_err *err)
{
    char path[NFT_PATH], text[3000];
    nf_csv *w = OOM_UNTOUCHED(nf_csv);
    const nf_csv_dialect *dialect = env->in[0];

    oom_path(path, env, "table.csv");
    memset(text, 'x', sizeof text);
    nf_status s = nf_csv_open(&w, path, *dialect, err);
    OOM_OUT(s, w);
    if (s != NF_OK)
        return s;
    for (int i = 0; i < 100; i++) {
        nf_csv_text(w, text, sizeof text);
        nf_csv_str(w, "=1+1 \"quoted\", caf\xc3\xa9");
        nf_csv_num(w, 1.5, 6);
        nf_csv_int(w, -12);
        nf_csv_blank(w);
        nf_csv_end(w);
        if (i == 50) {
            s = nf_csv_flush(w, err);
            if (s != NF_OK) {
                ck_assert_int_ne(nf_csv_close(w, 1, NULL), NF_OK); /* an error sticks: no half a table */
                return s;
            }
        }
    }
    return nf_csv_close(w, 1, err);
}

START_TEST(tables_are_whole_or_not_there)
{
    static const nf_csv_dialect dialects[] = {NF_CSV_PLAIN, NF_CSV_EXCEL, NF_CSV_EXCEL_EU};
    for (int i = 0; i < 3; i++) {
        oom_env env = {.in = {&dialects[i]}};
        oom_run("csv out", write_table, &env);
    }
}
END_TEST

/* ---- matrices, metrics and folds ---- */

static nf_status matrices(oom_env *env, nf_err *err)
{
    nf_csr m = {0};
    nf_dense a = {0}, b = {0}, c = {0};
    (void)env;

    nf_status s = nf_csr_alloc(&m, 10, 20, 30, err);
    if (s == NF_OK)
        s = nf_dense_alloc(&a, 5, 7, err);
    if (s == NF_OK)
        s = nf_dense_alloc(&b, 4, 7, err);
    if (s == NF_OK)
        s = nf_dense_alloc(&c, 5, 4, err);
    if (s == NF_OK)
        s = nf_dense_mul_abt(&c, &a, &b, err);
    if (s != NF_OK)
        ck_assert(c.val == NULL || b.val != NULL);
    nf_csr_clear(&m);
    nf_dense_clear(&a);
    nf_dense_clear(&b);
    nf_dense_clear(&c);
    return s;
}

static nf_status figures(oom_env *env, nf_err *err)
{
    static const int32_t human[] = {0, 1, 1, 0, 2, -1, 2, 0, 1, 2}, machine[] = {0, 1, 0, 0, 2, 1, -1, 0, 1, 1};
    static const uint32_t group[] = {1, 1, 2, 3, 4, 5, 6, 7, 8, 4};
    nf_confusion c = {0}, sparse = {0};
    nf_metrics m = {0};
    int32_t fold[10];
    bool small[3];
    nf_fold_opts o = {.k = 2, .seed = 1};
    (void)env;

    memset(fold, 0x77, sizeof fold);
    nf_status s = nf_confusion_of(&c, human, machine, 10, 3, err);
    if (s == NF_OK)
        s = nf_confusion_of(&sparse, human, machine, 10, 3000, err);
    if (s == NF_OK)
        s = nf_metrics_of(&m, &c, NULL, err);
    if (s == NF_OK) {
        s = nf_folds_stratified(fold, small, human, 10, 3, &o, err);
        ck_assert(s == NF_OK || fold[0] == 0x77777777);
    }
    if (s == NF_OK) {
        o.groups = group;
        memset(fold, 0x77, sizeof fold);
        s = nf_folds_stratified(fold, small, human, 10, 3, &o, err);
        ck_assert(s == NF_OK || fold[0] == 0x77777777);
    }
    if (s == NF_OK) {
        memset(fold, 0x77, sizeof fold);
        s = nf_folds_sklearn(fold, human, 10, 3, 2, err);
        ck_assert(s == NF_OK || fold[0] == 0x77777777);
    }
    nf_confusion_clear(&c);
    nf_confusion_clear(&sparse);
    nf_metrics_clear(&m);
    return s;
}

START_TEST(matrices_and_figures_are_there_or_not)
{
    oom_env env = {0};
    oom_run("matrices", matrices, &env);
    oom_run("figures", figures, &env);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("oom_docs");
    TCase *t = tcase_create("documents");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, jsonl_is_read_or_refused);
    tcase_add_test(t, csv_is_read_or_refused);
    tcase_add_test(t, fasttext_and_sgml_are_read_or_refused);
    tcase_add_test(t, documents_are_converted_or_nothing_is_left);
    tcase_add_test(t, features_are_converted_or_nothing_is_left);
    tcase_add_test(t, folders_and_text_are_read_or_refused);
    tcase_add_test(t, packed_input_is_read_or_refused);
    tcase_add_test(t, tables_are_whole_or_not_there);
    tcase_add_test(t, matrices_and_figures_are_there_or_not);
    suite_add_tcase(s, t);
    return nft_run(s);
}
