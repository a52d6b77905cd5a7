/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * help.c - --help and --usage of a verb, 79 columns wide. Options stand in the order of their rows, and what a value may be has a line
 * each: argp, which parses, sorts options and would run such lists together.
 */
#include "cli/opt.h"

#include "base/try.h"

#include <string.h>

enum { WIDTH = 79, TEXT = 29, NAMES = 31, LONGEST_NAME = 12, EXAMPLE = 2, EXAMPLE_MORE = 6 };

typedef struct page {
    nfi_buf b;
    size_t column; /* characters on the line at hand */
} page;

static void put(page *p, const char *s, size_t n)
{
    nfi_buf_put(&p->b, s, n);
    p->column += n;
}

static void put_str(page *p, const char *s)
{
    put(p, s, strlen(s));
}

static void end_line(page *p)
{
    nfi_buf_putc(&p->b, '\n');
    p->column = 0;
}

static void indent(page *p, size_t to)
{
    while (p->column < to)
        put(p, " ", 1);
}

/* Bytes of an option with what follows it, which may be its value; 0 for another word. */
static size_t option_length(const char *s)
{
    size_t n = strcspn(s, " ");

    return *s != '-' || !s[n] || s[n + 1] == '-' ? 0 : n + 1 + strcspn(s + n + 1, " ");
}

/* Words from where the line is; further lines begin at left. A line that goes on ends with more; then it is a command. */
static void put_words(page *p, const char *s, size_t left, const char *more)
{
    bool first = true;

    while (*(s += strspn(s, " "))) {
        size_t n = *more ? option_length(s) : 0;
        n = n ? n : strcspn(s, " ");
        if (!first && p->column + 1 + n + strlen(more) > WIDTH) {
            put_str(p, more);
            end_line(p);
            indent(p, left);
        } else if (!first) {
            put(p, " ", 1);
        }
        put(p, s, n);
        first = false;
        s += n;
    }
}

/* A text that nfi_opt_help() or another gave, NUL added. */
static const char *text_of(page *p, nfi_buf *b)
{
    nfi_buf_putc(b, '\0');
    p->b.failed |= b->failed;
    return nfi_buf_ok(b) ? b->p : "";
}

static void put_choices(page *p, const nfi_opt *row)
{
    const char *name, *says;
    size_t wide = 0;

    for (size_t i = 0; (name = row->names(i, NULL)) != NULL; i++) {
        size_t n = strlen(name);
        wide = n > wide && n <= LONGEST_NAME ? n : wide;
    }
    for (size_t i = 0; says = NULL, (name = row->names(i, &says)) != NULL; i++) {
        indent(p, NAMES);
        put_str(p, name);
        if (says && *says) {
            indent(p, NAMES + wide);
            put(p, "  ", 2);
            put_words(p, says, NAMES + wide + 2, "");
        }
        end_line(p);
    }
}

static void put_option(page *p, const nfi_opt *row)
{
    char letter[] = {' ', ' ', '-', (char)row->key, ',', ' ', '\0'};
    nfi_buf b = {0};

    put_str(p, row->key ? letter : "      ");
    put_str(p, "--");
    put_str(p, row->name);
    if (row->type != NFI_OPT_FLAG) {
        nfi_opt_arg(&b, row);
        const char *arg = text_of(p, &b);
        bool fits = p->column + strlen(row->implied ? "[=]" : "=") + strlen(arg) + 2 <= TEXT;
        put_str(p, row->implied ? "[=" : "=");
        put_str(p, fits || !row->names ? arg : row->arg); /* the names are listed below */
        put_str(p, row->implied ? "]" : "");
    }
    if (p->column + 2 > TEXT)
        end_line(p);
    indent(p, TEXT);
    b.n = 0;
    nfi_opt_help(&b, row);
    put_words(p, text_of(p, &b), TEXT, "");
    end_line(p);
    if (row->names)
        put_choices(p, row);
    nfi_buf_clear(&b);
}

