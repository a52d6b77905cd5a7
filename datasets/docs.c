/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * docs.c - the front of a document stream: options, operands, columns. Every table that can be opened twice is looked into at once, so
 * that a missing column in the last file is found before hours of work, not after.
 *
 * The carried columns are those of the first operand that has any. A field with no column goes to the column "extra", as JSON. That
 * column is there when it can be needed: a later file has other columns or cannot be looked into beforehand, a JSON file is longer than
 * the first block (4 MiB; 64 KiB for a later file), or some record of that block has a key the first has not.
 */
#include "datasets/stream.h"

#include "base/limits.h"
#include "base/par.h"
#include "base/try.h"
#include "newsframe/convert.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { PEEK = 64 << 10 };

nf_status nfi_source_add(nf_docs *in, nfi_source src, nf_err *err)
{
    NF_TRY(nfi_grow(&in->src, &in->cap_src, in->n_src + 1, sizeof *in->src, err));
    in->src[in->n_src++] = src;
    return NF_OK;
}

nf_status nfi_name_id(nf_str *out, const char *name, nfi_arena *arena, nf_err *err)
{
    size_t n = 0;

    while (name[n] >= ' ' && name[n] <= '~')
        n++;
    if (!name[n]) {
        *out = (nf_str){name, n};
        return NF_OK;
    }
    n += strlen(name + n);
    size_t cap = n * 8 + 1; /* \u{202e} is the longest escape of a character of 3 bytes, \xff of one */
    char *id = nfi_arena_alloc(arena, cap);
    if (!id)
        return nfi_oom(err, "a file name");
    nfi_escape(id, cap, name, n);
    *out = (nf_str){id, strlen(id)};
    return NF_OK;
}

nf_status nfi_source_open(nf_docs *in, nfi_source *src, size_t block, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_reader *r = nfi_calloc(1, sizeof *r);

    if (!r)
        return nfi_oom(err, "an input");
    NF_GO(nfi_reader_open(r, src->path, src->mem, src->format, (size_t)in->threads, block, &in->o, err));
    if (!r->format->table && in->o.need_label) {
        s = NF_FAIL_AT(err, NF_EINVAL, r->path, 0, "a text alone has no label; put the files of each class into a folder of its name");
        goto out;
    }
    if (in->have_columns && r->format->table)
        nfi_plan_bind(&r->plan, r->n_own, &in->columns);
    const char *slash = strrchr(src->path, '/');
    NF_GO(nfi_name_id(&src->id, strcmp(src->path, "-") == 0 ? "stdin" : slash && slash[1] ? slash + 1 : src->path, &in->arena, err));
    src->format = r->format;
    src->reader = r;
    r = NULL;
out:
    if (r)
        nfi_reader_close(r);
    nfi_free(r);
    return s;
}

static void close_source(nfi_source *src)
{
    if (src->reader)
        nfi_reader_close(src->reader);
    nfi_free(src->reader);
    src->reader = NULL;
}

/* ---- operands ---- */

static nf_status add_operand(nf_docs *in, const char *path, nf_err *err)
{
    const nfi_format *by_name = nfi_format_by_extension(path);
    nfi_source src = {.path = path, .format = in->forced};
    struct stat st;

    in->distinct = false;
    if (strcmp(path, "-") == 0) {
        for (size_t i = 0; i < in->n_src; i++)
            if (strcmp(in->src[i].path, "-") == 0)
                return NF_FAIL(err, NF_EINVAL, "standard input is named twice");
        if (in->forced == &nfi_format_folder)
            return NF_FAIL_AT(err, NF_EIO, "standard input", 0, "is no folder");
        return nfi_source_add(in, src, err);
    }
    if (!*path)
        return NF_FAIL(err, NF_EINVAL, "the name of an input is empty");
    if (strlen(path) > NFI_MAX_PATH)
        return NF_FAIL(err, NF_ELIMIT, "a path is longer than %d bytes", NFI_MAX_PATH);
    if (stat(path, &st) != 0)
        return nfi_fail_errno(err, errno, path, "cannot open");
    if (S_ISDIR(st.st_mode)) {
        if (in->forced && in->forced->table)
            return NF_FAIL_AT(err, NF_EIO, path, 0, "is a folder; --format %s reads files", in->forced->name);
        return nfi_walk(in, path, err);
    }
    src.regular = S_ISREG(st.st_mode);
    bool archive = false;
    if (src.regular)
        NF_TRY(nfi_is_archive(&archive, path, err));
    if (archive)
        return nfi_list(in, path, err);
    if (in->forced == &nfi_format_folder)
        return NF_FAIL_AT(err, NF_EIO, path, 0, "is no folder");
    const char *numbers = by_name || src.format ? NULL : nf_out_format_of(path);
    if (numbers && nf_out_format_has_features(numbers))
        return NF_FAIL_AT(err, NF_EFORMAT, path, 0, "is a file of features by its extension, not of texts; newsframe convert reads it");
    src.size = src.regular ? (uint64_t)st.st_size : 0;
    if (!src.format)
        src.format = by_name;
    if (src.regular && (src.format == &nfi_format_text || src.format == &nfi_format_html)) {
        const char *slash = strrchr(path, '/');
        src.file = true;
        NF_TRY(nfi_name_id(&src.id, slash ? slash + 1 : path, &in->arena, err));
    }
    return nfi_source_add(in, src, err);
}

