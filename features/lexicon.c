/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lexicon.c - seeds against tokens.
 *
 * The words of all seeds are two sorted lists, of whole words and of prefixes (militar*); seeds are paths in a tree whose edges are such
 * words. A token is looked up once: O(log seeds) for the whole word, the same and a walk over at most NFI_SEED_NEST nested prefixes for the
 * others. Then every open path takes a step: seeds have at most four words, so few are open.
 */
#include "features/codebook.h"

#include "base/limits.h"
#include "base/sort.h"
#include "base/try.h"
#include "datasets/str.h"

#include <string.h>

/* One word of a seed, while the lists are made. */
typedef struct seed_word {
    nf_str s;
    uint32_t seed, frame, at; /* seed number, its frame, place in it */
    bool prefix;
    uint32_t number;          /* of the seed word */
} seed_word;

typedef struct maker {
    nf_lexicon *lx;
    seed_word *w;
    size_t n, cap, nseeds;
} maker;

static bool begins(nf_str word, nf_str prefix) { return prefix.n <= word.n && memcmp(word.p, prefix.p, prefix.n) == 0; }

/* The words of one seed, as the tokeniser cuts them. */
static nf_status cut_seed(maker *mk, nf_str seed, uint32_t frame, nf_err *err)
{
    nf_lexicon *lx = mk->lx;
    const char *file = lx->cb->name, *key = lx->cb->frame[frame].key.p;
    uint32_t words = 0;

    for (size_t i = 0; i < seed.n; i++) {
        size_t from = i, pos = 0;
        while (i < seed.n && seed.p[i] != ' ')
            i++;
        bool prefix = i > from && seed.p[i - 1] == '*';
        nf_str piece = {seed.p + from, i - from - prefix};
        while (nfi_tokenize(lx->tok, &lx->buf, piece.p, piece.n, &pos)) {
            if (lx->buf.failed)
                return nfi_oom(err, "a codebook");
            NF_TRY(nfi_grow(&mk->w, &mk->cap, mk->n + lx->buf.ntok, sizeof *mk->w, err));
            for (size_t t = 0; t < lx->buf.ntok; t++) {
                nfi_token k = lx->buf.tok[t];
                char *p = nfi_arena_copy(&lx->arena, lx->buf.bytes + k.off, k.n);
                if (!p)
                    return nfi_oom(err, "a codebook");
                bool ending = prefix && t + 1 == lx->buf.ntok && pos >= piece.n;
                mk->w[mk->n++] = (seed_word){{p, k.n}, (uint32_t)mk->nseeds, frame, words++, ending, 0};
            }
        }
    }
    if (words == 0)
        return NF_FAIL_AT(err, NF_EFORMAT, file, 0, "frame \"%s\": the tokenizer %s finds no word in seed \"%s\"", key, lx->tok->name,
                          nfi_show(seed).text);
    if (words > NFI_MAX_NGRAM)
        return NF_FAIL_AT(err, NF_EFORMAT, file, 0, "frame \"%s\": seed \"%s\" is %u words, at most %d are allowed", key,
                          nfi_show(seed).text, words, NFI_MAX_NGRAM);
    mk->nseeds++;
    return NF_OK;
}

static int by_word(const void *a, const void *b, void *ctx)
{
    const seed_word *w = ctx, *x = &w[*(const uint32_t *)a], *y = &w[*(const uint32_t *)b];
    return x->prefix != y->prefix ? (int)x->prefix - (int)y->prefix : nfi_str_cmp(x->s, y->s);
}

/* For each prefix the longest other one that it begins with; a stack of those that are open. */
static nf_status link_prefixes(nf_lexicon *lx, nf_err *err)
{
    nfi_seed_words *p = &lx->prefix;
    uint32_t open[NFI_SEED_NEST];
    size_t depth = 0;

    for (size_t i = 0; i < p->n; i++) {
        while (depth && !begins(p->word[i], p->word[open[depth - 1]]))
            depth--;
        p->up[i] = depth ? open[depth - 1] + 1 : 0;
        if (depth == NFI_SEED_NEST)
            return NF_FAIL_AT(err, NF_EFORMAT, lx->cb->name, 0,
                              "seed word \"%s*\" begins with %d shorter ones that end in *; at most %d may", nfi_show(p->word[i]).text,
                              NFI_SEED_NEST, NFI_SEED_NEST - 1);
        open[depth++] = (uint32_t)i;
    }
    return NF_OK;
}

