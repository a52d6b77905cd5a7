/* SPDX-License-Identifier: GPL-3.0-or-later */
/* soname.c - run by the build: linked with a library, it prints the file name under which a program finds the one that has SYMBOL. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#define NAME_(x) #x
#define NAME(x) NAME_(x)

extern void SYMBOL(void);
extern void (*volatile used)(void);
void (*volatile used)(void) = SYMBOL; /* or the linker leaves the library out */

int main(void)
{
    Dl_info at = {0};
    void *address = dlsym(RTLD_DEFAULT, NAME(SYMBOL));

    if (!address || dladdr(address, &at) == 0 || !at.dli_fname)
        return 1;
    const char *slash = strrchr(at.dli_fname, '/');
    fputs(slash ? slash + 1 : at.dli_fname, stdout);
    return 0;
}
