#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""builtin_marks.py [--program NEWSFRAME] [--model FILE] [--articles FILE] [--gold FOLDER]: how the built-in model does on texts it was not made from.

--articles: JSON lines labelled military, economic or diplomatic; the answer is the greatest of the three scores. Look once, never tune on it.
--gold: a folder with gold.jsonl (sentences coded by byte offset) and its texts; micro-F1 of sentences over the ten frames with one cut for all, and the frame
with the greatest sum of probabilities in each text. The cut is the one that does best on the sentences of geo-1 itself (--cut to give it).
"""
import argparse
import collections
import csv
import json
import math
import os
import subprocess
import tempfile

ANGLES = ("military", "economic", "diplomatic")


def score(args, rows, extra=()):
    with tempfile.TemporaryDirectory() as tmp:
        path, out = os.path.join(tmp, "in.jsonl"), os.path.join(tmp, "out.csv")
        with open(path, "w", encoding="utf-8") as f:
            for i, r in enumerate(rows):
                f.write(json.dumps({"id": str(i), "title": r.get("title") or "", "text": r["text"]}) + "\n")
        command = [args.program, "score", path, "-o", out, "-q", *extra] + (["-m", args.model] if args.model else [])
        subprocess.run(command, check=True)
        with open(out, encoding="utf-8", newline="") as f:
            return list(csv.DictReader(f))


def number(row, frame):
    return float(row.get("score_" + frame) or 0)


def angles(args):
    with open(args.articles, encoding="utf-8") as f:
        rows = [r for r in map(json.loads, f) if r.get("label") in ANGLES]
    pairs = collections.Counter()
    for r, s in zip(rows, score(args, rows)):
        pairs[r["label"], max(ANGLES, key=lambda k: number(s, k))] += 1
    f1 = []
    for k in ANGLES:
        given, mine = sum(n for (_, b), n in pairs.items() if b == k), sum(n for (a, _), n in pairs.items() if a == k)
        f1.append(2 * pairs[k, k] / max(1, given + mine))
    right = sum(pairs[k, k] for k in ANGLES)
    print("articles: %d, accuracy %.4f, macro-F1 %.4f" % (len(rows), right / len(rows), sum(f1) / 3), dict(pairs))


def gold_sentences(folder):
    out, texts = [], []
    with open(os.path.join(folder, "gold.jsonl"), encoding="utf-8") as f:
        for text in map(json.loads, f):
            with open(os.path.join(folder, text["id"]), "rb") as raw:
                data = raw.read()
            texts.append(text)
            out += [{"text": data[s["start"]:s["end"]].decode(), "frames": s["frames"], "of": text["id"]} for s in text["sentences"] if not s["boilerplate"]]
    return texts, out


def micro(rows, scores, frames, cut):
    tp = fp = fn = 0
    for r, s in zip(rows, scores):
        got = {k for k in frames if number(s, k) >= cut} or {max(list(frames) + ["none"], key=lambda k: number(s, k))} - {"none"}
        want = set(r["frames"]) - {"none"}
        tp, fp, fn = tp + len(got & want), fp + len(got - want), fn + len(want - got)
    return 2 * tp / max(1, 2 * tp + fp + fn)


def gold(args):
    texts, rows = gold_sentences(args.gold)
    scores = score(args, rows, ["--min-tokens", "1"])
    frames = [k[6:] for k in scores[0] if k.startswith("score_") and k != "score_none"]
    print("gold: %d sentences, micro-F1 %.4f at %.2f" % (len(rows), micro(rows, scores, frames, args.cut), args.cut))
    right = 0
    for t in texts:
        total = collections.Counter()
        for r, s in zip(rows, scores):
            if r["of"] == t["id"]:
                for k in frames:
                    total[k] += 1 / (1 + math.exp(-number(s, k)))
        right += max(frames, key=lambda k: total[k]) == t["dominant"]
    print("dominant frame right in %d of %d" % (right, len(texts)))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--program", default="build/cli/newsframe")
    p.add_argument("--model")
    p.add_argument("--articles")
    p.add_argument("--gold")
    p.add_argument("--cut", type=float, default=-2.0)
    args = p.parse_args()
    if args.articles:
        angles(args)
    if args.gold:
        gold(args)


if __name__ == "__main__":
    main()
