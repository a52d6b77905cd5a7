#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# deps.sh [--full] - installs the Debian packages that building and testing need and that are missing. Does nothing when all are there.
# --full adds what ./check --full runs: valgrind, clang's sanitizer runtime and OpenMP, strace, locales.
set -u

packages=(gcc g++ libc6-dev binutils meson ninja-build pkg-config python3 libgsl-dev libopenblas-dev libutf8proc-dev libexttextcat-dev libexttextcat-data libcsv-dev libyajl-dev
    libarchive-dev zlib1g-dev libxml2-dev libxxhash-dev libmd-dev check unicode-data groff-base)
full=(valgrind clang-14 libclang-rt-14-dev libomp-14-dev strace locales)

case ${1-} in
'') ;;
--full) packages+=("${full[@]}") ;;
*)
    echo "usage: tools/deps.sh [--full]" >&2
    exit 2
    ;;
esac

die() {
    printf 'deps: %s\n' "$@" >&2
    exit 1
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    die "this system has no apt. Install what these Debian packages hold, then run ./check --no-deps:" "${packages[*]}"
fi

missing=()
for p in "${packages[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "not root, and there is no sudo. As root, run:" "apt-get install ${missing[*]}"
    as_root=(sudo)
fi

apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 "$@" >&2
}

echo "deps: installing ${missing[*]}" >&2
apt update || echo "deps: apt-get update failed; trying with the lists that are there" >&2
apt install -y --no-install-recommends "${missing[@]}" || die "apt-get could not install: ${missing[*]}" "Is there a network, and is this Debian 12 or later?"
