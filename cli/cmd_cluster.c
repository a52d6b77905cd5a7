/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_cluster.c - newsframe cluster: documents into groups by topic, as two tables. */
#include "cli/columns.h"
#include "cli/dups.h"
#include "cli/similar.h"
#include "cli/work.h"

#include "base/buf.h"
#include "base/try.h"
#include "newsframe/cluster.h"

#include <string.h>

enum { SMALL = 50, MIDDLE = 1000, TERMS = 10, EXEMPLARS = 5, NAME_TERMS = 3, TERM_MAX = 1100 };

struct opts {
    nfi_input_opts in;
    nfi_term_opts terms;
    nfi_output_opts out;
    nfi_common_opts common;
    const char *clusters, *similarities, *weighting, *metric, *init;
    uint64_t k, restarts, max_iter;
    bool no_refine, dup_weight;
    nfi_dup_opts dup;
};

static const nfi_opt rows[] = {
    OPT_HEADER("Clusters"),
    {NFI_ROW(NFI_OPT_COUNT, uint64_t, 'k', "k", struct opts, k, "K", NULL, "number of clusters"), .min = 1, .max = 65535,
     .flags = NFI_OPT_REQUIRED},
    OPT_COUNT(0, "restarts", struct opts, restarts, "N", "10", 1, 1000,
              "runs from different seeds; the best fifth goes on to the end, the best objective wins"),
    OPT_ENUM(0, "metric", struct opts, metric, "spherical", nf_kmeans_metric_name, "how near a document is to a centroid"),
    OPT_ENUM(0, "init", struct opts, init, "k-means++", nf_kmeans_init_name, "how the first centroids are chosen"),
    OPT_COUNT(0, "max-iter", struct opts, max_iter, "N", "1000", 1, 10000, "most iterations of a run"),
    OPT_FLAG(0, "no-refine", struct opts, no_refine,
             "plain Lloyd iterations, without the moves of single documents that improve the objective at the end"),
    OPT_OUTPUT(struct opts, out),
    OPT_FILE(0, "clusters", struct opts, clusters, NULL, "also write one row a cluster to FILE: size, terms, exemplars"),
    OPT_FILE(0, "similarities", struct opts, similarities, NULL,
             "also write to FILE how alike the centroids of every two clusters are, the nearest first"),
    OPT_TEXT(struct opts, terms, "1", "en"),
    OPT_SELECT(struct opts, terms, "5", "50%"),
    OPT_ENUM(0, "weighting", struct opts, weighting, "tfidf", nf_weighting_name,
             "how frequencies become weights; rows then get unit length"),
    OPT_CLEAN(struct opts, terms),
    OPT_LANGUAGE(struct opts, terms),
    OPT_HEADER("Duplicates"),
    OPT_FLAG(0, "dup-weight", struct opts, dup_weight,
             "a group of copies weighs as one document, its first; the copies go where that goes"),
    OPT_DUPLICATES(struct opts, dup, "dup-"),
    OPT_INPUT(struct opts, in),
    OPT_HEADER("Common"),
    OPT_THREADS(struct opts, common),
    {NFI_ROW(NFI_OPT_SIZE, uint64_t, 0, "memory", struct opts, common.memory, "SIZE", NULL,
             "most memory for rows; without it half of what there is"),
     .min = (int64_t)16 << 20, .max = INT64_MAX},
    OPT_SEED(struct opts, common),
    OPT_QUIET(struct opts, common),
    OPT_END};

typedef struct job {
    const struct opts *o;
    nfi_cli *cli;
    nf_docs_stats stats;
    nf_str *column; /* carried columns of the input */
    size_t ncolumns;
    size_t id;      /* carried column of the id; SIZE_MAX: the input has none, it is written first */
    char *names;    /* their bytes */
    nf_corpus *c;  /* without copies when these weigh nothing */
    nfi_dup_watch watch;
    size_t n;      /* documents, copies included */
    uint32_t *row; /* n: of the document, or of its first, in c; NULL: c has all */
    nf_str *cell;  /* n x (ncolumns + 1): ids and carried columns; NULL: c has all */
    uint64_t copies;
    nf_csr X, counts;
    nf_vocabulary *v;
    nf_clusters k;
    nf_cluster_term *heavy, *distinct; /* k x TERMS */
    int64_t *exemplar;                 /* k x EXEMPLARS */
    nfi_buf name;                      /* of a cluster, for the moment */
} job;

