#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every header compiles alone: it includes what it needs.  The flags are those of a file of the build.
. "$(dirname "$0")/lib"

flags=$(sed -n 's/^ *"command": "[^ ]* \(.*\) -o .*base.dir.*/\1/p' "$build/compile_commands.json" | head -n 1 |
	sed 's/\\\\//g; s/\\"/"/g; s/-I[^ ]*//g')
[ -n "$flags" ] || {
	echo "$build/compile_commands.json: no flags found"
	exit 1
}
# The tracepoint provider is built where LTTng-UST is installed only.
pkg-config --exists lttng-ust && lttng=none || lttng=bench/lttng/
# shellcheck disable=SC2119
c_files | grep '\.h$' | grep -v "^$lttng" | while read -r h; do
	# shellcheck disable=SC2086  # a list of flags
	echo "#include \"$h\"" | ${CC:-cc} $flags -Werror -I. -fsyntax-only -x c - 2>&1 |
		sed "s,^,$h:1: does not compile alone: ," | head -n 3
done | verdict
