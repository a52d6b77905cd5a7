/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spill.c - counting within a memory limit, and the one front for whoever uses counts.
 *
 * Documents are counted into a corpus in memory. When that takes about a quarter of the memory allowed, the segment so far becomes a run:
 * a statistics file in an unlinked temporary. Turning a segment into sums takes about as much again two or three times; hence the quarter.
 * Because statistics add up exactly, where the segments end (which depends on threads and memory) cannot be seen in any result.
 */
#include "features/sample.h"

#include "base/try.h"
#include "features/lang.h"

#include <string.h>

enum { SHARE = 4 }; /* of the memory, for a segment */

struct nf_counted {
    nfi_text text;
    const nfi_weighting *weighting;
    nfi_stats_head head;   /* of all documents */
    nf_corpus *corpus;     /* all documents; NULL when they are in sources */
    nfi_ledger ledger;     /* of corpus */
    bool salted;
    nfi_salt salt;         /* of the ledger */
    nfi_stats_set set;
    uint32_t **map;        /* classes of the sources in head */
    nfi_keeper keeper;     /* rows, when the sources are runs */
    bool sample;
    bool whole;            /* never to disk */
    bool part;             /* some documents were left out: cannot be saved */
};

void nf_counted_free(nf_counted *c)
{
    if (!c)
        return;
    nfi_stats_free_maps(c->map, c->set.n);
    nfi_stats_set_clear(&c->set);
    nfi_keeper_clear(&c->keeper);
    nfi_ledger_clear(&c->ledger);
    nf_corpus_free(c->corpus);
    nfi_stats_head_clear(&c->head);
    nfi_text_clear(&c->text);
    nfi_free(c);
}

/* Sums of a corpus into a file. Without a term there is nothing to build. of as of nfi_terms_build(). */
static nf_status all_terms(nfi_terms *t, uint32_t **of, const nf_corpus *c, const nfi_weighting *w, int threads, bool *any, nf_err *err)
{
    const nf_select_opts everything = {0};

    *any = false;
    for (size_t d = 0; d < c->n && !*any; d++)
        *any = c->nterms[d] > 0;
    return *any ? nfi_terms_build(t, of, c, NULL, &everything, w, NFI_SUM_ALL, threads, err) : NF_OK;
}

static nf_status check_additive(const nfi_weighting *w, nf_err *err)
{
    if (w->additive)
        return NF_OK;
    return NF_FAIL(err, NF_EINVAL, "weighting \"%s\" cannot be counted: use \"%s\", or train on the documents themselves", w->name,
                   nfi_weightings[0]->name);
}

/* To path, or, with NULL, to an unlinked file. */
static nf_status save_corpus(const nf_corpus *c, const nfi_weighting *w, const nfi_stats_head *h, const nfi_ledger *l, int threads,
                             const char *path, int *fd, nf_err *err)
{
    nfi_terms t = {0};
    bool any;
    nf_status s = check_additive(w, err);

    if (s == NF_OK)
        s = all_terms(&t, NULL, c, w, threads, &any, err);
    if (s == NF_OK)
        s = nfi_stats_write(any ? &t : NULL, h, l, path, fd, err);
    nfi_terms_clear(&t);
    return s;
}

/* ---- counting ---- */

static void set_salt(nfi_stats_head *h, const nfi_salt *salt)
{
    if (salt)
        memcpy(h->set.value[NFI_SET_LEDGER], salt->setting, sizeof salt->setting);
}

