/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cli.h - what a verb of the command line is made of. A verb is one file cli/cmd_<name>.c that ends in
 *
 *     struct opts { uint64_t k; const char *init; nfi_common_opts common; };
 *     static const nfi_opt rows[] = {
 *         OPT_COUNT('k', "clusters", struct opts, k, "K", "10", 1, 65535, "number of clusters"),
 *         OPT_ENUM(0, "init", struct opts, init, "k-means++", nf_kmeans_init_name, "how to choose the first centres"),
 *         OPT_COMMON(struct opts, common),
 *         OPT_END};
 *     static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
 *     {
 *         const struct opts *o = opts;
 *         ... return NFI_EXIT_OK;
 *     }
 *     const nfi_verb nfi_verb_cluster = {.name = "cluster", .opts = rows, .opts_size = sizeof(struct opts), .run = run, ...};
 *
 * plus a row in verbs.c and a file name in meson.build. The rows make the parser, --help, --usage, the man page and the shell completions,
 * so a value that reaches run() is of the right type and within its range. A verb parses, calls the library and reports: no algorithm
 * lives here.
 */
#ifndef NFI_CLI_H
#define NFI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "newsframe/docs.h"
#include "newsframe/status.h"

/* ---- exit codes ---- */
enum { NFI_EXIT_OK, NFI_EXIT_IO, NFI_EXIT_USAGE, NFI_EXIT_DATA, NFI_EXIT_MODEL, NFI_EXIT_GATE, NFI_EXITS };
#define NFI_EXIT_BIT(code) (1u << (code))
#define NFI_EXITS_BASE (NFI_EXIT_BIT(NFI_EXIT_OK) | NFI_EXIT_BIT(NFI_EXIT_IO) | NFI_EXIT_BIT(NFI_EXIT_USAGE)) /* every verb */
#define NFI_EXITS_DATA (NFI_EXITS_BASE | NFI_EXIT_BIT(NFI_EXIT_DATA))                                       /* reads documents */
#define NFI_EXITS_MODEL (NFI_EXITS_DATA | NFI_EXIT_BIT(NFI_EXIT_MODEL))                                     /* reads a model too */

/* ---- option rows ---- */
/* i-th name of a registry, NULL past the end; *summary (may be NULL) gets a line about it. Same shape as nf_format_name() and its like. */
typedef const char *(*nfi_names_fn)(size_t i, const char **summary);

typedef enum nfi_opt_type { /* C type of the field */
    NFI_OPT_END,
    NFI_OPT_HEADER, /* no field: starts a group in --help and the man page */
    NFI_OPT_FLAG,   /* bool */
    NFI_OPT_STR,    /* const char *, never empty */
    NFI_OPT_FILE,   /* const char *, a path, never empty */
    NFI_OPT_CHAR,   /* char: one ASCII character, or "tab" */
    NFI_OPT_INT,    /* int64_t */
    NFI_OPT_COUNT,  /* uint64_t */
    NFI_OPT_REAL,   /* double, finite */
    NFI_OPT_SIZE,   /* uint64_t bytes: 4096, 512K, 256M, 1G, 2T (powers of 1024) */
    NFI_OPT_SHARE,  /* nfi_share: 2 or 1% or 0.5% */
    NFI_OPT_NGRAMS, /* nfi_ngrams: 2 or 1-2 */
    NFI_OPT_ENUM,   /* const char *: a name of .names, the registry's own pointer */
    NFI_OPT_CHOICE, /* int: index of the name in .names */
    NFI_OPT_LIST    /* nfi_list: a,b,c; a repeated option appends */
} nfi_opt_type;

typedef struct nfi_share {
    bool percent;   /* true: share is meant */
    uint64_t count; /* meaningful when !percent */
    double share;   /* 0..1, meaningful when percent */
} nfi_share;

typedef struct nfi_ngrams {
    int min, max; /* 1 <= min <= max */
} nfi_ngrams;

typedef struct nfi_list {
    const char **v; /* n strings, live as long as the options */
    size_t n;
} nfi_list;

