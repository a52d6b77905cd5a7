/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * count.c - tokens to nodes to term frequencies.
 *
 * Words are looked up in batches: hashes and prefetches first, then probes, so that the misses of a batch overlap. The frequency of a term
 * in the current document sits in the row being built; a slot remembers the place (pos) where its term was last put, and the place is valid
 * when the row has that very term there (the sparse-set trick of Briggs and Torczon 1993): nothing is cleared between documents.
 */
#include "features/count.h"

#include "base/try.h"

#include <string.h>

enum { BATCH = 32, STOP = 1 };

nf_status nfi_counter_init(nfi_counter *c, const nfi_text *text, nf_err *err)
{
    *c = (nfi_counter){.text = text};
    return nfi_vocab_init(&c->vocab, err);
}

void nfi_rows_clear(nfi_rows *r)
{
    nfi_free(r->id);
    nfi_free(r->tf);
    *r = (nfi_rows){0};
}

void nfi_counter_clear(nfi_counter *c)
{
    nfi_vocab_clear(&c->vocab);
    nfi_tokbuf_clear(&c->tok);
    nfi_rows_clear(&c->rows);
    nf_cuts_clear(&c->cuts);
    nfi_buf_clear(&c->clean);
    for (int m = 0; m < NFI_MAX_NGRAM; m++)
        nfi_free(c->seq[m]);
    *c = (nfi_counter){0};
}

/* The row being built. Loops hold it in registers: stores to slots and rows could otherwise be stores to what they are reached through. */
typedef struct open_row {
    uint32_t *id, *tf;
    size_t n;
} open_row;

static inline open_row row_open(const nfi_rows *r, size_t base)
{
    return (open_row){r->id + base, r->tf + base, r->n - base};
}

/* Without a branch: whether a term is new to its document cannot be guessed. */
static inline void bump(open_row *r, uint32_t id, uint32_t *pos)
{
    size_t n = r->n, at = *pos < n ? *pos : n; /* there is room for one more */
    bool known = at < n && r->id[at] == id;
    size_t place = known ? at : n;

    r->id[place] = id;
    r->tf[place] = (r->tf[place] & -(uint32_t)known) + 1;
    *pos = (uint32_t)place;
    r->n = n + !known;
}

/* Looks up tok[0..n), appends the nodes of words that are not stop words to out; returns how many, SIZE_MAX when out of memory. */
static size_t look_up_words(nfi_counter *c, const nfi_token *tok, size_t n, uint32_t *out, nfi_rows *rows, size_t base)
{
    nfi_vocab *v = &c->vocab;
    const uint8_t *bytes = c->tok.bytes;
    const nfi_secret secret = v->secret;
    nfi_word_slot *words = v->words;
    size_t m = 0, mask = v->wcap - 1;
    open_row row = row_open(rows, base);
    bool count = c->text->lo == 1, siphash = v->siphash;

    for (size_t b = 0; b < n; b += BATCH) {
        uint64_t lo[BATCH], hi[BATCH];
        nfi_word_slot *home[BATCH];
        size_t len = n - b < BATCH ? n - b : BATCH;

        for (size_t i = 0; i < len; i++) {
            const nfi_token *t = &tok[b + i];
            if (__builtin_expect(t->n <= 16 && !siphash, 1)) {
                nfi_word_key(bytes + t->off, t->n, &lo[i], &hi[i]);
                home[i] = &words[nfi_hash2(lo[i], hi[i], secret) & mask];
            } else {
                lo[i] = hi[i] = 0;
                home[i] = &words[nfi_word_home(v, bytes + t->off, t->n)];
            }
            __builtin_prefetch(home[i]);
        }
        for (size_t i = 0; i < len; i++) {
            const nfi_token *t = &tok[b + i];
            nfi_word_slot *s = home[i];
            if (__builtin_expect(!(s->n == t->n && t->n <= 16 && s->lo == lo[i] && s->hi == hi[i]), 0)) {
                bool fresh;
                s = nfi_vocab_word(v, bytes + t->off, t->n, &fresh);
                if (!s)
                    return SIZE_MAX;
                if (fresh && nfi_stop_has(&c->text->stop, (const char *)bytes + t->off, t->n))
                    s->pad = STOP;
            }
            if (s->pad == STOP) {
                c->stopped++;
                continue;
            }
            uint32_t id = s->id;
            out[m++] = id;
            if (count)
                bump(&row, id, &s->pos);
        }
    }
    rows->n = base + row.n;
    return m;
}

