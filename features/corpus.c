/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * corpus.c - counts a document stream on several threads.
 *
 * A batch of the stream is cut into chunks of about 256 KiB of text; any worker takes any chunk. Words get their numbers at once, from one
 * table for all; n-grams are kept as sequences of word numbers until all documents are there, and then numbered by parts of a hash
 * (grams.h). Numbers differ from run to run, nothing derived from them does.
 */
#include "features/corpus.h"

#include "base/par.h"
#include "base/registry.h"
#include "base/sort.h"
#include "base/try.h"
#include "base/utf8.h"
#include "features/label_sets.h"
#include "features/lang.h"

#include <string.h>
#include <unistd.h>

enum { CHUNK_BYTES = 256 << 10 };

nf_status nfi_text_init(nfi_text *t, const nf_text_opts *o, nf_err *err)
{
    nfi_text x = {0};
    const char *name = o && o->tokenizer ? o->tokenizer : "news";

    x.tokenizer = nfi_tokenizer_find(name);
    if (!x.tokenizer)
        return NF_FAIL(err, NF_EINVAL, "no tokenizer \"%s\"", name);
    x.lo = o && o->ngram_lo ? o->ngram_lo : 1;
    x.hi = o && o->ngram_hi ? o->ngram_hi : o && o->ngram_lo ? o->ngram_lo : 2;
    if (x.lo < 1 || x.hi < x.lo || x.hi > NFI_MAX_NGRAM)
        return NF_FAIL(err, NF_EINVAL, "n-grams %d-%d: expected 1 <= low <= high <= %d", x.lo, x.hi, NFI_MAX_NGRAM);
    x.lead = o ? o->lead : 0;
    if (x.lead > (x.lo == 1 ? NFI_MAX_LEAD : 0))
        return NF_FAIL(err, NF_EINVAL, "a lead of %u words: expected at most %d, and n-grams that begin at 1 word", x.lead, NFI_MAX_LEAD);
    NF_TRY(nfi_language_check(x.language, o ? o->language : NULL, err));
    NF_TRY(nfi_stop_load(&x.stop, o && o->stopwords ? o->stopwords : "none", x.tokenizer, err));
    nf_status s = o && o->no_clean ? NF_OK : nf_cleaner_new(&x.clean, o ? o->clean : NULL, err);
    if (s == NF_OK)
        *t = x;
    else
        nfi_text_clear(&x);
    return s;
}

nf_status nfi_text_copy(nfi_text *t, const nfi_text *from, nf_err *err)
{
    nfi_text x = {.tokenizer = from->tokenizer, .lo = from->lo, .hi = from->hi, .lead = from->lead};

    memcpy(x.language, from->language, sizeof x.language);
    NF_TRY(nfi_stop_from_words(&x.stop, from->stop.name, from->stop.word, from->stop.n, err));
    x.clean = nfi_cleaner_ref(from->clean);
    *t = x;
    return NF_OK;
}

void nfi_text_clear(nfi_text *t)
{
    nfi_stop_clear(&t->stop);
    nf_cleaner_free(t->clean);
    *t = (nfi_text){0};
}

const char *nf_tokenizer_name(size_t i, const char **summary)
{
    NFI_RETURN_NAME(nfi_tokenizers, i, summary);
}

/* ---- one batch ---- */

typedef struct pass {
    nfi_counting *k;
    const nf_batch *batch;
    size_t base; /* document number of batch->docs[0] */
    nfi_chunk *chunk;
    const size_t *bound; /* chunk k holds batch documents [bound[k], bound[k+1]) */
} pass;