/* The documents counted so far become a run; their memory is given back. */
static nf_status end_segment(nf_counted *c, nfi_counting *k, nfi_ledger *l, uint64_t *pos, int threads, nf_err *err)
{
    nf_corpus *corpus = NULL;
    nfi_terms t = {0};
    uint32_t *of = NULL;
    nfi_stats_head head = {0};
    nfi_stats_src run = {0};
    bool any, ledger = c->head.ledger;
    const nfi_salt *salt = l->salt;
    int fd = -1;
    nf_status s = NF_OK;

    NF_GO(nfi_counting_finish(k, &corpus, err));
    nfi_trim();
    NF_GO(nfi_ledger_sort(l, err));
    NF_GO(all_terms(&t, &of, corpus, c->weighting, threads, &any, err));
    if (c->sample && !corpus->multi) /* numbers of label sets mean nothing beyond a segment */
        NF_GO(nfi_keeper_take(&c->keeper, corpus, of, *pos, (uint32_t)c->set.n, err));
    *pos += corpus->n;
    NF_GO(nfi_stats_head_of(&head, corpus, c->weighting, ledger, err));
    set_salt(&head, salt);
    nf_corpus_free(corpus);
    corpus = NULL;
    nfi_free(of);
    of = NULL;
    NF_GO(nfi_stats_write(any ? &t : NULL, &head, ledger ? l : NULL, NULL, &fd, err));
    nfi_terms_clear(&t);
    nfi_ledger_clear(l);
    l->salt = salt;
    NF_GO(nfi_stats_src_open_fd(&run, fd, "these documents", err));
    NF_GO(nfi_stats_set_add(&c->set, &run, err));
    nfi_trim();
out:
    nf_corpus_free(corpus);
    nfi_terms_clear(&t);
    nfi_free(of);
    nfi_stats_head_clear(&head);
    return s;
}

typedef struct budget {
    uint64_t memory, segment;
} budget;

static nf_status check_budget(const nf_counted *c, const nfi_counting *k, const nfi_ledger *l, budget b, bool *full, nf_err *err)
{
    uint64_t bytes = nfi_counting_bytes(k) + nfi_ledger_bytes(l);

    *full = c->weighting->additive && !c->whole && bytes > b.segment;
    if (c->whole && bytes > b.memory)
        return NF_FAIL(err, NF_ELIMIT, "documents are to be held in memory, but exceed the %llu MiB allowed; raise --memory",
                       (unsigned long long)(b.memory >> 20));
    if (!c->weighting->additive && bytes > b.memory)
        return NF_FAIL(err, NF_ELIMIT,
                       "weighting \"%s\" needs all documents in memory, which exceed the %llu MiB allowed; raise --memory or use \"%s\"",
                       c->weighting->name, (unsigned long long)(b.memory >> 20), nfi_weightings[0]->name);
    return NF_OK;
}

/* Nobody looks at labels of the second stream. */
static void drop_labels(nf_batch *b)
{
    for (size_t i = 0; i < b->n; i++)
        b->docs[i].label = (nf_str){0};
}

static nf_status count_all(nf_counted *c, nf_docs *in, nf_docs *unlabeled, const nf_corpus_opts *o, nf_err *err)
{
    budget b = {nfi_memory_budget(o), nfi_memory_budget(o) / SHARE};
    nfi_counting k = {0};
    nfi_ledger ledger = {.salt = c->salted ? &c->salt : NULL};
    nf_batch batch = {0};
    uint64_t pos = 0;
    bool full = false;
    nf_status s = NF_OK;

    NF_GO(nfi_counting_begin(&k, &c->text, o, 0, err));
    for (;;) {
        NF_GO(nf_docs_next(in ? in : unlabeled, &batch, err));
        if (batch.n == 0 && in && unlabeled) {
            in = NULL;
            continue;
        }
        if (batch.n == 0)
            break;
        if (!in)
            drop_labels(&batch);
        if (full) {
            NF_GO(end_segment(c, &k, &ledger, &pos, o->threads, err));
            NF_GO(nfi_counting_begin(&k, &c->text, o, 0, err));
        }
        NF_GO(nfi_counting_add(&k, &batch, err));
        if (c->head.ledger)
            NF_GO(nfi_ledger_add(&ledger, &batch, err));
        NF_GO(check_budget(c, &k, &ledger, b, &full, err));
        if (o->progress)
            o->progress(o->progress_ctx, nf_docs_counts(in ? in : unlabeled));
    }
    nf_batch_clear(&batch);
    if (c->set.n > 0) {
        NF_GO(end_segment(c, &k, &ledger, &pos, o->threads, err));
        goto out;
    }
    NF_GO(nfi_counting_finish(&k, &c->corpus, err));
    NF_GO(nfi_ledger_sort(&ledger, err));
    c->ledger = ledger;
    ledger = (nfi_ledger){0};
out:
    nf_batch_clear(&batch);
    nfi_ledger_clear(&ledger);
    nfi_counting_clear(&k);
    return s;
}

