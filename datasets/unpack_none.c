/* SPDX-License-Identifier: GPL-3.0-or-later */
/* unpack_none.c - in place of unpack.c in builds without libarchive: packed input is recognised and refused. */
#include "datasets/unpack.h"

#include "base/try.h"

nf_status nfi_unpack_open(nfi_unpack **out, nfi_in *in, const nfi_memory *mem, const char *path, bool archive, uint64_t max, nf_err *err)
{
    (void)out;
    (void)mem;
    (void)archive;
    (void)max;
    nfi_in_close(in);
    return NF_FAIL_AT(err, NF_EFORMAT, path, 0, "is compressed or an archive; this build cannot unpack it: it was made without libarchive");
}

nf_status nfi_unpack_next(nfi_unpack *u, nfi_member *m, bool *found, nf_err *err)
{
    (void)u;
    (void)m;
    *found = false;
    return NF_FAIL(err, NF_EINTERNAL, "nothing is being unpacked");
}

nf_status nfi_unpack_read(nfi_unpack *u, void *dst, size_t want, size_t *got, nf_err *err)
{
    (void)u;
    (void)dst;
    (void)want;
    *got = 0;
    return NF_FAIL(err, NF_EINTERNAL, "nothing is being unpacked");
}

uint64_t nfi_unpack_taken(const nfi_unpack *u)
{
    (void)u;
    return 0;
}

void nfi_unpack_close(nfi_unpack *u)
{
    (void)u;
}

nf_status nfi_unpack_whole(nfi_buf *out, const nfi_memory *mem, const char *path, size_t max_document, uint64_t max, nf_err *err)
{
    nfi_unpack *u = NULL;

    (void)out;
    (void)max_document;
    return nfi_unpack_open(&u, NULL, mem, path, false, max, err);
}

nf_status nfi_is_archive(bool *archive, const char *path, nf_err *err)
{
    (void)path;
    (void)err;
    *archive = false;
    return NF_OK;
}

const bool nfi_has_unpack = false;
const char *const nfi_unpack_feature = "no archives: made without libarchive";
