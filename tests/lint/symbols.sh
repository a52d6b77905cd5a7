#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# symbols.sh LIBRARY - the shared library exports nf_* and nothing else. TAP.
set -u
echo "1..2"
if ! names=$(nm -D --defined-only "$1"); then
    echo "Bail out! nm cannot read $1"
    exit 1
fi
# The lock of an OpenMP "critical (nfi_name)" is a common symbol that the compiler exports.
# The linker exports its own marks when a library that is linked to (libexttextcat) has them too.
names=$(awk '$2 != "A" { print $3 }' <<<"$names" | sed 's/@.*//' | grep -vE '^(\.gomp_critical_user_nfi_.*|__bss_start|_edata|_end)$' | sort -u)
other=$(grep -v '^nf_' <<<"$names")
rc=0
if [ -z "$other" ]; then
    echo "ok 1 - only nf_* is exported"
else
    echo "not ok 1 - only nf_* is exported"
    while read -r name; do echo "# $name"; done <<<"$other"
    rc=1
fi
if grep -qx nf_init <<<"$names"; then
    echo "ok 2 - nf_init is exported"
else
    echo "not ok 2 - nf_init is exported"
    rc=1
fi
exit $rc
