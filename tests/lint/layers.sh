#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every #include "..." names a file from the root of the tree and follows layers.txt.
. "$(dirname "$0")/lib"

# shellcheck disable=SC2119
c_files | xargs grep -Hn '^[ 	]*#[ 	]*include[ 	]*"' | awk '
function node(path)
{
	while (path != "" && !(path in may))
		path = path ~ "/" ? substr(path, 1, match(path, "/[^/]*$") - 1) : ""
	return path == "" ? "?" : path
}
FILENAME != "-" {
	if (NF && $1 !~ /^#/)
		may[$1] = " sim/base " $0 " "
	next
}
{
	split($0, where, ":")
	split($0, quoted, "\"")
	from = node(where[1])
	to = node(quoted[2])
	if (from == to || index(may[from], " " to " "))
		next
	if (to != "?" && to != "sim/cli" && index(may[from], " all "))
		next
	print where[1] ":" where[2] ": " from " may not include " quoted[2]
}' tests/lint/layers.txt - | verdict
