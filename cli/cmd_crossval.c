/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_crossval.c - newsframe crossval: how well would a model trained on this corpus do? */
#include "cli/codebooks.h"
#include "cli/dups.h"
#include "cli/tune.h"
#include "cli/work.h"

#include "base/buf.h"
#include "base/num.h"

enum { SHOWN = 5 }; /* classes that a warning names */

struct opts {
    nfi_input_opts in;
    nfi_term_opts terms;
    nfi_train_rows train;
    nfi_output_opts out;
    nfi_eval_opts eval;
    nfi_common_opts common;
    uint64_t folds, repeats;
    double min_accuracy;
    nfi_dup_opts dup;
    bool no_dup_groups, grid;
    nfi_tune_rows tune;
    nfi_codebook_rows codebook;
};

static const nfi_opt rows[] = {
    OPT_HEADER("Folds"),
    OPT_COUNT('k', "folds", struct opts, folds, "K", "5", 2, 1000, "number of folds"),
    OPT_COUNT(0, "repeats", struct opts, repeats, "N", "1", 1, 100,
              "do it N times, with folds of the seeds from --seed on; the figures are of all together"),
    OPT_TUNE_GROUP(struct opts, tune, ""),
    OPT_REAL(0, "min-accuracy", struct opts, min_accuracy, "SHARE", "0", 0, 1, "exit 5 when the accuracy is below this"),
    OPT_FLAG(0, "no-dup-groups", struct opts, no_dup_groups,
             "copies may be in different folds; without it a group of copies is held out whole"),
    OPT_DUPLICATES(struct opts, dup, "dup-"),
    OPT_HEADER("Choosing"),
    OPT_FLAG(
        0, "grid", struct opts, grid,
        "try classifiers, weightings, n-grams, smoothing and costs; options that are given stay as they are; the table has a row for each"),
    OPT_TUNE(struct opts, tune, "grid"),
    OPT_OUTPUT(struct opts, out),
    OPT_EVAL(struct opts, eval),
    OPT_TEXT(struct opts, terms, "1-2", "none"),
    OPT_LEAD(struct opts, terms),
    OPT_SELECT(struct opts, terms, "2", NULL),
    OPT_CLEAN(struct opts, terms),
    OPT_LANGUAGE(struct opts, terms),
    OPT_TRAIN(struct opts, train),
    OPT_CODEBOOK(struct opts, codebook),
    OPT_INPUT(struct opts, in),
    OPT_MULTI(struct opts, in),
    OPT_HEADER("Common"),
    OPT_THREADS(struct opts, common),
    {NFI_ROW(NFI_OPT_SIZE, uint64_t, 0, "memory", struct opts, common.memory, "SIZE", NULL,
             "most memory for rows; without it half of what there is"),
     .min = (int64_t)16 << 20, .max = INT64_MAX},
    OPT_SEED(struct opts, common),
    OPT_QUIET(struct opts, common),
    OPT_END};

/* watch: may be NULL; groups are left in it when not. */
static nf_status count_documents(const struct opts *o, nfi_cli *cli, int nargs, char **args, nf_corpus **out, nf_docs_stats *stats,
                                 const nf_dedup_opts *dup, nfi_dup_watch *watch, nfi_tune_watch *fold_watch,
                                 const nf_codebook *codebook, nfi_codebook_watch *said, nf_err *err)
{
    nf_docs *docs = NULL;
    nfi_progress progress = {0};
    nf_corpus_opts count = {.keep_ids = true};
    nf_clean_opts clean;
    nf_status s;

    nfi_work_count(&o->terms, &o->common, &progress, &count, &clean);
    count.multi = o->in.multi;
    if (o->grid)
        nfi_tune_lead(cli, &count.text);
    if ((s = nfi_work_open(&docs, &o->in, &o->common, true, nargs, args, err)) != NF_OK)
        return s;
    if (dup)
        s = nfi_dup_watch_begin(watch, docs, dup, &o->in, err);
    if (s == NF_OK)
        nfi_tune_watch_begin(fold_watch, docs, &o->tune);
    if (s == NF_OK && codebook && o->in.multi)
        s = nfi_codebook_watch_begin(said, docs, codebook, err);
    nfi_progress_start(&progress, cli, "counting", "documents");
    if (s == NF_OK)
        s = nf_corpus_count(out, docs, &count, err);
    nfi_progress_stop(&progress);
    *stats = *nf_docs_counts(docs);
    if (s == NF_OK)
        s = nf_docs_finish(docs, err);
    nf_docs_close(docs);
    return s;
}

