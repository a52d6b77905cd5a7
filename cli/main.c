/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c - newsframe VERB: finds the verb, parses its options, runs it, and makes sure that what it wrote has arrived. */
#include "cli/opt.h"

#include "base/io.h"
#include "base/kern.h"
#include "base/mem.h"
#include "base/par.h"
#include "base/try.h"
#include "newsframe/docs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

nf_status nfi_stdout_finish(nf_err *err)
{
    errno = 0;
    bool bad = ferror(stdout) != 0;
    if (fflush(stdout) != 0 || bad)
        return nfi_fail_errno(err, errno ? errno : EIO, "standard output", "cannot write");
    if (close(STDOUT_FILENO) != 0 && errno != EBADF)
        return nfi_fail_errno(err, errno, "standard output", "cannot write");
    return NF_OK;
}

static void short_usage(FILE *to)
{
    fputs("usage: newsframe VERB [OPTION...] [OPERAND...]\n"
          "       newsframe --help | --version | help VERB\n"
          "verbs:", to);
    for (size_t i = 0; nfi_verbs[i]; i++)
        fprintf(to, " %s", nfi_verbs[i]->name);
    fputc('\n', to);
}

static void long_help(void)
{
    fputs("Usage: newsframe VERB [OPTION...] [OPERAND...]\n"
          "Find the angle of news articles: tf-idf, naive Bayes, k-means, CSV out.\n", stdout);
    for (size_t g = 0; nfi_verb_groups[g]; g++) {
        bool any = false;
        for (size_t i = 0; nfi_verbs[i]; i++) {
            if (strcmp(nfi_verbs[i]->group, nfi_verb_groups[g]) != 0)
                continue;
            if (!any)
                printf("\n %s:\n", nfi_verb_groups[g]);
            any = true;
            printf("  %-12s %s\n", nfi_verbs[i]->name, nfi_verbs[i]->summary);
        }
    }
    fputs("\nnewsframe VERB --help lists the options of a verb; man newsframe-VERB says it all.\n"
          "Input and output \"-\" is standard input and output. Exit codes:\n", stdout);
    for (int i = 0; i < NFI_EXITS; i++)
        printf("  %d  %s\n", i, nfi_exit_texts[i]);
}

static void version(void)
{
    const char *info = strchr(nf_build_info(), ','); /* "newsframe 0.1.0, kernels ..." */
    printf("newsframe %s\n%s\n", nf_version(), info ? info + 2 : nf_build_info());
    for (size_t i = 0; nf_input_feature(i); i++)
        printf("%s%s", i ? ", " : "", nf_input_feature(i));
    putchar('\n');
}

static const char *verb_name(const void *ctx, size_t i)
{
    (void)ctx;
    return nfi_verbs[i] ? nfi_verbs[i]->name : NULL;
}

static const char *top_name(const void *ctx, size_t i)
{
    static const char *const names[] = {"--help", "--version", "--usage", NULL};
    (void)ctx;
    return names[i];
}

static int unknown(nfi_cli *cli, const char *word)
{
    bool option = word[0] == '-';
    const char *close = nfi_closest(word, option ? top_name : verb_name, NULL);

    if (close)
        return nfi_cli_usage(cli, "no %s %.100s; closest: %s", option ? "option" : "verb", word, close);
    return nfi_cli_usage(cli, "no %s %.100s; newsframe --help lists them all", option ? "option" : "verb", word);
}

static int print_buf(nfi_cli *cli, nfi_buf *b)
{
    nf_err err = {0};
    nf_status s = nfi_buf_ok(b) ? NF_OK : nfi_oom(&err, "text");

    if (s == NF_OK) { /* not by stdio, which forgets why a write failed */
        int e = nfi_write_all(STDOUT_FILENO, b->p, b->n);
        s = e ? nfi_fail_errno(&err, e, "standard output", "cannot write") : NF_OK;
    }
    nfi_buf_clear(b);
    return nfi_cli_fail(cli, s, &err);
}

