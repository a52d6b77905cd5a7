/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tok_sklearn.c - the default tokeniser of scikit-learn, for parity: Python's str.lower() of the text, then maximal runs of at least two
 * \w characters (categories L and N, and the low line). No other folding: NFD and NFC differ, marks end a word.
 *
 * str.lower() maps one code point to one, with two exceptions: U+0130 gives i and U+0307 (a mark: the word ends there), and a capital
 * sigma at the end of a word (Unicode 15, table 3-17) gives the final form. What decides "end of a word" never reaches past a blank.
 * Tokens over NFI_MAX_TOKEN bytes are dropped and counted, which scikit-learn does not do.
 */
#include "features/token.h"

#include "base/utf8.h"
#include "features/unicode.h"
#include "features/wordbreak.h"

enum { SIGMA = 0x3a3, SMALL_SIGMA = 0x3c3, FINAL_SIGMA = 0x3c2, CAPITAL_I_DOT = 0x130 };

static size_t joins(const char *text, size_t n, size_t i)
{
    (void)text;
    (void)n;
    return i;
}

/* Is the first character of text[i..e) that is not case-ignorable a cased one? */
static bool cased_follows(const char *text, size_t i, size_t e)
{
    while (i < e) {
        uint32_t cp;
        i += nfi_utf8_decode(text + i, e - i, &cp);
        unsigned rec = nfi_wb(cp);
        if (!(rec & NFI_WB_IGNORABLE))
            return rec & NFI_WB_CASED;
    }
    return false;
}

static void chunk(nfi_tokbuf *b, const char *text, size_t n, size_t s, size_t e)
{
    char word[NFI_MAX_TOKEN + 8];
    size_t len = 0, chars = 0; /* of the run; len stops growing above NFI_MAX_TOKEN */
    bool cased = false;        /* the last character that is not case-ignorable is cased */

    (void)n;
    for (size_t i = s; i < e;) {
        uint32_t cp;
        i += nfi_utf8_decode(text + i, e - i, &cp);
        unsigned rec = nfi_wb(cp);
        bool was_cased = cased, dotted = cp == CAPITAL_I_DOT;
        if (!(rec & NFI_WB_IGNORABLE))
            cased = rec & NFI_WB_CASED;
        if (!(rec & NFI_WB_WORD) && cp != '_') {
            if (chars >= 2)
                nfi_tok_emit(b, word, len);
            len = chars = 0;
            continue;
        }
        if (cp == SIGMA)
            cp = was_cased && !cased_follows(text, i, e) ? FINAL_SIGMA : SMALL_SIGMA;
        else if (rec & NFI_WB_CHANGES)
            cp = nfi_uni_lower(cp);
        if (len <= NFI_MAX_TOKEN)
            len += nfi_utf8_encode(word + len, cp);
        chars++;
        if (dotted) { /* U+0307 follows */
            if (chars >= 2)
                nfi_tok_emit(b, word, len);
            len = chars = 0;
        }
    }
    if (chars >= 2)
        nfi_tok_emit(b, word, len);
}

const nfi_tokenizer nfi_tok_sklearn = {
    .name = "sklearn",
    .summary = "lower-cased runs of two or more letters, digits or low lines, as scikit-learn has it",
    .version = 1,
    .joins = joins,
    .underscore_is_letter = true,
    .min_ascii = 2,
    .special = NULL, /* nothing to rewrite */
    .chunk = chunk,
};
