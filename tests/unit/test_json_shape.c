/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of JSON by their shape: what yajl is not given, or was given before, changes nothing. */
#include "nft.h"

#include "base/rng.h"
#include "datasets/json_shape.h"

#include <stdio.h>

static void put_any(nfi_buf *b, nfi_rng *r, const char *const *of, size_t n)
{
    nfi_buf_puts(b, of[nfi_rng_below(r, n)]);
}

/* Short and long, with flaws now and then. */
static void put_string(nfi_buf *b, nfi_rng *r)
{
    static const char *const part[] = {"a", "and so on", "a run of bytes that is plain and not short at all", "\\n", "\\\"", "\\\\",
                                       "\\/", "\\t", "caf\xc3\xa9", "\x7f", ": , } {"};
    static const char *const flaw[] = {"\t", "\\x", "\x01", "\"", "\xff", "\\"};

    nfi_buf_putc(b, '"');
    for (size_t n = nfi_rng_below(r, 12); n > 0; n--)
        put_any(b, r, part, sizeof part / sizeof *part);
    if (nfi_rng_below(r, 40) == 0)
        put_any(b, r, flaw, sizeof flaw / sizeof *flaw);
    nfi_buf_putc(b, '"');
}

static void put_value(nfi_buf *b, nfi_rng *r)
{
    static const char *const plain[] = {"null", "true", "-1.5e3", " 7 ", "[]", "{}", "[[1], 2", "x", ""};

    switch (nfi_rng_below(r, 5)) {
    case 0: put_any(b, r, plain, nfi_rng_below(r, 20) ? 6 : 9); break;
    case 1:
        nfi_buf_puts(b, "[ ");
        put_string(b, r);
        nfi_buf_puts(b, ", ");
        put_string(b, r);
        nfi_buf_putc(b, ']');
        break;
    case 2:
        nfi_buf_putc(b, '{');
        put_string(b, r);
        nfi_buf_putc(b, ':');
        put_string(b, r);
        nfi_buf_putc(b, '}');
        break;
    default: put_string(b, r);
    }
}

typedef struct reading {
    nfi_json json;
    nfi_row row;
    nfi_arena arena;
    nfi_json_shape *shape;
} reading;

static void read_line(reading *r, nf_str line)
{
    nfi_arena_reset(&r->arena);
    r->row = (nfi_row){.arena = &r->arena};
    ck_assert_int_eq(nfi_json_read(&r->json, line, &r->row, &r->shape), NF_OK);
}

static void clear(reading *r)
{
    nfi_json_clear(&r->json);
    nfi_arena_clear(&r->arena);
}

static void same_places(const reading *a, const nfi_json_place *x, const reading *b, const nfi_json_place *y)
{
    nf_str p = nfi_json_raw(&a->json, x), q = nfi_json_raw(&b->json, y);
    ck_assert_ptr_eq(p.p, q.p);
    ck_assert_uint_eq(p.n, q.n);
}

/* What is said of a string must hold; more may be said than is so. */
static void check_what(const reading *r, const nfi_json_place *place)
{
    nf_str raw = nfi_json_raw(&r->json, place);
    unsigned what = nfi_json_what(&r->json, place);

    for (size_t i = 0; i < raw.n; i++) {
        ck_assert(raw.p[i] != '\\' || what & NFI_JSON_ESCAPES);
        ck_assert(!((unsigned char)raw.p[i] & 0x80) || what & NFI_JSON_WIDE);
        ck_assert(!(raw.p[i] == '\\' && raw.p[i + 1] == 'u' && raw.p[i - 1] != '\\') || what & NFI_JSON_UNICODE);
    }
}

/* Both ways say the same of a line; true when it is in order. */
static bool agree(reading *by_shape, reading *by_line, nf_str line)
{
    read_line(by_shape, line);
    read_line(by_line, line);
    ck_assert_int_eq(by_shape->row.bad.code, by_line->row.bad.code);
    if (by_line->row.bad.code != NF_OK) {
        ck_assert_str_eq(by_shape->row.bad.reason, by_line->row.bad.reason);
        return false;
    }
    ck_assert(!by_shape->json.whole && by_line->json.whole);
    ck_assert_uint_eq(by_shape->shape->n, by_line->shape->n);
    for (size_t i = 0; i < by_line->shape->n; i++) {
        const nfi_json_member *x = &by_shape->shape->member[i], *y = &by_line->shape->member[i];
        ck_assert_int_eq(x->kind, y->kind);
        same_places(by_shape, &x->key, by_line, &y->key);
        same_places(by_shape, &x->value, by_line, &y->value);
        check_what(by_shape, &x->key);
        if (x->kind == NFI_STRING)
            check_what(by_shape, &x->value);
    }
    return true;
}

