/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cleaner: its parts, and what each rule cuts and leaves alone. */
#include "nft.h"

#include "base/mem.h"
#include "features/clean.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAID                                                                                                                               \
    "The council voted on Monday to rebuild the ferry line that the storms destroyed, after months in which the islanders had to sail "    \
    "round.\n"
#define ALSO                                                                                                                               \
    "Two boats that had been laid up for years will be repaired at the yard in the old docks, and the pier is to be raised by a metre.\n"

static nf_cleaner *make(const char *only)
{
    nf_cleaner *c = NULL;
    nft_ok(nf_cleaner_new(&c, &(nf_clean_opts){.only = &only, .nonly = only ? 1 : 0}, &nft_err));
    return c;
}

/* Numbers of the lines cut, as text: "1 4". */
static void cut_lines(char dst[256], const nf_cleaner *c, const char *text, const nf_line_mark *mark, size_t nmarks)
{
    nf_cuts cuts = {0};
    size_t n = 0;

    nft_ok(nf_clean_text(c, (nf_str){text, strlen(text)}, (nf_str){0}, mark, nmarks, &cuts, &nft_err));
    dst[0] = '\0';
    for (size_t i = 0; i < cuts.n; i++)
        n += (size_t)snprintf(dst + n, 256 - n, "%s%zu", i ? " " : "", cuts.cut[i].line);
    nf_cuts_clear(&cuts);
}

static void cuts(const char *rule, const char *text, const char *want)
{
    nf_cleaner *c = make(rule);
    char got[256];
    cut_lines(got, c, text, NULL, 0);
    ck_assert_msg(strcmp(got, want) == 0, "%s cuts %s instead of %s of: %s", rule ? rule : "the cleaner", got, want, text);
    nf_cleaner_free(c);
}

static bool same_words(const char *a, const char *b)
{
    uint64_t x[64], y[64];
    size_t n = nfi_clean_words(a, strlen(a), strlen(a), x, 64, NULL), m = nfi_clean_words(b, strlen(b), strlen(b), y, 64, NULL);
    return n == m && memcmp(x, y, n * sizeof *x) == 0;
}

START_TEST(words_are_alike_whatever_their_dress)
{
    ck_assert(same_words("Share this article", "  share, THIS article! "));
    ck_assert(same_words("Share this articleComments", "share this article comments"));
    ck_assert(same_words("don't", "dont") && same_words("don\xe2\x80\x99t", "dont"));
    ck_assert(same_words("(0 votes)", "1,234.5 votes") &&
              same_words("caf\xc3\xa9\xc2\xa0noir", "caf\xc3\xa9 \xe2\x80\x9cnoir\xe2\x80\x9d"));
    ck_assert(!same_words("share this article", "share this articles") && !same_words("ab c", "a bc") &&
              !same_words("eight by", "eightby"));
    ck_assert(!same_words("abcdefgh", "abcdefghabcdefgh") && !same_words("votes", "0 votes"));
    ck_assert(same_words("", "... -- \xe2\x80\xa2 |"));
}
END_TEST

START_TEST(each_rule_cuts_its_own)
{
    cuts("shape", "Menu\nSearch\n" SAID ALSO "Tags\nFerry | Storm\n", "1 2 5 6");
    cuts("position", SAID ALSO "3 Comments\nI think that the pier should be raised by two metres at least, if you ask me.\nNever.\n",
         "3 4 5");
    cuts("script", SAID "\xd0\x94\xd0\xbe\xd1\x81\xd1\x82\xd1\x83\xd0\xbf\xd0\xbd\xd0\xbe \xd0\xb4\xd0\xbb\xd1\x8f\n" ALSO, "2");
    cuts("repeats", "Storm barrier passes its first test\n" SAID "Storm Barrier passes its first test!\n", "3");
    cuts("phrases", SAID "Share this article\nWe use cookies to show things.\n", "2 3");
    cuts("lines", SAID "Share this article\n", "");
}
END_TEST