/* The two lists, and the number of each word. */
static nf_status sort_words(maker *mk, nf_err *err)
{
    nf_lexicon *lx = mk->lx;
    nf_status s = NF_OK;
    uint32_t *order = nfi_alloc(mk->n, sizeof *order);
    nf_str *word = nfi_arena_alloc(&lx->arena, mk->n * sizeof *word + 1);

    lx->prefix.up = nfi_arena_alloc(&lx->arena, mk->n * sizeof *lx->prefix.up + 1);
    if (!order || !word || !lx->prefix.up) {
        s = nfi_oom(err, "a codebook");
        goto out;
    }
    for (size_t i = 0; i < mk->n; i++)
        order[i] = (uint32_t)i;
    NF_GO(nfi_sort(order, mk->n, sizeof *order, by_word, mk->w, err));
    size_t n = 0;
    for (size_t i = 0; i < mk->n; i++) {
        seed_word *x = &mk->w[order[i]];
        if (i == 0 || by_word(&order[i - 1], &order[i], mk->w) != 0) {
            word[n++] = x->s;
            lx->exact.n += !x->prefix;
            lx->prefix.n += x->prefix;
        }
        x->number = (uint32_t)n - 1;
    }
    lx->exact.word = word;
    lx->prefix.word = word + lx->exact.n;
    s = link_prefixes(lx, err);
out:
    nfi_free(order);
    return s;
}

/* Paths of all seeds, one level after the other: nodes of a level are the different (node before, word). node: by seed. */
static nf_status grow_tree(maker *mk, uint32_t *node, nf_err *err)
{
    nf_lexicon *lx = mk->lx;
    nf_status s = NF_OK;
    nfi_kv *kv = nfi_alloc(mk->n, sizeof *kv), *last = nfi_alloc(mk->nseeds, sizeof *last);

    lx->edge = nfi_arena_alloc(&lx->arena, mk->n * sizeof *lx->edge + 1);
    lx->to = nfi_arena_alloc(&lx->arena, mk->n * sizeof *lx->to + 1);
    lx->frame = nfi_arena_alloc(&lx->arena, mk->nseeds * sizeof *lx->frame + 1);
    if (!kv || !last || !lx->edge || !lx->to || !lx->frame) {
        s = nfi_oom(err, "a codebook");
        goto out;
    }
    memset(node, 0, mk->nseeds * sizeof *node);
    lx->nnodes = 1;
    for (uint32_t level = 0; level < NFI_MAX_NGRAM; level++) {
        size_t n = 0;
        for (size_t i = 0; i < mk->n; i++)
            if (mk->w[i].at == level)
                kv[n++] = (nfi_kv){(uint64_t)node[mk->w[i].seed] << 32 | mk->w[i].number, mk->w[i].seed, mk->w[i].frame};
        NF_GO(nfi_sort_kv(kv, n, err));
        for (size_t i = 0; i < n; i++) {
            if (i == 0 || kv[i].key != kv[i - 1].key) {
                lx->edge[lx->nedges] = kv[i].key;
                lx->to[lx->nedges++] = (uint32_t)lx->nnodes++;
            }
            node[kv[i].val] = (uint32_t)lx->nnodes - 1;
        }
    } /* nodes of a level are numbered after those before, so edges rise */
    if (!(lx->ends = nfi_arena_alloc(&lx->arena, (lx->nnodes + 1) * sizeof *lx->ends))) {
        s = nfi_oom(err, "a codebook");
        goto out;
    }
    memset(lx->ends, 0, (lx->nnodes + 1) * sizeof *lx->ends);
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < mk->n; i++)
        if (mk->w[i].at == 0)
            last[n++] = (nfi_kv){(uint64_t)node[mk->w[i].seed] << 32 | mk->w[i].frame, 0, 0};
    NF_GO(nfi_sort_kv(last, n, err));
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && last[i].key == last[i - 1].key)
            continue; /* one frame, one seed, twice */
        lx->frame[kept++] = (uint16_t)last[i].key;
        lx->ends[(last[i].key >> 32) + 1] = (uint32_t)kept;
    }
    for (size_t i = 0; i < lx->nnodes; i++)
        if (lx->ends[i + 1] < lx->ends[i])
            lx->ends[i + 1] = lx->ends[i];
