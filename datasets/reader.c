/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reader.c - opening an input: its first block says what it is and which columns it has. */
#include "datasets/reader.h"

#include "base/limits.h"
#include "base/try.h"
#include "datasets/record.h"

#include <string.h>

/* Bytes as they are in the file, or unpacked. */
static nf_status read_raw(nfi_reader *r, void *dst, size_t more, size_t *got, nf_err *err)
{
    if (r->unpack)
        return nfi_unpack_read(r->unpack, dst, more, got, err);
    if (r->in)
        return nfi_in_read(r->in, dst, more, got, err);
    *got = r->mem.n - r->mem_at < more ? r->mem.n - r->mem_at : more;
    if (*got)
        memcpy(dst, r->mem.p + r->mem_at, *got);
    r->mem_at += *got;
    return NF_OK;
}

/* raw goes behind what there is, as UTF-8. */
static nf_status convert(nfi_reader *r, nf_err *err)
{
    nfi_buf b = {r->buf, r->have, r->cap, false};
    size_t used = 0;

    nf_status s = nfi_charset_feed(r->charset, &b, r->raw.p, r->raw.n, r->eof, &used, err);
    r->buf = b.p;
    r->cap = b.cap;
    if (s != NF_OK)
        return s;
    r->have = b.n;
    if (used)
        memmove(r->raw.p, r->raw.p + used, r->raw.n - used);
    r->raw.n -= used;
    return NF_OK;
}

/* The first bytes are there: a byte order mark wins over what was asked for. */
static nf_status see_encoding(nfi_reader *r, nf_err *err)
{
    size_t mark;
    const char *name = nfi_charset_of_mark(r->buf, r->have, &mark);

    if (name && mark == 3)
        return NF_OK; /* UTF-8, whatever was asked for */
    if (!name)
        name = r->encoding;
    if (!name)
        return NF_OK;
    NF_TRY(nfi_charset_open(&r->charset, name, err));
    nfi_buf_put(&r->raw, r->buf + mark, r->have - mark);
    if (!nfi_buf_ok(&r->raw))
        return nfi_oom(err, "an input");
    r->have = 0;
    return convert(r, err);
}

nf_status nfi_reader_fill(nfi_reader *r, size_t more, nf_err *err)
{
    size_t got = 0;

    if (r->eof)
        return NF_OK;
    uint64_t size = r->unpack ? 0 : r->in ? nfi_in_size(r->in) : r->mem.n;
    if (r->read < size && size - r->read < more)
        more = (size_t)(size - r->read) + 1; /* one more tells the end of the file from a file that grew */
    bool first = r->read == 0;
    if (r->charset) {
        if (!nfi_buf_reserve(&r->raw, more))
            return nfi_oom(err, "an input");
        NF_TRY(read_raw(r, r->raw.p + r->raw.n, more, &got, err));
        r->raw.n += got;
    } else {
        if (r->have + more > r->cap) /* and room for what a block cuts off, so that the next does not move it all */
            NF_TRY(nfi_grow(&r->buf, &r->cap, r->have + more + more / 4, 1, err));
        NF_TRY(read_raw(r, r->buf + r->have, more, &got, err));
        r->have += got;
    }
    r->read += got;
    r->eof = got < more;
    if (r->charset)
        return convert(r, err);
    return first ? see_encoding(r, err) : NF_OK;
}

uint64_t nfi_reader_used(const nfi_reader *r)
{
    if (r->unpack)
        return nfi_unpack_taken(r->unpack);
    return r->charset ? r->read : r->read - (r->have - r->scan.start);
}

void nfi_reader_compact(nfi_reader *r)
{
    size_t gone = r->scan.start;

    if (gone == 0)
        return;
    memmove(r->buf, r->buf + gone, r->have - gone);
    r->have -= gone;
    r->scan.start = 0;
    r->scan.at -= gone;
    r->scan.quote -= gone < r->scan.quote ? gone : r->scan.quote;
}

