/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gunzip.h - gzip as a stream of blocks, every checksum and length looked at. */
#ifndef NFI_GUNZIP_H
#define NFI_GUNZIP_H

#include "base/io.h"

#include <stdbool.h>

/* The next bytes of the packed stream, borrowed until the next call; *n == 0 at its end. */
typedef nf_status (*nfi_packed_fn)(void *ctx, const char **p, size_t *n, nf_err *err);

bool nfi_is_gzip(const char *p, size_t n);

typedef struct nfi_gunzip nfi_gunzip;
/* path is for messages, borrowed. NF_ENOMEM; NF_EIO: zlib cannot be opened. */
nf_status nfi_gunzip_new(nfi_gunzip **out, nfi_packed_fn feed, void *ctx, const char *path, nf_err *err) NF_MUST_CHECK;
/*
 * The next bytes, borrowed until the next call; *n == 0 at the end, which is that of the input: members follow each other, and zeros may
 * follow the last. NF_EFORMAT: damaged, cut short, or other bytes behind; also what feed returns.
 */
nf_status nfi_gunzip_read(nfi_gunzip *g, const char **p, size_t *n, nf_err *err) NF_MUST_CHECK;
void nfi_gunzip_free(nfi_gunzip *g);

#endif
