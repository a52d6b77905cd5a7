/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * status.h - how calls fail, and the one call every program makes first.
 *
 * Every function that can fail returns nf_status and takes a caller-owned nf_err last (NULL is fine). Outputs are
 * untouched on failure. Words with a fixed meaning in all headers: *owned* (the caller frees what it got), *borrowed* (the callee
 * keeps no pointer, or the result lives inside a named owner), *caller-allocated* (the callee only fills).
 */
#ifndef NEWSFRAME_STATUS_H
#define NEWSFRAME_STATUS_H

#include <stdint.h>

#include "newsframe/decl.h"

NF_BEGIN_DECLS

/** Every way a call can fail. The numbers are stable: append, never renumber. */
#define NF_STATUSES(X)                                                                              \
    X(NF_OK, 0, "success")                                                                          \
    X(NF_ENOMEM, 1, "out of memory")                                                                \
    X(NF_EINVAL, 2, "invalid argument")                                                             \
    X(NF_EIO, 3, "input/output error")                                                              \
    X(NF_EFORMAT, 4, "malformed input")                                                             \
    X(NF_EMODEL, 5, "model or statistics file refused")                                             \
    X(NF_EDATA, 6, "the data cannot support the request")                                           \
    X(NF_ELIMIT, 7, "a documented limit was exceeded")                                              \
    X(NF_EPIPE, 8, "the reader of the output went away")                                            \
    X(NF_EINTERNAL, 9, "internal error, please report")

typedef enum nf_status {
#define X(name, value, text) name = value,
    NF_STATUSES(X)
#undef X
} nf_status;

/** What went wrong and where. Zero-initialise once; only failures write to it. Holds no heap memory. */
typedef struct nf_err {
    nf_status code;
    uint64_t line;  /**< 1-based line (or record) in path, 0 if not about one */
    uint64_t byte;  /**< 0-based byte offset, meaningful when has_byte */
    int has_byte;
    char path[256]; /**< the file, "" if none; long paths keep their tail */
    char msg[512];  /**< one line, UTF-8, no newline; control characters are escaped */
} nf_err;

/** @return static English text for s, never NULL. */
NF_API const char *nf_strstatus(nf_status s);

/**
 * Call once, before threads: replaces GSL's aborting error handler (process-wide) and pins OpenBLAS to one thread.
 * Idempotent.
 */
NF_API void nf_init(void);

/** @return the version, for example "0.1.0". */
NF_API const char *nf_version(void);

/** @return where cblas_sgemm is bound to and which kernels are in use, as one line. Static storage. Opens OpenBLAS, which else only
 * products of matrices do. */
NF_API const char *nf_build_info(void);

NF_END_DECLS

#endif
