/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_score.c - newsframe score: documents to a table of labels and scores, one row a document. */
#include "cli/columns.h"
#include "cli/work.h"

#include "base/mem.h"

#include <string.h>

struct opts {
    nfi_input_opts in;
    nfi_output_opts out;
    nfi_common_opts common;
    const char *model, *language;
    bool with_text, with_language, strict;
    double threshold;
    uint64_t min_tokens;
};

static const nfi_opt rows[] = {
    OPT_HEADER("Model"),
    OPT_FILE('m', "model", struct opts, model, NULL, "the model; without it the built-in geo-1"),
    OPT_REAL(0, "threshold", struct opts, threshold, "NATS", "0", 0, 1e6, "no label when the margin is below this"),
    OPT_COUNT(0, "min-tokens", struct opts, min_tokens, "N", "3", 1, UINT64_MAX, "no label for documents of fewer words"),
    OPT_STR(0, "language", struct opts, language, "CODE", "any", "no label for documents told to be in another language than CODE (en, uk, ...)"),
    OPT_FLAG(0, "strict", struct opts, strict, "exit 5 when a document got no label"),
    OPT_OUTPUT(struct opts, out),
    OPT_FLAG(0, "with-text", struct opts, with_text, "carry the text into the table too"),
    OPT_FLAG(0, "with-language", struct opts, with_language, "tell the language of each document in a column language before status; und where it cannot be told"),
    OPT_INPUT(struct opts, in),
    OPT_HEADER("Common"),
    OPT_THREADS(struct opts, common),
    OPT_QUIET(struct opts, common),
    OPT_END};

typedef struct job {
    const struct opts *o;
    const nf_model *m;
    nf_docs *docs;
    nf_scorer *scorer;
    nf_csv *w;
    size_t k, carried;
    size_t id; /* carried column of the id; SIZE_MAX: the input has none, it is written first */
    uint64_t by_status[NF_SCORE_STATUS_COUNT];
    uint64_t scored, *by_class;
} job;

static bool is_name(nf_str s, const char *name)
{
    return s.n == strlen(name) && memcmp(s.p, name, s.n) == 0;
}

static nf_status header(job *j, nf_err *err)
{
    size_t n = 0, bytes = 0;
    const nf_str *carried = nf_docs_columns(j->docs, &n);

    for (size_t k = 0; k < j->k; k++)
        bytes += nf_model_label(j->m, k).n + 1;
    const char **name = nfi_alloc(j->k, sizeof *name);
    nf_str *column = nfi_alloc(n + 3, sizeof *column);
    char *blob = nfi_alloc(bytes, 1);
    if (name && blob && column) {
        char *p = blob;
        for (size_t k = 0; k < j->k; k++) {
            nf_str l = nf_model_label(j->m, k);
            memcpy(p, l.p, l.n);
            p[l.n] = '\0';
            name[k] = p;
            p += l.n + 1;
        }
        size_t m = 0;
        if (j->id == SIZE_MAX)
            column[m++] = (nf_str){"id", 2};
        for (size_t c = 0; c < n; c++)
            column[m++] = j->o->with_language && is_name(carried[c], "language") ? (nf_str){"input_language", 14} : carried[c];
        if (j->o->with_text)
            column[m++] = (nf_str){"text", 4};
        if (j->o->with_language)
            column[m++] = (nf_str){"language", 8};
        nfi_dict_header(j->w, "scores", column, m, name, j->k);
    } else {
        err->code = NF_ENOMEM;
    }
    nfi_free(name);
    nfi_free(column);
    nfi_free(blob);
    j->carried = n;
    return err->code;
}

