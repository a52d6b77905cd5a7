/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hash.c - SipHash-1-3, secrets, XXH3 wrappers (header-only libxxhash). */
#define _GNU_SOURCE
#include "base/hash.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

nfi_secret nfi_secret_random(void)
{
    nfi_secret k;
    if (getrandom(&k, sizeof k, GRND_NONBLOCK) != (ssize_t)sizeof k) {
        struct timespec t = {0};
        clock_gettime(CLOCK_MONOTONIC, &t);
        k.a = (uint64_t)t.tv_nsec * 0x9e3779b97f4a7c15u ^ (uintptr_t)&k;
        k.b = (uint64_t)t.tv_sec * 0xbf58476d1ce4e5b9u ^ (uintptr_t)&t;
    }
    return k;
}

static inline uint64_t rotl(uint64_t x, int b) { return x << b | x >> (64 - b); }

static inline void sip_round(uint64_t v[4])
{
    v[0] += v[1], v[1] = rotl(v[1], 13) ^ v[0], v[0] = rotl(v[0], 32);
    v[2] += v[3], v[3] = rotl(v[3], 16) ^ v[2];
    v[0] += v[3], v[3] = rotl(v[3], 21) ^ v[0];
    v[2] += v[1], v[1] = rotl(v[1], 17) ^ v[2], v[2] = rotl(v[2], 32);
}

/* The state behind the message; wide: 0xee for a hash of 128 bits, else 0. */
static inline void sip_message(uint64_t v[4], const void *p, size_t n, nfi_secret k, uint64_t wide)
{
    const unsigned char *s = p;
    uint64_t last = (uint64_t)n << 56;

    v[0] = k.a ^ 0x736f6d6570736575u;
    v[1] = k.b ^ 0x646f72616e646f6du ^ wide;
    v[2] = k.a ^ 0x6c7967656e657261u;
    v[3] = k.b ^ 0x7465646279746573u;

    for (; n >= 8; n -= 8, s += 8) {
        uint64_t m;
        memcpy(&m, s, 8);
        v[3] ^= m;
        sip_round(v);
        v[0] ^= m;
    }
    for (size_t i = 0; i < n; i++)
        last |= (uint64_t)s[i] << (8 * i);
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
}

static inline uint64_t sip_end(uint64_t v[4])
{
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t nfi_siphash(const void *p, size_t n, nfi_secret k)
{
    uint64_t v[4];

    sip_message(v, p, n, k, 0);
    v[2] ^= 0xff;
    return sip_end(v);
}

nfi_hash128 nfi_siphash128(const void *p, size_t n, nfi_secret k)
{
    nfi_hash128 h;
    uint64_t v[4];

    sip_message(v, p, n, k, 0xee);
    v[2] ^= 0xee;
    h.lo = sip_end(v);
    v[1] ^= 0xdd;
    h.hi = sip_end(v);
    return h;
}

uint64_t nfi_xxh64(const void *p, size_t n)
{
    return XXH3_64bits(p, n);
}

nfi_hash128 nfi_xxh128(const void *p, size_t n)
{
    XXH128_hash_t h = XXH3_128bits(p, n);
    return (nfi_hash128){h.low64, h.high64};
}
