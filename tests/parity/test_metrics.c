/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures and unshuffled folds equal those of scikit-learn in metrics.txt. Where it puts 0 for a figure without denominator, ours is
 * flagged. */
#include "golden.h"

#include "newsframe/metrics.h"

enum { MOST = 256 };

typedef struct state {
    size_t k, n;
    int32_t human[MOST], machine[MOST];
    nf_confusion c;
    nf_metrics m;
} state;

static size_t read_classes(golden *g, int32_t *dst)
{
    size_t n = (size_t)golden_number(g);
    ck_assert_uint_le(n, MOST);
    for (size_t i = 0; i < n; i++)
        dst[i] = (int32_t)golden_number(g);
    return n;
}

static void check_number(golden *g, double got)
{
    ck_assert_double_eq_tol(got, golden_number(g), NFT_TIGHT);
}

static void check_figures(golden *g, const state *s, size_t offset)
{
    ck_assert_uint_eq((size_t)golden_number(g), s->k);
    for (size_t j = 0; j < s->k; j++) {
        nf_figure f;
        memcpy(&f, (const char *)&s->m.cls[j] + offset, sizeof f);
        check_number(g, f.why == NF_DEFINED ? f.value : 0.0);
    }
}

static void check_folds(golden *g, const state *s, size_t k)
{
    int32_t fold[MOST];

    nft_ok(nf_folds_sklearn(fold, s->human, s->n, s->k, k, &nft_err));
    ck_assert_uint_eq((size_t)golden_number(g), s->n);
    for (size_t i = 0; i < s->n; i++)
        ck_assert_int_eq(fold[i], (int)golden_number(g));
}

static void check_confusion(golden *g, state *s)
{
    nft_ok(nf_confusion_of(&s->c, s->human, s->machine, s->n, s->k, &nft_err));
    nft_ok(nf_metrics_of(&s->m, &s->c, NULL, &nft_err));
    ck_assert_uint_eq((size_t)golden_number(g), s->k * (s->k + 1));
    for (size_t i = 0; i < s->k * (s->k + 1); i++)
        ck_assert_uint_eq(nf_confusion_count(&s->c, i / (s->k + 1), i % (s->k + 1)), (uint64_t)golden_number(g));
}

static void check_record(golden *g, state *s, const char *name)
{
    uint64_t k;

    if (strcmp(name, "human") == 0)
        s->n = read_classes(g, s->human);
    else if (strcmp(name, "machine") == 0)
        ck_assert_uint_eq(read_classes(g, s->machine), s->n);
    else if (strcmp(name, "confusion") == 0)
        check_confusion(g, s);
    else if (strcmp(name, "precision") == 0)
        check_figures(g, s, offsetof(nf_class_metrics, precision));
    else if (strcmp(name, "recall") == 0)
        check_figures(g, s, offsetof(nf_class_metrics, recall));
    else if (strcmp(name, "f1") == 0)
        check_figures(g, s, offsetof(nf_class_metrics, f1));
    else if (strncmp(name, "folds_", 6) == 0 && nfi_parse_u64(name + 6, strlen(name + 6), &k))
        check_folds(g, s, (size_t)k);
    else {
        int n = (int)golden_number(g);
        bool wilson = strcmp(name, "wilson") == 0, macro = strcmp(name, "macro_f1") == 0, micro = strcmp(name, "micro_f1") == 0;
        ck_assert_msg(wilson || macro || micro || strcmp(name, "accuracy") == 0, "unknown record %s", name);
        ck_assert_int_eq(n, wilson ? 2 : 1);
        check_number(g, wilson ? s->m.accuracy_low : macro ? s->m.macro_f1 : micro ? s->m.micro_f1 : s->m.accuracy);
        if (wilson)
            check_number(g, s->m.accuracy_high);
    }
}

START_TEST(figures_and_folds_equal_those_of_scikit_learn)
{
    golden g;
    state s = {0};
    int cases = 0, folds = 0;

    golden_open(&g, "metrics.txt");
    for (const char *name; (name = golden_next(&g));) {
        if (strcmp(name, "case") == 0) {
            nf_confusion_clear(&s.c);
            nf_metrics_clear(&s.m);
            golden_number(&g);
            s.k = (size_t)golden_number(&g);
            cases++;
        } else {
            folds += strncmp(name, "folds_", 6) == 0;
            check_record(&g, &s, name);
        }
        ck_assert_ptr_null(golden_field(&g));
    }
    nf_confusion_clear(&s.c);
    nf_metrics_clear(&s.m);
    golden_close(&g);
    ck_assert_int_eq(cases, 10);
    ck_assert_int_gt(folds, 30);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("metrics");
    TCase *t = tcase_create("golden");
    tcase_add_test(t, figures_and_folds_equal_those_of_scikit_learn);
    suite_add_tcase(s, t);
    return nft_run(s);
}
