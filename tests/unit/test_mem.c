/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The heap, growth, arenas and byte strings. */
#include "nft.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* Hides sizes from the compiler, which would warn of them. */
static size_t opaque(size_t n)
{
    volatile size_t v = n;
    return v;
}

START_TEST(sizes_that_overflow_fail)
{
    const size_t half = opaque(SIZE_MAX / 2 + 1), most = opaque(SIZE_MAX);
    char *p = nfi_alloc(4, 1);

    ck_assert_ptr_null(nfi_alloc(half, 2));
    ck_assert_ptr_null(nfi_alloc(most, most));
    ck_assert_ptr_null(nfi_calloc(half, 2));
    ck_assert_ptr_null(nfi_alloc_aligned(half, 2));
    ck_assert_ptr_null(nfi_alloc_aligned(most, 1)); /* rounding up overflows */
    ck_assert_ptr_null(nfi_alloc_aligned(most - 62, 1));
    memcpy(p, "abc", 4);
    ck_assert_ptr_null(nfi_realloc(p, half, 2));
    ck_assert_str_eq(p, "abc"); /* still ours */
    nfi_free(p);
    nfi_free(NULL);
}
END_TEST

START_TEST(no_bytes_are_a_unique_pointer)
{
    void *a = nfi_alloc(0, 8), *b = nfi_calloc(8, 0), *c = nfi_alloc_aligned(0, 0), *d = nfi_realloc(NULL, 0, 1);

    ck_assert(a && b && c && d && a != b && a != c && a != d && b != c && b != d && c != d);
    nfi_free(a);
    nfi_free(b);
    nfi_free(c);
    nfi_free(d);
}
END_TEST

START_TEST(aligned_memory_is_aligned_and_zero)
{
    for (size_t n = 0; n < 300; n++) {
        unsigned char *p = nfi_alloc_aligned(n, 1);
        ck_assert_ptr_nonnull(p);
        ck_assert_uint_eq((uintptr_t)p % 64, 0);
        for (size_t i = 0; i < n; i++)
            ck_assert_int_eq(p[i], 0);
        memset(p, 0xff, n);
        nfi_free(p);
    }
}
END_TEST

START_TEST(growing_keeps_content_and_fails_without_a_trace)
{
    uint32_t *v = NULL;
    size_t cap = 0, moves = 0;

    for (uint32_t i = 0; i < 10000; i++) {
        size_t before = cap;
        nft_ok(nfi_grow(&v, &cap, i + 1, sizeof *v, &nft_err));
        moves += cap != before;
        v[i] = i;
    }
    for (uint32_t i = 0; i < 10000; i++)
        ck_assert_uint_eq(v[i], i);
    ck_assert_uint_le(moves, 20); /* by half at least: log 1.5 (10000/16) = 16 */

    uint32_t *same = v;
    size_t cap_before = cap;
    nft_fails(nfi_grow(&v, &cap, opaque(SIZE_MAX / 2), sizeof *v, &nft_err), NF_ENOMEM);
    ck_assert_ptr_eq(v, same);
    ck_assert_uint_eq(cap, cap_before);
    nft_ok(nfi_grow(&v, &cap, cap, sizeof *v, &nft_err));
    ck_assert_ptr_eq(v, same);
    nfi_free(v);
}
END_TEST

