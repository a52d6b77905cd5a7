/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evaluation_multi.c - the tables of evaluate and crossval where documents may have several labels. */
#include "cli/columns.h"
#include "cli/work.h"

#include "base/buf.h"
#include "base/mem.h"

#include <string.h>

/* Figures of repetitions. */
typedef struct spreads {
    nfi_spread micro_f1, macro_f1, exact;
} spreads;

typedef struct named_figure {
    const char *name;
    nf_figure value;
} named_figure;

static nf_figure defined(double v) { return (nf_figure){v, NF_DEFINED}; }

static void figure(nf_csv *w, nf_figure f)
{
    if (f.why == NF_DEFINED)
        nf_csv_num(w, f.value, 6);
    else
        nf_csv_blank(w);
}

static void class_row(nf_csv *w, nf_str name, uint64_t support, uint64_t predicted, nf_figure precision, nf_figure recall, nf_figure f1,
                      const char *reason, double ece)
{
    nf_csv_text(w, name.p, name.n);
    nf_csv_int(w, (int64_t)support);
    nf_csv_int(w, (int64_t)predicted);
    figure(w, precision);
    figure(w, recall);
    figure(w, f1);
    nf_csv_str(w, reason);
    ece >= 0.0 ? nf_csv_num(w, ece, 6) : nf_csv_blank(w);
    nf_csv_end(w);
}

/* Of class k, or of all together; negative where there are no probabilities. */
static double ece_of(const nfi_multi_evaluation *e, size_t k)
{
    return e->reliability && k <= e->judged ? e->reliability[k].ece : -1.0;
}

/* Mean of the classes that documents have. */
static double macro_ece(const nfi_multi_evaluation *e, const nf_multi_metrics *m)
{
    double sum = 0.0;
    size_t n = 0;

    for (size_t k = 0; e->reliability && k < e->judged; k++)
        if ((int32_t)k != m->none && m->cls[k].support && e->reliability[k].n) {
            sum += e->reliability[k].ece;
            n++;
        }
    return n ? sum / (double)n : -1.0;
}

static void class_table(nf_csv *w, const nfi_multi_evaluation *e, const nf_multi_metrics *m)
{
    const nf_figure blank = {-1.0, NF_NEVER_USED};

    nfi_dict_header(w, "eval_multi_classes", NULL, 0, NULL, 0);
    for (size_t k = 0; k < e->k; k++) {
        const nf_class_metrics *c = &m->cls[k];
        class_row(w, e->label[k], c->support, c->predicted, c->precision, c->recall, c->f1, nf_undefined_word(c->why),
                  k < e->judged ? ece_of(e, k) : -1.0);
    }
    class_row(w, (nf_str){"micro", 5}, m->human_labels, m->machine_labels, m->micro_precision, m->micro_recall, m->micro_f1, "average",
              ece_of(e, e->judged));
    class_row(w, (nf_str){"macro", 5}, m->human_labels, m->machine_labels, blank, blank, defined(m->macro_f1), "average",
              macro_ece(e, m));
}

static void count_measure(nf_csv *w, const char *name, uint64_t v)
{
    nf_csv_str(w, name);
    nf_csv_int(w, (int64_t)v);
    nf_csv_end(w);
}

