/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gunzip.c - gzip by zlib, in place of libarchive's filter, which looks neither at checksums nor at lengths: a flipped bit would change an
 * article and nobody would know.
 */
#include "datasets/gunzip.h"

#include "base/lazy.h"
#include "base/mem.h"
#include "base/try.h"

#include <string.h>
#include <zlib.h>

enum { BLOCK = 64 << 10, GZIP_ONLY = 15 + 16 };

#define CALLS(X) X(inflateInit2_) X(inflate) X(inflateReset) X(inflateEnd)
static struct calls {
    CALLS(NFI_LAZY_POINTER)
} z;
static const nfi_lazy_row functions[] = {CALLS(NFI_LAZY_ROW)};
static nfi_lazy library = {NF_SONAME_Z, "zlib1g", functions, sizeof functions / sizeof *functions, &z, NULL, NFI_LAZY_CLOSED};

struct nfi_gunzip {
    z_stream stream;
    nfi_packed_fn feed;
    void *ctx;
    const char *path;
    bool between, ended; /* between: members */
    char block[BLOCK];
};

static void *take(void *ctx, unsigned n, unsigned size)
{
    (void)ctx;
    return nfi_alloc(n, size);
}

static void give(void *ctx, void *p)
{
    (void)ctx;
    nfi_free(p);
}

bool nfi_is_gzip(const char *p, size_t n)
{
    return n >= 2 && memcmp(p, "\x1f\x8b", 2) == 0;
}

nf_status nfi_gunzip_new(nfi_gunzip **out, nfi_packed_fn feed, void *ctx, const char *path, nf_err *err)
{
    NF_TRY(nfi_lazy_open(&library, err));
    nfi_gunzip *g = nfi_calloc(1, sizeof *g);
    if (!g)
        return nfi_oom(err, "unpacking");
    g->stream.zalloc = take;
    g->stream.zfree = give;
    g->feed = feed;
    g->ctx = ctx;
    g->path = path;
    if (z.inflateInit2_(&g->stream, GZIP_ONLY, ZLIB_VERSION, (int)sizeof g->stream) != Z_OK) {
        nfi_free(g);
        return nfi_oom(err, "unpacking");
    }
    *out = g;
    return NF_OK;
}

void nfi_gunzip_free(nfi_gunzip *g)
{
    if (g)
        z.inflateEnd(&g->stream);
    nfi_free(g);
}

static nf_status damaged(const nfi_gunzip *g, nf_err *err)
{
    const char *msg = g->stream.msg;

    if (msg && strcmp(msg, "incorrect data check") == 0)
        msg = "the checksum of its gzip data does not match";
    else if (msg && strcmp(msg, "incorrect length check") == 0)
        msg = "the length of its gzip data does not match";
    return NF_FAIL_AT(err, NF_EFORMAT, g->path, 0, "is damaged or cut short: %s", msg ? msg : "bad gzip data");
}

/* More input, when none is left; *end when there is none. */
static nf_status more(nfi_gunzip *g, bool *end, nf_err *err)
{
    const char *p = NULL;
    size_t n = 0;

    *end = false;
    if (g->stream.avail_in)
        return NF_OK;
    NF_TRY(g->feed(g->ctx, &p, &n, err));
    g->stream.next_in = (z_const Bytef *)(uintptr_t)p;
    g->stream.avail_in = (uInt)n; /* a block */
    *end = n == 0;
    return NF_OK;
}

/* Behind a member: another, or zeros, or the end. */
static nf_status go_on(nfi_gunzip *g, nf_err *err)
{
    bool zeros = false, end;

    for (;;) {
        NF_TRY(more(g, &end, err));
        if (end)
            break;
        if (!zeros && *g->stream.next_in == 0x1f) {
            g->between = false;
            return z.inflateReset(&g->stream) == Z_OK ? NF_OK : damaged(g, err);
        }
        zeros = true;
        for (; g->stream.avail_in; g->stream.avail_in--)
            if (*g->stream.next_in++ != 0)
                return NF_FAIL_AT(err, NF_EFORMAT, g->path, 0, "has other bytes after its compressed ones");
    }
    g->ended = true;
    return NF_OK;
}

nf_status nfi_gunzip_read(nfi_gunzip *g, const char **p, size_t *n, nf_err *err)
{
    g->stream.next_out = (Bytef *)g->block;
    g->stream.avail_out = BLOCK;
    while (!g->ended && g->stream.avail_out) {
        bool end;
        if (g->between) {
            NF_TRY(go_on(g, err));
            continue;
        }
        NF_TRY(more(g, &end, err));
        if (end)
            return NF_FAIL_AT(err, NF_EFORMAT, g->path, 0, "is damaged or cut short: truncated gzip input");
        int r = z.inflate(&g->stream, Z_NO_FLUSH);
        if (r == Z_MEM_ERROR)
            return nfi_oom(err, "unpacking");
        if (r != Z_OK && r != Z_STREAM_END && !(r == Z_BUF_ERROR && g->stream.avail_in == 0))
            return damaged(g, err);
        g->between = r == Z_STREAM_END;
    }
    *p = g->block;
    *n = BLOCK - g->stream.avail_out;
    return NF_OK;
}