/* Arrays of all repetitions, one after the other. */
typedef struct results {
    int32_t *fold, *machine, *human;
    nf_confidence *confidence;
    double *smoothing;
    nf_str *label, *id;
    bool *excluded;
    uint64_t *support; /* documents */
    uint32_t *group; /* k: of the first document of the class */
} results;

static bool allocate(results *r, size_t n, size_t k, size_t folds, size_t repeats)
{
    if (!nfi_mul(n, repeats, &n)) /* by so many documents before */
        return false;
    folds *= repeats;
    r->fold = nfi_alloc(n, sizeof *r->fold);
    r->confidence = nfi_calloc(n, sizeof *r->confidence);
    r->machine = nfi_alloc(n, sizeof *r->machine);
    r->human = nfi_alloc(n, sizeof *r->human);
    r->smoothing = nfi_alloc(folds, sizeof *r->smoothing);
    r->label = nfi_alloc(k, sizeof *r->label);
    r->id = nfi_alloc(n, sizeof *r->id);
    r->excluded = nfi_calloc(k, sizeof *r->excluded);
    r->support = nfi_calloc(k, sizeof *r->support);
    r->group = nfi_calloc(k, sizeof *r->group);
    return r->group && r->confidence && r->fold && r->machine && r->human && r->smoothing && r->label && r->id && r->excluded && r->support;
}

static void clear(results *r)
{
    nfi_free(r->fold);
    nfi_free(r->confidence);
    nfi_free(r->machine);
    nfi_free(r->human);
    nfi_free(r->smoothing);
    nfi_free(r->label);
    nfi_free(r->id);
    nfi_free(r->excluded);
    nfi_free(r->support);
    nfi_free(r->group);
}

static void report_smoothing(nfi_cli *cli, const double *smoothing, size_t folds)
{
    nfi_buf b = {0};

    for (size_t k = 0; k < folds; k++) {
        char tmp[32];
        nfi_buf_putc(&b, ' ');
        nfi_buf_put(&b, tmp, nfi_format_shortest(tmp, smoothing[k]));
    }
    if (nfi_buf_ok(&b))
        nfi_cli_note(cli, "smoothing by fold:%.*s", (int)b.n, b.p);
    nfi_buf_clear(&b);
}

/* Classes that cannot be held out: of one document, or of copies of one document. */
static void find_excluded(const nf_corpus *c, results *r, const uint32_t *groups)
{
    size_t n = nf_corpus_docs(c), k = nf_corpus_classes(c);

    for (size_t i = 0; i < k; i++)
        r->excluded[i] = true;
    for (size_t d = 0; d < n; d++) {
        int32_t h = r->human[d];
        if (h < 0)
            continue;
        uint32_t group = groups ? groups[d] : (uint32_t)d;
        if (r->support[h]++ == 0)
            r->group[h] = group;
        else if (r->group[h] != group)
            r->excluded[h] = false;
    }
}

/* Each repetition with folds of its own: those of the second are numbered on after those of the first. */
static nf_status repeat(const nf_corpus *c, const nf_crossval_opts *once, size_t repeats, nf_confidence *confidence, int32_t *fold,
                        int32_t *machine, double *smoothing, nf_err *err)
{
    size_t n = nf_corpus_docs(c);
    nf_status s = NF_OK;

    for (size_t i = 0; i < repeats && s == NF_OK; i++) {
        nf_crossval_opts cv = *once;
        cv.seed = once->seed + i;
        cv.confidence = confidence ? confidence + i * n : NULL;
        s = nf_crossval(c, &cv, fold + i * n, machine + i * n, smoothing + i * cv.folds, err);
        for (size_t d = i * n; d < (i + 1) * n && s == NF_OK; d++)
            fold[d] += fold[d] < 0 ? 0 : (int32_t)(i * cv.folds);
    }
    return s;
}

