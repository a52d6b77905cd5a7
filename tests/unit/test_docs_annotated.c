/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON lines of doccano and Prodigy as documents. */
#include "unit/docs_dump.h"

START_TEST(spans_of_characters_become_spans_of_bytes_and_their_names_labels)
{
    expect_str(
        "d.jsonl",
        "{\"text\":\"caf\xc3\xa9 \xf0\x9f\x98\x80 war\",\"label\":[[7,10,\"w\"],[0,4,\"p\"],[0,0,\"w\"]]}\n{\"text\":\"b\",\"label\":[]}\n",
        NULL,
        "columns: label, byte_spans\n"
        "1:1 id=d.jsonl:1 label= title= text=caf\xc3\xa9 \xf0\x9f\x98\x80 war [[\"w\",\"p\"]] "
        "[[{\"start\":11,\"end\":14,\"label\":\"w\"},{\"start\":0,\"end\":5,\"label\":\"p\"},{\"start\":0,\"end\":0,\"label\":\"w\"}]] "
        "flags=136\n"
        "2:2 id=d.jsonl:2 label= title= text=b [[]] [] flags=8\n");
}
END_TEST

START_TEST(places_in_a_long_text_are_found_from_marks)
{
    nfi_buf b = {0};

    nfi_buf_puts(&b, "{\"text\":\"");
    for (int i = 0; i < 1000; i++)
        nfi_buf_puts(&b, "\xc3\xa9");
    nfi_buf_puts(&b, "\",\"label\":[[255,256,\"a\"],[256,257,\"a\"],[511,1000,\"a\"],[1000,1000,\"a\"]]}");
    char *got = dump_bytes("d.jsonl", b.p, b.n, NULL, NULL);
    ck_assert_msg(strstr(got, "{\"start\":510,\"end\":512,\"label\":\"a\"},{\"start\":512,\"end\":514,\"label\":\"a\"},"
                              "{\"start\":1022,\"end\":2000,\"label\":\"a\"},{\"start\":2000,\"end\":2000,\"label\":\"a\"}") != NULL,
                  "%s", got);
    ck_assert_ptr_nonnull(strstr(got, " label=a "));
    nfi_free(got);
    nfi_buf_clear(&b);
}
END_TEST

START_TEST(the_text_of_old_exports_is_called_data)
{
    expect_str("d.jsonl", "{\"id\":7,\"data\":\"a\",\"label\":[\"x\"]}\n", NULL,
               "columns: id, label\n1:1 id=7 label=x title= text=a [7] [[\"x\"]]\n");
    expect_str("d.jsonl", "{\"id\":7,\"data\":\"a\",\"label\":[\"x\"]}\n", &(nf_docs_opts){.format = "jsonl", .text = "data"},
               "columns: id, label\n1:1 id=7 label=x title= text=a [7] [[\"x\"]]\n");
}
END_TEST

START_TEST(only_what_was_accepted_is_a_label)
{
    nf_docs_stats st;
    static const char text[] =
        "{\"text\":\"a\",\"label\":\"x\",\"answer\":\"accept\"}\n{\"text\":\"b\",\"label\":\"x\",\"answer\":\"reject\"}\n"
        "{\"text\":\"c\",\"accept\":[\"y\"],\"answer\":\"ignore\"}\n{\"text\":\"d\",\"accept\":[\"y\"],\"answer\":\"accept\"}\n"
        "{\"text\":\"e\",\"accept\":[],\"answer\":\"accept\"}\n{\"text\":\"f\",\"spans\":[{\"start\":0,\"end\":1,\"label\":\"z\"}]}\n";
    char *got = dump_bytes("p.jsonl", text, strlen(text), NULL, &st);
    ck_assert_str_eq(got, "columns: label, answer, extra\n"
                          "1:1 id=p.jsonl:1 label=x title= text=a [x] [accept] [] flags=8\n"
                          "2:2 id=p.jsonl:2 label= title= text=b [] [reject] [{\"not_accepted\":\"x\"}] flags=72\n"
                          "3:3 id=p.jsonl:3 label= title= text=c [] [ignore] [{\"accept\":[\"y\"],\"not_accepted\":[\"y\"]}] flags=72\n"
                          "4:4 id=p.jsonl:4 label=y title= text=d [[\"y\"]] [accept] [{\"accept\":[\"y\"]}] flags=8\n"
                          "5:5 id=p.jsonl:5 label= title= text=e [] [accept] [{\"accept\":[]}] flags=8\n"
                          "6:6 id=p.jsonl:6 label=z title= text=f [[\"z\"]] [] [{\"spans\":[{\"start\":0,\"end\":1,\"label\":\"z\"}],"
                          "\"byte_spans\":[{\"start\":0,\"end\":1,\"label\":\"z\"}]}] flags=8\n");
    ck_assert_uint_eq(st.not_accepted, 2);
    nfi_free(got);
}
END_TEST

