/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * part_seen.c - hashes of texts that a model was trained on, for a warning when it is judged on them.
 *
 *   SEEN  u64  the least MAX_SEEN of the hashes (XXH64 of the text), rising; and so a sample that does not depend on the order of the
 *              documents: below the greatest of them, when there are MAX_SEEN, all are there
 */
#include "models/part.h"

#include "base/try.h"
#include "features/seen.h"

#include <string.h>

enum { MAX_SEEN = 4096 };

nf_status nf_model_remember(nf_model *m, const nf_seen *s, nf_err *err)
{
    size_t n = s->n < MAX_SEEN ? s->n : MAX_SEEN;
    uint64_t *p = nfi_arena_alloc(&m->arena, n * sizeof *p + 1);

    if (!p)
        return nfi_oom(err, "hashes of texts");
    if (n)
        memcpy(p, s->hash, n * sizeof *p);
    m->seen = p;
    m->nseen = n;
    return NF_OK;
}

size_t nf_model_remembered(const nf_model *m) { return m->nseen; }

bool nf_model_has_seen(const nf_model *m, nf_str text)
{
    nf_seen s = {(uint64_t *)(uintptr_t)m->seen, m->nseen, 0};
    return nf_seen_has(&s, text);
}

static void put(const nf_model *m, nfi_secw *w)
{
    if (m->nseen)
        nfi_secw_section(w, "SEEN", NFI_U64, false, m->seen, m->nseen);
}

static nf_status get(nf_model *m, nf_err *err)
{
    const void *p;
    uint64_t n;

    NF_TRY(nfi_secr_get(m->file, "SEEN", NFI_U64, false, &p, &n, err));
    const uint64_t *hash = p;
    bool fine = n <= MAX_SEEN;
    for (uint64_t i = 0; fine && i < n; i++)
        fine = hash[i] > (i ? hash[i - 1] : 0);
    if (!fine)
        return NF_FAIL_AT(err, NF_EMODEL, nfi_secr_name(m->file), 0, "damaged or hostile model: hashes of texts are not in order");
    m->seen = hash;
    m->nseen = (size_t)n;
    return NF_OK;
}

static void clear(nf_model *m) { (void)m; }

const nfi_part nfi_part_seen = {.tag = {"SEEN"}, .put = put, .get = get, .clear = clear};
