/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inspect.c - one pass over a corpus. What needs a document alone (language, scripts, mojibake, hash, date) is found in parallel; what adds
 * up over documents (words, labels, columns, copies) is taken in input order, so that limits bite at the same document for any threads.
 */
#include "features/inspect.h"

#include "base/buf.h"
#include "base/date.h"
#include "base/par.h"
#include "base/sort.h"
#include "base/try.h"
#include "base/utf8.h"
#include "features/corpus.h"
#include "features/dedup.h"
#include "features/script.h"
#include "newsframe/clean.h"

#include <string.h>

enum { CHUNK_BYTES = 64 << 10, EXAMPLE = 60, MAX_COLUMN_SETS = 256 };

struct nf_inspection_mem {
    nfi_arena arena;
};

typedef struct column_set {
    nfi_keys values;
    uint64_t filled;
    nf_str example;
} column_set;

typedef struct pass {
    const nf_inspect_opts *o;
    nf_inspection r;
    nfi_arena arena;
    nfi_text text;
    nfi_tokbuf tok;
    nfi_vocab types; /* mark: 1 once, 2 more often */
    nfi_vocab labels;
    uint64_t *label_docs; /* by node */
    size_t cap_label_docs;
    uint64_t vocab_tokens; /* tokens while the vocabulary grew */
    nfi_lengths tokens, characters;
    nfi_keys texts;
    nfi_near near;
    column_set *column;
    size_t ncolumns;
    nfi_curve curve;
    int32_t first_day[2], last_day[2]; /* by nfi_date_order */
    bool show_day, show_month;         /* a date shows that the day, the month comes first */
    uint64_t *lang_docs, script_docs[NFI_SCRIPTS], script_letters[NFI_SCRIPTS];
    /* of the batch at hand */
    const nf_batch *batch;
    const size_t *bound;
    nfi_facts *facts;
    size_t cap_facts;
    int threads;
    nfi_buf *work; /* one a worker */
    nf_cuts *cuts; /* the same */
    nf_cleaner *clean;
} pass;

static nf_status look_chunk(void *ctx, size_t k, int worker, nf_err *err)
{
    pass *p = ctx;

    for (size_t i = p->bound[k]; i < p->bound[k + 1]; i++)
        NF_TRY(nfi_look(&p->facts[i], p->o, p->clean, &p->batch->docs[i], p->r.docs + i, &p->work[worker], &p->cuts[worker], err));
    return NF_OK;
}

/* ---- in input order ---- */

/* Tokens of a text: how many, and while there are few enough, which. */
static nf_status take_tokens(pass *p, nf_str text, uint64_t *tokens, nf_err *err)
{
    nfi_tokbuf *b = &p->tok;
    bool fresh;

    for (size_t pos = 0; nfi_tokenize(p->text.tokenizer, b, text.p, text.n, &pos);) {
        if (b->failed)
            return nfi_oom(err, "tokens");
        *tokens += b->ntok;
        NF_TRY(nfi_vocab_reserve(&p->types, p->r.types_full ? 0 : b->ntok, 0, err));
        for (size_t i = 0; !p->r.types_full && i < b->ntok; i++) {
            nfi_word_slot *s = nfi_vocab_word(&p->types, b->bytes + b->tok[i].off, b->tok[i].n, &fresh);
            if (!s)
                return nfi_oom(err, "words");
            p->r.types += fresh;
            p->r.once += (uint64_t)fresh - (s->mark == 1);
            s->mark = fresh ? 1 : 2;
        }
    }
    return NF_OK;
}

static nf_status take_words(pass *p, const nf_doc *d, nf_err *err)
{
    uint64_t n = 0;

    NF_TRY(take_tokens(p, d->title, &n, err));
    NF_TRY(take_tokens(p, d->text, &n, err));
    nfi_lengths_add(&p->tokens, n);
    p->r.n_tokens += n;
    p->r.no_token += n == 0 && !nfi_all_blank(d->text);
    p->r.few_tokens += n > 0 && n < 3;
    if (!p->r.types_full)
        nfi_curve_add(&p->curve, p->vocab_tokens += n, p->r.types);
    p->r.types_full = p->r.types >= NF_INSPECT_TYPES;
    return NF_OK;
}

