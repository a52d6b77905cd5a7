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

/* A dictionary of terms, and their spelling in its order. */
typedef struct pool {
    bag word, term;
    nfi_buf bytes;
    uint64_t *end;
    uint32_t *seq;
    nfi_dict dict;
} pool;

static void unique(bag *b)
{
    size_t n = 0;

    sort(b);
    for (size_t i = 0; i < b->n; i++)
        if (n == 0 || strcmp(b->s[n - 1], b->s[i]) != 0)
            b->s[n++] = b->s[i];
        else
            free(b->s[i]);
    b->n = n;
}

static size_t place_of(const bag *b, const char *p, size_t n)
{
    for (size_t i = 0; i < b->n; i++)
        if (strlen(b->s[i]) == n && memcmp(b->s[i], p, n) == 0)
            return i;
    return SIZE_MAX;
}

/* The length of the next word of a term, 0 behind the last; *from starts as NULL. */
static size_t next_word(const char *term, const char **from)
{
    const char *p = *from ? *from + strcspn(*from, " ") : term;
    *from = p + (*p == ' ');
    return **from ? strcspn(*from, " ") : 0;
}

/* Every other term of a text. Terms rise as their words do, for a blank is less than any byte of a word. */
static void pool_make(pool *p, const nfi_text *t, nf_str text)
{
    bag all = {0};
    size_t stride = (size_t)t->hi, n;

    *p = (pool){.dict = {.stride = t->hi}};
    naive(&all, t, &text, 1);
    unique(&all);
    for (size_t i = 0; i < all.n; i += 2)
        bag_put(&p->term, all.s[i], strlen(all.s[i]));
    for (size_t i = 0; i < p->term.n; i++)
        for (const char *w = NULL; (n = next_word(p->term.s[i], &w)) > 0;)
            bag_put(&p->word, w, n);
    unique(&p->word);
    p->end = nfi_alloc(p->word.n, sizeof *p->end);
    p->seq = nfi_calloc(p->term.n * stride, sizeof *p->seq);
    for (size_t i = 0; i < p->word.n; i++) {
        nfi_buf_puts(&p->bytes, p->word.s[i]);
        p->end[i] = p->bytes.n;
    }
    for (size_t i = 0; i < p->term.n; i++) {
        size_t k = 0;
        for (const char *w = NULL; (n = next_word(p->term.s[i], &w)) > 0; k++)
            p->seq[i * stride + k] = (uint32_t)place_of(&p->word, w, n) + 1;
    }
    p->dict = (nfi_dict){.word_end = p->end, .word_bytes = p->bytes.p, .nwords = p->word.n, .seq = p->seq, .n = p->term.n, .stride = t->hi};
    bag_clear(&all);
}

static void pool_clear(pool *p)
{
    bag_clear(&p->word);
    bag_clear(&p->term);
    nfi_buf_clear(&p->bytes);
    nfi_free(p->end);
    nfi_free(p->seq);
    nfi_dict_clear(&p->dict);
}

/* What the counter found, spelled where it is known, by how often where it is not; every term may be in it once. */
static void spell(bag *out, const nfi_counter *c, const pool *p)
{
    for (size_t e = 0; e < c->n; e++) {
        char how[32];
        ck_assert_uint_gt(c->tf[e], 0);
        snprintf(how, sizeof how, " %u", c->tf[e]);
        nfi_buf s = {0};
        nfi_buf_puts(&s, c->term[e] == NFI_NONE ? "?" : p->term.s[c->term[e]]);
        nfi_buf_puts(&s, how);
        bag_put(out, s.p, s.n);
        nfi_buf_clear(&s);
    }
}

/* The same by definition. */
static void expect(bag *out, const bag *terms, const pool *p)
{
    bag known = p->term;

    for (size_t i = 0, k; i < terms->n; i = k) {
        char how[32];
        nfi_buf s = {0};
        for (k = i + 1; k < terms->n && strcmp(terms->s[k], terms->s[i]) == 0;)
            k++;
        char **found = known.n ? bsearch(&terms->s[i], known.s, known.n, sizeof *known.s, by_text) : NULL;
        snprintf(how, sizeof how, " %zu", k - i);
        nfi_buf_puts(&s, found ? *found : "?");
        nfi_buf_puts(&s, how);
        bag_put(out, s.p, s.n);
        nfi_buf_clear(&s);
    }
}

