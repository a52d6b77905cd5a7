/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every output format must do: have a name, a summary and an extension of its own, write documents that a reader takes back, and leave
 * nothing behind when it is dropped. */
#include "convert_kit.h"
#include "unit/docs_dump.h"

#include <unistd.h>

static const char source[] = "{\"id\":\"1\",\"label\":\"war\",\"text\":\"tanks, "
                             "\\\"again\\\"\",\"more\":[1]}\n{\"id\":\"2\",\"label\":null,\"text\":\"caf\xc3\xa9\"}\n";

static int formats(void)
{
    int n = 0;
    while (nf_out_format_name((size_t)n, NULL))
        n++;
    return n;
}

/* Extension that stands for the format. */
static const char *extension_of(const char *format)
{
    static const char *const known[] = {"x.csv", "x.tsv", "x.jsonl", "x.ft", "x.svm", "x.mtx"};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const char *is = nf_out_format_of(known[i]);
        if (is && strcmp(is, format) == 0)
            return known[i];
    }
    return NULL;
}

START_TEST(a_format_has_a_name_of_its_own_a_summary_and_an_extension)
{
    const char *summary, *name = nf_out_format_name((size_t)_i, &summary);

    ck_assert_uint_gt(strlen(summary), 10);
    ck_assert_ptr_nonnull(extension_of(name));
    for (int k = 0; k < _i; k++)
        ck_assert_str_ne(name, nf_out_format_name((size_t)k, NULL));
    ck_assert_ptr_null(nf_out_format_name((size_t)formats() + 3, NULL));
    ck_assert_ptr_null(nf_out_format_of("a.csv/b"));
    ck_assert_ptr_null(nf_out_format_of("csv"));
}
END_TEST

START_TEST(what_a_text_format_writes_is_read_back)
{
    const char *format = nf_out_format_name((size_t)_i, NULL);
    char dir[NFT_PATH], from[NFT_PATH], to[NFT_PATH];
    const char *paths[] = {to};

    nft_dir(dir);
    nft_file_str(from, dir, "in.jsonl", source);
    snprintf(to, sizeof to, "%.400s/%s", dir, extension_of(format));
    if (nf_out_format_has_features(format)) {
        nft_fails(kit_convert(from, to, format, 1, &nft_err), NF_EINVAL);
        return;
    }
    nft_ok(kit_convert(from, to, format, 1, &nft_err));
    char *got = dump_paths(paths, 1, NULL, NULL);
    ck_assert_msg(strstr(got, "label=war title= text=tanks, \"again\"") && strstr(got, "label= title= text=caf\xc3\xa9"), "%s", got);
    nfi_free(got);
}
END_TEST

START_TEST(what_is_dropped_or_fails_leaves_no_file)
{
    const char *format = nf_out_format_name((size_t)_i, NULL);
    char dir[NFT_PATH], from[NFT_PATH], to[NFT_PATH];
    nf_str column = {"text", 4};
    nf_writer_opts o = {.format = format, .column = &column, .n = 1, .id = SIZE_MAX, .label = SIZE_MAX, .skip = SIZE_MAX};
    nf_writer *w = NULL;
    nf_batch none = {0};

    if (nf_out_format_has_features(format))
        return;
    nft_dir(dir);
    nft_file_str(from, dir, "in.jsonl", source);
    snprintf(to, sizeof to, "%.400s/%s", dir, extension_of(format));
    nft_ok(nf_writer_open(&w, to, &o, &nft_err));
    nft_ok(nf_writer_batch(w, &none, &nft_err));
    nft_ok(nf_writer_close(w, 0, NULL, &nft_err));
    ck_assert_int_ne(access(to, F_OK), 0);
    nft_fails(kit_convert(from, "/dev/full", format, 1, &nft_err), NF_EIO);
    snprintf(to, sizeof to, "%.400s/missing/%s", dir, extension_of(format));
    nft_fails(kit_convert(from, to, format, 1, &nft_err), NF_EIO);
}
END_TEST

START_TEST(what_a_feature_format_writes_is_read_back)
{
    static const int64_t ptr[] = {0, 2, 2, 3};
    static const int32_t idx[] = {0, 4, 4};
    static const float val[] = {0.1f, -2.0f, 1e-30f};
    static const nf_str target[] = {{"1", 1}, {"0", 1}, {"2,3", 3}}, id[] = {{"a", 1}, {"b c", 3}, {"\xc3\xa9", 2}};
    const nf_rows r = {.rows = 3, .cols = 5, .ptr = ptr, .idx = idx, .f32 = val, .target = target, .id = id};
    const char *format = nf_out_format_name((size_t)_i, NULL);
    char dir[NFT_PATH], to[NFT_PATH];
    nf_rows back = {0};

    nft_dir(dir);
    snprintf(to, sizeof to, "%.400s/%s", dir, extension_of(format));
    if (!nf_out_format_has_features(format)) {
        nft_fails(nf_rows_write(to, format, &r, &nft_err), NF_EINVAL);
        return;
    }
    nft_ok(nf_rows_write(to, format, &r, &nft_err));
    nft_ok(nf_rows_read(&back, to, NULL, &nft_err));
    ck_assert(nf_rows_equal(&r, &back));
    nf_rows_clear(&back);
    nft_fails(nf_rows_write("/dev/full", format, &r, &nft_err), NF_EIO);
    nft_fails(nf_docs_open(&(nf_docs *){NULL}, (const char *const[]){to}, 1, NULL, &nft_err), NF_EFORMAT); /* numbers are no texts */
}
END_TEST

START_TEST(names_that_are_none_are_refused)
{
    nf_writer *w = NULL;
    nf_writer_opts o = {.format = "latin"};

    nft_fails(nf_writer_open(&w, "-", &o, &nft_err), NF_EINVAL);
    ck_assert_ptr_null(w);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("writers");
    TCase *t = tcase_create("writers");
    tcase_add_loop_test(t, a_format_has_a_name_of_its_own_a_summary_and_an_extension, 0, formats());
    tcase_add_loop_test(t, what_a_text_format_writes_is_read_back, 0, formats());
    tcase_add_loop_test(t, what_is_dropped_or_fails_leaves_no_file, 0, formats());
    tcase_add_loop_test(t, what_a_feature_format_writes_is_read_back, 0, formats());
    tcase_add_test(t, names_that_are_none_are_refused);
    suite_add_tcase(s, t);
    return nft_run(s);
}
