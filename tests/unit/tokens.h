/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tokens.h - tokens as one string, for the tests of tokenisers. */
#ifndef TOKENS_H
#define TOKENS_H

#include "nft.h"

#include "base/buf.h"
#include "features/token.h"

#include <stdlib.h>
#include <string.h>

static inline void tokens_put(nfi_buf *out, const nfi_tokbuf *b)
{
    ck_assert(!b->failed);
    for (size_t i = 0; i < b->ntok; i++) {
        if (b->tok[i].n == 0 || b->tok[i].n > NFI_MAX_TOKEN || b->tok[i].off + (b->tok[i].n < 16 ? 16 : b->tok[i].n) > b->cap)
            ck_abort_msg("token %zu has %u bytes at %u of %zu", i, b->tok[i].n, b->tok[i].off, b->cap);
        nfi_buf_put(out, b->bytes + b->tok[i].off, b->tok[i].n);
        nfi_buf_putc(out, '|');
    }
}

/* Appends "token|token|" of text to out; returns how many tokens were dropped for their length. */
static inline uint64_t tokens_of(nfi_buf *out, const nfi_tokenizer *t, const char *text, size_t n)
{
    nfi_tokbuf b = {0};
    size_t pos = 0;
    char *exact = malloc(n ? n : 1); /* no byte more than the text: a read past its end is seen by the sanitiser */

    if (n)
        memcpy(exact, text, n);
    while (nfi_tokenize(t, &b, exact, n, &pos))
        tokens_put(out, &b);
    uint64_t dropped = b.dropped;
    nfi_tokbuf_clear(&b);
    free(exact);
    ck_assert(nfi_buf_ok(out));
    return dropped;
}

static inline bool tokens_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The same through chunk() for every stretch without a blank, also for ASCII ones. */
static inline void tokens_of_chunks(nfi_buf *out, const nfi_tokenizer *t, const char *text, size_t n)
{
    nfi_tokbuf b = {0};

    for (size_t s = 0, e; s < n; s = e) {
        e = s + 1;
        if (tokens_blank(text[s]))
            continue;
        while (e < n && !tokens_blank(text[e]))
            e++;
        b.ntok = b.nbytes = 0;
        t->chunk(&b, text, n, s, e);
        tokens_put(out, &b);
    }
    nfi_tokbuf_clear(&b);
    ck_assert(nfi_buf_ok(out));
}

/* Asserts the tokens of n bytes of text. */
static inline void tokens_are_n(const nfi_tokenizer *t, const char *text, size_t n, const char *want)
{
    nfi_buf out = {0};

    tokens_of(&out, t, text, n);
    nfi_buf_putc(&out, '\0');
    ck_assert_msg(strcmp(out.p, want) == 0, "%s: \"%s\" gives %s instead of %s", t->name, text, out.p, want);
    nfi_buf_clear(&out);
}

static inline void tokens_are(const nfi_tokenizer *t, const char *text, const char *want)
{
    tokens_are_n(t, text, strlen(text), want);
}

static inline void tokens_equal(const nfi_buf *a, const nfi_buf *b, const char *text, size_t n)
{
    ck_assert_msg(a->n == b->n && (a->n == 0 || memcmp(a->p, b->p, a->n) == 0), "\"%.*s\" gives %.*s and %.*s", (int)n, text, (int)a->n,
                  a->p ? a->p : "", (int)b->n, b->p ? b->p : "");
}

#endif
