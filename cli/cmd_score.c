/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_score.c - newsframe score: documents to a table of labels and scores, one row a document, or one a sentence. */
#include "cli/columns.h"
#include "cli/score_rows.h"
#include "cli/work.h"

#include "base/mem.h"
#include "base/par.h"
#include "base/try.h"
#include "datasets/reader.h"

#include <string.h>

struct opts {
    nfi_input_opts in;
    nfi_output_opts out;
    nfi_common_opts common;
    const char *model, *language;
    bool with_text, with_language, strict, typicality, mixture, evidence;
    int unit;
    double threshold, min_prob, coverage;
    uint64_t min_tokens;
};

static const nfi_opt rows[] = {
    OPT_HEADER("Model"),
    OPT_READ('m', "model", struct opts, model, NULL, "the model; without it the built-in geo-1"),
    OPT_REAL(0, "threshold", struct opts, threshold, "NATS", "0", 0, 1e6, "no label when the margin is below this"),
    OPT_REAL(0, "min-prob", struct opts, min_prob, "P", "0", 0, 1,
             "no label when its probability is below this; the model must be calibrated"),
    OPT_COUNT(0, "min-tokens", struct opts, min_tokens, "N", "3", 1, UINT64_MAX, "no label for documents of fewer words"),
    OPT_FLAG(0, "typicality", struct opts, typicality, "no label for what is unlike nearly all that the model was trained on"),
    OPT_STR(0, "language", struct opts, language, "CODE", "any",
            "no label for documents told to be in another language than CODE (en, uk, ...)"),
    OPT_CHOICE(0, "unit", struct opts, unit, "document", nf_unit_name, "what has a row and a label of its own"),
    OPT_FLAG(0, "mixture", struct opts, mixture,
             "add the share of each class among the sentences, the primary frame and the secondary ones"),
    OPT_REAL(0, "coverage", struct opts, coverage, "SHARE", "0", 0, 0.9999,
             "add the set of classes that holds the right one so often; from .5 on; 0 adds none"),
    OPT_FLAG(0, "evidence", struct opts, evidence, "add the sentence that carries the label, with its place"),
    OPT_FLAG(0, "strict", struct opts, strict, "exit 5 when a document got no label"),
    OPT_OUTPUT(struct opts, out),
    OPT_FLAG(0, "with-text", struct opts, with_text, "carry the text into the table too"),
    OPT_FLAG(0, "with-language", struct opts, with_language,
             "tell the language of each document in a column language before status; und where it cannot be told"),
    OPT_INPUT(struct opts, in),
    OPT_HEADER("Common"),
    OPT_THREADS(struct opts, common),
    OPT_QUIET(struct opts, common),
    OPT_END};

enum { BATCH = 2 << 20 }; /* bytes: two batches are in memory at a time */

typedef struct job {
    const struct opts *o;
    nf_docs *docs;
    nf_scorer *scorer;
    nf_csv *w;
    nfi_score_table t;
    nfi_score_rows *rows;
    const nfi_score_counts *n; /* of all rows, at the end */
    nf_scored_units parts;
    double *bound; /* of sets, or NULL; t has it too */
    int nargs;
    char **args;
    int beside; /* threads for what goes on beside something else; 1: nothing does */
    nf_model *model;
    nf_status first; /* of reading the first batch */
    nf_err first_err;
    nf_batch batch[2]; /* being scored, being read */
    nf_score *scores;
    double *odds;
    size_t capscores, capodds;
} job;

