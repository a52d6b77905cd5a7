/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_evaluate.c - newsframe evaluate: a model against documents that people have labelled. */
#include "cli/errors.h"
#include "cli/codebooks.h"
#include "cli/work.h"

#include "base/arena.h"
#include "base/mem.h"
#include "base/try.h"
#include "features/label_sets.h"

#include <string.h>

enum { UNKNOWN_NAMED = 10 };

struct opts {
    nfi_input_opts in;
    nfi_output_opts out;
    nfi_eval_opts eval;
    nfi_common_opts common;
    const char *model, *language, *errors, *codebook;
    double threshold, min_prob, min_accuracy;
    bool typicality;
    uint64_t min_tokens;
};

static const nfi_opt rows[] = {
    OPT_HEADER("Model"),
    OPT_READ('m', "model", struct opts, model, NULL, "the model; without it the built-in geo-1"),
    OPT_REAL(0, "threshold", struct opts, threshold, "NATS", "0", 0, 1e6, "no label when the margin is below this"),
    OPT_REAL(0, "min-prob", struct opts, min_prob, "P", "0", 0, 1,
             "no label when its probability is below this; the model must be calibrated"),
    OPT_FLAG(0, "typicality", struct opts, typicality, "no label for what is unlike nearly all that the model was trained on"),
    OPT_COUNT(0, "min-tokens", struct opts, min_tokens, "N", "3", 1, UINT64_MAX, "no label for documents of fewer words"),
    OPT_STR(0, "language", struct opts, language, "CODE", "any",
            "leave out documents told to be in another language than CODE (en, uk, ...); those of none stay"),
    OPT_READ(0, "codebook", struct opts, codebook, NULL,
             "where documents may have several labels: what the seeds of this codebook alone say, as one more baseline"),
    OPT_REAL(0, "min-accuracy", struct opts, min_accuracy, "SHARE", "0", 0, 1, "exit 5 when the accuracy is below this"),
    OPT_OUTPUT(struct opts, out),
    OPT_EVAL(struct opts, eval),
    OPT_FILE(
        0, "errors", struct opts, errors, NULL,
        "write the documents that the model has wrong to FILE, suspected labels and the worst errors first, with the words behind them"),
    OPT_INPUT(struct opts, in),
    OPT_MULTI(struct opts, in),
    OPT_HEADER("Common"),
    OPT_THREADS(struct opts, common),
    OPT_QUIET(struct opts, common),
    OPT_END};

/* What was read: classes beyond the known ones of the model are labels that the model does not know, in order of first sight. */
typedef struct read_docs {
    nfi_vocab labels;
    nf_str *id;
    int32_t *human, *machine;
    size_t n, capid, caphuman, capmachine, known;
    int32_t none; /* the class "none" of the model, or -1 */
    uint64_t unlabelled;
    nfi_arena arena;
    bool multi; /* human and machine are sets then */
    const nf_model *model;
    bool *chosen; /* nclasses of the model */
    nf_confidence *confidence; /* one a document */
    size_t capconfidence;
    double *bound, *prob;      /* nclasses of the model; bound NULL: it is not calibrated */
    bool *shared;              /* nclasses: the bound is not the class's own */
    nf_label_sets human_set, machine_set, lexicon_set;
    nf_reliability *reliability; /* of each class of the model, then of all but "none"; NULL: one label, or no probabilities */
    nf_codebook *codebook; /* NULL: none */
    nf_lexicon *lexicon;
    bool *frame;
    uint64_t *count;
    nf_errors *errors; /* with --errors */
} read_docs;

static nf_status class_of(read_docs *r, nf_str label, int32_t *out, nf_err *err)
{
    uint32_t node;

    NF_TRY(nfi_label_node(&r->labels, label, &node, err));
    *out = (int32_t)node;
    return NF_OK;
}

/* Puts the class of a label into cls, sorted, of n; unknown labels have numbers in order of sight. */
static nf_status put_class(read_docs *r, uint16_t *cls, size_t *n, nf_str label, nf_err *err)
{
    int32_t k = 0;

    NF_TRY(class_of(r, label, &k, err));
    size_t at = (*n)++;
    for (; at > 0 && cls[at - 1] > k; at--)
        cls[at] = cls[at - 1];
    cls[at] = (uint16_t)k;
    return NF_OK;
}

