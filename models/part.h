/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * part.h - what a model may have beside its weights: calibration, thresholds, a codebook. A part has a file of its own, sections of its
 * own, a pointer in nf_model that is NULL where the model does not have it, and a row here. None of its sections is critical unless labels
 * depend on it.
 */
#ifndef NFI_PART_H
#define NFI_PART_H

#include "models/model.h"

typedef struct nfi_part {
    const char *tag[6]; /* its sections, ended by NULL; 40 in all parts together */
    void (*put)(const nf_model *m, nfi_secw *w); /* nothing when the model does not have it */
    nf_status (*get)(nf_model *m, nf_err *err);  /* from m->file, after all else was read; checks every value; NF_OK when it is not there */
    void (*clear)(nf_model *m);
} nfi_part;

extern const nfi_part nfi_part_calibration, nfi_part_fit, nfi_part_tune;
extern const nfi_part *const nfi_parts[]; /* ends with NULL */

#endif
