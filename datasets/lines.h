/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lines.h - lines of a file, of standard input or of memory, one after another. */
#ifndef NFI_LINES_H
#define NFI_LINES_H

#include "base/io.h"
#include "newsframe/docs.h"

typedef struct nfi_lines {
    nfi_in *in;       /* NULL: memory */
    const char *path; /* as messages show it; borrowed */
    char *buf;        /* owned */
    size_t cap, have, at, seen; /* bytes there, start of the next line, bytes looked at */
    bool eof;
    uint64_t line;    /* of the line that was handed out last, from 1 */
} nfi_lines;

nf_status nfi_lines_open(nfi_lines *l, const char *path, nf_err *err) NF_MUST_CHECK;
/* The same over a copy of n bytes. */
nf_status nfi_lines_open_memory(nfi_lines *l, const char *name, const void *p, size_t n, nf_err *err) NF_MUST_CHECK;
/* Next line without its end, valid until the next call; *found is false at the end. NF_ELIMIT for one longer than a record may be. */
nf_status nfi_lines_next(nfi_lines *l, nf_str *line, bool *found, nf_err *err) NF_MUST_CHECK;
/* The next line again. */
void nfi_lines_back(nfi_lines *l, nf_str line);
void nfi_lines_close(nfi_lines *l);

#endif
