/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model_check.c - is what stands in a model file good to use? Millions of values are looked at whenever a model is loaded, so the loops
 * carry their verdict along instead of branching on every value; built at -O3.
 */
#include "models/model.h"

#include "base/par.h"
#include "base/utf8.h"

#include <math.h>
#include <string.h>

bool nfi_check_strings(const uint64_t *end, uint64_t n, const char *bytes, uint64_t nbytes, size_t max, unsigned char least)
{
    uint64_t a = 0, prev = 0;

    for (uint64_t i = 0; i < n; i++) {
        if (end[i] <= a || end[i] > nbytes || end[i] - a > max)
            return false;
        if (i > 0) {
            size_t x = (size_t)(a - prev), y = (size_t)(end[i] - a);
            int d = memcmp(bytes + prev, bytes + a, x < y ? x : y);
            if (d > 0 || (d == 0 && x >= y))
                return false;
        }
        prev = a;
        a = end[i];
    }
    if (a != nbytes)
        return false;
    bool bad = false;
    for (uint64_t k = 0; k < nbytes; k++)
        bad |= ((unsigned char)bytes[k] < least) | (bytes[k] == 0x7f);
    bool split = false; /* is a string cut within a character? */
    for (uint64_t i = 0; i + 1 < n; i++)
        split |= ((unsigned char)bytes[end[i]] & 0xc0) == 0x80;
    return !bad && !split && nfi_utf8_valid_prefix(bytes, (size_t)nbytes) == nbytes;
}

bool nfi_check_f64(const double *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(v[i]) || fabs(v[i]) > 1e12)
            return false;
    return true;
}

static bool check_f32(const float *v, size_t n)
{
    uint32_t bad = 0;

    for (size_t i = 0; i < n; i++) {
        int32_t u;
        memcpy(&u, &v[i], sizeof u);
        bad |= (u & 0x7fffffff) >= 0x5368d4a5; /* |v| >= 1e12, an infinity or NaN */
    }
    return !bad;
}

static const char *check_words(const nf_model *m, uint64_t entries)
{
    size_t stride = (size_t)m->stride;
    uint32_t most = 0;

    (void)entries;
    for (size_t i = 0; i < m->n * stride; i++)
        most = m->seq[i] > most ? m->seq[i] : most;
    if (most > m->nwords)
        return "a term names a word that does not exist";
    if (m->seq[0] == 0)
        return "an empty term"; /* any other is out of order */
    if (stride == 2) { /* the usual one: both words are one number */
        uint64_t prev = 0;
        uint32_t bad = 0;
        for (size_t t = 0; t < m->n; t++) {
            uint64_t now = (uint64_t)m->seq[2 * t] << 32 | m->seq[2 * t + 1];
            bad |= now <= prev;
            prev = now;
        }
        return bad ? "terms are not in order" : NULL;
    }
    for (size_t t = 0; t < m->n; t++) {
        const uint32_t *s = m->seq + t * stride;
        size_t k = 0;
        for (size_t i = 1; i < stride; i++)
            if (s[i] && !s[i - 1])
                return "a term names a word that does not exist";
        while (t > 0 && k < stride && s[k] == s[k - stride])
            k++;
        if (t > 0 && (k == stride || s[k - stride] > s[k]))
            return "terms are not in order";
    }
    return NULL;
}

/*
 * Classes are in range and rise within a term: the places where a class does not rise must all be first entries of terms, so that both are
 * counted.
 */
static bool check_classes(const nf_model *m, uint64_t n)
{
    uint64_t falls = 0, starts = 0;
    uint16_t most = 0;

    for (uint64_t e = 0; e < n; e++)
        most = m->cls[e] > most ? m->cls[e] : most;
    for (uint64_t e = 1; e < n; e++)
        falls += m->cls[e] <= m->cls[e - 1];
    for (size_t t = 1; t < m->n; t++) {
        uint64_t e = m->ptr[t];
        starts += e > m->ptr[t - 1] && e < n && m->cls[e] <= m->cls[e - 1]; /* entries lie on both sides of e; each e counts once */
    }
    return (n == 0 || most < m->nclasses) && falls == starts;
}

bool nfi_check_docs(const nf_model *m, uint64_t entries)
{
    uint64_t many = 0;

    for (uint64_t e = 0; e < entries; e++)
        many += m->doc[e] == NFI_MANY;
    for (size_t i = 0; i < m->nmany; i++)
        if (m->many[i] >= entries || (i > 0 && m->many[i] <= m->many[i - 1]) || m->doc[m->many[i]] != NFI_MANY ||
            m->many_docs[i] < NFI_MANY)
            return false;
    return many == m->nmany;
}

/* ---- the checks of all terms, side by side; what is said is the fault of the first of them in this order ---- */

typedef struct checks {
    const nf_model *m;
    uint64_t entries;
    const char *fault[6];
} checks;

static const char *check_idf(const nf_model *m, uint64_t entries)
{
    (void)entries;
    return check_f32(m->idf, m->n) ? NULL : "an idf is not finite";
}

static const char *check_weights(const nf_model *m, uint64_t entries)
{
    return check_f32(m->base, m->n) && check_f32(m->w, (size_t)entries) ? NULL : "a weight is not finite";
}

static const char *check_offsets(const nf_model *m, uint64_t entries)
{
    uint64_t bad = 0;

    (void)entries;
    for (size_t t = 0; t < m->n; t++) /* a fall is a huge difference */
        bad |= m->ptr[t + 1] - m->ptr[t] > m->nclasses;
    return bad ? "offsets of terms are not in order" : NULL;
}

static const char *check_frequencies(const nf_model *m, uint64_t entries)
{
    uint64_t bad = 0;

    (void)entries;
    for (size_t t = 0; t < m->n; t++)
        bad |= (m->df[t] == 0) | (m->df[t] > m->documents) | (m->idf[t] < 0.0f);
    return bad ? "a document frequency is out of range" : NULL;
}

static const char *check_entries(const nf_model *m, uint64_t entries)
{
    if (m->ptr[0] != 0 || m->ptr[m->n] != entries)
        return "offsets of terms do not match the weights";
    return check_classes(m, entries) ? NULL : "a class number is out of range or order";
}

static nf_status check_one(void *ctx, size_t i, int worker, nf_err *err)
{
    static const char *(*const check[])(const nf_model *, uint64_t) = {check_idf,     check_weights,     check_words,
                                                                       check_offsets, check_frequencies, check_entries};
    checks *c = ctx;

    (void)worker;
    (void)err;
    c->fault[i] = check[i](c->m, c->entries);
    return NF_OK;
}

const char *nfi_check_terms(const nf_model *m, uint64_t entries)
{
    enum { SIDE_BY_SIDE = 1 << 16 }; /* terms; fewer are not worth a thread */
    checks c = {.m = m, .entries = entries};
    size_t n = sizeof c.fault / sizeof *c.fault;

    (void)!nfi_par_chunks(n, m->n < SIDE_BY_SIDE ? 1 : nfi_par_threads(0), check_one, &c, NULL); /* none of them fails */
    for (size_t i = 0; i < n; i++)
        if (c.fault[i])
            return c.fault[i];
    return NULL;
}
