/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * inspect.h - what is in a corpus, before anything is trained: labels and their spellings, lengths, encodings, languages, copies, dates,
 * vocabulary, columns. One pass; memory does not grow with the corpus beyond the limits named at the fields. The result does not depend on
 * threads.
 */
#ifndef NEWSFRAME_INSPECT_H
#define NEWSFRAME_INSPECT_H

#include "newsframe/dedup.h"
#include "newsframe/features.h"
#include "newsframe/lang.h"
#include "newsframe/mojibake.h"

NF_BEGIN_DECLS

enum {
    NF_INSPECT_LABELS = 10000,     /**< labels kept apart; documents of later ones are counted only */
    NF_INSPECT_PAIRS = 1000,       /**< labels compared with each other for spelling, the most frequent ones */
    NF_INSPECT_VARIANTS = 100,     /**< pairs listed */
    NF_INSPECT_TEXTS = 2097152,    /**< distinct texts remembered; copies of later ones are not seen */
    NF_INSPECT_NEAR = 100000,      /**< documents among which near copies are looked for, or as many as 1 GiB holds */
    NF_INSPECT_TYPES = 4194304,    /**< words kept apart; the vocabulary is that of the documents before */
    NF_INSPECT_DISTINCT = 1000,    /**< distinct values of a column that are counted */
    NF_INSPECT_EXACT = 65536,      /**< lengths below are kept exactly, quartiles above to 1 part in 64 */
    NF_INSPECT_LINES = 1000,       /**< documents whose lines are told apart by language */
    NF_INSPECT_GROWTH = 4
};

/** Least, greatest and quartiles of n values (the value of rank ceil(n p); least and greatest always exact). All 0 for n = 0. */
typedef struct nf_spread {
    uint64_t n, min, q1, median, q3, max;
    double mean;
} nf_spread;

typedef struct nf_inspect_label {
    nf_str name;
    uint64_t docs;
} nf_inspect_label;

/** How two labels differ. The texts end the sentence "... and ... differ only in". */
#define NF_VARIANTS(X)                                                   \
    X(NF_VARIANT_CASE, "case", "case")                                   \
    X(NF_VARIANT_SPACING, "spacing", "spaces or punctuation")            \
    X(NF_VARIANT_LOOKALIKE, "lookalike", "letters that look alike")      \
    X(NF_VARIANT_EDIT, "edit", "one letter")
typedef enum nf_variant_kind {
#define X(name, code, text) name,
    NF_VARIANTS(X)
#undef X
} nf_variant_kind;
/** @return code of a kind, *text (may be NULL) its words. */
NF_API const char *nf_variant_text(nf_variant_kind kind, const char **text);

typedef struct nf_inspect_variant {
    size_t a, b; /**< places in labels, a < b: a is the more frequent spelling */
    nf_variant_kind kind;
} nf_inspect_variant;

typedef struct nf_inspect_column {
    nf_str name;
    uint64_t filled;   /**< documents with more than blanks in it */
    uint64_t distinct; /**< distinct values, at most NF_INSPECT_DISTINCT */
    bool more;         /**< there are more */
    nf_str example;    /**< the first value that is not blank, cut at 60 bytes */
} nf_inspect_column;

typedef struct nf_inspect_count {
    const char *code, *name; /**< "en", "English"; a script has only a code. Borrowed, static */
    uint64_t docs;           /**< documents of the language; for scripts: whose letters are mostly of it */
    uint64_t letters;        /**< scripts only */
} nf_inspect_count;

typedef struct nf_inspect_growth {
    double share;           /**< of the tokens: .1, .25, .5, 1 */
    uint64_t tokens, types; /**< tokens read by then, distinct words among them */
} nf_inspect_growth;

