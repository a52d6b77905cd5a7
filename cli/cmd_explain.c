/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_explain.c - newsframe explain: why documents have their labels, as text for people or as a table. */
#include "cli/columns.h"
#include "cli/inspect.h"
#include "cli/pick.h"
#include "cli/work.h"

#include "base/io.h"
#include "base/num.h"
#include "newsframe/explain.h"

#include <string.h>

enum { TERM_MAX = 1100, SHOWN_PLACES = 4, SHOWN_SENTENCE = 100, FIGURE = 11, TERM_WIDTH = 28 };

struct opts {
    nfi_input_opts in;
    nfi_output_opts out;
    nfi_common_opts common;
    const char *model, *label_class;
    bool csv;
    uint64_t top, min_tokens;
    nfi_pick_opts pick;
};

static const nfi_opt rows[] = {
    OPT_HEADER("Model"),
    OPT_READ('m', "model", struct opts, model, NULL, "the model; without it the built-in geo-1"),
    OPT_STR(0, "class", struct opts, label_class, "CLASS", NULL,
            "explain this class against the best of the others; without it the one with the highest score"),
    OPT_COUNT(0, "min-tokens", struct opts, min_tokens, "N", "3", 1, UINT64_MAX, "documents of fewer words have no label"),
    OPT_HEADER("Documents"),
    OPT_PICK(struct opts, pick, "explain"),
    OPT_HEADER("Output"),
    OPT_OUTPUT_FILE(struct opts, out, "write to FILE, replaced at once when all is done"),
    OPT_FLAG(0, "csv", struct opts, csv, "write a table with every term instead of text"),
    OPT_EXCEL(struct opts, out),
    OPT_COUNT(0, "top", struct opts, top, "N", "20", 0, UINT64_MAX, "show the N terms with the greatest parts, the rest as one line"),
    OPT_INPUT(struct opts, in),
    OPT_HEADER("Common"),
    OPT_THREADS(struct opts, common),
    OPT_QUIET(struct opts, common),
    OPT_END};

typedef struct job {
    const struct opts *o;
    const nf_model *m;
    nf_docs *docs;
    nf_scorer *scorer;
    int32_t label; /* asked for, or -1 */
    nf_csv *w;     /* with --csv */
    nfi_out *out;  /* else */
    nfi_buf b;
    nf_explanation e;
    nfi_pick pick;
    uint64_t passed; /* documents not asked for */
    uint64_t by_status[NF_SCORE_STATUS_COUNT];
} job;

/* ---- text ---- */

static void pad(nfi_buf *b, size_t from, size_t width)
{
    for (size_t n = b->n - from; n < width; n++)
        nfi_buf_putc(b, ' ');
}

static void figure(nfi_buf *b, int64_t micro)
{
    char digits[NFI_FIXED_MAX];
    size_t n = nfi_format_fixed(digits, (double)micro / 1e6, 6);
    for (size_t i = n; i < FIGURE; i++)
        nfi_buf_putc(b, ' ');
    nfi_buf_put(b, digits, n);
    nfi_buf_puts(b, "  ");
}

static void line(nfi_buf *b, int64_t micro, const char *what)
{
    figure(b, micro);
    nfi_buf_puts(b, what);
    nfi_buf_putc(b, '\n');
}

static void put_label(nfi_buf *b, const nf_model *m, int32_t k)
{
    nfi_put_safe(b, nf_model_label(m, (size_t)k), 128, false);
}

static nf_str term_text(const nf_model *m, size_t t, char text[TERM_MAX])
{
    size_t n = nf_model_term(m, t, text, TERM_MAX);
    return (nf_str){text, n < TERM_MAX ? n : TERM_MAX};
}

/* "12-17, 40-45, title 3-8, 2 more" */
static void put_places(nfi_buf *b, const nf_place *p, size_t n, size_t most, const char *between, bool always_field)
{
    for (size_t i = 0; i < n && i < most; i++) {
        nfi_buf_puts(b, i ? between : "");
        nfi_buf_puts(b, p[i].in_title ? always_field ? "title:" : "title " : always_field ? "text:" : "");
        nfi_buf_put_u64(b, p[i].start);
        nfi_buf_putc(b, '-');
        nfi_buf_put_u64(b, p[i].end);
    }
    if (n > most) {
        nfi_buf_puts(b, ", ");
        nfi_buf_put_u64(b, n - most);
        nfi_buf_puts(b, " more");
    }
}

