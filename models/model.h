/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model.h - inside of nf_model. All arrays are read-only; they belong either to the model (own) or to the file it was read from (file).
 */
#ifndef NFI_MODEL_H
#define NFI_MODEL_H

#include "base/kern.h"
#include "base/section.h"
#include "models/calibrate.h"
#include "features/corpus.h"
#include "models/nb.h"
#include "newsframe/models.h"

#define NFI_MANY 255 /* in nf_model.doc */
#define NFI_MIN_SMOOTHING 1e-12 /* what is trained can be loaded */
#define NFI_MAX_SMOOTHING 1e6
#define NFI_MIN_COST 1e-6
#define NFI_MAX_COST 1e6

struct nf_model {
    nfi_text text;
    const nfi_weighting *weighting;
    const nfi_classifier *classifier;
    char prior[256], smoothing_how[32], unicode[16];
    char class_weight[256];  /* "": none; this and the next two: part_fit.c */
    nfi_smoothing kind;
    double cost;
    double smoothing, loo_accuracy;
    uint64_t loo_documents, documents;
    size_t nclasses;
    nf_str *label;          /* nclasses, by bytes */
    const uint64_t *class_docs;
    const double *z, *log_prior; /* nclasses: see nb.h */
    size_t nwords;
    const uint64_t *word_end; /* nwords: end of each word in word_bytes */
    const char *word_bytes;
    uint64_t nbytes;
    size_t n;               /* terms, in byte order */
    int stride;
    const uint32_t *seq;    /* n x stride: word number + 1, 0 = no more */
    const uint32_t *df;     /* n */
    const float *idf;       /* n; 1 for schemes without idf */
    const float *base;      /* n: w of classes in which the term does not occur */
    const uint64_t *ptr;    /* n + 1 */
    const uint16_t *cls;    /* ptr[n]: classes rising within a term */
    const float *w;         /* ptr[n] */
    const uint8_t *doc;     /* ptr[n], or NULL: documents of the class with the term, for explanation; 255: many has the number */
    const uint64_t *many;   /* nmany: entries, rising, whose number is 255 or more */
    const uint32_t *many_docs; /* nmany: that number */
    size_t nmany;
    union nfi_term_rec *rec; /* n: what scoring needs of a term, made by nfi_model_index() */
    bool masked;            /* so few classes and entries that rec has masks of classes */
    struct nfi_calibration *calibration; /* parts (part.h): NULL where there is none */
    nfi_arena arena;        /* labels, and everything of a trained model */
    void *own[16];          /* arrays of a trained model */
    struct nfi_multi *multi; /* documents may have several labels: multi.h; else NULL */
    struct nfi_coding *coding; /* how sentences get frames: coding.h; NULL: they do not */
    struct nfi_typicality *typicality; /* NULL: there was no sample of documents, or too few */
    nfi_secr *file;
    uint64_t file_bytes;
    nf_str tuned; /* part_tune.c */
    const uint64_t *seen; /* part_seen.c: hashes of texts it was trained on */
    size_t nseen;
    uint64_t unlabeled; /* part_em.c: documents without a label that it was learned from */
    double unlabeled_weight;
    char unlabeled_how[20];
    nf_codebook *codebook; /* part_codebook.c; NULL: none */
    nf_str codebook_json, codebook_meta;
    double seed_strength;
    char seed_strength_how[16];
};

/* Side by side, since terms of a text come in no order and every array apart would be a cache miss of its own. */
typedef union nfi_term_rec {
    nfi_masked_row row; /* where m->masked: its w by class; own is idf */
    struct {
        uint64_t first : 40, n : 24; /* else entries: cls[first ..], w[first ..] */
        float base, idf;
    };
} nfi_term_rec;
nf_status nfi_model_index(nf_model *m, nf_err *err) NF_MUST_CHECK;
/* Its vocabulary, borrowed, to look words and terms up in; without tables yet. */
static inline void nfi_model_dict(const nf_model *m, nfi_dict *d)
{
    *d = (nfi_dict){
        .word_end = m->word_end, .word_bytes = m->word_bytes, .nwords = m->nwords,
        .seq = m->seq, .df = m->df, .n = m->n, .stride = m->stride};
}

