/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sentence_kit.h - what holds for the units of any text. Stops the process when it does not. */
#ifndef SENTENCE_KIT_H
#define SENTENCE_KIT_H

#include "base/try.h"
#include "features/sentence.h"

/* Pieces that random texts are made of. */
static const char *const sk_pieces[] = {
    "",
    "The ministers met",
    " in the capital",
    ". ",
    ".",
    "? ",
    "!",
    "...",
    " . . .",
    "\n",
    "\n\n",
    "\r\n",
    " ",
    "\t",
    "\xc2\xa0",
    "\"",
    "'",
    "\xe2\x80\x9c",
    "\xe2\x80\x9d",
    "(",
    ")",
    "[1]",
    "U.S.",
    " Mr.",
    " No.",
    " 5",
    "3.5",
    "J. R.",
    "\xe3\x80\x82",
    "\xd8\x9f",
    "\xe0\xa5\xa4",
    "\xe6\xb8\xaf",
    "\xc2\xbb",
    "\xc2\xab",
    "- ",
    "\xe2\x80\xa2 ",
    "http://a.B",
    "www.",
    "\xff",
    "\xe2\x80",
    "lower case words that go on for a while",
    "Words",
    ", ",
    ": ",
    "\xcc\x81",
    "\xe2\x80\x8b",
    "\xe2\x80\xa8",
    "The ",
    "1. ",
    "a",
};
enum { SK_PIECES = sizeof sk_pieces / sizeof *sk_pieces };

static inline bool sk_blank(const char *p, size_t n, size_t i, size_t *len)
{
    uint32_t cp;
    nfi_mark m = nfi_mark_at(p, n, i, len, &cp);
    return m == NFI_MARK_BLANK || m == NFI_MARK_LINE;
}

/* Units are in order, apart, within the text and not blank at their ends; what is between them is blank or cut. */
static inline void sk_check(nf_str t, const nf_cuts *cuts, const nf_units *u)
{
    size_t at = 0, c = 0, len;

    for (size_t k = 0; k <= u->n; k++) {
        size_t to = k < u->n ? u->unit[k].start : t.n;
        NF_ASSERT(to >= at && to <= t.n);
        while (at < to) {
            while (cuts && c < cuts->n && at >= cuts->cut[c].end)
                c++;
            if (cuts && c < cuts->n && at >= cuts->cut[c].start) {
                at = cuts->cut[c].end;
                continue;
            }
            NF_ASSERT(sk_blank(t.p, t.n, at, &len));
            at += len;
        }
        if (k == u->n)
            break;
        NF_ASSERT(u->unit[k].end > u->unit[k].start && u->unit[k].end <= t.n && !sk_blank(t.p, t.n, to, &len));
        NF_ASSERT(k == 0 ? u->unit[k].paragraph == 0 : u->unit[k].paragraph - u->unit[k - 1].paragraph <= 1);
        at = u->unit[k].end;
    }
}

#endif
