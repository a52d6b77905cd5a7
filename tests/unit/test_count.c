/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Terms of documents against strings: every n-gram is spelled out, and equal ones are counted. */
#include "docs_kit.h"

#include "features/count.h"

/* Terms as strings, one entry an occurrence. */
typedef struct bag {
    char **s;
    size_t n, cap;
} bag;

static void bag_put(bag *b, const char *p, size_t n)
{
    nft_ok(nfi_grow(&b->s, &b->cap, b->n + 1, sizeof *b->s, &nft_err));
    b->s[b->n] = malloc(n + 1);
    memcpy(b->s[b->n], p, n);
    b->s[b->n++][n] = '\0';
}

static void bag_clear(bag *b)
{
    for (size_t i = 0; i < b->n; i++)
        free(b->s[i]);
    nfi_free(b->s);
    *b = (bag){0};
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(bag *b)
{
    if (b->n)
        qsort(b->s, b->n, sizeof *b->s, by_text);
}

static void same_bags(bag *a, bag *b, const char *what)
{
    sort(a);
    sort(b);
    for (size_t i = 0; i < a->n && i < b->n; i++)
        ck_assert_msg(strcmp(a->s[i], b->s[i]) == 0, "%s: \"%s\" where \"%s\" is expected", what, a->s[i], b->s[i]);
    ck_assert_msg(a->n == b->n, "%s: %zu terms, expected %zu", what, a->n, b->n);
}

/* The terms of title and text by definition; returns the tokens. */
static uint64_t naive(bag *out, const nfi_text *t, const nf_str *parts, size_t nparts)
{
    bag word = {0};
    nfi_tokbuf b = {0};
    uint64_t tokens = 0;

    for (size_t p = 0; p < nparts; p++)
        for (size_t pos = 0; nfi_tokenize(t->tokenizer, &b, parts[p].p, parts[p].n, &pos);) {
            tokens += b.ntok;
            for (size_t i = 0; i < b.ntok; i++) {
                const char *s = (const char *)b.bytes + b.tok[i].off;
                bool stop = false;
                for (size_t k = 0; k < t->stop.n; k++)
                    stop |= t->stop.word[k].n == b.tok[i].n && memcmp(t->stop.word[k].p, s, b.tok[i].n) == 0;
                if (!stop)
                    bag_put(&word, s, b.tok[i].n);
            }
        }
    for (size_t i = 0; i < word.n; i++) {
        nfi_buf term = {0};
        for (int m = 1; m <= t->hi && i + (size_t)m <= word.n; m++) {
            nfi_buf_puts(&term, m > 1 ? " " : "");
            nfi_buf_puts(&term, word.s[i + (size_t)m - 1]);
            if (m >= t->lo)
                bag_put(out, term.p, term.n);
        }
        nfi_buf_clear(&term);
    }
    bag_clear(&word);
    nfi_tokbuf_clear(&b);
    return tokens;
}

/* What a row of the counter says; every term may be in it once. */
static void spell(bag *out, const nfi_vocab *v, const nfi_rows *r, size_t from)
{
    bag seen = {0};

    for (size_t e = from; e < r->n; e++) {
        uint32_t seq[NFI_MAX_NGRAM];
        nfi_buf term = {0};
        int m = nfi_node_words(v, r->id[e], seq);
        for (int k = 0; k < m; k++) {
            nfi_buf_puts(&term, k ? " " : "");
            nfi_buf_put(&term, v->word[seq[k]].p, v->word[seq[k]].n);
        }
        ck_assert_uint_gt(r->tf[e], 0);
        for (uint32_t i = 0; i < r->tf[e]; i++)
            bag_put(out, term.p, term.n);
        bag_put(&seen, term.p, term.n);
        nfi_buf_clear(&term);
    }
    sort(&seen);
    for (size_t i = 1; i < seen.n; i++)
        ck_assert_msg(strcmp(seen.s[i - 1], seen.s[i]) != 0, "\"%s\" has two entries", seen.s[i]);
    bag_clear(&seen);
}

static void check(nfi_counter *c, nfi_rows *rows, const nf_str *parts, const char *what)
{
    bag got = {0}, want = {0};
    uint64_t tokens = UINT64_MAX;
    size_t before = rows->n;
    nf_str exact[2];

    for (size_t i = 0; i < 2; i++) { /* blocks of exactly their size: a read past the end is seen by the sanitiser */
        char *p = malloc(parts[i].n + !parts[i].n);
        if (parts[i].n)
            memcpy(p, parts[i].p, parts[i].n);
        exact[i] = (nf_str){p, parts[i].n};
    }
    nft_ok(nfi_count_doc(c, exact, 2, rows, &tokens, &nft_err));
    ck_assert_uint_eq(tokens, naive(&want, c->text, exact, 2));
    spell(&got, &c->vocab, rows, before);
    same_bags(&got, &want, what);
    bag_clear(&got);
    bag_clear(&want);
    free((void *)(uintptr_t)exact[0].p);
    free((void *)(uintptr_t)exact[1].p);
}

static void put_word(nfi_buf *b, nfi_rng *r)
{
    static const char *const words[] = {"the", "and", "talks", "U.S.", "caf\xc3\xa9", "sixteenbyteslong", "seventeenbyteslon", "don't",
                                        "\xd0\xbc\xd0\xb8\xd1\x80", "x",
                                        "an.internationalisation.of.everything.everywhere"};
    uint64_t i = nfi_rng_below(r, 40);

    if (i < sizeof words / sizeof *words) {
        nfi_buf_puts(b, words[i]);
    } else {
        nfi_buf_puts(b, i % 5 ? "w" : "a-rather-longish_word_with_number");
        nfi_buf_put_u64(b, i % 5 ? nfi_rng_below(r, 300) : nfi_rng_below(r, 20));
    }
    nfi_buf_putc(b, nfi_rng_below(r, 20) ? ' ' : '\n');
}

START_TEST(terms_are_those_spelled_out)
{
    nfi_rng r = nft_rng(1);
    static const char *const stops[] = {"none", "en"};
    int seen = 0;

    for (int lo = 1; lo <= NFI_MAX_NGRAM; lo++)
        for (int hi = lo; hi <= NFI_MAX_NGRAM; hi++)
            for (int variant = 0; variant < 4; variant++, seen++) {
                nfi_text text = {0};
                nfi_counter c;
                nfi_rows rows = {0};
                nf_text_opts o = {.ngram_lo = lo, .ngram_hi = hi, .stopwords = stops[variant & 1],
                                  .tokenizer = variant & 2 ? "sklearn" : NULL};
                nft_ok(nfi_text_init(&text, &o, &nft_err));
                nft_ok(nfi_counter_init(&c, &text, &nft_err));
                for (int d = nft_cases(12); d > 0; d--) {
                    nfi_buf title = {0}, body = {0};
                    for (uint64_t n = nfi_rng_below(&r, 4); n > 0; n--)
                        put_word(&title, &r);
                    for (uint64_t n = nfi_rng_below(&r, d % 4 ? 8 : 300); n > 0; n--)
                        put_word(&body, &r);
                    check(&c, &rows, (nf_str[2]){{title.p, title.n}, {body.p, body.n}}, "random words");
                    nfi_buf_clear(&title);
                    nfi_buf_clear(&body);
                }
                nfi_counter_clear(&c);
                nfi_rows_clear(&rows);
                nfi_text_clear(&text);
            }
    ck_assert_int_eq(seen, 40);
}
END_TEST

START_TEST(terms_cross_segments_and_parts)
{
    nfi_rng r = nft_rng(2);
    nfi_text text = {0};
    nfi_counter c;
    nfi_rows rows = {0};

    nft_ok(nfi_text_init(&text, &(nf_text_opts){.ngram_lo = 1, .ngram_hi = 4, .stopwords = "en"}, &nft_err));
    nft_ok(nfi_counter_init(&c, &text, &nft_err));
    for (int round = 0; round < 3; round++) {
        nfi_buf body = {0};
        while (body.n < (size_t)(round + 1) * 40000)
            put_word(&body, &r);
        if (round == 2) /* segments without a word */
            for (int i = 0; i < 70000; i++)
                nfi_buf_putc(&body, i % 9 ? '.' : ' ');
        nfi_buf_puts(&body, " the end of it");
        check(&c, &rows, (nf_str[2]){{body.p, body.n / 2}, {body.p + body.n / 2, body.n - body.n / 2}}, "a long text");
        nfi_buf_clear(&body);
    }
    nfi_counter_clear(&c);
    nfi_rows_clear(&rows);
    nfi_text_clear(&text);
}
END_TEST

/* Words that all want the first places of the table, among long words, stop words and pairs from before and after. */
START_TEST(colliding_words_are_told_apart)
{
    enum { N = 260 };
    nfi_rng r = nft_rng(3);
    nfi_text text = {0};
    nfi_counter c;
    nfi_rows rows = {0};
    nfi_buf body = {0}, usual = {0};
    size_t found = 0;

    nft_ok(nfi_text_init(&text, &(nf_text_opts){.ngram_lo = 1, .ngram_hi = 3, .stopwords = "en"}, &nft_err));
    nft_ok(nfi_counter_init(&c, &text, &nft_err));
    for (int i = 0; i < 300; i++)
        put_word(&usual, &r);
    check(&c, &rows, (nf_str[2]){{NULL, 0}, {usual.p, usual.n}}, "before");
    for (unsigned i = 0; found < N; i++) {
        uint8_t word[32] = {0};
        int n = snprintf((char *)word, sizeof word, "c%ux", i);
        if (nfi_word_home(&c.vocab, word, (uint32_t)n) >= 8)
            continue;
        nfi_buf_put(&body, word, (size_t)n);
        nfi_buf_putc(&body, ' ');
        if (found++ % 7 == 0)
            put_word(&body, &r);
    }
    check(&c, &rows, (nf_str[2]){{body.p, body.n}, {body.p, body.n}}, "words that collide"); /* the switch falls between the parts */
    check(&c, &rows, (nf_str[2]){{usual.p, usual.n}, {body.p, body.n}}, "after");
    ck_assert(c.vocab.siphash);
    /* and nothing is there twice */
    bag all = {0};
    for (size_t i = 0; i < c.vocab.nwords; i++)
        bag_put(&all, c.vocab.word[i].p, c.vocab.word[i].n);
    sort(&all);
    for (size_t i = 1; i < all.n; i++)
        ck_assert_msg(strcmp(all.s[i - 1], all.s[i]) != 0, "\"%s\" is in the vocabulary twice", all.s[i]);
    size_t pairs = c.vocab.npairs;
    check(&c, &rows, (nf_str[2]){{usual.p, usual.n}, {body.p, body.n}}, "once more");
    ck_assert_uint_eq(c.vocab.npairs, pairs);
    bag_clear(&all);
    nfi_buf_clear(&body);
    nfi_buf_clear(&usual);
    nfi_counter_clear(&c);
    nfi_rows_clear(&rows);
    nfi_text_clear(&text);
}
END_TEST

START_TEST(a_vocabulary_that_was_reset_counts_the_same)
{
    nfi_rng r = nft_rng(4);
    nfi_text text = {0};
    nfi_counter c;

    nft_ok(nfi_text_init(&text, &(nf_text_opts){.ngram_lo = 1, .ngram_hi = 2}, &nft_err));
    nft_ok(nfi_counter_init(&c, &text, &nft_err));
    for (int round = 0; round < 5; round++) {
        nfi_rows rows = {0}; /* rows name nodes: they end with them */
        for (int d = 0; d < 5; d++) {
            nfi_buf body = {0};
            for (uint64_t n = nfi_rng_below(&r, 4000); n > 0; n--)
                put_word(&body, &r);
            check(&c, &rows, (nf_str[2]){{NULL, 0}, {body.p, body.n}}, "after a reset");
            nfi_buf_clear(&body);
        }
        nfi_rows_clear(&rows);
        nft_ok(nfi_vocab_reset(&c.vocab, &nft_err));
        ck_assert_uint_eq(c.vocab.nnode, 0);
    }
    nfi_counter_clear(&c);
    nfi_text_clear(&text);
}
END_TEST

START_TEST(options_of_texts_are_checked)
{
    static const nf_text_opts bad[] = {{.tokenizer = "no such"}, {.ngram_lo = 3, .ngram_hi = 2}, {.ngram_lo = 1, .ngram_hi = 5},
                                       {.ngram_lo = -1, .ngram_hi = 1},
                                       {.stopwords = "/no/such/file"}};
    nfi_text t = {0};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        nft_fails(nfi_text_init(&t, &bad[i], &nft_err), i == 4 ? NF_EIO : NF_EINVAL);
    ck_assert_ptr_null(t.tokenizer);
    nft_ok(nfi_text_init(&t, NULL, &nft_err));
    ck_assert_str_eq(t.tokenizer->name, "news");
    ck_assert(t.lo == 1 && t.hi == 2 && t.stop.n == 0);
    nfi_text_clear(&t);
    nft_ok(nfi_text_init(&t, &(nf_text_opts){.ngram_lo = 3}, &nft_err));
    ck_assert(t.lo == 3 && t.hi == 3);
    nfi_text_clear(&t);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("count");
    TCase *t = tcase_create("counting");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, terms_are_those_spelled_out);
    tcase_add_test(t, terms_cross_segments_and_parts);
    tcase_add_test(t, colliding_words_are_told_apart);
    tcase_add_test(t, a_vocabulary_that_was_reset_counts_the_same);
    tcase_add_test(t, options_of_texts_are_checked);
    suite_add_tcase(s, t);
    return nft_run(s);
}