/* For tools/gen_docs.sh and the golden tests: not in any help. */
static int dump(nfi_cli *cli, const char *what, const char *arg)
{
    nfi_buf b = {0};

    if (strcmp(what, "--dump-man") == 0) {
        const nfi_verb *verb = arg ? nfi_verb_find(arg) : NULL;
        if (arg && !verb)
            return unknown(cli, arg);
        nfi_dump_man(&b, verb);
    } else if (strcmp(what, "--dump-completion") == 0) {
        if (!arg || !nfi_dump_completion(&b, arg))
            return nfi_cli_usage(cli, "--dump-completion: \"%.100s\" given, expected one of bash, zsh, fish", arg ? arg : "");
    } else if (strcmp(what, "--dump-verbs") == 0) {
        for (size_t i = 0; nfi_verbs[i]; i++) {
            nfi_buf_puts(&b, nfi_verbs[i]->name);
            nfi_buf_putc(&b, '\n');
        }
    } else if (strcmp(what, "--dump-examples") == 0) {
        for (size_t i = 0; nfi_verbs[i]; i++)
            for (const nfi_example *e = nfi_verbs[i]->examples; e->command; e++) {
                nfi_buf_puts(&b, e->command);
                nfi_buf_putc(&b, '\n');
            }
    } else {
        return unknown(cli, what);
    }
    return print_buf(cli, &b);
}

static bool row_flag(const nfi_verb *verb, const void *opts, const char *name)
{
    const nfi_opt *row = nfi_opt_find(verb->opts, name);
    return row && row->type == NFI_OPT_FLAG && *(const bool *)((const char *)opts + row->offset);
}

/* --threads holds for what no verb passes it to as well. */
static void limit_threads(const nfi_verb *verb, const void *opts)
{
    const nfi_opt *row = nfi_opt_find(verb->opts, "threads");
    int64_t n = row && row->type == NFI_OPT_INT ? *(const int64_t *)(const void *)((const char *)opts + row->offset) : 0;

    if (n > 0)
        nfi_par_limit((int)n);
}

static int print_help(nfi_cli *cli, const nfi_verb *verb, bool longer)
{
    nfi_buf b = {0};
    nf_err err = {0};
    nf_status s = nfi_help(&b, verb, longer, &err);

    if (s == NF_OK)
        return print_buf(cli, &b);
    nfi_buf_clear(&b);
    return nfi_cli_fail(cli, s, &err);
}

static int run_verb(nfi_cli *cli, const nfi_verb *verb, int argc, char **argv)
{
    nfi_parsed p;
    nf_err err = {0};
    int code;

    cli->verb = verb;
    nf_status s = nfi_parse_verb(&p, verb, argc, argv, &err);
    if (s != NF_OK) {
        code = nfi_cli_fail(cli, s, &err);
    } else if (p.what == NFI_WANT_VERSION) {
        version();
        code = NFI_EXIT_OK;
    } else if (p.what != NFI_PARSED) {
        code = print_help(cli, verb, p.what == NFI_WANT_HELP);
    } else {
        cli->given = p.given;
        cli->quiet = row_flag(verb, p.opts, "quiet");
        cli->verbose = row_flag(verb, p.opts, "verbose");
        limit_threads(verb, p.opts);
        nfi_cli_detail(cli, "version %s, kernels %s, threads at most %d", nf_version(), nfi_kern_get()->name, nfi_par_threads(0));
        code = verb->run(p.opts, cli, p.nargs, p.args);
        cli->given = NULL;
    }
    nfi_parsed_clear(&p);
    return code;
}

static int dispatch(nfi_cli *cli, int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : NULL, *next = argc > 2 ? argv[2] : NULL;

    if (!word) {
        short_usage(stderr);
        return NFI_EXIT_USAGE;
    }
    if (strcmp(word, "help") == 0 && next) {
        const nfi_verb *verb = nfi_verb_find(next);
        return verb ? print_help(cli, verb, true) : unknown(cli, next);
    }
    if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        long_help();
        return NFI_EXIT_OK;
    }
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        version();
        return NFI_EXIT_OK;
    }
    if (strcmp(word, "--usage") == 0) {
        short_usage(stdout);
        return NFI_EXIT_OK;
    }
    if (strncmp(word, "--dump-", 7) == 0)
        return dump(cli, word, next);
    const nfi_verb *verb = nfi_verb_find(word);
    return verb ? run_verb(cli, verb, argc - 1, argv + 1) : unknown(cli, word);
}

int main(int argc, char **argv)
{
    nfi_cli cli = {0};
    nf_err err = {0};

    nfi_keep_freed();
    nfi_signals_init();
    nf_init();
    int code = dispatch(&cli, argc, argv);
    int last = nfi_cli_fail(&cli, nfi_stdout_finish(&err), &err);
    return code != NFI_EXIT_OK ? code : last;
}
