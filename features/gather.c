/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gather.c - tokens to word numbers, rows of words and sequences of words.
 *
 * Words are looked up in batches: hashes and prefetches first, then probes, so that the misses of a batch overlap. Which words the current
 * document has is in a small table of its own, which stays in the first cache; the large one is only read.
 */
#include "features/gather.h"

#include "base/try.h"

#include <string.h>

enum { BATCH = 32, SEEN0 = 256 };

nf_status nfi_gather_init(nfi_gather *g, const nfi_text *text, nfi_words *words, nf_err *err)
{
    *g = (nfi_gather){.text = text, .words = words, .spread = nfi_secret_random().a | 1, .capseen = SEEN0};
    g->seen = nfi_alloc(g->capseen, sizeof *g->seen);
    return g->seen ? NF_OK : nfi_oom(err, "counting");
}

void nfi_gather_clear(nfi_gather *g)
{
    nfi_tokbuf_clear(&g->tok);
    nf_cuts_clear(&g->cuts);
    nfi_buf_clear(&g->clean);
    nfi_rows_clear(&g->rows);
    nfi_free(g->seq);
    nfi_free(g->seen);
    nfi_free(g->gram);
    *g = (nfi_gather){0};
}

void nfi_gather_begin(nfi_gather *g)
{
    g->rows.n = 0;
    g->ngram = 0;
}

/* ---- the words of the current document ---- */

/* Room for n words in all, at load 1/2; the table of a document starts small, so that short documents pay nothing for long ones before
 * them. */
static nf_status seen_room(nfi_gather *g, size_t n, size_t base, nf_err *err)
{
    size_t want = g->nseen ? g->nseen : SEEN0;

    while (want < 2 * n)
        want *= 2;
    if (want == g->nseen)
        return NF_OK;
    if (want > g->capseen) {
        uint64_t *fresh = nfi_alloc(want, sizeof *fresh);
        if (!fresh)
            return nfi_oom(err, "counting");
        nfi_free(g->seen);
        g->seen = fresh;
        g->capseen = want;
    }
    memset(g->seen, 0, want * sizeof *g->seen);
    g->nseen = want;
    int shift = 64 - __builtin_ctzll(want);
    for (size_t i = base; i < g->rows.n; i++) {
        size_t at = (size_t)(g->rows.id[i] * g->spread >> shift);
        while (g->seen[at])
            at = (at + 1) & (want - 1);
        g->seen[at] = ((uint64_t)g->rows.id[i] + 1) << 32 | (i - base);
    }
    return NF_OK;
}

/* The row being built, in registers. */
typedef struct open_row {
    uint32_t *id, *tf;
    size_t n;
    uint64_t *seen, spread;
    size_t mask;
    int shift;
} open_row;

static inline void bump(open_row *r, uint32_t id)
{
    size_t at = (size_t)(id * r->spread >> r->shift);
    uint64_t key = (uint64_t)id + 1;

    while (r->seen[at] >> 32 != key) {
        if (r->seen[at] == 0) {
            r->seen[at] = key << 32 | r->n;
            r->id[r->n] = id;
            r->tf[r->n++] = 1;
            return;
        }
        at = (at + 1) & r->mask;
    }
    r->tf[(uint32_t)r->seen[at]]++;
}

/* ---- a batch of tokens ---- */

/* Word numbers of tok[0..n) that are not stop words to out, and into the row; returns how many, SIZE_MAX on failure. */
static size_t look_up(nfi_gather *g, const nfi_token *tok, size_t n, uint32_t *out, size_t base)
{
    nfi_words *w = g->words;
    const uint8_t *bytes = g->tok.bytes;
    const nfi_word_table *t = nfi_words_table(w);
    const nfi_secret secret = w->secret;
    const nfi_word *slots = t->slot;
    size_t mask = t->mask, m = 0;
    open_row row = {
        g->rows.id + base, g->rows.tf + base, g->rows.n - base, g->seen, g->spread, g->nseen - 1, 64 - __builtin_ctzll(g->nseen)};
    bool count = g->text->lo == 1, siphash = w->siphash;

    for (size_t b = 0; b < n; b += BATCH) {
        uint64_t lo[BATCH], hi[BATCH];
        const nfi_word *home[BATCH];
        size_t len = n - b < BATCH ? n - b : BATCH;

        for (size_t i = 0; i < len; i++) {
            const nfi_token *x = &tok[b + i];
            nfi_word_key(bytes + x->off, x->n <= 16 ? x->n : 0, &lo[i], &hi[i]);
            home[i] = &slots[nfi_hash2(lo[i], hi[i], secret) & mask];
            __builtin_prefetch(home[i]);
        }
        for (size_t i = 0; i < len; i++) {
            const nfi_token *x = &tok[b + i];
            const nfi_word *s = home[i];
            if (__builtin_expect(
                    !(__atomic_load_n(&s->n, __ATOMIC_ACQUIRE) == x->n && x->n <= 16 && s->lo == lo[i] && s->hi == hi[i]) || siphash, 0)) {
                s = nfi_words_find(w, bytes + x->off, x->n, &g->text->stop);
                if (!s)
                    return SIZE_MAX;
            }
            if (s->stop)
                continue;
            uint32_t id = s->id;
            out[m++] = id;
            if (count)
                bump(&row, id);
        }
    }
    g->rows.n = base + row.n;
    return m;
}

