/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Word_Break table and the untailored boundaries, against the files of the Unicode Character Database (Debian package unicode-data). */
#include "nft.h"

#include "base/utf8.h"
#include "features/unicode.h"
#include "features/wordbreak.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UCD "/usr/share/unicode/"

static const char *const class_names[] = {
    "Other",    "CR",           "LF",           "Newline",   "Extend",    "ZWJ",    "Format",  "Katakana",     "Hebrew_Letter",
    "ALetter",  "Single_Quote", "Double_Quote", "MidNumLet", "MidLetter", "MidNum", "Numeric", "ExtendNumLet", "Regional_Indicator",
    "WSegSpace"};

/* A file of the database of the table's version, or NULL, saying which test is left out. */
static FILE *ucd(const char *name, const char *test)
{
    char path[128], line[128] = "";

    snprintf(path, sizeof path, UCD "%s", name);
    FILE *f = fopen(path, "r");
    if (f && fgets(line, sizeof line, f) && (strncmp(line, "# ", 2) != 0 || strstr(line, nfi_wb_version()) || strstr(name, "emoji")))
        return f;
    printf("# skipped: %s: no %s of version %s\n", test, path, nfi_wb_version());
    if (f)
        fclose(f);
    return NULL;
}

/* Boundaries of n code points; brk has n + 1 elements. */
static void boundaries(const uint32_t *cp, size_t n, uint8_t *brk)
{
    uint16_t *rec = malloc((n + 1) * sizeof *rec);

    for (size_t i = 0; i < n; i++)
        rec[i] = (uint16_t)nfi_wb(cp[i]);
    nfi_wb_break(rec, n, brk);
    brk[n] = 1;
    free(rec);
}

START_TEST(every_line_of_the_official_test_holds)
{
    FILE *f = ucd("auxiliary/WordBreakTest.txt", "every_line_of_the_official_test_holds");
    char line[1024];
    size_t lines = 0;

    while (f && fgets(line, sizeof line, f)) {
        uint32_t cp[64];
        uint8_t want[65], got[65];
        size_t n = 0, marks = 0;
        if (line[0] == '#')
            continue;
        for (char *p = strtok(line, " \t\n"); p && *p != '#'; p = strtok(NULL, " \t\n")) {
            if (strcmp(p, "\xc3\xb7") == 0) /* division sign: a boundary */
                want[marks++] = 1;
            else if (strcmp(p, "\xc3\x97") == 0) /* multiplication sign: none */
                want[marks++] = 0;
            else
                cp[n++] = (uint32_t)strtoul(p, NULL, 16);
        }
        ck_assert_uint_eq(marks, n + 1);
        boundaries(cp, n, got);
        ck_assert_msg(memcmp(got, want, n + 1) == 0, "line %zu of the tests: %s", lines + 1, line);
        lines++;
    }
    if (f) {
        ck_assert_uint_gt(lines, 1800);
        fclose(f);
    }
}
END_TEST

/* Reads a property file into seen: classes by name, or one flag for the rows of one property. */
static void read_property(FILE *f, uint8_t *seen, const char *only)
{
    char line[512];

    while (fgets(line, sizeof line, f)) {
        char name[64];
        unsigned first, last;
        if (sscanf(line, "%x..%x ; %63[A-Za-z_]", &first, &last, name) != 3) {
            if (sscanf(line, "%x ; %63[A-Za-z_]", &first, name) != 2)
                continue;
            last = first;
        }
        uint8_t value = 1;
        if (only && strcmp(name, only) != 0)
            continue;
        for (size_t k = 0; !only && k < sizeof class_names / sizeof *class_names; k++)
            if (strcmp(class_names[k], name) == 0)
                value = (uint8_t)k;
        memset(seen + first, value, last - first + 1);
    }
    fclose(f);
}

START_TEST(the_table_equals_the_property_files)
{
    static const struct {
        const char *file, *name;
        unsigned mask;
    } props[] = {
        {"auxiliary/WordBreakProperty.txt", NULL, NFI_WB_CLASS},
        {"emoji/emoji-data.txt", "Extended_Pictographic", NFI_WB_PICT},
        {"DerivedCoreProperties.txt", "Cased", NFI_WB_CASED},
        {"DerivedCoreProperties.txt", "Case_Ignorable", NFI_WB_IGNORABLE},
    };
    uint8_t *seen = malloc(0x110000);

    for (size_t k = 0; k < sizeof props / sizeof *props; k++) {
        FILE *f = ucd(props[k].file, "the_table_equals_the_property_files");
        if (!f)
            continue;
        memset(seen, 0, 0x110000);
        read_property(f, seen, props[k].name);
        for (uint32_t cp = 0; cp < 0x110000; cp++) {
            unsigned got = nfi_wb(cp) & props[k].mask;
            if ((props[k].name ? got != 0 : got) != seen[cp])
                ck_abort_msg("%s of U+%04X", props[k].file, cp);
        }
    }
    free(seen);
}
END_TEST

