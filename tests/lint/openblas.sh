#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# openblas.sh FILE... - none of these needs GSL's own slow BLAS, which would take over every cblas_* symbol; one at least needs OpenBLAS. TAP.
set -u
echo "1..$(($# + 1))"
n=0
rc=0
fast=0
for file in "$@"; do
    n=$((n + 1))
    needed=$(readelf -d "$file" 2>/dev/null | grep '(NEEDED)')
    name=$(basename "$file")
    if [ -z "$needed" ] || grep -q gslcblas <<<"$needed"; then
        echo "not ok $n - $name does not need libgslcblas"
        while IFS= read -r line; do echo "# $line"; done <<<"$needed"
        rc=1
    else
        echo "ok $n - $name does not need libgslcblas"
    fi
    grep -Eq 'libopenblas|libblas' <<<"$needed" && fast=1
done
if [ $fast = 1 ]; then
    echo "ok $((n + 1)) - OpenBLAS is needed"
else
    echo "not ok $((n + 1)) - OpenBLAS is needed"
    rc=1
fi
exit $rc