/* What is known once all documents or sources are there. */
static nf_status settle(nf_counted *c, bool ledger, nf_err *err)
{
    if (c->corpus) {
        NF_TRY(nfi_stats_head_of(&c->head, c->corpus, c->weighting, ledger, err));
        set_salt(&c->head, c->salted ? &c->salt : NULL);
        return NF_OK;
    }
    NF_TRY(nfi_stats_join(&c->head, &c->map, c->set.src, c->set.n, err));
    return c->head.ledger ? nfi_ledger_merge(c->set.src, c->set.n, NULL, err) : NF_OK;
}

/* text: how to count, or NULL for what the options say. */
static nf_status count(nf_counted **out, nf_docs *in, const nfi_text *text, const nf_count_opts *o, nf_err *err)
{
    nf_corpus_opts copts = o->corpus;
    nf_status s = NF_OK;
    nf_counted *c = nfi_calloc(1, sizeof *c);

    if (!c)
        return nfi_oom(err, "counting");
    NF_ASSERT(in || o->unlabeled);
    copts.keep_ids = copts.keep_carried = false;
    c->weighting = o->weighting ? nfi_weighting_find(o->weighting) : nfi_weightings[0];
    if (!c->weighting) {
        s = NF_FAIL(err, NF_EINVAL, "no weighting \"%s\"", o->weighting);
        goto out;
    }
    c->head.ledger = o->ledger;
    c->salted = o->ledger && o->salt_n > 0;
    if (c->salted)
        nfi_salt_of(&c->salt, o->salt, o->salt_n);
    c->sample = !o->no_sample;
    c->whole = o->whole || o->unlabeled;
    c->set.before = nfi_keeper_before;
    c->set.after = nfi_keeper_after;
    c->set.ctx = &c->keeper;
    NF_GO(text ? nfi_text_copy(&c->text, text, err) : nfi_text_init(&c->text, &copts.text, err));
    if (in)
        NF_GO(nfi_language_filter(in, c->text.language, copts.threads, err));
    if (o->unlabeled)
        NF_GO(nfi_language_filter(o->unlabeled, c->text.language, copts.threads, err));
    NF_GO(count_all(c, in, o->unlabeled, &copts, err));
    NF_GO(settle(c, o->ledger, err));
    *out = c;
    c = NULL;
out:
    nf_counted_free(c);
    return s;
}

nf_status nf_count(nf_counted **out, nf_docs *in, const nf_count_opts *opts, nf_err *err)
{
    static const nf_count_opts defaults = {0};
    return count(out, in, NULL, opts ? opts : &defaults, err);
}

nf_status nf_counted_open(nf_counted **out, const char *const *paths, size_t n, nf_err *err)
{
    nf_status s = NF_OK;

    if (n == 0)
        return NF_FAIL(err, NF_EINVAL, "no statistics file is named");
    nf_counted *c = nfi_calloc(1, sizeof *c);
    if (!c)
        return nfi_oom(err, "statistics");
    for (size_t i = 0; i < n; i++) {
        nfi_stats_src src = {0};
        NF_GO(nfi_stats_src_open(&src, paths[i], err));
        NF_GO(nfi_stats_set_add(&c->set, &src, err));
    }
    NF_GO(settle(c, false, err));
    NF_GO(nfi_stats_text(&c->text, &c->head, paths[0], err));
    c->weighting = nfi_weighting_find(c->head.set.value[NFI_SET_WEIGHTING]);
    *out = c;
    c = NULL;
out:
    nf_counted_free(c);
    return s;
}

nf_status nf_counted_keep(nf_counted *c, const bool *keep, nf_err *err)
{
    nfi_stats_head head = {0};

    if (!c->whole || !c->corpus || c->head.ledger)
        return NF_FAIL(err, NF_EINVAL, "documents can be left out only of counts that hold them all in memory and have no ledger");
    NF_TRY(nf_corpus_keep(c->corpus, keep, err));
    c->part = true;
    NF_TRY(nfi_stats_head_of(&head, c->corpus, c->weighting, false, err));
    nfi_stats_head_clear(&c->head);
    c->head = head;
    return NF_OK;
}

/* ---- using counts ---- */

static nf_status save(const nf_counted *c, int threads, const char *path, int *fd, nf_err *err)
{
    if (c->corpus)
        return save_corpus(c->corpus, c->weighting, &c->head, c->head.ledger ? &c->ledger : NULL, threads, path, fd, err);
    return nfi_stats_merge_to(c->set.src, c->set.n, path, fd, NULL, err);
}