START_TEST(well_known_code_points_have_their_class)
{
    ck_assert_uint_eq(nfi_wb('A') & NFI_WB_CLASS, NFI_WB_ALETTER);
    ck_assert_uint_eq(nfi_wb('7') & NFI_WB_CLASS, NFI_WB_NUMERIC);
    ck_assert_uint_eq(nfi_wb('_') & NFI_WB_CLASS, NFI_WB_EXTENDNUMLET);
    ck_assert_uint_eq(nfi_wb(0x2019) & NFI_WB_CLASS, NFI_WB_MIDNUMLET);
    ck_assert_uint_eq(nfi_wb(0x5d0) & NFI_WB_CLASS, NFI_WB_HEBREW_LETTER);
    ck_assert_uint_eq(nfi_wb(0x30a2) & NFI_WB_CLASS, NFI_WB_KATAKANA);
    ck_assert_uint_eq(nfi_wb(0x4e2d) & NFI_WB_CLASS, NFI_WB_OTHER);
    ck_assert_uint_ne(nfi_wb(0x4e2d) & NFI_WB_WORD, 0);
    ck_assert_uint_ne(nfi_wb(0x1f600) & NFI_WB_PICT, 0);
    ck_assert_uint_eq(nfi_wb(0x1f600) & NFI_WB_WORD, 0);
    ck_assert_uint_ne(nfi_wb(0xad) & NFI_WB_DROP, 0);
    ck_assert_uint_ne(nfi_wb(0x202e) & NFI_WB_DROP, 0);
    ck_assert_uint_eq(nfi_wb(0x110000), NFI_WB_OTHER);
    ck_assert_uint_eq(nfi_wb(UINT32_MAX), NFI_WB_OTHER);
    ck_assert_str_eq(nfi_wb_version(), "15.0.0");
}
END_TEST

START_TEST(categories_agree_with_the_other_table)
{
    if (strcmp(nfi_unicode_version(), nfi_wb_version()) != 0) {
        printf("# skipped: categories_agree_with_the_other_table: utf8proc has Unicode %s\n", nfi_unicode_version());
        return;
    }
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        bool word = (nfi_wb(cp) & NFI_WB_WORD) || cp == '_';
        if (word != nfi_uni_is_word(cp))
            ck_abort_msg("word: U+%04X", cp);
        if ((nfi_wb(cp) & NFI_WB_MARK) && !nfi_uni_is_mark(cp))
            ck_abort_msg("mark: U+%04X", cp);
        bool changes = (nfi_wb(cp) & NFI_WB_CHANGES) != 0, lowers = nfi_uni_lower(cp) != cp;
        if (changes != (lowers || cp == 0x3c2))
            ck_abort_msg("change: U+%04X", cp);
    }
}
END_TEST

START_TEST(fast_code_points_fold_as_the_long_way_has_it)
{
    size_t fast = 0;

    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        uint32_t in[3] = {'a', cp, 'b'}, out[64];
        if (!(nfi_wb(cp) & NFI_WB_FAST))
            continue;
        fast++;
        if (nfi_uni_fold(out, 64, in, 3) != 3 || out[0] != 'a' || out[1] != nfi_uni_fold_fast(cp) || out[2] != 'b')
            ck_abort_msg("U+%04X", cp);
    }
    ck_assert_uint_gt(fast, 120000);
}
END_TEST

START_TEST(random_fast_text_is_stable_under_folding)
{
    nfi_rng r = nft_rng(1);
    uint32_t *fast = malloc(0x110000 * sizeof *fast), in[24], out[24 * 18];
    size_t n = 0;

    for (uint32_t cp = 0; cp < 0x110000; cp++)
        if (nfi_wb(cp) & NFI_WB_FAST)
            fast[n++] = cp;
    for (int k = nft_cases(20000); k > 0; k--) {
        for (int i = 0; i < 24; i++)
            in[i] = fast[nfi_rng_below(&r, i % 2 ? n : 3000)];
        ck_assert_uint_eq(nfi_uni_fold(out, 24 * 18, in, 24), 24);
        for (int i = 0; i < 24; i++)
            if (out[i] != nfi_uni_fold_fast(in[i]))
                ck_abort_msg("U+%04X", in[i]);
    }
    free(fast);
}
END_TEST

START_TEST(letters_of_two_bytes_fold_as_others_do)
{
    size_t letters = 0;

    for (unsigned first = 0; first < 0x100; first++)
        for (unsigned second = 0; second < 0x100; second++) {
            char p[8] = {(char)first, (char)second, 'x'}, want[8];
            uint32_t cp;
            size_t len = nfi_utf8_decode(p, sizeof p, &cp);
            unsigned rec = nfi_wb(cp), cls = rec & NFI_WB_CLASS;
            bool plain = len == 2 && (rec & NFI_WB_FAST) && (cls == NFI_WB_ALETTER || cls == NFI_WB_NUMERIC) && cp != 0x2bc &&
                         nfi_utf8_encode(want, nfi_uni_fold_fast(cp)) == 2;
            unsigned two = plain ? (unsigned)(unsigned char)want[0] << 8 | (unsigned char)want[1] : 0;
            ck_assert_msg(nfi_wb_letter2(p, 2) == two, "bytes %#x %#x", first, second);
            ck_assert_uint_eq(nfi_wb_letter2(p, 1), 0);
            letters += plain;
        }
    ck_assert_uint_gt(letters, 1000);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("wordbreak");
    TCase *t = tcase_create("wordbreak");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, every_line_of_the_official_test_holds);
    tcase_add_test(t, the_table_equals_the_property_files);
    tcase_add_test(t, well_known_code_points_have_their_class);
    tcase_add_test(t, categories_agree_with_the_other_table);
    tcase_add_test(t, fast_code_points_fold_as_the_long_way_has_it);
    tcase_add_test(t, letters_of_two_bytes_fold_as_others_do);
    tcase_add_test(t, random_fast_text_is_stable_under_folding);
    suite_add_tcase(s, t);
    return nft_run(s);
}
