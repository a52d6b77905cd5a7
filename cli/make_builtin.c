/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * make_builtin.c - build-time program: trains the bundled corpus and writes the model as a C array.
 * usage: make_builtin CORPUS SENTENCES CODEBOOK OUT.c OUT.nfm
 *
 * The model is to hold for articles, headlines and single sentences of sources that the corpus does not have. So it is trained on texts
 * and on their sentences, each under its first frame, classes weigh the same, and the seeds of the codebook count like so many texts of
 * their frame; forms of a word share their sums (features/forms.h). The settings are those that do best when one generation of texts is
 * trained on and the other scored, and on other sources with related labels. The prior, probabilities and the frames of sentences are
 * learned in five folds that keep a text and its sentences together; then seeds are given more weight and neighbouring sentences less,
 * for articles of others.
 */
#include "base/buf.h"
#include "base/io.h"
#include "base/try.h"
#include "datasets/json_text.h"
#include "features/stats.h"
#include "models/coding.h"
#include "models/oof.h"
#include "newsframe/models.h"

#include <stdio.h>
#include <string.h>

enum { FOLDS = 5, ID_BYTES = 9, LEAST_WORDS = 50 }; /* ids begin with that of the text: geo1-0123, geo1-dip-001 */

/* Units of training as JSON lines, each under its first label. Sentences stand in the title, which cleaning leaves alone. */
static nf_status put_units(nfi_buf *b, const char *path, bool sentences, nf_err *err)
{
    nf_docs *docs = NULL;
    nf_batch batch = {0};
    nf_docs_opts in = {.need_label = true, .label = "label", .threads = 1};
    nf_status s = nf_docs_open(&docs, &path, 1, &in, err);

    while (s == NF_OK && (s = nf_docs_next(docs, &batch, err)) == NF_OK && batch.n) {
        for (size_t i = 0; i < batch.n; i++) {
            const nf_doc *d = &batch.docs[i];
            nfi_buf_puts(b, "{\"id\":");
            nfi_json_put_string(b, d->id);
            nfi_buf_puts(b, ",\"title\":");
            nfi_json_put_string(b, sentences ? d->text : d->title);
            nfi_buf_puts(b, ",\"text\":");
            nfi_json_put_string(b, sentences ? (nf_str){0} : d->text);
            nfi_buf_puts(b, ",\"label\":");
            nfi_json_put_string(b, d->label);
            nfi_buf_puts(b, "}\n");
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
    double *score, *odds;
    bool *known;
} held_units;

static void keep(void *ctx, const nfi_held *h)
{
    held_units *x = ctx;
    memcpy(x->score + h->doc * x->nclasses, h->score, x->nclasses * sizeof *h->score);
    memcpy(x->odds + h->doc * x->nclasses, h->log_odds, x->nclasses * sizeof *h->log_odds);
    x->known[h->doc] = h->known > 0;
}

/* Bytes of an id that are the text's own. */
static size_t text_id(nf_str id)
{
    size_t n = id.n > ID_BYTES && id.p[5] > '9' ? 12 : ID_BYTES;
    return n < id.n ? n : id.n;
}

/* Fold of the text that a unit is or belongs to, by the hash of its id. */
static int32_t fold_of(nf_str id)
{
    uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */
    for (size_t i = 0, n = text_id(id); i < n; i++)
        h = (h ^ (unsigned char)id.p[i]) * 0x100000001b3u;
    return (int32_t)((h >> 32) % FOLDS);
}

static bool is_text(nf_str id) { return text_id(id) == id.n; }

/*
 * With a uniform prior, classes of common words take texts from others. The prior that mends this for texts held out, headlines and notices
 * aside, as "a=.2,b=.8": the offsets of bias-corrected temperature scaling, in the scale of scores.
 */
static nf_status learn_prior(nfi_buf *prior, const nf_corpus *c, const held_units *x, nf_err *err)
{
    static const nfi_calibrator offsets = {"offsets", "one factor, and an offset for each class", true, false, true};
    nfi_calibration *fit = NULL;
    size_t n = 0, nk = x->nclasses;
    double sum = 0.0, *score = nfi_alloc(c->n * nk, sizeof *score);
    int32_t *label = nfi_alloc(c->n, sizeof *label), left = 10000;
    nf_status s = NF_OK;

    if (!score || !label) {
        s = nfi_oom(err, "a prior");
        goto out;
    }
    for (size_t d = 0; d < c->n; d++) {
        if (!x->known[d] || !is_text(nf_corpus_id(c, d)) || c->ntokens[d] < LEAST_WORDS)
            continue;
        memcpy(score + n * nk, x->score + d * nk, nk * sizeof *score);
        label[n++] = c->label[d];
    }
    NF_GO(nfi_calibration_fit(&fit, &offsets, n, nk, label, score, "out-of-fold", err));
    for (size_t k = 0; k < nk; k++)
        sum += score[k] = nfi_exp(fit->bias[k] * fit->temperature);
    for (size_t k = 0; k < nk; k++) {
        int32_t share = k + 1 < nk ? (int32_t)(10000.0 * score[k] / sum + 0.5) : left;
        left -= share;
        nfi_buf_puts(prior, k ? "," : "");
        nfi_buf_put(prior, c->classname[k].p, c->classname[k].n);
        nfi_buf_puts(prior, "=");
        nfi_buf_put_fixed(prior, share / 10000.0, 4);
    }
    nfi_buf_put(prior, "", 1);
    s = nfi_buf_ok(prior) ? NF_OK : nfi_oom(err, "a prior");
out:
    nfi_calibration_free(fit);
    nfi_free(score);
    nfi_free(label);
    return s;
}

static nf_status calibrate(nf_model *m, const nf_corpus *c, const held_units *x, nf_err *err)
{
    size_t n = 0;
    nf_status s = NF_OK;
    double *score = nfi_alloc(c->n * c->nclasses, sizeof *score);
    int32_t *label = nfi_alloc(c->n, sizeof *label);

    if (!score || !label) {
        s = nfi_oom(err, "calibration");
        goto out;
    }
    for (size_t d = 0; d < c->n; d++) {
        if (!x->known[d])
            continue;
        memcpy(score + n * x->nclasses, x->score + d * x->nclasses, x->nclasses * sizeof *score);
        label[n++] = c->label[d];
    }
    s = nfi_calibration_fit(&m->calibration, nfi_calibrators[0], n, c->nclasses, label, score, "out-of-fold", err);
out:
    nfi_free(score);
    nfi_free(label);
    return s;
}

/* Sentences as they were coded; they are the last units of the corpus, in the same order. */
typedef struct coded_sentences {
    size_t n;
    size_t *doc;
    bool *own;
    double *hits;
} coded_sentences;

static nf_status code(coded_sentences *x, const nf_model *m, nf_lexicon *lx, uint64_t *count, const nf_doc *d, nf_str *before, nf_err *err)
{
    size_t at = x->n++;

    NF_TRY(nf_codebook_count(lx, (nf_str){0}, d->text, count, NULL, err));
    nfi_coding_hits(m, count, x->hits + at * m->nclasses);
    x->doc[at] = at ? x->doc[at - 1] + (before->n != text_id(d->id) || memcmp(before->p, d->id.p, before->n) != 0) : 0;
    for (const char *p = d->label.p, *end = p + d->label.n; p < end;) {
        const char *cut = memchr(p, ';', (size_t)(end - p)), *to = cut ? cut : end;
        x->own[at * m->nclasses + (size_t)nf_model_find_label(m, (nf_str){p, (size_t)(to - p)})] = true;
        p = cut ? cut + 1 : end;
    }
    return NF_OK;
}

static nf_status learn_coding(nf_model *m, const nf_corpus *c, const held_units *held, const char *sentences, nf_err *err)
{
    nf_docs *docs = NULL;
    nf_batch batch = {0};
    nf_docs_opts in = {.need_label = true, .multi = true, .label = "frames", .threads = 1};
    nf_lexicon *lx = NULL;
    nf_status s = NF_OK;
    size_t nk = m->nclasses;
    coded_sentences x = {0, nfi_alloc(c->n, sizeof *x.doc), nfi_calloc(c->n * nk, sizeof *x.own), nfi_alloc(c->n * nk, sizeof *x.hits)};
    uint64_t *count = nfi_alloc(nf_codebook_frames(m->codebook), sizeof *count);
    char last[16] = "";

    if (!x.doc || !x.own || !x.hits || !count) {
        s = nfi_oom(err, "sentences");
        goto out;
    }
    NF_GO(nf_lexicon_new(&lx, m->codebook, m->text.tokenizer->name, err));
    NF_GO(nf_docs_open(&docs, &sentences, 1, &in, err));
    while ((s = nf_docs_next(docs, &batch, err)) == NF_OK && batch.n) {
        for (size_t i = 0; i < batch.n; i++) {
            nf_str before = {last, strlen(last)}, id = batch.docs[i].id;
            NF_GO(code(&x, m, lx, count, &batch.docs[i], &before, err));
            snprintf(last, sizeof last, "%.*s", (int)text_id(id), id.p);
        }
    }
    if (s == NF_OK) {
        size_t first = c->n - x.n;
        nfi_coded coded = {x.n, x.doc, held->known + first, held->odds + first * nk, x.hits};
        s = nfi_coding_fit(m, &coded, x.own, err);
        if (s == NF_OK)
            s = nfi_coding_for_others(m, &coded, x.own, err);
    }
out:
    nf_batch_clear(&batch);
    nf_docs_close(docs);
    nf_lexicon_free(lx);
    nfi_free(x.doc);
    nfi_free(x.own);
    nfi_free(x.hits);
    nfi_free(count);
    return s;
}

/* What models of the folds say of the units held out of them; x is zeros at first. */
static nf_status hold_out(held_units *x, const nf_corpus *c, const nf_train_opts *o, nf_err *err)
{
    nf_status s = NF_OK;
    int32_t *fold = nfi_alloc(c->n, sizeof *fold);

    if (!x->score) {
        x->nclasses = c->nclasses;
        x->score = nfi_calloc(c->n * c->nclasses, sizeof *x->score);
        x->odds = nfi_calloc(c->n * c->nclasses, sizeof *x->odds);
        x->known = nfi_calloc(c->n, sizeof *x->known);
    }
    if (!x->score || !x->odds || !x->known || !fold) {
        s = nfi_oom(err, "units held out");
        goto out;
    }
    for (size_t d = 0; d < c->n; d++)
        fold[d] = fold_of(nf_corpus_id(c, d));
    nfi_split plan = {.fold = fold, .folds = FOLDS};
    s = nfi_oof(c, NULL, o, &plan, keep, x, NULL, err);
out:
    nfi_free(fold);
    return s;
}

static nf_status train(const char *units, const char *sentences, const char *codebook, const char *model, nf_err *err)
{
    nf_docs *docs = NULL;
    nf_corpus *c = NULL;
    nf_codebook *cb = NULL;
    nf_model *m = NULL;
    held_units x = {0};
    nfi_buf prior = {0};
    nf_docs_opts in = {.need_label = true, .threads = 1, .dup_ids_suffix = true};
    nf_corpus_opts count = {.threads = 1, .keep_ids = true};
    nf_train_opts o = nf_train_defaults();
    nf_status s = NF_OK;

    NF_GO(nf_codebook_read(&cb, codebook, err));
    o.threads = 1;
    o.codebook = cb;
    o.weighting = "tfidf-raw"; /* what is said again and again in a long article counts */
    o.seed_strength = 70;
    o.smoothing = 12;
    o.class_weight = "balanced";
    o.forms = true; /* a form that the texts have once weighs what the others say */
    o.select.min_df = 4; /* a word of a text is in one of its sentences too */
    o.calibration = "none"; /* leave-one-out would leave its sentences in */
    NF_GO(nf_docs_open(&docs, &units, 1, &in, err));
    NF_GO(nf_corpus_count(&c, docs, &count, err));
    NF_GO(hold_out(&x, c, &o, err));
    NF_GO(learn_prior(&prior, c, &x, err));
    o.prior = (const char *)prior.p;
    NF_GO(nfi_model_of(&m, NULL, c, NULL, &o, err));
    NF_GO(hold_out(&x, c, &o, err));
    NF_GO(calibrate(m, c, &x, err));
    NF_GO(learn_coding(m, c, &x, sentences, err));
    s = nf_model_save(m, model, err);
out:
    nfi_free(x.score);
    nfi_free(x.odds);
    nfi_free(x.known);
    nfi_buf_clear(&prior);
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
        s = train(units, argv[2], argv[3], argv[5], &err);
    if (s == NF_OK)
        s = embed(argv[5], argv[4], &err);
    if (s != NF_OK)
        fprintf(stderr, "make_builtin: %s:%llu: %s\n", err.path, (unsigned long long)err.line, err.msg);
    return s != NF_OK;
}
