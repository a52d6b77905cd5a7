/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fmt_sgml.c - the SGML of the Reuters-21578 collection: <REUTERS ...> records one after another. This is no SGML parser: the elements are
 * those of that collection, known by name; any other tag is text. An element that is open where another known one begins or ends is
 * malformed, but for TEXT, which holds others. Character references to controls, which the collection has around its texts, become blanks.
 */
#include "datasets/format.h"

#include "base/buf.h"
#include "base/try.h"
#include "base/utf8.h"
#include "datasets/json_text.h"

#include <string.h>
#include <strings.h>

enum column { ID, DATE, LABELS, TITLE, TEXT, DATELINE, AUTHOR, PLACES, PEOPLE, ORGS, EXCHANGES, COMPANIES, LEWISSPLIT, CGISPLIT, TOPICS,
    OLDID, COLUMNS, NO_COLUMN };
enum { BETWEEN, INSIDE, JUNK, DECLARATION };

static const char open_tag[] = "<REUTERS", close_tag[] = "</REUTERS>";

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* 1: p begins with the tag; 0: it does not; -1: more bytes are needed. An opening tag must end in a blank or >. */
static int at_tag(const char *p, size_t n, const char *tag, bool eof)
{
    size_t len = strlen(tag);

    if (strncasecmp(p, tag, n < len ? n : len) != 0)
        return 0;
    if (n < len || (tag[len - 1] != '>' && n == len))
        return eof ? 0 : -1;
    return tag[len - 1] == '>' || p[len] == '>' || is_space(p[len]);
}

/* ---- cutting ---- */

static bool cut(nfi_scan *sc, const char *p, size_t end, nf_str *rec)
{
    *rec = (nf_str){p + sc->start, end - sc->start};
    sc->rec_line = sc->line;
    sc->line += nfi_count_lines(p + sc->start, end - sc->start);
    sc->start = sc->at = end;
    sc->state = BETWEEN;
    sc->begun = false;
    return true;
}

/* Skips blanks; false when nothing is left to look at. */
static bool begin(nfi_scan *sc, const char *p, size_t n, bool eof)
{
    size_t i = sc->at;

    while (i < n && is_space(p[i]))
        i++;
    sc->line += nfi_count_lines(p + sc->start, i - sc->start);
    sc->start = sc->at = i;
    if (i == n)
        return false;
    if (p[i] == '<' && i + 1 == n && !eof)
        return false;
    if (p[i] == '<' && i + 1 < n && (p[i + 1] == '!' || p[i + 1] == '?')) {
        sc->state = DECLARATION;
        return true;
    }
    int tag = at_tag(p + i, n - i, open_tag, eof);
    if (tag < 0)
        return false;
    sc->state = tag ? INSIDE : JUNK;
    sc->at = i + 1;
    return true;
}

/* True when sc moved behind the declaration. */
static bool skip_declaration(nfi_scan *sc, const char *p, size_t n)
{
    const char *end = memchr(p + sc->at, '>', n - sc->at);

    sc->at = end ? (size_t)(end - p) + 1 : n;
    if (!end)
        return false;
    sc->line += nfi_count_lines(p + sc->start, sc->at - sc->start);
    sc->start = sc->at;
    sc->state = BETWEEN;
    return true;
}

static bool sgml_next(nfi_scan *sc, const char *p, size_t n, bool eof, nf_str *rec)
{
    while (sc->state == BETWEEN || sc->state == DECLARATION) {
        if (sc->state == BETWEEN && !begin(sc, p, n, eof))
            return false;
        if (sc->state == DECLARATION && !skip_declaration(sc, p, n)) {
            if (!eof)
                return false;
            sc->state = JUNK; /* a declaration without an end is no record, but it is not passed over */
        }
    }
    while (sc->at < n) {
        const char *q = memchr(p + sc->at, '<', n - sc->at);
        if (!q)
            break;
        sc->at = (size_t)(q - p);
        int again = at_tag(q, n - sc->at, open_tag, eof), end = sc->state == INSIDE ? at_tag(q, n - sc->at, close_tag, eof) : 0;
        if (again < 0 || end < 0)
            return false;
        if (again || end)
            return cut(sc, p, again ? sc->at : sc->at + sizeof close_tag - 1, rec);
        sc->at++;
    }
    sc->at = n;
    return eof && (n > sc->start || sc->begun) && cut(sc, p, n, rec);
}