static nf_status count_chunk(void *ctx, size_t k, int worker, nf_err *err)
{
    pass *p = ctx;
    nf_corpus *c = p->k->c;
    nfi_chunk *ch = &p->chunk[k];
    nfi_gather *g = &p->k->gather[worker];
    nfi_arena *mem = &c->mem[worker];

    ch->first = p->base + p->bound[k];
    ch->n = p->bound[k + 1] - p->bound[k];
    nfi_gather_begin(g);
    for (size_t i = 0; i < ch->n; i++) {
        const nf_doc *d = &p->batch->docs[p->bound[k] + i];
        NF_TRY(nfi_gather_doc(g, d, (uint32_t)i, &c->nterms[ch->first + i], &c->ntokens[ch->first + i], err));
        c->idhash[ch->first + i] = nfi_xxh64(d->id.p, d->id.n);
    }
    NF_TRY(nfi_words_split(&ch->words, &g->rows, c->nterms + ch->first, ch->n, mem, err));
    size_t width = nfi_gram_width(&c->text);
    return c->text.hi > 1 ? nfi_grams_split(&ch->grams, g->gram, g->ngram / width, width, p->k->secret, mem, err) : NF_OK;
}

static nf_status copy_str(nf_corpus *c, nf_str *dst, nf_str src, nf_err *err)
{
    char *p = src.n ? nfi_arena_copy(&c->arena, src.p, src.n) : NULL;
    if (src.n && !p)
        return nfi_oom(err, "document columns");
    *dst = (nf_str){p, src.n};
    return NF_OK;
}

/* Labels become numbers in order of first sight (sorted at the end); ids and columns are copied when asked for. */
static nf_status take_columns(nf_corpus *c, nfi_vocab *labels, const nf_batch *b, const nf_corpus_opts *o, nf_err *err)
{
    for (size_t i = 0; i < b->n; i++) {
        const nf_doc *d = &b->docs[i];
        size_t n = c->n + i;
        c->label[n] = -1;
        if (d->label.n && c->multi) {
            NF_TRY(nfi_set_node(labels, d->label, &c->label[n], err));
        } else if (d->label.n) {
            uint32_t node;
            size_t len = d->label.n <= NFI_MAX_LABEL ? d->label.n : nfi_utf8_valid_prefix(d->label.p, NFI_MAX_LABEL);
            NF_TRY(nfi_label_node(labels, (nf_str){d->label.p, len}, &node, err));
            c->label[n] = (int32_t)node;
        }
        if (o->keep_ids) {
            NF_TRY(copy_str(c, &c->id[n], d->id, err));
            NF_TRY(copy_str(c, &c->title[n], d->title, err));
        }
        for (size_t k = 0; o->keep_carried && k < c->ncarried; k++)
            NF_TRY(copy_str(c, &c->carried[n * c->ncarried + k], d->carried[k], err));
    }
    return NF_OK;
}

static nf_status grow_docs(nf_corpus *c, size_t n, const nf_corpus_opts *o, nf_err *err)
{
    NF_TRY(nfi_grow(&c->nterms, &c->capterms, n, sizeof *c->nterms, err));
    NF_TRY(nfi_grow(&c->ntokens, &c->captokens, n, sizeof *c->ntokens, err));
    NF_TRY(nfi_grow(&c->label, &c->caplabel, n, sizeof *c->label, err));
    NF_TRY(nfi_grow(&c->idhash, &c->capidhash, n, sizeof *c->idhash, err));
    if (o->keep_ids) {
        NF_TRY(nfi_grow(&c->id, &c->capid, n, sizeof *c->id, err));
        NF_TRY(nfi_grow(&c->title, &c->captitle, n, sizeof *c->title, err));
    }
    if (o->keep_carried && c->ncarried)
        NF_TRY(nfi_grow(&c->carried, &c->capcarried, n * c->ncarried, sizeof *c->carried, err));
    return NF_OK;
}

