/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes, made valid UTF-8: the repair is valid, no longer, has no mojibake left (but where there are more levels than are undone), and
 * changes nothing where none is found; text that is broken on purpose is found. */
#include "base/try.h"
#include "base/utf8.h"
#include "newsframe/mojibake.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nfi_buf text = {0}, out = {0};
    nf_mojibake found, done;

    nfi_utf8_repair(&text, (const char *)data, size);
    NF_ASSERT(nfi_buf_ok(&text) && nfi_buf_reserve(&out, text.n + 1));
    bool broken = nf_mojibake_find(text.p, text.n, &found);
    size_t n = nf_mojibake_repair(out.p, text.p, text.n, &done);
    NF_ASSERT(broken == (found.runs + found.lost > 0) && broken == (done.runs + done.lost > 0));
    NF_ASSERT(broken ? n < text.n : n == text.n && (n == 0 || memcmp(out.p, text.p, n) == 0));
    NF_ASSERT(nfi_utf8_valid_prefix(out.p, n) == n);
    NF_ASSERT(done.runs + done.lost >= NF_MOJIBAKE_LEVELS || !nf_mojibake_find(out.p, n, NULL));
    if (text.n) {
        NF_ASSERT(nf_mojibake_repair(text.p, text.p, text.n, NULL) == n); /* in place too */
        NF_ASSERT(n == 0 || memcmp(out.p, text.p, n) == 0);
    }
    nfi_buf_clear(&text);
    nfi_buf_clear(&out);
    return 0;
}
