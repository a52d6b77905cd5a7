/* SPDX-License-Identifier: GPL-3.0-or-later */
/* io_in.c - reading: whole regular files at once, and buffered sequential input. */
#define _GNU_SOURCE
#include "base/io.h"

#include "base/mem.h"
#include "base/try.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define BUFFER ((size_t)128 << 10)

static int open_retry(const char *path, int flags)
{
    int fd;
    do
        fd = open(path, flags);
    while (fd < 0 && errno == EINTR);
    return fd;
}

const char *nfi_in_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

static nf_status spool(int to, uint64_t max, nf_err *err)
{
    nf_status s = NF_OK;
    size_t got = BUFFER;
    uint64_t at = 0;
    int e = 0;

    char *block = nfi_alloc(BUFFER, 1);
    if (!block)
        return nfi_oom(err, "an input buffer");
    while (s == NF_OK && got == BUFFER && at <= max && (e = nfi_read_full(0, block, BUFFER, &got)) == 0) {
        s = nfi_pwrite_all(to, block, got, at, "a temporary file", err);
        at += got;
    }
    nfi_free(block);
    return e ? nfi_fail_errno(err, e, nfi_in_name("-"), "cannot read") : s;
}

nf_status nfi_stdin_fd(int *fd, uint64_t max, nf_err *err)
{
    nf_status s = NF_OK;
    struct stat st;
    int tmp = -1;

    if (fstat(0, &st) != 0)
        return nfi_fail_errno(err, errno, nfi_in_name("-"), "cannot open");
    if (S_ISDIR(st.st_mode) || S_ISBLK(st.st_mode))
        return NF_FAIL_AT(err, NF_EIO, nfi_in_name("-"), 0, "is %s, expected a file", nfi_mode_name(st.st_mode));
    if (!S_ISREG(st.st_mode)) {
        NF_TRY(nfi_tmp_file(&tmp, err));
        NF_GO(spool(tmp, max, err));
        if (dup2(tmp, 0) < 0) {
            s = nfi_fail_errno(err, errno, nfi_in_name("-"), "cannot read");
            goto out;
        }
    }
    *fd = fcntl(0, F_DUPFD_CLOEXEC, 3);
    if (*fd < 0)
        s = nfi_fail_errno(err, errno, nfi_in_name("-"), "cannot open");
out:
    if (tmp >= 0)
        close(tmp);
    return s;
}

