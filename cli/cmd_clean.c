/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_clean.c - newsframe clean: documents without their boilerplate, and a record of every line that was cut. */
#include "cli/cleaned.h"
#include "cli/columns.h"
#include "cli/work.h"

#include "base/mem.h"
#include "datasets/csv_join.h"
#include "newsframe/clean.h"

#include <string.h>
#include <sys/stat.h>

struct opts {
    nfi_input_opts in;
    nfi_output_opts out;
    nfi_common_opts common;
    nfi_list rules, no_rule;
    const char *phrases, *lines, *lines_out, *audit, *language;
};

static const nfi_opt rows[] = {
    OPT_HEADER("Rules"),
    OPT_LIST(0, "rules", struct opts, rules, "NAMES", NULL, "use these rules alone: lines, shape, position, script, repeats, phrases"),
    OPT_LIST(0, "no-rule", struct opts, no_rule, "NAMES", NULL, "switch these rules off"),
    OPT_READ(0, "phrases", struct opts, phrases, NULL, "more phrases for the rule phrases, one a line: newsframe-phrases(5)"),
    OPT_HEADER("Line table"),
    OPT_READ(0, "lines", struct opts, lines, NULL, "use this line table and learn none from these documents"),
    OPT_FILE(0, "lines-out", struct opts, lines_out, NULL, "write the lines of these documents, added to those of --lines, to FILE"),
    OPT_OUTPUT(struct opts, out),
    OPT_FILE(0, "audit", struct opts, audit, NULL, "also write one row for each line that was cut to FILE"),
    OPT_INPUT(struct opts, in),
    OPT_STR(0, "language", struct opts, language, "CODE", "any",
            "give documents told to be in another language than CODE (en, uk, ...) the status other_language"),
    OPT_HEADER("Common"),
    OPT_THREADS(struct opts, common),
    OPT_QUIET(struct opts, common),
    OPT_END};

typedef struct job {
    const struct opts *o;
    nfi_cli *cli;
    nf_docs *docs;
    nf_lines *table; /* being learned; NULL when none is */
    nf_cleaner *cleaner;
    nfi_cleaning *cleaning;
    nf_lang *lang;
    nf_csv *w, *audit, *later;
    size_t carried, id; /* as in score */
    uint64_t changed, empty, other, cut, by_rule[16], chars, removed;
} job;

static nf_status header(job *j, nf_err *err)
{
    size_t n = 0, m = 0;
    const nf_str *carried = nf_docs_columns(j->docs, &n);
    nf_str *column = nfi_alloc(n + 1, sizeof *column);

    if (!column)
        return err->code = NF_ENOMEM;
    if (j->id == SIZE_MAX)
        column[m++] = (nf_str){"id", 2};
    for (size_t c = 0; c < n; c++)
        column[m++] = carried[c];
    nfi_dict_header(j->w, "cleaned", column, m, NULL, 0);
    if (j->audit)
        nfi_dict_header(j->audit, "clean_audit", NULL, 0, NULL, 0);
    nfi_free(column);
    j->carried = n;
    return NF_OK;
}

static bool is_empty(const nfi_cleaned *x) { return x->empty || x->chars == 0; }

static void row(job *j, const nf_doc *d, const nfi_cleaned *x)
{
    bool changed = d->flags & (NF_DOC_ID_MADE | NF_DOC_ID_SUFFIX);
    if (j->id == SIZE_MAX)
        nf_csv_text(j->w, d->id.p, d->id.n);
    for (size_t c = 0; c < j->carried; c++) {
        nf_str cell = c == j->id && changed ? d->id : d->carried[c];
        nf_csv_text(j->w, cell.p, cell.n);
    }
    nf_csv_text(j->w, d->text.p, d->text.n);
    nf_csv_text(j->w, x->clean.p, x->clean.n);
    nf_csv_int(j->w, (int64_t)x->removed_chars);
    if (x->chars)
        nf_csv_num(j->w, (double)x->removed_chars / (double)x->chars, 6);
    else
        nf_csv_blank(j->w);
    nf_csv_str(j->w, is_empty(x) ? "empty" : x->other ? "other_language" : "ok");
    nf_csv_end(j->w);
}

static void audit(job *j, const nf_doc *d, const nfi_cleaned *x)
{
    nf_csv *w = x->empty ? j->audit : j->later;

    for (size_t i = 0; i < x->n; i++) {
        const nf_cut *c = &x->cut[i];
        j->by_rule[c->rule]++;
        if (!w)
            continue;
        nf_csv_text(w, d->id.p, d->id.n);
        nf_csv_int(w, (int64_t)c->line);
        nf_csv_int(w, (int64_t)c->start);
        nf_csv_int(w, (int64_t)c->end);
        nf_csv_str(w, nf_clean_rule_name((size_t)c->rule, NULL));
        nf_csv_text(w, d->text.p + c->start, c->end - c->start);
        nf_csv_end(w);
    }
}