enum {
    NFI_OPT_HIDDEN = 1,   /* parsed, but in no help, page or completion */
    NFI_OPT_REQUIRED = 2, /* refused when it is missing */
    NFI_OPT_ABOVE = 4,    /* REAL: min itself is not allowed */
    NFI_OPT_OPEN = 8,     /* ENUM: any other value is taken as it is */
    NFI_OPT_READ = 16     /* FILE, STR, LIST: names files that are read; "-" is standard input */
};

typedef struct nfi_opt {
    nfi_opt_type type;
    int key;              /* short letter, 0 for none */
    const char *name;     /* long name; for a header its text */
    const char *arg;      /* what the value is called in help; NULL for flags */
    size_t offset;        /* of the field in the verb's own struct */
    const char *def;      /* default as text, read like a given value; NULL: the field stays zero */
    int64_t min;          /* INT, COUNT, SIZE, SHARE (count), NGRAMS: both ends allowed */
    uint64_t max;
    double fmin, fmax;    /* REAL */
    const char *help;     /* lower case, no full stop; the default is added to it */
    nfi_names_fn names;   /* ENUM, CHOICE */
    const char *implied;  /* the value of --name without one; NULL: a value is required */
    unsigned flags;
} nfi_opt;

/* Offset of a field that must have type T; another type does not compile. */
#define NFI_FIELD(S, f, T) (offsetof(S, f) + 0 * sizeof(_Generic(((S *)0)->f, T: (char)0)))
#define NFI_ROW(t, T, k, n, S, f, a, d, h) \
    .type = (t), .key = (k), .name = (n), .arg = (a), .offset = NFI_FIELD(S, f, T), .def = (d), .help = (h)

#define OPT_END {.type = NFI_OPT_END}
#define OPT_HEADER(text) {.type = NFI_OPT_HEADER, .name = (text)}
#define OPT_FLAG(k, n, S, f, h) {NFI_ROW(NFI_OPT_FLAG, bool, k, n, S, f, NULL, NULL, h)}
#define OPT_STR(k, n, S, f, a, d, h) {NFI_ROW(NFI_OPT_STR, const char *, k, n, S, f, a, d, h)}
#define OPT_FILE(k, n, S, f, d, h) {NFI_ROW(NFI_OPT_FILE, const char *, k, n, S, f, "FILE", d, h)}
#define OPT_READ(k, n, S, f, d, h) {NFI_ROW(NFI_OPT_FILE, const char *, k, n, S, f, "FILE", d, h), .flags = NFI_OPT_READ}
#define OPT_CHAR(k, n, S, f, d, h) {NFI_ROW(NFI_OPT_CHAR, char, k, n, S, f, "CHAR", d, h)}
#define OPT_INT(k, n, S, f, a, d, lo, hi, h) {NFI_ROW(NFI_OPT_INT, int64_t, k, n, S, f, a, d, h), .min = (lo), .max = (hi)}
#define OPT_COUNT(k, n, S, f, a, d, lo, hi, h) {NFI_ROW(NFI_OPT_COUNT, uint64_t, k, n, S, f, a, d, h), .min = (lo), .max = (hi)}
#define OPT_REAL(k, n, S, f, a, d, lo, hi, h) {NFI_ROW(NFI_OPT_REAL, double, k, n, S, f, a, d, h), .fmin = (lo), .fmax = (hi)}
/* lo < value <= hi */
#define OPT_REAL_ABOVE(k, n, S, f, a, d, lo, hi, h) \
    {NFI_ROW(NFI_OPT_REAL, double, k, n, S, f, a, d, h), .fmin = (lo), .fmax = (hi), .flags = NFI_OPT_ABOVE}
