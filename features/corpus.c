/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * corpus.c - counts a document stream on several threads.
 *
 * A batch of the stream is cut into chunks of about 256 KiB of text; any worker takes any chunk with its own vocabulary. At the end the first
 * worker's vocabulary takes in the others' and their rows are renumbered. Node numbers depend on the threads, nothing derived from them does.
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
    nfi_text x = {.tokenizer = from->tokenizer, .lo = from->lo, .hi = from->hi};

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
    nf_corpus *c;
    nfi_counter *counter; /* one a worker */
    const nf_batch *batch;
    size_t base; /* document number of batch->docs[0] */
    nfi_chunk *chunk;
    const size_t *bound; /* chunk k holds batch documents [bound[k], bound[k+1]) */
} pass;

static nf_status count_chunk(void *ctx, size_t k, int worker, nf_err *err)
{
    pass *p = ctx;
    nfi_chunk *ch = &p->chunk[k];
    nfi_counter *counter = &p->counter[worker];

    ch->worker = worker;
    ch->first = p->base + p->bound[k];
    ch->n = p->bound[k + 1] - p->bound[k];
    counter->rows.n = 0;
    for (size_t i = 0; i < ch->n; i++) {
        const nf_doc *d = &p->batch->docs[p->bound[k] + i];
        size_t before = counter->rows.n;
        NF_TRY(nfi_count_text(counter, d, &counter->rows, &p->c->ntokens[ch->first + i], err));
        p->c->nterms[ch->first + i] = (uint32_t)(counter->rows.n - before);
        p->c->idhash[ch->first + i] = nfi_xxh64(d->id.p, d->id.n);
    }
    size_t n = counter->rows.n; /* kept at their exact size, since they live as long as the corpus */
    ch->rows.id = nfi_arena_alloc(&p->c->rowmem[worker], n * sizeof *ch->rows.id);
    ch->rows.tf = nfi_arena_alloc(&p->c->rowmem[worker], n * sizeof *ch->rows.tf);
    if (!ch->rows.id || !ch->rows.tf)
        return nfi_oom(err, "rows");
    if (n) {
        memcpy(ch->rows.id, counter->rows.id, n * sizeof *ch->rows.id);
        memcpy(ch->rows.tf, counter->rows.tf, n * sizeof *ch->rows.tf);
    }
    ch->rows.n = n;
    return NF_OK;
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
            uint8_t padded[NFI_MAX_LABEL + 16] = {0};
            bool fresh;
            size_t len = d->label.n <= NFI_MAX_LABEL ? d->label.n : nfi_utf8_valid_prefix(d->label.p, NFI_MAX_LABEL);
            memcpy(padded, d->label.p, len);
            NF_TRY(nfi_vocab_reserve(labels, 1, 0, err));
            nfi_word_slot *s = nfi_vocab_word(labels, padded, (uint32_t)len, &fresh);
            if (!s)
                return nfi_oom(err, "labels");
            if (labels->nwords > NFI_MAX_LABELS)
                return NF_FAIL(err, NF_ELIMIT, "more than %d distinct labels; is the label column the right one?", NFI_MAX_LABELS);
            c->label[n] = (int32_t)s->id;
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
    x.counter = nfi_calloc((size_t)x.threads, sizeof *x.counter);
    if (!x.c || !x.counter) {
        s = nfi_oom(err, "a corpus");
        goto out;
    }
    x.c->rowmem = nfi_calloc((size_t)x.threads, sizeof *x.c->rowmem);
    if (!x.c->rowmem) {
        s = nfi_oom(err, "a corpus");
        goto out;
    }
    x.c->nrowmem = (size_t)x.threads;
    x.c->multi = o->multi;
    x.c->ncarried = o->keep_carried ? ncarried : 0;
    NF_GO(nfi_text_copy(&x.c->text, text, err));
    for (int w = 0; w < x.threads; w++)
        NF_GO(nfi_counter_init(&x.counter[w], &x.c->text, err));
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
    pass p = {c, k->counter, b, c->n, c->chunk + c->nchunks, bound};
    c->nchunks += chunks;
    NF_GO(nfi_par_chunks(chunks, k->threads, count_chunk, &p, err));
    NF_GO(take_columns(c, &k->labels, b, k->o, err));
    c->n += b->n;
out:
    nfi_free(bound);
    return s;
}

/* ---- the end ---- */

