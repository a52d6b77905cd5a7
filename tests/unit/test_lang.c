/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Languages of texts and lines; when nothing is said; missing fingerprints. */
#include "nft.h"

#include "newsframe/lang.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A sentence about a harbour and a storm, in each language. */
static const struct {
    const char *code, *text;
} sentences[] = {
    {"en", "The harbour was closed for two days after the storm, and the fishermen waited for better weather."},
    {"de", "Der Hafen war nach dem Sturm zwei Tage lang geschlossen, und die Fischer warteten auf besseres Wette"
           "r."},
    {"fr", "Le port est rest\u00e9 ferm\u00e9 deux jours apr\u00e8s la temp\u00eate, et les p\u00eacheurs attend"
           "aient un temps meilleur."},
    {"es", "El puerto estuvo cerrado dos d\u00edas despu\u00e9s de la tormenta y los pescadores esperaban un tie"
           "mpo mejor."},
    {"pt", "O porto ficou fechado dois dias depois da tempestade, e os pescadores esperavam por um tempo melhor."},
    {"it", "Il porto \u00e8 rimasto chiuso per due giorni dopo la tempesta e i pescatori aspettavano un tempo mi"
           "gliore."},
    {"nl", "De haven bleef na de storm twee dagen lang gesloten, en de vissers moesten op beter weer wachten."},
    {"pl", "Port by\u0142 zamkni\u0119ty przez dwa dni po burzy, a rybacy czekali na lepsz\u0105 pogod\u0119."},
    {"tr", "Liman f\u0131rt\u0131nadan sonra iki g\u00fcn kapal\u0131 kald\u0131 ve bal\u0131k\u00e7\u0131lar ha"
           "van\u0131n d\u00fczelmesini bekledi."},
    {"vi", "B\u1ebfn c\u1ea3ng \u0111\u00e3 \u0111\u00f3ng c\u1eeda hai ng\u00e0y sau c\u01a1n b\u00e3o v\u00e0 "
           "c\u00e1c ng\u01b0 d\u00e2n ch\u1edd th\u1eddi ti\u1ebft t\u1ed1t h\u01a1n."},
    {"ru", "\u041f\u043e\u0441\u043b\u0435 \u0448\u0442\u043e\u0440\u043c\u0430 \u043f\u043e\u0440\u0442 \u0431"
           "\u044b\u043b \u0437\u0430\u043a\u0440\u044b\u0442 \u0434\u0432\u0430 \u0434\u043d\u044f, \u0438 "
           "\u0440\u044b\u0431\u0430\u043a\u0438 \u0436\u0434\u0430\u043b\u0438, \u043a\u043e\u0433\u0434\u0430 "
           "\u043f\u043e\u0433\u043e\u0434\u0430 \u0441\u0442\u0430\u043d\u0435\u0442 \u043b\u0443\u0447\u0448"
           "\u0435."},
    {"uk", "\u041f\u0456\u0441\u043b\u044f \u0448\u0442\u043e\u0440\u043c\u0443 \u043f\u043e\u0440\u0442 \u0431"
           "\u0443\u0432 \u0437\u0430\u043a\u0440\u0438\u0442\u0438\u0439 \u0434\u0432\u0430 \u0434\u043d\u0456,"
           " \u0456 \u0440\u0438\u0431\u0430\u043b\u043a\u0438 \u0447\u0435\u043a\u0430\u043b\u0438, \u043a"
           "\u043e\u043b\u0438 \u043f\u043e\u0433\u043e\u0434\u0430 \u043f\u043e\u043a\u0440\u0430\u0449\u0438"
           "\u0442\u044c\u0441\u044f."},
    {"el", "\u03a4\u03bf \u03bb\u03b9\u03bc\u03ac\u03bd\u03b9 \u03ad\u03bc\u03b5\u03b9\u03bd\u03b5 \u03ba\u03bb"
           "\u03b5\u03b9\u03c3\u03c4\u03cc \u03b4\u03cd\u03bf \u03b7\u03bc\u03ad\u03c1\u03b5\u03c2 \u03bc\u03b5"
           "\u03c4\u03ac \u03c4\u03b7\u03bd \u03ba\u03b1\u03c4\u03b1\u03b9\u03b3\u03af\u03b4\u03b1 \u03ba\u03b1"
           "\u03b9 \u03bf\u03b9 \u03c8\u03b1\u03c1\u03ac\u03b4\u03b5\u03c2 \u03c0\u03b5\u03c1\u03af\u03bc\u03b5"
           "\u03bd\u03b1\u03bd \u03ba\u03b1\u03bb\u03cd\u03c4\u03b5\u03c1\u03bf \u03ba\u03b1\u03b9\u03c1\u03cc."},
    {"ar", "\u0628\u0642\u064a \u0627\u0644\u0645\u064a\u0646\u0627\u0621 \u0645\u063a\u0644\u0642\u0627 \u064a"
           "\u0648\u0645\u064a\u0646 \u0628\u0639\u062f \u0627\u0644\u0639\u0627\u0635\u0641\u0629 \u0648\u0627"
           "\u0646\u062a\u0638\u0631 \u0627\u0644\u0635\u064a\u0627\u062f\u0648\u0646 \u062a\u062d\u0633\u0646 "
           "\u0627\u0644\u0637\u0642\u0633."},
    {"fa", "\u0628\u0646\u062f\u0631 \u067e\u0633 \u0627\u0632 \u062a\u0648\u0641\u0627\u0646 \u062f\u0648 "
           "\u0631\u0648\u0632 \u0628\u0633\u062a\u0647 \u0628\u0648\u062f \u0648 \u0645\u0627\u0647\u06cc\u06af"
           "\u06cc\u0631\u0627\u0646 \u0645\u0646\u062a\u0638\u0631 \u0647\u0648\u0627\u06cc \u0628\u0647\u062a"
           "\u0631 \u0628\u0648\u062f\u0646\u062f."},
    {"he", "\u05d4\u05e0\u05de\u05dc \u05d4\u05d9\u05d4 \u05e1\u05d2\u05d5\u05e8 \u05d9\u05d5\u05de\u05d9\u05d9"
           "\u05dd \u05d0\u05d7\u05e8\u05d9 \u05d4\u05e1\u05e2\u05e8\u05d4 \u05d5\u05d4\u05d3\u05d9\u05d9\u05d2"
           "\u05d9\u05dd \u05d7\u05d9\u05db\u05d5 \u05dc\u05de\u05d6\u05d2 \u05d0\u05d5\u05d5\u05d9\u05e8 \u05d8"
           "\u05d5\u05d1 \u05d9\u05d5\u05ea\u05e8."},
    {"hi", "\u0924\u0942\u092b\u093e\u0928 \u0915\u0947 \u092c\u093e\u0926 \u092c\u0902\u0926\u0930\u0917\u093e"
           "\u0939 \u0926\u094b \u0926\u093f\u0928 \u0924\u0915 \u092c\u0902\u0926 \u0930\u0939\u093e \u0914"
           "\u0930 \u092e\u091b\u0941\u0906\u0930\u0947 \u092c\u0947\u0939\u0924\u0930 \u092e\u094c\u0938\u092e "
           "\u0915\u0940 \u092a\u094d\u0930\u0924\u0940\u0915\u094d\u0937\u093e \u0915\u0930\u0924\u0947 \u0930"
           "\u0939\u0947\u0964"},
    {"th", "\u0e17\u0e48\u0e32\u0e40\u0e23\u0e37\u0e2d\u0e1b\u0e34\u0e14\u0e2a\u0e2d\u0e07\u0e27\u0e31\u0e19"
           "\u0e2b\u0e25\u0e31\u0e07\u0e1e\u0e32\u0e22\u0e38"},
    {"ko", "\ud3ed\ud48d\uc774 \uc9c0\ub098\uac04 \ub4a4 \ud56d\uad6c\ub294 \uc774\ud2c0 \ub3d9\uc548 \ub2eb"
           "\ud600 \uc788\uc5c8\ub2e4."},
    {"ja", "\u5d50\u306e\u3042\u3068\u6e2f\u306f\u4e8c\u65e5\u9593\u9589\u9396\u3055\u308c\u305f\u3002"},
    {"zh", "\u67b4\u98ce\u96e8\u8fc7\u540e\uff0c\u6e2f\u53e3\u5173\u95ed\u4e86\u4e24\u5929\u3002"},
    {"ka", "\u10dc\u10d0\u10d5\u10e1\u10d0\u10d3\u10d2\u10e3\u10e0\u10d8 \u10dd\u10e0\u10d8 \u10d3\u10e6\u10d4 "
           "\u10d8\u10e7\u10dd \u10d3\u10d0\u10d9\u10d4\u10e2\u10d8\u10da\u10d8."},
    {"hy", "\u0546\u0561\u057e\u0561\u0570\u0561\u0576\u0563\u056b\u057d\u057f\u0568 \u0565\u0580\u056f\u0578"
           "\u0582 \u0585\u0580 \u0583\u0561\u056f \u0567\u0580\u0589"},
};
enum { SENTENCES = sizeof sentences / sizeof *sentences };

