#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""calibration_marks.py NEWSFRAME DATA [REPEATS] - are probabilities worth what they say?

For each corpus under DATA: calibration error, log loss and the least coverage of sets at 90 % among classes of 30 documents or more, of
five-fold cross-validation on the training split (models are calibrated within their folds), and the calibration error on the test split.
With REPEATS all of it so often, with other folds: whether a class of 30 documents is covered is chance in one division.
The mark is an error of .05 out of fold. R8 is made from Reuters-21578: documents with one topic, of the eight topics."""

import os
import re
import sys
import tempfile

import marks

CORPORA = ("20news", "stripped", "bbc", "ag_news", "R8", "R52", "gvfc", "allsides_angle")


def figure(text, name):
    found = re.search(name + r" ([0-9.]+)", text)
    return float(found.group(1)) if found else float("nan")


def judge(program, data, name, tmp, repeats="1"):
    """The error out of fold, and a line of the table."""
    train, test = marks.split(data, name, tmp) if name in marks.SPLITS else (os.path.join(data, name, "train.jsonl"), None)
    sets, model = os.path.join(tmp, "sets.csv"), os.path.join(tmp, "m.nfm")
    out = marks.run(program, "crossval", train, "-o", os.path.join(tmp, "x.csv"), "--sets", sets, "--repeats", repeats)
    rows = marks.table(sets)
    least, of = min((float(r["coverage"]), r["class"]) for r in rows[:-1] if int(r["support"]) >= 30 * int(repeats))
    on_test = float("nan")
    if test:
        marks.run(program, "train", train, "-o", model)
        on_test = figure(marks.run(program, "evaluate", "-m", model, test, "-o", os.path.join(tmp, "x.csv")), "calibration error")
    error = figure(out, "calibration error")
    print("%-14s %8.4f %8.4f %9.4f %9.2f %9.4f  %s" % (
        name, error, figure(out, "log loss"), least, float(rows[-1]["set_size"]), on_test, of), flush=True)
    return error


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    program, data, repeats = (sys.argv + ["1"])[1:4]
    missed = 0
    print("%-14s %8s %8s %9s %9s %9s" % ("corpus", "error", "loss", "coverage", "set size", "test") + "  class least covered")
    with tempfile.TemporaryDirectory() as tmp:
        for name in CORPORA:
            missed += judge(program, data, name, tmp, repeats) > 0.05
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
