/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_suggest.c - newsframe suggest: words that a codebook does not have yet, for a person to accept. */
#include "cli/codebooks.h"
#include "cli/columns.h"
#include "cli/work.h"

#include "base/mem.h"
#include "newsframe/suggest.h"

#include <string.h>

struct opts {
    nfi_input_opts in;
    nfi_term_opts terms;
    nfi_output_opts out;
    nfi_common_opts common;
    const char *model, *codebook;
    double fdr;
    uint64_t top;
    bool known;
};

static const nfi_opt rows[] = {
    OPT_HEADER("Frames"),
    OPT_READ('m', "model", struct opts, model, NULL,
             "this model says which frame a document without a label has; its codebook is the one whose seeds are known"),
    OPT_READ(0, "codebook", struct opts, codebook, NULL,
             "a codebook: its seeds are known, and without a model the frame with most of them is that of the document"),
    OPT_HEADER("Suggestions"),
    OPT_COUNT(0, "top", struct opts, top, "N", "20", 1, 100000, "at most so many new words a frame"),
    OPT_REAL_ABOVE(0, "fdr", struct opts, fdr, "SHARE", "0.05", 0, 1,
                   "false discovery rate: the share of the words of a frame that chance may have given"),
    OPT_FLAG(0, "known", struct opts, known, "also give seeds that the codebook has, marked, where they stand among the others"),
    OPT_OUTPUT(struct opts, out),
    OPT_TEXT(struct opts, terms, "1-2", "en"),
    OPT_SELECT(struct opts, terms, "3", NULL),
    OPT_CLEAN(struct opts, terms),
    OPT_LANGUAGE(struct opts, terms),
    OPT_INPUT(struct opts, in),
    OPT_HEADER("Common"),
    OPT_THREADS(struct opts, common),
    OPT_MEMORY(struct opts, common),
    OPT_QUIET(struct opts, common),
    OPT_END};

/* Which frame a document has: its label; else what the model says; else the frame with most seeds. */
typedef struct job {
    nf_model *model;
    nf_scorer *scorer;
    nf_codebook *own; /* --codebook */
    const nf_codebook *cb;
    nf_lexicon *lx;
    nf_str *name;
    size_t nframes, n, cap;
    int32_t *frame_of;
    uint64_t *count, labelled, told;
    nf_score *score;
    double *odds;
    size_t cap_score, cap_odds;
    nf_corpus *c;
    nf_docs_stats stats;
} job;

static int32_t frame_named(const job *j, nf_str label)
{
    for (size_t f = 0; f < j->nframes; f++)
        if (j->name[f].n == label.n && memcmp(j->name[f].p, label.p, label.n) == 0)
            return (int32_t)f;
    return -1;
}

static nf_status watch(void *ctx, const nf_batch *b, nf_err *err)
{
    job *j = ctx;
    nf_status s = nfi_grow(&j->frame_of, &j->cap, j->n + b->n, sizeof *j->frame_of, err);

    if (s == NF_OK && j->scorer) {
        s = nfi_grow(&j->score, &j->cap_score, b->n, sizeof *j->score, err);
        if (s == NF_OK)
            s = nfi_grow(&j->odds, &j->cap_odds, b->n * j->nframes, sizeof *j->odds, err);
        if (s == NF_OK)
            s = nf_scorer_batch(j->scorer, b, j->score, j->odds, err);
    }
    for (size_t i = 0; s == NF_OK && i < b->n; i++) {
        const nf_doc *d = &b->docs[i];
        int32_t f = d->label.n ? frame_named(j, d->label) : -1;
        j->labelled += f >= 0;
        if (d->label.n == 0 && j->scorer)
            f = j->score[i].label;
        if (d->label.n == 0 && !j->scorer) {
            s = nf_codebook_count(j->lx, d->title, d->text, j->count, NULL, err);
            f = s == NF_OK ? nf_codebook_best(j->count, j->nframes) : -1;
        }
        j->told += d->label.n == 0 && f >= 0;
        j->frame_of[j->n++] = f;
    }
    return s;
}

/* Frames, and who tells them. */
static nf_status open_frames(job *j, const struct opts *o, nfi_cli *cli, nf_err *err)
{
    nf_status s = NF_OK;
    nf_model_info info = {0};

    if (o->codebook)
        s = nfi_codebook_open(cli, &j->own, o->codebook, err);
    if (s == NF_OK && (o->model || !o->codebook)) {
        nf_scorer_opts so = {.threads = (int)o->common.threads, .language = -1};
        s = nfi_work_model(&j->model, o->model, err);
        if (s == NF_OK)
            s = nf_scorer_new(&j->scorer, j->model, &so, err);
        if (s == NF_OK)
            nf_model_describe(j->model, &info);
    }
    if (s != NF_OK)
        return s;
    j->cb = j->own ? j->own : info.codebook;
    j->nframes = j->model ? info.classes : nf_codebook_frames(j->own);
    j->name = nfi_alloc(j->nframes, sizeof *j->name);
    j->count = nfi_alloc(j->nframes, sizeof *j->count);
    if (!j->name || !j->count)
        return err->code = NF_ENOMEM;
    for (size_t f = 0; f < j->nframes; f++)
        j->name[f] = j->model ? nf_model_label(j->model, f) : nf_codebook_frame(j->own, f)->key;
    return j->model ? NF_OK : nf_lexicon_new(&j->lx, j->own, o->terms.tokenizer, err);
}

