/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_features.c - newsframe features: documents as rows of numbers for other programs, with the vocabulary and the rows named. */
#include "cli/columns.h"
#include "cli/rows.h"
#include "cli/work.h"

#include "base/arena.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/sort.h"
#include "base/try.h"
#include "newsframe/convert.h"

#include <string.h>
#include <sys/stat.h>

enum { TERM_MAX = 1100 };

struct opts {
    nfi_input_opts in;
    nfi_term_opts terms;
    nfi_output_opts out;
    nfi_common_opts common;
    const char *to, *vocabulary, *rows, *model, *weighting;
};

/* The output formats that hold features. */
static const char *format_name(size_t i, const char **summary)
{
    const char *name;

    for (size_t at = 0; (name = nf_out_format_name(at, summary)) != NULL; at++)
        if (nf_out_format_has_features(name) && i-- == 0)
            return name;
    return NULL;
}

static const nfi_opt rows[] = {
    OPT_HEADER("Output"),
    {NFI_ROW(NFI_OPT_FILE, const char *, 'o', "output", struct opts, out.output, "FILE", NULL,
             "the features to write, replaced at once when all is done"),
     .flags = NFI_OPT_REQUIRED},
    OPT_ENUM(0, "to", struct opts, to, NULL, format_name, "output format; without it the extension of the output decides"),
    OPT_FILE(0, "vocabulary", struct opts, vocabulary, NULL, "also write one row a column to FILE: its term, document frequency and idf"),
    OPT_FILE(0, "rows", struct opts, rows, NULL,
             "also write one row a document to FILE: its id and label; svmlight then has no ids behind its lines"),
    OPT_EXCEL(struct opts, out),
    OPT_HEADER("Model"),
    OPT_READ('m', "model", struct opts, model, NULL,
             "take terms and weighting from this model, so that columns are the same for any documents"),
    OPT_LANGUAGE(struct opts, terms),
    OPT_TEXT(struct opts, terms, "1-2", "none"),
    OPT_SELECT(struct opts, terms, "2", "100%"),
    OPT_ENUM(0, "weighting", struct opts, weighting, "tfidf", nf_weighting_name, "how frequencies become weights"),
    OPT_CLEAN(struct opts, terms),
    OPT_INPUT(struct opts, in),
    OPT_HEADER("Common"),
    OPT_THREADS(struct opts, common),
    OPT_MEMORY(struct opts, common),
    OPT_QUIET(struct opts, common),
    OPT_END};

typedef struct job {
    const struct opts *o;
    nfi_cli *cli;
    nf_docs_stats stats;
    nf_corpus *c;
    nf_vocabulary *v;
    nf_model *m;
    nf_csr X;
    size_t cap_ptr, cap_idx, cap_val; /* of X, when it grows by batches */
    nfi_arena arena;
    nf_str *id, *label, *target; /* a document; absent labels have n == 0 */
    size_t cap_id, cap_label, n;
    uint64_t labelled;
} job;

/* ---- rows of a corpus of its own terms ---- */

static nf_status from_corpus(job *j, nf_docs *docs, nfi_progress *p, nf_err *err)
{
    const struct opts *o = j->o;
    nf_corpus_opts count = {.keep_ids = true};
    nf_select_opts select;
    nf_clean_opts clean;

    nfi_work_count(&o->terms, &o->common, p, &count, &clean);
    nfi_work_select(&o->terms, &select);
    NF_TRY(nf_corpus_count(&j->c, docs, &count, err));
    NF_TRY(nf_corpus_features(j->c, &select, o->weighting, (int)o->common.threads, &j->X, &j->v, err));
    j->n = nf_corpus_docs(j->c);
    j->id = nfi_alloc(j->n, sizeof *j->id);
    j->label = nfi_alloc(j->n, sizeof *j->label);
    if (!j->id || !j->label)
        return nfi_oom(err, "rows");
    for (size_t i = 0; i < j->n; i++) {
        int32_t k = nf_corpus_label(j->c, i);
        j->id[i] = nf_corpus_id(j->c, i);
        j->label[i] = k < 0 ? (nf_str){0} : nf_corpus_class(j->c, (size_t)k);
    }
    return NF_OK;
}

/* ---- rows in the terms of a model ---- */

