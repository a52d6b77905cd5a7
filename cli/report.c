/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.c - everything said on standard error: failures and their exit codes, warnings, notes, and the line that adds up. */
#include "cli/cli.h"

#include "base/io.h"
#include "base/num.h"
#include "base/try.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>

#define LINE_MAX_BYTES 2048

const char *const nfi_exit_texts[NFI_EXITS] = {
    [NFI_EXIT_OK] = "done; also when the reader of the output left early",
    [NFI_EXIT_IO] = "input, output or memory failed",
    [NFI_EXIT_USAGE] = "wrong option, operand or column",
    [NFI_EXIT_DATA] = "the input is malformed, or cannot support the request",
    [NFI_EXIT_MODEL] = "a model or statistics file was refused",
    [NFI_EXIT_GATE] = "a quality gate was missed, or with --strict some documents got no label",
};

int nfi_exit_code(nf_status s)
{
    switch (s) {
    case NF_OK:
    case NF_EPIPE:
        return NFI_EXIT_OK;
    case NF_ENOMEM:
    case NF_EIO:
    case NF_EINTERNAL:
        return NFI_EXIT_IO;
    case NF_EINVAL:
        return NFI_EXIT_USAGE;
    case NF_EFORMAT:
    case NF_EDATA:
    case NF_ELIMIT:
        return NFI_EXIT_DATA;
    case NF_EMODEL:
        return NFI_EXIT_MODEL;
    }
    return NFI_EXIT_IO;
}

bool nfi_cli_given(const nfi_cli *cli, const char *name)
{
    for (const char *const *g = cli->given; g && *g; g++)
        if (strcmp(*g, name) == 0)
            return true;
    return false;
}

const char *nfi_cli_given_under(const nfi_cli *cli, const char *header, const char *except)
{
    bool under = false;

    for (const nfi_opt *row = cli->verb->opts; row->type != NFI_OPT_END; row++) {
        if (row->type == NFI_OPT_HEADER)
            under = strcmp(row->name, header) == 0;
        else if (under && nfi_cli_given(cli, row->name) && !(except && strcmp(row->name, except) == 0))
            return row->name;
    }
    return NULL;
}

/* One line at once, so that lines of several processes do not mix; a progress line gives way. */
static void say(nfi_cli *cli, const char *kind, const char *text)
{
    char line[2 * LINE_MAX_BYTES];
    const char *verb = cli && cli->verb ? cli->verb->name : "";

    if (cli && cli->live)
        nfi_progress_stop(cli->live);
    if (kind)
        snprintf(line, sizeof line, "newsframe: %s%s%s%s\n", verb, *verb ? ": " : "", kind, text);
    else
        snprintf(line, sizeof line, "%s\n", text);
    fputs(line, stderr);
}

static void say_v(nfi_cli *cli, const char *kind, const char *fmt, va_list ap)
{
    char raw[LINE_MAX_BYTES], safe[LINE_MAX_BYTES + LINE_MAX_BYTES / 2];
    int n = vsnprintf(raw, sizeof raw, fmt, ap);

    if (n < 0)
        return;
    nfi_escape(safe, sizeof safe, raw, (size_t)n < sizeof raw ? (size_t)n : sizeof raw - 1);
    say(cli, kind, safe);
}

int nfi_cli_fail(nfi_cli *cli, nf_status s, const nf_err *err)
{
    char text[LINE_MAX_BYTES], line[24] = "", byte[40] = "";

    if (s == NF_OK || s == NF_EPIPE)
        return nfi_exit_code(s);
    const char *msg = err && err->msg[0] ? err->msg : nf_strstatus(s), *path = err ? err->path : "";
    if (err && err->line)
        snprintf(line, sizeof line, "%llu: ", (unsigned long long)err->line);
    if (err && err->has_byte)
        snprintf(byte, sizeof byte, "byte %llu: ", (unsigned long long)err->byte);
    const char *colon = !*path ? "" : *line ? ":" : ": ";
    snprintf(text, sizeof text, "%s%s%s%s%s%s", path, colon, !*path && *line ? "record " : "", line, byte, msg);
    say(cli, "", text); /* the library has escaped path and message */
    return nfi_exit_code(s);
}

int nfi_cli_usage(nfi_cli *cli, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say_v(cli, "", fmt, ap);
    va_end(ap);
    return NFI_EXIT_USAGE;
}

int nfi_cli_end(nfi_cli *cli, int code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say_v(cli, "", fmt, ap);
    va_end(ap);
    return code;
}

void nfi_cli_warn(nfi_cli *cli, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say_v(cli, "warning: ", fmt, ap);
    va_end(ap);
}

void nfi_cli_note(nfi_cli *cli, const char *fmt, ...)
{
    va_list ap;
    if (cli->quiet)
        return;
    va_start(ap, fmt);
    say_v(cli, NULL, fmt, ap);
    va_end(ap);
}

