#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""sklearn_jobs.py - the jobs of newsframe as a scikit-learn user would write them, for compare.py (Debian: python3-sklearn).

    sklearn_jobs.py train   CORPUS.jsonl MODEL           tf-idf of 1-2-grams, complement naive Bayes
    sklearn_jobs.py score   MODEL INPUT.jsonl OUT.csv    one row a document: id, label, a probability for every class
    sklearn_jobs.py cluster CORPUS.jsonl K RESTARTS OUT.csv    k-means: id, cluster

A job imports only what it needs and prints one JSON line: seconds of each step, peak MiB, and the quality where documents have labels.
"""

import csv
import json
import resource
import sys
import time


class Stopwatch:
    """Seconds from one step to the next, by name."""

    def __init__(self):
        self.steps = {}
        self.last = time.perf_counter()

    def lap(self, name):
        now = time.perf_counter()
        self.steps[name] = round(now - self.last, 4)
        self.last = now


def documents(path):
    """Lists of ids, texts (the title is the first line) and labels (None where there is none)."""
    ids, texts, labels = [], [], []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            title = record.get("title")
            ids.append(record["id"])
            texts.append(title + "\n" + record["text"] if title else record["text"])
            labels.append(record.get("label"))
    return ids, texts, labels


def labelled(labels):
    return len(labels) > 0 and None not in labels


def train(watch, corpus, model):
    import pickle
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.naive_bayes import ComplementNB
    watch.lap("import")
    _, texts, labels = documents(corpus)
    watch.lap("read")
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    rows = vectorizer.fit_transform(texts)
    watch.lap("vectorize")
    classifier = ComplementNB(alpha=0.3)
    classifier.fit(rows, labels)
    watch.lap("fit")
    with open(model, "wb") as out:
        pickle.dump({"vectorizer": vectorizer, "classifier": classifier}, out, protocol=pickle.HIGHEST_PROTOCOL)
    watch.lap("save")
    return {"documents": rows.shape[0], "terms": rows.shape[1], "nonzeros": int(rows.nnz)}


def score(watch, model, corpus, table):
    import pickle
    import sklearn.feature_extraction.text  # noqa: F401  what the pickle is made of
    import sklearn.naive_bayes  # noqa: F401
    watch.lap("import")
    with open(model, "rb") as file:
        parts = pickle.load(file)
    watch.lap("load")
    ids, texts, labels = documents(corpus)
    watch.lap("read")
    classes = parts["classifier"].classes_
    shares = parts["classifier"].predict_proba(parts["vectorizer"].transform(texts))
    best = classes[shares.argmax(axis=1)]
    watch.lap("score")
    with open(table, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["id", "label"] + ["prob_" + c for c in classes])
        for name, label, row in zip(ids, best, shares.tolist()):
            out.writerow([name, label] + [format(p, ".6f") for p in row])
    watch.lap("write")
    if not labelled(labels):
        return {"documents": len(ids)}
    right = sum(a == b for a, b in zip(labels, best))
    return {"documents": len(ids), "accuracy": round(right / len(ids), 4)}


def cluster(watch, corpus, k, restarts, table):
    from sklearn.cluster import KMeans
    from sklearn.feature_extraction.text import TfidfVectorizer
    watch.lap("import")
    ids, texts, labels = documents(corpus)
    watch.lap("read")
    rows = TfidfVectorizer(min_df=5, max_df=0.5, stop_words="english", sublinear_tf=True).fit_transform(texts)
    watch.lap("vectorize")
    groups = KMeans(n_clusters=int(k), n_init=int(restarts), random_state=1).fit(rows)
    watch.lap("cluster")
    with open(table, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["id", "cluster"])
        out.writerows(zip(ids, (groups.labels_ + 1).tolist()))
    watch.lap("write")
    found = {"documents": len(ids), "terms": rows.shape[1], "iterations": int(groups.n_iter_), "inertia": round(float(groups.inertia_), 4)}
    if labelled(labels):
        from sklearn.metrics import normalized_mutual_info_score
        found["nmi"] = round(float(normalized_mutual_info_score(labels, groups.labels_)), 4)
    return found


JOBS = {"train": (train, 2), "score": (score, 3), "cluster": (cluster, 4)}


def main(argv):
    if not argv or argv[0] not in JOBS or len(argv) - 1 != JOBS[argv[0]][1]:
        sys.stderr.write(__doc__)
        return 2
    watch = Stopwatch()
    found = JOBS[argv[0]][0](watch, *argv[1:])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"job": argv[0], **found, "seconds": watch.steps, "peak_mib": round(peak, 1)}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