/* The stream is closed before the tables are written: keep the column names. */
static nf_status keep_columns(job *j, const nf_docs *docs)
{
    size_t bytes = 0;
    const nf_str *c = nf_docs_columns(docs, &j->ncolumns);

    for (size_t i = 0; i < j->ncolumns; i++)
        bytes += c[i].n;
    j->column = nfi_calloc(j->ncolumns + 1, sizeof *j->column); /* the first is "id", used or not */
    j->names = nfi_alloc(bytes, 1);
    if (!j->column || !j->names)
        return NF_ENOMEM;
    j->column[0] = (nf_str){"id", 2};
    bytes = 0;
    for (size_t i = 0; i < j->ncolumns; i++) {
        memcpy(j->names + bytes, c[i].p, c[i].n);
        j->column[i + 1] = (nf_str){j->names + bytes, c[i].n};
        bytes += c[i].n;
    }
    return NF_OK;
}

/* Leaves the copies out of the corpus; what the table says of them is kept. */
static nf_status drop_copies(job *j, nf_err *err)
{
    size_t n = nf_corpus_docs(j->c), width = j->ncolumns + 1;
    nf_groups g = {0};
    nf_status s = nf_dedup_groups(&g, j->watch.d, err);
    bool *keep = nfi_alloc(n, sizeof *keep);

    j->row = nfi_alloc(n, sizeof *j->row);
    j->cell = nfi_calloc(n, width * sizeof *j->cell);
    if (s == NF_OK && (!keep || !j->row || !j->cell))
        s = err->code = NF_ENOMEM;
    for (size_t d = 0, kept = 0; s == NF_OK && d < n; d++) {
        keep[d] = g.rank[d] <= 1;
        j->row[d] = (uint32_t)kept;
        kept += keep[d];
        j->cell[d * width] = nf_corpus_id(j->c, d);
        for (size_t c = 0; c < j->ncolumns; c++)
            j->cell[d * width + 1 + c] = nf_corpus_carried(j->c, d, c);
    }
    for (size_t d = 0; s == NF_OK && d < n; d++) /* a first may come after its copies */
        if (!keep[d])
            j->row[d] = j->row[g.first[d]];
    if (s == NF_OK)
        s = nf_corpus_keep(j->c, keep, err);
    if (s == NF_OK)
        nfi_dup_warn(j->cli, &g);
    j->copies = g.exact + g.near;
    nfi_free(keep);
    nf_groups_clear(&g);
    nf_dedup_free(j->watch.d);
    j->watch.d = NULL;
    return s;
}

static nf_status count_documents(job *j, const nf_dedup_opts *dup, int nargs, char **args, nf_err *err)
{
    const struct opts *o = j->o;
    nf_docs *docs = NULL;
    nfi_progress progress = {0};
    nf_corpus_opts count = {.keep_ids = true, .keep_carried = true};
    nf_clean_opts clean;
    nf_status s;

    nfi_work_count(&o->terms, &o->common, &progress, &count, &clean);
    if ((s = nfi_work_open(&docs, &o->in, &o->common, false, nargs, args, err)) != NF_OK)
        return s;
    if (o->dup_weight)
        s = nfi_dup_watch_begin(&j->watch, docs, dup, &o->in, err);
    nfi_progress_start(&progress, j->cli, "counting", "documents");
    if (s == NF_OK)
        s = nf_corpus_count(&j->c, docs, &count, err);
    nfi_progress_stop(&progress);
    j->stats = *nf_docs_counts(docs);
    if (s == NF_OK)
        s = keep_columns(j, docs);
    j->id = nfi_work_id_column(docs, &o->in);
    if (s == NF_OK)
        s = nf_docs_finish(docs, err);
    if (s == NF_OK)
        j->n = nf_corpus_docs(j->c);
    if (s == NF_OK && o->dup_weight)
        s = drop_copies(j, err);
    nf_docs_close(docs);
    return s;
}