#define OPT_SIZE(k, n, S, f, d, lo, hi, h) {NFI_ROW(NFI_OPT_SIZE, uint64_t, k, n, S, f, "SIZE", d, h), .min = (lo), .max = (hi)}
#define OPT_SHARE(k, n, S, f, d, lo, h) {NFI_ROW(NFI_OPT_SHARE, nfi_share, k, n, S, f, "N|P%", d, h), .min = (lo), .max = INT64_MAX}
#define OPT_NGRAMS(k, n, S, f, d, hi, h) {NFI_ROW(NFI_OPT_NGRAMS, nfi_ngrams, k, n, S, f, "A-B", d, h), .min = 1, .max = (hi)}
#define OPT_ENUM(k, n, S, f, d, fn, h) {NFI_ROW(NFI_OPT_ENUM, const char *, k, n, S, f, "NAME", d, h), .names = (fn)}
#define OPT_CHOICE(k, n, S, f, d, fn, h) {NFI_ROW(NFI_OPT_CHOICE, int, k, n, S, f, "NAME", d, h), .names = (fn)}
/* --name or --name=VALUE */
#define OPT_CHOICE_IMPLIED(k, n, S, f, d, dflt, fn, h) \
    {NFI_ROW(NFI_OPT_CHOICE, int, k, n, S, f, "NAME", d, h), .names = (fn), .implied = (dflt)}
#define OPT_LIST(k, n, S, f, a, d, h) {NFI_ROW(NFI_OPT_LIST, nfi_list, k, n, S, f, a, d, h)}

/* ---- row groups that mean the same in every verb: put the struct into your own and name the field ---- */
typedef struct nfi_input_opts {
    const char *text, *id, *label, *date, *source, *title, *format, *rejects;
    char delimiter;
    const char *encoding; /* a name of nfi_encoding_name(), or of iconv */
    int dup_ids;  /* 0 error, 1 suffix */
    int markup;   /* nf_markup */
    bool repair;
    uint64_t max_document, max_unpacked;
    bool multi;
    const char *label_columns;
} nfi_input_opts;

const char *nfi_encoding_name(size_t i, const char **summary); /* index = nf_encoding */
const char *nfi_markup_name(size_t i, const char **summary); /* index = nf_markup */
const char *nfi_dup_ids_name(size_t i, const char **summary);
const char *nfi_excel_name(size_t i, const char **summary);    /* index = nf_csv_dialect */

#define OPT_INPUT(S, f)                                                                                                                    \
    OPT_HEADER("Input"), OPT_STR(0, "text", S, f.text, "COLUMN", NULL, "text column, or several joined by commas; without it \"text\""),   \
        OPT_STR(0, "id", S, f.id, "COLUMN", NULL, "id column; without it \"id\" where there is one, else file:record"),                    \
        OPT_STR(0, "label", S, f.label, "COLUMN", NULL, "label column; without it \"label\" where there is one"),                          \
        OPT_STR(0, "date", S, f.date, "COLUMN", NULL, "date column; without it \"date\" where there is one"),                              \
        OPT_STR(0, "source", S, f.source, "COLUMN", NULL, "source column; without it \"source\" where there is one"),                      \
        OPT_STR(0, "title", S, f.title, "COLUMN", NULL, "title column, put before the text; without it \"title\" where there is one"),     \
        OPT_ENUM(0, "format", S, f.format, NULL, nf_format_name, "input format; without it the content is probed"),                        \
        OPT_CHAR(0, "delimiter", S, f.delimiter, NULL, "separator of CSV fields, or \"tab\"; without it the header decides"),              \
        {NFI_ROW(NFI_OPT_ENUM, const char *, 0, "encoding", S, f.encoding, "NAME", "repair",                                               \
                 "encoding of input without a byte order mark, as iconv calls it, or what to do with bytes that are not UTF-8"),           \
         .names = nfi_encoding_name, .flags = NFI_OPT_OPEN},                                                                               \
        OPT_CHOICE(0, "markup", S, f.markup, "auto", nfi_markup_name, "what the text columns of tables hold"),                             \
        OPT_FLAG(0, "repair", S, f.repair,                                                                                                 \
                 "undo mojibake (UTF-8 that was read as Windows-1252) in text and title; without it documents that have it are counted"),  \
        OPT_SIZE(0, "max-document", S, f.max_document, "64M", 1, (int64_t)1 << 32, "largest document"),                                    \
        OPT_SIZE(0, "max-unpacked", S, f.max_unpacked, "64G", 1, INT64_MAX, "bytes that one compressed file or archive may become"),       \
        OPT_FILE(0, "rejects", S, f.rejects, NULL, "write malformed records to FILE and go on; without it the first one is an error"),     \
        OPT_CHOICE(0, "dup-ids", S, f.dup_ids, "error", nfi_dup_ids_name, "what to do when two documents have one id")

