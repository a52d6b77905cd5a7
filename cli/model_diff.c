/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_diff.c - newsframe model diff: what is different in two models, and which documents it matters for. */
#include "cli/model_diff.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/try.h"
#include "base/utf8.h"
#include "cli/columns.h"
#include "newsframe/explain.h"

#include <string.h>

enum { TERM_MAX = 1100 };

/* ---- settings ---- */

static size_t note_text(nfi_cli *cli, const char *name, const char *a, const char *b)
{
    if (strcmp(a, b) == 0)
        return 0;
    nfi_cli_note(cli, "%s: %s, %s", name, *a ? a : "none", *b ? b : "none");
    return 1;
}

static size_t note_count(nfi_cli *cli, const char *name, uint64_t a, uint64_t b)
{
    if (a == b)
        return 0;
    nfi_cli_note(cli, "%s: %llu, %llu", name, (unsigned long long)a, (unsigned long long)b);
    return 1;
}

static size_t note_num(nfi_cli *cli, const char *name, double a, double b)
{
    if (a == b)
        return 0;
    char x[40] = {0}, y[40] = {0};
    nfi_format_shortest(x, a);
    nfi_format_shortest(y, b);
    nfi_cli_note(cli, "%s: %s, %s", name, x, y);
    return 1;
}

static size_t note_classes(nfi_cli *cli, const nf_model *a, const nf_model *b, size_t n, const char *where)
{
    size_t alone = 0;

    for (size_t k = 0; k < n; k++) {
        nf_str l = nf_model_label(a, k);
        char name[120];
        if (nf_model_find_label(b, l) >= 0)
            continue;
        nfi_escape(name, sizeof name, l.p, l.n);
        nfi_cli_note(cli, "class %s: only in the %s model", name, where);
        alone++;
    }
    return alone;
}

static size_t note_settings(nfi_cli *cli, const nf_model *a, const nf_model *b)
{
    nf_model_info x, y;

    nf_model_describe(a, &x);
    nf_model_describe(b, &y);
    size_t n = note_text(cli, "classifier", x.classifier, y.classifier) + note_text(cli, "weighting", x.weighting, y.weighting) +
               note_text(cli, "tokenizer", x.tokenizer, y.tokenizer) + note_text(cli, "unicode", x.unicode, y.unicode) +
               note_text(cli, "stopwords", x.stopwords, y.stopwords) + note_text(cli, "clean", x.clean, y.clean) +
               note_text(cli, "language", x.language, y.language) +
               note_count(cli, "ngram_lo", (uint64_t)x.ngram_lo, (uint64_t)y.ngram_lo) +
               note_count(cli, "ngram_hi", (uint64_t)x.ngram_hi, (uint64_t)y.ngram_hi) + note_count(cli, "lead", x.lead, y.lead) +
               note_text(cli, "prior", x.prior, y.prior) +
               note_num(cli, "smoothing", x.smoothing, y.smoothing) + note_text(cli, "smoothing_kind", x.smoothing_kind, y.smoothing_kind) +
               note_num(cli, "cost", x.cost, y.cost) + note_text(cli, "class_weight", x.class_weight, y.class_weight) +
               note_text(cli, "calibration", x.calibration, y.calibration) + note_num(cli, "temperature", x.temperature, y.temperature) +
               note_count(cli, "documents", x.documents, y.documents) + note_count(cli, "labelled", x.labelled, y.labelled);
    return n + note_classes(cli, a, b, x.classes, "first") + note_classes(cli, b, a, y.classes, "second");
}

/* ---- terms ---- */

static void put_weight(nf_csv *w, size_t term, double weight)
{
    if (term == NF_NO_TERM)
        nf_csv_blank(w);
    else
        nf_csv_num(w, weight, 6);
}

static void put_df(nf_csv *w, const nf_model *m, size_t term)
{
    if (term == NF_NO_TERM)
        nf_csv_blank(w);
    else
        nf_csv_int(w, (int64_t)nf_model_term_df(m, term));
}

