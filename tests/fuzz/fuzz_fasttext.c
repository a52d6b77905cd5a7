/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as fastText lines. */
#include "fuzz/fuzz_docs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_docs("fuzz.ft", data, size);
    return 0;
}
