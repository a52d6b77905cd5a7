#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""lang_marks.py - share of sentences whose language newsframe tells right.

usage: bench/lang_marks.py build/cli/newsframe FILE.jsonl...

A record has `text` and `lang`, a code such as eng_Latn (SIB-200) or en. "und" counts as wrong. Prints accuracy, each language and each pair
that was mixed up. Thresholds were chosen on the train and dev parts of SIB-200; the part to report is test.
"""
import collections
import csv
import io
import json
import subprocess
import sys

CODES = {"arb": "ar", "deu": "de", "ell": "el", "eng": "en", "fra": "fr", "heb": "he", "hin": "hi", "jpn": "ja", "kor": "ko", "rus": "ru",
         "spa": "es", "tha": "th", "tur": "tr", "ukr": "uk", "vie": "vi", "zho": "zh"}


def share(program, name):
    """Of sentences whose language is told right."""
    with open(name, encoding="utf-8") as f:
        want = [json.loads(line)["lang"].split("_")[0] for line in f]
    want = [CODES.get(w, w) for w in want]
    command = [program, "score", name, "--with-language", "--dup-ids", "suffix", "-q"]
    out = subprocess.run(command, capture_output=True, check=True, text=True)
    got = [row["language"] for row in csv.DictReader(io.StringIO(out.stdout))]
    assert len(got) == len(want)
    pairs = collections.Counter((w, g) for w, g in zip(want, got) if w != g)
    right = collections.Counter(w for w, g in zip(want, got) if w == g)
    of = collections.Counter(want)
    print(f"{name}: {sum(right.values())} of {len(want)} right, {sum(right.values()) / len(want):.4f}")
    for w in sorted(of):
        wrong = ", ".join(f"{g} {n}" for (x, g), n in pairs.most_common() if x == w)
        print(f"  {w}  {right[w] / of[w]:.4f}  {wrong}")
    return sum(right.values()) / len(want)


if __name__ == "__main__":
    for path in sys.argv[2:]:
        share(sys.argv[1], path)
