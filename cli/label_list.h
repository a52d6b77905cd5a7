/* SPDX-License-Identifier: GPL-3.0-or-later */
/* label_list.h - several classes in one cell, joined by ";". */
#ifndef NFI_LABEL_LIST_H
#define NFI_LABEL_LIST_H

#include "base/buf.h"
#include "newsframe/docs.h"
#include "newsframe/units.h"

void nfi_list_add(nfi_buf *list, const nf_model *m, size_t k);
/* Classes with a flag, in class order. */
void nfi_list_chosen(nfi_buf *list, const nf_model *m, const bool *chosen);
/* Frames of a sentence, the most likely first; none where the model has that class and no other is given. chosen: scratch. */
void nfi_list_frames(nfi_buf *list, const nf_model *m, const double *odds, bool *chosen);
/* Classes whose share makes them secondary, falling; their shares become 0. */
void nfi_list_secondary(nfi_buf *list, const nf_model *m, double *share);
/* The list as a cell, blank when it is empty; clears it. A list that did not fit into memory fails the table. */
void nfi_list_cell(nf_csv *w, nfi_buf *list);

#endif