static nf_status write_terms(nf_csv *w, const nf_model *a, const nf_model *b, nf_model_diff *d, size_t top, uint64_t *moved, uint64_t *rows,
                             nf_err *err)
{
    nf_model_info info;
    char term[TERM_MAX];

    nf_model_describe(a, &info);
    nfi_dict_header(w, "changes", NULL, 0, NULL, 0);
    for (size_t k = 0; k < info.classes; k++) {
        nf_str l = nf_model_label(a, k);
        const nf_term_change *c;
        size_t n, all;
        int32_t other = nf_model_find_label(b, l);
        if (other < 0)
            continue;
        NF_TRY(nf_model_diff_class(d, k, (size_t)other, top, &c, &n, &all, err));
        *moved += all;
        *rows += n;
        for (size_t i = 0; i < n; i++) {
            size_t len = c[i].term_a != NF_NO_TERM ? nf_model_term(a, c[i].term_a, term, sizeof term)
                                                   : nf_model_term(b, c[i].term_b, term, sizeof term);
            nf_csv_text(w, l.p, l.n);
            nf_csv_int(w, (int64_t)i + 1);
            nf_csv_text(w, term, len < sizeof term ? len : sizeof term);
            put_weight(w, c[i].term_a, c[i].weight_a);
            put_weight(w, c[i].term_b, c[i].weight_b);
            nf_csv_num(w, c[i].weight_b - c[i].weight_a, 6);
            put_df(w, a, c[i].term_a);
            put_df(w, b, c[i].term_b);
            nf_csv_end(w);
        }
    }
    return NF_OK;
}

/* ---- documents ---- */

typedef struct judge {
    const nf_model *m;
    nf_scorer *s;
    nf_score *score;
    double *odds;
    size_t classes, cap, capodds;
} judge;

static nf_status judge_open(judge *j, const nf_model *m, int threads, nf_err *err)
{
    nf_model_info info;

    nf_model_describe(m, &info);
    *j = (judge){.m = m, .classes = info.classes};
    return nf_scorer_new(&j->s, m, &(nf_scorer_opts){.threads = threads, .language = -1}, err);
}

static nf_status judge_batch(judge *j, const nf_batch *b, nf_err *err)
{
    NF_TRY(nfi_grow(&j->score, &j->cap, b->n, sizeof *j->score, err));
    NF_TRY(nfi_grow(&j->odds, &j->capodds, b->n * j->classes, sizeof *j->odds, err));
    return nf_scorer_batch(j->s, b, j->score, j->odds, err);
}

static void judge_close(judge *j)
{
    nf_scorer_free(j->s);
    nfi_free(j->score);
    nfi_free(j->odds);
}

static nf_str label_of(const judge *j, size_t i)
{
    return j->score[i].status == NF_SCORE_OK ? nf_model_label(j->m, (size_t)j->score[i].label) : (nf_str){"", 0};
}

static void put_score(nf_csv *w, const judge *j, size_t i)
{
    nf_str l = label_of(j, i);

    nf_csv_str(w, nf_score_status_text(j->score[i].status));
    nf_csv_text(w, l.p, l.n);
    if (j->score[i].scored)
        nf_csv_num(w, j->score[i].margin, 6);
    else
        nf_csv_blank(w);
}

static nf_status compare_documents(nf_csv *w, judge *j, nf_docs *docs, uint64_t *flipped, nf_err *err)
{
    nf_batch b = {0};
    nf_status s = NF_OK;

    if (w)
        nfi_dict_header(w, "flips", NULL, 0, NULL, 0);
    for (;;) {
        NF_GO(nf_docs_next(docs, &b, err));
        if (b.n == 0)
            break;
        NF_GO(judge_batch(&j[0], &b, err));
        NF_GO(judge_batch(&j[1], &b, err));
        for (size_t i = 0; i < b.n; i++) {
            nf_str x = label_of(&j[0], i), y = label_of(&j[1], i);
            if (j[0].score[i].status == j[1].score[i].status && x.n == y.n && memcmp(x.p, y.p, x.n) == 0)
                continue;
            ++*flipped;
            if (!w)
                continue;
            nf_csv_text(w, b.docs[i].id.p, b.docs[i].id.n);
            put_score(w, &j[0], i);
            put_score(w, &j[1], i);
            nf_csv_end(w);
        }
    }
out:
    nf_batch_clear(&b);
    return s;
}