static nf_status copy(job *j, nf_str *to, nf_str from)
{
    char *p = nfi_arena_copy(&j->arena, from.p ? from.p : "", from.n);
    *to = (nf_str){p, from.n};
    return p ? NF_OK : NF_ENOMEM;
}

static nf_status add_batch(job *j, const nf_batch *b, const nf_csr *x, nf_err *err)
{
    size_t nnz = j->n ? (size_t)j->X.ptr[j->n] : 0, more = (size_t)x->ptr[x->rows];

    NF_TRY(nfi_grow(&j->X.ptr, &j->cap_ptr, j->n + b->n + 1, sizeof *j->X.ptr, err));
    NF_TRY(nfi_grow(&j->X.idx, &j->cap_idx, nnz + more, sizeof *j->X.idx, err));
    NF_TRY(nfi_grow(&j->X.val, &j->cap_val, nnz + more, sizeof *j->X.val, err));
    NF_TRY(nfi_grow(&j->id, &j->cap_id, j->n + b->n, sizeof *j->id, err));
    NF_TRY(nfi_grow(&j->label, &j->cap_label, j->n + b->n, sizeof *j->label, err));
    if (more) {
        memcpy(j->X.idx + nnz, x->idx, more * sizeof *x->idx);
        memcpy(j->X.val + nnz, x->val, more * sizeof *x->val);
    }
    for (size_t i = 0; i <= b->n; i++)
        j->X.ptr[j->n + i] = (int64_t)nnz + x->ptr[i];
    for (size_t i = 0; i < b->n; i++)
        if (copy(j, &j->id[j->n + i], b->docs[i].id) != NF_OK || copy(j, &j->label[j->n + i], b->docs[i].label) != NF_OK)
            return nfi_oom(err, "rows");
    j->n += b->n;
    return NF_OK;
}

static nf_status from_model(job *j, nf_docs *docs, nfi_progress *p, nf_err *err)
{
    nf_scorer *scorer = NULL;
    nf_batch b = {0};
    nf_csr x = {0};
    nf_model_info info;
    nf_status s;

    NF_TRY(nfi_work_leave_out(docs, j->o->terms.language, &j->o->common, err));
    NF_TRY(nf_model_load(&j->m, j->o->model, err));
    nf_model_describe(j->m, &info);
    NF_TRY(nf_scorer_new(&scorer, j->m, &(nf_scorer_opts){.threads = (int)j->o->common.threads}, err));
    for (;;) {
        NF_GO(nf_docs_next(docs, &b, err));
        if (b.n == 0)
            break;
        NF_GO(nf_scorer_rows(scorer, &b, &x, err));
        NF_GO(add_batch(j, &b, &x, err));
        nf_csr_clear(&x);
        nfi_work_progress(p, nf_docs_counts(docs));
    }
    if (!j->X.ptr && !(j->X.ptr = nfi_calloc(1, sizeof *j->X.ptr)))
        s = nfi_oom(err, "rows");
    j->X.rows = j->n;
    j->X.cols = info.terms;
out:
    nf_csr_clear(&x);
    nf_batch_clear(&b);
    nf_scorer_free(scorer);
    return s;
}

/* ---- numbers for labels ---- */

static int by_label(const void *a, const void *b, void *ctx)
{
    const nf_str *label = ctx, x = label[*(const uint32_t *)a], y = label[*(const uint32_t *)b];
    size_t n = x.n < y.n ? x.n : y.n;
    int d = n ? memcmp(x.p, y.p, n) : 0;
    return d ? d : (x.n > y.n) - (x.n < y.n);
}

