/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unpack.h - compressed files and archives as streams of bytes. Nothing goes to disk, names of members are names only, what comes out is
 * limited in size, in ratio to what went in, and in members. In builds without libarchive every open fails and says so (unpack_none.c).
 */
#ifndef NFI_UNPACK_H
#define NFI_UNPACK_H

#include "base/buf.h"
#include "base/io.h"

/* Bytes that stand in memory instead of in a file. */
typedef struct nfi_memory {
    const char *p;
    size_t n;
} nfi_memory;

typedef enum nfi_packing { NFI_PLAIN, NFI_COMPRESSED, NFI_ARCHIVE } nfi_packing;
/* By the first bytes. *what (may be NULL): "a gzip file", "a zip archive", ... NULL for NFI_PLAIN. 512 bytes are enough. */
nfi_packing nfi_packing_of(const char *p, size_t n, const char **what);

typedef struct nfi_member {
    const char *name;  /* valid until the next call; "" when it cannot be had */
    const char *fault; /* why it is no file to be read, or NULL: folders, links, encrypted members, names that lead out of the archive */
    bool folder;
    uint64_t size;     /* as the archive says, 0 when it does not */
} nfi_member;

typedef struct nfi_unpack nfi_unpack;
/*
 * Begins to unpack in (taken over, also on failure), or mem where in is NULL. path is for messages, borrowed.
 * @param archive true: members, found by nfi_unpack_next(); false: one compressed stream. @param max bytes it may become.
 * @return NF_EFORMAT (also in builds without libarchive), NF_ENOMEM.
 */
nf_status nfi_unpack_open(nfi_unpack **out, nfi_in *in, const nfi_memory *mem, const char *path, bool archive, uint64_t max,
                          nf_err *err) NF_MUST_CHECK;
/* The next member; *found is false at the end. NF_EFORMAT for damage, NF_ELIMIT. */
nf_status nfi_unpack_next(nfi_unpack *u, nfi_member *m, bool *found, nf_err *err) NF_MUST_CHECK;
/* Like nfi_in_read(), of the stream or of the member that was found last. NF_ELIMIT for bombs. */
nf_status nfi_unpack_read(nfi_unpack *u, void *dst, size_t want, size_t *got, nf_err *err) NF_MUST_CHECK;
uint64_t nfi_unpack_taken(const nfi_unpack *u); /* packed bytes read so far */
void nfi_unpack_close(nfi_unpack *u);           /* NULL is fine */

/* Appends all that the compressed bytes mem become; NF_ELIMIT above max_document. */
nf_status nfi_unpack_whole(nfi_buf *out, const nfi_memory *mem, const char *path, size_t max_document, uint64_t max,
                           nf_err *err) NF_MUST_CHECK;
/* Whether a regular file is an archive: zip, tar, or a compressed tar. Files that cannot be read are not. NF_ENOMEM. */
nf_status nfi_is_archive(bool *archive, const char *path, nf_err *err) NF_MUST_CHECK;

extern const bool nfi_has_unpack;
extern const char *const nfi_unpack_feature; /* for --version */

#endif
