/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.c - fields to document. Every field is cleaned once; roles (id, label, ...) and carried columns then share the bytes. */
#include "datasets/record.h"

#include "base/limits.h"
#include "base/num.h"
#include "base/try.h"
#include "base/utf8.h"
#include "datasets/json_text.h"
#include "datasets/label_set.h"
#include "newsframe/mojibake.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

nf_status nfi_row_bad(nfi_row *row, nf_status code, const char *fmt, ...)
{
    char text[400];
    va_list ap;

    if (row->bad.code != NF_OK)
        return NF_OK;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    size_t len = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    char *copy = nfi_arena_copy(row->arena, text, len);
    if (!copy)
        return NF_ENOMEM;
    row->bad = (nfi_bad){.code = code, .reason = copy};
    return NF_OK;
}

void nfi_row_clear(nfi_row *row)
{
    nfi_free(row->f);
    nfi_free(row->extra);
    if (row->tmp)
        nfi_buf_clear(row->tmp);
    nfi_free(row->tmp);
    *row = (nfi_row){0};
}

static nf_status not_utf8(nfi_row *row, nf_str column, nf_str v, size_t at)
{
    char name[120];

    nfi_escape(name, sizeof name, column.p, column.n);
    NF_TRY(nfi_row_bad(row, NF_EFORMAT, "record %llu, column \"%s\", byte 0x%02X at offset %zu is not UTF-8; try --encoding utf8-or-1252",
                       (unsigned long long)row->record, name, (unsigned)(unsigned char)v.p[at], at));
    row->bad.has_byte = true;
    row->bad.byte = at;
    return NF_OK;
}

/* Scratch becomes *v, copied to the arena. */
static nf_status take_scratch(nfi_row *row, nf_str *v)
{
    char *copy = nfi_buf_ok(row->tmp) ? nfi_arena_copy(row->arena, row->tmp->p, row->tmp->n) : NULL;

    if (!copy) {
        row->tmp->failed = false;
        return NF_ENOMEM;
    }
    *v = (nf_str){copy, row->tmp->n};
    return NF_OK;
}

nf_status nfi_clean(nf_encoding encoding, nfi_row *row, nf_str column, nf_str *v, uint32_t *flags)
{
    if (v->n == 0)
        return NF_OK;
    size_t good = nfi_utf8_valid_prefix(v->p, v->n);
    if (good < v->n) {
        uint64_t lost;
        if (encoding == NF_ENC_STRICT)
            return not_utf8(row, column, *v, good);
        if (!row->tmp && !(row->tmp = nfi_calloc(1, sizeof *row->tmp)))
            return NF_ENOMEM;
        row->tmp->n = 0;
        if (encoding == NF_ENC_UTF8_OR_1252) {
            lost = nfi_cp1252_to_utf8(row->tmp, v->p, v->n);
            row->fallback++;
        } else {
            lost = nfi_utf8_repair(row->tmp, v->p, v->n);
        }
        NF_TRY(take_scratch(row, v));
        row->replacements += lost;
    }
    if (memchr(v->p, '\0', v->n)) {
        char *copy = nfi_arena_copy(row->arena, v->p, v->n);
        if (!copy)
            return NF_ENOMEM;
        for (size_t i = 0; i < v->n; i++)
            if (copy[i] == '\0')
                copy[i] = ' ';
        v->p = copy;
        *flags |= NF_DOC_NUL;
    }
    return NF_OK;
}

nf_status nfi_mend(bool repair, nfi_row *row, nf_str *v, uint32_t *flags)
{
    if (v->n == 0 || !nf_mojibake_find(v->p, v->n, NULL))
        return NF_OK;
    *flags |= NF_DOC_MOJIBAKE;
    if (repair) {
        char *sound = nfi_arena_alloc(row->arena, v->n);
        if (!sound)
            return NF_ENOMEM;
        *v = (nf_str){sound, nf_mojibake_repair(sound, v->p, v->n, NULL)};
    }
    return NF_OK;
}

static const char *kind_name(nfi_kind k)
{
    static const char *const names[] = {"missing", "a string", "a number", "a boolean", "null", "an object", "an array"};
    return names[k];
}

/* C0, DEL, C1 and bidi controls. */
static bool is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x61c || cp == 0x200e || cp == 0x200f || cp == 0x2028 || cp == 0x2029 ||
           (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff;
}

static const char semicolon[] = "has a semicolon", several[] = "lists several labels; add --multi where documents may have several";

