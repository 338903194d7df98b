#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every Definition, Fixpoint and Parameter of the abstract machine (tests/data/seed_names.txt) is what a primitive, or a
# helper, of the list has for its source; and the list names nothing else but the lock layers and the hypervisor.
. "$(dirname "$0")/lib"
: "${HYPSIM:=$build/hypsim}"

list=$("$HYPSIM" list primitives) && [ -n "$list" ] || {
	echo "$HYPSIM list primitives: nothing"
	exit 1
}
echo "$list" | awk '
FILENAME != "-" {
	seed[$1] = 1
	next
}
{
	names = $0
	sub(/.*\[/, "", names)
	sub(/\]$/, "", names)
	n = split(names, source, " ")
	if (n == 0 && $2 != "locks" && $2 != "hyp")
		print "sim/machine/prim.def: " $1 ": no source"
	for (i = 1; i <= n; i++) {
		if ($2 != "locks" && $2 != "layers" && $2 != "hyp" && !(source[i] in seed))
			print "sim/machine/prim.def: " $1 ": the abstract machine has no " source[i]
		if (source[i] in have)
			print "sim/machine/prim.def: " source[i] " stands for two primitives"
		have[source[i]] = 1
	}
}
END {
	for (name in seed)
		if (!(name in have))
			print "tests/data/seed_names.txt: " name ": no primitive has it"
}' tests/data/seed_names.txt - | verdict
