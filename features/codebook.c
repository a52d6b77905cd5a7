/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * codebook.c - reading a codebook. yajl walks the JSON; what has no meaning here is passed over and its name kept, so that a field that is
 * spelt wrong can be told. Seeds are checked as far as that needs no tokeniser; the rest is for nf_lexicon_new().
 */
#include "features/codebook.h"

#include "base/io.h"
#include "base/limits.h"
#include "base/sort.h"
#include "base/try.h"
#include "base/utf8.h"
#include "datasets/json_pool.h"
#include "datasets/json_text.h"
#include "datasets/record.h"
#include "datasets/str.h"

#include <string.h>
#include <yajl/yajl_parse.h>

enum { MAX_UNKNOWN = 16, MAX_DEPTH = 64 };

/* Where the parser is: containers that mean something; all others are only counted. */
typedef enum place { START, TOP, FRAMES, FRAME, SEEDS, END } place;

typedef struct reader {
    nf_codebook *cb;
    yajl_handle yajl;
    const char *text, *name;
    size_t n, capframe, capseed, capunknown, nseeds;
    nf_str *seed; /* of the frame being read */
    uint64_t *line; /* of each frame */
    size_t capline, counted; /* counted: bytes, with so many line ends: */
    uint64_t lines;
    place at;
    int skip; /* depth inside containers that are passed over */
    const struct field *field; /* the value to come; NULL: passed over */
    nf_err *err;
    nf_status s;
} reader;

/* ---- fields ---- */

typedef enum kind { STRING, SEED_LIST, FRAME_LIST, PASSED } kind;
typedef struct field {
    const char *name;
    place in;
    kind kind;
    size_t offset; /* of the nf_str in nf_codebook or nf_frame */
} field;

/* Fields for people only (PASSED) are known, so nothing is said about them. */
static const field fields[] = {
    {"id", TOP, STRING, offsetof(nf_codebook, id)},
    {"title", TOP, STRING, offsetof(nf_codebook, title)},
    {"frames", TOP, FRAME_LIST, 0},
    {"language", TOP, PASSED, 0},
    {"unit", TOP, PASSED, 0},
    {"rule", TOP, PASSED, 0},
    {"note", TOP, PASSED, 0},
    {"licence", TOP, PASSED, 0},
    {"licence_note", TOP, PASSED, 0},
    {"key", FRAME, STRING, offsetof(nf_frame, key)},
    {"name", FRAME, STRING, offsetof(nf_frame, name)},
    {"definition", FRAME, STRING, offsetof(nf_frame, definition)},
    {"include", FRAME, STRING, offsetof(nf_frame, include)},
    {"exclude", FRAME, STRING, offsetof(nf_frame, exclude)},
    {"seeds", FRAME, SEED_LIST, 0},
    {"examples", FRAME, PASSED, 0},
    {"note", FRAME, PASSED, 0},
};

/* Of what is being read. Lines are counted on from the last call. */
static uint64_t line_of(reader *r)
{
    size_t at = r->yajl ? yajl_get_bytes_consumed(r->yajl) : 0;
    const char *end = r->text + (at < r->n ? at : r->n);

    for (const char *p = r->text + r->counted; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++)
        r->lines++;
    if (end > r->text + r->counted)
        r->counted = (size_t)(end - r->text);
    return r->lines + 1;
}

#define BAD(r, code, ...) ((r)->s = NF_FAIL_AT((r)->err, code, (r)->name, line_of(r), __VA_ARGS__), 0)

static int oom(reader *r)
{
    r->s = nfi_oom(r->err, "a codebook");
    return 0;
}

static nf_frame *last(reader *r) { return &r->cb->frame[r->cb->n - 1]; }

static bool is(nf_str s, const char *text) { return s.n == strlen(text) && (s.n == 0 || memcmp(s.p, text, s.n) == 0); }

static bool copy(reader *r, const unsigned char *p, size_t n, nf_str *out)
{
    *out = (nf_str){nfi_arena_copy(&r->cb->arena, p, n), n};
    return out->p != NULL;
}

