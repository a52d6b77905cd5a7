/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clean_lines_file.c - the line table as a file. The format, as in newsframe-lines(5):
 *
 * A section container of kind 'L' (base/section.h), version 1.0, all sections critical.
 *
 *   META  bytes  version=1: of how lines are cut into words
 *   SRCE  u64    end of each source in SRCB; sources rise by bytes, the empty one is that of documents without a source
 *   SRCB  bytes
 *   SDOC  u64    documents of each source
 *   LKEY  u64    two numbers a line, rising by (source, high, low): high and low half of its key
 *   LSRC  u32    source of each line
 *   LDOC  u64    documents of the source that have the line
 */
#include "features/clean_lines.h"

#include "base/section.h"
#include "base/sort.h"
#include "base/try.h"
#include "base/utf8.h"
#include "datasets/str.h"

#include <string.h>

enum { MAJOR = 1, MINOR = 0 };

typedef struct row {
    nfi_hash128 key;
    uint64_t docs;
    uint32_t source; /* rank by name */
} row;

static int by_source_and_key(const void *a, const void *b, void *ctx)
{
    const row *x = a, *y = b;

    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return nfi_by_line_key(&x->key, &y->key, ctx);
}

static int by_name(const void *a, const void *b, void *ctx)
{
    const nfi_line_source *src = ctx;
    return nfi_str_cmp(src[*(const uint32_t *)a].name, src[*(const uint32_t *)b].name);
}

static const char meta[] = "version=1\n";

nf_status nf_lines_save(const nf_lines *t, const char *path, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_secw *w = NULL;
    uint64_t end = 0;
    size_t n = 0;
    row *r = nfi_alloc(t->n, sizeof *r);
    uint32_t *rank = nfi_alloc(t->nsrc, sizeof *rank), *order = nfi_alloc(t->nsrc, sizeof *order);

    if (!r || !rank || !order) {
        s = nfi_oom(err, "a line table");
        goto out;
    }
    for (size_t i = 0; i < t->nsrc; i++)
        order[i] = (uint32_t)i;
    NF_GO(nfi_sort(order, t->nsrc, sizeof *order, by_name, t->src, err));
    for (size_t i = 0; i < t->nsrc; i++)
        rank[order[i]] = (uint32_t)i;
    for (size_t i = 0; i < t->cap; i++)
        if (t->e[i].source)
            r[n++] = (row){t->e[i].key, t->e[i].docs, rank[t->e[i].source - 1]};
    NF_GO(nfi_sort(r, n, sizeof *r, by_source_and_key, NULL, err));
    NF_GO(nfi_secw_open(&w, path, 'L', MAJOR, MINOR, err));
    nfi_secw_section(w, "META", NFI_BYTES, true, meta, sizeof meta - 1);
    nfi_secw_begin(w, "SRCE", NFI_U64, true);
    for (size_t i = 0; i < t->nsrc; i++) {
        end += t->src[order[i]].name.n;
        nfi_secw_put(w, &end, sizeof end);
    }
    nfi_secw_end(w);
    nfi_secw_begin(w, "SRCB", NFI_BYTES, true);
    for (size_t i = 0; i < t->nsrc; i++)
        nfi_secw_put(w, t->src[order[i]].name.p, t->src[order[i]].name.n);
    nfi_secw_end(w);
    nfi_secw_begin(w, "SDOC", NFI_U64, true);
    for (size_t i = 0; i < t->nsrc; i++)
        nfi_secw_put(w, &t->src[order[i]].docs, sizeof t->src->docs);
    nfi_secw_end(w);
    nfi_secw_begin(w, "LKEY", NFI_U64, true);
    for (size_t i = 0; i < n; i++)
        nfi_secw_put(w, (const uint64_t[]){r[i].key.hi, r[i].key.lo}, 16);
    nfi_secw_end(w);
    nfi_secw_begin(w, "LSRC", NFI_U32, true);
    for (size_t i = 0; i < n; i++)
        nfi_secw_put(w, &r[i].source, sizeof r->source);
    nfi_secw_end(w);
    nfi_secw_begin(w, "LDOC", NFI_U64, true);
    for (size_t i = 0; i < n; i++)
        nfi_secw_put(w, &r[i].docs, sizeof r->docs);
    nfi_secw_end(w);
    s = nfi_secw_commit(w, err);
out:
    nfi_free(r);
    nfi_free(rank);
    nfi_free(order);
    return s;
}

/* What a file says, borrowed from it. */
typedef struct view {
    const uint64_t *end, *docs, *key, *count;
    const char *names;
    const uint32_t *source;
    uint64_t nsrc, nbytes, n;
} view;

