/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_merge.c - newsframe merge: statistics files, or line tables, into one. */
#include "cli/work.h"

#include "base/io.h"
#include "base/try.h"
#include "newsframe/clean.h"

#include <string.h>
#include <unistd.h>

struct opts {
    const char *output;
    bool quiet, verbose;
};

static const nfi_opt rows[] = {OPT_HEADER("Output"),
                               {NFI_ROW(NFI_OPT_FILE, const char *, 'o', "output", struct opts, output, "FILE", NULL,
                                        "what to write, replaced at once when all is done"),
                                .flags = NFI_OPT_REQUIRED},
                               OPT_HEADER("Common"),
                               OPT_QUIET_ROWS(struct opts, quiet, verbose),
                               OPT_END};

/* The kind of a file of sections, its fourth byte: 'S' statistics, 'L' a line table; 0 for anything else, which the reader will refuse. */
static nf_status kind_of(char *kind, const char *path, nf_err *err)
{
    static const char magic[] = "\x89NF";
    char head[4] = "";
    size_t n = 0;
    nfi_in *in = NULL;
    int fd = -1;

    if (strcmp(path, "-") == 0) { /* to be read again */
        NF_TRY(nfi_stdin_fd(&fd, UINT64_MAX, err));
        close(fd);
    }
    NF_TRY(nfi_in_open(&in, path, err));
    nf_status s = nfi_in_read(in, head, sizeof head, &n, err);
    if (s == NF_OK)
        *kind = n == sizeof head && memcmp(head, magic, 3) == 0 ? head[3] : '\0';
    nfi_in_close(in);
    return s;
}

static nf_status merge_statistics(nfi_cli *cli, const char *output, size_t n, char **args, nf_err *err)
{
    nf_counted *counted = NULL;
    nf_status s = NF_OK;
    nfi_tally t;

    NF_GO(nf_counted_open(&counted, (const char *const *)args, n, err));
    NF_GO(nf_counted_save(counted, 0, output, err));
    nfi_tally_begin(&t, "documents", nf_counted_docs(counted));
    nfi_tally_part(&t, "labelled", nf_counted_labelled(counted));
    nfi_tally_part(&t, "unlabelled", nf_counted_docs(counted) - nf_counted_labelled(counted));
    nfi_tally_end(&t, cli);
out:
    nf_counted_free(counted);
    return s;
}

static nf_status merge_lines(nfi_cli *cli, const char *output, size_t n, char **args, nf_err *err)
{
    nf_lines *all = NULL, *one = NULL;
    nf_status s = NF_OK;
    nfi_tally t;

    NF_GO(nf_lines_load(&all, args[0], err));
    for (size_t i = 1; i < n; i++) {
        NF_GO(nf_lines_load(&one, args[i], err));
        NF_GO(nf_lines_merge(all, one, err));
        nf_lines_free(one);
        one = NULL;
    }
    NF_GO(nf_lines_save(all, output, err));
    nfi_tally_begin(&t, "documents", nf_lines_docs(all));
    nfi_tally_part(&t, "in the table", nf_lines_docs(all));
    nfi_tally_also(&t, "sources", nf_lines_sources(all));
    nfi_tally_also(&t, "lines", nf_lines_count(all));
    nfi_tally_end(&t, cli);
out:
    nf_lines_free(all);
    nf_lines_free(one);
    return s;
}

static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    const struct opts *o = opts;
    nf_status s = NF_OK;
    nf_err err = {0};
    int tables = 0, table = 0, other = 0, usage = nfi_cli_check_output(cli, o->output, args, nargs);

    if (usage != NFI_EXIT_OK)
        return usage;
    for (int i = 0; i < nargs && s == NF_OK; i++) {
        char kind = '\0';
        s = kind_of(&kind, args[i], &err);
        *(kind == 'L' ? &table : &other) = i;
        tables += kind == 'L';
    }
    if (s == NF_OK && tables > 0 && tables < nargs)
        return nfi_cli_usage(cli, "%s is a line table, %s is none; tables add up with tables, statistics with statistics", args[table],
                             args[other]);
    if (s == NF_OK)
        s = (tables ? merge_lines : merge_statistics)(cli, o->output, (size_t)nargs, args, &err);
    return nfi_cli_fail(cli, s, &err);
}

static const char *const paragraphs[] = {
    "Adds statistics files up. The result has the bytes that counting all their documents at once would give, in any order of the files. "
    "Memory does not grow with them.",
    "All files must have been counted with the same settings. A document that stands in the ledgers of two of them is an error that names "
    "it.",
    "Line tables that newsframe clean --lines-out wrote add up too, when all files are such: into the bytes of the table of all their "
    "documents.",
    NULL};

static const nfi_example examples[] = {{"newsframe merge monday.nfs tuesday.nfs -o week.nfs", "add two days up"}, {NULL, NULL}};

const nfi_verb nfi_verb_merge = {.name = "merge",
                                 .group = "Learn",
                                 .summary = "add statistics files or line tables up",
                                 .operands = "FILE...",
                                 .min_args = 1,
                                 .max_args = -1,
                                 .paragraphs = paragraphs,
                                 .opts = rows,
                                 .opts_size = sizeof(struct opts),
                                 .examples = examples,
                                 .exits = NFI_EXITS_MODEL,
                                 .run = run};
