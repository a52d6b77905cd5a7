/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledger.c - which documents went into statistics: pairs of content hashes of id and text. A pair that comes twice is a document counted
 * twice; equal text under another id counts normally.
 */
#include "features/stats.h"

#include "base/hash.h"
#include "base/sort.h"
#include "base/try.h"
#include "base/utf8.h"
#include "features/varint.h"

#include <stdio.h>
#include <string.h>

void nfi_ledger_clear(nfi_ledger *l)
{
    nfi_free(l->e);
    nfi_arena_clear(&l->arena);
    nfi_buf_clear(&l->text);
    *l = (nfi_ledger){0};
}

uint64_t nfi_ledger_bytes(const nfi_ledger *l)
{
    return l->cap * sizeof *l->e + l->arena.bytes + l->text.cap;
}

static int digit_of(char hex) { return hex <= '9' ? hex - '0' : hex - 'a' + 10; }

static void put_hash(unsigned char *dst, nfi_hash128 h)
{
    for (int i = 0; i < 8; i++) {
        dst[i] = (unsigned char)(h.hi >> (56 - 8 * i));
        dst[8 + i] = (unsigned char)(h.lo >> (56 - 8 * i));
    }
}

void nfi_salt_of(nfi_salt *s, const void *p, size_t n)
{
    char hex[65];

    nfi_sha256_hex(s->key, p, n);
    nfi_sha256_hex(hex, s->key, 64);
    snprintf(s->setting, sizeof s->setting, "salted-%.16s", hex);
}

/* Appends what the parts hash to, 16 bytes, at dst. kind parts ids from texts. */
static bool put_key(nfi_ledger *l, unsigned char *dst, char kind, nf_str a, nf_str b)
{
    char hex[65];

    if (!l->salt && a.n == 0) {
        put_hash(dst, nfi_xxh128(b.p, b.n));
        return true;
    }
    l->text.n = 0;
    if (l->salt) {
        nfi_buf_put(&l->text, l->salt->key, 64);
        nfi_buf_putc(&l->text, kind);
    }
    if (a.n) {
        nfi_buf_put(&l->text, a.p, a.n);
        nfi_buf_putc(&l->text, '\n');
    }
    nfi_buf_put(&l->text, b.p, b.n);
    if (!nfi_buf_ok(&l->text))
        return false;
    if (!l->salt) {
        put_hash(dst, nfi_xxh128(l->text.p, l->text.n));
        return true;
    }
    nfi_sha256_hex(hex, l->text.p, l->text.n);
    for (int i = 0; i < 16; i++)
        dst[i] = (unsigned char)(digit_of(hex[2 * i]) << 4 | digit_of(hex[2 * i + 1]));
    return true;
}

nf_status nfi_ledger_add(nfi_ledger *l, const nf_batch *b, nf_err *err)
{
    NF_TRY(nfi_grow(&l->e, &l->cap, l->n + b->n, sizeof *l->e, err));
    for (size_t i = 0; i < b->n; i++) {
        const nf_doc *d = &b->docs[i];
        nfi_ledger_entry *e = &l->e[l->n];
        bool own = !(d->flags & (NF_DOC_ID_MADE | NF_DOC_ID_SUFFIX));
        memset(e->key, 0, 16);
        if ((own && !put_key(l, e->key, 'i', (nf_str){0}, d->id)) || !put_key(l, e->key + 16, 't', d->title, d->text))
            return nfi_oom(err, "the ledger");
        size_t n = !own || l->salt ? 0 : d->id.n <= NFI_LEDGER_ID ? d->id.n : nfi_utf8_valid_prefix(d->id.p, NFI_LEDGER_ID);
        char *p = n ? nfi_arena_copy(&l->arena, d->id.p, n) : NULL;
        if (n && !p)
            return nfi_oom(err, "the ledger");
        e->id = (nf_str){p, n};
        l->n++;
    }
    return NF_OK;
}

static int by_key(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    return memcmp(((const nfi_ledger_entry *)a)->key, ((const nfi_ledger_entry *)b)->key, NFI_LEDGER_KEY);
}

/* Has it an id of its own, without which it may be there several times? */
static bool has_id(const nfi_ledger_entry *e)
{
    static const unsigned char none[16];
    return memcmp(e->key, none, sizeof none) != 0;
}

/* How messages call it: its id in quotation marks, cut. */
static const char *name_of(char dst[80], const nfi_ledger_entry *e)
{
    if (e->id.n == 0)
        return has_id(e) ? "a document (the ledger is salted and names none)" : "a document without an id of its own";
    snprintf(dst, 80, "document \"%.*s\"", (int)(e->id.n < 60 ? e->id.n : nfi_utf8_valid_prefix(e->id.p, 60)), e->id.p);
    return dst;
}

nf_status nfi_ledger_sort(nfi_ledger *l, nf_err *err)
{
    NF_TRY(nfi_sort(l->e, l->n, sizeof *l->e, by_key, NULL, err));
    char name[80];
    for (size_t i = 1; i < l->n; i++)
        if (by_key(&l->e[i - 1], &l->e[i], NULL) == 0 && has_id(&l->e[i]))
            return NF_FAIL(err, NF_EDATA, "%s is there twice with the same text", name_of(name, &l->e[i]));
    return NF_OK;
}

