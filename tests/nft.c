/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nft.c - test runner and helpers. A program has one scratch folder, named before any test forks and removed at the end. */
#define _XOPEN_SOURCE 700 /* nftw */
#include "nft.h"

#include "base/num.h"

#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[NFT_PATH / 2];

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
    (void)st;
    (void)flag;
    (void)at;
    return remove(path);
}

int nft_run(Suite *s)
{
    const char *tmp = getenv("TMPDIR");

    nf_init();
    snprintf(root, sizeof root, "%s/nft-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(root)) {
        printf("Bail out! cannot make the folder %s\n", root);
        return EXIT_FAILURE;
    }
    SRunner *r = srunner_create(s);
    srunner_set_tap(r, "-");
    srunner_run_all(r, CK_SILENT);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    if (failed)
        printf("# NFT_SEED=%" PRIu64 "\n", nft_seed());
    nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

bool nft_forks(void)
{
    const char *fork = getenv("CK_FORK");
    return !fork || strcmp(fork, "no") != 0;
}

bool nft_limits(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return false;
#else
    return nft_forks();
#endif
}

bool nft_long_double(void)
{
    volatile long double x = 1, least = 0x1p-63L;
    return x + least != x;
}

void nft_dir(char dst[NFT_PATH])
{
    snprintf(dst, NFT_PATH, "%s/XXXXXX", root);
    ck_assert_msg(mkdtemp(dst) != NULL, "cannot make a folder in %s", root);
}

void nft_file(char dst[NFT_PATH], const char *dir, const char *name, const void *p, size_t n)
{
    char folder[NFT_PATH];

    if (!dir)
        nft_dir(folder);
    int len = snprintf(dst, NFT_PATH, "%s/%s", dir ? dir : folder, name);
    ck_assert_msg(len > 0 && len < NFT_PATH, "the path of %s is too long", name);
    FILE *f = fopen(dst, "wb");
    ck_assert_msg(f != NULL, "cannot create %s", dst);
    size_t done = n ? fwrite(p, 1, n, f) : 0;
    ck_assert_msg(fclose(f) == 0 && done == n, "cannot write %s", dst);
}

void nft_file_str(char dst[NFT_PATH], const char *dir, const char *name, const char *text)
{
    nft_file(dst, dir, name, text, strlen(text));
}

char *nft_read(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    ck_assert_msg(f != NULL, "cannot open %s", path);
    size_t cap = 4096, len = 0, got;
    char *p = malloc(cap);
    while (p && (got = fread(p + len, 1, cap - 1 - len, f)) > 0) {
        len += got;
        if (len == cap - 1)
            p = realloc(p, cap *= 2);
    }
    ck_assert_msg(p != NULL && !ferror(f), "cannot read %s", path);
    fclose(f);
    p[len] = '\0';
    if (n)
        *n = len;
    return p;
}

static uint64_t from_env(const char *name, uint64_t usual)
{
    const char *text = getenv(name);
    uint64_t v;
    return text && nfi_parse_u64(text, strlen(text), &v) ? v : usual;
}

uint64_t nft_seed(void)
{
    return from_env("NFT_SEED", 1);
}

nfi_rng nft_rng(uint64_t index)
{
    return nfi_rng_stream(nft_seed(), NFI_RNG_TEST, index);
}

int nft_cases(int usual)
{
    uint64_t n = (uint64_t)usual * from_env("NFT_TIMES", 1), most = from_env("NFT_CASES", n);
    return (int)(n < most ? n : most);
}

void nft_rand_bytes(nfi_rng *r, void *p, size_t n)
{
    unsigned char *b = p;
    for (size_t i = 0; i < n; i++)
        b[i] = (unsigned char)nfi_rng_next(r);
}

float nft_rand_float(nfi_rng *r)
{
    uint32_t u;
    float f;

    do
        u = (uint32_t)nfi_rng_next(r);
    while ((u & 0x7f800000u) == 0x7f800000u); /* infinite or not a number */
    if (nfi_rng_below(r, 16) == 0)
        u &= nfi_rng_below(r, 2) ? 0x807fffffu : 0x80000000u; /* subnormal, zero */
    memcpy(&f, &u, sizeof f);
    return f;
}

double nft_rand_between(nfi_rng *r, double lo, double hi)
{
    return lo + (hi - lo) * nfi_rng_unit(r);
}

void nft_rand_csr(nf_csr *m, nfi_rng *r, size_t rows, size_t cols, double share)
{
    nft_ok(nf_csr_alloc(m, rows, cols, (int64_t)(rows * cols), &nft_err));
    for (size_t i = 0; i < rows; i++) {
        int64_t e = m->ptr[i];
        for (size_t j = 0; j < cols; j++)
            if (nfi_rng_unit(r) < share) {
                m->idx[e] = (int32_t)j;
                m->val[e++] = 1.0f - (float)nfi_rng_below(r, 1 << 24) * 0x1p-24f;
            }
        m->ptr[i + 1] = e;
    }
}
