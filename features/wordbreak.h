/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wordbreak.h - what the tokenisers ask about a code point, and the untailored word boundaries of UAX #29 (Unicode 15.0). */
#ifndef NFI_WORDBREAK_H
#define NFI_WORDBREAK_H

#include <stddef.h>
#include <stdint.h>

/* Word_Break classes, the low five bits of a record. */
enum {
    NFI_WB_OTHER, NFI_WB_CR, NFI_WB_LF, NFI_WB_NEWLINE, NFI_WB_EXTEND, NFI_WB_ZWJ, NFI_WB_FORMAT, NFI_WB_KATAKANA, NFI_WB_HEBREW_LETTER,
    NFI_WB_ALETTER, NFI_WB_SINGLE_QUOTE, NFI_WB_DOUBLE_QUOTE, NFI_WB_MIDNUMLET, NFI_WB_MIDLETTER, NFI_WB_MIDNUM, NFI_WB_NUMERIC,
    NFI_WB_EXTENDNUMLET, NFI_WB_REGIONAL_INDICATOR, NFI_WB_WSEGSPACE,
    NFI_WB_CLASS = 31 /* mask */
};

/* Flags of a record. */
enum {
    NFI_WB_PICT = 1 << 5,     /* Extended_Pictographic */
    NFI_WB_WORD = 1 << 6,     /* category L or N: a token needs one */
    NFI_WB_MARK = 1 << 7,     /* category M */
    NFI_WB_DROP = 1 << 8,     /* invisible or enclosing: Default_Ignorable_Code_Point, category Cf or Me; Arabic tatweel and vowel signs */
    NFI_WB_FAST = 1 << 9,     /* letter or number for which nfi_uni_fold_fast() is enough; text of such is NFKC before and after */
    NFI_WB_CHANGES = 1 << 10, /* simple lower case or nfi_uni_fold_fast() differs */
    NFI_WB_CASED = 1 << 11,   /* Cased */
    NFI_WB_IGNORABLE = 1 << 12, /* Case_Ignorable */
    NFI_WB_RUN = 1 << 13,       /* letter or ideographic number of a script without spaces: Han, Hiragana, Thai, Lao, Khmer, Myanmar */
};

extern const uint16_t nfi_wb_records[];
extern const uint8_t nfi_wb_blocks[], nfi_wb_index[];

/* Record of any number; beyond U+10FFFF it is that of an unassigned code point. */
static inline unsigned nfi_wb(uint32_t cp)
{
    return cp <= 0x10ffff ? nfi_wb_records[nfi_wb_index[(size_t)nfi_wb_blocks[cp >> 7] << 7 | (cp & 127)]] : NFI_WB_OTHER;
}

extern const uint16_t nfi_wb_letters2[];

/*
 * The two bytes of UTF-8, the first high, of what the character of two bytes at p[0..n) folds to, when it is a letter or digit that stands
 * for itself in every text: NFI_WB_FAST, of class ALetter or Numeric, no modifier apostrophe, and folds to two bytes. 0 for all others.
 */
static inline unsigned nfi_wb_letter2(const char *p, size_t n)
{
    if (n < 2)
        return 0;
    unsigned a = (unsigned char)p[0] - 0xc2u, b = (unsigned char)p[1] ^ 0x80u;
    return a < 30 && b < 64 ? nfi_wb_letters2[a << 6 | b] : 0;
}

/*
 * Word boundaries WB1 to WB999 over n records: brk[i] becomes 1 when there is a boundary before element i, else 0 (brk[0] is 1); the
 * boundary at the end is not stored. Only the class and NFI_WB_PICT are looked at, so a caller may tailor classes first. O(n).
 */
void nfi_wb_break(const uint16_t *rec, size_t n, uint8_t *brk);

/* Version of the table, "15.0.0". */
const char *nfi_wb_version(void);

#endif
