/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as Reuters SGML. */
#include "fuzz/fuzz_docs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_docs("fuzz.sgm", data, size);
    return 0;
}
