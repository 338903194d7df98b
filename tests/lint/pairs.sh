#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# explore --pairs has a row (sim/explore/entries.def) for each hypercall, each class of traps, each entry of a CPU into the core and
# each access of running code, and none for what there is not; and the rows that reasons and refusals name are there.
. "$(dirname "$0")/lib"
entries=sim/explore/entries.def
reasons=sim/explore/reasons.def

# id, sort and what it covers of each row
table=$(sed -n 's/^ENTRY(\([a-z0-9_]*\), *\([A-Za-z0-9_]*\), *\([A-Za-z0-9_]*\),.*/\1 \2 \3/p' "$entries")

# demand SORT WHAT-IT-IS NAMES: there is a row of the sort ("[A-Z]*": of any) for each
demand()
{
	[ -n "$3" ] || echo "$entries: nothing to compare with was found: $2"
	for name in $3; do
		echo "$table" | grep -qx "[a-z0-9_]* $1 $name" || echo "$entries: there is no row for $2 $name"
	done
}

hvcs=$(sed -n 's/^HVC\(_X0\)*(\([A-Za-z0-9_]*\),.*/\2/p' sim/hyp/hvc.def)
traps=$(sed -n 's/^TRAP(\([A-Za-z0-9_]*\),.*/\1/p' sim/hyp/trap.def)
accesses=$(sed -n 's/^PRIM[0-9](void, [a-z_]*, \(\(mem\|dev\)_\(load\|store\)\),.*/\1/p' sim/machine/prim_hyp.def)
handlers=$(sed -n 's/^void \([a-z_]*_handler\)(struct cpu \*c)$/\1/p' sim/hyp/trap.c | grep -v hvc)
all=$(printf '%s\n' "$hvcs" "$traps" "$accesses" "$handlers")
{
	demand HVC hypercall "$hvcs"
	demand TRAP "class of traps" "$traps"
	demand ACCESS access "$accesses"
	demand '[A-Za-z0-9_]*' "the entry" "$handlers"
	echo "$table" | while read -r id sort covers; do
		echo "$all" | grep -qx "$covers" || echo "$entries: $id: there is no $covers ($sort)"
	done
	for name in $(sed -n 's/^\(NO_START\|ALLOWED\|SLIP\)(\([a-z0-9_]*\), *\([a-z0-9_]*\),.*/\2 \3/p' "$reasons") \
		$(sed -n 's/^REFUSED(\([a-z0-9_]*\),.*/\1/p' "$entries"); do
		echo "$table" | grep -q "^$name " || echo "$entries: there is no row $name, which a reason or a refusal is about"
	done
} | verdict