static nf_status cluster(job *j, nf_err *err)
{
    const struct opts *o = j->o;
    nf_select_opts select;
    nf_kmeans_opts k = nf_kmeans_defaults((size_t)o->k);
    nf_status s;

    size_t n = nf_corpus_docs(j->c);
    nfi_work_select(&o->terms, &select);
    if (n < SMALL && !nfi_cli_given(j->cli, "min-df") && !nfi_cli_given(j->cli, "max-df")) {
        select = (nf_select_opts){.max_features = o->terms.max_features}; /* document frequencies of few documents say little */
        nfi_cli_note(j->cli, "fewer than %d documents: all terms are kept (--min-df 1, no --max-df)", SMALL);
    } else if (n < MIDDLE && !nfi_cli_given(j->cli, "min-df")) {
        select.min_df = 2;
        nfi_cli_note(j->cli, "fewer than %d documents: terms of at least 2 are kept (--min-df 2)", MIDDLE);
    }
    if ((s = nf_corpus_rows(j->c, &select, o->weighting, (int)o->common.threads, &j->X, &j->counts, &j->v, err)) != NF_OK)
        return s;
    k.metric = o->metric;
    k.init = o->init;
    k.restarts = (int)o->restarts;
    k.max_iter = (int)o->max_iter;
    k.refine = !o->no_refine;
    k.seed = o->common.seed;
    k.threads = (int)o->common.threads;
    if ((s = nf_kmeans(&j->k, &j->X, &k, err)) != NF_OK)
        return s;
    j->heavy = nfi_alloc(j->k.k * TERMS, sizeof *j->heavy);
    j->distinct = nfi_alloc(j->k.k * TERMS, sizeof *j->distinct);
    j->exemplar = nfi_alloc(j->k.k * EXEMPLARS, sizeof *j->exemplar);
    if (!j->heavy || !j->distinct || !j->exemplar)
        return NF_ENOMEM;
    if ((s = nf_cluster_heaviest(&j->k, TERMS, j->heavy, err)) != NF_OK ||
        (s = nf_cluster_distinctive(&j->k, &j->counts, TERMS, j->distinct, err)) != NF_OK)
        return s;
    return nf_cluster_exemplars(&j->k, EXEMPLARS, j->exemplar, err);
}

/* Terms of one cluster joined by the separator; at most max of them. */
static void term_list(job *j, nfi_buf *b, const nf_cluster_term *t, size_t max, const char *between)
{
    char term[TERM_MAX];

    b->n = 0;
    for (size_t i = 0; i < max && t[i].term >= 0; i++) {
        size_t n = nf_vocabulary_term(j->v, (size_t)t[i].term, term, sizeof term);
        if (i > 0)
            nfi_buf_puts(b, between);
        nfi_buf_put(b, term, n < sizeof term ? n : sizeof term);
    }
}

/* The most distinctive terms, or the heaviest when nothing sets the cluster apart. */
static void name_of(job *j, nfi_buf *b, size_t k)
{
    const nf_cluster_term *t = j->distinct + k * TERMS;
    term_list(j, b, t[0].term >= 0 ? t : j->heavy + k * TERMS, NAME_TERMS, ", ");
}

static nf_status document_table(job *j, nf_err *err)
{
    nf_csv *w;
    nfi_buf name = {0};
    const nf_clusters *k = &j->k;
    nf_status s = nf_csv_open(&w, j->o->out.output, (nf_csv_dialect)j->o->out.excel, err);

    if (s != NF_OK)
        return s;
    nfi_dict_header(w, "cluster_documents", j->column + (j->id == SIZE_MAX ? 0 : 1), j->ncolumns + (j->id == SIZE_MAX ? 1 : 0), NULL, 0);
    for (size_t doc = 0; doc < j->n; doc++) {
        size_t d = j->row ? j->row[doc] : doc;
        const nf_str *cell = j->cell ? j->cell + doc * (j->ncolumns + 1) : NULL;
        nf_str id = cell ? cell[0] : nf_corpus_id(j->c, d);
        if (j->id == SIZE_MAX)
            nf_csv_text(w, id.p, id.n);
        for (size_t c = 0; c < j->ncolumns; c++) {
            nf_str x = c == j->id ? id : cell ? cell[c + 1] : nf_corpus_carried(j->c, d, c);
            nf_csv_text(w, x.p, x.n);
        }
        bool in = k->assign[d] >= 0, second = in && k->second[d] >= 0;
        nf_csv_str(w, in ? "ok" : "empty");
        if (in) {
            name_of(j, &name, (size_t)k->assign[d]);
            nf_csv_int(w, k->assign[d] + 1);
            nf_csv_text(w, name.p, name.n);
            nf_csv_num(w, (double)k->similarity[d], 6);
        } else {
            for (int i = 0; i < 3; i++)
                nf_csv_blank(w);
        }
        if (second) {
            nf_csv_int(w, k->second[d] + 1);
            nf_csv_num(w, (double)k->similarity[d] - (double)k->second_similarity[d], 6);
        } else {
            nf_csv_blank(w);
            nf_csv_blank(w);
        }
        nf_csv_end(w);
    }
    bool ok = nfi_buf_ok(&name);
    nfi_buf_clear(&name);
    s = nf_csv_close(w, ok, err);
    return ok ? s : NF_ENOMEM;
}