nf_status nfi_reader_too_long(const nfi_reader *r, nf_err *err)
{
    unsigned long long record = r->record + 1;
    uint64_t line = r->scan.line;

    if (r->format->multiline && r->scan.quote > r->scan.start)
        line += nfi_count_lines(r->buf + r->scan.start, r->scan.quote - r->scan.start);
    return NF_FAIL_AT(err, NF_ELIMIT, r->path, line, "record %llu is longer than %zu MiB%s; --max-document allows longer ones", record,
                      r->max_record >> 20, r->format->too_long ? r->format->too_long : "");
}

/* The next record, reading on as needed. *found is false at the end. */
static nf_status cut(nfi_reader *r, nfi_scan *sc, nf_str *rec, bool *found, nf_err *err)
{
    while (!(*found = r->format->next(sc, r->buf, r->have, r->eof, rec)) && !r->eof) {
        if (r->have - sc->start > r->max_record) {
            r->scan = *sc;
            return nfi_reader_too_long(r, err);
        }
        NF_TRY(nfi_reader_fill(r, NFI_BLOCK, err));
    }
    return NF_OK;
}

static nf_status fail_bad(const nfi_row *row, const char *path, uint64_t line, nf_err *err)
{
    return NF_FAIL_AT(err, row->bad.code, path, line + row->bad.line, "%s", row->bad.reason);
}

static nf_status parse_header(nfi_reader *r, const nf_docs_opts *o, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_row row = {.arena = &r->arena};
    nf_str rec, *names = NULL;
    bool found;

    size_t text_at = r->scan.start;
    while (text_at < r->have && (r->buf[text_at] == '\n' || r->buf[text_at] == '\r'))
        text_at++;
    char named = 0;
    size_t line = nfi_separator_line(r->buf + text_at, r->have - text_at, &named);
    if (line) {
        r->scan.line += nfi_count_lines(r->buf + r->scan.start, text_at + line - r->scan.start);
        r->scan.start = r->scan.at = text_at += line;
    }
    r->scan.delimiter = o->delimiter ? o->delimiter : named ? named : r->format->delimiter;
    if (!r->scan.delimiter)
        r->scan.delimiter = nfi_find_delimiter(r->buf + text_at, r->have - text_at);
    if (!r->scan.delimiter)
        r->scan.delimiter = ',';
    NF_GO(cut(r, &r->scan, &rec, &found, err));
    if (!found) {
        s = NF_FAIL_AT(err, NF_EDATA, r->path, 0, "empty file");
        goto out;
    }
    if (!(r->parser[0] = r->format->open(r->scan.delimiter))) {
        s = nfi_oom(err, "a parser");
        goto out;
    }
    if (r->format->parse(r->parser[0], NULL, rec, &row) != NF_OK) {
        s = nfi_oom(err, "the header");
        goto out;
    }
    if (row.bad.code != NF_OK) {
        s = fail_bad(&row, r->path, r->scan.rec_line, err);
        goto out;
    }
    names = nfi_arena_alloc(&r->arena, row.n * sizeof *names);
    if (!names) {
        s = nfi_oom(err, "columns");
        goto out;
    }
    for (size_t i = 0; i < row.n; i++)
        names[i] = row.f[i].v;
    r->n_own = row.n;
    s = nfi_plan_make(&r->plan, names, row.n, row.n, o, false, r->path, &r->arena, err);
out:
    nfi_row_clear(&row);
    return s;
}

/* Keys of a JSON file: those of the first object, and those asked for that an object of the first block has. */
typedef struct keys {
    nf_str *name;
    size_t n, cap;
} keys;

static bool has_key(const keys *k, nf_str name)
{
    for (size_t i = 0; i < k->n; i++)
        if (k->name[i].n == name.n && (name.n == 0 || memcmp(k->name[i].p, name.p, name.n) == 0))
            return true;
    return false;
}

static nf_status add_key(keys *k, nf_str name, nfi_arena *arena, nf_err *err)
{
    char *copy = nfi_arena_copy(arena, name.p, name.n);

    if (!copy)
        return nfi_oom(err, "columns");
    NF_TRY(nfi_grow(&k->name, &k->cap, k->n + 1, sizeof *k->name, err));
    k->name[k->n++] = (nf_str){copy, name.n};
    return NF_OK;
}

