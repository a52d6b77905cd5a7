#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""builtin_marks.py [--program NEWSFRAME] [--model FILE] [--articles FILE] [--gold FOLDER]: how the built-in model does on texts it was not
made from.

--articles: JSON lines labelled military, economic or diplomatic; the answer is the greatest of the three scores. Look once, never tune on
it.
--gold: a folder with gold.jsonl (sentences coded by byte offset) and its texts, of which the coded sentences are scored, a line each:
micro-F1 of the frames that "score --unit sentence" gives over the ten frames; and the primary frame of
"score --mixture" against the main frame of each text. Nothing of it is chosen here: how sentences get frames was learned from geo-1.
"""
import argparse
import collections
import os
import subprocess
import tempfile

import marks

ANGLES = ("military", "economic", "diplomatic")


def score(args, rows, extra=()):
    with tempfile.TemporaryDirectory() as tmp:
        path, out = os.path.join(tmp, "in.jsonl"), os.path.join(tmp, "out.csv")
        marks.write(path, [{"id": str(i), "title": r.get("title") or "", "text": r["text"]} for i, r in enumerate(rows)])
        command = [args.program, "score", path, "-o", out, "-q", *extra] + (["-m", args.model] if args.model else [])
        subprocess.run(command, check=True)
        return marks.table(out)


def number(row, frame):
    return float(row.get("score_" + frame) or 0)


def angles(args):
    rows = [r for r in marks.read(args.articles) if r.get("label") in ANGLES]
    pairs = collections.Counter()
    for r, s in zip(rows, score(args, rows)):
        pairs[r["label"], max(ANGLES, key=lambda k: number(s, k))] += 1
    f1 = []
    for k in ANGLES:
        given, mine = sum(n for (_, b), n in pairs.items() if b == k), sum(n for (a, _), n in pairs.items() if a == k)
        f1.append(2 * pairs[k, k] / max(1, given + mine))
    right = sum(pairs[k, k] for k in ANGLES)
    print("articles: %d, accuracy %.4f, macro-F1 %.4f" % (len(rows), right / len(rows), sum(f1) / 3), dict(pairs))


def gold_texts(folder):
    """The coded sentences of each text, a line each, and where they begin and end in it."""
    texts = marks.read(os.path.join(folder, "gold.jsonl"))
    for text in texts:
        with open(os.path.join(folder, text["id"]), "rb") as raw:
            data = raw.read()
        text["sentences"] = [s for s in text["sentences"] if not s["boilerplate"]]
        whole = b""
        for s in text["sentences"]:
            s["text"] = data[s["start"]:s["end"]].replace(b"\n", b" ")
            s["from"], s["to"] = len(whole), len(whole) + len(s["text"])
            whole += s["text"] + b"\n"
        text["text"] = whole.decode()
    return texts


def micro(pairs):
    tp = sum(len(a & b) for a, b in pairs)
    return 2 * tp / max(1, sum(len(a) + len(b) for a, b in pairs))


def gold(args):
    texts = gold_texts(args.gold)
    units = score(args, texts, ["--unit", "sentence", "--min-tokens", "1"])
    pairs = []
    for i, t in enumerate(texts):
        for s in t["sentences"]:
            got = set()
            for u in units:
                if u["id"] == str(i) and int(u["start"]) < s["to"] and int(u["end"]) > s["from"]:
                    got |= set(u["frames"].split(";"))
            pairs.append((got - {"none", ""}, set(s["frames"]) - {"none"}))
    print("gold: %d sentences, micro-F1 %.4f, precision %.4f, recall %.4f" % (
        len(pairs), micro(pairs), sum(len(a & b) for a, b in pairs) / max(1, sum(len(a) for a, _ in pairs)),
        sum(len(a & b) for a, b in pairs) / max(1, sum(len(b) for _, b in pairs))))
    found = [r["primary_frame"] for r in score(args, texts, ["--mixture"])]
    print("dominant frame right in %d of %d" % (sum(a == t["dominant"] for a, t in zip(found, texts)), len(texts)),
          collections.Counter("%s for %s" % (a, t["dominant"]) for a, t in zip(found, texts)))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--program", default="build/cli/newsframe")
    p.add_argument("--model")
    p.add_argument("--articles")
    p.add_argument("--gold")
    args = p.parse_args()
    if args.articles:
        angles(args)
    if args.gold:
        gold(args)


if __name__ == "__main__":
    main()
