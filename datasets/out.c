/* SPDX-License-Identifier: GPL-3.0-or-later */
/* out.c - the registered output formats, and documents to the one asked for. */
#include "datasets/out.h"

#include "base/registry.h"
#include "base/try.h"

#include <string.h>
#include <strings.h>

const nfi_out_format *const nfi_out_formats[] = {&nfi_out_csv, &nfi_out_tsv, &nfi_out_jsonl, &nfi_out_fasttext, &nfi_out_svmlight,
                                                 &nfi_out_mtx, NULL};

const char *nf_out_format_name(size_t i, const char **summary)
{
    NFI_RETURN_NAME(nfi_out_formats, i, summary);
}

const char *nf_out_format_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');

    for (size_t i = 0; dot && nfi_out_formats[i]; i++)
        for (const char *const *e = nfi_out_formats[i]->extensions; *e; e++)
            if (strcasecmp(dot, *e) == 0)
                return nfi_out_formats[i]->name;
    return NULL;
}

const nfi_out_format *nfi_out_format_find(const char *name)
{
    NFI_RETURN_ROW(nfi_out_formats, name);
}

bool nf_out_format_has_features(const char *name)
{
    const nfi_out_format *f = nfi_out_format_find(name);
    return f && !f->doc;
}

static void writer_free(nf_writer *w)
{
    nfi_buf_clear(&w->buf);
    nfi_arena_clear(&w->arena);
    nfi_free(w);
}

nf_status nf_writer_open(nf_writer **out, const char *path, const nf_writer_opts *o, nf_err *err)
{
    const nfi_out_format *f = nfi_out_format_find(o->format);
    nf_status s = NF_OK;

    if (!f || !f->doc)
        return NF_FAIL(err, NF_EINVAL, "no output format \"%s\" for texts", o->format);
    nf_writer *w = nfi_calloc(1, sizeof *w);
    if (!w)
        return nfi_oom(err, "a table");
    w->format = f;
    w->o = *o;
    NF_GO(f->begin(w, path, err));
    if (!w->csv)
        NF_GO(nfi_out_open(&w->out, path, err));
    *out = w;
    w = NULL;
out:
    if (w)
        writer_free(w);
    return s;
}

nf_status nf_writer_batch(nf_writer *w, const nf_batch *b, nf_err *err)
{
    nf_status s = NF_OK;

    for (size_t i = 0; i < b->n && s == NF_OK; i++) {
        nfi_arena_reset(&w->arena);
        s = w->format->doc(w, &b->docs[i]);
    }
    if (s == NF_OK && !nfi_buf_ok(&w->buf))
        s = NF_ENOMEM;
    if (s != NF_OK) {
        w->failed = true;
        return nfi_oom(err, "a table");
    }
    if (w->csv)
        return nf_csv_flush(w->csv, err);
    nfi_out_write(w->out, w->buf.p, w->buf.n);
    w->buf.n = 0;
    return nfi_out_flush(w->out, err);
}

nf_status nf_writer_close(nf_writer *w, int keep, nf_writer_stats *stats, nf_err *err)
{
    nf_status s = NF_OK;

    if (w->csv) {
        w->stats.cut = nf_csv_cut(w->csv);
        s = nf_csv_close(w->csv, keep && !w->failed, err);
    } else if (keep && !w->failed) {
        s = nfi_out_commit(w->out, err);
    } else {
        nfi_out_abandon(w->out);
    }
    if (keep && w->failed)
        s = nfi_oom(err, "a table");
    if (stats)
        *stats = w->stats;
    writer_free(w);
    return s;
}
