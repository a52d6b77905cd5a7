/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dups.c - options and reports about duplicates that several verbs share. */
#include "cli/dups.h"

#include "base/num.h"
#include "base/try.h"

#include <stdio.h>
#include <string.h>

/* "12h", "3d", "2w" in seconds. */
static bool parse_time(const char *s, int64_t *seconds)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'h', 3600}, {'d', 86400}, {'w', 7 * 86400}};
    size_t n = strlen(s);
    uint64_t v;

    for (size_t i = 0; n > 1 && i < sizeof units / sizeof *units; i++)
        if (s[n - 1] == units[i].unit && nfi_parse_u64(s, n - 1, &v) && v <= 36500 * 24) {
            *seconds = (int64_t)v * units[i].seconds;
            return true;
        }
    return false;
}

int nfi_dup_options(nfi_cli *cli, const nfi_dup_opts *o, const nfi_term_opts *terms, const nfi_common_opts *common, nf_clean_opts *clean,
                    nf_dedup_opts *out)
{
    nf_text_opts text;

    nfi_work_text(terms, &text, clean);
    *out = (nf_dedup_opts){.threshold = o->threshold,
                           .shingle = (int)o->shingle,
                           .with_title = o->with_title,
                           .dates = (nf_date_order)o->dates,
                           .threads = (int)common->threads,
                           .memory = common->memory,
                           .window = o->window != NULL,
                           .tokenizer = text.tokenizer,
                           .no_clean = text.no_clean,
                           .clean = clean};
    if (o->window && !parse_time(o->window, &out->window_seconds))
        return nfi_cli_usage(cli, "window \"%s\": expected a number and h, d or w, such as 3d", o->window);
    return NFI_EXIT_OK;
}

static nf_status watch(void *ctx, const nf_batch *b, nf_err *err)
{
    nfi_dup_watch *w = ctx;
    bool any = !w->window || w->checked || nfi_work_column(w->docs, &w->column, 1) != SIZE_MAX;

    for (size_t i = 0; !any && i < b->n; i++)
        any = b->docs[i].date.n > 0;
    if (!any) {
        w->no_dates = true;
        return NF_FAIL(err, NF_EINVAL,
                       "a window needs dates, but there is no column \"%s\"; name the date column with --date, or leave the window out",
                       w->column);
    }
    w->checked = true;
    return nf_dedup_add(w->d, b, err);
}

nf_status nfi_dup_watch_begin(nfi_dup_watch *w, nf_docs *docs, const nf_dedup_opts *o, const nfi_input_opts *in, nf_err *err)
{
    *w = (nfi_dup_watch){.docs = docs, .column = in->date ? in->date : "date", .window = o->window};
    NF_TRY(nf_dedup_new(&w->d, o, err));
    nf_docs_watch(docs, watch, w);
    return NF_OK;
}

int nfi_dup_fail(nfi_cli *cli, const nfi_dup_watch *w, nf_status s, const nf_err *err)
{
    return s != NF_OK && w->no_dates ? nfi_cli_usage(cli, "%s", err->msg) : nfi_cli_fail(cli, s, err);
}

void nfi_folding_texts(const nfi_folding *f, char head[160], char each[160])
{
    char column[100] = "";

    if (f->column)
        nfi_escape(column, sizeof column, f->column, strlen(f->column));
    snprintf(head, 160, "grouped%s%s", f->column ? " by " : "", column);
    if (f->column)
        snprintf(each, 160, "each of %zu values", f->groups);
    else
        snprintf(each, 160, "each of %zu groups of copies, %llu documents,", f->groups, (unsigned long long)f->docs);
}

void nfi_folding_warn(nfi_cli *cli, const nfi_folding *f, double grouped, double plain)
{
    if (f->column && plain - grouped > 0.05)
        nfi_cli_warn(cli,
                     "where a value of \"%.60s\" was not trained on the score is much lower: part of the plain one is what documents of "
                     "one value share, not what the labels are about",
                     f->column);
}

void nfi_dup_warn(nfi_cli *cli, const nf_groups *g)
{
    unsigned long long bad = g->dates_bad;

    if (bad == 1)
        nfi_cli_warn(cli, "1 date cannot be read to the day: \"%s\"", g->bad_date[0]);
    else if (bad > 1)
        nfi_cli_warn(cli, "%llu dates cannot be read to the day, such as \"%s\" and \"%s\"", bad, g->bad_date[0], g->bad_date[1]);
    if (g->dates_ambiguous)
        nfi_cli_warn(cli, "%llu date%s could have day or month first; read with the %s first, see --date-order",
                     (unsigned long long)g->dates_ambiguous, g->dates_ambiguous == 1 ? "" : "s", g->month_first ? "month" : "day");
    if (g->crowded)
        nfi_cli_warn(cli, "%llu document%s parts in common with more first documents than are compared; copies may be missed",
                     (unsigned long long)g->crowded, g->crowded == 1 ? " has" : "s have");
}
