/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fmt_jsonl.c - one JSON object a line. yajl checks the grammar and names keys, numbers and containers; it is given no string callback,
 * so it does not copy strings: the value of a key that got no other callback is the string that follows it, taken from the line itself.
 * (yajl would also turn an unpaired surrogate into a question mark.)
 */
#include "datasets/format.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/try.h"
#include "datasets/json_pool.h"
#include "datasets/json_text.h"

#include <string.h>
#include <yajl/yajl_parse.h>

enum { MAX_DEPTH = 64, MAX_NUMBER = 4096, FEW = 16, INDEX = 4 * NFI_MAX_FIELDS };

typedef struct cell {
    uint32_t stamp, i;
} cell;

/* What stands before brief[at] is all bytes further on in the line. */
typedef struct gap {
    size_t at, all;
} gap;

typedef struct parser {
    yajl_handle yajl;
    nfi_json_pool pool; /* yajl's memory, reused for every line */
    nfi_secret secret;
    const nfi_plan *plan;
    cell *columns, *extras; /* name -> number, for many names; a cell counts when its stamp is current */
    uint32_t columns_stamp, extras_stamp;

    nfi_row *row;
    const char *line;
    nf_str text; /* what yajl is given: the line, or brief */
    size_t n, value_end, key_end, nested, end, next_column, keys;
    nfi_buf brief; /* the line without the content of long strings */
    gap *left_out;
    size_t gaps, capgaps, passed;
    int depth;
    bool pending;  /* a key was read, its value not yet */
    bool is_extra; /* the pending key is row->extra[target], else row->f[target] */
    size_t target;
    nf_status status;
} parser;

/* ---- names ---- */

