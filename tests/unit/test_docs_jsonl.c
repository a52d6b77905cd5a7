/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSONL in: values, keys, what counts as malformed, and that hostile lines stay linear. */
#include "unit/docs_dump.h"

#include "base/limits.h"
#include "base/rng.h"

START_TEST(values_of_every_kind_are_carried)
{
    expect_str("f.jsonl", "{\"id\":7,\"text\":\"a\",\"n\":-1.50e3,\"o\":{\"a\" : [1,\"]\"]},\"l\":[ ],\"t\":true,\"f\":false,\"z\":null}\n",
               NULL,
               "columns: id, n, o, l, t, f, z\n"
               "1:1 id=7 label= title= text=a [7] [-1.50e3] [{\"a\" : [1,\"]\"]}] [[ ]] [true] [false] []\n");
}
END_TEST

START_TEST(escapes_are_decoded_and_unpaired_surrogates_replaced)
{
    nf_docs_stats st;
    const char *in = "{\"text\":\"\\u00e9\\u20AC\\ud83d\\uDE00 \\\"\\\\\\/\\b\\f\\n\\r\\t\"}\n"
                     "{\"text\":\"a\\ud800b\"}\n{\"text\":\"\\udc00\\ud800\"}\n{\"text\":\"\\ud800\\u0041\"}\n{\"text\":\"\\\\ud800\"}\n";

    char *got = dump_bytes("f.jsonl", in, strlen(in), NULL, &st);
    ck_assert_str_eq(got, "columns:\n"
                          "1:1 id=f.jsonl:1 label= title= text=\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 \"\\/\b\f\n\r\t flags=8\n"
                          "2:2 id=f.jsonl:2 label= title= text=a\xef\xbf\xbd"
                          "b flags=9\n"
                          "3:3 id=f.jsonl:3 label= title= text=\xef\xbf\xbd\xef\xbf\xbd flags=9\n"
                          "4:4 id=f.jsonl:4 label= title= text=\xef\xbf\xbd"
                          "A flags=9\n"
                          "5:5 id=f.jsonl:5 label= title= text=\\ud800 flags=8\n");
    ck_assert_uint_eq(st.replacements, 4);
    ck_assert_uint_eq(st.repaired, 3);
    ck_assert_uint_eq(st.ids_made, 5);
    nfi_free(got);
}
END_TEST

START_TEST(keys_may_have_escapes_and_any_order)
{
    expect_str(
        "f.jsonl",
        "{\"\\u0069d\" : \"q\\\"\" , \"te\\u0078t\" :\"a\" , \"z\\\\\":null}\n{\"z\\u005c\":\"\\\\\",\"text\":\"\\\\\",\"id\":\"b\"}", NULL,
        "columns: id, z\\\n1:1 id=q\" label= title= text=a [q\"] []\n2:2 id=b label= title= text=\\ [b] [\\]\n");
}
END_TEST

/* The second line is bad; this is what is said about it. */
static void says(const char *line, const char *reason)
{
    char in[1024], want[1024];
    nf_docs_opts o = {.need_label = false};

    snprintf(in, sizeof in, "{\"text\":\"a\",\"id\":\"1\"}\n%s\n", line);
    snprintf(want, sizeof want, "columns: id\nmalformed input feed.jsonl:2: %s", reason);
    char *got = dump_bytes("feed.jsonl", in, strlen(in), &o, NULL);
    char *extra = strstr(got, ", extra"); /* there when the bad line has other keys */
    if (extra)
        memmove(extra, extra + 7, strlen(extra + 7) + 1);
    ck_assert_msg(strncmp(got, want, strlen(want)) == 0, "got %swanted %s", got, want); /* what yajl adds is its own */
    nfi_free(got);
}

