/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parse.c - a verb's rows as glibc argp tables: one generic parser. argp's own messages and help are off; what it refuses is looked for
 * again here, so that the one line says what was given, what is expected and which option is closest.
 */
#include "cli/opt.h"

#include "base/try.h"

#include <argp.h>
#include <errno.h>
#include <string.h>

#define FIRST_LONG 256 /* argp keys of options without a letter start here */

enum { STD_HELP_AT = 1, STD_USAGE_AT }; /* places in nfi_std_opts */

const nfi_opt nfi_std_opts[] = {OPT_HEADER("Help"),
                                {.type = NFI_OPT_FLAG, .key = 'h', .name = "help", .help = "print this help"},
                                {.type = NFI_OPT_FLAG, .name = "usage", .help = "print a short usage"},
                                {.type = NFI_OPT_FLAG, .key = 'V', .name = "version", .help = "print the version and how it was built"},
                                OPT_END};

/* All rows of a verb, the standard ones last. */
typedef struct table {
    const nfi_opt **row;       /* n, headers included */
    struct argp_option *argp;  /* n + 1 */
    size_t n;
    struct argp top;
    nfi_arena *arena;
} table;

typedef struct parsing {
    const table *t;
    nfi_parsed *out;
    size_t n_given;
    nf_status s;
    nf_err *err;
} parsing;

static int row_key(const nfi_opt *row, size_t i)
{
    return row->key ? row->key : FIRST_LONG + (int)i;
}

static void fill_option(struct argp_option *o, const nfi_opt *row, size_t i)
{
    if (row->type == NFI_OPT_HEADER) {
        o->doc = row->name;
        return;
    }
    o->name = row->name;
    o->key = row_key(row, i);
    o->flags = row->implied ? OPTION_ARG_OPTIONAL : 0;
    o->arg = row->type == NFI_OPT_FLAG ? NULL : "VALUE"; /* help is not argp's */
}

static error_t on_key(int key, char *arg, struct argp_state *state);

static nf_status build(table *t, const nfi_verb *verb, nfi_arena *a, nf_err *err)
{
    *t = (table){.arena = a};
    for (const nfi_opt *r = verb->opts; r->type != NFI_OPT_END; r++)
        t->n++;
    size_t own = t->n;
    for (const nfi_opt *r = nfi_std_opts; r->type != NFI_OPT_END; r++)
        t->n++;
    t->row = nfi_arena_alloc(a, t->n * sizeof *t->row);
    t->argp = nfi_arena_alloc(a, (t->n + 1) * sizeof *t->argp);
    if (!t->row || !t->argp)
        return nfi_oom(err, "options");
    memset(t->argp, 0, (t->n + 1) * sizeof *t->argp);
    for (size_t i = 0; i < t->n; i++) {
        t->row[i] = i < own ? &verb->opts[i] : &nfi_std_opts[i - own];
        fill_option(&t->argp[i], t->row[i], i);
    }
    t->top = (struct argp){.options = t->argp, .parser = on_key};
    return NF_OK;
}

static void mark_given(parsing *p, const char *name)
{
    for (size_t i = 0; i < p->n_given; i++)
        if (p->out->given[i] == name)
            return;
    p->out->given[p->n_given++] = name;
    p->out->given[p->n_given] = NULL;
}

/* True when the row is one of the standard three and parsing is over. */
static bool take_std(parsing *p, const nfi_opt *row)
{
    if (row < nfi_std_opts || row >= nfi_std_opts + sizeof nfi_std_opts / sizeof *nfi_std_opts)
        return false;
    p->out->what = row == &nfi_std_opts[STD_HELP_AT]    ? NFI_WANT_HELP
                   : row == &nfi_std_opts[STD_USAGE_AT] ? NFI_WANT_USAGE
                                                        : NFI_WANT_VERSION;
    return true;
}

static error_t on_key(int key, char *arg, struct argp_state *state)
{
    parsing *p = state->input;

    if (key == ARGP_KEY_ARG) {
        p->out->args[p->out->nargs++] = arg;
        return 0;
    }
    for (size_t i = 0; i < p->t->n; i++) {
        const nfi_opt *row = p->t->row[i];
        if (row->type == NFI_OPT_HEADER || row_key(row, i) != key)
            continue;
        if (take_std(p, row))
            return ECANCELED;
        mark_given(p, row->name);
        p->s = nfi_opt_set(row, p->out->opts, arg ? arg : row->implied ? row->implied : "", &p->out->arena, p->err);
        return p->s == NF_OK ? 0 : EINVAL;
    }
    return ARGP_ERR_UNKNOWN;
}