static nf_lang *lang;

static void open_lang(void)
{
    nft_ok(nf_lang_open(&lang, NULL, &nft_err));
}

static void close_lang(void)
{
    nf_lang_close(lang);
}

static const char *code_of(const char *text, size_t n)
{
    nf_str part = {text, n};
    nf_lang_guess g = {.lang = 99};

    nft_ok(nf_lang_of(&g, lang, &part, 1, &nft_err));
    return nf_lang_guess_code(&g);
}

START_TEST(a_sentence_is_told)
{
    for (size_t i = 0; i < SENTENCES; i++)
        ck_assert_str_eq(code_of(sentences[i].text, strlen(sentences[i].text)), sentences[i].code);
}
END_TEST

START_TEST(capitals_and_figures_do_not_matter)
{
    const char *loud = "1,204 THE HARBOUR WAS CLOSED 12.30 FOR TWO DAYS!!! AFTER THE STORM; AND 55 % OF THE FISHERMEN WAITED";
    ck_assert_str_eq(code_of(loud, strlen(loud)), "en");
}
END_TEST

START_TEST(what_says_nothing_is_of_no_language)
{
    static const char *const nothing[] = {"",
                                          "12 34 56 -- 78 %",
                                          "The harbour",
                                          "\u041f\u043e\u0440\u0442",
                                          "\u6e2f\u53e3",
                                          "https://a.b/1",
                                          "xkqz wvvk qqjx zzkw xvvq kkjz wqqx vzzk jjxq wkkv",
                                          "\U00010330\U00010331\U00010332\U00010333\U00010334"
                                          "\U00010335\U00010336\U00010337"};

    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        ck_assert_msg(strcmp(code_of(nothing[i], strlen(nothing[i])), "und") == 0, "%zu: %s", i, code_of(nothing[i], strlen(nothing[i])));
}
END_TEST

