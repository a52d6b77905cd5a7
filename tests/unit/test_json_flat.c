/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The quick way through plain objects takes nothing that yajl refuses, and reads what it takes as yajl does. */
#include "nft.h"

#include "base/buf.h"
#include "datasets/json_flat.h"
#include "datasets/record.h"

#include <string.h>

static const char *const column[] = {"id", "text", "date"};

/* A form feed is a blank to yajl, and too rare for the quick way. */
static void parse(nfi_row *row, nfi_arena *arena, const nfi_plan *plan, nfi_buf *b, bool slow)
{
    void *ps = nfi_format_jsonl.open('\0');

    if (slow)
        nfi_buf_putc(b, '\f');
    *row = (nfi_row){.arena = arena};
    nft_ok(nfi_format_jsonl.parse(ps, plan, (nf_str){b->p, b->n}, row));
    nfi_format_jsonl.close(ps);
}

static bool same(nf_str a, nf_str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }

static void same_field(const nfi_field *a, const nfi_field *b, const nfi_buf *rec)
{
    ck_assert_msg(a->kind == b->kind && same(a->v, b->v) && same(a->raw, b->raw), "%.*s", (int)rec->n, rec->p);
    for (size_t i = 0; a->clean && i < a->v.n; i++)
        ck_assert_msg((unsigned char)a->v.p[i] >= 0x20 && (unsigned char)a->v.p[i] < 0x80, "%.*s", (int)rec->n, rec->p);
}

/* Whether the record is one. */
static bool agree(const nfi_plan *plan, nfi_buf *b)
{
    nfi_arena arena = {0};
    nfi_buf slow = {0};
    nfi_row x, y;

    nfi_buf_put(&slow, b->p, b->n);
    parse(&x, &arena, plan, b, false);
    parse(&y, &arena, plan, &slow, true);
    ck_assert_msg(x.bad.code == y.bad.code, "%.*s: %d, %d", (int)b->n, b->p, (int)x.bad.code, (int)y.bad.code);
    bool good = x.bad.code == NF_OK;
    ck_assert(!good || (x.n == y.n && x.n_extra == y.n_extra && x.replacements == y.replacements));
    for (size_t i = 0; good && i < x.n; i++)
        same_field(&x.f[i], &y.f[i], b);
    for (size_t i = 0; good && i < x.n_extra; i++) {
        ck_assert(same(x.extra[i].name, y.extra[i].name) && same(x.extra[i].raw_name, y.extra[i].raw_name));
        same_field(&x.extra[i].f, &y.extra[i].f, b);
    }
    nfi_row_clear(&x);
    nfi_row_clear(&y);
    nfi_arena_clear(&arena);
    nfi_buf_clear(&slow);
    return good;
}

static void put_string(nfi_buf *b, nfi_rng *r)
{
    static const char *const bits[] = {"a", "Bc d", "\\\"", "\\\\", "\\n", "\\/", "\\u00e9", "\\ud83d\\ude00", "\\ud800", "\xc3\xa9",
                                       "\xff", "{", "}", ",", ":", "\x7f", "\\u0000", "[", "'", "a long run of letters and blanks"};

    nfi_buf_putc(b, '"');
    for (uint64_t n = nfi_rng_below(r, 7); n > 0; n--)
        nfi_buf_puts(b, bits[nfi_rng_below(r, sizeof bits / sizeof *bits)]);
    nfi_buf_putc(b, '"');
}

static void put_object(nfi_buf *b, nfi_rng *r)
{
    static const char *const values[] = {"null", "true", "false", "0", "-1", "12.50", "[ \"a\\n\",-2 , null]", "[]",
                                         "1e3", "[1,[2]]", "{}", "123456789012345678901", "[1,]", "[,1]", "[1 2]", "[{}]"};
    static const char *const blank[] = {"", "", "", " ", "  "};
    uint64_t n = nfi_rng_below(r, 12) ? nfi_rng_below(r, 5) : 30 + nfi_rng_below(r, 8);
    uint64_t plain = nfi_rng_below(r, 6) ? 8 : sizeof values / sizeof *values; /* values to choose from */

    b->n = 0;
    nfi_buf_puts(b, nfi_rng_below(r, 20) ? "" : "\t");
    nfi_buf_putc(b, '{');
    for (uint64_t i = 0; i < n; i++) {
        nfi_buf_puts(b, i ? "," : "");
        nfi_buf_puts(b, blank[nfi_rng_below(r, 5)]);
        if (nfi_rng_below(r, 60) == 0) {
            put_string(b, r);
        } else {
            nfi_buf_putc(b, '"');
            nfi_buf_puts(b, i < 3 ? column[nfi_rng_below(r, 30) ? i : 0] : "k");
            if (i >= 3)
                nfi_buf_put_u64(b, nfi_rng_below(r, 90) ? i : 3);
            nfi_buf_putc(b, '"');
        }
        nfi_buf_puts(b, blank[nfi_rng_below(r, 5)]);
        nfi_buf_putc(b, ':');
        nfi_buf_puts(b, blank[nfi_rng_below(r, 5)]);
        if (nfi_rng_below(r, 3))
            put_string(b, r);
        else
            nfi_buf_puts(b, values[nfi_rng_below(r, plain)]);
        nfi_buf_puts(b, blank[nfi_rng_below(r, 5)]);
    }
    nfi_buf_puts(b, nfi_rng_below(r, 8) ? "}" : "} \r");
}

