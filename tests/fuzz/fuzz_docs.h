/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_docs.h - reads bytes as a document stream and holds it to what docs.h promises: all text is valid UTF-8 without NUL, records and
 * lines rise, ids are there, the counts add up, and the same comes out of two threads as of one.
 */
#ifndef FUZZ_DOCS_H
#define FUZZ_DOCS_H

#include "base/rng.h"
#include "base/try.h"
#include "base/utf8.h"
#include "datasets/stream.h"

#include <string.h>

static inline void fuzz_check_str(nf_str s)
{
    NF_ASSERT(s.n == 0 || s.p != NULL);
    NF_ASSERT(nfi_utf8_valid_prefix(s.p, s.n) == s.n);
    NF_ASSERT(s.n == 0 || memchr(s.p, '\0', s.n) == NULL);
}

static inline uint64_t fuzz_fold(uint64_t h, nf_str s)
{
    return nfi_mix64(h ^ nfi_xxh64(s.n ? s.p : "", s.n) ^ s.n);
}

/* Returns a hash of all that came out, status included. */
static inline uint64_t fuzz_read(const char *name, const uint8_t *data, size_t size, nf_docs_opts o)
{
    nfi_memory mem = {(const char *)data, size};
    nf_docs *in = NULL;
    nf_batch b = {0};
    nf_err err = {0};
    uint64_t h = 0, docs = 0, record = 0, line = 0;
    size_t columns = 0;
    bool shared_lines = strstr(name, ".sgm") != NULL; /* one record may end where the next begins */

    nf_status s = nfi_docs_open_memory(&in, name, &mem, &o, &err);
    if (s == NF_OK) {
        const nf_str *names = nf_docs_columns(in, &columns);
        for (size_t i = 0; i < columns; i++) {
            fuzz_check_str(names[i]);
            h = fuzz_fold(h, names[i]);
        }
        while ((s = nf_docs_next(in, &b, &err)) == NF_OK && b.n > 0) {
            for (size_t i = 0; i < b.n; i++) {
                const nf_doc *d = &b.docs[i];
                const nf_str roles[] = {d->id, d->label, d->title, d->text, d->date, d->source};
                for (size_t k = 0; k < sizeof roles / sizeof *roles; k++) {
                    fuzz_check_str(roles[k]);
                    h = fuzz_fold(h, roles[k]);
                }
                for (size_t k = 0; k < columns; k++) {
                    fuzz_check_str(d->carried[k]);
                    h = fuzz_fold(h, d->carried[k]);
                }
                NF_ASSERT(d->id.n > 0 && d->record > record && (d->line > line || (shared_lines && d->line == line)));
                record = d->record;
                line = d->line;
                h = nfi_mix64(h ^ d->flags ^ record << 8 ^ line << 32);
            }
            docs += b.n;
        }
        const nf_docs_stats *st = nf_docs_counts(in);
        if (s == NF_OK)
            NF_ASSERT(st->read == docs && st->rejected == 0 && st->bytes == size);
    }
    if (s != NF_OK) {
        NF_ASSERT(err.code == s && err.msg[0] != '\0' && strchr(err.msg, '\n') == NULL);
        h = fuzz_fold(nfi_mix64(h + (uint64_t)s) + err.line, (nf_str){err.msg, strlen(err.msg)});
    }
    nf_batch_clear(&b);
    nf_docs_close(in);
    return h;
}

static inline void fuzz_docs(const char *name, const uint8_t *data, size_t size)
{
    nf_docs_opts o = {.threads = 1, .dup_ids_suffix = true};

    for (int mode = 0; mode < 4; mode++) { /* encodings, with and without labels */
        o.encoding = (nf_encoding)(mode % 3);
        o.need_label = mode == 3;
        uint64_t one = fuzz_read(name, data, size, o);
        o.threads = 2;
        NF_ASSERT(mode > 0 || fuzz_read(name, data, size, o) == one);
        o.threads = 1;
    }
}

#endif
