/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fmt_jsonl.c - one JSON object a line: its members, as json_shape.c finds them, to columns. */
#include "datasets/format.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/try.h"
#include "datasets/json_shape.h"

#include <string.h>

enum { FEW = 16, INDEX = 4 * NFI_MAX_FIELDS };

typedef struct cell {
    uint32_t stamp, i;
} cell;

typedef struct parser {
    nfi_json json;
    nfi_secret secret;
    const nfi_plan *plan;
    cell *columns, *extras; /* name -> number, for many names; a cell counts when its stamp is current */
    uint32_t columns_stamp, extras_stamp;
    nfi_row *row;
    size_t next_column;
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

/* ---- members of one line ---- */

/* Content of a string of the line. */
static nf_status content(parser *ps, const nfi_json_place *place, nf_str raw, nf_str *out)
{
    if (nfi_json_what(&ps->json, place) & NFI_JSON_ESCAPES)
        return nfi_json_string(out, raw, ps->row->arena, &ps->row->replacements);
    *out = (nf_str){raw.p + 1, raw.n - 2};
    return NF_OK;
}

static nf_status duplicate(parser *ps, const nfi_json_member *m)
{
    char shown[200];
    nf_str name;

    NF_TRY(content(ps, &m->key, nfi_json_raw(&ps->json, &m->key), &name));
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
    return NF_OK;
}

/* Finds the column of a member, if it is not the same as in the line before. */
static nf_status look_up(parser *ps, nfi_json_member *m)
{
    nf_str name;

    NF_TRY(content(ps, &m->key, nfi_json_raw(&ps->json, &m->key), &name));
    m->column = find_column(ps, name);
    m->plan = ps->plan;
    ps->next_column = m->column + 1;
    return NF_OK;
}

/* Where a member without a column goes. */
static nf_status spare_field(parser *ps, const nfi_json_member *m, nfi_field **f)
{
    nf_str raw = nfi_json_raw(&ps->json, &m->key), name;
    bool twice;

    NF_TRY(content(ps, &m->key, raw, &name));
    NF_TRY(add_extra(ps, name, raw, &twice));
    *f = twice ? NULL : &ps->row->extra[ps->row->n_extra - 1].f;
    return NF_OK;
}

static nf_status take_member(parser *ps, nfi_json_member *m)
{
    const nfi_plan *plan = ps->plan;
    nfi_field *f;

    if (plan && !(ps->json.again && m->plan == plan))
        NF_TRY(look_up(ps, m));
    if (!plan || m->column == plan->n)
        NF_TRY(spare_field(ps, m, &f));
    else if ((f = &ps->row->f[m->column])->kind != NFI_ABSENT)
        f = NULL;
    if (!f)
        return duplicate(ps, m);
    f->kind = m->kind;
    f->raw = nfi_json_raw(&ps->json, &m->value);
    if (m->kind == NFI_STRING) {
        unsigned what = nfi_json_what(&ps->json, &m->value);
        f->sound = !(what & (NFI_JSON_WIDE | NFI_JSON_NUL));
        f->plain = !(what & (NFI_JSON_WIDE | NFI_JSON_UNICODE));
        return content(ps, &m->value, f->raw, &f->v);
    }
    f->v = m->kind == NFI_NULL ? (nf_str){0} : f->raw;
    f->sound = f->plain = m->kind < NFI_OBJECT;
    return NF_OK;
}

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
        nfi_json_clear(&ps->json);
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

static nf_status jsonl_parse(void *p, const nfi_plan *plan, nf_str rec, nfi_row *row)
{
    parser *ps = p;
    size_t first = 0, columns = plan ? plan->n : 0;
    nfi_json_shape *shape;

    NF_TRY(nfi_grow(&row->f, &row->cap_f, columns, sizeof *row->f, NULL));
    row->n = columns;
    row->n_extra = 0;
    if (columns)
        memset(row->f, 0, columns * sizeof *row->f);
    while (first < rec.n && (rec.p[first] == ' ' || rec.p[first] == '\t' || rec.p[first] == '\r'))
        first++;
    if (first < rec.n && rec.p[first] != '{')
        return nfi_row_bad(row, NF_EFORMAT, "expected a JSON object, found %s", kind_of(rec.p + first, rec.n - first));
    if (!plan || plan != ps->plan)
        NF_TRY(index_columns(ps, plan));
    ps->row = row;
    ps->next_column = 0;
    NF_TRY(nfi_json_read(&ps->json, rec, row, &shape));
    for (size_t i = 0; i < shape->n && row->bad.code == NF_OK; i++)
        NF_TRY(take_member(ps, &shape->member[i]));
    return NF_OK;
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
