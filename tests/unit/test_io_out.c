/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_io_out.c - files out: what is written, what is left behind, what is refused. */
#define _GNU_SOURCE
#include "unit/iot.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void holds(const char *path, const char *text)
{
    char *p = nft_read(path, NULL);
    ck_assert_str_eq(p, text);
    free(p);
}

static void write_text(const char *path, const char *text)
{
    nfi_out *o;
    nft_ok(nfi_out_open(&o, path, &nft_err));
    nfi_out_write(o, text, strlen(text));
    nft_ok(nfi_out_commit(o, &nft_err));
}

static unsigned mode_of(const char *path)
{
    struct stat st;
    ck_assert_int_eq(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

START_TEST(a_new_file_has_its_bytes_and_the_mode_of_the_umask)
{
    char dir[NFT_PATH], path[NFT_PATH];
    mode_t old = umask(027);

    nft_dir(dir);
    in_dir(path, dir, "new.csv");
    write_text(path, "id,text\n");
    umask(old);
    holds(path, "id,text\n");
    ck_assert_uint_eq(mode_of(path), 0640);
    ck_assert_int_eq(entries(dir), 1);
}
END_TEST

START_TEST(a_file_is_replaced_at_commit_and_keeps_its_mode)
{
    char dir[NFT_PATH], path[NFT_PATH];
    nfi_out *o;

    nft_dir(dir);
    nft_file_str(path, dir, "a", "old");
    ck_assert_int_eq(chmod(path, 0604), 0);
    nft_ok(nfi_out_open(&o, path, &nft_err));
    ck_assert(nfi_out_is_atomic(o));
    nfi_out_write(o, "new bytes", 9);
    ck_assert_uint_eq(nfi_out_bytes(o), 9);
    nft_ok(nfi_out_flush(o, &nft_err));
    holds(path, "old");
    ck_assert_int_eq(entries(dir), 2);
    nft_ok(nfi_out_commit(o, &nft_err));
    holds(path, "new bytes");
    ck_assert_uint_eq(mode_of(path), 0604);
    ck_assert_int_eq(entries(dir), 1);
}
END_TEST

START_TEST(an_abandoned_output_leaves_nothing)
{
    char dir[NFT_PATH], path[NFT_PATH];
    nfi_out *o;

    nft_dir(dir);
    nft_file_str(path, dir, "a", "old");
    nft_ok(nfi_out_open(&o, path, &nft_err));
    nfi_out_write(o, "new", 3);
    nfi_out_abandon(o);
    nfi_out_abandon(NULL);
    holds(path, "old");
    ck_assert_int_eq(entries(dir), 1);
}
END_TEST

START_TEST(a_signal_handler_can_remove_all_temporaries)
{
    char dir[NFT_PATH], path[NFT_PATH];
    nfi_out *o[33];
    nf_err err = {0};
    int n = 0;

    nft_dir(dir);
    for (char name[16]; n < 33; n++) {
        snprintf(name, sizeof name, "f%d", n);
        in_dir(path, dir, name);
        if (nfi_out_open(&o[n], path, &err) != NF_OK)
            break;
    }
    ck_assert_int_eq(n, 32); /* the table is fixed and says when it is full */
    ck_assert_int_eq(err.code, NF_ELIMIT);
    ck_assert_int_eq(entries(dir), 32);
    errno = 77;
    nfi_out_abandon_all();
    ck_assert_int_eq(errno, 77);
    ck_assert_int_eq(entries(dir), 0);
    nft_fails(nfi_out_commit(o[0], &nft_err), NF_EIO);
    for (int i = 1; i < n; i++)
        nfi_out_abandon(o[i]);
    write_text(path, "slots are free again");
    nfi_out_abandon_all(); /* a finished file is not a temporary */
    ck_assert_int_eq(entries(dir), 1);
}
END_TEST

START_TEST(a_link_is_replaced_and_not_followed)
{
    char dir[NFT_PATH], target[NFT_PATH], link[NFT_PATH];

    nft_dir(dir);
    nft_file_str(target, dir, "target", "precious");
    in_dir(link, dir, "link");
    ck_assert_int_eq(symlink(target, link), 0);
    ck_assert_int_eq(chmod(target, 0604), 0);
    mode_t old = umask(022);
    write_text(link, "out");
    umask(old);
    holds(target, "precious");
    holds(link, "out");
    ck_assert_uint_eq(mode_of(link), 0644); /* the mode of what is replaced, not of what it points to */
    struct stat st;
    ck_assert_int_eq(lstat(link, &st), 0);
    ck_assert(S_ISREG(st.st_mode));

    in_dir(link, dir, "dangling");
    ck_assert_int_eq(symlink("/nonexistent/x", link), 0);
    write_text(link, "out");
    holds(link, "out");
}
END_TEST

static bool open_fails_for_nobody(const char *dir)
{
    nfi_out *o;
    nf_err err = {0};
    return chdir(dir) == 0 && (geteuid() != 0 || setuid(65534) == 0) && nfi_out_open(&o, "x", &err) == NF_EIO && strcmp(err.path, "x") == 0;
}

START_TEST(a_target_that_cannot_be_written_fails_at_open)
{
    char dir[NFT_PATH], path[NFT_PATH];
    nfi_out *o;

    nft_dir(dir);
    nft_fails(nfi_out_open(&o, dir, &nft_err), NF_EIO);
    in_dir(path, dir, "");
    nft_fails(nfi_out_open(&o, path, &nft_err), NF_EIO);
    nft_fails(nfi_out_open(&o, "", &nft_err), NF_EIO);
    in_dir(path, dir, "missing/x");
    nft_fails(nfi_out_open(&o, path, &nft_err), NF_EIO);
    in_dir(path, dir, "locked");
    ck_assert_int_eq(mkdir(path, 0555), 0);
    ck_assert(in_child(open_fails_for_nobody, path));
    ck_assert_int_eq(entries(dir), 1);
}
END_TEST

START_TEST(long_names_work_up_to_the_limit)
{
    char dir[NFT_PATH], path[NFT_PATH], name[300];
    nfi_out *o;

    nft_dir(dir);
    for (size_t i = 0; i < 254; i += 2)
        memcpy(name + i, "\xc3\xa9", 2); /* the cut may not fall within a character */
    memcpy(name + 254, "x", 2);
    in_dir(path, dir, name);
    write_text(path, "y");
    holds(path, "y");
    memcpy(name + 254, "xx", 3);
    in_dir(path, dir, name);
    nft_ok(nfi_out_open(&o, path, &nft_err));
    nft_fails(nfi_out_commit(o, &nft_err), NF_EIO);
    ck_assert_int_eq(entries(dir), 1);
    char *endless = malloc(5001);
    memset(endless, 'a', 5000);
    endless[5000] = '\0';
    nft_fails(nfi_out_open(&o, endless, &nft_err), NF_EIO);
    free(endless);
}
END_TEST

static bool change_folder_meanwhile(const char *dir)
{
    nfi_out *o;
    return chdir(dir) == 0 && nfi_out_open(&o, "here.txt", NULL) == NF_OK && chdir("/") == 0 &&
           (nfi_out_write(o, "x", 1), nfi_out_commit(o, NULL) == NF_OK);
}

START_TEST(a_change_of_folder_does_not_move_the_output)
{
    char dir[NFT_PATH], path[NFT_PATH];

    nft_dir(dir);
    ck_assert(in_child(change_folder_meanwhile, dir));
    in_dir(path, dir, "here.txt");
    holds(path, "x");
}
END_TEST

START_TEST(large_and_small_writes_keep_their_order)
{
    char path[NFT_PATH], dir[NFT_PATH];
    unsigned char *p = pattern(MANY);
    nfi_rng r = nft_rng(1);
    nfi_out *o;
    size_t n;

    nft_dir(dir);
    in_dir(path, dir, "big");
    nft_ok(nfi_out_open(&o, path, &nft_err));
    for (size_t at = 0; at < MANY;) {
        size_t m = nfi_rng_below(&r, nfi_rng_below(&r, 4) ? 3000 : 300000);
        m = m < MANY - at ? m : MANY - at;
        nfi_out_write(o, p + at, m);
        at += m;
    }
    nft_ok(nfi_out_commit(o, &nft_err));
    char *back = nft_read(path, &n);
    ck_assert_uint_eq(n, MANY);
    ck_assert_int_eq(memcmp(back, p, n), 0);
    free(back);
    free(p);
}
END_TEST

START_TEST(written_bytes_can_be_patched_and_no_others)
{
    char dir[NFT_PATH], path[NFT_PATH];
    nfi_out *o;

    nft_dir(dir);
    in_dir(path, dir, "a");
    nft_ok(nfi_out_open(&o, path, &nft_err));
    nfi_out_write(o, "abcdef", 6);
    nft_ok(nfi_out_pwrite(o, "XY", 2, 4, &nft_err));
    nft_fails(nfi_out_pwrite(o, "XY", 2, 5, &nft_err), NF_EINVAL);
    nft_fails(nfi_out_pwrite(o, "XY", 2, UINT64_MAX, &nft_err), NF_EINVAL);
    nfi_out_write(o, "g", 1);
    nft_ok(nfi_out_flush(o, &nft_err));
    char back[8] = "";
    nft_ok(nfi_pread_all(nfi_out_fd(o), back, 7, 0, path, &nft_err));
    ck_assert_str_eq(back, "abcdXYg");
    nft_ok(nfi_out_commit(o, &nft_err));
    holds(path, "abcdXYg");
    nft_ok(nfi_out_open(&o, "/dev/null", &nft_err));
    ck_assert(!nfi_out_is_atomic(o));
    nft_fails(nfi_out_pwrite(o, "XY", 2, 0, &nft_err), NF_EINVAL);
    nft_ok(nfi_out_commit(o, &nft_err));
}
END_TEST

START_TEST(a_full_device_is_an_error)
{
    nfi_out *o;
    unsigned char *p = pattern(MANY);

    nft_ok(nfi_out_open(&o, "/dev/full", &nft_err));
    nfi_out_write(o, "x", 1);
    nft_fails(nfi_out_commit(o, &nft_err), NF_EIO);
    nft_ok(nfi_out_open(&o, "/dev/full", &nft_err));
    nfi_out_write(o, p, MANY); /* not buffered: fails here, sticks, is reported by every later call */
    nft_fails(nfi_out_flush(o, &nft_err), NF_EIO);
    nft_fails(nfi_out_commit(o, &nft_err), NF_EIO);
    free(p);
}
END_TEST

static bool grow_beyond_limit(const char *path)
{
    struct rlimit lim = {100000, 100000};
    unsigned char *p = pattern(MANY);
    nfi_out *o;
    nf_err err = {0};

    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &lim) != 0 || nfi_out_open(&o, path, &err) != NF_OK)
        return false;
    nfi_out_write(o, p, MANY);
    bool good = nfi_out_commit(o, &err) == NF_EIO && strstr(err.msg, "too large") && strcmp(err.path, path) == 0;
    free(p);
    return good;
}

