/* SPDX-License-Identifier: GPL-3.0-or-later */
/* init.c - the one place that sets process-wide state, once. NFI_VERSION comes from the build file. */
#include "newsframe/status.h"

#include "base/dense.h"
#include "base/kern.h"

#include <gsl/gsl_errno.h>
#include <pthread.h>
#include <stdio.h>

#ifndef NFI_VERSION
#error "NFI_VERSION is the project version of meson.build, as a string"
#endif

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char info[512] = "newsframe " NFI_VERSION; /* completed once */

static void init(void)
{
    gsl_set_error_handler_off(); /* the default one aborts the process */
    nfi_blas_init();
    nfi_kern_init();
    int n = snprintf(info, sizeof info, "newsframe " NFI_VERSION ", kernels %s, ", nfi_kern_get()->name);
    nfi_blas_describe(info + n, sizeof info - (size_t)n);
}

void nf_init(void)
{
    pthread_once(&once, init);
}

const char *nf_version(void)
{
    return NFI_VERSION;
}

const char *nf_build_info(void)
{
    return info;
}
