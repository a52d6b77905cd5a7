/* SPDX-License-Identifier: GPL-3.0-or-later */
/* utf8_prefix() of every row of the kernel table stops where decoding a character at a time finds the first that is ill-formed. */
#include "nft.h"

#include "base/kern.h"
#include "base/rng.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 300 };

/* An ill-formed sequence decodes as U+FFFD of fewer bytes than EF BF BD has, or of other ones. */
static size_t slowly(const uint8_t *p, size_t n)
{
    size_t i = 0;

    while (i < n) {
        uint32_t cp;
        size_t len = nfi_utf8_decode((const char *)p + i, n - i, &cp);
        if (cp == 0xfffd && (len != 3 || memcmp(p + i, "\xef\xbf\xbd", 3) != 0))
            break;
        i += len;
    }
    return i;
}

/* Characters up to the given one, about n bytes of them. */
static size_t fill(nfi_rng *r, uint8_t *p, size_t n, uint32_t most)
{
    size_t i = 0;

    while (i + 4 <= n) {
        uint32_t cp = (uint32_t)nfi_rng_below(r, most);
        i += nfi_utf8_encode((char *)p + i, cp >= 0xd800 && cp < 0xe000 ? 'x' : cp);
    }
    return i;
}

static void same_in_all_rows(const uint8_t *p, size_t n)
{
    size_t rows, want = slowly(p, n);
    const nfi_kern *const *row = nfi_kern_rows(&rows);
    uint8_t *copy = malloc(n + !n); /* on its own, so that reading beyond it is found */

    memcpy(copy, p, n);
    for (size_t q = 0; q < rows; q++) {
        size_t got = row[q]->utf8_prefix(copy, n);
        ck_assert_msg(got == want, "%s: %zu of %zu bytes, want %zu", row[q]->name, got, n, want);
    }
    free(copy);
}

START_TEST(faults_are_found_where_a_character_at_a_time_finds_them)
{
    static const uint32_t most[] = {0x80, 0x100, 0x800, 0x3000, 0x11000, 0x110000};
    static const uint8_t odd[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf,
                                  0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff};
    nfi_rng r = nft_rng(1);

    for (int c = nft_cases(40000); c > 0; c--) {
        uint8_t p[MOST];
        size_t n = fill(&r, p, nfi_rng_below(&r, MOST), most[nfi_rng_below(&r, sizeof most / sizeof *most)]);
        for (uint64_t k = nfi_rng_below(&r, 3); n && k > 0; k--)
            p[nfi_rng_below(&r, n)] = odd[nfi_rng_below(&r, sizeof odd)];
        n = nfi_rng_below(&r, 4) ? n : nfi_rng_below(&r, n + 1); /* cut anywhere */
        same_in_all_rows(p, n);
    }
}
END_TEST

/* All pairs of bytes with each class of neighbours, at the end of a register, of a block, and within both. */
START_TEST(every_pair_of_bytes_is_judged_alike)
{
    static const uint8_t after[] = {0x41, 0x80, 0x90, 0xbf, 0xc3, 0xe2};
    static const size_t at[] = {0, 29, 30, 31, 32, 61, 62, 63, 64, 100};

    for (unsigned pair = 0; pair < 0x10000; pair++) {
        uint8_t p[130];
        size_t from = at[pair % (sizeof at / sizeof *at)];
        memset(p, 'a', sizeof p);
        if (from >= 2)
            memcpy(p + from - 2, "\xc3\xa9", 2);
        p[from] = (uint8_t)(pair >> 8);
        p[from + 1] = (uint8_t)pair;
        p[from + 2] = after[pair / 7 % sizeof after];
        p[from + 3] = after[pair / 5 % sizeof after];
        same_in_all_rows(p, pair % 3 ? sizeof p : from + 2);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("utf8");
    TCase *t = tcase_create("utf8");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, faults_are_found_where_a_character_at_a_time_finds_them);
    tcase_add_test(t, every_pair_of_bytes_is_judged_alike);
    suite_add_tcase(s, t);
    return nft_run(s);
}