START_TEST(the_text_counts_before_its_title)
{
    nf_str part[2] = {{sentences[0].text, strlen(sentences[0].text)}, {NULL, 0}};
    nf_lang_guess g;

    nft_ok(nf_lang_of(&g, lang, part, 2, &nft_err));
    ck_assert_str_eq(nf_lang_guess_code(&g), "en"); /* a title alone is told too */
    char *text = malloc(20000);
    size_t n = 0, each = strlen(sentences[1].text);
    while (n + each < 20000) {
        memcpy(text + n, sentences[1].text, each);
        n += each;
    }
    part[1] = (nf_str){text, n};
    nft_ok(nf_lang_of(&g, lang, part, 2, &nft_err));
    ck_assert_str_eq(nf_lang_guess_code(&g), "de");
    ck_assert_uint_eq(g.letters, 900);
    free(text);
}
END_TEST

/* The pieces of a long text begin and end inside characters: any length must do. */
START_TEST(any_cut_of_a_text_is_fine)
{
    char *text = malloc(8000);
    size_t n = 0, each = strlen(sentences[12].text);

    while (n + each < 8000) {
        memcpy(text + n, sentences[12].text, each);
        n += each;
    }
    for (size_t len = 2600; len < 2600 + 300; len++) {
        nf_str part = {text, len};
        nf_lang_guess g;
        nft_ok(nf_lang_of(&g, lang, &part, 1, &nft_err));
        ck_assert_str_eq(nf_lang_guess_code(&g), "el");
    }
    free(text);
}
END_TEST

