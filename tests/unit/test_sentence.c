/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sentences and paragraphs of short texts; the hand-coded articles of NEWSFRAME_DATA, where it leads to them. */
#include "nft.h"

#include "base/buf.h"
#include "newsframe/sentence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text whose units are told by bars: "One.| Two." Blanks beside a bar belong to none. */
static void check(const char *marked, nf_unit_kind kind)
{
    char text[4096], found[8192];
    size_t n = 0, m = 0;
    nf_units units = {0};

    for (const char *p = marked; *p; p++)
        if (*p != '|')
            text[n++] = *p;
    nft_ok(nf_units_split(&units, (nf_str){text, n}, NULL, kind, &nft_err));
    for (size_t i = 0, u = 0; i <= n; i++) {
        if (u < units.n && i == units.unit[u].end) {
            if (u + 1 < units.n)
                found[m++] = '|';
            u++;
        }
        if (i < n)
            found[m++] = text[i];
    }
    found[m] = '\0';
    ck_assert_str_eq(found, marked);
    nf_units_clear(&units);
}
static void sentences(const char *const *marked, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check(marked[i], NF_UNIT_SENTENCE);
}
#define SENTENCES(...) \
    static const char *const marked[] = {__VA_ARGS__}; \
    sentences(marked, sizeof marked / sizeof *marked)

START_TEST(stops_end_sentences)
{
    SENTENCES("The port is shut.| Ships wait!| Who will pay?| Nobody knows.", "One.|  Two.", "It closed...| But why", "Really?!| Yes.",
              "Rates rose.| 24 firms failed.", "He was 24.| The law changed.", "It came in 2019.| Nobody cared.",
              "Prices fell by 3.5 percent in May.", "Vote.| $5 million was spent.", "So it goes\xe2\x80\xa6| And on.",
              "so it goes . . . and on . . .| Then it ends.");
}
END_TEST

START_TEST(small_letters_and_commas_go_on)
{
    SENTENCES("They spoke of \xe2\x80\x9cunity.\xe2\x80\x9d on key points.", "\"Why?\" he asked.", "Yahoo! shares fell.| Others rose.",
              "The U.S., he said, will wait.", "It was, well... odd.", "Inc., the firm, said no.");
    (void)0;
}
END_TEST

START_TEST(what_closes_after_a_stop_belongs_to_it)
{
    SENTENCES("\"We won.\"| They left.", "\xe2\x80\x9cWe won.\xe2\x80\x9d| They left.", "(They left.)| We stayed.",
              "He called it \"a pact of brothers.\"| Last year he had not.", "It fell.[12]| It rose.[3]",
              "\xc2\xab Nous partons.\xc2\xa0\xc2\xbb| Il est parti.", "\xe2\x80\x9eWir gehen.\xe2\x80\x9c| Er ging.",
              "It ended.| \xe2\x80\x9cNow what?\xe2\x80\x9d", "It ended.| \"Now what?\" she said.", "('It ended.')| Then this.");
}
END_TEST

START_TEST(abbreviations_and_initials_do_not_end_sentences)
{
    SENTENCES("Mr. Stone met Gen. Hall and Sen. J. R. Poole in St. Louis.", "George W. Bush came.| A. B. Clark left.",
              "The U.S. Senate met at 5 p.m. Monday.", "He lives in the U.S.| The law allows it.",
              "Acme Inc. Chairman Ray Lee quit.| Acme Inc.| The firm is old.", "On Sept. 11 it began; in Sept.| Putin came.",
              "See No. 5 and pp. 12.", "She said no.| He left.", "It is i.e. Paris, e.g. Rome.", "SEN. SMITH SPOKE.", "Plan B.| The end.",
              "Dr.Smith came.");
}
END_TEST

START_TEST(missing_blanks_are_seen)
{
    SENTENCES("They spoke of cooperation.|The rest was silent.", "It came in 2019.|Nobody cared.",
              "\xe2\x80\x9cWe won.\xe2\x80\x9d|They left.", "Read example.org and www.Example.com/A.Bc?D=Ef now.", "Why?|Nobody knows.",
              "It uses Node.js, v2.5 and ASP.NET.", "mail a.Be@c.De today.", "see http://host/One.Two?Three=Four now.",
              "left the USA.|They came.", "It ended.|\xe2\x80\x9cNow what?\xe2\x80\x9d");
}
END_TEST