nf_status nfi_counting_begin(nfi_counting *k, const nfi_text *text, const nf_corpus_opts *o, size_t ncarried, nf_err *err)
{
    nfi_counting x = {.o = o, .threads = nfi_par_threads(o->threads)};
    nf_status s = NF_OK;

    x.c = nfi_calloc(1, sizeof *x.c);
    x.gather = nfi_calloc((size_t)x.threads, sizeof *x.gather);
    x.secret = nfi_secret_random();
    if (!x.c || !x.gather) {
        s = nfi_oom(err, "a corpus");
        goto out;
    }
    x.c->mem = nfi_calloc((size_t)x.threads, sizeof *x.c->mem);
    if (!x.c->mem) {
        s = nfi_oom(err, "a corpus");
        goto out;
    }
    x.c->nmem = (size_t)x.threads;
    x.c->multi = o->multi;
    x.c->ncarried = o->keep_carried ? ncarried : 0;
    NF_GO(nfi_text_copy(&x.c->text, text, err));
    NF_GO(nfi_words_init(&x.c->words, err));
    for (int w = 0; w < x.threads; w++)
        nfi_gather_init(&x.gather[w], &x.c->text, &x.c->words);
    NF_GO(nfi_vocab_init(&x.labels, err));
    *k = x;
    return NF_OK;
out:
    nfi_counting_clear(&x);
    return s;
}

nf_status nfi_counting_add(nfi_counting *k, const nf_batch *b, nf_err *err)
{
    nf_corpus *c = k->c;
    size_t *bound = nfi_alloc(b->n + 1, sizeof *bound);
    nf_status s = NF_OK;

    if (!bound)
        return nfi_oom(err, "a batch");
    size_t chunks = nfi_batch_cut(b, CHUNK_BYTES, bound);
    NF_GO(grow_docs(c, c->n + b->n, k->o, err));
    NF_GO(nfi_grow(&c->chunk, &c->capchunks, c->nchunks + chunks, sizeof *c->chunk, err));
    memset(c->chunk + c->nchunks, 0, chunks * sizeof *c->chunk);
    pass p = {k, b, c->n, c->chunk + c->nchunks, bound};
    c->nchunks += chunks;
    NF_GO(nfi_par_chunks(chunks, k->threads, count_chunk, &p, err));
    nfi_words_settle(&c->words);
    NF_GO(take_columns(c, &k->labels, b, k->o, err));
    c->n += b->n;
out:
    nfi_free(bound);
    return s;
}

/* ---- the end ---- */

/* N-grams of each document of a chunk. */
static nf_status count_grams(void *ctx, size_t k, int worker, nf_err *err)
{
    nf_corpus *c = ctx;
    const nfi_chunk *ch = &c->chunk[k];

    (void)worker, (void)err;
    for (size_t q = NFI_WORD_PARTS; q < NFI_PARTS; q++) {
        size_t n;
        const uint64_t *e = nfi_chunk_part(c, ch, q, &n);
        for (size_t i = 0; i < n; i++)
            c->nterms[ch->first + nfi_entry_doc(e[i])]++;
    }
    return NF_OK;
}

static nf_status number_grams(nfi_counting *k, nf_err *err)
{
    nf_corpus *c = k->c;
    size_t *first = c->node + NFI_WORD_PARTS;
    nf_status s = NF_OK;
    nfi_entries **chunk = nfi_alloc(c->nchunks, sizeof *chunk);

    if (!chunk)
        return nfi_oom(err, "n-grams");
    for (size_t i = 0; i < c->nchunks; i++)
        chunk[i] = c->chunk[i].grams;
    NF_GO(nfi_grams_number(&c->gram, first, chunk, c->nchunks, nfi_gram_width(&c->text), k->secret, k->threads, err));
    c->ngrams = first[NFI_GRAM_PARTS];
    if (nfi_corpus_nodes(c) >= NFI_NONE) {
        s = NF_FAIL(err, NF_ELIMIT, "more than 2^32 distinct terms in memory; lower --memory so that they are sorted on disk");
        goto out;
    }
    for (size_t p = 0; p <= NFI_GRAM_PARTS; p++)
        first[p] += c->words.n;
    NF_GO(nfi_par_chunks(c->nchunks, k->threads, count_grams, c, err));
out:
    nfi_free(chunk);
    return s;
}

