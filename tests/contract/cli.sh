#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# cli.sh NEWSFRAME - TAP: exit codes, streams and closed descriptors of the program itself, whatever the verb.
set -u

newsframe=$1
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
n=0
failed=0

# is NAME WANT GOT
is() {
    n=$((n + 1))
    if [ "$2" = "$3" ]; then
        echo "ok $n - $1"
    else
        failed=1
        echo "not ok $n - $1"
        printf 'wanted: %s\ngot: %s\n' "$2" "$3" | sed 's/^/# /'
    fi
}

# ends NAME CODE MESSAGE ARGUMENT...: exit code, first line of standard error ("" for none at all)
ends() {
    name=$1 code=$2 message=$3
    shift 3
    "$newsframe" "$@" >"$tmp/out" 2>"$tmp/err"
    is "$name: exit code" "$code" "$?"
    is "$name: message" "$message" "$(head -n 1 "$tmp/err")"
}

ends "no verb" 2 "usage: newsframe VERB [OPTION...] [OPERAND...]"
is "no verb: nothing on standard output" "" "$(cat "$tmp/out")"
ends "unknown verb" 2 "newsframe: no verb colunms; closest: columns" colunms
ends "unknown option of the program" 2 "newsframe: no option --vresion; closest: --version" --vresion
ends "unknown option of a verb" 2 "newsframe: columns: no option --ouptut; closest: --output" columns --ouptut x
ends "value out of range" 2 'newsframe: columns: --excel: "uk" given, expected one of no, us, eu; closest: us' columns --excel=uk
ends "too many operands" 2 "newsframe: columns: 2 operands given, expected [NAME]" columns a b
ends "help of an unknown verb" 2 "newsframe: no verb nothing; newsframe --help lists them all" help nothing
ends "help" 0 "" --help
ends "version" 0 "" --version
is "version: first line" "newsframe" "$(head -n 1 "$tmp/out" | cut -d ' ' -f 1)"
ends "help of a verb" 0 "" columns --help
cp "$tmp/out" "$tmp/help"
ends "the same by name" 0 "" help columns
is "both helps are one" "" "$(diff "$tmp/help" "$tmp/out")"
ends "usage of a verb" 0 "" columns --usage
ends "data" 0 "" columns
is "data: header" "table,position,name,type,range,meaning" "$(head -n 1 "$tmp/out")"
ends "unwritable output" 1 \
    "newsframe: columns: $tmp/none/x: cannot open the folder for writing: No such file or directory" columns -o "$tmp/none/x"
ends "terminal controls are escaped" 2 'newsframe: no verb \u{1b}[2J; newsframe --help lists them all' "$(printf '\033[2J')"

if [ -c /dev/full ]; then
    for what in --help columns; do
        "$newsframe" $what >/dev/full 2>"$tmp/err"
        is "$what to a full device: exit code" 1 "$?"
        is "$what to a full device: one line" 1 "$(wc -l <"$tmp/err")"
    done
fi
for what in --help columns; do
    "$newsframe" $what >&- 2>"$tmp/err"
    is "$what to a closed output: exit code" 1 "$?"
    { "$newsframe" $what 2>"$tmp/err"; echo $? >"$tmp/code"; } | true
    is "$what to a reader that left: exit code" 0 "$(cat "$tmp/code")"
    is "$what to a reader that left: silent" "" "$(cat "$tmp/err")"
done

# The first file that is opened must not become a closed standard stream.
"$newsframe" columns -o "$tmp/t.csv" <&- >&- 2>&-
is "all streams closed: exit code" 0 "$?"
"$newsframe" columns >"$tmp/u.csv"
is "all streams closed: the table is whole" "" "$(diff "$tmp/t.csv" "$tmp/u.csv")"

for locale in C de_DE.UTF-8; do
    is "same bytes under $locale" "" "$(LC_ALL=$locale "$newsframe" columns | diff - "$tmp/u.csv")"
done

# Opening a FIFO waits for a reader: a program that sits still.
mkfifo "$tmp/fifo"
for signal in TERM:143 HUP:129 INT:130; do # env: background jobs of sh ignore INT, and under nohup the program would leave HUP alone
    env --default-signal "$newsframe" columns -o "$tmp/fifo" 2>/dev/null &
    pid=$!
    sleep 0.3
    kill "-${signal%:*}" $pid
    wait $pid 2>/dev/null
    is "status after SIG${signal%:*}" "${signal#*:}" "$?"
done

echo "1..$n"
exit $failed
