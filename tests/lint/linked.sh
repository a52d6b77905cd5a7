#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# linked.sh NEWSFRAME FILE... - NEWSFRAME and the other files start without the libraries that are opened when they are needed (base/lazy.h) and do
# not name GSL's own slow BLAS; the BLAS that is opened is OpenBLAS. TAP.
set -u
echo "1..$(($# + 1))"
n=0
rc=0
for file in "$@"; do
    n=$((n + 1))
    needed=$(readelf -d "$file" 2>/dev/null | grep '(NEEDED)')
    name=$(basename "$file")
    if [ -z "$needed" ] || grep -Eq 'blas|libxml2|libarchive|libz\.' <<<"$needed"; then
        echo "not ok $n - $name starts without libraries that few runs need"
        while IFS= read -r line; do echo "# $line"; done <<<"$needed"
        rc=1
    else
        echo "ok $n - $name starts without libraries that few runs need"
    fi
done
if version=$("$1" --version) && grep -q 'cblas_sgemm from libopenblas' <<<"$version"; then
    echo "ok $((n + 1)) - products of matrices are by OpenBLAS"
else
    echo "not ok $((n + 1)) - products of matrices are by OpenBLAS"
    while IFS= read -r line; do echo "# $line"; done <<<"$version"
    rc=1
fi
exit $rc