START_TEST(keys_of_the_line_before_tell_nothing_of_other_keys)
{
    expect_str("f.jsonl",
               "{\"id\":\"1\",\"text\":\"a\"}\n{\"id\":\"2\",\"text\":\"b\"}\n{\"text\":\"c\",\"id\":\"3\"}\n"
               "{\"text\":\"d\",\"id\":\"4\"}\n{\"id\":\"5\",\"text\":\"e\"}\n"
               "{\"id\":6,\"text\":\"f\"}\n{\"text\":\"g\",\"id\":\"7\"}\n{\"date\":\"8\",\"text\":\"h\"}\n"
               "{\"x\":\"9\",\"text\":\"i\"}\n{\"x\":\"10\",\"text\":\"j\"}\n",
               NULL,
               "columns: id, extra\n1:1 id=1 label= title= text=a [1] []\n2:2 id=2 label= title= text=b [2] []\n"
               "3:3 id=3 label= title= text=c [3] []\n4:4 id=4 label= title= text=d [4] []\n5:5 id=5 label= title= text=e [5] []\n"
               "6:6 id=6 label= title= text=f [6] []\n7:7 id=7 label= title= text=g [7] []\n"
               "8:8 id=f.jsonl:8 label= title= text=h [] [{\"date\":\"8\"}] flags=8\n"
               "9:9 id=f.jsonl:9 label= title= text=i [] [{\"x\":\"9\"}] flags=8\n"
               "10:10 id=f.jsonl:10 label= title= text=j [] [{\"x\":\"10\"}] flags=8\n");
    says("{\"id\":\"2\",\"id\":\"b\"}", "key \"id\" stands twice in the object"); /* the shape of the line before it */
}
END_TEST

START_TEST(a_line_with_the_keys_of_a_bad_one_is_bad)
{
    const char *in = "{\"id\":\"1\",\"text\":\"a\",\"x\":\"p\"}\n{\"id\":\"2\",\"id\":\"b\",\"text\":\"q\"}\n"
                     "{\"id\":\"3\",\"id\":\"c\",\"text\":\"q\"}\n{\"id\":\"4\",\"text\":\"d\",\"x\":\"r\"}\n";
    char rejects[NFT_PATH], dir[NFT_PATH];
    nf_docs_stats st;

    nft_dir(dir);
    snprintf(rejects, sizeof rejects, "%.400s/r.csv", dir);
    char *got = dump_bytes("f.jsonl", in, strlen(in), &(nf_docs_opts){.rejects = rejects}, &st);
    ck_assert_str_eq(got, "columns: id, x\n1:1 id=1 label= title= text=a [1] [p]\n4:4 id=4 label= title= text=d [4] [r]\n");
    ck_assert_uint_eq(st.rejected, 2);
    nfi_free(got);
}
END_TEST

START_TEST(blank_lines_and_a_mark_of_byte_order_are_no_records)
{
    expect_str("f.jsonl", "\xef\xbb\xbf\n{\"text\":\"a\"}\r\n \t\r\n\n{\"text\":\"b\"}", NULL,
               "columns:\n2:1 id=f.jsonl:1 label= title= text=a flags=8\n5:2 id=f.jsonl:2 label= title= text=b flags=8\n");
    expect_str("f.jsonl", "", NULL, "the data cannot support the request f.jsonl: empty file\n");
    expect_str("f.jsonl", "\n \n", NULL, "the data cannot support the request f.jsonl: no records\n");
}
END_TEST

