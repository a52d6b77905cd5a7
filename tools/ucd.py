# SPDX-License-Identifier: GPL-3.0-or-later
"""ucd.py - what the generators of Unicode tables share: reading the Unicode Character Database, two-stage tables, C arrays."""
import os
import sys

ROOT = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode"


def rows(name):
    """(first, last, fields after the code points) of every data line."""
    with open(os.path.join(ROOT, name), encoding="utf-8") as f:
        for line in f:
            fields = [x.strip() for x in line.split("#")[0].split(";")]
            if fields[0]:
                first, _, last = fields[0].partition("..")
                yield int(first, 16), int(last or first, 16), fields[1:]


def version(name):
    """What the first line of a file says: "# Scripts-15.0.0.txt"."""
    with open(os.path.join(ROOT, name), encoding="utf-8") as f:
        return f.readline().strip().removesuffix(".txt").rpartition("-")[2]


def two_stages(values, size):
    """(number of its block for every size values, the values of all different blocks)."""
    blocks, first = {}, []
    for at in range(0, len(values), size):
        first.append(blocks.setdefault(tuple(values[at:at + size]), len(blocks)))
    assert len(blocks) <= 256
    return first, [v for block in blocks for v in block]


def array(declaration, values):
    """Prints a C array of numbers."""
    print(f"{declaration}[{len(values)}] = {{")
    line = "   "
    for v in values:
        item = f" {v},"
        if len(line) + len(item) > 140:
            print(line)
            line = "   "
        line += item
    print(line)
    print("};")
