/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tune.c - choosing a classifier by folds: options, folds and reports that train and crossval share. */
#include "cli/tune.h"

#include "base/date.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/par.h"
#include "base/sort.h"
#include "base/try.h"
#include "cli/columns.h"
#include "datasets/columns.h"
#include "features/dedup.h"

#include <string.h>
#include <time.h>

enum { LEAD = 30 }; /* words of a headline and the first sentence */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* "90s", "10m", "1h" in seconds; 0 when it is none of them. */
static double seconds_of(const char *s)
{
    size_t n = strlen(s);
    double unit = n == 0 ? 0 : s[n - 1] == 's' ? 1 : s[n - 1] == 'm' ? 60 : s[n - 1] == 'h' ? 3600 : 0, v;

    return unit > 0 && nfi_parse_double(s, n - 1, &v) && v > 0 && v <= 1e6 ? v * unit : 0;
}

int nfi_tune_options(nfi_cli *cli, const nfi_tune_rows *o, const nfi_train_rows *train, bool on, bool group, const char *how)
{
    nf_classifier_needs needs;

    if (!on && (o->budget || o->candidates.n || (o->group && !group) || o->time))
        return nfi_cli_usage(cli, "--budget, --candidates%s and --time say how a classifier is chosen; add --%s", group ? "" : ", --group",
                             how);
    if (!on)
        return NFI_EXIT_OK;
    if (o->budget && seconds_of(o->budget) == 0)
        return nfi_cli_usage(cli, "--budget %s: expected a number and s, m or h, such as 60s", o->budget);
    if (o->group && o->time)
        return nfi_cli_usage(cli, "--group and --time are two ways to make folds; choose one");
    if (o->candidates.n && nfi_cli_given(cli, "classifier"))
        return nfi_cli_usage(cli, "--classifier and --candidates both name what is tried; choose one");
    for (size_t i = 0; i < o->candidates.n; i++)
        if (!nf_classifier_about(o->candidates.v[i], &needs))
            return nfi_cli_usage(cli, "--candidates: no classifier \"%s\"", o->candidates.v[i]);
    if (strcmp(train->kind, nf_smoothing_name(0, NULL)) != 0)
        return nfi_cli_usage(cli, "--%s tries smoothing of kind %s; leave out --smoothing-kind", how, nf_smoothing_name(0, NULL));
    return NFI_EXIT_OK;
}

void nfi_tune_lead(const nfi_cli *cli, nf_text_opts *text)
{
    if (!nfi_cli_given(cli, "lead") && text->ngram_lo == 1)
        text->lead = LEAD;
}

/* ---- what documents say ---- */

static nf_status no_column(const nfi_tune_watch *w, nf_err *err)
{
    size_t n;
    const nf_str *name = nf_docs_columns(w->docs, &n);
    return nfi_no_column(name, n, w->o->group, strlen(w->o->group), NULL, err);
}

static void note_date(nfi_tune_watch *w, size_t doc, nf_str text)
{
    nfi_date date[2];
    bool there = nfi_date_parse_both(date, text.p, text.n);

    for (int o = NFI_DAY_FIRST; o <= NFI_MONTH_FIRST; o++)
        w->day[2 * doc + (size_t)o] = there ? date[o].days : INT32_MIN;
    w->ambiguous += there && date->ambiguous;
    w->day_first |= there && date->day_first;
    w->month_first |= there && date->month_first;
}

static nf_status watch(void *ctx, const nf_batch *b, nf_err *err)
{
    nfi_tune_watch *w = ctx;

    if (!w->looked && w->o->group) {
        bool source = strcmp(w->o->group, "source") == 0; /* or what --source names */
        w->column = source ? SIZE_MAX : nfi_work_column(w->docs, &w->o->group, 1);
        if (w->column == SIZE_MAX && !source)
            return no_column(w, err);
    }
    w->looked = true;
    if (w->o->group)
        NF_TRY(nfi_grow(&w->group, &w->cap_group, w->n + b->n, sizeof *w->group, err));
    if (w->o->time)
        NF_TRY(nfi_grow(&w->day, &w->cap_day, 2 * (w->n + b->n), sizeof *w->day, err));
    for (size_t i = 0; i < b->n; i++) {
        const nf_doc *d = &b->docs[i];
        nf_str v = w->column == SIZE_MAX ? d->source : w->o->group ? d->carried[w->column] : (nf_str){NULL, 0};
        if (w->o->group)
            w->group[w->n + i] = v.n ? nfi_xxh64(v.p, v.n) | 1 : 0; /* 0: no value, a group of its own */
        if (w->o->time)
            note_date(w, w->n + i, d->date);
    }
    w->n += b->n;
    return NF_OK;
}

