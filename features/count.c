/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * count.c - tokens to nodes to terms and their frequencies.
 *
 * Words are looked up in batches: hashes and prefetches first, then probes, so that the misses of a batch overlap. The node of a word of
 * the dictionary is remembered from document to document, and valid when the node is that very word's (the sparse-set trick of Briggs and
 * Torczon 1993); all other tables begin anew with each document, no larger than it needs, and stay in the first cache.
 */
#include "features/count.h"

#include "base/try.h"

#include <string.h>

enum { BATCH = 32, STOP = 1 };

nf_status nfi_counter_init(nfi_counter *c, const nfi_text *text, const nfi_dict *dict, nf_err *err)
{
    *c = (nfi_counter){.text = text, .dict = dict, .pos = nfi_calloc(dict->nwords, sizeof *c->pos)};
    if (!c->pos)
        return nfi_oom(err, "words");
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
    nfi_tokbuf_clear(&c->marked);
    nf_cuts_clear(&c->cuts);
    nfi_buf_clear(&c->clean);
    nfi_free(c->term);
    nfi_free(c->tf);
    nfi_free(c->pos);
    nfi_free(c->pair);
    for (int m = 0; m < NFI_MAX_NGRAM; m++)
        nfi_free(c->seq[m]);
    *c = (nfi_counter){0};
}

/* The node of a word that the dictionary does not have, or NFI_NONE for a stop word. */
static nf_status other_word(nfi_counter *c, const uint8_t *bytes, const nfi_token *t, uint32_t *node, nf_err *err)
{
    const uint8_t *p = bytes + t->off;
    bool fresh;

    NF_TRY(nfi_vocab_reserve(&c->vocab, 1, 0, err));
    nfi_word_slot *s = nfi_vocab_word(&c->vocab, p, t->n, &fresh);
    if (!s)
        return nfi_oom(err, "words");
    if (fresh) {
        s->mark = nfi_stop_has(&c->text->stop, (const char *)p, t->n) ? STOP : 0;
        c->term[s->id] = NFI_NONE;
        c->tf[s->id] = 0;
    }
    *node = s->mark == STOP ? NFI_NONE : s->id;
    return NF_OK;
}

/* Looks up tokens, appends the nodes of words that are not stop words to out; *n of them. There is room for all. */
static nf_status look_up_words(nfi_counter *c, const nfi_tokbuf *from, uint32_t *out, size_t *n, nf_err *err)
{
    nfi_vocab *v = &c->vocab;
    const nfi_dict dict = *c->dict;
    const nfi_token *tok = from->tok;
    const uint8_t *bytes = from->bytes;
    nfi_node *node = v->node;
    uint32_t *term = c->term, *tf = c->tf, *pos = c->pos;
    const uint32_t one = c->text->lo == 1;
    size_t m = 0, nnode = v->nnode;
    uint64_t known = 0;

    for (size_t b = 0; b < from->ntok; b += BATCH) {
        nfi_dict_key key[BATCH];
        nfi_known is[BATCH];
        size_t len = from->ntok - b < BATCH ? from->ntok - b : BATCH;

        for (size_t i = 0; i < len; i++)
            nfi_dict_ask(&dict, &key[i], bytes + tok[b + i].off, tok[b + i].n);
        for (size_t i = 0; i < len; i++) {
            is[i] = nfi_dict_find(&dict, &key[i], bytes + tok[b + i].off, tok[b + i].n);
            __builtin_prefetch(pos + is[i].word);
        }
        for (size_t i = 0; i < len; i++) {
            const nfi_known k = is[i];
            if (__builtin_expect(k.word == NFI_NONE, 0)) {
                uint32_t other = NFI_NONE;
                v->nnode = nnode;
                NF_TRY(other_word(c, bytes, &tok[b + i], &other, err));
                nnode = v->nnode;
                node = v->node;
                if (other == NFI_NONE) {
                    c->stopped++;
                    continue;
                }
                tf[other] += one;
                out[m++] = other;
                continue;
            }
            /* Without a branch: whether a word is new to its document cannot be guessed. In numbers: compilers make branches of choices. */
            size_t was = pos[k.word] & -(size_t)(pos[k.word] < nnode);
            bool seen = (was < nnode) & (node[was].word == k.word) & (node[was].prefix == NFI_KNOWN);
            size_t at = nnode ^ ((nnode ^ was) & -(size_t)seen);
            node[at] = (nfi_node){NFI_KNOWN, k.word};
            term[at] = k.term;
            tf[at] = (tf[at] & -(uint32_t)seen) + one;
            pos[k.word] = (uint32_t)at;
            nnode += !seen;
            known += k.term != NFI_NONE;
            out[m++] = (uint32_t)at;
        }
    }
    v->nnode = nnode;
    c->known += known;
    *n = m;
    return NF_OK;
}