static void row(job *j, const nf_doc *d, const nf_score *s, const double *odds)
{
    bool changed = d->flags & (NF_DOC_ID_MADE | NF_DOC_ID_SUFFIX); /* then the carried one would not tell documents apart */
    if (j->id == SIZE_MAX)
        nf_csv_text(j->w, d->id.p, d->id.n);
    for (size_t c = 0; c < j->carried; c++) {
        nf_str x = c == j->id && changed ? d->id : d->carried[c];
        nf_csv_text(j->w, x.p, x.n);
    }
    if (j->o->with_text)
        nf_csv_text(j->w, d->text.p, d->text.n);
    if (j->o->with_language)
        nf_csv_str(j->w, nf_lang_guess_code(&(nf_lang_guess){.lang = s->lang}));
    nf_csv_str(j->w, nf_score_status_text(s->status));
    for (int i = 0; i < 2; i++) {
        int32_t k = i ? s->second : s->label;
        if (k >= 0) {
            nf_str l = nf_model_label(j->m, (size_t)k);
            nf_csv_text(j->w, l.p, l.n);
        } else {
            nf_csv_blank(j->w);
        }
    }
    if (s->scored)
        nf_csv_num(j->w, s->margin, 6);
    else
        nf_csv_blank(j->w);
    nf_csv_int(j->w, (int64_t)s->n_tokens);
    if (s->n_tokens)
        nf_csv_num(j->w, s->oov_share, 6);
    else
        nf_csv_blank(j->w);
    for (size_t k = 0; k < j->k; k++) {
        if (s->scored)
            nf_csv_num(j->w, odds[k], 6);
        else
            nf_csv_blank(j->w);
    }
    for (size_t k = 0; k < j->k; k++)
        nf_csv_blank(j->w); /* probabilities: the model is not calibrated */
    nf_csv_end(j->w);
    j->by_status[s->status]++;
    if (s->label >= 0)
        j->by_class[s->label]++;
}

static nf_status stream(job *j, nfi_progress *p, nf_err *err)
{
    nf_batch batch = {0};
    nf_score *scores = NULL;
    double *odds = NULL;
    size_t capscores = 0, capodds = 0;
    nf_status s = NF_OK;

    for (;;) {
        if ((s = nf_docs_next(j->docs, &batch, err)) != NF_OK || batch.n == 0)
            break;
        if ((s = nfi_grow(&scores, &capscores, batch.n, sizeof *scores, err)) != NF_OK ||
            (s = nfi_grow(&odds, &capodds, batch.n * j->k, sizeof *odds, err)) != NF_OK ||
            (s = nf_scorer_batch(j->scorer, &batch, scores, odds, err)) != NF_OK)
            break;
        for (size_t i = 0; i < batch.n; i++)
            row(j, &batch.docs[i], &scores[i], odds + i * j->k);
        if ((s = nf_csv_flush(j->w, err)) != NF_OK)
            break;
        nfi_work_progress(p, nf_docs_counts(j->docs));
    }
    nfi_free(scores);
    nfi_free(odds);
    nf_batch_clear(&batch);
    return s;
}

/* One label for nearly everything is more often a wrong model or column than a finding. */
static void warn_lopsided(const job *j, nfi_cli *cli)
{
    uint64_t n = j->by_status[NF_SCORE_OK];

    for (size_t k = 0; k < j->k; k++) {
        nf_str l = nf_model_label(j->m, k);
        if (n >= 100 && j->by_class[k] * 10 > n * 9)
            nfi_cli_warn(cli, "%llu of %llu labelled documents are \"%.*s\"", (unsigned long long)j->by_class[k], (unsigned long long)n, (int)l.n, l.p);
    }
}