void nfi_tune_watch_begin(nfi_tune_watch *w, nf_docs *docs, const nfi_tune_rows *o)
{
    *w = (nfi_tune_watch){.o = o, .docs = docs, .start = now()};
    if (o->group || o->time)
        nf_docs_watch(docs, watch, w);
}

void nfi_tune_watch_clear(nfi_tune_watch *w)
{
    nfi_free(w->group);
    nfi_free(w->day);
    *w = (nfi_tune_watch){0};
}

/* ---- folds ---- */

static uint32_t root(uint32_t *up, uint32_t i)
{
    while (up[i] != i)
        i = up[i] = up[up[i]];
    return i;
}

nf_status nfi_tune_groups(uint32_t *group, size_t *values, size_t n, const nfi_tune_watch *w, const nf_groups *dup, nf_err *err)
{
    nfi_kv *kv = nfi_alloc(n, sizeof *kv);
    size_t m = 0;
    nf_status s = NF_OK;

    if (!kv)
        return nfi_oom(err, "groups");
    for (size_t d = 0; d < n; d++)
        group[d] = dup && dup->groups ? dup->first[d] : (uint32_t)d;
    for (size_t d = 0; w->group && d < n; d++)
        if (w->group[d])
            kv[m++] = (nfi_kv){w->group[d], (uint32_t)d, 0};
    NF_GO(nfi_sort_kv(kv, m, err));
    *values = m > 0;
    for (size_t i = 1; i < m; i++) {
        *values += kv[i].key != kv[i - 1].key;
        if (kv[i].key == kv[i - 1].key) {
            uint32_t a = root(group, kv[i - 1].val), b = root(group, kv[i].val);
            group[a > b ? a : b] = a > b ? b : a;
        }
    }
    if (w->group && m == 0) {
        s = NF_FAIL(err, NF_EINVAL, "no document has a value of \"%.100s\" to group by%s", w->o->group,
                    w->column == SIZE_MAX ? "; --source names the column" : "");
        goto out;
    }
    for (size_t d = 0; d < n; d++)
        group[d] = root(group, (uint32_t)d);
out:
    nfi_free(kv);
    return s;
}

/* Blocks of documents by date, equally many in each; documents without a date, and copies, take no part. */
static nf_status by_time(int32_t *fold, const int32_t *labels, size_t n, const nfi_tune_watch *w, const nf_groups *dup, size_t folds,
                         nfi_cli *cli, nf_err *err)
{
    nfi_kv *kv = nfi_alloc(n, sizeof *kv);
    bool month_first = nfi_is_month_first(NF_DATES_AUTO, w->day_first, w->month_first);
    size_t m = 0;

    if (!kv)
        return nfi_oom(err, "folds");
    if (w->ambiguous)
        nfi_cli_warn(cli, "%llu date%s could have day or month first; read with the %s first", (unsigned long long)w->ambiguous,
                     w->ambiguous == 1 ? "" : "s", month_first ? "month" : "day");
    for (size_t d = 0; d < n; d++) {
        int32_t day = w->day[2 * d + month_first];
        fold[d] = -1;
        if (labels[d] >= 0 && day != INT32_MIN && !(dup && dup->groups && dup->rank[d] > 1))
            kv[m++] = (nfi_kv){(uint64_t)((int64_t)day - INT32_MIN), (uint32_t)d, 0};
    }
    nf_status s = nfi_sort_kv(kv, m, err);
    if (s == NF_OK && m < 2 * folds)
        s = NF_FAIL(err, NF_EDATA, "%zu labelled documents have a date, too few for %zu folds by time", m, folds);
    else if (s == NF_OK && kv[0].key == kv[m - 1].key)
        s = NF_FAIL(err, NF_EDATA, "all %zu labelled documents that have a date are of one day; folds by time need more", m);
    for (size_t i = 0; s == NF_OK && i < m; i++) /* documents of one day stay together */
        fold[kv[i].val] = i > 0 && kv[i].key == kv[i - 1].key ? fold[kv[i - 1].val] : (int32_t)(i * folds / m);
    nfi_free(kv);
    return s;
}

