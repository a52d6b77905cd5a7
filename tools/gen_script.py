#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes features/script_table.inc from Scripts.txt of the Unicode Character Database (Debian package unicode-data, version 15.0.0).

usage: tools/gen_script.py [/usr/share/unicode] > features/script_table.inc

Two stages: block number -> block, block -> number of the script in the list below. Past the last block of either table everything is as in
its last row: scripts other than those of the list are "other", Common, Inherited and unassigned are "none".
"""
import os
import sys

ROOT = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode"
BLOCK = 128  # nfi_script_of() in features/script.h shifts by 7
END = 0x32400  # beyond: no script but Inherited
NAMES = {"Latin": "latin", "Greek": "greek", "Cyrillic": "cyrillic", "Armenian": "armenian", "Hebrew": "hebrew", "Arabic": "arabic",
         "Devanagari": "devanagari", "Bengali": "bengali", "Gurmukhi": "gurmukhi", "Gujarati": "gujarati", "Tamil": "tamil", "Telugu": "telugu",
         "Kannada": "kannada", "Malayalam": "malayalam", "Sinhala": "sinhala", "Thai": "thai", "Lao": "lao", "Tibetan": "tibetan",
         "Myanmar": "myanmar", "Georgian": "georgian", "Hangul": "hangul", "Ethiopic": "ethiopic", "Khmer": "khmer", "Han": "han",
         "Hiragana": "kana", "Katakana": "kana"}
ORDER = ["none"] + list(dict.fromkeys(NAMES.values())) + ["other"]


def numbers(kind, name, values):
    print(f"static const {kind} {name}[{len(values)}] = {{")
    line = "   "
    for v in values:
        item = f" {v},"
        if len(line) + len(item) > 138:
            print(line)
            line = "   "
        line += item
    print(line)
    print("};")


def main():
    of = bytearray(END)
    with open(os.path.join(ROOT, "Scripts.txt"), encoding="utf-8") as f:
        version = f.readline().strip().removeprefix("# Scripts-").removesuffix(".txt")
        for line in f:
            fields = [x.strip() for x in line.split("#")[0].split(";")]
            if not fields[0] or fields[1] in ("Common", "Inherited"):
                continue
            first, _, last = fields[0].partition("..")
            first, last = int(first, 16), int(last or first, 16)
            assert last < END
            of[first:last + 1] = bytes([ORDER.index(NAMES.get(fields[1], "other"))]) * (last + 1 - first)
    blocks, first_stage = {}, []
    for at in range(0, END, BLOCK):
        block = bytes(of[at:at + BLOCK])
        first_stage.append(blocks.setdefault(block, len(blocks)))
    assert len(blocks) <= 256
    print("/* SPDX-License-Identifier: GPL-3.0-or-later */")
    print("/* script_table.inc - written by tools/gen_script.py; do not edit. */")
    print(f'#define SCRIPT_VERSION "{version}"')
    print(f"#define SCRIPT_END 0x{END:x}")
    print("static const char *const script_names[] = {" + ", ".join(f'"{n}"' for n in ORDER) + "};")
    numbers("uint8_t", "script_blocks", first_stage)
    numbers("uint8_t", "script_index", [n for block in blocks for n in block])


main()
