/* SPDX-License-Identifier: GPL-3.0-or-later */
/* columns.c - column lookup by exact name; a miss is answered with what there is and the name that comes closest. */
#include "datasets/columns.h"

#include "base/buf.h"
#include "base/try.h"
#include "base/utf8.h"
#include "datasets/record.h"

#include <string.h>

static bool is_name(nf_str a, const char *p, size_t n)
{
    return a.n == n && (n == 0 || memcmp(a.p, p, n) == 0);
}

/* Index of the name, n when absent. */
static size_t find(const nf_str *names, size_t n, const char *p, size_t len)
{
    size_t i = 0;
    while (i < n && !is_name(names[i], p, len))
        i++;
    return i;
}

static unsigned fold(char c)
{
    unsigned u = (unsigned char)c;
    return u >= 'A' && u <= 'Z' ? u + 32 : u;
}

enum { LONGEST = 64, LIST = 300 };

/* Edits between two names, letter case aside; names are compared up to 64 bytes. */
static size_t distance(nf_str a, const char *p, size_t n)
{
    size_t row[LONGEST + 1], m = a.n < LONGEST ? a.n : LONGEST;

    n = n < LONGEST ? n : LONGEST;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; i <= m; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t change = corner + (fold(a.p[i - 1]) != fold(p[j - 1]));
            corner = row[j];
            size_t best = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            row[j] = change < best ? change : best;
        }
    }
    return row[n];
}

static bool needs_quotes(nf_str s)
{
    if (s.n == 0 || s.p[0] == ' ' || s.p[s.n - 1] == ' ')
        return true;
    for (size_t i = 0; i < s.n; i++)
        if (memchr(",;\"\t", s.p[i], 4))
            return true;
    return false;
}

/* True of a name that looks like a header that was not cut. */
static bool has_separator(nf_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (memchr(",;|\t:^~#!*&+", s.p[i], 12))
            return true;
    return false;
}

static size_t put_name(char *dst, size_t cap, nf_str s)
{
    bool quotes = needs_quotes(s);
    size_t o = 0;

    if (quotes)
        dst[o++] = '"';
    nfi_escape(dst + o, cap - 3, s.p, s.n < 80 ? s.n : 80);
    o += strlen(dst + o);
    if (quotes)
        dst[o++] = '"';
    dst[o] = '\0';
    return o;
}

nf_status nfi_no_column(const nf_str *names, size_t n, const char *p, size_t len, const char *path, nf_err *err)
{
    char list[LIST + 8] = "", hint[480] = "", one[400], asked[120];
    size_t used = 0, best = n, best_d = 1 + len / 3;

    for (size_t i = 0; i < n; i++) {
        size_t m = put_name(one, sizeof one, names[i]);
        if (used + m + 2 > LIST) {
            memcpy(list + used, " ...", 5);
            break;
        }
        if (i > 0) {
            memcpy(list + used, ", ", 2);
            used += 2;
        }
        memcpy(list + used, one, m + 1);
        used += m;
    }
    for (size_t i = 0; i < n; i++) {
        size_t d = distance(names[i], p, len);
        if (d < best_d || (d == best_d && best == n)) {
            best = i;
            best_d = d;
        }
    }
    nfi_escape(asked, sizeof asked, p, len);
    if (best < n) {
        static const char lead[] = "; did you mean \"";
        memcpy(hint, lead, sizeof lead);
        nfi_escape(hint + sizeof lead - 1, 100, names[best].p, names[best].n);
        memcpy(hint + strlen(hint), "\"?", 3);
    }
    if (best == n && n == 1 && has_separator(names[0])) {
        static const char delimiter[] = "; if another sign separates its fields, name it with --delimiter";
        memcpy(hint, delimiter, sizeof delimiter);
    }
    return NF_FAIL_AT(err, NF_EINVAL, path, 0, "no column \"%s\"; columns are: %s%s", asked, list, hint);
}

static nf_status lookup(int32_t *out, const nf_str *names, size_t n, size_t shown, const char *p, size_t len, bool required,
                        const char *path, nf_err *err)
{
    size_t i = find(names, n, p, len);

    if (i == n) {
        *out = -1;
        return required ? nfi_no_column(names, shown, p, len, path, err) : NF_OK;
    }
    if (find(names + i + 1, n - i - 1, p, len) < n - i - 1) {
        char shown_name[120];
        nfi_escape(shown_name, sizeof shown_name, p, len);
        return NF_FAIL_AT(err, NF_EFORMAT, path, 1, "column \"%s\" stands twice in the header", shown_name);
    }
    *out = (int32_t)i;
    return NF_OK;
}

/* A list of names, cut at commas. */
static size_t next_piece(const char *list, size_t at, size_t *len)
{
    *len = strcspn(list + at, ",");
    return at + *len + (list[at + *len] == ',');
}

