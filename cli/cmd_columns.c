/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_columns.c - newsframe columns: the data dictionary as a table. */
#include "cli/cli.h"
#include "cli/columns.h"
#include "cli/opt.h"

#include "base/try.h"

#include <string.h>

struct opts {
    nfi_output_opts out;
    bool quiet, verbose;
};

static const nfi_opt rows[] = {
    OPT_OUTPUT(struct opts, out),
    OPT_HEADER("Common"),
    OPT_QUIET_ROWS(struct opts, quiet, verbose),
    OPT_END};

/* A table, a column, or a column of one class: score_military is score_<class>. */
static bool matches(const nfi_dict_column *c, const char *name)
{
    const char *cut = strstr(c->name, "<class>");

    if (strcmp(c->table, name) == 0 || strcmp(c->name, name) == 0)
        return true;
    return cut && strlen(name) > (size_t)(cut - c->name) && strncmp(c->name, name, (size_t)(cut - c->name)) == 0;
}

/* Column names, then tables, for the closest match. */
static const char *any_name(const void *ctx, size_t i)
{
    const nfi_dict_column *c = nfi_dict;
    (void)ctx;

    for (; i > 1 && c->table; i -= 2)
        c++;
    return !c->table ? NULL : i == 0 ? c->name : c->table;
}

static int unknown(nfi_cli *cli, const char *name)
{
    const char *close = nfi_closest(name, any_name, NULL);

    if (close)
        return nfi_cli_usage(cli, "no table or column \"%s\"; closest: %s", name, close);
    return nfi_cli_usage(cli, "no table or column \"%s\"; newsframe columns lists them all", name);
}

static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    const struct opts *o = opts;
    const char *name = nargs > 0 ? args[0] : NULL;
    nf_err err = {0};
    nf_csv *w = NULL;
    size_t found = 0;

    for (const nfi_dict_column *c = nfi_dict; c->table; c++)
        found += !name || matches(c, name);
    if (found == 0)
        return unknown(cli, name);

    nf_status s = nf_csv_open(&w, o->out.output, (nf_csv_dialect)o->out.excel, &err);
    if (s != NF_OK)
        return nfi_cli_fail(cli, s, &err);
    nfi_dict_header(w, "columns", NULL, 0, NULL, 0);
    int64_t place = 0;
    for (const nfi_dict_column *c = nfi_dict; c->table; c++) {
        place = c > nfi_dict && strcmp(c[-1].table, c->table) == 0 ? place + 1 : 1;
        if (name && !matches(c, name))
            continue;
        nf_csv_str(w, c->table);
        nf_csv_int(w, place);
        nf_csv_str(w, c->name);
        nf_csv_str(w, c->type);
        nf_csv_str(w, c->range);
        nf_csv_str(w, c->meaning);
        nf_csv_end(w);
    }
    return nfi_cli_fail(cli, nf_csv_close(w, 1, &err), &err);
}

static const char *const paragraphs[] = {
    "Prints what each column of each table means: its type, its unit and range, and its place. With NAME, only the table or the columns "
    "of that name; a column of one class, such as score_military, finds the row score_<class>.",
    "Names, order and meaning of columns are a contract: a version may add columns at the end of a table, and changes nothing else "
    "without saying so.",
    NULL};

static const nfi_example examples[] = {
    {"newsframe columns", "the whole dictionary"},
    {"newsframe columns scores", "the columns of a table of scores, in order"},
    {"newsframe columns margin", "every column called margin"},
    {NULL, NULL}};

const nfi_verb nfi_verb_columns = {
    .name = "columns",
    .group = "Help",
    .summary = "say what the columns of the tables mean",
    .operands = "[NAME]",
    .max_args = 1,
    .paragraphs = paragraphs,
    .opts = rows,
    .opts_size = sizeof(struct opts),
    .examples = examples,
    .exits = NFI_EXITS_BASE,
    .run = run};