static nf_status cluster_table(job *j, nf_err *err)
{
    nf_csv *w;
    nfi_buf b = {0};
    const nf_clusters *k = &j->k;
    uint64_t inside = 0;
    double *sum = nfi_calloc(k->k, sizeof *sum);
    nf_status s = sum ? nf_csv_open(&w, j->o->clusters, (nf_csv_dialect)j->o->out.excel, err) : nfi_oom(err, "clusters");

    if (s != NF_OK) {
        nfi_free(sum);
        return s;
    }
    for (size_t c = 0; c < k->k; c++)
        inside += k->size[c];
    for (size_t d = 0; d < k->n; d++)
        if (k->assign[d] >= 0)
            sum[k->assign[d]] += (double)k->similarity[d];
    nfi_dict_header(w, "clusters", NULL, 0, NULL, 0);
    for (size_t c = 0; c < k->k; c++) {
        nf_csv_int(w, (int64_t)c + 1);
        name_of(j, &b, c);
        nf_csv_text(w, b.p, b.n);
        nf_csv_int(w, (int64_t)k->size[c]);
        nf_csv_num(w, (double)k->size[c] / (double)inside, 6);
        nf_csv_num(w, sum[c] / (double)k->size[c], 6);
        term_list(j, &b, j->heavy + c * TERMS, TERMS, " | ");
        nf_csv_text(w, b.p, b.n);
        term_list(j, &b, j->distinct + c * TERMS, TERMS, " | ");
        nf_csv_text(w, b.p, b.n);
        b.n = 0;
        for (size_t i = 0; i < EXEMPLARS && j->exemplar[c * EXEMPLARS + i] >= 0; i++) {
            nf_str id = nf_corpus_id(j->c, (size_t)j->exemplar[c * EXEMPLARS + i]);
            if (i > 0)
                nfi_buf_puts(&b, " | ");
            nfi_buf_put(&b, id.p, id.n);
        }
        nf_csv_text(w, b.p, b.n);
        nf_csv_end(w);
    }
    bool ok = nfi_buf_ok(&b);
    nfi_buf_clear(&b);
    nfi_free(sum);
    s = nf_csv_close(w, ok, err);
    return ok ? s : NF_ENOMEM;
}

static void name_cells(nf_csv *w, void *ctx, size_t c)
{
    job *j = ctx;

    nf_csv_int(w, (int64_t)c + 1);
    name_of(j, &j->name, c);
    nf_csv_text(w, j->name.p, j->name.n);
}

static nf_status similarity_table(job *j, nf_err *err)
{
    nf_dense S = {0};
    nf_status s = NF_OK;

    NF_TRY(nfi_similar_alloc(&S, j->k.k, "clusters", err));
    NF_GO(nf_cluster_similarity(&j->k, &S, err));
    NF_GO(nfi_similar_write(&(nfi_similar_table){"cluster_similarities", "clusters", name_cells, j}, &S, j->o->similarities,
                            j->o->out.excel, j->cli, err));
    s = nfi_buf_ok(&j->name) ? NF_OK : nfi_oom(err, "names of clusters");
out:
    nf_dense_clear(&S);
    return s;
}

/* Where documents carry labels: how far clusters and labels agree. */
static void report_agreement(job *j)
{
    size_t n = nf_corpus_docs(j->c);
    nf_agreement a;

    if (nf_corpus_classes(j->c) < 2)
        return;
    int32_t *label = nfi_alloc(n, sizeof *label);
    for (size_t d = 0; label && d < n; d++)
        label[d] = nf_corpus_label(j->c, d);
    if (label && nf_agreement_of(label, j->k.assign, n, &a, NULL) == NF_OK)
        nfi_cli_note(j->cli, "against the label column: NMI %.4f  ARI %.4f  purity %.4f  (clusters describe vocabulary, labels need not)",
                     a.nmi, a.ari, a.purity);
    nfi_free(label);
}

