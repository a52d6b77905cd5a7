/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * codebook.h - frames as data: what each is, what belongs to it, and words that often go with it (seeds).
 *
 * A codebook is a JSON object, newsframe-codebook(5):
 *
 *     {"id": "geo-1", "title": "...", "frames": [{"key": "military", "name": "...", "definition": "...", "include": "...", "exclude":
 * "...", "seeds": ["militar*", "arms deal"]}, ...]}
 *
 * A seed is a word or up to four words in a row; * at the end of a word stands for any ending.
 */
#ifndef NEWSFRAME_CODEBOOK_H
#define NEWSFRAME_CODEBOOK_H

#include <stdbool.h>

#include "newsframe/docs.h"

NF_BEGIN_DECLS

/** Frames in the order of the file. Immutable; share between threads freely. */
typedef struct nf_codebook nf_codebook;

/**
 * @param out owned, nf_codebook_free().
 * @return NF_EFORMAT with file and line: not JSON, a field of the wrong type, a frame without key or without seeds (none, the frame of what
 * has no frame, needs none), a key twice, a seed that no text could match or every text would; NF_ELIMIT: more than 4 MiB, 1,024 frames or
 * 65,536 seeds.
 */
NF_API NF_MUST_CHECK nf_status nf_codebook_read(nf_codebook **out, const char *path, nf_err *err);
/** The same from memory; name is for messages. */
NF_API NF_MUST_CHECK nf_status nf_codebook_parse(nf_codebook **out, const char *json, size_t n, const char *name, nf_err *err);
NF_API void nf_codebook_free(nf_codebook *cb);

NF_API nf_str nf_codebook_id(const nf_codebook *cb);    /**< borrowed, as all strings here; empty when the file has none */
NF_API nf_str nf_codebook_title(const nf_codebook *cb);
NF_API size_t nf_codebook_frames(const nf_codebook *cb);
NF_API int32_t nf_codebook_find(const nf_codebook *cb, nf_str key); /**< frame number or -1 */
/** Fields of the file that mean nothing here: the i-th name, each once; n == 0 past the end. */
NF_API nf_str nf_codebook_unknown(const nf_codebook *cb, size_t i);

typedef struct nf_frame {
    nf_str key, name, definition, include, exclude; /**< key is the label of texts with the frame */
    const nf_str *seed; /**< as written */
    size_t nseeds;
} nf_frame;
NF_API const nf_frame *nf_codebook_frame(const nf_codebook *cb, size_t i);

/** The seeds of a codebook as a tokeniser cuts them, and what counting with them needs: one a thread. */
typedef struct nf_lexicon nf_lexicon;
/**
 * @param out owned, nf_lexicon_free(). @param cb borrowed while it lives. @param tokenizer nf_tokenizer_name(); NULL: the first.
 * @return NF_EFORMAT: a seed in which the tokeniser finds no word, or more than four.
 */
NF_API NF_MUST_CHECK nf_status nf_lexicon_new(nf_lexicon **out, const nf_codebook *cb, const char *tokenizer, nf_err *err);
NF_API void nf_lexicon_free(nf_lexicon *lx);
/**
 * Counts seeds in a text: where a seed of a frame ends at a word, the frame gets 1, however many of its seeds end there. Words are compared
 * without regard to case, except that a seed in capitals (US) does not match the small word. O(words * log seeds).
 * @param count a number for each frame, caller-allocated, set. @param n_tokens words of the text; may be NULL.
 */
NF_API NF_MUST_CHECK nf_status nf_codebook_count(nf_lexicon *lx, nf_str title, nf_str text, uint64_t *count, uint64_t *n_tokens,
                                                 nf_err *err);
/** The frame with most seeds in it; -1 when none has any, and for ties. */
NF_API int32_t nf_codebook_best(const uint64_t *count, size_t frames);

NF_END_DECLS

#endif
