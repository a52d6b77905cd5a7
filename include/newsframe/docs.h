/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * docs.h - documents in (CSV, TSV, JSONL, folders, plain text, standard input) and CSV tables out.
 *
 * A stream reads one or more operands and hands out batches; memory is bounded by the batch (about 4 MiB of input, or one longer
 * document), never by the corpus. Every record of the input is a document, a reject, or an error: nothing is skipped.
 */
#ifndef NEWSFRAME_DOCS_H
#define NEWSFRAME_DOCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "newsframe/status.h"

NF_BEGIN_DECLS

/** Borrowed bytes, not NUL-terminated. p may be NULL only when n == 0. */
typedef struct nf_str {
    const char *p;
    size_t n;
} nf_str;

/** What was met while a document was read; bits of nf_doc.flags. */
enum {
    NF_DOC_REPAIRED = 1,  /**< invalid UTF-8 was replaced by U+FFFD somewhere in the record */
    NF_DOC_FALLBACK = 2,  /**< a field was read as Windows-1252 */
    NF_DOC_NUL = 4,       /**< a NUL byte was replaced by a space */
    NF_DOC_ID_MADE = 8,   /**< the record had no id; id is file:record */
    NF_DOC_ID_SUFFIX = 16, /**< the id was taken; a suffix was added */
    NF_DOC_NOT_ACCEPTED = 64, /**< an annotator rejected or ignored the label: the document has none */
    NF_DOC_SEVERAL = 128, /**< the label lists several, and neither nf_docs_opts.multi nor need_label is set; a list then gives no label */
    NF_DOC_MOJIBAKE = 32  /**< text or title has UTF-8 that was read as Windows-1252 (mojibake.h); repaired when that was asked for */
};

/** What markup says of one line of a text. */
typedef struct nf_line_mark {
    uint32_t end;     /**< the line ends before this byte of the text (its LF, or the end of the text) */
    uint32_t linked;  /**< bytes of the line that stand in links */
    uint8_t element;  /**< NF_ELEMENT_* */
} nf_line_mark;
enum { NF_ELEMENT_OTHER, NF_ELEMENT_PARAGRAPH, NF_ELEMENT_HEADING, NF_ELEMENT_LIST, NF_ELEMENT_TABLE, NF_ELEMENT_CAPTION };

/** What a carried value was where it was read. Formats without types know strings alone. */
enum { NF_KIND_ABSENT, NF_KIND_STRING, NF_KIND_NUMBER, NF_KIND_BOOL, NF_KIND_NULL, NF_KIND_OBJECT, NF_KIND_ARRAY,
    NF_KIND_EXTRA /**< an object of all the fields that have no column of their own */ };

/** One document. Slices point into the batch. Everything is valid UTF-8, free of NUL. */
typedef struct nf_doc {
    nf_str id, label, title, text, date, source; /**< absent fields have n == 0 */
    nf_str lang;              /**< language that the document declares (HTML) */
    const nf_line_mark *mark; /**< nmarks lines of text in order, covering all of it; NULL where the format has no markup */
    size_t nmarks;
    const nf_str *carried; /**< nf_docs_columns() values, in that order, content as read */
    const uint8_t *kind;   /**< NF_KIND_* of each carried value with nf_docs_opts.all_columns, else NULL */
    uint64_t record;       /**< 1-based record number within its file, header not counted */
    uint64_t line;         /**< 1-based line on which the record starts, 0 for one document a file */
    uint32_t file;         /**< which operand or walked file: nf_docs_path() */
    uint32_t flags;        /**< NF_DOC_* */
} nf_doc;

/** A batch of documents and the memory that holds them. {0} is empty and reusable; refilled by nf_docs_next(). */
typedef struct nf_batch {
    nf_doc *docs;
    size_t n;
    struct nf_batch_mem *mem;
} nf_batch;

typedef enum nf_encoding {
    NF_ENC_REPAIR,      /**< UTF-8; invalid sequences become U+FFFD, counted and flagged (default) */
    NF_ENC_STRICT,      /**< UTF-8; the first invalid byte is NF_EFORMAT naming record, column, offset and value */
    NF_ENC_UTF8_OR_1252 /**< field by field: valid UTF-8 stays, anything else is read as Windows-1252 and flagged */
} nf_encoding;