static void report(job *j)
{
    uint64_t inside = 0;
    nfi_tally t;

    for (size_t c = 0; c < j->k.k; c++)
        inside += j->k.size[c];
    nfi_cli_note(j->cli, "%zu clusters, %zu terms, objective %.4f, restart %d, %d iterations%s", j->k.k, nf_vocabulary_size(j->v),
                 j->k.objective, j->k.restart + 1, j->k.iterations, j->k.converged ? "" : " (not converged: raise --max-iter)");
    report_agreement(j);
    nfi_tally_begin(&t, "read", j->stats.read);
    nfi_tally_part(&t, "clustered", inside);
    nfi_tally_part(&t, "empty", nf_corpus_docs(j->c) - inside);
    nfi_tally_part(&t, "copies", j->copies);
    nfi_tally_docs(&t, &j->stats);
    nfi_tally_end(&t, j->cli);
}

static int run(const void *opts, nfi_cli *cli, int nargs, char **args)
{
    const struct opts *o = opts;
    job j = {.o = o, .cli = cli};
    nf_dedup_opts dup;
    nf_clean_opts dup_clean;
    nf_err err = {0};

    const char *const outputs[] = {o->out.output, o->clusters, o->similarities, o->in.rejects};
    int usage = nfi_work_outputs(cli, outputs, 4, nargs, args, NULL);
    if (usage == NFI_EXIT_OK)
        usage = nfi_work_check_terms(cli, &o->terms, outputs, 4);
    if (usage == NFI_EXIT_OK)
        usage = nfi_dup_options(cli, &o->dup, &o->terms, &o->common, &dup_clean, &dup);
    if (usage == NFI_EXIT_OK && !o->dup_weight && (nfi_cli_given(cli, "dup-threshold") || nfi_cli_given(cli, "dup-window")))
        usage = nfi_cli_usage(cli, "--dup-threshold and --dup-window say what a copy is; add --dup-weight");
    if (usage != NFI_EXIT_OK)
        return usage;
    nf_status s = count_documents(&j, &dup, nargs, args, &err);
    if (s == NF_OK)
        s = cluster(&j, &err);
    if (s == NF_OK && o->clusters)
        s = cluster_table(&j, &err);
    if (s == NF_OK && o->similarities)
        s = similarity_table(&j, &err);
    if (s == NF_OK)
        s = document_table(&j, &err);
    if (s == NF_OK)
        report(&j);
    nfi_buf_clear(&j.name);
    nfi_free(j.column);
    nfi_free(j.names);
    nfi_free(j.heavy);
    nfi_free(j.distinct);
    nfi_free(j.exemplar);
    nf_clusters_clear(&j.k);
    nf_csr_clear(&j.X);
    nf_csr_clear(&j.counts);
    nf_vocabulary_free(j.v);
    nf_corpus_free(j.c);
    nfi_free(j.row);
    nfi_free(j.cell);
    nf_dedup_free(j.watch.d);
    return nfi_dup_fail(cli, &j.watch, s, &err);
}

static const char *const paragraphs[] = {
    "Groups documents by k-means on tf-idf rows of unit length: by cosine (spherical k-means), from several seedings of which the best "
    "objective wins. One table has every document with its cluster, how similar it is to the centroid, the second best cluster and the "
    "margin; the other has every cluster with its size, heaviest terms, most distinctive terms and the documents nearest to the centroid. "
    "--similarities adds a third: the cosine of the centroids of every two clusters.",
    "With --dup-weight a group of copies, as newsframe dedup finds them, counts as one document: its first is clustered, and the rows of "
    "the copies say where that one went.",
    "The same seed gives the same clusters for any number of threads and on any CPU. Clusters describe vocabulary: a way to explore a "
    "corpus, not a coding of frames.",
    NULL};

static const nfi_example examples[] = {{"newsframe cluster $NF_SAMPLES/geo-1/corpus.jsonl -k 10 -o documents.csv --clusters clusters.csv",
                                        "ten clusters of the bundled corpus"},
                                       {NULL, NULL}};

const nfi_verb nfi_verb_cluster = {
    .name = "cluster", .group = "Explore", .summary = "group documents by topic", .operands = "[CORPUS...]", .max_args = -1,
    .paragraphs = paragraphs, .opts = rows, .opts_size = sizeof(struct opts), .examples = examples, .exits = NFI_EXITS_DATA, .run = run};