START_TEST(a_disk_that_fills_up_leaves_the_old_file)
{
    char dir[NFT_PATH], path[NFT_PATH];

    nft_dir(dir);
    nft_file_str(path, dir, "a", "old");
    ck_assert(in_child(grow_beyond_limit, path));
    holds(path, "old");
    ck_assert_int_eq(entries(dir), 1);
}
END_TEST

static bool no_descriptors(const char *path)
{
    struct rlimit lim;
    nfi_out *o;
    nfi_in *in;
    int fd, n = 0;
    nf_err err = {0};

    if (getrlimit(RLIMIT_NOFILE, &lim) != 0)
        return false;
    lim.rlim_cur = 64;
    if (setrlimit(RLIMIT_NOFILE, &lim) != 0)
        return false;
    while (n < 100 && dup(2) >= 0)
        n++;
    return n < 100 && nfi_out_open(&o, path, &err) == NF_EIO && nfi_in_open(&in, path, &err) == NF_EIO &&
           nfi_in_open(&in, "-", &err) == NF_EIO && nfi_tmp_file(&fd, &err) == NF_EIO;
}

START_TEST(running_out_of_descriptors_is_an_error)
{
    char path[NFT_PATH];

    nft_file_str(path, NULL, "a", "old");
    ck_assert(in_child(no_descriptors, path));
    holds(path, "old");
}
END_TEST