START_TEST(scripts_are_those_of_unicode)
{
    /* Greek text, a Cyrillic line and a Latin one */
    cuts("script",
           "\316\244\316\277 \317\203\317\205\316\274\316\262\316\277\317\215\316\273\316\271\316\277 \317\210\316\256\317"
           "\206\316\271\317\203\316\265 \317\204\316\267 \316\224\316\265\317\205\317\204\316\255\317\201\316\261 \316\275"
           "\316\261 \316\276\316\261\316\275\316\261\317\206\317\204\316\271\316\254\316\276\316\265\316\271 \317\204\316"
           "\267 \316\263\317\201\316\261\316\274\316\274\316\256 \317\204\317\211\316\275 \317\200\316\273\316\277\316\257"
           "\317\211\316\275 \317\200\316\277\317\205 \316\272\316\261\317\204\316\255\317\203\317\204\317\201\316\265\317"
           "\210\316\261\316\275 \316\277\316\271 \316\272\316\261\317\204\316\261\316\271\316\263\316\257\316\264\316\265"
           "\317\202.\n\320\224\320\276\321\201\321\202\321\203\320\277\320\275\320\276 \320\264\320\273\321\217 \320\277"
           "\320\276\320\264\320\277\320\270\321\201\321\207\320\270\320\272\320\276\320\262\n\316\244\316\277 \317\203\317"
           "\205\316\274\316\262\316\277\317\215\316\273\316\271\316\277 \317\210\316\256\317\206\316\271\317\203\316\265 "
           "\317\204\316\267 \316\224\316\265\317\205\317\204\316\255\317\201\316\261 \316\275\316\261 \316\276\316\261\316"
           "\275\316\261\317\206\317\204\316\271\316\254\316\276\316\265\316\271 \317\204\316\267 \316\263\317\201\316\261"
           "\316\274\316\274\316\256 \317\204\317\211\316\275 \317\200\316\273\316\277\316\257\317\211\316\275 \317\200\316"
           "\277\317\205 \316\272\316\261\317\204\316\255\317\203\317\204\317\201\316\265\317\210\316\261\316\275 \316\277"
           "\316\271 \316\272\316\261\317\204\316\261\316\271\316\263\316\257\316\264\316\265\317\202.\nSubscribe to our new"
           "sletter today\nABC\n",
           "2 4");
    /* Ethiopic text, an Arabic line */
    cuts("script",
           "\341\210\235\341\212\255\341\210\255 \341\211\244\341\211\261 \341\210\260\341\212\236 \341\213\225\341\210\210"
           "\341\211\265 \341\211\240\341\210\233\341\213\225\341\211\240\341\210\215 \341\213\250\341\211\260\341\211\240"
           "\341\210\213\341\210\270\341\213\215\341\212\225 \341\213\250\341\214\200\341\210\215\341\211\243 \341\210\230"
           "\341\210\265\341\210\230\341\210\255 \341\212\245\341\212\225\341\213\260\341\214\210\341\212\223 \341\210\210"
           "\341\210\230\341\214\210\341\212\225\341\211\243\341\211\265 \341\213\265\341\210\235\341\215\205 \341\210\260"
           "\341\214\240\341\215\242\n\330\247\331\202\330\261\330\243 \330\247\331\204\331\205\330\262\331\212\330\257 \331"
           "\207\331\206\330\247\n\341\210\235\341\212\255\341\210\255 \341\211\244\341\211\261 \341\210\260\341\212\236 "
           "\341\213\225\341\210\210\341\211\265 \341\211\240\341\210\233\341\213\225\341\211\240\341\210\215 \341\213\250"
           "\341\211\260\341\211\240\341\210\213\341\210\270\341\213\215\341\212\225 \341\213\250\341\214\200\341\210\215"
           "\341\211\243 \341\210\230\341\210\265\341\210\230\341\210\255 \341\212\245\341\212\225\341\213\260\341\214\210"
           "\341\212\223 \341\210\210\341\210\230\341\214\210\341\212\225\341\211\243\341\211\265 \341\213\265\341\210\235"
           "\341\215\205 \341\210\260\341\214\240\341\215\242\n",
           "2");
    /* Devanagari text, Bengali and Tamil lines, whose bytes begin alike */
    cuts("script",
           "\340\244\252\340\244\260\340\244\277\340\244\267\340\244\246 \340\244\250\340\245\207 \340\244\270\340\245\213"
           "\340\244\256\340\244\265\340\244\276\340\244\260 \340\244\225\340\245\213 \340\244\244\340\245\202\340\244\253"
           "\340\244\276\340\244\250\340\245\213\340\244\202 \340\244\270\340\245\207 \340\244\250\340\244\267\340\245\215"
           "\340\244\237 \340\244\271\340\245\201\340\244\210 \340\244\250\340\245\214\340\244\225\340\244\276 \340\244\270"
           "\340\245\207\340\244\265\340\244\276 \340\244\225\340\245\213 \340\244\253\340\244\277\340\244\260 \340\244\270"
           "\340\245\207 \340\244\266\340\245\201\340\244\260\340\245\202 \340\244\225\340\244\260\340\244\250\340\245\207 "
           "\340\244\225\340\245\207 \340\244\262\340\244\277\340\244\217 \340\244\256\340\244\244\340\244\246\340\244\276"
           "\340\244\250 \340\244\225\340\244\277\340\244\257\340\244\276\340\245\244\n\340\246\206\340\246\260\340\246\223 "
           "\340\246\252\340\246\241\340\246\274\340\247\201\340\246\250 \340\246\217\340\246\226\340\246\276\340\246\250"
           "\340\247\207\n\340\244\252\340\244\260\340\244\277\340\244\267\340\244\246 \340\244\250\340\245\207 \340\244\270"
           "\340\245\213\340\244\256\340\244\265\340\244\276\340\244\260 \340\244\225\340\245\213 \340\244\244\340\245\202"
           "\340\244\253\340\244\276\340\244\250\340\245\213\340\244\202 \340\244\270\340\245\207 \340\244\250\340\244\267"
           "\340\245\215\340\244\237 \340\244\271\340\245\201\340\244\210 \340\244\250\340\245\214\340\244\225\340\244\276 "
           "\340\244\270\340\245\207\340\244\265\340\244\276 \340\244\225\340\245\213 \340\244\253\340\244\277\340\244\260 "
           "\340\244\270\340\245\207 \340\244\266\340\245\201\340\244\260\340\245\202 \340\244\225\340\244\260\340\244\250"
           "\340\245\207 \340\244\225\340\245\207 \340\244\262\340\244\277\340\244\217 \340\244\256\340\244\244\340\244\246"
           "\340\244\276\340\244\250 \340\244\225\340\244\277\340\244\257\340\244\276\340\245\244\n\340\256\256\340\257\207"
           "\340\256\262\340\257\201\340\256\256\340\257\215 \340\256\252\340\256\237\340\256\277\340\256\225\340\257\215"
           "\340\256\225 \340\256\207\340\256\231\340\257\215\340\256\225\340\257\207\n",
           "2 4");
    /* Arabic text, Hebrew, Armenian and Georgian lines */
    cuts("script",
           "\330\265\331\210\330\252 \330\247\331\204\331\205\330\254\331\204\330\263 \331\212\331\210\331\205 \330\247\331"
           "\204\330\247\330\253\331\206\331\212\331\206 \330\271\331\204\331\211 \330\245\330\271\330\247\330\257\330\251 "
           "\330\250\331\206\330\247\330\241 \330\256\330\267 \330\247\331\204\330\271\330\250\330\247\330\261\330\247\330"
           "\252 \330\247\331\204\330\260\331\212 \330\257\331\205\330\261\330\252\331\207 \330\247\331\204\330\271\331\210"
           "\330\247\330\265\331\201 \331\201\331\212 \330\247\331\204\330\264\330\252\330\247\330\241.\n\327\247\327\250"
           "\327\220\327\225 \327\242\327\225\327\223 \327\233\327\220\327\237\n\324\277\325\241\326\200\325\244\325\241\325"
           "\254 \325\241\325\276\325\245\325\254\325\253\325\266\n\341\203\254\341\203\220\341\203\230\341\203\231\341\203"
           "\230\341\203\227\341\203\256\341\203\224\341\203\227 \341\203\233\341\203\224\341\203\242\341\203\230\n\330\265"
           "\331\210\330\252 \330\247\331\204\331\205\330\254\331\204\330\263 \331\212\331\210\331\205 \330\247\331\204\330"
           "\247\330\253\331\206\331\212\331\206 \330\271\331\204\331\211 \330\245\330\271\330\247\330\257\330\251 \330\250"
           "\331\206\330\247\330\241 \330\256\330\267 \330\247\331\204\330\271\330\250\330\247\330\261\330\247\330\252 \330"
           "\247\331\204\330\260\331\212 \330\257\331\205\330\261\330\252\331\207 \330\247\331\204\330\271\331\210\330\247"
           "\330\265\331\201 \331\201\331\212 \330\247\331\204\330\264\330\252\330\247\330\241.\n",
           "2 3 4");
    /* Han and kana are of one text, Hangul and Cyrillic are not */
    cuts("script",
           "\350\251\225\350\255\260\344\274\232\343\201\257\346\234\210\346\233\234\346\227\245\343\200\201\345\265\220\343"
           "\201\247\345\243\212\343\202\214\343\201\237\343\203\225\343\202\247\343\203\252\343\203\274\343\201\256\350\210"
           "\252\350\267\257\343\202\222\345\206\215\345\273\272\343\201\231\343\202\213\343\201\223\343\201\250\343\202\222"
           "\346\261\272\343\202\201\343\201\237\343\200\202\n\343\201\262\343\202\211\343\201\214\343\201\252\343\201\240"
           "\343\201\221\343\201\256\343\201\216\343\202\207\343\201\206\n\350\251\225\350\255\260\344\274\232\343\201\257"
           "\346\234\210\346\233\234\346\227\245\343\200\201\345\265\220\343\201\247\345\243\212\343\202\214\343\201\237\343"
           "\203\225\343\202\247\343\203\252\343\203\274\343\201\256\350\210\252\350\267\257\343\202\222\345\206\215\345\273"
           "\272\343\201\231\343\202\213\343\201\223\343\201\250\343\202\222\346\261\272\343\202\201\343\201\237\343\200\202"
           "\n\354\236\220\354\204\270\355\236\210 \353\263\264\352\270\260 \355\201\264\353\246\255\n\320\237\320\276\320"
           "\264\321\200\320\276\320\261\320\275\320\265\320\265 \320\267\320\264\320\265\321\201\321\214\n",
           "4 5");
    /* Vietnamese letters are Latin */
    cuts("script",
           SAID ALSO "H\341\273\231i \304\221\341\273\223ng \304\221\303\243 b\341\273\217 phi\341\272\277u \304\221\341\273\203 x\303"
           "\242y d\341\273\261ng l\341\272\241i tuy\341\272\277n ph\303\240\n",
           "");
}
END_TEST

