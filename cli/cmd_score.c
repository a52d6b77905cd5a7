/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_score.c - newsframe score: documents to a table of labels and scores, one row a document, or one a sentence. */
#include "cli/columns.h"
#include "cli/label_list.h"
#include "cli/work.h"

#include "base/buf.h"
#include "newsframe/units.h"

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
    OPT_FILE('m', "model", struct opts, model, NULL, "the model; without it the built-in geo-1"),
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
    uint64_t units, without; /* with --unit: rows of units, documents that have none */
    nf_scored_units parts;
    double *share; /* of the document at hand */
    double *prob; /* of the document at hand */
    bool *chosen;
    double *bound; /* of sets, or NULL */
    bool *in;      /* the set at hand */
    uint64_t sets, empty_sets, in_sets;
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
        const char *tables[7] = {j->o->unit ? "units" : "scores"};
        size_t t = 1;
        if (nf_model_is_multi(j->m))
            tables[t++] = "several";
        if (j->o->unit == NF_UNIT_SENTENCE && nf_model_codes(j->m))
            tables[t++] = "frames";
        if (j->bound)
            tables[t++] = "sets";
        if (j->o->mixture)
            tables[t++] = "mixture";
        if (j->o->evidence)
            tables[t++] = "evidence";
        nfi_dict_headers(j->w, tables, column, m, name, j->k);
    } else {
        err->code = NF_ENOMEM;
    }
    nfi_free(name);
    nfi_free(column);
    nfi_free(blob);
    j->carried = n;
    return err->code;
}

static void label_cell(job *j, int32_t k)
{
    if (k < 0) {
        nf_csv_blank(j->w);
        return;
    }
    nf_str l = nf_model_label(j->m, (size_t)k);
    nf_csv_text(j->w, l.p, l.n);
}

static void blanks(job *j, size_t n)
{
    while (n-- > 0)
        nf_csv_blank(j->w);
}

/* What came with the document; text: of the document or the unit. */
static void carried_cells(job *j, const nf_doc *d, nf_str text, int32_t lang)
{
    bool changed = d->flags & (NF_DOC_ID_MADE | NF_DOC_ID_SUFFIX); /* then the carried one would not tell documents apart */
    if (j->id == SIZE_MAX)
        nf_csv_text(j->w, d->id.p, d->id.n);
    for (size_t c = 0; c < j->carried; c++) {
        nf_str x = c == j->id && changed ? d->id : d->carried[c];
        nf_csv_text(j->w, x.p, x.n);
    }
    if (j->o->with_text)
        nf_csv_text(j->w, text.p, text.n);
    if (j->o->with_language)
        nf_csv_str(j->w, nf_lang_guess_code(&(nf_lang_guess){.lang = lang}));
}

/* All labels of a document or unit. */
static void labels_cell(job *j, const nf_score *s, const double *odds)
{
    nfi_buf list = {0};

    if (s->label >= 0) {
        nf_model_labels(j->m, odds, j->chosen);
        nfi_list_chosen(&list, j->m, j->chosen);
    }
    nfi_list_cell(j->w, &list);
}

/* prob is that of the document at hand when sure. */
static void set_cell(job *j, bool sure)
{
    size_t n = sure ? nf_model_set(j->m, j->bound, j->prob, j->in) : 0;
    nfi_buf list = {0};

    j->sets += sure;
    j->empty_sets += sure && n == 0;
    j->in_sets += n;
    if (n > 0)
        nfi_list_chosen(&list, j->m, j->in);
    nfi_list_cell(j->w, &list);
}

static void frames_cell(job *j, const nf_score *s, const double *odds)
{
    nfi_buf list = {0};

    if (s->scored)
        nfi_list_frames(&list, j->m, odds, j->chosen);
    nfi_list_cell(j->w, &list);
}

/* frames: odds of the frames of a sentence. */
static void score_cells(job *j, const nf_score *s, const double *odds, const double *frames)
{
    nf_csv_str(j->w, nf_score_status_text(s->status));
    label_cell(j, s->label);
    label_cell(j, s->second);
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
    bool sure = s->scored && nf_model_probabilities(j->m, (nf_unit_kind)j->o->unit, odds, j->prob);
    for (size_t k = 0; k < j->k; k++) {
        if (sure)
            nf_csv_num(j->w, j->prob[k], 6);
        else
            nf_csv_blank(j->w); /* the model is not calibrated, or nothing was scored */
    }
    if (nf_model_is_multi(j->m))
        labels_cell(j, s, odds);
    if (j->o->unit == NF_UNIT_SENTENCE && nf_model_codes(j->m))
        frames_cell(j, s, frames);
    if (j->bound)
        set_cell(j, sure);
    j->by_status[s->status]++;
    if (s->label >= 0)
        j->by_class[s->label]++;
}

/* ---- sentences of a document ---- */

