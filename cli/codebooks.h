/* SPDX-License-Identifier: GPL-3.0-or-later */
/* codebooks.h - options and reports about codebooks that several verbs share. */
#ifndef NFI_CODEBOOKS_H
#define NFI_CODEBOOKS_H

#include "cli/work.h"
#include "newsframe/codebook.h"

typedef struct nfi_codebook_rows {
    const char *file, *strength;
} nfi_codebook_rows;

#define OPT_CODEBOOK(S, f)                                                                                                                 \
    OPT_HEADER("Codebook"),                                                                                                                \
        OPT_READ(0, "codebook", S, f.file, NULL, "frames and their seeds, JSON: newsframe-codebook(5); its frames are the classes"),       \
        OPT_STR(0, "seed-strength", S, f.strength, "X", "auto",                                                                            \
                "documents that the seeds of a class count for: a number above 0, or auto: by leave-one-out")

/* Reads the codebook into *cb (owned; NULL when there is none) and train; says what was passed over. NFI_EXIT_OK, or a message and an exit
 * code. */
int nfi_codebook_options(nfi_cli *cli, const nfi_codebook_rows *o, nf_codebook **cb, nf_train_opts *train);
/* The same for verbs that do not train. */
nf_status nfi_codebook_open(nfi_cli *cli, nf_codebook **cb, const char *file, nf_err *err) NF_MUST_CHECK;

/*
 * What a codebook alone says of a text: frames that have at least half as many seeds in it as the one with most. frames: a flag for each;
 * count: as many, for work; caller-allocated.
 */
nf_status nfi_codebook_says(nf_lexicon *lx, size_t nframes, nf_str title, nf_str text, uint64_t *count, bool *frames,
                            nf_err *err) NF_MUST_CHECK;

/* What a codebook alone says of every document of a stream, collected while it is read. {0} before. */
typedef struct nfi_codebook_watch {
    const nf_codebook *cb;
    nf_lexicon *lx;
    nf_label_sets said; /* frames by number; the number of frames: it says nothing */
    bool *frame;
    uint64_t *count;
    uint16_t *cls;
} nfi_codebook_watch;
nf_status nfi_codebook_watch_begin(nfi_codebook_watch *w, nf_docs *docs, const nf_codebook *cb, nf_err *err) NF_MUST_CHECK;
void nfi_codebook_watch_clear(nfi_codebook_watch *w);

#endif
