/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signals.c - what the surroundings may do to the program. A signal that ends it removes unfinished outputs first and keeps its status
 * (128 + n); a reader that leaves and a full file are errors of write(2), not signals.
 */
#include "cli/opt.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* SA_RESETHAND has put the default action back. */
static void on_end(int sig)
{
    int saved = errno;
    nfi_out_abandon_all();
    raise(sig);
    errno = saved;
}

/* A file opened later must not land on a closed 0, 1 or 2. The way it is opened makes reading 0 and writing 1 fail, as on a closed one. */
static void fill_fds(void)
{
    static const int mode[] = {O_WRONLY, O_RDONLY, O_RDWR};

    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF)
            (void)!open("/dev/null", mode[fd]);
}

void nfi_signals_init(void)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    static const int ignored[] = {SIGPIPE, SIGXFSZ};
    struct sigaction act, old;

    fill_fds();
    memset(&act, 0, sizeof act);
    sigemptyset(&act.sa_mask);
    act.sa_handler = on_end;
    act.sa_flags = (int)(SA_RESETHAND | SA_NODEFER);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (sigaction(ends[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) /* nohup and background jobs stay as they are */
            sigaction(ends[i], &act, NULL);
    act.sa_handler = SIG_IGN;
    act.sa_flags = 0;
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        sigaction(ignored[i], &act, NULL);
}
