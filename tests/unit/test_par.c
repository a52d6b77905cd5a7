/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parallel chunks: each runs once, the lowest failure wins, nested loops work. */
#include "nft.h"

#include "base/par.h"
#include "base/try.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

enum { CHUNKS = 500 };

typedef struct work {
    atomic_int runs[CHUNKS];
    bool fails[CHUNKS];
    int threads;
    atomic_int strange; /* workers out of range */
    atomic_int highest; /* one of the greatest workers */
} work;

static nf_status one(void *ctx, size_t chunk, int worker, nf_err *err)
{
    work *w = ctx;

    atomic_fetch_add(&w->runs[chunk], 1);
    if (worker < 0 || worker >= w->threads)
        atomic_fetch_add(&w->strange, 1);
    if (worker > atomic_load(&w->highest))
        atomic_store(&w->highest, worker);
    for (volatile size_t spin = (chunk * 7919) % 2000; spin > 0; spin--) /* chunks end out of order */
        ;
    if (w->fails[chunk])
        return NF_FAIL_AT(err, chunk % 2 ? NF_EDATA : NF_EFORMAT, "chunk", chunk, "chunk %zu failed", chunk);
    return NF_OK;
}

START_TEST(every_chunk_runs_once)
{
    static work w;

    for (w.threads = 1; w.threads <= 16; w.threads++)
        for (size_t chunks = 0; chunks <= CHUNKS; chunks = chunks * 3 + 1) {
            memset(w.runs, 0, sizeof w.runs);
            nft_ok(nfi_par_chunks(chunks, w.threads, one, &w, &nft_err));
            for (size_t c = 0; c < CHUNKS; c++)
                ck_assert_int_eq(atomic_load(&w.runs[c]), c < chunks);
            ck_assert_int_eq(atomic_load(&w.strange), 0);
        }
}
END_TEST

START_TEST(lowest_failing_chunk_wins_with_any_number_of_threads)
{
    static work w;
    nfi_rng r = nft_rng(1);

    for (int c = 0; c < nft_cases(200); c++) {
        size_t lowest = CHUNKS;
        for (size_t i = 0; i < CHUNKS; i++) {
            w.fails[i] = nfi_rng_below(&r, 40) == 0;
            if (w.fails[i] && lowest == CHUNKS)
                lowest = i;
        }
        w.threads = 1 + (int)nfi_rng_below(&r, 9);
        memset(w.runs, 0, sizeof w.runs);
        nf_err err = {0};
        nf_status s = nfi_par_chunks(CHUNKS, w.threads, one, &w, &err);
        if (lowest == CHUNKS) {
            ck_assert_int_eq(s, NF_OK);
            continue;
        }
        ck_assert_int_eq(s, lowest % 2 ? NF_EDATA : NF_EFORMAT);
        ck_assert_int_eq(err.code, s);
        ck_assert_uint_eq(err.line, lowest);
        for (size_t i = 0; i <= lowest; i++) /* nothing below the failure is skipped */
            ck_assert_int_eq(atomic_load(&w.runs[i]), 1);
        ck_assert_int_eq(nfi_par_chunks(CHUNKS, w.threads, one, &w, NULL), s);
    }
}
END_TEST

enum { INNER = 40 };

static nf_status outer(void *ctx, size_t chunk, int worker, nf_err *err)
{
    work *w = ctx;
    (void)worker;
    return nfi_par_chunks(INNER, w[chunk].threads, one, w + chunk, err);
}

typedef nf_status (*par_fn)(size_t chunks, int threads, nfi_chunk_fn fn, void *ctx, nf_err *err);

/* Loops of inner threads within a loop of 4. */
static void nest(par_fn par, size_t chunks, int inner, int most)
{
    static work w[8];

    memset(w, 0, sizeof w);
    for (size_t i = 0; i < chunks; i++)
        w[i].threads = inner;
    nft_ok(par(chunks, 4, outer, w, &nft_err));
    for (size_t i = 0; i < chunks; i++) {
        ck_assert_int_eq(atomic_load(&w[i].strange), 0);
        ck_assert_int_le(atomic_load(&w[i].highest), most);
        for (int c = 0; c < INNER; c++)
            ck_assert_int_eq(atomic_load(&w[i].runs[c]), 1);
    }
    w[chunks - 2].fails[4] = true; /* the lowest outer chunk that fails, and in it the lowest of its loop */
    w[chunks - 2].fails[30] = true;
    w[chunks - 1].fails[1] = true;
    nf_err err = {0};
    ck_assert_int_eq(par(chunks, 4, outer, w, &err), NF_EFORMAT);
    ck_assert_uint_eq(err.line, 4);
}

START_TEST(loops_within_a_loop_run_with_any_number_of_threads)
{
    for (int inner = 1; inner <= 6; inner++) {
        nest(nfi_par_chunks, 8, inner, inner < 4 ? 0 : 3); /* of fewer threads than the outer one has: serially, as worker 0 */
        nest(nfi_par_beside, 2, inner, inner < 4 ? 0 : 3);
    }
}
END_TEST

/* Two chunks that wait until a loop within the first has run on two threads at once. */
static nf_status meet(void *ctx, size_t chunk, int worker, nf_err *err)
{
    atomic_int *there = ctx;

    (void)chunk, (void)worker, (void)err;
    atomic_fetch_add(there, 1);
    while (atomic_load(there) < 3)
        ;
    return NF_OK;
}

static nf_status beside(void *ctx, size_t chunk, int worker, nf_err *err)
{
    (void)worker;
    return chunk == 0 ? nfi_par_chunks(3, 3, meet, ctx, err) : NF_OK;
}

START_TEST(chunks_beside_each_other_have_all_threads)
{
    atomic_int there = 0;

    nft_ok(nfi_par_beside(2, 3, beside, &there, &nft_err));
    ck_assert_int_eq(atomic_load(&there), 3);
}
END_TEST

START_TEST(number_of_threads_has_bounds)
{
    ck_assert_int_ge(nfi_par_threads(0), 1);
    ck_assert_int_eq(nfi_par_threads(-5), nfi_par_threads(0));
    ck_assert_int_eq(nfi_par_threads(1), 1);
    ck_assert_int_eq(nfi_par_threads(7), 7);
    ck_assert_int_eq(nfi_par_threads(1024), 1024);
    ck_assert_int_eq(nfi_par_threads(1000000), 1024);
}
END_TEST

START_TEST(a_limit_holds_where_no_number_is_asked_for)
{
    nfi_par_limit(1);
    ck_assert_int_eq(nfi_par_threads(0), 1);
    ck_assert_int_eq(nfi_par_threads(7), 7);
    nfi_par_limit(0);
    ck_assert_int_eq(nfi_par_threads(0), 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("par");
    TCase *t = tcase_create("par");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, every_chunk_runs_once);
    tcase_add_test(t, lowest_failing_chunk_wins_with_any_number_of_threads);
    tcase_add_test(t, loops_within_a_loop_run_with_any_number_of_threads);
    tcase_add_test(t, chunks_beside_each_other_have_all_threads);
    tcase_add_test(t, number_of_threads_has_bounds);
    tcase_add_test(t, a_limit_holds_where_no_number_is_asked_for);
    suite_add_tcase(s, t);
    return nft_run(s);
}