static nf_status add_label(pass *p, nf_str label, nf_err *err)
{
    uint8_t padded[NFI_MAX_LABEL + 16] = {0};
    bool fresh;

    size_t len = label.n <= NFI_MAX_LABEL ? label.n : nfi_utf8_valid_prefix(label.p, NFI_MAX_LABEL);
    memcpy(padded, label.p, len);
    if (p->labels.nwords == NF_INSPECT_LABELS + 1) { /* the last one stands for all that came later */
        p->r.other_labels++;
        return NF_OK;
    }
    NF_TRY(nfi_vocab_reserve(&p->labels, 1, 0, err));
    NF_TRY(nfi_grow(&p->label_docs, &p->cap_label_docs, p->labels.nwords + 1, sizeof *p->label_docs, err));
    nfi_word_slot *s = nfi_vocab_word(&p->labels, padded, (uint32_t)len, &fresh);
    if (!s)
        return nfi_oom(err, "labels");
    p->label_docs[s->id] = fresh ? 1 : p->label_docs[s->id] + 1;
    return NF_OK;
}

/* One label, or with multi those of the set "a;b". */
static nf_status take_label(pass *p, nf_str label, uint32_t flags, nf_err *err)
{
    p->r.several += !p->o->multi && flags & NF_DOC_SEVERAL; /* told, and none of the labels */
    if (label.n == 0 || (!p->o->multi && flags & NF_DOC_SEVERAL))
        return NF_OK;
    p->r.labelled++;
    if (!p->o->multi)
        return add_label(p, label, err);
    for (size_t from = 0; from < label.n;) {
        const char *end = memchr(label.p + from, ';', label.n - from);
        size_t stop = end ? (size_t)(end - label.p) : label.n;
        p->r.several += from > 0 && stop == label.n; /* the last of more than one */
        NF_TRY(add_label(p, (nf_str){label.p + from, stop - from}, err));
        from = stop + 1;
    }
    return NF_OK;
}

static nf_status take_columns(pass *p, const nf_doc *d, nf_err *err)
{
    for (size_t c = 0; c < p->ncolumns; c++) {
        column_set *s = &p->column[c];
        nf_str v = d->carried[c];
        uint64_t count;
        if (nfi_all_blank(v))
            continue;
        if (s->filled++ == 0) {
            size_t n = v.n < EXAMPLE ? v.n : EXAMPLE;
            while (n > 0 && n < v.n && ((unsigned char)v.p[n] & 0xc0) == 0x80)
                n--;
            if (!(s->example.p = nfi_arena_copy(&p->arena, v.p, n)))
                return nfi_oom(err, "columns");
            s->example.n = n;
        }
        if (c < MAX_COLUMN_SETS && !s->values.full)
            NF_TRY(nfi_keys_add(&s->values, nfi_xxh128(v.p, v.n), &count, err));
    }
    return NF_OK;
}

static nf_status take_copy(pass *p, const nf_doc *d, const nfi_facts *f, nf_err *err)
{
    uint64_t count = 0;

    if (!f->has_text)
        return NF_OK;
    NF_TRY(nfi_keys_add(&p->texts, f->hash, &count, err));
    p->r.copies += count > 1;
    p->r.copied += count == 2;
    if (count > 1 && count > p->r.most_copies) {
        p->r.most_copies = count;
        nfi_keep_name(p->r.copy_id, d->id);
    }
    return NF_OK;
}

static void take_date(pass *p, const nf_doc *d, const nfi_facts *f)
{
    nf_inspection *r = &p->r;

    if (!f->has_date) {
        r->undated++;
    } else if (!f->dated) {
        if (r->unreadable++ == 0) {
            nfi_keep_name(r->unreadable_date, d->date);
            nfi_keep_name(r->unreadable_id, d->id);
        }
    } else {
        for (int o = NFI_DAY_FIRST; o <= NFI_MONTH_FIRST; o++) {
            int32_t day = f->date[o].days;
            p->first_day[o] = r->dated == 0 || day < p->first_day[o] ? day : p->first_day[o];
            p->last_day[o] = r->dated == 0 || day > p->last_day[o] ? day : p->last_day[o];
        }
        r->dated++;
        r->ambiguous += f->date->ambiguous;
        p->show_day |= f->date->day_first;
        p->show_month |= f->date->month_first;
    }
}

