/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lazy.h - libraries opened when they are first needed, for a program that starts without them starts several times as fast: behind some
 * stand ICU, libstdc++ or threads of their own.
 *
 * The functions of a library are one list, from which come a structure of pointers, typed by the prototypes of the library's header, and
 * the rows to look them up by; the structure is written once and only read after that:
 *
 *     #define CALLS(X) X(xmlInitParser) X(xmlStopParser)
 *     static struct calls { CALLS(NFI_LAZY_POINTER) } xml;
 *     static const nfi_lazy_row functions[] = {CALLS(NFI_LAZY_ROW)};
 *     static nfi_lazy library = {"libxml2.so.2", "libxml2", functions, sizeof functions / sizeof *functions, &xml, NULL, NFI_LAZY_CLOSED};
 *
 *     NF_TRY(nfi_lazy_open(&library, err));
 *     xml.xmlStopParser(parser);
 *
 * The name of the file comes from the build (tools/soname.c): what the headers belong to is what is opened.
 */
#ifndef NFI_LAZY_H
#define NFI_LAZY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "newsframe/status.h"

#define NFI_LAZY_POINTER(name) __typeof__(&name) name;
#define NFI_LAZY_ROW(name) {#name, offsetof(struct calls, name)},

typedef struct nfi_lazy_row {
    const char *name;
    size_t at; /* of its pointer in the structure */
} nfi_lazy_row;

typedef struct nfi_lazy {
    const char *soname, *package; /* package: what to install, for the message */
    const nfi_lazy_row *row;
    size_t n;
    void *calls;         /* the structure */
    void (*begin)(void); /* called once when the pointers are set, or NULL */
    struct {
        atomic_bool open;
        pthread_mutex_t lock;
    } state;
} nfi_lazy;

#define NFI_LAZY_CLOSED {false, PTHREAD_MUTEX_INITIALIZER}

/*
 * Opens the library unless it is open. From any number of threads at once; what failed is tried again by the next call. It is never closed.
 * @return NF_EIO when it cannot be opened or lacks a function; the message names the package.
 */
nf_status nfi_lazy_open(nfi_lazy *lib, nf_err *err) NF_MUST_CHECK;

#endif
