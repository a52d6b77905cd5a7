/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_train.c - newsframe train: labelled documents, or statistics, to a model. */
#include "cli/codebooks.h"
#include "cli/tune.h"
#include "cli/work.h"

#include "base/mem.h"
#include "features/stats.h"
#include "base/num.h"

#include <string.h>

struct opts {
    nfi_input_opts in;
    nfi_term_opts terms;
    nfi_train_rows train;
    nfi_common_opts common;
    const char *output, *stats;
    nfi_ledger_rows ledger;
    bool from, dup_weight, remember;
    nfi_dup_opts dup;
    bool tune;
    nfi_tune_rows tuning;
    const char *tried;
    nfi_codebook_rows codebook;
    nfi_list unlabeled;
    const char *unlabeled_weight;
};

enum { TUNE_FOLDS = 5, CALIBRATION_FOLDS = 5, OUTPUTS = 4 };

static const nfi_opt rows[] = {
    OPT_HEADER("Output"),
    {NFI_ROW(NFI_OPT_FILE, const char *, 'o', "output", struct opts, output, "FILE", NULL,
             "the model to write, replaced at once when all is done"),
     .flags = NFI_OPT_REQUIRED},
    OPT_FILE(0, "stats", struct opts, stats, NULL, "also keep the statistics, so that more documents can be added later without these"),
    OPT_FLAG(0, "remember", struct opts, remember,
             "keep hashes of at most 4,096 texts in the model, so that evaluate warns when it is judged on them"),
    OPT_LEDGER(struct opts, ledger),
    OPT_HEADER("From statistics"),
    OPT_FLAG(0, "from", struct opts, from, "operands are statistics files, not documents; they are added up"),
    OPT_TEXT(struct opts, terms, "1-2", "none"),
    OPT_LEAD(struct opts, terms),
    OPT_SELECT(struct opts, terms, "2", NULL),
    OPT_CLEAN(struct opts, terms),
    OPT_LANGUAGE(struct opts, terms),
    OPT_TRAIN(struct opts, train),
    OPT_HEADER("Choosing"),
    OPT_FLAG(0, "tune", struct opts, tune,
             "choose classifier, weighting, n-grams, smoothing and cost by five folds; options that are given stay as they are"),
    OPT_TUNE(struct opts, tuning, "tune"),
    OPT_TUNE_GROUP(struct opts, tuning, "with --tune, "),
    OPT_FILE(0, "tried", struct opts, tried, NULL, "write what was tried to FILE, one row a candidate"),
    OPT_CODEBOOK(struct opts, codebook),
    OPT_HEADER("Duplicates"),
    OPT_FLAG(0, "dup-weight", struct opts, dup_weight,
             "a group of copies weighs as one document, its first; all documents are then held in memory"),
    OPT_DUPLICATES(struct opts, dup, "dup-"),
    OPT_HEADER("Documents without a label"),
    {NFI_ROW(NFI_OPT_LIST, nfi_list, 0, "unlabeled", struct opts, unlabeled, "FILES", NULL,
             "also learn from these documents; their labels, if any, are not looked at"),
     .flags = NFI_OPT_READ},
    OPT_STR(0, "unlabeled-weight", struct opts, unlabeled_weight, "X", "auto",
            "weight of one of them, above 0 and at most 1, or auto: by cross-validation"),
    OPT_INPUT(struct opts, in),
    OPT_MULTI(struct opts, in),
    OPT_HEADER("Common"),
    OPT_THREADS(struct opts, common),
    OPT_MEMORY(struct opts, common),
    OPT_SEED(struct opts, common),
    OPT_QUIET(struct opts, common),
    OPT_END};

static void report_classes(nfi_cli *cli, const nf_counted *c)
{
    for (size_t k = 0; k < nf_counted_labels(c); k++) {
        nf_str name = nf_counted_label(c, k);
        nfi_cli_detail(cli, "class %.*s: %llu documents", (int)name.n, name.p, (unsigned long long)nf_counted_label_docs(c, k));
    }
}

/* How smoothing came about, with the reason where nothing chose it. */
static const char *smoothing_how(const nf_model_info *i)
{
    nf_classifier_needs needs;

    if (strcmp(i->smoothing_how, "fixed") != 0)
        return i->smoothing_how;
    if (nf_classifier_about(i->classifier, &needs) && needs.documents)
        return "fixed: that of the log-ratios, on which little depends";
    return i->unlabeled ? "fixed: nothing can be left out of what other documents became by it" : "fixed: no documents to choose it by";
}

