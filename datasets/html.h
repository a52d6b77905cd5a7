/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html.h - what a reader sees of an HTML page: all its visible text, one block a line in reading order, with what the markup says of each
 * line, and what the page says of itself. Nothing is taken out for being boilerplate. In builds without libxml2 reading fails and says so
 * (html_none.c).
 */
#ifndef NFI_HTML_H
#define NFI_HTML_H

#include "base/arena.h"
#include "newsframe/docs.h"

typedef struct nfi_page {
    nf_str title;  /* og:title, else the first h1, else the title element */
    nf_str date;   /* as the page writes it */
    nf_str url;    /* canonical link, else og:url */
    nf_str lang;   /* of the html element, else Content-Language */
    nf_str source; /* og:site_name, else the host of url */
    nf_str text;
    nf_line_mark *mark;
    size_t nmarks;
} nfi_page;

/*
 * @param out untouched on failure; its strings live in arena. @param html valid UTF-8 without NUL.
 * @return NF_ELIMIT (elements within elements, attributes, markup that is broken all over), NF_EFORMAT (no libxml2), NF_ENOMEM. err has no
 * path.
 */
nf_status nfi_html_read(nfi_page *out, nf_str html, nfi_arena *arena, nf_err *err) NF_MUST_CHECK;

/* The encoding that the first bytes declare, as iconv knows it, or NULL; static storage or buf. */
enum { NFI_CHARSET_NAME = 64 };
const char *nfi_html_charset(const char *p, size_t n, char buf[NFI_CHARSET_NAME]);

/* Whether the text begins as a page does: a document type or an html element, behind blanks, comments and an XML declaration. */
bool nfi_html_begins(const char *p, size_t n);
/* Whether a field holds HTML: it begins as a page does, or with a tag and has the end tag of a block. */
bool nfi_html_field(const char *p, size_t n);

extern const bool nfi_has_html;
extern const char *const nfi_html_feature; /* for --version */

#endif
