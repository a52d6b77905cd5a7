#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""run.py - golden tests of the real program, one TAP line a case; README.md beside it says what a case looks like."""

import argparse
import concurrent.futures
import difflib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
STREAMS = ("stdout", "stderr")
# What a case may see of the caller's environment: sanitizer options, the kernel in use, the folder of large corpora.
KEPT = ("PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "OMP_TOOL_LIBRARIES", "OMP_WAIT_POLICY", "NF_KERN",
        "LD_LIBRARY_PATH", "NEWSFRAME_DATA")
SLOWER = float(os.environ.get("CK_TIMEOUT_MULTIPLIER", 1))  # as for the tests in C: programs under sanitizers need longer
THREADED = ("train", "score", "cluster", "count", "crossval", "evaluate", "dedup", "suggest", "explain", "features", "forget", "convert",
            "terms")
SHOWN_LINES = 60


def read(path, default=None):
    if not os.path.exists(path):
        return default
    with open(path, "rb") as f:
        return f.read()


def lines_of(data):
    text = data.decode("utf-8", "surrogateescape")
    return text[:-1].split("\n") if text.endswith("\n") else text.split("\n") if text else []


def show(line):
    return line.encode("utf-8", "backslashreplace").decode("utf-8")


def line_matches(pattern, line):
    return re.fullmatch(".*".join(re.escape(p) for p in pattern.split("*")), line, re.DOTALL) is not None


def glob_fault(pattern, data):
    """None when the lines match; else the first pattern line that finds no match. '...' stands for any number of lines."""
    want, have = lines_of(pattern), lines_of(data)
    reached, furthest = {0}, 0
    for i, p in enumerate(want):
        if p == "...":
            reached = set(range(min(reached), len(have) + 1))
        else:
            reached = {j + 1 for j in reached if j < len(have) and line_matches(p, have[j])}
        if not reached:
            return "line %d of the glob matches nothing: %s" % (i + 1, p)
        furthest = max(reached)
    if len(have) not in reached:
        return "line %d is more than the glob has: %s" % (furthest + 1, have[furthest])
    return None


def difference(name, want, have):
    diff = list(difflib.unified_diff(lines_of(want), lines_of(have), name + " expected", name + " found", lineterm="", n=2))
    if not diff:  # they differ in the last newline
        return ["%s: expected %r at the end, found %r" % (name, want[-20:], have[-20:])]
    return diff[:SHOWN_LINES] + (["(%d more lines)" % (len(diff) - SHOWN_LINES)] if len(diff) > SHOWN_LINES else [])


