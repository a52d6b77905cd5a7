/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of nf_inspect(), and its figures on documents that can be counted by hand. */
#include "nft.h"

#include "features/inspect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(quartiles_are_those_of_the_sorted_values)
{
    for (uint64_t n = 1; n <= 40; n++) {
        nfi_lengths l;
        nft_ok(nfi_lengths_init(&l, &nft_err));
        for (uint64_t i = 0; i < n; i++)
            nfi_lengths_add(&l, 100 + (i * 7 % n)); /* where 7 divides n, values repeat */
        uint64_t v[40], m = 0;
        for (uint64_t x = 0; x < n; x++)
            for (uint64_t i = 0; i < n; i++)
                if (i * 7 % n == x)
                    v[m++] = 100 + x;
        ck_assert_uint_eq(m, n);
        nf_spread s = nfi_lengths_spread(&l);
        ck_assert_uint_eq(s.q1, v[(n + 3) / 4 - 1]);
        ck_assert_uint_eq(s.median, v[(2 * n + 3) / 4 - 1]);
        ck_assert_uint_eq(s.q3, v[(3 * n + 3) / 4 - 1]);
        ck_assert_uint_eq(s.min, v[0]);
        ck_assert_uint_eq(s.max, v[n - 1]);
        nfi_lengths_clear(&l);
    }
}
END_TEST

START_TEST(long_lengths_are_near)
{
    nfi_lengths l;

    for (uint64_t v = 65000; v < UINT64_MAX / 3; v += v / 5 + 1) {
        nft_ok(nfi_lengths_init(&l, &nft_err));
        nfi_lengths_add(&l, 1);
        nfi_lengths_add(&l, v);
        nfi_lengths_add(&l, v);
        nf_spread s = nfi_lengths_spread(&l);
        ck_assert(s.median <= v && v - s.median <= v / 64);
        ck_assert_uint_eq(s.max, v);
        nfi_lengths_clear(&l);
    }
    nft_ok(nfi_lengths_init(&l, &nft_err));
    nf_spread s = nfi_lengths_spread(&l);
    ck_assert_uint_eq(s.n + s.min + s.q1 + s.max, 0);
    nfi_lengths_clear(&l);
}
END_TEST

START_TEST(keys_are_counted_up_to_the_limit)
{
    nfi_keys k;
    uint64_t count;

    nfi_keys_init(&k, 1000);
    for (int round = 1; round <= 3; round++)
        for (uint64_t i = 0; i < 1000; i++) {
            nft_ok(nfi_keys_add(&k, (nfi_hash128){i % 10, i}, &count, &nft_err));
            ck_assert_uint_eq(count, (uint64_t)round);
        }
    ck_assert(!k.full);
    nft_ok(nfi_keys_add(&k, (nfi_hash128){77, 1000}, &count, &nft_err));
    ck_assert_uint_eq(count, 0);
    ck_assert(k.full);
    nft_ok(nfi_keys_add(&k, (nfi_hash128){0, 0}, &count, &nft_err)); /* known keys go on counting */
    ck_assert_uint_eq(count, 4);
    nfi_keys_clear(&k);
}
END_TEST

START_TEST(a_thinned_curve_keeps_its_shape)
{
    nfi_curve *c = calloc(1, sizeof *c);
    uint64_t n = 3 * NFI_CURVE + 77;

    for (uint64_t i = 1; i <= n; i++)
        nfi_curve_add(c, 10 * i, 3 * i);
    ck_assert_uint_le(c->n, NFI_CURVE);
    for (uint64_t x = 0; x <= 10 * n; x += 1001)
        ck_assert_uint_le(nfi_curve_at(c, x, 10 * n, 3 * n) * 10 - 3 * x + 5, 10); /* a straight line, rounded */
    ck_assert_uint_eq(nfi_curve_at(c, 10 * n, 10 * n, 3 * n), 3 * n);
    free(c);
}
END_TEST

/* Kind of the pair, -1 when it is none. */
static int pair(const char *a, const char *b)
{
    nf_inspect_label label[2] = {{{a, strlen(a)}, 2}, {{b, strlen(b)}, 1}};
    nf_inspect_variant v[NF_INSPECT_VARIANTS];
    size_t n;
    uint64_t more;

    nft_ok(nfi_label_variants(v, &n, &more, label, 2, &nft_err));
    ck_assert(n <= 1 && more == 0);
    return n ? (int)v[0].kind : -1;
}

START_TEST(spellings_of_one_label_are_found)
{
    ck_assert_int_eq(pair("Economy", "economy"), NF_VARIANT_CASE);
    ck_assert_int_eq(pair("\u00c9conomie", "\u00e9conomie"), NF_VARIANT_CASE);
    ck_assert_int_eq(pair("foreign policy", "foreign_policy"), NF_VARIANT_SPACING);
    ck_assert_int_eq(pair("Foreign Policy", "foreign-policy."), NF_VARIANT_SPACING);
    ck_assert_int_eq(pair("economy", "ec\u043en\u043emy"), NF_VARIANT_LOOKALIKE);
    ck_assert_int_eq(pair("military", "mi1itary"), NF_VARIANT_LOOKALIKE);
    ck_assert_int_eq(pair("military", "militery"), NF_VARIANT_EDIT);
    ck_assert_int_eq(pair("military", "militry"), NF_VARIANT_EDIT);
    ck_assert_int_eq(pair("military", "milit ary"), NF_VARIANT_SPACING);
    ck_assert_int_eq(pair("military", "mlilitary"), NF_VARIANT_EDIT);
    ck_assert_int_eq(pair("military", "mliitary"), NF_VARIANT_EDIT); /* swapped */
}
END_TEST

