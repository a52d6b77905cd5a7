/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_io.c - files in: whole, in pieces, from slow pipes; what is no input; temporaries without a name. */
#define _GNU_SOURCE
#include "unit/iot.h"

#include "base/io.h"
#include "base/mem.h"

#include <fcntl.h>
#include <sys/stat.h>

START_TEST(a_whole_file_comes_with_zeros_after_it)
{
    char path[NFT_PATH];
    void *p;
    size_t n;

    for (size_t len = 0; len <= 200; len += 40) {
        char text[201];
        memset(text, 'x', sizeof text);
        nft_file(path, NULL, "a", text, len);
        nft_ok(nfi_read_file(&p, &n, path, 200, &nft_err));
        ck_assert_uint_eq(n, len);
        ck_assert_uint_eq((uintptr_t)p % 64, 0);
        ck_assert(len == 0 || memcmp(p, text, len) == 0);
        for (size_t i = 0; i < 64; i++)
            ck_assert_int_eq(((char *)p)[n + i], 0);
        nfi_free(p);
    }
    nft_fails(nfi_read_file(&p, &n, path, 199, &nft_err), NF_ELIMIT);
    ck_assert_int_eq(truncate(path, (off_t)1 << 40), 0); /* sparse: refused by its size alone */
    nft_fails(nfi_read_file(&p, &n, path, (uint64_t)1 << 36, &nft_err), NF_ELIMIT);
}
END_TEST

START_TEST(only_regular_files_are_read_whole)
{
    char dir[NFT_PATH], path[NFT_PATH];
    void *p = NULL;
    size_t n = 1;

    nft_dir(dir);
    nft_fails(nfi_read_file(&p, &n, dir, 100, &nft_err), NF_EIO);
    in_dir(path, dir, "missing");
    nft_fails(nfi_read_file(&p, &n, path, 100, &nft_err), NF_EIO);
    in_dir(path, dir, "fifo");
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    alarm(5); /* would wait for a writer */
    nft_fails(nfi_read_file(&p, &n, path, 100, &nft_err), NF_EIO);
    nft_fails(nfi_read_file(&p, &n, "/dev/zero", 100, &nft_err), NF_EIO);
    alarm(0);
    ck_assert_ptr_null(p);
    ck_assert_uint_eq(n, 1);
}
END_TEST

static void read_in_pieces(nfi_in *in, const unsigned char *p, uint64_t stream)
{
    nfi_rng r = nft_rng(stream);
    unsigned char *buf = malloc(400000);
    size_t at = 0, got;

    for (;;) {
        size_t want = 1 + nfi_rng_below(&r, nfi_rng_below(&r, 3) ? 700 : 399999);
        nft_ok(nfi_in_read(in, buf, want, &got, &nft_err));
        ck_assert_uint_le(at + got, MANY);
        ck_assert_int_eq(memcmp(buf, p + at, got), 0);
        at += got;
        if (got < want)
            break;
    }
    ck_assert_uint_eq(at, MANY);
    nft_ok(nfi_in_read(in, buf, 10, &got, &nft_err));
    ck_assert_uint_eq(got, 0);
    free(buf);
}

START_TEST(a_file_is_read_in_pieces_of_any_size)
{
    char path[NFT_PATH];
    unsigned char *p = pattern(MANY);
    nfi_in *in;

    nft_file(path, NULL, "a", p, MANY);
    for (uint64_t i = 0; i < 20; i++) {
        nft_ok(nfi_in_open(&in, path, &nft_err));
        ck_assert_uint_eq(nfi_in_size(in), MANY);
        read_in_pieces(in, p, i);
        nfi_in_close(in);
    }
    nfi_in_close(NULL);
    free(p);
}
END_TEST

/* Standard input is a pipe that does not block, fed slowly, while a timer interrupts. */
static bool read_slow_input(const char *unused)
{
    int ends[2], status;
    unsigned char *p = pattern(MANY);
    nfi_in *in;

    (void)unused;
    if (pipe(ends) != 0)
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        for (size_t at = 0; at < MANY;) {
            size_t n = MANY - at < 30011 ? MANY - at : 30011;
            ssize_t w = write(ends[1], p + at, n);
            at += w > 0 ? (size_t)w : 0;
            usleep(1000);
        }
        free(p);
        _exit(0);
    }
    close(ends[1]);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    dup2(ends[0], 0);
    if (nfi_in_open(&in, "-", NULL) != NF_OK || nfi_in_size(in) != 0)
        return false;
    timer(3000);
    read_in_pieces(in, p, 1);
    timer(0);
    nfi_in_close(in);
    free(p);
    return waitpid(pid, &status, 0) == pid && status == 0;
}

START_TEST(slow_input_and_signals_lose_no_byte)
{
    ck_assert(in_child(read_slow_input, NULL));
}
END_TEST

