/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_convert.c - newsframe convert: documents from any input format to any output format, every column kept where the target can. */
#include "cli/rows.h"
#include "cli/work.h"

#include "base/try.h"
#include "newsframe/convert.h"

#include <string.h>

struct opts {
    nfi_input_opts in;
    nfi_output_opts out;
    nfi_common_opts common;
    const char *to, *rows, *language;
};

static const nfi_opt rows[] = {
    OPT_HEADER("Output"),
    OPT_OUTPUT_FILE(struct opts, out, "write to FILE, replaced at once when all is done"),
    OPT_ENUM(0, "to", struct opts, to, NULL, nf_out_format_name, "output format; without it the extension of the output decides"),
    OPT_FILE(0, "rows", struct opts, rows, NULL, "table of ids and targets that goes with a .mtx: written beside one, read with one"),
    OPT_EXCEL(struct opts, out),
    OPT_STR(0, "language", struct opts, language, "CODE", "any",
            "leave out documents told to be in another language than CODE (en, uk, ...); those of none stay"),
    OPT_INPUT(struct opts, in),
    OPT_HEADER("Common"),
    OPT_THREADS(struct opts, common),
    OPT_QUIET(struct opts, common),
    OPT_END};

typedef struct job {
    const struct opts *o;
    nfi_cli *cli;
    const char *to;
    nf_docs *docs;
    nf_writer *w;
    size_t skip; /* the column of late fields that is left out, SIZE_MAX none */
} job;

/* What a format without columns leaves behind. */
static void note_columns(const job *j, const nf_writer_opts *o, const char *text)
{
    char line[400];
    size_t at = 0, more = 0;

    if (strcmp(j->to, "fasttext") != 0)
        return;
    for (size_t i = 0; i < o->n; i++) {
        nf_str c = o->column[i];
        bool kept = i == o->label || i == o->skip || (c.n == strlen(text) && memcmp(c.p, text, c.n) == 0) ||
                    (c.n == 5 && memcmp(c.p, "title", 5) == 0);
        if (kept)
            continue;
        if (at + c.n + 2 >= sizeof line) {
            more++;
            continue;
        }
        if (at > 0) {
            memcpy(line + at, ", ", 2);
            at += 2;
        }
        memcpy(line + at, c.p, c.n);
        at += c.n;
    }
    if (at > 0 && more > 0)
        nfi_cli_note(j->cli, "%s holds labels and text; left out: %.*s and %zu more columns", j->to, (int)at, line, more);
    else if (at > 0)
        nfi_cli_note(j->cli, "%s holds labels and text; left out: %.*s", j->to, (int)at, line);
}

/*
 * A JSON file that is longer than a block has the column of late fields whether one comes or not. Where the input can be read twice, it is,
 * up to the first of them, so that a table is not given a column that stays empty.
 */
static size_t unused_extra(const job *j, const nf_docs_opts *as, int nargs, char **args)
{
    size_t extra = nf_docs_extra(j->docs);
    nf_docs_opts d = *as;
    nf_docs *docs = NULL;
    nf_batch b = {0};
    bool used = nargs == 0 || nf_docs_counts(j->docs)->total_bytes == 0; /* a pipe */

    if (extra == SIZE_MAX || used || strcmp(j->to, "jsonl") == 0)
        return SIZE_MAX;
    d.rejects = d.rejects ? "/dev/null" : NULL;
    if (nf_docs_open(&docs, (const char *const *)args, (size_t)nargs, &d, NULL) != NF_OK)
        return SIZE_MAX;
    used = nf_docs_extra(docs) != extra; /* the file has been replaced meanwhile */
    while (!used && nf_docs_next(docs, &b, NULL) == NF_OK && b.n > 0)
        for (size_t i = 0; i < b.n && !used; i++)
            used = b.docs[i].carried[extra].n > 0;
    nf_batch_clear(&b);
    nf_docs_close(docs);
    return used ? SIZE_MAX : extra;
}