/* Place of a candidate among those that run, of NULL: a free one; NFI_TUNE_RUNNING when there is none. */
static size_t running(const nfi_tuning *t, const nf_tried *x)
{
    size_t i = 0;

    while (i < NFI_TUNE_RUNNING && t->running[i].t != x)
        i++;
    return i;
}

/* Time is kept for the models that are made in the end, as if the slowest candidate were chosen, but no more than a third. Candidates
 * have a thread each, those models all of them. */
static bool go_on(void *ctx, const nf_tried *x, bool after)
{
    nfi_tuning *t = ctx;
    double at;
    bool on;

    if (t->end == 0)
        return true;
    pthread_mutex_lock(&t->lock);
    at = now();
    size_t i = running(t, x), free = running(t, NULL);
    if (after && i < NFI_TUNE_RUNNING) {
        t->slowest = at - t->running[i].since > t->slowest ? at - t->running[i].since : t->slowest;
        t->running[i].t = NULL;
    } else if (!after && i == NFI_TUNE_RUNNING && free < NFI_TUNE_RUNNING) { /* else its fold is being made, which counts */
        t->running[free].t = x;
        t->running[free].since = at;
    }
    double keep = ((double)t->models / (t->threads > 1 ? 2 : 1) + 1.0) * t->slowest; /* 1: what is under way */
    on = at + (keep < t->budget / 3 ? keep : t->budget / 3) < t->end;
    pthread_mutex_unlock(&t->lock);
    return on;
}

nf_status nfi_tuning_begin(nfi_tuning *t, nfi_cli *cli, const nfi_tune_rows *o, const nfi_train_rows *rows, const nf_train_opts *train,
                           const nfi_tune_watch *w, const nf_groups *dup, const nf_corpus *c, size_t folds, nf_err *err)
{
    size_t n = nf_corpus_docs(c), k = nf_corpus_classes(c);
    nf_status s = NF_OK;
    bool *small = nfi_calloc(k, sizeof *small);
    int32_t *labels = nfi_alloc(n, sizeof *labels);
    nf_str *names = nfi_alloc(k, sizeof *names);

    *t = (nfi_tuning){.cli = cli, .budget = o->budget ? seconds_of(o->budget) : 0};
    t->end = o->budget ? w->start + t->budget : 0;
    t->threads = nfi_par_threads(train->threads);
    t->locks = pthread_mutex_init(&t->lock, NULL) == 0;
    t->fold = nfi_alloc(n, sizeof *t->fold);
    t->groups = nfi_alloc(n, sizeof *t->groups);
    if (!small || !labels || !names || !t->fold || !t->groups || !t->locks) {
        s = nfi_oom(err, "folds");
        goto out;
    }
    for (size_t d = 0; d < n; d++)
        labels[d] = nf_corpus_label(c, d);
    for (size_t i = 0; i < k; i++)
        names[i] = nf_corpus_class(c, i);
    NF_ASSERT((!w->group && !w->day) || w->n == n);
    size_t values;
    NF_GO(nfi_tune_groups(t->groups, &values, n, w, dup, err));
    nf_fold_opts fo = {.k = folds, .seed = train->seed, .groups = t->groups, .names = names};
    if (o->time)
        NF_GO(by_time(t->fold, labels, n, w, dup, folds, cli, err));
    else
        NF_GO(nf_folds_stratified(t->fold, small, labels, n, k, &fo, err));
    t->opts = (nf_tune_opts){.train = *train,
                             .classifiers = (const char *const *)o->candidates.v,
                             .nclassifiers = o->candidates.n,
                             .fold = t->fold,
                             .folds = folds,
                             .forward = o->time,
                             .go_on = go_on,
                             .ctx = t,
                             .ngrams_fixed = nfi_cli_given(cli, "ngrams"),
                             .lead_fixed = nfi_cli_given(cli, "lead"),
                             .min_df_fixed = nfi_cli_given(cli, "min-df")};
    t->opts.train.groups = t->groups;
    t->opts.train.weighting = rows->weighting;
    if (nfi_cli_given(cli, "classifier")) {
        t->opts.classifiers = &rows->classifier;
        t->opts.nclassifiers = 1;
    }
out:
    nfi_free(small);
    nfi_free(labels);
    nfi_free(names);
    if (s != NF_OK)
        nfi_tuning_clear(t);
    return s;
}

