/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sparse and dense matrices. */
#include "nft.h"

#include <math.h>
#include <string.h>

START_TEST(nothing_is_a_valid_matrix)
{
    nf_csr m = {0}, t = {.rows = 77};
    nf_dense d = {0};

    nft_ok(nf_csr_check(&m, &nft_err));
    nft_ok(nf_csr_transpose(&t, &m, &nft_err));
    ck_assert_uint_eq(t.rows, 0);
    ck_assert_uint_eq(t.cols, 0);
    nf_csr_clear(&t);
    nf_csr_clear(&m);
    nf_csr_clear(NULL);
    nf_dense_clear(&d);
    nf_dense_clear(NULL);
}
END_TEST

START_TEST(sparse_memory_is_zero_and_cleared_to_nothing)
{
    nf_csr m = {0}, zero = {0};

    nft_ok(nf_csr_alloc(&m, 3, 5, 7, &nft_err));
    ck_assert_uint_eq(m.rows, 3);
    ck_assert_uint_eq(m.cols, 5);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(m.ptr[i], 0);
    for (int i = 0; i < 7; i++)
        ck_assert(m.idx[i] == 0 && m.val[i] == 0);
    nft_ok(nf_csr_check(&m, &nft_err));
    nf_csr_clear(&m);
    ck_assert_int_eq(memcmp(&m, &zero, sizeof m), 0);
}
END_TEST

START_TEST(impossible_sparse_sizes_fail_and_leave_the_output)
{
    nf_csr m = {.rows = 77}, before = m;
    volatile size_t most = SIZE_MAX;

    nft_fails(nf_csr_alloc(&m, 1, (size_t)INT32_MAX + 1, 0, &nft_err), NF_ELIMIT);
    nft_fails(nf_csr_alloc(&m, most, 1, 0, &nft_err), NF_ENOMEM);
    nft_fails(nf_csr_alloc(&m, most / 8, 1, 0, &nft_err), NF_ENOMEM);
    nft_fails(nf_csr_alloc(&m, 1, 1, INT64_MAX, &nft_err), NF_ENOMEM);
    nft_fails(nf_csr_alloc(&m, 1, 1, -1, &nft_err), NF_EINVAL);
    ck_assert_int_eq(memcmp(&m, &before, sizeof m), 0);
    nft_ok(nf_csr_alloc(&m, 0, INT32_MAX, 0, &nft_err));
    nf_csr_clear(&m);
}
END_TEST

static void expect_message(const nf_csr *m, const char *start)
{
    nf_err e = {0};
    ck_assert_int_eq(nf_csr_check(m, &e), NF_EINVAL);
    ck_assert_msg(strncmp(e.msg, start, strlen(start)) == 0, "\"%s\" instead of \"%s...\"", e.msg, start);
}

START_TEST(each_broken_invariant_is_named)
{
    int64_t ptr[] = {0, 2, 2, 4};
    int32_t idx[] = {0, 3, 1, 2};
    float val[] = {1, 2, 3, 4};
    nf_csr m = {.rows = 3, .cols = 4, .ptr = ptr, .idx = idx, .val = val};

    nft_ok(nf_csr_check(&m, &nft_err));
    ptr[0] = 1;
    expect_message(&m, "row 0, entry 1: ");
    ptr[0] = -1;
    expect_message(&m, "row 0, entry -1: ");
    ptr[0] = 0;
    ptr[2] = 1;
    expect_message(&m, "row 1, entry 2: ");
    ptr[2] = INT64_MAX; /* must not be followed */
    expect_message(&m, "row 2, ");
    ptr[2] = 2;
    idx[1] = 4;
    expect_message(&m, "row 0, entry 1: column 4 of 4");
    idx[1] = -1;
    expect_message(&m, "row 0, entry 1: column -1 of 4");
    idx[1] = 0;
    expect_message(&m, "row 0, entry 1: column 0 after column 0");
    idx[1] = 3;
    idx[2] = 2;
    expect_message(&m, "row 2, entry 3: column 2 after column 2");
    idx[2] = 1;
    val[3] = INFINITY;
    expect_message(&m, "row 2, entry 3: the value is not finite");
    val[3] = NAN;
    expect_message(&m, "row 2, entry 3: the value is not finite");
    val[3] = 4;
    m.val = NULL;
    expect_message(&m, "row 0, entry 0: 4 entries without arrays");
    m.val = val;
    m.ptr = NULL;
    expect_message(&m, "row 0, entry 0: 3 rows without pointers");
    m.ptr = ptr;
    nft_ok(nf_csr_check(&m, &nft_err));
    ck_assert_int_eq(nf_csr_check(&(nf_csr){.rows = 1}, NULL), NF_EINVAL);
}
END_TEST

