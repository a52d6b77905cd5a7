/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_inspect.c - newsframe inspect: what is in a corpus before anything is trained. */
#include "cli/inspect.h"
#include "cli/work.h"

#include "base/io.h"

#include <string.h>

struct opts {
    nfi_input_opts in;
    nfi_common_opts common;
    const char *output, *tokenizer;
    int dates; /* nf_date_order */
    bool json, no_language, no_near;
};

static const nfi_opt rows[] = {
    OPT_HEADER("Output"),
    OPT_FILE('o', "output", struct opts, output, "-", "write the report to FILE, replaced at once when all is done"),
    OPT_FLAG(0, "json", struct opts, json, "write the report as one JSON object"),
    OPT_HEADER("What is looked at"),
    OPT_ENUM(0, "tokenizer", struct opts, tokenizer, "news", nf_tokenizer_name, "how text is cut into words"),
    OPT_FLAG(0, "no-language", struct opts, no_language, "do not tell languages, which takes most of the time"),
    OPT_FLAG(0, "no-near", struct opts, no_near, "do not look for near copies, which takes memory: 4 bytes a word"),
    OPT_CHOICE(0, "date-order", struct opts, dates, "auto", nf_date_order_name, "what 3/4/2008 is"),
    OPT_INPUT(struct opts, in),
    OPT_MULTI(struct opts, in),
    OPT_HEADER("Common"),
    OPT_THREADS(struct opts, common),
    OPT_QUIET(struct opts, common),
    OPT_END};

static nf_status write_report(const char *path, const nfi_buf *b, nf_err *err)
{
    nfi_out *out = NULL;
    nf_status s = nfi_out_open(&out, path, err);

    if (s != NF_OK)
        return s;
    nfi_out_write(out, b->p, b->n);
    return nfi_out_commit(out, err);
}

static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    const struct opts *o = opts;
    nfi_input_opts in = o->in;
    nf_inspect_opts inspect = {.text = {.tokenizer = o->tokenizer},
                               .multi = o->in.multi,
                               .no_near = o->no_near,
                               .dates = (nf_date_order)o->dates,
                               .threads = (int)o->common.threads};
    nf_inspection report = {0};
    nfi_report x = {.r = &report, .multi = o->in.multi};
    nfi_progress progress = {0};
    nfi_buf b = {0};
    nf_docs *docs = NULL;
    nf_lang *lang = NULL;
    nf_err err = {0};
    nf_status s = NF_OK;

    int usage = nfi_work_outputs(cli, (const char *const[]){o->output, o->in.rejects}, 2, nargs, args, NULL);
    if (usage == NFI_EXIT_OK)
        usage = nfi_work_check_labels(cli, &o->in);
    if (usage != NFI_EXIT_OK)
        return usage;
    in.dup_ids = 1; /* counted here, not refused; the same for malformed records */
    if (!in.rejects)
        in.rejects = "/dev/null";
    if (!o->no_language)
        s = nf_lang_open(&lang, NULL, &err);
    if (s == NF_OK)
        s = nfi_work_open(&docs, &in, &o->common, false, nargs, args, &err);
    if (s == NF_OK) {
        inspect.lang = lang;
        inspect.progress = nfi_work_progress;
        inspect.progress_ctx = &progress;
        nfi_progress_start(&progress, cli, "looking", "documents");
        s = nf_inspect(&report, docs, &inspect, &err);
        nfi_progress_stop(&progress);
    }
    if (s == NF_OK) {
        x.counts = nf_docs_counts(docs);
        nfi_inspect_warn(&x);
        if (o->json)
            s = nfi_inspect_json(&b, &x, &err);
        else
            nfi_inspect_text(&b, &x);
        if (s == NF_OK && (b.failed || x.warning.failed))
            s = err.code = NF_ENOMEM;
    }
    if (s == NF_OK)
        s = nf_docs_finish(docs, &err);
    if (s == NF_OK)
        s = write_report(o->output, &b, &err);
    if (s == NF_OK) {
        nfi_tally t;
        nfi_tally_begin(&t, "read", x.counts->read);
        nfi_tally_part(&t, "labelled", report.labelled);
        nfi_tally_part(&t, "unlabelled", report.docs - report.labelled - (o->in.multi ? 0 : report.several));
        nfi_tally_part(&t, "with several labels", o->in.multi ? 0 : report.several);
        nfi_tally_docs(&t, x.counts);
        nfi_tally_end(&t, cli);
    }
    nfi_buf_clear(&b);
    nfi_buf_clear(&x.warning);
    nf_inspection_clear(&report);
    nf_docs_close(docs);
    nf_lang_close(lang);
    return nfi_cli_fail(cli, s, &err);
}

static const char *const paragraphs[] = {
    "Reads a corpus once and says what is in it: labels and labels that are spelled almost alike, lengths, texts that come again, "
    "boilerplate, languages and scripts, encodings, dates, how the vocabulary grows, columns. The report ends with what to look at before "
    "training or scoring, and what to do about it.",
    "Nothing stops it: malformed records, ids that come twice and bytes that are not UTF-8 are counted. Languages are told by the script "
    "and by n-grams; a text of fewer than 20 letters has none. Of the first 1,000 documents the lines are told apart too.",
    "Figures are exact up to limits that the report names when they are met: 10,000 labels, 2,097,152 texts, 4,194,304 words, 1,000 "
    "values of a column. Near copies, as newsframe dedup finds them, are looked for among the first 100,000 documents.",
    NULL};

static const nfi_example examples[] = {{"newsframe inspect $NF_SAMPLES/geo-1/corpus.jsonl", "look at a corpus"},
                                       {"newsframe inspect feed.csv --text headline,body --json -o feed.json", "the same for a program"},
                                       {NULL, NULL}};

const nfi_verb nfi_verb_inspect = {.name = "inspect",
                                   .group = "Explore",
                                   .summary = "say what is in a corpus, and what to look at before training",
                                   .operands = "[CORPUS...]",
                                   .max_args = -1,
                                   .paragraphs = paragraphs,
                                   .opts = rows,
                                   .opts_size = sizeof(struct opts),
                                   .examples = examples,
                                   .exits = NFI_EXITS_DATA,
                                   .run = run};
