/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metric.h - what "near" means. A cluster is known by the sum S of its members, its squared length and its size; its center is scale *
 * S, and a row x scores x.S * scale - bias there: the greater, the nearer. A new metric is a row of the table.
 */
#ifndef NFI_CLUSTER_METRIC_H
#define NFI_CLUSTER_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct nfi_place {
    double scale, bias;
} nfi_place;

typedef struct nfi_metric {
    const char *name, *summary;
    bool unit;                                                /* rows are brought to length 1 first */
    nfi_place (*place)(double sq, uint64_t size);             /* of the cluster with |S|^2 = sq; scale 0 when S = 0 */
    double (*merit)(double sq, uint64_t size);                /* what the cluster adds to the objective; greater is better */
    /*
     * A row that joins adds at most about its score to the merit, and takes off at least about its score when it leaves: both within
     * boost, for rows up to length top. In units of score.
     */
    double (*boost)(double sq, uint64_t size, double top);
    double (*similarity)(double dot, double xx, double cc);   /* of a row to a center, from x.c, |x|^2, |c|^2 */
    double (*share)(double similarity);                       /* what a row adds to the objective that is reported */
} nfi_metric;

extern const nfi_metric *const nfi_metrics[]; /* NULL-terminated, the default first */

#endif