/* Nodes of words: part after part, by number. */
static nf_status number_words(nf_corpus *c, nf_err *err)
{
    size_t n = 0;

    if (!(c->word_of = nfi_alloc(c->words.n, sizeof *c->word_of)))
        return nfi_oom(err, "words");
    for (size_t p = 0; p < NFI_WORD_PARTS; p++) {
        c->node[p] = n;
        for (size_t w = p; w < c->words.n; w += NFI_WORD_PARTS)
            c->word_of[n++] = (uint32_t)w;
    }
    for (size_t p = NFI_WORD_PARTS; p <= NFI_PARTS; p++)
        c->node[p] = n;
    return NF_OK;
}

nf_status nfi_corpus_rows(const nf_corpus *c, size_t k, const uint32_t *of, nfi_rows *rows, nf_err *err)
{
    const nfi_chunk *ch = &c->chunk[k];
    size_t at[NFI_CHUNK_DOCS], sum = 0;

    for (size_t d = 0; d < ch->n; d++) {
        at[d] = sum;
        sum += c->nterms[ch->first + d];
    }
    NF_TRY(nfi_grow(&rows->id, &rows->capid, sum, sizeof *rows->id, err));
    NF_TRY(nfi_grow(&rows->tf, &rows->captf, sum, sizeof *rows->tf, err));
    for (size_t q = 0; q < nfi_corpus_parts(c); q++) {
        size_t n;
        const uint64_t *e = nfi_chunk_part(c, ch, q, &n);
        for (size_t i = 0; i < n; i++) {
            size_t place = at[nfi_entry_doc(e[i])]++;
            size_t node = c->node[q] + nfi_entry_number(e[i]);
            rows->id[place] = of ? of[node] : (uint32_t)node;
            rows->tf[place] = nfi_entry_tf(e[i]);
        }
    }
    rows->n = sum;
    return NF_OK;
}

int nfi_by_bytes(const void *a, const void *b, void *ctx)
{
    const nf_str *all = ctx;
    return nfi_str_cmp(all[*(const uint32_t *)a], all[*(const uint32_t *)b]);
}

/* Class numbers become ranks by bytes. */
static nf_status sort_labels(nf_corpus *c, nfi_vocab *labels, nf_err *err)
{
    size_t n = labels->nwords;
    uint32_t *order = nfi_alloc(n, sizeof *order), *rank = nfi_alloc(n, sizeof *rank);
    nf_status s = NF_OK;

    c->classname = nfi_calloc(n, sizeof *c->classname);
    if (!order || !rank || !c->classname) {
        s = nfi_oom(err, "labels");
        goto out;
    }
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    NF_GO(nfi_sort(order, n, sizeof *order, nfi_by_bytes, labels->word, err));
    for (size_t i = 0; i < n; i++) {
        rank[order[i]] = (uint32_t)i;
        NF_GO(copy_str(c, &c->classname[i], labels->word[order[i]], err));
    }
    c->nclasses = n;
    if (c->multi) {
        s = nfi_sets_finish(c, labels, rank, err);
        goto out;
    }
    for (size_t d = 0; d < c->n; d++)
        if (c->label[d] >= 0)
            c->label[d] = (int32_t)rank[c->label[d]];
out:
    nfi_free(order);
    nfi_free(rank);
    return s;
}

static uint64_t half_of_ram(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size / 2 : (uint64_t)1 << 30;
}

uint64_t nfi_memory_budget(const nf_corpus_opts *o)
{
    return o->memory ? o->memory : half_of_ram();
}

uint64_t nfi_counting_bytes(const nfi_counting *k)
{
    const nf_corpus *c = k->c;
    uint64_t bytes = c->arena.bytes + c->n * (sizeof *c->nterms + sizeof *c->ntokens + sizeof *c->label + sizeof *c->idhash);
    bytes += nfi_words_bytes(&c->words);
    for (size_t i = 0; i < c->nchunks; i++) {
        if (c->chunk[i].words)
            bytes += sizeof(nfi_entries) + c->chunk[i].words->total * 8;
        if (c->chunk[i].grams) /* and what distinct ones take in the end */
            bytes += sizeof(nfi_entries) + c->chunk[i].grams->total * (8 + 16 * nfi_gram_width(&c->text));
    }
    return bytes;
}

