/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folds: bounds of the balance, the same again from the same seed, groups whole, small classes set apart, and who is named in errors. */
#include "nft.h"

#include "newsframe/metrics.h"

#include <string.h>

enum { DOCS = 400, CLASSES = 9, FOLDS = 12 };

typedef struct plan {
    size_t n, nclasses, k;
    int32_t labels[DOCS], fold[DOCS];
    uint32_t groups[DOCS];
    bool small[CLASSES];
} plan;

static void make(plan *p, uint64_t seed, bool grouped)
{
    nft_ok(nf_folds_stratified(p->fold, p->small, p->labels, p->n, p->nclasses,
                               &(nf_fold_opts){.k = p->k, .seed = seed, .groups = grouped ? p->groups : NULL}, &nft_err));
}

/* At least two documents of the first two classes, the rest of any; about one in ten without label. */
static void random_labels(nfi_rng *r, plan *p)
{
    p->nclasses = 2 + (size_t)nfi_rng_below(r, CLASSES - 1);
    p->k = 2 + (size_t)nfi_rng_below(r, FOLDS - 1);
    p->n = FOLDS * 2 + (size_t)nfi_rng_below(r, DOCS - FOLDS * 2 + 1);
    for (size_t i = 0; i < p->n; i++) {
        double u = nfi_rng_unit(r);
        p->labels[i] = i < FOLDS ? (int32_t)(i % 2) : nfi_rng_below(r, 10) == 0 ? -1 : (int32_t)(u * u * u * (double)p->nclasses);
    }
}

static size_t class_size(const plan *p, int32_t c)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        n += p->labels[i] == c;
    return n;
}

/* Documents of class c, or of all classes that are not small when c < 0, in fold f. */
static size_t in_fold(const plan *p, int32_t c, int32_t f)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        n += p->fold[i] == f && p->labels[i] >= 0 && !p->small[p->labels[i]] && (c < 0 || p->labels[i] == c);
    return n;
}

static size_t spread(const plan *p, int32_t c)
{
    size_t least = SIZE_MAX, most = 0;
    for (size_t f = 0; f < p->k; f++) {
        size_t n = in_fold(p, c, (int32_t)f);
        least = n < least ? n : least;
        most = n > most ? n : most;
    }
    return most - least;
}

START_TEST(folds_of_each_class_and_whole_folds_differ_by_one_at_most)
{
    nfi_rng r = nft_rng(1);
    plan p;

    for (int i = 0; i < nft_cases(300); i++) {
        random_labels(&r, &p);
        make(&p, (uint64_t)i, false);
        for (size_t d = 0; d < p.n; d++) {
            bool out = p.labels[d] < 0 || p.small[p.labels[d]];
            ck_assert(out ? p.fold[d] == -1 : p.fold[d] >= 0 && p.fold[d] < (int32_t)p.k);
        }
        for (size_t c = 0; c < p.nclasses; c++) {
            ck_assert_int_eq(p.small[c], class_size(&p, (int32_t)c) < 2);
            ck_assert_uint_le(spread(&p, (int32_t)c), 1);
        }
        ck_assert_uint_le(spread(&p, -1), 1);
    }
}
END_TEST

START_TEST(same_seed_gives_same_folds_and_another_seed_others)
{
    nfi_rng r = nft_rng(2);
    plan p, q;

    random_labels(&r, &p);
    p.n = DOCS;
    for (size_t i = 0; i < DOCS; i++) {
        p.labels[i] = (int32_t)(i % 3 % p.nclasses);
        p.groups[i] = (uint32_t)(i / 2);
    }
    for (int grouped = 0; grouped < 2; grouped++) {
        make(&p, 1, grouped);
        q = p;
        memset(q.fold, 0x55, sizeof q.fold);
        make(&q, 1, grouped);
        ck_assert(memcmp(p.fold, q.fold, sizeof p.fold) == 0);
        make(&q, 2, grouped);
        ck_assert(memcmp(p.fold, q.fold, sizeof p.fold) != 0);
    }
}
END_TEST

START_TEST(folds_of_a_seed_stay_what_they_are)
{
    /* frozen: published folds must be repeatable with later versions */
    const int32_t labels[] = {0, 1, 0, 1, 0, 1, 0, 1, 2, -1}, plain[] = {2, 0, 0, 1, 0, 1, 1, 2, -1, -1},
                  grouped[] = {0, 0, 2, 2, 1, 1, 1, 2, 1, -1};
    const uint32_t groups[] = {5, 5, 6, 7, 8, 9, 8, 7, 9, 5};
    int32_t fold[10];
    bool small[3];

    nft_ok(nf_folds_stratified(fold, small, labels, 10, 3, &(nf_fold_opts){.k = 3, .seed = 1}, &nft_err));
    ck_assert(memcmp(fold, plain, sizeof fold) == 0);
    nft_ok(nf_folds_stratified(fold, small, labels, 10, 3, &(nf_fold_opts){.k = 3, .seed = 1, .groups = groups}, &nft_err));
    ck_assert(memcmp(fold, grouped, sizeof fold) == 0);
}
END_TEST

