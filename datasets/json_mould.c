/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_mould.c - lines with the keys of a line before. Where a line has the same bytes outside of its values that are strings, keys
 * included, and these strings are in order, it has the same members: nothing is looked up, and no shape is made of it.
 */
#include "datasets/json_shape.h"

#include "base/try.h"

#include <string.h>

enum { MAX_FIXED = 8192 /* bytes that are kept */ };

void nfi_json_mould_clear(nfi_json_mould *m)
{
    nfi_buf_clear(&m->fixed);
    nfi_free(m->string);
    *m = (nfi_json_mould){0};
}

/* Of the line read last, whose shape is x. Where there is no memory for it, or it is long, there is none. */
void nfi_json_mould_make(const nfi_json *j, nfi_json_shape *x)
{
    nfi_json_mould *m = &x->mould;
    size_t done = 0, before = 0, key = 0;

    m->n = m->fixed.n = 0;
    if (nfi_grow(&m->string, &m->cap, j->ntokens, sizeof *m->string, NULL) != NF_OK)
        return;
    for (size_t i = 0; i < j->ntokens; i++) {
        const nfi_json_token *t = &j->token[i];
        bool fixed = key < x->n && x->member[key].key.before == i;
        size_t open = t->at - 1 + before;
        key += fixed;
        if (!fixed) {
            nfi_buf_put(&m->fixed, j->line.p + done, open + 1 - done);
            done = t->at + t->all;
        }
        m->string[i] = (nfi_json_mould_string){.at = t->at, .end = fixed ? 0 : m->fixed.n, .content = t->all - before, .what = t->what};
        before = t->all;
    }
    nfi_buf_put(&m->fixed, j->line.p + done, j->line.n - done);
    if (nfi_buf_ok(&m->fixed) && m->fixed.n <= MAX_FIXED)
        m->n = j->ntokens;
    else
        nfi_buf_clear(&m->fixed);
    for (size_t i = 0; i < x->n; i++)
        x->member[i].plan = NULL;
}

/* True when the line fits; then the strings of it are j->token. */
bool nfi_json_mould_fits(nfi_json *j, const nfi_json_mould *m, nf_str line)
{
    size_t at = 0, from = 0, all = 0;

    if (m->n == 0)
        return false;
    for (size_t i = 0; i < m->n; i++) {
        const nfi_json_mould_string *s = &m->string[i];
        unsigned what = s->what;
        if (s->end) {
            size_t len = s->end - from;
            if (line.n - at < len || memcmp(line.p + at, m->fixed.p + from, len) != 0)
                return false;
            at += len - 1;
            from = s->end;
            if ((len = nfi_json_string_skip(line.p + at, line.n - at, &what)) == 0)
                return false;
            at += len - 1; /* the closing quote is in what comes next */
            all += len - 2;
        } else {
            all += s->content;
        }
        j->token[i] = (nfi_json_token){s->at, all, what};
    }
    return line.n - at == m->fixed.n - from && memcmp(line.p + at, m->fixed.p + from, line.n - at) == 0;
}
