/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_section.c - section files: round trips through all readers, streams, and what the writer does when things go wrong. */
#define _GNU_SOURCE
#include "unit/section_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(sections_come_back_as_written)
{
    char path[NFT_PATH], tag[5];
    nfi_secr *r;
    nfi_elem type;
    uint64_t count, length;

    small_file(path);
    ck_assert_int_eq(entries(path), 1);
    nft_ok(nfi_secr_open(&r, path, 'M', 1, &nft_err));
    ck_assert_str_eq(nfi_secr_name(r), path);
    for (size_t i = 0; i < SECTIONS; i++) {
        const void *p = NULL;
        nft_ok(nfi_secr_get(r, table[i].tag, table[i].type, true, &p, &count, &nft_err));
        ck_assert_uint_eq(count, table[i].count);
        ck_assert_uint_eq((uintptr_t)p % 64, 0);
        size_t n = count * nfi_elem_size(type = table[i].type);
        ck_assert(n == 0 || memcmp(p, table[i].p, n) == 0);
        for (size_t j = n; j % 64; j++)
            ck_assert_int_eq(((const char *)p)[j], 0);
        ck_assert(nfi_secr_entry(r, i, tag, &type, &count, &length));
        ck_assert_str_eq(tag, table[i].tag);
        ck_assert_int_eq(type, table[i].type);
        ck_assert_uint_eq(length, n);
    }
    ck_assert(!nfi_secr_entry(r, SECTIONS, tag, &type, &count, &length));
    nfi_secr_close(r);
    nfi_secr_close(NULL);
    nft_ok(stream_status(path, &nft_err));
}
END_TEST

START_TEST(the_same_sections_give_the_same_bytes)
{
    char a[NFT_PATH], b[NFT_PATH];
    size_t n, m;

    small_file(a);
    small_file(b);
    char *p = nft_read(a, &n), *q = nft_read(b, &m);
    ck_assert_uint_eq(n, m);
    ck_assert_int_eq(memcmp(p, q, n), 0);
    free(p);
    free(q);
}
END_TEST

START_TEST(get_knows_missing_optional_and_mistyped_sections)
{
    char path[NFT_PATH];
    nfi_secr *r;
    const void *p = path;
    uint64_t count = 9;

    small_file(path);
    nft_ok(nfi_secr_open(&r, path, 'M', 1, &nft_err));
    nft_fails(nfi_secr_get(r, "XXXX", NFI_U32, true, &p, &count, &nft_err), NF_EMODEL);
    nft_fails(nfi_secr_get(r, "WORD", NFI_F32, true, &p, &count, &nft_err), NF_EMODEL);
    nft_fails(nfi_secr_get(r, "WORD", NFI_F32, false, &p, &count, &nft_err), NF_EMODEL);
    ck_assert_ptr_eq(p, path); /* untouched on failure */
    ck_assert_uint_eq(count, 9);
    nft_ok(nfi_secr_get(r, "XXXX", NFI_U32, false, &p, &count, &nft_err));
    ck_assert_ptr_null(p);
    ck_assert_uint_eq(count, 0);
    nfi_secr_close(r);
}
END_TEST

START_TEST(unknown_sections_are_skipped_unless_critical)
{
    static const char *const all[] = {"BYTE", "HALF", "LONG", "SIGN", "REAL", "DBLE"};
    char path[NFT_PATH];
    nfi_secr *r;
    nfi_secs *f;

    small_file(path);
    nft_ok(nfi_secr_open(&r, path, 'M', 1, &nft_err));
    nft_ok(nfi_secs_open(&f, path, 'M', 1, &nft_err));
    nft_ok(nfi_secr_check_known(r, all, 6, &nft_err)); /* WORD, NONE, LAST are optional */
    nft_ok(nfi_secs_check_known(f, all, 6, &nft_err));
    nft_fails(nfi_secr_check_known(r, all, 5, &nft_err), NF_EMODEL);
    nft_fails(nfi_secs_check_known(f, all, 5, &nft_err), NF_EMODEL);
    nft_fails(nfi_secr_check_known(r, NULL, 0, &nft_err), NF_EMODEL);
    nfi_secr_close(r);
    nfi_secs_close(f);
}
END_TEST

