/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gather.c - tokens to word numbers, rows of words and sequences of words.
 *
 * How often each word occurs in the current document is counted in an array of all words, as it is looked up; a word that it does not have
 * yet goes to the end of the row. When the document ends, its counts are moved into the row: nothing else is cleared between documents.
 */
#include "features/gather.h"

#include "base/try.h"

#include <string.h>

void nfi_gather_init(nfi_gather *g, const nfi_text *text, nfi_words *words)
{
    *g = (nfi_gather){.text = text, .words = words};
}

void nfi_gather_clear(nfi_gather *g)
{
    nfi_tokbuf_clear(&g->tok);
    nfi_tokbuf_clear(&g->marked);
    nf_cuts_clear(&g->cuts);
    nfi_buf_clear(&g->clean);
    nfi_rows_clear(&g->rows);
    nfi_free(g->seq);
    nfi_free(g->tally.times);
    nfi_free(g->gram);
    *g = (nfi_gather){0};
}

void nfi_gather_begin(nfi_gather *g)
{
    g->rows.n = 0;
    g->ngram = 0;
}

/* Tokens to the row; with n-grams, numbers of those that are not stop words to out: returns how many, SIZE_MAX on failure. */
static size_t look_up(nfi_gather *g, const nfi_tokbuf *from, uint32_t *out)
{
    const nfi_token *tok = from->tok;
    uint32_t index[NFI_WORDS_BATCH];
    bool grams = g->text->hi > 1;
    size_t n = from->ntok, m = 0;

    for (size_t b = 0; b < n; b += NFI_WORDS_BATCH) {
        size_t len = n - b < NFI_WORDS_BATCH ? n - b : NFI_WORDS_BATCH;

        if (!nfi_words_look_up(g->words, from->bytes, tok + b, len, &g->text->stop, &g->tally, index))
            return SIZE_MAX;
        for (size_t i = 0; grams && i < len; i++) {
            out[m] = (index[i] & NFI_WORD_INDEX) - 1;
            m += !(index[i] & NFI_WORD_STOP);
        }
    }
    return m;
}

/* The row is complete: its counts, which are 0 again. Without words alone it is dropped. */
static void close_row(nfi_gather *g)
{
    size_t n = g->tally.n;

    if (n == 0)
        return;
    uint32_t *times = g->tally.times, *row = g->rows.id + g->rows.n, *tf = g->rows.tf + g->rows.n;
    for (size_t i = 0; i < n; i++) {
        uint32_t index = row[i];
        tf[i] = times[index];
        times[index] = 0;
        row[i] = index - 1;
    }
    g->rows.n += g->text->lo == 1 ? n : 0;
    g->tally.n = 0;
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

static nf_status no_words(const nfi_gather *g, nf_err *err)
{
    return g->words->full
               ? NF_FAIL(err, NF_ELIMIT, "more than 2^%d distinct words in memory; lower --memory so that they are sorted on disk",
                         NFI_WORD_BITS)
               : nfi_oom(err, "words");
}

/* Adds the tokens now in g->tok, the first lead of them marked too. */
static nf_status add_tokens(nfi_gather *g, size_t lead, uint32_t doc, nf_err *err)
{
    size_t n = g->tok.ntok, hi = (size_t)g->text->hi, lo = (size_t)(g->text->lo > 2 ? g->text->lo : 2);

    NF_TRY(nfi_grow(&g->rows.id, &g->rows.capid, g->rows.n + g->tally.n + n + lead + 1, sizeof *g->rows.id, err));
    NF_TRY(nfi_grow(&g->rows.tf, &g->rows.captf, g->rows.n + g->tally.n + n + lead + 1, sizeof *g->rows.tf, err));
    g->tally.row = g->rows.id + g->rows.n;
    NF_TRY(nfi_grow(&g->seq, &g->capseq, n + lead + NFI_MAX_NGRAM + 1, sizeof *g->seq, err));
    if (hi > 1)
        NF_TRY(nfi_grow(&g->gram, &g->capgram, g->ngram + n * (hi - 1) * nfi_gram_width(g->text), sizeof *g->gram, err));

    size_t got = look_up(g, &g->tok, g->seq + g->carry);
    if (got == SIZE_MAX)
        return no_words(g, err);
    size_t total = g->carry + got;
    if (lead) {
        nfi_lead_mark(&g->marked, &g->tok, lead, &g->text->stop);
        if (g->marked.failed)
            return nfi_oom(err, "tokens");
        if (look_up(g, &g->marked, g->seq + total) == SIZE_MAX)
            return no_words(g, err);
    }
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
    size_t base = g->rows.n, left = g->text->lead;
    uint64_t tokens = 0;
    nf_str part[2];
    nf_status s = NF_OK;

    NF_TRY(nfi_text_parts(g->text, d, &g->cuts, &g->clean, part, err));
    g->carry = 0;
    for (size_t p = 0; p < 2; p++) {
        size_t pos = 0;
        while (nfi_tokenize(g->text->tokenizer, &g->tok, part[p].p, part[p].n, &pos)) {
            if (g->tok.failed) {
                s = nfi_oom(err, "tokens");
                goto out;
            }
            tokens += g->tok.ntok;
            size_t lead = left < g->tok.ntok ? left : g->tok.ntok;
            NF_GO(add_tokens(g, lead, doc, err));
            left -= lead;
        }
    }
out:
    close_row(g);
    g->tok.failed = g->marked.failed = false;
    if (s != NF_OK) {
        g->rows.n = base;
        return s;
    }
    *entries = (uint32_t)(g->rows.n - base);
    *n_tokens = tokens;
    return NF_OK;
}
