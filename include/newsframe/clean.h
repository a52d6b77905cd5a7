/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * clean.h - what of a scraped text is not the article: menus, share bars, cookie notices, captions told twice, headlines of other stories.
 *
 * Whole lines are cut, by rules that look at one text alone and at a frozen line table: a text is cleaned the same way alone, in a batch
 * and in any order. The original is never changed; a cut is a place in it.
 */
#ifndef NEWSFRAME_CLEAN_H
#define NEWSFRAME_CLEAN_H

#include "newsframe/docs.h"

NF_BEGIN_DECLS

/** Rules, phrases and frozen line table. Immutable: share between threads freely. */
typedef struct nf_cleaner nf_cleaner;
/** Lines of a corpus and in how many documents of each source they stand. */
typedef struct nf_lines nf_lines;

/** i-th rule in the order in which they are applied, NULL past the end; *summary (may be NULL) gets a line about it. */
NF_API const char *nf_clean_rule_name(size_t i, const char **summary);

/** What to clean with. {0}: all rules, the built-in phrases, no line table. Borrowed during the call. */
typedef struct nf_clean_opts {
    const char *const *only;    /**< nonly rules, no others; nonly 0: all */
    size_t nonly;
    const char *const *without; /**< nwithout rules switched off */
    size_t nwithout;
    const char *phrases;        /**< a file of more phrases, newsframe-phrases(5); NULL for none */
    const char *lines_file;     /**< a line table, newsframe-lines(5); NULL for none */
    const nf_lines *lines;      /**< or one in memory; NULL for none */
} nf_clean_opts;

/**
 * @param out owned, nf_cleaner_free(). @param opts NULL for defaults.
 * @return NF_EINVAL: no such rule (the message lists them); NF_EIO, NF_EFORMAT: the phrase file; NF_EMODEL: the line table.
 */
NF_API NF_MUST_CHECK nf_status nf_cleaner_new(nf_cleaner **out, const nf_clean_opts *opts, nf_err *err);
NF_API void nf_cleaner_free(nf_cleaner *c); /**< NULL is fine */
/** Identity of everything that decides what is cut: 32 hexadecimal digits. Borrowed from c. */
NF_API const char *nf_cleaner_id(const nf_cleaner *c);
/** Lines of the frozen table: how many lines, of all sources together, are cut wherever they stand. */
NF_API size_t nf_cleaner_lines(const nf_cleaner *c);

/** One cut: the bytes [start, end) of the text, a whole line without its end. */
typedef struct nf_cut {
    size_t start, end;
    size_t line; /**< 1-based line of the text */
    int rule;    /**< nf_clean_rule_name() */
} nf_cut;

/** Cuts of one text in rising order, and the memory that holds them. {0} is empty and reusable. */
typedef struct nf_cuts {
    const nf_cut *cut;
    size_t n;
    uint64_t chars;         /**< characters of the text, blank lines and line ends aside */
    uint64_t removed_chars; /**< those of the cut lines */
    bool empty;             /**< lines were cut, and nothing but blank lines is left */
    struct nf_cuts_mem *mem;
} nf_cuts;

/**
 * Find the cuts. Time and memory are linear in the text.
 * @param source of the document, for the line table. @param mark what markup says of the lines of text, or NULL.
 * @return NF_ENOMEM, or NF_ELIMIT for a text of 4 GiB or more; cuts are empty then.
 */
NF_API NF_MUST_CHECK nf_status nf_clean_text(const nf_cleaner *c, nf_str text, nf_str source, const nf_line_mark *mark, size_t nmarks,
                                             nf_cuts *cuts, nf_err *err);
/** The text without its cuts, each with the line end after it. @param dst text.n bytes, caller-allocated; may be text.p itself. @return
 * bytes written. */
NF_API size_t nf_clean_apply(nf_str text, const nf_cuts *cuts, char *dst);
NF_API void nf_cuts_clear(nf_cuts *cuts);

/** An empty line table. @param out owned, nf_lines_free(). */
NF_API NF_MUST_CHECK nf_status nf_lines_new(nf_lines **out, nf_err *err);
/** Add the documents of a batch. Adding in any order, in parts or at once, gives the same table. @param threads 0: all usable CPUs. */
NF_API NF_MUST_CHECK nf_status nf_lines_add(nf_lines *t, const nf_batch *b, int threads, nf_err *err);
/** Add a table to another: the table of all their documents together. */
NF_API NF_MUST_CHECK nf_status nf_lines_merge(nf_lines *into, const nf_lines *from, nf_err *err);
/** Untrusted input is fine. @param out owned. @return NF_EMODEL on any fault of the file. */
NF_API NF_MUST_CHECK nf_status nf_lines_load(nf_lines **out, const char *path, nf_err *err);
/** Atomic; the same bytes for the same documents. */
NF_API NF_MUST_CHECK nf_status nf_lines_save(const nf_lines *t, const char *path, nf_err *err);
NF_API uint64_t nf_lines_docs(const nf_lines *t);   /**< documents added */
NF_API size_t nf_lines_count(const nf_lines *t);    /**< different lines, by source */
NF_API size_t nf_lines_sources(const nf_lines *t);  /**< different sources */
NF_API void nf_lines_free(nf_lines *t);             /**< NULL is fine */

NF_END_DECLS

#endif
