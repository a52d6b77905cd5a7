/* SPDX-License-Identifier: GPL-3.0-or-later */
/* meta.c - settings in a section of a model file. */
#include "models/meta.h"

#include "base/num.h"
#include "base/try.h"
#include "base/utf8.h"

#include <string.h>

void nfi_meta_put_number(nfi_buf *b, const char *key, double v)
{
    char tmp[32];
    nfi_buf_puts(b, key);
    nfi_buf_put(b, tmp, nfi_format_shortest(tmp, v));
    nfi_buf_putc(b, '\n');
}

void nfi_meta_put_text(nfi_buf *b, const char *key, const char *v)
{
    nfi_buf_puts(b, key);
    nfi_buf_puts(b, v);
    nfi_buf_putc(b, '\n');
}

nf_status nfi_meta_get(nfi_meta *out, const nfi_secr *file, const char tag[4], nf_err *err)
{
    const void *p;
    uint64_t n;

    NF_TRY(nfi_secr_get(file, tag, NFI_BYTES, true, &p, &n, err));
    *out = (nfi_meta){p, nfi_secr_name(file), (size_t)n};
    return NF_OK;
}

static nf_status bad(const nfi_meta *m, const char *key, const char *what, nf_err *err)
{
    return NF_FAIL_AT(err, NF_EMODEL, m->file, 0, "damaged or hostile model: setting \"%s\" is %s", key, what);
}

/* Value of a key, as [*v, *v + *n). */
static bool value_of(const nfi_meta *m, const char *key, const char **v, size_t *n)
{
    size_t k = strlen(key);
    for (const char *p = m->p, *end = m->p + m->n; p < end;) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        if (!nl)
            return false;
        if ((size_t)(nl - p) > k && memcmp(p, key, k) == 0 && p[k] == '=') {
            *v = p + k + 1;
            *n = (size_t)(nl - *v);
            return true;
        }
        p = nl + 1;
    }
    return false;
}

nf_status nfi_meta_text(const nfi_meta *m, const char *key, char *dst, size_t cap, nf_err *err)
{
    const char *v;
    size_t n;

    bool fine = value_of(m, key, &v, &n) && n < cap && nfi_utf8_valid_prefix(v, n) == n;
    for (size_t i = 0; fine && i < n; i++)
        fine = (unsigned char)v[i] >= 0x20 && v[i] != 0x7f;
    if (!fine)
        return bad(m, key, "missing or malformed", err);
    memcpy(dst, v, n);
    dst[n] = '\0';
    return NF_OK;
}

nf_status nfi_meta_number(const nfi_meta *m, const char *key, double lo, double hi, double *out, nf_err *err)
{
    char text[40];

    NF_TRY(nfi_meta_text(m, key, text, sizeof text, err));
    if (!nfi_parse_double(text, strlen(text), out) || *out < lo || *out > hi)
        return bad(m, key, "out of range", err);
    return NF_OK;
}

nf_status nfi_meta_count(const nfi_meta *m, const char *key, uint64_t lo, uint64_t hi, uint64_t *out, nf_err *err)
{
    double v;

    NF_TRY(nfi_meta_number(m, key, (double)lo, (double)hi, &v, err));
    *out = (uint64_t)v;
    return (double)*out == v ? NF_OK : bad(m, key, "not a whole number", err);
}