START_TEST(doubtful_lines_stay)
{
    cuts(NULL, "Bread\nMilk\nSoap\n", "");                                          /* nothing to tell them from */
    cuts(NULL, "Storm barrier passes its first test", "");                           /* a headline is a text of its own */
    cuts(NULL, "Harbour rebuilds its ferry line\n" SAID ALSO, "");                    /* the headline of the text */
    cuts(NULL, SAID "Not so.\n" ALSO, "");                                            /* short, within the text */
    cuts("repeats", "The price rose by 3 percent to 45.\nThe price rose by 4 percent to 46.\n", "");
    cuts("repeats", SAID "The council voted on Monday to rebuild the ferry line that the storms destroyed, it said.\n", "");
    cuts("position", "3 Comments\n" SAID ALSO, "");                                   /* no text before it */
    cuts(NULL,
         "the first line of a mail that was cut to a width of seventy\nand goes on here, as the next one does, up to its very end, so\n"
         "that none of them ends like a sentence and each begins with a small\nletter\nThe end\nMenu of the day\n",
         "");
}
END_TEST

START_TEST(all_boilerplate_is_empty)
{
    const char *text = "Share this article\nWe use cookies to show things.\n\nAll rights reserved\nGoogle Chrome\n";
    nf_cleaner *c = make(NULL);
    nf_cuts k = {0};
    char out[128];

    nft_ok(nf_clean_text(c, (nf_str){text, strlen(text)}, (nf_str){0}, NULL, 0, &k, &nft_err));
    ck_assert(k.empty && k.n == 4 && k.chars == k.removed_chars && k.chars == strlen(text) - 5);
    ck_assert_uint_eq(nf_clean_apply((nf_str){text, strlen(text)}, &k, out), 1);
    nft_ok(nf_clean_text(c, (nf_str){0}, (nf_str){0}, NULL, 0, &k, &nft_err));
    ck_assert(!k.empty && k.n == 0 && k.chars == 0);
    nf_cuts_clear(&k);
    nf_cleaner_free(c);
}
END_TEST

