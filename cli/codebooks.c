/* SPDX-License-Identifier: GPL-3.0-or-later */
/* codebooks.c - options and reports about codebooks that several verbs share. */
#include "cli/codebooks.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/try.h"

#include <string.h>

nf_status nfi_codebook_open(nfi_cli *cli, nf_codebook **cb, const char *file, nf_err *err)
{
    NF_TRY(nf_codebook_read(cb, file, err));
    for (size_t i = 0; nf_codebook_unknown(*cb, i).n; i++) {
        nf_str name = nf_codebook_unknown(*cb, i);
        nfi_cli_warn(cli, "%s: field \"%.*s\" means nothing in a codebook and is passed over", file, (int)name.n, name.p);
    }
    return NF_OK;
}

int nfi_codebook_options(nfi_cli *cli, const nfi_codebook_rows *o, nf_codebook **cb, nf_train_opts *train)
{
    nf_err err = {0};

    if (!o->file && nfi_cli_given(cli, "seed-strength"))
        return nfi_cli_usage(cli, "--seed-strength says how much the seeds of a codebook count; add --codebook");
    if (strcmp(o->strength, "auto") != 0 &&
        (!nfi_parse_double(o->strength, strlen(o->strength), &train->seed_strength) || train->seed_strength <= 0.0))
        return nfi_cli_usage(cli, "--seed-strength %s: expected a number above 0, or auto", o->strength);
    if (o->file) {
        nf_status s = nfi_codebook_open(cli, cb, o->file, &err);
        if (s != NF_OK)
            return nfi_cli_fail(cli, s, &err);
    }
    train->codebook = *cb;
    return NFI_EXIT_OK;
}

nf_status nfi_codebook_says(nf_lexicon *lx, size_t nframes, nf_str title, nf_str text, uint64_t *count, bool *frames, nf_err *err)
{
    uint64_t most = 0;
    nf_status s = nf_codebook_count(lx, title, text, count, NULL, err);

    for (size_t f = 0; f < nframes; f++)
        most = s == NF_OK && count[f] > most ? count[f] : most;
    for (size_t f = 0; f < nframes; f++)
        frames[f] = most > 0 && count[f] > 0 && 2 * count[f] >= most;
    return s;
}

static nf_status watch(void *ctx, const nf_batch *b, nf_err *err)
{
    nfi_codebook_watch *w = ctx;
    size_t frames = nf_codebook_frames(w->cb);

    for (size_t i = 0; i < b->n; i++) {
        size_t n = 0;
        NF_TRY(nfi_codebook_says(w->lx, frames, b->docs[i].title, b->docs[i].text, w->count, w->frame, err));
        for (size_t f = 0; f < frames; f++)
            if (w->frame[f])
                w->cls[n++] = (uint16_t)f;
        if (n == 0)
            w->cls[n++] = (uint16_t)frames;
        NF_TRY(nf_label_sets_add(&w->said, w->cls, n, err));
    }
    return NF_OK;
}

nf_status nfi_codebook_watch_begin(nfi_codebook_watch *w, nf_docs *docs, const nf_codebook *cb, nf_err *err)
{
    size_t frames = nf_codebook_frames(cb);

    w->cb = cb;
    w->frame = nfi_alloc(frames, sizeof *w->frame);
    w->count = nfi_alloc(frames, sizeof *w->count);
    w->cls = nfi_alloc(frames + 1, sizeof *w->cls);
    if (!w->frame || !w->count || !w->cls)
        return nfi_oom(err, "a codebook");
    NF_TRY(nf_lexicon_new(&w->lx, cb, NULL, err));
    nf_docs_watch(docs, watch, w);
    return NF_OK;
}

void nfi_codebook_watch_clear(nfi_codebook_watch *w)
{
    nf_lexicon_free(w->lx);
    nf_label_sets_clear(&w->said);
    nfi_free(w->frame);
    nfi_free(w->count);
    nfi_free(w->cls);
    *w = (nfi_codebook_watch){0};
}
