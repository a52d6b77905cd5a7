/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages: visible text, one block a line, marks, what the page says of itself, encodings, limits. */
#include "unit/docs_dump.h"

#include "datasets/html.h"

#include <string.h>

static nfi_arena arena;

/* The text with the marks of each line before it: element letter and linked bytes, "p0:A line". */
static char *lines_of(const char *html, nfi_page *page)
{
    static const char letter[] = "ophltc";
    nfi_buf b = {0};
    size_t at = 0;

    nft_ok(nfi_html_read(page, (nf_str){html, strlen(html)}, &arena, &nft_err));
    for (size_t i = 0; i < page->nmarks; i++) {
        nfi_buf_putc(&b, letter[page->mark[i].element]);
        nfi_buf_put_u64(&b, page->mark[i].linked);
        nfi_buf_putc(&b, ':');
        nfi_buf_put(&b, page->text.p + at, page->mark[i].end - at);
        nfi_buf_putc(&b, '\n');
        at = page->mark[i].end + 1;
    }
    ck_assert_uint_eq(page->nmarks ? at : 1, page->text.n + 1);
    nfi_buf_putc(&b, '\0');
    return b.p;
}

static void shows(const char *html, const char *want)
{
    nfi_page p;
    char *got = lines_of(html, &p);
    ck_assert_str_eq(got, want);
    nfi_free(got);
}

static void is(nf_str got, const char *want)
{
    ck_assert_msg(got.n == strlen(want) && (got.n == 0 || memcmp(got.p, want, got.n) == 0), "%.*s, wanted %s", (int)got.n, got.p, want);
}

START_TEST(blocks_are_lines_and_blanks_collapse)
{
    shows("<p>One  two\n three</p><p>four<br>five</p>", "p0:One two three\np0:four\np0:five\n");
    shows("<div>a<div>b</div>c</div>d", "o0:a\no0:b\no0:c\np0:d\n"); /* loose text is a paragraph */
    shows("<p>a<span>b</span><b>c</b> <i> d</i></p>", "p0:abc d\n");
    shows("<p>&nbsp; </p><p>x&nbsp;y</p>", "p0:x y\n");
    shows("<pre>one\n  two</pre>", "p0:one\np0:two\n");
    shows("a<hr>b<wbr>c", "p0:a\np0:bc\n");
    shows("", "");
    shows("   ", "");
}
END_TEST

START_TEST(marks_say_links_and_elements)
{
    shows("<ul><li><a href=/>Home</a><li>x <a href=/b>News</a></ul>", "l4:Home\nl5:x News\n");
    shows("<h2>Head</h2><p>Text <a name=x>no link</a></p>", "h0:Head\np0:Text no link\n");
    shows("<table><caption>C</caption><tr><th>a<td>b<p>c</table>", "c0:C\nt0:a\nt0:b\np0:c\n");
    shows("<figure><figcaption><p>A tank</p></figcaption></figure>", "c0:A tank\n");
    shows("<li><p>long</p>short", "p0:long\nl0:short\n");
    shows("<nav><a href=1>a b</a> <a href=2>c</a></nav>", "o5:a b c\n");
}
END_TEST

START_TEST(what_is_not_shown_is_dropped)
{
    shows("<script>var x='<p>';</script><style>p{}</style><noscript>n</noscript><template><p>t</p></template>x", "p0:x\n");
    shows("<div hidden>a</div><div style='color:red; display : none'>b</div><p style=\"VISIBILITY:HIDDEN\">c</p>d", "p0:d\n");
    shows("<svg><text>s</text></svg><select><option>o</select><textarea>t</textarea><iframe>i</iframe>x", "p0:x\n");
    shows("<!-- c -->x<!-- unclosed", "p0:x\n");
    shows("x<script>never closed <p>y", "p0:x\n");
    shows("<title>T</title><p>x", "p0:x\n");
}
END_TEST

START_TEST(references_are_characters)
{
    shows("<p>&lt;b&gt; &amp; &eacute;&#233;&#xe9; &rsquo; &unknown;", "p0:<b> & \u00e9\u00e9\u00e9 \u2019 &unknown;\n");
    shows("<p>a&#150;b &#128;", "p0:a\u2013b \u20ac\n"); /* as browsers read them */
    shows("<!DOCTYPE html [<!ENTITY a \"haha\"><!ENTITY b \"&a;&a;\">]><p>&b;", "o0:<\np0:!ENTITY b \"&a;&a;\">]>\np0:&b;\n");
}
END_TEST

