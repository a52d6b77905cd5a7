/* SPDX-License-Identifier: GPL-3.0-or-later */
/* errors.h - the table of newsframe evaluate --errors. */
#ifndef NFI_CLI_ERRORS_H
#define NFI_CLI_ERRORS_H

#include "cli/cli.h"
#include "newsframe/errors.h"

/* label: names by class number, those that the model does not know too. */
nf_status nfi_errors_write(const char *path, nf_csv_dialect dialect, const nf_errors *e, const nf_model *m, const nf_str *label,
                           nf_err *err) NF_MUST_CHECK;

#endif
