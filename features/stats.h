/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stats.h - inside of statistics: sources that are read in sequence, the merge that walks many of them as one, the writer, and the one
 * front for training. Layout of a file: stats_write.c.
 */
#ifndef NFI_STATS_H
#define NFI_STATS_H

#include "base/buf.h"
#include "base/section.h"
#include "features/terms.h"
#include "newsframe/stats.h"

enum { NFI_STATS_MAJOR = 1, NFI_STATS_MINOR = 0, NFI_MAX_TERM = NFI_MAX_NGRAM * (NFI_MAX_TOKEN + 1) };
#define NFI_SAMPLE_DOCS 16384
#define NFI_TUNING_DOCS 4096 /* the first of them are enough to choose a setting by */
#define NFI_SAMPLE_ENTRIES ((uint64_t)8388608)

/* ---- what training asks for ---- */

/*
 * Rows of labelled documents for tuning and calibration: documents in rising order of XXH64(id), ties by position in the input, as long as
 * their number is at most NFI_SAMPLE_DOCS and their rows together have at most NFI_SAMPLE_ENTRIES entries (all terms, before selection).
 * The same for any memory limit.
 */
typedef struct nfi_sample {
    size_t n;
    int32_t *label;  /* n: class of nfi_terms, >= 0 */
    double *inv;     /* n: 1 / norm over all terms of the document; 1 for schemes without norm, 0 for an empty document */
    uint32_t *length; /* n: occurrences of all terms in the document, at most UINT32_MAX */
    uint64_t *ptr;   /* n + 1 (NULL when n == 0) */
    uint32_t *term;  /* ptr[n]: kept terms, rising within a row */
    uint32_t *tf;    /* ptr[n] */
    uint32_t *group; /* n: 0 of a row alone, else 1 + the first row of its group of copies, which leave together; NFI_NONE: of a group with
                        documents that have no row. NULL: all are alone */
} nfi_sample;
void nfi_sample_clear(nfi_sample *s);

/*
 * Terms (as nfi_terms_build with NFI_SUM_MODEL) and, when asked for, the sample. sample is empty (n == 0) when want_sample is false, and
 * for statistics files, which hold no documents. w: the weighting that was counted, or `tf` or `binary`; anything for counts held in
 * memory; else NF_EDATA. The result does not depend on threads, memory or where the counts are.
 */
nf_status nfi_counted_terms(const nf_counted *c, const nf_select_opts *select, const nfi_weighting *w, bool want_sample, int threads,
                            nfi_terms *terms, nfi_sample *sample, nf_err *err) NF_MUST_CHECK;
/* The same for counts held in memory, with a sample, and of: owned, node of the corpus -> kept term or NFI_NONE. NF_EINVAL for other
 * counts. */
nf_status nfi_counted_nodes(const nf_counted *c, const nf_select_opts *select, const nfi_weighting *w, int threads, nfi_terms *terms,
                            nfi_sample *sample, uint32_t **of, nf_err *err) NF_MUST_CHECK;
const nfi_text *nfi_counted_text(const nf_counted *c);
/* The documents, where they are all in memory: NULL for statistics files, and for counts that went to disk (which nf_count_opts.whole keeps
 * from happening). */
const nf_corpus *nfi_counted_corpus(const nf_counted *c);

/* ---- what a file says besides its terms ---- */

/*
 * Settings that change a count, as text, in the order of their names. Two files add up only when all are equal, and their stop words too. A
 * file says "labels" only where it is "multi"; else it is "single"; "ledger" only where it is "salted-" and 16 hex digits of a hash of the
 * salt; else it is "plain"; "lead" only where it is not 0.
 */
enum {
    NFI_SET_CLEAN,
    NFI_SET_LABELS,
    NFI_SET_LANGUAGE,
    NFI_SET_LEAD,
    NFI_SET_LEDGER,
    NFI_SET_NGRAMS,
    NFI_SET_STOPWORDS,
    NFI_SET_TOKENIZER,
    NFI_SET_TOKENIZER_VERSION,
    NFI_SET_UNICODE,
    NFI_SET_WEIGHTING,
    NFI_SETTINGS
};
extern const char *const nfi_setting_names[NFI_SETTINGS];
const char *nfi_setting_default(int i); /* what a file does not say; NULL: it says everything */
typedef struct nfi_settings {
    char value[NFI_SETTINGS][64];
} nfi_settings;
void nfi_settings_of(nfi_settings *s, const nfi_text *t, const nfi_weighting *w, bool multi);

