/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sieve_meet() and sieve_met() of every row of the kernel table set the bits, and find the keys, that a key at a time does. */
#include "nft.h"

#include "base/kern.h"
#include "base/rng.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS = 4, KEYS = 64, BATCHES = 6 };

typedef struct table {
    uint64_t again[WORDS], once[WORDS * NFI_SIEVE_BITS];
} table;

static nfi_sieve sieve_of(table *t)
{
    return (nfi_sieve){.once = t->once, .again = t->again, .words = WORDS, .shift = 32 - 12 /* 4096 bits of once */};
}

static void meet(table *t, uint32_t k)
{
    uint32_t lead = k >> 20, trail = k % (WORDS * 64);

    if (t->once[lead / 64] >> lead % 64 & 1)
        t->again[trail / 64] |= (uint64_t)1 << trail % 64;
    t->once[lead / 64] |= (uint64_t)1 << lead % 64;
}

START_TEST(keys_are_found_that_a_key_at_a_time_finds)
{
    size_t rows;
    const nfi_kern *const *row = nfi_kern_rows(&rows);
    nfi_rng r = nft_rng(1);

    ck_assert_uint_eq((size_t)WORDS * NFI_SIEVE_BITS * 64, 4096);
    for (int c = nft_cases(2000); c > 0; c--) {
        uint32_t *key = calloc((size_t)BATCHES * KEYS, sizeof *key); /* on its own, so that reading beyond it is found */
        uint64_t which[BATCHES];
        table want = {0};
        for (int b = 0; b < BATCHES; b++) {
            which[b] = nfi_rng_below(&r, 2) ? UINT64_MAX : nfi_rng_next(&r) & nfi_rng_next(&r);
            for (int i = 0; i < KEYS; i++) {
                uint32_t *k = &key[b * KEYS + i];
                *k = (b || i) && nfi_rng_below(&r, 4) == 0 ? key[nfi_rng_below(&r, (uint64_t)(b * KEYS + i))] : (uint32_t)nfi_rng_next(&r);
                if (which[b] >> i & 1)
                    meet(&want, *k);
            }
        }
        for (size_t q = 0; q < rows; q++) {
            table got = {0};
            nfi_sieve v = sieve_of(&got);
            for (int b = 0; b < BATCHES; b++)
                row[q]->sieve_meet(&v, key + (size_t)b * KEYS, which[b]);
            ck_assert_msg(memcmp(&got, &want, sizeof got) == 0, "%s: case %d: bits", row[q]->name, c);
            for (int b = 0; b < BATCHES; b++) {
                uint64_t found = row[q]->sieve_met(&v, key + (size_t)b * KEYS, which[b]);
                for (int i = 0; i < KEYS; i++) {
                    uint32_t trail = key[b * KEYS + i] % (WORDS * 64);
                    uint64_t met = want.again[trail / 64] >> trail % 64 & which[b] >> i & 1;
                    ck_assert_msg((found >> i & 1) == met, "%s: case %d: key %d", row[q]->name, c, b * KEYS + i);
                }
            }
        }
        free(key);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("sieve");
    TCase *t = tcase_create("rows");
    tcase_add_test(t, keys_are_found_that_a_key_at_a_time_finds);
    suite_add_tcase(s, t);
    return nft_run(s);
}
