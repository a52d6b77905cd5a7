/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hash.h - hashing of short keys under a secret. Tables in memory are keyed by a per-object random secret so that hostile text cannot
 * aim at one slot; nothing that leaves the program may depend on it. Checksums and content hashes use XXH3 (fixed, stable on disk).
 */
#ifndef NFI_HASH_H
#define NFI_HASH_H

#include "base/num.h"

#include <stddef.h>
#include <stdint.h>

#include "newsframe/status.h"

typedef struct nfi_secret {
    uint64_t a, b;
} nfi_secret;

nfi_secret nfi_secret_random(void); /* getrandom(); falls back to address and clock bits, never fails */

/* 64x64 -> 128 multiply, halves folded. */
static inline uint64_t nfi_mum(uint64_t x, uint64_t y)
{
    nfi_u128 m = (nfi_u128)x * y;
    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/* Two words, the common case: tokens up to 16 bytes, and (prefix, word) pairs. */
static inline uint64_t nfi_hash2(uint64_t x, uint64_t y, nfi_secret k)
{
    return nfi_mum(x ^ k.a, y ^ k.b ^ 0x9e3779b97f4a7c15u);
}

typedef struct nfi_hash128 {
    uint64_t lo, hi;
} nfi_hash128;

/* Any bytes, SipHash-1-3 (Aumasson, Bernstein 2012), and its variant of 128 bits. */
uint64_t nfi_siphash(const void *p, size_t n, nfi_secret k);
nfi_hash128 nfi_siphash128(const void *p, size_t n, nfi_secret k);

/* Stable content hashes. */
uint64_t nfi_xxh64(const void *p, size_t n);
nfi_hash128 nfi_xxh128(const void *p, size_t n);

/* SHA-256 in hex with the NUL, 65 bytes: the identity of a file between people. */
void nfi_sha256_hex(char hex[65], const void *p, size_t n);
nf_status nfi_sha256_file(char hex[65], const char *path, nf_err *err) NF_MUST_CHECK;

#endif
