#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""layers.py - rules over the source text: which file may include what, functions nobody calls, the shape of files, words. TAP."""

import os
import re
import subprocess
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
LAYERS = ["base", "datasets", "features", "models", "cluster", "cli"]
RANK = {"base": 0, "datasets": 1, "features": 2, "models": 3, "cluster": 3, "cli": 4}
# Public headers belong to the layer that implements them.
PUBLIC = {"decl": "base", "status": "base", "matrix": "base", "docs": "datasets", "convert": "datasets", "clean": "features",
          "mojibake": "datasets", "features": "features", "stats": "features", "dedup": "features",
          "lang": "features", "codebook": "features", "seen": "features", "suggest": "features", "inspect": "features",
          "sentence": "features", "units": "models", "explain": "models", "errors": "models", "reliability": "models", "models": "models",
          "metrics": "models", "cluster": "cluster"}
# Foreign headers that one file (or a few) may see.
WRAPPED = {"libexttextcat/fingerprint.h": {"features/lang.c"},
           "cblas.h": {"base/dense.c"}, "utf8proc.h": {"features/unicode.c", "features/utf8proc.c"}}
BANNED = ("strcpy strcat strncat sprintf vsprintf strtok atoi atol atoll atof strtod strtof strtold scanf fscanf sscanf vscanf "
          "vfscanf vsscanf qsort qsort_r setlocale alloca system popen mktemp tmpnam tempnam tmpfile rand srand random drand48 "
          "regcomp regexec gets signal").split()
BANNED_IN_TESTS = "strcpy strcat strncat sprintf vsprintf atoi atol atof gets mktemp tmpnam tempnam rand srand alloca".split()
HEAP = ("malloc calloc realloc reallocarray free strdup strndup aligned_alloc posix_memalign memalign valloc asprintf vasprintf getline "
        "getdelim").split()
# Words that speak of where and how the project was built instead of the project.
OUTSIDE = [r"(?<![\w./~-])/wo" + r"rk\b", r"\.\./sha" + r"red", r"\.lib" + r"rary\b"]
OUTSIDE_ALLOWED = {".ci/run"}
MAX_LINES = 600
MAX_WIDTH = 140
SPDX = "SPDX-License-Identifier: GPL-3.0-or-later"


def project_files():
    """Paths from the root: what git knows or would add; without git, all but build folders."""
    git = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True,
                         check=False) \
        if os.path.exists(os.path.join(ROOT, ".git")) else None
    if git and git.returncode == 0:
        names = git.stdout.decode("utf-8", "surrogateescape").split("\0")
    else:
        names = []
        for base, folders, files in os.walk(ROOT):
            folders[:] = [d for d in folders if not d.startswith("build") and d not in (".git", "out", "__pycache__")]
            names += [os.path.relpath(os.path.join(base, f), ROOT) for f in files]
    return sorted({n for n in names if n and os.path.isfile(os.path.join(ROOT, n)) and not os.path.islink(os.path.join(ROOT, n))})


def read(name):
    with open(os.path.join(ROOT, name), "rb") as f:
        return f.read()


def text_of(name):
    return read(name).decode("utf-8", "surrogateescape")


def is_c(name):
    return name.endswith((".c", ".h", ".inc"))


def layer_of(name):
    top = name.split("/")[0]
    if name.startswith("include/newsframe/"):
        return PUBLIC.get(os.path.basename(name)[:-2])
    return top if top in RANK else None


def code_only(text):
    """The text with comments, strings and character constants blanked; lines stay where they are."""
    def blank(m):
        return re.sub(r"[^\n]", " ", m.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.DOTALL)


def includes(name):
    """(line, quoted or angled, what) of every include."""
    for i, line in enumerate(text_of(name).split("\n"), 1):
        m = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if m:
            yield i, m.group(1) == '"', m.group(2)


def calls(names, functions):
    pattern = re.compile(r"(?<![\w.>])(" + "|".join(functions) + r")\s*\(")
    for name in names:
        for i, line in enumerate(code_only(text_of(name)).split("\n"), 1):
            for m in pattern.finditer(line):
                yield "%s:%d: calls %s()" % (name, i, m.group(1))


