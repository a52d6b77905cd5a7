/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * columns.h - the data dictionary: every column of every table that a verb writes, in the order it is written. Verbs take their header from
 * here, `newsframe columns` prints it. The order is a contract: append, never move.
 */
#ifndef NFI_CLI_COLUMNS_H
#define NFI_CLI_COLUMNS_H

#include "newsframe/docs.h"

typedef struct nfi_dict_column {
    const char *table;
    const char *name;  /* "<carried>" stands for the input columns, "<class>" within a name for each class */
    const char *type;  /* text, integer, number, or a choice "a|b|c" */
    const char *range; /* unit and range, "" for text */
    const char *meaning;
} nfi_dict_column;

extern const nfi_dict_column nfi_dict[]; /* rows of one table stand together; {0} last */

#define NFI_DICT_VERSION 1 /* rises when a column is renamed, moved or changes its meaning */

/*
 * Writes the header row of a table. carried: names of the input columns, in order; one that the table writes itself becomes input_<name>,
 * or input_input_<name> where an input column has that name, and so on. Each "<class>" column is written once a class, in class order.
 * n, k may be 0. Unknown tables are an internal error (asserted).
 */
void nfi_dict_header(nf_csv *w, const char *table, const nf_str *carried, size_t n, const char *const *classes, size_t k);
/* The same for tables (ended by NULL) whose columns stand side by side; the first may carry. more: columns that stand behind the carried
 * ones, whose names count as the table's own. */
typedef struct nfi_dict_input {
    const nf_str *carried, *more;
    size_t n, nmore;
} nfi_dict_input;
void nfi_dict_headers(nf_csv *w, const char *const *tables, const nfi_dict_input *in, const char *const *classes, size_t k);
/* True when a table has a column of this very name, class columns expanded. */
bool nfi_dict_has(const char *table, const char *name, size_t len, const char *const *classes, size_t k);

#endif