/* Adds the labels of a cell "a;b", and the classes that the model chose. */
static nf_status take_sets(read_docs *r, nf_str label, const nf_score *score, const double *odds, nf_err *err)
{
    uint16_t *cls = nfi_alloc(label.n + r->known + 1, sizeof *cls);
    size_t n = 0;
    nf_status s = cls ? NF_OK : NF_ENOMEM;

    for (const char *p = label.p, *end = label.p + label.n; s == NF_OK && p < end;) {
        const char *cut = memchr(p, ';', (size_t)(end - p)), *e = cut ? cut : end;
        s = put_class(r, cls, &n, (nf_str){p, (size_t)(e - p)}, err);
        p = cut ? cut + 1 : end;
    }
    if (s == NF_OK)
        s = nf_label_sets_add(&r->human_set, cls, n, err);
    n = 0;
    if (s == NF_OK && score->label >= 0) {
        nf_model_labels(r->model, odds, r->chosen);
        for (size_t k = 0; k < r->known; k++)
            if (r->chosen[k])
                cls[n++] = (uint16_t)k;
    }
    if (s == NF_OK)
        s = nf_label_sets_add(&r->machine_set, cls, n, err);
    nfi_free(cls);
    return s;
}

/* Probabilities of a document whose human labels are the last of the sets. */
static void judge_probabilities(read_docs *r, const nf_score *score, const double *odds)
{
    uint64_t from = r->human_set.ptr[r->human_set.n - 1], to = r->human_set.ptr[r->human_set.n];

    if (!score->scored || from == to || !nf_model_probabilities(r->model, NF_UNIT_DOCUMENT, odds, r->prob))
        return;
    for (size_t k = 0; k < r->known; k++) {
        while (from < to && r->human_set.cls[from] < k)
            from++;
        bool has = from < to && r->human_set.cls[from] == k;
        nf_reliability_add(&r->reliability[k], r->prob[k], has);
        if ((int32_t)k != r->none)
            nf_reliability_add(&r->reliability[r->known], r->prob[k], has);
    }
}

/* What the words of the codebook say of a document, as classes. */
static nf_status take_lexicon(read_docs *r, const nf_doc *d, nf_err *err)
{
    size_t frames = nf_codebook_frames(r->codebook), n = 0;
    uint16_t *cls = nfi_alloc(frames + 1, sizeof *cls);
    nf_status s = cls ? nfi_codebook_says(r->lexicon, frames, d->title, d->text, r->count, r->frame, err) : NF_ENOMEM;
    bool any = false;

    for (size_t f = 0; s == NF_OK && f <= frames; f++) {
        if (f < frames ? !r->frame[f] : any)
            continue;
        any = true;
        s = put_class(r, cls, &n, f < frames ? nf_codebook_frame(r->codebook, f)->key : (nf_str){"none", 4}, err);
    }
    if (s == NF_OK)
        s = nf_label_sets_add(&r->lexicon_set, cls, n, err);
    nfi_free(cls);
    return s;
}

static nf_status open_codebook(read_docs *r, nfi_cli *cli, const char *file, nf_err *err)
{
    nf_status s = nfi_codebook_open(cli, &r->codebook, file, err);

    if (s == NF_OK)
        s = nf_lexicon_new(&r->lexicon, r->codebook, NULL, err);
    if (s != NF_OK)
        return s;
    r->frame = nfi_alloc(nf_codebook_frames(r->codebook), sizeof *r->frame);
    r->count = nfi_alloc(nf_codebook_frames(r->codebook), sizeof *r->count);
    return r->frame && r->count ? NF_OK : (err->code = NF_ENOMEM);
}