static bool same(nf_str a, nf_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* The cell for name: of the entry that has it, or the free one where it belongs. Tables are at most a quarter full. */
static cell *find_cell(const parser *ps, cell *table, uint32_t stamp, nf_str name, bool extras)
{
    size_t h = (size_t)nfi_siphash(name.p, name.n, ps->secret);

    for (;; h++) {
        cell *c = &table[h & (INDEX - 1)];
        if (c->stamp != stamp || same(extras ? ps->row->extra[c->i].name : ps->plan->name[c->i], name))
            return c;
    }
}

static nf_status index_columns(parser *ps, const nfi_plan *plan)
{
    ps->plan = plan;
    if (!plan || plan->n <= FEW)
        return NF_OK;
    if (!ps->columns && !(ps->columns = nfi_calloc(INDEX, sizeof *ps->columns))) {
        ps->plan = NULL;
        return NF_ENOMEM;
    }
    ps->columns_stamp++;
    for (size_t i = 0; i < plan->n; i++) {
        cell *c = find_cell(ps, ps->columns, ps->columns_stamp, plan->name[i], false);
        *c = (cell){ps->columns_stamp, (uint32_t)i};
    }
    return NF_OK;
}

/* Column of that name, plan->n when there is none. Records mostly keep the order of the first. */
static size_t find_column(parser *ps, nf_str name)
{
    const nfi_plan *plan = ps->plan;
    size_t n = plan ? plan->n : 0;

    if (n == 0)
        return 0;
    if (ps->next_column < n && same(plan->name[ps->next_column], name))
        return ps->next_column;
    if (n > FEW) {
        const cell *c = find_cell(ps, ps->columns, ps->columns_stamp, name, false);
        return c->stamp == ps->columns_stamp ? c->i : n;
    }
    for (size_t i = 0; i < n; i++)
        if (same(plan->name[i], name))
            return i;
    return n;
}

/* ---- the events of one line ---- */

static int stop(parser *ps, nf_status s)
{
    ps->status = s;
    return 0;
}

/* Where in the line what yajl has at offset at stands. Offsets rise. */
static size_t in_line(parser *ps, size_t at)
{
    while (ps->passed < ps->gaps && ps->left_out[ps->passed].at < at)
        ps->passed++;
    return at + (ps->passed ? ps->left_out[ps->passed - 1].all : 0);
}

static size_t consumed(parser *ps)
{
    return in_line(ps, yajl_get_bytes_consumed(ps->yajl));
}

static nfi_field *target(parser *ps)
{
    return ps->is_extra ? &ps->row->extra[ps->target].f : &ps->row->f[ps->target];
}

static void set_value(parser *ps, nfi_kind kind, size_t from, size_t to)
{
    nf_str raw = {ps->line + from, to - from};

    *target(ps) = (nfi_field){.v = kind == NFI_NULL ? (nf_str){0} : raw, .raw = raw, .kind = kind};
    ps->pending = false;
    ps->value_end = to;
}

/* A key still waits: its value is the string that ends before the token at next. Between the two stand blanks and at most a comma. */
static nf_status take_string(parser *ps, size_t next)
{
    size_t i = ps->key_end, end = next;

    if (!ps->pending)
        return NF_OK;
    while (ps->line[i] != '"')
        i++;
    while (ps->line[end - 1] != '"')
        end--;
    set_value(ps, NFI_STRING, i, end);
    nfi_field *f = target(ps);
    return nfi_json_string(&f->v, f->raw, ps->row->arena, &ps->row->replacements);
}

/* Where the string token just read began; nothing but blanks and a comma stands between it and the value before. */
static size_t key_start(parser *ps, const unsigned char *key, size_t len)
{
    const char *k = (const char *)key;
    bool escapes;

    if (k > ps->text.p && k + len < ps->text.p + ps->text.n) /* yajl points into what it was given */
        return in_line(ps, (size_t)(k - ps->text.p) - 1);
    /* A key with escapes is a copy. Walk over the string that may wait, to the quote that comes after it. */
    size_t from = ps->pending ? ps->key_end : ps->value_end, to = consumed(ps);
    for (int strings = ps->pending ? 2 : 1;; strings--) {
        while (from < to && ps->line[from] != '"')
            from++;
        if (strings == 1)
            return from;
        from += nfi_json_string_end(ps->line + from, to - from, &escapes);
    }
}

static nf_status duplicate(parser *ps, nf_str name)
{
    char shown[200];
    nfi_escape(shown, sizeof shown, name.p, name.n);
    return nfi_row_bad(ps->row, NF_EFORMAT, "key \"%s\" stands twice in the object", shown);
}

static nf_status add_extra(parser *ps, nf_str name, nf_str raw, bool *twice)
{
    nfi_row *row = ps->row;
    size_t i = row->n_extra;

    *twice = false;
    if (i < FEW) {
        for (size_t k = 0; k < i && !*twice; k++)
            *twice = same(row->extra[k].name, name);
    } else {
        if (!ps->extras && !(ps->extras = nfi_calloc(INDEX, sizeof *ps->extras)))
            return NF_ENOMEM;
        if (i == FEW) { /* the table starts with what was compared one by one so far */
            ps->extras_stamp++;
            for (size_t k = 0; k < i; k++)
                *find_cell(ps, ps->extras, ps->extras_stamp, row->extra[k].name, true) = (cell){ps->extras_stamp, (uint32_t)k};
        }
        cell *c = find_cell(ps, ps->extras, ps->extras_stamp, name, true);
        *twice = c->stamp == ps->extras_stamp;
        if (!*twice)
            *c = (cell){ps->extras_stamp, (uint32_t)i};
    }
    if (*twice)
        return NF_OK;
    NF_TRY(nfi_grow(&row->extra, &row->cap_extra, i + 1, sizeof *row->extra, NULL));
    row->extra[i] = (nfi_extra){.name = name, .raw_name = raw};
    row->n_extra++;
    ps->is_extra = true;
    ps->target = i;
    return NF_OK;
}

static int on_key(void *ctx, const unsigned char *key, size_t len)
{
    parser *ps = ctx;
    nf_str name;
    bool twice = false;

    if (ps->depth != 1)
        return 1;
    size_t from = key_start(ps, key, len), to = consumed(ps);
    nf_status s = take_string(ps, from);
    if (s != NF_OK)
        return stop(ps, s);
    if (++ps->keys > NFI_MAX_FIELDS)
        return stop(ps, nfi_row_bad(ps->row, NF_ELIMIT, "the object has more than %d keys", NFI_MAX_FIELDS));
    nf_str raw = {ps->line + from, to - from};
    s = nfi_json_string(&name, raw, ps->row->arena, &ps->row->replacements);
    if (s != NF_OK)
        return stop(ps, s);

    size_t column = find_column(ps, name);
    if (ps->plan && column < ps->plan->n) {
        twice = ps->row->f[column].kind != NFI_ABSENT;
        ps->is_extra = false;
        ps->target = column;
        ps->next_column = column + 1;
    } else if ((s = add_extra(ps, name, raw, &twice)) != NF_OK) {
        return stop(ps, s);
    }
    if (twice)
        return stop(ps, duplicate(ps, name));
    ps->pending = true;
    ps->key_end = to;
    return 1;
}

static int scalar(parser *ps, nfi_kind kind, size_t len)
{
    size_t to = consumed(ps);
    if (ps->depth == 1 && to >= len) /* less: a number cut by the end of the line, which is an error one step later */
        set_value(ps, kind, to - len, to);
    return 1;
}

static int on_null(void *ctx)
{
    return scalar(ctx, NFI_NULL, 4);
}

static int on_bool(void *ctx, int value)
{
    return scalar(ctx, NFI_BOOL, value ? 4 : 5);
}

static int on_number(void *ctx, const char *p, size_t len)
{
    parser *ps = ctx;

    (void)p;
    if (len > MAX_NUMBER)
        return stop(ps, nfi_row_bad(ps->row, NF_ELIMIT, "a number has %zu digits, the limit is %d", len, MAX_NUMBER));
    return scalar(ps, NFI_NUMBER, len);
}

static int enter(parser *ps)
{
    if (++ps->depth > MAX_DEPTH)
        return stop(ps, nfi_row_bad(ps->row, NF_ELIMIT, "nested more than %d deep", MAX_DEPTH));
    if (ps->depth == 1)
        ps->value_end = consumed(ps);
    if (ps->depth == 2) {
        ps->nested = consumed(ps) - 1;
        ps->pending = false;
    }
    return 1;
}

static int leave(parser *ps, nfi_kind kind)
{
    if (ps->depth == 1) {
        nf_status s = take_string(ps, consumed(ps) - 1);
        if (s != NF_OK)
            return stop(ps, s);
    }
    if (--ps->depth == 1)
        set_value(ps, kind, ps->nested, consumed(ps));
    ps->end = consumed(ps);
    return 1;
}

static int on_map(void *ctx)
{
    return enter(ctx);
}

static int on_map_end(void *ctx)
{
    return leave(ctx, NFI_OBJECT);
}

static int on_array(void *ctx)
{
    return enter(ctx);
}

static int on_array_end(void *ctx)
{
    return leave(ctx, NFI_ARRAY);
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_bool,
    .yajl_number = on_number,
    .yajl_start_map = on_map,
    .yajl_map_key = on_key,
    .yajl_end_map = on_map_end,
    .yajl_start_array = on_array,
    .yajl_end_array = on_array_end,
};

/* ---- records ---- */

static void *jsonl_open(char delimiter)
{
    parser *ps = nfi_calloc(1, sizeof *ps);

    (void)delimiter;
    if (ps)
        ps->secret = nfi_secret_random();
    return ps;
}

static void jsonl_close(void *p)
{
    parser *ps = p;
    if (ps) {
        nfi_json_pool_clear(&ps->pool);
        nfi_buf_clear(&ps->brief);
        nfi_free(ps->left_out);
        nfi_free(ps->columns);
        nfi_free(ps->extras);
        nfi_free(ps);
    }
}

/* What stands on a line that does not begin with a brace. */
static const char *kind_of(const char *p, size_t n)
{
    static const char *const words[] = {"true", "false", "null"};

    for (size_t i = 0; i < 3; i++)
        if (n >= strlen(words[i]) && memcmp(p, words[i], strlen(words[i])) == 0)
            return i < 2 ? "a boolean" : "null";
    if (*p == '[' || *p == '"')
        return *p == '[' ? "an array" : "a string";
    return *p == '-' || (*p >= '0' && *p <= '9') ? "a number" : "something else";
}

static nf_status grammar(parser *ps, bool ended)
{
    size_t at = ended ? ps->n : consumed(ps), n = 0;
    const char *text = (const char *)yajl_get_error(ps->yajl, 0, (const unsigned char *)ps->line, ps->n); /* from the pool */

    while (text[n] && text[n] != '\n' && !(text[n] == '.' && (text[n + 1] == '\n' || !text[n + 1])))
        n++;
    return nfi_row_bad(ps->row, NF_EFORMAT, "malformed JSON near byte %zu: %.*s", at, (int)n, text);
}

/* yajl lets a string pass that begins behind the object and has no end. */
static nf_status nothing_behind(parser *ps)
{
    if (ps->depth == 0 && ps->end < ps->n && memchr(ps->line + ps->end, '"', ps->n - ps->end))
        return nfi_row_bad(ps->row, NF_EFORMAT, "malformed JSON near byte %zu: parse error: trailing garbage", ps->n);
    return NF_OK;
}

/*
 * Most of a line is the content of strings, which yajl goes through byte by byte; so it is given long ones empty, when their content is
 * sure to be in order. A line with any that is not is given whole.
 */
static nf_status shorten(parser *ps, nf_str line)
{
    enum { LONG = 32 };
    size_t done = 0, all = 0;

    ps->brief.n = ps->gaps = ps->passed = 0;
    ps->text = line;
    for (const char *q; (q = memchr(line.p + done, '"', line.n - done)); ) {
        size_t i = (size_t)(q - line.p), n = nfi_json_string_skip(q, line.n - i), keep = n < LONG ? n : 1;
        if (n == 0) {
            ps->gaps = 0;
            return NF_OK;
        }
        nfi_buf_put(&ps->brief, line.p + done, i + keep - done);
        done = i + n;
        if (keep == n)
            continue;
        NF_TRY(nfi_grow(&ps->left_out, &ps->capgaps, ps->gaps + 1, sizeof *ps->left_out, NULL));
        ps->left_out[ps->gaps++] = (gap){ps->brief.n, all += n - 2};
        nfi_buf_putc(&ps->brief, '"');
    }
    nfi_buf_put(&ps->brief, line.p + done, line.n - done);
    if (!nfi_buf_ok(&ps->brief)) {
        ps->brief.failed = false;
        return NF_ENOMEM;
    }
    ps->text = (nf_str){ps->brief.p, ps->brief.n};
    return NF_OK;
}

/* The line that ps->text is of. *malformed: it is, and nothing was said of it, since yajl was not given all of it. */
static nf_status read_line(parser *ps, nf_str line, nfi_row *row, bool *malformed)
{
    row->n_extra = 0;
    for (size_t i = 0; i < row->n; i++)
        row->f[i] = (nfi_field){0};
    ps->row = row;
    ps->line = line.p;
    ps->n = line.n;
    ps->value_end = ps->key_end = ps->nested = ps->end = ps->next_column = ps->keys = 0;
    ps->depth = 0;
    ps->pending = false;
    ps->status = NF_OK;

    NF_TRY(nfi_json_pool_begin(&ps->pool, ps->text.n));
    yajl_alloc_funcs memory = {nfi_json_pool_alloc, nfi_json_pool_realloc, nfi_json_pool_free, &ps->pool};
    ps->yajl = yajl_alloc(&callbacks, &memory, ps);
    yajl_config(ps->yajl, yajl_dont_validate_strings, 1); /* repaired or refused later, by --encoding */
    yajl_status y = yajl_parse(ps->yajl, (const unsigned char *)ps->text.p, ps->text.n);
    bool ended = y == yajl_status_ok;
    if (ended)
        y = yajl_complete_parse(ps->yajl);
    *malformed = y == yajl_status_error && ps->gaps > 0;
    nf_status s = y == yajl_status_error && !*malformed ? grammar(ps, ended) : ps->status;
    yajl_free(ps->yajl);
    ps->yajl = NULL;
    return s == NF_OK && y == yajl_status_ok ? nothing_behind(ps) : s;
}

static nf_status jsonl_parse(void *p, const nfi_plan *plan, nf_str rec, nfi_row *row)
{
    parser *ps = p;
    size_t first = 0, columns = plan ? plan->n : 0;
    uint64_t replacements = row->replacements;
    bool malformed;

    NF_TRY(nfi_grow(&row->f, &row->cap_f, columns, sizeof *row->f, NULL));
    row->n = columns;
    row->n_extra = 0;
    while (first < rec.n && (rec.p[first] == ' ' || rec.p[first] == '\t' || rec.p[first] == '\r'))
        first++;
    if (first < rec.n && rec.p[first] != '{') {
        for (size_t i = 0; i < columns; i++)
            row->f[i] = (nfi_field){0};
        return nfi_row_bad(row, NF_EFORMAT, "expected a JSON object, found %s", kind_of(rec.p + first, rec.n - first));
    }
    if (!plan || plan != ps->plan)
        NF_TRY(index_columns(ps, plan));
    NF_TRY(shorten(ps, rec));
    NF_TRY(read_line(ps, rec, row, &malformed));
    if (!malformed)
        return NF_OK;
    row->replacements = replacements;
    ps->gaps = ps->passed = 0;
    ps->text = rec;
    return read_line(ps, rec, row, &malformed);
}

static const char *const jsonl_ext[] = {".jsonl", ".ndjson", ".json", NULL};

const nfi_format nfi_format_jsonl = {
    .name = "jsonl",
    .summary = "one JSON object a line; the keys of the first are the columns",
    .extensions = jsonl_ext,
    .table = true,
    .next = nfi_line_next,
    .open = jsonl_open,
    .close = jsonl_close,
    .parse = jsonl_parse,
};
