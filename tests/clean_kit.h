/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clean_kit.h - texts of lines that articles and pages have, and what must hold for the cuts of any text. */
#ifndef CLEAN_KIT_H
#define CLEAN_KIT_H

#include "base/mem.h"
#include "base/try.h"
#include "features/clean.h"

#include <string.h>

static const char *const ck_line_pool[] = {
    "",
    "",
    " \t",
    "\r",
    "Menu",
    "Home | News | Sport",
    "Share this articleComments",
    "3 Comments",
    "Comments (12)",
    "You might also like",
    "Storm barrier passes its first test",
    "Fishermen Return After The Long Ban",
    "Photo: Storm barrier passes its first test. Source: port",
    "67.15%",
    "The council voted on Monday to rebuild the ferry line that the storms destroyed, after months in which the islanders had to sail the "
    "long way round.",
    "Two boats that had been laid up for years will be repaired at the yard in the old docks, and the pier is to be raised by a metre.",
    "\"We have waited for this,\" said the master of the school, who takes eleven children across the water every morning.",
    "It had let most of its workers go.",
    "The price rose by 3 percent to 45.",
    "The price rose by 4 percent to 46.",
    "\xd0\x94\xd0\xbe\xd1\x81\xd1\x82\xd1\x83\xd0\xbf\xd0\xbd\xd0\xbe",
    "\xd0\xb2\xd0\xb8 \xd0\xbc\xd0\xbe\xd0\xb6\xd0\xb5\xd1\x82\xd0\xb5 \xd0\xb2\xd1\x96\xd0\xbb\xd1\x8c\xd0\xbd\xd0\xbe "
    "\xd0\xba\xd0\xbe\xd1\x80\xd0\xb8\xd1\x81\xd1\x82\xd1\x83\xd0\xb2\xd0\xb0\xd1\x82\xd0\xb8\xd1\x81\xd1\x8f",
    "We use cookies to personalise content and to analyse our traffic.",
    "\xc2\xa9 Herald 2024. All rights reserved.",
    "\xc2\xa0\xe2\x80\x83",
    "---",
    "and so the lines of a mail go on where the one before them stopped for",
    "\xe2\x80\xa2 Windows",
    "\xff\xfe\x80",
    "Sign up for our newsletter"};
enum { CK_LINES = sizeof ck_line_pool / sizeof *ck_line_pool };

/* Cuts rise, do not overlap, are whole lines less the blanks around them, and add up; kept and cut together are the text. */
static inline void ck_check_cuts(nf_str text, const nf_cuts *c)
{
    size_t at = 0, line = 1, kept = 0;
    char *out = nfi_alloc(text.n, 1);

    NF_ASSERT(out != NULL);
    size_t n = nf_clean_apply(text, c, out);
    NF_ASSERT(c->removed_chars <= c->chars && (c->n > 0) == (c->removed_chars > 0));
    for (size_t i = 0; i < c->n; i++) {
        const nf_cut *k = &c->cut[i];
        NF_ASSERT(k->start < k->end && k->end <= text.n && k->rule >= 0 && k->rule < NFI_RULES);
        while (line < k->line) {
            const char *nl = memchr(text.p + at, '\n', text.n - at);
            NF_ASSERT(nl != NULL);
            size_t next = (size_t)(nl - text.p) + 1;
            NF_ASSERT(memcmp(out + kept, text.p + at, next - at) == 0);
            kept += next - at;
            at = next;
            line++;
        }
        NF_ASSERT(line == k->line && k->start >= at && !memchr(text.p + at, '\n', k->end - at));
        const char *nl = memchr(text.p + k->end, '\n', text.n - k->end);
        at = nl ? (size_t)(nl - text.p) + 1 : text.n;
        line++;
    }
    NF_ASSERT(n == kept + (text.n - at) && (n == kept || memcmp(out + kept, text.p + at, n - kept) == 0));
    nfi_free(out);
}

#endif
