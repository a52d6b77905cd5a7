/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * meta.h - settings in a section of a model file: lines "key=value", keys rising. Readers find a fault in what is missing, too long, not
 * UTF-8, has control characters, or is out of range: NF_EMODEL with the key.
 */
#ifndef NFI_META_H
#define NFI_META_H

#include "base/buf.h"
#include "base/section.h"

void nfi_meta_put_text(nfi_buf *b, const char *key_and_sign, const char *value); /* "key=" */
void nfi_meta_put_number(nfi_buf *b, const char *key_and_sign, double value);

/* A section that was read; borrowed from the file. */
typedef struct nfi_meta {
    const char *p, *file;
    size_t n;
} nfi_meta;
nf_status nfi_meta_get(nfi_meta *out, const nfi_secr *file, const char tag[4], nf_err *err) NF_MUST_CHECK;
nf_status nfi_meta_text(const nfi_meta *m, const char *key, char *dst, size_t cap, nf_err *err) NF_MUST_CHECK;
nf_status nfi_meta_number(const nfi_meta *m, const char *key, double lo, double hi, double *out, nf_err *err) NF_MUST_CHECK;
nf_status nfi_meta_count(const nfi_meta *m, const char *key, uint64_t lo, uint64_t hi, uint64_t *out, nf_err *err) NF_MUST_CHECK;

#endif