nf_status nf_counted_save(const nf_counted *c, int threads, const char *path, nf_err *err)
{
    if (c->part)
        return NF_FAIL(
            err, NF_EINVAL,
            "counts without the copies do not add up, since which document is a copy depends on all others: write the documents with "
            "newsframe dedup --keep first, and count those");
    return save(c, threads, path, NULL, err);
}

nf_status nf_stats_save(const nf_corpus *c, const char *weighting, int threads, const char *path, nf_err *err)
{
    const nfi_weighting *w = weighting ? nfi_weighting_find(weighting) : nfi_weightings[0];
    nfi_stats_head head = {0};

    if (!w)
        return NF_FAIL(err, NF_EINVAL, "no weighting \"%s\"", weighting);
    NF_TRY(nfi_stats_head_of(&head, c, w, false, err));
    nf_status s = save_corpus(c, w, &head, NULL, threads, path, NULL, err);
    nfi_stats_head_clear(&head);
    return s;
}

nf_status nf_stats_merge(const char *const *in, size_t n, const char *out, nf_err *err)
{
    nf_counted *c;

    NF_TRY(nf_counted_open(&c, in, n, err));
    nf_status s = nf_counted_save(c, 1, out, err);
    nf_counted_free(c);
    return s;
}

/* ---- forgetting ---- */

/* What was counted as one source: made, cleared by the caller, unless c has one. */
static nf_status as_source(const nf_counted *c, nfi_stats_src *made, const nfi_stats_src **src, int threads, nf_err *err)
{
    int fd = -1;

    *src = c->set.src;
    if (!c->corpus && c->set.n == 1)
        return NF_OK;
    *src = made;
    NF_TRY(save(c, threads, NULL, &fd, err));
    return nfi_stats_src_open_fd(made, fd, c->corpus ? "these documents" : c->set.src[0].name, err);
}

static nf_status check_salt(const nf_counted *from, const nf_count_opts *o, nf_err *err)
{
    const char *want = from->head.set.value[NFI_SET_LEDGER];
    nfi_salt salt = {0};

    if (!from->head.ledger)
        return NF_OK;
    if (o->salt_n)
        nfi_salt_of(&salt, o->salt, o->salt_n);
    if (strcmp(want, o->salt_n ? salt.setting : "plain") == 0)
        return NF_OK;
    return NF_FAIL(err, NF_EINVAL,
                   strcmp(want, "plain") == 0 ? "the ledger of these statistics has no salt"
                   : o->salt_n                ? "the ledger of these statistics has another salt"
                                              : "the ledger of these statistics has a salt, which is needed to forget");
}

nf_status nf_counted_forget(const nf_counted *from, nf_docs *in, const nf_forget_opts *opts, const char *path, nf_counted_totals *forgotten,
                            nf_err *err)
{
    static const nf_forget_opts defaults = {0};
    const nf_forget_opts *f = opts ? opts : &defaults;
    nf_count_opts o = {.corpus = {.threads = f->threads,
                                  .memory = f->memory,
                                  .multi = from->head.multi,
                                  .progress = f->progress,
                                  .progress_ctx = f->progress_ctx},
                       .weighting = from->weighting->name,
                       .ledger = from->head.ledger,
                       .salt = f->salt,
                       .salt_n = f->salt_n,
                       .no_sample = true};
    nfi_stats_src a = {0}, b = {0};
    const nfi_stats_src *all = NULL, *less = NULL;
    nf_counted *c = NULL;
    nf_status s = NF_OK;

    if (from->part)
        return NF_FAIL(err, NF_EINVAL, "counts without the copies do not add up, so nothing can be taken from them");
    NF_TRY(check_salt(from, &o, err));
    NF_GO(count(&c, in, &from->text, &o, err));
    NF_GO(as_source(from, &a, &all, f->threads, err));
    NF_GO(as_source(c, &b, &less, f->threads, err));
    NF_GO(nfi_stats_subtract(all, less, path, err));
    if (forgotten)
        *forgotten = (nf_counted_totals){c->head.docs, c->head.docs - c->head.unlabelled, c->head.tokens};
out:
    nfi_stats_src_clear(&a);
    nfi_stats_src_clear(&b);
    nf_counted_free(c);
    return s;
}

