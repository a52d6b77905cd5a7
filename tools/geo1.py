#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""geo1.py - makes datasets/geo-1/corpus.jsonl and sentences.jsonl from datasets/geo-1/source/*.txt.

  geo1.py                       write both files
  geo1.py --check               write nothing; say whether they are what the sources give (TAP)
  geo1.py --stats               sizes by frame, style, region, decade and length; openings used too often
  geo1.py --blind N SEED FILE   N sentences in shuffled order without their frames, to be coded again: ID<TAB><TAB>TEXT
  geo1.py --agree FILE          agreement with such a file whose second column was filled in (frames, most salient first)

A source file holds blocks. A block starts with a line "== ID DATE STYLE | REGION"; then a title, "T FRAMES | TEXT" (may be
absent), and one sentence a line, "FRAMES | TEXT", the most salient frame first. A blank line starts a new paragraph, "#"
a comment. FRAMES are the first three letters of codebook keys with blanks between them, or none.

The label of a document is the frame with the greatest salience: the sum over its sentences of 1/rank, counted twice in the
title and in the first sentence. It is none where sentences without a frame have more than half of the weight. Equal
salience: the frame of the title's or else the first sentence's higher rank, then the order of the codebook.
"""

import collections
import glob
import json
import os
import random
import re
import sys
from fractions import Fraction

ROOT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "datasets", "geo-1")
SECONDARY = Fraction(6, 100)


class Bad(Exception):
    pass


def frames_of_codebook():
    with open(os.path.join(ROOT, "codebook.json"), encoding="utf-8") as f:
        keys = [frame["key"] for frame in json.load(f)["frames"]]
    return {"none" if key == "none" else key[:3]: key for key in keys}


FRAMES = frames_of_codebook()
ORDER = {key: i for i, key in enumerate(FRAMES.values())}


def codes(cell, where):
    """Keys of a cell of codes; none stands alone."""
    keys = []
    for code in cell.split():
        if code not in FRAMES:
            raise Bad("%s: %r is no frame; expected one of %s" % (where, code, " ".join(FRAMES)))
        keys.append(FRAMES[code])
    if not keys or len(set(keys)) < len(keys) or ("none" in keys and len(keys) > 1):
        raise Bad("%s: %r: expected one or more different frames, or none alone" % (where, cell))
    return keys


class Document:
    def __init__(self, ident, date, source, region):
        self.id, self.date, self.source, self.region = "geo1-" + ident, date, source, region
        self.title, self.paragraphs = None, [[]]

    def sentences(self):
        return [s for p in self.paragraphs for s in p]

    def label(self):
        """The label, and every frame that has a share of the salience, the greatest first."""
        total, bare, first = collections.Counter(), Fraction(0), {}
        units = ([(self.title[0], 2)] if self.title else []) + [(s[0], 2 if i == 0 else 1) for i, s in enumerate(self.sentences())]
        for u, (keys, weight) in enumerate(units):
            for rank, key in enumerate(keys, 1):
                if key == "none":
                    bare += weight
                else:
                    total[key] += Fraction(weight, rank)
                    first.setdefault(key, (u, rank))
        if 2 * bare > sum(w for _, w in units):
            return "none", ["none"]
        ranked = sorted(total, key=lambda k: (-total[k], first[k], ORDER[k]))
        whole = sum(total.values())
        return ranked[0], [k for i, k in enumerate(ranked) if i == 0 or total[k] / whole >= SECONDARY]

    def text(self):
        return "\n\n".join(" ".join(s[1] for s in p) for p in self.paragraphs if p)

    def record(self):
        label, labels = self.label()
        return {"id": self.id, "title": self.title[1] if self.title else "", "text": self.text(), "label": label, "labels": labels,
                "source": self.source, "region": self.region, "date": self.date}

    def units(self):
        if self.title:
            yield self.unit(0, "title", 0, *self.title)
        at, n = 0, 0
        for paragraph in self.paragraphs:
            for keys, text in paragraph:
                n += 1
                yield self.unit(n, "text", at, keys, text)
                at += len(text.encode("utf-8")) + 1
            at += 1 if paragraph else 0

    def unit(self, n, field, at, keys, text):
        return {"id": "%s-%02d" % (self.id, n), "document": self.id, "field": field, "start": at, "end": at + len(text.encode("utf-8")),
                "label": keys[0], "frames": keys, "text": text}


def read_source(path, documents):
    doc = None
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            where = "%s:%d" % (path, number)
            line = line.rstrip("\n")
            if line.startswith("#"):
                continue
            if not line:
                if doc and doc.paragraphs[-1]:
                    doc.paragraphs.append([])
                continue
            if line != line.strip() or "  " in line or "\t" in line:
                raise Bad("%s: blanks at an end, or two in a row" % where)
            head, bar, rest = line.partition(" | ")
            if not bar or not rest:
                raise Bad("%s: expected FRAMES | TEXT" % where)
            if head.startswith("== "):
                m = re.fullmatch(r"== ([a-z0-9-]+) (\d{4}-\d\d-\d\d) ([a-z_]+)", head)
                if not m:
                    raise Bad("%s: expected == ID DATE STYLE | REGION" % where)
                doc = Document(*m.groups(), rest)
                if doc.id in documents:
                    raise Bad("%s: %s is there already" % (where, doc.id))
                documents[doc.id] = doc
            elif doc is None:
                raise Bad("%s: a sentence before the first block" % where)
            elif head.startswith("T "):
                if doc.title or doc.sentences():
                    raise Bad("%s: a title after a title or a sentence" % where)
                doc.title = (codes(head[2:], where), rest)
            else:
                doc.paragraphs[-1].append((codes(head, where), rest))


def read_all():
    documents = {}
    for path in sorted(glob.glob(os.path.join(ROOT, "source", "*.txt"))):
        read_source(path, documents)
    for doc in documents.values():
        if not doc.sentences():
            raise Bad("%s: no sentence" % doc.id)
    return [documents[k] for k in sorted(documents)]


def lines(records):
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records)


def made(documents):
    return {"corpus.jsonl": lines(d.record() for d in documents), "sentences.jsonl": lines(u for d in documents for u in d.units())}


def check(documents):
    files = made(documents)
    print("1..%d" % len(files))
    status = 0
    for n, (name, want) in enumerate(sorted(files.items()), 1):
        try:
            with open(os.path.join(ROOT, name), encoding="utf-8", newline="") as f:
                same = f.read() == want
        except OSError:
            same = False
        print("%s %d - datasets/geo-1/%s is what tools/geo1.py makes of source/" % ("ok" if same else "not ok", n, name))
        status |= not same
    return status


def table(title, counter):
    print("\n" + title)
    for key, n in sorted(counter.items(), key=lambda kv: (-kv[1], str(kv[0]))):
        print("  %-28s %5d" % (key, n))


def stats(documents):
    units = [u for d in documents for u in d.units()]
    words = [len(d.text().split()) for d in documents]
    framed = [len(u["frames"]) for u in units if u["label"] != "none"]
    print("documents %d  words %d  sentences and titles %d  frames a sentence %.2f" % (
        len(documents), sum(words), len(units), sum(framed) / len(framed)))
    table("Label", collections.Counter(d.label()[0] for d in documents))
    table("First frame of a sentence", collections.Counter(u["label"] for u in units))
    table("Any frame of a sentence", collections.Counter(k for u in units for k in u["frames"]))
    table("Style", collections.Counter(d.source for d in documents))
    table("Region", collections.Counter(d.region for d in documents))
    table("Decade", collections.Counter(d.date[:3] + "0" for d in documents))
    bins = ((1, 19), (20, 49), (50, 99), (100, 199), (200, 299), (300, 999))
    table("Words", collections.Counter("%3d to %3d" % (lo, hi) for w in words for lo, hi in bins if lo <= w <= hi))
    table("Openings of three words used more than twice", collections.Counter(
        {k: n for k, n in collections.Counter(" ".join(d.sentences()[0][1].split()[:3]) for d in documents).items() if n > 2}))
    pairs = re.compile(r"(?<![.?!] )\b[A-Z][a-z]+ [A-Z][a-z]+")
    table("Capitalised pairs in more than six documents", collections.Counter(
        {k: n for k, n in collections.Counter(k for d in documents for k in set(pairs.findall(d.text()))).items() if n > 6}))
    return 0


def blind(documents, n, seed, path):
    units = [u for d in documents for u in d.units()]
    random.Random(int(seed)).shuffle(units)
    with open(path, "w", encoding="utf-8") as f:
        for u in units[:int(n)]:
            f.write("%s\t\t%s\n" % (u["id"], u["text"]))
    return 0


def alpha(pairs):
    """Krippendorff's alpha of two coders over nominal values, no value missing."""
    both = collections.Counter(v for pair in pairs for v in pair)
    n = sum(both.values())
    expected = n * n - sum(c * c for c in both.values())
    return 1 - (n - 1) * 2 * sum(a != b for a, b in pairs) / expected if expected else float("nan")