/* Labels are numbered from 1 in the order of their bytes; with a model its classes come first, in its order. */
static nf_status number_labels(job *j, nf_err *err)
{
    nf_model_info info = {0};
    uint32_t *order = nfi_alloc(j->n, sizeof *order);
    uint64_t number = 0;
    nf_status s = NF_OK;

    if (j->m)
        nf_model_describe(j->m, &info);
    number = info.classes;
    j->target = nfi_calloc(j->n, sizeof *j->target);
    if (!order || !j->target) {
        s = nfi_oom(err, "labels");
        goto out;
    }
    for (size_t i = 0; i < j->n; i++)
        order[i] = (uint32_t)i;
    NF_GO(nfi_sort(order, j->n, sizeof *order, by_label, j->label, err));
    for (size_t i = 0; i < j->n; i++) {
        nf_str label = j->label[order[i]];
        char digits[20];
        if (label.n == 0)
            continue;
        j->labelled++;
        if (i > 0 && by_label(&order[i - 1], &order[i], j->label) == 0) {
            j->target[order[i]] = j->target[order[i - 1]];
            continue;
        }
        int32_t known = j->m ? nf_model_find_label(j->m, label) : -1;
        size_t n = nfi_format_u64(digits, known >= 0 ? (uint64_t)known + 1 : ++number);
        if (copy(j, &j->target[order[i]], (nf_str){digits, n}) != NF_OK) {
            s = nfi_oom(err, "labels");
            goto out;
        }
    }
out:
    nfi_free(order);
    return s;
}

/* ---- out ---- */

static nf_status vocabulary_table(const job *j, nf_err *err)
{
    nf_csv *w = NULL;
    char term[TERM_MAX], digits[40];

    if (!j->o->vocabulary)
        return NF_OK;
    NF_TRY(nf_csv_open(&w, j->o->vocabulary, (nf_csv_dialect)j->o->out.excel, err));
    nfi_dict_header(w, "vocabulary", NULL, 0, NULL, 0);
    for (size_t t = 0; t < j->X.cols; t++) {
        size_t n = j->m ? nf_model_term(j->m, t, term, sizeof term) : nf_vocabulary_term(j->v, t, term, sizeof term);
        uint64_t df = j->m ? nf_model_term_df(j->m, t) : nf_vocabulary_df(j->v, t);
        double idf = j->m ? nf_model_term_idf(j->m, t) : nf_weighting_idf(j->o->weighting, nf_corpus_docs(j->c), df);
        nf_csv_int(w, (int64_t)t + 1);
        nf_csv_text(w, term, n < sizeof term ? n : sizeof term);
        nf_csv_int(w, (int64_t)df);
        n = nfi_format_float(digits, (float)idf);
        nf_csv_text(w, digits, n);
        nf_csv_end(w);
    }
    return nf_csv_close(w, 1, err);
}