out:
    nfi_free(kv);
    nfi_free(last);
    return s;
}

nf_status nf_lexicon_new(nf_lexicon **out, const nf_codebook *cb, const char *tokenizer, nf_err *err)
{
    nf_status s = NF_OK;
    uint32_t *node = NULL;
    nf_lexicon *lx = nfi_calloc(1, sizeof *lx);
    maker mk = {.lx = lx};

    if (!lx)
        return nfi_oom(err, "a codebook");
    lx->cb = cb;
    lx->tok = tokenizer ? nfi_tokenizer_find(tokenizer) : nfi_tokenizers[0];
    if (!lx->tok) {
        s = NF_FAIL(err, NF_EINVAL, "no tokenizer \"%s\"", tokenizer);
        goto out;
    }
    for (size_t f = 0; f < cb->n; f++)
        for (size_t k = 0; k < cb->frame[f].nseeds; k++)
            NF_GO(cut_seed(&mk, cb->frame[f].seed[k], (uint32_t)f, err));
    node = nfi_alloc(mk.nseeds, sizeof *node);
    if (!node) {
        s = nfi_oom(err, "a codebook");
        goto out;
    }
    NF_GO(sort_words(&mk, err));
    NF_GO(grow_tree(&mk, node, err));
    lx->active = nfi_arena_alloc(&lx->arena, lx->nnodes * sizeof *lx->active);
    lx->next = nfi_arena_alloc(&lx->arena, lx->nnodes * sizeof *lx->next);
    lx->stamp = nfi_arena_alloc(&lx->arena, cb->n * sizeof *lx->stamp);
    if (!lx->active || !lx->next || !lx->stamp) {
        s = nfi_oom(err, "a codebook");
        goto out;
    }
    memset(lx->stamp, 0, cb->n * sizeof *lx->stamp);
    *out = lx;
    lx = NULL;
out:
    nfi_free(mk.w);
    nfi_free(node);
    nf_lexicon_free(lx);
    return s;
}

void nf_lexicon_free(nf_lexicon *lx)
{
    if (!lx)
        return;
    nfi_tokbuf_clear(&lx->buf);
    nfi_arena_clear(&lx->arena);
    nfi_free(lx);
}

/* ---- looking up ---- */