static void mixture_cells(job *j, size_t doc)
{
    nf_mixture mix;

    nf_units_mix(&j->parts, j->m, doc, j->share, j->chosen, &mix);
    if (mix.primary < 0) {
        blanks(j, j->k + 2);
        return;
    }
    nfi_buf list = {0};
    for (size_t k = 0; k < j->k; k++)
        nf_csv_num(j->w, j->share[k], 6);
    label_cell(j, mix.primary);
    j->share[mix.primary] = 0.0;
    nfi_list_secondary(&list, j->m, j->share);
    nfi_list_cell(j->w, &list);
}

static nf_str unit_text(const nf_doc *d, const nf_scored_unit *u)
{
    nf_str in = u->in_title ? d->title : d->text;
    return (nf_str){in.p + u->place.start, u->place.end - u->place.start};
}

static void place_cells(job *j, const nf_scored_unit *u)
{
    nf_csv_str(j->w, u->in_title ? "title" : "text");
    nf_csv_int(j->w, (int64_t)u->place.start);
    nf_csv_int(j->w, (int64_t)u->place.end);
}

static void evidence_cells(job *j, const nf_doc *d, size_t doc)
{
    size_t at = nf_units_evidence(&j->parts, doc);

    if (at == SIZE_MAX) {
        blanks(j, 5);
        return;
    }
    nf_str text = unit_text(d, &j->parts.unit[at]);
    nf_csv_text(j->w, text.p, text.n);
    place_cells(j, &j->parts.unit[at]);
    nf_csv_num(j->w, j->parts.unit[at].carries, 6);
}

/* ---- rows ---- */

/* doc: number in parts, where there are any. */
static void document_row(job *j, const nf_doc *d, const nf_score *s, const double *odds, size_t doc)
{
    carried_cells(j, d, d->text, s->lang);
    score_cells(j, s, odds, NULL);
    if (j->o->mixture)
        mixture_cells(j, doc);
    if (j->o->evidence)
        evidence_cells(j, d, doc);
    nf_csv_end(j->w);
}

static void unit_rows(job *j, const nf_doc *d, size_t doc)
{
    size_t from = j->parts.first[doc], to = j->parts.first[doc + 1];

    for (size_t i = from; i < to; i++) {
        const nf_scored_unit *u = &j->parts.unit[i];
        carried_cells(j, d, unit_text(d, u), u->score.lang);
        nf_csv_int(j->w, (int64_t)(i - from) + 1);
        nf_csv_str(j->w, nf_role_name(u->role, NULL));
        place_cells(j, u);
        score_cells(j, &u->score, j->parts.log_odds + i * j->k, j->parts.frame_odds ? j->parts.frame_odds + i * j->k : NULL);
        nf_csv_end(j->w);
    }
    j->units += to - from;
    if (from < to)
        return;
    j->without++;
    carried_cells(j, d, (nf_str){NULL, 0}, -1);
    blanks(j, 5);
    score_cells(j, &(nf_score){.status = NF_SCORE_EMPTY, .label = -1, .second = -1}, NULL, NULL);
    j->by_status[NF_SCORE_EMPTY]--; /* no unit */
    nf_csv_end(j->w);
}

/* So many documents of b from first on that scores of their units fit into memory, whatever the number of classes. */
static size_t slice(const job *j, const nf_batch *b, size_t first)
{
    size_t most = ((size_t)1 << 30) / j->k, bytes = 0, n = 0; /* of text; a sentence takes 8 bytes a class and has some 50 */

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
    for (size_t i = 0; s == NF_OK && i < n; i++) {
        if (j->o->unit == NF_UNIT_DOCUMENT)
            document_row(j, &part.docs[i], &scores[i], odds + i * j->k, i);
        else
            unit_rows(j, &part.docs[i], i);
    }
    return s;
}

static nf_status stream(job *j, nfi_progress *p, nf_err *err)
{
    nf_batch batch = {0};
    nf_score *scores = NULL;
    double *odds = NULL;
    size_t capscores = 0, capodds = 0;
    nf_status s = NF_OK;

    while (s == NF_OK) {
        if ((s = nf_docs_next(j->docs, &batch, err)) != NF_OK || batch.n == 0)
            break;
        for (size_t i = 0, n; s == NF_OK && i < batch.n; i += n) {
            n = j->o->unit || j->o->mixture || j->o->evidence ? slice(j, &batch, i) : batch.n;
            if ((s = nfi_grow(&scores, &capscores, n, sizeof *scores, err)) == NF_OK &&
                (s = nfi_grow(&odds, &capodds, n * j->k, sizeof *odds, err)) == NF_OK)
                s = score_slice(j, &batch, i, n, scores, odds, err);
        }
        if (s == NF_OK)
            s = nf_csv_flush(j->w, err);
        nfi_work_progress(p, nf_docs_counts(j->docs));
    }
    nfi_free(scores);
    nfi_free(odds);
    nf_scored_units_clear(&j->parts);
    nf_batch_clear(&batch);
    return s;
}