static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    const struct opts *o = opts;
    nf_model *model = NULL;
    nf_lang *lang = NULL;
    nfi_progress progress = {0};
    job j = {.o = o};
    nf_err err = {0};

    int usage = nfi_work_outputs(cli, (const char *const[]){o->out.output, o->in.rejects}, 2, nargs, args, o->model);
    if (usage != NFI_EXIT_OK)
        return usage;
    nf_scorer_opts so = {.min_tokens = o->min_tokens, .threshold = o->threshold, .threads = (int)o->common.threads};
    nf_status s = nfi_work_model(&model, o->model, &err);
    if (s == NF_OK)
        s = nfi_work_open(&j.docs, &o->in, &o->common, false, nargs, args, &err);
    if (s == NF_OK)
        s = nfi_work_language(&lang, &so.language, o->language, o->with_language, &err);
    so.lang = lang;
    if (s == NF_OK)
        s = nf_scorer_new(&j.scorer, model, &so, &err);
    if (s == NF_OK)
        s = nf_csv_open(&j.w, o->out.output, (nf_csv_dialect)o->out.excel, &err);
    if (s == NF_OK) {
        nf_model_info info;
        nf_model_describe(model, &info);
        j.m = model;
        j.id = nfi_work_id_column(j.docs, &o->in);
        j.k = info.classes;
        j.by_class = nfi_calloc(j.k, sizeof *j.by_class);
        s = j.by_class ? header(&j, &err) : NF_ENOMEM;
    }
    if (s == NF_OK) {
        nfi_progress_start(&progress, cli, "scoring", "documents");
        s = stream(&j, &progress, &err);
        nfi_progress_stop(&progress);
    }
    if (s == NF_OK)
        s = nf_docs_finish(j.docs, &err);
    uint64_t cut = j.w ? nf_csv_cut(j.w) : 0;
    if (j.w) {
        nf_status closed = nf_csv_close(j.w, s == NF_OK, s == NF_OK ? &err : NULL);
        s = s == NF_OK ? closed : s;
    }
    uint64_t missed = 0, read = 0;
    if (s == NF_OK) {
        nfi_tally t;
        nfi_tally_begin(&t, "read", nf_docs_counts(j.docs)->read);
        nfi_tally_part(&t, "labelled", j.by_status[NF_SCORE_OK]);
        for (int i = 1; i < NF_SCORE_STATUS_COUNT; i++) {
            nfi_tally_part(&t, nf_score_status_text((nf_score_status)i), j.by_status[i]);
            missed += j.by_status[i];
        }
        nfi_tally_docs(&t, nf_docs_counts(j.docs));
        nfi_tally_also(&t, "cells cut", cut);
        warn_lopsided(&j, cli);
        nfi_tally_end(&t, cli);
        missed += nf_docs_counts(j.docs)->rejected;
        read = nf_docs_counts(j.docs)->read;
    }
    nfi_free(j.by_class);
    nf_scorer_free(j.scorer);
    nf_docs_close(j.docs);
    nf_model_free(model);
    nf_lang_close(lang);
    if (s == NF_OK && o->strict && missed)
        return nfi_cli_end(cli, NFI_EXIT_GATE, "--strict: %llu of %llu documents got no label", (unsigned long long)missed,
                           (unsigned long long)read);
    return nfi_cli_fail(cli, s, &err);
}

static const char *const paragraphs[] = {
    "Writes one row for each document, in input order: the columns it came with, a status, the label and the next best one, the margin between them, how many words "
    "it has, what share of them the model does not know, and a score for each class. Only documents with status ok have a label; newsframe columns scores explains the columns.",
    "A score is the log-odds of a class against all others, in nats; a document's scores depend on that document and the model alone. Probabilities stay blank: the "
    "model is not calibrated.",
    "With --language a document told to be in another language gets the status other_language and no label; one whose language cannot be told (und: too short, or too "
    "unlike all that are known) is scored. Languages are told by script and by n-grams, as newsframe inspect does.",
    "An operand is a file or folder of documents; without one they come from standard input. A plain text file is one document.",
    NULL};

static const nfi_example examples[] = {
    {"newsframe score $NF_SAMPLES/geo-1/samples -o scores.csv", "score a folder of articles with the built-in model"},
    {"newsframe score -m angles.nfm feed.csv --text headline,body --id url -o scores.csv --excel", "score a spreadsheet with your own model"},
    {NULL, NULL}};

const nfi_verb nfi_verb_score = {
    .name = "score", .group = "Apply", .summary = "label documents, one row each, with a score for every class", .operands = "[INPUT...]", .max_args = -1,
    .paragraphs = paragraphs, .opts = rows, .opts_size = sizeof(struct opts), .examples = examples, .exits = NFI_EXITS_MODEL | NFI_EXIT_BIT(NFI_EXIT_GATE), .run = run};
