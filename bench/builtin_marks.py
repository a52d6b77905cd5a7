#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""builtin_marks.py [--program NEWSFRAME] [--model FILE] [--articles FILE] [--gold FOLDER] [--units FILE]:
how the built-in model does on texts it was not made from.

--articles: JSON lines labelled military, economic or diplomatic; the answer is the greatest of the three scores. Look once, never tune on it.
--gold: a folder with gold.jsonl (sentences coded by byte offset) and its texts; micro-F1 of sentences over the ten frames with one cut for all, and the frame
with the greatest sum of probabilities in each text. The cut is the one that does best on the sentences of geo-1, each scored by a model that saw neither it nor its
text (five folds; --units is what make_builtin trained on, beside geo-1.nfm in the build folder). --cut gives another, which is to come from elsewhere than the gold.
"""
import argparse
import collections
import math
import os
import subprocess
import tempfile
import zlib

import marks

FOLDS = 5
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


def gold_sentences(folder):
    out, texts = [], marks.read(os.path.join(folder, "gold.jsonl"))
    for text in texts:
        with open(os.path.join(folder, text["id"]), "rb") as raw:
            data = raw.read()
        out += [{"text": data[s["start"]:s["end"]].decode(), "frames": s["frames"], "of": text["id"]}
                for s in text["sentences"] if not s["boilerplate"]]
    return texts, out


def micro(rows, scores, frames, cut):
    tp = fp = fn = 0
    for r, s in zip(rows, scores):
        got = {k for k in frames if number(s, k) >= cut} or {max(list(frames) + ["none"], key=lambda k: number(s, k))} - {"none"}
        want = set(r["frames"]) - {"none"}
        tp, fp, fn = tp + len(got & want), fp + len(got - want), fn + len(want - got)
    return 2 * tp / max(1, 2 * tp + fp + fn)


def units_of(args):
    """Units of training, and sentences with all their frames and the fold of their text."""
    units = marks.read(args.units)
    for u in units:
        of = "-".join(u["id"].split("-")[:2 if u["id"][5].isdigit() else 3])
        u["fold"] = zlib.crc32(of.encode()) % FOLDS
    sentences = {}
    for u in units:
        if not u["text"]: # sentences stand in the title
            sentences.setdefault(u["id"], {"text": u["title"], "frames": [], "fold": u["fold"]})["frames"].append(u["label"])
    return units, list(sentences.values())


def trained_without(args, units, fold, model):
    """The settings are those of the built-in model, as its file tells them."""
    told = subprocess.run([args.program, "model", "info"] + ([args.model] if args.model else []), check=True, capture_output=True, text=True).stdout
    told = dict(line.split("\t", 1) for line in told.splitlines())
    marks.write(model + ".jsonl", [{k: u[k] for k in ("id", "title", "text", "label")} for u in units if u["fold"] != fold])
    weights = ["--class-weight", told["class_weight"]] if told.get("class_weight") else []
    subprocess.run([args.program, "train", model + ".jsonl", "-o", model, "-q", "--dup-ids", "suffix", "--codebook", args.codebook, "--calibration", "none",
                    "--smoothing", told["smoothing"], "--seed-strength", told["seed_strength"], "--min-df", "4", *weights], check=True)


def cut_of_folds(args):
    units, sentences = units_of(args)
    rows, scores = [], []
    with tempfile.TemporaryDirectory() as tmp:
        for fold in range(FOLDS):
            model = os.path.join(tmp, "fold.nfm")
            trained_without(args, units, fold, model)
            held = [s for s in sentences if s["fold"] == fold]
            rows += held
            scores += score(argparse.Namespace(program=args.program, model=model), held, ["--min-tokens", "1"])
    frames = [k[6:] for k in scores[0] if k.startswith("score_") and k != "score_none"]
    best = max((micro(rows, scores, frames, -cut / 10), -cut / 10) for cut in range(31))
    print("geo-1, five folds: %d sentences, micro-F1 %.4f at %.2f" % (len(rows), *best))
    return best[1]


def gold(args):
    if args.cut is None:
        args.cut = cut_of_folds(args)
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
    p.add_argument("--units", default="build/cli/geo-1.nfm.units.jsonl")
    p.add_argument("--codebook", default="datasets/geo-1/codebook.json")
    p.add_argument("--cut", type=float)
    args = p.parse_args()
    if args.articles:
        angles(args)
    if args.gold:
        gold(args)


if __name__ == "__main__":
    main()