static nf_status terms_of_corpus(const nf_counted *c, const nf_select_opts *select, const nfi_weighting *w, bool want_sample, int threads,
                                 nfi_terms *terms, nfi_sample *sample, nf_err *err)
{
    uint32_t *of = NULL;

    NF_TRY(nfi_terms_build(terms, want_sample ? &of : NULL, c->corpus, NULL, select, w, NFI_SUM_MODEL, threads, err));
    nf_status s = want_sample ? nfi_sample_from_corpus(sample, c->corpus, NULL, terms, of, w, NULL, threads, err) : NF_OK;
    nfi_free(of);
    return s;
}

static nf_status terms_of_sources(const nf_counted *c, const nf_select_opts *select, const nfi_weighting *w, bool want_sample,
                                  nfi_terms *terms, nfi_sample *sample, nf_err *err)
{
    nfi_needs needs = {0};

    if (!want_sample)
        return nfi_terms_from_stats(terms, c->set.src, c->set.n, select, w, NULL, err);
    NF_TRY(nfi_needs_make(&needs, &c->keeper, c->set.src, 0, c->set.n, err));
    nfi_stats_note note = {nfi_needs_note, &needs};
    nf_status s = nfi_terms_from_stats(terms, c->set.src, c->set.n, select, w, &note, err);
    nfi_trim(); /* room of arrays that grew */
    if (s == NF_OK)
        s = nfi_sample_from_runs(sample, &c->keeper, &needs, c->map, w, err);
    nfi_needs_clear(&needs);
    return s;
}

nf_status nfi_counted_terms(const nf_counted *c, const nf_select_opts *select, const nfi_weighting *w, bool want_sample, int threads,
                            nfi_terms *terms, nfi_sample *sample, nf_err *err)
{
    nfi_terms t = {0};
    nfi_sample x = {0};
    bool rows = want_sample && c->sample;

    nf_status s = c->corpus ? terms_of_corpus(c, select, w, rows, threads, &t, &x, err) : terms_of_sources(c, select, w, rows, &t, &x, err);
    if (s != NF_OK) {
        nfi_terms_clear(&t);
        return s;
    }
    *terms = t;
    if (sample)
        *sample = x;
    else
        nfi_sample_clear(&x);
    return NF_OK;
}

nf_status nfi_counted_nodes(const nf_counted *c, const nf_select_opts *select, const nfi_weighting *w, int threads, nfi_terms *terms,
                            nfi_sample *sample, uint32_t **of, nf_err *err)
{
    nfi_terms t = {0};
    uint32_t *map = NULL;

    if (!c->corpus)
        return NF_FAIL(err, NF_EINVAL,
                       "documents without a label can be learned from only when all are held in memory, not from statistics");
    NF_TRY(nfi_terms_build(&t, &map, c->corpus, NULL, select, w, NFI_SUM_MODEL, threads, err));
    nf_status s = w->additive ? nfi_sample_from_corpus(sample, c->corpus, NULL, &t, map, w, NULL, threads, err) : NF_OK;
    if (s != NF_OK) {
        nfi_free(map);
        nfi_terms_clear(&t);
        return s;
    }
    *terms = t;
    *of = map;
    return NF_OK;
}

const nfi_text *nfi_counted_text(const nf_counted *c) { return &c->text; }
const nf_corpus *nfi_counted_corpus(const nf_counted *c) { return c->corpus; }
uint64_t nf_counted_docs(const nf_counted *c) { return c->head.docs; }
uint64_t nf_counted_labelled(const nf_counted *c) { return c->head.docs - c->head.unlabelled; }
uint64_t nf_counted_tokens(const nf_counted *c) { return c->head.tokens; }
size_t nf_counted_labels(const nf_counted *c) { return c->head.nlabels; }
nf_str nf_counted_label(const nf_counted *c, size_t k) { return c->head.label[k]; }
uint64_t nf_counted_label_docs(const nf_counted *c, size_t k) { return c->head.label_docs[k]; }
const char *nf_counted_weighting(const nf_counted *c) { return c->weighting->name; }
bool nf_counted_has_ledger(const nf_counted *c) { return c->head.ledger; }
size_t nf_counted_runs(const nf_counted *c) { return c->set.n; }

bool nf_counted_setting(const nf_counted *c, size_t i, nf_str *key, nf_str *value)
{
    if (i >= NFI_SETTINGS)
        return false;
    *key = (nf_str){nfi_setting_names[i], strlen(nfi_setting_names[i])};
    *value = (nf_str){c->head.set.value[i], strlen(c->head.set.value[i])};
    return true;
}