static void report_model(nfi_cli *cli, const nf_model *m, const char *path, const char *why)
{
    nf_model_info i;

    nf_model_describe(m, &i);
    if (i.loo_accuracy >= 0)
        nfi_cli_note(cli, "smoothing %g chosen by %s on %llu documents: accuracy %.4f", i.smoothing, i.smoothing_how,
                     (unsigned long long)i.loo_documents, i.loo_accuracy);
    else if (strcmp(i.smoothing_how, "none") != 0)
        nfi_cli_note(cli, "smoothing %g (%s)", i.smoothing, smoothing_how(&i));
    if (i.cost > 0)
        nfi_cli_note(cli, "cost %g", i.cost);
    if (i.codebook)
        nfi_cli_note(cli, "seeds of the codebook count like %g documents a class (%s)", i.seed_strength, i.seed_strength_how);
    if (i.thresholds_how && i.threshold_documents)
        nfi_cli_note(cli, "thresholds of %zu classes from %llu held-out documents: micro F1 %.4f", i.classes,
                     (unsigned long long)i.threshold_documents, i.threshold_micro_f1);
    else if (i.thresholds_how)
        nfi_cli_warn(
            cli, "thresholds are 0: there are no documents, or too few, to find them on; labels will be given too freely, or too rarely");
    if (i.thresholds_how && i.calibration_documents)
        nfi_cli_note(cli, "calibrated by a %s a class on %llu documents, %s", i.calibration, (unsigned long long)i.calibration_documents,
                     i.calibration_how);
    if (i.temperature > 0)
        nfi_cli_note(cli, "calibrated by %s on %llu documents, %s: temperature %.4g, power %.4g", i.calibration,
                     (unsigned long long)i.calibration_documents, i.calibration_how, i.temperature, i.power);
    else if (!i.thresholds_how)
        nfi_cli_note(cli, "not calibrated: %s", why);
    if (i.unlabeled)
        nfi_cli_note(cli, "learned from %llu documents without a label, each of weight %g (%s)", (unsigned long long)i.unlabeled,
                     i.unlabeled_weight, i.unlabeled_how);
    nfi_cli_note(cli, "%s: %s, %zu classes, %zu terms of %d to %d words, weighting %s, prior %s", path, i.classifier, i.classes, i.terms,
                 i.ngram_lo, i.ngram_hi, i.weighting, i.prior);
}

/* Why a model has no probabilities. */
static const char *not_calibrated(const struct opts *o)
{
    if (strcmp(o->train.calibration, "none") == 0)
        return "--calibration none";
    if (o->from)
        return "statistics hold no documents to leave out";
    if (o->unlabeled.n)
        return "what others became by a document cannot be left out with it";
    if (o->codebook.file && !nfi_work_exact(&o->train))
        return "with a codebook it takes exact leave-one-out, which these settings do not have";
    return "it takes 20 documents that can be left out";
}

/* Copies are left out; their number in *copies. */
static nf_status keep_firsts(nf_counted *c, const nf_dedup *d, nfi_cli *cli, uint64_t *copies, nf_err *err)
{
    nf_groups g = {0};
    nf_status s = nf_dedup_groups(&g, d, err);

    if (s != NF_OK)
        return s;
    bool *keep = nfi_alloc(g.n, sizeof *keep);
    for (size_t i = 0; keep && i < g.n; i++)
        keep[i] = g.rank[i] <= 1;
    if (keep)
        s = nf_counted_keep(c, keep, err);
    else
        s = err->code = NF_ENOMEM;
    if (s == NF_OK)
        nfi_dup_warn(cli, &g);
    *copies = g.exact + g.near;
    nfi_free(keep);
    nf_groups_clear(&g);
    return s;
}

/* Documents without a label whose text is among those with one. */
typedef struct again {
    nf_seen *labelled;
    bool settled;
    uint64_t found;
} again;

static nf_status watch_again(void *ctx, const nf_batch *b, nf_err *err)
{
    again *x = ctx;

    if (!x->settled) {
        nf_status s = nf_seen_settle(x->labelled, err);
        if (s != NF_OK)
            return s;
        x->settled = true;
    }
    for (size_t i = 0; i < b->n; i++)
        x->found += nf_seen_has(x->labelled, b->docs[i].text);
    return NF_OK;
}