/** What text columns of tables hold. */
typedef enum nf_markup {
    NF_MARKUP_AUTO, /**< HTML where a field begins as a page does, or with a tag and has the end tag of a block; else text (default) */
    NF_MARKUP_NONE, /**< text, whatever is in it */
    NF_MARKUP_HTML  /**< HTML */
} nf_markup;

/** How to read. {0} is the default for every field. Strings are borrowed while the stream is open. */
typedef struct nf_docs_opts {
    const char *format;    /**< a name of nf_format_name(), NULL probes the content */
    const char *text;      /**< text column, or several joined by commas; NULL: "text" */
    const char *id, *label, *title, *date, *source; /**< columns; NULL: the column of that very name where there is one */
    char delimiter;        /**< CSV only; 0 finds it in the header among , ; TAB | */
    nf_encoding encoding;
    const char *charset;   /**< an iconv name: what has no byte order mark is in that encoding; NULL: UTF-8. encoding says what is done with
                              the rest */
    const char *rejects;   /**< path of a CSV (file, record, line, reason, raw) for malformed records; NULL: the first one is an error */
    bool dup_ids_suffix;   /**< true: the n-th holder of an id gets "#n" appended; false: NF_EDATA naming both records */
    nf_markup markup;      /**< of text columns; files are told by name and content */
    bool repair;           /**< undo mojibake in text and title; false: only report it */
    bool need_label;       /**< a label column must exist; labels are checked (length, controls, no list) */
    bool check_label;      /**< labels are checked so, though no column of them must exist */
    bool multi;            /**< a document may have several labels: nf_doc.label is then all of them, rising by bytes, joined by ';';
                                "none" where the input says that there is none, empty where it says nothing */
    const char *label_columns; /**< with multi: columns of 0 and 1 joined by commas, each of a label; must agree with the label column */
    bool all_columns;      /**< text columns are carried like the others, and where none is asked for there need be none; the text of a
                                file that is one document is a column too */
    size_t max_document;   /**< bytes; 0 = 64 MiB */
    uint64_t max_unpacked; /**< bytes that one compressed file or archive may become; 0 = 64 GiB */
    int threads;           /**< for parsing; 0 = usable CPUs */
} nf_docs_opts;

/** Counts so far. read = documents handed out + left out + rejected. */
typedef struct nf_docs_stats {
    uint64_t read, rejected;
    uint64_t left_out;     /**< documents in another language than the one asked for */
    uint64_t repaired;     /**< documents with NF_DOC_REPAIRED */
    uint64_t replacements; /**< U+FFFD written */
    uint64_t fallback;     /**< fields read as Windows-1252 */
    uint64_t nul, ids_made, ids_suffixed;
    uint64_t not_accepted; /**< documents with NF_DOC_NOT_ACCEPTED */
    uint64_t mojibake;     /**< documents with NF_DOC_MOJIBAKE */
    uint64_t semicolons, tabs, bars; /**< tables whose header shows that these, not commas, separate fields */
    uint64_t bytes;        /**< input bytes consumed */
    uint64_t total_bytes;  /**< size of the regular files, 0 when unknown (pipe) */
} nf_docs_stats;

typedef struct nf_docs nf_docs; /**< an open document stream; not thread-safe */

/** @return name of the i-th input format, NULL past the end; *summary (may be NULL) gets a line about it. */
NF_API const char *nf_format_name(size_t i, const char **summary);

/** @return the i-th optional library that input needs and what is there of it: "HTML by libxml2 2.9.14", "no HTML: made without libxml2";
 * NULL past the end. */
NF_API const char *nf_input_feature(size_t i);

/**
 * Open operands in order. "-" is standard input; no operand means standard input. A folder is walked in byte order of the
 * paths; a folder whose files all lie one level down is read as a folder per class (label = folder name).
 * @param out  owned, nf_docs_close(). @param paths n strings, borrowed while the stream is open. @param opts borrowed, NULL for defaults.
 * @return NF_EIO (missing file, directory where a file is expected), NF_EFORMAT, NF_EINVAL (no such column: the message lists the
 * columns and the closest), NF_EDATA (empty file, header only is NOT an error here: it is a stream of no documents).
 */
