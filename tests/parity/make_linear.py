#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes linear.txt beside this file: linear machines by scikit-learn's LIBLINEAR, solved to the end. Run by hand; the tests read the
file."""
import pathlib
import random

import numpy as np
import sklearn
from make_tfidf_nb import PINNED, SIX, SIX_QUERIES, line, rows_text, synthetic, weigh
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

HEAD = f"""# SPDX-License-Identifier: GPL-3.0-or-later
# Written by make_linear.py with scikit-learn {sklearn.__version__}, NumPy {np.__version__}; do not edit.
# Fields, documents and weightings as in nb.txt (make_tfidf_nb.py); set, classes, train, terms, weighting and row mean the same.
#   machine KIND C- C+ K OBJECTIVE BIAS V W...   class K against the rest on the rows of this weighting: KIND svm (squared hinge) or
#                                                logistic, cost C- of a row of the rest and C+ of the class, the least objective
#                                                |w|^2/2 + BIAS^2/2 + sum C loss, and V weights by column
# The bias is the weight of a column of ones and regularised as all others (LIBLINEAR, intercept_scaling 1).
"""


def objective(kind, w, margins, cost):
    loss = np.maximum(0, 1 - margins) ** 2 if kind == "svm" else np.logaddexp(0, -margins)
    return w @ w / 2 + cost @ loss


def machine(kind, cost, rows, sign):
    """Weights, then the bias."""
    weights = {-1: cost[0], 1: cost[1]}
    if kind == "svm":
        m = LinearSVC(C=1, class_weight=weights, loss="squared_hinge", dual=False, tol=1e-10, max_iter=10 ** 6)
    else:
        m = LogisticRegression(C=1, class_weight=weights, solver="liblinear", dual=False, tol=1e-10, max_iter=10 ** 6)
    m.fit(rows, sign)
    return np.append(m.coef_[0], m.intercept_[0])


def gradient(kind, w, x, sign, cost):
    """Of the objective: nothing at its least, so this tells that the solver has come to the end."""
    margins = sign * (x @ w)
    slope = -2 * np.maximum(0, 1 - margins) if kind == "svm" else -1 / (1 + np.exp(margins))
    return w + x.T @ (cost * slope * sign)


def one_set(name, docs, queries):
    classes = sorted({label for label, _ in docs})
    y = np.array([classes.index(label) for label, _ in docs])
    train = [text for _, text in docs]
    terms = TfidfVectorizer().fit(train).get_feature_names_out()
    out = line("set", name) + line("classes", len(classes), *classes) + "".join(line("train", c, text) for c, text in zip(y, train))
    out += line("terms", len(terms), *terms)
    for sublinear, norm in ((0, "l2"), (1, "pre")):
        rows, _ = weigh(train, queries, bool(sublinear), norm)
        out += line("weighting", sublinear, norm) + rows_text("row", rows)
        ones = np.hstack([rows, np.ones((len(rows), 1))])
        for kind in ("svm", "logistic"):
            for cost in ((1.0, 1.0), (0.3, 0.3), (10.0, 10.0), (1.0, 4.0)):
                for k in range(len(classes)):
                    sign = np.where(y == k, 1, -1)
                    by_row = np.where(y == k, cost[1], cost[0])
                    w = machine(kind, cost, rows, sign)
                    assert np.abs(gradient(kind, w, ones, sign, by_row)).max() < 1e-6, (kind, cost, k)
                    best = objective(kind, w, sign * (ones @ w), by_row)
                    out += line("machine", kind, *cost, k, float(best), float(w[-1]), len(w) - 1, *map(float, w[:-1]))
    return out


def main():
    if sklearn.__version__ != PINNED:
        raise SystemExit(f"scikit-learn {sklearn.__version__}, expected {PINNED}")
    text = HEAD + one_set("six", SIX, SIX_QUERIES) + one_set("synthetic", *synthetic(random.Random(1)))
    pathlib.Path(__file__).with_name("linear.txt").write_text(text)


if __name__ == "__main__":
    main()
