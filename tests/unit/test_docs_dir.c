/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders and plain texts in: order, ids, classes, and entries that are no texts. */
#include "unit/docs_dump.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[NFT_PATH];

static void fresh(void)
{
    nft_dir(dir);
}

static const char *at(const char *name)
{
    static char path[2 * NFT_PATH];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void folder(const char *name)
{
    ck_assert_int_eq(mkdir(at(name), 0777), 0);
}

static void file(const char *name, const char *text)
{
    FILE *f = fopen(at(name), "w");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(text, 1, strlen(text), f), strlen(text));
    ck_assert_int_eq(fclose(f), 0);
}

/* What reading path gives, the scratch folder cut from messages. */
static void reads(const char *path, const nf_docs_opts *o, const char *want)
{
    char *got = dump_paths(&path, 1, o, NULL), *in = strstr(got, dir);
    if (in)
        memmove(in, in + strlen(dir), strlen(in + strlen(dir)) + 1);
    ck_assert_str_eq(got, want);
    nfi_free(got);
}

START_TEST(files_come_in_byte_order_of_their_paths)
{
    fresh();
    folder("a");
    folder("a-b");
    folder("a/deep");
    file("a/x.txt", "1");
    file("a-b/x.txt", "2"); /* '-' comes before '/' */
    file("B.txt", "3");
    file("a.txt", "4");
    file("a/deep/y", "5");
    file("\xc3\xa9.txt", "6");
    reads(dir, NULL,
          "columns:\n0:1 id=B.txt label= title= text=3\n0:1 id=a-b/x.txt label= title= text=2\n0:1 id=a.txt label= title= text=4\n"
          "0:1 id=a/deep/y label= title= text=5\n0:1 id=a/x.txt label= title= text=1\n0:1 id=\xc3\xa9.txt label= title= text=6\n");
}
END_TEST

START_TEST(a_folder_for_each_class_labels_its_files)
{
    nf_docs_opts o = {.need_label = true};

    fresh();
    folder("war");
    folder("trade");
    file("war/1.txt", "w");
    file("trade/1.txt", "t");
    reads(dir, &o,
          "columns: label\n0:1 id=trade/1.txt label=trade title= text=t [trade]\n0:1 id=war/1.txt label=war title= text=w [war]\n");
    folder("a;b");
    file("a;b/x", "");
    reads(dir, &o,
          "malformed input /a;b/x: the folder name as a label lists several labels; add --multi where documents may have several\n");
    file("loose.txt", "l"); /* now not every file lies one level down */
    reads(dir, &o,
          "invalid argument /a;b/x: a text alone has no label; put the files of each class into a folder of its name, and name the folder "
          "that "
          "holds those\n");
}
END_TEST

START_TEST(names_become_ids_that_are_safe_to_show)
{
    fresh();
    file("-rf", "a");
    file("=1+1.txt", "b");
    file("a\nb", "c");
    file("x\xff", "d");
    reads(dir, NULL,
          "columns:\n0:1 id=-rf label= title= text=a\n0:1 id==1+1.txt label= title= text=b\n0:1 id=a\\u{a}b label= title= text=c\n"
          "0:1 id=x\\xff label= title= text=d\n");
}
END_TEST

START_TEST(texts_are_read_whole)
{
    fresh();
    file("t.txt", "\xef\xbb\xbfTitle, with comma\n\nbody\r\n");
    reads(at("t.txt"), NULL, "columns:\n0:1 id=t.txt label= title= text=Title, with comma\n\nbody\r\n\n");
    file("empty.txt", "");
    reads(at("empty.txt"), NULL, "columns:\n0:1 id=empty.txt label= title= text=\n");
    file("noext", "one line\nid,text\n");
    reads(at("noext"), NULL, "columns:\n0:1 id=noext label= title= text=one line\nid,text\n\n");
    file("u.txt", "\xff\xfex");
    reads(at("u.txt"), NULL,
          "columns:\n0:1 id=u.txt label= title= text=\xef\xbf\xbd flags=1\n");
    file("w.txt", "\xfe\xff\x04\x10\x04\x11");
    reads(at("w.txt"), NULL, "columns:\n0:1 id=w.txt label= title= text=\xd0\x90\xd0\x91\n");
    file("big.txt", "123456789");
    reads(at("big.txt"), &(nf_docs_opts){.max_document = 8},
          "columns:\na documented limit was exceeded /big.txt: has 9 bytes, the limit is 8\n");
    reads(at("big.txt"), &(nf_docs_opts){.max_document = 9}, "columns:\n0:1 id=big.txt label= title= text=123456789\n");
}
END_TEST