/* After OPT_INPUT, in verbs that learn or judge labels. */
#define OPT_MULTI(S, f)                                                                                                                    \
    OPT_FLAG(0, "multi", S, f.multi,                                                                                                       \
             "documents may have several labels: a cell a;b, a list labels[], or --label-columns; none, or an empty list, says that "      \
             "there is no label"),                                                                                                         \
        OPT_STR(0, "label-columns", S, f.label_columns, "COLUMNS", NULL,                                                                   \
                "with --multi: columns of 0 and 1 joined by commas, one a label; must agree with the label column where there is one")

typedef struct nfi_common_opts {
    int64_t threads; /* 0 = usable CPUs */
    uint64_t memory, seed;
    bool quiet, verbose;
} nfi_common_opts;

#define OPT_THREADS(S, f) \
    OPT_INT(0, "threads", S, f.threads, "N", NULL, 1, 1024, "threads; without it all usable CPUs; the result does not depend on it")
#define OPT_MEMORY(S, f) \
    OPT_SIZE(0, "memory", S, f.memory, "1G", (int64_t)16 << 20, INT64_MAX, \
             "memory for what can go to disk; the result does not depend on it")
#define OPT_SEED(S, f) OPT_COUNT(0, "seed", S, f.seed, "N", "1", 0, UINT64_MAX, "seed of everything random")
#define OPT_QUIET_ROWS(S, q, v) \
    OPT_FLAG('q', "quiet", S, q, "print nothing but warnings and errors"), \
    OPT_FLAG('v', "verbose", S, v, "say more about what is done")
#define OPT_QUIET(S, f) OPT_QUIET_ROWS(S, f.quiet, f.verbose)
#define OPT_COMMON(S, f) OPT_HEADER("Common"), OPT_THREADS(S, f), OPT_MEMORY(S, f), OPT_SEED(S, f), OPT_QUIET(S, f)

typedef struct nfi_output_opts {
    const char *output; /* "-" unless given */
    int excel;          /* nf_csv_dialect */
} nfi_output_opts;

#define OPT_OUTPUT_FILE(S, f, h) OPT_FILE('o', "output", S, f.output, "-", h)
#define OPT_EXCEL(S, f) \
    OPT_CHOICE_IMPLIED(0, "excel", S, f.excel, "no", "us", nfi_excel_name, "write CSV for spreadsheets")
#define OPT_OUTPUT(S, f) \
    OPT_HEADER("Output"), OPT_OUTPUT_FILE(S, f, "write the table to FILE, replaced at once when all is done"), OPT_EXCEL(S, f)

/* ---- verbs ---- */
typedef struct nfi_cli nfi_cli;

typedef struct nfi_example {
    const char *command; /* a whole shell line, "newsframe columns status"; run by the golden tests */
    const char *says;    /* one line: what it does */
} nfi_example;

typedef struct nfi_verb {
    const char *name;
    const char *group;            /* heading in newsframe --help, one of nfi_verb_groups */
    const char *summary;          /* one line, lower case, no full stop */
    const char *operands;         /* "CORPUS...", "" for none */
    int min_args, max_args;       /* operands; max_args < 0: any number */
    const char *const *paragraphs; /* description, NULL-terminated */
    const nfi_opt *opts;          /* rows, OPT_END last */
    size_t opts_size;
    const nfi_example *examples;  /* {NULL, NULL} last; at least one */
    unsigned exits;               /* NFI_EXIT_BIT() of each code it may end with */
    int (*run)(const void *opts, nfi_cli *cli, int nargs, char **args); /* returns an exit code */
} nfi_verb;

