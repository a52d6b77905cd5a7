/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_tokens.c - any bytes to tokens. The first byte picks the tokeniser, the rest is the text. Stops the process when a token is empty,
 * too long, ill-formed UTF-8 or holds a blank, when the mask path and chunk() disagree on ASCII, or when folding overruns its bound.
 */
#include "base/try.h"
#include "base/utf8.h"
#include "features/token.h"
#include "features/unicode.h"
#include "features/wordbreak.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const nfi_tokbuf *b, nfi_buf *out)
{
    NF_ASSERT(!b->failed);
    for (size_t i = 0; i < b->ntok; i++) {
        const char *p = (const char *)b->bytes + b->tok[i].off;
        size_t n = b->tok[i].n;
        NF_ASSERT(n > 0 && n <= NFI_MAX_TOKEN && b->tok[i].off + n <= b->cap && (size_t)b->tok[i].off + 16 <= b->cap);
        NF_ASSERT(nfi_utf8_valid_prefix(p, n) == n);
        for (size_t k = 0; k < n; k++)
            NF_ASSERT((unsigned char)p[k] > ' ');
        nfi_buf_put(out, p, n);
        nfi_buf_putc(out, ' ');
    }
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void by_chunks(const nfi_tokenizer *t, nfi_tokbuf *b, const char *text, size_t n, nfi_buf *out)
{
    for (size_t s = 0, e; s < n; s = e) {
        e = s + 1;
        if (is_blank(text[s]))
            continue;
        while (e < n && !is_blank(text[e]))
            e++;
        b->ntok = b->nbytes = 0;
        t->chunk(b, text, n, s, e);
        check(b, out);
    }
}

static void fold(const uint8_t *data, size_t size)
{
    uint32_t in[64], out[600];
    uint16_t rec[64];
    uint8_t brk[64];
    size_t n = 0, cap = size % 600;

    for (size_t i = 0; i < size && n < 64;)
        i += nfi_utf8_decode((const char *)data + i, size - i, &in[n++]);
    for (size_t i = 0; i < n; i++)
        rec[i] = (uint16_t)nfi_wb(in[i]);
    nfi_wb_break(rec, n, brk);
    NF_ASSERT(n == 0 || brk[0] == 1);
    out[cap] = 0xdeadbeef;
    size_t len = nfi_uni_fold(out, cap, in, n);
    NF_ASSERT(len == SIZE_MAX || len <= cap);
    NF_ASSERT(out[cap] == 0xdeadbeef);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    nfi_kern_init();
    const nfi_tokenizer *t = nfi_tokenizers[data[0] & 1];
    size_t n = size - 1, pos = 0;
    char *text = nfi_alloc(n ? n : 1, 1); /* exactly n bytes: an access behind them is seen */
    nfi_tokbuf b = {0}, c = {0};
    nfi_buf whole = {0}, parts = {0};

    NF_ASSERT(text != NULL);
    memcpy(text, data + 1, n);
    while (nfi_tokenize(t, &b, text, n, &pos))
        check(&b, &whole);
    by_chunks(t, &c, text, n, &parts);
    NF_ASSERT(b.dropped == c.dropped);
    NF_ASSERT(whole.n == parts.n && (whole.n == 0 || memcmp(whole.p, parts.p, whole.n) == 0));
    fold(data + 1, n);

    nfi_tokbuf_clear(&b);
    nfi_tokbuf_clear(&c);
    nfi_buf_clear(&whole);
    nfi_buf_clear(&parts);
    nfi_free(text);
    return 0;
}
