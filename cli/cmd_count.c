/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_count.c - newsframe count: documents to additive statistics. */
#include "cli/work.h"

#include "base/mem.h"

struct opts {
    nfi_input_opts in;
    nfi_term_opts terms;
    nfi_common_opts common;
    const char *output, *weighting;
    nfi_ledger_rows ledger;
    bool dup_weight;
};

static const nfi_opt rows[] = {
    OPT_HEADER("Output"),
    {NFI_ROW(NFI_OPT_FILE, const char *, 'o', "output", struct opts, output, "FILE", NULL,
             "the statistics to write, replaced at once when all is done"),
     .flags = NFI_OPT_REQUIRED},
    OPT_LEDGER(struct opts, ledger),
    {NFI_ROW(NFI_OPT_FLAG, bool, 0, "dup-weight", struct opts, dup_weight, NULL, NULL, "cannot be counted"), .flags = NFI_OPT_HIDDEN},
    OPT_TEXT(struct opts, terms, "1-2", "none"),
    OPT_LEAD(struct opts, terms),
    OPT_ENUM(0, "weighting", struct opts, weighting, "tfidf", nf_weighting_name,
             "whose sums are kept, an additive one; tf and binary can be had from any"),
    OPT_CLEAN(struct opts, terms),
    OPT_LANGUAGE(struct opts, terms),
    OPT_INPUT(struct opts, in),
    OPT_MULTI(struct opts, in),
    OPT_HEADER("Common"),
    OPT_THREADS(struct opts, common),
    OPT_MEMORY(struct opts, common),
    OPT_QUIET(struct opts, common),
    OPT_END};

static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    const struct opts *o = opts;
    nf_counted *counted = NULL;
    nf_docs *docs = NULL;
    nfi_progress progress = {0};
    nf_count_opts count = {.weighting = o->weighting, .ledger = !o->ledger.none, .no_sample = true};
    nf_clean_opts clean;
    void *salt;
    nf_err err = {0};

    if (o->dup_weight)
        return nfi_cli_usage(cli, "--dup-weight cannot be counted: which document is a copy depends on all others, so such counts do not "
                                  "add up; write the documents with newsframe dedup --keep first, and count those");
    int usage = nfi_work_check_labels(cli, &o->in);
    if (usage == NFI_EXIT_OK)
        usage = nfi_work_outputs(cli, (const char *const[]){o->output, o->in.rejects}, 2, nargs, args, NULL);
    if (usage == NFI_EXIT_OK)
        usage = nfi_work_check_terms(cli, &o->terms, (const char *const[]){o->output, o->in.rejects}, 2);
    if (usage == NFI_EXIT_OK && o->ledger.salt)
        usage = nfi_work_outputs(cli, (const char *const[]){o->output, o->in.rejects}, 2, nargs, args, o->ledger.salt);
    if (usage == NFI_EXIT_OK)
        usage = nfi_work_salt(cli, &o->ledger, &salt, &count.salt_n);
    if (usage != NFI_EXIT_OK)
        return usage;
    count.salt = salt;
    nfi_work_count(&o->terms, &o->common, &progress, &count.corpus, &clean);
    count.corpus.multi = o->in.multi;
    nf_docs_opts in = {0};
    nfi_cli_docs_opts(&in, &o->in, &o->common);
    in.check_label = true;
    nf_status s = nf_docs_open(&docs, (const char *const *)args, (size_t)nargs, &in, &err);
    if (s == NF_OK) {
        nfi_progress_start(&progress, cli, "counting", "documents");
        s = nf_count(&counted, docs, &count, &err);
        nfi_progress_stop(&progress);
    }
    if (s == NF_OK)
        s = nf_docs_finish(docs, &err);
    if (s == NF_OK)
        s = nf_counted_save(counted, (int)o->common.threads, o->output, &err);
    if (s == NF_OK) {
        nfi_tally t;
        if (o->in.multi)
            nfi_work_note_single(cli, counted);
        nfi_tally_begin(&t, "read", nf_docs_counts(docs)->read);
        nfi_tally_part(&t, "labelled", nf_counted_labelled(counted));
        nfi_tally_part(&t, "unlabelled", nf_counted_docs(counted) - nf_counted_labelled(counted));
        nfi_tally_docs(&t, nf_docs_counts(docs));
        nfi_tally_end(&t, cli);
    }
    nfi_free(salt);
    nf_counted_free(counted);
    nf_docs_close(docs);
    return nfi_cli_fail(cli, s, &err);
}

static const char *const paragraphs[] = {
    "Counts documents into a statistics file: for every term and label the number of documents, the occurrences, and the sum of the "
    "weights, as exact integers. Nothing is pruned and no text is kept.",
    "Statistics add up: counting two halves, on one machine or two, and merging them gives the bytes of counting the whole. newsframe "
    "train --from makes the model.",
    "The statistics keep a ledger: the id of every document, and hashes of id and text. A document that is counted twice, here or by "
    "newsframe merge, is then an error that names it, and newsframe forget can tell whether a document was counted. Equal text under "
    "another id counts normally, and so do records without an id of their own, which nothing tells apart. --no-ledger leaves it out; "
    "--ledger-salt keeps hashes alone, which nobody can test texts against without the salt. Statistics add up only when all have a "
    "ledger (with the same salt) or none.",
    NULL};

static const nfi_example examples[] = {
    {"newsframe count $NF_SAMPLES/geo-1/corpus.jsonl -o geo-1.nfs", "count labelled JSON lines"},
    {NULL, NULL}};

const nfi_verb nfi_verb_count = {.name = "count",
                                 .group = "Learn",
                                 .summary = "count documents into statistics that can be added up",
                                 .operands = "[CORPUS...]",
                                 .max_args = -1,
                                 .paragraphs = paragraphs,
                                 .opts = rows,
                                 .opts_size = sizeof(struct opts),
                                 .examples = examples,
                                 .exits = NFI_EXITS_DATA,
                                 .run = run};
