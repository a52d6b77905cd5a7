/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Libraries that are opened when they are needed: once, whole, or with a message that helps. */
#include "nft.h"

#include "base/lazy.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

extern int nfi_nowhere(int); /* has a prototype and no library */

#define CALLS(X) X(floor) X(hypot)
static struct calls {
    CALLS(NFI_LAZY_POINTER)
} m;
static const nfi_lazy_row functions[] = {CALLS(NFI_LAZY_ROW)};
static atomic_int begun;

static void begin(void)
{
    atomic_fetch_add(&begun, 1);
}

static nfi_lazy library = {"libm.so.6", "libc6", functions, 2, &m, begin, NFI_LAZY_CLOSED};

static void *use(void *sum)
{
    for (int i = 0; i < 1000; i++) {
        if (nfi_lazy_open(&library, NULL) != NF_OK)
            return NULL;
        *(double *)sum += m.hypot(3, 4);
    }
    return NULL;
}

START_TEST(many_threads_open_it_once)
{
    pthread_t t[4];
    double sum[4] = {0};

    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, use, &sum[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(t[i], NULL);
        ck_assert(sum[i] == 5000);
    }
    ck_assert_int_eq(atomic_load(&begun), 1);
    ck_assert(m.floor(2.5) == 2);
}
END_TEST

START_TEST(a_library_that_is_not_there_is_named_with_its_package)
{
    static nfi_lazy none = {"libnewsframe-nowhere.so.7", "libnowhere7", functions, 2, &m, begin, NFI_LAZY_CLOSED};

    for (int i = 0; i < 2; i++) { /* it is tried again */
        nf_err e = {0};
        ck_assert_int_eq(nfi_lazy_open(&none, &e), NF_EIO);
        ck_assert_ptr_nonnull(strstr(e.msg, "cannot open the library libnewsframe-nowhere.so.7, install the package libnowhere7: "));
    }
    ck_assert_int_eq(nfi_lazy_open(&none, NULL), NF_EIO);
    ck_assert_int_eq(atomic_load(&begun), 0);
}
END_TEST

START_TEST(a_library_without_a_function_is_refused)
{
    static struct {
        NFI_LAZY_POINTER(floor)
        NFI_LAZY_POINTER(nfi_nowhere)
    } pair;
    static const nfi_lazy_row rows[] = {{"floor", 0}, {"nfi_nowhere", sizeof pair.floor}};
    static nfi_lazy old = {"libm.so.6", "libc6", rows, 2, &pair, begin, NFI_LAZY_CLOSED};

    nf_err e = {0};
    ck_assert_int_eq(nfi_lazy_open(&old, &e), NF_EIO);
    ck_assert_ptr_nonnull(strstr(e.msg, "libm.so.6 has no nfi_nowhere"));
    ck_assert_int_eq(atomic_load(&begun), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lazy");
    TCase *t = tcase_create("lazy");
    tcase_add_test(t, a_library_that_is_not_there_is_named_with_its_package);
    tcase_add_test(t, a_library_without_a_function_is_refused);
    tcase_add_test(t, many_threads_open_it_once);
    suite_add_tcase(s, t);
    return nft_run(s);
}
