#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# hypsim-check is the judge alone: it has no function of the machine, and none that writes a log.
. "$(dirname "$0")/lib"
program=${HYPSIM_CHECK:-$build/hypsim-check}

[ -x "$program" ] || {
	echo "$program: not built"
	exit 1
}
said=$build/lint.checker
: >"$said"
for library in logwrite cpu lock shmem hyp machine scenarios; do
	[ -f "$build/lib$library.a" ] || {
		echo "$build/lib$library.a: not built"
		exit 1
	}
	nm -A --defined-only "$build/lib$library.a" |
		awk -v library=$library 'NF && $(NF - 1) == "T" { print library, $NF }' >>"$said"
done
nm --defined-only "$program" | awk '
FILENAME != "-" {
	library[$2] = $1
	next
}
$NF in library { print "hypsim-check: " $NF " of " library[$NF] }' "$said" - | verdict