START_TEST(malformed_lines_are_named)
{
    says("[\"a\"]", "expected a JSON object, found an array");
    says("\"a\"", "expected a JSON object, found a string");
    says("17", "expected a JSON object, found a number");
    says("true", "expected a JSON object, found a boolean");
    says("null", "expected a JSON object, found null");
    says("text", "expected a JSON object, found something else");
    says("<html>", "expected a JSON object, found something else");
    says("{\"text\":17}", "field \"text\" is a number, expected a string");
    says("{\"text\":[\"a\"]}", "field \"text\" is an array, expected a string");
    says("{\"text\":{}}", "field \"text\" is an object, expected a string");
    says("{\"text\":true}", "field \"text\" is a boolean, expected a string");
    says("{\"id\":\"2\"}", "field \"text\" is missing");
    says("{}", "field \"text\" is missing");
    says("{\"text\":\"a\",\"text\":\"b\"}", "key \"text\" stands twice in the object");
    says("{\"text\":\"a\",\"x\":1,\"\\u0078\":2}", "key \"x\" stands twice in the object");
    says("{\"text\":\"a\",\"id\":[1]}", "field \"id\" is an array, expected a string");
    says("{\"text\":\"a\",\"title\":{}}", "field \"title\" is an object, expected a string");
    says("{\"text\":\"a\",\"id\":\"x\\u0000\"}", "field \"id\" contains a NUL");
    says("{\"text\":\"a\"} x", "malformed JSON near byte 14: ");
    says("{\"text\":\"a\"}{}", "malformed JSON near byte 13: ");
    says("{\"text\":\"a\"} \"x", "malformed JSON near byte 15: ");
    says("{\"text\":\"a\",\"id\":\"b\"}\"", "malformed JSON near byte 22: ");
    says("{\"text\":\"a", "malformed JSON near byte 10: ");
    says("{\"text\":12", "malformed JSON near byte 10: ");
    says("{\"text\":", "malformed JSON near byte 8: ");
    says("{\"text\":\"\\x\"}", "malformed JSON near byte 10: ");
    says("{\"text\":NaN}", "malformed JSON near byte 9: ");
    says("{\"text\":\"a\tb\"}", "malformed JSON near byte 10: ");
    says("{'text':1}", "malformed JSON near byte 2: ");
    says("{\"text\":\"a\",}", "malformed JSON near byte 13: ");
}
END_TEST

START_TEST(a_null_text_is_an_empty_one_and_a_nul_a_space)
{
    expect_str("f.jsonl", "{\"text\":null,\"id\":1}\n{\"text\":\"a\\u0000b\",\"id\":null}\n{\"id\":3,\"text\":\"\",\"te\\u0000xt\":1}\n",
               NULL,
               "columns: id, extra\n1:1 id=1 label= title= text= [1] []\n2:2 id=f.jsonl:2 label= title= text=a b [] [] flags=12\n"
               "3:3 id=3 label= title= text= [3] [{\"te\\u0000xt\":1}]\n");
}
END_TEST

START_TEST(keys_the_first_record_has_not_go_to_extra)
{
    expect_str("f.jsonl", "{\"text\":\"a\"}\n{\"b\\\"\":[1],\"text\":\"b\",\"id\":\"x\",\"c\":\"\\u00e9\"}\n", NULL,
               "columns: extra\n1:1 id=f.jsonl:1 label= title= text=a [] flags=8\n"
               "2:2 id=x label= title= text=b [{\"id\":\"x\",\"b\\\"\":[1],\"c\":\"\\u00e9\"}]\n");
    expect_str("f.jsonl", "{\"text\":\"a\",\"extra\":1}\n{\"text\":\"b\",\"x\":2}\n", NULL,
               "columns: extra, extra_\n1:1 id=f.jsonl:1 label= title= text=a [1] [] flags=8\n2:2 id=f.jsonl:2 label= title= text=b [] "
               "[{\"x\":2}] flags=8\n");
    expect_str("f.jsonl", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n", NULL,
               "columns:\n1:1 id=f.jsonl:1 label= title= text=a flags=8\n2:2 id=f.jsonl:2 label= title= text=b flags=8\n");
}
END_TEST