/* 0 where one of both is; in that one test, unlike a && b. */
static inline uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* What the dictionary is asked for the pair of two nodes. */
static inline uint64_t pair_of(nfi_node a, nfi_node b)
{
    bool known = (a.prefix == NFI_KNOWN) & (b.prefix == NFI_KNOWN);
    return ((uint64_t)a.word << 32 | b.word) | ((uint64_t)known - 1); /* NFI_NO_PAIR */
}

/*
 * n-grams of order m that end at words [from, to): prefix nodes in prev (order m-1), result in next; counted when wanted. Pairs of words
 * go to c->pair.
 */
static inline __attribute__((always_inline)) void look_up_pairs(nfi_counter *c, const int m, size_t from, size_t to)
{
    nfi_vocab *v = &c->vocab;
    const uint32_t *prev = c->seq[m - 2], *word = c->seq[0];
    const nfi_secret secret = v->secret;
    uint32_t *next = c->seq[m - 1], *tf = c->tf;
    uint64_t *pair = c->pair;
    nfi_node *node = v->node;
    nfi_pair_slot *pairs = v->pairs;
    size_t mask = v->pcap - 1, nnode = v->nnode, had = nnode;
    const uint32_t one = m >= c->text->lo;

    for (size_t i = from; i < to; i++) {
        uint64_t key = (uint64_t)prev[i - 1] << 32 | word[i];
        size_t at = (size_t)nfi_hash2(key, secret.b, secret) & mask;
        while (least(pairs[at].key ^ key, ~pairs[at].key)) /* neither it nor free */
            at = (at + 1) & mask;
        bool seen = pairs[at].key == key; /* as in look_up_words() */
        uint32_t id = (uint32_t)nnode ^ (((uint32_t)nnode ^ pairs[at].id) & -(uint32_t)seen);
        pairs[at] = (nfi_pair_slot){key, id, 0};
        if (m == 2)
            pair[nnode - had] = pair_of(node[prev[i - 1]], node[word[i]]);
        node[id] = (nfi_node){prev[i - 1], word[i]};
        tf[id] = (tf[id] & -(uint32_t)seen) + one;
        nnode += !seen;
        next[i] = id;
    }
    v->npairs += nnode - had;
    v->nnode = nnode;
}

/* Words of the lead once more: neither known tokens nor parts of n-grams. out: scratch. */
static nf_status count_lead(nfi_counter *c, uint32_t *out, nf_err *err)
{
    uint64_t known = c->known;
    size_t n;

    NF_TRY(look_up_words(c, &c->marked, out, &n, err));
    c->known = known;
    return NF_OK;
}

/* Counts the tokens now in c->tok. Words [0, carry) of the sequences are those of the segment before. */
static nf_status count_segment(nfi_counter *c, nf_err *err)
{
    nfi_vocab *v = &c->vocab;
    size_t n = c->tok.ntok, hi = (size_t)c->text->hi, got, lead = c->lead < n ? c->lead : n, most = v->nnode + n * hi + lead + 1;

    NF_TRY(nfi_vocab_reserve(v, 0, n * (hi - 1), err));
    NF_TRY(nfi_grow(&v->node, &v->capnode, most, sizeof *v->node, err));
    NF_TRY(nfi_grow(&c->term, &c->capterm, most, sizeof *c->term, err));
    NF_TRY(nfi_grow(&c->tf, &c->captf, most, sizeof *c->tf, err));
    NF_TRY(nfi_grow(&c->pair, &c->cappair, n + 1, sizeof *c->pair, err));
    for (size_t m = 0; m < hi; m++)
        NF_TRY(nfi_grow(&c->seq[m], &c->capseq[m], n + lead + NFI_MAX_NGRAM, sizeof *c->seq[m], err));

    NF_TRY(look_up_words(c, &c->tok, c->seq[0] + c->carry, &got, err));
    size_t total = c->carry + got;
    if (lead) {
        nfi_lead_mark(&c->marked, &c->tok, lead, &c->text->stop);
        NF_TRY(c->marked.failed ? nfi_oom(err, "tokens") : count_lead(c, c->seq[0] + total, err));
        c->lead -= lead;
    }
    size_t had = v->nnode;
    if (hi > 1 && total > 1)
        look_up_pairs(c, 2, c->carry > 1 ? c->carry : 1, total);
    if (hi == 2)
        nfi_dict_pairs(c->dict, c->pair, v->nnode - had, c->term + had);
    for (size_t m = 3; m <= hi; m++)
        if (total >= m)
            look_up_pairs(c, (int)m, c->carry > m - 1 ? c->carry : m - 1, total);
    size_t keep = total < hi - 1 ? total : hi - 1;
    for (size_t m = 0; m < hi; m++)
        memmove(c->seq[m], c->seq[m] + (total - keep), keep * sizeof **c->seq);
    c->carry = keep;
    return NF_OK;
}

