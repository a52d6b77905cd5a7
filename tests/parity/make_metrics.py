#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes metrics.txt beside this file: scores and unshuffled stratified folds as scikit-learn gives them. Run by hand; the tests read the
file."""
import pathlib
import random
import warnings

import numpy as np
import scipy
import sklearn
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_recall_fscore_support
from sklearn.model_selection import StratifiedKFold

PINNED = "1.2.1"
HEAD = f"""# SPDX-License-Identifier: GPL-3.0-or-later
# Written by make_metrics.py with scikit-learn {sklearn.__version__}, SciPy {scipy.__version__}; do not edit.
# One record a line: name, number of values, values. "case" starts a case of k classes; human and machine class by document, -1 = not
# labelled.
# confusion: k x (k+1), human by rows, last column not labelled. precision, recall, f1 by class with 0 where undefined (zero_division=0).
# macro_f1: over the classes with support. micro_f1: labels 0..k-1. wilson: 95 % interval of the accuracy (scipy.stats.binomtest).
# folds_F: the fold of each document, StratifiedKFold(F) without shuffling on the human classes.
"""


def record(name, values):
    values = list(values)
    return " ".join([name, str(len(values))] + [repr(float(v)) if isinstance(v, float) else str(int(v)) for v in values]) + "\n"


def folds(human, k):
    out = np.full(len(human), -1)
    for i, (_, test) in enumerate(StratifiedKFold(k).split(np.zeros(len(human)), human)):
        out[test] = i
    return out


def case(k, human, machine):
    human, machine = np.array(human), np.array(machine)
    n, labels = len(human), list(range(k))
    p, r, f, _ = precision_recall_fscore_support(human, machine, labels=labels, zero_division=0)
    counts = confusion_matrix(human, np.where(machine < 0, k, machine), labels=labels + [k])[:k]
    correct = int((human == machine).sum())
    ci = binomtest(correct, n).proportion_ci(0.95, method="wilson")
    text = record("case", [k]) + record("human", human) + record("machine", machine) + record("confusion", counts.ravel())
    for name, values in (("precision", p), ("recall", r), ("f1", f)):
        text += record(name, map(float, values))
    text += record("accuracy", [float(accuracy_score(human, machine))])
    text += record("macro_f1", [float(f1_score(human, machine, labels=sorted(set(human.tolist())), average="macro", zero_division=0))])
    text += record("micro_f1", [float(f1_score(human, machine, labels=labels, average="micro", zero_division=0))])
    text += record("wilson", [float(ci.low), float(ci.high)])
    for folds_of in (2, 3, 5, 10):
        if np.bincount(human).max() >= folds_of:
            text += record(f"folds_{folds_of}", folds(human, folds_of))
    return text


def noisy(r, k, n, skew, right, silent):
    """Classes of falling size; the machine is right with chance `right`, says nothing with chance `silent`, else guesses."""
    human = [min(int(r.random() ** skew * k), k - 1) for _ in range(n)]
    machine = [-1 if r.random() < silent else h if r.random() < right else r.randrange(k) for h in human]
    return k, human, machine


def main():
    if sklearn.__version__ != PINNED:
        raise SystemExit(f"scikit-learn {sklearn.__version__}, expected {PINNED}")
    warnings.simplefilter("ignore")  # classes smaller than the number of folds are wanted here
    r = random.Random(1)
    text = HEAD
    text += case(2, [0, 0, 1, 1, 1, 0], [0, 1, 1, 1, 0, 0])
    text += case(3, [0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 2, 0])   # 1 never predicted, 2 without support
    text += case(4, [3, 1, 1, 3, 3, 1], [1, 1, 3, 3, -1, -1])  # 0 and 2 never used
    text += case(2, [0] * 9 + [1], [0] * 10)
    text += case(3, [2, 1, 0] * 4, [2, 1, 0] * 4)
    for k, n, skew, right, silent in ((2, 40, 1, .8, 0), (3, 57, 2, .6, .1), (5, 101, 1.5, .7, 0), (7, 150, 3, .4, .2),
                                      (12, 90, 2, .5, .05)):
        text += case(*noisy(r, k, n, skew, right, silent))
    pathlib.Path(__file__).with_name("metrics.txt").write_text(text)


main()
