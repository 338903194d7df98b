# SPDX-License-Identifier: GPL-2.0-only
# Each field of struct cpu has its row in sim/machine/undo_cpu.def, in its order: nobody forgets to say whether it is brought back.
set -u
cd "$SOURCE" || exit 1
dir=$(mktemp -d "$BUILD/undo_cpu.XXXXXX") || exit 1
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
sed -n 's/^CPU_\(KEPT\|LEFT\)(\([a-z_]*\))$/\2/p' sim/machine/undo_cpu.def >"$dir/rows"
[ "$(wc -l <"$dir/fields")" -gt 40 ] || { echo "struct cpu was not found"; exit 1; }
diff "$dir/fields" "$dir/rows" || { echo "sim/machine/undo_cpu.def (>) is not struct cpu (<)"; exit 1; }
