/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nft.h - what every test program shares: the runner, scratch folders, seeded random inputs, tolerances. */
#ifndef NFT_H
#define NFT_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "newsframe/matrix.h"

#define NFT_TIGHT 1e-12 /* sums of doubles in another order */
#define NFT_LOOSE 1e-6  /* a result that went through float or six printed digits */
#define NFT_PATH 512    /* bytes of a path made here */

/* A call that must succeed; shows the message when it does not. Needs nothing of its surroundings: expr gets the nf_err as `&nft_err`. */
#define nft_ok(expr)                                                                                                   \
    do {                                                                                                               \
        nf_err nft_err = {0};                                                                                          \
        nf_status nft_s = (expr);                                                                                      \
        ck_assert_msg(nft_s == NF_OK, "%s: %s: %s", #expr, nf_strstatus(nft_s), nft_err.msg);                          \
    } while (0)
/* A call that must fail with this status, and say so in its nf_err with a message. */
#define nft_fails(expr, code_wanted)                                                                                   \
    do {                                                                                                               \
        nf_err nft_err = {0};                                                                                          \
        nf_status nft_s = (expr);                                                                                      \
        ck_assert_msg(nft_s == (code_wanted), "%s: %s instead of %s: %s", #expr, nf_strstatus(nft_s),                  \
                      nf_strstatus(code_wanted), nft_err.msg);                                                         \
        ck_assert_int_eq(nft_err.code, (code_wanted));                                                                 \
        ck_assert_msg(nft_err.msg[0] != '\0', "%s fails without a message", #expr);                                    \
    } while (0)

/*
 * Runs s (taken) after nf_init(), TAP on standard output; CK_FORK=no runs without fork. Prints NFT_SEED when a test fails and removes the
 * scratch folders. Returns what main() returns.
 */
int nft_run(Suite *s);

bool nft_forks(void);  /* tests run in processes of their own; those that stop the process must */
bool nft_limits(void); /* a test may lower RLIMIT_AS: it has its own process, and no sanitizer that needs terabytes */
/* Whether long double has 64 bits of precision here; under valgrind it has not. */
bool nft_long_double(void);

/* Makes a fresh empty folder and writes its path to dst. */
void nft_dir(char dst[NFT_PATH]);
/* Writes a file of n bytes called name into the folder dir, or into a fresh one when dir is NULL; its path goes to dst. */
void nft_file(char dst[NFT_PATH], const char *dir, const char *name, const void *p, size_t n);
/* The same with the bytes of a string. */
void nft_file_str(char dst[NFT_PATH], const char *dir, const char *name, const char *text);
/* A whole file, with a NUL after its *n bytes (n may be NULL); fails the test when it cannot be read. The caller frees it with free(). */
char *nft_read(const char *path, size_t *n);

uint64_t nft_seed(void);                 /* NFT_SEED of the environment, else 1 */
nfi_rng nft_rng(uint64_t index);         /* stream number index of that seed */
int nft_cases(int usual);                /* cases of a property: usual, NFT_TIMES of the environment as many, at most NFT_CASES */
void nft_rand_bytes(nfi_rng *r, void *p, size_t n);
float nft_rand_float(nfi_rng *r);        /* any finite float: all exponents, subnormal numbers and zeros */
double nft_rand_between(nfi_rng *r, double lo, double hi);
/* A valid random matrix, owned; each element is there with probability share, its value in (0, 1]. */
void nft_rand_csr(nf_csr *m, nfi_rng *r, size_t rows, size_t cols, double share);

#endif