/** The report. Owned; every slice lives in it. */
typedef struct nf_inspection {
    uint64_t docs, labelled;
    uint64_t no_text;   /**< documents without text */
    uint64_t no_token;  /**< documents with text but no token */
    uint64_t few_tokens;/**< 1 or 2 tokens: score calls them too_short */

    nf_inspect_label *label; /**< by falling number of documents, then bytes */
    size_t nlabels;
    uint64_t several;        /**< documents with more than one label; without multi they are not among the labelled */
    uint64_t other_labels;   /**< documents whose label came after NF_INSPECT_LABELS others */
    nf_inspect_variant *variant;
    size_t nvariants;
    uint64_t more_variants;  /**< pairs beyond NF_INSPECT_VARIANTS */

    nf_spread tokens, characters;

    uint64_t repaired, fallback, nul; /**< documents with NF_DOC_REPAIRED, _FALLBACK, _NUL */
    char repaired_id[64], fallback_id[64]; /**< ids of the first */
    uint64_t replacement;             /**< documents that hold U+FFFD, repaired or so from the start */
    uint64_t mojibake;                /**< documents that nf_mojibake_find() calls broken, in title or text */
    nf_mojibake mojibake_found;
    char mojibake_id[64];             /**< id of the first */

    nf_inspect_count *language; /**< by falling documents; only those met; empty when languages were not asked for */
    size_t nlanguages;
    uint64_t und;               /**< documents of no language */
    bool languages_told;
    uint64_t lines_told;        /**< documents whose lines were told apart */
    uint64_t mixed;             /**< of these: a tenth or more of the letters in lines of another language */
    char mixed_id[64];          /**< id of the first */
    uint64_t two_scripts; /**< documents with a twentieth or more of the letters, 20 at least, in a second script (kana and ideographs are
                             one) */
    char two_scripts_id[64];
    nf_inspect_count *script;   /**< by falling letters */
    size_t nscripts;

    uint64_t copies;     /**< documents whose text, blanks aside, stood in one before */
    uint64_t copied;     /**< distinct texts that stand in more than one document */
    uint64_t most_copies;/**< documents with the most frequent of them */
    char copy_id[64];    /**< id of one of these */
    bool texts_full;     /**< NF_INSPECT_TEXTS was reached */
    uint64_t near;       /**< documents like an earlier one, but not with the same words: as nf_dedup_groups() with its defaults has them */
    uint64_t near_looked; /**< documents among which they were looked for; 0: they were not */
    char near_id[64], near_of[64]; /**< ids of the first of them, and of the one that it is like */
    bool near_full;      /**< a limit of NF_INSPECT_NEAR was reached */

    uint64_t chars,
        removed_chars; /**< characters of the lines of all texts, and of those that newsframe clean cuts by its built-in rules */
    uint64_t with_cuts;            /**< documents with a cut */
    uint64_t all_cut;              /**< documents of which nothing is left */
    char all_cut_id[64];           /**< id of the first */

    uint64_t dated, undated, unreadable,
        ambiguous; /**< documents whose date could be read, is blank, could not be read; read, but day and month may be swapped */
    int32_t first_day, last_day;                    /**< since 1970-01-01, of the dated */
    nf_str first_date, last_date;                   /**< "YYYY-MM-DD" */
    bool month_first;                               /**< how ambiguous dates were read */
    char unreadable_date[64], unreadable_id[64];    /**< the first */

    uint64_t n_tokens, types, once; /**< of the vocabulary; once: words that occur a single time */
    nf_inspect_growth growth[NF_INSPECT_GROWTH];
    double slope;        /**< ln(types) over ln(tokens) from half of the tokens to all; 0 when undefined */
    bool types_full;     /**< NF_INSPECT_TYPES was reached */

    nf_inspect_column *column; /**< in input order; texts are no columns here */
    size_t ncolumns;
    struct nf_inspection_mem *mem;
} nf_inspection;

typedef struct nf_inspect_opts {
    nf_text_opts text;       /**< how words are cut; n-grams and stop words play no part */
    const nf_lang *lang;     /**< NULL: languages are not told */
    bool multi;              /**< nf_doc.label may be several labels, joined by ';' */
    bool no_near;            /**< near copies are not looked for */
    nf_date_order dates;     /**< what 01/02/2008 is */
    int threads;             /**< 0 = usable CPUs */
    void (*progress)(void *ctx, const nf_docs_stats *so_far);
    void *progress_ctx;
} nf_inspect_opts;

/**
 * Looks at all documents of a stream (left at its end).
 * @param out caller-allocated, filled on success: nf_inspection_clear(). @param opts borrowed, NULL for defaults.
 */
NF_API NF_MUST_CHECK nf_status nf_inspect(nf_inspection *out, nf_docs *in, const nf_inspect_opts *opts, nf_err *err);
NF_API void nf_inspection_clear(nf_inspection *r); /**< leaves {0} */

NF_END_DECLS

#endif
