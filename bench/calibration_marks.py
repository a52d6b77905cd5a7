#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""calibration_marks.py NEWSFRAME DATA - are probabilities worth what they say?

For each corpus under DATA: calibration error, log loss and the least coverage of sets at 90 % among classes of 30 documents or more, of five-fold
cross-validation on the training split (models are calibrated within their folds), and the calibration error on the test split. The mark is an error of .05
out of fold. R8 is made from Reuters-21578: documents with one topic, of the eight topics."""

import csv
import json
import os
import re
import subprocess
import sys
import tempfile

R8 = {"acq", "crude", "earn", "grain", "interest", "money-fx", "ship", "trade"}
SPLITS = [
    ("20news", "20news/train.jsonl", "20news/test.jsonl"),
    ("stripped", "20news/train.stripped.jsonl", "20news/test.stripped.jsonl"),
    ("bbc", "bbc/train.jsonl", "bbc/test.jsonl"),
    ("ag_news", "ag_news/train.jsonl", "ag_news/test.jsonl"),
    ("R8", "reuters21578/train.jsonl", "reuters21578/test.jsonl"),
    ("gvfc", "gvfc/train.jsonl", None),
]


def eight(source, target):
    with open(source, encoding="utf-8") as f, open(target, "w", encoding="utf-8") as out:
        for line in f:
            d = json.loads(line)
            topics = d.get("labels") or []
            if len(topics) == 1 and topics[0] in R8:
                out.write(json.dumps({"id": d["id"], "title": d.get("title", ""), "text": d["text"], "label": topics[0]}) + "\n")
    return target


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(" ".join(command) + "\n" + done.stderr)
    return done.stderr


def figure(text, name):
    found = re.search(name + r" ([0-9.]+)", text)
    return float(found.group(1)) if found else float("nan")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    program, data = sys.argv[1:]
    missed = 0
    print("%-9s %8s %8s %9s %9s %9s" % ("corpus", "error", "loss", "coverage", "set size", "test"))
    with tempfile.TemporaryDirectory() as tmp:
        for name, train, test in SPLITS:
            train = os.path.join(data, train)
            test = os.path.join(data, test) if test else None
            if name == "R8":
                train, test = eight(train, os.path.join(tmp, "train.jsonl")), eight(test, os.path.join(tmp, "test.jsonl"))
            sets, model = os.path.join(tmp, "sets.csv"), os.path.join(tmp, "m.nfm")
            out = run(program, "crossval", train, "-o", os.path.join(tmp, "x.csv"), "--sets", sets)
            with open(sets, encoding="utf-8", newline="") as f:
                rows = list(csv.DictReader(f))
            least = min(float(r["coverage"]) for r in rows[:-1] if int(r["support"]) >= 30)
            on_test = float("nan")
            if test:
                run(program, "train", train, "-o", model)
                on_test = figure(run(program, "evaluate", "-m", model, test, "-o", os.path.join(tmp, "x.csv")), "calibration error")
            error = figure(out, "calibration error")
            missed += error > 0.05
            print("%-9s %8.4f %8.4f %9.4f %9.2f %9.4f" % (name, error, figure(out, "log loss"), least, float(rows[-1]["set_size"]), on_test), flush=True)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
