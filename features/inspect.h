/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inspect.h - the parts of nf_inspect(): one document, lengths, sets of a bounded size, a growth curve, near copies, labels that look
 * alike. */
#ifndef NFI_INSPECT_H
#define NFI_INSPECT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/hash.h"
#include "features/script.h"
#include "newsframe/dedup.h"
#include "newsframe/inspect.h"

/* What one document says by itself. */
typedef struct nfi_facts {
    nf_lang_guess guess;
    nfi_scripts scripts;
    nf_mojibake mojibake;
    nfi_hash128 hash; /* of the text, blanks collapsed */
    nfi_date date[2]; /* by nfi_date_order */
    uint64_t characters, chars, removed_chars;
    bool broken, replaced, has_text, has_date, dated, lines, cuts, all_cut, mixed, two_scripts;
} nfi_facts;
/* number: of the document in the stream. b and cuts: scratch. */
nf_status nfi_look(nfi_facts *f, const nf_inspect_opts *o, const nf_cleaner *clean, const nf_doc *d, uint64_t number, nfi_buf *b,
                   nf_cuts *cuts, nf_err *err) NF_MUST_CHECK;
bool nfi_all_blank(nf_str s);
/* A copy of s in a field of the report, cut at a character. */
void nfi_keep_name(char dst[64], nf_str s);

/* ---- near copies among the first NF_INSPECT_NEAR documents ---- */
typedef struct nfi_near {
    nf_dedup *d; /* NULL: not looked for */
    char (*id)[64];
    size_t n, cap;
    bool full;
} nfi_near;
nf_status nfi_near_init(nfi_near *x, const nf_inspect_opts *o, nf_err *err) NF_MUST_CHECK;
nf_status nfi_near_add(nfi_near *x, const nf_batch *b, nf_err *err) NF_MUST_CHECK;
nf_status nfi_near_report(const nfi_near *x, nf_inspection *r, nf_err *err) NF_MUST_CHECK;
void nfi_near_clear(nfi_near *x);

/* ---- lengths: exact below NF_INSPECT_EXACT, then 64 steps to each doubling ---- */
typedef struct nfi_lengths {
    uint64_t *bin; /* owned */
    uint64_t n, sum, min, max;
} nfi_lengths;
nf_status nfi_lengths_init(nfi_lengths *l, nf_err *err) NF_MUST_CHECK;
void nfi_lengths_clear(nfi_lengths *l);
void nfi_lengths_add(nfi_lengths *l, uint64_t v);
nf_spread nfi_lengths_spread(const nfi_lengths *l);

/* ---- how often each of at most max keys came ---- */
typedef struct nfi_tally_slot {
    uint64_t lo, hi;
    uint64_t n; /* 0: free */
} nfi_tally_slot;
typedef struct nfi_keys {
    nfi_tally_slot *slot; /* owned; cap, a power of two */
    size_t cap, n, max;
    bool full; /* a key came when max were there */
    nfi_secret secret;
} nfi_keys;
void nfi_keys_init(nfi_keys *k, size_t max);
void nfi_keys_clear(nfi_keys *k);
/* *count: how often the key came, this time included; 0 when there was no room for it. */
nf_status nfi_keys_add(nfi_keys *k, nfi_hash128 key, uint64_t *count, nf_err *err) NF_MUST_CHECK;

/* ---- a curve of up to NFI_CURVE points, thinned by half when it is full ---- */
enum { NFI_CURVE = 4096 };
typedef struct nfi_curve {
    uint64_t x[NFI_CURVE], y[NFI_CURVE];
    size_t n;
    uint64_t step, since; /* every step-th point is kept */
} nfi_curve;
void nfi_curve_add(nfi_curve *c, uint64_t x, uint64_t y);
/* y at x, between points by a straight line; the curve begins at (0, 0) and ends at the point (last_x, last_y). */
uint64_t nfi_curve_at(const nfi_curve *c, uint64_t x, uint64_t last_x, uint64_t last_y);

/* ---- labels ---- */
/*
 * Pairs among the first NF_INSPECT_PAIRS labels that are spellings of one: up to NF_INSPECT_VARIANTS into v (caller-allocated), *more gets
 * how many there are beyond. In order of (a, b).
 */
nf_status nfi_label_variants(nf_inspect_variant *v, size_t *n, uint64_t *more, const nf_inspect_label *label, size_t nlabels,
                             nf_err *err) NF_MUST_CHECK;

#endif