START_TEST(texts_without_ink_have_nothing_to_cut)
{
    static const nf_str text[] = {{NULL, 0}, {"", 0}, {" \t", 2}, {"\n", 1}, {" \n \n", 4}};
    nf_cleaner *c = make(NULL);
    nf_cuts cuts = {0};

    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        nft_ok(nf_clean_text(c, text[i], (nf_str){0}, NULL, 0, &cuts, &nft_err));
        ck_assert_msg(cuts.n == 0 && cuts.chars == 0 && !cuts.empty, "text %zu", i);
    }
    nf_cuts_clear(&cuts);
    nf_cleaner_free(c);
}
END_TEST

START_TEST(links_tell_a_teaser_from_the_text)
{
    const char *text = SAID ALSO "The ministry has ordered a review of all the coastal roads, it said on Monday.\n";
    size_t a = strlen(SAID), b = strlen(ALSO), n = strlen(text);
    nf_line_mark mark[3] = {{.end = (uint32_t)a - 1}, {.end = (uint32_t)(a + b) - 1}, {.end = (uint32_t)n - 1}};
    nf_cleaner *c = make("shape");
    char got[256];

    cut_lines(got, c, text, mark, 3);
    ck_assert_str_eq(got, "");
    mark[2].linked = (uint32_t)(n - a - b - 1);
    cut_lines(got, c, text, mark, 3);
    ck_assert_str_eq(got, "3");
    nf_cleaner_free(c);
}
END_TEST

