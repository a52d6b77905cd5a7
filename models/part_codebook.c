/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * part_codebook.c - the codebook a model was trained with, and how.
 *
 *   CDBK  bytes  the codebook as JSON (newsframe-codebook(5))
 *   CDBM  bytes  key=value: strength, strength_how
 */
#include "models/part.h"

#include "base/limits.h"
#include "base/try.h"
#include "features/codebook.h"
#include "models/meta.h"
#include "models/seeds.h"

#include <stdio.h>

static void put(const nf_model *m, nfi_secw *w)
{
    if (!m->codebook)
        return;
    nfi_secw_section(w, "CDBK", NFI_BYTES, false, m->codebook_json.p, m->codebook_json.n);
    nfi_secw_section(w, "CDBM", NFI_BYTES, false, m->codebook_meta.p, m->codebook_meta.n);
}

static nf_status keep(nf_model *m, nfi_buf *b, nf_str *out, nf_err *err)
{
    const char *p = nfi_buf_ok(b) ? nfi_arena_copy(&m->arena, b->p, b->n) : NULL;

    *out = (nf_str){p, b->n};
    nfi_buf_clear(b);
    return p ? NF_OK : nfi_oom(err, "a codebook");
}

nf_status nfi_model_codebook(nf_model *m, const nf_codebook *cb, double strength, const char *how, nf_err *err)
{
    nfi_buf json = {0}, meta = {0};

    nfi_codebook_write(cb, &json);
    NF_TRY(keep(m, &json, &m->codebook_json, err));
    nfi_meta_put_number(&meta, "strength=", strength);
    nfi_meta_put_text(&meta, "strength_how=", how);
    NF_TRY(keep(m, &meta, &m->codebook_meta, err));
    m->seed_strength = strength;
    snprintf(m->seed_strength_how, sizeof m->seed_strength_how, "%s", how);
    return nf_codebook_parse(&m->codebook, m->codebook_json.p, m->codebook_json.n, "the codebook", err);
}

static nf_status get(nf_model *m, nf_err *err)
{
    const void *p;
    uint64_t n;
    nfi_meta meta;

    NF_TRY(nfi_secr_get(m->file, "CDBK", NFI_BYTES, false, &p, &n, err));
    if (!p)
        return NF_OK;
    nf_err why = {0};
    nf_status s = n > NFI_MAX_CODEBOOK ? NF_EFORMAT : nf_codebook_parse(&m->codebook, p, (size_t)n, nfi_secr_name(m->file), &why);
    if (s == NF_ENOMEM)
        return nfi_oom(err, "a codebook");
    if (s != NF_OK)
        return NF_FAIL_AT(err, NF_EMODEL, nfi_secr_name(m->file), 0, "damaged or hostile model: its codebook: %s",
                          why.msg[0] ? why.msg : "too long");
    NF_TRY(nfi_meta_get(&meta, m->file, "CDBM", err));
    m->codebook_json = (nf_str){p, (size_t)n};
    m->codebook_meta = (nf_str){meta.p, meta.n};
    NF_TRY(nfi_meta_number(&meta, "strength", 0, NFI_MAX_SEED_STRENGTH, &m->seed_strength, err));
    return nfi_meta_text(&meta, "strength_how", m->seed_strength_how, sizeof m->seed_strength_how, err);
}

static void clear(nf_model *m)
{
    nf_codebook_free(m->codebook);
    m->codebook = NULL;
}

const nfi_part nfi_part_codebook = {.tag = {"CDBK", "CDBM"}, .put = put, .get = get, .clear = clear};