static void add_stats(nf_docs_stats *a, const nf_docs_stats *b)
{
    a->read += b->read;
    a->rejected += b->rejected;
    a->left_out += b->left_out;
    a->repaired += b->repaired;
    a->replacements += b->replacements;
    a->fallback += b->fallback;
    a->nul += b->nul;
    a->ids_made += b->ids_made;
    a->ids_suffixed += b->ids_suffixed;
    a->not_accepted += b->not_accepted;
    a->mojibake += b->mojibake;
}

/* Everything that is read for one model. */
typedef struct reading {
    nf_docs *docs, *unlabeled;
    nf_docs_stats stats;
    nf_codebook *codebook;
    nf_dedup_opts dup;
    nf_clean_opts dup_clean;
    nfi_dup_watch watch;
    nfi_tune_watch folds;
    nf_groups groups; /* of copies, with --tune */
    again again; /* owns the hashes of texts */
    uint64_t copies;
    void *salt;
    size_t nsalt;
} reading;

static nf_status open_all(const struct opts *o, int nargs, char **args, reading *r, nf_err *err)
{
    nf_status s = NF_OK;

    if (nargs > 0 || o->unlabeled.n == 0)
        s = nfi_work_open(&r->docs, &o->in, &o->common, true, nargs, args, err);
    if (s == NF_OK && o->unlabeled.n)
        s = nfi_work_open(&r->unlabeled, &o->in, &o->common, false, (int)o->unlabeled.n, (char **)(uintptr_t)o->unlabeled.v, err);
    if (s == NF_OK && o->tune)
        nfi_tune_watch_begin(&r->folds, r->docs, &o->tuning);
    if (s == NF_OK && (o->dup_weight || o->tune))
        s = nfi_dup_watch_begin(&r->watch, r->docs, &r->dup, &o->in, err);
    if (s == NF_OK && (o->remember || o->unlabeled.n))
        s = nf_seen_new(&r->again.labelled, err);
    if (s == NF_OK && r->again.labelled && r->docs)
        nf_docs_watch(r->docs, nf_seen_watch, r->again.labelled);
    if (s == NF_OK && r->unlabeled)
        nf_docs_watch(r->unlabeled, watch_again, &r->again);
    return s;
}

static nf_status count_documents(const struct opts *o, nfi_cli *cli, int nargs, char **args, nf_counted **out, reading *r, nf_err *err)
{
    nfi_progress progress = {0};
    nf_count_opts count = {.weighting = o->tune ? o->train.weighting : nfi_work_weighting(&o->train),
                           .whole = o->tune || o->dup_weight || nfi_work_whole(&o->train),
                           .ledger = o->stats && !o->ledger.none,
                           .salt = r->salt,
                           .salt_n = r->nsalt};
    nf_clean_opts clean;

    nfi_work_count(&o->terms, &o->common, &progress, &count.corpus, &clean);
    count.corpus.multi = o->in.multi;
    if (o->tune && !o->stats) /* statistics are of what was asked for */
        nfi_tune_lead(cli, &count.corpus.text);
    nf_status s = open_all(o, nargs, args, r, err);
    count.unlabeled = r->unlabeled;
    nfi_progress_start(&progress, cli, "counting", "documents");
    if (s == NF_OK)
        s = nf_count(out, r->docs, &count, err);
    nfi_progress_stop(&progress);
    if (s == NF_OK && o->tune && !o->dup_weight)
        s = nf_dedup_groups(&r->groups, r->watch.d, err);
    if (s == NF_OK && o->dup_weight)
        s = keep_firsts(*out, r->watch.d, cli, &r->copies, err);
    for (int i = 0; i < 2; i++) {
        nf_docs *docs = i ? r->unlabeled : r->docs;
        if (docs)
            add_stats(&r->stats, nf_docs_counts(docs));
        if (docs && s == NF_OK)
            s = nf_docs_finish(docs, err);
        nf_docs_close(docs);
    }
    if (s == NF_OK && r->again.found)
        nfi_cli_warn(cli,
                     "%llu of the documents of --unlabeled are also among the labelled ones: they count twice, and if they are a test set "
                     "its figures mean nothing",
                     (unsigned long long)r->again.found);
    if (s == NF_OK && r->again.labelled && !r->again.settled)
        s = nf_seen_settle(r->again.labelled, err);
    return s;
}