static nf_status clean_batch(job *j, const nf_batch *b, nf_err *err)
{
    const nfi_cleaned *x = NULL;
    nf_status s = nfi_cleaning_batch(j->cleaning, b, &x, err);

    for (size_t i = 0; s == NF_OK && i < b->n; i++, x++) {
        row(j, &b->docs[i], x);
        audit(j, &b->docs[i], x);
        j->empty += is_empty(x);
        j->other += x->other && !is_empty(x);
        j->changed += x->n > 0 && !x->other && !x->empty;
        j->cut += x->n;
        j->chars += x->chars;
        j->removed += x->removed_chars;
    }
    return s;
}

/* Documents from first to last: to the table only, or cleaned (and to the table when learn is set). */
static nf_status stream(job *j, bool clean, bool learn, nfi_progress *p, nf_err *err)
{
    nf_batch batch = {0};
    nf_status s = NF_OK;

    for (;;) {
        if ((s = nf_docs_next(j->docs, &batch, err)) != NF_OK || batch.n == 0)
            break;
        if (learn && (s = nf_lines_add(j->table, &batch, (int)j->o->common.threads, err)) != NF_OK)
            break;
        if (clean && ((s = clean_batch(j, &batch, err)) != NF_OK || (s = nf_csv_flush(j->w, err)) != NF_OK))
            break;
        nfi_work_progress(p, nf_docs_counts(j->docs));
    }
    nf_batch_clear(&batch);
    return s;
}

/* True when the operands can be read a second time. */
static bool readable_twice(int nargs, char **args)
{
    struct stat st;

    for (int i = 0; i < nargs; i++)
        if (strcmp(args[i], "-") == 0 || stat(args[i], &st) != 0 || !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
            return false;
    return nargs > 0;
}

/* The first of two passes. Rejects are written by the second alone. */
static nf_status learn(job *j, nfi_progress *p, int nargs, char **args, nf_err *err)
{
    nfi_input_opts in = j->o->in;
    nf_docs_opts d = {0};

    nfi_cli_docs_opts(&d, &in, &j->o->common);
    if (in.rejects)
        d.rejects = "/dev/null";
    nf_status s = nf_docs_open(&j->docs, (const char *const *)args, (size_t)nargs, &d, err);
    if (s != NF_OK)
        return s;
    nfi_progress_start(p, j->cli, "learning lines", "documents");
    s = stream(j, false, true, p, err);
    nfi_progress_stop(p);
    if (s == NF_OK)
        s = nf_docs_finish(j->docs, err);
    nf_docs_close(j->docs);
    j->docs = NULL;
    return s;
}

static bool uses_lines(const struct opts *o)
{
    bool use = o->rules.n == 0;

    for (size_t i = 0; i < o->rules.n; i++)
        use |= strcmp(o->rules.v[i], "lines") == 0;
    for (size_t i = 0; i < o->no_rule.n; i++)
        use &= strcmp(o->no_rule.v[i], "lines") != 0;
    return use;
}

static nf_status work(job *j, nfi_progress *p, int nargs, char **args, nf_err *err)
{
    const struct opts *o = j->o;
    bool twice = readable_twice(nargs, args) && !o->lines && uses_lines(o);
    nf_clean_opts co = {.only = o->rules.v, .nonly = o->rules.n, .without = o->no_rule.v, .nwithout = o->no_rule.n, .phrases = o->phrases,
                        .lines_file = o->lines};
    int language = -1;
    nf_status s = nfi_work_language(&j->lang, &language, o->language, false, err);

    if (s == NF_OK && (twice || o->lines_out))
        s = o->lines ? nf_lines_load(&j->table, o->lines, err) : nf_lines_new(&j->table, err);
    if (s == NF_OK && twice)
        s = learn(j, p, nargs, args, err);
    if (twice)
        co.lines = j->table;
    if (s == NF_OK)
        s = nf_cleaner_new(&j->cleaner, &co, err);
    if (s == NF_OK)
        s = nfi_cleaning_new(&j->cleaning, j->cleaner, j->lang, language, (int)o->common.threads, err);
    if (s == NF_OK)
        s = nfi_work_open(&j->docs, &o->in, &o->common, false, nargs, args, err);
    if (s == NF_OK)
        s = nf_csv_open(&j->w, o->out.output, (nf_csv_dialect)o->out.excel, err);
    if (s == NF_OK && o->audit && (s = nf_csv_open(&j->audit, o->audit, (nf_csv_dialect)o->out.excel, err)) == NF_OK)
        s = nfi_csv_open_tmp(&j->later, (nf_csv_dialect)o->out.excel, 0, err);
    if (s != NF_OK)
        return s;
    j->id = nfi_work_id_column(j->docs, &o->in);
    if ((s = header(j, err)) != NF_OK)
        return s;
    nfi_progress_start(p, j->cli, "cleaning", "documents");
    s = stream(j, true, !twice && o->lines_out, p, err);
    nfi_progress_stop(p);
    if (s == NF_OK)
        s = nf_docs_finish(j->docs, err);
    if (s == NF_OK && j->audit)
        s = nfi_csv_append(j->audit, j->later, err);
    if (s == NF_OK && o->lines_out)
        s = nf_lines_save(j->table, o->lines_out, err);
    return s;
}

static nf_status close_table(nf_csv *w, nf_status s, bool keep, nf_err *err)
{
    if (!w)
        return s;
    nf_status closed = nf_csv_close(w, keep && s == NF_OK, s == NF_OK ? err : NULL);
    return s == NF_OK ? closed : s;
}

static void report(const job *j)
{
    nfi_tally t;

    if (j->cleaner && nf_cleaner_lines(j->cleaner))
        nfi_cli_detail(j->cli, "line table: %zu lines", nf_cleaner_lines(j->cleaner));
    for (size_t k = 0; nf_clean_rule_name(k, NULL); k++)
        nfi_cli_detail(j->cli, "%s: %llu lines", nf_clean_rule_name(k, NULL), (unsigned long long)j->by_rule[k]);
    nfi_cli_note(j->cli, "%llu line%s cut, %.1f %% of the text", (unsigned long long)j->cut, j->cut == 1 ? "" : "s",
                 j->chars ? 100.0 * (double)j->removed / (double)j->chars : 0.0);
    nfi_tally_begin(&t, "read", nf_docs_counts(j->docs)->read);
    nfi_tally_part(&t, "cut from", j->changed);
    nfi_tally_part(&t, "left alone", nf_docs_counts(j->docs)->read - nf_docs_counts(j->docs)->rejected - j->changed - j->other - j->empty);
    nfi_tally_part(&t, "empty", j->empty);
    nfi_tally_part(&t, "other_language", j->other);
    nfi_tally_docs(&t, nf_docs_counts(j->docs));
    nfi_tally_end(&t, j->cli);
}

static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    const struct opts *o = opts;
    job j = {.o = o, .cli = cli};
    nfi_progress progress = {0};
    nf_err err = {0};
    const char *const outputs[] = {o->out.output, o->audit, o->lines_out, o->in.rejects};

    int usage = nfi_work_outputs(cli, outputs, sizeof outputs / sizeof *outputs, nargs, args, o->phrases);
    for (size_t i = 0; i < 4 && usage == NFI_EXIT_OK && o->lines; i++)
        usage = nfi_cli_check_output(cli, outputs[i], (char *const[]){(char *)(uintptr_t)o->lines}, 1);
    if (usage != NFI_EXIT_OK)
        return usage;
    nf_status s = work(&j, &progress, nargs, args, &err);
    s = close_table(j.later, s, false, &err);
    s = close_table(j.audit, s, true, &err);
    s = close_table(j.w, s, true, &err);
    if (s == NF_OK)
        report(&j);
    nf_docs_close(j.docs);
    nfi_cleaning_free(j.cleaning);
    nf_cleaner_free(j.cleaner);
    nf_lang_close(j.lang);
    nf_lines_free(j.table);
    return nfi_cli_fail(cli, s, &err);
}

