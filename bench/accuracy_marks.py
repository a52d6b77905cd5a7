#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""accuracy_marks.py - how often the label of a document is right: 20 Newsgroups (whole, and without headers, quotes and footers), BBC, AG News, R8, R52.

usage: bench/accuracy_marks.py [--tune] [--threads N] [--only NAME]... NEWSFRAME DATA

Prints the accuracy on the test part of what `train` makes of the training part by default. With --tune also of what `train --tune` chooses there, by five folds
of the training part, among all classifiers and among naive Bayes alone; this takes minutes to an hour a corpus. Nothing is chosen by a test part.

DATA holds 20news, bbc, ag_news and reuters21578, each with train.jsonl and test.jsonl. R8 and R52 are the documents of Reuters-21578 (ModApte) with one topic:
R52 of all topics that have such documents in both parts, R8 of those among the ten largest topics that have. Exits 1 if a mark is missed.
"""

import argparse
import collections
import csv
import json
import os
import subprocess
import sys
import tempfile

R8 = {"acq", "crude", "earn", "grain", "interest", "money-fx", "ship", "trade"}
# name, folder, parts, marks: of the best, of naive Bayes
SPLITS = [
    ("20news", "20news", ("train.jsonl", "test.jsonl"), .880, .860),
    ("stripped", "20news", ("train.stripped.jsonl", "test.stripped.jsonl"), .727, .722),
    ("bbc", "bbc", ("train.jsonl", "test.jsonl"), .988, .986),
    ("ag_news", "ag_news", ("train.jsonl", "test.jsonl"), .88, .87),
    ("R8", "reuters21578", ("train.jsonl", "test.jsonl"), .978, .963),
    ("R52", "reuters21578", ("train.jsonl", "test.jsonl"), .952, .92),
]
SIZES = {"R8": (5485, 2190), "R52": (6532, 2569)}
FAMILIES = (("best", "cnb,mnb,wcnb,bnb,nbsvm,svm,logistic"), ("naive Bayes", "cnb,mnb,wcnb,bnb"))


def reuters(name, paths, folder):
    """The parts with documents of one topic."""
    parts = []
    for path in paths:
        with open(path, encoding="utf-8") as f:
            docs = [json.loads(line) for line in f]
        parts.append([d for d in docs if len(d.get("labels") or []) == 1])
    topics = [collections.Counter(d["labels"][0] for d in docs) for docs in parts]
    keep = R8 if name == "R8" else set(topics[0]) & set(topics[1])
    out = []
    for i, docs in enumerate(parts):
        docs = [d for d in docs if d["labels"][0] in keep]
        if len(docs) != SIZES[name][i]:
            sys.exit("%s: %d documents of %d topics in %s, expected %d" % (name, len(docs), len(keep), paths[i], SIZES[name][i]))
        out.append(os.path.join(folder, "%s.%d.jsonl" % (name, i)))
        with open(out[-1], "w", encoding="utf-8") as f:
            for d in docs:
                f.write(json.dumps({"id": d["id"], "title": d.get("title") or "", "text": d["text"], "label": d["labels"][0]}) + "\n")
    return out


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(" ".join(command) + "\n" + done.stderr)


def accuracy(program, train, test, folder, options):
    """Of a model made with these options, and what it is."""
    model, summary, tried = (os.path.join(folder, x) for x in ("m.nfm", "s.csv", "tried.csv"))
    run(program, "train", train, "-o", model, *options, *(["--tried", tried] if "--tune" in options else []))
    run(program, "evaluate", "-m", model, test, "-o", os.path.join(folder, "x.csv"), "--summary", summary)
    with open(summary, encoding="utf-8", newline="") as f:
        value = next(float(row["value"]) for row in csv.DictReader(f) if row["measure"] == "accuracy")
    what = ""
    if "--tune" in options:
        with open(tried, encoding="utf-8", newline="") as f:
            row = next(row for row in csv.DictReader(f) if row["result"] == "chosen")
        what = " ".join(row[x] for x in ("classifier", "weighting", "ngram_hi", "smoothing", "cost") if row[x]) + ", in folds " + row["accuracy"]
    return value, what


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--tune", action="store_true", help="also choose by train --tune, of all classifiers and of naive Bayes")
    p.add_argument("--threads", default="0")
    p.add_argument("--only", action="append", choices=[s[0] for s in SPLITS])
    p.add_argument("program")
    p.add_argument("data")
    a = p.parse_args()
    threads = [] if a.threads == "0" else ["--threads", a.threads]
    missed = 0

    print("%-9s %-12s %9s %6s  %s" % ("corpus", "model", "accuracy", "mark", "chosen"))
    with tempfile.TemporaryDirectory() as folder:
        for name, where, parts, best, naive in SPLITS:
            if a.only and name not in a.only:
                continue
            paths = [os.path.join(a.data, where, x) for x in parts]
            if name in SIZES:
                paths = reuters(name, paths, folder)
            value, _ = accuracy(a.program, *paths, folder, threads)
            print("%-9s %-12s %9.4f" % (name, "default", value), flush=True)
            for (family, classifiers), mark in zip(FAMILIES if a.tune else (), (best, naive)):
                value, what = accuracy(a.program, *paths, folder, ["--tune", "--candidates", classifiers, *threads])
                missed += value < mark
                print("%-9s %-12s %9.4f %6.3f  %s" % (name, family, value, mark, what), flush=True)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