/* Looks into the tables, in order: the first gives the columns and stays open, the others are checked. */
static nf_status look_into_tables(nf_docs *in, nf_err *err)
{
    bool extra = false, open_one = false;

    for (size_t i = 0; i < in->n_src; i++) {
        nfi_source *src = &in->src[i];
        if (src->file || src->fault)
            continue;
        if (open_one && !src->regular) { /* a pipe can be read once only */
            extra = true;
            continue;
        }
        NF_TRY(nfi_source_open(in, src, open_one ? PEEK : NFI_BLOCK, err));
        nfi_reader *r = src->reader;
        if (!r->format->table) {
            if (src->regular) { /* a text file by its content: read like the others */
                src->file = true;
                close_source(src);
            }
            continue;
        }
        if (!in->have_columns) {
            NF_TRY(nfi_columns_define(&in->columns, &r->plan, r->n_own, &in->arena, err));
            in->have_columns = true;
        }
        extra |= nfi_plan_bind(&r->plan, r->n_own, &in->columns) > 0 || r->new_keys;
        if (open_one)
            close_source(src);
        open_one = true;
    }
    return extra ? nfi_columns_add_extra(&in->columns, &in->arena, err) : NF_OK;
}

static nf_status check_labels(const nf_docs *in, nf_err *err)
{
    for (size_t i = 0; in->o.need_label && i < in->n_src; i++)
        if (in->src[i].file && !in->src[i].fault && in->src[i].label.n == 0)
            return NF_FAIL_AT(err, NF_EINVAL, in->src[i].path, 0,
                              "a text alone has no label; put the files of each class into a folder of its name, and name the folder that "
                              "holds those");
    return NF_OK;
}

static nf_status check_options(nf_docs *in, nf_err *err)
{
    const nf_docs_opts *o = &in->o;

    if (o->format && !(in->forced = nfi_format_find(o->format))) {
        char list[200] = "", asked[80];
        size_t at = 0;
        for (size_t i = 0; nfi_formats[i]; i++) {
            size_t n = strlen(nfi_formats[i]->name);
            if (at + n + 3 > sizeof list)
                break;
            if (i > 0) {
                memcpy(list + at, ", ", 2);
                at += 2;
            }
            memcpy(list + at, nfi_formats[i]->name, n + 1);
            at += n;
        }
        nfi_escape(asked, sizeof asked, o->format, strlen(o->format));
        return NF_FAIL(err, NF_EINVAL, "no input format \"%s\"; formats are: %s", asked, list);
    }
    if (o->delimiter && (memchr("\"\r\n", o->delimiter, 3) || (unsigned char)o->delimiter >= 0x80))
        return NF_FAIL(err, NF_EINVAL, "the delimiter must be one ASCII character, not a quote or a line end");
    if (o->charset) {
        nfi_charset *known = NULL;
        NF_TRY(nfi_charset_open(&known, o->charset, err));
        nfi_charset_close(known);
    }
    if ((unsigned)o->markup > NF_MARKUP_HTML)
        return NF_FAIL(err, NF_EINVAL, "no markup number %d", (int)o->markup);
    if ((unsigned)o->encoding > NF_ENC_UTF8_OR_1252)
        return NF_FAIL(err, NF_EINVAL, "no encoding number %d", (int)o->encoding);
    return NF_OK;
}

