/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd_dedup.c - newsframe dedup: documents with marks that say which are copies of which. Groups are known only after the last document, so
 * the rows wait in an unlinked temporary file; one place a document is all that is kept of them in memory.
 */
#include "cli/columns.h"
#include "cli/dups.h"
#include "cli/work.h"

#include "base/buf.h"
#include "base/io.h"
#include "base/try.h"

#include <string.h>
#include <unistd.h>

enum { FIRST_LOOK = 1024 }; /* bytes of a row in which most ids end */

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

/* Rows on disk: for each document its cells, each with its length before it: the id, the carried columns, the text. */
typedef struct shelf {
    nfi_out *out; /* while it is filled */
    int fd;       /* then */
    uint64_t *at; /* n + 1: where the documents start */
    size_t n, cap;
    nfi_buf cell; /* the document taken last */
    size_t from;  /* in it */
} shelf;

static void shelf_clear(shelf *f)
{
    nfi_out_abandon(f->out);
    if (f->fd >= 0)
        close(f->fd);
    nfi_free(f->at);
    nfi_buf_clear(&f->cell);
}

static void put_cell(shelf *f, nf_str x)
{
    uint32_t n = (uint32_t)x.n; /* NFI_MAX_RECORD holds */
    nfi_out_write(f->out, &n, sizeof n);
    nfi_out_write(f->out, x.p, x.n);
}

static nf_status put_document(shelf *f, const nf_doc *d, size_t columns, size_t id, nf_err *err)
{
    bool changed = d->flags & (NF_DOC_ID_MADE | NF_DOC_ID_SUFFIX);

    NF_TRY(nfi_grow(&f->at, &f->cap, f->n + 2, sizeof *f->at, err));
    f->at[f->n++] = nfi_out_bytes(f->out);
    put_cell(f, d->id);
    for (size_t c = 0; c < columns; c++)
        put_cell(f, c == id && changed ? d->id : d->carried[c]);
    put_cell(f, d->text);
    f->at[f->n] = nfi_out_bytes(f->out);
    return NF_OK;
}

/* Fetches document i up to byte most of it. */
static nf_status fetch(shelf *f, size_t i, uint64_t most, nf_err *err)
{
    uint64_t n = f->at[i + 1] - f->at[i];

    n = n < most ? n : most;
    f->cell.n = f->from = 0;
    if (!nfi_buf_reserve(&f->cell, n))
        return nfi_oom(err, "a row");
    NF_TRY(nfi_pread_all(f->fd, f->cell.p, n, f->at[i], "the temporary file", err));
    f->cell.n = n;
    return NF_OK;
}

static nf_str next_cell(shelf *f)
{
    uint32_t n;

    memcpy(&n, f->cell.p + f->from, sizeof n);
    nf_str x = {f->cell.p + f->from + sizeof n, n};
    f->from += sizeof n + n;
    return x;
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
    NF_GO(nfi_out_open_tmp(&j->shelf.out, err));
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
    nfi_out *out = j->shelf.out;
    j->shelf.out = NULL;
    NF_GO(nfi_out_commit_fd(out, &j->shelf.fd, err));
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

static nf_status row(job *j, size_t d, nfi_buf *first_id, nf_err *err)
{
    const nf_groups *g = &j->g;
    bool copy = g->rank[d] > 1;

    first_id->n = 0;
    if (copy) {
        NF_TRY(fetch(&j->shelf, g->first[d], FIRST_LOOK, err));
        nf_str x = next_cell(&j->shelf);
        if (j->shelf.from > j->shelf.cell.n) { /* a long id */
            NF_TRY(fetch(&j->shelf, g->first[d], UINT64_MAX, err));
            x = next_cell(&j->shelf);
        }
        nfi_buf_put(first_id, x.p, x.n);
    }
    NF_TRY(fetch(&j->shelf, d, UINT64_MAX, err));
    nf_str id = next_cell(&j->shelf);
    if (j->id == SIZE_MAX)
        nf_csv_text(j->w, id.p, id.n);
    for (size_t c = 0; c <= j->columns; c++) { /* the last is the text */
        nf_str x = next_cell(&j->shelf);
        nf_csv_text(j->w, x.p, x.n);
    }
    if (g->group[d])
        nf_csv_int(j->w, g->group[d]);
    else
        nf_csv_blank(j->w);
    if (copy) {
        nf_csv_text(j->w, first_id->p, first_id->n);
        nf_csv_num(j->w, (double)g->similarity[d], 6);
    } else {
        nf_csv_blank(j->w);
        nf_csv_blank(j->w);
    }
    if (g->rank[d])
        nf_csv_int(j->w, g->rank[d]);
    else
        nf_csv_blank(j->w);
    nf_csv_end(j->w);
    j->written++;
    return nfi_buf_ok(first_id) ? NF_OK : nfi_oom(err, "a row");
}

static nf_status write_all(job *j, nf_err *err)
{
    nfi_buf first_id = {0};
    nf_status s = NF_OK;

    NF_TRY(nf_csv_open(&j->w, j->o->out.output, (nf_csv_dialect)j->o->out.excel, err));
    NF_GO(header(j, err));
    for (size_t d = 0; d < j->g.n; d++) {
        if (j->o->keep && j->g.rank[d] > 1)
            continue;
        NF_GO(row(j, d, &first_id, err));
        if (d % 4096 == 4095)
            NF_GO(nf_csv_flush(j->w, err));
    }
out:
    nfi_buf_clear(&first_id);
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
        nfi_cli_note(j->cli, "%llu rows written, %llu copies left out", (unsigned long long)j->written,
                     (unsigned long long)(g->n - j->written));
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
    job j = {.o = o, .cli = cli, .id = SIZE_MAX, .shelf = {.fd = -1}};
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