static nf_status take(pass *p, const nf_doc *d, const nfi_facts *f, nf_err *err)
{
    nf_inspection *r = &p->r;

    nfi_lengths_add(&p->characters, f->characters);
    r->no_text += !f->has_text;
    NF_TRY(take_words(p, d, err));
    NF_TRY(take_label(p, d->label, d->flags, err));
    NF_TRY(take_columns(p, d, err));
    NF_TRY(take_copy(p, d, f, err));
    take_date(p, d, f);
    r->chars += f->chars;
    r->removed_chars += f->removed_chars;
    r->with_cuts += f->cuts;
    if (f->all_cut && r->all_cut++ == 0)
        nfi_keep_name(r->all_cut_id, d->id);
    if (d->flags & NF_DOC_REPAIRED && r->repaired++ == 0)
        nfi_keep_name(r->repaired_id, d->id);
    if (d->flags & NF_DOC_FALLBACK && r->fallback++ == 0)
        nfi_keep_name(r->fallback_id, d->id);
    r->nul += (d->flags & NF_DOC_NUL) != 0;
    r->replacement += f->replaced;
    if (f->broken && r->mojibake++ == 0)
        nfi_keep_name(r->mojibake_id, d->id);
    if (f->broken) {
        r->mojibake_found.runs += f->mojibake.runs;
        r->mojibake_found.lost += f->mojibake.lost;
    }
    if (f->guess.lang >= 0)
        p->lang_docs[f->guess.lang]++;
    else
        r->und++;
    r->lines_told += f->lines;
    if (f->mixed && r->mixed++ == 0)
        nfi_keep_name(r->mixed_id, d->id);
    if (f->two_scripts && r->two_scripts++ == 0)
        nfi_keep_name(r->two_scripts_id, d->id);
    if (f->scripts.letters)
        p->script_docs[nfi_scripts_main(&f->scripts)]++;
    for (int i = 0; i < NFI_SCRIPTS; i++)
        p->script_letters[i] += f->scripts.n[i];
    r->docs++;
    return NF_OK;
}

static nf_status take_batch(pass *p, const nf_batch *b, nf_err *err)
{
    nf_status s = NF_OK;
    size_t *bound = nfi_alloc(b->n + 1, sizeof *bound);

    if (!bound)
        return nfi_oom(err, "documents");
    NF_GO(nfi_grow(&p->facts, &p->cap_facts, b->n, sizeof *p->facts, err));
    p->batch = b;
    p->bound = bound;
    NF_GO(nfi_par_chunks(nfi_batch_cut(b, CHUNK_BYTES, bound), p->threads, look_chunk, p, err));
    for (size_t i = 0; i < b->n; i++)
        NF_GO(take(p, &b->docs[i], &p->facts[i], err));
    NF_GO(nfi_near_add(&p->near, b, err));
out:
    nfi_free(bound);
    return s;
}

/* ---- the report ---- */

static int by_docs(const void *a, const void *b, void *ctx)
{
    const nf_inspect_label *x = a, *y = b;
    (void)ctx;
    return x->docs != y->docs ? (x->docs < y->docs) - (x->docs > y->docs) : nfi_str_cmp(x->name, y->name);
}

static int by_count(const void *a, const void *b, void *ctx)
{
    const nf_inspect_count *x = a, *y = b;
    (void)ctx;
    if (x->letters != y->letters)
        return (x->letters < y->letters) - (x->letters > y->letters);
    return x->docs != y->docs ? (x->docs < y->docs) - (x->docs > y->docs) : strcmp(x->code, y->code);
}

static nf_status report_labels(pass *p, nf_err *err)
{
    nf_inspection *r = &p->r;
    size_t n = p->labels.nwords;

    if (n == NF_INSPECT_LABELS + 1) /* the one too many */
        r->other_labels += p->label_docs[--n];
    r->label = nfi_arena_alloc(&p->arena, n * sizeof *r->label);
    r->variant = nfi_arena_alloc(&p->arena, NF_INSPECT_VARIANTS * sizeof *r->variant);
    if (!r->label || !r->variant)
        return nfi_oom(err, "labels");
    for (size_t i = 0; i < n; i++) {
        nf_str w = p->labels.word[i];
        const char *copy = nfi_arena_copy(&p->arena, w.p, w.n);
        if (!copy)
            return nfi_oom(err, "labels");
        r->label[i] = (nf_inspect_label){{copy, w.n}, p->label_docs[i]};
    }
    r->nlabels = n;
    NF_TRY(nfi_sort(r->label, n, sizeof *r->label, by_docs, NULL, err));
    return nfi_label_variants(r->variant, &r->nvariants, &r->more_variants, r->label, n, err);
}

