/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inspect.h - the report of newsframe inspect: its warnings, as text, as JSON. */
#ifndef NFI_CLI_INSPECT_H
#define NFI_CLI_INSPECT_H

#include "base/buf.h"
#include "cli/cli.h"
#include "newsframe/inspect.h"

typedef struct nfi_report {
    const nf_inspection *r;
    const nf_docs_stats *counts;
    bool multi;
    nfi_buf warning;    /* lines, each ended by LF; controls escaped */
    size_t nwarnings;
} nfi_report;

/* Fills warning: what an analyst should look at, and what to do about it. */
void nfi_inspect_warn(nfi_report *x);
/* Append the report to b; b->failed when memory ran out. */
void nfi_inspect_text(nfi_buf *b, const nfi_report *x);
nf_status nfi_inspect_json(nfi_buf *b, const nfi_report *x, nf_err *err) NF_MUST_CHECK;

/* Appends text from a corpus: controls escaped, at most cap bytes (cap < 1024), "..." where it was cut; double quotes around it when
 * quoted. */
void nfi_put_safe(nfi_buf *b, nf_str s, size_t cap, bool quoted);

#endif
