/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fastText lines as documents. */
#include "unit/docs_dump.h"

START_TEST(labels_come_first_and_the_rest_is_the_text)
{
    expect_str("f.ft", "__label__war tanks  cross\n\n__label__trade\tprices rise \r\nno label\n", NULL,
               "columns: label\n"
               "1:1 id=f.ft:1 label=war title= text=tanks  cross [war] flags=8\n"
               "3:2 id=f.ft:2 label=trade title= text=prices rise [trade] flags=8\n"
               "4:3 id=f.ft:3 label= title= text=no label [] flags=8\n");
}
END_TEST

START_TEST(several_labels_are_a_list_and_refused_where_one_is_needed)
{
    static const char two[] = "__label__a __label__b\"c text\n";

    expect_str("f.ft", two, NULL, "columns: label\n1:1 id=f.ft:1 label= title= text=text [[\"a\",\"b\\\"c\"]] flags=136\n");
    expect_str(
        "f.ft", two, &(nf_docs_opts){.need_label = true},
        "columns: label\nmalformed input f.ft:1: field \"label\" has several labels; add --multi where documents may have several\n");
}
END_TEST

START_TEST(a_line_that_cannot_be_read_is_named)
{
    expect_str("f.ft", "__label__a text\n__label__b \n", NULL, "columns: label\nmalformed input f.ft:2: a label and no text behind it\n");
    expect_str("f.ft", "__label__ text\n", NULL,
               "columns: label\nmalformed input f.ft:1: __label__ without the name of a label behind it\n");
    expect_str("f.ft", "one __label__b two\n", NULL,
               "columns: label\nmalformed input f.ft:1: \"__label__b\" stands within the text; labels stand before it\n");
}
END_TEST

START_TEST(words_that_only_look_like_labels_are_text)
{
    expect_str("f.ft", "__label__a x__label__b __label_ __LABEL__c\n", NULL,
               "columns: label\n1:1 id=f.ft:1 label=a title= text=x__label__b __label_ __LABEL__c [a] flags=8\n");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("docs_fasttext");
    TCase *t = tcase_create("docs_fasttext");
    tcase_add_test(t, labels_come_first_and_the_rest_is_the_text);
    tcase_add_test(t, several_labels_are_a_list_and_refused_where_one_is_needed);
    tcase_add_test(t, a_line_that_cannot_be_read_is_named);
    tcase_add_test(t, words_that_only_look_like_labels_are_text);
    suite_add_tcase(s, t);
    return nft_run(s);
}