/* What a seed must be, whatever the tokeniser. */
static int check_seed(reader *r, nf_str s)
{
    nfi_shown seed = nfi_show(s), key = nfi_show(last(r)->key);
    size_t words = 0;

    if (s.n > NFI_MAX_SEED)
        return BAD(r, NF_EFORMAT, "frame \"%s\": a seed has %zu bytes, at most %d are allowed", key.text, s.n, NFI_MAX_SEED);
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        while (i < s.n && s.p[i] != ' ')
            i++;
        nf_str w = {s.p + from, i - from};
        words += w.n > 0;
        i++;
        for (size_t k = 0; k < w.n; k++) {
            if ((unsigned char)w.p[k] < 0x20 || w.p[k] == 0x7f)
                return BAD(r, NF_EFORMAT, "frame \"%s\": seed \"%s\" has a control character", key.text, seed.text);
            if (w.p[k] == '*' && k + 1 < w.n)
                return BAD(r, NF_EFORMAT, "frame \"%s\": seed \"%s\" has * before the end of a word; it stands for an ending only",
                           key.text, seed.text);
        }
        if (w.n && w.p[w.n - 1] == '*' && w.n < 3)
            return BAD(r, NF_EFORMAT, "frame \"%s\": seed \"%s\" would match %s; at least two letters go before *", key.text, seed.text,
                       w.n == 1 ? "every word" : "every word with that first letter");
    }
    if (words == 0)
        return BAD(r, NF_EFORMAT, "frame \"%s\": a seed is empty", key.text);
    return 1;
}

/* ---- events ---- */

static int wrong(reader *r, const char *found)
{
    static const char *const expected[] = {[STRING] = "a string", [SEED_LIST] = "a list of strings", [FRAME_LIST] = "a list of frames"};

    if (r->at == START)
        return BAD(r, NF_EFORMAT, "a codebook is a JSON object, found %s", found);
    if (r->at == FRAMES)
        return BAD(r, NF_EFORMAT, "the list of frames has %s in it, expected objects", found);
    if (r->at == SEEDS)
        return BAD(r, NF_EFORMAT, "a list of seeds has %s in it, expected strings", found);
    return BAD(r, NF_EFORMAT, "field \"%s\" is %s, expected %s", r->field->name, found, expected[r->field->kind]);
}

/* Is the value to come of no interest? */
static bool passed(const reader *r)
{
    return r->skip || ((r->at == TOP || r->at == FRAME) && (!r->field || r->field->kind == PASSED));
}

static int scalar(reader *r, const char *found) { return passed(r) ? 1 : wrong(r, found); }
static int on_null(void *ctx) { return scalar(ctx, "null"); }
static int on_bool(void *ctx, int v) { return scalar(ctx, v ? "true" : "false"); }
static int on_number(void *ctx, const char *p, size_t n) { return (void)p, (void)n, scalar(ctx, "a number"); }

static int on_string(void *ctx, const unsigned char *p, size_t n)
{
    reader *r = ctx;
    nf_str s;

    if (passed(r))
        return 1;
    if (r->at == SEEDS) {
        while (n && p[0] == ' ')
            p++, n--;
        while (n && p[n - 1] == ' ')
            n--;
        if (r->nseeds == NFI_MAX_SEEDS)
            return BAD(r, NF_ELIMIT, "more than %d seeds", NFI_MAX_SEEDS);
        if (!check_seed(r, (nf_str){(const char *)p, n}))
            return 0;
        if (!copy(r, p, n, &s) || nfi_grow(&r->seed, &r->capseed, last(r)->nseeds + 1, sizeof *r->seed, NULL) != NF_OK)
            return oom(r);
        r->seed[last(r)->nseeds++] = s;
        r->nseeds++;
        return 1;
    }
    if (r->at != TOP && r->at != FRAME)
        return wrong(r, "a string");
    if (r->field->kind != STRING)
        return wrong(r, "a string");
    if (!copy(r, p, n, &s))
        return oom(r);
    nf_str *to = (nf_str *)(void *)((char *)(r->at == TOP ? (void *)r->cb : (void *)last(r)) + r->field->offset);
    if (to->p)
        return BAD(r, NF_EFORMAT, "field \"%s\" is there twice", r->field->name);
    *to = s;
    return 1;
}

static int on_key(void *ctx, const unsigned char *p, size_t n)
{
    reader *r = ctx;
    nf_str name = {(const char *)p, n};

    if (r->skip)
        return 1;
    r->field = NULL;
    for (size_t i = 0; i < sizeof fields / sizeof *fields && !r->field; i++)
        if (fields[i].in == r->at && is(name, fields[i].name))
            r->field = &fields[i];
    if (r->field || r->cb->nunknown == MAX_UNKNOWN)
        return 1;
    for (size_t i = 0; i < r->cb->nunknown; i++)
        if (r->cb->unknown[i].n == n && memcmp(r->cb->unknown[i].p, p, n) == 0)
            return 1;
    if (nfi_grow(&r->cb->unknown, &r->capunknown, r->cb->nunknown + 1, sizeof *r->cb->unknown, NULL) != NF_OK ||
        !copy(r, p, n, &r->cb->unknown[r->cb->nunknown]))
        return oom(r);
    r->cb->nunknown++;
    return 1;
}

