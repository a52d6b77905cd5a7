/* SPDX-License-Identifier: GPL-3.0-or-later */
/* man.c - manual pages in man(7) macros, from the rows of the parser. Same bytes every time: the date is that of the text, not the run. */
#include "cli/opt.h"

#include <string.h>

#define MAN_DATE "2026-11-22" /* of the last change that a reader of the pages should know of */

/* Text as roff: hyphens of options stay hyphens, nothing starts a request or an escape. */
static void put_text(nfi_buf *b, const char *s)
{
    bool start = true;

    for (; *s; s++) {
        if (start && (*s == '.' || *s == '\''))
            nfi_buf_puts(b, "\\&");
        start = *s == '\n';
        if (*s == '\\')
            nfi_buf_puts(b, "\\e");
        else if (*s == '-')
            nfi_buf_puts(b, "\\-");
        else if (*s == '"')
            nfi_buf_puts(b, "\\(dq");
        else if (*s == '\'')
            nfi_buf_puts(b, "\\(aq");
        else if (*s == '`')
            nfi_buf_puts(b, "\\(ga");
        else if (*s == '^')
            nfi_buf_puts(b, "\\(ha");
        else if (*s == '~')
            nfi_buf_puts(b, "\\(ti");
        else
            nfi_buf_putc(b, *s);
    }
}

/* macro, then text, then a newline */
static void put_line(nfi_buf *b, const char *macro, const char *text)
{
    nfi_buf_puts(b, macro);
    put_text(b, text);
    nfi_buf_putc(b, '\n');
}

/* A sentence of a summary or help text: capital first letter, full stop. */
static void put_sentence(nfi_buf *b, const char *s)
{
    char first[2] = {s[0] >= 'a' && s[0] <= 'z' ? (char)(s[0] - 32) : s[0], '\0'};
    put_text(b, first);
    put_text(b, s[0] ? s + 1 : "");
    nfi_buf_puts(b, ".\n");
}

static void put_upper(nfi_buf *b, const char *s)
{
    for (; *s; s++) {
        char c[2] = {*s >= 'a' && *s <= 'z' ? (char)(*s - 32) : *s, '\0'};
        put_text(b, c);
    }
}

static void put_title(nfi_buf *b, const nfi_verb *verb)
{
    nfi_buf_puts(b, ".\\\" SPDX-License-Identifier: GPL-3.0-or-later\n"
                    ".\\\" Made by tools/gen_docs.sh from the option rows in cli/; edit those.\n"
                    ".TH NEWSFRAME");
    if (verb) {
        nfi_buf_puts(b, "\\-");
        put_upper(b, verb->name);
    }
    nfi_buf_puts(b, " 1 " MAN_DATE " \"newsframe ");
    put_text(b, nf_version());
    nfi_buf_puts(b, "\" \"newsframe manual\"\n.SH NAME\nnewsframe");
    if (verb) {
        nfi_buf_puts(b, "\\-");
        put_text(b, verb->name);
    }
    nfi_buf_puts(b, " \\- ");
    put_text(b, verb ? verb->summary : "find the angle of news articles");
    nfi_buf_puts(b, "\n.SH SYNOPSIS\n");
}

/* What a value may be, a line each. */
static void put_choices(nfi_buf *b, const nfi_opt *row)
{
    const char *name, *says;

    nfi_buf_puts(b, ".RS\n.PD 0\n");
    for (size_t i = 0; says = NULL, (name = row->names(i, &says)) != NULL; i++) {
        put_line(b, ".TP 16\n.B ", name);
        if (says && *says)
            put_sentence(b, says);
        else
            nfi_buf_puts(b, "\\&\n");
    }
    nfi_buf_puts(b, ".PD\n.RE\n");
}

