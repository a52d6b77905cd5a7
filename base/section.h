/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * section.h - the container of statistics (.nfs), model (.nfm), cluster (.nfc) and line table (.nfl) files. Little-endian, data only.
 *
 *   0    8  magic: 89 'N' 'F' kind 0D 0A 1A 0A     (kind 'S', 'M', 'C' or 'L')
 *   8    4  major (u16), minor (u16)
 *   12   4  header size = 128
 *   16   8  exact file size
 *   24   8  section count 1..64 (u32), entry size = 48 (u32)
 *   32  16  incompatible and compatible feature bits (an unknown incompatible bit refuses the file)
 *   48   8  offset of the section table
 *   56  48  zero
 *   104  8  XXH3-64 of the section table
 *   112  8  zero
 *   120  8  XXH3-64 of bytes 0..119
 *   128 ..  sections, each at a multiple of 64, gaps of zero bytes; then the table, at a multiple of 64, one entry a section:
 *           tag 4 bytes, flags u32 (bit 0 = critical), offset u64, byte length u64, element count u64, element type u32, zero u32, XXH3-64
 * u64 end 16  "NFxEND\r\n" (x = kind), file size again (u64)
 *
 * The table stands after the sections so that a file can be written in one pass. Sections stand in the order written, without
 * overlap; every byte of the file is covered by a checksum, a size or a must-be-zero rule. Readers check everything before they hand out a
 * pointer; readers skip unknown sections unless they are critical.
 */
#ifndef NFI_SECTION_H
#define NFI_SECTION_H

#include "base/io.h"

typedef enum nfi_elem { NFI_BYTES = 0, NFI_U16 = 1, NFI_U32 = 2, NFI_U64 = 3, NFI_I64 = 4, NFI_F32 = 5, NFI_F64 = 6 } nfi_elem;
size_t nfi_elem_size(nfi_elem t);

/* ---- writing: sections one after another, streamed; the file appears only at commit ---- */
typedef struct nfi_secw nfi_secw;
/* A path that is a stream ("-", a FIFO) gets the finished file at commit, through an unlinked temporary. */
nf_status nfi_secw_open(nfi_secw **out, const char *path, char kind, uint16_t major, uint16_t minor, nf_err *err) NF_MUST_CHECK;
/* The same into an unlinked temporary (sorted runs); *fd is the caller's after nfi_secw_commit(). */
nf_status nfi_secw_open_tmp(nfi_secw **out, int *fd, char kind, uint16_t major, uint16_t minor, nf_err *err) NF_MUST_CHECK;
void nfi_secw_begin(nfi_secw *w, const char tag[4], nfi_elem type, bool critical);
void nfi_secw_put(nfi_secw *w, const void *p, size_t bytes); /* errors stick until commit */
void nfi_secw_end(nfi_secw *w);
void nfi_secw_section(nfi_secw *w, const char tag[4], nfi_elem type, bool critical, const void *p, size_t count); /* all three */
/* Memory for what was to be written ran out: commit fails with NF_ENOMEM. */
void nfi_secw_oom(nfi_secw *w, const char *what);
/* Table, header, trailer; re-reads and checks the file; fsync and rename. Frees w also on failure. */
nf_status nfi_secw_commit(nfi_secw *w, nf_err *err) NF_MUST_CHECK;
void nfi_secw_abandon(nfi_secw *w);

/* ---- reading whole: private memory, everything checked ---- */
typedef struct nfi_secr nfi_secr;
nf_status nfi_secr_open(nfi_secr **out, const char *path, char kind, uint16_t major,
                        nf_err *err) NF_MUST_CHECK; /* NF_EMODEL on any fault */
nf_status nfi_secr_from_memory(nfi_secr **out, const void *p, size_t n, const char *name, char kind, uint16_t major,
                               nf_err *err) NF_MUST_CHECK; /* borrows p, 64-byte aligned */
/* Finds a section. Missing: NF_EMODEL if required, else *count = 0 and *p = NULL. A wrong element type is NF_EMODEL. Borrowed from r. */
nf_status nfi_secr_get(const nfi_secr *r, const char tag[4], nfi_elem type, bool required, const void **p, uint64_t *count,
                       nf_err *err) NF_MUST_CHECK;
/* After all known tags were asked for: NF_EMODEL when a critical section was never asked for. */
nf_status nfi_secr_check_known(const nfi_secr *r, const char *const *tags, size_t n, nf_err *err) NF_MUST_CHECK;
/* For listings: i-th entry, false past the end. tag gets 5 bytes. */
bool nfi_secr_entry(const nfi_secr *r, size_t i, char tag[5], nfi_elem *type, uint64_t *count, uint64_t *bytes);
const char *nfi_secr_name(const nfi_secr *r);
uint64_t nfi_secr_size(const nfi_secr *r); /* of the whole file, bytes */
void nfi_secr_close(nfi_secr *r);

/* ---- reading in sequence: for files larger than memory; header and table are checked at open, each section's checksum when its last byte
 * is read ---- */
typedef struct nfi_secs nfi_secs;
nf_status nfi_secs_open(nfi_secs **out, const char *path, char kind, uint16_t major, nf_err *err) NF_MUST_CHECK;
nf_status nfi_secs_open_fd(nfi_secs **out, int fd, const char *name, char kind, uint16_t major,
                           nf_err *err) NF_MUST_CHECK; /* takes over fd, also on failure */
uint64_t nfi_secs_count(const nfi_secs *s, const char tag[4], nfi_elem type,
                        bool *present); /* elements; not present when of another type */
typedef struct nfi_cursor nfi_cursor; /* an independent position in one section, with its own buffer */
nf_status nfi_secs_cursor(nfi_cursor **out, nfi_secs *s, const char tag[4], nfi_elem type, size_t buffer, nf_err *err) NF_MUST_CHECK;
/* Exactly bytes bytes into dst; past the end, or a checksum that fails at the end, is NF_EMODEL. */
nf_status nfi_cursor_read(nfi_cursor *c, void *dst, size_t bytes, nf_err *err) NF_MUST_CHECK;
uint64_t nfi_cursor_left(const nfi_cursor *c); /* bytes not yet read */
void nfi_cursor_close(nfi_cursor *c);
nf_status nfi_secs_check_known(const nfi_secs *s, const char *const *tags, size_t n,
                               nf_err *err) NF_MUST_CHECK; /* as nfi_secr_check_known */
void nfi_secs_close(nfi_secs *s); /* after its cursors */

#endif