/* n-grams that end at words [from, to) of seq, of m words each. */
static void put_grams(nfi_gather *g, size_t m, size_t from, size_t to, uint32_t doc)
{
    const uint32_t *seq = g->seq;
    bool wide = nfi_gram_width(g->text) == 2;
    uint64_t *out = g->gram + g->ngram;

    for (size_t i = from; i < to; i++) {
        const uint32_t *w = seq + i + 1 - m;
        *out++ = ((uint64_t)w[0] << NFI_WORD_BITS | w[1]) << NFI_DOC_BITS | doc;
        if (wide)
            *out++ = (m > 2 ? (uint64_t)w[2] + 1 : 0) << NFI_WORD_BITS | (m > 3 ? (uint64_t)w[3] + 1 : 0);
    }
    g->ngram = (size_t)(out - g->gram);
}

/* Adds the tokens now in g->tok. */
static nf_status add_tokens(nfi_gather *g, size_t base, uint32_t doc, nf_err *err)
{
    size_t n = g->tok.ntok, hi = (size_t)g->text->hi, lo = (size_t)(g->text->lo > 2 ? g->text->lo : 2);

    NF_TRY(nfi_grow(&g->rows.id, &g->rows.capid, g->rows.n + n, sizeof *g->rows.id, err));
    NF_TRY(nfi_grow(&g->rows.tf, &g->rows.captf, g->rows.n + n, sizeof *g->rows.tf, err));
    NF_TRY(nfi_grow(&g->seq, &g->capseq, n + NFI_MAX_NGRAM, sizeof *g->seq, err));
    if (hi > 1)
        NF_TRY(nfi_grow(&g->gram, &g->capgram, g->ngram + n * (hi - 1) * nfi_gram_width(g->text), sizeof *g->gram, err));
    NF_TRY(seen_room(g, g->rows.n - base + n, base, err));

    size_t got = look_up(g, g->tok.tok, n, g->seq + g->carry, base);
    if (got == SIZE_MAX)
        return g->words->full
                   ? NF_FAIL(err, NF_ELIMIT, "more than 2^%d distinct words in memory; lower --memory so that they are sorted on disk",
                             NFI_WORD_BITS)
                   : nfi_oom(err, "words");
    size_t total = g->carry + got;
    for (size_t m = lo; m <= hi; m++)
        if (total >= m)
            put_grams(g, m, g->carry > m - 1 ? g->carry : m - 1, total, doc);
    size_t keep = total < hi - 1 ? total : hi - 1;
    memmove(g->seq, g->seq + (total - keep), keep * sizeof *g->seq);
    g->carry = keep;
    return NF_OK;
}

nf_status nfi_gather_doc(nfi_gather *g, const nf_doc *d, uint32_t doc, uint32_t *entries, uint64_t *n_tokens, nf_err *err)
{
    size_t base = g->rows.n;
    uint64_t tokens = 0;
    nf_str part[2];
    nf_status s = NF_OK;

    NF_TRY(nfi_text_parts(g->text, d, &g->cuts, &g->clean, part, err));
    g->carry = 0;
    g->nseen = 0;
    for (size_t p = 0; p < 2; p++) {
        size_t pos = 0;
        while (nfi_tokenize(g->text->tokenizer, &g->tok, part[p].p, part[p].n, &pos)) {
            if (g->tok.failed) {
                s = nfi_oom(err, "tokens");
                goto out;
            }
            tokens += g->tok.ntok;
            NF_GO(add_tokens(g, base, doc, err));
        }
    }
    *entries = (uint32_t)(g->rows.n - base);
    *n_tokens = tokens;
out:
    g->tok.failed = false;
    return s;
}
