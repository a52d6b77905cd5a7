/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8 against a slow reference: try every code point of each length, compare its encoding. */
#include "nft.h"

#include "base/utf8.h"

#include <string.h>

/* Encoding by the definition: the shortest form of a scalar value. 0 for surrogates and beyond. */
static size_t encode_slowly(uint32_t cp, unsigned char out[4])
{
    if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        return 0;
    size_t len = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (size_t i = len; i-- > 1; cp >>= 6)
        out[i] = (unsigned char)(0x80 + cp % 64);
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    out[0] = (unsigned char)(lead[len] + cp);
    return len;
}

/* Do the n bytes at p begin some character? For each length: the values that share these bits, cut to those it is the shortest for. */
static bool begins_some(const unsigned char *p, size_t n)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}, most[] = {0, 0, 0x7ff, 0xffff, 0x10ffff};

    for (size_t len = n < 2 ? 2 : n; len <= 4; len++) {
        uint32_t lead = len == 2 ? 0xc0 : len == 3 ? 0xe0 : 0xf0, mask = len == 2 ? 0x1f : len == 3 ? 0x0f : 0x07;
        bool shape = (p[0] & ~mask) == lead;
        uint32_t from = p[0] & mask;
        for (size_t i = 1; i < n; i++) {
            shape = shape && p[i] >= 0x80 && p[i] <= 0xbf;
            from = from * 64 + (p[i] & 0x3f);
        }
        uint32_t to = from;
        for (size_t i = n; i < len; i++) {
            from *= 64;
            to = to * 64 + 63;
        }
        from = from > least[len] ? from : least[len];
        to = to < most[len] ? to : most[len];
        if (shape && from <= to && !(from >= 0xd800 && to <= 0xdfff))
            return true;
    }
    return false;
}

static size_t decode_slowly(const unsigned char *p, size_t n, uint32_t *cp, bool *ok)
{
    *ok = true;
    *cp = p[0];
    if (p[0] < 0x80)
        return 1;
    size_t len = 0;
    while (len < n && len < 4 && begins_some(p, len + 1)) {
        len++;
        uint32_t v = 0, mask = len == 2 ? 0x1f : len == 3 ? 0x0f : 0x07;
        unsigned char u[4];
        if (len < 2)
            continue;
        v = p[0] & mask;
        for (size_t i = 1; i < len; i++)
            v = v * 64 + (p[i] & 0x3f);
        if (encode_slowly(v, u) == len && memcmp(u, p, len) == 0) {
            *cp = v;
            return len;
        }
    }
    *ok = false;
    *cp = 0xfffd;
    return len ? len : 1;
}

static void same_as_reference(const unsigned char *p, size_t n)
{
    uint32_t want, got;
    bool ok;
    size_t want_len = decode_slowly(p, n, &want, &ok), got_len = nfi_utf8_decode((const char *)p, n, &got);

    size_t valid = nfi_utf8_valid_prefix((const char *)p, want_len);
    if (want_len != got_len || want != got || valid != (ok ? want_len : 0)) /* an assertion a sequence would be slow */
        ck_abort_msg("%02x %02x %02x %02x of %zu: %zu bytes, U+%04X; wanted %zu, U+%04X", p[0], p[1], p[2], p[3], n, got_len, (unsigned)got,
                     want_len, (unsigned)want);
}

/* Bytes on both sides of every border in table 3-7. */
static const unsigned char borders[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf,
                                        0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff};
enum { BORDERS = sizeof borders };

START_TEST(every_class_of_sequences_decodes_as_the_reference)
{
    unsigned char p[4] = {0};

    for (size_t a = 0; a < 256; a++) {
        p[0] = (unsigned char)a;
        same_as_reference(p, 1);
        for (size_t b = 0; b < 256; b++) {
            p[1] = (unsigned char)b;
            same_as_reference(p, 2);
        }
    }
    for (size_t i = 0; i < (size_t)BORDERS * BORDERS * BORDERS * BORDERS; i++) {
        size_t v = i;
        for (size_t k = 0; k < 4; k++, v /= BORDERS)
            p[k] = borders[v % BORDERS];
        same_as_reference(p, 4);
        if (v % 7 == 0)
            same_as_reference(p, 3);
    }
}
END_TEST

START_TEST(every_scalar_value_survives_a_round_trip)
{
    for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
        unsigned char want[4];
        char got[4];
        uint32_t back;
        size_t n = encode_slowly(cp, want);
        if (n == 0)
            continue;
        if (nfi_utf8_encode(got, cp) != n || memcmp(got, want, n) != 0 || nfi_utf8_decode(got, n, &back) != n || back != cp ||
            nfi_utf8_valid_prefix(got, n) != n)
            ck_abort_msg("U+%04X does not survive", (unsigned)cp);
    }
}
END_TEST

static void repairs_to(const char *in, size_t n, const char *out, uint64_t count)
{
    nfi_buf b = {0};
    ck_assert_uint_eq(nfi_utf8_repair(&b, in, n), count);
    ck_assert_uint_eq(b.n, strlen(out));
    ck_assert_mem_eq(b.p, out, b.n);
    nfi_buf_clear(&b);
}

