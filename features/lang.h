/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lang.h - leaving out documents in another language while they are read. */
#ifndef NFI_LANG_H
#define NFI_LANG_H

#include "newsframe/lang.h"

/* Writes the setting: code, or "any" for NULL. NF_EINVAL naming the codes when there is no such language. */
nf_status nfi_language_check(char dst[8], const char *code, nf_err *err) NF_MUST_CHECK;

/*
 * From now on the stream hands out no document told to be in another language than code; those of no language stay. Nothing happens and
 * nothing is read for "any". NF_EIO: fingerprints cannot be read.
 */
nf_status nfi_language_filter(nf_docs *in, const char *code, int threads, nf_err *err) NF_MUST_CHECK;

#endif