/* ---- ledgers of files ---- */

typedef struct reader {
    nfi_window w;
    nfi_ledger_entry e;
    uint64_t n; /* entries read */
    bool end;
    char id[NFI_LEDGER_ID];
} reader;

static nf_status next(reader *r, const nfi_stats_src *src, nf_err *err)
{
    unsigned char key[NFI_LEDGER_KEY];
    uint64_t n;

    if (nfi_window_left(&r->w) == 0) {
        if (r->n != src->head.docs)
            return NF_FAIL_AT(err, NF_EMODEL, src->name, 0, "the ledger has %llu documents, expected %llu", (unsigned long long)r->n,
                              (unsigned long long)src->head.docs);
        r->end = true;
        return NF_OK;
    }
    NF_TRY(nfi_window_bytes(&r->w, key, sizeof key, err));
    NF_TRY(nfi_window_varint(&r->w, &n, err));
    int d = r->n > 0 ? memcmp(r->e.key, key, sizeof key) : -1;
    if (d > 0 || (d == 0 && has_id(&r->e)) || n > NFI_LEDGER_ID)
        return NF_FAIL_AT(err, NF_EMODEL, src->name, 0, "entry %llu of the ledger is out of order or too long", (unsigned long long)r->n);
    NF_TRY(nfi_window_bytes(&r->w, r->id, (size_t)n, err));
    if (nfi_utf8_valid_prefix(r->id, (size_t)n) != n)
        return NF_FAIL_AT(err, NF_EMODEL, src->name, 0, "entry %llu of the ledger names no document", (unsigned long long)r->n);
    memcpy(r->e.key, key, sizeof key);
    r->e.id = (nf_str){r->id, (size_t)n};
    r->n++;
    return NF_OK;
}

nf_status nfi_ledger_merge(const nfi_stats_src *src, size_t n, nfi_statw *w, nf_err *err)
{
    nf_status s = NF_OK;
    reader *r = nfi_calloc(n, sizeof *r);

    if (!r)
        return nfi_oom(err, "the ledger");
    for (size_t i = 0; i < n; i++) {
        NF_GO(nfi_window_open(&r[i].w, src[i].file, "LEDG", src[i].name, err));
        NF_GO(next(&r[i], &src[i], err));
    }
    for (;;) { /* few sources: the least is looked for */
        size_t least = n;
        for (size_t i = 0; i < n; i++) {
            int d = r[i].end ? 1 : least == n ? -1 : by_key(&r[i].e, &r[least].e, NULL);
            if (d == 0 && has_id(&r[i].e)) {
                char name[80];
                s = NF_FAIL_AT(err, NF_EDATA, src[i].name, 0, "%s was counted already, with the same text, in %s", name_of(name, &r[i].e),
                               src[least].name);
                goto out;
            }
            if (d < 0)
                least = i;
        }
        if (least == n)
            break;
        if (w)
            nfi_statw_ledger(w, &r[least].e);
        NF_GO(next(&r[least], &src[least], err));
    }
out:
    for (size_t i = 0; i < n; i++)
        nfi_window_close(&r[i].w);
    nfi_free(r);
    return s;
}

nf_status nfi_ledger_subtract(const nfi_stats_src *src, const nfi_stats_src *less, nfi_statw *w, nf_err *err)
{
    nf_status s = NF_OK;
    unsigned char before[16] = {0}; /* the id of the last entry of src */
    char name[80];
    reader *r = nfi_calloc(2, sizeof *r), *all = r, *gone = r + 1;

    if (!r)
        return nfi_oom(err, "the ledger");
    NF_GO(nfi_window_open(&all->w, src->file, "LEDG", src->name, err));
    NF_GO(nfi_window_open(&gone->w, less->file, "LEDG", less->name, err));
    NF_GO(next(all, src, err));
    NF_GO(next(gone, less, err));
    while (!all->end || !gone->end) {
        int d = gone->end ? -1 : all->end ? 1 : by_key(&all->e, &gone->e, NULL);
        if (d > 0) { /* keys begin with ids: another text of this one would stand beside it */
            bool other =
                has_id(&gone->e) && (memcmp(before, gone->e.key, 16) == 0 || (!all->end && memcmp(all->e.key, gone->e.key, 16) == 0));
            s = NF_FAIL_AT(err, NF_EDATA, src->name, 0, "%s was %s, so it cannot be forgotten", name_of(name, &gone->e),
                           other ? "counted with another text" : "never counted");
            goto out;
        }
        memcpy(before, all->e.key, sizeof before);
        if (d == 0)
            NF_GO(next(gone, less, err));
        else if (w)
            nfi_statw_ledger(w, &all->e);
        NF_GO(next(all, src, err));
    }
out:
    nfi_window_close(&all->w);
    nfi_window_close(&gone->w);
    nfi_free(r);
    return s;
}
