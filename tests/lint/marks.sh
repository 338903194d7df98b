#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The tables of marks and of the types of their arguments in docs/log-format.md are those of sim/log/mark.def and
# sim/log/mark_arg.def: a row that is missing is printed as it has to be, and no row is too many.
. "$(dirname "$0")/lib"

doc=docs/log-format.md

marks()
{
	sed -n 's/^MARK(\([A-Z_]*\), *\([a-z]*\), *\([0-9]*\), \(.*\), "\(.*\)")$/\2|\4|\3|\5/p' sim/log/mark.def |
		sed 's/A(\([a-z]*\), \([A-Z]*\))/\1:\2/g
		     s/R(\([a-z]*\), \([A-Z]*\))/\1:\2.../g
		     s/TEXT/"..."/' |
		awk -F'|' '{ printf "| %d | `%s` | %s | %s | %s |\n", NR - 1, $1, $2, $3, $4 }'
}

types()
{
	sed -n 's/^TYPE(\([A-Z]*\), *"\(.*\)")$/type|\1|\2/p
		s/^VALUE(\([A-Z]*\), *[A-Z_]*, *\([0-9]*\), *"\(.*\)")$/value|\1|\2 \3/p' sim/log/mark_arg.def |
		awk -F'|' '
		$1 == "type" { order[++n] = $2; text[$2] = $3 }
		$1 == "value" { words[$2] = words[$2] (words[$2] ? ", " : "") $3 }
		END {
			for (i = 1; i <= n; i++)
				printf "| `%s` | %s | %s |\n", order[i], text[order[i]], words[order[i]]
		}'
}

{
	marks
	types
} | while IFS= read -r row; do
	grep -qxF -- "$row" "$doc" || echo "$doc: there is no line $row"
done | verdict || exit 1

n=$(grep -cE '^\| [0-9]+ \| `[a-z]+` \| .* \| [0-9]+ \| ' "$doc")
[ "$n" -eq "$(marks | wc -l)" ] || echo "$doc: $n rows of marks, sim/log/mark.def has $(marks | wc -l)" | verdict
