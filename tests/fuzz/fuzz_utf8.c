/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as text: decoding covers them exactly, repair gives valid UTF-8 and changes valid UTF-8 in nothing. */
#include "base/try.h"
#include "base/utf8.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *s = (const char *)data;
    nfi_buf b = {0}, again = {0}, w = {0};
    size_t valid = nfi_utf8_valid_prefix(s, size), at = 0;
    uint64_t replaced = nfi_utf8_repair(&b, s, size), bad = 0;

    while (at < size) {
        uint32_t cp;
        size_t len = nfi_utf8_decode(s + at, size - at, &cp);
        char back[4];
        NF_ASSERT(len >= 1 && len <= 4 && len <= size - at && cp <= 0x10ffff && !(cp >= 0xd800 && cp < 0xe000));
        bool same = nfi_utf8_encode(back, cp) == len && memcmp(back, s + at, len) == 0;
        NF_ASSERT(same || cp == 0xfffd);
        NF_ASSERT(same == (nfi_utf8_valid_prefix(s + at, len) == len));
        NF_ASSERT(same ? at != valid || at == size : at >= valid);
        bad += !same;
        at += len;
    }
    NF_ASSERT(at == size && bad == replaced && (bad == 0) == (valid == size));
    NF_ASSERT(nfi_buf_ok(&b) && nfi_utf8_valid_prefix(b.p, b.n) == b.n);
    NF_ASSERT(nfi_utf8_repair(&again, b.p, b.n) == 0 && again.n == b.n && (b.n == 0 || memcmp(again.p, b.p, b.n) == 0));
    nfi_cp1252_to_utf8(&w, s, size);
    NF_ASSERT(nfi_utf8_valid_prefix(w.p, w.n) == w.n);
    nfi_buf_clear(&b);
    nfi_buf_clear(&again);
    nfi_buf_clear(&w);
    return 0;
}