void nfi_tuning_clear(nfi_tuning *t)
{
    nfi_free(t->fold);
    nfi_free(t->groups);
    nf_tried_free(t->tried);
    if (t->locks)
        pthread_mutex_destroy(&t->lock);
    *t = (nfi_tuning){0};
}

/* ---- reports ---- */

static void describe(char *text, size_t cap, const nf_candidate *c)
{
    int n = snprintf(text, cap, "%s, weighting %s, terms of 1 to %d words", c->classifier, c->weighting, c->ngram_hi);
    if (c->min_df == 1)
        n += snprintf(text + n, cap - (size_t)n, ", rare ones too");
    if (c->lead > 0)
        n += snprintf(text + n, cap - (size_t)n, ", the first %u also by themselves", c->lead);
    if (c->smoothing > 0)
        n += snprintf(text + n, cap - (size_t)n, ", smoothing %g", c->smoothing);
    if (c->cost > 0)
        snprintf(text + n, cap - (size_t)n, ", cost %g", c->cost);
}

void nfi_tuning_report(const nfi_tuning *t)
{
    char text[200];
    size_t done = 0, aside = 0;

    for (size_t i = 0; i < t->n; i++) {
        const nf_tried *x = &t->tried[i];
        done += x->done;
        aside += x->set_aside;
        describe(text, sizeof text, &x->c);
        if (x->done)
            nfi_cli_detail(t->cli, "%s %s: accuracy %.4f (95%% interval %.4f to %.4f)  macro F1 %.4f on %llu documents",
                           x->set_aside ? "set aside" : "tried", text, x->accuracy, x->accuracy_low, x->accuracy_high, x->macro_f1,
                           (unsigned long long)x->documents);
    }
    const nf_tried *b = &t->tried[t->best];
    describe(text, sizeof text, &b->c);
    nfi_cli_note(t->cli, "chosen of %zu: %s: accuracy %.4f (95%% interval %.4f to %.4f)  macro F1 %.4f on %llu documents held out", done,
                 text, b->accuracy, b->accuracy_low, b->accuracy_high, b->macro_f1, (unsigned long long)b->documents);
    if (aside)
        nfi_cli_note(t->cli, "set aside before the last fold, clearly behind on the same documents: %zu", aside);
    if (done < t->n)
        nfi_cli_warn(t->cli,
                     "the time was up after %zu of %zu candidates: another run may get further and choose another; name the settings to "
                     "have the same again",
                     done, t->n);
    else if (!b->complete)
        nfi_cli_warn(t->cli, "the time was up before the last fold: another run may get further and choose another; name the settings to "
                             "have the same again");
}

nf_status nfi_tuning_write(const nfi_tuning *t, const char *path, int excel, nf_err *err)
{
    nf_csv *w;

    if (!path)
        return NF_OK;
    NF_TRY(nf_csv_open(&w, path, (nf_csv_dialect)excel, err));
    nfi_dict_header(w, "tried", NULL, 0, NULL, 0);
    for (size_t i = 0; i < t->n; i++) {
        const nf_tried *x = &t->tried[i];
        nf_csv_str(w, x->c.classifier);
        nf_csv_str(w, x->c.weighting);
        nf_csv_int(w, 1);
        nf_csv_int(w, x->c.ngram_hi);
        x->c.smoothing > 0 ? nf_csv_num(w, x->c.smoothing, 6) : nf_csv_blank(w);
        x->c.cost > 0 ? nf_csv_num(w, x->c.cost, 6) : nf_csv_blank(w);
        nf_csv_int(w, (int64_t)x->c.min_df);
        nf_csv_int(w, (int64_t)x->c.lead);
        nf_csv_str(w, i == t->best ? "chosen" : x->set_aside ? "set aside" : x->done ? "tried" : "not reached");
        if (x->done) {
            nf_csv_int(w, (int64_t)x->documents);
            nf_csv_int(w, (int64_t)x->right);
            nf_csv_num(w, x->accuracy, 6);
            nf_csv_num(w, x->accuracy_low, 6);
            nf_csv_num(w, x->accuracy_high, 6);
            nf_csv_num(w, x->macro_f1, 6);
        } else {
            for (int k = 0; k < 6; k++)
                nf_csv_blank(w);
        }
        nf_csv_end(w);
    }
    return nf_csv_close(w, 1, err);
}
