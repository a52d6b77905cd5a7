/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html.c - visible text by the HTML parser of libxml2, as a stream of events: no tree, no network, no entities but the built-in ones.
 *
 * libxml2 looks through the attributes of a tag for each one, and through the open elements for an end tag that fits none: pages made for
 * that would take it hours. So the attributes of a tag are counted before, and open elements and the steps spent on broken tags while it
 * runs; beyond the limits the page is refused. The text itself takes linear time.
 */
#include "datasets/html.h"

#include "base/buf.h"
#include "base/lazy.h"
#include "base/limits.h"
#include "base/try.h"
#include "base/utf8.h"
#include "datasets/html_meta.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <limits.h>
#include <string.h>

#define STEPS ((uint64_t)1 << 28) /* spent on tags that fit nothing */

#define CALLS(X)                                                                                                                           \
    X(htmlCreateMemoryParserCtxt) X(htmlCtxtUseOptions) X(htmlFreeParserCtxt) X(htmlParseDocument)                                         \
    X(xmlInitParser) X(xmlStopParser) X(xmlStrcasecmp) X(xmlStrncasecmp) X(xmlSwitchEncoding)
static struct calls {
    CALLS(NFI_LAZY_POINTER)
} xml;
static const nfi_lazy_row functions[] = {CALLS(NFI_LAZY_ROW)};

static void once(void)
{
    xml.xmlInitParser(); /* not safe from two threads at once */
}

static nfi_lazy library = {NF_SONAME_XML2, "libxml2", functions, sizeof functions / sizeof *functions, &xml, once, NFI_LAZY_CLOSED};

enum { BLOCK = 1, DROP = 2, LINK = 4, BREAK = 8, PRE = 16, VOID = 32, TITLE = 64, H1 = 128, JSON = 256, TIME = 512 };

typedef struct element {
    const char *name;
    unsigned flags;
    int kind; /* -1: that of the element around */
} element;

/* Elements that mean something here, by name. All others are inline and see through. */
static const element elements[] = {
    {"a", LINK, -1},
    {"address", BLOCK, -1},
    {"applet", DROP, -1},
    {"article", BLOCK, NF_ELEMENT_OTHER},
    {"aside", BLOCK, NF_ELEMENT_OTHER},
    {"audio", DROP, -1},
    {"blockquote", BLOCK, NF_ELEMENT_PARAGRAPH},
    {"body", BLOCK, NF_ELEMENT_OTHER},
    {"br", BREAK | VOID, -1},
    {"canvas", DROP, -1},
    {"caption", BLOCK, NF_ELEMENT_CAPTION},
    {"center", BLOCK, -1},
    {"col", VOID, -1},
    {"datalist", DROP, -1},
    {"dd", BLOCK, NF_ELEMENT_LIST},
    {"details", BLOCK, -1},
    {"dir", BLOCK, NF_ELEMENT_LIST},
    {"div", BLOCK, -1},
    {"dl", BLOCK, NF_ELEMENT_LIST},
    {"dt", BLOCK, NF_ELEMENT_LIST},
    {"embed", VOID, -1},
    {"fieldset", BLOCK, -1},
    {"figcaption", BLOCK, NF_ELEMENT_CAPTION},
    {"figure", BLOCK, -1},
    {"footer", BLOCK, NF_ELEMENT_OTHER},
    {"form", BLOCK, NF_ELEMENT_OTHER},
    {"frameset", DROP, -1},
    {"h1", BLOCK | H1, NF_ELEMENT_HEADING},
    {"h2", BLOCK, NF_ELEMENT_HEADING},
    {"h3", BLOCK, NF_ELEMENT_HEADING},
    {"h4", BLOCK, NF_ELEMENT_HEADING},
    {"h5", BLOCK, NF_ELEMENT_HEADING},
    {"h6", BLOCK, NF_ELEMENT_HEADING},
    {"head", BLOCK, -1},
    {"header", BLOCK, NF_ELEMENT_OTHER},
    {"hr", BREAK | VOID, -1},
    {"html", BLOCK, NF_ELEMENT_OTHER},
    {"iframe", DROP, -1},
    {"legend", BLOCK, -1},
    {"li", BLOCK, NF_ELEMENT_LIST},
    {"listing", BLOCK | PRE, -1},
    {"main", BLOCK, NF_ELEMENT_OTHER},
    {"menu", BLOCK, NF_ELEMENT_LIST},
    {"nav", BLOCK, NF_ELEMENT_OTHER},
    {"noembed", DROP, -1},
    {"noframes", DROP, -1},
    {"noscript", DROP, -1},
    {"object", DROP, -1},
    {"ol", BLOCK, NF_ELEMENT_LIST},
    {"option", BLOCK, -1},
    {"p", BLOCK, NF_ELEMENT_PARAGRAPH},
    {"param", VOID, -1},
    {"pre", BLOCK | PRE, NF_ELEMENT_PARAGRAPH},
    {"script", DROP | JSON, -1},
    {"search", BLOCK, NF_ELEMENT_OTHER},
    {"section", BLOCK, NF_ELEMENT_OTHER},
    {"select", DROP, -1},
    {"source", VOID, -1},
    {"style", DROP, -1},
    {"summary", BLOCK, -1},
    {"svg", DROP, -1},
    {"table", BLOCK, NF_ELEMENT_TABLE},
    {"tbody", BLOCK, NF_ELEMENT_TABLE},
    {"td", BLOCK, NF_ELEMENT_TABLE},
    {"template", DROP, -1},
    {"textarea", DROP, -1},
    {"tfoot", BLOCK, NF_ELEMENT_TABLE},
    {"th", BLOCK, NF_ELEMENT_TABLE},
    {"thead", BLOCK, NF_ELEMENT_TABLE},
    {"time", TIME, -1},
    {"title", DROP | TITLE, -1},
    {"tr", BLOCK, NF_ELEMENT_TABLE},
    {"track", VOID, -1},
    {"ul", BLOCK, NF_ELEMENT_LIST},
    {"video", DROP, -1},
    {"wbr", VOID, -1},
    {"xmp", BLOCK | PRE, -1},
};

