#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""compare.py - newsframe beside other programs that do the same job: whole processes, run in turn, on files that you name.

Runs of newsframe and of its peer alternate (A B A B ...) after one warm-up each, so that whatever else the machine does falls on both. A
ratio is the peer's seconds over newsframe's in a pair of neighbours; reported are the median of the pairs and the least and greatest. The
peer is scikit-learn (sklearn_jobs.py beside this file) or, for plain text, wc -w. Nothing here fails because something was slow; README.md
says what each row means.
"""

import argparse
import collections
import csv
import filecmp
import json
import math
import os
import random
import shutil
import statistics
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
JOBS = ("train", "score", "cluster", "article", "text")
# They make OpenBLAS take other kernels than the machine's own; no program is to be slowed by them.
DROPPED = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
ABSENT = "absent"
NONE = "-"


class Failed(Exception):
    pass


# ---- processes ----

def spawn(job):
    """Runs one command to its end; what it took."""
    actions = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
    for fd, path in ((1, job["stdout"]), (2, job["stderr"])):
        actions.append((os.POSIX_SPAWN_OPEN, fd, path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    start = time.perf_counter()
    try:
        pid = os.posix_spawnp(job["command"][0], job["command"], job["env"], file_actions=actions)
    except OSError as e:
        return {"error": str(e)}
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    return {"wall_s": wall, "cpu_s": usage.ru_utime + usage.ru_stime, "mib": usage.ru_maxrss / 1024,
            "exit": os.waitstatus_to_exitcode(status)}


class Runner:
    """A small process that starts the commands. Linux counts the memory of whoever starts a program into the program's peak, so it forks
    before anything is read; what even `true` is charged is the least that can be told."""

    def __init__(self):
        ask_read, ask_write = os.pipe()
        tell_read, tell_write = os.pipe()
        if os.fork() == 0:
            os.close(ask_write)
            os.close(tell_read)
            with open(ask_read, encoding="utf-8") as asked, open(tell_write, "w", encoding="utf-8") as told:
                for line in asked:
                    told.write(json.dumps(spawn(json.loads(line))) + "\n")
                    told.flush()
            os._exit(0)
        os.close(ask_read)
        os.close(tell_write)
        self.ask = open(ask_write, "w", encoding="utf-8")
        self.told = open(tell_read, encoding="utf-8")
        self.folder = None

    def run(self, command, env=None):
        log = os.path.join(self.folder, "stderr")
        clean = {k: v for k, v in os.environ.items() if k not in DROPPED}
        job = {"command": command, "env": {**clean, **(env or {})}, "stdout": os.path.join(self.folder, "stdout"), "stderr": log}
        self.ask.write(json.dumps(job) + "\n")
        self.ask.flush()
        took = json.loads(self.told.readline() or '{"error": "the runner ended"}')
        if took.get("exit") != 0:
            what = took.get("error") or "exit %d" % took["exit"]
            if "exit" in took:
                with open(log, encoding="utf-8", errors="replace") as f:
                    what += ": " + f.read().strip()[-400:]
            raise Failed("%s: %s" % (" ".join(command[:4]), what))
        return took


class Side:
    """One of two that are compared: its command and the files it writes."""

    def __init__(self, command, outputs=(), env=None):
        self.command, self.outputs, self.env = command, outputs, env
        self.runs = []

    def run(self, runner, keep=True):
        for p in self.outputs:  # or a run would also take back the room of what the one before wrote
            if os.path.exists(p):
                os.remove(p)
        took = runner.run(self.command, self.env)
        took["bytes"] = sum(os.path.getsize(p) for p in self.outputs)
        if keep:
            self.runs.append(took)

    def median(self, what):
        return statistics.median(r[what] for r in self.runs)


def in_turn(runner, name, ours, peer, pairs):
    for i in range(pairs + 1):
        if sys.stderr.isatty():
            sys.stderr.write("\r%-50s %d/%d " % (name, i, pairs))
            sys.stderr.flush()
        for side in (ours, peer):
            if side:
                side.run(runner, keep=i > 0)
    if sys.stderr.isatty():
        sys.stderr.write("\r%60s\r" % "")


# ---- files ----

def records(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def rows_of(path):
    csv.field_size_limit(1 << 30)
    with open(path, encoding="utf-8", newline="") as f:
        yield from csv.DictReader(f)


def text_of(record):
    return record["title"] + "\n" + record["text"] if record.get("title") else record["text"]


def article_of(path, out):
    """The record whose text has the median length."""
    sizes = sorted((len(r["text"]), i) for i, r in enumerate(records(path)))
    want = sizes[len(sizes) // 2][1]
    for i, record in enumerate(records(path)):
        if i == want:
            with open(out, "w", encoding="utf-8") as f:
                f.write(json.dumps(record, ensure_ascii=False) + "\n")
            return len(record["text"].encode())
    raise Failed("%s: no documents" % path)


def plain_text(path, folder, by_class):
    """The texts in one folder a class, a file a document or a file a class. Returns the files and the bytes in them."""
    names, files = {}, {}
    total = 0
    for i, record in enumerate(records(path)):
        label = record.get("label")
        if not label:
            continue
        inside = os.path.join(folder, names.setdefault(label, label.replace("/", "_")))
        os.makedirs(inside, exist_ok=True)
        name = os.path.join(inside, "all.txt" if by_class else "%07d.txt" % i)
        data = (text_of(record) + "\n").encode()
        with open(name, "ab") as f:
            f.write(data)
        files[name] = True
        total += len(data)
    if not files:
        raise Failed("%s: no labelled documents" % path)
    return sorted(files), total


def grow(path, out, size, seed=1):
    """The documents of path over and over until out has size bytes; of each text some words are dropped and some change places."""
    rng = random.Random(seed)
    written = documents = copy = 0
    with open(out, "wb") as f:
        while written < size:
            before = written
            for record in records(path):
                words = record["text"].split(" ")
                n = len(words)
                for _ in range(max(1, n // 20)):
                    a, b = int(rng.random() * n), int(rng.random() * n)
                    if a & 1:
                        words[a] = ""
                    else:
                        words[a], words[b] = words[b], words[a]
                record["text"] = " ".join(words)
                record["id"] = "%s#%d" % (record["id"], copy)
                written += f.write((json.dumps(record, ensure_ascii=False) + "\n").encode())
                documents += 1
                if written >= size:
                    break
            if written == before:
                raise Failed("%s: no documents" % path)
            copy += 1
    return documents, written


# ---- quality, the same way for both, from the tables they wrote ----

def accuracy(test, table):
    """Accuracy and macro F1 of the label column; a document without a label is wrong."""
    human = [r.get("label") for r in records(test)]
    machine = [r["label"] for r in rows_of(table)]
    if len(human) != len(machine):
        raise Failed("%s: %d rows for %d documents" % (table, len(machine), len(human)))
    pairs = [(h, m) for h, m in zip(human, machine) if h]
    if not pairs:
        return None
    hits = collections.Counter(h for h, m in pairs if h == m)
    n_human, n_machine = collections.Counter(h for h, _ in pairs), collections.Counter(m for _, m in pairs)
    f1 = [2 * hits[c] / (n_human[c] + n_machine[c]) for c in n_human]
    return sum(hits.values()) / len(pairs), statistics.mean(f1)


def entropy(counts, n):
    return -sum(c / n * math.log(c / n) for c in counts.values())


def nmi(pairs):
    """Mutual information over the arithmetic mean of the entropies."""
    n = len(pairs)
    a, b = (collections.Counter(p[i] for p in pairs) for i in (0, 1))
    ha, hb, both = entropy(a, n), entropy(b, n), entropy(collections.Counter(pairs), n)
    return (ha + hb - both) / ((ha + hb) / 2) if ha + hb else 1.0


def agreement(corpus, ours, peer):
    """NMI with the labels of both, on the labelled documents that newsframe put into a cluster; and how many those are."""
    label = [r.get("label") for r in records(corpus)]
    tables = [[r["cluster"] for r in rows_of(t)] for t in (ours, peer) if t]
    if any(len(t) != len(label) for t in tables):
        raise Failed("a table of clusters has not one row for each of %d documents" % len(label))
    use = [i for i, (l, c) in enumerate(zip(label, tables[0])) if l and c]
    if not use:
        return None
    return [nmi([(label[i], t[i]) for i in use]) for t in tables], len(use), len(label)


# ---- jobs ----

class Comparison:
    def __init__(self, runner, options, folder):
        self.runner, self.o, self.folder = runner, options, folder
        self.cleaning = [] if options.clean else ["--no-clean"]
        self.plain = ["--smoothing", "0.3", "--calibration", "none"]  # the peer is given its alpha and calibrates nothing
        self.peer_script = [options.peer_python, os.path.join(HERE, "sklearn_jobs.py")]
        self.rows, self.notes, self.wrong = [], [], False
        try:
            runner.run([options.peer_python, "-c", "import sklearn; print(sklearn.__version__)"])
            with open(os.path.join(folder, "stdout"), encoding="utf-8") as f:
                self.peer = "scikit-learn " + f.read().strip()
        except Failed:
            self.peer = None

    def at(self, name):
        return os.path.join(self.folder, name)

    def ours(self, verb, *args, **kw):
        return Side([self.o.program, verb, "--quiet", *args], **kw)

    def sklearn(self, *args, **kw):
        return Side([*self.peer_script, *args], **kw) if self.peer else None

    def compare(self, job, ours, peer, peer_name):
        in_turn(self.runner, job, ours, peer, self.o.pairs)
        ratios = sorted(p["wall_s"] / a["wall_s"] for a, p in zip(ours.runs, peer.runs)) if peer else []
        self.rows.append((job, ours, peer, peer_name, ratios))
        if self.o.json:
            line = {"job": job, "peer": peer_name, "ratio": statistics.median(ratios) if ratios else None, "ours": ours.runs,
                    "theirs": peer.runs if peer else None}
            with open(self.o.json, "a", encoding="utf-8") as f:
                f.write(json.dumps(line) + "\n")

    def train_sides(self):
        return (self.ours("train", self.o.train, *self.cleaning, "-o", self.at("model.nfm"), outputs=[self.at("model.nfm")]),
                self.sklearn("train", self.o.train, self.at("model.pkl"), outputs=[self.at("model.pkl")]))

    def models(self):
        """Both models, made without a watch where the train job was not asked for."""
        for side, path in zip(self.train_sides(), ("model.nfm", "model.pkl")):
            if side and not os.path.exists(self.at(path)):
                side.run(self.runner, keep=False)

    def train(self):
        """What the peer does: smoothing given, nothing tuned or calibrated. Then what train does by default, which has no peer."""
        ours, peer = self.train_sides()
        plain = self.at("plain.nfm")
        self.compare("train, smoothing given",
                     self.ours("train", self.o.train, *self.cleaning, *self.plain, "-o", plain, outputs=[plain]),
                     peer, "scikit-learn")
        self.compare("train, tuned and calibrated", ours, None, None)

    def score(self):
        self.models()
        ours, peer = self.at("ours.csv"), self.at("peer.csv")
        self.compare("score", self.ours("score", "-m", self.at("model.nfm"), self.o.test, "-o", ours, outputs=[ours]),
                     self.sklearn("score", self.at("model.pkl"), self.o.test, peer, outputs=[peer]), "scikit-learn")
        for name, table in (("newsframe", ours), ("scikit-learn", peer if self.peer else None)):
            found = accuracy(self.o.test, table) if table else None
            self.notes.append("score: %s: %s" % (name, "accuracy %.4f, macro F1 %.4f" % found if found else ABSENT))

    def cluster(self):
        ours, peer = self.at("ours-clusters.csv"), self.at("peer-clusters.csv")
        k = self.o.k or len({r["label"] for r in records(self.o.cluster) if r.get("label")}) or 10
        same = ["--min-df", "5", "--max-df", "50%", "--stopwords", "en", "--restarts", str(self.o.restarts)]
        self.compare("cluster, k %d, %d restarts" % (k, self.o.restarts),
                     self.ours("cluster", self.o.cluster, "-k", str(k), *same, *self.cleaning, "-o", ours, outputs=[ours]),
                     self.sklearn("cluster", self.o.cluster, str(k), str(self.o.restarts), peer, outputs=[peer]), "scikit-learn")
        found = agreement(self.o.cluster, ours, peer if self.peer else None)
        if not found:
            self.notes.append("cluster: no labels to compare with")
            return
        values, used, n = found
        for name, value in zip(("newsframe", "scikit-learn"), values + [None]):
            said = "NMI %.4f on %d of %d documents" % (value, used, n) if value is not None else ABSENT
            self.notes.append("cluster: %s: %s" % (name, said))

    def article(self):
        article, ours, peer = self.at("article.jsonl"), self.at("article-ours.csv"), self.at("article-peer.csv")
        size = article_of(self.o.test, article)
        self.notes.append("one article: %d bytes of text, every run a new process, files in the page cache" % size)
        self.compare("one article, built-in model", self.ours("score", article, "-o", ours, outputs=[ours]), None, None)
        self.models()
        self.compare("one article, trained model", self.ours("score", "-m", self.at("model.nfm"), article, "-o", ours, outputs=[ours]),
                     self.sklearn("score", self.at("model.pkl"), article, peer, outputs=[peer]), "scikit-learn")

    def text(self):
        plain, listed = {"LC_ALL": "C.UTF-8"}, self.at("files0")
        for by_class, what in ((False, "a file a document"), (True, "a file a class")):
            folder, model = self.at("text-class" if by_class else "text-document"), self.at("text.nfm")
            files, size = plain_text(self.o.train, folder, by_class)
            with open(listed, "wb") as f:
                f.write(b"".join(os.fsencode(p) + b"\0" for p in files))
            self.notes.append("train on text, %s: %d files, %.1f MB; unigrams, one thread, LC_ALL=C.UTF-8; wc -w reads the same files" % (
                what, len(files), size / 1e6))
            self.compare("train on text, " + what,
                         self.ours("train", folder, *self.cleaning, *self.plain, "--ngrams", "1", "--threads", "1", "-o", model,
                                   outputs=[model], env=plain),
                         Side(["wc", "-w", "--files0-from=" + listed], env=plain), "wc -w")
            shutil.rmtree(folder)

    def memory(self):
        corpus, models, said = self.at("large.jsonl"), [], []
        sys.stderr.write("making a corpus of %s\n" % self.o.memory_size)
        documents, size = grow(self.o.train, corpus, size_of(self.o.memory_size))
        for name, limit in (("--memory " + self.o.memory_limit, ["--memory", self.o.memory_limit]), ("no limit", [])):
            model = self.at("large-%d.nfm" % len(models))
            side = self.ours("train", corpus, *limit, "-o", model, outputs=[model])
            sys.stderr.write("training, %s\n" % name)
            side.run(self.runner)
            models.append(model)
            said.append("%s: %.1f MiB, %.1f s" % (name, side.median("mib"), side.median("wall_s")))
        same = filecmp.cmp(*models, shallow=False)
        self.wrong |= not same
        os.remove(corpus)
        self.notes.append("memory: corpus of %d documents, %.0f MB; %s; %s" % (documents, size / 1e6, "; ".join(said),
                                                                              "models have the same bytes" if same else "MODELS DIFFER"))


def size_of(text):
    unit = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}.get(text[-1:].upper())
    try:
        return int(float(text[:-1]) * unit) if unit else int(text)
    except ValueError:
        raise Failed('size "%s", expected a number with K, M or G' % text) from None


def table(rows, floor):
    head = ("job", "peer", "newsframe s", "peer s", "ratio (min..max)", "MiB", "MiB peer", "cpu s", "cpu s peer", "bytes", "bytes peer")
    lines = [head]
    for job, ours, peer, peer_name, ratios in rows:
        none = ABSENT if peer_name else NONE

        def cells(what, form, sides=(ours, peer), none=none, least=-1.0):
            return tuple(("<= " if s.median(what) <= least else "") + form % max(s.median(what), least) if s else none for s in sides)
        ratio = "%.2f (%.2f..%.2f)" % (statistics.median(ratios), ratios[0], ratios[-1]) if ratios else none
        lines.append((job, peer_name or NONE) + cells("wall_s", "%.4f") + (ratio,) + cells("mib", "%.1f", least=floor) +
                     cells("cpu_s", "%.3f") + cells("bytes", "%d"))
    width = [max(len(line[c]) for line in lines) for c in range(len(head))]
    form = ["%-*s" if c < 2 else "%*s" for c in range(len(head))]
    out = ["| " + " | ".join(f % (w, c) for f, w, c in zip(form, width, line)) + " |" for line in lines]
    out.insert(1, "|" + "|".join("-" * (w + 1) + ("-" if c < 2 else ":") for c, w in enumerate(width)) + "|")
    return "\n".join(out)


def options(argv):
    data = os.environ.get("NEWSFRAME_DATA")
    built = os.path.join(HERE, "..", "build", "cli", "newsframe")

    def default(name):
        path = os.path.join(data, "20news", name) if data else None
        return path if path and os.path.exists(path) else None
    p = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0].split(" - ", 1)[1])
    p.add_argument("--program", default=built if os.path.exists(built) else "newsframe", help="newsframe (default: %(default)s)")
    p.add_argument("--peer-python", default="/usr/bin/python3", help="the Python that has scikit-learn (default: %(default)s)")
    p.add_argument("--train", default=default("train.jsonl"), help="labelled JSON lines (default: $NEWSFRAME_DATA/20news/train.jsonl)")
    p.add_argument("--test", default=default("test.jsonl"), help="what is scored (default: $NEWSFRAME_DATA/20news/test.jsonl)")
    p.add_argument("--cluster", default=default("train.stripped.jsonl"), help="(default: $NEWSFRAME_DATA/20news/train.stripped.jsonl)")
    p.add_argument("--pairs", type=int, default=5, help="runs of each side after the warm-up (default: 5)")
    p.add_argument("--jobs", default=",".join(JOBS), help="which, by commas (default: %(default)s)")
    p.add_argument("-k", type=int, help="clusters (default: as many as the file has labels)")
    p.add_argument("--restarts", type=int, default=10, help="of k-means (default: 10)")
    p.add_argument("--clean", action="store_true", help="let newsframe clean the texts, as it does by default; the peers never do")
    p.add_argument("--memory", action="store_true", help="also train on a large corpus, with a limit of memory and without")
    p.add_argument("--memory-size", default="1G", help="of that corpus (default: 1G)")
    p.add_argument("--memory-limit", default="256M", help="(default: 256M)")
    p.add_argument("--json", help="append every run to this file, one JSON line a job")
    o = p.parse_args(argv)
    o.jobs = [j for j in o.jobs.split(",") if j]
    for j in o.jobs:
        if j not in JOBS:
            p.error('no job "%s", expected one of %s' % (j, ", ".join(JOBS)))
    if o.pairs < 1:
        p.error("--pairs must be at least 1")
    return o


def main(argv):
    o = options(argv)
    runner = Runner()
    needs = {"train": ("train",), "score": ("train", "test"), "cluster": ("cluster",), "article": ("train", "test"), "text": ("train",),
             "memory": ("train",)}
    with tempfile.TemporaryDirectory(prefix="newsframe-bench-") as folder:
        runner.folder = folder
        try:
            floor = runner.run(["true"])["mib"]
            runner.run([o.program, "--version"])
            with open(os.path.join(folder, "stdout"), encoding="utf-8") as f:
                version = ", ".join(f.read().strip().split("\n"))
            c = Comparison(runner, o, folder)
            for job in o.jobs + (["memory"] if o.memory else []):
                missing = [n for n in needs[job] if not getattr(o, n)]
                if missing:
                    c.notes.append("%s: left out, no file for --%s" % (job, ", --".join(missing)))
                    continue
                getattr(c, job)()
            floor = max(floor, runner.run(["true"])["mib"])
        except Failed as e:
            sys.stderr.write("\ncompare.py: %s\n" % e)
            return 1
    print("%s; peer: %s; %d usable CPUs; median of %d pairs\n" % (
        version, c.peer or "scikit-learn %s (%s cannot import it)" % (ABSENT, o.peer_python), len(os.sched_getaffinity(0)), o.pairs))
    if c.rows:
        print(table(c.rows, floor) + "\n")
    for note in c.notes:
        print("- " + note)
    print("- memory: %.1f MiB is the least that can be told" % floor)
    return 1 if c.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
