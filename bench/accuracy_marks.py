#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""accuracy_marks.py - how often the label of a document is right: 20 Newsgroups (whole, and without headers, quotes and footers), BBC, AG
News, R8, R52.

usage: bench/accuracy_marks.py [--tune] [--threads N] [--only NAME]... NEWSFRAME DATA

Prints the accuracy on the test part of what `train` makes of the training part by default. With --tune also of what `train --tune` chooses
there, by five folds of the training part, among all classifiers and among naive Bayes alone; this takes seconds to minutes a corpus.
Nothing is chosen by a test part.

DATA holds 20news, bbc, ag_news and reuters21578, each with train.jsonl and test.jsonl. R8 and R52 are the documents of Reuters-21578
(ModApte) with one topic: R52 of all topics that have such documents in both parts, R8 of those among the ten largest topics that have.
Exits 1 if a mark is missed.
"""

import argparse
import os
import sys
import tempfile

import marks

# corpus, marks: of the best, of naive Bayes
MARKS = {"20news": (.880, .860), "stripped": (.727, .722), "bbc": (.988, .986), "ag_news": (.88, .87), "R8": (.978, .963),
         "R52": (.952, .92)}
FAMILIES = (("best", "cnb,mnb,wcnb,bnb,nbsvm,nbmix,svm,logistic"), ("naive Bayes", "cnb,mnb,wcnb,bnb"))


def accuracy(program, train, test, folder, options):
    """Of a model made with these options, and what it is."""
    model, summary, tried = (os.path.join(folder, x) for x in ("m.nfm", "s.csv", "tried.csv"))
    marks.run(program, "train", train, "-o", model, *options, *(["--tried", tried] if "--tune" in options else []))
    marks.run(program, "evaluate", "-m", model, test, "-o", os.path.join(folder, "x.csv"), "--summary", summary)
    value = next(float(row["value"]) for row in marks.table(summary) if row["measure"] == "accuracy")
    what = ""
    if "--tune" in options:
        row = next(row for row in marks.table(tried) if row["result"] == "chosen")
        settings = [row[x] for x in ("classifier", "weighting", "ngram_hi", "smoothing", "cost", "min_df", "lead") if row[x]]
        what = " ".join(settings) + ", in folds " + row["accuracy"]
    return value, what


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--tune", action="store_true", help="also choose by train --tune, of all classifiers and of naive Bayes")
    p.add_argument("--threads", default="0")
    p.add_argument("--only", action="append", choices=list(MARKS))
    p.add_argument("program")
    p.add_argument("data")
    a = p.parse_args()
    threads = [] if a.threads == "0" else ["--threads", a.threads]
    missed = 0

    print("%-9s %-12s %9s %6s  %s" % ("corpus", "model", "accuracy", "mark", "chosen"))
    with tempfile.TemporaryDirectory() as folder:
        for name, wanted in MARKS.items():
            if a.only and name not in a.only:
                continue
            paths = marks.split(a.data, name, folder)
            value, _ = accuracy(a.program, *paths, folder, threads)
            print("%-9s %-12s %9.4f" % (name, "default", value), flush=True)
            for (family, classifiers), mark in zip(FAMILIES if a.tune else (), wanted):
                value, what = accuracy(a.program, *paths, folder, ["--tune", "--candidates", classifiers, *threads])
                missed += value < mark
                print("%-9s %-12s %9.4f %6.3f  %s" % (name, family, value, mark, what), flush=True)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
