/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fmt_annotated.c - JSON lines as the annotation tools doccano and Prodigy export them: read as JSONL, then put in the form of every other
 * input. A list of labels stands in the label field. Spans count in characters there and in bytes here: they go to a field of their own,
 * byte_spans, so that what is written and read again is not counted twice, and their names to the label field. What a person rejected or
 * ignored in Prodigy has no label and is flagged; what was asked is kept in the field not_accepted.
 */
#include "datasets/format.h"

#include "base/buf.h"
#include "base/num.h"
#include "base/try.h"
#include "base/utf8.h"
#include "datasets/json_text.h"

#include <string.h>

enum { MAX_SPANS = 4096, MAX_NAMES = 64, STRIDE = 256, LOOK_AT = 64 };

typedef struct parser {
    void *json;
    nfi_buf spans, names;
    size_t *mark; /* byte of every STRIDE-th character of the text */
    size_t nmark, cap_mark;
    nf_str text, name[MAX_NAMES];
    size_t nnames, nspans;
} parser;

static bool is_name(nf_str s, const char *want)
{
    return s.n == strlen(want) && memcmp(s.p, want, s.n) == 0;
}

/* ---- fields of a record, in a column or not ---- */

static nfi_field *get(nfi_row *row, const nfi_plan *plan, const char *name)
{
    for (size_t i = 0; plan && i < plan->n; i++)
        if (is_name(plan->name[i], name))
            return &row->f[i];
    for (size_t i = 0; i < row->n_extra; i++)
        if (is_name(row->extra[i].name, name))
            return &row->extra[i].f;
    return NULL;
}

static bool is_there(const nfi_field *f)
{
    return f && f->kind != NFI_ABSENT && f->kind != NFI_NULL;
}

/* The field of that name, made when there is none; the pointer is good until the next call. quoted: the name with its quotes. */
static nf_status make(nfi_field **out, nfi_row *row, const nfi_plan *plan, const char *quoted, size_t n)
{
    char name[32];

    memcpy(name, quoted + 1, n - 2);
    name[n - 2] = '\0';
    if ((*out = get(row, plan, name)) != NULL)
        return NF_OK;
    NF_TRY(nfi_grow(&row->extra, &row->cap_extra, row->n_extra + 1, sizeof *row->extra, NULL));
    row->extra[row->n_extra] = (nfi_extra){.name = {quoted + 1, n - 2}, .raw_name = {quoted, n}};
    *out = &row->extra[row->n_extra++].f;
    return NF_OK;
}

static const char label_key[] = "\"label\"", spans_key[] = "\"byte_spans\"", asked_key[] = "\"not_accepted\"";

/* Where the label of the document belongs: the column that is read as such. */
static nf_status label_field(nfi_field **out, nfi_row *row, const nfi_plan *plan)
{
    if (plan && plan->label >= 0) {
        *out = &row->f[plan->label];
        return NF_OK;
    }
    return make(out, row, plan, label_key, sizeof label_key - 1);
}

static nf_status set_json(nfi_field *f, const nfi_buf *b, nfi_row *row)
{
    char *copy = nfi_buf_ok(b) ? nfi_arena_copy(row->arena, b->p, b->n) : NULL;

    if (!copy)
        return NF_ENOMEM;
    *f = (nfi_field){.v = {copy, b->n}, .raw = {copy, b->n}, .kind = NFI_ARRAY};
    return NF_OK;
}

/* ---- characters to bytes ---- */

/* Bytes that the character at p[i] takes once the text is repaired; *used of those there are. */
static size_t width(nf_str text, size_t i, size_t *used)
{
    uint32_t cp;

    *used = nfi_utf8_decode(text.p + i, text.n - i, &cp);
    return cp == 0xfffd ? 3 : *used;
}

/* Marks every STRIDE-th character, so that a place is found without going through the text for each. */
static nf_status mark_text(parser *ps)
{
    size_t chars = 0, bytes = 0, used;

    if (ps->nmark)
        return NF_OK;
    for (size_t i = 0;; i += used) {
        if (chars % STRIDE == 0) {
            NF_TRY(nfi_grow(&ps->mark, &ps->cap_mark, 2 * (ps->nmark + 1), sizeof *ps->mark, NULL));
            ps->mark[2 * ps->nmark] = i;
            ps->mark[2 * ps->nmark++ + 1] = bytes;
        }
        if (i >= ps->text.n)
            return NF_OK;
        bytes += width(ps->text, i, &used);
        chars++;
    }
}

