/* SPDX-License-Identifier: GPL-3.0-or-later */
/* progress.c - one line that says how far long work is. Only on a terminal, only after a second, without colour, wiped when done. */
#include "cli/cli.h"

#include "base/num.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WIDTH 78        /* bytes of the line; shorter ones are padded over what stood there */
#define FIRST_AFTER 1.0 /* seconds */
#define EVERY 0.2

static double now(void)
{
    struct timespec t;
    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
        return 0;
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool on_terminal(void)
{
    const char *term = getenv("TERM");
    return isatty(STDERR_FILENO) && (!term || strcmp(term, "dumb") != 0);
}

void nfi_progress_start(nfi_progress *p, nfi_cli *cli, const char *what, const char *unit)
{
    *p = (nfi_progress){.cli = cli, .what = what, .unit = unit};
    p->on = !cli->quiet && on_terminal();
    if (p->on) {
        p->start = now();
        cli->live = p;
    }
}

void nfi_progress_at(nfi_progress *p, uint64_t units, uint64_t done, uint64_t total)
{
    char line[256], tail[64] = "";

    if (!p->on)
        return;
    double t = now(), spent = t - p->start;
    if (spent < FIRST_AFTER || t - p->shown < EVERY)
        return;
    p->shown = t;
    if (total > 0 && done > 0) {
        double part = done < total ? (double)done / (double)total : 1.0;
        unsigned long left = (unsigned long)(spent / part - spent + 0.5);
        snprintf(tail, sizeof tail, ", %d%%, %lu:%02lu left", (int)(100 * part), left / 60, left % 60);
    }
    snprintf(line, sizeof line, "%s: %llu %s, %llu/s%s", p->what, (unsigned long long)units, p->unit,
             (unsigned long long)((double)units / spent), tail);
    fprintf(stderr, "\r%-*.*s", WIDTH, WIDTH, line);
    fflush(stderr);
    p->drawn = true;
    p->cli->live = p;
}

void nfi_progress_stop(nfi_progress *p)
{
    if (p->drawn)
        fprintf(stderr, "\r%*s\r", WIDTH, "");
    p->drawn = false;
    if (p->cli && p->cli->live == p)
        p->cli->live = NULL;
}
