/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The `sklearn` tokeniser against goldens made with Python, and the vocabulary of 20 Newsgroups when the data is there. */
#include "tokens.h"

#include "base/utf8.h"

#include <stdio.h>

static const char *const golden[][2] = {
#include "parity/tokens.inc"
};

START_TEST(rules_hold)
{
    static const char *const rules[][2] = {
        {"", ""},
        {"The a U.S. don't x1 1 22", "the|don|x1|22|"},
        {"_a __ _ snake_case", "_a|__|snake_case|"},
        {"\u00e9 \u00e9t\u00e9 e\u0301te\u0301", "\u00e9t\u00e9|te|"},
        {"\u0130ST\u0130 \u0130 A\u0130B", "sti|ai|"},
        {"\u039f\u0394\u039f\u03a3 \u039f\u0394\u039f\u03a3' \u03a3\u0391 \u03a3",
         "\u03bf\u03b4\u03bf\u03c2|\u03bf\u03b4\u03bf\u03c2|\u03c3\u03b1|"},
        {"x\u00b2 \u4e2d\u6587 \ufb01re US us", "x\u00b2|\u4e2d\u6587|\ufb01re|us|us|"},
        {"war\xff"
         "peace\xe2\x82",
         "war|peace|"},
    };

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        tokens_are(&nfi_tok_sklearn, rules[i][0], rules[i][1]);
}
END_TEST

START_TEST(every_golden_text_gives_the_tokens_of_python)
{
    for (size_t i = 0; i < sizeof golden / sizeof *golden; i++)
        tokens_are(&nfi_tok_sklearn, golden[i][0], golden[i][1]);
}
END_TEST

START_TEST(ascii_and_chunk_path_agree)
{
    nfi_rng r = nft_rng(1);

    for (int k = nft_cases(20000); k > 0; k--) {
        static const char pool[] = "aAbZ019__.,'-: \n\x01";
        char text[200];
        size_t n = nfi_rng_below(&r, sizeof text);
        nfi_buf a = {0}, b = {0};
        for (size_t i = 0; i < n; i++)
            text[i] = pool[nfi_rng_below(&r, sizeof pool - 1)];
        tokens_of(&a, &nfi_tok_sklearn, text, n);
        tokens_of_chunks(&b, &nfi_tok_sklearn, text, n);
        tokens_equal(&a, &b, text, n);
        nfi_buf_clear(&a);
        nfi_buf_clear(&b);
    }
}
END_TEST

START_TEST(tokens_above_256_bytes_are_dropped_and_counted)
{
    char text[600];
    nfi_buf out = {0};

    for (size_t i = 0; i < sizeof text; i += 2)
        memcpy(text + i, "\xd0\xb8", 2);
    ck_assert_uint_eq(tokens_of(&out, &nfi_tok_sklearn, text, 256), 0);
    ck_assert_uint_eq(out.n, 257);
    ck_assert_uint_eq(tokens_of(&out, &nfi_tok_sklearn, text, 258), 1);
    ck_assert_uint_eq(tokens_of(&out, &nfi_tok_sklearn, text, 600), 1);
    ck_assert_uint_eq(out.n, 257);
    nfi_buf_clear(&out);
}
END_TEST

/* Distinct strings: open addressing. */
typedef struct types {
    char **slot;
    size_t n, cap;
} types;

static void types_add(types *t, const void *p, size_t n)
{
    uint64_t h = 14695981039346656037u;

    for (size_t i = 0; i < n; i++)
        h = (h ^ ((const uint8_t *)p)[i]) * 1099511628211u;
    size_t at = (h ^ h >> 32) & (t->cap - 1);
    for (; t->slot[at]; at = (at + 1) & (t->cap - 1))
        if (strlen(t->slot[at]) == n && memcmp(t->slot[at], p, n) == 0)
            return;
    t->slot[at] = calloc(n + 1, 1);
    memcpy(t->slot[at], p, n);
    t->n++;
    ck_assert_uint_lt(t->n, t->cap / 2);
}

/* Decodes the JSON string that starts after its quote; returns the bytes read. */
static size_t json_string(const char *p, nfi_buf *out)
{
    size_t i = 0;

    for (; p[i] && p[i] != '"'; i++) {
        if (p[i] != '\\') {
            nfi_buf_putc(out, p[i]);
            continue;
        }
        static const char from[] = "nrtbf\"\\/", to[] = "\n\r\t\b\f\"\\/";
        const char *e = strchr(from, p[++i]);
        if (e) {
            nfi_buf_putc(out, to[e - from]);
            continue;
        }
        unsigned u = 0, low = 0;
        char enc[4];
        ck_assert(sscanf(p + i, "u%4x", &u) == 1);
        i += 4;
        if (u >= 0xd800 && u < 0xdc00 && sscanf(p + i + 1, "\\u%4x", &low) == 1) {
            u = 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
            i += 6;
        }
        nfi_buf_put(out, enc, nfi_utf8_encode(enc, u));
    }
    return i;
}

static void count_types(const char *name, size_t want)
{
    const char *data = getenv("NEWSFRAME_DATA");
    char path[512];

    snprintf(path, sizeof path, "%s/20news/%s", data ? data : "", name);
    FILE *f = data ? fopen(path, "rb") : NULL;
    if (!f) {
        printf("# skipped: 20 Newsgroups, %s: NEWSFRAME_DATA does not lead to it\n", name);
        return;
    }
    fclose(f);
    size_t n, docs = 0;
    char *file = nft_read(path, &n);
    types t = {calloc((size_t)1 << 19, sizeof(char *)), 0, (size_t)1 << 19};
    nfi_tokbuf b = {0};
    for (char *line = file, *end; line < file + n; line = end + 1, docs++) {
        end = memchr(line, '\n', (size_t)(file + n - line));
        if (!end)
            end = file + n;
        *end = '\0';
        nfi_buf text = {0};
        size_t pos = 0;
        const char *field = strstr(line, ", \"text\": \"");
        ck_assert_ptr_nonnull(field);
        json_string(field + 11, &text);
        while (nfi_tokenize(&nfi_tok_sklearn, &b, text.p, text.n, &pos))
            for (size_t i = 0; i < b.ntok; i++)
                types_add(&t, b.bytes + b.tok[i].off, b.tok[i].n);
        nfi_buf_clear(&text);
    }
    ck_assert_uint_eq(docs, 11314);
    ck_assert_uint_eq(t.n, want);
    ck_assert_uint_eq(b.dropped, 0);
    for (size_t i = 0; i < t.cap; i++)
        free(t.slot[i]);
    free(t.slot);
    free(file);
    nfi_tokbuf_clear(&b);
}

/* The figures of scikit-learn 1.2.1, CountVectorizer() on the text field; with the title before it they are the same. */
START_TEST(twenty_newsgroups_has_130107_types)
{
    count_types("train.jsonl", 130107);
}
END_TEST

START_TEST(twenty_newsgroups_stripped_has_101631_types)
{
    count_types("train.stripped.jsonl", 101631);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("tok_sklearn");
    TCase *t = tcase_create("tok_sklearn");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, rules_hold);
    tcase_add_test(t, every_golden_text_gives_the_tokens_of_python);
    tcase_add_test(t, ascii_and_chunk_path_agree);
    tcase_add_test(t, tokens_above_256_bytes_are_dropped_and_counted);
    tcase_add_test(t, twenty_newsgroups_has_130107_types);
    tcase_add_test(t, twenty_newsgroups_stripped_has_101631_types);
    suite_add_tcase(s, t);
    return nft_run(s);
}
