/* SPDX-License-Identifier: GPL-3.0-or-later */
/* docs_kit.h - documents made in memory: as a batch, as a counted corpus, as a JSONL file. */
#ifndef DOCS_KIT_H
#define DOCS_KIT_H

#include "nft.h"

#include "base/buf.h"
#include "features/corpus.h"
#include "newsframe/stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* {0} is empty. Strings live in the arena. */
typedef struct dk_docs {
    nf_doc *docs;
    size_t n, cap;
    nfi_arena arena;
} dk_docs;

static inline nf_str dk_copy(dk_docs *k, const char *p, size_t n)
{
    return (nf_str){n ? nfi_arena_copy(&k->arena, p, n) : NULL, n};
}

/* Appends a document; its id is its number. NULL label, title: none. */
static inline void dk_add_n(dk_docs *k, const char *label, const char *title, const char *text, size_t n)
{
    char id[24];

    nft_ok(nfi_grow(&k->docs, &k->cap, k->n + 1, sizeof *k->docs, &nft_err));
    snprintf(id, sizeof id, "d%zu", k->n);
    k->docs[k->n] = (nf_doc){.id = dk_copy(k, id, strlen(id)), .label = dk_copy(k, label, label ? strlen(label) : 0),
                             .title = dk_copy(k, title, title ? strlen(title) : 0), .text = dk_copy(k, text, n), .record = k->n + 1};
    k->n++;
}

static inline void dk_add(dk_docs *k, const char *label, const char *text)
{
    dk_add_n(k, label, NULL, text, strlen(text));
}

static inline void dk_clear(dk_docs *k)
{
    nfi_free(k->docs);
    nfi_arena_clear(&k->arena);
    *k = (dk_docs){0};
}

static inline nf_batch dk_batch(const dk_docs *k, size_t first, size_t n)
{
    return (nf_batch){k->docs + first, n, NULL};
}

/* Counts the documents in batches whose sizes come from r (one batch when NULL). Owned. */
static inline nf_corpus *dk_corpus(const dk_docs *k, const nf_text_opts *o, int threads, nfi_rng *r)
{
    nfi_text text = {0};
    nfi_counting c = {0};
    nf_corpus *out = NULL;
    nf_corpus_opts co = {.threads = threads, .keep_ids = true};

    nft_ok(nfi_text_init(&text, o, &nft_err));
    nft_ok(nfi_counting_begin(&c, &text, &co, 0, &nft_err));
    for (size_t i = 0, n; i < k->n; i += n) {
        n = r ? 1 + (size_t)nfi_rng_below(r, k->n - i) : k->n;
        nf_batch b = dk_batch(k, i, n);
        nft_ok(nfi_counting_add(&c, &b, &nft_err));
    }
    nft_ok(nfi_counting_finish(&c, &out, &nft_err));
    nfi_text_clear(&text);
    return out;
}

static inline void dk_field(nfi_buf *b, const char *key, nf_str v)
{
    nfi_buf_puts(b, ",\"");
    nfi_buf_puts(b, key);
    nfi_buf_puts(b, "\":\"");
    for (size_t i = 0; i < v.n; i++) {
        char esc[8];
        if ((unsigned char)v.p[i] < 0x20 || v.p[i] == '"' || v.p[i] == '\\')
            nfi_buf_put(b, esc, (size_t)snprintf(esc, sizeof esc, "\\u%04x", (unsigned)v.p[i]));
        else
            nfi_buf_putc(b, v.p[i]);
    }
    nfi_buf_puts(b, "\"");
}

/* Writes the documents as JSONL into a fresh folder, in the order given (NULL: as they are). */
static inline void dk_file(char path[NFT_PATH], const dk_docs *k, const size_t *order)
{
    nfi_buf b = {0};

    for (size_t i = 0; i < k->n; i++) {
        const nf_doc *d = &k->docs[order ? order[i] : i];
        nfi_buf_puts(&b, "{\"n\":1");
        dk_field(&b, "id", d->id);
        if (d->label.n)
            dk_field(&b, "label", d->label);
        if (d->title.n)
            dk_field(&b, "title", d->title);
        dk_field(&b, "text", d->text);
        nfi_buf_puts(&b, "}\n");
    }
    ck_assert(nfi_buf_ok(&b));
    nft_file(path, NULL, "docs.jsonl", b.p, b.n);
    nfi_buf_clear(&b);
}

/* Counts a file. Owned. */
static inline nf_counted *dk_count(const char *path, const nf_count_opts *o)
{
    nf_docs *in = NULL;
    nf_counted *c = NULL;

    nft_ok(nf_docs_open(&in, &path, 1, NULL, &nft_err));
    nft_ok(nf_count(&c, in, o, &nft_err));
    nf_docs_close(in);
    return c;
}

#endif
