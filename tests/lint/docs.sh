#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# docs.sh NEWSFRAME - TAP: committed pages and completions are what the program generates, groff finds nothing wrong with them, every page
# has its verb, every option of --help is in the page, and the shells that are here can read their completions.
set -u

root=$(cd "$(dirname "$0")/../.." && pwd)
newsframe=${1:-$root/build/cli/newsframe}
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
n=0
failed=0

# report RC NAME: one TAP line; what went wrong is in $tmp/why
report() {
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $n - $2"
    else
        failed=1
        echo "not ok $n - $2"
        sed 's/^/# /' "$tmp/why"
    fi
}

"$root/tools/gen_docs.sh" "$newsframe" "$tmp/made" >"$tmp/why" 2>&1
report $? "pages and completions can be generated"

(cd "$tmp/made" && find docs/man completions -type f | sort) >"$tmp/files"
while read -r file; do
    diff -u "$root/$file" "$tmp/made/$file" >"$tmp/why" 2>&1
    report $? "$file is up to date (tools/gen_docs.sh)"
done <"$tmp/files"

(cd "$root" && find docs/man -name 'newsframe*.1' -type f; cd "$root" && find completions -type f) | sort -u >"$tmp/there"
sort -u "$tmp/files" | comm -13 - "$tmp/there" >"$tmp/why"
test ! -s "$tmp/why"
report $? "no page or completion without a verb"

for page in "$tmp"/made/docs/man/*.1; do
    name=$(basename "$page")
    if command -v groff >/dev/null; then
        LC_ALL=C groff -man -Tutf8 -ww -rCHECKSTYLE=3 "$page" 2>"$tmp/why" >"$tmp/shown"
        status=$?
        test $status -eq 0 && test ! -s "$tmp/why"
        report $? "groff finds nothing wrong with $name"
    else
        n=$((n + 1))
        echo "ok $n - groff finds nothing wrong with $name # SKIP no groff"
    fi
    grep -q "'../docs/man/$name'" "$root/cli/meson.build" || echo "missing in cli_man of cli/meson.build" >"$tmp/why"
    grep -q "'../docs/man/$name'" "$root/cli/meson.build"
    report $? "$name is installed"
done

for verb in $("$newsframe" --dump-verbs); do
    sed 's/\\-/-/g' "$tmp/made/docs/man/newsframe-$verb.1" >"$tmp/page"
    "$newsframe" "$verb" --help | grep -o -e '--[a-z0-9][a-z0-9-]*' | sort -u | while read -r option; do
        grep -q -e "fB$option\\\\fR" "$tmp/page" || echo "$option is in --help, not in the page"
    done >"$tmp/why"
    "$newsframe" "$verb" --help >"$tmp/help" || echo "--help fails" >>"$tmp/why"
    test ! -s "$tmp/why"
    report $? "the page of $verb has every option of --help"
done

# shell NAME FILE
shell() {
    if command -v "$1" >/dev/null; then
        "$1" -n "$2" >"$tmp/why" 2>&1
        report $? "$1 can read $(basename "$2")"
    else
        n=$((n + 1))
        echo "ok $n - $1 can read $(basename "$2") # SKIP no $1"
    fi
}
shell bash "$root/completions/newsframe.bash"
shell zsh "$root/completions/_newsframe"
shell fish "$root/completions/newsframe.fish"

echo "1..$n"
exit $failed
