/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd_dedup.c - newsframe dedup: documents with marks that say which are copies of which. Groups are known only after the last document, so
 * the rows wait, as they are written where there is nothing to mark: up to 64 MiB of them in memory, more in an unlinked temporary file.
 * Where they are, and where the id is in them, takes 16 bytes a document.
 */
#include "cli/columns.h"
#include "cli/dups.h"
#include "cli/work.h"

#include "base/buf.h"
#include "base/try.h"
#include "datasets/reader.h"
#include "datasets/csv_join.h"

/* Bytes of rows that are looked at together, and that wait in memory; of a batch, which stays in the second cache with what comes of it. */
enum { BLOCK = 256 << 10, HOLD = 64 << 20, BATCH = 512 << 10, MARKS = 4 };

struct opts {
    nfi_dup_opts dup;
    nfi_term_opts terms; /* how to clean */
    nfi_input_opts in;
    nfi_output_opts out;
    nfi_common_opts common;
    int keep; /* 0 all, 1 first */
};

static const char *keep_name(size_t i, const char **summary)
{
    static const char *const list[][2] = {{"all", "marks only"}, {"first", "leaves the copies out"}};
    if (i >= sizeof list / sizeof *list)
        return NULL;
    if (summary)
        *summary = list[i][1];
    return list[i][0];
}

static const nfi_opt rows[] = {OPT_HEADER("Duplicates"),
                               OPT_DUPLICATES(struct opts, dup, ""),
                               OPT_DUPLICATES_MORE(struct opts, dup),
                               OPT_CHOICE(0, "keep", struct opts, keep, "all", keep_name, "which rows are written"),
                               OPT_LANGUAGE(struct opts, terms),
                               OPT_OUTPUT(struct opts, out),
                               OPT_CLEAN(struct opts, terms),
                               OPT_INPUT(struct opts, in),
                               OPT_HEADER("Common"),
                               OPT_THREADS(struct opts, common),
                               {NFI_ROW(NFI_OPT_SIZE, uint64_t, 0, "memory", struct opts, common.memory, "SIZE", NULL,
                                        "most memory; without it half of what there is"),
                                .min = (int64_t)16 << 20, .max = INT64_MAX},
                               OPT_QUIET(struct opts, common),
                               OPT_END};

/* The cell with the id, within a row. */
typedef struct id_cell {
    uint32_t at, n; /* NFI_MAX_RECORD holds */
} id_cell;

/* Rows as they will be written of documents that are in no group. */
typedef struct shelf {
    nf_csv *rows;
    uint64_t *at; /* n + 1: where the rows start */
    id_cell *id;  /* n */
    size_t n, cap_at, cap_id;
    size_t end;    /* bytes that end a row: its marks, which are blank, and the line's end */
    nfi_buf block; /* rows read back */
} shelf;

static void shelf_clear(shelf *f)
{
    if (f->rows && nf_csv_close(f->rows, 0, NULL) != NF_OK) {
        /* dropped anyway */
    }
    nfi_free(f->at);
    nfi_free(f->id);
    nfi_buf_clear(&f->block);
}

static void put_id(shelf *f, nf_str x)
{
    uint64_t row = f->at[f->n], before = nfi_csv_bytes(f->rows);

    nf_csv_text(f->rows, x.p, x.n);
    uint32_t at = (uint32_t)(before - row) + (before > row); /* what separates it from the cell before */
    f->id[f->n] = (id_cell){at, (uint32_t)(nfi_csv_bytes(f->rows) - row) - at};
}

/* id: the column with it, SIZE_MAX none. */
static nf_status put_document(shelf *f, const nf_doc *d, size_t columns, size_t id, nf_err *err)
{
    bool changed = d->flags & (NF_DOC_ID_MADE | NF_DOC_ID_SUFFIX);

    NF_TRY(nfi_grow(&f->at, &f->cap_at, f->n + 2, sizeof *f->at, err));
    NF_TRY(nfi_grow(&f->id, &f->cap_id, f->n + 1, sizeof *f->id, err));
    f->at[f->n] = nfi_csv_bytes(f->rows);
    if (id == SIZE_MAX)
        put_id(f, d->id);
    for (size_t c = 0; c < columns; c++) {
        if (c == id)
            put_id(f, changed ? d->id : d->carried[c]);
        else
            nf_csv_text(f->rows, d->carried[c].p, d->carried[c].n);
    }
    nf_csv_text(f->rows, d->text.p, d->text.n);
    uint64_t end = nfi_csv_bytes(f->rows);
    nfi_csv_blanks(f->rows, MARKS);
    nf_csv_end(f->rows);
    f->at[++f->n] = nfi_csv_bytes(f->rows);
    f->end = f->at[f->n] - end;
    return NF_OK;
}