static void put_option(nfi_buf *b, const nfi_opt *row)
{
    nfi_buf text = {0};

    nfi_buf_puts(b, ".TP\n");
    if (row->key) {
        char letter[3] = {'-', (char)row->key, '\0'};
        nfi_buf_puts(b, "\\fB");
        put_text(b, letter);
        nfi_buf_puts(b, "\\fR, ");
    }
    nfi_buf_puts(b, "\\fB\\-\\-");
    put_text(b, row->name);
    nfi_buf_puts(b, "\\fR");
    if (row->type != NFI_OPT_FLAG) {
        nfi_opt_arg(&text, row);
        nfi_buf_putc(&text, '\0');
        nfi_buf_puts(b, row->implied ? "[=\\fI" : "=\\fI");
        put_text(b, nfi_buf_ok(&text) ? text.p : "");
        nfi_buf_puts(b, row->implied ? "\\fR]" : "\\fR");
    }
    nfi_buf_putc(b, '\n');
    text.n = 0;
    nfi_opt_help(&text, row);
    nfi_buf_putc(&text, '\0');
    put_sentence(b, nfi_buf_ok(&text) ? text.p : "");
    b->failed |= text.failed;
    text.n = 0;
    if (row->type == NFI_OPT_INT || row->type == NFI_OPT_COUNT || row->type == NFI_OPT_REAL || row->type == NFI_OPT_SIZE ||
        row->type == NFI_OPT_SHARE || row->type == NFI_OPT_NGRAMS) {
        nfi_opt_expected(&text, row);
        nfi_buf_putc(&text, '\0');
        put_sentence(b, nfi_buf_ok(&text) ? text.p : "");
    }
    b->failed |= text.failed;
    nfi_buf_clear(&text);
    if (row->names)
        put_choices(b, row);
}

static void put_options(nfi_buf *b, const nfi_opt *rows)
{
    for (const nfi_opt *r = rows; r->type != NFI_OPT_END; r++) {
        if (r->type == NFI_OPT_HEADER)
            put_line(b, ".SS ", r->name);
        else if (nfi_opt_shown(r))
            put_option(b, r);
    }
}

static void put_exits(nfi_buf *b, unsigned exits)
{
    nfi_buf_puts(b, ".SH EXIT STATUS\n");
    for (int i = 0; i < NFI_EXITS; i++) {
        if (!(exits & NFI_EXIT_BIT(i)))
            continue;
        nfi_buf_puts(b, ".TP\n.B ");
        nfi_buf_put_u64(b, (uint64_t)i);
        nfi_buf_putc(b, '\n');
        put_sentence(b, nfi_exit_texts[i]);
    }
    nfi_buf_puts(b, ".TP\n.B 128+n\nEnded by signal n; unfinished outputs are removed.\n");
}

static void put_examples(nfi_buf *b, const nfi_verb *verb)
{
    nfi_buf command = {0};

    nfi_buf_puts(b, ".SH EXAMPLES\n");
    for (const nfi_example *e = verb->examples; e->command; e++) {
        nfi_buf_puts(b, ".PP\n");
        put_sentence(b, e->says);
        nfi_buf_puts(b, ".PP\n.RS 4\n.EX\n");
        command.n = 0;
        nfi_example_command(&command, e);
        nfi_buf_putc(&command, '\0');
        put_line(b, "", nfi_buf_ok(&command) ? command.p : "");
        nfi_buf_puts(b, ".EE\n.RE\n");
    }
    b->failed |= command.failed;
    nfi_buf_clear(&command);
}

static void see_also(nfi_buf *b, const nfi_verb *but)
{
    bool any = false;

    nfi_buf_puts(b, ".SH SEE ALSO\n");
    if (but)
        nfi_buf_puts(b, ".BR newsframe (1)");
    any = but != NULL;
    for (size_t i = 0; nfi_verbs[i]; i++) {
        if (nfi_verbs[i] == but)
            continue;
        nfi_buf_puts(b, any ? ",\n.BR newsframe\\-" : ".BR newsframe\\-");
        put_text(b, nfi_verbs[i]->name);
        nfi_buf_puts(b, " (1)");
        any = true;
    }
    nfi_buf_putc(b, '\n');
}

