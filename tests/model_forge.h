/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_forge.h - a model file written again with right checksums and something wrong in it. */
#ifndef MODEL_FORGE_H
#define MODEL_FORGE_H

#include "base/buf.h"
#include "base/mem.h"
#include "base/section.h"

#include <string.h>

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

/* p: the bytes of a valid file, 64-byte aligned. False when it is none, or memory ran out. */
static inline bool forge_open(forge *f, const void *p, size_t n)
{
    nfi_secr *r;
    uint64_t count, bytes;

    *f = (forge){0};
    if (nfi_secr_from_memory(&r, p, n, "model", 'M', 1, NULL) != NF_OK)
        return false;
    for (; nfi_secr_entry(r, f->n, f->s[f->n].tag, &f->s[f->n].type, &count, &bytes); f->n++) {
        forge_section *s = &f->s[f->n];
        const void *data = NULL;
        s->bytes = (size_t)bytes;
        s->count = (size_t)count;
        s->critical = strcmp(s->tag, "TDOC") != 0 && strcmp(s->tag, "TMNY") != 0 && strcmp(s->tag, "TMDC") != 0;
        s->p = nfi_alloc(s->bytes + 64, 1);
        if (!s->p || nfi_secr_get(r, s->tag, s->type, true, &data, &count, NULL) != NF_OK) {
            nfi_secr_close(r);
            return false;
        }
        memset(s->p, 0, s->bytes + 64);
        if (s->bytes)
            memcpy(s->p, data, s->bytes);
    }
    nfi_secr_close(r);
    return true;
}

static inline forge_section *forge_find(forge *f, const char *tag)
{
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->s[i].tag, tag) == 0)
            return &f->s[i];
    return NULL;
}

/* The contents of a section become count elements at p. */
static inline bool forge_put(forge_section *s, const void *p, size_t count)
{
    size_t bytes = count * nfi_elem_size(s->type);
    unsigned char *fresh = nfi_alloc(bytes + 64, 1);
    if (!fresh)
        return false;
    memset(fresh, 0, bytes + 64);
    if (bytes)
        memcpy(fresh, p, bytes);
    nfi_free(s->p);
    s->p = fresh;
    s->bytes = bytes;
    s->count = count;
    return true;
}

static inline nf_status forge_write(const forge *f, const char *path, uint16_t major, nf_err *err)
{
    nfi_secw *w;
    nf_status s = nfi_secw_open(&w, path, 'M', major, 0, err);
    if (s != NF_OK)
        return s;
    for (size_t i = 0; i < f->n; i++)
        if (!f->s[i].omit)
            nfi_secw_section(w, f->s[i].tag, f->s[i].type, f->s[i].critical, f->s[i].p, f->s[i].count);
    return nfi_secw_commit(w, err);
}

#endif