/* Byte of a character, SIZE_MAX when the text has fewer. */
static size_t byte_of(const parser *ps, uint64_t character)
{
    if (character / STRIDE >= ps->nmark)
        return SIZE_MAX;
    size_t i = ps->mark[2 * (size_t)(character / STRIDE)], bytes = ps->mark[2 * (size_t)(character / STRIDE) + 1], used;
    for (uint64_t left = character % STRIDE; left > 0; left--, i += used) {
        if (i >= ps->text.n)
            return SIZE_MAX;
        bytes += width(ps->text, i, &used);
    }
    return bytes;
}

/* ---- walking over JSON that was accepted ---- */

static size_t blanks(nf_str raw, size_t i)
{
    while (i < raw.n && memchr(" \t\r\n,:", raw.p[i], 6))
        i++;
    return i;
}

/* Behind the value at raw.p[i]. */
static size_t value_end(nf_str raw, size_t i)
{
    bool escapes;
    size_t depth = 0;

    do {
        char c = raw.p[i];
        if (c == '"') {
            i += nfi_json_string_end(raw.p + i, raw.n - i, &escapes);
        } else if (c == '[' || c == '{') {
            depth++;
            i++;
        } else if (c == ']' || c == '}') {
            depth--;
            i++;
        } else if (depth > 0) {
            i++;
        } else {
            while (i < raw.n && !memchr(" \t\r\n,:]}", raw.p[i], 8))
                i++;
        }
    } while (depth > 0 && i < raw.n);
    return i;
}

/* The value behind *i in the list or object raw, n == 0 at its end. */
static nf_str next_value(nf_str raw, size_t *i)
{
    size_t from = blanks(raw, *i);

    if (from >= raw.n || raw.p[from] == ']' || raw.p[from] == '}')
        return (nf_str){0};
    *i = value_end(raw, from);
    return (nf_str){raw.p + from, *i - from};
}

/* ---- labels ---- */

static nf_status add_name(parser *ps, nfi_row *row, nf_str token)
{
    nf_str name;

    NF_TRY(nfi_json_string(&name, token, row->arena, &row->replacements));
    for (size_t i = 0; i < ps->nnames; i++)
        if (ps->name[i].n == name.n && (name.n == 0 || memcmp(ps->name[i].p, name.p, name.n) == 0))
            return NF_OK;
    if (ps->nnames == MAX_NAMES)
        return nfi_row_bad(row, NF_ELIMIT, "the record has more than %d different labels", MAX_NAMES);
    ps->name[ps->nnames++] = name;
    nfi_buf_putc(&ps->names, ps->nnames > 1 ? ',' : '[');
    nfi_json_put_string(&ps->names, name);
    return NF_OK;
}

static nf_status add_span(parser *ps, nfi_row *row, nf_str start, nf_str end, nf_str name)
{
    uint64_t a, b;

    if (++ps->nspans > MAX_SPANS)
        return nfi_row_bad(row, NF_ELIMIT, "the record has more than %d spans", MAX_SPANS);
    if (name.n == 0 || name.p[0] != '"' || !nfi_parse_u64(start.p, start.n, &a) || !nfi_parse_u64(end.p, end.n, &b))
        return nfi_row_bad(row, NF_EFORMAT, "span %zu is not a start, an end and a label", ps->nspans);
    NF_TRY(mark_text(ps));
    size_t from = byte_of(ps, a), to = byte_of(ps, b);
    if (a > b || to == SIZE_MAX)
        return nfi_row_bad(row, NF_EFORMAT, "span %zu, characters %llu to %llu, does not lie in the text", ps->nspans,
                           (unsigned long long)a, (unsigned long long)b);
    nfi_buf_puts(&ps->spans, ps->nspans > 1 ? ",{\"start\":" : "[{\"start\":");
    nfi_buf_put_u64(&ps->spans, from);
    nfi_buf_puts(&ps->spans, ",\"end\":");
    nfi_buf_put_u64(&ps->spans, to);
    nfi_buf_puts(&ps->spans, ",\"label\":");
    nfi_buf_put(&ps->spans, name.p, name.n);
    return add_name(ps, row, name);
}