static int open_one(reader *r, bool list)
{
    if (r->skip > MAX_DEPTH)
        return BAD(r, NF_EFORMAT, "lists and objects are nested more than %d deep", MAX_DEPTH);
    if (r->at != START && passed(r)) {
        r->skip++;
        return 1;
    }
    if (r->at == START && !list) {
        r->at = TOP;
    } else if (r->at == TOP && list && r->field->kind == FRAME_LIST) {
        if (r->cb->frame)
            return BAD(r, NF_EFORMAT, "field \"frames\" is there twice");
        r->at = FRAMES;
    } else if (r->at == FRAMES && !list) {
        if (r->cb->n == NFI_MAX_FRAMES)
            return BAD(r, NF_ELIMIT, "more than %d frames", NFI_MAX_FRAMES);
        if (nfi_grow(&r->cb->frame, &r->capframe, r->cb->n + 1, sizeof *r->cb->frame, NULL) != NF_OK ||
            nfi_grow(&r->line, &r->capline, r->cb->n + 1, sizeof *r->line, NULL) != NF_OK)
            return oom(r);
        r->line[r->cb->n] = line_of(r);
        r->cb->frame[r->cb->n++] = (nf_frame){0};
        r->at = FRAME;
    } else if (r->at == FRAME && list && r->field->kind == SEED_LIST) {
        if (last(r)->seed)
            return BAD(r, NF_EFORMAT, "field \"seeds\" is there twice");
        r->at = SEEDS;
    } else {
        return wrong(r, list ? "a list" : "an object");
    }
    return 1;
}

static int on_map(void *ctx) { return open_one(ctx, false); }
static int on_list(void *ctx) { return open_one(ctx, true); }

static int on_close(void *ctx)
{
    static const place back[] = {[TOP] = END, [FRAMES] = TOP, [FRAME] = FRAMES, [SEEDS] = FRAME};
    reader *r = ctx;

    if (r->skip) {
        r->skip--;
        return 1;
    }
    if (r->at == SEEDS) {
        nf_frame *f = last(r);
        nf_str *seed = nfi_arena_alloc(&r->cb->arena, f->nseeds * sizeof *seed + 1);
        if (!seed)
            return oom(r);
        if (f->nseeds)
            memcpy(seed, r->seed, f->nseeds * sizeof *seed);
        f->seed = seed;
    }
    if (r->at == FRAME) {
        nf_frame *f = last(r);
        const char *fault = nfi_label_fault(f->key);
        nfi_shown key = nfi_show(f->key);
        if (f->key.n == 0)
            return BAD(r, NF_EFORMAT, "a frame has no key");
        if (fault)
            return BAD(r, NF_EFORMAT, "key \"%s\" %s", key.text, fault);
        if (f->nseeds == 0 && !is(f->key, "none"))
            return BAD(r, NF_EFORMAT, "frame \"%s\" has no seeds; only the frame \"none\" may be without", key.text);
    }
    r->at = back[r->at];
    return 1;
}

/* ---- the whole ---- */

static int by_key(const void *a, const void *b, void *ctx)
{
    const nf_frame *f = ctx;
    return nfi_str_cmp(f[*(const uint32_t *)a].key, f[*(const uint32_t *)b].key);
}

static nf_status check_keys(const reader *r, nf_err *err)
{
    nf_status s = NF_OK;
    const nf_codebook *cb = r->cb;
    uint32_t *order = nfi_alloc(cb->n, sizeof *order);

    if (!order)
        return nfi_oom(err, "a codebook");
    for (size_t i = 0; i < cb->n; i++)
        order[i] = (uint32_t)i;
    NF_GO(nfi_sort(order, cb->n, sizeof *order, by_key, cb->frame, err));
    for (size_t i = 1; i < cb->n && s == NF_OK; i++)
        if (by_key(&order[i - 1], &order[i], cb->frame) == 0)
            s = NF_FAIL_AT(err, NF_EFORMAT, r->name, r->line[order[i]], "key \"%s\" is there twice, first on line %llu",
                           nfi_show(cb->frame[order[i]].key).text, (unsigned long long)r->line[order[i - 1]]);
out:
    nfi_free(order);
    return s;
}

static nf_status walk(reader *r, nf_err *err)
{
    static const yajl_callbacks calls = {on_null, on_bool, NULL, NULL, on_number, on_string, on_map, on_key, on_close, on_list, on_close};
    nfi_json_pool pool = {0};
    yajl_alloc_funcs memory = {nfi_json_pool_alloc, nfi_json_pool_realloc, nfi_json_pool_free, &pool};

    if (nfi_json_pool_begin(&pool, r->n) != NF_OK)
        return nfi_oom(err, "a codebook");
    r->yajl = yajl_alloc(&calls, &memory, r);
    yajl_status y = yajl_parse(r->yajl, (const unsigned char *)r->text, r->n);
    if (y == yajl_status_ok)
        y = yajl_complete_parse(r->yajl);
    nf_status s = r->s;
    if (y == yajl_status_error) {
        const char *text = (const char *)yajl_get_error(r->yajl, 0, (const unsigned char *)r->text, r->n), *nl = strchr(text, '\n');
        s = NF_FAIL_AT(err, NF_EFORMAT, r->name, line_of(r), "not JSON: %.*s", (int)(nl ? nl - text : (ptrdiff_t)strlen(text)), text);
    }
    yajl_free(r->yajl);
    r->yajl = NULL;
    nfi_json_pool_clear(&pool);
    return s;
}

