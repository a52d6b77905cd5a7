/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * format.h - the table of input formats. A table format cuts a byte stream into records and a record into fields; everything else (columns,
 * encodings, ids, limits, rejects) is shared. A new format is one file with a row, one line in formats.c and one in meson.build.
 */
#ifndef NFI_FORMAT_H
#define NFI_FORMAT_H

#include "base/arena.h"
#include "newsframe/docs.h"

typedef enum nfi_kind { NFI_ABSENT, NFI_STRING, NFI_NUMBER, NFI_BOOL, NFI_NULL, NFI_OBJECT, NFI_ARRAY } nfi_kind;

/* One field of a record: v is its content (strings decoded, everything else as written), raw its JSON text (JSON formats only). */
typedef struct nfi_field {
    nf_str v, raw;
    nfi_kind kind;
    bool sound; /* v is known to be valid UTF-8 without NUL */
    bool plain; /* and to be ASCII */
} nfi_field;

/* A field that belongs to no known column. */
typedef struct nfi_extra {
    nf_str name, raw_name; /* raw_name: as a JSON string with its quotes */
    nfi_field f;
} nfi_extra;

/* Why a record is malformed; code == NF_OK while it is not. */
typedef struct nfi_bad {
    nf_status code;
    bool has_byte;
    uint64_t byte;
    uint64_t line; /* lines after the first of the record */
    char *reason;  /* in the arena of the row */
} nfi_bad;

/* A record on its way to a document; one a worker, reused. */
typedef struct nfi_row {
    nfi_field *f; /* by input column of the plan */
    size_t n, cap_f;
    nfi_extra *extra;
    size_t n_extra, cap_extra;
    nfi_arena *arena;      /* lives as long as the batch */
    uint64_t record;       /* 1-based, for messages */
    uint64_t replacements; /* U+FFFD written so far */
    uint32_t fallback;     /* fields read as Windows-1252 */
    uint32_t flags;        /* NF_DOC_* that the format itself sets */
    nfi_bad bad;
    struct nfi_buf *tmp; /* scratch */
} nfi_row;

/* Marks the row malformed (the first reason stays). @return NF_OK, or NF_ENOMEM when the reason does not fit in memory. */
nf_status nfi_row_bad(nfi_row *row, nf_status code, const char *fmt, ...) __attribute__((format(printf, 3, 4), cold)) NF_MUST_CHECK;

enum { NFI_TO_TEXT = -1, NFI_TO_EXTRA = -2 };

/* What each input column of one file is for. */
typedef struct nfi_plan {
    size_t n; /* input columns */
    nf_str *name;
    int32_t *carry; /* place among the carried columns, NFI_TO_TEXT or NFI_TO_EXTRA */
    int32_t *text;  /* input columns that make up the text, in order */
    size_t n_text;
    int32_t *flag;  /* n_flags columns of 0 and 1, one a label */
    size_t n_flags;
    int32_t id, label, labels, title, date, source; /* input column, -1 none */
    bool open;                                      /* fields may come in any order and number (JSON); false: exactly n, by position */
} nfi_plan;

/* Where the cutting of a buffer into records stands. Offsets are into the buffer. */
typedef struct nfi_scan {
    size_t start, at;  /* of the record being cut; how far it was looked at */
    size_t quote;      /* the quote that is open, when state says so */
    int state;         /* 0 between records; the format's own otherwise */
    uint64_t line;     /* 1-based line of start */
    uint64_t rec_line; /* of the record that next() returned last */
    bool begun;        /* the record began before start, in bytes that were dropped: what is left of it is no blank line */
    char delimiter;
} nfi_scan;

typedef struct nfi_format {
    const char *name, *summary;
    const char *const *extensions; /* with the dot, NULL-terminated */
    char delimiter;                /* fixed one, 0 none */
    bool table;                    /* the rest is set; otherwise the name of a way to read whole files */
    bool header;                   /* the first record names the columns */
    const char *const *columns;    /* the columns of a format that always has the same, NULL-terminated; fields come by position */
    bool multiline;                /* a record may span lines */
    const char *too_long;          /* what a record beyond the limit may lack: goes behind the message; may be NULL */
    bool whole;                    /* one document a file */

    /*
     * Cuts the next record out of p[0..n): true with *rec set (no terminator) and sc moved behind it; false when more bytes are needed, or,
     * with eof, when there is none. Blank lines are no records. Repeated calls look at no byte twice, but for the last one or two.
     */
    bool (*next)(nfi_scan *sc, const char *p, size_t n, bool eof, nf_str *rec);
    /* Per-worker parser; NULL when out of memory. */
    void *(*open)(char delimiter);
    void (*close)(void *parser);
    /* Fills row from rec. A malformed record is NF_OK with row->bad set. */
    nf_status (*parse)(void *parser, const nfi_plan *plan, nf_str rec, nfi_row *row);
} nfi_format;

#define NFI_FASTTEXT_MARK "__label__" /* begins each label of a fastText line */

extern const nfi_format nfi_format_csv, nfi_format_tsv, nfi_format_jsonl, nfi_format_fasttext, nfi_format_sgml, nfi_format_text,
    nfi_format_folder, nfi_format_doccano, nfi_format_prodigy, nfi_format_html;
extern const nfi_format *const nfi_formats[]; /* NULL-terminated */

const nfi_format *nfi_format_find(const char *name);         /* NULL when there is none */
const nfi_format *nfi_format_by_extension(const char *path); /* NULL when the extension says nothing */
bool nfi_packed_by_extension(const char *path);
const nfi_format *nfi_format_by_content(const char *p, size_t n, const char *text_column);
/* NF_EFORMAT for what is packed where nothing packed can be read. */
typedef enum nfi_place { NFI_IN_STREAM, NFI_IN_FOLDER, NFI_IN_PACKED } nfi_place;
nf_status nfi_check_packed(const char *p, size_t n, nfi_place place, const char *path, nf_err *err) NF_MUST_CHECK;
/* JSON lines: which of the formats that are written so the first records of a block are in. NF_OK, NF_ENOMEM. */
nf_status nfi_format_by_keys(const nfi_format **out, const char *p, size_t n, bool eof, nf_err *err) NF_MUST_CHECK;
/* Length of a byte order mark to skip, of UTF-8. NF_EFORMAT for binary files, with what to do about them. */
nf_status nfi_check_start(size_t *skip, const char *p, size_t n, const char *path, nf_err *err) NF_MUST_CHECK;
/* A next() for formats of one record a line; lines of blanks are no records. */
bool nfi_line_next(nfi_scan *sc, const char *p, size_t n, bool eof, nf_str *rec);
/* Blanks, tabs and line ends off both ends. */
nf_str nfi_trim_str(nf_str s);
/* , ; TAB or |, whichever is most frequent outside quotes in the first record; 0 when none occurs. */
char nfi_find_delimiter(const char *p, size_t n);
/* Bytes of a first line "sep=;" with its end, which some spreadsheets write and which is no header; 0 when p begins otherwise. */
size_t nfi_separator_line(const char *p, size_t n, char *separator);
uint64_t nfi_count_lines(const char *p, size_t n); /* line ends: LF, CRLF, or CR */

#endif
