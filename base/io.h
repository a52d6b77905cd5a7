/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * io.h - files in and out. Reading never blocks on a device or follows a surprise; writing is atomic: random temporary name in the target
 * folder, O_EXCL, write, fsync, rename, fsync the folder. fsync is never retried. The temporary files of running writes are
 * known to nfi_out_abandon_all(), which a signal handler may call.
 */
#ifndef NFI_IO_H
#define NFI_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "newsframe/status.h"

/* What a path is called in messages: "-" is standard input. */
const char *nfi_in_name(const char *path);
/* A descriptor to standard input as a file: what comes through a pipe goes to an unlinked temporary first, which then is standard input. No
 * more than a block above max bytes is taken. */
nf_status nfi_stdin_fd(int *fd, uint64_t max, nf_err *err) NF_MUST_CHECK;

/* Reads a whole regular file, or what comes on standard input for "-" (not a FIFO, device or folder: NF_EIO) into owned memory, 64-byte
 * aligned, with 64 zero bytes after it. max: NF_ELIMIT above it. */
nf_status nfi_read_file(void **data, size_t *n, const char *path, uint64_t max, nf_err *err) NF_MUST_CHECK;

/* Reads a regular file that was seen to have size bytes into dst, which has room for size + 1. NF_EIO when it has another size now. */
nf_status nfi_read_seen(void *dst, size_t size, const char *path, nf_err *err) NF_MUST_CHECK;

/* A buffered sequential reader over a file descriptor; "-" is standard input. Handles EINTR and short reads. */
typedef struct nfi_in nfi_in;
/* NF_EIO for missing files, folders, sockets and devices other than terminals and /dev/null. Pipes and FIFOs are read. */
nf_status nfi_in_open(nfi_in **out, const char *path, nf_err *err) NF_MUST_CHECK;
nf_status nfi_in_read(nfi_in *in, void *dst, size_t want, size_t *got,
                      nf_err *err) NF_MUST_CHECK; /* fills dst unless the end comes first */
/* The next bytes without taking them: as many as the buffer holds, fewer only before the end. *p is valid until the next call. */
nf_status nfi_in_peek(nfi_in *in, const char **p, size_t *n, nf_err *err) NF_MUST_CHECK;
nf_status nfi_in_seek(nfi_in *in, uint64_t offset, nf_err *err) NF_MUST_CHECK; /* regular files only */
uint64_t nfi_in_size(const nfi_in *in); /* of a regular file, else 0 */
void nfi_in_close(nfi_in *in);

/*
 * An output: standard output for "-", a stream for existing non-regular targets (/dev/stdout, FIFO), else an atomic replacement; folders
 * and disks are refused. A symbolic link to a file is replaced, not followed. A new file gets mode 0666 less the umask, a file of ours that
 * is replaced keeps its mode.
 */
typedef struct nfi_out nfi_out;
nf_status nfi_out_open(nfi_out **out, const char *path,
                       nf_err *err) NF_MUST_CHECK;                 /* creates the temporary at once: an unwritable folder fails here */
void nfi_out_write(nfi_out *o, const void *p, size_t n);           /* buffered; errors stick */
nf_status nfi_out_pwrite(nfi_out *o, const void *p, size_t n, uint64_t offset,
                         nf_err *err) NF_MUST_CHECK; /* patches earlier bytes; atomic targets only */
nf_status nfi_out_flush(nfi_out *o, nf_err *err) NF_MUST_CHECK;
int nfi_out_fd(nfi_out *o); /* after nfi_out_flush(): to re-read what was written; atomic targets only */
bool nfi_out_is_atomic(const nfi_out *o);
uint64_t nfi_out_bytes(const nfi_out *o);                          /* written so far */
nf_status nfi_out_commit(nfi_out *o, nf_err *err) NF_MUST_CHECK;   /* flush, fsync, rename, fsync folder; frees o also on failure */
void nfi_out_abandon(nfi_out *o);                                  /* removes the temporary, frees; NULL is fine */
void nfi_out_abandon_all(void);                                    /* async-signal-safe: unlinks every live temporary */

/* An output into an unlinked temporary, counts as atomic; nfi_out_commit_fd() flushes it and hands the descriptor over. Frees o also on
 * failure. */
nf_status nfi_out_open_tmp(nfi_out **out, nf_err *err) NF_MUST_CHECK;
nf_status nfi_out_commit_fd(nfi_out *o, int *fd, nf_err *err) NF_MUST_CHECK;

/* True when both exist and are the same regular file ("-": out is standard output, in standard input), or when in is a folder and out a
 * file in it: an output that is also an input is refused. */
bool nfi_same_file(const char *out, const char *in);

/* An unlinked temporary file for sorted runs, in $TMPDIR or /tmp; read and written with pread/pwrite. Returns an fd in *fd. */
nf_status nfi_tmp_file(int *fd, nf_err *err) NF_MUST_CHECK;
nf_status nfi_pwrite_all(int fd, const void *p, size_t n, uint64_t offset, const char *path, nf_err *err) NF_MUST_CHECK;
nf_status nfi_pread_all(int fd, void *p, size_t n, uint64_t offset, const char *path,
                        nf_err *err) NF_MUST_CHECK; /* a short file is NF_EIO */

/* For the files of this module: all n bytes to fd, waiting where a descriptor does not block; 0 or errno. */
int nfi_write_all(int fd, const void *p, size_t n);
/* Up to n bytes from fd, as many as come before the end; 0 or errno. */
int nfi_read_full(int fd, void *p, size_t n, size_t *got);
/* 16 hexadecimal digits that cannot be guessed, and a NUL. */
void nfi_random_name(char dst[17]);
/* What kind of file st_mode says, for messages: "a folder", "a device", ... NULL for a regular file. */
const char *nfi_mode_name(unsigned mode);

#endif