/* ---- one record ---- */

typedef struct element {
    const char *name;
    enum column to;
    bool list;  /* holds <D> elements */
    bool holds; /* others stand in it */
} element;

static const element elements[] = {
    {"REUTERS", NO_COLUMN, false, true},
    {"DATE", DATE, false, false},
    {"MKNOTE", NO_COLUMN, false, false},
    {"TOPICS", LABELS, true, false},
    {"PLACES", PLACES, true, false},
    {"PEOPLE", PEOPLE, true, false},
    {"ORGS", ORGS, true, false},
    {"EXCHANGES", EXCHANGES, true, false},
    {"COMPANIES", COMPANIES, true, false},
    {"UNKNOWN", NO_COLUMN, false, false},
    {"TEXT", TEXT, false, true},
    {"TITLE", TITLE, false, false},
    {"AUTHOR", AUTHOR, false, false},
    {"DATELINE", DATELINE, false, false},
    {"BODY", TEXT, false, false},
};
enum { ELEMENTS = sizeof elements / sizeof *elements, IN_TEXT = 10 };

typedef struct attribute {
    const char *name;
    enum column to;
} attribute;

static const attribute attributes[] = {
    {"NEWID", ID}, {"LEWISSPLIT", LEWISSPLIT}, {"CGISPLIT", CGISPLIT}, {"TOPICS", TOPICS}, {"OLDID", OLDID}};

