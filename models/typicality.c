/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * typicality.c - bounds of what is still like the documents a model was trained on.
 *
 * Two measures of a text: the share of its terms (occurrences, stop words aside) that the model does not know, and the mean rarity of all
 * of them. The rarity of a term is r_t = ln((1 + N) / (1 + df_t)), with df = 0 for the unknown ones: the negative log-likelihood of a term
 * under the documents of the model, but for a constant; and it is idf - 1, which scoring has at hand.
 *
 * Both are found for each sampled document as if it had been left out: N and the df of its terms less one, and the terms that are in no
 * more documents than the rarest that is kept unknown. The spread of a mean depends on how many terms it is of, and within a document terms
 * come together. So the bounds of length L are quantiles over L terms drawn from each document without replacement. A text is held against
 * the greatest L that is not above its length, where means spread wider than at its own. What is drawn depends on the number of the row
 * alone: the same for any number of threads.
 */
#include "models/typicality.h"

#include "base/par.h"
#include "base/rng.h"
#include "base/sort.h"
#include "base/try.h"

#include <math.h>

enum { MOST_ROWS = 2048, SHORTEST = 4, LONGEST_DOC = 16384, BLOCK = 128, SEED = 1, ABOVE = 200 };

typedef struct fitting {
    const nfi_terms *t;
    const nfi_sample *sample;
    size_t rows; /* of the sample, which is in the order of a hash */
    uint32_t least;
    double *unknown, *rarity; /* rows x NFI_TYPICAL_LENGTHS; -1: the document is shorter */
} fitting;

static void draw(const fitting *f, size_t r, float *value, size_t n)
{
    nfi_rng rng = nfi_rng_stream(SEED, NFI_RNG_TYPICAL, r);
    double rarity = 0.0;
    size_t unknown = 0, i = 0;

    for (size_t k = 0; k < NFI_TYPICAL_LENGTHS && n >= (size_t)SHORTEST << k; k++) {
        for (; i < (size_t)SHORTEST << k; i++) {
            size_t j = i + (size_t)nfi_rng_below(&rng, n - i);
            float v = value[j];
            value[j] = value[i];
            unknown += v < 0.0f;
            rarity += fabs((double)v);
        }
        f->unknown[r * NFI_TYPICAL_LENGTHS + k] = (double)unknown / (double)i;
        f->rarity[r * NFI_TYPICAL_LENGTHS + k] = rarity / (double)i;
    }
}

/* Rarities of the terms of a document without it, an element an occurrence; those of unknown terms are negative. */
static size_t spell_out(const fitting *f, size_t r, float *value)
{
    const nfi_sample *s = f->sample;
    double docs = (double)f->t->ndocs;
    size_t n = 0, all = s->length[r];

    for (uint64_t e = s->ptr[r]; e < s->ptr[r + 1]; e++) {
        uint32_t df = f->t->df[s->term[e]];
        if (df <= f->least)
            continue;
        float v = (float)nfi_log(docs / (double)df);
        for (uint32_t k = 0; k < s->tf[e] && n < all; k++)
            value[n++] = v;
    }
    float v = -(float)nfi_log(docs);
    while (n < all)
        value[n++] = v;
    return n;
}

static nf_status fit_block(void *ctx, size_t block, int worker, nf_err *err)
{
    const fitting *f = ctx;
    size_t first = block * BLOCK, end = first + BLOCK < f->rows ? first + BLOCK : f->rows;
    float *value = nfi_alloc(LONGEST_DOC, sizeof *value);

    (void)worker;
    if (!value)
        return nfi_oom(err, "typicality");
    for (size_t r = first; r < end; r++) {
        for (size_t k = 0; k < NFI_TYPICAL_LENGTHS; k++)
            f->unknown[r * NFI_TYPICAL_LENGTHS + k] = -1.0;
        if (f->sample->length[r] <= LONGEST_DOC) /* longer ones are collections rather than texts */
            draw(f, r, value, spell_out(f, r, value));
    }
    nfi_free(value);
    return NF_OK;
}

static int falling(const void *a, const void *b, void *ctx)
{
    const double *x = a, *y = b;
    (void)ctx;
    return *x > *y ? -1 : *x < *y;
}

/* The value that one of ABOVE is above: of n values the (n + 1) / ABOVE-th greatest. */
static nf_status bound(double *v, size_t n, double *out, nf_err *err)
{
    NF_TRY(nfi_sort(v, n, sizeof *v, falling, NULL, err));
    *out = v[(n + 1) / ABOVE - 1];
    return NF_OK;
}

/* Documents of length k: how many there are, with their values in a and b. */
static size_t collect(const fitting *f, size_t k, double *a, double *b)
{
    size_t n = 0;

    for (size_t r = 0; r < f->rows; r++) {
        size_t at = r * NFI_TYPICAL_LENGTHS + k;
        if (f->unknown[at] < 0.0)
            continue;
        a[n] = f->unknown[at];
        b[n++] = f->rarity[at];
    }
    return n;
}

nf_status nfi_typicality_fit(nfi_typicality **out, const nfi_terms *t, const nfi_sample *sample, int threads, nf_err *err)
{
    size_t rows = sample->n < MOST_ROWS ? sample->n : MOST_ROWS, blocks = (rows + BLOCK - 1) / BLOCK;
    fitting f = {.t = t, .sample = sample, .rows = rows};
    nfi_typicality x = {0};
    nf_status s = NF_OK;

    *out = NULL;
    if (rows < NFI_LEAST_TYPICAL || !sample->length)
        return NF_OK;
    for (size_t i = 0; i < t->n; i++)
        f.least = i == 0 || t->df[i] < f.least ? t->df[i] : f.least;
    double *a = nfi_alloc(rows, sizeof *a), *b = nfi_alloc(rows, sizeof *b);
    f.unknown = nfi_alloc(rows * NFI_TYPICAL_LENGTHS, sizeof *f.unknown);
    f.rarity = nfi_alloc(rows * NFI_TYPICAL_LENGTHS, sizeof *f.rarity);
    if (!a || !b || !f.unknown || !f.rarity) {
        s = nfi_oom(err, "typicality");
        goto out;
    }
    NF_GO(nfi_par_chunks(blocks, nfi_par_threads(threads), fit_block, &f, err));
    for (; x.n < NFI_TYPICAL_LENGTHS; x.n++) {
        size_t n = collect(&f, x.n, a, b);
        if (n < NFI_LEAST_TYPICAL)
            break;
        x.documents = x.n == 0 ? n : x.documents;
        NF_GO(bound(a, n, &x.bound[x.n].unknown, err));
        NF_GO(bound(b, n, &x.bound[x.n].rarity, err));
    }
    if (x.n > 0) {
        if (!(*out = nfi_alloc(1, sizeof **out)))
            s = nfi_oom(err, "typicality");
        else
            **out = x;
    }
out:
    nfi_free(a);
    nfi_free(b);
    nfi_free(f.unknown);
    nfi_free(f.rarity);
    return s;
}

bool nfi_is_untypical(const nfi_typicality *x, uint64_t length, uint64_t unknown, double rarity)
{
    size_t k = 0;

    if (length < SHORTEST)
        return false;
    while (k + 1 < x->n && length >= (uint64_t)SHORTEST << (k + 1))
        k++;
    return (double)unknown > x->bound[k].unknown * (double)length || rarity > x->bound[k].rarity * (double)length;
}