typedef struct nfi_stats_head {
    nfi_settings set;
    nf_cleaner *clean; /* a reference; NULL: none */
    nf_str *stop; /* stop words, by bytes */
    size_t nstop;
    nf_str *label; /* by bytes */
    uint64_t *label_docs;
    size_t nlabels;
    uint64_t docs, unlabelled, tokens;
    bool multi; /* documents may have several labels */
    uint64_t terms, entries; /* of the streams of a file; 0 for the head of a merge */
    bool ledger;
    nfi_arena arena; /* all strings */
} nfi_stats_head;
void nfi_stats_head_clear(nfi_stats_head *h);
/* Head of the documents of a corpus; copies everything. */
nf_status nfi_stats_head_of(nfi_stats_head *h, const nf_corpus *c, const nfi_weighting *w, bool ledger, nf_err *err) NF_MUST_CHECK;
/* Tokeniser, n-grams, stop words and cleaner of the settings; owned. NF_EMODEL when this program cannot count like that. */
nf_status nfi_stats_text(nfi_text *t, const nfi_stats_head *h, const char *name, nf_err *err) NF_MUST_CHECK;

/* ---- terms ---- */

typedef struct nfi_stat_class {
    uint32_t cls;
    uint64_t docs, freq;
    int64_t val;
} nfi_stat_class;

/* One term with its sums; borrowed until the next step. Classes rise. */
typedef struct nfi_stat {
    const char *term; /* words joined by one space; 16 bytes after it are readable */
    size_t n;
    uint64_t df, freq; /* over all documents */
    int64_t val;
    nfi_stat_class bare; /* over documents without a label, where they may have several; else 0 */
    const nfi_stat_class *entry;
    size_t nentries;
} nfi_stat;

/* A file or run that is read in sequence, as often as wanted. Its head has been checked. */
typedef struct nfi_stats_src {
    nfi_secs *file;
    char *name;
    nfi_stats_head head;
    int level; /* 0, or how many times it was merged */
} nfi_stats_src;
nf_status nfi_stats_src_open(nfi_stats_src *s, const char *path, nf_err *err) NF_MUST_CHECK;
nf_status nfi_stats_src_open_fd(nfi_stats_src *s, int fd, const char *name, nf_err *err) NF_MUST_CHECK; /* takes fd */
void nfi_stats_src_clear(nfi_stats_src *s);

/* A walk over the terms of one source. Every value is checked; the end is reported only after all sums and checksums held. */
typedef struct nfi_stats_in nfi_stats_in;
nf_status nfi_stats_in_open(nfi_stats_in **out, const nfi_stats_src *s, nf_err *err) NF_MUST_CHECK;
nf_status nfi_stats_in_next(nfi_stats_in *in, const nfi_stat **term, nf_err *err) NF_MUST_CHECK; /* *term NULL at the end */
void nfi_stats_in_close(nfi_stats_in *in);

/* ---- many sources as one ---- */

/*
 * Labels of all sources and their sums (settings of the first). map: n arrays, class of source i -> class of the union; NULL when not
 * wanted.
 */
nf_status nfi_stats_join(nfi_stats_head *out, uint32_t ***map, const nfi_stats_src *src, size_t n, nf_err *err) NF_MUST_CHECK;
void nfi_stats_free_maps(uint32_t **map, size_t n);

/* Where the term of a step came from: term number of source src, numbers from 0. */
typedef struct nfi_stats_part {
    uint32_t src, number;
} nfi_stats_part;

typedef struct nfi_stats_it nfi_stats_it;
nf_status nfi_stats_it_open(nfi_stats_it **out, const nfi_stats_src *src, size_t n, nf_err *err) NF_MUST_CHECK; /* src borrowed, n >= 1 */
const nfi_stats_head *nfi_stats_it_head(const nfi_stats_it *it);
nf_status nfi_stats_next(nfi_stats_it *it, const nfi_stat **term, nf_err *err) NF_MUST_CHECK; /* terms rise; *term NULL at the end */
const nfi_stats_part *nfi_stats_it_parts(const nfi_stats_it *it, size_t *n);                  /* of the last step */
void nfi_stats_it_close(nfi_stats_it *it);

/* Called at every step of a merge: number is the term's new one, NFI_NONE when it is dropped. */
typedef struct nfi_stats_note {
    void (*fn)(void *ctx, const nfi_stats_part *part, size_t n, uint32_t number);
    void *ctx;
} nfi_stats_note;

/* Merges into a file: path, or NULL and *fd gets an unlinked one. note may be NULL. */
nf_status nfi_stats_merge_to(const nfi_stats_src *src, size_t n, const char *path, int *fd, const nfi_stats_note *note,
                             nf_err *err) NF_MUST_CHECK;

