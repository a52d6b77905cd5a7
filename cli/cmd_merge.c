/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_merge.c - newsframe merge: statistics files into one. */
#include "cli/work.h"

struct opts {
    const char *output;
    bool quiet, verbose;
};

static const nfi_opt rows[] = {OPT_HEADER("Output"),
                               {NFI_ROW(NFI_OPT_FILE, const char *, 'o', "output", struct opts, output, "FILE", NULL,
                                        "the statistics to write, replaced at once when all is done"),
                                .flags = NFI_OPT_REQUIRED},
                               OPT_HEADER("Common"),
                               OPT_QUIET_ROWS(struct opts, quiet, verbose),
                               OPT_END};

static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    const struct opts *o = opts;
    nf_counted *counted = NULL;
    nf_err err = {0};

    int usage = nfi_cli_check_output(cli, o->output, args, nargs);
    if (usage != NFI_EXIT_OK)
        return usage;
    nf_status s = nf_counted_open(&counted, (const char *const *)args, (size_t)nargs, &err);
    if (s == NF_OK)
        s = nf_counted_save(counted, 0, o->output, &err);
    if (s == NF_OK) {
        nfi_tally t;
        nfi_tally_begin(&t, "documents", nf_counted_docs(counted));
        nfi_tally_part(&t, "labelled", nf_counted_labelled(counted));
        nfi_tally_part(&t, "unlabelled", nf_counted_docs(counted) - nf_counted_labelled(counted));
        nfi_tally_end(&t, cli);
    }
    nf_counted_free(counted);
    return nfi_cli_fail(cli, s, &err);
}

static const char *const paragraphs[] = {"Adds statistics files up. The result has the bytes that counting all their documents at once "
                                         "would give, in any order of the files. Memory does not grow with them.",
                                         "All files must have been counted with the same settings. A document that stands in the ledgers "
                                         "of two of them is an error that names it.",
                                         NULL};

static const nfi_example examples[] = {
    {"newsframe merge monday.nfs tuesday.nfs -o week.nfs", "add two days up"},
    {NULL, NULL}};

const nfi_verb nfi_verb_merge = {
    .name = "merge", .group = "Learn", .summary = "add statistics files up", .operands = "STATS...", .min_args = 1, .max_args = -1,
    .paragraphs = paragraphs, .opts = rows, .opts_size = sizeof(struct opts), .examples = examples, .exits = NFI_EXITS_MODEL, .run = run};