static const element *find(const char *name)
{
    static const element plain = {"", 0, -1};
    size_t lo = 0, hi = sizeof elements / sizeof *elements;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = strcmp(elements[mid].name, name);
        if (c == 0)
            return &elements[mid];
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return &plain;
}

typedef struct open_element {
    uint16_t flags;
    uint8_t kind;
} open_element;

typedef struct reading {
    htmlParserCtxtPtr parser;
    nfi_buf text, title, json;
    nf_line_mark *mark;
    size_t nmarks, cap_marks;
    size_t line;   /* start of the line being written */
    size_t h1;     /* start of the first h1, SIZE_MAX before it */
    bool h1_done, space;
    uint32_t linked;
    open_element open[NFI_MAX_HTML_DEPTH];
    size_t depth;
    size_t drop, link, pre; /* open elements of each kind */
    nfi_meta meta;
    uint64_t steps;
    size_t elements;
    nf_status status;
    const char *why;
} reading;

static void stop(reading *r, nf_status s, const char *why)
{
    if (r->status == NF_OK) {
        r->status = s;
        r->why = why;
    }
    xml.xmlStopParser(r->parser);
}

/* ---- lines ---- */

static void end_line(reading *r)
{
    r->space = false;
    if (r->text.n == r->line)
        return;
    if (nfi_grow(&r->mark, &r->cap_marks, r->nmarks + 1, sizeof *r->mark, NULL) != NF_OK) {
        stop(r, NF_ENOMEM, "");
        return;
    }
    r->mark[r->nmarks++] = (nf_line_mark){
        .end = (uint32_t)r->text.n, .linked = r->linked, .element = r->depth ? r->open[r->depth - 1].kind : NF_ELEMENT_OTHER};
    nfi_buf_putc(&r->text, '\n');
    r->line = r->text.n;
    r->linked = 0;
}

static void put(reading *r, const char *p, size_t n)
{
    size_t before = r->text.n;

    if (r->space && r->text.n > r->line)
        nfi_buf_putc(&r->text, ' ');
    r->space = false;
    nfi_buf_put(&r->text, p, n);
    if (r->link)
        r->linked += (uint32_t)(r->text.n - before);
}

/* Blanks collapse; C1 controls, which come from numbers of characters, are what Windows-1252 has in their place. */
static void put_text(reading *r, const char *p, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t from = i;
        while (i < n && (unsigned char)p[i] > ' ' && (unsigned char)p[i] != 0xc2 && p[i] != 0x7f)
            i++;
        if (i > from)
            put(r, p + from, i - from);
        if (i == n)
            return;
        unsigned char c = (unsigned char)p[i], next = i + 1 < n ? (unsigned char)p[i + 1] : 0;
        if (c != 0xc2) {
            if (c == '\n' && r->pre)
                end_line(r);
            else
                r->space = true;
            i++;
        } else if (next == 0xa0) {
            r->space = true;
            i += 2;
        } else if (next >= 0x80 && next < 0xa0) {
            nfi_buf one = {0};
            nfi_cp1252_to_utf8(&one, p + i + 1, 1);
            if (nfi_buf_ok(&one))
                put(r, one.p, one.n);
            else
                r->text.failed = true;
            nfi_buf_clear(&one);
            i += 2;
        } else {
            size_t len = n - i < 2 ? n - i : 2;
            put(r, p + i, len);
            i += len;
        }
    }
}

