/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick.c - ids given on the command line or in a file, sorted, and which of them were met. */
#include "cli/pick.h"

#include "base/io.h"
#include "base/mem.h"
#include "base/sort.h"
#include "base/try.h"
#include "base/utf8.h"

#include <string.h>

enum { SHOWN = 5 };
#define MOST_BYTES ((uint64_t)64 << 20)

typedef struct nfi_picked {
    nf_str id;
    bool met;
} picked;

static int by_bytes(const nf_str *a, const nf_str *b)
{
    int order = memcmp(a->p, b->p, a->n < b->n ? a->n : b->n);
    return order ? order : a->n < b->n ? -1 : a->n > b->n;
}

static int by_id(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    return by_bytes(&((const picked *)a)->id, &((const picked *)b)->id);
}

static nf_status add(nfi_pick *p, size_t *cap, const char *s, size_t n, nf_err *err)
{
    NF_TRY(nfi_grow(&p->v, cap, p->n + 1, sizeof *p->v, err));
    p->v[p->n++] = (picked){.id = {s, n}};
    return NF_OK;
}

static nf_status add_lines(nfi_pick *p, size_t *cap, const char *path, nf_err *err)
{
    size_t n = 0;

    NF_TRY(nfi_read_file(&p->file, &n, path, MOST_BYTES, err));
    for (const char *s = (const char *)p->file + nfi_utf8_mark(p->file, n), *end = (const char *)p->file + n, *next; s < end; s = next) {
        const char *nl = memchr(s, '\n', (size_t)(end - s));
        size_t len = (size_t)((nl ? nl : end) - s);
        next = nl ? nl + 1 : end;
        len -= len > 0 && s[len - 1] == '\r';
        if (len)
            NF_TRY(add(p, cap, s, len, err));
    }
    return NF_OK;
}

nf_status nfi_pick_open(nfi_pick *p, const nfi_pick_opts *o, nf_err *err)
{
    nfi_pick x = {.some = o->only.n > 0 || o->from};
    nf_status s = NF_OK;
    size_t cap = 0, kept = 0;

    for (size_t i = 0; i < o->only.n; i++)
        NF_GO(add(&x, &cap, o->only.v[i], strlen(o->only.v[i]), err));
    if (o->from)
        NF_GO(add_lines(&x, &cap, o->from, err));
    NF_GO(nfi_sort(x.v, x.n, sizeof *x.v, by_id, NULL, err));
    for (size_t i = 0; i < x.n; i++)
        if (i == 0 || by_bytes(&x.v[kept - 1].id, &x.v[i].id) != 0)
            x.v[kept++] = x.v[i];
    x.n = kept;
    *p = x;
    x = (nfi_pick){0};
out:
    nfi_pick_clear(&x);
    return s;
}

bool nfi_pick_takes(nfi_pick *p, nf_str id)
{
    size_t lo = 0, hi = p->n;

    if (!p->some)
        return true;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int order = by_bytes(&p->v[mid].id, &id);
        if (order == 0) {
            p->met += !p->v[mid].met;
            p->v[mid].met = true;
            return true;
        }
        if (order < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}

int nfi_pick_report(const nfi_pick *p, nfi_cli *cli)
{
    size_t shown = 0, missing = p->n - p->met;

    if (p->some && p->met == 0)
        return nfi_cli_end(cli, NFI_EXIT_DATA, "no document has an id that is asked for; --id names the column of ids");
    for (size_t i = 0; i < p->n && shown < SHOWN; i++) {
        char id[200];
        if (p->v[i].met)
            continue;
        nfi_escape(id, sizeof id, p->v[i].id.p, p->v[i].id.n);
        nfi_cli_warn(cli, "no document has the id \"%s\"", id);
        shown++;
    }
    if (missing > shown)
        nfi_cli_warn(cli, "nor have any %zu more of the ids asked for", missing - shown);
    return NFI_EXIT_OK;
}

void nfi_pick_clear(nfi_pick *p)
{
    nfi_free(p->v);
    nfi_free(p->file);
    *p = (nfi_pick){0};
}
