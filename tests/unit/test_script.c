/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scripts of characters against Scripts.txt (Debian package unicode-data), and the shares of texts. */
#include "nft.h"

#include "features/script.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SCRIPTS_TXT "/usr/share/unicode/Scripts.txt"

/* What the table must say of a script name of the database. */
static nfi_script expected(const char *name)
{
    static const char *const special[][2] = {{"Hiragana", "kana"}, {"Katakana", "kana"}, {"Common", "none"}, {"Inherited", "none"}};
    const char *want = name;

    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (strcmp(special[i][0], name) == 0)
            want = special[i][1];
    for (size_t i = 0; nfi_script_name(i); i++)
        if (strcasecmp(nfi_script_name(i), want) == 0)
            return (nfi_script)i;
    return NFI_SCRIPT_OTHER;
}

START_TEST(every_row_of_the_database_is_in_the_table)
{
    FILE *f = fopen(SCRIPTS_TXT, "r");
    char line[512], name[64];
    uint8_t *seen = calloc(0x110000, 1);
    unsigned first, last;
    size_t rows = 0;

    if (f && (!fgets(line, sizeof line, f) || !strstr(line, "15.0.0"))) {
        fclose(f);
        f = NULL;
    }
    if (!f)
        printf("# skipped: every_row_of_the_database_is_in_the_table: no %s of version 15.0.0\n", SCRIPTS_TXT);
    while (f && fgets(line, sizeof line, f)) {
        if (line[0] == '#' || line[0] == '\n')
            continue;
        if (sscanf(line, "%x..%x ; %63s", &first, &last, name) != 3) {
            ck_assert_int_eq(sscanf(line, "%x ; %63s", &first, name), 2);
            last = first;
        }
        for (unsigned cp = first; cp <= last; cp++) {
            ck_assert_msg(nfi_script_of(cp) == expected(name), "U+%04X is %s, not %s", cp, name, nfi_script_name(nfi_script_of(cp)));
            seen[cp] = 1;
        }
        rows++;
    }
    for (unsigned cp = 0; f && cp < 0x110000; cp++)
        ck_assert(seen[cp] || nfi_script_of(cp) == NFI_SCRIPT_NONE);
    ck_assert(!f || rows > 2000);
    if (f)
        fclose(f);
    free(seen);
}
END_TEST

START_TEST(characters_have_their_scripts)
{
    static const struct {
        uint32_t cp;
        nfi_script script;
    } rows[] = {{'a', NFI_SCRIPT_LATIN},       {'Z', NFI_SCRIPT_LATIN},        {'7', NFI_SCRIPT_NONE},        {0xe9, NFI_SCRIPT_LATIN},
                {0x3b1, NFI_SCRIPT_GREEK},     {0x436, NFI_SCRIPT_CYRILLIC},   {0x561, NFI_SCRIPT_ARMENIAN},  {0x5d0, NFI_SCRIPT_HEBREW},
                {0x628, NFI_SCRIPT_ARABIC},    {0x915, NFI_SCRIPT_DEVANAGARI}, {0x93f, NFI_SCRIPT_DEVANAGARI}, {0xe01, NFI_SCRIPT_THAI},
                {0x10d0, NFI_SCRIPT_GEORGIAN}, {0x1100, NFI_SCRIPT_HANGUL},    {0xac00, NFI_SCRIPT_HANGUL},   {0x4e2d, NFI_SCRIPT_HAN},
                {0x20000, NFI_SCRIPT_HAN},     {0x3042, NFI_SCRIPT_KANA},      {0x30ab, NFI_SCRIPT_KANA},     {0x3002, NFI_SCRIPT_NONE},
                {0x301, NFI_SCRIPT_NONE},      {0x1f600, NFI_SCRIPT_NONE},     {0x10000, NFI_SCRIPT_OTHER},   {0x323af, NFI_SCRIPT_HAN},
                {0x323b0, NFI_SCRIPT_NONE},    {0x10ffff, NFI_SCRIPT_NONE},    {UINT32_MAX, NFI_SCRIPT_NONE}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(nfi_script_of(rows[i].cp) == rows[i].script, "U+%04X", rows[i].cp);
}
END_TEST

START_TEST(shares_of_a_text)
{
    nfi_scripts s = {0};
    const char *text =
        "Kyiv, 24.02: \xd0\x9a\xd0\xb8\xd1\x97\xd0\xb2 \xe4\xb8\xad\xff\xe3\x81\x82"; /* 4 Latin, 4 Cyrillic, 1 Han, a bad byte, 1 kana */

    nfi_scripts_add(&s, text, strlen(text));
    ck_assert_uint_eq(s.letters, 10);
    ck_assert_uint_eq(s.n[NFI_SCRIPT_LATIN], 4);
    ck_assert_uint_eq(s.n[NFI_SCRIPT_CYRILLIC], 4);
    ck_assert_uint_eq(s.n[NFI_SCRIPT_HAN], 1);
    ck_assert_uint_eq(s.n[NFI_SCRIPT_KANA], 1);
    ck_assert_uint_eq(s.n[NFI_SCRIPT_NONE], 0);
    ck_assert_double_eq(nfi_scripts_share(&s, NFI_SCRIPT_LATIN), 0.4);
    ck_assert_int_eq(nfi_scripts_main(&s), NFI_SCRIPT_LATIN); /* the first of equals */
}
END_TEST

START_TEST(a_text_without_letters_has_no_script)
{
    nfi_scripts s = {0};

    nfi_scripts_add(&s, NULL, 0);
    nfi_scripts_add(&s, "12:30 - 45 % @[`{", 17);
    ck_assert_uint_eq(s.letters, 0);
    ck_assert_int_eq(nfi_scripts_main(&s), NFI_SCRIPT_NONE);
    ck_assert_double_eq(nfi_scripts_share(&s, NFI_SCRIPT_LATIN), 0.0);
}
END_TEST

/* Eight bytes at a time or one: all bytes at all places in a word. */
START_TEST(every_ascii_byte_counts_the_same_anywhere)
{
    for (int c = 0; c < 128; c++)
        for (size_t at = 0; at < 19; at++) {
            char text[19];
            nfi_scripts s = {0};
            memset(text, ' ', sizeof text);
            text[at] = (char)c;
            nfi_scripts_add(&s, text, sizeof text);
            ck_assert_uint_eq(s.letters, (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
        }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("script");
    TCase *t = tcase_create("script");
    tcase_set_timeout(t, 60); /* the whole database, on a busy machine */

    tcase_add_test(t, every_row_of_the_database_is_in_the_table);
    tcase_add_test(t, characters_have_their_scripts);
    tcase_add_test(t, shares_of_a_text);
    tcase_add_test(t, a_text_without_letters_has_no_script);
    tcase_add_test(t, every_ascii_byte_counts_the_same_anywhere);
    suite_add_tcase(s, t);
    return nft_run(s);
}
