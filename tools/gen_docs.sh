#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# gen_docs.sh [NEWSFRAME [FOLDER]] - writes docs/man/*.1 and completions/* below FOLDER (default: the source tree) from the option rows in the program.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
newsframe=${1:-$root/build/cli/newsframe}
to=${2:-$root}

mkdir -p "$to/docs/man" "$to/completions"
# Written aside first: a program that fails leaves the old page.
make() {
    out=$1
    shift
    "$newsframe" "$@" >"$out.new"
    mv "$out.new" "$out"
}
make "$to/docs/man/newsframe.1" --dump-man
for verb in $("$newsframe" --dump-verbs); do
    make "$to/docs/man/newsframe-$verb.1" --dump-man "$verb"
done
make "$to/completions/newsframe.bash" --dump-completion bash
make "$to/completions/_newsframe" --dump-completion zsh
make "$to/completions/newsframe.fish" --dump-completion fish
