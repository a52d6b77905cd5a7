#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# console.sh PAGE - runs the commands that a page shows, in the current folder, and compares what they print with what the page shows.
# PAGE is Markdown with ```console blocks, or a manual page with .EX blocks; a line that begins with "$ " is a command. Silent when all is as shown.
set -u

page=$1
shown=.console-shown got=.console-got commands=.console-commands
case $page in
*.md) awk '/^```console$/ {on = 1; next} /^```$/ {on = 0} on' "$page" ;;
*) awk '/^\.EX$/ {on = 1; next} /^\.EE$/ {on = 0} on' "$page" |
    sed -e 's/^\\&//' -e 's/\\-/-/g' -e "s/\\\\(aq/'/g" -e 's/\\(dq/"/g' -e 's/\\e/\\/g' ;;
esac >"$shown"
sed -n 's/^\$ //p' "$shown" >"$commands"
if [ ! -s "$commands" ]; then
    echo "$page shows no command"
    exit 1
fi
while IFS= read -r line; do
    printf '$ %s\n' "$line"
    bash -c "$line" 2>&1 </dev/null
done <"$commands" >"$got"
diff -u --label "shown in ${page##*/}" --label "printed" "$shown" "$got"
