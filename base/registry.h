/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * registry.h - look-ups in registries: NULL-terminated tables of pointers to rows that have a name and a summary. The whole body of a
 * function each; macros, since every registry has rows of a type of its own.
 */
#ifndef NFI_REGISTRY_H
#define NFI_REGISTRY_H

#include <stddef.h>
#include <string.h>

/* Of f(size_t i, const char **summary): the i-th name, NULL past the end; *out, unless out is NULL, gets the summary. */
#define NFI_RETURN_NAME(table, i, out)                  \
    do {                                                \
        for (size_t row_ = 0; (table)[row_]; row_++) {  \
            if (row_ != (i))                            \
                continue;                               \
            if (out)                                    \
                *(out) = (table)[row_]->summary;        \
            return (table)[row_]->name;                 \
        }                                               \
        return NULL;                                    \
    } while (0)

/* Of f(const char *key): the row of that name, NULL when there is none. */
#define NFI_RETURN_ROW(table, key)                      \
    do {                                                \
        for (size_t row_ = 0; (table)[row_]; row_++)    \
            if (strcmp((table)[row_]->name, key) == 0)  \
                return (table)[row_];                   \
        return NULL;                                    \
    } while (0)

#endif
