/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_model.c - newsframe model info|verify|dump|similarities FILE; diff is in model_diff.c. */
#include "cli/model_diff.h"
#include "cli/similar.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/num.h"
#include "base/try.h"
#include "newsframe/explain.h"

#include <string.h>
#include <strings.h>

struct opts {
    const char *output, *expect;
    nfi_diff_opts diff;
    bool quiet, verbose;
};

static const nfi_opt rows[] = {
    OPT_HEADER("Output"),
    OPT_FILE('o', "output", struct opts, output, "-", "write to FILE, replaced at once when all is done"),
    OPT_STR(0, "expect-sha256", struct opts, expect, "HEX", NULL, "refuse the file (exit 4) unless it has this SHA-256"),
    OPT_HEADER("For diff"),
    OPT_COUNT(0, "top", struct opts, diff.top, "N", "50", 1, UINT64_MAX, "the N terms of each class that moved most"),
    OPT_FILE(0, "documents", struct opts, diff.documents, NULL, "write the documents of the corpus whose label is another to FILE"),
    OPT_INPUT(struct opts, diff.in),
    OPT_HEADER("Common"),
    OPT_THREADS(struct opts, diff),
    OPT_QUIET_ROWS(struct opts, quiet, verbose),
    OPT_END};

typedef struct job {
    nfi_cli *cli;
    const char *path, *output; /* path NULL: the built-in model */
    const nf_model *m;
    nf_model_info info;
    char sha256[65];
    nfi_buf b;
} job;

static void pair(nfi_buf *b, const char *key, const char *value)
{
    nfi_buf_puts(b, key);
    nfi_buf_putc(b, '\t');
    nfi_buf_puts(b, value);
    nfi_buf_putc(b, '\n');
}

static void pair_u64(nfi_buf *b, const char *key, uint64_t v)
{
    char tmp[24] = {0};
    nfi_format_u64(tmp, v);
    pair(b, key, tmp);
}

static void pair_num(nfi_buf *b, const char *key, double v)
{
    char tmp[40] = {0};
    nfi_format_shortest(tmp, v);
    pair(b, key, tmp);
}

static void info(job *j)
{
    nfi_buf *b = &j->b;
    const nf_model_info *i = &j->info;

    pair(b, "sha256", j->sha256);
    pair_u64(b, "bytes", i->bytes);
    pair(b, "classifier", i->classifier);
    pair(b, "weighting", i->weighting);
    pair(b, "tokenizer", i->tokenizer);
    pair(b, "unicode", i->unicode);
    pair(b, "stopwords", i->stopwords);
    pair(b, "clean", i->clean);
    pair(b, "language", i->language);
    pair_u64(b, "ngram_lo", (uint64_t)i->ngram_lo);
    pair_u64(b, "ngram_hi", (uint64_t)i->ngram_hi);
    if (i->lead)
        pair_u64(b, "lead", i->lead);
    pair_u64(b, "terms", i->terms);
    pair_u64(b, "words", i->words);
    pair_u64(b, "documents", i->documents);
    pair_u64(b, "labelled", i->labelled);
    pair(b, "prior", i->prior);
    pair_num(b, "smoothing", i->smoothing);
    pair(b, "smoothing_how", i->smoothing_how);
    if (strcmp(i->smoothing_kind, nf_smoothing_name(0, NULL)) != 0)
        pair(b, "smoothing_kind", i->smoothing_kind);
    if (i->cost > 0)
        pair_num(b, "cost", i->cost);
    if (i->class_weight[0])
        pair(b, "class_weight", i->class_weight);
    for (const char *p = i->tuned.p, *end = p + i->tuned.n; i->tuned.n && p < end;) { /* the chosen first */
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        nfi_buf_puts(b, p == i->tuned.p ? "chosen\t" : "tried\t");
        nfi_buf_put(b, p, (size_t)(nl + 1 - p));
        p = nl + 1;
    }
    if (i->loo_accuracy >= 0) {
        pair_num(b, "loo_accuracy", i->loo_accuracy);
        pair_u64(b, "loo_documents", i->loo_documents);
    }
    if (i->unlabeled) {
        pair_u64(b, "unlabeled", i->unlabeled);
        pair_num(b, "unlabeled_weight", i->unlabeled_weight);
        pair(b, "unlabeled_how", i->unlabeled_how);
    }
    if (nf_model_remembered(j->m))
        pair_u64(b, "remembered", nf_model_remembered(j->m));
    if (i->codebook) {
        char id[200];
        nf_str name = nf_codebook_id(i->codebook);
        nfi_escape(id, sizeof id, name.n ? name.p : "", name.n);
        pair(b, "codebook", id);
        pair_num(b, "seed_strength", i->seed_strength);
        pair(b, "seed_strength_how", i->seed_strength_how);
        for (size_t k = 0; k < nf_codebook_frames(i->codebook); k++) {
            const nf_frame *f = nf_codebook_frame(i->codebook, k);
            nfi_buf_puts(b, "frame\t");
            nfi_buf_put(b, f->key.p, f->key.n);
            nfi_buf_putc(b, '\t');
            nfi_buf_put_u64(b, f->nseeds);
            nfi_buf_puts(b, " seeds\n");
        }
    }
    pair(b, "calibration", i->calibration);
    if (i->temperature > 0) {
        pair_num(b, "temperature", i->temperature);
        pair_num(b, "calibration_power", i->power);
    }
    if (i->calibration_documents) {
        pair(b, "calibration_how", i->calibration_how);
        pair_u64(b, "calibration_documents", i->calibration_documents);
    }
    if (i->coding_sentences) {
        pair_u64(b, "coding_sentences", i->coding_sentences);
        pair_num(b, "coding_micro_f1", i->coding_micro_f1);
    }
    if (i->typicality)
        pair_u64(b, "typicality_documents", i->typicality);
    if (i->thresholds_how) {
        pair(b, "thresholds_how", i->thresholds_how);
        pair_u64(b, "threshold_documents", i->threshold_documents);
        if (i->threshold_micro_f1 >= 0)
            pair_num(b, "threshold_micro_f1", i->threshold_micro_f1);
    }
    for (size_t k = 0; i->thresholds_how && k < i->classes; k++) {
        char tmp[40] = {0};
        nf_str l = nf_model_label(j->m, k);
        nfi_buf_puts(b, "threshold\t");
        nfi_buf_put(b, l.p, l.n);
        nfi_buf_putc(b, '\t');
        nfi_format_shortest(tmp, nf_model_threshold(j->m, k));
        nfi_buf_puts(b, tmp);
        nfi_buf_putc(b, '\n');
    }
    for (size_t k = 0; k < i->classes; k++) {
        nf_str l = nf_model_label(j->m, k);
        nfi_buf_puts(b, "class\t");
        nfi_buf_put(b, l.p, l.n);
        nfi_buf_putc(b, '\t');
        nfi_buf_put_u64(b, nf_model_class_docs(j->m, k));
        nfi_buf_putc(b, '\n');
    }
}

