/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of the `news` tokeniser, one table; and what must hold for any text. */
#include "tokens.h"

#include "base/utf8.h"

#include <stdio.h>

/* text -> tokens, under the letters of the rules in features/tok_news.c */
static const char *const rules[][2] = {
    /* a: case, compatibility forms, accents, subscripts, enclosing marks */
    {"The WAR in Kyiv", "the|war|in|kyiv|"},
    {"\uff37\uff21\uff32 \ufb01re caf\u00e9 cafe\u0301 CAFE\u0301", "war|fire|caf\u00e9|caf\u00e9|caf\u00e9|"},
    {"Stra\u00dfe STRASSE", "strasse|strasse|"},
    {"CO\u2082 CO2 km\u00b2", "co2|co2|km|"},
    {"A\u20ddBC", "abc|"},
    {"\u041f\u0443\u0442\u0438\u043d \u039f\u03b4\u03cc\u03c2", "\u043f\u0443\u0442\u0438\u043d|\u03bf\u03b4\u03cc\u03c3|"},
    /* b: apostrophes */
    {"don't don\u2019t don\u2018t don\u02bct DON'T", "don't|don't|don't|don't|don't|"},
    {"Pyongyang's Pyongyang\u2019s PYONGYANG'S", "pyongyang|pyongyang|pyongyang|"},
    {"the 'quoted' words' \u2018here\u2019 'tis rock 'n' roll", "the|quoted|words|here|tis|rock|roll|"},
    {"O'Neill's L\u2019\u00c9lys\u00e9e", "o'neill|l'\u00e9lys\u00e9e|"},
    {"\u043f\u2019\u044f\u0442\u044c", "\u043f'\u044f\u0442\u044c|"},
    {"90's x's rock''n", "90|rock|"},
    {"it's let's IT'S", "it|let|it|"},
    {"x''s don's's", "don's|"},
    /* c: dots */
    {"3.14 10.0.0.1 2.5bn 3. .5", "3.14|10.0.0.1|2.5bn|"},
    {"J.R.R. Tolkien a.m. e.g. U.S.A. D.C.'s", "jrr|tolkien|am|eg|usa|dc|"},
    {"J.R.R.Tolkien", "jrr|tolkien|"},
    {"cooperation.The end.the plan B.The", "cooperation|the|end|the|plan|the|"},
    {"example.com Example.COM news.bbc.co.uk state.gov's", "example.com|example|com|news.bbc.co.uk|state.gov|"},
    {"EXAMPLE.COM www.foo.xyz WWW.Foo.Xyz/a-b", "example.com|www.foo.xyz|www.foo.xyz|"},
    {"https://www.bbc.co.uk/news/world-123", "https|www.bbc.co.uk|news|world|123|"},
    {"name@example.org. my-site.net, 163.com", "name|example.org|my|site.net|163.com|"},
    {"Visit example.com.The rest said.It war.in profit.Net", "visit|example.com|the|rest|said|it|war|in|profit|net|"},
    {"a.b..c d...e com. .com ww.foo.xyz report.pdf end..com", "ab|com|com|ww|foo|xyz|report|pdf|end|com|"},
    {"a.b'c example.com\u0301", "b'c|example|co\u1e3f|"},
    {"don't.I am it's.a", "don't|am|it|"},
    {"\u041d.\u0421. \u0425\u0440\u0443\u0449\u0451\u0432", "\u043d\u0441|\u0445\u0440\u0443\u0449\u0451\u0432|"},
    {"\u00e9lite.com example.com\u00e9", "\u00e9lite|com|example|com\u00e9|"},
    {"\u4e2dexample.com\u4e2d", "\u4e2d|example.com|\u4e2d|"},
    {"\uff35\uff0e\uff33\uff0e \u00c9.\u00d1. E\u0301.N\u0303.", "US|\u00e9\u00f1|\u00e9\u00f1|"},
    /* d, e: commas, colons, semicolons */
    {"1,000 1,000,000.50 1,a a,1 one,two ,12,", "1,000|1,000,000.50|one|two|12|"},
    {"12:30 a:b this:that this;that", "12|30|this|that|this|that|"},
    {"\uff11\uff0c\uff10\uff10\uff10", "1,000|"},
    /* f: low lines */
    {"snake_case __init__ _x1_ a__b c3_p0", "snake_case|init|x1|c3_p0|"},
    {"caf\u00e9_bar _caf\u00e9_ snake\uff3fcase", "caf\u00e9_bar|caf\u00e9|snake_case|"},
    /* g: acronyms */
    {"US pressure told us", "US|pressure|told|us|"},
    {"the U.S. and the u.s. and the U.N. and the U.K.", "the|US|and|the|US|and|the|UN|and|the|uk|"},
    {"The US's plan, US-led; un WHO it IT UN\u2019s Us", "the|US|plan|US|led|un|WHO|it|IT|UN|us|"},
    {"THE US ARMY SAYS IT KNOWS WHO\nbut the US said", "the|us|army|says|it|knows|who|but|the|US|said|"},
    {"THE U.S. ARMY SAYS", "the|US|army|says|"},
    {"\u201cUS\u201d said \u2014US\u2014 so", "US|said|US|so|"},
    {"USA UNO WHOM ITS EU NATO", "usa|uno|whom|its|eu|nato|"},
    {"W.H.O. I.T. u.s.gov", "WHO|IT|u.s.gov|"},
    /* h: single characters */
    {"a I 7 x1 \u0438 \u4e2d \uff21 \u00bd", "x1|\u0438|\u4e2d|"},
    /* i: invisible characters, spaces, dashes, quotation marks */
    {"mil\u200bit\u00adary \ufeffwar\ufeff p\u2060e\u200ca\u200dce", "military|war|peace|"},
    {"one\u00a0two\u2003three\u202ffour\u3000five\u2028six", "one|two|three|four|five|six|"},
    {"one\u2014two\u2013three\u2010four\u201cfive\u201dsix\u00abseven\u00bb\u2026eight", "one|two|three|four|five|six|seven|eight|"},
    {"\u202eyrat\u202c \u2066x1\u2069", "yrat|x1|"},
    /* k: what is no character */
    {"war\ufffdpeace war\ue000peace war\uffffpeace \xff\xfe war\xffpeace", "war|peace|war|peace|war|peace|war|peace|"},
    {"\U0001f600 go\U0001f600go 1\ufe0f\u20e3 \U0001f1fa\U0001f1f8 wave\U0001f44b\U0001f3fdhi", "go|go|wave|hi|"},
    /* l: digits and letters */
    {"mig29 5bn 2nd covid-19 F-16s", "mig29|5bn|2nd|covid|19|16s|"},
    /* m: other scripts */
    {"\u91d1\u6b63\u6069\u3068 \u30ab\u30bf\u30ab\u30ca \ud55c\uad6d\uc5b4",
     "\u91d1\u6b63|\u6b63\u6069|\u6069\u3068|\u30ab\u30bf\u30ab\u30ca|\ud55c\uad6d\uc5b4|"},
    {"\u6e2f \u304c\u958b\u304f\u3002\u4e2d", "\u6e2f|\u304c\u958b|\u958b\u304f|\u4e2d|"}, /* one letter by itself */
    {"\u4eba\u3005\u306f\u4e8c\u3007\u4e8c\u56db\u5e74",
     "\u4eba\u3005|\u3005\u306f|\u306f\u4e8c|\u4e8c\u3007|\u3007\u4e8c|\u4e8c\u56db|\u56db\u5e74|"},
    {"\u4eca\u65e5\u306fUSB\u3092\u4f7f\u3046", "\u4eca\u65e5|\u65e5\u306f|usb|\u3092\u4f7f|\u4f7f\u3046|"},
    {"\u304c \u306f\u304b\u3099\u308b", "\u304c|\u306f\u304c|\u304c\u308b|"}, /* the sound mark belongs to its letter */
    {"\u6e2f\u200b\u304c", "\u6e2f\u304c|"}, /* what is dropped does not part */
    {"\u0e17\u0e48\u0e32\u0e40\u0e23\u0e37\u0e2d \u0e1b\u0e34\u0e14",
     "\u0e17\u0e48\u0e32|\u0e32\u0e40|\u0e40\u0e23\u0e37|\u0e23\u0e37\u0e2d|\u0e1b\u0e34\u0e14|"},
    {"\u1780\u17c6\u1796\u1784\u17cb\u1795\u17c2 \u0ea7\u0ebd\u0e87 \u1019\u103c\u102d\u102f\u1037",
     "\u1780\u17c6\u1796|\u1796\u1784\u17cb|\u1784\u17cb\u1795\u17c2|"
     "\u0ea7\u0ebd|\u0ebd\u0e87|\u1019\u103c\u102d\u102f\u1037|"},
    {"\u041f\u043e\u0440\u0442 \u041a\u0438\u0454\u0432\u0430, \u041f'\u044f\u0442\u044c \u0456 \u0451: \u043e\u0431'\u0454\u043a\u0442",
     "\u043f\u043e\u0440\u0442|\u043a\u0438\u0454\u0432\u0430|\u043f'\u044f\u0442\u044c|\u0456|\u0451|\u043e\u0431'\u0454\u043a\u0442|"},
    {"\u0418\u0306\u043e\u0434 \u0419\u043e\u0434", "\u0439\u043e\u0434|\u0439\u043e\u0434|"}, /* composed or not */
    {"\u039f\u0394\u039f\u03a3 \u03bf\u03b4\u03cc\u03c2 \u0391\u03b8\u03ae\u03bd\u03b1",
     "\u03bf\u03b4\u03bf\u03c3|\u03bf\u03b4\u03cc\u03c3|\u03b1\u03b8\u03ae\u03bd\u03b1|"}, /* final sigma is sigma */
    {"\u0627\u0644\u0645\u0640\u0640\u0640\u064a\u0646\u0627\u0621 \u0645\u064f\u063a\u0652\u0644\u064e\u0642 \u0645\u063a\u0644\u0642",
     "\u0627\u0644\u0645\u064a\u0646\u0627\u0621|\u0645\u063a\u0644\u0642|\u0645\u063a\u0644\u0642|"}, /* tatweel and vowel signs */
    {"\u0627\u0653\u0628 \u0622\u0628 \u0645\u0624\u062a\u0645\u0631 \u0645\u0648\u0654\u062a\u0645\u0631",
     "\u0622\u0628|\u0622\u0628|\u0645\u0624\u062a\u0645\u0631|\u0645\u0624\u062a\u0645\u0631|"}, /* hamza and madda stay */
    {"\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u062e\u0648\u0627\u0647\u0645|"},
    /* vowel signs and viramas stay in the word */
    {"\u092c\u0902\u0926\u0930\u0917\u093e\u0939 \u0915\u0940 \u092a\u094d\u0930\u0924\u0940\u0915\u094d\u0937\u093e\u0964 "
     "\u0939\u093f\u0928\u094d\u0926\u0940",
     "\u092c\u0902\u0926\u0930\u0917\u093e\u0939|\u0915\u0940|\u092a\u094d\u0930\u0924\u0940\u0915\u094d\u0937\u093e|"
     "\u0939\u093f\u0928\u094d\u0926\u0940|"},
    {"\ud55c\uad6d\uc758 \u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1174", "\ud55c\uad6d\uc758|\ud55c\uad6d\uc758|"}, /* jamo compose */
    {"\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd", "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd|"},
    {"\u1112\u1161\u11ab\uad6d", "\ud55c\uad6d|"},
    {"\x01\uff9e \u2014\uff9e war\uff9e", "war\u3099|"},
    {"\uff76\uff9e\uff72\uff7a\uff78", "\u30ac\u30a4\u30b3\u30af|"},
    {"\u05e6\u05d4\"\u05dc \u05e6\u05d4\u05f4\u05dc", "\u05e6\u05d4\u05f4\u05dc|\u05e6\u05d4\u05f4\u05dc|"},
    {"\u0627\u0644\u062d\u0631\u0628 \u0661\u0662\u066b\u0663", "\u0627\u0644\u062d\u0631\u0628|\u0661\u0662\u066b\u0663|"},
    {"\u0939\u093f\u0928\u094d\u0926\u0940", "\u0939\u093f\u0928\u094d\u0926\u0940|"},
    {"col\u00b7lecci\u00f3 one\u203ftwo", "col\u00b7lecci\u00f3|one|two|"},
    /* n: folding that brings up separators */
    {"\ufdfa", "\u0635\u0644\u0649|\u0627\u0644\u0644\u0647|\u0639\u0644\u064a\u0647|\u0648\u0633\u0644\u0645|"},
    {"\u30ab\u309c\u30bf", "\u30ab|\u30bf|"}, /* a sound mark that folds to a blank and a mark */
    {"\ufb01\u2019s \U0001d7cf.\U0001d7d0 D\u2019\ufb01re_\ufb01", "fi|1.2|d'fire_fi|"},
    {"\u0149ew \u2474 \u247d", "new|10|"},
};

