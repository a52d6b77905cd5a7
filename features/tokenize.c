/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tokenize.c - the ASCII path shared by all tokenisers: 64-byte masks, no branch a byte.
 *
 * A segment is classified into bit masks (kern.h); word bits are letters and digits plus the joiners that the tokeniser accepts between two
 * of them. The places where the word bit changes, taken in pairs, are the tokens. Stretches of non-blank bytes that hold a byte >= 0x80 are handed
 * to the tokeniser's chunk() instead, in text order.
 */
#include "features/token.h"

#include "base/mem.h"

#include <string.h>

enum { SEGMENT = 32 << 10, PAD = 64 };

typedef struct span {
    size_t s, e;
} span;

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

void nfi_tokbuf_clear(nfi_tokbuf *b)
{
    nfi_free(b->bytes);
    nfi_free(b->tok);
    nfi_free(b->cls);
    nfi_free(b->cps);
    nfi_free(b->turn);
    nfi_buf_clear(&b->work);
    *b = (nfi_tokbuf){0};
}

/* Room for the tokens and bytes of n more bytes of text. */
static bool reserve(nfi_tokbuf *b, size_t bytes, size_t tokens)
{
    if (b->failed)
        return false;
    if (nfi_grow(&b->bytes, &b->cap, b->nbytes + bytes + PAD, 1, NULL) != NF_OK ||
        nfi_grow(&b->tok, &b->captok, b->ntok + tokens, sizeof *b->tok, NULL) != NF_OK)
        b->failed = true;
    return !b->failed;
}

void nfi_tok_emit(nfi_tokbuf *b, const void *p, size_t n)
{
    if (n > NFI_MAX_TOKEN) {
        b->dropped++;
        return;
    }
    if (n == 0 || !reserve(b, n, 1))
        return;
    memcpy(b->bytes + b->nbytes, p, n);
    b->tok[b->ntok++] = (nfi_token){(uint32_t)b->nbytes, (uint32_t)n};
    b->nbytes += n;
}

void nfi_tok_push(nfi_tokbuf *b, uint32_t off, size_t n)
{
    if (reserve(b, 0, 1))
        b->tok[b->ntok++] = (nfi_token){off, (uint32_t)n};
}

/* End of the segment that starts at s: after the last blank within SEGMENT bytes, or the next blank when there is none. */
static size_t segment_end(const char *text, size_t n, size_t s)
{
    if (n - s <= SEGMENT)
        return n;
    for (size_t e = s + SEGMENT; e > s; e--)
        if (is_blank(text[e - 1]))
            return e;
    size_t e = s + SEGMENT;
    while (e < n && !is_blank(text[e]))
        e++;
    return e;
}

/* Classifies text[0..n) into b->cls and a lowered copy at b->bytes. */
static bool classify(nfi_tokbuf *b, const char *text, size_t n)
{
    const nfi_kern *kern = nfi_kern_get();
    size_t whole = n / 64, blocks = (n + 63) / 64;
    uint8_t tail[64] = {0};

    if (nfi_grow(&b->cls, &b->capcls, blocks + 1, sizeof *b->cls, NULL) != NF_OK)
        b->failed = true;
    if (!reserve(b, blocks * 64, n / 2 + 1))
        return false;
    if (whole)
        kern->classify((const uint8_t *)text, whole, b->bytes, b->cls);
    if (blocks > whole) {
        memcpy(tail, text + whole * 64, n - whole * 64);
        kern->classify(tail, 1, b->bytes + whole * 64, b->cls + whole);
    }
    b->cls[blocks] = (nfi_class64){0};
    b->nbytes = blocks * 64;
    return true;
}

/*
 * Word bits replace cls[].letter, accepted joiners replace cls[].joiner; bytes outside [0, n) are no words. s is where the segment starts in text.
 */
static void word_masks(const nfi_tokenizer *t, nfi_tokbuf *b, const char *text, size_t n, size_t s, size_t blocks)
{
    uint64_t before = 0; /* was the byte before this block a word byte (without joiners) */

    for (size_t k = 0; k < blocks; k++) {
        nfi_class64 *c = &b->cls[k];
        uint64_t word = c->letter | c->digit, last = word >> 63;
        if (!c->joiner) {
            c->letter = word;
        } else if (t->underscore_is_letter) {
            for (uint64_t j = c->joiner; j; j &= j - 1) {
                int i = __builtin_ctzll(j);
                if (b->bytes[k * 64 + (size_t)i] == '_')
                    word |= UINT64_C(1) << i;
            }
            c->letter = word;
            c->joiner = 0;
        } else {
            uint64_t after = (word >> 1) | ((b->cls[k + 1].letter | b->cls[k + 1].digit) << 63), joined = 0;
            for (uint64_t j = c->joiner & ((word << 1) | before) & after; j; j &= j - 1) {
                int i = __builtin_ctzll(j);
                if (t->joins(text, n, s + k * 64 + (size_t)i))
                    joined |= UINT64_C(1) << i;
            }
            c->letter = word | joined;
            c->joiner = joined;
        }
        before = last;
    }
}

/* Non-blank stretches with a byte >= 0x80 in text[s..e), relative to s, into b->work as spans. Returns how many. */
static size_t find_chunks(nfi_tokbuf *b, const char *text, size_t s, size_t e, size_t blocks, nfi_buf *out)
{
    size_t done = 0, count = 0;

    for (size_t k = 0; k < blocks; k++) {
        for (uint64_t h = b->cls[k].high; h; h &= h - 1) {
            size_t i = k * 64 + (size_t)__builtin_ctzll(h);
            if (i < done)
                continue;
            span c = {i, i};
            while (c.s > done && !is_blank(text[s + c.s - 1]))
                c.s--;
            while (c.e < e - s && !is_blank(text[s + c.e]))
                c.e++;
            done = c.e;
            nfi_buf_put(out, &c, sizeof c);
            count++;
        }
    }
    return count;
}

