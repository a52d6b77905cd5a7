/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_sentence.c - any bytes as a text to cut into units. Bytes 1 to 31, line ends aside, stand for pieces that the rules look at. Stops
 * the process when units do not cover the text, overlap, or leave it.
 */
#include "sentence_kit.h"

#include "base/buf.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nf_units u = {0};
    nfi_buf text = {0};

    for (size_t i = 0; i < size; i++) {
        if (data[i] > 0 && data[i] < 32 && data[i] != '\n' && data[i] != '\r')
            nfi_buf_puts(&text, sk_pieces[data[i]]);
        else
            nfi_buf_putc(&text, (char)data[i]);
    }
    NF_ASSERT(nfi_buf_ok(&text));
    char *exact = nfi_alloc(text.n, 1); /* exactly its bytes: an access behind them is seen */
    NF_ASSERT(exact != NULL);
    if (text.n)
        memcpy(exact, text.p, text.n);
    for (int k = NF_UNIT_PARAGRAPH; k <= NF_UNIT_SENTENCE; k++) {
        NF_ASSERT(nf_units_split(&u, (nf_str){exact, text.n}, NULL, (nf_unit_kind)k, NULL) == NF_OK);
        sk_check((nf_str){exact, text.n}, NULL, &u);
    }
    nf_units_clear(&u);
    nfi_free(exact);
    nfi_buf_clear(&text);
    return 0;
}
