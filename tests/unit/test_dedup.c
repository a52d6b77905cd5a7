/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of copies: stars, order, windows, dates, documents without words, crowded buckets. */
#include "dedup_kit.h"

static dk_docs k;
static nfi_buf b;
static nf_groups g;

static void teardown(void)
{
    dk_clear(&k);
    nfi_buf_clear(&b);
    nf_groups_clear(&g);
}

static void group(const nf_dedup_opts *o)
{
    nf_groups_clear(&g);
    g = ddk_groups(&k, o, NULL);
}

/* Words from to - 1 of one endless text, on a day. */
static void add(size_t from, size_t to, const char *date)
{
    ddk_run(&b, from, to);
    ddk_add(&k, &b, date);
}

START_TEST(copies_are_marked_with_their_first_document)
{
    add(0, 100, NULL);
    add(1000, 1100, NULL);
    add(0, 100, NULL);  /* exact */
    add(10, 100, NULL); /* 86 of 96 shingles */
    add(0, 50, NULL);   /* 46 of 96 */
    group(NULL);
    static const uint32_t group_of[] = {1, 0, 1, 1, 0}, first[] = {0, 1, 0, 0, 4}, rank[] = {1, 0, 2, 3, 0};
    for (size_t i = 0; i < 5; i++)
        ck_assert_msg(g.group[i] == group_of[i] && g.first[i] == first[i] && g.rank[i] == rank[i],
                      "document %zu: group %u first %u rank %u", i, g.group[i], g.first[i], g.rank[i]);
    ck_assert(g.similarity[0] == 1.0f && g.similarity[1] == 0.0f && g.similarity[2] == 1.0f && g.similarity[3] == (float)(86.0 / 96.0));
    ck_assert(g.groups == 1 && g.largest == 3 && g.alone == 2 && g.firsts == 1 && g.exact == 1 && g.near == 1);
}
END_TEST

START_TEST(a_chain_is_not_one_group)
{
    add(0, 100, NULL);
    add(14, 114, NULL); /* 82 of 110 with the one before: .745 */
    add(28, 128, NULL); /* the same with the second, 68 of 124 with the first: .548 */
    group(NULL);
    ck_assert_uint_eq(g.group[0], 1);
    ck_assert_uint_eq(g.group[1], 1);
    ck_assert_uint_eq(g.group[2], 0);
    ck_assert_uint_eq(g.first[2], 2);
    nf_dedup_opts o = {.threshold = 0.5};
    group(&o);
    ck_assert_uint_eq(g.group[2], 1);
}
END_TEST

START_TEST(a_document_joins_the_most_similar_first_one)
{
    add(0, 100, NULL);
    add(30, 130, NULL); /* 66 of 126 */
    add(20, 120, NULL); /* 76 of 116 with the first, 86 of 106 with the second */
    nf_dedup_opts o = {.threshold = 0.6};
    group(&o);
    ck_assert_uint_eq(g.first[2], 1);
    teardown();
    add(0, 100, NULL);
    add(40, 140, NULL);
    add(20, 120, NULL); /* as similar to both: the earlier */
    group(&o);
    ck_assert_uint_eq(g.first[2], 0);
}
END_TEST

START_TEST(the_earliest_date_comes_first)
{
    add(0, 100, "2008-01-18");
    add(0, 100, "no date");
    add(0, 100, "Jan 16, 2008");
    add(0, 100, NULL);
    add(0, 100, "16.01.2008 23:59");
    group(NULL);
    static const uint32_t rank[] = {3, 4, 1, 5, 2};
    for (size_t i = 0; i < 5; i++)
        ck_assert_msg(g.first[i] == 2 && g.rank[i] == rank[i], "document %zu: first %u rank %u", i, g.first[i], g.rank[i]);
    ck_assert(g.dates_bad == 1 && g.dates_missing == 1 && strcmp(g.bad_date[0], "no date") == 0);
    nf_dedup_opts o = {.ignore_dates = true};
    group(&o);
    ck_assert(g.first[2] == 0 && g.rank[0] == 1 && g.rank[4] == 5 && g.dates_bad == 0);
}
END_TEST

