/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick.h - documents asked for by their ids. */
#ifndef NFI_CLI_PICK_H
#define NFI_CLI_PICK_H

#include "cli/cli.h"

typedef struct nfi_pick_opts {
    nfi_list only;
    const char *from;
} nfi_pick_opts;

#define OPT_PICK(S, f, what)                                                                                                               \
    OPT_LIST(0, "only", S, f.only, "IDS", NULL, what " the documents with these ids alone"),                                               \
        OPT_READ(0, "only-from", S, f.from, NULL, "the same with the ids that are in FILE, one a line")

/* {0}: all documents. */
typedef struct nfi_pick {
    struct nfi_picked *v; /* n, by bytes */
    size_t n, met;
    bool some;
    void *file;
} nfi_pick;

nf_status nfi_pick_open(nfi_pick *p, const nfi_pick_opts *o, nf_err *err) NF_MUST_CHECK;
/* Whether the document is asked for. O(log n). */
bool nfi_pick_takes(nfi_pick *p, nf_str id);
/* Ids that no document had: a warning for the first few; NFI_EXIT_DATA and an error when none at all was found. Else NFI_EXIT_OK. */
int nfi_pick_report(const nfi_pick *p, nfi_cli *cli);
void nfi_pick_clear(nfi_pick *p);

#endif
