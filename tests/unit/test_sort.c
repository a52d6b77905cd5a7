/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sorts: ordered, stable, nothing lost; checked against positions, not against another sort. */
#include "nft.h"

#include "base/mem.h"
#include "base/sort.h"

#include <string.h>

/* Keys of several shapes: random, few values, one byte that differs, rising, falling, all the same. */
static uint64_t key_of(int shape, nfi_rng *r, size_t i, size_t n)
{
    switch (shape) {
    case 0: return nfi_rng_next(r);
    case 1: return nfi_rng_below(r, 5);
    case 2: return 0x1122334400667788u | nfi_rng_below(r, 256) << 24;
    case 3: return i / 3;
    case 4: return (n - i) / 3;
    case 5: return nfi_rng_below(r, 2) ? UINT64_MAX : 0;
    case 6: return i == n / 2 ? 0 : i; /* one out of place */
    default: return 42;
    }
}

static const size_t lengths[] = {0, 1, 2, 3, 7, 8, 9, 16, 17, 24, 25, 31, 64, 100, 1000, 4097, 50000};
enum { SHAPES = 8, LENGTHS = sizeof lengths / sizeof *lengths };

START_TEST(keys_are_sorted_and_ties_keep_their_order)
{
    nfi_rng r = nft_rng((uint64_t)_i);

    for (size_t l = 0; l < LENGTHS; l++) {
        size_t n = lengths[l];
        nfi_kv *v = nfi_alloc(n, sizeof *v);
        uint64_t sum = 0;
        for (size_t i = 0; i < n; i++) {
            v[i] = (nfi_kv){key_of(_i, &r, i, n), (uint32_t)i, 0};
            v[i].aux = (uint32_t)nfi_mix64(v[i].key ^ i); /* proves that key and payload stay together */
            sum += nfi_mix64(i);
        }
        nft_ok(nfi_sort_kv(v, n, &nft_err));
        for (size_t i = 0; i < n; i++) {
            sum -= nfi_mix64(v[i].val);
            if (v[i].aux != (uint32_t)nfi_mix64(v[i].key ^ v[i].val))
                ck_abort_msg("shape %d, n %zu: payload %zu is torn off", _i, n, i);
            if (i > 0 && (v[i - 1].key > v[i].key || (v[i - 1].key == v[i].key && v[i - 1].val > v[i].val)))
                ck_abort_msg("shape %d, n %zu: %zu stands wrong", _i, n, i);
        }
        ck_assert_uint_eq(sum, 0); /* each payload once */
        nfi_free(v);
    }
}
END_TEST

typedef struct element {
    unsigned char bytes[40];
} element;

/* An element of size bytes starts with a 16-bit key and, from 4 bytes, a 16-bit position. */
static int by_key(const void *a, const void *b, void *ctx)
{
    uint16_t x, y;
    memcpy(&x, a, 2);
    memcpy(&y, b, 2);
    ++*(size_t *)ctx;
    return x < y ? -1 : x > y;
}

START_TEST(elements_of_any_size_are_sorted_and_ties_keep_their_order)
{
    nfi_rng r = nft_rng(100 + (uint64_t)_i);
    static const size_t sizes[] = {4, 5, 8, 12, 16, 24, 40};
    enum { MOST = 4097 };
    unsigned char *v = nfi_alloc(MOST, sizeof(element));

    for (size_t z = 0; z < sizeof sizes / sizeof *sizes; z++)
        for (size_t l = 0; l < LENGTHS && lengths[l] <= MOST; l++) {
            size_t n = lengths[l], size = sizes[z], calls = 0;
            uint64_t sum = 0;
            for (size_t i = 0; i < n; i++) {
                uint16_t key = (uint16_t)key_of(_i, &r, i, n), at = (uint16_t)i;
                memset(v + i * size, (int)(key * 7 + at), size);
                memcpy(v + i * size, &key, 2);
                memcpy(v + i * size + 2, &at, 2);
                sum += nfi_mix64(i);
            }
            nft_ok(nfi_sort(v, n, size, by_key, &calls, &nft_err));
            for (size_t i = 0; i < n; i++) {
                uint16_t key, at, last_key, last_at;
                memcpy(&key, v + i * size, 2);
                memcpy(&at, v + i * size + 2, 2);
                sum -= nfi_mix64(at);
                for (size_t b = 4; b < size; b++)
                    if (v[i * size + b] != (unsigned char)(key * 7 + at))
                        ck_abort_msg("size %zu, n %zu: element %zu is torn", size, n, i);
                if (i == 0)
                    continue;
                memcpy(&last_key, v + (i - 1) * size, 2);
                memcpy(&last_at, v + (i - 1) * size + 2, 2);
                if (last_key > key || (last_key == key && last_at > at))
                    ck_abort_msg("shape %d, size %zu, n %zu: %zu stands wrong", _i, size, n, i);
            }
            ck_assert_uint_eq(sum, 0);
            ck_assert_uint_le(calls, n * 16 + 1); /* n log n: 12 merges of at most n, runs of 8 by insertion */
        }
    nfi_free(v);
}
END_TEST

START_TEST(too_much_for_the_memory_fails_and_moves_nothing)
{
    nfi_kv v[2] = {{2, 0, 0}, {1, 1, 0}};
    volatile size_t most = SIZE_MAX / 2;
    size_t calls = 0;

    nft_fails(nfi_sort(v, most, 16, by_key, &calls, &nft_err), NF_ENOMEM);
    ck_assert_uint_eq(v[0].key, 2);
    ck_assert_uint_eq(calls, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("sort");
    TCase *t = tcase_create("sort");
    tcase_set_timeout(t, 30);
    tcase_add_loop_test(t, keys_are_sorted_and_ties_keep_their_order, 0, SHAPES);
    tcase_add_loop_test(t, elements_of_any_size_are_sorted_and_ties_keep_their_order, 0, SHAPES);
    tcase_add_test(t, too_much_for_the_memory_fails_and_moves_nothing);
    suite_add_tcase(s, t);
    return nft_run(s);
}