class Case:
    def __init__(self, path, options):
        self.path, self.options = path, options
        self.name = os.path.relpath(path, HERE)
        self.faults, self.notes, self.skipped = [], [], None

    def file(self, name):
        return os.path.join(self.path, name)

    def environment(self, scratch, tmp, bindir):
        env = {k: os.environ[k] for k in KEPT if k in os.environ}
        env.update(PATH=bindir + os.pathsep + env.get("PATH", "/usr/bin:/bin"), HOME=scratch, TMPDIR=tmp, LC_ALL="C.UTF-8", TZ="UTC",
                   OPENBLAS_NUM_THREADS="1", NF_SAMPLES=os.path.abspath(self.options.samples))
        return env

    def shell(self, script, scratch, env, timeout):
        """Runs the script in a session of its own, so that a timeout ends all it started. Returns (status, stdout, stderr)."""
        p = subprocess.Popen(["bash", script], cwd=scratch, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE,
                             start_new_session=True)
        try:
            out, err = p.communicate(timeout=timeout)
            return p.returncode, out, err
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
            out, err = p.communicate()
            self.faults.append("timed out after %g s" % timeout)
            return None, out, err

    def run(self, bindir, folder):
        scratch, tmp = os.path.join(folder, "case"), os.path.join(folder, "tmp")
        os.mkdir(scratch)
        os.mkdir(tmp)
        if os.path.isdir(self.file("in")):
            shutil.copytree(self.file("in"), os.path.join(scratch, "in"), symlinks=True)
        env = self.environment(scratch, tmp, bindir)
        if os.path.exists(self.file("skip_unless")):
            code, out, _ = self.shell(self.file("skip_unless"), scratch, env, 60)
            if code != 0:
                self.skipped = out.decode("utf-8", "replace").strip().split("\n")[0] or "a condition of the case does not hold"
                return
        code, out, err = self.shell(self.file("cmd"), scratch, env, float(read(self.file("timeout"), b"60")) * SLOWER)
        if code is None:
            return
        found = {"stdout": out, "stderr": err}
        if self.options.update and not self.update(code, found, scratch):
            return
        self.judge(code, found, scratch)
        for base, _, files in os.walk(folder):
            self.faults += ["left behind: " + os.path.relpath(os.path.join(base, f), folder) for f in files if re.search(r"\.tmp$", f)]

    def judge(self, code, found, scratch):
        want = int(read(self.file("exit"), b"0"))
        if code != want:
            self.faults.append("exit status is %d, expected %d" % (code, want))
        for name in STREAMS:
            exact, pattern = read(self.file(name + ".exact")), read(self.file(name + ".glob"))
            if exact is not None and pattern is not None:
                self.faults.append("has both %s.exact and %s.glob" % (name, name))
            elif pattern is not None:
                fault = glob_fault(pattern, found[name])
                if fault:
                    self.faults += ["%s: %s" % (name, fault)] + ["| " + line for line in lines_of(found[name])[:SHOWN_LINES]]
            elif found[name] != (exact or b""):
                self.faults += difference(name, exact or b"", found[name])
        if code != want and "stderr.exact" not in os.listdir(self.path):
            self.faults += ["stderr| " + line for line in lines_of(found["stderr"])[:SHOWN_LINES]]
        for name in self.outputs():
            have = read(os.path.join(scratch, name))
            if have is None:
                self.faults.append("%s was not written" % name)
            elif have != read(self.file(os.path.join("out", name))):
                self.faults += difference(name, read(self.file(os.path.join("out", name))), have)

    def outputs(self):
        top = self.file("out")
        return sorted(os.path.relpath(os.path.join(base, f), top) for base, _, files in os.walk(top) for f in files)

    def update(self, code, found, scratch):
        """Makes the exact files say what happened. False when that would turn a crash into an expectation."""
        if code < 0 or code >= 128:
            self.faults.append("ended by a signal (status %d): nothing is updated" % code)
            return False
        self.write("exit", b"%d\n" % code if code else None)
        for name in STREAMS:
            if not os.path.exists(self.file(name + ".glob")):  # a glob that does not match is for a person to change
                self.write(name + ".exact", found[name] or None)
        for name in self.outputs():
            self.write(os.path.join("out", name), read(os.path.join(scratch, name)) or b"")
        return True

    def write(self, name, data):
        path = self.file(name)
        if read(path) == data:
            return
        if data is None:
            os.remove(path)
        else:
            with open(path, "wb") as f:
                f.write(data)
        self.notes.append("%s %s" % ("removed" if data is None else "wrote", os.path.join(self.name, name)))


def make_bin(folder, options):
    bindir = os.path.join(folder, "bin")
    os.mkdir(bindir)
    target, program = os.path.join(bindir, "newsframe"), os.path.abspath(options.program)
    if not options.threads:
        os.symlink(program, target)
        return bindir
    with open(target, "w", encoding="ascii") as f:  # the same bytes are expected from any number of threads
        f.write('#!/bin/bash\ncase $1 in %s) v=$1; shift; exec "%s" "$v" --threads %d "$@" ;; esac\nexec "%s" "$@"\n'
                % ("|".join(THREADED), program, options.threads, program))
    os.chmod(target, 0o755)
    return bindir


def run_case(case, bindir, root):
    folder = tempfile.mkdtemp(dir=root)
    try:
        case.run(bindir, folder)
    except (OSError, ValueError) as e:
        case.faults.append("the case cannot be run: %s" % e)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return case


def find_cases(names):
    cases = sorted(base for base, _, files in os.walk(HERE) if "cmd" in files)
    return [c for c in cases if not names or any((os.path.relpath(c, HERE) + "/").startswith(n.rstrip("/") + "/") for n in names)]


def main():
    parser = argparse.ArgumentParser(description="Runs the golden tests.")
    parser.add_argument("--program", required=True, help="the newsframe to test")
    parser.add_argument("--samples", default=os.path.join(HERE, "..", "..", "datasets"), help="what NF_SAMPLES names")
    parser.add_argument("--threads", type=int, default=0, help="run verbs that take --threads with this number")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--update", action="store_true", help="make the exact files say what happened")
    parser.add_argument("cases", nargs="*", help="verbs or verb/case; all when none is given")
    options = parser.parse_args()
    cases = [Case(c, options) for c in find_cases(options.cases)]
    if not cases:
        print("1..0 # SKIP no cases")
        return 0
    print("1..%d" % len(cases), flush=True)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="nf-golden-") as root, concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        bindir = make_bin(root, options)
        for i, case in enumerate(pool.map(lambda c: run_case(c, bindir, root), cases), 1):
            failed += bool(case.faults)
            print("%s %d - %s%s" % ("not ok" if case.faults else "ok", i, case.name, " # SKIP " + case.skipped if case.skipped else ""))
            for line in case.notes + case.faults:
                print("# " + show(line))
            sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