START_TEST(folders_and_endless_devices_are_not_input)
{
    char dir[NFT_PATH], path[NFT_PATH];
    nfi_in *in;
    size_t got = 7;
    char c;

    nft_dir(dir);
    nft_fails(nfi_in_open(&in, dir, &nft_err), NF_EIO);
    in_dir(path, dir, "missing");
    nft_fails(nfi_in_open(&in, path, &nft_err), NF_EIO);
    nft_fails(nfi_in_open(&in, "/dev/zero", &nft_err), NF_EIO);
    nft_fails(nfi_in_open(&in, "/dev/urandom", &nft_err), NF_EIO);
    nft_ok(nfi_in_open(&in, "/dev/null", &nft_err));
    nft_ok(nfi_in_read(in, &c, 1, &got, &nft_err));
    ck_assert_uint_eq(got, 0);
    nfi_in_close(in);
}
END_TEST

START_TEST(the_same_file_is_known_by_any_name)
{
    char dir[NFT_PATH], a[NFT_PATH], b[NFT_PATH], other[NFT_PATH];

    nft_dir(dir);
    nft_file_str(a, dir, "a", "x");
    nft_file_str(other, dir, "other", "x");
    in_dir(b, dir, "./a");
    ck_assert(nfi_same_file(a, b));
    in_dir(b, dir, "hard");
    ck_assert_int_eq(link(a, b), 0);
    ck_assert(nfi_same_file(a, b));
    in_dir(b, dir, "soft");
    ck_assert_int_eq(symlink(a, b), 0);
    ck_assert(nfi_same_file(a, b));
    ck_assert(!nfi_same_file(a, other));
    in_dir(b, dir, "missing");
    ck_assert(!nfi_same_file(a, b));
    ck_assert(!nfi_same_file(b, b));
    ck_assert(!nfi_same_file("/dev/null", "/dev/null"));
    in_dir(b, dir, "..");
    ck_assert(nfi_same_file(a, dir)); /* a file in a folder that is read */
    ck_assert(nfi_same_file(a, b));
    in_dir(b, dir, "missing");
    ck_assert(!nfi_same_file(b, dir));
    nft_dir(b);
    ck_assert(!nfi_same_file(a, b));
}
END_TEST

START_TEST(a_temporary_file_has_no_name)
{
    char dir[NFT_PATH], back[4] = "";
    int fd;
    nfi_out *o;

    nft_dir(dir);
    ck_assert_int_eq(setenv("TMPDIR", dir, 1), 0);
    nft_ok(nfi_tmp_file(&fd, &nft_err));
    ck_assert_int_eq(entries(dir), 0);
    nft_ok(nfi_pwrite_all(fd, "abc", 3, 1000, "x", &nft_err));
    nft_ok(nfi_pread_all(fd, back, 3, 1000, "x", &nft_err));
    ck_assert_str_eq(back, "abc");
    nft_fails(nfi_pread_all(fd, back, 4, 1000, "x", &nft_err), NF_EIO);
    close(fd);
    nft_fails(nfi_pread_all(fd, back, 3, 1000, "x", &nft_err), NF_EIO);
    nft_fails(nfi_pwrite_all(fd, back, 3, 1000, "x", &nft_err), NF_EIO);

    nft_ok(nfi_out_open_tmp(&o, &nft_err));
    ck_assert(nfi_out_is_atomic(o));
    nfi_out_write(o, "xyz", 3);
    nft_ok(nfi_out_commit_fd(o, &fd, &nft_err));
    nft_ok(nfi_pread_all(fd, back, 3, 0, "x", &nft_err));
    ck_assert_str_eq(back, "xyz");
    ck_assert_int_eq(entries(dir), 0);
    close(fd);

    char missing[NFT_PATH];
    in_dir(missing, dir, "missing");
    ck_assert_int_eq(setenv("TMPDIR", missing, 1), 0);
    nft_fails(nfi_tmp_file(&fd, &nft_err), NF_EIO);
    nft_fails(nfi_out_open_tmp(&o, &nft_err), NF_EIO);
    unsetenv("TMPDIR");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("io");
    TCase *t = tcase_create("io");

    tcase_set_timeout(t, 30);
    tcase_add_test(t, a_whole_file_comes_with_zeros_after_it);
    tcase_add_test(t, only_regular_files_are_read_whole);
    tcase_add_test(t, a_file_is_read_in_pieces_of_any_size);
    tcase_add_test(t, slow_input_and_signals_lose_no_byte);
    tcase_add_test(t, folders_and_endless_devices_are_not_input);
    tcase_add_test(t, the_same_file_is_known_by_any_name);
    tcase_add_test(t, a_temporary_file_has_no_name);
    suite_add_tcase(s, t);
    return nft_run(s);
}