static bool is_start(nf_str key) { return is_name(key, "\"start\"") || is_name(key, "\"start_offset\""); }
static bool is_end(nf_str key) { return is_name(key, "\"end\"") || is_name(key, "\"end_offset\""); }
static bool is_label(nf_str key) { return is_name(key, "\"label\""); }

/* {"start":0,"end":5,"label":"x", ...}, or start_offset and end_offset: what else is in it stays. */
static nf_status object_span(parser *ps, nfi_row *row, nf_str raw)
{
    nf_str start = {0}, end = {0}, name = {0}, key;

    for (size_t i = 1; (key = next_value(raw, &i)).n > 0;) {
        nf_str value = next_value(raw, &i);
        if (is_start(key))
            start = value;
        else if (is_end(key))
            end = value;
        else if (is_label(key))
            name = value;
    }
    NF_TRY(add_span(ps, row, start, end, name));
    for (size_t i = 1; (key = next_value(raw, &i)).n > 0;) {
        nf_str value = next_value(raw, &i);
        if (is_start(key) || is_end(key) || is_label(key))
            continue;
        nfi_buf_putc(&ps->spans, ',');
        nfi_buf_put(&ps->spans, key.p, key.n);
        nfi_buf_putc(&ps->spans, ':');
        nfi_buf_put(&ps->spans, value.p, value.n);
    }
    return NF_OK;
}

/* Names, [start, end, name] and {"start": ...} in any mixture. */
static nf_status read_list(parser *ps, nfi_row *row, nf_str raw)
{
    nf_str item, start, end;

    for (size_t i = 1; row->bad.code == NF_OK && (item = next_value(raw, &i)).n > 0;) {
        size_t at = 1;
        size_t before = ps->nspans;
        if (item.p[0] == '"') {
            NF_TRY(add_name(ps, row, item));
        } else if (item.p[0] == '[') {
            start = next_value(item, &at);
            end = next_value(item, &at);
            NF_TRY(add_span(ps, row, start, end, next_value(item, &at)));
        } else if (item.p[0] == '{') {
            NF_TRY(object_span(ps, row, item));
        } else {
            char shown[60];
            nfi_escape(shown, sizeof shown, item.p, item.n < 30 ? item.n : 30);
            return nfi_row_bad(row, NF_EFORMAT, "%s stands in the list of labels, expected a name or a span", shown);
        }
        if (ps->nspans > before)
            nfi_buf_putc(&ps->spans, '}');
    }
    return NF_OK;
}

static nf_status begin(parser *ps, nfi_row *row, const nfi_plan *plan)
{
    const nfi_field *text = plan && plan->n_text == 1 ? &row->f[plan->text[0]] : get(row, plan, "text");

    if (!text)
        text = get(row, plan, "data");
    ps->text = text && text->kind == NFI_STRING ? text->v : (nf_str){0};
    ps->nmark = ps->nnames = ps->nspans = 0;
    ps->spans.n = ps->names.n = 0;
    ps->spans.failed = ps->names.failed = false;
    return NF_OK;
}

/* What was read becomes the fields: spans where there are any, the names as the label. */
static nf_status settle(parser *ps, nfi_row *row, const nfi_plan *plan)
{
    nfi_field *f;

    if (row->bad.code != NF_OK)
        return NF_OK;
    if (ps->nspans) {
        nfi_buf_putc(&ps->spans, ']');
        NF_TRY(make(&f, row, plan, spans_key, sizeof spans_key - 1));
        NF_TRY(set_json(f, &ps->spans, row));
    }
    if (ps->nnames) {
        nfi_buf_putc(&ps->names, ']');
        NF_TRY(label_field(&f, row, plan));
        NF_TRY(set_json(f, &ps->names, row));
    }
    return NF_OK;
}

