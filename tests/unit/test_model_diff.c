/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two models term by term: every term once, the weights of nf_model_term_weight(), the largest change first. */
#include "models_kit.h"

#include "newsframe/explain.h"

#include <math.h>

enum { NK = 4 };

static nf_model *trained(uint64_t seed, size_t docs, double smoothing)
{
    nfi_rng r = nft_rng(seed);
    dk_docs k = {0};
    nf_train_opts o = nf_train_defaults();

    o.select.min_df = 1;
    o.smoothing = smoothing;
    mk_docs(&k, &r, docs, NK);
    nf_model *m = mk_train(&k, NULL, &o);
    dk_clear(&k);
    return m;
}

START_TEST(a_model_is_like_itself)
{
    nf_model *m = trained(3, 40, 0.5);
    nf_model_diff *d = NULL;
    size_t both, a, b, n = 9, moved = 9;
    const nf_term_change *c;

    nft_ok(nf_model_diff_new(&d, m, m, &nft_err));
    nf_model_diff_terms(d, &both, &a, &b);
    ck_assert_uint_eq(both, m->n);
    ck_assert_uint_eq(a + b, 0);
    for (size_t k = 0; k < NK; k++) {
        nft_ok(nf_model_diff_class(d, k, k, 5, &c, &n, &moved, &nft_err));
        ck_assert_uint_eq(n + moved, 0);
    }
    nft_fails(nf_model_diff_class(d, NK, 0, 5, &c, &n, &moved, &nft_err), NF_EINVAL);
    nf_model_diff_free(d);
    nf_model_diff_free(NULL);
    nf_model_free(m);
}
END_TEST

START_TEST(changes_are_differences_of_weights_the_largest_first)
{
    nf_model *x = trained(4, 60, 0.5), *y = trained(5, 30, 0.1);
    nf_model_diff *d = NULL;
    size_t both, a, b, n, moved;
    const nf_term_change *c;
    char p[1100], q[1100];

    nft_ok(nf_model_diff_new(&d, x, y, &nft_err));
    nf_model_diff_terms(d, &both, &a, &b);
    ck_assert_uint_eq(both + a, x->n);
    ck_assert_uint_eq(both + b, y->n);
    ck_assert(both > 0 && a > 0 && b > 0);
    for (size_t k = 0; k < NK; k++) {
        int32_t other = nf_model_find_label(y, nf_model_label(x, k));
        size_t alone_a = 0, alone_b = 0;
        ck_assert_int_ge(other, 0);
        nft_ok(nf_model_diff_class(d, k, (size_t)other, SIZE_MAX, &c, &n, &moved, &nft_err));
        ck_assert_uint_eq(n, moved);
        for (size_t i = 0; i < n; i++) {
            bool in_a = c[i].term_a != NF_NO_TERM, in_b = c[i].term_b != NF_NO_TERM;
            alone_a += !in_b;
            alone_b += !in_a;
            ck_assert_double_eq_tol(c[i].weight_a, in_a ? nf_model_term_weight(x, c[i].term_a, k) : 0.0, 1e-12);
            ck_assert_double_eq_tol(c[i].weight_b, in_b ? nf_model_term_weight(y, c[i].term_b, (size_t)other) : 0.0, 1e-12);
            if (in_a && in_b) {
                size_t np = nf_model_term(x, c[i].term_a, p, sizeof p), nq = nf_model_term(y, c[i].term_b, q, sizeof q);
                ck_assert(np == nq && memcmp(p, q, np) == 0);
            }
            if (i)
                ck_assert(fabs(c[i].weight_b - c[i].weight_a) <= fabs(c[i - 1].weight_b - c[i - 1].weight_a));
        }
        ck_assert_uint_eq(alone_a, a);
        ck_assert_uint_eq(alone_b, b);
        nft_ok(nf_model_diff_class(d, k, (size_t)other, 3, &c, &n, &both, &nft_err));
        ck_assert_uint_eq(n, 3);
        ck_assert_uint_eq(both, moved);
    }
    nf_model_diff_free(d);
    nf_model_free(x);
    nf_model_free(y);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("model_diff");
    TCase *t = tcase_create("model_diff");
    tcase_add_test(t, a_model_is_like_itself);
    tcase_add_test(t, changes_are_differences_of_weights_the_largest_first);
    suite_add_tcase(s, t);
    return nft_run(s);
}