static void text_terms(job *j)
{
    const nf_explanation *e = &j->e;
    nfi_buf *b = &j->b;
    char text[TERM_MAX];
    int64_t rest = 0;
    size_t shown = e->nterms < j->o->top ? e->nterms : (size_t)j->o->top;

    nfi_buf_puts(b, "\n       nats  term                        count  bytes\n");
    line(b, e->prior_micro, "(prior)");
    for (size_t i = 0; i < shown; i++) {
        const nf_term_part *t = &e->term[i];
        figure(b, t->micro);
        size_t from = b->n;
        nfi_put_safe(b, term_text(j->m, t->term, text), 400, false);
        pad(b, from, TERM_WIDTH);
        nfi_buf_puts(b, b->n - from > TERM_WIDTH ? " " : "");
        from = b->n;
        nfi_buf_put_u64(b, t->count);
        pad(b, from, 7);
        put_places(b, e->place + t->first, t->places, SHOWN_PLACES, ", ", false);
        nfi_buf_putc(b, '\n');
    }
    for (size_t i = shown; i < e->nterms; i++)
        rest += e->term[i].micro;
    if (shown < e->nterms) {
        figure(b, rest);
        nfi_buf_putc(b, '(');
        nfi_buf_put_u64(b, e->nterms - shown);
        nfi_buf_puts(b, shown ? " other terms)\n" : " terms)\n");
    }
    line(b, e->margin_micro, "margin");
}

static nf_str unit_text(const nf_doc *d, const nf_scored_unit *u)
{
    nf_str in = u->in_title ? d->title : d->text;
    return (nf_str){in.p + u->place.start, u->place.end - u->place.start};
}

static void text_sentences(job *j, const nf_doc *d)
{
    const nf_explanation *e = &j->e;
    nfi_buf *b = &j->b;

    nfi_buf_puts(b, "\n       nats  sentence\n");
    line(b, e->prior_micro, "(prior)");
    for (size_t i = 0; i < e->units.n; i++) {
        const nf_scored_unit *u = &e->units.unit[i];
        figure(b, e->unit_micro[i]);
        put_places(b, &(nf_place){u->in_title, u->place.start, u->place.end}, 1, 1, "", false);
        nfi_buf_puts(b, "  ");
        nfi_put_safe(b, unit_text(d, u), SHOWN_SENTENCE, true);
        nfi_buf_putc(b, '\n');
    }
    line(b, e->between_micro, "(terms across sentences)");
    line(b, e->margin_micro, "margin");
}

static void text_document(job *j, const nf_doc *d, bool first)
{
    const nf_explanation *e = &j->e;
    nfi_buf *b = &j->b;

    nfi_buf_puts(b, first ? "" : "\n\n");
    nfi_put_safe(b, d->id, 200, false);
    nfi_buf_puts(b, ": ");
    if (!e->score.scored) {
        nfi_buf_puts(b, nf_score_status_text(e->score.status));
        nfi_buf_puts(b, ", no label\n");
        return;
    }
    put_label(b, j->m, e->label);
    nfi_buf_puts(b, " against ");
    if (e->against < 0)
        nfi_buf_puts(b, "its threshold");
    else
        put_label(b, j->m, e->against);
    if (e->score.status != NF_SCORE_OK) {
        nfi_buf_puts(b, ", status ");
        nfi_buf_puts(b, nf_score_status_text(e->score.status));
    }
    nfi_buf_putc(b, '\n');
    text_terms(j);
    text_sentences(j, d);
}

/* ---- a table ---- */

static void cells(job *j, const nf_doc *d)
{
    const nf_explanation *e = &j->e;
    nf_csv_text(j->w, d->id.p, d->id.n);
    nf_csv_str(j->w, nf_score_status_text(e->score.status));
    for (int i = 0; i < 2; i++) {
        int32_t k = i ? e->against : e->label;
        nf_str l = e->score.scored && k >= 0 ? nf_model_label(j->m, (size_t)k) : (nf_str){"", 0};
        nf_csv_text(j->w, l.p, l.n);
    }
    if (e->score.scored)
        nf_csv_num(j->w, (double)e->margin_micro / 1e6, 6);
    else
        nf_csv_blank(j->w);
}

/* places: n; count: 0 for none. */
static void table_row(job *j, const nf_doc *d, const char *part, nf_str text, uint64_t count, int64_t micro, const nf_place *places,
                      size_t n)
{
    cells(j, d);
    nf_csv_str(j->w, part);
    nf_csv_text(j->w, text.p, text.n);
    if (count)
        nf_csv_int(j->w, (int64_t)count);
    else
        nf_csv_blank(j->w);
    nf_csv_num(j->w, (double)micro / 1e6, 6);
    j->b.n = 0;
    put_places(&j->b, places, n, n, ";", true);
    nf_csv_text(j->w, j->b.p, j->b.n);
    nf_csv_end(j->w);
}

