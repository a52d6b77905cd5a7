/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a codebook: refused with a message, or written in one form that reads back as itself; its seeds are counted in its own text.
 */
#include "base/limits.h"
#include "base/try.h"
#include "features/codebook.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nf_codebook *cb = NULL, *again = NULL;
    nf_lexicon *lx = NULL;
    nf_err err = {0};
    nfi_buf one = {0}, two = {0};
    uint64_t count[NFI_MAX_FRAMES], tokens;

    nf_status s = nf_codebook_parse(&cb, (const char *)data, size, "cb", &err);
    if (s != NF_OK) {
        NF_ASSERT(!cb && err.msg[0] && (s == NF_EFORMAT || s == NF_ELIMIT));
        return 0;
    }
    nfi_codebook_write(cb, &one);
    s = nf_codebook_parse(&again, one.p, one.n, "cb", &err);
    NF_ASSERT(s == NF_OK);
    nfi_codebook_write(again, &two);
    NF_ASSERT(one.n == two.n && memcmp(one.p, two.p, one.n) == 0);
    s = nf_lexicon_new(&lx, cb, NULL, &err);
    NF_ASSERT(s == NF_OK || s == NF_EFORMAT);
    if (s == NF_OK) {
        s = nf_codebook_count(lx, nf_codebook_title(cb), (nf_str){one.p, one.n}, count, &tokens, &err);
        NF_ASSERT(s == NF_OK);
        for (size_t f = 0; f < nf_codebook_frames(cb); f++)
            NF_ASSERT(count[f] <= tokens);
        (void)nf_codebook_best(count, nf_codebook_frames(cb));
    }
    nf_lexicon_free(lx);
    nf_codebook_free(cb);
    nf_codebook_free(again);
    nfi_buf_clear(&one);
    nfi_buf_clear(&two);
    return 0;
}
