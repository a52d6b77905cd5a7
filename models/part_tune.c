/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * part_tune.c - what was tried before the settings of a model were chosen: section TUNE, text, a line a candidate, the chosen one first,
 * fields separated by one blank: classifier weighting ngrams smoothing cost right documents macro_f1 min_df lead. Labels do not depend on
 * it.
 */
#include "models/part.h"

#include "base/try.h"
#include "base/utf8.h"

enum { MOST = 1 << 16 };

static void put(const nf_model *m, nfi_secw *w)
{
    if (m->tuned.n)
        nfi_secw_section(w, "TUNE", NFI_BYTES, false, m->tuned.p, m->tuned.n);
}

static nf_status get(nf_model *m, nf_err *err)
{
    const void *p;
    uint64_t n;

    NF_TRY(nfi_secr_get(m->file, "TUNE", NFI_BYTES, false, &p, &n, err));
    if (!p)
        return NF_OK;
    const char *text = p;
    bool fine = n > 0 && n <= MOST && nfi_utf8_valid_prefix(text, (size_t)n) == n && text[n - 1] == '\n';
    for (size_t i = 0; fine && i < n; i++)
        fine = text[i] == '\n' || ((unsigned char)text[i] >= 0x20 && text[i] != 0x7f);
    if (!fine)
        return NF_FAIL_AT(err, NF_EMODEL, nfi_secr_name(m->file), 0,
                          "damaged or hostile model: section TUNE is no table of what was tried");
    m->tuned = (nf_str){text, (size_t)n};
    return NF_OK;
}

static void clear(nf_model *m)
{
    (void)m; /* of the file, or of the arena */
}

const nfi_part nfi_part_tune = {.tag = {"TUNE"}, .put = put, .get = get, .clear = clear};
