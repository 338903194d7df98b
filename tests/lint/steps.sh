#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In the folders of steps.txt no file includes one of its own folder that stands beside it or above it.
. "$(dirname "$0")/lib"

# shellcheck disable=SC2119
c_files | awk '
function base(path)
{
	return substr(path, length(folder) + 2, match(path, /\.(c|h)$/) - length(folder) - 2)
}
FILENAME != "-" {
	if (NF < 2 || $1 ~ /^#/)
		next
	folders[$1] = 1
	for (i = 2; i <= NF; i++) {
		n = split($i, names, ",")
		for (k = 1; k <= n; k++)
			step[$1 "/" names[k]] = i
	}
	next
}
{
	path = folder = $0
	sub("/[^/]*$", "", folder)
	if (!(folder in folders))
		next
	from = base(path)
	if (!((folder "/" from) in step)) {
		print path ": steps.txt does not say where it stands"
		next
	}
	for (line = 1; (getline text < path) > 0; line++) {
		if (text !~ /^[ \t]*#[ \t]*include[ \t]*"/)
			continue
		split(text, quoted, "\"")
		to = quoted[2]
		if (index(to, folder "/") != 1 || to !~ /\.h$/ || to == folder "/" from ".h")
			continue
		to = base(to)
		if (step[folder "/" to] >= step[folder "/" from])
			print path ":" line ": " from " stands below " to ", or beside it"
	}
	close(path)
}' tests/lint/steps.txt - | verdict
