/* SPDX-License-Identifier: GPL-3.0-or-later */
/* part.c - the table of parts. */
#include "models/part.h"

extern const nfi_part nfi_part_codebook, nfi_part_coding, nfi_part_em, nfi_part_lead, nfi_part_multi, nfi_part_seen, nfi_part_typicality;

/* Read in this order: coding asks for the codebook, and whether documents have several labels. */
const nfi_part *const nfi_parts[] = {&nfi_part_calibration, &nfi_part_codebook, &nfi_part_em,         &nfi_part_fit,
                                     &nfi_part_lead,        &nfi_part_multi,    &nfi_part_coding,     &nfi_part_seen,
                                     &nfi_part_tune,        &nfi_part_typicality, NULL};