static nf_status doccano_fields(parser *ps, nfi_row *row, const nfi_plan *plan)
{
    nfi_field *label = get(row, plan, "label");

    if (!is_there(label))
        label = get(row, plan, "labels");
    if (!is_there(label)) { /* spans as doccano 1.5 and later exports them; they stay as they are, too */
        const nfi_field *entities = get(row, plan, "entities");
        nf_str places = is_there(entities) && entities->kind == NFI_ARRAY ? entities->raw : (nf_str){0};
        NF_TRY(begin(ps, row, plan));
        if (places.n)
            NF_TRY(read_list(ps, row, places));
        return settle(ps, row, plan);
    }
    if (label->kind == NFI_STRING)
        return NF_OK;
    if (label->kind != NFI_ARRAY)
        return nfi_row_bad(row, NF_EFORMAT, "the label is %s, expected a list of names or spans",
                           label->kind == NFI_NUMBER ? "a number" : label->kind == NFI_BOOL ? "a boolean" : "an object");
    nf_str raw = label->raw;
    NF_TRY(begin(ps, row, plan));
    NF_TRY(read_list(ps, row, raw));
    if (ps->nspans) /* the list goes to spans; its names take its place */
        *label = (nfi_field){.kind = NFI_NULL};
    return ps->nspans ? settle(ps, row, plan) : NF_OK;
}

/* The label goes, for it was not accepted; what was asked stays in a field of its own. */
static nf_status refuse(nfi_row *row, const nfi_plan *plan)
{
    nfi_field *f, *asked;

    row->flags |= NF_DOC_NOT_ACCEPTED;
    NF_TRY(label_field(&f, row, plan));
    nfi_field was = *f;
    *f = (nfi_field){.kind = NFI_NULL};
    if (!is_there(&was))
        return NF_OK;
    NF_TRY(make(&asked, row, plan, asked_key, sizeof asked_key - 1));
    *asked = was;
    return NF_OK;
}

static nf_status prodigy_fields(parser *ps, nfi_row *row, const nfi_plan *plan)
{
    const nfi_field *answer = get(row, plan, "answer"), *accept = get(row, plan, "accept"), *spans = get(row, plan, "spans");
    bool no = is_there(answer) && (is_name(answer->v, "reject") || is_name(answer->v, "ignore"));
    nfi_field *label;

    if (is_there(answer) && !no && (answer->kind != NFI_STRING || !is_name(answer->v, "accept")))
        return nfi_row_bad(row, NF_EFORMAT, "field \"answer\" is none of accept, reject and ignore");
    nf_str list = is_there(accept) && accept->kind == NFI_ARRAY ? accept->raw : (nf_str){0};
    nf_str places = is_there(spans) && spans->kind == NFI_ARRAY ? spans->raw : (nf_str){0};
    NF_TRY(label_field(&label, row, plan));
    bool own = is_there(label); /* a label that the record itself has wins over the names of its spans */
    nfi_field was = *label;
    NF_TRY(begin(ps, row, plan));
    if (places.n)
        NF_TRY(read_list(ps, row, places));
    if (list.n || own)
        ps->nnames = ps->names.n = 0;
    if (list.n && row->bad.code == NF_OK)
        NF_TRY(read_list(ps, row, list));
    NF_TRY(settle(ps, row, plan));
    if (own && list.n == 0 && row->bad.code == NF_OK) {
        NF_TRY(label_field(&label, row, plan));
        *label = was;
    }
    return no && row->bad.code == NF_OK ? refuse(row, plan) : NF_OK;
}

static nf_status doccano_parse(void *p, const nfi_plan *plan, nf_str rec, nfi_row *row)
{
    parser *ps = p;
    NF_TRY(nfi_format_jsonl.parse(ps->json, plan, rec, row));
    return row->bad.code == NF_OK ? doccano_fields(ps, row, plan) : NF_OK;
}

static nf_status prodigy_parse(void *p, const nfi_plan *plan, nf_str rec, nfi_row *row)
{
    parser *ps = p;
    NF_TRY(nfi_format_jsonl.parse(ps->json, plan, rec, row));
    return row->bad.code == NF_OK ? prodigy_fields(ps, row, plan) : NF_OK;
}