static nf_status plan_text(nfi_plan *plan, const nf_str *names, size_t n, size_t shown, const char *text, bool optional,
                           const char *path, nfi_arena *arena, nf_err *err)
{
    size_t pieces = 1, len, at = 0;

    plan->n_text = 0;
    if (optional && find(names, n, text, strlen(text)) == n)
        return NF_OK;
    bool whole = find(names, n, text, strlen(text)) < n;
    for (const char *c = text; *c && !whole; c++)
        pieces += *c == ',';
    plan->text = nfi_arena_alloc(arena, pieces * sizeof *plan->text);
    if (!plan->text)
        return nfi_oom(err, "columns");
    while (plan->n_text < pieces) {
        size_t from = at;
        if (whole)
            len = strlen(text);
        else
            at = next_piece(text, at, &len);
        NF_TRY(lookup(&plan->text[plan->n_text], names, n, shown, text + from, len, true, path, err));
        for (size_t k = 0; k < plan->n_text; k++)
            if (plan->text[k] == plan->text[plan->n_text])
                return NF_FAIL_AT(err, NF_EINVAL, path, 0, "text column \"%.*s\" is named twice", (int)(len < 99 ? len : 99), text + from);
        plan->n_text++;
    }
    return NF_OK;
}

/* Columns of 0 and 1: none may be missing, and none named twice. */
static nf_status plan_flags(nfi_plan *plan, const nf_str *names, size_t n, size_t shown, const char *list, const char *path,
                            nfi_arena *arena, nf_err *err)
{
    size_t most = 1, len;

    if (!list)
        return NF_OK;
    for (const char *c = list; *c; c++)
        most += *c == ',';
    plan->flag = nfi_arena_alloc(arena, most * sizeof *plan->flag);
    if (!plan->flag)
        return nfi_oom(err, "columns");
    for (size_t at = 0; list[at];) {
        size_t from = at;
        at = next_piece(list, at, &len);
        NF_TRY(lookup(&plan->flag[plan->n_flags], names, n, shown, list + from, len, true, path, err));
        const char *fault = nfi_label_fault(names[plan->flag[plan->n_flags]]);
        if (fault)
            return NF_FAIL_AT(err, NF_EINVAL, path, 0, "label column \"%.*s\": as a label it %s", (int)(len < 99 ? len : 99), list + from,
                              fault);
        for (size_t k = 0; k < plan->n_flags; k++)
            if (plan->flag[k] == plan->flag[plan->n_flags])
                return NF_FAIL_AT(err, NF_EINVAL, path, 0, "label column \"%.*s\" is named twice", (int)(len < 99 ? len : 99), list + from);
        plan->n_flags++;
    }
    return NF_OK;
}

typedef struct role {
    const char *asked, *usual;
    int32_t *column;
} role;

bool nfi_is_wanted(const nf_docs_opts *o, nf_str name)
{
    const char *text = o->text ? o->text : "text";
    const char *asked[] = {
        text, o->id, o->label, o->title, o->date, o->source, o->need_label ? "label" : NULL, o->need_label ? "labels" : NULL};

    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        if (asked[i] && is_name(name, asked[i], strlen(asked[i])))
            return true;
    for (size_t at = 0, len; text[at];) {
        size_t from = at;
        at = next_piece(text, at, &len);
        if (is_name(name, text + from, len))
            return true;
    }
    for (size_t at = 0, len; o->label_columns && o->label_columns[at];) {
        size_t from = at;
        at = next_piece(o->label_columns, at, &len);
        if (is_name(name, o->label_columns + from, len))
            return true;
    }
    return false;
}

static bool is_text(const nfi_plan *plan, int32_t column)
{
    for (size_t i = 0; i < plan->n_text; i++)
        if (plan->text[i] == column)
            return true;
    return false;
}