/* model_check.c: strings that rise by bytes, 1 to max bytes long, valid UTF-8 without bytes below least or 0x7f; numbers that are finite.
 */
bool nfi_check_strings(const uint64_t *end, uint64_t n, const char *bytes, uint64_t nbytes, size_t max, unsigned char least);
bool nfi_check_f64(const double *v, size_t n);
bool nfi_check_docs(const nf_model *m, uint64_t entries); /* doc, many and many_docs agree */
/* What is wrong with the terms of a model whose arrays have their lengths; NULL when nothing is. entries: length of cls and w. */
const char *nfi_check_terms(const nf_model *m, uint64_t entries);

static inline nf_str nfi_model_word(const nf_model *m, size_t i)
{
    uint64_t a = i ? m->word_end[i - 1] : 0;
    return (nf_str){m->word_bytes + a, (size_t)(m->word_end[i] - a)};
}

/* Where class k stands in cls[from] .. cls[end - 1], which rise; UINT64_MAX where it does not. */
static inline uint64_t nfi_class_place(const uint16_t *cls, uint64_t from, uint64_t end, size_t k)
{
    uint64_t lo = from, hi = end;

    while (lo < hi) {
        uint64_t mid = lo + (hi - lo) / 2;
        if (cls[mid] < k)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < end && cls[lo] == k ? lo : UINT64_MAX;
}

/* describe.c: the entry of class k in term t, UINT64_MAX where it has none. */
uint64_t nfi_model_entry(const nf_model *m, size_t t, size_t k);

/* Where a model comes from when its documents were counted. Borrowed. The others only where the documents are at hand: classifiers made
 * from rows, and folds. */
typedef struct nfi_origin {
    const nfi_text *text;
    const nf_str *label;
    const nf_corpus *corpus;
    const uint8_t *use;  /* as of nfi_terms_build(), like the next */
    const uint32_t *of;
    const struct nfi_fit_rows *rows; /* made already; NULL: they are made when needed */
    bool again;          /* the sample is to serve again */
    const int32_t *class_of; /* for learning from documents without a label: label of the corpus -> class; else NULL */
} nfi_origin;

/* Do these options look at documents left out? */
bool nfi_wants_sample(const nf_train_opts *o);

/*
 * Derives a model from sums, whose arrays move into it where they can: t is only good for nfi_terms_clear() afterwards. sample may be NULL
 * or empty (then smoothing is tuned by folds, or the fixed one, unless given); it is cleared when it has served, but for origin->again.
 */
nf_status nfi_model_finish(nf_model **out, nfi_terms *t, nfi_sample *sample, const nfi_origin *origin, const nf_train_opts *o,
                           nf_err *err) NF_MUST_CHECK;

/* One document as terms of the model: term NFI_NONE is unknown (it still counts in the norm). Entries in first-seen order. */
typedef struct nfi_score_row {
    const uint32_t *term, *tf;
    size_t n;
} nfi_score_row;
/*
 * Class scores of a row into acc (nclasses, caller-allocated), summed in double in entry order. expanded: nfi_score_scratch(nclasses)
 * floats of scratch. Returns how many entries were known.
 */
#define NFI_SCORE_BLOCK 16 /* terms whose weights are expanded and added together */
static inline size_t nfi_score_scratch(size_t nclasses) { return NFI_SCORE_BLOCK * ((nclasses + 7) & ~(size_t)7); }
size_t nfi_model_score_row(const nf_model *m, const double table[NFI_TF_TABLE], const nfi_score_row *row, double *acc, float *expanded);
/* Class scores to log-odds, best, second and margin. */
void nfi_log_odds(const double *acc, size_t n, double *log_odds, int32_t *best, int32_t *second, double *margin);

#endif
