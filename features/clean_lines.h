/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clean_lines.h - inside of the line table, for its file. */
#ifndef NFI_CLEAN_LINES_H
#define NFI_CLEAN_LINES_H

#include "base/arena.h"
#include "features/clean.h"

#define NFI_MAX_SOURCE ((size_t)4096) /* bytes of a source's name */

typedef struct nfi_line_entry {
    nfi_hash128 key;
    uint64_t docs;
    uint32_t source; /* number + 1; 0: a free slot */
} nfi_line_entry;

typedef struct nfi_line_source {
    nf_str name;
    uint64_t key, docs;
} nfi_line_source;

struct nf_lines {
    nfi_line_entry *e; /* cap slots, a power of two */
    size_t n, cap;
    nfi_line_source *src; /* nsrc, in order of arrival */
    size_t nsrc, capsrc;
    uint32_t *slot; /* nslot places, a power of two: number + 1 of a source, 0 is free */
    size_t nslot;
    nfi_arena arena;
    nfi_secret secret;
    nf_cleaner *words; /* for scanning: no rules */
};

/* Order of keys, for nfi_sort(). */
int nfi_by_line_key(const void *a, const void *b, void *ctx);
/* Number + 1 of a source, which is new or not. */
nf_status nfi_lines_source_of(nf_lines *t, nf_str name, uint32_t *out, nf_err *err) NF_MUST_CHECK;
/* Room for so many lines more; nfi_lines_add_key() takes it. */
nf_status nfi_lines_reserve(nf_lines *t, size_t more, nf_err *err) NF_MUST_CHECK;
void nfi_lines_add_key(nf_lines *t, nfi_hash128 key, uint32_t src, uint64_t docs);

#endif
