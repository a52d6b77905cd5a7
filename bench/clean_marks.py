#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures newsframe clean on pages and articles with a gold standard, and what cleaning does to classification.

    NEWSFRAME_DATA=/path/to/data bench/clean_marks.py build/cli/newsframe [seeds] [pages] [accuracy]

seeds     boilerplate bytes: precision and recall, and whether every gold sentence is kept whole
pages     word F1 of the kept text against the gold text of each page, mean over pages. Pages are halved by the order of their ids: rules
          were tuned on the first, third, ... alone; the figure that counts is that of the others
accuracy  each task with and without cleaning
"""
import collections
import os
import re
import subprocess
import sys
import tempfile

import marks


def clean(program, path, *more):
    with tempfile.TemporaryDirectory() as d:
        out, audit = os.path.join(d, "out.csv"), os.path.join(d, "audit.csv")
        subprocess.run([program, "clean", *path, "-o", out, "--audit", audit, "-q", *more], check=True)
        return marks.table(out), marks.table(audit)


def seeds(program, data):
    """Precision and recall of boilerplate bytes, and how many gold sentences were cut into."""
    folder = os.path.join(data, "seeds")
    gold = marks.read(os.path.join(folder, "gold.jsonl"))
    right = cut_all = boiler_all = broken = 0
    for g in gold:
        path = os.path.join(folder, g["id"])
        text = open(path, "rb").read()
        _, audit = clean(program, [path])
        cut = bytearray(len(text))
        for a in audit:
            for i in range(int(a["start"]), int(a["end"])):
                cut[i] = 1
        boiler = bytearray(len(text))
        for s in g["sentences"]:
            if s["boilerplate"]:
                for i in range(s["start"], s["end"]):
                    boiler[i] = 1
            elif any(cut[s["start"]:s["end"]]):
                broken += 1
                print("  cut:", g["id"], s["start"], s["kind"])
        blank = [c in b" \t\r\n" for c in text]
        right += sum(1 for i in range(len(text)) if cut[i] and boiler[i] and not blank[i])
        cut_all += sum(1 for i in range(len(text)) if cut[i] and not blank[i])
        boiler_all += sum(1 for i in range(len(text)) if boiler[i] and not blank[i])
    found = right / max(cut_all, 1), right / boiler_all, broken
    print("seeds: precision %.4f recall %.4f, gold sentences not kept whole: %d" % found)
    return found


def words(text):
    return collections.Counter(re.findall(r"\w+", text.lower()))


def f1(a, b):
    return 2 * sum((a & b).values()) / max(1, sum(a.values()) + sum(b.values()))


def pages(program, data):
    """Mean word F1 of the pages that no rule was tuned on, one by one and with a line table."""
    path = os.path.join(data, "pages", "l3s_gn1.jsonl")
    pages = {p["id"]: p for p in marks.read(path)}
    order, means = sorted(pages), []
    for name, more in (("one page alone", ["--no-rule", "lines"]), ("with line table", [])):
        kept, _ = clean(program, [path], *more)
        score = {r["id"]: f1(words(r["clean_text"]), words(pages[r["id"]]["gold"])) for r in kept}
        for half, ids in (("tuning half", order[0::2]), ("other half", order[1::2])):
            a = b = c = 0
            for r in kept:
                if r["id"] in set(ids):
                    x, y = words(r["clean_text"]), words(pages[r["id"]]["gold"])
                    a, b, c = a + sum((x & y).values()), b + sum(x.values()), c + sum(y.values())
            mean = sum(score[i] for i in ids) / len(ids)
            print("pages, %s, %s: word F1 %.4f (all pages as one: precision %.4f recall %.4f F1 %.4f)" % (
                name, half, mean, a / b, a / c, 2 * a / (b + c)))
            means += [mean] if half == "other half" else []
    return means


def accuracy_of(args):
    p = subprocess.run(args, check=True, capture_output=True, text=True)
    return float(re.search(r"accuracy ([0-9.]+)", p.stderr + p.stdout).group(1))


def accuracy(program, data):
    """Of each task, accuracy with cleaning minus that without."""
    gained = {}

    def tell(name, cleaned, plain):
        gained[name] = cleaned - plain
        print("%s: %.4f cleaned, %.4f not: %+.4f" % (name, cleaned, plain, cleaned - plain))

    def path(*p):
        return os.path.join(data, *p)
    cross = [("allsides_angle", path("allsides_angle", "train.jsonl")), ("gvfc", path("gvfc", "train.jsonl"))]
    split = [("bbc", "bbc", "train.jsonl", "test.jsonl"), ("ag_news", "ag_news", "train.jsonl", "test.jsonl"),
             ("20news", "20news", "train.jsonl", "test.jsonl"),
             ("20news stripped", "20news", "train.stripped.jsonl", "test.stripped.jsonl")]
    for name, corpus in cross:
        got = [accuracy_of([program, "crossval", corpus, "-o", "/dev/null", *more]) for more in ([], ["--no-clean"])]
        tell(name + ", 5 folds", *got)
    for name, folder, train, test in split:
        got = []
        for more in ([], ["--no-clean"]):
            with tempfile.TemporaryDirectory() as d:
                model = os.path.join(d, "m.nfm")
                subprocess.run([program, "train", path(folder, train), "-o", model, "-q", *more], check=True)
                got.append(accuracy_of([program, "evaluate", "-m", model, path(folder, test), "-o", "/dev/null"]))
        tell(name, *got)
    return gained


def main():
    data = os.environ.get("NEWSFRAME_DATA")
    if not data:
        sys.exit("clean_marks.py: NEWSFRAME_DATA is not set; nothing was measured")
    program, what = sys.argv[1], sys.argv[2:] or ["seeds", "pages", "accuracy"]
    for w in what:
        {"seeds": seeds, "pages": pages, "accuracy": accuracy}[w](program, data)


if __name__ == "__main__":
    main()
