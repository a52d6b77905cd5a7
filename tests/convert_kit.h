/* SPDX-License-Identifier: GPL-3.0-or-later */
/* convert_kit.h - a file of documents written in another format, as newsframe convert does. */
#ifndef CONVERT_KIT_H
#define CONVERT_KIT_H

#include "newsframe/convert.h"

#include <string.h>

static inline size_t kit_column(const nf_docs *in, const char *name)
{
    size_t n;
    const nf_str *c = nf_docs_columns(in, &n);

    for (size_t i = 0; i < n; i++)
        if (c[i].n == strlen(name) && memcmp(c[i].p, name, c[i].n) == 0)
            return i;
    return SIZE_MAX;
}

/* from is read in the format that its name says, to is written in format. */
static inline nf_status kit_convert(const char *from, const char *to, const char *format, int threads, nf_err *err)
{
    nf_docs *in = NULL;
    nf_writer *w = NULL;
    nf_batch b = {0};
    nf_writer_opts o = {.format = format, .skip = SIZE_MAX};
    nf_status s = nf_docs_open(&in, &from, 1,
                               &(nf_docs_opts){.all_columns = true, .threads = threads, .delimiter = strstr(from, ".csv") ? ',' : 0}, err);

    if (s == NF_OK) {
        o.column = nf_docs_columns(in, &o.n);
        o.id = kit_column(in, "id");
        o.label = kit_column(in, "label");
        s = nf_writer_open(&w, to, &o, err);
    }
    while (s == NF_OK && (s = nf_docs_next(in, &b, err)) == NF_OK && b.n > 0)
        s = nf_writer_batch(w, &b, err);
    nf_batch_clear(&b);
    if (w) {
        nf_status closed = nf_writer_close(w, s == NF_OK, NULL, s == NF_OK ? err : NULL);
        s = s == NF_OK ? closed : s;
    }
    nf_docs_close(in);
    return s;
}

#endif