/* Words and n-grams of from into c->vocab; map gets the new node of each old one. Frees from's tables first: only nodes and strings are needed. */
static nf_status absorb(nf_corpus *c, nfi_vocab *from, uint32_t *map, nf_err *err)
{
    enum { AHEAD = 16 };
    nfi_vocab *v = &c->vocab;
    size_t n = from->nnode;

    nfi_vocab_seal(from);
    for (size_t i = 0; i < n; i += 4096) { /* room in steps: most nodes exist already */
        size_t end = i + 4096 < n ? i + 4096 : n;
        NF_TRY(nfi_vocab_reserve(v, end - i, end - i, err));
        for (size_t j = i; j < end; j++) {
            bool fresh;
            nfi_node x = from->node[j];
            if (x.prefix == NFI_NONE) {
                uint8_t padded[NFI_MAX_TOKEN + 16] = {0};
                nf_str w = from->word[x.word];
                memcpy(padded, w.p, w.n);
                nfi_word_slot *slot = nfi_vocab_word(v, padded, (uint32_t)w.n, &fresh);
                if (!slot)
                    return nfi_oom(err, "words");
                map[j] = slot->id;
                continue;
            }
            if (j + AHEAD < end) {
                nfi_node y = from->node[j + AHEAD]; /* its prefix and word may be unmapped yet: then the prefetch is merely useless */
                if (y.prefix != NFI_NONE && y.prefix < j && y.word < j)
                    __builtin_prefetch(&v->pairs[nfi_pair_home(v, (uint64_t)map[y.prefix] << 32 | map[y.word])], 1);
            }
            map[j] = nfi_vocab_pair(v, map[x.prefix], map[x.word], &fresh)->id;
        }
    }
    return NF_OK;
}

typedef struct renumbering {
    nf_corpus *c;
    uint32_t *const *map; /* one a worker, NULL for the first */
} renumbering;

static nf_status renumber_chunk(void *ctx, size_t k, int worker, nf_err *err)
{
    const renumbering *r = ctx;
    nfi_chunk *ch = &r->c->chunk[k];
    const uint32_t *map = r->map[ch->worker];

    (void)worker, (void)err;
    for (size_t e = 0; map && e < ch->rows.n; e++)
        ch->rows.id[e] = map[ch->rows.id[e]];
    return NF_OK;
}

static nf_status unify(nf_corpus *c, nfi_counter *counter, int threads, nf_err *err)
{
    nf_status s = NF_OK;
    uint32_t **map = nfi_calloc((size_t)threads, sizeof *map);

    if (!map)
        return nfi_oom(err, "merging vocabularies");
    c->vocab = counter[0].vocab;
    counter[0].vocab = (nfi_vocab){0};
    for (int w = 1; w < threads; w++) {
        nfi_vocab *from = &counter[w].vocab;
        if (from->nnode == 0)
            continue;
        if (!(map[w] = nfi_alloc(from->nnode, sizeof **map))) {
            s = nfi_oom(err, "merging vocabularies");
            goto out;
        }
        NF_GO(absorb(c, from, map[w], err));
        nfi_vocab_clear(from);
    }
    renumbering r = {c, map};
    NF_GO(nfi_par_chunks(c->nchunks, threads, renumber_chunk, &r, err));
    nfi_vocab_seal(&c->vocab);
out:
    for (int w = 1; w < threads; w++)
        nfi_free(map[w]);
    nfi_free(map);
    return s;
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
    for (int w = 0; w < k->threads; w++)
        bytes += nfi_vocab_bytes(&k->counter[w].vocab);
    for (size_t i = 0; i < c->nchunks; i++)
        bytes += c->chunk[i].rows.n * 8;
    return bytes;
}

nf_status nfi_counting_finish(nfi_counting *k, nf_corpus **out, nf_err *err)
{
    NF_TRY(unify(k->c, k->counter, k->threads, err));
    NF_TRY(sort_labels(k->c, &k->labels, err));
    *out = k->c;
    k->c = NULL;
    nfi_counting_clear(k);
    return NF_OK;
}

void nfi_counting_clear(nfi_counting *k)
{
    for (int w = 0; k->counter && w < k->threads; w++)
        nfi_counter_clear(&k->counter[w]);
    nfi_free(k->counter);
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
            s = NF_FAIL(err, NF_ELIMIT, "%zu documents need more than the memory allowed (%llu MiB); raise --memory", k.c->n, (unsigned long long)(memory >> 20));
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
    for (size_t w = 0; w < c->nrowmem; w++)
        nfi_arena_clear(&c->rowmem[w]);
    nfi_free(c->rowmem);
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
    nfi_vocab_clear(&c->vocab);
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
