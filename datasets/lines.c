/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lines.c - lines of a file. No byte is looked at twice, whatever the length of a line. */
#include "datasets/lines.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/try.h"
#include "base/utf8.h"

#include <string.h>

enum { BLOCK = 1 << 20 };

nf_status nfi_lines_open(nfi_lines *l, const char *path, nf_err *err)
{
    nfi_lines k = {.path = strcmp(path, "-") == 0 ? "standard input" : path};

    NF_TRY(nfi_in_open(&k.in, path, err));
    *l = k;
    return NF_OK;
}

nf_status nfi_lines_open_memory(nfi_lines *l, const char *name, const void *p, size_t n, nf_err *err)
{
    nfi_lines k = {.path = name, .have = n, .eof = true};

    NF_TRY(nfi_grow(&k.buf, &k.cap, n, 1, err));
    if (n)
        memcpy(k.buf, p, n);
    k.at = k.seen = nfi_utf8_mark(k.buf, n);
    *l = k;
    return NF_OK;
}

static nf_status fill(nfi_lines *l, nf_err *err)
{
    size_t got = 0;

    if (l->at > 0) {
        memmove(l->buf, l->buf + l->at, l->have - l->at);
        l->have -= l->at;
        l->seen -= l->at;
        l->at = 0;
    }
    if (l->have > NFI_MAX_RECORD)
        return NF_FAIL_AT(err, NF_ELIMIT, l->path, l->line + 1, "the line is longer than %zu MiB", NFI_MAX_RECORD >> 20);
    NF_TRY(nfi_grow(&l->buf, &l->cap, l->have + BLOCK, 1, err));
    NF_TRY(nfi_in_read(l->in, l->buf + l->have, BLOCK, &got, err));
    if (l->line == 0 && l->have == 0)
        l->at = l->seen = nfi_utf8_mark(l->buf, got);
    l->have += got;
    l->eof = got < BLOCK;
    return NF_OK;
}

nf_status nfi_lines_next(nfi_lines *l, nf_str *line, bool *found, nf_err *err)
{
    for (;;) {
        const char *nl = l->have > l->seen ? memchr(l->buf + l->seen, '\n', l->have - l->seen) : NULL;
        if (nl || (l->eof && l->at < l->have)) {
            size_t end = nl ? (size_t)(nl - l->buf) : l->have, from = l->at;
            l->at = l->seen = end + (nl != NULL);
            *line = (nf_str){l->buf + from, end - from - (end > from && l->buf[end - 1] == '\r')};
            l->line++;
            *found = true;
            return NF_OK;
        }
        l->seen = l->have;
        if (l->eof) {
            *found = false;
            return NF_OK;
        }
        NF_TRY(fill(l, err));
    }
}

void nfi_lines_back(nfi_lines *l, nf_str line)
{
    l->at = l->seen = (size_t)(line.p - l->buf);
    l->line--;
}

void nfi_lines_close(nfi_lines *l)
{
    nfi_in_close(l->in);
    nfi_free(l->buf);
    *l = (nfi_lines){0};
}