/* The n-gram of a node in words of the dictionary; false when one of them is unknown. */
static inline bool gram_of(const nfi_node *all, nfi_node x, nfi_gram *g)
{
    uint32_t back[NFI_MAX_NGRAM];
    int n = 0;

    for (; x.prefix < NFI_KNOWN; x = all[x.prefix]) {
        if (all[x.word].prefix != NFI_KNOWN)
            return false;
        back[n++] = all[x.word].word;
    }
    if (x.prefix != NFI_KNOWN)
        return false;
    back[n++] = x.word;
    g->n = n;
    for (int k = 0; k < n; k++)
        g->word[n - 1 - k] = back[k];
    return true;
}

/* Looks up the n-grams of the document, in groups whose cache misses overlap. */
static void find_grams(nfi_counter *c)
{
    const nfi_node *all = c->vocab.node;

    for (size_t i = 0, nodes = c->vocab.nnode; i < nodes;) {
        uint32_t node[2][BATCH], term[BATCH];
        uint64_t pair[BATCH];
        nfi_gram gram[BATCH], g;
        size_t n[2] = {0};
        for (; i < nodes && n[0] < BATCH && n[1] < BATCH; i++) {
            if (all[i].prefix >= NFI_KNOWN)
                continue;
            c->term[i] = NFI_NONE;
            if (!gram_of(all, all[i], &g))
                continue;
            bool more = g.n > 2;
            if (more)
                gram[n[1]] = g;
            else
                pair[n[0]] = (uint64_t)g.word[0] << 32 | g.word[1];
            node[more][n[more]++] = (uint32_t)i;
        }
        nfi_dict_pairs(c->dict, pair, n[0], term);
        for (size_t k = 0; k < n[0]; k++)
            c->term[node[0][k]] = term[k];
        nfi_dict_grams(c->dict, gram, n[1], term);
        for (size_t k = 0; k < n[1]; k++)
            c->term[node[1][k]] = term[k];
    }
}

/* Leaves the entries of what was counted: stop words were not, nor n-grams that are too short. */
static void keep_counted(nfi_counter *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++) {
        if (c->tf[i] == 0)
            continue;
        c->term[n] = c->term[i];
        c->tf[n++] = c->tf[i];
    }
    c->n = n;
}

nf_status nfi_count_doc(nfi_counter *c, const nf_str *parts, size_t nparts, nf_err *err)
{
    c->carry = c->n = 0;
    c->n_tokens = c->stopped = c->known = 0;
    NF_TRY(nfi_vocab_reset(&c->vocab, err));
    for (size_t p = 0; p < nparts; p++) {
        size_t pos = 0;
        while (nfi_tokenize(c->text->tokenizer, &c->tok, parts[p].p, parts[p].n, &pos)) {
            if (c->tok.failed) {
                c->tok.failed = false;
                return nfi_oom(err, "tokens");
            }
            c->n_tokens += c->tok.ntok;
            NF_TRY(count_segment(c, err));
        }
    }
    if (c->text->hi > 2)
        find_grams(c);
    c->n = c->vocab.nnode;
    if (c->text->lo > 1 || c->text->stop.n > 0)
        keep_counted(c);
    return NF_OK;
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

nf_status nfi_count_text(nfi_counter *c, const nf_doc *d, nf_err *err)
{
    nf_str part[2];

    NF_TRY(nfi_text_parts(c->text, d, &c->cuts, &c->clean, part, err));
    c->lead = c->text->lead;
    return nfi_count_doc(c, part, 2, err);
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
