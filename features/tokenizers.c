/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tokenizers.c - the table of tokenisers; the first is the default. */
#include "features/token.h"

#include <string.h>

const nfi_tokenizer *const nfi_tokenizers[] = {&nfi_tok_news, &nfi_tok_sklearn, NULL};

const nfi_tokenizer *nfi_tokenizer_find(const char *name)
{
    for (size_t i = 0; nfi_tokenizers[i]; i++)
        if (strcmp(nfi_tokenizers[i]->name, name) == 0)
            return nfi_tokenizers[i];
    return NULL;
}