static nf_status open_both(job *j, int nargs, char **args, nf_err *err)
{
    const struct opts *o = j->o;
    nf_docs_opts d = {0};
    nf_writer_opts w = {.format = j->to, .dialect = (nf_csv_dialect)o->out.excel};
    nf_status s;

    nfi_cli_docs_opts(&d, &o->in, &o->common);
    d.all_columns = true;
    if ((strcmp(j->to, "fasttext") == 0 || strcmp(o->language, "any") != 0) && !d.text)
        d.text = "text"; /* without a text there is nothing to write, or to tell a language by */
    if ((s = nf_docs_open(&j->docs, (const char *const *)args, (size_t)nargs, &d, err)) != NF_OK ||
        (s = nfi_work_leave_out(j->docs, o->language, &o->common, err)) != NF_OK)
        return s;
    w.column = nf_docs_columns(j->docs, &w.n);
    w.id = nfi_work_id_column(j->docs, &o->in);
    w.label = nfi_work_column(j->docs, (const char *const[]){o->in.label ? o->in.label : "label", o->in.label ? NULL : "labels"}, 2);
    w.skip = j->skip = unused_extra(j, &d, nargs, args);
    if ((s = nf_writer_open(&j->w, o->out.output, &w, err)) == NF_OK)
        note_columns(j, &w, d.text ? d.text : "text");
    return s;
}

static nf_status stream(job *j, nfi_progress *p, nf_err *err)
{
    nf_batch batch = {0};
    nf_status s;

    while ((s = nf_docs_next(j->docs, &batch, err)) == NF_OK && batch.n > 0) {
        for (size_t i = 0; i < batch.n && s == NF_OK && j->skip != SIZE_MAX; i++)
            if (batch.docs[i].carried[j->skip].n)
                s = NF_FAIL_AT(err, NF_EIO, nf_docs_path(j->docs, batch.docs[i].file), batch.docs[i].line, "changed while it was read");
        if (s != NF_OK || (s = nf_writer_batch(j->w, &batch, err)) != NF_OK)
            break;
        nfi_work_progress(p, nf_docs_counts(j->docs));
    }
    nf_batch_clear(&batch);
    return s;
}

/* ---- rows of numbers ---- */

static bool is_features(const char *path)
{
    const char *f = nf_out_format_of(path);
    return f && nf_out_format_has_features(f);
}

static nf_status convert_rows(const struct opts *o, const char *to, const char *path, nf_rows *r, nf_err *err)
{
    nfi_rows_table table = {0};
    bool matrix_out = strcmp(to, "mtx") == 0;
    nf_status s = nf_rows_read(r, path, NULL, err);

    if (s == NF_OK && o->rows && !matrix_out)
        s = nfi_rows_table_read(&table, o->rows, r, err);
    if (s == NF_OK && o->rows && matrix_out)
        s = nfi_rows_table_write(o->rows, (nf_csv_dialect)o->out.excel, r, NULL, err);
    if (s == NF_OK)
        s = nf_rows_write(o->out.output, to, r, err);
    nfi_rows_table_clear(&table);
    return s;
}

static int run_rows(const struct opts *o, nfi_cli *cli, const char *to, int nargs, char **args)
{
    nf_rows r = {0};
    nf_err err = {0};
    nfi_tally t;
    bool matrix_out = strcmp(to, "mtx") == 0;

    if (strcmp(o->language, "any") != 0)
        return nfi_cli_usage(cli, "--language goes with texts, the output is %s", to);
    if (nargs > 1)
        return nfi_cli_usage(cli, "%d inputs given, features are converted one file at a time", nargs);
    if (nargs == 1 && strcmp(args[0], "-") != 0 && !is_features(args[0]))
        return nfi_cli_usage(cli, "\"%s\" is no file of features by its extension; newsframe features makes them of texts", args[0]);
    int usage = nfi_work_outputs(cli, (const char *const[]){o->out.output, matrix_out ? o->rows : NULL}, 2, nargs, args,
                                 matrix_out ? NULL : o->rows);
    if (usage != NFI_EXIT_OK)
        return usage;
    nf_status s = convert_rows(o, to, nargs ? args[0] : "-", &r, &err);
    if (s == NF_OK) {
        nfi_cli_note(cli, "%zu rows, %zu columns, %lld entries", r.rows, r.cols, (long long)r.ptr[r.rows]);
        if (matrix_out && !o->rows && r.target)
            nfi_cli_note(cli, "mtx holds numbers alone; left out: targets and ids (--rows keeps them)");
        nfi_tally_begin(&t, "read", r.rows);
        nfi_tally_part(&t, "written", r.rows);
        nfi_tally_end(&t, cli);
    }
    nf_rows_clear(&r);
    return nfi_cli_fail(cli, s, &err);
}