static nf_status add_keys(keys *k, const nfi_row *row, bool first, const nf_docs_opts *o, bool *others, nfi_arena *arena, nf_err *err)
{
    for (size_t i = 0; i < row->n_extra; i++) {
        nf_str name = row->extra[i].name;
        if (!first && has_key(k, name))
            continue;
        *others |= !first;
        if (first || nfi_is_wanted(o, name))
            NF_TRY(add_key(k, name, arena, err));
    }
    return NF_OK;
}

static nf_status parse_keys(nfi_reader *r, const nf_docs_opts *as, nf_err *err)
{
    nf_docs_opts own = *as, *o = &own;
    nf_status s = NF_OK;
    nfi_arena scratch = {0};
    nfi_row row = {.arena = &scratch};
    nfi_scan sc = r->scan;
    keys k = {0};
    nf_str rec;
    nf_err first_bad = {0};
    bool found, others = false;

    if (!(r->parser[0] = r->format->open(0))) {
        s = nfi_oom(err, "a parser");
        goto out;
    }
    NF_GO(cut(r, &sc, &rec, &found, err));
    if (!found) {
        s = NF_FAIL_AT(err, NF_EDATA, r->path, 0, r->have == 0 ? "empty file" : "no records");
        goto out;
    }
    bool whole = r->eof; /* only then is it worth reading on when nothing is missing */
    for (; found; found = r->format->next(&sc, r->buf, r->have, r->eof, &rec)) {
        nfi_arena_reset(&scratch);
        row.bad = (nfi_bad){0};
        if (r->format->parse(r->parser[0], NULL, rec, &row) != NF_OK) {
            s = nfi_oom(err, "a record");
            goto out;
        }
        if (row.bad.code != NF_OK) {
            if (first_bad.code == NF_OK)
                (void)fail_bad(&row, r->path, sc.rec_line, &first_bad);
            continue;
        }
        bool first = r->n_own == 0 && k.n == 0;
        size_t before = k.n;
        NF_GO(add_keys(&k, &row, first, o, &others, &r->arena, err));
        if (first)
            r->n_own = k.n;
        if (first && !o->text && r->format == &nfi_format_doccano && has_key(&k, (nf_str){"data", 4}) && !has_key(&k, (nf_str){"text", 4}))
            o->text = "data"; /* what doccano called it */
        if (!whole && k.n > before && nfi_plan_make(&r->plan, k.name, k.n, r->n_own, o, true, r->path, &r->arena, NULL) == NF_OK)
            break;
    }
    if (k.n == 0 && first_bad.code != NF_OK) {
        if (err)
            *err = first_bad;
        s = first_bad.code;
        goto out;
    }
    r->new_keys = others || !whole;
    s = nfi_plan_make(&r->plan, k.name, k.n, r->n_own, o, true, r->path, &r->arena, err);
out:
    nfi_free(k.name);
    nfi_row_clear(&row);
    nfi_arena_clear(&scratch);
    return s;
}

/* The columns are those of the format, whatever is in the file. */
static nf_status fixed_columns(nfi_reader *r, const nf_docs_opts *o, nf_err *err)
{
    const char *const *fixed = r->format->columns;
    size_t n = 0;

    while (fixed[n])
        n++;
    nf_str *names = nfi_arena_alloc(&r->arena, n * sizeof *names);
    if (!names)
        return nfi_oom(err, "columns");
    for (size_t i = 0; i < n; i++)
        names[i] = (nf_str){fixed[i], strlen(fixed[i])};
    r->n_own = n;
    return nfi_plan_make(&r->plan, names, n, n, o, false, r->path, &r->arena, err);
}

/* The one file of an archive. */
static nf_status only_member(nfi_unpack *u, nf_err *err)
{
    nfi_member m;
    bool found = true;

    while (found) {
        NF_TRY(nfi_unpack_next(u, &m, &found, err));
        if (found && !m.folder)
            return NF_OK;
    }
    return NF_FAIL(err, NF_EDATA, "an archive holds no files");
}

