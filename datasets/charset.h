/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * charset.h - bytes of another encoding into UTF-8, as a stream, by the iconv of the C library. A byte that stands for nothing becomes the
 * byte FF, which is no UTF-8: it is found, counted and repaired where invalid UTF-8 is.
 */
#ifndef NFI_CHARSET_H
#define NFI_CHARSET_H

#include "base/buf.h"

typedef struct nfi_charset nfi_charset;
/* NF_EINVAL for a name that iconv does not know, with those that come closest; NF_ENOMEM. */
nf_status nfi_charset_open(nfi_charset **out, const char *name, nf_err *err) NF_MUST_CHECK;
/*
 * Appends p[0..n) in UTF-8. *used: how much was taken; what is left is the beginning of a character. last: nothing follows, all is taken.
 */
nf_status nfi_charset_feed(nfi_charset *c, nfi_buf *out, const char *p, size_t n, bool last, size_t *used, nf_err *err) NF_MUST_CHECK;
void nfi_charset_close(nfi_charset *c); /* NULL is fine */

/* All at once. */
nf_status nfi_charset_whole(nfi_buf *out, const char *name, const char *p, size_t n, nf_err *err) NF_MUST_CHECK;

/* The encoding that a byte order mark says, with the bytes of the mark in *mark; NULL without one. */
const char *nfi_charset_of_mark(const char *p, size_t n, size_t *mark);

#endif
