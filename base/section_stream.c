/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * section_stream.c - reads sections in sequence, for files larger than memory. Cursors use pread, so many can walk one file at once. A
 * value read before the end of its section is unchecked: whoever uses it as an index checks it, and must read to the end before trusting.
 */
#include "base/section_format.h"

#include "base/mem.h"
#include "base/try.h"

#include <string.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct nfi_secs {
    int fd;
    char *name;
    nfi_sechead h;
};

struct nfi_cursor {
    XXH3_state_t hash; /* first: it wants 64-byte alignment */
    const nfi_secs *s;
    const nfi_secent *e;
    uint64_t fetched; /* bytes of the section read from the file */
    nf_status status; /* a failure stays */
    nf_err err;
    size_t at, have, cap;
    unsigned char *buf;
};

nf_status nfi_secs_open_fd(nfi_secs **out, int fd, const char *name, char kind, uint16_t major, nf_err *err)
{
    nf_status s = NF_OK;
    size_t len = strlen(name) + 1;
    nfi_secs *f = nfi_calloc(1, sizeof *f);

    if (!f) {
        close(fd);
        return nfi_oom(err, "a file reader");
    }
    f->fd = fd;
    f->name = nfi_alloc(len, 1);
    if (!f->name) {
        s = nfi_oom(err, "a file reader");
        goto out;
    }
    memcpy(f->name, name, len);
    NF_GO(nfi_sec_parse_fd(&f->h, fd, kind, major, name, err));
    *out = f;
    f = NULL;
out:
    nfi_secs_close(f);
    return s;
}

nf_status nfi_secs_open(nfi_secs **out, const char *path, char kind, uint16_t major, nf_err *err)
{
    int fd;

    NF_TRY(nfi_sec_open_fd(&fd, path, err));
    return nfi_secs_open_fd(out, fd, nfi_in_name(path), kind, major, err);
}

uint64_t nfi_secs_count(const nfi_secs *s, const char tag[4], nfi_elem type, bool *present)
{
    const nfi_secent *e = nfi_sec_find(&s->h, tag);
    bool there = e && e->type == type;

    if (present)
        *present = there;
    return there ? e->count : 0;
}

nf_status nfi_secs_check_known(const nfi_secs *s, const char *const *tags, size_t n, nf_err *err)
{
    return nfi_sec_check_known(&s->h, tags, n, s->name, err);
}

static nf_status check_hash(nfi_cursor *c, nf_err *err)
{
    return XXH3_64bits_digest(&c->hash) == c->e->hash ? NF_OK : nfi_sec_bad_hash(c->e, c->s->name, err);
}

/* The next n bytes of the section, hashed; the checksum is compared with the last of them. */
static nf_status fetch(nfi_cursor *c, void *dst, size_t n, nf_err *err)
{
    NF_TRY(nfi_pread_all(c->s->fd, dst, n, c->e->offset + c->fetched, c->s->name, err));
    XXH3_64bits_update(&c->hash, dst, n);
    c->fetched += n;
    return c->fetched == c->e->bytes ? check_hash(c, err) : NF_OK;
}

nf_status nfi_secs_cursor(nfi_cursor **out, nfi_secs *s, const char tag[4], nfi_elem type, size_t buffer, nf_err *err)
{
    const nfi_secent *e = nfi_sec_find(&s->h, tag);
    nfi_cursor *c;

    if (!e)
        return NF_FAIL_AT(err, NF_EMODEL, s->name, 0, "section %.4s is missing", tag);
    NF_TRY(nfi_sec_check_type(e, type, s->name, err));
    if (buffer < 512)
        buffer = 512;
    if (buffer > e->bytes)
        buffer = (size_t)e->bytes;
    c = nfi_alloc_aligned(1, sizeof *c);
    unsigned char *buf = nfi_alloc(buffer, 1);
    if (!c || !buf) {
        nfi_free(c);
        nfi_free(buf);
        return nfi_oom(err, "a file reader");
    }
    c->s = s;
    c->e = e;
    c->cap = buffer;
    c->buf = buf;
    XXH3_64bits_reset(&c->hash);
    if (e->bytes == 0 && check_hash(c, err) != NF_OK) {
        nfi_cursor_close(c);
        return NF_EMODEL;
    }
    *out = c;
    return NF_OK;
}

/* Keeps the failure: a reader that goes on after one must not get bytes that look good. */
static nf_status fail_for_good(nfi_cursor *c, nf_err *err)
{
    if (err)
        *err = c->err;
    return c->status;
}

nf_status nfi_cursor_read(nfi_cursor *c, void *dst, size_t bytes, nf_err *err)
{
    unsigned char *p = dst;

    if (c->status == NF_OK && bytes > nfi_cursor_left(c))
        c->status = NF_FAIL_AT(&c->err, NF_EMODEL, c->s->name, 0, "section %s ends too early", c->e->tag);
    while (c->status == NF_OK && bytes > 0) {
        size_t here = c->have - c->at;
        if (here > 0) {
            size_t n = here < bytes ? here : bytes;
            memcpy(p, c->buf + c->at, n);
            c->at += n;
            p += n;
            bytes -= n;
        } else if (bytes >= c->cap) {
            c->status = fetch(c, p, bytes, &c->err);
            bytes = 0;
        } else {
            uint64_t left = c->e->bytes - c->fetched;
            c->at = 0;
            c->have = left < c->cap ? (size_t)left : c->cap;
            c->status = fetch(c, c->buf, c->have, &c->err);
        }
    }
    return c->status == NF_OK ? NF_OK : fail_for_good(c, err);
}

uint64_t nfi_cursor_left(const nfi_cursor *c)
{
    return c->e->bytes - c->fetched + (c->have - c->at);
}

void nfi_cursor_close(nfi_cursor *c)
{
    if (!c)
        return;
    nfi_free(c->buf);
    nfi_free(c);
}

void nfi_secs_close(nfi_secs *s)
{
    if (!s)
        return;
    close(s->fd);
    nfi_free(s->name);
    nfi_free(s);
}
