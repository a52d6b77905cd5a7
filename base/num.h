/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * num.h - numbers that are the same on every machine: logarithm and exponential from basic IEEE operations only (glibc's
 * change in the last bit between CPUs with and without FMA), words from bytes, and parsing and printing that no locale can change.
 *
 * log: x = 2^k m with m in [sqrt(1/2), sqrt(2)); s = (m-1)/(m+1); atanh series with the minimax coefficients of fdlibm (Sun 1993), error <
 * 1 ulp. exp: x = k ln2 + r, |r| <= ln2/2; rational form with the minimax coefficients of fdlibm, error < 1 ulp; below -708 the result is
 * 0. Both are branch-free so that loops over them vectorise, and a vector lane has the bits of the scalar call.
 */
#ifndef NFI_NUM_H
#define NFI_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

__extension__ typedef unsigned __int128 nfi_u128; /* products of two words */

static inline uint64_t nfi_bits(double x)
{
    uint64_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}

static inline double nfi_from_bits(uint64_t u)
{
    double x;
    memcpy(&x, &u, sizeof x);
    return x;
}

/* Eight bytes at p, the first one lowest. */
static inline uint64_t nfi_load_le(const unsigned char *p)
{
    uint64_t u;
    memcpy(&u, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    u = __builtin_bswap64(u);
#endif
    return u;
}

/* The top bit of each byte of w that is c; a byte of c ^ 1 above a true one may be marked too, so the lowest mark is sure. */
static inline uint64_t nfi_bytes_equal(uint64_t w, char c)
{
    const uint64_t each = 0x0101010101010101u;
    uint64_t x = w ^ each * (unsigned char)c;

    return (x - each) & ~x & each * 0x80;
}

static inline void nfi_store_le(void *p, uint64_t u)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    u = __builtin_bswap64(u);
#endif
    memcpy(p, &u, 8);
}

/* ln x for normal x > 0. */
static inline double nfi_log(double x)
{
    const uint64_t sqrt_half = 0x3fe6a09e00000000u;
    uint64_t u = nfi_bits(x) + (0x3ff0000000000000u - sqrt_half);
    double k = nfi_from_bits((u >> 52) | 0x4330000000000000u) - (4503599627370496.0 + 1023.0);
    double f = nfi_from_bits((u & 0x000fffffffffffffu) + sqrt_half) - 1.0;
    double s = f / (2.0 + f), z = s * s, w = z * z;
    double t1 = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    double t2 = z * (6.666666666666735130e-01 +
                     w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    double hfsq = 0.5 * f * f;
    return s * (hfsq + (t1 + t2)) + k * 1.90821492927058770002e-10 - hfsq + f + k * 6.93147180369123816490e-01;
}

/* ln x for normal x > 0 within 2 units in the last place: Cephes' polynomial for ln(1 + f) on [sqrt(1/2), sqrt(2)], exponent apart. */
static inline float nfi_log32(float x)
{
    const uint32_t sqrt_half = 0x3f3504f3u;
    uint32_t u, m;
    float f, k, z, p;

    memcpy(&u, &x, sizeof u);
    u += 0x3f800000u - sqrt_half;
    k = (float)((int32_t)(u >> 23) - 127);
    m = (u & 0x007fffffu) + sqrt_half;
    memcpy(&f, &m, sizeof f);
    f -= 1.0f;
    z = f * f;
    p = 7.0376836292e-2f * f - 1.1514610310e-1f;
    p = p * f + 1.1676998740e-1f;
    p = p * f - 1.2420140846e-1f;
    p = p * f + 1.4249322787e-1f;
    p = p * f - 1.6668057665e-1f;
    p = p * f + 2.0000714765e-1f;
    p = p * f - 2.4999993993e-1f;
    p = p * f + 3.3333331174e-1f;
    return (f * z * p + k * -2.12194440e-4f - 0.5f * z) + f + k * 0.693359375f;
}

/* e^x for x <= 709; 0 below -708. */
static inline double nfi_exp(double x)
{
    const double magic = 6755399441055744.0; /* 1.5 * 2^52: adding it rounds to an integer in the low bits */
    double c = x < -708.0 ? -708.0 : x;
    double kd = (c * 1.44269504088896338700 + magic);
    uint64_t kb = nfi_bits(kd);
    double k = kd - magic;
    double hi = c - k * 6.93147180369123816490e-01, lo = k * 1.90821492927058770002e-10, r = hi - lo, z = r * r;
    double p = r - z * (1.66666666666666019037e-01 +
                        z * (-2.77777777770155933842e-03 +
                             z * (6.61375632143793436117e-05 + z * (-1.65339022054652515390e-06 + z * 4.13813679705723846039e-08))));
    double y = 1.0 + ((r * p) / (2.0 - p) - lo + hi);
    double e = nfi_from_bits(nfi_bits(y) + (kb << 52));
    return x < -708.0 ? 0.0 : e;
}

/* ln(sum exp(v[i])) in index order, n >= 1. */
double nfi_logsumexp(const double *v, size_t n);

/* Round half up to a multiple of 2^-32, as an integer; v in [0, 2^30]. */
static inline int64_t nfi_to_fixed(double v)
{
    double scaled = v * 4294967296.0;
    int64_t below = (int64_t)scaled;
    return below + (scaled - (double)below >= 0.5); /* scaled + 0.5 could round a second time */
}
#define NFI_FIXED_ONE 4294967296.0 /* 2^32: the scale of every fixed-point sum */

#define NFI_FIXED_MAX 336 /* bytes nfi_format_fixed may write: 309 digits, point, decimals, sign */
size_t nfi_format_u64(char *dst, uint64_t v);                   /* at most 20 bytes, no NUL; returns the length */
size_t nfi_format_fixed(char *dst, double v, int decimals);     /* finite v, 0..9 decimals, never an exponent, no NUL; -0 prints as 0 */
size_t nfi_format_shortest(char *dst, double v); /* at most 32 bytes; fewest digits that read back as v; may use an exponent */

size_t nfi_format_float(char *dst, float v); /* at most 32 bytes; fewest digits that read back as v; an exponent only beyond 1e-5..1e9 */

/* Whole string as a number; false when it is not one or out of range. Decimal point only, no hex, inf or nan. */
bool nfi_parse_u64(const char *s, size_t n, uint64_t *out);
bool nfi_parse_double(const char *s, size_t n, double *out);

#endif
