#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes nb.txt beside this file: idf, tf-idf rows and naive Bayes scores as scikit-learn gives them. Run by hand; the tests read the
file."""
import pathlib
import random

import numpy as np
import sklearn
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.naive_bayes import BernoulliNB, ComplementNB, MultinomialNB

PINNED = "1.2.1"
HEAD = f"""# SPDX-License-Identifier: GPL-3.0-or-later
# Written by make_tfidf_nb.py with scikit-learn {sklearn.__version__}, NumPy {np.__version__}; do not edit.
# Fields are separated by one space; a line that starts with # is a comment. Lower-case ASCII words of two letters or more, so any tokeniser
# agrees.
#   set NAME                   starts a set; what follows belongs to it
#   classes K NAME...          class names in sorted order; class numbers below are places in this list
#   train CLASS WORD...        one training document, with its class number; documents are numbered from 0 in file order
#   query WORD...              one document to score; words may be unknown
#   terms V WORD...            the vocabulary in column order (sorted by bytes), all words of the training documents, min_df 1
#   idf V X...                 ln((1+N)/(1+df)) + 1 by column
#   weighting SUBLINEAR NORM   starts a weighting: SUBLINEAR 0 (tf) or 1 (1 + ln tf); NORM is
#                                l2    idf, then rows to length 1 over known words (TfidfVectorizer norm="l2")
#                                none  idf only (norm=None)
#                                pre   rows to length 1 over all words, known or not, then idf
#                                raw   the counts themselves, no idf (SUBLINEAR 0 only)
#   row I NNZ COL VALUE...     weighted row of training document I, NNZ pairs, columns rising
#   qrow I NNZ COL VALUE...    the same for query I
#   score MODEL ALPHA I K X... joint log-likelihood by class of document I (train first, then the queries) under MODEL mnb (prior n_c/N) or
#                              cnb (norm=False, no prior) with smoothing ALPHA, fitted to the training rows of this weighting; bnb:
#                              BernoulliNB, weighting "0 raw" only; wcnb: cnb with norm=True, times the mean over classes of the sum of
#                              absolute weights that norm divides by
# In set "six", weighting "0 raw", classes eco and mil tie on query 0 except for rounding: compare with a tolerance, not by the larger one.
"""

SIX = [("mil", "the army fired missiles"), ("mil", "missiles and troops army army"), ("eco", "trade sanctions hit the economy"),
       ("eco", "economy trade trade deal"), ("dip", "the summit talks diplomat"), ("dip", "diplomat talks treaty")]
SIX_QUERIES = ["army trade talks the unknown", "troops troops fired on the army", "nothing known here"]

SHARED = "the of and in after reports officials said week north south capital border minister year".split()
TOPICS = {
    "dip": "summit talks envoy treaty embassy visit accord ally minister dialogue".split(),
    "eco": "trade tariff bank export market price currency loan factory growth".split(),
    "mil": "troops missile drill navy artillery border launch radar brigade base".split(),
}


def synthetic(r):
    """Documents of 3 to 40 words in three classes of unequal size, common words drawn more often than rare ones."""
    docs = []
    for i in range(30):
        label = sorted(TOPICS)[(0, 1, 1, 2, 2, 2)[i % 6]]
        docs.append((label, " ".join(words(r, label, 3 + int(37 * r.random() ** 2)))))
    queries = [" ".join(words(r, label, 12) + ["zebra"] * (i % 3)) for i, label in enumerate(sorted(TOPICS) * 2)]
    return docs, queries


def words(r, label, n):
    pools = {"own": TOPICS[label], "shared": SHARED, "other": [w for t in sorted(TOPICS) for w in TOPICS[t]]}
    out = []
    for _ in range(n):
        u = r.random()
        pool = pools["own" if u < .4 else "shared" if u < .85 else "other"]
        out.append(pool[int(len(pool) * r.random() ** 2)])
    return out


def line(*fields):
    return " ".join(repr(float(f)) if isinstance(f, float) else str(f) for f in fields) + "\n"


def rows_text(kind, m):
    text = ""
    for i in range(m.shape[0]):
        cols = np.nonzero(m[i])[0]
        pairs = [x for c in cols for x in (int(c), float(m[i, c]))]
        text += line(kind, i, len(cols), *pairs)
    return text


def weigh(train, queries, sublinear, norm):
    """Dense rows of both."""
    if norm == "raw":
        v = CountVectorizer().fit(train)
        return v.transform(train).toarray().astype(float), v.transform(queries).toarray().astype(float)
    if norm != "pre":
        v = TfidfVectorizer(sublinear_tf=sublinear, norm=None if norm == "none" else norm).fit(train)
        return v.transform(train).toarray(), v.transform(queries).toarray()
    every = CountVectorizer().fit(train + queries)
    known = TfidfVectorizer().fit(train)
    out = []
    for texts in (train, queries):
        tf = every.transform(texts).toarray().astype(float)
        if sublinear:
            tf[tf > 0] = 1 + np.log(tf[tf > 0])
        tf /= np.sqrt((tf ** 2).sum(axis=1, keepdims=True))
        out.append(tf[:, [every.vocabulary_[w] for w in known.get_feature_names_out()]] * known.idf_)
    return out


def joint_of(model, alpha, rows, y, all_rows):
    made = {"mnb": MultinomialNB, "cnb": ComplementNB, "wcnb": ComplementNB, "bnb": BernoulliNB}[model](alpha=alpha)
    if model != "wcnb":
        made.fit(rows, y)
        return made._joint_log_likelihood(np.sign(all_rows) if model == "bnb" else all_rows)
    mass = np.abs(made.fit(rows, y).feature_log_prob_).sum(axis=1).mean()
    return mass * made.set_params(norm=True).fit(rows, y)._joint_log_likelihood(all_rows)


def one_set(name, docs, queries):
    classes = sorted({label for label, _ in docs})
    y = [classes.index(label) for label, _ in docs]
    train = [text for _, text in docs]
    v = TfidfVectorizer().fit(train)
    out = line("set", name) + line("classes", len(classes), *classes)
    out += "".join(line("train", c, text) for c, text in zip(y, train)) + "".join(line("query", text) for text in queries)
    out += line("terms", len(v.idf_), *v.get_feature_names_out()) + line("idf", len(v.idf_), *map(float, v.idf_))
    for sublinear, norm in ((0, "raw"), (0, "l2"), (0, "none"), (0, "pre"), (1, "l2"), (1, "none"), (1, "pre")):
        rows, qrows = weigh(train, queries, bool(sublinear), norm)
        out += line("weighting", sublinear, norm) + rows_text("row", rows) + rows_text("qrow", qrows)
        for model in ("mnb", "cnb") if norm == "none" else ("mnb", "cnb", "wcnb", "bnb") if norm == "raw" else ("mnb", "cnb", "wcnb"):
            for alpha in (1.0, 0.3):
                joint = joint_of(model, alpha, rows, y, np.vstack([rows, qrows]))
                out += "".join(line("score", model, alpha, i, len(classes), *map(float, x)) for i, x in enumerate(joint))
    return out


def main():
    if sklearn.__version__ != PINNED:
        raise SystemExit(f"scikit-learn {sklearn.__version__}, expected {PINNED}")
    text = HEAD + one_set("six", SIX, SIX_QUERIES) + one_set("synthetic", *synthetic(random.Random(1)))
    pathlib.Path(__file__).with_name("nb.txt").write_text(text)


if __name__ == "__main__":
    main()