static nf_status look(const nfi_secr *f, view *v, nf_err *err)
{
    static const char *const known[] = {"META", "SRCE", "SRCB", "SDOC", "LKEY", "LSRC", "LDOC"};
    const char *name = nfi_secr_name(f);
    uint64_t n[7];
    const void *p[7];
    static const nfi_elem type[] = {NFI_BYTES, NFI_U64, NFI_BYTES, NFI_U64, NFI_U64, NFI_U32, NFI_U64};

    NF_TRY(nfi_secr_check_known(f, known, 7, err));
    for (int i = 0; i < 7; i++)
        NF_TRY(nfi_secr_get(f, known[i], type[i], true, &p[i], &n[i], err));
    if (n[0] != sizeof meta - 1 || memcmp(p[0], meta, sizeof meta - 1) != 0)
        return NF_FAIL_AT(err, NF_EMODEL, name, 0, "made by another version of newsframe: learn the lines again");
    *v = (view){p[1], p[3], p[4], p[6], p[2], p[5], n[1], n[2], n[5]};
    if (n[3] != v->nsrc || n[4] / 2 != v->n || n[4] % 2 || n[6] != v->n || v->nsrc >= UINT32_MAX)
        return NF_FAIL_AT(err, NF_EMODEL, name, 0, "damaged or hostile line table: sections have different lengths");
    return NF_OK;
}

static nf_status check(const view *v, const char *name, nf_err *err)
{
    const char *fault = NULL;
    uint64_t at = 0, sum = 0;

    for (uint64_t i = 0; i < v->nsrc && !fault; i++) {
        if (v->end[i] < at || v->end[i] > v->nbytes || v->end[i] - at > NFI_MAX_SOURCE)
            fault = "ends of sources are not in order";
        else if (nfi_utf8_valid_prefix(v->names + at, (size_t)(v->end[i] - at)) != v->end[i] - at)
            fault = "a source is not UTF-8";
        else if (v->docs[i] == 0 || __builtin_add_overflow(sum, v->docs[i], &sum))
            fault = "a source has no documents, or too many";
        else if (i > 0) {
            uint64_t from = i > 1 ? v->end[i - 2] : 0;
            if (nfi_str_cmp((nf_str){v->names + from, (size_t)(at - from)}, (nf_str){v->names + at, (size_t)(v->end[i] - at)}) >= 0)
                fault = "sources are not in order";
        }
        if (!fault)
            at = v->end[i];
    }
    if (!fault && at != v->nbytes)
        fault = "ends of sources do not match their bytes";
    for (uint64_t i = 0; i < v->n && !fault; i++) {
        if (v->source[i] >= v->nsrc || v->count[i] == 0 || v->count[i] > v->docs[v->source[i]])
            fault = "a line has a source that is not there, or more documents than its source";
        else if (i > 0) {
            row a = {{.hi = v->key[2 * i - 2], .lo = v->key[2 * i - 1]}, 0, v->source[i - 1]},
                b = {{.hi = v->key[2 * i], .lo = v->key[2 * i + 1]}, 0, v->source[i]};
            if (by_source_and_key(&a, &b, NULL) >= 0)
                fault = "lines are not in order";
        }
    }
    return fault ? NF_FAIL_AT(err, NF_EMODEL, name, 0, "damaged or hostile line table: %s", fault) : NF_OK;
}

nf_status nf_lines_load(nf_lines **out, const char *path, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_secr *f = NULL;
    nf_lines *t = NULL;
    view v = {0};
    uint64_t at = 0;

    NF_TRY(nfi_secr_open(&f, path, 'L', MAJOR, err));
    NF_GO(look(f, &v, err));
    NF_GO(check(&v, nfi_secr_name(f), err));
    NF_GO(nf_lines_new(&t, err));
    NF_GO(nfi_lines_reserve(t, (size_t)v.n, err));
    for (uint64_t i = 0; i < v.nsrc; i++) {
        uint32_t src;
        NF_GO(nfi_lines_source_of(t, (nf_str){v.names + at, (size_t)(v.end[i] - at)}, &src, err));
        t->src[src - 1].docs = v.docs[i];
        at = v.end[i];
    }
    for (uint64_t i = 0; i < v.n; i++)
        nfi_lines_add_key(t, (nfi_hash128){.hi = v.key[2 * i], .lo = v.key[2 * i + 1]}, v.source[i] + 1, v.count[i]);
    *out = t;
    t = NULL;
out:
    nf_lines_free(t);
    nfi_secr_close(f);
    return s;
}