/*
 * Sources to be read as one. However many are added, few stay open: as soon as the last NFI_MERGE_WAYS have one level they are merged into
 * an unlinked file of the next. before and after (may be NULL) are told: sources [first, n) become source first.
 */
enum { NFI_MERGE_WAYS = 64 };
typedef struct nfi_stats_set {
    nfi_stats_src *src;
    size_t n, cap, ways; /* ways: 0 = NFI_MERGE_WAYS */
    nf_status (*before)(void *ctx, const nfi_stats_src *src, size_t first, size_t n, nfi_stats_note *note, nf_err *err);
    nf_status (*after)(void *ctx, size_t first, nf_err *err);
    void *ctx;
} nfi_stats_set;
/* Takes s, also on failure. NF_EDATA when it was not counted like the others. */
nf_status nfi_stats_set_add(nfi_stats_set *set, nfi_stats_src *s, nf_err *err) NF_MUST_CHECK;
void nfi_stats_set_clear(nfi_stats_set *set);

/* Kept terms of the sources: every array as nfi_terms_build() makes it with NFI_SUM_MODEL. note may be NULL. */
nf_status nfi_terms_from_stats(nfi_terms *out, const nfi_stats_src *src, size_t n, const nf_select_opts *select, const nfi_weighting *w,
                               const nfi_stats_note *note, nf_err *err) NF_MUST_CHECK;

/* A source less another, counted alike, into a file: path. NF_EDATA when anything would become negative. */
nf_status nfi_stats_subtract(const nfi_stats_src *src, const nfi_stats_src *less, const char *path, nf_err *err) NF_MUST_CHECK;

/* ---- ledger ---- */

enum { NFI_LEDGER_KEY = 32, NFI_LEDGER_ID = 1024 };
typedef struct nfi_ledger_entry {
    unsigned char key[NFI_LEDGER_KEY]; /* XXH128 of the id, XXH128 of the text, both big-endian */
    nf_str id;                         /* cut at NFI_LEDGER_ID bytes */
} nfi_ledger_entry;
/* What hides the hashes of a ledger: SHA-256 of a salt as hex digits, and what the setting says of it. {0}: nothing. */
typedef struct nfi_salt {
    char key[65], setting[32];
} nfi_salt;
void nfi_salt_of(nfi_salt *s, const void *p, size_t n); /* n > 0 */

/* Records without an id of their own have the key 0, ..., 0, text, and may be there several times: a name made of file and number says
 * nothing of them. */
typedef struct nfi_ledger {
    const nfi_salt *salt; /* borrowed; NULL: none */
    nfi_ledger_entry *e;
    size_t n, cap;
    nfi_arena arena;
    nfi_buf text;
} nfi_ledger;
nf_status nfi_ledger_add(nfi_ledger *l, const nf_batch *b, nf_err *err) NF_MUST_CHECK;
nf_status nfi_ledger_sort(nfi_ledger *l, nf_err *err) NF_MUST_CHECK; /* NF_EDATA naming a pair that is there twice */
void nfi_ledger_clear(nfi_ledger *l);
uint64_t nfi_ledger_bytes(const nfi_ledger *l);
typedef struct nfi_statw nfi_statw;
/* Walks the ledgers of all sources in order; w (may be NULL) gets the entries. */
nf_status nfi_ledger_merge(const nfi_stats_src *src, size_t n, nfi_statw *w, nf_err *err) NF_MUST_CHECK;
/* The ledger of src without that of less; w (may be NULL) gets the entries. NF_EDATA naming a document of less that is not in it. */
nf_status nfi_ledger_subtract(const nfi_stats_src *src, const nfi_stats_src *less, nfi_statw *w, nf_err *err) NF_MUST_CHECK;

/* ---- writing ---- */

/* path NULL: *fd gets an unlinked file at commit */
nf_status nfi_statw_open(nfi_statw **out, const char *path, int *fd, bool multi, nf_err *err) NF_MUST_CHECK;
void nfi_statw_term(nfi_statw *w, const nfi_stat *term);                    /* in rising order; errors stick until commit */
void nfi_statw_ledger(nfi_statw *w, const nfi_ledger_entry *e);             /* after all terms, in rising order */
/* terms and entries are those written; frees w */
nf_status nfi_statw_commit(nfi_statw *w, const nfi_stats_head *h, nf_err *err) NF_MUST_CHECK;
void nfi_statw_abandon(nfi_statw *w);
/* All terms of t (NFI_SUM_ALL, nothing selected; NULL: there are none) and the ledger (sorted; may be NULL). */
nf_status nfi_stats_write(const nfi_terms *t, const nfi_stats_head *h, const nfi_ledger *l, const char *path, int *fd,
                          nf_err *err) NF_MUST_CHECK;

#endif
