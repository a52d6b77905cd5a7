/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_kernels.c - how fast the parts are, one thread each, with every row of kernels that this CPU has. Beside reading and counting
 * stands a floor: what copying or reading the same bytes takes when nothing is done with them.
 *
 *     bench_kernels [--table] [--only PREFIX] [FILE]
 *
 * The text is made from a fixed seed, or read from FILE. README.md says what each number means.
 */
#include "bench/bench.h"
#include "bench/text.h"

#include "base/io.h"
#include "base/kern.h"
#include "base/rng.h"
#include "base/try.h"
#include "features/corpus.h"
#include "features/dict.h"
#include "features/minhash.h"
#include "features/shingles.h"
#include "models/model.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MADE_BYTES = 8 << 20, PIECE = 32 << 10, BLOCK = 4 << 20, LOGS = 2048, LOG_ROUNDS = 200 };

/* Everything the pieces of work need. What they find is added to sink, so that none of it can be left out. */
typedef struct job {
    bench_docs docs;
    const nfi_kern *kern;
    uint64_t sink;
    char folder[256], jsonl[288], csv[288];
    const char *path; /* of the file to read */
    char *block;      /* BLOCK bytes */
    /* classify */
    uint8_t *lower;
    nfi_class64 *cls;
    /* tokens */
    const nfi_tokenizer *tokenizer;
    nfi_tokbuf tok;
    nfi_shingler shingler;
    nfi_densify densify;
    nfi_text text;
    nf_cleaner *cleaner;
    nf_cuts cuts;
    nf_batch batch; /* docs */
    /* scores */
    nf_model *model;
    nfi_dict dict;       /* of the model */
    uint32_t *term, *tf; /* of the documents */
    size_t *start;       /* documents + 1, in term and tf */
    double *acc, *table;
    float *expanded;
    size_t known;
    /* assignment */
    nf_csr x;
    float *center, *dots; /* d x kpad; kpad */
    size_t kpad;
    /* logarithms */
    double *number, *log;
} job;

static void must(nf_status s, const nf_err *err)
{
    if (s == NF_OK)
        return;
    fprintf(stderr, "bench_kernels: %s%s%s\n", err->path, err->path[0] ? ": " : "", err->msg[0] ? err->msg : nf_strstatus(s));
    exit(1);
}

static void *have(void *p)
{
    must(p ? NF_OK : NF_ENOMEM, &(nf_err){0});
    return p;
}

/* ---- pieces of work ---- */

static void work_memcpy(void *ctx)
{
    job *j = ctx;
    for (size_t at = 0; at < j->docs.text.n; at += BLOCK) {
        size_t n = j->docs.text.n - at < BLOCK ? j->docs.text.n - at : BLOCK;
        memcpy(j->block, j->docs.text.p + at, n);
        __asm__ volatile("" ::: "memory");
        j->sink += (unsigned char)j->block[n - 1];
    }
}

static void work_read(void *ctx)
{
    job *j = ctx;
    nf_err err = {0};
    ssize_t n = -1;
    int fd = open(j->path, O_RDONLY | O_CLOEXEC);

    while (fd >= 0 && (n = read(fd, j->block, BLOCK)) > 0)
        j->sink += (unsigned char)j->block[n - 1];
    must(n == 0 ? NF_OK : nfi_fail_at(&err, NF_EIO, j->path, 0, "cannot be read"), &err);
    close(fd);
}

static void work_docs(void *ctx)
{
    job *j = ctx;
    nf_docs *in = NULL;
    nf_batch batch = {0};
    nf_err err = {0};

    must(nf_docs_open(&in, &j->path, 1, &(nf_docs_opts){.dup_ids_suffix = true, .threads = 1}, &err), &err);
    do {
        must(nf_docs_next(in, &batch, &err), &err);
        for (size_t i = 0; i < batch.n; i++)
            j->sink += batch.docs[i].text.n;
    } while (batch.n);
    nf_batch_clear(&batch);
    nf_docs_close(in);
}

static void work_classify(void *ctx)
{
    job *j = ctx;
    for (size_t at = 0; at < j->docs.text.n; at += PIECE) {
        size_t left = j->docs.text.n - at, blocks = ((left < PIECE ? left : PIECE) + 63) / 64;
        j->kern->classify((const uint8_t *)j->docs.text.p + at, blocks, j->lower, j->cls);
        j->sink += j->cls[blocks - 1].letter;
    }
}

static void work_tokens(void *ctx)
{
    job *j = ctx;
    for (size_t i = 0; i < j->docs.n; i++) {
        nf_str t = bench_text_of(&j->docs, i);
        size_t pos = 0;
        while (nfi_tokenize(j->tokenizer, &j->tok, t.p, t.n, &pos))
            j->sink += j->tok.ntok;
    }
    must(j->tok.failed ? NF_ENOMEM : NF_OK, &(nf_err){0});
}