static nf_status documents(nfi_cli *cli, const nfi_diff_opts *o, const nf_model *a, const nf_model *b, nf_docs *docs, nf_err *err)
{
    judge j[2] = {{0}};
    nf_csv *w = NULL;
    uint64_t flipped = 0;
    nf_status s = NF_OK;

    NF_GO(judge_open(&j[0], a, (int)o->threads, err));
    NF_GO(judge_open(&j[1], b, (int)o->threads, err));
    if (o->documents)
        NF_GO(nf_csv_open(&w, o->documents, NF_CSV_PLAIN, err));
    s = compare_documents(w, j, docs, &flipped, err);
    if (w) {
        nf_status closed = nf_csv_close(w, s == NF_OK, err);
        s = s == NF_OK ? closed : s;
    }
    NF_GO(s);
    NF_GO(nf_docs_finish(docs, err));
    nfi_tally t;
    const nf_docs_stats *c = nf_docs_counts(docs);
    nfi_tally_begin(&t, "read", c->read);
    nfi_tally_part(&t, "alike", c->read - c->rejected - c->left_out - flipped);
    nfi_tally_part(&t, "flipped", flipped);
    nfi_tally_docs(&t, c);
    nfi_tally_end(&t, cli);
out:
    judge_close(&j[0]);
    judge_close(&j[1]);
    return s;
}

int nfi_model_diff(nfi_cli *cli, const nfi_diff_opts *o, const char *output, int nargs, char **args)
{
    nf_model *m[2] = {NULL};
    nf_model_diff *d = NULL;
    nf_docs *docs = NULL;
    nf_csv *w = NULL;
    nfi_common_opts common = {.threads = o->threads};
    uint64_t moved = 0, rows = 0;
    size_t both, only_a, only_b;
    nf_err err = {0};

    if (nargs < 2)
        return nfi_cli_usage(cli, "model diff needs two models");
    if (o->documents && nargs == 2)
        return nfi_cli_usage(cli, "--documents lists documents whose label is another; name a corpus after the models");
    const char *about = nargs == 2 ? nfi_cli_given_under(cli, "Input", NULL) : NULL;
    if (about)
        return nfi_cli_usage(cli, "--%s is about a corpus; name one after the models", about);
    int usage = nfi_work_outputs(cli, (const char *const[]){output, o->documents, o->in.rejects}, 3, nargs, args, NULL);
    if (usage != NFI_EXIT_OK)
        return usage;
    nf_status s = nf_model_load(&m[0], args[0], &err);
    if (s == NF_OK)
        s = nf_model_load(&m[1], args[1], &err);
    if (s == NF_OK)
        s = nf_model_diff_new(&d, m[0], m[1], &err);
    if (s == NF_OK && nargs > 2)
        s = nfi_work_open(&docs, &o->in, &common, false, nargs - 2, args + 2, &err);
    if (s == NF_OK) {
        size_t n = note_settings(cli, m[0], m[1]);
        nf_model_diff_terms(d, &both, &only_a, &only_b);
        nfi_cli_note(cli, "settings that differ: %zu; terms in both: %zu, only in the first: %zu, only in the second: %zu", n, both, only_a,
                     only_b);
        s = nf_csv_open(&w, output, NF_CSV_PLAIN, &err);
    }
    if (s == NF_OK) {
        s = write_terms(w, m[0], m[1], d, (size_t)o->top, &moved, &rows, &err);
        nf_status closed = nf_csv_close(w, s == NF_OK, &err);
        s = s == NF_OK ? closed : s;
    }
    if (s == NF_OK) {
        nfi_tally t;
        nfi_tally_begin(&t, "weights that moved", moved);
        nfi_tally_part(&t, "written", rows);
        nfi_tally_part(&t, "beyond --top", moved - rows);
        nfi_tally_end(&t, cli);
    }
    if (s == NF_OK && docs)
        s = documents(cli, o, m[0], m[1], docs, &err);
    nf_docs_close(docs);
    nf_model_diff_free(d);
    nf_model_free(m[0]);
    nf_model_free(m[1]);
    return nfi_cli_fail(cli, s, &err);
}