/* Bits [s, s + len) of a bit set over blocks, len <= 64; The block after the last is empty. */
#define BITS(field, s, len)                                                                                                                    \
    (((b->cls[(s) >> 6].field >> ((s) & 63)) | (((s) & 63) ? b->cls[((s) >> 6) + 1].field << (64 - ((s) & 63)) : 0)) &                         \
     ((len) < 64 ? (UINT64_C(1) << (len)) - 1 : UINT64_MAX))

/* Emits the ASCII token [s, e) of the segment that starts at base. */
static inline void ascii_token(const nfi_tokenizer *t, nfi_tokbuf *b, const char *text, size_t n, size_t base, size_t s, size_t e)
{
    size_t len = e - s;

    if (len < t->min_ascii)
        return;
    if (len > NFI_MAX_TOKEN) {
        b->dropped++;
        return;
    }
    if (t->special) { /* a joiner inside, or 2 or 3 capitals: tested without a branch for each, since short words are many */
        uint64_t joined = len <= 64 ? BITS(joiner, s, len) : 1, first = b->cls[s >> 6].upper >> (s & 63), last = b->cls[(e - 1) >> 6].upper >> ((e - 1) & 63);
        if (joined | (first & last & (uint64_t)(len <= 3))) {
            t->special(b, text, n, base + s, base + e, (uint32_t)s);
            return;
        }
    }
    b->tok[b->ntok++] = (nfi_token){(uint32_t)s, (uint32_t)len};
}

/* Places where the word bit turns, in order: starts and ends by turns. turn has room for 64 a block and one more. */
static size_t find_turns(const nfi_tokbuf *b, size_t blocks, uint32_t *turn)
{
    uint64_t carry = 0;
    size_t n = 0;

    for (size_t k = 0; k <= blocks; k++) { /* the extra block is empty: it closes a token at the end */
        uint64_t w = b->cls[k].letter, turns = w ^ (w << 1 | carry);
        uint32_t at = (uint32_t)(k * 64);
        carry = w >> 63;
        while (turns) {
            turn[n++] = at + (uint32_t)__builtin_ctzll(turns);
            turns &= turns - 1;
        }
    }
    return n;
}

static void extract(const nfi_tokenizer *t, nfi_tokbuf *b, const char *text, size_t n, size_t base, size_t end, size_t blocks)
{
    nfi_buf list = {0};
    size_t nchunks = 0, next = 0, room = (end - base) / 2 + 1;
    uint64_t high = 0;

    if (nfi_grow(&b->turn, &b->capturn, blocks * 64 + 1, sizeof *b->turn, NULL) != NF_OK) {
        b->failed = true;
        return;
    }
    for (size_t k = 0; k < blocks; k++)
        high |= b->cls[k].high;
    if (high) {
        nchunks = find_chunks(b, text, base, end, blocks, &list);
        if (!nfi_buf_ok(&list)) {
            b->failed = true;
            goto out;
        }
    }
    const span *chunk = (const span *)(const void *)list.p;
    size_t turns = find_turns(b, blocks, b->turn);

    for (size_t i = 0; i < turns; i += 2) {
        size_t start = b->turn[i];
        if (__builtin_expect(next < nchunks && start >= chunk[next].s, 0)) {
            while (next < nchunks && start >= chunk[next].e) {
                t->chunk(b, text, n, base + chunk[next].s, base + chunk[next].e);
                next++;
            }
            if (!reserve(b, 0, room))
                goto out;
            if (next < nchunks && start >= chunk[next].s)
                continue; /* inside the chunk: it is tokenised as a whole */
        }
        ascii_token(t, b, text, n, base, start, b->turn[i + 1]);
    }
    for (; next < nchunks && !b->failed; next++)
        t->chunk(b, text, n, base + chunk[next].s, base + chunk[next].e);
out:
    nfi_buf_clear(&list);
}

bool nfi_tokenize(const nfi_tokenizer *t, nfi_tokbuf *b, const char *text, size_t n, size_t *pos)
{
    size_t s = *pos;

    b->ntok = 0;
    b->nbytes = 0;
    if (s >= n || b->failed)
        return false;
    size_t e = segment_end(text, n, s), blocks = (e - s + 63) / 64;
    *pos = e;
    if (!classify(b, text + s, e - s))
        return true; /* b->failed tells */
    word_masks(t, b, text, n, s, blocks);
    extract(t, b, text, n, s, e, blocks);
    return true;
}

bool nfi_line_shouts(const char *text, size_t n, size_t s, size_t e)
{
    enum { REACH = 200 };
    size_t upper = 0, lower = 0;

    for (size_t i = s, left = REACH; i > 0 && left > 0 && text[i - 1] != '\n'; i--, left--) {
        upper += text[i - 1] >= 'A' && text[i - 1] <= 'Z';
        lower += text[i - 1] >= 'a' && text[i - 1] <= 'z';
    }
    for (size_t i = e, left = REACH; i < n && left > 0 && text[i] != '\n'; i++, left--) {
        upper += text[i] >= 'A' && text[i] <= 'Z';
        lower += text[i] >= 'a' && text[i] <= 'z';
    }
    return upper + lower >= 4 && upper > lower;
}
