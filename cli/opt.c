/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opt.c - reading option values by their rows: types, ranges, defaults, and the words for what is expected. */
#include "cli/opt.h"

#include "base/num.h"
#include "base/try.h"

#include <math.h>
#include <string.h>

#define LIST_MAX 4096 /* elements of one list */

bool nfi_opt_shown(const nfi_opt *row)
{
    return row->type != NFI_OPT_HEADER && !(row->flags & NFI_OPT_HIDDEN);
}

const nfi_opt *nfi_opt_find(const nfi_opt *rows, const char *name)
{
    for (const nfi_opt *r = rows; r->type != NFI_OPT_END; r++)
        if (r->type != NFI_OPT_HEADER && strcmp(r->name, name) == 0)
            return r;
    return NULL;
}

static void put_real(nfi_buf *b, double v)
{
    char d[32];
    nfi_buf_put(b, d, nfi_format_shortest(d, v));
}

/* 1073741824 as 1G, where it comes out even. */
static void put_size(nfi_buf *b, uint64_t v)
{
    static const char unit[] = "KMGT";
    int u = -1;

    while (v && v % 1024 == 0 && u < 3) {
        v /= 1024;
        u++;
    }
    nfi_buf_put_u64(b, v);
    if (u >= 0)
        nfi_buf_putc(b, unit[u]);
}

/* " from 1 to 9", " of at least 1", " of at most 9" or nothing; limits of the type itself are not worth a word. */
static void put_range(nfi_buf *b, const nfi_opt *row)
{
    void (*hi)(nfi_buf *, uint64_t) = row->type == NFI_OPT_SIZE ? put_size : nfi_buf_put_u64;
    bool has_lo = row->type == NFI_OPT_INT ? row->min != INT64_MIN : row->min > 0;
    bool has_hi = row->max < (uint64_t)INT64_MAX;

    if (has_lo || row->type == NFI_OPT_COUNT) {
        nfi_buf_puts(b, has_hi ? " from " : " of at least ");
        if (row->min < 0)
            nfi_buf_put_i64(b, row->min);
        else
            hi(b, (uint64_t)row->min);
    }
    if (has_hi) {
        nfi_buf_puts(b, has_lo || row->type == NFI_OPT_COUNT ? " to " : " of at most ");
        hi(b, row->max);
    }
}

static void put_real_range(nfi_buf *b, const nfi_opt *row)
{
    bool above = row->flags & NFI_OPT_ABOVE;

    nfi_buf_puts(b, above ? " above " : " from ");
    put_real(b, row->fmin);
    nfi_buf_puts(b, above ? " and at most " : " to ");
    put_real(b, row->fmax);
}

static void put_names(nfi_buf *b, const nfi_opt *row, const char *between)
{
    const char *name;

    for (size_t i = 0; (name = row->names(i, NULL)) != NULL; i++) {
        if (i > 0)
            nfi_buf_puts(b, between);
        nfi_buf_puts(b, name);
    }
}

void nfi_opt_expected(nfi_buf *b, const nfi_opt *row)
{
    switch (row->type) {
    case NFI_OPT_END:
    case NFI_OPT_HEADER:
        break;
    case NFI_OPT_FLAG:
        nfi_buf_puts(b, "no value");
        break;
    case NFI_OPT_STR:
        nfi_buf_puts(b, "some text");
        break;
    case NFI_OPT_FILE:
        nfi_buf_puts(b, "a file name");
        break;
    case NFI_OPT_CHAR:
        nfi_buf_puts(b, "one ASCII character or \"tab\"");
        break;
    case NFI_OPT_INT:
    case NFI_OPT_COUNT:
        nfi_buf_puts(b, "a whole number");
        put_range(b, row);
        break;
    case NFI_OPT_REAL:
        nfi_buf_puts(b, "a number");
        put_real_range(b, row);
        break;
    case NFI_OPT_SIZE:
        nfi_buf_puts(b, "a size such as 256M or 1G");
        put_range(b, row);
        break;
    case NFI_OPT_SHARE:
        nfi_buf_puts(b, "a whole number");
        put_range(b, row);
        nfi_buf_puts(b, ", or a percentage from 0% to 100%");
        break;
    case NFI_OPT_NGRAMS:
        nfi_buf_puts(b, "lengths such as 1-2");
        put_range(b, row);
        break;
    case NFI_OPT_ENUM:
    case NFI_OPT_CHOICE:
        nfi_buf_puts(b, row->flags & NFI_OPT_OPEN ? "a name, or one of " : "one of ");
        put_names(b, row, ", ");
        break;
    case NFI_OPT_LIST:
        nfi_buf_puts(b, "values joined by commas");
        break;
    }
}