static nf_status report_languages(pass *p, nf_err *err)
{
    nf_inspection *r = &p->r;
    size_t count = nf_lang_count();

    r->languages_told = p->o->lang != NULL;
    r->language = nfi_arena_alloc(&p->arena, count * sizeof *r->language);
    r->script = nfi_arena_alloc(&p->arena, NFI_SCRIPTS * sizeof *r->script);
    if (!r->language || !r->script)
        return nfi_oom(err, "languages");
    for (size_t i = 0; i < count; i++) {
        const char *name, *code = nf_lang_code(i, &name);
        if (p->lang_docs[i])
            r->language[r->nlanguages++] = (nf_inspect_count){code, name, p->lang_docs[i], 0};
    }
    for (size_t i = 1; i < NFI_SCRIPTS; i++)
        if (p->script_letters[i])
            r->script[r->nscripts++] = (nf_inspect_count){nfi_script_name(i), NULL, p->script_docs[i], p->script_letters[i]};
    NF_TRY(nfi_sort(r->language, r->nlanguages, sizeof *r->language, by_count, NULL, err));
    return nfi_sort(r->script, r->nscripts, sizeof *r->script, by_count, NULL, err);
}

static void report_growth(pass *p)
{
    static const double shares[NF_INSPECT_GROWTH] = {0.1, 0.25, 0.5, 1.0};
    nf_inspection *r = &p->r;

    for (size_t i = 0; i < NF_INSPECT_GROWTH; i++) {
        uint64_t x = i + 1 == NF_INSPECT_GROWTH ? p->vocab_tokens : (uint64_t)(shares[i] * (double)p->vocab_tokens);
        r->growth[i] = (nf_inspect_growth){shares[i], x, nfi_curve_at(&p->curve, x, p->vocab_tokens, r->types)};
    }
    const nf_inspect_growth *half = &r->growth[2], *all = &r->growth[3];
    if (half->types > 0 && all->tokens > half->tokens)
        r->slope = nfi_log((double)all->types / (double)half->types) / nfi_log((double)all->tokens / (double)half->tokens);
}

static nf_status report_dates(pass *p, nf_err *err)
{
    char *dst = nfi_arena_alloc(&p->arena, 20);

    if (!dst)
        return nfi_oom(err, "dates");
    p->r.month_first = nfi_is_month_first(p->o->dates, p->show_day, p->show_month);
    if (p->r.dated) {
        p->r.first_day = p->first_day[p->r.month_first];
        p->r.last_day = p->last_day[p->r.month_first];
        nfi_date_format(dst, p->r.first_day);
        nfi_date_format(dst + 10, p->r.last_day);
        p->r.first_date = (nf_str){dst, 10};
        p->r.last_date = (nf_str){dst + 10, 10};
    }
    return NF_OK;
}

static nf_status report(pass *p, const nf_docs *in, nf_err *err)
{
    nf_inspection *r = &p->r;
    size_t n;
    const nf_str *name = nf_docs_columns(in, &n);

    r->tokens = nfi_lengths_spread(&p->tokens);
    r->characters = nfi_lengths_spread(&p->characters);
    r->texts_full = p->texts.full;
    NF_TRY(report_labels(p, err));
    NF_TRY(report_languages(p, err));
    NF_TRY(report_dates(p, err));
    NF_TRY(nfi_near_report(&p->near, r, err));
    report_growth(p);
    r->ncolumns = p->ncolumns;
    r->column = nfi_arena_alloc(&p->arena, n * sizeof *r->column);
    if (!r->column)
        return nfi_oom(err, "columns");
    for (size_t c = 0; c < p->ncolumns; c++) {
        const column_set *s = &p->column[c];
        const char *copy = nfi_arena_copy(&p->arena, name[c].p, name[c].n);
        if (!copy)
            return nfi_oom(err, "columns");
        r->column[c] = (nf_inspect_column){{copy, name[c].n}, s->filled, s->values.n, s->values.full || c >= MAX_COLUMN_SETS, s->example};
    }
    r->mem = nfi_calloc(1, sizeof *r->mem);
    return r->mem ? NF_OK : nfi_oom(err, "a report");
}