/* n-grams of order m that end at words [from, to): prefix nodes in prev (order m-1), result in next; counted when wanted. */
static void look_up_pairs(nfi_counter *c, int m, size_t from, size_t to, nfi_rows *rows, size_t base)
{
    nfi_vocab *v = &c->vocab;
    const uint32_t *prev = c->seq[m - 2], *word = c->seq[0];
    const nfi_secret secret = v->secret;
    uint32_t *next = c->seq[m - 1];
    nfi_pair_slot *pairs = v->pairs;
    size_t mask = v->pcap - 1;
    open_row row = row_open(rows, base);
    bool count = m >= c->text->lo;

    for (size_t b = from; b < to; b += BATCH) {
        nfi_pair_slot *home[BATCH];
        uint64_t keys[BATCH];
        size_t len = to - b < BATCH ? to - b : BATCH;
        for (size_t i = 0; i < len; i++) {
            keys[i] = (uint64_t)prev[b + i - 1] << 32 | word[b + i];
            home[i] = &pairs[nfi_hash2(keys[i], secret.b, secret) & mask];
            __builtin_prefetch(home[i], 1);
        }
        for (size_t i = 0; i < len; i++) {
            nfi_pair_slot *s = home[i];
            if (s->key != keys[i]) {
                bool fresh;
                s = nfi_vocab_pair(v, (uint32_t)(keys[i] >> 32), (uint32_t)keys[i], &fresh);
            }
            uint32_t id = s->id;
            next[b + i] = id;
            if (count)
                bump(&row, id, &s->pos);
        }
    }
    rows->n = base + row.n;
}

/* Counts the tokens now in c->tok. Words [0, carry) of the sequences are those of the batch before. */
static nf_status count_batch(nfi_counter *c, nfi_rows *rows, size_t base, nf_err *err)
{
    size_t n = c->tok.ntok, hi = (size_t)c->text->hi;

    NF_TRY(nfi_vocab_reserve(&c->vocab, n, n * (hi - 1), err));
    NF_TRY(nfi_grow(&rows->id, &rows->capid, rows->n + n * hi, sizeof *rows->id, err));
    NF_TRY(nfi_grow(&rows->tf, &rows->captf, rows->n + n * hi, sizeof *rows->tf, err));
    for (size_t m = 0; m < hi; m++)
        NF_TRY(nfi_grow(&c->seq[m], &c->capseq[m], n + NFI_MAX_NGRAM, sizeof *c->seq[m], err));

    size_t got = look_up_words(c, c->tok.tok, n, c->seq[0] + c->carry, rows, base);
    if (got == SIZE_MAX)
        return nfi_oom(err, "words");
    size_t total = c->carry + got;
    for (size_t m = 2; m <= hi; m++)
        if (total >= m)
            look_up_pairs(c, (int)m, c->carry > m - 1 ? c->carry : m - 1, total, rows, base);
    size_t keep = total < hi - 1 ? total : hi - 1;
    for (size_t m = 0; m < hi; m++)
        memmove(c->seq[m], c->seq[m] + (total - keep), keep * sizeof **c->seq);
    c->carry = keep;
    return NF_OK;
}

nf_status nfi_count_doc(nfi_counter *c, const nf_str *parts, size_t nparts, nfi_rows *rows, uint64_t *n_tokens, nf_err *err)
{
    size_t base = rows->n;
    uint64_t tokens = 0;
    nf_status s = NF_OK;

    c->carry = 0;
    c->stopped = 0;
    for (size_t p = 0; p < nparts; p++) {
        size_t pos = 0;
        while (nfi_tokenize(c->text->tokenizer, &c->tok, parts[p].p, parts[p].n, &pos)) {
            if (c->tok.failed) {
                s = nfi_oom(err, "tokens");
                goto out;
            }
            tokens += c->tok.ntok;
            NF_GO(count_batch(c, rows, base, err));
        }
    }
    *n_tokens = tokens;
out:
    if (s != NF_OK) {
        rows->n = base;
        c->tok.failed = false;
    }
    return s;
}

nf_status nfi_text_parts(const nfi_text *t, const nf_doc *d, nf_cuts *cuts, nfi_buf *clean, nf_str part[2], nf_err *err)
{
    nf_str text = d->text;

    if (t->clean) {
        NF_TRY(nf_clean_text(t->clean, d->text, d->source, d->mark, d->nmarks, cuts, err));
        if (cuts->n) {
            clean->n = 0;
            if (!nfi_buf_reserve(clean, d->text.n)) {
                clean->failed = false;
                return nfi_oom(err, "a text");
            }
            text = (nf_str){clean->p, nf_clean_apply(d->text, cuts, clean->p)};
        }
    }
    part[0] = d->title;
    part[1] = text;
    return NF_OK;
}

nf_status nfi_count_text(nfi_counter *c, const nf_doc *d, nfi_rows *rows, uint64_t *n_tokens, nf_err *err)
{
    nf_str part[2];

    NF_TRY(nfi_text_parts(c->text, d, &c->cuts, &c->clean, part, err));
    return nfi_count_doc(c, part, 2, rows, n_tokens, err);
}

size_t nfi_batch_cut(const nf_batch *b, size_t bytes, size_t *bound)
{
    size_t chunks = 0, sum = 0;

    bound[0] = 0;
    for (size_t i = 0; i < b->n; i++) {
        sum += b->docs[i].text.n + b->docs[i].title.n + 64;
        if (sum >= bytes || i + 1 == b->n) {
            bound[++chunks] = i + 1;
            sum = 0;
        }
    }
    return chunks;
}
