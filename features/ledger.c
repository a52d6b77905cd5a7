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

static void put_hash(unsigned char *dst, nfi_hash128 h)
{
    for (int i = 0; i < 8; i++) {
        dst[i] = (unsigned char)(h.hi >> (56 - 8 * i));
        dst[8 + i] = (unsigned char)(h.lo >> (56 - 8 * i));
    }
}

nf_status nfi_ledger_add(nfi_ledger *l, const nf_batch *b, nf_err *err)
{
    NF_TRY(nfi_grow(&l->e, &l->cap, l->n + b->n, sizeof *l->e, err));
    for (size_t i = 0; i < b->n; i++) {
        const nf_doc *d = &b->docs[i];
        nfi_ledger_entry *e = &l->e[l->n];
        nf_str text = d->text;
        if (d->title.n) {
            l->text.n = 0;
            nfi_buf_put(&l->text, d->title.p, d->title.n);
            nfi_buf_putc(&l->text, '\n');
            nfi_buf_put(&l->text, d->text.p, d->text.n);
            if (!nfi_buf_ok(&l->text))
                return nfi_oom(err, "the ledger");
            text = (nf_str){l->text.p, l->text.n};
        }
        put_hash(e->key, nfi_xxh128(d->id.p, d->id.n));
        put_hash(e->key + 16, nfi_xxh128(text.p, text.n));
        size_t n = d->id.n <= NFI_LEDGER_ID ? d->id.n : nfi_utf8_valid_prefix(d->id.p, NFI_LEDGER_ID);
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

nf_status nfi_ledger_sort(nfi_ledger *l, nf_err *err)
{
    NF_TRY(nfi_sort(l->e, l->n, sizeof *l->e, by_key, NULL, err));
    for (size_t i = 1; i < l->n; i++)
        if (by_key(&l->e[i - 1], &l->e[i], NULL) == 0)
            return NF_FAIL(err, NF_EDATA, "document \"%.*s\" is there twice with the same text", (int)l->e[i].id.n, l->e[i].id.p);
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
    if ((r->n > 0 && memcmp(r->e.key, key, sizeof key) >= 0) || n > NFI_LEDGER_ID)
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
            if (d == 0) {
                s = NF_FAIL_AT(err, NF_EDATA, src[i].name, 0, "document \"%.*s\" was counted already, with the same text, in %s",
                               (int)r[i].e.id.n, r[i].id, src[least].name);
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