START_TEST(a_page_speaks_of_itself)
{
    nfi_page p;
    nfi_free(lines_of("<html lang=de-AT><head><title>T - Site</title><meta property=og:title content=' Troops &amp;\n more '>"
                      "<meta property=article:published_time content=2024-05-01><meta property=og:site_name content=Example>"
                      "<link rel=canonical href='https://www.example.org/a?b=1&amp;c'></head><body><h1>H</h1>", &p));
    is(p.title, "Troops & more");
    is(p.date, "2024-05-01");
    is(p.url, "https://www.example.org/a?b=1&c");
    is(p.lang, "de-AT");
    is(p.source, "Example");
    nfi_free(lines_of("<meta name=date content=2020><title>T</title><meta property=og:url "
                      "content=http://www.a.example:80/x><h1></h1><h1>The <b>head</b></h1><h1>no</h1>"
                      "<time datetime=2021>May</time><script type=application/ld+json>{\"a\":\"datePublished\", \"datePublished\" : "
                      "\"2024-01-02T03:04Z\"}</script>",
                      &p));
    is(p.title, "The head");
    is(p.date, "2024-01-02T03:04Z");
    is(p.source, "a.example");
    nfi_free(lines_of("<title> Only\n title </title><time datetime=2021>May</time><meta http-equiv=Content-Language content=fr>x", &p));
    is(p.title, "Only title");
    is(p.date, "2021");
    is(p.lang, "fr");
    is(p.url, "");
    nfi_free(lines_of("x", &p));
    is(p.title, "");
}
END_TEST