static nf_status take(read_docs *r, const nf_batch *b, const nf_score *scores, const double *odds, nf_err *err)
{
    NF_TRY(nfi_grow(&r->id, &r->capid, r->n + b->n, sizeof *r->id, err));
    NF_TRY(nfi_grow(&r->human, &r->caphuman, r->n + b->n, sizeof *r->human, err));
    NF_TRY(nfi_grow(&r->machine, &r->capmachine, r->n + b->n, sizeof *r->machine, err));
    NF_TRY(nfi_grow(&r->confidence, &r->capconfidence, r->n + b->n, sizeof *r->confidence, err));
    for (size_t i = 0; i < b->n; i++) {
        const nf_doc *d = &b->docs[i];
        char *id = nfi_arena_copy(&r->arena, d->id.p, d->id.n);
        if (!id)
            return NF_ENOMEM;
        r->human[r->n] = -1;
        if (d->label.n == 0)
            r->unlabelled++;
        if (r->multi)
            NF_TRY(take_sets(r, d->label, &scores[i], odds + i * r->known, err));
        if (r->reliability)
            judge_probabilities(r, &scores[i], odds + i * r->known);
        if (!r->multi && d->label.n)
            NF_TRY(class_of(r, d->label, &r->human[r->n], err));
        if (r->codebook)
            NF_TRY(take_lexicon(r, d, err));
        r->confidence[r->n] =
            nf_model_confidence(r->model, scores[i].scored && !r->multi ? odds + i * r->known : NULL, r->human[r->n], r->bound, r->prob);
        r->confidence[r->n].shared = r->bound && r->human[r->n] >= 0 && r->human[r->n] < (int32_t)r->known && r->shared[r->human[r->n]];
        r->id[r->n] = (nf_str){id, d->id.n};
        r->machine[r->n++] = scores[i].label;
    }
    return NF_OK;
}

/* After take(): documents of the batch are the last ones. */
static nf_status note_errors(read_docs *r, nf_scorer *scorer, const nf_batch *b, const nf_score *scores, const double *odds, nf_err *err)
{
    size_t first = r->n - b->n;
    nf_status s = NF_OK;

    if (!r->multi || !nf_model_is_multi(r->model))
        return r->multi ? NF_OK : nf_errors_add(r->errors, scorer, b, scores, odds, r->human + first, err);
    bool *human = nfi_alloc(r->known, sizeof *human);
    if (!human)
        return err->code = NF_ENOMEM;
    for (size_t i = 0; s == NF_OK && i < b->n; i++) {
        memset(human, 0, r->known * sizeof *human);
        uint64_t from = r->human_set.ptr[first + i], to = r->human_set.ptr[first + i + 1];
        for (uint64_t k = from; k < to; k++)
            if (r->human_set.cls[k] < r->known)
                human[r->human_set.cls[k]] = true;
        if (from < to)
            s = nf_errors_add_set(r->errors, scorer, &b->docs[i], &scores[i], odds + i * r->known, human, err);
    }
    nfi_free(human);
    return s;
}

static nf_status score_all(read_docs *r, nf_docs *docs, nf_scorer *scorer, size_t nclasses, nfi_progress *p, nf_err *err)
{
    nf_batch batch = {0};
    nf_score *scores = NULL;
    double *odds = NULL;
    size_t capscores = 0, capodds = 0;
    nf_status s = NF_OK;

    for (;;) {
        if ((s = nf_docs_next(docs, &batch, err)) != NF_OK || batch.n == 0 ||
            (s = nfi_grow(&scores, &capscores, batch.n, sizeof *scores, err)) != NF_OK ||
            (s = nfi_grow(&odds, &capodds, batch.n * nclasses, sizeof *odds, err)) != NF_OK ||
            (s = nf_scorer_batch(scorer, &batch, scores, odds, err)) != NF_OK || (s = take(r, &batch, scores, odds, err)) != NF_OK)
            break;
        if (r->errors && (s = note_errors(r, scorer, &batch, scores, odds, err)) != NF_OK)
            break;
        nfi_work_progress(p, nf_docs_counts(docs));
    }
    nfi_free(scores);
    nfi_free(odds);
    nf_batch_clear(&batch);
    return s;
}

