/* SPDX-License-Identifier: GPL-3.0-or-later */
/* section_file.h - a small section file with all element types, and its three readers as one status each. */
#ifndef SECTION_FILE_H
#define SECTION_FILE_H

#include "nft.h"

#include "base/mem.h"
#include "base/section.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER = 128, ENTRY = 48, SECTIONS = 9 };

static const uint8_t bytes[] = "strike\0 talks";
static const uint16_t u16[] = {1, 65535, 3};
static const uint32_t u32[] = {7, 4294967295u};
static const uint64_t u64[] = {1, 2, 3, 4, 5, 6, 7, 8}; /* fills 64 bytes: no gap behind it */
static const int64_t i64[] = {-1, INT64_MIN, INT64_MAX};
static const float f32[] = {0.5f, -1.25f, 3e38f};
static const double f64[] = {1e-300, -2.5};
static const struct {
    char tag[5];
    nfi_elem type;
    bool critical;
    const void *p;
    size_t count;
} table[SECTIONS] = {
    {"BYTE", NFI_BYTES, true, bytes, sizeof bytes}, {"HALF", NFI_U16, true, u16, 3}, {"WORD", NFI_U32, false, u32, 2},
    {"LONG", NFI_U64, true, u64, 8},                {"SIGN", NFI_I64, true, i64, 3}, {"NONE", NFI_F64, false, NULL, 0},
    {"REAL", NFI_F32, true, f32, 3},                {"DBLE", NFI_F64, true, f64, 2}, {"LAST", NFI_BYTES, false, "x", 1},
};

static inline void small_file(char path[NFT_PATH])
{
    char dir[NFT_PATH];
    nfi_secw *w;

    nft_dir(dir);
    ck_assert_int_lt(snprintf(path, NFT_PATH, "%s/small.nfm", dir), NFT_PATH);
    nft_ok(nfi_secw_open(&w, path, 'M', 1, 2, &nft_err));
    for (size_t i = 0; i < SECTIONS; i++)
        nfi_secw_section(w, table[i].tag, table[i].type, table[i].critical, table[i].p, table[i].count);
    nft_ok(nfi_secw_commit(w, &nft_err));
}

static inline int entries(const char *path)
{
    char dir[NFT_PATH];
    int n = 0;
    snprintf(dir, sizeof dir, "%.*s", (int)(strrchr(path, '/') - path), path);
    DIR *d = opendir(dir);
    ck_assert_ptr_nonnull(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        n += e->d_name[0] != '.' || (e->d_name[1] != '\0' && e->d_name[1] != '.');
    closedir(d);
    return n;
}

/* Reads all sections of the small file in sequence, to their ends. */
static inline nf_status read_stream(nfi_secs *f, nf_err *err)
{
    nf_status s = NF_OK;
    for (size_t i = 0; i < SECTIONS && s == NF_OK; i++) {
        nfi_cursor *c;
        s = nfi_secs_cursor(&c, f, table[i].tag, table[i].type, 16, err);
        if (s != NF_OK)
            break;
        for (unsigned char byte; nfi_cursor_left(c) > 0 && s == NF_OK;)
            s = nfi_cursor_read(c, &byte, 1, err);
        nfi_cursor_close(c);
    }
    return s;
}

static inline nf_status stream_status(const char *path, nf_err *err)
{
    nfi_secs *f;
    nf_status s = nfi_secs_open(&f, path, 'M', 1, err);
    if (s == NF_OK) {
        s = read_stream(f, err);
        nfi_secs_close(f);
    }
    return s;
}

static inline nf_status memory_status(const unsigned char *p, size_t n, nf_err *err)
{
    nfi_secr *r;
    void *copy = nfi_alloc_aligned(n + 1, 1); /* its own block, so that a reader that looks past the end is seen by the sanitizers */
    if (n)
        memcpy(copy, p, n);
    nf_status s = nfi_secr_from_memory(&r, copy, n, "memory", 'M', 1, err);
    if (s == NF_OK)
        nfi_secr_close(r);
    nfi_free(copy);
    return s;
}

static inline nf_status whole_status(const char *path, nf_err *err)
{
    nfi_secr *r;
    nf_status s = nfi_secr_open(&r, path, 'M', 1, err);
    if (s == NF_OK)
        nfi_secr_close(r);
    return s;
}

#endif