static void annotated_close(void *p)
{
    parser *ps = p;
    if (!ps)
        return;
    nfi_format_jsonl.close(ps->json);
    nfi_buf_clear(&ps->spans);
    nfi_buf_clear(&ps->names);
    nfi_free(ps->mark);
    nfi_free(ps);
}

static void *annotated_open(char delimiter)
{
    parser *ps = nfi_calloc(1, sizeof *ps);

    if (ps && !(ps->json = nfi_format_jsonl.open(delimiter))) {
        nfi_free(ps);
        ps = NULL;
    }
    return ps;
}

/* ---- which of them ---- */

/* A list whose first value is an object that is a span. */
static bool has_spans(const nfi_field *list)
{
    size_t i = 1, found = 0;
    nf_str key;

    if (!is_there(list) || list->kind != NFI_ARRAY)
        return false;
    nf_str first = next_value(list->raw, &i);
    if (first.n == 0 || first.p[0] != '{')
        return false;
    for (i = 1; (key = next_value(first, &i)).n > 0 && next_value(first, &i).n > 0;)
        found |= (is_start(key) ? 1u : 0u) | (is_end(key) ? 2u : 0u) | (is_label(key) ? 4u : 0u);
    return found == 7;
}

static const nfi_format *by_fields(nfi_row *row)
{
    const nfi_field *answer = get(row, NULL, "answer"), *label = get(row, NULL, "label"), *data = get(row, NULL, "data");

    if (get(row, NULL, "_task_hash") || get(row, NULL, "_input_hash"))
        return &nfi_format_prodigy;
    if (answer && answer->kind == NFI_STRING && get(row, NULL, "text") &&
        (is_name(answer->v, "accept") || is_name(answer->v, "reject") || is_name(answer->v, "ignore")))
        return &nfi_format_prodigy;
    if (has_spans(get(row, NULL, "spans")))
        return &nfi_format_prodigy;
    if (has_spans(get(row, NULL, "entities")))
        return &nfi_format_doccano;
    if (!is_there(label))
        label = get(row, NULL, "labels");
    if (!label || label->kind != NFI_ARRAY)
        return NULL;
    size_t i = 1, at = 1;
    nf_str first = next_value(label->raw, &i);
    bool span =
        first.n > 0 && first.p[0] == '[' && next_value(first, &at).n > 0 && next_value(first, &at).n > 0 && next_value(first, &at).n > 0;
    return span || (data && data->kind == NFI_STRING && !get(row, NULL, "text")) ? &nfi_format_doccano : NULL;
}

nf_status nfi_format_by_keys(const nfi_format **out, const char *p, size_t n, bool eof, nf_err *err)
{
    nfi_arena scratch = {0};
    nfi_row row = {.arena = &scratch};
    nfi_scan sc = {.line = 1};
    nf_str rec;
    nf_status s = NF_OK;
    const nfi_format *found = NULL;
    void *json = nfi_format_jsonl.open(0);

    for (int i = 0; json && i < LOOK_AT && !found && nfi_line_next(&sc, p, n, eof, &rec); i++) {
        nfi_arena_reset(&scratch);
        row.bad = (nfi_bad){0};
        if ((s = nfi_format_jsonl.parse(json, NULL, rec, &row)) != NF_OK)
            break;
        if (row.bad.code == NF_OK)
            found = by_fields(&row);
    }
    if (!json || s != NF_OK)
        s = nfi_oom(err, "a record");
    else
        *out = found ? found : &nfi_format_jsonl;
    nfi_format_jsonl.close(json);
    nfi_free(row.f);
    nfi_free(row.extra);
    nfi_arena_clear(&scratch);
    return s;
}

const nfi_format nfi_format_doccano = {
    .name = "doccano",
    .summary = "JSON lines of doccano: labels as lists of names or of spans; found by its keys",
    .table = true,
    .next = nfi_line_next,
    .open = annotated_open,
    .close = annotated_close,
    .parse = doccano_parse,
};

const nfi_format nfi_format_prodigy = {
    .name = "prodigy",
    .summary = "JSON lines of Prodigy: accept, answer, spans; found by its keys",
    .table = true,
    .next = nfi_line_next,
    .open = annotated_open,
    .close = annotated_close,
    .parse = prodigy_parse,
};