START_TEST(content_decides_where_the_name_does_not)
{
    fresh();
    file("a", "text,id\nx,1\n");
    reads(at("a"), NULL, "columns: id\n2:1 id=1 label= title= text=x [1]\n");
    file("b", "\n {\"text\":\"x\",\"id\":2}\n");
    reads(at("b"), NULL, "columns: id\n2:1 id=2 label= title= text=x [2]\n");
    file("c", "text\nx\n");
    reads(at("c"), NULL, "columns:\n2:1 id=c:1 label= title= text=x flags=8\n");
    file("d", "Troops moved, officials said.\n");
    reads(at("d"), NULL,
          "invalid argument /d: no column \"text\"; columns are: Troops moved, \" officials said.\" (read as csv; --format text reads it "
          "as one "
          "article)\n");
    reads(at("d"), &(nf_docs_opts){.format = "text"}, "columns:\n0:1 id=d label= title= text=Troops moved, officials said.\n\n");
    reads(at("a"), &(nf_docs_opts){.format = "jsonl"}, "malformed input /a:1: expected a JSON object, found something else\n");
}
END_TEST

START_TEST(entries_that_are_no_texts_are_errors_or_rejects)
{
    char rejects[NFT_PATH + 8], want[6 * NFT_PATH], other[NFT_PATH];

    fresh();
    nft_dir(other);
    file("a.txt", "a");
    ck_assert_int_eq(mkfifo(at("pipe"), 0666), 0);
    reads(dir, NULL, "input/output error /pipe: is a FIFO, expected a file\n");
    folder("sub");
    ck_assert_int_eq(symlink("..", at("sub/up")), 0);
    ck_assert_int_eq(symlink("nowhere", at("sub/lost")), 0);
    ck_assert_int_eq(symlink("../a.txt", at("sub/link")), 0); /* a link to a file is that file */
    file("t.csv", "text\nx\n");
    snprintf(rejects, sizeof rejects, "%s/r.csv", other);
    reads(dir, &(nf_docs_opts){.rejects = rejects}, "columns:\n0:1 id=a.txt label= title= text=a\n0:1 id=sub/link label= title= text=a\n");
    char *got = nft_read(rejects, NULL);
    snprintf(want, sizeof want,
             "file,record,line,reason,raw\n"
             "%s/pipe,,,\"is a FIFO, expected a file\",\n"
             "%s/sub/lost,,,is a symbolic link to nothing,\n"
             "%s/sub/up,,,\"is a symbolic link to a folder, which is not followed\",\n"
             "%s/t.csv,,,\"is a table within a folder of texts; name the file itself, or use --format text\",\n",
             dir, dir, dir, dir);
    ck_assert_str_eq(got, want);
    free(got);
    ck_assert_int_eq(unlink(at("pipe")), 0);
    ck_assert_int_eq(unlink(at("sub/up")), 0);
    ck_assert_int_eq(unlink(at("sub/lost")), 0);
    reads(dir, &(nf_docs_opts){.format = "text"},
          "columns:\n0:1 id=a.txt label= title= text=a\n0:1 id=sub/link label= title= text=a\n0:1 id=t.csv label= title= text=text\nx\n\n");
}
END_TEST

START_TEST(operands_that_cannot_be_read_are_named)
{
    fresh();
    file("a.csv", "text\nx\n");
    reads(at("nothing"), NULL, "input/output error /nothing: cannot open: No such file or directory\n");
    reads(dir, &(nf_docs_opts){.format = "csv"}, "input/output error : is a folder; --format csv reads files\n");
    reads(at("a.csv"), &(nf_docs_opts){.format = "folder"}, "input/output error /a.csv: is no folder\n");
    const char *twice[] = {"-", "-"};
    char *got = dump_paths(twice, 2, NULL, NULL);
    ck_assert_str_eq(got, "invalid argument : standard input is named twice\n");
    nfi_free(got);
}
END_TEST