/* ---- elements ---- */

static const char *attribute(const xmlChar **atts, const char *name)
{
    for (; atts && atts[0]; atts += 2)
        if (strcmp((const char *)atts[0], name) == 0)
            return atts[1] ? (const char *)atts[1] : "";
    return NULL;
}

static bool has_word(const char *text, const char *word)
{
    size_t n = strlen(word);

    for (const char *p = text; p && *p; p++)
        if (xml.xmlStrncasecmp((const xmlChar *)p, (const xmlChar *)word, (int)n) == 0)
            return true;
    return false;
}

/* "display: none", however it is spaced. */
static bool is_hidden(const xmlChar **atts, const char *name)
{
    const char *style = attribute(atts, "style");
    char tight[256];
    size_t n = 0;

    if (attribute(atts, "hidden") || (strcmp(name, "dialog") == 0 && !attribute(atts, "open")))
        return true;
    for (; style && *style && n + 1 < sizeof tight; style++)
        if (*style != ' ' && *style != '\t' && *style != '\n')
            tight[n++] = *style;
    tight[n] = '\0';
    return n > 0 && (has_word(tight, "display:none") || has_word(tight, "visibility:hidden"));
}

static void look_at_head(reading *r, const char *name, const xmlChar **atts)
{
    const char *v;

    if (strcmp(name, "html") == 0) {
        v = attribute(atts, "lang");
        if (!v)
            v = attribute(atts, "xml:lang");
        if (v)
            nfi_meta_set(&r->meta, NFI_META_LANG, 1, v, strlen(v));
    } else if (strcmp(name, "meta") == 0) {
        static const char *const keys[] = {"property", "name", "itemprop", "http-equiv"};
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            nfi_meta_element(&r->meta, attribute(atts, keys[i]), attribute(atts, "content"));
    } else if (strcmp(name, "link") == 0 && (v = attribute(atts, "rel")) != NULL &&
               xml.xmlStrcasecmp((const xmlChar *)v, (const xmlChar *)"canonical") == 0) {
        v = attribute(atts, "href");
        if (v)
            nfi_meta_set(&r->meta, NFI_META_URL, 1, v, strlen(v));
    }
}

static void on_start(void *ctx, const xmlChar *xname, const xmlChar **atts)
{
    reading *r = ctx;
    const char *name = (const char *)xname;
    const element *e = find(name);

    if (r->status != NF_OK)
        return;
    if (r->parser->nameNr > 8 * NFI_MAX_HTML_DEPTH) {
        stop(r, NF_ELIMIT, "elements are never closed");
        return;
    }
    if (++r->elements > NFI_MAX_HTML_ELEMENTS) {
        stop(r, NF_ELIMIT, "it has more than 1,048,576 elements");
        return;
    }
    look_at_head(r, name, atts);
    if (e->flags & (BLOCK | BREAK) && !r->drop)
        end_line(r);
    if (e->flags & VOID)
        return;
    if (r->depth == NFI_MAX_HTML_DEPTH) {
        stop(r, NF_ELIMIT, "elements stand within each other too deep");
        return;
    }
    unsigned flags = e->flags & ~(unsigned)(TITLE | JSON | H1);
    if (is_hidden(atts, name))
        flags |= DROP;
    if (e->flags & TITLE && !r->drop && r->title.n == 0)
        flags |= TITLE;
    if (e->flags & JSON && has_word(attribute(atts, "type"), "ld+json")) {
        flags |= JSON;
        r->json.n = 0;
    }
    if (e->flags & H1 && !r->drop && !(flags & DROP) && !r->h1_done) {
        flags |= H1;
        r->h1 = r->text.n;
    }
    if (e->flags & TIME && !r->drop) {
        const char *when = attribute(atts, "datetime"), *prop = attribute(atts, "itemprop");
        if (when)
            nfi_meta_set(&r->meta, NFI_META_DATE, attribute(atts, "pubdate") || has_word(prop, "datePublished") ? 3 : 7, when,
                         strlen(when));
    }
    int around = r->depth ? r->open[r->depth - 1].kind : NF_ELEMENT_OTHER, kind = e->kind < 0 ? around : e->kind;
    if (around == NF_ELEMENT_CAPTION && kind == NF_ELEMENT_PARAGRAPH)
        kind = around; /* paragraphs of a caption are caption */
    r->open[r->depth++] = (open_element){(uint16_t)flags, (uint8_t)kind};
    r->drop += (flags & DROP) != 0;
    r->link += (flags & LINK) != 0 && attribute(atts, "href");
    if ((flags & LINK) && !attribute(atts, "href"))
        r->open[r->depth - 1].flags &= (uint16_t)~LINK;
    r->pre += (flags & PRE) != 0;
}