START_TEST(arena_pieces_are_aligned_and_apart)
{
    nfi_arena a = {0};
    nfi_rng r = nft_rng(1);
    enum { N = 3000 };
    static unsigned char *p[N];
    static size_t n[N];

    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < N; i++) {
            n[i] = nfi_rng_below(&r, i % 500 == 0 ? 9 << 20 : 1500);
            p[i] = nfi_arena_alloc(&a, n[i]);
            ck_assert_ptr_nonnull(p[i]);
            ck_assert_uint_eq((uintptr_t)p[i] % 16, 0);
            memset(p[i], i & 0xff, n[i]);
        }
        size_t sum = 0;
        for (int i = 0; i < N; i++) {
            sum += n[i];
            for (size_t j = 0; j < n[i]; j++)
                if (p[i][j] != (i & 0xff))
                    ck_abort_msg("piece %d overwritten at %zu", i, j);
        }
        ck_assert_uint_ge(a.bytes, sum);
        nfi_arena_reset(&a);
        ck_assert_uint_le(a.bytes, (9 << 20) + 4096); /* one block is kept */
        ck_assert_ptr_nonnull(a.head);
    }
    nfi_arena_clear(&a);
    ck_assert_ptr_null(a.head);
    ck_assert_uint_eq(a.bytes, 0);
    nfi_arena_reset(&a);
    nfi_arena_clear(&a);
}
END_TEST

START_TEST(arena_copies_end_with_nul_and_overflow_fails)
{
    nfi_arena a = {0};

    ck_assert_str_eq(nfi_arena_copy(&a, "news\0frame", 4), "news");
    ck_assert_str_eq(nfi_arena_copy(&a, NULL, 0), "");
    ck_assert_ptr_null(nfi_arena_alloc(&a, opaque(SIZE_MAX)));
    ck_assert_ptr_null(nfi_arena_alloc(&a, opaque(SIZE_MAX - 15)));
    ck_assert_ptr_null(nfi_arena_copy(&a, "", opaque(SIZE_MAX)));
    ck_assert_str_eq(nfi_arena_copy(&a, "after", 5), "after");
    nfi_arena_clear(&a);
}
END_TEST

START_TEST(byte_strings_take_text_and_numbers)
{
    nfi_buf b = {0};

    nfi_buf_puts(&b, "n=");
    nfi_buf_put_u64(&b, UINT64_MAX);
    nfi_buf_putc(&b, ' ');
    nfi_buf_put_i64(&b, INT64_MIN);
    nfi_buf_putc(&b, ' ');
    nfi_buf_put_i64(&b, 0);
    nfi_buf_putc(&b, ' ');
    nfi_buf_put_fixed(&b, -1.25, 3);
    nfi_buf_put(&b, NULL, 0);
    nfi_buf_putc(&b, '\0');
    ck_assert(nfi_buf_ok(&b));
    ck_assert_str_eq(b.p, "n=18446744073709551615 -9223372036854775808 0 -1.250");
    for (int i = 0; i < 5000; i++)
        nfi_buf_putc(&b, 'x');
    ck_assert_uint_eq(b.n, 53 + 5000);
    nfi_buf_clear(&b);
    ck_assert(b.p == NULL && b.n == 0 && b.cap == 0);
}
END_TEST

START_TEST(byte_strings_remember_failure)
{
    nfi_buf b = {0};

    nfi_buf_puts(&b, "kept");
    ck_assert(!nfi_buf_reserve(&b, opaque(SIZE_MAX)));
    ck_assert(!nfi_buf_ok(&b));
    nfi_buf_put(&b, "dropped", 7);
    ck_assert(!nfi_buf_ok(&b));
    ck_assert_uint_eq(b.n, 4);
    ck_assert_int_eq(memcmp(b.p, "kept", 4), 0);
    nfi_buf_clear(&b);
    ck_assert(nfi_buf_ok(&b));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("mem");
    TCase *t = tcase_create("mem");
    tcase_set_timeout(t, 30);
    tcase_add_test(t, sizes_that_overflow_fail);
    tcase_add_test(t, no_bytes_are_a_unique_pointer);
    tcase_add_test(t, aligned_memory_is_aligned_and_zero);
    tcase_add_test(t, growing_keeps_content_and_fails_without_a_trace);
    tcase_add_test(t, arena_pieces_are_aligned_and_apart);
    tcase_add_test(t, arena_copies_end_with_nul_and_overflow_fails);
    tcase_add_test(t, byte_strings_take_text_and_numbers);
    tcase_add_test(t, byte_strings_remember_failure);
    suite_add_tcase(s, t);
    return nft_run(s);
}
