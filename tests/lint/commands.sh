#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Each command that a script runs, or that a page has a reader type, is of a package that is always there or that ./dev
# installs: commands.txt says which.
. "$(dirname "$0")/lib"

scripts()
{
	all_files | grep -E '(\.sh|\.inc|^dev|^\.ci/run|^tests/lint/lib)$'
	echo README.md
	find docs -name '*.md' | sort
}

# What the shell itself has, and our own programs.
inside='. : [ break cd command continue echo eval exec exit export kill printf pwd read return set shift test trap true ulimit'
inside="$inside umask unset wait hypsim hypsim-check"
rows_and_words()
{
	awk '/^[^#]/ && NF { for (i = 2; i <= NF; i++) print "row", $i }' tests/lint/commands.txt
	scripts | xargs awk -f "$here/commands.awk" | sed 's/^/word /'
}

# A function is known in its own file, and one of a file that others source, in all.
without_row()
{
	awk -v inside="$inside" '
	BEGIN {
		n = split(inside, list, " ")
		for (i = 1; i <= n; i++)
			known["", list[i]] = 1
	}
	$1 == "row" { row[$2] = 1 }
	$1 == "word" {
		file = $2
		sub(/:.*/, "", file)
		if (sub(/\(\)$/, "", $3)) {
			known[file ~ /(\.inc|\/lib)$/ ? "" : file, $3] = 1
		} else {
			from[++n_words] = file
			place[n_words] = $2
			word[n_words] = $3
		}
	}
	END {
		for (i = 1; i <= n_words; i++) {
			w = word[i]
			if (("", w) in known || (from[i], w) in known || w ~ /\//)
				continue
			if (w in row)
				used[w] = 1
			else
				print place[i] " no package is known for the command " w
		}
		for (w in row)
			if (!(w in used))
				print "tests/lint/commands.txt:1: no script runs (any more) " w
	}'
}

# Where dpkg-query cannot be asked the list is believed.
not_installed()
{
	sed -n 's/^\([a-z][^ ]*\) .*/\1/p' tests/lint/commands.txt | sort -u | while read -r package; do
		grep -q "^$package|" dev && continue
		command -v dpkg-query >/dev/null || continue
		dpkg-query -W -f='${Essential} ${Priority}\n' "$package" 2>/dev/null | grep -qE '^yes|required$' ||
			echo "tests/lint/commands.txt:1: $package is not always there, and no table of ./dev has it"
	done
}

{
	rows_and_words | without_row
	not_installed
} | verdict
