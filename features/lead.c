/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lead.c - the words of the beginning of a document, marked. */
#include "features/lead.h"

#include <string.h>

void nfi_lead_mark(nfi_tokbuf *to, const nfi_tokbuf *from, size_t n, const nfi_stop *stop)
{
    char word[NFI_MAX_TOKEN] = {NFI_LEAD_MARK};

    to->ntok = 0;
    to->nbytes = 0;
    for (size_t i = 0; i < n; i++) {
        const nfi_token *t = &from->tok[i];
        const char *p = (const char *)from->bytes + t->off;
        if (t->n >= NFI_MAX_TOKEN || nfi_stop_has(stop, p, t->n))
            continue;
        memcpy(word + 1, p, t->n);
        nfi_tok_emit(to, word, t->n + 1);
    }
}
