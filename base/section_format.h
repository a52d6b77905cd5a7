/* SPDX-License-Identifier: GPL-3.0-or-later */
/* section_format.h - the bytes of section.h as structures, and the checks that all readers and the writer share. Private to section_*.c. */
#ifndef NFI_SECTION_FORMAT_H
#define NFI_SECTION_FORMAT_H

#include "base/limits.h"
#include "base/section.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "sections are handed out as they stand in the file");

enum {
    SEC_HEADER = 128,
    SEC_ENTRY = 48,
    SEC_TRAILER = 16,
    SEC_ALIGN = 64,
    SEC_MIN_FILE = SEC_HEADER + SEC_ENTRY + SEC_TRAILER,
    SEC_MAX_TAIL = NFI_MAX_SECTIONS * SEC_ENTRY + SEC_TRAILER
};

typedef struct nfi_secent {
    char tag[5]; /* with a NUL */
    bool critical;
    nfi_elem type;
    uint64_t offset, bytes, count, hash;
} nfi_secent;

typedef struct nfi_sechead {
    uint16_t major, minor;
    uint64_t size, table; /* of the file; offset of the table, which with the trailer fills the rest */
    size_t n;
    nfi_secent ent[NFI_MAX_SECTIONS];
} nfi_sechead;

static inline uint64_t nfi_sec_align(uint64_t v) { return (v + (SEC_ALIGN - 1)) & ~(uint64_t)(SEC_ALIGN - 1); }

/*
 * The header: head holds the first min(size, 128) bytes of a file of size bytes. On success h has everything but ent, and the table and the
 * trailer are known to lie within the file. name is for messages.
 */
nf_status nfi_sec_parse_header(nfi_sechead *h, const unsigned char *head, uint64_t size, char kind, uint16_t major, const char *name,
                               nf_err *err) NF_MUST_CHECK;
/* Table and trailer: tail holds the bytes from h->table to the end. Fills h->ent; every extent is then checked. */
nf_status nfi_sec_parse_table(nfi_sechead *h, const unsigned char *head, const unsigned char *tail, const char *name,
                              nf_err *err) NF_MUST_CHECK;
/* The bytes between the end of entry i (i == -1: none) and what follows it must be zero: where they are, and how many. */
uint64_t nfi_sec_gap(const nfi_sechead *h, size_t i, uint64_t *offset);
nf_status nfi_sec_check_gap(const nfi_sechead *h, size_t i, const unsigned char *gap, const char *name, nf_err *err) NF_MUST_CHECK;
nf_status nfi_sec_bad_hash(const nfi_secent *e, const char *name, nf_err *err);
/* The three above over an open file: header, table, gaps. */
nf_status nfi_sec_parse_fd(nfi_sechead *h, int fd, char kind, uint16_t major, const char *name, nf_err *err) NF_MUST_CHECK;
/* Opens a file, or standard input for "-", for reading sections; anything but a regular file is NF_EMODEL. */
nf_status nfi_sec_open_fd(int *fd, const char *path, nf_err *err) NF_MUST_CHECK;

/* The entry with this tag, NULL if there is none. */
const nfi_secent *nfi_sec_find(const nfi_sechead *h, const char tag[4]);
nf_status nfi_sec_check_type(const nfi_secent *e, nfi_elem type, const char *name, nf_err *err) NF_MUST_CHECK;
nf_status nfi_sec_check_known(const nfi_sechead *h, const char *const *tags, size_t n, const char *name, nf_err *err) NF_MUST_CHECK;

/* Header, table and trailer as bytes; h->size, h->table and the entries are given. tail gets n * 48 + 16 bytes. */
void nfi_sec_render(const nfi_sechead *h, char kind, unsigned char head[SEC_HEADER], unsigned char *tail);

#endif