/* What folds would say that do not hold groups together. */
static nf_status report_plain(nfi_cli *cli, const nf_corpus *c, const nf_crossval_opts *grouped, size_t repeats, const results *r,
                              const nfi_folding *f, nf_err *err)
{
    char head[160], each[160];
    nf_crossval_opts cv = *grouped;
    size_t n = nf_corpus_docs(c) * repeats, k = nf_corpus_classes(c);
    nf_confusion with = {0}, without = {0};
    nf_metrics a = {0}, b = {0};
    nf_status s = NF_OK;
    int32_t *fold = nfi_alloc(n, sizeof *fold), *machine = nfi_alloc(n, sizeof *machine);
    double *smoothing = nfi_alloc(cv.folds * repeats, sizeof *smoothing);

    cv.groups = cv.train.groups = f->plain;
    cv.train.calibration = "none";
    if (!fold || !machine || !smoothing)
        s = err->code = NF_ENOMEM;
    if (s == NF_OK)
        s = repeat(c, &cv, repeats, NULL, fold, machine, smoothing, err);
    if (s == NF_OK)
        s = nf_confusion_of(&with, r->human, r->machine, n, k, err);
    if (s == NF_OK)
        s = nf_confusion_of(&without, r->human, machine, n, k, err);
    if (s == NF_OK)
        s = nf_metrics_of(&a, &with, r->excluded, err);
    if (s == NF_OK)
        s = nf_metrics_of(&b, &without, r->excluded, err);
    nfi_folding_texts(f, head, each);
    if (s == NF_OK) {
        nfi_cli_note(cli, "%s: accuracy %.4f  macro F1 %.4f  (%s in one fold); plain: accuracy %.4f  macro F1 %.4f", head, a.accuracy,
                     a.macro_f1, each, b.accuracy, b.macro_f1);
        nfi_folding_warn(cli, f, a.accuracy, b.accuracy);
    }
    nf_confusion_clear(&with);
    nf_confusion_clear(&without);
    nf_metrics_clear(&a);
    nf_metrics_clear(&b);
    nfi_free(fold);
    nfi_free(machine);
    nfi_free(smoothing);
    return s;
}