static nf_status header(job *j, nf_err *err)
{
    size_t n = 0, bytes = 0;
    const nf_str *carried = nf_docs_columns(j->docs, &n);

    for (size_t k = 0; k < j->t.k; k++)
        bytes += nf_model_label(j->t.m, k).n + 1;
    const char **name = nfi_alloc(j->t.k, sizeof *name);
    nf_str *column = nfi_alloc(n + 3, sizeof *column);
    char *blob = nfi_alloc(bytes, 1);
    if (name && blob && column) {
        char *p = blob;
        for (size_t k = 0; k < j->t.k; k++) {
            nf_str l = nf_model_label(j->t.m, k);
            memcpy(p, l.p, l.n);
            p[l.n] = '\0';
            name[k] = p;
            p += l.n + 1;
        }
        size_t m = 0;
        if (j->t.id == SIZE_MAX)
            column[m++] = (nf_str){"id", 2};
        for (size_t c = 0; c < n; c++)
            column[m++] = carried[c];
        nfi_dict_input in = {.carried = column, .n = m, .more = column + m};
        if (j->o->with_text)
            column[m + in.nmore++] = (nf_str){"text", 4};
        if (j->o->with_language)
            column[m + in.nmore++] = (nf_str){"language", 8};
        const char *tables[7] = {j->o->unit ? "units" : "scores"};
        size_t t = 1;
        if (nf_model_is_multi(j->t.m))
            tables[t++] = "several";
        if (j->o->unit == NF_UNIT_SENTENCE && nf_model_codes(j->t.m))
            tables[t++] = "frames";
        if (j->bound)
            tables[t++] = "sets";
        if (j->o->mixture)
            tables[t++] = "mixture";
        if (j->o->evidence)
            tables[t++] = "evidence";
        nfi_dict_headers(j->w, tables, &in, name, j->t.k);
    } else {
        err->code = NF_ENOMEM;
    }
    nfi_free(name);
    nfi_free(column);
    nfi_free(blob);
    j->t.carried = n;
    return err->code;
}

/* So many documents of b from first on that scores of their units fit into memory, whatever the number of classes. */
static size_t slice(const job *j, const nf_batch *b, size_t first)
{
    size_t most = ((size_t)1 << 30) / j->t.k, bytes = 0, n = 0; /* of text; a sentence takes 8 bytes a class and has some 50 */

    while (first + n < b->n && (n == 0 || bytes < most)) {
        bytes += b->docs[first + n].text.n + b->docs[first + n].title.n;
        n++;
    }
    return n;
}

/* Documents [first, first + n) of a batch, with room for their scores. */
static nf_status score_slice(job *j, const nf_batch *b, size_t first, size_t n, nf_score *scores, double *odds, nf_err *err)
{
    nf_batch part = {.docs = b->docs + first, .n = n};
    nf_status s = NF_OK;

    if (j->o->unit == NF_UNIT_DOCUMENT)
        s = nf_scorer_batch(j->scorer, &part, scores, odds, err);
    if (s == NF_OK && (j->o->unit != NF_UNIT_DOCUMENT || j->o->mixture || j->o->evidence))
        s = nf_scorer_units(j->scorer, &part, j->o->unit ? (nf_unit_kind)j->o->unit : NF_UNIT_SENTENCE, j->o->evidence ? scores : NULL,
                            &j->parts, err);
    return s == NF_OK ? nfi_score_rows_put(j->rows, j->w, &part, scores, odds, err) : s;
}

static nf_status score_batch(job *j, const nf_batch *b, nf_err *err)
{
    for (size_t i = 0, n; i < b->n; i += n) {
        n = j->o->unit || j->o->mixture || j->o->evidence ? slice(j, b, i) : b->n;
        NF_TRY(nfi_grow(&j->scores, &j->capscores, n, sizeof *j->scores, err));
        NF_TRY(nfi_grow(&j->odds, &j->capodds, n * j->t.k, sizeof *j->odds, err));
        NF_TRY(score_slice(j, b, i, n, j->scores, j->odds, err));
    }
    return nf_csv_flush(j->w, err);
}

/* The model, and beside that the documents with the first batch: if that fails, it is said when its turn comes. */
static nf_status begin(void *ctx, size_t what, int worker, nf_err *err)
{
    job *j = ctx;

    (void)worker;
    if (what == 0)
        return nfi_work_model(&j->model, j->o->model, err);
    NF_TRY(nfi_work_open(&j->docs, &j->o->in, &j->o->common, false, j->nargs, j->args, err));
    nfi_docs_block(j->docs, BATCH);
    j->first = nf_docs_next(j->docs, &j->batch[0], &j->first_err);
    return NF_OK;
}