/* ---- what was wrong: the same walk over the words that getopt does ---- */

static const char *shown_name(const void *ctx, size_t i)
{
    const table *t = ctx;

    for (size_t r = 0; r < t->n; r++)
        if (nfi_opt_shown(t->row[r]) && i-- == 0)
            return t->row[r]->name;
    return NULL;
}

static nf_status no_such(const table *t, const nfi_verb *verb, const char *dashes, const char *word, nf_err *err)
{
    const char *close = nfi_closest(word, shown_name, t);

    if (close)
        return NF_FAIL(err, NF_EINVAL, "no option %s%.100s; closest: --%s", dashes, word, close);
    return NF_FAIL(err, NF_EINVAL, "no option %s%.100s; newsframe %s --help lists them all", dashes, word, verb->name);
}

static nf_status no_value(const nfi_opt *row, nf_err *err)
{
    nfi_buf b = {0};

    nfi_opt_expected(&b, row);
    nf_status s = !nfi_buf_ok(&b) ? nfi_oom(err, "a message")
                                  : NF_FAIL(err, NF_EINVAL, "--%s: no value given, expected %.*s", row->name, (int)b.n, b.p);
    nfi_buf_clear(&b);
    return s;
}

/* A word that starts with --; *skip is set when the next word is its value. */
static nf_status check_long(const table *t, const nfi_verb *verb, const char *word, bool last, bool *skip, nf_err *err)
{
    size_t n = strcspn(word, "=");
    const nfi_opt *hit = NULL, *other = NULL;

    for (size_t i = 0; i < t->n; i++) {
        const nfi_opt *row = t->row[i];
        if (row->type == NFI_OPT_HEADER || strncmp(row->name, word, n) != 0)
            continue;
        if (!row->name[n]) {
            hit = row;
            other = NULL;
            break;
        }
        other = hit ? hit : other;
        hit = row;
    }
    if (!hit) {
        char given[128];
        size_t len = n < sizeof given ? n : sizeof given - 1;
        memcpy(given, word, len);
        given[len] = '\0';
        return no_such(t, verb, "--", given, err);
    }
    if (other)
        return NF_FAIL(err, NF_EINVAL, "--%.*s is short for more than one option: --%s, --%s",
                       n > 100 ? 100 : (int)n, word, other->name, hit->name);
    if (hit->type == NFI_OPT_FLAG)
        return word[n] ? NF_FAIL(err, NF_EINVAL, "--%s: \"%.100s\" given, expected no value", hit->name, word + n + 1) : NF_OK;
    if (word[n] || hit->implied)
        return NF_OK;
    *skip = true;
    return last ? no_value(hit, err) : NF_OK;
}

/* The letters behind one dash. */
static nf_status check_short(const table *t, const nfi_verb *verb, const char *letters, bool last, bool *skip, nf_err *err)
{
    for (const char *c = letters; *c; c++) {
        const nfi_opt *row = NULL;
        for (size_t i = 0; i < t->n && !row; i++)
            if (t->row[i]->type != NFI_OPT_HEADER && t->row[i]->key == (unsigned char)*c)
                row = t->row[i];
        if (!row && letters[1] && nfi_closest(letters, shown_name, t))
            return no_such(t, verb, "-", letters, err);
        if (!row)
            return NF_FAIL(err, NF_EINVAL, "no option -%c; newsframe %s --help lists them all", *c, verb->name);
        if (row->type == NFI_OPT_FLAG)
            continue;
        if (c[1] || row->implied)
            return NF_OK;
        *skip = true;
        return last ? no_value(row, err) : NF_OK;
    }
    return NF_OK;
}

