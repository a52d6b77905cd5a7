/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inspect_near.c - near copies for nf_inspect(): what newsframe dedup finds with its defaults, among the first documents alone, since it
 * holds 4 bytes a word. The limits are fixed, so that the report does not depend on the machine.
 */
#include "features/inspect.h"

#include "base/try.h"

#include <string.h>

#define MEMORY ((uint64_t)1 << 30)

void nfi_keep_name(char dst[64], nf_str s)
{
    size_t n = s.n < 63 ? s.n : 63;

    while (n > 0 && n < s.n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
        n--;
    if (n)
        memcpy(dst, s.p, n);
    dst[n] = '\0';
}

nf_status nfi_near_init(nfi_near *x, const nf_inspect_opts *o, nf_err *err)
{
    nf_dedup_opts opts = {.ignore_dates = true, .tokenizer = o->text.tokenizer, .threads = o->threads, .memory = MEMORY};

    return o->no_near ? NF_OK : nf_dedup_new(&x->d, &opts, err);
}

nf_status nfi_near_add(nfi_near *x, const nf_batch *b, nf_err *err)
{
    nf_batch some = *b;

    if (!x->d || x->full)
        return NF_OK;
    if (some.n > NF_INSPECT_NEAR - x->n) {
        some.n = NF_INSPECT_NEAR - x->n;
        x->full = true;
    }
    NF_TRY(nfi_grow(&x->id, &x->cap, x->n + some.n, sizeof *x->id, err));
    nf_err why = {0};
    nf_status s = nf_dedup_add(x->d, &some, &why);
    if (s == NF_ELIMIT) { /* long texts: those before are enough */
        x->full = true;
        return NF_OK;
    }
    if (s != NF_OK) {
        if (err)
            *err = why;
        return s;
    }
    for (size_t i = 0; i < some.n; i++)
        nfi_keep_name(x->id[x->n + i], some.docs[i].id);
    x->n += some.n;
    return NF_OK;
}

nf_status nfi_near_report(const nfi_near *x, nf_inspection *r, nf_err *err)
{
    nf_groups g = {0};

    if (!x->d)
        return NF_OK;
    NF_TRY(nf_dedup_groups(&g, x->d, err));
    r->near_looked = x->n;
    r->near_full = x->full;
    r->near = g.near;
    for (size_t i = 0; i < g.n && !r->near_id[0]; i++)
        if (g.rank[i] > 1 && g.similarity[i] < 1.0f) {
            memcpy(r->near_id, x->id[i], sizeof r->near_id);
            memcpy(r->near_of, x->id[g.first[i]], sizeof r->near_of);
        }
    nf_groups_clear(&g);
    return NF_OK;
}

void nfi_near_clear(nfi_near *x)
{
    nf_dedup_free(x->d);
    nfi_free(x->id);
    *x = (nfi_near){0};
}