/* Bounds of sets, and which classes have none of their own. */
static nf_status begin_sets(job *j, nfi_cli *cli, nf_err *err)
{
    size_t few = 0, first = 0;
    nf_status s = NF_ENOMEM;

    j->bound = nfi_alloc(j->k, sizeof *j->bound);
    j->in = nfi_alloc(j->k, sizeof *j->in);
    if (j->bound && j->in)
        s = nf_model_set_bounds(j->m, j->o->coverage, j->bound, j->in, err);
    for (size_t k = j->k; s == NF_OK && k-- > 0;) {
        few += j->in[k];
        first = j->in[k] ? k : first;
    }
    if (few == 0)
        return s;
    nf_str l = nf_model_label(j->m, first);
    nfi_cli_warn(
        cli,
        "%zu class%s too few documents for a bound of sets at %g (\"%.*s\"%s): one bound is shared, and the coverage is theirs together",
        few, few == 1 ? " has" : "es have", j->o->coverage, (int)l.n, l.p, few > 1 ? ", ..." : "");
    return s;
}

/* One label for nearly everything is more often a wrong model or column than a finding. */
static void warn_lopsided(const job *j, nfi_cli *cli)
{
    uint64_t n = j->by_status[NF_SCORE_OK];

    for (size_t k = 0; k < j->k; k++) {
        nf_str l = nf_model_label(j->m, k);
        if (n >= 100 && j->by_class[k] * 10 > n * 9)
            nfi_cli_warn(cli, "%llu of %llu labelled %ss are \"%.*s\"", (unsigned long long)j->by_class[k], (unsigned long long)n,
                         nf_unit_name((size_t)j->o->unit, NULL), (int)l.n, l.p);
    }
}

/* Documents by status; with --unit documents that have units and those that have none, and units by status. */
static void tally(const job *j, nfi_tally *t)
{
    if (j->o->unit == NF_UNIT_DOCUMENT) {
        nfi_tally_part(t, "labelled", j->by_status[NF_SCORE_OK]);
        for (int i = 1; i < NF_SCORE_STATUS_COUNT; i++)
            nfi_tally_part(t, nf_score_status_text((nf_score_status)i), j->by_status[i]);
        return;
    }
    const nf_docs_stats *c = nf_docs_counts(j->docs);
    nfi_tally_part(t, "scored", c->read - c->rejected - c->left_out - j->without);
    nfi_tally_part(t, "empty", j->without);
    nfi_tally_also(t, j->o->unit == NF_UNIT_SENTENCE ? "sentences" : "paragraphs", j->units);
    nfi_tally_also(t, "labelled", j->by_status[NF_SCORE_OK]);
    for (int i = 1; i < NF_SCORE_STATUS_COUNT; i++)
        nfi_tally_also(t, nf_score_status_text((nf_score_status)i), j->by_status[i]);
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
    if (usage == NFI_EXIT_OK && o->unit != NF_UNIT_DOCUMENT && (o->mixture || o->evidence))
        usage = nfi_cli_usage(cli, "%s is about documents; without --unit", o->mixture ? "--mixture" : "--evidence");
    if (usage != NFI_EXIT_OK)
        return usage;
    nf_scorer_opts so = {.min_tokens = o->min_tokens,
                         .threshold = o->threshold,
                         .min_prob = o->min_prob,
                         .typicality = o->typicality,
                         .threads = (int)o->common.threads};
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
        j.share = nfi_alloc(j.k, sizeof *j.share);
        j.prob = nfi_alloc(j.k, sizeof *j.prob);
        j.chosen = nfi_alloc(j.k, sizeof *j.chosen);
        s = j.by_class && j.share && j.prob && j.chosen ? NF_OK : NF_ENOMEM;
        if (s == NF_OK && o->coverage > 0)
            s = begin_sets(&j, cli, &err);
        if (s == NF_OK)
            s = header(&j, &err);
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
        tally(&j, &t);
        for (int i = 1; i < NF_SCORE_STATUS_COUNT; i++)
            missed += j.by_status[i];
        missed += j.without;
        nfi_tally_docs(&t, nf_docs_counts(j.docs));
        nfi_tally_also(&t, "cells cut", cut);
        warn_lopsided(&j, cli);
        if (j.sets)
            nfi_cli_note(cli, "sets at %g: %.2f classes a set, %llu empty", o->coverage, (double)j.in_sets / (double)j.sets,
                         (unsigned long long)j.empty_sets);
        nfi_tally_end(&t, cli);
        missed += nf_docs_counts(j.docs)->rejected;
        read = o->unit ? j.units + j.without + nf_docs_counts(j.docs)->rejected : nf_docs_counts(j.docs)->read;
    }
    nfi_free(j.by_class);
    nfi_free(j.share);
    nfi_free(j.prob);
    nfi_free(j.chosen);
    nfi_free(j.bound);
    nfi_free(j.in);
    nf_scorer_free(j.scorer);
    nf_docs_close(j.docs);
    nf_model_free(model);
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
    "told (und: too short, or too unlike all that are known) is scored. Languages are told by script and by n-grams, as newsframe inspect "
    "does.",
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