START_TEST(other_labels_are_not_spellings)
{
    ck_assert_int_eq(pair("topic12", "topic13"), -1);
    ck_assert_int_eq(pair("topic1", "topic12"), -1);
    ck_assert_int_eq(pair("war", "wars"), -1); /* short words are often one letter apart */
    ck_assert_int_eq(pair("economy", "ecology"), -1);
    ck_assert_int_eq(pair("sports", "politics"), -1);
    ck_assert_int_eq(pair("+", "-"), -1);
}
END_TEST

START_TEST(pairs_beyond_the_list_are_counted)
{
    enum { N = 40 };
    static char name[N][48];
    nf_inspect_label label[N];
    nf_inspect_variant v[NF_INSPECT_VARIANTS];
    size_t n;
    uint64_t more;

    for (size_t i = 0; i < N; i++) { /* one word with i blanks */
        memset(name[i], ' ', i + 1);
        memcpy(name[i] + i, "x", 2);
        name[i][0] = 'y';
        label[i] = (nf_inspect_label){{name[i], i + 1}, 1};
    }
    label[0].name = (nf_str){"yx", 2};
    label[1].name = (nf_str){"y  x ", 5};
    nft_ok(nfi_label_variants(v, &n, &more, label, N, &nft_err));
    ck_assert_uint_eq(n, NF_INSPECT_VARIANTS);
    ck_assert_uint_eq(n + more, N * (N - 1) / 2);
}
END_TEST

START_TEST(figures_of_a_small_corpus)
{
    char path[NFT_PATH];
    nf_docs *in = NULL;
    nf_inspection r = {0};

    nft_file_str(path, NULL, "a.jsonl",
                 "{\"id\":\"1\",\"text\":\"alpha beta gamma alpha\",\"label\":\"x\",\"k\":\"v\",\"date\":\"2024-01-31\"}\n"
                 "{\"id\":\"2\",\"text\":\"alpha  beta\\ngamma alpha \",\"label\":\"x\",\"k\":\"w\",\"date\":\"soon\"}\n"
                 "{\"id\":\"3\",\"text\":\"delta\",\"label\":\"y\",\"k\":\"v\",\"date\":\"1 Feb 2023\"}\n"
                 "{\"id\":\"4\",\"text\":\"\",\"k\":\"\",\"date\":\"\"}\n");
    nft_ok(nf_docs_open(&in, (const char *const[]){path}, 1, NULL, &nft_err));
    nft_ok(nf_inspect(&r, in, NULL, &nft_err));
    nf_docs_close(in);
    ck_assert_uint_eq(r.docs, 4);
    ck_assert_uint_eq(r.labelled, 3);
    ck_assert_uint_eq(r.no_text, 1);
    ck_assert_uint_eq(r.few_tokens, 1);
    ck_assert_uint_eq(r.nlabels, 2);
    ck_assert_uint_eq(r.label[0].docs, 2);
    ck_assert_uint_eq(r.copies, 1);
    ck_assert_uint_eq(r.copied, 1);
    ck_assert_uint_eq(r.most_copies, 2);
    ck_assert_str_eq(r.copy_id, "2");
    ck_assert_uint_eq(r.n_tokens, 9);
    ck_assert_uint_eq(r.types, 4);
    ck_assert_uint_eq(r.once, 1); /* delta */
    ck_assert_uint_eq(r.tokens.max, 4);
    ck_assert_uint_eq(r.growth[3].types, 4);
    ck_assert_uint_eq(r.growth[2].types, 3);
    ck_assert_uint_eq(r.dated, 2);
    ck_assert_uint_eq(r.unreadable, 1);
    ck_assert_uint_eq(r.undated, 1);
    ck_assert_int_eq(memcmp(r.first_date.p, "2023-02-01", 10), 0);
    ck_assert_int_eq(memcmp(r.last_date.p, "2024-01-31", 10), 0);
    ck_assert_uint_eq(r.nscripts, 1);
    ck_assert(!r.languages_told && r.nlanguages == 0);
    for (size_t c = 0; c < r.ncolumns; c++)
        if (r.column[c].name.n == 1) { /* k */
            ck_assert_uint_eq(r.column[c].filled, 3);
            ck_assert_uint_eq(r.column[c].distinct, 2);
            ck_assert_int_eq(memcmp(r.column[c].example.p, "v", 1), 0);
        }
    nf_inspection_clear(&r);
    nf_inspection_clear(&r);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("inspect");
    TCase *t = tcase_create("inspect");

    tcase_add_test(t, quartiles_are_those_of_the_sorted_values);
    tcase_add_test(t, long_lengths_are_near);
    tcase_add_test(t, keys_are_counted_up_to_the_limit);
    tcase_add_test(t, a_thinned_curve_keeps_its_shape);
    tcase_add_test(t, spellings_of_one_label_are_found);
    tcase_add_test(t, other_labels_are_not_spellings);
    tcase_add_test(t, pairs_beyond_the_list_are_counted);
    tcase_add_test(t, figures_of_a_small_corpus);
    suite_add_tcase(s, t);
    return nft_run(s);
}
