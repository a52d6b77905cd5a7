/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crossval_multi.c - newsframe crossval where documents may have several labels. */
#include "cli/dups.h"
#include "cli/work.h"

#include "base/mem.h"

#include <string.h>

typedef struct results {
    int32_t *fold;
    double *smoothing;
    nf_str *label, *id;
    nf_label_sets human, machine;
} results;

static nf_status run(const nf_corpus *c, const nf_crossval_opts *cv, results *r, nf_err *err)
{
    size_t n = nf_corpus_docs(c), k = nf_corpus_classes(c);

    r->fold = nfi_alloc(n, sizeof *r->fold);
    r->smoothing = nfi_alloc(cv->folds, sizeof *r->smoothing);
    r->label = nfi_alloc(k, sizeof *r->label);
    r->id = nfi_alloc(n, sizeof *r->id);
    if (!r->fold || !r->smoothing || !r->label || !r->id)
        return err->code = NF_ENOMEM;
    for (size_t i = 0; i < k; i++)
        r->label[i] = nf_corpus_class(c, i);
    for (size_t d = 0; d < n; d++)
        r->id[d] = nf_corpus_id(c, d);
    return nf_crossval_multi(c, cv, r->fold, &r->human, &r->machine, r->smoothing, err);
}

/* What the same folds would say if copies could be on both sides. */
static nf_status report_plain(nfi_cli *cli, const nf_corpus *c, const nf_crossval_opts *grouped, const results *r, const nf_groups *g,
                              nf_err *err)
{
    nf_crossval_opts cv = *grouped;
    nf_multi_metrics a = {0}, b = {0};
    results plain = {0};
    size_t k = nf_corpus_classes(c);

    cv.groups = NULL;
    nf_status s = run(c, &cv, &plain, err);
    if (s == NF_OK)
        s = nf_multi_metrics_of(&a, &r->human, &r->machine, k, nfi_work_none(r->label, k), err);
    if (s == NF_OK)
        s = nf_multi_metrics_of(&b, &plain.human, &plain.machine, k, nfi_work_none(r->label, k), err);
    if (s == NF_OK)
        nfi_cli_note(cli,
                     "grouped: micro F1 %.4f  macro F1 %.4f  (each of %zu groups of copies, %llu documents, in one fold); plain: micro F1 "
                     "%.4f  macro F1 %.4f",
                     a.micro_f1.value, a.macro_f1, g->groups, (unsigned long long)(g->firsts + g->exact + g->near), b.micro_f1.value,
                     b.macro_f1);
    nf_multi_metrics_clear(&a);
    nf_multi_metrics_clear(&b);
    nfi_free(plain.fold);
    nfi_free(plain.smoothing);
    nfi_free(plain.label);
    nfi_free(plain.id);
    nf_label_sets_clear(&plain.human);
    nf_label_sets_clear(&plain.machine);
    return s;
}

static int report(nfi_cli *cli, const results *r, size_t k, const nf_docs_stats *stats, const nfi_output_opts *out,
                  const nfi_eval_opts *eval, double min_accuracy)
{
    nfi_multi_evaluation e = {.label = r->label, .k = k, .human = &r->human, .machine = &r->machine, .fold = r->fold, .id = r->id};
    uint64_t right = 0, without = 0, judged = 0;

    int code = nfi_work_multi_evaluation(cli, &e, out, eval);
    if (code != NFI_EXIT_OK)
        return code;
    for (size_t d = 0; d < r->human.n; d++) {
        if (r->human.ptr[d] == r->human.ptr[d + 1])
            continue;
        judged++;
        right += nfi_work_same_set(&r->human, &r->machine, d);
        without += r->machine.ptr[d] == r->machine.ptr[d + 1];
    }
    nfi_tally t;
    nfi_tally_begin(&t, "read", stats->read);
    nfi_tally_part(&t, "right", right);
    nfi_tally_part(&t, "wrong", judged - right - without);
    nfi_tally_part(&t, "no label given", without);
    nfi_tally_part(&t, "unlabelled", r->human.n - judged);
    nfi_tally_docs(&t, stats);
    nfi_tally_end(&t, cli);
    if ((double)right < min_accuracy * (double)judged)
        return nfi_cli_end(cli, NFI_EXIT_GATE, "%llu of %llu documents have the right set of labels, below --min-accuracy %g",
                           (unsigned long long)right, (unsigned long long)judged, min_accuracy);
    return NFI_EXIT_OK;
}

int nfi_crossval_multi(nfi_cli *cli, const nf_corpus *c, const nf_crossval_opts *cv, const nf_groups *g, const nf_docs_stats *stats,
                       const nfi_output_opts *out, const nfi_eval_opts *eval, double min_accuracy)
{
    nf_err err = {0};
    results r = {0};
    int code = NFI_EXIT_OK;

    nf_status s = run(c, cv, &r, &err);
    if (s == NF_OK && g->groups)
        s = report_plain(cli, c, cv, &r, g, &err);
    if (s == NF_OK)
        code = report(cli, &r, nf_corpus_classes(c), stats, out, eval, min_accuracy);
    nfi_free(r.fold);
    nfi_free(r.smoothing);
    nfi_free(r.label);
    nfi_free(r.id);
    nf_label_sets_clear(&r.human);
    nf_label_sets_clear(&r.machine);
    return s == NF_OK ? code : nfi_cli_fail(cli, s, &err);
}