START_TEST(a_window_counts_from_the_first_document)
{
    nf_dedup_opts o = {.window = true, .window_seconds = 3 * 86400};
    add(0, 100, "2008-01-01");
    add(0, 100, "2008-01-04");          /* three days: within */
    add(0, 100, "2008-01-05");          /* the first of the next */
    add(10, 100, "2008-01-07");         /* near the third */
    add(0, 100, "2008-01-08T00:00:01"); /* a second too late */
    add(0, 100, "");
    add(0, 100, "2008");                /* which day? */
    group(&o);
    static const uint32_t first[] = {0, 0, 2, 2, 4, 5, 6};
    for (size_t i = 0; i < 7; i++)
        ck_assert_msg(g.first[i] == first[i], "document %zu: first %u", i, g.first[i]);
    ck_assert(g.exact == 1 && g.near == 1 && g.undated == 2 && g.alone == 1);
    o.window_seconds = 0;
    group(&o);
    ck_assert_uint_eq(g.groups, 0);
}
END_TEST

START_TEST(a_copy_of_a_copy_in_the_window_finds_the_first)
{
    nf_dedup_opts o = {.window = true, .window_seconds = 86400};
    add(0, 100, "2008-01-01");
    add(10, 100, "2008-01-02"); /* near the first */
    add(10, 100, "2008-01-02"); /* the same words as a member: near the first too, and an exact copy within the group */
    add(10, 100, "2008-01-03"); /* its twins are in the window, their first is not */
    group(&o);
    ck_assert(g.first[1] == 0 && g.first[2] == 0 && g.first[3] == 3);
    ck_assert(g.near == 1 && g.exact == 1 && g.similarity[2] == g.similarity[1]);
}
END_TEST

START_TEST(a_window_without_dates_is_refused)
{
    nf_dedup_opts o = {.window = true, .window_seconds = 86400};
    nf_dedup *d = NULL;
    nf_groups out = {.n = 77};

    add(0, 10, NULL);
    nft_ok(nf_dedup_new(&d, &o, &nft_err));
    nf_batch x = dk_batch(&k, 0, 1);
    nft_ok(nf_dedup_add(d, &x, &nft_err));
    nft_fails(nf_dedup_groups(&out, d, &nft_err), NF_EINVAL);
    ck_assert_uint_eq(out.n, 77);
    nf_dedup_free(d);
}
END_TEST

START_TEST(the_corpus_shows_the_order_of_its_dates)
{
    static const struct {
        const char *other;
        nf_date_order order;
        bool month_first;
    } rows[] = {{"1/31/2008", NF_DATES_AUTO, true}, {"31/1/2008", NF_DATES_AUTO, false}, {"2008-01-31", NF_DATES_AUTO, false},
                {"1/31/2008", NF_DATES_DAY_FIRST, false}, {"31/1/2008", NF_DATES_MONTH_FIRST, true}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        nf_dedup_opts o = {.dates = rows[i].order};
        add(0, 100, "3/4/2008"); /* April or March */
        add(0, 100, "15 March 2008");
        add(500, 600, rows[i].other);
        group(&o);
        ck_assert_msg(g.month_first == rows[i].month_first && g.dates_ambiguous == 1, "%s", rows[i].other);
        ck_assert_uint_eq(g.first[1], rows[i].month_first ? 0 : 1);
        teardown();
    }
}
END_TEST

START_TEST(documents_without_words_are_copies_of_nothing)
{
    dk_add(&k, NULL, "");
    dk_add(&k, NULL, "");
    dk_add(&k, NULL, "... !");
    dk_add(&k, NULL, "word");
    dk_add(&k, NULL, "word");
    dk_add(&k, NULL, "another word");
    group(NULL);
    ck_assert(g.empty == 3 && g.groups == 1 && g.exact == 1 && g.alone == 1);
    ck_assert(g.group[0] == 0 && g.group[3] == 1 && g.group[4] == 1);
}
END_TEST

START_TEST(titles_count_when_asked)
{
    nf_dedup_opts o = {.with_title = true};
    ddk_run(&b, 0, 100);
    dk_add_n(&k, NULL, "One headline", b.p, b.n);
    dk_add_n(&k, NULL, "Another headline of an outlet", b.p, b.n);
    group(NULL);
    ck_assert_uint_eq(g.exact, 1);
    group(&o);
    ck_assert(g.exact == 0 && g.near == 1);
}
END_TEST