static const char *const paragraphs[] = {
    "Cuts whole lines that are not the article: menus, share bars, cookie notices, captions told twice, headlines of other stories. "
    "Writes one row for each document, in input order: the columns it came with, its text, the text without the cut lines, how many "
    "characters were cut and what share that is. The text itself is never changed, and --audit records every cut with its place and the "
    "rule that made it.",
    "The rules, in order: lines (the line stands in at least 3, and 0.5 %, of the documents of its source, and is no sentence of a "
    "document that as a whole is a copy of others), shape (it looks like a menu "
    "or a headline among lines that do), position (it belongs to something before or after the article), script (it is written in another "
    "script than the text), repeats (it says again what a line before it says), phrases (it has a phrase of the list). Where there is no "
    "run of sentences to hold on to, and in text whose lines were cut to a width, shape and position cut nothing.",
    "The line table is learned from the documents themselves when they can be read twice: files and folders, not pipes. --lines-out keeps "
    "it, and --lines uses it again here or in the verbs that count, train and cluster, so that a text is cleaned the same way alone and "
    "in a batch.",
    "With --language a document told to be in another language has the status other_language. It is cleaned like any other, and its lines "
    "count in the line table: the cuts are the same with the option and without. One whose language cannot be told is ok; one of which "
    "nothing is left is empty.",
    NULL};

static const nfi_example examples[] = {
    {"newsframe clean $NF_SAMPLES/geo-1/samples --audit cuts.csv -o cleaned.csv", "clean a folder of articles and see what was cut"},
    {"newsframe clean feed.csv --text headline,body --id url --lines-out feed.nfl -o cleaned.csv",
     "learn the lines that a source repeats, for other verbs"},
    {NULL, NULL}};

const nfi_verb nfi_verb_clean = {.name = "clean",
                                 .group = "Prepare",
                                 .summary = "cut boilerplate lines out of documents, with a record of every cut",
                                 .operands = "[INPUT...]",
                                 .max_args = -1,
                                 .paragraphs = paragraphs,
                                 .opts = rows,
                                 .opts_size = sizeof(struct opts),
                                 .examples = examples,
                                 .exits = NFI_EXITS_MODEL,
                                 .run = run};