def rule_include_left(files):
    for name in files:
        mine = layer_of(name)
        if name.startswith("include/newsframe/") and mine is None:
            yield "%s: tell PUBLIC which layer it belongs to" % name
        if not is_c(name) or mine is None:
            continue
        for i, quoted, what in includes(name):
            if not quoted:
                continue
            other = layer_of("include/" + what if what.startswith("newsframe/") else what)
            if other is None:
                yield "%s:%d: includes \"%s\", expected a layer's name before the slash" % (name, i, what)
            elif other != mine and RANK[other] >= RANK[mine]:
                yield "%s:%d: %s includes %s, an include may only point left" % (name, i, mine, what)
            elif name.startswith("include/") and not what.startswith("newsframe/"):
                yield "%s:%d: a public header includes the private %s" % (name, i, what)


def rule_wrapped(files):
    for name in files:
        if is_c(name) and layer_of(name):
            for i, _, what in includes(name):
                if what in WRAPPED and name not in WRAPPED[what]:
                    yield "%s:%d: only %s may include %s" % (name, i, " and ".join(sorted(WRAPPED[what])), what)


def rule_heap(files):
    return calls([f for f in files if is_c(f) and layer_of(f) and f != "base/mem.c"], HEAP)


def rule_banned(files):
    yield from calls([f for f in files if is_c(f) and layer_of(f)], BANNED)
    yield from calls([f for f in files if is_c(f) and not layer_of(f)], BANNED_IN_TESTS)


def rule_ascii(files):
    for name in files:
        if is_c(name):
            for i, line in enumerate(read(name).split(b"\n"), 1):
                if any(b > 126 or (b < 32 and b != 9) for b in line):
                    yield "%s:%d: a byte that is not printable ASCII" % (name, i)


def is_ours(name):
    """Source that we write by hand, in contrast to samples, expected outputs and licence texts."""
    return not name.startswith(("datasets/geo-1/", "tests/samples/", "tests/parity/")) and \
        (name.endswith((".c", ".h", ".inc", ".py", ".sh", ".md", "meson.build", "meson_options.txt")) or
         name in ("check", "quickstart", ".ci/run"))


def rule_spdx(files):
    for name in files:
        if is_ours(name) and not name.endswith(".md"):
            lines = text_of(name).split("\n")
            at = 1 if lines[0].startswith("#!") else 0
            if len(lines) <= at or SPDX not in lines[at]:
                yield "%s: no SPDX line at the top" % name


def rule_length(files):
    for name in files:
        n = read(name).count(b"\n")
        if is_ours(name) and not name.endswith((".inc", ".md")) and n > MAX_LINES:
            yield "%s: %d lines, at most %d" % (name, n, MAX_LINES)


def rule_width(files):
    for name in files:
        for at, line in enumerate(text_of(name).split("\n") if name.endswith((".py", ".c", ".h")) else [], 1):
            if len(line) > MAX_WIDTH:
                yield "%s:%d: %d columns, at most %d" % (name, at, len(line), MAX_WIDTH)


def rule_blanks(files):
    for name in files:
        if not is_ours(name):
            continue
        data = text_of(name)
        for i, line in enumerate(data.split("\n"), 1):
            if "\t" in line or line != line.rstrip():
                yield "%s:%d: a tab or blanks at the end" % (name, i)
        if data and not data.endswith("\n"):
            yield "%s: no newline at the end" % name


def rule_outside(files):
    pattern = re.compile("|".join(OUTSIDE))
    for name in files:
        if name not in OUTSIDE_ALLOWED:
            for i, line in enumerate(text_of(name).split("\n"), 1):
                if pattern.search(line):
                    yield "%s:%d: names a place outside of the project" % (name, i)


def rule_binary(files):
    for name in files:
        if b"\0" in read(name):
            yield "%s: holds NUL bytes; keep a recipe or hexadecimal text instead" % name


RULES = [("includes point left, models and cluster never meet", rule_include_left),
         ("foreign headers stay in their wrappers", rule_wrapped),
         ("the heap is used through base/mem.c", rule_heap), ("banned functions are not called", rule_banned),
         ("C sources are ASCII", rule_ascii), ("files begin with their licence", rule_spdx), ("files are at most 600 lines", rule_length),
         ("lines of C and Python are at most 140 columns", rule_width),
         ("no tabs and no blanks at line ends", rule_blanks), ("nothing outside of the project is named", rule_outside),
         ("no binary files", rule_binary)]


def main():
    files = project_files()
    print("1..%d" % len(RULES))
    failed = 0
    for i, (what, rule) in enumerate(RULES, 1):
        faults = list(rule(files))
        failed += bool(faults)
        print("%s %d - %s" % ("not ok" if faults else "ok", i, what))
        for fault in faults:
            print("# " + fault.encode("utf-8", "backslashreplace").decode())
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