static void summary_table(nf_csv *w, const nfi_multi_evaluation *e, const nf_multi_metrics *m, const nf_multi_metrics *lexicon,
                          const spreads *by)
{
    const named_figure rows[] = {{"subset_accuracy", defined(m->subset_accuracy)},
                                 {"subset_accuracy_low", defined(m->subset_low)},
                                 {"subset_accuracy_high", defined(m->subset_high)},
                                 {"micro_precision", m->micro_precision},
                                 {"micro_recall", m->micro_recall},
                                 {"micro_f1", m->micro_f1},
                                 {"macro_f1", defined(m->macro_f1)},
                                 {"hamming_loss", defined(m->hamming_loss)},
                                 {"labels_human", defined(m->human_cardinality)},
                                 {"labels_machine", defined(m->machine_cardinality)},
                                 {"constant_micro_f1", defined(m->constant.micro_f1)},
                                 {"constant_macro_f1", defined(m->constant.macro_f1)},
                                 {"constant_subset_accuracy", defined(m->constant.subset_accuracy)},
                                 {"majority_micro_f1", defined(m->majority.micro_f1)},
                                 {"majority_macro_f1", defined(m->majority.macro_f1)},
                                 {"majority_subset_accuracy", defined(m->majority.subset_accuracy)}};

    nfi_dict_header(w, "eval_summary", NULL, 0, NULL, 0);
    count_measure(w, "documents", m->n);
    count_measure(w, "labelled", m->answered);
    count_measure(w, "correct", m->exact);
    count_measure(w, "macro_classes", m->macro_classes);
    count_measure(w, "constant_labels", m->constant.n);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        nf_csv_str(w, rows[i].name);
        figure(w, rows[i].value);
        nf_csv_end(w);
    }
    const named_figure sd[] = {{"subset_accuracy_sd", defined(nfi_work_deviation(&by->exact))},
                               {"micro_f1_sd", defined(nfi_work_deviation(&by->micro_f1))},
                               {"macro_f1_sd", defined(nfi_work_deviation(&by->macro_f1))}};
    if (by->exact.n)
        count_measure(w, "repeats", by->exact.n);
    for (size_t i = 0; by->exact.n && i < sizeof sd / sizeof *sd; i++) {
        nf_csv_str(w, sd[i].name);
        figure(w, sd[i].value);
        nf_csv_end(w);
    }
    const nf_reliability *r = e->reliability ? &e->reliability[e->judged] : NULL;
    const named_figure sure[] = {{"ece", defined(r ? r->ece : 0.0)},
                                 {"ece_macro", defined(macro_ece(e, m))},
                                 {"log_loss", defined(r ? r->log_loss : 0.0)},
                                 {"brier", defined(r ? r->brier : 0.0)}};
    if (r && r->n)
        count_measure(w, "with_probabilities", r->n);
    for (size_t i = 0; r && r->n && i < sizeof sure / sizeof *sure; i++) {
        nf_csv_str(w, sure[i].name);
        figure(w, sure[i].value);
        nf_csv_end(w);
    }
    const named_figure book[] = {{"codebook_micro_f1", lexicon ? lexicon->micro_f1 : (nf_figure){0}},
                                 {"codebook_macro_f1", defined(lexicon ? lexicon->macro_f1 : 0.0)},
                                 {"codebook_subset_accuracy", defined(lexicon ? lexicon->subset_accuracy : 0.0)}};
    for (size_t i = 0; lexicon && i < sizeof book / sizeof *book; i++) {
        nf_csv_str(w, book[i].name);
        figure(w, book[i].value);
        nf_csv_end(w);
    }
}

static void confusion_table(nf_csv *w, const nfi_multi_evaluation *e, const nf_multi_metrics *m)
{
    nfi_dict_header(w, "eval_multi_confusion", NULL, 0, NULL, 0);
    for (size_t k = 0; k < e->k; k++) {
        const nf_class_metrics *c = &m->cls[k];
        nf_csv_text(w, e->label[k].p, e->label[k].n);
        nf_csv_int(w, (int64_t)c->true_positives);
        nf_csv_int(w, (int64_t)(c->support - c->true_positives));
        nf_csv_int(w, (int64_t)(c->predicted - c->true_positives));
        nf_csv_int(w, (int64_t)(m->n + c->true_positives - c->support - c->predicted));
        nf_csv_end(w);
    }
}

static void reliability_table(nf_csv *w, const nfi_multi_evaluation *e)
{
    nfi_dict_header(w, "eval_multi_reliability", NULL, 0, NULL, 0);
    for (size_t k = 0; e->reliability && e->reliability[e->judged].n && k <= e->judged; k++)
        for (size_t b = 0; b < NF_RELIABILITY_BINS; b++) {
            nf_str name = k < e->judged ? e->label[k] : (nf_str){"all", 3};
            nf_csv_text(w, name.p, name.n);
            nfi_work_reliability_row(w, &e->reliability[k].bin[b]);
        }
}

static void set_cell(nf_csv *w, const nfi_multi_evaluation *e, const nf_label_sets *s, size_t d, nfi_buf *b)
{
    b->n = 0;
    for (uint64_t i = s->ptr[d]; i < s->ptr[d + 1]; i++) {
        if (i > s->ptr[d])
            nfi_buf_putc(b, ';');
        nfi_buf_put(b, e->label[s->cls[i]].p, e->label[s->cls[i]].n);
    }
    nf_csv_text(w, b->p, b->n);
}

