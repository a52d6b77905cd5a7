/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sha256.c - SHA-256 through libmd. */
#include "base/hash.h"

#include "base/io.h"
#include "base/mem.h"
#include "base/try.h"

#include <sha2.h>

static void hex_of(char hex[65], SHA2_CTX *ctx)
{
    static const char digit[] = "0123456789abcdef";
    uint8_t sum[SHA256_DIGEST_LENGTH];

    SHA256Final(sum, ctx);
    for (size_t i = 0; i < sizeof sum; i++) {
        hex[2 * i] = digit[sum[i] >> 4];
        hex[2 * i + 1] = digit[sum[i] & 15];
    }
    hex[64] = '\0';
}

void nfi_sha256_hex(char hex[65], const void *p, size_t n)
{
    SHA2_CTX ctx;

    SHA256Init(&ctx);
    SHA256Update(&ctx, p, n);
    hex_of(hex, &ctx);
}

nf_status nfi_sha256_file(char hex[65], const char *path, nf_err *err)
{
    enum { BLOCK = 1 << 16 };
    nfi_in *in;
    SHA2_CTX ctx;
    size_t got = 0;
    nf_status s;

    NF_TRY(nfi_in_open(&in, path, err));
    char *block = nfi_alloc(BLOCK, 1);
    s = block ? NF_OK : nfi_oom(err, "a checksum");
    SHA256Init(&ctx);
    while (s == NF_OK && (s = nfi_in_read(in, block, BLOCK, &got, err)) == NF_OK && got > 0)
        SHA256Update(&ctx, (const uint8_t *)block, got);
    if (s == NF_OK)
        hex_of(hex, &ctx);
    nfi_free(block);
    nfi_in_close(in);
    return s;
}
