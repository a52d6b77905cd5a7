#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plants copies with a fixed seed and says how many `newsframe dedup` finds, and whether what it marks is right.

    NEWSFRAME_DATA=folder bench/dedup_marks.py [--program build/cli/newsframe] [--copies 10000] [--seed 1]

Needs $NEWSFRAME_DATA/kcna/raw_with_duplicates.jsonl and allsides_paras/train.jsonl; a set that is not there is passed over by name.
It says too how fast the whole command is, reading and writing included, on these and on sib200, 20news and bbc where they are.
Similarities are computed here anew from the texts: by sets of word 5-grams in plain Python, no hashes. Only paragraphs of plain words get
copies, so that what a word is cannot differ between the two; only those without natural copies, so that every pair stands alone.
"""
import argparse
import os
import random
import re
import resource
import subprocess
import sys
import tempfile

import marks

K = 5


def words(text):
    return re.findall(r"[a-z]{2,}", text.lower())


def shingles(w):
    return {tuple(w[i:i + K]) for i in range(len(w) - K + 1)} if len(w) >= K else {tuple(w)} if w else set()


def jaccard(a, b):
    return len(a & b) / len(a | b) if a or b else 0.0


def dedup(program, path, *options):
    """Rows of the table, and seconds of processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.NamedTemporaryFile(suffix=".csv") as out:
        subprocess.run([program, "dedup", path, "-o", out.name, "-q", *options], check=True, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        rows = [(r["id"], r["dup_group"], r["dup_of"], r["dup_similarity"]) for r in marks.table(out.name)]
    return rows, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def news_agency(program, path):
    docs = marks.read(path)
    rows, _ = dedup(program, path)
    group = {r[0]: r[1] for r in rows}
    first, copies, found = {}, 0, 0
    for d in docs:
        if d["text"] in first:
            copies += 1
            found += group[d["id"]] != "" and group[d["id"]] == group[first[d["text"]]]
        else:
            first[d["text"]] = d["id"]
    text = {d["id"]: shingles(words(d["text"])) for d in docs}
    least = min(jaccard(text[r[0]], text[r[2]]) for r in rows if r[2])
    print("kcna: exact copies %d, found %d; marked pairs %d, least similarity %.3f" % (copies, found, sum(r[2] != "" for r in rows), least))
    return found == copies and least >= 0.5


def is_plain(text):
    """No digits, no letters beyond ASCII, no apostrophes, no capitals but at the start of words, and blanks between all words."""
    return re.fullmatch(r"[A-Za-z ,.;:\n\"]*", text) and not re.search(r"[a-zA-Z]*[A-Z][A-Z]|[a-z][A-Z]|[.,;:\"][A-Za-z]", text)


def edited(w, rng):
    """A copy of the words w: a run of words cut, put in or exchanged, or words exchanged here and there."""
    w, n = list(w), len(w)
    kind, m = rng.choice(("cut", "put", "run", "scattered")), rng.randrange(0, max(2, n // 3))
    fresh = ["".join(rng.choice("bcdfghklmnprst") + rng.choice("aeiou") for _ in range(4)) for _ in range(m)]
    at = rng.randrange(n - m + 1)
    if kind == "cut":
        del w[at:at + m]
    elif kind == "put":
        w[at:at] = fresh
    elif kind == "run":
        w[at:at + m] = fresh
    else:
        for i in rng.sample(range(n), max(1, m // 4)):
            w[i] = "zu" + w[i]
    return w


def planted(program, path, n, seed):
    rng, docs = random.Random(seed), marks.read(path)
    rows, _ = dedup(program, path, "--threshold", "0.2", "--threads", "1")
    alone = {r[0] for r in rows if r[1] == ""}
    plain = [d for d in docs if d["id"] in alone and is_plain(d["text"]) and len(words(d["text"])) >= 15]
    chosen = rng.sample(plain, min(n, len(plain)))
    pairs, out = [], list(docs)
    for d in chosen:
        w = words(d["text"])
        copy = edited(w, rng)
        c = {"id": "copy of " + d["id"], "text": " ".join(copy), "date": d.get("date", "")}
        pairs.append((d["id"], c["id"], jaccard(shingles(w), shingles(copy))))
        out.append(c)
    rng.shuffle(out)
    ok = True
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as f:
        marks.write(f.name, [{"id": d["id"], "text": d["text"], "date": d.get("date", "")} for d in out])
        for threshold, wanted in ((0.5, 0.95), (0.7, 0.99)):
            rows, _ = dedup(program, f.name, "--threshold", str(threshold), "--threads", "1")
            mark = {r[0]: r for r in rows}
            true = [p for p in pairs if p[2] >= threshold]
            high = [p for p in pairs if p[2] >= 0.7]
            hit = lambda p: mark[p[0]][1] != "" and mark[p[0]][1] == mark[p[1]][1]
            recall = sum(map(hit, true)) / len(true)
            recall7 = sum(map(hit, high)) / len(high)
            wrong = 0
            for o, c, j in pairs:
                for r in (mark[o], mark[c]):
                    if r[2]:
                        wrong += r[2] not in (o, c) or abs(float(r[3]) - j) > 1e-6 or j < threshold
            marked = sum(1 for p in pairs if hit(p))
            print("planted, threshold %.1f: pairs at or above it %d, recall %.4f; at .7 or above %d, recall %.4f; "
                  "pairs marked %d, wrong %d" % (threshold, len(true), recall, len(high), recall7, marked, wrong))
            ok = ok and recall >= wanted and recall7 >= 0.99 and wrong == 0
        speed(program, f.name, "planted")
    return ok


def speed(program, path, name):
    """MB of the file a second of one core: the fastest of seven runs, with cleaning and without."""
    best = {}
    for _ in range(7):
        for options in ((), ("--no-clean",)):
            _, seconds = dedup(program, path, "--threads", "1", *options)
            best[options] = min(seconds, best.get(options, seconds))
    size, docs = os.path.getsize(path) / 1e6, sum(1 for _ in open(path, "rb"))
    print("%-15s %6d documents of %5d bytes: %.3f s, %.0f MB/s; texts not cleaned %.3f s, %.0f MB/s" % (
        name, docs, size * 1e6 / docs, best[()], size / best[()], best[("--no-clean",)], size / best[("--no-clean",)]))
    return True


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--program", default="build/cli/newsframe")
    a.add_argument("--copies", type=int, default=10000)
    a.add_argument("--seed", type=int, default=1)
    a = a.parse_args()
    folder, ok = os.environ.get("NEWSFRAME_DATA"), True
    if not folder:
        print("skipped: NEWSFRAME_DATA is not set")
        return 77
    for name, judge in (("kcna/raw_with_duplicates.jsonl", lambda p: news_agency(a.program, p)),
                        ("allsides_paras/train.jsonl", lambda p: planted(a.program, p, a.copies, a.seed)),
                        *((n, lambda p: speed(a.program, p, p.split("/")[-2])) for n in (
                            "allsides_paras/train.jsonl", "sib200/train.jsonl", "20news/train.jsonl", "bbc/train.jsonl",
                            "kcna/raw_with_duplicates.jsonl"))):
        path = os.path.join(folder, name)
        if os.path.exists(path):
            ok = judge(path) and ok
        else:
            print("skipped: no %s" % name)
    print("all marks are met" if ok else "a mark is missed")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
