#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every source begins with its licence line (a script: after #!), in the comment style of its kind.
. "$(dirname "$0")/lib"

all_files | while read -r f; do
	case $f in
	*.h | *.def) line='/* SPDX-License-Identifier: GPL-2.0-only */' ;;
	*.c) line='// SPDX-License-Identifier: GPL-2.0-only' ;;
	*.sh | *.cmake | CMakeLists.txt | dev | .ci/run | tests/lint/* | *.patch)
		line='# SPDX-License-Identifier: GPL-2.0-only'
		;;
	*) continue ;;
	esac
	# No process a file: there are more than a thousand.
	one='' two=''
	{ IFS= read -r one && IFS= read -r two; } <"$f" || :
	case $one in
	'#!'*) one=$two ;;
	esac
	[ "$one" = "$line" ] || echo "$f:1: the licence line is missing: $line"
done | verdict
