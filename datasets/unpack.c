/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unpack.c - unpacking by libarchive: bzip2, xz and zstd filters, tar and zip; gzip by gunzip.c, which libarchive then sees unpacked. No
 * other format and no outside program is enabled.
 * libarchive reads names by the locale of the thread, so each call runs under C.UTF-8 and leaves the locale as it was.
 *
 * It does not look behind what is compressed; what is left of the input is looked at here, and must be zeros (the padding of tapes).
 */
#define _GNU_SOURCE
#include "datasets/unpack.h"

#include "base/lazy.h"
#include "base/limits.h"
#include "base/try.h"
#include "datasets/gunzip.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>

#define BLOCK ((size_t)64 << 10)

#define CALLS(X)                                                                                                                           \
    X(archive_entry_filetype) X(archive_entry_hardlink) X(archive_entry_is_encrypted) X(archive_entry_pathname)                            \
    X(archive_entry_pathname_utf8) X(archive_entry_size) X(archive_entry_size_is_set) X(archive_errno) X(archive_error_string)             \
    X(archive_filter_bytes) X(archive_filter_count) X(archive_read_data) X(archive_read_free) X(archive_read_new)                          \
    X(archive_read_next_header) X(archive_read_open1) X(archive_read_set_callback_data) X(archive_read_set_read_callback)                  \
    X(archive_read_set_seek_callback) X(archive_read_set_skip_callback) X(archive_read_support_filter_bzip2)                               \
    X(archive_read_support_filter_gzip) X(archive_read_support_filter_xz) X(archive_read_support_filter_zstd)                              \
    X(archive_read_support_format_empty) X(archive_read_support_format_raw) X(archive_read_support_format_tar)                             \
    X(archive_read_support_format_zip) X(archive_set_error)
static struct calls {
    CALLS(NFI_LAZY_POINTER)
} la;
static const nfi_lazy_row functions[] = {CALLS(NFI_LAZY_ROW)};
static nfi_lazy library = {NF_SONAME_ARCHIVE, "libarchive13", functions, sizeof functions / sizeof *functions, &la, NULL, NFI_LAZY_CLOSED};

struct nfi_unpack {
    struct archive *a;
    struct archive_entry *entry; /* borrowed from a */
    nfi_in *in;
    nfi_memory mem;
    nfi_gunzip *gz; /* NULL: not gzip */
    const char *path;
    locale_t names, outside; /* C.UTF-8, or 0; what it replaces during a call */
    uint64_t at;             /* of the input */
    uint64_t fed, unpacked, max, limit_base;
    size_t members, last;    /* last: bytes of the block that was fed last */
    bool archive, begun, ended;
    nf_err why; /* of the input */
    char block[BLOCK];
};

static void enter(nfi_unpack *u)
{
    u->outside = u->names ? uselocale(u->names) : (locale_t)0;
}

static void leave(nfi_unpack *u)
{
    if (u->names)
        uselocale(u->outside);
}

/* ---- what libarchive asks for ---- */

static la_ssize_t feed(struct archive *a, void *ctx, const void **buf)
{
    nfi_unpack *u = ctx;
    size_t got;

    if (!u->in) {
        got = u->mem.n - (size_t)u->at < BLOCK ? u->mem.n - (size_t)u->at : BLOCK;
        *buf = u->mem.p + u->at;
    } else {
        if (nfi_in_read(u->in, u->block, BLOCK, &got, &u->why) != NF_OK) {
            la.archive_set_error(a, EIO, "cannot read");
            return ARCHIVE_FATAL;
        }
        *buf = u->block;
    }
    u->at += got;
    u->fed += got;
    u->last = got ? got : u->last;
    return (la_ssize_t)got;
}

/* The same for gunzip.c. */
static nf_status packed(void *ctx, const char **p, size_t *n, nf_err *err)
{
    nfi_unpack *u = ctx;
    const void *buf = NULL;
    la_ssize_t got = feed(u->a, u, &buf);

    if (got < 0) {
        if (err)
            *err = u->why;
        return u->why.code;
    }
    *p = buf;
    *n = (size_t)got;
    return NF_OK;
}

static la_ssize_t feed_unzipped(struct archive *a, void *ctx, const void **buf)
{
    nfi_unpack *u = ctx;
    const char *p = NULL;
    size_t n = 0;
    nf_err why = {0};

    if (nfi_gunzip_read(u->gz, &p, &n, &why) != NF_OK) {
        u->why = why;
        la.archive_set_error(a, EIO, "cannot read");
        return ARCHIVE_FATAL;
    }
    *buf = p;
    return (la_ssize_t)n;
}

static uint64_t input_size(const nfi_unpack *u)
{
    return u->in ? nfi_in_size(u->in) : u->mem.n;
}