const char *nfi_label_fault(nf_str label)
{
    if (label.n > NFI_MAX_LABEL)
        return "is longer than 128 bytes";
    for (size_t i = 0; i < label.n;) {
        uint32_t cp;
        i += nfi_utf8_decode(label.p + i, label.n - i, &cp);
        if (is_control(cp))
            return "contains a control character";
    }
    return memchr(label.p ? label.p : "", NFI_LABEL_JOIN, label.n) ? semicolon : NULL;
}

const char *nfi_one_label_fault(nf_str label)
{
    const char *fault = nfi_label_fault(label);
    return fault == semicolon ? several : fault;
}

static nf_status not_plain(const nfi_plan *plan, nfi_row *row, int32_t column)
{
    char name[120];

    nfi_escape(name, sizeof name, plan->name[column].p, plan->name[column].n);
    return nfi_row_bad(row, NF_EFORMAT, "field \"%s\" is %s, expected a string", name, kind_name(row->f[column].kind));
}

/* Content of a column that must be plain to *out, which stays what it is where the content is absent, null or empty. */
static inline nf_status plain(const nfi_plan *plan, nfi_row *row, int32_t column, nf_str *out)
{
    if (column < 0 || row->f[column].v.n == 0)
        return NF_OK;
    const nfi_field *f = &row->f[column];
    if (f->kind == NFI_OBJECT || f->kind == NFI_ARRAY)
        return not_plain(plan, row, column);
    *out = f->v;
    return NF_OK;
}

/* The only element of a JSON array of scalars: true with *out set (n == 0 for an empty array); false when there are more, or containers. */
static nf_status only_element(nfi_row *row, nf_str raw, nf_str *out, bool *single)
{
    size_t i = 1, end;
    bool escapes;

    *single = false;
    *out = (nf_str){0};
    while (i < raw.n && memchr(" \t\r\n", raw.p[i], 4))
        i++;
    if (raw.p[i] == ']') {
        *single = true;
        return NF_OK;
    }
    if (raw.p[i] == '"') {
        end = i + nfi_json_string_end(raw.p + i, raw.n - i, &escapes);
        NF_TRY(nfi_json_string(out, (nf_str){raw.p + i, end - i}, row->arena, &row->replacements));
    } else {
        for (end = i; end < raw.n && !memchr(" \t\r\n,]", raw.p[end], 6); end++)
            if (raw.p[end] == '[' || raw.p[end] == '{')
                return NF_OK;
        *out = (nf_str){raw.p + i, end - i};
    }
    while (end < raw.n && memchr(" \t\r\n", raw.p[end], 4))
        end++;
    *single = end < raw.n && raw.p[end] == ']';
    return NF_OK;
}

static nf_status bad_label(nfi_row *row, const char *what, nf_str column, const char *fault)
{
    char name[120];

    nfi_escape(name, sizeof name, column.p, column.n);
    return nfi_row_bad(row, NF_EFORMAT, "%s \"%s\" %s", what, name, fault);
}

/* The label: a plain column wins over a list; a list of one is that one. Lists and odd characters matter only where labels are needed. */
static nf_status take_label(const nfi_shape *sh, nfi_row *row, nf_str *label)
{
    const nfi_plan *plan = sh->plan;
    bool single = true, usable = plan->label >= 0 && row->f[plan->label].kind != NFI_ABSENT && row->f[plan->label].kind != NFI_NULL;
    int32_t column = usable || plan->labels < 0 ? plan->label : plan->labels;

    *label = (nf_str){0};
    if (column < 0 || row->f[column].v.n == 0)
        return NF_OK;
    const nfi_field *f = &row->f[column];
    nf_str name = plan->name[column];
    if (f->kind == NFI_ARRAY) {
        NF_TRY(only_element(row, f->raw, label, &single));
        if (!single && sh->check_label)
            return bad_label(row, "field", name, "has several labels; add --multi where documents may have several");
        if (!single) {
            *label = (nf_str){0};
            row->flags |= NF_DOC_SEVERAL;
        }
        uint32_t flags = 0;
        NF_TRY(nfi_clean(sh->encoding, row, name, label, &flags));
        if (flags & NF_DOC_NUL)
            return bad_label(row, "field", name, "contains a NUL");
    } else if (f->kind == NFI_OBJECT) {
        return bad_label(row, "field", name, "is an object, expected a string");
    } else if (f->kind != NFI_ABSENT && f->kind != NFI_NULL) {
        *label = f->v;
    }
    *label = nfi_trim_str(*label);
    if (!sh->check_label) {
        row->flags |= label->n && memchr(label->p, NFI_LABEL_JOIN, label->n) ? NF_DOC_SEVERAL : 0;
        return NF_OK;
    }
    const char *fault = label->n ? nfi_label_fault(*label) : NULL;
    if (fault == semicolon)
        return bad_label(row, "field", name, "has several labels; add --multi where documents may have several");
    return fault ? bad_label(row, "label in field", name, fault) : NF_OK;
}