START_TEST(lines_of_a_mixed_text_are_told_one_by_one)
{
    char text[1024];
    size_t count = nf_lang_count();
    uint64_t *letters = calloc(count + 1, sizeof *letters), sum = 0;
    int n = snprintf(text, sizeof text, "%s\n\n%s\n12\nOK\n", sentences[0].text, sentences[11].text);

    nft_ok(nf_lang_lines(letters, lang, (nf_str){text, (size_t)n}, &nft_err));
    ck_assert_uint_eq(letters[nf_lang_find("en")], 79);
    ck_assert_uint_eq(letters[nf_lang_find("uk")], 67);
    ck_assert_uint_eq(letters[count], 2);
    for (size_t i = 0; i <= count; i++)
        sum += letters[i];
    ck_assert_uint_eq(sum, 79 + 67 + 2);
    free(letters);
}
END_TEST

START_TEST(the_list_is_in_order_and_can_be_searched)
{
    const char *name, *before = "";
    size_t i = 0;

    for (const char *c; (c = nf_lang_code(i, &name)); i++) {
        ck_assert_int_lt(strcmp(before, c), 0);
        ck_assert_int_eq(nf_lang_find(c), (int)i);
        ck_assert(name[0] >= 'A' && name[0] <= 'Z');
        before = c;
    }
    ck_assert_uint_eq(i, nf_lang_count());
    ck_assert_int_eq(nf_lang_find("und"), -1);
    ck_assert_int_eq(nf_lang_find(""), -1);
}
END_TEST

START_TEST(missing_fingerprints_are_named)
{
    char dir[NFT_PATH];
    nf_lang *l = NULL;
    nf_err err = {0};

    nft_dir(dir);
    nft_fails(nf_lang_open(&l, dir, &nft_err), NF_EIO);
    setenv("NEWSFRAME_LANGUAGES", dir, 1);
    ck_assert_int_eq(nf_lang_open(&l, NULL, &err), NF_EIO);
    unsetenv("NEWSFRAME_LANGUAGES");
    ck_assert_ptr_nonnull(strstr(err.path, dir));
    ck_assert_ptr_nonnull(strstr(err.msg, "libexttextcat-data"));
    ck_assert_ptr_null(l);
    nft_file_str((char[NFT_PATH]){0}, dir, "af.lm", ""); /* an empty fingerprint is none */
    nft_fails(nf_lang_open(&l, dir, &nft_err), NF_EIO);
    nf_lang_close(NULL);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lang");
    TCase *t = tcase_create("lang");

    tcase_add_checked_fixture(t, open_lang, close_lang);
    tcase_add_test(t, a_sentence_is_told);
    tcase_add_test(t, capitals_and_figures_do_not_matter);
    tcase_add_test(t, what_says_nothing_is_of_no_language);
    tcase_add_test(t, the_text_counts_before_its_title);
    tcase_add_test(t, any_cut_of_a_text_is_fine);
    tcase_add_test(t, lines_of_a_mixed_text_are_told_one_by_one);
    tcase_add_test(t, the_list_is_in_order_and_can_be_searched);
    tcase_add_test(t, missing_fingerprints_are_named);
    suite_add_tcase(s, t);
    return nft_run(s);
}
