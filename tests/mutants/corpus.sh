#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# corpus.sh [--seeds N] ID... | all: what hypsim says of the bugs of tests/mutants/corpus.txt with these ids, as rows of the table of
# docs/mutants.md.  Each bug is planted in a copy of the sources (tree.inc), built, and its workload run with the seeds 1 to N (default 1;
# a script once).  With --demand: exit status 1 if a bug is not named in as many of its seeds as its mode demands, four of five.
# SOURCE is the top folder (default: this script's), BUILD a configured build (default: build/release).
# What each run said is left in BUILD/mutants/corpus.ID.SEED.
set -u
SOURCE=${SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
BUILD=${BUILD:-$SOURCE/build/release}
. "$SOURCE/tests/mutants/tree.inc"
. "$SOURCE/tests/mutants/corpus.inc"
seeds=1 demand=no

usage()
{
	echo "usage: corpus.sh [--seeds N] [--demand] ID... | all"
	exit 2
}

# try ID PATCH: runs it, and leaves what it said; a line "does not ...", or nothing.
try()
{
	restore
	plant "$2" >"$out" 2>&1 || {
		echo "does not apply"
		return
	}
	build >"$out" 2>&1 || {
		echo "does not compile"
		return
	}
	workload=$(field workload "$2")
	last=$seeds
	case $workload in
	"hypsim exec "*) last=1 ;;
	*) workload="$workload --json" ;;
	esac
	rm -f "$BUILD/mutants/corpus.$1".[0-9]*
	for seed in $(seq "$last"); do
		command=$(echo "$workload" | sed "s/ --seed [0-9]*/ --seed $seed/")
		begun=$(date +%s.%N)
		# shellcheck disable=SC2086  # words
		(cd "$SOURCE" && PATH="$tree/build:$PATH" timeout 90 $command) >"$BUILD/mutants/corpus.$1.$seed" 2>&1
		printf '\nstatus %s seconds %s\n' $? "$(echo "$begun $(date +%s.%N)" | awk '{ print $2 - $1 }')" \
			>>"$BUILD/mutants/corpus.$1.$seed"
	done
}

while [ $# -gt 0 ]; do
	case $1 in
	--seeds)
		[ $# -gt 1 ] || usage
		seeds=$2
		shift 2
		;;
	--demand)
		demand=yes
		shift
		;;
	-*) usage ;;
	*) break ;;
	esac
done
[ $# -gt 0 ] || usage
mkdir -p "$BUILD/mutants"
out=$BUILD/mutants/corpus.out
all_checks=$(sed -n 's/^CHECK([A-Z0-9_]*, *"\([a-z_0-9]*\)", *[A-Z_]*, *[A-Z]*, *[A-Z]*, *"\([^"]*\)".*/\1=\2/p' "$SOURCE/oracle/check/check.def" |
	tr '\n' ';')
rows | {
	bad=0
	while IFS='|' read -r id mode checks patch; do
		case " $* " in
		*" $id "* | " all ") ;;
		*) continue ;;
		esac
		file=$SOURCE/tests/mutants/$patch
		[ -f "$file" ] || {
			echo "| $id | | $mode | $checks | $patch | | | |"
			continue
		}
		why=$(try "$id" "$file")
		if [ -n "$why" ]; then
			echo "| $id | $(sentence "$file") | $mode | $checks | $why | | | |"
			bad=1
			continue
		fi
		two=$(sed -n "s#^$patch *| *\([^|]*[^ |]\) *| *\([a-z_]*\) *|.*#\1 \2#p" "$SOURCE/tests/mutants/two.txt" | head -n 1)
		awk -v all_checks="$all_checks" -v two="$two" -v id="$id" -v bug="$(sentence "$file")" -v mode="$mode" -v checks="$checks" -f "$SOURCE/tests/mutants/corpus.awk" \
			"$BUILD/mutants/corpus.$id".[0-9]* || bad=1
	done
	[ $demand = no ] || exit $bad
}