static int report(const struct opts *o, nfi_cli *cli, const nf_corpus *c, results *r, const nf_docs_stats *stats)
{
    size_t docs = nf_corpus_docs(c), n = docs * (size_t)o->repeats, k = nf_corpus_classes(c);
    uint64_t right = 0, wrong = 0, without = 0, out = 0, unlabelled = 0;
    size_t excluded = 0;

    for (size_t i = 0; i < k; i++)
        r->label[i] = nf_corpus_class(c, i);
    for (size_t d = 0; d < n; d++)
        r->id[d] = nf_corpus_id(c, d % docs);
    for (size_t i = 0; i < k; i++)
        if (r->excluded[i] && excluded++ < SHOWN)
            nfi_cli_warn(cli, "class \"%.*s\" has %s: trained in every fold, left out of the scores", (int)r->label[i].n, r->label[i].p,
                         r->support[i] == 1 ? "1 document"
                         : o->tune.group    ? "documents of one group only"
                                            : "1 document and copies of it");
    if (excluded > SHOWN)
        nfi_cli_warn(cli, "%zu more classes are left out of the scores", excluded - SHOWN);
    for (size_t d = 0; d < n; d++) {
        bool held_out = r->fold[d] >= 0 && r->human[d] >= 0 && !r->excluded[r->human[d]];
        unlabelled += d < docs && r->human[d] < 0;
        out += d < docs && r->human[d] >= 0 && !held_out;
        if (!held_out)
            continue;
        right += r->machine[d] == r->human[d];
        without += r->machine[d] < 0;
        wrong += r->machine[d] >= 0 && r->machine[d] != r->human[d];
    }
    nfi_evaluation e = {.label = r->label,
                        .k = k,
                        .excluded = r->excluded,
                        .human = r->human,
                        .machine = r->machine,
                        .fold = r->fold,
                        .id = r->id,
                        .n = n,
                        .confidence = r->confidence,
                        .repeats = (size_t)o->repeats};
    if (o->train.smoothing[0] == 'a')
        report_smoothing(cli, r->smoothing, (size_t)(o->folds * o->repeats));
    int code = nfi_work_evaluation(cli, &e, &o->out, &o->eval);
    if (code != NFI_EXIT_OK)
        return code;
    nfi_tally t;
    nfi_tally_begin(&t, "read", stats->read);
    uint64_t held_out = right + wrong + without;
    if (o->repeats > 1) { /* a document may be right once and wrong another time */
        nfi_tally_part(&t, "held out", docs - unlabelled - out);
    } else {
        nfi_tally_part(&t, "right", right);
        nfi_tally_part(&t, "wrong", wrong);
        nfi_tally_part(&t, "no label given", without);
    }
    nfi_tally_part(&t, "in no fold", out);
    nfi_tally_part(&t, "unlabelled", unlabelled);
    nfi_tally_docs(&t, stats);
    nfi_tally_end(&t, cli);
    return nfi_work_gate(cli, right, held_out, o->min_accuracy,
                         o->repeats > 1 ? "labels given in all repetitions are right" : "documents are right");
}

static nf_status try_all(const struct opts *o, nfi_cli *cli, const nf_corpus *c, const nf_crossval_opts *cv, const nfi_tune_watch *folds,
                         const nf_groups *g, const nf_docs_stats *stats, nf_err *err)
{
    size_t n = nf_corpus_docs(c);
    uint64_t unlabelled = 0, out = 0;
    nfi_tuning t = {0};
    nfi_tally tally;
    nf_status s = NF_OK;

    for (size_t d = 0; d < n; d++)
        unlabelled += nf_corpus_label(c, d) < 0;
    if (unlabelled == n)
        s = nf_crossval(c, cv, NULL, NULL, NULL, err); /* says what is missing */
    if (s == NF_OK)
        s = nfi_tuning_begin(&t, cli, &o->tune, &o->train, &cv->train, folds, g, c, (size_t)o->folds, err);
    if (s == NF_OK)
        s = nf_tune(&t.tried, &t.n, &t.best, c, &t.opts, err);
    if (s == NF_OK)
        s = nfi_tuning_write(&t, o->out.output, o->out.excel, err);
    if (s == NF_OK) {
        nfi_tuning_report(&t);
        for (size_t d = 0; d < n; d++)
            out += nf_corpus_label(c, d) >= 0 && t.fold[d] < (int32_t)o->tune.time;
        nfi_tally_begin(&tally, "read", stats->read);
        nfi_tally_part(&tally, "held out", n - unlabelled - out);
        nfi_tally_part(&tally, "in no fold", out);
        nfi_tally_part(&tally, "unlabelled", unlabelled);
        nfi_tally_docs(&tally, stats);
        nfi_tally_end(&tally, cli);
    }
    nfi_tuning_clear(&t);
    return s;
}

/* --group: copies and the documents of one value of the column stay together; copies alone where that is compared. */
static nf_status group_by_column(nfi_folding *f, uint32_t **out, const struct opts *o, const nf_corpus *c, const nfi_tune_watch *w,
                                 const nf_groups *g, nf_err *err)
{
    size_t n = nf_corpus_docs(c), values;
    uint32_t *group = nfi_alloc(n, sizeof *group);

    nf_status s = group ? nfi_tune_groups(group, &values, n, w, g, err) : (err->code = NF_ENOMEM);
    if (s != NF_OK) {
        nfi_free(group);
        return s;
    }
    *f = (nfi_folding){.grouped = true, .plain = g->groups ? g->first : NULL, .column = o->tune.group, .groups = values};
    *out = group;
    return NF_OK;
}

