/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crossval_multi.c - newsframe crossval where documents may have several labels. */
#include "cli/codebooks.h"
#include "cli/dups.h"
#include "cli/work.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/try.h"

#include <string.h>

typedef struct results {
    int32_t *fold;
    double *smoothing;
    nf_str *label, *id;
    size_t labels; /* classes, and frames of a codebook that no document has */
    nf_label_sets human, machine, lexicon;
    float *probability;
    nf_reliability *reliability;
} results;

#define MOST_PROBABILITIES ((size_t)1 << 27) /* judgements by classes; more are not judged */

static void clear(results *r)
{
    nfi_free(r->fold);
    nfi_free(r->smoothing);
    nfi_free(r->label);
    nfi_free(r->id);
    nfi_free(r->probability);
    nfi_free(r->reliability);
    nf_label_sets_clear(&r->human);
    nf_label_sets_clear(&r->machine);
    nf_label_sets_clear(&r->lexicon);
}

static nf_status append(nf_label_sets *to, const nf_label_sets *x, nf_err *err)
{
    nf_status s = NF_OK;

    for (size_t d = 0; d < x->n && s == NF_OK; d++)
        s = nf_label_sets_add(to, x->cls + x->ptr[d], (size_t)(x->ptr[d + 1] - x->ptr[d]), err);
    return s;
}

/* Each repetition with folds of its own: those of the second are numbered on after those of the first. */
static nf_status run(const nf_corpus *c, const nf_crossval_opts *once, size_t repeats, results *r, nf_err *err)
{
    size_t docs = nf_corpus_docs(c), k = nf_corpus_classes(c), n;
    nf_status s = NF_OK;

    if (!nfi_mul(docs, repeats, &n))
        return err->code = NF_ENOMEM;
    r->fold = nfi_alloc(n, sizeof *r->fold);
    r->smoothing = nfi_alloc(once->folds, sizeof *r->smoothing);
    r->label = nfi_alloc(k, sizeof *r->label);
    r->id = nfi_alloc(n, sizeof *r->id);
    if (!r->fold || !r->smoothing || !r->label || !r->id)
        return err->code = NF_ENOMEM;
    for (size_t i = 0; i < k; i++)
        r->label[i] = nf_corpus_class(c, i);
    r->labels = k;
    for (size_t d = 0; d < n; d++)
        r->id[d] = nf_corpus_id(c, d % docs);
    for (size_t i = 0; i < repeats && s == NF_OK; i++) {
        nf_crossval_opts cv = *once;
        nf_label_sets human = {0}, machine = {0};
        int32_t *fold = r->fold + i * docs;
        cv.seed = once->seed + i;
        cv.probability = once->probability ? once->probability + i * docs * k : NULL;
        s = nf_crossval_multi(c, &cv, fold, &human, &machine, r->smoothing, err);
        for (size_t d = 0; d < docs && s == NF_OK; d++)
            fold[d] += fold[d] < 0 ? 0 : (int32_t)(i * cv.folds);
        if (s == NF_OK)
            s = append(&r->human, &human, err);
        if (s == NF_OK)
            s = append(&r->machine, &machine, err);
        nf_label_sets_clear(&human);
        nf_label_sets_clear(&machine);
    }
    return s;
}

/* How much the probabilities are worth, in the order of the documents. */
static nf_status judge_probabilities(results *r, size_t k, size_t repeats, nf_err *err)
{
    int32_t none = nfi_work_none(r->label, k);

    if (!r->probability)
        return NF_OK;
    if (!(r->reliability = nfi_calloc(k + 1, sizeof *r->reliability)))
        return err->code = NF_ENOMEM;
    for (size_t d = 0; d < r->human.n; d++) {
        uint64_t at = r->human.ptr[d], end = r->human.ptr[d + 1];
        for (size_t i = 0, coded = end - at; coded && i < k; i++) {
            double p = (double)r->probability[d * k + i];
            while (at < end && r->human.cls[at] < i)
                at++;
            bool has = at < end && r->human.cls[at] == i;
            if (p < 0.0)
                break;
            nf_reliability_add(&r->reliability[i], p, has);
            if ((int32_t)i != none)
                nf_reliability_add(&r->reliability[k], p, has);
        }
    }
    for (size_t i = 0; i <= k; i++) {
        nf_status s = nf_reliability_settle(&r->reliability[i], err);
        if (s == NF_OK)
            s = nfi_work_bins(&r->reliability[i], repeats, err);
        if (s != NF_OK)
            return s;
    }
    return NF_OK;
}

static size_t find_label(const results *r, nf_str key)
{
    for (size_t i = 0; i < r->labels; i++)
        if (r->label[i].n == key.n && memcmp(r->label[i].p, key.p, key.n) == 0)
            return i;
    return r->labels;
}

