/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script.h - which writing systems a text is in: letters counted by script (Unicode 15.0, Scripts.txt). Needs no data at run time. */
#ifndef NFI_SCRIPT_H
#define NFI_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

/* In the order of tools/gen_script.py. NONE: digits, punctuation, symbols, unassigned. KANA: hiragana and katakana. OTHER: all the rest. */
typedef enum nfi_script {
    NFI_SCRIPT_NONE, NFI_SCRIPT_LATIN, NFI_SCRIPT_GREEK, NFI_SCRIPT_CYRILLIC, NFI_SCRIPT_ARMENIAN, NFI_SCRIPT_HEBREW, NFI_SCRIPT_ARABIC,
    NFI_SCRIPT_DEVANAGARI, NFI_SCRIPT_BENGALI, NFI_SCRIPT_GURMUKHI, NFI_SCRIPT_GUJARATI, NFI_SCRIPT_TAMIL, NFI_SCRIPT_TELUGU,
    NFI_SCRIPT_KANNADA, NFI_SCRIPT_MALAYALAM, NFI_SCRIPT_SINHALA, NFI_SCRIPT_THAI, NFI_SCRIPT_LAO, NFI_SCRIPT_TIBETAN, NFI_SCRIPT_MYANMAR,
    NFI_SCRIPT_GEORGIAN, NFI_SCRIPT_HANGUL, NFI_SCRIPT_ETHIOPIC, NFI_SCRIPT_KHMER, NFI_SCRIPT_HAN, NFI_SCRIPT_KANA, NFI_SCRIPT_OTHER,
    NFI_SCRIPTS
} nfi_script;

/* Script of any number; NONE beyond U+10FFFF. */
nfi_script nfi_script_of(uint32_t cp);

/* "latin", "kana", ...; NULL past the end. */
const char *nfi_script_name(size_t script);

/* Characters of a text by script; ones of NONE are not counted. {0} is the empty text; counts of parts add up. */
typedef struct nfi_scripts {
    uint64_t n[NFI_SCRIPTS];
    uint64_t letters; /* sum of n */
} nfi_scripts;

/* Adds the text p[0..n), UTF-8; ill-formed bytes count nothing. ASCII goes eight bytes at a time. */
void nfi_scripts_add(nfi_scripts *s, const char *p, size_t n);

/* The script of most characters, the first of equals; NONE when there are none. */
nfi_script nfi_scripts_main(const nfi_scripts *s);

/* Share of a script among the characters counted, 0..1; 0 when there are none. */
double nfi_scripts_share(const nfi_scripts *s, nfi_script script);

#endif