static bool is_word(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool same_name(const char *p, size_t n, const char *name)
{
    return strlen(name) == n && strncasecmp(p, name, n) == 0;
}

/* A tag at p[at] == '<': its element in *e, its end in *end; false when it is text. */
static bool known_tag(nf_str rec, size_t at, const element **e, bool *closing, size_t *end)
{
    size_t i = at + 1;

    *closing = i < rec.n && rec.p[i] == '/';
    i += *closing;
    size_t from = i;
    while (i < rec.n && i - from < 16 && is_word(rec.p[i]))
        i++;
    for (size_t k = 0; k < ELEMENTS; k++)
        if (same_name(rec.p + from, i - from, elements[k].name)) {
            while (i < rec.n && rec.p[i] != '>' && rec.p[i] != '<')
                i++;
            *e = &elements[k];
            *end = i + 1;
            return i < rec.n && rec.p[i] == '>';
        }
    return false;
}

/* The character reference or entity at p[0] == '&': bytes used, 0 when it is text. */
static size_t entity(const char *p, size_t n, uint32_t *cp)
{
    static const struct {
        const char *name;
        uint32_t cp;
    } named[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
    size_t i = 2;
    uint32_t v = 0;

    for (size_t k = 0; k < sizeof named / sizeof *named; k++)
        if (n >= strlen(named[k].name) && memcmp(p, named[k].name, strlen(named[k].name)) == 0) {
            *cp = named[k].cp;
            return strlen(named[k].name);
        }
    if (n < 4 || p[1] != '#')
        return 0;
    for (; i < n && i < 10 && p[i] >= '0' && p[i] <= '9'; i++)
        v = v * 10 + (uint32_t)(p[i] - '0');
    if (i == 2 || i == n || p[i] != ';')
        return 0;
    *cp = v;
    return i + 1;
}

/* Content of an element: references decoded, controls made blanks, blanks at the ends off. */
static nf_status decode(nf_str *out, nf_str raw, nfi_row *row)
{
    bool plain = true;
    size_t o = 0;

    for (size_t i = 0; i < raw.n && plain; i++)
        plain = raw.p[i] != '&' && ((unsigned char)raw.p[i] >= 0x20 || is_space(raw.p[i])) && raw.p[i] != 0x7f;
    if (plain) {
        *out = nfi_trim_str(raw);
        return NF_OK;
    }
    char *dst = nfi_arena_alloc(row->arena, raw.n); /* a reference is never shorter than its character */
    if (!dst)
        return NF_ENOMEM;
    for (size_t i = 0; i < raw.n;) {
        uint32_t cp = (unsigned char)raw.p[i];
        size_t used = raw.p[i] == '&' ? entity(raw.p + i, raw.n - i, &cp) : 0;
        if (used && (cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))) {
            cp = 0xfffd;
            row->replacements++;
        }
        bool control = (cp < 0x20 && cp != '\t' && cp != '\n' && cp != '\r') || cp == 0x7f;
        if (control && (used || cp)) /* a NUL byte stays, to be counted with the others */
            dst[o++] = ' ';
        else if (used)
            o += nfi_utf8_encode(dst + o, cp);
        else
            dst[o++] = raw.p[i];
        i += used ? used : 1;
    }
    *out = nfi_trim_str((nf_str){dst, o});
    return NF_OK;
}

static nf_status set_text(nfi_row *row, enum column to, nf_str raw)
{
    nfi_field *f = &row->f[to];

    if (to == NO_COLUMN)
        return NF_OK;
    f->kind = NFI_STRING;
    return decode(&f->v, raw, row);
}

/* <D>a</D><D>b</D> as a JSON list; an empty one is no value. */
static nf_status set_list(nfi_row *row, const element *e, nf_str raw, nfi_buf *list)
{
    size_t n = 0;

    list->n = 0;
    list->failed = false;
    for (size_t i = 0; i < raw.n;) {
        nf_str name;
        if (is_space(raw.p[i])) {
            i++;
            continue;
        }
        size_t from = i + 3;
        const char *end = from <= raw.n && strncasecmp(raw.p + i, "<D>", 3) == 0 ? memchr(raw.p + from, '<', raw.n - from) : NULL;
        if (!end || (size_t)(raw.p + raw.n - end) < 4 || strncasecmp(end, "</D>", 4) != 0)
            return nfi_row_bad(row, NF_EFORMAT, "the element %s holds something else than <D> elements", e->name);
        NF_TRY(decode(&name, (nf_str){raw.p + from, (size_t)(end - raw.p) - from}, row));
        nfi_buf_putc(list, n++ ? ',' : '[');
        nfi_json_put_string(list, name);
        i = (size_t)(end - raw.p) + 4;
    }
    if (n == 0)
        return NF_OK;
    nfi_buf_putc(list, ']');
    const char *copy = nfi_buf_ok(list) ? nfi_arena_copy(row->arena, list->p, list->n) : NULL;
    if (!copy)
        return NF_ENOMEM;
    row->f[e->to] = (nfi_field){.v = {copy, list->n}, .raw = {copy, list->n}, .kind = NFI_ARRAY};
    return NF_OK;
}

/* NAME="value" pairs of the opening tag, tag[0..n) between the name and the >. */
static nf_status set_attributes(nfi_row *row, const char *tag, size_t n)
{
    for (size_t i = 0; i < n;) {
        while (i < n && !is_word(tag[i]))
            i++;
        size_t from = i;
        while (i < n && is_word(tag[i]))
            i++;
        size_t len = i - from;
        if (i + 1 >= n || tag[i] != '=' || tag[i + 1] != '"')
            continue;
        const char *end = memchr(tag + i + 2, '"', n - i - 2);
        if (!end)
            return nfi_row_bad(row, NF_EFORMAT, "an attribute of <REUTERS> has no closing quote");
        for (size_t k = 0; k < sizeof attributes / sizeof *attributes; k++)
            if (same_name(tag + from, len, attributes[k].name))
                NF_TRY(set_text(row, attributes[k].to, (nf_str){tag + i + 2, (size_t)(end - tag) - i - 2}));
        i = (size_t)(end - tag) + 1;
    }
    return NF_OK;
}

static nf_status misplaced(nfi_row *row, nf_str rec, size_t at, const element *inner, bool closing, const element *open)
{
    NF_TRY(nfi_row_bad(row, NF_EFORMAT, "<%s%s> stands where </%s> is expected", closing ? "/" : "", inner->name, open->name));
    row->bad.line = nfi_count_lines(rec.p, at);
    return NF_OK;
}

/* What stands between the tags of a record, element by element. A text without <BODY> is what stands behind the last element of TEXT. */
static nf_status set_elements(nfi_row *row, nf_str rec, size_t at, nfi_buf *list)
{
    const element *open = NULL, *tag;
    bool in_text = false, closing;
    size_t from = 0, rest = 0, end;

    while (at < rec.n) {
        const char *q = memchr(rec.p + at, '<', rec.n - at);
        if (!q)
            break;
        at = (size_t)(q - rec.p);
        if (!known_tag(rec, at, &tag, &closing, &end)) {
            at++;
            continue;
        }
        if (open) {
            if (tag != open || !closing)
                return misplaced(row, rec, at, tag, closing, open);
            nf_str raw = {rec.p + from, at - from};
            NF_TRY(open->list ? set_list(row, open, raw, list) : set_text(row, open->to, raw));
            open = NULL;
        } else if (tag->holds) { /* TEXT, or the end of the record */
            if (tag == &elements[IN_TEXT] && closing == in_text) {
                if (closing && row->f[TEXT].kind == NFI_NULL)
                    NF_TRY(set_text(row, TEXT, (nf_str){rec.p + rest, at - rest}));
                in_text = !closing;
            } else if (tag == &elements[IN_TEXT] || in_text) {
                return misplaced(row, rec, at, tag, closing, &elements[in_text ? IN_TEXT : 0]);
            }
        } else if (closing) {
            return misplaced(row, rec, at, tag, closing, &elements[in_text ? IN_TEXT : 0]);
        } else {
            open = tag;
            from = end;
        }
        at = rest = end;
        if (row->bad.code != NF_OK)
            return NF_OK;
    }
    return open ? nfi_row_bad(row, NF_EFORMAT, "<%s> is never closed", open->name) : NF_OK;
}

static nf_status sgml_parse(void *parser, const nfi_plan *plan, nf_str rec, nfi_row *row)
{
    char shown[60];

    (void)plan;
    NF_TRY(nfi_grow(&row->f, &row->cap_f, COLUMNS, sizeof *row->f, NULL));
    row->n = COLUMNS;
    row->n_extra = 0;
    for (size_t i = 0; i < COLUMNS; i++)
        row->f[i] = (nfi_field){.kind = NFI_NULL}; /* a headline alone: the text is empty, not missing */
    if (at_tag(rec.p, rec.n, open_tag, true) != 1) {
        nfi_escape(shown, sizeof shown, rec.p, rec.n < 24 ? rec.n : 24);
        return nfi_row_bad(row, NF_EFORMAT, "expected <REUTERS, found \"%s\"", shown);
    }
    if (rec.n < sizeof close_tag || strncasecmp(rec.p + rec.n - (sizeof close_tag - 1), close_tag, sizeof close_tag - 1) != 0)
        return nfi_row_bad(row, NF_EFORMAT, "record %llu is never closed: no </REUTERS>", (unsigned long long)row->record);
    const char *gt = memchr(rec.p, '>', rec.n);
    if (memchr(rec.p + 1, '<', (size_t)(gt - rec.p)))
        return nfi_row_bad(row, NF_EFORMAT, "the tag <REUTERS has no end");
    NF_TRY(set_attributes(row, rec.p + sizeof open_tag - 1, (size_t)(gt - rec.p) - (sizeof open_tag - 1)));
    if (row->bad.code == NF_OK)
        NF_TRY(set_elements(row, rec, (size_t)(gt - rec.p) + 1, parser));
    return NF_OK;
}

static void *sgml_open(char delimiter)
{
    (void)delimiter;
    return nfi_calloc(1, sizeof(nfi_buf)); /* a list on its way */
}

static void sgml_close(void *parser)
{
    if (parser)
        nfi_buf_clear(parser);
    nfi_free(parser);
}

static const char *const sgml_ext[] = {".sgm", ".sgml", NULL};
static const char *const sgml_columns[] = {
    [ID] = "id", [DATE] = "date", [LABELS] = "labels", [TITLE] = "title", [TEXT] = "text", [DATELINE] = "dateline",
    [AUTHOR] = "author", [PLACES] = "places", [PEOPLE] = "people", [ORGS] = "orgs", [EXCHANGES] = "exchanges",
    [COMPANIES] = "companies", [LEWISSPLIT] = "lewissplit", [CGISPLIT] = "cgisplit", [TOPICS] = "topics", [OLDID] = "oldid",
    [COLUMNS] = NULL};

const nfi_format nfi_format_sgml = {
    .name = "sgml",
    .summary = "records of the Reuters-21578 collection; the topics are the labels",
    .extensions = sgml_ext,
    .table = true,
    .columns = sgml_columns,
    .multiline = true,
    .too_long = " (is </REUTERS> missing?)",
    .next = sgml_next,
    .open = sgml_open,
    .close = sgml_close,
    .parse = sgml_parse,
};