static la_int64_t seek(struct archive *a, void *ctx, la_int64_t offset, int whence)
{
    nfi_unpack *u = ctx;
    uint64_t size = input_size(u), base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? u->at : size, to;

    if (__builtin_add_overflow(base, offset, &to) || to > size) {
        la.archive_set_error(a, EINVAL, "a position outside of the file");
        return ARCHIVE_FATAL;
    }
    if (u->in && nfi_in_seek(u->in, to, &u->why) != NF_OK) {
        la.archive_set_error(a, EIO, "cannot seek");
        return ARCHIVE_FATAL;
    }
    u->at = to;
    return (la_int64_t)to;
}

static la_int64_t skip(struct archive *a, void *ctx, la_int64_t request)
{
    nfi_unpack *u = ctx;

    if (request <= 0 || (uint64_t)request > input_size(u) - u->at)
        return 0; /* it is read through, and found to be cut short */
    return seek(a, ctx, request, SEEK_CUR) < 0 ? ARCHIVE_FATAL : request;
}

/* ---- faults ---- */

static nf_status damaged(nfi_unpack *u, nf_err *err)
{
    if (u->why.code != NF_OK) {
        if (err)
            *err = u->why;
        return u->why.code;
    }
    if (la.archive_errno(u->a) == ENOMEM)
        return nfi_oom(err, "unpacking");
    const char *text = la.archive_error_string(u->a);
    return NF_FAIL_AT(err, NF_EFORMAT, u->path, 0, "is damaged or cut short: %s", text ? text : "no more is known");
}

static nf_status too_large(const nfi_unpack *u, nf_err *err)
{
    return NF_FAIL_AT(err, NF_ELIMIT, u->path, 0, "unpacks to more than %llu bytes, the limit; --max-unpacked raises it",
                      (unsigned long long)u->max);
}

static nf_status count_bytes(nfi_unpack *u, uint64_t more, nf_err *err)
{
    uint64_t size = input_size(u), from = u->fed;

    if (__builtin_add_overflow(u->unpacked, more, &u->unpacked) || u->unpacked > u->max)
        return too_large(u, err);
    if (size && size < from)
        from = size; /* parts may be read again and again */
    if (u->unpacked > NFI_RATIO_FROM && u->unpacked / NFI_MAX_RATIO > from)
        return NF_FAIL_AT(err, NF_ELIMIT, u->path, 0, "unpacks to more than %d times its size: it looks like a bomb and is refused",
                          NFI_MAX_RATIO);
    return NF_OK;
}

/* ---- opening and closing ---- */

static nf_status see_gzip(nfi_unpack *u, nf_err *err)
{
    const char *p = u->mem.p;
    size_t n = u->mem.n;

    if (u->in)
        NF_TRY(nfi_in_peek(u->in, &p, &n, err));
    return nfi_is_gzip(p, n) ? nfi_gunzip_new(&u->gz, packed, u, u->path, err) : NF_OK;
}

static nf_status set_up(nfi_unpack *u, nf_err *err)
{
    NF_TRY(nfi_lazy_open(&library, err));
    NF_TRY(see_gzip(u, err));
    struct archive *a = la.archive_read_new();
    if (!a)
        return nfi_oom(err, "unpacking");
    u->a = a;
    int bad = la.archive_read_support_filter_gzip(a) | la.archive_read_support_filter_bzip2(a) | la.archive_read_support_filter_xz(a) |
              la.archive_read_support_filter_zstd(a);
    if (u->archive)
        bad |= la.archive_read_support_format_tar(a) | la.archive_read_support_format_zip(a);
    else
        bad |= la.archive_read_support_format_raw(a) | la.archive_read_support_format_empty(a);
    if (bad != ARCHIVE_OK)
        return damaged(u, err);
    la.archive_read_set_callback_data(a, u);
    la.archive_read_set_read_callback(a, u->gz ? feed_unzipped : feed);
    if (input_size(u) > 0 && !u->gz) {
        la.archive_read_set_seek_callback(a, seek);
        la.archive_read_set_skip_callback(a, skip);
    }
    if (la.archive_read_open1(a) != ARCHIVE_OK)
        return damaged(u, err);
    int levels = la.archive_filter_count(a) - 1 + (u->gz != NULL);
    if (!u->archive && levels < 1)
        return NF_FAIL_AT(err, NF_EFORMAT, u->path, 0,
                          "is damaged or cut short: its first bytes say it is compressed, the next do not fit");
    if (levels > 1)
        return NF_FAIL_AT(err, NF_EFORMAT, u->path, 0, "is compressed twice; only one level is unpacked, unpack it first");
    return NF_OK;
}