static void on_end(void *ctx, const xmlChar *name)
{
    reading *r = ctx;

    if (r->status != NF_OK || r->depth == 0 || find((const char *)name)->flags & VOID)
        return;
    unsigned flags = r->open[r->depth - 1].flags;
    if (flags & BLOCK && !r->drop)
        end_line(r);
    r->depth--;
    r->drop -= (flags & DROP) != 0;
    r->link -= (flags & LINK) != 0;
    r->pre -= (flags & PRE) != 0;
    if (flags & JSON)
        nfi_meta_json(&r->meta, r->json.p, r->json.n);
    if (flags & H1 && r->text.n > r->h1) {
        nfi_meta_set(&r->meta, NFI_META_TITLE, 2, r->text.p + r->h1, r->text.n - r->h1);
        r->h1_done = true;
    }
}

static void on_text(void *ctx, const xmlChar *p, int n)
{
    reading *r = ctx;
    unsigned flags = r->depth ? r->open[r->depth - 1].flags : 0;

    if (r->status != NF_OK || n <= 0)
        return;
    if (flags & TITLE)
        nfi_buf_put(&r->title, p, (size_t)n);
    else if (flags & JSON)
        nfi_buf_put(&r->json, p, (size_t)n);
    else if (!r->drop)
        put_text(r, (const char *)p, (size_t)n);
}

/* Each fault of the markup may have cost a look at every open element. */
static void on_error(void *ctx, xmlErrorPtr e)
{
    reading *r = ctx;

    if (e && e->code == XML_ERR_NO_MEMORY)
        stop(r, NF_ENOMEM, "");
    r->steps += 1024 + (uint64_t)r->parser->nameNr; /* and a message was made */
    if (r->steps > STEPS)
        stop(r, NF_ELIMIT, "too many tags fit nothing");
}

/* ---- before the parser ---- */

/* The place behind the next what, n when there is none. */
static size_t past(const char *p, size_t n, size_t at, const char *what)
{
    size_t len = strlen(what);

    for (const char *c; at < n && (c = memchr(p + at, what[0], n - at)) != NULL; at = (size_t)(c - p) + 1)
        if (n - (size_t)(c - p) >= len && memcmp(c, what, len) == 0)
            return (size_t)(c - p) + len;
    return n;
}

/* The end of the script or style element that begins at at, in any letter case. */
static size_t past_raw(const char *p, size_t n, size_t at, const char *name)
{
    while ((at = past(p, n, at, "</")) < n)
        if (xml.xmlStrncasecmp((const xmlChar *)p + at, (const xmlChar *)name, (int)strlen(name)) == 0)
            return at;
    return n;
}

/* Whether some tag has more attributes than a page needs. */
static bool has_long_tag(const char *p, size_t n)
{
    for (size_t i = 0; (i = past(p, n, i, "<")) < n;) {
        size_t words = 0, from = i;
        if (memcmp(p + i, "!--", n - i < 3 ? n - i : 3) == 0) {
            i = past(p, n, i, "-->");
            continue;
        }
        if (!((p[i] | 32) >= 'a' && (p[i] | 32) <= 'z'))
            continue;
        for (bool between = true; i < n && p[i] != '>'; i++) {
            bool blank = (unsigned char)p[i] <= ' ' || p[i] == '/';
            if ((p[i] == '"' || p[i] == '\'') && i > from && (p[i - 1] == '=' || (unsigned char)p[i - 1] <= ' ')) {
                const char *end = memchr(p + i + 1, p[i], n - i - 1);
                i = end ? (size_t)(end - p) : n - 1;
                blank = true;
            }
            words += between && !blank;
            between = blank;
            if (words > NFI_MAX_HTML_ATTRIBUTES)
                return true;
        }
        static const char *const raw[] = {"script", "style"};
        for (size_t k = 0; k < 2; k++)
            if (xml.xmlStrncasecmp((const xmlChar *)p + from, (const xmlChar *)raw[k], (int)strlen(raw[k])) == 0)
                i = past_raw(p, n, i, raw[k]);
    }
    return false;
}