START_TEST(spans_as_objects_are_found_by_their_keys)
{
    expect_str("e.jsonl",
               "{\"id\":1,\"text\":\"\xc3\xa9 b\",\"entities\":[{\"id\":3,\"label\":\"x\",\"start_offset\":0,\"end_offset\":1}],"
               "\"Comments\":[]}\n",
               NULL,
               "columns: id, entities, Comments, byte_spans, label\n1:1 id=1 label=x title= text=\xc3\xa9 b [1] "
               "[[{\"id\":3,\"label\":\"x\",\"start_offset\":0,\"end_offset\":1}]] [[]] "
               "[[{\"start\":0,\"end\":2,\"label\":\"x\",\"id\":3}]] [[\"x\"]]\n");
    expect_str("s.jsonl", "{\"id\":1,\"text\":\"a\",\"spans\":[{\"start\":0,\"end\":1,\"label\":\"x\"}]}\n", NULL,
               "columns: id, spans, label, byte_spans\n1:1 id=1 label=x title= text=a [1] [[{\"start\":0,\"end\":1,\"label\":\"x\"}]] "
               "[[\"x\"]] [[{\"start\":0,\"end\":1,\"label\":\"x\"}]]\n");
    expect_str("n.jsonl", "{\"id\":1,\"text\":\"a\",\"spans\":[{\"start\":0,\"end\":1}],\"entities\":[5]}\n", NULL, /* of others */
               "columns: id, spans, entities\n1:1 id=1 label= title= text=a [1] [[{\"start\":0,\"end\":1}]] [[5]]\n");
}
END_TEST

static const struct {
    const char *format, *text, *message;
} faults[] = {
    {"doccano", "{\"text\":\"a\",\"label\":5}", "the label is a number, expected a list of names or spans"},
    {"doccano", "{\"text\":\"a\",\"label\":[5]}", "5 stands in the list of labels, expected a name or a span"},
    {"doccano", "{\"text\":\"a\",\"label\":{\"x\":1}}", "the label is an object, expected a list of names or spans"},
    {"doccano", "{\"text\":\"a\",\"label\":[[0,2,\"x\"]]}", "span 1, characters 0 to 2, does not lie in the text"},
    {"doccano", "{\"text\":\"a\",\"label\":[[1,0,\"x\"]]}", "span 1, characters 1 to 0, does not lie in the text"},
    {"doccano", "{\"text\":\"a\",\"label\":[[0,1]]}", "span 1 is not a start, an end and a label"},
    {"doccano", "{\"text\":\"a\",\"label\":[[-1,1,\"x\"]]}", "span 1 is not a start, an end and a label"},
    {"doccano", "{\"text\":\"a\",\"label\":[[0,99999999999999999999,\"x\"]]}", "span 1 is not a start, an end and a label"},
    {"prodigy", "{\"text\":\"a\",\"answer\":\"maybe\"}", "field \"answer\" is none of accept, reject and ignore"},
    {"prodigy", "{\"text\":\"a\",\"answer\":1}", "field \"answer\" is none of accept, reject and ignore"},
    {"prodigy", "{\"text\":\"a\",\"accept\":[1],\"answer\":\"accept\"}", "1 stands in the list of labels, expected a name or a span"},
};
enum { FAULTS = sizeof faults / sizeof *faults };

START_TEST(a_malformed_record_is_named)
{
    char *got = dump_bytes("d.jsonl", faults[_i].text, strlen(faults[_i].text), &(nf_docs_opts){.format = faults[_i].format}, NULL);
    ck_assert_msg(strstr(got, "malformed input d.jsonl:1: ") && strstr(got, faults[_i].message), "%s", got);
    nfi_free(got);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("docs_annotated");
    TCase *t = tcase_create("docs_annotated");
    tcase_add_test(t, spans_of_characters_become_spans_of_bytes_and_their_names_labels);
    tcase_add_test(t, places_in_a_long_text_are_found_from_marks);
    tcase_add_test(t, the_text_of_old_exports_is_called_data);
    tcase_add_test(t, only_what_was_accepted_is_a_label);
    tcase_add_test(t, spans_as_objects_are_found_by_their_keys);
    tcase_add_loop_test(t, a_malformed_record_is_named, 0, FAULTS);
    suite_add_tcase(s, t);
    return nft_run(s);
}
