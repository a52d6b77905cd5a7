/* SPDX-License-Identifier: GPL-3.0-or-later */
/* golden.h - reading the plain-text goldens of this folder: lines of fields parted by one space, # starts a comment line. */
#ifndef NFT_GOLDEN_H
#define NFT_GOLDEN_H

#include "nft.h"

#include "base/num.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct golden {
    char *text, *line, *field; /* line: what follows the current one; field: what follows the current field, NULL at the end */
} golden;

/* Opens tests/parity/NAME; the folder is NFT_PARITY of the environment. Ends with golden_close(). */
static inline void golden_open(golden *g, const char *name)
{
    char path[NFT_PATH];
    const char *dir = getenv("NFT_PARITY");

    snprintf(path, sizeof path, "%s/%s", dir ? dir : "tests/parity", name);
    g->text = g->line = nft_read(path, NULL);
    g->field = NULL;
}

static inline void golden_close(golden *g)
{
    free(g->text);
}

/* The next field of the line, NULL past its last. */
static inline char *golden_field(golden *g)
{
    char *f = g->field;
    if (f) {
        char *end = strchr(f, ' ');
        g->field = end ? end + 1 : NULL;
        if (end)
            *end = '\0';
    }
    return f;
}

/* The next field, copied to dst of cap bytes; fails the test when there is none or it is too long. */
static inline void golden_copy(golden *g, char *dst, size_t cap)
{
    const char *f = golden_field(g);
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_lt(strlen(f), cap);
    memcpy(dst, f, strlen(f) + 1);
}

/* The same with all that is left of the line, blanks and all; there may be nothing left. */
static inline void golden_copy_rest(golden *g, char *dst, size_t cap)
{
    const char *rest = g->field ? g->field : "";
    ck_assert_uint_lt(strlen(rest), cap);
    memcpy(dst, rest, strlen(rest) + 1);
    g->field = NULL;
}

/* Goes to the next line that is neither empty nor a comment and returns its first field, NULL at the end of the file. */
static inline char *golden_next(golden *g)
{
    while (*g->line) {
        char *line = g->line, *end = strchr(line, '\n');
        g->line = end ? end + 1 : line + strlen(line);
        if (end)
            *end = '\0';
        if (*line && *line != '#') {
            g->field = line;
            return golden_field(g);
        }
    }
    return NULL;
}

/* The next field as a number; fails the test when it is none. */
static inline double golden_number(golden *g)
{
    double v = 0.0;
    const char *f = golden_field(g);
    ck_assert_msg(f && nfi_parse_double(f, strlen(f), &v), "expected a number, found %s", f ? f : "the end of the line");
    return v;
}

#endif