static nf_status take_text(const nfi_shape *sh, nfi_row *row, nf_doc *doc)
{
    const nfi_plan *plan = sh->plan;
    size_t total = 0, parts = 0;
    nf_str one = {0}, only, *part = plan->n_text == 1 ? &only : nfi_arena_alloc(row->arena, plan->n_text * sizeof *part);
    char name[120];

    if (!part)
        return NF_ENOMEM;
    for (size_t i = 0; i < plan->n_text; i++) {
        int32_t c = plan->text[i];
        const nfi_field *f = &row->f[c];
        if (f->kind != NFI_STRING && f->kind != NFI_NULL) {
            nfi_escape(name, sizeof name, plan->name[c].p, plan->name[c].n);
            return f->kind == NFI_ABSENT ? nfi_row_bad(row, NF_EFORMAT, "field \"%s\" is missing", name)
                                         : nfi_row_bad(row, NF_EFORMAT, "field \"%s\" is %s, expected a string", name, kind_name(f->kind));
        }
        part[i] = f->v;
    }
    NF_TRY(nfi_fields_html(doc, part, plan->n_text, sh->markup, row));
    if (row->bad.code != NF_OK)
        return NF_OK;
    for (size_t i = 0; i < plan->n_text; i++) {
        row->f[plan->text[i]].v = part[i]; /* where the text is carried too */
        if (part[i].n) {
            one = part[i];
            total += part[i].n + (parts > 0);
            parts++;
        }
    }
    if (total > sh->max_document)
        return nfi_row_bad(row, NF_ELIMIT, "the text has %zu bytes, the limit is %zu; --max-document raises it", total, sh->max_document);
    if (parts > 1) {
        char *joined = nfi_arena_alloc(row->arena, total), *w = joined;
        if (!joined)
            return NF_ENOMEM;
        for (size_t i = 0; i < plan->n_text; i++) {
            nf_str v = part[i];
            if (v.n && w > joined)
                *w++ = '\n';
            if (v.n)
                memcpy(w, v.p, v.n);
            w += v.n;
        }
        one = (nf_str){joined, total};
    }
    doc->text = one;
    return NF_OK;
}

/* A member of the object of fields without a column: raw_name, or name where that is NULL. */
static void put_extra(nfi_buf *b, nf_str name, const nf_str *raw_name, const nfi_field *f)
{
    nfi_buf_putc(b, b->n ? ',' : '{');
    if (raw_name)
        nfi_buf_put(b, raw_name->p, raw_name->n);
    else
        nfi_json_put_string(b, name);
    nfi_buf_putc(b, ':');
    if (f->raw.p)
        nfi_buf_put(b, f->raw.p, f->raw.n);
    else
        nfi_json_put_string(b, f->v);
}

/* Fields without a column of their own, as one JSON object in the order met. */
static nf_status take_extra(const nfi_shape *sh, nfi_row *row, nf_str *out, uint32_t *flags)
{
    const nfi_plan *plan = sh->plan;
    const nfi_field *f = row->f;
    const int32_t *carry = plan->carry;
    size_t i = 0, n = plan->n;

    while (i < n && (carry[i] != NFI_TO_EXTRA || f[i].kind == NFI_ABSENT))
        i++;
    if (i == n && row->n_extra == 0)
        return NF_OK;
    if (!row->tmp && !(row->tmp = nfi_calloc(1, sizeof *row->tmp)))
        return NF_ENOMEM;
    row->tmp->n = 0;
    for (; i < n; i++)
        if (carry[i] == NFI_TO_EXTRA && f[i].kind != NFI_ABSENT)
            put_extra(row->tmp, plan->name[i], NULL, &f[i]);
    for (i = 0; i < row->n_extra; i++)
        put_extra(row->tmp, row->extra[i].name, &row->extra[i].raw_name, &row->extra[i].f);
    nfi_buf_putc(row->tmp, '}');
    NF_TRY(take_scratch(row, out));
    return nfi_clean(sh->encoding, row, sh->columns->name[sh->columns->extra], out, flags);
}