static bool is_file(const char *path)
{
    struct stat st;
    return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* Written, then read again where that is possible: what other programs get is what was meant. */
static nf_status write_rows(const job *j, const char *to, nf_rows *r, nf_err *err)
{
    const char *path = j->o->out.output;
    const nf_str *ids = r->id;
    nf_rows back = {0};

    if (j->o->rows)
        r->id = NULL;
    nf_status s = nf_rows_write(path, to, r, err);
    if (s == NF_OK && is_file(path) && (s = nf_rows_read(&back, path, to, err)) == NF_OK) {
        if (back.cols < r->cols)
            back.cols = r->cols; /* svmlight does not say how many there are */
        back.id = NULL;          /* a control in one was written as a blank */
        back.target = NULL;
        if (!nf_rows_equal(r, &back))
            s = NF_FAIL_AT(err, NF_EINTERNAL, path, 0, "what was read back is not what was written");
    }
    nf_rows_clear(&back);
    r->id = ids;
    return s;
}

static nf_status work(job *j, const char *to, int nargs, char **args, nf_err *err)
{
    nf_docs *docs = NULL;
    nfi_progress progress = {0};
    nf_status s;

    NF_TRY(nfi_work_open(&docs, &j->o->in, &j->o->common, false, nargs, args, err));
    nfi_progress_start(&progress, j->cli, "counting", "documents");
    s = j->o->model ? from_model(j, docs, &progress, err) : from_corpus(j, docs, &progress, err);
    nfi_progress_stop(&progress);
    j->stats = *nf_docs_counts(docs);
    if (s == NF_OK)
        s = nf_docs_finish(docs, err);
    nf_docs_close(docs);
    if (s != NF_OK)
        return s;
    NF_TRY(number_labels(j, err));
    nf_rows r = {.rows = j->n, .cols = j->X.cols, .ptr = j->X.ptr, .idx = j->X.idx, .f32 = j->X.val, .target = j->target, .id = j->id};
    NF_TRY(vocabulary_table(j, err));
    if (j->o->rows)
        NF_TRY(nfi_rows_table_write(j->o->rows, (nf_csv_dialect)j->o->out.excel, &r, j->label, err));
    return write_rows(j, to, &r, err);
}

static void report(const job *j)
{
    nfi_tally t;
    uint64_t empty = 0;

    for (size_t i = 0; i < j->n; i++)
        empty += j->X.ptr[i] == j->X.ptr[i + 1];
    nfi_cli_note(j->cli, "%zu rows, %zu columns, %lld entries", j->n, j->X.cols, (long long)j->X.ptr[j->n]);
    nfi_tally_begin(&t, "read", j->stats.read);
    nfi_tally_part(&t, "labelled", j->labelled);
    nfi_tally_part(&t, "unlabelled", j->n - j->labelled);
    nfi_tally_docs(&t, &j->stats);
    nfi_tally_also(&t, "rows without an entry", empty);
    nfi_tally_end(&t, j->cli);
}

static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    static const char *const fixed[] = {"tokenizer", "ngrams", "stopwords", "no-clean",     "no-rule",  "lines",
                                        "phrases",   "min-df", "max-df",    "max-features", "weighting"};
    const struct opts *o = opts;
    job j = {.o = o, .cli = cli};
    const char *to = o->to ? o->to : nf_out_format_of(o->out.output);
    nf_err err = {0};

    if (!to || !nf_out_format_has_features(to))
        return nfi_cli_usage(cli, "--to or the extension of the output must say svmlight or mtx%s%s", to ? ", not " : "", to ? to : "");
    for (size_t i = 0; o->model && i < sizeof fixed / sizeof *fixed; i++)
        if (nfi_cli_given(cli, fixed[i]))
            return nfi_cli_usage(cli, "--%s: the model decides this; leave one of the two out", fixed[i]);
    int usage = nfi_work_outputs(cli, (const char *const[]){o->out.output, o->vocabulary, o->rows, o->in.rejects}, 4, nargs, args,
                                 o->model);
    if (usage == NFI_EXIT_OK)
        usage = nfi_work_check_terms(cli, &o->terms, (const char *const[]){o->out.output, o->vocabulary, o->rows, o->in.rejects}, 4);
    if (usage != NFI_EXIT_OK)
        return usage;
    nf_status s = work(&j, to, nargs, args, &err);
    if (s == NF_OK)
        report(&j);
    nfi_free(j.id);
    nfi_free(j.label);
    nfi_free(j.target);
    nf_csr_clear(&j.X);
    nf_vocabulary_free(j.v);
    nf_corpus_free(j.c);
    nf_model_free(j.m);
    nfi_arena_clear(&j.arena);
    return nfi_cli_fail(cli, s, &err);
}

static const char *const paragraphs[] = {
    "Writes documents as rows of numbers that other programs read: Matrix Market coordinates (R, SciPy, Julia) or svmlight lines. Columns "
    "are terms, numbered from 1 by falling document frequency; --vocabulary names them. --rows names the documents.",
    "Values are what the formula of the weighting gives: tf and binary are integers, tfidf is the weight that a model of newsframe "
    "multiplies with. They are printed with the fewest digits that read back as the same single-precision number. The file is read again "
    "before the run ends.",
    "With --language documents told to be in another language have no row; the last line counts them.",
    "With a model its terms are the columns, in the order of newsframe model dump, whatever the documents hold. In svmlight a label is "
    "its number: 1 and on in the order of the labels' bytes (with a model, of its classes), 0 for no label.",
    NULL};

static const nfi_example examples[] = {
    {"newsframe features $NF_SAMPLES/geo-1/corpus.jsonl -o geo-1.mtx --vocabulary terms.csv --rows rows.csv",
     "a matrix, its columns and its rows"},
    {"newsframe features $NF_SAMPLES/geo-1/samples -m angles.nfm -o samples.svm", "articles in the terms of a model"},
    {NULL, NULL}};

const nfi_verb nfi_verb_features = {
    .name = "features", .group = "Files", .summary = "write documents as rows of numbers", .operands = "[CORPUS...]", .max_args = -1,
    .paragraphs = paragraphs, .opts = rows, .opts_size = sizeof(struct opts), .examples = examples, .exits = NFI_EXITS_MODEL, .run = run};
