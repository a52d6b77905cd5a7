/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evaluation.c - the tables of evaluate and crossval. */
#include "cli/columns.h"
#include "cli/work.h"

#include "base/mem.h"

#include <stdio.h>

enum { ALL_PAIRS = 1000 }; /* classes */

typedef struct scored {
    nf_confusion confusion;
    nf_metrics metrics;
    nf_reliability reliability;
    nfi_spread accuracy, macro_f1; /* of repetitions */
} scored;

static void figure(nf_csv *w, nf_figure f)
{
    if (f.why == NF_DEFINED)
        nf_csv_num(w, f.value, 6);
    else
        nf_csv_blank(w);
}

static void average_row(nf_csv *w, const char *name, const nf_metrics *m, double f1, const char *reason)
{
    nf_csv_str(w, name);
    nf_csv_int(w, (int64_t)m->n);
    nf_csv_int(w, (int64_t)m->labelled);
    nf_csv_blank(w);
    nf_csv_blank(w);
    nf_csv_num(w, f1, 6);
    nf_csv_str(w, reason);
    nf_csv_end(w);
}

static void class_table(nf_csv *w, const nfi_evaluation *e, const nf_metrics *m)
{
    nfi_dict_header(w, "eval_classes", NULL, 0, NULL, 0);
    for (size_t k = 0; k < e->k; k++) {
        const nf_class_metrics *c = &m->cls[k];
        nf_csv_text(w, e->label[k].p, e->label[k].n);
        nf_csv_int(w, (int64_t)c->support);
        nf_csv_int(w, (int64_t)c->predicted);
        figure(w, c->precision);
        figure(w, c->recall);
        figure(w, c->f1);
        nf_csv_str(w, nf_undefined_word(c->why));
        nf_csv_end(w);
    }
    average_row(w, "micro", m, m->micro_f1, "average");
    average_row(w, "macro", m, m->macro_f1, "average");
}

static void measure(nf_csv *w, const char *name, double v)
{
    nf_csv_str(w, name);
    nf_csv_num(w, v, 6);
    nf_csv_end(w);
}

static void count_measure(nf_csv *w, const char *name, uint64_t v)
{
    nf_csv_str(w, name);
    nf_csv_int(w, (int64_t)v);
    nf_csv_end(w);
}

static void summary_table(nf_csv *w, const scored *x)
{
    const nf_metrics *m = &x->metrics;
    const nf_reliability *r = &x->reliability;

    nfi_dict_header(w, "eval_summary", NULL, 0, NULL, 0);
    count_measure(w, "documents", m->n);
    count_measure(w, "labelled", m->labelled);
    count_measure(w, "correct", m->correct);
    measure(w, "accuracy", m->accuracy);
    measure(w, "accuracy_low", m->accuracy_low);
    measure(w, "accuracy_high", m->accuracy_high);
    measure(w, "macro_f1", m->macro_f1);
    count_measure(w, "macro_classes", m->macro_classes);
    measure(w, "micro_f1", m->micro_f1);
    measure(w, "majority_accuracy", m->majority_accuracy);
    measure(w, "majority_macro_f1", m->majority_macro_f1);
    if (x->accuracy.n) {
        count_measure(w, "repeats", x->accuracy.n);
        measure(w, "accuracy_sd", nfi_work_deviation(&x->accuracy));
        measure(w, "macro_f1_sd", nfi_work_deviation(&x->macro_f1));
    }
    if (r->n == 0)
        return;
    count_measure(w, "with_probabilities", r->n);
    measure(w, "ece", r->ece);
    measure(w, "log_loss", r->log_loss);
    measure(w, "brier", r->brier);
}

static void class_name(nf_csv *w, const nfi_evaluation *e, int32_t k)
{
    if (k >= 0)
        nf_csv_text(w, e->label[k].p, e->label[k].n);
    else
        nf_csv_blank(w);
}

/* All pairs, or, where classes are so many that nobody could read them, those that some document has. */
static void confusion_table(nf_csv *w, const nfi_evaluation *e, const nf_confusion *c)
{
    bool all = c->k <= ALL_PAIRS;
    size_t rows = all ? c->k * (c->k + 1) : c->n;

    nfi_dict_header(w, "eval_confusion", NULL, 0, NULL, 0);
    for (size_t i = 0; i < rows; i++) {
        size_t h = all ? i / (c->k + 1) : c->pair[i].human, m = all ? i % (c->k + 1) : c->pair[i].machine;
        class_name(w, e, (int32_t)h);
        class_name(w, e, m < c->k ? (int32_t)m : -1);
        nf_csv_int(w, (int64_t)(all ? nf_confusion_count(c, h, m) : c->pair[i].n));
        nf_csv_end(w);
    }
}