START_TEST(every_rule_holds)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        tokens_are(&nfi_tok_news, rules[i][0], rules[i][1]);
}
END_TEST

/* A run far longer than a block of the long way, with a separator now and then: the pairs are those that a loop over the letters makes. */
START_TEST(pairs_cross_blocks)
{
    enum { LETTERS = 60000 };
    nfi_buf text = {0}, want = {0}, got = {0};
    nfi_rng r = nft_rng(11);
    char before[4] = "", now[4] = "";
    bool open = false, alone = false;

    for (int i = 0; i < LETTERS; i++) {
        uint64_t x = nfi_rng_below(&r, 5000);
        if (x == 0) {
            nfi_buf_puts(&text, "\u3001");
            if (open && alone) {
                nfi_buf_put(&want, before, 3);
                nfi_buf_putc(&want, '|');
            }
            open = false;
            continue;
        }
        ck_assert_uint_eq(nfi_utf8_encode(now, 0x4e00 + (uint32_t)x), 3);
        nfi_buf_put(&text, now, 3);
        if (open) {
            nfi_buf_put(&want, before, 3);
            nfi_buf_put(&want, now, 3);
            nfi_buf_putc(&want, '|');
        }
        alone = !open;
        open = true;
        memcpy(before, now, 3);
    }
    ck_assert_uint_eq(tokens_of(&got, &nfi_tok_news, text.p, text.n), 0);
    ck_assert(!(open && alone));
    ck_assert_uint_eq(got.n, want.n);
    ck_assert_int_eq(memcmp(got.p, want.p, want.n), 0);
    nfi_buf_clear(&text);
    nfi_buf_clear(&want);
    nfi_buf_clear(&got);
}
END_TEST