static void fd_path(char dst[NFT_PATH], int fd)
{
    snprintf(dst, NFT_PATH, "/dev/fd/%d", fd);
}

START_TEST(a_reader_that_went_away_is_its_own_status)
{
    int ends[2];
    char path[NFT_PATH];
    nfi_out *o;

    signal(SIGPIPE, SIG_IGN);
    ck_assert_int_eq(pipe(ends), 0);
    fd_path(path, ends[1]);
    nft_ok(nfi_out_open(&o, path, &nft_err));
    close(ends[0]);
    nfi_out_write(o, "x", 1);
    nft_fails(nfi_out_commit(o, &nft_err), NF_EPIPE);
    close(ends[1]);
    signal(SIGPIPE, SIG_DFL);
}
END_TEST

START_TEST(signals_and_slow_readers_lose_no_byte)
{
    int ends[2], status;
    char path[NFT_PATH];
    unsigned char *p = pattern(MANY);
    nfi_out *o;

    for (int nonblocking = 0; nonblocking < 2; nonblocking++) {
        ck_assert_int_eq(pipe(ends), 0);
        pid_t pid = fork();
        if (pid == 0) {
            size_t n = 0;
            bool same = true;
            unsigned char buf[997];
            close(ends[1]);
            for (ssize_t r; (r = read(ends[0], buf, sizeof buf)) > 0; n += (size_t)r) {
                same = same && n + (size_t)r <= MANY && memcmp(buf, p + n, (size_t)r) == 0;
                if (n % 50000 < sizeof buf)
                    usleep(2000);
            }
            free(p);
            _exit(same && n == MANY ? 0 : 1);
        }
        close(ends[0]);
        if (nonblocking)
            fcntl(ends[1], F_SETFL, O_NONBLOCK);
        fd_path(path, ends[1]);
        nft_ok(nfi_out_open(&o, path, &nft_err));
        close(ends[1]);
        timer(3000);
        nfi_out_write(o, p, 10);
        nfi_out_write(o, p + 10, MANY - 10);
        nft_ok(nfi_out_commit(o, &nft_err));
        timer(0);
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert_int_eq(status, 0);
    }
    free(p);
}
END_TEST

