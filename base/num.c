/* SPDX-License-Identifier: GPL-3.0-or-later */
/* num.c - printing and parsing of numbers without the locale. */
#include "base/num.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

double nfi_logsumexp(const double *v, size_t n)
{
    double top = v[0], sum = 0.0;

    for (size_t i = 1; i < n; i++)
        if (v[i] > top)
            top = v[i];
    for (size_t i = 0; i < n; i++)
        sum += nfi_exp(v[i] - top);
    return top + nfi_log(sum);
}

size_t nfi_format_u64(char *dst, uint64_t v)
{
    char tmp[20];
    size_t n = 0;

    do
        tmp[n++] = (char)('0' + v % 10);
    while ((v /= 10) != 0);
    for (size_t i = 0; i < n; i++)
        dst[i] = tmp[n - 1 - i];
    return n;
}

size_t nfi_format_fixed(char *dst, double v, int decimals)
{
    static const double pow10[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    size_t n = 0;
    double a = fabs(v) * pow10[decimals];

    if (a >= 9e18) { /* beyond 64 bits: no digit after the point is significant */
        n = (size_t)snprintf(dst, NFI_FIXED_MAX, "%.0f", v);
        if (decimals > 0)
            dst[n++] = '.';
        for (int i = 0; i < decimals; i++)
            dst[n++] = '0';
        return n;
    }
    uint64_t u = (uint64_t)a, ten = 10;
    u += a - (double)u >= 0.5; /* a + 0.5 could round a second time */
    if (v < 0 && u > 0)
        dst[n++] = '-';
    size_t behind = (size_t)decimals, digits = 1;
    while (digits < 19 && (digits <= behind || u >= ten)) { /* 9e18 has 19 */
        digits++;
        ten *= 10;
    }
    char *p = dst + n + digits;
    for (size_t i = 0; i < behind; i++, u /= 10) /* by a constant: that takes no division */
        *p-- = (char)('0' + u % 10);
    if (behind > 0)
        *p = '.';
    for (size_t i = behind; i < digits; i++, u /= 10)
        *--p = (char)('0' + u % 10);
    return n + digits + (behind > 0);
}

bool nfi_parse_u64(const char *s, size_t n, uint64_t *out)
{
    uint64_t v = 0;

    if (n == 0)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9' || __builtin_mul_overflow(v, 10u, &v) || __builtin_add_overflow(v, (uint64_t)(s[i] - '0'), &v))
            return false;
    }
    *out = v;
    return true;
}

/* 113 bits: products of 18 digits and a power of ten are off by far less than what decides how a double is rounded. */
__extension__ typedef __float128 quad;

/* 10^e for 0 <= e <= 345 by squaring. */
static quad ten_to(int e)
{
    quad r = 1, b = 10;
    for (int k = e; k; k >>= 1, b *= b)
        if (k & 1)
            r *= b;
    return r;
}

static double scaled(uint64_t mant, int exp10)
{
    return exp10 < 0 ? (double)((quad)mant / ten_to(-exp10)) : (double)((quad)mant * ten_to(exp10));
}

bool nfi_parse_double(const char *s, size_t n, double *out)
{
    size_t i = 0, digits = 0;
    uint64_t mant = 0;
    int exp10 = 0;
    bool neg = false, seen = false;

    if (i < n && (s[i] == '-' || s[i] == '+'))
        neg = s[i++] == '-';
    for (int point = 0; i < n && ((s[i] >= '0' && s[i] <= '9') || (s[i] == '.' && !point)); i++) {
        if (s[i] == '.') {
            point = 1;
            continue;
        }
        seen = true;
        if (digits < 18 && (mant || s[i] != '0')) {
            mant = mant * 10 + (uint64_t)(s[i] - '0');
            digits++;
            exp10 -= point;
        } else {
            exp10 += mant ? 1 - point : -point;
        }
    }
    if (!seen)
        return false;
    if (i < n && (s[i] == 'e' || s[i] == 'E')) {
        uint64_t e;
        bool eneg = false;
        if (++i < n && (s[i] == '-' || s[i] == '+'))
            eneg = s[i++] == '-';
        if (!nfi_parse_u64(s + i, n - i, &e) || e > 400)
            return false;
        exp10 += eneg ? -(int)e : (int)e;
        i = n;
    }
    if (i != n)
        return false;
    double v = mant == 0 ? 0.0 : exp10 > 330 || exp10 < -345 ? (exp10 > 0 ? HUGE_VAL : 0.0) : scaled(mant, exp10);
    if (!isfinite(v))
        return false;
    *out = neg ? -v : v;
    return true;
}

/* A host program may have set a locale with another decimal mark, of any length: whatever is neither digit, sign nor e becomes a point. */
static size_t with_point(char *s, size_t n)
{
    size_t o = 0;
    bool mark = false;

    for (size_t i = 0; i < n; i++) {
        bool plain = (s[i] >= '0' && s[i] <= '9') || s[i] == '-' || s[i] == '+' || s[i] == 'e';
        if (plain)
            s[o++] = s[i];
        else if (!mark)
            s[o++] = '.';
        mark = !plain;
    }
    return o;
}

size_t nfi_format_shortest(char *dst, double v)
{
    for (int p = 6; p <= 17; p++) {
        size_t n = with_point(dst, (size_t)snprintf(dst, 32, "%.*g", p, v));
        double back;
        if (p == 17 || (nfi_parse_double(dst, n, &back) && nfi_bits(back) == nfi_bits(v)))
            return n;
    }
    return 0;
}

/*
 * Digits as an integer u and a power of ten: for at most 9 digits and |scale| <= 22 both are exact doubles, so that u / 10^scale is the
 * double closest to the number that is printed, and its float the one that a reader gets.
 */
size_t nfi_format_float(char *dst, float v)
{
    static const double pow10[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14};
    double a = fabs((double)v);
    size_t n = 0;
    int first = 0; /* place of the first digit: 0 for 1..9, -1 for .1 to .9 */

    if (v == 0.0f || a < 1e-5 || a >= 1e9) {
        for (int p = 1; p <= 9 && v != 0.0f; p++) {
            double back;
            n = with_point(dst, (size_t)snprintf(dst, 32, "%.*g", p, (double)v));
            if (p == 9 || (nfi_parse_double(dst, n, &back) && (float)back == v))
                return n;
        }
        dst[0] = '0';
        return 1;
    }
    while (a >= pow10[first + 1] && first < 9)
        first++;
    while (first <= 0 && a * pow10[-first] < 1.0)
        first--;
    uint64_t u = 0;
    int scale = 0;
    for (int p = 1; p <= 9; p++) {
        scale = p - 1 - first; /* digits behind the point */
        double shifted = scale >= 0 ? a * pow10[scale] : a / pow10[-scale];
        u = (uint64_t)(shifted + 0.5);
        if ((float)(scale >= 0 ? (double)u / pow10[scale] : (double)u * pow10[-scale]) == (float)a)
            break;
    }
    if (v < 0)
        dst[n++] = '-';
    if (scale <= 0)
        return n + nfi_format_u64(dst + n, u * (uint64_t)pow10[-scale]);
    uint64_t unit = (uint64_t)pow10[scale], frac = u % unit;
    n += nfi_format_u64(dst + n, u / unit);
    dst[n++] = '.';
    for (int i = scale - 1; i >= 0; i--, frac /= 10)
        dst[n + (size_t)i] = (char)('0' + frac % 10);
    n += (size_t)scale;
    while (dst[n - 1] == '0')
        n--;
    return n - (dst[n - 1] == '.');
}
