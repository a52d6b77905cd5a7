/* SPDX-License-Identifier: GPL-3.0-or-later */
/* io.c - what reading and writing share: whole transfers over a descriptor, temporary files, random names. */
#define _GNU_SOURCE
#include "base/io.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/try.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK ((size_t)1 << 30) /* one system call moves less than 2 GiB anyway */

/* Waits until fd is ready again; standard streams may be set to not block by whoever shares them. */
static int wait_for(int fd, short events)
{
    struct pollfd p = {.fd = fd, .events = events};
    return poll(&p, 1, -1) < 0 && errno != EINTR ? errno : 0;
}

int nfi_write_all(int fd, const void *p, size_t n)
{
    for (const char *s = p; n > 0;) {
        ssize_t w = write(fd, s, n < CHUNK ? n : CHUNK);
        if (w > 0) {
            s += w;
            n -= (size_t)w;
        } else if (w == 0) {
            return EIO;
        } else if (errno == EAGAIN) {
            int e = wait_for(fd, POLLOUT);
            if (e)
                return e;
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

int nfi_read_full(int fd, void *p, size_t n, size_t *got)
{
    size_t have = 0;

    *got = 0;
    while (have < n) {
        size_t want = n - have;
        ssize_t r = read(fd, (char *)p + have, want < CHUNK ? want : CHUNK);
        if (r == 0)
            break;
        if (r > 0) {
            have += (size_t)r;
        } else if (errno == EAGAIN) {
            int e = wait_for(fd, POLLIN);
            if (e)
                return e;
        } else if (errno != EINTR) {
            return errno;
        }
    }
    *got = have;
    return 0;
}

nf_status nfi_pwrite_all(int fd, const void *p, size_t n, uint64_t offset, const char *path, nf_err *err)
{
    for (const char *s = p; n > 0;) {
        ssize_t w = pwrite(fd, s, n < CHUNK ? n : CHUNK, (off_t)offset);
        if (w < 0 && errno == EINTR)
            continue;
        if (w <= 0)
            return nfi_fail_errno(err, w == 0 ? EIO : errno, path, "cannot write");
        s += w;
        n -= (size_t)w;
        offset += (uint64_t)w;
    }
    return NF_OK;
}

nf_status nfi_pread_all(int fd, void *p, size_t n, uint64_t offset, const char *path, nf_err *err)
{
    for (char *s = p; n > 0;) {
        ssize_t r = pread(fd, s, n < CHUNK ? n : CHUNK, (off_t)offset);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return nfi_fail_errno(err, errno, path, "cannot read");
        if (r == 0)
            return NF_FAIL_AT(err, NF_EIO, path, 0, "the file ends at byte %llu, %zu bytes before it should", (unsigned long long)offset,
                              n);
        s += r;
        n -= (size_t)r;
        offset += (uint64_t)r;
    }
    return NF_OK;
}

void nfi_random_name(char dst[17])
{
    nfi_secret k = nfi_secret_random();
    uint64_t v = k.a ^ (k.b << 32 | k.b >> 32);

    for (int i = 0; i < 16; i++, v >>= 4)
        dst[i] = "0123456789abcdef"[v & 15];
    dst[16] = '\0';
}

const char *nfi_mode_name(unsigned mode)
{
    return S_ISREG(mode)    ? NULL
           : S_ISDIR(mode)  ? "a folder"
           : S_ISFIFO(mode) ? "a pipe"
           : S_ISSOCK(mode) ? "a socket"
           : S_ISBLK(mode)  ? "a disk"
                            : "a device";
}

/* The file and all folders above it are looked at: links and ".." do not matter. */
static bool is_within(const char *file, const struct stat *folder)
{
    char path[PATH_MAX];
    struct stat st;

    if (!realpath(file, path))
        return false;
    for (char *slash; (slash = strrchr(path, '/')) != NULL && slash != path;) {
        *slash = '\0';
        if (stat(path, &st) == 0 && st.st_dev == folder->st_dev && st.st_ino == folder->st_ino)
            return true;
    }
    return false;
}

bool nfi_same_file(const char *out, const char *in)
{
    struct stat x, y;
    bool standard = strcmp(out, "-") == 0;

    if ((standard ? fstat(1, &x) : stat(out, &x)) != 0 || (strcmp(in, "-") == 0 ? fstat(0, &y) : stat(in, &y)) != 0 || !S_ISREG(x.st_mode))
        return false;
    return (x.st_dev == y.st_dev && x.st_ino == y.st_ino) || (S_ISDIR(y.st_mode) && is_within(standard ? "/proc/self/fd/1" : out, &y));
}

nf_status nfi_tmp_file(int *fd, nf_err *err)
{
    const char *dir = getenv("TMPDIR");
    char path[NFI_MAX_PATH + 1], name[17];

    if (!dir || !*dir)
        dir = "/tmp";
    int f = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
    /* Not every file system has nameless files: make one with a name and take the name away. */
    for (int i = 0; f < 0 && i < 100 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL || errno == EEXIST || errno == EINTR);
         i++) {
        nfi_random_name(name);
        if (snprintf(path, sizeof path, "%s/newsframe-%s.tmp", dir, name) >= (int)sizeof path) {
            errno = ENAMETOOLONG;
            break;
        }
        f = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (f >= 0 && unlink(path) != 0) {
            int e = errno;
            close(f);
            return nfi_fail_errno(err, e, path, "cannot unlink a temporary file");
        }
    }
    if (f < 0)
        return nfi_fail_errno(err, errno, dir, "cannot make a temporary file");
    *fd = f;
    return NF_OK;
}
