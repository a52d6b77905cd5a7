/* SPDX-License-Identifier: GPL-3.0-or-later */
/* models_kit.h - a small labelled corpus with marker words, and models of it. */
#ifndef MODELS_KIT_H
#define MODELS_KIT_H

#include "docs_kit.h"

#include "models/model.h"

/* n documents of the classes war, money, talks, home (the first nk of them): two marker words a class, common words, and some rare ones. */
static inline void mk_docs(dk_docs *k, nfi_rng *r, size_t n, size_t nk)
{
    static const char *const label[] = {"war", "money", "talks", "home"};
    static const char *const marker[][2] = {{"troops", "missile"}, {"tax", "budget"}, {"summit", "envoy"}, {"school", "flood"}};
    static const char *const common[] = {"today", "officials", "said", "again", "people", "Monday", "internationalisation", "caf\xc3\xa9"};
    char text[4000];

    for (size_t i = 0; i < n; i++) {
        size_t c = (i + i / 7) % nk, at = 0;
        for (uint64_t w = 4 + nfi_rng_below(r, 30); w > 0; w--) {
            uint64_t kind = nfi_rng_below(r, 4);
            if (kind == 0)
                at += (size_t)snprintf(text + at, sizeof text - at, "%s ",
                                       marker[nfi_rng_below(r, 12) ? c : nfi_rng_below(r, nk)][nfi_rng_below(r, 2)]);
            else if (kind == 1)
                at += (size_t)snprintf(text + at, sizeof text - at, "rare%u ", (unsigned)nfi_rng_below(r, 40));
            else
                at += (size_t)snprintf(text + at, sizeof text - at, "%s ", common[nfi_rng_below(r, sizeof common / sizeof *common)]);
        }
        dk_add_n(k, i % 11 == 10 ? NULL : label[c], i % 3 ? NULL : "Officials said", text, at);
    }
}

static inline nf_model *mk_train_order(const dk_docs *k, const nf_count_opts *count, const nf_train_opts *o, const size_t *order)
{
    char path[NFT_PATH];
    nf_model *m = NULL;

    dk_file(path, k, order);
    nf_counted *c = dk_count(path, count);
    nft_ok(nf_model_train(&m, c, o, &nft_err));
    nf_counted_free(c);
    return m;
}

static inline nf_model *mk_train(const dk_docs *k, const nf_count_opts *count, const nf_train_opts *o)
{
    return mk_train_order(k, count, o, NULL);
}

/* The file of a model (free), *n bytes. */
static inline char *mk_bytes(const nf_model *m, size_t *n)
{
    char dir[NFT_PATH], path[NFT_PATH];

    nft_dir(dir);
    snprintf(path, sizeof path, "%.400s/m.nfm", dir);
    nft_ok(nf_model_save(m, path, &nft_err));
    return nft_read(path, n);
}

/* Loads from a block of exactly n bytes, aligned. On success *block is the caller's, to be freed (nfi_free) after the model. */
static inline nf_status mk_load(nf_model **out, void **block, const void *p, size_t n, nf_err *err)
{
    void *copy = nfi_alloc_aligned_raw(n, 1);
    if (n)
        memcpy(copy, p, n);
    nf_status s = nf_model_from_memory(out, copy, n, "m.nfm", err);
    if (s == NF_OK)
        *block = copy;
    else
        nfi_free(copy);
    return s;
}

#endif