/* ---- reading ---- */

static nf_status parse(reading *r, nf_str html, nf_err *err)
{
    htmlParserCtxtPtr x = r->parser = xml.htmlCreateMemoryParserCtxt(html.p, (int)html.n);
    if (!x)
        return nfi_oom(err, "a page");
    *x->sax = (htmlSAXHandler){.startElement = on_start, .endElement = on_end, .characters = on_text, .ignorableWhitespace = on_text,
                               .cdataBlock = on_text, .serror = on_error, .initialized = XML_SAX2_MAGIC};
    x->userData = r;
    xml.htmlCtxtUseOptions(x, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_NOIMPLIED |
                                  HTML_PARSE_IGNORE_ENC);
    x->sax->serror = on_error; /* the options may have taken it away */
    xml.xmlSwitchEncoding(x, XML_CHAR_ENCODING_UTF8);
    xml.htmlParseDocument(x);
    if (x->errNo == XML_ERR_NO_MEMORY && r->status == NF_OK)
        r->status = NF_ENOMEM;
    xml.htmlFreeParserCtxt(x);
    if (r->status == NF_OK)
        end_line(r);
    if (r->status == NF_ENOMEM || r->meta.oom || !nfi_buf_ok(&r->text) || !nfi_buf_ok(&r->title) || !nfi_buf_ok(&r->json))
        return nfi_oom(err, "a page");
    return r->status == NF_OK ? NF_OK : NF_FAIL(err, r->status, "the HTML is refused: %s", r->why);
}

/* The text and its marks move to the arena. */
static nf_status hand_out(nfi_page *out, reading *r, nfi_arena *arena, nf_err *err)
{
    nfi_page p = {.nmarks = r->nmarks};

    if (r->text.n && r->text.p[r->text.n - 1] == '\n')
        r->text.n--;
    nfi_meta_set(&r->meta, NFI_META_TITLE, 3, r->title.p, r->title.n);
    nfi_meta_finish(&r->meta);
    char *text = nfi_arena_copy(arena, r->text.p, r->text.n);
    p.mark = nfi_arena_alloc(arena, r->nmarks * sizeof *p.mark);
    if (!text || !p.mark || r->meta.oom)
        return nfi_oom(err, "a page");
    if (r->nmarks)
        memcpy(p.mark, r->mark, r->nmarks * sizeof *p.mark);
    p.text = (nf_str){text, r->text.n};
    p.title = r->meta.value[NFI_META_TITLE];
    p.date = r->meta.value[NFI_META_DATE];
    p.url = r->meta.value[NFI_META_URL];
    p.lang = r->meta.value[NFI_META_LANG];
    p.source = r->meta.value[NFI_META_SOURCE];
    *out = p;
    return NF_OK;
}

nf_status nfi_html_read(nfi_page *out, nf_str html, nfi_arena *arena, nf_err *err)
{
    nf_status s = NF_OK;

    if (html.n > INT_MAX / 2)
        return NF_FAIL(err, NF_ELIMIT, "the HTML is refused: it has more than 1 GiB");
    if (html.n == 0) {
        *out = (nfi_page){0};
        return NF_OK;
    }
    NF_TRY(nfi_lazy_open(&library, err));
    char *copy = nfi_alloc(html.n + 1, 1); /* with a NUL behind it */
    reading *r = nfi_calloc(1, sizeof *r);
    if (!copy || !r) {
        s = nfi_oom(err, "a page");
        goto out;
    }
    memcpy(copy, html.p, html.n);
    copy[html.n] = '\0';
    r->meta.arena = arena;
    r->h1 = SIZE_MAX;
    if (has_long_tag(copy, html.n)) {
        s = NF_FAIL(err, NF_ELIMIT, "the HTML is refused: a tag has more than %d attributes", NFI_MAX_HTML_ATTRIBUTES);
        goto out;
    }
    NF_GO(parse(r, (nf_str){copy, html.n}, err));
    if (nfi_utf8_valid_prefix(r->text.p, r->text.n) < r->text.n) {
        s = NF_FAIL(err, NF_EINTERNAL, "the HTML parser gave no UTF-8");
        goto out;
    }
    s = hand_out(out, r, arena, err);
out:
    if (r) {
        nfi_buf_clear(&r->text);
        nfi_buf_clear(&r->title);
        nfi_buf_clear(&r->json);
        nfi_free(r->mark);
    }
    nfi_free(r);
    nfi_free(copy);
    return s;
}

const bool nfi_has_html = true;
const char *const nfi_html_feature = "HTML by libxml2 " LIBXML_DOTTED_VERSION;
