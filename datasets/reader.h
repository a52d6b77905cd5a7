/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reader.h - one input of a table format: blocks of bytes in, records out, and the columns of its start. */
#ifndef NFI_READER_H
#define NFI_READER_H

#include "base/io.h"
#include "datasets/unpack.h"
#include "datasets/charset.h"
#include "datasets/columns.h"

#define NFI_BLOCK ((size_t)4 << 20)
/* Batches of about so many bytes of a table, but for the first; NFI_BLOCK where nothing is said. */
void nfi_docs_block(nf_docs *in, size_t bytes);

typedef struct nfi_reader {
    nfi_in *in;
    nfi_memory mem; /* read from here when in is NULL */
    size_t mem_at;
    nfi_unpack *unpack; /* or from here: a compressed stream, or the one file of an archive */
    nfi_charset *charset; /* of what is not UTF-8, decided by the first bytes and the options */
    const char *encoding; /* asked for, or NULL */
    nfi_buf raw;          /* bytes before conversion that are not a whole character yet */
    const char *path; /* as messages show it; borrowed */
    const nfi_format *format;
    char *buf; /* have bytes, of which those before scan.start are done with */
    size_t cap, have;
    bool eof;
    nfi_scan scan;
    uint64_t record; /* records cut so far */
    uint64_t read;   /* bytes read so far */
    size_t max_record;
    nfi_plan plan;
    size_t n_own;    /* the first columns of the plan: those of the file, not only expected */
    bool new_keys;   /* a record of the first block has keys that the first has not, or there is more than that block */
    nfi_arena arena; /* strings of the plan */
    void **parser;   /* one a worker, made on first use */
    size_t n_parsers;
} nfi_reader;

/*
 * Opens path ("-": standard input) or, when mem is not NULL, reads from memory; finds the format unless forced; makes the plan (not
 * bound) of a table.
 * @param block bytes to look at. @return NF_EIO, NF_EFORMAT, NF_EDATA (empty), NF_EINVAL (columns), NF_ENOMEM.
 */
nf_status nfi_reader_open(nfi_reader *r, const char *path, const nfi_memory *mem, const nfi_format *forced, size_t workers, size_t block,
                          const nf_docs_opts *o, nf_err *err) NF_MUST_CHECK;
/* Reads up to more bytes behind what there is. */
nf_status nfi_reader_fill(nfi_reader *r, size_t more, nf_err *err) NF_MUST_CHECK;
/* Bytes of the input that are used up; packed ones where it is packed. */
uint64_t nfi_reader_used(const nfi_reader *r);
/* Drops the bytes before scan.start. */
void nfi_reader_compact(nfi_reader *r);
void nfi_reader_close(nfi_reader *r); /* leaves {0} */

/* NF_ELIMIT for the record that is being cut, with the line of an open quote. */
nf_status nfi_reader_too_long(const nfi_reader *r, nf_err *err);

#endif
