# SPDX-License-Identifier: GPL-3.0-or-later
"""marks.py - what the *_marks.py share: JSON lines, tables, running the program, and the public splits."""
import collections
import csv
import json
import os
import subprocess
import sys

csv.field_size_limit(1 << 30)

R8 = {"acq", "crude", "earn", "grain", "interest", "money-fx", "ship", "trade"}
R_SIZES = {"R8": (5485, 2190), "R52": (6532, 2569)}
# corpus: its folder, the parts
SPLITS = {
    "20news": ("20news", "train.jsonl", "test.jsonl"),
    "stripped": ("20news", "train.stripped.jsonl", "test.stripped.jsonl"),
    "bbc": ("bbc", "train.jsonl", "test.jsonl"),
    "ag_news": ("ag_news", "train.jsonl", "test.jsonl"),
    "R8": ("reuters21578", "train.jsonl", "test.jsonl"),
    "R52": ("reuters21578", "train.jsonl", "test.jsonl"),
}


def read(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def write(path, docs):
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(json.dumps(d) + "\n" for d in docs)


def table(path):
    """Rows of a CSV file."""
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def run(*command):
    """What it said on its standard error; ends this program when it failed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(" ".join(command) + "\n" + done.stderr)
    return done.stderr


def reuters(name, paths, folder):
    """R8 or R52, written to folder: the documents of Reuters-21578 with one topic."""
    parts = [[d for d in read(path) if len(d.get("labels") or []) == 1] for path in paths]
    topics = [collections.Counter(d["labels"][0] for d in docs) for docs in parts]
    keep = R8 if name == "R8" else set(topics[0]) & set(topics[1])
    out = []
    for i, docs in enumerate(parts):
        docs = [d for d in docs if d["labels"][0] in keep]
        if len(docs) != R_SIZES[name][i]:
            sys.exit("%s: %d documents of %d topics in %s, expected %d" % (name, len(docs), len(keep), paths[i], R_SIZES[name][i]))
        out.append(os.path.join(folder, "%s.%d.jsonl" % (name, i)))
        write(out[-1], [{"id": d["id"], "title": d.get("title") or "", "text": d["text"], "label": d["labels"][0]} for d in docs])
    return out


def split(data, name, folder):
    """Paths of the training and the test part; those that have to be made are made in folder."""
    where, *parts = SPLITS[name]
    paths = [os.path.join(data, where, x) for x in parts]
    return reuters(name, paths, folder) if name in R_SIZES else paths
