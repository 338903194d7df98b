#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# No library but the command line's has a variable that lives as long as the process, save those of globals.txt.
# Constant data with addresses in it (.data.rel.ro) is no variable.
. "$(dirname "$0")/lib"

# shellcheck disable=SC2046  # a list of files
set -- $(find "$build" -maxdepth 1 -name 'lib*.a' ! -name libcli.a ! -name libtestkit.a)
[ $# -gt 0 ] || {
	echo "$build: no libraries to look at"
	exit 1
}
objdump -t "$@" | awk '
FILENAME != "-" {
	if (NF && $1 !~ /^#/)
		known[$1] = 1
	next
}
/^In archive / { archive = $3; sub(/:$/, "", archive); sub(/.*\/lib/, "", archive); sub(/\.a$/, "", archive) }
/file format/ { object = $1; sub(/:$/, "", object) }
(/ O (\.data|\.bss|\*COM\*|COMMON)/ || / \.t(data|bss)[^ ]*\t/) && !/\.data\.rel\.ro/ && !/ d  ?\./ {
	name = $NF
	sub(/\.[0-9]+$/, "", name)
	if (!((archive "/" object ":" name) in known))
		print archive "/" object ":" name ": a variable outside any machine"
}' tests/lint/globals.txt - | verdict
