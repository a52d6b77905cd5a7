/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_opt.c - option values of every type, their ranges, what is said when they are refused, and the parser around them. */
#include "cli/opt.h"

#include "nft.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

static const char *metal(size_t i, const char **summary)
{
    static const char *const names[] = {"copper", "iron", "silver"};
    if (summary)
        *summary = "a metal";
    return i < 3 ? names[i] : NULL;
}

struct opts {
    bool flag, other;
    const char *str, *file, *name;
    char c;
    int64_t i;
    uint64_t n, size;
    double x, above;
    nfi_share share;
    nfi_ngrams grams;
    int choice, implied;
    nfi_list list;
};

static const nfi_opt rows[] = {
    OPT_HEADER("Things"),
    OPT_FLAG('f', "flag", struct opts, flag, "a flag"),
    OPT_FLAG(0, "float", struct opts, other, "begins like the other"),
    OPT_STR('s', "str", struct opts, str, "TEXT", NULL, "a string"),
    OPT_FILE('o', "output", struct opts, file, "-", "a file"),
    OPT_CHAR('d', "delimiter", struct opts, c, NULL, "a character"),
    OPT_INT('i', "int", struct opts, i, "N", "-2", -5, 300, "an integer"),
    OPT_COUNT('n', "count", struct opts, n, "N", "10", 1, 65535, "a count"),
    OPT_REAL('x', "real", struct opts, x, "X", "0.25", 0, 1, "a number"),
    OPT_REAL_ABOVE(0, "above", struct opts, above, "X", "1", 0, 10, "a number above"),
    OPT_SIZE(0, "memory", struct opts, size, "1G", 4096, INT64_MAX, "a size"),
    OPT_SHARE(0, "min-df", struct opts, share, "2", 1, "a count or a part"),
    OPT_NGRAMS(0, "ngrams", struct opts, grams, "1-2", 4, "lengths"),
    OPT_ENUM(0, "metal", struct opts, name, "iron", metal, "a name"),
    OPT_CHOICE('c', "choice", struct opts, choice, "copper", metal, "an index"),
    OPT_CHOICE_IMPLIED(0, "excel", struct opts, implied, "copper", "silver", metal, "with or without"),
    OPT_LIST('l', "list", struct opts, list, "A,B", NULL, "values"),
    OPT_END};

static int never(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    (void)opts, (void)cli, (void)nargs, (void)args;
    return NFI_EXIT_IO;
}

static const char *const text[] = {"Does things.", NULL};
static const nfi_example examples[] = {{"newsframe toy a", "toys"}, {NULL, NULL}};
static const nfi_verb toy = {.name = "toy", .group = "Help", .summary = "play", .operands = "CORPUS...", .min_args = 1, .max_args = 3,
                             .paragraphs = text, .opts = rows, .opts_size = sizeof(struct opts), .examples = examples,
                             .exits = NFI_EXITS_BASE, .run = never};

static nfi_arena arena; /* emptied after each test */

static void empty_arena(void)
{
    nfi_arena_clear(&arena);
}

static const nfi_opt *row(const char *name)
{
    const nfi_opt *r = nfi_opt_find(rows, name);
    ck_assert_ptr_nonnull(r);
    return r;
}

/* Sets an option from text; the value must be taken. */
static void set(struct opts *o, const char *name, const char *value)
{
    nft_ok(nfi_opt_set(row(name), o, value, &arena, &nft_err));
}

/* The value must be refused with exactly this message, and o must stay as it was. */
static void refused(const char *name, const char *value, const char *message)
{
    struct opts o, before;
    nf_err err = {0};

    memset(&o, 0x5a, sizeof o);
    o.list = (nfi_list){0};
    memcpy(&before, &o, sizeof o);
    ck_assert_int_eq(nfi_opt_set(row(name), &o, value, &arena, &err), NF_EINVAL);
    ck_assert_str_eq(err.msg, message);
    ck_assert_mem_eq(&o, &before, sizeof o);
}

START_TEST(defaults_are_read_like_values)
{
    struct opts o = {0};

    nft_ok(nfi_opt_defaults(rows, &o, &arena, &nft_err));
    ck_assert(!o.flag);
    ck_assert_ptr_null(o.str);
    ck_assert_str_eq(o.file, "-");
    ck_assert_int_eq(o.i, -2);
    ck_assert_uint_eq(o.n, 10);
    ck_assert_double_eq(o.x, 0.25);
    ck_assert_uint_eq(o.size, 1073741824u);
    ck_assert(!o.share.percent && o.share.count == 2);
    ck_assert(o.grams.min == 1 && o.grams.max == 2);
    ck_assert_str_eq(o.name, "iron");
    ck_assert_int_eq(o.choice, 0);
    ck_assert_uint_eq(o.list.n, 0);
}
END_TEST