/* What analysts expect (stop words and acronyms; apostrophes and no-break spaces). */
START_TEST(us_and_us_are_two_features)
{
    tokens_are(&nfi_tok_news, "US pressure ... told us", "US|pressure|told|us|");
}
END_TEST

START_TEST(possessives_are_one_feature_however_typed)
{
    tokens_are(&nfi_tok_news, "Pyongyang\u2019s", "pyongyang|");
    tokens_are(&nfi_tok_news, "Pyongyang's", "pyongyang|");
    tokens_are(&nfi_tok_news, "Pyongyang's\u00a0", "pyongyang|");
    tokens_are(&nfi_tok_news, "\u00a0Pyongyang\u2019s\u00a0army", "pyongyang|army|");
}
END_TEST

START_TEST(contractions_match_however_typed)
{
    tokens_are(&nfi_tok_news, "I\u2019m I'm i\u02bcm", "i'm|i'm|i'm|");
}
END_TEST

START_TEST(acronyms_have_capital_forms)
{
    ck_assert_str_eq(nfi_acronym("us", 2), "US");
    ck_assert_str_eq(nfi_acronym("who", 3), "WHO");
    ck_assert_ptr_null(nfi_acronym("whom", 4));
    ck_assert_ptr_null(nfi_acronym("u", 1));
    ck_assert_ptr_null(nfi_acronym("uk", 2));
}
END_TEST

