/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * part_calibration.c - a model's calibration (calibrate.h) in its file. All sections are there, or none.
 *
 *   CALB  bytes  "key=value\n" lines, keys rising: documents, how, method, power, temperature
 *   CALO  f64    offset of each class
 *   CALE  u64    end of each class in CALP      CALP  f32   ln p of the own class of each document, rising within a class
 */
#include "models/meta.h"
#include "models/part.h"

#include "base/try.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void put(const nf_model *m, nfi_secw *w)
{
    const nfi_calibration *c = m->calibration;
    nfi_buf b = {0};

    if (!c)
        return;
    nfi_meta_put_number(&b, "documents=", (double)c->documents);
    nfi_meta_put_text(&b, "how=", c->how);
    nfi_meta_put_text(&b, "method=", c->k->name);
    nfi_meta_put_number(&b, "power=", c->power);
    nfi_meta_put_number(&b, "temperature=", c->temperature);
    if (!nfi_buf_ok(&b))
        nfi_secw_oom(w, "calibration");
    nfi_secw_section(w, "CALB", NFI_BYTES, false, b.p, b.n);
    nfi_secw_section(w, "CALO", NFI_F64, false, c->bias, c->nclasses);
    nfi_secw_section(w, "CALE", NFI_U64, false, c->end, c->nclasses);
    nfi_secw_section(w, "CALP", NFI_F32, false, c->own_log_p, (size_t)c->documents);
    nfi_buf_clear(&b);
}

static nf_status bad(const nf_model *m, const char *what, nf_err *err)
{
    return NF_FAIL_AT(err, NF_EMODEL, nfi_secr_name(m->file), 0, "damaged or hostile model: %s", what);
}

static const char *fault_of(const nfi_calibration *c)
{
    uint64_t at = 0;

    for (size_t k = 0; k < c->nclasses; k++) {
        if (!isfinite(c->bias[k]) || fabs(c->bias[k]) > 1e6)
            return "an offset of the calibration is out of range";
        if (c->end[k] < at || c->end[k] > c->documents)
            return "section CALE does not rise to the length of CALP";
        for (uint64_t i = at; i < c->end[k]; i++)
            if (!(c->own_log_p[i] >= -71.0f && c->own_log_p[i] <= 0.0f) || (i > at && c->own_log_p[i] < c->own_log_p[i - 1]))
                return "section CALP is out of range or order";
        at = c->end[k];
    }
    return at == c->documents ? NULL : "section CALE does not rise to the length of CALP";
}

static nf_status read(nf_model *m, nfi_calibration **out, nf_err *err)
{
    const void *bias, *end, *own;
    uint64_t nbias, nend, nown, documents;
    char name[32];
    nfi_meta meta;
    nfi_calibration *c = NULL;
    nf_status s = NF_OK;

    NF_TRY(nfi_meta_get(&meta, m->file, "CALB", err));
    NF_TRY(nfi_secr_get(m->file, "CALO", NFI_F64, true, &bias, &nbias, err));
    NF_TRY(nfi_secr_get(m->file, "CALE", NFI_U64, true, &end, &nend, err));
    NF_TRY(nfi_secr_get(m->file, "CALP", NFI_F32, true, &own, &nown, err));
    NF_TRY(nfi_meta_text(&meta, "method", name, sizeof name, err));
    const nfi_calibrator *k = nfi_calibrator_find(name);
    if (!k || !k->fit)
        return bad(m, "it names a calibration that this program does not have", err);
    NF_TRY(nfi_meta_count(&meta, "documents", NFI_LEAST_CALIBRATION, UINT32_MAX, &documents, err));
    if (nbias != m->nclasses || nend != m->nclasses || nown != documents)
        return bad(m, "sections CALO, CALE and CALP do not match", err);
    NF_TRY(nfi_calibration_new(&c, m->nclasses, documents, err));
    c->k = k;
    memcpy(c->bias, bias, m->nclasses * sizeof *c->bias);
    memcpy(c->end, end, m->nclasses * sizeof *c->end);
    memcpy(c->own_log_p, own, (size_t)documents * sizeof *c->own_log_p);
    NF_GO(nfi_meta_text(&meta, "how", c->how, sizeof c->how, err));
    NF_GO(nfi_meta_number(&meta, "temperature", NFI_LEAST_TEMPERATURE, 1.0 / NFI_LEAST_TEMPERATURE, &c->temperature, err));
    NF_GO(nfi_meta_number(&meta, "power", NFI_LEAST_POWER, NFI_MOST_POWER, &c->power, err));
    const char *fault = fault_of(c);
    if (fault) {
        s = bad(m, fault, err);
        goto out;
    }
    *out = c;
    c = NULL;
out:
    nfi_calibration_free(c);
    return s;
}

static nf_status get(nf_model *m, nf_err *err)
{
    static const struct {
        const char *tag;
        nfi_elem type;
    } all[] = {{"CALB", NFI_BYTES}, {"CALO", NFI_F64}, {"CALE", NFI_U64}, {"CALP", NFI_F32}};
    bool any = false;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const void *p;
        uint64_t n;
        NF_TRY(nfi_secr_get(m->file, all[i].tag, all[i].type, false, &p, &n, err));
        any |= p != NULL;
    }
    return any ? read(m, &m->calibration, err) : NF_OK;
}

static void clear(nf_model *m)
{
    nfi_calibration_free(m->calibration);
    m->calibration = NULL;
}

const nfi_part nfi_part_calibration = {{"CALB", "CALO", "CALE", "CALP"}, put, get, clear};