/* What is packed is unpacked on the way from here on. */
static nf_status see_packing(nfi_reader *r, bool file, uint64_t max, nf_err *err)
{
    const char *p = r->mem.p;
    size_t n = r->mem.n;

    if (r->in)
        NF_TRY(nfi_in_peek(r->in, &p, &n, err));
    nfi_packing packing = nfi_packing_of(p, n, NULL);
    bool archive = packing == NFI_ARCHIVE;
    if (packing == NFI_PLAIN || (archive && !file))
        return NF_OK;
    if (!archive && file)
        NF_TRY(nfi_is_archive(&archive, r->path, err));
    nfi_in *in = r->in;
    r->in = NULL;
    NF_TRY(nfi_unpack_open(&r->unpack, in, in ? NULL : &r->mem, r->path, archive, max, err));
    return archive ? only_member(r->unpack, err) : NF_OK;
}

nf_status nfi_reader_open(nfi_reader *out, const char *path, const nfi_memory *mem, const nfi_format *forced, size_t workers, size_t block,
                          const nf_docs_opts *o, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_reader r = {.path = mem || strcmp(path, "-") != 0 ? path : "standard input", .scan.line = 1, .max_record = NFI_MAX_RECORD};
    const nfi_format *by_name = nfi_format_by_extension(path);
    size_t skip = 0;

    r.encoding = o->charset;
    if (o->max_document > r.max_record)
        r.max_record = o->max_document;
    if (mem)
        r.mem = *mem;
    else
        NF_GO(nfi_in_open(&r.in, path, err));
    bool file = r.in && r.path == path && nfi_in_size(r.in) > 0;
    NF_GO(see_packing(&r, file, o->max_unpacked, err));
    if (!(r.parser = nfi_calloc(workers, sizeof *r.parser))) {
        s = nfi_oom(err, "parsers");
        goto out;
    }
    r.n_parsers = workers;
    NF_GO(nfi_reader_fill(&r, block, err));
    NF_GO(nfi_check_packed(r.buf, r.have, file ? NFI_IN_PACKED : NFI_IN_STREAM, r.path, err));
    NF_GO(nfi_check_start(&skip, r.buf, r.have, r.path, err));
    r.scan.start = r.scan.at = skip;
    if (r.have == 0 && !mem && !forced && strcmp(path, "-") == 0) { /* the command before a pipe has failed, more likely than not */
        s = NF_FAIL_AT(err, NF_EDATA, r.path, 0, "nothing came; --format text reads nothing as one empty article");
        goto out;
    }
    r.format = forced ? forced : by_name ? by_name : nfi_format_by_content(r.buf + skip, r.have - skip, o->text ? o->text : "text");
    if (!o->format && r.format == &nfi_format_jsonl)
        NF_GO(nfi_format_by_keys(&r.format, r.buf + skip, r.have - skip, r.eof, err));
    if (r.format->table) {
        if (r.have == skip && r.eof) {
            s = NF_FAIL_AT(err, NF_EDATA, r.path, 0, "empty file");
            goto out;
        }
        s = r.format->columns ? fixed_columns(&r, o, err) : r.format->header ? parse_header(&r, o, err) : parse_keys(&r, o, err);
        if (s == NF_EINVAL && err && !forced && !by_name) { /* the guess may be what is wrong */
            char guess[160];
            size_t n = strlen(err->msg), room = sizeof err->msg - 1 - n;
            static const char lead[] = " (read as ", tail[] = "; --format text reads it as one article)";
            size_t m = strlen(r.format->name);
            memcpy(guess, lead, sizeof lead - 1);
            memcpy(guess + sizeof lead - 1, r.format->name, m);
            memcpy(guess + sizeof lead - 1 + m, tail, sizeof tail);
            if (strlen(guess) <= room)
                memcpy(err->msg + n, guess, strlen(guess) + 1);
        }
        if (s != NF_OK)
            goto out;
    }
    *out = r;
    r = (nfi_reader){0};
out:
    nfi_reader_close(&r);
    return s;
}

void nfi_reader_close(nfi_reader *r)
{
    for (size_t i = 0; i < r->n_parsers; i++)
        if (r->parser[i])
            r->format->close(r->parser[i]);
    nfi_free(r->parser);
    nfi_free(r->buf);
    nfi_in_close(r->in);
    nfi_unpack_close(r->unpack);
    nfi_charset_close(r->charset);
    nfi_buf_clear(&r->raw);
    nfi_arena_clear(&r->arena);
    *r = (nfi_reader){0};
}
