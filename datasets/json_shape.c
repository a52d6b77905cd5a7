/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_shape.c - yajl checks the grammar and names keys, numbers and containers; it is given no string callback, so it does not copy
 * strings: the value of a key that got no other callback is the string that follows it.
 */
#include "datasets/json_shape.h"

#include "base/limits.h"
#include "base/try.h"

#include <string.h>
#include <yajl/yajl_parse.h>

enum { MAX_DEPTH = 64, MAX_NUMBER = 4096, MAX_KEPT = 4096 /* bytes of a shape that is kept */ };

typedef struct parser {
    yajl_handle yajl;
    nfi_row *row;
    nfi_json_shape *shape;
    nf_str text; /* what yajl is given */
    size_t value_end, nested, end;
    int depth;
    bool pending; /* a key was read, its value not yet */
    nf_status status;
} parser;

/* ---- the events of one text ---- */

static int stop(parser *ps, nf_status s)
{
    ps->status = s;
    return 0;
}

static nfi_json_member *last(parser *ps)
{
    return &ps->shape->member[ps->shape->n - 1];
}

static size_t consumed(const parser *ps)
{
    return yajl_get_bytes_consumed(ps->yajl);
}

static void set_value(parser *ps, nfi_kind kind, size_t from, size_t to)
{
    nfi_json_member *m = last(ps);

    m->kind = kind;
    m->value.at = from;
    m->value.end = to;
    ps->pending = false;
    ps->value_end = to;
}

/* A key still waits: its value is the string that ends before the token at next. Between the two stand blanks and at most a comma. */
static void take_string(parser *ps, size_t next)
{
    if (!ps->pending)
        return;
    size_t i = last(ps)->key.end, end = next;
    while (ps->text.p[i] != '"')
        i++;
    while (ps->text.p[end - 1] != '"')
        end--;
    set_value(ps, NFI_STRING, i, end);
}

/* Where the string token just read began; nothing but blanks and a comma stands between it and the value before. */
static size_t key_start(const parser *ps, const unsigned char *key, size_t len)
{
    const char *k = (const char *)key, *p = ps->text.p;
    bool escapes;

    if (k > p && k + len < p + ps->text.n) /* yajl points into what it was given */
        return (size_t)(k - p) - 1;
    /* A key with escapes is a copy. Walk over the string that may wait, to the quote that comes after it. */
    size_t from = ps->pending ? ps->shape->member[ps->shape->n - 1].key.end : ps->value_end, to = consumed(ps);
    for (int strings = ps->pending ? 2 : 1;; strings--) {
        while (from < to && p[from] != '"')
            from++;
        if (strings == 1)
            return from;
        from += nfi_json_string_end(p + from, to - from, &escapes);
    }
}

