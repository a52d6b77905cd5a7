/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What nf_init() promises, and that the BLAS we got is the one we asked for. */
#define _GNU_SOURCE /* dladdr */
#include "nft.h"

#include "base/dense.h"
#include "base/kern.h"
#include "base/num.h"

#include <dlfcn.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_log.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* The file is found by dladdr() of the pointer that is called. */
START_TEST(blas_is_openblas_with_one_thread)
{
    const char *info = nf_build_info();

    ck_assert_msg(strstr(info, "cblas_sgemm from libopenblas") != NULL, "%s", info);
    ck_assert_msg(strstr(info, ", 1 thread") != NULL, "%s", info);
}
END_TEST

START_TEST(a_start_opens_no_openblas)
{
    nf_init();
    ck_assert_ptr_null(dlsym(RTLD_DEFAULT, "openblas_get_config"));
    char *maps = nft_read("/proc/self/maps", NULL);
    ck_assert_ptr_null(strstr(maps, "openblas"));
    free(maps);
}
END_TEST

START_TEST(errors_of_gsl_do_not_abort)
{
    gsl_sf_result r;
    ck_assert_int_eq(gsl_sf_log_e(-1.0, &r), GSL_EDOM);
}
END_TEST

START_TEST(build_info_is_one_plain_line)
{
    const char *info = nf_build_info();

    ck_assert_str_eq(nf_version(), "0.1.0");
    ck_assert_ptr_nonnull(strstr(info, nf_version()));
    ck_assert_ptr_nonnull(strstr(info, nfi_kern_get()->name));
    ck_assert_ptr_nonnull(strstr(info, "OpenBLAS"));
    ck_assert_ptr_null(strchr(info, '/')); /* no path of this machine */
    for (const char *p = info; *p; p++)
        ck_assert_msg(*p >= ' ' && *p < 0x7f, "byte %d of \"%s\"", (int)(p - info), info);
    printf("# %s\n", info);
    fflush(stdout);
}
END_TEST

START_TEST(description_is_cut_to_its_room)
{
    char room[24];

    memset(room, '!', sizeof room);
    size_t length = 0;
    nft_ok(nfi_blas_describe(room, 10, &length, &nft_err));
    ck_assert_uint_eq(length, 9);
    ck_assert_str_eq(room, "cblas_sge");
    ck_assert_int_eq(room[10], '!');
}
END_TEST

static void *init_again(void *unused)
{
    nf_init();
    return unused;
}

START_TEST(calling_again_and_at_once_changes_nothing)
{
    const char *info = nf_build_info();
    const nfi_kern *kern = nfi_kern_get();
    pthread_t t[4];
    char before[512];

    snprintf(before, sizeof before, "%s", info);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, init_again, NULL), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    nf_init();
    ck_assert_ptr_eq(nf_build_info(), info);
    ck_assert_str_eq(info, before);
    ck_assert_ptr_eq(nfi_kern_get(), kern);
}
END_TEST

/* Bytes in use. */
static rlim_t address_space(void)
{
    char *pages = nft_read("/proc/self/statm", NULL);
    uint64_t n = 0;
    ck_assert(nfi_parse_u64(pages, strcspn(pages, " "), &n));
    free(pages);
    return (rlim_t)n * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* OpenBLAS would wait for ever for its work area. */
START_TEST(first_product_without_memory_fails_and_the_next_with_memory_works)
{
    nf_dense A = {0}, C = {0};
    struct rlimit old, tight;

    nft_ok(nf_dense_alloc(&A, 4, 4, &nft_err));
    nft_ok(nf_dense_alloc(&C, 4, 4, &nft_err));
    A.val[0] = 3;
    ck_assert_int_eq(getrlimit(RLIMIT_AS, &old), 0);
    tight = old;
    tight.rlim_cur = address_space() + ((rlim_t)16 << 20); /* enough for us, not for OpenBLAS */
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &tight), 0);
    nf_err e = {0};
    nf_status s = nf_dense_mul_abt(&C, &A, &A, &e);
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &old), 0);
    ck_assert_int_eq(s, NF_ENOMEM);
    ck_assert_int_eq(e.code, NF_ENOMEM);
    nft_ok(nf_dense_mul_abt(&C, &A, &A, &nft_err));
    ck_assert(C.val[0] == 9);
    nf_dense_clear(&A);
    nf_dense_clear(&C);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("init");
    TCase *t = tcase_create("init");
    tcase_set_timeout(t, 30);
    tcase_add_test(t, a_start_opens_no_openblas); /* before others do */
    if (nft_limits())
        tcase_add_test(t, first_product_without_memory_fails_and_the_next_with_memory_works);
    tcase_add_test(t, blas_is_openblas_with_one_thread);
    tcase_add_test(t, errors_of_gsl_do_not_abort);
    tcase_add_test(t, build_info_is_one_plain_line);
    tcase_add_test(t, description_is_cut_to_its_room);
    tcase_add_test(t, calling_again_and_at_once_changes_nothing);
    suite_add_tcase(s, t);
    return nft_run(s);
}