START_TEST(large_sections_stream_in_and_out)
{
    char path[NFT_PATH], dir[NFT_PATH];
    size_t n = 700001;
    uint32_t *a = malloc(n * sizeof *a), *b = malloc(n * sizeof *b);
    nfi_rng r = nft_rng(4);
    nfi_secw *w;
    nfi_secs *f;
    nfi_cursor *c[3];
    bool present;

    nft_dir(dir);
    snprintf(path, sizeof path, "%.400s/big", dir);
    for (size_t i = 0; i < n; i++)
        a[i] = (uint32_t)nfi_rng_next(&r);
    nft_ok(nfi_secw_open(&w, path, 'S', 1, 0, &nft_err));
    for (int sec = 0; sec < 2; sec++) {
        nfi_secw_begin(w, sec ? "TWOS" : "ONES", NFI_U32, true);
        for (size_t at = 0; at < n;) {
            size_t m = nfi_rng_below(&r, 50000);
            m = m < n - at ? m : n - at;
            nfi_secw_put(w, a + at, m * 4);
            at += m;
        }
        nfi_secw_end(w);
    }
    nft_ok(nfi_secw_commit(w, &nft_err));

    nft_ok(nfi_secs_open(&f, path, 'S', 1, &nft_err));
    ck_assert_uint_eq(nfi_secs_count(f, "TWOS", NFI_U32, &present), n);
    ck_assert(present);
    ck_assert_uint_eq(nfi_secs_count(f, "TWOS", NFI_F32, &present), 0);
    ck_assert(!present);
    ck_assert_uint_eq(nfi_secs_count(f, "XXXX", NFI_F32, NULL), 0);
    nft_fails(nfi_secs_cursor(&c[0], f, "XXXX", NFI_U32, 0, &nft_err), NF_EMODEL);
    nft_fails(nfi_secs_cursor(&c[0], f, "ONES", NFI_I64, 0, &nft_err), NF_EMODEL);
    nft_ok(nfi_secs_cursor(&c[0], f, "ONES", NFI_U32, 0, &nft_err));
    nft_ok(nfi_secs_cursor(&c[1], f, "TWOS", NFI_U32, 100000, &nft_err));
    nft_ok(nfi_secs_cursor(&c[2], f, "ONES", NFI_U32, (size_t)1 << 30, &nft_err));
    for (int i = 0; i < 3; i++) { /* with sizes around the buffers, one cursor not knowing of the other */
        for (size_t at = 0; at < n;) {
            size_t m = nfi_rng_below(&r, i == 1 ? 60000 : 300);
            m = m < n - at ? m : n - at;
            ck_assert_uint_eq(nfi_cursor_left(c[i]), (n - at) * 4);
            nft_ok(nfi_cursor_read(c[i], b + at, m * 4, &nft_err));
            at += m;
        }
        ck_assert_int_eq(memcmp(a, b, n * 4), 0);
        nft_ok(nfi_cursor_read(c[i], b, 0, &nft_err));
        nft_fails(nfi_cursor_read(c[i], b, 1, &nft_err), NF_EMODEL);
        nft_fails(nfi_cursor_read(c[i], b, 0, &nft_err), NF_EMODEL); /* stays failed */
        nfi_cursor_close(c[i]);
    }
    nfi_secs_close(f);
    nfi_secs_close(NULL);
    nfi_cursor_close(NULL);
    nfi_secr *whole;
    const void *p;
    uint64_t count;
    nft_ok(nfi_secr_open(&whole, path, 'S', 1, &nft_err));
    nft_ok(nfi_secr_get(whole, "TWOS", NFI_U32, true, &p, &count, &nft_err));
    ck_assert_int_eq(memcmp(a, p, n * 4), 0);
    nfi_secr_close(whole);
    free(a);
    free(b);
}
END_TEST

