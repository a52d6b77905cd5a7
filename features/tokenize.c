/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tokenize.c - the ASCII path shared by all tokenisers: 64-byte masks, no branch a byte.
 *
 * A segment is classified into bit masks (kern.h); word bits are letters and digits plus the joiners that the tokeniser accepts between two
 * of them. The places where the word bit changes, taken in pairs, are the tokens. Stretches of non-blank bytes that hold a byte >= 0x80 are
 * handed to the tokeniser's chunk() instead, in text order.
 */
#include "features/token.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"

#include <string.h>

enum { SEGMENT = 32 << 10, LONGEST = 1 << 30, PAD = 64 };

typedef struct span {
    size_t s, e;
} span;

void nfi_tokbuf_clear(nfi_tokbuf *b)
{
    nfi_free(b->bytes);
    nfi_free(b->tok);
    nfi_free(b->cls);
    nfi_free(b->cps);
    nfi_free(b->turn);
    nfi_buf_clear(&b->work);
    nfi_buf_clear(&b->chunks);
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

/* End of the segment that starts at s: after the last blank within SEGMENT bytes, or the next blank when there is none; LONGEST bytes at
 * most. */
static size_t segment_end(const char *text, size_t n, size_t s)
{
    if (n - s <= SEGMENT)
        return n;
    for (size_t e = s + SEGMENT; e > s; e--)
        if (nfi_is_blank(text[e - 1]))
            return e;
    size_t e = s + SEGMENT;
    while (e < n && e - s < LONGEST && !nfi_is_blank(text[e]))
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
    if (!reserve(b, blocks * 64, n / 2 + 1 + NFI_WORDS_MORE))
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
 * Word bits replace cls[].letter, accepted joiners replace cls[].joiner; bytes outside [0, n) are no words. s is where the segment starts
 * in text.
 */
static void word_masks(const nfi_tokenizer *t, nfi_tokbuf *b, const char *text, size_t n, size_t s, size_t blocks)
{
    uint64_t before = 0; /* was the byte before this block a word byte (without joiners) */
    size_t upto = 0; /* all up to there join */

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
                size_t i = s + k * 64 + (size_t)__builtin_ctzll(j);
                if (i >= upto)
                    upto = t->joins(text, n, i);
                if (i < upto)
                    joined |= j & -j;
            }
            c->letter = word | joined;
            c->joiner = joined;
        }
        before = last;
    }
}

/* The first byte >= 0x80 at or after from, the end of the blocks when there is none. */
static size_t next_high(const nfi_tokbuf *b, size_t blocks, size_t from)
{
    uint64_t after = ~UINT64_C(0) << from % 64;

    for (size_t k = from / 64; k < blocks; k++, after = ~UINT64_C(0))
        if (b->cls[k].high & after)
            return k * 64 + (size_t)__builtin_ctzll(b->cls[k].high & after);
    return blocks * 64;
}

/* The first blank at or after i, n when there is none. */
static size_t next_blank(const char *text, size_t n, size_t i)
{
    const uint64_t each = UINT64_C(0x0101010101010101), top = each * 0x80;

    for (; i + 8 <= n; i += 8) {
        uint64_t w = nfi_load_le((const uint8_t *)text + i), low = ~(w | ((w | top) - each * (' ' + 1))) & top; /* bytes up to a blank */
        for (; low; low &= low - 1) {
            size_t at = i + (size_t)__builtin_ctzll(low) / 8;
            if (nfi_is_blank(text[at]))
                return at;
        }
    }
    while (i < n && !nfi_is_blank(text[i]))
        i++;
    return i;
}

/*
 * Stretches with a byte >= 0x80 in the n bytes of the segment into b->chunks as spans; those that one blank parts are one span, so that
 * text in another script is few. Returns how many.
 */
static size_t find_chunks(nfi_tokbuf *b, const char *text, size_t n, size_t blocks)
{
    span *last = NULL; /* in b->chunks */
    size_t done = 0;

    b->chunks.n = 0;
    for (size_t i = next_high(b, blocks, 0); i < n; i = next_high(b, blocks, done)) {
        span c = {i, next_blank(text, n, i + 1)};
        while (c.s > done && !nfi_is_blank(text[c.s - 1]))
            c.s--;
        done = c.e;
        if (last && c.s == last->e + 1) {
            last->e = c.e;
        } else {
            nfi_buf_put(&b->chunks, &c, sizeof c);
            last = b->chunks.failed ? NULL : (span *)(void *)(b->chunks.p + b->chunks.n - sizeof c);
        }
    }
    return b->chunks.n / sizeof(span);
}

/* Emits the ASCII tokens between turns [i, end) of the segment that starts at base. */
static void ascii_tokens(const nfi_tokenizer *t, nfi_tokbuf *b, const char *text, size_t n, size_t base, size_t i, size_t end)
{
    const nfi_kern *kern = nfi_kern_get();
    const uint32_t look = t->special ? NFI_TURN_FLAG : 0;

    while (i < end) {
        size_t made;
        i += kern->words(b->turn + i, end - i, (uint32_t)t->min_ascii, look, b->tok + b->ntok, &made);
        b->ntok += made;
        if (i == end)
            return;
        uint32_t s = b->turn[i] & ~NFI_TURN_FLAG, len = (b->turn[i + 1] & ~NFI_TURN_FLAG) - s;
        if (len > NFI_MAX_TOKEN)
            b->dropped++;
        else
            t->special(b, text, n, base + s, base + s + len, s);
        i += 2;
    }
}

/* With chunks. */
static void extract_mixed(const nfi_tokenizer *t, nfi_tokbuf *b, const char *text, size_t n, size_t base, size_t end, size_t blocks,
                          size_t turns)
{
    size_t nchunks = find_chunks(b, text + base, end - base, blocks), room = (end - base) / 2 + 1 + NFI_WORDS_MORE, i = 0;

    if (!nfi_buf_ok(&b->chunks)) {
        b->chunks.failed = false;
        b->failed = true;
        return;
    }
    const span *chunk = (const span *)(const void *)b->chunks.p;
    for (size_t c = 0; c < nchunks && !b->failed; c++) {
        size_t from = i;
        while (i < turns && (b->turn[i] & ~NFI_TURN_FLAG) < chunk[c].s)
            i += 2;
        ascii_tokens(t, b, text, n, base, from, i);
        t->chunk(b, text, n, base + chunk[c].s, base + chunk[c].e);
        if (!reserve(b, 0, room))
            return;
        while (i < turns && (b->turn[i] & ~NFI_TURN_FLAG) < chunk[c].e) /* inside the chunk, which was tokenised as a whole */
            i += 2;
    }
    ascii_tokens(t, b, text, n, base, i, turns);
}

static void extract(const nfi_tokenizer *t, nfi_tokbuf *b, const char *text, size_t n, size_t base, size_t end, size_t blocks)
{
    uint64_t high = 0;

    if (nfi_grow(&b->turn, &b->capturn, blocks * 64 + NFI_TURNS_MORE, sizeof *b->turn, NULL) != NF_OK) {
        b->failed = true;
        return;
    }
    for (size_t k = 0; k < blocks; k++)
        high |= b->cls[k].high;
    size_t turns = nfi_kern_get()->turns(b->cls, blocks, b->turn);
    if (high)
        extract_mixed(t, b, text, n, base, end, blocks, turns);
    else
        ascii_tokens(t, b, text, n, base, 0, turns);
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