START_TEST(tokenisers_are_found_by_name)
{
    ck_assert_ptr_eq(nfi_tokenizers[0], &nfi_tok_news);
    ck_assert_ptr_eq(nfi_tokenizer_find("news"), &nfi_tok_news);
    ck_assert_ptr_eq(nfi_tokenizer_find("sklearn"), &nfi_tok_sklearn);
    ck_assert_ptr_null(nfi_tokenizer_find("New"));
    ck_assert_ptr_null(nfi_tokenizer_find(""));
}
END_TEST

START_TEST(tokens_above_256_bytes_are_dropped_and_counted)
{
    char text[1200];
    nfi_buf out = {0};

    memset(text, 'a', sizeof text);
    ck_assert_uint_eq(tokens_of(&out, &nfi_tok_news, text, 256), 0);
    ck_assert_uint_eq(out.n, 257);
    ck_assert_uint_eq(tokens_of(&out, &nfi_tok_news, text, 257), 1);
    for (size_t i = 0; i < sizeof text; i += 2)
        memcpy(text + i, "\xd0\xb8", 2);
    ck_assert_uint_eq(tokens_of(&out, &nfi_tok_news, text, 256), 0);
    ck_assert_uint_eq(tokens_of(&out, &nfi_tok_news, text, 258), 1);
    nfi_buf_clear(&out);
}
END_TEST

