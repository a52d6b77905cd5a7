/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * io_out.c - writing. A regular target is replaced in one step: the bytes go to a temporary with a random name in the same folder, opened
 * with O_EXCL | O_NOFOLLOW, and take the target's name after fsync. The folder stays open meanwhile, so a change of the working directory
 * or a folder that is renamed cannot send the file elsewhere.
 *
 * The names of the living temporaries stand in the one mutable static table of the library, because a signal handler can reach nothing
 * else. A slot is claimed with a compare-and-swap, filled, then published before the file is created, and freed after it is gone.
 */
#define _GNU_SOURCE
#include "base/io.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/try.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER ((size_t)128 << 10)
#define WRITEBACK ((size_t)1 << 20)
#define SLOTS 32
#define NAME_KEPT 200 /* bytes of the target's name in the temporary's, which may have 255 */

enum { FREE, CLAIMED, LIVE };

static struct slot {
    atomic_int state;
    int dirfd;
    char name[256];
} slots[SLOTS];

enum kind { ATOMIC, STREAM, NAMELESS };

struct nfi_out {
    enum kind kind;
    int fd, dirfd;
    struct slot *slot;
    int failed;     /* errno of the first failure, 0 while all is well */
    int mode;       /* of the file that is replaced, -1 to leave the mode */
    uint64_t bytes;
    size_t used, pending; /* pending: handed to the system since it was asked to write */
    char *path;
    const char *base; /* target name in the folder, within path */
    char buf[BUFFER];
};

void nfi_out_abandon_all(void)
{
    int saved = errno;
    for (size_t i = 0; i < SLOTS; i++)
        if (atomic_load(&slots[i].state) == LIVE)
            unlinkat(slots[i].dirfd, slots[i].name, 0);
    errno = saved;
}

static nf_status claim_slot(nfi_out *o, nf_err *err)
{
    for (size_t i = 0; i < SLOTS; i++) {
        int expected = FREE;
        if (atomic_compare_exchange_strong(&slots[i].state, &expected, CLAIMED)) {
            o->slot = &slots[i];
            return NF_OK;
        }
    }
    return NF_FAIL_AT(err, NF_ELIMIT, o->path, 0, "more than %d outputs at once", SLOTS);
}

static void free_out(nfi_out *o)
{
    if (o->slot)
        atomic_store(&o->slot->state, FREE);
    if (o->fd >= 0)
        close(o->fd);
    if (o->dirfd >= 0)
        close(o->dirfd);
    nfi_free(o->path);
    nfi_free(o);
}

void nfi_out_abandon(nfi_out *o)
{
    if (!o)
        return;
    if (o->slot && atomic_load(&o->slot->state) == LIVE)
        unlinkat(o->dirfd, o->slot->name, 0);
    free_out(o);
}

static nfi_out *new_out(enum kind kind, const char *path)
{
    size_t len = strlen(path) + 1;
    nfi_out *o = nfi_alloc(1, sizeof *o);
    char *copy = nfi_alloc(len, 1);
    if (!o || !copy) {
        nfi_free(o);
        nfi_free(copy);
        return NULL;
    }
    memcpy(copy, path, len);
    o->kind = kind;
    o->fd = o->dirfd = o->mode = -1;
    o->slot = NULL;
    o->failed = 0;
    o->bytes = o->used = o->pending = 0;
    o->path = copy;
    o->base = copy;
    return o;
}

/* The descriptor a path stands for by name, -1 for none: such a path must never be replaced by a file. */
static int named_fd(const char *path)
{
    static const struct {
        const char *text;
        int fd;
    } names[] = {{"-", 1}, {"/dev/stdout", 1}, {"/dev/stderr", 2}};
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(path, names[i].text) == 0)
            return names[i].fd;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        size_t n = strlen(folders[i]);
        uint64_t v;
        if (strncmp(path, folders[i], n) == 0 && nfi_parse_u64(path + n, strlen(path + n), &v) && v <= 1u << 20)
            return (int)v;
    }
    return -1;
}

