/* SPDX-License-Identifier: GPL-3.0-or-later */
/* iot.h - helpers of the tests of files in and out. */
#ifndef IOT_H
#define IOT_H

#include "nft.h"

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define MANY ((size_t)1 << 20)

static inline int entries(const char *dir)
{
    DIR *d = opendir(dir);
    int n = 0;
    ck_assert_ptr_nonnull(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(d);
    return n;
}

static inline void in_dir(char dst[NFT_PATH], const char *dir, const char *name)
{
    ck_assert_int_lt(snprintf(dst, NFT_PATH, "%s/%s", dir, name), NFT_PATH);
}

/* Bytes that show a lost, doubled or swapped piece. */
static inline unsigned char *pattern(size_t n)
{
    unsigned char *p = malloc(n);
    ck_assert_ptr_nonnull(p);
    for (size_t i = 0; i < n; i++)
        p[i] = (unsigned char)(i * 2654435761u >> 13);
    return p;
}

/* Runs f in a child of its own, for what would change this process; true when it returns true. */
static inline bool in_child(bool (*f)(const char *), const char *arg)
{
    int status = 0;
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        _exit(f(arg) ? 0 : 1);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static inline void tick(int sig) { (void)sig; }

/* Interrupts every us microseconds; not so often that a slow machine (valgrind) does nothing else. */
static inline void timer(long us)
{
    struct itimerval every = {{0, us}, {0, us}};
    struct sigaction act = {.sa_handler = tick}; /* no SA_RESTART: calls come back with EINTR and short counts */
    sigaction(SIGALRM, &act, NULL);
    setitimer(ITIMER_REAL, &every, NULL);
}

#endif