def kappa(pairs):
    n = len(pairs)
    a, b = (collections.Counter(p[i] for p in pairs) for i in (0, 1))
    by_chance = sum(a[k] * b[k] for k in a) / n / n
    return (sum(x == y for x, y in pairs) / n - by_chance) / (1 - by_chance) if by_chance < 1 else float("nan")


def agree(documents, path):
    known = {u["id"]: u["frames"] for d in documents for u in d.units()}
    pairs = []
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            where = "%s:%d" % (path, number)
            cells = line.rstrip("\n").split("\t")
            if len(cells) < 2 or cells[0] not in known:
                raise Bad("%s: expected ID<TAB>FRAMES, the id of a sentence" % where)
            pairs.append((known[cells[0]], codes(" ".join(c if c == "none" else c[:3] for c in re.split("[,; ]+", cells[1]) if c), where)))
    if not pairs:
        raise Bad("%s: no line" % path)
    first = [(a[0], b[0]) for a, b in pairs]
    print("sentences %d" % len(pairs))
    print("first frame: agreement %.3f, Cohen's kappa %.3f, Krippendorff's alpha %.3f" % (
        sum(a == b for a, b in first) / len(pairs), kappa(first), alpha(first)))
    print("same set of frames: %.3f" % (sum(set(a) == set(b) for a, b in pairs) / len(pairs)))
    print("%-18s %6s %6s %10s %6s" % ("frame", "first", "again", "agreement", "alpha"))
    for key in FRAMES.values():
        bits = [(key in a, key in b) for a, b in pairs]
        print("%-18s %6d %6d %10.3f %6.3f" % (key, sum(a for a, _ in bits), sum(b for _, b in bits),
                                              sum(a == b for a, b in bits) / len(bits), alpha(bits)))
    return 0


def main(argv):
    try:
        documents = read_all()
        if not argv:
            for name, content in made(documents).items():
                with open(os.path.join(ROOT, name), "w", encoding="utf-8", newline="") as f:
                    f.write(content)
            return 0
        verbs = {"--check": (check, 0), "--stats": (stats, 0), "--blind": (blind, 3), "--agree": (agree, 1)}
        if argv[0] not in verbs or len(argv) - 1 != verbs[argv[0]][1]:
            print(__doc__, file=sys.stderr)
            return 2
        return verbs[argv[0]][0](documents, *argv[1:])
    except (Bad, OSError, ValueError) as e:
        print("geo1.py: %s" % e, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
