/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seen.h - inside of nf_seen. */
#ifndef NFI_SEEN_H
#define NFI_SEEN_H

#include "newsframe/seen.h"

struct nf_seen {
    uint64_t *hash; /* n, rising after nf_seen_settle() */
    size_t n, cap;
};

uint64_t nfi_text_hash(nf_str text); /* 0 for an empty one only */

#endif