/* One row a term: term, document frequency, then documents and weight by class. */
static nf_status dump(job *j, nf_csv *w)
{
    char term[1100];

    nf_csv_str(w, "term");
    nf_csv_str(w, "df");
    for (size_t k = 0; k < j->info.classes; k++) {
        for (int which = 0; which < 2; which++) {
            nf_str l = nf_model_label(j->m, k);
            j->b.n = 0;
            nfi_buf_puts(&j->b, which ? "weight_" : "docs_");
            nfi_buf_put(&j->b, l.p, l.n);
            nf_csv_text(w, j->b.p, j->b.n);
        }
    }
    nf_csv_end(w);
    for (size_t t = 0; t < j->info.terms; t++) {
        size_t n = nf_model_term(j->m, t, term, sizeof term);
        nf_csv_text(w, term, n < sizeof term ? n : sizeof term);
        nf_csv_int(w, (int64_t)nf_model_term_df(j->m, t));
        for (size_t k = 0; k < j->info.classes; k++) {
            nf_csv_int(w, (int64_t)nf_model_term_docs(j->m, t, k));
            nf_csv_num(w, nf_model_term_weight(j->m, t, k), 6);
        }
        nf_csv_end(w);
    }
    return nfi_buf_ok(&j->b) ? NF_OK : NF_ENOMEM;
}

/* ---- what can be asked of one model ---- */

static nf_status do_info(job *j, nf_err *err)
{
    nfi_out *o;

    info(j);
    if (!nfi_buf_ok(&j->b))
        return NF_ENOMEM;
    NF_TRY(nfi_out_open(&o, j->output, err));
    nfi_out_write(o, j->b.p, j->b.n);
    return nfi_out_commit(o, err);
}

static nf_status do_verify(job *j, nf_err *err)
{
    (void)err; /* loading it was the check */
    nfi_cli_note(j->cli, "%s: whole and valid, %zu terms, %zu classes, SHA-256 %s", j->path ? j->path : "built-in model", j->info.terms,
                 j->info.classes, j->sha256);
    return NF_OK;
}

static nf_status do_dump(job *j, nf_err *err)
{
    nf_csv *w = NULL;

    NF_TRY(nf_csv_open(&w, j->output, NF_CSV_PLAIN, err));
    nf_status s = dump(j, w), closed = nf_csv_close(w, s == NF_OK, err);
    return s == NF_OK ? closed : s;
}

static void name_cell(nf_csv *w, void *ctx, size_t k)
{
    const job *j = ctx;
    nf_str l = nf_model_label(j->m, k);

    nf_csv_text(w, l.p, l.n);
}