static nf_status open_rejects(nf_docs *in, nf_err *err)
{
    static const char *const header[] = {"file", "record", "line", "reason", "raw"};

    if (!in->o.rejects)
        return NF_OK;
    for (size_t i = 0; i < in->n_src; i++)
        if (nfi_same_file(in->o.rejects, in->src[i].archive ? in->src[i].archive->path : in->src[i].path))
            return NF_FAIL_AT(err, NF_EINVAL, in->o.rejects, 0, "is an input too; rejects need a file of their own");
    NF_TRY(nf_csv_open(&in->rejects, in->o.rejects, NF_CSV_PLAIN, err));
    for (size_t i = 0; i < sizeof header / sizeof *header; i++)
        nf_csv_str(in->rejects, header[i]);
    nf_csv_end(in->rejects);
    return NF_OK;
}

/* Last carried column of that name, -1 when there is none. */
static int32_t find_column(const nf_docs *in, const char *name)
{
    for (size_t i = in->columns.n; i-- > 0;)
        if ((int32_t)i != in->columns.extra && in->columns.name[i].n == strlen(name) &&
            memcmp(in->columns.name[i].p, name, strlen(name)) == 0)
            return (int32_t)i;
    return -1;
}

/* Where there is no table: id, label when the files have one, text. */
static nf_status columns_of_files(nf_docs *in, nf_err *err)
{
    static const nf_str names[] = {{"id", 2}, {"text", 4}, {"label", 5}}, labelled[] = {{"id", 2}, {"label", 5}, {"text", 4}};
    bool label = false;

    for (size_t i = 0; i < in->n_src; i++)
        label |= in->src[i].label.n > 0;
    nf_str *copy = nfi_arena_alloc(&in->arena, sizeof names);
    if (!copy)
        return nfi_oom(err, "columns");
    memcpy(copy, label ? labelled : names, sizeof names);
    in->columns = (nfi_columns){.name = copy, .raw = copy, .n = label ? 3 : 2, .extra = -1};
    return NF_OK;
}

/* Columns for what pages say of themselves, where some input is a page. In a folder, names without an extension say nothing: such files are
 * looked at when they are read. */
static nf_status columns_of_pages(nf_docs *in, nf_err *err)
{
    nfi_columns *c = &in->columns;
    bool pages = false;

    for (size_t i = 0; i < in->n_src; i++)
        pages |= in->src[i].format == &nfi_format_html;
    if (pages) {
        nf_str *name = nfi_arena_alloc(&in->arena, (c->n + NFI_PAGE_COLUMNS + 1) * sizeof *name);
        nf_str *raw = nfi_arena_alloc(&in->arena, (c->n + NFI_PAGE_COLUMNS + 1) * sizeof *raw);
        if (!name || !raw)
            return nfi_oom(err, "columns");
        if (c->n) {
            memcpy(name, c->name, c->n * sizeof *name);
            memcpy(raw, c->raw, c->n * sizeof *raw);
        }
        c->name = name;
        c->raw = raw;
        for (size_t i = 0; i < NFI_PAGE_COLUMNS; i++)
            if (find_column(in, nfi_page_columns[i]) < 0) {
                name[c->n] = raw[c->n] = (nf_str){nfi_page_columns[i], strlen(nfi_page_columns[i])};
                c->n++;
            }
        in->have_columns = true;
    }
    for (size_t i = 0; i < NFI_PAGE_COLUMNS; i++)
        in->page_column[i] = find_column(in, nfi_page_columns[i]);
    return NF_OK;
}