/* What probabilities are judged by. */
static nf_status judge_by(read_docs *r, const nf_model_info *info, double coverage, nf_err *err)
{
    nf_status s = NF_OK;

    r->none = nfi_work_none(r->labels.word, r->known);
    r->shared = nfi_calloc(r->known, sizeof *r->shared);
    r->prob = nfi_alloc(r->known, sizeof *r->prob);
    if (info->temperature > 0 && !r->multi)
        r->bound = nfi_alloc(r->known, sizeof *r->bound);
    if (r->multi && nf_model_is_multi(r->model) && info->calibration_documents &&
        !(r->reliability = nfi_calloc(r->known + 1, sizeof *r->reliability)))
        return err->code = NF_ENOMEM;
    if (!r->shared || !r->prob || (info->temperature > 0 && !r->multi && !r->bound))
        s = err->code = NF_ENOMEM;
    else if (r->bound)
        s = nf_model_set_bounds(r->model, coverage, r->bound, r->shared, err);
    return s;
}

static int evaluation(const struct opts *o, nfi_cli *cli, const read_docs *r)
{
    const nf_str *label = r->labels.word;
    size_t k = r->labels.nwords;
    nfi_evaluation e = {
        .label = label, .k = k, .human = r->human, .machine = r->machine, .id = r->id, .n = r->n, .confidence = r->confidence};
    nfi_multi_evaluation m = {.label = label, .k = k, .human = &r->human_set, .machine = &r->machine_set,
                              .lexicon = r->codebook ? &r->lexicon_set : NULL, .id = r->id,
                              .reliability = r->reliability, .judged = r->known};

    return r->multi ? nfi_work_multi_evaluation(cli, &m, &o->out, &o->eval) : nfi_work_evaluation(cli, &e, &o->out, &o->eval);
}

/* Labelled documents whose texts the model remembers. */
typedef struct met_texts {
    const nf_model *m;
    uint64_t n;
} met_texts;

static nf_status watch_met(void *ctx, const nf_batch *b, nf_err *err)
{
    met_texts *x = ctx;

    (void)err;
    for (size_t i = 0; i < b->n; i++)
        x->n += nf_model_has_seen(x->m, b->docs[i].text);
    return NF_OK;
}

/* Labels that the model does not know; with a codebook some of these may be frames that no document has. */
static nf_status warn_unknown(nfi_cli *cli, const read_docs *r)
{
    size_t shown = 0, more = 0;
    bool *met = nfi_calloc(r->labels.nwords + 1, sizeof *met);

    if (!met)
        return NF_ENOMEM;
    for (size_t d = 0; d < r->n; d++) {
        if (r->human[d] >= 0)
            met[r->human[d]] = true;
        for (uint64_t e = r->multi ? r->human_set.ptr[d] : 0; r->multi && e < r->human_set.ptr[d + 1]; e++)
            met[r->human_set.cls[e]] = true;
    }
    for (size_t k = r->known; k < r->labels.nwords; k++) {
        if (met[k] && shown++ < UNKNOWN_NAMED)
            nfi_cli_warn(cli, "label \"%.*s\" is unknown to the model: its documents count as errors", (int)r->labels.word[k].n,
                         r->labels.word[k].p);
        more += met[k] && shown > UNKNOWN_NAMED;
    }
    if (more)
        nfi_cli_warn(cli, "%zu more labels are unknown to the model; is the label column the right one?", more);
    nfi_free(met);
    return NF_OK;
}

static int report(const struct opts *o, nfi_cli *cli, const read_docs *r, const nf_docs_stats *stats)
{
    uint64_t correct = 0, without = 0, labelled = r->n - r->unlabelled;

    if (labelled == 0)
        return r->n == 0 ? nfi_cli_end(cli, NFI_EXIT_DATA, "there are no documents")
                         : nfi_cli_end(cli, NFI_EXIT_DATA, "none of the %zu documents has a label", r->n);

    if (warn_unknown(cli, r) != NF_OK)
        return nfi_cli_end(cli, NFI_EXIT_IO, "out of memory");
    int code = evaluation(o, cli, r);
    if (code != NFI_EXIT_OK)
        return code;
    for (size_t i = 0; i < r->n; i++) {
        bool judged = r->multi ? r->human_set.ptr[i] < r->human_set.ptr[i + 1] : r->human[i] >= 0;
        correct += judged && (r->multi ? nfi_work_same_set(&r->human_set, &r->machine_set, i) : r->machine[i] == r->human[i]);
        without += judged && r->machine[i] < 0;
    }
    nfi_tally t;
    nfi_tally_begin(&t, "read", stats->read);
    nfi_tally_part(&t, "right", correct);
    nfi_tally_part(&t, "wrong", labelled - correct - without);
    nfi_tally_part(&t, "no label given", without);
    nfi_tally_part(&t, "unlabelled", r->unlabelled);
    nfi_tally_docs(&t, stats);
    nfi_tally_end(&t, cli);
    return nfi_work_gate(cli, correct, labelled, o->min_accuracy, "documents are right");
}

