/* SPDX-License-Identifier: GPL-3.0-or-later */
/* try.h - error forwarding. NF_GO needs a local `nf_status s` and the one forward label `out:`. */
#ifndef NFI_TRY_H
#define NFI_TRY_H

#include <stddef.h>
#include <stdint.h>

#include "newsframe/status.h"

/* Return on failure; only while nothing is owned. */
#define NF_TRY(expr)                                                                               \
    do {                                                                                           \
        nf_status nf_s_ = (expr);                                                                  \
        if (nf_s_ != NF_OK)                                                                        \
            return nf_s_;                                                                          \
    } while (0)

/* Jump to the one cleanup label. */
#define NF_GO(expr)                                                                                \
    do {                                                                                           \
        if ((s = (expr)) != NF_OK)                                                                 \
            goto out;                                                                              \
    } while (0)

/* Fill *err (may be NULL) and return the code. The message is printf-checked. */
#define NF_FAIL(err, code, ...) nfi_fail((err), (code), __VA_ARGS__)
/* The same with a place: path (may be NULL), 1-based line or 0. */
#define NF_FAIL_AT(err, code, path, line, ...) nfi_fail_at((err), (code), (path), (line), __VA_ARGS__)

nf_status nfi_fail(nf_err *err, nf_status code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4), cold));
nf_status nfi_fail_at(nf_err *err, nf_status code, const char *path, uint64_t line, const char *fmt, ...)
    __attribute__((format(printf, 5, 6), cold));
/* NF_EIO with strerror(errnum); EPIPE becomes NF_EPIPE, ENOMEM NF_ENOMEM. */
nf_status nfi_fail_errno(nf_err *err, int errnum, const char *path, const char *what) __attribute__((cold));
/* "out of memory" for what, NF_ENOMEM. */
nf_status nfi_oom(nf_err *err, const char *what) __attribute__((cold));
/* Copies s to dst (cap bytes with the NUL), escaping C0, DEL, C1 and bidi controls as \\u{..}; cuts at a character. */
void nfi_escape(char *dst, size_t cap, const char *s, size_t n);

/* Broken invariant of ours: stops the process with file and line. Kept in release builds, for cheap checks only. */
#define NF_ASSERT(cond) ((cond) ? (void)0 : nfi_assert_fail(#cond, __FILE__, __LINE__))
_Noreturn void nfi_assert_fail(const char *cond, const char *file, int line);

#endif