static nf_status do_similarities(job *j, nf_err *err)
{
    nf_dense S = {0};
    nf_status s = NF_OK;

    NF_TRY(nfi_similar_alloc(&S, j->info.classes, "classes", err));
    NF_GO(nf_model_similarity(j->m, &S, err));
    s = nfi_similar_write(&(nfi_similar_table){"class_similarities", "classes", name_cell, j}, &S, j->output, NF_CSV_PLAIN, j->cli, err);
out:
    nf_dense_clear(&S);
    return s;
}

static const struct action {
    const char *name;
    nf_status (*run)(job *j, nf_err *err);
} actions[] = {{"info", do_info}, {"verify", do_verify}, {"dump", do_dump}, {"similarities", do_similarities}, {NULL, NULL}};

static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    const struct opts *o = opts;
    const char *what = args[0], *path = nargs > 1 ? args[1] : NULL;
    const struct action *a = actions;
    nf_model *model = NULL;
    nf_err err = {0};

    bool diff = strcmp(what, "diff") == 0;
    const char *about = diff ? o->expect ? "expect-sha256" : NULL : nfi_cli_given_under(cli, "For diff", NULL);
    if (!diff && !about)
        about = nfi_cli_given_under(cli, "Input", NULL);
    if (about)
        return nfi_cli_usage(cli, "--%s does not go with model %s", about, what);
    if (diff)
        return nfi_model_diff(cli, &o->diff, o->output, nargs - 1, args + 1);
    while (a->name && strcmp(a->name, what) != 0)
        a++;
    if (!a->name)
        return nfi_cli_usage(cli, "model %s: expected info, verify, dump, similarities or diff", what);
    if (nargs > 2)
        return nfi_cli_usage(cli, "model %s looks at one model, %d are given", what, nargs - 1);
    if (o->expect && (strlen(o->expect) != 64 || strspn(o->expect, "0123456789abcdefABCDEF") != 64))
        return nfi_cli_usage(cli, "--expect-sha256: \"%.80s\" given, expected 64 hexadecimal digits", o->expect);
    int usage = nfi_cli_check_output(cli, o->output, args + 1, nargs - 1);
    if (usage != NFI_EXIT_OK)
        return usage;
    job j = {.cli = cli, .path = path, .output = o->output};
    nf_status s = nfi_work_model(&model, path, &err);
    if (s == NF_OK && path)
        s = nfi_sha256_file(j.sha256, path, &err);
    else if (s == NF_OK)
        nfi_sha256_hex(j.sha256, nfi_builtin_model, nfi_builtin_model_size);
    if (s == NF_OK && o->expect && strcasecmp(o->expect, j.sha256) != 0) {
        nf_model_free(model);
        return nfi_cli_end(cli, NFI_EXIT_MODEL, "%s has the SHA-256 %s, expected %s", path ? path : "the built-in model", j.sha256,
                           o->expect);
    }
    if (s == NF_OK) {
        nf_model_describe(model, &j.info);
        j.m = model;
        s = a->run(&j, &err);
    }
    nfi_buf_clear(&j.b);
    nf_model_free(model);
    return nfi_cli_fail(cli, s, &err);
}

static const char *const paragraphs[] = {
    "model info prints what a model is made of, one key and value a line, separated by a tab; model verify checks every byte and every "
    "value and prints one line; model dump writes all terms as CSV: document frequency, and for each class the documents that have the "
    "term and its weight; model similarities writes how alike every two classes are, the nearest first. Without FILE it is the built-in "
    "model.",
    "The similarity of two classes is the cosine of their weights, those of each term less their mean over the classes: near 1 for "
    "classes that the model hardly tells apart, below 0 for those that it tells apart most. Of a model of two classes it is -1.",
    "model diff A B compares two models: settings that differ go to standard error, and the terms whose weight moved to the output, those "
    "that moved most first, class by class; the weight of a term that only one model has is blank in the other. With a corpus after the "
    "models it counts the documents that get another label, or none from one of them, and --documents lists them.",
    "A model file holds data only. A damaged or foreign file is refused with exit code 4; --expect-sha256 pins the very file.",
    NULL};

static const nfi_example examples[] = {
    {"newsframe model info", "what the built-in model is made of"},
    {"newsframe model dump angles.nfm -o terms.csv", "all terms and weights of a model as CSV"},
    {"newsframe model similarities -o similar.csv", "which frames of the built-in model are close to each other"},
    {"newsframe model diff angles.nfm angles.nfm test.jsonl --documents flips.csv -o changes.csv",
     "what a model changes, and for which documents"},
    {NULL, NULL}};

const nfi_verb nfi_verb_model = {.name = "model",
                                 .group = "Files",
                                 .summary = "look into models: info, verify, dump, similarities, diff",
                                 .operands = "info|verify|dump|similarities|diff [FILE...]",
                                 .min_args = 1,
                                 .max_args = -1,
                                 .paragraphs = paragraphs,
                                 .opts = rows,
                                 .opts_size = sizeof(struct opts),
                                 .examples = examples,
                                 .exits = NFI_EXITS_MODEL,
                                 .run = run};