START_TEST(transpose_of_an_example)
{
    /* 1 . 2     1 .
       . . 3  -> . .
                 2 3 */
    nf_csr m = {.rows = 2, .cols = 3, .ptr = (int64_t[]){0, 2, 3}, .idx = (int32_t[]){0, 2, 2}, .val = (float[]){1, 2, 3}}, t = {0};

    nft_ok(nf_csr_transpose(&t, &m, &nft_err));
    ck_assert_uint_eq(t.rows, 3);
    ck_assert_uint_eq(t.cols, 2);
    ck_assert_int_eq(memcmp(t.ptr, ((int64_t[]){0, 1, 1, 3}), 4 * sizeof *t.ptr), 0);
    ck_assert_int_eq(memcmp(t.idx, ((int32_t[]){0, 0, 1}), 3 * sizeof *t.idx), 0);
    ck_assert_int_eq(memcmp(t.val, ((float[]){1, 2, 3}), 3 * sizeof *t.val), 0);
    nf_csr_clear(&t);
}
END_TEST

START_TEST(transpose_refuses_what_is_broken)
{
    nf_csr m = {.rows = 1, .cols = 1, .ptr = (int64_t[]){0, 1}, .idx = (int32_t[]){5}, .val = (float[]){1}}, t = {.rows = 77}, before = t;

    nft_fails(nf_csr_transpose(&t, &m, &nft_err), NF_EINVAL);
    ck_assert_int_eq(memcmp(&t, &before, sizeof t), 0);
}
END_TEST

START_TEST(transpose_is_valid_and_twice_the_same)
{
    nfi_rng r = nft_rng(1);

    for (int c = 0; c < nft_cases(200); c++) {
        nf_csr m = {0}, t = {0}, back = {0};
        nft_rand_csr(&m, &r, nfi_rng_below(&r, 40), nfi_rng_below(&r, 40), nfi_rng_unit(&r));
        nft_ok(nf_csr_check(&m, &nft_err));
        nft_ok(nf_csr_transpose(&t, &m, &nft_err));
        nft_ok(nf_csr_check(&t, &nft_err));
        nft_ok(nf_csr_transpose(&back, &t, &nft_err));
        size_t nnz = (size_t)m.ptr[m.rows];
        ck_assert_int_eq(t.ptr[t.rows], m.ptr[m.rows]);
        ck_assert(back.rows == m.rows && back.cols == m.cols);
        ck_assert_int_eq(memcmp(back.ptr, m.ptr, (m.rows + 1) * sizeof *m.ptr), 0);
        ck_assert_int_eq(memcmp(back.idx, m.idx, nnz * sizeof *m.idx), 0);
        ck_assert_int_eq(memcmp(back.val, m.val, nnz * sizeof *m.val), 0);
        nf_csr_clear(&m);
        nf_csr_clear(&t);
        nf_csr_clear(&back);
    }
}
END_TEST

START_TEST(dense_rows_are_padded_aligned_and_zero)
{
    for (size_t cols = 0; cols <= 70; cols++) {
        nf_dense m = {0};
        nft_ok(nf_dense_alloc(&m, 3, cols, &nft_err));
        ck_assert(m.rows == 3 && m.cols == cols && m.ld >= cols && m.ld < cols + 16 && m.ld % 16 == 0);
        ck_assert_uint_eq((uintptr_t)m.val % 64, 0);
        for (size_t i = 0; i < 3 * m.ld; i++)
            ck_assert(m.val[i] == 0);
        nf_dense_clear(&m);
        ck_assert(m.val == NULL && m.rows == 0 && m.cols == 0 && m.ld == 0);
    }
}
END_TEST

START_TEST(impossible_dense_sizes_fail_and_leave_the_output)
{
    nf_dense m = {.rows = 77}, before = m;
    volatile size_t most = SIZE_MAX;

    nft_fails(nf_dense_alloc(&m, 1, most, &nft_err), NF_ENOMEM);
    nft_fails(nf_dense_alloc(&m, 1, most - 15, &nft_err), NF_ENOMEM);
    nft_fails(nf_dense_alloc(&m, most, 1, &nft_err), NF_ENOMEM);
    nft_fails(nf_dense_alloc(&m, (size_t)1 << 32, (size_t)1 << 32, &nft_err), NF_ENOMEM);
    nft_fails(nf_dense_alloc(&m, (size_t)1 << 31, (size_t)1 << 31, &nft_err), NF_ENOMEM);
    ck_assert_int_eq(memcmp(&m, &before, sizeof m), 0);
}
END_TEST

static void rand_dense(nf_dense *m, nfi_rng *r, size_t rows, size_t cols)
{
    nft_ok(nf_dense_alloc(m, rows, cols, &nft_err));
    for (size_t i = 0; i < rows * m->ld; i++)
        m->val[i] = i % m->ld < cols ? (float)nft_rand_between(r, -1, 1) : 99; /* padding must not count */
}