/* Scores a batch, and beside that reads the next. */
static nf_status turn(void *ctx, size_t what, int worker, nf_err *err)
{
    job *j = ctx;

    (void)worker;
    return what == 0 ? score_batch(j, &j->batch[0], err) : nf_docs_next(j->docs, &j->batch[1], err);
}

static nf_status stream(job *j, nfi_progress *p, nf_err *err)
{
    nf_status s = j->first;

    if (s != NF_OK && err)
        *err = j->first_err;
    while (s == NF_OK && j->batch[0].n) {
        s = nfi_par_beside(2, j->beside, turn, j, err);
        nf_batch done = j->batch[0];
        j->batch[0] = j->batch[1];
        j->batch[1] = done;
        nfi_work_progress(p, nf_docs_counts(j->docs));
    }
    return s;
}

/* Bounds of sets, and which classes have none of their own. */
static nf_status begin_sets(job *j, nfi_cli *cli, nf_err *err)
{
    size_t few = 0, first = 0;
    nf_status s = NF_ENOMEM;
    bool *shared = nfi_alloc(j->t.k, sizeof *shared);

    j->t.bound = j->bound = nfi_alloc(j->t.k, sizeof *j->bound);
    if (j->bound && shared)
        s = nf_model_set_bounds(j->t.m, j->o->coverage, j->bound, shared, err);
    for (size_t k = j->t.k; s == NF_OK && k-- > 0;) {
        few += shared[k];
        first = shared[k] ? k : first;
    }
    nfi_free(shared);
    if (few == 0)
        return s;
    nf_str l = nf_model_label(j->t.m, first);
    nfi_cli_warn(
        cli,
        "%zu class%s too few documents for a bound of sets at %g (\"%.*s\"%s): one bound is shared, and the coverage is theirs together",
        few, few == 1 ? " has" : "es have", j->o->coverage, (int)l.n, l.p, few > 1 ? ", ..." : "");
    return s;
}

/* One label for nearly everything is more often a wrong model or column than a finding. */
static void warn_lopsided(const job *j, nfi_cli *cli)
{
    uint64_t n = j->n->by_status[NF_SCORE_OK];

    for (size_t k = 0; k < j->t.k; k++) {
        nf_str l = nf_model_label(j->t.m, k);
        if (n >= 100 && j->n->by_class[k] * 10 > n * 9)
            nfi_cli_warn(cli, "%llu of %llu labelled %ss are \"%.*s\"", (unsigned long long)j->n->by_class[k], (unsigned long long)n,
                         nf_unit_name((size_t)j->o->unit, NULL), (int)l.n, l.p);
    }
}

/* Documents by status; with --unit documents that have units and those that have none, and units by status. */
static void tally(const job *j, nfi_tally *t)
{
    if (j->o->unit == NF_UNIT_DOCUMENT) {
        nfi_tally_part(t, "labelled", j->n->by_status[NF_SCORE_OK]);
        for (int i = 1; i < NF_SCORE_STATUS_COUNT; i++)
            nfi_tally_part(t, nf_score_status_text((nf_score_status)i), j->n->by_status[i]);
        return;
    }
    const nf_docs_stats *c = nf_docs_counts(j->docs);
    nfi_tally_part(t, "scored", c->read - c->rejected - c->left_out - j->n->without);
    nfi_tally_part(t, "empty", j->n->without);
    nfi_tally_also(t, j->o->unit == NF_UNIT_SENTENCE ? "sentences" : "paragraphs", j->n->units);
    nfi_tally_also(t, "labelled", j->n->by_status[NF_SCORE_OK]);
    for (int i = 1; i < NF_SCORE_STATUS_COUNT; i++)
        nfi_tally_also(t, nf_score_status_text((nf_score_status)i), j->n->by_status[i]);
}