/* Frames to classes; those that no document has come behind them. */
static nf_status read_lexicon(results *r, const nfi_codebook_watch *w, size_t repeats, nf_err *err)
{
    size_t frames = nf_codebook_frames(w->cb), cap = r->labels;
    uint16_t *to = nfi_alloc(frames + 1, sizeof *to), *cls = nfi_alloc(frames + 1, sizeof *cls);
    nf_status s = to && cls ? nfi_grow(&r->label, &cap, r->labels + frames + 1, sizeof *r->label, err) : (err->code = NF_ENOMEM);

    for (size_t f = 0; s == NF_OK && f <= frames; f++) {
        nf_str key = f < frames ? nf_codebook_frame(w->cb, f)->key : (nf_str){"none", 4};
        size_t at = find_label(r, key);
        if (at == r->labels)
            r->label[r->labels++] = key;
        to[f] = (uint16_t)at;
    }
    if (s == NF_OK && r->labels > NFI_MAX_LABELS)
        s = NF_FAIL(err, NF_ELIMIT, "more than %d labels and frames", NFI_MAX_LABELS);
    for (size_t i = 0; s == NF_OK && i < w->said.n * repeats; i++) {
        size_t n = 0, d = i % w->said.n;
        for (uint64_t e = w->said.ptr[d]; e < w->said.ptr[d + 1]; e++) {
            size_t at = n++;
            for (; at > 0 && cls[at - 1] > to[w->said.cls[e]]; at--)
                cls[at] = cls[at - 1];
            cls[at] = to[w->said.cls[e]];
        }
        s = nf_label_sets_add(&r->lexicon, cls, n, err);
    }
    nfi_free(to);
    nfi_free(cls);
    return s;
}

/* What folds would say that do not hold groups together. */
static nf_status report_plain(nfi_cli *cli, const nf_corpus *c, const nf_crossval_opts *grouped, size_t repeats, const results *r,
                              const nfi_folding *f, nf_err *err)
{
    char head[160], each[160];
    nf_crossval_opts cv = *grouped;
    nf_multi_metrics a = {0}, b = {0};
    results plain = {0};
    size_t k = nf_corpus_classes(c);

    cv.groups = f->plain;
    cv.probability = NULL;
    nf_status s = run(c, &cv, repeats, &plain, err);
    if (s == NF_OK)
        s = nf_multi_metrics_of(&a, &r->human, &r->machine, k, nfi_work_none(r->label, k), err);
    if (s == NF_OK)
        s = nf_multi_metrics_of(&b, &plain.human, &plain.machine, k, nfi_work_none(r->label, k), err);
    nfi_folding_texts(f, head, each);
    if (s == NF_OK) {
        nfi_cli_note(cli, "%s: micro F1 %.4f  macro F1 %.4f  (%s in one fold); plain: micro F1 %.4f  macro F1 %.4f", head, a.micro_f1.value,
                     a.macro_f1, each, b.micro_f1.value, b.macro_f1);
        nfi_folding_warn(cli, f, a.micro_f1.value, b.micro_f1.value);
    }
    nf_multi_metrics_clear(&a);
    nf_multi_metrics_clear(&b);
    clear(&plain);
    return s;
}

static int report(nfi_cli *cli, const results *r, size_t k, size_t repeats, const nf_docs_stats *stats, const nfi_output_opts *out,
                  const nfi_eval_opts *eval, double min_accuracy)
{
    nfi_multi_evaluation e = {.label = r->label,
                              .k = r->labels,
                              .human = &r->human,
                              .machine = &r->machine,
                              .lexicon = r->lexicon.n ? &r->lexicon : NULL,
                              .fold = r->fold,
                              .id = r->id,
                              .reliability = r->reliability,
                              .judged = k,
                              .repeats = repeats};
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
    if (repeats > 1) { /* a document may be right once and wrong another time */
        nfi_tally_part(&t, "held out", judged / repeats);
    } else {
        nfi_tally_part(&t, "right", right);
        nfi_tally_part(&t, "wrong", judged - right - without);
        nfi_tally_part(&t, "no label given", without);
    }
    nfi_tally_part(&t, "unlabelled", (r->human.n - judged) / repeats);
    nfi_tally_docs(&t, stats);
    nfi_tally_end(&t, cli);
    return nfi_work_gate(cli, right, judged, min_accuracy,
                         repeats > 1 ? "sets of labels given in all repetitions are right" : "documents have the right set of labels");
}

int nfi_crossval_multi(nfi_cli *cli, const nf_corpus *c, const nf_crossval_opts *cv, size_t repeats, const nfi_folding *f,
                       const nf_docs_stats *stats, const nfi_codebook_watch *said, const nfi_output_opts *out, const nfi_eval_opts *eval,
                       double min_accuracy)
{
    nf_err err = {0};
    results r = {0};
    int code = NFI_EXIT_OK;
    size_t k = nf_corpus_classes(c), n = nf_corpus_docs(c) * repeats;
    nf_crossval_opts with = *cv;
    nf_status s = NF_OK;

    if (k && n <= MOST_PROBABILITIES / k) {
        with.probability = r.probability = nfi_alloc(n * k, sizeof *r.probability);
        s = r.probability ? NF_OK : (err.code = NF_ENOMEM);
    }
    if (s == NF_OK)
        s = run(c, &with, repeats, &r, &err);
    if (s == NF_OK)
        s = judge_probabilities(&r, k, repeats, &err);
    if (s == NF_OK && said)
        s = read_lexicon(&r, said, repeats, &err);
    if (s == NF_OK && f->grouped)
        s = report_plain(cli, c, cv, repeats, &r, f, &err);
    if (s == NF_OK)
        code = report(cli, &r, k, repeats, stats, out, eval, min_accuracy);
    clear(&r);
    return s == NF_OK ? code : nfi_cli_fail(cli, s, &err);
}