static nf_status make_id(const nfi_shape *sh, nfi_row *row, nf_doc *doc)
{
    char *id = nfi_arena_alloc(row->arena, sh->id_base.n + 21);

    if (!id)
        return NF_ENOMEM;
    memcpy(id, sh->id_base.p, sh->id_base.n);
    id[sh->id_base.n] = ':';
    doc->id = (nf_str){id, sh->id_base.n + 1 + nfi_format_u64(id + sh->id_base.n + 1, row->record)};
    doc->flags |= NF_DOC_ID_MADE;
    return NF_OK;
}

/* Cleans every field; a NUL in the id or the label spoils the record. */
static nf_status clean_fields(const nfi_shape *sh, nfi_row *row, uint32_t *flags)
{
    const nfi_plan *plan = sh->plan;

    for (size_t i = 0; i < row->n; i++) {
        uint32_t met = 0;
        if (row->f[i].sound || row->f[i].v.n == 0)
            continue;
        NF_TRY(nfi_clean(sh->encoding, row, plan->name[i], &row->f[i].v, &met));
        if (met & NF_DOC_NUL && ((int32_t)i == plan->id || (int32_t)i == plan->label)) {
            char name[120];
            nfi_escape(name, sizeof name, plan->name[i].p, plan->name[i].n);
            return nfi_row_bad(row, NF_EFORMAT, "field \"%s\" contains a NUL", name);
        }
        *flags |= met;
        if (row->bad.code != NF_OK)
            return NF_OK;
    }
    for (size_t i = 0; i < plan->n_text; i++)
        if (!row->f[plan->text[i]].plain)
            NF_TRY(nfi_mend(sh->repair, row, &row->f[plan->text[i]].v, flags));
    return plan->title < 0 || row->f[plan->title].plain ? NF_OK : nfi_mend(sh->repair, row, &row->f[plan->title].v, flags);
}

_Static_assert((int)NFI_STRING == NF_KIND_STRING && (int)NFI_ARRAY == NF_KIND_ARRAY, "kinds are numbered alike");

static nf_status take_kinds(const nfi_shape *sh, nfi_row *row, const uint8_t **out)
{
    size_t n = sh->columns->n;
    uint8_t *kind = nfi_arena_alloc(row->arena, n ? n : 1);

    if (!kind)
        return NF_ENOMEM;
    for (size_t i = 0; i < n; i++)
        kind[i] = (int32_t)i == sh->columns->extra ? NF_KIND_EXTRA : NF_KIND_ABSENT;
    for (size_t i = 0; i < row->n; i++)
        if (sh->plan->carry[i] >= 0)
            kind[sh->plan->carry[i]] = (uint8_t)row->f[i].kind;
    *out = kind;
    return NF_OK;
}

nf_status nfi_record_finish(const nfi_shape *sh, nfi_row *row, nf_doc *doc)
{
    const nfi_plan *plan = sh->plan;

    *doc = (nf_doc){0};
    NF_TRY(clean_fields(sh, row, &doc->flags));
    if (row->bad.code == NF_OK)
        NF_TRY(take_text(sh, row, doc));
    if (row->bad.code == NF_OK)
        NF_TRY(sh->multi ? nfi_take_label_set(sh, row, &doc->label) : take_label(sh, row, &doc->label));
    NF_TRY(plain(plan, row, plan->id, &doc->id));
    NF_TRY(plain(plan, row, plan->title, &doc->title)); /* what a page says of itself counts where the table says nothing */
    NF_TRY(plain(plan, row, plan->date, &doc->date));
    NF_TRY(plain(plan, row, plan->source, &doc->source));
    if (row->bad.code != NF_OK)
        return NF_OK;
    if (doc->id.n == 0)
        NF_TRY(make_id(sh, row, doc));

    nf_str *carried = nfi_arena_alloc(row->arena, sh->columns->n * sizeof *carried);
    if (!carried)
        return NF_ENOMEM;
    for (size_t i = 0, n = sh->columns->n; i < n; i++)
        carried[i] = (nf_str){0};
    const nfi_field *f = row->f;
    const int32_t *carry = plan->carry;
    for (size_t i = 0, n = row->n; i < n; i++)
        if (carry[i] >= 0)
            carried[carry[i]] = f[i].v;
    if (sh->kinds)
        NF_TRY(take_kinds(sh, row, &doc->kind));
    if (sh->columns->extra >= 0)
        NF_TRY(take_extra(sh, row, &carried[sh->columns->extra], &doc->flags));
    doc->carried = carried;
    if (row->replacements)
        doc->flags |= NF_DOC_REPAIRED;
    doc->flags |= row->flags;
    if (row->fallback)
        doc->flags |= NF_DOC_FALLBACK;
    return NF_OK;
}