static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    const struct opts *o = opts;
    nf_crossval_opts cv = {.folds = (size_t)o->folds, .seed = o->common.seed, .coverage = o->eval.coverage};
    nf_corpus *c = NULL;
    nf_codebook *codebook = NULL;
    results r = {0};
    nf_docs_stats stats = {0};
    nf_err err = {0};
    nf_dedup_opts dup;
    nf_clean_opts dup_clean;
    nfi_dup_watch watch = {0};
    nf_groups g = {0};
    uint32_t *merged = NULL;
    nfi_tune_watch folds = {0};
    nfi_codebook_watch said = {0};
    int code = NFI_EXIT_OK;
    const char *const outputs[] = {o->out.output,       o->eval.summary, o->eval.confusion, o->eval.predictions,
                                   o->eval.reliability, o->eval.sets,    o->in.rejects};

    int usage = nfi_work_check_labels(cli, &o->in);
    if (usage == NFI_EXIT_OK && o->in.multi)
        usage = nfi_work_check_multi_tables(cli, &o->eval);
    if (usage == NFI_EXIT_OK)
        usage = nfi_work_train(cli, &o->train, &o->terms, &o->common, &cv.train);
    if (!nfi_cli_given(cli, "calibration") && !o->in.multi && !nfi_work_exact(&o->train)) /* five more models a fold */
        cv.train.calibration = "none";
    if (usage == NFI_EXIT_OK)
        usage = nfi_tune_options(cli, &o->tune, &o->train, o->grid, true, "grid");
    if (usage == NFI_EXIT_OK && o->grid &&
        (o->in.multi || o->eval.summary || o->eval.confusion || o->eval.predictions || o->eval.reliability || o->eval.sets ||
         o->repeats > 1 || nfi_cli_given(cli, "min-accuracy")))
        usage = nfi_cli_usage(cli, "--grid goes with none of --multi, --repeats, --summary, --confusion, --predictions, --reliability, "
                                   "--sets and --min-accuracy");
    if (usage == NFI_EXIT_OK)
        usage = nfi_dup_options(cli, &o->dup, &o->terms, &o->common, &dup_clean, &dup);
    if (usage == NFI_EXIT_OK)
        usage = nfi_work_outputs(cli, outputs, sizeof outputs / sizeof *outputs, nargs, args, NULL);
    if (usage == NFI_EXIT_OK)
        usage = nfi_work_check_terms(cli, &o->terms, outputs, sizeof outputs / sizeof *outputs);
    if (usage == NFI_EXIT_OK && o->codebook.file)
        usage = nfi_work_outputs(cli, outputs, sizeof outputs / sizeof *outputs, nargs, args, o->codebook.file);
    if (usage == NFI_EXIT_OK)
        usage = nfi_codebook_options(cli, &o->codebook, &codebook, &cv.train);
    if (usage != NFI_EXIT_OK)
        return usage;
    nf_status s = count_documents(o, cli, nargs, args, &c, &stats, o->no_dup_groups ? NULL : &dup, &watch, &folds, codebook, &said, &err);
    if (s == NF_OK && watch.d)
        s = nf_dedup_groups(&g, watch.d, &err);
    nf_dedup_free(watch.d);
    watch.d = NULL;
    cv.groups = cv.train.groups = g.groups ? g.first : NULL;
    nfi_folding f = {.grouped = g.groups > 0, .groups = g.groups, .docs = g.firsts + g.exact + g.near};
    if (s == NF_OK && o->tune.group && !o->grid)
        s = group_by_column(&f, &merged, o, c, &folds, &g, &err);
    if (merged)
        cv.groups = cv.train.groups = merged;
    if (s == NF_OK && o->grid) {
        s = try_all(o, cli, c, &cv, &folds, &g, &stats, &err);
        goto done;
    }
    if (s == NF_OK && o->in.multi) {
        code = nfi_crossval_multi(cli, c, &cv, (size_t)o->repeats, &f, &stats, codebook ? &said : NULL, &o->out, &o->eval, o->min_accuracy);
        goto done;
    }
    if (s == NF_OK && !allocate(&r, nf_corpus_docs(c), nf_corpus_classes(c), (size_t)o->folds, (size_t)o->repeats))
        s = err.code = NF_ENOMEM;
    if (s == NF_OK) {
        for (size_t d = 0, docs = nf_corpus_docs(c); d < docs * o->repeats; d++)
            r.human[d] = nf_corpus_label(c, d % docs);
        find_excluded(c, &r, cv.groups);
        s = repeat(c, &cv, (size_t)o->repeats, r.confidence, r.fold, r.machine, r.smoothing, &err);
    }
    if (s == NF_OK && f.grouped)
        s = report_plain(cli, c, &cv, (size_t)o->repeats, &r, &f, &err);
    if (s == NF_OK)
        code = report(o, cli, c, &r, &stats);