nf_status nfi_unpack_open(nfi_unpack **out, nfi_in *in, const nfi_memory *mem, const char *path, bool archive, uint64_t max, nf_err *err)
{
    nfi_unpack *u = nfi_calloc(1, sizeof *u);

    if (!u) {
        nfi_in_close(in);
        return nfi_oom(err, "unpacking");
    }
    u->in = in;
    if (mem)
        u->mem = *mem;
    u->path = path;
    u->archive = archive;
    u->max = max ? max : NFI_MAX_UNPACKED;
    u->names = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    enter(u);
    nf_status s = set_up(u, err);
    leave(u);
    if (s != NF_OK) {
        nfi_unpack_close(u);
        return s;
    }
    *out = u;
    return NF_OK;
}

void nfi_unpack_close(nfi_unpack *u)
{
    if (!u)
        return;
    enter(u);
    if (u->a)
        la.archive_read_free(u->a);
    nfi_gunzip_free(u->gz);
    leave(u);
    if (u->names)
        freelocale(u->names);
    nfi_in_close(u->in);
    nfi_free(u);
}

uint64_t nfi_unpack_taken(const nfi_unpack *u)
{
    return u->ended && input_size(u) ? input_size(u) : u->fed;
}

/* ---- reading ---- */

/* All input is used up, or what is left of it is zeros. */
static nf_status check_tail(nfi_unpack *u, nf_err *err)
{
    la_int64_t used = la.archive_filter_bytes(u->a, -1);
    size_t left = used >= 0 && (uint64_t)used < u->fed ? (size_t)(u->fed - (uint64_t)used) : 0;
    const void *buf = NULL;

    if (left > u->last)
        return NF_OK; /* cannot be known */
    const char *p = u->in ? u->block + u->last - left : u->mem.p + u->at - left;
    la_ssize_t n = (la_ssize_t)left;
    do {
        for (la_ssize_t i = 0; i < n; i++)
            if (p[i] != '\0')
                return NF_FAIL_AT(err, NF_EFORMAT, u->path, 0, "has other bytes after its compressed ones");
        n = feed(u->a, u, &buf);
        p = buf;
    } while (n > 0);
    return n < 0 ? damaged(u, err) : NF_OK;
}

static nf_status read_some(nfi_unpack *u, char *dst, size_t want, size_t *got, nf_err *err)
{
    size_t done = 0;

    while (done < want) {
        la_ssize_t n = la.archive_read_data(u->a, dst + done, want - done);
        if (n == ARCHIVE_RETRY)
            continue;
        if (n < 0)
            return damaged(u, err);
        if (n == 0)
            break;
        done += (size_t)n;
        NF_TRY(count_bytes(u, (uint64_t)n, err));
    }
    *got = done;
    return NF_OK;
}

/* The next header into u->entry; u->ended when there is none. */
static nf_status next_entry(nfi_unpack *u, nf_err *err)
{
    int r;

    u->entry = NULL;
    while ((r = la.archive_read_next_header(u->a, &u->entry)) == ARCHIVE_RETRY)
        ;
    u->ended = r == ARCHIVE_EOF;
    return r < ARCHIVE_WARN ? damaged(u, err) : NF_OK;
}

nf_status nfi_unpack_read(nfi_unpack *u, void *dst, size_t want, size_t *got, nf_err *err)
{
    nf_status s = NF_OK;

    *got = 0;
    if (u->ended)
        return NF_OK;
    enter(u);
    if (!u->archive && !u->begun) { /* raw: the one entry is the stream */
        u->begun = true;
        NF_GO(next_entry(u, err));
        if (u->ended)
            goto out;
    }
    for (size_t n = want; *got < want && n > 0;) { /* in pieces, so that a bomb is met early */
        size_t piece = want - *got < ((size_t)1 << 20) ? want - *got : (size_t)1 << 20;
        NF_GO(read_some(u, (char *)dst + *got, piece, &n, err));
        *got += n;
        n = n < piece ? 0 : n;
    }
    if (*got < want && !u->archive) {
        u->ended = true;
        s = u->gz ? NF_OK : check_tail(u, err); /* gunzip.c has looked */
    }
out:
    leave(u);
    return s;
}

/* Names are for showing and for ids; still none may look like a way out of the archive to those who use them later. */
static const char *name_fault(const char *name)
{
    if (!*name)
        return "has no name that can be read";
    if (*name == '/' || *name == '\\' || (name[1] == ':' && (name[2] == '/' || name[2] == '\\')))
        return "has an absolute path for a name";
    if (strlen(name) > NFI_MAX_PATH)
        return "has a name longer than 4095 bytes";
    for (const char *p = name; *p;) {
        size_t n = strcspn(p, "/\\");
        if (n == 2 && p[0] == '.' && p[1] == '.')
            return "has a name that leads out of the archive";
        p += n + (p[n] != '\0');
    }
    return strncmp(name, "__MACOSX/", 9) == 0 ? "holds attributes of macOS, no text" : NULL;
}