START_TEST(other_scripts_have_other_stops)
{
    SENTENCES("\u6e2f\u53e3\u5173\u95ed\u4e86\u3002|\u8239\u5728\u7b49\uff01|\u8c01\u4ed8\uff1f",
              "\u300c\u884c\u304f\u3002\u300d\u3068\u8a00\u3063\u305f\u3002",
              "\u0628\u0642\u064a \u0627\u0644\u0645\u064a\u0646\u0627\u0621 \u0645\u063a\u0644\u0642\u0627\u061f| \u0646\u0639\u0645.| "
              "\u0628\u0642\u064a.",
              "\u092c\u0902\u0926\u0930 \u092c\u0902\u0926 \u0939\u0948\u0964| \u0939\u0948\u0964",
              "\u0412. \u041f\u0443\u0442\u0438\u043d \u0438 \u0433. \u041a\u0438\u0435\u0432.| \u0414\u0430.",
              "\ub2eb\ud600 \uc788\ub2e4.|\uadf8\ub294 \uac14\ub2e4.", "Am 24. April kam er.| Der Tag war kalt.", "Er kam z. B. Montag.");
}
END_TEST

START_TEST(lines_of_pages_are_paragraphs)
{
    SENTENCES("Talks fail again|\nMinisters met on Monday.| They left.|\n\nNext|\r\nOne|\rTwo", "Goods:|\n- Tea|\n- Coffee.|\n- Milk",
              "1. Tea is dear.|\n2. Coffee is not.| Really.", "apples|\npears|\nplums",
              "Mac OS|\n  \xe2\x80\xa2 Linux|\n  \xe2\x80\xa2 Windows", "a. Tea|\nb. Milk", "First line|\xe2\x80\xa8Second line");
}
END_TEST

START_TEST(lines_cut_to_a_width_are_joined)
{
    static const char wrapped[] = "The ministers of the four countries met on Monday in the\n"
                                  "capital to talk about the price of gas, which has risen since\n"
                                  "March.| President Lindqvist said that the talks with Minister\n"
                                  "Okafor had been useful.| No date was set for another round.|\n"
                                  "\n"
                                  "Shares fell.";
    check(wrapped, NF_UNIT_SENTENCE);
    check("The ministers of the four countries met on Monday in the\ncapital to talk about the price of gas.", NF_UNIT_SENTENCE);
    check("The ministers of the four countries met on Monday in the\ncapital to talk. They left\nearly.|\n\nShares fell. They rose.",
          NF_UNIT_PARAGRAPH);
}
END_TEST

START_TEST(cuts_are_in_no_unit)
{
    static const char text[] = "One here. Two\n\nShare this\n\nthere. Three";
    nf_cut cut = {15, 25, 3, 0};
    nf_cuts cuts = {.cut = &cut, .n = 1};
    nf_units units = {0};

    nft_ok(nf_units_split(&units, (nf_str){text, strlen(text)}, &cuts, NF_UNIT_SENTENCE, &nft_err));
    ck_assert_uint_eq(units.n, 4);
    ck_assert_uint_eq(units.unit[1].end, 13);
    ck_assert(!units.unit[1].stop && units.unit[0].stop);
    ck_assert_uint_eq(units.unit[2].start, 27);
    ck_assert_uint_eq(units.unit[2].paragraph, 1);
    nft_ok(nf_units_split(&units, (nf_str){text, strlen(text)}, &cuts, NF_UNIT_DOCUMENT, &nft_err));
    ck_assert_uint_eq(units.n, 1);
    ck_assert(units.unit[0].start == 0 && units.unit[0].end == strlen(text));
    nft_ok(nf_units_split(&units, (nf_str){" \n\xc2\xa0\n", 5}, NULL, NF_UNIT_DOCUMENT, &nft_err));
    ck_assert_uint_eq(units.n, 0);
    nft_ok(nf_units_split(&units, (nf_str){NULL, 0}, NULL, NF_UNIT_SENTENCE, &nft_err));
    ck_assert_uint_eq(units.n, 0);
    nf_units_clear(&units);
}
END_TEST