static nf_status read_all(job *j, const struct opts *o, nfi_cli *cli, int nargs, char **args, nf_err *err)
{
    nf_docs *docs = NULL;
    nfi_progress progress = {0};
    nf_corpus_opts count = {.keep_ids = true};
    nf_clean_opts clean;

    nfi_work_count(&o->terms, &o->common, &progress, &count, &clean);
    nf_status s = nfi_work_open(&docs, &o->in, &o->common, false, nargs, args, err);
    if (s != NF_OK)
        return s;
    nf_docs_watch(docs, watch, j);
    nfi_progress_start(&progress, cli, "counting", "documents");
    s = nf_corpus_count(&j->c, docs, &count, err);
    nfi_progress_stop(&progress);
    j->stats = *nf_docs_counts(docs);
    if (s == NF_OK)
        s = nf_docs_finish(docs, err);
    nf_docs_close(docs);
    return s;
}

static nf_status write_table(const job *j, const struct opts *o, const nf_suggestions *list, nf_err *err)
{
    nf_csv *w;
    nf_status s = nf_csv_open(&w, o->out.output, (nf_csv_dialect)o->out.excel, err);

    if (s != NF_OK)
        return s;
    nfi_dict_header(w, "suggestions", NULL, 0, NULL, 0);
    for (size_t i = 0; i < list->n; i++) {
        const nf_suggestion *x = &list->v[i];
        nf_str id = nf_corpus_id(j->c, x->example), title = nf_corpus_title(j->c, x->example);
        nf_csv_text(w, j->name[x->frame].p, j->name[x->frame].n);
        nf_csv_str(w, x->term);
        nf_csv_str(w, x->seed ? "yes" : "no");
        nf_csv_num(w, x->log_odds, 6);
        nf_csv_num(w, x->z, 6);
        nf_csv_num(w, x->q, 9);
        nf_csv_int(w, (int64_t)x->docs);
        nf_csv_int(w, (int64_t)x->all_docs);
        nf_csv_text(w, id.p, id.n);
        nf_csv_text(w, title.p, title.n);
        nf_csv_end(w);
    }
    return nf_csv_close(w, 1, err);
}

static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    const struct opts *o = opts;
    job j = {0};
    nf_suggestions list = {0};
    nf_err err = {0};
    const char *const outputs[] = {o->out.output, o->in.rejects};
    nf_suggest_opts so = {.fdr = o->fdr, .top = (size_t)o->top, .known = o->known, .threads = (int)o->common.threads};

    int usage = nfi_work_outputs(cli, outputs, 2, nargs, args, o->model);
    if (usage == NFI_EXIT_OK)
        usage = nfi_work_outputs(cli, outputs, 2, 0, NULL, o->codebook);
    if (usage == NFI_EXIT_OK)
        usage = nfi_work_check_terms(cli, &o->terms, outputs, 2);
    if (usage != NFI_EXIT_OK)
        return usage;
    nfi_work_select(&o->terms, &so.select);
    nf_status s = open_frames(&j, o, cli, &err);
    if (s == NF_OK)
        s = read_all(&j, o, cli, nargs, args, &err);
    if (s == NF_OK)
        s = nf_suggest(&list, j.c, j.frame_of, j.name, j.nframes, j.cb, &so, &err);
    if (s == NF_OK)
        s = write_table(&j, o, &list, &err);
    if (s == NF_OK) {
        nfi_tally t;
        nfi_cli_note(cli, "%zu terms suggested for %zu frames", list.n, j.nframes);
        nfi_tally_begin(&t, "read", j.stats.read);
        nfi_tally_part(&t, "labelled", j.labelled);
        nfi_tally_part(&t, j.model ? "labelled by the model" : "labelled by seeds", j.told);
        nfi_tally_part(&t, "without a frame", j.n - j.labelled - j.told);
        nfi_tally_docs(&t, &j.stats);
        nfi_tally_end(&t, cli);
    }
    nf_suggestions_clear(&list);
    nf_scorer_free(j.scorer);
    nf_model_free(j.model);
    nf_lexicon_free(j.lx);
    nf_codebook_free(j.own);
    nf_corpus_free(j.c);
    nfi_free(j.name);
    nfi_free(j.count);
    nfi_free(j.frame_of);
    nfi_free(j.score);
    nfi_free(j.odds);
    return nfi_cli_fail(cli, s, &err);
}

static const char *const paragraphs[] = {
    "Proposes seeds that a codebook does not have: terms that set the documents of a frame apart from all others. A document has the "
    "frame of its label; without one the frame that the model gives it, or with --codebook alone the frame with most of its seeds in the "
    "text. Nothing is changed: a person reads the table and takes over what makes sense.",
    "The figures are log-odds of documents that have the term, with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008), and "
    "their z; q is the least false discovery rate at which the term would be given (Benjamini and Hochberg 1995). Terms whose q is above "
    "--fdr are left out. A document that has the term is named as an example.",
    NULL};

static const nfi_example examples[] = {
    {"newsframe suggest --codebook $NF_SAMPLES/geo-1/codebook.json $NF_SAMPLES/geo-1/corpus.jsonl -o seeds.csv",
     "new seeds from labelled texts"},
    {NULL, NULL}};

const nfi_verb nfi_verb_suggest = {.name = "suggest",
                                   .group = "Learn",
                                   .summary = "propose new seeds for the frames of a codebook",
                                   .operands = "[CORPUS...]",
                                   .max_args = -1,
                                   .paragraphs = paragraphs,
                                   .opts = rows,
                                   .opts_size = sizeof(struct opts),
                                   .examples = examples,
                                   .exits = NFI_EXITS_MODEL,
                                   .run = run};