static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    const struct opts *o = opts;
    nf_writer_stats st = {0};
    nfi_progress progress = {0};
    nf_err err = {0};
    job j = {.o = o, .cli = cli, .to = o->to ? o->to : nf_out_format_of(o->out.output)};

    if (!j.to)
        return nfi_cli_usage(cli, "the output \"%s\" does not say its format; --to does", o->out.output);
    if (nf_out_format_has_features(j.to))
        return run_rows(o, cli, j.to, nargs, args);
    for (int i = 0; i < nargs; i++)
        if (!o->in.format && is_features(args[i]))
            return nfi_cli_usage(cli, "\"%s\" holds numbers, not texts; it becomes svmlight or mtx", args[i]);
    if (o->rows)
        return nfi_cli_usage(cli, "--rows goes with svmlight and mtx, the output is %s", j.to);
    if (o->out.excel && strcmp(j.to, "csv") != 0)
        return nfi_cli_usage(cli, "--excel is for csv, the output is %s", j.to);
    int usage = nfi_work_outputs(cli, (const char *const[]){o->out.output, o->in.rejects}, 2, nargs, args, NULL);
    if (usage != NFI_EXIT_OK)
        return usage;
    nf_status s = open_both(&j, nargs, args, &err);
    if (s == NF_OK) {
        nfi_progress_start(&progress, cli, "converting", "documents");
        s = stream(&j, &progress, &err);
        nfi_progress_stop(&progress);
    }
    if (s == NF_OK)
        s = nf_docs_finish(j.docs, &err);
    if (j.w) {
        nf_status closed = nf_writer_close(j.w, s == NF_OK, &st, s == NF_OK ? &err : NULL);
        s = s == NF_OK ? closed : s;
    }
    if (s == NF_OK) {
        nfi_tally t;
        nfi_tally_begin(&t, "read", nf_docs_counts(j.docs)->read);
        nfi_tally_part(&t, "written", st.written);
        nfi_tally_part(&t, "empty, left out", st.empty);
        nfi_tally_docs(&t, nf_docs_counts(j.docs));
        nfi_tally_also(&t, "line ends made blanks in", st.joined);
        nfi_tally_also(&t, "labels with blanks changed", st.labels);
        nfi_tally_also(&t, "words like labels changed", st.words);
        nfi_tally_also(&t, "cells cut", st.cut);
        nfi_tally_end(&t, cli);
    }
    nf_docs_close(j.docs);
    return nfi_cli_fail(cli, s, &err);
}

static const char *const paragraphs[] = {
    "Writes the documents of any input format in another: CSV, TSV and JSON lines with all their columns, in their order, or fastText "
    "lines with labels and text. The extension of the output says which, or --to.",
    "JSON values keep their type from JSON to JSON; in CSV a list of labels is written a;b, any other list or object as JSON. A field "
    "that only later JSON records have is in the column extra in CSV, and a field again in JSON. CSV written here, made JSON and made CSV "
    "again has the same bytes.",
    "fastText holds a line a document: line ends become blanks, blanks in a label underscores, words that look like a label lose an "
    "underscore, documents without a word are left out; the last line counts them all.",
    "With --language documents told to be in another language by title and text are left out, and counted in the last line; those whose "
    "language cannot be told stay.",
    "Features are converted as such: svmlight lines to Matrix Market coordinates and back, --rows taking the targets and ids that a "
    "matrix has no place for.",
    NULL};

static const nfi_example examples[] = {
    {"newsframe convert $NF_SAMPLES/geo-1/corpus.jsonl -o corpus.csv", "JSON lines to CSV"},
    {"newsframe convert $NF_SAMPLES/geo-1/corpus.jsonl --to fasttext >corpus.ft", "labels and text for fastText"},
    {NULL, NULL}};

const nfi_verb nfi_verb_convert = {
    .name = "convert", .group = "Files", .summary = "write documents in another format", .operands = "[INPUT...]", .max_args = -1,
    .paragraphs = paragraphs, .opts = rows, .opts_size = sizeof(struct opts), .examples = examples, .exits = NFI_EXITS_DATA, .run = run};