START_TEST(the_quick_way_and_yajl_agree)
{
    static const char signs[] = "\"\\{}:,[]0-.eutn /\x01\xc3 ";
    nf_str name[] = {{column[0], 2}, {column[1], 4}, {column[2], 4}};
    const nfi_plan plan = {.n = 3, .name = name};
    nfi_json_pair pair[NFI_FLAT_PAIRS];
    nfi_rng r = nft_rng(1);
    nfi_buf b = {0};
    size_t good = 0, twice = 0, left = 0;
    bool ascii;

    for (int round = 0; round < nft_cases(30000); round++) {
        put_object(&b, &r);
        for (uint64_t cut = nfi_rng_below(&r, 2) ? 1 + nfi_rng_below(&r, 2) : 0; cut > 0; cut--) { /* something goes wrong */
            size_t at = (size_t)nfi_rng_below(&r, b.n);
            if (nfi_rng_below(&r, 4) == 0)
                b.n = at + 1;
            else
                b.p[at] = signs[nfi_rng_below(&r, sizeof signs - 1)];
        }
        if (nfi_json_flat(pair, &ascii, b.p, b.n) < 0)
            left++;
        else if (agree(round % 2 ? &plan : NULL, &b))
            good++;
        else
            twice++;
    }
    ck_assert_msg(nft_cases(30000) < 30000 || (good > 3000 && twice > 30 && left > 3000), "%zu, %zu with keys twice, %zu left to yajl",
                  good, twice, left);
    nfi_buf_clear(&b);
}
END_TEST

START_TEST(pairs_stand_as_they_are_written)
{
    static const char *const none[] = {"", "{", "[]", "{}x", "{}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":01}", "{\"a\":1.}",
                                       "{\"a\":-}", "{\"a\":tru}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":\"\t\"}",
                                       "{\"\\u0061\":1}", "{\"a\":[[]]}", "{\"a\":[1,]}", "{\"a\":[", "{\"a\":\"b\\\"}",
                                       "{\"a\":\"\\u00\"}", "{\"a\":1}{", "{\"a\":1 2}"};
    const char *in = " { \"a\": \"b\\\\\" ,\"\":-12.5, \"c\":null, \"d\":[ 1,\"]\"]}  ";
    nfi_json_pair x[NFI_FLAT_PAIRS];
    bool ascii = false;

    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        ck_assert_msg(nfi_json_flat(x, &ascii, none[i], strlen(none[i])) == NFI_FLAT_NO, "%s", none[i]);
    ck_assert_int_eq(nfi_json_flat(x, &ascii, in, strlen(in)), 4);
    ck_assert(ascii && same(x[0].key, (nf_str){"a", 1}) && same(x[0].raw, (nf_str){"\"b\\\\\"", 5}));
    ck_assert(x[0].kind == NFI_STRING && x[0].escapes);
    ck_assert(x[1].key.n == 0 && same(x[1].raw, (nf_str){"-12.5", 5}) && x[1].kind == NFI_NUMBER && !x[1].escapes);
    ck_assert(same(x[2].key, (nf_str){"c", 1}) && same(x[2].raw, (nf_str){"null", 4}) && x[2].kind == NFI_NULL);
    ck_assert(same(x[3].key, (nf_str){"d", 1}) && same(x[3].raw, (nf_str){"[ 1,\"]\"]", 8}) && x[3].kind == NFI_ARRAY);
    ck_assert(nfi_json_flat(x, &ascii, "{\"a\":\"\xc3\xa9\"}", 10) == 1 && !ascii);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("json_flat");
    TCase *t = tcase_create("json_flat");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, the_quick_way_and_yajl_agree);
    tcase_add_test(t, pairs_stand_as_they_are_written);
    suite_add_tcase(s, t);
    return nft_run(s);
}