/* Options that contradict each other, as far as documents without a label have to do with it. */
static int check_unlabeled(nfi_cli *cli, const struct opts *o, const char *const *outputs, int nargs, nf_train_opts *train)
{
    train->unlabeled = o->unlabeled.n > 0;
    if (o->from && o->remember)
        return nfi_cli_usage(cli, "--remember needs documents; statistics do not have their texts");
    if (!train->unlabeled)
        return nfi_cli_given(cli, "unlabeled-weight")
                   ? nfi_cli_usage(cli, "--unlabeled-weight says what a document without a label weighs; add --unlabeled")
                   : NFI_EXIT_OK;
    if (strcmp(o->unlabeled_weight, "auto") != 0 &&
        (!nfi_parse_double(o->unlabeled_weight, strlen(o->unlabeled_weight), &train->unlabeled_weight) || train->unlabeled_weight <= 0.0 ||
         train->unlabeled_weight > 1.0))
        return nfi_cli_usage(cli, "--unlabeled-weight %s: expected a number above 0 and at most 1, or auto", o->unlabeled_weight);
    if (o->from || o->stats)
        return nfi_cli_usage(cli, "--unlabeled does not go with statistics: what a document without a label counts for depends on all "
                                  "others, so such counts do not add up; train on "
                                  "the documents, or count the labelled ones alone");
    if (o->dup_weight)
        return nfi_cli_usage(cli, "--unlabeled does not go with --dup-weight; leave copies out with newsframe dedup --keep first");
    if (o->in.multi)
        return nfi_cli_usage(
            cli, "--unlabeled does not go with --multi: shares of a document add up to one label; leave it out, or learn one label at a "
                 "time, of documents that have it and others");
    if (nargs == 0 && !o->codebook.file)
        return nfi_cli_usage(cli, "--unlabeled needs labelled documents to start from, or the seeds of a --codebook; - is standard input");
    if (!nfi_cli_given(cli, "classifier"))
        train->classifier = NULL;
    else if (strcmp(train->classifier, "mnb") != 0)
        return nfi_cli_usage(
            cli, "--unlabeled goes with --classifier mnb alone: %s has no likelihood that documents without a label could raise",
            train->classifier);
    for (size_t i = 0; i < o->unlabeled.n; i++) {
        int code = nfi_work_outputs(cli, outputs, OUTPUTS, 0, NULL, o->unlabeled.v[i]);
        if (code != NFI_EXIT_OK)
            return code;
    }
    return NFI_EXIT_OK;
}

/* A model with the settings that did best by folds. */
static nf_status choose(const struct opts *o, nfi_cli *cli, const nf_counted *counted, const reading *r, const nf_train_opts *train,
                        nf_model **model, nf_err *err)
{
    const nf_corpus *c = nfi_counted_corpus(counted);
    nfi_tuning t = {0};
    nf_status s = NF_OK;

    if (nf_corpus_classes(c) < 2)
        s = nf_model_train(model, counted, train, err); /* says what is missing */
    if (s == NF_OK)
        s = nfi_tuning_begin(&t, cli, &o->tuning, &o->train, train, &r->folds, &r->groups, c, TUNE_FOLDS, err);
    t.models = strcmp(train->calibration, "none") == 0 ? 1 : 1 + CALIBRATION_FOLDS;
    if (s == NF_OK)
        s = nf_model_train_tuned(model, &t.tried, &t.n, &t.best, counted, &t.opts, err);
    if (s == NF_OK)
        s = nfi_tuning_write(&t, o->tried, 0, err);
    if (s == NF_OK)
        nfi_tuning_report(&t);
    nfi_tuning_clear(&t);
    return s;
}

