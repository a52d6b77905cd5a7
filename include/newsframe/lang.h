/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * lang.h - which language a text is in. The script decides where one language uses it; else the n-grams of the text are compared with the
 * fingerprints of libexttextcat for the languages of that script. A text that is too short, too unlike all of them, or as near to a second
 * language is of none: "und".
 */
#ifndef NEWSFRAME_LANG_H
#define NEWSFRAME_LANG_H

#include "newsframe/docs.h"

NF_BEGIN_DECLS

/** Fingerprints read from disk: immutable, share between threads freely. */
typedef struct nf_lang nf_lang;

/** @return code of the i-th language that can be told ("en"), NULL past the end; *name (may be NULL) gets its English name. */
NF_API const char *nf_lang_code(size_t i, const char **name);
/** @return number of a code, -1 when it is none of them. */
NF_API int nf_lang_find(const char *code);

/**
 * Reads the fingerprints. @param folder where they are; NULL: NEWSFRAME_LANGUAGES of the environment, else where the package
 * libexttextcat-data has put them. @param out owned, nf_lang_close(). @return NF_EIO naming the file that cannot be read.
 */
NF_API NF_MUST_CHECK nf_status nf_lang_open(nf_lang **out, const char *folder, nf_err *err);
NF_API void nf_lang_close(nf_lang *l); /**< NULL is fine */

/** What was found. */
typedef struct nf_lang_guess {
    int lang;         /**< number of the language, -1: und */
    uint32_t letters; /**< letters looked at, at most 900 */
    double distance;  /**< 0 (the fingerprint itself) to 1 (nothing in common); 0 where the script decided */
    double margin;    /**< how much further the second language is, as a share of distance; 0 where the script decided */
} nf_lang_guess;

/**
 * Language of a text in n parts (title, text), valid UTF-8. Of a text of more than 2,700 bytes three pieces are looked at: from its start,
 * its middle and its end, so the cost is bounded (about 0.2 ms).
 * @return NF_ENOMEM, NF_OK. Thread-safe.
 */
NF_API NF_MUST_CHECK nf_status nf_lang_of(nf_lang_guess *out, const nf_lang *l, const nf_str *part, size_t n, nf_err *err);
/** "en", or "und". */
NF_API const char *nf_lang_guess_code(const nf_lang_guess *g);

/**
 * Letters of a text by the language of the line they stand in: adds to letters[lang] for each line, letters[count of languages] for lines
 * whose language cannot be told. @param letters nf_lang_count() + 1 elements. At most the first 200 lines that have letters are told; the
 * rest counts as not told.
 */
NF_API NF_MUST_CHECK nf_status nf_lang_lines(uint64_t *letters, const nf_lang *l, nf_str text, nf_err *err);
NF_API size_t nf_lang_count(void);

NF_END_DECLS

#endif
