/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seen.c - which texts were met before. */
#include "features/seen.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/sort.h"
#include "base/try.h"

uint64_t nfi_text_hash(nf_str text)
{
    uint64_t h = text.n ? nfi_xxh64(text.p, text.n) : 0;
    return text.n && h == 0 ? 1 : h;
}

nf_status nf_seen_new(nf_seen **out, nf_err *err)
{
    nf_seen *s = nfi_calloc(1, sizeof *s);
    if (!s)
        return nfi_oom(err, "hashes of texts");
    *out = s;
    return NF_OK;
}

void nf_seen_free(nf_seen *s)
{
    if (s)
        nfi_free(s->hash);
    nfi_free(s);
}

nf_status nf_seen_watch(void *seen, const nf_batch *b, nf_err *err)
{
    nf_seen *s = seen;

    NF_TRY(nfi_grow(&s->hash, &s->cap, s->n + b->n, sizeof *s->hash, err));
    for (size_t i = 0; i < b->n; i++) {
        s->hash[s->n] = nfi_text_hash(b->docs[i].text);
        s->n += s->hash[s->n] != 0;
    }
    return NF_OK;
}

nf_status nf_seen_settle(nf_seen *s, nf_err *err)
{
    nf_status st = NF_OK;
    size_t n = 0;
    nfi_kv *kv = nfi_alloc(s->n, sizeof *kv);

    if (!kv)
        return nfi_oom(err, "hashes of texts");
    for (size_t i = 0; i < s->n; i++)
        kv[i] = (nfi_kv){s->hash[i], 0, 0};
    st = nfi_sort_kv(kv, s->n, err);
    for (size_t i = 0; st == NF_OK && i < s->n; i++)
        if (i == 0 || kv[i].key != kv[i - 1].key)
            s->hash[n++] = kv[i].key;
    if (st == NF_OK)
        s->n = n;
    nfi_free(kv);
    return st;
}

size_t nf_seen_size(const nf_seen *s) { return s->n; }

bool nf_seen_has(const nf_seen *s, nf_str text)
{
    uint64_t h = nfi_text_hash(text);
    size_t at = nfi_lower_bound(s->hash, s->n, h);

    return h != 0 && at < s->n && s->hash[at] == h;
}
