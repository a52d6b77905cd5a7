/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * calibrate.h - how sure a label is: class scores to probabilities, and sets of classes that hold the right one at a stated rate. Both are
 * learned from scores of documents by models that were made without them.
 *
 *     p_c = softmax_c(b_c - (s_best - s_c)^r / T)
 *
 * With r = 1 and b = 0 that is temperature scaling (Guo et al. 2017), with b bias-corrected (Alexandari et al. 2020). Naive Bayes takes
 * words to be independent, so its distances grow faster than what they are worth: too sure far from a tie, too unsure near one. A power
 * below 1 is the remedy. T, r and b have the greatest likelihood, where a document counts 1 - 1/(n+2) for its class and the rest is spread
 * over the others (the rule of succession, as in Platt 1999): so T is above 0 even where every document is right, and b finite. 1/T is a
 * root and r a minimum by Brent's methods, b comes of iterative scaling. All is plain arithmetic in one order, and what is kept is rounded
 * to 20 bits: the same on every machine.
 *
 * A class is in the set of a document when more than a share 1 - coverage of the class's own documents are no more sure of it (Vovk's
 * Mondrian conformal prediction): for each class, what is kept is ln p of that class in its own documents, rising.
 */
#ifndef NFI_CALIBRATE_H
#define NFI_CALIBRATE_H

#include "models/nb.h"

#include <math.h>

#include "base/mem.h"
#include "base/num.h"

typedef struct nfi_calibrator {
    const char *name, *summary;
    bool fit, power, bias;
} nfi_calibrator;
extern const nfi_calibrator *const nfi_calibrators[]; /* ends with NULL; the first is the default */
const nfi_calibrator *nfi_calibrator_find(const char *name);

/* Documents: with fewer a model stays uncalibrated; and the first of them that T, r and b are found on. Sets of classes use all. */
enum { NFI_LEAST_CALIBRATION = 20, NFI_MOST_CALIBRATION = 4096 };
#define NFI_LEAST_POWER 0.2
#define NFI_MOST_POWER 2.0
#define NFI_LEAST_TEMPERATURE 9.5367431640625e-07 /* 2^-20; the greatest is 2^20 */

typedef struct nfi_calibration {
    const nfi_calibrator *k;
    char how[32];          /* where the scores came from: "leave-one-out" or "out-of-fold" */
    uint64_t documents;
    double temperature, power;
    size_t nclasses;
    double *bias;          /* nclasses, owned; all 0 without */
    uint64_t *end;         /* nclasses, owned: end of each class in own_log_p */
    float *own_log_p;      /* owned */
} nfi_calibration;

/*
 * *out is NULL when k does not fit or there are too few documents. score: n rows of nclasses, NFI_NO_SCORE for a class that is not there;
 * label: n classes that are. The order of documents is that of a hash, or another that means nothing. O(n * nclasses), and for each of some
 * 15 steps, many more with bias, O(NFI_MOST_CALIBRATION * nclasses).
 */
nf_status nfi_calibration_fit(nfi_calibration **out, const nfi_calibrator *k, size_t n, size_t nclasses, const int32_t *label,
                              const double *score, const char *how, nf_err *err) NF_MUST_CHECK;
/* Empty, with room for everything. */
nf_status nfi_calibration_new(nfi_calibration **out, size_t nclasses, uint64_t documents, nf_err *err) NF_MUST_CHECK;
void nfi_calibration_free(nfi_calibration *c);

/* To 20 bits after the leading one, for |x| in the range of normal numbers. */
static inline double nfi_rounded(double x)
{
    uint64_t u = nfi_bits(x);
    return fabs(x) < 1e-9 ? 0.0 : nfi_from_bits((u + (UINT64_C(1) << 31)) & ~((UINT64_C(1) << 32) - 1));
}

/* ln p as it is kept, from -70 to 0; and whole numbers in the order of such logarithms, for sorting. */
static inline float nfi_kept_log_p(double p)
{
    return p > 1e-30 ? (float)nfi_log(p) : -70.0f;
}
static inline uint32_t nfi_log_p_key(float v)
{
    uint32_t u;
    memcpy(&u, &v, sizeof u);
    return ~u; /* the bits of numbers below 0 rise as the number falls */
}
static inline float nfi_log_p_of_key(uint64_t key)
{
    uint32_t u = ~(uint32_t)key;
    float v;
    memcpy(&v, &u, sizeof v);
    return v;
}

/* Class scores, or anything that differs from them by a constant, to probabilities. In place is fine. */
void nfi_calibration_apply(const nfi_calibration *c, const double *score, double *prob);
/* A row of log-odds of independent softmax probabilities to their logarithms: class scores but for a constant. In place is fine. */
void nfi_log_p_of_odds(const double *log_odds, size_t n, double *log_p);

#endif
