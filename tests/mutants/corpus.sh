#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# corpus.sh NAME...: what hypsim says today of the bugs of tests/mutants/corpus.txt with these ids ("all": of each), as rows of
# the table of docs/mutants.md.  Each bug is planted in a copy of the sources (tree.inc), built, and its workload run once; nothing is
# demanded.  SOURCE is the top folder (default: this script's), BUILD a configured build
# (default: build/release).
set -u
SOURCE=${SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
BUILD=${BUILD:-$SOURCE/build/release}
out=$BUILD/mutants/corpus.out
. "$SOURCE/tests/mutants/tree.inc"

# The rows "id | mode | checks | patch" of the list, or its ids.
rows()
{
	sed -n 's/ *| */|/gp' "$SOURCE/tests/mutants/corpus.txt" | grep '^M[0-9]*|'
}

# field NAME PATCH
field()
{
	sed -n -e '/^--- /q' -e "s/^# $1: //p" "$2"
}

# What a run has found, as two cells: the first violation with its check, the rule of a stuck call, other violations, what a
# scenario or a script had expected; and the event that it stands at, and how long the CPUs ran.
found()
{
	awk -v status="$1" '
	/^first violation: / {
		first = $3 " (" $5
		for (i = 6; i <= NF; i++)
			if ($i ~ /^[A-Z][0-9]+[,)]?$/)
				first = first " " $i
		gsub(/[,)]/, "", first)
		first = first ")"
	}
	first && !at && match($0, /[0-9]+ of all/) { at = substr($0, RSTART, RLENGTH - 7) }
	/^also:/ { also = 1 }
	also && /^  [A-Z][A-Z_]* +/ && !($1 in told) && $1 != "STUCK_CALL" && index(first, $1) != 1 {
		told[$1]
		others = others " " $1
	}
	/^STUCK: / { stuck = $0; sub(/.*: STUCK_/, "STUCK_", stuck); sub(/:.*/, "", stuck) }
	/^NOT AS EXPECTED: / {
		unlike = $0
		sub(/^NOT AS EXPECTED: cpu [0-9]*, episode [0-9]*: /, "", unlike)
		sub(/[(].*=[^)]*[)]/, "", unlike)
	}
	!unlike && /: expected / { unlike = $0; sub(/.*: expected/, "the script expected", unlike) }
	/ operations in .* s [(]/ { for (i = 1; i < NF; i++) if ($i == "in") seconds = $(i + 1) " s" }
	END {
		said = first
		if (stuck) said = said (said ? ", " : "") stuck
		if (others) said = said "; also" others
		if (unlike) said = said (said ? "; " : "") unlike
		if (status == 0) said = "not found"
		else if (said == "") said = "exit " status ": " $0
		print said " | " at (at && seconds ? ", " : "") seconds
	}' "$out"
}

try()
{
	restore
	plant "$1" >"$out" 2>&1 || {
		echo "does not apply | "
		return
	}
	build >"$out" 2>&1 || {
		echo "does not compile | "
		return
	}
	command=$(field workload "$1")
	(cd "$SOURCE" && PATH="$tree/build:$PATH" timeout 90 $command) >"$out" 2>&1
	status=$?
	cp "$out" "$BUILD/mutants/corpus.$(basename "$1" .patch).out"
	found $status
}

[ $# -gt 0 ] || {
	echo "usage: corpus.sh ID... | all"
	exit 2
}
mkdir -p "$BUILD/mutants"
rows | while IFS='|' read -r id mode checks patch; do
	case " $* " in
	*" $id "* | " all ") ;;
	*) continue ;;
	esac
	file=$SOURCE/tests/mutants/$patch
	[ -f "$file" ] || {
		echo "| $id | $mode | $checks | $patch |"
		continue
	}
	echo "| $id | $mode | $checks | $(try "$file") |"
done