START_TEST(an_empty_folder_is_a_stream_of_nothing)
{
    fresh();
    reads(dir, NULL, "columns:\n");
    folder("also-empty");
    reads(dir, NULL, "columns:\n");
}
END_TEST

START_TEST(folders_and_tables_can_be_mixed)
{
    char text[NFT_PATH], table[NFT_PATH];

    fresh();
    file("a.txt", "a");
    file("t.csv", "id,text\nt,x\n");
    snprintf(text, sizeof text, "%.480s/a.txt", dir);
    snprintf(table, sizeof table, "%.480s/t.csv", dir);
    const char *paths[] = {text, table, text};
    char *got = dump_paths(paths, 2, NULL, NULL);
    ck_assert_str_eq(got, "columns: id\n0:1 id=a.txt label= title= text=a []\n2:1 id=t label= title= text=x [t]\n");
    nfi_free(got);
    got = dump_paths(paths, 3, NULL, NULL);
    ck_assert_ptr_nonnull(strstr(got, "id \"a.txt\" was already used by "));
    nfi_free(got);
}
END_TEST

START_TEST(many_files_are_read_alike_by_any_number_of_threads)
{
    fresh();
    for (int i = 0; i < 300; i++) {
        char name[16], text[32];
        snprintf(name, sizeof name, "%03d.txt", i);
        snprintf(text, sizeof text, "text %d \xff", i);
        file(name, text);
    }
    const char *path = dir;
    nf_docs_stats st;
    char *one = dump_paths(&path, 1, &(nf_docs_opts){.threads = 1}, &st),
         *three = dump_paths(&path, 1, &(nf_docs_opts){.threads = 3}, NULL);
    ck_assert_uint_eq(st.read, 300);
    ck_assert_uint_eq(st.repaired, 300);
    ck_assert_uint_eq(st.bytes, st.total_bytes);
    ck_assert(strcmp(one, three) == 0);
    nfi_free(one);
    nfi_free(three);
}
END_TEST

START_TEST(a_pipe_is_read_as_what_its_first_bytes_say)
{
    static const char *const in[] = {"text,id\nx,1\n", "{\"text\":\"x\",\"id\":1}\n", "just words\n"};
    static const char *const want[] = {"columns: id\n2:1 id=1 label= title= text=x [1]\n",
                                       "columns: id\n1:1 id=1 label= title= text=x [1]\n",
                                       "columns:\n0:1 id=stdin label= title= text=just words\n\n"};
    int fds[2];

    ck_assert_int_eq(pipe(fds), 0);
    ck_assert_int_eq(write(fds[1], in[_i], strlen(in[_i])), (int)strlen(in[_i]));
    close(fds[1]);
    int saved = dup(0);
    ck_assert_int_eq(dup2(fds[0], 0), 0);
    nf_docs_stats st;
    char *got = dump_paths(NULL, 0, NULL, &st);
    dup2(saved, 0);
    close(saved);
    close(fds[0]);
    ck_assert_str_eq(got, want[_i]);
    ck_assert_uint_eq(st.total_bytes, 0);
    nfi_free(got);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("docs_dir");
    TCase *t = tcase_create("docs_dir");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, files_come_in_byte_order_of_their_paths);
    tcase_add_test(t, a_folder_for_each_class_labels_its_files);
    tcase_add_test(t, names_become_ids_that_are_safe_to_show);
    tcase_add_test(t, texts_are_read_whole);
    tcase_add_test(t, content_decides_where_the_name_does_not);
    tcase_add_test(t, entries_that_are_no_texts_are_errors_or_rejects);
    tcase_add_test(t, operands_that_cannot_be_read_are_named);
    tcase_add_test(t, an_empty_folder_is_a_stream_of_nothing);
    tcase_add_test(t, folders_and_tables_can_be_mixed);
    tcase_add_test(t, many_files_are_read_alike_by_any_number_of_threads);
    tcase_add_loop_test(t, a_pipe_is_read_as_what_its_first_bytes_say, 0, 3);
    suite_add_tcase(s, t);
    return nft_run(s);
}