/* Rows from on, as many as a block has or one; *to: the one after them. */
static nf_status fetch(shelf *f, size_t from, size_t *to, const char **p, nf_err *err)
{
    size_t end = from + 1;

    while (end < f->n && f->at[end + 1] - f->at[from] <= BLOCK)
        end++;
    *to = end;
    return nfi_csv_rows(f->rows, p, (size_t)(f->at[end] - f->at[from]), f->at[from], &f->block, err);
}

typedef struct job {
    const struct opts *o;
    nfi_cli *cli;
    nf_docs *docs;
    nfi_dup_watch watch;
    shelf shelf;
    nf_groups g;
    nf_csv *w;
    size_t columns, id;
    uint64_t written;
} job;

static nf_status read_all(job *j, nf_err *err)
{
    nf_batch batch = {0};
    nfi_progress p = {0};
    nf_status s = NF_OK;

    nf_docs_columns(j->docs, &j->columns);
    j->id = nfi_work_id_column(j->docs, &j->o->in);
    uint64_t memory = j->o->common.memory;
    NF_GO(nfi_csv_open_tmp(&j->shelf.rows, (nf_csv_dialect)j->o->out.excel, memory && memory / 4 < HOLD ? (size_t)memory / 4 : HOLD, err));
    nfi_progress_start(&p, j->cli, "comparing", "documents");
    for (;;) {
        NF_GO(nf_docs_next(j->docs, &batch, err));
        if (batch.n == 0)
            break;
        for (size_t i = 0; i < batch.n; i++)
            NF_GO(put_document(&j->shelf, &batch.docs[i], j->columns, j->id, err));
        nfi_work_progress(&p, nf_docs_counts(j->docs));
    }
    NF_GO(nf_docs_finish(j->docs, err));
    s = nf_dedup_groups(&j->g, j->watch.d, err);
out:
    nfi_progress_stop(&p);
    nf_batch_clear(&batch);
    return s;
}

static nf_status header(job *j, nf_err *err)
{
    size_t n;
    const nf_str *carried = nf_docs_columns(j->docs, &n);
    nf_str *column = nfi_alloc(n + 1, sizeof *column);

    if (!column)
        return nfi_oom(err, "columns");
    column[0] = (nf_str){"id", 2};
    for (size_t c = 0; c < n; c++)
        column[c + 1] = carried[c];
    bool own = j->id == SIZE_MAX;
    nfi_dict_header(j->w, "dedup", column + !own, n + own, NULL, 0);
    nfi_free(column);
    return NF_OK;
}

/* Document d of a group, whose row without marks is at p; id: scratch. */
static nf_status row(job *j, size_t d, const char *p, nfi_buf *id, nf_err *err)
{
    const nf_groups *g = &j->g;
    const shelf *f = &j->shelf;

    nfi_csv_cells(j->w, p, (size_t)(f->at[d + 1] - f->at[d]) - f->end);
    nf_csv_int(j->w, g->group[d]);
    if (g->rank[d] > 1) {
        uint32_t first = g->first[d];
        NF_TRY(nfi_csv_rows(f->rows, &p, f->id[first].n, f->at[first] + f->id[first].at, id, err));
        nfi_csv_cells(j->w, p, f->id[first].n);
        nf_csv_num(j->w, (double)g->similarity[d], 6);
    } else {
        nfi_csv_blanks(j->w, 2);
    }
    nf_csv_int(j->w, g->rank[d]);
    nf_csv_end(j->w);
    return NF_OK;
}

/* Documents [from, to), whose rows are at p. */
static nf_status put_rows(job *j, size_t from, size_t to, const char *p, nfi_buf *id, nf_err *err)
{
    const nf_groups *g = &j->g;
    const uint64_t *at = j->shelf.at;

    for (size_t d = from, end; d < to; d = end) {
        for (end = d; end < to && g->group[end] == 0; end++)
            ;
        if (end > d)
            nfi_csv_put_rows(j->w, p + (at[d] - at[from]), (size_t)(at[end] - at[d]));
        j->written += end - d;
        for (; end < to && g->group[end]; end++)
            if (!j->o->keep || g->rank[end] <= 1) {
                NF_TRY(row(j, end, p + (at[end] - at[from]), id, err));
                j->written++;
            }
    }
    return NF_OK;
}

static nf_status write_all(job *j, nf_err *err)
{
    const char *p = NULL;
    nfi_buf id = {0};
    nf_status s = NF_OK;

    NF_TRY(nf_csv_open(&j->w, j->o->out.output, (nf_csv_dialect)j->o->out.excel, err));
    NF_GO(header(j, err));
    for (size_t from = 0, to = 0; from < j->g.n; from = to) {
        NF_GO(fetch(&j->shelf, from, &to, &p, err));
        NF_GO(put_rows(j, from, to, p, &id, err));
        NF_GO(nf_csv_flush(j->w, err));
    }
out:
    nfi_buf_clear(&id);
    nf_status closed = nf_csv_close(j->w, s == NF_OK, s == NF_OK ? err : NULL);
    return s == NF_OK ? closed : s;
}

