/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * oom.h - runs a call once for every request of memory it makes, failing that one, and then failing it and all later ones. Each time:
 * NF_ENOMEM with words or
 * NF_OK, no block left, outputs untouched and no file made on failure, the same files on success.
 */
#ifndef OOM_H
#define OOM_H

#include "oom/fail.h"

#include "docs_kit.h"

#include <dirent.h>

/* What a case works on: made without failures, borrowed while it runs. */
typedef struct oom_env {
    char dir[NFT_PATH]; /* outputs go here; anything else in it after a failure is a leftover */
    const void *in[4];
    int threads;
} oom_env;
/* Does everything and frees what it got; on failure nothing may be left either. */
typedef nf_status (*oom_case)(oom_env *env, nf_err *err);

/* A value that no call hands out. */
#define OOM_UNTOUCHED(type) ((type *)(uintptr_t)16)
/* After call gave status s: a failure left the output p as it was. */
#define OOM_OUT(s, p) \
    ck_assert_msg((s) == NF_OK || (const void *)(p) == (const void *)(uintptr_t)16, "an output was touched by a call that failed")

static inline void oom_path(char dst[NFT_PATH], const oom_env *env, const char *name)
{
    ck_assert_int_lt(snprintf(dst, NFT_PATH, "%s/%s", env->dir, name), NFT_PATH);
}

/* Names and bytes of all files of the folder, which are removed; owned by the caller (free). Returns how many files. */
static inline int oom_sweep(const char *dir, char **all, size_t *bytes)
{
    struct dirent **list;
    int n = scandir(dir, &list, NULL, alphasort), files = 0;
    size_t cap = 1, at = 0;
    char *out = calloc(1, 1);

    ck_assert_int_ge(n, 0);
    for (int i = 0; i < n; i++) {
        char path[2 * NFT_PATH];
        if (strcmp(list[i]->d_name, ".") != 0 && strcmp(list[i]->d_name, "..") != 0) {
            size_t len, name = strlen(list[i]->d_name);
            snprintf(path, sizeof path, "%s/%s", dir, list[i]->d_name);
            char *p = nft_read(path, &len);
            out = realloc(out, cap += name + 1 + len);
            memcpy(out + at, list[i]->d_name, name + 1);
            memcpy(out + at + name + 1, p, len);
            at += name + 1 + len;
            files++;
            free(p);
            ck_assert_int_eq(remove(path), 0);
        }
        free(list[i]);
    }
    free(list);
    *all = out;
    *bytes = at;
    return files;
}

static inline void oom_one(const char *name, oom_case run, oom_env *env, uint64_t n, bool persistent, const char *want, size_t nwant,
                           bool *hit)
{
    nf_err err = {0};
    char *files;
    size_t bytes;
    int64_t before = oom_live();

    oom_arm(n, persistent);
    nf_status s = run(env, &err);
    *hit = oom_disarm();
    ck_assert_msg(s == NF_OK || (*hit && s == NF_ENOMEM), "%s, request %d%s: %s: %s", name, (int)n, persistent ? " and all later" : "",
                  nf_strstatus(s), err.msg);
    if (s != NF_OK)
        ck_assert_msg(err.code == NF_ENOMEM && err.msg[0], "%s, request %d: no words about the failure", name, (int)n);
    ck_assert_msg(oom_live() == before, "%s, request %d%s (%s): %d blocks left", name, (int)n, persistent ? " and all later" : "",
                  nf_strstatus(s),
                  (int)(oom_live() - before));
    int count = oom_sweep(env->dir, &files, &bytes);
    ck_assert_msg(s == NF_OK ? bytes == nwant && memcmp(files, want, bytes) == 0 : count == 0,
                  "%s, request %d%s (%s): files are wrong: %d, the first %s", name, (int)n,
                  persistent ? " and all later" : "", nf_strstatus(s), count, files);
    free(files);
}

static inline void oom_run(const char *name, oom_case run, oom_env *env)
{
    nf_err err = {0};
    char *want;
    size_t nwant;
    bool hit = true, hit_again;

    if (!env->dir[0])
        nft_dir(env->dir);
    for (int warm = 0; warm < 2; warm++) { /* whatever stays after the first call is not a leak; after the second it is */
        int64_t before = oom_live();
        ck_assert_msg(run(env, &err) == NF_OK, "%s: %s", name, err.msg);
        if (warm)
            ck_assert_msg(oom_live() == before, "%s: %d blocks left by success", name, (int)(oom_live() - before));
        oom_sweep(env->dir, &want, &nwant);
        if (!warm)
            free(want);
    }
    uint64_t n = 1;
    for (; hit; n++) {
        oom_one(name, run, env, n, false, want, nwant, &hit);
        oom_one(name, run, env, n, true, want, nwant, &hit_again);
        ck_assert_msg(n < 20000, "%s never ends", name);
    }
    ck_assert_msg(n > 3, "%s makes no request of this heap", name); /* base/mem.c would have been linked */
    free(want);
}

#endif