static void verb_page(nfi_buf *b, const nfi_verb *verb)
{
    nfi_buf_puts(b, ".B newsframe ");
    put_text(b, verb->name);
    nfi_buf_puts(b, "\n.RI [ OPTION ...]\n");
    if (verb->operands[0])
        put_line(b, "", verb->operands);
    nfi_buf_puts(b, ".SH DESCRIPTION\n");
    for (size_t i = 0; verb->paragraphs[i]; i++)
        put_line(b, ".PP\n", verb->paragraphs[i]);
    nfi_buf_puts(b, ".SH OPTIONS\n"
                    "Long options may be cut short where that is unambiguous, and take their value as "
                    "\\fB\\-\\-\\fIname\\fB=\\fIvalue\\fR or as the next word.\n");
    put_options(b, verb->opts);
    put_options(b, nfi_std_opts);
    put_exits(b, verb->exits);
    put_examples(b, verb);
}

static void program_page(nfi_buf *b)
{
    static const char *const says[] = {
        "newsframe turns text into tf-idf vectors, classifies articles by frame (military, economic, diplomatic, ...) with naive Bayes, "
        "groups them by topic with k-means, and writes CSV with one row out for each row in: same order, same id, never a silent drop.",
        "Each task is a verb with its own page. Data goes to standard output or to the file of -o, everything else to standard error. The "
        "name - stands for standard input or output. A file that is written is replaced at once when all is done, or not at all. The "
        "last line on standard error counts what was read and what became of it; the parts add up.",
        "The same input, options and seed give the same bytes, for any number of threads and on any CPU. Numbers never follow the locale.",
        NULL};

    nfi_buf_puts(b, ".B newsframe\n.I VERB\n.RI [ OPTION ...]\n.RI [ OPERAND ...]\n.br\n"
                    ".B newsframe\n.BR \\-\\-help | \\-\\-version |help\n.I VERB\n.SH DESCRIPTION\n");
    for (size_t i = 0; says[i]; i++)
        put_line(b, ".PP\n", says[i]);
    nfi_buf_puts(b, ".SH VERBS\n");
    for (size_t g = 0; nfi_verb_groups[g]; g++) {
        bool any = false;
        for (size_t i = 0; nfi_verbs[i]; i++) {
            if (strcmp(nfi_verbs[i]->group, nfi_verb_groups[g]) != 0)
                continue;
            if (!any)
                put_line(b, ".SS ", nfi_verb_groups[g]);
            any = true;
            nfi_buf_puts(b, ".TP\n.BR newsframe\\-");
            put_text(b, nfi_verbs[i]->name);
            nfi_buf_puts(b, " (1)\n");
            put_sentence(b, nfi_verbs[i]->summary);
        }
    }
    nfi_buf_puts(b, ".SH OPTIONS\n");
    put_options(b, nfi_std_opts + 1);
    put_exits(b, (1u << NFI_EXITS) - 1);
    nfi_buf_puts(b, ".SH ENVIRONMENT\n"
                    ".TP\n.B NF_KERN\nForces the inner loops of one CPU level: scalar, avx2 or avx512. The result is the same.\n"
                    ".TP\n.B OMP_NUM_THREADS\nThreads at most where \\-\\-threads is not given. The result is the same.\n"
                    ".TP\n.B TMPDIR\nFolder of temporary files for what does not fit in memory; without it /tmp.\n"
                    ".TP\n.B TERM\nWith \\(lqdumb\\(rq there is no progress line. Colour is never used.\n");
}

void nfi_dump_man(nfi_buf *b, const nfi_verb *verb)
{
    put_title(b, verb);
    if (verb)
        verb_page(b, verb);
    else
        program_page(b);
    see_also(b, verb);
}
