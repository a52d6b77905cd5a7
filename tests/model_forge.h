/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_forge.h - a model file written again with right checksums and something wrong in it. */
#ifndef MODEL_FORGE_H
#define MODEL_FORGE_H

#include "models_kit.h"

#include "base/mem.h"
#include "base/section.h"

#include <string.h>

static unsigned char *forge_image; /* the file of the model at hand, 64-byte aligned: forge_keep() */
static size_t forge_size;

/* Sections of a file, owned and open to changes. */
typedef struct forge_section {
    char tag[5];
    nfi_elem type;
    bool critical, omit;
    unsigned char *p;
    size_t bytes, count;
} forge_section;
typedef struct forge {
    forge_section s[80];
    size_t n;
} forge;

static inline void forge_clear(forge *f)
{
    for (size_t i = 0; i < f->n; i++)
        nfi_free(f->s[i].p);
    *f = (forge){0};
}

/* The file of m (freed) is what forges are made from. */
static inline void forge_keep(nf_model *m)
{
    char *p = mk_bytes(m, &forge_size);

    nf_model_free(m);
    nfi_free(forge_image);
    forge_image = nfi_alloc_aligned(forge_size, 1);
    ck_assert_ptr_nonnull(forge_image);
    memcpy(forge_image, p, forge_size);
    free(p);
}

static inline void forge_drop(void)
{
    nfi_free(forge_image);
    forge_image = NULL;
}

/* The sections of the file as they are; ends the forge before. */
static inline forge *forge_fresh(void)
{
    static forge f;
    nfi_secr *r;
    uint64_t count, bytes;

    forge_clear(&f);
    nft_ok(nfi_secr_from_memory(&r, forge_image, forge_size, "model", 'M', 1, &nft_err));
    for (; nfi_secr_entry(r, f.n, f.s[f.n].tag, &f.s[f.n].type, &count, &bytes); f.n++) {
        forge_section *s = &f.s[f.n];
        const void *data = NULL;
        s->bytes = (size_t)bytes;
        s->count = (size_t)count;
        s->critical = strcmp(s->tag, "TDOC") != 0 && strcmp(s->tag, "TMNY") != 0 && strcmp(s->tag, "TMDC") != 0;
        s->p = nfi_calloc(s->bytes + 64, 1);
        ck_assert_ptr_nonnull(s->p);
        nft_ok(nfi_secr_get(r, s->tag, s->type, true, &data, &count, &nft_err));
        if (s->bytes)
            memcpy(s->p, data, s->bytes);
    }
    nfi_secr_close(r);
    return &f;
}

static inline forge_section *forge_find(forge *f, const char *tag)
{
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->s[i].tag, tag) == 0)
            return &f->s[i];
    return NULL;
}

/* The contents of a section become count elements at p. */
static inline void forge_put(forge_section *s, const void *p, size_t count)
{
    size_t bytes = count * nfi_elem_size(s->type);
    unsigned char *fresh = nfi_calloc(bytes + 64, 1);

    ck_assert_ptr_nonnull(fresh);
    if (bytes)
        memcpy(fresh, p, bytes);
    nfi_free(s->p);
    s->p = fresh;
    s->bytes = bytes;
    s->count = count;
}

/* Writes the file into a fresh folder. */
static inline void forge_write(const forge *f, uint16_t major, char path[NFT_PATH])
{
    char dir[NFT_PATH];
    nfi_secw *w;

    nft_dir(dir);
    snprintf(path, NFT_PATH, "%.400s/m.nfm", dir);
    nft_ok(nfi_secw_open(&w, path, 'M', major, 0, &nft_err));
    for (size_t i = 0; i < f->n; i++)
        if (!f->s[i].omit)
            nfi_secw_section(w, f->s[i].tag, f->s[i].type, f->s[i].critical, f->s[i].p, f->s[i].count);
    nft_ok(nfi_secw_commit(w, &nft_err));
}

static inline nf_status forge_load(nf_model **m, const forge *f, nf_err *err)
{
    char path[NFT_PATH];

    forge_write(f, 1, path);
    return nf_model_load(m, path, err);
}

/* The file is refused with a message that has these words. what: for the message of the test when it is not. */
static inline void forge_refused_as(const forge *f, uint16_t major, const char *what, const char *words)
{
    char path[NFT_PATH];
    nf_model *m;
    void *block;
    nf_err err = {0};
    size_t n;

    forge_write(f, major, path);
    char *p = nft_read(path, &n);
    ck_assert_msg(mk_load(&m, &block, p, n, &err) == NF_EMODEL, "%s is accepted", what);
    ck_assert_msg(strstr(err.msg, words) != NULL, "%s: \"%s\" does not say \"%s\"", what, err.msg, words);
    free(p);
}

static inline void forge_refused(const forge *f, const char *what, const char *words)
{
    forge_refused_as(f, 1, what, words);
}

/* One element of a section becomes v, and the file is refused. */
static inline void forge_element(const char *tag, size_t i, double v, const char *words)
{
    forge *f = forge_fresh();
    forge_section *s = forge_find(f, tag);
    char what[64];

    ck_assert_uint_lt(i, s->count);
    snprintf(what, sizeof what, "%s[%zu] = %g", tag, i, v);
    switch (s->type) {
    case NFI_BYTES:
        s->p[i] = (unsigned char)v;
        break;
    case NFI_U16:
        memcpy(s->p + 2 * i, &(uint16_t){(uint16_t)v}, 2);
        break;
    case NFI_U32:
        memcpy(s->p + 4 * i, &(uint32_t){(uint32_t)v}, 4);
        break;
    case NFI_U64:
        memcpy(s->p + 8 * i, &(uint64_t){v < 1.8e19 ? (uint64_t)v : UINT64_MAX}, 8);
        break;
    case NFI_F32:
        memcpy(s->p + 4 * i, &(float){(float)v}, 4);
        break;
    default:
        memcpy(s->p + 8 * i, &v, 8);
    }
    forge_refused(f, what, words);
}

#endif