void nfi_opt_arg(nfi_buf *b, const nfi_opt *row)
{
    size_t n = 0, len = 0;

    if (row->names && !(row->flags & NFI_OPT_OPEN)) {
        for (const char *s; (s = row->names(n, NULL)) != NULL; n++)
            len += strlen(s) + 1;
        if (n <= 4 && len <= 32) {
            put_names(b, row, "|");
            return;
        }
    }
    if (row->arg)
        nfi_buf_puts(b, row->arg);
}

void nfi_example_command(nfi_buf *b, const nfi_example *e)
{
    static const char samples[] = "$NF_SAMPLES/";
    const char *s = e->command;

    for (const char *at; (at = strstr(s, samples)) != NULL; s = at + sizeof samples - 1) {
        nfi_buf_put(b, s, (size_t)(at - s));
        nfi_buf_puts(b, "datasets/");
    }
    nfi_buf_puts(b, s);
}

void nfi_opt_help(nfi_buf *b, const nfi_opt *row)
{
    nfi_buf_puts(b, row->help);
    if (row->def) {
        nfi_buf_puts(b, "; default ");
        nfi_buf_puts(b, strcmp(row->def, "-") == 0 ? "standard output" : row->def);
    }
    if (row->implied) {
        nfi_buf_puts(b, "; alone it means ");
        nfi_buf_puts(b, row->implied);
    }
    if (row->flags & NFI_OPT_REQUIRED)
        nfi_buf_puts(b, "; required");
}

/* ---- one reader a type; each touches *to only when text is good ---- */

static bool read_char(char *to, const char *text)
{
    if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0)
        *to = '\t';
    else if (text[0] && (unsigned char)text[0] < 0x80 && !text[1] && text[0] != '\n' && text[0] != '\r' && text[0] != '"')
        *to = text[0];
    else
        return false;
    return true;
}

static bool read_int(int64_t *to, const nfi_opt *row, const char *text)
{
    bool neg = text[0] == '-';
    uint64_t u;

    if (!nfi_parse_u64(text + neg, strlen(text + neg), &u) || u > (uint64_t)INT64_MAX)
        return false;
    int64_t v = neg ? -(int64_t)u : (int64_t)u;
    if (v < row->min || (v > 0 && u > row->max))
        return false;
    *to = v;
    return true;
}

static bool in_range(const nfi_opt *row, uint64_t v)
{
    return v >= (row->min > 0 ? (uint64_t)row->min : 0) && v <= row->max;
}

static bool read_count(uint64_t *to, const nfi_opt *row, const char *text)
{
    uint64_t v;

    if (!nfi_parse_u64(text, strlen(text), &v) || !in_range(row, v))
        return false;
    *to = v;
    return true;
}

static bool read_real(double *to, const nfi_opt *row, const char *text)
{
    double v;

    if (!nfi_parse_double(text, strlen(text), &v) || !isfinite(v) || v < row->fmin || v > row->fmax)
        return false;
    if ((row->flags & NFI_OPT_ABOVE) && v <= row->fmin)
        return false;
    *to = v;
    return true;
}

static bool read_size(uint64_t *to, const nfi_opt *row, const char *text)
{
    static const char unit[] = "KMGT";
    size_t n = strlen(text);
    uint64_t v, scale = 1;

    for (size_t u = 0; n > 0 && u < 4; u++)
        if (text[n - 1] == unit[u] || text[n - 1] == unit[u] + 32) {
            scale = (uint64_t)1 << (10 * (u + 1));
            n--;
            break;
        }
    if (!nfi_parse_u64(text, n, &v) || __builtin_mul_overflow(v, scale, &v) || !in_range(row, v))
        return false;
    *to = v;
    return true;
}

static bool read_share(nfi_share *to, const nfi_opt *row, const char *text)
{
    size_t n = strlen(text);
    nfi_share v = {0};

    if (n > 0 && text[n - 1] == '%') {
        double p;
        if (!nfi_parse_double(text, n - 1, &p) || !(p >= 0 && p <= 100))
            return false;
        v.percent = true;
        v.share = p / 100;
    } else if (!read_count(&v.count, row, text)) {
        return false;
    }
    *to = v;
    return true;
}

static bool read_ngrams(nfi_ngrams *to, const nfi_opt *row, const char *text)
{
    const char *dash = strchr(text, '-');
    size_t n = dash ? (size_t)(dash - text) : strlen(text);
    uint64_t a, b;

    if (!nfi_parse_u64(text, n, &a) || (dash && !nfi_parse_u64(dash + 1, strlen(dash + 1), &b)))
        return false;
    if (!dash)
        b = a;
    if (!in_range(row, a) || !in_range(row, b) || a > b || b > INT32_MAX)
        return false;
    *to = (nfi_ngrams){(int)a, (int)b};
    return true;
}