START_TEST(phrases_match_as_their_kind_says)
{
    char path[NFT_PATH];
    nf_cleaner *c = NULL;
    const char *rule = "phrases";
    char got[256];

    nft_file_str(path, NULL, "p.txt", "# comment\n\nis quokka report\r\nstarts wombat news\n  has # numbats seen  \n");
    nft_ok(nf_cleaner_new(&c, &(nf_clean_opts){.only = &rule, .nonly = 1, .phrases = path}, &nft_err));
    cut_lines(got, c, "Quokka report\nThe quokka report\nWombat news of today\nSome wombat news\nToday 3 numbats seen here\nnumbats seen",
              NULL, 0);
    ck_assert_str_eq(got, "1 3 5");
    nf_cleaner_free(c);
    static const char *const bad[] = {"was a\n", "is\n", "is ...\n",
                                      "has one two three four five six seven eight nine ten eleven twelve thirteen", "is \xff"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        nft_file_str(path, NULL, "bad.txt", bad[i]);
        nft_fails(nf_cleaner_new(&c, &(nf_clean_opts){.phrases = path}, &nft_err), NF_EFORMAT);
    }
}
END_TEST

/* By which of its words a phrase is found does not matter: function words first, or nothing else, or one word. */
START_TEST(phrases_are_found_by_any_of_their_words)
{
    char path[NFT_PATH], got[256];
    nf_cleaner *c = NULL;
    const char *rule = "phrases";

    nft_file_str(path, NULL, "p.txt",
                 "has the numbats\nhas of the and numbats\nhas of the and in bilbies\nhas that it is so\nhas dibblers\n");
    nft_ok(nf_cleaner_new(&c, &(nf_clean_opts){.only = &rule, .nonly = 1, .phrases = path}, &nft_err));
    cut_lines(got, c,
              "Of the and numbats\nHere are some of the and in bilbies\nWe know that it is so\nDibblers\nNumbats and bilbies\nThat it is\n"
              "See the numbats\nIn the and of numbats the bilbies dibblers",
              NULL, 0);
    ck_assert_str_eq(got, "1 2 3 4 7 8");
    nf_cleaner_free(c);
}
END_TEST