nf_status nfi_plan_make(nfi_plan *out, const nf_str *names, size_t n, size_t shown, const nf_docs_opts *o, bool open, const char *path,
                        nfi_arena *arena, nf_err *err)
{
    nfi_plan p = {.open = open};
    const role roles[] = {
        {o->id, "id", &p.id},
        {o->label, "label", &p.label},
        {o->label ? "" : NULL, "labels", &p.labels}, /* only beside the usual label column */
        {o->title, "title", &p.title},
        {o->date, "date", &p.date},
        {o->source, "source", &p.source},
    };
    const size_t n_roles = sizeof roles / sizeof *roles;

    NF_TRY(plan_text(&p, names, n, shown, o->text ? o->text : "text", o->all_columns && !o->text, path, arena, err));
    for (size_t i = 0; i < n_roles; i++) {
        const char *name = roles[i].asked ? roles[i].asked : roles[i].usual;
        *roles[i].column = -1;
        if (*name)
            NF_TRY(lookup(roles[i].column, names, n, shown, name, strlen(name), roles[i].asked != NULL, path, err));
    }
    NF_TRY(plan_flags(&p, names, n, shown, o->label_columns, path, arena, err));
    if (o->need_label && p.label < 0 && p.labels < 0 && p.n_flags == 0)
        return nfi_no_column(names, shown, "label", 5, path, err);

    p.name = nfi_arena_alloc(arena, (n + n_roles) * sizeof *p.name);
    p.carry = nfi_arena_alloc(arena, (n + n_roles) * sizeof *p.carry);
    if (!p.name || !p.carry)
        return nfi_oom(err, "columns");
    for (size_t i = 0; i < n; i++)
        p.name[i] = names[i];
    p.n = n;
    for (size_t i = 0; open && i < n_roles; i++)
        if (*roles[i].column < 0 && !roles[i].asked) {
            *roles[i].column = (int32_t)p.n;
            p.name[p.n++] = (nf_str){roles[i].usual, strlen(roles[i].usual)};
        }
    if (p.title >= 0 && is_text(&p, p.title)) /* already part of the text: it is not read a second time */
        p.title = -1;
    for (size_t i = 0; i < p.n; i++)
        p.carry[i] = !o->all_columns && is_text(&p, (int32_t)i) ? NFI_TO_TEXT : NFI_TO_EXTRA;
    *out = p;
    return NF_OK;
}

/* Names are shown and written: made valid UTF-8, NUL replaced. */
static nf_status clean_name(nf_str *out, nf_str raw, nfi_arena *arena, nf_err *err)
{
    nfi_buf b = {0};
    nf_status s = NF_OK;

    nfi_utf8_repair(&b, raw.p, raw.n);
    for (size_t i = 0; i < b.n; i++)
        if (b.p[i] == '\0')
            b.p[i] = ' ';
    char *copy = nfi_buf_ok(&b) ? nfi_arena_copy(arena, b.p, b.n) : NULL;
    if (copy)
        *out = (nf_str){copy, b.n};
    else
        s = nfi_oom(err, "columns");
    nfi_buf_clear(&b);
    return s;
}

nf_status nfi_columns_define(nfi_columns *c, const nfi_plan *plan, size_t n, nfi_arena *arena, nf_err *err)
{
    nfi_columns k = {.extra = -1};

    k.name = nfi_arena_alloc(arena, n * sizeof *k.name);
    k.raw = nfi_arena_alloc(arena, n * sizeof *k.raw);
    if (!k.name || !k.raw)
        return nfi_oom(err, "columns");
    for (size_t i = 0; i < n; i++) {
        if (plan->carry[i] == NFI_TO_TEXT)
            continue;
        char *copy = nfi_arena_copy(arena, plan->name[i].p, plan->name[i].n); /* the plan goes when its file is closed */
        if (!copy)
            return nfi_oom(err, "columns");
        k.raw[k.n] = (nf_str){copy, plan->name[i].n};
        NF_TRY(clean_name(&k.name[k.n], plan->name[i], arena, err));
        k.n++;
    }
    *c = k;
    return NF_OK;
}

nf_status nfi_columns_add_extra(nfi_columns *c, nfi_arena *arena, nf_err *err)
{
    nf_str *name = nfi_arena_alloc(arena, (c->n + 1) * sizeof *name), *raw = nfi_arena_alloc(arena, (c->n + 1) * sizeof *raw);
    char *text = nfi_arena_alloc(arena, c->n + 8);
    size_t len = 5;

    if (!name || !raw || !text)
        return nfi_oom(err, "columns");
    memcpy(text, "extra", 5);
    while (find(c->name, c->n, text, len) < c->n)
        text[len++] = '_';
    for (size_t i = 0; i < c->n; i++) {
        name[i] = c->name[i];
        raw[i] = c->raw[i];
    }
    name[c->n] = (nf_str){text, len};
    raw[c->n] = (nf_str){NULL, 0}; /* matches no column: see nfi_plan_bind() */
    c->extra = (int32_t)c->n++;
    c->name = name;
    c->raw = raw;
    return NF_OK;
}

size_t nfi_plan_bind(nfi_plan *plan, size_t n, const nfi_columns *c)
{
    size_t lost = 0, same = 0; /* columns of one name are matched in order */

    for (size_t i = 0; i < plan->n; i++) {
        if (plan->carry[i] == NFI_TO_TEXT)
            continue;
        plan->carry[i] = NFI_TO_EXTRA;
        same = 0;
        for (size_t k = 0; k < i; k++)
            same += plan->carry[k] >= 0 && is_name(plan->name[k], plan->name[i].p, plan->name[i].n);
        for (size_t j = 0; j < c->n; j++)
            if ((int32_t)j != c->extra && is_name(c->raw[j], plan->name[i].p, plan->name[i].n) && same-- == 0) {
                plan->carry[i] = (int32_t)j;
                break;
            }
        if (plan->carry[i] == NFI_TO_EXTRA && i < n)
            lost++;
    }
    return lost;
}