START_TEST(every_document_comes_to_every_fold_over_seeds)
{
    plan p = {.n = 30, .nclasses = 2, .k = 3};
    int seen[30][3] = {{0}};

    for (size_t i = 0; i < p.n; i++)
        p.labels[i] = (int32_t)(i % 2);
    for (uint64_t seed = 0; seed < 300; seed++) {
        make(&p, seed, false);
        for (size_t i = 0; i < p.n; i++)
            seen[i][p.fold[i]]++;
    }
    for (size_t i = 0; i < p.n; i++)
        for (int f = 0; f < 3; f++) /* binomial(300, 1/3): 100, standard deviation 8.2; 5.5 of them each way */
            ck_assert_msg(seen[i][f] > 55 && seen[i][f] < 145, "document %zu was in fold %d %d times of 300", i, f, seen[i][f]);
}
END_TEST

static void random_groups(nfi_rng *r, plan *p)
{
    size_t some = 1 + (size_t)nfi_rng_below(r, 2 * p->n);
    for (size_t i = 0; i < p->n; i++)
        p->groups[i] = i < 2 * FOLDS ? UINT32_MAX - (uint32_t)i : (uint32_t)nfi_rng_below(r, some) * 3u;
}

START_TEST(groups_are_never_split_and_no_fold_is_empty)
{
    nfi_rng r = nft_rng(3);
    plan p;

    for (int i = 0; i < nft_cases(300); i++) {
        random_labels(&r, &p);
        random_groups(&r, &p);
        make(&p, (uint64_t)i, true);
        for (size_t a = 0; a < p.n; a++) {
            ck_assert(p.labels[a] >= 0 || p.fold[a] == -1);
            ck_assert(p.labels[a] < 0 || p.small[p.labels[a]] || p.fold[a] >= 0);
            for (size_t b = 0; b < a; b++)
                if (p.groups[a] == p.groups[b] && p.labels[a] >= 0 && p.labels[b] >= 0)
                    ck_assert_int_eq(p.fold[a], p.fold[b]);
        }
        for (size_t f = 0; f < p.k; f++)
            ck_assert_uint_gt(in_fold(&p, -1, (int32_t)f), 0);
    }
}
END_TEST

START_TEST(groups_of_one_class_balance_within_the_largest)
{
    nfi_rng r = nft_rng(4);
    plan p;

    for (int i = 0; i < nft_cases(300); i++) {
        size_t largest[CLASSES] = {0};
        random_labels(&r, &p);
        for (size_t d = 0; d < p.n;) { /* runs of one class become groups */
            size_t len = d < 2 * FOLDS ? 1 : 1 + (size_t)nfi_rng_below(&r, 6);
            for (size_t e = d; e < d + len && e < p.n; e++) {
                p.labels[e] = p.labels[d];
                p.groups[e] = (uint32_t)d;
            }
            if (p.labels[d] >= 0 && len > largest[p.labels[d]])
                largest[p.labels[d]] = len;
            d += len;
        }
        make(&p, (uint64_t)i, true);
        for (size_t c = 0; c < p.nclasses; c++)
            ck_assert_uint_le(spread(&p, (int32_t)c), largest[c] > 1 ? largest[c] : 1);
    }
}
END_TEST

START_TEST(largest_groups_are_dealt_first)
{
    plan p = {.n = 18, .nclasses = 2, .k = 2, .labels = {[16] = 1, [17] = 1}};

    for (uint32_t i = 0; i < 18; i++) /* four pairs, a group of 8, two documents of the other class */
        p.groups[i] = i < 8 ? i / 2 : i < 16 ? 8 : i;
    for (uint64_t seed = 0; seed < 50; seed++) {
        make(&p, seed, true);
        ck_assert_uint_eq(spread(&p, 0), 0);
        ck_assert_uint_eq(spread(&p, 1), 0);
    }
}
END_TEST

START_TEST(groups_of_one_document_give_the_folds_without_groups)
{
    nfi_rng r = nft_rng(5);
    plan p, q;

    for (int i = 0; i < nft_cases(100); i++) {
        random_labels(&r, &p);
        for (size_t d = 0; d < p.n; d++)
            p.groups[d] = (uint32_t)(d * 2654435761u);
        q = p;
        make(&p, 7, false);
        make(&q, 7, true);
        ck_assert(memcmp(p.fold, q.fold, p.n * sizeof *p.fold) == 0);
    }
}
END_TEST