static void prediction_table(nf_csv *w, const nfi_evaluation *e)
{
    nfi_dict_header(w, "eval_predictions", NULL, 0, NULL, 0);
    for (size_t i = 0; i < e->n; i++) {
        nf_csv_text(w, e->id[i].p, e->id[i].n);
        class_name(w, e, e->human[i]);
        class_name(w, e, e->machine[i]);
        if (e->fold && e->fold[i] >= 0)
            nf_csv_int(w, e->fold[i] + 1);
        else
            nf_csv_blank(w);
        nf_csv_end(w);
    }
}

/* Opens, fills and closes one table; path NULL is nothing to do. */
static nf_status table(const char *path, int excel, const nfi_evaluation *e, const scored *s, int which, nf_err *err)
{
    nf_csv *w;
    nf_status st;

    if (!path)
        return NF_OK;
    if ((st = nf_csv_open(&w, path, (nf_csv_dialect)excel, err)) != NF_OK)
        return st;
    if (which == 0)
        class_table(w, e, &s->metrics);
    else if (which == 1)
        summary_table(w, s);
    else if (which == 2)
        confusion_table(w, e, &s->confusion);
    else
        prediction_table(w, e);
    return nf_csv_close(w, 1, err);
}

/* Each repetition by itself, and intervals as wide as documents, not judgements, make them. */
static nf_status judge_repeats(scored *x, const nfi_evaluation *e, nf_err *err)
{
    size_t each = e->repeats ? e->n / e->repeats : 0;
    nf_status s = NF_OK;

    for (size_t r = 0; s == NF_OK && r < e->repeats && e->repeats > 1; r++) {
        nf_confusion c = {0};
        nf_metrics m = {0};
        s = nf_confusion_of(&c, e->human + r * each, e->machine + r * each, each, e->k, err);
        if (s == NF_OK)
            s = nf_metrics_of(&m, &c, e->excluded, err);
        if (s == NF_OK) {
            nfi_work_spread(&x->accuracy, m.accuracy);
            nfi_work_spread(&x->macro_f1, m.macro_f1);
        }
        nf_metrics_clear(&m);
        nf_confusion_clear(&c);
    }
    nf_metrics *m = &x->metrics;
    if (s == NF_OK && e->repeats > 1)
        s = nfi_work_interval(m->correct, m->n, e->repeats, &m->accuracy_low, &m->accuracy_high, err);
    return s == NF_OK ? nfi_work_bins(&x->reliability, e->repeats, err) : s;
}

int nfi_work_gate(nfi_cli *cli, uint64_t right, uint64_t of, double least, const char *what)
{
    if (of == 0 || (double)right / (double)of >= least) /* a quotient and a number in decimals are both the double next to it */
        return NFI_EXIT_OK;
    return nfi_cli_end(cli, NFI_EXIT_GATE, "%llu of %llu %s, below --min-accuracy %g", (unsigned long long)right,
                       (unsigned long long)of, what, least);
}

int nfi_work_evaluation(nfi_cli *cli, const nfi_evaluation *e, const nfi_output_opts *out, const nfi_eval_opts *o)
{
    const char *const path[] = {out->output, o->summary, o->confusion, o->predictions};
    nf_err err = {0};
    scored x = {0};

    nf_status s = nf_confusion_of(&x.confusion, e->human, e->machine, e->n, e->k, &err);
    if (s == NF_OK)
        s = nf_metrics_of(&x.metrics, &x.confusion, e->excluded, &err);
    if (s == NF_OK && e->confidence)
        s = nf_reliability_of(&x.reliability, e->confidence, e->human, e->n, e->excluded, &err);
    if (s == NF_OK)
        s = judge_repeats(&x, e, &err);
    for (int i = 0; s == NF_OK && i < 4; i++)
        s = table(path[i], out->excel, e, &x, i, &err);
    if (s == NF_OK) {
        const nf_metrics *m = &x.metrics;
        nf_str top = e->label[m->majority];
        nfi_cli_note(cli, "accuracy %.4f (95%% interval %.4f to %.4f)  macro F1 %.4f over %zu classes  micro F1 %.4f", m->accuracy,
                     m->accuracy_low, m->accuracy_high, m->macro_f1, m->macro_classes, m->micro_f1);
        if (x.accuracy.n)
            nfi_cli_note(cli, "by repetition: accuracy %.4f to %.4f, standard deviation %.4f; macro F1 %.4f to %.4f, %.4f",
                         x.accuracy.least, x.accuracy.greatest, nfi_work_deviation(&x.accuracy), x.macro_f1.least, x.macro_f1.greatest,
                         nfi_work_deviation(&x.macro_f1));
        nfi_cli_note(cli, "baseline, always \"%.*s\": accuracy %.4f  macro F1 %.4f", (int)top.n, top.p, m->majority_accuracy,
                     m->majority_macro_f1);
    }
    if (s == NF_OK)
        s = nfi_work_sureness(cli, e, &x.reliability, out, o, &err);
    nf_confusion_clear(&x.confusion);
    nf_metrics_clear(&x.metrics);
    return nfi_cli_fail(cli, s, &err);
}
