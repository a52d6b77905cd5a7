/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as rows of features, svmlight or Matrix Market. What is accepted is sound, and is written and read as the same. */
#include "base/try.h"
#include "datasets/rows.h"

#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const nf_rows *r)
{
    NF_ASSERT(r->ptr[0] == 0);
    for (size_t i = 0; i < r->rows; i++) {
        NF_ASSERT(r->ptr[i] <= r->ptr[i + 1]);
        for (size_t e = (size_t)r->ptr[i]; e < (size_t)r->ptr[i + 1]; e++) {
            NF_ASSERT(r->idx[e] >= 0 && (size_t)r->idx[e] < r->cols && isfinite(r->val[e]));
            NF_ASSERT(e == (size_t)r->ptr[i] || r->idx[e] > r->idx[e - 1]);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const formats[] = {NULL, "svmlight", "mtx"};

    for (int i = 0; i < 3; i++) {
        nf_rows r = {0};
        nf_err err = {0};
        nf_status s = nfi_rows_read_memory(&r, "fuzz", data, size, formats[i], &err);
        if (s == NF_OK)
            check(&r);
        else
            NF_ASSERT(err.code == s && err.msg[0] != '\0' && strchr(err.msg, '\n') == NULL);
        nf_rows_clear(&r);
    }
    return 0;
}