nf_status nfi_read_file(void **data, size_t *n, const char *path, uint64_t max, nf_err *err)
{
    nf_status s = NF_OK;
    char *p = NULL, extra;
    size_t got = 0, more = 0;
    struct stat st;
    int e, fd;

    if (strcmp(path, "-") == 0) {
        path = nfi_in_name(path);
        NF_TRY(nfi_stdin_fd(&fd, max, err));
    } else if ((fd = open_retry(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) < 0) { /* never waits for a writer or a modem */
        return nfi_fail_errno(err, errno, path, "cannot open");
    }
    if (fstat(fd, &st) != 0) {
        s = nfi_fail_errno(err, errno, path, "cannot read");
        goto out;
    }
    if (nfi_mode_name(st.st_mode)) {
        s = NF_FAIL_AT(err, NF_EIO, path, 0, "is %s, expected a file", nfi_mode_name(st.st_mode));
        goto out;
    }
    if ((uint64_t)st.st_size > max || (uint64_t)st.st_size > SIZE_MAX - 128) {
        s = NF_FAIL_AT(err, NF_ELIMIT, path, 0, "has %llu bytes, the limit is %llu", (unsigned long long)st.st_size,
                       (unsigned long long)max);
        goto out;
    }
    size_t size = (size_t)st.st_size;
    p = nfi_alloc_aligned_raw(size + 64, 1);
    if (!p) {
        s = nfi_oom(err, "a file");
        goto out;
    }
    if ((e = nfi_read_full(fd, p, size, &got)) != 0 || (e = nfi_read_full(fd, &extra, 1, &more)) != 0) {
        s = nfi_fail_errno(err, e, path, "cannot read");
        goto out;
    }
    if (got != size || more) {
        s = NF_FAIL_AT(err, NF_EIO, path, 0, "changed its size while it was read");
        goto out;
    }
    memset(p + size, 0, 64);
    *data = p;
    *n = size;
    p = NULL;
out:
    nfi_free(p);
    close(fd);
    return s;
}

nf_status nfi_read_seen(void *dst, size_t size, const char *path, nf_err *err)
{
    size_t have = 0;
    ssize_t got = 1;
    int fd = open_retry(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), e;

    if (fd < 0)
        return nfi_fail_errno(err, errno, path, "cannot open");
    while (got != 0 && have != size + (size_t)(have == 0)) { /* one byte more is asked for: less than that is the end */
        got = read(fd, (char *)dst + have, size + 1 - have);
        if (got >= 0)
            have += (size_t)got;
        else if (errno != EINTR)
            break;
    }
    e = errno;
    close(fd);
    if (got < 0)
        return nfi_fail_errno(err, e, path, "cannot read");
    return have == size ? NF_OK : NF_FAIL_AT(err, NF_EIO, path, 0, "changed its size while it was read");
}

struct nfi_in {
    int fd;
    bool ended;
    uint64_t size;
    size_t at, have;
    char *path;
    char buf[BUFFER];
};

/* Text comes from files, pipes and terminals; a device such as /dev/zero never ends. */
static const char *refused(const struct stat *st)
{
    if (S_ISREG(st->st_mode) || S_ISFIFO(st->st_mode))
        return NULL;
    if (S_ISCHR(st->st_mode)) {
        unsigned kind = major(st->st_rdev), which = minor(st->st_rdev);
        if (kind != 1 || which == 3) /* 1 = memory devices: null (3), zero, full, random, mem */
            return NULL;
    }
    return nfi_mode_name(st->st_mode);
}

nf_status nfi_in_open(nfi_in **out, const char *path, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_in *in = NULL;
    struct stat st;
    bool standard = strcmp(path, "-") == 0;
    const char *name = nfi_in_name(path), *what;
    int fd = -1;

    if ((standard ? fstat(0, &st) : stat(path, &st)) != 0)
        return nfi_fail_errno(err, errno, name, "cannot open");
    if (!standard && (what = refused(&st)) != NULL)
        return NF_FAIL_AT(err, NF_EIO, name, 0, "is %s, expected a file", what);
    fd = standard ? fcntl(0, F_DUPFD_CLOEXEC, 3) : open_retry(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return nfi_fail_errno(err, errno, name, "cannot open");
    if (fstat(fd, &st) != 0) {
        s = nfi_fail_errno(err, errno, name, "cannot read");
        goto out;
    }
    /* Standard input may be a socket (a service manager); the second look catches a path that was swapped meanwhile. */
    what = standard && S_ISSOCK(st.st_mode) ? NULL : refused(&st);
    if (what) {
        s = NF_FAIL_AT(err, NF_EIO, name, 0, "is %s, expected a file", what);
        goto out;
    }
    size_t len = strlen(name) + 1;
    in = nfi_alloc(1, sizeof *in);
    char *copy = nfi_alloc(len, 1);
    if (!in || !copy) {
        nfi_free(copy);
        s = nfi_oom(err, "an input buffer");
        goto out;
    }
    memcpy(copy, name, len);
    in->fd = fd;
    in->ended = false;
    in->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    in->at = in->have = 0;
    in->path = copy;
    *out = in;
    in = NULL;
    fd = -1;
out:
    nfi_free(in);
    if (fd >= 0)
        close(fd);
    return s;
}

nf_status nfi_in_read(nfi_in *in, void *dst, size_t want, size_t *got, nf_err *err)
{
    size_t done = 0;
    char *p = dst;

    while (done < want) {
        size_t left = want - done, here = in->have - in->at;
        if (here > 0) {
            size_t m = here < left ? here : left;
            memcpy(p + done, in->buf + in->at, m);
            in->at += m;
            done += m;
            continue;
        }
        if (in->ended)
            break;
        bool direct = left >= BUFFER;
        size_t n = 0, ask = direct ? left : BUFFER;
        int e = nfi_read_full(in->fd, direct ? p + done : in->buf, ask, &n);
        if (e)
            return nfi_fail_errno(err, e, in->path, "cannot read");
        in->ended = n < ask;
        if (direct) {
            done += n;
        } else {
            in->at = 0;
            in->have = n;
        }
    }
    *got = done;
    return NF_OK;
}

nf_status nfi_in_peek(nfi_in *in, const char **p, size_t *n, nf_err *err)
{
    size_t here = in->have - in->at, got = 0;

    if (here < BUFFER && !in->ended) {
        memmove(in->buf, in->buf + in->at, here);
        in->at = 0;
        in->have = here;
        int e = nfi_read_full(in->fd, in->buf + here, BUFFER - here, &got);
        if (e)
            return nfi_fail_errno(err, e, in->path, "cannot read");
        in->have += got;
        in->ended = in->have < BUFFER;
    }
    *p = in->buf + in->at;
    *n = in->have - in->at;
    return NF_OK;
}

nf_status nfi_in_seek(nfi_in *in, uint64_t offset, nf_err *err)
{
    if (offset > INT64_MAX || lseek(in->fd, (off_t)offset, SEEK_SET) < 0)
        return nfi_fail_errno(err, offset > INT64_MAX ? EINVAL : errno, in->path, "cannot seek");
    in->at = in->have = 0;
    in->ended = false;
    return NF_OK;
}

uint64_t nfi_in_size(const nfi_in *in)
{
    return in->size;
}

void nfi_in_close(nfi_in *in)
{
    if (!in)
        return;
    close(in->fd);
    nfi_free(in->path);
    nfi_free(in);
}
