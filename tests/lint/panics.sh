#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Each reason of sim/log/panic.def is tripped, with its values, by a script of tests/panics, or by a test of
# tests/unit/test_panic.c where a script cannot; and each is one that code has.
. "$(dirname "$0")/lib"

sed -n 's/^PANIC(\([A-Z_]*\), .*, "\(.*\)")$/\1 \2/p' sim/log/panic.def | while read -r reason values; do
	n=$(echo "$values" | wc -w)
	sed -n "s/^expect panic $reason\\( .*\\)*\$/\\1/p" tests/panics/*.hyp | sed 's/#.*//' |
		awk -v n="$n" 'NF == n { found = 1 } END { exit !found }' ||
		grep -qw "PANIC_$reason" tests/unit/test_panic.c ||
		echo "sim/log/panic.def: $reason: no script and no test trips it with its values"
	grep -qw "PANIC_$reason" cpu/*.c sim/hyp/*.c ||
		echo "sim/log/panic.def: $reason: nothing panics for it"
done | verdict