START_TEST(the_encoding_is_that_of_the_mark_then_of_the_bytes_then_of_the_page)
{
    static const nf_docs_opts latin2 = {.charset = "iso-8859-2"};
    const char *head = "columns: title, date, source, language, url\n0:1 id=a.html label= title= text=";
    const struct {
        const char *html, *want;
        size_t n;
        const nf_docs_opts *o;
    } cases[] = {
        {"<html><p>caf\xc3\xa9", "caf\u00e9 [] [] [] [] []\n", 0, NULL},
        {"<html><meta charset=windows-1251><p>\xcc\xe8\xf0", "\u041c\u0438\u0440 [] [] [] [] []\n", 0, NULL},
        {"<html><meta http-equiv=Content-Type content='text/html; charset=iso-8859-1'><p>\x93x\x94", "\u201cx\u201d [] [] [] [] []\n", 0,
         NULL},
        {"<html><meta charset=iso-8859-1><p>caf\xc3\xa9", "caf\u00e9 [] [] [] [] []\n", 0, NULL}, /* wrong about itself */
        {"<html><p>\xb9", "\u0161 [] [] [] [] []\n", 0, &latin2},
        {"<html><meta charset=no-such-thing><p>\xb9", "\u0161 [] [] [] [] []\n", 0, &latin2},
        {"<html><p>\xb9", "\ufffd [] [] [] [] [] flags=1\n", 0, NULL},
        {"\xff\xfe<\0p\0>\0\xe9\0", "\u00e9 [] [] [] [] []\n", 10, NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[NFT_PATH], dir[NFT_PATH];
        const char *paths[] = {path};
        nft_dir(dir);
        nft_file(path, dir, "a.html", cases[i].html, cases[i].n ? cases[i].n : strlen(cases[i].html));
        char *got = dump_paths(paths, 1, cases[i].o, NULL);
        ck_assert_msg(strncmp(got, head, strlen(head)) == 0 && strcmp(got + strlen(head), cases[i].want) == 0, "case %zu: %s", i, got);
        nfi_free(got);
    }
}
END_TEST

START_TEST(columns_hold_html_when_they_look_like_it_or_when_told)
{
    expect_str("a.jsonl",
               "{\"id\":1,\"text\":\"<p>a</p><p>b</p>\"}\n{\"id\":2,\"text\":\"a <b> c </p>\"}\n{\"id\":3,\"text\":\"<p> 3 < 4\"}\n", NULL,
               "columns: id\n1:1 id=1 label= title= text=a\nb [1]\n2:2 id=2 label= title= text=a <b> c </p> [2]\n3:3 id=3 label= title= "
               "text=<p> 3 < 4 [3]\n");
    expect_str("a.jsonl", "{\"id\":1,\"text\":\"<p>a</p>\"}\n", &(nf_docs_opts){.markup = NF_MARKUP_NONE},
               "columns: id\n1:1 id=1 label= title= text=<p>a</p> [1]\n");
    expect_str("a.csv", "id,t,text\n1,Head,a &amp; <b>c</b>\n", &(nf_docs_opts){.markup = NF_MARKUP_HTML, .text = "t,text"},
               "columns: id\n2:1 id=1 label= title= text=Head\na & c [1]\n");
}
END_TEST

START_TEST(a_title_that_a_heading_says_counts_once)
{
    expect_str("a.jsonl", "{\"id\":1,\"text\":\"<title>T - Site</title><h1>The <b>head</b></h1><p>x</p>\"}\n", NULL,
               "columns: id\n1:1 id=1 label= title= text=The head\nx [1]\n");
    expect_str("a.jsonl", "{\"id\":1,\"text\":\"<title>T - Site</title><p>T - Site</p><h2>x</h2>\"}\n", NULL, /* no heading */
               "columns: id\n1:1 id=1 label= title=T - Site text=T - Site\nx [1]\n");
    expect_str("a.html", "<title>T</title><h1>Head</h1><p>x</p>", NULL,
               "columns: title, date, source, language, url\n0:1 id=a.html label= title= text=Head\nx [Head] [] [] [] []\n");
}
END_TEST

START_TEST(marks_of_joined_columns_cover_the_text)
{
    static const char table[] = "{\"t\":\"one\\ntwo\",\"text\":\"<ul><li><a href=x>a</a></li></ul><p>b</p>\",\"u\":\"end\"}\n";
    nfi_memory mem = {table, sizeof table - 1};
    nf_docs *in = NULL;
    nf_batch b = {0};

    nft_ok(nfi_docs_open_memory(&in, "a.jsonl", &mem, &(nf_docs_opts){.text = "t,text,u"}, &nft_err));
    nft_ok(nf_docs_next(in, &b, &nft_err));
    ck_assert_uint_eq(b.n, 1);
    is(b.docs[0].text, "one\ntwo\na\nb\nend");
    static const nf_line_mark want[] = {{3, 0, 0}, {7, 0, 0}, {9, 1, NF_ELEMENT_LIST}, {11, 0, NF_ELEMENT_PARAGRAPH}, {15, 0, 0}};
    ck_assert_uint_eq(b.docs[0].nmarks, 5);
    for (size_t i = 0; i < 5; i++) {
        ck_assert_uint_eq(b.docs[0].mark[i].end, want[i].end);
        ck_assert_uint_eq(b.docs[0].mark[i].linked, want[i].linked);
        ck_assert_uint_eq(b.docs[0].mark[i].element, want[i].element);
    }
    nf_batch_clear(&b);
    nf_docs_close(in);
}
END_TEST

/* head, then unit times, as a page; its status. */
static nf_status repeated(const char *head, const char *unit, size_t times)
{
    nfi_buf b = {0};
    nfi_page p;

    nfi_buf_puts(&b, head);
    for (size_t i = 0; i < times; i++)
        nfi_buf_puts(&b, unit);
    ck_assert(nfi_buf_ok(&b));
    nf_err err = {0};
    nf_status s = nfi_html_read(&p, (nf_str){b.p, b.n}, &arena, &err);
    nfi_buf_clear(&b);
    return s;
}

START_TEST(pages_made_to_hurt_are_read_or_refused_in_linear_time)
{
    ck_assert_int_eq(repeated("", "<div>", 500), NF_OK);
    ck_assert_int_eq(repeated("", "<div>", 100000), NF_ELIMIT);
    ck_assert_int_eq(repeated("<p>", "<wbr>", 100000), NF_ELIMIT);
    ck_assert_int_eq(repeated("<a ", "b=1 ", 100000), NF_ELIMIT);
    ck_assert_int_eq(repeated("<a b=\"", "x y ", 50000), NF_OK);
    ck_assert_int_eq(repeated("<script>", "a<b c d e ", 100000), NF_OK);
    ck_assert_int_eq(repeated("<b><b><b>", "</i>", 300000), NF_ELIMIT);
    ck_assert_int_eq(repeated("", "<", 100000), NF_OK);
    ck_assert_int_eq(repeated("", "<!--", 100000), NF_OK);
    ck_assert_int_eq(repeated("<p>", "word ", 200000), NF_OK);
}
END_TEST

START_TEST(a_page_is_told_by_its_beginning)
{
    static const char *const yes[] = {"<!DOCTYPE html>", " \n<!-- x --><html lang=en>", "<?xml version='1.0'?><!doctype HTML PUBLIC ''>",
                                      "<HTML>"};
    static const char *const no[] = {"", "<", "<htmlx>", "<!doctype htm>", "text <html>", "<!-- <html>", "<rss>", "<p>"};

    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        ck_assert_msg(nfi_html_begins(yes[i], strlen(yes[i])), "%s", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        ck_assert_msg(!nfi_html_begins(no[i], strlen(no[i])), "%s", no[i]);
}
END_TEST

static void clear(void)
{
    nfi_arena_clear(&arena);
}

int main(void)
{
    if (!nfi_has_html) {
        printf("1..0 # SKIP made without libxml2\n");
        return 0;
    }
    Suite *s = suite_create("html");
    TCase *t = tcase_create("html");
    tcase_set_timeout(t, 50);
    tcase_add_checked_fixture(t, NULL, clear);
    tcase_add_test(t, blocks_are_lines_and_blanks_collapse);
    tcase_add_test(t, marks_say_links_and_elements);
    tcase_add_test(t, what_is_not_shown_is_dropped);
    tcase_add_test(t, references_are_characters);
    tcase_add_test(t, a_page_speaks_of_itself);
    tcase_add_test(t, the_encoding_is_that_of_the_mark_then_of_the_bytes_then_of_the_page);
    tcase_add_test(t, columns_hold_html_when_they_look_like_it_or_when_told);
    tcase_add_test(t, marks_of_joined_columns_cover_the_text);
    tcase_add_test(t, a_title_that_a_heading_says_counts_once);
    tcase_add_test(t, pages_made_to_hurt_are_read_or_refused_in_linear_time);
    tcase_add_test(t, a_page_is_told_by_its_beginning);
    suite_add_tcase(s, t);
    return nft_run(s);
}