START_TEST(a_default_out_of_range_is_our_error)
{
    static const nfi_opt bad[] = {OPT_COUNT(0, "count", struct opts, n, "N", "0", 1, 9, "a count"), OPT_END};
    struct opts o = {0};
    nft_fails(nfi_opt_defaults(bad, &o, &arena, &nft_err), NF_EINTERNAL);
}
END_TEST

START_TEST(whole_numbers_keep_to_their_range)
{
    struct opts o = {0};

    set(&o, "int", "-5");
    ck_assert_int_eq(o.i, -5);
    set(&o, "int", "300");
    ck_assert_int_eq(o.i, 300);
    set(&o, "int", "-0");
    ck_assert_int_eq(o.i, 0);
    refused("int", "-6", "--int: \"-6\" given, expected a whole number from -5 to 300");
    refused("int", "301", "--int: \"301\" given, expected a whole number from -5 to 300");
    refused("int", "", "--int: \"\" given, expected a whole number from -5 to 300");
    refused("int", "-", "--int: \"-\" given, expected a whole number from -5 to 300");
    refused("int", "1x", "--int: \"1x\" given, expected a whole number from -5 to 300");
    refused("int", "99999999999999999999", "--int: \"99999999999999999999\" given, expected a whole number from -5 to 300");
    set(&o, "count", "65535");
    ck_assert_uint_eq(o.n, 65535);
    refused("count", "0", "--count: \"0\" given, expected a whole number from 1 to 65535");
    refused("count", "65536", "--count: \"65536\" given, expected a whole number from 1 to 65535");
    refused("count", "+1", "--count: \"+1\" given, expected a whole number from 1 to 65535");
    refused("count", "1.0", "--count: \"1.0\" given, expected a whole number from 1 to 65535");
}
END_TEST

START_TEST(a_count_may_be_any_64_bits)
{
    static const nfi_opt seed[] = {OPT_COUNT(0, "seed", struct opts, n, "N", "1", 0, UINT64_MAX, "a seed"), OPT_END};
    struct opts o = {0};

    nft_ok(nfi_opt_set(seed, &o, "18446744073709551615", &arena, &nft_err));
    ck_assert_uint_eq(o.n, UINT64_MAX);
    nft_fails(nfi_opt_set(seed, &o, "18446744073709551616", &arena, &nft_err), NF_EINVAL);
}
END_TEST

START_TEST(real_numbers_keep_to_their_range)
{
    struct opts o = {0};

    set(&o, "real", "1");
    ck_assert_double_eq(o.x, 1.0);
    set(&o, "real", "1e-3");
    ck_assert_double_eq(o.x, 1e-3);
    set(&o, "real", "0");
    refused("real", "1.5", "--real: \"1.5\" given, expected a number from 0 to 1");
    refused("real", "0,5", "--real: \"0,5\" given, expected a number from 0 to 1");
    refused("real", "nan", "--real: \"nan\" given, expected a number from 0 to 1");
    refused("real", "inf", "--real: \"inf\" given, expected a number from 0 to 1");
    set(&o, "above", "0.000001");
    refused("above", "0", "--above: \"0\" given, expected a number above 0 and at most 10");
    refused("above", "-1", "--above: \"-1\" given, expected a number above 0 and at most 10");
}
END_TEST

START_TEST(sizes_take_a_unit)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } good[] = {{"4096", 4096}, {"4K", 4096}, {"4k", 4096}, {"256M", 268435456}, {"1G", 1073741824}, {"2T", 2199023255552}};
    struct opts o = {0};

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        set(&o, "memory", good[i].text);
        ck_assert_uint_eq(o.size, good[i].bytes);
    }
    refused("memory", "4095", "--memory: \"4095\" given, expected a size such as 256M or 1G of at least 4K");
    refused("memory", "M", "--memory: \"M\" given, expected a size such as 256M or 1G of at least 4K");
    refused("memory", "1GB", "--memory: \"1GB\" given, expected a size such as 256M or 1G of at least 4K");
    refused("memory", "1.5G", "--memory: \"1.5G\" given, expected a size such as 256M or 1G of at least 4K");
    refused("memory", "99999999T", "--memory: \"99999999T\" given, expected a size such as 256M or 1G of at least 4K");
}
END_TEST

