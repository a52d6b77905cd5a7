/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * make_builtin.c - build-time program: trains the bundled corpus and writes the model as a C array.
 * usage: make_builtin CORPUS SENTENCES CODEBOOK OUT.c OUT.nfm
 *
 * The model is to hold for articles, headlines and single sentences of sources that the corpus does not have. So it is trained on texts and
 * on their sentences, each counted once for every frame it is coded with, and the seeds of the codebook count like so many texts of their
 * frame. The settings are those that do best when one generation of texts is trained on and the other scored, in either direction;
 * probabilities are learned in five folds that keep a text and its sentences together.
 */
#include "base/buf.h"
#include "base/io.h"
#include "base/try.h"
#include "datasets/json_text.h"
#include "features/stats.h"
#include "models/oof.h"
#include "newsframe/models.h"

#include <stdio.h>
#include <string.h>

enum { FOLDS = 5, ID_BYTES = 9 }; /* ids begin with that of the text: geo1-0123, geo1-dip-001 */

/* Units of training as JSON lines: one for each label of each record. Sentences stand in the title, which cleaning leaves alone. */
static nf_status put_units(nfi_buf *b, const char *path, bool sentences, nf_err *err)
{
    nf_docs *docs = NULL;
    nf_batch batch = {0};
    nf_docs_opts in = {.need_label = true, .multi = true, .label = sentences ? "frames" : "labels", .threads = 1};
    nf_status s = nf_docs_open(&docs, &path, 1, &in, err);

    while (s == NF_OK && (s = nf_docs_next(docs, &batch, err)) == NF_OK && batch.n) {
        for (size_t i = 0; i < batch.n; i++) {
            const nf_doc *d = &batch.docs[i];
            for (const char *p = d->label.p, *end = p + d->label.n; p < end;) {
                const char *cut = memchr(p, ';', (size_t)(end - p)), *to = cut ? cut : end;
                nfi_buf_puts(b, "{\"id\":");
                nfi_json_put_string(b, d->id);
                nfi_buf_puts(b, ",\"title\":");
                nfi_json_put_string(b, sentences ? d->text : d->title);
                nfi_buf_puts(b, ",\"text\":");
                nfi_json_put_string(b, sentences ? (nf_str){0} : d->text);
                nfi_buf_puts(b, ",\"label\":");
                nfi_json_put_string(b, (nf_str){p, (size_t)(to - p)});
                nfi_buf_puts(b, "}\n");
                p = cut ? cut + 1 : end;
            }
        }
    }
    nf_batch_clear(&batch);
    nf_docs_close(docs);
    return s;
}

static nf_status write_units(const char *corpus, const char *sentences, const char *path, nf_err *err)
{
    nfi_buf b = {0};
    nfi_out *out = NULL;
    nf_status s = put_units(&b, corpus, false, err);

    if (s == NF_OK)
        s = put_units(&b, sentences, true, err);
    if (s == NF_OK && !nfi_buf_ok(&b))
        s = nfi_oom(err, "units");
    if (s == NF_OK && (s = nfi_out_open(&out, path, err)) == NF_OK) {
        nfi_out_write(out, b.p, b.n);
        s = nfi_out_commit(out, err);
    }
    nfi_buf_clear(&b);
    return s;
}

/* What models say of units held out. */
typedef struct held_units {
    size_t nclasses;
    double *score;
    bool *known;
} held_units;

static void keep(void *ctx, const nfi_held *h)
{
    held_units *x = ctx;
    memcpy(x->score + h->doc * x->nclasses, h->score, x->nclasses * sizeof *h->score);
    x->known[h->doc] = h->known > 0;
}

/* Fold of the text that a unit is or belongs to, by the hash of its id. */
static int32_t fold_of(nf_str id)
{
    uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */
    for (size_t i = 0, n = id.n > ID_BYTES && id.p[5] > '9' ? 12 : ID_BYTES; i < n && i < id.n; i++)
        h = (h ^ (unsigned char)id.p[i]) * 0x100000001b3u;
    return (int32_t)((h >> 32) % FOLDS);
}