static void table_document(job *j, const nf_doc *d)
{
    const nf_explanation *e = &j->e;
    const nf_str none = {"", 0};
    char text[TERM_MAX];

    if (!e->score.scored) {
        cells(j, d);
        for (int i = 0; i < 5; i++)
            nf_csv_blank(j->w);
        nf_csv_end(j->w);
        return;
    }
    table_row(j, d, "prior", none, 0, e->prior_micro, NULL, 0);
    for (size_t i = 0; i < e->nterms; i++) {
        const nf_term_part *t = &e->term[i];
        table_row(j, d, "term", term_text(j->m, t->term, text), t->count, t->micro, e->place + t->first, t->places);
    }
    for (size_t i = 0; i < e->units.n; i++) {
        const nf_scored_unit *u = &e->units.unit[i];
        table_row(j, d, "sentence", unit_text(d, u), 0, e->unit_micro[i], &(nf_place){u->in_title, u->place.start, u->place.end}, 1);
    }
    table_row(j, d, "across", none, 0, e->between_micro, NULL, 0);
}

/* ---- run ---- */

static nf_status stream(job *j, nfi_progress *p, nf_err *err)
{
    nf_batch batch = {0};
    nf_status s = NF_OK;
    bool first = true;

    while (s == NF_OK && (s = nf_docs_next(j->docs, &batch, err)) == NF_OK && batch.n > 0) {
        for (size_t i = 0; s == NF_OK && i < batch.n; i++) {
            if (!nfi_pick_takes(&j->pick, batch.docs[i].id)) {
                j->passed++;
                continue;
            }
            if ((s = nf_explain(&j->e, j->scorer, &batch.docs[i], j->label, -1, err)) != NF_OK)
                break;
            j->by_status[j->e.score.status]++;
            if (j->w) {
                table_document(j, &batch.docs[i]);
            } else {
                text_document(j, &batch.docs[i], first);
                first = false;
                nfi_out_write(j->out, j->b.p, j->b.n);
            }
            if (j->b.failed)
                s = err->code = NF_ENOMEM;
            j->b.n = 0;
        }
        if (s == NF_OK)
            s = j->w ? nf_csv_flush(j->w, err) : nfi_out_flush(j->out, err);
        nfi_work_progress(p, nf_docs_counts(j->docs));
    }
    nf_batch_clear(&batch);
    return s;
}

static int find_class(job *j, nfi_cli *cli)
{
    j->label = -1;
    if (!j->o->label_class)
        return NFI_EXIT_OK;
    j->label = nf_model_find_label(j->m, (nf_str){j->o->label_class, strlen(j->o->label_class)});
    return j->label >= 0 ? NFI_EXIT_OK
                         : nfi_cli_usage(cli, "the model has no class \"%.60s\"; newsframe model info lists them", j->o->label_class);
}

static nf_status open_output(job *j, nf_err *err)
{
    nf_status s = j->o->csv ? nf_csv_open(&j->w, j->o->out.output, (nf_csv_dialect)j->o->out.excel, err)
                            : nfi_out_open(&j->out, j->o->out.output, err);
    if (s == NF_OK && j->w)
        nfi_dict_header(j->w, "explanation", NULL, 0, NULL, 0);
    return s;
}

static nf_status close_output(job *j, nf_status s, nf_err *err)
{
    nf_status closed = NF_OK;

    if (j->w)
        closed = nf_csv_close(j->w, s == NF_OK, s == NF_OK ? err : NULL);
    if (j->out && s == NF_OK)
        closed = nfi_out_commit(j->out, err);
    else if (j->out)
        nfi_out_abandon(j->out);
    return s == NF_OK ? closed : s;
}

