#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every script of tests/findings is a row of a table of docs/findings.md, with the erratum that mends it; and no row is
# without its script.
. "$(dirname "$0")/lib"

{
	for f in tests/findings/*.hyp; do
		mends=$(sed -n 's/^# Mends: *//p' "$f" | sed 's/^erratum //; s/^nothing.*/nothing/')
		echo "script $(basename "$f" .hyp) $mends"
	done
	sed -n 's/^| `\([a-z0-9-]*\)` | .* | `*\([a-z0-9-]*\)`* |$/row \1 \2/p' docs/findings.md
} | awk '
$1 == "script" { script[$2] = $3; next }
{ row[$2] = $3 }
END {
	for (name in script)
		if (!(name in row))
			print "docs/findings.md: no row for tests/findings/" name ".hyp"
		else if (row[name] != script[name])
			print "docs/findings.md: " name ": mended by " row[name] ", its script says " script[name]
	for (name in row)
		if (!(name in script))
			print "docs/findings.md: there is no tests/findings/" name ".hyp"
}' | verdict