START_TEST(columns_that_are_missing_are_answered_with_the_keys)
{
    expect_str("f.jsonl", "{\"id\":1,\"Text\":\"a\"}\n", NULL,
               "invalid argument f.jsonl: no column \"text\"; columns are: id, Text; did you mean \"Text\"?\n");
    expect_str("f.jsonl", "{\"text\":\"a\"}\n", &(nf_docs_opts){.label = "frame"},
               "invalid argument f.jsonl: no column \"frame\"; columns are: text\n");
    expect_str("f.jsonl", "{\"text\":\"a\"}\n", &(nf_docs_opts){.need_label = true},
               "invalid argument f.jsonl: no column \"label\"; columns are: text\n");
    /* a later record may have the column */
    expect_str("f.jsonl", "{\"text\":\"a\"}\n{\"frame\":\"f\",\"text\":\"b\"}\n", &(nf_docs_opts){.label = "frame", .need_label = true},
               "columns: extra\n1:1 id=f.jsonl:1 label= title= text=a [] flags=8\n2:2 id=f.jsonl:2 label=f title= text=b "
               "[{\"frame\":\"f\"}] flags=8\n");
    expect_str("f.jsonl", "nothing\n{\"text\":\"a\"\n", NULL, "malformed input f.jsonl:1: expected a JSON object, found something else\n");
}
END_TEST

START_TEST(a_label_with_a_semicolon_is_none_of_several)
{
    expect_str("f.jsonl", "{\"text\":\"a\",\"labels\":[\"x\",\"y;z\"]}\n", &(nf_docs_opts){.need_label = true, .multi = true},
               "columns: labels\nmalformed input f.jsonl:1: field \"labels\": the label has a semicolon\n");
    expect_str("f.jsonl", "{\"text\":\"a\",\"y;z\":1}\n", &(nf_docs_opts){.multi = true, .label_columns = "y;z"},
               "invalid argument f.jsonl: label column \"y;z\": as a label it has a semicolon\n");
}
END_TEST

START_TEST(several_labels_need_another_model)
{
    nf_docs_opts o = {.need_label = true};
    const char *refused = "malformed input f.jsonl:1: field \"labels\" has several labels; add --multi where documents may have several\n";
    char want[300];

    snprintf(want, sizeof want, "columns: labels\n%s", refused);
    expect_str("f.jsonl", "{\"text\":\"a\",\"labels\":[\"x\",\"y\"]}\n", &o, want);
    expect_str("f.jsonl", "{\"text\":\"a\",\"labels\":[[\"x\"]]}\n", &o, want);
    expect_str(
        "f.jsonl", "{\"text\":\"a\",\"label\":[\"x\", 2]}\n", &o,
        "columns: label\nmalformed input f.jsonl:1: field \"label\" has several labels; add --multi where documents may have several\n");
    expect_str(
        "f.jsonl", "{\"text\":\"a\",\"label\":\"x; y\"}\n", &o,
        "columns: label\nmalformed input f.jsonl:1: field \"label\" has several labels; add --multi where documents may have several\n");
    /* a plain label wins, a list of one is that one, an empty list is none, and without need_label lists are carried only */
    expect_str("f.jsonl", "{\"id\":1,\"text\":\"a\",\"labels\":[\"x\",\"y\"],\"label\":\"l\"}\n", &o,
               "columns: id, labels, label\n1:1 id=1 label=l title= text=a [1] [[\"x\",\"y\"]] [l]\n");
    expect_str("f.jsonl",
               "{\"id\":1,\"text\":\"a\",\"labels\":[ \"\\u0078\" ]}\n{\"id\":2,\"text\":\"a\",\"labels\":[ "
               "]}\n{\"id\":3,\"text\":\"a\",\"labels\":[5]}\n",
               &o,
               "columns: id, labels\n1:1 id=1 label=x title= text=a [1] [[ \"\\u0078\" ]]\n2:2 id=2 label= title= text=a [2] [[ ]]\n"
               "3:3 id=3 label=5 title= text=a [3] [[5]]\n");
    expect_str("f.jsonl", "{\"id\":1,\"text\":\"a\",\"labels\":[\"x\",\"y\"]}\n", NULL,
               "columns: id, labels\n1:1 id=1 label= title= text=a [1] [[\"x\",\"y\"]] flags=128\n");
    expect_str("f.jsonl", "{\"id\":1,\"text\":\"a\",\"label\":null,\"labels\":[\"x\"]}\n", &o,
               "columns: id, label, labels\n1:1 id=1 label=x title= text=a [1] [] [[\"x\"]]\n");
    expect_str("f.jsonl", "{\"id\":1,\"text\":\"a\",\"label\":3}\n", &o, "columns: id, label\n1:1 id=1 label=3 title= text=a [1] [3]\n");
}
END_TEST