static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    const struct opts *o = opts;
    nf_lang *lang = NULL;
    nfi_progress progress = {0};
    job j = {.o = o, .nargs = nargs, .args = args};
    nf_err err = {0};

    int usage = nfi_work_outputs(cli, (const char *const[]){o->out.output, o->in.rejects}, 2, nargs, args, o->model);
    if (usage == NFI_EXIT_OK && o->unit != NF_UNIT_DOCUMENT && (o->mixture || o->evidence))
        usage = nfi_cli_usage(cli, "%s is about documents; without --unit", o->mixture ? "--mixture" : "--evidence");
    if (usage == NFI_EXIT_OK && o->coverage > 0 && o->coverage < .5)
        usage = nfi_cli_usage(cli, "--coverage: %.4g given, expected 0 or a number from 0.5 to 0.9999", o->coverage);
    if (usage != NFI_EXIT_OK)
        return usage;
    nf_scorer_opts so = {.min_tokens = o->min_tokens,
                         .threshold = o->threshold,
                         .min_prob = o->min_prob,
                         .typicality = o->typicality,
                         .threads = (int)o->common.threads};
    j.beside = nfi_work_bulk(nargs, args) ? nfi_par_threads((int)o->common.threads) : 1;
    nf_status s = nfi_par_beside(2, j.beside, begin, &j, &err);
    if (s == NF_OK)
        s = nfi_work_language(&lang, &so.language, o->language, o->with_language, &err);
    so.lang = lang;
    if (s == NF_OK)
        s = nf_scorer_new(&j.scorer, j.model, &so, &err);
    if (s == NF_OK)
        s = nf_csv_open(&j.w, o->out.output, (nf_csv_dialect)o->out.excel, &err);
    if (s == NF_OK) {
        nf_model_info info;
        nf_model_describe(j.model, &info);
        j.t = (nfi_score_table){.m = j.model,
                                .k = info.classes,
                                .unit = (nf_unit_kind)o->unit,
                                .with_text = o->with_text,
                                .with_language = o->with_language,
                                .mixture = o->mixture,
                                .evidence = o->evidence,
                                .id = nfi_work_id_column(j.docs, &o->in),
                                .parts = &j.parts};
        if (o->coverage > 0)
            s = begin_sets(&j, cli, &err);
        if (s == NF_OK)
            s = header(&j, &err);
        if (s == NF_OK)
            s = nfi_score_rows_new(&j.rows, &j.t, (int)o->common.threads, &err);
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
        j.n = nfi_score_rows_counts(j.rows);
        tally(&j, &t);
        for (int i = 1; i < NF_SCORE_STATUS_COUNT; i++)
            missed += j.n->by_status[i];
        missed += j.n->without;
        nfi_tally_docs(&t, nf_docs_counts(j.docs));
        nfi_tally_also(&t, "cells cut", cut);
        warn_lopsided(&j, cli);
        if (j.n->sets)
            nfi_cli_note(cli, "sets at %g: %.2f classes a set, %llu empty", o->coverage, (double)j.n->in_sets / (double)j.n->sets,
                         (unsigned long long)j.n->empty_sets);
        nfi_tally_end(&t, cli);
        missed += nf_docs_counts(j.docs)->rejected;
        read = o->unit ? j.n->units + j.n->without + nf_docs_counts(j.docs)->rejected : nf_docs_counts(j.docs)->read;
    }
    nfi_score_rows_free(j.rows);
    nfi_free(j.bound);
    nfi_free(j.scores);
    nfi_free(j.odds);
    nf_scored_units_clear(&j.parts);
    nf_batch_clear(&j.batch[0]);
    nf_batch_clear(&j.batch[1]);
    nf_scorer_free(j.scorer);
    nf_docs_close(j.docs);
    nf_model_free(j.model);
    nf_lang_close(lang);
    if (s == NF_OK && o->strict && missed)
        return nfi_cli_end(cli, NFI_EXIT_GATE, "--strict: %llu of %llu %ss got no label", (unsigned long long)missed,
                           (unsigned long long)read, nf_unit_name((size_t)o->unit, NULL));
    return nfi_cli_fail(cli, s, &err);
}