nf_status nf_codebook_parse(nf_codebook **out, const char *json, size_t n, const char *name, nf_err *err)
{
    reader r = {.text = json, .n = n, .name = name, .err = err};
    nf_status s = NF_OK;

    if (n > NFI_MAX_CODEBOOK)
        return NF_FAIL_AT(err, NF_ELIMIT, name, 0, "a codebook has at most %zu bytes, this one %zu", NFI_MAX_CODEBOOK, n);
    if (!(r.cb = nfi_calloc(1, sizeof *r.cb)))
        return nfi_oom(err, "a codebook");
    r.text += nfi_utf8_mark(json, n);
    r.n -= nfi_utf8_mark(json, n);
    size_t blank = 0;
    while (blank < r.n && (unsigned char)r.text[blank] <= ' ')
        blank++;
    if (blank < r.n)
        NF_GO(walk(&r, err));
    if (r.at != END || r.cb->n == 0) {
        s = NF_FAIL_AT(err, NF_EFORMAT, name, 0,
                       r.at != END ? "the file is empty, expected a codebook" : "a codebook has a list \"frames\" with at least one frame");
        goto out;
    }
    NF_GO(check_keys(&r, err));
    if (!(r.cb->name = nfi_arena_copy(&r.cb->arena, name, strlen(name)))) {
        s = nfi_oom(err, "a codebook");
        goto out;
    }
    *out = r.cb;
    r.cb = NULL;
out:
    nfi_free(r.seed);
    nfi_free(r.line);
    nf_codebook_free(r.cb);
    return s;
}

nf_status nf_codebook_read(nf_codebook **out, const char *path, nf_err *err)
{
    void *data = NULL;
    size_t n;

    NF_TRY(nfi_read_file(&data, &n, path, NFI_MAX_CODEBOOK, err));
    nf_status s = nf_codebook_parse(out, data, n, nfi_in_name(path), err);
    nfi_free(data);
    return s;
}

void nf_codebook_free(nf_codebook *cb)
{
    if (!cb)
        return;
    nfi_free(cb->frame);
    nfi_free(cb->unknown);
    nfi_arena_clear(&cb->arena);
    nfi_free(cb);
}

/* ---- what it holds ---- */

nf_str nf_codebook_id(const nf_codebook *cb) { return cb->id; }
nf_str nf_codebook_title(const nf_codebook *cb) { return cb->title; }
size_t nf_codebook_frames(const nf_codebook *cb) { return cb->n; }
const nf_frame *nf_codebook_frame(const nf_codebook *cb, size_t i) { return &cb->frame[i]; }
nf_str nf_codebook_unknown(const nf_codebook *cb, size_t i) { return i < cb->nunknown ? cb->unknown[i] : (nf_str){0}; }

int32_t nf_codebook_find(const nf_codebook *cb, nf_str key)
{
    for (size_t i = 0; i < cb->n; i++)
        if (cb->frame[i].key.n == key.n && memcmp(cb->frame[i].key.p, key.p, key.n) == 0)
            return (int32_t)i;
    return -1;
}

static void put(nfi_buf *b, const char *before, nf_str s)
{
    if (s.n == 0)
        return;
    nfi_buf_puts(b, before);
    nfi_json_put_string(b, s);
}

void nfi_codebook_write(const nf_codebook *cb, nfi_buf *b)
{
    nfi_buf_puts(b, "{\"id\":");
    nfi_json_put_string(b, cb->id);
    put(b, ",\"title\":", cb->title);
    nfi_buf_puts(b, ",\"frames\":[");
    for (size_t i = 0; i < cb->n; i++) {
        const nf_frame *f = &cb->frame[i];
        nfi_buf_puts(b, i ? ",\n{\"key\":" : "\n{\"key\":");
        nfi_json_put_string(b, f->key);
        put(b, ",\"name\":", f->name);
        put(b, ",\"definition\":", f->definition);
        put(b, ",\"include\":", f->include);
        put(b, ",\"exclude\":", f->exclude);
        nfi_buf_puts(b, ",\"seeds\":[");
        for (size_t k = 0; k < f->nseeds; k++) {
            if (k)
                nfi_buf_putc(b, ',');
            nfi_json_put_string(b, f->seed[k]);
        }
        nfi_buf_puts(b, "]}");
    }
    nfi_buf_puts(b, "]}\n");
}
