/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_diff.h - newsframe model diff. */
#ifndef NFI_MODEL_DIFF_H
#define NFI_MODEL_DIFF_H

#include "cli/work.h"

typedef struct nfi_diff_opts {
    nfi_input_opts in;
    int64_t threads;
    uint64_t top;
    const char *documents;
} nfi_diff_opts;

/* args: two models, then documents. Returns an exit code. */
int nfi_model_diff(nfi_cli *cli, const nfi_diff_opts *o, const char *output, int nargs, char **args);

#endif