#define R "\xef\xbf\xbd"

START_TEST(maximal_subparts_become_one_replacement_each)
{
    repairs_to("\xc0\xaf\xe0\x80\xaf\xf0\x80\x80\xaf", 9, R R R R R R R R R, 9);         /* overlong */
    repairs_to("\xed\xa0\x80\xed\xb0\x80", 6, R R R R R R, 6);                           /* surrogates */
    repairs_to("\xf4\x90\x80\x80\xf8\x88\x80\x80\x80\xff", 10, R R R R R R R R R R, 10); /* beyond U+10FFFF, five bytes */
    repairs_to("abc\xe2\x82", 5, "abc" R, 1);
    repairs_to("\xe2\x82(", 3, R "(", 1);
    repairs_to("\xc0\xaf\xe0\x80\xaf", 5, R R R R R, 5);
    /* non-characters are characters */
    repairs_to("\xef\xbf\xbe\xef\xb7\x90\xf4\x8f\xbf\xbf", 10, "\xef\xbf\xbe\xef\xb7\x90\xf4\x8f\xbf\xbf", 0);
    repairs_to("\xf0\x9f\x98", 3, R, 1);
    repairs_to("\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64", 13, "a" R R R "b" R "c" R R "d", 6); /* Unicode 15, table 3-8 */
    repairs_to(R "x", 4, R "x", 0); /* a replacement that was there is none of ours */
}
END_TEST

START_TEST(valid_prefix_ends_before_the_first_fault_wherever_it_stands)
{
    char s[300];

    for (size_t n = 0; n < sizeof s; n++) {
        memset(s, 'x', sizeof s);
        ck_assert_uint_eq(nfi_utf8_valid_prefix(s, n), n);
        for (size_t at = 0; at < n; at++) {
            s[at] = (char)0x80;
            ck_assert_uint_eq(nfi_utf8_valid_prefix(s, n), at);
            s[at] = 'x';
        }
    }
}
END_TEST

START_TEST(nothing_is_read_past_the_end)
{
    for (size_t n = 1; n < 4; n++) { /* an exact block: valgrind and sanitizers see a byte too many */
        char *p = nfi_alloc(n, 1);
        uint32_t cp;
        ck_assert_ptr_nonnull(p);
        memcpy(p, "\xf0\x9f\x98", n);
        ck_assert_uint_eq(nfi_utf8_decode(p, n, &cp), n);
        ck_assert_uint_eq(cp, 0xfffd);
        ck_assert_uint_eq(nfi_utf8_valid_prefix(p, n), 0);
        nfi_free(p);
    }
}
END_TEST

START_TEST(windows_1252_is_read)
{
    nfi_buf b = {0};
    const char *in = "caf\xe9 \x93quoted\x94 \x80 \x81\x8d\x8f\x90\x9d";
    const char *out = "caf\xc3\xa9 \xe2\x80\x9cquoted\xe2\x80\x9d \xe2\x82\xac " R R R R R;

    ck_assert_uint_eq(nfi_cp1252_to_utf8(&b, in, strlen(in)), 5);
    ck_assert_uint_eq(b.n, strlen(out));
    ck_assert_mem_eq(b.p, out, b.n);
    nfi_buf_clear(&b);
}
END_TEST

START_TEST(random_bytes_repair_to_valid_text_once)
{
    for (int i = 0; i < nft_cases(200); i++) {
        nfi_rng r = nft_rng((uint64_t)i);
        char in[512];
        size_t n = nfi_rng_below(&r, sizeof in);
        nfi_buf once = {0}, twice = {0};
        nft_rand_bytes(&r, in, n);
        uint64_t replaced = 0, want = 0;
        for (size_t k = 0; k < n;) {
            uint32_t cp;
            bool ok;
            k += decode_slowly((const unsigned char *)in + k, n - k, &cp, &ok);
            want += !ok;
        }
        replaced = nfi_utf8_repair(&once, in, n);
        ck_assert_uint_eq(replaced, want);
        ck_assert_uint_eq(nfi_utf8_valid_prefix(once.p, once.n), once.n);
        ck_assert_uint_eq(nfi_utf8_repair(&twice, once.p, once.n), 0);
        ck_assert_uint_eq(once.n, twice.n);
        nfi_buf_clear(&once);
        nfi_buf_clear(&twice);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("utf8");
    TCase *t = tcase_create("utf8");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, every_class_of_sequences_decodes_as_the_reference);
    tcase_add_test(t, every_scalar_value_survives_a_round_trip);
    tcase_add_test(t, maximal_subparts_become_one_replacement_each);
    tcase_add_test(t, valid_prefix_ends_before_the_first_fault_wherever_it_stands);
    tcase_add_test(t, nothing_is_read_past_the_end);
    tcase_add_test(t, windows_1252_is_read);
    tcase_add_test(t, random_bytes_repair_to_valid_text_once);
    suite_add_tcase(s, t);
    return nft_run(s);
}