static nf_status open_stream(nfi_out *o, int dup_of, nf_err *err)
{
    struct stat st;

    if (dup_of >= 0)
        o->fd = fcntl(dup_of, F_DUPFD_CLOEXEC, 3);
    else
        do
            o->fd = open(o->path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
        while (o->fd < 0 && errno == EINTR);
    if (o->fd < 0 || fstat(o->fd, &st) != 0)
        return nfi_fail_errno(err, errno, o->path, "cannot open for writing");
    if (dup_of < 0 && S_ISREG(st.st_mode)) /* swapped since it was looked at */
        return NF_FAIL_AT(err, NF_EIO, o->path, 0, "changed while it was opened");
    return NF_OK;
}

/* ".name.nf-0123456789abcdef.tmp", the name cut at a character. */
static void temporary_name(char dst[256], const char *base)
{
    char hex[17];
    size_t n = strlen(base);

    if (n > NAME_KEPT)
        for (n = NAME_KEPT; n > 0 && ((unsigned char)base[n] & 0xc0) == 0x80; n--)
            ;
    nfi_random_name(hex);
    snprintf(dst, 256, ".%.*s.nf-%s.tmp", (int)n, base, hex);
}

static nf_status open_folder(nfi_out *o, nf_err *err)
{
    char *slash = strrchr(o->path, '/');
    const char *dir = ".";
    char first = '\0';

    if (slash) {
        o->base = slash + 1;
        dir = slash == o->path ? "/" : o->path;
        if (slash != o->path) {
            first = *slash;
            *slash = '\0';
        }
    }
    o->dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (o->dirfd < 0 && errno == EACCES) /* one may write into a folder that one may not list */
        o->dirfd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int e = errno;
    if (first)
        *slash = first;
    if (o->dirfd < 0)
        return nfi_fail_errno(err, e, o->path, "cannot open the folder for writing");
    return NF_OK;
}

static nf_status open_atomic(nfi_out *o, nf_err *err)
{
    struct stat st;

    NF_TRY(open_folder(o, err));
    if (*o->base == '\0')
        return NF_FAIL_AT(err, NF_EIO, o->path, 0, "is a folder, expected a file name");
    if (fstatat(o->dirfd, o->base, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid())
        o->mode = st.st_mode & 0777;
    NF_TRY(claim_slot(o, err));
    for (int i = 0; i < 100 && o->fd < 0; i++) {
        temporary_name(o->slot->name, o->base);
        o->slot->dirfd = o->dirfd;
        atomic_store(&o->slot->state, LIVE);
        o->fd = openat(o->dirfd, o->slot->name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, o->mode < 0 ? 0666 : 0600);
        int e = errno;
        if (o->fd < 0)
            atomic_store(&o->slot->state, CLAIMED); /* not ours to unlink */
        if (o->fd < 0 && e != EEXIST && e != EINTR)
            return nfi_fail_errno(err, e, o->path, "cannot make a file in its folder");
    }
    return o->fd >= 0 ? NF_OK : nfi_fail_errno(err, EEXIST, o->path, "cannot make a file in its folder");
}

nf_status nfi_out_open(nfi_out **out, const char *path, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_out *o = NULL;
    struct stat st;
    int fd = named_fd(path);
    bool there = fd < 0 && stat(path, &st) == 0;

    if (strlen(path) > NFI_MAX_PATH)
        return nfi_fail_errno(err, ENAMETOOLONG, path, "cannot write");
    if (there && (S_ISDIR(st.st_mode) || S_ISBLK(st.st_mode) || S_ISSOCK(st.st_mode)))
        return NF_FAIL_AT(err, NF_EIO, path, 0, "is %s, expected a file name", nfi_mode_name(st.st_mode));
    bool stream = fd >= 0 || (there && !S_ISREG(st.st_mode));
    o = new_out(stream ? STREAM : ATOMIC, strcmp(path, "-") == 0 ? "standard output" : path);
    if (!o)
        return nfi_oom(err, "an output buffer");
    NF_GO(stream ? open_stream(o, fd, err) : open_atomic(o, err));
    *out = o;
    o = NULL;
out:
    nfi_out_abandon(o);
    return s;
}

nf_status nfi_out_open_tmp(nfi_out **out, nf_err *err)
{
    nfi_out *o = new_out(NAMELESS, "temporary file");
    if (!o)
        return nfi_oom(err, "an output buffer");
    nf_status s = nfi_tmp_file(&o->fd, err);
    if (s == NF_OK)
        *out = o;
    else
        nfi_out_abandon(o);
    return s;
}

/*
 * Hands bytes to the system and, from time to time, asks it to begin writing them to the disk, so that fsync finds little left to wait for.
 * That is a hint: it reports nothing, and what goes wrong on the disk is fsync's to tell.
 */
static void put(nfi_out *o, const void *p, size_t n)
{
    if (o->failed || n == 0)
        return;
    o->failed = nfi_write_all(o->fd, p, n);
    o->pending += n;
    if (o->kind == ATOMIC && o->pending >= WRITEBACK) {
        sync_file_range(o->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
        o->pending = 0;
    }
}

static void drain(nfi_out *o)
{
    put(o, o->buf, o->used);
    o->used = 0;
}

void nfi_out_write(nfi_out *o, const void *p, size_t n)
{
    o->bytes += n;
    if (n > BUFFER - o->used)
        drain(o);
    if (n >= BUFFER) {
        put(o, p, n);
    } else if (n) {
        memcpy(o->buf + o->used, p, n);
        o->used += n;
    }
}

nf_status nfi_out_flush(nfi_out *o, nf_err *err)
{
    drain(o);
    return o->failed ? nfi_fail_errno(err, o->failed, o->path, "cannot write") : NF_OK;
}

nf_status nfi_out_pwrite(nfi_out *o, const void *p, size_t n, uint64_t offset, nf_err *err)
{
    uint64_t end;

    if (o->kind == STREAM)
        return NF_FAIL_AT(err, NF_EINVAL, o->path, 0, "a stream cannot be patched");
    if (__builtin_add_overflow(offset, n, &end) || end > o->bytes)
        return NF_FAIL_AT(err, NF_EINVAL, o->path, 0, "only bytes already written can be patched");
    NF_TRY(nfi_out_flush(o, err));
    return nfi_pwrite_all(o->fd, p, n, offset, o->path, err);
}

int nfi_out_fd(nfi_out *o)
{
    return o->fd;
}

bool nfi_out_is_atomic(const nfi_out *o)
{
    return o->kind != STREAM;
}

uint64_t nfi_out_bytes(const nfi_out *o)
{
    return o->bytes;
}

/* Closing can report what a network file system could not write; EINTR still closes. */
static nf_status close_checked(nfi_out *o, nf_err *err)
{
    int fd = o->fd;
    o->fd = -1;
    return close(fd) != 0 && errno != EINTR ? nfi_fail_errno(err, errno, o->path, "cannot write") : NF_OK;
}

static nf_status publish(nfi_out *o, nf_err *err)
{
    if (o->mode >= 0 && fchmod(o->fd, (mode_t)o->mode) != 0)
        return nfi_fail_errno(err, errno, o->path, "cannot set its mode");
    if (fsync(o->fd) != 0)
        return nfi_fail_errno(err, errno, o->path, "cannot write to the disk");
    NF_TRY(close_checked(o, err));
    if (renameat(o->dirfd, o->slot->name, o->dirfd, o->base) != 0)
        return nfi_fail_errno(err, errno, o->path, "cannot replace");
    atomic_store(&o->slot->state, CLAIMED); /* the temporary's name is gone */
    if (fsync(o->dirfd) != 0 && errno != EINVAL && errno != EBADF && errno != ENOTSUP) /* those: folders that cannot be synced */
        return nfi_fail_errno(err, errno, o->path, "cannot write its folder to the disk");
    return NF_OK;
}

nf_status nfi_out_commit(nfi_out *o, nf_err *err)
{
    nf_status s = NF_OK;

    NF_GO(nfi_out_flush(o, err));
    NF_GO(o->kind == ATOMIC ? publish(o, err) : close_checked(o, err));
out:
    nfi_out_abandon(o);
    return s;
}

nf_status nfi_out_commit_fd(nfi_out *o, int *fd, nf_err *err)
{
    nf_status s = NF_OK;

    NF_ASSERT(o->kind == NAMELESS);
    NF_GO(nfi_out_flush(o, err));
    *fd = o->fd;
    o->fd = -1;
out:
    nfi_out_abandon(o);
    return s;
}
