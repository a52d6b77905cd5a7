/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_forget.c - newsframe forget: statistics without some of their documents. */
#include "cli/work.h"

#include "base/mem.h"

#include <string.h>

struct opts {
    nfi_input_opts in;
    nfi_common_opts common;
    nfi_ledger_rows ledger;
    const char *output;
};

static const nfi_opt rows[] = {OPT_HEADER("Output"),
                               {NFI_ROW(NFI_OPT_FILE, const char *, 'o', "output", struct opts, output, "FILE", NULL,
                                        "the statistics to write, replaced at once when all is done"),
                                .flags = NFI_OPT_REQUIRED},
                               OPT_SALT(struct opts, ledger),
                               OPT_INPUT(struct opts, in),
                               OPT_STR(0, "label-columns", struct opts, in.label_columns, "COLUMNS", NULL,
                                       "for statistics of documents with several labels: columns of 0 and 1 joined by commas, one a label"),
                               OPT_HEADER("Common"),
                               OPT_THREADS(struct opts, common),
                               OPT_MEMORY(struct opts, common),
                               OPT_QUIET(struct opts, common),
                               OPT_END};

static bool is_multi(const nf_counted *c)
{
    nf_str key, value;

    for (size_t i = 0; nf_counted_setting(c, i, &key, &value); i++)
        if (key.n == 6 && memcmp(key.p, "labels", 6) == 0)
            return value.n == 5 && memcmp(value.p, "multi", 5) == 0;
    return false;
}

static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    const struct opts *o = opts;
    nf_counted *all = NULL;
    nf_docs *docs = NULL;
    nfi_progress progress = {0};
    nf_forget_opts forget = {
        .threads = (int)o->common.threads, .memory = o->common.memory, .progress = nfi_work_progress, .progress_ctx = &progress};
    nf_counted_totals gone = {0};
    void *salt = NULL;
    nf_err err = {0};

    int usage = nfi_work_outputs(cli, (const char *const[]){o->output, o->in.rejects}, 2, nargs, args, o->ledger.salt);
    if (usage == NFI_EXIT_OK)
        usage = nfi_work_salt(cli, &o->ledger, &salt, &forget.salt_n);
    if (usage != NFI_EXIT_OK)
        return usage;
    forget.salt = salt;
    nf_docs_opts in = {0};
    nf_status s = nf_counted_open(&all, (const char *const *)args, 1, &err);
    if (s == NF_OK) {
        nfi_cli_docs_opts(&in, &o->in, &o->common);
        in.check_label = true;
        in.multi = is_multi(all);
        s = nf_docs_open(&docs, (const char *const *)args + 1, (size_t)nargs - 1, &in, &err);
    }
    if (s == NF_OK) {
        nfi_progress_start(&progress, cli, "forgetting", "documents");
        s = nf_counted_forget(all, docs, &forget, o->output, &gone, &err);
        nfi_progress_stop(&progress);
    }
    if (s == NF_OK)
        s = nf_docs_finish(docs, &err);
    if (s == NF_OK) {
        nfi_tally t;
        nfi_cli_note(cli, "%s: %llu documents are left of %llu", o->output, (unsigned long long)(nf_counted_docs(all) - gone.docs),
                     (unsigned long long)nf_counted_docs(all));
        nfi_tally_begin(&t, "read", nf_docs_counts(docs)->read);
        nfi_tally_part(&t, "forgotten", gone.labelled);
        nfi_tally_part(&t, "forgotten without a label", gone.docs - gone.labelled);
        nfi_tally_docs(&t, nf_docs_counts(docs));
        nfi_tally_end(&t, cli);
    }
    nfi_free(salt);
    nf_counted_free(all);
    nf_docs_close(docs);
    return nfi_cli_fail(cli, s, &err);
}

static const char *const paragraphs[] = {
    "Takes documents out of statistics again: the result has the bytes that counting the other documents would give. The documents must "
    "be given as they were counted, text and labels alike; how texts are cut into terms is taken from the statistics.",
    "Where the statistics have a ledger, a document that was never counted, or with another text, is an error that names it. Without a "
    "ledger, an error comes only when a count would become negative or does not go with the others; it names the term or the label. "
    "Nothing is written then.",
    "Models that were trained before still know what is forgotten: make them again with newsframe train --from.",
    NULL};

static const nfi_example examples[] = {
    {"newsframe forget week.nfs monday.jsonl -o rest.nfs", "the days after Monday"},
    {NULL, NULL}};

const nfi_verb nfi_verb_forget = {.name = "forget",
                                  .group = "Learn",
                                  .summary = "take documents out of statistics",
                                  .operands = "STATS [CORPUS...]",
                                  .min_args = 1,
                                  .max_args = -1,
                                  .paragraphs = paragraphs,
                                  .opts = rows,
                                  .opts_size = sizeof(struct opts),
                                  .examples = examples,
                                  .exits = NFI_EXITS_MODEL,
                                  .run = run};
