/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SipHash against a slow version written from the paper, content hashes against published values, spread of the short hash. */
#include "nft.h"

#include "base/hash.h"

#include <string.h>

/* A number as 64 bits in an array, lowest first: slow, and nothing in common with the fast one. */
typedef struct word {
    unsigned char bit[64];
} word;

static word from_u64(uint64_t u)
{
    word w;
    for (int i = 0; i < 64; i++)
        w.bit[i] = (unsigned char)(u >> i & 1);
    return w;
}

static uint64_t to_u64(word w)
{
    uint64_t u = 0;
    for (int i = 63; i >= 0; i--)
        u = u * 2 + w.bit[i];
    return u;
}

static word plus(word a, word b)
{
    int carry = 0;
    for (int i = 0; i < 64; i++) {
        int sum = a.bit[i] + b.bit[i] + carry;
        a.bit[i] = (unsigned char)(sum % 2);
        carry = sum / 2;
    }
    return a;
}

static word differ(word a, word b)
{
    for (int i = 0; i < 64; i++)
        a.bit[i] = a.bit[i] != b.bit[i];
    return a;
}

static word turn(word a, int left)
{
    word r;
    for (int i = 0; i < 64; i++)
        r.bit[(i + left) % 64] = a.bit[i];
    return r;
}

/* Figure 2.1 of Aumasson, Bernstein: SipHash (2012). */
static void slow_round(word v[4])
{
    v[0] = plus(v[0], v[1]);
    v[2] = plus(v[2], v[3]);
    v[1] = differ(turn(v[1], 13), v[0]);
    v[3] = differ(turn(v[3], 16), v[2]);
    v[0] = turn(v[0], 32);
    v[2] = plus(v[2], v[1]);
    v[0] = plus(v[0], v[3]);
    v[1] = differ(turn(v[1], 17), v[2]);
    v[3] = differ(turn(v[3], 21), v[0]);
    v[2] = turn(v[2], 32);
}

/* hi: for the other half of the variant of 128 bits; NULL for that of 64. */
static uint64_t slow_siphash_of(const unsigned char *p, size_t n, nfi_secret k, int c, int d, uint64_t *hi)
{
    word k0 = from_u64(k.a), k1 = from_u64(k.b);
    word v[4] = {differ(k0, from_u64(0x736f6d6570736575u)), differ(k1, from_u64(0x646f72616e646f6du)),
                 differ(k0, from_u64(0x6c7967656e657261u)), differ(k1, from_u64(0x7465646279746573u))};

    if (hi)
        v[1] = differ(v[1], from_u64(0xee));
    for (size_t at = 0; at <= n / 8 * 8; at += 8) { /* the last word ends with the length */
        unsigned char m[8] = {0};
        memcpy(m, p + at, n - at < 8 ? n - at : 8);
        if (at + 8 > n)
            m[7] = (unsigned char)n;
        uint64_t u = 0;
        for (int i = 7; i >= 0; i--)
            u = u << 8 | m[i];
        v[3] = differ(v[3], from_u64(u));
        for (int i = 0; i < c; i++)
            slow_round(v);
        v[0] = differ(v[0], from_u64(u));
    }
    v[2] = differ(v[2], from_u64(hi ? 0xee : 0xff));
    for (int i = 0; i < d; i++)
        slow_round(v);
    uint64_t h = to_u64(differ(differ(v[0], v[1]), differ(v[2], v[3])));
    if (hi) {
        v[1] = differ(v[1], from_u64(0xdd));
        for (int i = 0; i < d; i++)
            slow_round(v);
        *hi = to_u64(differ(differ(v[0], v[1]), differ(v[2], v[3])));
    }
    return h;
}

static uint64_t slow_siphash(const unsigned char *p, size_t n, nfi_secret k, int c, int d)
{
    return slow_siphash_of(p, n, k, c, d, NULL);
}

START_TEST(slow_version_gives_the_value_of_the_paper)
{
    unsigned char m[15];
    for (int i = 0; i < 15; i++)
        m[i] = (unsigned char)i;
    /* Appendix A: SipHash-2-4, key 00..0f, message 00..0e */
    ck_assert_uint_eq(slow_siphash(m, 15, (nfi_secret){0x0706050403020100u, 0x0f0e0d0c0b0a0908u}, 2, 4), 0xa129ca6149be45e5u);
    /* The first vector of 128 bits of its authors: no message, the same key */
    uint64_t hi, lo = slow_siphash_of(m, 0, (nfi_secret){0x0706050403020100u, 0x0f0e0d0c0b0a0908u}, 2, 4, &hi);
    ck_assert_uint_eq(lo, 0xe6a825ba047f81a3u);
    ck_assert_uint_eq(hi, 0x930255c71472f66du);
}
END_TEST

