/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * units.h - scores of sentences and paragraphs, and the angle of a document as a mixture of its sentences.
 *
 * Boilerplate is cut first, from the whole document; units lie in what is left, their places are in the original. A title is a unit of its
 * own (or several). A unit is scored like a document that is nothing but that unit.
 */
#ifndef NEWSFRAME_UNITS_H
#define NEWSFRAME_UNITS_H

#include "newsframe/models.h"
#include "newsframe/sentence.h"

NF_BEGIN_DECLS

/** Where in a document a unit stands. The texts are the CSV values. */
typedef enum nf_role {
    NF_ROLE_TITLE, /**< of the title column; without one the first unit of the text, where it has no stop and more follows */
    NF_ROLE_LEAD,  /**< the first unit of the text after that which ends with a stop */
    NF_ROLE_BODY,  /**< all others */
    NF_ROLE_REPEAT /**< says again what the title column says, word for word: in no mixture */
} nf_role;
NF_API const char *nf_role_name(size_t i, const char **summary); /**< NULL past the end; *summary may be NULL */

/** One unit of a document. */
typedef struct nf_scored_unit {
    size_t doc;        /**< number of its document in the batch */
    bool in_title;     /**< place is in the title, not in the text */
    nf_role role;
    nf_unit place;
    nf_score score;    /**< lang is that of the document */
    double carries; /**< nats of the document's margin (with several labels: of what its label has above the threshold) that its terms make
                       up; 0 where it was not asked for */
} nf_scored_unit;

/** Units of a batch in the order of the documents, and the memory that holds them. {0} is empty and reusable. */
typedef struct nf_scored_units {
    const nf_scored_unit *unit;
    const double *log_odds;   /**< n x classes, as of nf_scorer_batch() */
    const double *frame_odds; /**< n x classes: nf_model_frames(); NULL unless the units are sentences and nf_model_codes() */
    size_t n;
    const size_t *first;      /**< units of document d are first[d] .. first[d + 1] - 1 */
    struct nf_scored_units_mem *mem;
} nf_scored_units;

/**
 * Score the units of a batch (of which a part is a batch too: {docs + i, n, NULL}). The same for any number of threads, and for a document
 * alone.
 * @param kind NF_UNIT_PARAGRAPH or NF_UNIT_SENTENCE. @param scores of the documents, as nf_scorer_batch() gave them, to fill carries; NULL:
 * do not.
 */
NF_API NF_MUST_CHECK nf_status nf_scorer_units(nf_scorer *s, const nf_batch *b, nf_unit_kind kind, const nf_score *scores,
                                               nf_scored_units *out, nf_err *err);
NF_API void nf_scored_units_clear(nf_scored_units *u);

/** Does the model give frames, none or several, to each sentence? The built-in one does. */
NF_API bool nf_model_codes(const nf_model *m);
/** Frames of a sentence in chosen (a flag a class, caller-allocated); returns how many. @param odds its row of frame_odds. */
NF_API size_t nf_model_frames(const nf_model *m, const double *odds, bool *chosen);
/** Odds (natural logarithm) from which on a frame is given. */
NF_API double nf_model_coding_cut(const nf_model *m);

/** Which unit carries the label of document doc: the one with the greatest part in its margin (ties: the first); SIZE_MAX when none has
 * any. */
NF_API size_t nf_units_evidence(const nf_scored_units *u, size_t doc);

/** The frames of a document. */
typedef struct nf_mixture {
    int32_t primary;  /**< class with the greatest share, -1 when no unit has a label */
    size_t coded;     /**< units with a label */
} nf_mixture;
#define NF_MIXTURE_SECONDARY 0.06 /**< share from which on a class is a secondary frame */
#define NF_MIXTURE_NONE "none"    /**< a class of this name is no frame: its units count as without one */

/**
 * Salience of each class in document doc: a unit gives its label 1, twice in title and lead, and the sum is scaled to 1. Of several labels,
 * or frames of a sentence, the second has 1/2, the third 1/3, in the order of what they have above their thresholds.
 * @param share classes, caller-allocated; zeros when no unit has a label that is a frame. @param chosen classes, caller-allocated, scratch.
 */
NF_API void nf_units_mix(const nf_scored_units *u, const nf_model *m, size_t doc, double *share, bool *chosen, nf_mixture *out);

NF_END_DECLS

#endif
