#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""memory.py PROGRAM CORPUS - TAP: training on a corpus much larger than --memory. 256 MiB are made of the corpus by a fixed seed, as
compare.py --memory makes a gigabyte of its own.
"""
import filecmp
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench"))
sys.dont_write_bytecode = True

import compare

SIZE, LIMIT, ALLOWED = 256 << 20, 64, 160  # bytes, MiB, MiB


def main():
    program, corpus = sys.argv[1:]
    print("1..2")
    runner = compare.Runner()  # before anything large is read: see there
    with tempfile.TemporaryDirectory() as folder:
        runner.folder = folder
        large, models, peaks = os.path.join(folder, "large.jsonl"), [], []
        compare.grow(corpus, large, SIZE)
        for options in (["--memory", "%dM" % LIMIT], []):
            models.append(os.path.join(folder, "%d.nfm" % len(models)))
            took = runner.run([program, "train", large, "-q", "-o", models[-1], *options])
            peaks.append(took["mib"])
        print("# peak of memory %.1f MiB with --memory %dM, %.1f MiB without" % (peaks[0], LIMIT, peaks[1]))
        same = filecmp.cmp(*models, shallow=False)
        print("%s 1 - the model made with a limit of memory has the bytes of the other" % ("ok" if same else "not ok"))
        print("%s 2 - peak of memory within %d MiB" % ("ok" if peaks[0] <= ALLOWED else "not ok", ALLOWED))


if __name__ == "__main__":
    main()
