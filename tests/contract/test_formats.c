/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every input format must do: read good input the same for any number of threads, name the place in bad input, and have a name of its
 * own. */
#include "unit/docs_dump.h"

#include <string.h>
#include <sys/stat.h>

/* Files of a format; folders read the file "good" and "bad" stand in. Lines: how many documents good has. */
static const struct sample {
    const char *format, *name, *good, *bad, *place; /* place: what the message about bad must hold */
    size_t documents;
} samples[] = {
    {"csv", "s.csv", "id,text\n1,a\n2,\"b\nc\"\n", "id,text\n1,a\n2,\"b\n", "s.csv:3: record 2", 2},
    {"csv", "s.data", "id;text\n1;a,b\n", "id;text\n\n1;a;b\n", "s.data:3: record 1", 1},
    {"tsv", "s.tsv", "id\ttext\n1\ta,b\n", "id\ttext\n1\n", "s.tsv:2: record 1", 1},
    {"jsonl", "s.jsonl", "{\"id\":1,\"text\":\"a\"}\n\n{\"id\":2,\"text\":\"b\"}", "{\"text\":\"a\"}\n\n{\"text\":1}\n",
     "s.jsonl:3: field \"text\"", 2},
    {"fasttext", "s.ft", "__label__a one text\n\n no label\n__label__b\ttwo\n", "__label__a one\n\n__label__b\n", "s.ft:3: a label", 3},
    {"fasttext", "s.train", "__label__a __label__b two labels", "__label__a one\ntwo __label__c\n", "s.train:2: \"__label__c\"", 1},
    {"sgml", "s.sgm", "<!DOCTYPE lewis SYSTEM \"lewis.dtd\">\n<REUTERS NEWID=\"1\">\n<TEXT>a</TEXT></REUTERS>\n<REUTERS></REUTERS>",
     "<REUTERS>\n<TEXT><BODY>a</TEXT></REUTERS>\n", "s.sgm:2: </TEXT> stands where </BODY>", 2},
    {"sgml", "s", "<REUTERS NEWID=\"7\"><TEXT>a &lt; b</TEXT></REUTERS>", "<REUTERS><TEXT>a</TEXT>\n<REUTERS></REUTERS>", "s:1: record 1",
     1},
    {"doccano", "s.jsonl", "{\"text\":\"caf\\u00e9 war\",\"label\":[[5,8,\"x\"]]}\n{\"text\":\"b\",\"label\":[]}\n",
     "{\"text\":\"a\",\"label\":[[0,1,\"x\"]]}\n{\"text\":\"a\",\"label\":5}\n", "s.jsonl:2: the label is a number", 2},
    {"prodigy", "s.jsonl",
     "{\"text\":\"a\",\"label\":\"x\",\"answer\":\"reject\"}\n{\"text\":\"b\",\"accept\":[\"y\"],\"answer\":\"accept\"}\n",
     "{\"text\":\"a\",\"answer\":\"accept\"}\n{\"text\":\"a\",\"answer\":\"perhaps\"}\n", "s.jsonl:2: field \"answer\"", 2},
    {"html", "s.html", "<html><body><p>a</p><p>b", "%PDF-1.7\n", "s.html: is a PDF", 1},
    {"text", "s.txt", "a whole\n\narticle\n", "%PDF-1.7\n", "s.txt: is a PDF", 1},
    {"folder", "sub", "in a folder", "PK\x03\x04", "sub/file: is a zip", 1},
};
enum { SAMPLES = sizeof samples / sizeof *samples };

/* Writes content as the operand of sample i; its path goes to path. */
static void make(const struct sample *s, const char *content, char path[NFT_PATH])
{
    char dir[NFT_PATH], inner[NFT_PATH], file[NFT_PATH];

    nft_dir(dir);
    if (strcmp(s->format, "folder") != 0) {
        nft_file_str(path, dir, s->name, content);
        return;
    }
    ck_assert_int_lt(snprintf(inner, sizeof inner, "%.400s/%s", dir, s->name), (int)sizeof inner);
    ck_assert_int_eq(mkdir(inner, 0777), 0);
    nft_file_str(file, inner, "file", content);
    memcpy(path, inner, sizeof inner);
}

START_TEST(good_input_is_read_named_or_probed_by_any_number_of_threads)
{
    const struct sample *s = &samples[_i];
    char path[NFT_PATH];
    const char *paths[] = {path};
    nf_docs_stats st;

    make(s, s->good, path);
    char *named = dump_paths(paths, 1, &(nf_docs_opts){.format = s->format, .threads = 1}, &st);
    ck_assert_msg(st.read == s->documents && st.rejected == 0, "%s", named);
    ck_assert_uint_eq(st.bytes, st.total_bytes);
    char *probed = dump_paths(paths, 1, &(nf_docs_opts){.threads = 3}, &st);
    ck_assert_str_eq(named, probed);
    nfi_free(named);
    nfi_free(probed);
}
END_TEST

START_TEST(bad_input_is_an_error_that_names_the_place_or_a_reject)
{
    const struct sample *s = &samples[_i];
    char path[NFT_PATH], rejects[NFT_PATH], dir[NFT_PATH];
    const char *paths[] = {path};
    nf_docs_stats st = {0};

    make(s, s->bad, path);
    nft_dir(dir);
    snprintf(rejects, sizeof rejects, "%.400s/r.csv", dir);
    char *got = dump_paths(paths, 1, NULL, NULL);
    ck_assert_msg(strstr(got, s->place) != NULL, "%s", got);
    ck_assert_ptr_nonnull(strstr(got, "malformed input"));
    nfi_free(got);
    got = dump_paths(paths, 1, &(nf_docs_opts){.rejects = rejects}, &st);
    ck_assert_ptr_null(strstr(got, "malformed input"));
    ck_assert_uint_eq(st.rejected, 1);
    ck_assert_uint_ge(st.read, 1);
    nfi_free(got);
    got = nft_read(rejects, NULL);
    ck_assert_int_eq(strncmp(got, "file,record,line,reason,raw\n", 28), 0);
    ck_assert_msg(strlen(got) > 28, "the rejects are empty");
    free(got);
}
END_TEST

START_TEST(a_format_has_a_name_of_its_own_a_summary_and_a_sample)
{
    const char *name, *summary;
    size_t n = 0;

    for (; (name = nf_format_name(n, &summary)) != NULL; n++) {
        bool sampled = false;
        ck_assert_ptr_nonnull(summary);
        ck_assert_uint_gt(strlen(summary), 10);
        for (size_t k = 0; k < n; k++)
            ck_assert_str_ne(name, nf_format_name(k, NULL));
        for (size_t k = 0; k < SAMPLES; k++)
            sampled |= strcmp(samples[k].format, name) == 0;
        ck_assert_msg(sampled, "no sample of the format %s", name);
    }
    ck_assert_uint_gt(n, 0);
    ck_assert_ptr_null(nf_format_name(n + 7, NULL));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("formats");
    TCase *t = tcase_create("formats");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_format_has_a_name_of_its_own_a_summary_and_a_sample);
    tcase_add_loop_test(t, good_input_is_read_named_or_probed_by_any_number_of_threads, 0, SAMPLES);
    tcase_add_loop_test(t, bad_input_is_an_error_that_names_the_place_or_a_reject, 0, SAMPLES);
    suite_add_tcase(s, t);
    return nft_run(s);
}