START_TEST(marks_of_words_are_counted_and_placed)
{
    enum { N = 90 };
    nfi_rng r = nft_rng(7);
    static nfi_word_marks marks;
    uint64_t word[N + 8];
    uint16_t at[N], want[N];

    for (size_t n = 0; n <= N; n++) {
        size_t stops = 0, m = 0, hits;
        for (size_t i = 0; i < sizeof marks.of; i++)
            marks.of[i] = (uint8_t)(nfi_rng_next(&r) & nfi_rng_next(&r) & 0xf1 & (n % 3 ? nfi_rng_next(&r) : UINT64_MAX));
        memset(word, 0, sizeof word);
        for (size_t i = 0; i < n; i++) {
            word[i] = nfi_rng_next(&r);
            stops += marks.of[word[i] >> 48] & 1;
            if (marks.of[word[i] >> 48] & 0xf0)
                want[m++] = (uint16_t)i;
        }
        ck_assert_uint_eq(nfi_clean_marks(&marks, word, n, at, &hits), stops);
        ck_assert(hits == m && memcmp(at, want, m * sizeof *at) == 0);
    }
}
END_TEST

START_TEST(content_makes_the_same_cleaner_or_is_refused)
{
    nf_cleaner *a = make(NULL), *b = NULL, *x = NULL;
    const char *rules[] = {"shape", "repeats"};

    nft_ok(nfi_cleaner_from_content(&b, a->content.p, a->content.n, "test", &nft_err));
    ck_assert_str_eq(nf_cleaner_id(a), nf_cleaner_id(b));
    nft_ok(nf_cleaner_new(&x, &(nf_clean_opts){.only = rules, .nonly = 2}, &nft_err));
    ck_assert_str_ne(nf_cleaner_id(a), nf_cleaner_id(x));
    nf_cleaner_free(x);
    for (size_t n = 0; n < a->content.n; n += 1 + n / 64)
        nft_fails(nfi_cleaner_from_content(&x, a->content.p, n, "test", &nft_err), NF_EMODEL);
    static const char *const bad[] = {"version=1\nrules=none\nphrases=0\nlines=0\n",
                                      "version=3\nrules=shape,lines\nphrases=0\nlines=0\n",
                                      "version=3\nrules=\nphrases=0\nlines=0\n",
                                      "version=3\nrules=none\nphrases=9\nlines=0\n",
                                      "version=3\nrules=none\nphrases=5\nis a \nlines=0\n",
                                      "version=3\nrules=none\nphrases=00\nlines=0\n",
                                      "version=3\nrules=none\nphrases=0\nlines=1\n0123456789",
                                      "version=3\nrules=none\nphrases=0\nlines=0\n.",
                                      "version=3\nrules=none\nphrases=6\nwas a\nlines=0\n",
                                      "version=3\nrules=none\nphrases=0\nlines=2\nbbbbbbbbbbbbbbbbaaaaaaaaaaaaaaaa",
                                      "version=3\nrules=none\nphrases=0\nlines=1152921504606846976\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        nft_fails(nfi_cleaner_from_content(&x, bad[i], strlen(bad[i]), "test", &nft_err), NF_EMODEL);
    nf_cleaner_free(a);
    nf_cleaner_free(b);
}
END_TEST

START_TEST(unknown_rules_are_refused)
{
    const char *name = "shapes";
    nf_cleaner *c = NULL;

    nft_fails(nf_cleaner_new(&c, &(nf_clean_opts){.only = &name, .nonly = 1}, &nft_err), NF_EINVAL);
    nft_fails(nf_cleaner_new(&c, &(nf_clean_opts){.without = &name, .nwithout = 1}, &nft_err), NF_EINVAL);
    size_t n = 0;
    for (const char *s; nf_clean_rule_name(n, &s); n++)
        ck_assert(s && s[0]);
    ck_assert_uint_eq(n, NFI_RULES);
}
END_TEST

/* docs documents of a source, the first with of which have the line. */
static void add(nf_lines *t, const char *source, size_t docs, size_t with, const char *line)
{
    for (size_t i = 0; i < docs; i++) {
        nf_doc d = {.source = {source, strlen(source)}, .text = {line, i < with ? strlen(line) : 0}};
        nft_ok(nf_lines_add(t, &(nf_batch){&d, 1, NULL}, 1, &nft_err));
    }
}

START_TEST(a_line_is_frozen_from_three_documents_and_half_a_percent)
{
    static const struct {
        size_t docs, with;
        bool frozen;
    } c[] = {{2, 2, false}, {3, 3, true}, {600, 3, true}, {601, 3, false}, {601, 4, true}, {1000, 5, true}, {1001, 5, false}};
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        nf_lines *t = NULL;
        nfi_frozen f = {0};
        nft_ok(nf_lines_new(&t, &nft_err));
        add(t, "a", c[i].docs, c[i].with, "Founded in the year\nFounded in the year\n");
        nft_ok(nfi_lines_freeze(t, &f, &nft_err));
        ck_assert_msg(f.n == c[i].frozen, "%zu of %zu", c[i].with, c[i].docs);
        nfi_free(f.key);
        nf_lines_free(t);
    }
}
END_TEST