void nfi_cli_detail(nfi_cli *cli, const char *fmt, ...)
{
    va_list ap;
    if (cli->quiet || !cli->verbose)
        return;
    va_start(ap, fmt);
    say_v(cli, NULL, fmt, ap);
    va_end(ap);
}

/* Appends "name n" with what stands between, as far as it fits; names are short constants of ours. */
static void append(char *dst, size_t cap, size_t *at, const char *between, const char *name, uint64_t n)
{
    char digits[21] = "";

    digits[nfi_format_u64(digits, n)] = '\0';
    int wrote = snprintf(dst + *at, cap - *at, "%s%s %s", between, name, digits);
    NF_ASSERT(wrote >= 0 && (size_t)wrote < cap - *at);
    *at += (size_t)wrote;
}

void nfi_tally_begin(nfi_tally *t, const char *name, uint64_t whole)
{
    *t = (nfi_tally){.whole = whole};
    append(t->line, sizeof t->line, &t->n_line, "", name, whole);
}

void nfi_tally_part(nfi_tally *t, const char *name, uint64_t n)
{
    NF_ASSERT(!__builtin_add_overflow(t->sum, n, &t->sum));
    if (t->parts++ == 0 || n > 0)
        append(t->line, sizeof t->line, &t->n_line, "  ", name, n);
}

void nfi_tally_also(nfi_tally *t, const char *name, uint64_t n)
{
    if (n > 0)
        append(t->also, sizeof t->also, &t->n_also, t->extras++ == 0 ? "" : ", ", name, n);
}

void nfi_tally_docs(nfi_tally *t, const nf_docs_stats *c)
{
    nfi_tally_part(t, "other_language", c->left_out);
    nfi_tally_part(t, "rejected", c->rejected);
    nfi_tally_also(t, "UTF-8 repaired", c->repaired);
    nfi_tally_also(t, "labels not accepted", c->not_accepted);
    nfi_tally_also(t, "fields read as Windows-1252", c->fallback);
    nfi_tally_also(t, "with mojibake", c->mojibake);
    nfi_tally_also(t, "with NUL", c->nul);
    nfi_tally_also(t, "ids made", c->ids_made);
    nfi_tally_also(t, "ids suffixed", c->ids_suffixed);
    nfi_tally_also(t, "tables with semicolons between fields", c->semicolons);
    nfi_tally_also(t, "tables with tabs between fields", c->tabs);
    nfi_tally_also(t, "tables with bars between fields", c->bars);
}

void nfi_tally_end(const nfi_tally *t, nfi_cli *cli)
{
    NF_ASSERT(t->sum == t->whole);
    if (t->extras > 0)
        nfi_cli_note(cli, "%s  (%s)", t->line, t->also);
    else
        nfi_cli_note(cli, "%s", t->line);
}

void nfi_cli_docs_opts(nf_docs_opts *d, const nfi_input_opts *in, const nfi_common_opts *common)
{
    *d = (nf_docs_opts){.format = in->format,
                        .text = in->text,
                        .id = in->id,
                        .label = in->label,
                        .multi = in->multi,
                        .label_columns = in->label_columns,
                        .title = in->title,
                        .date = in->date,
                        .source = in->source,
                        .delimiter = in->delimiter,
                        .rejects = in->rejects,
                        .dup_ids_suffix = in->dup_ids == 1,
                        .markup = (nf_markup)in->markup,
                        .repair = in->repair,
                        .max_document = (size_t)in->max_document,
                        .max_unpacked = in->max_unpacked,
                        .threads = (int)common->threads};
    const char *name;
    d->charset = in->encoding;
    for (size_t i = 0; in->encoding && (name = nfi_encoding_name(i, NULL)) != NULL; i++)
        if (strcmp(in->encoding, name) == 0) {
            d->encoding = (nf_encoding)i;
            d->charset = NULL;
        }
}

/* The extension by which other programs would take a file for a packed one, or NULL. */
static const char *packed_extension(const char *path)
{
    static const char *const list[] = {".gz", ".tgz", ".bz2", ".xz", ".zst", ".zip", ".tar"};
    size_t n = strlen(path);

    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (n > strlen(list[i]) && strcasecmp(path + n - strlen(list[i]), list[i]) == 0)
            return list[i];
    return NULL;
}

int nfi_cli_check_output(nfi_cli *cli, const char *out, char *const *inputs, int n)
{
    const char *packed = out ? packed_extension(out) : NULL;

    if (packed)
        return nfi_cli_usage(cli, "output \"%s\": files are not packed; leave %s out and pack the file, or give - and pack what comes", out,
                             packed);
    for (int i = 0; out && i < n; i++)
        if (inputs[i] && nfi_same_file(out, inputs[i]))
            return nfi_cli_usage(cli, "output \"%s\" is also an input", strcmp(out, "-") == 0 ? "standard output" : out);
    return NFI_EXIT_OK;
}
