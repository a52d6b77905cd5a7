/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tokenizers.c - the table of tokenisers; the first is the default. */
#include "features/token.h"

#include "base/registry.h"

const nfi_tokenizer *const nfi_tokenizers[] = {&nfi_tok_news, &nfi_tok_sklearn, NULL};

const nfi_tokenizer *nfi_tokenizer_find(const char *name)
{
    NFI_RETURN_ROW(nfi_tokenizers, name);
}