static void report(job *j)
{
    const nf_groups *g = &j->g;
    nfi_tally t;

    nfi_dup_warn(j->cli, g);
    if (g->groups)
        nfi_cli_note(j->cli, "%zu group%s, the largest of %llu documents", g->groups, g->groups == 1 ? "" : "s",
                     (unsigned long long)g->largest);
    else
        nfi_cli_note(j->cli, "no document is a copy of another");
    if (j->o->keep)
        nfi_cli_note(j->cli, "%llu row%s written, %llu cop%s left out", (unsigned long long)j->written, j->written == 1 ? "" : "s",
                     (unsigned long long)(g->n - j->written), g->n - j->written == 1 ? "y" : "ies");
    nfi_cli_detail(j->cli, "%llu pairs compared", (unsigned long long)g->compared);
    nfi_tally_begin(&t, "read", nf_docs_counts(j->docs)->read);
    nfi_tally_part(&t, "alone", g->alone);
    nfi_tally_part(&t, "first of a group", g->firsts);
    nfi_tally_part(&t, "exact copies", g->exact);
    nfi_tally_part(&t, "near copies", g->near);
    nfi_tally_part(&t, "empty", g->empty);
    nfi_tally_part(&t, "without a date", g->undated);
    nfi_tally_docs(&t, nf_docs_counts(j->docs));
    nfi_tally_also(&t, "dates missing", g->dates_missing < g->n ? g->dates_missing : 0);
    nfi_tally_also(&t, "dates not read", g->dates_bad);
    nfi_tally_end(&t, j->cli);
}

static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    const struct opts *o = opts;
    job j = {.o = o, .cli = cli, .id = SIZE_MAX};
    nf_dedup_opts dup;
    nf_clean_opts clean;
    nf_err err = {0};

    int usage = nfi_dup_options(cli, &o->dup, &o->terms, &o->common, &clean, &dup);
    if (usage == NFI_EXIT_OK)
        usage = nfi_work_outputs(cli, (const char *const[]){o->out.output, o->in.rejects}, 2, nargs, args, NULL);
    if (usage == NFI_EXIT_OK)
        usage = nfi_work_check_terms(cli, &o->terms, (const char *const[]){o->out.output, o->in.rejects}, 2);
    if (usage != NFI_EXIT_OK)
        return usage;
    nf_status s = nfi_work_open(&j.docs, &o->in, &o->common, false, nargs, args, &err);
    if (s == NF_OK)
        nfi_docs_block(j.docs, BATCH);
    if (s == NF_OK)
        s = nfi_work_leave_out(j.docs, o->terms.language, &o->common, &err);
    if (s == NF_OK)
        s = nfi_dup_watch_begin(&j.watch, j.docs, &dup, &o->in, &err);
    if (s == NF_OK)
        s = read_all(&j, &err);
    if (s == NF_OK)
        s = write_all(&j, &err);
    if (s == NF_OK)
        report(&j);
    int code = nfi_dup_fail(cli, &j.watch, s, &err);
    nf_docs_close(j.docs);
    nf_dedup_free(j.watch.d);
    nf_groups_clear(&j.g);
    shelf_clear(&j.shelf);
    return code;
}

static const char *const paragraphs[] = {
    "Writes the documents again, each with marks: the group of copies it belongs to, the first document of that group, how similar it is "
    "to that one, and its rank in the group. Nothing is removed unless --keep first is given.",
    "Two documents are compared by their shingles, all runs of five words: the similarity is the number of shingles that both have over "
    "the number that either has. Copies with the same words are exact; blanks, punctuation, capitals and words of one letter or digit do "
    "not count. Near copies are proposed by MinHash, and every one is verified on the shingles themselves; of those that reach the "
    "threshold MinHash misses some 2 in 100 at 0.3, some 1 at 0.5, and fewer above.",
    "A group is a star around its first document, the earliest by date where the input has dates, else the first that was read. Each copy "
    "is similar to the first: a document that is similar to a copy only is not in the group. With --window a copy is also no later than "
    "that after the first; a document without a date that can be read is then in no group. Documents without words are in no group.",
    "With --language documents told to be in another language are neither compared nor written; the last line counts them.",
    "Boilerplate is left out before texts are compared, as newsframe clean does; the text that is written is whole. The title does not "
    "count unless --with-title is given, since each outlet puts a headline of its own on a wire story.",
    NULL};

static const nfi_example examples[] = {
    {"newsframe dedup $NF_SAMPLES/geo-1/corpus.jsonl -o marked.csv", "mark copies in the bundled corpus"},
    {"newsframe dedup feed.csv --text body --id url --date published --window 3d --keep first -o feed.unique.csv",
     "one row for each wire story of three days"},
    {NULL, NULL}};

const nfi_verb nfi_verb_dedup = {
    .name = "dedup", .group = "Explore", .summary = "mark documents that are copies of others", .operands = "[CORPUS...]", .max_args = -1,
    .paragraphs = paragraphs, .opts = rows, .opts_size = sizeof(struct opts), .examples = examples, .exits = NFI_EXITS_DATA, .run = run};
