/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opt.h - inside the framework: reading values, parsing a command line, and the texts made from rows. Verbs need cli.h only. */
#ifndef NFI_OPT_H
#define NFI_OPT_H

#include "base/arena.h"
#include "base/buf.h"
#include "cli/cli.h"

/* Reads text into the field of row. NF_EINVAL: one line, what was given and what is expected. Lists grow in a. */
nf_status nfi_opt_set(const nfi_opt *row, void *opts, const char *text, nfi_arena *a, nf_err *err) NF_MUST_CHECK;
/* Zeroes nothing: sets every field that has a default. NF_EINTERNAL when a default is out of its own range. */
nf_status nfi_opt_defaults(const nfi_opt *rows, void *opts, nfi_arena *a, nf_err *err) NF_MUST_CHECK;
/* What a value must look like: "a whole number from 1 to 300", "one of csv, jsonl". */
void nfi_opt_expected(nfi_buf *b, const nfi_opt *row);
/* An example as a reader of the sources can type it: the bundled texts are in datasets/. */
void nfi_example_command(nfi_buf *b, const nfi_example *e);
/* The help text with the default added; what the names mean is put below it by help.c and man.c. */
void nfi_opt_help(nfi_buf *b, const nfi_opt *row);
/* What the value is called: "K", "FILE", or the names "a|b|c" of an enum of at most 4. */
void nfi_opt_arg(nfi_buf *b, const nfi_opt *row);
bool nfi_opt_shown(const nfi_opt *row); /* neither hidden nor a header */
const nfi_opt *nfi_opt_find(const nfi_opt *rows, const char *name);

/* The options that main.c adds to every verb. */
extern const nfi_opt nfi_std_opts[];

typedef enum nfi_parse { NFI_PARSED, NFI_WANT_HELP, NFI_WANT_USAGE, NFI_WANT_VERSION } nfi_parse;

typedef struct nfi_parsed {
    nfi_parse what;
    void *opts;         /* verb->opts_size bytes */
    char **args;        /* nargs operands, then NULL; borrowed strings */
    int nargs;
    const char **given; /* long names, NULL-terminated */
    nfi_arena arena;    /* owns all of the above */
} nfi_parsed;

/* argv[0] is the verb. NF_EINVAL with one line for what is refused. *out is cleared by nfi_parsed_clear() in any case. */
nf_status nfi_parse_verb(nfi_parsed *out, const nfi_verb *verb, int argc, char **argv, nf_err *err) NF_MUST_CHECK;
void nfi_parsed_clear(nfi_parsed *p);
/* help.c: --help (longer) or --usage of a verb, appended to b. */
nf_status nfi_help(nfi_buf *b, const nfi_verb *verb, bool longer, nf_err *err) NF_MUST_CHECK;

/* closest.c */
/* The name most like word, NULL when none is near. name(ctx, i) is NULL past the end. */
const char *nfi_closest(const char *word, const char *(*name)(const void *ctx, size_t i), const void *ctx);
/* Insertions, deletions, changes and swaps of neighbours from a to b; limit + 1 for anything above limit. */
size_t nfi_edit_distance(const char *a, size_t n, const char *b, size_t m, size_t limit);

/* man.c, complete.c: appended to b; verb NULL is the program's own page. NF_ENOMEM is the only failure (b->failed). */
void nfi_dump_man(nfi_buf *b, const nfi_verb *verb);
bool nfi_dump_completion(nfi_buf *b, const char *shell); /* false for a shell we do not know */

/* signals.c */
void nfi_signals_init(void); /* fds 0-2, SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ */

/* cmd_*.c and main.c: what standard output holds in stdio, written; NF_EIO or NF_EPIPE when that fails. */
nf_status nfi_stdout_finish(nf_err *err) NF_MUST_CHECK;

#endif
