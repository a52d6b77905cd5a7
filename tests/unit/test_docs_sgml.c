/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of the Reuters-21578 collection as documents. */
#include "unit/docs_dump.h"


#define COLUMNS                                                                                                                            \
    "columns: id, date, labels, title, dateline, author, places, people, orgs, exchanges, companies, lewissplit, cgisplit, topics, oldid\n"

START_TEST(every_element_has_its_column)
{
    expect_str("r.sgm",
               "<!DOCTYPE lewis SYSTEM \"lewis.dtd\">\n"
               "<REUTERS TOPICS=\"YES\" LEWISSPLIT=\"TRAIN\" CGISPLIT=\"TRAINING-SET\" OLDID=\"5544\" NEWID=\"1\">\n"
               "<DATE>26-FEB-1987 15:01:01.79</DATE>\n<TOPICS><D>cocoa</D></TOPICS>\n<PLACES><D>usa</D><D>el-salvador</D></PLACES>\n"
               "<PEOPLE></PEOPLE>\n<UNKNOWN> \n&#5;&#5;&#5;C T\n&#22;&#22;&#1;f0704&#31;reute\n</UNKNOWN>\n"
               "<TEXT>&#2;\n<TITLE>PRICES &lt;UP>\n</TITLE>\n<AUTHOR>    By A. Writer</AUTHOR>\n"
               "<DATELINE>    SALVADOR, Feb 26 - </DATELINE><BODY>Rain &amp; sun.\n Reuter\n&#3;</BODY></TEXT>\n</REUTERS>\n",
               NULL,
               COLUMNS "2:1 id=1 label=cocoa title=PRICES <UP> text=Rain & sun.\n Reuter [1] [26-FEB-1987 15:01:01.79] [[\"cocoa\"]] "
                       "[PRICES <UP>] [SALVADOR, Feb 26 -] [By A. Writer] [[\"usa\",\"el-salvador\"]] [] [] [] [] [TRAIN] [TRAINING-SET] "
                       "[YES] [5544]\n");
}
END_TEST

START_TEST(a_text_without_a_body_is_what_stands_behind_its_last_element)
{
    expect_str("r.sgm",
               "<REUTERS NEWID=\"1\"><TEXT TYPE=\"UNPROC\">&#2;\nbare figures\n&#3;</TEXT></REUTERS>"
               "<REUTERS NEWID=\"2\"><TEXT TYPE=\"BRIEF\">&#2;\n***<TITLE>HEAD</TITLE>Few words.\n&#3;</TEXT></REUTERS>\n"
               "<REUTERS NEWID=\"3\"></REUTERS>",
               NULL,
               COLUMNS "1:1 id=1 label= title= text=bare figures [1] [] [] [] [] [] [] [] [] [] [] [] [] [] []\n"
                       "3:2 id=2 label= title=HEAD text=Few words. [2] [] [] [HEAD] [] [] [] [] [] [] [] [] [] [] []\n"
                       "6:3 id=3 label= title= text= [3] [] [] [] [] [] [] [] [] [] [] [] [] [] []\n");
}
END_TEST

START_TEST(several_topics_are_refused_where_one_label_is_needed)
{
    expect_str("r.sgm", "<REUTERS><TOPICS><D>a</D><D>b</D></TOPICS><TEXT>x</TEXT></REUTERS>", &(nf_docs_opts){.need_label = true},
               COLUMNS "malformed input r.sgm:1: field \"labels\" has several labels; add --multi where documents may have several\n");
}
END_TEST