static bool fixed_by_statistics(const nfi_cli *cli)
{
    static const char *const names[] = {"ngrams", "lead", "tokenizer", "stopwords", "language", "no-clean", "no-rule", "lines", "phrases"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (nfi_cli_given(cli, names[i]))
            return true;
    return false;
}

/* Options that contradict each other, as far as copies, choosing and statistics have to do with it. */
static int check_ways(nfi_cli *cli, const struct opts *o, int nargs)
{
    if (o->dup_weight && (o->stats || o->from))
        return nfi_cli_usage(cli, "--dup-weight does not go with statistics: which document is a copy depends on all others, so such "
                                  "counts do not add up; write the documents with newsframe dedup --keep first, and count those");
    if (!o->dup_weight && !o->tune && (nfi_cli_given(cli, "dup-threshold") || nfi_cli_given(cli, "dup-window")))
        return nfi_cli_usage(cli, "--dup-threshold and --dup-window say what a copy is; add --dup-weight");
    int usage = nfi_tune_options(cli, &o->tuning, &o->train, o->tune, false, "tune");
    if (usage != NFI_EXIT_OK)
        return usage;
    if (o->tune && (o->from || o->in.multi || o->codebook.file || o->unlabeled.n))
        return nfi_cli_usage(cli, "--tune goes with none of --from, --multi, --codebook and --unlabeled: it chooses by labelled documents "
                                  "held out, with one label each");
    if (o->tune && o->dup_weight && (o->tuning.group || o->tuning.time))
        return nfi_cli_usage(cli, "--dup-weight goes with neither --group nor --time; without it copies stay in one fold anyway");
    if (o->tried && !o->tune)
        return nfi_cli_usage(cli, "--tried writes what --tune tried; add --tune");
    if (o->from && nargs == 0)
        return nfi_cli_usage(cli, "--from needs statistics files to read");
    if (o->from && fixed_by_statistics(cli))
        return nfi_cli_usage(cli, "--tokenizer, --ngrams, --lead, --stopwords, --language and how texts are cleaned are fixed when "
                                  "documents are counted; with --from they cannot be changed");
    const char *about = o->from ? nfi_cli_given_under(cli, "Input", "multi") : NULL;
    if (about)
        return nfi_cli_usage(cli, "--%s is about documents; with --from the operands are statistics", about);
    if (!o->stats && (o->ledger.none || o->ledger.salt))
        return nfi_cli_usage(cli, "--no-ledger and --ledger-salt say what statistics keep; add --stats FILE");
    return NFI_EXIT_OK;
}

/* Checks the options and reads the small files that they name. */
static int prepare(const struct opts *o, nfi_cli *cli, int nargs, char **args, nf_train_opts *train, reading *r)
{
    const char *const outputs[OUTPUTS] = {o->output, o->stats, o->in.rejects, o->tried};
    int usage = nfi_work_check_labels(cli, &o->in);

    if (usage == NFI_EXIT_OK)
        usage = nfi_work_train(cli, &o->train, &o->terms, &o->common, train);
    if (usage == NFI_EXIT_OK)
        usage = nfi_dup_options(cli, &o->dup, &o->terms, &o->common, &r->dup_clean, &r->dup);
    if (usage == NFI_EXIT_OK)
        usage = check_ways(cli, o, nargs);
    if (usage == NFI_EXIT_OK)
        usage = nfi_work_outputs(cli, outputs, OUTPUTS, nargs, args, NULL);
    if (usage == NFI_EXIT_OK)
        usage = nfi_work_check_terms(cli, &o->terms, outputs, OUTPUTS);
    if (usage == NFI_EXIT_OK && o->codebook.file)
        usage = nfi_work_outputs(cli, outputs, OUTPUTS, 0, NULL, o->codebook.file);
    if (usage == NFI_EXIT_OK && o->ledger.salt)
        usage = nfi_work_outputs(cli, outputs, OUTPUTS, 0, NULL, o->ledger.salt);
    if (usage == NFI_EXIT_OK)
        usage = nfi_work_salt(cli, &o->ledger, &r->salt, &r->nsalt);
    if (usage == NFI_EXIT_OK)
        usage = check_unlabeled(cli, o, outputs, nargs, train);
    if (usage == NFI_EXIT_OK)
        usage = nfi_codebook_options(cli, &o->codebook, &r->codebook, train);
    return usage;
}

static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    const struct opts *o = opts;
    nf_train_opts train;
    nf_counted *counted = NULL;
    nf_model *model = NULL;
    reading read = {0};
    nf_err err = {0};
    nf_status s;

    int usage = prepare(o, cli, nargs, args, &train, &read);
    if (usage != NFI_EXIT_OK) {
        nfi_free(read.salt);
        return usage;
    }

    if (o->from)
        s = nf_counted_open(&counted, (const char *const *)args, (size_t)nargs, &err);
    else
        s = count_documents(o, cli, nargs, args, &counted, &read, &err);
    if (s == NF_OK) {
        report_classes(cli, counted);
        if (o->in.multi)
            nfi_work_note_single(cli, counted);
        s = nfi_work_warn_labels(cli, counted, &err);
    }
    if (s == NF_OK)
        s = o->tune ? choose(o, cli, counted, &read, &train, &model, &err) : nf_model_train(&model, counted, &train, &err);
    if (s == NF_OK && o->remember)
        s = nf_model_remember(model, read.again.labelled, &err);
    if (s == NF_OK && o->stats)
        s = nf_counted_save(counted, (int)o->common.threads, o->stats, &err);
    if (s == NF_OK)
        s = nf_model_save(model, o->output, &err);
    if (s == NF_OK) {
        nfi_tally t;
        report_model(cli, model, o->output, not_calibrated(o));
        nfi_tally_begin(&t, "read", o->from ? nf_counted_docs(counted) : read.stats.read);
        nfi_tally_part(&t, "trained", nf_counted_labelled(counted));
        nfi_tally_part(&t, "unlabelled", nf_counted_docs(counted) - nf_counted_labelled(counted));
        nfi_tally_part(&t, "copies", read.copies);
        nfi_tally_docs(&t, &read.stats);
        nfi_tally_end(&t, cli);
    }
    nfi_free(read.salt);
    nf_model_free(model);
    nf_codebook_free(read.codebook);
    nf_counted_free(counted);
    nf_dedup_free(read.watch.d);
    nf_seen_free(read.again.labelled);
    nfi_tune_watch_clear(&read.folds);
    nf_groups_clear(&read.groups);
    return nfi_dup_fail(cli, &read.watch, s, &err);
}

