/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stream.h - the inside of a document stream: what docs.c opens, batch.c reads and fmt_text.c fills. */
#ifndef NFI_STREAM_H
#define NFI_STREAM_H

#include "datasets/html.h"
#include "datasets/ids.h"
#include "datasets/reader.h"
#include "datasets/record.h"

/* An archive whose members are documents: listed when the stream is opened, read again when their turn comes. */
typedef struct nfi_archive {
    const char *path;
    nfi_unpack *unpack; /* open while its members are read */
    size_t at;          /* members passed so far */
} nfi_archive;

/* An entry of a folder or an archive. */
typedef struct nfi_entry {
    const char *path; /* relative to it */
    const char *whole; /* of a folder: with the folder before it */
    const char *fault;
    const nfi_format *format; /* by its extension */
    uint64_t size;
    size_t member;    /* of an archive: its number */
} nfi_entry;

/* One input: a table, a file that is one document, or an entry that cannot be read. */
typedef struct nfi_source {
    const char *path;
    const char *fault;        /* why it cannot be read: a reject, or an error at once */
    const nfi_format *format; /* NULL: found out when it is opened */
    const nfi_memory *mem;
    nfi_reader *reader; /* open, or NULL */
    nfi_archive *archive; /* NULL for what stands by itself */
    size_t member;
    nf_str id, label;   /* of a file that is one document */
    uint64_t size;
    bool file;    /* one document, read whole */
    bool regular; /* can be opened twice */
} nfi_source;

/* What is known of one record of a batch beside its document. */
typedef struct nfi_slot {
    nf_str rec; /* raw bytes */
    size_t at;  /* where they are in the buffer */
    uint64_t line, record, replacements;
    uint32_t file, fallback;
    nfi_hash128 id;
    nfi_bad bad;
} nfi_slot;

struct nf_batch_mem {
    char *buf; /* the raw records */
    size_t cap_buf, cap_docs, cap_slots, cap_groups, cap_arenas;
    nfi_slot *slot;
    size_t *group;    /* first slot of each group of records that is parsed as one task, and the end */
    nfi_arena *arena; /* one a group */
};

enum { NFI_PAGE_COLUMNS = 5, NFI_WATCHERS = 4 };

struct nf_docs {
    nf_docs_opts o;
    const nfi_format *forced;
    int threads;
    size_t max_document;
    size_t block; /* bytes of a table that are read at a time after the first NFI_BLOCK */
    nfi_arena arena;
    nfi_archive **archive;
    size_t n_archives, cap_archives;
    nfi_source *src;
    size_t n_src, cap_src, at; /* at: the source being read */
    nfi_columns columns;
    bool have_columns;
    bool distinct; /* the inputs are files of one folder, whose paths are their ids as they are: no id comes twice */
    int32_t page_column[NFI_PAGE_COLUMNS]; /* carried columns for what pages say of themselves, -1 none */
    int32_t label_column; /* carried column for the labels of class folders, -1 none */
    int32_t id_column, text_column; /* with all_columns: the same for the ids and texts of files that are one document */
    nfi_shape shape;
    nfi_row *row; /* one a worker */
    nfi_ids ids;
    nfi_buf tmp;
    nf_csv *rejects;
    nf_docs_stats stats;
    nf_status (*filter)(void *ctx, nf_batch *b, nf_err *err); /* NULL: all documents are handed out */
    void *filter_ctx;
    void (*filter_free)(void *ctx);
    nf_status (*watch[NFI_WATCHERS])(void *ctx, const nf_batch *b, nf_err *err); /* NULL: nobody watches */
    void *watch_ctx[NFI_WATCHERS];
    bool failed;
};

/*
 * Whatever fn takes out of a batch (it moves the others up and lowers b->n) is counted in stats.left_out, not handed out and not watched.
 * One filter a stream; ctx belongs to the stream from here on: free_ctx() is called when it is closed, or at once when there is a filter
 * already.
 */
void nfi_docs_filter(nf_docs *in, nf_status (*fn)(void *ctx, nf_batch *b, nf_err *err), void *ctx, void (*free_ctx)(void *ctx));

/* fmt_text.c: the next files that are one document each become slots and documents of b. */
nf_status nfi_files_read(nf_docs *in, nf_batch *b, size_t *n, nf_err *err) NF_MUST_CHECK;
/* The same for an input that cannot be opened twice and turned out to be one text: src->reader, read to its end. */
nf_status nfi_stream_read(nf_docs *in, nfi_source *src, nf_batch *b, size_t *n, nf_err *err) NF_MUST_CHECK;
/* fmt_folder.c: the files below folder, in byte order of their paths. */
nf_status nfi_walk(nf_docs *in, const char *folder, nf_err *err) NF_MUST_CHECK;
/* Entries of a folder, or of archive where it is not NULL, become sources; folders that hold all files are the classes. */
nf_status nfi_entries_add(nf_docs *in, const char *base, nfi_archive *archive, const nfi_entry *e, size_t n, nf_err *err) NF_MUST_CHECK;
/* fmt_archive.c: the members of an archive, in its order. */
nf_status nfi_list(nf_docs *in, const char *path, nf_err *err) NF_MUST_CHECK;
/* The next members from in->at on, all of one archive, as slots of b with their bytes. */
nf_status nfi_members_read(nf_docs *in, nf_batch *b, size_t *n, size_t group, nf_err *err) NF_MUST_CHECK;
void nfi_archive_close(nfi_archive *a);

/* fmt_html.c: the columns of pages. */
extern const char *const nfi_page_columns[NFI_PAGE_COLUMNS];
/* What the bytes of a page are in when they have no byte order mark: NULL for UTF-8, else what the page declares, else what was asked for.
 */
const char *nfi_page_charset(const char *p, size_t n, const char *asked, char buf[NFI_CHARSET_NAME]);
/* The page doc->text (clean) becomes its visible text; the values are those of the page columns. A page that is refused is NF_OK with
 * row->bad. */
nf_status nfi_page_read(nf_doc *doc, nf_str values[NFI_PAGE_COLUMNS], nfi_row *row, nf_err *err) NF_MUST_CHECK;

/* batch.c */
nf_status nfi_batch_room(nf_batch *b, size_t n, nf_err *err) NF_MUST_CHECK; /* slots and docs for n, a multiple larger over time */
nf_status nfi_batch_arenas(struct nf_batch_mem *m, size_t n, nf_err *err) NF_MUST_CHECK;

/* docs.c */
nf_status nfi_source_add(nf_docs *in, nfi_source src, nf_err *err) NF_MUST_CHECK;
/* Opens src->reader, bound when the columns are known. */
nf_status nfi_source_open(nf_docs *in, nfi_source *src, size_t block, nf_err *err) NF_MUST_CHECK;
/* A file name as an id: control characters and bytes that are not UTF-8 escaped. The name itself where there are none: it is borrowed. */
nf_status nfi_name_id(nf_str *out, const char *name, nfi_arena *arena, nf_err *err) NF_MUST_CHECK;
/* The same stream over bytes in memory, under the name path; mem is borrowed while the stream is open. For tests. */
nf_status nfi_docs_open_memory(nf_docs **out, const char *path, const nfi_memory *mem, const nf_docs_opts *opts, nf_err *err) NF_MUST_CHECK;

#endif