START_TEST(a_temporary_is_handed_over_as_a_descriptor)
{
    nfi_secw *w;
    nfi_secs *f;
    int fd = -1;

    nft_ok(nfi_secw_open_tmp(&w, &fd, 'S', 1, 0, &nft_err));
    nfi_secw_section(w, "NUMS", NFI_I64, true, i64, 3);
    ck_assert_int_eq(fd, -1);
    nft_ok(nfi_secw_commit(w, &nft_err));
    nft_ok(nfi_secs_open_fd(&f, fd, "run", 'S', 1, &nft_err));
    ck_assert_uint_eq(nfi_secs_count(f, "NUMS", NFI_I64, NULL), 3);
    nfi_secs_close(f);
    ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
}
END_TEST

START_TEST(a_stream_gets_the_finished_file)
{
    char path[NFT_PATH], copy[NFT_PATH], fifo[NFT_PATH];
    size_t n, got = 0;
    nfi_secw *w;

    small_file(path);
    char *p = nft_read(path, &n), *q = malloc(65536);
    snprintf(copy, sizeof copy, "%.400s", path);
    snprintf(fifo, sizeof fifo, "%.400s.fifo", path);
    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    int fd = open(fifo, O_RDONLY | O_NONBLOCK);
    nft_ok(nfi_secw_open(&w, fifo, 'M', 1, 2, &nft_err));
    for (size_t i = 0; i < SECTIONS; i++)
        nfi_secw_section(w, table[i].tag, table[i].type, table[i].critical, table[i].p, table[i].count);
    nft_ok(nfi_secw_commit(w, &nft_err));
    for (ssize_t r; (r = read(fd, q + got, 65536 - got)) > 0;)
        got += (size_t)r;
    ck_assert_uint_eq(got, n);
    ck_assert_int_eq(memcmp(p, q, n), 0);
    close(fd);
    nft_ok(nfi_secw_open(&w, "/dev/full", 'M', 1, 2, &nft_err));
    nfi_secw_section(w, "BYTE", NFI_BYTES, true, "x", 1);
    nft_fails(nfi_secw_commit(w, &nft_err), NF_EIO);
    free(p);
    free(q);
}
END_TEST

/* What a caller can do wrong, told at commit; nothing is left behind. */
static void misuse(nfi_secw *w, int what)
{
    switch (what) {
    case 0: /* no section at all */
        break;
    case 1:
        nfi_secw_begin(w, "ABCD", NFI_U32, true);
        break;
    case 2:
        nfi_secw_put(w, "x", 1);
        break;
    case 3:
        nfi_secw_end(w);
        break;
    case 4:
        nfi_secw_section(w, "ABCD", NFI_U32, true, u32, 2);
        nfi_secw_section(w, "ABCD", NFI_U32, true, u32, 2);
        break;
    case 5:
        nfi_secw_begin(w, "ABCD", NFI_U32, true);
        nfi_secw_begin(w, "EFGH", NFI_U32, true);
        break;
    case 6:
        nfi_secw_begin(w, "ABCD", NFI_U32, true);
        nfi_secw_put(w, "xyz", 3);
        nfi_secw_end(w);
        break;
    case 7:
        nfi_secw_section(w, "A\nCD", NFI_U32, true, u32, 2);
        break;
    case 8:
        for (int i = 0; i < 65; i++) {
            char tag[4] = {'S', (char)('0' + i / 10), (char)('0' + i % 10), 'X'};
            nfi_secw_section(w, tag, NFI_U32, true, u32, 2);
        }
        break;
    case 9:
        nfi_secw_section(w, "ABCD", NFI_U32, true, u32, SIZE_MAX / 2);
        break;
    default:
        ck_abort();
    }
}

START_TEST(misuse_of_the_writer_is_told_at_commit)
{
    char path[NFT_PATH];
    nfi_secw *w;

    small_file(path);
    nft_ok(nfi_secw_open(&w, path, 'M', 1, 0, &nft_err));
    misuse(w, _i);
    nft_fails(nfi_secw_commit(w, &nft_err), NF_EINVAL);
    ck_assert_int_eq(entries(path), 1);
    nft_ok(whole_status(path, &nft_err));
}
END_TEST

START_TEST(the_largest_number_of_sections_works)
{
    char path[NFT_PATH];
    nfi_secw *w;

    small_file(path);
    nft_ok(nfi_secw_open(&w, path, 'M', 1, 0, &nft_err));
    for (int i = 0; i < 64; i++) {
        char tag[4] = {'S', (char)('0' + i / 10), (char)('0' + i % 10), 'X'};
        nfi_secw_section(w, tag, NFI_U16, false, u16, (size_t)(i % 4));
    }
    nft_ok(nfi_secw_commit(w, &nft_err));
    nft_ok(whole_status(path, &nft_err));
}
END_TEST