static const char *const paragraphs[] = {
    "Writes one row for each document, in input order: the columns it came with, a status, the label and the next best one, the margin "
    "between them, how many words it has, what share of them the model does not know, and a score for each class. Only documents with "
    "status ok have a label; newsframe columns scores explains the columns.",
    "A score is the log-odds of a class against all others, in nats; a document's scores depend on that document and the model alone. A "
    "probability is what calibration on documents left out in training makes of the scores; it is blank where the model is not "
    "calibrated, as one made from statistics.",
    "With --unit sentence or paragraph there is one row for each, with its number in the document and its place: start and end are bytes "
    "of the column text (or title) as it was read. Boilerplate has no rows; a document of which nothing else is left has one row, with "
    "status empty. newsframe columns units explains the columns. A model that gives frames to sentences, as the built-in one does, adds "
    "the column frames: all frames of the sentence, the most likely first, or none. They come of the score, of the seeds of the codebook "
    "in the sentence, and of the sentences around it.",
    "With --mixture a document's angle is the mixture of its sentences: each gives its label 1 (of several labels or frames the second "
    "1/2, the third 1/3), twice in title and lead, and mix_CLASS is the share of a class in that sum. The class with the most is the "
    "primary frame, others with a share of .06 or more are secondary. A class named none is no frame, and a line that repeats the title "
    "does not count. With --evidence the sentence whose words make up most of the margin of the label is given, as it stands in the input.",
    "With --coverage a column label_set has the classes that a document may have: of documents like those the model was trained on, the "
    "set holds the right class at that rate, in each class. Clear documents have one class, doubtful ones several, and one that is like "
    "no class has none. A class with too few documents for a bound of its own shares one with all such classes.",
    "With --typicality what is unlike nearly all that the model was trained on gets the status unlike_training and no label: its share of "
    "unknown words, or the mean rarity of its words, is above what one training document in 200 has at that length. It tells another "
    "language, trade or kind of text, not another angle; with --unit each unit is asked. A model of fewer than 199 documents, the "
    "built-in one, and one made from statistics do not know it, and say so.",
    "With --language a document told to be in another language gets the status other_language and no label; one whose language cannot be "
    "told (und: too short, or too unlike all that are known) is scored. With --unit paragraph so is each paragraph told, and one whose "
    "language cannot be is in that of its document. Languages are told by script and by n-grams, as newsframe inspect does.",
    "An operand is a file or folder of documents; without one they come from standard input. A plain text file is one document.",
    NULL};

static const nfi_example examples[] = {
    {"newsframe score $NF_SAMPLES/geo-1/samples -o scores.csv", "score a folder of articles with the built-in model"},
    {"newsframe score -m angles.nfm feed.csv --text headline,body --id url -o scores.csv --excel",
     "score a spreadsheet with your own model"},
    {"newsframe score $NF_SAMPLES/geo-1/samples --unit sentence --with-text -o sentences.csv", "label every sentence"},
    {"newsframe score $NF_SAMPLES/geo-1/samples --mixture --evidence -o mixtures.csv",
     "the frames of each article, and the sentence behind its label"},
    {NULL, NULL}};

const nfi_verb nfi_verb_score = {.name = "score",
                                 .group = "Apply",
                                 .summary = "label documents, one row each, with a score for every class",
                                 .operands = "[INPUT...]",
                                 .max_args = -1,
                                 .paragraphs = paragraphs,
                                 .opts = rows,
                                 .opts_size = sizeof(struct opts),
                                 .examples = examples,
                                 .exits = NFI_EXITS_MODEL | NFI_EXIT_BIT(NFI_EXIT_GATE),
                                 .run = run};
