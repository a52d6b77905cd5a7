/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inspect_json.c - the report for programs: one object, through yajl's generator with our memory and our numbers. */
#include "cli/inspect.h"

#include "base/num.h"
#include "base/try.h"

#include <string.h>
#include <yajl/yajl_gen.h>

static void *json_alloc(void *ctx, size_t n)
{
    (void)ctx;
    return nfi_alloc(n, 1);
}

static void *json_realloc(void *ctx, void *p, size_t n)
{
    (void)ctx;
    return nfi_realloc(p, n, 1);
}

static void json_free(void *ctx, void *p)
{
    (void)ctx;
    nfi_free(p);
}

/* The generator's output goes straight to the buffer. */
static void json_print(void *ctx, const char *p, size_t n)
{
    nfi_buf_put(ctx, p, n);
}

static void str(yajl_gen g, const char *p, size_t n)
{
    yajl_gen_string(g, (const unsigned char *)(n ? p : ""), n);
}

static void key(yajl_gen g, const char *k)
{
    str(g, k, strlen(k));
}

static void num(yajl_gen g, const char *k, uint64_t v)
{
    char digits[20];
    key(g, k);
    yajl_gen_number(g, digits, nfi_format_u64(digits, v));
}

static void real(yajl_gen g, const char *k, double v, int decimals)
{
    char digits[NFI_FIXED_MAX];
    key(g, k);
    yajl_gen_number(g, digits, nfi_format_fixed(digits, v, decimals));
}

static void text(yajl_gen g, const char *k, nf_str s)
{
    key(g, k);
    str(g, s.p, s.n);
}

static void flag(yajl_gen g, const char *k, bool v)
{
    key(g, k);
    yajl_gen_bool(g, v);
}

static void open_map(yajl_gen g, const char *k)
{
    if (k)
        key(g, k);
    yajl_gen_map_open(g);
}

static void open_list(yajl_gen g, const char *k)
{
    key(g, k);
    yajl_gen_array_open(g);
}

static void spread(yajl_gen g, const char *k, const nf_spread *s)
{
    open_map(g, k);
    num(g, "min", s->min);
    num(g, "q1", s->q1);
    num(g, "median", s->median);
    num(g, "q3", s->q3);
    num(g, "max", s->max);
    real(g, "mean", s->mean, 3);
    yajl_gen_map_close(g);
}

static void labels(yajl_gen g, const nf_inspection *r)
{
    open_list(g, "labels");
    for (size_t i = 0; i < r->nlabels; i++) {
        open_map(g, NULL);
        text(g, "label", r->label[i].name);
        num(g, "documents", r->label[i].docs);
        yajl_gen_map_close(g);
    }
    yajl_gen_array_close(g);
    num(g, "documents_of_other_labels", r->other_labels);
    open_list(g, "label_variants");
    for (size_t i = 0; i < r->nvariants; i++) {
        const nf_inspect_variant *v = &r->variant[i];
        open_map(g, NULL);
        text(g, "label", r->label[v->a].name);
        text(g, "variant", r->label[v->b].name);
        const char *kind = nf_variant_text(v->kind, NULL);
        text(g, "differ_in", (nf_str){kind, strlen(kind)});
        num(g, "documents", r->label[v->a].docs);
        num(g, "variant_documents", r->label[v->b].docs);
        yajl_gen_map_close(g);
    }
    yajl_gen_array_close(g);
    num(g, "more_label_variants", r->more_variants);
}

static void languages(yajl_gen g, const nf_inspection *r)
{
    flag(g, "languages_told", r->languages_told);
    open_list(g, "languages");
    for (size_t i = 0; i < r->nlanguages; i++) {
        open_map(g, NULL);
        text(g, "language", (nf_str){r->language[i].code, strlen(r->language[i].code)});
        num(g, "documents", r->language[i].docs);
        yajl_gen_map_close(g);
    }
    yajl_gen_array_close(g);
    num(g, "language_not_told", r->und);
    num(g, "documents_with_lines_told", r->lines_told);
    num(g, "mixed_languages", r->mixed);
    num(g, "two_scripts", r->two_scripts);
    open_list(g, "scripts");
    for (size_t i = 0; i < r->nscripts; i++) {
        open_map(g, NULL);
        text(g, "script", (nf_str){r->script[i].code, strlen(r->script[i].code)});
        num(g, "documents", r->script[i].docs);
        num(g, "letters", r->script[i].letters);
        yajl_gen_map_close(g);
    }
    yajl_gen_array_close(g);
}

