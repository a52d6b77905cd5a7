/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * part_coding.c - how a model gives frames to sentences.
 *
 *   FRAM  bytes  lines key=value: cut, micro_f1, sentences
 *   FRAW  f64    NFI_CODING_INPUTS weights of each class: coding.h
 */
#include "models/coding.h"
#include "models/part.h"

#include "base/try.h"
#include "models/meta.h"

#include <math.h>
#include <string.h>

static void put(const nf_model *m, nfi_secw *w)
{
    const nfi_coding *c = m->coding;
    nfi_buf b = {0};

    if (!c)
        return;
    nfi_meta_put_number(&b, "cut=", c->cut);
    nfi_meta_put_number(&b, "micro_f1=", c->micro_f1);
    nfi_meta_put_number(&b, "sentences=", (double)c->sentences);
    if (!nfi_buf_ok(&b))
        nfi_secw_oom(w, "frames of sentences");
    nfi_secw_section(w, "FRAM", NFI_BYTES, false, b.p, b.n);
    nfi_secw_section(w, "FRAW", NFI_F64, false, c->w, m->nclasses * NFI_CODING_INPUTS);
    nfi_buf_clear(&b);
}

static bool in_range(const double *v, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        if (!(fabs(v[i]) <= NFI_CODING_MAX))
            return false;
    return true;
}

static nf_status get(nf_model *m, nf_err *err)
{
    const char *name = nfi_secr_name(m->file);
    const void *there, *w;
    uint64_t bytes, n;
    nfi_meta meta;
    nfi_coding x;

    NF_TRY(nfi_secr_get(m->file, "FRAM", NFI_BYTES, false, &there, &bytes, err));
    NF_TRY(nfi_secr_get(m->file, "FRAW", NFI_F64, there != NULL, &w, &n, err));
    if (!there)
        return w ? NF_FAIL_AT(err, NF_EMODEL, name, 0, "damaged or hostile model: section FRAW without FRAM") : NF_OK;
    if (n != (uint64_t)m->nclasses * NFI_CODING_INPUTS || !in_range(w, n))
        return NF_FAIL_AT(err, NF_EMODEL, name, 0, "damaged or hostile model: section FRAW is not %d weights a class, or not in range",
                          NFI_CODING_INPUTS);
    if (!m->codebook || m->multi)
        return NF_FAIL_AT(err, NF_EMODEL, name, 0, "damaged or hostile model: section FRAM goes with a codebook and one label");
    NF_TRY(nfi_meta_get(&meta, m->file, "FRAM", err));
    NF_TRY(nfi_meta_number(&meta, "cut", -NFI_CODING_MAX, NFI_CODING_MAX, &x.cut, err));
    NF_TRY(nfi_meta_number(&meta, "micro_f1", 0, 1, &x.micro_f1, err));
    NF_TRY(nfi_meta_count(&meta, "sentences", 0, UINT64_C(1) << 53, &x.sentences, err));
    NF_TRY(nfi_coding_new(m, err));
    memcpy(m->coding->w, w, (size_t)n * sizeof *m->coding->w);
    m->coding->cut = x.cut;
    m->coding->micro_f1 = x.micro_f1;
    m->coding->sentences = x.sentences;
    return NF_OK;
}

static void clear(nf_model *m)
{
    if (m->coding)
        nfi_free(m->coding->w);
    nfi_free(m->coding);
    m->coding = NULL;
}

const nfi_part nfi_part_coding = {.tag = {"FRAM", "FRAW", NULL}, .put = put, .get = get, .clear = clear};
