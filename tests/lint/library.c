/* SPDX-License-Identifier: GPL-3.0-or-later */
/* library.c - a program of the library, from its headers alone: MODEL INPUT... prints id, status and label of every document. */
#include <newsframe/docs.h>
#include <newsframe/models.h>
#include <newsframe/status.h>

#include <stdio.h>
#include <stdlib.h>

static nf_status label(nf_scorer *scorer, const nf_model *m, const nf_batch *b, nf_err *err)
{
    nf_model_info info;

    nf_model_describe(m, &info);
    nf_score *score = calloc(b->n, sizeof *score);
    double *log_odds = calloc(b->n * info.classes, sizeof *log_odds);
    nf_status s = score && log_odds ? nf_scorer_batch(scorer, b, score, log_odds, err) : NF_ENOMEM;
    for (size_t i = 0; s == NF_OK && i < b->n; i++) {
        nf_str name = score[i].label >= 0 ? nf_model_label(m, (size_t)score[i].label) : (nf_str){"", 0}, id = b->docs[i].id;
        printf("%.*s %s %.*s\n", (int)id.n, id.p, nf_score_status_text(score[i].status), (int)name.n, name.p);
    }
    free(score);
    free(log_odds);
    return s;
}

int main(int argc, char **argv)
{
    nf_model *m = NULL;
    nf_docs *docs = NULL;
    nf_scorer *scorer = NULL;
    nf_batch b = {0};
    nf_err err = {0};

    nf_init();
    nf_status s = argc > 2 ? nf_model_load(&m, argv[1], &err) : NF_EINVAL;
    if (s == NF_OK)
        s = nf_docs_open(&docs, (const char *const *)argv + 2, (size_t)argc - 2, NULL, &err);
    if (s == NF_OK)
        s = nf_scorer_new(&scorer, m, NULL, &err);
    while (s == NF_OK && (s = nf_docs_next(docs, &b, &err)) == NF_OK && b.n > 0)
        s = label(scorer, m, &b, &err);
    if (s != NF_OK)
        fprintf(stderr, "%s: %s\n", err.path, err.msg);
    nf_batch_clear(&b);
    nf_scorer_free(scorer);
    nf_docs_close(docs);
    nf_model_free(m);
    return s == NF_OK ? 0 : 1;
}
