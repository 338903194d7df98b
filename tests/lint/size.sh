#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A file has at most 600 lines, a C function at most 70 (from its opening to its closing brace).
. "$(dirname "$0")/lib"

all_files | grep -E '\.(c|h|def|sh|cmake)$|^dev$' | while read -r f; do
	awk -v f="$f" '
	/^{/ { open = NR }
	/^}/ && open {
		if (NR - open - 1 > 70)
			print f ":" open ": a function of " NR - open - 1 " lines (70)"
		open = 0
	}
	END { if (NR > 600) print f ":601: " NR " lines (600)" }' "$f"
done | verdict