/* Entries that are not above the word. */
static size_t at_most(const nfi_seed_words *l, nf_str word)
{
    size_t lo = 0, hi = l->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (nfi_str_cmp(l->word[mid], word) <= 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Seed words that a word matches, appended to way. */
static size_t look_up(const nf_lexicon *lx, nf_str word, uint32_t *way, size_t n)
{
    size_t i = at_most(&lx->exact, word);

    if (i && nfi_str_cmp(lx->exact.word[i - 1], word) == 0)
        way[n++] = (uint32_t)i - 1;
    for (i = at_most(&lx->prefix, word); i; i = lx->prefix.up[i - 1])
        if (begins(word, lx->prefix.word[i - 1]))
            way[n++] = (uint32_t)(lx->exact.n + i - 1);
    return n;
}

/* The same for a token: as it stands, and in small letters where it has capitals. */
static size_t ways_of(nf_lexicon *lx, nf_str word, uint32_t way[NFI_SEED_WAYS])
{
    size_t n = look_up(lx, word, way, 0);
    bool capitals = false;

    for (size_t i = 0; i < word.n && i < sizeof lx->fold; i++) {
        bool up = word.p[i] >= 'A' && word.p[i] <= 'Z';
        lx->fold[i] = (char)(up ? word.p[i] | 0x20 : word.p[i]);
        capitals |= up;
    }
    if (!capitals || word.n > sizeof lx->fold)
        return n;
    size_t all = look_up(lx, (nf_str){lx->fold, word.n}, way, n), kept = n;
    for (size_t i = n; i < all; i++) { /* a prefix without letters is found by both */
        bool known = false;
        for (size_t k = 0; k < n; k++)
            known |= way[k] == way[i];
        if (!known)
            way[kept++] = way[i];
    }
    return kept;
}

/* The node behind an edge, or 0. */
static uint32_t step(const nf_lexicon *lx, uint32_t node, uint32_t way)
{
    uint64_t key = (uint64_t)node << 32 | way;
    size_t at = nfi_lower_bound(lx->edge, lx->nedges, key);

    return at < lx->nedges && lx->edge[at] == key ? lx->to[at] : 0;
}

/* All open paths, and with start a new one, take a step. */
static void advance(nf_lexicon *lx, nf_str word, bool start)
{
    uint32_t way[NFI_SEED_WAYS], *from = lx->active;
    size_t nway = ways_of(lx, word, way), n = 0;

    for (size_t w = 0; w < nway; w++) {
        for (size_t i = 0; i < lx->nactive + start; i++) {
            uint32_t to = step(lx, i < lx->nactive ? from[i] : 0, way[w]);
            if (to)
                lx->next[n++] = to; /* another for every (node, way): never more than there are nodes */
        }
    }
    lx->active = lx->next;
    lx->next = from;
    lx->nactive = n;
}

size_t nfi_lexicon_term(nf_lexicon *lx, const nf_str *word, size_t n, uint16_t *frames)
{
    size_t found = 0;

    lx->nactive = 0;
    for (size_t i = 0; i < n; i++) {
        advance(lx, word[i], i == 0);
        if (lx->nactive == 0)
            return 0;
    }
    lx->step++;
    for (size_t i = 0; i < lx->nactive; i++)
        for (uint32_t e = lx->ends[lx->active[i]]; e < lx->ends[lx->active[i] + 1]; e++)
            lx->stamp[lx->frame[e]] = lx->step;
    lx->nactive = 0;
    for (size_t f = 0; f < lx->cb->n; f++)
        if (lx->stamp[f] == lx->step)
            frames[found++] = (uint16_t)f;
    return found;
}

nf_status nf_codebook_count(nf_lexicon *lx, nf_str title, nf_str text, uint64_t *count, uint64_t *n_tokens, nf_err *err)
{
    const nf_str part[2] = {title, text};
    uint64_t tokens = 0;

    memset(count, 0, lx->cb->n * sizeof *count);
    for (size_t p = 0; p < 2; p++) {
        size_t pos = 0;
        lx->nactive = 0;
        while (nfi_tokenize(lx->tok, &lx->buf, part[p].p, part[p].n, &pos)) {
            if (lx->buf.failed) {
                lx->buf.failed = false;
                return nfi_oom(err, "tokens");
            }
            tokens += lx->buf.ntok;
            for (size_t t = 0; t < lx->buf.ntok; t++) {
                nfi_token k = lx->buf.tok[t];
                advance(lx, (nf_str){(const char *)lx->buf.bytes + k.off, k.n}, true);
                lx->step++;
                for (size_t i = 0; i < lx->nactive; i++) {
                    for (uint32_t e = lx->ends[lx->active[i]]; e < lx->ends[lx->active[i] + 1]; e++) {
                        uint16_t f = lx->frame[e];
                        count[f] += lx->stamp[f] != lx->step;
                        lx->stamp[f] = lx->step;
                    }
                }
            }
        }
    }
    if (n_tokens)
        *n_tokens = tokens;
    return NF_OK;
}

int32_t nf_codebook_best(const uint64_t *count, size_t frames)
{
    int32_t best = -1;
    uint64_t top = 0;

    for (size_t f = 0; f < frames; f++) {
        if (count[f] > top) {
            top = count[f];
            best = (int32_t)f;
        } else if (count[f] == top) {
            best = -1;
        }
    }
    return best;
}