/* What newsframe dedup makes of each document: its shingles, signature and keys of bands. */
static void work_minhash(void *ctx)
{
    job *j = ctx;
    nf_err err = {0};
    nfi_bands bands = nfi_bands_for(0.7);
    uint32_t sig[NFI_BINS], key[NFI_BINS];

    for (size_t i = 0; i < j->docs.n; i++) {
        nf_str t = bench_text_of(&j->docs, i);
        size_t shingles;
        must(nfi_shingler_read(&j->shingler, j->tokenizer, &t, 1, &err), &err);
        must(nfi_shingler_set(&j->shingler, 5, &shingles, &err), &err);
        if (shingles == 0)
            continue;
        nfi_minhash(&j->densify, j->shingler.set, shingles, sig);
        nfi_band_keys(sig, bands, key, 1);
        j->sink += key[0];
    }
}

/* What newsframe train does with documents before it looks at their terms. */
static void work_count(void *ctx)
{
    job *j = ctx;
    nfi_counting k = {0};
    nf_corpus_opts o = {.threads = 1};
    nf_corpus *corpus = NULL;
    nf_err err = {0};

    must(nfi_counting_begin(&k, &j->text, &o, 0, &err), &err);
    must(nfi_counting_add(&k, &j->batch, &err), &err);
    must(nfi_counting_finish(&k, &corpus, &err), &err);
    j->sink += nfi_corpus_nodes(corpus);
    nf_corpus_free(corpus);
}

static void work_clean(void *ctx)
{
    job *j = ctx;
    nf_err err = {0};

    for (size_t i = 0; i < j->docs.n; i++) {
        must(nf_clean_text(j->cleaner, bench_text_of(&j->docs, i), (nf_str){0}, NULL, 0, &j->cuts, &err), &err);
        j->sink += j->cuts.chars;
    }
}

static void work_score(void *ctx)
{
    job *j = ctx;
    j->known = 0;
    for (size_t i = 0; i < j->docs.n; i++) {
        size_t a = j->start[i];
        nfi_score_row row = {j->term + a, j->tf + a, j->start[i + 1] - a};
        j->known += nfi_model_score_row(j->model, j->table, &row, j->acc, j->expanded);
        j->sink += nfi_bits(j->acc[0]);
    }
}

static void work_assign(void *ctx)
{
    job *j = ctx;
    for (size_t i = 0; i < j->x.rows; i++) {
        int64_t a = j->x.ptr[i];
        j->kern->spmv_f32(j->dots, j->x.idx + a, j->x.val + a, (size_t)(j->x.ptr[i + 1] - a), j->center, j->kpad, j->kpad);
        j->sink += j->dots[0] > j->dots[1];
    }
}

static void work_log(void *ctx)
{
    job *j = ctx;
    for (int i = 0; i < LOG_ROUNDS; i++) {
        j->kern->log_f32(j->log, j->number, LOGS);
        j->sink += nfi_bits(j->log[i]);
    }
}

/* ---- what they need ---- */

static nf_docs *open_docs(job *j, nf_err *err)
{
    nf_docs *in = NULL;
    const char *path = j->jsonl;
    must(nf_docs_open(&in, &path, 1, &(nf_docs_opts){.dup_ids_suffix = true}, err), err);
    return in;
}

/* A model of the documents, and the documents as rows of its terms. */
static void prepare_scores(job *j)
{
    nf_err err = {0};
    nf_docs *in = open_docs(j, &err);
    nf_counted *counted = NULL;
    nf_train_opts train = nf_train_defaults();
    nf_model_info info;
    nfi_counter c;
    size_t at = 0, capterm = 0, captf = 0;

    must(nf_count(&counted, in, &(nf_count_opts){.no_sample = true}, &err), &err);
    nf_docs_close(in);
    train.smoothing = 0.3;
    must(nf_model_train(&j->model, counted, &train, &err), &err);
    nf_counted_free(counted);
    nf_model_describe(j->model, &info);
    j->acc = have(nfi_alloc(info.classes, sizeof *j->acc));
    j->expanded = have(nfi_alloc(nfi_score_scratch(info.classes), sizeof *j->expanded));
    j->table = have(nfi_alloc(NFI_TF_TABLE, sizeof *j->table));
    nfi_tf_table(j->model->weighting->tf, j->table);

    j->start = have(nfi_alloc(j->docs.n + 1, sizeof *j->start));
    nfi_model_dict(j->model, &j->dict);
    must(nfi_dict_hash(&j->dict, 1, &err), &err);
    must(nfi_counter_init(&c, &j->model->text, &j->dict, &err), &err);
    for (size_t i = 0; i < j->docs.n; i++) {
        nf_str t = bench_text_of(&j->docs, i);
        must(nfi_count_doc(&c, &t, 1, &err), &err);
        must(nfi_grow(&j->term, &capterm, at + c.n, sizeof *j->term, &err), &err);
        must(nfi_grow(&j->tf, &captf, at + c.n, sizeof *j->tf, &err), &err);
        memcpy(j->term + at, c.term, c.n * sizeof *j->term);
        memcpy(j->tf + at, c.tf, c.n * sizeof *j->tf);
        j->start[i] = at;
        at += c.n;
    }
    j->start[j->docs.n] = at;
    nfi_counter_clear(&c);
}