static void put_options(page *p, const nfi_opt *rows)
{
    for (const nfi_opt *r = rows; r->type != NFI_OPT_END; r++) {
        if (r->type == NFI_OPT_HEADER) {
            put_str(p, "\n ");
            put_str(p, r->name);
            put_str(p, ":");
            end_line(p);
        } else if (nfi_opt_shown(r)) {
            put_option(p, r);
        }
    }
}

static void put_sentence(page *p, const char *s)
{
    nfi_buf b = {0};

    nfi_buf_putc(&b, s[0] >= 'a' && s[0] <= 'z' ? (char)(s[0] - 32) : s[0]);
    nfi_buf_puts(&b, s + 1);
    nfi_buf_putc(&b, '.');
    put_words(p, text_of(p, &b), 0, "");
    end_line(p);
    nfi_buf_clear(&b);
}

static void put_operands(page *p, const nfi_verb *verb)
{
    put_str(p, "Usage: newsframe ");
    put_str(p, verb->name);
}

static void long_help(page *p, const nfi_verb *verb)
{
    nfi_buf command = {0};

    put_operands(p, verb);
    put_str(p, " [OPTION...] ");
    put_words(p, verb->operands, 0, "");
    end_line(p);
    put_sentence(p, verb->summary);
    put_options(p, verb->opts);
    put_options(p, nfi_std_opts);
    put_str(p, "\nExamples:");
    end_line(p);
    for (const nfi_example *e = verb->examples; e->command; e++) {
        command.n = 0;
        nfi_example_command(&command, e);
        indent(p, EXAMPLE);
        put_words(p, text_of(p, &command), EXAMPLE_MORE, " \\");
        end_line(p);
    }
    nfi_buf_clear(&command);
    put_str(p, "\nThe whole text: man newsframe-");
    put_str(p, verb->name);
    end_line(p);
}

/* "[-o FILE]" or "[--name=VALUE]". */
static void put_brief(page *p, const nfi_opt *row, size_t left)
{
    bool need = row->flags & NFI_OPT_REQUIRED;
    nfi_buf b = {0};

    nfi_buf_puts(&b, need ? "--" : "[--");
    nfi_buf_puts(&b, row->name);
    if (row->type != NFI_OPT_FLAG) {
        nfi_buf_puts(&b, row->implied ? "[=" : "=");
        nfi_opt_arg(&b, row);
        nfi_buf_puts(&b, row->implied ? "]" : "");
    }
    nfi_buf_puts(&b, need ? "" : "]");
    const char *s = text_of(p, &b);
    if (p->column + 1 + strlen(s) > WIDTH) {
        end_line(p);
        indent(p, left);
    } else {
        put(p, " ", 1);
    }
    put_str(p, s);
    nfi_buf_clear(&b);
}

static void short_usage(page *p, const nfi_verb *verb)
{
    const nfi_opt *const lists[] = {verb->opts, nfi_std_opts};
    size_t left;

    put_operands(p, verb);
    left = p->column + 1;
    for (size_t l = 0; l < 2; l++)
        for (const nfi_opt *r = lists[l]; r->type != NFI_OPT_END; r++)
            if (nfi_opt_shown(r))
                put_brief(p, r, left);
    if (verb->operands[0]) {
        if (p->column + 1 + strlen(verb->operands) > WIDTH) {
            end_line(p);
            indent(p, left);
        } else {
            put(p, " ", 1);
        }
        put_str(p, verb->operands);
    }
    end_line(p);
}

nf_status nfi_help(nfi_buf *b, const nfi_verb *verb, bool longer, nf_err *err)
{
    page p = {0};
    nf_status s = NF_OK;

    (longer ? long_help : short_usage)(&p, verb);
    if (nfi_buf_ok(&p.b))
        nfi_buf_put(b, p.b.p, p.b.n);
    if (!nfi_buf_ok(&p.b) || !nfi_buf_ok(b))
        s = nfi_oom(err, "help");
    nfi_buf_clear(&p.b);
    return s;
}
