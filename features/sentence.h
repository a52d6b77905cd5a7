/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sentence.h - inside of the splitter: what a character is to it, and where the sentences of one paragraph end. */
#ifndef NFI_SENTENCE_H
#define NFI_SENTENCE_H

#include "newsframe/sentence.h"

typedef enum nfi_mark {
    NFI_MARK_OTHER,      /* symbols, signs */
    NFI_MARK_BLANK,      /* blanks and controls */
    NFI_MARK_LINE,       /* ends a line */
    NFI_MARK_NONE,       /* combining marks and invisible signs: belong to what stands before */
    NFI_MARK_LOWER, NFI_MARK_UPPER,
    NFI_MARK_LETTER,     /* of a script without capitals */
    NFI_MARK_DIGIT,
    NFI_MARK_STOP,       /* . ! ? and the ellipsis: may end a sentence */
    NFI_MARK_FULL,       /* stops that are nothing else: ideographic, Arabic, Indic, ... */
    NFI_MARK_OPEN, NFI_MARK_CLOSE, /* brackets */
    NFI_MARK_QUOTE_OPEN, NFI_MARK_QUOTE_CLOSE, /* in most languages; the other way round in some */
    NFI_MARK_QUOTE,      /* either: straight ones */
    NFI_MARK_GO_ON,      /* comma, colon, semicolon: the sentence goes on */
    NFI_MARK_DASH
} nfi_mark;

/* The character at p[i], i < n; its length goes to *len, itself to *cp. */
nfi_mark nfi_mark_at(const char *p, size_t n, size_t i, size_t *len, uint32_t *cp);

/* ---- sentence_stop.c ---- */

/* A walk through the sentences of the paragraph p[at..n). Set p, n and at, the rest zero; p[at] is not blank. */
typedef struct nfi_sentences {
    const char *p;
    size_t n, at;
    bool odd_quote;  /* straight quotes so far in the paragraph: an odd number */
} nfi_sentences;
/* The next sentence, [*start, *end); false at the end of the paragraph. *stop: it ends with a stop. */
bool nfi_sentences_next(nfi_sentences *s, size_t *start, size_t *end, bool *stop);

/* ---- sentence_lines.c ---- */

/* A line that is not blank, blanks at both ends aside. */
typedef struct nfi_text_line {
    size_t start, end;
    uint32_t chars, indent, first_word; /* characters: of the line, before it, of its first word */
    uint8_t first;   /* NFI_MARK_* of its first letter, digit or other sign, past quotes, brackets and signs of quoted mail */
    bool item;       /* begins like an item of a list */
    bool weak_item;  /* ... as far as can be told without the line before: "- x", "3. x" */
    bool stop;       /* ends with a stop */
    bool comma;      /* ends with a comma, a dash or an open bracket */
    bool begins;     /* begins a paragraph */
} nfi_text_line;
/* The line at p[*at..n), *at moves past its end. False for a blank one. */
bool nfi_text_line_read(nfi_text_line *l, const char *p, size_t n, size_t *at);
/* Sets begins of n lines that no blank line parts. */
void nfi_text_lines_join(nfi_text_line *l, size_t n);

#endif
