/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keyness.h - how far a term is a part's own: the log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi, Quinn 2008, eq. 15,
 * 16, 20-22) of a part against all the rest. With y the counts of a term, n those of all terms and the prior a_t = s y_t, a = s n of the
 * whole:
 *
 *     log_odds = ln((y_c + a_t) / (n_c + a - y_c - a_t)) - ln((y_r + a_t) / (n_r + a - y_r - a_t))
 *     variance = 1 / (y_c + a_t) + 1 / (y_r + a_t)               z = log_odds / sqrt(variance)
 *
 * z is about normal where the part is like the rest. Any counts do: occurrences, or documents that have the term.
 */
#ifndef NFI_KEYNESS_H
#define NFI_KEYNESS_H

#define NFI_KEYNESS_PRIOR 0.01 /* s: the prior weighs a hundredth of the counts */
#define NFI_KEYNESS_DOCS                                                                                                                   \
    0.1 /* s for counts of documents: they are small, and with less a term that no other document has would come after one that some have  \
         */

typedef struct nfi_keyness {
    double log_odds, z;
} nfi_keyness;

/*
 * y of the n counts of the part are the term's; all_y of all_n are, in the part and the rest together. prior: s, above 0. {0, 0} for a term
 * that nobody has and for one beside which there is no other.
 */
nfi_keyness nfi_keyness_of(double y, double n, double all_y, double all_n, double prior);

#endif
