/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_lookup.c - every term is found, with and without the hash table, and nothing else is. */
#include "models_kit.h"

#include "models/lookup.h"

START_TEST(terms_are_found_either_way)
{
    for (int hi = 1; hi <= NFI_MAX_NGRAM; hi++) {
        dk_docs k = {0};
        nfi_rng r = nft_rng((uint64_t)hi);
        nfi_lookup plain, hashed;
        size_t hits = 0, misses = 0;

        mk_docs(&k, &r, 60, 3);
        nf_model *m = mk_train(&k, &(nf_count_opts){.corpus = {.threads = 1, .text = {.ngram_lo = 1, .ngram_hi = hi}}},
                               &(nf_train_opts){.smoothing = 1});
        nft_ok(nfi_lookup_init(&plain, m, &nft_err));
        nft_ok(nfi_lookup_init(&hashed, m, &nft_err));
        nft_ok(nfi_lookup_hash(&hashed, &nft_err));
        for (size_t t = 0; t < m->n; t++) {
            uint32_t word[NFI_MAX_NGRAM];
            int n = 0;
            for (; n < m->stride && m->seq[t * (size_t)m->stride + (size_t)n]; n++)
                word[n] = m->seq[t * (size_t)m->stride + (size_t)n] - 1;
            if (n > 1) {
                nfi_lookup_prefetch_place(&hashed, word, n);
                nfi_lookup_prefetch_term(&hashed, word, n);
            }
            ck_assert_uint_eq(nfi_lookup_term(&plain, word, n), t);
            ck_assert_uint_eq(nfi_lookup_term(&hashed, word, n), t);
        }
        for (int c = 0; c < nft_cases(20000); c++) {
            uint32_t word[NFI_MAX_NGRAM];
            int n = 1 + (int)nfi_rng_below(&r, NFI_MAX_NGRAM);
            for (int i = 0; i < n; i++)
                word[i] = (uint32_t)nfi_rng_below(&r, m->nwords);
            uint32_t t = nfi_lookup_term(&plain, word, n);
            ck_assert_uint_eq(nfi_lookup_term(&hashed, word, n), t);
            *(t == NFI_NONE ? &misses : &hits) += 1;
        }
        ck_assert(nft_cases(20000) < 20000 || (hits > 0 && misses > 0));
        nfi_lookup_clear(&plain);
        nfi_lookup_clear(&hashed);
        nf_model_free(m);
        dk_clear(&k);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lookup");
    TCase *t = tcase_create("lookup");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, terms_are_found_either_way);
    suite_add_tcase(s, t);
    return nft_run(s);
}
