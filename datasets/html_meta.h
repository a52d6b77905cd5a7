/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html_meta.h - what a page says of itself. The best source of a field wins, whatever the order in the page; among equals the first. */
#ifndef NFI_HTML_META_H
#define NFI_HTML_META_H

#include "datasets/html.h"

typedef enum nfi_meta_field { NFI_META_TITLE, NFI_META_DATE, NFI_META_URL, NFI_META_LANG, NFI_META_SOURCE, NFI_META_FIELDS } nfi_meta_field;

typedef struct nfi_meta {
    nf_str value[NFI_META_FIELDS];
    int rank[NFI_META_FIELDS]; /* 0 none; else the smaller the better */
    nfi_arena *arena;
    bool oom;
} nfi_meta;

/* Takes a value, blanks collapsed and cut at 2048 bytes, when it is better than what there is. */
void nfi_meta_set(nfi_meta *m, nfi_meta_field field, int rank, const char *p, size_t n);
/* A meta element: its name, property, itemprop or http-equiv, and its content. NULL is fine. */
void nfi_meta_element(nfi_meta *m, const char *name, const char *content);
/* The first "datePublished" of a block of JSON-LD. */
void nfi_meta_json(nfi_meta *m, const char *p, size_t n);
/* Fills the source from the host of the URL where nothing better is known. */
void nfi_meta_finish(nfi_meta *m);

#endif