static nf_status prediction_table(nf_csv *w, const nfi_multi_evaluation *e)
{
    nfi_buf b = {0};

    nfi_dict_header(w, "eval_predictions", NULL, 0, NULL, 0);
    for (size_t i = 0; i < e->human->n; i++) {
        nf_csv_text(w, e->id[i].p, e->id[i].n);
        set_cell(w, e, e->human, i, &b);
        set_cell(w, e, e->machine, i, &b);
        if (e->fold && e->fold[i] >= 0)
            nf_csv_int(w, e->fold[i] + 1);
        else
            nf_csv_blank(w);
        nf_csv_end(w);
    }
    nf_status s = nfi_buf_ok(&b) ? NF_OK : NF_ENOMEM;
    nfi_buf_clear(&b);
    return s;
}

/* Opens, fills and closes one table; path NULL is nothing to do. */
static nf_status table(const char *path, int excel, const nfi_multi_evaluation *e, const nf_multi_metrics *m,
                       const nf_multi_metrics *lexicon, const spreads *by, int which, nf_err *err)
{
    nf_csv *w;
    nf_status s = NF_OK, closed;

    if (!path)
        return NF_OK;
    if ((s = nf_csv_open(&w, path, (nf_csv_dialect)excel, err)) != NF_OK)
        return s;
    if (which == 0)
        class_table(w, e, m);
    else if (which == 1)
        summary_table(w, e, m, lexicon, by);
    else if (which == 2)
        s = prediction_table(w, e);
    else if (which == 3)
        confusion_table(w, e, m);
    else
        reliability_table(w, e);
    closed = nf_csv_close(w, s == NF_OK, err);
    return s == NF_OK ? closed : s;
}

static void print_constant(nfi_cli *cli, const nfi_multi_evaluation *e, const nf_multi_metrics *m)
{
    nf_str top = {0};
    uint64_t most = 0;

    for (size_t k = 0; k < e->k; k++)
        if ((int32_t)k != m->none && m->cls[k].support > most) {
            most = m->cls[k].support;
            top = e->label[k];
        }
    if (most == 0)
        return;
    nfi_cli_note(cli, "baseline, always the %zu most frequent %s: micro F1 %.4f  macro F1 %.4f  same set %.4f", m->constant.n,
                 m->constant.n == 1 ? "label" : "labels", m->constant.micro_f1, m->constant.macro_f1, m->constant.subset_accuracy);
    nfi_cli_note(cli, "baseline, always \"%.*s\": micro F1 %.4f  macro F1 %.4f  same set %.4f", (int)top.n, top.p, m->majority.micro_f1,
                 m->majority.macro_f1, m->majority.subset_accuracy);
}

static void print(nfi_cli *cli, const nfi_multi_evaluation *e, const nf_multi_metrics *m, const nf_multi_metrics *lexicon,
                  const spreads *by)
{
    if (m->micro_f1.why == NF_DEFINED)
        nfi_cli_note(cli, "micro F1 %.4f  macro F1 %.4f over %zu classes  same set %.4f (95%% interval %.4f to %.4f)", m->micro_f1.value,
                     m->macro_f1, m->macro_classes, m->subset_accuracy, m->subset_low, m->subset_high);
    else
        nfi_cli_note(cli, "same set %.4f (95%% interval %.4f to %.4f); F1 is not defined: %s", m->subset_accuracy, m->subset_low,
                     m->subset_high, nf_undefined_text(m->micro_f1.why));
    if (by->exact.n)
        nfi_cli_note(cli, "by repetition: micro F1 %.4f to %.4f, standard deviation %.4f; macro F1 %.4f to %.4f, %.4f", by->micro_f1.least,
                     by->micro_f1.greatest, nfi_work_deviation(&by->micro_f1), by->macro_f1.least, by->macro_f1.greatest,
                     nfi_work_deviation(&by->macro_f1));
    nfi_cli_note(cli, "wrong labels %.4f of all decisions (Hamming loss)  labels a document: %.2f human, %.2f machine", m->hamming_loss,
                 m->human_cardinality, m->machine_cardinality);
    const nf_reliability *r = e->reliability ? &e->reliability[e->judged] : NULL;
    if (r && r->n)
        nfi_cli_note(cli,
                     "probabilities of %llu decisions: calibration error %.4f, mean of the classes %.4f  log loss %.4f  Brier score %.4f",
                     (unsigned long long)r->n, r->ece, macro_ece(e, m), r->log_loss, r->brier);
    print_constant(cli, e, m);
    if (lexicon && lexicon->micro_f1.why == NF_DEFINED)
        nfi_cli_note(cli, "baseline, words of the codebook: micro F1 %.4f  macro F1 %.4f  same set %.4f", lexicon->micro_f1.value,
                     lexicon->macro_f1, lexicon->subset_accuracy);
}

