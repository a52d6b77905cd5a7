/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * section_write.c - writes a section file in one pass. Whatever the caller did wrong or the disk refused sticks and comes out at commit,
 * which reads the whole file back and checks it as a reader would before the file takes its name.
 */
#include "base/section_format.h"

#include "base/mem.h"
#include "base/try.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define CHECK_BUFFER ((size_t)1 << 20)

struct nfi_secw {
    XXH3_state_t hash; /* first: it wants 64-byte alignment */
    nfi_out *o;        /* where the sections go */
    nfi_out *stream;   /* where the finished file is copied, NULL when o is the target itself */
    int *fd;           /* who gets the descriptor of an unlinked file, NULL otherwise */
    char kind;
    bool open; /* within a section */
    nf_status status;
    nf_err err;
    nfi_sechead h;
};

static void complain(nfi_secw *w, const char *tag, const char *what)
{
    if (w->status == NF_OK)
        w->status = NF_FAIL(&w->err, NF_EINVAL, "section %.4s: %s", tag, what);
}

void nfi_secw_oom(nfi_secw *w, const char *what)
{
    if (w->status == NF_OK)
        w->status = nfi_oom(&w->err, what);
}

/* Zero bytes up to the next multiple of 64. */
static void pad(nfi_secw *w)
{
    static const unsigned char zero[SEC_ALIGN] = {0};
    uint64_t at = nfi_out_bytes(w->o);
    nfi_out_write(w->o, zero, (size_t)(nfi_sec_align(at) - at));
}

static nf_status open_on(nfi_secw **out, nfi_out *o, nfi_out *stream, int *fd, char kind, uint16_t major, uint16_t minor, nf_err *err)
{
    static const unsigned char zero[SEC_HEADER] = {0};
    nfi_secw *w = nfi_alloc_aligned(1, sizeof *w);

    if (!w) {
        nfi_out_abandon(o);
        nfi_out_abandon(stream);
        return nfi_oom(err, "a file writer");
    }
    w->o = o;
    w->stream = stream;
    w->fd = fd;
    w->kind = kind;
    w->h.major = major;
    w->h.minor = minor;
    nfi_out_write(o, zero, sizeof zero); /* the header comes last, when the sizes are known */
    *out = w;
    return NF_OK;
}

nf_status nfi_secw_open(nfi_secw **out, const char *path, char kind, uint16_t major, uint16_t minor, nf_err *err)
{
    nfi_out *o, *tmp = NULL;

    NF_TRY(nfi_out_open(&o, path, err));
    if (!nfi_out_is_atomic(o)) {
        nf_status s = nfi_out_open_tmp(&tmp, err);
        if (s != NF_OK) {
            nfi_out_abandon(o);
            return s;
        }
    }
    return open_on(out, tmp ? tmp : o, tmp ? o : NULL, NULL, kind, major, minor, err);
}

nf_status nfi_secw_open_tmp(nfi_secw **out, int *fd, char kind, uint16_t major, uint16_t minor, nf_err *err)
{
    nfi_out *o;

    NF_TRY(nfi_out_open_tmp(&o, err));
    return open_on(out, o, NULL, fd, kind, major, minor, err);
}

void nfi_secw_begin(nfi_secw *w, const char tag[4], nfi_elem type, bool critical)
{
    if (w->open)
        complain(w, tag, "begun within another");
    for (int i = 0; i < 4; i++)
        if (tag[i] <= ' ' || tag[i] > '~')
            complain(w, "????", "a tag has four printable ASCII characters");
    if (nfi_sec_find(&w->h, tag))
        complain(w, tag, "written twice");
    if (w->h.n == NFI_MAX_SECTIONS)
        complain(w, tag, "too many sections");
    if (w->status != NF_OK)
        return;
    pad(w);
    nfi_secent *e = &w->h.ent[w->h.n++];
    memcpy(e->tag, tag, 4);
    e->critical = critical;
    e->type = type;
    e->offset = nfi_out_bytes(w->o);
    w->open = true;
    XXH3_64bits_reset(&w->hash);
}

void nfi_secw_put(nfi_secw *w, const void *p, size_t bytes)
{
    if (!w->open)
        complain(w, "????", "bytes outside of a section");
    if (w->status != NF_OK || bytes == 0)
        return;
    XXH3_64bits_update(&w->hash, p, bytes);
    nfi_out_write(w->o, p, bytes);
}

