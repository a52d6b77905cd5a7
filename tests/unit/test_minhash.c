/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signatures against the sets that they stand for, keys of bands against rows. */
#include "dedup_kit.h"

#include "base/sort.h"

#include <math.h>

/* One number, so that results of different runs and machines can be compared. */
START_TEST(hashes_do_not_change)
{
    size_t n;
    uint64_t *a = ddk_set((nf_str){"the river at dawn under fire", 28}, 5, &n);
    uint32_t sig[NFI_BINS], key[32];
    static nfi_densify d;

    nfi_densify_init(&d);
    nfi_minhash(&d, a, n, sig);
    nfi_band_keys(sig, (nfi_bands){32, 4}, key, 1);
    ck_assert_uint_eq(n, 2);
    ck_assert_msg(a[0] == 0x0e3b8289388d261fu && a[1] == 0xb9919e642f949ed7u, "%#llx %#llx", (unsigned long long)a[0],
                  (unsigned long long)a[1]);
    ck_assert_msg(key[7] == 0xe28b58d3u, "%#x", key[7]);
    free(a);
}
END_TEST

/* Two sets of na and nb with both in common, numbers spread evenly; owned by the caller. */
static void two_sets(nfi_rng *r, size_t na, size_t nb, size_t both, uint64_t **a, uint64_t **b)
{
    nfi_kv *kv = calloc(na + nb, sizeof *kv);
    size_t n = na + nb - both, i = 0, j = 0;

    for (size_t x = 0; x < n; x++)
        kv[x] = (nfi_kv){nfi_rng_next(r), (uint32_t)(x < both ? 3 : x < na ? 1 : 2), 0};
    nft_ok(nfi_sort_kv(kv, n, &nft_err));
    *a = calloc(na + 1, sizeof **a);
    *b = calloc(nb + 1, sizeof **b);
    for (size_t x = 0; x < n; x++) {
        if (kv[x].val & 1)
            (*a)[i++] = kv[x].key;
        if (kv[x].val & 2)
            (*b)[j++] = kv[x].key;
    }
    free(kv);
}

/* Agreement over many pairs of one similarity: the mean must be that similarity, for sets far below and above the number of bins. */
START_TEST(signatures_agree_as_often_as_sets_do)
{
    static const struct {
        size_t n, both;
    } sets[] = {{3, 2}, {10, 8}, {30, 20}, {100, 50}, {300, 270}, {2000, 1000}};
    static nfi_densify d;
    nfi_rng r = nft_rng(3);

    nfi_densify_init(&d);
    for (size_t k = 0; k < sizeof sets / sizeof *sets; k++) {
        size_t n = sets[k].n, both = sets[k].both;
        double want = (double)both / (double)(2 * n - both), sum = 0;
        enum { PAIRS = 600 };
        for (int p = 0; p < PAIRS; p++) {
            uint64_t *a, *b;
            uint32_t x[NFI_BINS], y[NFI_BINS];
            two_sets(&r, n, n, both, &a, &b);
            nfi_minhash(&d, a, n, x);
            nfi_minhash(&d, b, n, y);
            int same = 0;
            for (int i = 0; i < NFI_BINS; i++)
                same += x[i] == y[i];
            sum += (double)same / NFI_BINS;
            free(a);
            free(b);
        }
        double sigma = sqrt(want * (1 - want) / (PAIRS * (double)(n < NFI_BINS ? n : NFI_BINS))); /* no more than so many bins are free */
        ck_assert_msg(fabs(sum / PAIRS - want) < 5 * sigma, "%zu shingles: %g, want %g +- %g", n, sum / PAIRS, want, sigma);
    }
}
END_TEST