START_TEST(a_table_cuts_in_its_own_source_alone)
{
    nf_lines *t = NULL;
    nf_cleaner *c = NULL;
    nf_cuts k = {0};
    nf_str text = {"Issue 7\nThe Herald, founded in 1901\n", 36};

    nft_ok(nf_lines_new(&t, &nft_err));
    add(t, "a", 3, 3, "The Herald, founded in 1901\nIssue 3");
    ck_assert(nf_lines_docs(t) == 3 && nf_lines_count(t) == 2 && nf_lines_sources(t) == 1);
    nft_ok(nf_cleaner_new(&c, &(nf_clean_opts){.lines = t}, &nft_err));
    ck_assert_uint_eq(nf_cleaner_lines(c), 2);
    nft_ok(nf_clean_text(c, text, (nf_str){"a", 1}, NULL, 0, &k, &nft_err));
    ck_assert(k.n == 2 && k.empty && k.cut[0].rule == NFI_RULE_LINES);
    nft_ok(nf_clean_text(c, text, (nf_str){"b", 1}, NULL, 0, &k, &nft_err));
    ck_assert_uint_eq(k.n, 0);
    nf_cuts_clear(&k);
    nf_cleaner_free(c);
    nf_lines_free(t);
}
END_TEST

/* Copies of a story are no boilerplate: their sentences stay, what else is known goes. */
START_TEST(sentences_of_copies_stay)
{
    static const char story[] = "The ferry sank in the storm of that year with all who were aboard.\nShare this story\n"
                                "It had left the harbour in the morning, and nobody had told of the wind.\n\"So be it,\" she said.\n";
    static const char own[] = "The council met on Monday and spoke of nothing but the price of bread and milk in town.\n"
                              "The ferry sank in the storm of that year with all who were aboard.\nShare this story\n"
                              "It will meet again in the spring, when the mayor is back from the capital of the land.\n";
    static const char line[] = "Morning news in brief";
    static const struct {
        const char *text;
        size_t cuts;
    } c[] = {{story, 1}, {own, 2}, {line, 0}};
    nf_lines *t = NULL;
    nf_cleaner *cleaner = NULL;
    nf_cuts k = {0};

    nft_ok(nf_lines_new(&t, &nft_err));
    add(t, "a", 12, 12, story);
    add(t, "a", 12, 12, line);
    static const char *const only[] = {"lines"};
    nft_ok(nf_cleaner_new(&cleaner, &(nf_clean_opts){.lines = t, .only = only, .nonly = 1}, &nft_err));
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        nft_ok(nf_clean_text(cleaner, (nf_str){c[i].text, strlen(c[i].text)}, (nf_str){"a", 1}, NULL, 0, &k, &nft_err));
        ck_assert_msg(k.n == c[i].cuts, "text %zu: %zu cuts", i, k.n);
    }
    nf_cuts_clear(&k);
    nf_cleaner_free(cleaner);
    nf_lines_free(t);
}
END_TEST

