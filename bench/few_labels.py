#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""few_labels.py TRAIN.jsonl TEST.jsonl [--program NEWSFRAME] [--labels 5] [--draws 5] [--ngrams 1-2]: a few labels a class, all other
documents of TRAIN without, accuracy on TEST: the mean over draws, and that of training on the labelled documents alone."""
import argparse
import os
import random
import re
import subprocess
import tempfile

import marks


def accuracy(program, model, test):
    said = subprocess.run([program, "evaluate", "-m", model, test, "-o", os.devnull], capture_output=True, text=True, check=True).stderr
    return float(re.search(r"accuracy ([.\d]+)", said).group(1))


def means(program, train, test, labels, draws, ngrams):
    """Accuracy over draws with the documents without a label, and without them."""
    rows = marks.read(train)
    found = {"with": [], "without": []}
    with tempfile.TemporaryDirectory() as tmp:
        few, rest, model = (os.path.join(tmp, name) for name in ("few.jsonl", "rest.jsonl", "m.nfm"))
        for draw in range(draws):
            order, have, labelled, others = rows[:], {}, [], []
            random.Random(draw).shuffle(order)
            for r in order:
                have[r["label"]] = have.get(r["label"], 0) + 1
                (labelled if have[r["label"]] <= labels else others).append(r)
            marks.write(few, labelled)
            marks.write(rest, others)
            for how, extra in (("with", ["--unlabeled", rest]), ("without", [])):
                marks.run(program, "train", few, "-o", model, "-q", "--ngrams", ngrams, *extra)
                found[how].append(accuracy(program, model, test))
    for how, values in found.items():
        print("%s the documents without a label: %.4f  (%s)" % (how, sum(values) / len(values), " ".join("%.4f" % v for v in values)))
    return [sum(values) / len(values) for values in found.values()]


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("train")
    p.add_argument("test")
    p.add_argument("--program", default="build/cli/newsframe")
    p.add_argument("--labels", type=int, default=5)
    p.add_argument("--draws", type=int, default=5)
    p.add_argument("--ngrams", default="1-2")
    args = p.parse_args()
    means(args.program, args.train, args.test, args.labels, args.draws, args.ngrams)


if __name__ == "__main__":
    main()