START_TEST(shares_are_a_count_or_a_percentage)
{
    struct opts o = {0};

    set(&o, "min-df", "7");
    ck_assert(!o.share.percent && o.share.count == 7);
    set(&o, "min-df", "1%");
    ck_assert(o.share.percent);
    ck_assert_double_eq_tol(o.share.share, 0.01, NFT_TIGHT);
    set(&o, "min-df", "0.5%");
    ck_assert_double_eq_tol(o.share.share, 0.005, NFT_TIGHT);
    set(&o, "min-df", "100%");
    const char *tail = "given, expected a whole number of at least 1, or a percentage from 0% to 100%";
    static const char *const bad[] = {"0", "0.5", "101%", "-1%", "%", "nan%", ""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char want[256];
        snprintf(want, sizeof want, "--min-df: \"%s\" %s", bad[i], tail);
        refused("min-df", bad[i], want);
    }
}
END_TEST

START_TEST(ngrams_are_a_length_or_a_range)
{
    struct opts o = {0};

    set(&o, "ngrams", "3");
    ck_assert(o.grams.min == 3 && o.grams.max == 3);
    set(&o, "ngrams", "2-4");
    ck_assert(o.grams.min == 2 && o.grams.max == 4);
    static const char *const bad[] = {"0-1", "2-1", "1-5", "5", "1-", "-2", "1-2-3", "1 2", ""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char want[256];
        snprintf(want, sizeof want, "--ngrams: \"%s\" given, expected lengths such as 1-2 from 1 to 4", bad[i]);
        refused("ngrams", bad[i], want);
    }
}
END_TEST

START_TEST(names_come_from_their_registry)
{
    struct opts o = {0};

    set(&o, "metal", "silver");
    ck_assert_ptr_eq(o.name, metal(2, NULL));
    set(&o, "choice", "iron");
    ck_assert_int_eq(o.choice, 1);
    refused("metal", "sliver", "--metal: \"sliver\" given, expected one of copper, iron, silver; closest: silver");
    refused("metal", "IRON", "--metal: \"IRON\" given, expected one of copper, iron, silver");
    refused("choice", "", "--choice: \"\" given, expected one of copper, iron, silver");
}
END_TEST

START_TEST(characters_are_single_ascii_or_tab)
{
    struct opts o = {0};

    set(&o, "delimiter", ";");
    ck_assert_int_eq(o.c, ';');
    set(&o, "delimiter", "tab");
    ck_assert_int_eq(o.c, '\t');
    refused("delimiter", ";;", "--delimiter: \";;\" given, expected one ASCII character or \"tab\"");
    refused("delimiter", "\"", "--delimiter: \"\"\" given, expected one ASCII character or \"tab\"");
    refused("delimiter", "\xc3\xa9", "--delimiter: \"\xc3\xa9\" given, expected one ASCII character or \"tab\"");
    refused("output", "", "--output: \"\" given, expected a file name");
    refused("str", "", "--str: \"\" given, expected some text");
}
END_TEST

START_TEST(lists_are_cut_at_commas_and_grow)
{
    struct opts o = {0};

    set(&o, "list", "a,bc");
    set(&o, "list", "d");
    ck_assert_uint_eq(o.list.n, 3);
    ck_assert_str_eq(o.list.v[0], "a");
    ck_assert_str_eq(o.list.v[1], "bc");
    ck_assert_str_eq(o.list.v[2], "d");
    refused("list", "a,,b", "--list: \"a,,b\" given, expected values joined by commas");
    refused("list", "a,", "--list: \"a,\" given, expected values joined by commas");
    refused("list", "", "--list: \"\" given, expected values joined by commas");
}
END_TEST

START_TEST(a_list_has_a_limit)
{
    struct opts o = {0};
    static char many[2 * 4097];

    for (size_t i = 0; i < sizeof many - 1; i++)
        many[i] = i % 2 ? ',' : 'a';
    nft_fails(nfi_opt_set(row("list"), &o, many, &arena, &nft_err), NF_EINVAL);
}
END_TEST

START_TEST(control_characters_in_values_are_escaped)
{
    refused("count", "1\x1b[2J", "--count: \"1\\u{1b}[2J\" given, expected a whole number from 1 to 65535");
}
END_TEST

/* ---- the parser ---- */

#define WORDS 12

