/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cluster.h - k-means on sparse rows, what describes a cluster, and how well two partitions agree.
 *
 * Assignments are the same bits for any thread count and CPU: distances accumulate in float32 in term order through one kernel contract,
 * centroid sums are int64 fixed point (scale 2^32), ties go to the lower cluster, and randomness comes from streams named by (seed,
 * restart).
 */
#ifndef NEWSFRAME_CLUSTER_H
#define NEWSFRAME_CLUSTER_H

#include <stdbool.h>

#include "newsframe/matrix.h"

NF_BEGIN_DECLS

/** How to cluster. Start from nf_kmeans_defaults(). */
typedef struct nf_kmeans_opts {
    size_t k;          /**< 1 <= k <= distinct non-empty rows, at most 65535 */
    const char *metric; /**< "spherical" (default: cosine; rows and centroids are brought to unit length) or "euclidean" */
    const char *init;  /**< "k-means++" (greedy, 2 + floor(ln k) candidates) or "random" (k distinct rows); see nf_kmeans_init_name() */
    int restarts; /**< 1..1000, default 10: all run until few rows move, then the best fifth (at least 2; all of up to 3) to the end; best
                     objective wins, ties to the lower restart */
    int max_iter;      /**< 1..10000, default 1000; convergence is "no row moved" */
    bool refine;       /**< end with moves of single rows that gain (first variation), default true; false: plain Lloyd iterations */
    uint64_t seed;     /**< default 1 */
    int threads;       /**< 0 = usable CPUs */
} nf_kmeans_opts;
NF_API nf_kmeans_opts nf_kmeans_defaults(size_t k);
/** i-th seeding / metric name, NULL past the end; *summary may be NULL. */
NF_API const char *nf_kmeans_init_name(size_t i, const char **summary);
NF_API const char *nf_kmeans_metric_name(size_t i, const char **summary);

/** A partition. Owned arrays; clusters are numbered by falling size, ties by first member. {0} is empty. */
typedef struct nf_clusters {
    size_t n, k, d;
    int32_t *assign;          /**< n, in [0,k), -1 for an empty row */
    int32_t *second;          /**< n, second best cluster, -1 when k == 1 or the row is empty */
    float *similarity;        /**< n, cosine to the own centroid in [-1,1] (euclidean: minus the distance, <= 0); 0 for an empty row */
    float *second_similarity; /**< n, the same to the second */
    uint64_t *size;           /**< k */
    nf_dense center;          /**< d x k, term-major, ld a multiple of 16: component of term t in cluster c at val[t*ld + c] */
    double objective;         /**< of assign; spherical: sum of similarities (higher is better); euclidean: inertia (lower is better) */
    int iterations, restart;  /**< of the winning restart */
    bool converged;           /**< false: max_iter was reached; a result, not an error */
} nf_clusters;

/**
 * Cluster the rows of X. Empty rows stay out (assign = -1).
 * @param out owned on success, nf_clusters_clear(). @param X n x d, borrowed, nf_csr_check() holds.
 * @return NF_EINVAL (option out of range, unknown name); NF_EDATA: k above the number of distinct non-empty rows, which the message states.
 * NF_ELIMIT: the lengths of all rows add up to 2^29 or more, or 2^31 - 1 rows.
 * O(restarts * iterations * nnz * k) time; 16*nnz bytes, and 4*d*Kpad (float) + 8*d*k (sums) bytes a worker that runs restarts in parallel.
 * Thread-safe on one X.
 */
NF_API NF_MUST_CHECK nf_status nf_kmeans(nf_clusters *out, const nf_csr *X, const nf_kmeans_opts *opts, nf_err *err);
NF_API void nf_clusters_clear(nf_clusters *c);

/** One describing term. */
typedef struct nf_cluster_term {
    int32_t term;  /**< column of X */
    double weight; /**< centroid component (heaviest) or z score (distinctive) */
} nf_cluster_term;

/** The m heaviest centroid components of each cluster, falling, ties to the lower column. @param out k*m, caller-allocated; unused places
 * have term -1. */
NF_API NF_MUST_CHECK nf_status nf_cluster_heaviest(const nf_clusters *c, size_t m, nf_cluster_term *out, nf_err *err);
/**
 * The m most distinctive terms of each cluster: log-odds of the term in the cluster against the rest with an informative Dirichlet prior, z
 * score (Monroe, Colaresi, Quinn 2008, eq. 15-22), prior mass 0.01 * total count spread like the corpus. Only z > 0.
 * @param counts n x d term frequencies as values, borrowed. @param out as above.
 */
NF_API NF_MUST_CHECK nf_status nf_cluster_distinctive(const nf_clusters *c, const nf_csr *counts, size_t m, nf_cluster_term *out,
                                                      nf_err *err);
/** The m rows nearest to each centroid (greatest similarity, ties to the lower row). @param out k*m row numbers, caller-allocated, -1 for
 * unused places. */
NF_API NF_MUST_CHECK nf_status nf_cluster_exemplars(const nf_clusters *c, size_t m, int64_t *out, nf_err *err);
/** Cosine between centroids through BLAS. @param S k x k, caller-allocated by nf_dense_alloc(k,k). Shown, never used to decide. */
NF_API NF_MUST_CHECK nf_status nf_cluster_similarity(const nf_clusters *c, nf_dense *S, nf_err *err);

/** Agreement of two partitions of the same n items; items with a negative number in either are left out. */
typedef struct nf_agreement {
    uint64_t n;          /**< items compared */
    double nmi;          /**< mutual information / arithmetic mean of the entropies; 1 when both have one part */
    double ari;          /**< adjusted Rand index */
    double homogeneity, completeness, purity;
} nf_agreement;
/** @param a the reference classes, @param b the clusters; n numbers each, borrowed. NF_EDATA when nothing can be compared. */
NF_API NF_MUST_CHECK nf_status nf_agreement_of(const int32_t *a, const int32_t *b, size_t n, nf_agreement *out, nf_err *err);
/** Mean over rows of (s1 - s2) / max(1 - s2, 1 - s1)-style simplified silhouette from own and second similarities (cosine distance), in
 * [-1,1]; 0 when k == 1. */
NF_API double nf_simplified_silhouette(const nf_clusters *c);

NF_END_DECLS

#endif