extern const nfi_verb *const nfi_verbs[];           /* NULL-terminated, verbs.c */
extern const char *const nfi_verb_groups[];         /* NULL-terminated, in the order of --help */
const nfi_verb *nfi_verb_find(const char *name);    /* NULL when there is none */
extern const char *const nfi_exit_texts[NFI_EXITS]; /* what each exit code means */

/* What run() gets besides its options. Verbs do not touch the fields. */
struct nfi_cli {
    const nfi_verb *verb;
    const char *const *given; /* long names of the options on the command line, NULL-terminated */
    bool quiet, verbose;
    struct nfi_progress *live; /* the progress line on the terminal, NULL for none */
};

bool nfi_cli_given(const nfi_cli *cli, const char *name); /* true when the option stood on the command line */
/* The first option under a header of the help that stood on the command line, except (may be NULL) aside; NULL for none. */
const char *nfi_cli_given_under(const nfi_cli *cli, const char *header, const char *except);

/* ---- reports (report.c): all on standard error, one line each, controls escaped ---- */
/* Prints "newsframe: VERB: path:line: message" and returns the exit code of s; NF_EPIPE is silent and 0. NF_OK prints nothing and is 0. */
int nfi_cli_fail(nfi_cli *cli, nf_status s, const nf_err *err) __attribute__((cold));
int nfi_exit_code(nf_status s);
/* A usage error found by the verb; returns NFI_EXIT_USAGE. */
int nfi_cli_usage(nfi_cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3), cold));
/* Any other end that the verb finds itself: prints the message as an error, also with -q, and returns code. */
int nfi_cli_end(nfi_cli *cli, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4), cold));
void nfi_cli_warn(nfi_cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));   /* "newsframe: VERB: warning: ..." */
void nfi_cli_note(nfi_cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));   /* plain line, not with -q */
void nfi_cli_detail(nfi_cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3))); /* plain line, with -v only */

/*
 * The last line of every verb that reads documents: "read 8406  labelled 7408  empty 143". The parts must add up to the whole (asserted);
 * zero parts after the first are left out. nfi_tally_also() adds facts that are no parts: "(repaired 3, ids made 12)".
 */
typedef struct nfi_tally {
    uint64_t whole, sum;
    size_t parts, extras;
    size_t n_line, n_also;
    char line[512], also[512];
} nfi_tally;
void nfi_tally_begin(nfi_tally *t, const char *name, uint64_t whole);
void nfi_tally_part(nfi_tally *t, const char *name, uint64_t n);
void nfi_tally_also(nfi_tally *t, const char *name, uint64_t n); /* nothing for 0 */
void nfi_tally_docs(nfi_tally *t, const nf_docs_stats *c);       /* part "rejected"; also repaired, Windows-1252, NUL, ids */
void nfi_tally_end(const nfi_tally *t, nfi_cli *cli);            /* checks, then prints unless -q */

/* ---- progress (progress.c): one line on a terminal, after one second; {0} before start ---- */
typedef struct nfi_progress {
    nfi_cli *cli;
    const char *what, *unit; /* "scoring", "documents" */
    double start, shown;     /* seconds of the monotonic clock */
    bool on, drawn;
} nfi_progress;
void nfi_progress_start(nfi_progress *p, nfi_cli *cli, const char *what, const char *unit);
/* units done; done of total (any measure, such as bytes) for the remaining time, total 0 when unknown. Cheap: call once a batch. */
void nfi_progress_at(nfi_progress *p, uint64_t units, uint64_t done, uint64_t total);
void nfi_progress_stop(nfi_progress *p); /* wipes the line; safe to repeat */

/* ---- help for run() ---- */
/* Fills *d from the shared rows; strings are borrowed from in. */
void nfi_cli_docs_opts(nf_docs_opts *d, const nfi_input_opts *in, const nfi_common_opts *common);
/* NFI_EXIT_OK, or a message and NFI_EXIT_USAGE when output names the same file as an input, or a packed one (x.csv.gz: what
 * is in it would be plain). out NULL or "-" is fine. */
int nfi_cli_check_output(nfi_cli *cli, const char *out, char *const *inputs, int n);

#endif