/* Options that depend on how many labels a document may have. */
static int check_model(const struct opts *o, nfi_cli *cli, const nf_model *m, bool multi)
{
    if (!multi && o->codebook)
        return nfi_cli_usage(cli, "--codebook is a baseline where documents may have several labels; add --multi");
    int usage = multi ? nfi_work_check_multi_tables(cli, &o->eval) : NFI_EXIT_OK;
    if (usage == NFI_EXIT_OK && o->errors && multi && !nf_model_is_multi(m))
        usage = nfi_cli_usage(cli, "--errors with --multi needs a model that gives several labels; train one with --multi");
    return usage;
}

static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    const struct opts *o = opts;
    nf_model *model = NULL;
    nf_docs *docs = NULL;
    nf_scorer *scorer = NULL;
    nfi_progress progress = {0};
    read_docs r = {0};
    met_texts met = {0};
    nf_err err = {0};
    int code = NFI_EXIT_OK;

    const char *const outputs[] = {o->out.output,       o->eval.summary, o->eval.confusion, o->eval.predictions,
                                   o->eval.reliability, o->eval.sets,    o->errors,         o->in.rejects};
    int usage = nfi_work_check_labels(cli, &o->in);
    if (usage == NFI_EXIT_OK)
        usage = nfi_work_outputs(cli, outputs, sizeof outputs / sizeof *outputs, nargs, args, o->model);
    if (usage == NFI_EXIT_OK && o->codebook)
        usage = nfi_work_outputs(cli, outputs, sizeof outputs / sizeof *outputs, nargs, args, o->codebook);
    if (usage != NFI_EXIT_OK)
        return usage;
    nf_scorer_opts so = {.min_tokens = o->min_tokens,
                         .threshold = o->threshold,
                         .min_prob = o->min_prob,
                         .typicality = o->typicality,
                         .threads = (int)o->common.threads};
    nf_status s = nfi_work_model(&model, o->model, &err);
    nfi_input_opts in = o->in;
    r.model = model;
    r.multi = in.multi |= s == NF_OK && nf_model_is_multi(model);
    if (s == NF_OK && (usage = check_model(o, cli, model, r.multi)) != NFI_EXIT_OK) {
        nf_model_free(model);
        return usage;
    }
    if (s == NF_OK)
        s = nfi_vocab_init(&r.labels, &err);
    if (s == NF_OK && o->errors)
        s = nf_errors_new(&r.errors, model, &err);
    if (s == NF_OK && o->codebook)
        s = open_codebook(&r, cli, o->codebook, &err);
    if (s == NF_OK)
        s = nfi_work_open(&docs, &in, &o->common, true, nargs, args, &err);
    if (s == NF_OK)
        s = nfi_work_leave_out(docs, o->language, &o->common, &err);
    met.m = model;
    if (s == NF_OK)
        nf_docs_watch(docs, watch_met, &met);
    if (s == NF_OK)
        s = nf_scorer_new(&scorer, model, &so, &err);
    if (s == NF_OK) {
        nf_model_info info;
        nf_model_describe(model, &info);
        for (size_t k = 0; s == NF_OK && k < info.classes; k++) {
            int32_t at;
            s = class_of(&r, nf_model_label(model, k), &at, &err);
        }
        r.known = info.classes;
        if (s == NF_OK)
            s = judge_by(&r, &info, o->eval.coverage, &err);
        r.chosen = nfi_alloc(r.known, sizeof *r.chosen);
        if (s == NF_OK && !r.chosen)
            s = err.code = NF_ENOMEM;
    }
    if (s == NF_OK) {
        nfi_progress_start(&progress, cli, "scoring", "documents");
        s = score_all(&r, docs, scorer, r.known, &progress, &err);
        nfi_progress_stop(&progress);
    }
    if (s == NF_OK)
        s = nf_docs_finish(docs, &err);
    for (size_t k = 0; s == NF_OK && r.reliability && k <= r.known; k++)
        s = nf_reliability_settle(&r.reliability[k], &err);
    if (s == NF_OK && met.n)
        nfi_cli_warn(cli, "the model was trained on %s%llu of these texts: figures of documents that a model knows say nothing of others",
                     nf_model_remembered(model) == 4096 ? "at least " : "", (unsigned long long)met.n);
    if (s == NF_OK && r.errors && r.n > r.unlabelled && (s = nf_errors_finish(r.errors, &err)) == NF_OK)
        s = nfi_errors_write(o->errors, (nf_csv_dialect)o->out.excel, r.errors, model, r.labels.word, &err);
    if (s == NF_OK)
        code = report(o, cli, &r, nf_docs_counts(docs));
    nfi_free(r.id);
    nfi_vocab_clear(&r.labels);
    nfi_free(r.human);
    nfi_free(r.machine);
    nfi_free(r.confidence);
    nfi_free(r.bound);
    nfi_free(r.shared);
    nfi_free(r.reliability);
    nfi_free(r.prob);
    nfi_free(r.chosen);
    nf_errors_free(r.errors);
    nf_label_sets_clear(&r.human_set);
    nf_label_sets_clear(&r.machine_set);
    nf_label_sets_clear(&r.lexicon_set);
    nf_lexicon_free(r.lexicon);
    nf_codebook_free(r.codebook);
    nfi_free(r.frame);
    nfi_free(r.count);
    nfi_arena_clear(&r.arena);
    nf_scorer_free(scorer);
    nf_docs_close(docs);
    nf_model_free(model);
    return s == NF_OK ? code : nfi_cli_fail(cli, s, &err);
}