/* Splits line at blanks and parses it; p is to be cleared. */
static nf_status parse(nfi_parsed *p, const char *line, nf_err *err)
{
    static char copy[512];
    char *argv[WORDS + 1], *save = NULL;
    int argc = 0;

    snprintf(copy, sizeof copy, "toy %s", line);
    for (char *w = strtok_r(copy, " ", &save); w && argc < WORDS; w = strtok_r(NULL, " ", &save))
        argv[argc++] = w;
    argv[argc] = NULL;
    return nfi_parse_verb(p, &toy, argc, argv, err);
}

static void refused_line(const char *line, const char *message)
{
    nfi_parsed p;
    nf_err err = {0};

    ck_assert_int_eq(parse(&p, line, &err), NF_EINVAL);
    ck_assert_str_eq(err.msg, message);
    nfi_parsed_clear(&p);
}

START_TEST(options_and_operands_may_mix)
{
    nfi_parsed p;

    nft_ok(parse(&p, "a --count 3 b --real=0.5 -fi7 -sx --excel - --list u,v", &nft_err));
    const struct opts *o = p.opts;
    ck_assert_int_eq(p.nargs, 3);
    ck_assert_str_eq(p.args[0], "a");
    ck_assert_str_eq(p.args[1], "b");
    ck_assert_str_eq(p.args[2], "-");
    ck_assert_ptr_null(p.args[3]);
    ck_assert(o->flag && o->n == 3 && o->x == 0.5 && o->i == 7 && o->implied == 2 && o->list.n == 2);
    ck_assert_str_eq(o->str, "x");
    ck_assert_str_eq(o->file, "-");
    nfi_parsed_clear(&p);
}
END_TEST

START_TEST(two_dashes_end_the_options)
{
    nfi_parsed p;

    nft_ok(parse(&p, "-f -- --count -x", &nft_err));
    ck_assert_int_eq(p.nargs, 2);
    ck_assert_str_eq(p.args[0], "--count");
    nfi_parsed_clear(&p);
}
END_TEST

START_TEST(long_options_may_be_cut_short)
{
    nfi_parsed p;

    nft_ok(parse(&p, "a --cou 4 --exc=iron --mem=8K", &nft_err));
    const struct opts *o = p.opts;
    ck_assert(o->n == 4 && o->implied == 1 && o->size == 8192);
    nfi_parsed_clear(&p);
}
END_TEST

START_TEST(the_last_of_a_repeated_option_counts)
{
    nfi_parsed p;

    nft_ok(parse(&p, "a --count 4 -n 5", &nft_err));
    ck_assert_uint_eq(((const struct opts *)p.opts)->n, 5);
    ck_assert_str_eq(p.given[0], "count");
    ck_assert_ptr_null(p.given[1]);
    nfi_cli cli = {.given = p.given};
    ck_assert(nfi_cli_given(&cli, "count") && !nfi_cli_given(&cli, "int"));
    nfi_parsed_clear(&p);
}
END_TEST

START_TEST(help_usage_and_version_end_the_parsing)
{
    static const struct {
        const char *line;
        nfi_parse what;
    } asks[] = {{"--help", NFI_WANT_HELP}, {"a b c d -h --nonsense", NFI_WANT_HELP}, {"--usage", NFI_WANT_USAGE}, {"-V", NFI_WANT_VERSION}};

    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
        nfi_parsed p;
        nft_ok(parse(&p, asks[i].line, &nft_err));
        ck_assert_int_eq(p.what, asks[i].what);
        nfi_parsed_clear(&p);
    }
}
END_TEST

START_TEST(a_wrong_option_is_told_with_the_closest)
{
    refused_line("a --coutn 3", "no option --coutn; closest: --count");
    refused_line("a --coutn=3", "no option --coutn; closest: --count");
    refused_line("a --zzzzzz", "no option --zzzzzz; newsframe toy --help lists them all");
    refused_line("a -z", "no option -z; newsframe toy --help lists them all");
    refused_line("a -fz", "no option -z; newsframe toy --help lists them all");
    refused_line("a -zxcel", "no option -zxcel; closest: --excel");
    refused_line("a --fl", "--fl is short for more than one option: --flag, --float");
    refused_line("a --flag=yes", "--flag: \"yes\" given, expected no value");
    refused_line("a --count", "--count: no value given, expected a whole number from 1 to 65535");
    refused_line("a -fn", "--count: no value given, expected a whole number from 1 to 65535");
    refused_line("a --count 0 --zzz", "--count: \"0\" given, expected a whole number from 1 to 65535");
}
END_TEST