START_TEST(an_abandoned_writer_leaves_the_old_file)
{
    char path[NFT_PATH];
    nfi_secw *w;
    int fd;

    small_file(path);
    nft_ok(nfi_secw_open(&w, path, 'M', 1, 0, &nft_err));
    nfi_secw_section(w, "ABCD", NFI_U32, true, u32, 2);
    ck_assert_int_eq(entries(path), 2);
    nfi_secw_abandon(w);
    nfi_secw_abandon(NULL);
    ck_assert_int_eq(entries(path), 1);
    nft_ok(whole_status(path, &nft_err));
    nft_ok(nfi_secw_open_tmp(&w, &fd, 'M', 1, 0, &nft_err));
    nfi_secw_abandon(w);
    nft_fails(nfi_secw_open(&w, "/nonexistent/x.nfm", 'M', 1, 0, &nft_err), NF_EIO);
}
END_TEST

START_TEST(a_full_disk_leaves_the_old_file)
{
    char path[NFT_PATH];
    int status;

    small_file(path);
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit lim = {50000, 50000};
        nfi_secw *w;
        nf_err err = {0};
        void *p = calloc(1, 1 << 20);
        signal(SIGXFSZ, SIG_IGN);
        if (setrlimit(RLIMIT_FSIZE, &lim) != 0 || nfi_secw_open(&w, path, 'M', 1, 0, &err) != NF_OK)
            _exit(2);
        nfi_secw_section(w, "ZERO", NFI_BYTES, true, p, 1 << 20);
        _exit(nfi_secw_commit(w, &err) == NF_EIO && strcmp(err.path, path) == 0 ? 0 : 3);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(entries(path), 1);
    nft_ok(whole_status(path, &nft_err));
}
END_TEST

START_TEST(damage_between_write_and_commit_is_found)
{
    char path[NFT_PATH], dir[NFT_PATH], victim[NFT_PATH * 2];
    nfi_secw *w;
    unsigned char *p = calloc(1, 300000);

    small_file(path);
    snprintf(dir, sizeof dir, "%.*s", (int)(strrchr(path, '/') - path), path);
    nft_ok(nfi_secw_open(&w, path, 'M', 1, 0, &nft_err));
    nfi_secw_section(w, "ZERO", NFI_BYTES, true, p, 300000); /* larger than the buffer: it is on the disk already */
    DIR *d = opendir(dir);
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        if (strstr(e->d_name, ".tmp"))
            snprintf(victim, sizeof victim, "%s/%s", dir, e->d_name);
    closedir(d);
    int fd = open(victim, O_WRONLY);
    ck_assert_int_eq(pwrite(fd, "!", 1, 1000), 1);
    close(fd);
    nft_fails(nfi_secw_commit(w, &nft_err), NF_EIO);
    ck_assert_int_eq(entries(path), 1);
    nft_ok(whole_status(path, &nft_err));
    free(p);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("section");
    TCase *t = tcase_create("section");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, sections_come_back_as_written);
    tcase_add_test(t, the_same_sections_give_the_same_bytes);
    tcase_add_test(t, get_knows_missing_optional_and_mistyped_sections);
    tcase_add_test(t, unknown_sections_are_skipped_unless_critical);
    tcase_add_test(t, large_sections_stream_in_and_out);
    tcase_add_test(t, a_temporary_is_handed_over_as_a_descriptor);
    tcase_add_test(t, a_stream_gets_the_finished_file);
    tcase_add_loop_test(t, misuse_of_the_writer_is_told_at_commit, 0, 10);
    tcase_add_test(t, the_largest_number_of_sections_works);
    tcase_add_test(t, an_abandoned_writer_leaves_the_old_file);
    tcase_add_test(t, a_full_disk_leaves_the_old_file);
    tcase_add_test(t, damage_between_write_and_commit_is_found);
    suite_add_tcase(s, t);
    return nft_run(s);
}
