/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figures.h - what figures of one label and of several share. */
#ifndef NFI_FIGURES_H
#define NFI_FIGURES_H

#include "newsframe/metrics.h"

nf_figure nfi_share(uint64_t part, uint64_t whole, nf_undefined why_not);
/* Precision, recall and F1 of a class from its support, predicted and true_positives. */
void nfi_judge_class(nf_class_metrics *c);

#endif