done:
    nfi_tune_watch_clear(&folds);
    nfi_codebook_watch_clear(&said);
    nfi_free(merged);
    clear(&r);
    nf_groups_clear(&g);
    nf_corpus_free(c);
    nf_codebook_free(codebook);
    return s == NF_OK ? code : nfi_dup_fail(cli, &watch, s, &err);
}

static const char *const paragraphs[] = {
    "Splits the labelled documents into folds with the same mix of classes, trains on all folds but one and scores the one left out, in "
    "turn. Terms, idf and smoothing are found anew for each fold from the others, so nothing of a document reaches the model that judges "
    "it.",
    "Folds are drawn by chance, and a small corpus has its figures by chance too. With --repeats everything is done so often, each time "
    "with other folds: tables then count every document so often, folds are numbered on, accuracy and macro F1 of the repetitions "
    "are told apart with their standard deviation, and intervals stay as wide as the number of documents makes them.",
    "Copies of one text in training and in test would be scored by memory. So a group of copies, as newsframe dedup finds them, is held "
    "out whole; where there are copies the scores with and without that are both printed, and the tables have the former. With "
    "--no-dup-groups copies count as documents of their own.",
    "With --multi documents may have several labels; each fold finds smoothing and thresholds within its own training documents, and "
    "every document is held out once. --confusion then has a row for each class, --reliability the bins of each class, and with "
    "--codebook stands beside it what the words of the codebook alone say.",
    "With --grid a small grid of classifiers, weightings, n-grams, smoothing and costs is tried on the same folds, in a fixed order, and "
    "the table has a row for each; who is clearly behind after a fold is set aside. newsframe train --tune trains the best. --time trains "
    "on earlier documents and judges on later ones.",
    "With --group COLUMN all documents of one value, such as one source, are in one fold: how well would the model do on sources never "
    "seen? The scores with and without that are both printed, and the tables have the former.",
    "Probabilities are judged where newsframe train finds them by leaving documents out exactly; for other classifiers, which take five "
    "more models a fold, where --calibration is given.",
    "Sets of classes (--coverage, --sets) hold the right class at that rate or more in nine of ten models, in each class. Classes of "
    "fewer than some dozens of documents have larger sets for it; those too small for a bound of their own (9 "
    "documents at 0.9) share one.",
    "A class with one document is trained in every fold and left out of the scores. The tables are those of newsframe evaluate.",
    NULL};

static const nfi_example examples[] = {
    {"newsframe crossval $NF_SAMPLES/geo-1/corpus.jsonl", "judge the classifier on a labelled corpus"},
    {NULL, NULL}};

const nfi_verb nfi_verb_crossval = {.name = "crossval",
                                    .group = "Judge",
                                    .summary = "judge the classifier on a labelled corpus by cross-validation",
                                    .operands = "[CORPUS...]",
                                    .max_args = -1,
                                    .paragraphs = paragraphs,
                                    .opts = rows,
                                    .opts_size = sizeof(struct opts),
                                    .examples = examples,
                                    .exits = NFI_EXITS_DATA | NFI_EXIT_BIT(NFI_EXIT_GATE),
                                    .run = run};