START_TEST(every_empty_bin_borrows_from_the_first_full_one_of_its_order)
{
    static nfi_densify d;
    nfi_rng r = nft_rng(4);

    nfi_densify_init(&d);
    for (int i = 0; i < NFI_BINS; i++) {
        ck_assert_uint_eq(d.order[0][i], i);
        for (int j = 0; j < NFI_BINS; j++)
            ck_assert_uint_eq(d.place[d.order[j][i]][i], j);
    }
    for (size_t n = 1; n < 300; n += 1 + n / 20) {
        uint64_t *a, *b;
        uint32_t sig[NFI_BINS], plain[NFI_BINS];
        bool full[NFI_BINS] = {false};
        two_sets(&r, n, 0, 0, &a, &b);
        nfi_minhash(&d, a, n, sig);
        for (size_t i = n; i-- > 0;) {
            full[a[i] >> 57] = true;
            plain[a[i] >> 57] = (uint32_t)(a[i] << 7 >> 33);
        }
        for (int i = 0; i < NFI_BINS; i++) {
            int from = i;
            for (int j = 0; !full[from]; j++)
                from = d.order[j][i];
            ck_assert_msg(sig[i] == plain[from], "bin %d of %zu shingles", i, n);
        }
        uint64_t *mixed = calloc(2 * n, sizeof *mixed); /* order and repeats are of no matter */
        for (size_t i = 0; i < 2 * n; i++)
            mixed[i] = i < n ? a[n - 1 - i] : a[(size_t)nfi_rng_below(&r, n)];
        nfi_minhash(&d, mixed, 2 * n, plain);
        ck_assert_msg(memcmp(sig, plain, sizeof sig) == 0, "%zu shingles in another order", n);
        free(mixed);
        free(a);
        free(b);
    }
}
END_TEST

START_TEST(keys_of_bands_are_equal_where_their_rows_are)
{
    nfi_rng r = nft_rng(5);

    for (int t = 10; t <= 100; t++) {
        nfi_bands b = nfi_bands_for(t / 100.0);
        uint32_t x[NFI_BINS], y[NFI_BINS], kx[2 * NFI_BINS], ky[NFI_BINS];
        for (int i = 0; i < NFI_BINS; i++) {
            x[i] = (uint32_t)nfi_rng_below(&r, 3);
            y[i] = nfi_rng_below(&r, 8) ? x[i] : (uint32_t)nfi_rng_below(&r, 3);
        }
        memset(kx, 0xa5, sizeof kx);
        nfi_band_keys(x, b, kx, 2);
        nfi_band_keys(y, b, ky, 1);
        for (int i = 0; i < b.bands; i++) {
            bool same = memcmp(x + i * b.rows, y + i * b.rows, (size_t)b.rows * sizeof *x) == 0;
            ck_assert_msg((kx[2 * i] == ky[i]) == same && kx[2 * i + 1] == 0xa5a5a5a5u, "band %d of %d rows", i, b.rows);
        }
    }
}
END_TEST

START_TEST(bands_find_what_is_at_the_threshold)
{
    ck_assert_int_eq(nfi_bands_for(0.7).bands, 32);
    ck_assert_int_eq(nfi_bands_for(0.7).rows, 4);
    for (int t = 10; t <= 100; t++) {
        double x = t / 100.0;
        nfi_bands b = nfi_bands_for(x);
        ck_assert(b.bands * b.rows <= NFI_BINS && b.rows >= 1);
        ck_assert_msg(1 - pow(1 - pow(x, b.rows), b.bands) >= NFI_BAND_RECALL, "%g: %d bands of %d", x, b.bands, b.rows);
        ck_assert(fabs(nfi_bands_recall(b, x) - (1 - pow(1 - pow(x, b.rows), b.bands))) < NFT_TIGHT);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("minhash");
    TCase *t = tcase_create("minhash");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, hashes_do_not_change);
    tcase_add_test(t, signatures_agree_as_often_as_sets_do);
    tcase_add_test(t, every_empty_bin_borrows_from_the_first_full_one_of_its_order);
    tcase_add_test(t, keys_of_bands_are_equal_where_their_rows_are);
    tcase_add_test(t, bands_find_what_is_at_the_threshold);
    suite_add_tcase(s, t);
    return nft_run(s);
}