static nf_status open_stream(nf_docs **out, const char *const *paths, size_t n, const nfi_memory *mem, const nf_docs_opts *opts,
                             nf_err *err)
{
    static const char *const standard[] = {"-"};
    nf_status s = NF_OK;
    nf_docs *in = nfi_calloc(1, sizeof *in);

    if (!in)
        return nfi_oom(err, "a document stream");
    if (opts)
        in->o = *opts;
    in->columns.extra = -1;
    in->label_column = in->id_column = in->text_column = -1;
    in->threads = nfi_par_threads(in->o.threads);
    in->block = NFI_BLOCK;
    in->max_document = in->o.max_document ? in->o.max_document : NFI_MAX_DOCUMENT;
    nfi_ids_init(&in->ids);
    NF_GO(check_options(in, err));
    if (!(in->row = nfi_calloc((size_t)in->threads, sizeof *in->row))) {
        s = nfi_oom(err, "a document stream");
        goto out;
    }
    if (mem)
        NF_GO(nfi_source_add(in, (nfi_source){.path = paths[0], .mem = mem, .format = in->forced, .size = mem->n}, err));
    for (size_t i = 0; !mem && i < (n ? n : 1); i++)
        NF_GO(add_operand(in, n ? paths[i] : standard[0], err));
    NF_GO(check_labels(in, err));
    NF_GO(look_into_tables(in, err));
    NF_GO(check_labels(in, err)); /* some were found to be texts */
    if (in->o.all_columns && !in->have_columns)
        NF_GO(columns_of_files(in, err));
    NF_GO(columns_of_pages(in, err));
    in->label_column = find_column(in, "label");
    if (in->o.all_columns) {
        in->id_column = find_column(in, "id");
        in->text_column = find_column(in, "text");
    }
    for (size_t i = 0; i < in->n_src; i++) {
        if (!in->src[i].regular && !mem) {
            in->stats.total_bytes = 0;
            break;
        }
        in->stats.total_bytes += in->src[i].size;
    }
    in->shape = (nfi_shape){.columns = &in->columns,
                            .encoding = in->o.encoding,
                            .max_document = in->max_document,
                            .check_label = in->o.need_label || in->o.check_label,
                            .multi = in->o.multi,
                            .markup = in->o.markup,
                            .repair = in->o.repair,
                            .kinds = in->o.all_columns};
    NF_GO(open_rejects(in, err));
    *out = in;
    in = NULL;
out:
    nf_docs_close(in);
    return s;
}

nf_status nf_docs_open(nf_docs **out, const char *const *paths, size_t n, const nf_docs_opts *opts, nf_err *err)
{
    return open_stream(out, paths, n, NULL, opts, err);
}

nf_status nfi_docs_open_memory(nf_docs **out, const char *path, const nfi_memory *mem, const nf_docs_opts *opts, nf_err *err)
{
    return open_stream(out, &path, 1, mem, opts, err);
}

const nf_str *nf_docs_columns(const nf_docs *in, size_t *n)
{
    *n = in->columns.n;
    return in->columns.name;
}

size_t nf_docs_extra(const nf_docs *in)
{
    return in->columns.extra < 0 ? SIZE_MAX : (size_t)in->columns.extra;
}

const char *nf_docs_path(const nf_docs *in, uint32_t i)
{
    return i < in->n_src ? in->src[i].path : NULL;
}

void nfi_docs_block(nf_docs *in, size_t bytes)
{
    in->block = bytes;
}

const nf_docs_stats *nf_docs_counts(const nf_docs *in)
{
    return &in->stats;
}

nf_status nf_docs_finish(nf_docs *in, nf_err *err)
{
    nf_csv *rejects = in->rejects;

    in->rejects = NULL;
    return rejects ? nf_csv_close(rejects, 1, err) : NF_OK;
}

void nf_docs_close(nf_docs *in)
{
    if (!in)
        return;
    for (size_t i = 0; i < in->n_src; i++)
        close_source(&in->src[i]);
    nfi_free(in->src);
    for (size_t i = 0; i < in->n_archives; i++) {
        nfi_archive_close(in->archive[i]);
        nfi_free(in->archive[i]);
    }
    nfi_free(in->archive);
    for (int i = 0; in->row && i < in->threads; i++)
        nfi_row_clear(&in->row[i]);
    nfi_free(in->row);
    if (in->filter)
        in->filter_free(in->filter_ctx);
    nfi_ids_clear(&in->ids);
    nfi_buf_clear(&in->tmp);
    if (in->rejects && nf_csv_close(in->rejects, 0, NULL) != NF_OK) {
        /* dropped anyway */
    }
    nfi_arena_clear(&in->arena);
    nfi_free(in);
}