static void encodings(yajl_gen g, const nf_inspection *r)
{
    open_map(g, "encodings");
    num(g, "repaired", r->repaired);
    num(g, "windows_1252", r->fallback);
    num(g, "nul", r->nul);
    num(g, "replacement_characters", r->replacement);
    num(g, "mojibake", r->mojibake);
    num(g, "mojibake_places", r->mojibake_found.runs);
    num(g, "mojibake_lost", r->mojibake_found.lost);
    yajl_gen_map_close(g);
}

static void copies_and_dates(yajl_gen g, const nf_inspection *r)
{
    open_map(g, "copies");
    num(g, "documents", r->copies);
    num(g, "texts", r->copied);
    num(g, "most", r->most_copies);
    if (r->near_looked) {
        num(g, "near_documents", r->near);
        num(g, "near_among", r->near_looked);
    }
    flag(g, "limit_reached", r->texts_full);
    yajl_gen_map_close(g);
    open_map(g, "boilerplate");
    num(g, "characters", r->removed_chars);
    num(g, "of", r->chars);
    num(g, "documents", r->with_cuts);
    num(g, "nothing_else", r->all_cut);
    yajl_gen_map_close(g);
    open_map(g, "dates");
    num(g, "read", r->dated);
    num(g, "blank", r->undated);
    num(g, "unreadable", r->unreadable);
    num(g, "ambiguous", r->ambiguous);
    flag(g, "month_first", r->month_first);
    if (r->dated) {
        text(g, "first", r->first_date);
        text(g, "last", r->last_date);
    }
    yajl_gen_map_close(g);
}

static void vocabulary(yajl_gen g, const nf_inspection *r)
{
    open_map(g, "vocabulary");
    num(g, "tokens", r->n_tokens);
    num(g, "types", r->types);
    num(g, "once", r->once);
    real(g, "slope", r->slope, 6);
    flag(g, "limit_reached", r->types_full);
    open_list(g, "growth");
    for (size_t i = 0; i < NF_INSPECT_GROWTH; i++) {
        open_map(g, NULL);
        real(g, "share", r->growth[i].share, 2);
        num(g, "tokens", r->growth[i].tokens);
        num(g, "types", r->growth[i].types);
        yajl_gen_map_close(g);
    }
    yajl_gen_array_close(g);
    yajl_gen_map_close(g);
}

static void columns(yajl_gen g, const nf_inspection *r)
{
    open_list(g, "columns");
    for (size_t i = 0; i < r->ncolumns; i++) {
        open_map(g, NULL);
        text(g, "column", r->column[i].name);
        num(g, "filled", r->column[i].filled);
        num(g, "distinct", r->column[i].distinct);
        flag(g, "more", r->column[i].more);
        text(g, "example", r->column[i].example);
        yajl_gen_map_close(g);
    }
    yajl_gen_array_close(g);
}

static void warnings(yajl_gen g, const nfi_report *x)
{
    const char *p = x->warning.p, *end = p + x->warning.n;

    open_list(g, "warnings");
    while (p < end) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        str(g, p, (size_t)(nl - p));
        p = nl + 1;
    }
    yajl_gen_array_close(g);
}

nf_status nfi_inspect_json(nfi_buf *b, const nfi_report *x, nf_err *err)
{
    yajl_alloc_funcs alloc = {json_alloc, json_realloc, json_free, NULL};
    const nf_inspection *r = x->r;
    yajl_gen g = yajl_gen_alloc(&alloc);

    if (!g)
        return nfi_oom(err, "JSON");
    yajl_gen_config(g, yajl_gen_print_callback, json_print, b);
    yajl_gen_config(g, yajl_gen_beautify, 1);
    yajl_gen_config(g, yajl_gen_indent_string, "  ");
    open_map(g, NULL);
    num(g, "documents", r->docs);
    num(g, "malformed", x->counts->rejected);
    num(g, "duplicate_ids", x->counts->ids_suffixed);
    num(g, "ids_made", x->counts->ids_made);
    num(g, "labelled", r->labelled);
    if (r->several)
        num(g, "with_several_labels", r->several);
    num(g, "without_text", r->no_text);
    num(g, "without_words", r->no_token);
    num(g, "one_or_two_words", r->few_tokens);
    spread(g, "words", &r->tokens);
    spread(g, "characters", &r->characters);
    labels(g, r);
    languages(g, r);
    encodings(g, r);
    copies_and_dates(g, r);
    vocabulary(g, r);
    columns(g, r);
    warnings(g, x);
    yajl_gen_map_close(g);
    yajl_gen_free(g);
    return b->failed ? nfi_oom(err, "JSON") : NF_OK;
}