void nfi_secw_end(nfi_secw *w)
{
    if (!w->open)
        complain(w, "????", "ended but not begun");
    if (w->status != NF_OK)
        return;
    nfi_secent *e = &w->h.ent[w->h.n - 1];
    size_t size = nfi_elem_size(e->type);
    e->bytes = nfi_out_bytes(w->o) - e->offset;
    e->count = e->bytes / size;
    e->hash = XXH3_64bits_digest(&w->hash);
    w->open = false;
    if (e->bytes % size)
        complain(w, e->tag, "ends within an element");
}

void nfi_secw_section(nfi_secw *w, const char tag[4], nfi_elem type, bool critical, const void *p, size_t count)
{
    size_t bytes;

    nfi_secw_begin(w, tag, type, critical);
    if (!nfi_mul(count, nfi_elem_size(type), &bytes))
        complain(w, tag, "too large");
    nfi_secw_put(w, p, bytes);
    nfi_secw_end(w);
}

/* Table, trailer, and the header over its place. */
static nf_status finish(nfi_secw *w, nf_err *err)
{
    unsigned char head[SEC_HEADER], tail[SEC_MAX_TAIL];

    if (w->status == NF_OK && (w->open || w->h.n == 0))
        complain(w, w->open ? w->h.ent[w->h.n - 1].tag : "????", w->open ? "not ended" : "a file needs one");
    if (w->status != NF_OK) {
        if (err)
            *err = w->err;
        return w->status;
    }
    pad(w);
    size_t n = w->h.n * SEC_ENTRY + SEC_TRAILER;
    w->h.table = nfi_out_bytes(w->o);
    w->h.size = w->h.table + n;
    if (w->h.size > NFI_MAX_FILE)
        return NF_FAIL(err, NF_ELIMIT, "the file would have %llu bytes", (unsigned long long)w->h.size);
    nfi_sec_render(&w->h, w->kind, head, tail);
    nfi_out_write(w->o, tail, n);
    NF_TRY(nfi_out_flush(w->o, err));
    return nfi_out_pwrite(w->o, head, sizeof head, 0, err);
}

/* Reads the file back and checks all of it: catches faults of ours and of the machine while the old file still stands. */
static nf_status read_back(nfi_secw *w, unsigned char *buf, nf_err *err)
{
    static const char name[] = "the file just written";
    nfi_sechead h;
    int fd = nfi_out_fd(w->o);

    NF_TRY(nfi_sec_parse_fd(&h, fd, w->kind, w->h.major, name, err));
    for (size_t i = 0; i < h.n; i++) {
        const nfi_secent *e = &h.ent[i];
        XXH3_64bits_reset(&w->hash);
        for (uint64_t at = 0; at < e->bytes;) {
            size_t n = e->bytes - at < CHECK_BUFFER ? (size_t)(e->bytes - at) : CHECK_BUFFER;
            NF_TRY(nfi_pread_all(fd, buf, n, e->offset + at, name, err));
            XXH3_64bits_update(&w->hash, buf, n);
            at += n;
        }
        if (XXH3_64bits_digest(&w->hash) != e->hash)
            return nfi_sec_bad_hash(e, name, err);
    }
    return NF_OK;
}

static nf_status copy_out(nfi_secw *w, unsigned char *buf, nf_err *err)
{
    for (uint64_t at = 0; at < w->h.size;) {
        size_t n = w->h.size - at < CHECK_BUFFER ? (size_t)(w->h.size - at) : CHECK_BUFFER;
        NF_TRY(nfi_pread_all(nfi_out_fd(w->o), buf, n, at, NULL, err));
        nfi_out_write(w->stream, buf, n);
        at += n;
    }
    return NF_OK;
}

nf_status nfi_secw_commit(nfi_secw *w, nf_err *err)
{
    nf_status s = NF_OK;
    unsigned char *buf = NULL;
    nfi_out *o;

    NF_GO(finish(w, err));
    buf = nfi_alloc(CHECK_BUFFER, 1);
    if (!buf) {
        s = nfi_oom(err, "checking the file");
        goto out;
    }
    s = read_back(w, buf, err);
    if (s == NF_EMODEL) /* what was written is not what is there: the fault is the machine's, not a model's */
        s = NF_EIO;
    if (s != NF_OK) {
        if (err)
            err->code = s;
        goto out;
    }
    if (w->stream)
        NF_GO(copy_out(w, buf, err));
    o = w->stream ? w->stream : w->o;
    *(w->stream ? &w->stream : &w->o) = NULL;
    NF_GO(w->fd ? nfi_out_commit_fd(o, w->fd, err) : nfi_out_commit(o, err));
out:
    nfi_free(buf);
    nfi_secw_abandon(w);
    return s;
}

void nfi_secw_abandon(nfi_secw *w)
{
    if (!w)
        return;
    nfi_out_abandon(w->o);
    nfi_out_abandon(w->stream);
    nfi_free(w);
}
