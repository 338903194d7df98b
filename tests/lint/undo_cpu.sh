#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Each field of struct cpu has its row in sim/machine/undo_cpu.def, in its order: nobody forgets to say whether it is brought back.
. "$(dirname "$0")/lib"
dir=$(mktemp -d "$build/undo_cpu.XXXXXX") || exit 2
trap 'rm -rf "$dir"' EXIT
# The name of a field is what stands before ";", an array's length, or a function's arguments.
awk '/^struct cpu \{/ { inside = 1; next }
	/^}/ { inside = 0 }
	inside {
		sub(/;.*/, "")
		sub(/^\t(_Alignas\([A-Z_]*\) )?(const )?(struct |enum )?[a-z0-9_]+ /, "")
		n = split($0, name, ", ")
		if ($0 ~ /\(\*/) { sub(/^\(\*/, ""); sub(/\).*/, ""); print; next }
		for (i = 1; i <= n; i++) { sub(/^\*/, "", name[i]); sub(/\[.*/, "", name[i]); print name[i] }
	}' cpu/cpu.h >"$dir/fields"
sed -n 's/^CPU_\(KEPT\|KEPT_LOCKS\|KEPT_REGS\|LEFT\)(\([a-z_]*\))$/\2/p' sim/machine/undo_cpu.def >"$dir/rows"
{
	[ "$(wc -l <"$dir/fields")" -gt 40 ] || echo "cpu/cpu.h: struct cpu was not found"
	diff "$dir/fields" "$dir/rows" |
		sed -n 's,^< \(.*\),cpu/cpu.h: sim/machine/undo_cpu.def has no row for \1 here,p
			s,^> \(.*\),sim/machine/undo_cpu.def: struct cpu has no \1 here,p'
} | verdict
