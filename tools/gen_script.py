#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes features/script_table.inc from Scripts.txt of the Unicode Character Database (Debian package unicode-data, version 15.0.0).

usage: tools/gen_script.py [/usr/share/unicode] > features/script_table.inc

Two stages: block number -> block, block -> number of the script in the list below. Past the last block of either table everything is as in
its last row: scripts other than those of the list are "other", Common, Inherited and unassigned are "none".
"""
import ucd

BLOCK = 128  # nfi_script_of() in features/script.h shifts by 7
END = 0x32400  # beyond: no script but Inherited
NAMES = {"Latin": "latin", "Greek": "greek", "Cyrillic": "cyrillic", "Armenian": "armenian", "Hebrew": "hebrew", "Arabic": "arabic",
         "Devanagari": "devanagari", "Bengali": "bengali", "Gurmukhi": "gurmukhi", "Gujarati": "gujarati", "Tamil": "tamil",
         "Telugu": "telugu",
         "Kannada": "kannada", "Malayalam": "malayalam", "Sinhala": "sinhala", "Thai": "thai", "Lao": "lao", "Tibetan": "tibetan",
         "Myanmar": "myanmar", "Georgian": "georgian", "Hangul": "hangul", "Ethiopic": "ethiopic", "Khmer": "khmer", "Han": "han",
         "Hiragana": "kana", "Katakana": "kana"}
ORDER = ["none"] + list(dict.fromkeys(NAMES.values())) + ["other"]


def main():
    of = bytearray(END)
    for first, last, f in ucd.rows("Scripts.txt"):
        if f[0] not in ("Common", "Inherited"):
            assert last < END
            of[first:last + 1] = bytes([ORDER.index(NAMES.get(f[0], "other"))]) * (last + 1 - first)
    blocks, index = ucd.two_stages(of, BLOCK)
    print("/* SPDX-License-Identifier: GPL-3.0-or-later */")
    print("/* script_table.inc - written by tools/gen_script.py; do not edit. */")
    print('#define SCRIPT_VERSION "%s"' % ucd.version("Scripts.txt"))
    print(f"#define SCRIPT_END 0x{END:x}")
    print("static const char *const script_names[] = {" + ", ".join(f'"{n}"' for n in ORDER) + "};")
    ucd.array("static const uint8_t script_blocks", blocks)
    ucd.array("static const uint8_t script_index", index)


main()