START_TEST(siphash_equals_the_slow_version)
{
    nfi_rng r = nft_rng(1);
    unsigned char m[301];

    for (size_t n = 0; n <= 300; n++) {
        nfi_secret k = {nfi_rng_next(&r), nfi_rng_next(&r)};
        nft_rand_bytes(&r, m, sizeof m);
        ck_assert_uint_eq(nfi_siphash(m + n % 2, n, k), slow_siphash(m + n % 2, n, k, 1, 3));
        uint64_t hi, lo = slow_siphash_of(m + n % 2, n, k, 1, 3, &hi);
        nfi_hash128 h = nfi_siphash128(m + n % 2, n, k);
        ck_assert_uint_eq(h.lo, lo);
        ck_assert_uint_eq(h.hi, hi);
    }
    ck_assert_uint_eq(nfi_siphash(NULL, 0, (nfi_secret){0, 0}), slow_siphash((const unsigned char *)"", 0, (nfi_secret){0, 0}, 1, 3));
}
END_TEST

START_TEST(content_hashes_are_the_published_ones)
{
    /* XXH3 of no bytes with seed 0, as its specification tells. */
    ck_assert_uint_eq(nfi_xxh64("", 0), 0x2d06800538d394c2u);
    nfi_hash128 h = nfi_xxh128("", 0);
    ck_assert_uint_eq(h.hi, 0x99aa06d3014798d8u);
    ck_assert_uint_eq(h.lo, 0x6001c324468d497fu);
    h = nfi_xxh128("abc", 3);
    ck_assert_uint_eq(h.hi, 0x06b05ab6733a6185u);
    ck_assert_uint_eq(h.lo, 0x78af5f94892f3950u);
}
END_TEST

START_TEST(secrets_differ)
{
    nfi_secret a = nfi_secret_random(), b = nfi_secret_random();
    ck_assert(a.a != b.a || a.b != b.b);
}
END_TEST

START_TEST(folded_product_is_high_xor_low)
{
    ck_assert_uint_eq(nfi_mum(0, 5), 0);
    ck_assert_uint_eq(nfi_mum(7, 6), 42);
    ck_assert_uint_eq(nfi_mum(UINT64_MAX, UINT64_MAX), UINT64_MAX); /* (2^64-1)^2 = (2^64-2) 2^64 + 1 */
    ck_assert_uint_eq(nfi_mum((uint64_t)1 << 63, 6), 3);
}
END_TEST

START_TEST(short_keys_spread_over_slots)
{
    /* Numbers as text into slots by the low bits. One multiplication is no random function: what counts is that no slot is crowded. */
    enum { SLOTS = 4096, EACH = 24 };
    nfi_rng r = nft_rng(2);

    for (int c = 0; c < 20; c++) {
        nfi_secret k = {nfi_rng_next(&r), nfi_rng_next(&r)};
        int count[SLOTS] = {0}, most = 0;
        for (uint64_t i = 0; i < SLOTS * EACH; i++) {
            uint64_t x = 0;
            for (uint64_t d = i, at = 0; at < 48; d /= 10, at += 8)
                x |= ('0' + d % 10) << at;
            int now = ++count[nfi_hash2(x, 0, k) % SLOTS];
            most = now > most ? now : most;
        }
        ck_assert_int_lt(most, 4 * EACH); /* random slots: 46 */
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("hash");
    TCase *t = tcase_create("hash");
    tcase_set_timeout(t, 30);
    tcase_add_test(t, slow_version_gives_the_value_of_the_paper);
    tcase_add_test(t, siphash_equals_the_slow_version);
    tcase_add_test(t, content_hashes_are_the_published_ones);
    tcase_add_test(t, secrets_differ);
    tcase_add_test(t, folded_product_is_high_xor_low);
    tcase_add_test(t, short_keys_spread_over_slots);
    suite_add_tcase(s, t);
    return nft_run(s);
}