START_TEST(names_of_groups_do_not_matter)
{
    nfi_rng r = nft_rng(6);
    plan p, q;

    for (int i = 0; i < nft_cases(100); i++) {
        random_labels(&r, &p);
        random_groups(&r, &p);
        q = p;
        for (size_t d = 0; d < p.n; d++)
            q.groups[d] = q.groups[d] * 2654435761u + 12345; /* odd factor: one to one */
        make(&p, 7, true);
        make(&q, 7, true);
        ck_assert(memcmp(p.fold, q.fold, p.n * sizeof *p.fold) == 0);
    }
}
END_TEST

START_TEST(small_classes_are_flagged_and_have_no_fold)
{
    const int32_t labels[] = {0, 2, 0, 3, 3, 0, -1, 0}; /* 1: none, 2: one */
    int32_t fold[8];
    bool small[4];

    nft_ok(nf_folds_stratified(fold, small, labels, 8, 4, &(nf_fold_opts){.k = 2, .seed = 1}, &nft_err));
    ck_assert(!small[0] && small[1] && small[2] && !small[3]);
    ck_assert(fold[1] == -1 && fold[6] == -1);
    ck_assert(fold[3] >= 0 && fold[3] + fold[4] == 1);
}
END_TEST

START_TEST(class_within_one_group_is_too_small)
{
    const int32_t labels[] = {0, 0, 1, 1, 2, 2};
    const uint32_t groups[] = {1, 2, 3, 4, 5, 5};
    int32_t fold[6];
    bool small[3];

    nft_ok(nf_folds_stratified(fold, small, labels, 6, 3, &(nf_fold_opts){.k = 2, .seed = 1, .groups = groups}, &nft_err));
    ck_assert(!small[0] && !small[1] && small[2]);
    ck_assert(fold[4] == -1 && fold[5] == -1);
}
END_TEST

START_TEST(document_of_a_small_class_leaves_with_its_group)
{
    const int32_t labels[] = {0, 0, 1, 1, 2, -1};
    const uint32_t groups[] = {1, 2, 3, 4, 2, 2};
    int32_t fold[6];
    bool small[3];

    nft_ok(nf_folds_stratified(fold, small, labels, 6, 3, &(nf_fold_opts){.k = 2, .seed = 1, .groups = groups}, &nft_err));
    ck_assert(small[2]);
    ck_assert_int_eq(fold[4], fold[1]);
    ck_assert_int_eq(fold[5], -1);
}
END_TEST

static void check_refused(const plan *p, const nf_fold_opts *opts, nf_status want, const char *msg)
{
    int32_t fold[DOCS];
    bool small[CLASSES];
    nf_err err = {0};

    memset(fold, 0x55, sizeof fold);
    memset(small, 1, sizeof small);
    ck_assert_int_eq(nf_folds_stratified(fold, small, p->labels, p->n, p->nclasses, opts, &err), want);
    ck_assert_str_eq(err.msg, msg);
    for (size_t i = 0; i < DOCS; i++)
        ck_assert_int_eq(fold[i], 0x55555555);
    for (size_t c = 0; c < CLASSES; c++)
        ck_assert(small[c]);
}

START_TEST(impossible_folds_are_refused)
{
    plan p = {.n = 6, .nclasses = 2, .labels = {0, 0, 1, 1, 1, -1}, .groups = {1, 2, 1, 2, 2, 3}};
    plan bad = {.n = 2, .nclasses = 2, .labels = {0, 2}}, low = {.n = 2, .nclasses = 2, .labels = {0, -2}}, none = {.n = 2};

    check_refused(&p, &(nf_fold_opts){.k = 1}, NF_EINVAL, "1 folds, expected 2 to 1000");
    check_refused(&p, &(nf_fold_opts){.k = 0}, NF_EINVAL, "0 folds, expected 2 to 1000");
    check_refused(&p, &(nf_fold_opts){.k = 1001}, NF_EINVAL, "1001 folds, expected 2 to 1000");
    check_refused(&p, &(nf_fold_opts){.k = 6}, NF_EDATA, "cannot make 6 folds of 5 documents; ask for fewer");
    check_refused(&p, &(nf_fold_opts){.k = 3, .groups = p.groups}, NF_EDATA, "cannot make 3 folds of 2 groups of documents; ask for fewer");
    check_refused(&bad, &(nf_fold_opts){.k = 2}, NF_EINVAL, "document 1: class 2, expected -1 to 1");
    check_refused(&low, &(nf_fold_opts){.k = 2}, NF_EINVAL, "document 1: class -2, expected -1 to 1");
    check_refused(&none, &(nf_fold_opts){.k = 2}, NF_EINVAL, "0 classes, expected 1 to 65535");
}
END_TEST