static void check(nfi_counter *c, const pool *p, const nf_str *parts, const char *what)
{
    bag got = {0}, want = {0}, terms = {0};
    nf_str exact[2];

    for (size_t i = 0; i < 2; i++) { /* blocks of exactly their size: a read past the end is seen by the sanitiser */
        char *q = malloc(parts[i].n + !parts[i].n);
        if (parts[i].n)
            memcpy(q, parts[i].p, parts[i].n);
        exact[i] = (nf_str){q, parts[i].n};
    }
    nft_ok(nfi_count_doc(c, exact, 2, &nft_err));
    ck_assert_uint_eq(c->n_tokens, naive(&terms, c->text, exact, 2));
    sort(&terms);
    expect(&want, &terms, p);
    spell(&got, c, p);
    same_bags(&got, &want, what);
    if (c->text->lo == 1) {
        uint64_t known = 0;
        for (size_t i = 0; i < terms.n; i++)
            known += !strchr(terms.s[i], ' ') && bsearch(&terms.s[i], p->term.s, p->term.n, sizeof *p->term.s, by_text);
        ck_assert_uint_eq(c->known, known);
    }
    bag_clear(&got);
    bag_clear(&want);
    bag_clear(&terms);
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

static void put_words(nfi_buf *b, nfi_rng *r, uint64_t n)
{
    for (; n > 0; n--)
        put_word(b, r);
}

static void pool_of(pool *p, const nfi_text *t, nfi_rng *r, uint64_t words)
{
    nfi_buf b = {0};

    put_words(&b, r, words);
    pool_make(p, t, (nf_str){b.p, b.n});
    nfi_buf_clear(&b);
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
                nfi_counter c[2];
                pool p;
                nf_text_opts o = {.ngram_lo = lo, .ngram_hi = hi, .stopwords = stops[variant & 1],
                                  .tokenizer = variant & 2 ? "sklearn" : NULL};
                nft_ok(nfi_text_init(&text, &o, &nft_err));
                pool_of(&p, &text, &r, 300);
                for (int i = 0; i < 2; i++)
                    nft_ok(nfi_counter_init(&c[i], &text, &p.dict, &nft_err));
                for (int d = nft_cases(12); d > 0; d--) {
                    nfi_buf title = {0}, body = {0};
                    put_words(&title, &r, nfi_rng_below(&r, 4));
                    put_words(&body, &r, nfi_rng_below(&r, d % 4 ? 8 : 300));
                    if (d == 6) /* from here on with tables */
                        nft_ok(nfi_dict_hash(&p.dict, 1, &nft_err));
                    for (int i = d % 2; i < 2; i++)
                        check(&c[i], &p, (nf_str[2]){{title.p, title.n}, {body.p, body.n}}, "random words");
                    nfi_buf_clear(&title);
                    nfi_buf_clear(&body);
                }
                for (int i = 0; i < 2; i++)
                    nfi_counter_clear(&c[i]);
                pool_clear(&p);
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
    pool p;

    nft_ok(nfi_text_init(&text, &(nf_text_opts){.ngram_lo = 1, .ngram_hi = 4, .stopwords = "en"}, &nft_err));
    pool_of(&p, &text, &r, 500);
    nft_ok(nfi_dict_hash(&p.dict, 2, &nft_err));
    nft_ok(nfi_counter_init(&c, &text, &p.dict, &nft_err));
    for (int round = 0; round < 3; round++) {
        nfi_buf body = {0};
        while (body.n < (size_t)(round + 1) * 40000)
            put_word(&body, &r);
        if (round == 2) /* segments without a word */
            for (int i = 0; i < 70000; i++)
                nfi_buf_putc(&body, i % 9 ? '.' : ' ');
        nfi_buf_puts(&body, " the end of it");
        check(&c, &p, (nf_str[2]){{body.p, body.n / 2}, {body.p + body.n / 2, body.n - body.n / 2}}, "a long text");
        nfi_buf_clear(&body);
    }
    nfi_counter_clear(&c);
    pool_clear(&p);
    nfi_text_clear(&text);
}
END_TEST

/* Unknown words that all want the first places of the table, among long words, stop words and pairs from before and after. */
START_TEST(colliding_words_are_told_apart)
{
    enum { N = 260 };
    nfi_rng r = nft_rng(3);
    nfi_text text = {0};
    nfi_counter c;
    pool p;
    nfi_buf body = {0}, usual = {0};
    size_t found = 0;

    nft_ok(nfi_text_init(&text, &(nf_text_opts){.ngram_lo = 1, .ngram_hi = 3, .stopwords = "en"}, &nft_err));
    pool_of(&p, &text, &r, 300);
    nft_ok(nfi_counter_init(&c, &text, &p.dict, &nft_err));
    put_words(&usual, &r, 300);
    check(&c, &p, (nf_str[2]){{NULL, 0}, {usual.p, usual.n}}, "before");
    while (c.vocab.wcap < 2048) /* as large as it gets below */
        nft_ok(nfi_vocab_reserve(&c.vocab, 1024, 0, &nft_err));
    for (unsigned i = 0; found < N; i++) {
        uint8_t word[32] = {0};
        uint64_t lo, hi;
        int n = snprintf((char *)word, sizeof word, "c%ux", i);
        nfi_word_key(word, (uint32_t)n, &lo, &hi);
        if ((nfi_hash2(lo, hi, c.vocab.secret) & (c.vocab.wcap - 1)) >= 8) /* where looking for it begins */
            continue;
        nfi_buf_put(&body, word, (size_t)n);
        nfi_buf_putc(&body, ' ');
        if (found++ % 7 == 0)
            put_word(&body, &r);
    }
    check(&c, &p, (nf_str[2]){{body.p, body.n}, {body.p, body.n}}, "words that collide"); /* the switch falls into the first part */
    check(&c, &p, (nf_str[2]){{usual.p, usual.n}, {body.p, body.n}}, "after");
    ck_assert(c.vocab.siphash);
    /* and nothing is there twice */
    bag all = {0};
    for (size_t i = 0; i < c.vocab.nwords; i++)
        bag_put(&all, c.vocab.word[i].p, c.vocab.word[i].n);
    sort(&all);
    for (size_t i = 1; i < all.n; i++)
        ck_assert_msg(strcmp(all.s[i - 1], all.s[i]) != 0, "\"%s\" is in the vocabulary twice", all.s[i]);
    bag_clear(&all);
    nfi_buf_clear(&body);
    nfi_buf_clear(&usual);
    nfi_counter_clear(&c);
    pool_clear(&p);
    nfi_text_clear(&text);
}
END_TEST

START_TEST(a_document_leaves_nothing_to_the_next)
{
    nfi_rng r = nft_rng(4);
    nfi_text text = {0};
    nfi_counter c;
    pool p;

    nft_ok(nfi_text_init(&text, &(nf_text_opts){.ngram_lo = 1, .ngram_hi = 2}, &nft_err));
    pool_of(&p, &text, &r, 400);
    nft_ok(nfi_counter_init(&c, &text, &p.dict, &nft_err));
    for (int round = 0; round < 20; round++) {
        nfi_buf body = {0};
        put_words(&body, &r, nfi_rng_below(&r, round % 5 ? 40 : 4000));
        check(&c, &p, (nf_str[2]){{NULL, 0}, {body.p, body.n}}, "one after another");
        nfi_buf_clear(&body);
        if (round % 7 == 0) {
            nft_ok(nfi_vocab_reset(&c.vocab, &nft_err));
            ck_assert_uint_eq(c.vocab.nnode, 0);
        }
    }
    check(&c, &p, (nf_str[2]){{NULL, 0}, {NULL, 0}}, "no text");
    ck_assert_uint_eq(c.n, 0);
    nfi_counter_clear(&c);
    pool_clear(&p);
    nfi_text_clear(&text);
}
END_TEST

START_TEST(options_of_texts_are_checked)
{
    static const nf_text_opts bad[] = {{.tokenizer = "no such"}, {.ngram_lo = 3, .ngram_hi = 2}, {.ngram_lo = 1, .ngram_hi = 5},
                                       {.ngram_lo = -1, .ngram_hi = 1}, {.ngram_lo = 2, .ngram_hi = 2, .lead = 1},
                                       {.lead = NFI_MAX_LEAD + 1}, {.stopwords = "/no/such/file"}};
    nfi_text t = {0};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        nft_fails(nfi_text_init(&t, &bad[i], &nft_err), i == 6 ? NF_EIO : NF_EINVAL);
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
    tcase_add_test(t, a_document_leaves_nothing_to_the_next);
    tcase_add_test(t, options_of_texts_are_checked);
    suite_add_tcase(s, t);
    return nft_run(s);
}