/* A limit of the look-around for host names: 64 bytes either way. */
START_TEST(host_names_are_seen_within_64_bytes)
{
    char text[128];

    for (int n = 55; n < 75; n++) {
        snprintf(text, sizeof text, "xx.%.*s.com", n, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        nfi_buf out = {0};
        tokens_of(&out, &nfi_tok_news, text, strlen(text));
        size_t count = 0;
        for (size_t i = 0; i < out.n; i++)
            count += out.p[i] == '|';
        ck_assert_msg(count == (n + 4 <= 64 ? 1 : 2), "%d: %zu tokens", n, count);
        nfi_buf_clear(&out);
    }
    /* www. is not where the name begins */
    snprintf(text, sizeof text, "qwww.%.*s.zz", 59, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    tokens_are(&nfi_tok_news, text, "qwww|aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa|zz|");
}
END_TEST

static const char *const ascii_pieces[] = {
    "a",  "b", "S", "U", "us", "US", "WHO", "It", "word", "1",    "23",     ".",    ".",   ".",  ",", "'",    "'s",
    "'S", "_", ":", ";", "-",  " ",  " ",   "\n", "www.", ".com", ".co.uk", ".Com", "COM", "\"", "@", "\x01", "abcdefghijklmnopqrstuvwxyz"};
static const char *const other_pieces[] = {"\u00e9",   "E\u0301", "\u0301", "\u0438", "\u0418", "\u2019",     "\u2018", "\u02bc", "\u201d",
                                           "\u2014",   "\u00ad",  "\u200b", "\u200d", "\ufeff", "\u00a0",     "\u3000", "\u4e2d", "\u30ab",
                                           "\u3042",   "\ud55c",  "\u05d0", "\"",     "\uff21", "\uff0e",     "\uff33", "\ufb01", "\u2082",
                                           "\u0661",   "\u066b",  "\u00b7", "\u0149", "\ufdfa", "\U0001f600", "\ufffd", "\ue000", "\xff",
                                           "\xe2\x82", "\u20dd",  "\u0130", "\u03a3", "\u03c2", "\u1e9e"};

static size_t random_text(nfi_rng *r, char *text, size_t pieces, bool mixed)
{
    size_t n = 0;

    for (size_t i = 0; i < pieces; i++) {
        const char *p = mixed && nfi_rng_below(r, 3) == 0 ? other_pieces[nfi_rng_below(r, sizeof other_pieces / sizeof *other_pieces)]
                                                          : ascii_pieces[nfi_rng_below(r, sizeof ascii_pieces / sizeof *ascii_pieces)];
        memcpy(text + n, p, strlen(p));
        n += strlen(p);
    }
    return n;
}

START_TEST(the_unicode_path_gives_the_tokens_of_the_ascii_path)
{
    nfi_rng r = nft_rng(1);

    for (int k = nft_cases(20000); k > 0; k--) {
        char text[4096];
        size_t n = random_text(&r, text, 1 + nfi_rng_below(&r, k % 50 ? 12 : 150), false);
        nfi_buf a = {0}, b = {0};
        uint64_t lost = tokens_of(&a, &nfi_tok_news, text, n);
        tokens_of_chunks(&b, &nfi_tok_news, text, n);
        if (lost == 0) /* the mask path measures a possessive with its 's, and so does chunk() */
            tokens_equal(&a, &b, text, n);
        nfi_buf_clear(&a);
        nfi_buf_clear(&b);
    }
}
END_TEST

START_TEST(the_short_way_gives_the_tokens_of_the_long_way)
{
    nfi_rng r = nft_rng(2);

    for (int k = nft_cases(20000); k > 0; k--) {
        char text[2048];
        nfi_buf a = {0}, b = {0};
        size_t n = random_text(&r, text, 1 + nfi_rng_below(&r, 8), true), m = 0;
        for (size_t i = 0; i < n; i++) /* no blanks: one chunk */
            if (!tokens_blank(text[i]))
                text[m++] = text[i];
        memcpy(text + m, "\u2014\u00e9", 5);
        tokens_of_chunks(&a, &nfi_tok_news, text, m + 5);
        nfi_buf_puts(&a, "\u4e2d|");
        memcpy(text + m + 5, "\u2014\u4e2d", 6); /* an ideograph makes the whole chunk go the long way */
        tokens_of_chunks(&b, &nfi_tok_news, text, m + 11);
        tokens_equal(&a, &b, text, m);
        nfi_buf_clear(&a);
        nfi_buf_clear(&b);
    }
}
END_TEST

START_TEST(tokens_are_well_formed_folded_words)
{
    nfi_rng r = nft_rng(3);

    for (int k = nft_cases(20000); k > 0; k--) {
        char text[2048];
        nfi_buf a = {0};
        size_t n = random_text(&r, text, 1 + nfi_rng_below(&r, 20), true);
        tokens_of(&a, &nfi_tok_news, text, n);
        if (nfi_utf8_valid_prefix(a.p ? a.p : "", a.n) != a.n)
            ck_abort_msg("ill-formed token");
        for (size_t i = 0; i < a.n; i++)
            if ((unsigned char)a.p[i] <= ' ' || (a.p[i] == '|' && (i == 0 || a.p[i - 1] == '.' || a.p[i - 1] == '\'' || a.p[i - 1] == '_')))
                ck_abort_msg("%.*s", (int)a.n, a.p);
        nfi_buf_clear(&a);
    }
}
END_TEST

/* Long texts without a blank go through blocks: the tokens must be those of the same words one by one. */
START_TEST(blocks_do_not_show)
{
    nfi_rng r = nft_rng(4);

    for (int k = 0; k < 20; k++) {
        nfi_buf text = {0}, want = {0}, got = {0};
        while (text.n < 200000) {
            char word[512];
            size_t n = random_text(&r, word, 1 + nfi_rng_below(&r, 5), true), m = 0;
            for (size_t i = 0; i < n; i++)
                if (!tokens_blank(word[i]))
                    word[m++] = word[i];
            if (m > 0 && (unsigned char)word[m - 1] >= 0xe2) /* a cut sequence would eat the separator */
                continue;
            nfi_buf_put(&text, word, m);
            nfi_buf_puts(&text, "\u4e2d\u3002");
            memcpy(word + m, "\u4e2d", 3);
            tokens_of_chunks(&want, &nfi_tok_news, word, m + 3);
        }
        tokens_of_chunks(&got, &nfi_tok_news, text.p, text.n);
        size_t same = 0;
        while (same < want.n && same < got.n &&
               (want.p[same] | 0x20) == (got.p[same] | 0x20)) /* acronyms look at the line, which differs */
            same++;
        size_t from = same < 40 ? 0 : same - 40;
        ck_assert_msg(want.n == got.n && same == want.n, "at %zu of %zu/%zu: %.60s instead of %.60s", same, got.n, want.n, got.p + from,
                      want.p + from);
        nfi_buf_clear(&text);
        nfi_buf_clear(&want);
        nfi_buf_clear(&got);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("tok_news");
    TCase *t = tcase_create("tok_news");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, every_rule_holds);
    tcase_add_test(t, pairs_cross_blocks);
    tcase_add_test(t, us_and_us_are_two_features);
    tcase_add_test(t, possessives_are_one_feature_however_typed);
    tcase_add_test(t, contractions_match_however_typed);
    tcase_add_test(t, acronyms_have_capital_forms);
    tcase_add_test(t, tokenisers_are_found_by_name);
    tcase_add_test(t, tokens_above_256_bytes_are_dropped_and_counted);
    tcase_add_test(t, host_names_are_seen_within_64_bytes);
    tcase_add_test(t, the_unicode_path_gives_the_tokens_of_the_ascii_path);
    tcase_add_test(t, the_short_way_gives_the_tokens_of_the_long_way);
    tcase_add_test(t, tokens_are_well_formed_folded_words);
    tcase_add_test(t, blocks_do_not_show);
    suite_add_tcase(s, t);
    return nft_run(s);
}