/* The documents as rows for clustering, and centers of any content: time does not depend on it. */
static void prepare_assignment(job *j, size_t kmax)
{
    nf_err err = {0};
    nf_docs *in = open_docs(j, &err);
    nf_corpus *corpus = NULL;
    nf_vocabulary *v = NULL;
    nf_corpus_opts count = {.text = {.ngram_lo = 1, .ngram_hi = 1, .stopwords = "en"}};
    nf_select_opts select = {.min_df = 2, .max_df_share = 0.5};
    nfi_rng rng = nfi_rng_stream(1, NFI_RNG_TEST, 1);

    must(nf_corpus_count(&corpus, in, &count, &err), &err);
    nf_docs_close(in);
    must(nf_corpus_rows(corpus, &select, NULL, 0, &j->x, NULL, &v, &err), &err);
    nf_vocabulary_free(v);
    nf_corpus_free(corpus);
    j->center = have(nfi_alloc_aligned(j->x.cols * kmax, sizeof *j->center));
    j->dots = have(nfi_alloc_aligned(kmax, sizeof *j->dots));
    for (size_t i = 0; i < j->x.cols * kmax; i++)
        j->center[i] = (float)nfi_rng_unit(&rng);
}

static void prepare(job *j, const char *path)
{
    nf_err err = {0};
    const char *tmp = getenv("TMPDIR");
    nfi_rng rng = nfi_rng_stream(1, NFI_RNG_TEST, 2);

    must(path ? bench_docs_read(&j->docs, path, &err) : bench_docs_make(&j->docs, MADE_BYTES, &err), &err);
    snprintf(j->folder, sizeof j->folder, "%s/bench-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    must(mkdtemp(j->folder) ? NF_OK : nfi_fail_at(&err, NF_EIO, j->folder, 0, "cannot make a folder"), &err);
    snprintf(j->jsonl, sizeof j->jsonl, "%s/docs.jsonl", j->folder);
    snprintf(j->csv, sizeof j->csv, "%s/docs.csv", j->folder);
    must(bench_docs_write_jsonl(&j->docs, j->jsonl, &err), &err);
    must(bench_docs_write_csv(&j->docs, j->csv, &err), &err);
    j->batch = (nf_batch){.docs = have(nfi_calloc(j->docs.n, sizeof *j->batch.docs)), .n = j->docs.n};
    for (size_t i = 0; i < j->docs.n; i++) {
        j->batch.docs[i] = (nf_doc){.id = bench_id_of(&j->docs, i), .label = bench_label_of(&j->docs, i)};
        j->batch.docs[i].text = bench_text_of(&j->docs, i);
    }
    j->block = have(nfi_alloc_aligned(BLOCK, 1));
    j->lower = have(nfi_alloc_aligned(PIECE, 1));
    j->cls = have(nfi_alloc_aligned(PIECE / 64, sizeof *j->cls));
    j->number = have(nfi_alloc_aligned(LOGS, sizeof *j->number));
    j->log = have(nfi_alloc_aligned(LOGS, sizeof *j->log));
    for (size_t i = 0; i < LOGS; i++)
        j->number[i] = 1e-3 + 1e6 * nfi_rng_unit(&rng);
}

static void clear(job *j)
{
    unlink(j->jsonl);
    unlink(j->csv);
    rmdir(j->folder);
    bench_docs_clear(&j->docs);
    nfi_tokbuf_clear(&j->tok);
    nfi_shingler_clear(&j->shingler);
    nfi_free(j->batch.docs);
    nf_cuts_clear(&j->cuts);
    nfi_dict_clear(&j->dict);
    nf_model_free(j->model);
    nf_csr_clear(&j->x);
    void *own[] = {j->block, j->lower, j->cls, j->term, j->tf, j->start, j->acc, j->table, j->expanded,
                   j->center, j->dots, j->number, j->log};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        nfi_free(own[i]);
}

/* ---- results ---- */

static void floors(bench *b, job *j)
{
    static const struct {
        const char *floor, *name;
        bool csv;
    } file[] = {{"floor.read.jsonl", "read.jsonl", false}, {"floor.read.csv", "read.csv", true}};

    if (bench_wants(b, "floor.memcpy"))
        bench_run(b, "floor.memcpy", "-", BENCH_MB_PER_S, (double)j->docs.text.n, work_memcpy, j);
    for (size_t i = 0; i < 2; i++) {
        struct stat st;
        j->path = file[i].csv ? j->csv : j->jsonl;
        if (stat(j->path, &st) != 0)
            continue;
        if (bench_wants(b, file[i].floor))
            bench_run(b, file[i].floor, "-", BENCH_MB_PER_S, (double)st.st_size, work_read, j);
        if (bench_wants(b, file[i].name))
            bench_run(b, file[i].name, "-", BENCH_MB_PER_S, (double)st.st_size, work_docs, j);
    }
}

static void texts(bench *b, job *j)
{
    static const struct {
        const char *name, *tokenizer;
    } tokens[] = {{"tokens.news", "news"}, {"tokens.sklearn", "sklearn"}};
    static const struct {
        const char *name;
        int hi;
    } count[] = {{"count.1", 1}, {"count.1-2", 2}};
    double bytes = (double)j->docs.text.n;
    nf_err err = {0};

    if (bench_wants(b, "classify"))
        bench_run(b, "classify", j->kern->name, BENCH_MB_PER_S, bytes, work_classify, j);
    for (size_t i = 0; i < 2; i++) {
        j->tokenizer = nfi_tokenizer_find(tokens[i].tokenizer);
        if (bench_wants(b, tokens[i].name))
            bench_run(b, tokens[i].name, j->kern->name, BENCH_MB_PER_S, bytes, work_tokens, j);
    }
    j->tokenizer = nfi_tokenizer_find("news");
    nfi_densify_init(&j->densify);
    if (bench_wants(b, "minhash"))
        bench_run(b, "minhash", j->kern->name, BENCH_MB_PER_S, bytes, work_minhash, j);
    if (bench_wants(b, "clean")) {
        must(nf_cleaner_new(&j->cleaner, NULL, &err), &err);
        bench_run(b, "clean", j->kern->name, BENCH_MB_PER_S, bytes, work_clean, j);
        nf_cleaner_free(j->cleaner);
    }
    for (size_t i = 0; i < 2; i++) {
        if (!bench_wants(b, count[i].name))
            continue;
        must(nfi_text_init(&j->text, &(nf_text_opts){.ngram_lo = 1, .ngram_hi = count[i].hi, .no_clean = true}, &err), &err);
        bench_run(b, count[i].name, j->kern->name, BENCH_MB_PER_S, bytes, work_count, j);
        nfi_text_clear(&j->text);
    }
}

static void numbers(bench *b, job *j)
{
    static const struct {
        const char *name;
        size_t kpad;
    } assign[] = {{"assign.16", 16}, {"assign.20", 32}, {"assign.64", 64}, {"assign.100", 128}};

    if (bench_wants(b, "score")) {
        if (!j->model)
            prepare_scores(j);
        work_score(j);
        bench_run(b, "score", j->kern->name, BENCH_NS_PER_NONZERO, (double)j->known, work_score, j);
    }
    for (size_t i = 0; i < 4; i++) {
        if (!bench_wants(b, assign[i].name))
            continue;
        if (!j->center)
            prepare_assignment(j, 128);
        j->kpad = assign[i].kpad;
        bench_run(b, assign[i].name, j->kern->name, BENCH_NS_PER_NONZERO, (double)j->x.ptr[j->x.rows], work_assign, j);
    }
    if (bench_wants(b, "log"))
        bench_run(b, "log", j->kern->name, BENCH_NS_PER_LOG, (double)LOGS * LOG_ROUNDS, work_log, j);
}

static int usage(void)
{
    fprintf(stderr, "usage: bench_kernels [--table] [--only PREFIX] [FILE]\n");
    return 2;
}

int main(int argc, char **argv)
{
    bench b = {0};
    job j = {0};
    const char *path = NULL;
    size_t rows;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--table") == 0)
            b.table = true;
        else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc)
            b.only = argv[++i];
        else if (argv[i][0] == '-' || path)
            return usage();
        else
            path = argv[i];
    }
    nf_init();
    prepare(&j, path);
    floors(&b, &j);
    const nfi_kern *const *row = nfi_kern_rows(&rows);
    for (size_t r = 0; r < rows; r++) {
        /* what is not called through the row itself takes the one of the environment */
        setenv("NF_KERN", row[r]->name, 1);
        nfi_kern_init();
        j.kern = row[r];
        texts(&b, &j);
        numbers(&b, &j);
    }
    clear(&j);
    if (j.sink == 0 && b.done)
        fprintf(stderr, "bench_kernels: nothing was found\n");
    return b.done ? 0 : usage();
}