static const char *kind_fault(struct archive_entry *e)
{
    if (la.archive_entry_hardlink(e) || la.archive_entry_filetype(e) == AE_IFLNK)
        return "is a link, which is not followed";
    if (la.archive_entry_is_encrypted(e))
        return "is encrypted; unpack it with its password first";
    return la.archive_entry_filetype(e) == AE_IFREG || la.archive_entry_filetype(e) == 0 ? NULL : "is a device or a FIFO, expected a file";
}

/* Behind the last member: gzip has its checksum at the very end. */
static nf_status read_out(nfi_unpack *u, nf_err *err)
{
    const char *p;

    for (size_t n = u->gz ? 1 : 0; n > 0;) {
        NF_TRY(nfi_gunzip_read(u->gz, &p, &n, err));
        NF_TRY(count_bytes(u, n, err));
    }
    return NF_OK;
}

nf_status nfi_unpack_next(nfi_unpack *u, nfi_member *m, bool *found, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_member k = {0};

    *found = false;
    enter(u);
    if (u->entry && (u->gz || la.archive_filter_count(u->a) > 1)) { /* skipping means unpacking: under our eyes, for the limits */
        char dump[4096];
        for (size_t got = sizeof dump; got == sizeof dump;)
            NF_GO(read_some(u, dump, sizeof dump, &got, err));
    }
    NF_GO(next_entry(u, err));
    if (u->ended) {
        s = read_out(u, err);
        goto out;
    }
    if (++u->members > NFI_MAX_MEMBERS) {
        s = NF_FAIL_AT(err, NF_ELIMIT, u->path, 0, "has more than %zu members, the limit", NFI_MAX_MEMBERS);
        goto out;
    }
    const char *name = la.archive_entry_pathname_utf8(u->entry);
    k.name = name ? name : la.archive_entry_pathname(u->entry);
    if (!k.name)
        k.name = "";
    while (k.name[0] == '.' && k.name[1] == '/')
        k.name += 2 + strspn(k.name + 2, "/");
    k.folder = la.archive_entry_filetype(u->entry) == AE_IFDIR;
    k.fault = k.folder ? NULL : name_fault(k.name);
    if (!k.fault && !k.folder)
        k.fault = kind_fault(u->entry);
    if (la.archive_entry_size_is_set(u->entry) && la.archive_entry_size(u->entry) > 0)
        k.size = (uint64_t)la.archive_entry_size(u->entry);
    *m = k;
    *found = true;
out:
    leave(u);
    return s;
}

/* ---- shortcuts ---- */

nf_status nfi_unpack_whole(nfi_buf *out, const nfi_memory *mem, const char *path, size_t max_document, uint64_t max, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_unpack *u = NULL;
    size_t got = BLOCK;

    NF_TRY(nfi_unpack_open(&u, NULL, mem, path, false, max, err));
    while (got == BLOCK) {
        if (!nfi_buf_reserve(out, BLOCK)) {
            s = nfi_oom(err, "a file");
            goto out;
        }
        NF_GO(nfi_unpack_read(u, out->p + out->n, BLOCK, &got, err));
        out->n += got;
        if (out->n > max_document) {
            s = NF_FAIL_AT(err, NF_ELIMIT, path, 0, "unpacks to more than %zu bytes, the limit of a document", max_document);
            goto out;
        }
    }
out:
    nfi_unpack_close(u);
    return s;
}

nf_status nfi_is_archive(bool *archive, const char *path, nf_err *err)
{
    nfi_in *in = NULL;
    nfi_unpack *u = NULL;
    const char *p;
    char head[512];
    size_t n;
    nf_err why = {0};

    *archive = false;
    nf_status s = nfi_in_open(&in, path, &why);
    if (s == NF_OK && (s = nfi_in_peek(in, &p, &n, &why)) == NF_OK) {
        nfi_packing packing = nfi_packing_of(p, n, NULL);
        *archive = packing == NFI_ARCHIVE;
        if (packing == NFI_COMPRESSED) {
            s = nfi_unpack_open(&u, in, NULL, path, false, 0, &why);
            in = NULL;
            if (s == NF_OK)
                s = nfi_unpack_read(u, head, sizeof head, &n, &why);
            *archive = s == NF_OK && nfi_packing_of(head, n, NULL) == NFI_ARCHIVE;
            nfi_unpack_close(u);
        }
    }
    nfi_in_close(in);
    if (s == NF_ENOMEM) {
        if (err)
            *err = why;
        return s;
    }
    return NF_OK;
}

const bool nfi_has_unpack = true;
const char *const nfi_unpack_feature = "archives by " ARCHIVE_VERSION_STRING;
