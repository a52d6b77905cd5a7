#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""marks.py PROGRAM - TAP: the figures that the documentation promises, measured by the scripts of bench/ on corpora of NEWSFRAME_DATA.

Each mark is a floor on the figure of default settings, or of those that the script names; nothing here is chosen by a test part. A mark
whose corpus is not there is skipped by name. Figures are told whether they pass or not.
"""
import contextlib
import io
import json
import os
import sys
import tempfile
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench"))
sys.dont_write_bytecode = True

import accuracy_marks
import calibration_marks
import clean_marks
import compare
import dedup_marks
import few_labels
import lang_marks
import marks

PROGRAM, DATA = sys.argv[1], os.environ.get("NEWSFRAME_DATA", "")


def at(*path):
    return os.path.join(DATA, *path)


def default_accuracy(name):
    with tempfile.TemporaryDirectory() as folder:
        return accuracy_marks.accuracy(PROGRAM, *marks.split(DATA, name, folder), folder, [])[0]


def topics():
    """NMI of the clusters of 20 Newsgroups without headers with its groups."""
    corpus = at("20news", "train.stripped.jsonl")
    with tempfile.NamedTemporaryFile(suffix=".csv") as out:
        words = ["--min-df", "5", "--max-df", "50%", "--stopwords", "en"]
        marks.run(PROGRAM, "cluster", corpus, "-k", "20", "--no-clean", *words, "-o", out.name)
        return compare.agreement(corpus, out.name, None)[0][0]


def mojibake_missed():
    """How many of the documents in which UTF-8 was read as Windows-1252 are not reported, or are not whole after repair."""
    missed = 0
    for part in ("train.jsonl", "test.jsonl"):
        with tempfile.TemporaryDirectory() as folder:
            path, repaired = at("india_police", part), os.path.join(folder, "repaired.jsonl")
            marks.run(PROGRAM, "convert", path, "-o", repaired, "--repair")
            damaged, left = (sum("\u00e2\u20ac" in d["text"] for d in marks.read(p)) for p in (path, repaired))
            said = []
            for p in (path, repaired):
                found = os.path.join(folder, "found.json")
                marks.run(PROGRAM, "inspect", p, "--json", "-o", found)
                with open(found, encoding="utf-8") as f:
                    said.append(json.load(f)["encodings"]["mojibake"])
        print("%s: damaged %d, reported %d; after repair %d, reported %d" % (part, damaged, said[0], left, said[1]))
        missed += max(0, damaged - said[0]) + left + said[1]
    return missed


def calibration_error(name):
    with tempfile.TemporaryDirectory() as folder:
        return calibration_marks.judge(PROGRAM, DATA, name, folder)


def copies(judge, *path):
    return judge(PROGRAM, at(*path))


def seeds_cleaned():
    precision, recall, broken = clean_marks.seeds(PROGRAM, DATA)
    return precision >= 0.97 and recall >= 0.85 and broken == 0


# what is promised, the corpus, the figure, its floor (of True) or its ceiling when the sign is "<="
MARKS = [
    ("accuracy by default, 20 Newsgroups", "20news", lambda: default_accuracy("20news"), ">=", 0.855),
    ("accuracy by default, 20 Newsgroups without headers", "20news", lambda: default_accuracy("stripped"), ">=", 0.715),
    ("accuracy by default, BBC", "bbc", lambda: default_accuracy("bbc"), ">=", 429 / 436),
    ("clusters of 20 Newsgroups without headers, NMI", "20news", topics, ">=", 0.43),
    ("five pages: precision .97, recall .85, sentences whole", "seeds", seeds_cleaned, ">=", True),
    ("word F1 of pages that no rule was tuned on", "pages", lambda: min(clean_marks.pages(PROGRAM, DATA)), ">=", 0.95),
    ("cleaning costs accuracy nowhere (but 20 Newsgroups with headers)", "gvfc",
     lambda: min(v for k, v in clean_marks.accuracy(PROGRAM, DATA).items() if k != "20news"), ">=", -0.002),
    ("exact copies of a news agency", "kcna", lambda: copies(dedup_marks.news_agency, "kcna", "raw_with_duplicates.jsonl"), ">=", True),
    ("copies planted among paragraphs", "allsides_paras",
     lambda: copies(lambda p, path: dedup_marks.planted(p, path, 10000, 1), "allsides_paras", "train.jsonl"), ">=", True),
    ("Windows-1252 taken for UTF-8: documents not reported or not repaired", "india_police", mojibake_missed, "<=", 0),
    ("language of a sentence", "sib200", lambda: lang_marks.share(PROGRAM, at("sib200", "test.jsonl")), ">=", 0.97),
    ("five labels a class, the rest of BBC without", "bbc",
     lambda: few_labels.means(PROGRAM, at("bbc", "train.jsonl"), at("bbc", "test.jsonl"), 5, 5, "1-2")[0], ">=", 0.94),
] + [("calibration error out of fold, " + name, marks.SPLITS.get(name, (name,))[0], lambda name=name: calibration_error(name), "<=", 0.05)
     for name in calibration_marks.CORPORA]


def main():
    print("1..%d" % len(MARKS))
    for i, (name, folder, figure, sign, mark) in enumerate(MARKS, 1):
        if not DATA or not os.path.isdir(at(folder)):
            why = "no %s in NEWSFRAME_DATA" % folder if DATA else "NEWSFRAME_DATA is not set"
            print("ok %d - %s # SKIP %s" % (i, name, why), flush=True)
            continue
        said = io.StringIO()
        try:
            with contextlib.redirect_stdout(said):
                value = figure()
            met = value >= mark if sign == ">=" else value <= mark
        except (Exception, SystemExit):
            value, met = traceback.format_exc(limit=2), False
        text = "%s" % value if isinstance(value, (bool, int)) else "%.4f" % value if isinstance(value, float) else "failed"
        print("%s %d - %s: %s, mark %s %g" % ("ok" if met else "not ok", i, name, text, sign, mark))
        for line in said.getvalue().splitlines() + (value.splitlines() if isinstance(value, str) else []):
            print("# " + line)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