/* Index of text among the names, or -1. */
static int name_index(const nfi_opt *row, const char *text)
{
    const char *name;

    for (int i = 0; (name = row->names((size_t)i, NULL)) != NULL; i++)
        if (strcmp(name, text) == 0)
            return i;
    return -1;
}

/* Appends the parts of text to the list; all memory from a. */
static nf_status read_list(nfi_list *to, const char *text, nfi_arena *a, bool *good, nf_err *err)
{
    size_t more = 1;

    *good = true;
    for (const char *p = text; *p; p++)
        more += *p == ',';
    if (to->n + more > LIST_MAX)
        return NF_FAIL(err, NF_EINVAL, "more than %d values in one list", LIST_MAX);
    const char **v = nfi_arena_alloc(a, (to->n + more) * sizeof *v);
    if (!v)
        return nfi_oom(err, "options");
    if (to->n)
        memcpy(v, to->v, to->n * sizeof *v);
    size_t n = to->n;
    for (const char *p = text;; p++) {
        size_t len = strcspn(p, ",");
        char *copy = nfi_arena_copy(a, p, len);
        if (!copy)
            return nfi_oom(err, "options");
        if (len == 0)
            *good = false;
        v[n++] = copy;
        p += len;
        if (!*p)
            break;
    }
    if (*good)
        *to = (nfi_list){v, n};
    return NF_OK;
}

static const char *row_name(const void *ctx, size_t i)
{
    return ((const nfi_opt *)ctx)->names(i, NULL);
}

/* "--k 0: expected a whole number from 1 to 65535". */
static nf_status refuse(const nfi_opt *row, const char *text, nf_err *err)
{
    nfi_buf b = {0};
    const char *close = row->names ? nfi_closest(text, row_name, row) : NULL;

    nfi_opt_expected(&b, row);
    if (close) {
        nfi_buf_puts(&b, "; closest: ");
        nfi_buf_puts(&b, close);
    }
    nf_status s = !nfi_buf_ok(&b) ? nfi_oom(err, "a message")
                                  : NF_FAIL(err, NF_EINVAL, "--%s: \"%.100s\" given, expected %.*s", row->name, text, (int)b.n, b.p);
    nfi_buf_clear(&b);
    return s;
}

nf_status nfi_opt_set(const nfi_opt *row, void *opts, const char *text, nfi_arena *a, nf_err *err)
{
    void *to = (char *)opts + row->offset;
    bool good = true;
    int i;

    switch (row->type) {
    case NFI_OPT_END:
    case NFI_OPT_HEADER:
        return NF_FAIL(err, NF_EINTERNAL, "option row without a value");
    case NFI_OPT_FLAG:
        *(bool *)to = true;
        break;
    case NFI_OPT_STR:
    case NFI_OPT_FILE:
        good = text[0] != '\0';
        if (good)
            *(const char **)to = text;
        break;
    case NFI_OPT_CHAR:
        good = read_char(to, text);
        break;
    case NFI_OPT_INT:
        good = read_int(to, row, text);
        break;
    case NFI_OPT_COUNT:
        good = read_count(to, row, text);
        break;
    case NFI_OPT_REAL:
        good = read_real(to, row, text);
        break;
    case NFI_OPT_SIZE:
        good = read_size(to, row, text);
        break;
    case NFI_OPT_SHARE:
        good = read_share(to, row, text);
        break;
    case NFI_OPT_NGRAMS:
        good = read_ngrams(to, row, text);
        break;
    case NFI_OPT_ENUM:
    case NFI_OPT_CHOICE:
        i = name_index(row, text);
        good = i >= 0;
        if (good && row->type == NFI_OPT_ENUM)
            *(const char **)to = row->names((size_t)i, NULL);
        else if (good)
            *(int *)to = i;
        if (!good && (row->flags & NFI_OPT_OPEN) && text[0]) {
            *(const char **)to = text;
            good = true;
        }
        break;
    case NFI_OPT_LIST:
        NF_TRY(read_list(to, text, a, &good, err));
        break;
    }
    return good ? NF_OK : refuse(row, text, err);
}

nf_status nfi_opt_defaults(const nfi_opt *rows, void *opts, nfi_arena *a, nf_err *err)
{
    for (const nfi_opt *r = rows; r->type != NFI_OPT_END; r++) {
        if (r->type == NFI_OPT_HEADER || !r->def)
            continue;
        nf_err why = {0};
        nf_status s = nfi_opt_set(r, opts, r->def, a, &why);
        if (s == NF_EINVAL)
            return NF_FAIL(err, NF_EINTERNAL, "default of an option: %s", why.msg);
        if (s != NF_OK) {
            if (err)
                *err = why;
            return s;
        }
    }
    return NF_OK;
}