START_TEST(a_wrong_number_of_operands_is_told)
{
    refused_line("", "nothing given to work on, expected CORPUS...");
    refused_line("a b c d", "4 operands given, expected CORPUS...");
}
END_TEST

START_TEST(a_required_option_is_missed)
{
    static const nfi_opt need[] = {
        {NFI_ROW(NFI_OPT_FILE, const char *, 'o', "output", struct opts, file, "FILE", NULL, "x"), .flags = NFI_OPT_REQUIRED},
        OPT_END};
    nfi_verb v = toy;
    nfi_parsed p;
    nf_err err = {0};
    char name[] = "toy", a[] = "a", o[] = "-ox", *argv[] = {name, a, o, NULL};

    v.opts = need;
    ck_assert_int_eq(nfi_parse_verb(&p, &v, 2, argv, &err), NF_EINVAL);
    ck_assert_str_eq(err.msg, "--output FILE is missing");
    nfi_parsed_clear(&p);
    nft_ok(nfi_parse_verb(&p, &v, 3, argv, &nft_err));
    nfi_parsed_clear(&p);
}
END_TEST

/* ---- closest ---- */

static const char *word_at(const void *ctx, size_t i)
{
    return ((const char *const *)ctx)[i];
}

START_TEST(distances_are_known)
{
    static const struct {
        const char *a, *b;
        size_t d;
    } pairs[] = {{"", "", 0}, {"", "abc", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"kitten", "sitting", 3}, {"ca", "abc", 3}};

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        size_t n = strlen(pairs[i].a), m = strlen(pairs[i].b);
        ck_assert_uint_eq(nfi_edit_distance(pairs[i].a, n, pairs[i].b, m, 9), pairs[i].d);
        ck_assert_uint_eq(nfi_edit_distance(pairs[i].b, m, pairs[i].a, n, 9), pairs[i].d);
    }
    ck_assert_uint_eq(nfi_edit_distance("kitten", 6, "sitting", 7, 2), 3);
}
END_TEST

START_TEST(the_closest_name_is_near_or_there_is_none)
{
    static const char *const words[] = {"train", "score", "cluster", "columns", NULL};
    static char longest[5000];

    ck_assert_str_eq(nfi_closest("tarin", word_at, words), "train");
    ck_assert_str_eq(nfi_closest("clutser", word_at, words), "cluster");
    ck_assert_str_eq(nfi_closest("col", word_at, words), "columns");
    ck_assert_ptr_null(nfi_closest("evaluate", word_at, words));
    ck_assert_ptr_null(nfi_closest("", word_at, words));
    memset(longest, 'c', sizeof longest - 1);
    ck_assert_ptr_null(nfi_closest(longest, word_at, words));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("opt");
    TCase *v = tcase_create("values"), *p = tcase_create("parser"), *c = tcase_create("closest");

    tcase_add_checked_fixture(v, NULL, empty_arena);
    tcase_add_test(v, defaults_are_read_like_values);
    tcase_add_test(v, a_default_out_of_range_is_our_error);
    tcase_add_test(v, whole_numbers_keep_to_their_range);
    tcase_add_test(v, a_count_may_be_any_64_bits);
    tcase_add_test(v, real_numbers_keep_to_their_range);
    tcase_add_test(v, sizes_take_a_unit);
    tcase_add_test(v, shares_are_a_count_or_a_percentage);
    tcase_add_test(v, ngrams_are_a_length_or_a_range);
    tcase_add_test(v, names_come_from_their_registry);
    tcase_add_test(v, characters_are_single_ascii_or_tab);
    tcase_add_test(v, lists_are_cut_at_commas_and_grow);
    tcase_add_test(v, a_list_has_a_limit);
    tcase_add_test(v, control_characters_in_values_are_escaped);
    suite_add_tcase(s, v);
    tcase_add_test(p, options_and_operands_may_mix);
    tcase_add_test(p, two_dashes_end_the_options);
    tcase_add_test(p, long_options_may_be_cut_short);
    tcase_add_test(p, the_last_of_a_repeated_option_counts);
    tcase_add_test(p, help_usage_and_version_end_the_parsing);
    tcase_add_test(p, a_wrong_option_is_told_with_the_closest);
    tcase_add_test(p, a_wrong_number_of_operands_is_told);
    tcase_add_test(p, a_required_option_is_missed);
    suite_add_tcase(s, p);
    tcase_add_test(c, distances_are_known);
    tcase_add_test(c, the_closest_name_is_near_or_there_is_none);
    suite_add_tcase(s, c);
    return nft_run(s);
}
