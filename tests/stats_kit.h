/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stats_kit.h - random corpora in files, counting them, and comparing terms and samples value by value. */
#ifndef STATS_KIT_H
#define STATS_KIT_H

#include "nft.h"

#include "base/buf.h"
#include "features/stats.h"
#include "newsframe/docs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KIT_FILES = 160 };

/* A corpus as JSONL files; the same documents whatever the number of files. */
typedef struct kit_corpus {
    char dir[NFT_PATH], whole[NFT_PATH];
    char part[KIT_FILES][NFT_PATH];
    const char *path[KIT_FILES];
    size_t n; /* files */
} kit_corpus;

/* Short, long, accented and wide words; low numbers are frequent. */
static inline void kit_word(nfi_buf *b, nfi_rng *r, size_t vocabulary)
{
    static const char *const stem[] = {"war", "tax", "internationalisation", "caf\xc3\xa9", "u", "\xd0\xbc\xd0\xb8\xd1\x80", "vote", "a"};
    double u = nfi_rng_unit(r);
    size_t i = (size_t)(u * u * u * (double)vocabulary);
    nfi_buf_puts(b, stem[i % 8]);
    if (i >= 8)
        nfi_buf_put_u64(b, i / 8);
}

static inline void kit_doc(nfi_buf *b, nfi_rng *r, size_t number, size_t words, size_t vocabulary, size_t labels)
{
    nfi_buf_puts(b, "{\"id\":\"d");
    nfi_buf_put_u64(b, number);
    nfi_buf_puts(b, "\"");
    if (labels && nfi_rng_below(r, 5)) {
        nfi_buf_puts(b, ",\"label\":\"l");
        nfi_buf_put_u64(b, nfi_rng_below(r, labels));
        nfi_buf_puts(b, "\"");
    }
    if (nfi_rng_below(r, 3) == 0) {
        nfi_buf_puts(b, ",\"title\":\"");
        kit_word(b, r, vocabulary);
        nfi_buf_puts(b, "\"");
    }
    nfi_buf_puts(b, ",\"text\":\"");
    for (size_t i = (size_t)nfi_rng_below(r, words + 1); i > 0; i--) {
        kit_word(b, r, vocabulary);
        nfi_buf_puts(b, nfi_rng_below(r, 8) ? " " : ". ");
    }
    nfi_buf_puts(b, "\"}\n");
}

/* docs documents in one file, and the same lines in files <= docs more. */
static inline void kit_make(kit_corpus *c, nfi_rng *r, size_t docs, size_t files, size_t words, size_t vocabulary, size_t labels)
{
    nfi_buf whole = {0}, *part = calloc(files, sizeof *part);

    nft_dir(c->dir);
    for (size_t i = 0; i < docs; i++) {
        size_t at = whole.n, to = i < files ? i : (size_t)nfi_rng_below(r, files);
        kit_doc(&whole, r, i, words, vocabulary, labels);
        nfi_buf_put(&part[to], whole.p + at, whole.n - at);
    }
    nft_file(c->whole, c->dir, "whole.jsonl", whole.p, whole.n);
    c->n = files;
    for (size_t i = 0; i < files; i++) {
        char name[32];
        snprintf(name, sizeof name, "part%zu.jsonl", i);
        nft_file(c->part[i], c->dir, name, part[i].p, part[i].n);
        c->path[i] = c->part[i];
        nfi_buf_clear(&part[i]);
    }
    free(part);
    nfi_buf_clear(&whole);
}

static inline nf_status kit_try_count(nf_counted **out, const char *const *path, size_t n, const nf_count_opts *o, nf_err *err)
{
    nf_docs *in;
    nf_status s = nf_docs_open(&in, path, n, NULL, err);
    if (s != NF_OK)
        return s;
    s = nf_count(out, in, o, err);
    nf_docs_close(in);
    return s;
}

static inline nf_counted *kit_count(const char *const *path, size_t n, const nf_count_opts *o)
{
    nf_counted *c = NULL;
    nft_ok(kit_try_count(&c, path, n, o, &nft_err));
    return c;
}

static inline void kit_path(char dst[NFT_PATH], const char *dir, const char *name)
{
    ck_assert_int_lt(snprintf(dst, NFT_PATH, "%s/%s", dir, name), NFT_PATH);
}

/* Counts files into a statistics file dir/name. */
static inline void kit_stats(char dst[NFT_PATH], const char *dir, const char *name, const char *const *path, size_t n,
                             const nf_count_opts *o)
{
    nf_counted *c = kit_count(path, n, o);
    kit_path(dst, dir, name);
    nft_ok(nf_counted_save(c, o->corpus.threads, dst, &nft_err));
    nf_counted_free(c);
}

static inline void kit_same_file(const char *a, const char *b)
{
    size_t na, nb;
    char *x = nft_read(a, &na), *y = nft_read(b, &nb);
    ck_assert_msg(na == nb && memcmp(x, y, na) == 0, "%s (%zu bytes) and %s (%zu bytes) differ", a, na, b, nb);
    free(x);
    free(y);
}

#define KIT_SAME(a, b, n) ck_assert_msg((n) == 0 || memcmp((a), (b), (n) * sizeof *(a)) == 0, #a " differs from " #b)

static inline void kit_same_terms(const nfi_terms *a, const nfi_terms *b)
{
    ck_assert_uint_eq(a->n, b->n);
    ck_assert_int_eq(a->stride, b->stride);
    ck_assert_uint_eq(a->ndocs, b->ndocs);
    ck_assert_uint_eq(a->nclasses, b->nclasses);
    ck_assert_uint_eq(a->nwords, b->nwords);
    for (size_t i = 0; i < a->nwords; i++)
        ck_assert_msg(nfi_str_cmp(a->word[i], b->word[i]) == 0, "word %zu differs", i);
    KIT_SAME(a->seq, b->seq, a->n * (size_t)a->stride);
    KIT_SAME(a->df, b->df, a->n);
    KIT_SAME(a->ptr, b->ptr, a->n + 1);
    KIT_SAME(a->cls, b->cls, a->ptr[a->n]);
    KIT_SAME(a->val, b->val, a->ptr[a->n]);
    KIT_SAME(a->doc, b->doc, a->ptr[a->n]);
    KIT_SAME(a->class_docs, b->class_docs, a->nclasses);
    ck_assert_ptr_null(a->freq);
    ck_assert_ptr_null(b->freq);
    ck_assert_ptr_null(a->all_freq);
    ck_assert_ptr_null(b->all_freq);
}

static inline void kit_same_sample(const nfi_sample *a, const nfi_sample *b)
{
    ck_assert_uint_eq(a->n, b->n);
    if (a->n == 0)
        return;
    KIT_SAME(a->label, b->label, a->n);
    KIT_SAME(a->inv, b->inv, a->n); /* the same bits are the claim */
    KIT_SAME(a->ptr, b->ptr, a->n + 1);
    KIT_SAME(a->term, b->term, a->ptr[a->n]);
    KIT_SAME(a->tf, b->tf, a->ptr[a->n]);
    ck_assert_int_eq(a->group != NULL, b->group != NULL);
    if (a->group)
        KIT_SAME(a->group, b->group, a->n);
}

#endif
