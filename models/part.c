/* SPDX-License-Identifier: GPL-3.0-or-later */
/* part.c - the table of parts. */
#include "models/part.h"

const nfi_part *const nfi_parts[] = {NULL};
