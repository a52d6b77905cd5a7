#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# library.sh SOURCES BUILD MODEL - library.c is built as a user would, with what newsframe.pc says, against the shared and against the static
# library, and labels a sample. TAP.
set -u
sources=$1 build=$2 model=$3
pc=$build/meson-private/newsframe.pc
[ -r "$pc" ] || { echo "1..0 # SKIP no newsframe.pc in $build"; exit 0; }
private=$(sed -n 's/^Libs.private: //p' "$pc")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "1..2"
n=0
rc=0
run() { # NAME LIBRARIES...
    local name=$1 out
    shift
    n=$((n + 1))
    if out=$(cc -std=c17 -Wall -Wextra -Werror -pedantic -I"$sources/include" "$sources/tests/lint/library.c" -o "$work/$name" "$@" 2>&1 &&
             "$work/$name" "$model" "$sources/datasets/geo-1/samples/01-arctic-convoy-drill.txt" 2>&1) &&
        [ "$out" = "01-arctic-convoy-drill.txt ok military" ]; then
        echo "ok $n - a program of the $name library"
    else
        echo "not ok $n - a program of the $name library"
        while IFS= read -r line; do echo "# $line"; done <<<"$out"
        rc=1
    fi
}
run shared -L"$build" -lnewsframe -Wl,-rpath,"$build"
# shellcheck disable=SC2086
run static "$build/libnewsframe.a" $private
exit $rc
