#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# explore.sh [--dfs] ID... | all | form: what `hypsim explore` says of the bugs of tests/mutants/explore.txt with these ids, as rows of the
# second table of docs/mutants.md; form: by dfs, in the short form of those that are marked so (tests/long.txt).
# Of each row with a scope: without the bug the search is clean and complete.  Each bug is planted in a copy of the sources (tree.inc) and built;
# dfs must find what the row says, and where the search ends at it, shrinking must find no smaller scope.  Without --dfs each strategy that draws
# searches as well, with the seeds 1 to 20, at most 1,000 executions each.
# Exit status 1 if something is not as the row says.  SOURCE is the top folder (default: this script's), BUILD a configured build with a
# hypsim without bugs (default: build/release).
set -u
SOURCE=${SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
BUILD=${BUILD:-$SOURCE/build/release}
. "$SOURCE/tests/mutants/tree.inc"
. "$SOURCE/tests/mutants/corpus.inc"
strategies="random pct surw urw pos feedback"
seeds=20 most=1000

usage()
{
	echo "usage: explore.sh [--dfs] ID... | all | form"
	exit 2
}

fail()
{
	echo "explore: $id, $scope: $*" >&2
	bad=1
}

# The rows "id | needs | scope | found | form | why" that have a scope.
scoped()
{
	sed -n 's/ *| */|/gp' "$SOURCE/tests/mutants/explore.txt" | grep '^[MA][0-9]*|[a-z]*|[a-z]'
}

# search HYPSIM OPTION...: the search's JSON is left in $out.  What it costs to make the scope small is saved.
search()
{
	bin=$1
	shift
	# shellcheck disable=SC2086  # options
	timeout 120 "$bin" explore "$SOURCE/tests/mutants/scopes/${scope%% *}" $options --json --no-shrink "$@" >"$out" 2>"$out.err"
}

# number KEY: of $out, the first that is so called.
number()
{
	grep -o "\"$1\":[0-9]*" "$out" | sed -n '1s/.*://p' 
}

# In how many executions of $out one of the things was that must be found; nothing: in none.
hits()
{
	sed -n '1s/.*"found":{\([^}]*\)}.*/\1/p' "$out" | tr ',' '\n' |
		grep -E "^\"($wanted)\":" | sed 's/.*://' | sort -n | tail -n 1
}

# until OPTION...: how many executions until one has it; nothing if none has.  What shows in any order comes first, where it is something else:
# then the search must go on, and is bounded from above and from below.
until_found()
{
	search "$tree/build/hypsim" "$@" && [ -z "$(hits)" ] && return
	if [ -n "$(hits)" ]; then
		number executions
		return
	fi
	search "$tree/build/hypsim" --all "$@"
	[ -n "$(hits)" ] || return
	below=0 above=$(number executions)
	while [ $((above - below)) -gt 1 ]; do
		middle=$(((above + below) / 2))
		search "$tree/build/hypsim" --all "$@" --executions $middle
		if [ -n "$(hits)" ]; then
			above=$middle
		else
			below=$middle
		fi
	done
	echo "$above"
}

# drawn STRATEGY: "MEAN (FOUND)" over the seeds.
drawn()
{
	for seed in $(seq $seeds); do
		until_found --strategy "$1" --executions $most --seed "$seed"
	done | awk '{ sum += $1; n++ } END { if (n) printf "%.1f (%d)", sum / n, n; else printf "- (0)" }'
}

# Is there a smaller scope, clean without the bug, on which the same is found?
smaller()
{
	# shellcheck disable=SC2086  # options
	timeout 120 "$tree/build/hypsim" explore "$SOURCE/tests/mutants/scopes/${scope%% *}" $options --shrink-time 20 --save "$out.found" >"$out.small" 2>&1
	"$HEALTHY" replay --print "$out.found" >"$out.hyp" 2>/dev/null || return 1
	grep -v '^expect verdict' "$out.hyp" >"$out.small.hyp"
	[ "$(calls <"$out.small.hyp")" -lt "$(calls <"$SOURCE/tests/mutants/scopes/${scope%% *}")" ] || return 1
	# shellcheck disable=SC2086
	timeout 120 "$HEALTHY" explore "$out.small.hyp" $options --require complete >"$out.small" 2>&1
}

# How many calls the programs of a scope have.
calls()
{
	awk '$1 == "concurrent" { inside = 1; next } $1 == "end" { inside = 0 } inside && $1 !~ /^(cpu|expect|feed|#.*)$/ && NF { n++ } END { print n + 0 }'
}

one()
{
	options=
	[ "$scope" = "${scope#* }" ] || options=${scope#* }
	search "$HEALTHY" --require complete || fail "without the bug: not clean, or not complete: $(cut -c1-300 "$out" "$out.err")"
	size="$(number cpus) CPUs, $(calls <"$SOURCE/tests/mutants/scopes/${scope%% *}") calls"
	classes=$(number classes)
	row="| $id | $scope | $size | $classes"
	dfs=$(until_found)
	[ -n "$dfs" ] || fail "not found: $(sed -n '1s/.*\("found":{[^}]*}\).*/\1/p' "$out")"
	search "$tree/build/hypsim" --all
	row="$row | $(sed -n '1s/.*"found":{\([^}]*\)}.*/\1/p' "$out" | tr -d '"' | tr ',' '\n' | grep -E "^($wanted):" |
		sed "s/:\(.*\)/ in \1 of $(number executions)/" | tr '\n' ',' | sed 's/,$//; s/,/, /g')"
	row="$row | $dfs"
	[ "$needs" = effect ] || ! smaller || fail "a smaller scope shows it as well: $out.small.hyp"
	if [ "$draw" = yes ]; then
		for strategy in $strategies; do
			row="$row | $(drawn "$strategy")"
		done
	fi
	echo "$row |"
}

draw=yes
while [ $# -gt 0 ]; do
	case $1 in
	--dfs)
		draw=no
		shift
		;;
	-*) usage ;;
	*) break ;;
	esac
done
[ $# -gt 0 ] || usage
[ "$*" != form ] || draw=no
HEALTHY=${HYPSIM:-$BUILD/hypsim}
mkdir -p "$BUILD/mutants"
out=$BUILD/mutants/explore.out
planted=
scoped | {
	bad=0 n=0
	while IFS='|' read -r id needs scope found form why; do
		case " $* " in
		*" $id "* | " all ") ;;
		" form ") [ "${HYPSIM_FORM:-short}" = full ] || [ "$form" = SHORT ] || continue ;;
		*) continue ;;
		esac
		n=$((n + 1))
		wanted=$(echo "$found" | sed 's/, */|/g')
		if [ "$planted" != "$id" ]; then
			restore
			plant "$SOURCE/tests/mutants/$(rows | sed -n "s/^$id|.*|//p")" >"$out" 2>&1 || {
				fail "the patch does not apply"
				continue
			}
			build >"$out" 2>&1 || {
				fail "does not build"
				continue
			}
			planted=$id
		fi
		one </dev/null
	done
	[ $n -gt 0 ] || {
		echo "explore: no row of tests/mutants/explore.txt has a scope for: $*" >&2
		bad=1
	}
	exit $bad
}