nf_status nfi_counting_finish(nfi_counting *k, nf_corpus **out, nf_err *err)
{
    for (int w = 0; w < k->threads; w++)
        nfi_gather_clear(&k->gather[w]);
    NF_TRY(nfi_words_seal(&k->c->words, err));
    NF_TRY(number_words(k->c, err));
    if (k->c->text.hi > 1)
        NF_TRY(number_grams(k, err));
    NF_TRY(sort_labels(k->c, &k->labels, err));
    *out = k->c;
    k->c = NULL;
    nfi_counting_clear(k);
    return NF_OK;
}

void nfi_counting_clear(nfi_counting *k)
{
    for (int w = 0; k->gather && w < k->threads; w++)
        nfi_gather_clear(&k->gather[w]);
    nfi_free(k->gather);
    nfi_vocab_clear(&k->labels);
    nf_corpus_free(k->c);
    *k = (nfi_counting){0};
}

nf_status nf_corpus_count(nf_corpus **out, nf_docs *in, const nf_corpus_opts *o, nf_err *err)
{
    uint64_t memory = nfi_memory_budget(o);
    nf_status s = NF_OK;
    nfi_text text = {0};
    nfi_counting k = {0};
    nf_batch batch = {0};
    size_t columns;

    NF_GO(nfi_text_init(&text, &o->text, err));
    NF_GO(nfi_language_filter(in, text.language, o->threads, err));
    nf_docs_columns(in, &columns);
    NF_GO(nfi_counting_begin(&k, &text, o, columns, err));
    for (;;) {
        NF_GO(nf_docs_next(in, &batch, err));
        if (batch.n == 0)
            break;
        NF_GO(nfi_counting_add(&k, &batch, err));
        if (nfi_counting_bytes(&k) > memory) {
            s = NF_FAIL(err, NF_ELIMIT, "%zu documents need more than the memory allowed (%llu MiB); raise --memory", k.c->n,
                        (unsigned long long)(memory >> 20));
            goto out;
        }
        if (o->progress)
            o->progress(o->progress_ctx, nf_docs_counts(in));
    }
    nf_batch_clear(&batch);
    s = nfi_counting_finish(&k, out, err);
out:
    nfi_text_clear(&text);
    nf_batch_clear(&batch);
    nfi_counting_clear(&k);
    return s;
}

void nf_corpus_free(nf_corpus *c)
{
    if (!c)
        return;
    for (size_t w = 0; w < c->nmem; w++)
        nfi_arena_clear(&c->mem[w]);
    nfi_free(c->mem);
    nfi_free(c->chunk);
    nfi_free(c->nterms);
    nfi_free(c->ntokens);
    nfi_free(c->label);
    nfi_free(c->idhash);
    nfi_free(c->classname);
    nfi_free(c->set_ptr);
    nfi_free(c->set_cls);
    nfi_free(c->id);
    nfi_free(c->title);
    nfi_free(c->carried);
    nfi_arena_clear(&c->arena);
    nfi_words_clear(&c->words);
    nfi_free(c->word_of);
    nfi_free(c->gram);
    nfi_text_clear(&c->text);
    nfi_free(c);
}

size_t nf_corpus_docs(const nf_corpus *c) { return c->n; }
size_t nf_corpus_classes(const nf_corpus *c) { return c->nclasses; }
nf_str nf_corpus_class(const nf_corpus *c, size_t k) { return c->classname[k]; }
int32_t nf_corpus_label(const nf_corpus *c, size_t doc) { return c->label[doc]; }
uint64_t nf_corpus_tokens(const nf_corpus *c, size_t doc) { return c->ntokens[doc]; }
nf_str nf_corpus_id(const nf_corpus *c, size_t doc) { return c->id[doc]; }
nf_str nf_corpus_title(const nf_corpus *c, size_t doc) { return c->title[doc]; }
nf_str nf_corpus_carried(const nf_corpus *c, size_t doc, size_t column) { return c->carried[doc * c->ncarried + column]; }