NF_API NF_MUST_CHECK nf_status nf_docs_open(nf_docs **out, const char *const *paths, size_t n, const nf_docs_opts *opts, nf_err *err);
/** Next batch into b, dropping what it held; b->n == 0 means the end. On failure b is empty. Any number of threads
 * gives the same documents in the same order. */
NF_API NF_MUST_CHECK nf_status nf_docs_next(nf_docs *in, nf_batch *b, nf_err *err);
/** Have fn called with every batch that nf_docs_next() is about to hand out, whoever reads; its failure is that of nf_docs_next(). At most
 * four watch, in the order they came. */
NF_API void nf_docs_watch(nf_docs *in, nf_status (*fn)(void *ctx, const nf_batch *b, nf_err *err), void *ctx);
/** Column names carried through (everything that is not a text column), borrowed from the stream; complete after nf_docs_open(). */
NF_API const nf_str *nf_docs_columns(const nf_docs *in, size_t *n);
/** Place of the column that takes the fields of no other, as a JSON object; SIZE_MAX when the stream has none. */
NF_API size_t nf_docs_extra(const nf_docs *in);
/** Path of file number i of a document, borrowed. */
NF_API const char *nf_docs_path(const nf_docs *in, uint32_t i);
NF_API const nf_docs_stats *nf_docs_counts(const nf_docs *in);
/** At the end: writes the rejects file, if any. Call before nf_docs_close() when the run succeeded. */
NF_API NF_MUST_CHECK nf_status nf_docs_finish(nf_docs *in, nf_err *err);
NF_API void nf_docs_close(nf_docs *in); /**< NULL is fine; drops an unfinished rejects file */
NF_API void nf_batch_clear(nf_batch *b);

/** How CSV is written. */
typedef enum nf_csv_dialect {
    NF_CSV_PLAIN,   /**< RFC 4180 quoting, UTF-8, LF, lossless */
    NF_CSV_EXCEL,   /**< BOM, CRLF, comma, formula guard on text cells, cells cut at 32,000 characters */
    NF_CSV_EXCEL_EU, /**< the same with semicolons and decimal commas */
    NF_CSV_TABS      /**< as NF_CSV_PLAIN, with tabs */
} nf_csv_dialect;

typedef struct nf_csv nf_csv; /**< a table being written; not thread-safe; errors stick until nf_csv_close() */

/** Create the table. path "-" is standard output (streamed), anything else is replaced atomically at nf_csv_close(). @param out owned. */
NF_API NF_MUST_CHECK nf_status nf_csv_open(nf_csv **out, const char *path, nf_csv_dialect dialect, nf_err *err);
NF_API void nf_csv_text(nf_csv *w, const char *p, size_t n);         /**< one text cell */
NF_API void nf_csv_str(nf_csv *w, const char *s);                    /**< one text cell, NUL-terminated */
NF_API void nf_csv_num(nf_csv *w, double v,
                       int decimals); /**< fixed decimals 0..9, no exponent; a value that is not finite is a blank cell */
NF_API void nf_csv_int(nf_csv *w, int64_t v);
NF_API void nf_csv_blank(nf_csv *w);
NF_API void nf_csv_end(nf_csv *w);                                   /**< ends the row */
/** Cells that nf_csv_text() cut so far (Excel dialects). */
NF_API uint64_t nf_csv_cut(const nf_csv *w);
/** Hand on what is buffered, for streams and to learn early that a reader left. @return the first error met so far. */
NF_API NF_MUST_CHECK nf_status nf_csv_flush(nf_csv *w, nf_err *err);
/** Commit (keep != 0) or drop the table; w is freed either way. @return the first error met while writing; NF_EPIPE when a reader left. */
NF_API NF_MUST_CHECK nf_status nf_csv_close(nf_csv *w, int keep, nf_err *err);

NF_END_DECLS

#endif