static const char *const paragraphs[] = {
    "Scores labelled documents and compares: precision, recall and F1 of every class with its support, and the accuracy with its 95 % "
    "interval beside what always answering the most frequent class would reach. A figure that is not defined is blank and says why.",
    "A document without a machine label counts against recall and accuracy. The documents should not be those the model was trained on; "
    "newsframe crossval needs no second corpus.",
    "--errors writes the documents of which the model says something else than people, with the words that speak most for the model's "
    "label and those for the human one, as parts of the margin between the two. suspected_label: the model is as sure against the human "
    "label as it is of half of the documents that it has right in its class (where it has five right); look at these first, for labels "
    "are wrong too. Where documents may have several labels, each that only one of the two gave is a row. newsframe columns eval_errors "
    "explains the columns.",
    "With --multi, or a model that was trained with it, a document may have several labels: figures are micro and macro F1 over labels, "
    "precision and recall of each, the share of documents with the very same set of labels (which --min-accuracy looks at), and the share "
    "of decisions that are wrong; beside what always giving the best fixed set of labels would reach, always the most frequent one, and "
    "with --codebook the frames that have at least half as many seeds in the text as the one with most. The class none stands for no "
    "label and enters no average.",
    NULL};

static const nfi_example examples[] = {
    {"newsframe evaluate -m angles.nfm test.jsonl --confusion confusion.csv", "judge a model on documents it has not seen"},
    {"newsframe evaluate -m angles.nfm test.jsonl --errors errors.csv", "which documents to look at again"},
    {NULL, NULL}};

const nfi_verb nfi_verb_evaluate = {.name = "evaluate",
                                    .group = "Judge",
                                    .summary = "compare a model's labels with those of people",
                                    .operands = "[CORPUS...]",
                                    .max_args = -1,
                                    .paragraphs = paragraphs,
                                    .opts = rows,
                                    .opts_size = sizeof(struct opts),
                                    .examples = examples,
                                    .exits = NFI_EXITS_MODEL | NFI_EXIT_BIT(NFI_EXIT_GATE),
                                    .run = run};