static const char *const paragraphs[] = {
    "Counts labelled documents and derives a naive Bayes classifier from the counts. Documents without a label add to the document "
    "frequencies only.",
    "The text is not kept, and the counts are exact integers: the model has the same bytes for any number of threads, any amount of "
    "memory, and any order of the documents. With --smoothing auto the smoothing is the one with the best exact leave-one-out accuracy "
    "(on at most 4,096 documents, chosen by a hash of their ids). A document leaves together with its copies, the documents of the very "
    "same terms; with --tune and --dup-weight near copies are copies too.",
    "Probabilities come from documents left out one by one where that can be computed exactly, as for cnb, mnb and bnb. For other "
    "classifiers, class weights, other kinds of smoothing and weightings that are no sums they come from five folds: that takes five more "
    "models and holds all documents in memory; --calibration none avoids both.",
    "With --dup-weight a group of copies, as newsframe dedup finds them, counts as one document: its first with weight 1, the others with "
    "0, which keeps the counts exact integers. The model is that of the documents that newsframe dedup --keep first leaves. Such counts "
    "cannot be kept as statistics.",
    "With --tune a small grid of classifiers, weightings, n-grams, smoothing and costs is tried by five folds, copies of a text in one "
    "fold, and the best by accuracy is trained on all documents; the model keeps the table (newsframe model info). Candidates are tried "
    "fold by fold, and who is clearly behind the best on the same documents (McNemar's test, one in 200 by chance) is set aside before "
    "the next. The best of many owes something to luck: expect a little less of it on new documents. Without --budget the search goes to "
    "its end and the choice is the same on any machine; with it the order is the same, the last fold that all who were left have finished "
    "decides, and the table says what was not reached. All documents are held in memory.",
    "With --codebook the frames of a codebook are the classes and its seeds a prior on what they are made of (newsframe-codebook(5)); a "
    "label that is no frame is an error, a frame without documents is known by its seeds alone. The codebook goes into the model.",
    "With --unlabeled the model also learns from documents without a label (expectation-maximisation over multinomial naive Bayes): a "
    "document counts for each class by its share in it, with a small weight that cross-validation on the labels chooses, or 0.1 where the "
    "smallest class has fewer than 10 documents. A handful of labels a class, or the seeds of a codebook and no labels at all, are enough "
    "to start from. Such a model cannot be made from statistics. It warns when a text is met with and without a label; with --remember "
    "evaluate warns when the model is judged on its own documents.",
    "With --from the operands are statistics made by newsframe count or kept by --stats, on this machine or others; the model is the one "
    "that all their documents together would give, at a fixed smoothing unless one is named.",
    NULL};

static const nfi_example examples[] = {
    {"newsframe train $NF_SAMPLES/geo-1/corpus.jsonl -o angles.nfm", "train on labelled JSON lines"},
    {"newsframe train --codebook $NF_SAMPLES/geo-1/codebook.json --unlabeled $NF_SAMPLES/geo-1/corpus.jsonl -o seeds.nfm",
     "no labels: from the seeds of a codebook and texts"},
    {NULL, NULL}};

const nfi_verb nfi_verb_train = {.name = "train",
                                 .group = "Learn",
                                 .summary = "make a model from labelled documents or statistics",
                                 .operands = "[CORPUS...]",
                                 .max_args = -1,
                                 .paragraphs = paragraphs,
                                 .opts = rows,
                                 .opts_size = sizeof(struct opts),
                                 .examples = examples,
                                 .exits = NFI_EXITS_MODEL,
                                 .run = run};
