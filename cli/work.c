/* SPDX-License-Identifier: GPL-3.0-or-later */
/* work.c - what several verbs do alike. */
#include "cli/work.h"

#include "base/num.h"

#include <string.h>

void nfi_work_text(const nfi_term_opts *o, nf_text_opts *text)
{
    *text = (nf_text_opts){.tokenizer = o->tokenizer, .ngram_lo = o->ngrams.min, .ngram_hi = o->ngrams.max, .stopwords = o->stopwords};
}

void nfi_work_select(const nfi_term_opts *o, nf_select_opts *select)
{
    *select = (nf_select_opts){.max_features = o->max_features};
    if (o->min_df.percent)
        select->min_df_share = o->min_df.share;
    else
        select->min_df = o->min_df.count;
    if (o->max_df.percent)
        select->max_df_share = o->max_df.share;
    else
        select->max_df = o->max_df.count;
}

int nfi_work_train(nfi_cli *cli, const nfi_train_rows *o, const nfi_term_opts *terms, int64_t threads, nf_train_opts *train)
{
    *train = nf_train_defaults();
    train->classifier = o->classifier;
    train->weighting = o->weighting;
    train->prior = o->prior;
    train->threads = (int)threads;
    nfi_work_select(terms, &train->select);
    if (strcmp(o->smoothing, "auto") != 0 && (!nfi_parse_double(o->smoothing, strlen(o->smoothing), &train->smoothing) || train->smoothing <= 0.0))
        return nfi_cli_usage(cli, "--smoothing %s: expected a number above 0, or auto", o->smoothing);
    return NFI_EXIT_OK;
}

nf_status nfi_work_open(nf_docs **out, const nfi_input_opts *in, const nfi_common_opts *common, bool need_label, int nargs, char **args, nf_err *err)
{
    nf_docs_opts d = {0};

    nfi_cli_docs_opts(&d, in, common);
    d.need_label = need_label;
    return nf_docs_open(out, (const char *const *)args, (size_t)nargs, &d, err);
}

bool nfi_work_needs_id(const nf_docs *docs, const nfi_input_opts *in)
{
    const char *name = in->id ? in->id : "id";
    size_t n, len = strlen(name);
    const nf_str *column = nf_docs_columns(docs, &n);

    for (size_t i = 0; i < n; i++)
        if (column[i].n == len && memcmp(column[i].p, name, len) == 0)
            return false;
    return true;
}

void nfi_work_progress(void *ctx, const nf_docs_stats *so_far)
{
    nfi_progress_at(ctx, so_far->read, so_far->bytes, so_far->total_bytes);
}

nf_status nfi_work_model(nf_model **out, const char *path, nf_err *err)
{
    if (path)
        return nf_model_load(out, path, err);
    return nf_model_from_memory(out, nfi_builtin_model, nfi_builtin_model_size, "built-in model", err);
}
