/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_terms.c - newsframe terms: the terms of each class, with figures and, of a corpus, an example. */
#include "cli/columns.h"
#include "cli/work.h"

#include "base/mem.h"
#include "base/try.h"
#include "newsframe/explain.h"

#include <string.h>

enum { TERM_MAX = 1100 };

struct opts {
    nfi_input_opts in;
    nfi_output_opts out;
    nfi_common_opts common;
    const char *model, *only;
    uint64_t top;
};

static const nfi_opt rows[] = {
    OPT_HEADER("Model"),
    OPT_READ('m', "model", struct opts, model, NULL, "the model; without it the built-in geo-1"),
    OPT_STR(0, "class", struct opts, only, "CLASS", NULL, "this class only"),
    OPT_COUNT(0, "top", struct opts, top, "N", "50", 1, UINT64_MAX, "the first N terms of each class"),
    OPT_OUTPUT(struct opts, out),
    OPT_INPUT(struct opts, in),
    OPT_HEADER("Common"),
    OPT_THREADS(struct opts, common),
    OPT_QUIET(struct opts, common),
    OPT_END};

/* Terms of all classes asked for, one after another. */
typedef struct list {
    nf_class_term *term;
    size_t *cls, n, cap, capcls;
} list;

static nf_status add_class(list *l, const nf_model *m, size_t k, size_t most, nf_err *err)
{
    size_t n = 0;

    NF_TRY(nfi_grow(&l->term, &l->cap, l->n + most, sizeof *l->term, err));
    NF_TRY(nfi_grow(&l->cls, &l->capcls, l->n + most, sizeof *l->cls, err));
    NF_TRY(nf_model_class_terms(m, k, most, l->term + l->n, &n, err));
    for (size_t i = 0; i < n; i++)
        l->cls[l->n++] = k;
    return NF_OK;
}

static nf_status collect(list *l, const nf_model *m, const struct opts *o, int32_t only, nf_err *err)
{
    nf_model_info info;
    nf_status s = NF_OK;

    nf_model_describe(m, &info);
    size_t most = o->top < info.terms ? (size_t)o->top : info.terms;
    for (size_t k = 0; s == NF_OK && k < info.classes; k++)
        if (only < 0 || (size_t)only == k)
            s = add_class(l, m, k, most, err);
    return s;
}

/* Reads the corpus for sentences. */
static nf_status find_examples(nf_examples **out, const list *l, const nf_model *m, nf_docs *docs, const struct opts *o, nfi_cli *cli,
                               nf_err *err)
{
    nf_status s = NF_OK;
    nf_scorer *scorer = NULL;
    nf_examples *e = NULL;
    nf_batch batch = {0};
    nfi_progress progress = {0};
    size_t *terms = nfi_alloc(l->n, sizeof *terms);

    if (!terms)
        return nfi_oom(err, "terms");
    for (size_t i = 0; i < l->n; i++)
        terms[i] = l->term[i].term;
    NF_GO(nf_examples_new(&e, m, terms, l->cls, l->n, err));
    NF_GO(nf_scorer_new(&scorer, m, &(nf_scorer_opts){.threads = (int)o->common.threads}, err));
    nfi_progress_start(&progress, cli, "looking", "documents");
    while ((s = nf_docs_next(docs, &batch, err)) == NF_OK && batch.n > 0) {
        NF_GO(nf_examples_add(e, scorer, &batch, err));
        nfi_work_progress(&progress, nf_docs_counts(docs));
    }
    if (s == NF_OK)
        s = nf_docs_finish(docs, err);
    if (s != NF_OK)
        goto out;
    *out = e;
    e = NULL;
out:
    nfi_progress_stop(&progress);
    nf_batch_clear(&batch);
    nf_examples_free(e);
    nf_scorer_free(scorer);
    nfi_free(terms);
    return s;
}

static void write_row(nf_csv *w, const nf_model *m, const list *l, size_t i, size_t rank, const nf_examples *e)
{
    const nf_class_term *t = &l->term[i];
    bool counts = nf_model_has_counts(m);
    char text[TERM_MAX];
    size_t n = nf_model_term(m, t->term, text, sizeof text);
    nf_str label = nf_model_label(m, l->cls[i]);

    nf_csv_text(w, label.p, label.n);
    nf_csv_int(w, (int64_t)rank);
    nf_csv_text(w, text, n < sizeof text ? n : sizeof text);
    nf_csv_num(w, t->weight, 6);
    for (int k = 0; k < 2; k++) {
        if (counts)
            nf_csv_num(w, k ? t->z : t->log_odds, 6);
        else
            nf_csv_blank(w);
    }
    if (counts)
        nf_csv_int(w, (int64_t)t->class_docs);
    else
        nf_csv_blank(w);
    nf_csv_int(w, (int64_t)t->docs);
    nf_example x = e ? nf_examples_get(e, i) : (nf_example){0};
    nf_csv_text(w, x.text.n ? x.text.p : "", x.text.n);
    nf_csv_text(w, x.text.n ? x.id.p : "", x.text.n ? x.id.n : 0);
    nf_csv_end(w);
}