START_TEST(damaged_tables_are_refused)
{
    nf_lines *t = NULL, *x = NULL;
    char dir[NFT_PATH], path[NFT_PATH + 8], bad[NFT_PATH];
    size_t n;

    nft_dir(dir);
    snprintf(path, sizeof path, "%s/t.nfl", dir);
    nft_ok(nf_lines_new(&t, &nft_err));
    add(t, "a", 3, 2, "One line\nAnother line");
    add(t, "b", 1, 1, "One line");
    nft_ok(nf_lines_save(t, path, &nft_err));
    char *p = nft_read(path, &n);
    for (size_t i = 0; i < n; i += 1 + (i > 200) * 7) {
        nft_file(bad, dir, "cut.nfl", p, i);
        nft_fails(nf_lines_load(&x, bad, &nft_err), NF_EMODEL);
        p[i] ^= 1 << i % 8;
        nft_file(bad, dir, "flip.nfl", p, n);
        nft_fails(nf_lines_load(&x, bad, &nft_err), NF_EMODEL);
        p[i] ^= 1 << i % 8;
    }
    free(p);
    nf_lines_free(t);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("clean");
    TCase *t = tcase_create("clean");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, words_are_alike_whatever_their_dress);
    tcase_add_test(t, each_rule_cuts_its_own);
    tcase_add_test(t, scripts_are_those_of_unicode);
    tcase_add_test(t, doubtful_lines_stay);
    tcase_add_test(t, all_boilerplate_is_empty);
    tcase_add_test(t, texts_without_ink_have_nothing_to_cut);
    tcase_add_test(t, links_tell_a_teaser_from_the_text);
    tcase_add_test(t, phrases_match_as_their_kind_says);
    tcase_add_test(t, phrases_are_found_by_any_of_their_words);
    tcase_add_test(t, marks_of_words_are_counted_and_placed);
    tcase_add_test(t, content_makes_the_same_cleaner_or_is_refused);
    tcase_add_test(t, unknown_rules_are_refused);
    tcase_add_test(t, a_line_is_frozen_from_three_documents_and_half_a_percent);
    tcase_add_test(t, a_table_cuts_in_its_own_source_alone);
    tcase_add_test(t, sentences_of_copies_stay);
    tcase_add_test(t, damaged_tables_are_refused);
    suite_add_tcase(s, t);
    return nft_run(s);
}
