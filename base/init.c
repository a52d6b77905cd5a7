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
static pthread_once_t once_info = PTHREAD_ONCE_INIT;
static char info[512]; /* written once */

static void init(void)
{
    gsl_set_error_handler_off(); /* the default one aborts the process */
    nfi_kern_init();
}

static void describe(void)
{
    nf_err why = {0};
    size_t length;

    int n = snprintf(info, sizeof info, "newsframe " NFI_VERSION ", kernels %s, ", nfi_kern_get()->name);
    if (nfi_blas_describe(info + n, sizeof info - (size_t)n, &length, &why) != NF_OK)
        snprintf(info + n, sizeof info - (size_t)n, "no OpenBLAS: %s", why.msg);
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
    nf_init();
    pthread_once(&once_info, describe);
    return info;
}