START_TEST(kinds_have_names)
{
    const char *summary = NULL;

    ck_assert_str_eq(nf_unit_name(NF_UNIT_SENTENCE, &summary), "sentence");
    ck_assert_ptr_nonnull(summary);
    ck_assert_ptr_null(nf_unit_name(3, NULL));
}
END_TEST

/* ---- articles coded by hand ---- */

/* The number after "key": at or after *p, which moves past it; false when there is none before end. */
static bool number_after(const char **p, const char *end, const char *key, size_t *out)
{
    const char *q = strstr(*p, key);
    if (!q || q >= end)
        return false;
    *out = strtoull(q + strlen(key), NULL, 10);
    *p = q + strlen(key);
    return true;
}

static bool is_blank_at(const char *p, size_t i)
{
    return p[i] == ' ' || p[i] == '\n' || (p[i] == '\xa0' && i > 0 && p[i - 1] == '\xc2') || (p[i] == '\xc2' && p[i + 1] == '\xa0');
}

START_TEST(sentences_of_coded_articles_end_where_a_reader_says)
{
    const char *data = getenv("NEWSFRAME_DATA");
    char path[NFT_PATH];
    size_t ends = 0, right = 0;

    snprintf(path, sizeof path, "%s/seeds/gold.jsonl", data ? data : "");
    FILE *f = data ? fopen(path, "r") : NULL;
    if (!f) {
        printf("# skipped: seeds/gold.jsonl: NEWSFRAME_DATA does not lead to it\n");
        return;
    }
    fclose(f);
    char *gold = nft_read(path, NULL);
    for (const char *line = gold; *line;) {
        const char *eol = strchr(line, '\n') ? strchr(line, '\n') : line + strlen(line), *at = strstr(line, "\"sentences\""),
                   *id = strstr(line, "\"id\": \"");
        nf_units units = {0};
        size_t n, start, end;
        ck_assert(at && at < eol && id && id < eol);
        snprintf(path, sizeof path, "%s/seeds/%.*s", data, (int)strcspn(id + 7, "\""), id + 7);
        char *text = nft_read(path, &n);
        nft_ok(nf_units_split(&units, (nf_str){text, n}, NULL, NF_UNIT_SENTENCE, &nft_err));
        while (number_after(&at, eol, "\"start\": ", &start) && number_after(&at, eol, "\"end\": ", &end)) {
            const char *flag = strstr(at, "\"boilerplate\": ");
            ck_assert_ptr_nonnull(flag);
            if (flag[15] == 't')
                continue;
            while (end > start && is_blank_at(text, end - 1))
                end--;
            ends++;
            bool found = false;
            for (size_t u = 0; u < units.n && !found; u++)
                found = units.unit[u].start == start && units.unit[u].end == end;
            right += found;
            if (!found)
                printf("# missed: %.*s\n", (int)(end - start), text + start);
        }
        nf_units_clear(&units);
        free(text);
        line = *eol ? eol + 1 : eol;
    }
    free(gold);
    ck_assert_uint_eq(ends, 94);
    ck_assert_uint_eq(right, ends);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("sentence");
    TCase *tc = tcase_create("sentence");

    tcase_add_test(tc, stops_end_sentences);
    tcase_add_test(tc, small_letters_and_commas_go_on);
    tcase_add_test(tc, what_closes_after_a_stop_belongs_to_it);
    tcase_add_test(tc, abbreviations_and_initials_do_not_end_sentences);
    tcase_add_test(tc, missing_blanks_are_seen);
    tcase_add_test(tc, other_scripts_have_other_stops);
    tcase_add_test(tc, lines_of_pages_are_paragraphs);
    tcase_add_test(tc, lines_cut_to_a_width_are_joined);
    tcase_add_test(tc, cuts_are_in_no_unit);
    tcase_add_test(tc, kinds_have_names);
    tcase_add_test(tc, sentences_of_coded_articles_end_where_a_reader_says);
    suite_add_tcase(s, tc);
    return nft_run(s);
}