START_TEST(strings_that_the_parser_does_not_see_change_nothing)
{
    static const char *const key[] = {"a", "b", "id", "label", "te\\u0078t", "te\\n", "\xc3\xa9", "a key of more than thirty-two bytes"};
    nfi_rng r = nfi_rng_stream(1, NFI_RNG_TEST, 3);
    reading by_shape = {.shape = NULL}, by_line = {.shape = NULL};
    nfi_buf in = {0};
    size_t good = 0;

    by_line.json.unshortened = true;
    for (int c = 0; c < 6000; c++) {
        in.n = 0;
        nfi_buf_puts(&in, nfi_rng_below(&r, 2) ? "{\"text\": " : " { \"text\" :");
        put_string(&in, &r);
        for (size_t n = nfi_rng_below(&r, 5); n > 0; n--) {
            nfi_buf_puts(&in, nfi_rng_below(&r, 50) ? ", \"" : " \"");
            put_any(&in, &r, key, sizeof key / sizeof *key);
            nfi_buf_puts(&in, "\" : ");
            put_value(&in, &r);
        }
        nfi_buf_puts(&in, nfi_rng_below(&r, 50) ? "}" : nfi_rng_below(&r, 2) ? " " : "} \"");
        good += agree(&by_shape, &by_line, (nf_str){in.p, in.n});
    }
    ck_assert_uint_gt(good, 2000);
    ck_assert_uint_lt(good, 5800);
    clear(&by_shape);
    clear(&by_line);
    nfi_buf_clear(&in);
}
END_TEST

START_TEST(lines_with_the_keys_of_the_one_before_say_the_same)
{
    static const char *const form[][4] = {{"{\"id\":", ",\"text\":", ",\"n\":[{\"k\":1},", "]}"},
                                          {"{\"id\":", ",\"t\\u0065xt\": ", ",\"n\":[{\"k\":1},", "]}"},
                                          {"{\"text\":", ", \"\":7, \"id\":", ",\"z\":", "} "}};
    nfi_rng r = nfi_rng_stream(1, NFI_RNG_TEST, 4);
    reading by_shape = {.shape = NULL}, by_line = {.shape = NULL};
    nfi_buf in = {0};
    size_t again = 0, good = 0, which = 0;

    by_line.json.unshortened = true;
    for (int c = 0; c < 6000; c++) {
        which = nfi_rng_below(&r, 4) ? which : nfi_rng_below(&r, 3);
        in.n = 0;
        for (size_t i = 0; i < 4; i++) {
            nfi_buf_puts(&in, form[which][i]);
            if (i < 3)
                put_string(&in, &r);
        }
        if (nfi_rng_below(&r, 4) == 0) /* a byte is another, or the end is missing, or there is more */
            in.p[nfi_rng_below(&r, in.n)] = "\"\\{}:, x1"[nfi_rng_below(&r, 9)];
        else if (nfi_rng_below(&r, 20) == 0)
            in.n = nfi_rng_below(&r, in.n);
        else if (nfi_rng_below(&r, 20) == 0)
            nfi_buf_put(&in, " \"x", 1 + nfi_rng_below(&r, 3));
        good += agree(&by_shape, &by_line, (nf_str){in.p, in.n});
        again += by_shape.json.again;
        ck_assert(!by_line.json.again);
    }
    ck_assert_uint_gt(good, 3500);
    ck_assert_uint_lt(good, 5800);
    ck_assert_uint_gt(again, 2000);
    ck_assert_uint_lt(again, good);
    clear(&by_shape);
    clear(&by_line);
    nfi_buf_clear(&in);
}
END_TEST

START_TEST(a_shape_is_found_again_until_four_others_came)
{
    static const struct {
        const char *line;
        bool known;
    } list[] = {{"{\"a\":\"1\"}", false},       {"{\"bb\":\"\\u00e9\"}", true}, {"{\"a\": \"1\"}", false}, {"{\"a\":\"\"}", true},
                {"{\"a\":1}", false},           {"{\"a\":2}", false},          {"{\"a\":3}", false},      {"{\"b\":1}", true},
                {"{\"a\":4}", false},           {"{\"a\":\"1\"}", true},       {"{\"a\":5}", false},      {"{\"a\":6}", false},
                {"{\"a\":7}", false},           {"{\"a\":8}", false},          {"{\"a\":\"1\"}", false}};
    reading r = {.shape = NULL};

    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        nf_str line = {list[i].line, strlen(list[i].line)};
        nfi_json_pool none = {0};
        nfi_json_pool_clear(&r.json.pool); /* made anew when yajl is asked */
        read_line(&r, line);
        ck_assert_int_eq(r.row.bad.code, NF_OK);
        ck_assert_uint_eq(r.shape->n, 1);
        ck_assert_msg((memcmp(&r.json.pool, &none, sizeof none) == 0) == list[i].known, "%s", list[i].line);
    }
    clear(&r);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("json_shape");
    TCase *t = tcase_create("json_shape");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, strings_that_the_parser_does_not_see_change_nothing);
    tcase_add_test(t, lines_with_the_keys_of_the_one_before_say_the_same);
    tcase_add_test(t, a_shape_is_found_again_until_four_others_came);
    suite_add_tcase(s, t);
    return nft_run(s);
}