START_TEST(invalid_utf8_in_a_line_follows_the_encoding)
{
    const char *in = "{\"text\":\"caf\xe9\\n\",\"o\":[\"\xff\"]}\n";

    expect_str("f.jsonl", in, NULL, "columns: o\n1:1 id=f.jsonl:1 label= title= text=caf\xef\xbf\xbd\n [[\"\xef\xbf\xbd\"]] flags=9\n");
    expect_str("f.jsonl", in, &(nf_docs_opts){.encoding = NF_ENC_UTF8_OR_1252},
               "columns: o\n1:1 id=f.jsonl:1 label= title= text=caf\xc3\xa9\n [[\"\xc3\xbf\"]] flags=10\n");
    expect_str("f.jsonl", in, &(nf_docs_opts){.encoding = NF_ENC_STRICT},
               "columns: o\nmalformed input f.jsonl:1: record 1, column \"text\", byte 0xE9 at offset 3 is not UTF-8; try --encoding "
               "utf8-or-1252\n");
}
END_TEST

/* One line of lead, then n times part, then tail, after a good line; what comes of it. */
static char *repeated(const char *lead, const char *part, size_t n, const char *tail)
{
    nfi_buf b = {0};

    nfi_buf_puts(&b, "{\"text\":\"good\"}\n");
    nfi_buf_puts(&b, lead);
    for (size_t i = 0; i < n; i++)
        nfi_buf_puts(&b, part);
    nfi_buf_puts(&b, tail);
    nfi_buf_putc(&b, '\n');
    ck_assert(nfi_buf_ok(&b));
    char *got = dump_bytes("h.jsonl", b.p, b.n, NULL, NULL);
    nfi_buf_clear(&b);
    return got;
}

static void ends_with(char *got, const char *want)
{
    ck_assert_msg(strstr(got, want) != NULL, "\"%s\" is not in %.300s", want, got);
    nfi_free(got);
}

