#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""multi_marks.py - how well several labels a document are given: Reuters-21578 R90, narrative_frames, ccf_climate.

usage: bench/multi_marks.py build/cli/newsframe DATA [CLASSIFIER...]

DATA holds reuters21578/{train,test}.jsonl, narrative_frames/all.jsonl and ccf_climate/en.{train,test}.jsonl with `labels`. R90 is the
ModApte split with the 90 topics that both parts have, documents with none of them left out. Settings are those with the best mean of micro
and macro F1 in cross-validation on the training part; the test part is looked at once, with these.
"""
import os
import subprocess
import sys
import tempfile

import marks

SETTINGS = {"cnb": [[]], "nbsvm": [["--ngrams", "1-1"], []], "svm": [["--ngrams", "1-1"], ["--ngrams", "1-1", "--cost", "3"]]}


def r90(data, folder):
    parts = {name: marks.read(f"{data}/reuters21578/{name}.jsonl") for name in ("train", "test")}
    seen = [set(x for d in docs for x in d["labels"]) for docs in parts.values()]
    keep = seen[0] & seen[1]
    paths = []
    for name, docs in parts.items():
        docs = [{"id": d["id"], "title": d.get("title") or "", "text": d["text"],
                 "labels": [x for x in d["labels"] if x in keep]} for d in docs]
        paths.append(os.path.join(folder, f"r90.{name}.jsonl"))
        marks.write(paths[-1], [d for d in docs if d["labels"]])
    return paths


def figures(program, *args):
    with tempfile.NamedTemporaryFile(suffix=".csv") as summary:
        subprocess.run([program, *args, "--summary", summary.name, "-o", "/dev/null", "-q"], check=True, stderr=subprocess.DEVNULL)
        return {row["measure"]: float(row["value"] or "nan") for row in marks.table(summary.name)}


def show(name, x):
    print(f"{name}: micro F1 {x['micro_f1']:.4f}  macro F1 {x['macro_f1']:.4f}  same set {x['subset_accuracy']:.4f}  "
          f"(constant {x['constant_micro_f1']:.4f} / {x['constant_macro_f1']:.4f})", flush=True)


def mark(program, name, train, test, classifiers, folder):
    best = None
    for c in classifiers:
        for more in SETTINGS[c]:
            x = figures(program, "crossval", "--multi", "-k", "3", "--no-dup-groups", "--classifier", c, *more, train)
            show(f"{name} train, cross-validated, {c} {' '.join(more)}", x)
            mean = (x["micro_f1"] + x["macro_f1"]) / 2
            if best is None or mean > best[0]:
                best = (mean, c, more)
    if test:
        model = os.path.join(folder, "m.nfm")
        subprocess.run([program, "train", "--multi", "--classifier", best[1], *best[2], train, "-o", model, "-q"], check=True,
                       stderr=subprocess.DEVNULL)
        show(f"{name} test, {best[1]} {' '.join(best[2])}", figures(program, "evaluate", "-m", model, test))


def main():
    program, data = sys.argv[1:3]
    classifiers = sys.argv[3:] or list(SETTINGS)
    with tempfile.TemporaryDirectory() as folder:
        mark(program, "narrative_frames", f"{data}/narrative_frames/all.jsonl", None, classifiers, folder)
        mark(program, "ccf_climate", f"{data}/ccf_climate/en.train.jsonl", f"{data}/ccf_climate/en.test.jsonl", classifiers, folder)
        train, test = r90(data, folder)
        mark(program, "R90", train, test, classifiers, folder)


main()