int32_t nfi_work_none(const nf_str *label, size_t k)
{
    while (k-- > 0)
        if (label[k].n == 4 && memcmp(label[k].p, "none", 4) == 0)
            return (int32_t)k;
    return -1;
}

bool nfi_work_same_set(const nf_label_sets *a, const nf_label_sets *b, size_t d)
{
    uint64_t n = a->ptr[d + 1] - a->ptr[d];
    return n == b->ptr[d + 1] - b->ptr[d] && memcmp(a->cls + a->ptr[d], b->cls + b->ptr[d], n * sizeof *a->cls) == 0;
}

int nfi_work_check_multi_tables(nfi_cli *cli, const nfi_eval_opts *o)
{
    if (o->sets)
        return nfi_cli_usage(cli, "--sets is for documents with one label; where they may have several, thresholds decide, and "
                                  "--reliability says what the probability of each label is worth");
    return NFI_EXIT_OK;
}

static nf_status judge_repeats(spreads *by, const nfi_multi_evaluation *e, int32_t none, nf_err *err)
{
    size_t each = e->repeats ? e->human->n / e->repeats : 0;
    nf_status s = NF_OK;

    for (size_t r = 0; s == NF_OK && r < e->repeats && e->repeats > 1; r++) {
        nf_multi_metrics m = {0};
        nf_label_sets human = {.n = each, .ptr = e->human->ptr + r * each, .cls = e->human->cls};
        nf_label_sets machine = {.n = each, .ptr = e->machine->ptr + r * each, .cls = e->machine->cls};
        s = nf_multi_metrics_of(&m, &human, &machine, e->k, none, err);
        if (s == NF_OK) {
            nfi_work_spread(&by->micro_f1, m.micro_f1.why == NF_DEFINED ? m.micro_f1.value : 0.0);
            nfi_work_spread(&by->macro_f1, m.macro_f1);
            nfi_work_spread(&by->exact, m.subset_accuracy);
        }
        nf_multi_metrics_clear(&m);
    }
    return s;
}

int nfi_work_multi_evaluation(nfi_cli *cli, const nfi_multi_evaluation *e, const nfi_output_opts *out, const nfi_eval_opts *o)
{
    const char *const path[] = {out->output, o->summary, o->predictions, o->confusion, o->reliability};
    nf_err err = {0};
    nf_multi_metrics m = {0}, lexicon = {0};
    int32_t none = nfi_work_none(e->label, e->k);
    bool several = false;
    spreads by = {0};

    for (size_t d = 0; d < e->human->n; d++)
        several |= e->human->ptr[d + 1] - e->human->ptr[d] > 1;
    nf_status s = nf_multi_metrics_of(&m, e->human, e->machine, e->k, none, &err);
    if (s == NF_OK && e->lexicon)
        s = nf_multi_metrics_of(&lexicon, e->human, e->lexicon, e->k, none, &err);
    if (s == NF_OK && e->repeats > 1)
        s = nfi_work_interval(m.exact, m.n, e->repeats, &m.subset_low, &m.subset_high, &err);
    if (s == NF_OK)
        s = judge_repeats(&by, e, none, &err);
    for (int i = 0; s == NF_OK && i < 5; i++)
        s = table(path[i], out->excel, e, &m, e->lexicon ? &lexicon : NULL, &by, i, &err);
    if (s == NF_OK && o->reliability && (!e->reliability || e->reliability[e->judged].n == 0))
        nfi_cli_warn(cli, "the model is not calibrated: the table about probabilities is empty");
    if (s == NF_OK && !several)
        nfi_cli_note(cli, "no document has more than one label");
    if (s == NF_OK)
        print(cli, e, &m, e->lexicon ? &lexicon : NULL, &by);
    nf_multi_metrics_clear(&m);
    nf_multi_metrics_clear(&lexicon);
    return nfi_cli_fail(cli, s, &err);
}
