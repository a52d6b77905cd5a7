/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * section_read.c - reads a section file whole. Header, table and gaps are read and checked first, so that nothing is allocated for a size
 * that a file only claims; then the sections go into private memory, hashed piece by piece while they are in the cache, and only that
 * memory is used: what happens to the file afterwards does not matter.
 */
#include "base/section_format.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/par.h"
#include "base/try.h"

#include <string.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define PIECE ((size_t)1 << 18)
#define SIDE_BY_SIDE ((uint64_t)2 << 20) /* bytes */

struct nfi_secr {
    const unsigned char *p;
    void *owned; /* the same, when it is ours */
    char *name;
    nfi_sechead h;
};

/* Everything about n bytes in memory. */
static nf_status check_all(nfi_sechead *h, const unsigned char *p, uint64_t n, char kind, uint16_t major, const char *name, nf_err *err)
{
    NF_TRY(nfi_sec_parse_header(h, p, n, kind, major, name, err));
    NF_TRY(nfi_sec_parse_table(h, p, p + h->table, name, err));
    for (size_t i = 0; i < h->n; i++) {
        uint64_t at;
        nfi_sec_gap(h, i, &at);
        NF_TRY(nfi_sec_check_gap(h, i, p + at, name, err));
    }
    for (size_t i = 0; i < h->n; i++)
        if (nfi_xxh64(p + h->ent[i].offset, (size_t)h->ent[i].bytes) != h->ent[i].hash)
            return nfi_sec_bad_hash(&h->ent[i], name, err);
    return NF_OK;
}

static nfi_secr *new_reader(const char *name)
{
    size_t len = strlen(name) + 1;
    nfi_secr *r = nfi_calloc(1, sizeof *r);
    char *copy = nfi_alloc(len, 1);
    if (!r || !copy) {
        nfi_free(r);
        nfi_free(copy);
        return NULL;
    }
    memcpy(copy, name, len);
    r->name = copy;
    return r;
}

/* An open file on its way into memory. */
typedef struct loading {
    const nfi_sechead *h;
    int fd;
    unsigned char *p;
    const char *name;
} loading;

/* One section, to its offset in p; what lies between it and the next is zero. */
static nf_status load_section(void *ctx, size_t i, int worker, nf_err *err)
{
    const loading *l = ctx;
    const nfi_secent *e = &l->h->ent[i];
    unsigned char *p = l->p + e->offset;
    _Alignas(64) XXH3_state_t hash;

    (void)worker;
    XXH3_64bits_reset(&hash);
    for (uint64_t at = 0; at < e->bytes;) {
        size_t n = e->bytes - at < PIECE ? (size_t)(e->bytes - at) : PIECE;
        NF_TRY(nfi_pread_all(l->fd, p + at, n, e->offset + at, l->name, err));
        XXH3_64bits_update(&hash, p + at, n);
        at += n;
    }
    if (XXH3_64bits_digest(&hash) != e->hash)
        return nfi_sec_bad_hash(e, l->name, err);
    uint64_t end, gap = nfi_sec_gap(l->h, i, &end);
    memset(l->p + end, 0, (size_t)gap);
    return NF_OK;
}

/* Sections side by side: pages of new memory take as long as what is read into them. Small files are not worth a thread. */
static nf_status load(const nfi_sechead *h, int fd, unsigned char *p, const char *name, nf_err *err)
{
    loading l = {h, fd, p, name};

    NF_TRY(nfi_par_chunks(h->n, h->table < SIDE_BY_SIDE ? 1 : nfi_par_threads(0), load_section, &l, err));
    memset(p + h->table, 0, SEC_ALIGN); /* vector loads may look past the end */
    return NF_OK;
}

nf_status nfi_secr_open(nfi_secr **out, const char *path, char kind, uint16_t major, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_secr *r = NULL;
    unsigned char *p;
    int fd;

    NF_TRY(nfi_sec_open_fd(&fd, path, err));
    path = nfi_in_name(path);
    r = new_reader(path);
    if (!r) {
        s = nfi_oom(err, "a file reader");
        goto out;
    }
    NF_GO(nfi_sec_parse_fd(&r->h, fd, kind, major, path, err));
    r->owned = p = nfi_alloc_aligned_raw((size_t)r->h.table + SEC_ALIGN, 1);
    if (!p) {
        s = NF_FAIL_AT(err, NF_ENOMEM, path, 0, "out of memory for its %llu bytes", (unsigned long long)r->h.size);
        goto out;
    }
    NF_GO(load(&r->h, fd, p, path, err));
    r->p = p;
    *out = r;
    r = NULL;
out:
    nfi_secr_close(r);
    close(fd);
    return s;
}

nf_status nfi_secr_from_memory(nfi_secr **out, const void *p, size_t n, const char *name, char kind, uint16_t major, nf_err *err)
{
    if ((uintptr_t)p % SEC_ALIGN)
        return NF_FAIL_AT(err, NF_EINVAL, name, 0, "a file in memory must be 64-byte aligned");
    nfi_secr *r = new_reader(name);
    if (!r)
        return nfi_oom(err, "a file reader");
    r->p = p;
    nf_status s = check_all(&r->h, p, n, kind, major, name, err);
    if (s == NF_OK)
        *out = r;
    else
        nfi_secr_close(r);
    return s;
}

nf_status nfi_secr_get(const nfi_secr *r, const char tag[4], nfi_elem type, bool required, const void **p, uint64_t *count, nf_err *err)
{
    const nfi_secent *e = nfi_sec_find(&r->h, tag);

    if (!e && required)
        return NF_FAIL_AT(err, NF_EMODEL, r->name, 0, "section %.4s is missing", tag);
    if (e)
        NF_TRY(nfi_sec_check_type(e, type, r->name, err));
    *p = e ? r->p + e->offset : NULL;
    *count = e ? e->count : 0;
    return NF_OK;
}

nf_status nfi_secr_check_known(const nfi_secr *r, const char *const *tags, size_t n, nf_err *err)
{
    return nfi_sec_check_known(&r->h, tags, n, r->name, err);
}

uint64_t nfi_secr_size(const nfi_secr *r)
{
    return r->h.size;
}

bool nfi_secr_entry(const nfi_secr *r, size_t i, char tag[5], nfi_elem *type, uint64_t *count, uint64_t *bytes)
{
    if (i >= r->h.n)
        return false;
    const nfi_secent *e = &r->h.ent[i];
    memcpy(tag, e->tag, 5);
    *type = e->type;
    *count = e->count;
    *bytes = e->bytes;
    return true;
}

const char *nfi_secr_name(const nfi_secr *r)
{
    return r->name;
}

void nfi_secr_close(nfi_secr *r)
{
    if (!r)
        return;
    nfi_free(r->owned);
    nfi_free(r->name);
    nfi_free(r);
}
