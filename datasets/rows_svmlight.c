/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rows_svmlight.c - the text format of SVMlight and LIBSVM: a line a row,
 *
 *     TARGET INDEX:VALUE INDEX:VALUE ... # ID
 *
 * with indices from 1 that rise within a line. The target is a number, or several joined by commas; 0 stands for none. What stands behind #
 * is taken for the id. Lines that are empty but for blanks and a comment are no rows. Ranking groups (qid) are refused.
 */
#include "datasets/rows.h"

#include "base/num.h"
#include "base/try.h"
#include "base/utf8.h"

#include <string.h>

static nf_status bad(const nfi_lines *in, nf_err *err, nf_str word, const char *why)
{
    char shown[80];

    nfi_escape(shown, sizeof shown, word.p, word.n < 40 ? word.n : 40);
    return NF_FAIL_AT(err, NF_EFORMAT, in->path, in->line, "\"%s\" %s", shown, why);
}

/* Numbers joined by commas. */
static bool is_target(nf_str w)
{
    size_t from = 0;
    double x;

    for (size_t i = 0; i <= w.n; i++)
        if (i == w.n || w.p[i] == ',') {
            if (!nfi_parse_double(w.p + from, i - from, &x))
                return false;
            from = i + 1;
        }
    return true;
}

static nf_status entry(nfi_rows_mem *m, const nfi_lines *in, nf_str word, int32_t *last, nf_err *err)
{
    const char *colon = memchr(word.p, ':', word.n);
    size_t n = colon ? (size_t)(colon - word.p) : word.n;
    uint64_t index;
    double value;

    if (n == 3 && memcmp(word.p, "qid", 3) == 0)
        return bad(in, err, word, "is a group for ranking; these are not read");
    if (!colon || n == 0)
        return bad(in, err, word, "is no index:value");
    for (size_t i = 0; i < n; i++)
        if (word.p[i] < '0' || word.p[i] > '9')
            return bad(in, err, word, "has no whole number for an index");
    if (!nfi_parse_u64(word.p, n, &index) || index > INT32_MAX)
        return bad(in, err, word, "has an index beyond 2147483647");
    if (index == 0)
        return bad(in, err, word, "has the index 0; indices begin at 1");
    if ((int32_t)index <= *last)
        return bad(in, err, word, "has an index that does not rise; indices rise within a line");
    if (!nfi_parse_double(colon + 1, word.n - n - 1, &value))
        return bad(in, err, word, "has no finite number for a value");
    *last = (int32_t)index;
    return nfi_rows_entry(m, (int32_t)index - 1, value, err);
}

/* Text of a comment as an id: valid UTF-8 without controls. */
static nf_status set_id(nfi_rows_mem *m, nf_str text, nf_err *err)
{
    nfi_buf b = {0};

    while (text.n && (text.p[0] == ' ' || text.p[0] == '\t')) {
        text.p++;
        text.n--;
    }
    while (text.n && (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t'))
        text.n--;
    nfi_utf8_repair(&b, text.p, text.n);
    for (size_t i = 0; i < b.n; i++)
        if ((unsigned char)b.p[i] < 0x20)
            b.p[i] = ' ';
    char *copy = nfi_buf_ok(&b) ? nfi_arena_copy(&m->arena, b.n ? b.p : "", b.n) : NULL;
    m->id[m->n] = (nf_str){copy, b.n};
    nfi_buf_clear(&b);
    return copy ? NF_OK : nfi_oom(err, "an id");
}

static nf_status row(nfi_rows_mem *m, const nfi_lines *in, nf_str line, size_t *cols, nf_err *err)
{
    const char *hash = memchr(line.p, '#', line.n);
    nf_str rest = {line.p, hash ? (size_t)(hash - line.p) : line.n}, word = nfi_next_word(&rest);
    int32_t last = 0;

    if (word.n == 0)
        return NF_OK;
    if (!is_target(word))
        return bad(in, err, word, "is no target; a line begins with a number");
    NF_TRY(nfi_grow(&m->target, &m->cap_target, m->n + 1, sizeof *m->target, err));
    NF_TRY(nfi_grow(&m->id, &m->cap_id, m->n + 1, sizeof *m->id, err));
    char *copy = nfi_arena_copy(&m->arena, word.p, word.n);
    if (!copy)
        return nfi_oom(err, "a target");
    m->target[m->n] = (nf_str){copy, word.n};
    NF_TRY(set_id(m, hash ? (nf_str){hash + 1, (size_t)(line.p + line.n - hash) - 1} : (nf_str){0}, err));
    while ((word = nfi_next_word(&rest)).n > 0)
        NF_TRY(entry(m, in, word, &last, err));
    if ((size_t)last > *cols)
        *cols = (size_t)last;
    return nfi_rows_end(m, err);
}

static nf_status svmlight_read(nf_rows *out, nfi_lines *in, nf_err *err)
{
    nfi_rows_mem *m = nfi_rows_mem_new();
    nf_status s = NF_OK;
    nf_str line;
    bool found;
    size_t cols = 0;

    if (!m)
        return nfi_oom(err, "rows");
    for (;;) {
        NF_GO(nfi_lines_next(in, &line, &found, err));
        if (!found)
            break;
        NF_GO(row(m, in, line, &cols, err));
    }
    nfi_rows_hand_over(out, m, cols);
    m = NULL;
out:
    nfi_rows_mem_free(m);
    return s;
}

static void svmlight_rows(nfi_out *out, nfi_buf *b, const nf_rows *r)
{
    for (size_t i = 0; i < r->rows; i++) {
        if (r->target && r->target[i].n)
            nfi_buf_put(b, r->target[i].p, r->target[i].n);
        else
            nfi_buf_putc(b, '0');
        for (size_t e = (size_t)r->ptr[i]; e < (size_t)r->ptr[i + 1]; e++) {
            nfi_buf_putc(b, ' ');
            nfi_buf_put_u64(b, (uint64_t)r->idx[e] + 1);
            nfi_buf_putc(b, ':');
            nfi_rows_put_value(b, r, e);
        }
        if (r->id && r->id[i].n) {
            nfi_buf_puts(b, " # ");
            for (size_t k = 0; k < r->id[i].n; k++)
                nfi_buf_putc(b, (unsigned char)r->id[i].p[k] < 0x20 ? ' ' : r->id[i].p[k]);
        }
        nfi_buf_putc(b, '\n');
        nfi_out_pass(out, b);
    }
}

static const char *const svmlight_ext[] = {".svm", ".svmlight", ".libsvm", NULL};

const nfi_out_format nfi_out_svmlight = {.name = "svmlight",
                                         .summary = "features: a line a row, target and index:value pairs",
                                         .extensions = svmlight_ext,
                                         .rows = svmlight_rows,
                                         .read = svmlight_read};
