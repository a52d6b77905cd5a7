/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * sentence.h - a text as paragraphs and sentences: places in the original bytes.
 *
 * A line of a scraped text is a paragraph, unless lines were cut to a width: then they are joined. A sentence ends at a stop, with the
 * quotes and brackets that close after it; stops of abbreviations, initials and numbers end none. Sentences lie within paragraphs.
 */
#ifndef NEWSFRAME_SENTENCE_H
#define NEWSFRAME_SENTENCE_H

#include <stdbool.h>

#include "newsframe/clean.h"

NF_BEGIN_DECLS

/** What of a document is looked at by itself. */
typedef enum nf_unit_kind { NF_UNIT_DOCUMENT, NF_UNIT_PARAGRAPH, NF_UNIT_SENTENCE } nf_unit_kind;
/** i-th kind ("document", "paragraph", "sentence"); NULL past the end; *summary may be NULL. Index = nf_unit_kind. */
NF_API const char *nf_unit_name(size_t i, const char **summary);

/** The bytes [start, end) of a text; neither end is blank. */
typedef struct nf_unit {
    size_t start, end;
    uint32_t paragraph; /**< number of its paragraph, from 0 */
    bool stop;          /**< ends with a stop: headlines and captions often do not */
} nf_unit;

/** Units of one text in order, and the memory that holds them. {0} is empty and reusable. */
typedef struct nf_units {
    const nf_unit *unit;
    size_t n;
    struct nf_units_mem *mem;
} nf_units;

/**
 * Cut a text into units. Every byte that is not blank is in one unit, those of cuts in none; no unit reaches over a cut. What stands
 * between two blank lines is cut the same way whatever stands around it. Time and memory are linear in the text; any bytes are fine, UTF-8
 * or not.
 * @param cuts what cleaning leaves out (nf_clean_text() of the same text), or NULL. @param kind NF_UNIT_DOCUMENT: one unit, from the first
 * byte that is not blank to the last (of cuts only those at its ends are left out); no unit where there is none. @return NF_ENOMEM; units
 * are empty then.
 */
NF_API NF_MUST_CHECK nf_status nf_units_split(nf_units *units, nf_str text, const nf_cuts *cuts, nf_unit_kind kind, nf_err *err);
NF_API void nf_units_clear(nf_units *units);

NF_END_DECLS

#endif
