#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""tap_sum.py LABEL=LOG... - counts the TAP results in Meson's JSON test logs, shows what failed, ends with one line of totals.

A program that crashes, runs out of time, prints no plan or stops before its plan is through counts as one failure of its own.
"""

import json
import re
import sys

SHOWN = 40


class Sum:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.report = []

    def fail(self, name, lines):
        self.failed += 1
        self.report.append("FAILED %s" % name)
        self.report += ["    " + line for line in lines[:SHOWN]]

    def program(self, label, test):
        name = label + test["name"].split(" / ")[-1]
        plan, seen, bad, bailed = None, 0, [], False
        for line in test.get("stdout", "").split("\n"):
            m = re.match(r"1\.\.(\d+)(?:\s*#\s*skip\b\s*(.*))?", line, re.IGNORECASE)
            if m and plan is None:
                plan = int(m.group(1))
                self.skipped += plan == 0
                continue
            m = re.match(r"(not )?ok\b\s*\d*\s*(?:-\s*)?(.*)", line)
            if m:
                seen += 1
                directive = re.search(r"#\s*(skip|todo)\b", m.group(2), re.IGNORECASE)
                if directive:
                    self.skipped += 1
                elif m.group(1):
                    bad.append([m.group(2)])
                else:
                    self.passed += 1
            elif line.startswith("Bail out!"):
                bailed = True
                bad.append([line])
            elif bad and line.startswith("#"):
                bad[-1].append(line)
        for lines in bad:
            self.fail("%s: %s" % (name, lines[0]), lines[1:])
        stderr = [line for line in test.get("stderr", "").strip().split("\n") if line][-SHOWN:]
        rc, result = test.get("returncode"), test.get("result")
        if result == "TIMEOUT":
            self.fail(name + ": ran out of time after %d results" % seen, stderr)
        elif rc is not None and rc < 0:
            self.fail("%s: killed by signal %d after %d results" % (name, -rc, seen), stderr)
        elif bailed:
            pass
        elif plan is None:
            self.fail(name + ": printed no test plan", stderr)
        elif seen != plan:
            self.fail("%s: planned %d tests, reported %d" % (name, plan, seen), stderr)
        elif rc and not bad:
            self.fail("%s: exit status %s although no test failed" % (name, rc), stderr)


def main():
    total = Sum()
    for arg in sys.argv[1:]:
        label, _, path = arg.partition("=")
        try:
            with open(path, encoding="utf-8", errors="replace") as f:
                tests = [json.loads(line) for line in f if line.strip()]
        except (OSError, ValueError) as e:
            total.fail("%s: no test log: %s" % (label or "tests", e), [])
            continue
        for test in tests:
            total.program(label + ": " if label else "", test)
    for line in total.report:
        print(line.encode("utf-8", "backslashreplace").decode())
    print("%d passed, %d failed, %d skipped" % (total.passed, total.failed, total.skipped))
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