static const struct {
    const char *text, *message;
} faults[] = {
    {"<REUTERS NEWID=\"1\"><TEXT>a</TEXT>\n<REUTERS NEWID=\"2\"></REUTERS>", "r.sgm:1: record 1 is never closed: no </REUTERS>"},
    {"<REUTERS></REUTERS>\n<REUTERS><TEXT>a", "r.sgm:2: record 2 is never closed: no </REUTERS>"},
    {"\nwords\n<REUTERS></REUTERS>", "r.sgm:2: expected <REUTERS, found \"words\\u{a}\""},
    {"<REUTERS></REUTERS><!DOCTYPE", "r.sgm:1: expected <REUTERS, found \"<!DOCTYPE\""},
    {"<REUTERS>\n<TEXT>\n<TITLE>a\n</TEXT></REUTERS>", "r.sgm:4: </TEXT> stands where </TITLE> is expected"},
    {"<REUTERS></BODY></REUTERS>", "r.sgm:1: </BODY> stands where </REUTERS> is expected"},
    {"<REUTERS><TEXT>a</REUTERS>", "r.sgm:1: </REUTERS> stands where </TEXT> is expected"},
    {"<REUTERS><TOPICS><D>a</D>b</TOPICS></REUTERS>", "r.sgm:1: the element TOPICS holds something else than <D> elements"},
    {"<REUTERS NEWID=\"1></REUTERS>", "r.sgm:1: an attribute of <REUTERS> has no closing quote"},
    {"<REUTERS </REUTERS>", "r.sgm:1: the tag <REUTERS has no end"},
};
enum { FAULTS = sizeof faults / sizeof *faults };

START_TEST(a_malformed_record_is_named)
{
    char *got = dump_bytes("r.sgm", faults[_i].text, strlen(faults[_i].text), NULL, NULL);
    ck_assert_msg(strstr(got, faults[_i].message) != NULL, "%s", got);
    nfi_free(got);
}
END_TEST

START_TEST(references_are_characters_and_controls_are_blanks)
{
    static const char text[] = "<REUTERS NEWID=\"1\"><TEXT>&#233;&#x41;&#55296;&quot;AT&T&bogus;\x02|\0|&#1;.</TEXT></REUTERS>";

    expect("r.sgm", text, sizeof text - 1, &(nf_docs_opts){.text = "text"},
           COLUMNS
           "1:1 id=1 label= title= text=\xc3\xa9&#x41;\xef\xbf\xbd\"AT&T&bogus; | | . [1] [] [] [] [] [] [] [] [] [] [] [] [] [] [] "
           "flags=5\n");
}
END_TEST

START_TEST(a_byte_of_latin_1_is_read_as_the_encoding_says)
{
    static const char text[] = "<REUTERS NEWID=\"1\"><TEXT>f\xfcr</TEXT></REUTERS>";
    expect_str("r.sgm", text, &(nf_docs_opts){.encoding = NF_ENC_UTF8_OR_1252},
               COLUMNS "1:1 id=1 label= title= text=f\xc3\xbcr [1] [] [] [] [] [] [] [] [] [] [] [] [] [] [] flags=2\n");
    char *got = dump_bytes("r.sgm", text, strlen(text), &(nf_docs_opts){.encoding = NF_ENC_STRICT}, NULL);
    ck_assert_msg(strstr(got, "byte 0xFC at offset 1 is not UTF-8") != NULL, "%s", got);
    nfi_free(got);
}
END_TEST

/* Work that grows with the square of the size would not end in time. */
START_TEST(a_record_of_nothing_but_tags_is_read_in_linear_time)
{
    static const char *const bits[] = {"<DATE", "<REUTER", "&#6", "<D>", "<!", "<TEXT"};
    size_t n = (size_t)4 << 20, at = 0;
    char *p = malloc(n + 100);

    ck_assert_ptr_nonnull(p);
    for (size_t k = 0; k < sizeof bits / sizeof *bits; k++) {
        at = 0;
        memcpy(p, "<REUTERS>", 9);
        for (at = 9; at < n; at += strlen(bits[k]))
            memcpy(p + at, bits[k], strlen(bits[k]));
        memcpy(p + at, "</REUTERS>", 10);
        nfi_free(dump_bytes("r.sgm", p, at + 10, NULL, NULL));
        nfi_free(dump_bytes("r.sgm", p, at, NULL, NULL));
    }
    free(p);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("docs_sgml");
    TCase *t = tcase_create("docs_sgml");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, every_element_has_its_column);
    tcase_add_test(t, a_text_without_a_body_is_what_stands_behind_its_last_element);
    tcase_add_test(t, several_topics_are_refused_where_one_label_is_needed);
    tcase_add_loop_test(t, a_malformed_record_is_named, 0, FAULTS);
    tcase_add_test(t, references_are_characters_and_controls_are_blanks);
    tcase_add_test(t, a_byte_of_latin_1_is_read_as_the_encoding_says);
    tcase_add_test(t, a_record_of_nothing_but_tags_is_read_in_linear_time);
    suite_add_tcase(s, t);
    return nft_run(s);
}