/* Standard output on a file that holds "12": "-" and its other names append to it and replace nothing. */
static bool standard_output(const char *path)
{
    static const char *const names[] = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};
    struct stat before, after;
    int fd = open(path, O_WRONLY | O_APPEND);

    if (fd < 0 || dup2(fd, 1) != 1 || lstat("/dev/stdout", &before) != 0)
        return false;
    for (size_t i = 0; i < 4; i++) {
        nfi_out *o;
        if (nfi_out_open(&o, names[i], NULL) != NF_OK || nfi_out_is_atomic(o))
            return false;
        nfi_out_write(o, "345" + (i < 3 ? i : 2), i < 3 ? 1 : 0);
        if (nfi_out_commit(o, NULL) != NF_OK)
            return false;
    }
    return lstat("/dev/stdout", &after) == 0 && before.st_ino == after.st_ino && write(1, "6", 1) == 1;
}

START_TEST(standard_output_is_written_by_all_its_names)
{
    char dir[NFT_PATH], path[NFT_PATH];

    nft_dir(dir);
    nft_file_str(path, dir, "a", "12");
    ck_assert(in_child(standard_output, path));
    holds(path, "123456");
    ck_assert_int_eq(entries(dir), 1);
}
END_TEST

static bool closed_streams(const char *path)
{
    nfi_out *o;
    nfi_in *in;
    nf_err err = {0};
    (void)path;
    close(0);
    close(1);
    return nfi_out_open(&o, "-", &err) == NF_EIO && nfi_in_open(&in, "-", &err) == NF_EIO;
}

START_TEST(closed_standard_streams_are_errors)
{
    ck_assert(in_child(closed_streams, NULL));
}
END_TEST

START_TEST(a_fifo_is_streamed_to_and_stays)
{
    char dir[NFT_PATH], path[NFT_PATH], buf[8] = "";
    nfi_out *o;
    struct stat st;

    nft_dir(dir);
    in_dir(path, dir, "fifo");
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    int fd = open(path, O_RDONLY | O_NONBLOCK);
    ck_assert_int_ge(fd, 0);
    nft_ok(nfi_out_open(&o, path, &nft_err));
    nfi_out_write(o, "hello", 5);
    nft_ok(nfi_out_commit(o, &nft_err));
    ck_assert_int_eq(read(fd, buf, 7), 5);
    ck_assert_str_eq(buf, "hello");
    close(fd);
    ck_assert(lstat(path, &st) == 0 && S_ISFIFO(st.st_mode));
    ck_assert_int_eq(entries(dir), 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("io_out");
    TCase *t = tcase_create("io_out");

    tcase_set_timeout(t, 30);
    tcase_add_test(t, a_new_file_has_its_bytes_and_the_mode_of_the_umask);
    tcase_add_test(t, a_file_is_replaced_at_commit_and_keeps_its_mode);
    tcase_add_test(t, an_abandoned_output_leaves_nothing);
    tcase_add_test(t, a_signal_handler_can_remove_all_temporaries);
    tcase_add_test(t, a_link_is_replaced_and_not_followed);
    tcase_add_test(t, a_target_that_cannot_be_written_fails_at_open);
    tcase_add_test(t, long_names_work_up_to_the_limit);
    tcase_add_test(t, a_change_of_folder_does_not_move_the_output);
    tcase_add_test(t, large_and_small_writes_keep_their_order);
    tcase_add_test(t, written_bytes_can_be_patched_and_no_others);
    tcase_add_test(t, a_full_device_is_an_error);
    tcase_add_test(t, a_disk_that_fills_up_leaves_the_old_file);
    tcase_add_test(t, running_out_of_descriptors_is_an_error);
    tcase_add_test(t, a_reader_that_went_away_is_its_own_status);
    tcase_add_test(t, signals_and_slow_readers_lose_no_byte);
    tcase_add_test(t, standard_output_is_written_by_all_its_names);
    tcase_add_test(t, closed_standard_streams_are_errors);
    tcase_add_test(t, a_fifo_is_streamed_to_and_stays);
    suite_add_tcase(s, t);
    return nft_run(s);
}