static nf_status calibrate(nf_model *m, const nf_corpus *c, const nf_train_opts *o, nf_err *err)
{
    nf_status s = NF_OK;
    held_units x = {c->nclasses, nfi_calloc(c->n * c->nclasses, sizeof *x.score), nfi_calloc(c->n, sizeof *x.known)};
    int32_t *fold = nfi_alloc(c->n, sizeof *fold), *label = nfi_alloc(c->n, sizeof *label);
    size_t n = 0;

    if (!x.score || !x.known || !fold || !label) {
        s = nfi_oom(err, "calibration");
        goto out;
    }
    for (size_t d = 0; d < c->n; d++)
        fold[d] = fold_of(nf_corpus_id(c, d));
    nfi_split plan = {.fold = fold, .folds = FOLDS};
    NF_GO(nfi_oof(c, NULL, o, &plan, keep, &x, NULL, err));
    for (size_t d = 0; d < c->n; d++) {
        if (!x.known[d])
            continue;
        memmove(x.score + n * x.nclasses, x.score + d * x.nclasses, x.nclasses * sizeof *x.score);
        label[n++] = c->label[d];
    }
    s = nfi_calibration_fit(&m->calibration, nfi_calibrators[0], n, c->nclasses, label, x.score, "out-of-fold", err);
out:
    nfi_free(x.score);
    nfi_free(x.known);
    nfi_free(fold);
    nfi_free(label);
    return s;
}

static nf_status train(const char *units, const char *codebook, const char *model, nf_err *err)
{
    nf_docs *docs = NULL;
    nf_corpus *c = NULL;
    nf_codebook *cb = NULL;
    nf_model *m = NULL;
    nf_docs_opts in = {.need_label = true, .threads = 1, .dup_ids_suffix = true};
    nf_corpus_opts count = {.threads = 1, .keep_ids = true};
    nf_train_opts o = nf_train_defaults();
    nf_status s = NF_OK;

    NF_GO(nf_codebook_read(&cb, codebook, err));
    o.threads = 1;
    o.codebook = cb;
    o.seed_strength = 30;
    o.smoothing = 1;
    o.select.min_df = 4; /* a word of a text is in one of its sentences too */
    o.calibration = "none"; /* leave-one-out would leave its sentences in */
    NF_GO(nf_docs_open(&docs, &units, 1, &in, err));
    NF_GO(nf_corpus_count(&c, docs, &count, err));
    NF_GO(nfi_model_of(&m, NULL, c, NULL, &o, err));
    NF_GO(calibrate(m, c, &o, err));
    s = nf_model_save(m, model, err);
out:
    nf_model_free(m);
    nf_corpus_free(c);
    nf_docs_close(docs);
    nf_codebook_free(cb);
    return s;
}

static nf_status embed(const char *model, const char *source, nf_err *err)
{
    void *data = NULL;
    size_t n;
    nfi_buf b = {0};
    nfi_out *out = NULL;

    nf_status s = nfi_read_file(&data, &n, model, (uint64_t)1 << 30, err);
    if (s != NF_OK)
        return s;
    nfi_buf_puts(&b, "#include <stddef.h>\nextern const unsigned char nfi_builtin_model[];\nextern const size_t nfi_builtin_model_size;\n"
                     "_Alignas(64) const unsigned char nfi_builtin_model[] = {");
    for (size_t i = 0; i < n; i++) {
        nfi_buf_puts(&b, i % 32 ? "," : i ? ",\n" : "\n");
        nfi_buf_put_u64(&b, ((const unsigned char *)data)[i]);
    }
    nfi_buf_puts(&b, "};\nconst size_t nfi_builtin_model_size = sizeof nfi_builtin_model;\n");
    nfi_free(data);
    if (nfi_buf_ok(&b) && (s = nfi_out_open(&out, source, err)) == NF_OK) {
        nfi_out_write(out, b.p, b.n);
        s = nfi_out_commit(out, err);
    }
    nfi_buf_clear(&b);
    return s;
}

int main(int argc, char **argv)
{
    nf_err err = {0};
    char units[4096];

    if (argc != 6 || (size_t)snprintf(units, sizeof units, "%s.units.jsonl", argv[5]) >= sizeof units)
        return 2;
    nf_init();
    nf_status s = write_units(argv[1], argv[2], units, &err);
    if (s == NF_OK)
        s = train(units, argv[3], argv[5], &err);
    if (s == NF_OK)
        s = embed(argv[5], argv[4], &err);
    if (s != NF_OK)
        fprintf(stderr, "make_builtin: %s:%llu: %s\n", err.path, (unsigned long long)err.line, err.msg);
    return s != NF_OK;
}