START_TEST(nesting_has_a_limit)
{
    ends_with(repeated("{\"text\":\"a\",\"d\":", "[", 63, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}"), "2:2 id=");
    ends_with(repeated("{\"text\":\"a\",\"d\":", "[", 64, ""), "h.jsonl:2: nested more than 64 deep");
    ends_with(repeated("{\"text\":\"a\",\"d\":", "[", 100000, ""), "h.jsonl:2: nested more than 64 deep");
    ends_with(repeated("", "{\"a\":", 100000, ""), "h.jsonl:2: nested more than 64 deep");
}
END_TEST

START_TEST(numbers_have_a_limit)
{
    ends_with(repeated("{\"text\":\"a\",\"d\":", "1", 4096, "}"), "2:2 id=");
    ends_with(repeated("{\"text\":\"a\",\"d\":", "1", 4097, "}"), "h.jsonl:2: a number has 4097 digits, the limit is 4096");
    ends_with(repeated("{\"text\":\"a\",\"d\":", "1", 30000000, "}"), "the limit is 4096");
}
END_TEST

START_TEST(keys_have_a_limit_and_duplicates_are_found_among_many)
{
    for (int twice = 0; twice < 3; twice++) {
        nfi_buf b = {0};
        int keys = twice == 2 ? NFI_MAX_FIELDS + 1 : NFI_MAX_FIELDS - twice; /* with "text" */
        nfi_buf_puts(&b, "{\"text\":\"good\"}\n{\"text\":\"a\"");
        for (int i = 1; i < keys; i++) {
            nfi_buf_puts(&b, ",\"k");
            nfi_buf_put_u64(&b, (uint64_t)i);
            nfi_buf_puts(&b, "\":1");
        }
        nfi_buf_puts(&b, twice == 1 ? ",\"k77\":2}\n" : "}\n");
        char *got = dump_bytes("h.jsonl", b.p, b.n, NULL, NULL);
        nfi_buf_clear(&b);
        ends_with(got, twice == 0   ? "\"k4095\":1}]"
                       : twice == 1 ? "h.jsonl:2: key \"k77\" stands twice in the object"
                                    : "h.jsonl:2: the object has more than 4096 keys");
    }
}
END_TEST

START_TEST(many_columns_in_any_order_are_found)
{
    nfi_buf b = {0};

    for (int line = 0; line < 300; line++) {
        nfi_buf_puts(&b, "{\"text\":\"t\"");
        for (int i = 0; i < 1000; i++) {
            int k = line % 2 ? 999 - i : i;
            nfi_buf_puts(&b, ",\"k");
            nfi_buf_put_u64(&b, (uint64_t)k);
            nfi_buf_puts(&b, "\":");
            nfi_buf_put_u64(&b, (uint64_t)k);
        }
        nfi_buf_puts(&b, "}\n");
    }
    char *got = dump_bytes("h.jsonl", b.p, b.n, NULL, NULL);
    nfi_buf_clear(&b);
    ck_assert_ptr_nonnull(strstr(got, "columns: k0, k1, k2, "));
    char *last = strstr(got, "\n300:300 ");
    ck_assert_ptr_nonnull(last);
    ck_assert_ptr_nonnull(strstr(last, "text=t [0] [1] [2] "));
    ck_assert_ptr_nonnull(strstr(last, " [998] [999] flags=8\n"));
    nfi_free(got);
}
END_TEST

START_TEST(a_million_empty_lines_and_a_large_document_are_read)
{
    nfi_buf b = {0};
    nf_docs_stats st;
    size_t big = (size_t)50 << 20;

    nfi_buf_puts(&b, "{\"text\":\"first\"}\n");
    ck_assert(nfi_buf_reserve(&b, big + 2000000));
    memset(b.p + b.n, '\n', 1000000);
    b.n += 1000000;
    nfi_buf_puts(&b, "{\"text\":\"");
    for (size_t i = 0; i < big; i += 8)
        nfi_buf_put(&b, "words \\n", 8);
    nfi_buf_puts(&b, "\"}\n{\"text\":\"last\"}\n");
    nfi_memory mem = {b.p, b.n};
    nf_docs *in = NULL;
    nf_batch batch = {0};
    size_t docs = 0, longest = 0;
    nft_ok(nfi_docs_open_memory(&in, "big.jsonl", &mem, NULL, &nft_err));
    for (;;) {
        nft_ok(nf_docs_next(in, &batch, &nft_err));
        if (batch.n == 0)
            break;
        for (size_t i = 0; i < batch.n; i++)
            longest = batch.docs[i].text.n > longest ? batch.docs[i].text.n : longest;
        ck_assert_uint_eq(batch.docs[batch.n - 1].line, docs + batch.n == 1 ? 1 : 1000000 + docs + batch.n);
        docs += batch.n;
    }
    st = *nf_docs_counts(in);
    ck_assert_uint_eq(docs, 3);
    ck_assert_uint_eq(longest, big / 8 * 7);
    ck_assert_uint_eq(st.bytes, b.n);
    ck_assert_uint_eq(st.total_bytes, b.n);
    nf_batch_clear(&batch);
    nf_docs_close(in);
    nfi_buf_clear(&b);
}
END_TEST

START_TEST(a_line_beyond_the_limit_is_a_reject_and_the_next_is_read)
{
    char rejects[NFT_PATH], dir[NFT_PATH];
    nfi_buf b = {0};
    nf_docs_stats st;

    nfi_buf_puts(&b, "{\"text\":\"a\"}\n{\"text\":\"");
    size_t n = NFI_MAX_RECORD + ((size_t)6 << 20);
    ck_assert(nfi_buf_reserve(&b, n));
    memset(b.p + b.n, ' ', n); /* blanks: what is left of a record must not pass for a blank line */
    b.n += n;
    nfi_buf_puts(&b, "\n{\"text\":\"b\"}\n");
    expect("l.jsonl", b.p, b.n, NULL,
           "columns: extra\n1:1 id=l.jsonl:1 label= title= text=a [] flags=8\n"
           "a documented limit was exceeded l.jsonl:2: record 2 is longer than 64 MiB; --max-document allows longer ones\n");
    nft_dir(dir);
    snprintf(rejects, sizeof rejects, "%.400s/r.csv", dir);
    char *got = dump_bytes("l.jsonl", b.p, b.n, &(nf_docs_opts){.rejects = rejects}, &st);
    ck_assert_str_eq(
        got, "columns: extra\n1:1 id=l.jsonl:1 label= title= text=a [] flags=8\n3:3 id=l.jsonl:3 label= title= text=b [] flags=8\n");
    ck_assert_uint_eq(st.read, 3);
    ck_assert_uint_eq(st.rejected, 1);
    nfi_free(got);
    nfi_buf_clear(&b);
}
END_TEST

START_TEST(batches_do_not_depend_on_threads)
{
    nfi_buf b = {0};

    for (uint64_t i = 0; i < 60000; i++) {
        nfi_buf_puts(&b, "{\"id\":");
        nfi_buf_put_u64(&b, i);
        nfi_buf_puts(&b, i % 5 ? ",\"text\":\"tanks rolled\\ninto the \\u0022town\\u0022\",\"label\":\"war\"}\n"
                               : ",\"text\":\"\xff plain\",\"k\":{}}\n");
    }
    char *one = dump_bytes("t.jsonl", b.p, b.n, &(nf_docs_opts){.threads = 1}, NULL);
    char *three = dump_bytes("t.jsonl", b.p, b.n, &(nf_docs_opts){.threads = 3}, NULL);
    ck_assert_ptr_nonnull(strstr(one, "60000:60000 id=59999 "));
    ck_assert(strcmp(one, three) == 0);
    nfi_free(one);
    nfi_free(three);
    nfi_buf_clear(&b);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("docs_jsonl");
    TCase *t = tcase_create("docs_jsonl");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, values_of_every_kind_are_carried);
    tcase_add_test(t, escapes_are_decoded_and_unpaired_surrogates_replaced);
    tcase_add_test(t, keys_may_have_escapes_and_any_order);
    tcase_add_test(t, keys_of_the_line_before_tell_nothing_of_other_keys);
    tcase_add_test(t, a_line_with_the_keys_of_a_bad_one_is_bad);
    tcase_add_test(t, blank_lines_and_a_mark_of_byte_order_are_no_records);
    tcase_add_test(t, malformed_lines_are_named);
    tcase_add_test(t, a_null_text_is_an_empty_one_and_a_nul_a_space);
    tcase_add_test(t, keys_the_first_record_has_not_go_to_extra);
    tcase_add_test(t, columns_that_are_missing_are_answered_with_the_keys);
    tcase_add_test(t, a_label_with_a_semicolon_is_none_of_several);
    tcase_add_test(t, several_labels_need_another_model);
    tcase_add_test(t, invalid_utf8_in_a_line_follows_the_encoding);
    tcase_add_test(t, nesting_has_a_limit);
    tcase_add_test(t, numbers_have_a_limit);
    tcase_add_test(t, keys_have_a_limit_and_duplicates_are_found_among_many);
    tcase_add_test(t, many_columns_in_any_order_are_found);
    tcase_add_test(t, a_million_empty_lines_and_a_large_document_are_read);
    tcase_add_test(t, a_line_beyond_the_limit_is_a_reject_and_the_next_is_read);
    tcase_add_test(t, batches_do_not_depend_on_threads);
    suite_add_tcase(s, t);
    return nft_run(s);
}