static nf_status explain_refusal(const table *t, const nfi_verb *verb, int argc, char **argv, nf_err *err)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const char *w = argv[i];
        bool skip = false;
        if (w[0] == '-' && w[1] == '-')
            NF_TRY(check_long(t, verb, w + 2, i + 1 == argc, &skip, err));
        else if (w[0] == '-' && w[1])
            NF_TRY(check_short(t, verb, w + 1, i + 1 == argc, &skip, err));
        i += skip;
    }
    return NF_FAIL(err, NF_EINVAL, "options not understood; see newsframe %s --help", verb->name);
}

/* How often an option names standard input. */
static int times_standard_input(const nfi_opt *r, const void *opts)
{
    const void *field = (const char *)opts + r->offset;
    const nfi_list *list = field;
    int n = 0;

    if (!(r->flags & NFI_OPT_READ))
        return 0;
    if (r->type != NFI_OPT_LIST) {
        const char *file = *(const char *const *)field;
        return file && strcmp(file, "-") == 0;
    }
    for (size_t i = 0; i < list->n; i++)
        n += strcmp(list->v[i], "-") == 0;
    return n;
}

static nf_status check_standard_input(const nfi_parsed *p, const nfi_verb *verb, nf_err *err)
{
    int n = 0;

    for (int i = 0; i < p->nargs; i++)
        n += strcmp(p->args[i], "-") == 0;
    for (const nfi_opt *r = verb->opts; r->type != NFI_OPT_END; r++)
        n += times_standard_input(r, p->opts);
    return n < 2 ? NF_OK : NF_FAIL(err, NF_EINVAL, "standard input is named twice; give all but one a file");
}

static nf_status check_complete(const nfi_parsed *p, const nfi_verb *verb, nf_err *err)
{
    if (p->nargs < verb->min_args && p->nargs == 0)
        return NF_FAIL(err, NF_EINVAL, "nothing given to work on, expected %s", verb->operands);
    if (p->nargs < verb->min_args)
        return NF_FAIL(err, NF_EINVAL, "%d operand%s given, expected %s", p->nargs, p->nargs == 1 ? "" : "s", verb->operands);
    if (verb->max_args == 0 && p->nargs > 0)
        return NF_FAIL(err, NF_EINVAL, "\"%.100s\" given, expected options only", p->args[0]);
    if (verb->max_args > 0 && p->nargs > verb->max_args)
        return NF_FAIL(err, NF_EINVAL, "%d operands given, expected %s", p->nargs, verb->operands);
    for (const nfi_opt *r = verb->opts; r->type != NFI_OPT_END; r++) {
        bool there = !(r->flags & NFI_OPT_REQUIRED) || r->type == NFI_OPT_HEADER;
        for (const char **g = p->given; *g && !there; g++)
            there = *g == r->name;
        if (!there)
            return NF_FAIL(err, NF_EINVAL, "--%s %s is missing", r->name, r->arg ? r->arg : "");
    }
    return check_standard_input(p, verb, err);
}

nf_status nfi_parse_verb(nfi_parsed *out, const nfi_verb *verb, int argc, char **argv, nf_err *err)
{
    table t;

    *out = (nfi_parsed){0};
    NF_TRY(build(&t, verb, &out->arena, err));
    size_t size = verb->opts_size ? verb->opts_size : 1;
    out->opts = nfi_arena_alloc(&out->arena, size);
    out->args = nfi_arena_alloc(&out->arena, ((size_t)argc + 1) * sizeof *out->args);
    out->given = nfi_arena_alloc(&out->arena, (t.n + 1) * sizeof *out->given);
    if (!out->opts || !out->args || !out->given)
        return nfi_oom(err, "options");
    memset(out->opts, 0, size);
    out->given[0] = NULL;
    NF_TRY(nfi_opt_defaults(verb->opts, out->opts, &out->arena, err));

    parsing p = {.t = &t, .out = out, .err = err};
    error_t e = argp_parse(&t.top, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_NO_EXIT, NULL, &p);
    out->args[out->nargs] = NULL;
    if (p.s != NF_OK)
        return p.s;
    if (out->what != NFI_PARSED)
        return NF_OK;
    if (e == ENOMEM)
        return nfi_oom(err, "options");
    if (e != 0)
        return explain_refusal(&t, verb, argc, argv, err);
    return check_complete(out, verb, err);
}

void nfi_parsed_clear(nfi_parsed *p)
{
    nfi_arena_clear(&p->arena);
    *p = (nfi_parsed){0};
}
