/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fmt_html.c - one page a file, and pages in the text columns of tables. What a page says of itself is in the columns title, date, source,
 * language and url, which are carried like those of a table.
 */
#include "datasets/stream.h"

#include "base/try.h"
#include "base/utf8.h"
#include "newsframe/mojibake.h"

#include <string.h>

static const char *const html_ext[] = {".html", ".htm", ".xhtml", NULL};

const nfi_format nfi_format_html = {
    .name = "html",
    .summary = "one page a file: its visible text; title, date, source, language and url are columns",
    .extensions = html_ext,
    .whole = true,
};

const char *const nfi_page_columns[NFI_PAGE_COLUMNS] = {"title", "date", "source", "language", "url"};

const char *nfi_page_charset(const char *p, size_t n, const char *asked, char buf[NFI_CHARSET_NAME])
{
    nfi_charset *known = NULL;

    if (nfi_utf8_valid_prefix(p, n) == n) {
        bool ascii = true;
        for (size_t i = 0; i < n && ascii; i++)
            ascii = (unsigned char)p[i] < 0x80 && p[i] != '\x1b';
        for (size_t i = 0; i < n && !ascii; i++)
            if ((unsigned char)p[i] >= 0x80)
                return NULL; /* that it is UTF-8 by chance is less likely than that the page is wrong about itself */
    }
    const char *name = nfi_html_charset(p, n, buf);
    if (name && nfi_charset_open(&known, name, NULL) == NF_OK) {
        nfi_charset_close(known);
        return name;
    }
    return asked;
}

/* Marks of plain lines, for a part of a text whose other part is a page. */
static size_t plain_lines(nf_line_mark *mark, const char *p, size_t n, size_t offset)
{
    size_t lines = 0;

    for (size_t at = 0; at < n; lines++) {
        const char *end = memchr(p + at, '\n', n - at);
        size_t stop = end ? (size_t)(end - p) : n;
        if (mark)
            mark[lines] = (nf_line_mark){.end = (uint32_t)(offset + stop)};
        at = stop + 1;
    }
    return lines;
}

/* The title as text to be put before that of the page: nothing when a heading says it already, which would count twice. */
static nf_str own_title(const nfi_page *p)
{
    size_t from = 0;

    for (size_t i = 0; i < p->nmarks; i++) {
        const nf_line_mark *m = &p->mark[i];
        if (m->element == NF_ELEMENT_HEADING && m->end - from == p->title.n && p->title.n > 0 &&
            memcmp(p->text.p + from, p->title.p, p->title.n) == 0)
            return (nf_str){0};
        from = m->end + 1;
    }
    return p->title;
}

nf_status nfi_fields_html(nf_doc *doc, nf_str *parts, size_t n, nf_markup markup, nfi_row *row)
{
    nf_status s = NF_OK;
    nfi_page *page = NULL;
    size_t lines = 0, any = 0;

    for (size_t i = 0; i < n && markup != NF_MARKUP_NONE; i++) {
        if (parts[i].n == 0 || (markup == NF_MARKUP_AUTO && !nfi_html_field(parts[i].p, parts[i].n)))
            continue;
        if (!page && !(page = nfi_calloc(n, sizeof *page)))
            return NF_ENOMEM;
        nf_err why = {0};
        nf_status t = nfi_html_read(&page[i], parts[i], row->arena, &why);
        if (t != NF_OK) {
            s = t == NF_ENOMEM ? t : nfi_row_bad(row, t, "%s", why.msg);
            goto out;
        }
        if (!page[i].mark) /* an empty page */
            page[i].mark = nfi_arena_alloc(row->arena, 1);
        if (!page[i].mark) {
            s = NF_ENOMEM;
            goto out;
        }
        parts[i] = page[i].text;
        any++;
    }
    if (!any)
        goto out;
    for (size_t i = 0; i < n; i++)
        lines += page[i].mark ? page[i].nmarks : plain_lines(NULL, parts[i].p, parts[i].n, 0);
    nf_line_mark *mark = nfi_arena_alloc(row->arena, lines * sizeof *mark);
    if (!mark) {
        s = NF_ENOMEM;
        goto out;
    }
    size_t at = 0, offset = 0;
    for (size_t i = 0; i < n; i++) {
        if (page[i].mark)
            for (size_t k = 0; k < page[i].nmarks; k++) {
                mark[at] = page[i].mark[k];
                mark[at++].end += (uint32_t)offset;
            }
        else
            at += plain_lines(mark + at, parts[i].p, parts[i].n, offset);
        offset += parts[i].n + (parts[i].n > 0);
        if (page[i].mark && doc->lang.n == 0)
            *doc = (nf_doc){.title = own_title(&page[i]),
                            .date = page[i].date,
                            .source = page[i].source,
                            .lang = page[i].lang,
                            .flags = doc->flags};
    }
    doc->mark = mark;
    doc->nmarks = lines;
out:
    nfi_free(page);
    return s;
}

nf_status nfi_page_read(nf_doc *doc, nf_str values[NFI_PAGE_COLUMNS], nfi_row *row, nf_err *err)
{
    nfi_page page;
    nf_err why = {0};

    nf_status s = nfi_html_read(&page, doc->text, row->arena, &why);
    if (s != NF_OK)
        return s != NF_ENOMEM && nfi_row_bad(row, s, "%s", why.msg) == NF_OK ? NF_OK : nfi_oom(err, "a page");
    const nf_str v[NFI_PAGE_COLUMNS] = {page.title, page.date, page.source, page.lang, page.url};
    memcpy(values, v, sizeof v);
    doc->title = own_title(&page);
    doc->date = page.date;
    doc->source = page.source;
    doc->lang = page.lang;
    doc->text = page.text;
    doc->mark = page.mark;
    doc->nmarks = page.nmarks;
    if (nf_mojibake_find(doc->text.p, doc->text.n, NULL)) /* written with character references: found, not undone */
        doc->flags |= NF_DOC_MOJIBAKE;
    return NF_OK;
}
