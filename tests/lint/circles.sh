#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The files of a node lie on each other and none calls up: no circle among them but those of circles.txt.  A .c file and its
# .h are one; one file stands on another when it includes it, or when its object asks for a symbol that the other's defines.
. "$(dirname "$0")/lib"
[ -d "$build/CMakeFiles" ] || {
	echo "$build: no objects to look at"
	exit 1
}

includes()
{
	# shellcheck disable=SC2119
	c_files | xargs grep -H '^[ 	]*#[ 	]*include[ 	]*"' |
		sed -n 's/^\([^:]*\)\.[ch]:[^"]*"\([^"]*\)\.h".*/\1 \2 includes/p'
}

# "FILE D SYMBOL" and "FILE U SYMBOL" of the objects whose sources are there.
symbols()
{
	find "$build/CMakeFiles" -name '*.c.o' | sort | xargs nm -A | awk '
	{
		source = $1
		sub(/\.c\.o:.*/, "", source)
		sub(/^.*\/CMakeFiles\/[^\/]*\.dir\//, "", source)
		type = $(NF - 1)
		if (type == "U")
			print source, "U", $NF
		else if (type ~ /^[TDBRVW]$/)
			print source, "D", $NF
	}'
}

{
	grep -v '^#' tests/lint/layers.txt | awk 'NF { print "node", $1 }'
	awk 'NF && !/^#/ { sub(/ *-- .*/, ""); print "known", $0 }' tests/lint/circles.txt
	# shellcheck disable=SC2119
	c_files | sed 's/\.[ch]$//' | sort -u | sed 's/^/file /'
	symbols | sed 's/^/symbol /'
	includes | sed 's/^/edge /'
} | awk '
function node(path)
{
	while (path != "" && !(path in nodes))
		path = path ~ "/" ? substr(path, 1, match(path, "/[^/]*$") - 1) : ""
	return path
}
function edge(from, to, why)
{
	if (from == to || !(from in files) || !(to in files) || files[from] != files[to])
		return
	if (!((from, to) in reason))
		below[from] = below[from] " " to
	reason[from, to] = reason[from, to] == "" ? why : reason[from, to]
}
# Which files @from stands on, directly or not: in reached[].
function reach(from,   todo, n, at, next_ones, i, k)
{
	split("", reached)
	todo[n = 1] = from
	while (n > 0) {
		at = todo[n--]
		k = split(below[at], next_ones, " ")
		for (i = 1; i <= k; i++)
			if (!(next_ones[i] in reached)) {
				reached[next_ones[i]] = 1
				todo[++n] = next_ones[i]
			}
	}
}
$1 == "node" { nodes[$2] = 1 }
$1 == "file" { files[$2] = node($2); order[++n_files] = $2 }
$1 == "known" {
	name = $2
	for (i = 3; i <= NF; i++)
		name = name " " $i
	known[name] = 1
}
$1 == "edge" { edge($2, $3, $4) }
$1 == "symbol" && $3 == "D" && ($2 in files) {
	where = files[$2] SUBSEP $4
	if (!(where in defined))
		defined[where] = $2
	else if (defined[where] != $2)
		defined[where] = "several"
}
$1 == "symbol" && $3 == "U" && ($2 in files) { asked[++n_asked] = $2 " " $4 }
END {
	for (i = 1; i <= n_asked; i++) {
		split(asked[i], a, " ")
		where = files[a[1]] SUBSEP a[2]
		if (where in defined)
			edge(a[1], defined[where], a[2])
	}
	for (i = 1; i <= n_files; i++) {
		reach(order[i])
		for (to in reached)
			stands[order[i], to] = 1
	}
	for (i = 1; i <= n_files; i++) {
		f = order[i]
		if (!((f, f) in stands) || (f in told))
			continue
		name = ""
		why = ""
		for (k = 1; k <= n_files; k++)
			if ((f, order[k]) in stands && (order[k], f) in stands) {
				told[order[k]] = 1
				name = name (name == "" ? "" : " ") order[k]
			}
		if (name in known) {
			found[name] = 1
			continue
		}
		n = split(name, member, " ")
		for (j = 1; j <= n; j++)
			for (k = 1; k <= n; k++)
				if ((member[j], member[k]) in reason)
					why = why "\n\t" member[j] " on " member[k] ": " reason[member[j], member[k]]
		print files[f] ": a circle of " name why
	}
	for (name in known)
		if (!(name in found))
			print "tests/lint/circles.txt: no circle (any more): " name
}' | verdict
