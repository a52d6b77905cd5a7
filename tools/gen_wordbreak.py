#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes features/wordbreak_table.inc from the Unicode Character Database (Debian package unicode-data, version 15.0.0).

usage: tools/gen_wordbreak.py [/usr/share/unicode] > features/wordbreak_table.inc

A code point has one of a few dozen records: its Word_Break class and flags (features/wordbreak.h explains them). Two stages:
block number -> block, block -> record number. What the letters of two bytes fold to is a list. The output is ASCII,
deterministic, and holds no copy of the input's prose.
"""
from ucd import array, rows, two_stages, version

END = 0x110000
BLOCK = 128  # nfi_wb() in features/wordbreak.h shifts by 7
CLASSES = ["Other", "CR", "LF", "Newline", "Extend", "ZWJ", "Format", "Katakana", "Hebrew_Letter", "ALetter", "Single_Quote",
           "Double_Quote", "MidNumLet", "MidLetter", "MidNum", "Numeric", "ExtendNumLet", "Regional_Indicator", "WSegSpace"]
PICT, WORD, MARK, DROP, FAST, CHANGES, CASED, IGNORABLE, RUN = (1 << b for b in range(5, 14))
RUN_SCRIPTS = {"Han", "Hiragana", "Thai", "Lao", "Khmer", "Myanmar"}  # written without a mark between words
ARABIC_OPTIONAL = {0x640, *range(0x64B, 0x653), 0x670}  # tatweel and vowel signs: a word is the same with and without them
SIGMA, FINAL_SIGMA = 0x3C3, 0x3C2  # the final form folds to the other, but is its own lower case


def marked(name, prop, value=None):
    """One byte a code point: does it have the property (with this value)?"""
    has = bytearray(END + 1)
    for first, last, f in rows(name):
        if f[0] == prop and (value is None or f[1] in value):
            has[first:last + 1] = b"\1" * (last + 1 - first)
    return has


def unicode_data():
    """General category, combining class and simple lower case of every assigned code point."""
    category, ccc, lower = ["Cn"] * END, [0] * END, list(range(END))
    start = None
    for first, _, f in rows("UnicodeData.txt"):
        if f[0].endswith(", First>"):
            start = first
            continue
        for cp in range(first if start is None else start, first + 1):
            category[cp], ccc[cp] = f[1], int(f[2])
            if f[12]:
                lower[cp] = int(f[12], 16)
        start = None
    return category, ccc, lower


def main():
    category, ccc, lower = unicode_data()
    cls = bytearray(END)
    for first, last, f in rows("auxiliary/WordBreakProperty.txt"):
        cls[first:last + 1] = bytes([CLASSES.index(f[0])]) * (last + 1 - first)
    fold = list(range(END))
    for first, last, f in rows("DerivedNormalizationProps.txt"):
        if f[0] == "NFKC_CF":
            target = [int(x, 16) for x in f[1].split()]
            for cp in range(first, last + 1):
                fold[cp] = target[0] if len(target) == 1 else END
    unstable = marked("DerivedNormalizationProps.txt", "NFKC_QC")
    pict = marked("emoji/emoji-data.txt", "Extended_Pictographic")
    hidden = marked("DerivedCoreProperties.txt", "Default_Ignorable_Code_Point")
    cased = marked("DerivedCoreProperties.txt", "Cased")
    ignorable = marked("DerivedCoreProperties.txt", "Case_Ignorable")

    run = bytearray(END)
    for first, last, f in rows("Scripts.txt"):
        if f[0] in RUN_SCRIPTS:
            run[first:last + 1] = b"\1" * (last + 1 - first)

    records, of = [], []
    for cp in range(END):
        cat = category[cp]
        r = cls[cp]
        r |= PICT if pict[cp] else 0
        r |= WORD if cat[0] in "LN" else 0
        r |= MARK if cat[0] == "M" else 0
        r |= DROP if hidden[cp] or cat in ("Cf", "Me") or cp in ARABIC_OPTIONAL else 0
        r |= RUN if run[cp] and (cat[0] == "L" or cat == "Nl") else 0
        stable = cp not in ARABIC_OPTIONAL and not (hidden[cp] or ccc[cp] or unstable[cp] or unstable[fold[cp]])
        if cat[0] in "LN" and stable and fold[cp] == (SIGMA if cp == FINAL_SIGMA else lower[cp]):
            r |= FAST
        r |= CHANGES if lower[cp] != cp or cp == FINAL_SIGMA else 0
        r |= CASED if cased[cp] else 0
        r |= IGNORABLE if ignorable[cp] else 0
        of.append(r)
    letters2 = []  # see nfi_wb_letter2()
    for cp in range(0x80, 0x800):
        to = SIGMA if cp == FINAL_SIGMA else lower[cp]
        plain = of[cp] & FAST and CLASSES[cls[cp]] in ("ALetter", "Numeric") and cp != 0x2BC and 0x80 <= to < 0x800
        letters2.append((0xC0 | to >> 6) << 8 | 0x80 | to & 0x3F if plain else 0)
    records = sorted(set(of))
    number = {r: i for i, r in enumerate(records)}
    assert len(records) <= 256
    blocks, index = two_stages([number[r] for r in of], BLOCK)

    print("/* SPDX-License-Identifier: GPL-3.0-or-later */")
    print("/* wordbreak_table.inc - written by tools/gen_wordbreak.py; do not edit. */")
    print('#define WORDBREAK_VERSION "%s"' % version("auxiliary/WordBreakProperty.txt"))
    array("const uint16_t nfi_wb_records", records)
    array("const uint8_t nfi_wb_blocks", blocks)
    array("const uint8_t nfi_wb_index", index)
    array("const uint16_t nfi_wb_letters2", letters2)


main()
