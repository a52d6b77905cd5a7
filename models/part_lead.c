/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * part_lead.c - how many tokens of the beginning of a document are words of their own too (lead.h).
 *
 *   LEAD  u32  that number, above 0; critical, for labels depend on it
 */
#include "models/part.h"

#include "base/try.h"

static void put(const nf_model *m, nfi_secw *w)
{
    if (m->text.lead)
        nfi_secw_section(w, "LEAD", NFI_U32, true, &m->text.lead, 1);
}

static nf_status get(nf_model *m, nf_err *err)
{
    const void *p;
    uint64_t n;

    NF_TRY(nfi_secr_get(m->file, "LEAD", NFI_U32, false, &p, &n, err));
    if (!p)
        return NF_OK;
    const uint32_t *lead = p;
    if (n != 1 || *lead == 0 || *lead > NFI_MAX_LEAD || m->text.lo != 1)
        return NF_FAIL_AT(err, NF_EMODEL, nfi_secr_name(m->file), 0, "damaged or hostile model: section LEAD is out of range");
    m->text.lead = *lead;
    return NF_OK;
}

static void clear(nf_model *m) { (void)m; }

const nfi_part nfi_part_lead = {.tag = {"LEAD"}, .put = put, .get = get, .clear = clear};