START_TEST(product_equals_the_naive_one)
{
    nfi_rng r = nft_rng(2);

    for (int c = 0; c < nft_cases(100); c++) {
        size_t n = nfi_rng_below(&r, 40), m = nfi_rng_below(&r, 40), d = nfi_rng_below(&r, 70);
        nf_dense A = {0}, B = {0}, C = {0};
        rand_dense(&A, &r, n, d);
        rand_dense(&B, &r, m, d);
        rand_dense(&C, &r, n, m);
        nft_ok(nf_dense_mul_abt(&C, &A, &B, &nft_err));
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < m; j++) {
                double want = 0;
                for (size_t t = 0; t < d; t++)
                    want += (double)A.val[i * A.ld + t] * (double)B.val[j * B.ld + t];
                ck_assert_double_eq_tol((double)C.val[i * C.ld + j], want, 1e-5); /* 70 float terms below 1 */
            }
            for (size_t j = m; j < C.ld; j++)
                ck_assert(C.val[i * C.ld + j] == 99);
        }
        nf_dense_clear(&A);
        nf_dense_clear(&B);
        nf_dense_clear(&C);
    }
}
END_TEST

START_TEST(product_by_itself_is_allowed_in_place_is_not)
{
    nfi_rng r = nft_rng(3);
    nf_dense A = {0}, C = {0};

    rand_dense(&A, &r, 20, 20);
    nft_ok(nf_dense_alloc(&C, 20, 20, &nft_err));
    nft_ok(nf_dense_mul_abt(&C, &A, &A, &nft_err));
    for (size_t i = 0; i < 20; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_double_eq_tol((double)C.val[i * C.ld + j], (double)C.val[j * C.ld + i], 1e-5);
    nft_fails(nf_dense_mul_abt(&A, &A, &A, &nft_err), NF_EINVAL);
    nft_fails(nf_dense_mul_abt(&A, &C, &A, &nft_err), NF_EINVAL);
    nf_dense_clear(&A);
    nf_dense_clear(&C);
}
END_TEST

START_TEST(shapes_that_differ_are_refused)
{
    float v[64] = {0};
    nf_dense A = {2, 3, 16, v}, B = {2, 4, 16, v}, C = {2, 2, 16, v + 32};

    nft_fails(nf_dense_mul_abt(&C, &A, &B, &nft_err), NF_EINVAL);
    B.cols = 3;
    C.rows = 3;
    nft_fails(nf_dense_mul_abt(&C, &A, &B, &nft_err), NF_EINVAL);
    C.rows = 2;
    C.cols = 1;
    nft_fails(nf_dense_mul_abt(&C, &A, &B, &nft_err), NF_EINVAL);
    C.cols = 2;
    nft_ok(nf_dense_mul_abt(&C, &A, &B, &nft_err));
}
END_TEST

START_TEST(sizes_beyond_blas_integers_are_refused)
{
    /* the sizes are checked before anything is read */
    float v[16] = {0}, w[16] = {0};
    const size_t big = (size_t)INT32_MAX + 1;
    nf_dense A = {big, 1, 16, v}, B = {1, 1, 16, v}, C = {big, 1, 16, w};

    nft_fails(nf_dense_mul_abt(&C, &A, &B, &nft_err), NF_ELIMIT);
    A = (nf_dense){1, big, big + 15, v};
    B = (nf_dense){1, big, big + 15, v};
    C = (nf_dense){1, 1, 16, w};
    nft_fails(nf_dense_mul_abt(&C, &A, &B, &nft_err), NF_ELIMIT);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("matrix");
    TCase *t = tcase_create("sparse"), *d = tcase_create("dense");
    tcase_add_test(t, nothing_is_a_valid_matrix);
    tcase_add_test(t, sparse_memory_is_zero_and_cleared_to_nothing);
    tcase_add_test(t, impossible_sparse_sizes_fail_and_leave_the_output);
    tcase_add_test(t, each_broken_invariant_is_named);
    tcase_add_test(t, transpose_of_an_example);
    tcase_add_test(t, transpose_refuses_what_is_broken);
    tcase_add_test(t, transpose_is_valid_and_twice_the_same);
    tcase_add_test(d, dense_rows_are_padded_aligned_and_zero);
    tcase_add_test(d, impossible_dense_sizes_fail_and_leave_the_output);
    tcase_add_test(d, product_equals_the_naive_one);
    tcase_add_test(d, product_by_itself_is_allowed_in_place_is_not);
    tcase_add_test(d, shapes_that_differ_are_refused);
    tcase_add_test(d, sizes_beyond_blas_integers_are_refused);
    suite_add_tcase(s, t);
    suite_add_tcase(s, d);
    return nft_run(s);
}