void nf_inspection_clear(nf_inspection *r)
{
    if (!r)
        return;
    if (r->mem)
        nfi_arena_clear(&r->mem->arena);
    nfi_free(r->mem);
    *r = (nf_inspection){0};
}

/* ---- the pass ---- */

static nf_status begin(pass *p, const nf_docs *in, nf_err *err)
{
    nf_text_opts text = {.tokenizer = p->o->text.tokenizer, .ngram_lo = 1, .ngram_hi = 1, .no_clean = true};

    nfi_keys_init(&p->texts, NF_INSPECT_TEXTS);
    NF_TRY(nfi_near_init(&p->near, p->o, err));
    nf_docs_columns(in, &p->ncolumns);
    p->threads = nfi_par_threads(p->o->threads);
    NF_TRY(nfi_lengths_init(&p->tokens, err));
    NF_TRY(nfi_lengths_init(&p->characters, err));
    NF_TRY(nfi_vocab_init(&p->labels, err));
    NF_TRY(nf_cleaner_new(&p->clean, NULL, err));
    NF_TRY(nfi_text_init(&p->text, &text, err));
    NF_TRY(nfi_vocab_init(&p->types, err));
    p->column = nfi_calloc(p->ncolumns, sizeof *p->column);
    p->lang_docs = nfi_calloc(nf_lang_count(), sizeof *p->lang_docs);
    p->work = nfi_calloc((size_t)p->threads, sizeof *p->work);
    p->cuts = nfi_calloc((size_t)p->threads, sizeof *p->cuts);
    if (!p->column || !p->lang_docs || !p->work || !p->cuts)
        return nfi_oom(err, "inspection");
    for (size_t c = 0; c < p->ncolumns; c++)
        nfi_keys_init(&p->column[c].values, NF_INSPECT_DISTINCT);
    return NF_OK;
}

static void end(pass *p)
{
    nfi_tokbuf_clear(&p->tok);
    nfi_vocab_clear(&p->types);
    nfi_text_clear(&p->text);
    nfi_vocab_clear(&p->labels);
    nfi_lengths_clear(&p->tokens);
    nfi_lengths_clear(&p->characters);
    nfi_keys_clear(&p->texts);
    nfi_near_clear(&p->near);
    for (size_t c = 0; p->column && c < p->ncolumns; c++)
        nfi_keys_clear(&p->column[c].values);
    for (int i = 0; p->work && i < p->threads; i++)
        nfi_buf_clear(&p->work[i]);
    for (int i = 0; p->cuts && i < p->threads; i++)
        nf_cuts_clear(&p->cuts[i]);
    nf_cleaner_free(p->clean);
    nfi_free(p->cuts);
    nfi_free(p->column);
    nfi_free(p->lang_docs);
    nfi_free(p->work);
    nfi_free(p->label_docs);
    nfi_free(p->facts);
    nfi_arena_clear(&p->arena);
}

nf_status nf_inspect(nf_inspection *out, nf_docs *in, const nf_inspect_opts *opts, nf_err *err)
{
    static const nf_inspect_opts defaults;
    nf_batch batch = {0};
    nf_status s = NF_OK;
    pass *p = nfi_calloc(1, sizeof *p);

    if (!p)
        return nfi_oom(err, "inspection");
    p->o = opts ? opts : &defaults;
    NF_GO(begin(p, in, err));
    for (;;) {
        NF_GO(nf_docs_next(in, &batch, err));
        if (batch.n == 0)
            break;
        NF_GO(take_batch(p, &batch, err));
        if (p->o->progress)
            p->o->progress(p->o->progress_ctx, nf_docs_counts(in));
    }
    NF_GO(report(p, in, err));
    p->r.mem->arena = p->arena;
    p->arena = (nfi_arena){0};
    *out = p->r;
out:
    nf_batch_clear(&batch);
    end(p);
    nfi_free(p);
    return s;
}
