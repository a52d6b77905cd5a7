#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# headers.sh INCLUDE-FOLDER [SOURCE-ROOT] - each public header compiles alone as C17 and as C++11, each private one as C17, but for the
# templates named *_impl.h. TAP.
set -u
dir=$1
root=${2:-$(dirname "$dir")}
mapfile -t public < <(cd "$dir" && ls newsframe/*.h)
mapfile -t private < <(cd "$root" && shopt -s nullglob && for h in {base,datasets,features,models,cluster,cli}/*.h; do [[ $h == *_impl.h ]] || echo "$h"; done)
echo "1..$((2 * ${#public[@]} + ${#private[@]}))"
n=0
rc=0

# try NAME COMPILER HEADER FLAG...
try() {
    local name=$1 compiler=$2 header=$3 out
    shift 3
    n=$((n + 1))
    # Twice: the guard must hold.
    if out=$(printf '#include "%s"\n#include "%s"\nextern int alone;\n' "$header" "$header" | "$compiler" -fsyntax-only -Wall -Wextra -Werror -I "$dir" "$@" - 2>&1); then
        echo "ok $n - $header as $name"
    else
        echo "not ok $n - $header as $name"
        while IFS= read -r line; do echo "# $line"; done <<<"$out"
        rc=1
    fi
}

for h in "${public[@]}"; do
    try C17 "${CC:-cc}" "$h" -xc -std=c17 -pedantic
    try C++11 "${CXX:-c++}" "$h" -xc++ -std=c++11 -pedantic
done
for h in "${private[@]}"; do
    try C17 "${CC:-cc}" "$h" -xc -std=c17 -D_POSIX_C_SOURCE=200809L -I "$root"
done
exit $rc
