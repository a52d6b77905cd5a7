/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words() of every row of the kernel table makes the words that a pair of turns at a time makes, and stops where that stops. */
#include "nft.h"

#include "base/kern.h"
#include "base/limits.h"
#include "base/rng.h"

#include <string.h>

enum { MOST = 60 };

static size_t one_by_one(const uint32_t *turn, size_t n, uint32_t least, uint32_t look, nfi_token *out, size_t *m)
{
    size_t i = 0;

    for (*m = 0; i < n; i += 2) {
        uint32_t start = turn[i] & ~NFI_TURN_FLAG, len = (turn[i + 1] & ~NFI_TURN_FLAG) - start;
        int flagged = turn[i + 1] & NFI_TURN_FLAG || (len <= 3 && turn[i] & NFI_TURN_FLAG);
        if (len > NFI_MAX_TOKEN || (look && flagged && len >= least))
            break;
        if (len >= least)
            out[(*m)++] = (nfi_token){start, len};
    }
    return i;
}

START_TEST(words_are_those_of_a_pair_at_a_time)
{
    size_t rows;
    const nfi_kern *const *row = nfi_kern_rows(&rows);
    nfi_rng r = nft_rng(1);

    for (int c = nft_cases(20000); c > 0; c--) {
        uint32_t turn[2 * MOST], at = 0, least = 1 + (uint32_t)nfi_rng_below(&r, 3), look = nfi_rng_below(&r, 2) ? NFI_TURN_FLAG : 0;
        uint64_t flags = nfi_rng_below(&r, 3), long_words = nfi_rng_below(&r, 8); /* none, few or many; seldom one too long */
        size_t n = 2 * (size_t)nfi_rng_below(&r, MOST + 1), m, end;
        nfi_token want[MOST], got[MOST + NFI_WORDS_MORE + 1];
        for (size_t i = 0; i < n; i += 2) {
            turn[i] = at += (uint32_t)nfi_rng_below(&r, 3);
            turn[i + 1] = at += long_words == 0 && nfi_rng_below(&r, 20) == 0 ? NFI_MAX_TOKEN + (uint32_t)nfi_rng_below(&r, 2)
                                                                              : 1 + (uint32_t)nfi_rng_below(&r, 9);
            if (flags && nfi_rng_below(&r, flags == 1 ? 30 : 3) == 0)
                turn[i + nfi_rng_below(&r, 2)] |= NFI_TURN_FLAG;
        }
        end = one_by_one(turn, n, least, look, want, &m);
        for (size_t q = 0; q < rows; q++) {
            size_t made;
            memset(got, 0x5a, sizeof got);
            ck_assert_msg(row[q]->words(turn, n, least, look, got, &made) == end, "%s: case %d: where it stops", row[q]->name, c);
            ck_assert_msg(made == m && memcmp(got, want, m * sizeof *want) == 0, "%s: case %d: which words", row[q]->name, c);
            ck_assert_msg(got[m + NFI_WORDS_MORE].off == 0x5a5a5a5a, "%s: wrote beyond its room", row[q]->name);
        }
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("words");
    TCase *t = tcase_create("rows");
    tcase_add_test(t, words_are_those_of_a_pair_at_a_time);
    suite_add_tcase(s, t);
    return nft_run(s);
}