START_TEST(more_documents_can_be_grouped_again)
{
    nf_dedup *d = NULL;

    add(0, 100, NULL);
    add(0, 100, NULL);
    nft_ok(nf_dedup_new(&d, NULL, &nft_err));
    nft_ok(nf_dedup_groups(&g, d, &nft_err));
    ck_assert(g.n == 0 && g.groups == 0);
    for (size_t i = 0; i < 2; i++) {
        nf_batch x = dk_batch(&k, i, 1);
        nf_groups_clear(&g);
        nft_ok(nf_dedup_watch(d, &x, &nft_err));
        nft_ok(nf_dedup_groups(&g, d, &nft_err));
        ck_assert(g.n == i + 1 && g.exact == i && nf_dedup_docs(d) == i + 1);
    }
    nf_dedup_free(d);
}
END_TEST

/* A thousand texts that share most of a template: what is looked at stays below a fixed number each, and exact copies are found all the
 * same. */
START_TEST(crowded_buckets_cost_a_fixed_number_of_comparisons)
{
    enum { N = 1500 };
    nfi_rng r = nft_rng(1);
    nf_dedup_opts o = {.threshold = 0.9};

    for (size_t i = 0; i < N; i++) { /* 80 of 120 words are the same: .5 */
        ddk_run(&b, 0, 80);
        ddk_words(&b, &r, 40, 1000000);
        ddk_add(&k, &b, NULL);
    }
    for (size_t i = 0; i < 10; i++)
        dk_add_n(&k, NULL, NULL, k.docs[i].text.p, k.docs[i].text.n);
    group(&o);
    ck_assert_uint_eq(g.exact, 10);
    ck_assert_msg(g.compared <= (uint64_t)g.n * NFI_BUCKET_LOOKS * 16, "%llu comparisons", (unsigned long long)g.compared);
    o.threshold = 0.3; /* bands of two rows: all share many; each joins the first at once */
    group(&o);
    ck_assert(g.groups == 1 && g.largest == N + 10 && g.compared < (uint64_t)g.n * 2);
}
END_TEST

START_TEST(options_out_of_range_are_refused)
{
    static const nf_dedup_opts bad[] = {{.threshold = 0.05},
                                        {.threshold = 1.5},
                                        {.threshold = -1},
                                        {.shingle = 17},
                                        {.shingle = -1},
                                        {.tokenizer = "none"},
                                        {.window = true, .window_seconds = -1},
                                        {.window = true, .ignore_dates = true}};
    nf_dedup *d = NULL;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        nft_fails(nf_dedup_new(&d, &bad[i], &nft_err), NF_EINVAL);
    nf_dedup_opts small = {.memory = 1 << 12};
    for (int i = 0; i < 100; i++)
        add(0, 200, NULL);
    nft_ok(nf_dedup_new(&d, &small, &nft_err));
    nf_batch x = dk_batch(&k, 0, k.n);
    nft_fails(nf_dedup_add(d, &x, &nft_err), NF_ELIMIT);
    ck_assert_uint_eq(nf_dedup_docs(d), 0);
    nf_dedup_free(d);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("dedup");
    TCase *t = tcase_create("dedup");
    tcase_add_checked_fixture(t, NULL, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, copies_are_marked_with_their_first_document);
    tcase_add_test(t, a_chain_is_not_one_group);
    tcase_add_test(t, a_document_joins_the_most_similar_first_one);
    tcase_add_test(t, the_earliest_date_comes_first);
    tcase_add_test(t, a_window_counts_from_the_first_document);
    tcase_add_test(t, a_copy_of_a_copy_in_the_window_finds_the_first);
    tcase_add_test(t, a_window_without_dates_is_refused);
    tcase_add_test(t, the_corpus_shows_the_order_of_its_dates);
    tcase_add_test(t, documents_without_words_are_copies_of_nothing);
    tcase_add_test(t, titles_count_when_asked);
    tcase_add_test(t, more_documents_can_be_grouped_again);
    tcase_add_test(t, crowded_buckets_cost_a_fixed_number_of_comparisons);
    tcase_add_test(t, options_out_of_range_are_refused);
    suite_add_tcase(s, t);
    return nft_run(s);
}
