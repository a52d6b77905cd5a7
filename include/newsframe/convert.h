/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * convert.h - documents and feature rows out, in any of the registered output formats.
 *
 * A text format takes documents of a stream opened with all_columns; a feature format takes rows of numbers. What a format cannot hold is
 * counted, never dropped in silence.
 */
#ifndef NEWSFRAME_CONVERT_H
#define NEWSFRAME_CONVERT_H

#include <stdbool.h>

#include "newsframe/docs.h"
#include "newsframe/matrix.h"

NF_BEGIN_DECLS

/** @return name of the i-th output format, NULL past the end; *summary (may be NULL) gets a line about it. */
NF_API const char *nf_out_format_name(size_t i, const char **summary);
/** @return the output format that the extension of path stands for, NULL when it says nothing. */
NF_API const char *nf_out_format_of(const char *path);
/** @return whether the format takes feature rows; false for text formats and unknown names. */
NF_API bool nf_out_format_has_features(const char *name);

/** How documents are written. Everything is borrowed while the writer is open. */
typedef struct nf_writer_opts {
    const char *format;     /**< a text format of nf_out_format_name() */
    nf_csv_dialect dialect; /**< csv only */
    const nf_str *column;   /**< n names: nf_docs_columns() of the stream */
    size_t n;
    size_t label;           /**< column of the labels: a list in it becomes a;b where the format has no lists; SIZE_MAX: none */
    size_t id;              /**< column of the ids: one that got a suffix is written with it; SIZE_MAX: none */
    size_t skip;            /**< column that is not written; SIZE_MAX: none */
} nf_writer_opts;

/** What was written, and what the format could not hold. */
typedef struct nf_writer_stats {
    uint64_t written, empty; /**< documents; empty ones that the format cannot hold were left out */
    uint64_t joined;         /**< texts whose line ends became blanks */
    uint64_t words, labels;  /**< words and labels that were changed to be read back as such */
    uint64_t cut;            /**< cells cut (Excel dialects) */
} nf_writer_stats;

typedef struct nf_writer nf_writer; /**< documents being written; not thread-safe */

/**
 * @param path "-" is standard output, anything else is replaced atomically at nf_writer_close(). @param out owned, nf_writer_close().
 * @return NF_EIO; NF_EINVAL (no such text format); NF_EDATA (the columns cannot stand in the format: none, or one name twice in JSON).
 */
NF_API NF_MUST_CHECK nf_status nf_writer_open(nf_writer **out, const char *path, const nf_writer_opts *opts, nf_err *err);
/** Writes the documents of a batch and hands on what is buffered. @return the first error met so far; NF_EPIPE when a reader left. */
NF_API NF_MUST_CHECK nf_status nf_writer_batch(nf_writer *w, const nf_batch *b, nf_err *err);
/** Commit (keep != 0) or drop; w is freed either way. @param stats may be NULL. */
NF_API NF_MUST_CHECK nf_status nf_writer_close(nf_writer *w, int keep, nf_writer_stats *stats, nf_err *err);

/** Rows of numbers: documents as features. {0} is a table of no rows; arrays are owned by mem or by whoever filled them in. */
typedef struct nf_rows {
    size_t rows, cols;
    const int64_t *ptr; /**< rows + 1; row i holds entries ptr[i] .. ptr[i+1]-1 */
    const int32_t *idx; /**< columns from 0, rising within a row */
    const double *val;  /**< finite; NULL: f32 is there */
    const float *f32;   /**< finite; printed with the fewest digits that read back as that float */
    const nf_str *target; /**< rows: numbers as text, joined by commas when several, "0" for none; NULL: all none */
    const nf_str *id;   /**< rows; NULL: none */
    struct nf_rows_mem *mem;
} nf_rows;

/**
 * Read svmlight or Matrix Market coordinates. "-" is standard input.
 * @param format "svmlight" or "mtx"; NULL: the extension, then the first line decides. @param out owned, nf_rows_clear().
 * @return NF_EIO; NF_EFORMAT with line and reason; NF_ELIMIT; NF_EDATA (empty file).
 */
NF_API NF_MUST_CHECK nf_status nf_rows_read(nf_rows *out, const char *path, const char *format, nf_err *err);
/**
 * Write rows in a feature format, replaced atomically. svmlight: a target, then column:value from 1, then the id as a comment where there
 * are ids; control characters in an id become blanks. mtx: integer when all values are integers below 2^53, else real.
 */
NF_API NF_MUST_CHECK nf_status nf_rows_write(const char *path, const char *format, const nf_rows *rows, nf_err *err);
/** @return whether both hold the same numbers in the same places, and the same targets and ids where both have them. */
NF_API bool nf_rows_equal(const nf_rows *a, const nf_rows *b);
NF_API void nf_rows_clear(nf_rows *r); /**< NULL and {0} are fine; leaves {0} */

NF_END_DECLS

#endif
