/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sureness.c - the tables of evaluate and crossval about probabilities and sets of classes. */
#include "cli/columns.h"
#include "cli/work.h"

#include "base/mem.h"

/* Sets of the documents of one class. */
typedef struct held {
    uint64_t support, covered, empty, classes, shared;
} held;

void nfi_work_reliability_row(nf_csv *w, const nf_reliability_bin *x)
{
    const double share[] = {x->probability, x->accuracy, x->accuracy_low, x->accuracy_high};

    nf_csv_num(w, x->low, 6);
    nf_csv_num(w, x->high, 6);
    nf_csv_int(w, (int64_t)x->n);
    for (size_t i = 0; i < sizeof share / sizeof *share; i++) {
        if (x->n)
            nf_csv_num(w, share[i], 6);
        else
            nf_csv_blank(w);
    }
    nf_csv_end(w);
}

static void reliability_table(nf_csv *w, const nf_reliability *r)
{
    nfi_dict_header(w, "eval_reliability", NULL, 0, NULL, 0);
    for (size_t b = 0; b < NF_RELIABILITY_BINS; b++)
        nfi_work_reliability_row(w, &r->bin[b]);
}

static nf_status set_row(nf_csv *w, nf_str label, const held *h, size_t repeats, nf_err *err)
{
    double low, high;

    nf_csv_text(w, label.p, label.n);
    nf_csv_int(w, (int64_t)h->support);
    nf_csv_int(w, (int64_t)h->covered);
    if (h->support == 0) {
        for (int i = 0; i < 6; i++)
            nf_csv_blank(w);
        nf_csv_end(w);
        return NF_OK;
    }
    nf_status s = nfi_work_interval(h->covered, h->support, repeats, &low, &high, err);
    nf_csv_num(w, (double)h->covered / (double)h->support, 6);
    nf_csv_num(w, low, 6);
    nf_csv_num(w, high, 6);
    nf_csv_num(w, (double)h->classes / (double)h->support, 6);
    nf_csv_int(w, (int64_t)h->empty);
    nf_csv_int(w, (int64_t)h->shared);
    nf_csv_end(w);
    return s;
}

static nf_status count_sets(held **out, held *all, const nfi_evaluation *e, nf_err *err)
{
    held *by = nfi_calloc(e->k, sizeof *by);

    if (!by)
        return err->code = NF_ENOMEM;
    for (size_t i = 0; i < e->n; i++) {
        const nf_confidence *c = &e->confidence[i];
        int32_t h = e->human[i];
        if (!c->there || h < 0 || (e->excluded && e->excluded[h]))
            continue;
        by[h].support++;
        by[h].covered += c->in_set;
        by[h].empty += c->set_size == 0;
        by[h].classes += c->set_size;
        by[h].shared += c->shared;
    }
    for (size_t k = 0; k < e->k; k++) {
        all->support += by[k].support;
        all->covered += by[k].covered;
        all->empty += by[k].empty;
        all->classes += by[k].classes;
        all->shared += by[k].shared;
    }
    *out = by;
    return NF_OK;
}

static nf_status write_sets(const char *path, int excel, const nfi_evaluation *e, const held *by, const held *all, nf_err *err)
{
    nf_csv *w;
    nf_status s = nf_csv_open(&w, path, (nf_csv_dialect)excel, err);

    if (s != NF_OK)
        return s;
    nfi_dict_header(w, "eval_sets", NULL, 0, NULL, 0);
    for (size_t k = 0; k < e->k && s == NF_OK; k++)
        s = set_row(w, e->label[k], &by[k], e->repeats, err);
    if (s == NF_OK)
        s = set_row(w, (nf_str){"all", 3}, all, e->repeats, err);
    nf_status closed = nf_csv_close(w, s == NF_OK, s == NF_OK ? err : NULL);
    return s == NF_OK ? closed : s;
}

static nf_status write_reliability(const char *path, int excel, const nf_reliability *r, nf_err *err)
{
    nf_csv *w;
    nf_status s = nf_csv_open(&w, path, (nf_csv_dialect)excel, err);

    if (s != NF_OK)
        return s;
    reliability_table(w, r);
    return nf_csv_close(w, 1, err);
}

/* Classes that are too small for a bound of their own, named. */
static void note_shared(nfi_cli *cli, const nfi_evaluation *e, const held *by, double coverage)
{
    size_t n = 0, first = 0;

    for (size_t k = 0; k < e->k; k++) {
        first = n == 0 ? k : first;
        n += by[k].shared > 0;
    }
    if (n)
        nfi_cli_note(
            cli,
            "%zu class%s too few documents for a bound of sets at %g (\"%.*s\"%s): one bound is shared, and the coverage is "
            "theirs together",
            n, n == 1 ? " has" : "es have", coverage, (int)e->label[first].n, e->label[first].p, n > 1 ? ", ..." : "");
}

nf_status nfi_work_sureness(nfi_cli *cli, const nfi_evaluation *e, const nf_reliability *r, const nfi_output_opts *out,
                            const nfi_eval_opts *o, nf_err *err)
{
    held *by = NULL, all = {0};
    nf_status s = NF_OK;

    if (r->n)
        nfi_cli_note(cli, "probabilities of %llu %s: calibration error %.4f  log loss %.4f  Brier score %.4f",
                     (unsigned long long)r->n, e->repeats > 1 ? "judgements" : "documents", r->ece, r->log_loss, r->brier);
    else if (o->reliability || o->sets)
        nfi_cli_warn(cli, "the model is not calibrated: tables about probabilities are empty");
    if (o->reliability)
        s = write_reliability(o->reliability, out->excel, r, err);
    if (s == NF_OK && e->confidence)
        s = count_sets(&by, &all, e, err);
    if (s == NF_OK && all.support)
        nfi_cli_note(cli, "sets at %g: the right class is in %.4f of them, %.2f classes a set, %llu empty", o->coverage,
                     (double)all.covered / (double)all.support, (double)all.classes / (double)all.support, (unsigned long long)all.empty);
    if (s == NF_OK && by)
        note_shared(cli, e, by, o->coverage);
    if (s == NF_OK && by && o->sets)
        s = write_sets(o->sets, out->excel, e, by, &all, err);
    nfi_free(by);
    return s;
}