static nf_status write_table(const list *l, const nf_model *m, const nf_examples *e, const struct opts *o, nf_err *err)
{
    nf_csv *w = NULL;

    NF_TRY(nf_csv_open(&w, o->out.output, (nf_csv_dialect)o->out.excel, err));
    nfi_dict_header(w, "terms", NULL, 0, NULL, 0);
    for (size_t i = 0, rank = 0; i < l->n; i++) {
        rank = i > 0 && l->cls[i] == l->cls[i - 1] ? rank + 1 : 1;
        write_row(w, m, l, i, rank, e);
    }
    return nf_csv_close(w, 1, err);
}

static void tally(nfi_cli *cli, const list *l, const nf_examples *e, const nf_docs *docs)
{
    nfi_tally t;
    uint64_t with = 0;

    for (size_t i = 0; e && i < l->n; i++)
        with += nf_examples_get(e, i).text.n > 0;
    if (!docs) {
        nfi_tally_begin(&t, "written", l->n);
        nfi_tally_part(&t, "terms", l->n);
    } else {
        const nf_docs_stats *c = nf_docs_counts(docs);
        nfi_tally_begin(&t, "read", c->read);
        nfi_tally_part(&t, "searched", c->read - c->rejected - c->left_out);
        nfi_tally_docs(&t, c);
        nfi_tally_also(&t, "terms", l->n);
        nfi_tally_also(&t, "with an example", with);
    }
    nfi_tally_end(&t, cli);
}

static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    const struct opts *o = opts;
    nf_model *model = NULL;
    nf_docs *docs = NULL;
    nf_examples *examples = NULL;
    list l = {0};
    nf_err err = {0};
    int32_t only = -1;
    int usage = nfi_work_outputs(cli, (const char *const[]){o->out.output, o->in.rejects}, 2, nargs, args, o->model);

    const char *about = nargs == 0 ? nfi_cli_given_under(cli, "Input", NULL) : NULL;
    if (usage == NFI_EXIT_OK && about)
        usage = nfi_cli_usage(cli, "--%s is about a corpus; name one, - is standard input", about);
    if (usage != NFI_EXIT_OK)
        return usage;
    nf_status s = nfi_work_model(&model, o->model, &err);
    if (s == NF_OK && o->only && (only = nf_model_find_label(model, (nf_str){o->only, strlen(o->only)})) < 0) {
        usage = nfi_cli_usage(cli, "the model has no class \"%.60s\"; newsframe model info lists them", o->only);
        goto out;
    }
    if (s == NF_OK && nargs > 0) /* standard input must be named: the corpus is optional */
        s = nfi_work_open(&docs, &o->in, &o->common, false, nargs, args, &err);
    if (s == NF_OK)
        s = collect(&l, model, o, only, &err);
    if (s == NF_OK && docs)
        s = find_examples(&examples, &l, model, docs, o, cli, &err);
    if (s == NF_OK)
        s = write_table(&l, model, examples, o, &err);
    if (s == NF_OK) {
        if (!nf_model_has_counts(model))
            nfi_cli_warn(cli, "the model has no counts of documents by class: terms are ordered by weight, log_odds and z are blank");
        tally(cli, &l, examples, docs);
    }
out:
    nfi_free(l.term);
    nfi_free(l.cls);
    nf_examples_free(examples);
    nf_docs_close(docs);
    nf_model_free(model);
    return usage != NFI_EXIT_OK ? usage : nfi_cli_fail(cli, s, &err);
}

static const char *const paragraphs[] = {
    "Writes the terms that set each class apart, by falling z: how much more often documents of the class have the term than all others, "
    "as a log-odds ratio with an informative Dirichlet prior (the corpus itself, at a tenth of its counts; Monroe, Colaresi and Quinn "
    "2008), over its standard error. z above 2 is more than chance for one term looked at alone; of thousands some are by chance. weight "
    "is what the model itself makes of the term: nats for the class against the mean of the others, a unit of document weight.",
    "Where a corpus is given, each term has an example: of the sentences with the term the one with the highest score of the class, "
    "sentences of up to 280 bytes first. The corpus need have no labels; - is standard input.",
    NULL};

static const nfi_example examples_of[] = {
    {"newsframe terms --top 10 -o terms.csv", "the terms of the built-in frames"},
    {"newsframe terms -m angles.nfm test.jsonl --class military -o terms.csv", "one class, with sentences"},
    {NULL, NULL}};

const nfi_verb nfi_verb_terms = {.name = "terms",
                                 .group = "Explore",
                                 .summary = "list the terms that set each class apart, with figures and example sentences",
                                 .operands = "[CORPUS...]",
                                 .max_args = -1,
                                 .paragraphs = paragraphs,
                                 .opts = rows,
                                 .opts_size = sizeof(struct opts),
                                 .examples = examples_of,
                                 .exits = NFI_EXITS_MODEL,
                                 .run = run};