START_TEST(fewer_than_two_usable_classes_are_named)
{
    plan p = {.n = 4, .nclasses = 3, .labels = {0, 0, 1, 0}}, all = {.n = 5, .nclasses = 5, .labels = {0, 1, 2, 3, 4}};
    plan empty = {.n = 0, .nclasses = 2};
    const nf_str names[] = {{"military", 8}, {"a\x1b", 2}, {"unused", 6}};

    check_refused(&p, &(nf_fold_opts){.k = 2}, NF_EDATA,
                  "only class 0 (3) can be held out, expected at least 2 classes with 2 documents in different groups; too few documents: "
                  "class 1 (1)");
    check_refused(
        &p, &(nf_fold_opts){.k = 2, .names = names}, NF_EDATA,
        "only \"military\" (3) can be held out, expected at least 2 classes with 2 documents in different groups; too few documents: "
        "\"a\\u{1b}\" (1)");
    check_refused(&all, &(nf_fold_opts){.k = 2}, NF_EDATA,
                  "no class can be held out, expected at least 2 classes with 2 documents in different groups; too few documents: "
                  "class 0 (1), class 1 (1), class 2 (1), class 3 (1) and 1 more");
    check_refused(&empty, &(nf_fold_opts){.k = 2}, NF_EDATA,
                  "no class can be held out, expected at least 2 classes with 2 documents in different groups");
}
END_TEST

START_TEST(long_names_are_cut_not_overrun)
{
    char text[128];
    plan p = {.n = 5, .nclasses = 5, .labels = {0, 1, 2, 3, 4}};
    nf_str names[5];
    int32_t fold[5];
    bool small[5];

    memset(text, 'x', sizeof text);
    for (int i = 0; i < 5; i++)
        names[i] = (nf_str){text, sizeof text};
    nft_fails(nf_folds_stratified(fold, small, p.labels, p.n, p.nclasses, &(nf_fold_opts){.k = 2, .names = names}, &nft_err), NF_EDATA);
}
END_TEST

START_TEST(unshuffled_folds_follow_the_file)
{
    /* sorted by first appearance: 1 1 1 0 0 0 0; every third place, from 0, 1, 2: fold 0 takes 1 0 0, fold 1 takes 1 0, fold 2 takes 1 0 */
    const int32_t labels[] = {1, -1, 0, 0, 1, 0, 1, 0}, want[] = {0, -1, 0, 0, 1, 1, 2, 2};
    int32_t fold[8];

    nft_ok(nf_folds_sklearn(fold, labels, 8, 4, 3, &nft_err));
    ck_assert(memcmp(fold, want, sizeof want) == 0);
}
END_TEST

START_TEST(unshuffled_folds_refuse_what_scikit_learn_refuses)
{
    const int32_t labels[] = {0, 0, 1, 1, 1, -1}, bad[] = {0, 3};
    int32_t fold[6] = {7, 7, 7, 7, 7, 7};

    nft_fails(nf_folds_sklearn(fold, labels, 6, 2, 1, &nft_err), NF_EINVAL);
    nft_fails(nf_folds_sklearn(fold, labels, 6, 2, 1001, &nft_err), NF_EINVAL);
    nft_fails(nf_folds_sklearn(fold, labels, 6, 2, 4, &nft_err), NF_EDATA);
    nft_fails(nf_folds_sklearn(fold, labels, 0, 2, 2, &nft_err), NF_EDATA);
    nft_fails(nf_folds_sklearn(fold, bad, 2, 2, 2, &nft_err), NF_EINVAL);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(fold[i], 7);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("folds");
    TCase *t = tcase_create("folds");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, folds_of_each_class_and_whole_folds_differ_by_one_at_most);
    tcase_add_test(t, same_seed_gives_same_folds_and_another_seed_others);
    tcase_add_test(t, folds_of_a_seed_stay_what_they_are);
    tcase_add_test(t, every_document_comes_to_every_fold_over_seeds);
    tcase_add_test(t, groups_are_never_split_and_no_fold_is_empty);
    tcase_add_test(t, groups_of_one_class_balance_within_the_largest);
    tcase_add_test(t, largest_groups_are_dealt_first);
    tcase_add_test(t, groups_of_one_document_give_the_folds_without_groups);
    tcase_add_test(t, names_of_groups_do_not_matter);
    tcase_add_test(t, small_classes_are_flagged_and_have_no_fold);
    tcase_add_test(t, class_within_one_group_is_too_small);
    tcase_add_test(t, document_of_a_small_class_leaves_with_its_group);
    tcase_add_test(t, impossible_folds_are_refused);
    tcase_add_test(t, fewer_than_two_usable_classes_are_named);
    tcase_add_test(t, long_names_are_cut_not_overrun);
    tcase_add_test(t, unshuffled_folds_follow_the_file);
    tcase_add_test(t, unshuffled_folds_refuse_what_scikit_learn_refuses);
    suite_add_tcase(s, t);
    return nft_run(s);
}