static int on_key(void *ctx, const unsigned char *key, size_t len)
{
    parser *ps = ctx;
    nfi_json_shape *x = ps->shape;

    if (ps->depth != 1)
        return 1;
    size_t from = key_start(ps, key, len);
    take_string(ps, from);
    if (x->n == NFI_MAX_FIELDS)
        return stop(ps, nfi_row_bad(ps->row, NF_ELIMIT, "the object has more than %d keys", NFI_MAX_FIELDS));
    if (nfi_grow(&x->member, &x->cap, x->n + 1, sizeof *x->member, NULL) != NF_OK)
        return stop(ps, NF_ENOMEM);
    x->member[x->n++] = (nfi_json_member){.key = {.at = from, .end = consumed(ps)}};
    ps->pending = true;
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
    if (ps->depth == 1)
        take_string(ps, consumed(ps) - 1);
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

static nf_status grammar(parser *ps, bool ended)
{
    size_t at = ended ? ps->text.n : consumed(ps), n = 0;
    const char *text = (const char *)yajl_get_error(ps->yajl, 0, (const unsigned char *)ps->text.p, ps->text.n); /* from the pool */

    while (text[n] && text[n] != '\n' && !(text[n] == '.' && (text[n + 1] == '\n' || !text[n + 1])))
        n++;
    return nfi_row_bad(ps->row, NF_EFORMAT, "malformed JSON near byte %zu: %.*s", at, (int)n, text);
}

/* yajl lets a string pass that begins behind the object and has no end. */
static nf_status nothing_behind(const parser *ps)
{
    size_t n = ps->text.n;

    if (ps->depth == 0 && ps->end < n && memchr(ps->text.p + ps->end, '"', n - ps->end))
        return nfi_row_bad(ps->row, NF_EFORMAT, "malformed JSON near byte %zu: parse error: trailing garbage", n);
    return NF_OK;
}

/* Asks yajl for the members of text. *malformed: it is, and nothing was said of it, since the text is not the whole line. */
static nf_status ask(nfi_json *j, nfi_json_shape *x, nf_str text, nfi_row *row, bool *malformed)
{
    parser ps = {.row = row, .shape = x, .text = text};

    x->text.n = x->n = x->mould.n = 0;
    NF_TRY(nfi_json_pool_begin(&j->pool, text.n));
    yajl_alloc_funcs memory = {nfi_json_pool_alloc, nfi_json_pool_realloc, nfi_json_pool_free, &j->pool};
    ps.yajl = yajl_alloc(&callbacks, &memory, &ps);
    yajl_config(ps.yajl, yajl_dont_validate_strings, 1); /* repaired or refused later, by --encoding */
    yajl_status y = yajl_parse(ps.yajl, (const unsigned char *)text.p, text.n);
    bool ended = y == yajl_status_ok;
    if (ended)
        y = yajl_complete_parse(ps.yajl);
    *malformed = y == yajl_status_error && !j->whole;
    nf_status s = y == yajl_status_error && !*malformed ? grammar(&ps, ended) : ps.status;
    yajl_free(ps.yajl);
    return s == NF_OK && y == yajl_status_ok ? nothing_behind(&ps) : s;
}

/* ---- shapes ---- */

/* The line without the content of its strings to brief, where that is sure to be in order. */
static nf_status shorten(nfi_json *j, nf_str line)
{
    size_t done = 0, n = 0, all = 0;

    j->line = line;
    j->brief.n = j->ntokens = 0;
    j->whole = true;
    if (j->unshortened)
        return NF_OK;
    if (!nfi_buf_reserve(&j->brief, line.n)) {
        j->brief.failed = false;
        return NF_ENOMEM;
    }
    char *brief = j->brief.p;
    for (;;) {
        while (done < line.n && line.p[done] != '"')
            brief[n++] = line.p[done++];
        if (done == line.n)
            break;
        unsigned what;
        size_t len = nfi_json_string_skip(line.p + done, line.n - done, &what);
        if (len == 0)
            return NF_OK;
        brief[n++] = '"';
        NF_TRY(nfi_grow(&j->token, &j->captokens, j->ntokens + 1, sizeof *j->token, NULL));
        j->token[j->ntokens++] = (nfi_json_token){n, all += len - 2, what};
        brief[n++] = '"';
        done += len;
    }
    j->brief.n = n;
    j->whole = false;
    return NF_OK;
}

static nfi_json_shape *find(nfi_json *j)
{
    for (size_t i = 0; i < NFI_JSON_SHAPES; i++) {
        size_t k = (j->latest + i) % NFI_JSON_SHAPES;
        nfi_json_shape *x = &j->shape[k];
        if (x->text.n && x->text.n == j->brief.n && memcmp(x->text.p, j->brief.p, j->brief.n) == 0) {
            j->latest = k;
            return x;
        }
    }
    return NULL;
}

/* Strings that end before byte at of the shape; *from: those known to. */
static size_t strings_before(const nfi_json *j, size_t at, size_t *from)
{
    while (*from < j->ntokens && j->token[*from].at < at)
        ++*from;
    return *from;
}

static void count_strings(const nfi_json *j, nfi_json_shape *x)
{
    size_t from = 0;

    for (size_t i = 0; i < x->n; i++) {
        nfi_json_place *p[] = {&x->member[i].key, &x->member[i].value};
        for (size_t k = 0; k < 2; k++) {
            p[k]->before = strings_before(j, p[k]->at, &from);
            p[k]->within = strings_before(j, p[k]->end, &from);
        }
    }
}

nf_status nfi_json_read(nfi_json *j, nf_str line, nfi_row *row, nfi_json_shape **shape)
{
    nfi_json_shape *x = &j->shape[j->latest];
    bool malformed;

    if ((j->again = nfi_json_mould_fits(j, &x->mould, line))) {
        j->line = line;
        j->ntokens = x->mould.n;
        j->whole = false;
        *shape = x;
        return NF_OK;
    }
    NF_TRY(shorten(j, line));
    if (!j->whole && (*shape = find(j))) {
        nfi_json_mould_make(j, *shape);
        return NF_OK;
    }
    size_t next = (j->latest + 1) % NFI_JSON_SHAPES;
    *shape = x = &j->shape[next];
    NF_TRY(ask(j, x, j->whole ? line : (nf_str){j->brief.p, j->brief.n}, row, &malformed));
    if (malformed) { /* said of the line itself, where its faults are */
        j->whole = true;
        j->ntokens = 0;
        NF_TRY(ask(j, x, line, row, &malformed));
    }
    if (row->bad.code != NF_OK)
        return NF_OK;
    count_strings(j, x);
    if (j->whole || j->brief.n > MAX_KEPT)
        return NF_OK;
    nfi_buf_put(&x->text, j->brief.p, j->brief.n);
    nfi_json_mould_make(j, x);
    j->latest = next;
    x->text.failed = false; /* then it is not kept */
    return NF_OK;
}

void nfi_json_clear(nfi_json *j)
{
    for (size_t i = 0; i < NFI_JSON_SHAPES; i++) {
        nfi_buf_clear(&j->shape[i].text);
        nfi_free(j->shape[i].member);
        nfi_json_mould_clear(&j->shape[i].mould);
    }
    nfi_json_pool_clear(&j->pool);
    nfi_buf_clear(&j->brief);
    nfi_free(j->token);
    *j = (nfi_json){0};
}