static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    const struct opts *o = opts;
    nf_model *model = NULL;
    nfi_progress progress = {0};
    job j = {.o = o};
    nf_err err = {0};
    int usage = nfi_work_outputs(cli, (const char *const[]){o->out.output, o->in.rejects}, 2, nargs, args, o->model);
    if (usage == NFI_EXIT_OK && o->pick.from)
        usage = nfi_work_outputs(cli, (const char *const[]){o->out.output, o->in.rejects}, 2, 0, args, o->pick.from);

    if (usage == NFI_EXIT_OK && o->out.excel && !o->csv)
        usage = nfi_cli_usage(cli, "--excel is about the table; add --csv");
    if (usage == NFI_EXIT_OK && o->csv && nfi_cli_given(cli, "top"))
        usage = nfi_cli_usage(cli, "--top is about the text; the table of --csv has every term");
    if (usage != NFI_EXIT_OK)
        return usage;
    nf_status s = nfi_pick_open(&j.pick, &o->pick, &err);
    if (s == NF_OK)
        s = nfi_work_model(&model, o->model, &err);
    j.m = model;
    if (s == NF_OK && (usage = find_class(&j, cli)) != NFI_EXIT_OK)
        goto out;
    if (s == NF_OK)
        s = nfi_work_open(&j.docs, &o->in, &o->common, false, nargs, args, &err);
    if (s == NF_OK)
        s = nf_scorer_new(&j.scorer, model, &(nf_scorer_opts){.min_tokens = o->min_tokens, .threads = (int)o->common.threads}, &err);
    if (s == NF_OK)
        s = open_output(&j, &err);
    if (s == NF_OK) {
        nfi_progress_start(&progress, cli, "explaining", "documents");
        s = stream(&j, &progress, &err);
        nfi_progress_stop(&progress);
    }
    if (s == NF_OK)
        s = nf_docs_finish(j.docs, &err);
    if (s == NF_OK && (usage = nfi_pick_report(&j.pick, cli)) != NFI_EXIT_OK) {
        (void)close_output(&j, NF_EDATA, &err);
        goto out;
    }
    s = close_output(&j, s, &err);
    if (s == NF_OK) {
        nfi_tally t;
        nfi_tally_begin(&t, "read", nf_docs_counts(j.docs)->read);
        nfi_tally_part(&t, "labelled", j.by_status[NF_SCORE_OK]);
        for (int i = 1; i < NF_SCORE_STATUS_COUNT; i++)
            nfi_tally_part(&t, nf_score_status_text((nf_score_status)i), j.by_status[i]);
        nfi_tally_part(&t, "passed over", j.passed);
        nfi_tally_docs(&t, nf_docs_counts(j.docs));
        nfi_tally_end(&t, cli);
    }
out:
    nf_explanation_clear(&j.e);
    nfi_pick_clear(&j.pick);
    nfi_buf_clear(&j.b);
    nf_scorer_free(j.scorer);
    nf_docs_close(j.docs);
    nf_model_free(model);
    return usage != NFI_EXIT_OK ? usage : nfi_cli_fail(cli, s, &err);
}

static const char *const paragraphs[] = {
    "Says for each document why it has its label: the margin between the best class and the next, taken apart twice, into the prior and "
    "the terms of the model that stand in it, and into the prior and its sentences. Parts above 0 speak for the label, parts below 0 for "
    "the other class. Each term has the bytes of title or text where it stands, as they were read; boilerplate has no part.",
    "The printed parts add up to the printed margin, exactly: each is rounded to six decimals, and where the sum is then off, the parts "
    "that lose least by it are moved by one in the last place. The margin is that of newsframe score: each class's score is its log-odds "
    "against all others, and the parts are those of the plain scores in proportion. Where documents may have several labels, what is "
    "taken apart is the score of a label less its threshold, and the prior is less the threshold.",
    "Sentences have the parts of the terms in them; a term that reaches from one sentence to the next is in none, and all such terms are "
    "one line. With --csv every term is written, none is summed up; newsframe columns explanation explains the columns. Text has control "
    "characters escaped.",
    NULL};

static const nfi_example examples[] = {
    {"newsframe explain $NF_SAMPLES/geo-1/samples/01-arctic-convoy-drill.txt", "why an article has its label"},
    {"newsframe explain $NF_SAMPLES/geo-1/samples --only 01-arctic-convoy-drill.txt,03-thorium-test-loop.txt --top 5",
     "two documents of many, by their ids"},
    {"newsframe explain -m angles.nfm test.jsonl --class military --csv -o why.csv", "what speaks for one class, for every document"},
    {NULL, NULL}};

const nfi_verb nfi_verb_explain = {.name = "explain",
                                   .group = "Apply",
                                   .summary = "say why documents have their labels: terms and sentences in parts of the margin",
                                   .operands = "[INPUT...]",
                                   .max_args = -1,
                                   .paragraphs = paragraphs,
                                   .opts = rows,
                                   .opts_size = sizeof(struct opts),
                                   .examples = examples,
                                   .exits = NFI_EXITS_MODEL,
                                   .run = run};
